/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The results of runs: a table that sorts, chooses its columns and is copied, and two kinds of
 * kernels side by side. */
#include <string.h>

#include "app/tn-run-data.h"
#include "app/tn-run-preview.h"
#include "tn-window-fixture.h"

#define FITS                                                                                       \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flatten Flatten 0 80 conv | "               \
  "dense Dense 0 220 flatten"

static TnRunPanel *
panel_of (TnWindowFixture *fixture)
{
  return tn_window_run_panel (fixture->window);
}

static gboolean
has_result (gpointer data)
{
  return !tn_run_panel_is_running (data) && g_str_equal (tn_run_panel_page (data), "result");
}

static void
run (TnWindowFixture *fixture)
{
  tn_display_key ("F5");
  g_assert_true (tn_display_wait (has_result, panel_of (fixture)));
  tn_display_settle (fixture->widget);
}

/* The first word of line @line of the table. */
static char *
word_at (TnWindowFixture *fixture, guint line)
{
  g_autofree char *table = tn_run_panel_table (panel_of (fixture));
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);
  char *end;

  g_assert_cmpuint (g_strv_length (lines), >, line);
  end = strchr (lines[line], ' ');
  return g_strndup (lines[line], end != NULL ? (gsize)(end - lines[line]) : strlen (lines[line]));
}

static void
assert_order (TnWindowFixture *fixture, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *word = word_at (fixture, i + 1);

      g_assert_cmpstr (word, ==, names[i]);
    }
}

static gboolean
says (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget)
         && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

static GtkWidget *
label_with (TnWindowFixture *fixture, const char *text)
{
  return tn_window_fixture_find (GTK_WIDGET (panel_of (fixture)), GTK_TYPE_LABEL, says, text);
}

/* So far from the last click that the two are not one double click. */
static void
press_beside (GtkWidget *widget)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (widget));
  double x, y;

  g_assert_true (gtk_widget_translate_coordinates (widget, root,
                                                   gtk_widget_get_width (widget) / 2.0 - 14,
                                                   gtk_widget_get_height (widget) / 2.0, &x, &y));
  tn_display_click (root, x, y, 1);
}

static void
read_cb (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  char **text = data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static gboolean
is_set (gpointer data)
{
  return *(char **)data != NULL;
}

/* Heads sort, the menu goes back to the order of computation, and all together stay on top. */
static void
test_table (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  GtkWidget *panel = GTK_WIDGET (panel_of (fixture));
  GtkWidget *head;
  char *copied = NULL;

  tn_run_panel_set_options (panel_of (fixture), 16, 4);
  run (fixture);
  tn_display_screenshot (fixture->widget, "run-table");
  assert_order (fixture, (const char *const[]){ "All", "image", "conv", "flatten", "dense", NULL });
  head = label_with (fixture, "Layer");
  g_assert_nonnull (head);
  tn_window_fixture_press (head);
  tn_display_settle (fixture->widget);
  assert_order (fixture, (const char *const[]){ "All", "conv", "dense", "flatten", "image", NULL });
  press_beside (head);
  tn_display_settle (fixture->widget);
  assert_order (fixture, (const char *const[]){ "All", "image", "flatten", "dense", "conv", NULL });
  gtk_widget_activate_action (panel, "runtable.natural-order", NULL);
  tn_display_settle (fixture->widget);
  assert_order (fixture, (const char *const[]){ "All", "image", "conv", "flatten", "dense", NULL });

  /* A column goes and what is copied lacks it. */
  g_assert_nonnull (label_with (fixture, "GFLOP/s"));
  gtk_widget_activate_action (panel, "runtable.column-gflops", NULL);
  tn_display_settle (fixture->widget);
  g_assert_null (label_with (fixture, "GFLOP/s"));
  gtk_widget_activate_action (panel, "runtable.copy-markdown", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (panel), NULL, read_cb, &copied);
  g_assert_true (tn_display_wait (is_set, &copied));
  g_assert_true (g_str_has_prefix (copied, "| Layer "));
  g_assert_nonnull (strstr (copied, "\n| conv "));
  g_assert_null (strstr (copied, "GFLOP/s"));
  g_free (copied);
  gtk_widget_activate_action (panel, "runtable.column-gflops", NULL);
  tn_window_fixture_free (fixture);
}

/* Enter on a row shows its layer. */
static void
test_reveal (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  GtkWidget *row;

  tn_run_panel_set_options (panel_of (fixture), 4, 4);
  run (fixture);
  row = label_with (fixture, "conv");
  g_assert_nonnull (row);
  tn_window_fixture_press (row);
  tn_display_key ("Return");
  tn_display_settle (fixture->widget);
  g_assert_true (tn_document_is_selected (tn_window_document (fixture->window),
                                          tn_window_fixture_id (fixture, "conv")));
  tn_window_fixture_free (fixture);
}

static gboolean
is_list (GtkWidget *widget, gconstpointer text)
{
  GtkStringObject *chosen = gtk_drop_down_get_selected_item (GTK_DROP_DOWN (widget));

  return chosen != NULL && g_str_equal (gtk_string_object_get_string (chosen), text);
}

/* Chooses the last one in the list that now says @text. */
static void
choose_last (TnWindowFixture *fixture, const char *text)
{
  GtkWidget *list
      = tn_window_fixture_find (GTK_WIDGET (panel_of (fixture)), GTK_TYPE_DROP_DOWN, is_list, text);

  g_assert_nonnull (list);
  gtk_widget_grab_focus (list);
  tn_display_key ("space");
  tn_display_pump (300);
  tn_display_key ("End");
  tn_display_key ("Return");
  tn_display_settle (fixture->widget);
}

static void
test_compare (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);

  tn_run_panel_set_options (panel_of (fixture), 64, 16);
  run (fixture);
  g_assert_null (label_with (fixture, "plain BLIS"));
  g_assert_null (label_with (fixture, "To BLIS"));
  choose_last (fixture, "Automatic");
  g_assert_cmpint (tn_run_panel_options (panel_of (fixture)).kernels, ==, TN_RUN_KERNELS_BLIS);
  run (fixture);
  tn_display_screenshot (fixture->widget, "run-compare");
  g_assert_nonnull (label_with (fixture, "× as fast as"));
  g_assert_nonnull (label_with (fixture, "To BLIS"));

  g_assert_nonnull (label_with (fixture, "Will take about"));

  /* With other samples there is nothing to compare with. */
  tn_run_panel_set_options (panel_of (fixture), 32, 16);
  run (fixture);
  g_assert_null (label_with (fixture, "× as fast as"));
  tn_window_fixture_free (fixture);
}

static gboolean
has_progress (gpointer data)
{
  return tn_run_panel_is_running (panel_of (data)) && label_with (data, "left") != NULL;
}

/* Stopping is over at once, however long the run takes to give back what it holds, and the next run
 * need not be waited for. */
static void
test_stop (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);

  tn_run_panel_set_options (panel_of (fixture), 100000000, 4096);
  tn_display_key ("F5");
  g_assert_true (tn_display_wait (has_progress, fixture));
  tn_display_screenshot (fixture->widget, "run-running");
  g_assert_null (label_with (fixture, "Will take about"));
  gtk_widget_activate_action (fixture->widget, "win.stop", NULL);
  g_assert_false (tn_run_panel_is_running (panel_of (fixture)));
  g_assert_cmpstr (tn_run_panel_page (panel_of (fixture)), ==, "idle");
  g_assert_null (tn_run_panel_result (panel_of (fixture)));
  tn_run_panel_set_options (panel_of (fixture), 8, 4);
  run (fixture);
  g_assert_cmpint (tn_run_panel_result (panel_of (fixture))->samples, ==, 8);
  tn_window_fixture_free (fixture);
}

static gboolean
tells_time (gpointer data)
{
  return label_with (data, "Will take about") != NULL;
}

static gboolean
tells_nothing (gpointer data)
{
  return label_with (data, "Will take about") == NULL;
}

/* What the first label tells; new string. */
static char *
told_time (TnWindowFixture *fixture)
{
  return g_strdup (gtk_label_get_label (GTK_LABEL (label_with (fixture, "Will take about"))));
}

typedef struct
{
  TnWindowFixture *fixture;
  const char *before;
} OtherTime;

static gboolean
tells_other_time (gpointer data)
{
  OtherTime *other = data;
  GtkWidget *label = label_with (other->fixture, "Will take about");

  return label != NULL && g_strcmp0 (gtk_label_get_label (GTK_LABEL (label)), other->before) != 0;
}

/* Told before the first run, of other samples and of another model anew, of none that cannot run;
 * beside Run, and once there is a result under the options. */
static void
test_expected (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  g_autofree char *few = NULL;
  g_autofree char *many = NULL;

  tn_run_panel_set_options (panel_of (fixture), 64, 16);
  g_assert_null (label_with (fixture, "Will take about"));
  tn_display_key ("<Alt>3");
  g_assert_true (tn_display_wait (tells_time, fixture));
  tn_display_screenshot (fixture->widget, "run-expected");
  few = told_time (fixture);
  tn_run_panel_set_options (panel_of (fixture), 1000000, 16);
  g_assert_true (tn_display_wait (tells_other_time, &(OtherTime){ fixture, few }));
  many = told_time (fixture);
  tn_window_fixture_click_node (fixture, "conv");
  tn_window_fixture_type (fixture, "filters", "640");
  g_assert_true (tn_display_wait (tells_other_time, &(OtherTime){ fixture, many }));
  tn_window_fixture_type (fixture, "kernel_size", "99");
  g_assert_true (tn_display_wait (tells_nothing, fixture));
  tn_window_fixture_type (fixture, "kernel_size", "3");
  g_assert_true (tn_display_wait (tells_time, fixture));
  tn_run_panel_set_options (panel_of (fixture), 4, 4);
  run (fixture);
  g_assert_true (tn_display_wait (tells_time, fixture));
  tn_window_fixture_free (fixture);
}

static gboolean
dialog_is_open (gpointer data)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (g_strcmp0 (gtk_window_get_title (window), "Data of the Inputs") == 0
          && gtk_widget_get_mapped (GTK_WIDGET (window)))
        {
          *(GtkWidget **)data = GTK_WIDGET (window);
          return TRUE;
        }
    }
  return FALSE;
}

static const TnLayerRun *
layer_of (TnWindowFixture *fixture, const char *name)
{
  return tn_run_result_layer (tn_run_panel_result (panel_of (fixture)),
                              tn_window_fixture_id (fixture, name));
}

/* An input gets images, the other one a number; what does not fit is not offered. */
static void
test_inputs (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (
      "image InputLayer 0 -200 | conv Conv2D 0 -60 image | vector InputLayer 260 -200 | "
      "flat Flatten 260 -60 vector");
  GtkWidget *panel = GTK_WIDGET (panel_of (fixture));
  GtkWidget *dialog = NULL, *image, *preview;
  GListModel *offered;
  gboolean found = FALSE;

  tn_run_panel_set_options (panel_of (fixture), 4, 2);
  tn_display_key ("<Alt>3");
  tn_display_settle (fixture->widget);
  gtk_widget_grab_focus (tn_window_fixture_button (panel, "Each Input…"));
  tn_display_settle (fixture->widget);
  tn_display_key ("space");
  g_assert_true (tn_display_wait (dialog_is_open, &dialog));
  tn_display_show (GTK_WINDOW (dialog));
  tn_display_screenshot (dialog, "run-inputs");
  image = tn_window_fixture_find (dialog, GTK_TYPE_DROP_DOWN, is_list, "As for all inputs");
  g_assert_nonnull (image);
  offered = gtk_drop_down_get_model (GTK_DROP_DOWN (image));
  for (guint i = 0; i < g_list_model_get_n_items (offered); i++)
    {
      g_autoptr (GtkStringObject) item = g_list_model_get_item (offered, i);

      if (g_str_equal (gtk_string_object_get_string (item), "Images with stripes"))
        {
          found = TRUE;
          gtk_drop_down_set_selected (GTK_DROP_DOWN (image), i);
        }
    }
  g_assert_true (found);
  tn_display_settle (dialog);
  preview = tn_window_fixture_find (dialog, TN_TYPE_RUN_PREVIEW, NULL, NULL);
  g_assert_nonnull (preview);
  g_assert_true (
      g_str_has_prefix (gtk_widget_get_tooltip_text (preview), "First sample: an image"));
  tn_display_screenshot (dialog, "run-inputs-stripes");
  gtk_window_destroy (GTK_WINDOW (dialog));
  /* Without a window manager nobody gives the keys back to the window. */
  gtk_widget_activate_action (panel, "win.run", NULL);
  g_assert_true (tn_display_wait (has_result, panel_of (fixture)));
  /* Pictures are from 0 to 1, and the other input is as before. */
  g_assert_cmpfloat (layer_of (fixture, "image")->min, >=, 0);
  g_assert_cmpfloat (layer_of (fixture, "image")->max, <=, 1);
  g_assert_cmpfloat (layer_of (fixture, "vector")->min, <, 0);
  tn_window_fixture_free (fixture);
}

static void
test_suits (void)
{
  const TnShape image = { .rank = 3, .dims = { { 28 }, { 28 }, { 1 } } };
  const TnShape flat = { .rank = 1, .dims = { { 784 } } };
  const TnShape few = { .rank = 1, .dims = { { 7 } } };
  const TnShape single = { .rank = 0 };

  g_assert_true (tn_run_data_suits (TN_DATA_STROKES, &image));
  g_assert_true (tn_run_data_suits (TN_DATA_STROKES, &flat));
  g_assert_false (tn_run_data_suits (TN_DATA_STROKES, &few));
  g_assert_true (tn_run_data_suits (TN_DATA_ONE_HOT, &few));
  g_assert_false (tn_run_data_suits (TN_DATA_ONE_HOT, &single));
  g_assert_false (tn_run_data_suits (TN_DATA_SINE, &single));
  g_assert_true (tn_run_data_suits (TN_DATA_NORMAL, &single));
}

static void
test_histograms (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  const TnRunResult *result;

  tn_run_panel_set_options (panel_of (fixture), 16, 4);
  tn_display_key ("<Alt>3");
  tn_display_settle (fixture->widget);
  choose_last (fixture, "Of each layer");
  run (fixture);
  tn_display_screenshot (fixture->widget, "run-histograms");
  result = tn_run_panel_result (panel_of (fixture));
  for (guint i = 0; i < result->layers->len; i++)
    g_assert_nonnull (g_array_index (result->layers, TnLayerRun, i).histogram);
  g_assert_nonnull (label_with (fixture, "Values"));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/run/table", test_table);
  g_test_add_func ("/run/reveal", test_reveal);
  g_test_add_func ("/run/compare", test_compare);
  g_test_add_func ("/run/stop", test_stop);
  g_test_add_func ("/run/expected", test_expected);
  g_test_add_func ("/run/histograms", test_histograms);
  g_test_add_func ("/run/inputs", test_inputs);
  g_test_add_func ("/run/suits", test_suits);
  return g_test_run ();
}
