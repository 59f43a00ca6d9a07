/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run under way: shared by what runs it and what makes its results. */
#pragma once

#include "exec/tn-plan-private.h"
#include "exec/tn-stats.h"

G_BEGIN_DECLS

/* What is gathered about one node. */
typedef struct
{
  double seconds;
  double flops;
  guint64 bytes;
} TnLedger;

typedef struct
{
  TnPlan *plan;
  TnRunResult *result;
  TnLedger *ledgers;               /* by node index */
  TnStats *fresh;                  /* by watch, of this batch */
  TnStats *totals;                 /* by line, of all batches */
  TnBins *fresh_bins, *total_bins; /* likewise; NULL: no histograms */
  TnTensor **kept;                 /* by output, or NULL */
  gint64 begin;
  gint64 samples_done;
  double cost;
  double cost_done;
  double progress_at;   /* seconds */
  double told;          /* fraction */
  const TnStage *stage; /* at work; NULL: between steps */
  guint step;
  double step_begin; /* seconds */
  double now;        /* seconds, as of the last look at the clock */
  TnRunProgressFunc progress;
  gpointer progress_data;
  GCancellable *cancellable;
} TnRunning;

/* The parts of the result that are known at the end. */
void tn_results_layers (TnRunning *run);
void tn_results_outputs (TnRunning *run);
/* The shape of an output with all its samples. */
TnShape tn_results_shape (const TnRunning *run, guint output);

G_END_DECLS
