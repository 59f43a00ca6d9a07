/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every layer of the catalogue is executed: its own examples, and each recorded case of Keras. What
 * comes out must have the shape that was annotated, whatever the numbers are, and the numbers be
 * those of the naive references. */
#include <string.h>

#include "../cases/tn-case-model.h"
#include "../cases/tn-cases.h"
#include "graph/tn-draft.h"
#include "tn-both.h"

/* What Keras was run with where a size was open. */
#define OPEN_BATCH 2
#define OPEN_SIZE  9

/* Larger ones would only take longer. */
#define MOST_ELEMENTS 400000
#define MOST_MACS     (100 * 1000 * 1000)
/* And these are too many for the naive references. */
#define MOST_NAIVE_MACS (2 * 1000 * 1000)

typedef struct
{
  guint executed, too_large, refused;
} Tally;

/* Whole numbers from 0 on, which any layer can take: tokens as well as pixels. */
static TnTensor *
make_data (TnShape shape)
{
  TnTensor *tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);

  for (gsize i = 0; i < tn_tensor_elements (tensor); i++)
    tn_tensor_floats (tensor)[i] = (float)(i % 3 == 2);
  return tensor;
}

/* Data for all inputs, with open sizes filled in; the batch, 0 when the inputs do not agree on one
 * or are too large. */
static gint64
feed (const TnFacts *facts, GHashTable *inputs)
{
  const TnGraph *graph = tn_facts_graph (facts);
  gint64 batch = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnShape shape;

      if (!tn_node_is_source (node))
        continue;
      shape = tn_facts_shape (facts, (TnRef){ tn_node_id (node), 0, 0 }, NULL);
      for (int axis = 0; axis < shape.rank; axis++)
        if (!tn_dim_is_known (shape.dims[axis]))
          shape.dims[axis] = tn_dim (axis == 0 ? OPEN_BATCH : OPEN_SIZE);
      if (shape.rank < 1 || shape.dims[0].size < 1 || tn_shape_elements (&shape, 0) > MOST_ELEMENTS
          || (batch != 0 && batch != shape.dims[0].size))
        return 0;
      batch = shape.dims[0].size;
      g_hash_table_insert (inputs, g_strdup (tn_node_name (node)), make_data (shape));
    }
  return batch;
}

static gboolean
is_small (const TnFacts *facts, guint index)
{
  gint64 macs = tn_facts_macs (facts, index), params = tn_facts_params (facts, index);

  return macs <= MOST_MACS && params <= 10 * MOST_ELEMENTS;
}

/* NULL when all is well. */
static char *
execute (const TnFacts *facts, guint subject, Tally *tally)
{
  g_autoptr (GHashTable) inputs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
  TnRunOptions options = tn_run_options_default ();
  gint64 batch = feed (facts, inputs);
  char *why;

  if (batch == 0 || !is_small (facts, subject))
    {
      tally->too_large++;
      return NULL;
    }
  options.inputs = inputs;
  options.samples = 0;
  options.batch = batch;
  options.threads = 1;
  options.keep_outputs = TRUE;
  why = tn_both_run (facts, &options, tn_facts_macs (facts, subject) * batch <= MOST_NAIVE_MACS);
  tally->executed += why == NULL;
  return why;
}

/* What nothing can compute, Keras neither, and the sizes put for open ones, which need not fit. */
static gboolean
may_refuse (const TnValue *entry, const char *why)
{
  const char *type = tn_case_string (entry, "layer");
  /* Cells wait for the layer around them; an ELU may lack its number, bins may be yet unmeasured.
   */
  static const char *const kinds[]
      = { "SimpleRNNCell", "LSTMCell",       "GRUCell", "StackedRNNCells",
          "ELU",           "Discretization", "Reshape" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (type, kinds[i]))
      return TRUE;
  return strstr (why, "cannot be run") == NULL;
}

static void
run_case (const TnValue *entry, Tally *tally)
{
  const char *id = tn_case_string (entry, "id"), *type = tn_case_string (entry, "layer");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  g_autofree char *why = NULL;

  if (tn_layer_find (type) == NULL || tn_value_lookup (entry, "error") != NULL
      || tn_value_lookup (entry, "run_error") != NULL)
    return;
  bytes = tn_case_model (entry);
  graph = tn_format_parse (bytes, id, NULL, NULL);
  facts = graph != NULL ? tn_infer (graph, NULL, NULL) : NULL;
  if (facts == NULL || tn_facts_has_errors (facts))
    return;
  why = execute (
      facts,
      (guint)tn_graph_index (graph, tn_node_id (tn_graph_find_name (graph, TN_CASE_SUBJECT))),
      tally);
  if (why == NULL)
    return;
  tally->refused++;
  if (!may_refuse (entry, why))
    {
      g_test_message ("%s: %s", id, why);
      g_test_fail ();
    }
}

static void
test_recorded (void)
{
  g_autoptr (GBytes) bytes = tn_cases_load ("tests/cases/layers.json.gz");
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValue) whole = tn_format_json_parse (bytes, "layers.json", &error);
  const TnValue *cases;
  Tally tally = { 0 };

  g_assert_no_error (error);
  cases = tn_value_lookup (whole, "cases");
  for (gsize i = 0; i < tn_value_size (cases); i++)
    run_case (tn_value_at (cases, i), &tally);
  g_test_message ("%u executed, %u not run for their size, %u refused with reason", tally.executed,
                  tally.too_large, tally.refused);
  g_assert_cmpuint (tally.executed, >, 1400);
}

/* Synthetic numbers for an Embedding are such as stand in its table: nothing else comes out as a
 * number. They get there by way of a Reshape. */
static void
test_ids (void)
{
  static const char model[]
      = "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"m\",\"layers\":["
        "{\"class_name\":\"InputLayer\",\"config\":{\"batch_shape\":[null,12],\"name\":\"i\"}},"
        "{\"class_name\":\"Reshape\",\"config\":{\"name\":\"r\",\"target_shape\":[3,4]}},"
        "{\"class_name\":\"Embedding\",\"config\":{\"name\":\"e\",\"input_dim\":5,"
        "\"output_dim\":2}}]}}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (model, strlen (model));
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, "m", NULL, &error);
  g_autoptr (TnFacts) facts = NULL;

  g_assert_no_error (error);
  facts = tn_infer (graph, NULL, NULL);
  for (TnDataKind kind = 0; kind < TN_N_DATA; kind++)
    {
      TnRunOptions options = tn_run_options_default ();
      g_autoptr (TnPlan) plan = NULL;
      g_autoptr (TnRunResult) result = NULL;

      options.samples = 50;
      options.data.kind = kind;
      plan = tn_plan_new (facts, &options, NULL, &error);
      g_assert_no_error (error);
      result = tn_plan_run (plan, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < result->layers->len; i++)
        g_assert_cmpuint (g_array_index (result->layers, TnLayerRun, i).n_nan, ==, 0);
      if (kind == TN_DATA_NORMAL)
        {
          g_assert_cmpfloat (g_array_index (result->layers, TnLayerRun, 0).min, ==, 0);
          g_assert_cmpfloat (g_array_index (result->layers, TnLayerRun, 0).max, ==, 4);
        }
    }
}

/* What the last output of @model is for one sample of these numbers; the weights are always the
 * same. */
static float
run_steps (const char *model, const float *steps, gint64 n)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (model, strlen (model));
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, "m", NULL, &error);
  g_autoptr (GHashTable) inputs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
  TnRunOptions options = tn_run_options_default ();
  TnTensor *tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &(TnShape){ 2, { tn_dim (1), tn_dim (n) } });
  g_autoptr (TnFacts) facts = NULL;
  g_autoptr (TnPlan) plan = NULL;
  g_autoptr (TnRunResult) result = NULL;

  g_assert_no_error (error);
  facts = tn_infer (graph, NULL, NULL);
  memcpy (tn_tensor_floats (tensor), steps, (gsize)n * sizeof *steps);
  g_hash_table_insert (inputs, g_strdup ("i"), tensor);
  options.inputs = inputs;
  options.samples = 0;
  options.keep_outputs = TRUE;
  plan = tn_plan_new (facts, &options, NULL, &error);
  g_assert_no_error (error);
  result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return tn_tensor_floats (g_array_index (result->outputs, TnRunOutput, 0).tensor)[0];
}

/* Steps that are filling change nothing, by whatever layers their mask has to travel. */
static void
test_masks (void)
{
  static const char *const layers[] = {
    "{\"class_name\":\"LSTM\",\"config\":{\"name\":\"l\",\"units\":3}}",
    "{\"class_name\":\"GRU\",\"config\":{\"name\":\"l\",\"units\":3,\"go_backwards\":true}}",
    "{\"class_name\":\"RNN\",\"config\":{\"name\":\"l\",\"go_backwards\":true,\"cell\":{\"class_"
    "name\":"
    "\"StackedRNNCells\",\"config\":{\"cells\":[{\"class_name\":\"LSTMCell\",\"config\":{\"units\":"
    "2}},"
    "{\"class_name\":\"GRUCell\",\"config\":{\"units\":3}}]}}}}",
    "{\"class_name\":\"Bidirectional\",\"config\":{\"name\":\"l\",\"layer\":{\"class_name\":"
    "\"LSTM\","
    "\"config\":{\"units\":3}}}}",
    "{\"class_name\":\"GlobalAveragePooling1D\",\"config\":{\"name\":\"l\"}}",
  };
  static const float filled[] = { 3, 1, 0, 4, 0, 0 }, plain[] = { 3, 1, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      g_autofree char *model = g_strdup_printf (
          "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"m\",\"layers\":["
          "{\"class_name\":\"InputLayer\",\"config\":{\"batch_shape\":[null,null],\"name\":\"i\"}},"
          "{\"class_name\":\"Embedding\",\"config\":{\"name\":\"e\",\"input_dim\":5,"
          "\"output_dim\":2,\"mask_zero\":true}},"
          "{\"class_name\":\"Dropout\",\"config\":{\"name\":\"d\",\"rate\":0.5}},%s]}}",
          layers[i]);
      float with = run_steps (model, filled, G_N_ELEMENTS (filled));
      float without = run_steps (model, plain, G_N_ELEMENTS (plain));

      g_assert_cmpfloat (without, !=, 0);
      g_assert_cmpfloat_with_epsilon (with, without, 1e-6f);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/execution/recorded", test_recorded);
  g_test_add_func ("/execution/ids", test_ids);
  g_test_add_func ("/execution/masks", test_masks);
  return g_test_run ();
}
