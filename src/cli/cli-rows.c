/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layers of a model as a list that people and programs read: groups before what they hold. */
#include <string.h>

#include "cli/cli-private.h"
#include "graph/tn-active.h"

static void
add_rows (const TnSubject *subject, const GArray *order, const char *within, guint depth,
          GArray *rows)
{
  const TnGraph *graph = tn_subject_graph (subject);
  gsize length = strlen (within);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < order->len; i++)
    {
      TnSubjectRow row = { .index = g_array_index (order, guint, i), .depth = depth };
      const char *name = tn_node_name (tn_graph_node (graph, row.index));
      const char *slash = g_str_has_prefix (name, within) ? strchr (name + length, '/') : NULL;
      g_autofree char *path = slash != NULL ? g_strndup (name, (gsize)(slash - name)) : NULL;
      g_autofree char *inside = path != NULL ? g_strdup_printf ("%s/", path) : NULL;

      if (!g_str_has_prefix (name, within))
        continue;
      row.group = path != NULL ? tn_graph_find_group (graph, path) : NULL;
      if (row.group != NULL && !g_hash_table_add (seen, (gpointer)row.group))
        continue;
      g_array_append_val (rows, row);
      if (row.group != NULL)
        add_rows (subject, order, inside, depth + 1, rows);
    }
}

GArray *
tn_subject_rows (const TnSubject *subject)
{
  g_autoptr (GArray) order = tn_subject_order (subject);
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (TnSubjectRow));

  add_rows (subject, order, "", 0, rows);
  return rows;
}

GArray *
tn_subject_idle (const TnSubject *subject)
{
  const TnGraph *whole = tn_facts_whole (subject->facts);
  GArray *idle = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint position = 0; position < tn_graph_n_steps (whole); position++)
    {
      TnGraphStep step = tn_graph_step (whole, position);

      if (step.call == 0 && tn_graph_role (whole, step.index) != TN_ROLE_ACTIVE
          && !tn_node_is_mark (tn_graph_node (whole, step.index)))
        g_array_append_val (idle, step.index);
    }
  return idle;
}

/* Calls of the model that a group is: what enters it is told once a call. */
static guint
group_calls (const TnGraph *graph, const TnGroup *group)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->boundary && tn_graph_group_of (graph, node) == group)
        return tn_node_n_calls (node);
    }
  return 1;
}

GArray *
tn_subject_group_inputs (const TnSubject *subject, const TnGroup *group)
{
  const TnGraph *graph = tn_subject_graph (subject);
  guint n_calls = group_calls (graph, group);
  GArray *shapes = g_array_new (FALSE, FALSE, sizeof (TnShape));

  for (guint call = 0; call < n_calls; call++)
    for (guint i = 0; i < tn_graph_size (graph); i++)
      {
        const TnNode *node = tn_graph_node (graph, i);

        if (tn_node_schema (node)->boundary && tn_graph_group_of (graph, node) == group
            && call < tn_node_n_calls (node))
          {
            TnShape shape = tn_facts_input (subject->facts, i, call, 0);

            g_array_append_val (shapes, shape);
          }
      }
  return shapes;
}

GArray *
tn_subject_group_outputs (const TnSubject *subject, const TnGroup *group)
{
  const TnGraph *graph = tn_subject_graph (subject);
  guint n_calls = group_calls (graph, group), n_outputs;
  const TnRef *outputs = tn_group_outputs (group, &n_outputs);
  GArray *shapes = g_array_new (FALSE, FALSE, sizeof (TnShape));

  for (guint call = 0; call < n_calls; call++)
    for (guint i = 0; i < n_outputs; i++)
      {
        const TnNode *node = tn_graph_find (graph, outputs[i].node);
        guint part = node != NULL ? tn_node_n_calls (node) / n_calls : 0;
        TnRef ref
            = { outputs[i].node, (guint16)(outputs[i].call + call * part), outputs[i].output };
        TnShape shape = tn_facts_shape (subject->facts, ref, NULL);

        g_array_append_val (shapes, shape);
      }
  return shapes;
}

guint
tn_subject_calls_told (const TnSubject *subject, guint index)
{
  const TnGraph *graph = tn_subject_graph (subject);
  const TnNode *node = tn_graph_node (graph, index);
  const TnGroup *group = tn_graph_group_of (graph, node);
  guint n_calls = tn_node_n_calls (node), part;

  if (group == NULL || n_calls == 1 || n_calls % group_calls (graph, group) != 0)
    return n_calls;
  part = n_calls / group_calls (graph, group);
  for (guint call = part; call < n_calls; call++)
    for (guint output = 0; output < tn_node_n_outputs (node); output++)
      {
        TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
        TnRef first = { tn_node_id (node), (guint16)(call % part), (guint16)output };
        TnShape shape = tn_facts_shape (subject->facts, ref, NULL);
        TnShape told = tn_facts_shape (subject->facts, first, NULL);

        if (!tn_shape_identical (&shape, &told))
          return n_calls;
      }
  return part;
}

/* Adds what may be unknown (below 0). */
static void
add_up (gint64 *sum, gint64 amount)
{
  if (*sum >= 0 && (amount < 0 || __builtin_add_overflow (*sum, amount, sum)))
    *sum = -1;
}

TnGroupSums
tn_subject_group_sums (const TnSubject *subject, const TnGroup *group)
{
  const TnGraph *graph = tn_subject_graph (subject);
  TnGroupSums sums = { .state = TN_STATE_KNOWN };

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (tn_group_holds (group, tn_node_name (tn_graph_node (graph, i))))
      {
        add_up (&sums.params, tn_facts_params (subject->facts, i));
        add_up (&sums.trainable, tn_facts_trainable (subject->facts, i));
        add_up (&sums.macs, tn_facts_macs (subject->facts, i));
        sums.state = MAX (sums.state, tn_facts_state (subject->facts, i));
      }
  return sums;
}
