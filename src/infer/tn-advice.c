/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Advice: every candidate is an edited draft that is inferred, judged, and kept only if it mends.
 */
#include <string.h>

#include "graph/tn-active.h"
#include "infer/tn-advice-private.h"
#include "infer/tn-warnings.h"

/* More than this many buttons are no help. */
#define MOST_FIXES 6
/* The best of this many are chosen. */
#define MOST_KEPT 24
/* Candidates that are looked at, for one issue and for all of them; never fewer than the least for
 * one, for as long as the budget of layers lasts. */
#define MOST_TRIED       192
#define MOST_TRIED_ALL   1500
#define LEAST_TRIED      32
#define LAYERS_LOOKED_AT 8000000
/* What of the layers upstream is looked at. */
#define MOST_UPSTREAM 256

struct _TnAdvice
{
  gatomicrefcount ref_count;
  TnFacts *facts;    /* owned */
  GPtrArray **fixes; /* owned, of TnFix; one array an issue */
};

void
tn_fix_free (TnFix *fix)
{
  g_free (fix->id);
  g_free (fix->label);
  g_free (fix->detail);
  tn_graph_unref (fix->graph);
  g_array_unref (fix->touched);
  g_array_unref (fix->effects);
  g_free (fix);
}

TnDraft *
tn_advisor_draft (const TnAdvisor *advisor)
{
  return tn_draft_new (advisor->graph);
}

gboolean
tn_advisor_is_done (const TnAdvisor *advisor)
{
  guint n_issues = tn_facts_n_issues (advisor->facts);

  return advisor->fixes->len >= MOST_KEPT || *advisor->budget <= 0
         || advisor->n_tried >= CLAMP (MOST_TRIED_ALL / n_issues, LEAST_TRIED, MOST_TRIED)
         || g_cancellable_is_cancelled (advisor->cancellable);
}

static gboolean
is_same_issue (const TnIssue *a, const TnIssue *b)
{
  return a->node == b->node && a->code == b->code && a->slot == b->slot && a->call == b->call
         && a->param == b->param;
}

static const TnIssue *
find_issue (const TnFacts *facts, const TnIssue *like)
{
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    if (is_same_issue (tn_facts_issue (facts, i), like))
      return tn_facts_issue (facts, i);
  return NULL;
}

/* Could anything be said about this layer before? If not, what shows now is not the candidate's
 * doing. */
static gboolean
was_hidden (const TnFacts *facts, TnNodeId node)
{
  int index = tn_graph_index (tn_facts_graph (facts), node);

  return index >= 0 && tn_facts_state (facts, (guint)index) == TN_STATE_BLOCKED;
}

static gboolean
is_fault (const TnIssue *issue)
{
  return issue->severity != TN_SEVERITY_WARNING;
}

/* What one trial costs, in layers: all of them are inferred, and each issue is looked for among
 * those there were. */
static gint64
trial_cost (const TnAdvisor *advisor, const TnGraph *graph)
{
  gint64 n_issues = tn_facts_n_issues (advisor->facts);

  return tn_graph_size (graph) + n_issues * n_issues / 8;
}

/* The issue is gone, or an error has become a warning; and no other fault has come, but for those
 * of layers that nothing could be said about before. Counts what is left into @candidate. */
static gboolean
is_mended (const TnAdvisor *advisor, const TnFacts *after, TnCandidate *candidate)
{
  const TnIssue *rest = find_issue (after, advisor->issue);

  if (rest != NULL
      && !(advisor->issue->severity == TN_SEVERITY_ERROR && rest->severity == TN_SEVERITY_WARNING))
    return FALSE;
  for (guint i = 0; i < tn_facts_n_issues (after); i++)
    {
      const TnIssue *issue = tn_facts_issue (after, i);
      const TnIssue *before = find_issue (advisor->facts, issue);
      gboolean is_new = before == NULL || issue->severity < before->severity;

      if (is_fault (issue))
        candidate->n_left++;
      if (!is_new || issue == rest)
        continue;
      if (!is_fault (issue) && advisor->issue->severity != TN_SEVERITY_WARNING)
        candidate->n_warnings++;
      else if (was_hidden (advisor->facts, issue->node))
        candidate->n_hidden++;
      else
        return FALSE;
    }
  return TRUE;
}

gboolean
tn_advisor_mends (const TnAdvisor *advisor, const TnFacts *after)
{
  TnCandidate candidate = { .order = 0 };

  return is_mended (advisor, after, &candidate) && candidate.n_hidden == 0;
}

gboolean
tn_advisor_has_whole (const TnAdvisor *advisor, guint from)
{
  for (guint i = from; i < advisor->fixes->len; i++)
    if (((const TnCandidate *)advisor->fixes->pdata[i])->n_left == 0)
      return TRUE;
  return FALSE;
}

TnFacts *
tn_advisor_look (TnAdvisor *advisor, TnDraft *draft)
{
  g_autoptr (TnGraph) graph = NULL;

  if (tn_advisor_is_done (advisor))
    return NULL;
  graph = tn_draft_finish (draft);
  advisor->n_tried++;
  *advisor->budget -= trial_cost (advisor, graph);
  return tn_infer (graph, advisor->facts, advisor->cancellable);
}

static void
collect_effects (const TnFacts *before, const TnFacts *after, GArray *effects)
{
  const TnGraph *graph = tn_facts_graph (after);

  for (guint position = 0; position < tn_graph_n_steps (graph); position++)
    {
      TnGraphStep step = tn_graph_step (graph, position);
      TnRef ref = { tn_node_id (tn_graph_node (graph, step.index)), (guint16)step.call, 0 };
      TnFixEffect effect = { .node = ref.node,
                             .before = tn_facts_shape (before, ref, NULL),
                             .after = tn_facts_shape (after, ref, NULL) };

      if (step.call == 0
          && (tn_graph_find (tn_facts_graph (before), ref.node) == NULL
              || !tn_shape_identical (&effect.before, &effect.after)))
        g_array_append_val (effects, effect);
    }
}

/* All but the id and the detail. */
static void
fill_fix (TnFix *fix, const TnFacts *before, const TnFacts *after, char *label,
          const TnNodeId *touched, guint n_touched)
{
  fix->label = label;
  fix->graph = tn_graph_follow_active (tn_facts_whole (before), tn_facts_graph (after));
  fix->params_delta = tn_facts_totals (after).params - tn_facts_totals (before).params;
  fix->touched = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  for (guint i = 0; i < n_touched; i++)
    if (tn_graph_find (fix->graph, touched[i]) != NULL)
      g_array_append_val (fix->touched, touched[i]);
  fix->effects = g_array_new (FALSE, FALSE, sizeof (TnFixEffect));
  collect_effects (before, after, fix->effects);
}

TnFix *
tn_fix_new (const TnFacts *before, const TnFacts *after, char *label, const TnNodeId *touched,
            guint n_touched)
{
  TnFix *fix = g_new0 (TnFix, 1);

  fill_fix (fix, before, after, label, touched, n_touched);
  fix->detail = tn_fix_cost (fix->params_delta);
  return fix;
}

gboolean
tn_facts_is_no_worse (const TnFacts *before, const TnFacts *after)
{
  for (guint i = 0; i < tn_facts_n_issues (after); i++)
    {
      const TnIssue *issue = tn_facts_issue (after, i);
      const TnIssue *known = find_issue (before, issue);

      /* What runs and is only odd can be told when it is there. */
      if (tn_warnings_has (issue->code))
        continue;
      if (!was_hidden (before, issue->node) && (known == NULL || issue->severity < known->severity))
        return FALSE;
    }
  return TRUE;
}

/* How much the parameters change that were there before, coarsely: not by a tenth, not by half, up
 * to double, more. Those of layers that could not tell theirs come with the repair anyhow. */
static guint
weigh (const TnFacts *before, const TnFacts *after)
{
  const TnGraph *graph = tn_facts_graph (after);
  double total = (double)MAX (tn_facts_totals (before).params, 1);
  double change = (double)tn_facts_totals (after).params - total;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      int index = tn_graph_index (tn_facts_graph (before), tn_node_id (tn_graph_node (graph, i)));

      if (index >= 0 && tn_facts_params (before, (guint)index) < 0)
        change -= (double)MAX (tn_facts_params (after, i), 0);
    }
  change = ABS (change) / total;
  return change < 0.1 ? 0 : change < 0.5 ? 1 : change < 1 ? 2 : 3;
}

gboolean
tn_advisor_try (TnAdvisor *advisor, TnDraft *draft, char *label, const TnNodeId *touched,
                guint n_touched)
{
  g_autoptr (TnDraft) owned_draft = draft;
  g_autofree char *owned_label = label;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) after = NULL;
  TnCandidate candidate = { .n_edits = MAX (n_touched, 1), .order = advisor->fixes->len };
  TnFix *fix;

  if (tn_advisor_is_done (advisor))
    return FALSE;
  graph = tn_draft_finish (draft);
  if (tn_graph_same_meaning (graph, advisor->graph))
    return FALSE;
  for (guint i = 0; i < advisor->fixes->len; i++)
    {
      const TnFix *known = advisor->fixes->pdata[i];

      if (tn_graph_same_meaning (graph, tn_graph_active (known->graph)))
        return FALSE;
    }
  advisor->n_tried++;
  *advisor->budget -= trial_cost (advisor, graph);
  after = tn_infer (graph, advisor->facts, advisor->cancellable);
  if (after == NULL || !is_mended (advisor, after, &candidate))
    return FALSE;

  candidate.weight = weigh (advisor->facts, after);
  fix = &candidate.fix;
  fill_fix (fix, advisor->facts, after, g_steal_pointer (&owned_label), touched, n_touched);
  fix->detail = tn_advisor_describe (advisor, after, fix);
  g_ptr_array_add (advisor->fixes, g_memdup2 (&candidate, sizeof candidate));
  return TRUE;
}

static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const TnCandidate *x = *(const TnCandidate *const *)a, *y = *(const TnCandidate *const *)b;
  const guint keys[][2] = {
    { x->n_hidden, y->n_hidden }, { x->n_left, y->n_left },         { x->n_edits, y->n_edits },
    { x->weight, y->weight },     { x->n_warnings, y->n_warnings }, { x->order, y->order },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i][0] != keys[i][1])
      return keys[i][0] < keys[i][1] ? -1 : 1;
  return 0;
}

/* The best of them, in order. What brings a hidden fault to light is better than nothing only. */
static void
choose (GPtrArray *fixes)
{
  guint n = 0;

  g_ptr_array_sort (fixes, compare_candidates);
  while (n < MIN (fixes->len, MOST_FIXES)
         && (((const TnCandidate *)fixes->pdata[n])->n_hidden == 0
             || ((const TnCandidate *)fixes->pdata[0])->n_hidden > 0))
    n++;
  g_ptr_array_set_size (fixes, (int)n);
}

/* Breadth first, so that what is nearest comes first. */
static GArray *
collect_upstream (const TnGraph *graph, TnNodeId start)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  TnNodeId at = start;

  for (guint next = 0; at != TN_NODE_NONE; next++)
    {
      const TnNode *node = tn_graph_find (graph, at);

      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            TnNodeId source = tn_node_input (node, call, slot).node;

            if (source != TN_NODE_NONE && found->len < MOST_UPSTREAM
                && g_hash_table_add (seen, GUINT_TO_POINTER (source)))
              g_array_append_val (found, source);
          }
      at = next < found->len ? g_array_index (found, TnNodeId, next) : TN_NODE_NONE;
    }
  return found;
}

static void
advise_issue (const TnFacts *facts, const TnIssue *issue, GPtrArray *fixes, gint64 *budget,
              GCancellable *cancellable)
{
  TnAdvisor advisor = { .facts = facts,
                        .issue = issue,
                        .cancellable = cancellable,
                        .budget = budget,
                        .fixes = fixes,
                        .graph = tn_facts_graph (facts),
                        .call = (guint)MAX (issue->call, 0),
                        .slot = (guint)MAX (issue->slot, 0),
                        .arrives = tn_shape_none () };

  advisor.node = tn_graph_find (advisor.graph, issue->node);
  if (advisor.node == NULL)
    return;
  advisor.source = tn_node_input (advisor.node, advisor.call, advisor.slot);
  advisor.arrives = tn_facts_shape (facts, advisor.source, NULL);
  advisor.upstream = collect_upstream (advisor.graph, issue->node);
  tn_candidates (&advisor);
  g_array_unref (advisor.upstream);
  choose (fixes);
}

TnAdvice *
tn_advise (const TnFacts *facts, GCancellable *cancellable)
{
  TnAdvice *advice = g_new0 (TnAdvice, 1);
  guint n_issues = tn_facts_n_issues (facts), id = 0;
  gint64 budget = LAYERS_LOOKED_AT;

  g_atomic_ref_count_init (&advice->ref_count);
  advice->facts = tn_facts_ref (facts);
  advice->fixes = g_new (GPtrArray *, n_issues);
  for (guint i = 0; i < n_issues; i++)
    advice->fixes[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_fix_free);
  /* What is wrong comes first, also in the count, before what is only odd. */
  for (int warnings = 0; warnings < 2; warnings++)
    for (guint i = 0; i < n_issues; i++)
      {
        const TnIssue *issue = tn_facts_issue (facts, i);

        if ((issue->severity == TN_SEVERITY_WARNING) != (warnings == 1))
          continue;
        advise_issue (facts, issue, advice->fixes[i], &budget, cancellable);
        for (guint j = 0; j < advice->fixes[i]->len; j++)
          ((TnFix *)advice->fixes[i]->pdata[j])->id = g_strdup_printf ("%u", ++id);
      }
  if (g_cancellable_is_cancelled (cancellable))
    g_clear_pointer (&advice, tn_advice_unref);
  return advice;
}

TnAdvice *
tn_advice_ref (const TnAdvice *advice)
{
  TnAdvice *self = (TnAdvice *)advice;

  g_return_val_if_fail (advice != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tn_advice_unref (TnAdvice *advice)
{
  if (advice == NULL || !g_atomic_ref_count_dec (&advice->ref_count))
    return;
  for (guint i = 0; i < tn_facts_n_issues (advice->facts); i++)
    g_ptr_array_unref (advice->fixes[i]);
  g_free (advice->fixes);
  tn_facts_unref (advice->facts);
  g_free (advice);
}

const TnFacts *
tn_advice_facts (const TnAdvice *advice)
{
  return advice->facts;
}

guint
tn_advice_n_fixes (const TnAdvice *advice, guint position)
{
  g_return_val_if_fail (position < tn_facts_n_issues (advice->facts), 0);
  return advice->fixes[position]->len;
}

const TnFix *
tn_advice_fix (const TnAdvice *advice, guint position, guint number)
{
  g_return_val_if_fail (number < tn_advice_n_fixes (advice, position), NULL);
  return advice->fixes[position]->pdata[number];
}

const TnFix *
tn_advice_find (const TnAdvice *advice, const char *id)
{
  for (guint i = 0; i < tn_facts_n_issues (advice->facts); i++)
    for (guint j = 0; j < advice->fixes[i]->len; j++)
      if (strcmp (((const TnFix *)advice->fixes[i]->pdata[j])->id, id) == 0)
        return advice->fixes[i]->pdata[j];
  return NULL;
}
