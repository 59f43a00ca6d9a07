/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls as files have them. */
#include "graph/tn-call.h"

#include "graph/tn-fold.h"

const TnValue *
tn_node_call (const TnNode *node, guint call)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *outer = extras != NULL ? tn_value_lookup (extras, TN_EXTRAS_OUTER) : NULL;
  const TnValue *calls = outer != NULL ? tn_value_lookup (outer, TN_EXTRAS_CALLS) : NULL;

  return calls != NULL && call < tn_value_size (calls) ? tn_value_at (calls, call) : NULL;
}

guint
tn_node_n_named (const TnNode *node, guint call)
{
  const TnValue *said = tn_node_call (node, call);

  return said != NULL ? tn_call_n_named (said) : 0;
}

gboolean
tn_node_is_called_bare (const TnNode *node, guint call)
{
  const TnSchema *schema = tn_node_schema (node);
  const TnValue *said = tn_node_call (node, call);
  const TnValue *arguments = said != NULL ? tn_value_lookup (said, TN_CALL_ARGUMENTS) : NULL;

  return tn_schema_joins (schema) && tn_node_n_inputs (node, call) == 1 && arguments != NULL
         && tn_value_size (arguments) == 1 && tn_call_slot (tn_value_at (arguments, 0)) == 0;
}

TnValue *
tn_node_call_reset (const TnNode *node, guint call)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *said = tn_node_call (node, call);
  const TnValue *outer, *calls;
  g_autofree TnValue **items = NULL;
  g_autoptr (TnValue) list = NULL, within = NULL;

  if (said == NULL)
    return extras != NULL ? tn_value_ref (extras) : NULL;
  outer = tn_value_lookup (extras, TN_EXTRAS_OUTER);
  calls = tn_value_lookup (outer, TN_EXTRAS_CALLS);
  items = g_new (TnValue *, tn_value_size (calls));
  for (gsize i = 0; i < tn_value_size (calls); i++)
    items[i] = i == call ? tn_value_with (said, TN_CALL_ARGUMENTS, NULL)
                         : tn_value_ref (tn_value_at (calls, i));
  list = tn_value_new_list (items, tn_value_size (calls));
  within = tn_value_with (outer, TN_EXTRAS_CALLS, list);
  return tn_value_with (extras, TN_EXTRAS_OUTER, within);
}

static gboolean
is_wired (const TnNode *node, guint call, const TnValue *value)
{
  int slot = tn_call_slot (value);

  return slot >= 0 && tn_node_input (node, call, (guint)slot).node != TN_NODE_NONE;
}

/* How many tensors @list holds that are wired still. */
static guint
count_wired (const TnNode *node, guint call, const TnValue *list)
{
  guint n = 0;

  for (gsize i = 0; i < tn_value_size (list); i++)
    n += is_wired (node, call, tn_value_at (list, i)) ? 1 : 0;
  return n;
}

TnCallFault
tn_node_call_fault (const TnNode *node, guint call)
{
  const TnSchema *schema = tn_node_schema (node);
  const TnValue *said = tn_node_call (node, call);
  const TnValue *arguments = said != NULL ? tn_value_lookup (said, TN_CALL_ARGUMENTS) : NULL;
  const TnValue *first;
  guint n_listed;

  if (arguments == NULL || tn_value_size (arguments) == 0 || schema->opaque
      || schema->arguments != NULL || tn_schema_is_model (schema))
    return TN_CALL_GOOD;
  first = tn_value_at (arguments, 0);
  n_listed = tn_value_kind (first) == TN_VALUE_LIST ? count_wired (node, call, first) : 0;
  if (n_listed > schema->max_inputs)
    return TN_CALL_TOO_MANY;
  if (n_listed > 1 && schema->call_form != TN_CALL_LIST)
    return TN_CALL_LISTED;
  if (schema->call_form == TN_CALL_LIST && schema->max_inputs > 1 && is_wired (node, call, first)
      && count_wired (node, call, arguments) > 1)
    return TN_CALL_SPREAD;
  return TN_CALL_GOOD;
}

TnValue *
tn_call_slot_new (guint slot)
{
  const char *key = TN_CALL_SLOT;
  TnValue *number = tn_value_new_int (slot);

  return tn_value_new_dict (&key, &number, 1);
}

int
tn_call_slot (const TnValue *value)
{
  const TnValue *slot = tn_value_lookup (value, TN_CALL_SLOT);

  if (slot == NULL || tn_value_kind (slot) != TN_VALUE_INT || tn_value_int (slot) < 0
      || tn_value_int (slot) > G_MAXINT16)
    return -1;
  return (int)tn_value_int (slot);
}

guint
tn_call_n_named (const TnValue *value)
{
  int slot = tn_call_slot (value);
  guint n_named = slot >= 0 ? (guint)slot + 1 : 0;

  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      guint within = tn_call_n_named (tn_value_at (value, i));

      n_named = MAX (n_named, within);
    }
  return n_named;
}

gboolean
tn_call_names (const TnValue *value, guint slot)
{
  if (tn_call_slot (value) == (int)slot)
    return TRUE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (tn_call_names (tn_value_at (value, i), slot))
      return TRUE;
  return FALSE;
}
