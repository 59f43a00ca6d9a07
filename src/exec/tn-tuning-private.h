/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTuning's inside: for whoever fills it, and who compiles by it. */
#pragma once

#include "exec/tn-tuning.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/* As many sizes are kept; then the oldest are forgotten. */
#define TN_TUNING_MOST 4096

/* The sizes of a call, as far as they decide what is fast, of a program for @batch samples as they
 * would be with @usual: the rest of a run is computed as its other batches are. NULL where there is
 * no choice. New string. */
char *tn_tuning_key (const TnOp *op, const TnOpCall *call, gint64 batch, gint64 usual);

/* With @threads threads. What is known of the same sizes with other numbers of threads is forgotten
 * where the bits would differ: results never depend on threads. */
void tn_tuning_set (TnTuning *tuning, const char *key, guint threads, TnWay way);
/* With @threads threads, or else with any; TN_WAY_RULE when nothing is known. */
TnWay tn_tuning_find (const TnTuning *tuning, const char *key, guint threads);

G_END_DECLS
