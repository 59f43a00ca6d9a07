/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding a layer, or the layers of a ready-made block, at a place and wired to what is there. */
#include "base/tn-i18n.h"
#include "document/tn-block.h"
#include "document/tn-document.h"
#include "document/tn-spacing.h"
#include "layers/tn-layer.h"

/* The group in which that stands which is wired to @node: its own, or what is around a closed one
 * or one that is called several times, whose calls are all alike. New string, "" for none. */
static char *
group_beside (const TnGraph *graph, const TnNode *node)
{
  const TnGroup *group = node != NULL ? tn_graph_group_of (graph, node) : NULL;
  g_autofree char *name = g_strdup (group != NULL ? tn_group_name (group) : "");
  g_autofree char *shown = g_strdup (name);

  while (name[0] != '\0')
    {
      group = tn_graph_find_group (graph, name);
      name[tn_name_group_length (name)] = '\0';
      if (group != NULL && (!tn_group_is_open (group) || tn_graph_group_calls (graph, group) > 1))
        {
          g_free (shown);
          shown = g_strdup (name);
        }
    }
  return g_steal_pointer (&shown);
}

/* Of a layer or block that is put between, before or behind. */
static char *
group_for (const TnGraph *graph, const TnEditArgs *args)
{
  const TnNode *to = tn_graph_find (graph, args->node);
  const TnNode *from = tn_graph_find (graph, args->ref.node);

  /* What enters a group comes from around it. */
  if (to != NULL && !tn_node_schema (to)->boundary)
    return group_beside (graph, to);
  return group_beside (graph, from);
}

static void
put_into (TnDraft *draft, TnNodeId id, const char *group)
{
  if (group[0] != '\0')
    tn_draft_put_into (draft, id, group);
}

/* May the tensor @ref be had at all? A model can be another one by the time a gesture ends. */
static gboolean
check_ends (const TnGraph *graph, const TnEditArgs *args, TnReport *report)
{
  const TnNode *to = tn_graph_find (graph, args->node);

  if ((args->ref.node == TN_NODE_NONE || tn_graph_find (graph, args->ref.node) != NULL)
      && (args->node == TN_NODE_NONE || (to != NULL && args->call < tn_node_n_calls (to))))
    return TRUE;
  tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                 _ ("This layer is no longer in the model."));
  return FALSE;
}

/* ---- a layer ---- */

/* Slots from the first on. FALSE: refused. */
static gboolean
feed (TnDraft *draft, const TnEditArgs *args, TnNodeId id, TnReport *report)
{
  if (args->ref.node == TN_NODE_NONE)
    {
      for (guint i = 0; i < args->n_nodes; i++)
        if (!tn_draft_connect (draft, (TnRef){ .node = args->nodes[i] }, id, 0, G_MAXUINT, report))
          return FALSE;
      return TRUE;
    }
  if (!tn_draft_connect (draft, args->ref, id, 0, 0, report))
    return FALSE;
  for (guint slot = 1; args->schema->input_names != NULL && slot < args->schema->min_inputs; slot++)
    tn_draft_connect (draft, args->ref, id, 0, slot, NULL);
  return TRUE;
}

static TnGraph *
apply_attach (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autofree char *group = NULL;
  g_autoptr (TnGraph) attached = NULL;
  TnNodeId id;

  if (!check_ends (graph, args, report))
    return NULL;
  group = group_for (graph, args);
  id = tn_draft_add (draft, args->schema, NULL, TRUE, report);
  if (id == TN_NODE_NONE)
    return NULL;
  if (args->schema->max_inputs > 0)
    put_into (draft, id, group);
  if (args->shape != NULL && tn_schema_param (args->schema, "batch_shape") >= 0)
    {
      g_autoptr (TnValue) value = tn_shape_to_value (args->shape);

      tn_draft_set (draft, id, (guint)tn_schema_param (args->schema, "batch_shape"), value, TRUE,
                    NULL);
    }
  tn_draft_move (draft, id, args->x, args->y);
  if (!feed (draft, args, id, report))
    return NULL;
  if (args->node != TN_NODE_NONE
      && !tn_draft_connect (draft, (TnRef){ .node = id }, args->node, args->call, args->slot,
                            report))
    return NULL;
  if (args->created != NULL)
    *args->created = id;
  *subject = g_strdup (tn_node_name (tn_draft_find (draft, id)));
  attached = tn_draft_finish (draft);
  /* In a wire what follows moves aside. */
  return args->node != TN_NODE_NONE && args->ref.node != TN_NODE_NONE
             ? tn_spacing_make_room (attached, id)
             : g_steal_pointer (&attached);
}

const TnEdit tn_edit_attach
    = { "attach-layer", N_ ("Add %s"), N_ ("Undo Add %s"), N_ ("Redo Add %s"), apply_attach };

/* ---- a block ---- */

typedef struct
{
  const TnGraph *block; /* laid out */
  const TnEditArgs *args;
  TnDraft *draft;
  GHashTable *made; /* TnNodeId in the block → TnNodeId */
  GArray *ids;      /* of TnNodeId: what was made */
  double dx, dy;
} Insert;

/* Where the block's own origin is: at its first layers, in line with what comes in. */
static void
find_offset (Insert *insert)
{
  const gboolean down = tn_graph_direction (insert->block) == TN_DIRECTION_DOWN;
  double first = G_MAXDOUBLE, line = 0;
  gboolean found = FALSE;

  for (guint i = 0; i < tn_graph_size (insert->block); i++)
    {
      const TnNode *node = tn_graph_node (insert->block, i);

      if (!tn_node_is_source (node))
        first = MIN (first, down ? tn_node_y (node) : tn_node_x (node));
      else if (!found)
        {
          line = down ? tn_node_x (node) : tn_node_y (node);
          found = TRUE;
        }
    }
  insert->dx = insert->args->x - (down ? line : first);
  insert->dy = insert->args->y - (down ? first : line);
}

/* What stands for the tensor @ref of the block: what feeds it, for what comes in by its first
 * InputLayer; nothing for what comes in by others. */
static TnRef
made_ref (const Insert *insert, TnRef ref)
{
  gpointer id;

  if (g_hash_table_lookup_extended (insert->made, GUINT_TO_POINTER (ref.node), NULL, &id))
    {
      ref.node = GPOINTER_TO_UINT (id);
      return ref;
    }
  for (guint i = 0; i < tn_graph_size (insert->block); i++)
    if (tn_node_is_source (tn_graph_node (insert->block, i)))
      return tn_node_id (tn_graph_node (insert->block, i)) == ref.node ? insert->args->ref
                                                                       : (TnRef){ 0 };
  return (TnRef){ 0 };
}

static gboolean
add_layers (Insert *insert, const char *group, TnReport *report)
{
  for (guint i = 0; i < tn_graph_n_steps (insert->block); i++)
    {
      const TnNode *node = tn_graph_node (insert->block, tn_graph_step (insert->block, i).index);
      TnNodeId id;

      if (tn_node_is_source (node))
        continue;
      id = tn_draft_copy (insert->draft, node);
      put_into (insert->draft, id, group);
      tn_draft_move (insert->draft, id, tn_node_x (node) + insert->dx,
                     tn_node_y (node) + insert->dy);
      g_hash_table_insert (insert->made, GUINT_TO_POINTER (tn_node_id (node)),
                           GUINT_TO_POINTER (id));
      g_array_append_val (insert->ids, id);
      for (guint slot = 0; slot < tn_node_n_inputs (node, 0); slot++)
        {
          TnRef source = made_ref (insert, tn_node_input (node, 0, slot));

          if (source.node != TN_NODE_NONE
              && !tn_draft_connect (insert->draft, source, id, 0, slot, report))
            return FALSE;
        }
    }
  return insert->ids->len > 0;
}

static TnGraph *
apply_block (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnGraph) block = tn_block_lay_out (args->graph, tn_graph_direction (graph));
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (GHashTable) made = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autoptr (TnGraph) inserted = NULL;
  g_autofree char *group = NULL;
  Insert insert = { block, args, draft, made, ids, 0, 0 };
  const TnRef *outputs;
  guint n_outputs;
  TnRef output;

  if (!check_ends (graph, args, report))
    return NULL;
  group = group_for (graph, args);
  find_offset (&insert);
  if (!add_layers (&insert, group, report))
    return NULL;
  outputs = tn_graph_outputs (block, &n_outputs);
  g_return_val_if_fail (n_outputs > 0, NULL);
  output = made_ref (&insert, outputs[0]);
  if (args->node != TN_NODE_NONE
      && !tn_draft_connect (draft, output, args->node, args->call, args->slot, report))
    return NULL;
  if (args->created != NULL)
    *args->created = g_array_index (ids, TnNodeId, 0);
  *subject = g_strdup (args->text);
  inserted = tn_draft_finish (draft);
  return tn_spacing_make_room_for_block (inserted, (const TnNodeId *)(gpointer)ids->data, ids->len,
                                         output.node);
}

const TnEdit tn_edit_block
    = { "add-block", N_ ("Add %s"), N_ ("Undo Add %s"), N_ ("Redo Add %s"), apply_block };
