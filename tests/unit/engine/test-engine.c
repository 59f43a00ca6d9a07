/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine: right in the end, few inferences, and nobody waits for it. */
#include "engine/tn-engine.h"

typedef struct
{
  TnDocument *document;
  TnEngine *engine;
  TnNodeId dense;
  guint units; /* parameter index */
  GString *log;
  GThread *thread;
} Fixture;

static void
facts_cb (TnEngine *engine, Fixture *fixture)
{
  g_assert_true (g_thread_self () == fixture->thread);
  g_assert_nonnull (tn_engine_facts (engine));
  g_assert_null (tn_engine_advice (engine));
  g_string_append_c (fixture->log, 'f');
}

static void
advice_cb (TnEngine *engine, Fixture *fixture)
{
  g_assert_true (g_thread_self () == fixture->thread);
  g_assert_true (tn_advice_facts (tn_engine_advice (engine)) == tn_engine_facts (engine));
  g_string_append_c (fixture->log, 'a');
}

static void
busy_cb (TnEngine *engine, GParamSpec *pspec, Fixture *fixture)
{
  g_string_append_c (fixture->log, tn_engine_is_busy (engine) ? '<' : '>');
}

static TnGraph *
make_graph (TnNodeId *dense)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId input = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);

  *dense = tn_draft_add (draft, &tn_layer_find ("Dense")->schema, NULL, TRUE, NULL);
  g_assert_true (tn_draft_set_text (draft, input, "batch_shape", "(None, 784)", NULL));
  g_assert_true (tn_draft_connect (draft, (TnRef){ .node = input }, *dense, 0, 0, NULL));
  tn_draft_move (draft, input, 0, 0);
  tn_draft_move (draft, *dense, 0, 110);
  return tn_draft_finish (draft);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TnGraph) graph = make_graph (&fixture->dense);

  fixture->thread = g_thread_self ();
  fixture->log = g_string_new (NULL);
  fixture->units = (guint)tn_schema_param (&tn_layer_find ("Dense")->schema, "units");
  fixture->document = tn_document_new_from_graph (graph, "test");
  fixture->engine = tn_engine_new (fixture->document);
  g_signal_connect (fixture->engine, "facts", G_CALLBACK (facts_cb), fixture);
  g_signal_connect (fixture->engine, "advice", G_CALLBACK (advice_cb), fixture);
  g_signal_connect (fixture->engine, "notify::busy", G_CALLBACK (busy_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->engine);
  g_assert_finalize_object (fixture->document);
  g_string_free (fixture->log, TRUE);
}

static void
set_units (Fixture *fixture, gint64 units)
{
  g_autoptr (TnValue) value = tn_value_new_int (units);
  TnEditArgs args = { .node = fixture->dense, .param = fixture->units, .value = value };

  g_assert_true (tn_document_apply (fixture->document, &tn_edit_set, &args, NULL));
}

static gint64
units_found (Fixture *fixture)
{
  TnShape shape
      = tn_facts_shape (tn_engine_facts (fixture->engine), (TnRef){ fixture->dense, 0, 0 }, NULL);

  g_assert_cmpint (shape.rank, ==, 2);
  return shape.dims[1].size;
}

static void
test_first (Fixture *fixture, gconstpointer data)
{
  g_assert_true (tn_engine_is_busy (fixture->engine));
  g_assert_true (tn_engine_is_stale (fixture->engine));
  g_assert_null (tn_engine_facts (fixture->engine));
  tn_engine_settle (fixture->engine);
  g_assert_false (tn_engine_is_busy (fixture->engine));
  g_assert_false (tn_engine_is_stale (fixture->engine));
  g_assert_cmpint (units_found (fixture), ==, 64);
  g_assert_nonnull (tn_engine_advice (fixture->engine));
  g_assert_cmpstr (fixture->log->str, ==, "fa>");
}

static void
test_edit (Fixture *fixture, gconstpointer data)
{
  tn_engine_settle (fixture->engine);
  set_units (fixture, 7);
  g_assert_true (tn_engine_is_stale (fixture->engine));
  g_assert_cmpint (units_found (fixture), ==, 64);
  tn_engine_settle (fixture->engine);
  g_assert_cmpint (units_found (fixture), ==, 7);
  tn_document_undo (fixture->document);
  tn_engine_settle (fixture->engine);
  g_assert_cmpint (units_found (fixture), ==, 64);
  g_assert_cmpstr (fixture->log->str, ==, "fa><fa><fa>");
}

static void
test_burst (Fixture *fixture, gconstpointer data)
{
  guint64 before;

  tn_engine_settle (fixture->engine);
  before = tn_engine_n_jobs (fixture->engine);
  for (gint64 i = 1; i <= 1000; i++)
    set_units (fixture, i);
  tn_engine_settle (fixture->engine);
  g_assert_cmpint (units_found (fixture), ==, 1000);
  g_assert_nonnull (tn_engine_advice (fixture->engine));
  g_assert_cmpuint (tn_engine_n_jobs (fixture->engine) - before, ==, 2);

  /* The same with the main loop running in between: never more than one job an edit. */
  before = tn_engine_n_jobs (fixture->engine);
  for (gint64 i = 1; i <= 1000; i++)
    {
      set_units (fixture, i % 10 + 1);
      g_main_context_iteration (NULL, FALSE);
    }
  tn_engine_settle (fixture->engine);
  g_assert_cmpint (units_found (fixture), ==, 1);
  g_assert_cmpuint (tn_engine_n_jobs (fixture->engine) - before, <=, 1001);
}

static void
test_positions (Fixture *fixture, gconstpointer data)
{
  TnEditArgs args = { .nodes = &fixture->dense, .n_nodes = 1, .x = 3 };
  guint64 before;

  tn_engine_settle (fixture->engine);
  before = tn_engine_n_jobs (fixture->engine);
  g_assert_true (tn_document_apply (fixture->document, &tn_edit_move, &args, NULL));
  tn_document_undo (fixture->document);
  tn_document_select_one (fixture->document, fixture->dense, FALSE);
  g_assert_false (tn_engine_is_busy (fixture->engine));
  g_assert_false (tn_engine_is_stale (fixture->engine));
  g_assert_cmpuint (tn_engine_n_jobs (fixture->engine), ==, before);
}

static void
test_held (Fixture *fixture, gconstpointer data)
{
  const TnFacts *old;
  guint64 before;
  gint64 start;

  tn_engine_settle (fixture->engine);
  old = tn_engine_facts (fixture->engine);
  before = tn_engine_n_jobs (fixture->engine);
  tn_engine_hold (fixture->engine, TRUE);
  start = g_get_monotonic_time ();
  for (gint64 i = 1; i <= 200; i++)
    {
      set_units (fixture, i);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  /* A tenth of a millisecond an edit is usual; what matters is that none waits for the worker. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_assert_true (tn_engine_is_busy (fixture->engine));
  g_assert_true (tn_engine_is_stale (fixture->engine));
  g_assert_true (tn_engine_facts (fixture->engine) == old);
  g_assert_cmpuint (tn_engine_n_jobs (fixture->engine) - before, ==, 1);
  g_string_truncate (fixture->log, 0);
  tn_engine_hold (fixture->engine, FALSE);
  tn_engine_settle (fixture->engine);
  g_assert_cmpint (units_found (fixture), ==, 200);
  /* The one that was held was dropped: the model had moved on. */
  g_assert_cmpstr (fixture->log->str, ==, "fa>");
}

static void
test_back_again (Fixture *fixture, gconstpointer data)
{
  tn_engine_settle (fixture->engine);
  tn_engine_hold (fixture->engine, TRUE);
  set_units (fixture, 9);
  tn_document_undo (fixture->document);
  /* What is shown is true again, though a job about something else is under way. */
  g_assert_false (tn_engine_is_stale (fixture->engine));
  tn_engine_hold (fixture->engine, FALSE);
  tn_engine_settle (fixture->engine);
  g_assert_cmpint (units_found (fixture), ==, 64);
  g_assert_nonnull (tn_engine_advice (fixture->engine));
}

static void
test_dispose_busy (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 50; i++)
    {
      TnEngine *engine = tn_engine_new (fixture->document);

      tn_engine_hold (engine, i % 2);
      set_units (fixture, i + 1);
      g_assert_finalize_object (engine);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
dispose_cb (TnEngine *engine, TnEngine **owner)
{
  g_clear_object (owner);
}

static void
test_dispose_in_handler (Fixture *fixture, gconstpointer data)
{
  const char *const signals[] = { "facts", "advice" };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      TnEngine *engine = tn_engine_new (fixture->document);

      g_signal_connect (engine, signals[i], G_CALLBACK (dispose_cb), &engine);
      while (engine != NULL)
        g_main_context_iteration (NULL, TRUE);
    }
}

static void
edit_cb (TnEngine *engine, Fixture *fixture)
{
  if (units_found (fixture) < 70)
    set_units (fixture, units_found (fixture) + 1);
}

static void
test_edit_in_handler (Fixture *fixture, gconstpointer data)
{
  g_signal_connect (fixture->engine, "facts", G_CALLBACK (edit_cb), fixture);
  tn_engine_settle (fixture->engine);
  g_assert_cmpint (units_found (fixture), ==, 70);
  g_assert_nonnull (tn_engine_advice (fixture->engine));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/engine/first", test_first },
    { "/engine/edit", test_edit },
    { "/engine/burst", test_burst },
    { "/engine/positions", test_positions },
    { "/engine/held", test_held },
    { "/engine/back-again", test_back_again },
    { "/engine/dispose-busy", test_dispose_busy },
    { "/engine/dispose-in-handler", test_dispose_in_handler },
    { "/engine/edit-in-handler", test_edit_in_handler },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
