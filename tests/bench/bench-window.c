/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For how long the window does not answer: what people do with a model of many layers, and the
 * longest piece of work that the main thread does at one go because of it.
 *
 * Prints one JSON object: milliseconds of this thread's time. Needs a display. */
#include <stdlib.h>
#include <time.h>

#include "app/tn-app.h"
#include "app/tn-find-bar.h"
#include "app/tn-window.h"
#include "bench-models.h"

#define ROUNDS 3
/* Nothing comes any more when nothing came for so many milliseconds. */
#define QUIET 120

typedef struct
{
  TnWindow *window;
  TnDocument *document;
  TnNodeId middle; /* a Conv2D */
  guint round;
} Bench;

static double
milliseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

/* The longest turn of the main loop until it is quiet. */
static double
pump (Bench *bench)
{
  gint64 quiet = g_get_monotonic_time ();
  double longest = 0;

  while (tn_engine_is_busy (tn_window_engine (bench->window))
         || g_get_monotonic_time () - quiet < QUIET * 1000)
    {
      double start = milliseconds (), took;

      if (!g_main_context_iteration (NULL, FALSE))
        {
          g_usleep (500);
          continue;
        }
      took = milliseconds () - start;
      longest = MAX (longest, took);
      if (took > 1)
        quiet = g_get_monotonic_time ();
    }
  return longest;
}

static GtkWidget *
find_widget (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* ---- what people do ---- */

static void
act (Bench *bench, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (tn_window_canvas (bench->window)), action, NULL);
}

static void
click (Bench *bench)
{
  tn_document_select_one (bench->document, bench->middle + bench->round, FALSE);
}

static void
select_all (Bench *bench)
{
  act (bench, "canvas.select-all");
}

static void
select_none (Bench *bench)
{
  tn_document_select (bench->document, NULL, 0);
}

static void
drag (Bench *bench)
{
  tn_document_apply (bench->document, &tn_edit_move,
                     &(TnEditArgs){ .nodes = &bench->middle, .n_nodes = 1, .x = 8 }, NULL);
}

static void
set (Bench *bench)
{
  const TnNode *node = tn_graph_find (tn_document_graph (bench->document), bench->middle);
  g_autoptr (TnValue) value = tn_value_new_int (17 + bench->round);
  int param = tn_schema_param (tn_node_schema (node), "filters");

  tn_document_apply (bench->document, &tn_edit_set,
                     &(TnEditArgs){ .node = bench->middle, .param = (guint)param, .value = value },
                     NULL);
}

static void
undo (Bench *bench)
{
  tn_document_undo (bench->document);
}

static void
add (Bench *bench)
{
  tn_document_apply (bench->document, &tn_edit_add,
                     &(TnEditArgs){ .schema = &tn_layer_find ("Dense")->schema, .x = 900 }, NULL);
}

static void
find (Bench *bench)
{
  GtkWidget *bar = find_widget (GTK_WIDGET (bench->window), g_type_from_name ("TnFindBar"));
  GtkWidget *entry;

  act (bench, "win.find");
  entry = find_widget (bar, GTK_TYPE_TEXT);
  gtk_editable_set_text (GTK_EDITABLE (entry), bench->round % 2 ? "conv" : "relu");
}

static void
find_end (Bench *bench)
{
  tn_find_bar_close (
      TN_FIND_BAR (find_widget (GTK_WIDGET (bench->window), g_type_from_name ("TnFindBar"))),
      FALSE);
}

static void
show_outline (Bench *bench)
{
  gtk_widget_activate_action (GTK_WIDGET (bench->window), "win.show-page", "s",
                              bench->round % 2 ? "outline" : "problems");
}

static void
zoom (Bench *bench)
{
  tn_canvas_zoom_at (tn_window_canvas (bench->window), bench->round % 2 ? 0.5 : 2, 300, 300);
}

static const struct
{
  const char *name;
  void (*act) (Bench *bench);
} steps[] = {
  { "click", click },
  { "select_all", select_all },
  { "select_none", select_none },
  { "drag", drag },
  { "undo_drag", undo },
  { "set", set },
  { "undo_set", undo },
  { "add", add },
  { "undo_add", undo },
  { "find", find },
  { "find_end", find_end },
  { "outline", show_outline },
  { "zoom", zoom },
};

static void
measure (GtkApplication *application, guint n_layers, GString *out)
{
  GtkWidget *window = tn_window_new (application);
  g_autoptr (TnGraph) graph = make_graph (build_ladder, n_layers);
  g_autoptr (TnDocument) document = tn_document_new_from_graph (graph, "A bench");
  double worst[G_N_ELEMENTS (steps)] = { 0 };
  Bench bench = { .window = TN_WINDOW (window), .document = document };
  double start;

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 740);
  gtk_window_present (GTK_WINDOW (window));
  pump (&bench);
  g_string_append_printf (out, "{\"layers\": %u", tn_graph_size (graph));
  start = milliseconds ();
  tn_window_set_document (bench.window, document);
  g_string_append_printf (out, ", \"open_ms\": %.1f", milliseconds () - start);
  g_string_append_printf (out, ", \"opened_ms\": %.1f", pump (&bench));
  for (guint i = tn_graph_size (graph) / 2; bench.middle == TN_NODE_NONE; i++)
    if (g_str_equal (tn_node_type (tn_graph_node (graph, i)), "Conv2D"))
      bench.middle = tn_node_id (tn_graph_node (graph, i));
  for (bench.round = 0; bench.round < ROUNDS; bench.round++)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      {
        double took, after;

        start = milliseconds ();
        steps[i].act (&bench);
        took = milliseconds () - start;
        after = pump (&bench);
        if (bench.round > 0)
          worst[i] = MAX (worst[i], MAX (took, after));
      }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    g_string_append_printf (out, ", \"%s_ms\": %.1f", steps[i].name, worst[i]);
  g_string_append_c (out, '}');
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 1000, 10000 };
  g_autoptr (GString) out = g_string_new ("{\"models\": [");
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkApplication) application = NULL;

  if (!gtk_init_check ())
    {
      g_printerr ("bench-window needs a display.\n");
      return 77;
    }
  application = GTK_APPLICATION (tn_app_new (G_APPLICATION_NON_UNIQUE));
  g_application_set_default (G_APPLICATION (application));
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_string_append (out, i > 0 ? ",\n  " : "\n  ");
      measure (application, sizes[i], out);
    }
  g_print ("%s\n]}\n", out->str);
  return 0;
}
