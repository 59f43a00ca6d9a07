/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manners of a desktop program: the welcome, and what a window remembers. */
#include <glib/gstdio.h>

#include "app/tn-settings.h"
#include "app/tn-welcome.h"
#include "tn-window-fixture.h"

/* ---- the welcome ---- */

static TnWelcome *
welcome (TnWindowFixture *fixture)
{
  GtkWidget *found = tn_window_fixture_find (fixture->widget, TN_TYPE_WELCOME, NULL, NULL);

  g_assert_nonnull (found);
  return TN_WELCOME (found);
}

static gboolean
is_gone (gpointer widget)
{
  return !gtk_widget_get_mapped (widget);
}

/* An example by the pointer; its page goes away, and comes back for an empty document. */
static void
test_example (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  TnWelcome *page = welcome (fixture);
  GtkFlowBoxChild *card = gtk_flow_box_get_child_at_index (tn_welcome_examples (page), 0);

  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (page)));
  tn_display_screenshot (fixture->widget, "desk-welcome");
  tn_window_fixture_press (GTK_WIDGET (card));
  g_assert_true (tn_display_wait (is_gone, page));
  tn_window_fixture_settle (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), >, 4);

  tn_display_key ("<Control>a");
  tn_display_key ("Delete");
  tn_window_fixture_settle (fixture);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (page)));
  tn_window_fixture_free (fixture);
}

static gboolean
has_focus_within (GtkWidget *widget)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* The same without a pointer. */
static void
test_example_by_keyboard (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  TnWelcome *page = welcome (fixture);
  GtkWidget *examples = GTK_WIDGET (tn_welcome_examples (page));

  for (int i = 0; i < 20 && !has_focus_within (examples); i++)
    tn_display_key ("Tab");
  g_assert_true (has_focus_within (examples));
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (is_gone, page));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), >, 4);
  tn_window_fixture_free (fixture);
}

/* Between what it shows it is paper: the keyboard goes to the model, and layers are put there. */
static void
test_paper (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  TnWelcome *page = welcome (fixture);
  GtkWidget *row = tn_palette_row (tn_window_palette (fixture->window), tn_layer_find ("Dense"));

  tn_display_click (GTK_WIDGET (page), 4, 4, 1);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (tn_window_canvas (fixture->window))));

  tn_display_drag (row, 40, 15, GTK_WIDGET (page), gtk_widget_get_width (GTK_WIDGET (page)) / 2.0,
                   gtk_widget_get_height (GTK_WIDGET (page)) / 2.0, 1);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 1);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (page)));
  tn_window_fixture_free (fixture);
}

static gboolean
has_one (gpointer list)
{
  return gtk_list_box_get_row_at_index (list, 0) != NULL;
}

static gboolean
has_none (gpointer list)
{
  return gtk_list_box_get_row_at_index (list, 0) == NULL;
}

static void
test_recent (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tenon-desk-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "my_model.tenon", NULL);
  TnWindowFixture *fixture
      = tn_window_fixture_new ("image InputLayer 0 0 | flat Flatten 0 100 image");

  g_assert_true (tn_window_save_file (fixture->window, path));
  tn_window_fixture_free (fixture);

  fixture = tn_window_fixture_new (NULL);
  TnWelcome *page = welcome (fixture);
  GtkListBox *list = tn_welcome_recent (page);
  g_assert_true (tn_display_wait (has_one, list));
  tn_window_fixture_settle (fixture);
  GtkWidget *row = GTK_WIDGET (gtk_list_box_get_row_at_index (list, 0));
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "my_model.tenon");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), folder));
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "today"));
  tn_display_screenshot (fixture->widget, "desk-recent");
  tn_window_fixture_press (row);
  g_assert_true (tn_display_wait (is_gone, page));
  g_assert_cmpstr (tn_document_path (tn_window_document (fixture->window)), ==, path);
  tn_window_fixture_free (fixture);

  /* It is taken off the list by a key. */
  fixture = tn_window_fixture_new (NULL);
  list = tn_welcome_recent (welcome (fixture));
  for (int i = 0; i < 20 && !has_focus_within (GTK_WIDGET (list)); i++)
    tn_display_key ("Tab");
  g_assert_true (has_focus_within (GTK_WIDGET (list)));
  tn_display_key ("Delete");
  g_assert_true (tn_display_wait (has_none, list));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  tn_window_fixture_free (fixture);
  g_unlink (path);
  g_rmdir (folder);
}

/* ---- what a window remembers ---- */

static gboolean
is_on_page (gpointer window)
{
  return gtk_widget_get_mapped (GTK_WIDGET (tn_window_outline (TN_WINDOW (window))));
}

static int
panel_height (TnWindowFixture *fixture)
{
  return gtk_widget_get_height (
      gtk_widget_get_ancestor (GTK_WIDGET (tn_window_outline (fixture->window)), GTK_TYPE_STACK));
}

static void
test_remembers (void)
{
  TnWindowFixture *fixture
      = tn_window_fixture_new ("image InputLayer 0 0 | flat Flatten 0 100 image");
  GtkWidget *paned = tn_window_fixture_find (fixture->widget, GTK_TYPE_PANED, NULL, NULL);
  gboolean visible;

  tn_display_key ("<Alt>2");
  tn_display_key ("<Shift>F9");
  tn_window_fixture_settle (fixture);
  gtk_paned_set_position (GTK_PANED (paned), gtk_widget_get_height (paned) - 260);
  tn_window_fixture_settle (fixture);
  int height = panel_height (fixture);
  g_assert_cmpint (height, >, 230);
  gtk_window_close (GTK_WINDOW (fixture->widget));
  tn_display_pump (50);
  g_free (fixture);

  g_autoptr (GSettings) settings = tn_settings_new ();
  g_assert_nonnull (settings);
  g_assert_cmpint (g_settings_get_int (settings, "window-width"), ==, 1024);

  fixture = tn_window_fixture_new (NULL);
  g_assert_true (tn_display_wait (is_on_page, fixture->window));
  tn_window_fixture_settle (fixture);
  g_object_get (fixture->widget, "inspector-visible", &visible, NULL);
  g_assert_false (visible);
  g_assert_cmpint (ABS (panel_height (fixture) - height), <=, 2);

  /* Put away, and so it stays. */
  tn_display_key ("F7");
  tn_display_key ("<Shift>F9");
  tn_window_fixture_settle (fixture);
  gtk_window_close (GTK_WINDOW (fixture->widget));
  tn_display_pump (50);
  g_free (fixture);
  fixture = tn_window_fixture_new (NULL);
  g_object_get (fixture->widget, "panel-visible", &visible, NULL);
  g_assert_false (visible);
  g_object_get (fixture->widget, "inspector-visible", &visible, NULL);
  g_assert_true (visible);
  tn_window_fixture_free (fixture);
}

/* ---- a way back ---- */

static gboolean
offers_undo (gpointer window)
{
  return tn_window_fixture_button (window, "Undo") != NULL;
}

/* What takes much away says so, and takes it back when asked. */
static void
test_undo (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (
      "image InputLayer 0 -100 | conv Conv2D 0 0 image | flat Flatten 0 100 conv");

  g_assert_false (offers_undo (fixture->widget));
  tn_display_key ("<Control>a");
  tn_display_key ("Delete");
  g_assert_true (tn_display_wait (offers_undo, fixture->widget));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 0);
  tn_window_fixture_settle (fixture);
  tn_display_screenshot (fixture->widget, "desk-undo");
  tn_window_fixture_press (tn_window_fixture_button (fixture->widget, "Undo"));
  tn_window_fixture_settle (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 3);
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/desk/example", test_example);
  g_test_add_func ("/desk/example-by-keyboard", test_example_by_keyboard);
  g_test_add_func ("/desk/paper", test_paper);
  g_test_add_func ("/desk/recent", test_recent);
  g_test_add_func ("/desk/remembers", test_remembers);
  g_test_add_func ("/desk/undo", test_undo);
  return g_test_run ();
}
