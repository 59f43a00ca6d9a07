/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines drawn with the second button, and what they do to all wires that they cross, as one step:
 * with Ctrl the knife, which cuts them; with Shift a knot in each. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "scene/tn-glyph.h"

/* A line has a point every so many widget units at least. */
#define POINT_GAP 6
/* Of the sign for a knot, in document units. */
#define KNOT_RADIUS 6

typedef struct
{
  GArray *points;   /* x and y in turn, document units */
  GArray *wires;    /* of TnCrossing: those crossed so far, each once */
  double x, y;      /* of the press, widget units */
  gboolean cutting; /* beyond a click */
} TnCut;

static gboolean
cut_wants (TnCanvas *canvas, const TnPointer *at)
{
  return at->button == GDK_BUTTON_SECONDARY && (at->state & GDK_CONTROL_MASK) != 0
         && canvas->document != NULL;
}

static gboolean
knot_wants (TnCanvas *canvas, const TnPointer *at)
{
  return at->button == GDK_BUTTON_SECONDARY && (at->state & GDK_SHIFT_MASK) != 0
         && canvas->document != NULL;
}

static gboolean
ties_knots (TnCanvas *canvas)
{
  return canvas->tool == &tn_tool_knot;
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
  cut->wires = g_array_new (FALSE, FALSE, sizeof (TnCrossing));
  cut->x = at->widget_x;
  cut->y = at->widget_y;
  append_point (cut, at);
}

static void
append_wire (TnCut *cut, const TnCrossing *crossing)
{
  for (guint i = 0; i < cut->wires->len; i++)
    {
      const TnHit *other = &g_array_index (cut->wires, TnCrossing, i).wire;

      if (other->node == crossing->wire.node && other->call == crossing->wire.call
          && other->slot == crossing->wire.slot)
        return;
    }
  g_array_append_val (cut->wires, *crossing);
}

static TnColor
line_color (TnCanvas *canvas)
{
  return ties_knots (canvas) ? canvas->style->accept : canvas->style->refuse;
}

static void
cut_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnCut *cut = state;
  const double *last = &g_array_index (cut->points, double, cut->points->len - 2);
  g_autoptr (GArray) crossed = g_array_new (FALSE, FALSE, sizeof (TnCrossing));
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
    append_wire (cut, &g_array_index (crossed, TnCrossing, i));
  append_point (cut, at);
  if (cut->wires->len > 0 && ties_knots (canvas))
    text = g_strdup_printf (
        ngettext ("Puts a knot into %u wire", "Puts knots into %u wires", cut->wires->len),
        cut->wires->len);
  else if (cut->wires->len > 0)
    text = g_strdup_printf (ngettext ("Cuts %u wire", "Cuts %u wires", cut->wires->len),
                            cut->wires->len);
  tn_canvas_set_callout (canvas, text, line_color (canvas));
  tn_canvas_queue_overlay (canvas);
}

static void
cut_end (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnCut *cut = state;
  const gboolean knots = ties_knots (canvas);
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (TnWireEnd));
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (double));
  TnEditArgs args = { 0 };

  cut_motion (canvas, state, at);
  if (!cut->cutting)
    {
      tn_canvas_show_menu (canvas, &at->hit, at->widget_x, at->widget_y);
      return;
    }
  for (guint i = 0; i < cut->wires->len; i++)
    {
      const TnCrossing *crossing = &g_array_index (cut->wires, TnCrossing, i);
      const TnHit *wire = &crossing->wire;
      TnWireEnd end = { wire->node, wire->call, wire->slot };

      g_array_append_val (ends, end);
      g_array_append_val (places, crossing->x);
      g_array_append_val (places, crossing->y);
    }
  if (ends->len == 0)
    return;
  args.wires = (const TnWireEnd *)(gpointer)ends->data;
  args.n_wires = ends->len;
  args.places = (const double *)(gpointer)places->data;
  tn_canvas_select_wire (canvas, NULL);
  tn_canvas_apply (canvas,
                   !knots          ? &tn_edit_cut_wires
                   : ends->len > 1 ? &tn_edit_add_knots
                                   : &tn_edit_add_knot,
                   &args);
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
  TnColor color = line_color (canvas);

  if (!cut->cutting)
    return;
  for (guint i = 0; i < cut->wires->len; i++)
    {
      const TnCrossing *crossing = &g_array_index (cut->wires, TnCrossing, i);
      const TnHit *wire = &crossing->wire;

      tn_painter_highlight_wire (canvas->scene, cr, wire->node, wire->call, wire->slot, color);
      if (!ties_knots (canvas))
        continue;
      cairo_new_path (cr);
      cairo_arc (cr, crossing->x, crossing->y, KNOT_RADIUS, 0, 2 * G_PI);
      tn_color_set (cr, color, 1);
      cairo_fill (cr);
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

const TnTool tn_tool_knot = {
  .name = "knot",
  .cursor = "crosshair",
  .state_size = sizeof (TnCut),
  .wants = knot_wants,
  .begin = cut_begin,
  .motion = cut_motion,
  .end = cut_end,
  .clear = cut_clear,
  .draw = cut_draw,
};
