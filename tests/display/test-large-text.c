/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large text: the drawing grows with it, at once and as a whole, and 100 % stays 100 %. */
#include "app/tn-canvas-private.h"
#include "tn-window-fixture.h"

#define MODEL                                                                                      \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flatten Flatten 0 80 conv | "               \
  "dense Dense 0 220 flatten"
#define LARGE 1.5

static void
set_text (double scale)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int)(96 * 1024 * scale), NULL);
}

/* In widget units. */
static TnRect
box_of (TnWindowFixture *fixture, const char *name)
{
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnRect box;

  g_assert_true (
      tn_scene_node_box (tn_canvas_scene (canvas), tn_window_fixture_id (fixture, name), &box));
  return tn_viewport_rect_to_widget (&canvas->viewport, box);
}

/* Of one size on the screen with the palette's rows, which GTK scales; boxes keep clear of one
 * another and of the labels between them. */
static void
test_grows (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnRect usual, large, next, label;
  double label_x, label_y;
  TnRef ref = { tn_window_fixture_id (fixture, "image"), 0, 0 }, at;

  gtk_widget_activate_action (GTK_WIDGET (canvas), "canvas.zoom-original", NULL);
  tn_window_fixture_settle (fixture);
  usual = box_of (fixture, "conv");
  g_assert_cmpfloat_with_epsilon (tn_canvas_zoom (canvas), 1, 1e-9);
  set_text (LARGE);
  tn_window_fixture_settle (fixture);
  large = box_of (fixture, "conv");
  g_assert_cmpfloat_with_epsilon (tn_canvas_zoom (canvas), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (large.width, usual.width * LARGE, 0.01);
  g_assert_cmpfloat_with_epsilon (large.height, usual.height * LARGE, 0.01);
  tn_display_screenshot (fixture->widget, "large-text");

  /* The label stands between the boxes it is about. */
  next = box_of (fixture, "image");
  g_assert_true (tn_scene_dim_box (tn_canvas_scene (canvas), ref, 1, &label));
  label_x = label.x + label.width / 2;
  label_y = label.y + label.height / 2;
  g_assert_true (tn_scene_label_at (tn_canvas_scene (canvas), label_x, label_y, &at, &label));
  label = tn_viewport_rect_to_widget (&canvas->viewport, label);
  g_assert_cmpfloat (next.y + next.height, <, label.y);
  g_assert_cmpfloat (label.y + label.height, <, large.y);

  set_text (1);
  tn_window_fixture_settle (fixture);
  large = box_of (fixture, "conv");
  g_assert_cmpfloat_with_epsilon (large.width, usual.width, 0.01);
  tn_window_fixture_free (fixture);
}

/* A window that opens with large text has it from the start, fits the model at 100 % and no more,
 * and nothing in it asks for more room than there is. */
static void
test_opens (void)
{
  TnWindowFixture *fixture;
  int least;

  set_text (LARGE);
  fixture = tn_window_fixture_new ("dense Dense 0 0");
  tn_window_fixture_settle (fixture);
  g_assert_cmpfloat_with_epsilon (tn_canvas_zoom (tn_window_canvas (fixture->window)), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (tn_window_canvas (fixture->window)->viewport.zoom, LARGE, 1e-9);
  gtk_widget_measure (fixture->widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 1366);
  tn_display_screenshot (fixture->widget, "large-opened");
  tn_window_fixture_free (fixture);
  set_text (1);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/large-text/grows", test_grows);
  g_test_add_func ("/large-text/opens", test_opens);
  return g_test_run ();
}
