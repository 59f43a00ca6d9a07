/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnStyle: all colours, metrics and fonts of a drawn model, by theme. */
#pragma once

#include "layers/tn-layer.h"

G_BEGIN_DECLS

typedef enum
{
  TN_THEME_LIGHT,
  TN_THEME_DARK,
  TN_THEME_PRINT,
  TN_THEME_MONO,           /* black and white: hatchings and line styles in place of colours */
  TN_THEME_LIGHT_CONTRAST, /* on a desktop set to high contrast */
  TN_THEME_DARK_CONTRAST,
  TN_N_THEMES,
} TnTheme;

/* "light", "dark", "print", "mono". */
const char *tn_theme_name (TnTheme theme);
gboolean tn_theme_from_name (const char *name, TnTheme *theme);

typedef struct
{
  double red, green, blue, alpha;
} TnColor;

/* Static const data; lengths in document units. */
typedef struct
{
  TnColor background, grid;
  TnColor box, box_border, box_shadow;
  TnColor text, text_dim;
  TnColor wire, wire_label, wire_label_background;
  TnColor error, error_fill, warning, warning_fill, contract, assumed;
  TnColor warning_mark; /* signs and borders: brighter than text may be */
  TnColor selection, hover, refuse, accept;
  TnColor port;
  TnColor heat;                             /* of what costs most; text stands on it */
  TnColor family[TN_N_FAMILIES];            /* the accent at the side of a box */
  const char *font;                         /* family list */
  double name_size, brief_size, label_size; /* in document units */
  double box_width, box_height, box_radius, port_radius, wire_width;
  double note_height;  /* what a box grows by, at its bottom, for the line that says its problem */
  double label_height; /* of the pill that shows a shape */
  double row_gap, column_gap;     /* between boxes along and across the flow */
  double chip_width, chip_height; /* of what enters an open group */
  double frame_title, frame_gap;  /* the title of a frame; between its edge and what it holds */
  gboolean paper;                 /* a figure: arrowheads instead of ports, no shadows */
  gboolean hatched;               /* families are told apart by hatchings (tn-hatch.h) */
} TnStyle;

const TnStyle *tn_style_get (TnTheme theme);

G_END_DECLS
