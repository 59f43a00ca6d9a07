/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outlooks: how long a run would take, from another thread, told where it was asked. */
#include "engine/tn-outlook.h"

#include "base/tn-error.h"
#include "graph/tn-draft.h"

typedef struct
{
  TnFacts *facts;
  TnNodeId input, dense;
  TnRunOptions options;
} Fixture;

typedef struct
{
  guint n_told;
  double seconds;
  GError *error;
  GThread *thread;
  gboolean frees; /* the outlook, from within */
} Told;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;

  fixture->input = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);
  fixture->dense = tn_draft_add (draft, &tn_layer_find ("Dense")->schema, NULL, TRUE, NULL);
  g_assert_true (tn_draft_set_text (draft, fixture->input, "batch_shape", "(None, 12)", NULL));
  g_assert_true (tn_draft_set_text (draft, fixture->dense, "units", "5", NULL));
  g_assert_true (
      tn_draft_connect (draft, (TnRef){ .node = fixture->input }, fixture->dense, 0, 0, NULL));
  graph = tn_draft_finish (draft);
  fixture->facts = tn_infer (graph, NULL, NULL);
  fixture->options = tn_run_options_default ();
  fixture->options.samples = 8;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tn_facts_unref (fixture->facts);
}

static void
told_cb (TnOutlook *outlook, double seconds, const GError *error, gpointer data)
{
  Told *told = data;

  told->n_told++;
  told->thread = g_thread_self ();
  told->seconds = seconds;
  told->error = error != NULL ? g_error_copy (error) : NULL;
  if (told->frees)
    tn_outlook_free (outlook);
}

static void
wait_told (Told *told)
{
  while (told->n_told == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* More samples take longer, and nothing is told from within the question. */
static void
test_told (Fixture *fixture, gconstpointer data)
{
  Told few = { 0 }, many = { .frees = TRUE };
  g_autoptr (TnOutlook) outlook = tn_outlook_new (fixture->facts, &fixture->options, told_cb, &few);

  g_assert_cmpuint (few.n_told, ==, 0);
  wait_told (&few);
  g_assert_true (few.thread == g_thread_self ());
  g_assert_no_error (few.error);
  g_assert_cmpfloat (few.seconds, >, 0);
  fixture->options.samples = 1 << 20;
  tn_outlook_new (fixture->facts, &fixture->options, told_cb, &many);
  wait_told (&many);
  g_assert_no_error (many.error);
  g_assert_cmpfloat (many.seconds, >, 100 * few.seconds);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (few.n_told, ==, 1);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  Told told = { .frees = TRUE };

  fixture->options.memory_limit = 1;
  tn_outlook_new (fixture->facts, &fixture->options, told_cb, &told);
  wait_told (&told);
  g_assert_error (told.error, TN_ERROR, TN_ERROR_MEMORY);
  g_assert_cmpfloat (told.seconds, <, 0);
  g_clear_error (&told.error);
}

static void
fail_cb (TnOutlook *outlook, double seconds, const GError *error, gpointer data)
{
  g_assert_not_reached ();
}

/* Given up at any moment it says nothing more, and what it borrowed may go at once. */
static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  Told told = { .frees = TRUE };

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GHashTable) weights = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (GHashTable) data_of = g_hash_table_new (g_str_hash, g_str_equal);
      TnRunOptions options = fixture->options;
      TnOutlook *outlook;

      options.weights = weights;
      options.data_of = data_of;
      outlook = tn_outlook_new (fixture->facts, &options, fail_cb, NULL);
      if (i % 4 > 0)
        g_usleep (i * 20);
      tn_outlook_free (outlook);
    }
  tn_outlook_free (NULL);
  tn_outlook_new (fixture->facts, &fixture->options, told_cb, &told);
  wait_told (&told);
  g_assert_no_error (told.error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/outlook/told", Fixture, NULL, set_up, test_told, tear_down);
  g_test_add ("/outlook/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/outlook/given-up", Fixture, NULL, set_up, test_given_up, tear_down);
  return g_test_run ();
}
