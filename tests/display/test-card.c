/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card beside what the pointer rests on: what it says, where it stands, how it stays and goes.
 */
#include <string.h>

#include "app/tn-canvas-private.h"
#include "app/tn-card.h"
#include "tn-window-fixture.h"

#define FITS                                                                                       \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flatten Flatten 0 80 conv | "               \
  "dense Dense 0 220 flatten"
/* Dense wants a flat input: an error, with repairs. */
#define WRONG "image InputLayer 0 -200 | conv Conv2D 0 -60 image | dense Dense 0 80 conv"

typedef struct
{
  TnWindowFixture *fixture;
  TnCanvas *canvas;
  GtkWidget *widget;
  gboolean wanted;
} Case;

static Case
begin (const char *text)
{
  TnWindowFixture *fixture = tn_window_fixture_new (text);
  TnCanvas *canvas = tn_window_canvas (fixture->window);

  tn_window_fixture_settle (fixture);
  /* In no other test's way. */
  tn_display_move (GTK_WIDGET (canvas), 4, 4);
  return (Case){ fixture, canvas, GTK_WIDGET (canvas), FALSE };
}

static GtkWidget *
card_of (Case *it)
{
  TnRect about;
  GtkWidget *card = tn_canvas_hover_card (it->canvas, &about);

  return card != NULL && gtk_widget_get_mapped (card) && gtk_widget_get_width (card) > 0 ? card
                                                                                         : NULL;
}

static gboolean
card_is (gpointer user_data)
{
  Case *it = user_data;

  return (card_of (it) != NULL) == it->wanted;
}

static void
wait_card (Case *it, gboolean wanted)
{
  it->wanted = wanted;
  g_assert_true (tn_display_wait (card_is, it));
  tn_display_settle (it->widget);
}

static gboolean
contains (GtkWidget *label, gconstpointer text)
{
  return gtk_widget_get_mapped (label)
         && strstr (gtk_label_get_label (GTK_LABEL (label)), text) != NULL;
}

static gboolean
is_number (GtkWidget *label, gconstpointer text)
{
  return gtk_widget_get_mapped (label)
         && strcmp (gtk_label_get_label (GTK_LABEL (label)), text) == 0;
}

static gboolean
says (Case *it, const char *text)
{
  return tn_window_fixture_find (card_of (it), GTK_TYPE_LABEL, contains, text) != NULL;
}

static TnRect
allocation_of (GtkWidget *widget, GtkWidget *in)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, in, &bounds));
  return (TnRect){ bounds.origin.x, bounds.origin.y, bounds.size.width, bounds.size.height };
}

/* In widget units. */
static void
middle_of (Case *it, const char *name, double *x, double *y)
{
  TnRect box;

  g_assert_true (tn_scene_node_box (tn_canvas_scene (it->canvas),
                                    tn_window_fixture_id (it->fixture, name), &box));
  tn_canvas_to_widget (it->canvas, box.x + box.width / 2, box.y + box.height / 2, x, y);
}

static void
rest_on (Case *it, const char *name)
{
  double x, y;

  middle_of (it, name, &x, &y);
  tn_display_move (it->widget, x, y);
  wait_card (it, TRUE);
}

/* Beside what it is about, whole within the canvas. */
static void
assert_beside (Case *it)
{
  TnRect about, card;

  card = allocation_of (tn_canvas_hover_card (it->canvas, &about), it->widget);
  g_assert_true (card.x >= about.x + about.width || card.x + card.width <= about.x
                 || card.y >= about.y + about.height || card.y + card.height <= about.y);
  g_assert_cmpfloat (card.x, >=, 0);
  g_assert_cmpfloat (card.y, >=, 0);
  g_assert_cmpfloat (card.x + card.width, <=, gtk_widget_get_width (it->widget));
  g_assert_cmpfloat (card.y + card.height, <=, gtk_widget_get_height (it->widget));
}

/* Name, type, numbers with the names of their axes, what it costs; gone when the pointer goes on.
 */
static void
test_layer (void)
{
  Case it = begin (FITS);

  rest_on (&it, "conv");
  tn_display_screenshot (it.fixture->widget, "card-layer");
  g_assert_true (says (&it, "conv"));
  g_assert_true (says (&it, "Conv2D"));
  g_assert_true (says (&it, "height"));
  g_assert_true (says (&it, "channels"));
  g_assert_true (says (&it, "320 parameters"));
  g_assert_true (says (&it, "multiply-adds"));
  assert_beside (&it);
  tn_display_move (it.widget, 4, 4);
  wait_card (&it, FALSE);
  tn_window_fixture_free (it.fixture);
}

/* The pointer goes into the card over the gap; a number there tells where it comes from; pinned it
 * stays where the pointer goes, until Escape. */
static void
test_pinned (void)
{
  Case it = begin (FITS);
  GtkWidget *number;
  TnRect about, card;
  double x, y;

  rest_on (&it, "flatten");
  card = allocation_of (tn_canvas_hover_card (it.canvas, &about), it.widget);
  middle_of (&it, "flatten", &x, &y);
  for (int i = 1; i <= 8; i++)
    {
      tn_display_move (it.widget, x + (card.x + card.width / 2 - x) * i / 8, y);
      tn_display_settle (it.widget);
      g_assert_nonnull (card_of (&it));
    }
  number = tn_window_fixture_find (card_of (&it), GTK_TYPE_LABEL, is_number, "21632");
  g_assert_nonnull (number);
  tn_window_fixture_press (gtk_widget_get_ancestor (number, GTK_TYPE_BUTTON));
  tn_display_settle (it.widget);
  g_assert_nonnull (tn_window_fixture_button (card_of (&it), "Show in the Drawing"));
  tn_display_screenshot (it.fixture->widget, "card-number");
  /* What lies under the card has noticed nothing. */
  g_assert_cmpuint (tn_document_selection (tn_window_document (it.fixture->window))->len, ==, 0);

  tn_window_fixture_press (
      tn_window_fixture_find (card_of (&it), GTK_TYPE_TOGGLE_BUTTON, NULL, NULL));
  tn_display_move (it.widget, 4, 4);
  tn_display_settle (it.widget);
  g_assert_nonnull (card_of (&it));
  tn_display_wheel (5, 1);
  tn_display_settle (it.widget);
  g_assert_nonnull (card_of (&it));
  assert_beside (&it);
  tn_display_key ("Escape");
  wait_card (&it, FALSE);
  tn_window_fixture_free (it.fixture);
}

/* The number under the pointer, on the label of a wire; shown in the drawing it stays. */
static void
test_label (void)
{
  Case it = begin (FITS);
  TnRef ref = { tn_window_fixture_id (it.fixture, "conv"), 0, 0 };
  TnRef traced;
  GtkWidget *button;
  TnRect box;
  double x, y;
  int axis;

  g_assert_true (tn_scene_dim_box (tn_canvas_scene (it.canvas), ref, 1, &box));
  tn_canvas_to_widget (it.canvas, box.x + box.width / 2, box.y + box.height / 2, &x, &y);
  tn_display_move (it.widget, x, y);
  wait_card (&it, TRUE);
  tn_display_screenshot (it.fixture->widget, "card-label");
  g_assert_true (says (&it, "26 = 28"));
  assert_beside (&it);
  button = tn_window_fixture_button (card_of (&it), "Show in the Drawing");
  g_assert_nonnull (button);
  tn_window_fixture_press (button);
  wait_card (&it, FALSE);
  g_assert_true (tn_canvas_traced (it.canvas, &traced, &axis));
  g_assert_cmpint (axis, ==, 1);
  tn_window_fixture_free (it.fixture);
}

static gboolean
is_repair (GtkWidget *widget, gconstpointer unused)
{
  return gtk_widget_has_css_class (widget, "tn-fix") && gtk_widget_get_mapped (widget)
         && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), "win.repair") == 0;
}

/* The problem, why, and its first repair, which a click does. */
static void
test_problem (void)
{
  Case it = begin (WRONG);
  GtkWidget *button;

  rest_on (&it, "dense");
  tn_display_screenshot (it.fixture->widget, "card-problem");
  button = tn_window_fixture_find (card_of (&it), GTK_TYPE_BUTTON, is_repair, NULL);
  g_assert_nonnull (button);
  assert_beside (&it);
  tn_window_fixture_press (button);
  wait_card (&it, FALSE);
  g_assert_true (tn_document_can_undo (tn_window_document (it.fixture->window)));
  g_assert_false (tn_canvas_has_preview (it.canvas));
  tn_window_fixture_free (it.fixture);
}

/* Ctrl+F1 opens it for the selected layer and goes in; Tab walks, Escape leads back. A wheel or a
 * key closes it. */
static void
test_keyboard (void)
{
  Case it = begin (FITS);
  GtkRoot *root = gtk_widget_get_root (it.widget);

  tn_window_fixture_click_node (it.fixture, "conv");
  tn_display_move (it.widget, 4, 4);
  tn_display_key ("<Control>F1");
  wait_card (&it, TRUE);
  g_assert_true (says (&it, "Conv2D"));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (root), card_of (&it)));
  for (int i = 0; i < 7; i++)
    {
      tn_display_key ("Tab");
      tn_display_settle (it.widget);
      g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (root), card_of (&it)));
    }
  /* Delete is about layers, of which there is none in the card. */
  tn_display_key ("Delete");
  tn_display_settle (it.widget);
  g_assert_nonnull (tn_graph_find_name (tn_window_fixture_graph (it.fixture), "conv"));
  tn_display_key ("Escape");
  wait_card (&it, FALSE);
  g_assert_true (tn_document_is_selected (tn_window_document (it.fixture->window),
                                          tn_window_fixture_id (it.fixture, "conv")));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (root), it.widget));

  rest_on (&it, "dense");
  tn_display_wheel (5, 1);
  wait_card (&it, FALSE);
  rest_on (&it, "conv");
  tn_display_key ("Home");
  wait_card (&it, FALSE);
  tn_window_fixture_free (it.fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/card/layer", test_layer);
  g_test_add_func ("/card/pinned", test_pinned);
  g_test_add_func ("/card/label", test_label);
  g_test_add_func ("/card/problem", test_problem);
  g_test_add_func ("/card/keyboard", test_keyboard);
  return g_test_run ();
}
