/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damaged and hostile model files: each is refused with one sentence that says where. */
#include <string.h>

#include "base/tn-error.h"
#include "test-files.h"

/* A functional model of an input "i" and what is given, with or without more behind. */
#define INPUT "{\"class_name\":\"InputLayer\",\"name\":\"i\",\"config\":{\"shape\":[3]}}"
#define MODEL(layers, more)                                                                        \
  "{\"class_name\":\"Functional\",\"config\":{\"name\":\"m\",\"layers\":[" layers "]" more "}}"
/* A call that no Add has. */
#define KEYWORD                                                                                    \
  "{\"args\":[],\"kwargs\":{\"x\":{\"class_name\":\"__keras_tensor__\",\"config\":{"               \
  "\"keras_history\":[\"i\",0,0]}}}}"
#define BLOCK(layers, block)                                                                       \
  "{\"class_name\":\"Functional\",\"config\":{\"name\":\"m\",\"layers\":[" layers                  \
  "]},\"tenon\":" block "}"
#define DENSE(name, nodes)                                                                         \
  "{\"class_name\":\"Dense\",\"name\":\"" name                                                     \
  "\",\"config\":{\"units\":2},\"inbound_nodes\":" nodes "}"

static const struct
{
  const char *text;
  int code;
  const char *message; /* part of it */
} cases[] = {
  { "[]", TN_ERROR_SYNTAX, "no Keras model" },
  { "7", TN_ERROR_SYNTAX, "no Keras model" },
  { "\"Functional\"", TN_ERROR_SYNTAX, "no Keras model" },
  { "{}", TN_ERROR_SYNTAX, "no Keras model" },
  { "{\"class_name\":\"Functional\"}", TN_ERROR_SYNTAX, "no Keras model" },
  { "{\"class_name\":7,\"config\":{}}", TN_ERROR_SYNTAX, "no Keras model" },
  { "{\"class_name\":\"Functional\",\"config\":7}", TN_ERROR_SYNTAX, "no list of layers" },
  { "{\"class_name\":\"Functional\",\"config\":[]}", TN_ERROR_SYNTAX, "no list of layers" },
  { "{\"class_name\":\"Functional\",\"config\":{\"layers\":{}}}", TN_ERROR_SYNTAX,
    "no list of layers" },
  { "{\"class_name\":\"MyModel\",\"config\":{\"layers\":[]}}", TN_ERROR_UNSUPPORTED, "'MyModel'" },
  { "{\"model_config\":{\"model_config\":{}}}", TN_ERROR_SYNTAX, "no Keras model" },
  { "PK\003\004", TN_ERROR_UNSUPPORTED, "zip archive" },
  { "\x89HDF\r\n\x1a\n", TN_ERROR_UNSUPPORTED, "HDF5" },

  { MODEL ("7", ""), TN_ERROR_SYNTAX, "layer number 1 has no class_name" },
  { MODEL (INPUT ",{}", ""), TN_ERROR_SYNTAX, "layer number 2 has no class_name" },
  { MODEL (INPUT ",{\"class_name\":\"Dense\"}", ""), TN_ERROR_SYNTAX,
    "layer number 2 has no name" },
  { MODEL ("{\"class_name\":\"Dense\",\"name\":\"\"}", ""), TN_ERROR_SYNTAX, "has no name" },
  { MODEL ("{\"class_name\":\"Dense\",\"name\":\"a/b\"}", ""), TN_ERROR_SYNTAX, "'a/b'" },
  { MODEL ("{\"class_name\":\"Dense\",\"name\":\"a\",\"config\":[]}", ""), TN_ERROR_SYNTAX,
    "config of layer number 1" },
  { MODEL (INPUT "," INPUT, ""), TN_ERROR_SYNTAX, "two layers are called 'i'" },
  { MODEL (INPUT "," DENSE ("d", "7"), ""), TN_ERROR_SYNTAX, "inbound_nodes of layer 'd'" },
  { MODEL (INPUT "," DENSE ("d", "[7]"), ""), TN_ERROR_SYNTAX, "a call of layer 'd'" },
  { MODEL (INPUT "," DENSE ("d", "[[7]]"), ""), TN_ERROR_SYNTAX, "layer 'd'" },
  { MODEL (INPUT "," DENSE ("d", "[[null]]"), ""), TN_ERROR_SYNTAX, "layer 'd'" },
  { MODEL (INPUT "," DENSE ("d", "[[[\"i\",0.5,0]]]"), ""), TN_ERROR_SYNTAX, "layer 'd'" },
  { MODEL (INPUT "," DENSE ("d", "[[[\"x\",0,0,{}]]]"), ""), TN_ERROR_SYNTAX, "reads from 'x'" },
  { MODEL (INPUT "," DENSE ("d", "[[[\"i\",1,0,{}]]]"), ""), TN_ERROR_SYNTAX, "call 1 of 'i'" },
  { MODEL (INPUT "," DENSE ("d", "[[[\"i\",0,1,{}]]]"), ""), TN_ERROR_SYNTAX, "output 1 of 'i'" },
  { MODEL (INPUT "," DENSE ("d", "[[[\"i\",-1,0,{}]]]"), ""), TN_ERROR_SYNTAX, "'i'" },
  { MODEL (INPUT "," DENSE ("d", "[[[\"i\",0,4294967296,{}]]]"), ""), TN_ERROR_SYNTAX, "'i'" },
  { MODEL (INPUT "," DENSE ("d", "[[[\"d\",0,0,{}]]]"), ""), TN_ERROR_SYNTAX, "cycle" },
  { MODEL (DENSE ("a", "[[[\"b\",0,0,{}]]]") "," DENSE ("b", "[[[\"a\",0,0,{}]]]"), ""),
    TN_ERROR_SYNTAX, "cycle, in which every layer waits for the next: 'a', 'b'" },
  { MODEL (DENSE ("d", "[]") ",{\"class_name\":\"InputLayer\",\"name\":\"i\",\"config\":{\"shape\":"
                             "[3]},\"inbound_nodes\":[[[\"d\",0,0,{}]]]}",
           ""),
    TN_ERROR_SYNTAX, "layer 'i' cannot read from 'd'" },
  { MODEL (INPUT "," DENSE ("d", "[{\"args\":7}]"), ""), TN_ERROR_SYNTAX, "without args" },
  { MODEL (INPUT "," DENSE ("d", "[{\"args\":[{\"class_name\":\"__keras_tensor__\",\"config\":"
                                 "{}}]}]"),
           ""),
    TN_ERROR_SYNTAX, "keras_history" },
  { MODEL ("{\"class_name\":\"InputLayer\",\"name\":\"i\",\"config\":{\"batch_shape\":[1,2,3,4,5,6,"
           "7,8,9]}}",
           ""),
    TN_ERROR_SYNTAX, "'i' has more than 8 axes" },
  { MODEL (INPUT, ",\"output_layers\":[[\"x\",0,0]]"), TN_ERROR_SYNTAX, "output_layers names 'x'" },
  { MODEL (INPUT, ",\"output_layers\":[[\"i\",3,0]]"), TN_ERROR_SYNTAX, "does not put out" },
  { MODEL (INPUT, ",\"output_layers\":[7]"), TN_ERROR_SYNTAX, "output_layers names a tensor" },
  { MODEL (INPUT, ",\"input_layers\":[[\"x\",0,0]]"), TN_ERROR_SYNTAX, "input_layers names 'x'" },
  { "{\"class_name\":\"Sequential\",\"config\":[" INPUT "," INPUT "]}", TN_ERROR_SYNTAX,
    "two layers are called 'i'" },

  { BLOCK (INPUT, "7"), TN_ERROR_SYNTAX, "block is no object" },
  { BLOCK (INPUT, "{\"version\":\"x\"}"), TN_ERROR_SYNTAX, "version" },
  { BLOCK (INPUT, "{\"version\":2}"), TN_ERROR_UNSUPPORTED, "newer version" },
  { BLOCK (INPUT, "{\"dense_inputs\":\"maybe\"}"), TN_ERROR_SYNTAX, "dense_inputs" },
  { BLOCK (INPUT, "{\"seed\":-1}"), TN_ERROR_SYNTAX, "seed" },
  { BLOCK (INPUT, "{\"seed\":\"99999999999999999999999\"}"), TN_ERROR_SYNTAX, "seed" },
  { BLOCK (INPUT, "{\"positions\":[7]}"), TN_ERROR_SYNTAX, "'positions'" },
  { BLOCK (INPUT, "{\"positions\":{\"i\":7}}"), TN_ERROR_SYNTAX, "position of 'i'" },
  { BLOCK (INPUT, "{\"positions\":{\"i\":[0,1e300]}}"), TN_ERROR_SYNTAX, "too far out" },
  { BLOCK (INPUT, "{\"targets\":7}"), TN_ERROR_SYNTAX, "'targets'" },
  { BLOCK (INPUT, "{\"targets\":[{\"class_name\":\"Target\",\"name\":\"i\"}]}"), TN_ERROR_SYNTAX,
    "two layers are called 'i'" },
  { BLOCK (INPUT,
           "{\"targets\":[{\"class_name\":\"Target\",\"name\":\"t\",\"input\":[\"x\",0,0]}]}"),
    TN_ERROR_SYNTAX, "reads from 'x'" },
  { BLOCK (INPUT,
           "{\"loose\":[{\"class_name\":\"Add\",\"name\":\"a\",\"inbound_nodes\":[" KEYWORD "]}]}"),
    TN_ERROR_UNSUPPORTED, "layer 'a' (tensors passed by keyword)" },
  { BLOCK (INPUT, "{\"outputs\":[[\"x\",0,0]]}"), TN_ERROR_SYNTAX, "output_layers names 'x'" },
};

static void
refuse (const char *text, int code, const char *message)
{
  g_autoptr (GBytes) bytes = test_bytes (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, "bad.json", NULL, &error);

  if (graph)
    g_error ("opened: %s", text);
  g_assert_error (error, TN_ERROR, code);
  if (!g_str_has_prefix (error->message, "bad.json ") || !strstr (error->message, message)
      || !g_str_has_suffix (error->message, ".") || strchr (error->message, '\n'))
    g_error ("%s: %s", text, error->message);
}

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    refuse (cases[i].text, cases[i].code, cases[i].message);
}

/* What is wrong with the model alone opens, to be shown and mended. */
static void
test_opened (void)
{
  static const char *const texts[] = {
    MODEL ("", ""),
    MODEL (INPUT, ",\"input_layers\":null,\"output_layers\":[]"),
    MODEL (INPUT "," DENSE ("d", "[]"), ""),
    MODEL (INPUT
           ",{\"class_name\":\"Dense\",\"name\":\"d\",\"config\":{\"units\":2.5,\"activation\":"
           "\"nope\",\"use_bias\":[1]},\"inbound_nodes\":[[[\"i\",0,0,{}]]]}",
           ""),
    MODEL (INPUT
           ",{\"class_name\":\"Reshape\",\"name\":\"r\",\"config\":{\"target_shape\":[1,2,3,4,5,"
           "6,7,8,9,10,11]},\"inbound_nodes\":[[[\"i\",0,0,{}]]]}",
           ""),
    MODEL ("{\"class_name\":\"InputLayer\",\"name\":\"i\",\"config\":{\"batch_shape\":\"(3)\"}}",
           ""),
    MODEL ("{\"class_name\":\"InputLayer\",\"name\":\"i\",\"config\":{\"batch_shape\":[null,"
           "9223372036854775807,9223372036854775807]}}," DENSE ("d", "[[[\"i\",0,0,{}]]]"),
           ""),
    MODEL (INPUT "," DENSE ("d", "[[]]"), ""),
    MODEL ("{\"class_name\":\"InputLayer\",\"name\":\"i\"}", ""),
    BLOCK (INPUT, "{}"),
    BLOCK (INPUT, "{\"positions\":{\"i\":[1,2],\"gone\":[3,4]},\"positions2\":null}"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (texts[i]);
      g_autoptr (TnGraph) graph = test_parse (bytes, NULL);
      g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
      g_autoptr (GBytes) written = tn_format_write_tenon (graph);
      g_autoptr (TnGraph) back = test_parse (written, NULL);

      g_assert_nonnull (facts);
      g_assert_true (tn_graph_same_meaning (graph, back));
    }
}

/* Inputs whose number is what hurts. */
static void
test_numbers (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *long_name = g_strnfill (2000, 'n');

  g_string_printf (text, MODEL ("{\"class_name\":\"Dense\",\"name\":\"%s\"}", ""), long_name);
  refuse (text->str, TN_ERROR_SYNTAX, "longer than");

  g_string_assign (text, "{\"class_name\":\"Functional\",\"config\":{\"layers\":[");
  for (guint i = 0; i <= TN_FORMAT_MAX_LAYERS; i++)
    g_string_append_printf (text, "%s{\"class_name\":\"Flatten\",\"name\":\"f%u\"}", i ? "," : "",
                            i);
  g_string_append (text, "]}}");
  refuse (text->str, TN_ERROR_SYNTAX, "more than 200000 layers");

  g_string_assign (text, "{\"class_name\":\"Functional\",\"config\":{\"layers\":[" INPUT
                         ",{\"class_name\":\"Add\",\"name\":\"a\",\"inbound_nodes\":[[");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "%s[\"i\",0,0]", i ? "," : "");
  g_string_append (text, "]]}]}}");
  refuse (text->str, TN_ERROR_SYNTAX, "called with more than");

  g_string_assign (text, "{\"class_name\":\"Functional\",\"config\":{\"layers\":[" INPUT
                         ",{\"class_name\":\"Add\",\"name\":\"a\",\"inbound_nodes\":[");
  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "%s[[\"i\",0,0]]", i ? "," : "");
  g_string_append (text, "]}]}}");
  refuse (text->str, TN_ERROR_SYNTAX, "called more than");

  /* All are counted, not all are named. */
  g_string_assign (text, "{\"class_name\":\"Functional\",\"config\":{\"layers\":[" INPUT);
  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (
        text, ",{\"class_name\":\"Add\",\"name\":\"l%u\",\"inbound_nodes\":[" KEYWORD "]}", i);
  g_string_append (text, "]}}");
  refuse (text->str, TN_ERROR_UNSUPPORTED, "'l99' (tensors passed by keyword) and 4900 more.");
}

/* One layer called ten thousand times, each time with what it gave before. */
static void
test_calls (void)
{
  g_autoptr (GString) text
      = g_string_new ("{\"class_name\":\"Functional\",\"config\":{\"layers\":[" INPUT
                      ",{\"class_name\":\"ReLU\",\"name\":\"a\",\"inbound_nodes\":[[[\"i\",0,0]]");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TnGraph) graph = NULL;

  for (guint i = 1; i < 10000; i++)
    g_string_append_printf (text, ",[[\"a\",%u,0]]", i - 1);
  g_string_append (text, "]}]}}");
  bytes = test_bytes (text->str);
  g_test_timer_start ();
  graph = test_parse (bytes, NULL);
  g_assert_cmpuint (tn_node_n_calls (tn_graph_node (graph, 1)), ==, 10000);
  g_assert_cmpfloat (g_test_timer_elapsed (), <, 30);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/hostile/refused", test_refused);
  g_test_add_func ("/formats/hostile/opened", test_opened);
  g_test_add_func ("/formats/hostile/numbers", test_numbers);
  g_test_add_func ("/formats/hostile/calls", test_calls);
  return g_test_run ();
}
