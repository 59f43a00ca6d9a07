/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of tn-function.h for one instruction set; compiled once for each.
 *
 * Coefficients are of polynomials with the smallest largest error over the interval given with
 * each, found by interpolation at Chebyshev's nodes. A row's end that does not fill a vector goes
 * through the same operations as any other number. */
#include "kernels/tn-function.h"
#include "kernels/tn-vector.h"

typedef guint32 TnVectorBits __attribute__ ((vector_size (TN_VECTOR_BYTES)));

/* Added and subtracted again it rounds to a whole number, which its lowest bits are meanwhile. */
#define ROUNDER 12582912.0f
#define LOG2_E  1.44269504f
/* The natural logarithm of 2 in two parts, the first of few bits: its small multiples are exact. */
#define LN2_HIGH 0.693359375f
#define LN2_LOW  -2.12194440e-4f

static inline TnVector
pick (TnVectorMask where, TnVector yes, TnVector no)
{
  return (TnVector)(((TnVectorMask)yes & where) | ((TnVectorMask)no & ~where));
}

static inline TnVector
magnitude (TnVector x)
{
  return (TnVector)((TnVectorBits)x & 0x7fffffffu);
}

/* 2^@n · @x, with what @n is in the lowest bits of @rounded; it may be from -160 to 150. */
static inline TnVector
scale (TnVector x, TnVector rounded, TnVector n)
{
#if TN_VECTOR == 16
  return _mm512_scalef_ps (x, n);
#else
  /* In two steps: what lies between them is a normal number. */
  const TnVector rounder = tn_vector_of (ROUNDER);
  TnVectorBits shifted = (TnVectorBits)rounded - (TnVectorBits)rounder + 512u;
  TnVectorBits half = shifted >> 1, rest = shifted - half;
  return x * (TnVector)((half - 256u + 127u) << 23) * (TnVector)((rest - 256u + 127u) << 23);
#endif
}

/* e^(x + more), where @more is small. */
static inline TnVector
exponential (TnVector x, TnVector more)
{
  x = tn_vector_min (tn_vector_of (100.0f), tn_vector_max (tn_vector_of (-110.0f), x));
  TnVector rounded = x * LOG2_E + ROUNDER;
  TnVector n = rounded - ROUNDER;
  TnVector r = x - n * LN2_HIGH - n * LN2_LOW + more;
  /* (e^r - 1 - r) / r², |r| ≤ log (2) / 2 */
  TnVector p = r * 0.0001989098087f + 0.001393364103f;
  p = p * r + 0.008333310934f;
  p = p * r + 0.04166646501f;
  p = p * r + 0.1666666668f;
  p = p * r + 0.5f;
  return scale (r * r * p + r + 1.0f, rounded, n);
}

static inline TnVector
exponential_of (TnVector x)
{
  return exponential (x, (TnVector){ 0 });
}

/* e^x - 1, up to x = 80. */
static inline TnVector
exponential_less_1 (TnVector x)
{
  x = tn_vector_min (tn_vector_of (80.0f), tn_vector_max (tn_vector_of (-30.0f), x));
  TnVector rounded = x * LOG2_E + ROUNDER;
  TnVector n = rounded - ROUNDER;
  TnVector r = x - n * LN2_HIGH - n * LN2_LOW;
  TnVector p = r * 0.0001989098087f + 0.001393364103f;
  p = p * r + 0.008333310934f;
  p = p * r + 0.04166646501f;
  p = p * r + 0.1666666668f;
  p = p * r + 0.5f;
  TnVector power = scale (tn_vector_of (1.0f), rounded, n);
  return power * (r * r * p + r) + (power - 1.0f);
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

/* x · Φ (x). The tail Φ (-a) is e^(-a²/2) · q · p (1 - 4q) with q = 1 / (a + 2), so that a small
 * result is as exact as a large one; a² is taken apart into an exact square and the rest. */
static inline TnVector
gelu (TnVector x)
{
  TnVector a = tn_vector_min (tn_vector_of (14.5f), magnitude (x));
  TnVector most = (TnVector)((TnVectorBits)a & 0xfffff000u);
  TnVector q = 1.0f / (a + 2.0f), t = (a - 2.0f) * q;
  TnVector p = t * -6.63212579e-5f + -0.0001503906656f;
  p = p * t + 0.0001335015977f;
  p = p * t + 0.000838039839f;
  p = p * t + 0.0008237213499f;
  p = p * t + -0.001952172468f;
  p = p * t + -0.006734660044f;
  p = p * t + -0.0004696543735f;
  p = p * t + 0.03671942609f;
  p = p * t + 0.02879736676f;
  p = p * t + -0.3314044762f;
  p = p * t + 0.6724080049f;
  TnVector tail = exponential (-0.5f * most * most, 0.5f * (most - a) * (most + a)) * q * p;
  /* Around 0 both are about a half: (Φ (a) - 1/2) / a by a², a ≤ 1 */
  TnVector square = a * a;
  TnVector near = square * -7.660538171e-6f + 0.0001135022562f;
  near = near * square + -0.001186343989f;
  near = near * square + 0.009973328481f;
  near = near * square + -0.06649036057f;
  near = near * square + 0.3989422801f;
  TnVector phi = pick (x < 0.0f, tail, 1.0f - tail);
  return x * pick (a < 0.8f, 0.5f + x * near, phi);
}

/* tanh (log (1 + e)) = e (e + 2) / (e (e + 2) + 2); from 20 on that is 1. */
static inline TnVector
mish (TnVector x)
{
  TnVector e = exponential_of (tn_vector_min (tn_vector_of (20.0f), x));
  TnVector part = e * (e + 2.0f);
  return x * (part / (part + 2.0f));
}

#define MAP(name, formula)                                                                         \
  static void name##_map (const float *in, float *out, gint64 n, const float *params)              \
  {                                                                                                \
    gint64 i = 0;                                                                                  \
    for (; i + TN_VECTOR <= n; i += TN_VECTOR)                                                     \
      {                                                                                            \
        TnVector x = tn_vector_load (in + i);                                                      \
        tn_vector_store (out + i, formula);                                                        \
      }                                                                                            \
    if (i < n)                                                                                     \
      {                                                                                            \
        TnVector x = tn_vector_load_part (in + i, n - i);                                          \
        tn_vector_store_part (out + i, formula, n - i);                                            \
      }                                                                                            \
  }

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

static float
largest (const float *x, gint64 n)
{
  TnVector best = tn_vector_of (-__builtin_inff ());
  gint64 i = 0;

  for (; i + TN_VECTOR <= n; i += TN_VECTOR)
    best = tn_vector_max (best, tn_vector_load (x + i));
  float all = best[0];
  for (int j = 1; j < TN_VECTOR; j++)
    all = best[j] > all ? best[j] : all;
  for (; i < n; i++)
    all = x[i] > all ? x[i] : all;
  return all;
}

static float
exponentials (const float *x, float less, float *out, gint64 n)
{
  TnVector sum = { 0 };
  gint64 i = 0;

  for (; i + TN_VECTOR <= n; i += TN_VECTOR)
    {
      TnVector term = exponential_of (tn_vector_load (x + i) - less);
      if (out != NULL)
        tn_vector_store (out + i, term);
      sum += term;
    }
  if (i < n)
    {
      float rest[TN_VECTOR] = { 0 };
      tn_vector_store (rest, exponential_of (tn_vector_load_part (x + i, n - i) - less));
      if (out != NULL)
        memcpy (out + i, rest, (n - i) * sizeof *out);
      sum += tn_vector_load_part (rest, n - i);
    }
  float all = 0.0f;
  for (int j = 0; j < TN_VECTOR; j++)
    all += sum[j];
  return all;
}

static void
divide (float *values, float by, gint64 n)
{
  gint64 i = 0;

  for (; i + TN_VECTOR <= n; i += TN_VECTOR)
    tn_vector_store (values + i, tn_vector_load (values + i) / by);
  if (i < n)
    tn_vector_store_part (values + i, tn_vector_load_part (values + i, n - i) / by, n - i);
}

static void
lstm (const float *z, float *h, float *c, gint64 units)
{
  for (gint64 i = 0; i < units; i += TN_VECTOR)
    {
      gint64 n = MIN (units - i, TN_VECTOR);
      TnVector in = sigmoid (tn_vector_load_part (z + i, n));
      TnVector forget = sigmoid (tn_vector_load_part (z + units + i, n));
      TnVector candidate = hyperbolic_tangent (tn_vector_load_part (z + 2 * units + i, n));
      TnVector output = sigmoid (tn_vector_load_part (z + 3 * units + i, n));
      TnVector state = forget * tn_vector_load_part (c + i, n) + in * candidate;

      tn_vector_store_part (c + i, state, n);
      tn_vector_store_part (h + i, output * hyperbolic_tangent (state), n);
    }
}

static void
gru (const float *z, const float *x, float *h, gint64 units)
{
  for (gint64 i = 0; i < units; i += TN_VECTOR)
    {
      gint64 n = MIN (units - i, TN_VECTOR);
      TnVector keep = sigmoid (tn_vector_load_part (z + i, n) + tn_vector_load_part (x + i, n));
      TnVector reset = sigmoid (tn_vector_load_part (z + units + i, n)
                                + tn_vector_load_part (x + units + i, n));
      TnVector candidate
          = hyperbolic_tangent (tn_vector_load_part (x + 2 * units + i, n)
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
  },
  .largest = largest,
  .exponentials = exponentials,
  .divide = divide,
  .lstm = lstm,
  .gru = gru,
};
