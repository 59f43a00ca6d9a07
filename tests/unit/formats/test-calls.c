/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How files call layers, and layers that only their file knows: read, judged, and written back. */
#include <string.h>

#include "base/tn-error.h"
#include "infer/tn-facts.h"
#include "test-files.h"

#define TENSOR(name, output)                                                                       \
  "{\"class_name\":\"__keras_tensor__\",\"config\":{\"shape\":[null,5],\"dtype\":\"float32\","     \
  "\"keras_history\":[\"" name "\",0," #output "]}}"
#define INPUT(name, shape)                                                                         \
  "{\"module\":\"keras.layers\",\"class_name\":\"InputLayer\",\"config\":{\"batch_shape\":" shape  \
  ",\"dtype\":\"float32\",\"name\":\"" name "\"},\"registered_name\":null,\"name\":\"" name        \
  "\",\"inbound_nodes\":[]}"
#define LAYER(module, class, registered, name, config, nodes)                                      \
  ",{\"module\":\"" module                                                                         \
  "\",\"class_name\":\"" class "\",\"config\":" config ",\"registered_name\":" registered          \
                               ",\"name\":\"" name "\",\"inbound_nodes\":[" nodes "]}"
#define KERAS(class, name, config, nodes) LAYER ("keras.layers", class, "null", name, config, nodes)
#define OPERATION(module, class, name, config, nodes)                                              \
  LAYER ("keras.src.ops." module, class, "\"" class "\"", name,                                    \
         "{\"name\":\"" name "\"" config "}", nodes)
#define CALL(arguments, kwargs) "{\"args\":[" arguments "],\"kwargs\":{" kwargs "}}"
#define MODEL(layers, inputs, outputs)                                                             \
  "{\"module\":\"keras.src.models.functional\",\"class_name\":\"Functional\",\"config\":{"         \
  "\"name\":\"m\",\"trainable\":true,\"layers\":[" layers "],\"input_layers\":[" inputs            \
  "],\"output_layers\":[" outputs "]},\"registered_name\":\"Functional\"}"

static TnGraph *
open_text (const char *text)
{
  g_autoptr (GBytes) bytes = test_bytes (text);

  return test_parse (bytes, NULL);
}

/* The entry of layer @name in @bytes; borrowed from @tree. */
static const TnValue *
entry_of (const TnValue *tree, const char *name)
{
  const TnValue *layers = tn_value_lookup (tn_value_lookup (tree, "config"), "layers");

  for (gsize i = 0; i < tn_value_size (layers); i++)
    if (strcmp (tn_value_string (tn_value_lookup (tn_value_at (layers, i), "name")), name) == 0)
      return tn_value_at (layers, i);
  return NULL;
}

static TnValue *
parse (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  TnValue *tree = tn_format_json_parse (bytes, "test", &error);

  g_assert_no_error (error);
  return tree;
}

/* Written in both forms and read again it means the same. */
static void
check_round_trip (const TnGraph *graph)
{
  g_autoptr (GBytes) tenon = tn_format_write_tenon (graph);
  g_autoptr (GBytes) keras = tn_format_write_keras (graph);
  g_autoptr (TnGraph) from_tenon = test_parse (tenon, NULL);
  g_autoptr (TnGraph) from_keras = test_parse (keras, NULL);

  g_assert_true (tn_graph_same_meaning (graph, from_tenon));
  g_assert_true (tn_graph_same_meaning (graph, from_keras));
}

static TnShape
shape_of (const TnFacts *facts, const char *name, guint output)
{
  const TnNode *node = tn_graph_find_name (tn_facts_graph (facts), name);

  g_assert_nonnull (node);
  return tn_facts_shape (facts, (TnRef){ tn_node_id (node), 0, (guint16)output }, NULL);
}

static void
assert_shape (const TnFacts *facts, const char *name, guint output, const char *wanted)
{
  TnShape shape = shape_of (facts, name, output);
  g_autofree char *text = tn_shape_is_some (&shape) ? tn_shape_to_text (&shape) : g_strdup ("?");

  g_assert_cmpstr (text, ==, wanted);
}

static const char own_layer[] = MODEL (
    INPUT ("a", "[null,5]") "," INPUT ("b", "[null,5]")
        LAYER ("mine.layers", "MyLayer", "\"mine>MyLayer\"", "own",
               "{\"name\":\"own\",\"trainable\":true,\"dtype\":{\"class_name\":\"DTypePolicy\","
               "\"config\":{\"name\":\"float32\"}},\"blob\":\"4wEAAAA=\",\"inner\":{\"class_name\":"
               "\"Dense\",\"config\":{\"units\":3}}}",
               CALL (TENSOR ("a", 0) ",2.5,[" TENSOR ("b", 0) ",null]",
                     "\"mode\":\"x\",\"state\":{\"s\":" TENSOR ("b", 0) "}"))
            KERAS ("Dense", "d", "{\"name\":\"d\",\"units\":2}", CALL (TENSOR ("own", 1), "")),
    "[\"a\",0,0],[\"b\",0,0]", "[\"d\",0,0]");

/* A class of somebody's own is no fault; what it puts out cannot be told until it is stated; and
 * all that its file says of it stays. */
static void
test_own (void)
{
  g_autoptr (TnGraph) graph = open_text (own_layer);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  const TnNode *own = tn_graph_find_name (graph, "own");
  g_autoptr (GBytes) keras = tn_format_write_keras (graph);
  g_autoptr (TnValue) before = NULL, after = parse (keras);
  g_autoptr (GBytes) bytes = test_bytes (own_layer);
  static const char *const same[] = { "module", "class_name", "config", "registered_name" };

  g_assert_cmpstr (tn_node_type (own), ==, "MyLayer");
  g_assert_cmpuint (tn_node_n_inputs (own, 0), ==, 3);
  g_assert_cmpuint (tn_node_n_outputs (own), ==, 2);
  g_assert_false (tn_facts_has_errors (facts));
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 1);
  g_assert_cmpstr (tn_facts_issue (facts, 0)->code, ==, "cannot-tell");
  assert_shape (facts, "d", 0, "?");
  g_assert_cmpint (tn_facts_state (facts, (guint)tn_graph_index (graph, tn_node_id (own))), ==,
                   TN_STATE_BLOCKED);
  check_round_trip (graph);

  before = parse (bytes);
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    g_assert_true (tn_value_equal (tn_value_lookup (entry_of (before, "own"), same[i]),
                                   tn_value_lookup (entry_of (after, "own"), same[i])));
  {
    g_autofree char *one
        = tn_format_json (tn_value_lookup (entry_of (before, "own"), "inbound_nodes"), FALSE);
    g_autofree char *other
        = tn_format_json (tn_value_lookup (entry_of (after, "own"), "inbound_nodes"), FALSE);

    g_assert_cmpstr (one, ==, other);
  }
}

static void
test_stated (void)
{
  g_autoptr (TnGraph) graph = open_text (own_layer);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (TnGraph) stated = NULL;
  g_autoptr (TnFacts) facts = NULL;
  gboolean assumed;
  TnNodeId own = tn_node_id (tn_graph_find_name (graph, "own"));

  g_assert_false (tn_draft_set_text (draft, own, "output_shape", "[[None, 'x']]", report));
  g_assert_true (tn_draft_set_text (draft, own, "output_shape", "[[None, 5], [None, 7]]", report));
  g_assert_true (tn_draft_rename (draft, own, "renamed", report));
  stated = tn_draft_finish (draft);
  facts = tn_infer (stated, NULL, NULL);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);
  assert_shape (facts, "renamed", 1, "(None, 7)");
  assert_shape (facts, "d", 0, "(None, 2)");
  tn_facts_shape (facts, (TnRef){ own, 0, 1 }, &assumed);
  g_assert_true (assumed);
  check_round_trip (stated);

  /* Of one tensor only: the other one still cannot be told. */
  g_assert_true (tn_draft_set_text (draft, own, "output_shape", "[[None, 5]]", report));
  g_clear_pointer (&stated, tn_graph_unref);
  g_clear_pointer (&facts, tn_facts_unref);
  stated = tn_draft_finish (draft);
  facts = tn_infer (stated, NULL, NULL);
  assert_shape (facts, "renamed", 0, "(None, 5)");
  assert_shape (facts, "d", 0, "?");
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 1);
}

/* A Lambda says its shape itself, without the batch. */
static void
test_lambda (void)
{
  static const char text[] = MODEL (
      INPUT ("a", "[8,5]") KERAS (
          "Lambda", "l",
          "{\"name\":\"l\",\"function\":{\"class_name\":\"__lambda__\",\"config\":{\"code\":"
          "\"4wEAAA==\",\"defaults\":null,\"closure\":null}},\"output_shape\":[3,2],\"mask\":null,"
          "\"arguments\":{\"k\":2}}",
          CALL (TENSOR ("a", 0), ""))
          KERAS ("Flatten", "f", "{\"name\":\"f\"}", CALL (TENSOR ("l", 0), "")),
      "[\"a\",0,0]", "[\"f\",0,0]");
  g_autoptr (TnGraph) graph = open_text (text);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GBytes) keras = tn_format_write_keras (graph);
  g_autoptr (TnValue) tree = parse (keras);
  const TnValue *config = tn_value_lookup (entry_of (tree, "l"), "config");

  assert_shape (facts, "l", 0, "(8, 3, 2)");
  assert_shape (facts, "f", 0, "(8, 6)");
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);
  g_assert_nonnull (tn_value_lookup (tn_value_lookup (config, "function"), "config"));
  g_assert_cmpint (tn_value_int (tn_value_lookup (tn_value_lookup (config, "arguments"), "k")), ==,
                   2);
  check_round_trip (graph);
}

/* initial_state by keyword, in Keras 3's form and in Keras 2's, means the same wires. */
static void
test_keywords (void)
{
  static const char keras_3[] = MODEL (
      INPUT ("a", "[null,4,5]") KERAS ("LSTM", "e", "{\"units\":6,\"return_state\":true}",
                                       CALL (TENSOR ("a", 0), "\"mask\":null,\"training\":false"))
          KERAS ("LSTM", "l", "{\"units\":6}",
                 CALL (TENSOR ("a", 0), "\"initial_state\":[" TENSOR ("e", 1) "," TENSOR (
                                            "e", 2) "],\"training\":false")),
      "[\"a\",0,0]", "[\"l\",0,0]");
  static const char keras_2[] = MODEL (
      INPUT ("a", "[null,4,5]") KERAS ("LSTM", "e", "{\"units\":6,\"return_state\":true}",
                                       "[[\"a\",0,0,{\"training\":false}]]")
          KERAS ("LSTM", "l", "{\"units\":6}",
                 "[[\"a\",0,0,{\"initial_state\":[[\"e\",0,1],[\"e\",0,2]],\"training\":false}]]"),
      "[\"a\",0,0]", "[\"l\",0,0]");
  g_autoptr (TnGraph) one = open_text (keras_3);
  g_autoptr (TnGraph) other = open_text (keras_2);
  g_autoptr (TnFacts) facts = tn_infer (one, NULL, NULL);
  const TnNode *lstm = tn_graph_find_name (one, "l");

  g_assert_cmpuint (tn_node_n_inputs (lstm, 0), ==, 3);
  g_assert_cmpuint (tn_node_input (lstm, 0, 2).output, ==, 2);
  assert_shape (facts, "l", 0, "(None, 6)");
  g_assert_true (tn_graph_same_meaning (one, other));
  check_round_trip (one);
}

/* The operations with which Keras makes an Embedding's mask are its own to make again; a mask that
 * somebody made is a wire. */
static void
test_masks (void)
{
  static const char own[]
      = MODEL (INPUT ("a", "[null,9]")
                   KERAS ("Embedding", "e", "{\"input_dim\":5,\"output_dim\":4,\"mask_zero\":true}",
                          CALL (TENSOR ("a", 0), ""))
                       LAYER ("keras.src.ops.numpy", "NotEqual", "\"NotEqual\"", "not_equal",
                              "{\"name\":\"not_equal\"}", CALL (TENSOR ("a", 0) ",0", ""))
                           KERAS ("LSTM", "l", "{\"units\":6}",
                                  CALL (TENSOR ("e", 0), "\"mask\":" TENSOR ("not_equal", 0))),
               "[\"a\",0,0]", "[\"l\",0,0]");
  static const char given[]
      = MODEL (INPUT ("a", "[null,9,4]") "," INPUT ("m", "[null,9]")
                   KERAS ("BatchNormalization", "l", "{}",
                          CALL (TENSOR ("a", 0), "\"mask\":" TENSOR ("m", 0))),
               "[\"a\",0,0],[\"m\",0,0]", "[\"l\",0,0]");
  g_autoptr (TnGraph) without = open_text (own);
  g_autoptr (TnGraph) with = open_text (given);
  g_autoptr (TnFacts) facts = tn_infer (with, NULL, NULL);
  const TnNode *node = tn_graph_find_name (with, "l");

  g_assert_cmpuint (tn_graph_size (without), ==, 3);
  g_assert_cmpuint (tn_node_n_inputs (tn_graph_find_name (without, "l"), 0), ==, 1);
  check_round_trip (without);

  g_assert_cmpuint (tn_node_n_inputs (node, 0), ==, 2);
  g_assert_cmpuint (tn_node_n_shaping (node, 0), ==, 1);
  g_assert_false (tn_facts_has_errors (facts));
  assert_shape (facts, "l", 0, "(None, 9, 4)");
  check_round_trip (with);
}

/* Keras's functions stand among the layers, with constants among their arguments; one that is not
 * known is kept like any other class. */
static void
test_operations (void)
{
  static const char text[] = MODEL (
      INPUT ("a", "[null,6,8]") "," INPUT ("b", "[null,8,3]")
          OPERATION ("numpy", "Subtract", "sub", "", CALL ("1.0," TENSOR ("a", 0), ""))
              OPERATION ("numpy", "Mean", "mean", ",\"axis\":1,\"keepdims\":false",
                         CALL (TENSOR ("sub", 0), ""))
                  OPERATION ("numpy", "Add", "add", "",
                             CALL (TENSOR ("a", 0) ",{\"class_name\":\"__numpy__\",\"config\":{"
                                                   "\"value\":[[[1],[2],[3],[4],[5],[6]]],"
                                                   "\"dtype\":\"float32\"}}",
                                   "")) OPERATION ("numpy", "Matmul", "mm", "",
                                                   CALL (TENSOR ("a", 0) "," TENSOR ("b", 0), ""))
                      OPERATION ("numpy", "GetItem", "part", "",
                                 CALL (TENSOR ("mm", 0) ",[{\"class_name\":\"__slice__\","
                                                        "\"config\":{\"start\":null,\"stop\":"
                                                        "null,\"step\":null}},-1]",
                                       ""))
                          OPERATION ("numpy", "Stack", "stack", ",\"axis\":1",
                                     CALL ("[" TENSOR ("part", 0) "," TENSOR ("part", 0) "]", ""))
                              OPERATION ("numpy", "Split", "split",
                                         ",\"indices_or_sections\":3,\"axis\":-1",
                                         CALL (TENSOR ("stack", 0), ""))
                                  OPERATION ("core", "Cast", "cast", ",\"dtype\":\"float32\"",
                                             CALL (TENSOR ("split", 2), ""))
                                      OPERATION ("numpy", "Frobnicate", "frob", "",
                                                 CALL (TENSOR ("cast", 0) ",[1,2]", ""))
                                          OPERATION ("numpy", "Add", "odd", "",
                                                     CALL (TENSOR ("cast", 0) ",\"x\"", "")),
      "[\"a\",0,0],[\"b\",0,0]", "[\"mean\",0,0],[\"add\",0,0],[\"frob\",0,0],[\"odd\",0,0]");
  g_autoptr (TnGraph) graph = open_text (text);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GBytes) keras = tn_format_write_keras (graph);
  g_autoptr (TnValue) tree = parse (keras);
  static const char *const names[] = { "sub", "add", "part", "stack", "split", "frob", "odd" };

  g_assert_cmpstr (tn_node_type (tn_graph_find_name (graph, "mean")), ==, "Mean");
  assert_shape (facts, "sub", 0, "(None, 6, 8)");
  assert_shape (facts, "mean", 0, "(None, 8)");
  assert_shape (facts, "add", 0, "(None, 6, 8)");
  assert_shape (facts, "mm", 0, "(None, 6, 3)");
  assert_shape (facts, "part", 0, "(None, 3)");
  assert_shape (facts, "stack", 0, "(None, 2, 3)");
  assert_shape (facts, "split", 2, "(None, 2, 1)");
  assert_shape (facts, "cast", 0, "(None, 2, 1)");
  assert_shape (facts, "frob", 0, "?");
  assert_shape (facts, "odd", 0, "?");
  g_assert_false (tn_facts_has_errors (facts));
  check_round_trip (graph);
  {
    g_autoptr (GBytes) bytes = test_bytes (text);
    g_autoptr (TnValue) before = parse (bytes);

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      {
        const TnValue *one = tn_value_lookup (entry_of (before, names[i]), "config");

        g_assert_true (tn_value_equal (one, tn_value_lookup (entry_of (tree, names[i]), "config")));
      }
  }
}

/* Where nothing asks for more, calls stay in the form that all versions read. */
static void
test_form (void)
{
  static const char plain[]
      = MODEL (INPUT ("a", "[null,5]") KERAS ("Dropout", "d", "{\"rate\":0.5}",
                                              CALL (TENSOR ("a", 0), "\"training\":true")),
               "[\"a\",0,0]", "[\"d\",0,0]");
  g_autoptr (TnGraph) graph = open_text (plain);
  g_autoptr (GBytes) keras = tn_format_write_keras (graph);
  g_autoptr (TnValue) tree = parse (keras);
  g_autofree char *nodes
      = tn_format_json (tn_value_lookup (entry_of (tree, "d"), "inbound_nodes"), FALSE);

  g_assert_cmpstr (nodes, ==, "[[[\"a\",0,0,{\"training\":true}]]]");
}

/* Called with one tensor by itself a layer that joins is at fault, with a list of one it is not,
 * and that difference stays until a second one is wired. */
static void
test_bare (void)
{
  static const char *const files[] = {
    MODEL (INPUT ("a", "[null,5]") KERAS ("Add", "d", "{}", CALL (TENSOR ("a", 0), "")),
           "[\"a\",0,0]", "[\"d\",0,0]"),
    MODEL (INPUT ("a", "[null,5]") KERAS ("Add", "d", "{}", CALL ("[" TENSOR ("a", 0) "]", "")),
           "[\"a\",0,0]", "[\"d\",0,0]"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (TnGraph) graph = open_text (files[i]);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      g_autoptr (TnDraft) draft = tn_draft_new (graph);
      TnNodeId input = tn_node_id (tn_graph_find_name (graph, "a"));
      TnNodeId merge = tn_node_id (tn_graph_find_name (graph, "d"));
      g_autoptr (TnGraph) joined = NULL;
      g_autoptr (TnFacts) after = NULL;
      g_autoptr (GBytes) keras = NULL;
      g_autoptr (TnValue) tree = NULL;
      g_autofree char *nodes = NULL;

      g_assert_cmpint (tn_facts_has_errors (facts), ==, i == 0);
      check_round_trip (graph);
      g_assert_true (tn_draft_connect (draft, (TnRef){ input, 0, 0 }, merge, 0, 1, NULL));
      joined = tn_draft_finish (draft);
      after = tn_infer (joined, NULL, NULL);
      g_assert_false (tn_facts_has_errors (after));
      keras = tn_format_write_keras (joined);
      tree = parse (keras);
      nodes = tn_format_json (tn_value_lookup (entry_of (tree, "d"), "inbound_nodes"), FALSE);
      g_assert_nonnull (strstr (nodes, "\"a\",0,0"));
      g_assert_null (strstr (nodes, "\"args\":[{"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/calls/own", test_own);
  g_test_add_func ("/formats/calls/stated", test_stated);
  g_test_add_func ("/formats/calls/lambda", test_lambda);
  g_test_add_func ("/formats/calls/keywords", test_keywords);
  g_test_add_func ("/formats/calls/masks", test_masks);
  g_test_add_func ("/formats/calls/operations", test_operations);
  g_test_add_func ("/formats/calls/form", test_form);
  g_test_add_func ("/formats/calls/bare", test_bare);
  return g_test_run ();
}
