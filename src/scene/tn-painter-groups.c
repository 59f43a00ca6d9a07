/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How groups look: the frame around an open one, the pile that a closed one is. */
#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"

#define FRAME_RADIUS 12.0
#define PILE_OFFSET  4.0
#define LEAST_SIGN   4.0 /* device pixels */

static gboolean
readable (const TnPaint *paint, TnTextKind kind)
{
  return paint->scale <= 0 || tn_text_size (paint->style, kind) * paint->scale >= LEAST_SIGN;
}

static double
hair (const TnPaint *paint, double width)
{
  return paint->scale > 0 ? MAX (width, 0.7 / paint->scale) : width;
}

/* A chevron: to the right where something opens, down where it is open. */
static void
draw_mark (const TnPaint *paint, TnPoint at, gboolean open, TnColor color)
{
  cairo_t *cr = paint->cr;
  double size = TN_MARK_SIZE / 2;

  if (open)
    {
      cairo_move_to (cr, at.x - size, at.y - size / 2);
      cairo_line_to (cr, at.x, at.y + size / 2);
      cairo_line_to (cr, at.x + size, at.y - size / 2);
    }
  else
    {
      cairo_move_to (cr, at.x - size / 2, at.y - size);
      cairo_line_to (cr, at.x + size / 2, at.y);
      cairo_line_to (cr, at.x - size / 2, at.y + size);
    }
  cairo_set_line_width (cr, 1.8);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  tn_color_set (cr, color, 1);
  cairo_stroke (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
}

void
tn_paint_frame (const TnPaint *paint, const TnSceneFrame *frame)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  TnRect box = frame->box;
  double middle = frame->title.y + frame->title.height / 2;
  double x = box.x + 28;
  double room = box.width - 28 - 12;

  tn_round_rectangle (cr, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, FRAME_RADIUS);
  /* Each one a little further from the paper than the one around it. */
  tn_color_set (cr, style->text_dim, 0.05);
  cairo_fill_preserve (cr);
  tn_color_set (cr, tn_color_mix (style->background, style->text_dim, 0.5), 1);
  cairo_set_line_width (cr, hair (paint, 1));
  cairo_stroke (cr);
  if (paint->coarse || !readable (paint, TN_TEXT_CLASS))
    return;
  if (!style->paper)
    draw_mark (paint, tn_scene_frame_mark (frame), TRUE, style->text_dim);
  else
    {
      x = box.x + 12;
      room += 16;
    }
  if (room < 24)
    return;
  x += tn_paint_text (paint, TN_TEXT_NAME_TIGHT, tn_name_own (tn_group_name (frame->group)), x,
                      middle + style->brief_size * 0.36, room, 0, style->text, 1)
       + 10;
  room = box.x + box.width - 12 - x;
  /* At the other end, so that what enters in the middle runs between the two. */
  if (room > 48)
    tn_paint_text (paint, TN_TEXT_CLASS, frame->text, x, middle + style->brief_size * 0.36, room, 1,
                   style->text_dim, 1);
}

void
tn_paint_pile (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;

  /* What repeats is a higher pile. */
  for (int i = node->times > 0 ? 4 : 2; i >= 1; i--)
    {
      double offset = i * PILE_OFFSET;

      tn_round_rectangle (cr, node->box.x + offset + 0.5, node->box.y + offset + 0.5,
                          node->box.width - 1 - offset / 2, node->box.height - 1 - offset / 4,
                          style->box_radius);
      tn_color_set (cr, tn_color_mix (style->box, style->background, 0.5), 1);
      cairo_fill_preserve (cr);
      tn_color_set (cr, style->box_border, 1);
      cairo_set_line_width (cr, hair (paint, 1));
      cairo_stroke (cr);
    }
}

void
tn_paint_group_signs (const TnPaint *paint, const TnSceneNode *node, TnColor color)
{
  cairo_t *cr = paint->cr;
  double x = node->box.x + TN_ACCENT_WIDTH + 18.5;
  double y = node->box.y + paint->style->box_height / 2;

  /* A frame with three boxes in a row. */
  tn_round_rectangle (cr, x - 9, y - 9, 18, 18, 4);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.4);
  cairo_stroke (cr);
  for (int i = -1; i <= 1; i++)
    cairo_rectangle (cr, x - 4.5, y + 5 * i - 1.5, 9, 3);
  cairo_fill (cr);
  if (node->times > 0 && readable (paint, TN_TEXT_NAME))
    {
      g_autofree char *times = g_strdup_printf ("×%u", node->times);

      tn_paint_text (paint, TN_TEXT_NAME, times, node->box.x + node->box.width - 72,
                     node->box.y + 20.5, 60, 1, paint->style->text, 1);
    }
  if (!paint->style->paper)
    draw_mark (paint, tn_scene_node_mark (paint->scene, node), FALSE, paint->style->text_dim);
}
