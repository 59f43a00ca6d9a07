/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits that take layers out of the flow, and those that put them in: what stood before and
 * after is joined. */
#include "base/tn-i18n.h"
#include "document/tn-copies.h"
#include "document/tn-document.h"
#include "document/tn-spacing.h"
#include "graph/tn-draft.h"

typedef struct
{
  const TnGraph *graph; /* borrowed */
  GHashTable *set;      /* of TnNodeId: the layers it is about */
} Heal;

static gboolean
is_inside (const Heal *heal, TnNodeId id)
{
  return g_hash_table_contains (heal->set, GUINT_TO_POINTER (id));
}

static Heal
heal_new (const TnGraph *graph, const TnEditArgs *args)
{
  Heal heal = { graph, g_hash_table_new (NULL, NULL) };

  for (guint i = 0; i < args->n_nodes; i++)
    if (tn_graph_find (graph, args->nodes[i]) != NULL)
      g_hash_table_add (heal.set, GUINT_TO_POINTER (args->nodes[i]));
  return heal;
}

static void
append_ref (GArray *refs, TnRef ref)
{
  for (guint i = 0; i < refs->len; i++)
    if (tn_ref_equal (g_array_index (refs, TnRef, i), ref))
      return;
  g_array_append_val (refs, ref);
}

/* What feeds @ref, a tensor made inside, from outside: of TnRef, each once. What a layer can do
 * without does not count. New array. */
static GArray *
find_sources (const Heal *heal, TnRef ref)
{
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (TnRef));
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (TnRef));

  g_array_append_val (seen, ref);
  for (guint i = 0; i < seen->len; i++)
    {
      TnRef at = g_array_index (seen, TnRef, i);
      const TnNode *node = tn_graph_find (heal->graph, at.node);

      for (guint slot = 0; slot < tn_node_n_shaping (node, at.call); slot++)
        {
          TnRef input = tn_node_input (node, at.call, slot);

          if (input.node == TN_NODE_NONE || tn_node_is_optional (node, slot))
            continue;
          append_ref (is_inside (heal, input.node) ? seen : sources, input);
        }
    }
  return sources;
}

/* The one tensor that can take the place of @ref. node TN_NODE_NONE: nothing fed it. FALSE, with
 * the reason, when there are several. */
static gboolean
find_source (const Heal *heal, TnRef ref, TnRef *source, TnReport *report)
{
  g_autoptr (GArray) sources = find_sources (heal, ref);

  *source = sources->len > 0 ? g_array_index (sources, TnRef, 0) : (TnRef){ 0 };
  if (sources->len <= 1)
    return TRUE;
  tn_report_add (report, TN_SEVERITY_ERROR, "wire", ref.node,
                 _ ("%s is made of %u tensors: which of them is to go on in its place cannot be "
                    "told. Delete it by itself and draw the wire that is meant."),
                 tn_node_name (tn_graph_find (heal->graph, ref.node)), sources->len);
  return FALSE;
}

/* All that uses what is made inside uses instead what fed it. */
static gboolean
heal_users (const Heal *heal, TnDraft *draft, TnReport *report)
{
  for (guint i = 0; i < tn_graph_size (heal->graph); i++)
    {
      const TnNode *node = tn_graph_node (heal->graph, i);

      for (guint call = 0; !is_inside (heal, tn_node_id (node)) && call < tn_node_n_calls (node);
           call++)
        for (guint slot = tn_node_n_inputs (node, call); slot-- > 0;)
          {
            TnRef ref = tn_node_input (node, call, slot), source;

            if (ref.node == TN_NODE_NONE || !is_inside (heal, ref.node))
              continue;
            if (!find_source (heal, ref, &source, report))
              return FALSE;
            if (source.node == TN_NODE_NONE)
              tn_draft_disconnect (draft, tn_node_id (node), call, slot);
            else if (!tn_draft_connect (draft, source, tn_node_id (node), call, slot, report))
              return FALSE;
          }
    }
  return TRUE;
}

/* So for what the model puts out, where it says so. */
static gboolean
heal_outputs (const Heal *heal, TnDraft *draft, TnReport *report)
{
  g_autoptr (GArray) healed = g_array_new (FALSE, FALSE, sizeof (TnRef));
  const TnRef *outputs;
  guint n_outputs;

  if (!tn_graph_outputs_declared (heal->graph))
    return TRUE;
  outputs = tn_graph_outputs (heal->graph, &n_outputs);
  for (guint i = 0; i < n_outputs; i++)
    {
      TnRef source = outputs[i];

      if (is_inside (heal, source.node) && !find_source (heal, outputs[i], &source, report))
        return FALSE;
      if (source.node != TN_NODE_NONE)
        append_ref (healed, source);
    }
  tn_draft_set_outputs (draft, (const TnRef *)(gpointer)healed->data, healed->len);
  return TRUE;
}

static TnGraph *
apply_remove_healing (const TnGraph *graph, const TnEditArgs *args, TnReport *report,
                      char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  Heal heal = heal_new (graph, args);
  gboolean healed = heal_users (&heal, draft, report) && heal_outputs (&heal, draft, report);

  g_hash_table_unref (heal.set);
  if (!healed)
    return NULL;
  for (guint i = 0; i < args->n_nodes; i++)
    if (tn_draft_find (draft, args->nodes[i]) != NULL)
      tn_draft_remove (draft, args->nodes[i]);
  tn_copies_drop_hollow_groups (draft, graph);
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

/* Takes away the wires into @id that come from where @cut says. */
static void
detach_inputs (TnDraft *draft, const Heal *heal, TnNodeId id, gboolean all)
{
  const TnNode *node = tn_draft_find (draft, id);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    /* Backwards: a merging layer loses the slot. */
    for (guint slot = tn_node_n_inputs (node, call); slot-- > 0;)
      {
        TnNodeId from = tn_node_input (node, call, slot).node;

        if (from == TN_NODE_NONE || (!all && is_inside (heal, from)))
          continue;
        tn_draft_disconnect (draft, id, call, slot);
        node = tn_draft_find (draft, id);
      }
}

static TnGraph *
apply_take_out (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  Heal heal = heal_new (graph, args);
  gboolean healed = heal_users (&heal, draft, report) && heal_outputs (&heal, draft, report);

  for (guint i = 0; healed && i < args->n_nodes; i++)
    if (is_inside (&heal, args->nodes[i]))
      detach_inputs (draft, &heal, args->nodes[i], FALSE);
  g_hash_table_unref (heal.set);
  if (!healed)
    return NULL;
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_detach (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  Heal heal = heal_new (graph, args);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnNodeId id = tn_node_id (node);

      if (is_inside (&heal, id))
        {
          detach_inputs (draft, &heal, id, TRUE);
          continue;
        }
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = tn_node_n_inputs (node, call); slot-- > 0;)
          if (is_inside (&heal, tn_node_input (node, call, slot).node))
            tn_draft_disconnect (draft, id, call, slot);
    }
  g_hash_table_unref (heal.set);
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

/* ---- putting in ---- */

/* Of several layers: wires their open inputs to @from, and finds the one tensor that nobody uses.
 * Refused: a layer among them has wires to others, or they have no open input or not one loose
 * end. */
static gboolean
feed_several (const Heal *heal, TnDraft *draft, TnRef from, TnRef *end, TnReport *report)
{
  const char *reason = NULL;
  guint n_open = 0, n_ends = 0;

  for (guint i = 0; i < tn_graph_size (heal->graph) && reason == NULL; i++)
    {
      const TnNode *node = tn_graph_node (heal->graph, i);
      gboolean inside = is_inside (heal, tn_node_id (node));
      guint n_uses;

      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            TnRef ref = tn_node_input (node, call, slot);

            if (ref.node != TN_NODE_NONE && is_inside (heal, ref.node) != inside)
              reason = _ ("Layers that are wired to others already cannot be put into a wire.");
            else if (inside && ref.node == TN_NODE_NONE && !tn_node_is_optional (node, slot))
              {
                if (!tn_draft_connect (draft, from, tn_node_id (node), call, slot, report))
                  return FALSE;
                n_open++;
              }
          }
      if (!inside)
        continue;
      tn_graph_uses (heal->graph, i, &n_uses);
      if (n_uses == 0 && tn_node_n_outputs (node) > 0)
        {
          *end = (TnRef){ tn_node_id (node), 0, 0 };
          n_ends++;
        }
    }
  if (reason == NULL && (n_open == 0 || n_ends != 1))
    reason = _ ("Only layers with an open input and one open output can be put into a wire.");
  if (reason != NULL)
    tn_report_add (report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE, "%s", reason);
  return reason == NULL;
}

static TnGraph *
apply_splice (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  const TnWireEnd *wire = args->wires;
  const TnNode *target = NULL;
  TnRef from = { 0 };
  g_autoptr (TnGraph) spliced = NULL;

  g_return_val_if_fail (args->n_wires == 1, NULL);
  target = tn_graph_find (graph, wire->node);
  if (target != NULL && wire->call < tn_node_n_calls (target)
      && wire->slot < tn_node_n_inputs (target, wire->call))
    from = tn_node_input (target, wire->call, wire->slot);
  if (from.node == TN_NODE_NONE || args->n_nodes == 0)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "stale", wire->node,
                     _ ("This wire is no longer there."));
      return NULL;
    }
  for (guint i = 0; i < args->n_nodes; i++)
    {
      const TnNode *node = tn_graph_find (graph, args->nodes[i]);

      if (node == NULL)
        {
          tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                         _ ("This layer is no longer in the model."));
          return NULL;
        }
      tn_draft_move (draft, args->nodes[i], tn_node_x (node) + args->x, tn_node_y (node) + args->y);
    }
  if (args->n_nodes == 1)
    {
      if (!tn_draft_splice (draft, args->nodes[0], wire->node, wire->call, wire->slot, report))
        return NULL;
    }
  else
    {
      Heal heal = heal_new (graph, args);
      TnRef end = { 0 };
      gboolean fed = feed_several (&heal, draft, from, &end, report);

      g_hash_table_unref (heal.set);
      if (!fed || !tn_draft_connect (draft, end, wire->node, wire->call, wire->slot, report))
        return NULL;
    }
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  spliced = tn_draft_finish (draft);
  for (guint i = 0; i < args->n_nodes; i++)
    {
      g_autoptr (TnGraph) crowded = g_steal_pointer (&spliced);

      spliced = tn_spacing_make_room (crowded, args->nodes[i]);
    }
  return g_steal_pointer (&spliced);
}

const TnEdit tn_edit_remove_healing
    = { "remove-healing", N_ ("Delete %s and Reconnect"), N_ ("Undo Delete %s and Reconnect"),
        N_ ("Redo Delete %s and Reconnect"), apply_remove_healing };
const TnEdit tn_edit_take_out = { "take-out", N_ ("Take Out %s"), N_ ("Undo Take Out %s"),
                                  N_ ("Redo Take Out %s"), apply_take_out };
const TnEdit tn_edit_detach = { "detach", N_ ("Disconnect %s"), N_ ("Undo Disconnect %s"),
                                N_ ("Redo Disconnect %s"), apply_detach };
const TnEdit tn_edit_splice = { "splice", N_ ("Put %s In Between"), N_ ("Undo Put %s In Between"),
                                N_ ("Redo Put %s In Between"), apply_splice };
