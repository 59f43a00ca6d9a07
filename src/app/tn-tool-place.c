/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The place tool: what comes from the palette follows the pointer as a ghost and is added where it
 * is dropped, or spliced into the wire beneath. */
#include <math.h>

#include "app/tn-canvas-private.h"

/* How far from a wire a layer is dropped onto it, in widget units. */
#define WIRE_REACH 18

typedef struct
{
  TnOffer offer;
  TnGraph *block; /* as it is placed, or NULL: a layer is */
  double x, y;
  TnHit wire; /* that it would be spliced into */
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
    {
      g_autoptr (TnDraft) draft = tn_draft_new (block);
      g_autoptr (TnGraph) turned = NULL;

      tn_draft_set_direction (draft, direction);
      turned = tn_draft_finish (draft);
      place->block = tn_layout (turned, TRUE);
    }
}

static guint
count_inputs (const TnGraph *block)
{
  guint n_inputs = 0;

  for (guint i = 0; i < tn_graph_size (block); i++)
    n_inputs += tn_node_is_source (tn_graph_node (block, i));
  return n_inputs;
}

/* Would the graph take it into that wire? */
static gboolean
fits_into (TnCanvas *canvas, const TnPlace *place, const TnHit *wire)
{
  const TnLayer *layer = place->offer.layer;
  g_autoptr (TnDraft) draft = NULL;

  if (layer == NULL)
    {
      TnShape shape = canvas->facts != NULL ? tn_facts_seen_shape (canvas->facts, wire->ref, NULL)
                                            : tn_shape_none ();
      g_autoptr (TnGraph) fitted = place->block != NULL && count_inputs (place->block) == 1
                                       ? tn_block_fit (place->block, &shape)
                                       : NULL;

      return fitted != NULL;
    }
  if (layer->schema.max_inputs == 0 || layer->schema.n_outputs == 0)
    return FALSE;
  draft = tn_draft_new (tn_canvas_graph (canvas));
  return tn_draft_insert (draft, &layer->schema, wire->node, wire->call, wire->slot, NULL)
         != TN_NODE_NONE;
}

static void
place_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnPlace *place = state;
  gboolean free_hand = (at->state & GDK_ALT_MASK) != 0;
  TnHit hit = { .kind = TN_HIT_NOTHING };

  place->x = free_hand ? at->x : snap (at->x);
  place->y = free_hand ? at->y : snap (at->y);
  if (!free_hand && tn_canvas_graph (canvas) != NULL)
    {
      tn_canvas_sync (canvas);
      hit = tn_scene_hit (canvas->scene, at->x, at->y, tn_canvas_units (canvas, WIRE_REACH));
    }
  if (hit.kind == TN_HIT_WIRE && fits_into (canvas, place, &hit))
    place->wire = hit;
  else
    place->wire = (TnHit){ .kind = TN_HIT_NOTHING };
  tn_canvas_queue_overlay (canvas);
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

      if (place->wire.kind == TN_HIT_WIRE)
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
  if (place->wire.kind == TN_HIT_WIRE)
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
                          tn_node_y (node) + dy, TRUE);
    }
}

static void
place_draw (TnCanvas *canvas, gconstpointer state, cairo_t *cr)
{
  const TnPlace *place = state;

  if (place->wire.kind == TN_HIT_WIRE)
    tn_painter_highlight_wire (canvas->scene, cr, place->wire.node, place->wire.call,
                               place->wire.slot, canvas->style->accept);
  if (place->block != NULL)
    draw_block (canvas, place, cr);
  else if (place->offer.layer != NULL)
    tn_painter_ghost (canvas->style, cr, place->offer.layer, place->x, place->y, TRUE);
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
