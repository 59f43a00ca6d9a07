/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Advice: every candidate is an edited draft that is inferred, judged, and kept only if it mends.
 */
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "infer/tn-advice-private.h"

/* More than this many buttons are no help. */
#define MOST_FIXES 6

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
  return advisor->fixes->len >= MOST_FIXES || g_cancellable_is_cancelled (advisor->cancellable);
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

/* The issue is gone, or an error has become a warning; and nothing else has come. */
static gboolean
is_mended (const TnAdvisor *advisor, const TnFacts *after)
{
  const TnIssue *rest = find_issue (after, advisor->issue);

  if (rest != NULL
      && !(advisor->issue->severity == TN_SEVERITY_ERROR && rest->severity == TN_SEVERITY_WARNING))
    return FALSE;
  for (guint i = 0; i < tn_facts_n_issues (after); i++)
    {
      const TnIssue *issue = tn_facts_issue (after, i);
      const TnIssue *before = find_issue (advisor->facts, issue);

      if (issue == rest || was_hidden (advisor->facts, issue->node))
        continue;
      if (before == NULL || issue->severity < before->severity)
        return FALSE;
    }
  return TRUE;
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

static void
append_cost (GString *out, gint64 params_delta)
{
  g_autofree char *count = tn_text_count (ABS (params_delta));

  if (params_delta == 0)
    g_string_append (out, _ ("as many parameters as before"));
  else if (params_delta > 0)
    g_string_append_printf (
        out, ngettext ("%s parameter more", "%s parameters more", (gulong)params_delta), count);
  else
    g_string_append_printf (
        out, ngettext ("%s parameter fewer", "%s parameters fewer", (gulong)-params_delta), count);
}

TnFix *
tn_fix_new (const TnFacts *before, const TnFacts *after, char *label, const TnNodeId *touched,
            guint n_touched)
{
  TnFix *fix = g_new0 (TnFix, 1);
  g_autoptr (GString) detail = g_string_new (NULL);

  fix->label = label;
  fix->graph = tn_graph_ref (tn_facts_graph (after));
  fix->params_delta = tn_facts_totals (after).params - tn_facts_totals (before).params;
  fix->touched = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_array_append_vals (fix->touched, touched, n_touched);
  fix->effects = g_array_new (FALSE, FALSE, sizeof (TnFixEffect));
  collect_effects (before, after, fix->effects);
  append_cost (detail, fix->params_delta);
  fix->detail = g_string_free (g_steal_pointer (&detail), FALSE);
  return fix;
}

gboolean
tn_facts_is_no_worse (const TnFacts *before, const TnFacts *after)
{
  for (guint i = 0; i < tn_facts_n_issues (after); i++)
    {
      const TnIssue *issue = tn_facts_issue (after, i);
      const TnIssue *known = find_issue (before, issue);

      if (!was_hidden (before, issue->node) && (known == NULL || issue->severity < known->severity))
        return FALSE;
    }
  return TRUE;
}

/* "dense_2 then gets (None, 1600); 409,856 parameters more." */
static char *
describe (const TnAdvisor *advisor, const TnFacts *after, gint64 params_delta)
{
  const TnGraph *graph = tn_facts_graph (after);
  int index = tn_graph_index (graph, advisor->issue->node);
  TnShape gets = index >= 0 ? tn_facts_input (after, (guint)index, advisor->call, advisor->slot)
                            : tn_shape_none ();
  g_autoptr (GString) out = g_string_new (NULL);

  if (tn_shape_is_some (&gets) && !tn_shape_identical (&gets, &advisor->arrives))
    {
      g_autofree char *shape = tn_shape_to_text (&gets);

      g_string_append_printf (out, _ ("%s then gets %s"), tn_node_name (advisor->node), shape);
    }
  else if (index >= 0)
    {
      TnShape gives = tn_facts_shape (after, (TnRef){ advisor->issue->node, 0, 0 }, NULL);
      g_autofree char *shape = tn_shape_to_text (&gives);

      if (tn_shape_is_some (&gives))
        g_string_append_printf (out, _ ("%s then puts out %s"), tn_node_name (advisor->node),
                                shape);
    }
  if (out->len > 0)
    g_string_append (out, "; ");
  append_cost (out, params_delta);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
tn_advisor_try (TnAdvisor *advisor, TnDraft *draft, char *label, const TnNodeId *touched,
                guint n_touched)
{
  g_autoptr (TnDraft) owned_draft = draft;
  g_autofree char *owned_label = label;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) after = NULL;
  TnFix *fix;

  if (tn_advisor_is_done (advisor))
    return FALSE;
  graph = tn_draft_finish (draft);
  if (tn_graph_same_meaning (graph, advisor->graph))
    return FALSE;
  for (guint i = 0; i < advisor->fixes->len; i++)
    if (tn_graph_same_meaning (graph, ((const TnFix *)advisor->fixes->pdata[i])->graph))
      return FALSE;
  after = tn_infer (graph, advisor->facts, advisor->cancellable);
  if (after == NULL || !is_mended (advisor, after))
    return FALSE;

  fix = tn_fix_new (advisor->facts, after, g_steal_pointer (&owned_label), touched, n_touched);
  g_free (fix->detail);
  fix->detail = describe (advisor, after, fix->params_delta);
  g_ptr_array_add (advisor->fixes, fix);
  return TRUE;
}

/* FALSE when a setting is refused. */
static gboolean
apply_settings (TnDraft *draft, TnNodeId id, const char *const *settings)
{
  for (guint i = 0; settings != NULL && settings[i] != NULL; i += 2)
    if (!tn_draft_set_text (draft, id, settings[i], settings[i + 1], NULL))
      return FALSE;
  return TRUE;
}

gboolean
tn_advisor_try_insert (TnAdvisor *advisor, const char *type, TnNodeId to, guint call, guint slot,
                       char *label, const char *const *settings)
{
  const TnLayer *layer = tn_layer_find (type);
  g_autofree char *owned_label = label;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  TnNodeId id;

  if (layer == NULL || tn_advisor_is_done (advisor))
    return FALSE;
  id = tn_draft_insert (draft, &layer->schema, to, call, slot, NULL);
  if (id == TN_NODE_NONE || !apply_settings (draft, id, settings))
    return FALSE;
  return tn_advisor_try (advisor, g_steal_pointer (&draft), g_steal_pointer (&owned_label), &id, 1);
}

gboolean
tn_advisor_try_set (TnAdvisor *advisor, TnNodeId node, const char *param, const char *text)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  const TnNode *target = tn_draft_find (draft, node);

  if (target == NULL || tn_schema_param (tn_node_schema (target), param) < 0
      || !tn_draft_set_text (draft, node, param, text, NULL))
    return FALSE;
  return tn_advisor_try (
      advisor, g_steal_pointer (&draft),
      /* Translators: Set filters of conv2d_1 to 4 */
      g_strdup_printf (_ ("Set %s of %s to %s"), param, tn_node_name (target), text), &node, 1);
}

gboolean
tn_advisor_try_set_upstream (TnAdvisor *advisor, const char *param, const char *text, char *label)
{
  g_autofree char *owned_label = label;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; i < tn_graph_size (advisor->graph); i++)
    {
      const TnNode *node = tn_graph_node (advisor->graph, i);
      TnNodeId id = tn_node_id (node);

      if (tn_schema_param (tn_node_schema (node), param) < 0
          || !tn_graph_depends (advisor->graph, advisor->issue->node, id)
          || !tn_draft_set_text (draft, id, param, text, NULL))
        continue;
      if (!tn_node_same_meaning (node, tn_draft_find (draft, id)))
        g_array_append_val (touched, id);
    }
  if (touched->len < 2)
    return FALSE;
  return tn_advisor_try (advisor, g_steal_pointer (&draft), g_steal_pointer (&owned_label),
                         (const TnNodeId *)touched->data, touched->len);
}

/* Wires all that uses @node's output to @source instead. */
static void
rewire_uses (const TnAdvisor *advisor, TnDraft *draft, TnNodeId node, TnRef source)
{
  int index = tn_graph_index (advisor->graph, node);
  guint n_uses;
  const TnGraphUse *uses = tn_graph_uses (advisor->graph, (guint)index, &n_uses);

  for (guint i = 0; i < n_uses; i++)
    tn_draft_connect (draft, source, tn_node_id (tn_graph_node (advisor->graph, uses[i].index)),
                      uses[i].call, uses[i].slot, NULL);
}

gboolean
tn_advisor_try_remove (TnAdvisor *advisor, TnNodeId node)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  const TnNode *gone = tn_graph_find (advisor->graph, node);
  TnRef source = tn_node_input (gone, 0, 0);

  if (source.node == TN_NODE_NONE || tn_node_n_calls (gone) != 1)
    return FALSE;
  rewire_uses (advisor, draft, node, source);
  tn_draft_remove (draft, node);
  return tn_advisor_try (advisor, g_steal_pointer (&draft),
                         g_strdup_printf (_ ("Remove %s"), tn_node_name (gone)), NULL, 0);
}

gboolean
tn_advisor_try_replace (TnAdvisor *advisor, TnNodeId node, const char *type, char *label,
                        const char *const *settings)
{
  const TnLayer *layer = tn_layer_find (type);
  const TnNode *gone = tn_graph_find (advisor->graph, node);
  g_autofree char *owned_label = label;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  TnNodeId id;

  if (layer == NULL || gone == NULL || tn_node_n_calls (gone) != 1)
    return FALSE;
  id = tn_draft_add (draft, &layer->schema, NULL, TRUE, NULL);
  if (tn_node_is_placed (gone))
    tn_draft_move (draft, id, tn_node_x (gone), tn_node_y (gone));
  for (guint slot = 0; slot < tn_node_n_inputs (gone, 0); slot++)
    {
      TnRef source = tn_node_input (gone, 0, slot);

      if (source.node != TN_NODE_NONE && !tn_draft_connect (draft, source, id, 0, slot, NULL))
        return FALSE;
    }
  rewire_uses (advisor, draft, node, (TnRef){ id, 0, 0 });
  tn_draft_remove (draft, node);
  if (!apply_settings (draft, id, settings))
    return FALSE;
  return tn_advisor_try (advisor, g_steal_pointer (&draft), g_steal_pointer (&owned_label), &id, 1);
}

static void
advise_issue (const TnFacts *facts, const TnIssue *issue, GPtrArray *fixes,
              GCancellable *cancellable)
{
  TnAdvisor advisor = { .facts = facts,
                        .issue = issue,
                        .cancellable = cancellable,
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
  tn_candidates (&advisor);
}

TnAdvice *
tn_advise (const TnFacts *facts, GCancellable *cancellable)
{
  TnAdvice *advice = g_new0 (TnAdvice, 1);
  guint n_issues = tn_facts_n_issues (facts), id = 0;

  g_atomic_ref_count_init (&advice->ref_count);
  advice->facts = tn_facts_ref (facts);
  advice->fixes = g_new (GPtrArray *, n_issues);
  for (guint i = 0; i < n_issues; i++)
    {
      advice->fixes[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_fix_free);
      advise_issue (facts, tn_facts_issue (facts, i), advice->fixes[i], cancellable);
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
