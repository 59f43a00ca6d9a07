/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tn_layout(): the layout applied to a graph, whole or only to what has no place yet. */
#include <math.h>

#include "graph/tn-draft.h"
#include "scene/tn-cells.h"
#include "scene/tn-layout-private.h"

/* Files may say anything; cairo counts pixels in 24 bits. */
#define FARTHEST 1e6

static double
sound (double coordinate)
{
  return isfinite (coordinate) ? CLAMP (coordinate, -FARTHEST, FARTHEST) : 0;
}

/* How the found places are to be moved to fit the stored ones: by the mean difference of the placed
 * nodes that the others are wired with, or of all placed ones. */
static TnPoint
mean_move (const TnGraph *graph, const TnPoint *stored, const TnPoint *found)
{
  guint n_nodes = tn_graph_size (graph);
  g_autofree gboolean *near = g_new0 (gboolean, n_nodes);
  TnPoint sums[2] = { { 0, 0 }, { 0, 0 } };
  guint counts[2] = { 0, 0 };
  guint which;

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            TnRef ref = tn_node_input (node, call, slot);
            int source = ref.node == TN_NODE_NONE ? -1 : tn_graph_index (graph, ref.node);

            if (source < 0
                || tn_node_is_placed (node) == tn_node_is_placed (tn_graph_node (graph, source)))
              continue;
            near[tn_node_is_placed (node) ? i : (guint)source] = TRUE;
          }
    }
  for (guint i = 0; i < n_nodes; i++)
    {
      if (!tn_node_is_placed (tn_graph_node (graph, i)))
        continue;
      for (guint j = 0; j < (near[i] ? 2 : 1); j++)
        {
          sums[j].x += stored[i].x - found[i].x;
          sums[j].y += stored[i].y - found[i].y;
          counts[j]++;
        }
    }
  which = counts[1] > 0 ? 1 : 0;
  return (TnPoint){ round (sums[which].x / counts[which]), round (sums[which].y / counts[which]) };
}

static TnRect
room_for (const TnLayoutMetrics *metrics, TnPoint place)
{
  return (TnRect){ place.x - metrics->across / 2 - 4, place.y - metrics->along / 2 - 4,
                   metrics->across + 8, metrics->along + 8 };
}

void
tn_layout_complete (const TnGraph *graph, const TnLayoutMetrics *metrics, TnPoint *places)
{
  guint n_nodes = tn_graph_size (graph);
  g_autofree TnPoint *found = NULL;
  g_autoptr (TnCells) taken = NULL;
  gboolean collides = FALSE;
  double right = -G_MAXDOUBLE;
  double left = G_MAXDOUBLE;
  guint n_placed = 0;
  TnPoint move;

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      places[i] = (TnPoint){ 0, 0 };
      if (!tn_node_is_placed (node))
        continue;
      places[i] = (TnPoint){ sound (tn_node_x (node)), sound (tn_node_y (node)) };
      right = MAX (right, places[i].x);
      n_placed++;
    }
  if (n_placed == n_nodes)
    return;
  if (n_placed == 0)
    {
      tn_layout_places (graph, metrics, places);
      return;
    }

  found = g_new (TnPoint, n_nodes);
  tn_layout_places (graph, metrics, found);
  move = mean_move (graph, places, found);
  taken = tn_cells_new (metrics->across);
  for (guint i = 0; i < n_nodes; i++)
    if (tn_node_is_placed (tn_graph_node (graph, i)))
      tn_cells_add (taken, room_for (metrics, places[i]));
  for (guint i = 0; i < n_nodes; i++)
    {
      if (tn_node_is_placed (tn_graph_node (graph, i)))
        continue;
      places[i] = (TnPoint){ found[i].x + move.x, found[i].y + move.y };
      left = MIN (left, places[i].x);
      collides = collides || tn_cells_taken (taken, room_for (metrics, places[i]));
    }
  /* Where they would cover something, all of them go to its right, together. */
  for (guint i = 0; collides && i < n_nodes; i++)
    if (!tn_node_is_placed (tn_graph_node (graph, i)))
      places[i].x += right + metrics->across + metrics->across_gap - left;
  for (guint i = 0; i < n_nodes; i++)
    places[i] = (TnPoint){ sound (places[i].x), sound (places[i].y) };
}

TnGraph *
tn_layout (const TnGraph *graph, gboolean all)
{
  TnLayoutMetrics metrics = tn_layout_metrics (tn_style_get (TN_THEME_LIGHT));
  guint n_nodes;
  g_autofree TnPoint *places = NULL;
  g_autoptr (TnDraft) draft = NULL;

  g_return_val_if_fail (graph != NULL, NULL);
  n_nodes = tn_graph_size (graph);
  places = g_new0 (TnPoint, MAX (n_nodes, 1));
  if (all)
    tn_layout_places (graph, &metrics, places);
  else
    tn_layout_complete (graph, &metrics, places);

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_is_placed (node)
          && (!all || (tn_node_x (node) == places[i].x && tn_node_y (node) == places[i].y)))
        continue;
      if (draft == NULL)
        draft = tn_draft_new (graph);
      tn_draft_move (draft, tn_node_id (node), places[i].x, places[i].y);
    }
  return draft == NULL ? tn_graph_ref (graph) : tn_draft_finish (draft);
}
