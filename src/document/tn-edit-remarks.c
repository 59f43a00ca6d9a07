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

/* Is the wire there? Says so in @report if it is not. */
static gboolean
check_wire (TnDraft *draft, const TnWireEnd *end, TnReport *report)
{
  const TnNode *target = tn_draft_find (draft, end->node);

  if (target != NULL && end->call < tn_node_n_calls (target)
      && end->slot < tn_node_n_inputs (target, end->call)
      && tn_node_input (target, end->call, end->slot).node != TN_NODE_NONE)
    return TRUE;
  tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                 _ ("This wire is no longer there."));
  return FALSE;
}

/* May the wires that end there go through one knot? */
static gboolean
share_knot (const TnGraph *graph, const TnWireEnd *one, const TnWireEnd *other)
{
  const TnNode *a = tn_graph_find (graph, one->node), *b = tn_graph_find (graph, other->node);

  return tn_ref_equal (tn_node_input (a, one->call, one->slot),
                       tn_node_input (b, other->call, other->slot))
         && tn_graph_group_of (graph, a) == tn_graph_group_of (graph, b)
         && tn_node_schema (a)->boundary == tn_node_schema (b)->boundary;
}

/* Has the wire got a knot already, with its like in another call of its group? */
static gboolean
is_taken (const TnGraph *graph, TnDraft *draft, const TnWireEnd *end)
{
  return !tn_ref_equal (tn_node_input (tn_graph_find (graph, end->node), end->call, end->slot),
                        tn_node_input (tn_draft_find (draft, end->node), end->call, end->slot));
}

static TnGraph *
apply_knots (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnNodeId id = TN_NODE_NONE;

  for (guint i = 0; i < args->n_wires; i++)
    if (!check_wire (draft, &args->wires[i], report))
      return NULL;
  for (guint i = 0; i < args->n_wires; i++)
    {
      const TnWireEnd *first = &args->wires[i];
      double x = args->places != NULL ? args->places[2 * i] : args->x;
      double y = args->places != NULL ? args->places[2 * i + 1] : args->y;
      guint n = 1;

      if (is_taken (graph, draft, first))
        continue;
      id = tn_draft_insert (draft, &tn_layer_knot ()->schema, first->node, first->call, first->slot,
                            report);
      if (id == TN_NODE_NONE)
        return NULL;
      for (guint j = i + 1; j < args->n_wires; j++)
        {
          const TnWireEnd *end = &args->wires[j];

          /* Where a knot cannot be shared, the wire gets one of its own. */
          if (is_taken (graph, draft, end) || !share_knot (graph, first, end)
              || !tn_draft_connect (draft, (TnRef){ .node = id }, end->node, end->call, end->slot,
                                    NULL))
            continue;
          x += args->places != NULL ? args->places[2 * j] : args->x;
          y += args->places != NULL ? args->places[2 * j + 1] : args->y;
          n++;
        }
      tn_draft_move (draft, id, x / n, y / n);
    }
  if (args->created != NULL)
    *args->created = id;
  return tn_draft_finish (draft);
}

const TnEdit tn_edit_add_comment = { "add-comment", N_ ("Add Comment"), N_ ("Undo Add Comment"),
                                     N_ ("Redo Add Comment"), apply_comment };
const TnEdit tn_edit_add_frame
    = { "add-frame", N_ ("Add Frame"), N_ ("Undo Add Frame"), N_ ("Redo Add Frame"), apply_frame };
const TnEdit tn_edit_resize_remark
    = { "resize-remark", N_ ("Resize"), N_ ("Undo Resize"), N_ ("Redo Resize"), apply_resize };
const TnEdit tn_edit_add_knot
    = { "add-knot", N_ ("Add Knot"), N_ ("Undo Add Knot"), N_ ("Redo Add Knot"), apply_knots };
const TnEdit tn_edit_add_knots
    = { "add-knots", N_ ("Add Knots"), N_ ("Undo Add Knots"), N_ ("Redo Add Knots"), apply_knots };
