/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The number whose origin the canvas shows: the layers it passed are lit, a card tells the chain.
 */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "infer/tn-provenance.h"

#define MOST_LINES 9 /* of the card */
#define OSD_HEIGHT 52

static void
forget (TnCanvas *self)
{
  g_clear_pointer (&self->trace_links, g_array_unref);
  g_clear_pointer (&self->trace_layers, g_array_unref);
}

gboolean
tn_canvas_traced (TnCanvas *self, TnRef *ref, int *axis)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), FALSE);
  *ref = self->traced;
  *axis = self->traced_axis;
  return self->trace_links != NULL;
}

void
tn_canvas_trace (TnCanvas *self, TnRef ref, int axis)
{
  TnShape shape = tn_shape_none ();
  gboolean was_traced;

  g_return_if_fail (TN_IS_CANVAS (self));
  was_traced = self->trace_links != NULL;
  tn_canvas_sync (self);
  forget (self);
  if (self->facts != NULL)
    shape = tn_facts_shape (self->facts, ref, NULL);
  if (axis >= 0 && axis < shape.rank)
    {
      self->traced = ref;
      self->traced_axis = axis;
      self->trace_links = tn_provenance_new ();
      tn_provenance_trace (self->facts, ref, axis, self->trace_links);
      self->trace_layers = tn_provenance_layers (self->facts, ref, axis);
    }
  if (was_traced || self->trace_links != NULL)
    {
      tn_canvas_queue_overlay (self);
      g_signal_emit_by_name (self, "trace-changed");
    }
}

gboolean
tn_canvas_trace_end (TnCanvas *self)
{
  gboolean was_traced = self->trace_links != NULL;

  tn_canvas_trace (self, (TnRef){ 0 }, -1);
  return was_traced;
}

void
tn_canvas_trace_again (TnCanvas *self)
{
  if (self->trace_links != NULL)
    tn_canvas_trace (self, self->traced, self->traced_axis);
}

gboolean
tn_canvas_trace_at (TnCanvas *self, double x, double y)
{
  TnRef ref;
  int axis;

  tn_canvas_sync (self);
  if (self->scene == NULL || !tn_scene_dim_at (self->scene, x, y, &ref, &axis))
    return FALSE;
  /* A second click ends it. */
  if (self->trace_links != NULL && tn_ref_equal (ref, self->traced) && axis == self->traced_axis)
    tn_canvas_trace_end (self);
  else
    tn_canvas_trace (self, ref, axis);
  return TRUE;
}

/* A line for each link; of a long chain both ends. */
char *
tn_canvas_trace_text (TnCanvas *self)
{
  const GArray *links = self->trace_links;
  GString *out = g_string_new (NULL);

  if (links->len == 0)
    g_string_append (out, self->traced_axis == 0 ? _ ("The batch: open until the model is run.")
                                                 : _ ("Not known: open until the model is run."));
  for (guint i = 0; i < links->len; i++)
    {
      const TnProvenance *link = &g_array_index (links, TnProvenance, i);
      const TnNode *node = tn_graph_find (tn_canvas_graph (self), link->node);

      if (links->len > MOST_LINES && i == MOST_LINES / 2)
        {
          g_string_append (out, "\n…");
          i = links->len - MOST_LINES / 2 - 1;
          continue;
        }
      g_string_append_printf (out, "%s%s", out->len > 0 ? "\n" : "", link->text);
      if (node != NULL && strstr (link->text, tn_node_name (node)) == NULL)
        g_string_append_printf (out, " (%s)", tn_node_name (node));
    }
  return g_string_free (out, FALSE);
}

void
tn_canvas_draw_trace (TnCanvas *self, cairo_t *cr)
{
  TnLighting lighting = { .ref = self->traced,
                          .axis = self->traced_axis,
                          .layers = self->trace_layers,
                          .links = self->trace_links };

  tn_painter_lighting (self->scene, cr, tn_viewport_visible (&self->viewport), &lighting);
}

void
tn_canvas_draw_trace_card (TnCanvas *self, cairo_t *cr)
{
  g_autofree char *text = tn_canvas_trace_text (self);
  /* Not under the buttons that lie over the canvas's lower edge. */
  const double scale = self->text_scale;
  TnRect area = { 4, 4, self->viewport.width / scale - 8,
                  (self->viewport.height - OSD_HEIGHT) / scale - 8 };
  TnRect box;

  if (!tn_scene_dim_box (self->scene, self->traced, self->traced_axis, &box))
    return;
  box = tn_viewport_rect_to_widget (&self->viewport, box);
  cairo_save (cr);
  cairo_scale (cr, scale, scale);
  tn_painter_card (self->style, cr, area, (box.x + box.width) / scale,
                   (box.y + box.height / 2) / scale, text, self->style->selection);
  cairo_restore (cr);
}
