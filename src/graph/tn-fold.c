/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folding groups into layers of their own, and unfolding them. */
#include "graph/tn-fold.h"

#include <string.h>

#include "base/tn-i18n.h"

enum
{
  MODEL_OUTPUTS,
  MODEL_N_PARAMS,
};

static const TnParam model_params[MODEL_N_PARAMS] = {
  [MODEL_OUTPUTS]
  = { .name = "outputs", .kind = TN_PARAM_INT, .fallback = { .kind = TN_VALUE_INT, .integer = 1 } },
};

static guint
model_outputs (const TnNode *node)
{
  return (guint)tn_node_int (node, MODEL_OUTPUTS);
}

static const TnSchema model_schemas[] = {
  { .type = "Functional",
    .auto_name = "functional",
    .params = model_params,
    .n_params = MODEL_N_PARAMS,
    .max_inputs = G_MAXUINT,
    .n_outputs = 1,
    .outputs = model_outputs,
    .keras = TRUE },
  { .type = "Sequential",
    .auto_name = "sequential",
    .params = model_params,
    .n_params = MODEL_N_PARAMS,
    .max_inputs = G_MAXUINT,
    .n_outputs = 1,
    .outputs = model_outputs,
    .keras = TRUE },
};

const TnSchema *
tn_model_schema (const char *type)
{
  /* What Keras calls a Functional was a Model before 2.4, and is one in TensorFlow.js. */
  if (strcmp (type, "Model") == 0)
    type = "Functional";
  for (guint i = 0; i < G_N_ELEMENTS (model_schemas); i++)
    if (strcmp (model_schemas[i].type, type) == 0)
      return &model_schemas[i];
  return NULL;
}

gboolean
tn_schema_is_model (const TnSchema *schema)
{
  return schema->params == model_params;
}

void
tn_draft_set_model_outputs (TnDraft *draft, TnNodeId id, guint n_outputs)
{
  g_autoptr (TnValue) value = tn_value_new_int (n_outputs);

  tn_draft_set (draft, id, MODEL_OUTPUTS, value, FALSE, NULL);
}

/* A node as in the other graph, with @n_calls calls that are not wired yet. */
static TnNodeId
copy_node (TnDraft *draft, const TnNode *node, const TnSchema *schema, const char *name,
           guint n_calls)
{
  TnNodeId id = tn_draft_add (draft, schema, name, FALSE, NULL);
  TnShape pin;

  g_return_val_if_fail (id != TN_NODE_NONE, TN_NODE_NONE);
  for (guint i = 0; i < tn_node_schema (node)->n_params; i++)
    {
      const TnValue *value = tn_node_get (node, i);
      int param = tn_schema_param (schema, tn_node_schema (node)->params[i].name);

      if (value != NULL && param >= 0)
        tn_draft_set (draft, id, (guint)param, value, FALSE, NULL);
    }
  if (!tn_node_is_trainable (node))
    tn_draft_set_trainable (draft, id, FALSE);
  if (tn_node_is_placed (node))
    tn_draft_move (draft, id, tn_node_x (node), tn_node_y (node));
  if (tn_node_pin (node, &pin))
    tn_draft_pin (draft, id, &pin);
  if (tn_node_extras (node) != NULL)
    tn_draft_set_extras (draft, id, tn_node_extras (node));
  for (guint call = 1; call < n_calls; call++)
    tn_draft_add_call (draft, id);
  return id;
}

static void
copy_model (TnDraft *draft, const TnGraph *graph)
{
  tn_draft_set_name (draft, tn_graph_name (graph));
  tn_draft_set_dense_inputs (draft, tn_graph_dense_inputs (graph));
  tn_draft_set_direction (draft, tn_graph_direction (graph));
  tn_draft_set_seed (draft, tn_graph_seed (graph));
  tn_draft_set_graph_extras (draft, tn_graph_extras (graph));
}

/* ---- folding ---- */

typedef struct
{
  const TnGraph *graph;
  const TnSchema *input;
  TnDraft *draft;
  const TnGroup **group; /* by index: the one that the node goes into; NULL: none */
  guint *n_calls;        /* by index: calls of that group */
  TnNodeId *made;        /* by index: the node in the draft, or that of its group */
} Fold;

static const TnGroup *
outermost (const TnGraph *graph, const TnNode *node)
{
  const char *name = tn_node_name (node);
  const char *slash = strchr (name, '/');
  g_autofree char *outer = slash != NULL ? g_strndup (name, (gsize)(slash - name)) : NULL;

  return outer != NULL ? tn_graph_find_group (graph, outer) : NULL;
}

/* Which nodes go into a group; FALSE when none does. */
static gboolean
find_members (Fold *fold)
{
  g_autoptr (GHashTable) calls = g_hash_table_new (NULL, NULL);
  gboolean any = FALSE;

  for (guint i = 0; i < tn_graph_n_groups (fold->graph); i++)
    {
      const TnGroup *group = tn_graph_group (fold->graph, i);

      if (tn_name_group_length (tn_group_name (group)) == 0)
        g_hash_table_insert (calls, (gpointer)group,
                             GUINT_TO_POINTER (tn_graph_group_calls (fold->graph, group)));
    }
  for (guint i = 0; g_hash_table_size (calls) > 0 && i < tn_graph_size (fold->graph); i++)
    {
      const TnGroup *group = outermost (fold->graph, tn_graph_node (fold->graph, i));

      fold->n_calls[i] = GPOINTER_TO_UINT (g_hash_table_lookup (calls, group));
      if (fold->n_calls[i] == 0)
        continue;
      fold->group[i] = group;
      any = TRUE;
    }
  return any;
}

static gboolean
enters (const Fold *fold, guint index)
{
  const TnNode *node = tn_graph_node (fold->graph, index);

  return tn_node_schema (node)->boundary
         && tn_graph_group_of (fold->graph, node) == fold->group[index];
}

/* Does it say anything of what enters? */
static gboolean
is_told (const TnNode *node)
{
  for (guint i = 0; i < tn_node_schema (node)->n_params; i++)
    if (tn_node_get (node, i) != NULL)
      return TRUE;
  return FALSE;
}

/* A tensor of the graph as one of the draft. */
static TnRef
fold_ref (const Fold *fold, TnRef ref)
{
  int index = tn_graph_index (fold->graph, ref.node);
  guint part, n_outputs;
  const TnRef *outputs;
  TnRef folded = { 0 };

  if (index < 0)
    return folded;
  folded.node = fold->made[index];
  if (fold->group[index] == NULL)
    {
      folded.call = ref.call;
      folded.output = ref.output;
      return folded;
    }
  part = tn_node_n_calls (tn_graph_node (fold->graph, (guint)index)) / fold->n_calls[index];
  folded.call = (guint16)(ref.call / part);
  ref.call = (guint16)(ref.call % part);
  outputs = tn_group_outputs (fold->group[index], &n_outputs);
  for (guint i = 0; i < n_outputs; i++)
    if (tn_ref_equal (outputs[i], ref))
      folded.output = (guint16)i;
  return folded;
}

/* The groups within @within ("encoder/"), or those that are not folded ("" and @fold); those
 * already made, with @outputs their outputs as well. */
static void
copy_groups (TnDraft *draft, const TnGraph *graph, const char *within, const TnNodeId *made,
             const Fold *fold, gboolean outputs)
{
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      const char *name = tn_group_name (group);
      g_autoptr (GArray) mapped = g_array_new (FALSE, FALSE, sizeof (TnRef));
      guint n_outputs;
      const TnRef *refs = tn_group_outputs (group, &n_outputs);
      gboolean folded = FALSE;

      if (!g_str_has_prefix (name, within))
        continue;
      for (guint j = 0; fold != NULL && j < tn_graph_size (graph) && !folded; j++)
        folded = fold->group[j] != NULL
                 && (fold->group[j] == group || tn_group_holds (fold->group[j], name));
      if (folded)
        continue;
      for (guint j = 0; outputs && j < n_outputs; j++)
        {
          int index = tn_graph_index (graph, refs[j].node);
          TnRef ref = { index >= 0 ? made[index] : TN_NODE_NONE, refs[j].call, refs[j].output };

          g_array_append_val (mapped, ref);
        }
      tn_draft_set_group (draft, name + strlen (within), tn_group_type (group),
                          (TnRef *)(gpointer)mapped->data, mapped->len, tn_group_extras (group),
                          NULL);
      tn_draft_open_group (draft, name + strlen (within), tn_group_is_open (group));
    }
}

/* The model within @group, by itself. */
static TnGraph *
model_within (const Fold *fold, const TnGroup *group)
{
  const TnGraph *graph = fold->graph;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autofree char *within = g_strdup_printf ("%s/", tn_group_name (group));
  g_autofree TnNodeId *made = g_new0 (TnNodeId, tn_graph_size (graph));
  g_autoptr (GArray) declared = g_array_new (FALSE, FALSE, sizeof (TnRef));
  guint n_outputs;
  const TnRef *outputs = tn_group_outputs (group, &n_outputs);

  tn_draft_set_name (draft, tn_name_own (tn_group_name (group)));
  tn_draft_set_dense_inputs (draft, tn_graph_dense_inputs (graph));
  tn_draft_set_direction (draft, tn_graph_direction (graph));
  tn_draft_set_graph_extras (draft, tn_group_extras (group));
  copy_groups (draft, graph, within, made, NULL, FALSE);
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      gboolean input = fold->group[i] == group && enters (fold, i);

      if (fold->group[i] == group && (!input || is_told (node)))
        made[i] = copy_node (draft, node, input ? fold->input : tn_node_schema (node),
                             tn_node_name (node) + strlen (within),
                             tn_node_n_calls (node) / fold->n_calls[i]);
    }
  for (guint step = 0; step < tn_graph_n_steps (graph); step++)
    {
      TnGraphStep at = tn_graph_step (graph, step);
      const TnNode *node = tn_graph_node (graph, at.index);

      if (made[at.index] == TN_NODE_NONE || enters (fold, at.index)
          || at.call >= tn_node_n_calls (node) / fold->n_calls[at.index])
        continue;
      for (guint slot = 0; slot < tn_node_n_inputs (node, at.call); slot++)
        {
          TnRef ref = tn_node_input (node, at.call, slot);
          int source = tn_graph_index (graph, ref.node);

          if (source < 0 || made[source] == TN_NODE_NONE)
            continue;
          ref.node = made[source];
          tn_draft_connect (draft, ref, made[at.index], at.call, slot, NULL);
        }
    }
  copy_groups (draft, graph, within, made, NULL, TRUE);
  for (guint i = 0; i < n_outputs; i++)
    {
      int index = tn_graph_index (graph, outputs[i].node);
      TnRef ref = { index >= 0 ? made[index] : TN_NODE_NONE, outputs[i].call, outputs[i].output };

      if (ref.node != TN_NODE_NONE)
        g_array_append_val (declared, ref);
    }
  tn_draft_set_outputs (draft, (TnRef *)(gpointer)declared->data, declared->len);
  return tn_draft_finish (draft);
}

/* Does each layer feed the next one and nothing else? */
static gboolean
is_chain (const TnGraph *graph)
{
  TnNodeId before = TN_NODE_NONE;
  guint n_outputs;
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);

  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, tn_graph_step (graph, i).index);
      guint n_inputs = tn_node_n_inputs (node, 0);
      TnRef input = tn_node_input (node, 0, 0);

      if (tn_node_n_calls (node) != 1 || n_inputs != (i > 0 || !tn_node_is_source (node) ? 1 : 0)
          || input.node != before || input.output != 0)
        return FALSE;
      before = tn_node_id (node);
    }
  return n_outputs == 1 && outputs[0].node == before && outputs[0].output == 0;
}

/* The class of the model within: what is no chain any more is no Sequential. */
static const char *
model_type (const Fold *fold, const TnGroup *group, const TnGraph *model)
{
  g_autoptr (GHashTable) models
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)tn_graph_unref);
  g_autoptr (TnGraph) folded = NULL;

  if (strcmp (tn_group_type (group), "Sequential") != 0)
    return tn_group_type (group);
  folded = tn_graph_fold (model, fold->input, models);
  return is_chain (folded) ? "Sequential" : "Functional";
}

static void
fold_nodes (Fold *fold, GHashTable *models)
{
  g_autoptr (GHashTable) layers = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < tn_graph_size (fold->graph); i++)
    {
      const TnNode *node = tn_graph_node (fold->graph, i);
      const TnGroup *group = fold->group[i];
      TnGraph *model;
      guint n_outputs;

      if (group == NULL)
        {
          fold->made[i] = copy_node (fold->draft, node, tn_node_schema (node), tn_node_name (node),
                                     tn_node_n_calls (node));
          continue;
        }
      fold->made[i] = GPOINTER_TO_UINT (g_hash_table_lookup (layers, group));
      if (fold->made[i] != TN_NODE_NONE)
        continue;
      model = model_within (fold, group);
      fold->made[i] = tn_draft_add (fold->draft, tn_model_schema (model_type (fold, group, model)),
                                    tn_group_name (group), FALSE, NULL);
      for (guint call = 1; call < fold->n_calls[i]; call++)
        tn_draft_add_call (fold->draft, fold->made[i]);
      tn_group_outputs (group, &n_outputs);
      tn_draft_set_model_outputs (fold->draft, fold->made[i], n_outputs);
      g_hash_table_insert (layers, (gpointer)group, GUINT_TO_POINTER (fold->made[i]));
      g_hash_table_insert (models, GUINT_TO_POINTER (fold->made[i]), model);
    }
}

static void
fold_wires (Fold *fold)
{
  /* What enters a group comes first: its slots are numbered by the order of its inputs. */
  for (guint i = 0; i < tn_graph_size (fold->graph); i++)
    {
      const TnNode *node = tn_graph_node (fold->graph, i);

      if (fold->group[i] == NULL || !enters (fold, i))
        continue;
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        tn_draft_connect (fold->draft, fold_ref (fold, tn_node_input (node, call, 0)),
                          fold->made[i], call, G_MAXUINT, NULL);
    }
  for (guint step = 0; step < tn_graph_n_steps (fold->graph); step++)
    {
      TnGraphStep at = tn_graph_step (fold->graph, step);
      const TnNode *node = tn_graph_node (fold->graph, at.index);

      if (fold->group[at.index] != NULL)
        continue;
      for (guint slot = 0; slot < tn_node_n_inputs (node, at.call); slot++)
        {
          TnRef ref = fold_ref (fold, tn_node_input (node, at.call, slot));

          if (ref.node != TN_NODE_NONE)
            tn_draft_connect (fold->draft, ref, fold->made[at.index], at.call, slot, NULL);
        }
    }
}

TnGraph *
tn_graph_fold (const TnGraph *graph, const TnSchema *input, GHashTable *models)
{
  guint size = tn_graph_size (graph), n_outputs;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autofree const TnGroup **group = g_new0 (const TnGroup *, size);
  g_autofree guint *n_calls = g_new0 (guint, size);
  g_autofree TnNodeId *made = g_new0 (TnNodeId, size);
  Fold fold = { graph, input, draft, group, n_calls, made };
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);

  if (!find_members (&fold))
    return tn_graph_ref (graph);
  copy_model (draft, graph);
  copy_groups (draft, graph, "", made, &fold, FALSE);
  fold_nodes (&fold, models);
  fold_wires (&fold);
  copy_groups (draft, graph, "", made, &fold, TRUE);
  if (tn_graph_outputs_declared (graph))
    {
      g_autofree TnRef *declared = g_new0 (TnRef, n_outputs + 1);

      for (guint i = 0; i < n_outputs; i++)
        declared[i] = fold_ref (&fold, outputs[i]);
      tn_draft_set_outputs (draft, declared, n_outputs);
    }
  return tn_draft_finish (draft);
}

/* ---- unfolding ---- */

/* What one node of the folded graph became. */
typedef struct
{
  TnGraph *model;   /* borrowed; NULL: an ordinary layer */
  TnNodeId id;      /* of an ordinary one */
  TnNodeId *inside; /* owned; of a model: by index in it */
  GArray *inputs;   /* owned; of a model: of TnNodeId, what takes the place of its inputs */
} Unfolded;

typedef struct
{
  const TnGraph *folded;
  const TnSchema *boundary;
  TnDraft *draft;
  Unfolded *nodes; /* by index */
} Unfold;

static void
unfolded_clear (Unfolded *nodes, guint size)
{
  for (guint i = 0; i < size; i++)
    {
      g_free (nodes[i].inside);
      g_clear_pointer (&nodes[i].inputs, g_array_unref);
    }
  g_free (nodes);
}

/* A slot that the model leaves open is where what enters it goes: a Sequential without an
 * InputLayer. */
static gboolean
is_open_slot (const TnNode *node, guint call, guint slot)
{
  return tn_node_input (node, call, slot).node == TN_NODE_NONE && !tn_node_is_optional (node, slot);
}

static TnNodeId
add_boundary (Unfold *unfold, const char *group, guint n_calls)
{
  g_autofree char *name = g_strdup_printf ("%s/input", group);
  TnNodeId id;

  for (guint number = 1; tn_draft_find_name (unfold->draft, name) != NULL; number++)
    {
      g_free (name);
      name = g_strdup_printf ("%s/input_%u", group, number);
    }
  id = tn_draft_add (unfold->draft, unfold->boundary, name, FALSE, NULL);
  for (guint call = 1; call < n_calls; call++)
    tn_draft_add_call (unfold->draft, id);
  return id;
}

/* The members of the model that the node at @index stands for, without wires. */
static void
unfold_members (Unfold *unfold, guint index)
{
  const TnNode *node = tn_graph_node (unfold->folded, index);
  const char *name = tn_node_name (node);
  guint n_calls = tn_node_n_calls (node);
  Unfolded *entry = &unfold->nodes[index];
  const TnGraph *model = entry->model;

  entry->inside = g_new0 (TnNodeId, tn_graph_size (model) + 1);
  entry->inputs = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  tn_draft_set_group (unfold->draft, name, tn_node_type (node), NULL, 0, tn_graph_extras (model),
                      NULL);
  for (guint i = 0; i < tn_graph_n_groups (model); i++)
    {
      const TnGroup *group = tn_graph_group (model, i);
      g_autofree char *path = g_strdup_printf ("%s/%s", name, tn_group_name (group));

      tn_draft_set_group (unfold->draft, path, tn_group_type (group), NULL, 0,
                          tn_group_extras (group), NULL);
      tn_draft_open_group (unfold->draft, path, tn_group_is_open (group));
    }
  for (guint i = 0; i < tn_graph_size (model); i++)
    {
      const TnNode *member = tn_graph_node (model, i);
      g_autofree char *path = g_strdup_printf ("%s/%s", name, tn_node_name (member));
      gboolean source = tn_node_is_source (member);

      entry->inside[i]
          = copy_node (unfold->draft, member, source ? unfold->boundary : tn_node_schema (member),
                       path, n_calls * tn_node_n_calls (member));
      if (!tn_node_is_trainable (node))
        tn_draft_set_trainable (unfold->draft, entry->inside[i], FALSE);
      if (source)
        g_array_append_val (entry->inputs, entry->inside[i]);
    }
  for (guint i = 0; entry->inputs->len == 0 && i < tn_graph_size (model); i++)
    if (tn_node_n_inputs (tn_graph_node (model, i), 0) > 0
        && is_open_slot (tn_graph_node (model, i), 0, 0))
      {
        TnNodeId id = add_boundary (unfold, name, n_calls);

        g_array_append_val (entry->inputs, id);
        for (guint call = 0; call < n_calls; call++)
          tn_draft_connect (unfold->draft, (TnRef){ id, (guint16)call, 0 }, entry->inside[i],
                            call * tn_node_n_calls (tn_graph_node (model, i)), 0, NULL);
      }
}

/* A tensor of a model as one of its group's members, in call @call of it. */
static TnRef
member_ref (const Unfolded *entry, TnRef ref, guint call)
{
  int index = tn_graph_index (entry->model, ref.node);

  if (index < 0)
    return (TnRef){ 0 };
  ref.call
      = (guint16)(ref.call + call * tn_node_n_calls (tn_graph_node (entry->model, (guint)index)));
  ref.node = entry->inside[index];
  return ref;
}

static TnRef
unfold_ref (const Unfold *unfold, TnRef ref)
{
  int index = tn_graph_index (unfold->folded, ref.node);
  guint n_outputs;
  const TnRef *outputs;

  if (index < 0)
    return (TnRef){ 0 };
  if (unfold->nodes[index].model == NULL)
    {
      ref.node = unfold->nodes[index].id;
      return ref;
    }
  outputs = tn_graph_outputs (unfold->nodes[index].model, &n_outputs);
  return ref.output < n_outputs ? member_ref (&unfold->nodes[index], outputs[ref.output], ref.call)
                                : (TnRef){ 0 };
}

static void
connect_if (TnDraft *draft, TnRef from, TnNodeId to, guint call, guint slot)
{
  if (from.node != TN_NODE_NONE)
    tn_draft_connect (draft, from, to, call, slot, NULL);
}

static void
unfold_wires (Unfold *unfold, TnGraphStep at)
{
  const TnNode *node = tn_graph_node (unfold->folded, at.index);
  const Unfolded *entry = &unfold->nodes[at.index];
  const TnGraph *model = entry->model;

  for (guint slot = 0; slot < tn_node_n_inputs (node, at.call); slot++)
    {
      TnRef from = unfold_ref (unfold, tn_node_input (node, at.call, slot));

      if (model == NULL)
        connect_if (unfold->draft, from, entry->id, at.call, slot);
      else
        connect_if (unfold->draft, from, g_array_index (entry->inputs, TnNodeId, slot), at.call, 0);
    }
  for (guint step = 0; model != NULL && step < tn_graph_n_steps (model); step++)
    {
      TnGraphStep within = tn_graph_step (model, step);
      const TnNode *member = tn_graph_node (model, within.index);

      for (guint slot = 0; slot < tn_node_n_inputs (member, within.call); slot++)
        connect_if (
            unfold->draft, member_ref (entry, tn_node_input (member, within.call, slot), at.call),
            entry->inside[within.index], within.call + at.call * tn_node_n_calls (member), slot);
    }
}

/* The outputs of the group that was made, and of those within. */
static void
unfold_outputs (Unfold *unfold, guint index)
{
  const char *name = tn_node_name (tn_graph_node (unfold->folded, index));
  const Unfolded *entry = &unfold->nodes[index];

  for (guint i = 0; i <= tn_graph_n_groups (entry->model); i++)
    {
      const TnGroup *group = i > 0 ? tn_graph_group (entry->model, i - 1) : NULL;
      g_autofree char *path = group != NULL ? g_strdup_printf ("%s/%s", name, tn_group_name (group))
                                            : g_strdup (name);
      const TnGroup *made = tn_draft_find_group (unfold->draft, path);
      guint n_outputs;
      const TnRef *refs = group != NULL ? tn_group_outputs (group, &n_outputs)
                                        : tn_graph_outputs (entry->model, &n_outputs);
      g_autofree TnRef *outputs = g_new0 (TnRef, n_outputs + 1);
      g_autofree char *type = g_strdup (tn_group_type (made));
      g_autoptr (TnValue) extras
          = tn_group_extras (made) != NULL ? tn_value_ref (tn_group_extras (made)) : NULL;

      for (guint j = 0; j < n_outputs; j++)
        outputs[j] = member_ref (entry, refs[j], 0);
      tn_draft_set_group (unfold->draft, path, type, outputs, n_outputs, extras, NULL);
    }
}

/* May it be unfolded? Says what is too much, or does not fit. */
static gboolean
check_size (const TnGraph *folded, GHashTable *models, guint most_calls, guint most_nodes,
            char **message)
{
  guint64 n_nodes = 0;

  for (guint i = 0; i < tn_graph_size (folded); i++)
    {
      const TnNode *node = tn_graph_node (folded, i);
      const TnGraph *model = g_hash_table_lookup (models, GUINT_TO_POINTER (tn_node_id (node)));
      guint n_inputs = 0, open = 0;

      n_nodes += model != NULL ? tn_graph_size (model) + 1 : 1;
      for (guint j = 0; model != NULL && j < tn_graph_size (model); j++)
        {
          const TnNode *member = tn_graph_node (model, j);

          n_inputs += tn_node_is_source (member);
          open += tn_node_n_inputs (member, 0) > 0 && is_open_slot (member, 0, 0);
          if ((guint64)tn_node_n_calls (member) * tn_node_n_calls (node) > most_calls)
            {
              *message = g_strdup_printf (_ ("the layers of '%s' are called more than %u times."),
                                          tn_node_name (node), most_calls);
              return FALSE;
            }
        }
      for (guint call = 0; model != NULL && call < tn_node_n_calls (node); call++)
        if (tn_node_n_inputs (node, call) > (n_inputs > 0 ? n_inputs : open))
          {
            *message = g_strdup_printf (
                _ ("the model '%s' takes %u tensors, but is called with %u."), tn_node_name (node),
                n_inputs > 0 ? n_inputs : open, tn_node_n_inputs (node, call));
            return FALSE;
          }
    }
  if (n_nodes > most_nodes)
    *message = g_strdup_printf (_ ("it has more than %u layers."), most_nodes);
  return n_nodes <= most_nodes;
}

TnGraph *
tn_graph_unfold (const TnGraph *folded, GHashTable *models, const TnSchema *boundary,
                 guint most_calls, guint most_nodes, char **message)
{
  guint size = tn_graph_size (folded), n_outputs;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  Unfold unfold = { folded, boundary, draft, NULL };
  const TnRef *outputs = tn_graph_outputs (folded, &n_outputs);

  if (!check_size (folded, models, most_calls, most_nodes, message))
    return NULL;
  unfold.nodes = g_new0 (Unfolded, size + 1);
  copy_model (draft, folded);
  /* Groups that stay have the same names, and their outputs once the nodes are there. */
  for (guint i = 0; i < tn_graph_n_groups (folded); i++)
    {
      const TnGroup *group = tn_graph_group (folded, i);

      tn_draft_set_group (draft, tn_group_name (group), tn_group_type (group), NULL, 0,
                          tn_group_extras (group), NULL);
      tn_draft_open_group (draft, tn_group_name (group), tn_group_is_open (group));
    }
  for (guint i = 0; i < size; i++)
    {
      const TnNode *node = tn_graph_node (folded, i);

      unfold.nodes[i].model = g_hash_table_lookup (models, GUINT_TO_POINTER (tn_node_id (node)));
      if (unfold.nodes[i].model != NULL)
        unfold_members (&unfold, i);
      else
        unfold.nodes[i].id = copy_node (draft, node, tn_node_schema (node), tn_node_name (node),
                                        tn_node_n_calls (node));
    }
  for (guint step = 0; step < tn_graph_n_steps (folded); step++)
    unfold_wires (&unfold, tn_graph_step (folded, step));
  for (guint i = 0; i < size; i++)
    if (unfold.nodes[i].model != NULL)
      unfold_outputs (&unfold, i);
  for (guint i = 0; i < tn_graph_n_groups (folded); i++)
    {
      const TnGroup *group = tn_graph_group (folded, i);
      guint n_refs;
      const TnRef *refs = tn_group_outputs (group, &n_refs);
      g_autofree TnRef *mapped = g_new0 (TnRef, n_refs + 1);

      for (guint j = 0; j < n_refs; j++)
        mapped[j] = unfold_ref (&unfold, refs[j]);
      tn_draft_set_group (draft, tn_group_name (group), tn_group_type (group), mapped, n_refs,
                          tn_group_extras (group), NULL);
    }
  if (tn_graph_outputs_declared (folded))
    {
      g_autofree TnRef *declared = g_new0 (TnRef, n_outputs + 1);

      for (guint i = 0; i < n_outputs; i++)
        declared[i] = unfold_ref (&unfold, outputs[i]);
      tn_draft_set_outputs (draft, declared, n_outputs);
    }
  unfolded_clear (unfold.nodes, size);
  return tn_draft_finish (draft);
}
