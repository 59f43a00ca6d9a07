/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The place tool: a layer from the palette follows the pointer as a ghost and is added where it is
 * dropped, or spliced into the wire beneath. */
#include <math.h>

#include "app/tn-canvas-private.h"

/* How far from a wire a layer is dropped onto it, in widget units. */
#define WIRE_REACH 18

typedef struct
{
  const TnLayer *layer;
  double x, y;
  TnHit wire; /* that it would be spliced into */
} TnPlace;

static double
snap (double position)
{
  return round (position / TN_CANVAS_GRID) * TN_CANVAS_GRID;
}

void
tn_tool_place_set_layer (gpointer state, const TnLayer *layer)
{
  TnPlace *place = state;

  place->layer = layer;
}

/* Would the graph take the layer into that wire? */
static gboolean
fits_into (TnCanvas *canvas, const TnLayer *layer, const TnHit *wire)
{
  g_autoptr (TnDraft) draft = NULL;

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
  if (hit.kind == TN_HIT_WIRE && fits_into (canvas, place->layer, &hit))
    place->wire = hit;
  else
    place->wire = (TnHit){ .kind = TN_HIT_NOTHING };
  tn_canvas_queue_overlay (canvas);
}

static void
place_end (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnPlace *place = state;
  TnEditArgs args = { .schema = &place->layer->schema };

  if (canvas->document == NULL)
    return;
  place_motion (canvas, state, at);
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
place_draw (TnCanvas *canvas, gconstpointer state, cairo_t *cr)
{
  const TnPlace *place = state;

  if (place->wire.kind == TN_HIT_WIRE)
    tn_painter_highlight_wire (canvas->scene, cr, place->wire.node, place->wire.call,
                               place->wire.slot, canvas->style->accept);
  tn_painter_ghost (canvas->style, cr, place->layer, place->x, place->y, TRUE);
}

const TnTool tn_tool_place = {
  .name = "place",
  .cursor = "grabbing",
  .state_size = sizeof (TnPlace),
  .begin = place_motion,
  .motion = place_motion,
  .end = place_end,
  .draw = place_draw,
};
