/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of a config that are no parameters: known ones are kept, others are what Keras refuses.
 */
#include "layers/tn-config.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-layer.h"

/* What every layer of Keras 3 takes, and what every one of Keras 2 and TensorFlow.js took. */
static const TnKept kept_by_all[] = {
  { "trainable", NULL },
  { "dtype", NULL },
  { "autocast", NULL },
  { "activity_regularizer", NULL },
  { "input_shape", NULL },
  { "input_dim", NULL },
  { "batch_input_shape", NULL },
  { "batch_size", NULL },
  { "input_dtype", NULL },
  { "dynamic", NULL },
  { "experimental_autocast", NULL },
  { "updatable", NULL },
  { "weights", "None" },
  { NULL, NULL },
};

/* Types that Keras takes for numbers, and policies that mix or quantize them. */
static const char *const dtypes[]
    = { "float16",       "float32",        "float64",    "bfloat16", "float8_e4m3fn",
        "float8_e5m2",   "int8",           "int16",      "int32",    "int64",
        "uint8",         "uint16",         "uint32",     "uint64",   "bool",
        "string",        "complex64",      "complex128", "int",      "float",
        "mixed_float16", "mixed_bfloat16", NULL };

static gboolean
is_kept (const TnKept *kept, const char *key, const TnValue *value)
{
  for (; kept != NULL && kept->key != NULL; kept++)
    if (strcmp (kept->key, key) == 0)
      {
        g_autofree char *text = kept->only != NULL ? tn_value_to_text (value) : NULL;

        return text == NULL || strcmp (text, kept->only) == 0;
      }
  return FALSE;
}

/* Where entries stand that belong to no config. */
static gboolean
is_private (const char *key)
{
  return key[0] == '\x1f';
}

static gboolean
is_dtype (const char *name)
{
  static const char *const quantized[] = { "int8_from_", "int4_from_", "float8_from_" };

  for (guint i = 0; i < G_N_ELEMENTS (quantized); i++)
    if (g_str_has_prefix (name, quantized[i]))
      return g_strv_contains (dtypes, name + strlen (quantized[i]));
  return g_strv_contains (dtypes, name);
}

/* A name, a policy {class_name, config}, or nothing. */
static gboolean
dtype_fits (const TnValue *value)
{
  if (tn_value_kind (value) == TN_VALUE_STRING)
    return is_dtype (tn_value_string (value));
  return tn_value_is_none (value) || tn_value_kind (value) == TN_VALUE_DICT;
}

gboolean
tn_config_check (const TnNode *node, TnReport *report)
{
  const TnValue *extras = tn_node_extras (node);
  const TnLayer *layer = tn_layer_of (node);
  gboolean good = TRUE;

  if (layer->schema.opaque || layer->schema.module != NULL)
    return TRUE;
  for (gsize i = 0; extras != NULL && i < tn_value_size (extras); i++)
    {
      const char *key = tn_value_key_at (extras, i);
      const TnValue *value = tn_value_at (extras, i);
      g_autofree char *text = NULL;

      if (strcmp (key, "dtype") == 0 && !dtype_fits (value))
        {
          text = tn_value_to_text (value);
          tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s: %s is no dtype that Keras knows, such as float32 or "
                            "mixed_float16."),
                         tn_node_name (node), text);
        }
      else if (is_private (key) || is_kept (kept_by_all, key, value)
               || is_kept (layer->kept, key, value))
        continue;
      else
        {
          text = tn_value_to_text (value);
          tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s is set to %s in the config of %s, but %s has no parameter of that "
                            "name, and Keras does not load what it does not know. Tenon keeps it; "
                            "take it out of the file, or correct its name."),
                         key, text, tn_node_name (node), layer->schema.type);
        }
      good = FALSE;
    }
  return good;
}
