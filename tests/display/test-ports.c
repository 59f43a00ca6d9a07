/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that tell their inputs apart, under a real pointer: names at the ports, self-attention. */
#include <adwaita.h>
#include <string.h>

#include "app/tn-canvas-private.h"
#include "tn-canvas-fixture.h"

#define TWO_SEQUENCES                                                                              \
  "words InputLayer -200 -160 | source InputLayer 200 -160 | look MultiHeadAttention 0 80"

static char *
tip_at_port (TnFixture *fixture, const char *name, guint slot)
{
  double x, y;
  TnPointer at;

  tn_fixture_input (fixture, name, slot, &x, &y);
  at = tn_canvas_pointer (fixture->canvas, x, y, 0, 0);
  return tn_canvas_tip (fixture->canvas, &at.hit);
}

static void
drag_to_port (TnFixture *fixture, const char *from, const char *to, guint slot)
{
  double x0, y0, x1, y1;

  tn_fixture_output (fixture, from, &x0, &y0);
  tn_fixture_input (fixture, to, slot, &x1, &y1);
  tn_display_drag_hold (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
}

static void
let_go (TnFixture *fixture)
{
  tn_display_button (1, FALSE);
  tn_display_settle (fixture->widget);
}

static void
drag_to_body (TnFixture *fixture, const char *from, const char *to)
{
  double x0, y0, x1, y1;

  tn_fixture_output (fixture, from, &x0, &y0);
  tn_fixture_box (fixture, to, &x1, &y1);
  tn_display_drag (fixture->widget, x0, y0, fixture->widget, x1, y1, 1);
}

static void
test_named_ports (void)
{
  TnFixture *fixture = tn_fixture_new (TWO_SEQUENCES);
  g_autofree char *query = tip_at_port (fixture, "look", 0), *value = NULL, *key = NULL;

  g_assert_cmpstr (query, ==, "look (query)\nnothing is wired here");

  /* What a wire would feed is said while it is drawn. */
  drag_to_port (fixture, "words", "look", 0);
  g_assert_true (g_str_has_prefix (fixture->canvas->callout, "words → look (query)\n"));
  tn_display_screenshot (fixture->widget, "query");
  let_go (fixture);
  g_assert_cmpstr (tn_fixture_source (fixture, "look", 0), ==, "words");
  value = tip_at_port (fixture, "look", 1);
  g_assert_cmpstr (value, ==, "look (value)\nnothing is wired here");

  /* From the sequence at the sequence: the same tensor once more, dropped on the box. */
  drag_to_body (fixture, "words", "look");
  g_assert_cmpstr (tn_fixture_source (fixture, "look", 0), ==, "words");
  g_assert_cmpstr (tn_fixture_source (fixture, "look", 1), ==, "words");
  tn_display_screenshot (fixture->widget, "self-attention");
  g_free (query);
  query = tip_at_port (fixture, "look", 0);
  g_assert_true (g_str_has_prefix (query, "words → look (query)\n"));

  /* What may stay empty is offered once all else is there, and hit only at its port. */
  key = tip_at_port (fixture, "look", 2);
  g_assert_cmpstr (key, ==, "look (key)\nmay stay empty");
  drag_to_port (fixture, "source", "look", 2);
  tn_display_screenshot (fixture->widget, "key");
  let_go (fixture);
  g_assert_cmpstr (tn_fixture_source (fixture, "look", 2), ==, "source");
  g_assert_null (fixture->refused);
  tn_document_undo (fixture->document);
  tn_display_settle (fixture->widget);
  drag_to_body (fixture, "source", "look");
  g_assert_cmpstr (tn_fixture_source (fixture, "look", 0), ==, "source");
  g_assert_cmpstr (tn_fixture_source (fixture, "look", 1), ==, "words");
  g_assert_cmpuint (tn_node_n_inputs (tn_fixture_node (fixture, "look"), 0), ==, 2);
  tn_fixture_free (fixture);
}

static void
test_self_attention_on_wire (void)
{
  TnFixture *fixture
      = tn_fixture_new ("words InputLayer 0 -160 | one Dense 0 0 words | two Dense 0 160 one");
  double x, y;

  tn_fixture_wire (fixture, "two", 0, &x, &y);
  g_assert_true (tn_canvas_place_drop (
      fixture->canvas, (TnOffer){ .layer = tn_layer_find ("MultiHeadAttention") }, x, y));
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "placed-on-wire");
  g_assert_cmpstr (tn_fixture_source (fixture, "multi_head_attention", 0), ==, "one");
  g_assert_cmpstr (tn_fixture_source (fixture, "multi_head_attention", 1), ==, "one");
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "multi_head_attention");
  tn_document_undo (fixture->document);
  g_assert_cmpstr (tn_fixture_source (fixture, "two", 0), ==, "one");
  tn_fixture_free (fixture);
}

/* A state to begin with is rarely given: what is dropped on an LSTM replaces what it reads. */
static void
test_optional_state (void)
{
  TnFixture *fixture = tn_fixture_new (
      "words InputLayer -200 -160 | source InputLayer 200 -160 | memory LSTM 0 80 words");
  g_autofree char *state = tip_at_port (fixture, "memory", 1);

  g_assert_nonnull (strstr (state, "may stay empty"));
  tn_display_screenshot (fixture->widget, "state");
  drag_to_body (fixture, "source", "memory");
  g_assert_cmpstr (tn_fixture_source (fixture, "memory", 0), ==, "source");
  g_assert_cmpuint (tn_node_n_inputs (tn_fixture_node (fixture, "memory"), 0), ==, 1);
  tn_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/ports/named", test_named_ports);
  g_test_add_func ("/ports/self-attention-on-wire", test_self_attention_on_wire);
  g_test_add_func ("/ports/optional-state", test_optional_state);
  return g_test_run ();
}
