/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of tn-function.h for one instruction set; compiled once for each.
 *
 * Coefficients are of polynomials with the smallest largest error over the interval given with
 * each, found by interpolation at Chebyshev's nodes. A row's end that does not fill a vector goes
 * through the same operations as any other number. */
#include "kernels/tn-function-inline.h"

/* Each float's place with that bit turned over: after one for each bit all floats hold what comes
 * of all of them. */
#if TN_VECTOR == 16
#define CROSSED(v, bit)                                                                            \
  __builtin_shufflevector (v, v, 0 ^ bit, 1 ^ bit, 2 ^ bit, 3 ^ bit, 4 ^ bit, 5 ^ bit, 6 ^ bit,    \
                           7 ^ bit, 8 ^ bit, 9 ^ bit, 10 ^ bit, 11 ^ bit, 12 ^ bit, 13 ^ bit,      \
                           14 ^ bit, 15 ^ bit)
#elif TN_VECTOR == 8
#define CROSSED(v, bit)                                                                            \
  __builtin_shufflevector (v, v, 0 ^ bit, 1 ^ bit, 2 ^ bit, 3 ^ bit, 4 ^ bit, 5 ^ bit, 6 ^ bit,    \
                           7 ^ bit)
#else
#define CROSSED(v, bit) __builtin_shufflevector (v, v, 0 ^ bit, 1 ^ bit, 2 ^ bit, 3 ^ bit)
#endif

static inline float
sum_of (TnVector v)
{
#if TN_VECTOR >= 16
  v += CROSSED (v, 8);
#endif
#if TN_VECTOR >= 8
  v += CROSSED (v, 4);
#endif
  v += CROSSED (v, 2);
  v += CROSSED (v, 1);
  return v[0];
}

static inline float
largest_of (TnVector v)
{
#if TN_VECTOR >= 16
  v = tn_vector_max (v, CROSSED (v, 8));
#endif
#if TN_VECTOR >= 8
  v = tn_vector_max (v, CROSSED (v, 4));
#endif
  v = tn_vector_max (v, CROSSED (v, 2));
  v = tn_vector_max (v, CROSSED (v, 1));
  return v[0];
}

static inline TnVector
sigmoid (TnVector x)
{
  return 1.0f / (1.0f + exponential_of (-x));
}

static inline TnVector
hyperbolic_tangent (TnVector x)
{
  TnVector a = magnitude (x), square = a * a;
  /* (tanh (a) - a) / a³, a ≤ 0.625 */
  TnVector p = square * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * square + -5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square + -3.33332819422e-1f;
  TnVector small = p * square * a + a;
  TnVector large = 1.0f - 2.0f / (exponential_of (a + a) + 1.0f);
  TnVectorBits sign = (TnVectorBits)x & 0x80000000u;
  return (TnVector)((TnVectorBits)pick (a < 0.625f, small, large) | sign);
}

/* log (1 + x), 0 ≤ x ≤ 1, which the polynomial has divided by x. */
static inline TnVector
log_of_1_and (TnVector x)
{
  TnVector p = x * 0.001986696594f + -0.01318782657f;
  p = p * x + 0.04100657369f;
  p = p * x + -0.08188040924f;
  p = p * x + 0.1237799587f;
  p = p * x + -0.1608762301f;
  p = p * x + 0.1988582029f;
  p = p * x + -0.2498649646f;
  p = p * x + 0.3333249754f;
  p = p * x + -0.4999997949f;
  p = p * x + 0.9999999992f;
  return x * p;
}

static inline TnVector
softplus (TnVector x)
{
  return tn_vector_max ((TnVector){ 0 }, x) + log_of_1_and (exponential_of (-magnitude (x)));
}

/* x · Φ (x). */
static inline TnVector
gelu (TnVector x)
{
  TnVector a = tn_vector_min (tn_vector_of (14.5f), magnitude (x));
  TnVector tail = normal_tail (a);
  TnVector phi = pick (x < 0.0f, tail, 1.0f - tail);
  return x * pick (a < 0.8f, 0.5f + x * normal_middle (a * a), phi);
}

/* tanh (log (1 + e)) = e (e + 2) / (e (e + 2) + 2); from 20 on that is 1. */
static inline TnVector
mish (TnVector x)
{
  TnVector e = exponential_of (tn_vector_min (tn_vector_of (20.0f), x));
  TnVector part = e * (e + 2.0f);
  return x * (part / (part + 2.0f));
}

#define MAP(name, formula) static TN_FUNCTION_MAP (name##_map, formula)

MAP (exp, exponential_of (x))
MAP (tanh, hyperbolic_tangent (x))
MAP (sigmoid, sigmoid (x))
MAP (silu, x / (1.0f + exponential_of (-x)))
MAP (gelu, gelu (x))
MAP (softplus, softplus (x))
MAP (log_sigmoid, -softplus (-x))
MAP (mish, mish (x))
MAP (tanh_shrink, x - hyperbolic_tangent (x))
MAP (elu, pick (x < 0.0f, params[1] * exponential_less_1 (x / params[0]), params[2] * x))

/* Rows are gone through four vectors at a time: an operation takes about as long as that many. */
#define SIDE_BY_SIDE 4

static float
largest (const float *x, gint64 n)
{
  TnVector best[SIDE_BY_SIDE];
  gint64 i = 0;

  for (int j = 0; j < SIDE_BY_SIDE; j++)
    best[j] = tn_vector_of (-__builtin_inff ());
  for (; i + SIDE_BY_SIDE * TN_VECTOR <= n; i += SIDE_BY_SIDE * TN_VECTOR)
    for (int j = 0; j < SIDE_BY_SIDE; j++)
      best[j] = tn_vector_max (best[j], tn_vector_load (x + i + j * TN_VECTOR));
  for (; i + TN_VECTOR <= n; i += TN_VECTOR)
    best[0] = tn_vector_max (best[0], tn_vector_load (x + i));
  float all = largest_of (
      tn_vector_max (tn_vector_max (best[0], best[1]), tn_vector_max (best[2], best[3])));
  for (; i < n; i++)
    all = x[i] > all ? x[i] : all;
  return all;
}

static float
exponentials (const float *x, float less, float *out, gint64 n)
{
  TnVector sums[2] = { { 0 } };
  gint64 i = 0;

  for (; i + TN_VECTOR <= n; i += TN_VECTOR)
    {
      TnVector term = exponential_of (tn_vector_load (x + i) - less);
      if (out != NULL)
        tn_vector_store (out + i, term);
      sums[0] += term;
    }
  if (i < n)
    {
      float rest[TN_VECTOR] = { 0 };
      tn_vector_store (rest, exponential_of (tn_vector_load_part (x + i, n - i) - less));
      if (out != NULL)
        memcpy (out + i, rest, (n - i) * sizeof *out);
      sums[1] += tn_vector_load_part (rest, n - i);
    }
  return sum_of (sums[0] + sums[1]);
}

static void
scale_row (float *values, float by, gint64 n)
{
  gint64 i = 0;

  for (; i + TN_VECTOR <= n; i += TN_VECTOR)
    tn_vector_store (values + i, tn_vector_load (values + i) * by);
  if (i < n)
    tn_vector_store_part (values + i, tn_vector_load_part (values + i, n - i) * by, n - i);
}

static void
exponential_rows (float *x, gint64 step, gint64 m, gint64 n, float *inverses)
{
  for (gint64 i = 0; i < m; i++, x += step)
    inverses[i] = 1.0f / exponentials (x, largest (x, n), x, n);
}

static void
scale_rows (float *x, gint64 step, gint64 m, gint64 n, const float *by)
{
  for (gint64 i = 0; i < m; i++, x += step)
    scale_row (x, by[i], n);
}

/* @v with 0 but for the first @n floats. */
static inline TnVector
only_first (TnVector v, gint64 n)
{
  float first[TN_VECTOR] = { 0 };

  tn_vector_store_part (first, v, n);
  return tn_vector_load (first);
}

/* Σ (x - less) and, if asked for, Σ (x - less)² in @squares. A few thousand at a time are added as
 * they are, and those sums in double precision. */
static inline __attribute__ ((always_inline)) double
sums_of (const float *x, float less, gint64 n, const gboolean squared, double *squares)
{
  double total = 0.0, total_squares = 0.0;

  for (gint64 first = 0; first < n; first += 4096)
    {
      const gint64 last = MIN (first + 4096, n);
      TnVector sum[2] = { { 0 } }, square[2] = { { 0 } };
      gint64 i = first;

      for (; i + 2 * TN_VECTOR <= last; i += 2 * TN_VECTOR)
        for (int j = 0; j < 2; j++)
          {
            TnVector d = tn_vector_load (x + i + j * TN_VECTOR) - less;
            sum[j] += d;
            square[j] += d * d;
          }
      if (i + TN_VECTOR <= last)
        {
          TnVector d = tn_vector_load (x + i) - less;
          sum[0] += d;
          square[0] += d * d;
          i += TN_VECTOR;
        }
      if (i < last)
        {
          TnVector d = only_first (tn_vector_load_part (x + i, last - i) - less, last - i);
          sum[1] += d;
          square[1] += d * d;
        }
      total += sum_of (sum[0] + sum[1]);
      if (squared)
        total_squares += sum_of (square[0] + square[1]);
    }
  if (squared)
    *squares = total_squares;
  return total;
}

static double
squares_exactly (const float *x, float less, gint64 n)
{
  double total = 0.0;

  for (gint64 i = 0; i < n; i++)
    total += ((double)x[i] - less) * ((double)x[i] - less);
  return total;
}

/* The mean is found from what is left without a first one: what rounding did to that one, and to a
 * spread that is small beside it, does no harm. */
static void
normalize (const TnFunctionNormal *how, const float *x, float *out, gint64 n)
{
  float shift = 0.0f, rest = 0.0f, scale;
  double squares = 0.0;
  gint64 i = 0;

  if (how->about_mean)
    shift = (float)(sums_of (x, 0.0f, n, FALSE, NULL) / (double)n);
  const double left = sums_of (x, shift, n, TRUE, &squares);
  /* Too large for floats. */
  if (!__builtin_isfinite (squares))
    squares = squares_exactly (x, shift, n);
  if (how->about_mean)
    {
      rest = (float)(left / (double)n);
      squares = MAX (squares - left * left / (double)n, 0.0 * squares);
    }
  if (how->unit)
    scale = (float)(1.0 / __builtin_sqrt (MAX (squares, how->epsilon)));
  else
    scale = (float)(1.0 / __builtin_sqrt (squares / (double)n + how->epsilon));
  if (!how->less_mean)
    shift = rest = 0.0f;
  for (; i + TN_VECTOR <= n; i += TN_VECTOR)
    {
      TnVector y = (tn_vector_load (x + i) - shift - rest) * scale;

      if (how->gamma != NULL)
        y *= tn_vector_load (how->gamma + i);
      if (how->beta != NULL)
        y += tn_vector_load (how->beta + i);
      tn_vector_store (out + i, y);
    }
  if (i < n)
    {
      TnVector y = (tn_vector_load_part (x + i, n - i) - shift - rest) * scale;

      if (how->gamma != NULL)
        y *= tn_vector_load_part (how->gamma + i, n - i);
      if (how->beta != NULL)
        y += tn_vector_load_part (how->beta + i, n - i);
      tn_vector_store_part (out + i, y, n - i);
    }
}

/* 1 / x for normal numbers. */
static inline TnVector
inverse (TnVector x)
{
#if TN_VECTOR == 16
  /* A first guess made twice as exact: less than two roundings wrong, and twice as fast. */
  TnVector guess = _mm512_rcp14_ps (x);
  return guess + guess * (1.0f - x * guess);
#else
  return 1.0f / x;
#endif
}

/* The same as sigmoid () and hyperbolic_tangent (), but only as far as a gate can tell: what is
 * left of 1 may be 3e-7 wrong. */
static inline TnVector
gate_sigmoid (TnVector x)
{
  x = tn_vector_min (tn_vector_of (87.0f), tn_vector_max (tn_vector_of (-87.0f), x));
  return inverse (1.0f + exponential_within (-x, -(TnVector){ 0 }));
}

static inline TnVector
gate_tanh (TnVector x)
{
  x = tn_vector_min (tn_vector_of (9.0f), tn_vector_max (tn_vector_of (-9.0f), x));
  TnVector square = x * x;
  TnVector p = square * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = p * square + -8.60467152213735e-11f;
  p = p * square + 5.12229709037114e-08f;
  p = p * square + 1.48572235717979e-05f;
  p = p * square + 6.37261928875436e-04f;
  p = p * square + 4.89352455891786e-03f;
  TnVector q = square * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = q * square + 2.26843463243900e-03f;
  q = q * square + 4.89352518554385e-03f;
  return x * p * inverse (q);
}

static void
lstm (const float *z, float *h, float *c, gint64 units)
{
  for (gint64 i = 0; i < units; i += TN_VECTOR)
    {
      gint64 n = MIN (units - i, TN_VECTOR);
      TnVector in = gate_sigmoid (tn_vector_load_part (z + i, n));
      TnVector forget = gate_sigmoid (tn_vector_load_part (z + units + i, n));
      TnVector candidate = gate_tanh (tn_vector_load_part (z + 2 * units + i, n));
      TnVector output = gate_sigmoid (tn_vector_load_part (z + 3 * units + i, n));
      TnVector state = forget * tn_vector_load_part (c + i, n) + in * candidate;

      tn_vector_store_part (c + i, state, n);
      tn_vector_store_part (h + i, output * gate_tanh (state), n);
    }
}

static void
gru (const float *z, const float *x, float *h, gint64 units)
{
  for (gint64 i = 0; i < units; i += TN_VECTOR)
    {
      gint64 n = MIN (units - i, TN_VECTOR);
      TnVector keep
          = gate_sigmoid (tn_vector_load_part (z + i, n) + tn_vector_load_part (x + i, n));
      TnVector reset = gate_sigmoid (tn_vector_load_part (z + units + i, n)
                                     + tn_vector_load_part (x + units + i, n));
      TnVector candidate = gate_tanh (tn_vector_load_part (x + 2 * units + i, n)
                                      + reset * tn_vector_load_part (z + 2 * units + i, n));

      tn_vector_store_part (h + i,
                            keep * tn_vector_load_part (h + i, n) + (1.0f - keep) * candidate, n);
    }
}

extern const TnFunctionSet TN_ISA_SYMBOL (tn_function_set);

const TnFunctionSet TN_ISA_SYMBOL (tn_function_set) = {
  .maps = {
    [TN_FUNCTION_EXP] = exp_map,
    [TN_FUNCTION_TANH] = tanh_map,
    [TN_FUNCTION_SIGMOID] = sigmoid_map,
    [TN_FUNCTION_SILU] = silu_map,
    [TN_FUNCTION_GELU] = gelu_map,
    [TN_FUNCTION_SOFTPLUS] = softplus_map,
    [TN_FUNCTION_LOG_SIGMOID] = log_sigmoid_map,
    [TN_FUNCTION_MISH] = mish_map,
    [TN_FUNCTION_TANH_SHRINK] = tanh_shrink_map,
    [TN_FUNCTION_ELU] = elu_map,
    [TN_FUNCTION_LOG] = TN_FUNCTION_MORE (log),
    [TN_FUNCTION_LOG2] = TN_FUNCTION_MORE (log2),
    [TN_FUNCTION_LOG1P] = TN_FUNCTION_MORE (log1p),
    [TN_FUNCTION_EXPM1] = TN_FUNCTION_MORE (expm1),
    [TN_FUNCTION_SIN] = TN_FUNCTION_MORE (sin),
    [TN_FUNCTION_COS] = TN_FUNCTION_MORE (cos),
    [TN_FUNCTION_ERF] = TN_FUNCTION_MORE (erf),
  },
  .largest = largest,
  .exponentials = exponentials,
  .scale = scale_row,
  .exponential_rows = exponential_rows,
  .scale_rows = scale_rows,
  .normalize = normalize,
  .lstm = lstm,
  .gru = gru,
};
