/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The place tool: what comes from the palette follows the pointer as a ghost and is added where it
 * is dropped, or spliced into the wire beneath. */
#include <math.h>

#include "app/tn-outlook.h"
#include "base/tn-i18n.h"

/* How far from a wire a layer is dropped onto it, in widget units. */
#define WIRE_REACH 18

typedef struct
{
  TnOffer offer;
  TnGraph *block; /* as it is placed, or NULL: a layer is */
  double x, y;
  TnHit wire;    /* that it is over, and would be spliced into unless that is refused */
  char *refusal; /* why it would not; NULL: it would */

  TnOutlook outlook;   /* of the model with it there */
  const TnGraph *base; /* borrowed, only compared: what that was made from */
  TnColor color;       /* how well it would fit */
} TnPlace;

static double
snap (double position)
{
  return round (position / TN_CANVAS_GRID) * TN_CANVAS_GRID;
}

void
tn_tool_place_set_offer (gpointer state, TnOffer offer, TnDirection direction)
{
  TnPlace *place = state;
  g_autoptr (TnGraph) block = offer.block != NULL ? tn_block_read (offer.block, NULL) : NULL;

  place->offer = offer;
  if (block != NULL)
    place->block = tn_block_lay_out (block, direction);
}

static guint
count_inputs (const TnGraph *block)
{
  guint n_inputs = 0;

  for (guint i = 0; i < tn_graph_size (block); i++)
    n_inputs += tn_node_is_source (tn_graph_node (block, i));
  return n_inputs;
}

/* Is it of a kind that stands in wires? */
static gboolean
goes_into_wires (const TnPlace *place)
{
  const TnLayer *layer = place->offer.layer;

  if (layer == NULL)
    return place->block != NULL && count_inputs (place->block) == 1;
  return layer->schema.max_inputs > 0 && layer->schema.n_outputs > 0;
}

/* The model with it in the wire; NULL with the reason in @report. */
static TnGraph *
in_wire (TnCanvas *canvas, const TnPlace *place, TnReport *report)
{
  const TnHit *wire = &place->wire;
  const TnGraph *graph = tn_canvas_graph (canvas);
  const TnSpot spot = { .facts = canvas->facts,
                        .from = wire->ref,
                        .to = wire->node,
                        .call = wire->call,
                        .slot = wire->slot };
  g_autoptr (TnGraph) fitted = NULL;
  g_autofree char *subject = NULL;
  TnEditArgs args = { .x = place->x,
                      .y = place->y,
                      .ref = wire->ref,
                      .node = wire->node,
                      .call = wire->call,
                      .slot = wire->slot };

  if (place->offer.layer != NULL)
    {
      args.schema = &place->offer.layer->schema;
      return tn_edit_add_on_wire.apply (graph, &args, report, &subject);
    }
  fitted = canvas->facts != NULL ? tn_block_fit_spot (place->block, &spot)
                                 : tn_graph_ref (place->block);
  if (fitted == NULL)
    {
      const TnShape shape = tn_spot_shape (&spot);
      g_autofree char *text = tn_shape_to_text (&shape);

      tn_report_add (report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
                     _ ("There is no such block for tensors like %s."), text);
      return NULL;
    }
  args.graph = fitted;
  args.text = tn_offer_label (place->offer);
  return tn_edit_block.apply (graph, &args, report, &subject);
}

/* What is in @after that is not in the model: of TnNodeId, new array. */
static GArray *
new_layers (TnCanvas *canvas, const TnGraph *after)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; i < tn_graph_size (after); i++)
    {
      const TnNodeId id = tn_node_id (tn_graph_node (after, i));

      if (tn_graph_find (tn_canvas_graph (canvas), id) == NULL)
        g_array_append_val (nodes, id);
    }
  return nodes;
}

/* It may have made way for what feeds it: but it is seen where it is held. Takes @after over. */
static TnGraph *
held (const TnPlace *place, TnGraph *after, const GArray *nodes)
{
  const gboolean down = tn_graph_direction (after) == TN_DIRECTION_DOWN;
  g_autoptr (TnGraph) landed = after;
  g_autoptr (TnDraft) draft = tn_draft_new (after);
  double first = INFINITY;

  for (guint i = 0; i < nodes->len; i++)
    {
      const TnNode *node = tn_graph_find (landed, g_array_index (nodes, TnNodeId, i));

      first = MIN (first, down ? tn_node_y (node) : tn_node_x (node));
    }
  for (guint i = 0; i < nodes->len; i++)
    {
      const TnNode *node = tn_graph_find (landed, g_array_index (nodes, TnNodeId, i));

      tn_draft_move (draft, tn_node_id (node), tn_node_x (node) + (down ? 0 : place->x - first),
                     tn_node_y (node) + (down ? place->y - first : 0));
    }
  return tn_draft_finish (draft);
}

static void
tell (gpointer data)
{
  TnPlace *place = data;
  TnCanvas *canvas = place->outlook.canvas;
  g_autoptr (GArray) ends = new_layers (canvas, place->outlook.graph);
  g_autoptr (GString) text = g_string_new (NULL);

  g_array_append_val (ends, place->wire.node);
  place->color
      = tn_outlook_tell (&place->outlook, (const TnNodeId *)(gpointer)ends->data, ends->len, text);
  tn_canvas_set_callout (canvas, text->len > 0 ? text->str : NULL, place->color);
}

/* Shows what would come of it in the wire that it is over. @same: it was over that before. */
static void
foresee (TnCanvas *canvas, TnPlace *place, gboolean same)
{
  g_autoptr (TnReport) report = tn_report_new ();
  TnGraph *after = in_wire (canvas, place, report);
  g_autoptr (GArray) nodes = NULL;
  const char *reason = tn_report_first (report);

  g_clear_pointer (&place->refusal, g_free);
  if (after == NULL)
    {
      place->refusal = g_strdup (reason != NULL ? reason : _ ("This cannot be done here."));
      place->color = canvas->style->refuse;
      tn_outlook_clear (&place->outlook);
      tn_canvas_set_callout (canvas, place->refusal, place->color);
      return;
    }
  nodes = new_layers (canvas, after);
  after = held (place, after, nodes);
  if (same && place->outlook.graph != NULL && place->base == tn_canvas_graph (canvas))
    tn_outlook_move (&place->outlook, after);
  else
    tn_outlook_set (&place->outlook, canvas, after, tell, place);
  place->base = tn_canvas_graph (canvas);
  tell (place);
}

static gboolean
is_same_wire (const TnHit *a, const TnHit *b)
{
  return a->kind == TN_HIT_WIRE && b->kind == TN_HIT_WIRE && a->node == b->node
         && a->call == b->call && a->slot == b->slot;
}

static void
place_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnPlace *place = state;
  const gboolean free_hand = (at->state & GDK_ALT_MASK) != 0;
  const TnHit before = place->wire;
  const double x = place->x, y = place->y;

  place->x = free_hand ? at->x : snap (at->x);
  place->y = free_hand ? at->y : snap (at->y);
  place->wire.kind = TN_HIT_NOTHING;
  if (!free_hand && tn_canvas_graph (canvas) != NULL && goes_into_wires (place))
    {
      tn_canvas_sync (canvas);
      place->wire
          = tn_scene_hit (canvas->scene, at->x, at->y, tn_canvas_units (canvas, WIRE_REACH));
    }
  tn_canvas_queue_overlay (canvas);
  if (place->wire.kind != TN_HIT_WIRE)
    {
      g_clear_pointer (&place->refusal, g_free);
      tn_outlook_clear (&place->outlook);
      tn_canvas_set_callout (canvas, NULL, canvas->style->accept);
    }
  else if (!is_same_wire (&before, &place->wire) || x != place->x || y != place->y
           || place->base != tn_canvas_graph (canvas))
    foresee (canvas, place, is_same_wire (&before, &place->wire));
}

/* Where it is dropped it goes into the wire. */
static gboolean
is_in_wire (const TnPlace *place)
{
  return place->wire.kind == TN_HIT_WIRE && place->refusal == NULL;
}

static void
place_end (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnPlace *place = state;
  TnEditArgs args = { 0 };

  if (canvas->document == NULL)
    return;
  place_motion (canvas, state, at);
  if (place->offer.block != NULL)
    {
      TnAddRequest request = { .x = place->x, .y = place->y };

      if (is_in_wire (place))
        {
          request.from = place->wire.ref;
          request.to = place->wire.node;
          request.call = place->wire.call;
          request.slot = place->wire.slot;
        }
      tn_canvas_put_block (canvas, place->offer, &request);
      return;
    }
  args.schema = &place->offer.layer->schema;
  args.x = place->x;
  args.y = place->y;
  if (is_in_wire (place))
    {
      args.node = place->wire.node;
      args.call = place->wire.call;
      args.slot = place->wire.slot;
      tn_canvas_apply (canvas, &tn_edit_add_on_wire, &args);
    }
  else
    tn_canvas_apply (canvas, &tn_edit_add, &args);
}

static void
place_clear (gpointer state)
{
  TnPlace *place = state;

  g_clear_pointer (&place->block, tn_graph_unref);
  g_clear_pointer (&place->refusal, g_free);
  tn_outlook_clear (&place->outlook);
}

/* All its boxes, the first of them at the pointer, as tn_edit_block puts them. */
static void
draw_block (TnCanvas *canvas, const TnPlace *place, cairo_t *cr)
{
  const gboolean down = tn_graph_direction (place->block) == TN_DIRECTION_DOWN;
  double first = G_MAXDOUBLE, line = 0, dx, dy;

  for (guint i = tn_graph_size (place->block); i-- > 0;)
    {
      const TnNode *node = tn_graph_node (place->block, i);

      if (tn_node_is_source (node))
        line = down ? tn_node_x (node) : tn_node_y (node);
      else
        first = MIN (first, down ? tn_node_y (node) : tn_node_x (node));
    }
  dx = place->x - (down ? line : first);
  dy = place->y - (down ? first : line);
  for (guint i = 0; i < tn_graph_size (place->block); i++)
    {
      const TnNode *node = tn_graph_node (place->block, i);

      if (!tn_node_is_source (node))
        tn_painter_ghost (canvas->style, cr, tn_layer_of (node), tn_node_x (node) + dx,
                          tn_node_y (node) + dy,
                          place->refusal != NULL ? place->color : canvas->style->accept);
    }
}

/* In a wire: all that would come, as it would fit there. */
static void
draw_in_wire (TnCanvas *canvas, const TnPlace *place, cairo_t *cr)
{
  const TnGraph *after = place->outlook.graph;
  g_autoptr (GArray) nodes = new_layers (canvas, after);

  tn_outlook_draw (&place->outlook, cr, TRUE);
  for (guint i = 0; i < nodes->len; i++)
    {
      const TnNode *node = tn_graph_find (after, g_array_index (nodes, TnNodeId, i));

      tn_painter_ghost (canvas->style, cr, tn_layer_of (node), tn_node_x (node), tn_node_y (node),
                        place->color);
    }
}

static void
place_draw (TnCanvas *canvas, gconstpointer state, cairo_t *cr)
{
  const TnPlace *place = state;

  if (place->wire.kind == TN_HIT_WIRE)
    tn_painter_highlight_wire (canvas->scene, cr, place->wire.node, place->wire.call,
                               place->wire.slot, place->color);
  if (place->outlook.graph != NULL)
    draw_in_wire (canvas, place, cr);
  else if (place->block != NULL)
    draw_block (canvas, place, cr);
  else if (place->offer.layer != NULL)
    tn_painter_ghost (canvas->style, cr, place->offer.layer, place->x, place->y,
                      canvas->style->accept);
}

const TnTool tn_tool_place = {
  .name = "place",
  .cursor = "grabbing",
  .state_size = sizeof (TnPlace),
  .begin = place_motion,
  .motion = place_motion,
  .end = place_end,
  .clear = place_clear,
  .draw = place_draw,
};
