/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The colours and metrics themselves; tests/unit/scene measures the contrast of every pair of them.
 */
#include "scene/tn-style.h"

#define RGBA(hex, opacity)                                                                         \
  {                                                                                                \
    (((hex) >> 16) & 0xff) / 255.0, (((hex) >> 8) & 0xff) / 255.0, ((hex)&0xff) / 255.0, opacity   \
  }
#define RGB(hex) RGBA (hex, 1.0)

/* Named families only: "sans-serif" alone is another face on every system. */
#define FONT "Inter, Adwaita Sans, Cantarell, Noto Sans, DejaVu Sans, sans-serif"

#define METRICS METRICS_WITH (1.6)
#define METRICS_WITH(wire)                                                                         \
  .font = FONT, .name_size = 13, .brief_size = 11, .label_size = 10.5, .box_width = 208,           \
  .box_height = 60, .box_radius = 8, .port_radius = 4, .wire_width = wire, .note_height = 21,      \
  .label_height = 18, .row_gap = 48, .column_gap = 40, .chip_width = 104, .chip_height = 24,       \
  .frame_title = 28, .frame_gap = 16

/* Families that some themes share. */
#define LIGHT_FAMILIES                                                                             \
  .family = {                                                                                      \
    [TN_FAMILY_CORE] = RGB (0x536070),           [TN_FAMILY_CONVOLUTIONAL] = RGB (0x0069ad),       \
    [TN_FAMILY_POOLING] = RGB (0x1791a8),        [TN_FAMILY_RECURRENT] = RGB (0x571d05),           \
    [TN_FAMILY_ATTENTION] = RGB (0x9585e5),      [TN_FAMILY_NORMALIZATION] = RGB (0xb9568f),       \
    [TN_FAMILY_REGULARIZATION] = RGB (0x838433), [TN_FAMILY_ACTIVATIONS] = RGB (0xc77a00),         \
    [TN_FAMILY_RESHAPING] = RGB (0x00875f),      [TN_FAMILY_MERGING] = RGB (0x72378b),             \
    [TN_FAMILY_PREPROCESSING] = RGB (0x4b3fbf),  [TN_FAMILY_OPERATIONS] = RGB (0x1f2124),          \
    [TN_FAMILY_TRAINING] = RGB (0x7f5d31),                                                         \
  }

#define DARK_FAMILIES                                                                              \
  .family = {                                                                                      \
    [TN_FAMILY_CORE] = RGB (0x7f909b),           [TN_FAMILY_CONVOLUTIONAL] = RGB (0x56b0ec),       \
    [TN_FAMILY_POOLING] = RGB (0x4ed7e1),        [TN_FAMILY_RECURRENT] = RGB (0xbd582d),           \
    [TN_FAMILY_ATTENTION] = RGB (0xa14afe),      [TN_FAMILY_NORMALIZATION] = RGB (0xe795c2),       \
    [TN_FAMILY_REGULARIZATION] = RGB (0xc9c861), [TN_FAMILY_ACTIVATIONS] = RGB (0xe3a12b),         \
    [TN_FAMILY_RESHAPING] = RGB (0x4adeae),      [TN_FAMILY_MERGING] = RGB (0x9e7fc0),             \
    [TN_FAMILY_PREPROCESSING] = RGB (0x7f86ff),  [TN_FAMILY_OPERATIONS] = RGB (0xe7e4e3),          \
    [TN_FAMILY_TRAINING] = RGB (0xd3ad7f),                                                         \
  }

/* The accents start from the palettes of Okabe and Ito (2008) and of Tol (2021), which people with
 * any common colour vision tell apart; the glyph in the box says the same without colour. */
static const TnStyle styles[TN_N_THEMES] = {
  [TN_THEME_LIGHT] = {
    .background = RGB (0xf6f7f9), .grid = RGB (0xd5d9e0),
    .box = RGB (0xffffff), .box_border = RGB (0xc3c9d3), .box_shadow = RGBA (0x101828, 0.05),
    .text = RGB (0x1b2230), .text_dim = RGB (0x5a6372),
    .wire = RGB (0x8993a4), .wire_label = RGB (0x414b5b), .wire_label_background = RGB (0xeceff3),
    .error = RGB (0xb5121f), .error_fill = RGB (0xfdeeee),
    .warning = RGB (0x8f5200), .warning_fill = RGB (0xfff5df),
    .warning_mark = RGB (0xc96f00),
    .contract = RGB (0xb5121f), .assumed = RGB (0x5f4f92),
    .selection = RGB (0x1c71d8), .hover = RGB (0x3584e4), .refuse = RGB (0xb5121f),
    .accept = RGB (0x1a7f4b),
    .port = RGB (0x6d7788), .heat = RGB (0xff9f45),
    LIGHT_FAMILIES,
    METRICS,
  },
  [TN_THEME_DARK] = {
    .background = RGB (0x1c1d20), .grid = RGB (0x33353b),
    .box = RGB (0x2a2c31), .box_border = RGB (0x4b4f58), .box_shadow = RGBA (0x000000, 0.14),
    .text = RGB (0xf1f3f6), .text_dim = RGB (0xaab1bd),
    .wire = RGB (0x7b8494), .wire_label = RGB (0xc8ced9), .wire_label_background = RGB (0x303339),
    .error = RGB (0xff938c), .error_fill = RGB (0x44272b),
    .warning = RGB (0xf4bd4f), .warning_fill = RGB (0x3d3322),
    .warning_mark = RGB (0xf4bd4f),
    .contract = RGB (0xff938c), .assumed = RGB (0xbfb0f0),
    .selection = RGB (0x62a0ea), .hover = RGB (0x78aeed), .refuse = RGB (0xff938c),
    .accept = RGB (0x57d391),
    .port = RGB (0x98a1b0), .heat = RGB (0x9a4a12),
    DARK_FAMILIES,
    METRICS,
  },
  [TN_THEME_PRINT] = {
    .background = RGB (0xffffff), .grid = RGB (0xe4e4e4),
    .box = RGB (0xffffff), .box_border = RGB (0x5b5f66), .box_shadow = RGBA (0x000000, 0),
    .text = RGB (0x000000), .text_dim = RGB (0x474b52),
    .wire = RGB (0x4d5158), .wire_label = RGB (0x16181c), .wire_label_background = RGB (0xffffff),
    .error = RGB (0xa60d1a), .error_fill = RGB (0xfdf0f0),
    .warning = RGB (0x7c4700), .warning_fill = RGB (0xfff7e6),
    .warning_mark = RGB (0xb86200),
    .contract = RGB (0xa60d1a), .assumed = RGB (0x4c3d80),
    .selection = RGB (0x1c71d8), .hover = RGB (0x3584e4), .refuse = RGB (0xa60d1a),
    .accept = RGB (0x146c3e),
    .port = RGB (0x4d5158), .heat = RGB (0xffa64d),
    LIGHT_FAMILIES,
    METRICS,
    .paper = TRUE,
  },
  [TN_THEME_MONO] = {
    .background = RGB (0xffffff), .grid = RGB (0xe4e4e4),
    .box = RGB (0xffffff), .box_border = RGB (0x000000), .box_shadow = RGBA (0x000000, 0),
    .text = RGB (0x000000), .text_dim = RGB (0x000000),
    .wire = RGB (0x000000), .wire_label = RGB (0x000000), .wire_label_background = RGB (0xffffff),
    .error = RGB (0x000000), .error_fill = RGB (0xffffff),
    .warning = RGB (0x000000), .warning_fill = RGB (0xffffff),
    .warning_mark = RGB (0x000000),
    .contract = RGB (0x000000), .assumed = RGB (0x000000),
    .selection = RGB (0x000000), .hover = RGB (0x000000), .refuse = RGB (0x000000),
    .accept = RGB (0x000000),
    .port = RGB (0x000000), .heat = RGB (0x9a9a9a),
    .family = { [0 ... TN_N_FAMILIES - 1] = RGB (0x000000) },
    METRICS,
    .paper = TRUE,
    .hatched = TRUE,
  },
  /* For who set the desktop to high contrast: all text at 7:1 at least, all lines strong. */
  [TN_THEME_LIGHT_CONTRAST] = {
    .background = RGB (0xffffff), .grid = RGB (0xb8bdc6),
    .box = RGB (0xffffff), .box_border = RGB (0x000000), .box_shadow = RGBA (0x000000, 0),
    .text = RGB (0x000000), .text_dim = RGB (0x2b303a),
    .wire = RGB (0x22262e), .wire_label = RGB (0x000000), .wire_label_background = RGB (0xffffff),
    .error = RGB (0x860711), .error_fill = RGB (0xffffff),
    .warning = RGB (0x5c3400), .warning_fill = RGB (0xffffff),
    .warning_mark = RGB (0x8a4b00),
    .contract = RGB (0x860711), .assumed = RGB (0x3c2d70),
    .selection = RGB (0x0b4aa0), .hover = RGB (0x0b4aa0), .refuse = RGB (0x860711),
    .accept = RGB (0x0b5a32),
    .port = RGB (0x22262e), .heat = RGB (0xffb163),
    LIGHT_FAMILIES,
    METRICS_WITH (2.4),
  },
  [TN_THEME_DARK_CONTRAST] = {
    .background = RGB (0x000000), .grid = RGB (0x4a4d55),
    .box = RGB (0x000000), .box_border = RGB (0xffffff), .box_shadow = RGBA (0x000000, 0),
    .text = RGB (0xffffff), .text_dim = RGB (0xdfe3ea),
    .wire = RGB (0xe3e6ec), .wire_label = RGB (0xffffff), .wire_label_background = RGB (0x000000),
    .error = RGB (0xffaaa4), .error_fill = RGB (0x000000),
    .warning = RGB (0xffd070), .warning_fill = RGB (0x000000),
    .warning_mark = RGB (0xffd070),
    .contract = RGB (0xffaaa4), .assumed = RGB (0xd3c8ff),
    .selection = RGB (0x8fc0ff), .hover = RGB (0x8fc0ff), .refuse = RGB (0xffaaa4),
    .accept = RGB (0x7ae6ab),
    .port = RGB (0xe3e6ec), .heat = RGB (0x7a3708),
    DARK_FAMILIES,
    METRICS_WITH (2.4),
  },
};

static const char *const theme_names[TN_N_THEMES] = {
  [TN_THEME_LIGHT] = "light",
  [TN_THEME_DARK] = "dark",
  [TN_THEME_PRINT] = "print",
  [TN_THEME_LIGHT_CONTRAST] = "light-contrast",
  [TN_THEME_DARK_CONTRAST] = "dark-contrast",
  [TN_THEME_MONO] = "mono",
};

const char *
tn_theme_name (TnTheme theme)
{
  g_return_val_if_fail ((guint)theme < TN_N_THEMES, NULL);
  return theme_names[theme];
}

gboolean
tn_theme_from_name (const char *name, TnTheme *theme)
{
  g_return_val_if_fail (name != NULL && theme != NULL, FALSE);
  for (guint i = 0; i < TN_N_THEMES; i++)
    if (g_str_equal (name, theme_names[i]))
      {
        *theme = i;
        return TRUE;
      }
  return FALSE;
}

const TnStyle *
tn_style_get (TnTheme theme)
{
  g_return_val_if_fail ((guint)theme < TN_N_THEMES, &styles[TN_THEME_LIGHT]);
  return &styles[theme];
}
