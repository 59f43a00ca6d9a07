/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that only gestures of the canvas make: each one step to undo. */
#include "app/tn-canvas-edits.h"

#include "base/tn-i18n.h"

static TnGraph *
rewire_apply (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnNodeId old = args->nodes[0];
  const TnNode *node = tn_graph_find (graph, old);
  const TnNode *target = tn_graph_find (graph, args->node);
  g_autoptr (TnDraft) draft = NULL;
  guint old_call = 0, old_slot = 0;
  gboolean found = FALSE;

  if (node == NULL || target == NULL)
    return NULL;
  for (guint call = 0; call < tn_node_n_calls (node) && !found; call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call) && !found; slot++)
      if (tn_ref_equal (tn_node_input (node, call, slot), args->ref))
        {
          old_call = call;
          old_slot = slot;
          found = TRUE;
        }
  if (found && old == args->node && old_call == args->call && old_slot == args->slot)
    return tn_graph_ref (graph);

  /* The new wire first: a merging layer that loses a slot would renumber the others. */
  draft = tn_draft_new (graph);
  if (!tn_draft_connect (draft, args->ref, args->node, args->call, args->slot, report))
    return NULL;
  if (found)
    tn_draft_disconnect (draft, old, old_call, old_slot);
  *subject = g_strdup (tn_node_name (target));
  return tn_draft_finish (draft);
}

const TnEdit tn_canvas_edit_rewire = {
  .name = "rewire",
  .undo = N_ ("Undo Rewire %s"),
  .redo = N_ ("Redo Rewire %s"),
  .apply = rewire_apply,
};

static TnGraph *
append_apply (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnNodeId id = tn_draft_add (draft, args->schema, NULL, TRUE, report);

  if (id == TN_NODE_NONE)
    return NULL;
  tn_draft_move (draft, id, args->x, args->y);
  for (guint i = 0; i < args->n_nodes; i++)
    if (!tn_draft_connect (draft, (TnRef){ .node = args->nodes[i] }, id, 0, G_MAXUINT, report))
      return NULL;
  *subject = g_strdup (tn_node_name (tn_draft_find (draft, id)));
  if (args->created != NULL)
    *args->created = id;
  return tn_draft_finish (draft);
}

const TnEdit tn_canvas_edit_append = {
  .name = "append-layer",
  .undo = N_ ("Undo Add %s"),
  .redo = N_ ("Redo Add %s"),
  .apply = append_apply,
};

/* Takes away the wires into @id that @from feeds (TN_NODE_NONE: whoever feeds them). */
static void
detach_inputs (TnDraft *draft, TnNodeId id, TnNodeId from)
{
  const TnNode *node = tn_draft_find (draft, id);

  for (guint call = 0; node != NULL && call < tn_node_n_calls (node); call++)
    /* Backwards: a merging layer loses the slot. */
    for (guint slot = tn_node_n_inputs (node, call); slot-- > 0;)
      {
        TnRef ref = tn_node_input (node, call, slot);

        if (ref.node == TN_NODE_NONE || (from != TN_NODE_NONE && ref.node != from))
          continue;
        tn_draft_disconnect (draft, id, call, slot);
        node = tn_draft_find (draft, id);
      }
}

static TnGraph *
detach_apply (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  const TnNode *only = args->n_nodes == 1 ? tn_graph_find (graph, args->nodes[0]) : NULL;

  for (guint i = 0; i < args->n_nodes; i++)
    {
      detach_inputs (draft, args->nodes[i], TN_NODE_NONE);
      for (guint j = 0; j < tn_draft_size (draft); j++)
        detach_inputs (draft, tn_node_id (tn_draft_node (draft, j)), args->nodes[i]);
    }
  if (only != NULL)
    *subject = g_strdup (tn_node_name (only));
  else
    *subject = g_strdup_printf (ngettext ("%u layer", "%u layers", args->n_nodes), args->n_nodes);
  return tn_draft_finish (draft);
}

const TnEdit tn_canvas_edit_detach = {
  .name = "detach",
  .undo = N_ ("Undo Disconnect %s"),
  .redo = N_ ("Redo Disconnect %s"),
  .apply = detach_apply,
};
