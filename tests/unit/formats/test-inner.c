/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers within layers in Keras files: read shortly, written as Keras finds them; damaged ones. */
#include "layers/tn-layer.h"
#include "test-files.h"

#define POLICY                                                                                     \
  "\"trainable\":true,\"dtype\":{\"module\":\"keras\",\"class_name\":\"DTypePolicy\","             \
  "\"config\":{\"name\":\"float32\"},\"registered_name\":null}"
#define LSTM(name, backwards, units)                                                               \
  "{\"module\":\"keras.layers\",\"class_name\":\"LSTM\",\"config\":{\"name\":\"" name "\"," POLICY \
  ",\"return_sequences\":false,\"go_backwards\":" backwards ",\"units\":" units                    \
  ",\"activation\":\"tanh\",\"recurrent_initializer\":{\"module\":\"keras.initializers\","         \
  "\"class_name\":\"Orthogonal\",\"config\":{\"seed\":null,\"gain\":1.0},"                         \
  "\"registered_name\":null},\"bias_regularizer\":null},\"registered_name\":null,"                 \
  "\"build_config\":{\"input_shape\":[null,7,3]}}"
#define MODEL(type, config)                                                                        \
  "{\"module\":\"keras\",\"class_name\":\"Sequential\",\"config\":{\"name\":\"m\",\"layers\":["    \
  "{\"module\":\"keras.layers\",\"class_name\":\"InputLayer\","                                    \
  "\"config\":{\"name\":\"x\",\"batch_shape\":[null,7,3]}},"                                       \
  "{\"module\":\"keras.layers\",\"class_name\":\"" type "\",\"config\":{\"name\":\"w\"," config    \
  "}}]}}"

static TnGraph *
must_read (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  TnFormat format;
  TnGraph *graph = tn_format_parse (bytes, "test", &format, &error);

  g_assert_no_error (error);
  return graph;
}

static TnGraph *
read_text (const char *text)
{
  g_autoptr (GBytes) bytes = test_bytes (text);

  return must_read (bytes);
}

static void
assert_param (const TnGraph *graph, const char *name, const char *expected)
{
  const TnNode *node = tn_graph_find_name (graph, "w");
  const TnValue *value = tn_node_get (node, (guint)tn_schema_param (tn_node_schema (node), name));
  g_autofree char *text = value != NULL ? tn_value_to_text (value) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

/* Written as .tenon and as Keras has it, and read again: the same. */
static void
assert_returns (const TnGraph *graph)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) bytes
          = i == 0 ? tn_format_write_keras (graph) : tn_format_write_tenon (graph);
      g_autofree char *file = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_autoptr (TnGraph) again = must_read (bytes);

      g_assert_true (g_regex_match_simple ("\"layer\":\\s*\\{\\s*\"module\":\\s*\"keras.layers\"",
                                           file, 0, 0));
      g_assert_true (
          tn_node_same_meaning (tn_graph_find_name (graph, "w"), tn_graph_find_name (again, "w")));
    }
}

static void
test_short (void)
{
  g_autoptr (TnGraph) graph = read_text (
      MODEL ("Bidirectional", POLICY ",\"merge_mode\":\"concat\",\"layer\":" LSTM (
                                  "forward_lstm", "false",
                                  "4") ",\"backward_layer\":" LSTM ("backward_lstm", "true", "4")));

  assert_param (graph, "layer", "{'class_name': 'LSTM', 'config': {'units': 4}}");
  assert_param (graph, "backward_layer", NULL);
  assert_param (graph, "merge_mode", NULL);
  assert_returns (graph);
}

/* A layer of its own for the way back, and names of one's own, stay. */
static void
test_kept (void)
{
  g_autoptr (TnGraph) graph = read_text (
      MODEL ("Bidirectional",
             "\"layer\":" LSTM ("forward_mine", "false",
                                "4") ","
                                     "\"backward_layer\":" LSTM ("backward_mine", "true", "6")));

  assert_param (graph, "layer",
                "{'class_name': 'LSTM', 'config': {'name': 'forward_mine', 'units': 4}}");
  assert_param (graph, "backward_layer",
                "{'class_name': 'LSTM', 'config': {'name': 'backward_mine', 'go_backwards': True, "
                "'units': 6}}");
  assert_returns (graph);
}

/* Whatever stands there, nothing is lost and nothing crashes. */
static void
test_damaged (void)
{
  static const char *const configs[] = {
    "\"layer\":3,\"backward_layer\":[]",
    "\"layer\":{\"config\":{}},\"backward_layer\":{\"config\":{}}",
    "\"layer\":{\"class_name\":\"LSTM\",\"config\":[1]},\"backward_layer\":{\"class_name\":"
    "\"LSTM\",\"config\":\"x\"}",
    "\"layer\":{\"class_name\":\"Nope\",\"config\":{\"units\":4}}",
    "\"layer\":{\"class_name\":\"Bidirectional\",\"config\":{\"layer\":{\"class_name\":\"LSTM\","
    "\"config\":{\"units\":\"a\",\"foo\":1}}}}",
    "\"layer\":null,\"backward_layer\":{\"class_name\":\"LSTM\",\"config\":{\"name\":\"backward_\"}"
    "}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autofree char *text = g_strdup_printf (MODEL ("Bidirectional", "%s"), configs[i]);
      g_autoptr (TnGraph) graph = read_text (text);
      const TnNode *node = tn_graph_find_name (graph, "w");
      g_autoptr (GBytes) bytes = tn_format_write_tenon (graph);
      g_autoptr (TnGraph) again = must_read (bytes);
      g_autofree char *brief = tn_layer_brief (node);

      g_assert_nonnull (brief);
      g_assert_cmpuint (tn_node_n_outputs (node), >=, 1);
      g_assert_true (tn_node_same_meaning (node, tn_graph_find_name (again, "w")));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/inner/short", test_short);
  g_test_add_func ("/formats/inner/kept", test_kept);
  g_test_add_func ("/formats/inner/damaged", test_damaged);
  return g_test_run ();
}
