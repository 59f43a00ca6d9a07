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
  double chip_across, chip_along;                 /* of what enters an open group */
  double frame_before_across, frame_after_across; /* that a frame is larger than what it holds */
  double frame_before_along, frame_after_along;
} TnLayoutMetrics;

/* What is put into a place: a box, or a frame with all that it holds. */
typedef struct
{
  double across, along;
  guint position; /* in the order of computation, 0 … n_units - 1, each once */
  gboolean aside;
  double hint; /* where across the flow it stands, which decides on its order; or NAN */
} TnLayoutUnit;

typedef struct
{
  guint from, to;                /* numbers of units */
  double from_offset, to_offset; /* where on the box it ends, -0.5 … 0.5 */
} TnLayoutEdge;

/* To the right, columns are as far apart as the longest shape between them needs that @facts (or
 * NULL) hold. */
TnLayoutMetrics tn_layout_metrics (const TnStyle *style, TnDirection direction,
                                   const TnGraph *graph, const TnFacts *facts);
/* Centres of units. @edges: in the order of the positions of their ends. */
void tn_layout_units (const TnLayoutUnit *units, guint n_units, const TnLayoutEdge *edges,
                      guint n_edges, const TnLayoutMetrics *metrics, TnPoint *places);
/* Centres of all boxes of @graph by node index (x is u, y is v) into @places; the first row is at
 * v 0. @hints, which may be NULL: where they stand (NAN: nowhere); what stands left of another
 * remains so, unless that makes crossings. Coordinates are whole numbers. The members of a group
 * stand together: in their frame, or, of a closed one, so that the mean of their places is where
 * its box belongs. */
void tn_layout_places (const TnGraph *graph, const TnLayoutMetrics *metrics, const TnPoint *hints,
                       TnPoint *places);
/* Where boxes are to be shown, on the canvas: in the direction of @graph stored places, and found
 * ones for nodes that have none; else found ones. New array, by node index. */
TnPoint *tn_layout_shown (const TnGraph *graph, TnDirection direction,
                          const TnLayoutMetrics *metrics);
/* Is this the layer that stands beside an output instead of in the flow? */
gboolean tn_layout_is_aside (const TnNode *node);

G_END_DECLS
