/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes at a layer, and the warnings that are silenced there. */
#include "graph/tn-silence.h"

#include <string.h>

#define NOTES    "tenon"
#define SILENCED "silenced"

static const TnValue *
lookup_dict (const TnValue *dict, const char *key)
{
  const TnValue *found = dict != NULL ? tn_value_lookup (dict, key) : NULL;

  return found != NULL && tn_value_kind (found) == TN_VALUE_DICT ? found : NULL;
}

const TnValue *
tn_node_note (const TnNode *node, const char *key)
{
  const TnValue *notes = lookup_dict (lookup_dict (tn_node_extras (node), TN_EXTRAS_OUTER), NOTES);

  return notes != NULL ? tn_value_lookup (notes, key) : NULL;
}

/* @dict with @item at @key; NULL when nothing is in it then. */
static TnValue *
with_item (const TnValue *dict, const char *key, const TnValue *item)
{
  g_autoptr (TnValue) next = tn_value_with (dict, key, item);

  return tn_value_size (next) > 0 ? g_steal_pointer (&next) : NULL;
}

void
tn_draft_set_note (TnDraft *draft, TnNodeId id, const char *key, const TnValue *value)
{
  const TnNode *node = tn_draft_find (draft, id);
  const TnValue *extras, *outer;
  g_autoptr (TnValue) next_notes = NULL, next_outer = NULL, next = NULL;

  g_return_if_fail (node != NULL);
  if (value == NULL && tn_node_note (node, key) == NULL)
    return;
  extras = tn_node_extras (node);
  outer = lookup_dict (extras, TN_EXTRAS_OUTER);
  next_notes = with_item (lookup_dict (outer, NOTES), key, value);
  next_outer = with_item (outer, NOTES, next_notes);
  next = with_item (extras, TN_EXTRAS_OUTER, next_outer);
  tn_draft_set_extras (draft, id, next);
}

static gboolean
is_code (const TnValue *item, const char *code)
{
  return tn_value_kind (item) == TN_VALUE_STRING && strcmp (tn_value_string (item), code) == 0;
}

/* The list of codes; NULL when there is none, or something else in its place. */
static const TnValue *
silenced_codes (const TnNode *node)
{
  const TnValue *codes = tn_node_note (node, SILENCED);

  return codes != NULL && tn_value_kind (codes) == TN_VALUE_LIST ? codes : NULL;
}

gboolean
tn_node_is_silenced (const TnNode *node, const char *code)
{
  const TnValue *codes = silenced_codes (node);

  for (gsize i = 0; codes != NULL && i < tn_value_size (codes); i++)
    if (is_code (tn_value_at (codes, i), code))
      return TRUE;
  return FALSE;
}

void
tn_draft_silence (TnDraft *draft, TnNodeId id, const char *code, gboolean silenced)
{
  const TnNode *node = tn_draft_find (draft, id);
  const TnValue *codes;
  g_autoptr (GPtrArray) next = g_ptr_array_new ();
  g_autoptr (TnValue) list = NULL;

  g_return_if_fail (node != NULL && code != NULL);
  if (tn_node_is_silenced (node, code) == silenced)
    return;
  codes = silenced_codes (node);
  for (gsize i = 0; codes != NULL && i < tn_value_size (codes); i++)
    if (!is_code (tn_value_at (codes, i), code))
      g_ptr_array_add (next, tn_value_ref (tn_value_at (codes, i)));
  if (silenced)
    g_ptr_array_add (next, tn_value_new_string (code));
  list = tn_value_new_list ((TnValue *const *)next->pdata, next->len);
  tn_draft_set_note (draft, id, SILENCED, next->len > 0 ? list : NULL);
}
