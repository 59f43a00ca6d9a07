/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the model is seen, and what of it is pointed out. */
#include "app/tn-canvas-view.h"

#include "app/tn-canvas-private.h"

/* Layers that were searched for have rings around them. */

#define MARGIN           48
#define SELECTION_MARGIN 48
/* Larger than life, a few layers need not be. */
#define MOST_ZOOM 1.5

void
tn_canvas_set_found (TnCanvas *self, const GArray *nodes)
{
  g_return_if_fail (TN_IS_CANVAS (self));

  g_clear_pointer (&self->found, g_array_unref);
  if (nodes != NULL && nodes->len > 0)
    self->found = g_array_copy ((GArray *)nodes);
  self->found_current = TN_NODE_NONE;
  tn_canvas_queue_overlay (self);
}

void
tn_canvas_go_to_found (TnCanvas *self, TnNodeId node)
{
  TnRect box;

  g_return_if_fail (TN_IS_CANVAS (self));

  tn_canvas_sync (self);
  self->found_current = node;
  if (self->scene != NULL && tn_scene_node_box (self->scene, node, &box)
      && tn_viewport_reveal (&self->viewport, box, MARGIN))
    tn_canvas_view_changed (self);
  tn_canvas_queue_overlay (self);
}

void
tn_canvas_draw_found (TnCanvas *self, cairo_t *cr)
{
  const TnRect visible = tn_viewport_visible (&self->viewport);
  const double width = tn_canvas_units (self, 2);

  if (self->found == NULL)
    return;
  for (guint i = 0; i < self->found->len; i++)
    {
      TnNodeId node = g_array_index (self->found, TnNodeId, i);
      gboolean current = node == self->found_current;
      TnColor color = current ? self->style->selection : self->style->warning_mark;
      TnRect box;

      if (!tn_scene_node_box (self->scene, node, &box) || !tn_rect_intersects (box, visible))
        continue;
      /* Dashed, and the present one whole and wide: told apart by form. */
      cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.16);
      cairo_rectangle (cr, box.x - 3 * width, box.y - 3 * width, box.width + 6 * width,
                       box.height + 6 * width);
      cairo_fill_preserve (cr);
      cairo_set_source_rgba (cr, color.red, color.green, color.blue, 1);
      cairo_set_line_width (cr, current ? 1.6 * width : width);
      if (!current)
        cairo_set_dash (cr, (const double[]){ 3 * width, 2 * width }, 2, 0);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
    }
}

TnViewport
tn_canvas_view (TnCanvas *self)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), ((TnViewport){ .zoom = 1 }));
  return self->viewport;
}

void
tn_canvas_set_view (TnCanvas *self, const TnViewport *view)
{
  g_return_if_fail (TN_IS_CANVAS (self) && view != NULL);

  /* The size is the widget's own, which may have changed. */
  tn_canvas_zoom_at (self, view->zoom / self->viewport.zoom, 0, 0);
  self->viewport.x = view->x;
  self->viewport.y = view->y;
  tn_canvas_view_changed (self);
}

void
tn_canvas_centre (TnCanvas *self, double x, double y)
{
  double widget_x, widget_y;

  g_return_if_fail (TN_IS_CANVAS (self));

  tn_viewport_to_widget (&self->viewport, x, y, &widget_x, &widget_y);
  tn_viewport_pan (&self->viewport, self->viewport.width / 2 - widget_x,
                   self->viewport.height / 2 - widget_y);
  tn_canvas_view_changed (self);
}

/* ---- zooming ---- */

static void
zoom_selection_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const GArray *selection;
  TnRect bounds = { 0 };
  gboolean any = FALSE;

  if (self->document == NULL)
    return;
  tn_canvas_sync (self);
  selection = tn_document_selection (self->document);
  for (guint i = 0; i < selection->len; i++)
    {
      TnRect box;

      if (!tn_scene_node_box (self->scene, g_array_index (selection, TnNodeId, i), &box))
        continue;
      if (any)
        {
          double right = MAX (bounds.x + bounds.width, box.x + box.width);
          double bottom = MAX (bounds.y + bounds.height, box.y + box.height);

          bounds.x = MIN (bounds.x, box.x);
          bounds.y = MIN (bounds.y, box.y);
          bounds.width = right - bounds.x;
          bounds.height = bottom - bounds.y;
        }
      else
        bounds = box;
      any = TRUE;
    }
  if (any)
    tn_canvas_show_rect (self, bounds, SELECTION_MARGIN, MOST_ZOOM);
  else
    tn_canvas_zoom_fit (self);
}

static void
zoom_to_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  tn_canvas_zoom_at (self, g_variant_get_double (parameter) / tn_canvas_zoom (self),
                     self->viewport.width / 2, self->viewport.height / 2);
}

/* ---- wires ---- */

void
tn_canvas_set_wires (TnCanvas *self, TnWires wires)
{
  g_return_if_fail (TN_IS_CANVAS (self));

  if (self->wires == wires)
    return;
  self->wires = wires;
  tn_canvas_outdate (self);
}

TnWires
tn_canvas_wires (TnCanvas *self)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), TN_WIRES_CURVED);
  return self->wires;
}

void
tn_canvas_view_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.zoom-selection", NULL, zoom_selection_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-to", "d", zoom_to_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_8, GDK_CONTROL_MASK, "canvas.zoom-selection",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_KP_8, GDK_CONTROL_MASK,
                                       "canvas.zoom-selection", NULL);
}
