/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reshaping layers: Flatten, Reshape, Permute, RepeatVector. */
#include <string.h>

#include "layers/tn-window.h"
#include "tensor/tn-symbol.h"

/* ---- Flatten ---- */

enum
{
  FLATTEN_DATA_FORMAT,
  FLATTEN_N_PARAMS,
};

static const TnParam flatten_params[FLATTEN_N_PARAMS] = {
  [FLATTEN_DATA_FORMAT] = TN_PARAM_DATA_FORMAT,
};

static void
flatten_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0);
  TnShape output = { .rank = 2, .dims = { input.dims[0], tn_dim (1) } };

  if (input.rank > 1)
    output.dims[1] = tn_rule_product (rule, &input, 1, input.rank);
  tn_rule_output (rule, &output);
}

static void
flatten_lower (TnLower *lower)
{
  TnTensorId input = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, input);
  TnImageAxes axes = tn_image_axes (tn_lower_node (lower), FLATTEN_DATA_FORMAT, shape.rank);
  TnShape flat = { .rank = 2, .dims = { shape.dims[0], tn_dim (tn_shape_elements (&shape, 1)) } };

  /* Keras flattens in the order of channels_last, whatever the format. */
  if (shape.rank > 2)
    input = tn_lower_channels_last (lower, input, axes);
  tn_lower_output (lower, tn_lower_reshape (lower, input, &flat));
}

static const TnLayerExample flatten_examples[] = {
  { "", "(None, 11, 11, 64)", "(None, 7744)", NULL },
  { "", "(None,)", "(None, 1)", NULL },
  { "", "(2, 0, 3)", "(2, 0)", NULL },
  { "", "(None, None, 5)", "(None, None)", NULL },
  { "data_format=channels_first", "(2, 3, 4, 5)", "(2, 60)", NULL },
  { NULL },
};

static const TnLayer layer_flatten = {
  .schema = { .type = "Flatten",
              .auto_name = "flatten",
              .params = flatten_params,
              .n_params = FLATTEN_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_RESHAPING,
  .label = N_ ("Flatten"),
  .summary = N_ ("Puts all numbers of a sample into one row, as a Dense wants them."),
  .keywords = N_ ("reshape vector row features unroll"),
  .icon = "tenon-layer-flatten-symbolic",
  .shapes = flatten_shapes,
  .lower = flatten_lower,
  .examples = flatten_examples,
};

/* ---- Reshape ---- */

enum
{
  RESHAPE_TARGET_SHAPE,
  RESHAPE_N_PARAMS,
};

static const TnParam reshape_params[RESHAPE_N_PARAMS] = {
  [RESHAPE_TARGET_SHAPE] = { .name = "target_shape",
                             .label = N_ ("Target shape"),
                             .kind = TN_PARAM_DIMS,
                             .flags = TN_PARAM_REQUIRED | TN_PARAM_MINUS_ONE,
                             .suggestion = "(-1,)",
                             .help = N_ ("The new shape without the batch, of as many numbers as "
                                         "arrive; one -1 stands for what is left.") },
};

/* "(-1, 1600)", as it was given. */
static char *
reshape_target_text (const TnNode *node)
{
  g_autoptr (TnValue) value = tn_node_value (node, RESHAPE_TARGET_SHAPE);

  return tn_value_to_text (value);
}

/* Where the -1 stands; -1 when there is none. */
static int
reshape_open_axis (const TnNode *node)
{
  const TnValue *value = tn_node_get (node, RESHAPE_TARGET_SHAPE);

  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      if (tn_value_kind (item) == TN_VALUE_INT && tn_value_int (item) == -1)
        return (int)i;
    }
  return -1;
}

static void
reshape_refuse (TnRule *rule, const TnShape *input, TnDim total, TnDim wanted, int open,
                const TnShape *output)
{
  const TnNode *node = tn_rule_node (rule);
  g_autofree char *target = reshape_target_text (node);
  g_autofree char *got = tn_shape_to_text (input);
  g_autoptr (GString) product = g_string_new (NULL);
  g_autofree char *count = tn_dim_to_text (total), *holds = tn_dim_to_text (wanted);
  TnIssue *issue;

  if (open >= 0)
    issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "reshape-size", 0,
                           _ ("%s arranges the %s numbers of a sample, %s from %s, as %s, but %s "
                              "is no multiple of %s."),
                           tn_node_name (node), count, got, tn_rule_source (rule, 0), target, count,
                           holds);
  else
    issue = tn_rule_issue (
        rule, TN_SEVERITY_ERROR, "reshape-size", 0,
        _ ("%s arranges the %s numbers of a sample, %s from %s, as %s, which holds %s."),
        tn_node_name (node), count, got, tn_rule_source (rule, 0), target, holds);
  if (issue == NULL)
    return;
  issue->param = "target_shape";
  issue->expected = *output;
  for (int axis = 0; axis < output->rank; axis++)
    issue->expected.dims[axis].trace = 0;
  for (int axis = 1; axis < input->rank; axis++)
    {
      g_autofree char *factor = tn_dim_to_text (input->dims[axis]);

      g_string_append_printf (product, "%s%s", axis > 1 ? " × " : "", factor);
    }
  tn_issue_add_provenance (
      issue, (TnProvenance){ .node = tn_node_id (node),
                             .axis = TN_AXIS_NONE,
                             .value = total.size,
                             .text = g_strdup_printf ("%s = %s", count,
                                                      input->rank > 1 ? product->str : "1") });
}

/* Is some size behind the batch plainly unknown? */
static gboolean
is_partly_open (const TnShape *shape)
{
  for (int axis = 1; axis < shape->rank; axis++)
    if (!tn_dim_is_known (shape->dims[axis]) && shape->dims[axis].symbol == 0)
      return TRUE;
  return FALSE;
}

/* @open: some axis takes what is left. */
static gboolean
reshape_fits (TnRule *rule, TnDim total, TnDim wanted, gboolean open)
{
  TnDim agreed;

  if (open && wanted.size == 0)
    return FALSE;
  if (!open)
    return tn_rule_agree_size (rule, 0, TN_AXIS_NONE, wanted, total, &agreed);
  if (tn_dim_is_known (total))
    return total.size % wanted.size == 0;
  return tn_rule_agree_size (
      rule, 0, TN_AXIS_NONE,
      tn_symbol_multiply (tn_symbol_scale (total, 1, 0, wanted.size), wanted), total, &agreed);
}

static void
reshape_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0), target, output = { .rank = 1 };
  int open = reshape_open_axis (node);
  TnDim total = tn_dim (1), wanted = tn_dim (1);
  TnDim fixed[TN_MAX_RANK];
  guint n_fixed = 0;

  tn_node_dims (node, RESHAPE_TARGET_SHAPE, &target);
  if (target.rank + 1 > TN_MAX_RANK)
    {
      TnIssue *issue
          = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1,
                           _ ("%s asks for more axes than the %d that Tenon works with."),
                           tn_node_name (node), TN_MAX_RANK);

      if (issue != NULL)
        issue->param = "target_shape";
      return;
    }
  output.dims[0] = input.dims[0];
  for (int axis = 0; axis < target.rank; axis++)
    {
      TnDim dim = tn_rule_param (rule, RESHAPE_TARGET_SHAPE, (guint)axis);

      if (axis != open)
        fixed[n_fixed++] = dim;
      output.dims[output.rank++] = dim;
    }
  if (n_fixed > 0)
    {
      TnShape others = { .rank = (gint32)n_fixed };

      memcpy (others.dims, fixed, n_fixed * sizeof *fixed);
      wanted = tn_rule_product (rule, &others, 0, (int)n_fixed);
    }
  if (input.rank > 1)
    total = tn_rule_product (rule, &input, 1, input.rank);
  if (!tn_dim_is_known (wanted) || (!tn_dim_is_known (total) && total.symbol == 0)
      || is_partly_open (&input))
    {
      /* Keras leaves the -1 open then, even where it could be told. */
      tn_rule_output (rule, &output);
      return;
    }
  if (!reshape_fits (rule, total, wanted, open >= 0))
    {
      reshape_refuse (rule, &input, total, wanted, open, &output);
      tn_rule_assume (rule, &output);
      return;
    }
  if (open >= 0)
    output.dims[1 + open] = n_fixed > 0 ? tn_rule_divide (rule, total, wanted) : total;
  tn_rule_output (rule, &output);
}

static void
reshape_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId input = tn_lower_input (lower, 0);
  const TnShape *shape = tn_lower_shape (lower, input);
  TnShape target, output = { .rank = 1, .dims = { shape->dims[0] } };
  int open = reshape_open_axis (node), unknown = -1;
  gint64 known = 1, total = tn_shape_elements (shape, 1);

  tn_node_dims (node, RESHAPE_TARGET_SHAPE, &target);
  for (int axis = 0; axis < target.rank; axis++)
    {
      if (axis == open || !tn_dim_is_known (target.dims[axis]))
        unknown = axis + 1;
      else
        known *= target.dims[axis].size;
      output.dims[output.rank++] = target.dims[axis];
    }
  if (unknown > 0)
    output.dims[unknown] = tn_dim (known > 0 ? total / known : 0);
  if (!tn_shape_is_full (&output, 0) || tn_shape_elements (&output, 1) != total)
    tn_lower_refuse (lower, _ ("the numbers that arrive do not fill its target_shape"));
  else
    tn_lower_output (lower, tn_lower_reshape (lower, input, &output));
}

static const TnLayerExample reshape_examples[] = {
  { "target_shape=(-1, 1600)", "(None, 5, 5, 64)", "(None, 1, 1600)", NULL },
  { "target_shape=(7744, 1)", "(None, 11, 11, 64)", "(None, 7744, 1)", NULL },
  { "target_shape=(-1, 3)", "(None, None, 4)", "(None, None, 3)", NULL },
  { "target_shape=()", "(None,)", "(None,)", NULL },
  { "target_shape=(-1, 64)", "(None, H, W, 64)", "(None, H·W, 64)", NULL },
  { "target_shape=(-1, 3)", "(None, H·2, 3)", "(None, H·2, 3)", NULL },
  { "target_shape=(10,)", "(None, T·3)", NULL, "reshape-size" },
  { "target_shape=(2, -1)", "(4, 6)", "(4, 2, 3)", NULL },
  { "target_shape=(-1, 1600)", "(None, 11, 11, 64)", NULL, "reshape-size" },
  { "target_shape=(28, 28, 3)", "(None, 784)", NULL, "reshape-size" },
  { "target_shape=(-1, 0)", "(None, 4)", NULL, "reshape-size" },
  { "target_shape=(-1, -1)", "(None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_reshape = {
  .schema = { .type = "Reshape",
              .auto_name = "reshape",
              .params = reshape_params,
              .n_params = RESHAPE_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_RESHAPING,
  .label = N_ ("Reshape"),
  .summary = N_ ("Arranges the numbers of each sample in another shape; their count must stay."),
  .keywords = N_ ("view shape arrange resize"),
  .aliases = "Unflatten view",
  .icon = "tenon-layer-reshape-symbolic",
  .shapes = reshape_shapes,
  .lower = reshape_lower,
  .brief = reshape_target_text,
  .examples = reshape_examples,
};

/* ---- Permute ---- */

enum
{
  PERMUTE_DIMS,
  PERMUTE_N_PARAMS,
};

static const TnParam permute_params[PERMUTE_N_PARAMS] = {
  [PERMUTE_DIMS] = { .name = "dims",
                     .label = N_ ("Order of axes"),
                     .kind = TN_PARAM_AXES,
                     .flags = TN_PARAM_REQUIRED | TN_PARAM_EMPTY,
                     .suggestion = "(2, 1)",
                     .help = N_ ("Which axis comes where, counted from 1 without the batch: (2, 1) "
                                 "swaps the two of a sequence.") },
};

/* Each of 1 … n once. */
static gboolean
permute_check (const TnNode *node, TnReport *report)
{
  g_autoptr (TnValue) value = tn_node_value (node, PERMUTE_DIMS);
  g_autofree char *given = tn_value_to_text (value);
  gint64 dims[TN_MAX_RANK];
  guint n, seen = 0;
  gboolean good = tn_value_kind (value) == TN_VALUE_LIST
                  && tn_node_axes (node, PERMUTE_DIMS, dims, &n) && n < TN_MAX_RANK;
  TnIssue *issue;

  for (guint i = 0; good && i < n; i++)
    {
      good = dims[i] >= 1 && dims[i] <= n && (seen & 1u << dims[i]) == 0;
      if (good)
        seen |= 1u << dims[i];
    }
  if (good)
    return TRUE;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s: dims must name each axis once, counted from 1 without the batch, "
                            "as (2, 1) does, not %s."),
                         tn_node_name (node), given);
  if (issue != NULL)
    issue->param = "dims";
  return FALSE;
}

static void
permute_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0), output = input;
  gint64 dims[TN_MAX_RANK];
  guint n;

  tn_node_axes (node, PERMUTE_DIMS, dims, &n);
  if (!tn_rule_expect_rank (rule, 0, (int)n + 1))
    return;
  for (guint i = 0; i < n; i++)
    output.dims[1 + i] = input.dims[dims[i]];
  tn_rule_output (rule, &output);
}

static void
permute_lower (TnLower *lower)
{
  int permutation[TN_MAX_RANK] = { 0 };
  gint64 dims[TN_MAX_RANK];
  guint n;

  tn_node_axes (tn_lower_node (lower), PERMUTE_DIMS, dims, &n);
  for (guint i = 0; i < n; i++)
    permutation[1 + i] = (int)dims[i];
  tn_lower_output (lower, tn_lower_transpose (lower, tn_lower_input (lower, 0), permutation));
}

static const TnLayerExample permute_examples[] = {
  { "dims=(2, 1)", "(None, 3, None)", "(None, None, 3)", NULL },
  { "dims=(3, 1, 2)", "(None, 3, 4, 5)", "(None, 5, 3, 4)", NULL },
  { "dims=(1, 2)", "(None, 3, 4, 5)", NULL, "rank" },
  { "dims=(0, 1)", "(None, 3, 4)", NULL, "param" },
  { "dims=(1, 1)", "(None, 3, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_permute = {
  .schema = { .type = "Permute",
              .auto_name = "permute",
              .params = permute_params,
              .n_params = PERMUTE_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_RESHAPING,
  .label = N_ ("Permute"),
  .summary = N_ ("Puts the axes of each sample in another order, as in transposing a table."),
  .keywords = N_ ("transpose swap axes channels order"),
  .aliases = "transpose permute swapaxes",
  .icon = "tenon-layer-reshape-symbolic",
  .check = permute_check,
  .shapes = permute_shapes,
  .lower = permute_lower,
  .examples = permute_examples,
};

/* ---- RepeatVector ---- */

enum
{
  REPEAT_N,
  REPEAT_N_PARAMS,
};

static const TnParam repeat_vector_params[REPEAT_N_PARAMS] = {
  [REPEAT_N] = { .name = "n",
                 .label = N_ ("Repetitions"),
                 .kind = TN_PARAM_INT,
                 .flags = TN_PARAM_REQUIRED,
                 .minimum = 1,
                 .suggestion = "3",
                 .help = N_ ("How many times the row of features is repeated; the new axis has "
                             "this size.") },
};

static void
repeat_vector_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0);
  TnShape output
      = { .rank = 3, .dims = { input.dims[0], tn_rule_param (rule, REPEAT_N, 0), input.dims[1] } };

  if (tn_rule_expect_rank (rule, 0, 2))
    tn_rule_output (rule, &output);
}

static void
repeat_vector_lower (TnLower *lower)
{
  TnTensorId input = tn_lower_input (lower, 0);
  const TnShape *shape = tn_lower_shape (lower, input);
  TnShape column = { .rank = 3, .dims = { shape->dims[0], tn_dim (1), shape->dims[1] } };

  input = tn_lower_reshape (lower, input, &column);
  input = tn_lower_repeat (lower, input, 1, tn_node_int (tn_lower_node (lower), REPEAT_N));
  tn_lower_output (lower, input);
}

static const TnLayerExample repeat_vector_examples[] = {
  { "n=3", "(None, 32)", "(None, 3, 32)", NULL },
  { "n=0", "(None, 32)", NULL, "param" },
  { "n=3", "(None, 4, 5)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_repeat_vector = {
  .schema = { .type = "RepeatVector",
              .auto_name = "repeat_vector",
              .params = repeat_vector_params,
              .n_params = REPEAT_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_RESHAPING,
  .label = N_ ("Repeat vector"),
  .summary = N_ ("Makes a sequence of a row of features by repeating it."),
  .keywords = N_ ("repeat copy sequence decoder tile"),
  .icon = "tenon-layer-reshape-symbolic",
  .shapes = repeat_vector_shapes,
  .lower = repeat_vector_lower,
  .examples = repeat_vector_examples,
};

const TnLayer *const tn_layers_reshaping[]
    = { &layer_flatten, &layer_reshape, &layer_permute, &layer_repeat_vector, NULL };
