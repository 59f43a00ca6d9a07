/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of targets, and what every target asks of a model. */
#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "codegen/tn-code-private.h"
#include "graph/tn-call.h"

static const TnCodeTarget *const targets[] = {
  &tn_code_keras, &tn_code_torch, &tn_code_dot, &tn_code_mermaid, &tn_code_summary, NULL,
};

const TnCodeTarget *const *
tn_code_targets (void)
{
  return targets;
}

const TnCodeTarget *
tn_code_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; targets[i] != NULL; i++)
    if (g_ascii_strcasecmp (targets[i]->name, name) == 0)
      return targets[i];
  return NULL;
}

const TnCodeTarget *
tn_code_find_ending (const char *ending)
{
  g_return_val_if_fail (ending != NULL, NULL);

  for (guint i = 0; targets[i] != NULL; i++)
    if (g_ascii_strcasecmp (targets[i]->ending, ending) == 0)
      return targets[i];
  return NULL;
}

/* All errors of the model, one after the other: who mends one of them does not meet the next. */
static void
tell_errors (const TnFacts *facts, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);

      if (issue->severity == TN_SEVERITY_ERROR)
        g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", issue->message);
    }
  g_set_error (error, TN_ERROR, TN_ERROR_MODEL,
               _ ("The model has errors and cannot be written as code. %s"), list->str);
}

GString *
tn_code_write (const TnCodeTarget *target, const TnFacts *facts, GError **error)
{
  g_return_val_if_fail (target != NULL && facts != NULL, NULL);

  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (GString) out = g_string_new (NULL);
  guint n_outputs;

  if (target->needs_sound)
    {
      if (tn_facts_has_errors (facts))
        {
          tell_errors (facts, error);
          return NULL;
        }
      tn_graph_outputs (graph, &n_outputs);
      if (n_outputs == 0)
        {
          g_set_error (error, TN_ERROR, TN_ERROR_MODEL,
                       _ ("The model has no output, so there is nothing to write as code."));
          return NULL;
        }
    }
  if (!target->write (facts, out, error))
    return NULL;
  return g_steal_pointer (&out);
}

/* ---- models ---- */

GArray *
tn_code_order (const TnGraph *graph)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree guint8 *seen = g_new0 (guint8, tn_graph_size (graph) + 1);

  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      guint index = tn_graph_step (graph, i).index;

      if (seen[index])
        continue;
      seen[index] = TRUE;
      g_array_append_val (order, index);
    }
  return order;
}

static gboolean
stands_in (const char *name, const char *group)
{
  gsize length = strlen (group);

  return tn_name_group_length (name) == length && strncmp (name, group, length) == 0;
}

/* What stands in @group ("": in none), layers first. */
static void
write_level (GString *out, const TnFacts *facts, const GArray *order,
             const TnCodeGrouping *grouping, const char *group, guint depth)
{
  const TnGraph *graph = tn_facts_graph (facts);

  for (guint i = 0; i < order->len; i++)
    {
      guint index = g_array_index (order, guint, i);

      if (stands_in (tn_node_name (tn_graph_node (graph, index)), group))
        grouping->node (out, facts, index, depth);
    }
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *within = tn_graph_group (graph, i);

      if (!stands_in (tn_group_name (within), group))
        continue;
      grouping->begin (out, within, i, depth);
      write_level (out, facts, order, grouping, tn_group_name (within), depth + 1);
      g_string_append_printf (out, "%*s%s\n", (int)(2 * depth + 2), "", grouping->end);
    }
}

void
tn_code_write_grouped (GString *out, const TnFacts *facts, const GArray *order,
                       const TnCodeGrouping *grouping)
{
  write_level (out, facts, order, grouping, "", 0);
}

/* How many layers that Keras has use an output of the layer. */
static guint
count_keras_uses (const TnGraph *graph, guint index)
{
  guint n_uses, n = 0;
  const TnGraphUse *uses = tn_graph_uses (graph, index, &n_uses);

  for (guint i = 0; i < n_uses; i++)
    n += tn_node_schema (tn_graph_node (graph, uses[i].index))->keras;
  return n;
}

/* Is a call of it written as that of any layer that takes one tensor? */
static gboolean
is_plain_call (const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);

  for (guint i = 0; i < schema->n_params; i++)
    if ((schema->params[i].flags & TN_PARAM_CALL) && tn_node_get (node, i) != NULL)
      return FALSE;
  return schema->max_inputs <= 1 || schema->call_form == TN_CALL_KEYWORD;
}

gboolean
tn_code_is_chain (const TnGraph *graph)
{
  g_autoptr (GArray) order = tn_code_order (graph);
  const TnNode *last = NULL;
  guint n_layers = 0, n_outputs;
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);

  for (guint i = 0; i < order->len; i++)
    {
      guint index = g_array_index (order, guint, i);
      const TnNode *node = tn_graph_node (graph, index);
      const TnSchema *schema = tn_node_schema (node);

      if (!schema->keras)
        continue;
      if (tn_node_n_calls (node) != 1 || tn_node_n_outputs (node) != 1 || schema->arguments != NULL
          || (schema->opaque && tn_node_call (node, 0) != NULL)
          || tn_node_n_inputs (node, 0) != (last != NULL ? 1 : 0) || !is_plain_call (node)
          || (last != NULL && tn_node_input (node, 0, 0).node != tn_node_id (last))
          || count_keras_uses (graph, index) > 1)
        return FALSE;
      last = node;
      n_layers++;
    }
  return n_layers > 1 && n_outputs == 1 && outputs[0].node == tn_node_id (last);
}

char *
tn_code_shapes (const TnFacts *facts, guint index)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  guint n_outputs = tn_node_n_outputs (node);
  GString *text = g_string_new (NULL);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint output = 0; output < n_outputs; output++)
      {
        TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
        TnShape shape = tn_facts_shape (facts, ref, NULL);
        g_autofree char *one = tn_shape_to_text (&shape);

        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", one);
      }
  return g_string_free (text, FALSE);
}

char *
tn_code_problem (const TnFacts *facts, guint index, TnSeverity *severity)
{
  static const char *const signs[] = {
    [TN_SEVERITY_ERROR] = "✗",
    [TN_SEVERITY_CONTRACT] = "⚠",
    [TN_SEVERITY_WARNING] = "!",
  };
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  const TnIssue *issue = tn_facts_node_issue (facts, tn_node_id (node));

  if (issue == NULL)
    return NULL;
  *severity = issue->severity;
  return g_strdup_printf ("%s %s", signs[issue->severity], issue->code);
}
