/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inference: one pass over the graph in order of computation; what did not change is taken over. */
#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-active.h"
#include "graph/tn-call.h"
#include "graph/tn-silence.h"
#include "infer/tn-facts-private.h"
#include "infer/tn-fits.h"
#include "infer/tn-provenance.h"
#include "infer/tn-warnings.h"

/* So many layers are looked at for the provenance of all issues together: thousands of faults
 * behind thousands of layers would take their product. */
#define MOST_TRACE_STEPS 200000
/* How often a long pass looks whether it was cancelled. */
#define STEPS_PER_LOOK 256
/* How far up a recurrent layer is looked for that decides about an axis. */
#define MOST_STEPS_BACK 16

/* One pass. */
typedef struct
{
  TnFacts *facts;          /* being made */
  const TnFacts *previous; /* borrowed, or NULL */

  /* owned; emptied and used again for each layer */
  GArray *inputs;     /* of TnShape */
  GPtrArray *sources; /* of names */
  TnReport *report;

  GHashTable *shared; /* owned; index of a layer with several calls, not yet all told → TnReport */
} Pass;

static void
node_facts_unref (TnNodeFacts *facts)
{
  if (facts == NULL || !g_atomic_ref_count_dec (&facts->ref_count))
    return;
  tn_node_unref (facts->node);
  g_clear_pointer (&facts->weights, g_array_unref);
  g_clear_pointer (&facts->issues, g_ptr_array_unref);
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
    {
      node_facts_unref (facts->nodes[i]);
      g_clear_pointer (&facts->warnings[i], g_ptr_array_unref);
    }
  g_free (facts->nodes);
  g_free (facts->warnings);
  g_ptr_array_unref (facts->issues);
  g_ptr_array_unref (facts->silenced);
  tn_graph_unref (facts->graph);
  tn_graph_unref (facts->whole);
  g_free (facts);
}

static TnNodeFacts *
node_facts_new (const TnNode *node, TnDenseInputs dense_inputs)
{
  guint n_calls = tn_node_n_calls (node);
  guint n_outputs = tn_node_n_outputs (node);
  gsize calls = n_calls * sizeof (TnCallFacts);
  TnNodeFacts *facts
      = g_malloc0 (sizeof *facts + calls + (gsize)n_calls * n_outputs * sizeof (TnShape));
  TnShape *outputs = (TnShape *)((char *)facts->calls + calls);

  g_atomic_ref_count_init (&facts->ref_count);
  facts->node = tn_node_ref (node);
  facts->dense_inputs = dense_inputs;
  facts->n_calls = n_calls;
  for (guint call = 0; call < n_calls; call++)
    {
      facts->calls[call].state = TN_RESULT_NONE;
      facts->calls[call].outputs = outputs + (gsize)call * n_outputs;
    }
  return facts;
}

/* The shape of a tensor of the node at @index (-1: none), as far as the pass has come. */
static TnShape
told_shape (const TnFacts *facts, TnRef ref, int index, gboolean *assumed)
{
  *assumed = FALSE;
  if (index < 0 || facts->nodes[index] == NULL)
    return tn_shape_none ();
  return tn_facts_shape (facts, ref, assumed);
}

/* What arrives at a call: shapes, names of the layers they come from, and whether one is assumed.
 */
static void
gather_inputs (Pass *pass, const TnNode *node, guint call, TnCallFacts *out)
{
  const TnGraph *graph = pass->facts->graph;
  guint n_inputs = tn_node_n_shaping (node, call);

  g_array_set_size (pass->inputs, n_inputs);
  g_ptr_array_set_size (pass->sources, (int)n_inputs);
  for (guint slot = 0; slot < n_inputs; slot++)
    {
      TnRef ref = tn_node_input (node, call, slot);
      int index = tn_graph_index (graph, ref.node);
      gboolean assumed;

      g_array_index (pass->inputs, TnShape, slot) = told_shape (pass->facts, ref, index, &assumed);
      pass->sources->pdata[slot]
          = index >= 0 ? (gpointer)tn_node_name (tn_graph_node (graph, (guint)index)) : NULL;
      out->assumed = out->assumed || assumed;
    }
}

/* Index in the previous graph: nearly always the same. */
static int
previous_index (const TnFacts *previous, TnNodeId id, guint guess)
{
  if (guess < tn_graph_size (previous->graph)
      && tn_node_id (tn_graph_node (previous->graph, guess)) == id)
    return (int)guess;
  return tn_graph_index (previous->graph, id);
}

/* Does the same arrive along @ref, from a layer of the same name, as in the previous facts? */
static gboolean
is_same_input (const Pass *pass, TnRef ref)
{
  const TnFacts *now = pass->facts, *then = pass->previous;
  int index = tn_graph_index (now->graph, ref.node);
  int before = previous_index (then, ref.node, (guint)MAX (index, 0));
  gboolean assumed_now, assumed_then;
  TnShape shape_now, shape_then;

  if (index < 0 || before < 0)
    return index == before;
  /* Taken over itself, so of the same name as well. */
  if (now->nodes[index] == then->nodes[before])
    return TRUE;
  shape_now = told_shape (now, ref, index, &assumed_now);
  shape_then = told_shape (then, ref, before, &assumed_then);
  return assumed_now == assumed_then && tn_shape_identical (&shape_now, &shape_then)
         && g_str_equal (tn_node_name (tn_graph_node (now->graph, (guint)index)),
                         tn_node_name (tn_graph_node (then->graph, (guint)before)));
}

/* The previous facts of the node at @index, a new reference, if they still hold; else NULL. A
 * layer with several calls is always told anew: what arrives at the later ones is not known yet. */
static TnNodeFacts *
take_over (const Pass *pass, guint index, const TnNode *node)
{
  TnNodeFacts *before;
  int found;

  if (pass->previous == NULL || tn_node_n_calls (node) != 1)
    return NULL;
  found = previous_index (pass->previous, tn_node_id (node), index);
  if (found < 0)
    return NULL;
  before = pass->previous->nodes[found];
  if (before->dense_inputs != tn_graph_dense_inputs (pass->facts->graph)
      || (before->node != node && !tn_node_same_meaning (before->node, node)))
    return NULL;
  for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
    if (!is_same_input (pass, tn_node_input (node, 0, slot)))
      return NULL;
  return node_facts_ref (before);
}

static void
missing_input (const TnNode *node, guint call, guint slot, TnReport *report)
{
  const TnSchema *schema = tn_node_schema (node);
  const char *name = tn_schema_input_name (schema, slot);
  TnIssue *issue;

  if (name != NULL && schema->min_inputs > 1)
    issue = tn_report_add (report, TN_SEVERITY_ERROR, "missing-input", tn_node_id (node),
                           /* Translators: "query" or "value", layer */
                           _ ("Nothing is wired to the %s of %s yet; draw a wire to it from the "
                              "layer that is to feed it, which may be one that feeds it already."),
                           name, tn_node_name (node));
  else
    issue = tn_report_add (
        report, TN_SEVERITY_ERROR, "missing-input", tn_node_id (node),
        schema->keras
            ? _ ("Nothing is wired to %s yet; draw a wire to it from the layer that is to feed it.")
            : _ ("%s is not wired yet; draw a wire to it from the output that it holds the labels "
                 "for."),
        tn_node_name (node));

  issue->call = (int)call;
  issue->slot = (int)slot;
}

/* A wire from an output that its layer once had: LSTM with return_state, say. */
static void
check_output (const Pass *pass, const TnNode *node, guint call, guint slot, TnReport *report)
{
  TnRef ref = tn_node_input (node, call, slot);
  const TnNode *source;
  guint n_outputs;
  TnIssue *issue;

  if (ref.output == 0)
    return;
  source = tn_graph_find (pass->facts->graph, ref.node);
  n_outputs = tn_node_n_outputs (source);
  if (ref.output < n_outputs)
    return;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "missing-output", tn_node_id (node),
                         ngettext ("%s reads output number %u of %s, which puts out only %u; wire "
                                   "it to another one or set %s so that it puts out more.",
                                   "%s reads output number %u of %s, which puts out only %u; wire "
                                   "it to another one or set %s so that it puts out more.",
                                   n_outputs),
                         tn_node_name (node), ref.output + 1U, tn_node_name (source), n_outputs,
                         tn_node_name (source));
  issue->call = (int)call;
  issue->slot = (int)slot;
}

/* Everything that must be known before a rule can run is known? Says what is missing. */
static gboolean
inputs_ready (const Pass *pass, const TnNode *node, guint call, TnReport *report)
{
  gboolean ready = TRUE;

  for (guint slot = 0; slot < pass->inputs->len; slot++)
    {
      if (pass->sources->pdata[slot] == NULL && tn_node_is_optional (node, slot))
        continue;
      if (pass->sources->pdata[slot] == NULL)
        missing_input (node, call, slot, report);
      else
        check_output (pass, node, call, slot, report);
      if (!tn_shape_is_some (&g_array_index (pass->inputs, TnShape, slot)))
        ready = FALSE;
    }
  return ready;
}

/* What Keras refuses of the way in which the file calls the layer. What is meant goes on. */
static gboolean
check_form (const TnNode *node, guint call, TnReport *report)
{
  const TnSchema *schema = tn_node_schema (node);
  TnCallFault fault = tn_node_call_fault (node, call);
  TnIssue *issue;

  if (fault == TN_CALL_GOOD)
    return TRUE;
  if (fault == TN_CALL_TOO_MANY)
    issue = tn_report_add (report, TN_SEVERITY_ERROR, "too-many-inputs", tn_node_id (node),
                           ngettext ("%s takes only %u tensor, but is called with a list of %u; to "
                                     "join several, put an Add or a Concatenate before it.",
                                     "%s takes only %u tensors, but is called with a list of %u; "
                                     "to join several, put an Add or a Concatenate before it.",
                                     schema->max_inputs),
                           tn_node_name (node), schema->max_inputs, tn_node_n_named (node, call));
  else
    issue = tn_report_add (
        report, TN_SEVERITY_ERROR, "call-form", tn_node_id (node),
        fault == TN_CALL_SPREAD
            ? _ ("%s takes its tensors as a list, %s([a, b]), but the file calls it with one after "
                 "the other, %s(a, b).")
            : _ ("%s takes its tensors one after the other, %s(a, b), but the file calls it with a "
                 "list of them, %s([a, b])."),
        tn_node_name (node), tn_node_type (node), tn_node_type (node));
  issue->call = (int)call;
  issue->slot = fault == TN_CALL_TOO_MANY ? (int)schema->max_inputs : -1;
  return FALSE;
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

/* All calls of a layer use the same weights. */
static void
check_weights (TnNodeFacts *facts, guint call, const GArray *weights, TnReport *report)
{
  for (guint i = 0; i < MIN (facts->weights->len, weights->len); i++)
    {
      const TnWeightSpec *first = &g_array_index (facts->weights, TnWeightSpec, i);
      const TnWeightSpec *here = &g_array_index (weights, TnWeightSpec, i);
      g_autofree char *has = NULL, *needs = NULL;
      TnIssue *issue;

      if (tn_shape_identical (&first->shape, &here->shape))
        continue;
      has = tn_shape_to_text (&first->shape);
      needs = tn_shape_to_text (&here->shape);
      issue = tn_report_add (report, TN_SEVERITY_ERROR, "kernel-width", tn_node_id (facts->node),
                             /* Translators: layer, weight, shape, shape */
                             _ ("%s is used more than once with the same weights, but what arrives "
                                "differs: its %s is %s elsewhere and would have to be %s here."),
                             tn_node_name (facts->node), first->name, has, needs);
      issue->call = (int)call;
      issue->slot = 0;
      facts->calls[call].state = TN_RESULT_ASSUMED;
      return;
    }
}

static void
apply_call (Pass *pass, TnNodeFacts *facts, guint call, TnReport *report)
{
  TnCallFacts *entry = &facts->calls[call];
  TnLayerResult result = { .state = TN_RESULT_NONE };
  const TnLayer *layer = tn_layer_of (facts->node);

  gather_inputs (pass, facts->node, call, entry);
  if (!inputs_ready (pass, facts->node, call, report) && !layer->tells_alone)
    {
      /* A bad parameter shows even where nothing arrives yet. */
      if (tn_node_check (facts->node, report) && layer->check != NULL)
        layer->check (facts->node, report);
      check_form (facts->node, call, report);
      facts->macs = -1;
      return;
    }
  tn_layer_apply (facts->node, facts->dense_inputs, call, (const TnShape *)pass->inputs->data,
                  (const char *const *)pass->sources->pdata, pass->inputs->len, &result, report);
  entry->state = result.state;
  if (!check_form (facts->node, call, report) && entry->state == TN_RESULT_KNOWN)
    entry->state = TN_RESULT_ASSUMED;
  entry->n_outputs = MIN (result.n_outputs, tn_node_n_outputs (facts->node));
  for (guint output = 0; output < entry->n_outputs; output++)
    entry->outputs[output] = result.outputs[output];
  if (facts->macs >= 0)
    facts->macs = result.macs < 0 || __builtin_add_overflow (facts->macs, result.macs, &facts->macs)
                      ? -1
                      : facts->macs;
  facts->open = facts->open || result.open;
  if (facts->weights == NULL)
    facts->weights = g_steal_pointer (&result.weights);
  else if (result.weights != NULL)
    check_weights (facts, call, result.weights, report);
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

/* What is wrong with the layer itself is found at each of its calls, but told once. */
static gboolean
is_told (const TnNodeFacts *facts, const TnIssue *issue)
{
  if (facts->n_calls == 1 || issue->slot >= 0)
    return FALSE;
  for (guint i = 0; i < facts->issues->len; i++)
    {
      const TnIssue *other = facts->issues->pdata[i];

      if (other->slot < 0 && other->code == issue->code
          && g_str_equal (other->message, issue->message))
        return TRUE;
    }
  return FALSE;
}

/* Errors stand before what is less. */
static void
take_issues (TnNodeFacts *facts, const TnReport *report)
{
  facts->issues = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_issue_free);
  for (guint severity = TN_SEVERITY_ERROR; severity <= TN_SEVERITY_WARNING; severity++)
    for (guint i = 0; i < tn_report_size (report); i++)
      {
        const TnIssue *issue = tn_report_issue (report, i);

        if (issue->severity == (TnSeverity)severity && !is_told (facts, issue))
          g_ptr_array_add (facts->issues, tn_issue_copy (issue));
      }
}

static void
judge (TnNodeFacts *facts, const TnReport *report)
{
  gboolean wrong = FALSE, blocked = FALSE, untold = FALSE;

  if (tn_report_size (report) > 0)
    take_issues (facts, report);
  for (guint i = 0; facts->issues != NULL && i < facts->issues->len && !wrong; i++)
    wrong = ((const TnIssue *)facts->issues->pdata[i])->severity != TN_SEVERITY_WARNING;
  for (guint call = 0; call < facts->n_calls; call++)
    {
      if (facts->calls[call].state == TN_RESULT_NONE)
        blocked = TRUE;
      if (facts->calls[call].state != TN_RESULT_KNOWN && facts->weights == NULL)
        untold = TRUE;
    }
  count_weights (facts);
  /* How many weights a layer would have that is refused or gets nothing cannot be told. */
  if (untold || facts->open)
    facts->params = facts->trainable = -1;
  facts->state = wrong                   ? TN_STATE_WRONG
                 : blocked               ? TN_STATE_BLOCKED
                 : has_open_dims (facts) ? TN_STATE_PARTIAL
                                         : TN_STATE_KNOWN;
}

/* What is said about a layer with several calls is kept from one to the next. */
static TnReport *
shared_report (Pass *pass, guint index)
{
  TnReport *report = g_hash_table_lookup (pass->shared, GUINT_TO_POINTER (index));

  if (report == NULL)
    {
      report = tn_report_new ();
      g_hash_table_insert (pass->shared, GUINT_TO_POINTER (index), report);
    }
  return report;
}

static void
infer_step (Pass *pass, TnGraphStep step)
{
  const TnNode *node = tn_graph_node (pass->facts->graph, step.index);
  TnNodeFacts **place = &pass->facts->nodes[step.index];
  gboolean shared = tn_node_n_calls (node) > 1;
  TnReport *report;

  if (*place == NULL)
    {
      *place = take_over (pass, step.index, node);
      if (*place != NULL)
        return;
      *place = node_facts_new (node, tn_graph_dense_inputs (pass->facts->graph));
    }
  report = shared ? shared_report (pass, step.index) : pass->report;
  apply_call (pass, *place, step.call, report);
  if (++(*place)->n_told < (*place)->n_calls)
    return;
  judge (*place, report);
  if (shared)
    g_hash_table_remove (pass->shared, GUINT_TO_POINTER (step.index));
  else if (tn_report_size (report) > 0)
    {
      tn_report_free (pass->report);
      pass->report = tn_report_new ();
    }
}

/* Two that differ may have their beginning in common. */
static gboolean
tells (const TnIssue *issue, const TnProvenance *link)
{
  for (guint i = 0; issue->provenance != NULL && i < issue->provenance->len; i++)
    {
      const TnProvenance *other = &g_array_index (issue->provenance, TnProvenance, i);

      if (other->node == link->node && g_str_equal (other->text, link->text))
        return TRUE;
    }
  return FALSE;
}

/* Is axis @axis of @shape, which arrives at @slot, one of those that the issue is about? The one it
 * names, and all that differ from what is expected, from the labels, or from the other input. */
static gboolean
is_offending (const TnFacts *facts, const TnIssue *issue, guint slot, const TnShape *shape,
              int axis)
{
  TnShape others[] = { issue->expected, issue->received, tn_shape_none () };

  /* Sizes that fit for some values are one pair by themselves. */
  if (strcmp (issue->code, "fits-when") == 0 && issue->axis != TN_AXIS_NONE)
    return tn_shape_axis (shape, issue->axis) == axis;
  if (slot != (guint)issue->slot)
    others[2] = tn_facts_input (facts, (guint)tn_graph_index (facts->graph, issue->node),
                                (guint)issue->call, (guint)issue->slot);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i].rank == shape->rank
        && !tn_dim_compatible (others[i].dims[axis], shape->dims[axis]))
      return TRUE;
  return issue->axis != TN_AXIS_NONE && tn_shape_axis (shape, issue->axis) == axis;
}

/* Where it is about the number of axes: the recurrent layer that decides whether there is one for
 * the steps, as far as they pass on through layers that keep them. */
static void
trace_steps (const TnFacts *facts, TnIssue *issue, TnRef ref)
{
  for (guint far = 0; far < MOST_STEPS_BACK && ref.node != TN_NODE_NONE; far++)
    {
      const TnNode *node = tn_graph_find (facts->graph, ref.node);
      int param = tn_schema_param (tn_node_schema (node), "return_sequences");

      if (param >= 0)
        {
          gboolean on = tn_node_bool (node, (guint)param);

          tn_issue_add_provenance (
              issue, (TnProvenance){ .node = ref.node,
                                     .axis = TN_AXIS_NONE,
                                     .value = on,
                                     .param = "return_sequences",
                                     .text = g_strdup_printf (
                                         /* Translators: return_sequences of lstm is True */
                                         _ ("%s of %s is %s"), "return_sequences",
                                         tn_node_name (node), on ? "True" : "False") });
          return;
        }
      if (tn_node_n_inputs (node, ref.call) != 1)
        return;
      ref = tn_node_input (node, ref.call, 0);
    }
}

/* Where the offending numbers of what arrives at @slot come from; all but the batch where it is
 * about their count. */
static void
trace_issue (const TnFacts *facts, TnIssue *issue, guint slot, guint *steps)
{
  const TnNode *node = tn_graph_find (facts->graph, issue->node);
  TnRef ref = tn_node_input (node, (guint)issue->call, slot);
  TnShape shape = tn_facts_shape (facts, ref, NULL);
  g_autoptr (GArray) links = tn_provenance_new ();
  gboolean all = issue->received.rank >= 0 && issue->received.rank != shape.rank, any = FALSE;

  for (int axis = 0; axis < shape.rank && !all; axis++)
    if (is_offending (facts, issue, slot, &shape, axis))
      {
        tn_provenance_trace_within (facts, ref, axis, links, steps);
        any = TRUE;
      }
  for (int axis = 1; axis < shape.rank && !any; axis++)
    tn_provenance_trace_within (facts, ref, axis, links, steps);
  if (!any)
    trace_steps (facts, issue, ref);
  for (guint i = 0; i < links->len; i++)
    {
      TnProvenance link = g_array_index (links, TnProvenance, i);

      if (tells (issue, &link))
        continue;
      link.text = g_strdup (link.text);
      tn_issue_add_provenance (issue, link);
    }
}

/* What is said of one layer: told, or kept aside where it is silenced. */
static void
collect_from (TnFacts *facts, const TnNode *node, const GPtrArray *issues)
{
  for (guint i = 0; issues != NULL && i < issues->len; i++)
    {
      TnIssue *issue = tn_issue_copy (issues->pdata[i]);

      if (issue->severity == TN_SEVERITY_WARNING && tn_node_is_silenced (node, issue->code))
        {
          g_ptr_array_add (facts->silenced, issue);
          facts->totals.n_silenced++;
          continue;
        }
      g_ptr_array_add (facts->issues, issue);
    }
}

static void
collect_issues (TnFacts *facts)
{
  guint steps = MOST_TRACE_STEPS + 8 * tn_graph_n_steps (facts->graph);

  for (guint position = 0; position < tn_graph_n_steps (facts->graph); position++)
    {
      TnGraphStep step = tn_graph_step (facts->graph, position);
      const TnNode *node = tn_graph_node (facts->graph, step.index);

      if (step.call > 0)
        continue;
      collect_from (facts, node, facts->nodes[step.index]->issues);
      collect_from (facts, node, facts->warnings[step.index]);
    }
  tn_fits_drop_implied (facts->issues);
  for (guint i = 0; i < facts->issues->len; i++)
    {
      TnIssue *issue = facts->issues->pdata[i];

      if (issue->severity == TN_SEVERITY_WARNING)
        facts->totals.n_warnings++;
      else
        facts->totals.n_errors++;
      if (issue->slot < 0)
        continue;
      trace_issue (facts, issue, (guint)issue->slot, &steps);
      /* Two that do not match: where the other one's number comes from belongs to it. */
      if (issue->slot > 0 && issue->axis != TN_AXIS_NONE)
        trace_issue (facts, issue, 0, &steps);
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
tn_infer (const TnGraph *whole, const TnFacts *previous, GCancellable *cancellable)
{
  const TnGraph *graph = tn_graph_active (whole);
  TnFacts *facts = g_new0 (TnFacts, 1);
  Pass pass
      = { .facts = facts,
          .previous = previous,
          .inputs = g_array_new (FALSE, FALSE, sizeof (TnShape)),
          .sources = g_ptr_array_new (),
          .report = tn_report_new (),
          .shared = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)tn_report_free) };
  gboolean cancelled = FALSE;

  g_atomic_ref_count_init (&facts->ref_count);
  facts->whole = tn_graph_ref (whole);
  facts->graph = tn_graph_ref (graph);
  facts->nodes = g_new0 (TnNodeFacts *, tn_graph_size (graph));
  facts->warnings = g_new0 (GPtrArray *, tn_graph_size (graph));
  facts->issues = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_issue_free);
  facts->silenced = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_issue_free);

  for (guint position = 0; position < tn_graph_n_steps (graph) && !cancelled; position++)
    {
      infer_step (&pass, tn_graph_step (graph, position));
      if (position % STEPS_PER_LOOK == 0)
        cancelled = g_cancellable_is_cancelled (cancellable);
    }
  g_array_unref (pass.inputs);
  g_ptr_array_unref (pass.sources);
  tn_report_free (pass.report);
  g_hash_table_unref (pass.shared);
  if (cancelled)
    {
      tn_facts_unref (facts);
      return NULL;
    }
  add_up (facts);
  tn_warnings_find (facts, previous);
  collect_issues (facts);
  return facts;
}
