/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Glyphs of layers, on a grid of 20 by 20, and the marks. */
#include "scene/tn-glyph.h"

#include <math.h>

void
tn_color_set (cairo_t *cr, TnColor color, double alpha)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * alpha);
}

TnColor
tn_color_mix (TnColor a, TnColor b, double share_of_b)
{
  double rest = 1 - share_of_b;

  return (TnColor){ a.red * rest + b.red * share_of_b, a.green * rest + b.green * share_of_b,
                    a.blue * rest + b.blue * share_of_b, a.alpha * rest + b.alpha * share_of_b };
}

void
tn_round_rectangle (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  radius = MIN (radius, MIN (width, height) / 2);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

static void
dot (cairo_t *cr, double x, double y, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
}

static void
line (cairo_t *cr, double x0, double y0, double x1, double y1)
{
  cairo_move_to (cr, x0, y0);
  cairo_line_to (cr, x1, y1);
}

static void
draw_input (cairo_t *cr)
{
  line (cr, 10, 2.5, 10, 11.5);
  cairo_move_to (cr, 6.5, 8.2);
  cairo_line_to (cr, 10, 11.7);
  cairo_line_to (cr, 13.5, 8.2);
  cairo_move_to (cr, 3, 12.5);
  cairo_line_to (cr, 3, 17);
  cairo_line_to (cr, 17, 17);
  cairo_line_to (cr, 17, 12.5);
  cairo_stroke (cr);
}

static void
draw_dense (cairo_t *cr)
{
  static const double left[] = { 3.5, 10, 16.5 };
  static const double right[] = { 6.5, 13.5 };

  cairo_set_line_width (cr, 0.9);
  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    for (guint j = 0; j < G_N_ELEMENTS (right); j++)
      line (cr, 4, left[i], 16, right[j]);
  cairo_stroke (cr);
  for (guint i = 0; i < G_N_ELEMENTS (left); i++)
    dot (cr, 4, left[i], 2.2);
  for (guint j = 0; j < G_N_ELEMENTS (right); j++)
    dot (cr, 16, right[j], 2.2);
  cairo_fill (cr);
}

static void
draw_convolution (cairo_t *cr)
{
  cairo_rectangle (cr, 2.5, 2.5, 10, 10);
  cairo_fill (cr);
  cairo_set_line_width (cr, 1.2);
  cairo_rectangle (cr, 2.5, 2.5, 15, 15);
  line (cr, 7.5, 12.5, 7.5, 17.5);
  line (cr, 12.5, 2.5, 12.5, 17.5);
  line (cr, 12.5, 7.5, 17.5, 7.5);
  line (cr, 2.5, 12.5, 17.5, 12.5);
  cairo_stroke (cr);
}

static void
draw_pooling (cairo_t *cr)
{
  cairo_set_line_width (cr, 1.3);
  cairo_rectangle (cr, 2.5, 2.5, 15, 15);
  cairo_stroke (cr);
  cairo_rectangle (cr, 7, 7, 6, 6);
  cairo_fill (cr);
  cairo_set_line_width (cr, 1);
  line (cr, 3, 3, 7, 7);
  line (cr, 17, 3, 13, 7);
  line (cr, 3, 17, 7, 13);
  line (cr, 17, 17, 13, 13);
  cairo_stroke (cr);
}

static void
draw_normalization (cairo_t *cr)
{
  line (cr, 2.5, 16.5, 17.5, 16.5);
  cairo_move_to (cr, 2.5, 14.5);
  cairo_curve_to (cr, 7.5, 14.5, 7, 3.5, 10, 3.5);
  cairo_curve_to (cr, 13, 3.5, 12.5, 14.5, 17.5, 14.5);
  cairo_stroke (cr);
}

static void
draw_regularization (cairo_t *cr)
{
  static const gboolean kept[3][3]
      = { { TRUE, FALSE, TRUE }, { TRUE, TRUE, FALSE }, { FALSE, TRUE, TRUE } };

  for (guint row = 0; row < 3; row++)
    for (guint column = 0; column < 3; column++)
      if (kept[row][column])
        dot (cr, 4 + 6 * column, 4 + 6 * row, 2.2);
  cairo_fill (cr);
  cairo_set_line_width (cr, 1);
  for (guint row = 0; row < 3; row++)
    for (guint column = 0; column < 3; column++)
      if (!kept[row][column])
        dot (cr, 4 + 6 * column, 4 + 6 * row, 1.7);
  cairo_stroke (cr);
}

static void
draw_activation (cairo_t *cr)
{
  cairo_set_line_width (cr, 0.9);
  line (cr, 10, 2.5, 10, 17.5);
  line (cr, 2.5, 14.5, 17.5, 14.5);
  cairo_stroke (cr);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, 2.5, 14.5);
  cairo_line_to (cr, 10, 14.5);
  cairo_line_to (cr, 17, 4.5);
  cairo_stroke (cr);
}

static void
draw_reshaping (cairo_t *cr)
{
  cairo_set_line_width (cr, 1.3);
  cairo_rectangle (cr, 2, 5.5, 9, 9);
  line (cr, 6.5, 5.5, 6.5, 14.5);
  line (cr, 2, 10, 11, 10);
  cairo_stroke (cr);
  tn_round_rectangle (cr, 14.5, 2, 3.6, 16, 1.2);
  cairo_fill (cr);
}

static void
draw_add (cairo_t *cr)
{
  dot (cr, 10, 10, 7.3);
  line (cr, 10, 6, 10, 14);
  line (cr, 6, 10, 14, 10);
  cairo_stroke (cr);
}

static void
draw_merging (cairo_t *cr)
{
  cairo_set_line_width (cr, 1.8);
  cairo_move_to (cr, 4, 2.5);
  cairo_curve_to (cr, 4, 9, 10, 7, 10, 13);
  cairo_move_to (cr, 16, 2.5);
  cairo_curve_to (cr, 16, 9, 10, 7, 10, 13);
  cairo_line_to (cr, 10, 17.5);
  cairo_stroke (cr);
}

static void
draw_target (cairo_t *cr)
{
  dot (cr, 10, 10, 7.3);
  dot (cr, 10, 10, 3.9);
  cairo_stroke (cr);
  dot (cr, 10, 10, 1.4);
  cairo_fill (cr);
}

/* Controls that slide. */
static void
draw_preprocessing (cairo_t *cr)
{
  static const double places[] = { 13, 6, 10.5 };

  for (int i = 0; i < 3; i++)
    line (cr, 2.5, 4.5 + 5.5 * i, 17.5, 4.5 + 5.5 * i);
  cairo_stroke (cr);
  for (int i = 0; i < 3; i++)
    {
      dot (cr, places[i], 4.5 + 5.5 * i, 2.2);
      cairo_fill (cr);
    }
}

/* What is put out comes back in. */
static void
draw_recurrent (cairo_t *cr)
{
  cairo_arc (cr, 10, 10, 6.6, -0.25 * G_PI, 1.4 * G_PI);
  cairo_stroke (cr);
  cairo_move_to (cr, 10.6, 0.8);
  cairo_line_to (cr, 10.6, 7);
  cairo_line_to (cr, 5.8, 3.7);
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* One looks at three, at one of them most. */
static void
draw_attention (cairo_t *cr)
{
  static const double places[] = { 3.5, 10, 16.5 }, widths[] = { 2.6, 0.9, 1.5 };

  for (int i = 0; i < 3; i++)
    {
      cairo_set_line_width (cr, widths[i]);
      line (cr, places[i], 4, 10, 16);
      cairo_stroke (cr);
    }
  for (int i = 0; i < 3; i++)
    {
      dot (cr, places[i], 4, 2.2);
      cairo_fill (cr);
    }
  dot (cr, 10, 16, 2.2);
  cairo_fill (cr);
}

static void
draw_operations (cairo_t *cr)
{
  line (cr, 3.5, 10, 16.5, 10);
  cairo_stroke (cr);
  dot (cr, 10, 5, 1.7);
  dot (cr, 10, 15, 1.7);
  cairo_fill (cr);
}

static void
draw_core (cairo_t *cr)
{
  tn_round_rectangle (cr, 3, 5, 14, 10, 2.5);
  cairo_stroke (cr);
  dot (cr, 10, 10, 1.8);
  cairo_fill (cr);
}

typedef void (*Draw) (cairo_t *cr);

/* A type of its own first, then what its family has. */
static const struct
{
  const char *type;
  Draw draw;
} by_type[] = {
  { "InputLayer", draw_input }, { "Dense", draw_dense },   { "Activation", draw_activation },
  { "Add", draw_add },          { "Target", draw_target },
};

static const Draw by_family[TN_N_FAMILIES] = {
  [TN_FAMILY_CORE] = draw_core,
  [TN_FAMILY_CONVOLUTIONAL] = draw_convolution,
  [TN_FAMILY_POOLING] = draw_pooling,
  [TN_FAMILY_RECURRENT] = draw_recurrent,
  [TN_FAMILY_ATTENTION] = draw_attention,
  [TN_FAMILY_NORMALIZATION] = draw_normalization,
  [TN_FAMILY_REGULARIZATION] = draw_regularization,
  [TN_FAMILY_ACTIVATIONS] = draw_activation,
  [TN_FAMILY_RESHAPING] = draw_reshaping,
  [TN_FAMILY_MERGING] = draw_merging,
  [TN_FAMILY_PREPROCESSING] = draw_preprocessing,
  [TN_FAMILY_OPERATIONS] = draw_operations,
  [TN_FAMILY_TRAINING] = draw_target,
};

void
tn_glyph_draw (cairo_t *cr, const TnLayer *layer, double x, double y, TnColor color)
{
  Draw draw = by_family[layer->family];

  for (guint i = 0; i < G_N_ELEMENTS (by_type); i++)
    if (g_str_equal (layer->schema.type, by_type[i].type))
      draw = by_type[i].draw;
  cairo_save (cr);
  cairo_translate (cr, x - TN_GLYPH_SIZE / 2, y - TN_GLYPH_SIZE / 2);
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  draw (cr);
  cairo_restore (cr);
}

void
tn_glyph_exclamation (cairo_t *cr, double x, double y, double height, TnColor color)
{
  double width = height * 0.2;

  tn_color_set (cr, color, 1);
  tn_round_rectangle (cr, x - width / 2, y - height / 2, width, height * 0.62, width / 2);
  dot (cr, x, y + height / 2 - width * 0.6, width * 0.6);
  cairo_fill (cr);
}

void
tn_glyph_cross (cairo_t *cr, double x, double y, double size, TnColor color)
{
  tn_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.8);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  line (cr, x - size / 2, y - size / 2, x + size / 2, y + size / 2);
  line (cr, x - size / 2, y + size / 2, x + size / 2, y - size / 2);
  cairo_stroke (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
}

void
tn_glyph_pin (cairo_t *cr, double x, double y, TnColor color)
{
  tn_color_set (cr, color, 1);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, G_PI / 5);
  cairo_rectangle (cr, -2.6, -5.2, 5.2, 1.5);
  cairo_move_to (cr, -1.7, -3.9);
  cairo_line_to (cr, 1.7, -3.9);
  cairo_line_to (cr, 2, -0.6);
  cairo_line_to (cr, 3.2, 0.9);
  cairo_line_to (cr, -3.2, 0.9);
  cairo_line_to (cr, -2, -0.6);
  cairo_close_path (cr);
  cairo_rectangle (cr, -0.45, 0.9, 0.9, 4.3);
  cairo_fill (cr);
  cairo_restore (cr);
}
