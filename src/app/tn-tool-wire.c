/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wire tool: draws a wire from port to port, takes hold of an end of one, or selects one. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"

/* The wire's end jumps to a port this near, in widget units. */
#define SNAP_REACH 24
/* Rings around ports are drawn for so many layers at most: no eye follows more. */
#define MOST_RINGS 400
/* Below this zoom ports are not to be told apart. */
#define LEAST_ZOOM_FOR_RINGS 0.25

typedef struct
{
  /* The end that stays: an output that looks for an input, or the reverse. */
  gboolean from_output;
  TnRef from;
  TnNodeId to;
  guint call, slot;

  TnHit old;   /* the wire whose end was taken hold of, or TN_HIT_NOTHING */
  TnHit press; /* what was pressed */
  double press_x, press_y;
  gboolean moved; /* beyond a click */

  double x, y;          /* where the moving end is, document units */
  TnHit target;         /* what it would be joined to, or TN_HIT_NOTHING */
  char *refusal;        /* why it cannot be joined to what is under it; NULL: nothing there */
  GHashTable *verdicts; /* TnNodeId → may be joined + 1, as asked so far */
} TnWire;

static gboolean
wire_wants (TnCanvas *canvas, const TnPointer *at)
{
  return at->button == GDK_BUTTON_PRIMARY && canvas->document != NULL
         && (at->hit.kind == TN_HIT_INPUT || at->hit.kind == TN_HIT_OUTPUT
             || at->hit.kind == TN_HIT_WIRE);
}

/* The wire that ends at an input, as a hit; TN_HIT_NOTHING where none does. */
static TnHit
wire_at_input (const TnGraph *graph, const TnHit *input)
{
  const TnNode *node = tn_graph_find (graph, input->node);
  TnHit wire = *input;

  wire.kind = TN_HIT_NOTHING;
  if (node == NULL || input->call >= tn_node_n_calls (node)
      || input->slot >= tn_node_n_inputs (node, input->call))
    return wire;
  wire.ref = tn_node_input (node, input->call, input->slot);
  if (wire.ref.node != TN_NODE_NONE)
    wire.kind = TN_HIT_WIRE;
  return wire;
}

static void
hold_output (TnWire *wire, TnRef from)
{
  wire->from_output = TRUE;
  wire->from = from;
}

static void
hold_input (TnWire *wire, const TnHit *input)
{
  wire->from_output = FALSE;
  wire->to = input->node;
  wire->call = input->call;
  wire->slot = input->slot;
}

/* Which end of a wire stays when it is pulled at a point: the farther one. */
static void
take_hold (TnCanvas *canvas, TnWire *wire)
{
  const TnHit *hit = &wire->old;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  tn_scene_output_port (canvas->scene, hit->ref, &x0, &y0);
  tn_scene_input_port (canvas->scene, hit->node, hit->call, hit->slot, &x1, &y1);
  if (hypot (wire->press_x - x0, wire->press_y - y0)
      < hypot (wire->press_x - x1, wire->press_y - y1))
    hold_input (wire, hit);
  else
    hold_output (wire, hit->ref);
}

static void
wire_begin (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnWire *wire = state;

  tn_canvas_sync (canvas);
  wire->press = at->hit;
  wire->press_x = wire->x = at->x;
  wire->press_y = wire->y = at->y;
  wire->old.kind = TN_HIT_NOTHING;
  wire->target.kind = TN_HIT_NOTHING;
  wire->verdicts = g_hash_table_new (NULL, NULL);

  if (at->hit.kind == TN_HIT_OUTPUT)
    hold_output (wire, at->hit.ref);
  else if (at->hit.kind == TN_HIT_INPUT)
    {
      wire->old = wire_at_input (tn_canvas_graph (canvas), &at->hit);
      if (wire->old.kind == TN_HIT_WIRE)
        hold_output (wire, wire->old.ref);
      else
        hold_input (wire, &at->hit);
    }
  else
    {
      wire->old = at->hit;
      take_hold (canvas, wire);
      tn_canvas_select_wire (canvas, &at->hit);
    }
}

/* May the moving end be joined there? Says why not in @report. */
static gboolean
try_join (TnCanvas *canvas, const TnWire *wire, const TnHit *target, TnReport *report)
{
  g_autoptr (TnDraft) draft = tn_draft_new (tn_canvas_graph (canvas));

  if (wire->from_output)
    return tn_draft_connect (draft, wire->from, target->node, target->call, target->slot, report);
  return tn_draft_connect (draft, target->ref, wire->to, wire->call, wire->slot, report);
}

/* Where a wire that is dropped onto the body of a layer goes: its first free slot, or its only one;
 * what a layer that tells its inputs apart can do without is hit at its port only. FALSE when it
 * takes none. */
static gboolean
body_target (TnCanvas *canvas, const TnWire *wire, const TnNode *node, TnHit *target)
{
  const TnSchema *schema = tn_node_schema (node);
  guint n_inputs = tn_node_n_inputs (node, 0);

  *target = (TnHit){ .kind = TN_HIT_OUTPUT, .node = tn_node_id (node) };
  if (!wire->from_output)
    {
      target->ref.node = tn_node_id (node);
      return tn_node_n_outputs (node) > 0;
    }

  target->kind = TN_HIT_INPUT;
  /* What enters a group has an input for each call of it. */
  for (guint call = 0; schema->boundary && call < tn_node_n_calls (node); call++)
    if (tn_node_input (node, call, 0).node == TN_NODE_NONE)
      {
        target->call = call;
        return TRUE;
      }
  for (target->slot = 0; target->slot < n_inputs; target->slot++)
    if (tn_node_input (node, 0, target->slot).node == TN_NODE_NONE)
      return TRUE;
  if (n_inputs >= schema->max_inputs || tn_node_is_optional (node, target->slot))
    target->slot = 0;
  return schema->max_inputs > 0;
}

/* As above, remembered: for the rings, which ask about every layer in every frame. */
static gboolean
may_join_node (TnCanvas *canvas, const TnWire *wire, const TnNode *node)
{
  gpointer key = GUINT_TO_POINTER (tn_node_id (node));
  gpointer known = g_hash_table_lookup (wire->verdicts, key);
  TnHit target;

  if (known == NULL)
    {
      gboolean accepted
          = body_target (canvas, wire, node, &target) && try_join (canvas, wire, &target, NULL);

      known = GINT_TO_POINTER (accepted + 1);
      g_hash_table_insert (wire->verdicts, key, known);
    }
  return GPOINTER_TO_INT (known) == TRUE + 1;
}

typedef void (*TnPortFunc) (const TnHit *port, double x, double y, gpointer user_data);

/* All ports of @node that the moving end could mean, allowed or not. */
static void
each_port (TnCanvas *canvas, const TnWire *wire, const TnNode *node, TnPortFunc function,
           gpointer user_data)
{
  const TnNodeId id = tn_node_id (node);
  double x, y;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    if (wire->from_output)
      for (guint slot = 0; slot < tn_scene_n_input_ports (canvas->scene, id, call); slot++)
        {
          TnHit port = { .kind = TN_HIT_INPUT, .node = id, .call = call, .slot = slot };

          if (tn_scene_input_port (canvas->scene, id, call, slot, &x, &y))
            function (&port, x, y, user_data);
        }
    else
      for (guint output = 0; output < tn_node_n_outputs (node); output++)
        {
          TnHit port = { .kind = TN_HIT_OUTPUT, .node = id };

          port.ref = (TnRef){ id, (guint16)call, (guint16)output };
          if (tn_scene_output_port (canvas->scene, port.ref, &x, &y))
            function (&port, x, y, user_data);
        }
}

typedef struct
{
  double x, y;
  double distance; /* of the nearest, at first the reach */
  TnHit nearest;
  double nearest_x, nearest_y;
} TnSearch;

static void
search_port (const TnHit *port, double x, double y, gpointer user_data)
{
  TnSearch *search = user_data;
  double distance = hypot (x - search->x, y - search->y);

  if (distance > search->distance)
    return;
  search->distance = distance;
  search->nearest = *port;
  search->nearest_x = x;
  search->nearest_y = y;
}

/* The first of them, or a sentence that says as much as is known. */
static char *
reason (const TnReport *report, const TnNode *node, const TnWire *wire)
{
  const char *first = tn_report_first (report);

  if (first != NULL)
    return g_strdup (first);
  return g_strdup_printf (wire->from_output ? _ ("%s takes no input.") : _ ("%s has no output."),
                          tn_node_name (node));
}

/* Of those that lie under the pointer, which is meant? In a closed group, one that has a port; and
 * of these one that is still free. */
static gboolean
is_better_body (TnCanvas *canvas, const TnWire *wire, const TnNode *node, const TnNode *body)
{
  double x, y;
  TnRef ref = { tn_node_id (node), 0, 0 };

  if (tn_scene_covering_group (canvas->scene, tn_node_id (node), NULL) == NULL)
    return TRUE;
  if (!wire->from_output)
    return tn_scene_output_port (canvas->scene, ref, &x, &y);
  if (!tn_node_schema (node)->boundary
      || !tn_scene_input_port (canvas->scene, tn_node_id (node), 0, 0, &x, &y))
    return body == NULL;
  return body == NULL || !tn_node_schema (body)->boundary
         || tn_node_input (node, tn_node_n_calls (node) - 1, 0).node == TN_NODE_NONE;
}

/* Finds what the moving end is joined to at @at. */
static void
find_target (TnCanvas *canvas, TnWire *wire, const TnPointer *at)
{
  const TnGraph *graph = tn_scene_graph (canvas->scene);
  const double reach = tn_canvas_units (canvas, SNAP_REACH);
  const TnNodeId own = wire->from_output ? wire->from.node : wire->to;
  TnRect around = { at->x - reach, at->y - reach, 2 * reach, 2 * reach };
  g_autoptr (GArray) nodes = tn_scene_nodes_in (canvas->scene, around, FALSE);
  TnSearch allowed = { at->x, at->y, reach, { .kind = TN_HIT_NOTHING }, 0, 0 };
  TnSearch any = { at->x, at->y, tn_canvas_units (canvas, 8), { .kind = TN_HIT_NOTHING }, 0, 0 };
  const TnNode *body = NULL;

  wire->x = at->x;
  wire->y = at->y;
  wire->target.kind = TN_HIT_NOTHING;
  g_clear_pointer (&wire->refusal, g_free);

  for (guint i = 0; i < nodes->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (nodes, TnNodeId, i));
      TnRect box;

      if (node == NULL)
        continue;
      if (may_join_node (canvas, wire, node))
        each_port (canvas, wire, node, search_port, &allowed);
      each_port (canvas, wire, node, search_port, &any);
      if (tn_scene_node_box (canvas->scene, tn_node_id (node), &box) && at->x >= box.x
          && at->x <= box.x + box.width && at->y >= box.y && at->y <= box.y + box.height
          && is_better_body (canvas, wire, node, body))
        body = node;
    }

  if (allowed.nearest.kind == TN_HIT_NOTHING && body != NULL && tn_node_id (body) != own)
    {
      g_autoptr (TnReport) report = tn_report_new ();
      TnHit target;

      if (body_target (canvas, wire, body, &target) && try_join (canvas, wire, &target, report))
        {
          wire->target = target;
          if (wire->from_output)
            tn_scene_input_port (canvas->scene, target.node, target.call, target.slot, &wire->x,
                                 &wire->y);
          else
            tn_scene_output_port (canvas->scene, target.ref, &wire->x, &wire->y);
        }
      else
        wire->refusal = reason (report, body, wire);
    }
  else if (allowed.nearest.kind != TN_HIT_NOTHING)
    {
      wire->target = allowed.nearest;
      wire->x = allowed.nearest_x;
      wire->y = allowed.nearest_y;
    }
  else if (any.nearest.kind != TN_HIT_NOTHING)
    {
      g_autoptr (TnReport) report = tn_report_new ();

      if (!try_join (canvas, wire, &any.nearest, report))
        wire->refusal = reason (report, tn_graph_find (graph, any.nearest.node), wire);
    }
}

/* What the wire would carry, for the card at the pointer. */
static void
tell (TnCanvas *canvas, TnWire *wire)
{
  TnHit joined = wire->target;

  if (wire->refusal != NULL)
    {
      tn_canvas_set_callout (canvas, wire->refusal, canvas->style->refuse);
      return;
    }
  if (wire->target.kind == TN_HIT_NOTHING)
    {
      tn_canvas_set_callout (canvas, NULL, canvas->style->refuse);
      return;
    }
  if (wire->from_output)
    joined.ref = wire->from;
  else
    joined.node = wire->to;
  joined.kind = TN_HIT_WIRE;
  {
    g_autofree char *text = tn_canvas_tip (canvas, &joined);

    tn_canvas_set_callout (canvas, text, canvas->style->accept);
  }
}

static void
wire_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnWire *wire = state;

  tn_canvas_sync (canvas);
  if (!wire->moved)
    {
      double threshold = tn_canvas_units (canvas, 8);

      if (hypot (at->x - wire->press_x, at->y - wire->press_y) < threshold)
        return;
      wire->moved = TRUE;
    }
  find_target (canvas, wire, at);
  tell (canvas, wire);
  tn_canvas_queue_overlay (canvas);
}

static void
join (TnCanvas *canvas, const TnWire *wire)
{
  TnEditArgs args = { .ref = wire->from };

  if (wire->from_output)
    {
      args.node = wire->target.node;
      args.call = wire->target.call;
      args.slot = wire->target.slot;
    }
  else
    {
      args.ref = wire->target.ref;
      args.node = wire->to;
      args.call = wire->call;
      args.slot = wire->slot;
    }
  if (wire->from_output && wire->old.kind == TN_HIT_WIRE)
    {
      const TnWireEnd old = { wire->old.node, wire->old.call, wire->old.slot };

      args.wires = &old;
      args.n_wires = 1;
      tn_canvas_apply (canvas, &tn_edit_rewire, &args);
    }
  else
    tn_canvas_apply (canvas, &tn_edit_connect, &args);
}

static void
wire_end (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnWire *wire = state;

  wire_motion (canvas, state, at);
  if (!wire->moved)
    {
      /* A click on a port is about its layer. */
      if (wire->press.kind == TN_HIT_WIRE)
        {
          /* On its label: about that number. */
          if (!tn_canvas_trace_at (canvas, at->x, at->y))
            tn_canvas_trace_end (canvas);
        }
      else
        tn_canvas_go_to (canvas, wire->press.kind == TN_HIT_OUTPUT ? wire->press.ref.node
                                                                   : wire->press.node);
    }
  else if (wire->target.kind != TN_HIT_NOTHING)
    join (canvas, wire);
  else if (wire->refusal != NULL)
    tn_canvas_refuse (canvas, wire->refusal);
  else if (wire->old.kind == TN_HIT_WIRE)
    {
      TnEditArgs args = { .node = wire->old.node, .call = wire->old.call, .slot = wire->old.slot };

      tn_canvas_apply (canvas, &tn_edit_disconnect, &args);
    }
}

static void
wire_clear (gpointer state)
{
  TnWire *wire = state;

  g_clear_pointer (&wire->verdicts, g_hash_table_unref);
  g_free (wire->refusal);
}

/* ---- drawing ---- */

typedef struct
{
  cairo_t *cr;
  const TnStyle *style;
  gboolean accepted;
} TnRings;

static void
draw_ring (const TnHit *port, double x, double y, gpointer user_data)
{
  TnRings *rings = user_data;
  const TnStyle *style = rings->style;
  TnColor color = rings->accepted ? style->accept : style->background;

  cairo_new_sub_path (rings->cr);
  if (rings->accepted)
    {
      cairo_arc (rings->cr, x, y, style->port_radius + 3, 0, 2 * G_PI);
      cairo_set_source_rgba (rings->cr, color.red, color.green, color.blue, color.alpha);
      cairo_set_line_width (rings->cr, 2);
      cairo_stroke (rings->cr);
    }
  else
    {
      cairo_arc (rings->cr, x, y, style->port_radius + 1, 0, 2 * G_PI);
      cairo_set_source_rgba (rings->cr, color.red, color.green, color.blue, 0.75);
      cairo_fill (rings->cr);
    }
}

static void
draw_rings (TnCanvas *canvas, const TnWire *wire, cairo_t *cr)
{
  const TnNodeId own = wire->from_output ? wire->from.node : wire->to;
  g_autoptr (GArray) nodes = NULL;
  TnRings rings = { cr, canvas->style, FALSE };

  if (canvas->viewport.zoom < LEAST_ZOOM_FOR_RINGS)
    return;
  nodes = tn_scene_nodes_in (canvas->scene, tn_viewport_visible (&canvas->viewport), FALSE);
  for (guint i = 0; i < MIN (nodes->len, MOST_RINGS); i++)
    {
      const TnNode *node
          = tn_graph_find (tn_scene_graph (canvas->scene), g_array_index (nodes, TnNodeId, i));

      if (node == NULL)
        continue;
      rings.accepted = tn_node_id (node) != own && may_join_node (canvas, wire, node);
      each_port (canvas, wire, node, draw_ring, &rings);
    }
}

static void
wire_draw (TnCanvas *canvas, gconstpointer state, cairo_t *cr)
{
  const TnWire *wire = state;
  const TnStyle *style = canvas->style;
  double x = wire->x, y = wire->y;
  TnColor color = style->selection;

  if (!wire->moved)
    return;
  if (wire->old.kind == TN_HIT_WIRE)
    tn_painter_highlight_wire (canvas->scene, cr, wire->old.node, wire->old.call, wire->old.slot,
                               style->background);
  draw_rings (canvas, wire, cr);
  if (wire->refusal != NULL)
    color = style->refuse;
  else if (wire->target.kind != TN_HIT_NOTHING)
    color = style->accept;
  if (wire->from_output && tn_scene_output_port (canvas->scene, wire->from, &x, &y))
    tn_painter_wire (style, cr, tn_graph_direction (tn_canvas_graph (canvas)), x, y, wire->x,
                     wire->y, color, wire->refusal != NULL);
  else if (!wire->from_output
           && tn_scene_input_port (canvas->scene, wire->to, wire->call, wire->slot, &x, &y))
    tn_painter_wire (style, cr, tn_graph_direction (tn_canvas_graph (canvas)), wire->x, wire->y, x,
                     y, color, wire->refusal != NULL);
}

const TnTool tn_tool_wire = {
  .name = "wire",
  .cursor = "crosshair",
  .state_size = sizeof (TnWire),
  .wants = wire_wants,
  .begin = wire_begin,
  .motion = wire_motion,
  .end = wire_end,
  .clear = wire_clear,
  .draw = wire_draw,
};
