/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading facts. */
#include "graph/tn-silence.h"
#include "graph/tn-active.h"
#include "infer/tn-facts-private.h"

#include <string.h>

const char *
tn_state_name (TnState state)
{
  static const char *const names[] = {
    [TN_STATE_KNOWN] = "known",
    [TN_STATE_PARTIAL] = "partial",
    [TN_STATE_BLOCKED] = "blocked",
    [TN_STATE_WRONG] = "wrong",
  };

  return names[state];
}

const char *
tn_edge_state_name (TnEdgeState state)
{
  static const char *const names[] = {
    [TN_EDGE_OK] = "ok",           [TN_EDGE_WARNING] = "warning", [TN_EDGE_ERROR] = "error",
    [TN_EDGE_ASSUMED] = "assumed", [TN_EDGE_UNKNOWN] = "unknown",
  };

  return names[state];
}

TnFacts *
tn_facts_ref (const TnFacts *facts)
{
  TnFacts *self = (TnFacts *)facts;

  g_return_val_if_fail (facts != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

const TnGraph *
tn_facts_graph (const TnFacts *facts)
{
  return facts->graph;
}

const TnGraph *
tn_facts_whole (const TnFacts *facts)
{
  return facts->whole;
}

TnState
tn_facts_state (const TnFacts *facts, guint index)
{
  g_return_val_if_fail (index < tn_graph_size (facts->graph), TN_STATE_BLOCKED);
  return facts->nodes[index]->state;
}

TnShape
tn_facts_shape (const TnFacts *facts, TnRef ref, gboolean *assumed)
{
  int index = tn_graph_index (facts->graph, ref.node);
  const TnCallFacts *call;

  if (assumed != NULL)
    *assumed = FALSE;
  if (index < 0 || ref.call >= facts->nodes[index]->n_calls)
    return tn_shape_none ();
  call = &facts->nodes[index]->calls[ref.call];
  if (call->state == TN_RESULT_NONE || ref.output >= call->n_outputs)
    return tn_shape_none ();
  if (assumed != NULL)
    *assumed = call->state == TN_RESULT_ASSUMED || call->assumed;
  return call->outputs[ref.output];
}

TnShape
tn_facts_input (const TnFacts *facts, guint index, guint call, guint slot)
{
  const TnNode *node;

  g_return_val_if_fail (index < tn_graph_size (facts->graph), tn_shape_none ());
  node = tn_graph_node (facts->graph, index);
  if (call >= tn_node_n_calls (node))
    return tn_shape_none ();
  return tn_facts_shape (facts, tn_node_input (node, call, slot), NULL);
}

/* A "fits-when" that others imply is not among the issues, and marks nothing. */
static gboolean
is_dropped (const TnFacts *facts, const TnIssue *issue)
{
  if (strcmp (issue->code, "fits-when") != 0)
    return FALSE;
  for (guint i = 0; i < facts->issues->len; i++)
    {
      const TnIssue *kept = facts->issues->pdata[i];

      if (kept->node == issue->node && kept->call == issue->call && kept->slot == issue->slot
          && kept->axis == issue->axis && kept->code == issue->code)
        return FALSE;
    }
  return TRUE;
}

/* What @issues say of the wire into a slot. */
static TnEdgeState
judge_edge (const TnFacts *facts, const GPtrArray *issues, const TnNode *node, guint call,
            guint slot)
{
  TnEdgeState state = TN_EDGE_OK;

  for (guint i = 0; issues != NULL && i < issues->len; i++)
    {
      const TnIssue *issue = issues->pdata[i];

      if (issue->slot != (int)slot || issue->call != (int)call || is_dropped (facts, issue))
        continue;
      if (issue->severity != TN_SEVERITY_WARNING)
        return TN_EDGE_ERROR;
      if (!tn_node_is_silenced (node, issue->code))
        state = TN_EDGE_WARNING;
    }
  return state;
}

TnEdgeState
tn_facts_edge (const TnFacts *facts, guint index, guint call, guint slot)
{
  const TnNode *node = tn_graph_node (facts->graph, index);
  TnRef ref = tn_node_input (node, call, slot);
  TnEdgeState state;
  gboolean assumed;
  TnShape shape = tn_facts_shape (facts, ref, &assumed);

  if (!tn_shape_is_some (&shape))
    return TN_EDGE_UNKNOWN;
  state = judge_edge (facts, facts->nodes[index]->issues, node, call, slot);
  if (state == TN_EDGE_OK)
    state = judge_edge (facts, facts->warnings[index], node, call, slot);
  return assumed && state != TN_EDGE_ERROR ? TN_EDGE_ASSUMED : state;
}

gint64
tn_facts_params (const TnFacts *facts, guint index)
{
  return facts->nodes[index]->params;
}

gint64
tn_facts_trainable (const TnFacts *facts, guint index)
{
  return facts->nodes[index]->trainable;
}

gint64
tn_facts_macs (const TnFacts *facts, guint index)
{
  return facts->nodes[index]->macs;
}

gint64
tn_facts_activations (const TnFacts *facts, guint index)
{
  const TnNodeFacts *node = facts->nodes[index];
  gint64 sum = 0;

  /* What only hands on what enters a group puts nothing anywhere. */
  if (tn_node_schema (node->node)->boundary)
    return 0;
  for (guint call = 0; call < node->n_calls; call++)
    for (guint output = 0; output < tn_node_n_outputs (node->node); output++)
      {
        TnRef ref = { tn_node_id (node->node), (guint16)call, (guint16)output };
        TnShape shape = tn_facts_shape (facts, ref, NULL);
        gint64 elements = tn_shape_elements (&shape, 1);

        if (elements == TN_DIM_UNKNOWN || __builtin_add_overflow (sum, elements, &sum))
          return -1;
      }
  return sum;
}

gint64
tn_facts_activation_bytes (const TnFacts *facts, guint index, gint64 batch)
{
  gint64 bytes = tn_facts_activations (facts, index);

  if (bytes < 0 || __builtin_mul_overflow (bytes, (gint64)sizeof (float), &bytes)
      || __builtin_mul_overflow (bytes, batch, &bytes))
    return -1;
  return bytes;
}

const TnWeightSpec *
tn_facts_weights (const TnFacts *facts, guint index, guint *n_weights)
{
  const GArray *weights = facts->nodes[index]->weights;

  *n_weights = weights != NULL ? weights->len : 0;
  return weights != NULL ? (const TnWeightSpec *)weights->data : NULL;
}

const TnWeightSpec *
tn_facts_find_weight (const TnFacts *facts, const char *key, int *index)
{
  for (const char *slash = strchr (key, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *layer = g_strndup (key, slash - key);
      const TnNode *node = tn_graph_find_name (tn_facts_graph (facts), layer);
      int at = node != NULL ? tn_graph_index (tn_facts_graph (facts), tn_node_id (node)) : -1;
      const GArray *weights = at >= 0 ? facts->nodes[at]->weights : NULL;

      for (guint i = 0; weights != NULL && i < weights->len; i++)
        {
          const TnWeightSpec *weight = &g_array_index (weights, TnWeightSpec, i);

          if (strcmp (weight->name, slash + 1) != 0)
            continue;
          if (index != NULL)
            *index = at;
          return weight;
        }
    }
  if (index != NULL)
    *index = -1;
  return NULL;
}

TnTotals
tn_facts_totals (const TnFacts *facts)
{
  return facts->totals;
}

guint
tn_facts_n_issues (const TnFacts *facts)
{
  return facts->issues->len;
}

const TnIssue *
tn_facts_issue (const TnFacts *facts, guint position)
{
  g_return_val_if_fail (position < facts->issues->len, NULL);
  return facts->issues->pdata[position];
}

const TnIssue *
tn_facts_silenced (const TnFacts *facts, guint position)
{
  g_return_val_if_fail (position < facts->silenced->len, NULL);
  return facts->silenced->pdata[position];
}

const TnIssue *
tn_facts_node_issue (const TnFacts *facts, TnNodeId node)
{
  const TnIssue *worst = NULL;

  for (guint i = 0; i < facts->issues->len; i++)
    {
      const TnIssue *issue = facts->issues->pdata[i];

      if (issue->node == node && (worst == NULL || issue->severity < worst->severity))
        worst = issue;
    }
  return worst;
}

gboolean
tn_facts_has_errors (const TnFacts *facts)
{
  for (guint i = 0; i < facts->issues->len; i++)
    if (((const TnIssue *)facts->issues->pdata[i])->severity == TN_SEVERITY_ERROR)
      return TRUE;
  return FALSE;
}

const TnIssue *
tn_facts_obstacle (const TnFacts *facts)
{
  const TnIssue *found = NULL;

  for (guint i = 0; i < facts->issues->len; i++)
    {
      const TnIssue *issue = facts->issues->pdata[i];

      if (issue->severity == TN_SEVERITY_ERROR)
        return issue;
      if (issue->stops_run && found == NULL)
        found = issue;
    }
  return found;
}

/* ---- as it is seen ---- */

TnShape
tn_facts_seen_shape (const TnFacts *facts, TnRef ref, gboolean *assumed)
{
  const TnNode *node;
  TnRef counts;

  if (assumed != NULL)
    *assumed = FALSE;
  if (!tn_graph_resolve (facts->whole, ref, &counts))
    return tn_shape_none ();
  node = tn_graph_find (facts->graph, counts.node);
  if (node == NULL || counts.call >= tn_node_n_calls (node)
      || counts.output >= tn_node_n_outputs (node))
    return tn_shape_none ();
  return tn_facts_shape (facts, counts, assumed);
}

TnEdgeState
tn_facts_seen_edge (const TnFacts *facts, TnNodeId id, guint call, guint slot, TnRef ref)
{
  int index = tn_graph_index (facts->graph, id);
  const TnNode *node = index >= 0 ? tn_graph_node (facts->graph, (guint)index) : NULL;
  gboolean assumed;
  TnRef counts;
  TnShape shape;

  if (node != NULL && tn_graph_to_active (facts->whole, id, &call, &slot)
      && call < tn_node_n_calls (node) && slot < tn_node_n_inputs (node, call)
      && tn_graph_resolve (facts->whole, ref, &counts)
      && tn_ref_equal (tn_node_input (node, call, slot), counts))
    return tn_facts_edge (facts, (guint)index, call, slot);
  shape = tn_facts_seen_shape (facts, ref, &assumed);
  return !tn_shape_is_some (&shape) ? TN_EDGE_UNKNOWN : assumed ? TN_EDGE_ASSUMED : TN_EDGE_OK;
}
