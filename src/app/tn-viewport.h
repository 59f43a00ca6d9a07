/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnViewport: the arithmetic of panning and zooming, without any widget. */
#pragma once

#include "scene/tn-scene.h"

G_BEGIN_DECLS

#define TN_ZOOM_MINIMUM 0.05
#define TN_ZOOM_MAXIMUM 4.0

/**
 * TnViewport:
 * @zoom: widget units per document unit
 * @x, @y: where the document's origin is, in widget units, not rounded
 * @width, @height: of the widget; 0 until it has a size
 * @scale_factor: device pixels per widget unit
 *
 * A plain value; zero-initialise it and call tn_viewport_init().
 */
typedef struct
{
  double zoom;
  double x, y;
  double width, height;
  int scale_factor;
} TnViewport;

void tn_viewport_init (TnViewport *viewport);
/* The first size puts the origin in the middle; later ones keep the top left corner. */
void tn_viewport_resize (TnViewport *viewport, double width, double height, int scale_factor);

/* The origin as it is drawn: on whole device pixels, so that what is drawn stays sharp. */
void tn_viewport_origin (const TnViewport *viewport, double *x, double *y);
void tn_viewport_to_widget (const TnViewport *viewport, double x, double y, double *widget_x,
                            double *widget_y);
void tn_viewport_to_document (const TnViewport *viewport, double widget_x, double widget_y,
                              double *x, double *y);
TnRect tn_viewport_rect_to_widget (const TnViewport *viewport, TnRect rect);
/* What of the document is seen. */
TnRect tn_viewport_visible (const TnViewport *viewport);

/* By so many widget units. */
void tn_viewport_pan (TnViewport *viewport, double dx, double dy);
/* The point under widget_x, widget_y stays there. FALSE when the zoom was at its limit already, or
 * @factor is no positive number. */
gboolean tn_viewport_zoom_at (TnViewport *viewport, double factor, double widget_x,
                              double widget_y);
/* @bounds in the middle, as large as it fits within @margin (widget units), but at least
 * @least_zoom and at most @most_zoom; what then does not fit is seen from its top on. Bounds of no
 * size are only centred. */
void tn_viewport_fit (TnViewport *viewport, TnRect bounds, double margin, double least_zoom,
                      double most_zoom);
/* Pans as little as needed for @rect to lie within @margin; what is larger than the window is shown
 * from its top left. TRUE when it moved. */
gboolean tn_viewport_reveal (TnViewport *viewport, TnRect rect, double margin);

G_END_DECLS
