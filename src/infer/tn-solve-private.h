/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the solver's files share. */
#pragma once

#include "graph/tn-draft.h"
#include "infer/tn-solve.h"

G_BEGIN_DECLS

/* Place of batch_shape among the parameters of an InputLayer. */
#define TN_INPUT_SHAPE 0

/* The model with @size along @axes. */
TnGraph *tn_solve_with_size (const TnGraph *graph, const GArray *axes, gint64 size);
/* Finds the rule for @axes, the others being as they are in @facts. @present: their size, looked at
 * with care, or TN_DIM_UNKNOWN. @best: of those tried a size that leaves the fewest errors. FALSE
 * when cancelled. */
gboolean tn_solve_search (const TnFacts *facts, const GArray *axes, gint64 present,
                          TnSizesRule *rule, gint64 *best, GCancellable *cancellable);

G_END_DECLS
