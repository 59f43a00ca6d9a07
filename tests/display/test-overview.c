/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The overview in the corner, and how the model is shown: direction, wires, arranging. */
#include <adwaita.h>

#include "app/tn-canvas-private.h"
#include "app/tn-overview.h"
#include "scene/tn-scene-private.h"
#include "tn-window-fixture.h"

#define FAR                                                                                        \
  "image InputLayer 0 -400 | one Dense 0 -200 image | two Dense 900 0 one | three ReLU 0 900 two " \
  "| "                                                                                             \
  "four Dense 0 1400 three"

static TnOverview *
overview_of (TnWindowFixture *fixture)
{
  return TN_OVERVIEW (tn_window_fixture_find (fixture->widget, TN_TYPE_OVERVIEW, NULL, NULL));
}

static gboolean
is_shown (gpointer overview)
{
  return gtk_widget_get_mapped (overview) && gtk_widget_get_width (overview) > 0;
}

static gboolean
is_hidden (gpointer overview)
{
  return !gtk_widget_get_visible (overview);
}

static void
seen_middle (TnCanvas *canvas, double *x, double *y)
{
  TnRect visible = tn_viewport_visible (&canvas->viewport);

  *x = visible.x + visible.width / 2;
  *y = visible.y + visible.height / 2;
}

static void
test_overview (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FAR);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnOverview *overview = overview_of (fixture);
  GtkWidget *widget = GTK_WIDGET (overview);
  double x, y, to_x, to_y, zoom;

  tn_window_fixture_settle (fixture);
  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  tn_display_key ("<Control>0");
  g_assert_true (tn_display_wait (is_shown, overview));
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "overview");

  /* A click beside what is seen brings the view there. */
  tn_overview_to_widget (overview, 0, 1400, &x, &y);
  tn_display_click (widget, x, y, 1);
  tn_display_settle (fixture->widget);
  seen_middle (canvas, &x, &y);
  g_assert_cmpfloat (fabs (x), <, 30);
  g_assert_cmpfloat (fabs (y - 1400), <, 30);

  /* A drag moves it. */
  tn_overview_to_widget (overview, 0, 1400, &x, &y);
  tn_overview_to_widget (overview, 400, 300, &to_x, &to_y);
  tn_display_drag (widget, x, y, widget, to_x, to_y, 1);
  tn_display_settle (fixture->widget);
  seen_middle (canvas, &x, &y);
  g_assert_cmpfloat (fabs (x - 400), <, 40);
  g_assert_cmpfloat (fabs (y - 300), <, 40);

  /* The wheel zooms. */
  zoom = tn_canvas_zoom (canvas);
  tn_display_wheel (4, 1);
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_canvas_zoom (canvas), >, zoom * 1.1);

  /* Nothing to show when everything is in view. */
  tn_display_key ("<Control>9");
  g_assert_true (tn_display_wait (is_hidden, overview));
  tn_display_key ("<Control>0");
  g_assert_true (tn_display_wait (is_shown, overview));
  tn_display_key ("<Control>m");
  g_assert_true (tn_display_wait (is_hidden, overview));
  tn_display_key ("<Control>m");
  g_assert_true (tn_display_wait (is_shown, overview));
  tn_window_fixture_free (fixture);
}

static const TnNode *
node_of (TnWindowFixture *fixture, const char *name)
{
  return tn_graph_find_name (tn_window_fixture_graph (fixture), name);
}

typedef struct
{
  TnWindowFixture *fixture;
  TnNodeId node;
  double x, y; /* where it is to be shown */
} Arrival;

static gboolean
has_arrived (gpointer data)
{
  Arrival *arrival = data;
  TnCanvas *canvas = tn_window_canvas (arrival->fixture->window);
  TnRect box;

  return canvas->arrange == NULL
         && tn_scene_node_box (tn_canvas_scene (canvas), arrival->node, &box)
         && fabs (box.x + box.width / 2 - arrival->x) < 1
         && fabs (box.y + tn_scene_style (tn_canvas_scene (canvas))->box_height / 2 - arrival->y)
                < 1;
}

static void
expect_arrival (TnWindowFixture *fixture, const char *name)
{
  const TnNode *node = node_of (fixture, name);
  Arrival arrival = { fixture, tn_node_id (node), tn_node_x (node), tn_node_y (node) };

  g_assert_true (tn_display_wait (has_arrived, &arrival));
}

static void
test_direction (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FAR);
  TnDocument *document = tn_window_document (fixture->window);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  double x = 0, y = 0;

  tn_window_fixture_settle (fixture);
  gtk_widget_activate_action (fixture->widget, "win.direction", "s", "right");
  expect_arrival (fixture, "four");
  tn_display_screenshot (fixture->widget, "direction-right");
  g_assert_cmpint (tn_graph_direction (tn_document_graph (document)), ==, TN_DIRECTION_RIGHT);
  g_assert_cmpfloat (tn_node_x (node_of (fixture, "one")), >,
                     tn_node_x (node_of (fixture, "image")) + 200);
  /* Ports follow. */
  g_assert_true (tn_scene_input_port (tn_canvas_scene (canvas),
                                      tn_window_fixture_id (fixture, "one"), 0, 0, &x, &y));
  g_assert_cmpfloat (x, <, tn_node_x (node_of (fixture, "one")) - 90);
  tn_document_undo (document);
  expect_arrival (fixture, "four");
  g_assert_cmpint (tn_graph_direction (tn_document_graph (document)), ==, TN_DIRECTION_DOWN);
  g_assert_cmpfloat (tn_node_y (node_of (fixture, "four")), ==, 1400);
  tn_window_fixture_free (fixture);
}

/* Ctrl+L moves layers to their places; a press in between has them there at once. */
static void
test_arrange (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FAR);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnDocument *document = tn_window_document (fixture->window);
  TnNodeId nodes[2]
      = { tn_window_fixture_id (fixture, "three"), tn_window_fixture_id (fixture, "four") };
  gboolean animations;

  tn_window_fixture_settle (fixture);
  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  tn_document_select (document, nodes, 2);
  tn_display_key ("<Control><Alt>l");
  tn_display_settle (fixture->widget);
  expect_arrival (fixture, "four");
  g_assert_cmpfloat (tn_node_y (node_of (fixture, "four")) - tn_node_y (node_of (fixture, "three")),
                     <, 150);
  g_assert_cmpfloat (tn_node_x (node_of (fixture, "two")), ==, 900);

  g_object_get (gtk_widget_get_settings (fixture->widget), "gtk-enable-animations", &animations,
                NULL);
  g_object_set (gtk_widget_get_settings (fixture->widget), "gtk-enable-animations", TRUE, NULL);
  gtk_widget_activate_action (GTK_WIDGET (canvas), "canvas.arrange", NULL);
  g_assert_nonnull (canvas->arrange);
  tn_display_click (GTK_WIDGET (canvas), 5, gtk_widget_get_height (GTK_WIDGET (canvas)) - 5, 1);
  g_assert_true (tn_display_wait (
      has_arrived, &(Arrival){ fixture, nodes[1], tn_node_x (node_of (fixture, "four")),
                               tn_node_y (node_of (fixture, "four")) }));
  g_object_set (gtk_widget_get_settings (fixture->widget), "gtk-enable-animations", animations,
                NULL);
  g_assert_cmpfloat (tn_node_x (node_of (fixture, "two")), ==,
                     tn_node_x (node_of (fixture, "one")));
  tn_window_fixture_free (fixture);
}

static void
test_wires (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FAR);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  const TnSceneWire *wire;

  tn_window_fixture_settle (fixture);
  gtk_widget_activate_action (fixture->widget, "win.wires", "s", "orthogonal");
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "wires-orthogonal");
  wire = tn_scene_find_wire (tn_canvas_scene (canvas), tn_window_fixture_id (fixture, "two"), 0, 0);
  g_assert_nonnull (wire);
  g_assert_cmpuint (wire->curve.n_points, >, 10);
  /* It begins upright. */
  g_assert_cmpfloat (wire->curve.points[0].x, ==, wire->curve.points[3].x);
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  adw_init ();
  g_test_add_func ("/overview/overview", test_overview);
  g_test_add_func ("/overview/direction", test_direction);
  g_test_add_func ("/overview/arrange", test_arrange);
  g_test_add_func ("/overview/wires", test_wires);
  return g_test_run ();
}
