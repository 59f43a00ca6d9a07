/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawings on sheets of paper: fitted on one, or spread over as many as they need. */
#include <math.h>

#include "base/tn-i18n.h"
#include "scene/tn-figure.h"
#include "scene/tn-painter-private.h"

#define POINTS_PER_UNIT 0.75 /* 72 points an inch to 96 units an inch */
#define POINTS_PER_MM   (72 / 25.4)
#define SHEET_MARGIN    (12 * POINTS_PER_MM)
#define SLIDE_MARGIN    24.0
#define FOOT            14.0 /* under a sheet of several: which it is */

/* Portrait but for the slide; of the drawing: 0. Points. */
static const struct
{
  const char *name;
  double width, height;
} papers[TN_N_SHEETS] = {
  [TN_SHEET_DRAWING] = { "drawing", 0, 0 },
  [TN_SHEET_A4] = { "a4", 210 * POINTS_PER_MM, 297 * POINTS_PER_MM },
  [TN_SHEET_A3] = { "a3", 297 * POINTS_PER_MM, 420 * POINTS_PER_MM },
  [TN_SHEET_LETTER] = { "letter", 612, 792 },
  [TN_SHEET_SLIDE] = { "slide", 540, 960 },
};

const char *
tn_sheet_name (TnSheet sheet)
{
  g_return_val_if_fail ((guint)sheet < TN_N_SHEETS, NULL);
  return papers[sheet].name;
}

gboolean
tn_sheet_from_name (const char *name, TnSheet *sheet)
{
  g_return_val_if_fail (name != NULL && sheet != NULL, FALSE);
  for (guint i = 0; i < TN_N_SHEETS; i++)
    if (g_ascii_strcasecmp (name, papers[i].name) == 0)
      {
        *sheet = i;
        return TRUE;
      }
  return FALSE;
}

static const char *const orientation_names[] = {
  [TN_ORIENTATION_AUTO] = "auto",
  [TN_ORIENTATION_PORTRAIT] = "portrait",
  [TN_ORIENTATION_LANDSCAPE] = "landscape",
};

const char *
tn_orientation_name (TnOrientation orientation)
{
  g_return_val_if_fail ((guint)orientation < G_N_ELEMENTS (orientation_names), NULL);
  return orientation_names[orientation];
}

gboolean
tn_orientation_from_name (const char *name, TnOrientation *orientation)
{
  g_return_val_if_fail (name != NULL && orientation != NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (orientation_names); i++)
    if (g_str_equal (name, orientation_names[i]))
      {
        *orientation = i;
        return TRUE;
      }
  return FALSE;
}

TnRect
tn_picture_area (const TnFigure *figure, const TnPictureOptions *options)
{
  double margin = options->margin > 0 && isfinite (options->margin) ? options->margin : 0;

  return tn_rect_grown (tn_figure_bounds (figure), ceil (margin));
}

static double
sound_scale (const TnPictureOptions *options)
{
  return options->scale > 0 && isfinite (options->scale) ? options->scale : 1;
}

/* How many pieces of @room a length needs; a sliver is no piece. */
static guint
pieces (double length, double room)
{
  return (guint)CLAMP (ceil (length / room - 0.005), 1, 100000);
}

TnPages
tn_pages_on (const TnFigure *figure, const TnPictureOptions *options, double width, double height,
             double margin)
{
  TnPages pages = { .width = width, .height = height, .columns = 1, .rows = 1 };
  double room_x, room_y;

  g_return_val_if_fail (figure != NULL && options != NULL, pages);
  /* The sheet has a margin of its own. */
  pages.area = tn_figure_bounds (figure);
  pages.margin = MIN (margin, MIN (width, height) / 4);
  room_x = width - 2 * pages.margin;
  room_y = height - 2 * pages.margin;
  if (!options->spread)
    {
      /* A small model is not blown up beyond what it was drawn for. */
      pages.scale = MIN (MIN (room_x / pages.area.width, room_y / pages.area.height),
                         2 * POINTS_PER_UNIT * sound_scale (options));
      return pages;
    }
  pages.scale = POINTS_PER_UNIT * sound_scale (options);
  pages.columns = pieces (pages.area.width * pages.scale, room_x);
  pages.rows = pieces (pages.area.height * pages.scale, room_y);
  return pages;
}

TnPages
tn_pages_for (const TnFigure *figure, const TnPictureOptions *options)
{
  double width = papers[options->sheet].width;
  double height = papers[options->sheet].height;
  double margin = options->sheet == TN_SHEET_SLIDE ? SLIDE_MARGIN : SHEET_MARGIN;
  TnPages upright, lying;

  if (options->sheet == TN_SHEET_DRAWING)
    {
      TnPages pages = { .scale = POINTS_PER_UNIT * sound_scale (options),
                        .columns = 1,
                        .rows = 1,
                        .area = tn_picture_area (figure, options) };

      pages.width = pages.area.width * pages.scale;
      pages.height = pages.area.height * pages.scale;
      return pages;
    }
  upright = tn_pages_on (figure, options, width, height, margin);
  lying = tn_pages_on (figure, options, height, width, margin);
  switch (options->orientation)
    {
    case TN_ORIENTATION_PORTRAIT:
      return upright;
    case TN_ORIENTATION_LANDSCAPE:
      return lying;
    case TN_ORIENTATION_AUTO:
    default:
      if (options->sheet == TN_SHEET_SLIDE)
        return lying;
      if (options->spread)
        return lying.columns * lying.rows < upright.columns * upright.rows ? lying : upright;
      return lying.scale > upright.scale ? lying : upright;
    }
}

/* "2 / 6" in a corner, by which sheets are put together. */
static void
draw_number (const TnPages *pages, const TnFigure *figure, cairo_t *cr, guint number)
{
  const TnStyle *style = tn_figure_style (figure);
  g_autoptr (TnTextCache) texts = tn_text_cache_new (style);
  TnPaint paint = { .cr = cr, .style = style, .texts = texts };
  g_autofree char *text = g_strdup_printf ("%u / %u", number + 1, pages->columns * pages->rows);

  if (pages->margin < FOOT)
    return;
  tn_paint_text (&paint, TN_TEXT_LABEL, text, pages->margin, pages->height - pages->margin / 2,
                 pages->width - 2 * pages->margin, 1, style->text_dim, 1);
}

void
tn_pages_draw (const TnPages *pages, const TnFigure *figure, cairo_t *cr, guint number,
               gboolean background)
{
  const TnStyle *style = tn_figure_style (figure);
  double room_x = pages->width - 2 * pages->margin;
  double room_y = pages->height - 2 * pages->margin;
  double width = pages->area.width * pages->scale;
  double height = pages->area.height * pages->scale;
  TnRect part = pages->area;
  double x, y;

  g_return_if_fail (number < pages->columns * pages->rows);
  if (background)
    tn_painter_background (style, cr, (TnRect){ 0, 0, pages->width, pages->height }, 0, FALSE);
  if (pages->columns * pages->rows > 1)
    draw_number (pages, figure, cr, number);
  cairo_save (cr);
  /* One piece stands in the middle, several begin at the corner. */
  x = pages->columns == 1 ? (pages->width - width) / 2
                          : pages->margin - (number % pages->columns) * room_x;
  y = pages->rows == 1 ? (pages->height - height) / 2
                       : pages->margin - (number / pages->columns) * room_y;
  if (pages->columns * pages->rows > 1)
    {
      cairo_rectangle (cr, pages->margin, pages->margin, room_x, room_y);
      cairo_clip (cr);
      part = (TnRect){ part.x + (pages->margin - x) / pages->scale,
                       part.y + (pages->margin - y) / pages->scale, room_x / pages->scale,
                       room_y / pages->scale };
    }
  cairo_translate (cr, x, y);
  cairo_scale (cr, pages->scale, pages->scale);
  cairo_translate (cr, -pages->area.x, -pages->area.y);
  tn_figure_draw (figure, cr, part);
  cairo_restore (cr);
}
