/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates as edits of a draft: a layer put in, told something, exchanged or taken out. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* A layer that is to go, and those behind it, at most so many. */
#define MOST_REMOVED 4

/* FALSE when a setting is refused. */
static gboolean
apply_settings (TnDraft *draft, TnNodeId id, const char *const *settings)
{
  for (guint i = 0; settings != NULL && settings[i] != NULL; i += 2)
    if (!tn_draft_set_text (draft, id, settings[i], settings[i + 1], NULL))
      return FALSE;
  return TRUE;
}

gboolean
tn_advisor_try_insert (TnAdvisor *advisor, const char *type, TnNodeId to, guint call, guint slot,
                       char *label, const char *const *settings)
{
  const TnLayer *layer = tn_layer_find (type);
  g_autofree char *owned_label = label;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  TnNodeId id;

  if (layer == NULL || tn_advisor_is_done (advisor))
    return FALSE;
  id = tn_draft_insert (draft, &layer->schema, to, call, slot, NULL);
  if (id == TN_NODE_NONE || !apply_settings (draft, id, settings))
    return FALSE;
  return tn_advisor_try (advisor, g_steal_pointer (&draft), g_steal_pointer (&owned_label), &id, 1);
}

gboolean
tn_advisor_try_insert_sized (TnAdvisor *advisor, const char *stem, TnNodeId to, guint call,
                             guint slot, gboolean after, const char *what,
                             const char *const *settings)
{
  const TnNode *target = tn_graph_find (advisor->graph, to);
  TnRef from = tn_node_input (target, call, slot);
  const TnNode *source = tn_graph_find (advisor->graph, from.node);
  int rank = tn_facts_shape (advisor->facts, from, NULL).rank;
  g_autofree char *type = tn_class_for_rank (stem, rank);
  const TnLayer *layer = type != NULL ? tn_layer_find (type) : NULL;
  const char *all[9] = { NULL };
  guint n = 0;

  if (layer == NULL || source == NULL)
    return FALSE;
  for (; settings != NULL && settings[n] != NULL; n++)
    all[n] = settings[n];
  if (tn_advisor_image (advisor, to, rank).channels_first)
    {
      if (tn_schema_param (&layer->schema, "data_format") < 0)
        return FALSE;
      all[n++] = "data_format";
      all[n] = "channels_first";
    }
  return tn_advisor_try_insert (
      advisor, type, to, call, slot,
      after ? g_strdup_printf (_ ("Insert %s%s after %s"), type, what, tn_node_name (source))
            : g_strdup_printf (_ ("Insert %s%s before %s"), type, what, tn_node_name (target)),
      all);
}

gboolean
tn_advisor_try_set (TnAdvisor *advisor, TnNodeId node, const char *param, const char *text)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  const TnNode *target = tn_draft_find (draft, node);

  if (target == NULL || tn_schema_param (tn_node_schema (target), param) < 0
      || !tn_draft_set_text (draft, node, param, text, NULL))
    return FALSE;
  return tn_advisor_try (
      advisor, g_steal_pointer (&draft),
      /* Translators: Set filters of conv2d_1 to 4 */
      g_strdup_printf (_ ("Set %s of %s to %s"), param, tn_node_name (target), text), &node, 1);
}

gboolean
tn_advisor_try_set_all (TnAdvisor *advisor, const GArray *nodes, const char *param,
                        const char *text, char *label)
{
  g_autofree char *owned_label = label;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; i < nodes->len; i++)
    {
      TnNodeId id = g_array_index (nodes, TnNodeId, i);
      const TnNode *node = tn_graph_find (advisor->graph, id);

      if (tn_schema_param (tn_node_schema (node), param) < 0
          || !tn_draft_set_text (draft, id, param, text, NULL))
        continue;
      if (!tn_node_same_meaning (node, tn_draft_find (draft, id)))
        g_array_append_val (touched, id);
    }
  if (touched->len < 2)
    return FALSE;
  return tn_advisor_try (advisor, g_steal_pointer (&draft), g_steal_pointer (&owned_label),
                         (const TnNodeId *)touched->data, touched->len);
}

gboolean
tn_advisor_try_set_alike (TnAdvisor *advisor, TnNodeId node, const char *param, const char *text)
{
  const TnNode *like = tn_graph_find (advisor->graph, node);
  int index = tn_schema_param (tn_node_schema (like), param);
  g_autoptr (TnValue) value = index >= 0 ? tn_node_value (like, (guint)index) : NULL;
  g_autoptr (GArray) alike = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  if (value == NULL)
    return FALSE;
  for (guint i = 0; i < tn_graph_size (advisor->graph); i++)
    {
      const TnNode *other = tn_graph_node (advisor->graph, i);
      TnNodeId id = tn_node_id (other);
      g_autoptr (TnValue) same = NULL;

      if (tn_node_schema (other) != tn_node_schema (like))
        continue;
      same = tn_node_value (other, (guint)index);
      if (same != NULL && tn_value_equal (value, same))
        g_array_append_val (alike, id);
    }
  return tn_advisor_try_set_all (advisor, alike, param, text,
                                 /* Translators: Set axis of all 3 Concatenate like it to -1 */
                                 g_strdup_printf (_ ("Set %s of all %u %s like %s to %s"), param,
                                                  alike->len, tn_node_type (like),
                                                  tn_node_name (like), text));
}

/* Wires all that uses @node's output to @source instead. */
static void
rewire_uses (const TnAdvisor *advisor, TnDraft *draft, TnNodeId node, TnRef source)
{
  int index = tn_graph_index (advisor->graph, node);
  guint n_uses;
  const TnGraphUse *uses = tn_graph_uses (advisor->graph, (guint)index, &n_uses);

  for (guint i = 0; i < n_uses; i++)
    tn_draft_connect (draft, source, tn_node_id (tn_graph_node (advisor->graph, uses[i].index)),
                      uses[i].call, uses[i].slot, NULL);
}

gboolean
tn_advisor_try_remove (TnAdvisor *advisor, TnNodeId node)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  const TnNode *gone = tn_graph_find (advisor->graph, node);
  TnRef source = tn_node_input (gone, 0, 0);

  if (source.node == TN_NODE_NONE || tn_node_n_calls (gone) != 1)
    return FALSE;
  rewire_uses (advisor, draft, node, source);
  tn_draft_remove (draft, node);
  return tn_advisor_try (advisor, g_steal_pointer (&draft),
                         g_strdup_printf (_ ("Remove %s"), tn_node_name (gone)), NULL, 0);
}

gboolean
tn_advisor_try_remove_on (TnAdvisor *advisor, TnNodeId node)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  g_autoptr (GString) names = g_string_new (NULL);
  TnNodeId gone[MOST_REMOVED];
  guint n_gone = 0;

  while (n_gone < MOST_REMOVED)
    {
      const TnNode *here = tn_graph_find (advisor->graph, node);
      int index = tn_graph_index (advisor->graph, node);
      guint n_uses = 0;
      const TnGraphUse *uses = tn_graph_uses (advisor->graph, (guint)index, &n_uses);
      g_autoptr (TnFacts) after = NULL;
      TnRef source;

      if (tn_node_n_calls (here) != 1 || tn_node_n_inputs (here, 0) != 1 || n_uses > 1)
        return FALSE;
      source = tn_node_input (tn_draft_find (draft, node), 0, 0);
      if (source.node == TN_NODE_NONE)
        return FALSE;
      if (n_uses == 1)
        tn_draft_connect (draft, source, tn_node_id (tn_graph_node (advisor->graph, uses[0].index)),
                          uses[0].call, uses[0].slot, NULL);
      tn_draft_remove (draft, node);
      gone[n_gone++] = node;
      g_string_append_printf (names, "%s%s", n_gone > 1 ? ", " : "", tn_node_name (here));
      if (n_uses == 0)
        break;
      after = tn_advisor_look (advisor, draft);
      if (after == NULL)
        return FALSE;
      if (tn_advisor_mends (advisor, after))
        break;
      node = tn_node_id (tn_graph_node (advisor->graph, uses[0].index));
    }
  return tn_advisor_try (advisor, g_steal_pointer (&draft),
                         g_strdup_printf (_ ("Remove %s"), names->str), gone, n_gone);
}

gboolean
tn_advisor_try_replace (TnAdvisor *advisor, TnNodeId node, const char *type, char *label,
                        const char *const *settings)
{
  const TnLayer *layer = tn_layer_find (type);
  const TnNode *gone = tn_graph_find (advisor->graph, node);
  g_autofree char *owned_label = label;
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  TnNodeId id;

  if (layer == NULL || gone == NULL || tn_node_n_calls (gone) != 1)
    return FALSE;
  id = tn_draft_add (draft, &layer->schema, NULL, TRUE, NULL);
  if (tn_node_is_placed (gone))
    tn_draft_move (draft, id, tn_node_x (gone), tn_node_y (gone));
  for (guint slot = 0; slot < tn_node_n_inputs (gone, 0); slot++)
    {
      TnRef source = tn_node_input (gone, 0, slot);

      if (source.node != TN_NODE_NONE && !tn_draft_connect (draft, source, id, 0, slot, NULL))
        return FALSE;
    }
  rewire_uses (advisor, draft, node, (TnRef){ id, 0, 0 });
  tn_draft_remove (draft, node);
  if (!apply_settings (draft, id, settings))
    return FALSE;
  return tn_advisor_try (advisor, g_steal_pointer (&draft), g_steal_pointer (&owned_label), &id, 1);
}
