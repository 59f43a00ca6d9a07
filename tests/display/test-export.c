/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures as people get them: exported, copied, dragged, printed, and opened again. */
#include <glib/gstdio.h>
#include <string.h>

#include "app/tn-print.h"
#include "app/tn-settings.h"
#include "formats/tn-format.h"
#include "tn-display.h"
#include "tn-window-fixture.h"

#define MODEL                                                                                      \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flat Flatten 0 80 conv | "                  \
  "dense Dense 0 220 flat"

static gboolean
has_title (GtkWidget *widget, gconstpointer title)
{
  return g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0;
}

static AdwComboRow *
combo (GtkWidget *dialog, const char *title)
{
  GtkWidget *row = tn_window_fixture_find (dialog, ADW_TYPE_COMBO_ROW, has_title, title);

  g_assert_nonnull (row);
  return ADW_COMBO_ROW (row);
}

static gboolean
says (GtkWidget *widget, gconstpointer label)
{
  return g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)), label) == 0;
}

static gboolean
dialog_is_open (gpointer data)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (TN_IS_EXPORT_DIALOG (window) && gtk_widget_get_mapped (window))
        {
          *(GtkWidget **)data = window;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
dialog_is_gone (gpointer data)
{
  GtkWidget *dialog = NULL;

  return !dialog_is_open (&dialog);
}

static GtkWidget *
dialog_new (TnWindowFixture *fixture)
{
  GtkWidget *dialog = NULL;

  tn_display_key ("<Control>e");
  g_assert_true (tn_display_wait (dialog_is_open, &dialog));
  tn_display_show (GTK_WINDOW (dialog));
  return dialog;
}

static void
close_dialog (GtkWidget *dialog)
{
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_true (tn_display_wait (dialog_is_gone, NULL));
}

/* Each choice is followed by the preview, and fits the smallest screen. */
static void
test_choices (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  GtkWidget *dialog = dialog_new (fixture);
  TnExportDialog *self = TN_EXPORT_DIALOG (dialog);
  TnRect blocks = tn_figure_bounds (tn_export_dialog_figure (self));
  GtkWidget *legend = tn_window_fixture_find (dialog, GTK_TYPE_CHECK_BUTTON, says, "Legend");
  TnRect with, volumes;

  g_assert_cmpint (gtk_widget_get_width (dialog), <=, 1024);
  g_assert_cmpint (gtk_widget_get_height (dialog), <=, 600);
  tn_window_fixture_press (legend);
  tn_display_settle (dialog);
  with = tn_figure_bounds (tn_export_dialog_figure (self));
  g_assert_cmpfloat (with.height, >, blocks.height);

  /* The scale of a heat has room of its own. */
  with = tn_figure_bounds (tn_export_dialog_figure (self));
  adw_combo_row_set_selected (combo (dialog, "Coloured by"), TN_HEAT_MACS);
  g_assert_cmpfloat (tn_figure_bounds (tn_export_dialog_figure (self)).height, >, with.height);
  adw_combo_row_set_selected (combo (dialog, "Coloured by"), TN_HEAT_NONE);
  adw_combo_row_set_selected (combo (dialog, "Wires"), TN_WIRES_ORTHOGONAL);
  g_assert_cmpfloat (tn_figure_bounds (tn_export_dialog_figure (self)).height, ==, with.height);

  adw_combo_row_set_selected (combo (dialog, "Style"), 1);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (combo (dialog, "Wires"))));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (combo (dialog, "Coloured by"))));
  tn_display_settle (dialog);
  volumes = tn_figure_bounds (tn_export_dialog_figure (self));
  g_assert_cmpfloat (volumes.width, >, volumes.height);
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (legend)));
  tn_display_screenshot (dialog, "export-volumes");
  adw_combo_row_set_selected (combo (dialog, "Colours"), TN_THEME_MONO);
  g_assert_true (tn_figure_style (tn_export_dialog_figure (self))->hatched);

  /* Pages are asked about where there are any. */
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (combo (dialog, "Page"))));
  tn_export_dialog_set_format (self, TN_PICTURE_PDF);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (combo (dialog, "Page"))));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (combo (dialog, "Orientation"))));
  adw_combo_row_set_selected (combo (dialog, "Page"), TN_SHEET_A4);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (combo (dialog, "Orientation"))));
  tn_display_settle (dialog);
  tn_display_screenshot (dialog, "export-a4");
  /* Escape leaves. */
  tn_display_key ("Escape");
  g_assert_true (tn_display_wait (dialog_is_gone, NULL));
  tn_window_fixture_free (fixture);
}

/* What is written opens as the model that it shows, and has no path of its own. */
static void
test_carried (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  g_autofree char *folder = g_dir_make_tmp ("tenon-XXXXXX", NULL);

  for (TnPictureFormat format = TN_PICTURE_PNG; format <= TN_PICTURE_PDF; format++)
    {
      g_autofree char *name = g_strdup_printf ("cats.%s", tn_picture_format_name (format));
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (TnGraph) before = tn_graph_ref (tn_window_fixture_graph (fixture));
      GtkWidget *dialog = dialog_new (fixture);

      tn_export_dialog_save (TN_EXPORT_DIALOG (dialog), path);
      g_assert_true (tn_display_wait (dialog_is_gone, NULL));
      g_assert_true (tn_window_open_file (fixture->window, file));
      tn_window_fixture_settle (fixture);
      g_assert_true (tn_graph_same_meaning (before, tn_window_fixture_graph (fixture)));
      g_assert_null (tn_document_path (tn_window_document (fixture->window)));
      g_assert_cmpstr (tn_document_title (tn_window_document (fixture->window)), ==, "cats");
      g_remove (path);
    }
  g_rmdir (folder);
  tn_window_fixture_free (fixture);
}

static gboolean
button_sensitive (gpointer data)
{
  GtkWidget *button = tn_window_fixture_button (data, "Save…");

  return button != NULL && gtk_widget_is_sensitive (button);
}

/* A place that cannot be written: the dialog stays and says so. */
static void
test_failure (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  GtkWidget *dialog = dialog_new (fixture);

  tn_export_dialog_save (TN_EXPORT_DIALOG (dialog), "/nowhere/at/all.png");
  g_assert_true (tn_display_wait (button_sensitive, dialog));
  g_assert_true (gtk_widget_get_mapped (dialog));
  close_dialog (dialog);
  tn_window_fixture_free (fixture);
}

static void
test_copy (void)
{
  static const char *const types[] = { "image/png", "image/svg+xml", "application/pdf" };
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->widget);

  for (int in_dialog = 0; in_dialog <= 1; in_dialog++)
    {
      GtkWidget *dialog = in_dialog ? dialog_new (fixture) : NULL;

      gdk_clipboard_set_text (clipboard, "nothing yet");
      tn_display_key (in_dialog ? "<Control>c" : "<Control><Shift>c");
      tn_display_settle (in_dialog ? dialog : fixture->widget);
      for (guint i = 0; i < G_N_ELEMENTS (types); i++)
        g_assert_true (gdk_content_formats_contain_mime_type (gdk_clipboard_get_formats (clipboard),
                                                              types[i]));
      if (dialog != NULL)
        close_dialog (dialog);
    }
  tn_window_fixture_free (fixture);
}

static gboolean
is_drag_source (GtkWidget *widget, gconstpointer data)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DRAG_SOURCE (controller))
        {
          *(GtkDragSource **)data = GTK_DRAG_SOURCE (controller);
          return TRUE;
        }
    }
  return FALSE;
}

/* What hangs at the pointer: images, and a file for programs that take nothing else. */
static void
check_drag (GtkWidget *root, GType type)
{
  GtkDragSource *source = NULL;
  g_autoptr (GdkContentProvider) content = NULL;
  g_autoptr (GdkContentFormats) formats = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GSList) files = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  g_assert_nonnull (tn_window_fixture_find (root, type, is_drag_source, &source));
  g_signal_emit_by_name (source, "prepare", 5.0, 5.0, &content);
  g_assert_nonnull (content);
  formats = gdk_content_provider_ref_formats (content);
  g_assert_true (gdk_content_formats_contain_mime_type (formats, "image/png"));
  g_assert_true (gdk_content_formats_contain_mime_type (formats, "image/svg+xml"));
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_assert_true (gdk_content_provider_get_value (content, &value, &error));
  g_assert_no_error (error);
  files = gdk_file_list_get_files (g_value_get_boxed (&value));
  path = g_file_get_path (files->data);
  g_assert_true (g_str_has_suffix (path, ".png"));
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
test_drag (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  GtkWidget *dialog;

  check_drag (fixture->widget, GTK_TYPE_BUTTON);
  dialog = dialog_new (fixture);
  tn_export_dialog_set_format (TN_EXPORT_DIALOG (dialog), TN_PICTURE_PNG);
  check_drag (dialog, GTK_TYPE_DRAWING_AREA);
  close_dialog (dialog);
  tn_window_fixture_free (fixture);
}

/* The choices of the last time are there again. */
static void
test_remembered (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  g_autoptr (GSettings) settings = tn_settings_new ();
  GtkWidget *dialog = dialog_new (fixture);

  if (settings == NULL)
    {
      g_test_skip ("the settings are not installed");
      close_dialog (dialog);
      tn_window_fixture_free (fixture);
      return;
    }
  tn_export_dialog_set_format (TN_EXPORT_DIALOG (dialog), TN_PICTURE_SVG);
  adw_combo_row_set_selected (combo (dialog, "Colours"), TN_THEME_PRINT);
  adw_combo_row_set_selected (combo (dialog, "Style"), 1);
  tn_display_key ("<Control>c");
  tn_display_settle (dialog);
  close_dialog (dialog);
  dialog = dialog_new (fixture);
  g_assert_cmpuint (adw_combo_row_get_selected (combo (dialog, "Format")), ==, TN_PICTURE_SVG);
  g_assert_cmpuint (adw_combo_row_get_selected (combo (dialog, "Colours")), ==, TN_THEME_PRINT);
  g_assert_cmpuint (adw_combo_row_get_selected (combo (dialog, "Style")), ==, 1);
  close_dialog (dialog);
  g_settings_reset (settings, "export");
  tn_window_fixture_free (fixture);
}

static guint
print_to (TnWindowFixture *fixture, const char *path, gboolean spread)
{
  TnFigureOptions options = { .theme = TN_THEME_DARK, .parts = TN_PART_NAMES };
  g_autoptr (GtkPrintOperation) operation
      = tn_print_new (tn_window_fixture_graph (fixture),
                      tn_engine_facts (tn_window_engine (fixture->window)), &options, spread);
  g_autoptr (GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr (GtkPaperSize) paper = gtk_paper_size_new ("iso_a6");
  g_autoptr (GError) error = NULL;

  gtk_page_setup_set_paper_size (setup, paper);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_export_filename (operation, path);
  g_assert_cmpint (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT,
                                            GTK_WINDOW (fixture->widget), &error),
                   ==, GTK_PRINT_OPERATION_RESULT_APPLY);
  g_assert_no_error (error);
  return (guint)gtk_print_operation_get_n_pages_to_print (operation);
}

static void
test_print (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  g_autofree char *folder = g_dir_make_tmp ("tenon-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "print.pdf", NULL);
  g_autofree char *contents = NULL;

  g_assert_cmpuint (print_to (fixture, path, FALSE), ==, 1);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_true (g_str_has_prefix (contents, "%PDF-"));
  /* On the smallest paper even this model does not go on one sheet. */
  g_assert_cmpuint (print_to (fixture, path, TRUE), >, 1);
  g_remove (path);
  g_rmdir (folder);
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/export/choices", test_choices);
  g_test_add_func ("/export/carried", test_carried);
  g_test_add_func ("/export/failure", test_failure);
  g_test_add_func ("/export/copy", test_copy);
  g_test_add_func ("/export/drag", test_drag);
  g_test_add_func ("/export/remembered", test_remembered);
  g_test_add_func ("/export/print", test_print);
  return g_test_run ();
}
