/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list model behind the problem list and the summary: keys, and rows only where somebody looks.
 */
#include "app/tn-rows.h"

struct _TnRow
{
  GObject parent;
  TnRows *model; /* borrowed; NULL once the row or the list is gone */
  guint64 key;
  guint index;
};

struct _TnRows
{
  GObject parent;
  GArray *keys;     /* of guint64 */
  GHashTable *live; /* index → TnRow, both not owned: a row removes itself */
};

G_DEFINE_FINAL_TYPE (TnRow, tn_row, G_TYPE_OBJECT)

static void
tn_row_dispose (GObject *object)
{
  TnRow *self = TN_ROW (object);

  if (self->model != NULL)
    g_hash_table_remove (self->model->live, GUINT_TO_POINTER (self->index));
  self->model = NULL;
  G_OBJECT_CLASS (tn_row_parent_class)->dispose (object);
}

static void
tn_row_class_init (TnRowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = tn_row_dispose;
  g_signal_new ("changed", TN_TYPE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tn_row_init (TnRow *self)
{
}

guint64
tn_row_key (TnRow *self)
{
  g_return_val_if_fail (TN_IS_ROW (self), 0);
  return self->key;
}

guint
tn_row_index (TnRow *self)
{
  g_return_val_if_fail (TN_IS_ROW (self), G_MAXUINT);
  return self->index;
}

static GType
get_item_type (GListModel *list)
{
  return TN_TYPE_ROW;
}

static guint
get_n_items (GListModel *list)
{
  return TN_ROWS (list)->keys->len;
}

static gpointer
get_item (GListModel *list, guint index)
{
  TnRows *self = TN_ROWS (list);

  if (index >= self->keys->len)
    return NULL;
  TnRow *row = g_hash_table_lookup (self->live, GUINT_TO_POINTER (index));
  if (row != NULL)
    return g_object_ref (row);
  row = g_object_new (TN_TYPE_ROW, NULL);
  row->model = self;
  row->key = g_array_index (self->keys, guint64, index);
  row->index = index;
  g_hash_table_insert (self->live, GUINT_TO_POINTER (index), row);
  return row;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TnRows, tn_rows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tn_rows_finalize (GObject *object)
{
  TnRows *self = TN_ROWS (object);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      TN_ROW (row)->model = NULL;
      TN_ROW (row)->index = G_MAXUINT;
    }
  g_hash_table_unref (self->live);
  g_array_unref (self->keys);
  G_OBJECT_CLASS (tn_rows_parent_class)->finalize (object);
}

static void
tn_rows_class_init (TnRowsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_rows_finalize;
}

static void
tn_rows_init (TnRows *self)
{
  self->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->live = g_hash_table_new (NULL, NULL);
}

TnRows *
tn_rows_new (void)
{
  return g_object_new (TN_TYPE_ROWS, NULL);
}

/* Takes the rows that stay to their new places, lets the others go. */
static void
move_live_rows (TnRows *self, guint prefix, guint old_end, guint shift)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->live);
  GHashTableIter iter;
  gpointer value;

  self->live = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TnRow *row = value;
      if (row->index >= prefix && row->index < old_end)
        {
          row->model = NULL;
          row->index = G_MAXUINT;
          continue;
        }
      if (row->index >= old_end)
        row->index += shift; /* wraps for a list that shrinks */
      g_hash_table_insert (self->live, GUINT_TO_POINTER (row->index), row);
    }
}

void
tn_rows_update (TnRows *self, const guint64 *keys, guint n_keys)
{
  g_return_if_fail (TN_IS_ROWS (self));

  const guint64 *old = (const guint64 *)(gpointer)self->keys->data;
  guint n_old = self->keys->len;
  guint prefix = 0, suffix = 0;
  while (prefix < MIN (n_old, n_keys) && old[prefix] == keys[prefix])
    prefix++;
  while (suffix < MIN (n_old, n_keys) - prefix
         && old[n_old - 1 - suffix] == keys[n_keys - 1 - suffix])
    suffix++;

  guint old_end = n_old - suffix;
  move_live_rows (self, prefix, old_end, n_keys - n_old);
  g_array_set_size (self->keys, 0);
  if (n_keys > 0)
    g_array_append_vals (self->keys, keys, n_keys);

  if (old_end > prefix || n_keys - suffix > prefix)
    g_list_model_items_changed (G_LIST_MODEL (self), prefix, old_end - prefix,
                                n_keys - suffix - prefix);

  /* A handler may make or drop rows: ask those that live now, one by one. */
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (rows, g_object_ref (value));
  for (guint i = 0; i < rows->len; i++)
    g_signal_emit_by_name (rows->pdata[i], "changed");
}

guint
tn_rows_find (TnRows *self, guint64 key)
{
  g_return_val_if_fail (TN_IS_ROWS (self), G_MAXUINT);

  for (guint i = 0; i < self->keys->len; i++)
    if (g_array_index (self->keys, guint64, i) == key)
      return i;
  return G_MAXUINT;
}
