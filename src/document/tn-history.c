/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnHistory: the graphs a document has been, and which of them it is now. */
#include "document/tn-history.h"

#include "base/tn-i18n.h"

/* A graph, and the edit that made it. */
typedef struct
{
  /* owned */
  char *subject; /* NULL where the phrase needs none */
  TnGraph *graph;
  GArray *selection;
  /* borrowed, static */
  const TnEdit *edit; /* NULL in the first */
  /* state */
  guint64 serial;
  guint64 merge; /* 0: closed */
} Step;

struct _TnHistory
{
  GArray *steps; /* of Step; never empty */
  guint now;
  guint64 last_serial;
  guint64 n_nodes; /* of all graphs together */
};

static void
step_clear (gpointer data)
{
  Step *step = data;

  g_free (step->subject);
  tn_graph_unref (step->graph);
  g_array_unref (step->selection);
}

static Step *
step_at (const TnHistory *history, guint index)
{
  return &g_array_index (history->steps, Step, index);
}

static void
append_step (TnHistory *history, const TnEdit *edit, const char *subject, const TnGraph *graph,
             guint64 merge)
{
  Step step = { .subject = g_strdup (subject),
                .graph = tn_graph_ref (graph),
                .selection = g_array_new (FALSE, FALSE, sizeof (TnNodeId)),
                .edit = edit,
                .serial = ++history->last_serial,
                .merge = merge };

  g_array_append_val (history->steps, step);
  history->n_nodes += tn_graph_size (graph);
  history->now = history->steps->len - 1;
}

static void
remove_steps (TnHistory *history, guint from, guint n)
{
  for (guint i = from; i < from + n; i++)
    history->n_nodes -= tn_graph_size (step_at (history, i)->graph);
  if (n > 0)
    g_array_remove_range (history->steps, from, n);
}

TnHistory *
tn_history_new (TnGraph *graph)
{
  g_autoptr (TnGraph) first = graph;
  TnHistory *history = g_new0 (TnHistory, 1);

  history->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (history->steps, step_clear);
  append_step (history, NULL, NULL, first, 0);
  return history;
}

void
tn_history_free (TnHistory *history)
{
  if (history == NULL)
    return;
  g_array_unref (history->steps);
  g_free (history);
}

const TnGraph *
tn_history_graph (const TnHistory *history)
{
  return step_at (history, history->now)->graph;
}

guint64
tn_history_serial (const TnHistory *history)
{
  return step_at (history, history->now)->serial;
}

static gboolean
same_places (const TnGraph *a, const TnGraph *b)
{
  if (tn_graph_direction (a) != tn_graph_direction (b))
    return FALSE;
  for (guint i = 0; i < tn_graph_size (a); i++)
    {
      const TnNode *left = tn_graph_node (a, i), *right = tn_graph_node (b, i);

      if (left != right
          && (tn_node_x (left) != tn_node_x (right) || tn_node_y (left) != tn_node_y (right)))
        return FALSE;
    }
  for (guint i = 0; i < tn_graph_n_groups (a); i++)
    {
      const TnGroup *left = tn_graph_group (a, i);
      const TnGroup *right = tn_graph_find_group (b, tn_group_name (left));

      if (right == NULL || tn_group_is_open (left) != tn_group_is_open (right))
        return FALSE;
    }
  return TRUE;
}

void
tn_history_add (TnHistory *history, const TnEdit *edit, const char *subject, const TnGraph *graph,
                guint64 merge, guint64 saved)
{
  Step *step = step_at (history, history->now);
  gboolean merges
      = merge != 0 && step->merge == merge && step->edit == edit && step->serial != saved;

  remove_steps (history, history->now + 1, history->steps->len - history->now - 1);
  if (merges)
    {
      const TnGraph *origin = step_at (history, history->now - 1)->graph;

      if (tn_graph_same_meaning (origin, graph) && same_places (origin, graph))
        {
          remove_steps (history, history->now, 1);
          history->now--;
          return;
        }
      step = step_at (history, history->now);
      history->n_nodes += (guint64)tn_graph_size (graph) - tn_graph_size (step->graph);
      tn_graph_unref (step->graph);
      step->graph = tn_graph_ref (graph);
      step->serial = ++history->last_serial;
      g_free (step->subject);
      step->subject = g_strdup (subject);
      return;
    }
  append_step (history, edit, subject, graph, merge);
  while (history->n_nodes > TN_HISTORY_MAX_NODES && history->now > 1)
    {
      remove_steps (history, 0, 1);
      history->now--;
    }
}

guint
tn_history_n_steps (const TnHistory *history)
{
  return history->steps->len - 1;
}

guint
tn_history_n_done (const TnHistory *history)
{
  return history->now;
}

char *
tn_history_step_label (const TnHistory *history, guint number)
{
  const Step *step;

  g_return_val_if_fail (number < tn_history_n_steps (history), NULL);
  step = step_at (history, number + 1);
  return g_strdup_printf (_ (step->edit->label), step->subject);
}

gboolean
tn_history_can_travel (const TnHistory *history, int by)
{
  gint64 to = (gint64)history->now + by;

  return by != 0 && to >= 0 && to < history->steps->len;
}

void
tn_history_travel (TnHistory *history, int by)
{
  g_return_if_fail (tn_history_can_travel (history, by));

  /* Whoever undoes in the middle of a gesture has ended it. */
  step_at (history, history->now)->merge = 0;
  history->now = (guint)((gint64)history->now + by);
  step_at (history, history->now)->merge = 0;
}

char *
tn_history_label (const TnHistory *history, int by)
{
  const Step *step;

  if (!tn_history_can_travel (history, by))
    return NULL;
  step = step_at (history, by < 0 ? history->now : history->now + 1);
  return g_strdup_printf (_ (by < 0 ? step->edit->undo : step->edit->redo), step->subject);
}

void
tn_history_set_selection (TnHistory *history, const GArray *selection)
{
  Step *step = step_at (history, history->now);

  g_array_set_size (step->selection, 0);
  if (selection->len > 0)
    g_array_append_vals (step->selection, selection->data, selection->len);
}

const GArray *
tn_history_selection (const TnHistory *history)
{
  return step_at (history, history->now)->selection;
}
