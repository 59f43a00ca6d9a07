/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is seen before it is let go: layers over wires with what would follow, knots along a line,
 * wires with corners; and blocks that go into a model as it is. */
#include <string.h>

#include "app/tn-canvas-private.h"
#include "tn-canvas-fixture.h"

#define CHAIN "image InputLayer 0 -240 | flat Flatten 0 -40 image | last Dense 0 160 flat"

static void
let_go (TnFixture *fixture, guint button)
{
  tn_display_button (button, FALSE);
  tn_display_settle (fixture->widget);
}

static void
assert_says (TnFixture *fixture, const char *text)
{
  if (fixture->canvas->callout == NULL || strstr (fixture->canvas->callout, text) == NULL)
    g_error ("“%s” does not say “%s”", fixture->canvas->callout, text);
}

/* What the canvas shows around a point. */
static GBytes *
look (TnFixture *fixture, double x, double y)
{
  return tn_display_area (fixture->widget, x - 40, y - 6, 80, 12);
}

static TnOffer
layer (const char *type)
{
  return (TnOffer){ .layer = tn_layer_find (type) };
}

/* A layer out of the palette over a wire: what follows farther down is seen, red where it would not
 * fit and with why; nothing is changed by it. */
static void
test_place (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  const TnGraph *graph = tn_document_graph (fixture->document);
  double x, y, label_x, label_y;
  g_autoptr (GBytes) before = NULL, good = NULL, wrong = NULL;

  tn_fixture_wire (fixture, "flat", 0, &x, &y);
  tn_fixture_wire (fixture, "last", 0, &label_x, &label_y);
  before = look (fixture, label_x, label_y);
  /* Half the size: the wire below carries another number. */
  tn_canvas_place_motion (fixture->canvas, layer ("MaxPooling2D"), x, y);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "place-fits");
  g_assert_null (fixture->canvas->callout);
  good = look (fixture, label_x, label_y);
  g_assert_false (g_bytes_equal (before, good));
  tn_canvas_place_cancel (fixture->canvas);

  tn_canvas_place_motion (fixture->canvas, layer ("LSTM"), x, y);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "place-wrong");
  assert_says (fixture, "lstm");
  wrong = look (fixture, x, y - 30);
  g_assert_false (g_bytes_equal (good, wrong));
  /* Away from the wire nothing is told. */
  tn_canvas_place_motion (fixture->canvas, layer ("LSTM"), x + 300, y);
  tn_display_settle (fixture->widget);
  g_assert_null (fixture->canvas->callout);
  tn_canvas_place_cancel (fixture->canvas);
  g_assert_true (tn_document_graph (fixture->document) == graph);

  g_assert_true (tn_canvas_place_drop (fixture->canvas, layer ("MaxPooling2D"), x, y));
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "flat", 0), ==, "max_pooling2d");
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* A block that there is not for such tensors says so, and is put beside the wire. */
static void
test_place_block (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  TnOffer offer = { .block = tn_block_find ("residual") };
  double x, y;

  tn_fixture_wire (fixture, "last", 0, &x, &y);
  tn_canvas_place_motion (fixture->canvas, offer, x, y);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "place-block-wrong");
  assert_says (fixture, "There is no such block for tensors like");
  tn_canvas_place_cancel (fixture->canvas);
  tn_fixture_wire (fixture, "flat", 0, &x, &y);
  tn_canvas_place_motion (fixture->canvas, offer, x, y);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "place-block");
  g_assert_null (fixture->canvas->callout);
  g_assert_true (tn_canvas_place_drop (fixture->canvas, offer, x, y));
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "flat", 0), ==, "activation_1");
  tn_fixture_free (fixture);
}

/* A layer that is there already. */
static void
test_splice (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN " | pool MaxPooling2D 300 -140 | "
                                             "steps LSTM 300 0");
  double x, y, goal_x, goal_y, label_x, label_y;
  g_autoptr (GBytes) before = NULL, after = NULL;

  tn_fixture_wire (fixture, "flat", 0, &goal_x, &goal_y);
  tn_fixture_wire (fixture, "last", 0, &label_x, &label_y);
  before = look (fixture, label_x, label_y);
  tn_fixture_box (fixture, "pool", &x, &y);
  tn_display_drag_hold (fixture->widget, x, y, fixture->widget, goal_x, goal_y, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "splice-fits");
  g_assert_null (fixture->canvas->callout);
  after = look (fixture, label_x, label_y);
  g_assert_false (g_bytes_equal (before, after));
  tn_display_key ("Escape");
  let_go (fixture, 1);
  g_assert_false (tn_document_can_undo (fixture->document));

  tn_fixture_box (fixture, "steps", &x, &y);
  tn_display_drag_hold (fixture->widget, x, y, fixture->widget, goal_x, goal_y, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "splice-wrong");
  assert_says (fixture, "steps");
  let_go (fixture, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "flat", 0), ==, "steps");
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* A line drawn with Shift and the second button: every wire that it crosses gets a knot, those of
 * one source share it. */
static void
test_knots (void)
{
  TnFixture *fixture
      = tn_fixture_new ("a InputLayer -160 -200 | b InputLayer 200 -200 | one Dense -260 100 a | "
                        "two Dense -40 100 a | three Dense 200 100 b");
  double x0, y0, x1, y1;

  tn_fixture_wire (fixture, "one", 0, &x0, &y0);
  tn_fixture_wire (fixture, "three", 0, &x1, &y1);
  y0 += 50;
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_drag_hold (fixture->widget, x0 - 90, y0, fixture->widget, x1 + 90, y0, 3);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "knots");
  g_assert_null (fixture->canvas->menu);
  assert_says (fixture, "Puts knots into 3 wires");
  g_assert_false (tn_document_can_undo (fixture->document));
  let_go (fixture, 3);
  tn_display_hold_key ("Shift_L", FALSE);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "knots-done");
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 7);
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==,
                   tn_fixture_source (fixture, "two", 0));
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), !=,
                   tn_fixture_source (fixture, "three", 0));
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==, "a");
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_display_settle (fixture->widget);

  /* A click without a line is the context menu's. */
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_click (fixture->widget, 60, 60, 3);
  tn_display_hold_key ("Shift_L", FALSE);
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->canvas->menu);
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  tn_fixture_free (fixture);
}

/* Where wires have corners, one that is drawn has them too. */
static void
test_corners (void)
{
  TnFixture *fixture = tn_fixture_new ("a InputLayer -160 -200 | b Dense 200 100");
  guint8 background[3], corner[3];
  double x, y, middle_x, middle_y;

  fixture->canvas->wires = TN_WIRES_ORTHOGONAL;
  tn_canvas_outdate (fixture->canvas);
  tn_display_settle (fixture->widget);
  tn_fixture_output (fixture, "a", &x, &y);
  /* The wire goes down to the middle, level, and down again: so it passes there. */
  middle_x = x + 40;
  middle_y = y + 60;
  tn_display_pixel (fixture->widget, middle_x, middle_y, background);
  tn_display_drag_hold (fixture->widget, x, y, fixture->widget, x + 220, y + 120, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "corners");
  tn_display_pixel (fixture->widget, middle_x, middle_y, corner);
  g_assert_true (memcmp (background, corner, 3) != 0);
  tn_display_key ("Escape");
  let_go (fixture, 1);

  /* And back up, which a curve would go in a bow. */
  tn_fixture_output (fixture, "b", &x, &y);
  tn_display_pixel (fixture->widget, x - 60, y + 18, background);
  tn_display_drag_hold (fixture->widget, x, y, fixture->widget, x - 300, y - 200, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "corners-back");
  tn_display_pixel (fixture->widget, x - 60, y + 18, corner);
  g_assert_true (memcmp (background, corner, 3) != 0);
  tn_display_key ("Escape");
  let_go (fixture, 1);
  tn_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/dropping/place", test_place);
  g_test_add_func ("/dropping/place-block", test_place_block);
  g_test_add_func ("/dropping/splice", test_splice);
  g_test_add_func ("/dropping/knots", test_knots);
  g_test_add_func ("/dropping/corners", test_corners);
  return g_test_run ();
}
