/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models within the model: read into groups, edited, written, read again; and those that are
 * damaged. */
#include <string.h>

#include "base/tn-error.h"
#include "layers/tn-layer.h"
#include "test-files.h"

#define INPUT(name, shape)                                                                         \
  "{\"class_name\":\"InputLayer\",\"name\":\"" name "\",\"config\":{\"batch_shape\":" shape "}}"
#define LAYER(type, name, config, nodes)                                                           \
  "{\"class_name\":\"" type "\",\"name\":\"" name "\",\"config\":{" config                         \
  "},\"inbound_nodes\":" nodes "}"
#define FUNCTIONAL(name, layers, ends, nodes)                                                      \
  "{\"class_name\":\"Functional\",\"name\":\"" name "\",\"config\":{\"name\":\"" name              \
  "\",\"layers\":[" layers "]," ends "},\"inbound_nodes\":" nodes "}"
#define ENDS(in, out) "\"input_layers\":[[\"" in "\",0,0]],\"output_layers\":[[\"" out "\",0,0]]"

/* A model of one Dense, called on both inputs; Keras counts its own making as the first call. */
#define TWINS(first, second)                                                                       \
  FUNCTIONAL (                                                                                     \
      "m",                                                                                         \
      INPUT ("a", "[null,4]") "," INPUT ("b", "[null,4]") "," FUNCTIONAL (                         \
          "enc",                                                                                   \
          INPUT ("x", "[null,4]") "," LAYER ("Dense", "d", "\"units\":3", "[[[\"x\",0,0,{}]]]"),   \
          ENDS ("x", "d"),                                                                         \
          "[[[\"a\",0,0,{}]],[[\"b\",0,0,{}]]]") "," LAYER ("Add", "add", "",                      \
                                                            "[[[\"enc\"," first                    \
                                                            ",0,{}],[\"enc\"," second ",0,{}]]]"), \
      "\"input_layers\":[[\"a\",0,0],[\"b\",0,0]],"                                                \
      "\"output_layers\":[[\"add\",0,0]]",                                                         \
      "[]")

static TnGraph *
read_text (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = test_bytes (text);
  TnFormat format;

  return tn_format_parse (bytes, "test", &format, error);
}

static TnGraph *
must_read (const char *text)
{
  g_autoptr (GError) error = NULL;
  TnGraph *graph = read_text (text, &error);

  g_assert_no_error (error);
  return graph;
}

static void
assert_twins (const TnGraph *graph)
{
  const TnNode *dense = tn_graph_find_name (graph, "enc/d");
  const TnNode *add = tn_graph_find_name (graph, "add");
  const TnGroup *group = tn_graph_find_group (graph, "enc");

  g_assert_nonnull (dense);
  g_assert_cmpuint (tn_node_n_calls (dense), ==, 2);
  g_assert_cmpuint (tn_node_input (add, 0, 0).node, ==, tn_node_id (dense));
  g_assert_cmpuint (tn_node_input (add, 0, 0).call, ==, 0);
  g_assert_cmpuint (tn_node_input (add, 0, 1).call, ==, 1);
  g_assert_true (tn_node_schema (tn_graph_find_name (graph, "enc/x"))->boundary);
  g_assert_cmpuint (tn_graph_group_calls (graph, group), ==, 2);
}

/* Calls counted from 0 (Sequential) and from 1 (Functional) both say which call is meant. */
static void
test_twins (void)
{
  g_autoptr (TnGraph) from_one = must_read (TWINS ("1", "2"));
  g_autoptr (TnGraph) from_zero = must_read (TWINS ("0", "1"));

  assert_twins (from_one);
  assert_twins (from_zero);
}

static TnGraph *
through_file (const TnGraph *graph)
{
  g_autoptr (GBytes) bytes = tn_format_write_tenon (graph);
  TnFormat format;

  return test_parse (bytes, &format);
}

static void
test_round_trip (void)
{
  g_autoptr (TnGraph) graph = must_read (TWINS ("1", "2"));
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnGraph) closed = NULL, again = NULL;

  tn_draft_open_group (draft, "enc", FALSE);
  tn_draft_move (draft, tn_node_id (tn_graph_find_name (graph, "enc/d")), 10, 20);
  closed = tn_draft_finish (draft);
  again = through_file (closed);
  assert_twins (again);
  g_assert_false (tn_group_is_open (tn_graph_find_group (again, "enc")));
  g_assert_cmpfloat (tn_node_y (tn_graph_find_name (again, "enc/d")), ==, 20);
}

/* A group that is no model while it is being edited is not lost either. */
static void
test_unfinished (void)
{
  g_autoptr (TnGraph) graph = must_read (TWINS ("1", "2"));
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  g_autoptr (TnGraph) broken = NULL, again = NULL;
  TnNodeId dense = tn_node_id (tn_graph_find_name (graph, "enc/d"));
  guint n_outputs;

  tn_draft_disconnect (draft, dense, 1, 0);
  broken = tn_draft_finish (draft);
  g_assert_cmpuint (tn_graph_group_calls (broken, tn_graph_find_group (broken, "enc")), ==, 0);
  again = through_file (broken);
  g_assert_nonnull (tn_graph_find_group (again, "enc"));
  tn_group_outputs (tn_graph_find_group (again, "enc"), &n_outputs);
  g_assert_cmpuint (n_outputs, ==, 1);
  g_assert_cmpuint (tn_node_n_calls (tn_graph_find_name (again, "enc/d")), ==, 2);
  g_assert_cmpuint (tn_node_input (tn_graph_find_name (again, "enc/d"), 1, 0).node, ==,
                    TN_NODE_NONE);
  g_assert_true (tn_node_schema (tn_graph_find_name (again, "enc/x"))->boundary);
}

/* A Sequential that does not say what it takes is wired all the same. */
static void
test_sequential_without_input (void)
{
  g_autoptr (TnGraph) graph = must_read (FUNCTIONAL (
      "m",
      INPUT ("a", "[null,4]") ",{\"class_name\":\"Sequential\",\"name\":\"s\",\"config\":{\"name\":"
                              "\"s\",\"layers\":[{\"class_name\":\"Dense\",\"config\":{\"name\":"
                              "\"d\",\"units\":3}}]},\"inbound_nodes\":[[[\"a\",0,0,{}]]]}",
      "\"input_layers\":[[\"a\",0,0]],\"output_layers\":[[\"s\",0,0]]", "[]"));
  g_autoptr (TnGraph) again = through_file (graph);
  const TnNode *dense = tn_graph_find_name (again, "s/d");

  g_assert_nonnull (dense);
  g_assert_cmpstr (tn_group_type (tn_graph_find_group (again, "s")), ==, "Sequential");
  g_assert_cmpuint (tn_node_input (dense, 0, 0).node, !=, TN_NODE_NONE);
}

/* n models, each in the next, each called twice: the innermost layer is called 2^n times. */
static char *
nested_twice (guint depth)
{
  char *text = g_strdup (LAYER ("Add", "add", "", "[[[\"x\",0,0,{}],[\"x\",0,0,{}]]]"));
  char *model;

  for (guint i = 0; i < depth; i++)
    {
      g_autofree char *inner = text;
      g_autofree char *ends
          = i > 0 ? g_strdup_printf ("[\"n%u\",1,0]", i - 1) : g_strdup ("[\"add\",0,0]");

      text
          = g_strdup_printf ("{\"class_name\":\"Functional\",\"name\":\"n%u\",\"config\":{\"name\":"
                             "\"n%u\",\"layers\":[%s,%s],\"input_layers\":[[\"x\",0,0]],"
                             "\"output_layers\":[%s]},\"inbound_nodes\":[[[\"x\",0,0,{}]],"
                             "[[\"x\",0,0,{}]]]}",
                             i, i, INPUT ("x", "[null,4]"), inner, ends);
    }
  model = g_strdup_printf ("{\"class_name\":\"Functional\",\"config\":{\"name\":\"m\",\"layers\":"
                           "[%s,%s]}}",
                           INPUT ("x", "[null,4]"), text);
  g_free (text);
  return model;
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { FUNCTIONAL ("m",
                  INPUT ("a", "[null,4]") "," FUNCTIONAL ("enc", INPUT ("x", "[null,4]"),
                                                          ENDS ("x", "x"),
                                                          "[[[\"a\",0,0,{}],[\"a\",0,0,{}]]]"),
                  ENDS ("a", "a"), "[]"),
      "takes 1 tensors, but is called with 2" },
    { FUNCTIONAL ("m",
                  INPUT ("a", "[null,4]") "," FUNCTIONAL (
                      "enc", INPUT ("x", "[null,4]"), ENDS ("x", "nobody"), "[[[\"a\",0,0,{}]]]"),
                  ENDS ("a", "a"), "[]"),
      "'nobody'" },
    { FUNCTIONAL ("m", FUNCTIONAL ("m", "", ENDS ("x", "x"), "[]"), ENDS ("a", "a"), "[]"), "'x'" },
    { TWINS ("1", "7"), "'enc'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TnGraph) graph = read_text (cases[i].text, &error);

      g_assert_null (graph);
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].message) == NULL)
        g_error ("%u: “%s” says nothing of %s", i, error->message, cases[i].message);
    }
}

static void
test_too_many_calls (void)
{
  g_autofree char *text = nested_twice (14), *deep = nested_twice (20);
  g_autoptr (GError) error = NULL, other = NULL;

  g_assert_null (read_text (text, &error));
  g_assert_nonnull (strstr (error->message, "more than 10000 times"));
  g_assert_null (read_text (deep, &other));
  g_assert_nonnull (strstr (other->message, "deep"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/groups/twins", test_twins);
  g_test_add_func ("/formats/groups/round-trip", test_round_trip);
  g_test_add_func ("/formats/groups/unfinished", test_unfinished);
  g_test_add_func ("/formats/groups/sequential-without-input", test_sequential_without_input);
  g_test_add_func ("/formats/groups/hostile", test_hostile);
  g_test_add_func ("/formats/groups/too-many-calls", test_too_many_calls);
  return g_test_run ();
}
