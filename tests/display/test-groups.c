/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups under a real pointer and keyboard: made, closed, opened, moved, wired, taken apart. */
#include <adwaita.h>

#include "app/tn-canvas-private.h"
#include "tn-canvas-fixture.h"

#define CHAIN                                                                                      \
  "image InputLayer 0 -280 | one Dense 0 -140 image | two Dense 0 0 one | three Dense 0 140 two"

static const TnGroup *
find_group (TnFixture *fixture, const char *name)
{
  return tn_graph_find_group (tn_document_graph (fixture->document), name);
}

static gboolean
is_open (TnFixture *fixture, const char *name)
{
  const TnGroup *group = find_group (fixture, name);

  g_assert_nonnull (group);
  return tn_group_is_open (group);
}

/* A point of a group's frame or box, from its upper left corner, in widget units. */
static void
group_point (TnFixture *fixture, const char *name, double dx, double dy, double *x, double *y)
{
  TnRect box;

  g_assert_true (
      tn_scene_group_box (tn_canvas_scene (fixture->canvas), find_group (fixture, name), &box));
  tn_canvas_to_widget (fixture->canvas, box.x + (dx < 0 ? box.width + dx : dx),
                       box.y + (dy < 0 ? box.height + dy : dy), x, y);
}

/* Two layers, clicked one after the other, put together by Ctrl+G. */
static TnFixture *
grouped (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "one", &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_hold_key ("Shift_L", FALSE);
  tn_display_key ("<Control>g");
  tn_display_settle (fixture->widget);
  g_assert_null (fixture->refused);
  g_assert_nonnull (find_group (fixture, "group"));
  return fixture;
}

static void
test_group (void)
{
  TnFixture *fixture = grouped ();

  tn_display_screenshot (fixture->widget, "group-open");
  g_assert_true (is_open (fixture, "group"));
  g_assert_cmpstr (tn_fixture_source (fixture, "group/one", 0), ==, "group/input");
  g_assert_cmpstr (tn_fixture_source (fixture, "group/input", 0), ==, "image");
  g_assert_cmpstr (tn_fixture_source (fixture, "three", 0), ==, "group/two");
  tn_display_key ("<Control><Shift>g");
  tn_display_settle (fixture->widget);
  g_assert_null (find_group (fixture, "group"));
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==, "image");
  tn_document_undo (fixture->document);
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* By its sign, by double click, and by keyboard; each a step to undo. */
static void
test_open_close (void)
{
  TnFixture *fixture = grouped ();
  double x, y;

  group_point (fixture, "group", 16, 14, &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_settle (fixture->widget);
  g_assert_false (is_open (fixture, "group"));
  tn_display_screenshot (fixture->widget, "group-closed");

  group_point (fixture, "group", -15, 30, &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_settle (fixture->widget);
  g_assert_true (is_open (fixture, "group"));

  group_point (fixture, "group", 84, 14, &x, &y);
  tn_display_double_click (fixture->widget, x, y);
  tn_display_settle (fixture->widget);
  g_assert_false (is_open (fixture, "group"));
  /* Else it would be the third click of three. */
  tn_display_pump (600);
  group_point (fixture, "group", 80, 30, &x, &y);
  tn_display_double_click (fixture->widget, x, y);
  tn_display_settle (fixture->widget);
  g_assert_true (is_open (fixture, "group"));
  g_assert_cmpuint (fixture->activated, ==, TN_NODE_NONE);

  tn_display_key ("<Control>Return");
  tn_display_settle (fixture->widget);
  g_assert_false (is_open (fixture, "group"));
  tn_display_key ("Return");
  tn_display_settle (fixture->widget);
  g_assert_true (is_open (fixture, "group"));
  for (guint i = 0; i < 6; i++)
    tn_document_undo (fixture->document);
  g_assert_nonnull (find_group (fixture, "group"));
  tn_document_undo (fixture->document);
  g_assert_null (find_group (fixture, "group"));
  tn_fixture_free (fixture);
}

/* The title carries all that is within, and so does the closed box. */
static void
test_move (void)
{
  TnFixture *fixture = grouped ();
  double x, y, before, other;
  g_autofree char *selected = NULL;

  before = tn_node_x (tn_fixture_node (fixture, "group/one"));
  other = tn_node_x (tn_fixture_node (fixture, "three"));
  group_point (fixture, "group", 84, 14, &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x + 80, y, 1);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "group/one")), ==, before + 80);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "group/input")), ==, before + 80);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "three")), ==, other);
  tn_display_screenshot (fixture->widget, "group-selected");
  tn_document_undo (fixture->document);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "group/one")), ==, before);

  tn_display_key ("<Control>Return");
  tn_display_settle (fixture->widget);
  before = tn_node_x (tn_fixture_node (fixture, "group/two"));
  group_point (fixture, "group", 80, 30, &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x - 64, y, 1);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "group/two")), before - 64,
                                  8);
  /* Deleted as a whole. */
  tn_display_key ("Delete");
  tn_display_settle (fixture->widget);
  g_assert_null (find_group (fixture, "group"));
  selected = tn_fixture_selection (fixture);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 2);
  tn_fixture_free (fixture);
}

/* Walking by keyboard steps over what is hidden; a wire dropped on the box enters it. */
static void
test_walk_and_wire (void)
{
  TnFixture *fixture = grouped ();
  double x0, y0, x1, y1;
  const TnGroup *group;

  tn_display_key ("<Control>Return");
  tn_display_settle (fixture->widget);
  tn_fixture_box (fixture, "image", &x0, &y0);
  tn_display_click (fixture->widget, x0, y0, 1);
  tn_display_key ("Down");
  tn_display_settle (fixture->widget);
  group = tn_document_selected_group (fixture->document);
  g_assert_nonnull (group);
  tn_display_key ("Down");
  tn_display_settle (fixture->widget);
  g_assert_true (tn_document_is_selected (fixture->document, tn_fixture_id (fixture, "three")));
  tn_display_key ("Up");
  tn_display_settle (fixture->widget);
  g_assert_nonnull (tn_document_selected_group (fixture->document));

  tn_document_apply (fixture->document, &tn_edit_disconnect,
                     &(TnEditArgs){ .node = tn_fixture_id (fixture, "group/input") }, NULL);
  tn_display_settle (fixture->widget);
  g_assert_null (tn_fixture_source (fixture, "group/input", 0));
  tn_fixture_output (fixture, "image", &x0, &y0);
  group_point (fixture, "group", 60, 40, &x1, &y1);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "group/input", 0), ==, "image");
  tn_fixture_free (fixture);
}

static void
test_menu (void)
{
  TnFixture *fixture = grouped ();
  double x, y;

  group_point (fixture, "group", 84, 14, &x, &y);
  tn_display_click (fixture->widget, x, y, 3);
  tn_display_pump (300);
  g_assert_nonnull (fixture->canvas->menu);
  tn_display_screenshot (fixture->widget, "group-menu");
  /* Edit is not offered for all of a group: the first is to close it. */
  tn_display_key ("Down");
  tn_display_key ("Return");
  tn_display_pump (300);
  g_assert_false (is_open (fixture, "group"));
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  tn_display_pump (300);
  tn_display_screenshot (fixture->widget, "group-closed-dark");
  tn_display_key ("<Control>Return");
  tn_display_pump (300);
  tn_display_screenshot (fixture->widget, "group-open-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_LIGHT);
  tn_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/groups/group", test_group);
  g_test_add_func ("/groups/open-close", test_open_close);
  g_test_add_func ("/groups/move", test_move);
  g_test_add_func ("/groups/walk-and-wire", test_walk_and_wire);
  g_test_add_func ("/groups/menu", test_menu);
  return g_test_run ();
}
