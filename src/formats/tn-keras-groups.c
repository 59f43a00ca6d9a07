/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models within the model: read into graphs of their own, which are unfolded, and written from
 * such.
 */
#include "formats/tn-keras.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-fold.h"

/* A model within a model within … more often than this is refused. */
#define MAX_DEPTH 16

gboolean
tn_keras_is_model (const TnValue *entry)
{
  const char *class_name = tn_keras_string (entry, "class_name");
  const char *module = tn_keras_string (entry, "module");
  const TnValue *config = tn_value_lookup (entry, "config");
  const TnValue *layers = config && tn_value_kind (config) == TN_VALUE_DICT
                              ? tn_value_lookup (config, "layers")
                              : config;

  return class_name && layers && tn_value_kind (layers) == TN_VALUE_LIST
         && (!module || strstr (module, "keras")) && tn_model_schema (class_name) != NULL;
}

gboolean
tn_keras_read_inner (TnReader *reader, TnFileLayer *layer)
{
  const char *class_name = tn_keras_string (layer->entry, "class_name");

  if (reader->depth >= MAX_DEPTH)
    return tn_reader_fail (reader, _ ("models stand in models more than %d deep."), MAX_DEPTH);
  layer->model = tn_keras_read_within (reader, layer->entry);
  if (layer->model)
    layer->schema = tn_model_schema (class_name);
  /* Without a model either an error is set or something in it is not supported. */
  return layer->model != NULL || reader->unsupported->len > 0;
}

void
tn_keras_add_inner (TnReader *reader, TnFileLayer *layer)
{
  const TnValue *trainable = layer->config && tn_value_kind (layer->config) == TN_VALUE_DICT
                                 ? tn_value_lookup (layer->config, "trainable")
                                 : NULL;
  guint n_outputs;

  tn_graph_outputs (layer->model, &n_outputs);
  tn_draft_set_model_outputs (reader->draft, layer->id, n_outputs);
  if (trainable && tn_value_kind (trainable) == TN_VALUE_BOOL && !tn_value_bool (trainable))
    tn_draft_set_trainable (reader->draft, layer->id, FALSE);
}

/* ---- which call is meant ---- */

/* What is said of the calls of one model. */
/* A group of more layers is closed when a file that Tenon did not write is opened. */
#define MOST_OPEN 12

typedef struct
{
  guint least, most;
} Range;

static void
look_at (GHashTable *ranges, const TnReader *reader, const GArray *refs)
{
  for (guint i = 0; i < refs->len; i++)
    {
      const TnFileRef *ref = &g_array_index (refs, TnFileRef, i);
      TnFileLayer *source = ref->name ? g_hash_table_lookup (reader->by_name, ref->name) : NULL;
      Range *range;

      if (!source || !source->model)
        continue;
      range = g_hash_table_lookup (ranges, source);
      if (!range)
        {
          range = g_new (Range, 1);
          *range = (Range){ ref->call, ref->call };
          g_hash_table_insert (ranges, source, range);
        }
      range->least = MIN (range->least, ref->call);
      range->most = MAX (range->most, ref->call);
    }
}

static void
shift (GHashTable *ranges, const TnReader *reader, GArray *refs)
{
  for (guint i = 0; i < refs->len; i++)
    {
      TnFileRef *ref = &g_array_index (refs, TnFileRef, i);
      const TnFileLayer *source
          = ref->name ? g_hash_table_lookup (reader->by_name, ref->name) : NULL;
      const Range *range = source ? g_hash_table_lookup (ranges, source) : NULL;
      guint n_calls = source ? source->ends->len : 0;

      /* Keras counts the call with which a Functional was made as its first; Sequentials are so
       * counted by Keras 2 only. */
      if (range && range->least > 0
          && (range->most >= n_calls || strcmp (source->schema->type, "Functional") == 0))
        ref->call--;
    }
}

void
tn_keras_count_calls (TnReader *reader, GArray *outputs)
{
  g_autoptr (GHashTable) ranges = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  for (guint i = 0; i < reader->layers->len; i++)
    look_at (ranges, reader, ((const TnFileLayer *)reader->layers->pdata[i])->refs);
  look_at (ranges, reader, outputs);
  if (g_hash_table_size (ranges) == 0)
    return;
  for (guint i = 0; i < reader->layers->len; i++)
    shift (ranges, reader, ((const TnFileLayer *)reader->layers->pdata[i])->refs);
  shift (ranges, reader, outputs);
}

/* ---- unfolding ---- */

gboolean
tn_keras_unfold (TnReader *reader)
{
  g_autoptr (GHashTable) models = g_hash_table_new (NULL, NULL);
  g_autoptr (TnGraph) folded = NULL, graph = NULL;
  g_autofree char *message = NULL;

  for (guint i = 0; i < reader->layers->len; i++)
    {
      const TnFileLayer *layer = reader->layers->pdata[i];

      if (layer->model)
        g_hash_table_insert (models, GUINT_TO_POINTER (layer->id), layer->model);
    }
  if (g_hash_table_size (models) == 0)
    return TRUE;
  folded = tn_draft_finish (reader->draft);
  graph = tn_graph_unfold (folded, models, &tn_layer_boundary ()->schema, TN_KERAS_MAX_CALLS,
                           TN_FORMAT_MAX_LAYERS, &message);
  if (!graph)
    return tn_reader_fail (reader, "%s", message);
  tn_draft_free (reader->draft);
  reader->draft = tn_draft_new (graph);
  return TRUE;
}

/* ---- the "groups" of the "tenon" block ---- */

/* Those that no layer of the file stands for, before their members are added. */
gboolean
tn_keras_read_groups (TnReader *reader, const TnValue *block)
{
  const TnValue *list = block ? tn_value_lookup (block, "groups") : NULL;

  if (list && tn_value_kind (list) != TN_VALUE_LIST)
    return tn_reader_fail (reader, _ ("'%s' of the \"tenon\" block is no list."), "groups");
  for (gsize i = 0; list && i < tn_value_size (list); i++)
    {
      const TnValue *entry = tn_value_at (list, i);
      const char *name = tn_keras_string (entry, "name");
      const char *type = tn_keras_string (entry, "type");
      const TnSchema *schema = type ? tn_model_schema (type) : NULL;
      g_autoptr (TnReport) report = tn_report_new ();

      if (!name || strlen (name) > TN_KERAS_MAX_NAME || (type && !schema))
        return tn_reader_fail (reader,
                               _ ("group number %u has no name, or a type that there is "
                                  "not."),
                               (guint)i + 1);
      if (schema
          && !tn_draft_set_group (reader->draft, name, schema->type, NULL, 0,
                                  tn_value_lookup (entry, "extras"), report))
        return tn_reader_fail (reader, _ ("group '%s' cannot be made. %s"), name,
                               tn_report_first (report));
    }
  return TRUE;
}

/* What such a group puts out, by the names of its members. */
static gboolean
read_group_outputs (TnReader *reader, const TnValue *entry, const char *name, const char *type)
{
  const TnValue *list = tn_value_lookup (entry, "outputs");
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));

  for (gsize i = 0; list && i < tn_value_size (list); i++)
    {
      g_autofree char *where = g_strdup_printf (_ ("group '%s'"), name);
      const TnNode *node;
      TnFileRef ref;
      TnRef tensor;

      if (!tn_keras_read_ref (reader, where, tn_value_at (list, i), &ref))
        return FALSE;
      node = tn_draft_find_name (reader->draft, ref.name);
      if (!node)
        return tn_reader_fail (reader, _ ("%s names '%s', which is no layer of the model."), where,
                               ref.name);
      tensor = (TnRef){ tn_node_id (node), (guint16)ref.call, (guint16)ref.output };
      g_array_append_val (outputs, tensor);
    }
  return tn_draft_set_group (reader->draft, name, tn_model_schema (type)->type,
                             (TnRef *)(gpointer)outputs->data, outputs->len,
                             tn_value_lookup (entry, "extras"), NULL);
}

/* Of a file that does not say: a long model within is first of all one thing. */
static void
close_long_groups (TnReader *reader)
{
  g_autoptr (TnGraph) graph = tn_draft_finish (reader->draft);

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      guint n_layers = 0;

      for (guint j = 0; j < tn_graph_size (graph); j++)
        n_layers += !tn_node_schema (tn_graph_node (graph, j))->boundary
                    && tn_group_holds (group, tn_node_name (tn_graph_node (graph, j)));
      if (n_layers > MOST_OPEN)
        tn_draft_open_group (reader->draft, tn_group_name (group), FALSE);
    }
}

gboolean
tn_keras_finish_groups (TnReader *reader, const TnValue *block)
{
  const TnValue *list = block ? tn_value_lookup (block, "groups") : NULL;

  if (!block)
    close_long_groups (reader);
  for (gsize i = 0; list && i < tn_value_size (list); i++)
    {
      const TnValue *entry = tn_value_at (list, i);
      const char *name = tn_keras_string (entry, "name");
      const char *type = tn_keras_string (entry, "type");
      const TnValue *open = tn_value_lookup (entry, "open");

      if (type && !read_group_outputs (reader, entry, name, type))
        return FALSE;
      if (open && tn_value_kind (open) == TN_VALUE_BOOL
          && tn_draft_find_group (reader->draft, name))
        tn_draft_open_group (reader->draft, name, tn_value_bool (open));
    }
  return TRUE;
}

TnValue *
tn_keras_write_groups (const TnGraph *graph, const TnGraph *folded)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      const TnGroup *loose = tn_graph_find_group (folded, tn_group_name (group));
      g_autoptr (TnPairs) entry = tn_pairs_new ();
      g_autoptr (GPtrArray) refs = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
      guint n_outputs = 0;
      const TnRef *outputs = loose ? tn_group_outputs (loose, &n_outputs) : NULL;

      if (!loose && tn_group_is_open (group))
        continue;
      tn_pairs_take (entry, "name", tn_value_new_string (tn_group_name (group)));
      tn_pairs_take (entry, "open", tn_value_new_bool (tn_group_is_open (group)));
      if (loose)
        {
          tn_pairs_take (entry, "type", tn_value_new_string (tn_group_type (group)));
          for (guint j = 0; j < n_outputs; j++)
            g_ptr_array_add (refs, tn_keras_write_ref (folded, outputs[j], NULL));
          tn_pairs_take (entry, "outputs", tn_list_finish (refs));
          if (tn_group_extras (loose))
            tn_pairs_take (entry, "extras", tn_value_ref (tn_group_extras (loose)));
        }
      g_ptr_array_add (list, tn_pairs_finish (entry));
    }
  return tn_list_finish (list);
}
