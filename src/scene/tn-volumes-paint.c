/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How volumes look: slabs with three faces, what is written at their edges, arrows and arcs. */
#include <math.h>

#include "scene/tn-glyph.h"
#include "scene/tn-hatch.h"
#include "scene/tn-volumes.h"

#define BAND        3.0 /* of a slab with an activation of its own */
#define COPY_ALONG  2.6
#define OUTLINE     0.7
#define HEAD        8.0
#define ARC_RADIUS  10.0
#define TEXT_ROOM   400.0
#define GLYPH_SCALE 0.9

static gboolean
is_down (const TnVolumes *self)
{
  return self->direction == TN_DIRECTION_DOWN;
}

static TnColor
outline_of (const TnVolumes *self, TnFamily family)
{
  const TnStyle *style = self->style;

  return style->hatched ? style->text : tn_color_mix (style->family[family], style->text, 0.35);
}

/* ---- faces ---- */

static void
face_path (cairo_t *cr, const TnPoint corners[4])
{
  cairo_new_path (cr);
  for (guint i = 0; i < 4; i++)
    cairo_line_to (cr, corners[i].x, corners[i].y);
  cairo_close_path (cr);
}

/* The three faces of a box that are seen: its front at @front, @deep far back. */
static void
draw_box (const TnVolumes *self, cairo_t *cr, TnRect front, double deep, TnFamily family,
          TnColor outline)
{
  double dx = TN_OBLIQUE_X * deep, dy = TN_OBLIQUE_Y * deep;
  double x0 = front.x, y0 = front.y, x1 = front.x + front.width, y1 = front.y + front.height;
  const TnPoint faces[3][4] = {
    { { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } },
    { { x0, y0 }, { x0 + dx, y0 - dy }, { x1 + dx, y0 - dy }, { x1, y0 } },
    { { x1, y0 }, { x1 + dx, y0 - dy }, { x1 + dx, y1 - dy }, { x1, y1 } },
  };
  static const double strengths[3] = { 0.52, 0.3, 0.7 };

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < 3; i++)
    {
      if (i > 0 && deep <= 0)
        break;
      face_path (cr, faces[i]);
      tn_hatch_family (cr, self->style, family, strengths[i]);
    }
  cairo_set_line_width (cr, OUTLINE);
  tn_color_set (cr, outline, 1);
  for (guint i = 0; i < 3 && (i == 0 || deep > 0); i++)
    {
      face_path (cr, faces[i]);
      cairo_stroke (cr);
    }
}

/* A part of a box along the flow, from @start to @end of what is 1 in all. */
static TnRect
part_of (const TnVolumes *self, TnRect front, double start, double end)
{
  if (is_down (self))
    return (TnRect){ front.x, front.y + start * front.height, front.width,
                     (end - start) * front.height };
  return (TnRect){ front.x + start * front.width, front.y, (end - start) * front.width,
                   front.height };
}

/* Steps of a sequence into the depth; units of a short vector along its front. */
static void
draw_cells (const TnVolumes *self, cairo_t *cr, const TnVolume *volume, TnRect front, double deep,
            TnColor outline)
{
  double dx = TN_OBLIQUE_X * deep, dy = TN_OBLIQUE_Y * deep;
  double x1 = front.x + front.width, y1 = front.y + front.height;

  for (guint i = 1; i < volume->cells; i++)
    {
      double part = (double)i / volume->cells;

      if (volume->kind == TN_VOLUME_SHEET)
        {
          cairo_move_to (cr, front.x + part * dx, front.y - part * dy);
          cairo_line_to (cr, x1 + part * dx, front.y - part * dy);
          cairo_line_to (cr, x1 + part * dx, y1 - part * dy);
        }
      else if (is_down (self))
        {
          cairo_move_to (cr, front.x + part * front.width + dx, front.y - dy);
          cairo_line_to (cr, front.x + part * front.width, front.y);
          cairo_line_to (cr, front.x + part * front.width, y1);
        }
      else
        {
          cairo_move_to (cr, front.x, front.y + part * front.height);
          cairo_line_to (cr, x1, front.y + part * front.height);
          cairo_line_to (cr, x1 + dx, front.y + part * front.height - dy);
        }
    }
  cairo_set_line_width (cr, OUTLINE * 0.7);
  tn_color_set (cr, outline, 0.8);
  cairo_stroke (cr);
}

/* Where the inputs of a concatenation meet: a line around it. */
static void
draw_shares (const TnVolumes *self, cairo_t *cr, const TnVolume *volume, TnRect front, double deep,
             TnColor outline)
{
  double dx = TN_OBLIQUE_X * deep, dy = TN_OBLIQUE_Y * deep;
  double x1 = front.x + front.width;

  for (guint i = 0; i < volume->n_shares; i++)
    {
      double x = front.x + volume->shares[i] * front.width;
      double y = front.y + volume->shares[i] * front.height;

      if (is_down (self))
        {
          cairo_move_to (cr, front.x, y);
          cairo_line_to (cr, x1, y);
          cairo_line_to (cr, x1 + dx, y - dy);
        }
      else
        {
          cairo_move_to (cr, x, front.y + front.height);
          cairo_line_to (cr, x, front.y);
          cairo_line_to (cr, x + dx, front.y - dy);
        }
    }
  cairo_set_line_width (cr, OUTLINE);
  tn_color_set (cr, outline, 1);
  cairo_stroke (cr);
}

static void
draw_copies (const TnVolumes *self, cairo_t *cr, const TnVolume *volume, TnRect front, double deep,
             TnColor outline)
{
  double each = MIN (COPY_ALONG / volume->along, 1);
  double step = (1 - each) / (volume->copies - 1);

  /* What is in front of the others is drawn last. */
  for (guint i = 0; i < volume->copies; i++)
    {
      double start = step * (is_down (self) ? volume->copies - 1 - i : i);
      TnRect part = part_of (self, front, start, start + each);

      draw_box (self, cr, part, deep, volume->family, outline);
      draw_cells (self, cr, volume, part, deep, outline);
    }
}

static void
draw_disc (const TnVolumes *self, const TnPaint *paint, const TnVolume *volume, TnColor outline)
{
  cairo_t *cr = paint->cr;
  double radius = volume->along / 2;
  double middle = volume->u + radius;
  double x = is_down (self) ? volume->v : middle;
  double y = is_down (self) ? middle : volume->v;

  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  tn_color_set (cr, self->style->background, 1);
  cairo_fill_preserve (cr);
  if (!self->style->hatched)
    {
      tn_color_set (cr, self->style->family[volume->family], 0.22);
      cairo_fill_preserve (cr);
    }
  tn_color_set (cr, outline, 1);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
  if (volume->sign[1] == '\0' || g_str_equal (volume->sign, "×") || g_str_equal (volume->sign, "−"))
    {
      double arm = radius * 0.5;
      gboolean times = g_str_equal (volume->sign, "×");

      if (times)
        arm *= G_SQRT2 / 2;
      cairo_move_to (cr, x - arm, y - (times ? arm : 0));
      cairo_line_to (cr, x + arm, y + (times ? arm : 0));
      if (times)
        {
          cairo_move_to (cr, x - arm, y + arm);
          cairo_line_to (cr, x + arm, y - arm);
        }
      else if (volume->sign[0] == '+')
        {
          cairo_move_to (cr, x, y - arm);
          cairo_line_to (cr, x, y + arm);
        }
      cairo_set_line_width (cr, 1.6);
      cairo_stroke (cr);
      return;
    }
  if (g_str_equal (volume->sign, "·"))
    {
      cairo_arc (cr, x, y, 2.4, 0, 2 * G_PI);
      cairo_fill (cr);
      return;
    }
  {
    double width = tn_text_estimate (volume->sign, 8);

    cairo_save (cr);
    cairo_translate (cr, x, y);
    cairo_scale (cr, 0.76, 0.76);
    tn_paint_text (paint, TN_TEXT_LABEL, volume->sign, -width * 0.6, 3.6, TEXT_ROOM, 0,
                   self->style->text, 1);
    cairo_restore (cr);
  }
}

/* A sign of an error of the layer: shape and place tell it, not colour alone. */
static void
draw_mark (const TnVolumes *self, cairo_t *cr, TnRect body)
{
  double x = body.x + 4, y = body.y + 2;

  cairo_new_path (cr);
  cairo_arc (cr, x, y, 8, 0, 2 * G_PI);
  tn_color_set (cr, self->style->error, 1);
  cairo_fill (cr);
  tn_glyph_exclamation (cr, x, y, 9.5, self->style->box);
}

static void
draw_volume (const TnVolumes *self, const TnPaint *paint, const TnVolume *volume)
{
  cairo_t *cr = paint->cr;
  double deep;
  TnRect front = tn_volume_front (self, volume, &deep);
  TnRect body = tn_volume_body (self, volume);
  TnColor outline = volume->issue != NULL ? self->style->error : outline_of (self, volume->family);

  if (volume->kind == TN_VOLUME_DISC)
    draw_disc (self, paint, volume, outline);
  else if (volume->copies > 1)
    draw_copies (self, cr, volume, front, deep, outline);
  else
    {
      double band = volume->band ? MIN (BAND / volume->along, 0.4) : 0;
      double last = is_down (self) ? 1 : 1 - band;

      /* The lower one first where the flow goes down: what is above covers it. */
      if (band > 0 && is_down (self))
        draw_box (self, cr, part_of (self, front, 1 - band, 1), deep, TN_FAMILY_ACTIVATIONS,
                  outline_of (self, TN_FAMILY_ACTIVATIONS));
      draw_box (self, cr, part_of (self, front, 0, is_down (self) ? 1 - band : last), deep,
                volume->family, outline);
      if (band > 0 && !is_down (self))
        draw_box (self, cr, part_of (self, front, last, 1), deep, TN_FAMILY_ACTIVATIONS,
                  outline_of (self, TN_FAMILY_ACTIVATIONS));
      draw_cells (self, cr, volume, front, deep, outline);
      draw_shares (self, cr, volume, front, deep, outline);
    }
  if (volume->issue != NULL)
    draw_mark (self, cr, body);
  if (volume->group == NULL && !is_down (self)
      && (volume->family == TN_FAMILY_RECURRENT || volume->family == TN_FAMILY_ATTENTION))
    {
      cairo_save (cr);
      cairo_translate (cr, body.x + body.width / 2, body.y - 13);
      cairo_scale (cr, GLYPH_SCALE, GLYPH_SCALE);
      tn_glyph_draw (cr, volume->layer, 0, 0,
                     tn_color_mix (self->style->family[volume->family], self->style->text, 0.2));
      cairo_restore (cr);
    }
}

/* ---- texts ---- */

static double
text_width (const TnPaint *paint, TnTextKind kind, const char *text)
{
  PangoLayout *layout = tn_text_cache_get (paint->texts, kind, text, TEXT_ROOM);
  PangoRectangle extents;

  pango_layout_get_extents (layout, NULL, &extents);
  return (double)extents.width / PANGO_SCALE;
}

/* @align: which part of it is at the point; turned by @angle. */
static void
draw_text (const TnPaint *paint, TnTextKind kind, const char *text, double x, double baseline,
           double align, double angle, TnColor color)
{
  double width;

  if (text == NULL)
    return;
  width = text_width (paint, kind, text);
  cairo_save (paint->cr);
  cairo_translate (paint->cr, x, baseline);
  cairo_rotate (paint->cr, angle);
  tn_paint_text (paint, kind, text, -align * width, 0, TEXT_ROOM, 0, color, 1);
  cairo_restore (paint->cr);
}

/* In one line beside it: "224×224×64  3×3  conv2d". */
static void
draw_texts_beside (const TnVolumes *self, const TnPaint *paint, const TnVolume *volume)
{
  const TnStyle *style = self->style;
  double deep;
  TnRect front = tn_volume_front (self, volume, &deep);
  double x = front.x + front.width + TN_OBLIQUE_X * deep + 8;
  double y = front.y + front.height / 2 + (deep > 0 ? 0 : 3.6);
  const char *sizes[] = { volume->height, volume->depth, volume->size };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i] != NULL)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "×" : "", sizes[i]);
  if (text->len > 0)
    {
      draw_text (paint, TN_TEXT_LABEL, text->str, x, y, 0, 0, style->text);
      x += text_width (paint, TN_TEXT_LABEL, text->str) + 9;
    }
  if (volume->kernel != NULL)
    {
      draw_text (paint, TN_TEXT_LABEL, volume->kernel, x, y, 0, 0, style->text_dim);
      x += text_width (paint, TN_TEXT_LABEL, volume->kernel) + 9;
    }
  draw_text (paint, TN_TEXT_LABEL_ITALIC, volume->name, x, y, 0, 0, style->text_dim);
  g_string_free (text, TRUE);
}

static void
draw_texts (const TnVolumes *self, const TnPaint *paint, const TnVolume *volume)
{
  const TnStyle *style = self->style;
  double deep;
  TnRect front = tn_volume_front (self, volume, &deep);
  double middle = front.x + front.width / 2;
  double bottom = front.y + front.height;
  double y = bottom + 12;

  if (is_down (self))
    {
      draw_texts_beside (self, paint, volume);
      return;
    }
  draw_text (paint, TN_TEXT_LABEL, volume->size, middle, y, 0.5, 0, style->text);
  y += volume->size != NULL ? 13 : 0;
  draw_text (paint, TN_TEXT_LABEL, volume->kernel, middle, y, 0.5, 0, style->text_dim);
  y += volume->kernel != NULL ? 13 : 0;
  draw_text (paint, TN_TEXT_LABEL_ITALIC, volume->name, middle + 3, y - 3 + volume->drop, 1,
             -G_PI_4, style->text_dim);
  draw_text (paint, TN_TEXT_LABEL, volume->height, front.x - 4, front.y + front.height / 2, 0.5,
             -G_PI_2, style->text);
  /* At the lower edge that goes back; of what stands on something larger, beside that. */
  if (volume->depth != NULL && volume->beside > 0)
    draw_text (paint, TN_TEXT_LABEL, volume->depth, volume->beside + 4, volume->v + 14, 0, 0,
               style->text);
  else if (volume->depth != NULL)
    draw_text (paint, TN_TEXT_LABEL, volume->depth,
               front.x + front.width + TN_OBLIQUE_X * deep / 2 + 3,
               bottom - TN_OBLIQUE_Y * deep / 2 + 9, 0, 0, style->text);
}

/* ---- wires ---- */

static void
draw_head (cairo_t *cr, TnPoint tip, double dx, double dy)
{
  cairo_new_path (cr);
  cairo_move_to (cr, tip.x, tip.y);
  cairo_line_to (cr, tip.x - HEAD * dx - 3.2 * dy, tip.y - HEAD * dy + 3.2 * dx);
  cairo_line_to (cr, tip.x - HEAD * 0.75 * dx, tip.y - HEAD * 0.75 * dy);
  cairo_line_to (cr, tip.x - HEAD * dx + 3.2 * dy, tip.y - HEAD * dy - 3.2 * dx);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
begin_wire (const TnVolumes *self, cairo_t *cr)
{
  tn_color_set (cr, tn_color_mix (self->style->wire, self->style->text, 0.3), 1);
  cairo_set_line_width (cr, 1.2);
}

static void
draw_wire (const TnVolumes *self, cairo_t *cr, const TnVolumeWire *wire)
{
  TnPoint from = tn_volume_exit (self, &self->volumes[wire->from]);
  TnPoint to = tn_volume_entry (self, &self->volumes[wire->to]);
  gboolean down = is_down (self);

  begin_wire (self, cr);
  cairo_move_to (cr, from.x, from.y);
  if (down)
    {
      double bend = MAX ((to.y - from.y) / 2, 12);

      if (fabs (to.x - from.x) < 0.5)
        cairo_line_to (cr, to.x, to.y - 5);
      else
        cairo_curve_to (cr, from.x, from.y + bend, to.x, to.y - 5 - bend, to.x, to.y - 5);
    }
  else
    {
      double bend = MAX ((to.x - from.x) / 2, 12);

      if (fabs (to.y - from.y) < 0.5)
        cairo_line_to (cr, to.x - 5, to.y);
      else
        cairo_curve_to (cr, from.x + bend, from.y, to.x - 5 - bend, to.y, to.x - 5, to.y);
    }
  cairo_stroke (cr);
  draw_head (cr, to, down ? 0 : 1, down ? 1 : 0);
}

/* Up, along, and down again, with round corners. */
static void
draw_arc (const TnVolumes *self, cairo_t *cr, const TnVolumeWire *wire)
{
  TnPoint from = tn_volume_crown (self, &self->volumes[wire->from], wire->start_shift);
  TnPoint to = tn_volume_crown (self, &self->volumes[wire->to], wire->end_shift);
  double level = wire->level;
  double r = ARC_RADIUS;

  begin_wire (self, cr);
  cairo_new_path (cr);
  if (is_down (self))
    {
      r = MIN (r, (to.y - from.y) / 2);
      cairo_move_to (cr, from.x, from.y);
      cairo_line_to (cr, level + r, from.y);
      cairo_arc_negative (cr, level + r, from.y + r, r, -G_PI_2, G_PI);
      cairo_arc_negative (cr, level + r, to.y - r, r, G_PI, G_PI_2);
      cairo_line_to (cr, to.x - 5, to.y);
    }
  else
    {
      r = MIN (r, (to.x - from.x) / 2);
      cairo_move_to (cr, from.x, from.y);
      cairo_line_to (cr, from.x, level + r);
      cairo_arc (cr, from.x + r, level + r, r, G_PI, 3 * G_PI_2);
      cairo_arc (cr, to.x - r, level + r, r, 3 * G_PI_2, 0);
      cairo_line_to (cr, to.x, to.y - 5);
    }
  cairo_stroke (cr);
  draw_head (cr, to, is_down (self) ? 1 : 0, is_down (self) ? 0 : 1);
}

/* ---- the whole ---- */

static void
draw_frame (const TnVolumes *self, const TnPaint *paint, const TnVolumeFrame *frame)
{
  const TnStyle *style = self->style;
  TnRect box = frame->box;

  tn_round_rectangle (paint->cr, box.x, box.y, box.width, box.height, 8);
  tn_color_set (paint->cr, tn_color_mix (style->background, style->text_dim, 0.7), 1);
  cairo_set_line_width (paint->cr, 0.9);
  cairo_set_dash (paint->cr, (const double[]){ 4, 3 }, 2, 0);
  cairo_stroke (paint->cr);
  cairo_set_dash (paint->cr, NULL, 0, 0);
  tn_paint_text (paint, TN_TEXT_BRIEF, tn_name_own (tn_group_name (frame->group)), box.x + 9,
                 box.y + 15, MAX (box.width - 18, 20), 0, style->text, 1);
}

typedef struct
{
  double u;
  guint number;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *left = a;
  const Place *right = b;

  if (left->u != right->u)
    return left->u < right->u ? -1 : 1;
  return left->number < right->number ? -1 : 1;
}

/* All that lead to volume @to, which are those from @next on. */
static void
draw_wires_to (const TnVolumes *self, cairo_t *cr, guint to, guint next)
{
  for (; next < self->n_wires && self->wires[next].to == to; next++)
    if (!self->wires[next].skip && !self->wires[next].hidden)
      draw_wire (self, cr, &self->wires[next]);
}

void
tn_volumes_draw (const TnVolumes *self, const TnPaint *paint)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autofree guint *first = g_new0 (guint, self->n_volumes + 1);
  gboolean down = is_down (self);

  for (guint i = self->n_wires; i-- > 0;)
    first[self->wires[i].to] = i;
  cairo_save (paint->cr);
  for (guint i = 0; i < self->n_frames; i++)
    draw_frame (self, paint, &self->frames[i]);
  for (guint i = 0; i < self->n_volumes; i++)
    {
      Place place = { down ? -self->volumes[i].u : self->volumes[i].u, i };

      g_array_append_val (order, place);
    }
  g_array_sort (order, compare_places);
  /* Wires that lead out of what is drawn lie on it, and under what they lead to. */
  for (guint i = 0; i < order->len; i++)
    {
      guint number = g_array_index (order, Place, i).number;

      if (!down)
        draw_wires_to (self, paint->cr, number, first[number]);
      draw_volume (self, paint, &self->volumes[number]);
      if (down)
        draw_wires_to (self, paint->cr, number, first[number]);
    }
  for (guint i = 0; i < self->n_wires; i++)
    if (self->wires[i].skip)
      draw_arc (self, paint->cr, &self->wires[i]);
  for (guint i = 0; i < self->n_volumes; i++)
    draw_texts (self, paint, &self->volumes[i]);
  cairo_restore (paint->cr);
}
