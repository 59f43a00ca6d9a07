/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readings: the numbers of a tensor from another thread, told where they were asked for. */
#include "engine/tn-reading.h"

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
  TnValues *values;
  GError *error;
  GThread *thread;
  gboolean frees; /* the reading, from within */
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
told_cb (TnReading *reading, const TnValues *values, const GError *error, gpointer data)
{
  Told *told = data;

  /* Either the one or the other. */
  g_assert_true ((values == NULL) != (error == NULL));
  told->n_told++;
  told->thread = g_thread_self ();
  told->values = values != NULL ? tn_values_ref (values) : NULL;
  told->error = error != NULL ? g_error_copy (error) : NULL;
  if (told->frees)
    tn_reading_free (reading);
}

static void
wait_told (const Told *told)
{
  while (told->n_told == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* The very numbers that the same question gets when it is asked without a thread. */
static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  TnValuesSource source = { .ref = { .node = fixture->dense }, .weight = -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValues) wanted
      = tn_values_new (fixture->facts, &source, &fixture->options, 1 << 20, NULL, &error);
  Told told = { 0 };
  g_autoptr (TnReading) reading
      = tn_reading_new (fixture->facts, &source, &fixture->options, 1 << 20, told_cb, &told);

  g_assert_no_error (error);
  /* Nothing is told from within the question. */
  g_assert_cmpuint (told.n_told, ==, 0);
  wait_told (&told);
  g_assert_true (told.thread == g_thread_self ());
  g_assert_no_error (told.error);
  g_assert_cmpstr (told.values->name, ==, "dense");
  g_assert_cmpint (told.values->samples, ==, 8);
  g_assert_cmpmem (tn_tensor_floats (told.values->tensor), 8 * 5 * sizeof (float),
                   tn_tensor_floats (wanted->tensor), 8 * 5 * sizeof (float));
  tn_values_unref (told.values);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (told.n_told, ==, 1);
}

static void
test_weight (Fixture *fixture, gconstpointer data)
{
  TnValuesSource source = { .ref = { .node = fixture->dense }, .weight = 0 };
  Told told = { .frees = TRUE };

  tn_reading_new (fixture->facts, &source, &fixture->options, 1 << 20, told_cb, &told);
  wait_told (&told);
  g_assert_no_error (told.error);
  g_assert_cmpstr (told.values->name, ==, "dense/kernel");
  g_assert_cmpint (told.values->samples, ==, 0);
  tn_values_unref (told.values);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  TnValuesSource source = { .ref = { .node = fixture->dense }, .weight = -1 };
  Told told = { .frees = TRUE };

  tn_reading_new (fixture->facts, &source, &fixture->options, 1, told_cb, &told);
  wait_told (&told);
  g_assert_error (told.error, TN_ERROR, TN_ERROR_MEMORY);
  g_clear_error (&told.error);
}

static void
fail_cb (TnReading *reading, const TnValues *values, const GError *error, gpointer data)
{
  g_assert_not_reached ();
}

/* Given up at any moment it says nothing more, and what it borrowed may go at once. */
static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  TnValuesSource source = { .ref = { .node = fixture->dense }, .weight = -1 };
  Told told = { .frees = TRUE };

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GHashTable) weights = g_hash_table_new (g_str_hash, g_str_equal);
      TnRunOptions options = fixture->options;
      TnReading *reading;

      options.weights = weights;
      options.samples = 1 << 14;
      reading = tn_reading_new (fixture->facts, &source, &options, 1 << 24, fail_cb, NULL);
      if (i % 4 > 0)
        g_usleep (i * 50);
      tn_reading_free (reading);
    }
  tn_reading_free (NULL);
  /* Whatever was on its way has arrived before this one. */
  tn_reading_new (fixture->facts, &source, &fixture->options, 1 << 20, told_cb, &told);
  wait_told (&told);
  g_clear_error (&told.error);
  g_clear_pointer (&told.values, tn_values_unref);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/reading/numbers", Fixture, NULL, set_up, test_numbers, tear_down);
  g_test_add ("/reading/weight", Fixture, NULL, set_up, test_weight, tear_down);
  g_test_add ("/reading/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/reading/given-up", Fixture, NULL, set_up, test_given_up, tear_down);
  return g_test_run ();
}
