/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is moved snaps to the middles of its neighbours, with a line that says to which; else to the
 * grid. */
#include <math.h>

#include "app/tn-canvas-private.h"

/* Widget units within which a neighbour's line attracts. */
#define REACH 6
/* With more in view than that there is a line everywhere. */
#define MOST_NEIGHBOURS 400

static gboolean
moves (const GArray *moving, TnNodeId id)
{
  for (guint i = 0; i < moving->len; i++)
    if (g_array_index (moving, TnNodeId, i) == id)
      return TRUE;
  return FALSE;
}

void
tn_canvas_snap (TnCanvas *self, const GArray *moving, double *x, double *y, TnSnap *snap)
{
  const TnRect visible = tn_viewport_visible (&self->viewport);
  g_autoptr (GArray) near = tn_scene_nodes_in (self->scene, visible, FALSE);
  const double reach = tn_canvas_units (self, REACH);
  double best_x = reach, best_y = reach, snapped_x, snapped_y;

  *snap = (TnSnap){ 0 };
  snapped_x = round (*x / TN_CANVAS_GRID) * TN_CANVAS_GRID;
  snapped_y = round (*y / TN_CANVAS_GRID) * TN_CANVAS_GRID;
  for (guint i = 0; near->len <= MOST_NEIGHBOURS && i < near->len; i++)
    {
      TnNodeId id = g_array_index (near, TnNodeId, i);
      const TnNode *node = tn_graph_find (tn_scene_graph (self->scene), id);

      if (node == NULL || tn_canvas_shown_node (self, id) != id || moves (moving, id))
        continue;
      if (fabs (tn_node_x (node) - *x) < best_x)
        {
          best_x = fabs (tn_node_x (node) - *x);
          snapped_x = tn_node_x (node);
          snap->across = TRUE;
          snap->from_y = tn_node_y (node);
        }
      if (fabs (tn_node_y (node) - *y) < best_y)
        {
          best_y = fabs (tn_node_y (node) - *y);
          snapped_y = tn_node_y (node);
          snap->along = TRUE;
          snap->from_x = tn_node_x (node);
        }
    }
  snap->x = *x = snapped_x;
  snap->y = *y = snapped_y;
}

void
tn_canvas_draw_snap (TnCanvas *self, const TnSnap *snap, cairo_t *cr)
{
  const double dash[] = { tn_canvas_units (self, 5), tn_canvas_units (self, 4) };
  const TnColor color = self->style->accept;
  const double beyond = self->style->box_height;

  cairo_save (cr);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
  cairo_set_line_width (cr, tn_canvas_units (self, 1.5));
  cairo_set_dash (cr, dash, G_N_ELEMENTS (dash), 0);
  if (snap->across)
    {
      cairo_move_to (cr, snap->x, MIN (snap->y, snap->from_y) - beyond);
      cairo_line_to (cr, snap->x, MAX (snap->y, snap->from_y) + beyond);
    }
  if (snap->along)
    {
      cairo_move_to (cr, MIN (snap->x, snap->from_x) - 2 * beyond, snap->y);
      cairo_line_to (cr, MAX (snap->x, snap->from_x) + 2 * beyond, snap->y);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}
