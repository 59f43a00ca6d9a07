/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How comments, frames and knots look. */
#include "layers/tn-remarks.h"
#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"

#define LEAST_TEXT 4.0 /* device pixels */

/* In the order of tn_remark_color_name(). */
static const TnColor hues[] = {
  { 0.96, 0.76, 0.07, 1 }, { 0.21, 0.52, 0.89, 1 }, { 0.20, 0.72, 0.36, 1 },
  { 0.57, 0.25, 0.67, 1 }, { 0.88, 0.11, 0.14, 1 }, { 0.50, 0.50, 0.50, 1 },
};

static TnColor
hue_of (const TnSceneNode *node)
{
  return hues[MIN (tn_remark_color (node->node), G_N_ELEMENTS (hues) - 1)];
}

static double
hair (const TnPaint *paint, double width)
{
  return paint->scale > 0 ? MAX (width, 0.7 / paint->scale) : width;
}

static gboolean
readable (const TnPaint *paint, TnTextKind kind)
{
  return paint->scale <= 0 || tn_text_size (paint->style, kind) * paint->scale >= LEAST_TEXT;
}

void
tn_paint_frame_remark (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  TnColor hue = hue_of (node);
  TnRect box = node->box, title = tn_scene_frame_title (paint->scene, node);
  const char *text = tn_node_string (node->node, TN_REMARK_TEXT);

  tn_round_rectangle (cr, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1,
                      style->box_radius);
  tn_color_set (cr, tn_color_mix (style->background, hue, 0.12), 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, tn_color_mix (style->background, hue, 0.55), 1);
  cairo_set_line_width (cr, hair (paint, 1.2));
  cairo_stroke (cr);
  if (paint->coarse || !readable (paint, TN_TEXT_NAME))
    return;
  tn_paint_text (paint, TN_TEXT_NAME, text, box.x + 12,
                 title.y + title.height / 2 + style->name_size * 0.36, MAX (box.width - 24, 10), 0,
                 tn_color_mix (style->text, hue, 0.25), 1);
}

static void
draw_comment (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  TnColor hue = hue_of (node);
  TnRect box = node->box;
  const char *text = tn_node_string (node->node, TN_REMARK_TEXT);
  PangoLayout *layout;

  tn_round_rectangle (cr, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, 4);
  tn_color_set (cr, tn_color_mix (style->background, hue, 0.2), 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, tn_color_mix (style->background, hue, 0.7), 1);
  cairo_set_line_width (cr, hair (paint, 1));
  cairo_stroke (cr);
  if (paint->coarse || !readable (paint, TN_TEXT_CALLOUT) || text[0] == '\0')
    return;
  layout = tn_text_cache_get (paint->texts, TN_TEXT_CALLOUT, text,
                              MAX (box.width - 2 * TN_COMMENT_PADDING, 20));
  cairo_move_to (cr, box.x + TN_COMMENT_PADDING, box.y + TN_COMMENT_PADDING);
  tn_color_set (cr, style->text, 1);
  pango_cairo_show_layout (cr, layout);
}

void
tn_paint_remark (const TnPaint *paint, const TnSceneNode *node)
{
  cairo_t *cr = paint->cr;
  TnRect box = node->box;

  if (node->remark == TN_REMARK_COMMENT)
    draw_comment (paint, node);
  else if (node->remark == TN_REMARK_KNOT)
    {
      /* On paper the wire alone shows where it goes. */
      if (paint->style->paper)
        return;
      cairo_arc (cr, box.x + box.width / 2, box.y + box.height / 2, TN_KNOT_RADIUS - 1, 0,
                 2 * G_PI);
      tn_color_set (cr, paint->style->wire, 1);
      cairo_fill (cr);
    }
}
