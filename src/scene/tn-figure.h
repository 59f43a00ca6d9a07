/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnFigure: a picture of a model for papers and slides, and its writing as PNG, SVG and PDF. */
#pragma once

#include "scene/tn-scene.h"

G_BEGIN_DECLS

typedef enum
{
  TN_FIGURE_BLOCKS,  /* as on the canvas */
  TN_FIGURE_VOLUMES, /* a slab a tensor, as large as it: how papers draw convolutional networks */
} TnFigureStyle;

/* "blocks", "volumes". */
const char *tn_figure_style_name (TnFigureStyle style);
gboolean tn_figure_style_from_name (const char *name, TnFigureStyle *style);

/* "shapes", "kernels", "names", "parameters", "legend", "title". */
#define TN_N_PARTS 6
const char *tn_part_name (guint number);
/* Bits of #TnPart by words: "shapes,legend" are these, "all" and "none"; "+title,-names" are more
 * and fewer than @parts holds before. FALSE: a word is none of these. */
gboolean tn_parts_from_list (const char *list, guint *parts);
/* What is shown when nobody says. */
guint tn_figure_usual_parts (TnFigureStyle style);
/* Where figures of this style flow when nobody says; BLOCKS: as the model does. */
TnDirection tn_figure_usual_direction (TnFigureStyle style, const TnGraph *graph);

typedef struct
{
  TnFigureStyle style;
  TnTheme theme;
  TnDirection direction;
  guint parts;         /* of #TnPart */
  const GArray *only;  /* of TnNodeId: these layers and no others; NULL: all */
  TnWires wires;       /* of BLOCKS */
  TnHeat heat;         /* of BLOCKS: what the boxes are coloured by */
  const GArray *times; /* of #TnHeatTime, for TN_HEAT_TIME; may be NULL */
} TnFigureOptions;

/* Immutable, counted; belongs to one thread. */
typedef struct _TnFigure TnFigure;

/* @facts may be NULL or about an earlier graph. */
TnFigure *tn_figure_new (const TnGraph *graph, const TnFacts *facts,
                         const TnFigureOptions *options);
TnFigure *tn_figure_ref (TnFigure *figure);
void tn_figure_unref (TnFigure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnFigure, tn_figure_unref)

/* What it shows: all of the graph, or what was chosen of it. */
const TnGraph *tn_figure_graph (const TnFigure *figure);
const TnStyle *tn_figure_style (const TnFigure *figure);
/* Of everything drawn, in whole units; an empty model is a small empty picture. */
TnRect tn_figure_bounds (const TnFigure *figure);
/* Draws what intersects @visible into @cr, which carries the scale. No background. */
void tn_figure_draw (const TnFigure *figure, cairo_t *cr, TnRect visible);

/* ---- pictures ---- */

typedef enum
{
  TN_PICTURE_PNG,
  TN_PICTURE_SVG,
  TN_PICTURE_PDF,
} TnPictureFormat;

/* "png", "svg", "pdf". */
const char *tn_picture_format_name (TnPictureFormat format);
/* From a name ("png", ".PNG", "a/b.png"). */
gboolean tn_picture_format_from_name (const char *name, TnPictureFormat *format);

typedef enum
{
  TN_SHEET_DRAWING, /* as large as what is drawn */
  TN_SHEET_A4,
  TN_SHEET_A3,
  TN_SHEET_LETTER,
  TN_SHEET_SLIDE, /* 16:9 */
  TN_N_SHEETS,
} TnSheet;

/* "drawing", "a4", "a3", "letter", "slide". */
const char *tn_sheet_name (TnSheet sheet);
gboolean tn_sheet_from_name (const char *name, TnSheet *sheet);

typedef enum
{
  TN_ORIENTATION_AUTO, /* whichever shows the drawing larger */
  TN_ORIENTATION_PORTRAIT,
  TN_ORIENTATION_LANDSCAPE,
} TnOrientation;

/* "auto", "portrait", "landscape". */
const char *tn_orientation_name (TnOrientation orientation);
gboolean tn_orientation_from_name (const char *name, TnOrientation *orientation);

typedef struct
{
  double scale;  /* 1: 96 pixels per inch */
  double margin; /* document units */
  gboolean transparent;
  /* Of PDF only. */
  TnSheet sheet;
  TnOrientation orientation;
  gboolean spread; /* at its own scale over as many sheets as it needs, instead of fitted on one */
} TnPictureOptions;

/* Where the drawing is on sheets of paper; lengths in points (1/72 inch). */
typedef struct
{
  double width, height; /* of a sheet */
  double margin;        /* around what is drawn on it */
  double scale;         /* points per document unit */
  guint columns, rows;  /* of sheets */
  TnRect area;          /* document units: what is drawn, with its margin */
} TnPages;

/* @width, @height, @margin: of a sheet, in points. */
TnPages tn_pages_on (const TnFigure *figure, const TnPictureOptions *options, double width,
                     double height, double margin);
/* On the paper that @options name. */
TnPages tn_pages_for (const TnFigure *figure, const TnPictureOptions *options);
/* Draws sheet @number, row by row, on @cr, which counts in points from the sheet's corner. */
void tn_pages_draw (const TnPages *pages, const TnFigure *figure, cairo_t *cr, guint number,
                    gboolean background);

/* What is drawn with its margin, in document units. */
TnRect tn_picture_area (const TnFigure *figure, const TnPictureOptions *options);
/* Errors: TN_ERROR_MEMORY (a PNG of more than 32767 pixels a side: says the largest scale that
 * works; a PDF of more than 400 sheets). */
GBytes *tn_picture_render (const TnFigure *figure, TnPictureFormat format,
                           const TnPictureOptions *options, GError **error);
/* Writes what was rendered: also through links and into devices. TN_ERROR_IO. */
gboolean tn_picture_save (GBytes *bytes, const char *path, GError **error);

G_END_DECLS
