/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wire tool: draws a wire from port to port, takes hold of an end of one, or selects one. */
#include <math.h>

#include "app/tn-wire-drag.h"
#include "base/tn-i18n.h"

/* The wire's end jumps to a port this near, in widget units. */
#define SNAP_REACH 24

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
hold_output (TnWireDrag *wire, TnRef from)
{
  wire->from_output = TRUE;
  wire->from = from;
}

static void
hold_input (TnWireDrag *wire, const TnHit *input)
{
  wire->from_output = FALSE;
  wire->to = input->node;
  wire->call = input->call;
  wire->slot = input->slot;
}

/* Which end of a wire stays when it is pulled at a point: the farther one. */
static void
take_hold (TnCanvas *canvas, TnWireDrag *wire)
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
  TnWireDrag *wire = state;

  tn_canvas_sync (canvas);
  wire->press = at->hit;
  wire->press_x = wire->x = at->x;
  wire->press_y = wire->y = at->y;
  wire->old.kind = TN_HIT_NOTHING;
  wire->target.kind = TN_HIT_NOTHING;
  wire->canvas = canvas;

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
try_join (TnCanvas *canvas, const TnWireDrag *wire, const TnHit *target, TnReport *report)
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
body_target (TnCanvas *canvas, const TnWireDrag *wire, const TnNode *node, TnHit *target)
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

typedef struct
{
  TnWireDrag *wire;
  double x, y;
  gboolean possible; /* only such ports */
  double distance;   /* of the nearest, at first the reach */
  TnHit nearest;
  double nearest_x, nearest_y;
} PortSearch;

static void
search_port (const TnHit *port, double x, double y, gpointer user_data)
{
  PortSearch *search = user_data;
  double distance = hypot (x - search->x, y - search->y);

  if (distance > search->distance
      || (search->possible && tn_wire_fit (search->wire, port, NULL) == TN_FIT_IMPOSSIBLE))
    return;
  search->distance = distance;
  search->nearest = *port;
  search->nearest_x = x;
  search->nearest_y = y;
}

#define MOST_ON_CYCLE 6

/* "a → b → c → a": the way from layer @to down to @from, and the wire back. NULL: there is none. */
static char *
cycle_text (const TnGraph *graph, TnNodeId from, TnNodeId to)
{
  g_autoptr (GHashTable) before = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GString *text;

  /* From the nearest on, so that it is a shortest one. */
  g_array_append_val (queue, from);
  g_hash_table_insert (before, GUINT_TO_POINTER (from), GUINT_TO_POINTER (TN_NODE_NONE));
  for (guint i = 0; i < queue->len && !g_hash_table_contains (before, GUINT_TO_POINTER (to)); i++)
    {
      TnNodeId id = g_array_index (queue, TnNodeId, i);
      const TnNode *node = tn_graph_find (graph, id);

      for (guint call = 0; node != NULL && call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            TnNodeId source = tn_node_input (node, call, slot).node;

            if (source == TN_NODE_NONE || g_hash_table_contains (before, GUINT_TO_POINTER (source)))
              continue;
            g_hash_table_insert (before, GUINT_TO_POINTER (source), GUINT_TO_POINTER (id));
            g_array_append_val (queue, source);
          }
    }
  if (from == to || !g_hash_table_contains (before, GUINT_TO_POINTER (to)))
    return NULL;
  for (TnNodeId id = to; id != TN_NODE_NONE;
       id = GPOINTER_TO_UINT (g_hash_table_lookup (before, GUINT_TO_POINTER (id))))
    g_ptr_array_add (names, (gpointer)tn_node_name (tn_graph_find (graph, id)));
  g_ptr_array_add (names, (gpointer)tn_node_name (tn_graph_find (graph, to)));
  text = g_string_new (names->pdata[0]);
  for (guint i = 1; i < names->len; i++)
    if (names->len <= MOST_ON_CYCLE || i < MOST_ON_CYCLE / 2 || i + MOST_ON_CYCLE / 2 > names->len)
      g_string_append_printf (text, " → %s", (const char *)names->pdata[i]);
    else if (i == MOST_ON_CYCLE / 2)
      g_string_append (text, " → …");
  return g_string_free (text, FALSE);
}

/* The first of them, or a sentence that says as much as is known. */
static char *
reason (const TnReport *report, const TnNode *node, const TnWireDrag *wire)
{
  const char *first = tn_report_first (report);

  if (first != NULL && g_str_equal (tn_report_issue (report, 0)->code, "cycle"))
    {
      g_autofree char *cycle
          = wire->from_output
                ? cycle_text (tn_canvas_graph (wire->canvas), wire->from.node, tn_node_id (node))
                : cycle_text (tn_canvas_graph (wire->canvas), tn_node_id (node), wire->to);

      if (cycle != NULL)
        return g_strdup_printf ("%s\n%s", first, cycle);
    }
  if (first != NULL)
    return g_strdup (first);
  return g_strdup_printf (wire->from_output ? _ ("%s takes no input.") : _ ("%s has no output."),
                          tn_node_name (node));
}

/* Of those that lie under the pointer, which is meant? In a closed group, one that has a port; and
 * of these one that is still free. */
static gboolean
is_better_body (TnCanvas *canvas, const TnWireDrag *wire, const TnNode *node, const TnNode *body)
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
find_target (TnCanvas *canvas, TnWireDrag *wire, const TnPointer *at)
{
  const TnGraph *graph = tn_scene_graph (canvas->scene);
  const double reach = tn_canvas_units (canvas, SNAP_REACH);
  const TnNodeId own = wire->from_output ? wire->from.node : wire->to;
  TnRect around = { at->x - reach, at->y - reach, 2 * reach, 2 * reach };
  g_autoptr (GArray) nodes = tn_scene_nodes_in (canvas->scene, around, FALSE);
  PortSearch allowed = { wire, at->x, at->y, TRUE, reach, { .kind = TN_HIT_NOTHING }, 0, 0 };
  PortSearch any = {
    wire, at->x, at->y, FALSE, tn_canvas_units (canvas, 8), { .kind = TN_HIT_NOTHING }, 0, 0
  };
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
      tn_wire_each_port (wire, node, search_port, &allowed);
      tn_wire_each_port (wire, node, search_port, &any);
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

static void
wire_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnWireDrag *wire = state;

  tn_canvas_sync (canvas);
  if (!wire->moved)
    {
      double threshold = tn_canvas_units (canvas, 8);

      if (hypot (at->x - wire->press_x, at->y - wire->press_y) < threshold)
        return;
      wire->moved = TRUE;
    }
  wire->joining = (at->state & GDK_SHIFT_MASK) != 0;
  find_target (canvas, wire, at);
  tn_wire_foresee (wire);
  tn_wire_ask_ports (wire);
  tn_canvas_queue_overlay (canvas);
}

static void
wire_end (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnWireDrag *wire = state;

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
    tn_wire_join (wire);
  else if (wire->refusal != NULL)
    tn_canvas_refuse (canvas, wire->refusal);
  else if (wire->old.kind == TN_HIT_WIRE)
    {
      TnEditArgs args = { .node = wire->old.node, .call = wire->old.call, .slot = wire->old.slot };

      tn_canvas_apply (canvas, &tn_edit_disconnect, &args);
    }
  else
    tn_canvas_request_add (canvas, &(TnAddRequest){
                                       .x = at->x,
                                       .y = at->y,
                                       .from = wire->from_output ? wire->from : (TnRef){ 0 },
                                       .to = wire->from_output ? TN_NODE_NONE : wire->to,
                                       .call = wire->call,
                                       .slot = wire->slot,
                                   });
}

static void
wire_clear (gpointer state)
{
  TnWireDrag *wire = state;

  tn_wire_forget_ports (wire);
  tn_wire_forget_forecast (wire);
  g_free (wire->refusal);
}

/* ---- drawing ---- */

static TnColor
target_color (const TnWireDrag *wire)
{
  const TnStyle *style = wire->canvas->style;

  switch (tn_wire_fit ((TnWireDrag *)wire, &wire->target, NULL))
    {
    case TN_FIT_WARNING:
      return style->warning_mark;
    case TN_FIT_WRONG:
      return style->error;
    default:
      return style->accept;
    }
}

static void
wire_draw (TnCanvas *canvas, gconstpointer state, cairo_t *cr)
{
  const TnWireDrag *wire = state;
  const TnStyle *style = canvas->style;
  double x = wire->x, y = wire->y;
  TnColor color = style->selection;

  if (!wire->moved)
    return;
  if (wire->old.kind == TN_HIT_WIRE)
    tn_painter_highlight_wire (canvas->scene, cr, wire->old.node, wire->old.call, wire->old.slot,
                               style->background);
  if (wire->refusal != NULL)
    color = style->refuse;
  else if (wire->target.kind != TN_HIT_NOTHING)
    color = target_color (wire);
  if (wire->from_output && tn_scene_output_port (canvas->scene, wire->from, &x, &y))
    tn_painter_wire (canvas->scene, cr, x, y, wire->x, wire->y, color, wire->refusal != NULL);
  else if (!wire->from_output
           && tn_scene_input_port (canvas->scene, wire->to, wire->call, wire->slot, &x, &y))
    tn_painter_wire (canvas->scene, cr, wire->x, wire->y, x, y, color, wire->refusal != NULL);
  tn_outlook_draw (&wire->outlook, cr, FALSE);
  tn_wire_draw_ports (wire, cr);
}

const TnTool tn_tool_wire = {
  .name = "wire",
  .cursor = "crosshair",
  .state_size = sizeof (TnWireDrag),
  .wants = wire_wants,
  .begin = wire_begin,
  .motion = wire_motion,
  .end = wire_end,
  .clear = wire_clear,
  .draw = wire_draw,
};
