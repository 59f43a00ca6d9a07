/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bringing what was done to the graph as it counts back to the graph that it is of. */
#include <string.h>

#include "graph/tn-active.h"
#include "graph/tn-draft-private.h"
#include "graph/tn-node-private.h"

/* Says of a layer all that @after does, but for its wires and its name. */
static void
follow_settings (TnDraft *draft, const TnNode *before, const TnNode *after)
{
  TnNodeId id = tn_node_id (after);
  TnShape pin;

  for (guint i = 0; i < after->schema->n_params; i++)
    if (!tn_value_equal (before->values[i], after->values[i]))
      tn_draft_set (draft, id, i, after->values[i], FALSE, NULL);
  if (before->trainable != after->trainable)
    tn_draft_set_trainable (draft, id, after->trainable);
  if (before->pin != after->pin)
    tn_draft_pin (draft, id, tn_node_pin (after, &pin) ? &pin : NULL);
  if (!tn_value_equal (before->extras, after->extras))
    tn_draft_set_extras (draft, id, after->extras);
  if (before->x != after->x || before->y != after->y)
    tn_draft_move (draft, id, after->x, after->y);
}

/* A layer that has come: as it is, under another name where that is taken. */
static void
follow_new (TnDraft *draft, const TnNode *after)
{
  TnNode *copy = tn_node_clone (after);
  gboolean fresh = TRUE;

  if (tn_draft_find_name (draft, copy->name) != NULL)
    {
      g_autofree char *group = g_strndup (copy->name, tn_name_group_length (copy->name));
      char *name = tn_draft_free_name (draft, group, copy->schema->auto_name);

      g_free (copy->name);
      copy->name = name;
    }
  if (draft->names != NULL)
    g_hash_table_insert (draft->names, g_strdup (copy->name), GUINT_TO_POINTER (copy->id));
  g_ptr_array_add (draft->nodes, copy);
  g_array_append_val (draft->fresh, fresh);
  draft->model.next_id = MAX (draft->model.next_id, copy->id + 1);
}

/* Where @then, which is no more, came by way of what is bypassed and used once: that is wired to
 * what has taken its place, so that it stands in the wire as before. */
static void
enter_bypassed (const TnGraph *graph, TnNodeId *id, guint *call, guint *slot)
{
  while (TRUE)
    {
      const TnNode *node = tn_graph_find (graph, *id);
      TnRef ref
          = *call < tn_node_n_calls (node) ? tn_node_input (node, *call, *slot) : (TnRef){ 0 };
      int index = tn_graph_index (graph, ref.node);
      guint n_uses;

      if (index < 0 || tn_graph_role (graph, (guint)index) != TN_ROLE_BYPASSED)
        return;
      tn_graph_uses (graph, (guint)index, &n_uses);
      if (n_uses != 1 || tn_node_n_inputs (tn_graph_node (graph, (guint)index), ref.call) != 1)
        return;
      *id = ref.node;
      *call = ref.call;
      *slot = 0;
    }
}

/* What has come into a wire that leaves something bypassed is fed by that, and not by what feeds
 * it. */
static void
feed_by_bypassed (TnDraft *draft, const TnGraph *graph, const TnNode *target, guint call,
                  guint slot, TnRef then, TnNodeId id)
{
  TnRef origin
      = call < tn_node_n_calls (target) ? tn_node_input (target, call, slot) : (TnRef){ 0 };

  if (tn_graph_find (graph, id) != NULL || origin.node == TN_NODE_NONE
      || tn_ref_equal (origin, then))
    return;
  for (guint i = 0; i < tn_node_n_inputs (tn_draft_find (draft, id), 0); i++)
    if (tn_ref_equal (tn_node_input (tn_draft_find (draft, id), 0, i), then))
      tn_draft_connect (draft, origin, id, 0, i, NULL);
}

static void
follow_wires (TnDraft *draft, const TnGraph *graph, const TnGraph *result, const TnNode *before,
              const TnNode *after)
{

  for (guint call = 0; call < tn_node_n_calls (after); call++)
    {
      guint n_before = call < tn_node_n_calls (before) ? tn_node_n_inputs (before, call) : 0;
      guint n_after = tn_node_n_inputs (after, call);

      /* From the end: what is taken away moves those behind it. */
      for (guint slot = MAX (n_before, n_after); slot-- > 0;)
        {
          TnRef then = slot < n_before ? tn_node_input (before, call, slot) : (TnRef){ 0 };
          TnRef now = slot < n_after ? tn_node_input (after, call, slot) : (TnRef){ 0 };
          TnNodeId id = tn_node_id (after);
          guint to_call = call, to_slot = slot;

          if (tn_ref_equal (then, now))
            continue;
          tn_graph_from_active (graph, id, &to_call, &to_slot);
          if (now.node != TN_NODE_NONE && tn_graph_find (result, then.node) == NULL)
            enter_bypassed (graph, &id, &to_call, &to_slot);
          while (to_call >= tn_node_n_calls (tn_draft_find (draft, id)))
            tn_draft_add_call (draft, id);
          if (now.node == TN_NODE_NONE)
            tn_draft_disconnect (draft, id, to_call, to_slot);
          else if (tn_draft_find (draft, now.node) != NULL)
            {
              guint now_slot = 0, now_call = now.call;

              tn_graph_from_active (graph, now.node, &now_call, &now_slot);
              now.call = (guint16)now_call;
              feed_by_bypassed (draft, graph, tn_graph_find (graph, id), to_call, to_slot, then,
                                now.node);
              tn_draft_connect (draft, now, id, to_call, to_slot, NULL);
            }
        }
    }
}

TnGraph *
tn_graph_follow_active (const TnGraph *graph, const TnGraph *after)
{
  const TnGraph *before = tn_graph_active (graph);
  g_autoptr (TnDraft) draft = NULL;

  if (before == graph)
    return tn_graph_ref (after);
  draft = tn_draft_new (graph);
  for (guint i = 0; i < tn_graph_size (after); i++)
    {
      const TnNode *now = tn_graph_node (after, i);
      const TnNode *then = tn_graph_find (before, tn_node_id (now));

      if (then == NULL)
        follow_new (draft, now);
      else if (then != now)
        {
          follow_settings (draft, then, now);
          if (strcmp (then->name, now->name) != 0 && tn_draft_find_name (draft, now->name) == NULL)
            tn_draft_rename_node (draft, then->id, now->name);
        }
    }
  for (guint i = 0; i < tn_graph_size (after); i++)
    {
      const TnNode *now = tn_graph_node (after, i);
      const TnNode *then = tn_graph_find (before, tn_node_id (now));

      if (then != NULL && then != now)
        follow_wires (draft, graph, after, then, now);
    }
  for (guint i = 0; i < tn_graph_size (before); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (before, i));

      if (tn_graph_find (after, id) == NULL)
        tn_draft_remove (draft, id);
    }
  tn_draft_set_dense_inputs (draft, tn_graph_dense_inputs (after));
  return tn_draft_finish (draft);
}

TnGraph *
tn_graph_active_with_remarks (const TnGraph *graph)
{
  const TnGraph *active = tn_graph_active (graph);
  g_autoptr (GPtrArray) nodes = NULL;
  guint next = 0;

  if (active == graph)
    return tn_graph_ref (graph);
  nodes = g_ptr_array_new ();
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (next < tn_graph_size (active)
          && tn_node_id (tn_graph_node (active, next)) == tn_node_id (node))
        g_ptr_array_add (nodes, (gpointer)tn_graph_node (active, next++));
      else if (tn_node_schema (node)->remark)
        g_ptr_array_add (nodes, (gpointer)node);
    }
  return tn_graph_new (nodes, tn_graph_model (active));
}

void
tn_draft_heal (TnDraft *draft, TnNodeId id)
{
  const TnNode *node = tn_draft_find (draft, id);

  g_return_if_fail (node != NULL);
  for (guint i = 0; i < tn_draft_size (draft); i++)
    for (guint call = 0; call < tn_node_n_calls (tn_draft_node (draft, i)); call++)
      for (guint slot = 0; slot < tn_node_n_inputs (tn_draft_node (draft, i), call); slot++)
        {
          const TnNode *user = tn_draft_node (draft, i);
          TnRef ref = tn_node_input (user, call, slot);

          if (ref.node != id || ref.output > 0)
            continue;
          ref = tn_node_input (tn_draft_find (draft, id), ref.call, 0);
          if (ref.node != TN_NODE_NONE)
            tn_draft_connect (draft, ref, tn_node_id (user), call, slot, NULL);
        }
  tn_draft_remove (draft, id);
}

TnGraph *
tn_graph_without_remarks (const TnGraph *graph, gboolean knots)
{
  g_autoptr (TnDraft) draft = NULL;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_node_schema (node)->remark && !(knots && tn_node_schema (node)->knot))
        continue;
      if (draft == NULL)
        draft = tn_draft_new (graph);
      if (tn_node_schema (node)->knot)
        tn_draft_heal (draft, tn_node_id (node));
      else
        tn_draft_remove (draft, tn_node_id (node));
    }
  return draft != NULL ? tn_draft_finish (draft) : tn_graph_ref (graph);
}
