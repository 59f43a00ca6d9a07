/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The graph as it counts: one pass in the order of computation that finds what becomes of each
 * call, then the nodes that are wired otherwise than before. */
#include "graph/tn-active.h"

#include <string.h>

#include "graph/tn-draft-private.h"
#include "graph/tn-group-private.h"
#include "graph/tn-node-private.h"
#include "graph/tn-silence.h"

#define NOTE "state"
/* What falls away of a group that is called several times may make more fall away. */
#define MOST_ROUNDS 16

typedef enum
{
  FATE_COUNTS,
  FATE_PASSES, /* hands the tensor in @slot through */
  FATE_GONE,
} Fate;

/* What becomes of one call. */
typedef struct
{
  guint8 fate;
  guint16 slot;
  guint number; /* of the call in the graph as it counts */
} CallFate;

struct _TnActive
{
  TnGraph *graph;
  guint *first_call; /* by index: where the fates of its calls begin; one more at the end */
  CallFate *fates;
};

/* ---- the mode of a layer ---- */

static const char *const mode_names[] = { "active", "bypassed", "disabled" };
static const char *const role_names[] = { "active", "bypassed", "disabled", "inactive" };

const char *
tn_mode_name (TnMode mode)
{
  g_return_val_if_fail ((guint)mode < G_N_ELEMENTS (mode_names), NULL);
  return mode_names[mode];
}

const char *
tn_role_name (TnRole role)
{
  g_return_val_if_fail ((guint)role < G_N_ELEMENTS (role_names), NULL);
  return role_names[role];
}

TnMode
tn_node_mode (const TnNode *node)
{
  const TnValue *note = tn_node_extras (node) != NULL ? tn_node_note (node, NOTE) : NULL;

  if (tn_node_schema (node)->knot)
    return TN_MODE_BYPASSED;
  for (guint i = 0; note != NULL && i < G_N_ELEMENTS (mode_names); i++)
    if (tn_value_kind (note) == TN_VALUE_STRING
        && strcmp (tn_value_string (note), mode_names[i]) == 0)
      return i == TN_MODE_BYPASSED && !tn_node_can_bypass (node) ? TN_MODE_ACTIVE : (TnMode)i;
  return TN_MODE_ACTIVE;
}

gboolean
tn_node_can_bypass (const TnNode *node)
{
  return !tn_node_is_source (node) && tn_node_n_outputs (node) > 0;
}

void
tn_draft_set_mode (TnDraft *draft, TnNodeId id, TnMode mode)
{
  g_autoptr (TnValue) note
      = mode != TN_MODE_ACTIVE ? tn_value_new_string (tn_mode_name (mode)) : NULL;

  tn_draft_set_note (draft, id, NOTE, note);
}

static gboolean
is_remark (const TnNode *node)
{
  return tn_node_schema (node)->remark;
}

/* ---- what becomes of each call ---- */

static CallFate *
fate_of (const TnActive *active, guint index, guint call)
{
  return &active->fates[active->first_call[index] + call];
}

/* What comes along a wire from @ref, with the call's number in the graph as it counts. */
static gboolean
follow (const TnGraph *graph, const TnActive *active, TnRef ref, TnRef *counts)
{
  while (TRUE)
    {
      int index = tn_graph_index (graph, ref.node);
      const TnNode *node;
      const CallFate *fate;

      *counts = (TnRef){ 0 };
      if (index < 0)
        return TRUE;
      node = tn_graph_node (graph, (guint)index);
      *counts = ref;
      if (ref.call >= tn_node_n_calls (node))
        return TRUE;
      fate = fate_of (active, (guint)index, ref.call);
      if (fate->fate == FATE_GONE || (fate->fate == FATE_PASSES && ref.output > 0))
        return FALSE;
      if (fate->fate == FATE_COUNTS)
        {
          counts->call = (guint16)fate->number;
          return TRUE;
        }
      ref = tn_node_input (node, ref.call, fate->slot);
    }
}

/* Of a layer that joins tensors those that fall away leave no gap. */
static gboolean
drops_slots (const TnNode *node, guint call)
{
  return tn_schema_joins (tn_node_schema (node))
         && tn_node_n_inputs (node, call) <= tn_node_schema (node)->max_inputs;
}

/* May the layer do without what came along this slot? */
static gboolean
can_spare (const TnNode *node, guint call, guint slot)
{
  const TnValue *said = tn_node_call (node, call);

  if (drops_slots (node, call))
    return TRUE;
  return tn_node_is_optional (node, slot) && (said == NULL || !tn_call_names (said, slot));
}

static CallFate
decide_call (const TnGraph *graph, const TnActive *active, const TnNode *node, guint call)
{
  TnMode mode = tn_node_mode (node);
  guint n_inputs = tn_node_n_inputs (node, call), n_left = 0, first = 0;
  gboolean lost = FALSE;

  if (mode == TN_MODE_DISABLED || is_remark (node))
    return (CallFate){ .fate = FATE_GONE };
  for (guint slot = 0; slot < n_inputs; slot++)
    {
      TnRef counts;

      if (follow (graph, active, tn_node_input (node, call, slot), &counts))
        {
          if (n_left++ == 0)
            first = slot;
          continue;
        }
      lost = TRUE;
      if (mode == TN_MODE_ACTIVE && !can_spare (node, call, slot))
        return (CallFate){ .fate = FATE_GONE };
    }
  if (lost && n_left == 0)
    return (CallFate){ .fate = FATE_GONE };
  if (mode == TN_MODE_ACTIVE)
    return (CallFate){ .fate = FATE_COUNTS };
  if (first > 0 && !drops_slots (node, call))
    return (CallFate){ .fate = FATE_GONE };
  return (CallFate){ .fate = FATE_PASSES, .slot = (guint16)MIN (first, G_MAXUINT16) };
}

/* @closed: of calls that fall away with another input of their group. */
static void
decide (const TnGraph *graph, TnActive *active, const guint8 *closed)
{
  for (guint position = 0; position < tn_graph_n_steps (graph); position++)
    {
      TnGraphStep step = tn_graph_step (graph, position);
      CallFate *fate = fate_of (active, step.index, step.call);

      if (closed[active->first_call[step.index] + step.call])
        *fate = (CallFate){ .fate = FATE_GONE };
      else
        *fate = decide_call (graph, active, tn_graph_node (graph, step.index), step.call);
    }
}

static guint
n_parts_of (const TnGraph *graph, const TnGroup *group)
{
  guint n_parts = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->boundary && tn_graph_group_of (graph, node) == group)
        n_parts = MAX (n_parts, tn_node_n_calls (node));
    }
  return n_parts;
}

/* Call @part of a group is one as a whole: where one thing that enters it has gone, it has. */
static gboolean
close_part (const TnGraph *graph, const TnActive *active, const TnGroup *group, guint n_parts,
            guint part, guint8 *closed)
{
  gboolean more = FALSE;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      guint length = tn_node_n_calls (node) / n_parts;

      if (!tn_group_holds (group, tn_node_name (node)))
        continue;
      for (guint call = part * length; call < (part + 1) * length; call++)
        {
          guint8 *place = &closed[active->first_call[i] + call];

          more = more || !*place;
          *place = TRUE;
        }
    }
  return more;
}

/* TRUE when some part had to be closed: all is to be decided once more. */
static gboolean
close_parts (const TnGraph *graph, const TnActive *active, guint8 *closed)
{
  gboolean more = FALSE;

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      guint n_parts = n_parts_of (graph, group);

      for (guint j = 0; n_parts > 1 && j < tn_graph_size (graph); j++)
        {
          const TnNode *node = tn_graph_node (graph, j);

          if (!tn_node_schema (node)->boundary || tn_graph_group_of (graph, node) != group
              || tn_node_mode (node) != TN_MODE_ACTIVE)
            continue;
          for (guint part = 0; part < tn_node_n_calls (node); part++)
            if (fate_of (active, j, part)->fate == FATE_GONE)
              more = close_part (graph, active, group, n_parts, part, closed) || more;
        }
    }
  return more;
}

/* What enters a group of which nothing else counts is passed as well: the group is none then. */
static void
empty_groups (const TnGraph *graph, TnActive *active)
{
  g_autoptr (GHashTable) kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      gsize length = tn_name_group_length (tn_node_name (node));
      gboolean counts = FALSE;

      for (guint call = 0; call < tn_node_n_calls (node); call++)
        counts = counts || fate_of (active, i, call)->fate == FATE_COUNTS;
      if (!counts || tn_node_schema (node)->boundary)
        continue;
      while (length > 0)
        {
          char *group = g_strndup (tn_node_name (node), length);

          length = tn_name_group_length (group);
          if (!g_hash_table_add (kept, group))
            break;
        }
    }
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      g_autofree char *group
          = g_strndup (tn_node_name (node), tn_name_group_length (tn_node_name (node)));

      if (!tn_node_schema (node)->boundary || g_hash_table_contains (kept, group))
        continue;
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        if (fate_of (active, i, call)->fate == FATE_COUNTS)
          fate_of (active, i, call)->fate = FATE_PASSES;
    }
}

static void
number_calls (const TnGraph *graph, TnActive *active)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      guint number = 0;

      for (guint call = 0; call < tn_node_n_calls (tn_graph_node (graph, i)); call++)
        if (fate_of (active, i, call)->fate == FATE_COUNTS)
          fate_of (active, i, call)->number = number++;
    }
}

/* ---- the nodes that count ---- */

/* @value of a kept call without slot @gone: those above it count one less. New reference; NULL when
 * it is that slot itself. */
static TnValue *
without_slot (const TnValue *value, guint gone)
{
  int slot = tn_call_slot (value);
  g_autoptr (GPtrArray) items = NULL, keys = NULL;
  gboolean dict = tn_value_kind (value) == TN_VALUE_DICT;

  if (slot >= 0)
    return (guint)slot == gone  ? NULL
           : (guint)slot > gone ? tn_call_slot_new ((guint)slot - 1)
                                : tn_value_ref (value);
  if (!dict && tn_value_kind (value) != TN_VALUE_LIST)
    return tn_value_ref (value);
  items = g_ptr_array_new ();
  keys = g_ptr_array_new ();
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      TnValue *item = without_slot (tn_value_at (value, i), gone);

      if (item == NULL)
        continue;
      g_ptr_array_add (items, item);
      if (dict)
        g_ptr_array_add (keys, (gpointer)tn_value_key_at (value, i));
    }
  return dict ? tn_value_new_dict ((const char *const *)keys->pdata, (TnValue *const *)items->pdata,
                                   items->len)
              : tn_value_new_list ((TnValue *const *)items->pdata, items->len);
}

/* Wires call @call of @from as it counts into @to. @said gets what is kept of the call. */
static void
wire_call (const TnGraph *graph, const TnActive *active, const TnNode *from, guint call, TnCall *to,
           TnValue **said)
{
  const TnValue *kept = tn_node_call (from, call);
  guint n_inputs = tn_node_n_inputs (from, call);

  to->inputs = g_new0 (TnRef, MAX (n_inputs, 1));
  *said = kept != NULL ? tn_value_ref (kept) : NULL;
  for (guint slot = 0; slot < n_inputs; slot++)
    {
      TnRef counts;

      if (follow (graph, active, tn_node_input (from, call, slot), &counts))
        to->inputs[to->n_inputs++] = counts;
      else if (!drops_slots (from, call))
        to->inputs[to->n_inputs++] = (TnRef){ 0 };
      else if (*said != NULL)
        {
          TnValue *next = without_slot (*said, to->n_inputs);

          tn_value_unref (*said);
          *said = next;
        }
    }
  while (to->n_inputs > from->schema->min_inputs && to->n_inputs > 0
         && tn_node_input (from, call, n_inputs - 1).node != TN_NODE_NONE
         && to->inputs[to->n_inputs - 1].node == TN_NODE_NONE)
    to->n_inputs--;
}

/* The node's extras with @calls, of TnValue or NULL, in place of what they keep of its calls. */
static void
keep_calls (TnNode *node, const GPtrArray *calls)
{
  const TnValue *outer
      = node->extras != NULL ? tn_value_lookup (node->extras, TN_EXTRAS_OUTER) : NULL;
  g_autoptr (TnValue) list = NULL, next_outer = NULL, next = NULL;

  if (outer == NULL || tn_value_lookup (outer, TN_EXTRAS_CALLS) == NULL)
    return;
  for (guint i = 0; i < calls->len; i++)
    if (calls->pdata[i] == NULL)
      calls->pdata[i] = tn_value_new_dict (NULL, NULL, 0);
    else
      calls->pdata[i] = tn_value_ref (calls->pdata[i]);
  list = tn_value_new_list ((TnValue *const *)calls->pdata, calls->len);
  next_outer = tn_value_with (outer, TN_EXTRAS_CALLS, list);
  next = tn_value_with (node->extras, TN_EXTRAS_OUTER, next_outer);
  tn_value_unref (node->extras);
  node->extras = g_steal_pointer (&next);
}

static gboolean
is_same_call (const TnNode *node, guint call, const TnCall *other)
{
  if (tn_node_n_inputs (node, call) != other->n_inputs)
    return FALSE;
  for (guint slot = 0; slot < other->n_inputs; slot++)
    if (!tn_ref_equal (tn_node_input (node, call, slot), other->inputs[slot]))
      return FALSE;
  return TRUE;
}

static void
free_calls (TnCall *calls, guint n_calls)
{
  for (guint i = 0; i < n_calls; i++)
    g_free (calls[i].inputs);
  g_free (calls);
}

/* @node as it counts: itself where nothing about it is another. NULL when it does not. */
static TnNode *
counting_node (const TnGraph *graph, const TnActive *active, guint index)
{
  const TnNode *node = tn_graph_node (graph, index);
  guint n_calls = tn_node_n_calls (node), n_left = 0;
  TnCall *calls = g_new0 (TnCall, n_calls);
  g_autoptr (GPtrArray) said = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  gboolean same = TRUE;
  TnNode *copy = NULL;

  for (guint call = 0; call < n_calls; call++)
    {
      TnValue *kept = NULL;

      if (fate_of (active, index, call)->fate != FATE_COUNTS)
        {
          same = FALSE;
          continue;
        }
      wire_call (graph, active, node, call, &calls[n_left], &kept);
      g_ptr_array_add (said, kept);
      same = same && is_same_call (node, call, &calls[n_left]);
      n_left++;
    }
  if (same || n_left == 0)
    {
      free_calls (calls, n_left);
      return same ? tn_node_ref (node) : NULL;
    }
  copy = tn_node_clone (node);
  free_calls (copy->calls, copy->n_calls);
  copy->calls = calls;
  copy->n_calls = n_left;
  keep_calls (copy, said);
  return copy;
}

/* ---- what belongs to the model ---- */

static void
count_outputs (const TnGraph *graph, const TnActive *active, TnModel *model)
{
  g_autoptr (GArray) outputs = model->outputs;

  if (outputs == NULL)
    return;
  model->outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));
  for (guint i = 0; i < outputs->len; i++)
    {
      gboolean known = FALSE;
      TnRef counts;

      if (!follow (graph, active, g_array_index (outputs, TnRef, i), &counts)
          || counts.node == TN_NODE_NONE)
        continue;
      for (guint j = 0; j < model->outputs->len && !known; j++)
        known = tn_ref_equal (g_array_index (model->outputs, TnRef, j), counts);
      if (!known)
        g_array_append_val (model->outputs, counts);
    }
  if (model->outputs->len == 0)
    g_clear_pointer (&model->outputs, g_array_unref);
}

/* The output of a group as it counts, from the first of its calls that does. */
static gboolean
count_group_output (const TnGraph *graph, const TnActive *active, const TnGroup *group,
                    guint n_parts, TnRef output, TnRef *counts)
{
  const TnNode *node = tn_graph_find (graph, output.node);
  guint length = node != NULL ? tn_node_n_calls (node) / MAX (n_parts, 1) : 0;

  for (guint part = 0; node != NULL && part < MAX (n_parts, 1); part++)
    {
      TnRef ref = { output.node, (guint16)(output.call + part * length), output.output };
      const TnNode *source;

      if (!follow (graph, active, ref, counts))
        continue;
      source = tn_graph_find (graph, counts->node);
      return source != NULL && tn_group_holds (group, tn_node_name (source));
    }
  return FALSE;
}

static void
count_groups (const TnGraph *graph, const TnActive *active, const GPtrArray *nodes, TnModel *model)
{
  g_autoptr (GHashTable) kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_clear_pointer (&model->groups, g_ptr_array_unref);
  for (guint i = 0; i < nodes->len && tn_graph_n_groups (graph) > 0; i++)
    {
      gsize length = tn_name_group_length (tn_node_name (nodes->pdata[i]));

      while (length > 0)
        {
          char *group = g_strndup (tn_node_name (nodes->pdata[i]), length);

          length = tn_name_group_length (group);
          if (!g_hash_table_add (kept, group))
            break;
        }
    }
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      guint n_parts = n_parts_of (graph, group), n_outputs;
      const TnRef *outputs = tn_group_outputs (group, &n_outputs);
      g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (TnRef));

      if (!g_hash_table_contains (kept, tn_group_name (group)))
        continue;
      for (guint j = 0; j < n_outputs; j++)
        {
          TnRef counts;

          if (count_group_output (graph, active, group, n_parts, outputs[j], &counts))
            g_array_append_val (left, counts);
        }
      tn_model_add_group (model, tn_group_new (tn_group_name (group), tn_group_type (group),
                                               tn_group_is_open (group),
                                               (const TnRef *)(gpointer)left->data, left->len,
                                               tn_group_extras (group)));
    }
}

TnActive *
tn_active_new (const TnGraph *graph)
{
  guint n_nodes = tn_graph_size (graph);
  g_autoptr (GPtrArray) nodes = NULL;
  g_autofree guint8 *closed = NULL;
  TnActive *active;
  TnModel model;
  gboolean all = TRUE;

  for (guint i = 0; i < n_nodes && all; i++)
    all = tn_node_mode (tn_graph_node (graph, i)) == TN_MODE_ACTIVE
          && !is_remark (tn_graph_node (graph, i));
  if (all)
    return NULL;
  active = g_new0 (TnActive, 1);
  active->first_call = g_new0 (guint, n_nodes + 1);
  for (guint i = 0; i < n_nodes; i++)
    active->first_call[i + 1] = active->first_call[i] + tn_node_n_calls (tn_graph_node (graph, i));
  active->fates = g_new0 (CallFate, active->first_call[n_nodes] + 1);
  closed = g_new0 (guint8, active->first_call[n_nodes] + 1);
  decide (graph, active, closed);
  for (guint round = 0; round < MOST_ROUNDS && close_parts (graph, active, closed); round++)
    decide (graph, active, closed);
  if (tn_graph_n_groups (graph) > 0)
    empty_groups (graph, active);
  number_calls (graph, active);

  nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_node_unref);
  for (guint i = 0; i < n_nodes; i++)
    {
      TnNode *node = counting_node (graph, active, i);

      if (node != NULL)
        g_ptr_array_add (nodes, node);
    }
  tn_model_copy (&model, tn_graph_model (graph));
  count_outputs (graph, active, &model);
  count_groups (graph, active, nodes, &model);
  active->graph = tn_graph_new (nodes, &model);
  tn_model_clear (&model);
  return active;
}

void
tn_active_free (TnActive *active)
{
  if (active == NULL)
    return;
  tn_graph_unref (active->graph);
  g_free (active->first_call);
  g_free (active->fates);
  g_free (active);
}

/* ---- asking ---- */

const TnGraph *
tn_graph_active (const TnGraph *graph)
{
  const TnActive *active = tn_graph_get_active (graph);

  return active != NULL ? active->graph : graph;
}

TnRole
tn_graph_role (const TnGraph *graph, guint index)
{
  const TnActive *active = tn_graph_get_active (graph);
  const TnNode *node = tn_graph_node (graph, index);
  TnMode mode = active != NULL ? tn_node_mode (node) : TN_MODE_ACTIVE;
  TnRole role = TN_ROLE_INACTIVE;

  if (active == NULL)
    return TN_ROLE_ACTIVE;
  if (mode != TN_MODE_ACTIVE)
    return mode == TN_MODE_BYPASSED ? TN_ROLE_BYPASSED : TN_ROLE_DISABLED;
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    {
      guint fate = fate_of (active, index, call)->fate;

      if (fate == FATE_COUNTS)
        return TN_ROLE_ACTIVE;
      if (fate == FATE_PASSES)
        role = TN_ROLE_BYPASSED;
    }
  return role;
}

gboolean
tn_graph_resolve (const TnGraph *graph, TnRef ref, TnRef *counts)
{
  const TnActive *active = tn_graph_get_active (graph);

  if (active != NULL)
    return follow (graph, active, ref, counts);
  *counts = ref;
  return TRUE;
}

gboolean
tn_graph_to_active (const TnGraph *graph, TnNodeId id, guint *call, guint *slot)
{
  const TnActive *active = tn_graph_get_active (graph);
  int index = active != NULL ? tn_graph_index (graph, id) : -1;
  const TnNode *node;
  const CallFate *fate;
  guint number = 0;

  if (active == NULL)
    return TRUE;
  if (index < 0 || *call >= tn_node_n_calls (tn_graph_node (graph, (guint)index)))
    return FALSE;
  node = tn_graph_node (graph, (guint)index);
  fate = fate_of (active, (guint)index, *call);
  if (fate->fate != FATE_COUNTS)
    return FALSE;
  if (drops_slots (node, *call))
    {
      TnRef counts;

      for (guint i = 0; i < *slot; i++)
        number += follow (graph, active, tn_node_input (node, *call, i), &counts);
      if (!follow (graph, active, tn_node_input (node, *call, *slot), &counts))
        return FALSE;
      *slot = number;
    }
  *call = fate->number;
  return TRUE;
}

void
tn_graph_from_active (const TnGraph *graph, TnNodeId id, guint *call, guint *slot)
{
  const TnActive *active = tn_graph_get_active (graph);
  int index = active != NULL ? tn_graph_index (graph, id) : -1;
  const TnNode *node;

  if (index < 0)
    return;
  node = tn_graph_node (graph, (guint)index);
  for (guint i = 0; i < tn_node_n_calls (node); i++)
    {
      const CallFate *fate = fate_of (active, (guint)index, i);
      guint left = *slot;

      if (fate->fate != FATE_COUNTS || fate->number != *call)
        continue;
      *call = i;
      for (guint j = 0; drops_slots (node, i) && j < tn_node_n_inputs (node, i); j++)
        {
          TnRef counts;

          if (!follow (graph, active, tn_node_input (node, i, j), &counts))
            continue;
          *slot = j;
          if (left-- == 0)
            return;
        }
      /* One beyond those there are. */
      if (drops_slots (node, i))
        *slot = tn_node_n_inputs (node, i);
      return;
    }
}
