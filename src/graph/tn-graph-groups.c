/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of a graph: finding them, and whether they can be called as models. */
#include "graph/tn-graph-private.h"

#include <string.h>

guint
tn_graph_n_groups (const TnGraph *graph)
{
  const GPtrArray *groups = tn_graph_model (graph)->groups;

  return groups != NULL ? groups->len : 0;
}

const TnGroup *
tn_graph_group (const TnGraph *graph, guint number)
{
  g_return_val_if_fail (number < tn_graph_n_groups (graph), NULL);
  return tn_graph_model (graph)->groups->pdata[number];
}

static const TnGroup *
find_group (const TnGraph *graph, const char *name, gsize length)
{
  for (guint i = 0; length > 0 && i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);

      if (strncmp (tn_group_name (group), name, length) == 0
          && tn_group_name (group)[length] == '\0')
        return group;
    }
  return NULL;
}

const TnGroup *
tn_graph_find_group (const TnGraph *graph, const char *name)
{
  return find_group (graph, name, strlen (name));
}

const TnGroup *
tn_graph_group_of (const TnGraph *graph, const TnNode *node)
{
  return find_group (graph, tn_node_name (node), tn_name_group_length (tn_node_name (node)));
}

/* Calls of the group, by what enters it; 0 when nothing does. */
static guint
count_calls (const TnGraph *graph, const TnGroup *group)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->boundary && tn_graph_group_of (graph, node) == group)
        return tn_node_n_calls (node);
    }
  return 0;
}

/* Is what @node uses in call @call of the first part the same, one part on, in the others? What
 * stands outside may only be used by the group's own boundary. */
static gboolean
parts_agree (const TnGraph *graph, const TnGroup *group, const TnNode *node, guint n_parts)
{
  guint part = tn_node_n_calls (node) / n_parts;
  gboolean enters = tn_node_schema (node)->boundary && tn_graph_group_of (graph, node) == group;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    {
      if (tn_node_n_inputs (node, call) != tn_node_n_inputs (node, call % part))
        return FALSE;
      for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
        {
          TnRef ref = tn_node_input (node, call, slot);
          TnRef first = tn_node_input (node, call % part, slot);
          const TnNode *source = tn_graph_find (graph, ref.node);
          guint step;

          if (source == NULL && tn_node_is_optional (node, slot) && first.node == TN_NODE_NONE)
            continue;
          if (source == NULL)
            return FALSE;
          if (enters != !tn_group_holds (group, tn_node_name (source)))
            return FALSE;
          if (enters)
            continue;
          step = tn_node_n_calls (source) / n_parts;
          if (ref.node != first.node || ref.output != first.output
              || ref.call != first.call + call / part * step || first.call >= step)
            return FALSE;
        }
    }
  return TRUE;
}

/* Is all that the outside uses of @node an output of the group? */
static gboolean
uses_agree (const TnGraph *graph, const TnGroup *group, guint index, guint n_parts)
{
  guint step = tn_node_n_calls (tn_graph_node (graph, index)) / n_parts;
  guint n_uses, n_outputs;
  const TnGraphUse *uses = tn_graph_uses (graph, index, &n_uses);
  const TnRef *outputs = tn_group_outputs (group, &n_outputs);

  for (guint i = 0; i < n_uses; i++)
    {
      TnRef ref = uses[i].ref;
      gboolean found = tn_group_holds (group, tn_node_name (tn_graph_node (graph, uses[i].index)));

      ref.call = (guint16)(ref.call % step);
      for (guint j = 0; j < n_outputs && !found; j++)
        found = tn_ref_equal (outputs[j], ref);
      if (!found)
        return FALSE;
    }
  return TRUE;
}

guint
tn_graph_group_calls (const TnGraph *graph, const TnGroup *group)
{
  guint n_calls = count_calls (graph, group), n_outputs;

  tn_group_outputs (group, &n_outputs);
  if (n_calls == 0 || n_outputs == 0)
    return 0;
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_group_holds (group, tn_node_name (node)))
        continue;
      if (tn_node_n_calls (node) % n_calls != 0 || !parts_agree (graph, group, node, n_calls)
          || !uses_agree (graph, group, i, n_calls))
        return 0;
    }
  return n_calls;
}
