/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How preprocessing layers run that scale numbers or encode categories; and how lower functions ask
 * for parameters by name. */
#include <stdlib.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-lowerings.h"

/* The least that Keras divides by. */
#define KERAS_EPSILON 1e-7

guint
tn_lowering_param (const TnNode *node, const char *name)
{
  int param = tn_schema_param (tn_node_schema (node), name);

  g_assert (param >= 0);
  return (guint)param;
}

gboolean
tn_lowering_flag (const TnNode *node, const char *name)
{
  int param = tn_schema_param (tn_node_schema (node), name);

  return param >= 0 && tn_node_bool (node, (guint)param);
}

gint64
tn_lowering_int (const TnNode *node, const char *name)
{
  return tn_node_int (node, tn_lowering_param (node, name));
}

const char *
tn_lowering_activation (const TnNode *node, const char *name)
{
  int param = tn_schema_param (tn_node_schema (node), name);

  return param < 0 || tn_node_is_none (node, (guint)param) ? "linear"
                                                           : tn_node_string (node, (guint)param);
}

static void
append_numbers (GArray *numbers, const TnValue *value)
{
  if (tn_value_is_number (value))
    {
      float number = (float)tn_value_float (value);

      g_array_append_val (numbers, number);
    }
  else if (tn_value_kind (value) == TN_VALUE_LIST)
    for (gsize i = 0; i < tn_value_size (value); i++)
      append_numbers (numbers, tn_value_at (value, i));
}

GArray *
tn_lowering_numbers (const TnNode *node, const char *name)
{
  g_autoptr (TnValue) value = tn_node_value (node, tn_lowering_param (node, name));
  GArray *numbers;

  if (value == NULL || tn_value_is_none (value))
    return NULL;
  numbers = g_array_new (FALSE, FALSE, sizeof (float));
  append_numbers (numbers, value);
  return numbers;
}

/* ---- scaling ---- */

/* One number for all, or one for each entry of the last axis; ABSENT, refused, when they do not
 * fit. */
static TnTensorId
last_axis_numbers (TnLower *lower, const GArray *numbers, const TnShape *shape)
{
  TnShape line = { .rank = 1, .dims = { tn_dim (numbers->len) } };
  gboolean fits
      = numbers->len == 1 || (shape->rank > 0 && shape->dims[shape->rank - 1].size == numbers->len);

  if (!fits)
    {
      tn_lower_refuse (lower, _ ("it has not as many numbers as the last axis of what arrives"));
      return TN_TENSOR_ABSENT;
    }
  if (numbers->len == 1)
    line.rank = 0;
  return tn_lower_literal (lower, &line, (const float *)(gpointer)numbers->data, numbers->len);
}

void
tn_rescaling_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  g_autoptr (GArray) scale = tn_lowering_numbers (node, "scale");
  g_autoptr (GArray) offset = tn_lowering_numbers (node, "offset");
  TnTensorId x = tn_lower_input (lower, 0), factor, addend;

  if (scale->len == 1 && offset->len == 1)
    {
      tn_lower_output (lower, tn_lower_affine (lower, x, g_array_index (scale, float, 0),
                                               g_array_index (offset, float, 0)));
      return;
    }
  factor = last_axis_numbers (lower, scale, tn_lower_shape (lower, x));
  addend = last_axis_numbers (lower, offset, tn_lower_shape (lower, x));
  if (factor == TN_TENSOR_ABSENT || addend == TN_TENSOR_ABSENT)
    return;
  x = tn_lower_binary (lower, TN_BINARY_MULTIPLY, x, factor);
  tn_lower_output (lower, tn_lower_binary (lower, TN_BINARY_ADD, x, addend));
}

/* The statistics @name, given or learnt, in a shape that broadcasts to the input. */
static TnTensorId
statistics (TnLower *lower, const char *name, const TnShape *kept, const TnShape *broadcast)
{
  g_autoptr (GArray) numbers = tn_lowering_numbers (tn_lower_node (lower), name);
  gint64 n = tn_shape_elements (kept, 0);

  if (numbers == NULL)
    return tn_lower_reshape (lower, tn_lower_weight (lower, name), broadcast);
  if (numbers->len == 0 || n % (gint64)numbers->len != 0)
    {
      tn_lower_refuse (lower, _ ("it has not as many numbers as the axes that it works along"));
      return TN_TENSOR_ABSENT;
    }
  return tn_lower_literal (lower, broadcast, (const float *)(gpointer)numbers->data, numbers->len);
}

void
tn_normalization_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0), mean, variance, spread;
  TnShape shape = *tn_lower_shape (lower, x), kept = { .rank = 0 }, broadcast = shape;
  gint64 given[TN_MAX_RANK];
  guint axis = tn_lowering_param (node, "axis"), n = 0, named = 0;

  if (!tn_node_is_none (node, axis))
    tn_node_axes (node, axis, given, &n);
  for (guint i = 0; i < n; i++)
    named |= 1u << tn_shape_axis (&shape, given[i]);
  for (int i = 0; i < shape.rank; i++)
    if ((named & 1u << i) != 0)
      kept.dims[kept.rank++] = shape.dims[i];
    else
      broadcast.dims[i] = tn_dim (1);
  mean = statistics (lower, "mean", &kept, &broadcast);
  variance = statistics (lower, "variance", &kept, &broadcast);
  if (mean == TN_TENSOR_ABSENT || variance == TN_TENSOR_ABSENT)
    return;
  spread
      = tn_lower_binary (lower, TN_BINARY_MAXIMUM, tn_lower_unary (lower, TN_UNARY_SQRT, variance),
                         tn_lower_number (lower, KERAS_EPSILON));
  if (tn_lowering_flag (node, "invert"))
    {
      x = tn_lower_binary (lower, TN_BINARY_MULTIPLY, x, spread);
      x = tn_lower_binary (lower, TN_BINARY_ADD, x, mean);
    }
  else
    {
      x = tn_lower_binary (lower, TN_BINARY_SUBTRACT, x, mean);
      x = tn_lower_binary (lower, TN_BINARY_DIVIDE, x, spread);
    }
  tn_lower_output (lower, x);
}

/* ---- categories ---- */

/* Whole numbers from 0 to @categories - 1 as @output_mode says; what is counted counts as much as
 * @weights, ABSENT: 1, say. */
static void
put_out_encoded (TnLower *lower, TnTensorId x, TnTensorId weights, const char *output_mode,
                 gint64 categories)
{
  TnOpSettings settings = { .groups = categories };
  gboolean one_hot = g_str_equal (output_mode, "one_hot");
  int rank = tn_lower_shape (lower, x)->rank;
  int last = rank - 1;

  if (one_hot && rank >= 2 && tn_lower_shape (lower, x)->dims[last].size == 1)
    x = tn_lower_squeeze (lower, x, last);
  if (!one_hot && rank == 0)
    {
      x = tn_lower_expand (lower, x, 0);
      last = 0;
    }
  if (tn_lower_shape (lower, x)->rank == TN_MAX_RANK)
    {
      tn_lower_refuse (lower, _ ("it would need more axes than Tenon works with"));
      return;
    }
  x = tn_lower_call (lower, &tn_op_one_hot, &settings, &x, 1);
  if (weights != TN_TENSOR_ABSENT)
    x = tn_lower_binary (lower, TN_BINARY_MULTIPLY, x,
                         tn_lower_expand (lower, weights, tn_lower_shape (lower, weights)->rank));
  if (!one_hot)
    {
      /* Which there are, or how many of each. */
      x = tn_lower_reduce (
          lower, g_str_equal (output_mode, "count") ? TN_REDUCE_SUM : TN_REDUCE_ANY, x, last);
      x = tn_lower_squeeze (lower, x, last);
    }
  tn_lower_output (lower, x);
}

void
tn_category_encoding_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId weights = tn_lower_argument (lower, "count_weights");

  if (weights != TN_TENSOR_ABSENT
      && !tn_shape_identical (tn_lower_shape (lower, weights),
                              tn_lower_shape (lower, tn_lower_input (lower, 0))))
    {
      tn_lower_refuse (lower, _ ("its count_weights have not the shape of what they weigh"));
      return;
    }

  put_out_encoded (lower, tn_lower_input (lower, 0), weights,
                   tn_node_string (node, tn_lowering_param (node, "output_mode")),
                   tn_lowering_int (node, "num_tokens"));
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *)a, y = *(const float *)b;

  return (x > y) - (x < y);
}

/* Bins that are yet to be found from data are none. */
gboolean
tn_discretization_runs (const TnNode *node)
{
  return !tn_node_is_none (node, tn_lowering_param (node, "bin_boundaries"));
}

void
tn_discretization_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const char *output_mode = tn_node_string (node, tn_lowering_param (node, "output_mode"));
  g_autoptr (GArray) boundaries = tn_lowering_numbers (node, "bin_boundaries");
  TnOpSettings settings = { .n_values = boundaries->len };
  TnTensorId x = tn_lower_input (lower, 0);

  g_array_sort (boundaries, compare_floats);
  settings.values = (const float *)(gpointer)boundaries->data;
  x = tn_lower_call (lower, &tn_op_bucketize, &settings, &x, 1);
  if (g_str_equal (output_mode, "int"))
    tn_lower_output (lower, x);
  else
    put_out_encoded (lower, x, TN_TENSOR_ABSENT, output_mode, (gint64)boundaries->len + 1);
}
