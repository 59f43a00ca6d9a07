/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole window on a private display, with helpers that act as people do. */
#include "tn-window-fixture.h"

#include "app/tn-app.h"

TnWindowFixture *
tn_window_fixture_new (const char *text)
{
  TnWindowFixture *fixture = g_new0 (TnWindowFixture, 1);
  GtkApplication *application = GTK_APPLICATION (g_application_get_default ());

  /* One for all tests of a program: libadwaita is set up once. */
  if (application == NULL)
    {
      g_autoptr (GError) error = NULL;
      application = tn_app_new (G_APPLICATION_NON_UNIQUE);
      g_application_set_default (G_APPLICATION (application));
      g_application_register (G_APPLICATION (application), NULL, &error);
      g_assert_no_error (error);
    }
  fixture->application = application;
  fixture->widget = tn_window_new (application);
  fixture->window = TN_WINDOW (fixture->widget);
  gtk_window_set_default_size (GTK_WINDOW (fixture->widget), 1024, 700);
  if (text != NULL)
    {
      g_autoptr (TnGraph) graph = tn_fixture_graph (text);
      g_autoptr (TnDocument) document = tn_document_new_from_graph (graph, "A test");
      tn_window_set_document (fixture->window, document);
    }
  tn_display_show (GTK_WINDOW (fixture->widget));
  tn_window_fixture_settle (fixture);
  return fixture;
}

void
tn_window_fixture_free (TnWindowFixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->widget));
  tn_display_pump (20);
  g_free (fixture);
}

const TnGraph *
tn_window_fixture_graph (TnWindowFixture *fixture)
{
  return tn_document_graph (tn_window_document (fixture->window));
}

TnNodeId
tn_window_fixture_id (TnWindowFixture *fixture, const char *name)
{
  const TnNode *node = tn_graph_find_name (tn_window_fixture_graph (fixture), name);

  g_assert_nonnull (node);
  return tn_node_id (node);
}

void
tn_window_fixture_settle (TnWindowFixture *fixture)
{
  tn_engine_settle (tn_window_engine (fixture->window));
  tn_display_settle (fixture->widget);
}

char *
tn_window_fixture_cell (TnWindowFixture *fixture, const char *name, TnOutlineColumn column)
{
  tn_window_fixture_settle (fixture);
  return tn_outline_text (tn_window_outline (fixture->window), tn_window_fixture_id (fixture, name),
                          column);
}

void
tn_window_fixture_click_node (TnWindowFixture *fixture, const char *name)
{
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnRect box;
  double x, y;

  tn_canvas_zoom_fit (canvas);
  tn_window_fixture_settle (fixture);
  g_assert_true (
      tn_scene_node_box (tn_canvas_scene (canvas), tn_window_fixture_id (fixture, name), &box));
  tn_canvas_to_widget (canvas, box.x + box.width / 2, box.y + box.height / 2, &x, &y);
  tn_display_click (GTK_WIDGET (canvas), x, y, 1);
  tn_window_fixture_settle (fixture);
}

GtkWidget *
tn_window_fixture_editor (TnWindowFixture *fixture, const char *param)
{
  TnField *field = tn_inspector_field (tn_window_inspector (fixture->window), param);

  g_assert_nonnull (field);
  return adw_action_row_get_activatable_widget (ADW_ACTION_ROW (field));
}

void
tn_window_fixture_type (TnWindowFixture *fixture, const char *param, const char *text)
{
  tn_window_fixture_press (tn_window_fixture_editor (fixture, param));
  tn_display_key ("<Control>a");
  tn_display_type (text);
  tn_window_fixture_settle (fixture);
}

GtkWidget *
tn_window_fixture_find (GtkWidget *root, GType type,
                        gboolean (*test) (GtkWidget *widget, gconstpointer data),
                        gconstpointer data)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && (test == NULL || test (root, data)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = tn_window_fixture_find (child, type, test, data);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
says (GtkWidget *label, gconstpointer text)
{
  return g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) == 0
         && gtk_widget_get_mapped (label);
}

GtkWidget *
tn_window_fixture_button (GtkWidget *root, const char *label)
{
  GtkWidget *found = tn_window_fixture_find (root, GTK_TYPE_LABEL, says, label);

  return found != NULL ? gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON) : NULL;
}

void
tn_window_fixture_press (GtkWidget *widget)
{
  double x, y;

  g_assert_nonnull (widget);
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (widget));
  g_assert_true (gtk_widget_translate_coordinates (widget, root,
                                                   gtk_widget_get_width (widget) / 2.0,
                                                   gtk_widget_get_height (widget) / 2.0, &x, &y));
  /* At its window: what is pressed may be gone afterwards. */
  tn_display_click (root, x, y, 1);
}
