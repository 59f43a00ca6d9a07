/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A piece of the drawing as pixels, such that pieces side by side look like one. */
#include "scene/tn-scene.h"

/* cairo leaves out the soft edge of a letter that hangs over the border of a surface, and cuts
 * slanted lines a little differently there: so the border is drawn where it is not seen. */
#define BLEED 4

cairo_surface_t *
tn_painter_tile (const TnScene *scene, const TnStyle *style, int x, int y, int side, double zoom,
                 int scale_factor)
{
  const double units = 1 / zoom;
  const TnRect area = { (x - BLEED) * units, (y - BLEED) * units, (side + 2 * BLEED) * units,
                        (side + 2 * BLEED) * units };
  const int pixels = (side + 2 * BLEED) * scale_factor;
  cairo_surface_t *surface;
  cairo_t *cr;

  g_return_val_if_fail (style != NULL && zoom > 0 && scale_factor > 0, NULL);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, pixels, pixels);
  cairo_surface_set_device_scale (surface, scale_factor, scale_factor);
  cr = cairo_create (surface);
  cairo_translate (cr, BLEED - (double)x, BLEED - (double)y);
  cairo_scale (cr, zoom, zoom);
  cairo_set_tolerance (cr, 0.5);
  tn_painter_background (style, cr, area, zoom * scale_factor, TRUE);
  if (scene != NULL)
    tn_painter_draw (scene, cr, area, zoom * scale_factor);
  cairo_destroy (cr);
  /* Seen from here on, 0, 0 is the corner of the tile. */
  cairo_surface_set_device_offset (surface, (double)BLEED * scale_factor,
                                   (double)BLEED * scale_factor);
  cairo_surface_flush (surface);
  return surface;
}
