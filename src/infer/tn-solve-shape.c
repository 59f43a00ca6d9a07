/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways to give a tensor another shape: the search over one and two edits, each of them inferred. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"
#include "infer/tn-solve-shape-private.h"

/* Models inferred at most, and half-done ones that a second edit is tried on. */
#define MOST_TRIALS   4000
#define LEAST_TRIALS  300
#define MOST_JUDGED   300000 /* layers, in all of them */
#define MOST_PARTIALS 6
/* With so many ways of one edit nobody looks for those of two. */
#define ENOUGH 3
/* Ways of two edits that begin with the same one. */
#define MOST_ALIKE 4

/* ---- states ---- */

void
tn_attempt_free (TnAttempt *attempt)
{
  if (attempt == NULL)
    return;
  g_clear_pointer (&attempt->facts, tn_facts_unref);
  g_clear_pointer (&attempt->touched, g_array_unref);
  g_free (attempt->label);
  g_free (attempt);
}

/* How many axes are not yet as wanted; with another number of axes one more than there can be. */
static guint
count_misses (const TnShape *shape, const TnShape *wanted)
{
  guint n = 0;

  if (shape->rank != wanted->rank)
    return TN_MAX_RANK + 1;
  for (int axis = 0; axis < shape->rank; axis++)
    n += tn_attempt_misses (shape, wanted, axis);
  return n;
}

TnShape
tn_attempt_shape (const TnAttempt *attempt)
{
  return tn_facts_shape (attempt->facts, attempt->ref, NULL);
}

TnFacts *
tn_solver_infer (TnShapeSolver *self, TnDraft *draft)
{
  g_autoptr (TnGraph) graph = NULL;

  if (self->n_trials >= self->most_trials || g_cancellable_is_cancelled (self->cancellable))
    return NULL;
  self->n_trials++;
  graph = tn_draft_finish (draft);
  return tn_infer (graph, self->facts, self->cancellable);
}

/* ---- what was found ---- */

static int
compare_ways (gconstpointer a, gconstpointer b)
{
  const TnAttempt *one = *(const TnAttempt *const *)a, *two = *(const TnAttempt *const *)b;

  if (one->n_edits != two->n_edits)
    return one->n_edits < two->n_edits ? -1 : 1;
  if (one->cost != two->cost)
    return one->cost < two->cost ? -1 : 1;
  return strcmp (one->label, two->label);
}

/* Do so many before @at begin with the same edit that others should be heard? */
static gboolean
is_crowded (const GPtrArray *ways, guint at)
{
  const TnAttempt *way = ways->pdata[at];
  const char *end = strchr (way->label, ';');
  guint n = 0;

  for (guint i = 0; end != NULL && i < at; i++)
    n += strncmp (((const TnAttempt *)ways->pdata[i])->label, way->label,
                  (gsize)(end - way->label) + 1)
         == 0;
  return n >= MOST_ALIKE;
}

static GPtrArray *
make_fixes (const TnShapeSolver *self)
{
  GPtrArray *fixes = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_fix_free);

  for (guint i = 0; i < self->ways->len && fixes->len < TN_SOLVE_MOST; i++)
    {
      const TnAttempt *way = self->ways->pdata[i];
      TnFix *fix;

      if (is_crowded (self->ways, i))
        continue;
      fix = tn_fix_new (self->facts, way->facts, g_strdup (way->label),
                        (const TnNodeId *)(gpointer)way->touched->data, way->touched->len);

      fix->id = g_strdup_printf ("%u", fixes->len + 1);
      g_ptr_array_add (fixes, fix);
    }
  return fixes;
}

static gboolean
is_known (const GPtrArray *attempts, const TnAttempt *attempt)
{
  for (guint i = 0; i < attempts->len; i++)
    if (tn_graph_same_meaning (tn_facts_graph (((const TnAttempt *)attempts->pdata[i])->facts),
                               tn_facts_graph (attempt->facts)))
      return TRUE;
  return FALSE;
}

gboolean
tn_solver_offer (TnShapeSolver *self, TnAttempt *attempt)
{
  TnShape shape = tn_attempt_shape (attempt);
  guint misses = count_misses (&shape, &self->goal->wanted);

  if (misses > 0)
    {
      /* Worth a second edit where something was gained. */
      if (attempt->n_edits == 1 && misses < self->misses && !is_known (self->partials, attempt))
        g_ptr_array_add (self->partials, attempt);
      else
        tn_attempt_free (attempt);
      return TRUE;
    }
  if (is_known (self->ways, attempt) || !tn_facts_is_no_worse (self->facts, attempt->facts))
    {
      tn_attempt_free (attempt);
      return FALSE;
    }
  attempt->cost += 0.1
                   * log2 (1
                           + fabs ((double)(tn_facts_totals (attempt->facts).params
                                            - tn_facts_totals (self->facts).params)));
  g_ptr_array_add (self->ways, attempt);
  g_ptr_array_sort (self->ways, compare_ways);
  if (self->found != NULL)
    {
      g_autoptr (GPtrArray) fixes = make_fixes (self);

      self->found (fixes, self->data);
    }
  return TRUE;
}

TnAttempt *
tn_attempt_next (const TnAttempt *before, TnFacts *facts, char *label, double cost,
                 TnNodeId touched)
{
  TnAttempt *attempt = g_new0 (TnAttempt, 1);

  attempt->facts = facts;
  attempt->ref = before->ref;
  attempt->n_edits = before->n_edits + 1;
  attempt->cost = before->cost + cost;
  attempt->touched = g_array_copy (before->touched);
  g_array_append_val (attempt->touched, touched);
  if (before->label == NULL)
    attempt->label = label;
  else
    {
      attempt->label = g_strdup_printf ("%s; %s", before->label, label);
      g_free (label);
    }
  return attempt;
}

GPtrArray *
tn_solve_shape (const TnFacts *facts, const TnGoal *goal, TnSolveFunc found, gpointer data,
                GCancellable *cancellable)
{
  TnShapeSolver self
      = { .facts = facts, .goal = goal, .found = found, .data = data, .cancellable = cancellable };
  TnAttempt start = { .ref = goal->ref };
  GPtrArray *fixes;
  TnShape shape;
  guint n_single;

  g_return_val_if_fail (facts != NULL && goal != NULL, NULL);
  shape = tn_facts_shape (facts, goal->ref, NULL);
  self.most_trials = CLAMP (MOST_JUDGED / MAX (tn_graph_n_steps (tn_facts_graph (facts)), 1),
                            LEAST_TRIALS, MOST_TRIALS);
  self.misses = count_misses (&shape, &goal->wanted);
  self.ways = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_attempt_free);
  self.partials = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_attempt_free);
  start.facts = tn_facts_ref (facts);
  start.touched = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  if (self.misses > 0 && tn_shape_is_some (&shape) && tn_shape_is_some (&goal->wanted))
    {
      tn_solver_insert (&self, &start);
      tn_solver_set (&self, &start);
      /* Two edits only where one is not plenty. */
      n_single = self.ways->len;
      g_ptr_array_sort (self.partials, compare_ways);
      for (guint i = 0, n = MIN (self.partials->len, MOST_PARTIALS); i < n && n_single < ENOUGH;
           i++)
        {
          tn_solver_insert (&self, self.partials->pdata[i]);
          tn_solver_set (&self, self.partials->pdata[i]);
        }
    }
  fixes = make_fixes (&self);
  tn_facts_unref (start.facts);
  g_array_unref (start.touched);
  g_ptr_array_unref (self.ways);
  g_ptr_array_unref (self.partials);
  if (g_cancellable_is_cancelled (cancellable))
    g_clear_pointer (&fixes, g_ptr_array_unref);
  return fixes;
}
