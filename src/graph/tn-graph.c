/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnGraph: the immutable graph, its order of computation and who uses what. */
#include "graph/tn-active.h"
#include "graph/tn-graph-private.h"
#include "graph/tn-group-private.h"
#include "graph/tn-node-private.h"

#include <string.h>

struct _TnGraph
{
  gatomicrefcount ref_count;

  /* owned */
  TnGraph *wired_as; /* one whose steps, uses and outputs these are, or NULL: own ones */
  TnModel model;
  TnNode **nodes; /* by id */
  guint n_nodes;
  TnGraphStep *steps;
  guint n_steps;
  TnGraphUse *uses; /* grouped by the node that is used */
  guint *first_use; /* n_nodes + 1 */
  TnRef *outputs;   /* effective */
  guint n_outputs;
  TnActive *active; /* NULL: all of it counts */
};

const char *
tn_dense_inputs_name (TnDenseInputs rule)
{
  return rule == TN_DENSE_FLAT ? "flat" : "any";
}

gboolean
tn_dense_inputs_from_name (const char *name, TnDenseInputs *rule)
{
  if (g_strcmp0 (name, "flat") != 0 && g_strcmp0 (name, "any") != 0)
    return FALSE;
  *rule = name[0] == 'f' ? TN_DENSE_FLAT : TN_DENSE_ANY;
  return TRUE;
}

const char *
tn_direction_name (TnDirection direction)
{
  return direction == TN_DIRECTION_RIGHT ? "right" : "down";
}

gboolean
tn_direction_from_name (const char *name, TnDirection *direction)
{
  g_return_val_if_fail (name != NULL && direction != NULL, FALSE);
  if (!g_str_equal (name, "down") && !g_str_equal (name, "right"))
    return FALSE;
  *direction = name[0] == 'r' ? TN_DIRECTION_RIGHT : TN_DIRECTION_DOWN;
  return TRUE;
}

void
tn_model_add_group (TnModel *model, TnGroup *group)
{
  if (model->groups == NULL)
    model->groups = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_group_unref);
  g_ptr_array_add (model->groups, group);
}

void
tn_model_copy (TnModel *to, const TnModel *from)
{
  *to = *from;
  to->name = g_strdup (from->name);
  to->extras = from->extras != NULL ? tn_value_ref (from->extras) : NULL;
  to->outputs = from->outputs != NULL ? g_array_copy (from->outputs) : NULL;
  to->groups = NULL;
  for (guint i = 0; from->groups != NULL && i < from->groups->len; i++)
    tn_model_add_group (to, tn_group_ref (from->groups->pdata[i]));
}

void
tn_model_clear (TnModel *model)
{
  g_clear_pointer (&model->name, g_free);
  g_clear_pointer (&model->extras, tn_value_unref);
  g_clear_pointer (&model->outputs, g_array_unref);
  g_clear_pointer (&model->groups, g_ptr_array_unref);
}

static gboolean
same_groups (const TnModel *a, const TnModel *b)
{
  guint n_groups = a->groups != NULL ? a->groups->len : 0;

  if (n_groups != (b->groups != NULL ? b->groups->len : 0))
    return FALSE;
  for (guint i = 0; i < n_groups; i++)
    if (!tn_group_equal (a->groups->pdata[i], b->groups->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
same_outputs (const TnModel *a, const TnModel *b)
{
  if ((a->outputs == NULL) != (b->outputs == NULL))
    return FALSE;
  if (a->outputs == NULL)
    return TRUE;
  if (a->outputs->len != b->outputs->len)
    return FALSE;
  for (guint i = 0; i < a->outputs->len; i++)
    if (!tn_ref_equal (g_array_index (a->outputs, TnRef, i), g_array_index (b->outputs, TnRef, i)))
      return FALSE;
  return TRUE;
}

gboolean
tn_model_equal (const TnModel *a, const TnModel *b)
{
  return strcmp (a->name, b->name) == 0 && a->dense_inputs == b->dense_inputs && a->seed == b->seed
         && tn_value_equal (a->extras, b->extras) && same_groups (a, b) && same_outputs (a, b);
}

const TnModel *
tn_graph_model (const TnGraph *graph)
{
  return &graph->model;
}

/* Counting sort of all wires by the node they come from. */
static void
collect_uses (TnGraph *graph)
{
  g_autofree guint *next = NULL;

  graph->first_use = g_new0 (guint, graph->n_nodes + 1);
  for (int pass = 0; pass < 2; pass++)
    {
      if (pass == 1)
        {
          for (guint i = 0; i < graph->n_nodes; i++)
            graph->first_use[i + 1] += graph->first_use[i];
          next = g_memdup2 (graph->first_use, (graph->n_nodes + 1) * sizeof *next);
          graph->uses = g_new (TnGraphUse, graph->first_use[graph->n_nodes]);
        }
      for (guint i = 0; i < graph->n_nodes; i++)
        for (guint call = 0; call < tn_node_n_calls (graph->nodes[i]); call++)
          for (guint slot = 0; slot < tn_node_n_inputs (graph->nodes[i], call); slot++)
            {
              TnRef ref = tn_node_input (graph->nodes[i], call, slot);
              int source = tn_graph_index (graph, ref.node);

              if (source < 0)
                continue;
              if (pass == 0)
                graph->first_use[source + 1]++;
              else
                graph->uses[next[source]++]
                    = (TnGraphUse){ .index = i, .call = call, .slot = slot, .ref = ref };
            }
    }
}

/* A call whose inputs from @slot on are still to be visited. */
typedef struct
{
  guint index, call, slot;
} Frame;

/* Depth first from each call in order of creation, inputs before the call itself; without
 * recursion, for chains may be a hundred thousand long. */
static void
sort_steps (TnGraph *graph)
{
  g_autofree guint *first_call = g_new0 (guint, graph->n_nodes + 1);
  g_autofree guint8 *seen = NULL;
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Frame));

  for (guint i = 0; i < graph->n_nodes; i++)
    first_call[i + 1] = first_call[i] + tn_node_n_calls (graph->nodes[i]);
  seen = g_new0 (guint8, first_call[graph->n_nodes]);
  graph->steps = g_new (TnGraphStep, first_call[graph->n_nodes]);

  for (guint i = 0; i < graph->n_nodes; i++)
    for (guint call = 0; call < tn_node_n_calls (graph->nodes[i]); call++)
      {
        Frame start = { i, call, 0 };

        if (seen[first_call[i] + call])
          continue;
        seen[first_call[i] + call] = TRUE;
        g_array_append_val (stack, start);
        while (stack->len > 0)
          {
            Frame *top = &g_array_index (stack, Frame, stack->len - 1);
            const TnNode *node = graph->nodes[top->index];

            if (top->slot < tn_node_n_inputs (node, top->call))
              {
                TnRef ref = tn_node_input (node, top->call, top->slot++);
                int source = tn_graph_index (graph, ref.node);
                Frame below = { (guint)source, ref.call, 0 };

                if (source < 0 || ref.call >= tn_node_n_calls (graph->nodes[source])
                    || seen[first_call[source] + ref.call])
                  continue;
                seen[first_call[source] + ref.call] = TRUE;
                g_array_append_val (stack, below);
              }
            else
              {
                graph->steps[graph->n_steps++]
                    = (TnGraphStep){ .index = top->index, .call = top->call };
                g_array_set_size (stack, stack->len - 1);
              }
          }
      }
}

static void
collect_outputs (TnGraph *graph)
{
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));

  if (graph->model.outputs != NULL)
    g_array_append_vals (outputs, graph->model.outputs->data, graph->model.outputs->len);
  else
    for (guint step = 0; step < graph->n_steps; step++)
      {
        guint index = graph->steps[step].index;
        const TnNode *node = graph->nodes[index];
        guint n_uses, n_outputs = tn_node_n_outputs (node);
        const TnGraphUse *uses = tn_graph_uses (graph, index, &n_uses);

        /* An input that goes nowhere is no result. */
        if (!tn_node_schema (node)->keras || tn_node_is_source (node))
          continue;
        for (guint output = 0; output < n_outputs; output++)
          {
            TnRef ref = { tn_node_id (node), (guint16)graph->steps[step].call, (guint16)output };
            gboolean used = FALSE;

            for (guint i = 0; i < n_uses && !used; i++)
              used = tn_ref_equal (uses[i].ref, ref)
                     && tn_node_schema (graph->nodes[uses[i].index])->keras;
            if (!used)
              g_array_append_val (outputs, ref);
          }
      }
  graph->n_outputs = outputs->len;
  graph->outputs = (TnRef *)g_array_free (g_steal_pointer (&outputs), FALSE);
}

static TnGraph *
graph_of (const GPtrArray *nodes, const TnModel *model)
{
  TnGraph *graph = g_new0 (TnGraph, 1);

  g_atomic_ref_count_init (&graph->ref_count);
  tn_model_copy (&graph->model, model);
  graph->n_nodes = nodes->len;
  graph->nodes = g_new (TnNode *, nodes->len);
  for (guint i = 0; i < nodes->len; i++)
    graph->nodes[i] = tn_node_ref (nodes->pdata[i]);
  return graph;
}

/* The same layer wired in the same way; it may stand elsewhere or be set otherwise. */
static gboolean
is_wired_alike (const TnNode *a, const TnNode *b)
{
  if (a == b)
    return TRUE;
  if (tn_node_id (a) != tn_node_id (b) || tn_node_schema (a) != tn_node_schema (b)
      || tn_node_n_calls (a) != tn_node_n_calls (b)
      || tn_node_n_outputs (a) != tn_node_n_outputs (b) || tn_node_mode (a) != tn_node_mode (b)
      || strcmp (tn_node_name (a), tn_node_name (b)) != 0)
    return FALSE;
  for (guint call = 0; call < tn_node_n_calls (a); call++)
    {
      if (tn_node_n_inputs (a, call) != tn_node_n_inputs (b, call))
        return FALSE;
      for (guint slot = 0; slot < tn_node_n_inputs (a, call); slot++)
        if (!tn_ref_equal (tn_node_input (a, call, slot), tn_node_input (b, call, slot)))
          return FALSE;
    }
  return TRUE;
}

static gboolean
are_wired_alike (const TnGraph *base, const GPtrArray *nodes, const TnModel *model)
{
  if (base->active != NULL || base->n_nodes != nodes->len || !same_outputs (&base->model, model)
      || !same_groups (&base->model, model))
    return FALSE;
  for (guint i = 0; i < nodes->len; i++)
    if (!is_wired_alike (base->nodes[i], nodes->pdata[i]))
      return FALSE;
  return TRUE;
}

TnGraph *
tn_graph_new_after (const TnGraph *base, const GPtrArray *nodes, const TnModel *model)
{
  TnGraph *graph;

  if (base == NULL || !are_wired_alike (base, nodes, model))
    return tn_graph_new (nodes, model);
  graph = graph_of (nodes, model);
  graph->wired_as = tn_graph_ref (base->wired_as != NULL ? base->wired_as : base);
  graph->steps = base->steps;
  graph->n_steps = base->n_steps;
  graph->uses = base->uses;
  graph->first_use = base->first_use;
  graph->outputs = base->outputs;
  graph->n_outputs = base->n_outputs;
  return graph;
}

TnGraph *
tn_graph_new (const GPtrArray *nodes, const TnModel *model)
{
  TnGraph *graph = graph_of (nodes, model);

  collect_uses (graph);
  sort_steps (graph);
  collect_outputs (graph);
  graph->active = tn_active_new (graph);
  return graph;
}

TnGraph *
tn_graph_new_empty (void)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  TnModel model = { .name = (char *)"model", .dense_inputs = TN_DENSE_FLAT, .next_id = 1 };

  return tn_graph_new (nodes, &model);
}

TnGraph *
tn_graph_ref (const TnGraph *graph)
{
  TnGraph *self = (TnGraph *)graph;

  g_return_val_if_fail (graph != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tn_graph_unref (TnGraph *graph)
{
  if (graph == NULL || !g_atomic_ref_count_dec (&graph->ref_count))
    return;
  for (guint i = 0; i < graph->n_nodes; i++)
    tn_node_unref (graph->nodes[i]);
  g_free (graph->nodes);
  if (graph->wired_as != NULL)
    tn_graph_unref (graph->wired_as);
  else
    {
      g_free (graph->steps);
      g_free (graph->uses);
      g_free (graph->first_use);
      g_free (graph->outputs);
    }
  tn_active_free (graph->active);
  tn_model_clear (&graph->model);
  g_free (graph);
}

const TnActive *
tn_graph_get_active (const TnGraph *graph)
{
  return graph->active;
}

const char *
tn_graph_name (const TnGraph *graph)
{
  return graph->model.name;
}

TnDenseInputs
tn_graph_dense_inputs (const TnGraph *graph)
{
  return graph->model.dense_inputs;
}

TnDirection
tn_graph_direction (const TnGraph *graph)
{
  return graph->model.direction;
}

guint64
tn_graph_seed (const TnGraph *graph)
{
  return graph->model.seed;
}

const TnValue *
tn_graph_extras (const TnGraph *graph)
{
  return graph->model.extras;
}

guint
tn_graph_size (const TnGraph *graph)
{
  return graph->n_nodes;
}

const TnNode *
tn_graph_node (const TnGraph *graph, guint index)
{
  g_return_val_if_fail (index < graph->n_nodes, NULL);
  return graph->nodes[index];
}

int
tn_graph_index (const TnGraph *graph, TnNodeId id)
{
  return tn_nodes_index (graph->nodes, graph->n_nodes, id);
}

const TnNode *
tn_graph_find (const TnGraph *graph, TnNodeId id)
{
  int index = tn_graph_index (graph, id);

  return index >= 0 ? graph->nodes[index] : NULL;
}

const TnNode *
tn_graph_find_name (const TnGraph *graph, const char *name)
{
  for (guint i = 0; i < graph->n_nodes; i++)
    if (strcmp (tn_node_name (graph->nodes[i]), name) == 0)
      return graph->nodes[i];
  return NULL;
}

guint
tn_graph_n_steps (const TnGraph *graph)
{
  return graph->n_steps;
}

TnGraphStep
tn_graph_step (const TnGraph *graph, guint position)
{
  g_return_val_if_fail (position < graph->n_steps, (TnGraphStep){ 0 });
  return graph->steps[position];
}

const TnGraphUse *
tn_graph_uses (const TnGraph *graph, guint index, guint *n_uses)
{
  *n_uses = graph->first_use[index + 1] - graph->first_use[index];
  return graph->uses + graph->first_use[index];
}

const TnRef *
tn_graph_outputs (const TnGraph *graph, guint *n_outputs)
{
  *n_outputs = graph->n_outputs;
  return graph->outputs;
}

gboolean
tn_graph_outputs_declared (const TnGraph *graph)
{
  return graph->model.outputs != NULL;
}

gboolean
tn_graph_depends (const TnGraph *graph, TnNodeId to, TnNodeId from)
{
  int start = tn_graph_index (graph, from);
  int goal = tn_graph_index (graph, to);
  g_autofree guint8 *seen = g_new0 (guint8, graph->n_nodes);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  guint index = (guint)start;

  if (start < 0 || goal < 0)
    return FALSE;
  seen[start] = TRUE;
  g_array_append_val (stack, index);
  while (stack->len > 0)
    {
      guint n_uses;
      const TnGraphUse *uses;

      index = g_array_index (stack, guint, stack->len - 1);
      g_array_set_size (stack, stack->len - 1);
      if (index == (guint)goal)
        return TRUE;
      uses = tn_graph_uses (graph, index, &n_uses);
      for (guint i = 0; i < n_uses; i++)
        if (!seen[uses[i].index])
          {
            seen[uses[i].index] = TRUE;
            g_array_append_val (stack, uses[i].index);
          }
    }
  return FALSE;
}

gboolean
tn_graph_same_meaning (const TnGraph *a, const TnGraph *b)
{
  if (a == b)
    return TRUE;
  if (a->n_nodes != b->n_nodes || !tn_model_equal (&a->model, &b->model))
    return FALSE;
  for (guint i = 0; i < a->n_nodes; i++)
    if (!tn_node_same_meaning (a->nodes[i], b->nodes[i]))
      return FALSE;
  return TRUE;
}
