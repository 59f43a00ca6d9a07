/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models for the tests of the room, written as one line of text each. */
#pragma once

#include <string.h>

#include "graph/tn-draft.h"
#include "scene/tn-scene.h"

/* "NAME:Type(param=value; …)<input,input" for each layer, separated by " / ". Without "<" a layer
 * follows the one before it; "<" alone wires nothing. "pin" sets the shape it is made for. */
static inline TnGraph *
model_new (const char *text)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnReport) report = tn_report_new ();
  g_auto (GStrv) layers = g_strsplit (text, " / ", -1);
  TnNodeId previous = TN_NODE_NONE;

  for (guint i = 0; layers[i] != NULL; i++)
    {
      char *inputs = strchr (layers[i], '<');
      char *params = strchr (layers[i], '(');
      char *type;
      const char *name = NULL;
      const TnLayer *layer;
      TnNodeId id;

      if (inputs != NULL)
        *inputs++ = '\0';
      if (params != NULL)
        {
          params[strlen (params) - 1] = '\0';
          *params++ = '\0';
        }
      type = strchr (layers[i], ':');
      if (type != NULL)
        {
          *type++ = '\0';
          name = layers[i];
        }
      layer = tn_layer_find (type != NULL ? type : layers[i]);
      g_assert_nonnull (layer);
      id = tn_draft_add (draft, &layer->schema, name, TRUE, report);
      g_assert_cmpuint (id, !=, TN_NODE_NONE);
      if (params != NULL)
        {
          g_auto (GStrv) pairs = g_strsplit (params, "; ", -1);

          for (guint j = 0; pairs[j] != NULL; j++)
            {
              char *value = strchr (pairs[j], '=');
              TnShape pin;

              *value++ = '\0';
              if (g_str_equal (pairs[j], "pin"))
                {
                  g_assert_true (tn_shape_from_text (value, &pin));
                  tn_draft_pin (draft, id, &pin);
                }
              else
                g_assert_true (tn_draft_set_text (draft, id, pairs[j], value, report));
            }
        }
      if (inputs != NULL && *inputs != '\0')
        {
          g_auto (GStrv) names = g_strsplit (inputs, ",", -1);

          for (guint slot = 0; names[slot] != NULL; slot++)
            {
              const TnNode *source = tn_draft_find_name (draft, names[slot]);

              g_assert_nonnull (source);
              g_assert_true (tn_draft_connect (draft, (TnRef){ tn_node_id (source), 0, 0 }, id, 0,
                                               slot, report));
            }
        }
      else if (inputs == NULL && previous != TN_NODE_NONE && layer->schema.max_inputs > 0)
        g_assert_true (tn_draft_connect (draft, (TnRef){ previous, 0, 0 }, id, 0, 0, report));
      previous = id;
    }
  return tn_draft_finish (draft);
}

/* @n layers in one column. */
static inline TnGraph *
model_new_chain (guint n)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  const TnLayer *relu = tn_layer_find ("ReLU");
  TnNodeId previous = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);

  for (guint i = 1; i < n; i++)
    {
      TnNodeId id = tn_draft_add (draft, &relu->schema, NULL, TRUE, NULL);

      g_assert_true (tn_draft_connect (draft, (TnRef){ previous, 0, 0 }, id, 0, 0, NULL));
      previous = id;
    }
  return tn_draft_finish (draft);
}

/* The brief's problem and most of what can be drawn: skips, merges, problems, labels. */
#define MODEL_RICH                                                                                 \
  "InputLayer / Conv2D(filters=32; kernel_size=3; padding=same) / BatchNormalization / "           \
  "Activation(activation=relu) / Add<conv2d,activation / MaxPooling2D / "                          \
  "a:Conv2D(filters=8; kernel_size=1)<max_pooling2d / "                                            \
  "b:Conv2D(filters=8; kernel_size=3; padding=same)<max_pooling2d / Concatenate<a,b / Flatten / "  \
  "dense_2:Dense(units=10; pin=(None, 256)) / Dense(units=3) / Target(shape=(16210, 4096)) / "     \
  "loose:ReLU< / Softmax"

static inline TnNodeId
model_id (const TnGraph *graph, const char *name)
{
  const TnNode *node = tn_graph_find_name (graph, name);

  g_assert_nonnull (node);
  return tn_node_id (node);
}
