/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the canvas draws over the scene while something is being done: rings, ghosts, cards. */
#include <math.h>

#include "base/tn-i18n.h"
#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"

#define CARD_WIDTH   280.0 /* of the text in a callout */
#define CARD_PADDING 10.0
#define CARD_OFFSET  16.0 /* from the pointer */

static double
pixel (double scale)
{
  return scale > 0 ? 1 / scale : 1;
}

static void
ring (cairo_t *cr, TnRect box, double distance, double radius)
{
  tn_round_rectangle (cr, box.x - distance, box.y - distance, box.width + 2 * distance,
                      box.height + 2 * distance, radius + distance);
}

void
tn_painter_selection (const TnScene *scene, cairo_t *cr, TnNodeId node, gboolean focused,
                      double scale)
{
  const TnStyle *style;
  const TnSceneNode *found;
  double width = 2 * pixel (scale);
  TnRect box;

  g_return_if_fail (scene != NULL && cr != NULL);
  found = tn_scene_find_node (scene, node);
  /* One ring for all that a closed group hides. */
  if (found == NULL || tn_node_id (found->node) != node || !tn_scene_node_box (scene, node, &box))
    return;
  style = scene->style;
  cairo_save (cr);
  cairo_new_path (cr);
  if (found->issue != NULL)
    {
      /* The ring goes behind the sign at the corner. */
      cairo_rectangle (cr, box.x - 50, box.y - 50, box.width + 100, box.height + 100);
      cairo_new_sub_path (cr);
      cairo_arc (cr, box.x + box.width, box.y, TN_BADGE_RADIUS + 1.5, 0, 2 * G_PI);
      cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
      cairo_clip (cr);
    }
  ring (cr, box, width / 2 + 1.5, style->box_radius);
  tn_color_set (cr, style->selection, 1);
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
  if (focused)
    {
      /* Told from mere selection by its form, not only by its colour. */
      ring (cr, box, width * 2 + 3, style->box_radius);
      tn_color_set (cr, style->selection, 0.45);
      cairo_set_line_width (cr, 3 * pixel (scale));
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

void
tn_painter_group_selection (const TnScene *scene, cairo_t *cr, const TnGroup *group, double scale)
{
  double width = 2 * pixel (scale);
  TnRect box;

  g_return_if_fail (scene != NULL && cr != NULL && group != NULL);
  if (!tn_scene_group_box (scene, group, &box))
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  ring (cr, box, width / 2 + 1, scene->style->box_radius + 4);
  tn_color_set (cr, scene->style->selection, 1);
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
tn_painter_wire (const TnScene *scene, cairo_t *cr, double x0, double y0, double x1, double y1,
                 TnColor color, gboolean dashed)
{
  const TnStyle *style;
  TnPoint from, to;
  TnCurve curve;
  gboolean down;

  g_return_if_fail (scene != NULL && cr != NULL);
  style = scene->style;
  down = scene->direction == TN_DIRECTION_DOWN;
  from = down ? (TnPoint){ x0, y0 } : (TnPoint){ y0, x0 };
  to = down ? (TnPoint){ x1, y1 } : (TnPoint){ y1, x1 };
  curve = tn_curve_plain (scene->wire_style, from, to);
  if (!down)
    tn_curve_transpose (&curve);
  cairo_save (cr);
  cairo_new_path (cr);
  tn_curve_path (&curve, cr);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, style->wire_width + 0.6);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (dashed)
    cairo_set_dash (cr, (const double[]){ 6, 5 }, 2, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  for (int end = 0; end <= 1; end++)
    {
      cairo_arc (cr, end ? x1 : x0, end ? y1 : y0, style->port_radius + 0.5, 0, 2 * G_PI);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}

void
tn_painter_ghost (const TnStyle *style, cairo_t *cr, const TnLayer *layer, double x, double y,
                  TnColor color)
{
  TnRect box;
  TnPaint paint = { .cr = cr, .style = style };
  g_autoptr (TnTextCache) texts = NULL;

  g_return_if_fail (style != NULL && cr != NULL && layer != NULL);
  texts = tn_text_cache_new (style);
  paint.texts = texts;
  box = (TnRect){ x - style->box_width / 2, y - style->box_height / 2, style->box_width,
                  style->box_height };
  cairo_save (cr);
  cairo_new_path (cr);
  tn_round_rectangle (cr, box.x, box.y, box.width, box.height, style->box_radius);
  tn_color_set (cr, style->box, 0.85);
  cairo_fill_preserve (cr);
  tn_color_set (cr, color, 0.1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.6);
  cairo_set_dash (cr, (const double[]){ 6, 4 }, 2, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  tn_glyph_draw (cr, layer, box.x + TN_ACCENT_WIDTH + 18.5, y, style->family[layer->family]);
  tn_paint_text (&paint, TN_TEXT_NAME, layer->schema.type, box.x + TN_BOX_TEXT, y - 2,
                 box.width - TN_BOX_TEXT - TN_BOX_PADDING, 0, style->text, 1);
  if (layer->label != NULL)
    tn_paint_text (&paint, TN_TEXT_CLASS, _ (layer->label), box.x + TN_BOX_TEXT, y + 13,
                   box.width - TN_BOX_TEXT - TN_BOX_PADDING, 0, style->text_dim, 1);
  cairo_restore (cr);
}

static void
draw_card (const TnStyle *style, cairo_t *cr, const TnRect *area, double x, double y,
           gboolean above, const char *text, TnColor color)
{
  g_autoptr (TnTextCache) texts = NULL;
  PangoLayout *layout;
  PangoRectangle extents;
  double width, height;

  texts = tn_text_cache_new (style);
  layout = tn_text_cache_get (texts, TN_TEXT_CALLOUT, text, CARD_WIDTH);
  pango_layout_get_extents (layout, NULL, &extents);
  width = ceil ((double)extents.width / PANGO_SCALE) + 2 * CARD_PADDING + 4;
  height = ceil ((double)extents.height / PANGO_SCALE) + 2 * CARD_PADDING - 4;
  x += CARD_OFFSET;
  y += above ? -height - CARD_OFFSET : CARD_OFFSET;
  if (area != NULL)
    {
      /* Beside the point rather than over it. */
      if (x + width > area->x + area->width)
        x -= width + 2 * CARD_OFFSET;
      x = CLAMP (x, area->x, MAX (area->x + area->width - width, area->x));
      y = CLAMP (y, area->y, MAX (area->y + area->height - height, area->y));
    }

  cairo_save (cr);
  cairo_new_path (cr);
  for (int i = 3; i >= 1; i--)
    {
      tn_round_rectangle (cr, x - i, y - i + 2, width + 2 * i, height + 2 * i, 6 + i);
      tn_color_set (cr, style->box_shadow, 1.2);
      cairo_fill (cr);
    }
  tn_round_rectangle (cr, x + 0.5, y + 0.5, width - 1, height - 1, 6);
  tn_color_set (cr, style->box, 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  tn_round_rectangle (cr, x + 4, y + 5, 3, height - 10, 1.5);
  cairo_fill (cr);
  cairo_move_to (cr, x + CARD_PADDING + 4 - (double)extents.x / PANGO_SCALE,
                 y + CARD_PADDING - 2 - (double)extents.y / PANGO_SCALE);
  tn_color_set (cr, style->text, 1);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
  cairo_restore (cr);
}

void
tn_painter_callout (const TnStyle *style, cairo_t *cr, TnRect area, double x, double y,
                    gboolean above, const char *text, TnColor color)
{
  g_return_if_fail (style != NULL && cr != NULL && text != NULL);
  draw_card (style, cr, &area, x, y, above, text, color);
}

void
tn_painter_card (const TnStyle *style, cairo_t *cr, TnRect area, double x, double y,
                 const char *text, TnColor color)
{
  g_return_if_fail (style != NULL && cr != NULL && text != NULL);
  draw_card (style, cr, &area, x, y, FALSE, text, color);
}

void
tn_painter_highlight_wire (const TnScene *scene, cairo_t *cr, TnNodeId node, guint call, guint slot,
                           TnColor color)
{
  const TnSceneWire *wire;

  g_return_if_fail (scene != NULL && cr != NULL);
  wire = tn_scene_find_wire (scene, node, call, slot);
  if (wire == NULL)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  if (wire->text != NULL && wire->label.width > 0)
    {
      /* Not over its label, which is what people look at. */
      TnRect around = tn_rect_grown (tn_rect_union (wire->bounds, wire->label), 8);

      cairo_rectangle (cr, around.x, around.y, around.width, around.height);
      tn_round_rectangle (cr, wire->label.x, wire->label.y, wire->label.width, wire->label.height,
                          wire->label.height / 2);
      cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
      cairo_clip (cr);
    }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  tn_curve_path (&wire->curve, cr);
  tn_color_set (cr, color, 0.25);
  cairo_set_line_width (cr, scene->style->wire_width + 7);
  cairo_stroke_preserve (cr);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, scene->style->wire_width + 0.8);
  cairo_stroke (cr);
  cairo_restore (cr);
}
