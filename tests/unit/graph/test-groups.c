/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups (models within the model) and inputs that are told apart. */
#include "graph-schemas.h"

static const char *const names[] = { "query", "value", "key", NULL };
static const TnSchema test_named = { .type = "MultiHeadAttention",
                                     .auto_name = "multi_head_attention",
                                     .min_inputs = 1,
                                     .max_inputs = 3,
                                     .n_outputs = 1,
                                     .input_names = names,
                                     .keras = TRUE };

#define REF(id, call) ((TnRef){ (id), (call), 0 })

/* in → encoder (an input and a layer), called twice; both joined. */
typedef struct
{
  TnDraft *draft;
  TnNodeId in, boundary, inner, joined;
} Twins;

static Twins
twins_new (void)
{
  Twins twins = { .draft = tn_draft_new (NULL) };
  TnRef output;

  twins.in = add (twins.draft, &test_input, TN_NODE_NONE);
  g_assert_true (tn_draft_set_group (twins.draft, "encoder", "Functional", NULL, 0, NULL, NULL));
  twins.boundary = tn_draft_add (twins.draft, &test_boundary, "encoder/x", FALSE, NULL);
  twins.inner = tn_draft_add (twins.draft, &test_unary, "encoder/relu", FALSE, NULL);
  g_assert_cmpuint (twins.inner, !=, TN_NODE_NONE);
  tn_draft_add_call (twins.draft, twins.boundary);
  tn_draft_add_call (twins.draft, twins.inner);
  twins.joined = add (twins.draft, &test_merge, TN_NODE_NONE);
  for (guint call = 0; call < 2; call++)
    {
      g_assert_true (
          tn_draft_connect (twins.draft, REF (twins.in, 0), twins.boundary, call, 0, NULL));
      g_assert_true (tn_draft_connect (twins.draft, REF (twins.boundary, (guint16)call),
                                       twins.inner, call, 0, NULL));
      g_assert_true (tn_draft_connect (twins.draft, REF (twins.inner, (guint16)call), twins.joined,
                                       0, call, NULL));
    }
  output = REF (twins.inner, 0);
  g_assert_true (tn_draft_set_group (twins.draft, "encoder", "Functional", &output, 1, NULL, NULL));
  return twins;
}

static void
test_calls (void)
{
  Twins twins = twins_new ();
  g_autoptr (TnGraph) graph = tn_draft_finish (twins.draft);
  const TnGroup *group = tn_graph_find_group (graph, "encoder");

  g_assert_nonnull (group);
  g_assert_true (tn_graph_group_of (graph, tn_graph_find (graph, twins.inner)) == group);
  g_assert_null (tn_graph_group_of (graph, tn_graph_find (graph, twins.in)));
  g_assert_cmpuint (tn_graph_group_calls (graph, group), ==, 2);

  /* One call wired otherwise than the other: no model any more. */
  tn_draft_disconnect (twins.draft, twins.inner, 1, 0);
  {
    g_autoptr (TnGraph) broken = tn_draft_finish (twins.draft);

    g_assert_cmpuint (tn_graph_group_calls (broken, tn_graph_find_group (broken, "encoder")), ==,
                      0);
  }
  tn_draft_free (twins.draft);
}

static void
test_outside_use (void)
{
  Twins twins = twins_new ();
  TnNodeId spy = add (twins.draft, &test_unary, twins.boundary);
  g_autoptr (TnGraph) graph = tn_draft_finish (twins.draft);

  g_assert_cmpuint (spy, !=, TN_NODE_NONE);
  g_assert_cmpuint (tn_graph_group_calls (graph, tn_graph_find_group (graph, "encoder")), ==, 0);
  tn_draft_free (twins.draft);
}

/* A layer put into a wire of a group stands in that wire of every call. */
static void
test_insert (void)
{
  Twins twins = twins_new ();
  TnNodeId id = tn_draft_insert (twins.draft, &test_unary, twins.inner, 1, 0, NULL);
  const TnNode *node = tn_draft_find (twins.draft, id);
  g_autoptr (TnGraph) graph = NULL;

  g_assert_nonnull (node);
  g_assert_cmpstr (tn_node_name (node), ==, "encoder/re_lu");
  g_assert_cmpuint (tn_node_n_calls (node), ==, 2);
  graph = tn_draft_finish (twins.draft);
  g_assert_cmpuint (tn_graph_group_calls (graph, tn_graph_find_group (graph, "encoder")), ==, 2);

  /* What enters a group comes from outside. */
  id = tn_draft_insert (twins.draft, &test_unary, twins.boundary, 0, 0, NULL);
  g_assert_cmpstr (tn_node_name (tn_draft_find (twins.draft, id)), ==, "re_lu");
  tn_draft_free (twins.draft);
}

static void
test_names (void)
{
  Twins twins = twins_new ();

  g_assert_cmpuint (tn_draft_add (twins.draft, &test_unary, "decoder/relu", FALSE, NULL), ==,
                    TN_NODE_NONE);
  g_assert_true (tn_draft_rename (twins.draft, twins.inner, "encoder/act", NULL));
  g_assert_false (tn_draft_rename (twins.draft, twins.inner, "act", NULL));
  g_assert_false (tn_draft_rename (twins.draft, twins.inner, "encoder/", NULL));
  g_assert_cmpstr (tn_name_own ("a/b/c"), ==, "c");
  g_assert_cmpuint (tn_name_group_length ("a/b/c"), ==, 3);
  tn_draft_free (twins.draft);
}

/* With its last member the group goes; being open changes no meaning. */
static void
test_open_and_gone (void)
{
  Twins twins = twins_new ();
  g_autoptr (TnGraph) open = tn_draft_finish (twins.draft), closed = NULL, gone = NULL;

  tn_draft_open_group (twins.draft, "encoder", FALSE);
  closed = tn_draft_finish (twins.draft);
  g_assert_false (tn_group_is_open (tn_graph_find_group (closed, "encoder")));
  g_assert_true (tn_graph_same_meaning (open, closed));
  tn_draft_remove (twins.draft, twins.boundary);
  tn_draft_remove (twins.draft, twins.inner);
  gone = tn_draft_finish (twins.draft);
  g_assert_cmpuint (tn_graph_n_groups (gone), ==, 0);
  tn_draft_free (twins.draft);
}

/* The key may be wired before the value, and leaves with the empty slot before it. */
static void
test_optional_slots (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId in = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId id = add (draft, &test_named, in);

  g_assert_true (tn_draft_connect (draft, REF (in, 0), id, 0, 2, NULL));
  g_assert_cmpuint (tn_node_n_inputs (tn_draft_find (draft, id), 0), ==, 3);
  g_assert_cmpuint (tn_node_input (tn_draft_find (draft, id), 0, 1).node, ==, TN_NODE_NONE);
  g_assert_false (tn_node_is_optional (tn_draft_find (draft, id), 0));
  g_assert_true (tn_node_is_optional (tn_draft_find (draft, id), 1));
  tn_draft_disconnect (draft, id, 0, 2);
  g_assert_cmpuint (tn_node_n_inputs (tn_draft_find (draft, id), 0), ==, 1);
  g_assert_cmpstr (tn_schema_input_name (&test_named, 1), ==, "value");
  g_assert_cmpstr (tn_schema_input_name (&test_named, 9), ==, "key");
  g_assert_null (tn_schema_input_name (&test_merge, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/groups/calls", test_calls);
  g_test_add_func ("/groups/outside-use", test_outside_use);
  g_test_add_func ("/groups/insert", test_insert);
  g_test_add_func ("/groups/names", test_names);
  g_test_add_func ("/groups/open-and-gone", test_open_and_gone);
  g_test_add_func ("/groups/optional-slots", test_optional_slots);
  return g_test_run ();
}
