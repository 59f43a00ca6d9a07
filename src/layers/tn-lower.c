/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnLower: appends the ops of one call of a layer to a program; activations by Keras's names. */
#include "layers/tn-lower-private.h"

#include "base/tn-i18n.h"
#include "graph/tn-call.h"

#include <string.h>

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

TnTensorId
tn_lower_argument (TnLower *lower, const char *name)
{
  const TnValue *value = lower->call != NULL ? tn_value_lookup (lower->call, name) : NULL;
  int slot = value != NULL ? tn_call_slot (value) : -1;

  if (slot < 0 || (guint)slot >= lower->n_inputs)
    return TN_TENSOR_ABSENT;
  lower->asked |= G_GUINT64_CONSTANT (1) << MIN (slot, 63);
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

gboolean
tn_lower_function (const char *name, TnActivation *activation, float *argument)
{
  for (guint i = 0; i < G_N_ELEMENTS (elementwise); i++)
    if (g_str_equal (elementwise[i].name, name))
      {
        *activation = elementwise[i].activation;
        *argument = elementwise[i].argument;
        return TRUE;
      }
  return FALSE;
}

TnTensorId
tn_lower_activation (TnLower *lower, TnTensorId input, const char *name)
{
  TnOpSettings elementwise_settings = { 0 };

  if (tn_lower_function (name, &elementwise_settings.activation, elementwise_settings.params))
    return elementwise_settings.activation == TN_ACTIVATION_LINEAR
               ? input
               : tn_lower_call (lower, &tn_op_activation, &elementwise_settings, &input, 1);
  for (guint i = 0; i < G_N_ELEMENTS (lanewise); i++)
    if (g_str_equal (lanewise[i].name, name))
      {
        TnOpSettings settings = { .axis = tn_lower_shape (lower, input)->rank - 1 };

        return tn_lower_call (lower, lanewise[i].op, &settings, &input, 1);
      }
  /* The parameter's choices are checked before a graph is lowered. */
  g_error ("no op computes the activation %s", name);
}

TnTensorId
tn_lower_unary (TnLower *lower, TnUnary unary, TnTensorId input)
{
  TnOpSettings settings = { .unary = unary };

  return tn_lower_call (lower, &tn_op_unary, &settings, &input, 1);
}

TnTensorId
tn_lower_binary (TnLower *lower, TnBinary binary, TnTensorId a, TnTensorId b)
{
  TnOpSettings settings = { .binary = binary };

  return tn_lower_call (lower, &tn_op_binary, &settings, (TnTensorId[]){ a, b }, 2);
}

TnTensorId
tn_lower_reduce (TnLower *lower, TnReduce reduce, TnTensorId input, int axis)
{
  TnOpSettings settings = { .axis = axis, .reduce = reduce };

  return tn_lower_call (lower, &tn_op_reduce, &settings, &input, 1);
}

TnTensorId
tn_lower_literal (TnLower *lower, const TnShape *shape, const float *values, gsize n)
{
  TnOpSettings settings = { .values = values, .n_values = n };

  return tn_program_call (lower->program, &tn_op_literal, &settings, NULL, 0, shape, lower->owner);
}

TnTensorId
tn_lower_number (TnLower *lower, double value)
{
  return tn_lower_literal (lower, &(TnShape){ .rank = 0 }, &(float){ (float)value }, 1);
}

TnTensorId
tn_lower_causal_mask (TnLower *lower, const TnShape *shape, gboolean causal, gint64 window)
{
  TnOpSettings settings = { .kernel = { window }, .backwards = !causal };

  return tn_program_call (lower->program, &tn_op_causal_mask, &settings, NULL, 0, shape,
                          lower->owner);
}

TnTensorId
tn_lower_cut (TnLower *lower, TnTensorId input, int axis, gint64 from, gint64 size)
{
  gint64 whole = tn_lower_shape (lower, input)->dims[axis].size;
  TnOpSettings settings
      = { .axis = axis, .pad_before = { -from }, .pad_after = { from + size - whole } };

  return size == whole ? input : tn_lower_call (lower, &tn_op_pad, &settings, &input, 1);
}

TnTensorId
tn_lower_squeeze (TnLower *lower, TnTensorId input, int axis)
{
  TnShape shape = *tn_lower_shape (lower, input);

  for (int i = axis; i < shape.rank - 1; i++)
    shape.dims[i] = shape.dims[i + 1];
  shape.rank--;
  return tn_lower_reshape (lower, input, &shape);
}

TnTensorId
tn_lower_expand (TnLower *lower, TnTensorId input, int axis)
{
  TnShape shape = *tn_lower_shape (lower, input);

  g_assert (shape.rank < TN_MAX_RANK);
  for (int i = shape.rank; i > axis; i--)
    shape.dims[i] = shape.dims[i - 1];
  shape.dims[axis] = tn_dim (1);
  shape.rank++;
  return tn_lower_reshape (lower, input, &shape);
}

TnTensorId
tn_lower_stretch (TnLower *lower, TnTensorId input, const TnShape *shape)
{
  for (int axis = 0; axis < shape->rank; axis++)
    if (tn_lower_shape (lower, input)->dims[axis].size != shape->dims[axis].size)
      input = shape->dims[axis].size == 0
                  ? tn_lower_cut (lower, input, axis, 0, 0)
                  : tn_lower_repeat (lower, input, axis, shape->dims[axis].size);
  return input;
}

TnTensorId
tn_lower_join (TnLower *lower, TnTensorId input, int from, int to)
{
  TnShape shape = *tn_lower_shape (lower, input), joined = { .rank = 0 };

  for (int axis = 0; axis < shape.rank; axis++)
    {
      if (axis == from)
        joined.dims[joined.rank++] = tn_dim (1);
      if (axis >= from && axis < to)
        joined.dims[joined.rank - 1].size *= shape.dims[axis].size;
      else
        joined.dims[joined.rank++] = shape.dims[axis];
    }
  if (from == shape.rank)
    joined.dims[joined.rank++] = tn_dim (1);
  return tn_lower_reshape (lower, input, &joined);
}

/* ---- masks ---- */

TnTensorId
tn_lower_mask (const TnLower *lower, guint slot)
{
  return lower->masks != NULL && slot < lower->n_inputs ? lower->masks[slot] : TN_TENSOR_ABSENT;
}

gboolean
tn_lower_masks_given (const TnLower *lower)
{
  return lower->masks_given;
}

/* @value stands for a tensor, or for none: what is not 0 of it counts in @slot. */
static gboolean
take_mask (TnLower *lower, TnTensorId *masks, const TnValue *value, guint slot)
{
  int from = value != NULL ? tn_call_slot (value) : -1;
  const TnShape *input, *mask;

  if (from < 0 || (guint)from >= lower->n_inputs || slot >= lower->n_inputs
      || lower->inputs[slot] == TN_TENSOR_ABSENT || lower->inputs[from] == TN_TENSOR_ABSENT)
    return TRUE;
  input = tn_lower_shape (lower, lower->inputs[slot]);
  mask = tn_lower_shape (lower, lower->inputs[from]);
  for (int axis = 0; axis < mask->rank; axis++)
    if (axis >= input->rank || mask->dims[axis].size != input->dims[axis].size)
      {
        tn_lower_refuse (lower, _ ("the mask that it is given has not the sizes of what it masks"));
        return FALSE;
      }
  lower->asked |= G_GUINT64_CONSTANT (1) << MIN (from, 63);
  lower->masks_given = TRUE;
  masks[slot] = tn_lower_binary (lower, TN_BINARY_NOT_EQUAL, lower->inputs[from],
                                 tn_lower_number (lower, 0));
  return TRUE;
}

gboolean
tn_lower_take_masks (TnLower *lower, TnTensorId *masks)
{
  const TnValue *mask = lower->call != NULL ? tn_value_lookup (lower->call, "mask") : NULL;
  const char *const *names = tn_node_schema (lower->node)->input_names;

  if (mask != NULL && tn_value_kind (mask) == TN_VALUE_LIST)
    {
      for (gsize i = 0; i < tn_value_size (mask); i++)
        if (!take_mask (lower, masks, tn_value_at (mask, i), (guint)i))
          return FALSE;
    }
  else if (!take_mask (lower, masks, mask, 0))
    return FALSE;
  for (guint slot = 0; lower->call != NULL && names != NULL && names[slot] != NULL; slot++)
    {
      g_autofree char *name = g_strconcat (names[slot], "_mask", NULL);

      if (!take_mask (lower, masks, tn_value_lookup (lower->call, name), slot))
        return FALSE;
    }
  return TRUE;
}

void
tn_lower_output_mask (TnLower *lower, guint output, TnTensorId mask)
{
  g_assert (output < TN_MAX_OUTPUTS);
  if (!lower->masks_set)
    for (guint i = 0; i < TN_MAX_OUTPUTS; i++)
      lower->output_masks[i] = TN_TENSOR_ABSENT;
  lower->masks_set = TRUE;
  lower->output_masks[output] = mask;
}

/* What counts in any input; ABSENT where one has no mask: all of that counts. */
static TnTensorId
joined_mask (TnLower *lower)
{
  TnTensorId joined = tn_lower_mask (lower, 0);

  for (guint slot = 1; slot < lower->n_inputs; slot++)
    {
      TnTensorId mask = tn_lower_mask (lower, slot);

      if (joined == TN_TENSOR_ABSENT || mask == TN_TENSOR_ABSENT
          || !tn_shape_identical (tn_lower_shape (lower, joined), tn_lower_shape (lower, mask)))
        return TN_TENSOR_ABSENT;
      joined = tn_lower_binary (lower, TN_BINARY_OR, joined, mask);
    }
  return joined;
}

gboolean
tn_lower_run (TnLower *lower)
{
  const TnLayer *layer = tn_layer_of (lower->node);

  layer->lower (lower);
  if (lower->refusal != NULL)
    return FALSE;
  if (!lower->masks_set)
    {
      TnTensorId mask = layer->masks == TN_MASKS_PASS   ? tn_lower_mask (lower, 0)
                        : layer->masks == TN_MASKS_JOIN ? joined_mask (lower)
                                                        : TN_TENSOR_ABSENT;

      tn_lower_output_mask (lower, 0, mask);
    }
  return TRUE;
}

/* ---- a layer within the layer ---- */

typedef struct
{
  TnLower *outer;
  const char *prefix;
} InnerWeights;

static TnTensorId
inner_weight (const char *name, gpointer data)
{
  const InnerWeights *weights = data;
  g_autofree char *whole = g_strconcat (weights->prefix, "/", name, NULL);

  return tn_lower_weight (weights->outer, whole);
}

gboolean
tn_lower_inner (TnLower *lower, const TnNode *inner, const char *prefix, const TnTensorId *inputs,
                const TnTensorId *masks, guint n_inputs, TnTensorId *outputs)
{
  InnerWeights weights = { .outer = lower, .prefix = prefix };
  TnLower within = { .program = lower->program,
                     .node = inner,
                     .owner = lower->owner,
                     .inputs = inputs,
                     .n_inputs = n_inputs,
                     .masks = masks,
                     .masks_given = lower->masks_given,
                     .weight = inner_weight,
                     .weight_data = &weights,
                     .directed = lower->directs };

  g_assert (tn_layer_can_run (inner));
  if (!tn_lower_run (&within))
    {
      g_free (lower->refusal);
      lower->refusal = within.refusal;
      return FALSE;
    }
  memcpy (outputs, within.outputs, within.n_outputs * sizeof *outputs);
  return TRUE;
}

void
tn_lower_direct (TnLower *lower)
{
  lower->directs = TRUE;
}

gboolean
tn_lower_is_direction (const TnLower *lower)
{
  return lower->directed;
}

TnTensorId
tn_lower_activation_of (TnLower *lower, TnTensorId input, guint param)
{
  const TnValue *value = tn_node_get (lower->node, param);
  g_autoptr (TnNode) node = NULL;
  TnTensorId outputs[TN_MAX_OUTPUTS] = { input };

  if (value == NULL || !tn_param_holds_layer (&tn_node_schema (lower->node)->params[param], value))
    return tn_lower_activation (lower, input, tn_node_string (lower->node, param));
  node = tn_layer_inner (lower->node, param, 0);
  tn_lower_inner (lower, node, tn_node_name (node), &input, NULL, 1, outputs);
  return outputs[0];
}

void
tn_lower_refuse (TnLower *lower, const char *why)
{
  g_free (lower->refusal);
  lower->refusal = g_strdup (why);
}

void
tn_lower_output (TnLower *lower, TnTensorId tensor)
{
  g_assert (lower->n_outputs < TN_MAX_OUTPUTS);
  lower->outputs[lower->n_outputs++] = tensor;
}
