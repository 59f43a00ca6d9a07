/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painter: draws what of a scene is in view, with as much detail as the scale shows. */
#include <math.h>

#include "scene/tn-glyph.h"
#include "scene/tn-hatch.h"
#include "scene/tn-painter-private.h"

/* Device pixels for a document unit from which on there is more to see. */
#define FULL_SCALE   0.5
#define TITLES_SCALE 0.4
#define NAMES_SCALE  0.22
#define LEAST_SCALE  0.08 /* below it: rectangles and straight lines */

/* Baselines of the lines in a box, from its top. */
#define NAME_LINE       20.5
#define CLASS_LINE      34.5
#define BRIEF_LINE      49.0
#define NAME_LINE_ALONE 27.5 /* in a box without a brief */
#define STALE_ALPHA     0.5
#define FAR_TEXT        14.0 /* from the left edge of a box, where there is no glyph */

TnDetail
tn_detail_at (double scale)
{
  return scale <= 0 || scale >= FULL_SCALE ? TN_DETAIL_FULL
         : scale >= TITLES_SCALE           ? TN_DETAIL_TITLES
         : scale >= NAMES_SCALE            ? TN_DETAIL_NAMES
                                           : TN_DETAIL_BOXES;
}

static gboolean
shows (const TnPaint *paint, TnTextKind kind)
{
  return paint->detail >= (kind == TN_TEXT_BRIEF || kind == TN_TEXT_BRIEF_ITALIC
                               ? TN_DETAIL_FULL
                               : TN_DETAIL_TITLES);
}

/* A line that is @width wide, and no thinner on the screen than @least pixels. */
static double
line_width (const TnPaint *paint, double width, double least)
{
  return paint->scale > 0 ? MAX (width, least / paint->scale) : width;
}

/* Letters stand at 1024ths of a unit, cairo counts in 256ths of a pixel: so far off, no letter is
 * on a tie at the usual scales. */
#define NO_TIE (9.0 / 4096)

/* On pixels, cairo puts each glyph on a whole one. What falls between two must come out the same
 * whatever tile it is drawn on: so the line begins on a whole pixel, from where every tile counts
 * alike. */
static void
snap (cairo_t *cr, double *x, double *baseline)
{
  cairo_surface_t *target = cairo_get_target (cr);
  double scale_x, scale_y;

  if (cairo_surface_get_type (target) != CAIRO_SURFACE_TYPE_IMAGE)
    return;
  cairo_surface_get_device_scale (target, &scale_x, &scale_y);
  cairo_user_to_device (cr, x, baseline);
  *x = floor (*x * scale_x + 0.5 + 1e-3) / scale_x + NO_TIE;
  *baseline = floor (*baseline * scale_y + 0.5 + 1e-3) / scale_y;
  cairo_device_to_user (cr, x, baseline);
}

static const cairo_user_data_key_t note_key;

void
tn_paint_note_texts (cairo_t *cr, GArray *notes)
{
  cairo_set_user_data (cr, &note_key, notes, NULL);
}

static void
note_text (cairo_t *cr, PangoLayout *layout, double size, double x, double baseline, double width)
{
  GArray *notes = cairo_get_user_data (cr, &note_key);
  TnTextNote note = { .size = size, .width = width };

  if (notes == NULL || pango_layout_get_text (layout)[0] == '\0')
    return;
  note.text = g_strdup (pango_layout_get_text (layout));
  cairo_get_matrix (cr, &note.matrix);
  cairo_matrix_translate (&note.matrix, x, baseline);
  g_array_append_val (notes, note);
}

double
tn_paint_text (const TnPaint *paint, TnTextKind kind, const char *text, double x, double baseline,
               double width, double align, TnColor color, double alpha)
{
  PangoLayout *layout = tn_text_cache_get (paint->texts, kind, text, width);
  PangoRectangle extents;

  pango_layout_get_extents (layout, NULL, &extents);
  x += align * (width - (double)extents.width / PANGO_SCALE);
  snap (paint->cr, &x, &baseline);
  cairo_move_to (paint->cr, x, baseline - (double)pango_layout_get_baseline (layout) / PANGO_SCALE);
  tn_color_set (paint->cr, color, alpha);
  pango_cairo_show_layout (paint->cr, layout);
  cairo_new_path (paint->cr);
  note_text (paint->cr, layout, tn_text_size (paint->style, kind), x, baseline,
             (double)extents.width / PANGO_SCALE);
  return (double)extents.width / PANGO_SCALE;
}

/* ---- wires ---- */

static TnColor
edge_color (const TnStyle *style, TnEdgeState state)
{
  switch (state)
    {
    case TN_EDGE_ERROR:
      return style->error;
    case TN_EDGE_WARNING:
      return style->warning_mark;
    case TN_EDGE_ASSUMED:
      return style->assumed;
    default:
      return style->wire;
    }
}

static void
arrow_head (cairo_t *cr, TnPoint tip, TnPoint from)
{
  double length = hypot (tip.x - from.x, tip.y - from.y);
  double dx = length > 0 ? (tip.x - from.x) / length : 0;
  double dy = length > 0 ? (tip.y - from.y) / length : 1;

  cairo_move_to (cr, tip.x, tip.y);
  cairo_line_to (cr, tip.x - 9 * dx - 3.8 * dy, tip.y - 9 * dy + 3.8 * dx);
  cairo_line_to (cr, tip.x - 7 * dx, tip.y - 7 * dy);
  cairo_line_to (cr, tip.x - 9 * dx + 3.8 * dy, tip.y - 9 * dy - 3.8 * dx);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
draw_wire (const TnPaint *paint, const TnSceneWire *wire)
{
  cairo_t *cr = paint->cr;
  const TnPoint *p = wire->curve.points;
  guint last = wire->curve.n_points - 1;
  gboolean refused = wire->state == TN_EDGE_ERROR && !wire->idle;
  gboolean dashed = wire->state == TN_EDGE_ASSUMED || wire->sheet || wire->idle;

  tn_color_set (cr, edge_color (paint->style, wire->idle ? TN_EDGE_UNKNOWN : wire->state),
                wire->idle                       ? 0.45
                : wire->state == TN_EDGE_UNKNOWN ? 0.65
                                                 : 1);
  cairo_set_line_width (cr,
                        line_width (paint, paint->style->wire_width + (refused ? 0.6 : 0), 0.75));
  if (paint->coarse)
    {
      cairo_move_to (cr, p[0].x, p[0].y);
      for (guint i = 3; i <= last; i += 3)
        cairo_line_to (cr, p[i].x, p[i].y);
      cairo_stroke (cr);
      return;
    }
  if (dashed)
    cairo_set_dash (cr, (const double[]){ 5, 4 }, 2, 0);
  if (paint->style->paper && !wire->stub)
    {
      TnCurve curve = wire->curve;
      double length = hypot (p[last].x - p[last - 1].x, p[last].y - p[last - 1].y);

      if (length > 0)
        for (guint i = last - 1; i <= last; i++)
          {
            curve.points[i].x -= 6 * (p[last].x - p[last - 1].x) / length;
            curve.points[i].y -= 6 * (p[last].y - p[last - 1].y) / length;
          }
      tn_curve_path (&curve, cr);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
      arrow_head (cr, p[last], p[last - 1]);
      return;
    }
  tn_curve_path (&wire->curve, cr);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_label (const TnPaint *paint, const TnSceneWire *wire)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  gboolean refused = wire->state == TN_EDGE_ERROR;
  gboolean italic = wire->state == TN_EDGE_ASSUMED;
  TnTextKind kind = italic ? TN_TEXT_LABEL_ITALIC : TN_TEXT_LABEL;
  double alpha = paint->stale ? STALE_ALPHA : 1;
  double mark = refused ? 13 : 0;
  double middle = wire->label.x + wire->label.width / 2;
  double y = wire->label.y;
  double height = wire->label.height;
  double most = wire->label.width - 14 - mark;
  TnColor color = style->wire_label;
  TnColor fill = style->wire_label_background;
  PangoRectangle extents;
  PangoLayout *layout;
  double width, x;

  if (wire->text == NULL || !shows (paint, kind))
    return;
  layout = tn_text_cache_get (paint->texts, kind, wire->text, most);
  pango_layout_get_extents (layout, NULL, &extents);
  width = (double)extents.width / PANGO_SCALE + mark + 14;
  x = middle - width / 2;
  if (refused)
    {
      color = style->error;
      fill = style->error_fill;
    }
  else if (wire->state == TN_EDGE_WARNING)
    {
      color = style->warning;
      fill = style->warning_fill;
    }
  else if (italic)
    color = style->assumed;

  if (wire->apart)
    {
      cairo_move_to (cr, middle, y + height / 2);
      cairo_line_to (cr, wire->anchor.x, wire->anchor.y);
      tn_color_set (cr, color, 0.5 * alpha);
      cairo_set_line_width (cr, line_width (paint, 0.8, 0.5));
      cairo_set_dash (cr, (const double[]){ 2, 2 }, 2, 0);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
    }
  /* What is behind must not shine through a dimmed label. */
  tn_round_rectangle (cr, x, y, width, height, height / 2);
  tn_color_set (cr, tn_color_mix (style->background, fill, alpha), 1);
  cairo_fill (cr);
  if (refused || wire->state == TN_EDGE_WARNING)
    {
      tn_round_rectangle (cr, x + 0.5, y + 0.5, width - 1, height - 1, height / 2 - 0.5);
      tn_color_set (cr, edge_color (style, wire->state), 0.7 * alpha);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
    }
  if (refused)
    tn_glyph_cross (cr, x + 12, y + height / 2, 5, tn_color_mix (fill, color, alpha));
  tn_paint_text (paint, kind, wire->text, x + 7 + mark, y + height / 2 + style->label_size * 0.36,
                 most, 0, color, alpha);
}

/* ---- boxes ---- */

static void
box_path (cairo_t *cr, const TnStyle *style, TnRect box, gboolean document)
{
  double r = style->box_radius;

  if (!document)
    {
      tn_round_rectangle (cr, box.x, box.y, box.width, box.height, r);
      return;
    }
  /* A sheet: square, with a folded corner. */
  r = 3;
  cairo_new_sub_path (cr);
  cairo_line_to (cr, box.x + box.width - TN_FOLD, box.y);
  cairo_line_to (cr, box.x + box.width, box.y + TN_FOLD);
  cairo_arc (cr, box.x + box.width - r, box.y + box.height - r, r, 0, G_PI_2);
  cairo_arc (cr, box.x + r, box.y + box.height - r, r, G_PI_2, G_PI);
  cairo_arc (cr, box.x + r, box.y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

/* The coloured strip inside the left edge, which follows the corners. */
static void
accent_path (cairo_t *cr, TnRect box, double radius)
{
  double angle = acos ((radius - MIN (TN_ACCENT_WIDTH, radius)) / radius);

  cairo_new_sub_path (cr);
  cairo_arc_negative (cr, box.x + radius, box.y + radius, radius, G_PI + angle, G_PI);
  cairo_arc_negative (cr, box.x + radius, box.y + box.height - radius, radius, G_PI, G_PI - angle);
  if (TN_ACCENT_WIDTH > radius)
    {
      cairo_line_to (cr, box.x + TN_ACCENT_WIDTH, box.y + box.height);
      cairo_line_to (cr, box.x + TN_ACCENT_WIDTH, box.y);
    }
  cairo_close_path (cr);
}

typedef struct
{
  TnColor border, fill, text, mark;
  double border_width;
  gboolean dashed, dotted;
  gboolean faint; /* says less than others */
} Look;

static Look
look_of (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  double alpha = paint->stale ? STALE_ALPHA : 1;
  Look look = { .border = style->box_border,
                .fill = style->box,
                .text = style->text,
                .mark = style->box_border,
                .border_width = 1 };

  if (node->issue != NULL)
    {
      gboolean warning = node->issue->severity == TN_SEVERITY_WARNING;

      look.mark = warning                                         ? style->warning_mark
                  : node->issue->severity == TN_SEVERITY_CONTRACT ? style->contract
                                                                  : style->error;
      look.fill
          = tn_color_mix (style->box, warning ? style->warning_fill : style->error_fill, alpha);
      look.text = tn_color_mix (look.fill, warning ? style->warning : style->error, alpha);
      look.border = tn_color_mix (style->box_border, look.mark, alpha);
      look.border_width = 1.6;
      look.dashed = node->issue->severity == TN_SEVERITY_CONTRACT;
    }
  else if (node->role == TN_ROLE_BYPASSED || node->role == TN_ROLE_DISABLED)
    {
      look.dashed = look.faint = TRUE;
      look.fill = tn_color_mix (style->box, style->background, 0.4);
    }
  else if (node->state == TN_STATE_BLOCKED || node->role == TN_ROLE_INACTIVE)
    {
      look.dotted = look.faint = TRUE;
      look.fill = tn_color_mix (style->box, style->background, 0.6);
    }
  /* Its problem is still told by border, sign and note. */
  if (node->heat >= 0)
    look.fill = tn_color_mix (look.fill, tn_heat_color (style, node->heat), alpha);
  return look;
}

static void
draw_badge (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  double x = node->box.x + node->box.width;
  double y = node->box.y;
  double alpha = paint->stale ? STALE_ALPHA : 1;
  TnColor mark = look_of (paint, node).mark;
  TnColor solid = tn_color_mix (style->background, mark, alpha);

  if (node->issue->severity == TN_SEVERITY_WARNING)
    {
      double r = TN_BADGE_RADIUS;

      cairo_new_path (cr);
      cairo_move_to (cr, x, y - r * 0.85);
      cairo_line_to (cr, x + r * 0.92, y + r * 0.72);
      cairo_line_to (cr, x - r * 0.92, y + r * 0.72);
      cairo_close_path (cr);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_set_line_width (cr, 5);
      tn_color_set (cr, style->background, 1);
      cairo_stroke_preserve (cr);
      cairo_set_line_width (cr, 2.4);
      tn_color_set (cr, solid, 1);
      cairo_stroke_preserve (cr);
      cairo_fill (cr);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
      tn_glyph_exclamation (cr, x, y + 1.2, 9.5, style->box);
      return;
    }
  cairo_new_path (cr);
  cairo_arc (cr, x, y, TN_BADGE_RADIUS + 1.5, 0, 2 * G_PI);
  tn_color_set (cr, style->background, 1);
  cairo_fill (cr);
  cairo_arc (cr, x, y, TN_BADGE_RADIUS, 0, 2 * G_PI);
  tn_color_set (cr, solid, 1);
  cairo_fill (cr);
  if (node->issue->severity == TN_SEVERITY_CONTRACT)
    {
      /* A ring: it can run, somebody else disagrees. */
      cairo_arc (cr, x, y, TN_BADGE_RADIUS - 1.7, 0, 2 * G_PI);
      tn_color_set (cr, style->box, 1);
      cairo_fill (cr);
      tn_glyph_exclamation (cr, x, y, 9.5, solid);
    }
  else
    tn_glyph_exclamation (cr, x, y, 10.5, style->box);
}

static void
draw_ports (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  double r = style->port_radius;

  if (style->paper || (paint->scale > 0 && r * paint->scale < 1.2))
    return;
  for (guint i = 0; i < node->n_inputs; i++)
    {
      const TnSceneInput *input = &paint->scene->inputs[node->first_input + i];

      /* What is merely offered does not belong into a picture. */
      if (input->offered && paint->scale <= 0)
        continue;
      cairo_arc (cr, input->at.x, input->at.y, input->offered ? r - 1 : r, 0, 2 * G_PI);
      tn_color_set (cr, input->wired ? style->port : style->box, 1);
      cairo_fill_preserve (cr);
      tn_color_set (cr, style->port, input->offered ? 0.6 : 1);
      cairo_set_line_width (cr, input->offered ? 1 : 1.4);
      cairo_stroke (cr);
    }
  for (guint i = 0; i < node->n_outputs; i++)
    {
      const TnSceneOutput *output = &paint->scene->outputs[node->first_output + i];

      cairo_arc (cr, output->at.x, output->at.y, r + 0.7, 0, 2 * G_PI);
      tn_color_set (cr, style->port, 1);
      cairo_fill (cr);
    }
}

static void
draw_texts (const TnPaint *paint, const TnSceneNode *node, const Look *look)
{
  const TnStyle *style = paint->style;
  TnRect box = node->box;
  double x = box.x + TN_BOX_TEXT;
  double width = box.width - TN_BOX_TEXT - TN_BOX_PADDING - (node->group != NULL ? 16 : 0)
                 - (node->times > 0 ? 26 : 0);
  gboolean faint = look->faint;
  const char *brief = node->waits != NULL ? node->waits : node->brief;
  double lift = brief == NULL ? NAME_LINE_ALONE - NAME_LINE : 0;
  double alpha = paint->stale ? STALE_ALPHA : 1;

  if (shows (paint, TN_TEXT_NAME))
    {
      const char *name = node->name;
      double room = width - (node->sheet ? TN_FOLD - 4 : 0);
      /* Keras's own longest names fit when written a little smaller. */
      gboolean tight
          = pango_layout_is_ellipsized (tn_text_cache_get (paint->texts, TN_TEXT_NAME, name, room));

      tn_paint_text (paint, tight ? TN_TEXT_NAME_TIGHT : TN_TEXT_NAME, name, x,
                     box.y + NAME_LINE + lift, room, 0, faint ? style->text_dim : style->text, 1);
    }
  if (shows (paint, TN_TEXT_CLASS))
    {
      double used = 0;

      /* What is asked for goes before what is always known. */
      if (node->heat_text != NULL)
        used = tn_paint_text (paint, TN_TEXT_CLASS, node->heat_text, x + width - TN_PIN_WIDTH,
                              box.y + CLASS_LINE + lift, TN_PIN_WIDTH, 1, style->text, alpha)
               + 8;
      else if (node->pin != NULL)
        {
          used = tn_paint_text (paint, TN_TEXT_CLASS, node->pin, x + width - TN_PIN_WIDTH,
                                box.y + CLASS_LINE + lift, TN_PIN_WIDTH, 1, style->text_dim, 1);
          tn_glyph_pin (paint->cr, x + width - used - 8, box.y + CLASS_LINE + lift - 3.5,
                        style->text_dim);
          used += 18;
        }
      else if (node->weights != NULL)
        used = 8
               + tn_paint_text (paint, TN_TEXT_CLASS, node->weights, x, box.y + CLASS_LINE + lift,
                                width, 1, style->text_dim, 1);
      if (node->label != NULL)
        tn_paint_text (paint, TN_TEXT_CLASS, node->label, x, box.y + CLASS_LINE + lift,
                       width - used, 0, node->heat > 0 ? style->text : style->text_dim, 1);
    }
  if (brief != NULL && shows (paint, TN_TEXT_BRIEF))
    tn_paint_text (paint, node->waits != NULL ? TN_TEXT_BRIEF_ITALIC : TN_TEXT_BRIEF, brief, x,
                   box.y + BRIEF_LINE, width, 0, faint ? style->text_dim : style->text,
                   node->waits != NULL ? alpha : 1);
  if (node->note != NULL && shows (paint, TN_TEXT_NOTE))
    tn_paint_text (paint, TN_TEXT_NOTE, node->note, box.x + 12,
                   box.y + box.height - style->note_height / 2 + style->label_size * 0.36 - 1.5,
                   box.width - 22, 0, look->text, 1);
}

/* From afar: the name and what comes out, as large as the box lets them be. */
static void
draw_far_texts (const TnPaint *paint, const TnSceneNode *node, const Look *look)
{
  const TnStyle *style = paint->style;
  TnRect box = node->box;
  double x = box.x + FAR_TEXT;
  double width = box.width - FAR_TEXT - TN_BOX_PADDING;
  TnColor color = look->faint ? style->text_dim : style->text;

  tn_paint_text (paint, TN_TEXT_NAME_FAR, node->name, x, box.y + (node->shape != NULL ? 25 : 37),
                 width, 0, color, 1);
  if (node->shape != NULL)
    tn_paint_text (paint, TN_TEXT_LABEL_FAR, node->shape, x, box.y + 48, width, 0, style->text_dim,
                   paint->stale ? STALE_ALPHA : 1);
}

/* Twice as wide, so that the hatching can be seen. */
static void
draw_hatched_accent (const TnPaint *paint, const TnSceneNode *node, TnRect box)
{
  cairo_t *cr = paint->cr;

  if (node->group != NULL)
    return;
  cairo_save (cr);
  tn_round_rectangle (cr, box.x + 1, box.y + 1, box.width - 2, box.height - 2,
                      paint->style->box_radius);
  cairo_clip (cr);
  cairo_rectangle (cr, box.x, box.y, 2 * TN_ACCENT_WIDTH, box.height);
  tn_hatch_fill (cr, node->layer->family, paint->style->family[node->layer->family]);
  cairo_rectangle (cr, box.x + 2 * TN_ACCENT_WIDTH, box.y, 0.7, box.height);
  tn_color_set (cr, paint->style->box_border, 1);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_accent (const TnPaint *paint, const TnSceneNode *node, TnRect box, TnColor color)
{
  if (paint->style->hatched)
    {
      draw_hatched_accent (paint, node, box);
      return;
    }
  accent_path (paint->cr, box, node->sheet ? 3 : paint->style->box_radius);
  tn_color_set (paint->cr, color, 1);
  cairo_fill (paint->cr);
}

static void
draw_node (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  Look look = look_of (paint, node);
  TnColor family = node->group != NULL ? style->text_dim : style->family[node->layer->family];
  TnRect box = node->box;
  TnRect inner = { box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1 };
  gboolean readable = paint->detail > TN_DETAIL_BOXES;
  gboolean near = paint->detail > TN_DETAIL_NAMES;

  if (paint->coarse)
    {
      cairo_rectangle (cr, box.x, box.y, box.width, box.height);
      tn_color_set (cr,
                    node->issue != NULL ? look.mark
                    : node->heat_text != NULL
                        ? look.fill
                        : tn_color_mix (style->box, family, look.faint ? 0.3 : 0.6),
                    1);
      cairo_fill (cr);
      return;
    }
  if (node->group != NULL)
    tn_paint_pile (paint, node);
  if (style->box_shadow.alpha > 0 && readable)
    for (int i = 3; i >= 1; i--)
      {
        TnRect shadow = { box.x - i * 0.5, box.y + i * 0.9, box.width + i, box.height + i * 0.5 };

        box_path (cr, style, shadow, node->sheet);
        tn_color_set (cr, style->box_shadow, 1);
        cairo_fill (cr);
      }
  box_path (cr, style, inner, node->sheet);
  tn_color_set (
      cr, readable || node->heat_text != NULL ? look.fill : tn_color_mix (look.fill, family, 0.4),
      1);
  cairo_fill (cr);

  if (node->issue != NULL)
    draw_accent (paint, node, inner, family);

  if (node->note != NULL && near)
    {
      cairo_rectangle (cr, inner.x + TN_ACCENT_WIDTH, box.y + box.height - style->note_height,
                       inner.width - TN_ACCENT_WIDTH, 1);
      tn_color_set (cr, look.mark, 0.22);
      cairo_fill (cr);
    }
  if (look.dashed)
    cairo_set_dash (cr, (const double[]){ 6, 3.5 }, 2, 0);
  else if (look.dotted)
    cairo_set_dash (cr, (const double[]){ 1.5, 3 }, 2, 0);
  box_path (cr, style, inner, node->sheet);
  tn_color_set (cr, look.border, 1);
  cairo_set_line_width (cr, line_width (paint, look.border_width, 0.7));
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  /* A calm box is its colour up to the edge; around a problem the border is whole. */
  if (node->issue == NULL)
    draw_accent (paint, node, box, look.faint ? tn_color_mix (look.fill, family, 0.5) : family);
  if (node->sheet)
    {
      double right = inner.x + inner.width;

      cairo_move_to (cr, right - TN_FOLD, inner.y);
      cairo_line_to (cr, right - TN_FOLD, inner.y + TN_FOLD);
      cairo_line_to (cr, right, inner.y + TN_FOLD);
      cairo_close_path (cr);
      tn_color_set (cr, tn_color_mix (look.fill, look.border, 0.25), 1);
      cairo_fill_preserve (cr);
      tn_color_set (cr, look.border, 1);
      cairo_stroke (cr);
    }
  if (node->group != NULL && near)
    tn_paint_group_signs (paint, node,
                          look.faint ? tn_color_mix (look.fill, family, 0.55) : family);
  else if (near)
    tn_glyph_draw (cr, node->layer, box.x + TN_ACCENT_WIDTH + 18.5, box.y + style->box_height / 2,
                   look.faint ? tn_color_mix (look.fill, family, 0.55) : family);
  tn_paint_role (paint, node);
  if (near)
    draw_texts (paint, node, &look);
  else if (readable)
    draw_far_texts (paint, node, &look);
  tn_paint_heat_bar (paint, node);
  draw_ports (paint, node);
  if (node->issue != NULL && (paint->scale <= 0 || TN_BADGE_RADIUS * paint->scale >= 1.5))
    draw_badge (paint, node);
}

/* ---- the whole ---- */

/* What enters an open group: a pill with its name. */
static void
draw_chip (const TnPaint *paint, const TnSceneNode *node)
{
  const TnStyle *style = paint->style;
  cairo_t *cr = paint->cr;
  Look look = look_of (paint, node);
  TnRect box = node->box;
  double radius = MIN (style->chip_height / 2, style->box_radius + 4);

  tn_round_rectangle (cr, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, radius);
  tn_color_set (
      cr, node->issue != NULL ? look.fill : tn_color_mix (style->box, style->background, 0.5), 1);
  cairo_fill_preserve (cr);
  tn_color_set (cr, look.border, 1);
  cairo_set_line_width (cr, line_width (paint, look.border_width, 0.7));
  cairo_stroke (cr);
  if (paint->coarse)
    return;
  if (shows (paint, TN_TEXT_CLASS))
    {
      PangoLayout *layout
          = tn_text_cache_get (paint->texts, TN_TEXT_BRIEF, node->name, box.width - 16);
      PangoRectangle extents;
      double room;

      pango_layout_get_extents (layout, NULL, &extents);
      room = MAX (box.width - 16 - (double)extents.width / PANGO_SCALE, 0);
      tn_paint_text (paint, TN_TEXT_BRIEF, node->name, box.x + 8 + room / 2,
                     box.y + style->chip_height / 2 + style->brief_size * 0.36, box.width - 16, 0,
                     style->text_dim, 1);
    }
  if (node->note != NULL && shows (paint, TN_TEXT_NOTE))
    tn_paint_text (paint, TN_TEXT_NOTE, node->note, box.x + 10,
                   box.y + box.height - style->note_height / 2 + style->label_size * 0.36 - 3,
                   box.width - 18, 0, look.text, 1);
  draw_ports (paint, node);
  if (node->issue != NULL && (paint->scale <= 0 || TN_BADGE_RADIUS * paint->scale >= 1.5))
    draw_badge (paint, node);
}

void
tn_painter_draw (const TnScene *scene, cairo_t *cr, TnRect visible, double scale)
{
  TnPaint paint;
  g_autoptr (GArray) found = NULL;

  g_return_if_fail (scene != NULL && cr != NULL);
  paint = (TnPaint){ .cr = cr,
                     .style = scene->style,
                     .scene = scene,
                     .texts = scene->texts,
                     .scale = scale,
                     .stale = scene->stale,
                     .detail = tn_detail_at (scale),
                     .coarse = scale > 0 && scale < LEAST_SCALE };
  found = g_array_new (FALSE, FALSE, sizeof (guint));
  /* Lines are never thinner than most of a pixel: far out they are wider than their bounds say. */
  tn_spatial_query (scene->items, tn_rect_grown (visible, scale > 0 ? 1 / scale : 0), found);

  cairo_save (cr);
  cairo_set_tolerance (cr, scale > 0 ? 0.25 : 0.1);
  cairo_new_path (cr);
  for (guint i = 0; i < found->len; i++)
    {
      const TnSceneNode *node = tn_scene_item_node (scene, g_array_index (found, guint, i));

      if (node != NULL && node->remark == TN_REMARK_FRAME)
        tn_paint_frame_remark (&paint, node);
    }
  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);

      if (item < tn_scene_first_wire (scene))
        tn_paint_frame (&paint, &scene->frames[item]);
      else if (item < tn_scene_first_node (scene))
        draw_wire (&paint, &scene->wires[item - tn_scene_first_wire (scene)]);
      else if (item < tn_scene_first_label (scene))
        {
          const TnSceneNode *node = &scene->nodes[item - tn_scene_first_node (scene)];

          if (node->remark != TN_REMARK_NONE)
            tn_paint_remark (&paint, node);
          else if (node->chip && !node->hidden && node->group == NULL)
            draw_chip (&paint, node);
          else if (!node->hidden)
            draw_node (&paint, node);
        }
      else if (!paint.coarse)
        draw_label (&paint, &scene->wires[item - tn_scene_first_label (scene)]);
      cairo_new_path (cr);
    }
  cairo_restore (cr);
}

void
tn_painter_background (const TnStyle *style, cairo_t *cr, TnRect visible, double scale,
                       gboolean grid)
{
  double step = 24;
  double size;

  g_return_if_fail (style != NULL && cr != NULL);
  tn_color_set (cr, style->background, 1);
  cairo_rectangle (cr, visible.x, visible.y, visible.width, visible.height);
  cairo_fill (cr);
  if (!grid || !(scale > 0))
    return;
  while (step * scale < 14)
    step *= 2;
  size = 1.4 / scale;
  for (double y = floor (visible.y / step) * step; y <= visible.y + visible.height + size;
       y += step)
    for (double x = floor (visible.x / step) * step; x <= visible.x + visible.width + size;
         x += step)
      cairo_rectangle (cr, x - size / 2, y - size / 2, size, size);
  tn_color_set (cr, style->grid, 1);
  cairo_fill (cr);
}
