/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooling of one instruction set; compiled once for each. Several vectors of channels go through a
 * window at a time, so that its loops cost little. */
#include "kernels/tn-pool-row.h"

#include <string.h>

#include "kernels/tn-vector.h"

#define INLINED  static inline __attribute__ ((always_inline))
#define UNROLLED _Pragma ("GCC unroll 4")
/* Channels of which the sums fit into registers. */
#define WIDTH 64

INLINED TnVector
larger (TnVector best, TnVector x)
{
  /* Gives @x where @x is not a number, but also where @best is not. */
  TnVector larger = tn_vector_max (best, x);
  TnVectorMask odd = best != best;
  return (TnVector)(((TnVectorMask)best & odd) | ((TnVectorMask)larger & ~odd));
}

/* How many floats of a vector there are, where that is known when compiled: all. */
INLINED TnVector
load (const float *from, gint64 n, const gboolean part)
{
  return part ? tn_vector_load_part (from, n) : tn_vector_load (from);
}

/* @vectors of channels of one window, of which @x is the first pixel; the only one may have but @n
 * floats (@part). */
INLINED void
window (const TnPoolRow *row, const float *x, gint64 rows, gint64 columns, float divisor,
        float *out, const int vectors, gint64 n, const gboolean part, const gboolean maximum)
{
  TnVector results[4];
  /* Dividing takes longer than all else, and by a power of two this is the same. */
  const float factor = 1.0f / divisor;
  guint32 bits;
  memcpy (&bits, &divisor, sizeof bits);
  const gboolean is_power = (bits & 0x7fffff) == 0;

  UNROLLED
  for (int i = 0; i < vectors; i++)
    results[i] = load (x + i * TN_VECTOR, n, part);
  for (gint64 u = 0; u < rows; u++)
    for (gint64 v = u == 0; v < columns; v++)
      {
        const float *pixel = x + u * row->row + v * row->channels;
        UNROLLED
        for (int i = 0; i < vectors; i++)
          {
            TnVector value = load (pixel + i * TN_VECTOR, n, part);
            results[i] = maximum ? larger (results[i], value) : results[i] + value;
          }
      }
  UNROLLED
  for (int i = 0; i < vectors; i++)
    {
      TnVector result = maximum    ? results[i]
                        : is_power ? results[i] * factor
                                   : results[i] / divisor;
      if (part)
        tn_vector_store_part (out + i * TN_VECTOR, result, n);
      else
        tn_vector_store (out + i * TN_VECTOR, result);
    }
}

/* The usual windows are small enough to be written out. */
INLINED void
window_of (const TnPoolRow *row, const float *x, gint64 columns, float divisor, float *out,
           const int vectors, gint64 n, const gboolean part, const gboolean maximum)
{
  if (row->rows == 2 && columns == 2)
    window (row, x, 2, 2, divisor, out, vectors, n, part, maximum);
  else if (row->rows == 3 && columns == 3)
    window (row, x, 3, 3, divisor, out, vectors, n, part, maximum);
  else
    window (row, x, row->rows, columns, divisor, out, vectors, n, part, maximum);
}

INLINED void
row_of (const TnPoolRow *row, const gboolean maximum)
{
  for (gint64 at = 0; at < row->n; at++)
    {
      const float *x = row->x + row->from[at] * row->channels;
      gint64 columns = row->to[at] - row->from[at];
      float *out = row->out + at * row->channels;
      float divisor = maximum ? 1.0f : row->divisor[at];
      gint64 channel = 0;

      if (row->channels < TN_VECTOR)
        {
          window_of (row, x, columns, divisor, out, 1, row->channels, TRUE, maximum);
          continue;
        }
      for (; channel + 4 * TN_VECTOR <= row->channels; channel += 4 * TN_VECTOR)
        window_of (row, x + channel, columns, divisor, out + channel, 4, 0, FALSE, maximum);
      if (channel + 2 * TN_VECTOR <= row->channels)
        {
          window_of (row, x + channel, columns, divisor, out + channel, 2, 0, FALSE, maximum);
          channel += 2 * TN_VECTOR;
        }
      /* The last vector is put where it fits: some channels are done twice, to the same end. */
      for (; channel < row->channels; channel += TN_VECTOR)
        {
          gint64 from = MIN (channel, row->channels - TN_VECTOR);
          window_of (row, x + from, columns, divisor, out + from, 1, 0, FALSE, maximum);
        }
    }
}

static void
largest (const TnPoolRow *row)
{
  row_of (row, TRUE);
}

static void
mean (const TnPoolRow *row)
{
  row_of (row, FALSE);
}

INLINED void
mean_of (const float *x, gint64 n, gint64 stride, const gint64 width, float *out)
{
  double sums[WIDTH] = { 0 };

  for (gint64 i = 0; i < n; i++)
    for (gint64 c = 0; c < width; c++)
      sums[c] += x[i * stride + c];
  /* The mean of no pixels is not a number, as in NumPy. */
  for (gint64 c = 0; c < width; c++)
    out[c] = (float)(sums[c] / (double)n);
}

static void
mean_of_pixels (const float *x, gint64 n, gint64 stride, gint64 width, float *out)
{
  for (; width >= WIDTH; width -= WIDTH, x += WIDTH, out += WIDTH)
    mean_of (x, n, stride, WIDTH, out);
  if (width > 0)
    mean_of (x, n, stride, width, out);
}

extern const TnPoolSet TN_ISA_SYMBOL (tn_pool_set);

const TnPoolSet TN_ISA_SYMBOL (tn_pool_set) = {
  .largest = largest,
  .mean = mean,
  .mean_of_pixels = mean_of_pixels,
};
