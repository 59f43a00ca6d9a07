/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Winograd's transforms of one instruction set; compiled once for each.
 *
 * A tile of m×m output pixels is made of (m + 2)×(m + 2) input pixels. In one dimension, with input
 * d, weights g and output y: y = Aᵀ [(G g) · (Bᵀ d)], multiplied element by element; in two the
 * matrices are applied to the rows and then to the columns. Channels fill the vectors. */
#include "kernels/tn-winograd-block.h"

#include "kernels/tn-vector.h"

#define INLINED  static inline __attribute__ ((always_inline))
#define UNROLLED _Pragma ("GCC unroll 8")
#define MOST     6

/* Bᵀ d; the elements are @step apart in both. */
INLINED void
input_line (const int square, const TnVector *d, const int step, TnVector *v)
{
  const TnVector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];

  if (square == 2)
    {
      v[0] = d0 - d2;
      v[step] = d1 + d2;
      v[2 * step] = d2 - d1;
      v[3 * step] = d1 - d3;
      return;
    }
  const TnVector d4 = d[4 * step], d5 = d[5 * step];
  const TnVector even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1;
  const TnVector near = d4 - d2, far = 2.0f * (d3 - d1);
  v[0] = 4.0f * d0 - 5.0f * d2 + d4;
  v[step] = even + odd;
  v[2 * step] = even - odd;
  v[3 * step] = near + far;
  v[4 * step] = near - far;
  v[5 * step] = 4.0f * d1 - 5.0f * d3 + d5;
}

/* Aᵀ m. */
INLINED void
output_line (const int square, const TnVector *m, const int step, TnVector *y, const int to)
{
  const TnVector m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step];
  const TnVector sum = m1 + m2, difference = m1 - m2;

  if (square == 2)
    {
      y[0] = m0 + sum;
      y[to] = difference - m3;
      return;
    }
  const TnVector m4 = m[4 * step], m5 = m[5 * step];
  const TnVector sum_far = m3 + m4, difference_far = m3 - m4;
  y[0] = m0 + sum + sum_far;
  y[to] = difference + 2.0f * difference_far;
  y[2 * to] = sum + 4.0f * sum_far;
  y[3 * to] = difference + 8.0f * difference_far + m5;
}

/* G g. */
INLINED void
weights_line (const int square, const TnVector *g, const int step, TnVector *u, const int to)
{
  const TnVector g0 = g[0], g1 = g[step], g2 = g[2 * step];

  if (square == 2)
    {
      const TnVector sum = g0 + g2;
      u[0] = g0;
      u[to] = 0.5f * (sum + g1);
      u[2 * to] = 0.5f * (sum - g1);
      u[3 * to] = g2;
      return;
    }
  const TnVector near = (-1.0f / 6.0f) * (g0 + g2);
  const TnVector far = (1.0f / 24.0f) * g0 + (1.0f / 6.0f) * g2;
  u[0] = 0.25f * g0;
  u[to] = near - (1.0f / 6.0f) * g1;
  u[2 * to] = near + (1.0f / 6.0f) * g1;
  u[3 * to] = far + (1.0f / 12.0f) * g1;
  u[4 * to] = far - (1.0f / 12.0f) * g1;
  u[5 * to] = g2;
}

INLINED void
input_of (const TnWinogradPatch *patch, const int square)
{
  const int side = square + 2;
  const gboolean whole
      = patch->from[0] == 0 && patch->from[1] == 0 && patch->to[0] == side && patch->to[1] == side;

  for (gint64 channel = 0; channel < patch->channels; channel += TN_VECTOR)
    {
      TnVector d[MOST * MOST], v[MOST * MOST];

      UNROLLED
      for (int i = 0; i < side; i++)
        UNROLLED
      for (int j = 0; j < side; j++)
        {
          guintptr at = patch->pixels + (i * patch->row + j * patch->pixel + channel) * 4;
          if (whole
              || (i >= patch->from[0] && i < patch->to[0] && j >= patch->from[1]
                  && j < patch->to[1]))
            d[i * side + j] = tn_vector_load ((const float *)at);
          else
            d[i * side + j] = (TnVector){ 0 };
        }
      UNROLLED
      for (int j = 0; j < side; j++)
        input_line (square, d + j, side, v + j);
      UNROLLED
      for (int i = 0; i < side; i++)
        {
          input_line (square, v + i * side, 1, d + i * side);
          UNROLLED
          for (int j = 0; j < side; j++)
            tn_vector_store (patch->points + (i * side + j) * patch->step + channel,
                             d[i * side + j]);
        }
    }
}

INLINED void
output_of (const TnWinogradPatch *patch, const float *bias, float low, float high, const int square)
{
  const int side = square + 2;
  const TnVector lowest = tn_vector_of (low), highest = tn_vector_of (high);

  for (gint64 channel = 0; channel < patch->channels; channel += TN_VECTOR)
    {
      TnVector m[MOST * MOST], y[MOST * MOST], z[MOST];
      gint64 n = MIN (patch->channels - channel, TN_VECTOR);
      TnVector start = { 0 };

      if (bias != NULL)
        start = n == TN_VECTOR ? tn_vector_load (bias + channel)
                               : tn_vector_load_part (bias + channel, n);
      UNROLLED
      for (int j = 0; j < side; j++)
        {
          UNROLLED
          for (int i = 0; i < side; i++)
            m[i * side + j]
                = tn_vector_load (patch->points + (i * side + j) * patch->step + channel);
          output_line (square, m + j, side, y + j, side);
        }
      UNROLLED
      for (int i = 0; i < square; i++)
        {
          output_line (square, y + i * side, 1, z, 1);
          UNROLLED
          for (int j = 0; j < square; j++)
            {
              float *at
                  = (float *)(patch->pixels + (i * patch->row + j * patch->pixel + channel) * 4);
              TnVector result = tn_vector_min (highest, tn_vector_max (lowest, z[j] + start));
              if (i >= patch->to[0] || j >= patch->to[1])
                continue;
              if (n == TN_VECTOR)
                tn_vector_store (at, result);
              else
                tn_vector_store_part (at, result, n);
            }
        }
    }
}

INLINED void
weights_of (const float *taps, gint64 tap, gint64 f, float *points, gint64 step, const int square)
{
  const int side = square + 2;

  for (gint64 q = 0; q < f; q += TN_VECTOR)
    {
      TnVector g[9], half[3 * MOST], u[MOST * MOST];
      gint64 n = MIN (f - q, TN_VECTOR);

      for (int t = 0; t < 9; t++)
        g[t] = tn_vector_load_part (taps + t * tap + q, n);
      for (int j = 0; j < 3; j++)
        weights_line (square, g + j, 3, half + j, 3);
      for (int i = 0; i < side; i++)
        weights_line (square, half + i * 3, 1, u + i * side, 1);
      for (int t = 0; t < side * side; t++)
        tn_vector_store (points + t * step + q, u[t]);
    }
}

#define SQUARE(square)                                                                             \
  static void input_##square (const TnWinogradPatch *patch) { input_of (patch, square); }          \
  static void output_##square (const TnWinogradPatch *patch, const float *bias, float low,         \
                               float high)                                                         \
  {                                                                                                \
    output_of (patch, bias, low, high, square);                                                    \
  }                                                                                                \
  static void weights_##square (const float *taps, gint64 tap, gint64 f, float *points,            \
                                gint64 step)                                                       \
  {                                                                                                \
    weights_of (taps, tap, f, points, step, square);                                               \
  }
SQUARE (2)
SQUARE (4)

extern const TnWinogradSet TN_ISA_SYMBOL (tn_winograd_set);

const TnWinogradSet TN_ISA_SYMBOL (tn_winograd_set) = {
  .input = { [1] = input_2, [2] = input_4 },
  .output = { [1] = output_2, [2] = output_4 },
  .weights = { [1] = weights_2, [2] = weights_4 },
};
