/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inference: one pass over the graph in order of computation; what did not change is taken over. */
#include "base/tn-i18n.h"
#include "infer/tn-facts-private.h"
#include "infer/tn-provenance.h"

/* How often a long pass looks whether it was cancelled. */
#define STEPS_PER_LOOK 256

static void
node_facts_unref (TnNodeFacts *facts)
{
  if (facts == NULL || !g_atomic_ref_count_dec (&facts->ref_count))
    return;
  for (guint i = 0; i < facts->n_calls; i++)
    {
      for (guint slot = 0; slot < facts->calls[i].n_inputs; slot++)
        g_clear_pointer (&facts->calls[i].sources[slot], g_ref_string_release);
      g_free (facts->calls[i].inputs);
      g_free (facts->calls[i].sources);
      g_free (facts->calls[i].outputs);
    }
  g_free (facts->calls);
  tn_node_unref (facts->node);
  g_clear_pointer (&facts->weights, g_array_unref);
  g_ptr_array_unref (facts->issues);
  g_free (facts);
}

static TnNodeFacts *
node_facts_ref (TnNodeFacts *facts)
{
  g_atomic_ref_count_inc (&facts->ref_count);
  return facts;
}

void
tn_facts_unref (TnFacts *facts)
{
  if (facts == NULL || !g_atomic_ref_count_dec (&facts->ref_count))
    return;
  for (guint i = 0; i < tn_graph_size (facts->graph); i++)
    node_facts_unref (facts->nodes[i]);
  g_free (facts->nodes);
  g_ptr_array_unref (facts->issues);
  tn_graph_unref (facts->graph);
  g_free (facts);
}

static TnNodeFacts *
node_facts_new (const TnNode *node, TnDenseInputs dense_inputs)
{
  TnNodeFacts *facts = g_new0 (TnNodeFacts, 1);

  g_atomic_ref_count_init (&facts->ref_count);
  facts->node = tn_node_ref (node);
  facts->dense_inputs = dense_inputs;
  facts->n_calls = tn_node_n_calls (node);
  facts->calls = g_new0 (TnCallFacts, facts->n_calls);
  facts->issues = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_issue_free);
  return facts;
}

/* What arrives at a call: shapes, names of the layers they come from, and whether one is assumed.
 */
static void
gather_inputs (const TnFacts *facts, const TnNode *node, guint call, TnCallFacts *out)
{
  out->n_inputs = tn_node_n_inputs (node, call);
  out->inputs = g_new (TnShape, out->n_inputs);
  out->sources = g_new0 (GRefString *, out->n_inputs);
  for (guint slot = 0; slot < out->n_inputs; slot++)
    {
      TnRef ref = tn_node_input (node, call, slot);
      const TnNode *source = tn_graph_find (facts->graph, ref.node);
      gboolean assumed = FALSE;

      /* With several calls the source may be computed only later in the pass: not known yet. */
      out->inputs[slot]
          = source != NULL && facts->nodes[tn_graph_index (facts->graph, ref.node)] != NULL
                ? tn_facts_shape (facts, ref, &assumed)
                : tn_shape_none ();
      if (source != NULL)
        out->sources[slot] = g_ref_string_new_intern (tn_node_name (source));
      out->assumed = out->assumed || assumed;
    }
}

static gboolean
same_inputs (const TnCallFacts *a, const TnCallFacts *b)
{
  if (a->n_inputs != b->n_inputs || a->assumed != b->assumed)
    return FALSE;
  for (guint slot = 0; slot < a->n_inputs; slot++)
    if (a->sources[slot] != b->sources[slot]
        || !tn_shape_identical (&a->inputs[slot], &b->inputs[slot]))
      return FALSE;
  return TRUE;
}

static void
missing_input (const TnNode *node, guint call, guint slot, TnReport *report)
{
  TnIssue *issue = tn_report_add (
      report, TN_SEVERITY_ERROR, "missing-input", tn_node_id (node),
      tn_node_schema (node)->keras
          ? _ ("Nothing is wired to %s yet; draw a wire to it from the layer that is to feed it.")
          : _ ("%s is not wired yet; draw a wire to it from the output that it holds the labels "
               "for."),
      tn_node_name (node));

  issue->call = (int)call;
  issue->slot = (int)slot;
}

/* Everything that must be known before a rule can run is known? Says what is missing. */
static gboolean
inputs_ready (const TnNode *node, guint call, const TnCallFacts *facts, TnReport *report,
              gboolean *unwired)
{
  gboolean ready = TRUE;

  *unwired = FALSE;
  for (guint slot = 0; slot < facts->n_inputs; slot++)
    {
      if (facts->sources[slot] == NULL)
        {
          missing_input (node, call, slot, report);
          *unwired = TRUE;
        }
      if (!tn_shape_is_some (&facts->inputs[slot]))
        ready = FALSE;
    }
  return ready;
}

static void
count_weights (TnNodeFacts *facts)
{
  gboolean trainable = tn_node_is_trainable (facts->node);

  for (guint i = 0; facts->weights != NULL && i < facts->weights->len; i++)
    {
      const TnWeightSpec *weight = &g_array_index (facts->weights, TnWeightSpec, i);
      gint64 elements = tn_shape_elements (&weight->shape, 0);

      if (__builtin_add_overflow (facts->params, elements, &facts->params))
        facts->params = G_MAXINT64;
      if (trainable && weight->trainable
          && __builtin_add_overflow (facts->trainable, elements, &facts->trainable))
        facts->trainable = G_MAXINT64;
    }
}

static void
apply_call (TnNodeFacts *facts, guint call, TnReport *report)
{
  TnCallFacts *entry = &facts->calls[call];
  TnLayerResult result = { .state = TN_RESULT_NONE };
  const TnLayer *layer = tn_layer_of (facts->node);
  gboolean unwired;

  if (!inputs_ready (facts->node, call, entry, report, &unwired))
    {
      /* A bad parameter shows even where nothing arrives yet. */
      if (tn_node_check (facts->node, report) && layer->check != NULL)
        layer->check (facts->node, report);
      entry->state = TN_RESULT_NONE;
      facts->macs = -1;
      return;
    }
  tn_layer_apply (facts->node, facts->dense_inputs, call, entry->inputs,
                  (const char *const *)entry->sources, entry->n_inputs, &result, report);
  entry->state = result.state;
  entry->n_outputs = result.n_outputs;
  entry->outputs = g_memdup2 (result.outputs, result.n_outputs * sizeof (TnShape));
  if (facts->macs >= 0)
    facts->macs = result.macs < 0 || __builtin_add_overflow (facts->macs, result.macs, &facts->macs)
                      ? -1
                      : facts->macs;
  if (facts->weights == NULL)
    facts->weights = g_steal_pointer (&result.weights);
  tn_layer_result_clear (&result);
}

static gboolean
has_open_dims (const TnNodeFacts *facts)
{
  for (guint call = 0; call < facts->n_calls; call++)
    for (guint output = 0; output < facts->calls[call].n_outputs; output++)
      if (!tn_shape_is_full (&facts->calls[call].outputs[output], 1))
        return TRUE;
  return FALSE;
}

static void
judge (TnNodeFacts *facts, TnReport *report)
{
  gboolean wrong = FALSE, blocked = FALSE, untold = FALSE;

  /* Errors stand before what is less. */
  for (guint severity = TN_SEVERITY_ERROR; severity <= TN_SEVERITY_WARNING; severity++)
    for (guint i = 0; i < tn_report_size (report); i++)
      {
        const TnIssue *issue = tn_report_issue (report, i);

        if (issue->severity != (TnSeverity)severity)
          continue;
        g_ptr_array_add (facts->issues, tn_issue_copy (issue));
        wrong = wrong || issue->severity != TN_SEVERITY_WARNING;
      }
  for (guint call = 0; call < facts->n_calls; call++)
    {
      if (facts->calls[call].state == TN_RESULT_NONE)
        blocked = TRUE;
      if (facts->calls[call].state != TN_RESULT_KNOWN && facts->weights == NULL)
        untold = TRUE;
    }
  count_weights (facts);
  /* How many weights a layer would have that is refused or gets nothing cannot be told. */
  if (untold)
    facts->params = facts->trainable = -1;
  facts->state = wrong                   ? TN_STATE_WRONG
                 : blocked               ? TN_STATE_BLOCKED
                 : has_open_dims (facts) ? TN_STATE_PARTIAL
                                         : TN_STATE_KNOWN;
}

static TnNodeFacts *
infer_node (const TnFacts *facts, const TnNode *node, TnNodeFacts *before)
{
  TnDenseInputs dense_inputs = tn_graph_dense_inputs (facts->graph);
  TnNodeFacts *made = node_facts_new (node, dense_inputs);
  g_autoptr (TnReport) report = NULL;
  gboolean same = before != NULL && before->dense_inputs == dense_inputs
                  && before->n_calls == made->n_calls && tn_node_same_meaning (before->node, node);

  for (guint call = 0; call < made->n_calls; call++)
    {
      gather_inputs (facts, node, call, &made->calls[call]);
      same = same && same_inputs (&made->calls[call], &before->calls[call]);
    }
  if (same)
    {
      node_facts_unref (made);
      return node_facts_ref (before);
    }
  report = tn_report_new ();
  for (guint call = 0; call < made->n_calls; call++)
    apply_call (made, call, report);
  judge (made, report);
  return made;
}

/* The axes of the input that an issue is about: the one it names, or all but the batch. */
static void
trace_issue (const TnFacts *facts, TnIssue *issue, guint slot)
{
  const TnNode *node = tn_graph_find (facts->graph, issue->node);
  TnRef ref = tn_node_input (node, (guint)issue->call, slot);
  TnShape shape = tn_facts_shape (facts, ref, NULL);
  g_autoptr (GArray) links = tn_provenance_new ();
  int axis = issue->axis != TN_AXIS_NONE ? tn_shape_axis (&shape, issue->axis) : -1;

  if (axis >= 0)
    tn_provenance_trace (facts, ref, axis, links);
  else
    for (int i = 1; i < shape.rank; i++)
      tn_provenance_trace (facts, ref, i, links);
  for (guint i = 0; i < links->len; i++)
    {
      TnProvenance link = g_array_index (links, TnProvenance, i);

      link.text = g_strdup (link.text);
      tn_issue_add_provenance (issue, link);
    }
}

static void
collect_issues (TnFacts *facts)
{
  for (guint position = 0; position < tn_graph_n_steps (facts->graph); position++)
    {
      TnGraphStep step = tn_graph_step (facts->graph, position);
      const TnNodeFacts *node = facts->nodes[step.index];

      if (step.call > 0)
        continue;
      for (guint i = 0; i < node->issues->len; i++)
        {
          TnIssue *issue = tn_issue_copy (node->issues->pdata[i]);

          g_ptr_array_add (facts->issues, issue);
          if (issue->severity == TN_SEVERITY_WARNING)
            facts->totals.n_warnings++;
          else
            facts->totals.n_errors++;
          if (issue->slot < 0)
            continue;
          trace_issue (facts, issue, (guint)issue->slot);
          /* Two that do not match: where the other one's number comes from belongs to it. */
          if (issue->slot > 0 && issue->axis != TN_AXIS_NONE)
            trace_issue (facts, issue, 0);
        }
    }
}

static void
add_up (TnFacts *facts)
{
  TnTotals *totals = &facts->totals;

  totals->complete = TRUE;
  for (guint i = 0; i < tn_graph_size (facts->graph); i++)
    {
      const TnNodeFacts *node = facts->nodes[i];

      if (node->params < 0 || node->macs < 0)
        totals->complete = FALSE;
      if (__builtin_add_overflow (totals->params, MAX (node->params, 0), &totals->params))
        totals->params = G_MAXINT64;
      if (__builtin_add_overflow (totals->trainable, MAX (node->trainable, 0), &totals->trainable))
        totals->trainable = G_MAXINT64;
      if (__builtin_add_overflow (totals->macs, MAX (node->macs, 0), &totals->macs))
        totals->macs = G_MAXINT64;
    }
  if (__builtin_mul_overflow (totals->params, (gint64)sizeof (float), &totals->weights_bytes))
    totals->weights_bytes = G_MAXINT64;
}

TnFacts *
tn_infer (const TnGraph *graph, const TnFacts *previous, GCancellable *cancellable)
{
  TnFacts *facts = g_new0 (TnFacts, 1);
  guint size = tn_graph_size (graph);

  g_atomic_ref_count_init (&facts->ref_count);
  facts->graph = tn_graph_ref (graph);
  facts->nodes = g_new0 (TnNodeFacts *, size);
  facts->issues = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_issue_free);

  for (guint position = 0; position < tn_graph_n_steps (graph); position++)
    {
      TnGraphStep step = tn_graph_step (graph, position);
      const TnNode *node = tn_graph_node (graph, step.index);
      int before = previous != NULL ? tn_graph_index (previous->graph, tn_node_id (node)) : -1;
      TnNodeFacts *made;

      if (position % STEPS_PER_LOOK == 0 && g_cancellable_is_cancelled (cancellable))
        {
          for (guint i = 0; i < size; i++)
            if (facts->nodes[i] == NULL)
              facts->nodes[i] = node_facts_new (tn_graph_node (graph, i), TN_DENSE_FLAT);
          tn_facts_unref (facts);
          return NULL;
        }
      /* A shared layer is inferred again at each of its calls: only then are that call's inputs
       * known. */
      made = infer_node (facts, node, before >= 0 ? previous->nodes[before] : NULL);
      node_facts_unref (facts->nodes[step.index]);
      facts->nodes[step.index] = made;
    }
  collect_issues (facts);
  add_up (facts);
  return facts;
}
