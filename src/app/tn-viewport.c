/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnViewport: the arithmetic of panning and zooming, without any widget. */
#include "app/tn-viewport.h"

#include <math.h>

void
tn_viewport_init (TnViewport *viewport)
{
  *viewport = (TnViewport){ .zoom = 1, .scale_factor = 1 };
}

void
tn_viewport_resize (TnViewport *viewport, double width, double height, int scale_factor)
{
  g_return_if_fail (scale_factor > 0);

  if (viewport->width <= 0 || viewport->height <= 0)
    {
      viewport->x = width / 2;
      viewport->y = height / 2;
    }
  viewport->width = width;
  viewport->height = height;
  viewport->scale_factor = scale_factor;
}

void
tn_viewport_origin (const TnViewport *viewport, double *x, double *y)
{
  *x = round (viewport->x * viewport->scale_factor) / viewport->scale_factor;
  *y = round (viewport->y * viewport->scale_factor) / viewport->scale_factor;
}

void
tn_viewport_to_widget (const TnViewport *viewport, double x, double y, double *widget_x,
                       double *widget_y)
{
  double origin_x, origin_y;

  tn_viewport_origin (viewport, &origin_x, &origin_y);
  *widget_x = origin_x + x * viewport->zoom;
  *widget_y = origin_y + y * viewport->zoom;
}

void
tn_viewport_to_document (const TnViewport *viewport, double widget_x, double widget_y, double *x,
                         double *y)
{
  double origin_x, origin_y;

  tn_viewport_origin (viewport, &origin_x, &origin_y);
  *x = (widget_x - origin_x) / viewport->zoom;
  *y = (widget_y - origin_y) / viewport->zoom;
}

TnRect
tn_viewport_rect_to_widget (const TnViewport *viewport, TnRect rect)
{
  TnRect out;

  tn_viewport_to_widget (viewport, rect.x, rect.y, &out.x, &out.y);
  out.width = rect.width * viewport->zoom;
  out.height = rect.height * viewport->zoom;
  return out;
}

TnRect
tn_viewport_visible (const TnViewport *viewport)
{
  TnRect out;

  tn_viewport_to_document (viewport, 0, 0, &out.x, &out.y);
  out.width = viewport->width / viewport->zoom;
  out.height = viewport->height / viewport->zoom;
  return out;
}

void
tn_viewport_pan (TnViewport *viewport, double dx, double dy)
{
  viewport->x += dx;
  viewport->y += dy;
}

gboolean
tn_viewport_zoom_at (TnViewport *viewport, double factor, double widget_x, double widget_y)
{
  double zoom;

  if (!isfinite (factor) || factor <= 0)
    return FALSE;
  zoom = CLAMP (viewport->zoom * factor, TN_ZOOM_MINIMUM, TN_ZOOM_MAXIMUM);
  if (zoom == viewport->zoom)
    return FALSE;

  /* From the exact origin, not the drawn one: else every step would add half a pixel of drift. */
  factor = zoom / viewport->zoom;
  viewport->x = widget_x + (viewport->x - widget_x) * factor;
  viewport->y = widget_y + (viewport->y - widget_y) * factor;
  viewport->zoom = zoom;
  return TRUE;
}

void
tn_viewport_fit (TnViewport *viewport, TnRect bounds, double margin, double least_zoom,
                 double most_zoom)
{
  double width = MAX (viewport->width - 2 * margin, 1);
  double height = MAX (viewport->height - 2 * margin, 1);
  double zoom = most_zoom;

  if (bounds.width > 0)
    zoom = MIN (zoom, width / bounds.width);
  if (bounds.height > 0)
    zoom = MIN (zoom, height / bounds.height);
  viewport->zoom = CLAMP (MAX (zoom, least_zoom), TN_ZOOM_MINIMUM, TN_ZOOM_MAXIMUM);
  viewport->x = viewport->width / 2 - (bounds.x + bounds.width / 2) * viewport->zoom;
  viewport->y = viewport->height / 2 - (bounds.y + bounds.height / 2) * viewport->zoom;
  if (zoom < least_zoom && bounds.height * viewport->zoom > height)
    viewport->y = margin - bounds.y * viewport->zoom;
}

/* How far a span must move to lie within low … high. */
static double
shift_within (double start, double length, double low, double high)
{
  if (length > high - low || start < low)
    return low - start;
  if (start + length > high)
    return high - (start + length);
  return 0;
}

gboolean
tn_viewport_reveal (TnViewport *viewport, TnRect rect, double margin)
{
  TnRect box = tn_viewport_rect_to_widget (viewport, rect);
  double dx, dy;

  /* A margin that leaves no room is none. */
  margin = MIN (margin, MIN (viewport->width, viewport->height) / 4);
  dx = shift_within (box.x, box.width, margin, viewport->width - margin);
  dy = shift_within (box.y, box.height, margin, viewport->height - margin);
  tn_viewport_pan (viewport, dx, dy);
  return dx != 0 || dy != 0;
}
