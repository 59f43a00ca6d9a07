/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnBins: counts numbers whose range nobody knows beforehand, the same however they come. */
#pragma once

#include "exec/tn-run.h"

G_BEGIN_DECLS

/**
 * TnBins:
 * @scale: a bin is 2^@scale wide
 * @first: the first bin begins at @first · 2^@scale
 * @n_bins: 0: nothing was counted
 * @min, @max: of what was counted
 *
 * The scale is the smallest with which all bins from @min to @max have room: it and the counts
 * depend on the numbers alone, since two bins make one that is twice as wide without a rest. All
 * zero is the empty one.
 */
typedef struct
{
  int scale;
  gint64 first;
  guint n_bins;
  double min, max;
  guint64 counts[TN_HISTOGRAM_BINS];
} TnBins;

/* Of the finite ones of @n numbers, which reach from @min to @max; where there is none, empty. */
TnBins tn_bins_of (const float *numbers, gint64 n, gboolean any, double min, double max);
/* Adds @more; the order does not matter. */
void tn_bins_merge (TnBins *bins, const TnBins *more);
/* To be shown; NULL where nothing was counted. Free with g_free(). */
TnHistogram *tn_bins_histogram (const TnBins *bins);

G_END_DECLS
