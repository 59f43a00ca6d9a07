/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The router of wires: a straight way, and where that is blocked lanes on either side. */
#include <math.h>

#include "scene/tn-scene-private.h"

#define CLEARANCE    18.0 /* between a lane and a box */
#define LANE_GAP     12.0 /* between lanes */
#define MOST_TRIES   24
#define LATEST_LANES 64 /* that a new one keeps away from */
#define MOST_WORK    2000000
/* Of wires with corners: how far from a box they turn, and how far apart the level lines are that
 * come of different boxes. */
#define TURN      18.0
#define TRACK_GAP 8.0

typedef struct
{
  double x, top, bottom;
} Lane;

/* A level line of a wire with corners. */
typedef struct
{
  double y, left, right;
  guint source; /* wires of one source may share it */
  double from;
} Track;

struct _TnRouter
{
  TnRect *boxes;
  TnSpatial *spatial;
  GArray *lanes;
  GArray *tracks;
  GArray *old_lanes; /* of the last time; NULL: there was none */
  GArray *old_tracks;
  gboolean differs; /* from what was taken then */
  TnRoute *route;   /* of the wire that is being led */
  TnWires wires;
  GArray *found; /* scratch */
  guint64 work;  /* boxes that were looked at */
};

TnRouter *
tn_router_new (const TnRect *boxes, guint n_boxes, TnWires wires)
{
  TnRouter *router = g_new (TnRouter, 1);

  router->boxes = g_memdup2 (boxes, MAX (n_boxes, 1) * sizeof *boxes);
  router->old_lanes = router->old_tracks = NULL;
  router->differs = FALSE;
  router->route = NULL;
  router->spatial = tn_spatial_new (boxes, n_boxes);
  router->lanes = g_array_new (FALSE, FALSE, sizeof (Lane));
  router->tracks = g_array_new (FALSE, FALSE, sizeof (Track));
  router->wires = wires;
  router->work = 0;
  router->found = g_array_new (FALSE, FALSE, sizeof (guint));
  return router;
}

void
tn_router_free (TnRouter *router)
{
  if (router == NULL)
    return;
  g_free (router->boxes);
  tn_spatial_free (router->spatial);
  g_clear_pointer (&router->old_lanes, g_array_unref);
  g_clear_pointer (&router->old_tracks, g_array_unref);
  g_array_unref (router->lanes);
  g_array_unref (router->tracks);
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
  TnRect reach = grown (tn_curve_bounds (curve), 4);
  gboolean any = FALSE;

  /* Where thousands of boxes lie on one heap there is no way round them. */
  if (router->work > MOST_WORK)
    return FALSE;
  g_array_set_size (router->found, 0);
  tn_spatial_query (router->spatial, reach, router->found);
  router->work += router->found->len;
  router->route->work += router->found->len;
  router->route->reach = tn_rect_union (router->route->reach, reach);
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

/* The same with corners. */
static TnCurve
corner_curve (TnPoint from, TnPoint to, double lane, double bend)
{
  const TnPoint points[] = { from,
                             { from.x, from.y + bend },
                             { lane, from.y + bend },
                             { lane, to.y - bend },
                             { to.x, to.y - bend },
                             to };

  return tn_curve_corners (points, G_N_ELEMENTS (points));
}

/* Is a level line from @a to @b free of those of other sources? */
static gboolean
track_is_free (const TnRouter *router, double y, double a, double b, guint source, double from)
{
  double left = MIN (a, b), right = MAX (a, b);
  guint first = router->tracks->len > LATEST_LANES ? router->tracks->len - LATEST_LANES : 0;

  for (guint i = first; i < router->tracks->len; i++)
    {
      const Track *other = &g_array_index (router->tracks, Track, i);

      if ((other->source != source || other->from != from) && fabs (other->y - y) < TRACK_GAP - 0.5
          && other->left < right && left < other->right)
        return FALSE;
    }
  return TRUE;
}

static void
take_track (TnRouter *router, double y, double a, double b, guint source, double from)
{
  Track track = { y, MIN (a, b), MAX (a, b), source, from };

  g_array_append_val (router->tracks, track);
}

/* A wire with two corners that crosses nothing; FALSE when there is none. */
static gboolean
two_corners (TnRouter *router, TnPoint from, guint source, TnPoint to, guint target, TnCurve *curve)
{
  double fall = to.y - from.y;
  double step = TRACK_GAP;

  if (fall < TURN)
    return FALSE;
  /* In the middle between neighbours, else just before what it goes to, or just behind what it
   * comes from. */
  for (guint place = 0; place < (fall > 6 * TURN ? 2 : 1); place++)
    for (guint tries = 0; tries < 2 * MOST_TRIES; tries++)
      {
        double shift = (tries % 2 ? 1.0 : -1.0) * ((tries + 1) / 2) * step;
        double y = fall <= 6 * TURN ? round (from.y + fall / 2) + shift
                   : place == 0     ? round (to.y - 1.4 * TURN) + shift
                                    : round (from.y + 1.4 * TURN) + shift;
        const TnPoint points[] = { from, { from.x, y }, { to.x, y }, to };
        double left = G_MAXDOUBLE, right = -G_MAXDOUBLE;
        guint count = 0;

        if (y < from.y + 6 || y > to.y - 6)
          break;
        if (!track_is_free (router, y, from.x, to.x, source, from.x))
          continue;
        *curve = tn_curve_corners (points, G_N_ELEMENTS (points));
        if (obstructed (router, curve, source, target, &left, &right, &count))
          {
            if (tries > 8)
              break;
            continue;
          }
        take_track (router, y, from.x, to.x, source, from.x);
        return TRUE;
      }
  return FALSE;
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

static TnCurve
lead (TnRouter *router, TnPoint from, guint source, TnPoint to, guint target, TnRoute *route)
{
  static const double bends[] = { 44, 26 }, corner_bends[] = { 24, 16 };
  gboolean corners = router->wires == TN_WIRES_ORTHOGONAL;
  TnCurve direct = tn_curve_plain (router->wires, from, to);
  TnCurve best = direct;
  double best_cost = G_MAXDOUBLE, best_lane = 0;
  double left = G_MAXDOUBLE;
  double right = -G_MAXDOUBLE;
  guint count = 0;

  if (!obstructed (router, &direct, source, target, &left, &right, &count)
      && (!corners || from.x == to.x))
    return direct;
  route->asked = route->asked || corners;
  if (corners && two_corners (router, from, source, to, target, &direct))
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

            route->asked = TRUE;
            lane = free_lane (router, lane, side, MIN (from.y, to.y), MAX (from.y, to.y));
            cost = fabs (lane - from.x) + fabs (lane - to.x);
            if (cost >= best_cost)
              break;
            curve = corners ? corner_curve (from, to, lane, corner_bends[b])
                            : lane_curve (from, to, lane, bends[b]);
            count = 0;
            if (!obstructed (router, &curve, source, target, &low, &high, &count))
              {
                best = curve;
                best_cost = cost;
                best_lane = lane;
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
  if (best_cost < G_MAXDOUBLE)
    {
      Lane lane = { best_lane, MIN (from.y, to.y), MAX (from.y, to.y) };

      g_array_append_val (router->lanes, lane);
    }
  return best;
}

TnCurve
tn_router_route (TnRouter *router, TnPoint from, guint source, TnPoint to, guint target,
                 TnRoute *route)
{
  gboolean took = route->took_lane || route->took_track;
  TnCurve curve;

  *route = (TnRoute){ .reach = { from.x, from.y, 0, 0 },
                      .lane = router->lanes->len,
                      .track = router->tracks->len };
  router->route = route;
  curve = lead (router, from, source, to, target, route);
  route->took_lane = router->lanes->len > route->lane;
  route->took_track = router->tracks->len > route->track;
  router->route = NULL;
  if (took || route->took_lane || route->took_track)
    router->differs = TRUE;
  return curve;
}

/* ---- once more ---- */

void
tn_router_restart (TnRouter *router)
{
  g_clear_pointer (&router->old_lanes, g_array_unref);
  g_clear_pointer (&router->old_tracks, g_array_unref);
  router->old_lanes = g_steal_pointer (&router->lanes);
  router->old_tracks = g_steal_pointer (&router->tracks);
  router->lanes = g_array_sized_new (FALSE, FALSE, sizeof (Lane), router->old_lanes->len);
  router->tracks = g_array_sized_new (FALSE, FALSE, sizeof (Track), router->old_tracks->len);
  router->work = 0;
  router->differs = FALSE;
}

void
tn_router_move_box (TnRouter *router, guint box, TnRect rect)
{
  router->boxes[box] = rect;
  tn_spatial_move (router->spatial, box, rect);
}

/* Are the latest of the first @n_now the same as the latest of the first @n_then? */
static gboolean
same_lanes (const TnRouter *router, guint n_now, guint n_then)
{
  guint n = MIN (n_now, LATEST_LANES);

  if (n != MIN (n_then, LATEST_LANES))
    return FALSE;
  for (guint i = 1; i <= n; i++)
    {
      const Lane *now = &g_array_index (router->lanes, Lane, n_now - i);
      const Lane *then = &g_array_index (router->old_lanes, Lane, n_then - i);

      if (now->x != then->x || now->top != then->top || now->bottom != then->bottom)
        return FALSE;
    }
  return TRUE;
}

static gboolean
same_tracks (const TnRouter *router, guint n_now, guint n_then)
{
  guint n = MIN (n_now, LATEST_LANES);

  if (n != MIN (n_then, LATEST_LANES))
    return FALSE;
  for (guint i = 1; i <= n; i++)
    {
      const Track *now = &g_array_index (router->tracks, Track, n_now - i);
      const Track *then = &g_array_index (router->old_tracks, Track, n_then - i);

      if (now->y != then->y || now->left != then->left || now->right != then->right
          || now->source != then->source || now->from != then->from)
        return FALSE;
    }
  return TRUE;
}

gboolean
tn_router_keep (TnRouter *router, TnRoute *route)
{
  guint lane = router->lanes->len, track = router->tracks->len;

  if (route->asked && router->differs
      && !(same_lanes (router, lane, route->lane) && same_tracks (router, track, route->track)))
    return FALSE;
  if (route->took_lane)
    g_array_append_val (router->lanes, g_array_index (router->old_lanes, Lane, route->lane));
  if (route->took_track)
    g_array_append_val (router->tracks, g_array_index (router->old_tracks, Track, route->track));
  route->lane = lane;
  route->track = track;
  router->work += route->work;
  return TRUE;
}

gboolean
tn_router_gave_up (const TnRouter *router)
{
  return router->work > MOST_WORK;
}
