/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates for repairs, by issue code: which there are, and those for parameters and wires. */
#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-call.h"
#include "infer/tn-advice-private.h"

/* Is this tensor used by nothing yet? */
static gboolean
is_loose (const TnGraph *graph, guint index)
{
  guint n_uses;

  tn_graph_uses (graph, index, &n_uses);
  return n_uses == 0;
}

/* Wires @node to the input that is missing, through a new layer of class @type where it is not
 * NULL. */
static gboolean
wire_loose (TnAdvisor *advisor, const TnNode *node, const char *type)
{
  TnNodeId to = advisor->issue->node, between = to;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  const char *from_name = tn_node_name (node), *to_name = tn_node_name (advisor->node);

  if (!tn_draft_connect (draft, (TnRef){ tn_node_id (node), 0, 0 }, to, advisor->call,
                         advisor->slot, NULL))
    return FALSE;
  if (type != NULL)
    between = tn_draft_insert (draft, &tn_layer_find (type)->schema, to, advisor->call,
                               advisor->slot, NULL);
  if (between == TN_NODE_NONE)
    return FALSE;
  return tn_advisor_try (
      advisor, g_steal_pointer (&draft),
      type != NULL ? g_strdup_printf (_ ("Wire %s to %s through a %s"), from_name, to_name, type)
                   : g_strdup_printf (_ ("Wire %s to %s"), from_name, to_name),
      &between, 1);
}

static void
missing_input (TnAdvisor *advisor)
{
  TnNodeId to = advisor->issue->node;

  if (advisor->issue->severity == TN_SEVERITY_WARNING
      || tn_node_is_called_bare (advisor->node, (guint)MAX (advisor->issue->call, 0)))
    {
      tn_advisor_try_remove (advisor, to);
      return;
    }
  /* Loose ends first, the nearest above it before others. */
  for (guint i = tn_graph_size (advisor->graph); i-- > 0;)
    {
      const TnNode *node = tn_graph_node (advisor->graph, i);

      if (is_loose (advisor->graph, i) && tn_node_id (node) != to && tn_node_n_outputs (node) > 0
          && !wire_loose (advisor, node, NULL))
        wire_loose (advisor, node, "Flatten");
    }
  if (tn_node_schema (advisor->node)->keras)
    {
      const TnLayer *input = tn_layer_find ("InputLayer");
      g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
      TnNodeId id = tn_draft_add (draft, &input->schema, NULL, TRUE, NULL);

      if (strcmp (tn_node_type (advisor->node), "Dense") == 0)
        tn_draft_set_text (draft, id, "batch_shape", "(None, 784)", NULL);
      if (tn_node_is_placed (advisor->node))
        tn_draft_move (draft, id, tn_node_x (advisor->node), tn_node_y (advisor->node) - 108);
      if (tn_draft_connect (draft, (TnRef){ id, 0, 0 }, to, advisor->call, advisor->slot, NULL))
        tn_advisor_try (
            advisor, g_steal_pointer (&draft),
            g_strdup_printf (_ ("Put an Input before %s"), tn_node_name (advisor->node)), &id, 1);
    }
  tn_advisor_try_remove (advisor, to);
}

static void
bad_param (TnAdvisor *advisor)
{
  const TnSchema *schema = tn_node_schema (advisor->node);
  int index = advisor->issue->param != NULL ? tn_schema_param (schema, advisor->issue->param) : -1;
  g_autoptr (TnValue) fallback = NULL;

  if (index < 0)
    return;
  fallback = tn_param_default (&schema->params[index]);
  if (fallback != NULL)
    {
      g_autofree char *text = tn_value_to_text (fallback);

      tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, text);
    }
  if (schema->params[index].suggestion != NULL)
    tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param,
                        schema->params[index].suggestion);
}

static gint64
common_divisor (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

/* Of GroupNormalization: as many as divide the channels, or each channel by itself. */
static void
normalization_groups (TnAdvisor *advisor)
{
  const TnSchema *schema = tn_node_schema (advisor->node);
  int groups = tn_schema_param (schema, "groups"), where = tn_schema_param (schema, "axis");
  int axis = where >= 0
                 ? tn_shape_axis (&advisor->arrives, tn_node_int (advisor->node, (guint)where))
                 : -1;
  g_autofree char *text = NULL;

  if (axis < 0 || advisor->arrives.dims[axis].size < 1)
    return;
  text = tn_int_text (common_divisor (advisor->arrives.dims[axis].size,
                                      tn_node_int (advisor->node, (guint)groups)));
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", text);
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", "-1");
}

static void
bad_groups (TnAdvisor *advisor)
{
  int groups = tn_schema_param (tn_node_schema (advisor->node), "groups");
  int filters = tn_schema_param (tn_node_schema (advisor->node), "filters");
  int axis = tn_shape_axis (&advisor->arrives, advisor->issue->axis);
  gint64 channels, divisor;
  g_autofree char *text = NULL;

  if (groups >= 0 && filters < 0)
    {
      normalization_groups (advisor);
      return;
    }
  if (groups < 0)
    return;
  divisor = common_divisor (tn_node_int (advisor->node, (guint)filters),
                            tn_node_int (advisor->node, (guint)groups));
  /* Told at the filters, the fault names no axis. */
  if (axis <= 0)
    axis = advisor->arrives.rank - 1;
  if (axis > 0)
    {
      channels = advisor->arrives.dims[axis].size;
      if (channels > 0)
        divisor = common_divisor (channels, divisor);
    }
  text = tn_int_text (divisor);
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", text);
  tn_advisor_try_set (advisor, advisor->issue->node, "groups", "1");
}

static void
bad_axis (TnAdvisor *advisor)
{
  tn_advisor_try_set (advisor, advisor->issue->node, "axis", "-1");
  if (g_strcmp0 (advisor->issue->param, "activation") == 0)
    tn_advisor_try_set (advisor, advisor->issue->node, "activation", "'sigmoid'");
}

/* Every size of an EinsumDense but the last taken from what arrives. */
static void
einsum_shape (TnAdvisor *advisor)
{
  int param = tn_schema_param (tn_node_schema (advisor->node), "output_shape");
  g_autofree char *text = NULL;
  TnShape wanted;

  if (param < 0 || !tn_node_dims (advisor->node, (guint)param, &wanted))
    return;
  for (int axis = 0; axis < wanted.rank - 1; axis++)
    wanted.dims[axis] = tn_dim (TN_DIM_UNKNOWN);
  text = tn_shape_to_text (&wanted);
  tn_advisor_try_set (advisor, advisor->issue->node, "output_shape", text);
}

/* The promise withdrawn or kept, or the input made as it says. */
static void
input_length (TnAdvisor *advisor)
{
  int axis = tn_shape_axis (&advisor->arrives, advisor->issue->axis);
  g_autofree char *text = NULL;

  if (axis < 0)
    return;
  text = tn_int_text (advisor->arrives.dims[axis].size);
  tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, text);
  tn_advisor_try_set (advisor, advisor->issue->node, advisor->issue->param, "None");
  tn_candidates_input_for (advisor, axis, advisor->issue->expected.dims[axis].size);
}

static const struct
{
  const char *code;
  void (*propose) (TnAdvisor *advisor);
} proposals[] = {
  { "param", bad_param },
  { "missing-input", missing_input },
  { "too-many-inputs", tn_candidates_too_many },
  { "call-form", tn_candidates_call_form },
  { "rank", tn_candidates_rank },
  { "dense-rank", tn_candidates_dense_rank },
  { "dense-width", tn_candidates_width },
  { "kernel-width", tn_candidates_width },
  { "unknown-dim", tn_candidates_unknown_dim },
  { "reshape-size", tn_candidates_reshape },
  { "merge-shape", tn_candidates_merge },
  { "attention-shape", tn_candidates_attention },
  { "concat-shape", tn_candidates_concat },
  { "window-size", tn_candidates_window },
  { "crop-size", tn_candidates_crop },
  { "einsum-shape", einsum_shape },
  { "groups", bad_groups },
  { "input-length", input_length },
  { "axis", bad_axis },
  { "target-shape", tn_candidates_target },
};

void
tn_candidates (TnAdvisor *advisor)
{
  for (guint i = 0; i < G_N_ELEMENTS (proposals); i++)
    if (strcmp (proposals[i].code, advisor->issue->code) == 0)
      proposals[i].propose (advisor);
  tn_candidates_warning (advisor);
}
