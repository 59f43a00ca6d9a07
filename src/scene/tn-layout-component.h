/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connected component while it is laid out: what the phases of the layout hand on. */
#pragma once

#include "scene/tn-layout-private.h"

G_BEGIN_DECLS

/* Over all edges: beyond it, long edges are not provided for. */
#define TN_LAYOUT_MOST_LANES 60000
/* Places are multiples of it. */
#define TN_LAYOUT_STEP 4.0

/* A unit, or a lane: a narrow vertex that keeps a way between the boxes open for an edge that spans
 * several layers. */
typedef struct
{
  int node; /* of a unit, or -1: a lane */
  guint layer;
  guint order; /* within the layer */
  guint tie;   /* decides between equals: position in the order of computation */
  gboolean aside;
  gboolean settled; /* has a place already, which is its hint */
  double hint;
  double key; /* while sorting */
  double u;
  double width; /* with the gap */
  guint first_up, n_up, first_down, n_down;
} TnVertex;

typedef struct
{
  guint other;
  double here, there; /* offsets of the two ends */
} TnVertexLink;

typedef struct
{
  const TnLayoutUnit *units;
  const TnLayoutMetrics *metrics;
  guint *layer; /* of a unit */
  guint n_units;
  TnVertex *vertices;
  guint n_vertices;
  guint n_layers;
  guint *layer_start; /* n_layers + 1 */
  guint *sequence;    /* vertex numbers by layer and order */
  TnVertexLink *links;
} TnComponent;

/* ---- tn-layout-component.c ---- */

/* Vertices for @nodes and lanes for their long edges; links between neighbouring layers only.
 * @vertex_of is room for a number each unit. */
void tn_component_build (TnComponent *self, const guint *nodes, guint n_nodes,
                         const TnLayoutEdge *edges, guint n_edges, guint *vertex_of,
                         guint *lanes_left);
void tn_component_clear (TnComponent *self);
/* Where each layer begins along the flow, of n_layers + 1: a layer is as thick as what is in it.
 * The middle of a box in the first one is 0. New array. */
double *tn_component_rows (const TnComponent *self);

/* ---- tn-layout-order.c ---- */

/* The order within layers that has few crossings; that of the hints where it has as few. */
void tn_component_order (TnComponent *self);
guint64 tn_component_crossings (const TnComponent *self);

/* ---- tn-layout-place.c ---- */

/* Places within layers, in that order. */
void tn_component_place (TnComponent *self);

G_END_DECLS
