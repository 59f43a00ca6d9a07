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

TnRect
tn_remark_box (const TnStyle *style, const TnNode *node, TnPoint centre)
{
  double width, height;

  switch (tn_remark_of (node))
    {
    case TN_REMARK_KNOT:
      width = height = 2 * TN_KNOT_RADIUS;
      break;
    case TN_REMARK_FRAME:
      width = tn_node_float (node, TN_REMARK_WIDTH);
      height = tn_node_float (node, TN_REMARK_HEIGHT);
      break;
    default:
      width = tn_node_float (node, TN_REMARK_WIDTH);
      height = count_lines (tn_node_string (node, TN_REMARK_TEXT),
                            MAX (width - 2 * TN_COMMENT_PADDING, 20), TN_COMMENT_SIZE (style))
                   * TN_COMMENT_SIZE (style) * 1.4
               + 2 * TN_COMMENT_PADDING;
    }
  return (TnRect){ centre.x - width / 2, centre.y - height / 2, width, height };
}

void
tn_scene_build_remark (TnScene *scene, TnSceneNode *self, TnPoint centre)
{
  self->box = tn_remark_box (scene->style, self->node, centre);
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
