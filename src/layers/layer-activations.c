/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activation layers: ReLU and its kin, Softmax. */
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

/* Without slope and threshold it is one of the activations that products do themselves. */
static TnActivation
relu_kind (float max_value, float slope, float threshold)
{
  if (slope != 0.0f || threshold != 0.0f)
    return TN_ACTIVATION_PIECEWISE;
  if (max_value == 6.0f)
    return TN_ACTIVATION_RELU6;
  return isinf (max_value) ? TN_ACTIVATION_RELU : TN_ACTIVATION_PIECEWISE;
}

static void
relu_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId input = tn_lower_input (lower, 0);
  float max_value = tn_node_is_none (node, RELU_MAX_VALUE)
                        ? INFINITY
                        : (float)tn_node_float (node, RELU_MAX_VALUE);
  float slope = (float)tn_node_float (node, RELU_NEGATIVE_SLOPE);
  float threshold = (float)tn_node_float (node, RELU_THRESHOLD);
  TnOpSettings settings = { .activation = relu_kind (max_value, slope, threshold) };

  if (settings.activation == TN_ACTIVATION_PIECEWISE)
    {
      settings.params[0] = max_value;
      settings.params[1] = slope;
      settings.params[2] = threshold;
    }
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
  .masks = TN_MASKS_PASS,
  .examples = relu_examples,
};

/* ---- LeakyReLU ---- */

enum
{
  LEAKY_NEGATIVE_SLOPE,
  LEAKY_N_PARAMS,
};

static const TnParam leaky_relu_params[LEAKY_N_PARAMS] = {
  [LEAKY_NEGATIVE_SLOPE] = { .name = "negative_slope",
                             .label = N_ ("Negative slope"),
                             .kind = TN_PARAM_FLOAT,
                             .minimum = 0,
                             .fallback = TN_DEFAULT_FLOAT (0.3),
                             .old_name = "alpha",
                             .help = N_ ("What negative numbers are multiplied by.") },
};

static void
leaky_relu_lower (TnLower *lower)
{
  TnTensorId input = tn_lower_input (lower, 0);
  TnOpSettings settings = {
    .activation = TN_ACTIVATION_LEAKY_RELU,
    .params = { (float)tn_node_float (tn_lower_node (lower), LEAKY_NEGATIVE_SLOPE) },
  };

  tn_lower_output (lower, tn_lower_call (lower, &tn_op_activation, &settings, &input, 1));
}

static const TnLayerExample leaky_relu_examples[] = {
  { "", "(None, 4)", "(None, 4)", NULL },
  { "negative_slope=0.1", "(None, 7, None, 3)", "(None, 7, None, 3)", NULL },
  { "negative_slope=-1", "(None, 4)", NULL, "param" },
  { "negative_slope=None", "(None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_leaky_relu = {
  .schema = { .type = "LeakyReLU",
              .auto_name = "leaky_re_lu",
              .params = leaky_relu_params,
              .n_params = LEAKY_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_ACTIVATIONS,
  .label = N_ ("Leaky ReLU"),
  .summary = N_ ("Makes negative numbers smaller instead of zero, so that they go on learning."),
  .keywords = N_ ("rectifier activation nonlinearity slope gan"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = same_shapes,
  .lower = leaky_relu_lower,
  .masks = TN_MASKS_PASS,
  .examples = leaky_relu_examples,
};

/* ---- PReLU ---- */

enum
{
  PRELU_ALPHA_INITIALIZER,
  PRELU_ALPHA_REGULARIZER,
  PRELU_ALPHA_CONSTRAINT,
  PRELU_SHARED_AXES,
  PRELU_N_PARAMS,
};

static const TnParam prelu_params[PRELU_N_PARAMS] = {
  [PRELU_ALPHA_INITIALIZER]
  = TN_PARAM_INITIALIZER ("alpha_initializer", N_ ("Slope initializer"), "zeros",
                          N_ ("How the slopes are chosen before training.")),
  [PRELU_ALPHA_REGULARIZER]
  = TN_PARAM_REGULARIZER ("alpha_regularizer", N_ ("Slope regularizer"),
                          N_ ("A penalty in training that keeps the slopes small.")),
  [PRELU_ALPHA_CONSTRAINT]
  = TN_PARAM_CONSTRAINT ("alpha_constraint", N_ ("Slope constraint"),
                         N_ ("A rule that the slopes are made to obey after each training step.")),
  [PRELU_SHARED_AXES] = { .name = "shared_axes",
                          .label = N_ ("Shared axes"),
                          .kind = TN_PARAM_AXES,
                          .flags = TN_PARAM_OPTIONAL | TN_PARAM_EMPTY,
                          .fallback = TN_DEFAULT_NONE,
                          .help = N_ ("Axes along which one slope serves all: (1, 2) gives an "
                                      "image one slope per channel.") },
};

/* A slope for every number of a sample, but for the shared axes (bits of @sharing). FALSE when one
 * of these is out of range. */
static gboolean
prelu_slopes (const TnNode *node, const TnShape *input, TnShape *slopes, guint *sharing,
              gint64 *offending)
{
  gint64 shared[TN_MAX_RANK];
  guint n = 0;

  slopes->rank = input->rank - 1;
  for (int axis = 1; axis < input->rank; axis++)
    slopes->dims[axis - 1] = input->dims[axis];
  if (!tn_node_is_none (node, PRELU_SHARED_AXES))
    tn_node_axes (node, PRELU_SHARED_AXES, shared, &n);
  for (guint i = 0; i < n; i++)
    {
      int axis = tn_shape_axis (slopes, shared[i] == G_MININT64 ? shared[i] : shared[i] - 1);

      *offending = shared[i];
      if (axis < 0)
        return FALSE;
      slopes->dims[axis] = tn_dim (1);
      *sharing |= 1u << (axis + 1);
    }
  return TRUE;
}

static void
prelu_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0), slopes = { 0 };
  g_autofree char *got = tn_shape_to_text (&input);
  gint64 offending = 0;
  guint sharing = 0;
  TnIssue *issue;

  if (!prelu_slopes (node, &input, &slopes, &sharing, &offending))
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                             _ ("%s shares its slopes along axis %" PRIi64
                                ", but %s from %s has only %d axes, the batch included."),
                             tn_node_name (node), offending, got, tn_rule_source (rule, 0),
                             input.rank);
      if (issue != NULL)
        issue->param = "shared_axes";
      tn_rule_assume (rule, &input);
      return;
    }
  for (int axis = 1; axis < input.rank; axis++)
    {
      if ((sharing & 1u << axis) != 0
          || !tn_rule_check_pin (rule, "kernel-width", 0, axis, &slopes.dims[axis - 1])
          || tn_dim_is_known (slopes.dims[axis - 1]))
        continue;
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                             _ ("%s keeps a slope for every number of a sample, so axis %d must be "
                                "known, but in %s from %s it is open; share the slopes "
                                "along it, or give it a size."),
                             tn_node_name (node), axis, got, tn_rule_source (rule, 0));
      if (issue != NULL)
        issue->axis = axis - input.rank;
    }
  tn_rule_weight (rule, "alpha", &slopes, TRUE, PRELU_ALPHA_INITIALIZER, 0);
  tn_rule_output (rule, &input);
}

/* max (x, 0) - alpha · max (-x, 0) */
static void
prelu_lower (TnLower *lower)
{
  TnTensorId input = tn_lower_input (lower, 0);
  TnTensorId negative = tn_lower_affine (lower, input, -1, 0);
  TnOpSettings times = { .binary = TN_BINARY_MULTIPLY }, minus = { .binary = TN_BINARY_SUBTRACT };
  TnTensorId alpha = tn_lower_weight (lower, "alpha");

  negative = tn_lower_activation (lower, negative, "relu");
  negative = tn_lower_call (lower, &tn_op_binary, &times, (TnTensorId[]){ negative, alpha }, 2);
  input = tn_lower_activation (lower, input, "relu");
  tn_lower_output (
      lower, tn_lower_call (lower, &tn_op_binary, &minus, (TnTensorId[]){ input, negative }, 2));
}

static const TnLayerExample prelu_examples[] = {
  { "", "(None, 7, 8, 3)", "(None, 7, 8, 3)", NULL },
  { "shared_axes=(1, 2)", "(None, None, None, 3)", "(None, None, None, 3)", NULL },
  { "", "(None, None, 5)", NULL, "unknown-dim" },
  { "shared_axes=3", "(None, 4)", NULL, "axis" },
  { NULL },
};

static const TnLayer layer_prelu = {
  .schema = { .type = "PReLU",
              .auto_name = "p_re_lu",
              .params = prelu_params,
              .n_params = PRELU_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_ACTIVATIONS,
  .label = N_ ("Parametric ReLU"),
  .summary = N_ ("A leaky ReLU that learns its slopes, one for every number of a sample."),
  .keywords = N_ ("rectifier activation nonlinearity learned slope alpha"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = prelu_shapes,
  .lower = prelu_lower,
  .masks = TN_MASKS_PASS,
  .examples = prelu_examples,
};

/* ---- ELU ---- */

enum
{
  ELU_ALPHA,
  ELU_N_PARAMS,
};

static const TnParam elu_params[ELU_N_PARAMS] = {
  [ELU_ALPHA] = { .name = "alpha",
                  .label = N_ ("Alpha"),
                  .kind = TN_PARAM_FLOAT,
                  .flags = TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED,
                  .fallback = TN_DEFAULT_FLOAT (1),
                  .help = N_ ("Very negative numbers come out as the negative of this.") },
};

/* Keras takes None, but cannot compute with it. */
static gboolean
elu_runs (const TnNode *node)
{
  return !tn_node_is_none (node, ELU_ALPHA);
}

static void
elu_lower (TnLower *lower)
{
  TnTensorId input = tn_lower_input (lower, 0);
  TnOpSettings settings = { .activation = TN_ACTIVATION_ELU,
                            .params = { (float)tn_node_float (tn_lower_node (lower), ELU_ALPHA) } };

  tn_lower_output (lower, tn_lower_call (lower, &tn_op_activation, &settings, &input, 1));
}

static const TnLayerExample elu_examples[] = {
  { "", "(None, 4)", "(None, 4)", NULL },
  { "alpha=0.5", "(None, None, 5)", "(None, None, 5)", NULL },
  { "alpha=much", "(None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_elu = {
  .schema = { .type = "ELU",
              .auto_name = "elu",
              .params = elu_params,
              .n_params = ELU_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_ACTIVATIONS,
  .label = N_ ("ELU"),
  .summary = N_ ("Bends negative numbers smoothly towards a limit below zero."),
  .keywords = N_ ("exponential linear unit activation nonlinearity"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = same_shapes,
  .lower = elu_lower,
  .masks = TN_MASKS_PASS,
  .runs = elu_runs,
  .examples = elu_examples,
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
      TnIssue *issue = tn_rule_cannot_run (rule, "axis", 0,
                                           _ ("%s works along axis %s, but %s from %s has %d axes, "
                                              "each of which can be named once."),
                                           tn_node_name (node), axis, got, tn_rule_source (rule, 0),
                                           shape.rank);

      if (issue != NULL)
        issue->param = "axis";
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
  /* A mask that comes with a sequence has not the axes that Keras could add. */
  if (tn_lower_masks_given (lower))
    {
      TnTensorId mask = tn_lower_mask (lower, 0);

      if (tn_lower_shape (lower, mask)->rank != shape.rank)
        {
          tn_lower_refuse (lower,
                           _ ("the mask that it is given has not the sizes of what it masks"));
          return;
        }
      input = tn_lower_binary (lower, TN_BINARY_ADD, input,
                               tn_lower_affine (lower, mask, TN_MASKED, -TN_MASKED));
    }
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
  .masks = TN_MASKS_PASS,
  .examples = softmax_examples,
};

const TnLayer *const tn_layers_activations[]
    = { &layer_relu, &layer_leaky_relu, &layer_prelu, &layer_elu, &layer_softmax, NULL };
