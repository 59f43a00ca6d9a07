/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runner: a run in the background that can be watched, stopped, replaced and abandoned. */
#include "engine/tn-runner.h"

#include "base/tn-error.h"
#include "graph/tn-draft.h"

/* More than any machine gets through before a test stops it. */
#define ENDLESS (G_GINT64_CONSTANT (1) << 40)

typedef struct
{
  TnRunner *runner;
  guint n_progress;
  guint n_finished;
  guint n_running;
  double fraction;
  GThread *thread;
} Seen;

static TnFacts *
make_facts (const char *units)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;
  TnNodeId input = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);
  TnNodeId dense = tn_draft_add (draft, &tn_layer_find ("Dense")->schema, NULL, TRUE, NULL);

  g_assert_true (tn_draft_set_text (draft, input, "batch_shape", "(None, 784)", NULL));
  g_assert_true (tn_draft_set_text (draft, dense, "units", units, NULL));
  g_assert_true (tn_draft_connect (draft, (TnRef){ .node = input }, dense, 0, 0, NULL));
  graph = tn_draft_finish (draft);
  return tn_infer (graph, NULL, NULL);
}

static void
progress_cb (TnRunner *runner, Seen *seen)
{
  TnRunProgress progress = tn_runner_progress (runner);

  g_assert_true (g_thread_self () == seen->thread);
  g_assert_true (tn_runner_is_running (runner));
  g_assert_cmpfloat (progress.fraction, >=, seen->fraction);
  g_assert_cmpfloat (progress.fraction, <=, 1);
  seen->fraction = progress.fraction;
  seen->n_progress++;
}

static void
finished_cb (TnRunner *runner, Seen *seen)
{
  g_assert_true (g_thread_self () == seen->thread);
  g_assert_false (tn_runner_is_running (runner));
  /* Either the one or the other. */
  g_assert_true ((tn_runner_result (runner) == NULL) != (tn_runner_error (runner) == NULL));
  seen->n_finished++;
}

static void
running_cb (TnRunner *runner, GParamSpec *pspec, Seen *seen)
{
  seen->n_running++;
}

static TnRunner *
watch (Seen *seen)
{
  *seen = (Seen){ .runner = tn_runner_new (), .thread = g_thread_self () };
  g_signal_connect (seen->runner, "progress", G_CALLBACK (progress_cb), seen);
  g_signal_connect (seen->runner, "finished", G_CALLBACK (finished_cb), seen);
  g_signal_connect (seen->runner, "notify::running", G_CALLBACK (running_cb), seen);
  return seen->runner;
}

static void
wait_finished (Seen *seen)
{
  guint before = seen->n_finished;

  while (seen->n_finished == before)
    g_main_context_iteration (NULL, TRUE);
}

static TnRunOptions
options_of (gint64 samples)
{
  TnRunOptions options = tn_run_options_default ();

  options.samples = samples;
  options.threads = 1;
  return options;
}

static void
test_finish (void)
{
  Seen seen;
  g_autoptr (TnRunner) runner = watch (&seen);
  g_autoptr (TnFacts) facts = make_facts ("256");
  TnRunOptions options = options_of (2000);
  gint64 start = g_get_monotonic_time ();
  double seconds;

  tn_runner_start (runner, facts, &options);
  g_assert_true (tn_runner_is_running (runner));
  g_assert_null (tn_runner_result (runner));
  wait_finished (&seen);
  seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  g_assert_no_error (tn_runner_error (runner));
  g_assert_cmpint (tn_runner_result (runner)->samples, ==, 2000);
  g_assert_cmpuint (seen.n_progress, >, 0);
  g_assert_cmpfloat (seen.n_progress, <=, seconds * 30 + 2);
  g_assert_cmpuint (seen.n_running, ==, 2);
}

static void
test_stop (void)
{
  Seen seen;
  g_autoptr (TnRunner) runner = watch (&seen);
  g_autoptr (TnFacts) facts = make_facts ("256");
  TnRunOptions options = options_of (ENDLESS);

  tn_runner_stop (runner); /* nothing runs: no harm */
  tn_runner_start (runner, facts, &options);
  while (seen.n_progress == 0)
    g_main_context_iteration (NULL, TRUE);
  tn_runner_stop (runner);
  wait_finished (&seen);
  g_assert_error (tn_runner_error (runner), TN_ERROR, TN_ERROR_CANCELLED);
  g_assert_null (tn_runner_result (runner));

  /* And it can run again. */
  options.samples = 10;
  seen.fraction = 0;
  tn_runner_start (runner, facts, &options);
  g_assert_no_error (tn_runner_error (runner));
  wait_finished (&seen);
  g_assert_cmpint (tn_runner_result (runner)->samples, ==, 10);
}

static void
test_replace (void)
{
  Seen seen;
  g_autoptr (TnRunner) runner = watch (&seen);
  g_autoptr (TnFacts) facts = make_facts ("256");
  TnRunOptions endless = options_of (ENDLESS), some = options_of (7);

  tn_runner_start (runner, facts, &endless);
  tn_runner_start (runner, facts, &endless);
  tn_runner_start (runner, facts, &some);
  wait_finished (&seen);
  g_assert_cmpint (tn_runner_result (runner)->samples, ==, 7);
  g_assert_cmpuint (seen.n_finished, ==, 1);
  g_assert_cmpuint (seen.n_running, ==, 2);
}

static void
test_abandon (void)
{
  g_autoptr (TnFacts) facts = make_facts ("256");
  TnRunOptions options = options_of (ENDLESS);

  for (int i = 0; i < 5; i++)
    {
      Seen seen;
      TnRunner *runner = watch (&seen);

      tn_runner_start (runner, facts, &options);
      if (i % 2)
        while (seen.n_progress == 0)
          g_main_context_iteration (NULL, TRUE);
      g_assert_finalize_object (runner);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_refused (void)
{
  Seen seen;
  g_autoptr (TnRunner) runner = watch (&seen);
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnRunOptions options = options_of (1);

  /* A Dense with nothing wired to it. */
  tn_draft_add (draft, &tn_layer_find ("Dense")->schema, NULL, TRUE, NULL);
  graph = tn_draft_finish (draft);
  facts = tn_infer (graph, NULL, NULL);
  g_assert_true (tn_facts_has_errors (facts));
  tn_runner_start (runner, facts, &options);
  wait_finished (&seen);
  g_assert_error (tn_runner_error (runner), TN_ERROR, TN_ERROR_MODEL);
  g_assert_cmpuint (seen.n_progress, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner/finish", test_finish);
  g_test_add_func ("/runner/stop", test_stop);
  g_test_add_func ("/runner/replace", test_replace);
  g_test_add_func ("/runner/abandon", test_abandon);
  g_test_add_func ("/runner/refused", test_refused);
  return g_test_run ();
}
