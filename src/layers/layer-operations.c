/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations element by element: functions of one tensor, and of several that are broadcast. */
#include <string.h>

#include "layers/tn-operations.h"

const char *const tn_operation_x[] = { "x", NULL };
const char *const tn_operation_xs[] = { "xs[]", NULL };

/* ---- what all operations share ---- */

gboolean
tn_operation_axis (TnRule *rule, const TnShape *shape, gint64 axis, int *out)
{
  g_autofree char *text = NULL;
  TnIssue *issue;

  *out = tn_shape_axis (shape, axis);
  if (*out >= 0)
    return TRUE;
  text = tn_shape_to_text (shape);
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                         _ ("%s works along axis %" PRIi64 ", which %s does not have."),
                         tn_node_name (tn_rule_node (rule)), axis, text);
  if (issue != NULL)
    issue->param = "axis";
  return FALSE;
}

gboolean
tn_operation_rank (TnRule *rule, int rank)
{
  if (rank <= TN_MAX_RANK)
    return TRUE;
  tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", 0,
                 _ ("%s would put out more axes than the %d that Tenon works with."),
                 tn_node_name (tn_rule_node (rule)), TN_MAX_RANK);
  return FALSE;
}

static gboolean
broadcast_dim (TnDim a, TnDim b, TnDim *out)
{
  if (a.size == 1)
    *out = b;
  else if (b.size == 1 || tn_dim_is_known (a))
    *out = a;
  else
    *out = tn_dim_is_known (b) || a.symbol == 0 ? b : a;
  return a.size == 1 || b.size == 1 || tn_dim_compatible (a, b);
}

gboolean
tn_operation_broadcast (const TnShape *a, const TnShape *b, TnShape *out)
{
  TnShape shape = { .rank = MAX (a->rank, b->rank) };

  for (int axis = 1; axis <= shape.rank; axis++)
    {
      TnDim one = axis <= a->rank ? a->dims[a->rank - axis] : tn_dim (1);
      TnDim other = axis <= b->rank ? b->dims[b->rank - axis] : tn_dim (1);

      if (!broadcast_dim (one, other, &shape.dims[shape.rank - axis]))
        return FALSE;
    }
  *out = shape;
  return TRUE;
}

void
tn_operation_mismatch (TnRule *rule, const TnShape *a, const TnShape *b)
{
  g_autofree char *one = tn_shape_to_text (a);
  g_autofree char *other = tn_shape_to_text (b);

  tn_rule_issue (rule, TN_SEVERITY_ERROR, "merge-shape", (int)tn_rule_n_inputs (rule) - 1,
                 _ ("%s cannot put %s and %s together: from the last axis on, sizes must be equal "
                    "or 1."),
                 tn_node_name (tn_rule_node (rule)), one, other);
}

gboolean
tn_operation_constant (const TnValue *value, TnShape *out)
{
  *out = (TnShape){ .rank = 0 };
  if (tn_value_kind (value) == TN_VALUE_DICT)
    value = tn_value_lookup (tn_value_lookup (value, "config"), "value");
  while (value != NULL && tn_value_kind (value) == TN_VALUE_LIST)
    {
      if (out->rank == TN_MAX_RANK)
        return FALSE;
      out->dims[out->rank++] = tn_dim ((gint64)tn_value_size (value));
      value = tn_value_size (value) > 0 ? tn_value_at (value, 0) : NULL;
    }
  return TRUE;
}

gboolean
tn_operation_operand (TnRule *rule, guint number, guint *slot, TnShape *out)
{
  const TnNode *node = tn_rule_node (rule);
  const TnSchema *schema = tn_node_schema (node);
  const char *name = schema->arguments[number];
  int param = tn_schema_param (schema, name);
  const TnValue *value = param >= 0 ? tn_node_get (node, (guint)param) : NULL;

  if (value != NULL && tn_operation_constant (value, out))
    return TRUE;
  if (*slot < tn_rule_n_inputs (rule))
    {
      *out = tn_rule_input (rule, (*slot)++);
      return TRUE;
    }
  tn_rule_issue (rule, TN_SEVERITY_ERROR, "missing-input", -1,
                 _ ("%s needs something for %s: wire a tensor to it, or give it a constant."),
                 tn_node_name (node), name);
  return FALSE;
}

gboolean
tn_operation_ints (const TnNode *node, guint param, gint64 *out, guint most, guint *n)
{
  g_autoptr (TnValue) value = tn_node_value (node, param);

  *n = 0;
  if (value == NULL || tn_value_is_none (value))
    return FALSE;
  if (tn_value_kind (value) == TN_VALUE_INT)
    {
      out[(*n)++] = tn_value_int (value);
      return TRUE;
    }
  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) > most)
    return FALSE;
  for (; *n < tn_value_size (value); (*n)++)
    {
      if (tn_value_kind (tn_value_at (value, *n)) != TN_VALUE_INT)
        return FALSE;
      out[*n] = tn_value_int (tn_value_at (value, *n));
    }
  return TRUE;
}

/* ---- of one tensor ---- */

static void
unary_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);

  tn_rule_output (rule, &shape);
}

static const TnLayerExample unary_examples[] = {
  { "", "(None, 6, 8)", "(None, 6, 8)", NULL },
  { "", "(3,)", "(3,)", NULL },
  { NULL },
};

/* A type, of what is made or of what is like the input. */
#define DTYPE_PARAM(more, nothing)                                                                 \
  {                                                                                                \
    .name = "dtype", .label = N_ ("Type"), .kind = TN_PARAM_STRING,                                \
    .flags = TN_PARAM_OPTIONAL | more, .fallback = nothing,                                        \
    .help = N_ ("The type of the numbers that come out, such as float16.")                         \
  }

static const TnParam cast_params[] = { DTYPE_PARAM (0, TN_DEFAULT_NONE) };
static const TnParam like_params[] = { DTYPE_PARAM (TN_PARAM_CALL, TN_DEFAULT_NONE) };
static const char *const like_arguments[] = { "x", "dtype", NULL };

#define LIKE(id, class_name, how_it_runs)                                                          \
  TN_OPERATION (id, TN_OPS_NUMPY, class_name, #id, like_params, like_arguments, 1, 1, 1,           \
                unary_shapes, N_ ("Puts one number everywhere; the shape stays."), unary_examples, \
                how_it_runs)

#define UNARY_BY(id, module, class_name, how_it_runs)                                              \
  TN_OPERATION_N (id, module, class_name, #id, NULL, 0, tn_operation_x, 1, 1, 1, NULL,             \
                  unary_shapes, N_ ("Applies a function to every number; the shape stays."),       \
                  unary_examples, how_it_runs)
#define UNARY(id, module, class_name) UNARY_BY (id, module, class_name, tn_operation_function_lower)

/* clang-format off */
UNARY (absolute, TN_OPS_NUMPY, "Absolute");
UNARY (abs, TN_OPS_NUMPY, "Abs");
UNARY (arccos, TN_OPS_NUMPY, "Arccos");
UNARY (arccosh, TN_OPS_NUMPY, "Arccosh");
UNARY (arcsin, TN_OPS_NUMPY, "Arcsin");
UNARY (arcsinh, TN_OPS_NUMPY, "Arcsinh");
UNARY (arctan, TN_OPS_NUMPY, "Arctan");
UNARY (arctanh, TN_OPS_NUMPY, "Arctanh");
UNARY (ceil, TN_OPS_NUMPY, "Ceil");
UNARY_BY (clip, TN_OPS_NUMPY, "Clip", tn_operation_clip_lower);
UNARY_BY (conj, TN_OPS_NUMPY, "Conj", tn_operation_identity_lower);
UNARY_BY (conjugate, TN_OPS_NUMPY, "Conjugate", tn_operation_identity_lower);
UNARY_BY (copy, TN_OPS_NUMPY, "Copy", tn_operation_identity_lower);
UNARY (cos, TN_OPS_NUMPY, "Cos");
UNARY (cosh, TN_OPS_NUMPY, "Cosh");
UNARY (deg2rad, TN_OPS_NUMPY, "Deg2rad");
UNARY (exp, TN_OPS_NUMPY, "Exp");
UNARY (exp2, TN_OPS_NUMPY, "Exp2");
UNARY (expm1, TN_OPS_NUMPY, "Expm1");
UNARY_BY (flip, TN_OPS_NUMPY, "Flip", tn_operation_flip_lower);
UNARY (floor, TN_OPS_NUMPY, "Floor");
UNARY_BY (imag, TN_OPS_NUMPY, "Imag", tn_operation_zeros_lower);
UNARY (isfinite, TN_OPS_NUMPY, "Isfinite");
UNARY (isinf, TN_OPS_NUMPY, "Isinf");
UNARY (isnan, TN_OPS_NUMPY, "Isnan");
UNARY (log, TN_OPS_NUMPY, "Log");
UNARY (log10, TN_OPS_NUMPY, "Log10");
UNARY (log1p, TN_OPS_NUMPY, "Log1p");
UNARY (log2, TN_OPS_NUMPY, "Log2");
UNARY (logical_not, TN_OPS_NUMPY, "LogicalNot");
UNARY_BY (nan_to_num, TN_OPS_NUMPY, "NanToNum", tn_operation_nan_to_num_lower);
UNARY (negative, TN_OPS_NUMPY, "Negative");
LIKE (ones_like, "OnesLike", tn_operation_ones_lower);
UNARY (rad2deg, TN_OPS_NUMPY, "Rad2deg");
UNARY_BY (real, TN_OPS_NUMPY, "Real", tn_operation_identity_lower);
UNARY (reciprocal, TN_OPS_NUMPY, "Reciprocal");
UNARY_BY (roll, TN_OPS_NUMPY, "Roll", tn_operation_roll_lower);
UNARY_BY (round, TN_OPS_NUMPY, "Round", tn_operation_round_lower);
UNARY (sign, TN_OPS_NUMPY, "Sign");
UNARY (signbit, TN_OPS_NUMPY, "Signbit");
UNARY (sin, TN_OPS_NUMPY, "Sin");
UNARY (sinh, TN_OPS_NUMPY, "Sinh");
UNARY (sqrt, TN_OPS_NUMPY, "Sqrt");
UNARY (square, TN_OPS_NUMPY, "Square");
UNARY (tan, TN_OPS_NUMPY, "Tan");
UNARY (tanh, TN_OPS_NUMPY, "Tanh");
UNARY_BY (tril, TN_OPS_NUMPY, "Tril", tn_operation_triangle_lower);
UNARY_BY (triu, TN_OPS_NUMPY, "Triu", tn_operation_triangle_lower);
UNARY (trunc, TN_OPS_NUMPY, "Trunc");
LIKE (zeros_like, "ZerosLike", tn_operation_zeros_lower);
TN_OPERATION (cast, TN_OPS_CORE, "Cast", "cast", cast_params, tn_operation_x, 1, 1, 1, unary_shapes,
              N_ ("Makes numbers of another type; the shape stays."), unary_examples,
              tn_operation_cast_lower);
UNARY_BY (stop_gradient, TN_OPS_CORE, "StopGradient", tn_operation_identity_lower);
UNARY (erf, TN_OPS_MATH, "Erf");
UNARY (erfinv, TN_OPS_MATH, "Erfinv");
UNARY (rsqrt, TN_OPS_MATH, "Rsqrt");
UNARY_BY (celu, TN_OPS_NN, "Celu", tn_operation_activation_lower);
UNARY_BY (elu, TN_OPS_NN, "Elu", tn_operation_activation_lower);
UNARY_BY (gelu, TN_OPS_NN, "Gelu", tn_operation_gelu_lower);
UNARY_BY (hard_shrink, TN_OPS_NN, "HardShrink", tn_operation_activation_lower);
UNARY (hard_sigmoid, TN_OPS_NN, "HardSigmoid");
UNARY (hard_silu, TN_OPS_NN, "HardSilu");
UNARY (hard_tanh, TN_OPS_NN, "HardTanh");
UNARY_BY (leaky_relu, TN_OPS_NN, "LeakyRelu", tn_operation_activation_lower);
UNARY (log_sigmoid, TN_OPS_NN, "LogSigmoid");
UNARY_BY (log_softmax, TN_OPS_NN, "LogSoftmax", tn_operation_softmax_lower);
UNARY_BY (normalize, TN_OPS_NN, "Normalize", tn_operation_normalize_lower);
UNARY (relu, TN_OPS_NN, "Relu");
UNARY (relu6, TN_OPS_NN, "Relu6");
UNARY (selu, TN_OPS_NN, "Selu");
UNARY (sigmoid, TN_OPS_NN, "Sigmoid");
UNARY (silu, TN_OPS_NN, "Silu");
UNARY_BY (soft_shrink, TN_OPS_NN, "SoftShrink", tn_operation_activation_lower);
UNARY_BY (softmax, TN_OPS_NN, "Softmax", tn_operation_softmax_lower);
UNARY (softplus, TN_OPS_NN, "Softplus");
UNARY (softsign, TN_OPS_NN, "Softsign");
UNARY (sparse_plus, TN_OPS_NN, "SparsePlus");
UNARY (sparse_sigmoid, TN_OPS_NN, "SparseSigmoid");
UNARY_BY (sparsemax, TN_OPS_NN, "Sparsemax", tn_operation_softmax_lower);
UNARY_BY (squareplus, TN_OPS_NN, "Squareplus", tn_operation_activation_lower);
UNARY (tanh_shrink, TN_OPS_NN, "TanhShrink");
UNARY_BY (threshold, TN_OPS_NN, "Threshold", tn_operation_threshold_lower);
/* clang-format on */

/* ---- of several, broadcast ---- */

static const char *const pair[] = { "x1", "x2", NULL };
static const char *const choice[] = { "condition", "x1", "x2", NULL };
static const TnParam pair_params[] = { TN_PARAM_OPERAND ("x1"), TN_PARAM_OPERAND ("x2") };
static const TnParam choice_params[]
    = { TN_PARAM_OPERAND ("condition"), TN_PARAM_OPERAND ("x1"), TN_PARAM_OPERAND ("x2") };

static const char *const close[] = { "x1", "x2", "rtol", "atol", "equal_nan", NULL };

#define TOLERANCE_PARAM(param, text, nothing, about)                                               \
  {                                                                                                \
    .name = param, .label = text, .kind = TN_PARAM_FLOAT, .flags = TN_PARAM_CALL,                  \
    .fallback = TN_DEFAULT_FLOAT (nothing), .help = about                                          \
  }

static const TnParam close_params[] = {
  TN_PARAM_OPERAND ("x1"),
  TN_PARAM_OPERAND ("x2"),
  TOLERANCE_PARAM ("rtol", N_ ("Relative tolerance"), 1e-5,
                   N_ ("How far apart they may be as a share of the second one.")),
  TOLERANCE_PARAM ("atol", N_ ("Absolute tolerance"), 1e-8,
                   N_ ("How far apart they may be on top of that.")),
  { .name = "equal_nan",
    .label = N_ ("NaN equals NaN"),
    .kind = TN_PARAM_BOOL,
    .flags = TN_PARAM_CALL,
    .fallback = TN_DEFAULT_BOOL (FALSE),
    .help = N_ ("Takes what is not a number for equal to its like.") },
};

static void
broadcast_shapes (TnRule *rule)
{
  TnShape output = { .rank = 0 };
  guint slot = 0;

  for (guint i = 0; i < tn_node_schema (tn_rule_node (rule))->max_inputs; i++)
    {
      TnShape operand;

      if (!tn_operation_operand (rule, i, &slot, &operand))
        return;
      if (!tn_operation_broadcast (&output, &operand, &output))
        {
          tn_operation_mismatch (rule, &output, &operand);
          return;
        }
    }
  tn_rule_output (rule, &output);
}

static const TnLayerExample binary_examples[] = {
  { "", "(None, 6, 8); (None, 6, 8)", "(None, 6, 8)", NULL },
  { "", "(None, 6, 8); (8,)", "(None, 6, 8)", NULL },
  { "", "(None, 1); (4, 5)", "(4, 5)", NULL },
  { "x2=2.5", "(None, 6, 8)", "(None, 6, 8)", NULL },
  { "x1=[[1, 2, 3]]", "(None, 1)", "(None, 3)", NULL },
  { "", "(2, 5); (3, 5)", NULL, "merge-shape" },
  { "", "(None, 6, 8); (None, 6, 7)", NULL, "merge-shape" },
  { "", "(None, 6)", NULL, "missing-input" },
  { NULL },
};

static const TnLayerExample choice_examples[] = {
  { "", "(None, 6, 8); (None, 1, 8); (8,)", "(None, 6, 8)", NULL },
  { "x2=0", "(None, 1); (None, 8)", "(None, 8)", NULL },
  { "x1=0, x2=1", "(None, 4)", "(None, 4)", NULL },
  { NULL },
};

#define BINARY(id, module, class_name)                                                             \
  TN_OPERATION (id, module, class_name, #id, pair_params, pair, 1, 2, 1, broadcast_shapes,         \
                N_ ("Works element by element on two tensors, or on one and a constant."),         \
                binary_examples, tn_operation_pair_lower)

/* clang-format off */
BINARY (add, TN_OPS_NUMPY, "Add");
BINARY (arctan2, TN_OPS_NUMPY, "Arctan2");
BINARY (bitwise_and, TN_OPS_NUMPY, "BitwiseAnd");
BINARY (bitwise_or, TN_OPS_NUMPY, "BitwiseOr");
BINARY (bitwise_xor, TN_OPS_NUMPY, "BitwiseXor");
BINARY (divide, TN_OPS_NUMPY, "Divide");
BINARY (divide_no_nan, TN_OPS_NUMPY, "DivideNoNan");
BINARY (equal, TN_OPS_NUMPY, "Equal");
BINARY (floor_divide, TN_OPS_NUMPY, "FloorDivide");
BINARY (greater, TN_OPS_NUMPY, "Greater");
BINARY (greater_equal, TN_OPS_NUMPY, "GreaterEqual");
BINARY (hypot, TN_OPS_NUMPY, "Hypot");
TN_OPERATION (isclose, TN_OPS_NUMPY, "Isclose", "isclose", close_params, close, 1, 2, 1,
              broadcast_shapes, N_ ("Tells where two tensors are nearly equal."), binary_examples,
              tn_operation_pair_lower);
BINARY (less, TN_OPS_NUMPY, "Less");
BINARY (less_equal, TN_OPS_NUMPY, "LessEqual");
BINARY (logaddexp, TN_OPS_NUMPY, "Logaddexp");
BINARY (logical_and, TN_OPS_NUMPY, "LogicalAnd");
BINARY (logical_or, TN_OPS_NUMPY, "LogicalOr");
BINARY (logical_xor, TN_OPS_NUMPY, "LogicalXor");
BINARY (maximum, TN_OPS_NUMPY, "Maximum");
BINARY (minimum, TN_OPS_NUMPY, "Minimum");
BINARY (mod, TN_OPS_NUMPY, "Mod");
BINARY (multiply, TN_OPS_NUMPY, "Multiply");
BINARY (not_equal, TN_OPS_NUMPY, "NotEqual");
BINARY (power, TN_OPS_NUMPY, "Power");
BINARY (subtract, TN_OPS_NUMPY, "Subtract");
BINARY (true_divide, TN_OPS_NUMPY, "TrueDivide");
TN_OPERATION (where, TN_OPS_NUMPY, "Where", "where", choice_params, choice, 1, 3, 1,
              broadcast_shapes, N_ ("Takes from one of two tensors, as a condition says."),
              choice_examples, tn_operation_where_lower);

const TnLayer *const tn_layers_operations[]
    = { &operation_absolute, &operation_abs, &operation_arccos, &operation_arccosh,
        &operation_arcsin, &operation_arcsinh, &operation_arctan, &operation_arctanh,
        &operation_ceil, &operation_clip, &operation_conj, &operation_conjugate, &operation_copy,
        &operation_cos, &operation_cosh, &operation_deg2rad, &operation_exp, &operation_exp2,
        &operation_expm1, &operation_flip, &operation_floor, &operation_imag, &operation_isfinite,
        &operation_isinf, &operation_isnan, &operation_log, &operation_log10, &operation_log1p,
        &operation_log2, &operation_logical_not, &operation_nan_to_num, &operation_negative,
        &operation_ones_like, &operation_rad2deg, &operation_real, &operation_reciprocal,
        &operation_roll, &operation_round, &operation_sign, &operation_signbit, &operation_sin,
        &operation_sinh, &operation_sqrt, &operation_square, &operation_tan, &operation_tanh,
        &operation_tril, &operation_triu, &operation_trunc, &operation_zeros_like, &operation_cast,
        &operation_stop_gradient, &operation_erf, &operation_erfinv, &operation_rsqrt,
        &operation_celu, &operation_elu, &operation_gelu, &operation_hard_shrink,
        &operation_hard_sigmoid, &operation_hard_silu, &operation_hard_tanh, &operation_leaky_relu,
        &operation_log_sigmoid, &operation_log_softmax, &operation_normalize, &operation_relu,
        &operation_relu6, &operation_selu, &operation_sigmoid, &operation_silu,
        &operation_soft_shrink, &operation_softmax, &operation_softplus, &operation_softsign,
        &operation_sparse_plus, &operation_sparse_sigmoid, &operation_sparsemax,
        &operation_squareplus, &operation_tanh_shrink, &operation_threshold, &operation_add,
        &operation_arctan2, &operation_bitwise_and, &operation_bitwise_or, &operation_bitwise_xor,
        &operation_divide, &operation_divide_no_nan, &operation_equal, &operation_floor_divide,
        &operation_greater, &operation_greater_equal, &operation_hypot, &operation_isclose,
        &operation_less, &operation_less_equal, &operation_logaddexp, &operation_logical_and,
        &operation_logical_or, &operation_logical_xor, &operation_maximum, &operation_minimum,
        &operation_mod, &operation_multiply, &operation_not_equal, &operation_power,
        &operation_subtract, &operation_true_divide, &operation_where, NULL };
/* clang-format on */
