/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window as people use it: placing, searching, editing, repairing, running, saving, exporting.
 */
#include <glib/gstdio.h>

#include "tn-window-fixture.h"

#define FLAT                                                                                       \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flat Flatten 0 80 conv | dense Dense 0 "    \
  "220 "                                                                                           \
  "flat"
#define WRONG "image InputLayer 0 -140 | conv Conv2D 0 0 image | dense Dense 0 140 conv"

/* ---- placing ---- */

static void
test_place (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  GtkWidget *canvas = GTK_WIDGET (tn_window_canvas (fixture->window));
  GtkWidget *row = tn_palette_row (tn_window_palette (fixture->window), tn_layer_find ("Dense"));
  double x = gtk_widget_get_width (canvas) / 2.0, y = gtk_widget_get_height (canvas) / 2.0;

  g_assert_nonnull (row);
  g_assert_true (tn_window_is_pristine (fixture->window));
  g_assert_cmpstr (tn_window_status (fixture->window), ==, "No layers yet");

  /* Escape gives it up; so does letting go beside the canvas. */
  tn_display_drag_hold (row, 40, 15, canvas, x, y, 1);
  tn_display_screenshot (fixture->widget, "window-placing");
  tn_display_key ("Escape");
  tn_display_button (1, FALSE);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 0);
  tn_display_drag (row, 40, 15, row, 60, 18, 1);
  tn_display_drag (row, 40, 15, GTK_WIDGET (tn_window_inspector (fixture->window)), 50, 50, 1);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 0);

  tn_display_drag (row, 40, 15, canvas, x, y, 1);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 1);
  g_autofree char *type = tn_window_fixture_cell (fixture, "dense", TN_OUTLINE_TYPE);
  g_assert_cmpstr (type, ==, "Dense");
  g_assert_false (tn_window_is_pristine (fixture->window));
  g_assert_true (tn_document_is_selected (tn_window_document (fixture->window),
                                          tn_window_fixture_id (fixture, "dense")));

  tn_display_key ("<Control>z");
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 0);

  /* The first double click after a drag is one. */
  tn_display_drag (row, 40, 15, canvas, x, y, 1);
  tn_display_double_click (row, 40, 15);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);
  tn_display_double_click (row, 40, 15);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 3);
  tn_window_fixture_free (fixture);
}

/* Without a pointer at all: search, Enter, and again: a model that is wired. */
static void
test_search (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);

  tn_display_key ("<Control><Shift>f");
  tn_display_type ("input");
  tn_display_key ("Return");
  tn_display_key ("<Control><Shift>f");
  tn_display_type ("conv2d");
  tn_display_key ("Return");
  tn_window_fixture_settle (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);
  g_autofree char *shape = tn_window_fixture_cell (fixture, "conv2d", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (shape, ==, "(None, 26, 26, 32)");

  /* Nothing found: nothing added. */
  tn_display_key ("<Control><Shift>f");
  tn_display_type ("zzz");
  tn_display_key ("Return");
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);
  tn_window_fixture_free (fixture);
}

/* ---- editing ---- */

static void
test_edit (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  TnDocument *document = tn_window_document (fixture->window);
  g_autofree char *before = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);

  tn_window_fixture_click_node (fixture, "conv");
  tn_window_fixture_type (fixture, "filters", "128");
  g_autofree char *after = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (before, ==, "(None, 26, 26, 32)");
  g_assert_cmpstr (after, ==, "(None, 26, 26, 128)");
  tn_display_screenshot (fixture->widget, "window-edited");

  /* A second field is a second step; typing three digits was one. */
  tn_window_fixture_type (fixture, "kernel_size", "5x5");
  g_autofree char *third = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (third, ==, "(None, 24, 24, 128)");
  tn_document_undo (document);
  g_autofree char *fourth = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (fourth, ==, "(None, 26, 26, 128)");
  g_assert_cmpstr (
      gtk_editable_get_text (GTK_EDITABLE (tn_window_fixture_editor (fixture, "kernel_size"))), ==,
      "3, 3");
  tn_document_undo (document);
  g_autofree char *fifth = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (fifth, ==, "(None, 26, 26, 32)");
  g_assert_false (tn_document_can_undo (document));
  tn_window_fixture_free (fixture);
}

static void
test_bad_value (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);

  tn_window_fixture_click_node (fixture, "conv");
  tn_window_fixture_type (fixture, "filters", "0");
  TnField *field = tn_inspector_field (tn_window_inspector (fixture->window), "filters");
  GtkWidget *editor = tn_window_fixture_editor (fixture, "filters");
  tn_display_screenshot (fixture->widget, "window-bad-value");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (field), "error"));
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (field)), !=, "");
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (editor), GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_false (tn_document_is_modified (tn_window_document (fixture->window)));

  /* A number again, and the mark is gone. */
  tn_window_fixture_type (fixture, "filters", "8");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (field), "error"));
  g_autofree char *shape = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (shape, ==, "(None, 26, 26, 8)");

  /* Escape shows again what holds. */
  tn_window_fixture_type (fixture, "filters", "nonsense");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (field), "error"));
  tn_display_key ("Escape");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (editor)), ==, "8");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (field), "error"));
  tn_window_fixture_free (fixture);
}

static void
test_fields (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);

  tn_window_fixture_click_node (fixture, "conv");
  /* Arrow keys step a number; the cursor keeps its place, the row its focus. */
  tn_window_fixture_press (tn_window_fixture_editor (fixture, "filters"));
  tn_display_key ("Up");
  tn_display_key ("Up");
  tn_display_key ("Down");
  g_autofree char *stepped = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (stepped, ==, "(None, 26, 26, 33)");

  /* A choice from its list, by keyboard. */
  GtkWidget *padding = tn_window_fixture_editor (fixture, "padding");
  gtk_widget_grab_focus (padding);
  tn_display_key ("space");
  tn_display_pump (100);
  tn_display_key ("Down");
  tn_display_key ("Return");
  tn_display_pump (100);
  g_autofree char *same = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (same, ==, "(None, 28, 28, 33)");

  /* Undo from elsewhere: the drop-down follows. */
  tn_document_undo (tn_window_document (fixture->window));
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (padding)), ==, 0);

  /* A name that is taken is refused; a free one is taken over. */
  tn_window_fixture_type (fixture, "name", "dense");
  g_assert_true (gtk_widget_has_css_class (
      GTK_WIDGET (tn_inspector_field (tn_window_inspector (fixture->window), "name")), "error"));
  tn_window_fixture_type (fixture, "name", "first");
  g_assert_nonnull (tn_graph_find_name (tn_window_fixture_graph (fixture), "first"));
  tn_window_fixture_free (fixture);
}

/* ---- repairing ---- */

static void
test_repair (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (WRONG);
  GtkWidget *problems = GTK_WIDGET (tn_window_problems (fixture->window));

  g_assert_nonnull (strstr (tn_window_status (fixture->window), "1 error"));
  tn_display_screenshot (fixture->widget, "window-problem");
  GtkWidget *button = tn_window_fixture_button (problems, "Insert Flatten before dense");
  g_assert_nonnull (button);
  tn_window_fixture_press (button);
  tn_window_fixture_settle (fixture);
  tn_display_screenshot (fixture->widget, "window-repaired");
  g_assert_nonnull (tn_graph_find_name (tn_window_fixture_graph (fixture), "flatten"));
  g_assert_nonnull (strstr (tn_window_status (fixture->window), "everything fits"));
  g_autofree char *shape = tn_window_fixture_cell (fixture, "flatten", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (shape, ==, "(None, 21632)");

  /* The toast takes it back. */
  button = tn_window_fixture_button (fixture->widget, "Undo");
  g_assert_nonnull (button);
  tn_window_fixture_press (button);
  tn_window_fixture_settle (fixture);
  g_assert_null (tn_graph_find_name (tn_window_fixture_graph (fixture), "flatten"));
  g_assert_nonnull (strstr (tn_window_status (fixture->window), "1 error"));

  /* The other rule makes it a warning. */
  gtk_widget_activate_action (fixture->widget, "win.dense-inputs", "s", "any");
  g_autofree char *last = tn_window_fixture_cell (fixture, "dense", TN_OUTLINE_OUTPUT);
  g_assert_true (g_str_has_prefix (last, "(None, 26, 26, "));
  tn_window_fixture_free (fixture);
}

/* A warning that is meant: told no more, counted, and heard again from the inspector. */
static void
test_ignore (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (WRONG);
  GtkWidget *problems = GTK_WIDGET (tn_window_problems (fixture->window));
  GtkWidget *button = tn_window_fixture_button (problems, "Ignore Here");

  /* An error cannot be ignored. */
  g_assert_false (button != NULL && gtk_widget_get_mapped (button));
  gtk_widget_activate_action (fixture->widget, "win.dense-inputs", "s", "any");
  tn_window_fixture_settle (fixture);
  g_assert_nonnull (strstr (tn_window_status (fixture->window), "1 warning"));
  tn_display_screenshot (fixture->widget, "window-warning");
  button = tn_window_fixture_button (problems, "Ignore Here");
  g_assert_nonnull (button);
  tn_window_fixture_press (button);
  tn_window_fixture_settle (fixture);
  g_assert_nonnull (strstr (tn_window_status (fixture->window), "everything fits"));
  g_assert_nonnull (strstr (tn_window_status (fixture->window), "1 warning ignored"));

  tn_window_fixture_click_node (fixture, "dense");
  tn_window_fixture_settle (fixture);
  tn_display_screenshot (fixture->widget, "window-ignored");
  button = tn_window_fixture_button (fixture->widget, "Show Again");
  g_assert_nonnull (button);
  tn_window_fixture_press (button);
  tn_window_fixture_settle (fixture);
  g_assert_nonnull (strstr (tn_window_status (fixture->window), "1 warning"));
  g_assert_null (strstr (tn_window_status (fixture->window), "ignored"));
  tn_window_fixture_free (fixture);
}

/* From a problem's reasons to the layer they name. */
static void
test_reveal (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (WRONG);
  TnDocument *document = tn_window_document (fixture->window);

  gtk_widget_activate_action (fixture->widget, "win.reveal", "u",
                              tn_window_fixture_id (fixture, "conv"));
  g_assert_true (tn_document_is_selected (document, tn_window_fixture_id (fixture, "conv")));
  gtk_widget_activate_action (fixture->widget, "win.show-problem", "u", 0);
  g_assert_true (tn_document_is_selected (document, tn_window_fixture_id (fixture, "dense")));
  /* A layer that is gone. */
  gtk_widget_activate_action (fixture->widget, "win.reveal", "u", 12345);
  tn_window_fixture_settle (fixture);
  g_assert_true (tn_document_is_selected (document, tn_window_fixture_id (fixture, "dense")));
  tn_window_fixture_free (fixture);
}

/* ---- running ---- */

static gboolean
has_ended (gpointer data)
{
  return !tn_run_panel_is_running (data);
}

static void
test_run (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  TnRunPanel *panel = tn_window_run_panel (fixture->window);

  tn_run_panel_set_options (panel, 64, 16);
  tn_display_key ("F5");
  g_assert_true (tn_display_wait (has_ended, panel));
  g_assert_cmpstr (tn_run_panel_page (panel), ==, "result");
  const TnRunResult *result = tn_run_panel_result (panel);
  g_assert_cmpint (result->samples, ==, 64);
  g_assert_cmpuint (result->layers->len, ==, 4);
  tn_window_fixture_settle (fixture);
  tn_display_screenshot (fixture->widget, "window-result");

  /* Stop, long before the end; the window goes on meanwhile. */
  tn_run_panel_set_options (panel, 10000000, 32);
  tn_display_key ("F5");
  g_assert_true (tn_run_panel_is_running (panel));
  g_assert_cmpstr (tn_run_panel_page (panel), ==, "running");
  tn_window_fixture_click_node (fixture, "conv");
  tn_window_fixture_type (fixture, "filters", "7");
  g_autofree char *shape = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (shape, ==, "(None, 26, 26, 7)");
  g_assert_true (tn_run_panel_is_running (panel));
  tn_display_screenshot (fixture->widget, "window-running");
  tn_window_fixture_press (tn_window_fixture_button (fixture->widget, "Stop"));
  g_assert_true (tn_display_wait (has_ended, panel));
  g_assert_cmpstr (tn_run_panel_page (panel), ==, "idle");

  /* Escape stops it from the canvas, and what is selected stays so. */
  tn_window_fixture_click_node (fixture, "conv");
  tn_display_key ("F5");
  g_assert_true (tn_run_panel_is_running (panel));
  tn_display_key ("Escape");
  g_assert_true (tn_display_wait (has_ended, panel));
  g_assert_true (tn_document_is_selected (tn_window_document (fixture->window),
                                          tn_window_fixture_id (fixture, "conv")));
  tn_window_fixture_free (fixture);
}

static void
test_run_refused (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (WRONG);
  TnRunPanel *panel = tn_window_run_panel (fixture->window);

  tn_display_key ("F5");
  g_assert_false (tn_run_panel_is_running (panel));
  g_assert_cmpstr (tn_run_panel_page (panel), ==, "error");
  tn_window_fixture_settle (fixture);
  tn_window_fixture_press (tn_window_fixture_button (GTK_WIDGET (panel), "Show the Problem"));
  tn_window_fixture_settle (fixture);
  g_assert_true (tn_document_is_selected (tn_window_document (fixture->window),
                                          tn_window_fixture_id (fixture, "dense")));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (tn_window_problems (fixture->window))));
  tn_window_fixture_free (fixture);

  fixture = tn_window_fixture_new (NULL);
  tn_display_key ("F5");
  g_assert_cmpstr (tn_run_panel_page (tn_window_run_panel (fixture->window)), ==, "error");
  tn_window_fixture_free (fixture);
}

/* ---- files and pictures ---- */

static void
test_files (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  g_autofree char *folder = g_dir_make_tmp ("tenon-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "model.tenon", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  tn_window_fixture_click_node (fixture, "conv");
  tn_window_fixture_type (fixture, "filters", "9");
  g_assert_true (tn_document_is_modified (tn_window_document (fixture->window)));
  g_assert_true (tn_window_save_file (fixture->window, path));
  g_assert_false (tn_document_is_modified (tn_window_document (fixture->window)));
  g_assert_true (
      g_str_has_prefix (gtk_window_get_title (GTK_WINDOW (fixture->widget)), "model.tenon"));

  g_assert_true (tn_window_open_example (fixture->window, "missing-flatten"));
  g_assert_true (tn_window_open_file (fixture->window, file));
  g_autofree char *shape = tn_window_fixture_cell (fixture, "conv", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (shape, ==, "(None, 26, 26, 9)");
  tn_window_fixture_free (fixture);
  g_remove (path);
  g_rmdir (folder);
}

static gboolean
dialog_is_there (gpointer window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *other = windows; other != NULL; other = other->next)
    if (ADW_IS_MESSAGE_DIALOG (other->data) && gtk_window_get_transient_for (other->data) == window
        && gtk_widget_get_mapped (other->data))
      return TRUE;
  return FALSE;
}

static gboolean
dialog_is_gone (gpointer window)
{
  return !dialog_is_there (window);
}

static void
test_unsaved (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  GtkWidget *window = fixture->widget;

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&window);
  tn_window_fixture_click_node (fixture, "conv");
  tn_window_fixture_type (fixture, "filters", "9");
  gtk_window_close (GTK_WINDOW (fixture->widget));
  g_assert_true (tn_display_wait (dialog_is_there, fixture->widget));
  tn_display_pump (200);
  tn_display_key ("Escape");
  g_assert_true (tn_display_wait (dialog_is_gone, fixture->widget));
  g_assert_nonnull (window);

  /* A file that cannot be read is told, and nothing is lost. */
  g_autoptr (GFile) missing = g_file_new_for_path ("/nonexistent/model.tenon");
  g_assert_false (tn_window_open_file (fixture->window, missing));
  g_assert_true (tn_display_wait (dialog_is_there, fixture->widget));
  tn_display_pump (200);
  tn_display_key ("Escape");
  g_assert_true (tn_display_wait (dialog_is_gone, fixture->widget));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 4);
  tn_window_fixture_free (fixture);
}

/* ---- the frame ---- */

static void
test_panes (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  GtkWidget *palette = GTK_WIDGET (tn_window_palette (fixture->window));
  gboolean visible;

  g_assert_true (gtk_widget_get_mapped (palette));
  tn_display_key ("F9");
  tn_window_fixture_settle (fixture);
  g_object_get (fixture->widget, "palette-visible", &visible, NULL);
  g_assert_false (visible);
  /* Looking for a layer brings it back. */
  tn_display_key ("<Control><Shift>f");
  tn_window_fixture_settle (fixture);
  g_object_get (fixture->widget, "palette-visible", &visible, NULL);
  g_assert_true (visible);

  /* A tab shows its page; pressed again, it puts the panel away. */
  tn_window_fixture_press (tn_window_fixture_button (fixture->widget, "Summary"));
  tn_window_fixture_settle (fixture);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (tn_window_outline (fixture->window))));
  tn_display_screenshot (fixture->widget, "window-summary");
  tn_window_fixture_press (tn_window_fixture_button (fixture->widget, "Summary"));
  tn_window_fixture_settle (fixture);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (tn_window_outline (fixture->window))));
  tn_display_key ("<Alt>1");
  tn_window_fixture_settle (fixture);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (tn_window_problems (fixture->window))));
  tn_window_fixture_free (fixture);
}

/* ---- messages ---- */

static GtkWidget *
other_window (TnWindowFixture *fixture)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);
      if (window != fixture->widget && gtk_widget_get_visible (window))
        return window;
    }
  return NULL;
}

static void
test_message (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);

  tn_window_fixture_settle (fixture);
  gtk_widget_activate_action (fixture->widget, "win.explain-message", NULL);
  tn_display_pump (200);
  GtkWidget *window = other_window (fixture);
  g_assert_nonnull (window);
  GtkWidget *text = tn_window_fixture_find (window, GTK_TYPE_TEXT_VIEW, NULL, NULL);
  g_assert_nonnull (text);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (text));
  gtk_text_buffer_set_text (buffer, "Segmentation fault", -1);
  GtkWidget *button = tn_window_fixture_find (window, GTK_TYPE_BUTTON, NULL, NULL);
  g_assert_nonnull (button);
  g_assert_null (tn_window_fixture_button (window, "Go to dense"));
  gtk_text_buffer_set_text (buffer,
                            "mat1 and mat2 shapes cannot be multiplied (32x21632 and 1600x10)", -1);
  tn_display_pump (200);
  tn_display_screenshot (window, "window-message");
  button = tn_window_fixture_button (window, "Go to dense");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  tn_display_pump (200);
  g_assert_null (other_window (fixture));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/window/place", test_place);
  g_test_add_func ("/window/search", test_search);
  g_test_add_func ("/window/edit", test_edit);
  g_test_add_func ("/window/bad-value", test_bad_value);
  g_test_add_func ("/window/fields", test_fields);
  g_test_add_func ("/window/repair", test_repair);
  g_test_add_func ("/window/ignore", test_ignore);
  g_test_add_func ("/window/reveal", test_reveal);
  g_test_add_func ("/window/message", test_message);
  g_test_add_func ("/window/run", test_run);
  g_test_add_func ("/window/run-refused", test_run_refused);
  g_test_add_func ("/window/files", test_files);
  g_test_add_func ("/window/unsaved", test_unsaved);
  g_test_add_func ("/window/panes", test_panes);
  return g_test_run ();
}
