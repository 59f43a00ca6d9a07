/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Keras model's JSON tree, with or without a "tenon" block, to a graph. */
#include "formats/tn-keras.h"

#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "layers/tn-opaque.h"
#include "layers/tn-remarks.h"

/* So many places are named one by one in a message. */
#define MAX_NAMED 100

gboolean
tn_reader_fail (TnReader *reader, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* Translators: %s: file name, %s: the rest of the sentence, with its full stop */
  g_set_error (reader->error, TN_ERROR, TN_ERROR_SYNTAX, _ ("%s cannot be opened: %s"),
               reader->place, reason);
  return FALSE;
}

void
tn_reader_unsupported (TnReader *reader, const char *name, const char *what)
{
  char *place = g_strdup_printf ("'%s' (%s)", name, what);

  /* The same thing in several calls of a layer is said once. */
  if (reader->unsupported->len > 0
      && strcmp (reader->unsupported->pdata[reader->unsupported->len - 1], place) == 0)
    g_free (place);
  else
    g_ptr_array_add (reader->unsupported, place);
}

static void
file_layer_free (gpointer data)
{
  TnFileLayer *layer = data;

  g_array_unref (layer->refs);
  g_array_unref (layer->ends);
  g_clear_pointer (&layer->kwargs, g_ptr_array_unref);
  g_clear_pointer (&layer->model, tn_graph_unref);
  tn_value_unref (layer->settings);
  g_free (layer);
}

static TnFileLayer *
add_layer (TnReader *reader, const char *name, const TnLayer *type, const TnValue *entry)
{
  TnFileLayer *layer = g_new0 (TnFileLayer, 1);

  layer->refs = g_array_new (FALSE, FALSE, sizeof (TnFileRef));
  layer->ends = g_array_new (FALSE, FALSE, sizeof (guint));
  layer->name = name;
  layer->schema = type ? &type->schema : NULL;
  layer->entry = entry;
  layer->config = entry ? tn_value_lookup (entry, "config") : NULL;
  layer->index = -1;
  g_ptr_array_add (reader->layers, layer);
  return layer;
}

/* A name for a layer that has none; those given are known. */
static const char *
make_name (TnReader *reader, const char *stem, GHashTable *next)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (next, stem));
  g_autofree char *name = NULL;

  do
    {
      g_free (name);
      name = number > 0 ? g_strdup_printf ("%s_%u", stem, number) : g_strdup (stem);
      number++;
    }
  while (g_hash_table_contains (reader->by_name, name));
  g_hash_table_insert (next, (gpointer)stem, GUINT_TO_POINTER (number));
  g_ptr_array_add (reader->strings, name);
  return g_steal_pointer (&name);
}

static gboolean
is_layer_module (const char *module)
{
  static const char *const prefixes[]
      = { "keras.layers", "keras.src.layers", "keras.src.engine", "keras.engine",
          "tf_keras.",    "tensorflow.",      "keras.api.layers" };

  if (!module)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (module, prefixes[i]))
      return TRUE;
  return FALSE;
}

/* The layer an entry is of: an opaque one where the class is not known. What Tenon alone knows
 * stands in its own block, and comes from no module; any other class of that name is somebody's
 * own. */
static const TnLayer *
find_type (const TnValue *entry, gboolean in_block)
{
  const char *class_name = tn_keras_string (entry, "class_name");
  const char *module = tn_keras_string (entry, "module");
  const char *registered = tn_keras_string (entry, "registered_name");
  const TnLayer *type = NULL;

  /* TensorFlow 2 writes BatchNormalizationV1 and V2. */
  if (g_str_has_prefix (class_name, "BatchNormalizationV"))
    class_name = "BatchNormalization";
  if (is_layer_module (module) && (!registered || !strchr (registered, '>')))
    type = tn_layer_find (class_name);
  else if (module)
    type = tn_layer_find_operation (module, class_name);
  if (!type)
    type = tn_layer_find_remark (class_name);
  if (type && (type->schema.keras || (in_block && !module)))
    return type;
  return tn_layer_opaque ();
}

/* One entry of a list of layers. @where: for messages, the number of the entry, from 1. */
static TnFileLayer *
read_layer (TnReader *reader, const TnValue *entry, guint where, gboolean must_name,
            gboolean in_block)
{
  const TnValue *config = tn_value_lookup (entry, "config");
  const char *class_name = tn_keras_string (entry, "class_name");
  const char *name = tn_keras_string (entry, "name");
  gboolean is_model = tn_keras_is_model (entry);
  TnFileLayer *layer;

  if (!name)
    name = tn_keras_string (config, "name");
  if (!class_name)
    {
      tn_reader_fail (reader, _ ("layer number %u has no class_name."), where);
      return NULL;
    }
  if (config && tn_value_kind (config) != TN_VALUE_DICT && !is_model)
    {
      tn_reader_fail (reader, _ ("the config of layer number %u is no object."), where);
      return NULL;
    }
  if ((!name && must_name) || (name && name[0] == '\0'))
    {
      tn_reader_fail (reader, _ ("layer number %u has no name."), where);
      return NULL;
    }
  if (name && strlen (name) > TN_KERAS_MAX_NAME)
    {
      tn_reader_fail (reader, _ ("the name of layer number %u is longer than %d bytes."), where,
                      TN_KERAS_MAX_NAME);
      return NULL;
    }
  /* Only what stands in a group that is no model, in the "tenon" block, has one. */
  if (name && strchr (name, '/') && !in_block)
    {
      tn_reader_fail (reader, _ ("the layer name '%s' has a '/', which Keras does not allow."),
                      name);
      return NULL;
    }
  if (reader->layers->len >= TN_FORMAT_MAX_LAYERS)
    {
      tn_reader_fail (reader, _ ("it has more than %d layers."), TN_FORMAT_MAX_LAYERS);
      return NULL;
    }
  if (!is_model)
    {
      const TnLayer *type = find_type (entry, in_block);

      if (type && in_block && name && strchr (name, '/') && type == tn_layer_find ("InputLayer"))
        type = tn_layer_boundary ();
      return add_layer (reader, name, type, entry);
    }
  layer = add_layer (reader, name, NULL, entry);
  return tn_keras_read_inner (reader, layer) ? layer : NULL;
}

/* ---- the two kinds of model ---- */

static gboolean
read_functional (TnReader *reader, const TnValue *layers, const TnValue *output_layers)
{
  g_clear_pointer (&reader->masks, g_hash_table_unref);
  reader->masks = tn_keras_find_masks (layers, output_layers);
  for (gsize i = 0; i < tn_value_size (layers); i++)
    {
      const TnValue *entry = tn_value_at (layers, i);
      const char *name = tn_keras_string (entry, "name");
      TnFileLayer *layer;

      if (!name)
        name = tn_keras_string (tn_value_lookup (entry, "config"), "name");
      /* Keras makes them again. */
      if (name && g_hash_table_contains (reader->masks, name))
        continue;
      layer = read_layer (reader, entry, (guint)i + 1, TRUE, FALSE);
      if (!layer
          || (layer->schema
              && !tn_keras_read_nodes (reader, layer, tn_value_lookup (entry, "inbound_nodes"),
                                       FALSE)))
        return FALSE;
    }
  return TRUE;
}

static void
chain (TnFileLayer *layer, TnFileLayer *before)
{
  TnFileRef ref = { .source = before };

  if (before)
    g_array_append_val (layer->refs, ref);
  g_array_append_val (layer->ends, layer->refs->len);
}

/* The shape of what a Sequential takes, as its first layer says it: a model says so within. */
static const TnValue *
first_shape (const TnValue *first)
{
  static const char *const keys[] = { "batch_input_shape", "batch_shape" };
  const TnValue *config = tn_value_lookup (first, "config");
  const TnValue *layers = config ? tn_value_lookup (config, "layers") : NULL;

  if (layers && tn_value_size (layers) > 0)
    return first_shape (tn_value_at (layers, 0));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (config && tn_value_lookup (config, keys[i]))
      return tn_value_lookup (config, keys[i]);
  return NULL;
}

static gboolean
read_sequential (TnReader *reader, const TnValue *layers, const TnValue *config)
{
  const TnValue *first = tn_value_size (layers) > 0 ? tn_value_at (layers, 0) : NULL;
  const char *first_class = first ? tn_keras_string (first, "class_name") : NULL;
  TnFileLayer *before = NULL;

  if (first_class && strcmp (first_class, "InputLayer") != 0)
    {
      const TnValue *shape = first_shape (first);

      if (!shape)
        shape = tn_value_lookup (config, "build_input_shape");
      if (shape && !tn_value_is_none (shape))
        {
          before = add_layer (reader, NULL, tn_layer_find ("InputLayer"), NULL);
          before->input_shape = shape;
          chain (before, NULL);
        }
    }
  for (gsize i = 0; i < tn_value_size (layers); i++)
    {
      TnFileLayer *layer = read_layer (reader, tn_value_at (layers, i), (guint)i + 1, FALSE, FALSE);

      if (!layer)
        return FALSE;
      chain (layer, before);
      before = layer;
    }
  return TRUE;
}

/* ---- the "tenon" block ---- */

/* What cannot stand among Keras's layers: layers that are not fully wired, and Targets. */
static gboolean
read_others (TnReader *reader, const TnValue *block, const char *key)
{
  const TnValue *list = tn_value_lookup (block, key);

  if (list && tn_value_kind (list) != TN_VALUE_LIST)
    return tn_reader_fail (reader, _ ("'%s' of the \"tenon\" block is no list."), key);
  for (gsize i = 0; list && i < tn_value_size (list); i++)
    {
      const TnValue *entry = tn_value_at (list, i);
      const TnValue *index = tn_value_lookup (entry, "index");
      const TnValue *input = tn_value_lookup (entry, "input");
      TnFileLayer *layer = read_layer (reader, entry, (guint)i + 1, TRUE, TRUE);

      if (!layer)
        return FALSE;
      if (index && tn_value_kind (index) == TN_VALUE_INT)
        layer->index = tn_value_int (index);
      if (input && tn_value_kind (input) == TN_VALUE_LIST)
        {
          g_autofree char *where = g_strdup_printf (_ ("layer '%s'"), layer->name);
          TnFileRef ref;

          if (!tn_keras_read_ref (reader, where, input, &ref))
            return FALSE;
          g_array_append_val (layer->refs, ref);
          g_array_append_val (layer->ends, layer->refs->len);
        }
      else if (!tn_keras_read_nodes (reader, layer, tn_value_lookup (entry, "inbound_nodes"), TRUE))
        return FALSE;
    }
  return TRUE;
}

/* ---- order, names, inputs and outputs ---- */

/* Collects the refs of `input_layers` or `output_layers`: one, a list, or a structure of such. */
static gboolean
collect_refs (TnReader *reader, const char *where, const TnValue *value, GArray *refs)
{
  TnFileRef ref;

  if (!value || tn_value_is_none (value))
    return TRUE;
  if (tn_keras_is_ref (value))
    {
      if (!tn_keras_read_ref (reader, where, value, &ref))
        return FALSE;
      g_array_append_val (refs, ref);
      return TRUE;
    }
  if (tn_value_kind (value) != TN_VALUE_LIST && tn_value_kind (value) != TN_VALUE_DICT)
    return tn_reader_fail (reader, _ ("%s names a tensor otherwise than as [layer, call, output]."),
                           where);
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (!collect_refs (reader, where, tn_value_at (value, i), refs))
      return FALSE;
  return TRUE;
}

static gboolean
resolve_refs (TnReader *reader, const char *where, GArray *refs)
{
  for (guint i = 0; i < refs->len; i++)
    {
      TnFileRef *ref = &g_array_index (refs, TnFileRef, i);

      ref->source = g_hash_table_lookup (reader->by_name, ref->name);
      if (!ref->source)
        return tn_reader_fail (reader, _ ("%s names '%s', which is no layer of the model."), where,
                               ref->name);
      ref->source->n_outputs = MAX (ref->source->n_outputs, ref->output + 1);
      if (ref->call >= ref->source->ends->len
          || (ref->source->schema->outputs == NULL
              && ref->output >= ref->source->schema->n_outputs))
        return tn_reader_fail (reader, _ ("%s names a tensor that '%s' does not put out."), where,
                               ref->name);
    }
  return TRUE;
}

static gboolean
name_layers (TnReader *reader)
{
  g_autoptr (GHashTable) next = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < reader->layers->len; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      if (layer->name && !g_hash_table_insert (reader->by_name, (gpointer)layer->name, layer))
        return tn_reader_fail (reader, _ ("two layers are called '%s'."), layer->name);
    }
  for (guint i = 0; i < reader->layers->len; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      if (!layer->name)
        {
          layer->name = make_name (reader, layer->schema->auto_name, next);
          g_hash_table_insert (reader->by_name, (gpointer)layer->name, layer);
        }
    }
  return TRUE;
}

/* The order of a model's inputs is the order in which its InputLayers stand. */
static void
order_inputs (TnReader *reader, const GArray *refs)
{
  g_autoptr (GHashTable) named = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  guint next = 0;

  for (guint i = 0; i < refs->len; i++)
    {
      TnFileLayer *source = g_array_index (refs, TnFileRef, i).source;

      if (source->schema->max_inputs == 0 && g_hash_table_add (named, source))
        g_ptr_array_add (inputs, source);
    }
  for (guint i = 0; i < reader->layers->len; i++)
    if (g_hash_table_contains (named, reader->layers->pdata[i]))
      reader->layers->pdata[i] = inputs->pdata[next++];
}

/* Puts the layers that say where they stand there, and the others in order around them. */
static void
order_layers (TnReader *reader)
{
  guint size = reader->layers->len, next = 0;
  g_autofree gpointer *ordered = g_new0 (gpointer, size);

  for (guint i = 0; i < size; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      if (layer->index >= 0 && layer->index < size && !ordered[layer->index])
        ordered[layer->index] = layer;
      else
        layer->index = -1;
    }
  for (guint i = 0; i < size; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      if (layer->index >= 0)
        continue;
      while (ordered[next])
        next++;
      ordered[next] = layer;
    }
  for (guint i = 0; i < size; i++)
    reader->layers->pdata[i] = ordered[i];
}

static gboolean
add_layers (TnReader *reader)
{
  g_autoptr (TnReport) report = tn_report_new ();

  for (guint i = 0; i < reader->layers->len; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      layer->id = tn_draft_add (reader->draft, layer->schema, layer->name, FALSE, report);
      if (layer->id == TN_NODE_NONE)
        return tn_reader_fail (reader, _ ("layer '%s' cannot be made. %s"), layer->name,
                               tn_report_first (report));
      if (layer->model)
        tn_keras_add_inner (reader, layer);
      else if (!tn_keras_read_entry (reader, layer))
        return FALSE;
    }
  return TRUE;
}

static gboolean
same_refs (const GArray *a, const GArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!tn_ref_equal (g_array_index (a, TnRef, i), g_array_index (b, TnRef, i)))
      return FALSE;
  return TRUE;
}

/* Declares @refs as the outputs, but where they are just what nobody uses: then a layer put behind
 * one shall become the output. @exactly: in any case. */
static void
declare_outputs (TnReader *reader, const GArray *refs, gboolean exactly)
{
  g_autoptr (TnGraph) graph = tn_draft_finish (reader->draft);
  g_autofree guint8 *loose = tn_keras_loose (graph);
  g_autoptr (GArray) declared = g_array_new (FALSE, FALSE, sizeof (TnRef));
  g_autoptr (GArray) unused = g_array_new (FALSE, FALSE, sizeof (TnRef));
  guint n_outputs;
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);

  for (guint i = 0; i < refs->len; i++)
    {
      const TnFileRef *ref = &g_array_index (refs, TnFileRef, i);
      TnRef tensor = { ref->source->id, (guint16)ref->call, (guint16)ref->output };

      g_array_append_val (declared, tensor);
    }
  /* What is not fully wired cannot be among Keras's outputs. */
  for (guint i = 0; i < n_outputs; i++)
    if (!loose[tn_graph_index (graph, outputs[i].node)])
      g_array_append_val (unused, outputs[i]);
  if (exactly || (declared->len > 0 && !same_refs (declared, unused)))
    {
      const TnRef none = { 0 };

      tn_draft_set_outputs (reader->draft,
                            declared->len > 0 ? (TnRef *)(gpointer)declared->data : &none,
                            declared->len);
    }
}

/* ---- the model ---- */

/* Adds to @extras under @key the entries of @dict that are not @known. */
static void
keep_unknown (TnPairs *extras, const char *key, const TnValue *dict, const char *const *known)
{
  g_autoptr (TnPairs) kept = tn_pairs_new ();

  for (gsize i = 0; i < tn_value_size (dict); i++)
    if (!g_strv_contains (known, tn_value_key_at (dict, i)))
      tn_pairs_take (kept, tn_value_key_at (dict, i), tn_value_ref (tn_value_at (dict, i)));
  if (tn_pairs_size (kept) > 0)
    tn_pairs_take (extras, key, tn_pairs_finish (kept));
}

/* A dict of inputs or outputs, or a list that nests, is kept as it stands. */
static void
keep_structure (TnReader *reader, const TnValue *config, gboolean outputs, TnPairs *kept)
{
  const char *key = outputs ? "output_layers" : "input_layers";
  const TnValue *value = tn_value_lookup (config, key);
  gboolean plain = !value || tn_value_kind (value) != TN_VALUE_DICT;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnValue) list = NULL;

  if (!value || tn_keras_is_ref (value))
    return;
  for (gsize i = 0; i < tn_value_size (value); i++)
    plain = plain && tn_keras_is_ref (tn_value_at (value, i));
  if (plain)
    return;
  graph = tn_draft_finish (reader->draft);
  list = tn_keras_write_ends (graph, outputs);
  if (tn_keras_same_tensors (value, list))
    tn_pairs_take (kept, key, tn_value_ref (value));
}

static void
keep_model_extras (TnReader *reader, const TnValue *model, const TnValue *config,
                   TnPairs *block_extras, gboolean sequential)
{
  static const char *const outer[]
      = { "module", "class_name", "config", "registered_name", "build_config", "tenon", NULL };
  static const char *const inner[]
      = { "module",       "class_name", "config",        "registered_name",
          "build_config", "name",       "inbound_nodes", NULL };
  static const char *const functional[]
      = { "name", "trainable", "layers", "input_layers", "output_layers", NULL };
  static const char *const chained[]
      = { "name", "trainable", "layers", "build_input_shape", "dtype", NULL };
  const TnValue *trainable = tn_value_lookup (config, "trainable");
  g_autoptr (TnPairs) extras = tn_pairs_new ();
  g_autoptr (TnValue) dict = NULL;

  keep_unknown (extras, "outer", model, reader->depth > 0 ? inner : outer);
  if (tn_value_kind (config) == TN_VALUE_DICT)
    {
      g_autoptr (TnPairs) kept = tn_pairs_new ();

      if (trainable && !(tn_value_kind (trainable) == TN_VALUE_BOOL && tn_value_bool (trainable)))
        tn_pairs_take (kept, "trainable", tn_value_ref (trainable));
      for (guint outputs = 0; !sequential && outputs < 2; outputs++)
        keep_structure (reader, config, outputs == 1, kept);
      for (gsize i = 0; i < tn_value_size (config); i++)
        if (!g_strv_contains (sequential ? chained : functional, tn_value_key_at (config, i)))
          tn_pairs_take (kept, tn_value_key_at (config, i), tn_value_ref (tn_value_at (config, i)));
      if (tn_pairs_size (kept) > 0)
        tn_pairs_take (extras, "config", tn_pairs_finish (kept));
    }
  if (tn_pairs_size (block_extras) > 0)
    tn_pairs_take (extras, "tenon", tn_pairs_finish (block_extras));
  if (tn_pairs_size (extras) == 0)
    return;
  dict = tn_pairs_finish (extras);
  tn_draft_set_graph_extras (reader->draft, dict);
}

static gboolean
fail_unsupported (TnReader *reader)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint size = reader->unsupported->len;
  guint named = MIN (size, MAX_NAMED);

  for (guint i = 0; i < named; i++)
    {
      if (i > 0)
        g_string_append (names, i + 1 == size ? _ (" and ") : ", ");
      g_string_append (names, reader->unsupported->pdata[i]);
    }
  if (named < size)
    g_string_append_printf (names, _ (" and %u more"), size - named);
  g_set_error (reader->error, TN_ERROR, TN_ERROR_UNSUPPORTED,
               ngettext ("%s uses what this version of Tenon does not support: layer %s.",
                         "%s uses what this version of Tenon does not support: layers %s.", size),
               reader->place, names->str);
  return FALSE;
}

/* Layers of the file and of its block, by name, resolved, in the draft and wired. */
static gboolean
build (TnReader *reader, GArray *inputs, GArray *outputs)
{
  /* Within a model that is left to the outermost one, which knows of all places. */
  if (reader->unsupported->len > 0)
    return reader->depth == 0 ? fail_unsupported (reader) : FALSE;
  if (!name_layers (reader))
    return FALSE;
  tn_keras_count_calls (reader, outputs);
  if (!resolve_refs (reader, "input_layers", inputs)
      || !resolve_refs (reader, "output_layers", outputs))
    return FALSE;
  order_inputs (reader, inputs);
  order_layers (reader);
  return tn_keras_resolve (reader) && add_layers (reader) && tn_keras_wire (reader);
}

static gboolean
read_model (TnReader *reader, const TnValue *model, const TnValue *block, gboolean sequential)
{
  const TnValue *config = tn_value_lookup (model, "config");
  const TnValue *layers = config;
  const TnValue *block_outputs = block ? tn_value_lookup (block, "outputs") : NULL;
  const TnValue *output_layers;
  const char *name = tn_keras_string (config, "name");
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (TnFileRef));
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TnFileRef));
  g_autoptr (TnPairs) block_extras = tn_pairs_new ();

  /* Before Keras 2.2 a Sequential's config was the list itself. */
  if (!sequential || tn_value_kind (config) != TN_VALUE_LIST)
    layers = tn_value_lookup (config, "layers");
  if (!layers || tn_value_kind (layers) != TN_VALUE_LIST)
    return tn_reader_fail (reader, _ ("its config has no list of layers."));
  output_layers = block_outputs ? block_outputs : tn_value_lookup (config, "output_layers");

  if (!(sequential ? read_sequential (reader, layers, config)
                   : read_functional (reader, layers, output_layers)))
    return FALSE;
  if (block && !tn_keras_read_groups (reader, block))
    return FALSE;
  if (block && (!read_others (reader, block, "loose") || !read_others (reader, block, "targets")))
    return FALSE;
  if (!sequential
      && (!collect_refs (reader, "input_layers", tn_value_lookup (config, "input_layers"), inputs)
          || !collect_refs (reader, "output_layers", output_layers, outputs)))
    return FALSE;
  if (!build (reader, inputs, outputs))
    return FALSE;

  if (!sequential && output_layers && !tn_value_is_none (output_layers))
    declare_outputs (reader, outputs, block_outputs != NULL);
  tn_draft_set_name (reader->draft, name ? name : sequential ? "sequential" : "functional");
  if (!block)
    tn_draft_set_dense_inputs (reader->draft, TN_DENSE_ANY);
  else if (!tn_keras_read_block (reader, block, block_extras))
    return FALSE;
  keep_model_extras (reader, model, config, block_extras, sequential);
  return tn_keras_unfold (reader) && tn_keras_finish_groups (reader, block)
         && (!block || tn_keras_read_positions (reader, block));
}

/* The model within what h5 attributes, TensorFlow.js files and others put around it. */
static const TnValue *
unwrap (const TnValue *root)
{
  static const char *const wrappers[] = { "modelTopology", "model_config" };

  for (guint i = 0; i < G_N_ELEMENTS (wrappers); i++)
    if (!tn_value_lookup (root, "class_name") && tn_value_lookup (root, wrappers[i]))
      root = tn_value_lookup (root, wrappers[i]);
  return root;
}

static void
reader_clear (TnReader *reader)
{
  g_ptr_array_unref (reader->layers);
  g_hash_table_unref (reader->by_name);
  g_ptr_array_unref (reader->unsupported);
  g_ptr_array_unref (reader->strings);
  g_clear_pointer (&reader->masks, g_hash_table_unref);
  g_array_unref (reader->calls);
  tn_draft_free (reader->draft);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TnReader, reader_clear)

TnGraph *
tn_keras_read_within (TnReader *outer, const TnValue *entry)
{
  g_auto (TnReader) reader = {
    .place = outer->place,
    .error = outer->error,
    .layers = g_ptr_array_new_with_free_func (file_layer_free),
    .by_name = g_hash_table_new (g_str_hash, g_str_equal),
    .unsupported = g_ptr_array_ref (outer->unsupported),
    .strings = g_ptr_array_new_with_free_func (g_free),
    .calls = g_array_new (FALSE, FALSE, sizeof (TnFileCall)),
    .draft = tn_draft_new (NULL),
    .is_tenon = outer->is_tenon,
    .depth = outer->depth + 1,
  };
  gboolean sequential = g_strcmp0 (tn_keras_string (entry, "class_name"), "Sequential") == 0;

  if (!read_model (&reader, entry, NULL, sequential))
    return NULL;
  return tn_draft_finish (reader.draft);
}

TnGraph *
tn_keras_read (const TnValue *root, const char *place, gboolean part, TnFormat *format,
               GError **error)
{
  const TnValue *model = unwrap (root);
  const TnValue *block = tn_value_lookup (model, "tenon");
  const char *class_name = tn_keras_string (model, "class_name");
  gboolean sequential = g_strcmp0 (class_name, "Sequential") == 0;
  g_auto (TnReader) reader = {
    .place = place,
    .error = error,
    .layers = g_ptr_array_new_with_free_func (file_layer_free),
    .by_name = g_hash_table_new (g_str_hash, g_str_equal),
    .unsupported = g_ptr_array_new_with_free_func (g_free),
    .strings = g_ptr_array_new_with_free_func (g_free),
    .calls = g_array_new (FALSE, FALSE, sizeof (TnFileCall)),
    .draft = tn_draft_new (NULL),
    .is_tenon = block != NULL,
  };
  g_autoptr (TnGraph) graph = NULL;

  if (!class_name || !tn_value_lookup (model, "config"))
    {
      tn_reader_fail (&reader, _ ("it is JSON, but no Keras model (class_name and config)."));
      return NULL;
    }
  if (!sequential && strcmp (class_name, "Functional") != 0 && strcmp (class_name, "Model") != 0)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s holds a '%s', and this version of Tenon supports only Sequential and "
                      "Functional models."),
                   place, class_name);
      return NULL;
    }
  if (block && !tn_keras_check_version (&reader, block))
    return NULL;
  if (!read_model (&reader, model, block, sequential))
    return NULL;

  *format = block ? TN_FORMAT_TENON : TN_FORMAT_KERAS;
  if (!block)
    return tn_keras_keep_stale_pins (reader.draft);
  graph = tn_draft_finish (reader.draft);
  return part ? g_steal_pointer (&graph)
              : tn_keras_read_whole (block, tn_value_lookup (model, "config"), graph, place, error);
}
