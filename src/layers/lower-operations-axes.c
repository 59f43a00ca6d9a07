/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How operations run that work along axes: sums and the like, order, places. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-operations.h"

/* ---- the axes ---- */

/* Those that parameter @name names, or all where it is None; a list of one or a number alike. */
static guint
named_axes (const TnNode *node, const char *name, const TnShape *shape, gboolean *named)
{
  int param = tn_schema_param (tn_node_schema (node), name);
  gint64 axes[TN_MAX_RANK];
  guint n = 0, count = 0;
  gboolean some = param >= 0 && tn_operation_ints (node, (guint)param, axes, TN_MAX_RANK, &n);

  for (int axis = 0; axis < TN_MAX_RANK; axis++)
    named[axis] = !some && axis < shape->rank;
  for (guint i = 0; some && i < n; i++)
    named[tn_shape_axis (shape, axes[i])] = TRUE;
  for (int axis = 0; axis < shape->rank; axis++)
    count += named[axis];
  return count;
}

/* The named axes as one, behind all others; the order of those stays. */
static TnTensorId
gather_axes (TnLower *lower, TnTensorId x, const gboolean *named)
{
  TnShape shape = *tn_lower_shape (lower, x);
  int permutation[TN_MAX_RANK], place = 0, others;
  gboolean moved = FALSE;

  for (int axis = 0; axis < shape.rank; axis++)
    if (!named[axis])
      permutation[place++] = axis;
  others = place;
  for (int axis = 0; axis < shape.rank; axis++)
    if (named[axis])
      permutation[place++] = axis;
  for (int axis = 0; axis < shape.rank; axis++)
    moved |= permutation[axis] != axis;
  return tn_lower_join (lower, moved ? tn_lower_transpose (lower, x, permutation) : x, others,
                        shape.rank);
}

/* What was made of @x by reducing the axis that gather_axes() put last, as the operation puts it
 * out. */
static TnTensorId
finish (TnLower *lower, TnTensorId reduced, const TnShape *x, const gboolean *named, gboolean keep)
{
  TnShape shape = { .rank = 0 };

  for (int axis = 0; axis < x->rank; axis++)
    if (!named[axis])
      shape.dims[shape.rank++] = x->dims[axis];
    else if (keep)
      shape.dims[shape.rank++] = tn_dim (1);
  return tn_lower_reshape (lower, reduced, &shape);
}

static gboolean
keeps_axes (const TnNode *node)
{
  return tn_operation_number (node, "keepdims", FALSE) != 0;
}

/* ---- reductions ---- */

static const struct
{
  const char *name;
  TnReduce reduce;
} reductions[] = {
  { "all", TN_REDUCE_ALL },      { "amax", TN_REDUCE_MAXIMUM },  { "amin", TN_REDUCE_MINIMUM },
  { "any", TN_REDUCE_ANY },      { "argmax", TN_REDUCE_ARGMAX }, { "argmin", TN_REDUCE_ARGMIN },
  { "max", TN_REDUCE_MAXIMUM },  { "mean", TN_REDUCE_MEAN },     { "min", TN_REDUCE_MINIMUM },
  { "prod", TN_REDUCE_PRODUCT }, { "sum", TN_REDUCE_SUM },
};

/* What a maximum starts from, where it is told. */
static TnTensorId
with_initial (TnLower *lower, TnReduce reduce, TnTensorId x)
{
  double initial = tn_operation_number (tn_lower_node (lower), "initial", NAN);

  if (isnan (initial) || (reduce != TN_REDUCE_MAXIMUM && reduce != TN_REDUCE_MINIMUM))
    return x;
  return tn_lower_binary (lower,
                          reduce == TN_REDUCE_MAXIMUM ? TN_BINARY_MAXIMUM : TN_BINARY_MINIMUM, x,
                          tn_lower_number (lower, initial));
}

void
tn_operation_reduce_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const char *name = tn_node_schema (node)->auto_name;
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x);
  gboolean named[TN_MAX_RANK];
  guint i = 0;

  while (!g_str_equal (reductions[i].name, name))
    {
      i++;
      g_assert (i < G_N_ELEMENTS (reductions));
    }
  named_axes (node, "axis", &shape, named);
  x = gather_axes (lower, x, named);
  x = tn_lower_reduce (lower, reductions[i].reduce, x, tn_lower_shape (lower, x)->rank - 1);
  x = with_initial (lower, reductions[i].reduce, x);
  tn_lower_output (lower, finish (lower, x, &shape, named, keeps_axes (node)));
}

void
tn_operation_count_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x);
  gboolean named[TN_MAX_RANK];

  named_axes (node, "axis", &shape, named);
  x = tn_lower_binary (lower, TN_BINARY_NOT_EQUAL, x, tn_lower_number (lower, 0));
  x = gather_axes (lower, x, named);
  x = tn_lower_reduce (lower, TN_REDUCE_SUM, x, tn_lower_shape (lower, x)->rank - 1);
  tn_lower_output (lower, finish (lower, x, &shape, named, keeps_axes (node)));
}

/* Mean and variance along the last axis, which stays, 1 long. */
static TnTensorId
variance_of (TnLower *lower, TnTensorId x, TnTensorId *mean)
{
  int last = tn_lower_shape (lower, x)->rank - 1;
  TnTensorId apart;

  *mean = tn_lower_reduce (lower, TN_REDUCE_MEAN, x, last);
  apart = tn_lower_binary (lower, TN_BINARY_SUBTRACT, x, *mean);
  return tn_lower_reduce (lower, TN_REDUCE_MEAN, tn_lower_unary (lower, TN_UNARY_SQUARE, apart),
                          last);
}

/* std, var, and moments, which puts out the mean as well. */
void
tn_operation_variance_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const char *name = tn_node_schema (node)->auto_name;
  TnTensorId x = tn_lower_input (lower, 0), mean, variance;
  TnShape shape = *tn_lower_shape (lower, x);
  gboolean named[TN_MAX_RANK], moments = g_str_equal (name, "moments");

  named_axes (node, moments ? "axes" : "axis", &shape, named);
  variance = variance_of (lower, gather_axes (lower, x, named), &mean);
  if (g_str_equal (name, "std"))
    variance = tn_lower_unary (lower, TN_UNARY_SQRT, variance);
  if (moments)
    tn_lower_output (lower, finish (lower, mean, &shape, named, keeps_axes (node)));
  tn_lower_output (lower, finish (lower, variance, &shape, named, keeps_axes (node)));
}

/* Of an even number the mean of the two in the middle; not a number where one of them is none. */
void
tn_operation_median_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0), sorted, middle, lost;
  TnShape shape = *tn_lower_shape (lower, x);
  TnOpSettings settings = { 0 };
  gboolean named[TN_MAX_RANK];
  gint64 n;

  named_axes (node, "axis", &shape, named);
  x = gather_axes (lower, x, named);
  settings.axis = tn_lower_shape (lower, x)->rank - 1;
  n = tn_lower_shape (lower, x)->dims[settings.axis].size;
  if (n == 0)
    x = tn_lower_reduce (lower, TN_REDUCE_MEAN, x, settings.axis);
  else
    {
      settings.kernel[0] = n / 2 + 1;
      sorted = tn_lower_call (lower, &tn_op_sort, &settings, &x, 1);
      middle = tn_lower_cut (lower, sorted, settings.axis, (n - 1) / 2, n % 2 == 0 ? 2 : 1);
      middle = tn_lower_reduce (lower, TN_REDUCE_MEAN, middle, settings.axis);
      lost = tn_lower_reduce (lower, TN_REDUCE_ANY, tn_lower_unary (lower, TN_UNARY_IS_NAN, x),
                              settings.axis);
      x = tn_lower_call (lower, &tn_op_select, NULL,
                         (TnTensorId[]){ lost, tn_lower_number (lower, NAN), middle }, 3);
    }
  tn_lower_output (lower, finish (lower, x, &shape, named, keeps_axes (node)));
}

/* max + log Σ exp (x - max), so that nothing overflows. */
void
tn_operation_logsumexp_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0), most, finite;
  TnShape shape = *tn_lower_shape (lower, x);
  gboolean named[TN_MAX_RANK];
  int last;

  named_axes (node, "axis", &shape, named);
  x = gather_axes (lower, x, named);
  last = tn_lower_shape (lower, x)->rank - 1;
  most = tn_lower_reduce (lower, TN_REDUCE_MAXIMUM, x, last);
  finite = tn_lower_unary (lower, TN_UNARY_IS_FINITE, most);
  most = tn_lower_call (lower, &tn_op_select, NULL,
                        (TnTensorId[]){ finite, most, tn_lower_number (lower, 0) }, 3);
  x = tn_lower_binary (lower, TN_BINARY_SUBTRACT, x, most);
  x = tn_lower_reduce (lower, TN_REDUCE_SUM, tn_lower_activation (lower, x, "exponential"), last);
  x = tn_lower_binary (lower, TN_BINARY_ADD, tn_lower_unary (lower, TN_UNARY_LOG, x), most);
  tn_lower_output (lower, finish (lower, x, &shape, named, keeps_axes (node)));
}

/* ---- norms ---- */

/* The norm of the vectors along axis @axis, which stays, 1 long. */
static TnTensorId
vector_norm (TnLower *lower, TnTensorId x, int axis, double order)
{
  TnTensorId size = tn_lower_unary (lower, TN_UNARY_ABSOLUTE, x);

  if (isinf (order))
    return tn_lower_reduce (lower, order > 0 ? TN_REDUCE_MAXIMUM : TN_REDUCE_MINIMUM, size, axis);
  if (order == 0)
    return tn_lower_reduce (
        lower, TN_REDUCE_SUM,
        tn_lower_binary (lower, TN_BINARY_NOT_EQUAL, x, tn_lower_number (lower, 0)), axis);
  if (order == 1)
    return tn_lower_reduce (lower, TN_REDUCE_SUM, size, axis);
  if (order == 2)
    return tn_lower_unary (
        lower, TN_UNARY_SQRT,
        tn_lower_reduce (lower, TN_REDUCE_SUM, tn_lower_unary (lower, TN_UNARY_SQUARE, x), axis));
  size = tn_lower_binary (lower, TN_BINARY_POWER, size, tn_lower_number (lower, order));
  return tn_lower_binary (lower, TN_BINARY_POWER,
                          tn_lower_reduce (lower, TN_REDUCE_SUM, size, axis),
                          tn_lower_number (lower, 1 / order));
}

/* Singular values, largest first, of the matrices in the last two axes. */
static TnTensorId
singular_values (TnLower *lower, TnTensorId x)
{
  return tn_lower_call (lower, &tn_op_singular_values, NULL, &x, 1);
}

/* The norm of the matrices in the last two axes, which stay as one, 1 long. @name: "fro", "nuc", or
 * NULL for @order. ABSENT when there is none such. */
static TnTensorId
matrix_norm (TnLower *lower, TnTensorId x, const char *name, double order)
{
  int rows = tn_lower_shape (lower, x)->rank - 2;
  gboolean whole = isinf (order), least = order < 0;
  TnReduce outer = least ? TN_REDUCE_MINIMUM : TN_REDUCE_MAXIMUM;
  TnTensorId values;

  if (g_strcmp0 (name, "fro") == 0)
    return vector_norm (lower, tn_lower_join (lower, x, rows, rows + 2), rows, 2);
  if (g_strcmp0 (name, "nuc") == 0)
    return tn_lower_reduce (lower, TN_REDUCE_SUM, singular_values (lower, x), rows);
  if (name != NULL || (!whole && fabs (order) != 1 && fabs (order) != 2))
    return TN_TENSOR_ABSENT;
  if (fabs (order) == 2)
    return tn_lower_reduce (lower, outer, singular_values (lower, x), rows);
  /* The largest sum of a column, or for infinity of a row. */
  values = vector_norm (lower, x, whole ? rows + 1 : rows, 1);
  return tn_lower_reduce (lower, outer, tn_lower_join (lower, values, rows, rows + 2), rows);
}

void
tn_operation_norm_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const TnValue *ord = tn_operation_argument (node, "ord");
  const char *name
      = ord != NULL && tn_value_kind (ord) == TN_VALUE_STRING ? tn_value_string (ord) : NULL;
  double order = 2;
  TnTensorId x = tn_lower_input (lower, 0), parted;
  TnShape shape = *tn_lower_shape (lower, x), matrices;
  gboolean named[TN_MAX_RANK], all = tn_node_is_none (node, 0);
  guint n = named_axes (node, "axis", &shape, named);

  if (ord != NULL && !tn_operation_value (ord, &order) && name == NULL)
    name = "";
  if (g_strcmp0 (name, "inf") == 0 || g_strcmp0 (name, "-inf") == 0)
    {
      order = name[0] == '-' ? -INFINITY : INFINITY;
      name = NULL;
    }
  x = gather_axes (lower, x, named);
  if (ord == NULL || (n == 1 && name == NULL))
    x = vector_norm (lower, x, tn_lower_shape (lower, x)->rank - 1, order);
  else if (n == 2)
    {
      gint64 axes[TN_MAX_RANK];
      guint m = 0;
      gboolean turned = !all && tn_operation_ints (node, 0, axes, TN_MAX_RANK, &m) && m == 2
                        && tn_shape_axis (&shape, axes[0]) > tn_shape_axis (&shape, axes[1]);
      int last = tn_lower_shape (lower, x)->rank - 1, place = last;
      int permutation[TN_MAX_RANK];

      matrices = *tn_lower_shape (lower, x);
      for (int axis = 0; axis < shape.rank; axis++)
        if (named[axis])
          matrices.dims[place++] = shape.dims[axis];
      matrices.rank = place;
      parted = tn_lower_reshape (lower, x, &matrices);
      for (int axis = 0; axis < place; axis++)
        permutation[axis] = axis;
      permutation[last] = last + 1;
      permutation[last + 1] = last;
      x = matrix_norm (lower, turned ? tn_lower_transpose (lower, parted, permutation) : parted,
                       name, order);
    }
  else
    x = TN_TENSOR_ABSENT;
  if (x == TN_TENSOR_ABSENT)
    tn_operation_lower_name (lower);
  else
    tn_lower_output (lower, finish (lower, x, &shape, named, keeps_axes (node)));
}

/* x / |x|, as Keras has it: nothing is divided by less than epsilon. */
void
tn_operation_normalize_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  double order = tn_operation_number (node, "order", 2);
  double epsilon = tn_operation_number (node, "epsilon", 1e-7);
  TnTensorId x = tn_lower_input (lower, 0), norm;
  TnShape shape = *tn_lower_shape (lower, x);
  const TnValue *value = tn_operation_argument (node, "axis");
  gint64 number
      = value != NULL && tn_value_kind (value) == TN_VALUE_INT ? tn_value_int (value) : -1;
  int axis = tn_shape_axis (&shape, number);

  if (axis < 0 || (value != NULL && tn_value_kind (value) != TN_VALUE_INT))
    {
      tn_operation_lower_name (lower);
      return;
    }
  norm = vector_norm (lower, x, axis, order);
  norm = tn_lower_binary (lower, TN_BINARY_MAXIMUM, norm, tn_lower_number (lower, epsilon));
  tn_lower_output (lower, tn_lower_binary (lower, TN_BINARY_DIVIDE, x, norm));
}

/* ---- softmax and its like, along one axis, several, or all ---- */

void
tn_operation_softmax_lower (TnLower *lower)
{
  static const struct
  {
    const char *name;
    const TnOp *op;
  } ops[] = { { "softmax", &tn_op_softmax },
              { "log_softmax", &tn_op_log_softmax },
              { "sparsemax", &tn_op_sparsemax } };
  const TnNode *node = tn_lower_node (lower);
  const TnValue *value = tn_operation_argument (node, "axis");
  gboolean list = value != NULL && tn_value_kind (value) == TN_VALUE_LIST, good = TRUE;
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x), gathered;
  gboolean named[TN_MAX_RANK] = { FALSE };
  int forth[TN_MAX_RANK], back[TN_MAX_RANK], place = 0;
  TnOpSettings settings = { 0 };
  guint i = 0;

  while (!g_str_equal (ops[i].name, tn_node_schema (node)->auto_name))
    {
      i++;
      g_assert (i < G_N_ELEMENTS (ops));
    }
  for (gsize j = 0; good && j < (list ? tn_value_size (value) : 1); j++)
    {
      const TnValue *item = list ? tn_value_at (value, j) : value;
      int axis = -1;

      if (item == NULL || tn_value_kind (item) == TN_VALUE_INT)
        axis = tn_shape_axis (&shape, item != NULL ? tn_value_int (item) : -1);
      good = axis >= 0;
      if (good)
        named[axis] = TRUE;
    }
  if (!good)
    {
      tn_operation_lower_name (lower);
      return;
    }
  for (int pass = 0; pass < 2; pass++)
    for (int axis = 0; axis < shape.rank; axis++)
      if (named[axis] == (pass == 1))
        {
          back[axis] = place;
          forth[place++] = axis;
        }
  gathered = shape;
  for (int axis = 0; axis < shape.rank; axis++)
    gathered.dims[axis] = shape.dims[forth[axis]];
  x = gather_axes (lower, x, named);
  settings.axis = tn_lower_shape (lower, x)->rank - 1;
  x = tn_lower_call (lower, ops[i].op, &settings, &x, 1);
  x = tn_lower_reshape (lower, x, &gathered);
  tn_lower_output (lower, tn_lower_transpose (lower, x, back));
}
