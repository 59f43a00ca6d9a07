/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repairs: for each kind of fault the ones that must be offered, and that each does what it says.
 */
#include "infer/tn-advice.h"
#include "test-models.h"

/* Labels of all fixes of the only issue, for messages. */
static char *
all_labels (const TnAdvice *advice, guint position)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < tn_advice_n_fixes (advice, position); i++)
    {
      const TnFix *fix = tn_advice_fix (advice, position, i);

      g_string_append_printf (out, "\n  %s — %s", fix->label, fix->detail);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Every fix, applied, leaves its issue gone (or only a warning) and raises nothing. */
static void
assert_fixes_mend (const TnAdvice *advice)
{
  const TnFacts *before = tn_advice_facts (advice);

  for (guint position = 0; position < tn_facts_n_issues (before); position++)
    for (guint i = 0; i < tn_advice_n_fixes (advice, position); i++)
      {
        const TnFix *fix = tn_advice_fix (advice, position, i);
        g_autoptr (TnFacts) after = tn_infer (fix->graph, NULL, NULL);
        const TnIssue *issue = tn_facts_issue (before, position);

        g_assert_true (tn_advice_find (advice, fix->id) == fix);
        g_assert_cmpint (tn_facts_totals (after).params - tn_facts_totals (before).params, ==,
                         fix->params_delta);
        for (guint j = 0; j < tn_facts_n_issues (after); j++)
          {
            const TnIssue *left = tn_facts_issue (after, j);

            if (left->node == issue->node && left->code == issue->code
                && left->severity != TN_SEVERITY_WARNING)
              g_error ("“%s” does not mend: %s", fix->label, left->message);
          }
      }
}

static TnAdvice *
advise (TnDraft *draft)
{
  g_autoptr (TnFacts) facts = infer_draft (draft);
  TnAdvice *advice = tn_advise (facts, NULL);

  assert_fixes_mend (advice);
  return advice;
}

/* The issue of this code has a fix with this label. */
static const TnFix *
assert_offers (const TnAdvice *advice, const char *code, const char *label)
{
  const TnFacts *facts = tn_advice_facts (advice);
  g_autofree char *labels = NULL;

  for (guint position = 0; position < tn_facts_n_issues (facts); position++)
    {
      if (!g_str_equal (tn_facts_issue (facts, position)->code, code))
        continue;
      for (guint i = 0; i < tn_advice_n_fixes (advice, position); i++)
        if (g_str_equal (tn_advice_fix (advice, position, i)->label, label))
          return tn_advice_fix (advice, position, i);
      labels = all_labels (advice, position);
      g_error ("%s: no “%s” among%s", code, label, labels);
    }
  g_error ("there is no issue %s", code);
}

static void
test_dense_rank (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId dense
      = add_layer (draft, add_convolutions (draft), "Dense", "dense_2", "units", "256", NULL);
  g_autoptr (TnAdvice) advice = advise (draft);
  const TnFix *fix = assert_offers (advice, "dense-rank", "Insert Flatten before dense_2");
  g_autoptr (TnFacts) after = tn_infer (fix->graph, NULL, NULL);

  assert_shape (after, dense, "(None, 256)");
  g_assert_cmpuint (tn_facts_n_issues (after), ==, 0);
  g_assert_cmpint (fix->params_delta, ==, 1982720);
  g_assert_cmpuint (fix->touched->len, ==, 1);
  assert_offers (advice, "dense-rank", "Insert GlobalAveragePooling2D before dense_2");
  assert_offers (advice, "dense-rank", "Insert Reshape((7744,)) before dense_2");
  assert_offers (advice, "dense-rank", "Let every Dense work on the last axis, as Keras does");
}

static void
test_dense_after_steps (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 12, 3)", NULL);
  TnNodeId dense = add_layer (draft, id, "Dense", "dense", "units", "5", NULL);
  g_autoptr (TnAdvice) advice = advise (draft);
  const TnFix *fix
      = assert_offers (advice, "dense-rank", "Insert GlobalAveragePooling1D before dense");
  g_autoptr (TnFacts) after = tn_infer (fix->graph, NULL, NULL);

  assert_shape (after, dense, "(None, 5)");
}

/* A layer for images that meets a sequence: the layer for sequences, told the same. */
static void
test_sibling (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 12, 3)", NULL);
  TnNodeId pool
      = add_layer (draft, id, "MaxPooling2D", "pool", "pool_size", "3", "padding", "same", NULL);
  g_autoptr (TnAdvice) advice = advise (draft);
  const TnFix *fix = assert_offers (advice, "rank", "Replace pool by MaxPooling1D");
  g_autoptr (TnFacts) after = tn_infer (fix->graph, NULL, NULL);
  TnNodeId made = g_array_index (fix->touched, TnNodeId, 0);

  g_assert_null (tn_graph_find (fix->graph, pool));
  assert_shape (after, made, "(None, 4, 3)");
}

static void
test_dense_width (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnShape pin = tn_shape_new ((gint64[]){ -1, 256 }, 2);
  TnNodeId id = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape",
                           "(None, 32, 32, 3)", NULL);
  g_autoptr (TnAdvice) advice = NULL;

  id = add_layer (draft, id, "Conv2D", NULL, "filters", "64", "kernel_size", "3", "padding", "same",
                  NULL);
  id = add_layer (draft, id, "MaxPooling2D", NULL, "pool_size", "4", NULL);
  id = add_layer (draft, id, "Flatten", NULL, NULL);
  id = add_layer (draft, id, "Dense", "dense_2", "units", "10", NULL);
  tn_draft_pin (draft, id, &pin);
  advice = advise (draft);
  g_assert_cmpint (
      assert_offers (advice, "dense-width", "Rebuild the weights of dense_2 for 4096 features")
          ->params_delta,
      ==, 38400);
  assert_offers (advice, "dense-width", "Insert Dense(256) before dense_2");
  assert_offers (advice, "dense-width", "Insert MaxPooling2D(4) before flatten");
  assert_offers (advice, "dense-width", "Set filters of conv2d to 4");
}

static void
test_target (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 784)", NULL);
  g_autoptr (TnAdvice) advice = NULL;

  id = add_layer (draft, id, "Dense", NULL, "units", "512", NULL);
  id = add_layer (draft, id, "Dense", "dense_2", "units", "256", NULL);
  add_layer (draft, id, "Target", NULL, "shape", "(16210, 4096)", NULL);
  advice = advise (draft);
  assert_offers (advice, "target-shape", "Set units of dense_2 to 4096");
  assert_offers (advice, "target-shape", "Set shape of target to (16210, 256)");
  assert_offers (advice, "target-shape", "Insert Dense(4096) before target");
}

static void
test_reshape (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnAdvice) advice = NULL;

  add_layer (draft, add_convolutions (draft), "Reshape", NULL, "target_shape", "(-1, 1600)", NULL);
  advice = advise (draft);
  assert_offers (advice, "reshape-size", "Insert MaxPooling2D(2) before reshape");
  assert_offers (advice, "reshape-size", "Set target_shape of reshape to (-1, 1936)");
  assert_offers (advice, "reshape-size", "Set target_shape of reshape to (-1,)");
}

/* A skip connection around a valid convolution. */
static void
test_merge (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 8, 8, 3)", NULL);
  TnNodeId conv = add_layer (draft, input, "Conv2D", NULL, "filters", "16", "kernel_size", "3",
                             "padding", "same", NULL);
  TnNodeId add = add_layer (draft, input, "Add", NULL, NULL);
  g_autoptr (TnAdvice) advice = NULL;

  tn_draft_connect (draft, (TnRef){ conv, 0, 0 }, add, 0, 1, NULL);
  advice = advise (draft);
  assert_offers (advice, "merge-shape", "Insert a 1×1 Conv2D with 16 filters after input_layer");
  assert_offers (advice, "merge-shape", "Replace add by Concatenate");

  tn_draft_set_text (draft, conv, "padding", "valid", NULL);
  tn_draft_set_text (draft, conv, "filters", "3", NULL);
  tn_advice_unref (g_steal_pointer (&advice));
  advice = advise (draft);
  assert_offers (advice, "merge-shape", "Set padding of conv2d to same");
  assert_offers (advice, "merge-shape", "Insert ZeroPadding2D(((1, 1), (1, 1))) after conv2d");
  assert_offers (advice, "merge-shape", "Insert Cropping2D(((1, 1), (1, 1))) after input_layer");

  tn_draft_set_text (draft, conv, "padding", "same", NULL);
  tn_draft_set_text (draft, conv, "strides", "2", NULL);
  tn_advice_unref (g_steal_pointer (&advice));
  advice = advise (draft);
  assert_offers (advice, "merge-shape", "Insert UpSampling2D(2) after conv2d");
}

/* Two sequences with time and features the other way round. */
static void
test_permute (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId a
      = add_layer (draft, TN_NODE_NONE, "InputLayer", "a", "batch_shape", "(None, 20, 8)", NULL);
  TnNodeId b
      = add_layer (draft, TN_NODE_NONE, "InputLayer", "b", "batch_shape", "(None, 8, 20)", NULL);
  TnNodeId add = add_layer (draft, a, "Add", NULL, NULL);
  g_autoptr (TnAdvice) advice = NULL;

  tn_draft_connect (draft, (TnRef){ b, 0, 0 }, add, 0, 1, NULL);
  advice = advise (draft);
  assert_offers (advice, "merge-shape", "Insert Permute((2, 1)) before add");
}

static void
test_window (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id = add_convolutions (draft);
  g_autoptr (TnAdvice) advice = NULL;

  id = add_layer (draft, id, "MaxPooling2D", NULL, "pool_size", "6", NULL);
  add_layer (draft, id, "Conv2D", NULL, "filters", "8", "kernel_size", "3", NULL);
  advice = advise (draft);
  assert_offers (advice, "window-size", "Set padding of conv2d_2 to same");
  assert_offers (advice, "window-size", "Set kernel_size of conv2d_2 to 1");
  assert_offers (advice, "window-size", "Remove conv2d_2");
}

static void
test_others (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input
      = add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 784)", NULL);
  TnNodeId conv
      = add_layer (draft, input, "Conv2D", NULL, "filters", "8", "kernel_size", "3", NULL);
  g_autoptr (TnAdvice) advice = advise (draft);

  assert_offers (advice, "rank", "Insert Reshape((28, 28, 1)) before conv2d");

  tn_draft_disconnect (draft, conv, 0, 0);
  tn_draft_set_text (draft, input, "batch_shape", "(None, None, None, 3)", NULL);
  tn_advice_unref (g_steal_pointer (&advice));
  advice = advise (draft);
  assert_offers (advice, "missing-input", "Wire input_layer to conv2d");

  tn_draft_connect (draft, (TnRef){ input, 0, 0 }, conv, 0, 0, NULL);
  add_layer (draft, add_layer (draft, conv, "Flatten", NULL, NULL), "Dense", NULL, "units", "4",
             NULL);
  tn_advice_unref (g_steal_pointer (&advice));
  advice = advise (draft);
  assert_offers (advice, "unknown-dim", "Replace flatten by GlobalAveragePooling2D");
  assert_offers (advice, "unknown-dim", "Set batch_shape of input_layer to (None, 224, 224, 3)");
}

/* A wire that would raise another fault is not offered, but one that avoids it is. */
static void
test_wire_through (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnAdvice) advice = NULL;

  add_layer (draft, TN_NODE_NONE, "InputLayer", NULL, "batch_shape", "(None, 28, 28, 1)", NULL);
  add_layer (draft, TN_NODE_NONE, "Dense", NULL, "units", "4", NULL);
  advice = advise (draft);
  assert_offers (advice, "missing-input", "Wire input_layer to dense through a Flatten");
  for (guint i = 0; i < tn_advice_n_fixes (advice, 0); i++)
    g_assert_cmpstr (tn_advice_fix (advice, 0, i)->label, !=, "Wire input_layer to dense");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/advice/dense-rank", test_dense_rank);
  g_test_add_func ("/advice/dense-after-steps", test_dense_after_steps);
  g_test_add_func ("/advice/sibling", test_sibling);
  g_test_add_func ("/advice/dense-width", test_dense_width);
  g_test_add_func ("/advice/target", test_target);
  g_test_add_func ("/advice/reshape", test_reshape);
  g_test_add_func ("/advice/merge", test_merge);
  g_test_add_func ("/advice/permute", test_permute);
  g_test_add_func ("/advice/window", test_window);
  g_test_add_func ("/advice/others", test_others);
  g_test_add_func ("/advice/wire-through", test_wire_through);
  return g_test_run ();
}
