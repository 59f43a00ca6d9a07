/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors of floats in plain C, for files that are compiled once for each instruction set:
 * TN_VECTOR is the number of floats, TN_ISA_SYMBOL (x) the name of x for this instruction set. */
#pragma once

#include <glib.h>

#ifdef __SSE__
#include <immintrin.h>
#endif

#define TN_VECTOR_BYTES (4 * TN_VECTOR)

#if TN_VECTOR == 16
#define TN_ISA_SYMBOL(name) name##_avx512
#elif TN_VECTOR == 8
#define TN_ISA_SYMBOL(name) name##_avx2
#elif TN_VECTOR == 4
#define TN_ISA_SYMBOL(name) name##_generic
#else
#error "TN_VECTOR must be 4, 8 or 16"
#endif

/* How many vectors the processor holds. */
#if defined __AVX512F__ || defined __aarch64__ || defined __VSX__
#define TN_VECTOR_REGISTERS 32
#else
#define TN_VECTOR_REGISTERS 16
#endif

typedef float TnVector __attribute__ ((vector_size (TN_VECTOR_BYTES)));
/* The same anywhere in memory, and whatever was stored there. */
typedef float TnLooseVector __attribute__ ((vector_size (TN_VECTOR_BYTES), aligned (4), may_alias));
typedef gint32 TnVectorMask __attribute__ ((vector_size (TN_VECTOR_BYTES)));

static inline TnVector
tn_vector_load (const float *from)
{
  return *(const TnLooseVector *)from;
}

static inline void
tn_vector_store (float *to, TnVector vector)
{
  *(TnLooseVector *)to = vector;
}

/* All floats the same: x - 0 is x for each x, which 0 + x is not, so nothing is computed. (Where a
 * vector is multiplied by a number, write so.) */
static inline TnVector
tn_vector_of (float x)
{
  return x - (TnVector){ 0 };
}

/* The first @n floats, of 0 … TN_VECTOR; the others are 0. */
static inline TnVector
tn_vector_load_part (const float *from, gint64 n)
{
#if TN_VECTOR == 16
  return _mm512_maskz_loadu_ps ((__mmask16)((1u << n) - 1), from);
#elif TN_VECTOR == 8
  const TnVectorMask place = { 0, 1, 2, 3, 4, 5, 6, 7 };
  return _mm256_maskload_ps (from, (__m256i)(place < (gint32)n));
#else
  return (TnVector){ n > 0 ? from[0] : 0.0f, n > 1 ? from[1] : 0.0f, n > 2 ? from[2] : 0.0f,
                     n > 3 ? from[3] : 0.0f };
#endif
}

static inline void
tn_vector_store_part (float *to, TnVector vector, gint64 n)
{
#if TN_VECTOR == 16
  _mm512_mask_storeu_ps (to, (__mmask16)((1u << n) - 1), vector);
#elif TN_VECTOR == 8
  const TnVectorMask place = { 0, 1, 2, 3, 4, 5, 6, 7 };
  _mm256_maskstore_ps (to, (__m256i)(place < (gint32)n), vector);
#else
  for (int i = 0; i < TN_VECTOR && i < n; i++)
    to[i] = vector[i];
#endif
}

/* The larger and the smaller; where @x is NaN, that. */
static inline TnVector
tn_vector_max (TnVector bound, TnVector x)
{
#if TN_VECTOR == 16
  return _mm512_max_ps (bound, x);
#elif TN_VECTOR == 8
  return _mm256_max_ps (bound, x);
#elif defined __SSE__
  return _mm_max_ps (bound, x);
#else
  TnVectorMask below = x < bound;
  return (TnVector)(((TnVectorMask)bound & below) | ((TnVectorMask)x & ~below));
#endif
}

static inline TnVector
tn_vector_min (TnVector bound, TnVector x)
{
#if TN_VECTOR == 16
  return _mm512_min_ps (bound, x);
#elif TN_VECTOR == 8
  return _mm256_min_ps (bound, x);
#elif defined __SSE__
  return _mm_min_ps (bound, x);
#else
  TnVectorMask above = x > bound;
  return (TnVector)(((TnVectorMask)bound & above) | ((TnVectorMask)x & ~above));
#endif
}
