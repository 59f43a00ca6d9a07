/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding a layer without the pointer: where it goes and what it is wired to. */
#include <math.h>

#include "app/tn-canvas-edits.h"
#include "app/tn-canvas-private.h"

/* Between boxes that follow one another to the right: for the shape on the wire. */
#define LABEL_GAP 176

/* The layer whose output nobody uses, if there is but one. */
static TnNodeId
only_sink (const TnGraph *graph)
{
  TnNodeId sink = TN_NODE_NONE;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      guint n_uses;

      tn_graph_uses (graph, i, &n_uses);
      if (n_uses > 0 || tn_node_n_outputs (node) == 0)
        continue;
      if (sink != TN_NODE_NONE)
        return TN_NODE_NONE;
      sink = tn_node_id (node);
    }
  return sink;
}

/* What a new layer is to be wired to: of TnNodeId. */
static GArray *
sources_for (TnCanvas *self, const TnLayer *layer)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const GArray *selection = tn_document_selection (self->document);
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  if (layer->schema.max_inputs == 0)
    return sources;
  for (guint i = 0; i < selection->len; i++)
    {
      TnNodeId id = g_array_index (selection, TnNodeId, i);

      if (tn_node_n_outputs (tn_graph_find (graph, id)) > 0)
        g_array_append_val (sources, id);
    }
  if (selection->len == 0)
    {
      TnNodeId sink = only_sink (graph);

      if (sink != TN_NODE_NONE)
        g_array_append_val (sources, sink);
    }
  /* Which of them is meant cannot be told. */
  if (sources->len > layer->schema.max_inputs)
    g_array_set_size (sources, 0);
  return sources;
}

/* Beside what is in the way. */
static void
find_room (TnCanvas *self, double *x, double *y)
{
  const double width = self->style->box_width, height = self->style->box_height;

  for (guint i = 0; i < 64; i++)
    {
      TnRect box = { *x - width / 2, *y - height / 2, width, height };
      g_autoptr (GArray) taken = tn_scene_nodes_in (self->scene, box, FALSE);

      if (taken->len == 0)
        return;
      if (tn_graph_direction (tn_canvas_graph (self)) == TN_DIRECTION_DOWN)
        *x += width + 3 * TN_CANVAS_GRID;
      else
        *y += height + 3 * TN_CANVAS_GRID;
    }
}

void
tn_canvas_add (TnCanvas *self, const TnLayer *layer)
{
  g_autoptr (GArray) sources = NULL;
  TnNodeId created = TN_NODE_NONE;
  TnEditArgs args = { .created = &created };
  const TnGraph *graph;

  g_return_if_fail (TN_IS_CANVAS (self));
  g_return_if_fail (layer != NULL);

  if (self->document == NULL)
    return;
  tn_canvas_sync (self);
  graph = tn_canvas_graph (self);
  sources = sources_for (self, layer);
  tn_canvas_middle (self, &args.x, &args.y);
  for (guint i = 0; i < sources->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (sources, TnNodeId, i));
      double x = tn_node_x (node), y = tn_node_y (node);

      /* Behind all of them, in the middle. */
      if (tn_graph_direction (graph) == TN_DIRECTION_DOWN)
        {
          y += self->style->box_height + self->style->row_gap;
          args.x = (i == 0 ? 0 : args.x) + x / sources->len;
          args.y = i == 0 ? y : MAX (args.y, y);
        }
      else
        {
          x += self->style->box_width + LABEL_GAP;
          args.x = i == 0 ? x : MAX (args.x, x);
          args.y = (i == 0 ? 0 : args.y) + y / sources->len;
        }
    }
  args.x = round (args.x / TN_CANVAS_GRID) * TN_CANVAS_GRID;
  args.y = round (args.y / TN_CANVAS_GRID) * TN_CANVAS_GRID;
  find_room (self, &args.x, &args.y);
  args.schema = &layer->schema;
  args.nodes = (const TnNodeId *)(gpointer)sources->data;
  args.n_nodes = sources->len;
  if (tn_canvas_apply (self, &tn_canvas_edit_append, &args))
    {
      self->cursor = created;
      tn_canvas_reveal (self, created);
    }
}
