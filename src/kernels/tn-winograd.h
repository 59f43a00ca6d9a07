/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolution by 3×3 windows that need fewer multiplications: Winograd's F(2×2, 3×3) and
 * F(4×4, 3×3). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TnWinogradSizes:
 * @pad: before the first row and column; after the last there is as much as @oh and @ow ask for
 * @low, @high: what results are clamped to; infinite for no limit
 *
 * x (n, h, w, c), weights (3, 3, c, f) -> (n, oh, ow, f), stride 1; c is a multiple of 16.
 */
typedef struct
{
  gint64 n, h, w, c, f;
  gint64 pad[2];
  gint64 oh, ow;
  float low, high;
} TnWinogradSizes;

/**
 * TnWinograd:
 * @square: 2 or 4: output pixels of a tile along each axis
 * @down, @across: tiles of one sample
 * @tiles: of all samples
 * @block: tiles that are transformed together
 * @panel: output channels of a panel of weights
 * @groups: bands that share a block, each with some of the panels
 *
 * Sums never depend on how tiles are divided into bands.
 */
typedef struct
{
  TnWinogradSizes sizes;
  int square;
  gint64 down, across, tiles;
  gint64 block;
  gint64 panel;
  gint64 groups;
  gint64 n_bands;
} TnWinograd;

/* Which of them is the fastest way by rule: 2, or 4 if @approximate lets it, whose errors are ten
 * times as large; 0: neither. */
int tn_winograd_suits (const TnWinogradSizes *sizes, gboolean approximate);
/* Whether it is a way at all. */
gboolean tn_winograd_can (const TnWinogradSizes *sizes);

/* Where x holds infinities the results near them are not numbers. */
TnWinograd tn_winograd_plan (const TnWinogradSizes *sizes, int square);
/* Transformed weights, made once; bytes that they take, and that each worker needs of scratch. */
gsize tn_winograd_packed (const TnWinograd *plan);
void tn_winograd_pack (const TnWinograd *plan, const float *weights, float *packed);
gsize tn_winograd_scratch (const TnWinograd *plan);
/* "Winograd F(2×2)"; static. */
const char *tn_winograd_name (const TnWinograd *plan);

/* What an activation does that is no clamp: @n floats in place, right after they were made. */
typedef void (*TnWinogradFinish) (float *values, gint64 n, gconstpointer data);

/**
 * TnWinogradData:
 * @packed: aligned to 64 bytes
 * @bias: NULL or one for each filter
 * @finish: NULL or what comes after the clamp, with @finish_data
 */
typedef struct
{
  const float *x;
  const float *packed;
  const float *bias;
  float *out;
  TnWinogradFinish finish;
  gconstpointer finish_data;
} TnWinogradData;

/* Once before the bands of a call, for the scratch of each worker. */
void tn_winograd_begin (float *scratch);
/* @scratch belongs to this worker and is aligned to 64 bytes. What it holds of a block stays for
 * the next band if that is of the same block. */
void tn_winograd_run (const TnWinograd *plan, gint64 band, const TnWinogradData *data,
                      float *scratch);

G_END_DECLS
