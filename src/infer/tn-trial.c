/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One draft in which wires are tried and taken back, and the rule of the layer at their end. */
#include "infer/tn-trial.h"

#include "graph/tn-draft.h"

typedef struct
{
  TnRef from;
  TnNodeId to;
  guint call;
  guint slot;
} Question;

typedef struct
{
  Question question; /* first: it is the key */
  TnFit fit;
  char *reason;
} Answer;

struct _TnTrial
{
  TnGraph *graph;
  TnFacts *facts;      /* or NULL */
  TnDraft *draft;      /* equal to the graph between two questions; NULL: to be made */
  GHashTable *answers; /* of Answer */
};

static const char *const fit_names[] = {
  [TN_FIT_GOOD] = "good",
  [TN_FIT_WARNING] = "warning",
  [TN_FIT_WRONG] = "wrong",
  [TN_FIT_IMPOSSIBLE] = "impossible",
};

const char *
tn_fit_name (TnFit fit)
{
  g_return_val_if_fail ((guint)fit < G_N_ELEMENTS (fit_names), NULL);
  return fit_names[fit];
}

static guint
question_hash (gconstpointer key)
{
  const Question *question = key;

  return question->to * 31 + question->slot * 7 + question->call * 3 + question->from.node * 17
         + question->from.output + question->from.call * 5;
}

static gboolean
question_equal (gconstpointer a, gconstpointer b)
{
  const Question *left = a, *right = b;

  return tn_ref_equal (left->from, right->from) && left->to == right->to
         && left->call == right->call && left->slot == right->slot;
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->reason);
  g_free (answer);
}

TnTrial *
tn_trial_new (const TnGraph *graph, const TnFacts *facts)
{
  TnTrial *trial = g_new0 (TnTrial, 1);

  g_return_val_if_fail (graph != NULL, NULL);
  trial->graph = tn_graph_ref (graph);
  trial->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  trial->answers = g_hash_table_new_full (question_hash, question_equal, NULL, answer_free);
  return trial;
}

void
tn_trial_free (TnTrial *trial)
{
  if (trial == NULL)
    return;
  g_clear_pointer (&trial->draft, tn_draft_free);
  g_hash_table_unref (trial->answers);
  g_clear_pointer (&trial->facts, tn_facts_unref);
  tn_graph_unref (trial->graph);
  g_free (trial);
}

/* Rank -1 when the facts know nothing of it. */
static TnShape
shape_of (const TnTrial *trial, TnRef ref)
{
  const TnNode *node
      = trial->facts != NULL ? tn_graph_find (tn_facts_graph (trial->facts), ref.node) : NULL;

  if (node == NULL || ref.call >= tn_node_n_calls (node) || ref.output >= tn_node_n_outputs (node))
    return tn_shape_none ();
  return tn_facts_shape (trial->facts, ref, NULL);
}

/* What the rule of @node says of what arrives; silent while an input is open or unknown. */
static void
apply_rule (const TnTrial *trial, const TnNode *node, guint call, TnReport *report)
{
  guint n_inputs = tn_node_n_shaping (node, call);
  g_autofree TnShape *shapes = g_new0 (TnShape, MAX (n_inputs, 1));
  g_autofree const char **sources = g_new0 (const char *, MAX (n_inputs, 1));
  TnLayerResult result = { .state = TN_RESULT_NONE };

  for (guint slot = 0; slot < n_inputs; slot++)
    {
      TnRef ref = tn_node_input (node, call, slot);
      const TnNode *source = tn_graph_find (trial->graph, ref.node);

      shapes[slot] = shape_of (trial, ref);
      sources[slot] = source != NULL ? tn_node_name (source) : NULL;
      if (!tn_shape_is_some (&shapes[slot])
          && (source != NULL || !tn_node_is_optional (node, slot)))
        return;
    }
  tn_layer_apply (node, tn_draft_dense_inputs (trial->draft), call, shapes, sources, n_inputs,
                  &result, report);
  tn_layer_result_clear (&result);
}

/* The inputs of a call, to be put back. */
static GArray *
copy_inputs (const TnNode *node, guint call)
{
  GArray *inputs = g_array_new (FALSE, FALSE, sizeof (TnRef));

  for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
    {
      TnRef ref = tn_node_input (node, call, slot);

      g_array_append_val (inputs, ref);
    }
  return inputs;
}

static void
put_back (TnTrial *trial, const Question *question, const GArray *before)
{
  const TnNode *node = tn_draft_find (trial->draft, question->to);
  gboolean same;

  for (guint slot = tn_node_n_inputs (node, question->call); slot-- > 0;)
    {
      TnRef now = tn_node_input (node, question->call, slot);
      TnRef then = slot < before->len ? g_array_index (before, TnRef, slot) : (TnRef){ 0 };

      if (tn_ref_equal (now, then))
        continue;
      if (then.node == TN_NODE_NONE)
        tn_draft_disconnect (trial->draft, question->to, question->call, slot);
      else
        tn_draft_connect (trial->draft, then, question->to, question->call, slot, NULL);
      node = tn_draft_find (trial->draft, question->to);
    }
  same = tn_node_n_inputs (node, question->call) == before->len;
  for (guint slot = 0; same && slot < before->len; slot++)
    same = tn_ref_equal (tn_node_input (node, question->call, slot),
                         g_array_index (before, TnRef, slot));
  if (!same)
    g_clear_pointer (&trial->draft, tn_draft_free);
}

static TnFit
judge (const TnReport *report, char **reason)
{
  const TnIssue *worst = NULL;

  for (guint i = 0; i < tn_report_size (report); i++)
    {
      const TnIssue *issue = tn_report_issue (report, i);

      if (worst == NULL || issue->severity < worst->severity)
        worst = issue;
    }
  if (worst == NULL)
    return TN_FIT_GOOD;
  *reason = g_strdup (worst->message);
  return worst->severity == TN_SEVERITY_WARNING ? TN_FIT_WARNING : TN_FIT_WRONG;
}

static void
find_answer (TnTrial *trial, Answer *answer)
{
  const Question *question = &answer->question;
  const TnNode *target = tn_graph_find (trial->graph, question->to);
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (GArray) before = NULL;

  answer->fit = TN_FIT_IMPOSSIBLE;
  if (target == NULL || question->call >= tn_node_n_calls (target)
      || tn_graph_find (trial->graph, question->from.node) == NULL)
    return;
  if (trial->draft == NULL)
    trial->draft = tn_draft_new (trial->graph);
  before = copy_inputs (target, question->call);
  if (!tn_draft_connect (trial->draft, question->from, question->to, question->call, question->slot,
                         report))
    {
      answer->reason = g_strdup (tn_report_first (report));
      return;
    }
  apply_rule (trial, tn_draft_find (trial->draft, question->to), question->call, report);
  answer->fit = judge (report, &answer->reason);
  put_back (trial, question, before);
}

TnFit
tn_trial_fit (TnTrial *trial, TnRef from, TnNodeId to, guint call, guint slot, char **reason)
{
  const Question question = { from, to, call, slot };
  Answer *answer;

  g_return_val_if_fail (trial != NULL, TN_FIT_IMPOSSIBLE);
  answer = g_hash_table_lookup (trial->answers, &question);
  if (answer == NULL)
    {
      answer = g_new0 (Answer, 1);
      answer->question = question;
      find_answer (trial, answer);
      g_hash_table_insert (trial->answers, &answer->question, answer);
    }
  if (reason != NULL)
    *reason = g_strdup (answer->reason);
  return answer->fit;
}

gboolean
tn_trial_known (TnTrial *trial, TnRef from, TnNodeId to, guint call, guint slot, TnFit *fit)
{
  const Question question = { from, to, call, slot };
  const Answer *answer;

  g_return_val_if_fail (trial != NULL && fit != NULL, FALSE);
  answer = g_hash_table_lookup (trial->answers, &question);
  if (answer != NULL)
    *fit = answer->fit;
  return answer != NULL;
}
