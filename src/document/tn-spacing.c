/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making room on the canvas for a layer that was put into a wire. */
#include "document/tn-spacing.h"

#include <math.h>

#include "scene/tn-style.h"

/* Of a model that flows to the right: for the shape on the wire between two boxes. */
#define GAP_RIGHT 176

/* How far apart the centres of neighbouring boxes stand along the flow, at least. */
static double
spacing (TnDirection direction)
{
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);

  return direction == TN_DIRECTION_DOWN ? style->box_height + style->row_gap
                                        : style->box_width + GAP_RIGHT;
}

/* Where a node is along the flow and across it. */
static double
along (const TnGraph *graph, const TnNode *node)
{
  return tn_graph_direction (graph) == TN_DIRECTION_DOWN ? tn_node_y (node) : tn_node_x (node);
}

static double
across (const TnGraph *graph, const TnNode *node)
{
  return tn_graph_direction (graph) == TN_DIRECTION_DOWN ? tn_node_x (node) : tn_node_y (node);
}

static void
move_along (TnDraft *draft, const TnGraph *graph, const TnNode *node, double place)
{
  if (tn_graph_direction (graph) == TN_DIRECTION_DOWN)
    tn_draft_move (draft, tn_node_id (node), tn_node_x (node), place);
  else
    tn_draft_move (draft, tn_node_id (node), place, tn_node_y (node));
}

/* Boxes side by side need no distance along the flow. */
static gboolean
is_in_column (const TnGraph *graph, const TnNode *node, const TnNode *other)
{
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);

  return fabs (across (graph, node) - across (graph, other))
         < (tn_graph_direction (graph) == TN_DIRECTION_DOWN ? style->box_width : style->box_height);
}

/* Of every node by index: does it depend on the node at @index? */
static gboolean *
find_dependents (const TnGraph *graph, guint index)
{
  gboolean *dependent = g_new0 (gboolean, tn_graph_size (graph));
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_append_val (open, index);
  while (open->len > 0)
    {
      guint next = g_array_index (open, guint, open->len - 1), n_uses;
      const TnGraphUse *uses = tn_graph_uses (graph, next, &n_uses);

      g_array_set_size (open, open->len - 1);
      for (guint i = 0; i < n_uses; i++)
        if (!dependent[uses[i].index])
          {
            dependent[uses[i].index] = TRUE;
            g_array_append_val (open, uses[i].index);
          }
    }
  return dependent;
}

/* The lowest place of what feeds the node and stands in its column; -INFINITY when nothing does. */
static double
lowest_source (const TnGraph *graph, const TnNode *node)
{
  double lowest = -INFINITY;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        const TnNode *source = tn_graph_find (graph, tn_node_input (node, call, slot).node);

        if (source != NULL && tn_node_is_placed (source) && is_in_column (graph, source, node))
          lowest = MAX (lowest, along (graph, source));
      }
  return lowest;
}

TnGraph *
tn_spacing_make_room (const TnGraph *graph, TnNodeId id)
{
  int index = tn_graph_index (graph, id);
  const TnNode *node = tn_graph_node (graph, index);
  double space = spacing (tn_graph_direction (graph));
  g_autofree gboolean *dependent = NULL;
  g_autoptr (TnDraft) draft = NULL;
  double source_y, y = along (graph, node), first_y = INFINITY;
  const TnGraphUse *uses;
  guint n_uses;

  if (!tn_node_is_placed (node))
    return tn_graph_ref (graph);

  source_y = lowest_source (graph, node);
  if (y < source_y + space && y > source_y - space)
    y = source_y + space;

  /* The highest of what it feeds that stands below its source but not far enough below it. A wire
   * that somebody drew upwards is left as it is. */
  uses = tn_graph_uses (graph, index, &n_uses);
  for (guint i = 0; i < n_uses; i++)
    {
      const TnNode *user = tn_graph_node (graph, uses[i].index);

      if (tn_node_is_placed (user) && is_in_column (graph, user, node)
          && along (graph, user) > source_y && along (graph, user) > y - 2 * space
          && along (graph, user) < y + space)
        first_y = MIN (first_y, along (graph, user));
    }
  if (y == along (graph, node) && !isfinite (first_y))
    return tn_graph_ref (graph);

  draft = tn_draft_new (graph);
  move_along (draft, graph, node, y);
  if (isfinite (first_y))
    {
      dependent = find_dependents (graph, index);
      for (guint i = 0; i < tn_graph_size (graph); i++)
        {
          const TnNode *other = tn_graph_node (graph, i);

          if (dependent[i] && tn_node_is_placed (other) && along (graph, other) >= first_y)
            move_along (draft, graph, other, along (graph, other) + y + space - first_y);
        }
    }
  return tn_draft_finish (draft);
}

TnGraph *
tn_spacing_make_room_for_block (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes,
                                TnNodeId last)
{
  g_autoptr (GHashTable) own = g_hash_table_new (NULL, NULL);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  int index = tn_graph_index (graph, last);
  double space = spacing (tn_graph_direction (graph));
  g_autofree gboolean *dependent = NULL;
  double top = INFINITY, bottom = -INFINITY, source_y = -INFINITY, first_y = INFINITY;
  const TnGraphUse *uses;
  guint n_uses;

  g_return_val_if_fail (index >= 0, NULL);
  for (guint i = 0; i < n_nodes; i++)
    g_hash_table_add (own, GUINT_TO_POINTER (nodes[i]));
  for (guint i = 0; i < n_nodes; i++)
    {
      const TnNode *node = tn_graph_find (graph, nodes[i]);

      top = MIN (top, along (graph, node));
      bottom = MAX (bottom, along (graph, node));
      for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
        {
          const TnNode *source = tn_graph_find (graph, tn_node_input (node, 0, slot).node);

          if (source != NULL && tn_node_is_placed (source)
              && !g_hash_table_contains (own, GUINT_TO_POINTER (tn_node_id (source))))
            source_y = MAX (source_y, along (graph, source));
        }
    }
  if (isfinite (source_y) && top > source_y - space && top < source_y + space)
    {
      const double down = source_y + space - top;

      for (guint i = 0; i < n_nodes; i++)
        {
          const TnNode *node = tn_graph_find (graph, nodes[i]);

          move_along (draft, graph, node, along (graph, node) + down);
        }
      bottom += down;
    }
  uses = tn_graph_uses (graph, (guint)index, &n_uses);
  for (guint i = 0; i < n_uses; i++)
    {
      const TnNode *user = tn_graph_node (graph, uses[i].index);

      /* A wire that somebody drew upwards is left as it is. */
      if (tn_node_is_placed (user) && along (graph, user) > source_y)
        first_y = MIN (first_y, along (graph, user));
    }
  dependent = find_dependents (graph, (guint)index);
  for (guint i = 0; first_y < bottom + space && i < tn_graph_size (graph); i++)
    {
      const TnNode *other = tn_graph_node (graph, i);

      if (dependent[i] && tn_node_is_placed (other) && along (graph, other) >= first_y)
        move_along (draft, graph, other, along (graph, other) + bottom + space - first_y);
    }
  return tn_draft_finish (draft);
}
