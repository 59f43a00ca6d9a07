/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations along axes: sums and the like, sorting, picking, one-hot. */
#include <string.h>

#include "layers/tn-operations.h"

enum
{
  AXIS,
  KEEPDIMS,
};

#define KEEPDIMS_PARAM                                                                             \
  {                                                                                                \
    .name = "keepdims", .label = N_ ("Keep the axes"), .kind = TN_PARAM_BOOL,                      \
    .fallback = TN_DEFAULT_BOOL (FALSE),                                                           \
    .help = N_ ("Leaves a size of 1 in place of each axis it works along.")                        \
  }

/* ---- reductions ---- */

static const TnParam reduce_params[]
    = { TN_PARAM_OPERATION_AXES (TN_DEFAULT_NONE), KEEPDIMS_PARAM };

/* The shape without the axes that @axes names (NULL: all of them). */
static gboolean
reduce (TnRule *rule, const TnShape *input, const gint64 *axes, guint n_axes, gboolean keep,
        TnShape *output)
{
  gboolean gone[TN_MAX_RANK] = { FALSE };

  for (guint i = 0; axes != NULL && i < n_axes; i++)
    {
      int axis;

      if (!tn_operation_axis (rule, input, axes[i], &axis))
        return FALSE;
      gone[axis] = TRUE;
    }
  *output = (TnShape){ .rank = 0 };
  for (int axis = 0; axis < input->rank; axis++)
    if (axes != NULL && !gone[axis])
      output->dims[output->rank++] = input->dims[axis];
    else if (keep)
      output->dims[output->rank++] = tn_dim (1);
  return TRUE;
}

/* With parameters axis and keepdims first. */
static void
reduce_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0), output;
  gint64 axes[TN_MAX_RANK];
  guint n_axes;
  gboolean some = tn_operation_ints (node, AXIS, axes, TN_MAX_RANK, &n_axes);

  if (!reduce (rule, &input, some ? axes : NULL, n_axes, tn_node_bool (node, KEEPDIMS), &output))
    return;
  for (guint i = 0; i < tn_node_schema (node)->n_outputs; i++)
    tn_rule_output (rule, &output);
}

static const TnLayerExample reduce_examples[] = {
  { "axis=1", "(None, 6, 8)", "(None, 8)", NULL },
  { "axis=[1, -1], keepdims=True", "(None, 6, 8)", "(None, 1, 1)", NULL },
  { "", "(None, 6, 8)", "()", NULL },
  { "keepdims=True", "(None, 6)", "(1, 1)", NULL },
  { "axis=3", "(None, 6, 8)", NULL, "axis" },
  { NULL },
};

#define REDUCE_BY(id, module, class_name, how_it_runs)                                             \
  TN_OPERATION (id, module, class_name, #id, reduce_params, tn_operation_x, 1, 1, 1,               \
                reduce_shapes, N_ ("Makes one number of all that stand along an axis."),           \
                reduce_examples, how_it_runs)
#define REDUCE(id, module, class_name) REDUCE_BY (id, module, class_name, tn_operation_reduce_lower)

/* clang-format off */
REDUCE (all, TN_OPS_NUMPY, "All");
REDUCE (amax, TN_OPS_NUMPY, "Amax");
REDUCE (amin, TN_OPS_NUMPY, "Amin");
REDUCE (any, TN_OPS_NUMPY, "Any");
REDUCE (argmax, TN_OPS_NUMPY, "Argmax");
REDUCE (argmin, TN_OPS_NUMPY, "Argmin");
REDUCE_BY (count_nonzero, TN_OPS_NUMPY, "CountNonzero", tn_operation_count_lower);
REDUCE (max, TN_OPS_NUMPY, "Max");
REDUCE (mean, TN_OPS_NUMPY, "Mean");
REDUCE_BY (median, TN_OPS_NUMPY, "Median", tn_operation_median_lower);
REDUCE (min, TN_OPS_NUMPY, "Min");
REDUCE (prod, TN_OPS_NUMPY, "Prod");
REDUCE_BY (std, TN_OPS_NUMPY, "Std", tn_operation_variance_lower);
REDUCE (sum, TN_OPS_NUMPY, "Sum");
REDUCE_BY (var, TN_OPS_NUMPY, "Var", tn_operation_variance_lower);
REDUCE_BY (logsumexp, TN_OPS_MATH, "Logsumexp", tn_operation_logsumexp_lower);
REDUCE_BY (norm, TN_OPS_LINALG, "Norm", tn_operation_norm_lower);
/* clang-format on */

static const TnParam moments_params[]
    = { { .name = "axes",
          .label = N_ ("Axes"),
          .kind = TN_PARAM_AXES,
          .flags = TN_PARAM_EMPTY | TN_PARAM_OPTIONAL,
          .fallback = TN_DEFAULT_NONE,
          .help = N_ ("The axes it works along; 0 is the batch.") },
        KEEPDIMS_PARAM };

static const TnLayerExample moments_examples[] = {
  { "axes=[0]", "(None, 6)", "(6,); (6,)", NULL },
  { "axes=[1, 2], keepdims=True", "(None, 6, 8)", "(None, 1, 1); (None, 1, 1)", NULL },
  { NULL },
};

TN_OPERATION (moments, TN_OPS_NN, "Moments", "moments", moments_params, tn_operation_x, 1, 1, 2,
              reduce_shapes, N_ ("Puts out mean and variance along axes."), moments_examples,
              tn_operation_variance_lower);

/* ---- along one axis, or along all as one row ---- */

static const TnParam row_params[] = { TN_PARAM_OPERATION_AXIS (TN_DEFAULT_NONE) };
static const TnParam last_params[] = { TN_PARAM_OPERATION_AXIS (TN_DEFAULT_INT (-1)) };

static void
row_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);
  int axis;

  if (tn_node_is_none (node, AXIS))
    {
      TnShape flat = { .rank = 1 };

      flat.dims[0] = shape.rank > 0 ? tn_rule_product (rule, &shape, 0, shape.rank) : tn_dim (1);
      tn_rule_output (rule, &flat);
    }
  else if (tn_operation_axis (rule, &shape, tn_node_int (node, AXIS), &axis))
    tn_rule_output (rule, &shape);
}

static const TnLayerExample row_examples[] = {
  { "axis=1", "(None, 6)", "(None, 6)", NULL },
  { "axis=None", "(2, 6)", "(12,)", NULL },
  { "axis=None", "(None, 6)", "(None,)", NULL },
  { "axis=5", "(None, 6)", NULL, "axis" },
  { NULL },
};

#define ROW(id, class_name, table, how_it_runs, about)                                             \
  TN_OPERATION (id, TN_OPS_NUMPY, class_name, #id, table, tn_operation_x, 1, 1, 1, row_shapes,     \
                about, row_examples, how_it_runs)

/* clang-format off */
ROW (cumsum, "Cumsum", row_params, tn_operation_cumulate_lower, N_ ("Sums up along an axis, from one number to the next."));
ROW (cumprod, "Cumprod", row_params, tn_operation_cumulate_lower, N_ ("Multiplies along an axis, from one number to the next."));
ROW (sort, "Sort", last_params, tn_operation_sort_lower, N_ ("Sorts along an axis."));
ROW (argsort, "Argsort", last_params, tn_operation_sort_lower, N_ ("Tells the order that would sort along an axis."));
/* clang-format on */

/* ---- halves, one-hot, the largest few ---- */

static void
glu_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);
  int axis;

  if (!tn_operation_axis (rule, &shape, tn_node_int (tn_rule_node (rule), AXIS), &axis))
    return;
  if (tn_dim_is_known (shape.dims[axis]) && shape.dims[axis].size % 2 != 0)
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                     _ ("%s halves axis %d, so its size must be even, not %" PRIi64 "."),
                     tn_node_name (tn_rule_node (rule)), axis, shape.dims[axis].size);
      return;
    }
  shape.dims[axis] = tn_rule_divide (rule, shape.dims[axis], tn_dim (2));
  tn_rule_output (rule, &shape);
}

static const TnLayerExample glu_examples[] = {
  { "", "(None, 8)", "(None, 4)", NULL },
  { "axis=1", "(None, 6, 3)", "(None, 3, 3)", NULL },
  { "", "(None, 7)", NULL, "axis" },
  { NULL },
};

TN_OPERATION (glu, TN_OPS_NN, "Glu", "glu", last_params, tn_operation_x, 1, 1, 1, glu_shapes,
              N_ ("Multiplies one half with the sigmoid of the other."), glu_examples,
              tn_operation_glu_lower);

enum
{
  ONE_HOT_AXIS,
  ONE_HOT_CLASSES,
};

static const TnParam one_hot_params[] = {
  [ONE_HOT_AXIS] = TN_PARAM_OPERATION_AXIS (TN_DEFAULT_INT (-1)),
  [ONE_HOT_CLASSES] = { .name = "num_classes",
                        .label = N_ ("Classes"),
                        .kind = TN_PARAM_INT,
                        .flags = TN_PARAM_REQUIRED,
                        .minimum = 1,
                        .suggestion = "10",
                        .help = N_ ("How many classes there are.") },
};

static void
one_hot_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0), whole;
  int axis;

  if (!tn_operation_rank (rule, shape.rank + 1))
    return;
  whole = (TnShape){ .rank = shape.rank + 1 };
  if (!tn_operation_axis (rule, &whole, tn_node_int (tn_rule_node (rule), ONE_HOT_AXIS), &axis))
    return;
  for (int i = 0; i < whole.rank; i++)
    whole.dims[i] = i == axis  ? tn_rule_param (rule, ONE_HOT_CLASSES, 0)
                    : i < axis ? shape.dims[i]
                               : shape.dims[i - 1];
  tn_rule_output (rule, &whole);
}

static const TnLayerExample one_hot_examples[] = {
  { "num_classes=5", "(None, 6)", "(None, 6, 5)", NULL },
  { "num_classes=5, axis=1", "(None, 6)", "(None, 5, 6)", NULL },
  { "num_classes=0", "(None, 6)", NULL, "param" },
  { NULL },
};

TN_OPERATION (one_hot, TN_OPS_NN, "OneHot", "one_hot", one_hot_params, tn_operation_x, 1, 1, 1,
              one_hot_shapes, N_ ("Makes each whole number a row of zeros with one 1."),
              one_hot_examples, tn_operation_one_hot_lower);

static const TnParam top_k_params[] = {
  { .name = "k",
    .label = N_ ("How many"),
    .kind = TN_PARAM_INT,
    .flags = TN_PARAM_REQUIRED,
    .minimum = 1,
    .suggestion = "1",
    .help = N_ ("How many of the largest numbers are kept.") },
};

static void
top_k_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);
  int axis;

  if (!tn_operation_axis (rule, &shape, -1, &axis))
    return;
  shape.dims[axis] = tn_rule_param (rule, 0, 0);
  tn_rule_output (rule, &shape);
  tn_rule_output (rule, &shape);
}

static const TnLayerExample top_k_examples[] = {
  { "k=3", "(None, 10)", "(None, 3); (None, 3)", NULL },
  { NULL },
};

TN_OPERATION (top_k, TN_OPS_MATH, "TopK", "top_k", top_k_params, tn_operation_x, 1, 1, 2,
              top_k_shapes,
              N_ ("Puts out the largest numbers along the last axis, and where "
                  "they stand."),
              top_k_examples, tn_operation_top_k_lower);

/* ---- picking along an axis ---- */

static const char *const take_arguments[] = { "x", "indices", NULL };
static const TnParam take_params[]
    = { TN_PARAM_OPERATION_AXIS (TN_DEFAULT_NONE), TN_PARAM_OPERAND ("indices") };

static void
take_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0), indices, output = { .rank = 0 };
  guint slot = 1;
  int axis = 0;

  if (!tn_operation_operand (rule, 1, &slot, &indices))
    return;
  if (tn_node_is_none (node, AXIS))
    {
      tn_rule_output (rule, &indices);
      return;
    }
  if (!tn_operation_axis (rule, &shape, tn_node_int (node, AXIS), &axis)
      || !tn_operation_rank (rule, shape.rank - 1 + indices.rank))
    return;
  for (int i = 0; i < axis; i++)
    output.dims[output.rank++] = shape.dims[i];
  for (int i = 0; i < indices.rank; i++)
    output.dims[output.rank++] = indices.dims[i];
  for (int i = axis + 1; i < shape.rank; i++)
    output.dims[output.rank++] = shape.dims[i];
  tn_rule_output (rule, &output);
}

static const TnLayerExample take_examples[] = {
  { "axis=1, indices=2", "(None, 6, 8)", "(None, 8)", NULL },
  { "axis=-1, indices=[0, 3]", "(None, 6, 8)", "(None, 6, 2)", NULL },
  { "axis=1", "(None, 6, 8); (4, 5)", "(None, 4, 5, 8)", NULL },
  { "indices=[1, 2, 3]", "(None, 6)", "(3,)", NULL },
  { NULL },
};

TN_OPERATION (take, TN_OPS_NUMPY, "Take", "take", take_params, take_arguments, 1, 2, 1, take_shapes,
              N_ ("Takes what stands at given places along an axis."), take_examples,
              tn_operation_take_lower);

const TnLayer *const tn_layers_operations_axes[]
    = { &operation_all,       &operation_amax,    &operation_amin,
        &operation_any,       &operation_argmax,  &operation_argmin,
        &operation_max,       &operation_mean,    &operation_count_nonzero,
        &operation_median,    &operation_min,     &operation_prod,
        &operation_std,       &operation_sum,     &operation_var,
        &operation_logsumexp, &operation_norm,    &operation_moments,
        &operation_cumsum,    &operation_cumprod, &operation_sort,
        &operation_argsort,   &operation_glu,     &operation_one_hot,
        &operation_top_k,     &operation_take,    NULL };
