/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras 3 code as a person would write it: Sequential for a plain row of layers, else functional.
 */
#include <string.h>

#include "base/tn-i18n.h"
#include "codegen/tn-code-keras-own.h"
#include "graph/tn-fold.h"

/* ---- arguments ---- */

static char *
argument (const char *name, const TnValue *value)
{
  GString *text = g_string_new (NULL);

  if (name != NULL)
    g_string_append_printf (text, "%s=", name);
  tn_python_append_value (text, value);
  return g_string_free (text, FALSE);
}

static gboolean
is_identifier (const char *text)
{
  if (!g_ascii_isalpha (*text) && *text != '_')
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '_')
      return FALSE;
  return TRUE;
}

/* Keras's module for an object, by how its parameter is called; NULL for anything else. */
static const char *
object_module (const TnParam *param)
{
  static const struct
  {
    const char *suffix;
    const char *module;
  } modules[] = {
    { "_initializer", "keras.initializers" },
    { "_regularizer", "keras.regularizers" },
    { "_constraint", "keras.constraints" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    if (g_str_has_suffix (param->name, modules[i].suffix))
      return modules[i].module;
  return NULL;
}

/* "GlorotUniform" as Keras calls it in a word: "glorot_uniform". */
static char *
object_word (const char *class_name)
{
  GString *word = g_string_new (NULL);

  for (const char *c = class_name; *c != '\0'; c++)
    {
      if (g_ascii_isupper (*c) && c > class_name
          && (g_ascii_islower (c[-1]) || (g_ascii_isdigit (c[-1]) || g_ascii_islower (c[1]))))
        g_string_append_c (word, '_');
      g_string_append_c (word, g_ascii_tolower (*c));
    }
  return g_string_free (word, FALSE);
}

static gboolean
has_settings (const TnValue *config)
{
  for (gsize i = 0; config != NULL && i < tn_value_size (config); i++)
    if (!tn_value_is_none (tn_value_at (config, i)))
      return TRUE;
  return FALSE;
}

/* An object's dict: its word where it has no settings, else a call of its class; where it is not
 * Keras's own, what Keras makes an object of. NULL when it is the default. */
static char *
object_argument (const TnParam *param, const TnValue *value)
{
  const TnValue *class_name = tn_value_lookup (value, "class_name");
  const TnValue *config = tn_value_lookup (value, "config");
  const TnValue *registered = tn_value_lookup (value, "registered_name");
  const char *module = object_module (param);
  g_autofree char *word = NULL;
  g_autoptr (TnValue) word_value = NULL;
  GString *text;

  if (module == NULL || class_name == NULL || tn_value_kind (class_name) != TN_VALUE_STRING)
    return argument (param->name, value);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%s=%s.", param->name, module);
  if (!is_identifier (tn_value_string (class_name))
      || (config != NULL && tn_value_kind (config) != TN_VALUE_DICT)
      || (registered != NULL && tn_value_kind (registered) == TN_VALUE_STRING
          && strchr (tn_value_string (registered), '>') != NULL))
    {
      g_string_append (text, "deserialize(");
      tn_python_append_value (text, value);
      g_string_append_c (text, ')');
      return g_string_free (text, FALSE);
    }
  if (!has_settings (config))
    {
      g_string_free (text, TRUE);
      word = object_word (tn_value_string (class_name));
      word_value = tn_value_new_string (word);
      return tn_param_is_default (param, word_value) ? NULL : argument (param->name, word_value);
    }
  g_string_append_printf (text, "%s(", tn_value_string (class_name));
  for (gsize i = 0, n = 0; i < tn_value_size (config); i++)
    {
      const TnValue *item = tn_value_at (config, i);
      const char *key = tn_value_key_at (config, i);

      if (tn_value_is_none (item) || !is_identifier (key))
        continue;
      g_string_append_printf (text, "%s%s=", n++ > 0 ? ", " : "", key);
      tn_python_append_value (text, item);
    }
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

/* Files spell out the strides of a pooling that has none of its own: they are the window's size. */
static gboolean
is_window_again (const TnNode *node, const TnParam *param, const TnValue *value)
{
  int window = tn_schema_param (tn_node_schema (node), "pool_size");
  g_autoptr (TnValue) size = NULL, normal = NULL;

  if (window < 0 || strcmp (param->name, "strides") != 0 || !(param->flags & TN_PARAM_OPTIONAL))
    return FALSE;
  size = tn_node_value (node, (guint)window);
  if (size == NULL)
    return FALSE;
  normal = tn_param_normalize (&tn_node_schema (node)->params[window], size);
  return tn_value_equal (normal, value);
}

/* ---- layers within layers ---- */

static GPtrArray *constructor_arguments (const TnNode *node);

static void
take (GPtrArray *arguments, char *text)
{
  if (text != NULL)
    g_ptr_array_add (arguments, text);
}

static void
take_name (GPtrArray *arguments, const char *name)
{
  /* Of a layer in a group that cannot be a model of its own: Keras allows no "/". */
  g_autofree char *plain = g_strdelimit (g_strdup (name), "/", '_');
  g_autoptr (TnValue) value = tn_value_new_string (plain);

  take (arguments, argument ("name", value));
}

/* A layer within a layer: "layers.LSTM(64, return_sequences=True)"; one of a class that is not
 * known is what Keras makes of its dict. */
static void
append_layer (GString *text, const TnNode *node, guint param, guint element, const TnValue *value)
{
  g_autoptr (TnNode) inner = tn_layer_inner (node, param, element);
  g_autoptr (GPtrArray) arguments = NULL;

  if (inner == NULL)
    {
      g_string_append (text, "layers.deserialize(");
      tn_python_append_value (text, value);
      g_string_append_c (text, ')');
      return;
    }
  arguments = constructor_arguments (inner);
  if (tn_value_lookup (tn_value_lookup (value, "config"), "name") != NULL)
    take_name (arguments, tn_node_name (inner));
  g_string_append_printf (text, "layers.%s(", tn_node_type (inner));
  for (guint i = 0; i < arguments->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (char *)arguments->pdata[i]);
  g_string_append_c (text, ')');
}

static char *
layer_argument (const TnNode *node, guint index, const TnValue *value)
{
  const TnParam *param = &tn_node_schema (node)->params[index];
  GString *text = g_string_new (NULL);

  if (!(index == 0 && (param->flags & TN_PARAM_REQUIRED)))
    g_string_append_printf (text, "%s=", param->name);
  if (tn_value_kind (value) != TN_VALUE_LIST)
    {
      append_layer (text, node, index, 0, value);
      return g_string_free (text, FALSE);
    }
  g_string_append_c (text, '[');
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      g_string_append (text, i > 0 ? ", " : "");
      append_layer (text, node, index, (guint)i, tn_value_at (value, i));
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* NULL when nothing need be said. */
static char *
param_argument (const TnNode *node, guint index)
{
  const TnParam *param = &tn_node_schema (node)->params[index];
  const TnValue *set = tn_node_get (node, index);
  g_autoptr (TnValue) value = NULL;

  if (set == NULL || ((param->flags & TN_PARAM_LEGACY_NONE) && tn_value_is_none (set)))
    return NULL;
  if (!(param->flags & TN_PARAM_REQUIRED) && tn_param_is_default (param, set))
    return NULL;
  value = tn_param_normalize (param, set);
  if (is_window_again (node, param, value))
    return NULL;
  if (tn_param_holds_layer (param, value))
    return layer_argument (node, index, value);
  if (param->kind == TN_PARAM_OBJECT && tn_value_kind (value) == TN_VALUE_DICT)
    return object_argument (param, value);
  /* A window along one axis is a plain number to people. */
  if (param->kind == TN_PARAM_INTS && param->length == 1 && tn_value_size (value) == 1)
    {
      TnValue *item = tn_value_ref (tn_value_at (value, 0));

      tn_value_unref (value);
      value = item;
    }
  /* What a layer cannot be without comes first, and needs no name. */
  return argument (index == 0 && (param->flags & TN_PARAM_REQUIRED) ? NULL : param->name, value);
}

/* The type that a layer computes in, where a file says another than Keras's own; NULL otherwise. */
static char *
dtype_argument (const TnNode *node)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *dtype = extras != NULL ? tn_value_lookup (extras, "dtype") : NULL;
  const TnValue *config = dtype != NULL ? tn_value_lookup (dtype, "config") : NULL;

  if (config != NULL)
    dtype = tn_value_lookup (config, "name");
  if (dtype == NULL || tn_value_kind (dtype) != TN_VALUE_STRING
      || strcmp (tn_value_string (dtype), "float32") == 0)
    return NULL;
  return argument ("dtype", dtype);
}

/* All but the name. */
static GPtrArray *
constructor_arguments (const TnNode *node)
{
  GPtrArray *arguments = g_ptr_array_new_with_free_func (g_free);
  const TnSchema *schema = tn_node_schema (node);

  for (guint i = 0; i < schema->n_params; i++)
    if (!(schema->params[i].flags & TN_PARAM_CALL))
      take (arguments, param_argument (node, i));
  take (arguments, dtype_argument (node));
  if (!tn_node_is_trainable (node))
    take (arguments, g_strdup ("trainable=False"));
  return arguments;
}

GPtrArray *
tn_code_keras_arguments (const TnNode *node)
{
  GPtrArray *arguments = constructor_arguments (node);

  take_name (arguments, tn_node_name (node));
  return arguments;
}

/* keras.Input() wants the shape without the batch, unless the batch is fixed. */
static GPtrArray *
input_arguments (const TnNode *node)
{
  GPtrArray *arguments = tn_code_keras_arguments (node);
  const TnSchema *schema = tn_node_schema (node);
  int batch_shape = tn_schema_param (schema, "batch_shape");
  g_autoptr (GPtrArray) dims = g_ptr_array_new ();
  g_autoptr (TnValue) value = NULL;
  g_autoptr (TnValue) shape = NULL;
  TnShape declared;
  gboolean open;

  /* Keras has no names for open sizes. */
  tn_node_dims (node, (guint)batch_shape, &declared);
  value = tn_shape_to_value (&declared);
  open = tn_value_is_none (tn_value_at (value, 0));

  for (gsize i = 1; i < tn_value_size (value); i++)
    g_ptr_array_add (dims, tn_value_ref (tn_value_at (value, i)));
  shape = tn_value_new_list ((TnValue *const *)dims->pdata, dims->len);
  g_ptr_array_remove_index (arguments, 0);
  g_ptr_array_insert (arguments, 0,
                      open ? argument ("shape", shape) : argument ("batch_shape", value));
  return arguments;
}

/* ---- the program ---- */

typedef struct
{
  const TnFacts *facts; /* of the whole, whose groups are folded in @graph */
  const TnGraph *graph;
  const char *path;   /* of the group that @graph is: "encoder/", "" of the whole */
  GHashTable *models; /* TnNodeId → TnGraph: what is folded in @graph */
  GString *out;
  TnPythonNames *names;
  GHashTable *tensors;
  GHashTable *shared; /* index of a layer → identifier of the layer itself */
} Program;

/* The tensor in the whole that @ref of @graph is: of a group, what it puts out. */
static TnRef
whole_ref (const Program *program, TnRef ref)
{
  const TnGraph *whole = tn_facts_graph (program->facts);
  const TnNode *node = tn_graph_find (program->graph, ref.node);
  g_autofree char *name = g_strconcat (program->path, tn_node_name (node), NULL);
  const TnNode *same = tn_graph_find_name (whole, name);
  const TnGroup *group = same == NULL ? tn_graph_find_group (whole, name) : NULL;
  guint n_outputs = 0, n_calls;
  const TnRef *outputs = group != NULL ? tn_group_outputs (group, &n_outputs) : NULL;

  if (same != NULL)
    return (TnRef){ tn_node_id (same), ref.call, ref.output };
  if (ref.output >= n_outputs)
    return (TnRef){ 0 };
  same = tn_graph_find (whole, outputs[ref.output].node);
  n_calls = MAX (tn_graph_group_calls (whole, group), 1);
  return (
      TnRef){ outputs[ref.output].node,
              (guint16)(outputs[ref.output].call + ref.call * (tn_node_n_calls (same) / n_calls)),
              outputs[ref.output].output };
}

static char *
ref_shape (const Program *program, TnRef ref)
{
  TnShape shape = tn_shape_none ();

  ref = whole_ref (program, ref);
  if (ref.node != TN_NODE_NONE)
    shape = tn_facts_shape (program->facts, ref, NULL);
  return tn_shape_to_text (&shape);
}

static gboolean
is_input (const TnNode *node)
{
  return tn_node_is_source (node);
}

/* "layers.Dense(", "keras.Input(". */
static char *
constructor (const TnNode *node)
{
  if (is_input (node))
    return g_strdup ("keras.Input(");
  if (tn_node_schema (node)->opaque)
    return g_strdup ("keras.saving.deserialize_keras_object(");
  return g_strdup_printf ("layers.%s(", tn_node_type (node));
}

static GPtrArray *
layer_arguments (const TnNode *node)
{
  GPtrArray *arguments;

  if (!tn_node_schema (node)->opaque)
    return is_input (node) ? input_arguments (node) : tn_code_keras_arguments (node);
  arguments = g_ptr_array_new_with_free_func (g_free);
  tn_code_keras_take_own (node, arguments);
  return arguments;
}

static void
write_head (Program *program, gboolean has_layers)
{
  g_string_append (program->out, "import keras\n");
  if (has_layers)
    g_string_append (program->out, "from keras import layers\n");
  g_string_append_c (program->out, '\n');
}

static void
write_sequential (Program *program, const char *variable, const char *model)
{
  g_autoptr (GArray) order = tn_code_order (program->graph);
  g_autoptr (GString) name = g_string_new (NULL);

  g_string_append_printf (program->out, "%s = keras.Sequential(\n    [\n", variable);
  for (guint i = 0; i < order->len; i++)
    {
      guint index = g_array_index (order, guint, i);
      const TnNode *node = tn_graph_node (program->graph, index);
      g_autoptr (GPtrArray) arguments = NULL;
      g_autofree char *before = constructor (node);
      g_autofree char *shapes = ref_shape (program, (TnRef){ tn_node_id (node), 0, 0 });

      if (!tn_node_schema (node)->keras)
        continue;
      arguments = layer_arguments (node);
      tn_python_append_call (program->out, 8, before, arguments, "),", shapes);
    }
  tn_python_append_string (name, model);
  g_string_append_printf (program->out, "    ],\n    name=%s,\n)\n", name->str);
}

/* The tensor of a slot; NULL where none is wired. */
static const char *
slot_tensor (Program *program, const TnNode *node, guint call, guint slot)
{
  return tn_python_tensor (program->tensors, tn_node_input (node, call, slot));
}

/* "[left, right]": all tensors from slot @first on; a lone one without brackets unless @always.
 * NULL where there is none. */
static char *
tensor_list (Program *program, const TnNode *node, guint call, guint first, gboolean always)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (guint slot = first; slot < tn_node_n_shaping (node, call); slot++)
    {
      const char *tensor = slot_tensor (program, node, call, slot);

      if (tensor != NULL)
        g_ptr_array_add (inputs, (gpointer)tensor);
    }
  if (inputs->len == 0)
    return NULL;
  joined = tn_python_list (inputs);
  return inputs->len == 1 && always ? g_strdup_printf ("[%s]", joined) : g_steal_pointer (&joined);
}

/* "query, value, key=words": what stands behind an empty slot is named. */
static void
take_positions (Program *program, const TnNode *node, guint call, GPtrArray *arguments)
{
  gboolean gap = FALSE;

  for (guint slot = 0; slot < tn_node_n_shaping (node, call); slot++)
    {
      const char *tensor = slot_tensor (program, node, call, slot);

      if (tensor == NULL)
        gap = TRUE;
      else
        take (arguments, gap ? g_strdup_printf (
                             "%s=%s", tn_schema_input_name (tn_node_schema (node), slot), tensor)
                             : g_strdup (tensor));
    }
}

/* "(conv2d)", "([left, right])", "(query, value, use_causal_mask=True)". */
static char *
call_text (Program *program, const TnNode *node, guint call)
{
  const TnSchema *schema = tn_node_schema (node);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *joined = NULL, *further = NULL;

  if (schema->opaque)
    return tn_code_keras_said_call (node, call, program->tensors);
  switch (schema->call_form)
    {
    case TN_CALL_LIST:
      /* A merging layer wants a list, even of one. */
      take (arguments, tensor_list (program, node, call, 0,
                                    schema->max_inputs > 1 && !tn_schema_is_model (schema)));
      break;
    case TN_CALL_POSITIONAL:
      take_positions (program, node, call, arguments);
      break;
    case TN_CALL_KEYWORD:
      take (arguments, g_strdup (slot_tensor (program, node, call, 0)));
      further = tensor_list (program, node, call, 1, FALSE);
      if (further != NULL)
        take (arguments, g_strdup_printf ("%s=%s", tn_schema_input_name (schema, 1), further));
      break;
    }
  for (guint i = 0; i < schema->n_params; i++)
    if (schema->params[i].flags & TN_PARAM_CALL)
      take (arguments, param_argument (node, i));
  tn_code_keras_take_said (node, call, program->tensors, arguments);
  g_ptr_array_add (arguments, NULL);
  joined = g_strjoinv (", ", (char **)arguments->pdata);
  return g_strdup_printf ("(%s)", joined);
}

/* Names what a call puts out; "a", "a, b". New string. */
static char *
name_outputs (Program *program, const TnNode *node, guint call)
{
  guint n_outputs = tn_node_n_outputs (node);
  gboolean several
      = tn_node_n_calls (node) > 1 || n_outputs > 1 || tn_schema_is_model (tn_node_schema (node));
  GString *text = g_string_new (NULL);

  for (guint output = 0; output < n_outputs; output++)
    {
      TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
      g_autofree char *wish = several && tn_node_n_calls (node) * n_outputs == 1
                                  ? g_strdup_printf ("%s_out", tn_node_name (node))
                              : several ? g_strdup_printf ("%s_out_%u", tn_node_name (node),
                                                           call * n_outputs + output + 1)
                                        : g_strdup (tn_node_name (node));
      g_autofree char *name = tn_python_name (program->names, wish);

      tn_python_tensors_set (program->tensors, ref, name);
      g_string_append_printf (text, "%s%s", output > 0 ? ", " : "", name);
    }
  return g_string_free (text, FALSE);
}

static char *
call_shapes (Program *program, const TnNode *node, guint call)
{
  GString *text = g_string_new (NULL);

  for (guint output = 0; output < tn_node_n_outputs (node); output++)
    {
      g_autofree char *one
          = ref_shape (program, (TnRef){ tn_node_id (node), (guint16)call, (guint16)output });

      g_string_append_printf (text, "%s%s", output > 0 ? ", " : "", one);
    }
  return g_string_free (text, FALSE);
}

static void write_model (Program *program, const char *variable, const char *name);

/* A group becomes a model of its own before its first use. Its name is that of the model. */
static void
write_group (Program *program, const TnNode *node, const char *variable)
{
  TnGraph *graph = g_hash_table_lookup (program->models, GUINT_TO_POINTER (tn_node_id (node)));
  g_autofree char *path = g_strconcat (program->path, tn_node_name (node), "/", NULL);
  g_autoptr (GHashTable) models
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)tn_graph_unref);
  g_autoptr (TnGraph) folded = tn_graph_fold (graph, &tn_layer_find ("InputLayer")->schema, models);
  g_autoptr (GHashTable) tensors = tn_python_tensors_new ();
  g_autoptr (GHashTable) shared = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Program within = *program;

  within.graph = folded;
  within.path = path;
  within.models = models;
  within.tensors = tensors;
  within.shared = shared;
  if (!g_str_has_suffix (program->out->str, "\n\n"))
    g_string_append_c (program->out, '\n');
  write_model (&within, variable, tn_node_name (node));
  g_string_append_c (program->out, '\n');
}

/* A function is no layer: it is called, and that is all. */
static void
write_operation (Program *program, const TnNode *node, guint call)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *made = tn_code_keras_operation (node, call, program->tensors, arguments);
  g_autofree char *shapes = call_shapes (program, node, call);
  g_autofree char *outputs = name_outputs (program, node, call);
  g_autofree char *before = g_strdup_printf ("%s = %s", outputs, made);

  tn_python_append_call (program->out, 0, before, arguments, arguments->len > 0 ? ")" : "", shapes);
}

/* A layer that is called once is made where it is called. */
static void
write_step (Program *program, const TnNode *node, TnGraphStep step)
{
  gboolean is_model = tn_schema_is_model (tn_node_schema (node));
  gboolean is_shared = tn_node_n_calls (node) > 1 || is_model;
  g_autofree char *inputs = is_input (node) ? g_strdup ("") : call_text (program, node, step.call);
  g_autofree char *shapes = call_shapes (program, node, step.call);
  g_autofree char *outputs = NULL, *before = NULL, *made = constructor (node), *after = NULL;
  g_autoptr (GPtrArray) arguments = is_model ? NULL : layer_arguments (node);
  gpointer key = GUINT_TO_POINTER (step.index);

  /* What enters a group that is no model of its own is another name only. */
  if (tn_node_schema (node)->boundary)
    {
      const char *tensor = slot_tensor (program, node, step.call, 0);

      if (tensor != NULL)
        tn_python_tensors_set (program->tensors,
                               (TnRef){ tn_node_id (node), (guint16)step.call, 0 }, tensor);
      return;
    }
  if (is_shared)
    {
      const char *layer = g_hash_table_lookup (program->shared, key);

      if (layer == NULL)
        {
          char *name = tn_python_name (program->names, tn_node_name (node));

          g_hash_table_insert (program->shared, key, name);
          if (is_model)
            write_group (program, node, name);
          before = g_strdup_printf ("%s = %s", name, made);
          if (!is_model)
            tn_python_append_call (program->out, 0, before, arguments, ")", NULL);
          layer = name;
        }
      outputs = name_outputs (program, node, step.call);
      g_string_append_printf (program->out, "%s = %s%s  # %s\n", outputs, layer, inputs, shapes);
      return;
    }
  outputs = name_outputs (program, node, step.call);
  before = g_strdup_printf ("%s = %s", outputs, made);
  after = g_strdup_printf (")%s", inputs);
  tn_python_append_call (program->out, 0, before, arguments, after, shapes);
}

static void
write_functional (Program *program, const char *variable, const char *name)
{
  g_autofree char *before = g_strdup_printf ("%s = keras.Model(", variable);
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  g_autoptr (GPtrArray) outputs = g_ptr_array_new ();
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *inputs_text = NULL, *outputs_text = NULL;
  guint n_outputs;
  const TnRef *refs = tn_graph_outputs (program->graph, &n_outputs);

  for (guint i = 0; i < tn_graph_n_steps (program->graph); i++)
    {
      TnGraphStep step = tn_graph_step (program->graph, i);
      const TnNode *node = tn_graph_node (program->graph, step.index);

      if (tn_node_schema (node)->arguments != NULL)
        write_operation (program, node, step.call);
      else if (tn_node_schema (node)->keras)
        write_step (program, node, step);
    }
  for (guint i = 0; i < tn_graph_size (program->graph); i++)
    {
      const TnNode *node = tn_graph_node (program->graph, i);

      if (tn_node_schema (node)->keras && is_input (node))
        g_ptr_array_add (inputs, (gpointer)tn_python_tensor (program->tensors,
                                                             (TnRef){ tn_node_id (node), 0, 0 }));
    }
  for (guint i = 0; i < n_outputs; i++)
    g_ptr_array_add (outputs, (gpointer)tn_python_tensor (program->tensors, refs[i]));

  inputs_text = tn_python_list (inputs);
  outputs_text = tn_python_list (outputs);
  g_ptr_array_add (arguments, g_strdup_printf ("inputs=%s", inputs_text));
  g_ptr_array_add (arguments, g_strdup_printf ("outputs=%s", outputs_text));
  take_name (arguments, name);
  if (program->path[0] == '\0')
    g_string_append_c (program->out, '\n');
  tn_python_append_call (program->out, 0, before, arguments, ")", NULL);
}

static void
write_model (Program *program, const char *variable, const char *name)
{
  if (tn_code_is_chain (program->graph))
    write_sequential (program, variable, name);
  else
    write_functional (program, variable, name);
}

/* What enters a group says its shape: nothing else in the code does. */
static TnGraph *
with_shapes (const TnFacts *facts)
{
  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnShape shape = tn_shape_none ();
      g_autofree char *text = NULL;

      if (!tn_node_schema (node)->boundary || tn_node_get (node, 0) != NULL)
        continue;
      shape = tn_facts_input (facts, i, 0, 0);
      text = tn_shape_to_text (&shape);
      if (tn_shape_is_some (&shape))
        tn_draft_set_text (draft, tn_node_id (node), "batch_shape", text, NULL);
    }
  return tn_draft_finish (draft);
}

/* ---- targets ---- */

/* The Target wired to @ref, or NULL. */
static const TnNode *
find_target (const TnGraph *graph, TnRef ref)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_node_schema (node)->keras && tn_node_n_inputs (node, 0) > 0
          && tn_ref_equal (tn_node_input (node, 0, 0), ref))
        return node;
    }
  return NULL;
}

static void
write_targets (Program *program)
{
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) comments = g_string_new (NULL);
  g_autofree char *text = NULL;
  guint n_outputs, n_targets = 0;
  const TnRef *outputs = tn_graph_outputs (program->graph, &n_outputs);

  for (guint i = 0; i < n_outputs; i++)
    {
      const TnNode *target = find_target (program->graph, outputs[i]);
      const TnNode *source = tn_graph_find (program->graph, outputs[i].node);
      int loss = target != NULL ? tn_schema_param (tn_node_schema (target), "loss") : -1;
      g_autoptr (TnValue) value = loss >= 0 ? tn_node_value (target, (guint)loss) : NULL;
      g_autoptr (GString) from = g_string_new (NULL), name = g_string_new (NULL);
      g_autofree char *shape_text = NULL;
      TnShape shape = tn_shape_none ();

      g_ptr_array_add (losses, value != NULL ? argument (NULL, value) : g_strdup ("None"));
      if (target == NULL)
        continue;
      n_targets++;
      tn_node_dims (target, (guint)tn_schema_param (tn_node_schema (target), "shape"), &shape);
      shape_text = tn_shape_to_text (&shape);
      tn_python_append_string (name, tn_node_name (target));
      tn_python_append_string (from, tn_node_name (source));
      g_string_append_printf (comments, "# Labels %s for the output of %s: %s\n", name->str,
                              from->str, shape_text);
    }
  if (n_targets == 0)
    return;
  text = tn_python_list (losses);
  g_string_append_printf (program->out, "\n%smodel.compile(loss=%s)\n", comments->str, text);
}

static gboolean
keras_write (const TnFacts *facts, GString *out, GError **error)
{
  static const char *const reserved[] = { "keras", "layers", "model", "float", NULL };
  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (TnPythonNames) names = tn_python_names_new (reserved);
  g_autoptr (GHashTable) tensors = tn_python_tensors_new ();
  g_autoptr (GHashTable) shared = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GHashTable) models
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)tn_graph_unref);
  g_autoptr (TnGraph) shaped = with_shapes (facts);
  g_autoptr (TnGraph) folded
      = tn_graph_fold (shaped, &tn_layer_find ("InputLayer")->schema, models);
  Program program = { facts, folded, "", models, out, names, tensors, shared };
  gboolean has_layers = FALSE;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnSchema *schema = tn_node_schema (tn_graph_node (graph, i));

      has_layers |= schema->keras && schema->max_inputs > 0 && !schema->boundary
                    && schema->arguments == NULL && !schema->opaque;
    }
  write_head (&program, has_layers);
  write_model (&program, "model", tn_graph_name (graph));
  write_targets (&program);
  return TRUE;
}

const TnCodeTarget tn_code_keras = {
  .name = "keras-code",
  .ending = "py",
  .label = N_ ("Keras code"),
  .needs_sound = TRUE,
  .write = keras_write,
};
