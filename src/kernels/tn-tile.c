/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The micro-kernels of one instruction set; compiled once for each.
 *
 * A step loads the vectors of one row of the weights' panel, and adds to each row of the tile their
 * multiple by one float of x. One function for each number of rows and vectors is made of one
 * template: all its loops over rows and vectors have constant bounds, so the sums stay in
 * registers. */
#include "kernels/tn-tile.h"
#include "kernels/tn-vector.h"

/* How far ahead of being read a panel is fetched by what reads it only once. */
#define STREAM_AHEAD 4096
#define LINE         64

#define UNROLLED _Pragma ("GCC unroll 32")

/* What is fetched may lie outside of everything: that is an address and no pointer. What is read
 * soon is wanted in the first cache; what comes after this tile would drive out what the tile
 * reads. */
static inline void
fetch_soon (guintptr address)
{
  __builtin_prefetch ((const void *)address, 0, 3);
}

static inline void
fetch_next (guintptr address)
{
  __builtin_prefetch ((const void *)address, 0, 2);
}

/* What comes after the sums. @part: the last vector is not full; all others always are. */
static inline __attribute__ ((always_inline)) void
finish (const TnTile *tile, const TnVector *sums, const int rows, const int vectors,
        const gboolean part)
{
  const TnVector low = tn_vector_of (tile->low), high = tn_vector_of (tile->high);
  const float *bias = tile->add ? NULL : tile->bias;
  const float *more = tile->add ? tile->out : tile->residual;
  const gint64 more_stride = tile->add ? tile->out_stride : tile->residual_stride;
  const gint64 rest = tile->columns - (vectors - 1) * TN_VECTOR;

  UNROLLED
  for (int j = 0; j < vectors; j++)
    {
      const gboolean masked = part && j == vectors - 1;
      TnVector start = { 0 };

      if (bias != NULL)
        start = masked ? tn_vector_load_part (bias + j * TN_VECTOR, rest)
                       : tn_vector_load (bias + j * TN_VECTOR);
      UNROLLED
      for (int i = 0; i < rows; i++)
        {
          float *out = tile->out + i * tile->out_stride + j * TN_VECTOR;
          TnVector sum = sums[i * vectors + j];

          if (bias != NULL)
            sum += start;
          if (more != NULL)
            {
              const float *from = more + i * more_stride + j * TN_VECTOR;
              sum += masked ? tn_vector_load_part (from, rest) : tn_vector_load (from);
            }
          sum = tn_vector_min (high, tn_vector_max (low, sum));
          if (masked)
            tn_vector_store_part (out, sum, rest);
          else
            tn_vector_store (out, sum);
        }
    }
}

/* @streams panels of @vectors vectors each; @lines to fetch ahead for each step, -1: each panel's
 * own next ones. */
static inline __attribute__ ((always_inline)) void
tile_of (const TnTile *tile, const int rows, const int vectors, const int streams, const int lines)
{
  const int wide = vectors * streams;
  const gint64 stride = tile->x_stride;
  TnVector sums[TN_TILE_MAX_ROWS * TN_TILE_MAX_VECTORS];
  const float *weights = tile->weights;
  guintptr ahead = (guintptr)tile->ahead;

  if (tile->next_out != NULL)
    {
      UNROLLED
      for (int i = 0; i < rows; i++)
        for (int j = 0; j < wide; j += MAX (LINE / TN_VECTOR_BYTES, 1))
          __builtin_prefetch (
              (const void *)((guintptr)tile->next_out + (i * tile->out_stride + j * TN_VECTOR) * 4),
              1, 3);
    }

  UNROLLED
  for (int i = 0; i < rows * wide; i++)
    sums[i] = (TnVector){ 0 };
  if (tile->carry != NULL && !tile->first)
    {
      UNROLLED
      for (int i = 0; i < rows * wide; i++)
        sums[i] = tn_vector_load (tile->carry + i * TN_VECTOR);
    }

  for (gint64 r = 0; r < tile->n_runs; r++)
    {
      const float *x = tile->x + tile->runs[r].offset;

      for (gint64 l = 0; l < tile->runs[r].length; l++, x++, weights += vectors * TN_VECTOR)
        {
          TnVector w[TN_TILE_MAX_ROWS * TN_TILE_MAX_VECTORS];

          UNROLLED
          for (int j = 0; j < wide; j++)
            {
              const float *from = weights + j / vectors * tile->panel + j % vectors * TN_VECTOR;

              if (lines < 0 && j * TN_VECTOR_BYTES % LINE == 0)
                fetch_soon ((guintptr)from + STREAM_AHEAD);
              w[j] = tn_vector_load (from);
            }
          UNROLLED
          for (int p = 0; p < lines; p++)
            fetch_next (ahead + p * LINE);
          ahead += MAX (lines, 0) * LINE;
          UNROLLED
          for (int i = 0; i < rows; i++)
            {
              UNROLLED
              for (int j = 0; j < wide; j++)
                sums[i * wide + j] += x[i * stride] * w[j];
            }
        }
    }

  if (tile->carry != NULL && !tile->last)
    {
      UNROLLED
      for (int i = 0; i < rows * wide; i++)
        tn_vector_store (tile->carry + i * TN_VECTOR, sums[i]);
    }
  else if (tile->columns >= wide * TN_VECTOR)
    finish (tile, sums, rows, wide, FALSE);
  else
    finish (tile, sums, rows, wide, TRUE);
}

/* Panels at once for so many rows: enough sums to keep the multipliers busy, as many streams as
 * fetch side by side. */
#define SUMS                   (TN_VECTOR_REGISTERS == 32 ? 24 : 12)
#define STREAMS(rows, vectors) CLAMP (SUMS / ((rows) * (vectors)), 1, 4)

/* A second line for each step is only wanted where a step is several. */
#define DEFINE(rows, vectors)                                                                      \
  static void tile_##rows##x##vectors (const TnTile *tile)                                         \
  {                                                                                                \
    tile_of (tile, rows, vectors, 1, 1);                                                           \
  }                                                                                                \
  static void tile_##rows##x##vectors##_streaming (const TnTile *tile)                             \
  {                                                                                                \
    tile_of (tile, rows, vectors, STREAMS (rows, vectors), -1);                                    \
  }
#define DEFINE_FAST(rows, vectors)                                                                 \
  DEFINE (rows, vectors)                                                                           \
  static void tile_##rows##x##vectors##_fast (const TnTile *tile)                                  \
  {                                                                                                \
    tile_of (tile, rows, vectors, 1, 2);                                                           \
  }
#define TILES(rows, vectors) [rows] = { tile_##rows##x##vectors, tile_##rows##x##vectors },
#define TILES_FAST(rows, vectors)                                                                  \
  [rows] = { tile_##rows##x##vectors, tile_##rows##x##vectors##_fast },
#define STREAMING(rows, vectors) [rows] = tile_##rows##x##vectors##_streaming,
#define N_STREAMS(rows, vectors) [rows] = STREAMS (rows, vectors),

#define UP_TO_4(do, vectors)                                                                       \
  do                                                                                               \
  (1, vectors) do(2, vectors) do(3, vectors) do(4, vectors)
#define UP_TO_6(do, vectors)  UP_TO_4 (do, vectors) do(5, vectors) do(6, vectors)
#define UP_TO_7(do, vectors)  UP_TO_6 (do, vectors) do(7, vectors)
#define UP_TO_8(do, vectors)  UP_TO_7 (do, vectors) do(8, vectors)
#define UP_TO_9(do, vectors)  UP_TO_8 (do, vectors) do(9, vectors)
#define UP_TO_12(do, vectors) UP_TO_9 (do, vectors) do(10, vectors) do(11, vectors) do(12, vectors)
#define UP_TO_14(do, vectors) UP_TO_12 (do, vectors) do(13, vectors) do(14, vectors)

/* As many sums as fit beside a row of weights, and beside a float of x where that cannot be read
 * and spread over a vector by the multiplication itself. */
#if TN_VECTOR == 16
#define ROWS                                                                                       \
  {                                                                                                \
    0, 14, 14, 9, 7                                                                                \
  }
#define EACH_1(do) UP_TO_14 (do, 1)
#define EACH_2(do) UP_TO_14 (do, 2)
#define EACH_3(do) UP_TO_9 (do, 3)
#define EACH_4(do) UP_TO_7 (do, 4)
#elif TN_VECTOR_REGISTERS == 32
#define ROWS                                                                                       \
  {                                                                                                \
    0, 14, 12, 8, 6                                                                                \
  }
#define EACH_1(do) UP_TO_14 (do, 1)
#define EACH_2(do) UP_TO_12 (do, 2)
#define EACH_3(do) UP_TO_8 (do, 3)
#define EACH_4(do) UP_TO_6 (do, 4)
#else
#define ROWS                                                                                       \
  {                                                                                                \
    0, 12, 6, 4, 0                                                                                 \
  }
#define EACH_1(do) UP_TO_12 (do, 1)
#define EACH_2(do) UP_TO_6 (do, 2)
#define EACH_3(do) UP_TO_4 (do, 3)
#define EACH_4(do)
#endif

/* clang-format off */
EACH_1 (DEFINE)
EACH_2 (DEFINE)
EACH_3 (DEFINE_FAST)
EACH_4 (DEFINE_FAST)
/* clang-format on */

/* Sums enough to hide how long one addition takes; the factor keeps them finite. */
static double
multiply_adds (gint64 n)
{
  TnVector sums[12];
  TnVector factor = tn_vector_of (0.999f), term = tn_vector_of (1e-3f);
  gint64 rounds = n / G_N_ELEMENTS (sums) + 1;

  UNROLLED
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    sums[i] = tn_vector_of ((float)i);
  for (gint64 round = 0; round < rounds; round++)
    {
      UNROLLED
      for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
        sums[i] = sums[i] * factor + term;
    }
  TnVector sum = sums[0];
  UNROLLED
  for (guint i = 1; i < G_N_ELEMENTS (sums); i++)
    sum += sums[i];
  /* So that it is not left out. */
  volatile float kept = sum[0];
  (void)kept;
  return 2.0 * TN_VECTOR * (double)rounds * G_N_ELEMENTS (sums);
}

extern const TnTileSet TN_ISA_SYMBOL (tn_tile_set);

const TnTileSet TN_ISA_SYMBOL (tn_tile_set) = {
  .floats = TN_VECTOR,
  .rows = ROWS,
  .tiles = { [1] = { EACH_1 (TILES) },
             [2] = { EACH_2 (TILES) },
             [3] = { EACH_3 (TILES_FAST) },
             [4] = { EACH_4 (TILES_FAST) } },
  .streams = { [1] = { EACH_1 (N_STREAMS) },
               [2] = { EACH_2 (N_STREAMS) },
               [3] = { EACH_3 (N_STREAMS) },
               [4] = { EACH_4 (N_STREAMS) } },
  .streaming = { [1] = { EACH_1 (STREAMING) },
                 [2] = { EACH_2 (STREAMING) },
                 [3] = { EACH_3 (STREAMING) },
                 [4] = { EACH_4 (STREAMING) } },
  .multiply_adds = multiply_adds,
};
