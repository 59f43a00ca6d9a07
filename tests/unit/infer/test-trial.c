/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wires on trial: what fits, what does not, what cannot be; and that asking changes nothing. */
#include "graph/tn-draft.h"
#include "infer/tn-trial.h"

typedef struct
{
  TnDraft *draft;
  TnGraph *graph;
  TnFacts *facts;
  TnTrial *trial;
} Fixture;

static TnNodeId
add (Fixture *fixture, const char *type, const char *param, const char *value, TnNodeId from)
{
  TnNodeId id;

  if (fixture->draft == NULL)
    fixture->draft = tn_draft_new (NULL);
  id = tn_draft_add (fixture->draft, &tn_layer_find (type)->schema, NULL, TRUE, NULL);
  if (param != NULL)
    g_assert_true (tn_draft_set_text (fixture->draft, id, param, value, NULL));
  if (from != TN_NODE_NONE)
    g_assert_true (
        tn_draft_connect (fixture->draft, (TnRef){ from, 0, 0 }, id, 0, G_MAXUINT, NULL));
  return id;
}

static void
begin (Fixture *fixture)
{
  fixture->graph = tn_draft_finish (fixture->draft);
  fixture->facts = tn_infer (fixture->graph, NULL, NULL);
  fixture->trial = tn_trial_new (fixture->graph, fixture->facts);
}

static void
end (Fixture *fixture)
{
  tn_trial_free (fixture->trial);
  tn_facts_unref (fixture->facts);
  tn_graph_unref (fixture->graph);
  tn_draft_free (fixture->draft);
}

static void
check (Fixture *fixture, TnNodeId from, TnNodeId to, guint slot, TnFit expected, const char *says)
{
  TnRef ref = { from, 0, 0 };
  TnFit known = TN_FIT_GOOD;

  for (guint round = 0; round < 2; round++)
    {
      g_autofree char *reason = NULL;
      TnFit fit = tn_trial_fit (fixture->trial, ref, to, 0, slot, &reason);

      g_assert_cmpstr (tn_fit_name (fit), ==, tn_fit_name (expected));
      g_assert_cmpint (reason != NULL, ==, says != NULL);
      if (says != NULL && strstr (reason, says) == NULL)
        g_error ("“%s” does not say “%s”", reason, says);
    }
  g_assert_true (tn_trial_known (fixture->trial, ref, to, 0, slot, &known));
  g_assert_cmpint (known, ==, expected);
  g_assert_false (tn_trial_known (fixture->trial, ref, to, 0, slot + 40, &known));
}

static void
test_fits (void)
{
  Fixture fixture = { 0 };
  TnNodeId image = add (&fixture, "InputLayer", "batch_shape", "(None, 28, 28, 1)", 0);
  TnNodeId row = add (&fixture, "InputLayer", "batch_shape", "(None, 10)", 0);
  TnNodeId conv = add (&fixture, "Conv2D", NULL, NULL, 0);
  TnNodeId dense = add (&fixture, "Dense", NULL, NULL, row);
  TnNodeId sum = add (&fixture, "Add", NULL, NULL, dense);
  TnNodeId loose = add (&fixture, "ReLU", NULL, NULL, 0);

  begin (&fixture);
  check (&fixture, image, conv, 0, TN_FIT_GOOD, NULL);
  check (&fixture, row, conv, 0, TN_FIT_WRONG, "conv2d works on 4");
  /* In place of what is there, or beside it. */
  check (&fixture, row, sum, 0, TN_FIT_WARNING, "add");
  check (&fixture, dense, sum, 1, TN_FIT_GOOD, NULL);
  check (&fixture, row, sum, 1, TN_FIT_WRONG, "add");
  check (&fixture, image, dense, 0, TN_FIT_WRONG, "dense");
  /* Nothing is known of what comes. */
  check (&fixture, loose, conv, 0, TN_FIT_GOOD, NULL);
  /* Never. */
  check (&fixture, dense, dense, 0, TN_FIT_IMPOSSIBLE, "feed itself");
  check (&fixture, sum, dense, 0, TN_FIT_IMPOSSIBLE, "cycle");
  check (&fixture, dense, row, 0, TN_FIT_IMPOSSIBLE, "data enters");
  g_assert_cmpint (tn_trial_fit (fixture.trial, (TnRef){ 99, 0, 0 }, dense, 0, 0, NULL), ==,
                   TN_FIT_IMPOSSIBLE);
  g_assert_cmpint (tn_trial_fit (fixture.trial, (TnRef){ row, 0, 0 }, 99, 0, 0, NULL), ==,
                   TN_FIT_IMPOSSIBLE);
  end (&fixture);
}

/* Asked in any order, each question is answered as by a new one: nothing sticks. */
static void
test_nothing_sticks (void)
{
  Fixture fixture = { 0 };
  TnNodeId a = add (&fixture, "InputLayer", "batch_shape", "(None, 6, 8)", 0);
  TnNodeId b = add (&fixture, "InputLayer", "batch_shape", "(None, 5, 8)", 0);
  TnNodeId look = add (&fixture, "MultiHeadAttention", NULL, NULL, a);
  TnNodeId join = add (&fixture, "Concatenate", NULL, NULL, look);
  TnNodeId lstm = add (&fixture, "LSTM", NULL, NULL, join);
  TnNodeId ids[] = { a, b, look, join, lstm };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  begin (&fixture);
  for (guint i = 0; i < 400; i++)
    {
      TnRef from = { ids[g_rand_int_range (rand, 0, 5)], 0, 0 };
      TnNodeId to = ids[g_rand_int_range (rand, 0, 5)];
      guint slot = (guint)g_rand_int_range (rand, 0, 5);
      g_autoptr (TnTrial) fresh = tn_trial_new (fixture.graph, fixture.facts);
      g_autofree char *reason = NULL, *expected = NULL;

      g_assert_cmpint (tn_trial_fit (fixture.trial, from, to, 0, slot, &reason), ==,
                       tn_trial_fit (fresh, from, to, 0, slot, &expected));
      g_assert_cmpstr (reason, ==, expected);
    }
  end (&fixture);
}

/* Without facts only what can never be is told. */
static void
test_no_facts (void)
{
  Fixture fixture = { 0 };
  TnNodeId row = add (&fixture, "InputLayer", "batch_shape", "(None, 10)", 0);
  TnNodeId conv = add (&fixture, "Conv2D", NULL, NULL, 0);
  g_autoptr (TnTrial) trial = NULL;

  begin (&fixture);
  trial = tn_trial_new (fixture.graph, NULL);
  g_assert_cmpint (tn_trial_fit (trial, (TnRef){ row, 0, 0 }, conv, 0, 0, NULL), ==, TN_FIT_GOOD);
  g_assert_cmpint (tn_trial_fit (trial, (TnRef){ conv, 0, 0 }, row, 0, 0, NULL), ==,
                   TN_FIT_IMPOSSIBLE);
  end (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trial/fits", test_fits);
  g_test_add_func ("/trial/nothing-sticks", test_nothing_sticks);
  g_test_add_func ("/trial/no-facts", test_no_facts);
  return g_test_run ();
}
