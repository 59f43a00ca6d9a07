/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations that join tensors and take them apart: concatenate, stack, split, x[…]. */
#include <string.h>

#include "layers/tn-operations.h"

/* ---- joining ---- */

static const TnParam first_params[] = { TN_PARAM_OPERATION_AXIS (TN_DEFAULT_INT (0)) };

/* Do all inputs have the shape of the first, but along @apart? Else an issue. */
static gboolean
alike (TnRule *rule, const TnShape *first, int apart)
{
  for (guint slot = 1; slot < tn_rule_n_inputs (rule); slot++)
    {
      TnShape other = tn_rule_input (rule, slot);
      gboolean same = other.rank == first->rank;
      g_autofree char *a = tn_shape_to_text (first);
      g_autofree char *b = tn_shape_to_text (&other);

      for (int axis = 0; same && axis < other.rank; axis++)
        same = axis == apart || tn_dim_compatible (first->dims[axis], other.dims[axis]);
      if (same)
        continue;
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "concat-shape", (int)slot,
                     apart >= 0 ? _ ("%s joins %s and %s along one axis, so all others must agree.")
                                : _ ("%s stacks %s and %s, which must be of one shape."),
                     tn_node_name (tn_rule_node (rule)), a, b);
      return FALSE;
    }
  return TRUE;
}

static void
concatenate_shapes (TnRule *rule)
{
  TnShape output = tn_rule_input (rule, 0);
  guint n = tn_rule_n_inputs (rule);
  g_autofree TnDim *sizes = g_new (TnDim, n);
  int axis;

  if (!tn_operation_axis (rule, &output, tn_node_int (tn_rule_node (rule), 0), &axis)
      || !alike (rule, &output, axis))
    return;
  for (guint slot = 0; slot < n; slot++)
    sizes[slot] = tn_rule_input (rule, slot).dims[axis];
  output.dims[axis] = n > 1 ? tn_rule_sum (rule, sizes, n) : sizes[0];
  tn_rule_output (rule, &output);
}

static const TnLayerExample concatenate_examples[] = {
  { "axis=-1", "(None, 6, 8); (None, 6, 2)", "(None, 6, 10)", NULL },
  { "axis=1", "(None, 6); (None, None)", "(None, None)", NULL },
  { "", "(2, 6); (3, 6)", "(5, 6)", NULL },
  { "axis=-1", "(None, 6, 8); (None, 5, 8)", NULL, "concat-shape" },
  { NULL },
};

TN_OPERATION (concatenate, TN_OPS_NUMPY, "Concatenate", "concatenate", first_params,
              tn_operation_xs, 1, G_MAXUINT, 1, concatenate_shapes,
              N_ ("Puts tensors one behind the other along an axis."), concatenate_examples,
              tn_operation_concatenate_lower);

static void
stack_shapes (TnRule *rule)
{
  TnShape first = tn_rule_input (rule, 0), output;
  int axis;

  if (!tn_operation_rank (rule, first.rank + 1))
    return;
  output = (TnShape){ .rank = first.rank + 1 };
  if (!tn_operation_axis (rule, &output, tn_node_int (tn_rule_node (rule), 0), &axis)
      || !alike (rule, &first, -1))
    return;
  for (int i = 0; i < output.rank; i++)
    output.dims[i] = i == axis  ? tn_dim (tn_rule_n_inputs (rule))
                     : i < axis ? first.dims[i]
                                : first.dims[i - 1];
  tn_rule_output (rule, &output);
}

static const TnLayerExample stack_examples[] = {
  { "axis=1", "(None, 6); (None, 6)", "(None, 2, 6)", NULL },
  { "axis=-1", "(None, 6); (None, 6); (None, 6)", "(None, 6, 3)", NULL },
  { "axis=1", "(None, 6); (None, 5)", NULL, "concat-shape" },
  { NULL },
};

static const char *const stack_arguments[] = { "x[]", NULL };

TN_OPERATION (stack, TN_OPS_NUMPY, "Stack", "stack", first_params, stack_arguments, 1, G_MAXUINT, 1,
              stack_shapes, N_ ("Puts tensors of one shape along a new axis."), stack_examples,
              tn_operation_stack_lower);

/* ---- taking apart ---- */

enum
{
  SPLIT_AT,
  SPLIT_AXIS,
};

static const TnParam split_params[] = {
  [SPLIT_AT] = TN_PARAM_OPERATION_INTS (
      "indices_or_sections", N_ ("Sections"), "2",
      N_ ("Into how many equal parts it is split, or a list of where it is.")),
  [SPLIT_AXIS] = TN_PARAM_OPERATION_AXIS (TN_DEFAULT_INT (0)),
};

static guint
split_outputs (const TnNode *node)
{
  g_autoptr (TnValue) at = tn_node_value (node, SPLIT_AT);

  if (at != NULL && tn_value_kind (at) == TN_VALUE_LIST)
    return (guint)MIN (tn_value_size (at) + 1, TN_MAX_OUTPUTS);
  return (guint)CLAMP (tn_node_int (node, SPLIT_AT), 1, TN_MAX_OUTPUTS);
}

/* Where a part that starts at @index really starts, counted from the end where negative. */
static gint64
split_index (gint64 index, gint64 size)
{
  if (index < 0)
    index += size;
  return CLAMP (index, 0, size);
}

static void
split_at (TnRule *rule, const TnShape *shape, int axis, const gint64 *at, guint n)
{
  gint64 size = shape->dims[axis].size, start = 0;
  TnShape part = *shape;

  for (guint i = 0; i <= n && i < TN_MAX_OUTPUTS; i++)
    {
      gint64 end = size;

      if (i < n)
        end = size >= 0 ? split_index (at[i], size) : at[i];
      part.dims[axis] = (i == n || at[i] < 0 || start < 0) && size < 0
                            ? tn_dim (TN_DIM_UNKNOWN)
                            : tn_dim (MAX (end - start, 0));
      start = end;
      tn_rule_output (rule, &part);
    }
}

static void
split_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);
  g_autoptr (TnValue) value = tn_node_value (node, SPLIT_AT);
  gint64 at[TN_MAX_OUTPUTS];
  guint n;
  int axis;

  if (!tn_operation_axis (rule, &shape, tn_node_int (node, SPLIT_AXIS), &axis)
      || !tn_operation_ints (node, SPLIT_AT, at, TN_MAX_OUTPUTS, &n))
    return;
  if (tn_value_kind (value) == TN_VALUE_LIST)
    {
      split_at (rule, &shape, axis, at, n);
      return;
    }
  if (at[0] < 1 || (tn_dim_is_known (shape.dims[axis]) && shape.dims[axis].size % at[0] != 0))
    {
      tn_rule_issue (
          rule, TN_SEVERITY_ERROR, "axis", 0,
          _ ("%s cannot split axis %d of size %" PRIi64 " into %" PRIi64 " equal parts."),
          tn_node_name (node), axis, shape.dims[axis].size, at[0]);
      return;
    }
  shape.dims[axis] = tn_rule_divide (rule, shape.dims[axis], tn_dim (at[0]));
  for (guint i = 0; i < tn_node_n_outputs (node); i++)
    tn_rule_output (rule, &shape);
}

static const TnLayerExample split_examples[] = {
  { "indices_or_sections=2, axis=-1", "(None, 8)", "(None, 4); (None, 4)", NULL },
  { "indices_or_sections=[2, 5], axis=1", "(None, 8)", "(None, 2); (None, 3); (None, 3)", NULL },
  { "indices_or_sections=3, axis=1", "(None, 8)", NULL, "axis" },
  { NULL },
};

TN_OPERATION_N (split, TN_OPS_NUMPY, "Split", "split", split_params, G_N_ELEMENTS (split_params),
                tn_operation_x, 1, 1, 2, split_outputs, split_shapes,
                N_ ("Splits a tensor into parts along an axis."), split_examples,
                tn_operation_split_lower);

enum
{
  UNSTACK_NUM,
  UNSTACK_AXIS,
};

static const TnParam unstack_params[] = {
  [UNSTACK_NUM] = { .name = "num",
                    .label = N_ ("How many"),
                    .kind = TN_PARAM_INT,
                    .flags = TN_PARAM_OPTIONAL,
                    .minimum = 1,
                    .fallback = TN_DEFAULT_NONE,
                    .help = N_ ("The size of the axis, where it cannot be known otherwise.") },
  [UNSTACK_AXIS] = TN_PARAM_OPERATION_AXIS (TN_DEFAULT_INT (0)),
};

static guint
unstack_outputs (const TnNode *node)
{
  return (guint)CLAMP (tn_node_int (node, UNSTACK_NUM), 1, TN_MAX_OUTPUTS);
}

static void
unstack_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0), output = { .rank = 0 };
  int axis;

  if (!tn_operation_axis (rule, &shape, tn_node_int (tn_rule_node (rule), UNSTACK_AXIS), &axis))
    return;
  for (int i = 0; i < shape.rank; i++)
    if (i != axis)
      output.dims[output.rank++] = shape.dims[i];
  for (guint i = 0; i < tn_node_n_outputs (tn_rule_node (rule)); i++)
    tn_rule_output (rule, &output);
}

static const TnLayerExample unstack_examples[] = {
  { "num=2, axis=1", "(None, 2, 6)", "(None, 6); (None, 6)", NULL },
  { NULL },
};

TN_OPERATION_N (unstack, TN_OPS_CORE, "Unstack", "unstack", unstack_params,
                G_N_ELEMENTS (unstack_params), tn_operation_x, 1, 1, 1, unstack_outputs,
                unstack_shapes, N_ ("Takes a tensor apart along an axis."), unstack_examples,
                tn_operation_unstack_lower);

/* ---- x[…] ---- */

static const char *const key_arguments[] = { "x", "key", NULL };
static const TnParam key_params[] = {
  { .name = "key",
    .label = N_ ("Key"),
    .kind = TN_PARAM_KEY,
    .flags = TN_PARAM_CALL | TN_PARAM_OPTIONAL,
    .fallback = TN_DEFAULT_NONE,
    .help = N_ ("What stands between the brackets of x[…]: numbers, slices, None and ellipses.") },
};

const TnValue *
tn_operation_slice_of (const TnValue *item)
{
  const TnValue *class_name = tn_value_lookup (item, "class_name");

  return class_name != NULL && strcmp (tn_value_string (class_name), "__slice__") == 0
             ? tn_value_lookup (item, "config")
             : NULL;
}

/* An end of a slice; @otherwise where it is None. */
static gint64
slice_end (const TnValue *slice, const char *key, gint64 otherwise)
{
  const TnValue *value = tn_value_lookup (slice, key);

  return value != NULL && tn_value_kind (value) == TN_VALUE_INT ? tn_value_int (value) : otherwise;
}

static gboolean
is_whole (const TnValue *slice)
{
  for (gsize i = 0; i < tn_value_size (slice); i++)
    if (!tn_value_is_none (tn_value_at (slice, i)))
      return FALSE;
  return TRUE;
}

gint64
tn_operation_slice (const TnValue *slice, gint64 size, gint64 *start, gint64 *step)
{
  gint64 low, high, stop, length;

  *step = slice_end (slice, "step", 1);
  low = *step > 0 ? 0 : -1;
  high = *step > 0 ? size : size - 1;
  *start = slice_end (slice, "start", *step > 0 ? low : high);
  stop = slice_end (slice, "stop", *step > 0 ? high : low);
  if (*start < 0 && !tn_value_is_none (tn_value_lookup (slice, "start")))
    *start += size;
  if (stop < 0 && tn_value_lookup (slice, "stop") != NULL
      && !tn_value_is_none (tn_value_lookup (slice, "stop")))
    stop += size;
  *start = CLAMP (*start, low, high);
  stop = CLAMP (stop, low, high);
  length = *step > 0 ? stop - *start : *start - stop;
  return length <= 0 ? 0 : (length - 1) / ABS (*step) + 1;
}

static TnDim
slice_size (const TnValue *slice, TnDim dim)
{
  gint64 step = slice_end (slice, "step", 1), start;

  if (is_whole (slice))
    return dim;
  if (dim.size < 0 || step == 0 || step == G_MININT64)
    return tn_dim (TN_DIM_UNKNOWN);
  return tn_dim (tn_operation_slice (slice, dim.size, &start, &step));
}

/* Items of a key: a list of them, or a lone one. */
static gsize
key_size (const TnValue *key)
{
  return tn_value_kind (key) == TN_VALUE_LIST ? tn_value_size (key) : 1;
}

static const TnValue *
key_item (const TnValue *key, gsize number)
{
  return tn_value_kind (key) == TN_VALUE_LIST ? tn_value_at (key, number) : key;
}

/* Takes @item of axis *@axis of @shape. FALSE with an issue. */
static gboolean
take_item (TnRule *rule, const TnValue *item, const TnShape *shape, int *axis, TnShape *output)
{
  const TnValue *slice = tn_operation_slice_of (item);
  TnDim dim;

  if (tn_value_is_none (item))
    {
      if (!tn_operation_rank (rule, output->rank + 1))
        return FALSE;
      output->dims[output->rank++] = tn_dim (1);
      return TRUE;
    }
  if (!tn_operation_axis (rule, shape, *axis, axis))
    return FALSE;
  dim = shape->dims[(*axis)++];
  if (slice != NULL)
    {
      if (!tn_operation_rank (rule, output->rank + 1))
        return FALSE;
      output->dims[output->rank++] = slice_size (slice, dim);
      return TRUE;
    }
  if (tn_dim_is_known (dim) && (tn_value_int (item) >= dim.size || tn_value_int (item) < -dim.size))
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                     _ ("%s takes number %" PRIi64 " of axis %d, which has only %" PRIi64 "."),
                     tn_node_name (tn_rule_node (rule)), tn_value_int (item), *axis - 1, dim.size);
      return FALSE;
    }
  return TRUE;
}

static void
getitem_shapes (TnRule *rule)
{
  const TnValue *key = tn_node_get (tn_rule_node (rule), 0);
  TnShape shape = tn_rule_input (rule, 0), output = { .rank = 0 };
  gboolean open = FALSE;
  int axis = 0, used = 0;

  g_autoptr (TnValue) none = NULL;

  /* A lone None is the default. */
  if (key == NULL)
    key = none = tn_value_new_none ();
  for (gsize i = 0; i < key_size (key); i++)
    {
      const TnValue *item = key_item (key, i);

      used += tn_operation_slice_of (item) != NULL || tn_value_kind (item) == TN_VALUE_INT;
    }
  if (used > shape.rank)
    {
      tn_operation_axis (rule, &shape, used - 1, &axis);
      return;
    }
  for (gsize i = 0; i < key_size (key); i++)
    {
      const TnValue *item = key_item (key, i);

      if (tn_value_kind (item) == TN_VALUE_DICT && tn_operation_slice_of (item) == NULL)
        {
          /* The first ellipsis stands for all axes that nothing else takes. */
          for (int rest = shape.rank - used; !open && rest > 0 && output.rank < TN_MAX_RANK; rest--)
            output.dims[output.rank++] = shape.dims[axis++];
          open = TRUE;
        }
      else if (!take_item (rule, item, &shape, &axis, &output))
        return;
    }
  if (!tn_operation_rank (rule, output.rank + shape.rank - axis))
    return;
  while (axis < shape.rank)
    output.dims[output.rank++] = shape.dims[axis++];
  tn_rule_output (rule, &output);
}

static const TnLayerExample getitem_examples[] = {
  { "key=0", "(4, 6, 8)", "(6, 8)", NULL },
  { "key=[{class_name: __slice__, config: {start: None, stop: None, step: None}}, -1]",
    "(None, 6, 8)", "(None, 8)", NULL },
  { "key=[{class_name: __ellipsis__, config: {}},"
    " {class_name: __slice__, config: {start: 1, stop: None, step: 2}}]",
    "(None, 6, 8)", "(None, 6, 4)", NULL },
  { "key=[{class_name: __slice__, config: {start: None, stop: 2, step: None}}, None]", "(None, 6)",
    "(None, 1, 6)", NULL },
  { "", "(None, 6)", "(1, None, 6)", NULL },
  { "key=[0, 7]", "(4, 6)", NULL, "axis" },
  { NULL },
};

TN_OPERATION (getitem, TN_OPS_NUMPY, "GetItem", "get_item", key_params, key_arguments, 1, 1, 1,
              getitem_shapes, N_ ("Takes part of a tensor, as x[…] does in Python."),
              getitem_examples, tn_operation_getitem_lower);

const TnLayer *const tn_layers_operations_parts[]
    = { &operation_concatenate, &operation_stack,   &operation_split,
        &operation_unstack,     &operation_getitem, NULL };
