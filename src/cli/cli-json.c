/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine-readable answers: their keys are a contract with scripts. */
#include <math.h>

#include "cli/cli-private.h"
#include "graph/tn-active.h"
#include "infer/tn-keras-words.h"

/* ---- building ---- */

TnValue *
tn_cli_json_dict (const char *key, ...)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  va_list arguments;

  va_start (arguments, key);
  for (; key != NULL; key = va_arg (arguments, const char *))
    {
      g_ptr_array_add (keys, (gpointer)key);
      g_ptr_array_add (items, va_arg (arguments, TnValue *));
    }
  va_end (arguments);
  return tn_value_new_dict ((const char *const *)keys->pdata, (TnValue *const *)items->pdata,
                            keys->len);
}

TnValue *
tn_cli_json_list (GPtrArray *items)
{
  g_autoptr (GPtrArray) owned = items;

  return tn_value_new_list ((TnValue *const *)owned->pdata, owned->len);
}

TnValue *
tn_cli_json_string (const char *string)
{
  return string != NULL ? tn_value_new_string (string) : tn_value_new_none ();
}

TnValue *
tn_cli_json_float (double number)
{
  return isfinite (number) ? tn_value_new_float (number) : tn_value_new_none ();
}

TnValue *
tn_cli_json_count (gint64 count)
{
  return count >= 0 ? tn_value_new_int (count) : tn_value_new_none ();
}

TnValue *
tn_cli_json_shape (const TnShape *shape)
{
  return tn_shape_is_some (shape) ? tn_shape_to_value (shape) : tn_value_new_none ();
}

static const char *
name_of (const TnGraph *graph, TnNodeId id)
{
  const TnNode *node = tn_graph_find (graph, id);

  return node != NULL ? tn_node_name (node) : NULL;
}

static TnValue *
axis_value (int axis)
{
  return axis != TN_AXIS_NONE ? tn_value_new_int (axis) : tn_value_new_none ();
}

/* ---- issues ---- */

TnValue *
tn_cli_json_fix (const TnFix *fix)
{
  g_autoptr (TnValue) shapes = tn_value_new_dict (NULL, NULL, 0);

  for (guint i = 0; fix->effects != NULL && i < fix->effects->len; i++)
    {
      const TnFixEffect *effect = &g_array_index (fix->effects, TnFixEffect, i);
      const char *name = name_of (fix->graph, effect->node);
      g_autoptr (TnValue) shape = tn_cli_json_shape (&effect->after);
      TnValue *with = name != NULL ? tn_value_with (shapes, name, shape) : tn_value_ref (shapes);

      tn_value_unref (shapes);
      shapes = with;
    }
  return tn_cli_json_dict (
      "id", tn_cli_json_string (fix->id), "label", tn_cli_json_string (fix->label), "params_delta",
      tn_value_new_int (fix->params_delta), "shapes", g_steal_pointer (&shapes), NULL);
}

static TnValue *
fixes_value (const TnSubject *subject, guint position)
{
  GPtrArray *items = g_ptr_array_new ();

  if (subject->advice != NULL && position < tn_facts_n_issues (subject->facts))
    for (guint i = 0; i < tn_advice_n_fixes (subject->advice, position); i++)
      g_ptr_array_add (items, tn_cli_json_fix (tn_advice_fix (subject->advice, position, i)));
  return tn_cli_json_list (items);
}

static TnValue *
provenance_value (const TnSubject *subject, const TnIssue *issue)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; issue->provenance != NULL && i < issue->provenance->len; i++)
    {
      const TnProvenance *link = &g_array_index (issue->provenance, TnProvenance, i);

      g_ptr_array_add (
          items, tn_cli_json_dict (
                     "layer", tn_cli_json_string (name_of (tn_subject_graph (subject), link->node)),
                     "axis", axis_value (link->axis), "value", tn_cli_json_count (link->value),
                     "text", tn_cli_json_string (link->text), NULL));
    }
  return tn_cli_json_list (items);
}

/* Takes over @fixes. */
static TnValue *
issue_value (const TnSubject *subject, const TnIssue *issue, TnValue *fixes)
{
  return tn_cli_json_dict (
      "severity", tn_cli_json_string (tn_severity_name (issue->severity)), "code",
      tn_cli_json_string (issue->code), "layer",
      tn_cli_json_string (name_of (tn_subject_graph (subject), issue->node)), "slot",
      tn_cli_json_count (issue->slot), "param", tn_cli_json_string (issue->param), "axis",
      axis_value (issue->axis), "expected", tn_cli_json_shape (&issue->expected), "received",
      tn_cli_json_shape (&issue->received), "message", tn_cli_json_string (issue->message),
      "provenance", provenance_value (subject, issue), "fixes", fixes, NULL);
}

/* Warnings that the file says are not to be told; nothing is proposed for them. */
static TnValue *
silenced_value (const TnSubject *subject)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < tn_facts_totals (subject->facts).n_silenced; i++)
    g_ptr_array_add (items, issue_value (subject, tn_facts_silenced (subject->facts, i),
                                         tn_cli_json_list (g_ptr_array_new ())));
  return tn_cli_json_list (items);
}

TnValue *
tn_cli_json_issues (const TnSubject *subject)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < tn_subject_n_issues (subject); i++)
    {
      const TnIssue *issue = tn_subject_issue (subject, i);
      g_autoptr (TnValue) plain = issue_value (subject, issue, fixes_value (subject, i));
      g_autofree char *words = subject->keras_words ? tn_keras_words (subject->facts, issue) : NULL;
      g_autoptr (TnValue) said = tn_cli_json_string (words);

      g_ptr_array_add (items, subject->keras_words ? tn_value_with (plain, "keras_message", said)
                                                   : g_steal_pointer (&plain));
    }
  return tn_cli_json_list (items);
}

/* ---- check ---- */

/* The shape as text; no more than null where its array tells all. */
static TnValue *
text_value (const TnShape *shape)
{
  g_autofree char *text = tn_shape_is_symbolic (shape) ? tn_shape_to_text (shape) : NULL;

  return tn_cli_json_string (text);
}

/* Adds @texts (of TnValue, taken over) under @key, unless all are null. */
static TnValue *
with_texts (TnValue *dict, const char *key, GPtrArray *texts)
{
  gboolean some = FALSE;
  g_autoptr (TnValue) plain = dict;
  g_autoptr (TnValue) list = NULL;

  for (guint i = 0; i < texts->len; i++)
    some = some || !tn_value_is_none (texts->pdata[i]);
  list = tn_cli_json_list (texts);
  return some ? tn_value_with (plain, key, list) : g_steal_pointer (&plain);
}

static TnValue *
layer_value (const TnSubject *subject, guint index)
{
  const TnNode *node = tn_graph_node (tn_subject_graph (subject), index);
  GPtrArray *inputs = g_ptr_array_new (), *outputs = g_ptr_array_new ();
  guint n_calls = tn_subject_calls_told (subject, index);
  GPtrArray *input_texts = g_ptr_array_new (), *output_texts = g_ptr_array_new ();
  TnValue *plain;

  for (guint call = 0; call < n_calls; call++)
    {
      for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
        {
          TnShape shape = tn_facts_input (subject->facts, index, call, slot);

          g_ptr_array_add (inputs, tn_cli_json_shape (&shape));
          g_ptr_array_add (input_texts, text_value (&shape));
        }
      for (guint output = 0; output < tn_node_n_outputs (node); output++)
        {
          TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
          TnShape shape = tn_facts_shape (subject->facts, ref, NULL);

          g_ptr_array_add (outputs, tn_cli_json_shape (&shape));
          g_ptr_array_add (output_texts, text_value (&shape));
        }
    }
  plain = tn_cli_json_dict (
      "name", tn_cli_json_string (tn_name_own (tn_node_name (node))), "type",
      tn_cli_json_string (tn_node_type (node)), "state",
      tn_cli_json_string (tn_state_name (tn_facts_state (subject->facts, index))), "input_shapes",
      tn_cli_json_list (inputs), "output_shapes", tn_cli_json_list (outputs), "params",
      tn_cli_json_count (tn_facts_params (subject->facts, index)), "trainable_params",
      tn_cli_json_count (tn_facts_trainable (subject->facts, index)), "macs",
      tn_cli_json_count (tn_facts_macs (subject->facts, index)), NULL);
  plain = with_texts (plain, "input_texts", input_texts);
  return with_texts (plain, "output_texts", output_texts);
}

/* A layer that does not count: its state, and what it would be. */
static TnValue *
idle_value (const TnGraph *graph, guint index)
{
  const TnNode *node = tn_graph_node (graph, index);
  TnRole role = tn_graph_role (graph, index);

  return tn_cli_json_dict (
      "name", tn_cli_json_string (tn_node_name (node)), "type",
      tn_cli_json_string (tn_node_type (node)), "state", tn_cli_json_string (tn_role_name (role)),
      "input_shapes", tn_cli_json_list (g_ptr_array_new ()), "output_shapes",
      tn_cli_json_list (g_ptr_array_new ()), "params", tn_value_new_int (0), "trainable_params",
      tn_value_new_int (0), "macs", tn_value_new_int (0), NULL);
}

static TnValue *
shapes_value (GArray *shapes)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < shapes->len; i++)
    g_ptr_array_add (items, tn_cli_json_shape (&g_array_index (shapes, TnShape, i)));
  g_array_unref (shapes);
  return tn_cli_json_list (items);
}

static TnValue *
group_value (const TnSubject *subject, const TnGroup *group, TnValue *layers)
{
  TnGroupSums sums = tn_subject_group_sums (subject, group);

  return tn_cli_json_dict ("name", tn_cli_json_string (tn_name_own (tn_group_name (group))), "type",
                           tn_cli_json_string (tn_group_type (group)), "state",
                           tn_cli_json_string (tn_state_name (sums.state)), "input_shapes",
                           shapes_value (tn_subject_group_inputs (subject, group)), "output_shapes",
                           shapes_value (tn_subject_group_outputs (subject, group)), "params",
                           tn_cli_json_count (sums.params), "trainable_params",
                           tn_cli_json_count (sums.trainable), "macs",
                           tn_cli_json_count (sums.macs), "layers", layers, NULL);
}

/* The rows from *@next on that are as deep as @depth, groups with what they hold. */
static TnValue *
rows_value (const TnSubject *subject, const GArray *rows, guint *next, guint depth)
{
  GPtrArray *items = g_ptr_array_new ();

  while (*next < rows->len)
    {
      TnSubjectRow row = g_array_index (rows, TnSubjectRow, *next);

      if (row.depth < depth)
        break;
      (*next)++;
      g_ptr_array_add (items, row.group != NULL ? group_value (
                                  subject, row.group, rows_value (subject, rows, next, depth + 1))
                                                : layer_value (subject, row.index));
    }
  return tn_cli_json_list (items);
}

/* All layers, those that do not count behind the others: what a group holds of them by its whole
 * name. */
static TnValue *
layers_value (const TnSubject *subject)
{
  const TnGraph *whole = tn_facts_whole (subject->facts);
  g_autoptr (GArray) rows = tn_subject_rows (subject);
  g_autoptr (GArray) idle = tn_subject_idle (subject);
  GPtrArray *items = g_ptr_array_new ();
  guint next = 0;
  g_autoptr (TnValue) counting = rows_value (subject, rows, &next, 0);

  for (gsize i = 0; i < tn_value_size (counting); i++)
    g_ptr_array_add (items, tn_value_ref (tn_value_at (counting, i)));
  for (guint i = 0; i < idle->len; i++)
    g_ptr_array_add (items, idle_value (whole, g_array_index (idle, guint, i)));
  return tn_cli_json_list (items);
}

static void
add_edges (const TnSubject *subject, guint index, GPtrArray *items)
{
  const TnGraph *graph = tn_subject_graph (subject);
  const TnNode *node = tn_graph_node (graph, index);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        TnShape shape = tn_facts_input (subject->facts, index, call, slot);
        TnEdgeState state = tn_facts_edge (subject->facts, index, call, slot);
        g_autoptr (TnValue) edge = NULL;
        g_autoptr (TnValue) text = text_value (&shape);

        if (ref.node == TN_NODE_NONE)
          continue;
        edge = tn_cli_json_dict ("from", tn_cli_json_string (name_of (graph, ref.node)), "to",
                                 tn_cli_json_string (tn_node_name (node)), "slot",
                                 tn_cli_json_count (slot), "shape", tn_cli_json_shape (&shape),
                                 "state", tn_cli_json_string (tn_edge_state_name (state)), NULL);
        g_ptr_array_add (items, tn_value_is_none (text) ? g_steal_pointer (&edge)
                                                        : tn_value_with (edge, "text", text));
      }
}

TnValue *
tn_cli_json_check (const TnSubject *subject)
{
  const TnGraph *graph = tn_subject_graph (subject);
  g_autoptr (GArray) order = tn_subject_order (subject);
  GPtrArray *edges = g_ptr_array_new ();
  TnTotals totals = tn_facts_totals (subject->facts);

  for (guint i = 0; i < order->len; i++)
    add_edges (subject, g_array_index (order, guint, i), edges);
  return tn_cli_json_dict (
      "file", tn_cli_json_string (subject->file), "format",
      tn_cli_json_string (tn_format_name (subject->format)), "name",
      tn_cli_json_string (tn_graph_name (graph)), "dense_inputs",
      tn_cli_json_string (tn_dense_inputs_name (tn_graph_dense_inputs (graph))), "layers",
      layers_value (subject), "edges", tn_cli_json_list (edges), "issues",
      tn_cli_json_issues (subject), "silenced", silenced_value (subject), "totals",
      tn_cli_json_dict ("params", tn_cli_json_count (totals.params), "trainable_params",
                        tn_cli_json_count (totals.trainable), "macs_per_sample",
                        tn_cli_json_count (totals.macs), "weights_bytes",
                        tn_cli_json_count (totals.weights_bytes), NULL),
      NULL);
}
