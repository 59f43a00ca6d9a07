/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which wires a line crosses. */
#include "scene/tn-scene-private.h"

/* Straight pieces that a wire is measured by. */
#define PIECES 32

/* Which side of the line from @a to @b is @c on? */
static double
side_of (TnPoint a, TnPoint b, TnPoint c)
{
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Does the line from @a to @b cross the one from @c to @d, and where? */
static gboolean
cross (TnPoint a, TnPoint b, TnPoint c, TnPoint d, TnPoint *at)
{
  const double before = side_of (a, b, c), behind = side_of (a, b, d);

  if (before * behind > 0 || side_of (c, d, a) * side_of (c, d, b) > 0 || before == behind)
    return FALSE;
  at->x = c.x + (d.x - c.x) * before / (before - behind);
  at->y = c.y + (d.y - c.y) * before / (before - behind);
  return TRUE;
}

static gboolean
crosses (const TnCurve *curve, TnPoint from, TnPoint to, TnPoint *at)
{
  TnPoint last = curve->points[0];

  for (guint i = 1; i <= PIECES; i++)
    {
      TnPoint next = tn_curve_at (curve, (double)i / PIECES);

      if (cross (from, to, last, next, at))
        return TRUE;
      last = next;
    }
  return FALSE;
}

void
tn_scene_wires_crossed (const TnScene *scene, double x0, double y0, double x1, double y1,
                        GArray *crossings)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  TnRect rect = { MIN (x0, x1), MIN (y0, y1), ABS (x1 - x0), ABS (y1 - y0) };

  g_return_if_fail (scene != NULL && crossings != NULL);
  tn_spatial_query (scene->items, rect, found);
  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);
      const TnSceneWire *wire;
      TnCrossing crossing = { 0 };
      TnPoint at;

      if (item < tn_scene_first_wire (scene) || item >= tn_scene_first_node (scene))
        continue;
      wire = &scene->wires[item - tn_scene_first_wire (scene)];
      if (wire->stub || !crosses (&wire->curve, (TnPoint){ x0, y0 }, (TnPoint){ x1, y1 }, &at))
        continue;
      crossing.wire = (TnHit){ .kind = TN_HIT_WIRE,
                               .node = wire->to,
                               .call = wire->call,
                               .slot = wire->slot,
                               .ref = wire->ref };
      crossing.x = at.x;
      crossing.y = at.y;
      g_array_append_val (crossings, crossing);
    }
}
