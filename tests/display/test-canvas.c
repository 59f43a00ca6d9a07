/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas under a real pointer and keyboard: wiring, moving, selecting, placing, walking. */
#include <adwaita.h>
#include <math.h>

#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"
#include "tn-canvas-fixture.h"

#define CHAIN                                                                                      \
  "image InputLayer 0 -200 | one Dense 0 -60 image | two Dense 0 80 one | three Dense 0 220 two"
#define APART "image InputLayer -160 -160 | one Dense 0 0 | two Dense 160 160"

/* ---- wiring ---- */

static void
test_wire (void)
{
  TnFixture *fixture = tn_fixture_new (APART);
  double x0, y0, x1, y1;

  tn_display_screenshot (fixture->widget, "apart");
  tn_fixture_output (fixture, "image", &x0, &y0);
  tn_fixture_input (fixture, "one", 0, &x1, &y1);
  tn_display_drag_hold (fixture->widget, x0, y0, fixture->widget, x1 + 5, y1 - 4, 1);
  tn_display_screenshot (fixture->widget, "wire-snapped");
  tn_display_button (1, FALSE);
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==, "image");

  /* The other way round. */
  tn_fixture_input (fixture, "two", 0, &x0, &y0);
  tn_fixture_output (fixture, "one", &x1, &y1);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "one");

  tn_document_undo (fixture->document);
  g_assert_null (tn_fixture_source (fixture, "two", 0));
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==, "image");
  tn_document_undo (fixture->document);
  g_assert_null (tn_fixture_source (fixture, "one", 0));
  g_assert_false (tn_document_can_undo (fixture->document));
  g_assert_null (fixture->refused);
  tn_fixture_free (fixture);
}

static void
test_wire_to_body (void)
{
  TnFixture *fixture = tn_fixture_new (
      "image InputLayer -200 -160 | other InputLayer 200 -160 | sum Add 0 80 image");
  double x0, y0, x1, y1;

  tn_fixture_output (fixture, "other", &x0, &y0);
  tn_fixture_box (fixture, "sum", &x1, &y1);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "sum", 0), ==, "image");
  g_assert_cmpstr (tn_fixture_source (fixture, "sum", 1), ==, "other");
  tn_fixture_free (fixture);
}

/* Dropped on nothing, a new wire is no wire, and no step to undo. */
static void
test_wire_to_nothing (void)
{
  TnFixture *fixture = tn_fixture_new (APART);
  double x, y;

  tn_fixture_output (fixture, "image", &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x - 100, y + 300, 1);
  g_assert_false (tn_document_can_undo (fixture->document));
  g_assert_null (fixture->refused);
  tn_fixture_free (fixture);
}

static void
test_refuse_cycle (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x0, y0, x1, y1;

  tn_fixture_output (fixture, "three", &x0, &y0);
  tn_fixture_input (fixture, "one", 0, &x1, &y1);
  tn_display_drag_hold (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  tn_display_screenshot (fixture->widget, "cycle");
  g_assert_nonnull (fixture->canvas->callout);
  g_assert_null (fixture->refused);
  tn_display_button (1, FALSE);
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->refused);
  g_assert_cmpuint (strlen (fixture->refused), >, 20);
  g_assert_null (fixture->canvas->callout);
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==, "image");
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

static void
test_rewire (void)
{
  TnFixture *fixture
      = tn_fixture_new ("image InputLayer 0 -200 | one Dense -160 0 image | two Dense 160 0");
  double x0, y0, x1, y1;

  tn_fixture_input (fixture, "one", 0, &x0, &y0);
  tn_fixture_input (fixture, "two", 0, &x1, &y1);
  tn_display_drag_hold (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  tn_display_screenshot (fixture->widget, "rewire");
  tn_display_button (1, FALSE);
  tn_display_settle (fixture->widget);
  g_assert_null (tn_fixture_source (fixture, "one", 0));
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "image");
  /* One step. */
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==, "image");
  g_assert_false (tn_document_can_undo (fixture->document));

  /* Pulled off. */
  tn_display_settle (fixture->widget);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x0 - 60, y0 + 250, 1);
  g_assert_null (tn_fixture_source (fixture, "one", 0));
  tn_fixture_free (fixture);
}

static void
test_delete_wire (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_wire (fixture, "two", 0, &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  g_assert_cmpint (fixture->canvas->wire.kind, ==, TN_HIT_WIRE);
  tn_display_screenshot (fixture->widget, "wire-selected");
  tn_display_key ("Delete");
  g_assert_null (tn_fixture_source (fixture, "two", 0));
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 4);
  tn_display_settle (fixture->widget);
  g_assert_cmpint (fixture->canvas->wire.kind, ==, TN_HIT_NOTHING);
  tn_fixture_free (fixture);
}

/* ---- selecting and moving ---- */

static void
assert_selection (TnFixture *fixture, const char *expected)
{
  g_autofree char *selection = tn_fixture_selection (fixture);

  g_assert_cmpstr (selection, ==, expected);
}

static void
test_select (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "one", &x, &y);
  tn_display_click (fixture->widget, x, y, 1);
  assert_selection (fixture, "one");
  tn_fixture_box (fixture, "three", &x, &y);
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_hold_key ("Shift_L", FALSE);
  assert_selection (fixture, "one three");
  tn_display_hold_key ("Control_L", TRUE);
  tn_display_click (fixture->widget, x, y, 1);
  tn_display_hold_key ("Control_L", FALSE);
  assert_selection (fixture, "one");
  tn_display_key ("<Control>a");
  assert_selection (fixture, "image one two three");
  tn_display_screenshot (fixture->widget, "all-selected");
  /* A click on one of several means that one. Later, or it would be a double click. */
  tn_display_pump (450);
  tn_display_click (fixture->widget, x, y, 1);
  assert_selection (fixture, "three");
  tn_display_key ("Escape");
  assert_selection (fixture, "");
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

static void
test_band (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x0, y0, x1, y1;

  tn_fixture_box (fixture, "one", &x0, &y0);
  tn_fixture_box (fixture, "two", &x1, &y1);
  tn_display_drag_hold (fixture->widget, x0 - 200, y0 - 45, fixture->widget, x1 + 200, y1 + 45, 1);
  tn_display_screenshot (fixture->widget, "band");
  tn_display_button (1, FALSE);
  tn_display_settle (fixture->widget);
  assert_selection (fixture, "one two");

  tn_fixture_box (fixture, "image", &x0, &y0);
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_drag (fixture->widget, x0 - 200, y0 - 45, fixture->widget, x0 + 20, y0, 1);
  tn_display_hold_key ("Shift_L", FALSE);
  assert_selection (fixture, "image one two");
  tn_fixture_free (fixture);
}

static void
test_move (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "one", &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x + 101, y + 30, 1);
  /* Snapped to eights. */
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "one")), ==, 104);
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "one")), ==, -32);
  assert_selection (fixture, "one");
  /* However many motions there were. */
  tn_document_undo (fixture->document);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "one")), ==, 0);
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "one")), ==, -60);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_display_settle (fixture->widget);

  /* Free hand, and several at once. */
  tn_display_key ("<Control>a");
  tn_display_hold_key ("Alt_L", TRUE);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x - 51, y, 1);
  tn_display_hold_key ("Alt_L", FALSE);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "one")), -51, 1e-6);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "three")), -51, 1e-6);
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "three")), ==, 220);
  tn_fixture_free (fixture);
}

static void
test_cancel_move (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_drag_hold (fixture->widget, x, y, fixture->widget, x + 150, y, 1);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "two")), >, 100);
  tn_display_key ("Escape");
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "two")), ==, 0);
  tn_display_move (fixture->widget, x + 50, y + 50);
  tn_display_button (1, FALSE);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "two")), ==, 0);
  g_assert_false (tn_document_can_undo (fixture->document));
  g_assert_false (tn_document_can_redo (fixture->document));
  tn_fixture_free (fixture);
}

/* ---- placing ---- */

static void
test_place (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  const TnOffer dropout = { .layer = tn_layer_find ("Dropout") };
  double x, y;

  /* On empty paper. */
  tn_canvas_to_widget (fixture->canvas, 241, -99, &x, &y);
  tn_canvas_place_motion (fixture->canvas, dropout, x - 50, y);
  tn_canvas_place_motion (fixture->canvas, dropout, x, y);
  g_assert_true (tn_canvas_place_drop (fixture->canvas, dropout, x, y));
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "dropout")), ==, 240);
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "dropout")), ==, -96);
  assert_selection (fixture, "dropout");
  tn_document_undo (fixture->document);

  /* Outside, and given up. */
  tn_canvas_place_motion (fixture->canvas, dropout, x, y);
  g_assert_false (tn_canvas_place_drop (fixture->canvas, dropout, -30, 100));
  tn_canvas_place_motion (fixture->canvas, dropout, x, y);
  tn_canvas_place_cancel (fixture->canvas);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 4);

  /* Into a wire. */
  tn_display_settle (fixture->widget);
  tn_fixture_wire (fixture, "two", 0, &x, &y);
  tn_canvas_place_motion (fixture->canvas, dropout, x + 4, y);
  tn_display_screenshot (fixture->widget, "place-on-wire");
  g_assert_true (tn_canvas_place_drop (fixture->canvas, dropout, x + 4, y));
  g_assert_cmpstr (tn_fixture_source (fixture, "dropout", 0), ==, "one");
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "dropout");
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "one");

  /* What has no input goes into no wire. */
  tn_display_settle (fixture->widget);
  g_assert_true (tn_canvas_place_drop (fixture->canvas,
                                       (TnOffer){ .layer = tn_layer_find ("InputLayer") }, x, y));
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "one");
  tn_fixture_free (fixture);
}

static void
test_splice_existing (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN " | drop Dropout 260 80");
  double x0, y0, x1, y1;

  tn_fixture_box (fixture, "drop", &x0, &y0);
  tn_fixture_wire (fixture, "two", 0, &x1, &y1);
  tn_display_drag_hold (fixture->widget, x0, y0, fixture->widget, x1 + 2, y1 + 1, 1);
  tn_display_screenshot (fixture->widget, "splice-existing");
  tn_display_button (1, FALSE);
  tn_display_settle (fixture->widget);
  g_assert_cmpstr (tn_fixture_source (fixture, "drop", 0), ==, "one");
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "drop");
  /* Move and splice are one step. */
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "one");
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "drop")), ==, 260);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

static void
test_add (void)
{
  TnFixture *fixture = tn_fixture_new ("");

  tn_canvas_add (fixture->canvas, (TnOffer){ .layer = tn_layer_find ("InputLayer") });
  tn_canvas_add (fixture->canvas, (TnOffer){ .layer = tn_layer_find ("Flatten") });
  tn_canvas_add (fixture->canvas, (TnOffer){ .layer = tn_layer_find ("Dense") });
  g_assert_cmpstr (tn_fixture_source (fixture, "flatten", 0), ==, "input_layer");
  g_assert_cmpstr (tn_fixture_source (fixture, "dense", 0), ==, "flatten");
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "dense")), >,
                     tn_node_y (tn_fixture_node (fixture, "flatten")));

  /* Nothing is selected: the only end. */
  tn_document_select (fixture->document, NULL, 0);
  tn_canvas_add (fixture->canvas, (TnOffer){ .layer = tn_layer_find ("Dense") });
  g_assert_cmpstr (tn_fixture_source (fixture, "dense_1", 0), ==, "dense");

  /* Two ends and nothing selected: nobody knows which. */
  tn_document_select_one (fixture->document, tn_fixture_id (fixture, "flatten"), FALSE);
  tn_canvas_add (fixture->canvas, (TnOffer){ .layer = tn_layer_find ("Dense") });
  g_assert_cmpstr (tn_fixture_source (fixture, "dense_2", 0), ==, "flatten");
  tn_document_select (fixture->document, NULL, 0);
  tn_canvas_add (fixture->canvas, (TnOffer){ .layer = tn_layer_find ("Dropout") });
  g_assert_null (tn_fixture_source (fixture, "dropout", 0));

  /* What merges takes all that is selected. */
  {
    TnNodeId two[] = { tn_fixture_id (fixture, "dense_1"), tn_fixture_id (fixture, "dense_2") };

    tn_document_select (fixture->document, two, 2);
  }
  tn_canvas_add (fixture->canvas, (TnOffer){ .layer = tn_layer_find ("Add") });
  g_assert_cmpstr (tn_fixture_source (fixture, "add", 0), ==, "dense_1");
  g_assert_cmpstr (tn_fixture_source (fixture, "add", 1), ==, "dense_2");
  tn_canvas_zoom_fit (fixture->canvas);
  tn_display_screenshot (fixture->widget, "added");
  tn_fixture_free (fixture);
}

/* ---- what is seen ---- */

/* How bright a point is, 0 … 255. */
static int
brightness (TnFixture *fixture, double x, double y)
{
  guint8 colour[3];

  tn_display_pixel (fixture->widget, x, y, colour);
  return (colour[0] + colour[1] + colour[2]) / 3;
}

static void
test_dark (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "two", &x, &y);
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  tn_display_settle (fixture->widget);
  tn_display_settle (fixture->widget);
  g_assert_cmpint (brightness (fixture, 30, 30), >, 200);
  g_assert_cmpint (brightness (fixture, x + 60, y - 16), >, 200);
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  tn_display_settle (fixture->widget);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "dark");
  g_assert_cmpint (brightness (fixture, 30, 30), <, 80);
  g_assert_cmpint (brightness (fixture, x + 60, y - 16), <, 100);
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
  tn_fixture_free (fixture);
}

/* What is told of the thing at a point. */
static char *
tip_at (TnFixture *fixture, double x, double y)
{
  TnPointer at = tn_canvas_pointer (fixture->canvas, x, y, 0, 0);

  return tn_canvas_tip (fixture->canvas, &at.hit);
}

static void
test_tips (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  const TnIssue *issue;
  g_autofree char *node = NULL;
  g_autofree char *faulty = NULL;
  g_autofree char *wire = NULL;
  double x, y;

  tn_fixture_wire (fixture, "three", 0, &x, &y);
  wire = tip_at (fixture, x, y);
  g_assert_true (g_str_has_prefix (wire, "two → three\n(None, 64)"));

  tn_fixture_box (fixture, "three", &x, &y);
  node = tip_at (fixture, x, y);
  g_assert_nonnull (strstr (node, "three\nDense\n(None, 64) → (None, 64)\n"));
  g_assert_nonnull (strstr (node, "\n4,160 parameters = 64·64 (kernel) + 64 (bias)\n"));

  /* 28 × 28 × 1 does not go into a Dense. */
  issue = tn_facts_node_issue (tn_engine_facts (fixture->engine), tn_fixture_id (fixture, "one"));
  g_assert_nonnull (issue);
  tn_fixture_box (fixture, "one", &x, &y);
  faulty = tip_at (fixture, x, y);
  g_assert_nonnull (strstr (faulty, issue->message));

  tn_display_move (fixture->widget, x, y);
  tn_display_pump (g_getenv ("TN_SCREENSHOTS") != NULL ? 900 : 50);
  g_assert_cmpint (fixture->canvas->hover.kind, ==, TN_HIT_NODE);
  tn_display_screenshot (fixture->widget, "hover");

  /* Its sign. */
  {
    TnRect box;

    tn_scene_node_box (tn_canvas_scene (fixture->canvas), tn_fixture_id (fixture, "one"), &box);
    tn_canvas_to_widget (fixture->canvas, box.x + box.width, box.y, &x, &y);
    tn_display_click (fixture->widget, x, y, 1);
    g_assert_cmpuint (fixture->problem, ==, tn_fixture_id (fixture, "one"));
  }
  tn_fixture_free (fixture);
}

/* ---- the view ---- */

static void
test_zoom (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x0, y0, x1, y1, before;

  tn_fixture_output (fixture, "one", &x0, &y0);
  tn_display_move (fixture->widget, x0, y0);
  before = tn_canvas_zoom (fixture->canvas);
  tn_display_hold_key ("Control_L", TRUE);
  tn_display_wheel (4, 4);
  tn_display_hold_key ("Control_L", FALSE);
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), >, before * 1.5);
  tn_fixture_output (fixture, "one", &x1, &y1);
  g_assert_cmpfloat_with_epsilon (x0, x1, 2);
  g_assert_cmpfloat_with_epsilon (y0, y1, 2);
  tn_display_screenshot (fixture->widget, "zoomed-in");

  tn_display_key ("<Control>0");
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), ==, 1);
  tn_display_key ("<Control>minus");
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), <, 0.8);
  for (int i = 0; i < 12; i++)
    tn_display_key ("<Control>minus");
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), ==, TN_ZOOM_MINIMUM);
  tn_display_screenshot (fixture->widget, "zoomed-out");
  tn_display_key ("Home");
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), >, 0.5);
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), <=, 1);
  tn_fixture_free (fixture);
}

static gboolean
is_small (gpointer user_data)
{
  return gtk_widget_get_height (((TnFixture *)user_data)->widget) < 500;
}

/* What was fitted stays so while the window changes, until somebody chooses another view. */
static void
test_fit (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double before, x, y;

  tn_canvas_zoom_fit (fixture->canvas);
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), ==, 1);
  gtk_window_set_default_size (fixture->window, 600, 400);
  g_assert_true (tn_display_wait (is_small, fixture));
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), <, 0.9);
  tn_fixture_box (fixture, "three", &x, &y);
  g_assert_cmpfloat (y, <, gtk_widget_get_height (fixture->widget));

  tn_display_key ("<Control>equal");
  before = tn_canvas_zoom (fixture->canvas);
  gtk_window_set_default_size (fixture->window, 620, 300);
  tn_display_pump (100);
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_canvas_zoom (fixture->canvas), ==, before);
  tn_fixture_free (fixture);
}

static void
test_pan (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x0, y0, x1, y1;

  tn_fixture_box (fixture, "two", &x0, &y0);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x0 + 90, y0 - 40, 2);
  tn_fixture_box (fixture, "two", &x1, &y1);
  g_assert_cmpfloat_with_epsilon (x1, x0 + 90, 1);
  g_assert_cmpfloat_with_epsilon (y1, y0 - 40, 1);
  g_assert_false (tn_document_can_undo (fixture->document));

  /* Space and the first button: the layer under it is not moved. */
  tn_display_hold_key ("space", TRUE);
  tn_display_drag (fixture->widget, x1, y1, fixture->widget, x0, y0, 1);
  tn_display_hold_key ("space", FALSE);
  tn_fixture_box (fixture, "two", &x1, &y1);
  g_assert_cmpfloat_with_epsilon (x1, x0, 1);
  g_assert_cmpfloat_with_epsilon (y1, y0, 1);
  g_assert_false (tn_document_can_undo (fixture->document));

  tn_display_wheel (5, 2);
  tn_display_settle (fixture->widget);
  tn_fixture_box (fixture, "two", &x1, &y1);
  g_assert_cmpfloat (y1, <, y0 - 50);
  g_assert_cmpfloat_with_epsilon (x1, x0, 1);
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_wheel (5, 2);
  tn_display_hold_key ("Shift_L", FALSE);
  tn_display_settle (fixture->widget);
  tn_fixture_box (fixture, "two", &x1, &y1);
  g_assert_cmpfloat (x1, <, x0 - 50);
  tn_fixture_free (fixture);
}

/* ---- the keyboard ---- */

static void
test_walk (void)
{
  TnFixture *fixture = tn_fixture_new ("image InputLayer 0 -200 | left Dense -160 -40 image | "
                                       "right Dense 160 -40 image | sum Add 0 120 left right");

  tn_display_key ("Down");
  assert_selection (fixture, "image");
  tn_display_key ("Down");
  assert_selection (fixture, "left");
  tn_display_key ("Right");
  assert_selection (fixture, "right");
  tn_display_screenshot (fixture->widget, "walk");
  tn_display_key ("Down");
  assert_selection (fixture, "sum");
  tn_display_key ("Up");
  tn_display_key ("Up");
  assert_selection (fixture, "image");

  tn_display_key ("Tab");
  tn_display_key ("Tab");
  tn_display_key ("Tab");
  assert_selection (fixture, "sum");
  tn_display_key ("<Shift>Tab");
  assert_selection (fixture, "right");
  tn_display_key ("Return");
  g_assert_cmpuint (fixture->activated, ==, tn_fixture_id (fixture, "right"));

  /* Nudges are one step. */
  tn_display_key ("<Shift>Right");
  tn_display_key ("<Shift>Right");
  tn_display_key ("<Alt>Down");
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "right")), ==, 176);
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "right")), ==, -39);
  tn_document_undo (fixture->document);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "right")), ==, 160);

  tn_display_key ("<Control>d");
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 5);
  tn_display_key ("Delete");
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 4);
  tn_display_settle (fixture->widget);
  tn_display_key ("<Control>a");
  tn_display_key ("BackSpace");
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 0);
  tn_display_settle (fixture->widget);
  tn_fixture_free (fixture);
}

static void
test_double_click (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_double_click (fixture->widget, x, y);
  g_assert_cmpuint (fixture->activated, ==, tn_fixture_id (fixture, "two"));
  tn_display_pump (400);
  tn_canvas_to_widget (fixture->canvas, -250, 40, &x, &y);
  tn_display_double_click (fixture->widget, x, y);
  g_assert_cmpuint (fixture->n_add_requested, ==, 1);
  g_assert_cmpfloat_with_epsilon (fixture->add_x, -250, 1.5);
  g_assert_cmpfloat_with_epsilon (fixture->add_y, 40, 1.5);
  tn_fixture_free (fixture);
}

static gboolean
menu_shown (gpointer user_data)
{
  TnFixture *fixture = user_data;

  return fixture->canvas->menu != NULL && gtk_widget_get_mapped (fixture->canvas->menu);
}

static gboolean
menu_gone (gpointer user_data)
{
  return ((TnFixture *)user_data)->canvas->menu == NULL;
}

static gboolean
two_is_gone (gpointer user_data)
{
  TnFixture *fixture = user_data;

  return tn_graph_find_name (tn_document_graph (fixture->document), "two") == NULL;
}

static void
test_menu (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_click (fixture->widget, x, y, 3);
  g_assert_true (tn_display_wait (menu_shown, fixture));
  assert_selection (fixture, "two");
  tn_display_pump (100);
  tn_display_screenshot (fixture->widget, "menu");
  tn_display_key ("Escape");
  g_assert_true (tn_display_wait (menu_gone, fixture));

  /* By keyboard; the last of the layer's section deletes. */
  tn_display_settle (fixture->widget);
  tn_display_key ("<Shift>F10");
  g_assert_true (tn_display_wait (menu_shown, fixture));
  tn_display_pump (200);
  tn_display_key ("l");
  g_assert_true (tn_display_wait (two_is_gone, fixture));
  g_assert_true (tn_display_wait (menu_gone, fixture));
  tn_display_settle (fixture->widget);
  tn_fixture_free (fixture);
}

/* ---- the engine, and what is heard ---- */

static gboolean
is_dimmed (gpointer user_data)
{
  return ((TnFixture *)user_data)->canvas->show_stale;
}

static void
test_held_engine (void)
{
  TnFixture *fixture = tn_fixture_new (APART);
  double x0, y0, x1, y1;

  tn_engine_hold (fixture->engine, TRUE);
  tn_fixture_output (fixture, "image", &x0, &y0);
  tn_fixture_input (fixture, "one", 0, &x1, &y1);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  g_assert_cmpstr (tn_fixture_source (fixture, "one", 0), ==, "image");
  g_assert_true (tn_engine_is_stale (fixture->engine));
  g_assert_true (tn_display_wait (is_dimmed, fixture));

  /* The worker is held, the window is not. */
  tn_fixture_box (fixture, "two", &x0, &y0);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x0 + 80, y0, 1);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "two")), ==, 240);
  g_assert_true (tn_engine_is_stale (fixture->engine));
  tn_display_screenshot (fixture->widget, "stale");

  tn_engine_hold (fixture->engine, FALSE);
  tn_engine_settle (fixture->engine);
  g_assert_false (tn_engine_is_stale (fixture->engine));
  tn_display_settle (fixture->widget);
  g_assert_false (fixture->canvas->show_stale);
  tn_fixture_free (fixture);
}

static GtkAccessible *
proxy_of (TnFixture *fixture, const char *name)
{
  return g_hash_table_lookup (fixture->canvas->proxies,
                              GUINT_TO_POINTER (tn_fixture_id (fixture, name)));
}

static void
test_accessible (void)
{
  TnFixture *fixture = tn_fixture_new ("image InputLayer 0 -100 | one Dense 0 40 | two Dense 0 180 "
                                       "one");
  double x0, y0, x1, y1;

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (fixture->widget), GTK_ACCESSIBLE_ROLE_LIST);
  gtk_test_accessible_assert_role (proxy_of (fixture, "one"), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  tn_fixture_output (fixture, "image", &x0, &y0);
  tn_fixture_input (fixture, "one", 0, &x1, &y1);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
  tn_engine_settle (fixture->engine);
  tn_display_settle (fixture->widget);
  {
    const TnFacts *facts = tn_engine_facts (fixture->engine);
    TnShape shape = tn_facts_shape (facts, (TnRef){ .node = tn_fixture_id (fixture, "two") }, NULL);
    g_autofree char *text = tn_shape_to_text (&shape);
    TnShape arriving
        = tn_facts_shape (facts, (TnRef){ .node = tn_fixture_id (fixture, "one") }, NULL);
    g_autofree char *input = tn_shape_to_text (&arriving);
    g_autofree char *told = g_strdup_printf ("Input %s from one. Output %s.", input, text);
    g_autofree char *description
        = tn_canvas_node_description (fixture->canvas, tn_fixture_node (fixture, "two"));
    g_autofree char *summary
        = g_strdup_printf ("3 layers, 2 connections, %u problem%s", tn_facts_n_issues (facts),
                           tn_facts_n_issues (facts) == 1 ? "" : "s");

    gtk_test_accessible_assert_property (proxy_of (fixture, "two"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                         "two, Dense");
    gtk_test_accessible_assert_property (proxy_of (fixture, "two"),
                                         GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description);
    g_assert_nonnull (strstr (description, told));
    gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->widget),
                                         GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary);
  }

  /* The selection moves the focus, the proxy's actions select and delete. */
  tn_fixture_box (fixture, "two", &x0, &y0);
  tn_display_click (fixture->widget, x0, y0, 1);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (proxy_of (fixture, "two"))));
  gtk_widget_activate_action (GTK_WIDGET (proxy_of (fixture, "one")), "node.select", NULL);
  assert_selection (fixture, "one");
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (proxy_of (fixture, "one"))));
  gtk_widget_activate_action (GTK_WIDGET (proxy_of (fixture, "two")), "node.delete", NULL);
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 2);
  tn_display_settle (fixture->widget);
  g_assert_cmpuint (g_hash_table_size (fixture->canvas->proxies), ==, 2);
  tn_fixture_free (fixture);
}

/* ---- drawing ---- */

static void
test_moving_draws_little (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  TnFixture *fixture;
  guint before, all;
  double x, y;

  /* Forty short chains side by side. */
  for (int column = 0; column < 40; column++)
    for (int row = 0; row < 25; row++)
      {
        g_string_append_printf (text, "n%d_%d %s %d %d", column, row,
                                row == 0 ? "InputLayer" : "Dense", column * 260, row * 120);
        if (row > 0)
          g_string_append_printf (text, " n%d_%d", column, row - 1);
        g_string_append (text, " | ");
      }
  fixture = tn_fixture_new (text->str);
  tn_display_screenshot (fixture->widget, "thousand");
  tn_canvas_zoom_at (fixture->canvas, 1 / tn_canvas_zoom (fixture->canvas), 450, 350);
  tn_display_pump (500);
  tn_display_settle (fixture->widget);
  tn_canvas_reveal (fixture->canvas, tn_fixture_id (fixture, "n20_12"));
  tn_display_pump (200);
  all = tn_tile_cache_n_drawn (fixture->canvas->tiles);
  g_assert_cmpuint (all, >=, 12);

  tn_fixture_box (fixture, "n20_12", &x, &y);
  before = tn_tile_cache_n_drawn (fixture->canvas->tiles);
  tn_display_move (fixture->widget, x, y);
  tn_display_settle (fixture->widget);
  tn_display_click (fixture->widget, x, y, 1);
  /* Hover and selection are drawn above the tiles. */
  g_assert_cmpuint (tn_tile_cache_n_drawn (fixture->canvas->tiles), ==, before);
  tn_display_key ("<Shift>Right");
  tn_display_settle (fixture->widget);
  tn_display_pump (100);
  g_assert_cmpuint (tn_tile_cache_n_drawn (fixture->canvas->tiles), >, before);
  /* The window shows twenty tiles; the layer and its two wires lie in a few. */
  g_assert_cmpuint (tn_tile_cache_n_drawn (fixture->canvas->tiles) - before, <=, 8);
  tn_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/canvas/wire", test_wire);
  g_test_add_func ("/canvas/wire-to-body", test_wire_to_body);
  g_test_add_func ("/canvas/wire-to-nothing", test_wire_to_nothing);
  g_test_add_func ("/canvas/refuse-cycle", test_refuse_cycle);
  g_test_add_func ("/canvas/rewire", test_rewire);
  g_test_add_func ("/canvas/delete-wire", test_delete_wire);
  g_test_add_func ("/canvas/select", test_select);
  g_test_add_func ("/canvas/band", test_band);
  g_test_add_func ("/canvas/move", test_move);
  g_test_add_func ("/canvas/cancel-move", test_cancel_move);
  g_test_add_func ("/canvas/place", test_place);
  g_test_add_func ("/canvas/splice-existing", test_splice_existing);
  g_test_add_func ("/canvas/add", test_add);
  g_test_add_func ("/canvas/dark", test_dark);
  g_test_add_func ("/canvas/tips", test_tips);
  g_test_add_func ("/canvas/zoom", test_zoom);
  g_test_add_func ("/canvas/fit", test_fit);
  g_test_add_func ("/canvas/pan", test_pan);
  g_test_add_func ("/canvas/walk", test_walk);
  g_test_add_func ("/canvas/double-click", test_double_click);
  g_test_add_func ("/canvas/menu", test_menu);
  g_test_add_func ("/canvas/held-engine", test_held_engine);
  g_test_add_func ("/canvas/accessible", test_accessible);
  g_test_add_func ("/canvas/moving-draws-little", test_moving_draws_little);
  return g_test_run ();
}
