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

/**
 * TnRoute:
 * @reach: boxes that do not touch this had no part in it
 * @work: how many were looked at
 * @lane, @track: how many ways had been taken by those before
 * @asked: it kept away from these
 * @took_lane, @took_track: it has taken one itself
 *
 * What a way depends on.
 */
typedef struct
{
  TnRect reach;
  guint work;
  guint lane, track;
  gboolean asked;
  gboolean took_lane, took_track;
} TnRoute;

/* @boxes: in the frame where the flow goes down. */
TnRouter *tn_router_new (const TnRect *boxes, guint n_boxes, TnWires wires);
void tn_router_free (TnRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnRouter, tn_router_free)
/* A wire from an output of box @source to an input of box @target that crosses no box if there is a
 * simple way to do so: straight, or by a lane beside what is in its way. @route: what is in it is
 * written over. */
TnCurve tn_router_route (TnRouter *router, TnPoint from, guint source, TnPoint to, guint target,
                         TnRoute *route);
/* All wires are gone through again, in the same order: each is either kept or routed. */
void tn_router_restart (TnRouter *router);
void tn_router_move_box (TnRouter *router, guint box, TnRect rect);
/* Would the wire be routed as it was, were no box in its reach another? Then that is so. */
gboolean tn_router_keep (TnRouter *router, TnRoute *route);
/* It was more than it takes upon itself: wires were led through boxes. */
gboolean tn_router_gave_up (const TnRouter *router);

G_END_DECLS
