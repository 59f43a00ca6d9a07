/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bypassing, comments, frames and knots under a real pointer and keyboard. */
#include <adwaita.h>

#include "app/tn-canvas-private.h"
#include "graph/tn-active.h"
#include "graph/tn-repeat.h"
#include "layers/tn-remarks.h"
#include "tn-canvas-fixture.h"

#define CHAIN                                                                                      \
  "image InputLayer 0 -280 | one Dense 0 -140 image | two Dense 0 0 one | three Dense 0 140 two"

static void
click (TnFixture *fixture, const char *name)
{
  double x, y;

  tn_fixture_box (fixture, name, &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_settle (fixture->widget);
}

static TnRole
role_of (TnFixture *fixture, const char *name)
{
  const TnGraph *graph = tn_document_graph (fixture->document);

  return tn_graph_role (graph, (guint)tn_graph_index (graph, tn_fixture_id (fixture, name)));
}

static void
test_modes (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  g_autofree char *label = NULL;

  click (fixture, "two");
  tn_display_key ("m");
  tn_display_settle (fixture->widget);
  g_assert_cmpint (role_of (fixture, "two"), ==, TN_ROLE_BYPASSED);
  tn_display_screenshot (fixture->widget, "marks-bypassed");
  label = tn_canvas_node_label (fixture->canvas, tn_fixture_node (fixture, "two"));
  g_assert_cmpstr (label, ==, "two, Dense, bypassed");
  tn_display_key ("<Shift>m");
  tn_display_settle (fixture->widget);
  g_assert_cmpint (role_of (fixture, "two"), ==, TN_ROLE_DISABLED);
  g_assert_cmpint (role_of (fixture, "three"), ==, TN_ROLE_INACTIVE);
  tn_display_screenshot (fixture->widget, "marks-disabled");
  tn_display_key ("<Shift>m");
  tn_display_settle (fixture->widget);
  g_assert_cmpint (role_of (fixture, "three"), ==, TN_ROLE_ACTIVE);
  tn_document_undo (fixture->document);
  tn_document_undo (fixture->document);
  g_assert_cmpint (role_of (fixture, "two"), ==, TN_ROLE_BYPASSED);
  /* There is nothing that an input could hand through. */
  click (fixture, "image");
  tn_display_key ("m");
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->refused);
  tn_fixture_free (fixture);
}

static void
test_comment (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  const TnNode *comment;
  double x, y, width;
  TnRect box;

  click (fixture, "two");
  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_move (fixture->widget, x + 240, y);
  tn_display_settle (fixture->widget);
  tn_display_key ("<Control>k");
  tn_display_settle (fixture->widget);
  tn_display_type ("hello");
  tn_display_key ("<Control>Return");
  tn_display_settle (fixture->widget);
  comment = tn_fixture_node (fixture, "comment");
  g_assert_cmpstr (tn_node_string (comment, TN_REMARK_TEXT), ==, "hello");
  tn_display_screenshot (fixture->widget, "marks-comment");

  /* Its right edge. */
  g_assert_true (tn_scene_node_box (tn_canvas_scene (fixture->canvas), tn_node_id (comment), &box));
  width = box.width;
  tn_canvas_to_widget (fixture->canvas, box.x + box.width - 2, box.y + box.height / 2, &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x + 80, y, 1);
  tn_display_settle (fixture->widget);
  comment = tn_fixture_node (fixture, "comment");
  g_assert_cmpfloat_with_epsilon (tn_node_float (comment, TN_REMARK_WIDTH), width + 80, 8);
  tn_display_key ("Delete");
  tn_display_settle (fixture->widget);
  g_assert_null (tn_graph_find_name (tn_document_graph (fixture->document), "comment"));
  tn_document_undo (fixture->document);
  g_assert_nonnull (tn_graph_find_name (tn_document_graph (fixture->document), "comment"));
  tn_fixture_free (fixture);
}

/* A frame moves what lies in it, and nothing else. */
static void
test_frame (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y, before, other;
  TnRect box;

  click (fixture, "one");
  tn_display_hold_key ("Shift_L", TRUE);
  click (fixture, "two");
  tn_display_hold_key ("Shift_L", FALSE);
  tn_display_key ("<Control><Shift>k");
  tn_display_settle (fixture->widget);
  tn_display_type ("part");
  tn_display_key ("Return");
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_node_string (tn_fixture_node (fixture, "frame"), TN_REMARK_TEXT), ==, "part");
  tn_display_screenshot (fixture->widget, "marks-frame");

  before = tn_node_x (tn_fixture_node (fixture, "one"));
  other = tn_node_x (tn_fixture_node (fixture, "three"));
  g_assert_true (tn_scene_node_box (tn_canvas_scene (fixture->canvas),
                                    tn_fixture_id (fixture, "frame"), &box));
  tn_canvas_to_widget (fixture->canvas, box.x + 60, box.y + 12, &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x + 80, y, 1);
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "one")), before + 80, 8);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "two")), before + 80, 8);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "three")), ==, other);
  tn_document_undo (fixture->document);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "one")), ==, before);
  tn_fixture_free (fixture);
}

static void
test_knot (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y, before;

  tn_fixture_wire (fixture, "two", 0, &x, &y);
  tn_display_double_click (fixture->widget, x, y + 18);
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "knot");
  g_assert_cmpstr (tn_fixture_source (fixture, "knot", 0), ==, "one");
  /* It counts for nothing. */
  g_assert_cmpuint (tn_graph_size (tn_graph_active (tn_document_graph (fixture->document))), ==, 4);
  /* Else it would be the third click of three. */
  tn_display_pump (600);
  before = tn_node_x (tn_fixture_node (fixture, "knot"));
  tn_fixture_box (fixture, "knot", &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x + 160, y, 1);
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "knot")), before + 160, 8);
  tn_display_screenshot (fixture->widget, "marks-knot");
  tn_display_key ("Delete");
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "one");
  tn_fixture_free (fixture);
}

static void
test_repeat (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  const TnGraph *graph;
  g_autoptr (GPtrArray) copies = NULL;

  click (fixture, "two");
  tn_display_key ("<Control><Shift>r");
  tn_display_settle (fixture->widget);
  tn_display_key ("<Control>a");
  tn_display_type ("4");
  tn_display_key ("Return");
  tn_display_settle (fixture->widget);
  g_assert_null (fixture->refused);
  graph = tn_document_graph (fixture->document);
  g_assert_nonnull (tn_graph_find_group (graph, "repeat"));
  copies = tn_graph_repeated (graph, tn_graph_find_group (graph, "repeat"), TRUE);
  g_assert_nonnull (copies);
  g_assert_cmpuint (copies->len, ==, 4);
  tn_display_screenshot (fixture->widget, "marks-repeat");
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "three", 0), ==, "two");
  tn_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/marks/modes", test_modes);
  g_test_add_func ("/marks/comment", test_comment);
  g_test_add_func ("/marks/frame", test_frame);
  g_test_add_func ("/marks/knot", test_knot);
  g_test_add_func ("/marks/repeat", test_repeat);
  return g_test_run ();
}
