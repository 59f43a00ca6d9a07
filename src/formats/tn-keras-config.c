/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer's `config`: Keras's spelling of parameters to a node's, and back. */
#include "formats/tn-keras.h"

#include <string.h>

#include "base/tn-i18n.h"

/* Keys of an entry's outer dict that are read elsewhere or follow from the rest. */
static const char *const outer_keys[]
    = { "module", "class_name",    "config", "registered_name", "build_config",
        "name",   "inbound_nodes", "input",  "index",           NULL };

/* What TensorFlow.js and Keras 2 write for initializers that have names of their own. */
static const struct
{
  const char *name;
  double scale;
  const char *mode;
  const char *distribution;
} scalings[] = {
  { "glorot_uniform", 1, "fan_avg", "uniform" },
  { "glorot_normal", 1, "fan_avg", "truncated_normal" },
  { "he_uniform", 2, "fan_in", "uniform" },
  { "he_normal", 2, "fan_in", "truncated_normal" },
  { "lecun_uniform", 1, "fan_in", "uniform" },
  { "lecun_normal", 1, "fan_in", "truncated_normal" },
};

const char *
tn_keras_string (const TnValue *dict, const char *key)
{
  const TnValue *item = dict ? tn_value_lookup (dict, key) : NULL;

  return item && tn_value_kind (item) == TN_VALUE_STRING ? tn_value_string (item) : NULL;
}

/* The dtype a string or a plain dtype policy names; NULL when it is something else. */
const char *
tn_keras_dtype (const TnValue *value)
{
  const char *class_name = tn_keras_string (value, "class_name");

  if (tn_value_kind (value) == TN_VALUE_STRING)
    return tn_value_string (value);
  if (class_name && (strcmp (class_name, "DTypePolicy") == 0 || strcmp (class_name, "Policy") == 0))
    return tn_keras_string (tn_value_lookup (value, "config"), "name");
  return NULL;
}

static const char *
scaling_name (const TnValue *config)
{
  const TnValue *scale = tn_value_lookup (config, "scale");
  const char *mode = tn_keras_string (config, "mode");
  const char *distribution = tn_keras_string (config, "distribution");

  if (!scale || !tn_value_is_number (scale) || !mode || !distribution || tn_value_size (config) > 3)
    return NULL;
  if (strcmp (distribution, "normal") == 0)
    distribution = "truncated_normal";
  for (guint i = 0; i < G_N_ELEMENTS (scalings); i++)
    if (tn_value_float (scale) == scalings[i].scale && strcmp (mode, scalings[i].mode) == 0
        && strcmp (distribution, scalings[i].distribution) == 0)
      return scalings[i].name;
  return NULL;
}

/* Keras writes out what an orthogonal start, that of every recurrent layer, is multiplied by. */
static gboolean
is_object_default (const char *class_name, const char *key, const TnValue *value)
{
  return strcmp (class_name, "Orthogonal") == 0 && strcmp (key, "gain") == 0
         && tn_value_is_number (value) && tn_value_float (value) == 1;
}

/* An object of Keras's own as shortly as it can be said; all versions read it without module. */
static TnValue *
read_object (const TnValue *value)
{
  const char *class_name = tn_keras_string (value, "class_name");
  const char *module = tn_keras_string (value, "module");
  const char *function = tn_keras_string (value, "config");
  const TnValue *config = tn_value_lookup (value, "config");
  g_autoptr (TnPairs) told = tn_pairs_new ();
  g_autoptr (TnPairs) object = tn_pairs_new ();
  g_autoptr (TnValue) short_config = NULL;

  if (!class_name
      || (module && !g_str_has_prefix (module, "keras") && !g_str_equal (module, "builtins")))
    return tn_value_ref (value);
  /* A function of Keras's own: {"module": "builtins", "class_name": "function", "config": "relu"}.
   */
  if (strcmp (class_name, "function") == 0 && function)
    return tn_value_new_string (function);
  if (!config || tn_value_kind (config) != TN_VALUE_DICT)
    return tn_value_ref (value);

  /* None is the default of nearly every such entry, and older versions do not know all of them. */
  for (gsize i = 0; i < tn_value_size (config); i++)
    if (!tn_value_is_none (tn_value_at (config, i))
        && !is_object_default (class_name, tn_value_key_at (config, i), tn_value_at (config, i)))
      tn_pairs_take (told, tn_value_key_at (config, i), tn_value_ref (tn_value_at (config, i)));
  short_config = tn_pairs_finish (told);
  if (strcmp (class_name, "VarianceScaling") == 0 && scaling_name (short_config))
    return tn_value_new_string (scaling_name (short_config));

  tn_pairs_take (object, "class_name", tn_value_new_string (class_name));
  tn_pairs_take (object, "config", tn_value_ref (short_config));
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const char *key = tn_value_key_at (value, i);
      gboolean follows
          = strcmp (key, "module") == 0
            || (strcmp (key, "registered_name") == 0 && tn_value_is_none (tn_value_at (value, i)));

      if (!follows && !tn_pairs_has (object, key))
        tn_pairs_take (object, key, tn_value_ref (tn_value_at (value, i)));
    }
  return tn_pairs_finish (object);
}

/* "hard_sigmoid" for TensorFlow.js's "hardSigmoid", where that is a choice; else NULL. */
static TnValue *
read_camel_case (const TnParam *param, const char *text)
{
  g_autoptr (GString) snake = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    {
      if (g_ascii_isupper (*at) && at > text)
        g_string_append_c (snake, '_');
      g_string_append_c (snake, at > text ? g_ascii_tolower (*at) : *at);
    }
  return g_strv_contains (param->choices, snake->str) ? tn_value_new_string (snake->str) : NULL;
}

/* A layer in place of an activation's name, and not what Keras writes for a function. */
static gboolean
is_layer_choice (const TnParam *param, const TnValue *value)
{
  const TnValue *config = tn_value_lookup (value, "config");

  return (param->flags & TN_PARAM_OR_LAYER) && tn_param_holds_layer (param, value) && config
         && tn_value_kind (config) == TN_VALUE_DICT;
}

/* @value in the spelling the schema knows; a new reference. Tenon's own files say what they mean,
 * but for the module that Keras wants of a layer within a layer. */
TnValue *
tn_keras_read_value (TnReader *reader, const TnParam *param, const TnValue *value)
{
  if (param->kind == TN_PARAM_LAYER || is_layer_choice (param, value))
    return tn_keras_read_layers (reader, value);
  if (reader->is_tenon)
    return tn_value_ref (value);
  /* No activation at all is linear, also where one must be given. */
  if ((param->flags & TN_PARAM_OR_LAYER) && (param->flags & TN_PARAM_REQUIRED)
      && tn_value_is_none (value))
    return tn_value_new_string (param->choices[0]);
  if (tn_value_kind (value) == TN_VALUE_DICT && strcmp (param->name, "dtype") == 0
      && tn_keras_dtype (value))
    return tn_value_new_string (tn_keras_dtype (value));
  if (tn_value_kind (value) == TN_VALUE_DICT)
    return read_object (value);
  if (param->kind == TN_PARAM_CHOICE && tn_value_kind (value) == TN_VALUE_STRING
      && !g_strv_contains (param->choices, tn_value_string (value)))
    {
      TnValue *snake = read_camel_case (param, tn_value_string (value));

      return snake != NULL ? snake : tn_value_ref (value);
    }
  /* Keras 2 makes a list of BatchNormalization's axis. */
  if (param->kind == TN_PARAM_INT && tn_value_kind (value) == TN_VALUE_LIST
      && tn_value_size (value) == 1 && tn_value_kind (tn_value_at (value, 0)) == TN_VALUE_INT)
    return tn_value_ref (tn_value_at (value, 0));
  return tn_value_ref (value);
}

int
tn_keras_find_param (const TnSchema *schema, const TnValue *config, const char *name)
{
  for (guint i = 0; i < schema->n_params; i++)
    if (g_strcmp0 (schema->params[i].old_name, name) == 0
        && !tn_value_lookup (config, schema->params[i].name))
      return (int)i;
  return tn_schema_param (schema, name);
}

static int
find_param (const TnFileLayer *layer, const char *name)
{
  return tn_keras_find_param (layer->schema, layer->config, name);
}

static void
set_param (TnReader *reader, const TnFileLayer *layer, const char *name, const TnValue *value)
{
  int param = find_param (layer, name);

  if (param >= 0)
    {
      g_autoptr (TnValue) spelled
          = tn_keras_read_value (reader, &layer->schema->params[param], value);

      tn_draft_set (reader->draft, layer->id, (guint)param, spelled, FALSE, NULL);
    }
}

/* Keras 3 says `batch_shape`, Keras 2 `batch_input_shape`; either may say `shape` without the
 * batch, and `batch_size`. */
static gboolean
read_input_shape (TnReader *reader, const TnFileLayer *layer)
{
  static const char *const keys[] = { "batch_shape", "batch_input_shape" };
  const TnValue *value = layer->input_shape;
  g_autoptr (TnValue) made = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (keys) && (!value || tn_value_is_none (value)); i++)
    value = tn_value_lookup (layer->config, keys[i]);
  if (!value || tn_value_is_none (value))
    {
      const TnValue *shape = tn_value_lookup (layer->config, "shape");
      const TnValue *batch = tn_value_lookup (layer->config, "batch_size");
      g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

      if (!shape || tn_value_kind (shape) != TN_VALUE_LIST)
        return TRUE;
      g_ptr_array_add (items, batch ? tn_value_ref (batch) : tn_value_new_none ());
      for (gsize i = 0; i < tn_value_size (shape); i++)
        g_ptr_array_add (items, tn_value_ref (tn_value_at (shape, i)));
      value = made = tn_list_finish (items);
    }
  if (tn_value_size (value) > TN_MAX_RANK)
    return tn_reader_fail (reader, _ ("the shape of '%s' has more than %d axes."), layer->name,
                           TN_MAX_RANK);
  set_param (reader, layer, "batch_shape", value);
  return TRUE;
}

static gboolean
is_input_shape_key (const char *key)
{
  static const char *const keys[]
      = { "batch_shape", "batch_input_shape", "shape", "batch_size", NULL };

  return g_strv_contains (keys, key);
}

/* TRUE: @key is dealt with and says nothing that an unknown entry would. */
static gboolean
read_common (TnReader *reader, const TnFileLayer *layer, const char *key, const TnValue *value)
{
  const TnSchema *schema = layer->schema;

  if (strcmp (key, "name") == 0)
    return TRUE;
  if (strcmp (key, "trainable") == 0 && tn_value_kind (value) == TN_VALUE_BOOL)
    {
      tn_draft_set_trainable (reader->draft, layer->id, tn_value_bool (value));
      return TRUE;
    }
  if (strcmp (key, "dtype") == 0 && tn_schema_param (schema, "dtype") < 0)
    {
      const char *dtype = tn_keras_dtype (value);

      if (tn_value_is_none (value) || (dtype && strcmp (dtype, "float32") == 0))
        return TRUE;
    }
  return strcmp (schema->type, "InputLayer") == 0 && is_input_shape_key (key);
}

static void
read_config (TnReader *reader, const TnFileLayer *layer, TnPairs *extras)
{
  for (gsize i = 0; layer->config && i < tn_value_size (layer->config); i++)
    {
      const char *key = tn_value_key_at (layer->config, i);
      const TnValue *value = tn_value_at (layer->config, i);

      if (read_common (reader, layer, key, value))
        continue;
      if (find_param (layer, key) >= 0
          && !(layer->schema->params[find_param (layer, key)].flags & TN_PARAM_CALL))
        set_param (reader, layer, key, value);
      else if (strcmp (key, TN_KERAS_OUTER) != 0)
        tn_pairs_take (extras, key, tn_value_ref (value));
    }
}

/* Pooling: Keras writes the pool size out as strides where none were given. */
static void
forget_default_strides (TnReader *reader, const TnFileLayer *layer)
{
  const TnSchema *schema = layer->schema;
  int pool = tn_schema_param (schema, "pool_size");
  int strides = tn_schema_param (schema, "strides");
  const TnNode *node = tn_draft_find (reader->draft, layer->id);
  g_autoptr (TnValue) size = NULL;

  if (reader->is_tenon || pool < 0 || strides < 0 || !tn_node_get (node, (guint)strides))
    return;
  size = tn_node_value (node, (guint)pool);
  if (size && tn_value_equal (size, tn_node_get (node, (guint)strides)))
    tn_draft_set (reader->draft, layer->id, (guint)strides, NULL, FALSE, NULL);
}

static gboolean
read_pin (TnReader *reader, const TnFileLayer *layer)
{
  const TnValue *build = layer->entry ? tn_value_lookup (layer->entry, "build_config") : NULL;
  const TnValue *value = build ? tn_value_lookup (build, "input_shape") : NULL;
  TnShape shape;

  if (!value)
    return TRUE;
  if (tn_shape_from_value (value, &shape))
    tn_draft_pin (reader->draft, layer->id, &shape);
  else if (reader->is_tenon)
    return tn_reader_fail (reader, _ ("build_config of layer '%s' holds no shape."), layer->name);
  return TRUE;
}

static void
read_outer (const TnFileLayer *layer, TnPairs *extras)
{
  g_autoptr (TnPairs) outer = tn_pairs_new ();

  for (gsize i = 0; layer->entry && i < tn_value_size (layer->entry); i++)
    {
      const char *key = tn_value_key_at (layer->entry, i);

      const TnValue *value = tn_value_at (layer->entry, i);
      TnValue *kept;

      if (g_strv_contains (outer_keys, key) || strcmp (key, TN_KERAS_CALLS) == 0)
        continue;
      kept = strcmp (key, "tenon") == 0 ? tn_keras_beside_symbols (value) : tn_value_ref (value);
      if (kept != NULL)
        tn_pairs_take (outer, key, kept);
    }
  if (layer->kwargs)
    tn_pairs_take (outer, TN_KERAS_CALLS, tn_list_finish (layer->kwargs));
  if (tn_pairs_size (outer) > 0)
    tn_pairs_take (extras, TN_KERAS_OUTER, tn_pairs_finish (outer));
}

/* What the calls set. */
static void
read_settings (TnReader *reader, const TnFileLayer *layer)
{
  for (gsize i = 0; layer->settings && i < tn_value_size (layer->settings); i++)
    set_param (reader, layer, tn_value_key_at (layer->settings, i),
               tn_value_at (layer->settings, i));
}

gboolean
tn_keras_read_entry (TnReader *reader, TnFileLayer *layer)
{
  g_autoptr (TnPairs) extras = tn_pairs_new ();

  if (layer->schema->opaque)
    {
      tn_keras_read_opaque (reader, layer);
      return TRUE;
    }
  read_config (reader, layer, extras);
  read_settings (reader, layer);
  if (strcmp (layer->schema->type, "InputLayer") == 0 && !read_input_shape (reader, layer))
    return FALSE;
  tn_keras_read_symbols (reader, layer);
  forget_default_strides (reader, layer);
  tn_keras_forget_derived (reader, layer);
  read_outer (layer, extras);
  if (tn_pairs_size (extras) > 0)
    {
      g_autoptr (TnValue) dict = tn_pairs_finish (extras);

      tn_draft_set_extras (reader->draft, layer->id, dict);
    }
  return read_pin (reader, layer);
}

TnValue *
tn_keras_write_config (const TnNode *node, gboolean keras_3)
{
  const TnSchema *schema = tn_node_schema (node);
  const TnValue *extras = tn_node_extras (node);
  g_autoptr (TnPairs) config = tn_pairs_new ();

  if (schema->opaque)
    return tn_keras_write_opaque_config (node);
  tn_pairs_take (config, "name", tn_value_new_string (tn_node_name (node)));
  if (!tn_node_is_trainable (node))
    tn_pairs_take (config, "trainable", tn_value_new_bool (FALSE));
  for (guint i = 0; i < schema->n_params; i++)
    {
      const char *key = schema->params[i].name;
      const TnValue *value = tn_node_get (node, i);

      if (!value || (schema->params[i].flags & TN_PARAM_CALL))
        continue;
      if (!keras_3 && strcmp (schema->type, "InputLayer") == 0 && strcmp (key, "batch_shape") == 0)
        key = "batch_input_shape";
      tn_pairs_take (config, key, tn_keras_write_value (&schema->params[i], value));
    }
  for (gsize i = 0; extras && i < tn_value_size (extras); i++)
    if (strcmp (tn_value_key_at (extras, i), TN_KERAS_OUTER) != 0
        && !tn_pairs_has (config, tn_value_key_at (extras, i)))
      tn_pairs_take (config, tn_value_key_at (extras, i), tn_value_ref (tn_value_at (extras, i)));
  return tn_pairs_finish (config);
}
