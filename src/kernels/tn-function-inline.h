/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of a vector, for the files that functions of rows are made in. */
#pragma once

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

/* e^(x + more) for x from -110 to 100, where @more is small. */
static inline TnVector
exponential_within (TnVector x, TnVector more)
{
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

/* The same for any x. */
static inline TnVector
exponential (TnVector x, TnVector more)
{
  x = tn_vector_min (tn_vector_of (100.0f), tn_vector_max (tn_vector_of (-110.0f), x));
  return exponential_within (x, more);
}

static inline TnVector
exponential_of (TnVector x)
{
  /* Of which nothing is added: x - 0 is x for each x. */
  return exponential (x, -(TnVector){ 0 });
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

/* The tail Φ (-a) of the normal distribution, for a from 0 to 14.5, is e^(-a²/2) · q · p (1 - 4q)
 * with q = 1 / (a + 2), so that a small result is as exact as a large one; a² is taken apart into
 * an exact square and the rest. */
static inline TnVector
normal_tail (TnVector a)
{
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
  return exponential (-0.5f * most * most, 0.5f * (most - a) * (most + a)) * q * p;
}

/* (Φ (a) - 1/2) / a by a², a ≤ 1 */
static inline TnVector
normal_middle (TnVector square)
{
  TnVector near = square * -7.660538171e-6f + 0.0001135022562f;
  near = near * square + -0.001186343989f;
  near = near * square + 0.009973328481f;
  near = near * square + -0.06649036057f;
  near = near * square + 0.3989422801f;
  return near;
}

/* A map of the name that @name has for this instruction set, of what @formula makes of x. */
#define TN_FUNCTION_MAP(name, formula)                                                             \
  void name (const float *in, float *out, gint64 n, const float *params)                           \
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

/* Those in tn-function-more.c. */
#define TN_FUNCTION_MORE(name) TN_ISA_SYMBOL (tn_function_##name)
#define TN_FUNCTION_MAP_MORE(name)                                                                 \
  void TN_FUNCTION_MORE (name) (const float *in, float *out, gint64 n, const float *params)
TN_FUNCTION_MAP_MORE (log);
TN_FUNCTION_MAP_MORE (log2);
TN_FUNCTION_MAP_MORE (log1p);
TN_FUNCTION_MAP_MORE (expm1);
TN_FUNCTION_MAP_MORE (sin);
TN_FUNCTION_MAP_MORE (cos);
TN_FUNCTION_MAP_MORE (erf);
