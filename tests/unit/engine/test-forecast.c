/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecasts: the same facts as by direct inference, on the thread that asked, and none once given
 * up. */
#include "engine/tn-forecast.h"
#include "graph/tn-draft.h"

typedef struct
{
  TnFacts *facts;
  guint n_calls;
} Answer;

static void
answer_cb (TnForecast *forecast, const TnFacts *facts, gpointer data)
{
  Answer *answer = data;

  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  answer->facts = tn_facts_ref (facts);
  answer->n_calls++;
}

static TnGraph *
make_graph (guint n_layers)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId last = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);

  for (guint i = 0; i < n_layers; i++)
    {
      TnNodeId id = tn_draft_add (draft, &tn_layer_find ("ReLU")->schema, NULL, TRUE, NULL);

      g_assert_true (tn_draft_connect (draft, (TnRef){ last, 0, 0 }, id, 0, 0, NULL));
      last = id;
    }
  return tn_draft_finish (draft);
}

static gboolean
late_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
test_answer (void)
{
  g_autoptr (TnGraph) graph = make_graph (50);
  g_autoptr (TnFacts) expected = tn_infer (graph, NULL, NULL);
  Answer answer = { NULL, 0 };
  g_autoptr (TnForecast) forecast = tn_forecast_new (graph, NULL, answer_cb, &answer);

  while (answer.n_calls == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (tn_facts_graph (answer.facts) == graph);
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnRef ref = { tn_node_id (tn_graph_node (graph, i)), 0, 0 };
      TnShape a = tn_facts_shape (answer.facts, ref, NULL);
      TnShape b = tn_facts_shape (expected, ref, NULL);

      g_assert_true (tn_shape_identical (&a, &b));
    }
  tn_facts_unref (answer.facts);
}

static void
test_given_up (void)
{
  g_autoptr (TnGraph) graph = make_graph (3000);
  Answer answer = { NULL, 0 };
  gboolean late = FALSE;

  for (guint i = 0; i < 5; i++)
    tn_forecast_free (tn_forecast_new (graph, NULL, answer_cb, &answer));
  g_timeout_add (150, late_cb, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (answer.n_calls, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/answer", test_answer);
  g_test_add_func ("/forecast/given-up", test_given_up);
  return g_test_run ();
}
