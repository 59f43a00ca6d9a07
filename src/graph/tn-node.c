/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnNode: access, check and comparison. */
#include "graph/tn-node-private.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "tensor/tn-symbol.h"

TnNode *
tn_node_new (TnNodeId id, const TnSchema *schema, const char *name)
{
  TnNode *node = g_new0 (TnNode, 1);

  g_atomic_ref_count_init (&node->ref_count);
  node->id = id;
  node->schema = schema;
  node->name = g_strdup (name);
  node->values = g_new0 (TnValue *, schema->n_params);
  node->n_calls = 1;
  node->calls = g_new0 (TnCall, 1);
  node->calls[0].n_inputs = schema->min_inputs;
  node->calls[0].inputs = g_new0 (TnRef, schema->min_inputs);
  node->trainable = TRUE;
  return node;
}

TnNode *
tn_node_clone (const TnNode *node)
{
  TnNode *copy = g_memdup2 (node, sizeof *node);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->name = g_strdup (node->name);
  copy->values = g_new0 (TnValue *, node->schema->n_params);
  for (guint i = 0; i < node->schema->n_params; i++)
    if (node->values[i] != NULL)
      copy->values[i] = tn_value_ref (node->values[i]);
  copy->calls = g_new0 (TnCall, node->n_calls);
  for (guint i = 0; i < node->n_calls; i++)
    {
      copy->calls[i].n_inputs = node->calls[i].n_inputs;
      copy->calls[i].inputs
          = g_memdup2 (node->calls[i].inputs, node->calls[i].n_inputs * sizeof (TnRef));
    }
  copy->pin = node->pin != NULL ? g_memdup2 (node->pin, sizeof *node->pin) : NULL;
  copy->extras = node->extras != NULL ? tn_value_ref (node->extras) : NULL;
  return copy;
}

int
tn_nodes_index (TnNode *const *nodes, guint n_nodes, TnNodeId id)
{
  guint low, high;

  if (n_nodes == 0 || id < nodes[0]->id || id > nodes[n_nodes - 1]->id)
    return -1;
  /* Ids grow by at least one from node to node, which leaves as many places as layers were ever
   * removed: often a single one. */
  high = MIN (n_nodes - 1, id - nodes[0]->id);
  low = n_nodes - 1 - MIN (n_nodes - 1, nodes[n_nodes - 1]->id - id);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (nodes[middle]->id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return nodes[low]->id == id ? (int)low : -1;
}

TnNode *
tn_node_ref (const TnNode *node)
{
  TnNode *self = (TnNode *)node;

  g_return_val_if_fail (node != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tn_node_unref (TnNode *node)
{
  if (node == NULL || !g_atomic_ref_count_dec (&node->ref_count))
    return;
  g_free (node->name);
  for (guint i = 0; i < node->schema->n_params; i++)
    tn_value_unref (node->values[i]);
  g_free (node->values);
  for (guint i = 0; i < node->n_calls; i++)
    g_free (node->calls[i].inputs);
  g_free (node->calls);
  g_free (node->pin);
  tn_value_unref (node->extras);
  g_free (node);
}

TnNodeId
tn_node_id (const TnNode *node)
{
  return node->id;
}

const TnSchema *
tn_node_schema (const TnNode *node)
{
  return node->schema;
}

const char *
tn_node_type (const TnNode *node)
{
  return node->schema->class_of != NULL ? node->schema->class_of (node) : node->schema->type;
}

const char *
tn_node_name (const TnNode *node)
{
  return node->name;
}

double
tn_node_x (const TnNode *node)
{
  return node->x;
}

double
tn_node_y (const TnNode *node)
{
  return node->y;
}

gboolean
tn_node_is_placed (const TnNode *node)
{
  return node->placed;
}

gboolean
tn_node_is_trainable (const TnNode *node)
{
  return node->trainable;
}

guint
tn_node_n_outputs (const TnNode *node)
{
  return node->schema->outputs != NULL ? node->schema->outputs (node) : node->schema->n_outputs;
}

const char *
tn_node_output_name (const TnNode *node, guint output)
{
  if (node->schema->output_name == NULL || tn_node_n_outputs (node) < 2)
    return NULL;
  return node->schema->output_name (node, output);
}

gboolean
tn_node_is_source (const TnNode *node)
{
  return node->schema->max_inputs == 0;
}

gboolean
tn_node_is_optional (const TnNode *node, guint slot)
{
  return slot >= node->schema->max_inputs
         || (node->schema->input_names != NULL && slot >= node->schema->min_inputs);
}

guint
tn_node_n_calls (const TnNode *node)
{
  return node->n_calls;
}

guint
tn_node_n_inputs (const TnNode *node, guint call)
{
  g_return_val_if_fail (call < node->n_calls, 0);
  return node->calls[call].n_inputs;
}

guint
tn_node_n_shaping (const TnNode *node, guint call)
{
  return MIN (tn_node_n_inputs (node, call), node->schema->max_inputs);
}

TnRef
tn_node_input (const TnNode *node, guint call, guint slot)
{
  g_return_val_if_fail (call < node->n_calls, (TnRef){ 0 });
  if (slot >= node->calls[call].n_inputs)
    return (TnRef){ 0 };
  return node->calls[call].inputs[slot];
}

gboolean
tn_node_pin (const TnNode *node, TnShape *pin)
{
  if (node->pin == NULL)
    return FALSE;
  *pin = *node->pin;
  return TRUE;
}

const TnValue *
tn_node_extras (const TnNode *node)
{
  return node->extras;
}

const TnValue *
tn_node_get (const TnNode *node, guint param)
{
  g_return_val_if_fail (param < node->schema->n_params, NULL);
  return node->values[param];
}

TnValue *
tn_node_value (const TnNode *node, guint param)
{
  const TnValue *value = tn_node_get (node, param);

  return value != NULL ? tn_value_ref (value) : tn_param_default (&node->schema->params[param]);
}

/* The value when it was set and is of this kind. */
static const TnValue *
value_of_kind (const TnNode *node, guint param, TnValueKind kind)
{
  const TnValue *value = tn_node_get (node, param);

  return value != NULL && tn_value_kind (value) == kind ? value : NULL;
}

static const TnDefault *
fallback_of (const TnNode *node, guint param)
{
  return &node->schema->params[param].fallback;
}

gboolean
tn_node_is_none (const TnNode *node, guint param)
{
  const TnValue *value = tn_node_get (node, param);

  if (value != NULL)
    return tn_value_is_none (value);
  return fallback_of (node, param)->kind == TN_VALUE_NONE;
}

gboolean
tn_node_bool (const TnNode *node, guint param)
{
  const TnValue *value = tn_node_get (node, param);

  if (value == NULL)
    return fallback_of (node, param)->integer != 0;
  return tn_value_kind (value) == TN_VALUE_BOOL && tn_value_bool (value);
}

gint64
tn_node_int (const TnNode *node, guint param)
{
  const TnValue *value = tn_node_get (node, param);

  if (value == NULL)
    return fallback_of (node, param)->integer;
  return tn_value_kind (value) == TN_VALUE_INT ? tn_value_int (value) : 0;
}

double
tn_node_float (const TnNode *node, guint param)
{
  const TnValue *value = tn_node_get (node, param);

  if (value == NULL)
    {
      const TnDefault *fallback = fallback_of (node, param);

      return fallback->kind == TN_VALUE_INT ? (double)fallback->integer : fallback->number;
    }
  return tn_value_is_number (value) ? tn_value_float (value) : 0;
}

const char *
tn_node_string (const TnNode *node, guint param)
{
  const TnValue *value = tn_node_get (node, param);

  if (value == NULL)
    return fallback_of (node, param)->kind == TN_VALUE_STRING ? fallback_of (node, param)->string
                                                              : "";
  if (tn_param_holds_layer (&node->schema->params[param], value))
    value = tn_value_lookup (value, "class_name");
  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING ? tn_value_string (value) : "";
}

gboolean
tn_node_ints (const TnNode *node, guint param, gint64 *out)
{
  const TnValue *value = tn_node_get (node, param);
  guint length = node->schema->params[param].length;

  if (value == NULL && fallback_of (node, param)->kind != TN_VALUE_INT)
    return FALSE;
  if (value == NULL || tn_value_kind (value) == TN_VALUE_INT)
    {
      for (guint i = 0; i < length; i++)
        out[i] = value != NULL ? tn_value_int (value) : fallback_of (node, param)->integer;
      return TRUE;
    }
  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) != length)
    return FALSE;
  for (guint i = 0; i < length; i++)
    {
      if (tn_value_kind (tn_value_at (value, i)) != TN_VALUE_INT)
        return FALSE;
      out[i] = tn_value_int (tn_value_at (value, i));
    }
  return TRUE;
}

gboolean
tn_node_pairs (const TnNode *node, guint param, gint64 *out)
{
  const TnParam *schema = &node->schema->params[param];
  g_autoptr (TnValue) value = tn_node_value (node, param);
  g_autoptr (TnValue) pairs = value != NULL ? tn_param_normalize (schema, value) : NULL;

  if (pairs == NULL || !tn_param_check (schema, pairs, NULL))
    return FALSE;
  for (guint i = 0; i < 2 * schema->length; i++)
    if (tn_value_kind (pairs) == TN_VALUE_INT)
      out[i] = tn_value_int (pairs);
    else
      {
        const TnValue *pair = schema->length == 1 ? pairs : tn_value_at (pairs, i / 2);

        out[i] = tn_value_int (tn_value_at (pair, i % 2));
      }
  return TRUE;
}

gboolean
tn_node_axes (const TnNode *node, guint param, gint64 *out, guint *n)
{
  g_autoptr (TnValue) value = tn_node_value (node, param);

  *n = 0;
  if (value == NULL || !tn_param_check (&node->schema->params[param], value, NULL))
    return FALSE;
  if (tn_value_kind (value) == TN_VALUE_INT)
    out[(*n)++] = tn_value_int (value);
  else if (tn_value_size (value) > TN_MAX_RANK)
    return FALSE;
  else
    for (; *n < tn_value_size (value); (*n)++)
      out[*n] = tn_value_int (tn_value_at (value, *n));
  return TRUE;
}

gboolean
tn_node_dims (const TnNode *node, guint param, TnShape *out)
{
  const TnValue *value = value_of_kind (node, param, TN_VALUE_LIST);

  *out = tn_shape_none ();
  if (value == NULL || tn_value_size (value) > TN_MAX_RANK)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      if (tn_value_kind (item) == TN_VALUE_STRING && tn_symbol_is_name (tn_value_string (item)))
        {
          out->dims[i] = tn_symbol_new (tn_value_string (item));
          continue;
        }
      if (!tn_value_is_none (item) && tn_value_kind (item) != TN_VALUE_INT)
        return FALSE;
      out->dims[i] = tn_dim (tn_value_is_none (item) ? TN_DIM_UNKNOWN : tn_value_int (item));
    }
  out->rank = (gint32)tn_value_size (value);
  return TRUE;
}

TnNode *
tn_node_new_inner (const TnSchema *schema, const char *name, const TnValue *config)
{
  TnNode *node = tn_node_new (TN_NODE_NONE, schema, name);

  for (gsize i = 0; i < tn_value_size (config); i++)
    {
      const char *key = tn_value_key_at (config, i);
      const TnValue *value = tn_value_at (config, i);
      int param = tn_schema_param (schema, key);

      if (param >= 0 && node->values[param] == NULL)
        {
          if (!tn_param_is_default (&schema->params[param], value))
            node->values[param] = tn_param_normalize (&schema->params[param], value);
        }
      else if (param < 0 && strcmp (key, "name") != 0)
        {
          TnValue *extras = tn_value_with (node->extras, key, value);

          tn_value_unref (node->extras);
          node->extras = extras;
        }
    }
  return node;
}

gboolean
tn_node_check (const TnNode *node, TnReport *report)
{
  gboolean good = TRUE;

  for (guint i = 0; i < node->schema->n_params; i++)
    {
      const TnParam *param = &node->schema->params[i];
      g_autofree char *message = NULL;
      TnIssue *issue = NULL;

      if (node->values[i] == NULL)
        {
          /* What enters a group has the shape of what arrives. */
          if (!(param->flags & TN_PARAM_REQUIRED) || node->schema->boundary)
            continue;
          issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", node->id,
                                 _ ("%s needs a value for %s."), node->name, param->name);
        }
      else if (!tn_param_check (param, node->values[i], &message))
        issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", node->id, "%s: %s", node->name,
                               message);
      else
        continue;
      good = FALSE;
      if (issue != NULL)
        issue->param = param->name;
    }
  return good;
}

static gboolean
calls_equal (const TnNode *a, const TnNode *b)
{
  if (a->n_calls != b->n_calls)
    return FALSE;
  for (guint i = 0; i < a->n_calls; i++)
    {
      if (a->calls[i].n_inputs != b->calls[i].n_inputs)
        return FALSE;
      for (guint j = 0; j < a->calls[i].n_inputs; j++)
        if (!tn_ref_equal (a->calls[i].inputs[j], b->calls[i].inputs[j]))
          return FALSE;
    }
  return TRUE;
}

gboolean
tn_node_same_meaning (const TnNode *a, const TnNode *b)
{
  if (a == b)
    return TRUE;
  if (a->id != b->id || a->schema != b->schema || a->trainable != b->trainable
      || strcmp (a->name, b->name) != 0 || !calls_equal (a, b)
      || (a->pin == NULL) != (b->pin == NULL)
      || (a->pin != NULL && !tn_shape_identical (a->pin, b->pin))
      || !tn_value_equal (a->extras, b->extras))
    return FALSE;
  for (guint i = 0; i < a->schema->n_params; i++)
    if (!tn_value_equal (a->values[i], b->values[i]))
      return FALSE;
  return TRUE;
}
