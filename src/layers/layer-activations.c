/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activation layers: ReLU, Softmax. */
#include <math.h>

#include "layers/tn-params.h"

/* ---- ReLU ---- */

enum
{
  RELU_MAX_VALUE,
  RELU_NEGATIVE_SLOPE,
  RELU_THRESHOLD,
  RELU_N_PARAMS,
};

static const TnParam relu_params[RELU_N_PARAMS] = {
  [RELU_MAX_VALUE] = { .name = "max_value",
                       .label = N_ ("Largest value"),
                       .kind = TN_PARAM_FLOAT,
                       .flags = TN_PARAM_OPTIONAL,
                       .minimum = 0,
                       .fallback = TN_DEFAULT_NONE,
                       .help = N_ ("What larger numbers are cut to; None for no limit.") },
  [RELU_NEGATIVE_SLOPE] = { .name = "negative_slope",
                            .label = N_ ("Negative slope"),
                            .kind = TN_PARAM_FLOAT,
                            .minimum = 0,
                            .fallback = TN_DEFAULT_FLOAT (0),
                            .help = N_ ("What numbers below the threshold are multiplied by; 0 "
                                        "makes them zero.") },
  [RELU_THRESHOLD] = { .name = "threshold",
                       .label = N_ ("Threshold"),
                       .kind = TN_PARAM_FLOAT,
                       .minimum = 0,
                       .fallback = TN_DEFAULT_FLOAT (0),
                       .help = N_ ("Numbers below it count as negative.") },
};

static void
same_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);

  tn_rule_output (rule, &shape);
}

static void
relu_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId input = tn_lower_input (lower, 0);
  TnOpSettings settings = {
    .activation = TN_ACTIVATION_PIECEWISE,
    .params
    = { tn_node_is_none (node, RELU_MAX_VALUE) ? INFINITY
                                               : (float)tn_node_float (node, RELU_MAX_VALUE),
        (float)tn_node_float (node, RELU_NEGATIVE_SLOPE),
        (float)tn_node_float (node, RELU_THRESHOLD) },
  };

  tn_lower_output (lower, tn_lower_call (lower, &tn_op_activation, &settings, &input, 1));
}

static const TnLayerExample relu_examples[] = {
  { "", "(None, 26, 26, 32)", "(None, 26, 26, 32)", NULL },
  { "max_value=6, negative_slope=0.1, threshold=0.5", "(None, 4)", "(None, 4)", NULL },
  { "threshold=-1.0", "(None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_relu = {
  .schema = { .type = "ReLU",
              .auto_name = "re_lu",
              .params = relu_params,
              .n_params = RELU_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_ACTIVATIONS,
  .label = N_ ("ReLU"),
  .summary = N_ ("Sets negative numbers to zero and leaves the others; the shape stays."),
  .keywords = N_ ("rectifier activation nonlinearity relu6"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = same_shapes,
  .lower = relu_lower,
  .examples = relu_examples,
};

/* ---- Softmax ---- */

enum
{
  SOFTMAX_AXIS,
  SOFTMAX_N_PARAMS,
};

static const TnParam softmax_params[SOFTMAX_N_PARAMS] = {
  [SOFTMAX_AXIS] = { .name = "axis",
                     .label = N_ ("Axis"),
                     .kind = TN_PARAM_AXES,
                     .fallback = TN_DEFAULT_INT (-1),
                     .help = N_ ("Along which axis the numbers are made to add up to 1; -1 is the "
                                 "last.") },
};

/* The axes as counted from the front, @n of them; FALSE when one is out of range or named twice. */
static gboolean
softmax_axes (const TnNode *node, const TnShape *shape, int *axes, guint *n)
{
  g_autoptr (TnValue) value = tn_node_value (node, SOFTMAX_AXIS);
  gboolean list = tn_value_kind (value) == TN_VALUE_LIST;
  guint seen = 0;

  *n = list ? (guint)tn_value_size (value) : 1;
  if (*n > TN_MAX_RANK)
    return FALSE;
  for (guint i = 0; i < *n; i++)
    {
      axes[i] = tn_shape_axis (shape, tn_value_int (list ? tn_value_at (value, i) : value));
      if (axes[i] < 0 || (seen & 1u << axes[i]) != 0)
        return FALSE;
      seen |= 1u << axes[i];
    }
  return TRUE;
}

static void
softmax_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);
  int axes[TN_MAX_RANK];
  guint n;

  if (!softmax_axes (node, &shape, axes, &n))
    {
      g_autofree char *got = tn_shape_to_text (&shape);
      g_autoptr (TnValue) value = tn_node_value (node, SOFTMAX_AXIS);
      g_autofree char *axis = tn_value_to_text (value);
      TnIssue *issue
          = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                           _ ("%s works along axis %s, but %s from %s has %d axes, "
                              "each of which can be named once."),
                           tn_node_name (node), axis, got, tn_rule_source (rule, 0), shape.rank);

      if (issue != NULL)
        issue->param = "axis";
      tn_rule_assume (rule, &shape);
      return;
    }
  tn_rule_output (rule, &shape);
}

static void
softmax_lower (TnLower *lower)
{
  TnTensorId input = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, input), joined = { 0 }, moved = { 0 };
  int axes[TN_MAX_RANK], forth[TN_MAX_RANK], back[TN_MAX_RANK];
  guint n, place = 0;
  gboolean ok = softmax_axes (tn_lower_node (lower), &shape, axes, &n);
  TnOpSettings settings = { 0 };

  g_assert (ok);
  if (n == 1)
    {
      settings.axis = axes[0];
      tn_lower_output (lower, tn_lower_call (lower, &tn_op_softmax, &settings, &input, 1));
      return;
    }
  /* Several axes: brought to the end, joined into one, and taken apart again. */
  for (int axis = 0; axis < shape.rank; axis++)
    {
      gboolean named = FALSE;

      for (guint i = 0; i < n; i++)
        named |= axes[i] == axis;
      if (!named)
        forth[place++] = axis;
    }
  joined.rank = (gint32)place + 1;
  joined.dims[place] = tn_dim (1);
  for (guint i = 0; i < n; i++)
    {
      joined.dims[place].size *= shape.dims[axes[i]].size;
      forth[(guint)joined.rank - 1 + i] = axes[i];
    }
  moved.rank = shape.rank;
  for (int axis = 0; axis < shape.rank; axis++)
    {
      moved.dims[axis] = shape.dims[forth[axis]];
      if (axis < (int)place)
        joined.dims[axis] = moved.dims[axis];
      back[forth[axis]] = axis;
    }
  settings.axis = joined.rank - 1;
  input = tn_lower_transpose (lower, input, forth);
  input = tn_lower_reshape (lower, input, &joined);
  input = tn_lower_call (lower, &tn_op_softmax, &settings, &input, 1);
  input = tn_lower_reshape (lower, input, &moved);
  tn_lower_output (lower, tn_lower_transpose (lower, input, back));
}

static const TnLayerExample softmax_examples[] = {
  { "", "(None, 10)", "(None, 10)", NULL },
  { "axis=1", "(2, 3, 4)", "(2, 3, 4)", NULL },
  { "axis=(1, 2)", "(2, 3, 4)", "(2, 3, 4)", NULL },
  { "axis=5", "(None, 4)", NULL, "axis" },
  { NULL },
};

static const TnLayer layer_softmax = {
  .schema = { .type = "Softmax",
              .auto_name = "softmax",
              .params = softmax_params,
              .n_params = SOFTMAX_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_ACTIVATIONS,
  .label = N_ ("Softmax"),
  .summary = N_ ("Turns numbers into shares that are positive and add up to 1."),
  .keywords = N_ ("probability classification activation normalize"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = softmax_shapes,
  .lower = softmax_lower,
  .examples = softmax_examples,
};

const TnLayer *const tn_layers_activations[] = { &layer_relu, &layer_softmax, NULL };
