/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts can be read and accents told apart in every theme. */
#include <math.h>

#include "scene/tn-glyph.h"
#include "scene/tn-style.h"

static double
linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (TnColor color)
{
  return 0.2126 * linear (color.red) + 0.7152 * linear (color.green) + 0.0722 * linear (color.blue);
}

/* WCAG 2.1. */
static double
contrast (TnColor a, TnColor b)
{
  double light = MAX (luminance (a), luminance (b));
  double dark = MIN (luminance (a), luminance (b));

  return (light + 0.05) / (dark + 0.05);
}

static void
assert_contrast (TnTheme theme, const char *what, TnColor front, TnColor back, double least)
{
  double found = contrast (front, back);

  if (found < least)
    g_error ("%s in theme %s has a contrast of %.2f, less than %.1f", what, tn_theme_name (theme),
             found, least);
}

static void
test_contrast_formula (void)
{
  TnColor black = { 0, 0, 0, 1 };
  TnColor white = { 1, 1, 1, 1 };
  TnColor grey = { 119 / 255.0, 119 / 255.0, 119 / 255.0, 1 };

  g_assert_cmpfloat_with_epsilon (contrast (black, white), 21, 1e-9);
  g_assert_cmpfloat_with_epsilon (contrast (grey, white), 4.48, 0.01);
}

static void
test_contrast (void)
{
  for (TnTheme theme = 0; theme < TN_N_THEMES; theme++)
    {
      const TnStyle *s = tn_style_get (theme);
      const struct
      {
        const char *what;
        TnColor front, back;
        double least;
      } pairs[] = {
        { "text on a box", s->text, s->box, 7 },
        { "text on the background", s->text, s->background, 7 },
        { "dim text on a box", s->text_dim, s->box, 4.5 },
        { "dim text on the background", s->text_dim, s->background, 4.5 },
        { "text on a refused box", s->text, s->error_fill, 4.5 },
        { "dim text on a refused box", s->text_dim, s->error_fill, 4.5 },
        { "text on a doubtful box", s->text, s->warning_fill, 4.5 },
        { "dim text on a doubtful box", s->text_dim, s->warning_fill, 4.5 },
        { "a shape", s->wire_label, s->wire_label_background, 4.5 },
        { "an assumed shape", s->assumed, s->wire_label_background, 4.5 },
        { "an error", s->error, s->error_fill, 4.5 },
        { "an error on a box", s->error, s->box, 4.5 },
        { "a contract", s->contract, s->error_fill, 4.5 },
        { "a warning", s->warning, s->warning_fill, 4.5 },
        /* Signs and lines. */
        { "an error's sign", s->box, s->error, 3 },
        { "a warning's sign", s->box, s->warning_mark, 3 },
        { "a warning's line", s->warning_mark, s->background, 3 },
        { "a refused wire", s->error, s->background, 3 },
        { "an assumed wire", s->assumed, s->background, 3 },
        { "a selection", s->selection, s->background, 3 },
        { "a highlight", s->hover, s->background, 3 },
        { "a refusal", s->refuse, s->background, 3 },
        { "an acceptance", s->accept, s->background, 3 },
        { "a port", s->port, s->background, 3 },
        { "a wire", s->wire, s->background, 2.8 },
      };

      for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
        {
          double least = pairs[i].least;

          if (theme == TN_THEME_LIGHT_CONTRAST || theme == TN_THEME_DARK_CONTRAST)
            least = least >= 4.5 ? 7 : 4.5;
          assert_contrast (theme, pairs[i].what, pairs[i].front, pairs[i].back, least);
        }
      for (TnFamily family = 0; family < TN_N_FAMILIES; family++)
        assert_contrast (theme, tn_family_name (family), s->family[family], s->box, 3);
    }
}

/* How a colour looks to eyes without one kind of cones (Viénot, Brettel and Mollon, 1999, for the
 * two red-green kinds), in linear light. */
static void
simulate (TnColor color, int kind, double out[3])
{
  static const double matrices[3][3][3] = {
    { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
    { { 0.11238, 0.88762, 0 }, { 0.11238, 0.88762, 0 }, { 0.00401, -0.00401, 1 } },
    { { 0.29275, 0.70725, 0 }, { 0.29275, 0.70725, 0 }, { -0.02234, 0.02234, 1 } },
  };
  double in[3] = { linear (color.red), linear (color.green), linear (color.blue) };

  for (int i = 0; i < 3; i++)
    out[i] = matrices[kind][i][0] * in[0] + matrices[kind][i][1] * in[1]
             + matrices[kind][i][2] * in[2];
}

/* Distance in CIELAB. */
static double
difference (TnColor a, TnColor b, int kind)
{
  static const double xyz[3][3] = { { 0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505 },
                                    { 0.2126, 0.7152, 0.0722 },
                                    { 0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089 } };
  double f[2][3];

  for (int side = 0; side < 2; side++)
    {
      double rgb[3];

      simulate (side == 0 ? a : b, kind, rgb);
      for (int i = 0; i < 3; i++)
        {
          double t = MAX (xyz[i][0] * rgb[0] + xyz[i][1] * rgb[1] + xyz[i][2] * rgb[2], 0);

          f[side][i] = t > 0.008856 ? cbrt (t) : 7.787 * t + 16.0 / 116;
        }
    }
  return sqrt (pow (116 * (f[0][1] - f[1][1]), 2)
               + pow (500 * (f[0][0] - f[0][1] - f[1][0] + f[1][1]), 2)
               + pow (200 * (f[0][1] - f[0][2] - f[1][1] + f[1][2]), 2));
}

static void
test_accents (void)
{
  for (TnTheme theme = 0; theme < TN_N_THEMES; theme++)
    {
      const TnStyle *style = tn_style_get (theme);

      /* Hatchings tell them apart there; test-figure compares these. */
      if (style->hatched)
        continue;
      for (TnFamily a = 0; a < TN_N_FAMILIES; a++)
        for (TnFamily b = 0; b < a; b++)
          for (int kind = 0; kind < 3; kind++)
            {
              double found = difference (style->family[a], style->family[b], kind);

              /* 2.3 is what can just be noticed. */
              if (found < 12)
                g_error ("%s and %s in theme %s differ by %.1f only (kind %d)", tn_family_name (a),
                         tn_family_name (b), tn_theme_name (theme), found, kind);
            }
    }
}

static void
test_names (void)
{
  TnTheme theme;

  for (TnTheme i = 0; i < TN_N_THEMES; i++)
    {
      g_assert_true (tn_theme_from_name (tn_theme_name (i), &theme));
      g_assert_cmpint (theme, ==, i);
    }
  g_assert_false (tn_theme_from_name ("Light ", &theme));
}

/* Every layer there is has a sign of its own or of its family, in each theme's colour for it. */
static void
test_glyphs (void)
{
  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnLayer *layer = tn_layer_at (i);
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 24, 24);
      cairo_t *cr = cairo_create (surface);
      const guchar *data;
      gsize drawn = 0, size;

      for (int theme = 0; theme < TN_N_THEMES; theme++)
        {
          TnColor accent = tn_style_get (theme)->family[layer->family];

          if (!tn_style_get (theme)->hatched && accent.red + accent.green + accent.blue <= 0)
            g_error ("%s has no colour", layer->schema.type);
        }
      tn_glyph_draw (cr, layer, 12, 12, (TnColor){ 1, 1, 1, 1 });
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_surface_flush (surface);
      data = cairo_image_surface_get_data (surface);
      size = (gsize)cairo_image_surface_get_stride (surface) * 24;
      for (gsize byte = 0; byte < size; byte++)
        drawn += data[byte] > 128;
      if (drawn < 40)
        g_error ("%s has no sign", layer->schema.type);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/style/contrast-formula", test_contrast_formula);
  g_test_add_func ("/scene/style/contrast", test_contrast);
  g_test_add_func ("/scene/style/accents", test_accents);
  g_test_add_func ("/scene/style/names", test_names);
  g_test_add_func ("/scene/style/glyphs", test_glyphs);
  return g_test_run ();
}
