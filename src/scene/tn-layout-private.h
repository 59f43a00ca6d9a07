/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout proper, in a frame of its own: u across the flow, v along it. */
#pragma once

#include "scene/tn-scene.h"

G_BEGIN_DECLS

typedef struct
{
  double x, y;
} TnPoint;

/* Extents of a box and the gaps between boxes, across and along the flow. */
typedef struct
{
  double across, along;
  double across_gap, along_gap;
} TnLayoutMetrics;

/* The metrics of @style for a flow downward. */
TnLayoutMetrics tn_layout_metrics (const TnStyle *style);
/* Centres of all boxes of @graph by node index (x is u, y is v) into @places; the first row is at
 * v 0. Coordinates are whole multiples of 4. */
void tn_layout_places (const TnGraph *graph, const TnLayoutMetrics *metrics, TnPoint *places);
/* Where boxes are to be shown: stored places, and found ones for nodes that have none. */
void tn_layout_complete (const TnGraph *graph, const TnLayoutMetrics *metrics, TnPoint *places);
/* Is this the layer that stands beside an output instead of in the flow? */
gboolean tn_layout_is_aside (const TnNode *node);

G_END_DECLS
