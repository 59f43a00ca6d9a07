/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring with a real pointer: what every port shows, what would follow, why not; moving ends,
 * exchanging them, cutting, joining, and taking layers out and putting them in. */
#include <adwaita.h>
#include <string.h>

#include "app/tn-wire-drag.h"
#include "tn-canvas-fixture.h"

/* Two inputs of different shapes, and what takes one or the other. */
#define PARTS                                                                                      \
  "row InputLayer -300 -240 | one Dense -300 -100 row | two Dense -300 40 one | "                  \
  "plain Dense 0 -40 | picture Conv2D 260 -40 | end Dense 0 120 plain"

static void
hold_from_output (TnFixture *fixture, const char *from, double x, double y)
{
  double x0, y0;

  tn_fixture_output (fixture, from, &x0, &y0);
  tn_display_drag_hold (fixture->widget, x0, y0, fixture->widget, x, y, 1);
}

static void
hold_to_input (TnFixture *fixture, const char *from, const char *to, guint slot)
{
  double x, y;

  tn_fixture_input (fixture, to, slot, &x, &y);
  hold_from_output (fixture, from, x, y);
}

static void
let_go (TnFixture *fixture, guint button)
{
  tn_display_button (button, FALSE);
  tn_display_settle (fixture->widget);
}

static TnWireDrag *
dragged_wire (TnFixture *fixture)
{
  g_assert_true (fixture->canvas->tool == &tn_tool_wire);
  return fixture->canvas->tool_state;
}

static gboolean
all_asked (gpointer data)
{
  return dragged_wire (data)->tick == 0;
}

static TnFit
fit_at (TnFixture *fixture, const char *name, guint slot)
{
  TnHit port = { .kind = TN_HIT_INPUT, .node = tn_fixture_id (fixture, name), .slot = slot };

  return tn_wire_fit (dragged_wire (fixture), &port, NULL);
}

static void
assert_says (TnFixture *fixture, const char *text)
{
  if (fixture->canvas->callout == NULL || strstr (fixture->canvas->callout, text) == NULL)
    g_error ("“%s” does not say “%s”", fixture->canvas->callout, text);
}

static void
test_ports_show (void)
{
  TnFixture *fixture = tn_fixture_new (PARTS);
  guint8 good[3], never[3], plain[3];
  double x, y;

  tn_fixture_input (fixture, "plain", 0, &x, &y);
  tn_display_pixel (fixture->widget, x, y - 7, plain);
  hold_from_output (fixture, "two", 420, 560);
  g_assert_true (tn_display_wait (all_asked, fixture));
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "ports");
  g_assert_cmpint (fit_at (fixture, "plain", 0), ==, TN_FIT_GOOD);
  g_assert_cmpint (fit_at (fixture, "picture", 0), ==, TN_FIT_WRONG);
  g_assert_cmpint (fit_at (fixture, "one", 0), ==, TN_FIT_IMPOSSIBLE);
  /* And it is seen: a ring around one, none around what is impossible. */
  tn_display_pixel (fixture->widget, x, y - 7, good);
  g_assert_true (memcmp (good, plain, 3) != 0);
  tn_fixture_input (fixture, "one", 0, &x, &y);
  tn_display_pixel (fixture->widget, x + 7, y - 2, never);
  g_assert_true (memcmp (good, never, 3) != 0);
  tn_display_key ("Escape");
  let_go (fixture, 1);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* What follows farther down is shown before the wire is let go, and nothing is changed by it. */
static void
test_what_follows (void)
{
  TnFixture *fixture = tn_fixture_new (PARTS);
  TnWireDrag *wire;
  TnShape shape;
  const TnGraph *graph = tn_document_graph (fixture->document);

  hold_to_input (fixture, "two", "plain", 0);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "follows");
  wire = dragged_wire (fixture);
  g_assert_nonnull (wire->outlook.facts);
  shape
      = tn_facts_shape (wire->outlook.facts, (TnRef){ tn_fixture_id (fixture, "end"), 0, 0 }, NULL);
  g_assert_cmpint (shape.rank, ==, 2);
  g_assert_true (tn_document_graph (fixture->document) == graph);
  assert_says (fixture, "two → plain");
  tn_display_key ("Escape");
  let_go (fixture, 1);

  /* What does not fit says why, and may be joined all the same. */
  hold_to_input (fixture, "two", "picture", 0);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "misfit");
  assert_says (fixture, "picture works on 4 dimensions");
  let_go (fixture, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "picture", 0), ==, "two");
  g_assert_null (fixture->refused);
  tn_fixture_free (fixture);
}

static void
test_cycle_is_told (void)
{
  TnFixture *fixture = tn_fixture_new (PARTS);

  hold_to_input (fixture, "two", "one", 0);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "cycle");
  assert_says (fixture, "one → two → one");
  let_go (fixture, 1);
  g_assert_nonnull (fixture->refused);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* An input that is taken: it says so; with Shift a layer joins both. */
static void
test_occupied (void)
{
  TnFixture *fixture = tn_fixture_new (PARTS);

  hold_to_input (fixture, "two", "end", 0);
  tn_display_settle (fixture->widget);
  assert_says (fixture, "Replaces plain. Hold Shift to join both by Concatenate.");
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "join");
  assert_says (fixture, "Joined with plain by Concatenate.");
  let_go (fixture, 1);
  tn_display_hold_key ("Shift_L", FALSE);
  g_assert_cmpstr (tn_fixture_source (fixture, "end", 0), ==, "concatenate");
  g_assert_cmpstr (tn_fixture_source (fixture, "concatenate", 0), ==, "plain");
  g_assert_cmpstr (tn_fixture_source (fixture, "concatenate", 1), ==, "two");
  tn_document_undo (fixture->document);
  tn_display_settle (fixture->widget);

  hold_to_input (fixture, "two", "end", 0);
  let_go (fixture, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "end", 0), ==, "two");
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

#define DIFFERENCE                                                                                 \
  "left InputLayer -160 -200 | right InputLayer 160 -200 | minus Subtract 0 0 left right | "       \
  "end Dense 0 140 minus"

static void
test_swap (void)
{
  TnFixture *fixture = tn_fixture_new (DIFFERENCE);
  double x0, y0, x1, y1;

  tn_fixture_input (fixture, "minus", 0, &x0, &y0);
  tn_fixture_input (fixture, "minus", 1, &x1, &y1);
  tn_display_drag_hold (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "swap");
  assert_says (fixture, "Changes places with right.");
  let_go (fixture, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "minus", 0), ==, "right");
  g_assert_cmpstr (tn_fixture_source (fixture, "minus", 1), ==, "left");
  tn_document_select_one (fixture->document, tn_fixture_id (fixture, "minus"), FALSE);
  gtk_widget_activate_action (fixture->widget, "canvas.swap-inputs", NULL);
  g_assert_cmpstr (tn_fixture_source (fixture, "minus", 0), ==, "left");
  tn_fixture_free (fixture);
}

/* The other end: what feeds a layer is changed at the source. */
static void
test_rewire_start (void)
{
  TnFixture *fixture
      = tn_fixture_new ("a InputLayer -160 -200 | b InputLayer 160 -200 | dense Dense -160 100 a");
  double x0, y0, x1, y1;

  tn_fixture_wire (fixture, "dense", 0, &x0, &y0);
  tn_fixture_output (fixture, "b", &x1, &y1);
  /* In the half that is nearer to the start, beside the label. */
  tn_display_drag (fixture->widget, x0, y0 - 60, fixture->widget, x1, y1, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "dense", 0), ==, "b");
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "dense", 0), ==, "a");
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* ---- cutting ---- */

static void
test_cut (void)
{
  TnFixture *fixture = tn_fixture_new (DIFFERENCE);

  tn_display_hold_key ("Control_L", TRUE);
  tn_display_drag_hold (fixture->widget, 200, 270, fixture->widget, 700, 270, 3);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "knife");
  g_assert_null (fixture->canvas->menu);
  g_assert_false (tn_document_can_undo (fixture->document));
  let_go (fixture, 3);
  tn_display_hold_key ("Control_L", FALSE);
  g_assert_null (tn_fixture_source (fixture, "minus", 0));
  g_assert_null (tn_fixture_source (fixture, "minus", 1));
  g_assert_cmpstr (tn_fixture_source (fixture, "end", 0), ==, "minus");
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "minus", 1), ==, "right");
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_display_settle (fixture->widget);

  /* Escape takes it back; a click without a cut is the context menu's. */
  tn_display_hold_key ("Control_L", TRUE);
  tn_display_drag_hold (fixture->widget, 200, 270, fixture->widget, 700, 270, 3);
  tn_display_key ("Escape");
  let_go (fixture, 3);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_display_click (fixture->widget, 100, 100, 3);
  tn_display_hold_key ("Control_L", FALSE);
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->canvas->menu);
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  tn_fixture_free (fixture);
}

/* ---- out of the flow and into it ---- */

#define CHAIN                                                                                      \
  "image InputLayer 0 -240 | one Dense 0 -120 image | two ReLU 0 0 one | three Dense 0 120 two | " \
  "four Dense 0 240 three"

static void
test_heal (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_key ("<Control>Delete");
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "three", 0), ==, "one");
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 4);
  tn_document_undo (fixture->document);
  tn_display_settle (fixture->widget);

  tn_display_key ("<Control><Shift>Delete");
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "three", 0), ==, "one");
  g_assert_null (tn_fixture_source (fixture, "two", 0));
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "one");
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);

  /* Which of two goes on cannot be told, and that is said. */
  fixture = tn_fixture_new (DIFFERENCE);
  tn_fixture_box (fixture, "minus", &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_key ("<Control>Delete");
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->refused);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 4);
  tn_fixture_free (fixture);
}

/* Several layers that hang together are dropped onto a wire; with Alt they are only moved. */
static void
test_splice_group (void)
{
  TnFixture *fixture = tn_fixture_new ("image InputLayer 0 -240 | last Dense 0 200 image | "
                                       "norm BatchNormalization 300 -60 | relu ReLU 300 60 norm");
  double x, y, goal_x, goal_y;

  tn_document_select (
      fixture->document,
      (TnNodeId[]){ tn_fixture_id (fixture, "norm"), tn_fixture_id (fixture, "relu") }, 2);
  tn_fixture_box (fixture, "norm", &x, &y);
  tn_fixture_wire (fixture, "last", 0, &goal_x, &goal_y);
  tn_display_hold_key ("Alt_L", TRUE);
  tn_display_drag (fixture->widget, x, y, fixture->widget, goal_x, goal_y - 60, 1);
  tn_display_hold_key ("Alt_L", FALSE);
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "last", 0), ==, "image");
  tn_document_undo (fixture->document);
  tn_display_settle (fixture->widget);

  tn_display_drag_hold (fixture->widget, x, y, fixture->widget, goal_x, goal_y - 60, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "splice-group");
  let_go (fixture, 1);
  tn_display_screenshot (fixture->widget, "spliced-group");
  g_assert_cmpstr (tn_fixture_source (fixture, "norm", 0), ==, "image");
  g_assert_cmpstr (tn_fixture_source (fixture, "relu", 0), ==, "norm");
  g_assert_cmpstr (tn_fixture_source (fixture, "last", 0), ==, "relu");
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* ---- by the keyboard and the menu ---- */

static void
test_connect_selected (void)
{
  TnFixture *fixture = tn_fixture_new ("a InputLayer 0 -200 | b Dense 0 -60 | c Dense 0 80");

  tn_display_key ("<Control>a");
  tn_display_key ("<Control><Shift>j");
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "b", 0), ==, "a");
  g_assert_cmpstr (tn_fixture_source (fixture, "c", 0), ==, "b");
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

static void
test_wire_menu (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  g_autofree char *selected = NULL;
  double x, y;

  tn_fixture_wire (fixture, "three", 0, &x, &y);
  tn_display_click (fixture->widget, x, y, 3);
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->canvas->menu);
  tn_display_screenshot (fixture->widget, "wire-menu");
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  gtk_widget_activate_action (fixture->widget, "canvas.trace-wire", NULL);
  g_assert_true (tn_canvas_traced (fixture->canvas, &(TnRef){ 0 }, &(int){ 0 }));
  tn_canvas_trace_end (fixture->canvas);
  gtk_widget_activate_action (fixture->widget, "canvas.go-to-end", "b", TRUE);
  selected = tn_fixture_selection (fixture);
  g_assert_cmpstr (selected, ==, "three");
  tn_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/wiring/ports-show", test_ports_show);
  g_test_add_func ("/wiring/what-follows", test_what_follows);
  g_test_add_func ("/wiring/cycle", test_cycle_is_told);
  g_test_add_func ("/wiring/occupied", test_occupied);
  g_test_add_func ("/wiring/swap", test_swap);
  g_test_add_func ("/wiring/rewire-start", test_rewire_start);
  g_test_add_func ("/wiring/cut", test_cut);
  g_test_add_func ("/wiring/heal", test_heal);
  g_test_add_func ("/wiring/splice-group", test_splice_group);
  g_test_add_func ("/wiring/connect-selected", test_connect_selected);
  g_test_add_func ("/wiring/menu", test_wire_menu);
  return g_test_run ();
}
