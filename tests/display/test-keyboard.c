/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window without a pointer: going from part to part, wiring, one value for many layers. */
#include "app/tn-canvas-private.h"
#include "tn-window-fixture.h"

#define MODEL                                                                                      \
  "image InputLayer 0 -280 | flat Flatten 0 -140 image | one Dense -120 0 | two Dense 120 0 | "    \
  "join Add 0 140"

static gboolean
has_focus (TnWindowFixture *fixture, GtkWidget *pane)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->widget));

  return focus != NULL && (focus == pane || gtk_widget_is_ancestor (focus, pane));
}

static void
test_panes (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  GtkWidget *canvas = GTK_WIDGET (tn_window_canvas (fixture->window));
  GtkWidget *palette = GTK_WIDGET (tn_window_palette (fixture->window));

  gtk_widget_grab_focus (canvas);
  for (guint i = 0; i < 4 && !has_focus (fixture, palette); i++)
    {
      tn_display_key ("F6");
      g_assert_false (has_focus (fixture, canvas));
    }
  tn_display_settle (fixture->widget);
  g_assert_true (has_focus (fixture, palette));
  tn_display_key ("F6");
  tn_display_settle (fixture->widget);
  g_assert_true (has_focus (fixture, canvas));
  tn_display_key ("<Shift>F6");
  tn_display_settle (fixture->widget);
  g_assert_true (has_focus (fixture, palette));
  tn_window_fixture_free (fixture);
}

/* From the layer at hand, by a menu of what it may be wired to. */
static void
test_connect (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  const TnNode *node;

  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  tn_canvas_go_to (canvas, tn_window_fixture_id (fixture, "flat"));
  tn_display_key ("<Control><Shift>w");
  tn_display_pump (300);
  g_assert_nonnull (canvas->menu);
  tn_display_key ("Return");
  tn_window_fixture_settle (fixture);
  /* Both are as near: the one that was there first. */
  node = tn_graph_find_name (tn_window_fixture_graph (fixture), "one");
  g_assert_cmpuint (tn_node_input (node, 0, 0).node, ==, tn_window_fixture_id (fixture, "flat"));
  g_assert_true (has_focus (fixture, GTK_WIDGET (canvas)));
  tn_window_fixture_free (fixture);
}

static void
assert_units (TnWindowFixture *fixture, const char *name, gint64 wanted)
{
  const TnNode *node = tn_graph_find_name (tn_window_fixture_graph (fixture), name);

  g_assert_cmpint (tn_node_int (node, (guint)tn_schema_param (tn_node_schema (node), "units")), ==,
                   wanted);
}

/* Two layers that differ: the field says so, and what is typed there holds for both. */
static void
test_many (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  TnDocument *document = tn_window_document (fixture->window);
  TnNodeId nodes[] = { tn_window_fixture_id (fixture, "one"), tn_window_fixture_id (fixture, "two"),
                       tn_window_fixture_id (fixture, "flat") };
  g_autoptr (TnValue) other = tn_value_new_int (10);
  g_autofree char *label = NULL;
  GtkWidget *editor;

  tn_document_apply (document, &tn_edit_set_many,
                     &(TnEditArgs){ .nodes = nodes, .n_nodes = 1, .text = "units", .value = other },
                     NULL);
  tn_document_select (document, nodes, 2);
  tn_window_fixture_settle (fixture);
  editor = tn_window_fixture_editor (fixture, "units");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (editor)), ==, "");
  g_assert_cmpstr (gtk_entry_get_placeholder_text (GTK_ENTRY (editor)), ==, "mixed");
  tn_display_screenshot (fixture->widget, "keyboard-many");
  tn_window_fixture_type (fixture, "units", "7");
  assert_units (fixture, "one", 7);
  assert_units (fixture, "two", 7);
  label = tn_document_undo_label (document);
  g_assert_cmpstr (label, ==, "Undo Change units of 2 layers");
  tn_document_undo (document);
  tn_window_fixture_settle (fixture);
  assert_units (fixture, "one", 10);
  assert_units (fixture, "two", 64);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (editor)), ==, "");
  /* Of different kinds: what all of them have. */
  tn_document_select (document, nodes, 3);
  tn_window_fixture_settle (fixture);
  g_assert_null (tn_inspector_field (tn_window_inspector (fixture->window), "units"));
  g_assert_nonnull (tn_inspector_field (tn_window_inspector (fixture->window), "trainable"));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/keyboard/panes", test_panes);
  g_test_add_func ("/keyboard/connect", test_connect);
  g_test_add_func ("/keyboard/many", test_many);
  return g_test_run ();
}
