/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers around another layer that goes through a sequence, or is taken through one: Bidirectional
 * and TimeDistributed. */
#include <string.h>

#include "layers/tn-recurrent.h"

/* Keras 2 has it of its RNN. */
static const TnKept wrapper_kept[] = { { "num_constants", NULL }, { NULL, NULL } };

/* ---- Bidirectional ---- */

static const char *const merge_modes[] = { "concat", "sum", "mul", "ave", NULL };

enum
{
  BI_LAYER,
  BI_MERGE_MODE,
  BI_BACKWARD_LAYER,
  BI_N_PARAMS,
};

static const TnParam bidirectional_params[BI_N_PARAMS] = {
  [BI_LAYER] = TN_PARAM_INNER ("layer", N_ ("Layer"), TN_PARAM_REQUIRED,
                               "{'class_name': 'LSTM', 'config': {'units': 64}}",
                               N_ ("The recurrent layer that goes through the sequence; a second "
                                   "one of the same kind goes the other way.")),
  [BI_MERGE_MODE] = { .name = "merge_mode",
                      .label = N_ ("Merge mode"),
                      .kind = TN_PARAM_CHOICE,
                      .flags = TN_PARAM_OPTIONAL,
                      .choices = merge_modes,
                      .fallback = TN_DEFAULT_STRING ("concat"),
                      .help = N_ ("How the two directions become one: concat puts them side by "
                                  "side, which doubles the units; None puts both out.") },
  [BI_BACKWARD_LAYER] = TN_PARAM_INNER (
      "backward_layer", N_ ("Backward layer"), TN_PARAM_OPTIONAL | TN_PARAM_ADVANCED, NULL,
      N_ ("A layer of its own for the way back, with go_backwards on; left empty "
          "it is like the first.")),
};

/* A layer that can go both ways. */
static gboolean
goes_through_sequences (const TnValue *dict)
{
  const char *type = tn_layer_dict_class (dict);

  return tn_layer_dict_states (dict) > 0 && !g_str_has_suffix (type, "Cell")
         && strcmp (type, "StackedRNNCells") != 0;
}

static gboolean
bidirectional_holds (guint param, const TnSchema *inner)
{
  static const char *const types[]
      = { "LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", NULL };

  return g_strv_contains (types, inner->type);
}

static gboolean
check_direction (const TnNode *node, guint param, TnReport *report)
{
  const TnValue *dict = tn_node_get (node, param);
  TnIssue *issue;

  if (dict == NULL || tn_value_is_none (dict) || goes_through_sequences (dict))
    return TRUE;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s goes both ways through a sequence, for which it needs a recurrent "
                            "layer (LSTM, GRU, SimpleRNN, RNN, ConvLSTM), not a %s."),
                         tn_node_name (node), tn_layer_dict_class (dict));
  if (issue != NULL)
    issue->param = tn_node_schema (node)->params[param].name;
  return FALSE;
}

static gboolean
bidirectional_check (const TnNode *node, TnReport *report)
{
  static const char *const common[] = { "stateful", "return_sequences", "return_state" };
  const TnValue *forward = tn_node_get (node, BI_LAYER);
  const TnValue *backward = tn_node_get (node, BI_BACKWARD_LAYER);
  TnIssue *issue;

  if (!check_direction (node, BI_LAYER, report)
      || !check_direction (node, BI_BACKWARD_LAYER, report))
    return FALSE;
  if (backward == NULL || tn_value_is_none (backward))
    return TRUE;
  if (tn_layer_dict_flag (forward, "go_backwards") == tn_layer_dict_flag (backward, "go_backwards"))
    {
      issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                             _ ("Both layers of %s go the same way through the sequence; set "
                                "go_backwards in its backward_layer."),
                             tn_node_name (node));
      if (issue != NULL)
        issue->param = "backward_layer";
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    if (tn_layer_dict_flag (forward, common[i]) != tn_layer_dict_flag (backward, common[i]))
      {
        issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                               _ ("The two layers of %s must have the same %s."),
                               tn_node_name (node), common[i]);
        if (issue != NULL)
          issue->param = "backward_layer";
        return FALSE;
      }
  return TRUE;
}

/* "forward_lstm", also from a layer that is called so already. */
static char *
directed_name (const char *direction, const char *name)
{
  return g_strconcat (direction, "_", g_str_has_prefix (name, "forward_") ? name + 8 : name, NULL);
}

/* Both directions' outputs as one, or side by side. Of two that differ Keras infers the first. */
static void
merge_directions (TnRule *rule, const TnShape *forward, const TnShape *backward, TnShape *merged)
{
  const char *mode = tn_node_string (tn_rule_node (rule), BI_MERGE_MODE);
  int last = forward->rank - 1;
  g_autofree char *a = NULL, *b = NULL;
  TnIssue *issue;

  *merged = *forward;
  if (strcmp (mode, "concat") == 0)
    {
      /* Keras infers twice the forward layer's width; running it gives both. */
      merged->dims[last]
          = tn_rule_sum (rule, (TnDim[]){ forward->dims[last], backward->dims[last] }, 2);
      return;
    }
  if (forward->rank == backward->rank && forward->dims[last].size == backward->dims[last].size)
    return;
  a = tn_shape_to_text (forward);
  b = tn_shape_to_text (backward);
  issue = tn_rule_cannot_run (rule, "param", -1,
                              _ ("%s is to join its two directions number by number (%s), but one "
                                 "puts out %s and the other %s; give both the same units, or use "
                                 "concat."),
                              tn_node_name (tn_rule_node (rule)), mode, a, b);
  if (issue != NULL)
    issue->param = "merge_mode";
}

/* One direction: the layer's rule on the sequence and its half of the initial states. */
static gboolean
apply_direction (TnRule *rule, const TnNode *layer, const TnShape *sequence, guint first_state,
                 guint n_states, const char *prefix, TnLayerResult *result)
{
  TnShape inputs[1 + TN_MAX_STATES];
  guint n_inputs = 1;
  gboolean fits;

  inputs[0] = *sequence;
  for (guint i = 0; i < n_states && n_inputs < G_N_ELEMENTS (inputs); i++)
    inputs[n_inputs++] = tn_rule_has_input (rule, first_state + i)
                             ? tn_rule_input (rule, first_state + i)
                             : tn_shape_none ();
  fits = tn_rule_apply_inner (rule, layer, inputs, n_inputs, result);
  tn_rule_inner_weights (rule, prefix, result);
  tn_rule_macs (rule, tn_dim (result->macs));
  return fits || result->n_outputs > 0;
}

static guint
bidirectional_base (const TnNode *node)
{
  return tn_node_is_none (node, BI_MERGE_MODE) ? 2 : 1;
}

static guint
bidirectional_outputs (const TnNode *node)
{
  const TnValue *layer = tn_node_get (node, BI_LAYER);

  return tn_sequence_outputs (layer != NULL && tn_layer_dict_flag (layer, "return_state"),
                              bidirectional_base (node),
                              layer != NULL ? 2 * tn_layer_dict_states (layer) : 0);
}

static const char *
bidirectional_output_name (const TnNode *node, guint output)
{
  guint base = bidirectional_base (node);
  guint n_states = tn_node_n_outputs (node) - base;

  if (output < base)
    return base == 1 ? "output" : output == 0 ? "forward output" : "backward output";
  if (n_states == 4)
    {
      static const char *const names[]
          = { "forward state h", "forward state c", "backward state h", "backward state c" };
      return names[MIN (output - base, 3)];
    }
  return output - base < n_states / 2 ? "forward state" : "backward state";
}

/* What both directions put out, as this layer's outputs. */
static void
bidirectional_put (TnRule *rule, const TnLayerResult *forward, const TnLayerResult *backward)
{
  TnShape merged;
  guint room = TN_MAX_OUTPUTS - bidirectional_base (tn_rule_node (rule));
  guint n_states = MAX (forward->n_outputs, 1) + MAX (backward->n_outputs, 1) - 2;

  if (n_states > room)
    tn_rule_too_many_states (rule, n_states, room, "layer");
  if (bidirectional_base (tn_rule_node (rule)) == 2)
    {
      tn_rule_output (rule, &forward->outputs[0]);
      tn_rule_output (rule, &backward->outputs[0]);
    }
  else
    {
      merge_directions (rule, &forward->outputs[0], &backward->outputs[0], &merged);
      tn_rule_output (rule, &merged);
    }
  for (guint i = 1; i < forward->n_outputs && room > 0; i++, room--)
    tn_rule_output (rule, &forward->outputs[i]);
  for (guint i = 1; i < backward->n_outputs && room > 0; i++, room--)
    tn_rule_output (rule, &backward->outputs[i]);
}

static TnNode *
backward_layer (const TnNode *node, const TnNode *forward)
{
  g_autoptr (TnValue) dict = tn_node_value (node, BI_LAYER);
  g_autoptr (TnValue) turned = NULL;

  if (!tn_node_is_none (node, BI_BACKWARD_LAYER))
    return tn_layer_inner (node, BI_BACKWARD_LAYER, 0);
  turned = tn_layer_reversed (dict);
  return tn_node_new_inner (tn_node_schema (forward), tn_node_name (forward),
                            tn_value_lookup (turned, "config"));
}

/* What the weights of the way back are called; new string. */
static char *
backward_weights (const TnNode *node, const TnNode *forward, const TnNode *backward)
{
  if (tn_node_is_none (node, BI_BACKWARD_LAYER))
    return directed_name ("backward", tn_node_name (backward));
  if (g_str_equal (tn_node_name (backward), tn_node_name (forward)))
    return g_strconcat (tn_node_name (backward), "_1", NULL);
  return g_strdup (tn_node_name (backward));
}

/* The steps of @dict's sequence have so many axes, without the batch's. */
static int
axes_per_step (const TnValue *dict)
{
  const char *type = tn_layer_dict_class (dict);

  return g_str_has_prefix (type, "ConvLSTM") ? type[strlen ("ConvLSTM")] - '0' + 1 : 1;
}

static void
bidirectional_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  g_autoptr (TnValue) dict = tn_node_value (node, BI_LAYER);
  g_autoptr (TnNode) forward = NULL;
  g_autoptr (TnNode) backward = NULL;
  g_autofree char *forward_name = NULL, *backward_name = NULL;
  TnLayerResult results[2] = { { .state = TN_RESULT_NONE }, { .state = TN_RESULT_NONE } };
  guint n_states = tn_layer_dict_states (dict);
  TnShape sequence;

  if (!tn_rule_sequence (rule, axes_per_step (dict), FALSE, &sequence))
    return;
  if (axes_per_step (dict) == 1 && !tn_rule_features (rule, &sequence, &sequence.dims[2]))
    return;
  forward = tn_rule_inner (rule, BI_LAYER, 0);
  if (forward == NULL)
    return;
  backward = backward_layer (node, forward);
  if (backward == NULL)
    {
      g_autoptr (TnNode) unknown = tn_rule_inner (rule, BI_BACKWARD_LAYER, 0);

      g_return_if_fail (unknown == NULL);
      return;
    }
  forward_name = directed_name ("forward", tn_node_name (forward));
  backward_name = backward_weights (node, forward, backward);
  /* What the one cannot do, the other cannot either: it is said once. */
  if (apply_direction (rule, forward, &sequence, 1, n_states, forward_name, &results[0])
      && apply_direction (rule, backward, &sequence, 1 + n_states, n_states, backward_name,
                          &results[1]))
    bidirectional_put (rule, &results[0], &results[1]);
  tn_layer_result_clear (&results[0]);
  tn_layer_result_clear (&results[1]);
}

static gboolean
bidirectional_runs (const TnNode *node)
{
  g_autoptr (TnNode) forward = tn_layer_inner (node, BI_LAYER, 0);
  g_autoptr (TnNode) backward = forward != NULL ? backward_layer (node, forward) : NULL;

  return backward != NULL && tn_layer_can_run (forward) && tn_layer_can_run (backward);
}

/* One direction on the sequence and its half of the initial states. */
static gboolean
lower_direction (TnLower *lower, const TnNode *layer, const char *prefix, guint first_state,
                 guint n_states, TnTensorId *outputs)
{
  TnTensorId inputs[1 + TN_MAX_STATES], masks[1 + TN_MAX_STATES];
  guint n_inputs = 1;

  inputs[0] = tn_lower_input (lower, 0);
  masks[0] = tn_lower_mask (lower, 0);
  for (guint i = 0; i < n_states && n_inputs < G_N_ELEMENTS (inputs); i++, n_inputs++)
    {
      inputs[n_inputs] = first_state + i < tn_lower_n_inputs (lower)
                             ? tn_lower_input (lower, first_state + i)
                             : TN_TENSOR_ABSENT;
      masks[n_inputs] = TN_TENSOR_ABSENT;
    }
  return tn_lower_inner (lower, layer, prefix, inputs, masks, n_inputs, outputs);
}

static TnTensorId
lower_merge (TnLower *lower, const char *mode, TnTensorId forward, TnTensorId backward)
{
  TnOpSettings last = { .axis = tn_lower_shape (lower, forward)->rank - 1 };
  TnTensorId sum;

  if (strcmp (mode, "concat") == 0)
    return tn_lower_call (lower, &tn_op_concatenate, &last, (TnTensorId[]){ forward, backward }, 2);
  if (strcmp (mode, "mul") == 0)
    return tn_lower_binary (lower, TN_BINARY_MULTIPLY, forward, backward);
  sum = tn_lower_binary (lower, TN_BINARY_ADD, forward, backward);
  return strcmp (mode, "ave") == 0 ? tn_lower_affine (lower, sum, 0.5, 0) : sum;
}

static void
bidirectional_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const TnValue *dict = tn_node_get (node, BI_LAYER);
  guint n_states = tn_layer_dict_states (dict);
  guint n_given = tn_layer_dict_flag (dict, "return_state") ? n_states : 0;
  gboolean sequences = tn_layer_dict_flag (dict, "return_sequences");
  g_autoptr (TnNode) forward = tn_layer_inner (node, BI_LAYER, 0);
  g_autoptr (TnNode) backward = backward_layer (node, forward);
  g_autofree char *forward_name = directed_name ("forward", tn_node_name (forward));
  g_autofree char *backward_name = backward_weights (node, forward, backward);
  TnTensorId one[TN_MAX_OUTPUTS], other[TN_MAX_OUTPUTS];
  TnTensorId mask = sequences ? tn_lower_mask (lower, 0) : TN_TENSOR_ABSENT;

  tn_lower_direct (lower);
  if (!lower_direction (lower, forward, forward_name, 1, n_states, one)
      || !lower_direction (lower, backward, backward_name, 1 + n_states, n_states, other))
    return;
  if (sequences)
    {
      TnOpSettings round = { .axis = 1, .backwards = TRUE };

      other[0] = tn_lower_call (lower, &tn_op_stride, &round, &other[0], 1);
    }
  if (bidirectional_base (node) == 2)
    {
      tn_lower_output (lower, one[0]);
      tn_lower_output (lower, other[0]);
      tn_lower_output_mask (lower, 1, mask);
    }
  else
    tn_lower_output (lower,
                     lower_merge (lower, tn_node_string (node, BI_MERGE_MODE), one[0], other[0]));
  tn_lower_output_mask (lower, 0, mask);
  for (guint i = 0; i < n_given; i++)
    tn_lower_output (lower, one[1 + i]);
  for (guint i = 0; i < n_given; i++)
    tn_lower_output (lower, other[1 + i]);
}

static char *
bidirectional_brief (const TnNode *node)
{
  g_autofree char *inner = tn_brief_inner (node, BI_LAYER);
  const char *mode
      = tn_node_is_none (node, BI_MERGE_MODE) ? "None" : tn_node_string (node, BI_MERGE_MODE);

  if (strcmp (mode, "concat") == 0)
    return g_steal_pointer (&inner);
  return g_strdup_printf ("%s, %s", inner, mode);
}

static const TnLayerExample bidirectional_examples[] = {
  { "layer={'class_name': 'LSTM', 'config': {'units': 4}}", "(None, 7, 3)", "(None, 8)", NULL },
  { "layer={'class_name': 'GRU', 'config': {'units': 4, 'return_sequences': True}}, merge_mode=sum",
    "(None, None, 5)", "(None, None, 4)", NULL },
  { "layer={'class_name': 'LSTM', 'config': {'units': 4}}, backward_layer={'class_name': 'LSTM', "
    "'config': {'units': 6, 'go_backwards': True}}",
    "(None, 7, 3)", "(None, 10)", NULL },
  { "layer={'class_name': 'LSTM', 'config': {'units': 4}}, merge_mode=sum, "
    "backward_layer={'class_name': 'LSTM', 'config': {'units': 6, 'go_backwards': True}}",
    "(None, 7, 3)", NULL, "param" },
  { "layer={'class_name': 'LSTM', 'config': {'units': 4}}, backward_layer={'class_name': 'LSTM', "
    "'config': {'units': 4}}",
    "(None, 7, 3)", NULL, "param" },
  { "layer={'class_name': 'RNN', 'config': {'return_state': True, 'cell': {'class_name': "
    "'StackedRNNCells', 'config': {'cells': [{'class_name': 'LSTMCell', 'config': {'units': 4}}, "
    "{'class_name': 'LSTMCell', 'config': {'units': 4}}]}}}}",
    "(None, 7, 3)", NULL, "param" },
  { "layer={'class_name': 'Dense', 'config': {'units': 4}}", "(None, 7, 3)", NULL, "param" },
  { "layer={'class_name': 'LSTM', 'config': {'units': 4}}", "(None, 5)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_bidirectional = {
  TN_LAYER_SEQUENCE ("Bidirectional", "bidirectional", bidirectional_params, 1 + TN_MAX_STATES,
                     bidirectional_outputs, bidirectional_output_name),
  .label = N_ ("Bidirectional"),
  .summary = N_ ("Goes through a sequence from both ends with two recurrent layers and joins what "
                 "they put out."),
  .keywords = N_ ("recurrent sequence time series text memory rnn lstm gru both directions "
                  "wrapper bilstm"),
  .icon = "tenon-layer-wrapper-symbolic",
  .check = bidirectional_check,
  .holds = bidirectional_holds,
  .kept = wrapper_kept,
  .shapes = bidirectional_shapes,
  .lower = bidirectional_lower,
  .runs = bidirectional_runs,
  .brief = bidirectional_brief,
  .examples = bidirectional_examples,
};

/* ---- TimeDistributed ---- */

enum
{
  TIME_LAYER,
  TIME_N_PARAMS,
};

static const TnParam time_distributed_params[TIME_N_PARAMS] = {
  [TIME_LAYER] = TN_PARAM_INNER ("layer", N_ ("Layer"), TN_PARAM_REQUIRED,
                                 "{'class_name': 'Dense', 'config': {'units': 64}}",
                                 N_ ("The layer that is applied to every step by itself, with the "
                                     "same weights.")),
};

static gboolean
takes_one_gives_one (TnRule *rule, const TnNode *inner)
{
  TnIssue *issue;

  if (tn_node_schema (inner)->min_inputs <= 1 && tn_node_n_outputs (inner) == 1)
    return TRUE;
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1,
                         _ ("%s takes a layer through the steps that has one input and one output; "
                            "this %s has more."),
                         tn_node_name (tn_rule_node (rule)), tn_node_schema (inner)->type);
  if (issue != NULL)
    issue->param = "layer";
  return FALSE;
}

static void
time_distributed_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0), step, out;
  g_autoptr (TnNode) inner = NULL;
  g_autofree char *got = NULL;
  TnLayerResult result = { .state = TN_RESULT_NONE };
  TnIssue *issue;

  if (input.rank < 3)
    {
      got = tn_shape_to_text (&input);
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", 0,
                             _ ("%s applies its layer to every step of a sequence, for which at "
                                "least 3 dimensions (batch, steps, …) have to arrive, not %s from "
                                "%s."),
                             tn_node_name (tn_rule_node (rule)), got, tn_rule_source (rule, 0));
      if (issue != NULL)
        issue->expected = (TnShape){ .rank = 3,
                                     .dims = { tn_dim (TN_DIM_UNKNOWN), tn_dim (TN_DIM_UNKNOWN),
                                               tn_dim (TN_DIM_UNKNOWN) } };
      return;
    }
  inner = tn_rule_inner (rule, TIME_LAYER, 0);
  if (inner == NULL || !takes_one_gives_one (rule, inner))
    return;
  step = (TnShape){ .rank = input.rank - 1, .dims = { input.dims[0] } };
  for (int axis = 1; axis < step.rank; axis++)
    step.dims[axis] = input.dims[axis + 1];
  tn_rule_apply_inner (rule, inner, &step, 1, &result);
  tn_rule_inner_weights (rule, tn_node_name (inner), &result);
  tn_rule_macs (rule, tn_rule_multiply (rule, input.dims[1], tn_dim (result.macs)));
  if (result.n_outputs == 1 && result.outputs[0].rank >= 1 && result.outputs[0].rank < TN_MAX_RANK)
    {
      out = (TnShape){ .rank = result.outputs[0].rank + 1,
                       .dims = { result.outputs[0].dims[0], input.dims[1] } };
      for (int axis = 2; axis < out.rank; axis++)
        out.dims[axis] = result.outputs[0].dims[axis - 1];
      tn_rule_output (rule, &out);
    }
  tn_layer_result_clear (&result);
}

static gboolean
time_distributed_runs (const TnNode *node)
{
  g_autoptr (TnNode) inner = tn_layer_inner (node, TIME_LAYER, 0);

  return inner != NULL && tn_layer_can_run (inner);
}

/* All steps of all samples go through the layer as one large batch. */
static void
time_distributed_lower (TnLower *lower)
{
  g_autoptr (TnNode) inner = tn_layer_inner (tn_lower_node (lower), TIME_LAYER, 0);
  TnTensorId input = tn_lower_input (lower, 0), outputs[TN_MAX_OUTPUTS];
  TnShape whole = *tn_lower_shape (lower, input), out;

  input = tn_lower_join (lower, input, 0, 2);
  if (!tn_lower_inner (lower, inner, tn_node_name (inner), &input, NULL, 1, outputs))
    return;
  out = *tn_lower_shape (lower, outputs[0]);
  if (out.rank < 1 || out.rank == TN_MAX_RANK
      || out.dims[0].size != whole.dims[0].size * whole.dims[1].size)
    {
      tn_lower_refuse (lower, _ ("its layer does not put out something for each step"));
      return;
    }
  for (int axis = out.rank; axis > 1; axis--)
    out.dims[axis] = out.dims[axis - 1];
  out.rank++;
  out.dims[0] = whole.dims[0];
  out.dims[1] = whole.dims[1];
  tn_lower_output (lower, tn_lower_reshape (lower, outputs[0], &out));
}

static char *
time_distributed_brief (const TnNode *node)
{
  return tn_brief_inner (node, TIME_LAYER);
}

static const TnLayerExample time_distributed_examples[] = {
  { "layer={'class_name': 'Dense', 'config': {'units': 4}}", "(None, 7, 3)", "(None, 7, 4)", NULL },
  { "layer={'class_name': 'MaxPooling2D', 'config': {}}", "(None, None, 8, 8, 3)",
    "(None, None, 4, 4, 3)", NULL },
  { "layer={'class_name': 'LSTM', 'config': {'units': 3, 'return_state': True}}", "(None, 7, 6, 3)",
    NULL, "param" },
  { "layer={'class_name': 'Conv2D', 'config': {'filters': 3, 'kernel_size': 30}}",
    "(2, 7, 8, 8, 3)", NULL, "window-size" },
  { "layer={'class_name': 'Dense', 'config': {'units': 4}}", "(None, 4)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_time_distributed = {
  TN_LAYER_UNARY ("TimeDistributed", "time_distributed", time_distributed_params,
                  TN_FAMILY_RECURRENT),
  .label = N_ ("For every step"),
  .summary = N_ ("Applies a layer to every step of a sequence by itself, always with the same "
                 "weights."),
  .keywords = N_ ("recurrent sequence time distributed steps film video wrapper each"),
  .icon = "tenon-layer-wrapper-symbolic",
  .kept = wrapper_kept,
  .holds = tn_holds_one_to_one,
  .shapes = time_distributed_shapes,
  .lower = time_distributed_lower,
  .runs = time_distributed_runs,
  .masks = TN_MASKS_PASS,
  .brief = time_distributed_brief,
  .examples = time_distributed_examples,
};

const TnLayer *const tn_layers_recurrent_wrappers[]
    = { &layer_bidirectional, &layer_time_distributed, NULL };
