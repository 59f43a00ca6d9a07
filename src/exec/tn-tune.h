/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tuning: timing every way to compute what a model multiplies, to know the fastest on this machine.
 */
#pragma once

#include "exec/tn-run.h"

G_BEGIN_DECLS

/* A way that was timed. */
typedef struct
{
  char *kernel;   /* "direct, avx512, 3-wide"; not translated */
  double seconds; /* of one call: the fewest of several */
} TnTuneCandidate;

/**
 * TnTuneShape:
 * @layer: the first that has it
 * @n_calls: how many calls of a batch have it; 0: only with the other choice of TnRunOptions.watch,
 *     for which the same layers are fused in another way
 * @candidates: of #TnTuneCandidate, the rule's first
 * @chosen: which of them, the rule's unless another one is faster by 3 %
 *
 * Equal calls of the model are timed once.
 */
typedef struct
{
  char *layer;
  guint n_calls;
  TnShape input, weights, output;
  GArray *candidates;
  guint chosen;
} TnTuneShape;

/* Counted, immutable. */
typedef struct
{
  gatomicrefcount ref_count;
  gint64 batch;
  guint threads;
  GArray *shapes;                      /* of #TnTuneShape, in order of computation */
  guint n_changed;                     /* shapes that are not computed as the rule has it */
  double rule_seconds, chosen_seconds; /* of all calls of a batch that were timed */
  double seconds;                      /* that it took */
  TnTuning *tuning;                    /* what is known now */
} TnTuneResult;

TnTuneResult *tn_tune_result_ref (TnTuneResult *result);
void tn_tune_result_unref (TnTuneResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTuneResult, tn_tune_result_unref)
/* By how much of their time the calls that were timed got faster, 0 … 1. */
double tn_tune_result_gain (const TnTuneResult *result);

typedef struct
{
  double fraction; /* 0 … 1 */
  guint n_done, n_shapes;
  TnNodeId node; /* whose calls are being timed */
} TnTuneProgress;

/* Called from the calling thread. */
typedef void (*TnTuneProgressFunc) (const TnTuneProgress *progress, gpointer data);

/* For runs with such options, by the CPU time of the threads, so that others' work counts little.
 * @before: what was known, or NULL. Errors as tn_plan_new()'s. */
TnTuneResult *tn_tune (const TnFacts *facts, const TnRunOptions *options, const TnTuning *before,
                       TnTuneProgressFunc progress, gpointer data, GCancellable *cancellable,
                       GError **error);

G_END_DECLS
