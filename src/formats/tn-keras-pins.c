/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which build_config of a plain Keras file says more than inference would. */
#include "formats/tn-keras.h"

#include "infer/tn-facts.h"

static TnGraph *
without_pins (const TnGraph *graph)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    tn_draft_pin (draft, tn_node_id (tn_graph_node (graph, i)), NULL);
  return tn_draft_finish (draft);
}

/* Would the layer's weights be other ones, were they made for @pin? Not when that cannot be told:
 * then what arrives decides, as in a new model. */
static gboolean
differs (const TnFacts *facts, guint index, const TnShape *pin)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const TnNode *node = tn_graph_node (graph, index);
  const char *source = "";
  guint n_weights, n_pinned;
  const TnWeightSpec *weights = tn_facts_weights (facts, index, &n_weights);
  TnShape arriving = tn_facts_input (facts, index, 0, 0);
  TnLayerResult result = { 0 };
  gboolean different = FALSE;

  if (!tn_shape_is_some (&arriving) || tn_node_n_inputs (node, 0) != 1
      || tn_shape_identical (&arriving, pin))
    return FALSE;
  tn_layer_apply (node, tn_graph_dense_inputs (graph), 0, pin, &source, 1, &result, NULL);
  n_pinned = result.weights ? result.weights->len : 0;
  for (guint i = 0; weights && i < MIN (n_weights, n_pinned) && !different; i++)
    different = !tn_shape_identical (&weights[i].shape,
                                     &g_array_index (result.weights, TnWeightSpec, i).shape);
  tn_layer_result_clear (&result);
  return different;
}

TnGraph *
tn_keras_keep_stale_pins (TnDraft *draft)
{
  g_autoptr (TnGraph) pinned = tn_draft_finish (draft);
  g_autoptr (TnGraph) bare = without_pins (pinned);
  g_autoptr (TnFacts) facts = NULL;
  g_autoptr (TnDraft) kept = NULL;

  if (tn_graph_same_meaning (pinned, bare))
    return g_steal_pointer (&pinned);

  facts = tn_infer (bare, NULL, NULL);
  kept = tn_draft_new (bare);
  for (guint i = 0; i < tn_graph_size (pinned); i++)
    {
      const TnNode *node = tn_graph_node (pinned, i);
      TnShape pin;

      if (tn_node_pin (node, &pin) && differs (facts, i, &pin))
        tn_draft_pin (kept, tn_node_id (node), &pin);
    }
  return tn_draft_finish (kept);
}
