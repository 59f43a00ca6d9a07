/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a model: the summary, colours by cost, from problem to problem, ghosts of repairs. */
#include <adwaita.h>
#include <string.h>

#include "app/tn-canvas-private.h"
#include "tn-window-fixture.h"

#define FITS                                                                                       \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flatten Flatten 0 80 conv | "               \
  "dense Dense 0 220 flatten"
/* Dense wants a flat input: an error, with repairs; the second one behind it. */
#define WRONG                                                                                      \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | dense Dense 0 80 conv | "                   \
  "deep Conv2D 0 220 dense"

static gboolean
says (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget)
         && g_strcmp0 (gtk_label_get_label (GTK_LABEL (widget)), text) == 0;
}

static GtkWidget *
cell (TnWindowFixture *fixture, const char *text)
{
  GtkWidget *label = tn_window_fixture_find (GTK_WIDGET (tn_window_outline (fixture->window)),
                                             GTK_TYPE_LABEL, says, text);

  g_assert_nonnull (label);
  return label;
}

static void
show_page (TnWindowFixture *fixture, const char *key)
{
  tn_display_key (key);
  tn_window_fixture_settle (fixture);
}

/* Clicked in the table it is selected on the canvas, Enter edits, Delete deletes. */
static void
test_outline (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  TnDocument *document = tn_window_document (fixture->window);
  g_autofree char *csv = NULL;

  show_page (fixture, "<Alt>2");
  tn_display_screenshot (fixture->widget, "reading-outline");
  tn_window_fixture_press (cell (fixture, "conv"));
  tn_display_settle (fixture->widget);
  g_assert_true (tn_document_is_selected (document, tn_window_fixture_id (fixture, "conv")));
  tn_window_fixture_click_node (fixture, "flatten");
  g_assert_true (tn_document_is_selected (document, tn_window_fixture_id (fixture, "flatten")));

  csv = tn_outline_export (tn_window_outline (fixture->window), TRUE);
  g_assert_true (g_str_has_prefix (csv, "name,type,output,"));
  g_assert_nonnull (strstr (csv, "\r\nconv,Conv2D,"));

  tn_window_fixture_press (cell (fixture, "dense"));
  tn_display_settle (fixture->widget);
  tn_display_key ("Delete");
  tn_window_fixture_settle (fixture);
  g_assert_null (tn_graph_find_name (tn_window_fixture_graph (fixture), "dense"));
  tn_document_undo (document);
  tn_window_fixture_free (fixture);
}

/* Typed into its entry the table is narrowed; Escape shows all again. */
static void
test_filter (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  GtkWidget *entry;
  g_autofree char *all = NULL;
  g_autofree char *narrowed = NULL;
  g_autofree char *again = NULL;

  show_page (fixture, "<Alt>2");
  entry = tn_window_fixture_find (GTK_WIDGET (tn_window_outline (fixture->window)),
                                  GTK_TYPE_SEARCH_ENTRY, NULL, NULL);
  g_assert_nonnull (entry);
  all = tn_outline_export (tn_window_outline (fixture->window), FALSE);
  tn_window_fixture_press (entry);
  tn_display_type ("flat");
  tn_display_pump (400);
  narrowed = tn_outline_export (tn_window_outline (fixture->window), FALSE);
  g_assert_null (strstr (narrowed, "conv"));
  g_assert_nonnull (strstr (narrowed, "flatten"));
  tn_display_key ("Escape");
  tn_display_pump (400);
  again = tn_outline_export (tn_window_outline (fixture->window), FALSE);
  g_assert_cmpstr (again, ==, all);
  tn_window_fixture_free (fixture);
}

static void
test_heat (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  guint8 before[3], after[3];
  double x, y;
  TnRect box;

  g_assert_true (
      tn_scene_node_box (tn_canvas_scene (canvas), tn_window_fixture_id (fixture, "dense"), &box));
  tn_canvas_to_widget (canvas, box.x + box.width - 4, box.y + 6, &x, &y);
  tn_display_pixel (GTK_WIDGET (canvas), x, y, before);
  g_action_group_change_action_state (G_ACTION_GROUP (fixture->window), "heat",
                                      g_variant_new_string ("params"));
  tn_display_settle (fixture->widget);
  tn_display_pixel (GTK_WIDGET (canvas), x, y, after);
  tn_display_screenshot (fixture->widget, "reading-heat");
  g_assert_cmpint (tn_canvas_heat (canvas), ==, TN_HEAT_PARAMS);
  g_assert_cmpint (ABS (before[2] - after[2]), >, 60);
  tn_window_fixture_free (fixture);
}

/* F8 and Shift+F8 from anywhere in the window, from the last to the first. */
static void
test_problems (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (WRONG);
  TnDocument *document = tn_window_document (fixture->window);
  const TnFacts *facts;
  guint n_issues;

  facts = tn_engine_facts (tn_window_engine (fixture->window));
  n_issues = tn_facts_n_issues (facts);
  g_assert_cmpuint (n_issues, >, 1);
  for (guint i = 0; i <= n_issues; i++)
    {
      TnNodeId node = tn_facts_issue (facts, i % n_issues)->node;

      tn_display_key ("F8");
      tn_display_settle (fixture->widget);
      g_assert_true (tn_document_is_selected (document, node));
    }
  tn_display_key ("<Shift>F8");
  tn_display_settle (fixture->widget);
  g_assert_true (tn_document_is_selected (document, tn_facts_issue (facts, n_issues - 1)->node));
  g_assert_nonnull (strstr (tn_window_status (fixture->window), " error"));
  tn_window_fixture_free (fixture);
}

static gboolean
is_repair (GtkWidget *widget, gconstpointer unused)
{
  return gtk_widget_has_css_class (widget, "tn-fix") && gtk_widget_get_mapped (widget);
}

/* Ghosts while the pointer is over a repair; gone with it, with Escape, and when it is taken. */
static void
test_preview (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (WRONG);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  GtkWidget *problems = GTK_WIDGET (tn_window_problems (fixture->window));
  GtkWidget *button;
  guint n_layers = tn_graph_size (tn_window_fixture_graph (fixture));

  show_page (fixture, "<Alt>1");
  button = tn_window_fixture_find (problems, GTK_TYPE_BUTTON, is_repair, NULL);
  g_assert_nonnull (button);
  g_assert_false (tn_canvas_has_preview (canvas));
  tn_display_move (button, 20, 8);
  tn_display_settle (fixture->widget);
  g_assert_true (tn_canvas_has_preview (canvas));
  tn_display_screenshot (fixture->widget, "reading-preview");
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, n_layers);
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);
  g_assert_false (tn_canvas_has_preview (canvas));
  tn_display_move (GTK_WIDGET (canvas), 20, 20);
  tn_display_settle (fixture->widget);
  tn_display_move (button, 20, 8);
  tn_display_settle (fixture->widget);
  g_assert_true (tn_canvas_has_preview (canvas));
  tn_display_move (GTK_WIDGET (canvas), 20, 20);
  tn_display_settle (fixture->widget);
  g_assert_false (tn_canvas_has_preview (canvas));

  /* The button goes when it is pressed. */
  tn_display_move (button, 20, 8);
  tn_display_button (1, TRUE);
  tn_display_button (1, FALSE);
  tn_window_fixture_settle (fixture);
  g_assert_true (tn_document_can_undo (tn_window_document (fixture->window)));
  g_assert_false (tn_canvas_has_preview (canvas));
  tn_window_fixture_free (fixture);
}

/* The card says where numbers come from. */
static void
test_card (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (FITS);
  TnCanvas *canvas = tn_window_canvas (fixture->window);
  TnHit hit = { .kind = TN_HIT_NODE, .node = tn_window_fixture_id (fixture, "conv") };
  g_autofree char *text = tn_canvas_tip (canvas, &hit);

  g_assert_nonnull (strstr (text, "(kernel)"));
  g_assert_nonnull (strstr (text, "(bias)"));
  g_assert_nonnull (strstr (text, "26 = 28 "));
  g_assert_nonnull (strstr (text, "multiply-adds"));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/reading/outline", test_outline);
  g_test_add_func ("/reading/filter", test_filter);
  g_test_add_func ("/reading/heat", test_heat);
  g_test_add_func ("/reading/problems", test_problems);
  g_test_add_func ("/reading/preview", test_preview);
  g_test_add_func ("/reading/card", test_card);
  return g_test_run ();
}
