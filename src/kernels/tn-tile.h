/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The micro-kernels: a tile of some rows times some vectors of columns, kept in registers. */
#pragma once

#include "kernels/tn-cpu.h"

G_BEGIN_DECLS

#define TN_TILE_MAX_VECTORS 4
#define TN_TILE_MAX_ROWS    14
/* Multiply-adds of one tile are summed by themselves and then added to what there is, this many
 * steps at most at a time: a sum of thousands loses less. Cut by the number of steps alone, so the
 * order of the sums of an element never depends on what else is computed with it. */
#define TN_TILE_STEPS 512

/* A stretch of a row of x: @length floats, @offset floats from where the row begins. */
typedef struct
{
  gint64 offset;
  gint64 length;
} TnTileRun;

/* The most sums of a tile, in vectors. */
#define TN_TILE_MAX_SUMS 28

/**
 * TnTile:
 * @runs: what of each row of x takes part; may be empty
 * @x, @x_stride: the first row, and floats from row to row
 * @weights: a packed panel: for each float of the runs @vectors vectors, aligned to a vector
 * @panel: floats from panel to panel, where a function does several next to each other
 * @out, @out_stride: where the first row goes, and floats from row to row
 * @columns: how many of a row exist, at least 1
 * @bias: NULL or a float for each column
 * @residual, @residual_stride: NULL, or rows that are added; may be the same as @out
 * @add: add to what stands in @out, instead of bias and residual
 * @carry: NULL, or room for TN_TILE_MAX_SUMS vectors: the chains of the tile are done in pieces, a
 *     call each; but for the @first the sums come from here, but for the @last they go here and
 *     nowhere else
 * @low, @high: the result is brought into these bounds; NaN stays NaN
 * @ahead: what will be read next: so many lines from here are fetched into the cache for each step
 *     as the function is for; may point anywhere
 * @next_out: where the next tile will be written; may be NULL
 *
 * out[i][j] = clamp (Σ x[i][l] · weights[l][j] + (add ? out[i][j] : bias[j] + residual[i][j])).
 * The sum of an element is one chain in the order of the runs, in every function of a set.
 */
typedef struct
{
  const TnTileRun *runs;
  gint64 n_runs;
  const float *x;
  gint64 x_stride;
  const float *weights;
  gint64 panel;
  float *out;
  gint64 out_stride;
  gint64 columns;
  const float *bias;
  const float *residual;
  gint64 residual_stride;
  gboolean add;
  float *carry;
  gboolean first;
  gboolean last;
  float low;
  float high;
  const char *ahead;
  const float *next_out;
} TnTile;

typedef void (*TnTileFunc) (const TnTile *tile);

/**
 * TnTileSet:
 * @floats: in a vector
 * @rows: the most rows of a tile of so many vectors; 0: no such tiles
 * @tiles: by vectors, rows, and lines fetched ahead for each step, less 1: one or, of three and
 * four vectors, two
 * @streams: panels that the function in @streaming does at once, with the same number of rows
 * @streaming: by vectors and rows: for products of few rows, which read weights once and are
 *     bound by that: all panels are fetched well ahead of being read
 * @multiply_adds: does at least the given number of independent multiply-adds of vectors and
 *     returns how many operations on floats that was
 */
typedef struct
{
  guint floats;
  guint8 rows[TN_TILE_MAX_VECTORS + 1];
  TnTileFunc tiles[TN_TILE_MAX_VECTORS + 1][TN_TILE_MAX_ROWS + 1][2];
  guint8 streams[TN_TILE_MAX_VECTORS + 1][TN_TILE_MAX_ROWS + 1];
  TnTileFunc streaming[TN_TILE_MAX_VECTORS + 1][TN_TILE_MAX_ROWS + 1];
  double (*multiply_adds) (gint64 n);
} TnTileSet;

/* The functions compiled for an instruction set, or NULL if there are none for this kind of
 * processor. Whether it can run them is told by tn_cpu (). */
const TnTileSet *tn_tile_set (TnIsa isa);

G_END_DECLS
