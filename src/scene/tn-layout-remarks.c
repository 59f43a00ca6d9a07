/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where comments, frames and knots go when the layers around them were arranged. */
#include <math.h>

#include "layers/tn-remarks.h"
#include "scene/tn-scene-private.h"

/* Beside a layer; and how often a comment tries to find such a place. */
#define COMMENT_GAP 16.0
#define MOST_TRIES  24u

typedef struct
{
  double left, top, right, bottom;
  guint count;
} Extent;

static void
extend (Extent *extent, const TnNode *node)
{
  double x = tn_node_x (node), y = tn_node_y (node);

  extent->left = extent->count > 0 ? MIN (extent->left, x) : x;
  extent->right = extent->count > 0 ? MAX (extent->right, x) : x;
  extent->top = extent->count > 0 ? MIN (extent->top, y) : y;
  extent->bottom = extent->count > 0 ? MAX (extent->bottom, y) : y;
  extent->count++;
}

/* As far beyond what it held as before. */
static void
follow_frame (TnDraft *draft, const TnGraph *graph, const TnGraph *arranged, const TnNode *frame)
{
  Extent before = { 0 }, after = { 0 };
  double x, y, width, height;
  g_autoptr (TnValue) new_width = NULL, new_height = NULL;

  tn_remark_frame (frame, &x, &y, &width, &height);
  for (guint i = 0; i < tn_graph_size (arranged); i++)
    {
      const TnNode *now = tn_graph_node (arranged, i);
      const TnNode *then = tn_graph_find (graph, tn_node_id (now));

      if (then == NULL || tn_node_x (then) < x || tn_node_x (then) > x + width
          || tn_node_y (then) < y || tn_node_y (then) > y + height)
        continue;
      extend (&before, then);
      extend (&after, now);
    }
  if (before.count == 0)
    return;
  width += (after.right - after.left) - (before.right - before.left);
  height += (after.bottom - after.top) - (before.bottom - before.top);
  x += after.left - before.left;
  y += after.top - before.top;
  new_width = tn_value_new_float (CLAMP (width, TN_REMARK_LEAST, TN_REMARK_MOST));
  new_height = tn_value_new_float (CLAMP (height, TN_REMARK_LEAST, TN_REMARK_MOST));
  tn_draft_set (draft, tn_node_id (frame), TN_REMARK_WIDTH, new_width, FALSE, NULL);
  tn_draft_set (draft, tn_node_id (frame), TN_REMARK_HEIGHT, new_height, FALSE, NULL);
  tn_draft_move (draft, tn_node_id (frame), x + width / 2, y + height / 2);
}

static TnPoint
place_of (const TnNode *node)
{
  return (TnPoint){ tn_node_x (node), tn_node_y (node) };
}

/* Does the comment cover a layer there? */
static gboolean
covers (const TnGraph *arranged, const TnNode *comment, TnPoint at)
{
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);
  TnRect box = tn_rect_grown (tn_remark_box (style, comment, at), COMMENT_GAP / 2);

  for (guint i = 0; i < tn_graph_size (arranged); i++)
    {
      const TnNode *node = tn_graph_node (arranged, i);
      TnRect layer
          = { tn_node_x (node) - style->box_width / 2, tn_node_y (node) - style->box_height / 2,
              style->box_width, style->box_height };

      if (tn_rect_intersects (box, layer))
        return TRUE;
    }
  return FALSE;
}

/* From @at across the flow, to one side and the other by turns, until nothing is covered. */
static TnPoint
beside (const TnGraph *arranged, const TnNode *comment, TnPoint at)
{
  gboolean down = tn_graph_direction (arranged) == TN_DIRECTION_DOWN;
  TnRect box = tn_remark_box (tn_style_get (TN_THEME_LIGHT), comment, at);
  double step = (down ? box.width : box.height) / 2 + COMMENT_GAP;

  for (guint tries = 0; tries < MOST_TRIES; tries++)
    {
      double by = (tries % 2 ? -1.0 : 1.0) * ((tries + 1) / 2) * step;
      TnPoint place = down ? (TnPoint){ at.x + by, at.y } : (TnPoint){ at.x, at.y + by };

      if (!covers (arranged, comment, place))
        return place;
    }
  return at;
}

/* @offset from the middle of one box to that of another, where they touch at @before, when they
 * turn and touch at @after: the gap between them stays. */
static double
turned (double offset, double before, double after)
{
  if (fabs (offset) < before)
    return offset * after / before;
  return copysign (fabs (offset) - before + after, offset);
}

/* Where it stood beside the layer next to it; below that when the flow turns to the right. */
static void
follow_comment (TnDraft *draft, const TnGraph *graph, const TnGraph *arranged,
                const TnNode *comment)
{
  const TnNode *best = NULL, *moved = NULL;
  double nearest = G_MAXDOUBLE, dx, dy;
  TnPoint at;

  for (guint i = 0; i < tn_graph_size (arranged); i++)
    {
      const TnNode *now = tn_graph_node (arranged, i);
      const TnNode *then = tn_graph_find (graph, tn_node_id (now));
      double distance = then != NULL ? hypot (tn_node_x (then) - tn_node_x (comment),
                                              tn_node_y (then) - tn_node_y (comment))
                                     : G_MAXDOUBLE;

      if (distance >= nearest)
        continue;
      nearest = distance;
      best = then;
      moved = now;
    }
  if (best == NULL)
    return;
  dx = tn_node_x (comment) - tn_node_x (best);
  dy = tn_node_y (comment) - tn_node_y (best);
  at = (TnPoint){ tn_node_x (moved) + dx, tn_node_y (moved) + dy };
  if (tn_graph_direction (graph) != tn_graph_direction (arranged))
    {
      const TnStyle *style = tn_style_get (TN_THEME_LIGHT);
      TnRect box = tn_remark_box (style, comment, at);
      double wide = (box.width + style->box_width) / 2;
      double high = (box.height + style->box_height) / 2;

      at = (TnPoint){ tn_node_x (moved) + turned (dy, high, wide),
                      tn_node_y (moved) + turned (dx, wide, high) };
      at = beside (arranged, comment, at);
    }
  tn_draft_move (draft, tn_node_id (comment), at.x, at.y);
}

/* ---- knots ---- */

/* The layers at both ends of the wire that goes through the knot, past other knots; NULL: none. */
static void
find_ends (const TnGraph *graph, const TnNode *knot, const TnNode **source, const TnNode **target)
{
  guint n_left = tn_graph_size (graph), n_uses = 0;

  *source = *target = knot;
  while (*source != NULL && tn_remark_of (*source) == TN_REMARK_KNOT && n_left-- > 0)
    *source = tn_node_n_calls (*source) > 0 && tn_node_n_inputs (*source, 0) > 0
                  ? tn_graph_find (graph, tn_node_input (*source, 0, 0).node)
                  : NULL;
  n_left = tn_graph_size (graph);
  while (*target != NULL && tn_remark_of (*target) == TN_REMARK_KNOT && n_left-- > 0)
    {
      int index = tn_graph_index (graph, tn_node_id (*target));
      const TnGraphUse *uses = tn_graph_uses (graph, (guint)index, &n_uses);

      *target = n_uses > 0 ? tn_graph_node (graph, uses[0].index) : NULL;
    }
}

/* As far along the way between both ends, and as far aside of it, as before. */
static void
follow_knot (TnDraft *draft, const TnGraph *graph, const TnGraph *arranged, const TnNode *knot)
{
  const TnNode *source, *target, *source_now, *target_now;
  gboolean was_down = tn_graph_direction (graph) == TN_DIRECTION_DOWN;
  gboolean down = tn_graph_direction (arranged) == TN_DIRECTION_DOWN;
  TnPoint a, b, at = place_of (knot);
  double length, share, aside;

  find_ends (graph, knot, &source, &target);
  source_now = source != NULL ? tn_graph_find (arranged, tn_node_id (source)) : NULL;
  target_now = target != NULL ? tn_graph_find (arranged, tn_node_id (target)) : NULL;
  if (source_now == NULL || target_now == NULL)
    {
      tn_draft_heal (draft, tn_node_id (knot));
      return;
    }
  a = place_of (source);
  b = place_of (target);
  length = was_down ? b.y - a.y : b.x - a.x;
  share = fabs (length) > 1 ? (was_down ? at.y - a.y : at.x - a.x) / length : 0.5;
  share = CLAMP (share, 0.05, 0.95);
  aside = was_down ? at.x - (a.x + share * (b.x - a.x)) : at.y - (a.y + share * (b.y - a.y));
  a = place_of (source_now);
  b = place_of (target_now);
  at = (TnPoint){ a.x + share * (b.x - a.x), a.y + share * (b.y - a.y) };
  tn_draft_move (draft, tn_node_id (knot), at.x + (down ? aside : 0), at.y + (down ? 0 : aside));
}

/* ---- all of them ---- */

/* @knots: they are kept; otherwise wires run as they are led. */
static TnGraph *
follow (const TnGraph *graph, const TnGraph *arranged, gboolean knots)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      const TnNode *now = tn_graph_find (arranged, tn_node_id (node));
      TnRemark remark = tn_remark_of (node);

      if (now != NULL)
        tn_draft_move (draft, tn_node_id (node), tn_node_x (now), tn_node_y (now));
      else if (remark == TN_REMARK_KNOT && knots)
        follow_knot (draft, graph, arranged, node);
      else if (remark == TN_REMARK_KNOT)
        tn_draft_heal (draft, tn_node_id (node));
      else if (remark == TN_REMARK_FRAME)
        follow_frame (draft, graph, arranged, node);
      else if (remark == TN_REMARK_COMMENT)
        follow_comment (draft, graph, arranged, node);
    }
  tn_draft_set_direction (draft, tn_graph_direction (arranged));
  return tn_draft_finish (draft);
}

TnGraph *
tn_layout_follow_remarks (const TnGraph *graph, const TnGraph *arranged)
{
  return follow (graph, arranged, FALSE);
}

TnGraph *
tn_layout_turn (const TnGraph *graph, TnDirection direction, const TnFacts *facts)
{
  g_autoptr (TnGraph) layers = tn_graph_without_remarks (graph, TRUE);
  g_autoptr (TnGraph) arranged = NULL;

  /* What has no remarks is laid out where it is drawn. */
  if (direction == tn_graph_direction (graph) || layers == graph)
    return tn_graph_ref (graph);
  arranged = tn_layout_arrange (layers, &(TnArrangement){ .direction = direction, .facts = facts });
  return follow (graph, arranged, TRUE);
}
