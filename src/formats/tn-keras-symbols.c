/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of open sizes: Keras knows none, so its config holds null and the names stand beside it, in
 * the layer's outer dict as "tenon": {"symbols": [null, "H", "W", null]}. */
#include "formats/tn-keras.h"

#include <string.h>

#include "tensor/tn-symbol.h"

/* The one parameter of a layer in which sizes may have names; -1: none. */
static int
symbols_param (const TnSchema *schema)
{
  for (guint i = 0; i < schema->n_params; i++)
    if (schema->params[i].flags & TN_PARAM_SYMBOLS)
      return (int)i;
  return -1;
}

TnValue *
tn_keras_without_symbols (const TnParam *param, const TnValue *value)
{
  TnShape shape;

  if ((param->flags & TN_PARAM_SYMBOLS) && tn_shape_from_value (value, &shape)
      && tn_shape_is_symbolic (&shape))
    return tn_shape_to_value (&shape);
  return tn_value_ref (value);
}

void
tn_keras_write_symbols (TnPairs *entry, const TnNode *node)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *outer = extras != NULL ? tn_value_lookup (extras, TN_KERAS_OUTER) : NULL;
  int param = symbols_param (tn_node_schema (node));
  g_autoptr (TnPairs) block = NULL;
  TnValue *names[TN_MAX_RANK];
  TnShape shape;

  if (param < 0 || !tn_node_dims (node, (guint)param, &shape) || !tn_shape_is_symbolic (&shape))
    return;
  for (int axis = 0; axis < shape.rank; axis++)
    {
      const char *name = tn_symbol_name (shape.dims[axis]);

      names[axis] = name != NULL ? tn_value_new_string (name) : tn_value_new_none ();
    }
  block = tn_pairs_new ();
  tn_pairs_take (block, "symbols", tn_value_new_list (names, (gsize)shape.rank));
  tn_pairs_add_all (block, outer != NULL ? tn_value_lookup (outer, "tenon") : NULL);
  tn_pairs_take (entry, "tenon", tn_pairs_finish (block));
}

void
tn_keras_read_symbols (TnReader *reader, const TnFileLayer *layer)
{
  const TnValue *block = layer->entry != NULL ? tn_value_lookup (layer->entry, "tenon") : NULL;
  const TnValue *names = block != NULL ? tn_value_lookup (block, "symbols") : NULL;
  int param = symbols_param (layer->schema);
  const TnValue *sizes
      = param >= 0 ? tn_node_get (tn_draft_find (reader->draft, layer->id), (guint)param) : NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (TnValue) merged = NULL;

  if (names == NULL || sizes == NULL || tn_value_kind (names) != TN_VALUE_LIST
      || tn_value_kind (sizes) != TN_VALUE_LIST || tn_value_size (names) != tn_value_size (sizes))
    return;
  items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  for (gsize i = 0; i < tn_value_size (sizes); i++)
    {
      const TnValue *size = tn_value_at (sizes, i), *name = tn_value_at (names, i);

      /* A number that was put in since, by another program, counts more than the old name. */
      if (tn_value_is_none (size) && tn_value_kind (name) == TN_VALUE_STRING
          && tn_symbol_is_name (tn_value_string (name)))
        size = name;
      g_ptr_array_add (items, tn_value_ref (size));
    }
  merged = tn_list_finish (items);
  tn_draft_set (reader->draft, layer->id, (guint)param, merged, FALSE, NULL);
}

TnValue *
tn_keras_beside_symbols (const TnValue *block)
{
  if (tn_value_lookup (block, "symbols") == NULL)
    return tn_value_ref (block);
  return tn_value_size (block) > 1 ? tn_value_with (block, "symbols", NULL) : NULL;
}
