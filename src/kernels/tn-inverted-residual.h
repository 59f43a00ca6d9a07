/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnInvertedResidual: three convolutions in a row, 1×1 to many channels, depthwise, 1×1 to few, of
 * which the many are never all there: a stretch of rows goes through all three while it is in the
 * cache. (Sandler et al., MobileNetV2, 2018.) */
#pragma once

#include "kernels/tn-depthwise.h"
#include "kernels/tn-panels.h"
#include "kernels/tn-parallel.h"

G_BEGIN_DECLS

/**
 * TnInvertedResidualSizes:
 * @middle: the depthwise convolution, with as many channels as the first one makes, and one filter
 *     each; its @low and @high are the bounds of what the first one gives as well
 * @channels, @filters: of what comes in and goes out
 *
 * x (n, h, w, channels) -> (n, oh, ow, filters).
 */
typedef struct
{
  TnDepthwiseSizes middle;
  gint64 channels, filters;
} TnInvertedResidualSizes;

/**
 * TnInvertedResidual:
 * @rows: output rows that are done at a time
 * @held_rows: of the many channels' input rows for them
 *
 * A plan, a plain value. Each element is computed as by three convolutions after each other, so
 * its bits do not depend on how the rows are cut.
 */
typedef struct
{
  TnInvertedResidualSizes sizes;
  TnPanels expand, project;
  gint64 rows, held_rows;
} TnInvertedResidual;

/* Applied to @n floats in place right after they were made, where bounds are not enough. */
typedef void (*TnInvertedResidualFinish) (float *values, gint64 n, gconstpointer data);

/**
 * TnInvertedResidualData:
 * @packed: all weights
 * @bias: NULL, or those of the three, one after the other
 * @residual: NULL or of the output's shape; added before the bounds
 * @low, @high: of the output
 * @within, @finish: of what the first two give, and of the output; NULL: nothing more
 */
typedef struct
{
  const float *x;
  const float *packed;
  const float *bias;
  const float *residual;
  float *out;
  float low, high;
  TnInvertedResidualFinish within, finish;
  gconstpointer within_data, finish_data;
} TnInvertedResidualData;

/* For the kernels of this processor. FALSE: a size is 0, or they are beyond all measure. */
gboolean tn_inverted_residual_init (TnInvertedResidual *plan, const TnInvertedResidualSizes *sizes);

/* Floats of the plain weights: (channels, many), (kernel, many), (many, filters) in a row; and of
 * the packed ones, a multiple of TN_ALIGNMENT bytes. */
gsize tn_inverted_residual_weights (const TnInvertedResidual *plan);
gsize tn_inverted_residual_packed (const TnInvertedResidual *plan);
/* @packed: aligned to TN_ALIGNMENT; all of it is written. */
void tn_inverted_residual_pack (const TnInvertedResidual *plan, const float *weights,
                                float *packed);

/* Bytes of scratch that each worker needs. */
gsize tn_inverted_residual_scratch (const TnInvertedResidual *plan);
void tn_inverted_residual_run (const TnInvertedResidual *plan, const TnInvertedResidualData *data,
                               const TnKernelContext *context);

G_END_DECLS
