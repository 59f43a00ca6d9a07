/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Depthwise convolution, in which every channel has a kernel of its own: computed where the
 * numbers lie, several channels at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TnDepthwiseSizes:
 * @multiplier: filters of each channel; output channel q is made of input channel q / multiplier
 * @pad: before the first row and column; after the last there is as much as @oh and @ow ask for
 * @low, @high: what results are clamped to; infinite for no limit
 *
 * x (n, h, w, c), weights (kernel[0], kernel[1], c · multiplier) -> (n, oh, ow, c · multiplier).
 */
typedef struct
{
  gint64 n, h, w, c;
  gint64 multiplier;
  gint64 kernel[2], stride[2], dilation[2], pad[2];
  gint64 oh, ow;
  float low, high;
} TnDepthwiseSizes;

/**
 * TnDepthwise:
 * @rows: output rows of one band
 * @pieces: bands that the same rows have, with as many channels each
 *
 * The division into bands: a function of the sizes alone, and of the batch not at all, but for how
 * often it repeats.
 */
typedef struct
{
  TnDepthwiseSizes sizes;
  gint64 rows, pieces;
  gint64 n_bands;
} TnDepthwise;

/* What one band computes: rows @from … @to - 1 and channels @first … @last - 1 of a sample. */
typedef struct
{
  gint64 sample;
  gint64 from, to;
  gint64 first, last;
} TnDepthwiseBand;

TnDepthwise tn_depthwise_plan (const TnDepthwiseSizes *sizes);
/* Bytes of scratch that each worker needs. */
gsize tn_depthwise_scratch (const TnDepthwise *plan);
/* "direct 3×3, 16 lanes"; static. */
const char *tn_depthwise_name (const TnDepthwise *plan);
TnDepthwiseBand tn_depthwise_band_at (const TnDepthwise *plan, gint64 band);
/* @bias: NULL for none. @scratch belongs to this worker. */
void tn_depthwise_run (const TnDepthwise *plan, gint64 band, const float *x, const float *weights,
                       const float *bias, float *out, float *scratch);

G_END_DECLS
