/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operations that stand in a Keras file only because layers made masks. */
#include "formats/tn-keras.h"

#include <string.h>

/* One operation of the file. */
typedef struct
{
  const TnValue *entry; /* borrowed */
  GPtrArray *inputs;    /* owned; of Operation, borrowed */
  guint set;            /* number of a set of connected ones: the first of them */
  gboolean used;        /* by something else than masks and operations for masks */
  gboolean masks;       /* compares what is masked with what is filling */
} Operation;

typedef struct
{
  /* owned */
  GPtrArray *operations; /* of Operation */
  GHashTable *by_name;   /* name → number + 1 */
  GHashTable *masked;    /* "name:call:output" → the value that is filling (TnValue, borrowed) */
  TnValue *zero;
} Search;

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  g_ptr_array_unref (operation->inputs);
  g_free (operation);
}

static void
search_clear (Search *search)
{
  g_ptr_array_unref (search->operations);
  g_hash_table_unref (search->by_name);
  g_hash_table_unref (search->masked);
  tn_value_unref (search->zero);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static const char *
entry_name (const TnValue *entry)
{
  const char *name = tn_keras_string (entry, "name");

  return name ? name : tn_keras_string (tn_value_lookup (entry, "config"), "name");
}

static gboolean
is_operation (const TnValue *entry)
{
  const char *module = tn_keras_string (entry, "module");

  return module && strstr (module, ".ops") && tn_keras_string (entry, "class_name")
         && entry_name (entry);
}

static gboolean
is_class (const TnValue *entry, const char *class_name)
{
  return g_strcmp0 (tn_keras_string (entry, "class_name"), class_name) == 0;
}

/* The first argument of the entry's first call, or the second; NULL when there is none. */
static const TnValue *
first_call (const TnValue *entry, gsize position)
{
  const TnValue *nodes = tn_value_lookup (entry, "inbound_nodes");
  const TnValue *node = tn_value_size (nodes) > 0 ? tn_value_at (nodes, 0) : NULL;
  const TnValue *arguments = node ? tn_value_lookup (node, "args") : NULL;

  return tn_value_size (arguments) > position ? tn_value_at (arguments, position) : NULL;
}

/* "name:call:output" of a tensor, new; NULL when @value is none. */
static char *
tensor_key (const TnValue *value)
{
  const TnValue *tensor = value ? tn_keras_tensor (value) : NULL;
  const TnValue *ref = tensor ? tn_value_lookup (tensor, "keras_history") : NULL;

  return ref && tn_keras_is_ref (ref) ? tn_value_to_text (ref) : NULL;
}

static Operation *
find (const Search *search, const TnValue *ref)
{
  guint number;

  if (!ref || !tn_keras_is_ref (ref))
    return NULL;
  number = GPOINTER_TO_UINT (
      g_hash_table_lookup (search->by_name, tn_value_string (tn_value_at (ref, 0))));
  return number > 0 ? search->operations->pdata[number - 1] : NULL;
}

/* Notes the operations whose tensors stand in @value. @user: the operation that takes them; else
 * @mask: as a mask. */
static void
note_uses (const Search *search, const TnValue *value, Operation *user, gboolean mask)
{
  const TnValue *tensor = tn_keras_tensor (value);
  Operation *operation = tensor ? find (search, tn_value_lookup (tensor, "keras_history")) : NULL;

  if (operation && user)
    g_ptr_array_add (user->inputs, operation);
  else if (operation && !mask)
    operation->used = TRUE;
  for (gsize i = 0; !tensor && i < tn_value_size (value); i++)
    note_uses (search, tn_value_at (value, i), user, mask);
}

/* What Keras 2's nodes and lists of outputs name. */
static void
note_refs (const Search *search, const TnValue *value)
{
  Operation *operation = find (search, value);

  if (operation)
    operation->used = TRUE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    note_refs (search, tn_value_at (value, i));
}

static void
note_calls (const Search *search, const TnValue *entry)
{
  const TnValue *nodes = tn_value_lookup (entry, "inbound_nodes");
  const char *name = entry_name (entry);
  guint number
      = is_operation (entry) ? GPOINTER_TO_UINT (g_hash_table_lookup (search->by_name, name)) : 0;
  Operation *user = number > 0 ? search->operations->pdata[number - 1] : NULL;

  for (gsize i = 0; i < tn_value_size (nodes); i++)
    {
      const TnValue *node = tn_value_at (nodes, i);
      const TnValue *arguments = tn_value_lookup (node, "args");
      const TnValue *kwargs = tn_value_lookup (node, "kwargs");

      if (tn_value_kind (node) == TN_VALUE_LIST)
        note_refs (search, node);
      if (arguments)
        note_uses (search, arguments, user, FALSE);
      for (gsize j = 0;
           kwargs && tn_value_kind (kwargs) == TN_VALUE_DICT && j < tn_value_size (kwargs); j++)
        note_uses (search, tn_value_at (kwargs, j), user,
                   g_str_has_suffix (tn_value_key_at (kwargs, j), "mask"));
    }
}

/* An Embedding or a Masking that makes a mask: what it is fed and what is filling there. */
static void
note_masked (Search *search, const TnValue *entry)
{
  const TnValue *config = tn_value_lookup (entry, "config");
  const TnValue *zero = config ? tn_value_lookup (config, "mask_zero") : NULL;
  const TnValue *filling = NULL;
  char *key;

  if (is_class (entry, "Embedding") && zero && tn_value_kind (zero) == TN_VALUE_BOOL
      && tn_value_bool (zero))
    filling = search->zero;
  else if (is_class (entry, "Masking"))
    filling = config ? tn_value_lookup (config, "mask_value") : NULL;
  else
    return;
  key = tensor_key (first_call (entry, 0));
  if (key)
    g_hash_table_insert (search->masked, key, (gpointer)(filling ? filling : search->zero));
}

/* not_equal (what an Embedding is fed, 0) */
static gboolean
compares (const Search *search, const Operation *operation)
{
  g_autofree char *key = tensor_key (first_call (operation->entry, 0));
  const TnValue *filling = key ? g_hash_table_lookup (search->masked, key) : NULL;

  return filling && is_class (operation->entry, "NotEqual")
         && tn_value_equal (first_call (operation->entry, 1), filling);
}

static guint
find_set (const Search *search, guint number)
{
  for (;;)
    {
      Operation *operation = search->operations->pdata[number];

      if (operation->set == number)
        return number;
      operation->set = ((Operation *)search->operations->pdata[operation->set])->set;
      number = operation->set;
    }
}

/* What feeds something that is used is used. */
static void
spread_uses (const Search *search)
{
  g_autoptr (GPtrArray) spreading = g_ptr_array_new ();

  for (guint i = 0; i < search->operations->len; i++)
    if (((Operation *)search->operations->pdata[i])->used)
      g_ptr_array_add (spreading, search->operations->pdata[i]);
  while (spreading->len > 0)
    {
      Operation *operation = g_ptr_array_steal_index (spreading, spreading->len - 1);

      for (guint i = 0; i < operation->inputs->len; i++)
        {
          Operation *input = operation->inputs->pdata[i];

          if (!input->used)
            g_ptr_array_add (spreading, input);
          input->used = TRUE;
        }
    }
}

static void
join_sets (const Search *search)
{
  for (guint i = 0; i < search->operations->len; i++)
    {
      Operation *operation = search->operations->pdata[i];

      for (guint j = 0; !operation->used && j < operation->inputs->len; j++)
        {
          const TnValue *name
              = tn_value_lookup (((Operation *)operation->inputs->pdata[j])->entry, "name");
          guint other
              = GPOINTER_TO_UINT (g_hash_table_lookup (search->by_name, tn_value_string (name)))
                - 1;

          ((Operation *)search->operations->pdata[find_set (search, i)])->set
              = find_set (search, other);
        }
    }
  for (guint i = 0; i < search->operations->len; i++)
    {
      Operation *operation = search->operations->pdata[i];

      if (!operation->used && compares (search, operation))
        ((Operation *)search->operations->pdata[find_set (search, i)])->masks = TRUE;
    }
}

GHashTable *
tn_keras_find_masks (const TnValue *layers, const TnValue *output_layers)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (Search) search
      = { .operations = g_ptr_array_new_with_free_func (operation_free),
          .by_name = g_hash_table_new (g_str_hash, g_str_equal),
          .masked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
          .zero = tn_value_new_int (0) };

  for (gsize i = 0; i < tn_value_size (layers); i++)
    {
      const TnValue *entry = tn_value_at (layers, i);
      Operation *operation;

      note_masked (&search, entry);
      if (!is_operation (entry) || g_hash_table_contains (search.by_name, entry_name (entry)))
        continue;
      operation = g_new0 (Operation, 1);
      operation->entry = entry;
      operation->inputs = g_ptr_array_new ();
      operation->set = search.operations->len;
      g_ptr_array_add (search.operations, operation);
      g_hash_table_insert (search.by_name, (gpointer)entry_name (entry),
                           GUINT_TO_POINTER (search.operations->len));
    }
  if (search.operations->len == 0 || g_hash_table_size (search.masked) == 0)
    return names;

  for (gsize i = 0; i < tn_value_size (layers); i++)
    note_calls (&search, tn_value_at (layers, i));
  if (output_layers)
    note_refs (&search, output_layers);
  spread_uses (&search);
  join_sets (&search);
  for (guint i = 0; i < search.operations->len; i++)
    {
      const Operation *operation = search.operations->pdata[i];

      if (!operation->used && ((Operation *)search.operations->pdata[find_set (&search, i)])->masks)
        g_hash_table_add (names, (gpointer)entry_name (operation->entry));
    }
  return names;
}
