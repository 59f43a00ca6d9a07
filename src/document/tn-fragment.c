/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fragments: a part of a model as a model of its own, for the clipboard. */
#include "document/tn-fragment.h"

#include <string.h>

#include "document/tn-copies.h"
#include "graph/tn-silence.h"

/* The note at an InputLayer that stands for what fed the fragment. */
#define STAND_IN "stand_in"
/* A stand-in is put so far above what it feeds. */
#define ABOVE 108

gboolean
tn_fragment_is_stand_in (const TnNode *node)
{
  const TnValue *note = tn_node_is_source (node) ? tn_node_note (node, STAND_IN) : NULL;

  return note != NULL && tn_value_kind (note) == TN_VALUE_BOOL && tn_value_bool (note);
}

guint
tn_fragment_size (const TnGraph *fragment)
{
  guint n = 0;

  for (guint i = 0; i < tn_graph_size (fragment); i++)
    n += !tn_fragment_is_stand_in (tn_graph_node (fragment, i));
  return n;
}

typedef struct
{
  const TnGraph *graph;
  const TnFacts *facts;
  TnDraft *draft;
  GArray *ids;          /* of TnNodeId, sorted: what is copied */
  GHashTable *copied;   /* the same as a set */
  GHashTable *stand_in; /* "node/call/output" → TnNodeId */
} Fragment;

/* ---- what is copied ---- */

/* What enters a group that is not copied as a whole is no layer by itself. */
static void
drop_lone_entries (Fragment *fragment)
{
  for (guint i = fragment->ids->len; i-- > 0;)
    {
      const TnNode *node
          = tn_graph_find (fragment->graph, g_array_index (fragment->ids, TnNodeId, i));
      const TnGroup *group = tn_graph_group_of (fragment->graph, node);

      if (tn_node_schema (node)->boundary
          && (group == NULL || !tn_copies_hold_whole (fragment->graph, group, fragment->ids)))
        g_array_remove_index (fragment->ids, i);
    }
}

/* Takes the groups that are not copied as a whole from around what is in them. */
static void
leave_groups (Fragment *fragment)
{
  const TnGraph *graph = fragment->graph;

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      const char *name = tn_group_name (group);
      gsize length = tn_name_group_length (name);
      g_autofree char *around = g_strndup (name, length);
      const TnGroup *outer = length > 0 ? tn_graph_find_group (graph, around) : NULL;
      g_autofree char *free_name = NULL;

      if (!tn_copies_hold_whole (graph, group, fragment->ids)
          || (outer != NULL && tn_copies_hold_whole (graph, outer, fragment->ids)) || length == 0)
        continue;
      free_name = tn_draft_free_name (fragment->draft, NULL, tn_name_own (name));
      tn_draft_move_group (fragment->draft, name, free_name);
    }
  for (guint i = 0; i < fragment->ids->len; i++)
    {
      TnNodeId id = g_array_index (fragment->ids, TnNodeId, i);
      const TnGroup *group = tn_graph_group_of (graph, tn_graph_find (graph, id));

      if (group != NULL && !tn_copies_hold_whole (graph, group, fragment->ids))
        tn_draft_put_into (fragment->draft, id, NULL);
    }
}

/* ---- what feeds it ---- */

/* "(None, 28, 28, 1)" as far as it is known; NULL when not even the number of axes is. */
static TnValue *
known_shape (const Fragment *fragment, TnRef ref)
{
  int index
      = fragment->facts != NULL ? tn_graph_index (tn_facts_graph (fragment->facts), ref.node) : -1;
  TnValue *items[TN_MAX_RANK];
  const TnNode *known;
  TnShape shape;

  if (index < 0)
    return NULL;
  known = tn_graph_node (tn_facts_graph (fragment->facts), (guint)index);
  if (ref.call >= tn_node_n_calls (known) || ref.output >= tn_node_n_outputs (known))
    return NULL;
  shape = tn_facts_shape (fragment->facts, ref, NULL);
  if (shape.rank < 1)
    return NULL;
  for (int i = 0; i < shape.rank; i++)
    items[i] = tn_dim_is_known (shape.dims[i]) ? tn_value_new_int (shape.dims[i].size)
                                               : tn_value_new_none ();
  return tn_value_new_list (items, (gsize)shape.rank);
}

static TnNodeId
add_stand_in (Fragment *fragment, TnRef ref, const TnNode *fed)
{
  const TnNode *source = tn_graph_find (fragment->graph, ref.node);
  const TnSchema *schema = &tn_layer_find ("InputLayer")->schema;
  g_autofree char *own = g_strdup_printf ("%s_in", tn_name_own (tn_node_name (source)));
  g_autofree char *name = tn_draft_free_name (fragment->draft, NULL, own);
  g_autoptr (TnValue) yes = tn_value_new_bool (TRUE), shape = known_shape (fragment, ref);
  TnNodeId id;

  if (tn_node_schema (source) == schema)
    {
      id = tn_draft_copy (fragment->draft, source);
      tn_draft_rename (fragment->draft, id, name, NULL);
    }
  else
    {
      id = tn_draft_add (fragment->draft, schema, name, FALSE, NULL);
      if (shape != NULL)
        tn_draft_set (fragment->draft, id, (guint)tn_schema_param (schema, "batch_shape"), shape,
                      FALSE, NULL);
    }
  tn_draft_set_note (fragment->draft, id, STAND_IN, yes);
  tn_draft_move (fragment->draft, id, tn_node_x (fed), tn_node_y (fed) - ABOVE);
  return id;
}

static void
replace_sources (Fragment *fragment, TnNodeId id)
{
  const TnNode *node = tn_graph_find (fragment->graph, id);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        g_autofree char *key = g_strdup_printf ("%u/%u/%u", ref.node, ref.call, ref.output);
        gpointer known;

        if (ref.node == TN_NODE_NONE
            || g_hash_table_contains (fragment->copied, GUINT_TO_POINTER (ref.node)))
          continue;
        known = g_hash_table_lookup (fragment->stand_in, key);
        if (known == NULL)
          {
            known = GUINT_TO_POINTER (add_stand_in (fragment, ref, node));
            g_hash_table_insert (fragment->stand_in, g_steal_pointer (&key), known);
          }
        tn_draft_connect (fragment->draft, (TnRef){ GPOINTER_TO_UINT (known), 0, 0 }, id, call,
                          slot, NULL);
      }
}

TnGraph *
tn_fragment_new (const TnGraph *graph, const TnFacts *facts, const TnNodeId *nodes, guint n_nodes)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (GArray) ids = tn_copies_sorted (graph, nodes, n_nodes);
  g_autoptr (GHashTable) copied = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) stand_in = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Fragment fragment = { graph, facts, draft, ids, copied, stand_in };

  drop_lone_entries (&fragment);
  if (ids->len == 0)
    return NULL;
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_add (copied, GUINT_TO_POINTER (g_array_index (ids, TnNodeId, i)));
  /* First, for what loses its source loses the slot. */
  for (guint i = 0; i < ids->len; i++)
    replace_sources (&fragment, g_array_index (ids, TnNodeId, i));
  for (guint i = tn_graph_size (graph); i-- > 0;)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));

      if (!g_hash_table_contains (copied, GUINT_TO_POINTER (id)))
        tn_draft_remove (draft, id);
    }
  leave_groups (&fragment);
  tn_draft_set_outputs (draft, NULL, 0);
  tn_draft_set_graph_extras (draft, NULL);
  return tn_draft_finish (draft);
}
