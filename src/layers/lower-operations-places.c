/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How operations run that order, pick, turn and move what stands along axes. */
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-operations.h"

/* All numbers in one row. */
static TnTensorId
flatten (TnLower *lower, TnTensorId x)
{
  return tn_lower_join (lower, x, 0, tn_lower_shape (lower, x)->rank);
}

/* @x, or where the operation's axis is None one row of it, and the axis to work along. */
static TnTensorId
take_axis (TnLower *lower, TnTensorId x, int *axis)
{
  const TnNode *node = tn_lower_node (lower);
  guint param = (guint)tn_schema_param (tn_node_schema (node), "axis");

  *axis = 0;
  if (tn_node_is_none (node, param))
    return flatten (lower, x);
  *axis = tn_shape_axis (tn_lower_shape (lower, x), tn_node_int (node, param));
  return x;
}

TnTensorId
tn_operation_lower_places (TnLower *lower, TnTensorId x, TnTensorId places, int axis)
{
  const TnShape *shape = tn_lower_shape (lower, x);
  int rank = shape->rank, n = tn_lower_shape (lower, places)->rank;
  int permutation[TN_MAX_RANK], place = 1;

  permutation[0] = axis;
  for (int i = 0; i < rank; i++)
    if (i != axis)
      permutation[place++] = i;
  x = axis == 0 ? x : tn_lower_transpose (lower, x, permutation);
  x = tn_lower_call (lower, &tn_op_gather, NULL, (TnTensorId[]){ x, places }, 2);
  /* The places' axes stand first; they go where the axis was. */
  for (int i = 0; i < rank - 1 + n; i++)
    permutation[i] = i < axis ? n + i : i < axis + n ? i - axis : i;
  return axis == 0 || n == 0 ? x : tn_lower_transpose (lower, x, permutation);
}

void
tn_operation_take_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0), places;
  guint slot = 1;
  int axis;

  places = tn_operation_lower_operand (lower, 1, &slot);
  if (places == TN_TENSOR_ABSENT)
    return;
  x = take_axis (lower, x, &axis);
  tn_lower_output (lower, tn_operation_lower_places (lower, x, places, axis));
}

/* ---- order ---- */

void
tn_operation_cumulate_lower (TnLower *lower)
{
  const char *name = tn_node_schema (tn_lower_node (lower))->auto_name;
  TnOpSettings settings
      = { .reduce = g_str_equal (name, "cumprod") ? TN_REDUCE_PRODUCT : TN_REDUCE_SUM };
  TnTensorId x = take_axis (lower, tn_lower_input (lower, 0), &settings.axis);

  tn_lower_output (lower, tn_lower_call (lower, &tn_op_cumulate, &settings, &x, 1));
}

void
tn_operation_sort_lower (TnLower *lower)
{
  const char *name = tn_node_schema (tn_lower_node (lower))->auto_name;
  TnOpSettings settings = { 0 };
  TnTensorId x = take_axis (lower, tn_lower_input (lower, 0), &settings.axis);

  tn_lower_output (lower,
                   tn_lower_call (lower, g_str_equal (name, "sort") ? &tn_op_sort : &tn_op_argsort,
                                  &settings, &x, 1));
}

void
tn_operation_top_k_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  const TnShape *shape = tn_lower_shape (lower, x);
  TnOpSettings settings = { .axis = shape->rank - 1, .backwards = TRUE };

  settings.kernel[0] = tn_node_int (tn_lower_node (lower), 0);
  if (settings.kernel[0] > shape->dims[settings.axis].size)
    {
      tn_lower_refuse (lower, _ ("fewer numbers arrive than it is to put out"));
      return;
    }
  tn_lower_output (lower, tn_lower_call (lower, &tn_op_sort, &settings, &x, 1));
  tn_lower_output (lower, tn_lower_call (lower, &tn_op_argsort, &settings, &x, 1));
}

/* ---- halves, one-hot ---- */

void
tn_operation_glu_lower (TnLower *lower)
{
  TnOpSettings settings = { 0 };
  TnTensorId x = take_axis (lower, tn_lower_input (lower, 0), &settings.axis);

  if (tn_lower_shape (lower, x)->dims[settings.axis].size % 2 != 0)
    tn_lower_refuse (lower, _ ("what it is to halve has an odd size"));
  else
    tn_lower_output (lower, tn_lower_call (lower, &tn_op_glu, &settings, &x, 1));
}

void
tn_operation_one_hot_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnOpSettings settings = { .groups = tn_operation_number (node, "num_classes", 1) };
  TnTensorId x = tn_lower_input (lower, 0);
  int rank, axis, permutation[TN_MAX_RANK];

  x = tn_lower_call (lower, &tn_op_one_hot, &settings, &x, 1);
  rank = tn_lower_shape (lower, x)->rank;
  axis = tn_shape_axis (tn_lower_shape (lower, x), (gint64)tn_operation_number (node, "axis", -1));
  for (int i = 0; i < rank; i++)
    permutation[i] = i < axis ? i : i == axis ? rank - 1 : i - 1;
  tn_lower_output (lower, axis == rank - 1 ? x : tn_lower_transpose (lower, x, permutation));
}

/* ---- turning round ---- */

/* Whole numbers of an argument, a lone one being a list of one; FALSE when there are none. */
static gboolean
read_numbers (const TnNode *node, const char *name, gint64 *out, guint *n)
{
  const TnValue *value = tn_operation_argument (node, name);

  *n = 0;
  if (value == NULL)
    return FALSE;
  if (tn_value_kind (value) == TN_VALUE_INT)
    out[(*n)++] = tn_value_int (value);
  for (gsize i = 0; tn_value_kind (value) == TN_VALUE_LIST && i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      if (*n == TN_MAX_RANK || tn_value_kind (item) != TN_VALUE_INT)
        return FALSE;
      out[(*n)++] = tn_value_int (item);
    }
  return *n > 0;
}

static TnTensorId
turn (TnLower *lower, TnTensorId x, int axis)
{
  TnOpSettings settings = { .axis = axis, .stride = { 1 }, .backwards = TRUE };

  return tn_lower_call (lower, &tn_op_stride, &settings, &x, 1);
}

void
tn_operation_flip_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x);
  gint64 axes[TN_MAX_RANK];
  guint n;
  gboolean told = read_numbers (node, "axis", axes, &n);

  if (!told && tn_operation_argument (node, "axis") != NULL)
    {
      tn_operation_lower_name (lower);
      return;
    }
  for (guint i = 0; i < (told ? n : (guint)shape.rank); i++)
    {
      int axis = told ? tn_shape_axis (&shape, axes[i]) : (int)i;

      if (axis < 0)
        {
          tn_operation_lower_name (lower);
          return;
        }
      x = turn (lower, x, axis);
    }
  tn_lower_output (lower, x);
}

/* What stands along @axis goes on by @by, and what falls off comes in on the other side. */
static TnTensorId
roll (TnLower *lower, TnTensorId x, int axis, gint64 by)
{
  gint64 size = tn_lower_shape (lower, x)->dims[axis].size, first;
  TnOpSettings settings = { .axis = axis };
  TnTensorId parts[2];

  first = size > 0 ? (by % size + size) % size : 0;
  if (first == 0)
    return x;
  parts[0] = tn_lower_cut (lower, x, axis, size - first, first);
  parts[1] = tn_lower_cut (lower, x, axis, 0, size - first);
  return tn_lower_call (lower, &tn_op_concatenate, &settings, parts, 2);
}

void
tn_operation_roll_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x);
  gint64 axes[TN_MAX_RANK], shifts[TN_MAX_RANK];
  guint n_axes, n_shifts;
  gboolean told = read_numbers (node, "axis", axes, &n_axes);

  if (!read_numbers (node, "shift", shifts, &n_shifts)
      || (told && n_axes != n_shifts && n_axes != 1 && n_shifts != 1)
      || (!told && (n_shifts != 1 || tn_operation_argument (node, "axis") != NULL)))
    {
      tn_operation_lower_name (lower);
      return;
    }
  if (!told)
    x = tn_lower_reshape (lower, roll (lower, flatten (lower, x), 0, shifts[0]), &shape);
  for (guint i = 0; told && i < MAX (n_axes, n_shifts); i++)
    {
      int axis = tn_shape_axis (&shape, axes[MIN (i, n_axes - 1)]);

      if (axis < 0)
        {
          tn_operation_lower_name (lower);
          return;
        }
      x = roll (lower, x, axis, shifts[MIN (i, n_shifts - 1)]);
    }
  tn_lower_output (lower, x);
}

/* ---- triangles ---- */

/* 1 in the last two axes of @shape where the column is no more than the row and @k. */
static TnTensorId
lower_triangle (TnLower *lower, const TnShape *shape, gint64 k)
{
  TnShape whole
      = { .rank = 2, .dims = { shape->dims[shape->rank - 2], shape->dims[shape->rank - 1] } };
  gint64 rows = whole.dims[0].size, columns = whole.dims[1].size;
  TnTensorId mask;

  k = CLAMP (k, -rows, columns);
  whole.dims[0].size += MAX (k, 0);
  whole.dims[1].size += MAX (-k, 0);
  mask = tn_lower_causal_mask (lower, &whole, TRUE, 0);
  mask = tn_lower_cut (lower, mask, 0, MAX (k, 0), rows);
  return tn_lower_cut (lower, mask, 1, MAX (-k, 0), columns);
}

void
tn_operation_triangle_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  gboolean below = g_str_equal (tn_node_schema (node)->auto_name, "tril");
  gint64 k = (gint64)CLAMP (tn_operation_number (node, "k", 0), -1e15, 1e15);
  TnTensorId x = tn_lower_input (lower, 0), zero = tn_lower_number (lower, 0), mask;
  TnShape shape = *tn_lower_shape (lower, x);

  if (shape.rank < 2)
    {
      tn_lower_refuse (lower, _ ("what arrives has no rows and columns"));
      return;
    }
  /* What is on and above a diagonal is what is not below it. */
  mask = lower_triangle (lower, &shape, below ? k : k - 1);
  tn_lower_output (lower,
                   tn_lower_call (lower, &tn_op_select, NULL,
                                  (TnTensorId[]){ mask, below ? x : zero, below ? zero : x }, 3));
}
