/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing the marks of a preview: told apart by form as well as by colour. */
#include <math.h>

#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"
#include "scene/tn-preview-private.h"

/* Device pixels below which a text is left out. */
#define LEAST_TEXT 4.0

static TnColor
mood_color (const TnStyle *style, TnMood mood)
{
  switch (mood)
    {
    case TN_MOOD_GOOD:
      return style->accept;
    case TN_MOOD_WARNING:
      return style->warning;
    case TN_MOOD_WRONG:
      return style->error;
    case TN_MOOD_UNKNOWN:
      return style->assumed;
    default:
      return style->selection;
    }
}

static TnColor
mood_fill (const TnStyle *style, TnMood mood)
{
  if (mood == TN_MOOD_WRONG)
    return style->error_fill;
  if (mood == TN_MOOD_WARNING)
    return style->warning_fill;
  return tn_color_mix (style->box, mood_color (style, mood), 0.12);
}

static gboolean
shows_text (const TnPaint *paint)
{
  return paint->style->label_size * paint->scale >= LEAST_TEXT;
}

static void
set_dash (cairo_t *cr, gboolean dashed)
{
  if (dashed)
    cairo_set_dash (cr, (const double[]){ 6, 4 }, 2, 0);
  else
    cairo_set_dash (cr, NULL, 0, 0);
}

static void
tick (cairo_t *cr, double x, double y, double size, TnColor color)
{
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.8);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, x - size * 0.6, y);
  cairo_line_to (cr, x - size * 0.1, y + size * 0.5);
  cairo_line_to (cr, x + size * 0.7, y - size * 0.5);
  cairo_stroke (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
}

/* An arrow: this is what it would become. */
static void
arrow (cairo_t *cr, double x, double y, TnColor color)
{
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.4);
  cairo_move_to (cr, x - 4, y);
  cairo_line_to (cr, x + 4, y);
  cairo_move_to (cr, x + 1, y - 3);
  cairo_line_to (cr, x + 4, y);
  cairo_line_to (cr, x + 1, y + 3);
  cairo_stroke (cr);
}

static void
draw_sign (const TnPaint *paint, TnMood mood, double x, double y)
{
  TnColor color = mood_color (paint->style, mood);

  switch (mood)
    {
    case TN_MOOD_GOOD:
      tick (paint->cr, x, y, 6, color);
      break;
    case TN_MOOD_WARNING:
      tn_glyph_exclamation (paint->cr, x, y, 9, color);
      break;
    case TN_MOOD_WRONG:
      tn_glyph_cross (paint->cr, x, y, 6, color);
      break;
    default:
      arrow (paint->cr, x, y, color);
    }
}

/* A pill as wide as its text, at its end of the place it was given. */
static void
draw_pill (const TnPaint *paint, const TnMark *mark, gboolean round)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  TnRect rect = mark->rect;
  double most = rect.width - 14 - TN_MARK_SIGN_WIDTH;
  TnTextKind kind = mark->mood == TN_MOOD_UNKNOWN ? TN_TEXT_LABEL_ITALIC : TN_TEXT_LABEL;
  PangoRectangle extents;
  double width, radius, middle = rect.y + rect.height / 2;

  pango_layout_get_extents (tn_text_cache_get (paint->texts, kind, mark->text, most), NULL,
                            &extents);
  width = (double)extents.width / PANGO_SCALE + 14 + TN_MARK_SIGN_WIDTH;
  rect.x += mark->align * (rect.width - width);
  rect.width = width;
  radius = round ? rect.height / 2 : 4;
  tn_round_rectangle (cr, rect.x, rect.y, rect.width, rect.height, radius);
  tn_color_set (cr, style->background, 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, mood_fill (style, mark->mood), 1);
  cairo_fill (cr);
  tn_round_rectangle (cr, rect.x + 0.5, rect.y + 0.5, rect.width - 1, rect.height - 1,
                      radius - 0.5);
  tn_color_set (cr, mood_color (style, mark->mood), 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  if (!shows_text (paint))
    return;
  draw_sign (paint, mark->mood, rect.x + 12, middle);
  tn_paint_text (paint, kind, mark->text, rect.x + 7 + TN_MARK_SIGN_WIDTH,
                 middle + style->label_size * 0.36, most, 0,
                 mark->mood == TN_MOOD_UNKNOWN ? style->assumed
                 : mark->mood == TN_MOOD_PLAIN ? style->text
                                               : mood_color (style, mark->mood),
                 1);
}

/* Dimmed, with a line through it: still readable. */
static void
draw_old_label (const TnPaint *paint, const TnMark *mark)
{
  cairo_t *cr = paint->cr;
  TnRect rect = mark->rect;

  tn_round_rectangle (cr, rect.x, rect.y, rect.width, rect.height, rect.height / 2);
  tn_color_set (cr, paint->style->background, 0.45);
  cairo_fill (cr);
  cairo_move_to (cr, rect.x + 6, rect.y + rect.height / 2);
  cairo_line_to (cr, rect.x + rect.width - 6, rect.y + rect.height / 2);
  tn_color_set (cr, paint->style->text_dim, 0.9);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
}

static void
draw_box (const TnPaint *paint, const TnMark *mark)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  TnRect box = mark->rect;
  TnColor color = mood_color (style, mark->mood);
  double middle = box.y + box.height / 2;

  tn_round_rectangle (cr, box.x, box.y, box.width, box.height, style->box_radius);
  tn_color_set (cr, tn_color_mix (style->box, color, 0.1), 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.6);
  set_dash (cr, TRUE);
  cairo_stroke (cr);
  set_dash (cr, FALSE);
  if (!shows_text (paint))
    return;
  tn_glyph_draw (cr, mark->layer, box.x + 18, middle, style->family[mark->layer->family]);
  tn_paint_text (paint, TN_TEXT_NAME, mark->text, box.x + TN_GHOST_TEXT,
                 middle + style->name_size * 0.36, box.width - TN_GHOST_TEXT - 6, 0, style->text,
                 1);
}

static void
draw_wire (const TnPaint *paint, const TnMark *mark)
{
  cairo_t *cr = paint->cr;

  tn_curve_path (&mark->curve, cr);
  tn_color_set (cr, mood_color (paint->style, mark->mood), 1);
  cairo_set_line_width (cr, paint->style->wire_width + 0.8);
  set_dash (cr, TRUE);
  cairo_stroke (cr);
  set_dash (cr, FALSE);
}

static void
draw_no_wire (const TnPaint *paint, const TnMark *mark)
{
  cairo_t *cr = paint->cr;
  const TnStyle *style = paint->style;
  TnPoint at = tn_curve_at (&mark->curve, 0.5);
  TnRect near = { at.x - 7, at.y - 7, 14, 14 };

  /* Not over the label. */
  if (mark->rect.width > 0 && tn_rect_intersects (near, mark->rect))
    at = tn_curve_at (&mark->curve, 0.8);
  cairo_save (cr);
  if (mark->rect.width > 0)
    {
      TnRect all = tn_rect_grown (tn_rect_union (tn_curve_bounds (&mark->curve), mark->rect), 12);

      cairo_rectangle (cr, all.x, all.y, all.width, all.height);
      cairo_rectangle (cr, mark->rect.x, mark->rect.y, mark->rect.width, mark->rect.height);
      cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
      cairo_clip (cr);
    }
  tn_curve_path (&mark->curve, cr);
  tn_color_set (cr, style->background, 1);
  cairo_set_line_width (cr, style->wire_width + 1.4);
  cairo_stroke_preserve (cr);
  tn_color_set (cr, style->refuse, 0.55);
  cairo_set_line_width (cr, style->wire_width);
  cairo_set_dash (cr, (const double[]){ 2, 4 }, 2, 0);
  cairo_stroke (cr);
  cairo_restore (cr);
  cairo_arc (cr, at.x, at.y, 7, 0, 2 * G_PI);
  tn_color_set (cr, style->background, 1);
  cairo_fill (cr);
  tn_glyph_cross (cr, at.x, at.y, 8, style->refuse);
}

static void
draw_no_box (const TnPaint *paint, const TnMark *mark)
{
  cairo_t *cr = paint->cr;
  const TnStyle *style = paint->style;
  TnRect box = mark->rect;

  tn_round_rectangle (cr, box.x, box.y, box.width, box.height, style->box_radius);
  tn_color_set (cr, style->background, 0.5);
  cairo_fill_preserve (cr);
  tn_color_set (cr, style->refuse, 0.9);
  cairo_set_line_width (cr, 1.6);
  cairo_set_dash (cr, (const double[]){ 2, 4 }, 2, 0);
  cairo_stroke (cr);
  set_dash (cr, FALSE);
  cairo_move_to (cr, box.x + 4, box.y + 4);
  cairo_line_to (cr, box.x + box.width - 4, box.y + box.height - 4);
  cairo_move_to (cr, box.x + box.width - 4, box.y + 4);
  cairo_line_to (cr, box.x + 4, box.y + box.height - 4);
  tn_color_set (cr, style->refuse, 0.55);
  cairo_set_line_width (cr, 1.4);
  cairo_stroke (cr);
}

static void
draw_ring (const TnPaint *paint, const TnMark *mark)
{
  cairo_t *cr = paint->cr;
  TnRect box = tn_rect_grown (mark->rect, 3);
  TnColor color = mood_color (paint->style, mark->mood);

  tn_round_rectangle (cr, box.x, box.y, box.width, box.height, paint->style->box_radius + 3);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 2);
  set_dash (cr, mark->mood != TN_MOOD_GOOD);
  cairo_stroke (cr);
  set_dash (cr, FALSE);
  /* At the corner where the sign of a problem stands. */
  cairo_arc (cr, mark->rect.x + mark->rect.width, mark->rect.y, TN_BADGE_RADIUS + 1, 0, 2 * G_PI);
  tn_color_set (cr, paint->style->box, 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
  draw_sign (paint, mark->mood, mark->rect.x + mark->rect.width, mark->rect.y);
}

static void
draw_mark (const TnPaint *paint, const TnMark *mark)
{
  switch (mark->kind)
    {
    case TN_MARK_OLD_LABEL:
      draw_old_label (paint, mark);
      break;
    case TN_MARK_LABEL:
      draw_pill (paint, mark, TRUE);
      break;
    case TN_MARK_BOX:
      draw_box (paint, mark);
      break;
    case TN_MARK_WIRE:
      draw_wire (paint, mark);
      break;
    case TN_MARK_NO_BOX:
      draw_no_box (paint, mark);
      break;
    case TN_MARK_NO_WIRE:
      draw_no_wire (paint, mark);
      break;
    case TN_MARK_TAG:
      draw_pill (paint, mark, FALSE);
      break;
    case TN_MARK_RING:
      draw_ring (paint, mark);
      break;
    }
}

void
tn_scene_draw_preview (const TnScene *scene, const TnGraph *graph, const TnFacts *facts,
                       cairo_t *cr, TnRect visible, gboolean held)
{
  /* From the bottom up. */
  static const TnMarkKind order[]
      = { TN_MARK_NO_WIRE, TN_MARK_NO_BOX,    TN_MARK_RING,  TN_MARK_WIRE,
          TN_MARK_BOX,     TN_MARK_OLD_LABEL, TN_MARK_LABEL, TN_MARK_TAG };
  g_autoptr (GArray) marks = NULL;
  TnPaint paint = { .cr = cr };
  double across = 1, along = 0;

  g_return_if_fail (scene != NULL && graph != NULL && facts != NULL && cr != NULL);
  cairo_user_to_device_distance (cr, &across, &along);
  paint.style = scene->style;
  paint.texts = scene->texts;
  paint.scale = hypot (across, along);
  marks = tn_preview_find (scene, graph, facts, visible, held);
  cairo_save (cr);
  cairo_new_path (cr);
  for (guint pass = 0; pass < G_N_ELEMENTS (order); pass++)
    for (guint i = 0; i < marks->len; i++)
      {
        const TnMark *mark = &g_array_index (marks, TnMark, i);

        if (mark->kind == order[pass])
          draw_mark (&paint, mark);
      }
  cairo_restore (cr);
}
