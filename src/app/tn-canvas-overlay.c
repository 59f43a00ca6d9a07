/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies above the tiles: hover, selection, focus, and the feedback of the gesture under way. */
#include <math.h>

#include "app/tn-canvas-private.h"

gboolean
tn_canvas_has_keyboard (TnCanvas *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root == NULL ? NULL : gtk_root_get_focus (root);

  return focus != NULL
         && (focus == GTK_WIDGET (self) || gtk_widget_is_ancestor (focus, GTK_WIDGET (self)));
}

static void
draw_ring (TnCanvas *self, cairo_t *cr, TnRect box)
{
  const double radius = self->style->box_radius + 2;

  box = (TnRect){ box.x - 2, box.y - 2, box.width + 4, box.height + 4 };
  cairo_new_sub_path (cr);
  cairo_arc (cr, box.x + box.width - radius, box.y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, box.x + box.width - radius, box.y + box.height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, box.x + radius, box.y + box.height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, box.x + radius, box.y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
  cairo_stroke (cr);
}

static void
draw_hover (TnCanvas *self, cairo_t *cr)
{
  TnColor color = self->style->hover;
  const TnGroup *group;
  double x, y;
  TnRect box;

  if (self->tool != NULL)
    return;
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * 0.6);
  cairo_set_line_width (cr, tn_canvas_units (self, 1.5));
  switch (self->hover.kind)
    {
    case TN_HIT_NODE:
    case TN_HIT_BADGE:
      if (tn_document_is_selected (self->document, self->hover.node)
          || !tn_scene_node_box (self->scene, self->hover.node, &box))
        return;
      draw_ring (self, cr, box);
      return;
    case TN_HIT_WIRE:
      tn_painter_highlight_wire (self->scene, cr, self->hover.node, self->hover.call,
                                 self->hover.slot, color);
      return;
    case TN_HIT_INPUT:
      if (!tn_scene_input_port (self->scene, self->hover.node, self->hover.call, self->hover.slot,
                                &x, &y))
        return;
      break;
    case TN_HIT_OUTPUT:
      if (!tn_scene_output_port (self->scene, self->hover.ref, &x, &y))
        return;
      break;
    case TN_HIT_MARK:
    case TN_HIT_FRAME:
      group = tn_scene_hit_group (self->scene, &self->hover);
      if (group != NULL && tn_scene_group_box (self->scene, group, &box))
        draw_ring (self, cr, box);
      return;
    case TN_HIT_NOTHING:
      return;
    }
  color = self->style->selection;
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, self->style->port_radius + 2.5, 0, 2 * G_PI);
  cairo_stroke (cr);
}

static void
draw_selection (TnCanvas *self, cairo_t *cr)
{
  const GArray *selection = tn_document_selection (self->document);
  const gboolean focused = tn_canvas_has_keyboard (self);
  const double scale = self->viewport.zoom * self->viewport.scale_factor;
  TnRect visible = tn_viewport_visible (&self->viewport);
  const TnGroup *group = tn_document_selected_group (self->document);

  if (group != NULL && tn_group_is_open (group))
    {
      tn_painter_group_selection (self->scene, cr, group, scale);
      return;
    }
  for (guint i = 0; i < selection->len; i++)
    {
      TnNodeId node = g_array_index (selection, TnNodeId, i);
      TnRect box;

      if (tn_scene_node_box (self->scene, node, &box) && tn_rect_intersects (box, visible))
        tn_painter_selection (self->scene, cr, node, focused && node == self->cursor, scale);
    }
  if (self->wire.kind == TN_HIT_WIRE)
    tn_painter_highlight_wire (self->scene, cr, self->wire.node, self->wire.call, self->wire.slot,
                               self->style->selection);
}

static gboolean
overlay_is_empty (TnCanvas *self)
{
  return self->found == NULL && self->tool == NULL && self->preview == NULL
         && self->trace_links == NULL && self->hover.kind == TN_HIT_NOTHING
         && self->wire.kind == TN_HIT_NOTHING && tn_document_selection (self->document)->len == 0;
}

/* What the overlay may cover, in widget units: its damage is what the window system must show anew.
 */
static graphene_rect_t
overlay_bounds (TnCanvas *self)
{
  const GArray *selection = tn_document_selection (self->document);
  const double reach = 24 + 24 * self->viewport.zoom;
  graphene_rect_t window
      = GRAPHENE_RECT_INIT (0, 0, (float)self->viewport.width, (float)self->viewport.height);
  graphene_rect_t bounds;
  gboolean first = TRUE;

  if (self->found != NULL || self->tool != NULL || self->preview != NULL
      || self->trace_links != NULL || self->wire.kind == TN_HIT_WIRE
      || self->hover.kind == TN_HIT_WIRE || selection->len > 16 || self->hover.kind == TN_HIT_FRAME
      || self->hover.kind == TN_HIT_MARK || tn_document_selected_group (self->document) != NULL)
    return window;
  for (guint i = 0; i <= selection->len; i++)
    {
      TnNodeId node
          = i < selection->len ? g_array_index (selection, TnNodeId, i) : self->hover.node;
      graphene_rect_t one;
      TnRect box;

      if (i == selection->len && self->hover.kind == TN_HIT_OUTPUT)
        node = self->hover.ref.node;
      else if (i == selection->len && self->hover.kind == TN_HIT_NOTHING)
        continue;
      if (!tn_scene_node_box (self->scene, node, &box))
        continue;
      box = tn_viewport_rect_to_widget (&self->viewport, box);
      one = GRAPHENE_RECT_INIT ((float)(box.x - reach), (float)(box.y - reach),
                                (float)(box.width + 2 * reach), (float)(box.height + 2 * reach));
      if (first)
        bounds = one;
      else
        graphene_rect_union (&bounds, &one, &bounds);
      first = FALSE;
    }
  if (first || !graphene_rect_intersection (&bounds, &window, &bounds))
    return GRAPHENE_RECT_INIT (0, 0, 0, 0);
  graphene_rect_round_extents (&bounds, &bounds);
  return bounds;
}

void
tn_canvas_draw_overlay (TnCanvas *self, GtkSnapshot *snapshot)
{
  graphene_rect_t bounds;
  double x, y;
  cairo_t *cr;

  if (self->document == NULL || self->scene == NULL || overlay_is_empty (self))
    return;
  bounds = overlay_bounds (self);
  if (bounds.size.width <= 0 || bounds.size.height <= 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_save (cr);
  tn_viewport_origin (&self->viewport, &x, &y);
  cairo_translate (cr, x, y);
  cairo_scale (cr, self->viewport.zoom, self->viewport.zoom);
  if (self->trace_links != NULL)
    tn_canvas_draw_trace (self, cr);
  tn_canvas_draw_found (self, cr);
  draw_hover (self, cr);
  draw_selection (self, cr);
  if (self->preview != NULL)
    tn_canvas_draw_preview (self, cr);
  if (self->tool != NULL && self->tool->draw != NULL)
    self->tool->draw (self, self->tool_state, cr);
  cairo_restore (cr);
  if (self->trace_links != NULL)
    tn_canvas_draw_trace_card (self, cr);
  /* Cards of text are as large as text is. */
  cairo_scale (cr, self->text_scale, self->text_scale);
  if (self->callout != NULL)
    tn_painter_callout (self->style, cr,
                        (TnRect){ 0, 0, self->viewport.width / self->text_scale,
                                  self->viewport.height / self->text_scale },
                        self->pointer.widget_x / self->text_scale,
                        self->pointer.widget_y / self->text_scale,
                        /* What would follow of a wire stands below. */
                        self->tool == &tn_tool_wire, self->callout, self->callout_color);
  cairo_destroy (cr);
}
