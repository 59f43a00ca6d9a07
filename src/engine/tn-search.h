/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnSearch: the solver at work in the background, for one question. */
#pragma once

#include "infer/tn-solve.h"

G_BEGIN_DECLS

/* Belongs to who asked; of one thread. */
typedef struct _TnSearch TnSearch;

/* On the thread that asked, whenever more was found and at last with @done: @found is of #TnSizes
 * or of #TnFix and may be kept with g_ptr_array_ref(). The search may be freed from within. */
typedef void (*TnSearchFunc) (TnSearch *search, GPtrArray *found, gboolean done, gpointer data);

TnSearch *tn_search_sizes (const TnFacts *facts, TnNodeId input, TnSearchFunc func, gpointer data);
TnSearch *tn_search_shape (const TnFacts *facts, const TnGoal *goal, TnSearchFunc func,
                           gpointer data);
/* Gives it up if it still runs; its function is not called any more. Waits for nothing. */
void tn_search_free (TnSearch *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnSearch, tn_search_free)

G_END_DECLS
