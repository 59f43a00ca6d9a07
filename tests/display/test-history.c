/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of steps: opened by a key, a right click or a long press; a click goes there at once. */
#include "tn-window-fixture.h"

#define MODEL "image InputLayer 0 -140 | conv Conv2D 0 0 image | flat Flatten 0 140 conv"
#define FIRST "The model as it was at first"

static gboolean
is_row (GtkWidget *widget, gconstpointer text)
{
  GtkWidget *label = tn_window_fixture_find (widget, GTK_TYPE_LABEL, NULL, NULL);

  return label != NULL && gtk_widget_get_mapped (widget)
         && g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) == 0;
}

static GtkWidget *
row (TnWindowFixture *fixture, const char *text)
{
  return tn_window_fixture_find (fixture->widget, GTK_TYPE_LIST_BOX_ROW, is_row, text);
}

static gboolean
is_open (gpointer fixture)
{
  return row (fixture, FIRST) != NULL;
}

static gboolean
is_closed (gpointer fixture)
{
  return row (fixture, FIRST) == NULL;
}

/* The rows may still be on their way to where they stand. */
static void
wait_for_list (TnWindowFixture *fixture)
{
  g_assert_true (tn_display_wait (is_open, fixture));
  tn_window_fixture_settle (fixture);
}

static void
wait_closed (TnWindowFixture *fixture)
{
  g_assert_true (tn_display_wait (is_closed, fixture));
  tn_window_fixture_settle (fixture);
}

static gboolean
has_action (GtkWidget *widget, gconstpointer action)
{
  return g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0
         && gtk_widget_get_mapped (widget);
}

static GtkWidget *
button (TnWindowFixture *fixture, const char *action)
{
  GtkWidget *found = tn_window_fixture_find (fixture->widget, GTK_TYPE_BUTTON, has_action, action);

  g_assert_nonnull (found);
  return found;
}

/* "Add dense", "Add dense_1", "Add dense_2". */
static TnWindowFixture *
fixture_new (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);

  for (int i = 0; i < 3; i++)
    tn_canvas_add (tn_window_canvas (fixture->window),
                   (TnOffer){ .layer = tn_layer_find ("Dense") });
  tn_window_fixture_settle (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 6);
  return fixture;
}

static void
click (GtkWidget *widget, guint number)
{
  g_assert_nonnull (widget);
  tn_display_click (widget, gtk_widget_get_width (widget) / 2.0,
                    gtk_widget_get_height (widget) / 2.0, number);
}

static void
test_pointer (void)
{
  TnWindowFixture *fixture = fixture_new ();

  click (button (fixture, "win.undo"), 3);
  wait_for_list (fixture);
  g_assert_nonnull (row (fixture, "Add dense_2"));
  tn_display_screenshot (GTK_WIDGET (gtk_widget_get_native (row (fixture, FIRST))), "history");
  click (row (fixture, "Add dense"), 1);
  wait_closed (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 4);
  g_assert_true (tn_document_can_redo (tn_window_document (fixture->window)));

  /* All of it back, and forth again, though Undo itself cannot be used then. */
  click (button (fixture, "win.undo"), 3);
  wait_for_list (fixture);
  click (row (fixture, FIRST), 1);
  wait_closed (fixture);
  g_assert_false (tn_document_can_undo (tn_window_document (fixture->window)));
  g_assert_false (tn_document_is_modified (tn_window_document (fixture->window)));
  click (button (fixture, "win.redo"), 3);
  wait_for_list (fixture);
  click (row (fixture, "Add dense_2"), 1);
  wait_closed (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 6);
  tn_window_fixture_free (fixture);
}

static void
test_long_press (void)
{
  TnWindowFixture *fixture = fixture_new ();
  GtkWidget *undo = button (fixture, "win.undo");

  tn_display_move (undo, gtk_widget_get_width (undo) / 2.0, gtk_widget_get_height (undo) / 2.0);
  tn_display_button (1, TRUE);
  wait_for_list (fixture);
  tn_display_button (1, FALSE);
  tn_window_fixture_settle (fixture);
  /* The press was one for the list and nothing was undone. */
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 6);
  g_assert_true (is_open (fixture));
  tn_display_key ("Escape");
  wait_closed (fixture);
  tn_window_fixture_free (fixture);
}

/* It begins at the present step. */
static void
test_keyboard (void)
{
  TnWindowFixture *fixture = fixture_new ();

  tn_display_key ("<Control><Alt>z");
  wait_for_list (fixture);
  tn_display_key ("Down");
  tn_display_key ("Down");
  tn_display_key ("Return");
  wait_closed (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 4);
  g_assert_true (gtk_widget_has_focus (GTK_WIDGET (tn_window_canvas (fixture->window))));
  tn_display_key ("<Control><Alt>z");
  wait_for_list (fixture);
  tn_display_key ("Up");
  tn_display_key ("Return");
  wait_closed (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 5);
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/history/pointer", test_pointer);
  g_test_add_func ("/history/long-press", test_long_press);
  g_test_add_func ("/history/keyboard", test_keyboard);
  return g_test_run ();
}
