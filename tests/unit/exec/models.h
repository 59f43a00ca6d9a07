/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models for the tests of exec, written as text: "name Type(settings) <- input, input". */
#pragma once

#include "exec/tn-plan-private.h"
#include "graph/tn-draft.h"

static inline void
model_settings (TnDraft *draft, TnNodeId id, const char *text)
{
  g_auto (GStrv) settings = g_strsplit (text, ";", -1);

  for (guint i = 0; settings[i] != NULL; i++)
    {
      g_autoptr (TnReport) report = tn_report_new ();
      g_auto (GStrv) sides = g_strsplit (settings[i], "=", 2);
      if (sides[0] == NULL || sides[1] == NULL)
        continue;
      if (!tn_draft_set_text (draft, id, g_strstrip (sides[0]), g_strstrip (sides[1]), report))
        g_error ("%s: %s", settings[i], tn_report_first (report));
    }
}

/* A line a layer; settings separated by ';'. Without "<-" a layer is wired to the one before it; a
 * line that begins with '+' is another call of a layer that is already there. */
static inline TnGraph *
model_new (const char *text)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnReport) report = tn_report_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  TnRef last = { 0 };

  tn_draft_set_dense_inputs (draft, TN_DENSE_ANY);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) sides = g_strsplit (lines[i], "<-", 2);
      if (sides[0] == NULL || *g_strstrip (sides[0]) == '\0')
        continue;
      g_auto (GStrv) words = g_strsplit (sides[0], " ", 2);
      gboolean again = words[0][0] == '+';
      const char *name = again ? words[0] + 1 : words[0];
      TnNodeId id;
      guint call = 0;
      if (again)
        {
          id = tn_node_id (tn_draft_find_name (draft, name));
          call = tn_draft_add_call (draft, id);
        }
      else
        {
          g_auto (GStrv) parts = g_strsplit (words[1], "(", 2);
          const TnLayer *layer = tn_layer_find (g_strstrip (parts[0]));
          if (layer == NULL)
            g_error ("no layer %s", parts[0]);
          id = tn_draft_add (draft, &layer->schema, name, FALSE, report);
          if (id == TN_NODE_NONE)
            g_error ("%s: %s", lines[i], tn_report_first (report));
          if (parts[1] != NULL)
            {
              *strrchr (parts[1], ')') = '\0';
              model_settings (draft, id, parts[1]);
            }
        }
      const TnSchema *schema = tn_node_schema (tn_draft_find (draft, id));
      g_auto (GStrv) sources
          = sides[1] != NULL ? g_strsplit (sides[1], ",", -1) : g_new0 (char *, 1);
      for (guint j = 0; sources[j] != NULL; j++)
        {
          g_auto (GStrv) source = g_strsplit (g_strstrip (sources[j]), ":", 2);
          TnRef ref
              = { .node = tn_node_id (tn_draft_find_name (draft, source[0])),
                  .call = source[1] != NULL ? (guint16)g_ascii_strtoull (source[1], NULL, 10) : 0 };
          if (!tn_draft_connect (draft, ref, id, call, j, report))
            g_error ("%s: %s", lines[i], tn_report_first (report));
        }
      if (sides[1] == NULL && schema->max_inputs > 0
          && !tn_draft_connect (draft, last, id, call, 0, report))
        g_error ("%s: %s", lines[i], tn_report_first (report));
      if (schema->n_outputs > 0)
        last = (TnRef){ .node = id, .call = (guint16)call };
    }
  return tn_draft_finish (draft);
}

static inline TnPlan *
model_plan (const TnGraph *graph, const TnRunOptions *options, GError **error)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  return tn_plan_new (facts, options, NULL, error);
}

/* The model that the program was made to show. */
#define MODEL_BRIEF                                                                                \
  "image InputLayer(batch_shape=(None, 28, 28, 1))\n"                                              \
  "conv2d Conv2D(filters=32; kernel_size=3; activation=relu)\n"                                    \
  "max_pooling2d MaxPooling2D(pool_size=2)\n"                                                      \
  "conv2d_1 Conv2D(filters=64; kernel_size=3; activation=relu)\n"                                  \
  "flatten Flatten\n"                                                                              \
  "dense_2 Dense(units=256; activation=relu)\n"
