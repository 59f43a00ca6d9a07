/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding with pointer and keyboard: typed at the pointer, by a wire that is dropped, blocks,
 * favourites and recent ones. */
#include "app/tn-adder.h"
#include "app/tn-canvas-private.h"
#include "app/tn-settings.h"
#include "app/tn-window-private.h"
#include "tn-window-fixture.h"

#define IMAGE "image InputLayer 0 -140 | conv Conv2D 0 0 image"
#define LOOSE "image InputLayer 0 -140 | flat Flatten 0 100"

static TnCanvas *
canvas_of (TnWindowFixture *fixture)
{
  return tn_window_canvas (fixture->window);
}

static gboolean
adder_shown (gpointer user_data)
{
  TnWindowFixture *fixture = user_data;

  return fixture->window->adder != NULL && gtk_widget_get_mapped (fixture->window->adder);
}

static gboolean
adder_gone (gpointer user_data)
{
  return !adder_shown (user_data);
}

static TnAdder *
open_adder (TnWindowFixture *fixture)
{
  g_assert_true (tn_display_wait (adder_shown, fixture));
  tn_display_settle (fixture->widget);
  return TN_ADDER (fixture->window->adder);
}

static void
assert_row (TnAdder *adder, guint row, const char *expected)
{
  g_autofree char *text = tn_adder_row_text (adder, row);

  g_assert_cmpstr (text, ==, expected);
}

/* Where the text begins with @label; G_MAXUINT: nowhere. */
static guint
find_row (TnAdder *adder, const char *label)
{
  for (guint i = 0;; i++)
    {
      g_autofree char *text = tn_adder_row_text (adder, i);

      if (text == NULL)
        return G_MAXUINT;
      if (g_str_has_prefix (text, label))
        return i;
    }
}

static const TnNode *
node_of (TnWindowFixture *fixture, const char *name)
{
  return tn_graph_find_name (tn_window_fixture_graph (fixture), name);
}

static const char *
source_of (TnWindowFixture *fixture, const char *name)
{
  const TnNode *node = node_of (fixture, name);

  g_assert_nonnull (node);
  node = tn_graph_find (tn_window_fixture_graph (fixture), tn_node_input (node, 0, 0).node);
  return node != NULL ? tn_node_name (node) : NULL;
}

static void
add_typed (TnWindowFixture *fixture, const char *text)
{
  tn_display_type (text);
  open_adder (fixture);
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (adder_gone, fixture));
  tn_window_fixture_settle (fixture);
}

/* From nothing to a model that fits, by typing on the canvas alone. */
static void
test_type (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  TnCanvas *canvas = canvas_of (fixture);

  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  tn_display_move (GTK_WIDGET (canvas), 200, 100);
  add_typed (fixture, "input");
  add_typed (fixture, "conv2d");
  add_typed (fixture, "flatten");
  add_typed (fixture, "linear");
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 4);
  g_assert_cmpstr (source_of (fixture, "dense"), ==, "flatten");
  g_assert_false (tn_facts_has_errors (tn_engine_facts (tn_window_engine (fixture->window))));
  /* Each stands by itself: below what feeds it. */
  g_assert_cmpfloat (tn_node_y (node_of (fixture, "dense")), >,
                     tn_node_y (node_of (fixture, "flatten")) + 40);
  tn_display_screenshot (fixture->widget, "adding-typed");
  for (guint i = 4; i-- > 0;)
    {
      tn_display_key ("<Control>z");
      g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, i);
    }
  tn_window_fixture_free (fixture);
}

/* At the pointer, with the choice by keys and by pointer; Escape gives it up. */
static void
test_pointer (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (IMAGE);
  TnCanvas *canvas = canvas_of (fixture);
  TnAdder *adder;
  double x, y;

  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  tn_canvas_to_widget (canvas, -224, 60, &x, &y);
  tn_display_double_click (GTK_WIDGET (canvas), x, y);
  adder = open_adder (fixture);
  tn_display_type ("pool");
  tn_display_settle (fixture->widget);
  g_assert_cmpuint (tn_adder_selected (adder), ==, 0);
  tn_display_key ("Down");
  tn_display_key ("Down");
  tn_display_key ("Up");
  g_assert_cmpuint (tn_adder_selected (adder), ==, 1);
  tn_display_screenshot (fixture->widget, "adding-search");
  tn_display_key ("Escape");
  g_assert_true (tn_display_wait (adder_gone, fixture));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);

  /* Nothing was selected: it stands where the pointer was, by itself. */
  tn_canvas_to_widget (canvas, -224, 60, &x, &y);
  tn_display_move (GTK_WIDGET (canvas), x, y);
  tn_display_key ("<Shift>a");
  adder = open_adder (fixture);
  tn_display_type ("dropout");
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (adder_gone, fixture));
  tn_window_fixture_settle (fixture);
  g_assert_null (source_of (fixture, "dropout"));
  g_assert_cmpfloat_with_epsilon (tn_node_x (node_of (fixture, "dropout")), -224, 8);
  g_assert_cmpfloat_with_epsilon (tn_node_y (node_of (fixture, "dropout")), 60, 8);

  /* What is selected feeds what takes it, and nothing else. */
  tn_window_fixture_click_node (fixture, "conv");
  tn_canvas_to_widget (canvas, 200, 100, &x, &y);
  tn_display_move (GTK_WIDGET (canvas), x, y);
  add_typed (fixture, "downsample");
  g_assert_cmpstr (source_of (fixture, "max_pooling2d"), ==, "conv");
  tn_window_fixture_click_node (fixture, "conv");
  tn_canvas_to_widget (canvas, 300, 200, &x, &y);
  tn_display_move (GTK_WIDGET (canvas), x, y);
  add_typed (fixture, "lstm");
  g_assert_null (source_of (fixture, "lstm"));
  /* With nothing selected every letter begins a search, with something this one is a command. */
  tn_display_key ("<Shift>m");
  g_assert_false (adder_shown (fixture));
  tn_display_key ("Escape");
  tn_display_type ("m");
  open_adder (fixture);
  tn_display_key ("Escape");
  g_assert_true (tn_display_wait (adder_gone, fixture));
  tn_window_fixture_free (fixture);
}

/* A wire that is dropped on nothing asks what is to stand there. */
static void
test_wire_from_output (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (IMAGE);
  TnCanvas *canvas = canvas_of (fixture);
  GtkWidget *widget = GTK_WIDGET (canvas);
  const TnRef conv = { tn_window_fixture_id (fixture, "conv"), 0, 0 };
  TnAdder *adder;
  double port_x, port_y, x, y;
  guint refused, flatten;
  g_autofree char *text = NULL;

  g_assert_true (tn_scene_output_port (tn_canvas_scene (canvas), conv, &port_x, &port_y));
  tn_canvas_to_widget (canvas, port_x, port_y, &x, &y);
  tn_display_drag (widget, x, y, widget, x + 20, y + 90, 1);
  adder = open_adder (fixture);
  tn_display_screenshot (fixture->widget, "adding-wire");
  assert_row (adder, 0, "Batch normalization | (None, 26, 26, 32)");
  assert_row (adder, 3, "2D max pooling | (None, 13, 13, 32)");
  flatten = find_row (adder, "Flatten | (None, 21632)");
  refused = find_row (adder, "Long short");
  g_assert_cmpuint (flatten, <, refused);
  text = tn_adder_row_text (adder, refused);
  g_assert_nonnull (strstr (text, "sequences"));
  /* Nothing comes before a wire's beginning. */
  g_assert_cmpuint (find_row (adder, "Input |"), ==, G_MAXUINT);

  tn_display_type ("maxpool2d");
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (adder_gone, fixture));
  tn_window_fixture_settle (fixture);
  g_assert_cmpstr (source_of (fixture, "max_pooling2d"), ==, "conv");
  g_assert_cmpfloat (tn_node_y (node_of (fixture, "max_pooling2d")), >, port_y + 60);
  tn_display_key ("<Control>z");
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);
  g_assert_false (tn_document_can_undo (tn_window_document (fixture->window)));
  tn_window_fixture_free (fixture);
}

static void
test_wire_from_input (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (LOOSE);
  TnCanvas *canvas = canvas_of (fixture);
  GtkWidget *widget = GTK_WIDGET (canvas);
  TnAdder *adder;
  double port_x, port_y, x, y;

  g_assert_true (tn_scene_input_port (
      tn_canvas_scene (canvas), tn_window_fixture_id (fixture, "flat"), 0, 0, &port_x, &port_y));
  tn_canvas_to_widget (canvas, port_x, port_y, &x, &y);
  tn_display_drag (widget, x, y, widget, x + 120, y - 60, 1);
  adder = open_adder (fixture);
  tn_display_screenshot (fixture->widget, "adding-wire-back");
  g_assert_cmpuint (find_row (adder, "2D max pooling | (None, None, None, None)"), <, 4);
  g_assert_cmpuint (find_row (adder, "2D convolution | (None, None, None, 32)"), !=, G_MAXUINT);
  g_assert_cmpuint (find_row (adder, "Labels"), ==, G_MAXUINT);
  tn_display_type ("input");
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (adder_gone, fixture));
  tn_window_fixture_settle (fixture);
  g_assert_cmpstr (source_of (fixture, "flat"), ==, "input_layer");
  tn_window_fixture_free (fixture);
}

/* ---- the palette ---- */

/* A block is dropped on a wire like a layer; what is behind makes room. */
static void
test_block (void)
{
  TnWindowFixture *fixture
      = tn_window_fixture_new ("image InputLayer 0 -140 | conv Conv2D 0 0 image | pool "
                               "MaxPooling2D 0 140 conv");
  TnCanvas *canvas = canvas_of (fixture);
  TnDocument *document = tn_window_document (fixture->window);
  GtkWidget *row;
  double x, y;
  g_autofree char *undo = NULL;
  g_autofree char *shape = NULL;

  tn_display_key ("<Control><Shift>f");
  tn_display_type ("residual");
  tn_display_settle (fixture->widget);
  row = tn_palette_block_row (tn_window_palette (fixture->window), "residual");
  g_assert_nonnull (row);
  tn_canvas_to_widget (canvas, 0, 70, &x, &y);
  tn_display_drag_hold (row, 40, 15, GTK_WIDGET (canvas), x, y, 1);
  tn_display_screenshot (fixture->widget, "adding-block-ghost");
  tn_display_button (1, FALSE);
  tn_window_fixture_settle (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 10);
  g_assert_cmpuint (tn_document_selection (document)->len, ==, 7);
  g_assert_cmpstr (source_of (fixture, "pool"), ==, "activation_1");
  g_assert_cmpuint (tn_facts_n_issues (tn_engine_facts (tn_window_engine (fixture->window))), ==,
                    0);
  shape = tn_window_fixture_cell (fixture, "pool", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (shape, ==, "(None, 13, 13, 32)");
  tn_display_screenshot (fixture->widget, "adding-block");
  undo = tn_document_undo_label (document);
  g_assert_cmpstr (undo, ==, "Undo Add Residual block");
  tn_display_key ("<Control>z");
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 3);

  /* By keyboard: behind what is selected. */
  tn_window_fixture_click_node (fixture, "pool");
  tn_display_key ("<Control><Shift>f");
  tn_display_type ("classifier on");
  tn_display_key ("Return");
  tn_window_fixture_settle (fixture);
  g_assert_cmpstr (source_of (fixture, "global_average_pooling2d"), ==, "pool");
  tn_window_fixture_free (fixture);
}

typedef struct
{
  TnPalette *palette;
  GtkWidget *canvas;
  const char *expected;
  guint n_asked;
} Beginning;

static gboolean
begins (gpointer user_data)
{
  Beginning *beginning = user_data;
  g_autofree char *text = tn_palette_text (beginning->palette);

  if (g_str_has_prefix (text, beginning->expected))
    return TRUE;
  /* On a busy machine a tooltip may have come under the pointer when it left: it goes on, then. */
  if (beginning->n_asked++ % 32 == 31)
    tn_display_move (beginning->canvas, 200 + beginning->n_asked / 32 % 8, 200);
  return FALSE;
}

static void
assert_begins (TnWindowFixture *fixture, const char *expected)
{
  Beginning beginning
      = { tn_window_palette (fixture->window), GTK_WIDGET (canvas_of (fixture)), expected, 0 };

  g_assert_true (tn_display_wait (begins, &beginning));
}

static void
test_favourites (void)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  TnWindowFixture *fixture;
  TnPalette *palette;
  TnShelf *shelf;
  const TnOffer dense = { .layer = tn_layer_find ("Dense") };
  GtkWidget *row;
  g_autofree char *text = NULL;

  if (settings != NULL)
    {
      g_settings_reset (settings, "favourite-layers");
      g_settings_reset (settings, "recent-layers");
    }
  fixture = tn_window_fixture_new (NULL);
  palette = tn_window_palette (fixture->window);
  shelf = tn_palette_shelf (palette);

  /* By its star. */
  row = tn_palette_row (palette, dense.layer);
  tn_display_click (row, gtk_widget_get_width (row) - 20, gtk_widget_get_height (row) / 2.0, 1);
  tn_display_settle (fixture->widget);
  g_assert_true (tn_shelf_is_favourite (shelf, dense));
  /* Nothing moves under the pointer. */
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 0);
  tn_display_move (GTK_WIDGET (canvas_of (fixture)), 200, 200);
  tn_display_settle (fixture->widget);
  assert_begins (fixture, "Favourites:\nDense\n");
  tn_display_screenshot (fixture->widget, "adding-favourites");

  /* By key, on what was found. */
  tn_display_key ("<Control><Shift>f");
  tn_display_type ("lstm");
  tn_display_key ("<Control>b");
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  assert_begins (fixture, "Favourites:\nDense\nLong short-term memory\n");
  tn_shelf_set_favourite (shelf, dense, FALSE);
  tn_shelf_set_favourite (shelf, (TnOffer){ .layer = tn_layer_find ("LSTM") }, FALSE);

  /* What was added last. */
  tn_display_key ("<Control><Shift>f");
  tn_display_type ("embedding");
  tn_display_key ("Return");
  tn_display_key ("<Control><Shift>f");
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  assert_begins (fixture, "Recent:\nEmbedding\n");
  tn_window_fixture_free (fixture);
}

/* A click on its head closes a section; what is searched for is found in it all the same. */
static void
test_sections (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  TnPalette *palette = tn_window_palette (fixture->window);
  const TnLayer *input = tn_layer_find ("InputLayer");
  GtkWidget *row = tn_palette_row (palette, input);

  g_assert_nonnull (row);
  tn_display_click (gtk_widget_get_prev_sibling (row), 20, 10, 1);
  tn_display_settle (fixture->widget);
  g_assert_null (tn_palette_row (palette, input));
  tn_display_key ("<Control><Shift>f");
  tn_display_type ("input");
  tn_display_settle (fixture->widget);
  g_assert_nonnull (tn_palette_row (palette, input));
  assert_begins (fixture, "Input\n");
  tn_window_fixture_free (fixture);
}

static gboolean
menu_shown (gpointer user_data)
{
  TnCanvas *canvas = canvas_of (user_data);

  return canvas->menu != NULL && gtk_widget_get_mapped (canvas->menu);
}

/* The context menu asks at its place; here that of a wire. */
static void
test_menu (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (IMAGE);
  TnCanvas *canvas = canvas_of (fixture);
  TnAdder *adder;
  double x, y;

  tn_canvas_to_widget (canvas, 0, -90, &x, &y);
  tn_display_click (GTK_WIDGET (canvas), x, y, 1);
  tn_display_key ("<Shift>F10");
  g_assert_true (tn_display_wait (menu_shown, fixture));
  tn_display_pump (200);
  tn_display_key ("i");
  adder = open_adder (fixture);
  assert_row (adder, 0, "2D convolution | (None, 26, 26, 32)");
  tn_display_type ("zero");
  tn_display_settle (fixture->widget);
  assert_row (adder, 0, "2D zero padding | (None, 30, 30, 1)");
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (adder_gone, fixture));
  g_assert_cmpstr (source_of (fixture, "conv"), ==, "zero_padding2d");
  g_assert_cmpstr (source_of (fixture, "zero_padding2d"), ==, "image");
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/adding/type", test_type);
  g_test_add_func ("/adding/pointer", test_pointer);
  g_test_add_func ("/adding/wire-from-output", test_wire_from_output);
  g_test_add_func ("/adding/wire-from-input", test_wire_from_input);
  g_test_add_func ("/adding/block", test_block);
  g_test_add_func ("/adding/favourites", test_favourites);
  g_test_add_func ("/adding/sections", test_sections);
  g_test_add_func ("/adding/menu", test_menu);
  return g_test_run ();
}
