/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Edits that only gestures of the canvas make: each one step to undo. */
#include "app/tn-canvas-edits.h"

#include "base/tn-i18n.h"

static gboolean
rewire_apply (TnDraft *draft, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnNodeId old = args->nodes[0];
  const TnNode *node = tn_draft_find (draft, old);
  gboolean same_call = FALSE;
  guint old_call = 0, old_slot = 0;
  gboolean found = FALSE;

  if (node == NULL)
    return FALSE;
  for (guint call = 0; call < tn_node_n_calls (node) && !found; call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call) && !found; slot++)
      if (tn_ref_equal (tn_node_input (node, call, slot), args->ref))
        {
          old_call = call;
          old_slot = slot;
          found = TRUE;
        }
  same_call = found && old == args->node && old_call == args->call;
  if (same_call && old_slot == args->slot)
    return TRUE;

  /* The new wire first: a merging layer that loses a slot would renumber the others. */
  if (!tn_draft_connect (draft, args->ref, args->node, args->call, args->slot, report))
    return FALSE;
  if (found)
    tn_draft_disconnect (draft, old, old_call, old_slot);
  node = tn_draft_find (draft, args->node);
  if (subject != NULL && node != NULL)
    *subject = g_strdup (tn_node_name (node));
  return TRUE;
}

const TnEdit tn_canvas_edit_rewire = {
  .name = "rewire",
  .label = N_ ("Rewire %s"),
  .apply = rewire_apply,
};

static gboolean
append_apply (TnDraft *draft, const TnEditArgs *args, TnReport *report, char **subject)
{
  TnNodeId id = tn_draft_add (draft, args->schema, NULL, TRUE, report);

  if (id == TN_NODE_NONE)
    return FALSE;
  tn_draft_move (draft, id, args->x, args->y);
  for (guint i = 0; i < args->n_nodes; i++)
    if (!tn_draft_connect (draft, (TnRef){ .node = args->nodes[i] }, id, 0, G_MAXUINT, report))
      return FALSE;
  if (subject != NULL)
    *subject = g_strdup (tn_node_name (tn_draft_find (draft, id)));
  if (args->created != NULL)
    *args->created = id;
  return TRUE;
}

const TnEdit tn_canvas_edit_append = {
  .name = "append-layer",
  .label = N_ ("Add %s"),
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

static gboolean
detach_apply (TnDraft *draft, const TnEditArgs *args, TnReport *report, char **subject)
{
  for (guint i = 0; i < args->n_nodes; i++)
    {
      detach_inputs (draft, args->nodes[i], TN_NODE_NONE);
      for (guint j = 0; j < tn_draft_size (draft); j++)
        detach_inputs (draft, tn_node_id (tn_draft_node (draft, j)), args->nodes[i]);
    }
  if (subject != NULL && args->n_nodes > 0 && tn_draft_find (draft, args->nodes[0]) != NULL)
    *subject = g_strdup (tn_node_name (tn_draft_find (draft, args->nodes[0])));
  return TRUE;
}

const TnEdit tn_canvas_edit_detach = {
  .name = "detach",
  .label = N_ ("Disconnect %s"),
  .apply = detach_apply,
};
