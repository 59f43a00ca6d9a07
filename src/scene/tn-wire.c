/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The geometry of wires, and a router that tries a straight way and then lanes on either side. */
#include "scene/tn-wire.h"

#include <math.h>

#define CLEARANCE    18.0 /* between a lane and a box */
#define LANE_GAP     12.0 /* between lanes */
#define MOST_TRIES   24
#define LATEST_LANES 64 /* that a new one keeps away from */
#define STEPS        12 /* of a cubic, when it is measured */

static TnCurve
cubic (TnPoint from, TnPoint first, TnPoint second, TnPoint to)
{
  return (TnCurve){ 4, { from, first, second, to } };
}

TnCurve
tn_curve_down (TnPoint from, TnPoint to)
{
  double fall = to.y - from.y;
  double drift = fabs (to.x - from.x);
  double reach = fall > 0 ? MAX (fall * 0.5, MIN (24, drift * 0.5)) : 24 - fall * 0.25;

  reach = MIN (reach, 160);
  if (fall <= 0 && drift < 80)
    reach = MIN (reach + 40, 160);
  return cubic (from, (TnPoint){ from.x, from.y + reach }, (TnPoint){ to.x, to.y - reach }, to);
}

TnCurve
tn_curve_aside (TnPoint from, TnPoint to)
{
  double fall = to.y - from.y;
  double reach = MAX (fall * 0.8, 28);
  double side = to.x >= from.x ? 1 : -1;
  double level = CLAMP (fabs (to.x - from.x) * 0.6, 24, 140);

  return cubic (from, (TnPoint){ from.x, from.y + reach }, (TnPoint){ to.x - side * level, to.y },
                to);
}

void
tn_curve_transpose (TnCurve *curve)
{
  for (guint i = 0; i < curve->n_points; i++)
    curve->points[i] = (TnPoint){ curve->points[i].y, curve->points[i].x };
}

static TnPoint
cubic_at (const TnPoint *p, double t)
{
  double s = 1 - t;
  double a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;

  return (TnPoint){ a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x,
                    a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y };
}

TnPoint
tn_curve_at (const TnCurve *curve, double t)
{
  guint n_cubics = (curve->n_points - 1) / 3;
  double lengths[3] = { 0 };
  double total = 0;

  if (n_cubics == 1)
    return cubic_at (curve->points, t);
  /* By rough length, so that a long lane counts as long. */
  for (guint i = 0; i < n_cubics; i++)
    {
      TnPoint a = curve->points[3 * i];
      TnPoint b = curve->points[3 * i + 3];

      lengths[i] = hypot (b.x - a.x, b.y - a.y);
      total += lengths[i];
    }
  t *= total;
  for (guint i = 0; i < n_cubics; i++)
    {
      if (t <= lengths[i] || i + 1 == n_cubics)
        return cubic_at (curve->points + 3 * i, lengths[i] > 0 ? MIN (t / lengths[i], 1) : 0);
      t -= lengths[i];
    }
  g_assert_not_reached ();
}

TnRect
tn_curve_bounds (const TnCurve *curve)
{
  TnPoint low = curve->points[0];
  TnPoint high = low;

  /* Of the control points, so never too small. */
  for (guint i = 1; i < curve->n_points; i++)
    {
      low.x = MIN (low.x, curve->points[i].x);
      low.y = MIN (low.y, curve->points[i].y);
      high.x = MAX (high.x, curve->points[i].x);
      high.y = MAX (high.y, curve->points[i].y);
    }
  return (TnRect){ low.x, low.y, high.x - low.x, high.y - low.y };
}

static double
segment_distance (TnPoint a, TnPoint b, TnPoint p)
{
  double dx = b.x - a.x;
  double dy = b.y - a.y;
  double square = dx * dx + dy * dy;
  double t = square > 0 ? CLAMP (((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0, 1) : 0;

  return hypot (a.x + t * dx - p.x, a.y + t * dy - p.y);
}

double
tn_curve_distance (const TnCurve *curve, TnPoint point)
{
  double nearest = G_MAXDOUBLE;

  for (guint i = 0; i + 3 < curve->n_points; i += 3)
    {
      TnPoint last = curve->points[i];

      for (guint step = 1; step <= 2 * STEPS; step++)
        {
          TnPoint next = cubic_at (curve->points + i, step / (2.0 * STEPS));

          nearest = MIN (nearest, segment_distance (last, next, point));
          last = next;
        }
    }
  return nearest;
}

/* Does the segment pass through the inside of @rect? (Liang and Barsky's clipping.) */
static gboolean
segment_crosses (TnPoint a, TnPoint b, TnRect rect)
{
  double from = 0, to = 1;
  double p[4] = { a.x - b.x, b.x - a.x, a.y - b.y, b.y - a.y };
  double q[4]
      = { a.x - rect.x, rect.x + rect.width - a.x, a.y - rect.y, rect.y + rect.height - a.y };

  for (guint i = 0; i < 4; i++)
    {
      if (p[i] == 0)
        {
          if (q[i] <= 0)
            return FALSE;
        }
      else if (p[i] < 0)
        from = MAX (from, q[i] / p[i]);
      else
        to = MIN (to, q[i] / p[i]);
    }
  return from < to;
}

gboolean
tn_curve_crosses (const TnCurve *curve, TnRect rect)
{
  for (guint i = 0; i + 3 < curve->n_points; i += 3)
    {
      TnPoint last = curve->points[i];
      const TnPoint *p = curve->points + i;

      /* A straight lane needs no steps. */
      if (p[0].x == p[1].x && p[1].x == p[2].x && p[2].x == p[3].x)
        {
          if (segment_crosses (p[0], p[3], rect))
            return TRUE;
          continue;
        }
      for (guint step = 1; step <= STEPS; step++)
        {
          TnPoint next = cubic_at (p, (double)step / STEPS);

          if (segment_crosses (last, next, rect))
            return TRUE;
          last = next;
        }
    }
  return FALSE;
}

void
tn_curve_path (const TnCurve *curve, cairo_t *cr)
{
  const TnPoint *p = curve->points;

  cairo_move_to (cr, p[0].x, p[0].y);
  for (guint i = 1; i + 2 < curve->n_points; i += 3)
    cairo_curve_to (cr, p[i].x, p[i].y, p[i + 1].x, p[i + 1].y, p[i + 2].x, p[i + 2].y);
}

/* ---- ways around boxes ---- */

typedef struct
{
  double x, top, bottom;
} Lane;

struct _TnRouter
{
  const TnRect *boxes; /* borrowed */
  TnSpatial *spatial;
  GArray *lanes;
  GArray *found; /* scratch */
};

TnRouter *
tn_router_new (const TnRect *boxes, guint n_boxes)
{
  TnRouter *router = g_new (TnRouter, 1);

  router->boxes = boxes;
  router->spatial = tn_spatial_new (boxes, n_boxes);
  router->lanes = g_array_new (FALSE, FALSE, sizeof (Lane));
  router->found = g_array_new (FALSE, FALSE, sizeof (guint));
  return router;
}

void
tn_router_free (TnRouter *router)
{
  if (router == NULL)
    return;
  tn_spatial_free (router->spatial);
  g_array_unref (router->lanes);
  g_array_unref (router->found);
  g_free (router);
}

static TnRect
grown (TnRect rect, double by)
{
  return (TnRect){ rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by };
}

/* Widens @left … @right by the boxes in the way of @curve; FALSE when there is none. @count: how
 * many there are. */
static gboolean
obstructed (TnRouter *router, const TnCurve *curve, guint source, guint target, double *left,
            double *right, guint *count)
{
  gboolean any = FALSE;

  g_array_set_size (router->found, 0);
  tn_spatial_query (router->spatial, grown (tn_curve_bounds (curve), 4), router->found);
  for (guint i = 0; i < router->found->len; i++)
    {
      guint box = g_array_index (router->found, guint, i);
      /* Of the two boxes it joins, only the inside counts: it starts and ends on their edges. */
      double margin = box == source || box == target ? -3 : 3;

      if (!tn_curve_crosses (curve, grown (router->boxes[box], margin)))
        continue;
      any = TRUE;
      *count += 1;
      *left = MIN (*left, router->boxes[box].x);
      *right = MAX (*right, router->boxes[box].x + router->boxes[box].width);
    }
  return any;
}

/* Down (or, where the target lies above, back up) along x = @lane. */
static TnCurve
lane_curve (TnPoint from, TnPoint to, double lane, double bend)
{
  TnCurve curve = { .n_points = 10 };
  TnPoint *p = curve.points;
  gboolean back = to.y - from.y < 2 * bend;
  double start = back ? from.y : from.y + bend;
  double end = back ? to.y : to.y - bend;
  double reach = back ? bend + 12 : bend * 0.62;
  double sign = back ? -1 : 1;

  p[0] = from;
  p[1] = (TnPoint){ from.x, from.y + reach };
  p[2] = (TnPoint){ lane, start - sign * reach };
  p[3] = (TnPoint){ lane, start };
  p[4] = (TnPoint){ lane, start + (end - start) / 3 };
  p[5] = (TnPoint){ lane, start + (end - start) * 2 / 3 };
  p[6] = (TnPoint){ lane, end };
  p[7] = (TnPoint){ lane, end + sign * reach };
  p[8] = (TnPoint){ to.x, to.y - reach };
  p[9] = to;
  return curve;
}

/* @lane moved outward (@side) past the lanes that others have taken there. */
static double
free_lane (const TnRouter *router, double lane, int side, double top, double bottom)
{
  guint first = router->lanes->len > LATEST_LANES ? router->lanes->len - LATEST_LANES : 0;

  for (guint tries = 0; tries < LATEST_LANES; tries++)
    {
      gboolean moved = FALSE;

      for (guint i = first; i < router->lanes->len; i++)
        {
          const Lane *other = &g_array_index (router->lanes, Lane, i);

          if (fabs (other->x - lane) < LANE_GAP - 0.5 && other->top < bottom && top < other->bottom)
            {
              lane = other->x + side * LANE_GAP;
              moved = TRUE;
            }
        }
      if (!moved)
        break;
    }
  return lane;
}

TnCurve
tn_router_route (TnRouter *router, TnPoint from, guint source, TnPoint to, guint target)
{
  static const double bends[] = { 44, 26 };
  TnCurve direct = tn_curve_down (from, to);
  TnCurve best = direct;
  double best_cost = G_MAXDOUBLE;
  double left = G_MAXDOUBLE;
  double right = -G_MAXDOUBLE;
  guint count = 0;

  if (!obstructed (router, &direct, source, target, &left, &right, &count))
    return direct;
  for (guint b = 0; b < G_N_ELEMENTS (bends) && best_cost == G_MAXDOUBLE; b++)
    for (int side = 1; side >= -1; side -= 2)
      {
        double low = left;
        double high = right;

        for (guint tries = 0; tries < MOST_TRIES; tries++)
          {
            double lane = side > 0 ? high + CLEARANCE : low - CLEARANCE;
            TnCurve curve;
            double cost;

            lane = free_lane (router, lane, side, MIN (from.y, to.y), MAX (from.y, to.y));
            cost = fabs (lane - from.x) + fabs (lane - to.x);
            if (cost >= best_cost)
              break;
            curve = lane_curve (from, to, lane, bends[b]);
            count = 0;
            if (!obstructed (router, &curve, source, target, &low, &high, &count))
              {
                best = curve;
                best_cost = cost;
                break;
              }
            /* Moved by the lanes of others only: it would not come further by itself. */
            if (side > 0 ? high + CLEARANCE <= lane : low - CLEARANCE >= lane)
              {
                if (side > 0)
                  high = lane - CLEARANCE + LANE_GAP;
                else
                  low = lane + CLEARANCE - LANE_GAP;
              }
          }
      }
  if (best.n_points == 10)
    {
      Lane lane = { best.points[3].x, MIN (best.points[3].y, best.points[6].y),
                    MAX (best.points[3].y, best.points[6].y) };

      g_array_append_val (router->lanes, lane);
    }
  return best;
}
