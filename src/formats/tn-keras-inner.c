/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers within a layer's `config`: shortly as a node holds them, and as Keras finds them again. */
#include <string.h>

#include "formats/tn-keras.h"
#include "layers/tn-layer.h"

/* ---- reading ---- */

/* Does this entry of the config of a layer within a layer say what would hold without it? */
static gboolean
follows_by_itself (const TnReader *reader, const TnSchema *schema, const char *key,
                   const TnValue *value)
{
  const char *dtype = strcmp (key, "dtype") == 0 ? tn_keras_dtype (value) : NULL;

  if (reader->is_tenon)
    return FALSE;
  if (strcmp (key, "name") == 0)
    return g_strcmp0 (tn_value_kind (value) == TN_VALUE_STRING ? tn_value_string (value) : NULL,
                      schema->auto_name)
           == 0;
  if (strcmp (key, "trainable") == 0)
    return tn_value_kind (value) == TN_VALUE_BOOL && tn_value_bool (value);
  if (tn_schema_param (schema, key) < 0 && tn_value_is_none (value))
    return TRUE;
  return dtype != NULL && strcmp (dtype, "float32") == 0;
}

static TnValue *
read_inner_config (TnReader *reader, const TnSchema *schema, const TnValue *config)
{
  g_autoptr (TnPairs) told = tn_pairs_new ();

  for (gsize i = 0; i < tn_value_size (config); i++)
    {
      const char *key = tn_value_key_at (config, i);
      const TnValue *value = tn_value_at (config, i);
      int param = tn_keras_find_param (schema, config, key);
      g_autoptr (TnValue) spelled = NULL;

      if (param >= 0 && !reader->is_tenon)
        key = schema->params[param].name;
      if (follows_by_itself (reader, schema, key, value))
        continue;
      spelled = param >= 0 ? tn_keras_read_value (reader, &schema->params[param], value)
                           : tn_value_ref (value);
      if (param < 0 || reader->is_tenon || !tn_param_is_default (&schema->params[param], spelled))
        tn_pairs_take (told, key, g_steal_pointer (&spelled));
    }
  return tn_pairs_finish (told);
}

/* Keras always writes out the layer that goes back; one that is like the first need not be said,
 * and neither need the name that the first gets by its direction. */
static TnValue *
read_inner_names (const TnReader *reader, const TnSchema *schema, const TnValue *config)
{
  const char *name = tn_keras_string (config, "name");
  g_autofree char *directed = g_strconcat ("forward_", schema->auto_name, NULL);

  if (reader->is_tenon || g_strcmp0 (name, directed) != 0)
    return tn_value_ref (config);
  return tn_value_with (config, "name", NULL);
}

/* A layer within a layer: {class_name, config} and what else is said of it, less what follows. */
static TnValue *
read_layer (TnReader *reader, const TnValue *value)
{
  const char *class_name = tn_keras_string (value, "class_name");
  const char *module = tn_keras_string (value, "module");
  const TnValue *config = tn_value_lookup (value, "config");
  const TnLayer *layer = class_name ? tn_layer_find (class_name) : NULL;
  g_autoptr (TnPairs) pairs = tn_pairs_new ();
  g_autoptr (TnValue) told = NULL;

  if (!layer || !config || tn_value_kind (config) != TN_VALUE_DICT
      || (module && !g_str_has_prefix (module, "keras")))
    return tn_value_ref (value);
  told = read_inner_config (reader, &layer->schema, config);
  tn_pairs_take (pairs, "class_name", tn_value_new_string (class_name));
  tn_pairs_take (pairs, "config", read_inner_names (reader, &layer->schema, told));
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const char *key = tn_value_key_at (value, i);
      gboolean follows
          = strcmp (key, "module") == 0 || strcmp (key, "build_config") == 0
            || (strcmp (key, "registered_name") == 0 && tn_value_is_none (tn_value_at (value, i)));

      if (!follows && !tn_pairs_has (pairs, key))
        tn_pairs_take (pairs, key, tn_value_ref (tn_value_at (value, i)));
    }
  return tn_pairs_finish (pairs);
}

TnValue *
tn_keras_read_layers (TnReader *reader, const TnValue *value)
{
  g_autoptr (GPtrArray) items = NULL;

  if (tn_value_kind (value) == TN_VALUE_DICT)
    return read_layer (reader, value);
  if (tn_value_kind (value) != TN_VALUE_LIST)
    return tn_value_ref (value);
  items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  for (gsize i = 0; i < tn_value_size (value); i++)
    g_ptr_array_add (items, read_layer (reader, tn_value_at (value, i)));
  return tn_list_finish (items);
}

/* The config of a layer within a layer, and its class; NULL when @value is none such. */
static const TnValue *
layer_config (const TnValue *value, const char **class_name)
{
  const TnValue *config = value ? tn_value_lookup (value, "config") : NULL;

  *class_name = value ? tn_keras_string (value, "class_name") : NULL;
  return *class_name && config && tn_value_kind (config) == TN_VALUE_DICT ? config : NULL;
}

/* Is @back called as Keras calls what it makes of @forth, "backward_lstm" of "lstm" or
 * "forward_lstm"? */
static gboolean
has_derived_name (const TnSchema *schema, const TnValue *forth, const TnValue *back)
{
  const char *first = tn_keras_string (forth, "name");
  const char *second = tn_keras_string (back, "name");

  if (!first)
    first = schema->auto_name;
  if (g_str_has_prefix (first, "forward_"))
    first += strlen ("forward_");
  return second && g_str_has_prefix (second, "backward_")
         && strcmp (second + strlen ("backward_"), first) == 0;
}

void
tn_keras_forget_derived (TnReader *reader, const TnFileLayer *layer)
{
  int forth = tn_schema_param (layer->schema, "layer");
  int back = tn_schema_param (layer->schema, "backward_layer");
  const TnNode *node = tn_draft_find (reader->draft, layer->id);
  g_autoptr (TnValue) turned = NULL, expected = NULL, found = NULL;
  const TnValue *first, *second;
  const char *types[2];
  const TnLayer *inner;

  if (reader->is_tenon || forth < 0 || back < 0)
    return;
  first = layer_config (tn_node_get (node, (guint)forth), &types[0]);
  second = layer_config (tn_node_get (node, (guint)back), &types[1]);
  inner = first && second && strcmp (types[0], types[1]) == 0 ? tn_layer_find (types[0]) : NULL;
  if (!inner || !has_derived_name (&inner->schema, first, second))
    return;
  turned = tn_layer_reversed (tn_node_get (node, (guint)forth));
  expected = tn_value_with (tn_value_lookup (turned, "config"), "name", NULL);
  found = tn_value_with (second, "name", NULL);
  if (tn_value_equal (expected, found))
    tn_draft_set (reader->draft, layer->id, (guint)back, NULL, FALSE, NULL);
}

/* ---- writing ---- */

/* Keras finds a layer within a layer by its module only. */
static TnValue *
write_layer (const TnValue *value)
{
  const char *class_name = tn_keras_string (value, "class_name");
  const TnLayer *layer = class_name ? tn_layer_find (class_name) : NULL;
  const TnValue *config = tn_value_lookup (value, "config");
  g_autoptr (TnPairs) pairs = tn_pairs_new ();
  g_autoptr (TnPairs) inner = tn_pairs_new ();

  if (!layer || !config || tn_value_kind (config) != TN_VALUE_DICT)
    return tn_value_ref (value);
  for (gsize i = 0; i < tn_value_size (config); i++)
    {
      const char *key = tn_value_key_at (config, i);
      int param = tn_schema_param (&layer->schema, key);

      tn_pairs_take (inner, key,
                     tn_keras_write_value (param >= 0 ? &layer->schema.params[param] : NULL,
                                           tn_value_at (config, i)));
    }
  if (!tn_value_lookup (value, "module"))
    tn_pairs_take (pairs, "module", tn_value_new_string ("keras.layers"));
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const char *key = tn_value_key_at (value, i);

      tn_pairs_take (pairs, key,
                     strcmp (key, "config") == 0 ? tn_pairs_finish (inner)
                                                 : tn_value_ref (tn_value_at (value, i)));
    }
  return tn_pairs_finish (pairs);
}

/* @param may be NULL; a new reference. */
TnValue *
tn_keras_write_value (const TnParam *param, const TnValue *value)
{
  g_autoptr (GPtrArray) items = NULL;

  if (!param)
    return tn_value_ref (value);
  if (!tn_param_holds_layer (param, value))
    return tn_keras_without_symbols (param, value);
  if (tn_value_kind (value) == TN_VALUE_DICT)
    return write_layer (value);
  if (tn_value_kind (value) != TN_VALUE_LIST)
    return tn_value_ref (value);
  items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  for (gsize i = 0; i < tn_value_size (value); i++)
    g_ptr_array_add (items, write_layer (tn_value_at (value, i)));
  return tn_list_finish (items);
}
