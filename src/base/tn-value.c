/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnValue: construction, access and comparison; its text form stands in tn-value-text.c. */
#include "base/tn-value.h"

#include <string.h>

struct _TnValue
{
  gatomicrefcount ref_count;
  TnValueKind kind;
  union
  {
    gboolean boolean;
    gint64 integer;
    double number;
    char *string;
    struct
    {
      gsize size;
      TnValue **items;
      char **keys; /* dicts only */
    } container;
  };
};

static TnValue *
value_alloc (TnValueKind kind)
{
  TnValue *value = g_new0 (TnValue, 1);

  g_atomic_ref_count_init (&value->ref_count);
  value->kind = kind;
  return value;
}

TnValue *
tn_value_new_none (void)
{
  return value_alloc (TN_VALUE_NONE);
}

TnValue *
tn_value_new_bool (gboolean boolean)
{
  TnValue *value = value_alloc (TN_VALUE_BOOL);

  value->boolean = !!boolean;
  return value;
}

TnValue *
tn_value_new_int (gint64 integer)
{
  TnValue *value = value_alloc (TN_VALUE_INT);

  value->integer = integer;
  return value;
}

TnValue *
tn_value_new_float (double number)
{
  TnValue *value = value_alloc (TN_VALUE_FLOAT);

  value->number = number;
  return value;
}

TnValue *
tn_value_new_string (const char *string)
{
  TnValue *value = value_alloc (TN_VALUE_STRING);

  value->string = g_strdup (string);
  return value;
}

TnValue *
tn_value_new_list (TnValue *const *items, gsize n_items)
{
  TnValue *value = value_alloc (TN_VALUE_LIST);

  value->container.size = n_items;
  value->container.items = g_memdup2 (items, n_items * sizeof *items);
  return value;
}

TnValue *
tn_value_new_ints (const gint64 *integers, gsize n_integers)
{
  TnValue *value = value_alloc (TN_VALUE_LIST);

  value->container.size = n_integers;
  value->container.items = g_new (TnValue *, n_integers);
  for (gsize i = 0; i < n_integers; i++)
    value->container.items[i] = tn_value_new_int (integers[i]);
  return value;
}

TnValue *
tn_value_new_dict (const char *const *keys, TnValue *const *items, gsize n_items)
{
  TnValue *value = value_alloc (TN_VALUE_DICT);

  value->container.size = n_items;
  value->container.items = g_memdup2 (items, n_items * sizeof *items);
  value->container.keys = g_new (char *, n_items);
  for (gsize i = 0; i < n_items; i++)
    value->container.keys[i] = g_strdup (keys[i]);
  return value;
}

TnValue *
tn_value_ref (const TnValue *value)
{
  TnValue *self = (TnValue *)value;

  g_return_val_if_fail (value != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tn_value_unref (TnValue *value)
{
  if (value == NULL || !g_atomic_ref_count_dec (&value->ref_count))
    return;

  if (value->kind == TN_VALUE_STRING)
    g_free (value->string);
  else if (value->kind == TN_VALUE_LIST || value->kind == TN_VALUE_DICT)
    {
      for (gsize i = 0; i < value->container.size; i++)
        {
          tn_value_unref (value->container.items[i]);
          if (value->container.keys != NULL)
            g_free (value->container.keys[i]);
        }
      g_free (value->container.items);
      g_free (value->container.keys);
    }
  g_free (value);
}

TnValueKind
tn_value_kind (const TnValue *value)
{
  return value->kind;
}

gboolean
tn_value_is_none (const TnValue *value)
{
  return value->kind == TN_VALUE_NONE;
}

gboolean
tn_value_is_number (const TnValue *value)
{
  return value->kind == TN_VALUE_INT || value->kind == TN_VALUE_FLOAT;
}

gboolean
tn_value_bool (const TnValue *value)
{
  g_return_val_if_fail (value->kind == TN_VALUE_BOOL, FALSE);
  return value->boolean;
}

gint64
tn_value_int (const TnValue *value)
{
  g_return_val_if_fail (value->kind == TN_VALUE_INT, 0);
  return value->integer;
}

double
tn_value_float (const TnValue *value)
{
  g_return_val_if_fail (tn_value_is_number (value), 0);
  return value->kind == TN_VALUE_INT ? (double)value->integer : value->number;
}

const char *
tn_value_string (const TnValue *value)
{
  g_return_val_if_fail (value->kind == TN_VALUE_STRING, "");
  return value->string;
}

gsize
tn_value_size (const TnValue *value)
{
  if (value == NULL || (value->kind != TN_VALUE_LIST && value->kind != TN_VALUE_DICT))
    return 0;
  return value->container.size;
}

const TnValue *
tn_value_at (const TnValue *value, gsize index)
{
  g_return_val_if_fail (index < tn_value_size (value), NULL);
  return value->container.items[index];
}

const char *
tn_value_key_at (const TnValue *value, gsize index)
{
  g_return_val_if_fail (value->kind == TN_VALUE_DICT && index < value->container.size, NULL);
  return value->container.keys[index];
}

const TnValue *
tn_value_lookup (const TnValue *value, const char *key)
{
  if (value == NULL || value->kind != TN_VALUE_DICT)
    return NULL;
  for (gsize i = 0; i < value->container.size; i++)
    if (strcmp (value->container.keys[i], key) == 0)
      return value->container.items[i];
  return NULL;
}

TnValue *
tn_value_with (const TnValue *dict, const char *key, const TnValue *item)
{
  gsize size = dict != NULL ? tn_value_size (dict) : 0;
  g_autofree const char **keys = g_new (const char *, size + 1);
  g_autofree TnValue **items = g_new (TnValue *, size + 1);
  gboolean found = FALSE;
  gsize n = 0;

  g_return_val_if_fail (dict == NULL || dict->kind == TN_VALUE_DICT, NULL);

  for (gsize i = 0; i < size; i++)
    {
      const TnValue *kept = dict->container.items[i];

      if (strcmp (dict->container.keys[i], key) == 0)
        {
          found = TRUE;
          kept = item;
        }
      if (kept == NULL)
        continue;
      keys[n] = dict->container.keys[i];
      items[n++] = tn_value_ref (kept);
    }
  if (!found && item != NULL)
    {
      keys[n] = key;
      items[n++] = tn_value_ref (item);
    }
  return tn_value_new_dict (keys, items, n);
}

static gboolean
container_equal (const TnValue *a, const TnValue *b)
{
  if (a->container.size != b->container.size)
    return FALSE;
  for (gsize i = 0; i < a->container.size; i++)
    {
      const TnValue *other = b->container.items[i];

      /* A dict is the same in whatever order it was written. */
      if (a->kind == TN_VALUE_DICT)
        other = tn_value_lookup (b, a->container.keys[i]);
      if (other == NULL || !tn_value_equal (a->container.items[i], other))
        return FALSE;
    }
  return TRUE;
}

gboolean
tn_value_equal (const TnValue *a, const TnValue *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;
  if (a->kind != b->kind)
    return tn_value_is_number (a) && tn_value_is_number (b)
           && tn_value_float (a) == tn_value_float (b);
  switch (a->kind)
    {
    case TN_VALUE_NONE:
      return TRUE;
    case TN_VALUE_BOOL:
      return a->boolean == b->boolean;
    case TN_VALUE_INT:
      return a->integer == b->integer;
    case TN_VALUE_FLOAT:
      /* NaN equals itself here: "did this setting change?" must not say yes for ever. */
      return a->number == b->number || (a->number != a->number && b->number != b->number);
    case TN_VALUE_STRING:
      return strcmp (a->string, b->string) == 0;
    case TN_VALUE_LIST:
    case TN_VALUE_DICT:
      return container_equal (a, b);
    }
  g_assert_not_reached ();
}
