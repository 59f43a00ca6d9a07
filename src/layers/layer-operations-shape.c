/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations that change the shape and leave the numbers: reshape, transpose, pad and the like. */
#include <string.h>

#include "layers/tn-operations.h"

/* ---- reshape ---- */

static const TnParam newshape_params[] = {
  { .name = "newshape",
    .label = N_ ("New shape"),
    .kind = TN_PARAM_DIMS,
    .flags = TN_PARAM_REQUIRED | TN_PARAM_MINUS_ONE,
    .suggestion = "(-1,)",
    .help = N_ ("The new shape, batch included; one -1 stands for what is left.") },
};

static void
refuse_size (TnRule *rule, const TnShape *input)
{
  g_autofree char *got = tn_shape_to_text (input);
  g_autoptr (TnValue) value = tn_node_value (tn_rule_node (rule), 0);
  g_autofree char *wanted = tn_value_to_text (value);

  tn_rule_issue (rule, TN_SEVERITY_ERROR, "reshape-size", 0,
                 _ ("%s cannot make %s out of %s: the numbers of elements differ."),
                 tn_node_name (tn_rule_node (rule)), wanted, got);
}

/* As Keras has it, what is left is told only where no size is open. */
static void
reshape_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0), output;
  gint64 total = tn_shape_elements (&input, 0), rest = 1;
  int open = -1;

  if (!tn_node_dims (tn_rule_node (rule), 0, &output))
    return;
  for (int axis = 0; axis < output.rank; axis++)
    if (!tn_dim_is_known (output.dims[axis]))
      open = axis;
    else if (__builtin_mul_overflow (rest, output.dims[axis].size, &rest))
      {
        refuse_size (rule, &input);
        return;
      }
  if (total >= 0 && (open < 0 ? rest != total : rest == 0 || total % rest != 0))
    {
      refuse_size (rule, &input);
      return;
    }
  if (total >= 0 && open >= 0)
    output.dims[open] = tn_dim (total / rest);
  tn_rule_output (rule, &output);
}

static const TnLayerExample reshape_examples[] = {
  { "newshape=(-1, 12)", "(4, 6)", "(2, 12)", NULL },
  { "newshape=(-1, 12)", "(None, 6)", "(None, 12)", NULL },
  { "newshape=(4, 6)", "(2, 12)", "(4, 6)", NULL },
  { "newshape=(-1, 5)", "(4, 6)", NULL, "reshape-size" },
  { NULL },
};

TN_OPERATION (reshape, TN_OPS_NUMPY, "Reshape", "reshape", newshape_params, tn_operation_x, 1, 1, 1,
              reshape_shapes, N_ ("Puts the same numbers into another shape, batch included."),
              reshape_examples, tn_operation_reshape_lower);

static void
ravel_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0), output = { .rank = 1 };

  output.dims[0] = input.rank > 0 ? tn_rule_product (rule, &input, 0, input.rank) : tn_dim (1);
  tn_rule_output (rule, &output);
}

static const TnLayerExample ravel_examples[] = {
  { "", "(2, 6)", "(12,)", NULL },
  { "", "(None, 6)", "(None,)", NULL },
  { NULL },
};

TN_OPERATION_N (ravel, TN_OPS_NUMPY, "Ravel", "ravel", NULL, 0, tn_operation_x, 1, 1, 1, NULL,
                ravel_shapes, N_ ("Puts all numbers, those of all samples, into one row."),
                ravel_examples, tn_operation_ravel_lower);

/* ---- axes in another order ---- */

static const TnParam transpose_params[]
    = { { .name = "axes",
          .label = N_ ("Axes"),
          .kind = TN_PARAM_AXES,
          .flags = TN_PARAM_EMPTY | TN_PARAM_OPTIONAL,
          .fallback = TN_DEFAULT_NONE,
          .help = N_ ("The axes in their new order; None turns it round.") } };

/* Puts out the axes of @shape in @order. */
static void
permute (TnRule *rule, const TnShape *shape, const int *order)
{
  TnShape output = { .rank = shape->rank };

  for (int axis = 0; axis < shape->rank; axis++)
    output.dims[axis] = shape->dims[order[axis]];
  tn_rule_output (rule, &output);
}

static void
transpose_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);
  gint64 axes[TN_MAX_RANK];
  int order[TN_MAX_RANK];
  gboolean seen[TN_MAX_RANK] = { FALSE };
  guint n = 0;
  gboolean told = tn_operation_ints (tn_rule_node (rule), 0, axes, TN_MAX_RANK, &n);

  for (int i = 0; i < shape.rank; i++)
    {
      order[i] = shape.rank - 1 - i;
      if (told && (guint)i < n && !tn_operation_axis (rule, &shape, axes[i], &order[i]))
        return;
      seen[order[i]] = TRUE;
    }
  for (int i = 0; told && i < shape.rank; i++)
    if (n != (guint)shape.rank || !seen[i])
      {
        TnIssue *issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                                        _ ("%s must name each of the %d axes that arrive once."),
                                        tn_node_name (tn_rule_node (rule)), shape.rank);

        if (issue != NULL)
          issue->param = "axes";
        return;
      }
  permute (rule, &shape, order);
}

static const TnLayerExample transpose_examples[] = {
  { "", "(None, 6, 8)", "(8, 6, None)", NULL },
  { "axes=[0, 2, 1]", "(None, 6, 8)", "(None, 8, 6)", NULL },
  { "axes=[0, 1]", "(None, 6, 8)", NULL, "axis" },
  { "axes=[0, 1, 1]", "(None, 6, 8)", NULL, "axis" },
  { NULL },
};

TN_OPERATION (transpose, TN_OPS_NUMPY, "Transpose", "transpose", transpose_params, tn_operation_x,
              1, 1, 1, transpose_shapes, N_ ("Puts the axes into another order."),
              transpose_examples, tn_operation_transpose_lower);

static const TnParam swapaxes_params[] = {
  { .name = "axis1",
    .label = N_ ("One axis"),
    .kind = TN_PARAM_INT,
    .flags = TN_PARAM_UNBOUNDED | TN_PARAM_REQUIRED,
    .suggestion = "1",
    .help = N_ ("One of the two; 0 is the batch.") },
  { .name = "axis2",
    .label = N_ ("Other axis"),
    .kind = TN_PARAM_INT,
    .flags = TN_PARAM_UNBOUNDED | TN_PARAM_REQUIRED,
    .suggestion = "-1",
    .help = N_ ("The other one of the two.") },
};

static void
swapaxes_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);
  TnDim one;
  int a, b;

  if (!tn_operation_axis (rule, &shape, tn_node_int (node, 0), &a)
      || !tn_operation_axis (rule, &shape, tn_node_int (node, 1), &b))
    return;
  one = shape.dims[a];
  shape.dims[a] = shape.dims[b];
  shape.dims[b] = one;
  tn_rule_output (rule, &shape);
}

static const TnLayerExample swapaxes_examples[] = {
  { "axis1=1, axis2=-1", "(None, 6, 8)", "(None, 8, 6)", NULL },
  { NULL },
};

TN_OPERATION (swapaxes, TN_OPS_NUMPY, "Swapaxes", "swapaxes", swapaxes_params, tn_operation_x, 1, 1,
              1, swapaxes_shapes, N_ ("Exchanges two axes; the others stay."), swapaxes_examples,
              tn_operation_swapaxes_lower);

static const TnParam moveaxis_params[] = {
  TN_PARAM_OPERATION_INTS ("source", N_ ("From"), "1", N_ ("Where the axes stand that are moved.")),
  TN_PARAM_OPERATION_INTS ("destination", N_ ("To"), "-1",
                           N_ ("Where the axes go that are moved.")),
};

static void
moveaxis_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);
  gint64 from[TN_MAX_RANK], to[TN_MAX_RANK];
  int order[TN_MAX_RANK], next = 0;
  gboolean moved[TN_MAX_RANK] = { FALSE };
  guint n = 0, m = 0;

  tn_operation_ints (node, 0, from, TN_MAX_RANK, &n);
  tn_operation_ints (node, 1, to, TN_MAX_RANK, &m);
  for (int i = 0; i < shape.rank; i++)
    order[i] = -1;
  for (guint i = 0; i < MIN (n, m); i++)
    {
      int source, place;

      if (!tn_operation_axis (rule, &shape, from[i], &source)
          || !tn_operation_axis (rule, &shape, to[i], &place))
        return;
      if (moved[source] || order[place] >= 0)
        n = G_MAXUINT;
      moved[source] = TRUE;
      order[place] = source;
    }
  if (n != m)
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                     _ ("%s must name a place for each axis that it moves."), tn_node_name (node));
      return;
    }
  for (int i = 0; i < shape.rank; i++)
    if (order[i] < 0)
      {
        while (moved[next])
          next++;
        order[i] = next++;
      }
  permute (rule, &shape, order);
}

static const TnLayerExample moveaxis_examples[] = {
  { "source=1, destination=-1", "(None, 3, 6, 8)", "(None, 6, 8, 3)", NULL },
  { "source=[0, 1], destination=[1, 0]", "(None, 3, 6)", "(3, None, 6)", NULL },
  { "source=[0, 1], destination=1", "(None, 3, 6)", NULL, "axis" },
  { NULL },
};

TN_OPERATION (moveaxis, TN_OPS_NUMPY, "Moveaxis", "moveaxis", moveaxis_params, tn_operation_x, 1, 1,
              1, moveaxis_shapes, N_ ("Moves axes to another place."), moveaxis_examples,
              tn_operation_moveaxis_lower);

/* ---- axes of size 1 ---- */

static const TnParam expand_params[] = { TN_PARAM_OPERATION_INTS (
    "axis", N_ ("Axis"), "-1", N_ ("Where the new axis stands in what comes out.")) };

static void
expand_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0), output = { .rank = 0 };
  gint64 axes[TN_MAX_RANK];
  gboolean fresh[TN_MAX_RANK] = { FALSE };
  guint n;
  int next = 0;

  if (!tn_operation_ints (tn_rule_node (rule), 0, axes, TN_MAX_RANK, &n)
      || !tn_operation_rank (rule, shape.rank + (int)n))
    return;
  output.rank = shape.rank + (int)n;
  for (guint i = 0; i < n; i++)
    {
      int axis;

      if (!tn_operation_axis (rule, &output, axes[i], &axis))
        return;
      fresh[axis] = TRUE;
    }
  for (int axis = 0; axis < output.rank; axis++)
    if (fresh[axis] || next >= shape.rank)
      output.dims[axis] = tn_dim (1);
    else
      output.dims[axis] = shape.dims[next++];
  tn_rule_output (rule, &output);
}

static const TnLayerExample expand_examples[] = {
  { "axis=1", "(None, 6)", "(None, 1, 6)", NULL },
  { "axis=-1", "(None, 6)", "(None, 6, 1)", NULL },
  { "axis=4", "(None, 6)", NULL, "axis" },
  { NULL },
};

TN_OPERATION (expand_dims, TN_OPS_NUMPY, "ExpandDims", "expand_dims", expand_params, tn_operation_x,
              1, 1, 1, expand_shapes, N_ ("Puts in an axis of size 1."), expand_examples,
              tn_operation_expand_lower);

static const TnParam squeeze_params[] = { TN_PARAM_OPERATION_AXES (TN_DEFAULT_NONE) };

static void
squeeze_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0), output = { .rank = 0 };
  gint64 axes[TN_MAX_RANK];
  gboolean gone[TN_MAX_RANK] = { FALSE };
  guint n;
  gboolean told = tn_operation_ints (node, 0, axes, TN_MAX_RANK, &n);

  for (guint i = 0; told && i < n; i++)
    {
      int axis;

      if (!tn_operation_axis (rule, &shape, axes[i], &axis))
        return;
      if (tn_dim_is_known (shape.dims[axis]) && shape.dims[axis].size != 1)
        {
          tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                         _ ("%s takes out axis %d, so its size must be 1, not %" PRIi64 "."),
                         tn_node_name (node), axis, shape.dims[axis].size);
          return;
        }
      gone[axis] = TRUE;
    }
  for (int axis = 0; axis < shape.rank; axis++)
    if (told ? !gone[axis] : shape.dims[axis].size != 1)
      output.dims[output.rank++] = shape.dims[axis];
  tn_rule_output (rule, &output);
}

static const TnLayerExample squeeze_examples[] = {
  { "axis=1", "(None, 1, 6)", "(None, 6)", NULL },
  { "", "(None, 1, 6, 1)", "(None, 6)", NULL },
  { "axis=-1", "(None, 6)", NULL, "axis" },
  { NULL },
};

TN_OPERATION (squeeze, TN_OPS_NUMPY, "Squeeze", "squeeze", squeeze_params, tn_operation_x, 1, 1, 1,
              squeeze_shapes, N_ ("Takes out axes of size 1."), squeeze_examples,
              tn_operation_squeeze_lower);

/* ---- more of the same ---- */

static const TnParam broadcast_params[] = {
  { .name = "shape",
    .label = N_ ("Shape"),
    .kind = TN_PARAM_DIMS,
    .flags = TN_PARAM_REQUIRED,
    .suggestion = "(1,)",
    .help = N_ ("The shape that sizes of 1 are stretched to, batch included.") },
};

static void
broadcast_to_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0), wanted, joined;

  if (!tn_node_dims (tn_rule_node (rule), 0, &wanted))
    return;
  if (!tn_operation_broadcast (&input, &wanted, &joined) || input.rank > wanted.rank)
    tn_operation_mismatch (rule, &input, &wanted);
  else
    tn_rule_output (rule, &wanted);
}

static const TnLayerExample broadcast_examples[] = {
  { "shape=(4, 6)", "(1, 6)", "(4, 6)", NULL },
  { "shape=(4, 6)", "(4, 5)", NULL, "merge-shape" },
  { NULL },
};

TN_OPERATION (broadcast_to, TN_OPS_NUMPY, "BroadcastTo", "broadcast_to", broadcast_params,
              tn_operation_x, 1, 1, 1, broadcast_to_shapes, N_ ("Stretches sizes of 1."),
              broadcast_examples, tn_operation_broadcast_lower);

static const char *const pad_arguments[] = { "x", "constant_values", NULL };
static const TnParam pad_params[] = {
  { .name = "pad_width",
    .label = N_ ("Padding"),
    .kind = TN_PARAM_NUMBERS,
    .flags = TN_PARAM_REQUIRED,
    .suggestion = "1",
    .help = N_ ("How much is put before and behind each axis: [[0, 0], [1, 1]].") },
  TN_PARAM_OPERAND ("constant_values"),
};

gboolean
tn_operation_padding (const TnValue *value, int axis, int rank, gint64 *before, gint64 *after)
{
  gint64 sum;

  if (tn_value_kind (value) == TN_VALUE_LIST && tn_value_size (value) > 0
      && tn_value_kind (tn_value_at (value, 0)) == TN_VALUE_LIST)
    {
      if (tn_value_size (value) != 1 && tn_value_size (value) != (gsize)rank)
        return FALSE;
      value = tn_value_at (value, tn_value_size (value) == 1 ? 0 : (gsize)axis);
    }
  if (tn_value_kind (value) == TN_VALUE_INT)
    *before = *after = tn_value_int (value);
  else if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) < 1
           || tn_value_size (value) > 2)
    return FALSE;
  else
    for (gsize i = 0; i < 2; i++)
      {
        const TnValue *item = tn_value_at (value, MIN (i, tn_value_size (value) - 1));

        if (tn_value_kind (item) != TN_VALUE_INT)
          return FALSE;
        *(i == 0 ? before : after) = tn_value_int (item);
      }
  return *before >= 0 && *after >= 0 && !__builtin_add_overflow (*before, *after, &sum);
}

static void
pad_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);

  for (int axis = 0; axis < shape.rank; axis++)
    {
      gint64 before, after;

      if (!tn_operation_padding (tn_node_get (node, 0), axis, shape.rank, &before, &after))
        {
          TnIssue *issue = tn_rule_issue (
              rule, TN_SEVERITY_ERROR, "axis", 0,
              _ ("%s must be told one padding, or one for each of the %d axes that arrive."),
              tn_node_name (node), shape.rank);

          if (issue != NULL)
            issue->param = "pad_width";
          return;
        }
      if (before + after > 0)
        shape.dims[axis] = tn_rule_add (rule, shape.dims[axis], tn_dim (before + after));
    }
  tn_rule_output (rule, &shape);
}

static const TnLayerExample pad_examples[] = {
  { "pad_width=[[0, 0], [1, 2]]", "(None, 6)", "(None, 9)", NULL },
  { "pad_width=1", "(2, 6)", "(4, 8)", NULL },
  { "pad_width=[[0, 0], [1, 2]]", "(None, 6, 8)", NULL, "axis" },
  { NULL },
};

TN_OPERATION (pad, TN_OPS_NUMPY, "Pad", "pad", pad_params, pad_arguments, 1, 1, 1, pad_shapes,
              N_ ("Puts numbers around what arrives."), pad_examples, tn_operation_pad_lower);

static const TnParam tile_params[] = { TN_PARAM_OPERATION_INTS (
    "repeats", N_ ("Repeats"), "1", N_ ("How often each axis is repeated as a whole.")) };

static void
tile_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0), output;
  gint64 repeats[TN_MAX_RANK];
  guint n;

  if (!tn_operation_ints (tn_rule_node (rule), 0, repeats, TN_MAX_RANK, &n))
    return;
  output = (TnShape){ .rank = MAX (shape.rank, (gint32)n) };
  for (int axis = 1; axis <= output.rank; axis++)
    {
      TnDim size = axis <= shape.rank ? shape.dims[shape.rank - axis] : tn_dim (1);
      gint64 times = axis <= (int)n ? repeats[(int)n - axis] : 1;

      output.dims[output.rank - axis]
          = times == 1 ? size : tn_rule_multiply (rule, size, tn_dim (MAX (times, 0)));
    }
  tn_rule_output (rule, &output);
}

static const TnLayerExample tile_examples[] = {
  { "repeats=[1, 3]", "(None, 6)", "(None, 18)", NULL },
  { "repeats=2", "(None, 6)", "(None, 12)", NULL },
  { "repeats=[2, 1, 3]", "(4, 6)", "(2, 4, 18)", NULL },
  { NULL },
};

TN_OPERATION (tile, TN_OPS_NUMPY, "Tile", "tile", tile_params, tn_operation_x, 1, 1, 1, tile_shapes,
              N_ ("Repeats what arrives as a whole."), tile_examples, tn_operation_tile_lower);

enum
{
  REPEAT_REPEATS,
  REPEAT_AXIS,
};

static const TnParam repeat_params[] = {
  [REPEAT_REPEATS]
  = { .name = "repeats",
      .label = N_ ("Repeats"),
      .kind = TN_PARAM_NUMBERS,
      .flags = TN_PARAM_REQUIRED,
      .suggestion = "2",
      .help = N_ ("How often each number is repeated, or how often each one of a list is.") },
  [REPEAT_AXIS] = TN_PARAM_OPERATION_AXIS (TN_DEFAULT_NONE),
};

static void
repeat_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  const TnValue *repeats = tn_node_get (node, REPEAT_REPEATS);
  TnShape shape = tn_rule_input (rule, 0);
  gint64 total = 0;
  int axis = 0;

  if (tn_node_is_none (node, REPEAT_AXIS))
    {
      TnDim all = shape.rank > 0 ? tn_rule_product (rule, &shape, 0, shape.rank) : tn_dim (1);

      shape = (TnShape){ .rank = 1, .dims = { all } };
    }
  else if (!tn_operation_axis (rule, &shape, tn_node_int (node, REPEAT_AXIS), &axis))
    return;
  for (gsize i = 0; i < tn_value_size (repeats); i++)
    {
      const TnValue *item = tn_value_at (repeats, i);

      if (tn_value_kind (item) != TN_VALUE_INT
          || __builtin_add_overflow (total, tn_value_int (item), &total))
        return;
    }
  if (tn_value_kind (repeats) == TN_VALUE_LIST && tn_value_size (repeats) > 1)
    shape.dims[axis] = tn_dim (total);
  else if (tn_value_kind (repeats) == TN_VALUE_LIST || tn_value_kind (repeats) == TN_VALUE_INT)
    shape.dims[axis] = tn_rule_multiply (
        rule, shape.dims[axis],
        tn_dim (tn_value_kind (repeats) == TN_VALUE_INT ? tn_value_int (repeats) : total));
  else
    return;
  tn_rule_output (rule, &shape);
}

static const TnLayerExample repeat_examples[] = {
  { "repeats=3, axis=1", "(None, 6)", "(None, 18)", NULL },
  { "repeats=[1, 2], axis=1", "(None, 2)", "(None, 3)", NULL },
  { "repeats=2", "(3, 4)", "(24,)", NULL },
  { NULL },
};

TN_OPERATION (repeat, TN_OPS_NUMPY, "Repeat", "repeat", repeat_params, tn_operation_x, 1, 1, 1,
              repeat_shapes, N_ ("Repeats each number along an axis."), repeat_examples,
              tn_operation_repeat_lower);

const TnLayer *const tn_layers_operations_shape[]
    = { &operation_reshape,  &operation_ravel,       &operation_transpose, &operation_swapaxes,
        &operation_moveaxis, &operation_expand_dims, &operation_squeeze,   &operation_broadcast_to,
        &operation_pad,      &operation_tile,        &operation_repeat,    NULL };
