/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnSpatial: a static index of rectangles; finds those that touch a given one. */
#pragma once

#include "scene/tn-scene.h"

G_BEGIN_DECLS

/* A packed R-tree over items sorted along a Hilbert curve (Kamel and Faloutsos, 1993): indifferent
 * to how far apart or how unequal things are, unlike a grid. */
typedef struct _TnSpatial TnSpatial;

/* Item i is boxes[i]. */
TnSpatial *tn_spatial_new (const TnRect *boxes, guint n_boxes);
void tn_spatial_free (TnSpatial *spatial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnSpatial, tn_spatial_free)

/* Item @item is somewhere else now: found as surely as before, though not as quickly. */
void tn_spatial_move (TnSpatial *spatial, guint item, TnRect box);
/* So many were moved that it should be made anew. */
gboolean tn_spatial_is_worn (const TnSpatial *spatial);

/* Appends to @found (of guint, empty) the numbers of all items that touch @rect, in rising order.
 */
void tn_spatial_query (const TnSpatial *spatial, TnRect rect, GArray *found);

G_END_DECLS
