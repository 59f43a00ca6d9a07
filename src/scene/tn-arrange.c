/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tn_layout(): the layout applied to a graph, whole or only to what has no place yet. */
#include <math.h>

#include "graph/tn-draft.h"
#include "scene/tn-cells.h"
#include "scene/tn-scene-private.h"

/* Files may say anything; cairo counts pixels in 24 bits. Tens of thousands of layers in a row have
 * room. */
#define FARTHEST 4e6
/* Room for a shape of four axes where shapes are not known. */
#define TYPICAL_LABEL 132
/* How often a part that is arranged tries to evade what stands around it. */
#define MOST_SHIFTS 64

static double
sound (double coordinate)
{
  return isfinite (coordinate) ? CLAMP (coordinate, -FARTHEST, FARTHEST) : 0;
}

/* ---- metrics ---- */

/* The longest shape that a wire may show. */
static double
longest_label (const TnStyle *style, const TnGraph *graph, const TnFacts *facts)
{
  const TnGraph *known = tn_facts_graph (facts);
  double longest = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_find (known, tn_node_id (tn_graph_node (graph, i)));

      for (guint output = 0;
           node != NULL && tn_node_n_calls (node) > 0 && output < tn_node_n_outputs (node);
           output++)
        {
          gboolean assumed;
          TnShape shape
              = tn_facts_shape (facts, (TnRef){ tn_node_id (node), 0, (guint16)output }, &assumed);
          g_autofree char *text = tn_shape_to_text (&shape);

          longest = MAX (longest, tn_text_estimate (text, style->label_size) + (assumed ? 14 : 0));
        }
    }
  return longest;
}

TnLayoutMetrics
tn_layout_metrics (const TnStyle *style, TnDirection direction, const TnGraph *graph,
                   const TnFacts *facts)
{
  double label = TYPICAL_LABEL;

  if (direction == TN_DIRECTION_DOWN)
    return (TnLayoutMetrics){ .across = style->box_width,
                              .along = style->box_height,
                              .across_gap = style->column_gap,
                              .along_gap = style->row_gap,
                              .chip_across = style->chip_width,
                              .chip_along = style->chip_height,
                              .frame_before_across = style->frame_gap,
                              .frame_after_across = style->frame_gap,
                              .frame_before_along = style->frame_gap + style->frame_title,
                              .frame_after_along = style->frame_gap };
  if (facts != NULL)
    label = longest_label (style, graph, facts);
  return (TnLayoutMetrics){ .across = style->box_height,
                            .along = style->box_width,
                            .across_gap = style->column_gap,
                            .along_gap = ceil (CLAMP (label + 44, 72, 260) / 4) * 4,
                            .chip_across = style->chip_height,
                            .chip_along = style->chip_width,
                            .frame_before_across = style->frame_gap + style->frame_title,
                            .frame_after_across = style->frame_gap,
                            .frame_before_along = style->frame_gap,
                            .frame_after_along = style->frame_gap };
}

/* ---- the whole ---- */

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

/* What a layout calls a place: across the flow, along it. */
static TnPoint
turned (TnDirection direction, double x, double y)
{
  return direction == TN_DIRECTION_DOWN ? (TnPoint){ x, y } : (TnPoint){ y, x };
}

/* Of those of @graph that have one; NAN for the others. New array. */
static TnPoint *
stored_places (const TnGraph *graph, TnDirection direction)
{
  guint n_nodes = tn_graph_size (graph);
  TnPoint *places = g_new (TnPoint, MAX (n_nodes, 1));

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      places[i] = (TnPoint){ NAN, NAN };
      if (tn_node_is_placed (node))
        places[i] = turned (direction, sound (tn_node_x (node)), sound (tn_node_y (node)));
    }
  return places;
}

static void
complete (const TnGraph *graph, const TnLayoutMetrics *metrics, TnPoint *places)
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
    if (!isnan (places[i].x))
      {
        right = MAX (right, places[i].x);
        n_placed++;
      }
  if (n_placed == n_nodes)
    return;
  if (n_placed == 0)
    {
      tn_layout_places (graph, metrics, NULL, places);
      return;
    }

  found = g_new (TnPoint, n_nodes);
  tn_layout_places (graph, metrics, places, found);
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

static void
turn_all (const TnGraph *graph, TnDirection direction, TnPoint *places)
{
  for (guint i = 0; direction != TN_DIRECTION_DOWN && i < tn_graph_size (graph); i++)
    places[i] = (TnPoint){ places[i].y, places[i].x };
}

TnPoint *
tn_layout_shown (const TnGraph *graph, TnDirection direction, const TnLayoutMetrics *metrics)
{
  TnDirection own = tn_graph_direction (graph);
  g_autofree TnPoint *places = stored_places (graph, own);
  g_autofree TnPoint *found = NULL;

  if (direction == own)
    {
      complete (graph, metrics, places);
      turn_all (graph, direction, places);
      return g_steal_pointer (&places);
    }
  /* What stands beside what stays so when the flow turns. */
  found = g_new (TnPoint, MAX (tn_graph_size (graph), 1));
  tn_layout_places (graph, metrics, places, found);
  turn_all (graph, direction, found);
  return g_steal_pointer (&found);
}

/* @places: on the canvas. */
static TnGraph *
move_all (const TnGraph *graph, TnDirection direction, const TnPoint *places)
{
  g_autoptr (TnDraft) draft = NULL;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_is_placed (node) && tn_node_x (node) == places[i].x
          && tn_node_y (node) == places[i].y)
        continue;
      if (draft == NULL)
        draft = tn_draft_new (graph);
      tn_draft_move (draft, tn_node_id (node), places[i].x, places[i].y);
    }
  if (draft == NULL && direction == tn_graph_direction (graph))
    return tn_graph_ref (graph);
  if (draft == NULL)
    draft = tn_draft_new (graph);
  tn_draft_set_direction (draft, direction);
  return tn_draft_finish (draft);
}

static TnGraph *
arrange_layers (const TnGraph *graph, TnDirection direction, const TnFacts *facts)
{
  TnLayoutMetrics metrics
      = tn_layout_metrics (tn_style_get (TN_THEME_LIGHT), direction, graph, facts);
  g_autofree TnPoint *places = stored_places (graph, tn_graph_direction (graph));
  g_autofree TnPoint *found = g_new0 (TnPoint, MAX (tn_graph_size (graph), 1));

  tn_layout_places (graph, &metrics, places, found);
  turn_all (graph, direction, found);
  return move_all (graph, direction, found);
}

static TnGraph *
arrange_whole (const TnGraph *graph, TnDirection direction, const TnFacts *facts)
{
  g_autoptr (TnGraph) layers = tn_graph_without_remarks (graph, TRUE);
  g_autoptr (TnGraph) arranged = arrange_layers (layers, direction, facts);

  return layers == graph ? g_steal_pointer (&arranged) : tn_layout_follow_remarks (graph, arranged);
}

TnGraph *
tn_layout (const TnGraph *graph, gboolean all)
{
  TnLayoutMetrics metrics;
  g_autofree TnPoint *places = NULL;
  TnDirection direction;

  g_return_val_if_fail (graph != NULL, NULL);
  direction = tn_graph_direction (graph);
  if (all)
    return arrange_whole (graph, direction, NULL);
  metrics = tn_layout_metrics (tn_style_get (TN_THEME_LIGHT), direction, graph, NULL);
  places = tn_layout_shown (graph, direction, &metrics);
  /* What files say too far off stays as they say. */
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (tn_node_is_placed (tn_graph_node (graph, i)))
      places[i]
          = (TnPoint){ tn_node_x (tn_graph_node (graph, i)), tn_node_y (tn_graph_node (graph, i)) };
  return move_all (graph, direction, places);
}

/* ---- some of it ---- */

static TnRect
room_of (const TnLayoutMetrics *metrics, TnPoint place, double x, double y)
{
  return room_for (metrics, (TnPoint){ place.x + x, place.y + y });
}

/* How far across the flow @places, by index in @part, must be moved for nothing of @graph that is
 * not in @part to be covered. 0 where there is no room near by. */
static double
free_shift (const TnGraph *graph, const TnGraph *part, const TnLayoutMetrics *metrics,
            const TnPoint *stored, const TnPoint *places)
{
  const double step = metrics->across / 4;
  g_autoptr (TnCells) taken = tn_cells_new (metrics->across);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (!isnan (stored[i].x) && tn_graph_index (part, tn_node_id (tn_graph_node (graph, i))) < 0)
      tn_cells_add (taken, room_for (metrics, stored[i]));
  for (guint tries = 0; tries < MOST_SHIFTS; tries++)
    {
      double shift = (tries % 2 ? 1.0 : -1.0) * ((tries + 1) / 2) * step;
      gboolean collides = FALSE;

      for (guint i = 0; !collides && i < tn_graph_size (part); i++)
        collides = tn_cells_taken (taken, room_of (metrics, places[i], shift, 0));
      if (!collides)
        return round (shift);
    }
  return 0;
}

static TnGraph *
arrange_part (const TnGraph *graph, const TnArrangement *arrangement)
{
  TnDirection direction = tn_graph_direction (graph);
  TnLayoutMetrics metrics
      = tn_layout_metrics (tn_style_get (TN_THEME_LIGHT), direction, graph, arrangement->facts);
  g_autoptr (GHashTable) chosen = g_hash_table_new (NULL, NULL);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnGraph) part = NULL;
  g_autofree TnPoint *stored = stored_places (graph, direction);
  g_autofree TnPoint *hints = NULL, *places = NULL;
  TnPoint move = { 0, 0 };
  guint n_placed = 0;

  for (guint i = 0; i < arrangement->n_nodes; i++)
    g_hash_table_add (chosen, GUINT_TO_POINTER (arrangement->nodes[i]));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));

      if (!g_hash_table_contains (chosen, GUINT_TO_POINTER (id)))
        tn_draft_remove (draft, id);
    }
  part = tn_draft_finish (draft);
  if (tn_graph_size (part) == 0)
    return tn_graph_ref (graph);
  hints = stored_places (part, direction);
  places = g_new0 (TnPoint, tn_graph_size (part));
  tn_layout_places (part, &metrics, hints, places);
  /* Around where they stand together now. */
  for (guint i = 0; i < tn_graph_size (part); i++)
    if (!isnan (hints[i].x))
      {
        move.x += hints[i].x - places[i].x;
        move.y += hints[i].y - places[i].y;
        n_placed++;
      }
  if (n_placed > 0)
    move = (TnPoint){ round (move.x / n_placed), round (move.y / n_placed) };
  for (guint i = 0; i < tn_graph_size (part); i++)
    places[i] = (TnPoint){ places[i].x + move.x, places[i].y + move.y };
  move.x = free_shift (graph, part, &metrics, stored, places);

  g_clear_pointer (&draft, tn_draft_free);
  draft = tn_draft_new (graph);
  for (guint i = 0; i < tn_graph_size (part); i++)
    {
      TnPoint place = turned (direction, places[i].x + move.x, places[i].y);

      tn_draft_move (draft, tn_node_id (tn_graph_node (part, i)), place.x, place.y);
    }
  return tn_draft_finish (draft);
}

TnGraph *
tn_layout_arrange (const TnGraph *graph, const TnArrangement *arrangement)
{
  g_return_val_if_fail (graph != NULL && arrangement != NULL, NULL);
  if (arrangement->n_nodes > 0 && arrangement->direction == tn_graph_direction (graph))
    return arrange_part (graph, arrangement);
  return arrange_whole (graph, arrangement->direction, arrangement->facts);
}
