/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panning, zooming, fitting and revealing, as arithmetic. */
#include <math.h>

#include "app/tn-viewport.h"

#define NEAR 1e-9

static TnViewport
make (double width, double height, int scale_factor)
{
  TnViewport viewport;

  tn_viewport_init (&viewport);
  tn_viewport_resize (&viewport, width, height, scale_factor);
  return viewport;
}

static void
test_resize (void)
{
  TnViewport viewport = make (800, 600, 1);
  double x, y;

  tn_viewport_to_widget (&viewport, 0, 0, &x, &y);
  g_assert_cmpfloat (x, ==, 400);
  g_assert_cmpfloat (y, ==, 300);
  tn_viewport_resize (&viewport, 900, 900, 1);
  tn_viewport_to_widget (&viewport, 0, 0, &x, &y);
  g_assert_cmpfloat (x, ==, 400);
  g_assert_cmpfloat (y, ==, 300);
}

static void
test_zoom_keeps_point (void)
{
  TnViewport viewport = make (800, 600, 1);
  double before_x, before_y, after_x, after_y;

  tn_viewport_pan (&viewport, 13.7, -5.2);
  tn_viewport_to_document (&viewport, 123, 456, &before_x, &before_y);
  for (int i = 0; i < 12; i++)
    g_assert_true (tn_viewport_zoom_at (&viewport, i % 3 == 2 ? 0.7 : 1.2, 123, 456));
  tn_viewport_to_document (&viewport, 123, 456, &after_x, &after_y);
  /* Drawing rounds the origin to a pixel: never more than half a one at either end. */
  g_assert_cmpfloat_with_epsilon (before_x, after_x, 0.5 + 0.5 / viewport.zoom);
  g_assert_cmpfloat_with_epsilon (before_y, after_y, 0.5 + 0.5 / viewport.zoom);
}

static void
test_zoom_limits (void)
{
  TnViewport viewport = make (800, 600, 1);

  for (int i = 0; i < 100 && tn_viewport_zoom_at (&viewport, 1.5, 10, 10); i++)
    ;
  g_assert_cmpfloat (viewport.zoom, ==, TN_ZOOM_MAXIMUM);
  g_assert_false (tn_viewport_zoom_at (&viewport, 2, 10, 10));
  for (int i = 0; i < 100 && tn_viewport_zoom_at (&viewport, 0.5, 10, 10); i++)
    ;
  g_assert_cmpfloat (viewport.zoom, ==, TN_ZOOM_MINIMUM);
  g_assert_false (tn_viewport_zoom_at (&viewport, 0, 0, 0));
  g_assert_false (tn_viewport_zoom_at (&viewport, -1, 0, 0));
  g_assert_false (tn_viewport_zoom_at (&viewport, NAN, 0, 0));
  g_assert_false (tn_viewport_zoom_at (&viewport, INFINITY, 0, 0));
  g_assert_cmpfloat (viewport.zoom, ==, TN_ZOOM_MINIMUM);
}

static void
test_round_trip (void)
{
  TnViewport viewport = make (640, 480, 2);
  double x, y, widget_x, widget_y;

  tn_viewport_pan (&viewport, 0.3, 0.8);
  tn_viewport_zoom_at (&viewport, 1.37, 17, 33);
  tn_viewport_to_document (&viewport, 211, 97, &x, &y);
  tn_viewport_to_widget (&viewport, x, y, &widget_x, &widget_y);
  g_assert_cmpfloat_with_epsilon (widget_x, 211, NEAR);
  g_assert_cmpfloat_with_epsilon (widget_y, 97, NEAR);
}

static void
test_device_pixels (void)
{
  TnViewport viewport = make (640, 480, 2);
  double x, y;

  viewport.x = 10.3;
  viewport.y = -7.9;
  tn_viewport_origin (&viewport, &x, &y);
  g_assert_cmpfloat (x, ==, 10.5);
  g_assert_cmpfloat (y, ==, -8);
  viewport.scale_factor = 1;
  tn_viewport_origin (&viewport, &x, &y);
  g_assert_cmpfloat (x, ==, 10);
  g_assert_cmpfloat (y, ==, -8);
}

static void
test_fit (void)
{
  TnViewport viewport = make (840, 640, 1);
  TnRect visible;

  /* Small: 100 %, in the middle. */
  tn_viewport_fit (&viewport, (TnRect){ 100, 100, 200, 100 }, 20, 0, 1);
  g_assert_cmpfloat (viewport.zoom, ==, 1);
  visible = tn_viewport_visible (&viewport);
  g_assert_cmpfloat_with_epsilon (visible.x + visible.width / 2, 200, NEAR);
  g_assert_cmpfloat_with_epsilon (visible.y + visible.height / 2, 150, NEAR);

  /* Large: the tighter side decides. */
  tn_viewport_fit (&viewport, (TnRect){ 0, 0, 1600, 600 }, 20, 0, 1);
  g_assert_cmpfloat (viewport.zoom, ==, 0.5);
  tn_viewport_fit (&viewport, (TnRect){ 0, 0, 100, 6000 }, 20, 0, 1);
  g_assert_cmpfloat (viewport.zoom, ==, 0.1);

  /* Beyond what can be zoomed, and nothing at all. */
  /* Not below what can be read: from the top on. */
  tn_viewport_fit (&viewport, (TnRect){ 0, -50, 100, 6000 }, 20, 0.5, 1);
  g_assert_cmpfloat (viewport.zoom, ==, 0.5);
  g_assert_cmpfloat (viewport.y, ==, 20 + 25);
  tn_viewport_fit (&viewport, (TnRect){ 0, 0, 200, 100 }, 20, 0.5, 1);
  g_assert_cmpfloat (viewport.zoom, ==, 1);
  tn_viewport_fit (&viewport, (TnRect){ 0, 0, 1e9, 1e9 }, 20, 0, 1);
  g_assert_cmpfloat (viewport.zoom, ==, TN_ZOOM_MINIMUM);
  tn_viewport_fit (&viewport, (TnRect){ 0, 0, 0, 0 }, 20, 0, 1);
  g_assert_cmpfloat (viewport.zoom, ==, 1);
  g_assert_cmpfloat (viewport.x, ==, 420);
}

static void
test_reveal (void)
{
  TnViewport viewport = make (800, 600, 1);
  TnRect box;

  viewport.x = 0;
  viewport.y = 0;
  g_assert_false (tn_viewport_reveal (&viewport, (TnRect){ 100, 100, 50, 50 }, 40));

  g_assert_true (tn_viewport_reveal (&viewport, (TnRect){ 900, 100, 50, 50 }, 40));
  box = tn_viewport_rect_to_widget (&viewport, (TnRect){ 900, 100, 50, 50 });
  g_assert_cmpfloat (box.x + box.width, ==, 760);
  g_assert_cmpfloat (box.y, ==, 100);

  g_assert_true (tn_viewport_reveal (&viewport, (TnRect){ -500, -500, 50, 50 }, 40));
  box = tn_viewport_rect_to_widget (&viewport, (TnRect){ -500, -500, 50, 50 });
  g_assert_cmpfloat (box.x, ==, 40);
  g_assert_cmpfloat (box.y, ==, 40);

  /* Larger than the window: its beginning. */
  tn_viewport_reveal (&viewport, (TnRect){ 0, 0, 5000, 10 }, 40);
  box = tn_viewport_rect_to_widget (&viewport, (TnRect){ 0, 0, 5000, 10 });
  g_assert_cmpfloat (box.x, ==, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/viewport/resize", test_resize);
  g_test_add_func ("/app/viewport/zoom-keeps-point", test_zoom_keeps_point);
  g_test_add_func ("/app/viewport/zoom-limits", test_zoom_limits);
  g_test_add_func ("/app/viewport/round-trip", test_round_trip);
  g_test_add_func ("/app/viewport/device-pixels", test_device_pixels);
  g_test_add_func ("/app/viewport/fit", test_fit);
  g_test_add_func ("/app/viewport/reveal", test_reveal);
  return g_test_run ();
}
