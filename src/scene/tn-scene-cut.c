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

static gboolean
cross (TnPoint a, TnPoint b, TnPoint c, TnPoint d)
{
  return side_of (a, b, c) * side_of (a, b, d) <= 0 && side_of (c, d, a) * side_of (c, d, b) <= 0
         && !(side_of (a, b, c) == 0 && side_of (a, b, d) == 0);
}

static gboolean
crosses (const TnCurve *curve, TnPoint from, TnPoint to)
{
  TnPoint last = curve->points[0];

  for (guint i = 1; i <= PIECES; i++)
    {
      TnPoint next = tn_curve_at (curve, (double)i / PIECES);

      if (cross (from, to, last, next))
        return TRUE;
      last = next;
    }
  return FALSE;
}

void
tn_scene_wires_crossed (const TnScene *scene, double x0, double y0, double x1, double y1,
                        GArray *hits)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  TnRect rect = { MIN (x0, x1), MIN (y0, y1), ABS (x1 - x0), ABS (y1 - y0) };

  g_return_if_fail (scene != NULL && hits != NULL);
  tn_spatial_query (scene->items, rect, found);
  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);
      const TnSceneWire *wire;
      TnHit hit;

      if (item < tn_scene_first_wire (scene) || item >= tn_scene_first_node (scene))
        continue;
      wire = &scene->wires[item - tn_scene_first_wire (scene)];
      if (wire->stub || !crosses (&wire->curve, (TnPoint){ x0, y0 }, (TnPoint){ x1, y1 }))
        continue;
      hit = (TnHit){ .kind = TN_HIT_WIRE,
                     .node = wire->to,
                     .call = wire->call,
                     .slot = wire->slot,
                     .ref = wire->ref };
      g_array_append_val (hits, hit);
    }
}
