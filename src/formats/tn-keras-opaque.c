/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that are kept as their file has them. */
#include "formats/tn-keras.h"

#include <string.h>

#include "layers/tn-opaque.h"

/* What else an entry's outer dict holds is read elsewhere or follows from the rest. */
static const char *const followed[] = { "config", "name", "inbound_nodes", "input", "index", NULL };

/* Nor what every Lambda has alike. */
static const char *const known[]
    = { "module", "class_name", "registered_name", "build_config", NULL };

static void
set (TnReader *reader, TnFileLayer *layer, guint param, const TnValue *value)
{
  tn_draft_set (reader->draft, layer->id, param, value, FALSE, NULL);
}

static gboolean
is_lambda (const TnSchema *schema)
{
  return schema != &tn_layer_opaque ()->schema;
}

/* Is it said by the node itself? Of such an entry of the config only the place is kept. */
static gboolean
is_own (const TnSchema *schema, const char *key, const TnValue *value)
{
  if (strcmp (key, "name") == 0)
    return TRUE;
  if (strcmp (key, "trainable") == 0)
    return tn_value_kind (value) == TN_VALUE_BOOL;
  return is_lambda (schema) && strcmp (key, "output_shape") == 0
         && tn_param_check (&schema->params[TN_OPAQUE_OUTPUT_SHAPE], value, NULL);
}

/* What Tenon notes at such a layer is taken out of @notes; the rest, or NULL when there is none. */
static TnValue *
read_notes (TnReader *reader, TnFileLayer *layer, const TnValue *notes)
{
  g_autoptr (TnPairs) rest = tn_pairs_new ();
  const TnSchema *schema = layer->schema;

  if (tn_value_kind (notes) != TN_VALUE_DICT)
    return tn_value_ref (notes);
  for (gsize i = 0; i < tn_value_size (notes); i++)
    {
      const char *key = tn_value_key_at (notes, i);
      const TnValue *value = tn_value_at (notes, i);
      int param = tn_schema_param (schema, key);

      if (param == TN_OPAQUE_OUTPUTS && tn_param_check (&schema->params[param], value, NULL))
        layer->n_outputs = MAX (layer->n_outputs, (guint)tn_value_int (value));
      else if (param == TN_OPAQUE_OUTPUT_SHAPE && !is_lambda (schema)
               && tn_param_check (&schema->params[param], value, NULL))
        set (reader, layer, (guint)param, value);
      else
        tn_pairs_take (rest, key, tn_value_ref (value));
    }
  return tn_pairs_size (rest) > 0 ? tn_pairs_finish (rest) : NULL;
}

static TnValue *
read_outer (TnReader *reader, TnFileLayer *layer)
{
  g_autoptr (TnPairs) outer = tn_pairs_new ();
  const TnSchema *schema = layer->schema;

  for (gsize i = 0; i < tn_value_size (layer->entry); i++)
    {
      const char *key = tn_value_key_at (layer->entry, i);
      const TnValue *value = tn_value_at (layer->entry, i);
      TnValue *item
          = strcmp (key, "tenon") == 0 ? read_notes (reader, layer, value) : tn_value_ref (value);

      if (!item || g_strv_contains (followed, key) || key[0] == '\x1f'
          || (is_lambda (schema) && g_strv_contains (known, key)))
        tn_value_unref (item);
      else
        tn_pairs_take (outer, key, item);
    }
  if (layer->kwargs)
    tn_pairs_take (outer, TN_EXTRAS_CALLS, tn_list_finish (layer->kwargs));
  return tn_pairs_finish (outer);
}

void
tn_keras_read_opaque (TnReader *reader, TnFileLayer *layer)
{
  g_autoptr (TnPairs) extras = tn_pairs_new ();
  g_autoptr (TnValue) all = NULL, outer = NULL, n_outputs = NULL;
  const TnParam *params = layer->schema->params;

  for (gsize i = 0; layer->config && i < tn_value_size (layer->config); i++)
    {
      const char *key = tn_value_key_at (layer->config, i);
      const TnValue *value = tn_value_at (layer->config, i);

      if (strcmp (key, "trainable") == 0 && tn_value_kind (value) == TN_VALUE_BOOL)
        tn_draft_set_trainable (reader->draft, layer->id, tn_value_bool (value));
      if (is_lambda (layer->schema) && strcmp (key, "output_shape") == 0
          && tn_param_check (&params[TN_OPAQUE_OUTPUT_SHAPE], value, NULL))
        set (reader, layer, TN_OPAQUE_OUTPUT_SHAPE, value);
      if (is_own (layer->schema, key, value))
        {
          if (!is_lambda (layer->schema))
            tn_pairs_take (extras, key, tn_value_new_none ());
        }
      else if (key[0] != '\x1f')
        tn_pairs_take (extras, key, tn_value_ref (value));
    }
  outer = read_outer (reader, layer);
  if (tn_value_size (outer) > 0)
    tn_pairs_take (extras, TN_EXTRAS_OUTER, tn_value_ref (outer));
  all = tn_pairs_finish (extras);
  tn_draft_set_extras (reader->draft, layer->id, tn_value_size (all) > 0 ? all : NULL);
  n_outputs = tn_value_new_int (CLAMP (layer->n_outputs, 1, TN_MAX_OUTPUTS));
  set (reader, layer, TN_OPAQUE_OUTPUTS, n_outputs);
}

/* How many of its tensors are used. */
static guint
count_used (const TnGraph *graph, const TnNode *node)
{
  guint n_uses, n_outputs, used = 1;
  const TnGraphUse *uses
      = tn_graph_uses (graph, (guint)tn_graph_index (graph, tn_node_id (node)), &n_uses);
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);

  for (guint i = 0; i < n_uses; i++)
    used = MAX (used, uses[i].ref.output + 1U);
  for (guint i = 0; tn_graph_outputs_declared (graph) && i < n_outputs; i++)
    if (outputs[i].node == tn_node_id (node))
      used = MAX (used, outputs[i].output + 1U);
  return used;
}

TnValue *
tn_keras_write_opaque_notes (const TnGraph *graph, const TnNode *node, const TnValue *notes)
{
  const TnValue *shape = tn_node_get (node, TN_OPAQUE_OUTPUT_SHAPE);
  g_autoptr (TnPairs) all = tn_pairs_new ();

  if (notes && tn_value_kind (notes) != TN_VALUE_DICT)
    return tn_value_ref (notes);
  tn_pairs_add_all (all, notes);
  if (tn_node_n_outputs (node) > count_used (graph, node) && !tn_pairs_has (all, "outputs"))
    tn_pairs_take (all, "outputs", tn_value_new_int (tn_node_n_outputs (node)));
  if (shape && !is_lambda (tn_node_schema (node)) && !tn_pairs_has (all, "output_shape"))
    tn_pairs_take (all, "output_shape", tn_value_ref (shape));
  return tn_pairs_size (all) > 0 ? tn_pairs_finish (all) : NULL;
}

/* The config as it was read, but for what can be changed: its name, whether it is trained, and the
 * shape a Lambda is told. */
TnValue *
tn_keras_write_opaque_config (const TnNode *node)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *shape = tn_node_get (node, TN_OPAQUE_OUTPUT_SHAPE);
  g_autoptr (TnPairs) config = tn_pairs_new ();

  if (is_lambda (tn_node_schema (node)))
    {
      tn_pairs_take (config, "name", tn_value_new_string (tn_node_name (node)));
      if (!tn_node_is_trainable (node))
        tn_pairs_take (config, "trainable", tn_value_new_bool (FALSE));
      if (shape)
        tn_pairs_take (config, "output_shape", tn_value_ref (shape));
    }
  for (gsize i = 0; i < tn_value_size (extras); i++)
    {
      const char *key = tn_value_key_at (extras, i);
      const TnValue *value = tn_value_at (extras, i);

      if (key[0] == '\x1f' || tn_pairs_has (config, key))
        continue;
      if (strcmp (key, "name") == 0)
        tn_pairs_take (config, key, tn_value_new_string (tn_node_name (node)));
      else if (strcmp (key, "trainable") == 0 && tn_value_is_none (value))
        tn_pairs_take (config, key, tn_value_new_bool (tn_node_is_trainable (node)));
      else
        tn_pairs_take (config, key, tn_value_ref (value));
    }
  return tn_pairs_finish (config);
}
