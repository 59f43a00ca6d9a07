/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the layers run that normalize each sample by its own numbers. */
#include "base/tn-i18n.h"
#include "layers/tn-lowerings.h"

/* What Keras takes for nothing when it divides by a length. */
#define UNIT_EPSILON 1e-12

/* The axes of parameter "axis", ascending, as a bit each; how many there are. */
static int
named_axes (const TnNode *node, const TnShape *shape, gboolean *named)
{
  gint64 given[TN_MAX_RANK];
  guint n = 0;

  for (int axis = 0; axis < TN_MAX_RANK; axis++)
    named[axis] = FALSE;
  tn_node_axes (node, tn_lowering_param (node, "axis"), given, &n);
  for (guint i = 0; i < n; i++)
    named[tn_shape_axis (shape, given[i])] = TRUE;
  return (int)n;
}

/* Weights have an entry for each along the named axes, laid out as those stand in the input. */
static TnTensorId
row_weight (TnLower *lower, const char *name, const TnShape *row)
{
  TnTensorId weight = tn_lower_weight (lower, name);

  return weight == TN_TENSOR_ABSENT ? weight : tn_lower_reshape (lower, weight, row);
}

/* Normalizes the named axes together: they are brought to the end and back. */
static void
normalize_axes (TnLower *lower, TnNormalize normalize, double epsilon, const char *gamma,
                const char *beta)
{
  TnTensorId x = tn_lower_input (lower, 0), inputs[3];
  TnShape shape = *tn_lower_shape (lower, x), row = { .rank = 0 };
  gboolean named[TN_MAX_RANK], moved = FALSE;
  int n = named_axes (tn_lower_node (lower), &shape, named);
  int forth[TN_MAX_RANK], back[TN_MAX_RANK], place = 0, last = shape.rank - n;
  TnOpSettings settings = { .axis = last, .normalize = normalize, .epsilon = (float)epsilon };

  for (int axis = 0; axis < shape.rank; axis++)
    {
      int to = named[axis] ? last++ : place++;

      forth[to] = axis;
      back[axis] = to;
      moved |= to != axis;
      if (named[axis])
        row.dims[row.rank++] = shape.dims[axis];
    }
  inputs[0] = moved ? tn_lower_transpose (lower, x, forth) : x;
  inputs[1] = gamma != NULL ? row_weight (lower, gamma, &row) : TN_TENSOR_ABSENT;
  inputs[2] = beta != NULL ? row_weight (lower, beta, &row) : TN_TENSOR_ABSENT;
  x = tn_lower_call (lower, &tn_op_normalize, &settings, inputs, 3);
  tn_lower_output (lower, moved ? tn_lower_transpose (lower, x, back) : x);
}

static double
epsilon_of (const TnNode *node)
{
  return tn_node_float (node, tn_lowering_param (node, "epsilon"));
}

void
tn_layer_normalization_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);

  normalize_axes (
      lower, tn_lowering_flag (node, "rms_scaling") ? TN_NORMALIZE_DEVIATION : TN_NORMALIZE_MOMENTS,
      epsilon_of (node), "gamma", "beta");
}

void
tn_unit_normalization_lower (TnLower *lower)
{
  normalize_axes (lower, TN_NORMALIZE_UNIT, UNIT_EPSILON * UNIT_EPSILON, NULL, NULL);
}

/* The scale goes to the last axes, whichever are named. */
void
tn_rms_normalization_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0), scale = tn_lower_weight (lower, "scale");
  TnShape shape = *tn_lower_shape (lower, x);
  gboolean named[TN_MAX_RANK], last = TRUE;
  int n = named_axes (node, &shape, named);
  TnTensorId squares, mean;
  gint64 count = 1;

  for (int axis = shape.rank - n; axis < shape.rank; axis++)
    last &= named[axis];
  if (last)
    {
      normalize_axes (lower, TN_NORMALIZE_RMS, epsilon_of (node), "scale", NULL);
      return;
    }
  squares = tn_lower_unary (lower, TN_UNARY_SQUARE, x);
  for (int axis = 0; axis < shape.rank; axis++)
    if (named[axis])
      {
        squares = tn_lower_reduce (lower, TN_REDUCE_SUM, squares, axis);
        count *= shape.dims[axis].size;
      }
  mean = tn_lower_affine (lower, squares, 1.0 / (double)count, epsilon_of (node));
  x = tn_lower_binary (lower, TN_BINARY_MULTIPLY, x, tn_lower_unary (lower, TN_UNARY_RSQRT, mean));
  tn_lower_output (lower, tn_lower_binary (lower, TN_BINARY_MULTIPLY, x, scale));
}

/* gamma or beta of the channels, to be broadcast over all else. */
static TnTensorId
channel_weight (TnLower *lower, const char *name, int rank, int axis)
{
  TnTensorId weight = tn_lower_weight (lower, name);
  TnShape shape = { .rank = rank };

  if (weight == TN_TENSOR_ABSENT)
    return weight;
  for (int i = 0; i < rank; i++)
    shape.dims[i] = i == axis ? tn_lower_shape (lower, weight)->dims[0] : tn_dim (1);
  return tn_lower_reshape (lower, weight, &shape);
}

void
tn_group_normalization_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0), gamma, beta;
  TnShape shape = *tn_lower_shape (lower, x), moved, grouped;
  int axis = tn_shape_axis (&shape, tn_lowering_int (node, "axis"));
  int forth[TN_MAX_RANK] = { 0 }, back[TN_MAX_RANK] = { 0 };
  gint64 groups = tn_lowering_int (node, "groups");
  TnOpSettings settings
      = { .axis = 2, .normalize = TN_NORMALIZE_MOMENTS, .epsilon = (float)epsilon_of (node) };

  if (axis == 0)
    {
      tn_lower_refuse (lower, _ ("it would split the batch into groups"));
      return;
    }
  groups = groups == -1 ? shape.dims[axis].size : groups;
  /* (batch, channels, …), the channels taken apart by groups. */
  for (int i = 1; i < shape.rank; i++)
    {
      forth[i] = i == 1 ? axis : i <= axis ? i - 1 : i;
      back[forth[i]] = i;
    }
  x = tn_lower_transpose (lower, x, forth);
  moved = *tn_lower_shape (lower, x);
  grouped = (TnShape){ .rank = 3, .dims = { shape.dims[0], tn_dim (groups), tn_dim (1) } };
  grouped.dims[2].size = shape.dims[axis].size / groups;
  for (int i = 2; i < moved.rank; i++)
    grouped.dims[2].size *= moved.dims[i].size;
  x = tn_lower_reshape (lower, x, &grouped);
  x = tn_lower_call (lower, &tn_op_normalize, &settings, &x, 1);
  x = tn_lower_transpose (lower, tn_lower_reshape (lower, x, &moved), back);
  gamma = channel_weight (lower, "gamma", shape.rank, axis);
  beta = channel_weight (lower, "beta", shape.rank, axis);
  if (gamma != TN_TENSOR_ABSENT)
    x = tn_lower_binary (lower, TN_BINARY_MULTIPLY, x, gamma);
  if (beta != TN_TENSOR_ABSENT)
    x = tn_lower_binary (lower, TN_BINARY_ADD, x, beta);
  tn_lower_output (lower, x);
}
