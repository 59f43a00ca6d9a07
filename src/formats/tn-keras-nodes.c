/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inbound nodes: which tensors a layer is called with, in Keras 3's form and in Keras 2's. */
#include "formats/tn-keras.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-fold.h"

gboolean
tn_keras_is_ref (const TnValue *value)
{
  gsize size = tn_value_size (value);

  return tn_value_kind (value) == TN_VALUE_LIST && (size == 3 || size == 4)
         && tn_value_kind (tn_value_at (value, 0)) == TN_VALUE_STRING
         && tn_value_kind (tn_value_at (value, 1)) == TN_VALUE_INT
         && tn_value_kind (tn_value_at (value, 2)) == TN_VALUE_INT
         && (size == 3 || tn_value_kind (tn_value_at (value, 3)) == TN_VALUE_DICT);
}

gboolean
tn_keras_read_ref (TnReader *reader, const char *where, const TnValue *value, TnFileRef *ref)
{
  gint64 call, output;

  if (!tn_keras_is_ref (value))
    return tn_reader_fail (reader, _ ("%s names a tensor otherwise than as [layer, call, output]."),
                           where);

  call = tn_value_int (tn_value_at (value, 1));
  output = tn_value_int (tn_value_at (value, 2));
  if (call < 0 || call >= TN_KERAS_MAX_CALLS || output < 0 || output >= TN_MAX_OUTPUTS)
    return tn_reader_fail (reader, _ ("%s names a call or output of '%s' that there cannot be."),
                           where, tn_value_string (tn_value_at (value, 0)));
  *ref = (TnFileRef){ .name = tn_value_string (tn_value_at (value, 0)),
                      .call = (guint)call,
                      .output = (guint)output };
  return TRUE;
}

static gboolean
add_ref (TnReader *reader, TnFileLayer *layer, TnFileRef ref)
{
  guint start = layer->ends->len > 0 ? g_array_index (layer->ends, guint, layer->ends->len - 1) : 0;

  if (layer->refs->len - start >= TN_KERAS_MAX_INPUTS)
    return tn_reader_fail (reader, _ ("layer '%s' is called with more than %d tensors."),
                           layer->name, TN_KERAS_MAX_INPUTS);
  g_array_append_val (layer->refs, ref);
  return TRUE;
}

static void
end_call (TnFileLayer *layer, TnValue *kwargs)
{
  if (kwargs && tn_value_size (kwargs) > 0)
    {
      if (!layer->kwargs)
        layer->kwargs = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
      while (layer->kwargs->len < layer->ends->len)
        g_ptr_array_add (layer->kwargs, tn_value_new_dict (NULL, NULL, 0));
      g_ptr_array_add (layer->kwargs, tn_value_ref (kwargs));
    }
  g_array_append_val (layer->ends, layer->refs->len);
}

static const TnValue *
keras_tensor (const TnValue *value)
{
  const char *class_name = tn_keras_string (value, "class_name");

  return class_name && strcmp (class_name, "__keras_tensor__") == 0
             ? tn_value_lookup (value, "config")
             : NULL;
}

/* Does @value hold a tensor in either form? Recurses as deeply as JSON may nest. */
static gboolean
holds_tensor (const TnValue *value)
{
  if (keras_tensor (value) || tn_keras_is_ref (value))
    return TRUE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (holds_tensor (tn_value_at (value, i)))
      return TRUE;
  return FALSE;
}

/* Adds to @kept what @kwargs say, but for None; notes tensors as not supported. */
static void
read_kwargs (TnReader *reader, TnFileLayer *layer, const TnValue *kwargs, TnPairs *kept)
{
  for (gsize i = 0; kwargs && i < tn_value_size (kwargs); i++)
    {
      const TnValue *item = tn_value_at (kwargs, i);
      const char *key = tn_value_key_at (kwargs, i);

      if (tn_value_is_none (item) || tn_pairs_has (kept, key))
        continue;
      if (holds_tensor (item))
        tn_reader_unsupported (reader, layer->name, _ ("tensors passed by keyword"));
      else
        tn_pairs_take (kept, key, tn_value_ref (item));
    }
}

/* One positional argument of Keras 3: a tensor, a list of such, or something else. */
static gboolean
read_argument (TnReader *reader, TnFileLayer *layer, const TnValue *argument)
{
  const TnValue *tensor = keras_tensor (argument);
  TnFileRef ref;
  g_autofree char *where = NULL;

  if (tensor)
    {
      const TnValue *history = tn_value_lookup (tensor, "keras_history");

      where = g_strdup_printf (_ ("layer '%s'"), layer->name);
      if (!history)
        return tn_reader_fail (reader, _ ("layer '%s' has an input without a keras_history."),
                               layer->name);
      return tn_keras_read_ref (reader, where, history, &ref) && add_ref (reader, layer, ref);
    }
  if (tn_value_kind (argument) == TN_VALUE_LIST)
    {
      for (gsize i = 0; i < tn_value_size (argument); i++)
        if (!read_argument (reader, layer, tn_value_at (argument, i)))
          return FALSE;
    }
  else if (!tn_value_is_none (argument))
    tn_reader_unsupported (reader, layer->name, _ ("an argument that is no tensor"));
  return TRUE;
}

static gboolean
read_keras_3 (TnReader *reader, TnFileLayer *layer, const TnValue *node)
{
  const TnValue *arguments = tn_value_lookup (node, "args");
  const TnValue *kwargs = tn_value_lookup (node, "kwargs");
  g_autoptr (TnPairs) kept = tn_pairs_new ();
  g_autoptr (TnValue) dict = NULL;

  if (!arguments || tn_value_kind (arguments) != TN_VALUE_LIST
      || (kwargs && tn_value_kind (kwargs) != TN_VALUE_DICT))
    return tn_reader_fail (reader, _ ("layer '%s' has a call without args."), layer->name);
  for (gsize i = 0; i < tn_value_size (arguments); i++)
    if (!read_argument (reader, layer, tn_value_at (arguments, i)))
      return FALSE;
  read_kwargs (reader, layer, kwargs, kept);
  dict = tn_pairs_finish (kept);
  end_call (layer, dict);
  return TRUE;
}

static gboolean
read_keras_2 (TnReader *reader, TnFileLayer *layer, const TnValue *node, gboolean loose)
{
  g_autoptr (TnPairs) kept = tn_pairs_new ();
  g_autoptr (TnValue) dict = NULL;
  g_autofree char *where = g_strdup_printf (_ ("layer '%s'"), layer->name);
  gboolean bare = tn_keras_is_ref (node);
  gsize size = bare ? 1 : tn_value_size (node);

  for (gsize i = 0; i < size; i++)
    {
      const TnValue *item = bare ? node : tn_value_at (node, i);
      TnFileRef ref = { .name = NULL };

      if (!(loose && tn_value_is_none (item)))
        {
          if (!tn_keras_read_ref (reader, where, item, &ref))
            return FALSE;
          if (tn_value_size (item) == 4)
            read_kwargs (reader, layer, tn_value_at (item, 3), kept);
        }
      if (!add_ref (reader, layer, ref))
        return FALSE;
    }
  dict = tn_pairs_finish (kept);
  end_call (layer, dict);
  return TRUE;
}

gboolean
tn_keras_read_nodes (TnReader *reader, TnFileLayer *layer, const TnValue *nodes, gboolean loose)
{
  if (nodes && tn_value_kind (nodes) != TN_VALUE_LIST)
    return tn_reader_fail (reader, _ ("inbound_nodes of layer '%s' is no list."), layer->name);
  if (nodes && tn_value_size (nodes) > TN_KERAS_MAX_CALLS)
    return tn_reader_fail (reader, _ ("layer '%s' is called more than %d times."), layer->name,
                           TN_KERAS_MAX_CALLS);

  for (gsize i = 0; nodes && i < tn_value_size (nodes); i++)
    {
      const TnValue *node = tn_value_at (nodes, i);

      if (tn_value_kind (node) == TN_VALUE_DICT)
        {
          if (!read_keras_3 (reader, layer, node))
            return FALSE;
        }
      else if (tn_value_kind (node) == TN_VALUE_LIST)
        {
          if (!read_keras_2 (reader, layer, node, loose))
            return FALSE;
        }
      else
        return tn_reader_fail (reader, _ ("a call of layer '%s' is neither a list nor a dict."),
                               layer->name);
    }
  if (layer->ends->len == 0)
    end_call (layer, NULL);
  return TRUE;
}

TnValue *
tn_keras_write_ref (const TnGraph *graph, TnRef ref, const TnValue *kwargs)
{
  const TnNode *source = tn_graph_find (graph, ref.node);
  TnValue *items[4];

  if (!source)
    return tn_value_new_none ();
  items[0] = tn_value_new_string (tn_node_name (source));
  /* Keras counts the call with which a Functional was made as its first. */
  items[1] = tn_value_new_int (ref.call
                               + (tn_schema_is_model (tn_node_schema (source))
                                  && strcmp (tn_node_type (source), "Functional") == 0));
  items[2] = tn_value_new_int (ref.output);
  if (kwargs)
    items[3] = tn_value_ref (kwargs);
  return tn_value_new_list (items, kwargs ? 4 : 3);
}

TnValue *
tn_keras_write_nodes (const TnGraph *graph, const TnNode *node)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *outer = extras ? tn_value_lookup (extras, TN_KERAS_OUTER) : NULL;
  const TnValue *kept = outer ? tn_value_lookup (outer, TN_KERAS_CALLS) : NULL;
  g_autoptr (TnValue) none = tn_value_new_dict (NULL, NULL, 0);
  g_autoptr (GPtrArray) calls = g_ptr_array_new ();

  if (tn_node_is_source (node))
    return tn_value_new_list (NULL, 0);
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    {
      const TnValue *kwargs = kept && call < tn_value_size (kept) ? tn_value_at (kept, call) : none;
      g_autoptr (GPtrArray) tensors = g_ptr_array_new ();

      for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
        g_ptr_array_add (tensors,
                         tn_keras_write_ref (graph, tn_node_input (node, call, slot), kwargs));
      g_ptr_array_add (calls, tn_value_new_list ((TnValue *const *)tensors->pdata, tensors->len));
    }
  return tn_value_new_list ((TnValue *const *)calls->pdata, calls->len);
}
