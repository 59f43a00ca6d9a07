/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of documents share: adding and finding layers in one line. */
#pragma once

#include "document/tn-document.h"
#include "layers/tn-layer.h"

static inline TnNodeId
fixture_add (TnDocument *document, const char *type, double x, double y)
{
  TnNodeId created = TN_NODE_NONE;
  const TnLayer *layer = tn_layer_find (type);
  TnEditArgs args = { .x = x, .y = y, .created = &created };

  g_assert_nonnull (layer);
  args.schema = &layer->schema;
  g_assert_true (tn_document_apply (document, &tn_edit_add, &args, NULL));
  g_assert_cmpuint (created, !=, TN_NODE_NONE);
  return created;
}

static inline gboolean
fixture_connect (TnDocument *document, TnNodeId from, TnNodeId to, guint slot, TnReport *report)
{
  TnEditArgs args = { .ref = { .node = from }, .node = to, .slot = slot };

  return tn_document_apply (document, &tn_edit_connect, &args, report);
}

static inline gboolean
fixture_move (TnDocument *document, TnNodeId node, double x, double y, guint64 merge)
{
  TnEditArgs args = { .nodes = &node, .n_nodes = 1, .x = x, .y = y, .merge = merge };

  return tn_document_apply (document, &tn_edit_move, &args, NULL);
}

static inline gboolean
fixture_rename (TnDocument *document, TnNodeId node, const char *name, TnReport *report)
{
  TnEditArgs args = { .node = node, .text = name };

  return tn_document_apply (document, &tn_edit_rename, &args, report);
}

static inline const TnNode *
fixture_node (TnDocument *document, TnNodeId id)
{
  const TnNode *node = tn_graph_find (tn_document_graph (document), id);

  g_assert_nonnull (node);
  return node;
}

/* Sets a parameter to what @text says, which is allowed. */
static inline void
fixture_set (TnDocument *document, TnNodeId node, const char *param, const char *text)
{
  const TnSchema *schema = tn_node_schema (fixture_node (document, node));
  g_autoptr (TnValue) value = tn_value_from_text (text, NULL);
  int index = tn_schema_param (schema, param);

  g_assert_cmpint (index, >=, 0);
  g_assert_true (tn_document_apply (
      document, &tn_edit_set, &(TnEditArgs){ .node = node, .param = (guint)index, .value = value },
      NULL));
}

static inline TnNodeId
fixture_source (TnDocument *document, TnNodeId id, guint slot)
{
  return tn_node_input (fixture_node (document, id), 0, slot).node;
}

/* Equal in meaning and in every place. */
static inline gboolean
fixture_equal (const TnGraph *a, const TnGraph *b)
{
  if (!tn_graph_same_meaning (a, b))
    return FALSE;
  for (guint i = 0; i < tn_graph_size (a); i++)
    if (tn_node_x (tn_graph_node (a, i)) != tn_node_x (tn_graph_node (b, i))
        || tn_node_y (tn_graph_node (a, i)) != tn_node_y (tn_graph_node (b, i)))
      return FALSE;
  return TRUE;
}
