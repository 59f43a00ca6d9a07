/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Planes of tensors as tables and pictures. */
#include "scene/tn-numbers.h"

#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "scene/tn-glyph.h"
#include "scene/tn-painter-private.h"

#define GAP          4.0
#define SCALE_HEIGHT 26.0 /* of the scale of colours with its numbers */
#define SCALE_WIDTH  220.0
#define MOST_PIXELS  1024 /* of a picture's side: of a larger plane every n-th number is shown */

/* ---- what is shown ---- */

TnNumbersView
tn_numbers_view (const TnShape *shape, gboolean samples, gboolean channels_first)
{
  TnNumbersView view = { .rows = -1, .columns = -1, .maps = -1 };
  int first = samples ? 1 : 0;
  int rest = shape->rank - first;

  g_return_val_if_fail (shape->rank >= 0, view);
  if (rest <= 0)
    view.columns = shape->rank - 1;
  else if (rest == 1)
    {
      view.rows = samples ? 0 : -1;
      view.columns = first;
    }
  else if (rest == 2)
    {
      view.rows = first;
      view.columns = first + 1;
    }
  else if (channels_first && samples)
    {
      view.maps = first;
      view.rows = shape->rank - 2;
      view.columns = shape->rank - 1;
    }
  else
    {
      view.maps = shape->rank - 1;
      /* Of a volume a slice across its depth; of a kernel the window. */
      view.rows = samples ? shape->rank - 3 : 0;
      view.columns = view.rows + 1;
    }
  return view;
}

static gint64
size_of (const TnShape *shape, int axis)
{
  return axis < 0 || axis >= shape->rank ? 1 : shape->dims[axis].size;
}

gint64
tn_numbers_n_rows (const TnShape *shape, const TnNumbersView *view)
{
  return size_of (shape, view->rows);
}

gint64
tn_numbers_n_columns (const TnShape *shape, const TnNumbersView *view)
{
  return size_of (shape, view->columns);
}

gint64
tn_numbers_n_maps (const TnShape *shape, const TnNumbersView *view)
{
  return size_of (shape, view->maps);
}

float
tn_numbers_value (TnTensor *tensor, const TnNumbersView *view, gint64 map, gint64 row,
                  gint64 column)
{
  const TnShape *shape = tn_tensor_shape (tensor);
  gint64 offset = 0;

  for (int axis = 0; axis < shape->rank; axis++)
    {
      gint64 at = axis == view->rows      ? row
                  : axis == view->columns ? column
                  : axis == view->maps    ? map
                                          : view->at[axis];

      g_return_val_if_fail (at >= 0 && at < shape->dims[axis].size, NAN);
      offset = offset * shape->dims[axis].size + at;
    }
  return tn_tensor_floats (tensor)[offset];
}

/* ---- a table ---- */

static char *
number_text (float number)
{
  return isnan (number) ? g_strdup ("nan") : g_strdup_printf ("%.4g", (double)number);
}

static void
append_right (GString *out, const char *text, guint width)
{
  g_string_append_printf (out, "%*s%s", (int)(width - MIN (width, tn_text_columns (text))), "",
                          text);
}

char *
tn_numbers_table (TnTensor *tensor, const TnNumbersView *view, guint most_rows, guint most_columns)
{
  const TnShape *shape = tn_tensor_shape (tensor);
  gint64 all_rows = tn_numbers_n_rows (shape, view);
  gint64 all_columns = tn_numbers_n_columns (shape, view);
  gint64 n_rows = MIN (all_rows, (gint64)most_rows);
  gint64 n_columns = MIN (all_columns, (gint64)most_columns);
  gint64 map = view->maps >= 0 ? view->at[view->maps] : 0;
  g_autofree char *last = g_strdup_printf ("%" G_GINT64_FORMAT, MAX (all_rows - 1, 0));
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  GString *out = g_string_new (NULL);
  guint edge = tn_text_columns (last), width = 3;

  for (gint64 row = 0; row < n_rows; row++)
    for (gint64 column = 0; column < n_columns; column++)
      {
        char *text = number_text (tn_numbers_value (tensor, view, map, row, column));

        width = MAX (width, tn_text_columns (text));
        g_ptr_array_add (cells, text);
      }
  width += 2;
  append_right (out, "", edge);
  for (gint64 column = 0; column < n_columns; column++)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, column);
      append_right (out, number, width);
    }
  g_string_append (out, n_columns < all_columns ? "  …\n" : "\n");
  for (gint64 row = 0; row < n_rows; row++)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, row);

      append_right (out, number, edge);
      for (gint64 column = 0; column < n_columns; column++)
        append_right (out, cells->pdata[row * n_columns + column], width);
      g_string_append (out, n_columns < all_columns ? "  …\n" : "\n");
    }
  if (n_rows < all_rows)
    {
      append_right (out, "…", edge);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

/* ---- pictures ---- */

TnColor
tn_numbers_color (const TnStyle *style, double value, double min, double max)
{
  double reach = MAX (fabs (min), fabs (max));

  if (!isfinite (value))
    return style->error;
  /* Zero is the paper, so that signs are seen: what is below it is of another colour. */
  return tn_color_mix (style->box, value < 0 ? style->selection : style->heat,
                       reach > 0 ? CLAMP (fabs (value) / reach, 0, 1) : 0);
}

typedef struct
{
  guint n_maps, n_columns;
  double size_x, size_y; /* of one picture */
  double x, y;           /* of the first */
} Grid;

/* As large as they may be when all are to be seen. */
static Grid
grid_of (TnRect area, const TnShape *shape, const TnNumbersView *view, gint64 one)
{
  double height = MAX (area.height - SCALE_HEIGHT, 1);
  double aspect = (double)MAX (tn_numbers_n_rows (shape, view), 1)
                  / (double)MAX (tn_numbers_n_columns (shape, view), 1);
  Grid best
      = { .n_maps
          = one >= 0 ? 1 : (guint)MIN (tn_numbers_n_maps (shape, view), TN_NUMBERS_MOST_MAPS) };

  /* What is very long in one direction would be a line: stretched, its numbers can be told apart.
   */
  aspect = CLAMP (aspect, 0.125, 8);
  for (guint columns = 1; columns <= best.n_maps; columns++)
    {
      guint rows = (best.n_maps + columns - 1) / columns;
      double width = (area.width - (columns - 1) * GAP) / columns;
      double size = MIN (width, (height - (rows - 1) * GAP) / rows / aspect);

      if (size > best.size_x)
        {
          best.size_x = size;
          best.n_columns = columns;
        }
    }
  best.n_columns = MAX (best.n_columns, 1);
  best.size_x = MAX (best.size_x, 1);
  best.size_y = best.size_x * aspect;
  best.x = area.x;
  best.y = area.y;
  return best;
}

static TnRect
place_of (const Grid *grid, guint number)
{
  return (TnRect){ grid->x + (number % grid->n_columns) * (grid->size_x + GAP),
                   grid->y + number / grid->n_columns * (grid->size_y + GAP), grid->size_x,
                   grid->size_y };
}

static guint32
pixel_of (TnColor color)
{
  return (guint32)lround (color.red * 255) << 16 | (guint32)lround (color.green * 255) << 8
         | (guint32)lround (color.blue * 255);
}

static void
draw_map (const TnStyle *style, cairo_t *cr, TnRect place, TnTensor *tensor,
          const TnNumbersView *view, gint64 map, double min, double max)
{
  const TnShape *shape = tn_tensor_shape (tensor);
  gint64 n_rows = tn_numbers_n_rows (shape, view), n_columns = tn_numbers_n_columns (shape, view);
  gint64 step_y = MAX ((n_rows + MOST_PIXELS - 1) / MOST_PIXELS, 1);
  gint64 step_x = MAX ((n_columns + MOST_PIXELS - 1) / MOST_PIXELS, 1);
  int high = (int)(n_rows / step_y), wide = (int)(n_columns / step_x);
  cairo_surface_t *surface;
  unsigned char *data;
  gboolean odd = FALSE;
  int stride;

  if (high < 1 || wide < 1)
    return;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, wide, high);
  data = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int y = 0; data != NULL && y < high; y++)
    for (int x = 0; x < wide; x++)
      {
        float value = tn_numbers_value (tensor, view, map, y * step_y, x * step_x);
        guint32 pixel = pixel_of (tn_numbers_color (style, value, min, max));

        odd = odd || !isfinite (value);
        memcpy (data + (gsize)y * stride + (gsize)x * sizeof pixel, &pixel, sizeof pixel);
      }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, place.x, place.y);
  cairo_scale (cr, place.width / wide, place.height / high);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, 0, 0, wide, high);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
  cairo_rectangle (cr, place.x + 0.5, place.y + 0.5, place.width - 1, place.height - 1);
  tn_color_set (cr, odd ? style->error : style->box_border, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  if (odd)
    tn_glyph_cross (cr, place.x + 7, place.y + 7, 6, style->error);
}

static void
draw_text (const TnStyle *style, cairo_t *cr, const char *text, double x, double baseline,
           double align)
{
  g_autoptr (TnTextCache) texts = tn_text_cache_new (style);
  TnPaint paint = { .cr = cr, .style = style, .texts = texts };

  tn_paint_text (&paint, TN_TEXT_LABEL, text, x - 100 * align, baseline, 100, align,
                 style->text_dim, 1);
}

static void
draw_ends (const TnStyle *style, cairo_t *cr, double x, double width, double baseline, double min,
           double max)
{
  g_autofree char *least = g_strdup_printf ("%.3g", min);
  g_autofree char *most = g_strdup_printf ("%.3g", max);

  draw_text (style, cr, least, x, baseline, 0);
  draw_text (style, cr, most, x + width, baseline, 1);
  if (min < 0 && max > 0)
    {
      double zero = x + width * (-min / (max - min));

      if (zero > x + width * 0.25 && zero < x + width * 0.75)
        draw_text (style, cr, "0", zero, baseline, 0);
    }
}

static void
draw_scale (const TnStyle *style, cairo_t *cr, TnRect area, double min, double max)
{
  double width = MIN (SCALE_WIDTH, area.width * 0.4);
  double y = area.y + area.height - SCALE_HEIGHT + 5;
  const int n_steps = 48;

  if (!isfinite (min) || !isfinite (max))
    return;
  for (int i = 0; i < n_steps; i++)
    {
      double value = min + (max - min) * (i + 0.5) / n_steps;

      cairo_rectangle (cr, floor (area.x + width * i / n_steps), y, ceil (width / n_steps) + 0.5,
                       8);
      tn_color_set (cr, tn_numbers_color (style, value, min, max), 1);
      cairo_fill (cr);
    }
  cairo_rectangle (cr, area.x + 0.5, y + 0.5, width - 1, 7);
  tn_color_set (cr, style->box_border, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  draw_ends (style, cr, area.x, width, y + 19, min, max);
}

void
tn_numbers_draw_maps (const TnStyle *style, cairo_t *cr, TnRect area, TnTensor *tensor,
                      const TnNumbersView *view, gint64 one, double min, double max)
{
  Grid grid;

  g_return_if_fail (style != NULL && cr != NULL && tensor != NULL);
  grid = grid_of (area, tn_tensor_shape (tensor), view, one);
  cairo_save (cr);
  for (guint i = 0; i < grid.n_maps; i++)
    draw_map (style, cr, place_of (&grid, i), tensor, view, one >= 0 ? one : (gint64)i, min, max);
  draw_scale (style, cr, area, min, max);
  cairo_restore (cr);
}

gboolean
tn_numbers_pick (TnRect area, const TnShape *shape, const TnNumbersView *view, gint64 one, double x,
                 double y, gint64 *map, gint64 *row, gint64 *column)
{
  Grid grid = grid_of (area, shape, view, one);

  for (guint i = 0; i < grid.n_maps; i++)
    {
      TnRect place = place_of (&grid, i);

      if (x < place.x || y < place.y || x >= place.x + place.width || y >= place.y + place.height)
        continue;
      *map = one >= 0 ? one : (gint64)i;
      *row = (gint64)((y - place.y) / place.height * (double)tn_numbers_n_rows (shape, view));
      *column = (gint64)((x - place.x) / place.width * (double)tn_numbers_n_columns (shape, view));
      return *row < tn_numbers_n_rows (shape, view) && *column < tn_numbers_n_columns (shape, view);
    }
  return FALSE;
}

void
tn_numbers_draw_histogram (const TnStyle *style, cairo_t *cr, TnRect area, const guint64 *bins,
                           guint n_bins, double min, double max)
{
  double height = MAX (area.height - SCALE_HEIGHT + 4, 1);
  guint64 most = 1;

  g_return_if_fail (style != NULL && cr != NULL && bins != NULL && n_bins > 0);
  for (guint i = 0; i < n_bins; i++)
    most = MAX (most, bins[i]);
  cairo_save (cr);
  for (guint i = 0; i < n_bins; i++)
    {
      double left = floor (area.x + area.width * i / n_bins);
      double right = floor (area.x + area.width * (i + 1) / n_bins);
      /* What is rare must not vanish beside what is frequent. */
      double bar = bins[i] == 0 ? 0 : MAX (height * (double)bins[i] / (double)most, 1.5);

      cairo_rectangle (cr, left, area.y + height - bar, MAX (right - left - 1, 1), bar);
    }
  tn_color_set (cr, style->selection, 0.85);
  cairo_fill (cr);
  cairo_rectangle (cr, area.x, area.y + height, area.width, 1);
  tn_color_set (cr, style->text_dim, 0.6);
  cairo_fill (cr);
  if (isfinite (min) && isfinite (max))
    draw_ends (style, cr, area.x, area.width, area.y + area.height - 6, min, max);
  cairo_restore (cr);
}
