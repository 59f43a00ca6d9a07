/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits: each makes the next graph out of the last one, or says why it does not. */
#include "document/tn-document.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "document/tn-copies.h"
#include "document/tn-spacing.h"
#include "graph/tn-active.h"
#include "graph/tn-silence.h"

/* ---- helpers ---- */

/* The node, or NULL and a reason: a layer may be gone by the time a gesture ends. */
static const TnNode *
find_node (const TnGraph *graph, TnNodeId id, TnReport *report)
{
  const TnNode *node = tn_graph_find (graph, id);

  if (node == NULL)
    tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                   _ ("This layer is no longer in the model."));
  return node;
}

/* "flatten → dense", or only the end when nothing is wired to it. */
static char *
subject_of_wire (const TnGraph *graph, TnRef from, TnNodeId to)
{
  const TnNode *source = tn_graph_find (graph, from.node);
  const TnNode *target = tn_graph_find (graph, to);

  if (source == NULL)
    return g_strdup (tn_node_name (target));
  return g_strdup_printf ("%s → %s", tn_node_name (source), tn_node_name (target));
}

static gboolean
has_slot (const TnNode *node, guint call, guint slot)
{
  return call < tn_node_n_calls (node) && slot < tn_node_n_inputs (node, call);
}

/* The wire that ends at a slot; refused when there is none. */
static gboolean
find_wire (const TnGraph *graph, TnNodeId to, guint call, guint slot, TnRef *from, TnReport *report)
{
  const TnNode *node = find_node (graph, to, report);

  if (node == NULL)
    return FALSE;
  *from = has_slot (node, call, slot) ? tn_node_input (node, call, slot) : (TnRef){ 0 };
  if (from->node != TN_NODE_NONE)
    return TRUE;
  tn_report_add (report, TN_SEVERITY_ERROR, "stale", to, _ ("This wire is no longer there."));
  return FALSE;
}

/* Text that people typed as a name. */
static char *
clean_name (const char *text)
{
  return g_strstrip (g_strdup (text != NULL ? text : ""));
}

/* ---- adding ---- */

static TnGraph *
apply_add (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  TnNodeId id = tn_draft_add (draft, args->schema, NULL, TRUE, report);

  if (id == TN_NODE_NONE)
    return NULL;
  tn_draft_move (draft, id, args->x, args->y);
  /* The layer was asked for, the wire only offered: that it is impossible refuses nothing. */
  if (tn_graph_find (graph, args->ref.node) != NULL)
    tn_draft_connect (draft, args->ref, id, 0, 0, NULL);
  if (args->created != NULL)
    *args->created = id;
  *subject = g_strdup (tn_node_name (tn_draft_find (draft, id)));
  return tn_draft_finish (draft);
}

static TnGraph *
apply_add_on_wire (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) spliced = NULL;
  TnNodeId id;
  TnRef from;

  if (!find_wire (graph, args->node, args->call, args->slot, &from, report))
    return NULL;
  draft = tn_draft_new (graph);
  /* In a group, it stands in the same wire of every call. */
  if (tn_name_group_length (tn_node_name (tn_graph_find (graph, args->node))) > 0)
    id = tn_draft_insert (draft, args->schema, args->node, args->call, args->slot, report);
  else
    id = tn_draft_add (draft, args->schema, NULL, TRUE, report);
  if (id == TN_NODE_NONE)
    return NULL;
  tn_draft_move (draft, id, args->x, args->y);
  if (tn_name_group_length (tn_node_name (tn_graph_find (graph, args->node))) == 0
      && !tn_draft_splice (draft, id, args->node, args->call, args->slot, report))
    return NULL;
  if (args->created != NULL)
    *args->created = id;
  *subject = g_strdup (tn_node_name (tn_draft_find (draft, id)));
  spliced = tn_draft_finish (draft);
  return tn_spacing_make_room (spliced, id);
}

/* Copies of a node's wires whose both ends are among the copies; with @outer also of those that
 * come from elsewhere. */
static void
copy_wires (TnDraft *draft, const TnNode *node, GHashTable *copies, gboolean outer)
{
  TnNodeId copy
      = GPOINTER_TO_UINT (g_hash_table_lookup (copies, GUINT_TO_POINTER (tn_node_id (node))));
  gboolean joins = tn_schema_joins (tn_node_schema (node));

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        TnNodeId from
            = GPOINTER_TO_UINT (g_hash_table_lookup (copies, GUINT_TO_POINTER (ref.node)));

        if (from == TN_NODE_NONE && outer)
          from = ref.node;
        ref.node = from;
        if (from != TN_NODE_NONE)
          tn_draft_connect (draft, ref, copy, call, joins ? G_MAXUINT : slot, NULL);
      }
}

static TnGraph *
duplicate (const TnGraph *graph, const TnEditArgs *args, gboolean with_inputs, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (GHashTable) copies = g_hash_table_new (NULL, NULL);
  /* In the order of the graph, whatever the order of the selection: so the names count up. */
  g_autoptr (GArray) ids = tn_copies_sorted (graph, args->nodes, args->n_nodes);
  g_autoptr (GHashTable) renamed = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < ids->len; i++)
    {
      TnNodeId id = g_array_index (ids, TnNodeId, i);
      const TnNode *node = tn_graph_find (graph, id);
      TnNodeId copy;

      copy = tn_draft_copy (draft, node);
      while (tn_node_n_calls (tn_draft_find (draft, copy)) < tn_node_n_calls (node))
        tn_draft_add_call (draft, copy);
      tn_draft_move (draft, copy, tn_node_x (node) + args->x, tn_node_y (node) + args->y);
      if (tn_name_group_length (tn_node_name (node)) > 0)
        tn_copies_place (draft, graph, ids, node, copy, renamed);
      if (g_hash_table_size (copies) == 0 && args->created != NULL)
        *args->created = copy;
      g_hash_table_insert (copies, GUINT_TO_POINTER (id), GUINT_TO_POINTER (copy));
    }
  for (guint i = 0; i < ids->len; i++)
    copy_wires (draft, tn_graph_find (graph, g_array_index (ids, TnNodeId, i)), copies,
                with_inputs);
  tn_copies_finish_groups (draft, graph, copies, renamed);
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_duplicate (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return duplicate (graph, args, FALSE, subject);
}

static TnGraph *
apply_duplicate_wired (const TnGraph *graph, const TnEditArgs *args, TnReport *report,
                       char **subject)
{
  return duplicate (graph, args, TRUE, subject);
}

/* ---- removing and moving ---- */

static TnGraph *
apply_remove (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < args->n_nodes; i++)
    {
      const TnNode *node = tn_draft_find (draft, args->nodes[i]);

      /* A wire goes on without its knot. */
      if (node != NULL && tn_node_schema (node)->knot)
        tn_draft_heal (draft, args->nodes[i]);
      else if (node != NULL)
        tn_draft_remove (draft, args->nodes[i]);
    }
  tn_copies_drop_hollow_groups (draft, graph);
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_move (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < args->n_nodes; i++)
    {
      const TnNode *node = tn_graph_find (graph, args->nodes[i]);

      if (node != NULL)
        tn_draft_move (draft, args->nodes[i], tn_node_x (node) + args->x,
                       tn_node_y (node) + args->y);
    }
  *subject = tn_copies_subject (graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_arrange (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < tn_graph_size (args->graph); i++)
    {
      const TnNode *arranged = tn_graph_node (args->graph, i);

      if (tn_graph_find (graph, tn_node_id (arranged)) == NULL)
        continue;
      tn_draft_move (draft, tn_node_id (arranged), tn_node_x (arranged), tn_node_y (arranged));
      /* A frame has another size around what has been moved. */
      for (guint j = 0;
           tn_node_schema (arranged)->remark && j < tn_node_schema (arranged)->n_params; j++)
        tn_draft_set (draft, tn_node_id (arranged), j, tn_node_get (arranged, j), FALSE, NULL);
    }
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->knot && tn_graph_find (args->graph, tn_node_id (node)) == NULL)
        tn_draft_heal (draft, tn_node_id (node));
    }
  tn_draft_set_direction (draft, tn_graph_direction (args->graph));
  return tn_draft_finish (draft);
}

/* ---- changing one layer ---- */

static TnGraph *
apply_rename (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autofree char *name = clean_name (args->text);
  g_autofree char *own = NULL;
  const TnNode *node = find_node (graph, args->node, report);
  gsize length;

  if (node == NULL)
    return NULL;
  /* In a group people type, and see, a layer's own name. */
  own = g_strdup (name);
  length = tn_name_group_length (tn_node_name (node));
  if (length > 0 && *name != '\0' && strchr (name, '/') == NULL)
    {
      g_autofree char *group = g_strndup (tn_node_name (node), length);

      g_free (name);
      name = g_strdup_printf ("%s/%s", group, own);
    }
  if (g_str_equal (name, tn_node_name (node)))
    return tn_graph_ref (graph);
  draft = tn_draft_new (graph);
  if (!tn_draft_rename (draft, args->node, name, report))
    return NULL;
  *subject = g_strdup (tn_name_own (name));
  return tn_draft_finish (draft);
}

static TnGraph *
apply_set (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *node = find_node (graph, args->node, report);
  const TnSchema *schema;

  if (node == NULL)
    return NULL;
  schema = tn_node_schema (node);
  g_return_val_if_fail (args->param < schema->n_params, NULL);
  draft = tn_draft_new (graph);
  if (!tn_draft_set (draft, args->node, args->param, args->value, TRUE, report))
    return NULL;
  /* Translators: a parameter and its layer, in "Undo Change filters of conv2d". */
  *subject
      = g_strdup_printf (_ ("%s of %s"), schema->params[args->param].name, tn_node_name (node));
  return tn_draft_finish (draft);
}

static TnGraph *
apply_trainable (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *node = find_node (graph, args->node, report);

  if (node == NULL)
    return NULL;
  draft = tn_draft_new (graph);
  tn_draft_set_trainable (draft, args->node, tn_value_bool (args->value));
  *subject = g_strdup_printf (_ ("%s of %s"), "trainable", tn_node_name (node));
  return tn_draft_finish (draft);
}

static TnGraph *
apply_set_many (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  const gboolean trainable = g_str_equal (args->text, "trainable");
  guint n_set = 0;

  for (guint i = 0; i < args->n_nodes; i++)
    {
      const TnNode *node = tn_graph_find (graph, args->nodes[i]);
      int param
          = node != NULL && !trainable ? tn_schema_param (tn_node_schema (node), args->text) : -1;

      if (node != NULL && trainable && tn_node_schema (node)->keras)
        tn_draft_set_trainable (draft, args->nodes[i],
                                args->value == NULL || tn_value_bool (args->value));
      else if (param < 0)
        continue;
      else if (!tn_draft_set (draft, args->nodes[i], (guint)param, args->value, TRUE, report))
        return NULL;
      n_set++;
    }
  /* Translators: a parameter and "3 layers", in "Undo Change filters of 3 layers". */
  *subject
      = g_strdup_printf (ngettext ("%s of %u layer", "%s of %u layers", n_set), args->text, n_set);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_pin (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *node = find_node (graph, args->node, report);

  if (node == NULL)
    return NULL;
  draft = tn_draft_new (graph);
  tn_draft_pin (draft, args->node, args->shape);
  *subject = g_strdup (tn_node_name (node));
  return tn_draft_finish (draft);
}

/* ---- wires ---- */

static TnGraph *
apply_connect (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *source = find_node (graph, args->ref.node, report);
  const TnNode *target = source != NULL ? find_node (graph, args->node, report) : NULL;

  if (target == NULL)
    return NULL;
  g_return_val_if_fail (args->call < tn_node_n_calls (target), NULL);
  draft = tn_draft_new (graph);
  if (!tn_draft_connect (draft, args->ref, args->node, args->call, args->slot, report))
    return NULL;
  *subject = subject_of_wire (graph, args->ref, args->node);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_disconnect (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  TnRef from;

  if (!find_wire (graph, args->node, args->call, args->slot, &from, report))
    return NULL;
  draft = tn_draft_new (graph);
  tn_draft_disconnect (draft, args->node, args->call, args->slot);
  *subject = subject_of_wire (graph, from, args->node);
  return tn_draft_finish (draft);
}

/* ---- the model as a whole ---- */

static TnGraph *
apply_dense_inputs (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  tn_draft_set_dense_inputs (draft, args->dense_inputs);
  return tn_draft_finish (draft);
}

static TnGraph *
apply_rename_model (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autofree char *name = clean_name (args->text);

  if (*name == '\0')
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "name", TN_NODE_NONE,
                     _ ("A model needs a name of at least one letter."));
      return NULL;
    }
  tn_draft_set_name (draft, name);
  return tn_draft_finish (draft);
}

/* How far the neighbours of a layer that a fix brought in have been moved since, on average. */
static void
neighbours_moved (const TnEditArgs *args, const TnGraph *graph, guint index, double *dx, double *dy)
{
  g_autoptr (GArray) neighbours = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  const TnNode *node = tn_graph_node (args->graph, index);
  const TnGraphUse *uses;
  guint n_uses, n = 0;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);

        g_array_append_val (neighbours, ref.node);
      }
  uses = tn_graph_uses (args->graph, index, &n_uses);
  for (guint i = 0; i < n_uses; i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (args->graph, uses[i].index));

      g_array_append_val (neighbours, id);
    }

  *dx = *dy = 0;
  for (guint i = 0; i < neighbours->len; i++)
    {
      TnNodeId id = g_array_index (neighbours, TnNodeId, i);
      const TnNode *before = tn_graph_find (args->base, id);
      const TnNode *now = tn_graph_find (graph, id);

      if (before == NULL || now == NULL)
        continue;
      *dx += tn_node_x (now) - tn_node_x (before);
      *dy += tn_node_y (now) - tn_node_y (before);
      n++;
    }
  if (n > 0)
    {
      *dx /= n;
      *dy /= n;
    }
}

static TnGraph *
apply_fix (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) fixed = NULL;

  if (!tn_graph_same_meaning (graph, args->base))
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "stale", TN_NODE_NONE,
                     _ ("The model has changed since this repair was worked out."));
      return NULL;
    }
  draft = tn_draft_new (args->graph);
  for (guint i = 0; i < tn_graph_size (args->graph); i++)
    {
      const TnNode *node = tn_graph_node (args->graph, i);
      const TnNode *before = tn_graph_find (args->base, tn_node_id (node));
      const TnNode *now = tn_graph_find (graph, tn_node_id (node));
      double dx, dy;

      if (before != NULL && now != NULL)
        {
          dx = tn_node_x (now) - tn_node_x (before);
          dy = tn_node_y (now) - tn_node_y (before);
        }
      else
        neighbours_moved (args, graph, i, &dx, &dy);
      if (tn_node_is_placed (node) && (dx != 0 || dy != 0))
        tn_draft_move (draft, tn_node_id (node), tn_node_x (node) + dx, tn_node_y (node) + dy);
    }
  fixed = tn_draft_finish (draft);
  for (guint i = 0; i < tn_graph_size (args->graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (args->graph, i));

      if (tn_graph_find (graph, id) == NULL)
        {
          g_autoptr (TnGraph) crowded = g_steal_pointer (&fixed);

          fixed = tn_spacing_make_room (crowded, id);
        }
    }
  *subject = g_strdup (args->text != NULL ? args->text : "");
  return g_steal_pointer (&fixed);
}

/* ---- warnings ---- */

static TnGraph *
set_silenced (const TnGraph *graph, const TnEditArgs *args, gboolean silenced, TnReport *report,
              char **subject)
{
  g_autoptr (TnDraft) draft = NULL;
  const TnNode *node = find_node (graph, args->node, report);

  g_return_val_if_fail (args->text != NULL, NULL);
  if (node == NULL)
    return NULL;
  draft = tn_draft_new (graph);
  tn_draft_silence (draft, args->node, args->text, silenced);
  *subject = g_strdup (tn_node_name (node));
  return tn_draft_finish (draft);
}

static TnGraph *
apply_silence (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return set_silenced (graph, args, TRUE, report, subject);
}

static TnGraph *
apply_unsilence (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  return set_silenced (graph, args, FALSE, report, subject);
}

/* ---- the table ---- */

const TnEdit tn_edit_add
    = { "add-layer", N_ ("Add %s"), N_ ("Undo Add %s"), N_ ("Redo Add %s"), apply_add };
const TnEdit tn_edit_add_on_wire = { "add-layer-on-wire", N_ ("Insert %s"), N_ ("Undo Insert %s"),
                                     N_ ("Redo Insert %s"), apply_add_on_wire };
const TnEdit tn_edit_remove
    = { "remove", N_ ("Delete %s"), N_ ("Undo Delete %s"), N_ ("Redo Delete %s"), apply_remove };
const TnEdit tn_edit_move
    = { "move", N_ ("Move %s"), N_ ("Undo Move %s"), N_ ("Redo Move %s"), apply_move };
const TnEdit tn_edit_rename
    = { "rename", N_ ("Rename %s"), N_ ("Undo Rename %s"), N_ ("Redo Rename %s"), apply_rename };
const TnEdit tn_edit_set
    = { "set", N_ ("Change %s"), N_ ("Undo Change %s"), N_ ("Redo Change %s"), apply_set };
const TnEdit tn_edit_trainable = { "trainable", N_ ("Change %s"), N_ ("Undo Change %s"),
                                   N_ ("Redo Change %s"), apply_trainable };
const TnEdit tn_edit_pin = { "pin", N_ ("Change Width of %s"), N_ ("Undo Change Width of %s"),
                             N_ ("Redo Change Width of %s"), apply_pin };
const TnEdit tn_edit_connect = { "connect", N_ ("Connect %s"), N_ ("Undo Connect %s"),
                                 N_ ("Redo Connect %s"), apply_connect };
const TnEdit tn_edit_disconnect = { "disconnect", N_ ("Disconnect %s"), N_ ("Undo Disconnect %s"),
                                    N_ ("Redo Disconnect %s"), apply_disconnect };
const TnEdit tn_edit_duplicate = { "duplicate", N_ ("Duplicate %s"), N_ ("Undo Duplicate %s"),
                                   N_ ("Redo Duplicate %s"), apply_duplicate };
const TnEdit tn_edit_duplicate_wired
    = { "duplicate-wired", N_ ("Duplicate %s"), N_ ("Undo Duplicate %s"), N_ ("Redo Duplicate %s"),
        apply_duplicate_wired };
const TnEdit tn_edit_set_many = { "set-many", N_ ("Change %s"), N_ ("Undo Change %s"),
                                  N_ ("Redo Change %s"), apply_set_many };
const TnEdit tn_edit_dense_inputs
    = { "dense-inputs", N_ ("Change Rule for Dense"), N_ ("Undo Change Rule for Dense"),
        N_ ("Redo Change Rule for Dense"), apply_dense_inputs };
const TnEdit tn_edit_rename_model = { "rename-model", N_ ("Rename Model"), N_ ("Undo Rename Model"),
                                      N_ ("Redo Rename Model"), apply_rename_model };
const TnEdit tn_edit_arrange
    = { "arrange", N_ ("Arrange"), N_ ("Undo Arrange"), N_ ("Redo Arrange"), apply_arrange };
const TnEdit tn_edit_silence
    = { "silence", N_ ("Ignore Warning at %s"), N_ ("Undo Ignore Warning at %s"),
        N_ ("Redo Ignore Warning at %s"), apply_silence };
const TnEdit tn_edit_unsilence
    = { "unsilence", N_ ("Show Warning at %s Again"), N_ ("Undo Show Warning at %s Again"),
        N_ ("Redo Show Warning at %s Again"), apply_unsilence };
const TnEdit tn_edit_fix = { "fix", "%s", N_ ("Undo “%s”"), N_ ("Redo “%s”"), apply_fix };
