/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A graph to the JSON tree that Keras 3.3 and later and TensorFlow.js read, and Tenon's own block.
 */
#include "formats/tn-keras.h"

#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-active.h"
#include "graph/tn-fold.h"

/* Integers up to here are doubles exactly. */
#define MAX_EXACT 9007199254740992.0

static gboolean
is_fully_wired (const TnGraph *graph, const TnNode *node)
{
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      if (tn_graph_index (graph, tn_node_input (node, call, slot).node) < 0
          && (!tn_node_is_optional (node, slot) || tn_call_names (tn_node_call (node, call), slot)))
        return FALSE;
  /* What stands in a group that is still there when models are folded. */
  return tn_name_group_length (tn_node_name (node)) == 0;
}

guint8 *
tn_keras_loose (const TnGraph *graph)
{
  guint8 *loose = g_new0 (guint8, tn_graph_size (graph) + 1);
  g_autoptr (GArray) spreading = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (!is_fully_wired (graph, tn_graph_node (graph, i)))
      {
        loose[i] = TRUE;
        g_array_append_val (spreading, i);
      }
  while (spreading->len > 0)
    {
      guint index = g_array_index (spreading, guint, spreading->len - 1), n_uses;
      const TnGraphUse *uses = tn_graph_uses (graph, index, &n_uses);

      g_array_set_size (spreading, spreading->len - 1);
      for (guint i = 0; i < n_uses; i++)
        if (!loose[uses[i].index])
          {
            loose[uses[i].index] = TRUE;
            g_array_append_val (spreading, uses[i].index);
          }
    }
  return loose;
}

static TnValue *
number (double value)
{
  if (value == floor (value) && fabs (value) < MAX_EXACT)
    return tn_value_new_int ((gint64)value);
  return tn_value_new_float (value);
}

static void
take_string (TnPairs *pairs, const char *key, const char *string)
{
  tn_pairs_take (pairs, key, tn_value_new_string (string));
}

/* A graph as files have it: models within it are layers, whose graphs stand apart. */
typedef struct
{
  TnGraph *graph;
  GHashTable *models; /* id → TnGraph */
  guint8 *loose;
  const TnKerasShapes *shapes; /* NULL: calls in Keras 2's form */
} Written;

static void
written_init (Written *written, const TnGraph *graph, const TnKerasShapes *shapes)
{
  written->shapes = shapes;
  written->models = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)tn_graph_unref);
  written->graph = tn_graph_fold (graph, &tn_layer_find ("InputLayer")->schema, written->models);
  written->loose = tn_keras_loose (written->graph);
}

static void
written_clear (Written *written)
{
  g_hash_table_unref (written->models);
  tn_graph_unref (written->graph);
  g_free (written->loose);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Written, written_clear)

/* ---- layers ---- */

static void
add_outer_extras (TnPairs *entry, const TnGraph *graph, const TnNode *node)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *outer = extras ? tn_value_lookup (extras, TN_KERAS_OUTER) : NULL;
  TnValue *notes = NULL;

  if (tn_node_schema (node)->opaque)
    notes = tn_keras_write_opaque_notes (graph, node,
                                         outer ? tn_value_lookup (outer, "tenon") : NULL);
  if (notes)
    tn_pairs_take (entry, "tenon", notes);
  for (gsize i = 0; outer && i < tn_value_size (outer); i++)
    {
      const char *key = tn_value_key_at (outer, i);

      if (strcmp (key, TN_KERAS_CALLS) != 0 && !tn_pairs_has (entry, key))
        tn_pairs_take (entry, key, tn_value_ref (tn_value_at (outer, i)));
    }
}

static void
add_pin (TnPairs *entry, const TnNode *node)
{
  g_autoptr (TnPairs) build = NULL;
  TnShape pin;

  if (!tn_node_pin (node, &pin))
    return;
  build = tn_pairs_new ();
  tn_pairs_take (build, "input_shape", tn_shape_to_value (&pin));
  tn_pairs_take (entry, "build_config", tn_pairs_finish (build));
}

/* Of what class it is; for one that is not known, what the file said. */
static void
add_class (TnPairs *entry, const TnNode *node)
{
  static const char *const keys[] = { "module", "class_name" };
  const TnSchema *schema = tn_node_schema (node);
  const TnValue *outer = tn_value_lookup (tn_node_extras (node), TN_KERAS_OUTER);

  if (schema->keras && !schema->class_of)
    take_string (entry, "module", schema->module ? schema->module : "keras.layers");
  if (!schema->class_of)
    take_string (entry, "class_name", schema->type);
  for (guint i = 0; schema->class_of && i < G_N_ELEMENTS (keys); i++)
    if (outer && tn_value_lookup (outer, keys[i]))
      tn_pairs_take (entry, keys[i], tn_value_ref (tn_value_lookup (outer, keys[i])));
}

static void
add_registered (TnPairs *entry, const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);

  if (schema->module)
    take_string (entry, "registered_name", schema->type);
  else if (schema->keras && !schema->class_of)
    tn_pairs_take (entry, "registered_name", tn_value_new_none ());
}

/* @index: where a layer of the "tenon" block stands among all layers; -1: it is one of Keras's. */
static TnValue *
write_layer (const Written *written, const TnNode *node, gint64 index)
{
  const TnGraph *graph = written->graph;
  g_autoptr (TnPairs) entry = tn_pairs_new ();
  const TnSchema *schema = tn_node_schema (node);

  add_class (entry, node);
  tn_pairs_take (entry, "config", tn_keras_write_config (node, written->shapes != NULL));
  add_registered (entry, node);
  add_pin (entry, node);
  take_string (entry, "name", tn_node_name (node));
  if (schema->keras || tn_node_n_calls (node) != 1 || tn_node_n_inputs (node, 0) != 1)
    tn_pairs_take (entry, "inbound_nodes", tn_keras_write_nodes (graph, node, written->shapes));
  else
    tn_pairs_take (entry, "input", tn_keras_write_ref (graph, tn_node_input (node, 0, 0), NULL));
  if (index >= 0)
    tn_pairs_take (entry, "index", tn_value_new_int (index));
  tn_keras_write_symbols (entry, node);
  add_outer_extras (entry, graph, node);
  return tn_pairs_finish (entry);
}

static TnValue *write_inner (const Written *written, const TnNode *node, gint64 index);
static TnValue *write_sequential_config (const Written *written);

typedef enum
{
  KERAS,
  LOOSE,
  TARGETS
} Shelf;

static TnValue *
write_layers (const Written *written, Shelf shelf)
{
  const TnGraph *graph = written->graph;
  g_autoptr (GPtrArray) layers = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      Shelf own = !tn_node_schema (node)->keras ? TARGETS : written->loose[i] ? LOOSE : KERAS;
      gint64 index = shelf == KERAS ? -1 : (gint64)i;

      if (own == shelf)
        g_ptr_array_add (layers, tn_schema_is_model (tn_node_schema (node))
                                     ? write_inner (written, node, index)
                                     : write_layer (written, node, index));
    }
  return tn_list_finish (layers);
}

/* ---- inputs and outputs ---- */

static TnValue *
write_inputs (const TnGraph *graph)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->keras && tn_node_is_source (node))
        g_ptr_array_add (inputs,
                         tn_keras_write_ref (graph, (TnRef){ tn_node_id (node), 0, 0 }, NULL));
    }
  return tn_list_finish (inputs);
}

/* @loose NULL: all of them. */
static TnValue *
write_outputs (const TnGraph *graph, const guint8 *loose)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  guint n_outputs;
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);

  for (guint i = 0; i < n_outputs; i++)
    {
      int index = tn_graph_index (graph, outputs[i].node);

      if (index >= 0 && !(loose && loose[index]))
        g_ptr_array_add (list, tn_keras_write_ref (graph, outputs[i], NULL));
    }
  return tn_list_finish (list);
}

static void
flatten (const TnValue *value, GPtrArray *refs)
{
  if (tn_keras_is_ref (value))
    g_ptr_array_add (refs, (gpointer)value);
  else
    for (gsize i = 0; i < tn_value_size (value); i++)
      flatten (tn_value_at (value, i), refs);
}

gboolean
tn_keras_same_tensors (const TnValue *structure, const TnValue *list)
{
  g_autoptr (GPtrArray) refs = g_ptr_array_new ();

  flatten (structure, refs);
  if (refs->len != tn_value_size (list))
    return FALSE;
  for (guint i = 0; i < refs->len; i++)
    if (!tn_value_equal (refs->pdata[i], tn_value_at (list, i)))
      return FALSE;
  return TRUE;
}

/* @list, or the structure it had in the file that was read, if that still holds the same tensors.
 */
static TnValue *
structured (const TnValue *config_extras, const char *key, TnValue *list)
{
  const TnValue *kept = config_extras ? tn_value_lookup (config_extras, key) : NULL;

  if (!kept || !tn_keras_same_tensors (kept, list))
    return list;
  tn_value_unref (list);
  return tn_value_ref (kept);
}

TnValue *
tn_keras_write_ends (const TnGraph *graph, gboolean outputs)
{
  g_autofree guint8 *loose = tn_keras_loose (graph);

  return outputs ? write_outputs (graph, loose) : write_inputs (graph);
}

/* ---- the model ---- */

static TnValue *
write_positions (const TnGraph *graph)
{
  g_autoptr (TnPairs) positions = tn_pairs_new ();

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnValue *at[2];

      if (!tn_node_is_placed (node))
        continue;
      at[0] = number (tn_node_x (node));
      at[1] = number (tn_node_y (node));
      tn_pairs_take (positions, tn_node_name (node), tn_value_new_list (at, 2));
    }
  return tn_pairs_finish (positions);
}

static TnValue *
write_seed (guint64 seed)
{
  /* Other programs may read numbers as doubles. */
  if (seed > (guint64)MAX_EXACT)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

      return tn_value_new_string (text);
    }
  return tn_value_new_int ((gint64)seed);
}

static void
take_unless_empty (TnPairs *pairs, const char *key, TnValue *list)
{
  if (tn_value_size (list) > 0)
    tn_pairs_take (pairs, key, list);
  else
    tn_value_unref (list);
}

static TnValue *
write_block (const TnGraph *graph, const Written *written)
{
  const TnValue *extras = tn_graph_extras (graph);
  g_autoptr (TnPairs) block = tn_pairs_new ();

  tn_pairs_take (block, "version", tn_value_new_int (TN_KERAS_VERSION));
  take_string (block, "dense_inputs", tn_dense_inputs_name (tn_graph_dense_inputs (graph)));
  tn_pairs_take (block, "seed", write_seed (tn_graph_seed (graph)));
  if (tn_graph_direction (graph) != TN_DIRECTION_DOWN)
    take_string (block, "direction", tn_direction_name (tn_graph_direction (graph)));
  tn_pairs_take (block, "positions", write_positions (graph));
  if (tn_graph_outputs_declared (graph))
    tn_pairs_take (block, "outputs", write_outputs (written->graph, NULL));
  take_unless_empty (block, "loose", write_layers (written, LOOSE));
  take_unless_empty (block, "targets", write_layers (written, TARGETS));
  take_unless_empty (block, "groups", tn_keras_write_groups (graph, written->graph));
  tn_pairs_add_all (block, extras ? tn_value_lookup (extras, "tenon") : NULL);
  return tn_pairs_finish (block);
}

static TnValue *
write_config (const Written *written)
{
  const TnGraph *graph = written->graph;
  const TnValue *extras = tn_graph_extras (graph);
  const TnValue *own = extras ? tn_value_lookup (extras, "config") : NULL;
  const TnValue *trainable = own ? tn_value_lookup (own, "trainable") : NULL;
  g_autoptr (TnPairs) config = tn_pairs_new ();

  take_string (config, "name", tn_graph_name (graph));
  tn_pairs_take (config, "trainable",
                 trainable ? tn_value_ref (trainable) : tn_value_new_bool (TRUE));
  tn_pairs_take (config, "layers", write_layers (written, KERAS));
  tn_pairs_take (config, "input_layers", structured (own, "input_layers", write_inputs (graph)));
  tn_pairs_take (config, "output_layers",
                 structured (own, "output_layers", write_outputs (graph, written->loose)));
  tn_pairs_add_all (config, own);
  return tn_pairs_finish (config);
}

/* What the entry of a model within begins with: what a file of it alone would. */
static TnPairs *
begin_inner (const Written *written, const TnNode *node)
{
  gboolean sequential = strcmp (tn_node_type (node), "Sequential") == 0;
  TnPairs *entry = tn_pairs_new ();
  g_auto (Written) within = { 0 };
  g_autofree char *prefix = g_strconcat (written->shapes ? written->shapes->prefix : "",
                                         tn_node_name (node), "/", NULL);
  const TnKerasShapes shapes = { written->shapes ? written->shapes->facts : NULL, prefix };

  written_init (&within,
                g_hash_table_lookup (written->models, GUINT_TO_POINTER (tn_node_id (node))),
                written->shapes ? &shapes : NULL);
  take_string (entry, "module", sequential ? "keras" : "keras.src.models.functional");
  take_string (entry, "class_name", tn_node_type (node));
  tn_pairs_take (entry, "config",
                 sequential ? write_sequential_config (&within) : write_config (&within));
  take_string (entry, "registered_name", tn_node_type (node));
  return entry;
}

static void
add_inner_extras (TnPairs *entry, const Written *written, const TnNode *node)
{
  const TnGraph *model
      = g_hash_table_lookup (written->models, GUINT_TO_POINTER (tn_node_id (node)));
  const TnValue *extras = tn_graph_extras (model);

  tn_pairs_add_all (entry, extras ? tn_value_lookup (extras, "outer") : NULL);
}

/* A layer of a Sequential, which has neither a name nor calls beside its config. */
static TnValue *
write_chained (const Written *written, const TnNode *node)
{
  g_autoptr (TnPairs) entry = NULL;

  if (tn_schema_is_model (tn_node_schema (node)))
    {
      entry = begin_inner (written, node);
      add_inner_extras (entry, written, node);
      return tn_pairs_finish (entry);
    }
  entry = tn_pairs_new ();
  add_class (entry, node);
  tn_pairs_take (entry, "config", tn_keras_write_config (node, written->shapes != NULL));
  add_registered (entry, node);
  add_pin (entry, node);
  add_outer_extras (entry, written->graph, node);
  return tn_pairs_finish (entry);
}

static TnValue *
write_sequential_config (const Written *written)
{
  const TnGraph *graph = written->graph;
  const TnValue *extras = tn_graph_extras (graph);
  g_autoptr (GPtrArray) layers = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  g_autoptr (TnPairs) config = tn_pairs_new ();

  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    g_ptr_array_add (
        layers, write_chained (written, tn_graph_node (graph, tn_graph_step (graph, i).index)));
  take_string (config, "name", tn_graph_name (graph));
  tn_pairs_take (config, "trainable", tn_value_new_bool (TRUE));
  tn_pairs_take (config, "layers", tn_list_finish (layers));
  tn_pairs_add_all (config, extras ? tn_value_lookup (extras, "config") : NULL);
  return tn_pairs_finish (config);
}

/* A model as a layer: what a file of it would hold, with a name and calls. */
static TnValue *
write_inner (const Written *written, const TnNode *node, gint64 index)
{
  g_autoptr (TnPairs) entry = begin_inner (written, node);

  take_string (entry, "name", tn_node_name (node));
  tn_pairs_take (entry, "inbound_nodes",
                 tn_keras_write_nodes (written->graph, node, written->shapes));
  if (index >= 0)
    tn_pairs_take (entry, "index", tn_value_new_int (index));
  add_inner_extras (entry, written, node);
  return tn_pairs_finish (entry);
}

TnValue *
tn_keras_write (const TnGraph *whole, TnKerasExtent extent)
{
  g_autoptr (TnGraph) noted = extent == TN_KERAS_FULL ? tn_graph_active_with_remarks (whole) : NULL;
  const TnGraph *graph = extent == TN_KERAS_PLAIN ? tn_graph_active (whole)
                         : noted != NULL          ? noted
                                                  : whole;
  const TnValue *extras = tn_graph_extras (graph);
  g_auto (Written) written = { 0 };
  g_autoptr (TnPairs) model = tn_pairs_new ();
  gboolean keras_3 = tn_keras_needs_arguments (graph);
  g_autoptr (TnFacts) facts = keras_3 ? tn_infer (graph, NULL, NULL) : NULL;
  const TnKerasShapes shapes = { facts, "" };
  g_autoptr (TnValue) config = NULL, block = NULL;

  written_init (&written, graph, keras_3 ? &shapes : NULL);
  take_string (model, "module", "keras.src.models.functional");
  take_string (model, "class_name", "Functional");
  config = write_config (&written);
  tn_pairs_take (model, "config", tn_value_ref (config));
  take_string (model, "registered_name", "Functional");
  if (extent != TN_KERAS_PLAIN)
    block = write_block (graph, &written);
  if (extent == TN_KERAS_FULL)
    tn_pairs_take (model, "tenon", tn_keras_with_whole (block, config, whole));
  else if (block)
    tn_pairs_take (model, "tenon", tn_value_ref (block));
  tn_pairs_add_all (model, extras ? tn_value_lookup (extras, "outer") : NULL);
  return tn_pairs_finish (model);
}
