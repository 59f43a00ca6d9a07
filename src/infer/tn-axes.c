/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names follow Keras's documentation; which axis holds the channels is said by the layer that
 * made the tensor, or by one before it that it only hands the order of axes on from. */
#include "infer/tn-axes.h"

#include "base/tn-i18n.h"

/* Layers that are looked at on the way up. */
#define MOST_STEPS 256

typedef enum
{
  ORDER_UNKNOWN,
  ORDER_LAST,
  ORDER_FIRST,
} Order;

/* What the layer itself is set to. */
static Order
order_of (const TnNode *node)
{
  int param = tn_schema_param (tn_node_schema (node), "data_format");

  if (param < 0)
    return ORDER_UNKNOWN;
  return g_str_equal (tn_node_string (node, (guint)param), "channels_first") ? ORDER_FIRST
                                                                             : ORDER_LAST;
}

static gboolean
any_first (const TnGraph *graph)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (order_of (tn_graph_node (graph, i)) == ORDER_FIRST)
      return TRUE;
  return FALSE;
}

/* Layers of these families leave the axes where they are. */
static gboolean
keeps_order (const TnNode *node)
{
  switch (tn_layer_of (node)->family)
    {
    case TN_FAMILY_RESHAPING:
    case TN_FAMILY_OPERATIONS:
      return FALSE;
    default:
      return TRUE;
    }
}

static Order
find_order (const TnFacts *facts, TnRef ref, int rank)
{
  const TnGraph *graph = tn_facts_graph (facts);

  for (guint steps = 0; steps < MOST_STEPS; steps++)
    {
      const TnNode *node = tn_graph_find (graph, ref.node);
      Order order = node != NULL ? order_of (node) : ORDER_UNKNOWN;

      if (node == NULL || order != ORDER_UNKNOWN)
        return order;
      if (!keeps_order (node))
        return ORDER_UNKNOWN;
      if (tn_node_n_inputs (node, ref.call) == 0)
        /* Nobody has said: Keras's own order, where no layer of the model is set to another. */
        return any_first (graph) ? ORDER_UNKNOWN : ORDER_LAST;
      ref = tn_node_input (node, ref.call, 0);
      if (tn_facts_shape (facts, ref, NULL).rank != rank)
        return any_first (graph) ? ORDER_UNKNOWN : ORDER_LAST;
    }
  return ORDER_UNKNOWN;
}

const char *
tn_axis_name (const TnFacts *facts, TnRef ref, int axis)
{
  static const char *const spatial[] = { N_ ("depth"), N_ ("height"), N_ ("width") };
  int rank, n_spatial;
  Order order;

  g_return_val_if_fail (facts != NULL, NULL);
  rank = tn_facts_seen_shape (facts, ref, NULL).rank;
  if (axis < 0 || axis >= rank)
    return NULL;
  if (axis == 0)
    return _ ("batch");
  if (rank == 2)
    return _ ("features");
  n_spatial = rank - 2;
  if (n_spatial < 1 || n_spatial > 3)
    return NULL;
  order = find_order (facts, ref, rank);
  if (order == ORDER_UNKNOWN)
    return NULL;
  if (axis == (order == ORDER_FIRST ? 1 : rank - 1))
    return rank == 3 ? _ ("features") : _ ("channels");
  if (rank == 3)
    return _ ("steps");
  return _ (spatial[3 - n_spatial + axis - (order == ORDER_FIRST ? 2 : 1)]);
}
