/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wires as chains of cubic curves: their making, their ways around boxes, their measuring. */
#pragma once

#include "scene/tn-layout-private.h"
#include "scene/tn-spatial.h"

G_BEGIN_DECLS

#define TN_CURVE_CUBICS 9 /* of a wire with four corners */
#define TN_CURVE_POINTS (3 * TN_CURVE_CUBICS + 1)

/* points[0], then three points for each cubic. */
typedef struct
{
  guint n_points;
  TnPoint points[TN_CURVE_POINTS];
} TnCurve;

/* The plain wire, in the frame where the flow goes down (y grows). */
TnCurve tn_curve_down (TnPoint from, TnPoint to);
/* The wire into the side of a box (its end is level): of a Target. */
TnCurve tn_curve_aside (TnWires wires, TnPoint from, TnPoint to);
/* The same in the style of a scene. */
TnCurve tn_curve_plain (TnWires wires, TnPoint from, TnPoint to);
/* Level and upright lines with rounded corners; at most 6 points. */
TnCurve tn_curve_corners (const TnPoint *points, guint n_points);
/* x and y exchanged. */
void tn_curve_transpose (TnCurve *curve);
/* @t: 0 … 1 along it. */
TnPoint tn_curve_at (const TnCurve *curve, double t);
TnRect tn_curve_bounds (const TnCurve *curve);
double tn_curve_distance (const TnCurve *curve, TnPoint point);
gboolean tn_curve_crosses (const TnCurve *curve, TnRect rect);
void tn_curve_path (const TnCurve *curve, cairo_t *cr);

/* The ways round boxes that wires have taken so far. */
typedef struct _TnRouter TnRouter;

/* @boxes: in the frame where the flow goes down; borrowed. */
TnRouter *tn_router_new (const TnRect *boxes, guint n_boxes, TnWires wires);
void tn_router_free (TnRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnRouter, tn_router_free)
/* A wire from an output of box @source to an input of box @target that crosses no box if there is a
 * simple way to do so: straight, or by a lane beside what is in its way. */
TnCurve tn_router_route (TnRouter *router, TnPoint from, guint source, TnPoint to, guint target);

G_END_DECLS
