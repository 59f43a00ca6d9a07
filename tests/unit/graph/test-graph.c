/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphs: order of computation, uses, outputs, sharing between successive graphs, identity. */
#include <time.h>

#include "graph-schemas.h"

#define REF(id) ((TnRef){ (id), 0, 0 })

/* Everything stands behind what it uses, and every call stands once. */
static void
assert_ordered (const TnGraph *graph)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint n_calls = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    n_calls += tn_node_n_calls (tn_graph_node (graph, i));
  g_assert_cmpuint (tn_graph_n_steps (graph), ==, n_calls);
  for (guint position = 0; position < n_calls; position++)
    {
      TnGraphStep step = tn_graph_step (graph, position);
      const TnNode *node = tn_graph_node (graph, step.index);

      for (guint slot = 0; slot < tn_node_n_inputs (node, step.call); slot++)
        {
          TnRef ref = tn_node_input (node, step.call, slot);

          if (ref.node != TN_NODE_NONE)
            g_assert_true (
                g_hash_table_contains (seen, GUINT_TO_POINTER (ref.node << 8 | ref.call)));
        }
      g_assert_true (
          g_hash_table_add (seen, GUINT_TO_POINTER (tn_node_id (node) << 8 | step.call)));
    }
}

static void
test_order (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = add (draft, &test_unary, TN_NODE_NONE);
  TnNodeId lonely = add (draft, &test_unary, TN_NODE_NONE);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId first = add (draft, &test_unary, input);
  g_autoptr (TnGraph) graph = NULL, moved = NULL;
  guint16 second;

  g_assert_true (tn_draft_connect (draft, REF (first), last, 0, 0, NULL));
  second = (guint16)tn_draft_add_call (draft, first);
  g_assert_true (tn_draft_connect (draft, REF (last), first, second, 0, NULL));
  graph = tn_draft_finish (draft);
  assert_ordered (graph);

  /* What has nothing to do with it does not change the order. */
  tn_draft_move (draft, first, 10, 20);
  g_assert_true (tn_draft_rename (draft, lonely, "alone", NULL));
  add (draft, &test_unary, TN_NODE_NONE);
  moved = tn_draft_finish (draft);
  assert_ordered (moved);
  for (guint position = 0; position < tn_graph_n_steps (graph); position++)
    {
      TnGraphStep a = tn_graph_step (graph, position), b = tn_graph_step (moved, position);

      g_assert_cmpuint (a.index, ==, b.index);
      g_assert_cmpuint (a.call, ==, b.call);
    }
}

static void
test_random_order (void)
{
  for (int round = 0; round < 50; round++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnGraph) graph = NULL;
      TnNodeId ids[20];
      guint n_uses = 0, n_wires = 0;

      for (guint i = 0; i < 20; i++)
        ids[i] = add (draft, &test_merge, TN_NODE_NONE);
      for (int wire = 0; wire < 40; wire++)
        n_wires += tn_draft_connect (draft, REF (ids[g_test_rand_int_range (0, 20)]),
                                     ids[g_test_rand_int_range (0, 20)], 0, G_MAXUINT, NULL);
      graph = tn_draft_finish (draft);
      assert_ordered (graph);
      for (guint i = 0; i < 20; i++)
        {
          guint n;
          const TnGraphUse *uses = tn_graph_uses (graph, i, &n);

          n_uses += n;
          for (guint j = 0; j < n; j++)
            {
              const TnNode *user = tn_graph_node (graph, uses[j].index);

              g_assert_cmpuint (uses[j].ref.node, ==, tn_node_id (tn_graph_node (graph, i)));
              g_assert_true (
                  tn_ref_equal (tn_node_input (user, uses[j].call, uses[j].slot), uses[j].ref));
              g_assert_true (tn_graph_depends (graph, tn_node_id (user), uses[j].ref.node));
              g_assert_false (tn_graph_depends (graph, uses[j].ref.node, tn_node_id (user)));
            }
        }
      g_assert_cmpuint (n_uses, ==, n_wires);
    }
}

static void
test_outputs (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId a = add (draft, &test_unary, input);
  TnNodeId b = add (draft, &test_unary, a);
  TnRef declared[] = { REF (b), REF (a) };
  g_autoptr (TnGraph) sinks = NULL, with_label = NULL, named = NULL, without = NULL, none = NULL;
  const TnRef *outputs;
  guint n;

  /* An input that goes nowhere is no result. */
  add (draft, &test_input, TN_NODE_NONE);
  sinks = tn_draft_finish (draft);
  outputs = tn_graph_outputs (sinks, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (outputs[0].node, ==, b);
  g_assert_false (tn_graph_outputs_declared (sinks));

  /* Nor does a Target use what it holds the labels for. */
  add (draft, &test_label, b);
  with_label = tn_draft_finish (draft);
  outputs = tn_graph_outputs (with_label, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (outputs[0].node, ==, b);

  tn_draft_set_outputs (draft, declared, 2);
  named = tn_draft_finish (draft);
  outputs = tn_graph_outputs (named, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (outputs[0].node, ==, b);
  g_assert_cmpuint (outputs[1].node, ==, a);
  g_assert_true (tn_graph_outputs_declared (named));
  g_assert_false (tn_graph_same_meaning (named, with_label));

  /* A layer that is gone puts nothing out; with the last one the declaration is gone. */
  tn_draft_remove (draft, b);
  without = tn_draft_finish (draft);
  outputs = tn_graph_outputs (without, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (outputs[0].node, ==, a);
  tn_draft_remove (draft, a);
  none = tn_draft_finish (draft);
  g_assert_false (tn_graph_outputs_declared (none));
  tn_graph_outputs (none, &n);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_sharing (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId full = add (draft, &test_full, input);
  TnNodeId end = add (draft, &test_unary, full);
  g_autoptr (TnGraph) graph = tn_draft_finish (draft), moved = NULL, set = NULL, back = NULL;
  g_autoptr (TnDraft) next = tn_draft_new (graph);

  tn_draft_move (next, full, 5, 6);
  moved = tn_draft_finish (next);
  g_assert_true (tn_graph_find (graph, input) == tn_graph_find (moved, input));
  g_assert_true (tn_graph_find (graph, end) == tn_graph_find (moved, end));
  g_assert_true (tn_graph_find (graph, full) != tn_graph_find (moved, full));
  g_assert_true (tn_graph_same_meaning (graph, moved));
  g_assert_false (tn_node_is_placed (tn_graph_find (graph, full)));

  /* What was finished never changes, though the draft goes on. */
  g_assert_true (tn_draft_set_text (next, full, "units", "3", NULL));
  set = tn_draft_finish (next);
  g_assert_null (tn_node_get (tn_graph_find (moved, full), P_INT));
  g_assert_cmpint (tn_node_int (tn_graph_find (set, full), P_INT), ==, 3);
  g_assert_true (tn_graph_find (moved, end) == tn_graph_find (set, end));
  g_assert_false (tn_graph_same_meaning (moved, set));
  g_assert_true (tn_draft_set (next, full, P_INT, NULL, TRUE, NULL));
  back = tn_draft_finish (next);
  g_assert_true (tn_graph_same_meaning (graph, back));

  /* Setting what is set already makes no new node. */
  {
    g_autoptr (TnGraph) same = NULL;

    tn_draft_move (next, full, 5, 6);
    tn_draft_set_trainable (next, full, TRUE);
    tn_draft_pin (next, full, NULL);
    g_assert_true (tn_draft_rename (next, full, "full", NULL));
    g_assert_true (tn_draft_set_text (next, full, "strides", "1", NULL));
    same = tn_draft_finish (next);
    g_assert_true (tn_graph_find (same, full) == tn_graph_find (back, full));
  }
}

static void
test_meaning (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = add (draft, &test_input, TN_NODE_NONE);
  TnNodeId full = add (draft, &test_full, input);
  g_autoptr (TnGraph) graph = tn_draft_finish (draft);
  TnShape pin = tn_shape_new ((gint64[]){ -1, 3 }, 2);

  for (int change = 0; change < 9; change++)
    {
      g_autoptr (TnDraft) next = tn_draft_new (graph);
      g_autoptr (TnValue) extras = tn_value_new_dict (NULL, NULL, 0);
      g_autoptr (TnGraph) after = NULL;

      switch (change)
        {
        case 0:
          tn_draft_rename (next, full, "other", NULL);
          break;
        case 1:
          tn_draft_disconnect (next, full, 0, 0);
          break;
        case 2:
          tn_draft_set_trainable (next, full, FALSE);
          break;
        case 3:
          tn_draft_pin (next, full, &pin);
          break;
        case 4:
          tn_draft_set_extras (next, full, extras);
          break;
        case 5:
          tn_draft_set_name (next, "other");
          break;
        case 6:
          tn_draft_set_dense_inputs (next, TN_DENSE_ANY);
          break;
        case 7:
          tn_draft_set_seed (next, 7);
          break;
        case 8:
          tn_draft_add_call (next, full);
          break;
        }
      after = tn_draft_finish (next);
      g_test_message ("change %d", change);
      g_assert_false (tn_graph_same_meaning (graph, after));
      g_assert_false (tn_graph_same_meaning (after, graph));
    }
}

/* An id means one layer for as long as the document lives: undo, selections and files rely on it.
 */
static void
test_ids (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId a = add (draft, &test_unary, TN_NODE_NONE), b = add (draft, &test_unary, a), c;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnDraft) next = NULL;

  tn_draft_remove (draft, b);
  graph = tn_draft_finish (draft);
  g_assert_null (tn_graph_find (graph, b));
  g_assert_cmpint (tn_graph_index (graph, b), ==, -1);
  next = tn_draft_new (graph);
  c = add (next, &test_unary, TN_NODE_NONE);
  g_assert_cmpuint (c, >, b);
  /* Nor that of a layer that came and went within one draft. */
  tn_draft_remove (next, c);
  g_assert_cmpuint (add (next, &test_unary, TN_NODE_NONE), >, c);
}

/* Finding layers among those left of many. */
static void
test_gaps (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;
  gboolean kept[301] = { 0 };
  guint index = 0;

  for (guint i = 1; i <= 300; i++)
    g_assert_cmpuint (add (draft, &test_unary, TN_NODE_NONE), ==, i);
  for (guint i = 1; i <= 300; i++)
    {
      kept[i] = i > 40 && i < 290 && g_test_rand_int_range (0, 3) == 0;
      if (!kept[i])
        tn_draft_remove (draft, i);
    }
  graph = tn_draft_finish (draft);
  for (guint i = 0; i <= 300; i++)
    {
      g_assert_cmpint (tn_graph_index (graph, i), ==, kept[i] ? (int)index : -1);
      g_assert_true ((tn_draft_find (draft, i) != NULL) == kept[i]);
      index += kept[i];
    }
  g_assert_cmpint (tn_graph_index (graph, G_MAXUINT32), ==, -1);
  g_assert_null (tn_graph_find_name (graph, "re_lu"));
}

static void
test_empty (void)
{
  g_autoptr (TnGraph) empty = tn_graph_new_empty (), drafted = NULL;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  guint n;

  drafted = tn_draft_finish (draft);
  g_assert_true (tn_graph_same_meaning (empty, drafted));
  g_assert_cmpuint (tn_graph_size (empty), ==, 0);
  g_assert_cmpuint (tn_graph_n_steps (empty), ==, 0);
  g_assert_cmpstr (tn_graph_name (empty), ==, "model");
  g_assert_cmpint (tn_graph_index (empty, 1), ==, -1);
  g_assert_false (tn_graph_depends (empty, 1, 2));
  tn_graph_outputs (empty, &n);
  g_assert_cmpuint (n, ==, 0);
}

/* Seconds of this thread for a chain of @n layers, built, finished and edited at its end. */
static double
chain_seconds (guint n)
{
  struct timespec start, end;
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;
  TnNodeId id;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
  id = add (draft, &test_input, TN_NODE_NONE);
  while (tn_draft_size (draft) < n)
    id = add (draft, &test_unary, id);
  graph = tn_draft_finish (draft);
  g_assert_true (tn_graph_depends (graph, id, 1));
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
  g_assert_cmpuint (tn_graph_n_steps (graph), ==, n);
  return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
}

/* Ten times as many layers take ten times as long; with the square it would be a hundred. */
static void
test_long_chain (void)
{
  double few = G_MAXDOUBLE, many;

  for (int round = 0; round < 3; round++)
    few = MIN (few, chain_seconds (10000));
  many = chain_seconds (100000);
  g_test_message ("%g s, %g s", few, many);
  g_assert_cmpfloat (many, <, 50 * few);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/order", test_order);
  g_test_add_func ("/graph/random-order", test_random_order);
  g_test_add_func ("/graph/outputs", test_outputs);
  g_test_add_func ("/graph/sharing", test_sharing);
  g_test_add_func ("/graph/meaning", test_meaning);
  g_test_add_func ("/graph/ids", test_ids);
  g_test_add_func ("/graph/gaps", test_gaps);
  g_test_add_func ("/graph/empty", test_empty);
  g_test_add_func ("/graph/long-chain", test_long_chain);
  return g_test_run ();
}
