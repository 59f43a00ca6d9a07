/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The geometry of wires: curves, and lines with rounded corners. */
#include "scene/tn-wire.h"

#include <math.h>

#define STEPS         12 /* of a cubic, when it is measured */
#define CORNER_RADIUS 9.0
/* Of a wire with corners that goes back up: how far from its ends it turns, and how far beside them
 * it runs. */
#define TURN   18.0
#define BESIDE 120.0

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
tn_curve_aside (TnWires wires, TnPoint from, TnPoint to)
{
  const TnPoint corners[] = { from, { from.x, to.y }, to };
  double fall = to.y - from.y;
  double reach = MAX (fall * 0.8, 28);
  double side = to.x >= from.x ? 1 : -1;
  double level = CLAMP (fabs (to.x - from.x) * 0.6, 24, 140);

  if (wires == TN_WIRES_ORTHOGONAL && fall > 0)
    return tn_curve_corners (corners, G_N_ELEMENTS (corners));
  if (wires == TN_WIRES_ORTHOGONAL)
    {
      const double lane = round ((from.x + to.x) / 2);
      const TnPoint back[]
          = { from, { from.x, from.y + TURN }, { lane, from.y + TURN }, { lane, to.y }, to };

      return tn_curve_corners (back, G_N_ELEMENTS (back));
    }
  return cubic (from, (TnPoint){ from.x, from.y + reach }, (TnPoint){ to.x - side * level, to.y },
                to);
}

static void
add_cubic (TnCurve *curve, TnPoint first, TnPoint second, TnPoint to)
{
  g_assert (curve->n_points + 3 <= TN_CURVE_POINTS);
  curve->points[curve->n_points++] = first;
  curve->points[curve->n_points++] = second;
  curve->points[curve->n_points++] = to;
}

static TnPoint
between (TnPoint a, TnPoint b, double share)
{
  return (TnPoint){ a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share };
}

static void
add_line (TnCurve *curve, TnPoint to)
{
  TnPoint from = curve->points[curve->n_points - 1];

  if (from.x != to.x || from.y != to.y)
    add_cubic (curve, between (from, to, 1 / 3.0), between (from, to, 2 / 3.0), to);
}

static double
distance (TnPoint a, TnPoint b)
{
  return hypot (b.x - a.x, b.y - a.y);
}

TnCurve
tn_curve_corners (const TnPoint *points, guint n_points)
{
  TnCurve curve = { 1, { points[0] } };

  for (guint i = 1; i + 1 < n_points; i++)
    {
      TnPoint corner = points[i];
      double before = distance (points[i - 1], corner), after = distance (corner, points[i + 1]);
      /* Two corners of one line share it. */
      double radius
          = MIN (CORNER_RADIUS, MIN (before / (i > 1 ? 2 : 1), after / (i + 2 < n_points ? 2 : 1)));

      if (radius < 0.5)
        {
          add_line (&curve, corner);
          continue;
        }
      add_line (&curve, between (corner, points[i - 1], radius / before));
      /* A quarter of a circle, to a thousandth. */
      add_cubic (&curve, between (corner, points[i - 1], 0.4477 * radius / before),
                 between (corner, points[i + 1], 0.4477 * radius / after),
                 between (corner, points[i + 1], radius / after));
    }
  add_line (&curve, points[n_points - 1]);
  if (curve.n_points == 1)
    add_cubic (&curve, points[0], points[0], points[0]);
  return curve;
}

TnCurve
tn_curve_plain (TnWires wires, TnPoint from, TnPoint to)
{
  const double fall = to.y - from.y;
  const double middle = round ((from.y + to.y) / 2);
  const double lane = fabs (to.x - from.x) > 2 * BESIDE ? round ((from.x + to.x) / 2)
                                                        : MAX (from.x, to.x) + BESIDE;
  const TnPoint corners[] = { from, { from.x, middle }, { to.x, middle }, to };
  const TnPoint back[] = { from,
                           { from.x, from.y + TURN },
                           { lane, from.y + TURN },
                           { lane, to.y - TURN },
                           { to.x, to.y - TURN },
                           to };

  if (wires == TN_WIRES_CURVED)
    return tn_curve_down (from, to);
  if (fall >= 2 * CORNER_RADIUS || (fall >= 0 && from.x == to.x))
    return tn_curve_corners (corners, G_N_ELEMENTS (corners));
  return tn_curve_corners (back, G_N_ELEMENTS (back));
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
  double lengths[TN_CURVE_CUBICS] = { 0 };
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

      /* A cubic stays within its control points. */
      if (MAX (MAX (p[0].x, p[1].x), MAX (p[2].x, p[3].x)) <= rect.x
          || MIN (MIN (p[0].x, p[1].x), MIN (p[2].x, p[3].x)) >= rect.x + rect.width
          || MAX (MAX (p[0].y, p[1].y), MAX (p[2].y, p[3].y)) <= rect.y
          || MIN (MIN (p[0].y, p[1].y), MIN (p[2].y, p[3].y)) >= rect.y + rect.height)
        continue;
      /* A straight line needs no steps. */
      if ((p[0].x == p[1].x && p[1].x == p[2].x && p[2].x == p[3].x)
          || (p[0].y == p[1].y && p[1].y == p[2].y && p[2].y == p[3].y))
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
