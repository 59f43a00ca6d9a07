/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded case of one layer as a model file of its own, to be read as any other. */
#pragma once

#include "formats/tn-format.h"

G_BEGIN_DECLS

#define TN_CASE_SUBJECT "subject"

/* The string under @key, or NULL. */
static inline const char *
tn_case_string (const TnValue *dict, const char *key)
{
  const TnValue *value = tn_value_lookup (dict, key);

  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING ? tn_value_string (value) : NULL;
}

static inline void
tn_case_append_tensor (GString *out, gsize input)
{
  g_string_append_printf (out,
                          "%s{\"class_name\":\"__keras_tensor__\",\"config\":{\"shape\":null,"
                          "\"dtype\":\"float32\",\"keras_history\":[\"input_%u\",0,0]}}",
                          out->str[out->len - 1] == '[' ? "" : ",", (guint)input);
}

/* How the layer is called: one tensor, a list of them, or several. */
static inline void
tn_case_append_node (GString *out, const TnValue *entry)
{
  gsize n = tn_value_size (tn_value_lookup (entry, "input_shapes"));
  gboolean list = g_strcmp0 (tn_case_string (entry, "call"), "list") == 0;
  const TnValue *kwargs = tn_value_lookup (entry, "call_kwargs");
  g_autofree char *text = kwargs != NULL ? tn_format_json (kwargs, FALSE) : NULL;

  g_string_append (out, list ? "{\"args\":[[" : "{\"args\":[");
  for (gsize i = 0; i < n; i++)
    tn_case_append_tensor (out, i);
  g_string_append_printf (out, "%s],\"kwargs\":%s}", list ? "]" : "", text != NULL ? text : "{}");
}

/* The case as a Keras 3 model: an InputLayer for each shape, and the layer. */
static inline GBytes *
tn_case_model (const TnValue *entry)
{
  const TnValue *shapes = tn_value_lookup (entry, "input_shapes");
  g_autoptr (TnValue) name = tn_value_new_string (TN_CASE_SUBJECT);
  g_autoptr (TnValue) config = tn_value_with (tn_value_lookup (entry, "config"), "name", name);
  g_autofree char *text = tn_format_json (config, FALSE);
  GString *out = g_string_new ("{\"module\":\"keras.src.models.functional\",\"class_name\":"
                               "\"Functional\",\"config\":{\"name\":\"case\",\"layers\":[");

  for (gsize i = 0; i < tn_value_size (shapes); i++)
    {
      g_autofree char *shape = tn_format_json (tn_value_at (shapes, i), FALSE);

      g_string_append_printf (
          out,
          "{\"module\":\"keras.layers\",\"class_name\":\"InputLayer\",\"name\":\"input_%u\","
          "\"config\":{\"name\":\"input_%u\",\"batch_shape\":%s},\"inbound_nodes\":[]},",
          (guint)i, (guint)i, shape);
    }
  g_string_append_printf (
      out,
      "{\"module\":\"keras.layers\",\"class_name\":\"%s\",\"name\":\"" TN_CASE_SUBJECT
      "\",\"config\":%s,\"inbound_nodes\":[",
      tn_case_string (entry, "layer"), text);
  tn_case_append_node (out, entry);
  g_string_append (out, "]}]}}");
  return g_string_free_to_bytes (out);
}

G_END_DECLS
