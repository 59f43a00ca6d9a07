/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts: shapes, counts, states, provenance; and that what is taken over is what would be found
 * anew. */
#include "infer/tn-provenance.h"
#include "test-models.h"

static void
test_brief (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId conv = add_convolutions (draft);
  TnNodeId flatten = add_layer (draft, conv, "Flatten", NULL, NULL);
  TnNodeId dense = add_layer (draft, flatten, "Dense", "dense_2", "units", "256", NULL);
  g_autoptr (TnFacts) facts = infer_draft (draft);
  static const gint64 params[] = { 0, 320, 0, 18496, 0, 1982720 };
  TnTotals totals = tn_facts_totals (facts);

  assert_shape (facts, conv, "(None, 11, 11, 64)");
  assert_shape (facts, flatten, "(None, 7744)");
  assert_shape (facts, dense, "(None, 256)");
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (params); i++)
    g_assert_cmpint (tn_facts_params (facts, i), ==, params[i]);
  g_assert_cmpint (totals.params, ==, 2001536);
  g_assert_cmpint (totals.trainable, ==, 2001536);
  g_assert_cmpint (totals.weights_bytes, ==, 4 * 2001536);
  g_assert_cmpint (tn_facts_macs (facts, 1), ==, 194688);
  g_assert_true (totals.complete);
  g_assert_cmpint (tn_facts_state (facts, 5), ==, TN_STATE_KNOWN);
}

static void
test_dense_rule (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId dense
      = add_layer (draft, add_convolutions (draft), "Dense", "dense_2", "units", "256", NULL);
  TnNodeId next = add_layer (draft, dense, "Dense", NULL, "units", "10", NULL);
  g_autoptr (TnFacts) flat = infer_draft (draft);
  g_autoptr (TnFacts) any = NULL;
  const TnIssue *issue = find_code (flat, "dense-rank");
  gboolean assumed;

  g_assert_nonnull (issue);
  g_assert_cmpint (issue->severity, ==, TN_SEVERITY_ERROR);
  g_assert_cmpuint (issue->node, ==, dense);
  g_assert_nonnull (strstr (issue->message, "(None, 11, 11, 256)"));
  g_assert_cmpuint (tn_facts_n_issues (flat), ==, 1);
  g_assert_cmpint (tn_facts_state (flat, 4), ==, TN_STATE_WRONG);
  g_assert_cmpint (tn_facts_edge (flat, 4, 0, 0), ==, TN_EDGE_ERROR);
  /* What follows goes on, as assumed. */
  tn_facts_shape (flat, (TnRef){ next, 0, 0 }, &assumed);
  g_assert_true (assumed);
  assert_shape (flat, next, "(None, 10)");
  g_assert_cmpint (tn_facts_edge (flat, 5, 0, 0), ==, TN_EDGE_ASSUMED);

  tn_draft_set_dense_inputs (draft, TN_DENSE_ANY);
  any = infer_draft (draft);
  issue = find_code (any, "dense-rank");
  g_assert_cmpint (issue->severity, ==, TN_SEVERITY_WARNING);
  assert_shape (any, dense, "(None, 11, 11, 256)");
  g_assert_cmpint (tn_facts_params (any, 4), ==, 16640);
  g_assert_false (tn_facts_has_errors (any));
}

/* 4096 = 8 × 8 × 64, up to the input and the filters. */
static void
test_provenance (void)
{
  static const struct
  {
    const char *layer, *text;
    int axis;
    gint64 value;
  } expected[] = {
    { "flatten", "4096 = 8 × 8 × 64", 1, 4096 },
    { "max_pooling2d_1", "8 = ⌊16/2⌋", 1, 8 },
    { "max_pooling2d", "16 = ⌊32/2⌋", 1, 16 },
    { "input_layer", "32 = batch_shape of input_layer", 1, 32 },
    { "conv2d_1", "64 = filters of conv2d_1", 3, 64 },
  };
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnShape pin = tn_shape_new ((gint64[]){ -1, 256 }, 2);
  TnNodeId id = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape",
                           "(None, 32, 32, 3)", NULL);
  g_autoptr (TnFacts) facts = NULL;
  const TnIssue *issue;
  g_autofree char *text = NULL;

  id = add_layer (draft, id, "Conv2D", NULL, "filters", "32", "kernel_size", "3", "padding", "same",
                  NULL);
  id = add_layer (draft, id, "MaxPooling2D", NULL, NULL);
  id = add_layer (draft, id, "Conv2D", NULL, "filters", "64", "kernel_size", "3", "padding", "same",
                  NULL);
  id = add_layer (draft, id, "MaxPooling2D", NULL, NULL);
  id = add_layer (draft, id, "Flatten", NULL, NULL);
  id = add_layer (draft, id, "Dense", "dense_2", "units", "10", NULL);
  tn_draft_pin (draft, id, &pin);
  facts = infer_draft (draft);
  issue = find_code (facts, "dense-width");
  g_assert_nonnull (issue);
  g_assert_cmpint (issue->axis, ==, -1);
  text = tn_shape_to_text (&issue->expected);
  g_assert_cmpstr (text, ==, "(None, 256)");
  g_clear_pointer (&text, g_free);
  text = tn_shape_to_text (&issue->received);
  g_assert_cmpstr (text, ==, "(None, 4096)");
  /* The kernel that is there is the one made for 256. */
  g_assert_cmpint (tn_facts_params (facts, 6), ==, 2570);

  g_assert_cmpuint (issue->provenance->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const TnProvenance *link = &g_array_index (issue->provenance, TnProvenance, i);

      g_assert_cmpstr (tn_node_name (tn_graph_find (tn_facts_graph (facts), link->node)), ==,
                       expected[i].layer);
      g_assert_cmpstr (link->text, ==, expected[i].text);
      g_assert_cmpint (link->axis, ==, expected[i].axis);
      g_assert_cmpint (link->value, ==, expected[i].value);
    }
  g_clear_pointer (&text, g_free);
  text = tn_provenance_to_text (issue->provenance, tn_facts_graph (facts), 3);
  g_assert_cmpstr (
      text, ==,
      "4096 = 8 × 8 × 64 (flatten); …; 32 = batch_shape of input_layer; 64 = filters of "
      "conv2d_1");
}

static void
test_blocked (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId conv
      = add_layer (draft, TN_NODE_NONE, "Conv2D", NULL, "filters", "8", "kernel_size", "3", NULL);
  g_autoptr (TnFacts) facts = NULL;

  add_layer (draft, conv, "Flatten", NULL, NULL);
  facts = infer_draft (draft);
  g_assert_cmpint (tn_facts_state (facts, 0), ==, TN_STATE_WRONG);
  g_assert_cmpint (tn_facts_state (facts, 1), ==, TN_STATE_BLOCKED);
  /* One mark a mistake: what waits for it is not wrong. */
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 1);
  g_assert_cmpstr (tn_facts_issue (facts, 0)->code, ==, "missing-input");
  g_assert_cmpint (tn_facts_params (facts, 0), ==, -1);
  g_assert_cmpint (tn_facts_edge (facts, 1, 0, 0), ==, TN_EDGE_UNKNOWN);
  g_assert_false (tn_facts_totals (facts).complete);
}

static void
test_all_faults_at_once (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id = add_layer (draft, add_convolutions (draft), "Reshape", NULL, "target_shape",
                           "(-1, 1600)", NULL);
  g_autoptr (TnFacts) facts = NULL;

  add_layer (draft, id, "Dense", "dense_2", "units", "256", NULL);
  facts = infer_draft (draft);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 2);
  g_assert_cmpstr (tn_facts_issue (facts, 0)->code, ==, "reshape-size");
  g_assert_cmpstr (tn_facts_issue (facts, 1)->code, ==, "dense-rank");
}

static void
test_cancel (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TnGraph) graph = NULL;

  add_convolutions (draft);
  graph = tn_draft_finish (draft);
  g_cancellable_cancel (cancellable);
  g_assert_null (tn_infer (graph, NULL, cancellable));
}

/* One kernel serves all calls of a layer, so all must bring the same number of features. */
static void
test_shared (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId a
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 4)", NULL);
  TnNodeId b
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 4)", NULL);
  TnNodeId dense = add_layer (draft, a, "Dense", NULL, "units", "3", NULL);
  guint call = tn_draft_add_call (draft, dense);
  g_autoptr (TnFacts) same = NULL, different = NULL, blocked = NULL;
  const TnIssue *issue;

  g_assert_true (tn_draft_connect (draft, (TnRef){ b, 0, 0 }, dense, call, 0, NULL));
  same = infer_draft (draft);
  g_assert_cmpuint (tn_facts_n_issues (same), ==, 0);
  g_assert_cmpint (tn_facts_params (same, 2), ==, 15);
  g_assert_cmpint (tn_facts_macs (same, 2), ==, 24);

  g_assert_true (tn_draft_set_text (draft, b, "batch_shape", "(None, 8)", NULL));
  {
    g_autoptr (TnGraph) graph = tn_draft_finish (draft);

    different = tn_infer (graph, same, NULL);
  }
  g_assert_cmpuint (tn_facts_n_issues (different), ==, 1);
  issue = find_code (different, "kernel-width");
  g_assert_nonnull (issue);
  g_assert_cmpint (issue->call, ==, 1);
  g_assert_cmpint (issue->slot, ==, 0);
  g_assert_cmpstr (issue->message, ==,
                   "dense is used more than once with the same weights, but what arrives differs: "
                   "its kernel is (4, 3) elsewhere and would have to be (8, 3) here.");
  g_assert_cmpint (tn_facts_state (different, 2), ==, TN_STATE_WRONG);
  g_assert_cmpint (tn_facts_edge (different, 2, 0, 0), ==, TN_EDGE_OK);
  g_assert_cmpint (tn_facts_edge (different, 2, 1, 0), ==, TN_EDGE_ERROR);

  /* What is wrong with the layer itself is said once, however often it is used. */
  tn_draft_set (draft, dense,
                (guint)tn_schema_param (tn_node_schema (tn_draft_find (draft, dense)), "units"),
                NULL, FALSE, NULL);
  blocked = infer_draft (draft);
  g_assert_cmpuint (tn_facts_n_issues (blocked), ==, 1);
  g_assert_cmpstr (tn_facts_issue (blocked, 0)->code, ==, "param");
}

/* A layer that feeds itself, in its second call; and very many calls, which take no time. */
static void
test_many_calls (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 4)", NULL);
  TnNodeId dense = add_layer (draft, input, "Dense", NULL, "units", "4", NULL);
  g_autoptr (TnFacts) facts = NULL;

  for (guint call = 1; call < 3000; call++)
    {
      g_assert_cmpuint (tn_draft_add_call (draft, dense), ==, call);
      g_assert_true (
          tn_draft_connect (draft, (TnRef){ dense, (guint16)(call - 1), 0 }, dense, call, 0, NULL));
    }
  facts = infer_draft (draft);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);
  g_assert_cmpint (tn_facts_macs (facts, 1), ==, 3000 * 16);
  g_assert_cmpint (tn_facts_params (facts, 1), ==, 20);
}

/* ---- incremental inference gives what a fresh one gives ---- */

static void
assert_same_facts (const TnFacts *a, const TnFacts *b)
{
  const TnGraph *graph = tn_facts_graph (a);

  g_assert_cmpuint (tn_facts_n_issues (a), ==, tn_facts_n_issues (b));
  for (guint i = 0; i < tn_facts_n_issues (a); i++)
    g_assert_cmpstr (tn_facts_issue (a, i)->message, ==, tn_facts_issue (b, i)->message);
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnRef ref = { tn_node_id (tn_graph_node (graph, i)), 0, 0 };
      gboolean assumed_a, assumed_b;
      TnShape shape_a = tn_facts_shape (a, ref, &assumed_a);
      TnShape shape_b = tn_facts_shape (b, ref, &assumed_b);

      g_assert_true (tn_shape_identical (&shape_a, &shape_b));
      g_assert_cmpint (assumed_a, ==, assumed_b);
      g_assert_cmpint (tn_facts_state (a, i), ==, tn_facts_state (b, i));
      g_assert_cmpint (tn_facts_params (a, i), ==, tn_facts_params (b, i));
      g_assert_cmpint (tn_facts_macs (a, i), ==, tn_facts_macs (b, i));
    }
}

static void
random_edit (TnDraft *draft)
{
  guint size = tn_draft_size (draft);
  TnNodeId a = size > 0 ? tn_node_id (tn_draft_node (draft, (guint)g_test_rand_int_range (0, size)))
                        : TN_NODE_NONE;
  TnNodeId b = size > 0 ? tn_node_id (tn_draft_node (draft, (guint)g_test_rand_int_range (0, size)))
                        : TN_NODE_NONE;

  switch (size < 4 ? 0 : g_test_rand_int_range (0, 8))
    {
    case 0:
    case 1:
      tn_draft_add (draft,
                    &tn_layer_at ((guint)g_test_rand_int_range (0, tn_layer_count ()))->schema,
                    NULL, TRUE, NULL);
      break;
    case 2:
    case 3:
      if (tn_node_schema (tn_draft_find (draft, a))->n_outputs > 0)
        tn_draft_connect (draft, (TnRef){ a, 0, 0 }, b, 0, 0, NULL);
      break;
    case 4:
      if (g_test_rand_bit ())
        tn_draft_remove (draft, a);
      else
        tn_draft_disconnect (draft, a, 0, 0);
      break;
    case 5:
      tn_draft_set_dense_inputs (draft, g_test_rand_bit () ? TN_DENSE_ANY : TN_DENSE_FLAT);
      if (tn_schema_param (tn_node_schema (tn_draft_find (draft, a)), "units") >= 0)
        tn_draft_set_text (draft, a, "units", g_test_rand_bit () ? "3" : "8", NULL);
      break;
    case 6:
      {
        g_autofree char *name = g_strdup_printf ("layer_%u", g_test_rand_int_range (0, 99));

        tn_draft_rename (draft, a, name, NULL);
        break;
      }
    case 7:
      if (tn_node_schema (tn_draft_find (draft, b))->n_outputs > 0
          && tn_node_n_calls (tn_draft_find (draft, a)) < 4)
        tn_draft_connect (draft, (TnRef){ b, 0, 0 }, a, tn_draft_add_call (draft, a), 0, NULL);
      break;
    }
}

static void
test_incremental (void)
{
  for (int round = 0; round < 20; round++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (NULL);
      g_autoptr (TnFacts) previous = NULL;

      for (int edit = 0; edit < 60; edit++)
        {
          g_autoptr (TnGraph) graph = NULL;
          g_autoptr (TnFacts) fresh = NULL;
          TnFacts *next;

          random_edit (draft);
          graph = tn_draft_finish (draft);
          fresh = tn_infer (graph, NULL, NULL);
          next = tn_infer (graph, previous, NULL);
          assert_same_facts (next, fresh);
          tn_facts_unref (previous);
          previous = next;
        }
    }
}

/* A chain too long for recursion. */
static void
test_long_chain (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 4, 4, 1)", NULL);
  g_autoptr (TnFacts) facts = NULL;

  for (int i = 0; i < 50000; i++)
    id = add_layer (draft, id, i % 2 ? "ReLU" : "Masking", NULL, NULL);
  add_layer (draft, id, "Dense", NULL, "units", "2", NULL);
  facts = infer_draft (draft);
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 1);
  g_assert_cmpuint (tn_facts_issue (facts, 0)->provenance->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/infer/brief", test_brief);
  g_test_add_func ("/infer/dense-rule", test_dense_rule);
  g_test_add_func ("/infer/provenance", test_provenance);
  g_test_add_func ("/infer/blocked", test_blocked);
  g_test_add_func ("/infer/all-faults-at-once", test_all_faults_at_once);
  g_test_add_func ("/infer/cancel", test_cancel);
  g_test_add_func ("/infer/shared", test_shared);
  g_test_add_func ("/infer/many-calls", test_many_calls);
  g_test_add_func ("/infer/incremental", test_incremental);
  g_test_add_func ("/infer/long-chain", test_long_chain);
  return g_test_run ();
}
