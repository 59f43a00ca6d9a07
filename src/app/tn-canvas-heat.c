/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas coloured by what layers cost, with the scale in its corner. */
#include "app/tn-canvas-private.h"

#define LEGEND_MARGIN 10

void
tn_canvas_draw_heat_legend (TnCanvas *self, GtkSnapshot *snapshot)
{
  const float scale = (float)self->text_scale;
  TnRect legend;
  double y;
  cairo_t *cr;

  if (self->scene == NULL || self->heat == TN_HEAT_NONE
      || tn_graph_size (tn_scene_graph (self->scene)) == 0)
    return;
  legend = tn_scene_heat_legend (self->scene);
  y = self->viewport.height - LEGEND_MARGIN;
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (LEGEND_MARGIN, (float)y - (float)legend.height * scale,
                                     (float)legend.width * scale, (float)legend.height * scale));
  cairo_translate (cr, LEGEND_MARGIN, y);
  cairo_scale (cr, scale, scale);
  tn_painter_heat_legend (self->scene, cr, 0, 0);
  cairo_destroy (cr);
}

void
tn_canvas_set_heat (TnCanvas *self, TnHeat heat)
{
  g_return_if_fail (TN_IS_CANVAS (self) && heat < TN_N_HEATS);

  if (self->heat == heat)
    return;
  self->heat = heat;
  tn_canvas_outdate (self);
}

TnHeat
tn_canvas_heat (TnCanvas *self)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), TN_HEAT_NONE);
  return self->heat;
}

const GArray *
tn_canvas_times (TnCanvas *self)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), NULL);
  return self->heat_times;
}

void
tn_canvas_set_times (TnCanvas *self, GArray *times)
{
  g_return_if_fail (TN_IS_CANVAS (self));

  if (times != NULL)
    g_array_ref (times);
  g_clear_pointer (&self->heat_times, g_array_unref);
  self->heat_times = times;
  if (self->heat == TN_HEAT_TIME)
    tn_canvas_outdate (self);
}
