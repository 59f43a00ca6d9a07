/* SPDX-License-Identifier: GPL-3.0-or-later */
/* While a wire is drawn, every port shows whether it fits there: by form as well as by colour. */
#include <math.h>

#include "app/tn-wire-drag.h"
#include "scene/tn-glyph.h"

/* Signs at ports are drawn for so many layers at most: no eye follows more. */
#define MOST_LAYERS 400
/* Below this zoom ports are not to be told apart. */
#define LEAST_ZOOM 0.25
/* Microseconds a frame for asking. */
#define ASKING_BUDGET 4000

void
tn_wire_each_port (const TnWireDrag *wire, const TnNode *node, TnPortFunc function,
                   gpointer user_data)
{
  const TnScene *scene = wire->canvas->scene;
  const TnNodeId id = tn_node_id (node);
  double x, y;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    if (wire->from_output)
      for (guint slot = 0; slot < tn_scene_n_input_ports (scene, id, call); slot++)
        {
          TnHit port = { .kind = TN_HIT_INPUT, .node = id, .call = call, .slot = slot };

          if (tn_scene_input_port (scene, id, call, slot, &x, &y))
            function (&port, x, y, user_data);
        }
    else
      for (guint output = 0; output < tn_node_n_outputs (node); output++)
        {
          TnHit port = { .kind = TN_HIT_OUTPUT, .node = id };

          port.ref = (TnRef){ id, (guint16)call, (guint16)output };
          if (tn_scene_output_port (scene, port.ref, &x, &y))
            function (&port, x, y, user_data);
        }
}

/* The model or what is known of it may have changed meanwhile. */
static TnTrial *
current_trial (TnWireDrag *wire)
{
  const TnGraph *graph = tn_canvas_graph (wire->canvas);

  if (wire->trial != NULL && wire->trial_graph == graph)
    return wire->trial;
  g_clear_pointer (&wire->trial, tn_trial_free);
  wire->trial = tn_trial_new (graph, wire->canvas->facts);
  wire->trial_graph = graph;
  return wire->trial;
}

TnFit
tn_wire_fit (TnWireDrag *wire, const TnHit *port, char **reason)
{
  TnTrial *trial = current_trial (wire);

  if (wire->from_output)
    return tn_trial_fit (trial, wire->from, port->node, port->call, port->slot, reason);
  return tn_trial_fit (trial, port->ref, wire->to, wire->call, wire->slot, reason);
}

static gboolean
is_known (const TnWireDrag *wire, const TnHit *port, TnFit *fit)
{
  if (wire->trial == NULL)
    return FALSE;
  if (wire->from_output)
    return tn_trial_known (wire->trial, wire->from, port->node, port->call, port->slot, fit);
  return tn_trial_known (wire->trial, port->ref, wire->to, wire->call, wire->slot, fit);
}

/* Calls @function for all ports in view. */
static void
each_visible_port (const TnWireDrag *wire, TnPortFunc function, gpointer user_data)
{
  TnCanvas *canvas = wire->canvas;
  const TnGraph *graph = tn_scene_graph (canvas->scene);
  g_autoptr (GArray) nodes = NULL;

  if (canvas->viewport.zoom < LEAST_ZOOM)
    return;
  nodes = tn_scene_nodes_in (canvas->scene, tn_viewport_visible (&canvas->viewport), FALSE);
  for (guint i = 0; i < MIN (nodes->len, MOST_LAYERS); i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (nodes, TnNodeId, i));

      if (node != NULL)
        tn_wire_each_port (wire, node, function, user_data);
    }
}

/* ---- asking ---- */

typedef struct
{
  TnWireDrag *wire;
  gint64 until;
  gboolean unfinished;
} Asking;

static void
ask (const TnHit *port, double x, double y, gpointer user_data)
{
  Asking *asking = user_data;
  TnFit fit;

  if (is_known (asking->wire, port, &fit))
    return;
  if (g_get_monotonic_time () > asking->until)
    asking->unfinished = TRUE;
  else
    tn_wire_fit (asking->wire, port, NULL);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TnWireDrag *wire = user_data;
  Asking asking = { wire, g_get_monotonic_time () + ASKING_BUDGET, FALSE };

  tn_canvas_sync (wire->canvas);
  current_trial (wire);
  each_visible_port (wire, ask, &asking);
  tn_canvas_queue_overlay (wire->canvas);
  if (asking.unfinished)
    return G_SOURCE_CONTINUE;
  wire->tick = 0;
  return G_SOURCE_REMOVE;
}

void
tn_wire_ask_ports (TnWireDrag *wire)
{
  if (wire->tick == 0)
    wire->tick = gtk_widget_add_tick_callback (GTK_WIDGET (wire->canvas), tick_cb, wire, NULL);
}

void
tn_wire_forget_ports (TnWireDrag *wire)
{
  if (wire->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (wire->canvas), wire->tick);
  wire->tick = 0;
  g_clear_pointer (&wire->trial, tn_trial_free);
}

/* ---- drawing ---- */

typedef struct
{
  const TnWireDrag *wire;
  cairo_t *cr;
} Drawing;

static void
stroke (cairo_t *cr, TnColor color, double alpha, double width)
{
  tn_color_set (cr, color, alpha);
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
}

static void
draw_port (const TnHit *port, double x, double y, gpointer user_data)
{
  const Drawing *drawing = user_data;
  const TnStyle *style = drawing->wire->canvas->style;
  const double r = style->port_radius;
  cairo_t *cr = drawing->cr;
  TnFit fit;

  if (!is_known (drawing->wire, port, &fit))
    return;
  cairo_new_path (cr);
  switch (fit)
    {
    case TN_FIT_GOOD:
      cairo_arc (cr, x, y, r + 3, 0, 2 * G_PI);
      stroke (cr, style->accept, 1, 2);
      break;
    case TN_FIT_WARNING:
      cairo_move_to (cr, x, y - r - 7);
      cairo_line_to (cr, x + r + 6, y + r + 3);
      cairo_line_to (cr, x - r - 6, y + r + 3);
      cairo_close_path (cr);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      stroke (cr, style->warning_mark, 1, 2);
      break;
    case TN_FIT_WRONG:
      cairo_arc (cr, x, y, r + 3.5, 0, 2 * G_PI);
      tn_color_set (cr, style->background, 1);
      cairo_fill_preserve (cr);
      stroke (cr, style->error, 1, 1.6);
      tn_glyph_cross (cr, x, y, r + 2, style->error);
      break;
    case TN_FIT_IMPOSSIBLE:
      /* Gone, but for a bar. */
      cairo_arc (cr, x, y, r + 1.5, 0, 2 * G_PI);
      tn_color_set (cr, style->background, 0.9);
      cairo_fill (cr);
      cairo_move_to (cr, x - r + 0.5, y);
      cairo_line_to (cr, x + r - 0.5, y);
      stroke (cr, style->text_dim, 0.8, 1.6);
      break;
    }
  cairo_new_path (cr);
}

void
tn_wire_draw_ports (const TnWireDrag *wire, cairo_t *cr)
{
  Drawing drawing = { wire, cr };

  each_visible_port (wire, draw_port, &drawing);
}
