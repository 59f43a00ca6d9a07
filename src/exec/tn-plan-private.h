/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPlan's inside: shared by planning and execution, and a door for tests. */
#pragma once

#include "exec/tn-account.h"
#include "exec/tn-compile.h"
#include "exec/tn-constants.h"
#include "exec/tn-pool.h"
#include "exec/tn-stage.h"

G_BEGIN_DECLS

/* Bytes of each kind that a run holds; what is refused, predicted and allocated. */
typedef struct
{
  guint64 weights; /* plain and packed; not those that are given as float32 already */
  guint64 making;  /* of weights while they are made, before there is anything else */
  guint64 arena;
  guint64 scratch;
  guint64 pieces;  /* of statistics */
  guint64 outputs; /* that are kept */
  guint64 total;   /* G_MAXUINT64: cannot be counted */
} TnFootprint;

struct _TnPlan
{
  TnFacts *facts;
  TnRunOptions options; /* its tables are owned references */
  gint64 samples;
  gint64 batch;
  TnCompiled *whole;  /* for @batch samples */
  TnCompiled *rest;   /* for those left at the end; NULL when none are */
  gboolean backwards; /* every other run: it finds in the caches what the last one ended with */
  TnStage whole_stage;
  TnStage rest_stage; /* empty when none are */
  guint n_threads;
  TnPool *pool; /* NULL: nothing will be computed */
  TnFootprint footprint;
  double plan_seconds;
  double expected_seconds; /* of a run */
  double peak_gflops;

  TnAccount account;
  guint64 making_peak; /* of the account, when all was made */
  TnConstants *constants;
  gpointer arena;
  gpointer scratch;
  gpointer pieces;
};

/* TN_ERROR_MODEL where something is wrong. */
gboolean tn_plan_check_facts (const TnFacts *facts, const TnRunOptions *options, GError **error);
/* How many the options ask for; 0: as many as there are processors. */
guint tn_plan_threads (const TnRunOptions *options);
/* Where a tensor lies; of constants that are packed only, NULL. */
float *tn_plan_memory (const TnPlan *plan, const TnCompiled *compiled, TnTensorId id);
/* Once memory is known; see tn_plan_expected_seconds(). */
void tn_plan_expect (TnPlan *plan);
/* Roughly, for a single thread with what it needs in its caches. */
double tn_plan_seconds_alone (const TnPlan *plan, double flops, double bytes);
/* What computes: the pool and the scratch of one call, and how long that takes alone. */
TnKernelContext tn_plan_context (const TnPlan *plan, double seconds, TnScratch scratch);

G_END_DECLS
