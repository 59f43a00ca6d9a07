/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits of what stands beside layers: comments, frames around layers, knots of wires. */
#include <math.h>

#include "base/tn-i18n.h"
#include "document/tn-document.h"
#include "layers/tn-remarks.h"

static void
set_length (TnDraft *draft, TnNodeId id, guint param, double length)
{
  g_autoptr (TnValue) value
      = tn_value_new_float (round (CLAMP (length, TN_REMARK_LEAST, TN_REMARK_MOST)));

  tn_draft_set (draft, id, param, value, FALSE, NULL);
}

static TnGraph *
add (const TnGraph *graph, const TnLayer *layer, const TnEditArgs *args, TnReport *report)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnNodeId id = tn_draft_add (draft, &layer->schema, NULL, FALSE, report);

  if (id == TN_NODE_NONE)
    return NULL;
  tn_draft_move (draft, id, args->x, args->y);
  if (args->text != NULL)
    {
      g_autoptr (TnValue) text = tn_value_new_string (args->text);

      tn_draft_set (draft, id, TN_REMARK_TEXT, text, FALSE, NULL);
    }
  if (args->width > 0)
    set_length (draft, id, TN_REMARK_WIDTH, args->width);
  if (args->height > 0 && layer->schema.n_params > TN_REMARK_HEIGHT)
    set_length (draft, id, TN_REMARK_HEIGHT, args->height);
  if (args->created != NULL)
    *args->created = id;
  return tn_draft_finish (draft);
}

static TnGraph *
apply_comment (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return add (graph, tn_layer_comment (), args, report);
}

static TnGraph *
apply_frame (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return add (graph, tn_layer_frame (), args, report);
}

static TnGraph *
apply_resize (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnNode *node = tn_graph_find (graph, args->node);
  g_autoptr (TnDraft) draft = NULL;

  if (node == NULL || !tn_node_schema (node)->remark)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                     _ ("This layer is no longer in the model."));
      return NULL;
    }
  draft = tn_draft_new (graph);
  tn_draft_move (draft, args->node, args->x, args->y);
  set_length (draft, args->node, TN_REMARK_WIDTH, args->width);
  if (tn_node_schema (node)->n_params > TN_REMARK_HEIGHT)
    set_length (draft, args->node, TN_REMARK_HEIGHT, args->height);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_knot (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnSchema *schema = &tn_layer_knot ()->schema;
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnNodeId id = TN_NODE_NONE;

  for (guint i = 0; i < args->n_wires; i++)
    {
      const TnWireEnd *end = &args->wires[i];
      const TnNode *target = tn_draft_find (draft, end->node);

      if (target == NULL || end->call >= tn_node_n_calls (target)
          || tn_node_input (target, end->call, end->slot).node == TN_NODE_NONE)
        {
          tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                         _ ("This wire is no longer there."));
          return NULL;
        }
      id = tn_draft_insert (draft, schema, end->node, end->call, end->slot, report);
      if (id == TN_NODE_NONE)
        return NULL;
      tn_draft_move (draft, id, args->x, args->y);
    }
  if (args->created != NULL)
    *args->created = id;
  return tn_draft_finish (draft);
}

const TnEdit tn_edit_add_comment
    = { "add-comment", N_ ("Undo Add Comment"), N_ ("Redo Add Comment"), apply_comment };
const TnEdit tn_edit_add_frame
    = { "add-frame", N_ ("Undo Add Frame"), N_ ("Redo Add Frame"), apply_frame };
const TnEdit tn_edit_resize_remark
    = { "resize-remark", N_ ("Undo Resize"), N_ ("Redo Resize"), apply_resize };
const TnEdit tn_edit_add_knot
    = { "add-knot", N_ ("Undo Add Knot"), N_ ("Redo Add Knot"), apply_knot };
