/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of one number that are no activations, and the choice between two.
 *
 * unary: x  ->  settings.unary of every element.
 * select: condition, a, b  ->  their shapes broadcast as NumPy does; a where the condition is not
 * 0, else b. */
#include "kernels/tn-function.h"
#include "ops/tn-op.h"

#include <math.h>

static TnShape
unary_shape (const TnOpCall *call, const TnShape *given)
{
  return *call->inputs[0];
}

typedef struct
{
  TnUnary unary;
  gint64 n;
  const TnOpData *data;
} Unary;

static inline float
sign_of (float x)
{
  return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
}

/* What erf makes x of: a first guess, then Newton's steps, in double precision. */
static inline float
inverse_erf (float x)
{
  double l = log1p (-(double)x * x), half = 2 / (G_PI * 0.147) + l / 2;
  double guess = sqrt (sqrt (half * half - l / 0.147) - half);

  if (!(fabsf (x) < 1.0f))
    return fabsf (x) == 1.0f ? copysignf (INFINITY, x) : NAN;
  /* Measured from 1 where it is near, so that what is left of it counts. */
  for (int i = 0; i < 3; i++)
    guess += (erfc (guess) - (1 - fabs ((double)x))) / (2 / sqrt (G_PI) * exp (-guess * guess));
  return (float)copysign (guess, x);
}

static void
unary_band (gint64 band, guint worker, gpointer data)
{
  const Unary *u = data;
  gint64 first = band * TN_BAND_ELEMENTS;
  gint64 n = MIN (TN_BAND_ELEMENTS, u->n - first);
  const float *x = u->data->inputs[0] + first;
  float *out = u->data->output + first;

#define EACH(expression)                                                                           \
  for (gint64 i = 0; i < n; i++)                                                                   \
    out[i] = (expression);                                                                         \
  break
#define MAP(function)                                                                              \
  tn_function_set (tn_cpu ()->isa)->maps[TN_FUNCTION_##function](x, out, n, NULL);                 \
  break

  switch (u->unary)
    {
    case TN_UNARY_ABSOLUTE:
      EACH (fabsf (x[i]));
    case TN_UNARY_SIGN:
      EACH (sign_of (x[i]));
    case TN_UNARY_SQUARE:
      EACH (x[i] * x[i]);
    case TN_UNARY_SQRT:
      EACH (sqrtf (x[i]));
    case TN_UNARY_RSQRT:
      EACH (1.0f / sqrtf (x[i]));
    case TN_UNARY_RECIPROCAL:
      EACH (1.0f / x[i]);
    case TN_UNARY_LOG:
      MAP (LOG);
    case TN_UNARY_LOG1P:
      MAP (LOG1P);
    case TN_UNARY_EXPM1:
      MAP (EXPM1);
    case TN_UNARY_SIN:
      MAP (SIN);
    case TN_UNARY_COS:
      MAP (COS);
    case TN_UNARY_TAN:
      EACH (tanf (x[i]));
    case TN_UNARY_ARCSIN:
      EACH (asinf (x[i]));
    case TN_UNARY_ARCCOS:
      EACH (acosf (x[i]));
    case TN_UNARY_ARCTAN:
      EACH (atanf (x[i]));
    case TN_UNARY_SINH:
      EACH (sinhf (x[i]));
    case TN_UNARY_COSH:
      EACH (coshf (x[i]));
    case TN_UNARY_ARCSINH:
      EACH (asinhf (x[i]));
    case TN_UNARY_ARCCOSH:
      EACH (acoshf (x[i]));
    case TN_UNARY_ARCTANH:
      EACH (atanhf (x[i]));
    case TN_UNARY_EXP2:
      EACH (exp2f (x[i]));
    case TN_UNARY_LOG2:
      MAP (LOG2);
    case TN_UNARY_LOG10:
      EACH (log10f (x[i]));
    case TN_UNARY_ERF:
      MAP (ERF);
    case TN_UNARY_ERFINV:
      EACH (inverse_erf (x[i]));
    case TN_UNARY_FLOOR:
      EACH (floorf (x[i]));
    case TN_UNARY_CEIL:
      EACH (ceilf (x[i]));
    case TN_UNARY_ROUND:
      EACH (rintf (x[i]));
    case TN_UNARY_TRUNCATE:
      EACH (truncf (x[i]));
    case TN_UNARY_NOT:
      EACH (x[i] == 0.0f ? 1.0f : 0.0f);
    case TN_UNARY_IS_FINITE:
      EACH (isfinite (x[i]) ? 1.0f : 0.0f);
    case TN_UNARY_IS_INFINITE:
      EACH (isinf (x[i]) ? 1.0f : 0.0f);
    case TN_UNARY_IS_NAN:
      EACH (isnan (x[i]) ? 1.0f : 0.0f);
    case TN_UNARY_SIGN_BIT:
      EACH (signbit (x[i]) ? 1.0f : 0.0f);
    case TN_N_UNARIES:
    default:
      g_assert_not_reached ();
    }
#undef EACH
#undef MAP
}

static void
unary_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Unary u
      = { .unary = call->settings->unary, .n = tn_shape_elements (call->output, 0), .data = data };
  tn_kernel_for (context, tn_op_bands (u.n, TN_BAND_ELEMENTS), unary_band, &u);
}

/* By halving the stretch that holds it. */
static double
inverse_erf_formula (double x)
{
  double low = -7, high = 7;

  if (!(fabs (x) < 1))
    return fabs (x) == 1 ? x * INFINITY : NAN;
  for (int i = 0; i < 80; i++)
    {
      double middle = (low + high) / 2;

      if (x < 0 ? erfc (-middle) < 1 + x : 1 - erfc (middle) < x)
        low = middle;
      else
        high = middle;
    }
  return (low + high) / 2;
}

static double
unary_formula (TnUnary unary, double x)
{
  switch (unary)
    {
    case TN_UNARY_ABSOLUTE:
      return fabs (x);
    case TN_UNARY_SIGN:
      return isnan (x) ? x : (x > 0) - (x < 0);
    case TN_UNARY_SQUARE:
      return x * x;
    case TN_UNARY_SQRT:
      return sqrt (x);
    case TN_UNARY_RSQRT:
      return pow (x, -0.5);
    case TN_UNARY_RECIPROCAL:
      return 1.0 / x;
    case TN_UNARY_LOG:
      return log (x);
    case TN_UNARY_LOG1P:
      return log1p (x);
    case TN_UNARY_EXPM1:
      return expm1 (x);
    case TN_UNARY_SIN:
      return sin (x);
    case TN_UNARY_COS:
      return cos (x);
    case TN_UNARY_TAN:
      return sin (x) / cos (x);
    case TN_UNARY_ARCSIN:
      return asin (x);
    case TN_UNARY_ARCCOS:
      return acos (x);
    case TN_UNARY_ARCTAN:
      return atan (x);
    case TN_UNARY_SINH:
      return sinh (x);
    case TN_UNARY_COSH:
      return cosh (x);
    case TN_UNARY_ARCSINH:
      return copysign (log (fabs (x) + sqrt (x * x + 1)), x);
    case TN_UNARY_ARCCOSH:
      return log (x + sqrt (x * x - 1));
    case TN_UNARY_ARCTANH:
      return log ((1 + x) / (1 - x)) / 2;
    case TN_UNARY_EXP2:
      return pow (2, x);
    case TN_UNARY_LOG2:
      return log (x) / log (2);
    case TN_UNARY_LOG10:
      return log (x) / log (10);
    case TN_UNARY_ERF:
      return erf (x);
    case TN_UNARY_ERFINV:
      return inverse_erf_formula (x);
    case TN_UNARY_FLOOR:
      return floor (x);
    case TN_UNARY_CEIL:
      return -floor (-x);
    case TN_UNARY_ROUND:
      return nearbyint (x);
    case TN_UNARY_TRUNCATE:
      return x < 0 ? -floor (-x) : floor (x);
    case TN_UNARY_NOT:
      return !(x < 0 || x > 0 || isnan (x));
    case TN_UNARY_IS_FINITE:
      return x - x == 0;
    case TN_UNARY_IS_INFINITE:
      return fabs (x) == INFINITY;
    case TN_UNARY_IS_NAN:
      return !(x == x);
    case TN_UNARY_SIGN_BIT:
      return copysign (1, x) < 0;
    case TN_N_UNARIES:
    default:
      g_assert_not_reached ();
    }
}

static void
unary_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 n = tn_shape_elements (call->output, 0);

  for (gint64 i = 0; i < n; i++)
    data->output[i] = (float)unary_formula (call->settings->unary, data->inputs[0][i]);
}

/* ---- select ---- */

static TnShape
select_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = { .rank = 0 };

  for (guint input = 0; input < 3; input++)
    {
      const TnShape *x = call->inputs[input];
      TnShape next = { .rank = MAX (shape.rank, x->rank) };

      for (int i = 1; i <= next.rank; i++)
        {
          gint64 a = i <= shape.rank ? tn_op_dim (&shape, shape.rank - i) : 1;
          gint64 b = i <= x->rank ? tn_op_dim (x, x->rank - i) : 1;

          if (a != b && a != 1 && b != 1)
            tn_op_misuse ("select", call, "the shapes do not broadcast");
          next.dims[next.rank - i] = tn_dim (a == 1 ? b : a);
        }
      shape = next;
    }
  return shape;
}

typedef struct
{
  int rank;
  gint64 size[TN_MAX_RANK];
  gint64 step[3][TN_MAX_RANK]; /* of each input along the output's axes; 0 where it stretches */
  TnGrid grid;
  const TnOpData *data;
} Select;

static void
select_band (gint64 band, guint worker, gpointer data)
{
  const Select *s = data;
  gint64 row, last, from, to;

  tn_grid_band (&s->grid, band, &row, &last, &from, &to);
  for (; row < last; row++)
    {
      const float *x[3];
      gint64 step[3];
      float *out = s->data->output + row * s->grid.width;

      for (int input = 0; input < 3; input++)
        {
          gint64 rest = row;

          x[input] = s->data->inputs[input];
          step[input] = s->step[input][s->rank - 1];
          for (int i = s->rank - 2; i >= 0; i--)
            {
              x[input] += rest % s->size[i] * s->step[input][i];
              rest /= s->size[i];
            }
        }
      for (gint64 i = from; i < to; i++)
        out[i] = x[0][i * step[0]] != 0.0f ? x[1][i * step[1]] : x[2][i * step[2]];
    }
}

static void
select_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Select s = { .rank = MAX (call->output->rank, 1), .size = { 1 }, .data = data };
  gint64 rows = 1;

  for (int i = 0; i < call->output->rank; i++)
    {
      s.size[i] = tn_op_dim (call->output, i);
      if (i < call->output->rank - 1)
        rows *= s.size[i];
    }
  for (int input = 0; input < 3; input++)
    {
      const TnShape *shape = call->inputs[input];
      gint64 product = 1;

      for (int i = 1; i <= shape->rank; i++)
        {
          gint64 size = tn_op_dim (shape, shape->rank - i);

          s.step[input][call->output->rank - i] = size == 1 ? 0 : product;
          product *= size;
        }
    }
  s.grid = tn_grid (rows, s.size[s.rank - 1]);
  tn_kernel_for (context, s.grid.n_bands, select_band, &s);
}

static void
select_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 n = tn_shape_elements (call->output, 0);

  for (gint64 i = 0; i < n; i++)
    {
      float x[3];

      for (int input = 0; input < 3; input++)
        {
          const TnShape *shape = call->inputs[input];
          gint64 rest = i, index = 0, factor = 1;

          for (int axis = 1; axis <= shape->rank; axis++)
            {
              gint64 size = tn_op_dim (shape, shape->rank - axis);
              gint64 whole = tn_op_dim (call->output, call->output->rank - axis);

              index += (size == 1 ? 0 : rest % whole) * factor;
              rest /= whole;
              factor *= size;
            }
          x[input] = data->inputs[input][index];
        }
      data->output[i] = x[0] == 0.0f ? x[2] : x[1];
    }
}

static const char *
elementwise_kernel_name (const TnOpCall *call)
{
  return "elementwise";
}

const TnOp tn_op_unary = {
  .name = "unary",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_IN_PLACE,
  .shape = unary_shape,
  .kernel_name = elementwise_kernel_name,
  .kernel = unary_kernel,
  .reference = unary_reference,
};

const TnOp tn_op_select = {
  .name = "select",
  .min_inputs = 3,
  .max_inputs = 3,
  .flags = TN_OP_IN_PLACE,
  .shape = select_shape,
  .kernel_name = elementwise_kernel_name,
  .kernel = select_kernel,
  .reference = select_reference,
};
