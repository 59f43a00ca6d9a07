/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The knife: a line drawn with Ctrl and the second button; all wires that it crosses are cut, as
 * one step. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"

/* A line has a point every so many widget units at least. */
#define POINT_GAP 6

typedef struct
{
  GArray *points;   /* x and y in turn, document units */
  GArray *wires;    /* of TnHit: those crossed so far, each once */
  double x, y;      /* of the press, widget units */
  gboolean cutting; /* beyond a click */
} TnCut;

static gboolean
cut_wants (TnCanvas *canvas, const TnPointer *at)
{
  return at->button == GDK_BUTTON_SECONDARY && (at->state & GDK_CONTROL_MASK) != 0
         && canvas->document != NULL;
}

static void
append_point (TnCut *cut, const TnPointer *at)
{
  g_array_append_val (cut->points, at->x);
  g_array_append_val (cut->points, at->y);
}

static void
cut_begin (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnCut *cut = state;

  cut->points = g_array_new (FALSE, FALSE, sizeof (double));
  cut->wires = g_array_new (FALSE, FALSE, sizeof (TnHit));
  cut->x = at->widget_x;
  cut->y = at->widget_y;
  append_point (cut, at);
}

static void
append_wire (TnCut *cut, const TnHit *wire)
{
  for (guint i = 0; i < cut->wires->len; i++)
    {
      const TnHit *other = &g_array_index (cut->wires, TnHit, i);

      if (other->node == wire->node && other->call == wire->call && other->slot == wire->slot)
        return;
    }
  g_array_append_val (cut->wires, *wire);
}

static void
cut_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnCut *cut = state;
  const double *last = &g_array_index (cut->points, double, cut->points->len - 2);
  g_autoptr (GArray) crossed = g_array_new (FALSE, FALSE, sizeof (TnHit));
  g_autofree char *text = NULL;

  tn_canvas_sync (canvas);
  if (!cut->cutting
      && !gtk_drag_check_threshold (GTK_WIDGET (canvas), (int)cut->x, (int)cut->y,
                                    (int)at->widget_x, (int)at->widget_y))
    return;
  cut->cutting = TRUE;
  if (hypot (at->x - last[0], at->y - last[1]) < tn_canvas_units (canvas, POINT_GAP))
    return;
  tn_scene_wires_crossed (canvas->scene, last[0], last[1], at->x, at->y, crossed);
  for (guint i = 0; i < crossed->len; i++)
    append_wire (cut, &g_array_index (crossed, TnHit, i));
  append_point (cut, at);
  if (cut->wires->len > 0)
    text = g_strdup_printf (ngettext ("Cuts %u wire", "Cuts %u wires", cut->wires->len),
                            cut->wires->len);
  tn_canvas_set_callout (canvas, text, canvas->style->refuse);
  tn_canvas_queue_overlay (canvas);
}

static void
cut_end (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnCut *cut = state;
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (TnWireEnd));
  TnEditArgs args = { 0 };

  cut_motion (canvas, state, at);
  if (!cut->cutting)
    {
      tn_canvas_show_menu (canvas, &at->hit, at->widget_x, at->widget_y);
      return;
    }
  for (guint i = 0; i < cut->wires->len; i++)
    {
      const TnHit *wire = &g_array_index (cut->wires, TnHit, i);
      TnWireEnd end = { wire->node, wire->call, wire->slot };

      g_array_append_val (ends, end);
    }
  if (ends->len == 0)
    return;
  args.wires = (const TnWireEnd *)(gpointer)ends->data;
  args.n_wires = ends->len;
  tn_canvas_apply (canvas, &tn_edit_cut_wires, &args);
}

static void
cut_clear (gpointer state)
{
  TnCut *cut = state;

  g_clear_pointer (&cut->points, g_array_unref);
  g_clear_pointer (&cut->wires, g_array_unref);
}

static void
cut_draw (TnCanvas *canvas, gconstpointer state, cairo_t *cr)
{
  const TnCut *cut = state;
  TnColor color = canvas->style->refuse;

  if (!cut->cutting)
    return;
  for (guint i = 0; i < cut->wires->len; i++)
    {
      const TnHit *wire = &g_array_index (cut->wires, TnHit, i);

      tn_painter_highlight_wire (canvas->scene, cr, wire->node, wire->call, wire->slot, color);
    }
  cairo_new_path (cr);
  for (guint i = 0; i < cut->points->len; i += 2)
    cairo_line_to (cr, g_array_index (cut->points, double, i),
                   g_array_index (cut->points, double, i + 1));
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 1);
  cairo_set_line_width (cr, tn_canvas_units (canvas, 1.5));
  cairo_set_dash (cr, (const double[]){ tn_canvas_units (canvas, 5), tn_canvas_units (canvas, 3) },
                  2, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

const TnTool tn_tool_cut = {
  .name = "cut",
  .cursor = "crosshair",
  .state_size = sizeof (TnCut),
  .wants = cut_wants,
  .begin = cut_begin,
  .motion = cut_motion,
  .end = cut_end,
  .clear = cut_clear,
  .draw = cut_draw,
};
