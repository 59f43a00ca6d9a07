/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics in one pass: short float sums of distances from a nearby number, gathered in double.
 */
#include "exec/tn-stats.h"

#include <math.h>
#include <string.h>

#if defined(__SSE__)
#include <immintrin.h>
#endif

/* Numbers in one float sum of a lane are few, so its rounding stays below a part in a million. */
#define LANES        8
#define BLOCK        (LANES * 32)
#define PIECE_BLOCKS 128
#define PIECE        (BLOCK * PIECE_BLOCKS)

typedef float Vector __attribute__ ((vector_size (16)));
typedef gint32 Mask __attribute__ ((vector_size (16)));

void
tn_stats_merge (TnStats *stats, const TnStats *more)
{
  stats->n_zero += more->n_zero;
  stats->n_nan += more->n_nan;
  stats->n_inf += more->n_inf;
  if (more->count == 0)
    return;
  if (stats->count == 0)
    {
      stats->count = more->count;
      stats->mean = more->mean;
      stats->squares = more->squares;
      stats->min = more->min;
      stats->max = more->max;
      return;
    }
  double a = (double)stats->count;
  double b = (double)more->count;
  double distance = more->mean - stats->mean;
  stats->mean += distance * (b / (a + b));
  stats->squares += more->squares + distance * distance * (a * b / (a + b));
  stats->count += more->count;
  stats->min = MIN (stats->min, more->min);
  stats->max = MAX (stats->max, more->max);
}

/* Number by number (Welford): for what is not finite, and for the rest at the end. */
static void
add_slowly (TnStats *stats, const float *numbers, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    {
      double x = numbers[i];
      if (isnan (x))
        stats->n_nan++;
      else if (isinf (x))
        stats->n_inf++;
      else
        {
          stats->n_zero += x == 0.0;
          stats->min = stats->count == 0 ? x : MIN (stats->min, x);
          stats->max = stats->count == 0 ? x : MAX (stats->max, x);
          stats->count++;
          double distance = x - stats->mean;
          stats->mean += distance / (double)stats->count;
          stats->squares += distance * (x - stats->mean);
        }
    }
}

static inline Vector
load (const float *numbers)
{
  Vector vector;
  memcpy (&vector, numbers, sizeof vector);
  return vector;
}

#if defined(__SSE__)
static inline Vector
lower (Vector a, Vector b)
{
  return (Vector)_mm_min_ps ((__m128)a, (__m128)b);
}

static inline Vector
higher (Vector a, Vector b)
{
  return (Vector)_mm_max_ps ((__m128)a, (__m128)b);
}
#else
/* Element by element: @a where @mask, else @b. */
static inline Vector
choose (Mask mask, Vector a, Vector b)
{
  return (Vector)(((Mask)a & mask) | ((Mask)b & ~mask));
}

static inline Vector
lower (Vector a, Vector b)
{
  return choose (a < b, a, b);
}

static inline Vector
higher (Vector a, Vector b)
{
  return choose (a > b, a, b);
}
#endif

/* BLOCK finite numbers; FALSE when some are not, or too large or too small to be squared. */
static gboolean
block_stats (TnStats *stats, const float *numbers, float pivot)
{
  Vector sum[2] = { { 0 } };
  Vector squares[2] = { { 0 } };
  Mask zeros[2] = { { 0 } };
  Vector low[2] = { load (numbers), load (numbers + 4) };
  Vector high[2] = { low[0], low[1] };

  for (int i = 0; i < BLOCK; i += LANES)
    for (int half = 0; half < 2; half++)
      {
        Vector x = load (numbers + i + 4 * half);
        Vector distance = x - pivot;
        sum[half] += distance;
        squares[half] += distance * distance;
        low[half] = lower (x, low[half]);
        high[half] = higher (x, high[half]);
        zeros[half] += x == 0.0f; /* true is -1 */
      }

  double total = 0.0;
  double total_squares = 0.0;
  gint64 n_zero = 0;
  float min = low[0][0];
  float max = high[0][0];
  for (int half = 0; half < 2; half++)
    for (int i = 0; i < 4; i++)
      {
        total += sum[half][i];
        total_squares += squares[half][i];
        n_zero -= zeros[half][i];
        min = MIN (min, low[half][i]);
        max = MAX (max, high[half][i]);
      }
  /* Squares of distances as small as this would vanish in single precision. */
  if (!isfinite (total_squares) || (max > min && max - min < 1e-12f))
    return FALSE;
  double distance = total / BLOCK;
  *stats = (TnStats){ .count = BLOCK,
                      .mean = pivot + distance,
                      .squares = MAX (total_squares - total * distance, 0.0),
                      .min = min,
                      .max = max,
                      .n_zero = (guint64)n_zero };
  return TRUE;
}

TnStats
tn_stats_of (const float *numbers, gint64 n)
{
  TnStats stats = { 0 };
  gint64 i = 0;

  for (; i + BLOCK <= n; i += BLOCK)
    {
      TnStats block;
      float pivot = stats.count > 0 ? (float)stats.mean : numbers[i];
      if (block_stats (&block, numbers + i, pivot))
        tn_stats_merge (&stats, &block);
      else
        add_slowly (&stats, numbers + i, BLOCK);
    }
  add_slowly (&stats, numbers + i, n - i);
  return stats;
}

gint64
tn_stats_pieces (gint64 n)
{
  return tn_op_bands (n, PIECE);
}

typedef struct
{
  TnStats stats;
  TnBins bins; /* only where they are asked for */
} Piece;

gsize
tn_stats_piece_bytes (gboolean histogram)
{
  return histogram ? sizeof (Piece) : sizeof (TnStats);
}

typedef struct
{
  const float *numbers;
  gint64 n;
  gboolean histogram;
  char *pieces;
} Gather;

static void
gather_band (gint64 band, guint worker, gpointer data)
{
  const Gather *gather = data;
  gint64 first = band * PIECE, n = MIN (PIECE, gather->n - first);
  char *place = gather->pieces + (gsize)band * tn_stats_piece_bytes (gather->histogram);
  TnStats *stats = (TnStats *)(gpointer)place;

  *stats = tn_stats_of (gather->numbers + first, n);
  if (gather->histogram)
    ((Piece *)stats)->bins
        = tn_bins_of (gather->numbers + first, n, stats->count > 0, stats->min, stats->max);
}

void
tn_stats_gather (TnStats *stats, TnBins *bins, const float *numbers, gint64 n, gpointer pieces,
                 const TnKernelContext *context)
{
  Gather gather
      = { .numbers = numbers, .n = n, .histogram = bins != NULL, .pieces = (char *)pieces };
  gint64 n_pieces = tn_stats_pieces (n);
  gsize step = tn_stats_piece_bytes (gather.histogram);

  if (n_pieces == 0)
    return;
  memset (pieces, 0, (gsize)n_pieces * step);
  tn_kernel_for (context, n_pieces, gather_band, &gather);
  for (gint64 i = 0; i < n_pieces; i++)
    {
      const Piece *piece = (const Piece *)(gpointer)(gather.pieces + (gsize)i * step);

      tn_stats_merge (stats, &piece->stats);
      if (bins != NULL)
        tn_bins_merge (bins, &piece->bins);
    }
}

double
tn_stats_deviation (const TnStats *stats)
{
  return stats->count > 0 ? sqrt (stats->squares / (double)stats->count) : 0.0;
}
