/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before and after BLIS's micro-kernels, for one instruction set; compiled once for each. */
#include "kernels/tn-implicit-block.h"

#include "kernels/tn-vector.h"

/* Four at a time whatever the instruction set: panels are few rows wide. */
typedef float Four __attribute__ ((vector_size (16)));
typedef float LooseFour __attribute__ ((vector_size (16), aligned (4), may_alias));
typedef gint32 Places __attribute__ ((vector_size (16)));

#ifdef __clang__
#define PICK(a, b, ...) __builtin_shufflevector (a, b, __VA_ARGS__)
#else
#define PICK(a, b, ...) __builtin_shuffle (a, b, (Places){ __VA_ARGS__ })
#endif

/* Four rows of which the first goes to @to. */
static inline void
transpose_four (const float *const *from, gint64 n, float *to, gint64 stride)
{
  gint64 l = 0;

  for (; l + 4 <= n; l += 4, to += 4 * stride)
    {
      Four a = *(const LooseFour *)(from[0] + l), b = *(const LooseFour *)(from[1] + l);
      Four c = *(const LooseFour *)(from[2] + l), d = *(const LooseFour *)(from[3] + l);
      Four ab_low = PICK (a, b, 0, 4, 1, 5), ab_high = PICK (a, b, 2, 6, 3, 7);
      Four cd_low = PICK (c, d, 0, 4, 1, 5), cd_high = PICK (c, d, 2, 6, 3, 7);

      *(LooseFour *)to = PICK (ab_low, cd_low, 0, 1, 4, 5);
      *(LooseFour *)(to + stride) = PICK (ab_low, cd_low, 2, 3, 6, 7);
      *(LooseFour *)(to + 2 * stride) = PICK (ab_high, cd_high, 0, 1, 4, 5);
      *(LooseFour *)(to + 3 * stride) = PICK (ab_high, cd_high, 2, 3, 6, 7);
    }
  for (; l < n; l++, to += stride)
    for (int i = 0; i < 4; i++)
      to[i] = from[i][l];
}

static void
transpose (const float *const *from, gint64 rows, gint64 n, float *to, gint64 stride)
{
  gint64 i = 0;

  for (; i + 4 <= rows; i += 4)
    transpose_four (from + i, n, to + i, stride);
  if (i == rows)
    return;
  /* Some of them once more. */
  if (rows > 4)
    transpose_four (from + rows - 4, n, to + rows - 4, stride);
  else
    for (; i < rows; i++)
      for (gint64 l = 0; l < n; l++)
        to[l * stride + i] = from[i][l];
}

static inline TnVector
bounded (TnVector x, TnVector low, TnVector high)
{
  return tn_vector_min (high, tn_vector_max (low, x));
}

static void
finish (float *out, gint64 out_stride, gint64 rows, gint64 columns, const float *bias, float low,
        float high)
{
  const TnVector lows = tn_vector_of (low), highs = tn_vector_of (high);

  for (gint64 j = 0; j < columns; j += TN_VECTOR)
    {
      gint64 n = MIN (columns - j, TN_VECTOR);
      TnVector biases = { 0 };

      if (bias != NULL)
        biases = n == TN_VECTOR ? tn_vector_load (bias + j) : tn_vector_load_part (bias + j, n);
      for (gint64 i = 0; i < rows; i++)
        {
          float *at = out + i * out_stride + j;

          if (n == TN_VECTOR)
            tn_vector_store (at, bounded (tn_vector_load (at) + biases, lows, highs));
          else
            tn_vector_store_part (at, bounded (tn_vector_load_part (at, n) + biases, lows, highs),
                                  n);
        }
    }
}

extern const TnImplicitSet TN_ISA_SYMBOL (tn_implicit_set);

const TnImplicitSet TN_ISA_SYMBOL (tn_implicit_set) = {
  .transpose = transpose,
  .finish = finish,
};
