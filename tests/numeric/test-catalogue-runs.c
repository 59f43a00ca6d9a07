/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing in the catalogue is refused: every example of every layer that its rule lets pass is run,
 * by kernel and by reference, but for those that tests/numeric/not-run.txt names, with reasons. */
#include <inttypes.h>

#include "../catalogue/tn-examples.h"
#include "../cases/tn-cases.h"
#include "tn-both.h"

/* What is put for an open size. */
#define OPEN_BATCH 4
#define OPEN_SIZE  9

/* The lines of not-run.txt: "TYPE: why", or "TYPE on INPUTS: why"; and whether each was needed. */
typedef struct
{
  char **lines;
  gboolean *needed;
} Exceptions;

static gboolean
is_excepted (Exceptions *exceptions, const char *type, const TnLayerExample *example)
{
  g_autofree char *whole = g_strdup_printf ("%s: ", type);
  g_autofree char *one = g_strdup_printf ("%s on %s: ", type, example->inputs);

  for (guint i = 0; exceptions->lines[i] != NULL; i++)
    if (g_str_has_prefix (exceptions->lines[i], whole)
        || g_str_has_prefix (exceptions->lines[i], one))
      {
        exceptions->needed[i] = TRUE;
        return TRUE;
      }
  return FALSE;
}

/* The sizes that the model is run with: where one is open, that of another input if one tells. */
static void
close_shapes (TnShape *shapes, guint n)
{
  for (guint i = 0; i < n; i++)
    for (int axis = 0; axis < shapes[i].rank; axis++)
      {
        TnDim *dim = &shapes[i].dims[axis];

        for (guint j = 0; j < n; j++)
          if (!tn_dim_is_known (*dim) && shapes[j].rank == shapes[i].rank
              && shapes[j].dims[axis].size > 1)
            *dim = shapes[j].dims[axis];
        if (!tn_dim_is_known (*dim))
          *dim = tn_dim (axis == 0 ? OPEN_BATCH : OPEN_SIZE);
      }
}

/* x[:n], for inputs that have fewer entries along their first axis than others. */
static TnRef
first_entries (TnDraft *draft, TnRef x, gint64 n)
{
  g_autofree char *key = g_strdup_printf (
      "{class_name: __slice__, config: {start: None, stop: %" PRIi64 ", step: None}}", n);
  g_autoptr (TnValue) value = tn_value_from_text (key, NULL);
  TnNodeId id
      = tn_draft_add (draft, &tn_layer_find_operation ("keras.src.ops.numpy", "GetItem")->schema,
                      NULL, FALSE, NULL);

  tn_draft_set (draft, id, 0, value, FALSE, NULL);
  tn_draft_connect (draft, x, id, 0, 0, NULL);
  return (TnRef){ id, 0, 0 };
}

/* Whole numbers from 0 on, which any layer can take: tokens as well as pixels. */
static void
give (GHashTable *inputs, const TnNode *node, const TnShape *shape, guint number)
{
  TnTensor *tensor = tn_tensor_new (TN_DTYPE_FLOAT32, shape);

  for (gsize i = 0; i < tn_tensor_elements (tensor); i++)
    tn_tensor_floats (tensor)[i] = (float)((i + number) % 3 == 2);
  g_hash_table_insert (inputs, g_strdup (tn_node_name (node)), tensor);
}

static TnGraph *
example_model (const TnLayer *layer, const TnLayerExample *example, GHashTable *inputs,
               gint64 *batch)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnShape shapes[MOST_INPUTS];
  guint n = parse_inputs (example->inputs, shapes);
  TnNodeId id = tn_draft_add (draft, &layer->schema, NULL, FALSE, NULL);

  *batch = n > 0 ? 0 : 1;
  apply_settings (draft, id, example->settings);
  close_shapes (shapes, n);
  for (guint i = 0; i < n; i++)
    *batch = MAX (*batch, shapes[i].rank > 0 ? shapes[i].dims[0].size : 1);
  for (guint i = 0; i < n && layer->schema.max_inputs > 0; i++)
    {
      const TnSchema *schema = &tn_layer_find ("InputLayer")->schema;
      TnNodeId source = tn_draft_add (draft, schema, NULL, FALSE, NULL);
      TnRef x = { source, 0, 0 };
      TnShape shape = shapes[i];
      g_autoptr (TnValue) value = NULL;

      shape.dims[0] = tn_dim (*batch);
      value = tn_shape_to_value (&shape);
      tn_draft_set (draft, source, (guint)tn_schema_param (schema, "batch_shape"), value, FALSE,
                    NULL);
      give (inputs, tn_draft_find (draft, source), &shape, i);
      if (shapes[i].dims[0].size != *batch)
        x = first_entries (draft, x, shapes[i].dims[0].size);
      tn_draft_connect (draft, x, id, 0, i, NULL);
    }
  return tn_draft_finish (draft);
}

static void
run_example (const TnLayer *layer, const TnLayerExample *example, Exceptions *exceptions)
{
  g_autoptr (GHashTable) inputs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
  gint64 batch;
  g_autoptr (TnGraph) graph = example_model (layer, example, inputs, &batch);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnRunOptions options = tn_run_options_default ();
  g_autofree char *why = NULL;

  options.inputs = inputs;
  options.samples = 0;
  options.batch = MAX (batch, 1);
  options.threads = 1;
  options.keep_outputs = TRUE;
  why = tn_both_run (facts, &options, TRUE);
  if (why == NULL || is_excepted (exceptions, layer->schema.type, example))
    return;
  g_test_message ("%s %s on %s: %s", layer->schema.type, example->settings, example->inputs, why);
  g_test_fail ();
}

static void
test_examples (void)
{
  g_autoptr (GBytes) bytes = tn_cases_load ("tests/numeric/not-run.txt");
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree gboolean *needed = g_new0 (gboolean, g_strv_length (lines) + 1);
  Exceptions exceptions = { lines, needed };
  guint n = 0;

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnLayer *layer = tn_layer_at (i);

      if (layer->schema.n_outputs == 0 || layer->schema.max_inputs == 0)
        continue;
      for (const TnLayerExample *example = layer->examples; example->settings != NULL; example++)
        if (example->issue == NULL)
          {
            run_example (layer, example, &exceptions);
            n++;
          }
    }
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#' && lines[i][0] != '\0' && !needed[i])
      {
        g_test_message ("not-run.txt names what runs: %s", lines[i]);
        g_test_fail ();
      }
  g_test_message ("%u examples", n);
  g_assert_cmpuint (n, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue-runs/examples", test_examples);
  return g_test_run ();
}
