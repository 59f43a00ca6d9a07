/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing under a real pointer and keyboard: the clipboard, choosing, lining up. */
#include <adwaita.h>

#include "app/tn-canvas-private.h"
#include "tn-canvas-fixture.h"

#define CHAIN                                                                                      \
  "image InputLayer 0 -280 | one Dense 0 -140 image | two Dense 240 0 one | three Dense 0 140 two"

static void
click (TnFixture *fixture, const char *name, const char *modifier)
{
  double x, y;

  tn_fixture_box (fixture, name, &x, &y);
  if (modifier != NULL)
    tn_display_hold_key (modifier, TRUE);
  tn_display_click (fixture->widget, x, y, 1);
  if (modifier != NULL)
    tn_display_hold_key (modifier, FALSE);
  tn_display_settle (fixture->widget);
}

static void
assert_selected (TnFixture *fixture, const char *wanted)
{
  g_autofree char *selected = tn_fixture_selection (fixture);

  g_assert_cmpstr (selected, ==, wanted);
}

static gboolean
has_layers (gpointer data)
{
  TnFixture *fixture = ((gpointer *)data)[0];

  return tn_graph_size (tn_document_graph (fixture->document))
         == GPOINTER_TO_UINT (((gpointer *)data)[1]);
}

static void
wait_layers (TnFixture *fixture, guint n)
{
  gpointer data[] = { fixture, GUINT_TO_POINTER (n) };

  g_assert_true (tn_display_wait (has_layers, data));
  tn_display_settle (fixture->widget);
}

/* ---- the clipboard ---- */

static void
text_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  char **text = data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static gboolean
is_set (gpointer data)
{
  return *(char **)data != NULL;
}

static void
test_copy_paste (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  TnFixture *other;
  g_autofree char *text = NULL, *label = NULL;
  double x, y;

  click (fixture, "one", NULL);
  click (fixture, "two", "Shift_L");
  tn_display_key ("<Control>c");
  tn_display_move (fixture->widget, 120, 120);
  tn_viewport_to_document (&fixture->canvas->viewport, 120, 120, &x, &y);
  tn_display_key ("<Control>v");
  wait_layers (fixture, 6);
  g_assert_null (fixture->refused);
  assert_selected (fixture, "one_1 two_1");
  g_assert_cmpstr (tn_fixture_source (fixture, "two_1", 0), ==, "one_1");
  g_assert_null (tn_fixture_source (fixture, "one_1", 0));
  /* It landed at the pointer. */
  g_assert_cmpfloat_with_epsilon ((tn_node_x (tn_fixture_node (fixture, "one_1"))
                                   + tn_node_x (tn_fixture_node (fixture, "two_1")))
                                      / 2,
                                  x, 8);
  label = tn_document_undo_label (fixture->document);
  g_assert_cmpstr (label, ==, "Undo Paste 2 layers");

  /* It is text, too: a model that anybody can read. */
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (fixture->widget), NULL, text_cb, &text);
  g_assert_true (tn_display_wait (is_set, &text));
  g_assert_nonnull (strstr (text, "\"class_name\": \"Functional\""));

  tn_display_key ("<Control>z");
  tn_document_undo (fixture->document);
  wait_layers (fixture, 4);
  tn_display_key ("<Control>x");
  wait_layers (fixture, 2);
  tn_fixture_free (fixture);

  /* Into another window, beside what is selected there. */
  other = tn_fixture_new ("a InputLayer 0 -140 | b Flatten 0 0 a");
  click (other, "b", NULL);
  /* Beyond the window. */
  tn_display_move (other->widget, gtk_widget_get_width (other->widget) + 100, 300);
  tn_display_settle (other->widget);
  g_assert_false (other->canvas->pointer_inside);
  tn_display_key ("<Control>v");
  wait_layers (other, 4);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (other, "one")), >, 208);
  tn_display_screenshot (other->widget, "editing-pasted");
  tn_fixture_free (other);
}

static void
paste_text (TnFixture *fixture, const char *text)
{
  g_clear_pointer (&fixture->refused, g_free);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (fixture->widget), text);
  tn_display_key ("<Control>v");
}

static gboolean
was_refused (gpointer data)
{
  return ((TnFixture *)data)->refused != NULL;
}

/* Any text may be on the clipboard. */
static void
test_paste_text (void)
{
  static const char *const bad[]
      = { "hello",
          "",
          "{",
          "{\"class_name\": \"Functional\", \"config\": {\"layers\": 7}}",
          "{\"class_name\": \"Nonsense\"}",
          "[[[[[[[[" };
  static const char good[]
      = "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [{"
        "\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 4], \"name\": "
        "\"in\"}}, {\"class_name\": \"Dense\", \"config\": {\"units\": 3, \"name\": \"out\"}}]}}";
  TnFixture *fixture = tn_fixture_new (CHAIN);
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  click (fixture, "one", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      paste_text (fixture, bad[i]);
      g_assert_true (tn_display_wait (was_refused, fixture));
      g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 4);
    }
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  paste_text (fixture, deep->str);
  g_assert_true (tn_display_wait (was_refused, fixture));
  g_assert_cmpuint (tn_graph_size (tn_document_graph (fixture->document)), ==, 4);

  paste_text (fixture, good);
  wait_layers (fixture, 6);
  g_assert_cmpstr (tn_fixture_source (fixture, "out", 0), ==, "in");
  tn_fixture_free (fixture);
}

/* By the context menu: where it was opened. */
static void
test_menu (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  click (fixture, "three", NULL);
  tn_display_key ("<Control>c");
  tn_display_click (fixture->widget, 100, 400, 3);
  tn_viewport_to_document (&fixture->canvas->viewport, 100, 400, &x, &y);
  tn_display_pump (300);
  g_assert_nonnull (fixture->canvas->menu);
  tn_display_key ("p");
  wait_layers (fixture, 5);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "three_1")), x, 5);
  g_assert_cmpfloat_with_epsilon (tn_node_y (tn_fixture_node (fixture, "three_1")), y, 5);
  tn_fixture_free (fixture);
}

static void
test_duplicate (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);

  click (fixture, "two", NULL);
  tn_display_key ("<Control>d");
  wait_layers (fixture, 5);
  g_assert_null (tn_fixture_source (fixture, "dense", 0));
  /* The selection goes back with it. */
  tn_document_undo (fixture->document);
  assert_selected (fixture, "two");
  tn_display_key ("<Control><Shift>d");
  wait_layers (fixture, 5);
  g_assert_cmpstr (tn_fixture_source (fixture, "dense", 0), ==, "one");
  tn_fixture_free (fixture);
}

/* ---- choosing ---- */

static void
test_choose (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN " | alone Flatten -300 0");

  click (fixture, "two", NULL);
  tn_display_key ("<Control>Up");
  assert_selected (fixture, "image one two");
  tn_display_key ("<Control><Shift>i");
  assert_selected (fixture, "three alone");
  tn_display_key ("<Control><Shift>a");
  assert_selected (fixture, "");
  /* Another click would be the second of two. */
  tn_document_select_one (fixture->document, tn_fixture_id (fixture, "two"), FALSE);
  tn_display_key ("<Control>Down");
  assert_selected (fixture, "two three");
  tn_display_key ("<Control><Shift>l");
  assert_selected (fixture, "image one two three");
  click (fixture, "one", NULL);
  tn_display_key ("<Control><Shift>t");
  assert_selected (fixture, "one two three");
  tn_display_key ("<Control>a");
  assert_selected (fixture, "image one two three alone");
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

static void
test_align (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  g_autofree char *label = NULL;

  click (fixture, "one", NULL);
  click (fixture, "two", "Shift_L");
  click (fixture, "three", "Shift_L");
  tn_display_key ("<Shift><Alt>Left");
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "two")), ==, 0);
  label = tn_document_undo_label (fixture->document);
  g_assert_cmpstr (label, ==, "Undo Align 3 layers");
  tn_document_undo (fixture->document);
  tn_display_key ("<Shift><Alt>c");
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "one")), ==, 120);
  tn_document_undo (fixture->document);
  tn_document_apply (fixture->document, &tn_edit_move,
                     &(TnEditArgs){ .nodes = (TnNodeId[]){ tn_fixture_id (fixture, "two") },
                                    .n_nodes = 1,
                                    .y = 60 },
                     NULL);
  tn_display_key ("<Shift><Alt>v");
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "two")), ==, 0);
  g_assert_null (fixture->refused);
  tn_fixture_free (fixture);
}

/* In place: by F2 and by a double click on the name; Escape leaves it, what is taken is refused. */
static void
test_rename (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  TnNodeId two = tn_fixture_id (fixture, "two");
  double x, y;

  click (fixture, "two", NULL);
  tn_display_key ("F2");
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->canvas->rename);
  tn_display_type ("one");
  tn_display_key ("Return");
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->refused);
  g_assert_nonnull (fixture->canvas->rename);
  /* The arrows are for the text now, not for the layers. */
  tn_display_key ("Up");
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  g_assert_null (fixture->canvas->rename);
  g_assert_cmpuint (tn_fixture_id (fixture, "two"), ==, two);
  assert_selected (fixture, "two");
  g_assert_false (tn_document_can_undo (fixture->document));

  /* Else it would be the third click of three. */
  tn_display_pump (600);
  tn_fixture_box (fixture, "three", &x, &y);
  tn_display_double_click (fixture->widget, x - 50, y - 14);
  tn_display_settle (fixture->widget);
  g_assert_nonnull (fixture->canvas->rename);
  tn_display_key ("<Control>a");
  tn_display_type ("head");
  tn_display_key ("Return");
  tn_display_settle (fixture->widget);
  g_assert_null (fixture->canvas->rename);
  g_assert_cmpstr (tn_fixture_source (fixture, "head", 0), ==, "two");
  g_assert_cmpuint (fixture->activated, ==, TN_NODE_NONE);
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));
  tn_fixture_free (fixture);
}

/* A drag with Ctrl leaves what it began at where it is; with Shift as well the copies stay fed. */
static void
test_drag_copy (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  g_autofree char *label = NULL;
  double x, y;

  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_hold_key ("Control_L", TRUE);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x - 100, y + 160, 1);
  tn_display_hold_key ("Control_L", FALSE);
  wait_layers (fixture, 5);
  assert_selected (fixture, "dense");
  g_assert_null (tn_fixture_source (fixture, "dense", 0));
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "two")), ==, 240);
  g_assert_cmpfloat_with_epsilon (tn_node_x (tn_fixture_node (fixture, "dense")), 140, 8);
  label = tn_document_undo_label (fixture->document);
  g_assert_cmpstr (label, ==, "Undo Duplicate two");
  tn_document_undo (fixture->document);
  g_assert_false (tn_document_can_undo (fixture->document));

  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_hold_key ("Control_L", TRUE);
  tn_display_hold_key ("Shift_L", TRUE);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x - 100, y + 160, 1);
  tn_display_hold_key ("Shift_L", FALSE);
  tn_display_hold_key ("Control_L", FALSE);
  wait_layers (fixture, 5);
  g_assert_cmpstr (tn_fixture_source (fixture, "dense", 0), ==, "one");
  tn_fixture_free (fixture);
}

/* A layer comes to lie in one line with a neighbour; with Alt where it was let go. */
static void
test_snap (void)
{
  TnFixture *fixture = tn_fixture_new ("a Dense 3 -140 | b Dense 200 0");
  double x, y;

  tn_fixture_box (fixture, "b", &x, &y);
  tn_display_drag_hold (fixture->widget, x, y, fixture->widget, x - 194, y + 30, 1);
  tn_display_settle (fixture->widget);
  tn_display_screenshot (fixture->widget, "editing-snap");
  tn_display_button (1, FALSE);
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "b")), ==, 3);
  g_assert_cmpfloat (tn_node_y (tn_fixture_node (fixture, "b")), ==, 32);
  tn_document_undo (fixture->document);
  tn_display_hold_key ("Alt_L", TRUE);
  tn_fixture_box (fixture, "b", &x, &y);
  tn_display_drag (fixture->widget, x, y, fixture->widget, x - 194, y + 30, 1);
  tn_display_hold_key ("Alt_L", FALSE);
  tn_display_settle (fixture->widget);
  g_assert_cmpfloat (tn_node_x (tn_fixture_node (fixture, "b")), ==, 6);
  tn_fixture_free (fixture);
}

/* A rubber band with Ctrl changes over what it touches. */
static void
test_band (void)
{
  TnFixture *fixture = tn_fixture_new (CHAIN);
  double x, y;

  click (fixture, "one", NULL);
  tn_fixture_box (fixture, "two", &x, &y);
  tn_display_hold_key ("Control_L", TRUE);
  tn_display_drag (fixture->widget, x + 130, y + 60, fixture->widget, x - 250, y - 100, 1);
  tn_display_hold_key ("Control_L", FALSE);
  tn_display_settle (fixture->widget);
  assert_selected (fixture, "two");
  tn_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/editing/copy-paste", test_copy_paste);
  g_test_add_func ("/editing/paste-text", test_paste_text);
  g_test_add_func ("/editing/menu", test_menu);
  g_test_add_func ("/editing/duplicate", test_duplicate);
  g_test_add_func ("/editing/choose", test_choose);
  g_test_add_func ("/editing/align", test_align);
  g_test_add_func ("/editing/rename", test_rename);
  g_test_add_func ("/editing/drag-copy", test_drag_copy);
  g_test_add_func ("/editing/snap", test_snap);
  g_test_add_func ("/editing/band", test_band);
  return g_test_run ();
}
