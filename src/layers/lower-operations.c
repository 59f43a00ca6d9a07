/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How operations run that work element by element, and what all operations ask for. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-call.h"
#include "layers/tn-operations.h"

/* ---- what all operations ask for ---- */

const TnValue *
tn_operation_argument (const TnNode *node, const char *name)
{
  int param = tn_schema_param (tn_node_schema (node), name);
  const TnValue *extras = tn_node_extras (node), *said = NULL, *value = NULL;

  if (param >= 0)
    return tn_node_get (node, (guint)param);
  if (tn_node_n_calls (node) > 0)
    said = tn_node_call (node, 0);
  if (said != NULL)
    value = tn_value_lookup (said, name);
  if (value == NULL && extras != NULL)
    value = tn_value_lookup (extras, name);
  return value != NULL && tn_value_is_none (value) ? NULL : value;
}

gboolean
tn_operation_value (const TnValue *value, double *number)
{
  const TnValue *config
      = tn_value_kind (value) == TN_VALUE_DICT ? tn_value_lookup (value, "config") : NULL;

  /* An array of one number. */
  if (config != NULL && tn_value_lookup (config, "value") != NULL)
    value = tn_value_lookup (config, "value");
  if (tn_value_is_number (value))
    *number = tn_value_float (value);
  else if (tn_value_kind (value) == TN_VALUE_BOOL)
    *number = tn_value_bool (value);
  else
    return FALSE;
  return TRUE;
}

double
tn_operation_number (const TnNode *node, const char *name, double otherwise)
{
  const TnValue *value = tn_operation_argument (node, name);
  double number;

  return value != NULL && tn_operation_value (value, &number) ? number : otherwise;
}

static gboolean
append_constant (GArray *numbers, const TnValue *value)
{
  double number;
  float single;

  if (tn_value_kind (value) == TN_VALUE_LIST)
    {
      for (gsize i = 0; i < tn_value_size (value); i++)
        if (!append_constant (numbers, tn_value_at (value, i)))
          return FALSE;
      return TRUE;
    }
  if (!tn_operation_value (value, &number))
    return FALSE;
  single = (float)number;
  g_array_append_val (numbers, single);
  return TRUE;
}

TnTensorId
tn_operation_lower_constant (TnLower *lower, const TnValue *value)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (float));
  TnShape shape;

  if (!tn_operation_constant (value, &shape))
    return TN_TENSOR_ABSENT;
  if (tn_value_kind (value) == TN_VALUE_DICT)
    value = tn_value_lookup (tn_value_lookup (value, "config"), "value");
  if (value == NULL || !append_constant (numbers, value)
      || (gint64)numbers->len != tn_shape_elements (&shape, 0))
    {
      tn_lower_refuse (lower, _ ("its constant is not made of numbers in rows of one length"));
      return TN_TENSOR_ABSENT;
    }
  return tn_lower_literal (lower, &shape, (const float *)(gpointer)numbers->data, numbers->len);
}

TnTensorId
tn_operation_lower_operand (TnLower *lower, guint number, guint *slot)
{
  const TnNode *node = tn_lower_node (lower);
  const TnValue *value = tn_operation_argument (node, tn_node_schema (node)->arguments[number]);

  return value != NULL ? tn_operation_lower_constant (lower, value)
                       : tn_lower_input (lower, (*slot)++);
}

void
tn_operation_lower_name (TnLower *lower)
{
  g_autofree char *why
      = g_strdup_printf (_ ("what %s is set to is not something that can be computed"),
                         tn_node_type (tn_lower_node (lower)));

  tn_lower_refuse (lower, why);
}

/* ---- functions of one number ---- */

static TnTensorId
fill (TnLower *lower, TnTensorId like, double value)
{
  TnShape shape = *tn_lower_shape (lower, like);

  return tn_lower_literal (lower, &shape, &(float){ (float)value }, 1);
}

static TnTensorId
select_where (TnLower *lower, TnTensorId condition, TnTensorId a, TnTensorId b)
{
  return tn_lower_call (lower, &tn_op_select, NULL, (TnTensorId[]){ condition, a, b }, 3);
}

static const struct
{
  const char *name;
  TnUnary unary;
} unaries[] = {
  { "absolute", TN_UNARY_ABSOLUTE },
  { "abs", TN_UNARY_ABSOLUTE },
  { "arccos", TN_UNARY_ARCCOS },
  { "arccosh", TN_UNARY_ARCCOSH },
  { "arcsin", TN_UNARY_ARCSIN },
  { "arcsinh", TN_UNARY_ARCSINH },
  { "arctan", TN_UNARY_ARCTAN },
  { "arctanh", TN_UNARY_ARCTANH },
  { "ceil", TN_UNARY_CEIL },
  { "cos", TN_UNARY_COS },
  { "cosh", TN_UNARY_COSH },
  { "erf", TN_UNARY_ERF },
  { "erfinv", TN_UNARY_ERFINV },
  { "exp2", TN_UNARY_EXP2 },
  { "expm1", TN_UNARY_EXPM1 },
  { "floor", TN_UNARY_FLOOR },
  { "isfinite", TN_UNARY_IS_FINITE },
  { "isinf", TN_UNARY_IS_INFINITE },
  { "isnan", TN_UNARY_IS_NAN },
  { "log", TN_UNARY_LOG },
  { "log10", TN_UNARY_LOG10 },
  { "log1p", TN_UNARY_LOG1P },
  { "log2", TN_UNARY_LOG2 },
  { "logical_not", TN_UNARY_NOT },
  { "reciprocal", TN_UNARY_RECIPROCAL },
  { "rsqrt", TN_UNARY_RSQRT },
  { "sign", TN_UNARY_SIGN },
  { "signbit", TN_UNARY_SIGN_BIT },
  { "sin", TN_UNARY_SIN },
  { "sinh", TN_UNARY_SINH },
  { "sqrt", TN_UNARY_SQRT },
  { "square", TN_UNARY_SQUARE },
  { "tan", TN_UNARY_TAN },
  { "trunc", TN_UNARY_TRUNCATE },
};

/* factor * x + offset. */
static const struct
{
  const char *name;
  double factor, offset;
} affines[] = { { "negative", -1, 0 }, { "deg2rad", G_PI / 180, 0 }, { "rad2deg", 180 / G_PI, 0 } };

void
tn_operation_function_lower (TnLower *lower)
{
  const char *name = tn_node_schema (tn_lower_node (lower))->auto_name;
  TnTensorId x = tn_lower_input (lower, 0);

  for (guint i = 0; i < G_N_ELEMENTS (unaries); i++)
    if (g_str_equal (unaries[i].name, name))
      {
        tn_lower_output (lower, tn_lower_unary (lower, unaries[i].unary, x));
        return;
      }
  for (guint i = 0; i < G_N_ELEMENTS (affines); i++)
    if (g_str_equal (affines[i].name, name))
      {
        tn_lower_output (lower, tn_lower_affine (lower, x, affines[i].factor, affines[i].offset));
        return;
      }
  tn_lower_output (
      lower, tn_lower_activation (lower, x, g_str_equal (name, "exp") ? "exponential" : name));
}

/* What the one argument of a function is called, and what it is where it is not told. */
static const struct
{
  const char *function;
  const char *argument;
  double otherwise;
} arguments[] = {
  { "celu", "alpha", 1 },
  { "elu", "alpha", 1 },
  { "hard_shrink", "threshold", 0.5 },
  { "leaky_relu", "negative_slope", 0.2 },
  { "soft_shrink", "threshold", 0.5 },
  { "squareplus", "b", 4 },
};

void
tn_operation_activation_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const char *name = tn_node_schema (node)->auto_name;
  TnTensorId x = tn_lower_input (lower, 0);
  TnOpSettings settings = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    if (g_str_equal (arguments[i].function, name)
        && tn_lower_function (name, &settings.activation, settings.params))
      {
        settings.params[0]
            = (float)tn_operation_number (node, arguments[i].argument, arguments[i].otherwise);
        tn_lower_output (lower, tn_lower_call (lower, &tn_op_activation, &settings, &x, 1));
        return;
      }
  g_assert_not_reached ();
}

/* Exact, or as x · sigmoid (2 √(2/π) (x + 0.044715 x³)), which is what Keras computes unless told
 * otherwise. */
void
tn_operation_gelu_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0), cubic;

  if (tn_operation_number (tn_lower_node (lower), "approximate", TRUE) == 0)
    {
      tn_lower_output (lower, tn_lower_activation (lower, x, "gelu"));
      return;
    }
  cubic = tn_lower_affine (lower, tn_lower_unary (lower, TN_UNARY_SQUARE, x), 0.044715, 1);
  cubic = tn_lower_binary (lower, TN_BINARY_MULTIPLY, cubic, x);
  cubic = tn_lower_activation (lower, tn_lower_affine (lower, cubic, 2 * sqrt (2 / G_PI), 0),
                               "sigmoid");
  tn_lower_output (lower, tn_lower_binary (lower, TN_BINARY_MULTIPLY, x, cubic));
}

void
tn_operation_identity_lower (TnLower *lower)
{
  tn_lower_output (lower, tn_lower_input (lower, 0));
}

/* Numbers are kept as float32 whatever they are called: what a cast takes away is what stands
 * behind the point, or all but whether there is something. */
void
tn_operation_cast_lower (TnLower *lower)
{
  const TnValue *dtype = tn_operation_argument (tn_lower_node (lower), "dtype");
  const char *name = dtype != NULL && tn_value_kind (dtype) == TN_VALUE_STRING
                         ? tn_value_string (dtype)
                         : "float32";
  TnTensorId x = tn_lower_input (lower, 0);

  if (g_str_equal (name, "bool"))
    x = tn_lower_binary (lower, TN_BINARY_NOT_EQUAL, x, tn_lower_number (lower, 0));
  else if (strstr (name, "int") != NULL)
    x = tn_lower_unary (lower, TN_UNARY_TRUNCATE, x);
  tn_lower_output (lower, x);
}

void
tn_operation_zeros_lower (TnLower *lower)
{
  tn_lower_output (lower, fill (lower, tn_lower_input (lower, 0), 0));
}

void
tn_operation_ones_lower (TnLower *lower)
{
  tn_lower_output (lower, fill (lower, tn_lower_input (lower, 0), 1));
}

void
tn_operation_clip_lower (TnLower *lower)
{
  static const struct
  {
    const char *name;
    TnBinary binary;
  } ends[] = { { "x_min", TN_BINARY_MAXIMUM }, { "x_max", TN_BINARY_MINIMUM } };
  TnTensorId x = tn_lower_input (lower, 0);

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const TnValue *value = tn_operation_argument (tn_lower_node (lower), ends[i].name);
      TnTensorId end;

      if (value == NULL)
        continue;
      end = tn_operation_lower_constant (lower, value);
      if (end == TN_TENSOR_ABSENT)
        return;
      x = tn_lower_binary (lower, ends[i].binary, x, end);
    }
  tn_lower_output (lower, x);
}

void
tn_operation_round_lower (TnLower *lower)
{
  double decimals = tn_operation_number (tn_lower_node (lower), "decimals", 0);
  TnTensorId x = tn_lower_input (lower, 0), factor;

  if (decimals == 0)
    {
      tn_lower_output (lower, tn_lower_unary (lower, TN_UNARY_ROUND, x));
      return;
    }
  factor = tn_lower_number (lower, pow (10, fabs (decimals)));
  x = tn_lower_binary (lower, decimals > 0 ? TN_BINARY_MULTIPLY : TN_BINARY_DIVIDE, x, factor);
  x = tn_lower_unary (lower, TN_UNARY_ROUND, x);
  tn_lower_output (
      lower,
      tn_lower_binary (lower, decimals > 0 ? TN_BINARY_DIVIDE : TN_BINARY_MULTIPLY, x, factor));
}

void
tn_operation_nan_to_num_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  TnTensorId nan = tn_lower_unary (lower, TN_UNARY_IS_NAN, x);
  TnTensorId above = tn_lower_binary (lower, TN_BINARY_EQUAL, x, tn_lower_number (lower, INFINITY));
  TnTensorId below
      = tn_lower_binary (lower, TN_BINARY_EQUAL, x, tn_lower_number (lower, -INFINITY));

  x = select_where (lower, nan, tn_lower_number (lower, tn_operation_number (node, "nan", 0)), x);
  x = select_where (lower, above,
                    tn_lower_number (lower, tn_operation_number (node, "posinf", G_MAXFLOAT)), x);
  tn_lower_output (
      lower,
      select_where (lower, below,
                    tn_lower_number (lower, tn_operation_number (node, "neginf", -G_MAXFLOAT)), x));
}

void
tn_operation_threshold_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  TnTensorId least = tn_lower_number (lower, tn_operation_number (node, "threshold", 0));
  TnTensorId value = tn_lower_number (lower, tn_operation_number (node, "default_value", 0));

  tn_lower_output (
      lower, select_where (lower, tn_lower_binary (lower, TN_BINARY_GREATER, x, least), x, value));
}

/* ---- of several, broadcast ---- */

static const struct
{
  const char *name;
  TnBinary binary;
} binaries[] = {
  { "add", TN_BINARY_ADD },
  { "arctan2", TN_BINARY_ARCTAN2 },
  { "bitwise_and", TN_BINARY_BIT_AND },
  { "bitwise_or", TN_BINARY_BIT_OR },
  { "bitwise_xor", TN_BINARY_BIT_XOR },
  { "divide", TN_BINARY_DIVIDE },
  { "equal", TN_BINARY_EQUAL },
  { "floor_divide", TN_BINARY_FLOOR_DIVIDE },
  { "greater", TN_BINARY_GREATER },
  { "greater_equal", TN_BINARY_GREATER_EQUAL },
  { "hypot", TN_BINARY_HYPOT },
  { "less", TN_BINARY_LESS },
  { "less_equal", TN_BINARY_LESS_EQUAL },
  { "logaddexp", TN_BINARY_LOGADDEXP },
  { "logical_and", TN_BINARY_AND },
  { "logical_or", TN_BINARY_OR },
  { "logical_xor", TN_BINARY_XOR },
  { "maximum", TN_BINARY_MAXIMUM },
  { "minimum", TN_BINARY_MINIMUM },
  { "mod", TN_BINARY_REMAINDER },
  { "multiply", TN_BINARY_MULTIPLY },
  { "not_equal", TN_BINARY_NOT_EQUAL },
  { "power", TN_BINARY_POWER },
  { "subtract", TN_BINARY_SUBTRACT },
  { "true_divide", TN_BINARY_DIVIDE },
};

gboolean
tn_operation_lower_pair (TnLower *lower, TnTensorId *a, TnTensorId *b)
{
  guint slot = 0;

  *a = tn_operation_lower_operand (lower, 0, &slot);
  *b = tn_operation_lower_operand (lower, 1, &slot);
  return *a != TN_TENSOR_ABSENT && *b != TN_TENSOR_ABSENT;
}

/* Near by an absolute or a relative measure; infinities only to themselves. */
static TnTensorId
is_close (TnLower *lower, TnTensorId a, TnTensorId b)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId apart = tn_lower_unary (lower, TN_UNARY_ABSOLUTE,
                                     tn_lower_binary (lower, TN_BINARY_SUBTRACT, a, b));
  TnTensorId most = tn_lower_affine (lower, tn_lower_unary (lower, TN_UNARY_ABSOLUTE, b),
                                     tn_operation_number (node, "rtol", 1e-5),
                                     tn_operation_number (node, "atol", 1e-8));
  TnTensorId close = tn_lower_binary (lower, TN_BINARY_LESS_EQUAL, apart, most);

  close = tn_lower_binary (lower, TN_BINARY_AND, close,
                           tn_lower_unary (lower, TN_UNARY_IS_FINITE, b));
  close = tn_lower_binary (lower, TN_BINARY_OR, close,
                           tn_lower_binary (lower, TN_BINARY_EQUAL, a, b));
  if (tn_operation_number (node, "equal_nan", FALSE) != 0)
    close = tn_lower_binary (lower, TN_BINARY_OR, close,
                             tn_lower_binary (lower, TN_BINARY_AND,
                                              tn_lower_unary (lower, TN_UNARY_IS_NAN, a),
                                              tn_lower_unary (lower, TN_UNARY_IS_NAN, b)));
  return close;
}

void
tn_operation_pair_lower (TnLower *lower)
{
  const char *name = tn_node_schema (tn_lower_node (lower))->auto_name;
  TnTensorId a, b;

  if (!tn_operation_lower_pair (lower, &a, &b))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (binaries); i++)
    if (g_str_equal (binaries[i].name, name))
      {
        tn_lower_output (lower, tn_lower_binary (lower, binaries[i].binary, a, b));
        return;
      }
  if (g_str_equal (name, "isclose"))
    tn_lower_output (lower, is_close (lower, a, b));
  else
    {
      TnTensorId zero = tn_lower_number (lower, 0);
      TnTensorId quotient = tn_lower_binary (lower, TN_BINARY_DIVIDE, a, b);

      g_assert_cmpstr (name, ==, "divide_no_nan");
      tn_lower_output (
          lower,
          select_where (lower, tn_lower_binary (lower, TN_BINARY_EQUAL, b, zero), zero, quotient));
    }
}

void
tn_operation_where_lower (TnLower *lower)
{
  TnTensorId operands[3];
  guint slot = 0;

  for (guint i = 0; i < G_N_ELEMENTS (operands); i++)
    {
      operands[i] = tn_operation_lower_operand (lower, i, &slot);
      if (operands[i] == TN_TENSOR_ABSENT)
        return;
    }
  tn_lower_output (lower, select_where (lower, operands[0], operands[1], operands[2]));
}
