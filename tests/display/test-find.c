/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding layers with real keys: the field, going through what was found, and back. */
#include <adwaita.h>

#include "app/tn-canvas-private.h"
#include "app/tn-find-bar.h"
#include "tn-window-fixture.h"

#define MODEL                                                                                      \
  "image InputLayer 0 -400 | one Dense 0 -200 image | two Dense 900 0 one | three ReLU 0 900 two " \
  "| "                                                                                             \
  "four Dense 0 1400 three"

static TnFindBar *
bar_of (TnWindowFixture *fixture)
{
  return TN_FIND_BAR (tn_window_fixture_find (fixture->widget, TN_TYPE_FIND_BAR, NULL, NULL));
}

typedef struct
{
  TnFindBar *bar;
  const char *count;
} Wanted;

static gboolean
has_count (gpointer data)
{
  Wanted *wanted = data;

  return g_strcmp0 (tn_find_bar_count (wanted->bar), wanted->count) == 0;
}

static void
expect_count (TnWindowFixture *fixture, const char *count)
{
  Wanted wanted = { bar_of (fixture), count };

  if (!tn_display_wait (has_count, &wanted))
    g_test_message ("it says %s", tn_find_bar_count (wanted.bar));
  g_assert_cmpstr (tn_find_bar_count (wanted.bar), ==, count);
}

static gboolean
is_selected (TnWindowFixture *fixture, const char *name)
{
  TnDocument *document = tn_window_document (fixture->window);

  return tn_document_selection (document)->len == 1
         && tn_document_is_selected (document, tn_window_fixture_id (fixture, name));
}

static gboolean
is_in_view (TnWindowFixture *fixture, const char *name)
{
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnRect box, visible = tn_viewport_visible (&canvas->viewport);

  g_assert_true (
      tn_scene_node_box (tn_canvas_scene (canvas), tn_window_fixture_id (fixture, name), &box));
  return box.x >= visible.x && box.y >= visible.y && box.x + box.width <= visible.x + visible.width
         && box.y + box.height <= visible.y + visible.height;
}

static void
test_through (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnViewport before;

  tn_window_fixture_settle (fixture);
  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  tn_display_key ("<Control>0");
  tn_display_settle (fixture->widget);
  before = canvas->viewport;
  tn_display_key ("<Control>f");
  tn_display_settle (fixture->widget);
  tn_display_type ("dense");
  expect_count (fixture, "3 found");
  g_assert_cmpuint (canvas->found->len, ==, 3);
  tn_display_key ("Return");
  expect_count (fixture, "1 of 3");
  g_assert_true (is_selected (fixture, "one"));
  tn_display_key ("F3");
  expect_count (fixture, "2 of 3");
  g_assert_true (is_selected (fixture, "two"));
  g_assert_true (is_in_view (fixture, "two"));
  tn_display_screenshot (fixture->widget, "find");
  tn_display_key ("<Control>g");
  expect_count (fixture, "3 of 3");
  g_assert_true (is_in_view (fixture, "four"));
  tn_display_key ("Return");
  expect_count (fixture, "1 of 3");
  tn_display_key ("<Shift>Return");
  expect_count (fixture, "3 of 3");
  tn_display_key ("<Shift>F3");
  expect_count (fixture, "2 of 3");
  /* Back to where it began. */
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  g_assert_null (canvas->found);
  g_assert_cmpfloat_with_epsilon (canvas->viewport.x, before.x, 0.5);
  g_assert_cmpfloat_with_epsilon (canvas->viewport.y, before.y, 0.5);
  g_assert_cmpuint (tn_document_selection (tn_window_document (fixture->window))->len, ==, 0);
  g_assert_true (tn_canvas_has_keyboard (canvas));
  tn_window_fixture_free (fixture);
}

/* By what is known of them; and it follows the model. */
static void
test_shapes (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (
      "image InputLayer 0 -100 | flat Flatten 0 0 image | one Dense 0 100 flat");
  TnDocument *document = tn_window_document (fixture->window);
  TnNodeId one = tn_window_fixture_id (fixture, "one");

  tn_window_fixture_settle (fixture);
  tn_display_key ("<Control>f");
  tn_display_settle (fixture->widget);
  tn_display_type ("nowhere");
  expect_count (fixture, "Not found");
  tn_display_key ("<Control>a");
  tn_display_type ("flat");
  expect_count (fixture, "1 found");
  g_assert_true (tn_document_apply (document, &tn_edit_rename,
                                    &(TnEditArgs){ .node = one, .text = "flat_too" }, NULL));
  expect_count (fixture, "2 found");
  /* The button closes it and leaves people where they are. */
  tn_display_key ("Return");
  expect_count (fixture, "1 of 2");
  tn_window_fixture_press (gtk_widget_get_last_child (gtk_revealer_get_child (
      GTK_REVEALER (gtk_widget_get_first_child (GTK_WIDGET (bar_of (fixture)))))));
  tn_display_settle (fixture->widget);
  g_assert_true (is_selected (fixture, "flat"));
  g_assert_null (tn_window_canvas (fixture->window)->found);
  tn_window_fixture_free (fixture);
}

/* Ctrl+8 shows what is selected. */
static void
test_zoom_selection (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnNodeId four = tn_window_fixture_id (fixture, "four");

  tn_window_fixture_settle (fixture);
  tn_document_select_one (tn_window_document (fixture->window), four, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  tn_display_key ("<Control>8");
  tn_display_settle (fixture->widget);
  g_assert_true (is_in_view (fixture, "four"));
  g_assert_cmpfloat_with_epsilon (tn_canvas_zoom (canvas), 1.5, 0.01);
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  adw_init ();
  g_test_add_func ("/find/through", test_through);
  g_test_add_func ("/find/shapes", test_shapes);
  g_test_add_func ("/find/zoom-selection", test_zoom_selection);
  return g_test_run ();
}
