/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnStats: what is told of a tensor's numbers; gathered piece by piece in a fixed order. */
#pragma once

#include "exec/tn-histogram.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/**
 * TnStats:
 * @count: finite numbers
 * @mean, @squares: of them; @squares is the sum of squared distances from the mean
 * @min, @max: of them, while @count > 0
 * @n_zero, @n_nan, @n_inf: how many are exactly zero, not a number, infinite
 *
 * All zero is the empty one.
 */
typedef struct
{
  guint64 count;
  double mean;
  double squares;
  double min;
  double max;
  guint64 n_zero;
  guint64 n_nan;
  guint64 n_inf;
} TnStats;

/* Of @n numbers. */
TnStats tn_stats_of (const float *numbers, gint64 n);
/* Adds @more to @stats (Chan, Golub and LeVeque, 1979). The order of additions decides the last
 * bits. */
void tn_stats_merge (TnStats *stats, const TnStats *more);
/* Of the whole tensor of @n numbers, as @context computes; the same bits for any number of workers.
 * @bins: gets the counts, or NULL. @pieces: room for tn_stats_pieces (n) pieces, each of
 * tn_stats_piece_bytes (). */
gint64 tn_stats_pieces (gint64 n);
gsize tn_stats_piece_bytes (gboolean histogram);
void tn_stats_gather (TnStats *stats, TnBins *bins, const float *numbers, gint64 n, gpointer pieces,
                      const TnKernelContext *context);
/* Standard deviation of the finite numbers. */
double tn_stats_deviation (const TnStats *stats);

G_END_DECLS
