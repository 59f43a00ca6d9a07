/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers within layers in the inspector: placed, edited, exchanged and undone under a real pointer.
 */
#include "tn-window-fixture.h"

#define SEQUENCE "steps InputLayer 0 -160 | dense Dense 0 160 steps"

static TnFieldLayer *
layer_row (TnWindowFixture *fixture, const char *path)
{
  TnFieldLayer *row = tn_inspector_layer (tn_window_inspector (fixture->window), path);

  g_assert_nonnull (row);
  return row;
}

static const char *
chosen_class (TnWindowFixture *fixture, const char *path)
{
  GtkDropDown *classes = GTK_DROP_DOWN (tn_field_layer_classes (layer_row (fixture, path)));

  return gtk_string_object_get_string (gtk_drop_down_get_selected_item (classes));
}

static void
choose_class (TnWindowFixture *fixture, const char *path, const char *type)
{
  GtkDropDown *classes = GTK_DROP_DOWN (tn_field_layer_classes (layer_row (fixture, path)));
  GListModel *items = gtk_drop_down_get_model (classes);
  guint to = 0;

  while (to < g_list_model_get_n_items (items)
         && !g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (items), to), type))
    to++;
  g_assert_cmpuint (to, <, g_list_model_get_n_items (items));
  gtk_drop_down_set_selected (classes, to);
  tn_display_pump (100);
  tn_window_fixture_settle (fixture);
}

static void
assert_output (TnWindowFixture *fixture, const char *name, const char *shape)
{
  g_autofree char *text = tn_window_fixture_cell (fixture, name, TN_OUTLINE_OUTPUT);

  g_assert_cmpstr (text, ==, shape);
}

/* The wrapper from the palette, dropped upon the wire between the two. */
static TnWindowFixture *
with_layer (const char *type, const char *name)
{
  TnWindowFixture *fixture = tn_window_fixture_new (SEQUENCE);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  GtkWidget *row;
  double x, y;

  tn_window_fixture_click_node (fixture, "steps");
  tn_window_fixture_type (fixture, "batch_shape", "None, 7, 5");
  tn_display_key ("<Control><Shift>f");
  tn_display_type (tn_layer_find (type)->label);
  tn_display_pump (100);
  row = tn_palette_row (tn_window_palette (fixture->window), tn_layer_find (type));
  tn_canvas_to_widget (canvas, 0, 0, &x, &y);
  tn_display_drag (row, 40, 15, GTK_WIDGET (canvas), x, y, 1);
  tn_window_fixture_click_node (fixture, name);
  return fixture;
}

/* The units of the layer within decide what leaves on the wire. */
static void
test_bidirectional (void)
{
  TnWindowFixture *fixture = with_layer ("Bidirectional", "bidirectional");
  TnDocument *document = tn_window_document (fixture->window);

  g_assert_cmpstr (chosen_class (fixture, "layer"), ==, "LSTM");
  assert_output (fixture, "bidirectional", "(None, 128)");
  tn_display_screenshot (fixture->widget, "layers-bidirectional");
  tn_window_fixture_type (fixture, "layer.units", "24");
  assert_output (fixture, "bidirectional", "(None, 48)");
  tn_window_fixture_press (tn_window_fixture_editor (fixture, "layer.return_sequences"));
  assert_output (fixture, "bidirectional", "(None, 7, 48)");

  /* Another class, from its list by keyboard, keeps what it has as well, in one step. */
  gtk_widget_grab_focus (tn_field_layer_classes (layer_row (fixture, "layer")));
  tn_display_key ("space");
  tn_display_pump (100);
  tn_display_key ("Down");
  tn_display_key ("Return");
  tn_display_pump (100);
  tn_window_fixture_settle (fixture);
  g_assert_cmpstr (chosen_class (fixture, "layer"), ==, "GRU");
  assert_output (fixture, "bidirectional", "(None, 7, 48)");
  g_assert_nonnull (
      tn_inspector_field (tn_window_inspector (fixture->window), "layer.reset_after"));
  tn_display_screenshot (fixture->widget, "layers-gru");

  tn_document_undo (document);
  tn_window_fixture_settle (fixture);
  g_assert_cmpstr (chosen_class (fixture, "layer"), ==, "LSTM");
  g_assert_null (tn_inspector_field (tn_window_inspector (fixture->window), "layer.reset_after"));
  tn_document_undo (document);
  assert_output (fixture, "bidirectional", "(None, 48)");
  /* Two digits were one step. */
  tn_document_undo (document);
  assert_output (fixture, "bidirectional", "(None, 128)");
  g_assert_cmpstr (
      gtk_editable_get_text (GTK_EDITABLE (tn_window_fixture_editor (fixture, "layer.units"))), ==,
      "64");
  tn_window_fixture_free (fixture);
}

static gboolean
is_more (GtkWidget *expander, gconstpointer data)
{
  return g_strcmp0 (gtk_expander_get_label (GTK_EXPANDER (expander)), "More") == 0;
}

/* A layer of its own for the way back starts as the first, turned round; None takes it away. */
static void
test_backward (void)
{
  TnWindowFixture *fixture = with_layer ("Bidirectional", "bidirectional");
  GtkWidget *more = tn_window_fixture_find (GTK_WIDGET (tn_window_inspector (fixture->window)),
                                            GTK_TYPE_EXPANDER, is_more, NULL);

  g_assert_nonnull (more);
  gtk_expander_set_expanded (GTK_EXPANDER (more), TRUE);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (layer_row (fixture, "layer")), FALSE);
  tn_display_pump (100);
  g_assert_cmpstr (chosen_class (fixture, "backward_layer"), ==, "None");
  choose_class (fixture, "backward_layer", "LSTM");
  g_assert_nonnull (strstr (tn_window_status (fixture->window), "everything fits"));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (layer_row (fixture, "backward_layer")), TRUE);
  tn_display_pump (100);
  tn_window_fixture_type (fixture, "backward_layer.units", "10");
  assert_output (fixture, "bidirectional", "(None, 74)");
  tn_display_screenshot (fixture->widget, "layers-backward");

  /* Both the same way: said where it can be mended. */
  tn_window_fixture_press (tn_window_fixture_editor (fixture, "backward_layer.go_backwards"));
  tn_window_fixture_settle (fixture);
  g_assert_true (
      gtk_widget_has_css_class (GTK_WIDGET (layer_row (fixture, "backward_layer")), "error"));
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (layer_row (fixture, "layer")), "error"));
  choose_class (fixture, "backward_layer", "None");
  assert_output (fixture, "bidirectional", "(None, 128)");
  g_assert_null (
      tn_inspector_field (tn_window_inspector (fixture->window), "backward_layer.units"));
  g_assert_false (
      gtk_widget_has_css_class (GTK_WIDGET (layer_row (fixture, "backward_layer")), "error"));
  tn_window_fixture_free (fixture);
}

static gboolean
tells (GtkWidget *button, gconstpointer tooltip)
{
  return g_strcmp0 (gtk_widget_get_tooltip_text (button), tooltip) == 0;
}

/* A stack of cells in an RNN: three layers deep, one more, another kind, one less. */
static void
test_cells (void)
{
  TnWindowFixture *fixture = with_layer ("RNN", "rnn");
  GtkWidget *button;

  assert_output (fixture, "rnn", "(None, 64)");
  choose_class (fixture, "cell", "StackedRNNCells");
  assert_output (fixture, "rnn", "(None, 64)");
  button = tn_window_fixture_find (GTK_WIDGET (layer_row (fixture, "cell.cells")), GTK_TYPE_BUTTON,
                                   tells, "Add One More");
  tn_window_fixture_press (button);
  tn_window_fixture_settle (fixture);
  tn_window_fixture_type (fixture, "cell.cells.0.units", "9");
  choose_class (fixture, "cell.cells.1", "GRUCell");
  /* It stands further down than the window shows: the focus takes it there. */
  gtk_widget_grab_focus (tn_window_fixture_editor (fixture, "cell.cells.1.units"));
  tn_display_pump (100);
  tn_window_fixture_type (fixture, "cell.cells.1.units", "12");
  assert_output (fixture, "rnn", "(None, 12)");
  tn_display_screenshot (fixture->widget, "layers-cells");
  button = tn_window_fixture_find (GTK_WIDGET (layer_row (fixture, "cell.cells.1")),
                                   GTK_TYPE_BUTTON, tells, "Remove");
  gtk_widget_grab_focus (button);
  tn_display_pump (100);
  tn_window_fixture_press (button);
  assert_output (fixture, "rnn", "(None, 9)");
  g_assert_null (tn_inspector_layer (tn_window_inspector (fixture->window), "cell.cells.1"));
  tn_window_fixture_free (fixture);
}

/* Any layer that takes one and gives one may be taken through the steps. */
static void
test_time_distributed (void)
{
  TnWindowFixture *fixture = with_layer ("TimeDistributed", "time_distributed");

  assert_output (fixture, "time_distributed", "(None, 7, 64)");
  choose_class (fixture, "layer", "Dropout");
  assert_output (fixture, "time_distributed", "(None, 7, 5)");
  tn_display_screenshot (fixture->widget, "layers-dropout");
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/layers/bidirectional", test_bidirectional);
  g_test_add_func ("/layers/backward", test_backward);
  g_test_add_func ("/layers/cells", test_cells);
  g_test_add_func ("/layers/time-distributed", test_time_distributed);
  return g_test_run ();
}
