/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real models, as Keras 3, Keras 2 and TensorFlow.js wrote them: layers, wiring, shapes, counts. */
#include <string.h>

#include "base/tn-error.h"
#include "infer/tn-facts.h"
#include "test-files.h"

#define CASES "tests/cases/"

static TnValue *
load_json (const char *name)
{
  g_autofree char *path = g_strconcat (CASES, name, NULL);
  g_autoptr (GBytes) bytes = tn_cases_load (path);
  g_autoptr (GError) error = NULL;
  TnValue *value = tn_format_json_parse (bytes, name, &error);

  g_assert_no_error (error);
  return value;
}

static const char *
string_at (const TnValue *dict, const char *key)
{
  const TnValue *item = tn_value_lookup (dict, key);

  return item && tn_value_kind (item) == TN_VALUE_STRING ? tn_value_string (item) : NULL;
}

static const TnValue *
layers_of (const TnValue *model)
{
  const TnValue *config = tn_value_lookup (model, "config");

  return tn_value_kind (config) == TN_VALUE_LIST ? config : tn_value_lookup (config, "layers");
}

/* Does this version know all that the model is made of? Judged apart from the reader. */
static gboolean
is_supported (const TnValue *model)
{
  const TnValue *layers = layers_of (model);

  for (gsize i = 0; i < tn_value_size (layers); i++)
    if (tn_value_lookup (tn_value_lookup (tn_value_at (layers, i), "config"), "layers"))
      return FALSE;
  return TRUE;
}

/* Is all that the model is made of told of, whatever it is fed? */
static gboolean
is_told (const TnGraph *graph)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (tn_node_schema (tn_graph_node (graph, i))->opaque)
      return FALSE;
  return TRUE;
}

/* The sources of a layer's inputs, in order, by walking its inbound_nodes whatever their form. */
static void
collect_sources (const TnValue *value, GString *out)
{
  const TnValue *history = tn_value_lookup (value, "keras_history");

  if (history)
    value = history;
  if (tn_value_kind (value) == TN_VALUE_LIST && tn_value_size (value) >= 3
      && tn_value_kind (tn_value_at (value, 0)) == TN_VALUE_STRING)
    {
      g_autofree char *ref = g_strdup_printf ("%s:%d:%d ", tn_value_string (tn_value_at (value, 0)),
                                              (int)tn_value_int (tn_value_at (value, 1)),
                                              (int)tn_value_int (tn_value_at (value, 2)));

      g_string_append (out, ref);
      return;
    }
  for (gsize i = 0; i < tn_value_size (value); i++)
    collect_sources (tn_value_at (value, i), out);
}

static char *
node_sources (const TnGraph *graph, const TnNode *node)
{
  GString *out = g_string_new (NULL);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);

        g_assert_cmpuint (ref.node, !=, TN_NODE_NONE);
        g_string_append_printf (out, "%s:%d:%d ", tn_node_name (tn_graph_find (graph, ref.node)),
                                ref.call, ref.output);
      }
  return g_string_free (out, FALSE);
}

static void
check_wiring (const TnValue *model, const TnGraph *graph)
{
  const TnValue *layers = layers_of (model);
  gboolean sequential = g_strcmp0 (string_at (model, "class_name"), "Sequential") == 0;
  const char *before = NULL;

  if (sequential && strcmp (string_at (tn_value_at (layers, 0), "class_name"), "InputLayer") != 0)
    before
        = tn_node_type (tn_graph_node (graph, 0)) ? tn_node_name (tn_graph_node (graph, 0)) : NULL;
  g_assert_cmpuint (tn_graph_size (graph), ==, tn_value_size (layers) + (before ? 1 : 0));
  for (gsize i = 0; i < tn_value_size (layers); i++)
    {
      const TnValue *layer = tn_value_at (layers, i);
      const char *name = string_at (tn_value_lookup (layer, "config"), "name");
      const TnNode *node = tn_graph_find_name (graph, name);
      g_autoptr (GString) expected = g_string_new (NULL);
      g_autofree char *found = NULL;

      g_assert_nonnull (node);
      g_assert_cmpstr (tn_node_type (node), ==, string_at (layer, "class_name"));
      found = node_sources (graph, node);
      if (!sequential)
        collect_sources (tn_value_lookup (layer, "inbound_nodes"), expected);
      else if (before)
        g_string_printf (expected, "%s:0:0 ", before);
      g_assert_cmpstr (found, ==, expected->str);
      before = name;
    }
}

static void
check_shapes (const char *id, const TnValue *expect, const TnFacts *facts)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const TnValue *layers = tn_value_lookup (expect, "layers");
  TnTotals totals = tn_facts_totals (facts);

  for (gsize i = 0; i < tn_value_size (layers); i++)
    {
      const TnValue *layer = tn_value_at (layers, i);
      const TnValue *outputs = tn_value_lookup (layer, "outputs");
      const TnNode *node = tn_graph_find_name (graph, string_at (layer, "name"));

      g_assert_nonnull (node);
      if (tn_value_size (outputs) != tn_node_n_calls (node))
        g_error ("%s: %s is called %u times", id, tn_node_name (node), tn_node_n_calls (node));
      for (guint call = 0; call < tn_value_size (outputs); call++)
        for (guint output = 0; output < tn_value_size (tn_value_at (outputs, call)); output++)
          {
            TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
            TnShape found = tn_facts_shape (facts, ref, NULL), wanted;
            g_autofree char *text = tn_shape_to_text (&found);

            g_assert_true (
                tn_shape_from_value (tn_value_at (tn_value_at (outputs, call), output), &wanted));
            if (!tn_shape_identical (&found, &wanted))
              g_error ("%s: %s gives %s", id, tn_node_name (node), text);
          }
      /* Of operations Keras counts none. */
      if (!tn_value_lookup (layer, "params"))
        continue;
      if (tn_facts_params (facts, (guint)tn_graph_index (graph, tn_node_id (node)))
          != tn_value_int (tn_value_lookup (layer, "params")))
        g_error ("%s: %s has another number of parameters", id, tn_node_name (node));
    }
  g_assert_cmpint (totals.params, ==, tn_value_int (tn_value_lookup (expect, "total_params")));
  g_assert_cmpint (totals.trainable, ==,
                   tn_value_int (tn_value_lookup (expect, "trainable_params")));
}

/* What is read is written as .tenon and as Keras JSON, and both are read again. */
static void
check_round_trip (const TnGraph *graph)
{
  g_autoptr (GBytes) tenon = tn_format_write_tenon (graph);
  g_autoptr (GBytes) keras = tn_format_write_keras (graph);
  TnFormat tenon_format, keras_format;
  g_autoptr (TnGraph) from_tenon = test_parse (tenon, &tenon_format);
  g_autoptr (TnGraph) from_keras = test_parse (keras, &keras_format);

  g_assert_cmpint (tenon_format, ==, TN_FORMAT_TENON);
  g_assert_cmpint (keras_format, ==, TN_FORMAT_KERAS);
  g_assert_true (tn_graph_same_meaning (graph, from_tenon));
  g_assert_true (tn_graph_same_meaning (graph, from_keras));
}

/* TRUE: opened; FALSE: refused because of layers that this version does not know. */
static gboolean
check_model (const char *id, const TnValue *model, const TnValue *expect)
{
  g_autofree char *text = tn_format_json (model, FALSE);
  g_autoptr (GBytes) bytes = test_bytes (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnFormat format;
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, id, &format, &error);

  if (!is_supported (model))
    {
      g_assert_null (graph);
      g_assert_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED);
      return FALSE;
    }
  g_assert_no_error (error);
  g_assert_cmpint (format, ==, TN_FORMAT_KERAS);
  g_assert_cmpint (tn_graph_dense_inputs (graph), ==, TN_DENSE_ANY);
  check_wiring (model, graph);
  check_round_trip (graph);
  facts = tn_infer (graph, NULL, NULL);
  /* Keras forgets a call of a layer that nothing reads. */
  if (!is_told (graph) || strcmp (id, "mut-146") == 0)
    g_test_message ("%s is not compared", id);
  else if (expect)
    {
      check_shapes (id, expect, facts);
      if (tn_facts_has_errors (facts))
        g_error ("%s: %s", id, tn_facts_issue (facts, 0)->message);
      for (guint i = 0; i < tn_graph_size (graph); i++)
        g_assert_false (tn_node_pin (tn_graph_node (graph, i), NULL));
    }
  else if (!tn_facts_has_errors (facts))
    g_error ("%s: Keras refuses it", id);
  return TRUE;
}

static void
check_file (const char *name, guint at_least)
{
  g_autoptr (TnValue) file = load_json (name);
  const TnValue *graphs = tn_value_lookup (file, "graphs");
  guint n_opened = 0;

  for (gsize i = 0; i < tn_value_size (graphs); i++)
    {
      const TnValue *entry = tn_value_at (graphs, i);

      n_opened += check_model (string_at (entry, "id"), tn_value_lookup (entry, "model"),
                               tn_value_lookup (entry, "expect"));
    }
  g_test_message ("%s: %u of %u opened, the others use layers not known yet", name, n_opened,
                  (guint)tn_value_size (graphs));
  g_assert_cmpuint (n_opened, >=, at_least);
}

static void
test_graphs (void)
{
  check_file ("graphs.json.gz", 25);
}

static void
test_legacy (void)
{
  check_file ("legacy.json.gz", 25);
}

static void
test_applications (void)
{
  g_autoptr (TnValue) expect = load_json ("applications.json.gz");
  const TnValue *models = tn_value_lookup (expect, "models");

  for (gsize i = 0; i < tn_value_size (models); i++)
    {
      const TnValue *entry = tn_value_at (models, i);
      g_autofree char *name = g_strconcat (string_at (entry, "file"), ".gz", NULL);
      g_autoptr (TnValue) model = load_json (name);

      if (!check_model (name, model, tn_value_lookup (entry, "expect")))
        g_test_message ("%s uses layers not known yet", name);
    }
}

/* The layout for every Keras and TensorFlow.js, with data of others in all places. */
static void
test_hybrid (void)
{
  g_autoptr (GBytes) bytes = tn_cases_load (CASES "hybrid-example.json");
  g_autoptr (TnFacts) facts = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (TnValue) tree = NULL;
  TnFormat format;
  g_autoptr (TnGraph) graph = test_parse (bytes, &format);
  const TnValue *layer;
  TnTotals totals;

  g_assert_cmpint (format, ==, TN_FORMAT_TENON);
  g_assert_cmpstr (tn_graph_name (graph), ==, "tiny");
  g_assert_cmpuint (tn_graph_size (graph), ==, 6);
  facts = tn_infer (graph, NULL, NULL);
  totals = tn_facts_totals (facts);
  g_assert_cmpint (totals.params, ==, 62826);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);

  written = tn_format_write_tenon (graph);
  tree = tn_format_json_parse (written, "test", NULL);
  g_assert_cmpint (tn_value_int (tn_value_lookup (tn_value_lookup (tree, "tenon"), "zoom")), ==, 1);
  layer = tn_value_at (tn_value_lookup (tn_value_lookup (tree, "config"), "layers"), 1);
  g_assert_cmpint (tn_value_int (tn_value_lookup (tn_value_lookup (layer, "tenon"), "y")), ==, 2);
  /* Of its config only what is not the default. */
  g_assert_cmpuint (tn_value_size (tn_value_lookup (layer, "config")), ==, 5);
}

/* A plain file's build_config is a pin only where it disagrees with what arrives. */
static void
test_pins (void)
{
  static const char form[]
      = "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": ["
        "{\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, %d], \"name\": "
        "\"i\"}},"
        "{\"class_name\": \"Flatten\", \"config\": {\"name\": \"f\"},"
        " \"build_config\": {\"input_shape\": [null, 3]}},"
        "{\"class_name\": \"Dense\", \"config\": {\"name\": \"d\", \"units\": 4},"
        " \"build_config\": {\"input_shape\": [7, 256]}}]}}";

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *text = g_strdup_printf (form, i ? 4096 : 256);
      g_autoptr (GBytes) bytes = test_bytes (text);
      g_autoptr (TnGraph) graph = test_parse (bytes, NULL);
      TnShape pin;

      g_assert_false (tn_node_pin (tn_graph_find_name (graph, "f"), &pin));
      g_assert_cmpint (tn_node_pin (tn_graph_find_name (graph, "d"), &pin), ==, (gboolean)i);
      if (i)
        g_assert_cmpint (pin.dims[1].size, ==, 256);
    }
}

/* The older and rarer ways to say things. */
static void
test_spellings (void)
{
  static const char *const texts[] = {
    /* The config is the list, the first layer carries the shape, names are automatic. */
    "{\"class_name\": \"Sequential\", \"config\": [{\"class_name\": \"Dense\", \"config\":"
    " {\"units\": 4, \"batch_input_shape\": [null, 3], \"activation\": null}},"
    " {\"class_name\": \"Dense\", \"config\": {\"units\": 2}}]}",
    /* Unbuilt, with the shape beside the layers; wrapped as in an HDF5 attribute. */
    "{\"model_config\": {\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\","
    " \"build_input_shape\": [null, 3], \"layers\": [{\"class_name\": \"Dense\", \"config\":"
    " {\"units\": 4}}, {\"class_name\": \"Dense\", \"config\": {\"units\": 2}}]}}}",
    /* TensorFlow.js's model.json; bare input and output; shape without the batch. */
    "{\"modelTopology\": {\"class_name\": \"Model\", \"config\": {\"layers\": ["
    "{\"class_name\": \"InputLayer\", \"name\": \"input_layer\", \"config\": {\"shape\": [3]},"
    " \"inbound_nodes\": []},"
    "{\"class_name\": \"Dense\", \"name\": \"dense\", \"config\": {\"units\": 4,"
    " \"kernel_initializer\": {\"class_name\": \"VarianceScaling\", \"config\": {\"scale\": 1,"
    " \"mode\": \"fan_avg\", \"distribution\": \"uniform\", \"seed\": null}}},"
    " \"inbound_nodes\": [[\"input_layer\", 0, 0, {}]]},"
    "{\"class_name\": \"Dense\", \"name\": \"dense_1\", \"config\": {\"units\": 2,"
    " \"dtype\": {\"class_name\": \"Policy\", \"config\": {\"name\": \"float32\"}}},"
    " \"inbound_nodes\": [[[\"dense\", 0, 0]]]}],"
    " \"input_layers\": [\"input_layer\", 0, 0], \"output_layers\": [\"dense_1\", 0, 0]}}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (texts[i]);
      g_autoptr (TnGraph) graph = test_parse (bytes, NULL);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      const TnNode *dense = tn_graph_find_name (graph, "dense");
      TnTotals totals = tn_facts_totals (facts);

      g_assert_cmpuint (tn_graph_size (graph), ==, 3);
      g_assert_cmpint (totals.params, ==, 4 * 4 + 5 * 2);
      g_assert_nonnull (tn_graph_find_name (graph, "input_layer"));
      g_assert_nonnull (tn_graph_find_name (graph, "dense_1"));
      g_assert_false (tn_graph_outputs_declared (graph));
      for (guint param = 1; param < tn_node_schema (dense)->n_params; param++)
        g_assert_null (tn_node_get (dense, param));
      check_round_trip (graph);
    }
}

/* Seconds to open a chain of @size layers. */
static double
time_chain (guint size, gboolean backwards)
{
  g_autoptr (GString) text = g_string_new (
      "{\"class_name\": \"Functional\", \"config\": {\"layers\": ["
      "{\"class_name\": \"InputLayer\", \"name\": \"r0\", \"config\": {\"shape\": [3]}}");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TnGraph) graph = NULL;
  double seconds;

  for (guint i = 1; i < size; i++)
    {
      guint n = backwards ? size - i : i;

      g_string_append_printf (text,
                              ",\n{\"class_name\": \"ReLU\", \"name\": \"r%u\", \"config\": {},"
                              " \"inbound_nodes\": [[[\"r%u\", 0, 0, {}]]]}",
                              n, n - 1);
    }
  g_string_append_printf (text, "], \"output_layers\": [[\"r%u\", 0, 0]]}}", size - 1);
  bytes = test_bytes (text->str);
  g_test_timer_start ();
  graph = test_parse (bytes, NULL);
  seconds = g_test_timer_elapsed ();
  g_assert_cmpuint (tn_graph_size (graph), ==, size);
  return seconds;
}

/* A chain of a hundred thousand layers, listed backwards as well, opens in linear time. */
static void
test_large (void)
{
  for (guint backwards = 0; backwards < 2; backwards++)
    {
      double few = time_chain (10000, backwards);
      double many = time_chain (100000, backwards);

      g_test_minimized_result (many, "100000 layers open in %.2f s", many);
      /* Linear is 10 times, quadratic 100 times as long. */
      g_assert_cmpfloat (many, <, 40 * few);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/cases/graphs", test_graphs);
  g_test_add_func ("/formats/cases/legacy", test_legacy);
  g_test_add_func ("/formats/cases/applications", test_applications);
  g_test_add_func ("/formats/cases/hybrid", test_hybrid);
  g_test_add_func ("/formats/cases/pins", test_pins);
  g_test_add_func ("/formats/cases/spellings", test_spellings);
  g_test_add_func ("/formats/cases/large", test_large);
  return g_test_run ();
}
