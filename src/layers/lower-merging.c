/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the merging layers run, and what they make of steps that are masked. */
#include "layers/tn-lowerings.h"
#include "layers/tn-params.h"

/* Keras aligns what follows the batch on the right: (N, 5) meets (N, 4, 5) as (N, 1, 5). */
static TnTensorId
aligned (TnLower *lower, TnTensorId input, int rank)
{
  TnShape shape = *tn_lower_shape (lower, input);
  int shift = rank - shape.rank;

  if (shift <= 0)
    return input;
  for (int axis = rank - 1; axis > 0; axis--)
    shape.dims[axis] = axis > shift ? shape.dims[axis - shift] : tn_dim (1);
  shape.rank = rank;
  return tn_lower_reshape (lower, input, &shape);
}

static int
highest_rank (const TnLower *lower)
{
  int rank = 0;

  for (guint slot = 0; slot < tn_lower_n_inputs (lower); slot++)
    rank = MAX (rank, tn_lower_shape (lower, tn_lower_input (lower, slot))->rank);
  return rank;
}

static TnTensorId
elementwise (TnLower *lower, TnBinary binary)
{
  TnTensorId result = tn_lower_input (lower, 0);

  for (guint slot = 1; slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId next = tn_lower_input (lower, slot);
      int rank = MAX (tn_lower_shape (lower, result)->rank, tn_lower_shape (lower, next)->rank);

      result = tn_lower_binary (lower, binary, aligned (lower, result, rank),
                                aligned (lower, next, rank));
    }
  return result;
}

void
tn_add_lower (TnLower *lower)
{
  tn_lower_output (lower, elementwise (lower, TN_BINARY_ADD));
}

void
tn_subtract_lower (TnLower *lower)
{
  tn_lower_output (lower, elementwise (lower, TN_BINARY_SUBTRACT));
}

void
tn_average_lower (TnLower *lower)
{
  tn_lower_output (lower, tn_lower_affine (lower, elementwise (lower, TN_BINARY_ADD),
                                           1.0 / tn_lower_n_inputs (lower), 0));
}

/* ---- where what is masked must not count ---- */

static TnTensorId
choose (TnLower *lower, TnTensorId condition, TnTensorId a, TnTensorId b)
{
  if (condition == TN_TENSOR_ABSENT)
    return a;
  return tn_lower_call (lower, &tn_op_select, NULL, (TnTensorId[]){ condition, a, b }, 3);
}

/* The mask of input @slot as one that broadcasts to it; ABSENT where it has none, or lost it as it
 * got more axes to meet the others. */
static TnTensorId
wide_mask (TnLower *lower, guint slot, int rank)
{
  TnTensorId mask = tn_lower_mask (lower, slot);

  if (mask == TN_TENSOR_ABSENT || tn_lower_shape (lower, mask)->rank != rank - 1
      || tn_lower_shape (lower, tn_lower_input (lower, slot))->rank != rank)
    return TN_TENSOR_ABSENT;
  return tn_lower_expand (lower, mask, rank - 1);
}

static TnTensorId
either (TnLower *lower, TnTensorId a, TnTensorId b)
{
  if (a == TN_TENSOR_ABSENT || b == TN_TENSOR_ABSENT)
    return TN_TENSOR_ABSENT;
  return tn_lower_binary (lower, TN_BINARY_OR, a, b);
}

/* What is masked counts as 1; where all of it is, 0 comes out. */
void
tn_multiply_lower (TnLower *lower)
{
  int rank = highest_rank (lower);
  TnTensorId result = TN_TENSOR_ABSENT, any = TN_TENSOR_ABSENT;

  for (guint slot = 0; slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId mask = wide_mask (lower, slot, rank);
      TnTensorId x = aligned (lower, tn_lower_input (lower, slot), rank);

      if (mask != TN_TENSOR_ABSENT)
        x = choose (lower, mask, x, tn_lower_number (lower, 1));
      any = slot == 0 ? mask : either (lower, any, mask);
      result = slot == 0 ? x : tn_lower_binary (lower, TN_BINARY_MULTIPLY, result, x);
    }
  if (any != TN_TENSOR_ABSENT)
    result = choose (lower, any, result, tn_lower_number (lower, 0));
  tn_lower_output (lower, result);
}

/* What is masked gives way to what is not. */
static void
extreme_lower (TnLower *lower, TnBinary binary)
{
  int rank = highest_rank (lower);
  TnTensorId result = aligned (lower, tn_lower_input (lower, 0), rank);
  TnTensorId counts = wide_mask (lower, 0, rank);

  for (guint slot = 1; slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId x = aligned (lower, tn_lower_input (lower, slot), rank);
      TnTensorId mask = wide_mask (lower, slot, rank);

      x = choose (lower, mask, x, result);
      result = tn_lower_binary (lower, binary, choose (lower, counts, result, x), x);
      counts = either (lower, counts, mask);
    }
  tn_lower_output (lower, result);
}

void
tn_maximum_lower (TnLower *lower)
{
  extreme_lower (lower, TN_BINARY_MAXIMUM);
}

void
tn_minimum_lower (TnLower *lower)
{
  extreme_lower (lower, TN_BINARY_MINIMUM);
}

/* ---- Concatenate ---- */

/* A mask has no last axis: along that one, what counts in any input counts; along others the masks
 * are put together as the inputs are. What has no mask counts everywhere. */
static TnTensorId
joined_masks (TnLower *lower, int axis, int rank)
{
  TnTensorId joined = TN_TENSOR_ABSENT;
  TnOpSettings settings = { .axis = axis };
  gboolean masked = FALSE;

  for (guint slot = 0; slot < tn_lower_n_inputs (lower); slot++)
    masked = masked || tn_lower_mask (lower, slot) != TN_TENSOR_ABSENT;
  for (guint slot = 0; masked && slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId mask = tn_lower_mask (lower, slot);
      TnShape shape = *tn_lower_shape (lower, tn_lower_input (lower, slot));

      shape.rank--;
      if (mask == TN_TENSOR_ABSENT)
        mask = tn_lower_literal (lower, &shape, (const float[]){ 1 }, 1);
      if (!tn_shape_identical (tn_lower_shape (lower, mask), &shape))
        return TN_TENSOR_ABSENT;
      if (slot == 0)
        joined = mask;
      else if (axis == rank - 1)
        joined = either (lower, joined, mask);
      else
        joined = tn_lower_call (lower, &tn_op_concatenate, &settings,
                                (TnTensorId[]){ joined, mask }, 2);
    }
  return joined;
}

void
tn_concatenate_lower (TnLower *lower)
{
  TnTensorId joined = tn_lower_input (lower, 0);
  int rank = tn_lower_shape (lower, joined)->rank;
  TnOpSettings settings = {
    .axis = tn_shape_axis (tn_lower_shape (lower, joined),
                           tn_lowering_int (tn_lower_node (lower), "axis")),
  };

  for (guint slot = 1; slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId inputs[2] = { joined, tn_lower_input (lower, slot) };

      joined = tn_lower_call (lower, &tn_op_concatenate, &settings, inputs, 2);
    }
  tn_lower_output (lower, joined);
  tn_lower_output_mask (lower, 0, joined_masks (lower, settings.axis, rank));
}
