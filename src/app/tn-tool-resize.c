/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resize tool: drags the right or lower edge of a comment or of a frame. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "layers/tn-remarks.h"

#define REACH 6.0 /* widget units on either side of an edge */

typedef struct
{
  TnNodeId node;
  gboolean right, bottom;
  TnRect box; /* as it was */
  guint64 merge;
} TnResize;

/* Which edges of the remark under the pointer it is at. */
static gboolean
find_edges (TnCanvas *canvas, const TnPointer *at, TnResize *resize)
{
  const TnNode *node = at->hit.kind == TN_HIT_NODE && canvas->document != NULL
                           ? tn_graph_find (tn_canvas_graph (canvas), at->hit.node)
                           : NULL;
  double reach = tn_canvas_units (canvas, REACH);

  if (node == NULL || !tn_node_schema (node)->remark
      || !tn_scene_node_box (canvas->scene, at->hit.node, &resize->box))
    return FALSE;
  resize->node = at->hit.node;
  resize->right = fabs (at->x - resize->box.x - resize->box.width) <= reach;
  resize->bottom = tn_node_schema (node)->n_params > TN_REMARK_HEIGHT
                   && fabs (at->y - resize->box.y - resize->box.height) <= reach;
  return resize->right || resize->bottom;
}

static gboolean
resize_wants (TnCanvas *canvas, const TnPointer *at)
{
  TnResize resize;

  return at->button == GDK_BUTTON_PRIMARY && find_edges (canvas, at, &resize);
}

static void
resize_begin (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnResize *resize = state;

  find_edges (canvas, at, resize);
  resize->merge = tn_document_new_merge (canvas->document);
  tn_document_select_one (canvas->document, resize->node, FALSE);
  canvas->cursor = resize->node;
}

/* A comment's height is that of its text: its middle stays, as far up and down. */
static void
resize_to (TnCanvas *canvas, const TnResize *resize, double width, double height)
{
  const TnNode *node = tn_graph_find (tn_canvas_graph (canvas), resize->node);

  if (node == NULL)
    return;
  width = MAX (round (width / TN_CANVAS_GRID) * TN_CANVAS_GRID, TN_REMARK_LEAST);
  height = resize->bottom ? MAX (round (height / TN_CANVAS_GRID) * TN_CANVAS_GRID, TN_REMARK_LEAST)
                          : resize->box.height;
  tn_canvas_apply (canvas, &tn_edit_resize_remark,
                   &(TnEditArgs){ .node = resize->node,
                                  .x = resize->box.x + width / 2,
                                  .y = resize->bottom ? resize->box.y + height / 2
                                                      : resize->box.y + resize->box.height / 2,
                                  .width = width,
                                  .height = height,
                                  .merge = resize->merge });
}

static void
resize_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  const TnResize *resize = state;

  resize_to (canvas, resize, resize->right ? at->x - resize->box.x : resize->box.width,
             resize->bottom ? at->y - resize->box.y : resize->box.height);
}

static void
resize_cancel (TnCanvas *canvas, gpointer state)
{
  const TnResize *resize = state;

  resize_to (canvas, resize, resize->box.width, resize->box.height);
}

const TnTool tn_tool_resize = {
  .name = "resize",
  .cursor = "se-resize",
  .state_size = sizeof (TnResize),
  .wants = resize_wants,
  .begin = resize_begin,
  .motion = resize_motion,
  .end = resize_motion,
  .cancel = resize_cancel,
};
