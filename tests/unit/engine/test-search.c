/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solver in the background: answers come on the thread that asked, and none once it is given
 * up.
 */
#include "engine/tn-search.h"
#include "graph/tn-draft.h"

typedef struct
{
  GPtrArray *found;
  guint n_reports;
  gboolean done;
} Answer;

static void
found_cb (TnSearch *search, GPtrArray *found, gboolean done, gpointer data)
{
  Answer *answer = data;

  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  g_assert_false (answer->done);
  g_clear_pointer (&answer->found, g_ptr_array_unref);
  answer->found = g_ptr_array_ref (found);
  answer->n_reports++;
  answer->done = done;
}

/* An input of 28 × 28 and a convolution; the convolution's id is 2. */
static TnFacts *
make_facts (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;
  TnNodeId input = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);
  TnNodeId conv = tn_draft_add (draft, &tn_layer_find ("Conv2D")->schema, NULL, TRUE, NULL);

  g_assert_true (tn_draft_set_text (draft, input, "batch_shape", "(None, 28, 28, 1)", NULL));
  g_assert_true (tn_draft_connect (draft, (TnRef){ input, 0, 0 }, conv, 0, 0, NULL));
  graph = tn_draft_finish (draft);
  return tn_infer (graph, NULL, NULL);
}

static void
test_sizes (void)
{
  g_autoptr (TnFacts) facts = make_facts ();
  Answer answer = { NULL, 0, FALSE };
  g_autoptr (TnSearch) search = tn_search_sizes (facts, 1, found_cb, &answer);

  while (!answer.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (answer.n_reports, ==, 1);
  g_assert_cmpuint (answer.found->len, ==, 2);
  g_assert_cmpstr (((const TnSizes *)answer.found->pdata[0])->sentence, ==,
                   "Height and width: at least 3.");
  g_ptr_array_unref (answer.found);
}

static void
test_shape (void)
{
  g_autoptr (TnFacts) facts = make_facts ();
  Answer answer = { NULL, 0, FALSE };
  TnGoal goal = { .ref = { 2, 0, 0 } };
  g_autoptr (TnSearch) search = NULL;

  g_assert_true (tn_shape_from_text ("(None, 13, 13, None)", &goal.wanted));
  search = tn_search_shape (facts, &goal, found_cb, &answer);
  while (!answer.done)
    g_main_context_iteration (NULL, TRUE);
  /* They came as they were found. */
  g_assert_cmpuint (answer.found->len, >, 1);
  g_assert_cmpuint (answer.n_reports, >, 2);
  g_ptr_array_unref (answer.found);
}

/* Given up at once, in between and from within: nothing is heard of it any more. */
static void
test_given_up (void)
{
  g_autoptr (TnFacts) facts = make_facts ();
  Answer answer = { NULL, 0, FALSE };
  gint64 end;

  for (guint i = 0; i < 50; i++)
    {
      TnSearch *search = tn_search_sizes (facts, 1, found_cb, &answer);

      g_usleep (i * 40);
      tn_search_free (search);
    }
  for (end = g_get_monotonic_time () + G_USEC_PER_SEC / 5; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (answer.n_reports, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/sizes", test_sizes);
  g_test_add_func ("/search/shape", test_shape);
  g_test_add_func ("/search/given-up", test_given_up);
  g_assert_true (g_main_context_acquire (g_main_context_default ()));
  return g_test_run ();
}
