/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue: finding layers, searching them, and applying one to shapes. */
#include "layers/tn-layer.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-match.h"
#include "layers/tn-families.h"
#include "layers/tn-rule-private.h"

static const struct
{
  const char *name;
  const char *label;
} families[] = {
  [TN_FAMILY_CORE] = { "core", N_ ("Core") },
  [TN_FAMILY_CONVOLUTIONAL] = { "convolutional", N_ ("Convolution") },
  [TN_FAMILY_POOLING] = { "pooling", N_ ("Pooling") },
  [TN_FAMILY_RECURRENT] = { "recurrent", N_ ("Recurrent") },
  [TN_FAMILY_ATTENTION] = { "attention", N_ ("Attention") },
  [TN_FAMILY_NORMALIZATION] = { "normalization", N_ ("Normalization") },
  [TN_FAMILY_REGULARIZATION] = { "regularization", N_ ("Regularization") },
  [TN_FAMILY_ACTIVATIONS] = { "activations", N_ ("Activation") },
  [TN_FAMILY_RESHAPING] = { "reshaping", N_ ("Reshaping") },
  [TN_FAMILY_MERGING] = { "merging", N_ ("Merging") },
  [TN_FAMILY_PREPROCESSING] = { "preprocessing", N_ ("Preprocessing") },
  [TN_FAMILY_OPERATIONS] = { "operations", N_ ("Operations") },
  [TN_FAMILY_TRAINING] = { "training", N_ ("Training") },
};

const char *
tn_family_label (TnFamily family)
{
  return _ (families[family].label);
}

const char *
tn_family_name (TnFamily family)
{
  return families[family].name;
}

guint
tn_layer_count (void)
{
  guint count = 0;

  for (guint family = 0; family < G_N_ELEMENTS (family_tables); family++)
    for (guint i = 0; family_tables[family][i] != NULL; i++)
      count++;
  return count;
}

const TnLayer *
tn_layer_at (guint index)
{
  for (guint family = 0; family < G_N_ELEMENTS (family_tables); family++)
    for (guint i = 0; family_tables[family][i] != NULL; i++)
      if (index-- == 0)
        return family_tables[family][i];
  g_return_val_if_reached (NULL);
}

const TnLayer *
tn_layer_find (const char *type)
{
  for (guint family = 0; family < G_N_ELEMENTS (family_tables); family++)
    for (guint i = 0; family_tables[family][i] != NULL; i++)
      if (family_tables[family][i]->schema.module == NULL
          && strcmp (family_tables[family][i]->schema.type, type) == 0)
        return family_tables[family][i];
  return NULL;
}

const TnLayer *
tn_layer_find_operation (const char *module, const char *type)
{
  for (guint family = 0; family < G_N_ELEMENTS (family_tables); family++)
    for (guint i = 0; family_tables[family][i] != NULL; i++)
      {
        const TnSchema *schema = &family_tables[family][i]->schema;

        if (schema->module != NULL && strcmp (schema->type, type) == 0
            && strcmp (schema->module, module) == 0)
          return family_tables[family][i];
      }
  return NULL;
}

TnNode *
tn_layer_inner (const TnNode *node, guint param, guint element)
{
  g_autoptr (TnValue) value = tn_node_value (node, param);
  const TnValue *item = value;
  const TnValue *class_name, *config, *name;
  const TnLayer *layer;

  if (value != NULL && tn_value_kind (value) == TN_VALUE_LIST)
    item = element < tn_value_size (value) ? tn_value_at (value, element) : NULL;
  class_name = tn_value_lookup (item, "class_name");
  config = tn_value_lookup (item, "config");
  if (class_name == NULL || tn_value_kind (class_name) != TN_VALUE_STRING || config == NULL
      || tn_value_kind (config) != TN_VALUE_DICT)
    return NULL;
  layer = tn_layer_find (tn_value_string (class_name));
  if (layer == NULL || !layer->schema.keras || layer->schema.max_inputs == 0)
    return NULL;
  name = tn_value_lookup (config, "name");
  return tn_node_new_inner (&layer->schema,
                            name != NULL && tn_value_kind (name) == TN_VALUE_STRING
                                ? tn_value_string (name)
                                : layer->schema.auto_name,
                            config);
}

/* The layers that stand in place of a choice (an activation) must be such as can stand there. */
static gboolean
check_stand_ins (const TnNode *node, TnReport *report)
{
  const TnSchema *schema = tn_node_schema (node);
  gboolean good = TRUE;

  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnValue *value = tn_node_get (node, i);
      g_autoptr (TnNode) inner = NULL;
      TnIssue *issue;

      if (!(schema->params[i].flags & TN_PARAM_OR_LAYER) || value == NULL
          || !tn_param_holds_layer (&schema->params[i], value))
        continue;
      inner = tn_layer_inner (node, i, 0);
      if (inner != NULL && tn_layer_of (inner)->family == TN_FAMILY_ACTIVATIONS)
        continue;
      issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                             _ ("The %s of %s is a layer of the class %s; one that can stand for "
                                "an activation is ReLU, LeakyReLU, PReLU, ELU or Softmax."),
                             schema->params[i].name, tn_node_name (node), tn_node_string (node, i));
      if (issue != NULL)
        issue->param = schema->params[i].name;
      good = FALSE;
    }
  return good;
}

gboolean
tn_layer_can_run (const TnNode *node)
{
  const TnLayer *layer = tn_layer_of (node);
  const TnSchema *schema = &layer->schema;

  if (layer->lower == NULL || (layer->runs != NULL && !layer->runs (node)))
    return FALSE;
  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnValue *value = tn_node_get (node, i);
      g_autoptr (TnNode) inner = NULL;

      if (!(schema->params[i].flags & TN_PARAM_OR_LAYER) || value == NULL
          || !tn_param_holds_layer (&schema->params[i], value))
        continue;
      inner = tn_layer_inner (node, i, 0);
      if (inner == NULL || !tn_layer_can_run (inner))
        return FALSE;
    }
  return TRUE;
}

gboolean
tn_layer_check_inner (TnRule *rule, const TnNode *inner)
{
  const TnLayer *layer = tn_layer_of (inner);
  g_autoptr (TnReport) report = tn_report_new ();

  if (tn_node_check (inner, report) && check_stand_ins (inner, report)
      && (layer->check == NULL || layer->check (inner, report)) && tn_config_check (inner, report))
    return TRUE;
  for (guint i = 0; i < tn_report_size (report); i++)
    {
      const TnIssue *found = tn_report_issue (report, i);
      TnIssue *issue = tn_rule_issue (rule, found->severity, found->code, -1, "%s", found->message);

      if (issue != NULL)
        issue->param = found->param;
    }
  return FALSE;
}

/* "filters=32, padding='same'": what was set, for layers without a line of their own. */
static char *
generic_brief (const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnValue *value = tn_node_get (node, i);
      g_autofree char *text = NULL;

      if (value == NULL || (schema->params[i].flags & TN_PARAM_ADVANCED))
        continue;
      text = tn_value_kind (value) == TN_VALUE_STRING ? g_strdup (tn_value_string (value))
                                                      : tn_value_to_text (value);
      g_string_append_printf (out, "%s%s %s", out->len > 0 ? ", " : "", schema->params[i].name,
                              text);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
tn_layer_brief (const TnNode *node)
{
  const TnLayer *layer = tn_layer_of (node);

  return layer->brief != NULL ? layer->brief (node) : generic_brief (node);
}

guint
tn_layer_match (const TnLayer *layer, const char *query)
{
  const TnMatchText text = { layer->schema.type, layer->label, layer->aliases, layer->keywords };

  return tn_match_score (&text, query);
}

void
tn_layer_result_clear (TnLayerResult *result)
{
  g_clear_pointer (&result->weights, g_array_unref);
  /* The shapes beyond n_outputs are never looked at. */
  result->state = TN_RESULT_NONE;
  result->n_outputs = 0;
  result->macs = 0;
  result->open = FALSE;
}

static void
run_rule (TnRule *rule)
{
  const TnLayer *layer = tn_layer_of (rule->node);

  layer->shapes (rule);
  if (rule->failed && rule->result->state == TN_RESULT_KNOWN)
    rule->result->state = TN_RESULT_ASSUMED;
  if (rule->result->n_outputs < tn_node_n_outputs (rule->node))
    rule->result->state = TN_RESULT_NONE;
  else if (rule->result->n_outputs == 0)
    rule->result->state = TN_RESULT_KNOWN;
}

void
tn_layer_apply (const TnNode *node, TnDenseInputs dense_inputs, guint call, const TnShape *inputs,
                const char *const *sources, guint n_inputs, TnLayerResult *result, TnReport *report)
{
  const TnLayer *layer = tn_layer_of (node);
  TnRule rule = { .node = node,
                  .inputs = inputs,
                  .sources = sources,
                  .n_inputs = n_inputs,
                  .result = result,
                  .report = report,
                  .dense_inputs = dense_inputs,
                  .call = call };

  tn_layer_result_clear (result);
  /* What is not known changes no shape: those are as they would be without it. */
  rule.failed = !tn_config_check (node, report);
  if (!tn_node_check (node, report) || !check_stand_ins (node, report)
      || (layer->check != NULL && !layer->check (node, report)))
    return;
  run_rule (&rule);
}

TnTrace *
tn_layer_trace (const TnNode *node, TnDenseInputs dense_inputs, guint call, const TnShape *inputs,
                const char *const *sources, guint n_inputs)
{
  const TnLayer *layer = tn_layer_of (node);
  TnTrace *trace = g_new0 (TnTrace, 1);
  TnLayerResult result = { .state = TN_RESULT_NONE };
  TnRule rule = { .node = node,
                  .inputs = inputs,
                  .sources = sources,
                  .n_inputs = n_inputs,
                  .result = &result,
                  .trace = trace,
                  .dense_inputs = dense_inputs,
                  .call = call };

  trace->steps = g_array_new (FALSE, FALSE, sizeof (TnTraceStep));
  if (tn_node_check (node, NULL) && check_stand_ins (node, NULL)
      && (layer->check == NULL || layer->check (node, NULL)))
    run_rule (&rule);
  tn_layer_result_clear (&result);
  return trace;
}
