/* SPDX-License-Identifier: GPL-3.0-or-later */
/* More functions of tn-function.h for one instruction set: logarithms, angles, the error function;
 * compiled once for each. */
#include "kernels/tn-function-inline.h"

#include <math.h>

/* The exponent of @x and, in @part, what is left of it, from √½ to √2, less 1. */
static inline TnVector
taken_apart (TnVector x, TnVector *part)
{
  /* Numbers too small to be normal are not, 2^24 times as large. */
  const TnVectorMask tiny = x < 1.17549435e-38f;
  x = pick (tiny, x * 16777216.0f, x);
  /* √½ stands at the end of an exponent, rather than 1. */
  const TnVectorBits bits = (TnVectorBits)x - 0x3f3504f3u;
  const TnVectorMask whole = (TnVectorMask)bits >> 23;
  *part = (TnVector)((TnVectorBits)x - ((TnVectorBits)whole << 23)) - 1.0f;
  return __builtin_convertvector(whole, TnVector)
         - pick (tiny, tn_vector_of (24.0f), (TnVector){ 0 });
}

/* log (1 + x) - x, x from √½ - 1 to √2 - 1 */
static inline TnVector
log_part (TnVector x)
{
  TnVector p = x * 7.0376836292e-2f + -1.1514610310e-1f;
  p = p * x + 1.1676998740e-1f;
  p = p * x + -1.2420140846e-1f;
  p = p * x + 1.4249322787e-1f;
  p = p * x + -1.6668057665e-1f;
  p = p * x + 2.0000714765e-1f;
  p = p * x + -2.4999993993e-1f;
  p = p * x + 3.3333331174e-1f;
  return p * x * x * x - 0.5f * x * x;
}

/* @value where @x is a number above 0 that has an end; else what a logarithm is there. */
static inline TnVector
log_ends (TnVector x, TnVector value)
{
  value = pick (x == INFINITY, x, value);
  value = pick (x == 0.0f, tn_vector_of (-INFINITY), value);
  value = pick (x < 0.0f, tn_vector_of (NAN), value);
  return pick (x == x, value, x);
}

static inline TnVector
logarithm (TnVector x)
{
  TnVector part, n = taken_apart (x, &part);
  return log_ends (x, part + (log_part (part) + n * LN2_LOW) + n * LN2_HIGH);
}

/* Exact where x is a power of 2. */
static inline TnVector
logarithm_2 (TnVector x)
{
  TnVector part, n = taken_apart (x, &part);
  return log_ends (x, (part + log_part (part)) * LOG2_E + n);
}

/* What rounding took from 1 + x is put in again. */
static inline TnVector
logarithm_1 (TnVector x)
{
  TnVector sum = 1.0f + x;
  TnVector lost = (x - (sum - 1.0f)) / sum;
  lost = pick (sum > 0.0f, pick (sum < INFINITY, lost, (TnVector){ 0 }), (TnVector){ 0 });
  return pick (magnitude (x) < 1e-7f, x, logarithm (sum) + lost);
}

static inline TnVector
power_less_1 (TnVector x)
{
  /* Nothing is left of the 1. */
  return pick (x > 80.0f, exponential_of (x), exponential_less_1 (x));
}

/* sin and cos of what is left of @x without multiples of π/2, and whose turn it is. */
static inline TnVector
angle (TnVector x, guint32 quarter)
{
  TnVector rounded = x * 0.636619772f + ROUNDER;
  TnVector n = rounded - ROUNDER;
  /* π/2 in parts of which small multiples are exact. */
  TnVector r = x - n * 1.5703125f - n * 4.83751296997e-4f - n * 7.54978995489e-8f;
  TnVector square = r * r;
  TnVector s = square * -1.9515295891e-4f + 8.3321608736e-3f;
  s = s * square + -1.6666654611e-1f;
  s = s * square * r + r;
  TnVector c = square * 2.443315711809948e-5f + -1.388731625493765e-3f;
  c = c * square + 4.166664568298827e-2f;
  c = c * square * square - 0.5f * square + 1.0f;
  const TnVectorBits turns = (TnVectorBits)rounded + quarter;
  const TnVectorMask odd = (TnVectorMask)((turns & 1u) != 0u);
  return (TnVector)((TnVectorBits)pick (odd, c, s) ^ (turns & 2u) << 30);
}

/* Where the parts of π/2 are too few. */
#define FAR 8192.0f

static inline TnVector
far_too (TnVector x, TnVector near, float (*function) (float))
{
  for (int i = 0; i < TN_VECTOR; i++)
    if (x[i] >= FAR || x[i] <= -FAR)
      near[i] = function (x[i]);
  return near;
}

static inline gboolean
any_far (TnVector x)
{
  const TnVectorMask far = magnitude (x) >= FAR;
  gint32 any = 0;

  for (int i = 0; i < TN_VECTOR; i++)
    any |= far[i];
  return any != 0;
}

static inline TnVector
sine (TnVector x)
{
  TnVector near = angle (x, 0);
  /* Its sign is x's where it is 0. */
  near = pick (x == 0.0f, x, near);
  return any_far (x) ? far_too (x, near, sinf) : near;
}

static inline TnVector
cosine (TnVector x)
{
  TnVector near = angle (x, 1);
  return any_far (x) ? far_too (x, near, cosf) : near;
}

/* 2 Φ (x √2) - 1 */
static inline TnVector
error_function (TnVector x)
{
  TnVector y = magnitude (x) * 1.41421356f;
  y = tn_vector_min (tn_vector_of (14.5f), y);
  TnVector far = 1.0f - 2.0f * normal_tail (y);
  TnVector near = 2.0f * y * normal_middle (y * y);
  TnVectorBits sign = (TnVectorBits)x & 0x80000000u;
  return (TnVector)((TnVectorBits)pick (y < 0.8f, near, far) | sign);
}

#define MAP(name, formula) TN_FUNCTION_MAP (TN_FUNCTION_MORE (name), formula)

MAP (log, logarithm (x))
MAP (log2, logarithm_2 (x))
MAP (log1p, logarithm_1 (x))
MAP (expm1, power_less_1 (x))
MAP (sin, sine (x))
MAP (cos, cosine (x))
MAP (erf, error_function (x))
