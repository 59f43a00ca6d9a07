/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files share that search for ways to give a tensor another shape. */
#pragma once

#include "infer/tn-solve-private.h"

G_BEGIN_DECLS

/* A model some edits on the way to the goal. */
typedef struct
{
  TnFacts *facts;
  GArray *touched; /* of TnNodeId */
  char *label;     /* NULL: nothing was edited yet */
  TnRef ref;       /* the tensor that is to have the shape: the last inserted layer's */
  guint n_edits;
  double cost; /* small changes and usual means cost little */
} TnAttempt;

void tn_attempt_free (TnAttempt *attempt);
TnShape tn_attempt_shape (const TnAttempt *attempt);
/* @before with one more edit. Takes over @facts and @label. */
TnAttempt *tn_attempt_next (const TnAttempt *before, TnFacts *facts, char *label, double cost,
                            TnNodeId touched);

static inline gboolean
tn_attempt_misses (const TnShape *shape, const TnShape *wanted, int axis)
{
  return tn_dim_is_known (wanted->dims[axis]) && wanted->dims[axis].size != shape->dims[axis].size;
}

typedef struct
{
  /* borrowed */
  const TnFacts *facts;
  const TnGoal *goal;
  TnSolveFunc found;
  gpointer data;
  GCancellable *cancellable;

  /* owned */
  GPtrArray *ways;     /* of TnAttempt that reach the goal, best first */
  GPtrArray *partials; /* of TnAttempt that come nearer to it by one edit */

  /* state */
  guint misses; /* of the model as it is */
  guint n_trials;
  guint most_trials;
} TnShapeSolver;

/* The facts of a candidate; NULL when there were enough, or when cancelled. */
TnFacts *tn_solver_infer (TnShapeSolver *self, TnDraft *draft);
/* Keeps the attempt where it reaches the goal or comes nearer. Takes it over. FALSE when it reaches
 * the goal, but with a new fault, or was known. */
gboolean tn_solver_offer (TnShapeSolver *self, TnAttempt *attempt);

/* One more layer at the edge; in tn-solve-insert.c. */
void tn_solver_insert (TnShapeSolver *self, const TnAttempt *from);
/* One more parameter upstream changed; in tn-solve-set.c. */
void tn_solver_set (TnShapeSolver *self, const TnAttempt *from);

G_END_DECLS
