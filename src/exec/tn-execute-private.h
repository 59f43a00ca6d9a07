/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run under way: shared by what runs it and what makes its results. */
#pragma once

#include "exec/tn-plan-private.h"
#include "exec/tn-stats.h"

G_BEGIN_DECLS

/* A layer's output that is looked at; the same ones in the same order for any batch size. */
typedef struct
{
  guint index; /* of the node */
  int call;    /* after which its statistics are taken; -1: after feeding */
  int same_as; /* an earlier watch on the same memory, or -1 */
  TnTensorId tensor;
} TnWatch;

/* One call with everything looked up. */
typedef struct
{
  const TnOp *op;
  TnOpCall sizes;
  TnOpData data;
  TnScratch scratch;
  guint owner;
  double cost;
  double flops;
  guint64 bytes;
  double expected; /* seconds, as far as is known; 0: not */
} TnRunStep;

/* A program with its pointers. */
typedef struct
{
  const TnCompiled *compiled;
  TnRunStep *steps;
  guint n_steps;
  GArray *watches; /* of TnWatch */
} TnStage;

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
  TnStage whole;
  TnStage rest;
  TnLedger *ledgers; /* by node index */
  TnStats *fresh;    /* by watch, of this batch */
  TnStats *totals;   /* by watch, of all batches */
  TnTensor **kept;   /* by output, or NULL */
  gint64 begin;
  gint64 samples_done;
  double cost;
  double cost_done;
  double progress_at;   /* seconds */
  double told;          /* fraction */
  const TnStage *stage; /* at work */
  guint step;
  double step_begin; /* seconds */
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
