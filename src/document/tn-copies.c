/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What edits of several layers mean for the groups that these stand in. */
#include "document/tn-copies.h"

#include <string.h>

#include "base/tn-i18n.h"

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  TnNodeId left = *(const TnNodeId *)a, right = *(const TnNodeId *)b;

  return left < right ? -1 : left > right;
}

GArray *
tn_copies_sorted (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (TnNodeId), n_nodes);
  guint kept = 0;

  for (guint i = 0; i < n_nodes; i++)
    if (tn_graph_find (graph, nodes[i]) != NULL)
      g_array_append_val (ids, nodes[i]);
  g_array_sort (ids, compare_ids);
  for (guint i = 0; i < ids->len; i++)
    {
      TnNodeId id = g_array_index (ids, TnNodeId, i);

      if (kept == 0 || g_array_index (ids, TnNodeId, kept - 1) != id)
        g_array_index (ids, TnNodeId, kept++) = id;
    }
  g_array_set_size (ids, kept);
  return ids;
}

gboolean
tn_copies_hold_whole (const TnGraph *graph, const TnGroup *group, const GArray *ids)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnNodeId id = tn_node_id (node);

      if (tn_group_holds (group, tn_node_name (node))
          && !g_array_binary_search ((GArray *)ids, &id, compare_ids, NULL))
        return FALSE;
    }
  return TRUE;
}

const TnGroup *
tn_copies_whole_group (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes)
{
  g_autoptr (GArray) ids = NULL;
  const TnNode *first = n_nodes > 0 ? tn_graph_find (graph, nodes[0]) : NULL;

  if (first == NULL || tn_name_group_length (tn_node_name (first)) == 0)
    return NULL;
  ids = g_array_sized_new (FALSE, FALSE, sizeof (TnNodeId), n_nodes);
  g_array_append_vals (ids, nodes, n_nodes);
  g_array_sort (ids, compare_ids);
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      gboolean only = tn_group_holds (group, tn_node_name (first));

      for (guint j = 0; only && j < n_nodes; j++)
        {
          const TnNode *node = tn_graph_find (graph, nodes[j]);

          only = node != NULL && tn_group_holds (group, tn_node_name (node));
        }
      if (only && tn_copies_hold_whole (graph, group, ids))
        return group;
    }
  return NULL;
}

char *
tn_copies_subject (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes)
{
  const TnNode *only = n_nodes == 1 ? tn_graph_find (graph, nodes[0]) : NULL;
  const TnGroup *group = tn_copies_whole_group (graph, nodes, n_nodes);

  if (group != NULL)
    return g_strdup (tn_name_own (tn_group_name (group)));
  if (only != NULL)
    return g_strdup (tn_node_name (only));
  return g_strdup_printf (ngettext ("%u layer", "%u layers", n_nodes), n_nodes);
}

/* The name of the group in which the copy of what stands in @group goes; makes it. */
static const char *
copy_of_group (TnDraft *draft, const TnGraph *graph, const TnGroup *group, const GArray *ids,
               GHashTable *renamed)
{
  const char *name = tn_group_name (group);
  const char *known = g_hash_table_lookup (renamed, name);
  g_autofree char *around = g_strndup (name, tn_name_group_length (name));
  const TnGroup *outer = around[0] != '\0' ? tn_graph_find_group (graph, around) : NULL;
  const char *into = "";
  char *copy;

  if (known != NULL)
    return known;
  if (outer != NULL)
    into = copy_of_group (draft, graph, outer, ids, renamed);
  /* Copied only as a part of it, what is copied stays in it. */
  if (tn_copies_hold_whole (graph, group, ids))
    {
      copy = tn_draft_free_name (draft, into, tn_name_own (name));
      tn_draft_set_group (draft, copy, tn_group_type (group), NULL, 0, tn_group_extras (group),
                          NULL);
    }
  else
    copy = g_strdup (name);
  g_hash_table_insert (renamed, (gpointer)name, copy);
  return copy;
}

void
tn_copies_place (TnDraft *draft, const TnGraph *graph, const GArray *ids, const TnNode *node,
                 TnNodeId copy, GHashTable *renamed)
{
  const TnGroup *group = tn_graph_group_of (graph, node);
  const char *into = group != NULL ? copy_of_group (draft, graph, group, ids, renamed) : NULL;
  g_autofree char *name = NULL;

  if (into == NULL)
    return;
  name = tn_draft_free_name (draft, into, tn_name_own (tn_node_name (node)));
  tn_draft_put_into (draft, copy, into);
  tn_draft_rename (draft, copy, name, NULL);
}

void
tn_copies_finish_groups (TnDraft *draft, const TnGraph *graph, GHashTable *copies,
                         GHashTable *renamed)
{
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      const char *copy = g_hash_table_lookup (renamed, tn_group_name (group));
      guint n_refs;
      const TnRef *refs = tn_group_outputs (group, &n_refs);
      g_autofree TnRef *outputs = g_new0 (TnRef, n_refs + 1);

      if (copy == NULL || strcmp (copy, tn_group_name (group)) == 0)
        continue;
      for (guint j = 0; j < n_refs; j++)
        {
          outputs[j] = refs[j];
          outputs[j].node
              = GPOINTER_TO_UINT (g_hash_table_lookup (copies, GUINT_TO_POINTER (refs[j].node)));
        }
      tn_draft_set_group (draft, copy, tn_group_type (group), outputs, n_refs,
                          tn_group_extras (group), NULL);
      tn_draft_open_group (draft, copy, tn_group_is_open (group));
    }
}

void
tn_copies_drop_hollow_groups (TnDraft *draft, const TnGraph *graph)
{
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      gboolean hollow = TRUE;

      for (guint j = 0; j < tn_draft_size (draft) && hollow; j++)
        hollow = tn_node_schema (tn_draft_node (draft, j))->boundary
                 || !tn_group_holds (group, tn_node_name (tn_draft_node (draft, j)));
      for (guint j = tn_draft_size (draft); hollow && j-- > 0;)
        if (tn_group_holds (group, tn_node_name (tn_draft_node (draft, j))))
          tn_draft_remove (draft, tn_node_id (tn_draft_node (draft, j)));
    }
}
