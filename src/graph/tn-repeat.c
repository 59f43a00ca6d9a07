/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeing that a group is a chain of copies. */
#include "graph/tn-repeat.h"

#include <string.h>

#include "graph/tn-node-private.h"

const TnNode *
tn_graph_only_entry (const TnGraph *graph, const TnGroup *group)
{
  const TnNode *entry = NULL;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_node_schema (node)->boundary || tn_graph_group_of (graph, node) != group)
        continue;
      if (entry != NULL || tn_node_n_calls (node) != 1)
        return NULL;
      entry = node;
    }
  return entry;
}

gboolean
tn_graph_only_output (const TnGroup *group, TnRef *output)
{
  guint n_outputs;
  const TnRef *outputs = tn_group_outputs (group, &n_outputs);

  if (n_outputs != 1)
    return FALSE;
  *output = outputs[0];
  return TRUE;
}

const TnNode *
tn_graph_twin (const TnGraph *graph, const TnNode *node, const TnGroup *own, const TnGroup *other)
{
  g_autofree char *name = g_strconcat (tn_group_name (other),
                                       tn_node_name (node) + strlen (tn_group_name (own)), NULL);

  return tn_graph_find_name (graph, name);
}

static gboolean
same_settings (const TnNode *a, const TnNode *b)
{
  if (a->trainable != b->trainable || (a->pin == NULL) != (b->pin == NULL)
      || (a->pin != NULL && !tn_shape_identical (a->pin, b->pin))
      || !tn_value_equal (a->extras, b->extras))
    return FALSE;
  for (guint i = 0; i < a->schema->n_params; i++)
    if (!tn_value_equal (a->values[i], b->values[i]))
      return FALSE;
  return TRUE;
}

/* Is @node, in @first, wired as its twin in @other is? */
static gboolean
same_wires (const TnGraph *graph, const TnNode *node, const TnNode *twin, const TnGroup *first,
            const TnGroup *other)
{
  if (node->n_calls != twin->n_calls)
    return FALSE;
  /* What enters comes from another place each time. */
  if (node->schema->boundary && tn_graph_group_of (graph, node) == first)
    return TRUE;
  for (guint call = 0; call < node->n_calls; call++)
    {
      if (node->calls[call].n_inputs != twin->calls[call].n_inputs)
        return FALSE;
      for (guint slot = 0; slot < node->calls[call].n_inputs; slot++)
        {
          TnRef a = node->calls[call].inputs[slot], b = twin->calls[call].inputs[slot];
          const TnNode *source = tn_graph_find (graph, a.node);
          const TnNode *expected = NULL;

          if (source != NULL && !tn_group_holds (first, tn_node_name (source)))
            return FALSE;
          if (source != NULL)
            expected = tn_graph_twin (graph, source, first, other);
          if (a.call != b.call || a.output != b.output
              || (expected != NULL ? expected->id : TN_NODE_NONE) != b.node)
            return FALSE;
        }
    }
  return TRUE;
}

static guint
count_held (const TnGraph *graph, const TnGroup *group)
{
  guint count = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    count += tn_group_holds (group, tn_node_name (tn_graph_node (graph, i)));
  return count;
}

static gboolean
is_copy (const TnGraph *graph, const TnGroup *first, const TnGroup *other, gboolean exactly)
{
  TnRef a, b;
  const TnNode *twin;

  if (count_held (graph, first) != count_held (graph, other) || !tn_graph_only_output (first, &a)
      || !tn_graph_only_output (other, &b))
    return FALSE;
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_group_holds (first, tn_node_name (node)))
        continue;
      twin = tn_graph_twin (graph, node, first, other);
      if (twin == NULL || twin->schema != node->schema
          || !same_wires (graph, node, twin, first, other)
          || (exactly && !same_settings (node, twin)))
        return FALSE;
    }
  twin = tn_graph_find (graph, a.node);
  twin = twin != NULL ? tn_graph_twin (graph, twin, first, other) : NULL;
  return twin != NULL && twin->id == b.node && a.call == b.call && a.output == b.output;
}

/* Directly in @group, as they were made. */
static GPtrArray *
groups_within (const TnGraph *graph, const TnGroup *group)
{
  GPtrArray *within = g_ptr_array_new ();
  gsize length = strlen (tn_group_name (group));

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *other = tn_graph_group (graph, i);

      if (tn_name_group_length (tn_group_name (other)) == length
          && tn_group_holds (group, tn_group_name (other)))
        g_ptr_array_add (within, (gpointer)other);
    }
  return within;
}

/* The one of @groups that @ref enters; NULL when none does. */
static const TnGroup *
find_next (const TnGraph *graph, const GPtrArray *groups, TnRef ref)
{
  for (guint i = 0; i < groups->len; i++)
    {
      const TnNode *entry = tn_graph_only_entry (graph, groups->pdata[i]);

      if (entry != NULL && tn_ref_equal (tn_node_input (entry, 0, 0), ref))
        return groups->pdata[i];
    }
  return NULL;
}

GPtrArray *
tn_graph_repeated (const TnGraph *graph, const TnGroup *group, gboolean exactly)
{
  g_autoptr (GPtrArray) within = groups_within (graph, group);
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  const TnNode *entry;
  guint n_held = 1;
  TnRef ref, end;

  if (within->len < 2 || !tn_graph_only_output (group, &end))
    return NULL;
  entry = tn_graph_only_entry (graph, group);
  if (entry == NULL)
    return NULL;
  ref = (TnRef){ entry->id, 0, 0 };
  while (chain->len < within->len)
    {
      const TnGroup *next = find_next (graph, within, ref);

      if (next == NULL || !tn_graph_only_output (next, &ref))
        return NULL;
      if (chain->len > 0 && !is_copy (graph, chain->pdata[0], next, exactly))
        return NULL;
      g_ptr_array_add (chain, (gpointer)next);
      n_held += count_held (graph, next);
    }
  if (!tn_ref_equal (ref, end) || n_held != count_held (graph, group))
    return NULL;
  return g_steal_pointer (&chain);
}

const TnGroup *
tn_graph_repeat_around (const TnGraph *graph, const TnNode *node, guint *number)
{
  const TnGroup *own = tn_graph_group_of (graph, node);

  while (own != NULL)
    {
      g_autofree char *name
          = g_strndup (tn_group_name (own), tn_name_group_length (tn_group_name (own)));
      const TnGroup *around = name[0] != '\0' ? tn_graph_find_group (graph, name) : NULL;
      g_autoptr (GPtrArray) copies
          = around != NULL ? tn_graph_repeated (graph, around, FALSE) : NULL;
      guint found;

      if (copies != NULL && g_ptr_array_find (copies, own, &found))
        {
          if (number != NULL)
            *number = found;
          return around;
        }
      own = around;
    }
  return NULL;
}
