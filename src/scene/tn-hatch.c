/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hatchings: one or two sets of parallel lines, or dots, clipped to what is filled. */
#include "scene/tn-hatch.h"

#include <math.h>

#include "scene/tn-glyph.h"

#define MOST_LINES 4000

typedef struct
{
  int angles[2];  /* degrees; -1: none */
  double spacing; /* document units; 0: left empty */
  double dash;    /* 0: whole lines */
  double width;
} Hatch;

/* Neighbours in a model look least alike. */
static const Hatch hatches[TN_N_FAMILIES] = {
  [TN_FAMILY_CORE] = { { -1, -1 }, 0, 0, 0 },
  [TN_FAMILY_CONVOLUTIONAL] = { { 45, -1 }, 4, 0, 0.6 },
  [TN_FAMILY_POOLING] = { { 0, -1 }, 2, 0, 0.9 },
  [TN_FAMILY_RECURRENT] = { { 90, -1 }, 4, 0, 0.6 },
  [TN_FAMILY_ATTENTION] = { { 45, 135 }, 5, 0, 0.6 },
  [TN_FAMILY_NORMALIZATION] = { { 0, -1 }, 3, 0.9, 0.9 },
  [TN_FAMILY_REGULARIZATION] = { { 135, -1 }, 4, 3, 0.6 },
  [TN_FAMILY_ACTIVATIONS] = { { 45, -1 }, 1.6, 0, 1.1 },
  [TN_FAMILY_RESHAPING] = { { 135, -1 }, 4, 0, 0.6 },
  [TN_FAMILY_MERGING] = { { 0, 90 }, 5, 0, 0.6 },
  [TN_FAMILY_PREPROCESSING] = { { 90, -1 }, 3, 2, 0.7 },
  [TN_FAMILY_OPERATIONS] = { { 0, -1 }, 4, 0, 0.6 },
  [TN_FAMILY_TRAINING] = { { 135, -1 }, 2, 0, 0.9 },
};

static void
draw_lines (cairo_t *cr, double angle, double spacing, double x0, double y0, double x1, double y1)
{
  double dx = cos (angle * G_PI / 180);
  double dy = -sin (angle * G_PI / 180);
  double reach = hypot (x1 - x0, y1 - y0);
  double low = G_MAXDOUBLE, high = -G_MAXDOUBLE;

  if (!(reach / spacing < MOST_LINES))
    return;
  /* Counted from the origin, so that lines go on from one face to the next. */
  for (int corner = 0; corner < 4; corner++)
    {
      double x = corner & 1 ? x1 : x0, y = corner & 2 ? y1 : y0;
      double distance = -x * dy + y * dx;

      low = MIN (low, distance);
      high = MAX (high, distance);
    }
  for (double at = ceil (low / spacing) * spacing; at <= high; at += spacing)
    {
      double along = (x0 + x1) / 2 * dx + (y0 + y1) / 2 * dy;

      cairo_move_to (cr, -at * dy + (along - reach) * dx, at * dx + (along - reach) * dy);
      cairo_line_to (cr, -at * dy + (along + reach) * dx, at * dx + (along + reach) * dy);
    }
}

void
tn_hatch_fill (cairo_t *cr, TnFamily family, TnColor color)
{
  const Hatch *hatch = &hatches[family];
  double x0, y0, x1, y1;

  if (hatch->spacing <= 0)
    {
      cairo_new_path (cr);
      return;
    }
  cairo_save (cr);
  cairo_path_extents (cr, &x0, &y0, &x1, &y1);
  cairo_clip (cr);
  for (guint i = 0; i < G_N_ELEMENTS (hatch->angles); i++)
    if (hatch->angles[i] >= 0)
      draw_lines (cr, hatch->angles[i], hatch->spacing, x0, y0, x1, y1);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, hatch->width);
  if (hatch->dash > 0)
    cairo_set_dash (cr, (const double[]){ hatch->dash, hatch->dash + 1 }, 2, 0);
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
tn_hatch_family (cairo_t *cr, const TnStyle *style, TnFamily family, double strength)
{
  if (style->hatched)
    {
      tn_color_set (cr, style->box, 1);
      cairo_fill_preserve (cr);
      tn_hatch_fill (cr, family, style->family[family]);
      return;
    }
  tn_color_set (cr, tn_color_mix (style->background, style->family[family], strength), 1);
  cairo_fill (cr);
}
