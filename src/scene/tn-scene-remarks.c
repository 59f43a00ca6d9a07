/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments, frames and knots in a scene: how large they are, and where they take a pointer. */
#include "layers/tn-remarks.h"

#include <math.h>
#include <string.h>

#include "scene/tn-scene-private.h"

TnRemark
tn_remark_of (const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);

  if (schema->knot)
    return TN_REMARK_KNOT;
  if (!schema->remark)
    return TN_REMARK_NONE;
  return schema == &tn_layer_frame ()->schema ? TN_REMARK_FRAME : TN_REMARK_COMMENT;
}

/* Lines that @text takes at most, broken between words; a longer word has lines of its own. */
static guint
count_lines (const char *text, double width, double size)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n", -1);
  guint n_lines = 0;

  for (guint i = 0; paragraphs[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (paragraphs[i], " ", -1);
      double used = 0;

      n_lines++;
      for (guint j = 0; words[j] != NULL; j++)
        {
          double length = tn_text_estimate (words[j], size);

          if (used > 0 && used + length > width)
            {
              n_lines++;
              used = 0;
            }
          n_lines += (guint)MIN (floor (length / width), 10000);
          used += fmod (length, width) + tn_text_estimate (" ", size);
        }
    }
  return MAX (n_lines, 1);
}

void
tn_scene_build_remark (TnScene *scene, TnSceneNode *self, TnPoint centre)
{
  double width, height;

  switch (self->remark)
    {
    case TN_REMARK_KNOT:
      self->box = (TnRect){ centre.x - TN_KNOT_RADIUS, centre.y - TN_KNOT_RADIUS,
                            2 * TN_KNOT_RADIUS, 2 * TN_KNOT_RADIUS };
      break;
    case TN_REMARK_FRAME:
      width = tn_node_float (self->node, TN_REMARK_WIDTH);
      height = tn_node_float (self->node, TN_REMARK_HEIGHT);
      self->box = (TnRect){ centre.x - width / 2, centre.y - height / 2, width, height };
      break;
    default:
      width = tn_node_float (self->node, TN_REMARK_WIDTH);
      height
          = count_lines (tn_node_string (self->node, TN_REMARK_TEXT),
                         MAX (width - 2 * TN_COMMENT_PADDING, 20), TN_COMMENT_SIZE (scene->style))
                * TN_COMMENT_SIZE (scene->style) * 1.4
            + 2 * TN_COMMENT_PADDING;
      self->box = (TnRect){ centre.x - width / 2, centre.y - height / 2, width, height };
    }
  self->bounds = tn_rect_grown (self->box, 3);
}

TnRect
tn_scene_frame_title (const TnScene *scene, const TnSceneNode *self)
{
  TnRect title = self->box;

  title.height = MIN (scene->style->frame_title, title.height);
  return title;
}

gboolean
tn_scene_hit_frame_remark (const TnScene *scene, const TnSceneNode *self, double x, double y,
                           double slop)
{
  TnRect title = tn_scene_frame_title (scene, self);
  TnRect box = tn_rect_grown (self->box, slop), inner = tn_rect_grown (self->box, -slop);
  gboolean in_title
      = x >= title.x && x <= title.x + title.width && y >= title.y && y <= title.y + title.height;
  gboolean in_box = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  gboolean inside
      = x > inner.x && x < inner.x + inner.width && y > inner.y && y < inner.y + inner.height;

  return in_title || (in_box && !inside);
}

GArray *
tn_scene_framed (const TnScene *scene, TnNodeId frame)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  int index = tn_graph_index (scene->graph, frame);
  TnRect area;

  if (index < 0 || scene->nodes[index].remark != TN_REMARK_FRAME)
    return nodes;
  area = scene->nodes[index].box;
  for (guint i = 0; i < scene->n_layers; i++)
    {
      TnRect box = scene->nodes[scene->nodes[i].shown].box;
      TnNodeId id = tn_node_id (scene->nodes[i].node);
      double x = box.x + box.width / 2, y = box.y + box.height / 2;

      if ((int)i == index || x < area.x || x > area.x + area.width || y < area.y
          || y > area.y + area.height)
        continue;
      /* Of two that hold each other's middle the larger one is around. */
      if (scene->nodes[i].remark == TN_REMARK_FRAME
          && box.width * box.height >= area.width * area.height)
        continue;
      g_array_append_val (nodes, id);
    }
  return nodes;
}

/* ---- after an automatic arrangement ---- */

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

/* Where it stood beside the layer next to it; below that when the flow turns to the right. */
static void
follow_comment (TnDraft *draft, const TnGraph *graph, const TnGraph *arranged,
                const TnNode *comment)
{
  const TnNode *best = NULL, *moved = NULL;
  double nearest = G_MAXDOUBLE, dx, dy;

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
  if (tn_graph_direction (graph) != tn_graph_direction (arranged))
    tn_draft_move (draft, tn_node_id (comment), tn_node_x (moved) + dy, tn_node_y (moved) + dx);
  else
    tn_draft_move (draft, tn_node_id (comment), tn_node_x (moved) + dx, tn_node_y (moved) + dy);
}

TnGraph *
tn_layout_follow_remarks (const TnGraph *graph, const TnGraph *arranged)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      const TnNode *now = tn_graph_find (arranged, tn_node_id (node));

      if (now != NULL)
        tn_draft_move (draft, tn_node_id (node), tn_node_x (now), tn_node_y (now));
      else if (tn_remark_of (node) == TN_REMARK_KNOT)
        tn_draft_heal (draft, tn_node_id (node));
      else if (tn_remark_of (node) == TN_REMARK_FRAME)
        follow_frame (draft, graph, arranged, node);
      else if (tn_remark_of (node) == TN_REMARK_COMMENT)
        follow_comment (draft, graph, arranged, node);
    }
  tn_draft_set_direction (draft, tn_graph_direction (arranged));
  return tn_draft_finish (draft);
}
