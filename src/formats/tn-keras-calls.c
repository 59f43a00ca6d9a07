/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing calls: as Keras 2 does, which all versions read, or as Keras 3, which can say more. */
#include "formats/tn-keras.h"

#include <string.h>

#include "graph/tn-fold.h"

/* One call that is being written. */
typedef struct
{
  const TnGraph *graph;
  const TnKerasShapes *shapes; /* NULL: in Keras 2's form */
  const TnNode *node;
  guint call;
} Call;

static const TnValue *
said_arguments (const TnNode *node, guint call)
{
  const TnValue *said = tn_node_call (node, call);

  /* One that was called with a tensor by itself is no longer once a second one is wired. */
  if (tn_schema_joins (tn_node_schema (node)) && !tn_node_is_called_bare (node, call)
      && tn_node_call_fault (node, call) == TN_CALL_GOOD)
    return NULL;
  return said ? tn_value_lookup (said, TN_CALL_ARGUMENTS) : NULL;
}

/* Does a parameter that the calls set hold something? */
static gboolean
sets_parameters (const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);

  for (guint i = 0; i < schema->n_params; i++)
    if ((schema->params[i].flags & TN_PARAM_CALL) && tn_node_get (node, i))
      return TRUE;
  return FALSE;
}

gboolean
tn_keras_needs_arguments (const TnGraph *graph)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      const TnSchema *schema = tn_node_schema (node);

      if (schema->arguments || sets_parameters (node))
        return TRUE;
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        if ((schema->call_form != TN_CALL_LIST && tn_node_n_inputs (node, call) > 1)
            /* In Keras 2's form one tensor is never a list. */
            || (tn_schema_joins (schema) && tn_node_n_inputs (node, call) == 1)
            || said_arguments (node, call) || tn_node_n_named (node, call) > 0)
          return TRUE;
    }
  return FALSE;
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

/* Keras wants some shape, though it finds out by itself: that of a model's output may be any. */
static TnValue *
write_shape (const TnKerasShapes *shapes, const TnNode *source, TnRef ref)
{
  g_autofree char *name = g_strconcat (shapes->prefix, tn_node_name (source), NULL);
  const TnNode *node = tn_graph_find_name (tn_facts_graph (shapes->facts), name);
  TnShape shape = tn_shape_none ();
  g_autoptr (GPtrArray) sizes = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  if (node && ref.output < tn_node_n_outputs (node) && ref.call < tn_node_n_calls (node))
    {
      ref.node = tn_node_id (node);
      shape = tn_facts_shape (shapes->facts, ref, NULL);
    }
  for (int axis = 0; axis < shape.rank; axis++)
    g_ptr_array_add (sizes, tn_dim_is_known (shape.dims[axis])
                                ? tn_value_new_int (shape.dims[axis].size)
                                : tn_value_new_none ());
  return tn_list_finish (sizes);
}

static const char *
tensor_dtype (const TnNode *source)
{
  int dtype = tn_schema_param (tn_node_schema (source), "dtype");
  const char *name
      = tn_node_is_source (source) && dtype >= 0 ? tn_node_string (source, (guint)dtype) : "";

  return name[0] != '\0' ? name : "float32";
}

static TnValue *
write_tensor (const Call *call, guint slot)
{
  TnRef ref = tn_node_input (call->node, call->call, slot);
  const TnNode *source = tn_graph_find (call->graph, ref.node);
  g_autoptr (TnPairs) config = tn_pairs_new ();
  g_autoptr (TnPairs) tensor = tn_pairs_new ();

  if (!source)
    return tn_value_new_none ();
  tn_pairs_take (config, "shape", write_shape (call->shapes, source, ref));
  tn_pairs_take (config, "dtype", tn_value_new_string (tensor_dtype (source)));
  tn_pairs_take (config, "keras_history", tn_keras_write_ref (call->graph, ref, NULL));
  tn_pairs_take (tensor, "class_name", tn_value_new_string ("__keras_tensor__"));
  tn_pairs_take (tensor, "config", tn_pairs_finish (config));
  return tn_pairs_finish (tensor);
}

/* @value, which was kept, with the tensors where they belong. */
static TnValue *
fill_in (const Call *call, const TnValue *value)
{
  int slot = tn_call_slot (value);

  if (slot >= 0)
    return write_tensor (call, (guint)slot);
  if (tn_value_kind (value) == TN_VALUE_LIST)
    {
      g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

      for (gsize i = 0; i < tn_value_size (value); i++)
        g_ptr_array_add (items, fill_in (call, tn_value_at (value, i)));
      return tn_list_finish (items);
    }
  if (tn_value_kind (value) == TN_VALUE_DICT)
    {
      g_autoptr (TnPairs) pairs = tn_pairs_new ();

      for (gsize i = 0; i < tn_value_size (value); i++)
        tn_pairs_take (pairs, tn_value_key_at (value, i), fill_in (call, tn_value_at (value, i)));
      return tn_pairs_finish (pairs);
    }
  return tn_value_ref (value);
}

static TnValue *
write_tensors (const Call *call, guint from, guint to)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  for (guint slot = from; slot < to; slot++)
    g_ptr_array_add (items, write_tensor (call, slot));
  return tn_list_finish (items);
}

/* One argument of an operation: its parameter, or the next tensors. */
static void
add_operand (const Call *call, const char *name, guint *slot, GPtrArray *arguments)
{
  const TnSchema *schema = tn_node_schema (call->node);
  guint n_inputs = tn_node_n_inputs (call->node, call->call);
  g_autofree char *base = g_strndup (name, strcspn (name, "["));
  int param = tn_schema_param (schema, base);

  if (param >= 0 && tn_node_get (call->node, (guint)param))
    g_ptr_array_add (arguments, tn_value_ref (tn_node_get (call->node, (guint)param)));
  else if (strchr (name, '['))
    {
      g_ptr_array_add (arguments, write_tensors (call, *slot, n_inputs));
      *slot = n_inputs;
    }
  else if (name[0] == '*')
    while (*slot < n_inputs)
      g_ptr_array_add (arguments, write_tensor (call, (*slot)++));
  else
    g_ptr_array_add (arguments,
                     *slot < n_inputs ? write_tensor (call, *slot) : tn_value_new_none ());
  if (param < 0 || !tn_node_get (call->node, (guint)param))
    *slot = MIN (*slot + 1, n_inputs);
}

static void
add_operands (const Call *call, GPtrArray *arguments)
{
  const char *const *names = tn_node_schema (call->node)->arguments;
  guint slot = 0;

  for (guint i = 0; names[i]; i++)
    add_operand (call, names[i], &slot, arguments);
  /* But a key of None says something. */
  while (arguments->len > 1 && strcmp (tn_node_type (call->node), "GetItem") != 0
         && tn_value_is_none (arguments->pdata[arguments->len - 1]))
    g_ptr_array_set_size (arguments, (int)arguments->len - 1);
}

/* Is slot @slot to be written, or does what was kept do that? */
static gboolean
is_left (const TnValue *said, guint slot)
{
  return !said || !tn_call_names (said, slot);
}

static gboolean
is_wired (const Call *call, guint slot)
{
  return tn_graph_index (call->graph, tn_node_input (call->node, call->call, slot).node) >= 0;
}

/* Slots @from … @to - 1, those that are left. */
static TnValue *
write_left (const Call *call, const TnValue *said, guint from, guint to)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  for (guint slot = from; slot < to; slot++)
    if (is_left (said, slot))
      g_ptr_array_add (items, write_tensor (call, slot));
  return tn_list_finish (items);
}

/* All but the first tensor, under the names that their slots have. */
static void
add_named (const Call *call, const TnValue *said, TnPairs *kwargs)
{
  const TnSchema *schema = tn_node_schema (call->node);
  guint n_inputs = tn_node_n_shaping (call->node, call->call);

  for (guint slot = 1, end; slot < n_inputs; slot = end)
    {
      const char *name = tn_schema_input_name (schema, slot);
      g_autoptr (TnValue) list = NULL;

      for (end = slot + 1; end < n_inputs && tn_schema_input_name (schema, end) == name;)
        end++;
      list = write_left (call, said, slot, end);
      if (end > slot + 1 && tn_value_size (list) > 0)
        tn_pairs_take (kwargs, name, g_steal_pointer (&list));
      else if (tn_value_size (list) > 0 && is_wired (call, slot))
        tn_pairs_take (kwargs, name, tn_value_ref (tn_value_at (list, 0)));
    }
}

/* The tensors of a layer, by place and by keyword, but for those that stand in what was kept. */
static void
add_tensors (const Call *call, const TnValue *said, gboolean template, GPtrArray *arguments,
             TnPairs *kwargs)
{
  const TnSchema *schema = tn_node_schema (call->node);
  guint n_inputs = tn_node_n_shaping (call->node, call->call);
  guint n_places = schema->call_form == TN_CALL_KEYWORD ? MIN (n_inputs, 1) : n_inputs;
  g_autoptr (TnValue) list = write_left (call, said, 0, n_places);
  gsize n = tn_value_size (list);

  /* Behind what was kept stands what was wired since. */
  if (template)
    for (guint slot = 0; slot < n_places; slot++)
      {
        if (is_left (said, slot) && is_wired (call, slot))
          g_ptr_array_add (arguments, write_tensor (call, slot));
      }
  else if (schema->call_form == TN_CALL_LIST && schema->max_inputs > 1 && n > 0
           && !(n == 1 && schema->opaque))
    g_ptr_array_add (arguments, tn_value_ref (list));
  else
    for (gsize i = 0; i < n; i++)
      g_ptr_array_add (arguments, tn_value_ref (tn_value_at (list, i)));
  if (schema->call_form == TN_CALL_KEYWORD)
    add_named (call, said, kwargs);
}

static void
add_settings (const Call *call, TnPairs *kwargs)
{
  const TnSchema *schema = tn_node_schema (call->node);

  for (guint i = 0; i < schema->n_params; i++)
    if ((schema->params[i].flags & TN_PARAM_CALL) && tn_node_get (call->node, i)
        && !tn_pairs_has (kwargs, schema->params[i].name))
      tn_pairs_take (kwargs, schema->params[i].name, tn_value_ref (tn_node_get (call->node, i)));
}

/* What is said of the call, with the arguments only where they still hold; NULL when nothing is. */
static TnValue *
call_settings (const Call *call, gboolean template)
{
  const TnValue *said = tn_node_call (call->node, call->call);

  if (said == NULL)
    return NULL;
  return template ? tn_value_ref (said) : tn_value_with (said, TN_CALL_ARGUMENTS, NULL);
}

static TnValue *
write_keras_3 (const Call *call)
{
  const TnSchema *schema = tn_node_schema (call->node);
  const TnValue *template = said_arguments (call->node, call->call);
  g_autoptr (TnValue) said = call_settings (call, template != NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  g_autoptr (TnPairs) kwargs = tn_pairs_new ();
  g_autoptr (TnPairs) node = tn_pairs_new ();

  for (gsize i = 0; i < tn_value_size (template); i++)
    g_ptr_array_add (arguments, fill_in (call, tn_value_at (template, i)));
  if (schema->arguments)
    add_operands (call, arguments);
  else
    add_tensors (call, said, template != NULL, arguments, kwargs);
  for (gsize i = 0; i < tn_value_size (said); i++)
    if (strcmp (tn_value_key_at (said, i), TN_CALL_ARGUMENTS) != 0
        && !tn_pairs_has (kwargs, tn_value_key_at (said, i)))
      tn_pairs_take (kwargs, tn_value_key_at (said, i), fill_in (call, tn_value_at (said, i)));
  if (!schema->arguments)
    add_settings (call, kwargs);
  tn_pairs_take (node, "args", tn_list_finish (arguments));
  tn_pairs_take (node, "kwargs", tn_pairs_finish (kwargs));
  return tn_pairs_finish (node);
}

static TnValue *
write_keras_2 (const Call *call)
{
  const TnValue *said = tn_node_call (call->node, call->call);
  g_autoptr (TnValue) none = tn_value_new_dict (NULL, NULL, 0);
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  for (guint slot = 0; slot < tn_node_n_inputs (call->node, call->call); slot++)
    g_ptr_array_add (tensors,
                     tn_keras_write_ref (call->graph, tn_node_input (call->node, call->call, slot),
                                         said ? said : none));
  return tn_list_finish (tensors);
}

TnValue *
tn_keras_write_nodes (const TnGraph *graph, const TnNode *node, const TnKerasShapes *shapes)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  if (tn_node_is_source (node))
    return tn_value_new_list (NULL, 0);
  for (guint i = 0; i < tn_node_n_calls (node); i++)
    {
      Call call = { graph, shapes, node, i };

      g_ptr_array_add (calls, shapes ? write_keras_3 (&call) : write_keras_2 (&call));
    }
  return tn_list_finish (calls);
}
