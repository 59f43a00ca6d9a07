/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPlan's inside: shared by planning and execution, and a door for tests. */
#pragma once

#include "exec/tn-account.h"
#include "exec/tn-compile.h"
#include "exec/tn-pool.h"

G_BEGIN_DECLS

/* Bytes of each kind that a run holds; what is refused, predicted and allocated. */
typedef struct
{
  guint64 weights; /* those that are not given as float32 already */
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
  TnCompiled *whole; /* for @batch samples */
  TnCompiled *rest;  /* for those left at the end; NULL when none are */
  TnPool *pool;
  TnFootprint footprint;
  double plan_seconds;

  TnAccount account;
  GHashTable *constants; /* "layer/weight" → its floats, borrowed from @weights or a given tensor */
  gpointer weights;
  gpointer arena;
  gpointer scratch;
  gpointer pieces;
  gboolean reference;
};

/* The naive references instead of the kernels: for tests and the benchmark. */
void tn_plan_use_references (TnPlan *plan);
/* What computes: the pool and the scratch of one call. */
TnKernelContext tn_plan_context (const TnPlan *plan, TnScratch scratch);

G_END_DECLS
