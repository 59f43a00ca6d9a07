/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Putting another model into this one as a group. */
#include <string.h>

#include "base/tn-i18n.h"
#include "document/tn-document.h"
#include "document/tn-spacing.h"
#include "layers/tn-layer.h"
#include "scene/tn-scene.h"

typedef struct
{
  const TnGraph *model;
  TnDraft *draft;
  char *name;
  GHashTable *made; /* TnNodeId in the model → TnNodeId */
  GArray *inputs;   /* of TnNodeId: what enters the group */
} Insert;

static TnRef
made_ref (const Insert *insert, TnRef ref)
{
  ref.node = GPOINTER_TO_UINT (g_hash_table_lookup (insert->made, GUINT_TO_POINTER (ref.node)));
  return ref;
}

/* The groups of the model, in the new one, without their outputs. */
static gboolean
add_groups (Insert *insert, TnReport *report)
{
  if (!tn_draft_set_group (insert->draft, insert->name, "Functional", NULL, 0, NULL, report))
    return FALSE;
  for (guint i = 0; i < tn_graph_n_groups (insert->model); i++)
    {
      const TnGroup *group = tn_graph_group (insert->model, i);
      g_autofree char *path = g_strdup_printf ("%s/%s", insert->name, tn_group_name (group));

      if (!tn_draft_set_group (insert->draft, path, tn_group_type (group), NULL, 0,
                               tn_group_extras (group), report))
        return FALSE;
      tn_draft_open_group (insert->draft, path, tn_group_is_open (group));
    }
  return TRUE;
}

/* Labels belong to a model that is trained, not to a part of another. */
static gboolean
is_left_out (const TnNode *node)
{
  return tn_node_n_outputs (node) == 0 && !tn_node_schema (node)->keras;
}

static void
add_members (Insert *insert, double dx, double dy)
{
  for (guint i = 0; i < tn_graph_size (insert->model); i++)
    {
      const TnNode *node = tn_graph_node (insert->model, i);
      g_autofree char *path = g_strdup_printf ("%s/%s", insert->name, tn_node_name (node));
      gsize length = tn_name_group_length (path);
      g_autofree char *group = g_strndup (path, length);
      TnNodeId id;

      if (is_left_out (node))
        continue;
      if (tn_node_is_source (node))
        {
          id = tn_draft_add (insert->draft, &tn_layer_boundary ()->schema, path, FALSE, NULL);
          g_array_append_val (insert->inputs, id);
          /* It is made for that shape, whatever comes. */
          for (guint param = 0; param < tn_node_schema (node)->n_params; param++)
            if (tn_node_get (node, param) != NULL)
              tn_draft_set (insert->draft, id, param, tn_node_get (node, param), FALSE, NULL);
        }
      else
        {
          id = tn_draft_copy (insert->draft, node);
          tn_draft_put_into (insert->draft, id, group);
          tn_draft_rename (insert->draft, id, path, NULL);
          while (tn_node_n_calls (tn_draft_find (insert->draft, id)) < tn_node_n_calls (node))
            tn_draft_add_call (insert->draft, id);
        }
      tn_draft_move (insert->draft, id, tn_node_x (node) + dx, tn_node_y (node) + dy);
      g_hash_table_insert (insert->made, GUINT_TO_POINTER (tn_node_id (node)),
                           GUINT_TO_POINTER (id));
    }
}

/* Of a Sequential that does not say what enters it: its first layer is open. */
static void
add_open_input (Insert *insert)
{
  for (guint i = 0; insert->inputs->len == 0 && i < tn_graph_size (insert->model); i++)
    {
      const TnNode *node = tn_graph_node (insert->model, i);
      g_autofree char *name = NULL;
      TnNodeId id;
      TnRef to = made_ref (insert, (TnRef){ tn_node_id (node), 0, 0 });

      if (to.node == TN_NODE_NONE || tn_node_n_inputs (node, 0) == 0
          || tn_node_input (node, 0, 0).node != TN_NODE_NONE)
        continue;
      name = tn_draft_free_name (insert->draft, insert->name, "input");
      id = tn_draft_add (insert->draft, &tn_layer_boundary ()->schema, name, FALSE, NULL);
      tn_draft_move (insert->draft, id, tn_node_x (tn_draft_find (insert->draft, to.node)),
                     tn_node_y (tn_draft_find (insert->draft, to.node)) - 90);
      tn_draft_connect (insert->draft, (TnRef){ id, 0, 0 }, to.node, 0, 0, NULL);
      g_array_append_val (insert->inputs, id);
    }
}

static void
add_wires (Insert *insert)
{
  for (guint i = 0; i < tn_graph_n_steps (insert->model); i++)
    {
      TnGraphStep step = tn_graph_step (insert->model, i);
      const TnNode *node = tn_graph_node (insert->model, step.index);
      TnRef to = made_ref (insert, (TnRef){ tn_node_id (node), 0, 0 });

      for (guint slot = 0; to.node != TN_NODE_NONE && slot < tn_node_n_inputs (node, step.call);
           slot++)
        {
          TnRef from = made_ref (insert, tn_node_input (node, step.call, slot));

          if (from.node != TN_NODE_NONE)
            tn_draft_connect (insert->draft, from, to.node, step.call, slot, NULL);
        }
    }
}

static void
set_outputs (Insert *insert)
{
  for (guint i = 0; i <= tn_graph_n_groups (insert->model); i++)
    {
      const TnGroup *group = i > 0 ? tn_graph_group (insert->model, i - 1) : NULL;
      g_autofree char *path = group != NULL
                                  ? g_strdup_printf ("%s/%s", insert->name, tn_group_name (group))
                                  : g_strdup (insert->name);
      guint n_refs;
      const TnRef *refs = group != NULL ? tn_group_outputs (group, &n_refs)
                                        : tn_graph_outputs (insert->model, &n_refs);
      g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));

      for (guint j = 0; j < n_refs; j++)
        {
          TnRef ref = made_ref (insert, refs[j]);

          if (ref.node != TN_NODE_NONE)
            g_array_append_val (outputs, ref);
        }
      tn_draft_set_group (insert->draft, path, group != NULL ? tn_group_type (group) : "Functional",
                          (const TnRef *)(gpointer)outputs->data, outputs->len,
                          group != NULL ? tn_group_extras (group) : NULL, NULL);
    }
}

/* The only tensor of @graph that is for others to use and that nobody uses. */
static gboolean
only_free_output (const TnGraph *graph, TnRef *ref)
{
  guint n_free = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      guint n_uses;

      tn_graph_uses (graph, i, &n_uses);
      if (n_uses > 0 || tn_node_n_outputs (node) == 0)
        continue;
      n_free += tn_node_n_outputs (node);
      *ref = (TnRef){ tn_node_id (node), (guint16)(tn_node_n_calls (node) - 1), 0 };
    }
  return n_free == 1;
}

/* How long, counting every layer within. */
static guint
count_layers (const TnGraph *model)
{
  guint n_layers = 0;

  for (guint i = 0; i < tn_graph_size (model); i++)
    n_layers += !tn_node_schema (tn_graph_node (model, i))->boundary
                && !tn_node_is_source (tn_graph_node (model, i));
  return n_layers;
}

static TnGraph *
apply_insert (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_autoptr (TnGraph) model = tn_layout (args->graph, FALSE);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (GHashTable) made = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autofree char *own = g_strstrip (g_strdup (args->text != NULL ? args->text : ""));
  g_autofree char *name = NULL;
  g_autoptr (TnGraph) inserted = NULL;
  double x = 0, y = 0;
  Insert insert = { model, draft, NULL, made, inputs };
  TnRef output;

  if (tn_graph_size (model) == 0)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
                     _ ("That model has no layers."));
      return NULL;
    }
  g_strdelimit (own, "/", '_');
  insert.name = name = tn_draft_free_name (draft, NULL, own[0] != '\0' ? own : "model");
  for (guint i = 0; i < tn_graph_size (model); i++)
    {
      x += tn_node_x (tn_graph_node (model, i)) / tn_graph_size (model);
      y += tn_node_y (tn_graph_node (model, i)) / tn_graph_size (model);
    }
  if (!add_groups (&insert, report))
    return NULL;
  add_members (&insert, (double)(gint64)(args->x - x), (double)(gint64)(args->y - y));
  if (g_hash_table_size (made) == 0)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
                     _ ("That model has no layers."));
      return NULL;
    }
  add_wires (&insert);
  add_open_input (&insert);
  set_outputs (&insert);
  tn_draft_open_group (draft, name, count_layers (model) <= TN_GROUP_MOST_OPEN);
  if (inputs->len == 1 && only_free_output (graph, &output))
    tn_draft_connect (draft, output, g_array_index (inputs, TnNodeId, 0), 0, 0, NULL);
  if (args->created != NULL)
    *args->created = inputs->len > 0 ? g_array_index (inputs, TnNodeId, 0) : TN_NODE_NONE;
  inserted = tn_draft_finish (draft);
  *subject = g_strdup (name);
  return g_steal_pointer (&inserted);
}

const TnEdit tn_edit_insert_model = { "insert-model", N_ ("Insert %s"), N_ ("Undo Insert %s"),
                                      N_ ("Redo Insert %s"), apply_insert };
