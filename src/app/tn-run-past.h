/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRunPast: the last run of a model with each choice of kernels, to compare them. */
#pragma once

#include "exec/tn-run.h"

G_BEGIN_DECLS

/* All zero: nothing was run. */
typedef struct
{
  TnGraph *graph;
  TnRunResult *results[TN_N_RUN_KERNELS];
} TnRunPast;

void tn_run_past_clear (TnRunPast *past);
/* Forgets the runs of other models. */
void tn_run_past_keep (TnRunPast *past, TnGraph *graph, TnRunResult *result);
/* The last run with the other kernels that may be compared with @result; borrowed, or NULL. */
TnRunResult *tn_run_past_other (const TnRunPast *past, const TnRunResult *result);
/* How long @samples of @graph will take, from the last run with the same options; negative: there
 * was none. */
double tn_run_past_seconds (const TnRunPast *past, const TnGraph *graph,
                            const TnRunOptions *options);
/* Which of two comparable runs was faster, in words. New string. */
char *tn_run_past_text (const TnRunResult *result, const TnRunResult *other);

G_END_DECLS
