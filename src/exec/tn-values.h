/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnValues: the numbers of one tensor of a model, or of one weight, as a run has them. */
#pragma once

#include "exec/tn-run.h"

G_BEGIN_DECLS

/* An output of a layer, or, where @weight is not negative, that one of @ref.node's weights. */
typedef struct
{
  TnRef ref;
  int weight;
} TnValuesSource;

/* Counted, immutable; may cross threads. */
typedef struct
{
  gatomicrefcount ref_count;
  TnValuesSource source;
  char *name;                 /* "conv2d", or "conv2d/kernel" */
  TnTensor *tensor;           /* float32; of an output samples first */
  gint64 samples;             /* that are kept; of a weight 0 */
  gint64 all_samples;         /* of the run they are from */
  double min, max, mean, std; /* of the finite numbers; not a number when there is none */
  double zeros;               /* share of exact zeros, 0 … 1 */
  guint64 n_nan, n_inf;
} TnValues;

/* Computes what @source needs and nothing else, with the data, seed and weights of @options, for as
 * many of its first samples as fit into @bytes. So no run has to keep what nobody asks for, and the
 * numbers are those of the run (to rounding, where that had other batches); and what stands before
 * a layer that does not fit can be looked at. Errors: as tn_plan_new() and tn_plan_run(), and
 * TN_ERROR_MEMORY when not even one sample fits. */
TnValues *tn_values_new (const TnFacts *facts, const TnValuesSource *source,
                         const TnRunOptions *options, guint64 bytes, GCancellable *cancellable,
                         GError **error);
TnValues *tn_values_ref (const TnValues *values);
void tn_values_unref (TnValues *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnValues, tn_values_unref)

/* How many of @n numbers lie in each of @n_bins equal parts from @min to @max; what is not finite
 * or lies outside is left out. @min = @max: all in the middle one. */
void tn_values_histogram (const float *numbers, gsize n, double min, double max, guint64 *bins,
                          guint n_bins);

G_END_DECLS
