/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole models that are measured, and the ways to run them, of which each is a process. */
#pragma once

#include "exec/tn-plan-private.h"

G_BEGIN_DECLS

/**
 * Subject:
 * @file: from the top of the tree; NULL: a perceptron 784-512-512-10
 * @ids: its input are whole numbers below this; 0: any numbers
 * @batches: ends with 0
 */
typedef struct
{
  const char *name;
  const char *file;
  gint64 ids;
  gint64 batches[5];
} Subject;

/* NULL when there is none of that name. */
const Subject *subject_find (const char *name);
const Subject *subject_at (guint index);
guint subject_count (void);

/* As it stands in its file. */
TnGraph *subject_graph (const Subject *subject);
/* Not watched, all outputs kept, fed with the same numbers whenever it is asked for: what is
 * measured is the model alone. */
TnPlan *subject_plan (const Subject *subject, gint64 batch, guint threads, TnRunKernels kernels,
                      gboolean approximate);

/**
 * Way:
 * @begin: NULL with why, kept to the end, in @absent: cannot be measured here
 * @run: once
 * @output: of the last run; @n of them
 * @others: what of the model the way left to Tenon's kernels, new; NULL: asked of nobody
 */
typedef struct
{
  const char *name;
  gpointer (*begin) (const Subject *subject, gint64 batch, guint threads, const char **absent);
  void (*run) (gpointer way);
  const float *(*output) (gpointer way, gsize *n);
  char *(*others) (gpointer way);
} Way;

extern const Way way_tenon;      /* as a run that is not watched computes */
extern const Way way_tenon_fast; /* with ways that are less exact */
extern const Way way_blis;       /* patches gathered into a matrix, and bli_sgemm */

G_END_DECLS
