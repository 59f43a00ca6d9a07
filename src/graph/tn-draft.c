/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnDraft: building and editing; the only place where nodes come to be. */
#include "graph/tn-draft.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-call.h"
#include "graph/tn-draft-private.h"
#include "graph/tn-node-private.h"

TnDraft *
tn_draft_new (const TnGraph *base)
{
  TnDraft *draft = g_new0 (TnDraft, 1);
  guint size = base != NULL ? tn_graph_size (base) : 0;

  draft->nodes = g_ptr_array_new_full (size + 4, (GDestroyNotify)tn_node_unref);
  draft->fresh = g_array_new (FALSE, TRUE, sizeof (gboolean));
  if (base == NULL)
    {
      draft->model.next_id = 1;
      draft->model.name = g_strdup ("model");
      return draft;
    }
  for (guint i = 0; i < size; i++)
    g_ptr_array_add (draft->nodes, tn_node_ref (tn_graph_node (base, i)));
  g_array_set_size (draft->fresh, size);
  tn_model_copy (&draft->model, tn_graph_model (base));
  draft->base = tn_graph_ref (base);
  return draft;
}

void
tn_draft_free (TnDraft *draft)
{
  if (draft == NULL)
    return;
  g_ptr_array_unref (draft->nodes);
  g_array_unref (draft->fresh);
  tn_graph_unref (draft->base);
  tn_model_clear (&draft->model);
  g_clear_pointer (&draft->names, g_hash_table_unref);
  g_clear_pointer (&draft->users, g_hash_table_unref);
  g_clear_pointer (&draft->taken, g_hash_table_unref);
  g_free (draft);
}

TnGraph *
tn_draft_finish (TnDraft *draft)
{
  TnGraph *graph;

  tn_draft_drop_empty_groups (draft);
  graph = tn_graph_new_after (draft->base, draft->nodes, &draft->model);

  if (draft->fresh->len > 0)
    memset (draft->fresh->data, 0, draft->fresh->len * sizeof (gboolean));
  return graph;
}

/* -1 when there is none. */
static int
draft_index (const TnDraft *draft, TnNodeId id)
{
  return tn_nodes_index ((TnNode *const *)draft->nodes->pdata, draft->nodes->len, id);
}

/* The node, as one that may be changed. */
static TnNode *
draft_edit (TnDraft *draft, TnNodeId id)
{
  int index = draft_index (draft, id);
  gboolean *fresh;

  if (index < 0)
    return NULL;
  fresh = &g_array_index (draft->fresh, gboolean, index);
  if (!*fresh)
    {
      TnNode *copy = tn_node_clone (draft->nodes->pdata[index]);

      tn_node_unref (draft->nodes->pdata[index]);
      draft->nodes->pdata[index] = copy;
      *fresh = TRUE;
    }
  return draft->nodes->pdata[index];
}

static GHashTable *
draft_names (TnDraft *draft)
{
  if (draft->names == NULL)
    {
      draft->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (guint i = 0; i < draft->nodes->len; i++)
        {
          const TnNode *node = draft->nodes->pdata[i];

          g_hash_table_insert (draft->names, g_strdup (node->name), GUINT_TO_POINTER (node->id));
        }
    }
  return draft->names;
}

static void
users_add (TnDraft *draft, TnNodeId id, int change)
{
  guint count;

  if (draft->users == NULL || id == TN_NODE_NONE)
    return;
  count = GPOINTER_TO_UINT (g_hash_table_lookup (draft->users, GUINT_TO_POINTER (id)));
  g_hash_table_insert (draft->users, GUINT_TO_POINTER (id), GUINT_TO_POINTER (count + change));
}

static gboolean
draft_is_used (TnDraft *draft, TnNodeId id)
{
  if (draft->users == NULL)
    {
      draft->users = g_hash_table_new (NULL, NULL);
      for (guint i = 0; i < draft->nodes->len; i++)
        {
          const TnNode *node = draft->nodes->pdata[i];

          for (guint call = 0; call < node->n_calls; call++)
            for (guint slot = 0; slot < node->calls[call].n_inputs; slot++)
              users_add (draft, node->calls[call].inputs[slot].node, 1);
        }
    }
  return GPOINTER_TO_UINT (g_hash_table_lookup (draft->users, GUINT_TO_POINTER (id))) > 0;
}

guint
tn_draft_size (const TnDraft *draft)
{
  return draft->nodes->len;
}

const TnNode *
tn_draft_node (const TnDraft *draft, guint index)
{
  g_return_val_if_fail (index < draft->nodes->len, NULL);
  return draft->nodes->pdata[index];
}

const TnNode *
tn_draft_find (const TnDraft *draft, TnNodeId id)
{
  int index = draft_index (draft, id);

  return index >= 0 ? draft->nodes->pdata[index] : NULL;
}

const TnNode *
tn_draft_find_name (const TnDraft *draft, const char *name)
{
  gpointer id = g_hash_table_lookup (draft_names ((TnDraft *)draft), name);

  return id != NULL ? tn_draft_find (draft, GPOINTER_TO_UINT (id)) : NULL;
}

/* "conv2d", "conv2d_1", …: the first that is free. */
static char *
auto_name (TnDraft *draft, const TnSchema *schema)
{
  char *name = g_strdup (schema->auto_name);
  guint number = 0;

  /* Without this, placing the n-th layer of a kind would look at n names. */
  if (draft->taken == NULL)
    draft->taken = g_hash_table_new (NULL, NULL);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (draft->taken, schema));
  while (tn_draft_find_name (draft, name) != NULL)
    {
      g_free (name);
      name = g_strdup_printf ("%s_%u", schema->auto_name, ++number);
    }
  if (number > 0)
    g_hash_table_insert (draft->taken, (gpointer)schema, GUINT_TO_POINTER (number - 1));
  return name;
}

/* A name has become free. */
static void
forget_taken (TnDraft *draft)
{
  g_clear_pointer (&draft->taken, g_hash_table_unref);
}

/* Only where there is a group may a name have a '/', and renaming moves nothing out of its group.
 */
static gboolean
may_stand_there (const TnDraft *draft, TnNodeId id, const char *name)
{
  const TnNode *node = id != TN_NODE_NONE ? tn_draft_find (draft, id) : NULL;
  gsize length = tn_name_group_length (name);
  g_autofree char *group = g_strndup (name, length);

  if (tn_name_own (name)[0] == '\0')
    return FALSE;
  if (node != NULL)
    return tn_name_group_length (node->name) == length && strncmp (node->name, name, length) == 0;
  return length == 0 ? name[0] != '/' : tn_draft_find_group (draft, group) != NULL;
}

static gboolean
check_name (TnDraft *draft, TnNodeId id, const char *name, TnReport *report)
{
  const TnNode *taken;

  if (name[0] == '\0')
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "name", id, _ ("A layer needs a name."));
      return FALSE;
    }
  if (!may_stand_there (draft, id, name))
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "name", id,
                     _ ("“%s” cannot be a layer's name, because Keras allows no “/” in it."), name);
      return FALSE;
    }
  taken = tn_draft_find_name (draft, name);
  if (taken != NULL && taken->id != id)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "name", id,
                     _ ("There already is a layer called “%s”."), name);
      return FALSE;
    }
  return TRUE;
}

static void
draft_append (TnDraft *draft, TnNode *node)
{
  gboolean fresh = TRUE;

  if (draft->names != NULL)
    g_hash_table_insert (draft->names, g_strdup (node->name), GUINT_TO_POINTER (node->id));
  g_ptr_array_add (draft->nodes, node);
  g_array_append_val (draft->fresh, fresh);
}

TnNodeId
tn_draft_add (TnDraft *draft, const TnSchema *schema, const char *name, gboolean suggest,
              TnReport *report)
{
  g_autofree char *automatic = name == NULL ? auto_name (draft, schema) : NULL;
  TnNode *node;

  if (name != NULL && !check_name (draft, TN_NODE_NONE, name, report))
    return TN_NODE_NONE;
  node = tn_node_new (draft->model.next_id++, schema, name != NULL ? name : automatic);
  draft_append (draft, node);
  for (guint i = 0; suggest && i < schema->n_params; i++)
    if (schema->params[i].suggestion != NULL)
      tn_draft_set_text (draft, node->id, schema->params[i].name, schema->params[i].suggestion,
                         report);
  return node->id;
}

TnNodeId
tn_draft_copy (TnDraft *draft, const TnNode *node)
{
  g_autofree char *name = auto_name (draft, node->schema);
  TnNode *copy = tn_node_clone (node);

  for (guint call = 0; call < copy->n_calls; call++)
    g_free (copy->calls[call].inputs);
  g_free (copy->calls);
  copy->n_calls = 1;
  copy->calls = g_new0 (TnCall, 1);
  copy->calls[0].n_inputs = node->schema->min_inputs;
  copy->calls[0].inputs = g_new0 (TnRef, node->schema->min_inputs);
  g_free (copy->name);
  copy->name = g_steal_pointer (&name);
  copy->id = draft->model.next_id++;
  draft_append (draft, copy);
  return copy->id;
}

/* Empties slot @slot; where the layer takes any number of tensors that are all alike, closes the
 * gap, where it tells them apart, takes away those at the end that are empty. */
static void
clear_slot (TnNode *node, guint call, guint slot)
{
  TnCall *entry = &node->calls[call];

  if (node->schema->input_names != NULL || entry->n_inputs > node->schema->max_inputs)
    {
      entry->inputs[slot] = (TnRef){ 0 };
      while (entry->n_inputs > node->schema->min_inputs
             && entry->inputs[entry->n_inputs - 1].node == TN_NODE_NONE)
        entry->n_inputs--;
    }
  else if (entry->n_inputs > node->schema->min_inputs)
    {
      memmove (entry->inputs + slot, entry->inputs + slot + 1,
               (entry->n_inputs - slot - 1) * sizeof (TnRef));
      entry->n_inputs--;
    }
  else
    entry->inputs[slot] = (TnRef){ 0 };
}

void
tn_draft_remove (TnDraft *draft, TnNodeId id)
{
  int index = draft_index (draft, id);
  const TnNode *node;

  if (index < 0)
    return;
  for (guint i = 0; i < draft->nodes->len; i++)
    {
      const TnNode *other = draft->nodes->pdata[i];

      for (guint call = 0; call < other->n_calls; call++)
        for (guint slot = other->calls[call].n_inputs; slot-- > 0;)
          if (other->calls[call].inputs[slot].node == id)
            {
              TnNode *user = draft_edit (draft, other->id);

              clear_slot (user, call, slot);
              other = user;
            }
    }
  node = draft->nodes->pdata[index];
  for (guint call = 0; call < node->n_calls; call++)
    for (guint slot = 0; slot < node->calls[call].n_inputs; slot++)
      users_add (draft, node->calls[call].inputs[slot].node, -1);
  if (draft->users != NULL)
    g_hash_table_remove (draft->users, GUINT_TO_POINTER (id));
  if (draft->names != NULL)
    g_hash_table_remove (draft->names, node->name);
  for (guint i = draft->model.outputs != NULL ? draft->model.outputs->len : 0; i-- > 0;)
    if (g_array_index (draft->model.outputs, TnRef, i).node == id)
      g_array_remove_index (draft->model.outputs, i);
  if (draft->model.outputs != NULL && draft->model.outputs->len == 0)
    g_clear_pointer (&draft->model.outputs, g_array_unref);
  tn_draft_forget_in_groups (draft, id);
  forget_taken (draft);
  g_ptr_array_remove_index (draft->nodes, (guint)index);
  g_array_remove_index (draft->fresh, (guint)index);
}

void
tn_draft_rename_node (TnDraft *draft, TnNodeId id, const char *name)
{
  TnNode *node = draft_edit (draft, id);

  forget_taken (draft);
  g_hash_table_remove (draft_names (draft), node->name);
  g_free (node->name);
  node->name = g_strdup (name);
  g_hash_table_insert (draft_names (draft), g_strdup (name), GUINT_TO_POINTER (id));
}

gboolean
tn_draft_rename (TnDraft *draft, TnNodeId id, const char *name, TnReport *report)
{
  const TnNode *old = tn_draft_find (draft, id);

  g_return_val_if_fail (old != NULL, FALSE);
  if (!check_name (draft, id, name, report))
    return FALSE;
  if (strcmp (old->name, name) != 0)
    tn_draft_rename_node (draft, id, name);
  return TRUE;
}

void
tn_draft_move (TnDraft *draft, TnNodeId id, double x, double y)
{
  const TnNode *old = tn_draft_find (draft, id);
  TnNode *node;

  g_return_if_fail (old != NULL);
  if (old->placed && old->x == x && old->y == y)
    return;
  node = draft_edit (draft, id);
  node->x = x;
  node->y = y;
  node->placed = TRUE;
}

void
tn_draft_set_trainable (TnDraft *draft, TnNodeId id, gboolean trainable)
{
  g_return_if_fail (tn_draft_find (draft, id) != NULL);
  if (tn_draft_find (draft, id)->trainable != !!trainable)
    draft_edit (draft, id)->trainable = !!trainable;
}

gboolean
tn_draft_set (TnDraft *draft, TnNodeId id, guint param, const TnValue *value, gboolean check,
              TnReport *report)
{
  const TnNode *old = tn_draft_find (draft, id);
  const TnParam *schema;
  g_autofree char *message = NULL;
  g_autoptr (TnValue) normal = NULL;
  TnNode *node;

  g_return_val_if_fail (old != NULL && param < old->schema->n_params, FALSE);
  schema = &old->schema->params[param];
  if (value != NULL && check && !tn_param_check (schema, value, &message))
    {
      TnIssue *issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", id, "%s", message);

      if (issue != NULL)
        issue->param = schema->name;
      return FALSE;
    }
  if (value != NULL && !tn_param_is_default (schema, value))
    normal = tn_param_normalize (schema, value);
  if (tn_value_equal (old->values[param], normal))
    return TRUE;
  node = draft_edit (draft, id);
  tn_value_unref (node->values[param]);
  node->values[param] = g_steal_pointer (&normal);
  return TRUE;
}

gboolean
tn_draft_set_text (TnDraft *draft, TnNodeId id, const char *param, const char *text,
                   TnReport *report)
{
  const TnNode *node = tn_draft_find (draft, id);
  g_autofree char *message = NULL;
  g_autoptr (TnValue) value = NULL;
  int index;

  g_return_val_if_fail (node != NULL, FALSE);
  index = tn_schema_param (node->schema, param);
  if (index < 0)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "param", id, _ ("%s has no parameter called %s."),
                     node->schema->type, param);
      return FALSE;
    }
  value = tn_value_from_text (text, &message);
  if (value == NULL)
    {
      TnIssue *issue
          = tn_report_add (report, TN_SEVERITY_ERROR, "param", id, "%s: %s", param, message);

      if (issue != NULL)
        issue->param = node->schema->params[index].name;
      return FALSE;
    }
  return tn_draft_set (draft, id, (guint)index, value, TRUE, report);
}

void
tn_draft_pin (TnDraft *draft, TnNodeId id, const TnShape *pin)
{
  const TnNode *old = tn_draft_find (draft, id);
  TnNode *node;
  TnShape sizes;

  g_return_if_fail (old != NULL);
  /* A kernel that exists has sizes, no names of sizes. */
  if (pin != NULL)
    {
      sizes = *pin;
      for (gint32 axis = 0; axis < sizes.rank; axis++)
        sizes.dims[axis].symbol = 0;
      pin = &sizes;
    }
  if ((pin == NULL && old->pin == NULL)
      || (pin != NULL && old->pin != NULL && tn_shape_identical (pin, old->pin)))
    return;
  node = draft_edit (draft, id);
  g_clear_pointer (&node->pin, g_free);
  if (pin != NULL)
    node->pin = g_memdup2 (pin, sizeof *pin);
}

void
tn_draft_set_extras (TnDraft *draft, TnNodeId id, const TnValue *extras)
{
  TnNode *node;

  g_return_if_fail (tn_draft_find (draft, id) != NULL);
  if (tn_value_equal (tn_draft_find (draft, id)->extras, extras))
    return;
  node = draft_edit (draft, id);
  tn_value_unref (node->extras);
  node->extras = extras != NULL ? tn_value_ref (extras) : NULL;
}

/* Does call @from of what is drafted need call (@to, @to_call), or is it that call? */
static gboolean
call_needs (const TnDraft *draft, TnRef from, TnNodeId to, guint to_call)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (TnRef));

  g_array_append_val (stack, from);
  while (stack->len > 0)
    {
      TnRef ref = g_array_index (stack, TnRef, stack->len - 1);
      gint64 key = (gint64)ref.node << 16 | ref.call;
      const TnNode *node = tn_draft_find (draft, ref.node);

      g_array_set_size (stack, stack->len - 1);
      if (ref.node == to && ref.call == to_call)
        return TRUE;
      if (node == NULL || ref.call >= node->n_calls
          || !g_hash_table_add (seen, g_memdup2 (&key, sizeof key)))
        continue;
      g_array_append_vals (stack, node->calls[ref.call].inputs, node->calls[ref.call].n_inputs);
    }
  return FALSE;
}

/* The slot to be used, grown if need be; G_MAXUINT when there is none. */
static guint
free_slot (const TnNode *node, guint call, guint slot)
{
  const TnCall *entry = &node->calls[call];

  if (slot < entry->n_inputs)
    return slot;
  if (node->schema->input_names != NULL && slot < MIN (node->schema->max_inputs, TN_MAX_SLOTS))
    return slot;
  if (slot < TN_MAX_SLOTS && slot < tn_node_n_named (node, call))
    return slot;
  for (guint i = 0; i < entry->n_inputs; i++)
    if (entry->inputs[i].node == TN_NODE_NONE)
      return i;
  return entry->n_inputs < node->schema->max_inputs ? entry->n_inputs : G_MAXUINT;
}

gboolean
tn_draft_connect (TnDraft *draft, TnRef from, TnNodeId to, guint call, guint slot, TnReport *report)
{
  const TnNode *source = tn_draft_find (draft, from.node);
  const TnNode *target = tn_draft_find (draft, to);
  TnNode *node;
  TnCall *entry;

  g_return_val_if_fail (source != NULL && target != NULL && call < target->n_calls, FALSE);
  if (from.call >= source->n_calls || from.output >= tn_node_n_outputs (source))
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", to,
                     tn_node_n_outputs (source) == 0 ? _ ("%s puts nothing out.")
                                                     : _ ("%s has no such output."),
                     source->name);
      return FALSE;
    }
  slot = free_slot (target, call, slot);
  if (slot == G_MAXUINT)
    {
      if (target->schema->max_inputs == 0)
        tn_report_add (report, TN_SEVERITY_ERROR, "wire", to,
                       _ ("%s is where data enters the model, so nothing can be wired into it."),
                       target->name);
      else
        tn_report_add (report, TN_SEVERITY_ERROR, "wire", to,
                       ngettext ("%s takes only one input, which is taken; to join several, put an "
                                 "Add or a Concatenate before it.",
                                 "%s has no free input; to join several, put an Add or a "
                                 "Concatenate before it.",
                                 target->schema->max_inputs),
                       target->name);
      return FALSE;
    }
  if (from.node == to || draft_is_used (draft, to))
    if (call_needs (draft, from, to, call))
      {
        if (from.node == to)
          tn_report_add (report, TN_SEVERITY_ERROR, "cycle", to,
                         _ ("%s cannot feed itself: data must flow one way."), source->name);
        else
          tn_report_add (report, TN_SEVERITY_ERROR, "cycle", to,
                         _ ("This would close a cycle: %s already depends on %s."), source->name,
                         target->name);
        return FALSE;
      }

  node = draft_edit (draft, to);
  entry = &node->calls[call];
  if (slot >= entry->n_inputs)
    {
      entry->inputs = g_renew (TnRef, entry->inputs, slot + 1);
      while (entry->n_inputs <= slot)
        entry->inputs[entry->n_inputs++] = (TnRef){ 0 };
    }
  users_add (draft, entry->inputs[slot].node, -1);
  entry->inputs[slot] = from;
  users_add (draft, from.node, 1);
  return TRUE;
}

void
tn_draft_disconnect (TnDraft *draft, TnNodeId to, guint call, guint slot)
{
  const TnNode *old = tn_draft_find (draft, to);

  g_return_if_fail (old != NULL && call < old->n_calls);
  if (slot >= old->calls[call].n_inputs)
    return;
  users_add (draft, old->calls[call].inputs[slot].node, -1);
  clear_slot (draft_edit (draft, to), call, slot);
}

guint
tn_draft_add_call (TnDraft *draft, TnNodeId id)
{
  TnNode *node = draft_edit (draft, id);
  TnCall *call;

  g_return_val_if_fail (node != NULL, 0);
  node->calls = g_renew (TnCall, node->calls, node->n_calls + 1);
  call = &node->calls[node->n_calls];
  call->n_inputs = node->schema->min_inputs;
  call->inputs = g_new0 (TnRef, node->schema->min_inputs);
  return node->n_calls++;
}

/* Wires @source to the first slot of a call, and to every other that a layer which tells its inputs
 * apart cannot be without: an attention looks from the sequence at the sequence itself. */
static gboolean
feed_call (TnDraft *draft, TnRef source, TnNodeId id, guint call, TnReport *report)
{
  const TnNode *node;

  if (!tn_draft_connect (draft, source, id, call, 0, report))
    return FALSE;
  node = tn_draft_find (draft, id);
  for (guint slot = 1; node->schema->input_names != NULL && slot < node->schema->min_inputs; slot++)
    {
      if (tn_node_input (node, call, slot).node == TN_NODE_NONE)
        tn_draft_connect (draft, source, id, call, slot, NULL);
      node = tn_draft_find (draft, id);
    }
  return TRUE;
}

gboolean
tn_draft_splice (TnDraft *draft, TnNodeId id, TnNodeId to, guint call, guint slot, TnReport *report)
{
  const TnNode *target = tn_draft_find (draft, to);
  const TnNode *node = tn_draft_find (draft, id);
  g_autofree TnRef *before = NULL;
  TnRef source;
  guint n_before;

  g_return_val_if_fail (target != NULL && node != NULL && call < target->n_calls, FALSE);
  source = tn_node_input (target, call, slot);
  g_return_val_if_fail (source.node != TN_NODE_NONE, FALSE);
  if (tn_node_n_outputs (node) == 0 || tn_node_is_source (node))
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", id,
                     _ ("%s cannot stand within a wire: it needs both an input and an output."),
                     node->name);
      return FALSE;
    }
  n_before = tn_node_n_inputs (node, 0);
  before = g_memdup2 (node->calls[0].inputs, n_before * sizeof (TnRef));
  if (!feed_call (draft, source, id, 0, report))
    return FALSE;
  if (tn_draft_connect (draft, (TnRef){ id, 0, 0 }, to, call, slot, report))
    return TRUE;
  /* Refused half way: as it was. */
  for (guint i = tn_node_n_inputs (tn_draft_find (draft, id), 0); i-- > 0;)
    if (i < n_before && before[i].node != TN_NODE_NONE)
      tn_draft_connect (draft, before[i], id, 0, i, NULL);
    else
      tn_draft_disconnect (draft, id, 0, i);
  return FALSE;
}

/* The group that a wire into @target lies in: what enters a group comes from outside. */
static char *
wire_group (const TnNode *target)
{
  g_autofree char *own = g_strndup (target->name, tn_name_group_length (target->name));

  return target->schema->boundary ? g_strndup (own, tn_name_group_length (own))
                                  : g_steal_pointer (&own);
}

/* "GROUP/flatten", "GROUP/flatten_1", …: the first that is free. */
static char *
name_in_group (TnDraft *draft, const char *group, const TnSchema *schema)
{
  char *name = g_strdup_printf ("%s/%s", group, schema->auto_name);

  for (guint number = 1; tn_draft_find_name (draft, name) != NULL; number++)
    {
      g_free (name);
      name = g_strdup_printf ("%s/%s_%u", group, schema->auto_name, number);
    }
  return name;
}

/* Call @call of @id put into that wire. */
static gboolean
insert_call (TnDraft *draft, TnNodeId id, guint call, TnNodeId to, guint to_call, guint slot,
             TnReport *report)
{
  TnRef source = tn_node_input (tn_draft_find (draft, to), to_call, slot);

  if (call > 0)
    tn_draft_add_call (draft, id);
  return source.node != TN_NODE_NONE && feed_call (draft, source, id, call, report)
         && tn_draft_connect (draft, (TnRef){ id, (guint16)call, 0 }, to, to_call, slot, report);
}

TnNodeId
tn_draft_insert (TnDraft *draft, const TnSchema *schema, TnNodeId to, guint call, guint slot,
                 TnReport *report)
{
  const TnNode *target = tn_draft_find (draft, to);
  const TnNode *source;
  g_autofree char *group = NULL, *name = NULL;
  guint n_parts = 1, part;
  TnNodeId id;

  g_return_val_if_fail (target != NULL && call < target->n_calls, TN_NODE_NONE);
  source = tn_draft_find (draft, tn_node_input (target, call, slot).node);
  g_return_val_if_fail (source != NULL, TN_NODE_NONE);
  if (schema->max_inputs == 0 || schema->n_outputs == 0)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "wire", to,
                     _ ("%s cannot stand within a wire: it needs both an input and an output."),
                     schema->type);
      return TN_NODE_NONE;
    }
  group = wire_group (target);
  if (group[0] != '\0')
    {
      n_parts = MAX (tn_draft_group_calls (draft, group), 1);
      name = name_in_group (draft, group, schema);
    }
  id = tn_draft_add (draft, schema, name, TRUE, report);
  if (id == TN_NODE_NONE)
    return id;
  if (source->placed && target->placed)
    tn_draft_move (draft, id, (source->x + target->x) / 2, (source->y + target->y) / 2);
  /* Each call of a group is wired like the others: so it stands in the same wire of all of them. */
  if (target->n_calls % n_parts != 0)
    n_parts = 1;
  part = target->n_calls / n_parts;
  for (guint i = 0; i < n_parts; i++)
    if (!insert_call (draft, id, i, to, n_parts > 1 ? i * part + call % part : call, slot, report))
      {
        tn_draft_remove (draft, id);
        return TN_NODE_NONE;
      }
  return id;
}
