/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The origin of a number and the solver as people use them: clicked, read, applied, ended. */
#include "app/tn-canvas-private.h"
#include "app/tn-solve-view.h"
#include "tn-window-fixture.h"

#define FLAT                                                                                       \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flat Flatten 0 80 conv | dense Dense 0 "    \
  "220 flat"
/* Three poolings down, one up, joined with what was two poolings down: 7 against 6 rows. */
#define UNET                                                                                       \
  "image InputLayer 0 -280 | a MaxPooling2D 0 -170 image | b MaxPooling2D 0 -60 a | c "            \
  "MaxPooling2D 0 50 b | up UpSampling2D 0 160 c | join Concatenate 0 270 b up"

/* The dialog over the window; NULL when there is none. */
static GtkWidget *
dialog_of (TnWindowFixture *fixture)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);

      if (window != fixture->widget && gtk_widget_get_visible (window))
        return window;
    }
  return NULL;
}

/* The middle of a number of a label, in coordinates of the canvas. */
static void
find_number (TnWindowFixture *fixture, const char *layer, int axis, double *x, double *y)
{
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnRef ref = { tn_window_fixture_id (fixture, layer), 0, 0 };
  TnRect box;

  tn_canvas_sync (canvas);
  g_assert_true (tn_scene_dim_box (canvas->scene, ref, axis, &box));
  tn_viewport_to_widget (&canvas->viewport, box.x + box.width / 2, box.y + box.height / 2, x, y);
}

static void
click_number (TnWindowFixture *fixture, const char *layer, int axis)
{
  double x, y;

  find_number (fixture, layer, axis, &x, &y);
  tn_display_click (GTK_WIDGET (tn_window_canvas (fixture->window)), x, y, 1);
}

static gboolean
is_traced (TnWindowFixture *fixture, const char *layer, int axis)
{
  TnRef ref;
  int at;

  return tn_canvas_traced (tn_window_canvas (fixture->window), &ref, &at)
         && ref.node == tn_window_fixture_id (fixture, layer) && at == axis;
}

static gboolean
is_lit (TnWindowFixture *fixture, const char *layer)
{
  const GArray *layers = tn_window_canvas (fixture->window)->trace_layers;

  for (guint i = 0; i < layers->len; i++)
    if (g_array_index (layers, TnNodeId, i) == tn_window_fixture_id (fixture, layer))
      return TRUE;
  return FALSE;
}

static void
test_trace (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  g_autofree char *text = NULL;

  tn_window_fixture_settle (fixture);
  click_number (fixture, "flat", 1);
  g_assert_true (is_traced (fixture, "flat", 1));
  text = tn_canvas_trace_text (canvas);
  g_assert_nonnull (strstr (text, "× 32"));
  g_assert_nonnull (strstr (text, "filters of conv"));
  g_assert_true (is_lit (fixture, "flat"));
  g_assert_true (is_lit (fixture, "conv"));
  g_assert_true (is_lit (fixture, "image"));
  g_assert_false (is_lit (fixture, "dense"));
  tn_display_screenshot (fixture->widget, "trace-light");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "trace-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);

  /* Another number; then the same again, which ends it. */
  click_number (fixture, "conv", 3);
  g_assert_true (is_traced (fixture, "conv", 3));
  g_assert_false (is_lit (fixture, "image"));
  click_number (fixture, "conv", 3);
  g_assert_null (canvas->trace_links);

  /* What nobody uses has a label as well; Escape ends it and changes nothing else. */
  click_number (fixture, "dense", 1);
  g_assert_true (is_traced (fixture, "dense", 1));
  tn_display_key ("Escape");
  g_assert_null (canvas->trace_links);
  g_assert_false (tn_document_can_undo (tn_window_document (fixture->window)));

  /* The chain follows the model. */
  click_number (fixture, "conv", 1);
  tn_window_fixture_click_node (fixture, "conv");
  g_assert_true (is_traced (fixture, "conv", 1));
  g_assert_true (gtk_widget_has_css_class (
      GTK_WIDGET (tn_inspector_field (tn_window_inspector (fixture->window), "kernel_size")),
      "tn-traced"));
  tn_display_screenshot (fixture->widget, "trace-inspector");
  tn_window_fixture_type (fixture, "kernel_size", "5");
  tn_window_fixture_settle (fixture);
  g_free (text);
  text = tn_canvas_trace_text (canvas);
  g_assert_nonnull (strstr (text, "24 = 28 − 5 + 1"));
  tn_window_fixture_free (fixture);
}

/* From the inspector, with the keyboard. */
static void
test_trace_keyboard (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  GtkWidget *inspector = GTK_WIDGET (tn_window_inspector (fixture->window));
  GtkWidget *button;

  tn_window_fixture_settle (fixture);
  tn_window_fixture_click_node (fixture, "flat");
  button = tn_window_fixture_button (inspector, "21632");
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_grab_focus (button));
  tn_display_key ("space");
  tn_display_settle (fixture->widget);
  g_assert_true (is_traced (fixture, "flat", 1));
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  tn_display_key ("space");
  tn_display_settle (fixture->widget);
  g_assert_null (tn_window_canvas (fixture->window)->trace_links);
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  tn_window_fixture_free (fixture);
}

static gboolean
is_idle (gpointer view)
{
  return !tn_solve_view_is_busy (view);
}

static TnSolveView *
view_in (GtkWidget *root)
{
  GtkWidget *view = tn_window_fixture_find (root, TN_TYPE_SOLVE_VIEW, NULL, NULL);

  g_assert_nonnull (view);
  return TN_SOLVE_VIEW (view);
}

static void
test_sizes (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (UNET);
  GtkWidget *inspector = GTK_WIDGET (tn_window_inspector (fixture->window));
  GtkWidget *button;

  tn_window_fixture_settle (fixture);
  tn_window_fixture_click_node (fixture, "image");
  button = tn_window_fixture_button (inspector, "Which Sizes Work?");
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_grab_focus (button));
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (is_idle, view_in (inspector)));
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "sizes");
  button = tn_window_fixture_button (inspector, "Set height and width to 32");
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_grab_focus (button));
  tn_display_key ("Return");
  tn_window_fixture_settle (fixture);
  g_autofree char *shape = tn_window_fixture_cell (fixture, "join", TN_OUTLINE_OUTPUT);
  g_assert_cmpstr (shape, ==, "(None, 8, 8, 2)");
  tn_document_undo (tn_window_document (fixture->window));
  g_assert_false (tn_document_can_undo (tn_window_document (fixture->window)));
  tn_window_fixture_free (fixture);
}

static gboolean
says (GtkWidget *label, gconstpointer text)
{
  return g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text);
}

static void
test_make_shape (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FLAT);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  GtkWidget *dialog, *button, *entry;
  double x, y;

  tn_window_fixture_settle (fixture);
  find_number (fixture, "flat", 1, &x, &y);
  tn_display_click (GTK_WIDGET (canvas), x, y, 3);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "make-shape-menu");
  button = tn_window_fixture_find (canvas->menu, GTK_TYPE_LABEL, says, "Make This Shape…");
  g_assert_nonnull (button);
  /* The menu goes with the click. */
  tn_display_move (button, 10, gtk_widget_get_height (button) / 2.0);
  tn_display_button (1, TRUE);
  tn_display_button (1, FALSE);
  tn_display_pump (400);
  dialog = dialog_of (fixture);
  g_assert_nonnull (dialog);
  entry = tn_window_fixture_find (dialog, GTK_TYPE_ENTRY, NULL, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "(None, 21632)");
  gtk_editable_select_region (GTK_EDITABLE (entry), 0, -1);
  tn_display_type ("(None, 256");
  tn_display_key ("Return");
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  tn_display_type (")");
  tn_display_key ("Return");
  g_assert_true (tn_display_wait (is_idle, view_in (dialog)));
  tn_display_settle (dialog);
  tn_display_screenshot (dialog, "make-shape");
  button = tn_window_fixture_button (dialog, "Insert Dense(256) after flat");
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_grab_focus (button));
  tn_display_key ("Return");
  tn_display_pump (300);
  tn_window_fixture_settle (fixture);
  g_assert_null (dialog_of (fixture));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 5);
  tn_document_undo (tn_window_document (fixture->window));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 4);
  g_assert_false (tn_document_can_undo (tn_window_document (fixture->window)));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/solve/trace", test_trace);
  g_test_add_func ("/solve/trace-keyboard", test_trace_keyboard);
  g_test_add_func ("/solve/sizes", test_sizes);
  g_test_add_func ("/solve/make-shape", test_make_shape);
  return g_test_run ();
}
