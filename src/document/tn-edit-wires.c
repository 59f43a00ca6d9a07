/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits of wires beyond joining two ports: moving an end, exchanging, cutting, joining several.
 */
#include "base/tn-i18n.h"
#include "document/tn-document.h"
#include "document/tn-spacing.h"
#include "graph/tn-draft.h"
#include "layers/tn-layer.h"

/* ---- helpers ---- */

static gboolean
find_wire (const TnGraph *graph, const TnWireEnd *end, TnRef *from)
{
  const TnNode *node = tn_graph_find (graph, end->node);

  if (node == NULL || end->call >= tn_node_n_calls (node)
      || end->slot >= tn_node_n_inputs (node, end->call))
    return FALSE;
  *from = tn_node_input (node, end->call, end->slot);
  return from->node != TN_NODE_NONE;
}

static TnGraph *
refuse_stale (TnReport *report)
{
  tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                 _ ("This wire is no longer there."));
  return NULL;
}

/* "flatten → dense". */
static char *
subject_of_wire (const TnGraph *graph, TnRef from, TnNodeId to)
{
  return g_strdup_printf ("%s → %s", tn_node_name (tn_graph_find (graph, from.node)),
                          tn_node_name (tn_graph_find (graph, to)));
}

/* From the end of the model: where a merging layer loses a slot, those before it keep theirs. */
static int
compare_ends (gconstpointer a, gconstpointer b)
{
  const TnWireEnd *left = a, *right = b;

  if (left->node != right->node)
    return left->node < right->node ? 1 : -1;
  if (left->call != right->call)
    return left->call < right->call ? 1 : -1;
  return left->slot < right->slot ? 1 : left->slot > right->slot ? -1 : 0;
}

/* ---- the edits ---- */

static TnGraph *
apply_rewire (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnWireEnd *old = args->wires;
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *target = tn_graph_find (graph, args->node);
  TnRef from, other = { 0 };

  g_return_val_if_fail (args->n_wires == 1, NULL);
  if (target == NULL || args->call >= tn_node_n_calls (target) || !find_wire (graph, old, &from))
    return refuse_stale (report);
  if (old->node == args->node && old->call == args->call && old->slot == args->slot)
    return tn_graph_ref (graph);
  *subject = subject_of_wire (graph, from, args->node);
  draft = tn_draft_new (graph);
  /* The new wire first: a merging layer that loses a slot would renumber the others. */
  if (!tn_draft_connect (draft, from, args->node, args->call, args->slot, report))
    return NULL;
  find_wire (graph, &(TnWireEnd){ args->node, args->call, args->slot }, &other);
  if (old->node == args->node && old->call == args->call && other.node != TN_NODE_NONE)
    {
      /* Onto another input of the same layer: the two change places. */
      if (!tn_draft_connect (draft, other, old->node, old->call, old->slot, report))
        return NULL;
    }
  else
    tn_draft_disconnect (draft, old->node, old->call, old->slot);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_swap_inputs (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnNode *node = tn_graph_find (graph, args->node);
  g_autoptr (TnDraft) draft = NULL;
  TnRef first, second;

  if (!find_wire (graph, &(TnWireEnd){ args->node, args->call, 0 }, &first)
      || !find_wire (graph, &(TnWireEnd){ args->node, args->call, 1 }, &second))
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", args->node,
                     _ ("Only two inputs that are both wired can change places."));
      return NULL;
    }
  draft = tn_draft_new (graph);
  if (!tn_draft_connect (draft, second, args->node, args->call, 0, report)
      || !tn_draft_connect (draft, first, args->node, args->call, 1, report))
    return NULL;
  *subject = g_strdup (tn_node_name (node));
  return tn_draft_finish (draft);
}

static TnGraph *
apply_cut_wires (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (TnWireEnd));
  TnRef from = { 0 };

  for (guint i = 0; i < args->n_wires; i++)
    if (find_wire (graph, &args->wires[i], &from))
      g_array_append_val (ends, args->wires[i]);
  if (ends->len == 0)
    return args->n_wires == 0 ? tn_graph_ref (graph) : refuse_stale (report);
  g_array_sort (ends, compare_ends);
  for (guint i = 0; i < ends->len; i++)
    {
      const TnWireEnd *end = &g_array_index (ends, TnWireEnd, i);

      if (i == 0 || compare_ends (end, end - 1) != 0)
        tn_draft_disconnect (draft, end->node, end->call, end->slot);
    }
  if (ends->len == 1)
    {
      const TnWireEnd *end = &g_array_index (ends, TnWireEnd, 0);

      find_wire (graph, end, &from);
      *subject = subject_of_wire (graph, from, end->node);
    }
  else
    *subject = g_strdup_printf (ngettext ("%u wire", "%u wires", ends->len), ends->len);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_merge (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  const TnWireEnd end = { args->node, args->call, args->slot };
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) crowded = NULL;
  TnNodeId id;
  TnRef from;

  g_return_val_if_fail (args->schema != NULL, NULL);
  if (tn_graph_find (graph, args->ref.node) == NULL || !find_wire (graph, &end, &from))
    return refuse_stale (report);
  draft = tn_draft_new (graph);
  id = tn_draft_insert (draft, args->schema, end.node, end.call, end.slot, report);
  if (id == TN_NODE_NONE || !tn_draft_connect (draft, args->ref, id, 0, G_MAXUINT, report))
    return NULL;
  if (args->created != NULL)
    *args->created = id;
  *subject = g_strdup (tn_node_name (tn_draft_find (draft, id)));
  crowded = tn_draft_finish (draft);
  return tn_spacing_make_room (crowded, id);
}

static TnGraph *
apply_chain (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  if (args->n_nodes < 2)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
                     _ ("Select two layers or more to connect them."));
      return NULL;
    }
  for (guint i = 1; i < args->n_nodes; i++)
    {
      const TnNode *to = tn_draft_find (draft, args->nodes[i]);
      guint slot = 0, call = 0;

      if (to == NULL || tn_draft_find (draft, args->nodes[i - 1]) == NULL)
        return refuse_stale (report);
      /* The first input that is free; of a layer that has no free one, the first. */
      for (guint at = tn_node_n_inputs (to, call); at-- > 0;)
        if (tn_node_input (to, call, at).node == TN_NODE_NONE)
          slot = at;
      if (tn_node_n_inputs (to, call) > 0 && tn_node_input (to, call, slot).node != TN_NODE_NONE
          && tn_node_schema (to)->input_names == NULL
          && tn_node_n_inputs (to, call) < tn_node_schema (to)->max_inputs)
        slot = G_MAXUINT;
      if (!tn_draft_connect (draft, (TnRef){ args->nodes[i - 1], 0, 0 }, args->nodes[i], call, slot,
                             report))
        return NULL;
    }
  *subject
      = args->n_nodes == 2
            ? subject_of_wire (graph, (TnRef){ args->nodes[0], 0, 0 }, args->nodes[1])
            : g_strdup_printf (ngettext ("%u layer", "%u layers", args->n_nodes), args->n_nodes);
  return tn_draft_finish (draft);
}

const TnEdit tn_edit_rewire
    = { "rewire", N_ ("Rewire %s"), N_ ("Undo Rewire %s"), N_ ("Redo Rewire %s"), apply_rewire };
const TnEdit tn_edit_swap_inputs
    = { "swap-inputs", N_ ("Swap Inputs of %s"), N_ ("Undo Swap Inputs of %s"),
        N_ ("Redo Swap Inputs of %s"), apply_swap_inputs };
const TnEdit tn_edit_cut_wires
    = { "cut-wires", N_ ("Cut %s"), N_ ("Undo Cut %s"), N_ ("Redo Cut %s"), apply_cut_wires };
const TnEdit tn_edit_merge
    = { "merge", N_ ("Join by %s"), N_ ("Undo Join by %s"), N_ ("Redo Join by %s"), apply_merge };
const TnEdit tn_edit_chain
    = { "chain", N_ ("Connect %s"), N_ ("Undo Connect %s"), N_ ("Redo Connect %s"), apply_chain };
