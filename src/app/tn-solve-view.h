/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnSolveView: what the solver answers, as it comes, with a button for each change. */
#pragma once

#include <gtk/gtk.h>

#include "engine/tn-engine.h"
#include "engine/tn-search.h"

G_BEGIN_DECLS

#define TN_TYPE_SOLVE_VIEW (tn_solve_view_get_type ())
G_DECLARE_FINAL_TYPE (TnSolveView, tn_solve_view, TN, SOLVE_VIEW, GtkBox)

/* Signal "apply" (TnFix *fix, TnGraph *base, both pointers borrowed): a button was pressed. */
GtkWidget *tn_solve_view_new (void);
/* Asks anew; the latest question wins. */
void tn_solve_view_sizes (TnSolveView *self, const TnFacts *facts, TnNodeId input);
void tn_solve_view_shape (TnSolveView *self, const TnFacts *facts, const TnGoal *goal);
/* Gives the question up and shows nothing. */
void tn_solve_view_clear (TnSolveView *self);
gboolean tn_solve_view_is_busy (TnSolveView *self);

G_END_DECLS
