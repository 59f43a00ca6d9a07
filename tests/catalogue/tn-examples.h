/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue's examples as nodes: a layer with an InputLayer for each of its inputs. */
#pragma once

#include <string.h>

#include "graph/tn-draft.h"
#include "layers/tn-layer.h"

#define MOST_INPUTS 8

/* A lone node of @layer with @n_inputs slots, out of a draft that keeps it. */
static inline const TnNode *
make_node (TnDraft *draft, const TnLayer *layer, guint n_inputs)
{
  TnNodeId id = tn_draft_add (draft, &layer->schema, NULL, FALSE, NULL);

  for (guint slot = 0; slot < n_inputs && layer->schema.max_inputs > 0; slot++)
    {
      TnNodeId source
          = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, FALSE, NULL);

      tn_draft_connect (draft, (TnRef){ source, 0, 0 }, id, 0, slot, NULL);
    }
  return tn_draft_find (draft, id);
}

/* "filters=32, kernel_size=(3, 2)": commas within brackets or quotes do not part. */
static inline void
apply_settings (TnDraft *draft, TnNodeId id, const char *settings)
{
  const char *at = settings;

  while (*at != '\0')
    {
      const char *equals = strchr (at, '=');
      const char *end = equals;
      int depth = 0;
      gboolean quoted = FALSE;
      g_autofree char *name = NULL, *text = NULL;
      g_autoptr (TnReport) report = tn_report_new ();
      g_autoptr (TnValue) value = NULL;
      int param;

      g_assert_nonnull (equals);
      for (end = equals + 1; *end != '\0' && (*end != ',' || depth > 0 || quoted); end++)
        {
          depth += strchr ("([{", *end) != NULL ? 1 : strchr (")]}", *end) != NULL ? -1 : 0;
          quoted ^= *end == '\'';
        }
      name = g_strstrip (g_strndup (at, equals - at));
      text = g_strndup (equals + 1, end - equals - 1);
      param = tn_schema_param (tn_node_schema (tn_draft_find (draft, id)), name);
      g_assert_cmpint (param, >=, 0);
      value = tn_value_from_text (text, NULL);
      g_assert_nonnull (value);
      tn_draft_set (draft, id, (guint)param, value, FALSE, report);
      at = *end == ',' ? end + 1 : end;
    }
}

static inline guint
parse_inputs (const char *text, TnShape *inputs)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_assert_true (tn_shape_from_text (parts[i], &inputs[n++]));
  return n;
}
