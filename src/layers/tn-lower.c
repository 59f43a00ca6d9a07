/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnLower: appends the ops of one call of a layer to a program; activations by Keras's names. */
#include "layers/tn-lower-private.h"

const TnNode *
tn_lower_node (const TnLower *lower)
{
  return lower->node;
}

guint
tn_lower_n_inputs (const TnLower *lower)
{
  return lower->n_inputs;
}

TnTensorId
tn_lower_input (const TnLower *lower, guint slot)
{
  g_assert (slot < lower->n_inputs);
  return lower->inputs[slot];
}

const TnShape *
tn_lower_shape (const TnLower *lower, TnTensorId tensor)
{
  return tn_program_shape (lower->program, tensor);
}

TnTensorId
tn_lower_weight (TnLower *lower, const char *name)
{
  return lower->weight (name, lower->weight_data);
}

TnTensorId
tn_lower_call (TnLower *lower, const TnOp *op, const TnOpSettings *settings,
               const TnTensorId *inputs, guint n_inputs)
{
  return tn_program_call (lower->program, op, settings, inputs, n_inputs, NULL, lower->owner);
}

TnTensorId
tn_lower_reshape (TnLower *lower, TnTensorId input, const TnShape *shape)
{
  return tn_program_call (lower->program, &tn_op_reshape, NULL, &input, 1, shape, lower->owner);
}

TnTensorId
tn_lower_transpose (TnLower *lower, TnTensorId input, const int *permutation)
{
  TnOpSettings settings = { 0 };

  for (int i = 0; i < tn_lower_shape (lower, input)->rank; i++)
    settings.permutation[i] = permutation[i];
  return tn_lower_call (lower, &tn_op_transpose, &settings, &input, 1);
}

static TnTensorId
append (TnLower *lower, TnTensorId a, TnTensorId b, int axis)
{
  TnOpSettings settings = { .axis = axis };

  return tn_lower_call (lower, &tn_op_concatenate, &settings, (TnTensorId[]){ a, b }, 2);
}

TnTensorId
tn_lower_repeat (TnLower *lower, TnTensorId input, int axis, gint64 times)
{
  TnShape shape = *tn_lower_shape (lower, input), apart = shape;
  TnTensorId power, out = TN_TENSOR_ABSENT;

  if (times == 1)
    return input;
  /* (outer, entries, 1, inner): copies go along the third axis. */
  apart.rank = 4;
  apart.dims[0] = apart.dims[3] = tn_dim (1);
  for (int i = 0; i < axis; i++)
    apart.dims[0].size *= shape.dims[i].size;
  apart.dims[1] = shape.dims[axis];
  apart.dims[2] = tn_dim (1);
  for (int i = axis + 1; i < shape.rank; i++)
    apart.dims[3].size *= shape.dims[i].size;
  /* Doubled as long as needed, so that a thousand copies take ten calls or twenty. */
  power = tn_lower_reshape (lower, input, &apart);
  for (gint64 left = times; left > 0; left /= 2)
    {
      if (left % 2 != 0)
        out = out == TN_TENSOR_ABSENT ? power : append (lower, out, power, 2);
      if (left > 1)
        power = append (lower, power, power, 2);
    }
  shape.dims[axis].size *= times;
  return tn_lower_reshape (lower, out, &shape);
}

TnTensorId
tn_lower_affine (TnLower *lower, TnTensorId input, double factor, double offset)
{
  TnOpSettings settings
      = { .activation = TN_ACTIVATION_AFFINE, .params = { (float)factor, (float)offset } };

  return tn_lower_call (lower, &tn_op_activation, &settings, &input, 1);
}

/* Keras's names and the arguments it gives them when they are used by name alone. */
static const struct
{
  const char *name;
  TnActivation activation;
  float argument;
} elementwise[] = {
  { "linear", TN_ACTIVATION_LINEAR, 0.0f },
  { "relu", TN_ACTIVATION_RELU, 0.0f },
  { "relu6", TN_ACTIVATION_RELU6, 0.0f },
  { "leaky_relu", TN_ACTIVATION_LEAKY_RELU, 0.2f },
  { "elu", TN_ACTIVATION_ELU, 1.0f },
  { "selu", TN_ACTIVATION_SELU, 0.0f },
  { "celu", TN_ACTIVATION_CELU, 1.0f },
  { "gelu", TN_ACTIVATION_GELU, 0.0f },
  { "silu", TN_ACTIVATION_SILU, 0.0f },
  { "swish", TN_ACTIVATION_SILU, 0.0f },
  { "mish", TN_ACTIVATION_MISH, 0.0f },
  { "sigmoid", TN_ACTIVATION_SIGMOID, 0.0f },
  { "hard_sigmoid", TN_ACTIVATION_HARD_SIGMOID, 0.0f },
  { "hard_silu", TN_ACTIVATION_HARD_SILU, 0.0f },
  { "hard_swish", TN_ACTIVATION_HARD_SILU, 0.0f },
  { "hard_tanh", TN_ACTIVATION_HARD_TANH, 0.0f },
  { "hard_shrink", TN_ACTIVATION_HARD_SHRINK, 0.5f },
  { "soft_shrink", TN_ACTIVATION_SOFT_SHRINK, 0.5f },
  { "tanh_shrink", TN_ACTIVATION_TANH_SHRINK, 0.0f },
  { "tanh", TN_ACTIVATION_TANH, 0.0f },
  { "softplus", TN_ACTIVATION_SOFTPLUS, 0.0f },
  { "softsign", TN_ACTIVATION_SOFTSIGN, 0.0f },
  { "exponential", TN_ACTIVATION_EXPONENTIAL, 0.0f },
  { "log_sigmoid", TN_ACTIVATION_LOG_SIGMOID, 0.0f },
  { "squareplus", TN_ACTIVATION_SQUAREPLUS, 4.0f },
  { "sparse_plus", TN_ACTIVATION_SPARSE_PLUS, 0.0f },
  { "sparse_sigmoid", TN_ACTIVATION_SPARSE_SIGMOID, 0.0f },
};

/* Those that work along the last axis. */
static const struct
{
  const char *name;
  const TnOp *op;
} lanewise[] = {
  { "softmax", &tn_op_softmax },
  { "log_softmax", &tn_op_log_softmax },
  { "sparsemax", &tn_op_sparsemax },
  { "glu", &tn_op_glu },
};

TnTensorId
tn_lower_activation (TnLower *lower, TnTensorId input, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (elementwise); i++)
    if (g_str_equal (elementwise[i].name, name))
      {
        TnOpSettings settings
            = { .activation = elementwise[i].activation, .params = { elementwise[i].argument } };

        if (settings.activation == TN_ACTIVATION_LINEAR)
          return input;
        return tn_lower_call (lower, &tn_op_activation, &settings, &input, 1);
      }
  for (guint i = 0; i < G_N_ELEMENTS (lanewise); i++)
    if (g_str_equal (lanewise[i].name, name))
      {
        TnOpSettings settings = { .axis = tn_lower_shape (lower, input)->rank - 1 };

        return tn_lower_call (lower, lanewise[i].op, &settings, &input, 1);
      }
  /* The parameter's choices are checked before a graph is lowered. */
  g_error ("no op computes the activation %s", name);
}

/* A layer that computes the activation of another one: its weights are that one's, under its name.
 */
typedef struct
{
  const TnLower *outer;
  const char *name;
} Within;

static TnTensorId
weight_within (const char *name, gpointer data)
{
  const Within *within = data;
  g_autofree char *full = g_strconcat (within->name, "/", name, NULL);

  return within->outer->weight (full, within->outer->weight_data);
}

TnTensorId
tn_lower_activation_of (TnLower *lower, TnTensorId input, guint param)
{
  const TnValue *value = tn_node_get (lower->node, param);
  g_autoptr (TnNode) node = NULL;
  Within within = { .outer = lower };
  TnLower inner = { .program = lower->program,
                    .owner = lower->owner,
                    .inputs = &input,
                    .n_inputs = 1,
                    .weight = weight_within,
                    .weight_data = &within };

  if (value == NULL || !tn_param_holds_layer (&tn_node_schema (lower->node)->params[param], value))
    return tn_lower_activation (lower, input, tn_node_string (lower->node, param));
  inner.node = node = tn_layer_inner (lower->node, param, 0);
  within.name = tn_node_name (node);
  tn_layer_of (node)->lower (&inner);
  return inner.outputs[0];
}

void
tn_lower_output (TnLower *lower, TnTensorId tensor)
{
  g_assert (lower->n_outputs < TN_MAX_OUTPUTS);
  lower->outputs[lower->n_outputs++] = tensor;
}
