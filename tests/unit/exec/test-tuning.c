/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured on this machine: its text, damaged or not, and that runs heed it without their
 * numbers depending on it. */
#include <math.h>
#include <string.h>

#include "base/tn-error.h"
#include "exec/tn-tune.h"
#include "exec/tn-tuning-private.h"
#include "models.h"

#define MODEL                                                                                      \
  "image InputLayer(batch_shape=(None, 20, 20, 16))\n"                                             \
  "conv Conv2D(filters=48; kernel_size=3; padding=same; activation=relu)\n"                        \
  "again Conv2D(filters=48; kernel_size=3; padding=same; activation=relu)\n"                       \
  "third Conv2D(filters=48; kernel_size=3; padding=same)\n"                                        \
  "sum Add <- third, again\n"                                                                      \
  "point Conv2D(filters=70; kernel_size=1; strides=2)\n"                                           \
  "depth DepthwiseConv2D(kernel_size=3)\n"                                                         \
  "flat Flatten\n"                                                                                 \
  "dense Dense(units=90; activation=tanh)\n"                                                       \
  "out Dense(units=10; activation=softmax)\n"

static TnFacts *
facts_of (const char *model)
{
  g_autoptr (TnGraph) graph = model_new (model);
  return tn_infer (graph, NULL, NULL);
}

static TnRunResult *
run_batches (const TnFacts *facts, TnTuning *tuning, gint64 samples, guint threads, gboolean watch)
{
  g_autoptr (GError) error = NULL;
  TnRunOptions options = tn_run_options_default ();
  options.samples = samples;
  options.batch = 3;
  options.seed = 5;
  options.threads = threads;
  options.watch = watch;
  options.keep_outputs = TRUE;
  options.tuning = tuning;
  g_autoptr (TnPlan) plan = tn_plan_new (facts, &options, NULL, &error);
  g_assert_no_error (error);
  TnRunResult *result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static TnRunResult *
run (const TnFacts *facts, TnTuning *tuning, guint threads, gboolean watch)
{
  return run_batches (facts, tuning, 3, threads, watch);
}

static const float *
floats_of (const TnRunResult *result, gsize *n)
{
  TnTensor *tensor = g_array_index (result->outputs, TnRunOutput, 0).tensor;

  *n = tn_tensor_elements (tensor);
  return tn_tensor_floats (tensor);
}

static gboolean
same_bits (const TnRunResult *a, const TnRunResult *b)
{
  gsize n, m;
  const float *x = floats_of (a, &n), *y = floats_of (b, &m);

  return n == m && memcmp (x, y, n * sizeof *x) == 0;
}

static void
assert_close (const TnRunResult *a, const TnRunResult *b)
{
  gsize n, m;
  const float *x = floats_of (a, &n), *y = floats_of (b, &m);

  g_assert_cmpuint (n, ==, m);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (x[i], y[i], 1e-5 * (1.0 + fabs (y[i])));
}

/* ---- the table ---- */

static void
test_table (void)
{
  g_autoptr (TnTuning) tuning = tn_tuning_new ();

  g_assert_cmpint (tn_tuning_find (tuning, "a", 1), ==, TN_WAY_RULE);
  tn_tuning_set (tuning, "a", 2, TN_WAY_DIRECT_3);
  g_assert_cmpint (tn_tuning_find (tuning, "a", 2), ==, TN_WAY_DIRECT_3);
  /* Better than nothing, and the same bits. */
  g_assert_cmpint (tn_tuning_find (tuning, "a", 1), ==, TN_WAY_DIRECT_3);
  tn_tuning_set (tuning, "a", 1, TN_WAY_DIRECT_1);
  g_assert_cmpint (tn_tuning_find (tuning, "a", 1), ==, TN_WAY_DIRECT_1);
  g_assert_cmpint (tn_tuning_find (tuning, "a", 2), ==, TN_WAY_DIRECT_3);
  /* Other bits at one number of threads are other bits at all. */
  tn_tuning_set (tuning, "a", 4, TN_WAY_BLIS_1);
  for (guint threads = 1; threads <= 4; threads++)
    g_assert_cmpint (tn_tuning_find (tuning, "a", threads), ==, TN_WAY_BLIS_1);
  g_assert_cmpuint (tn_tuning_size (tuning), ==, 1);

  g_autoptr (TnTuning) copy = tn_tuning_copy (tuning);
  tn_tuning_set (copy, "a", 1, TN_WAY_WINOGRAD_2);
  g_assert_cmpint (tn_tuning_find (tuning, "a", 1), ==, TN_WAY_BLIS_1);
}

/* The oldest are forgotten. */
static void
test_full (void)
{
  g_autoptr (TnTuning) tuning = tn_tuning_new ();

  for (guint i = 0; i < TN_TUNING_MOST + 10; i++)
    {
      g_autofree char *key = g_strdup_printf ("key_%u", i);
      tn_tuning_set (tuning, key, 1, TN_WAY_DIRECT_2);
      tn_tuning_set (tuning, "key_3", 1, TN_WAY_DIRECT_1);
    }
  g_assert_cmpuint (tn_tuning_size (tuning), ==, TN_TUNING_MOST);
  g_assert_cmpint (tn_tuning_find (tuning, "key_0", 1), ==, TN_WAY_RULE);
  g_assert_cmpint (tn_tuning_find (tuning, "key_3", 1), ==, TN_WAY_DIRECT_1);
  g_assert_cmpint (tn_tuning_find (tuning, "key_4100", 1), ==, TN_WAY_DIRECT_2);
}

/* ---- its text ---- */

static void
test_text (void)
{
  g_autoptr (TnTuning) tuning = tn_tuning_new ();
  g_autofree char *machine = tn_tuning_machine ();

  tn_tuning_set (tuning, "matmul_3x4_4x5_3x5", 2, TN_WAY_DIRECT_2);
  tn_tuning_set (tuning, "matmul_3x4_4x5_3x5", 1, TN_WAY_DIRECT_1);
  tn_tuning_set (tuning, "other_1", 8, TN_WAY_BLIS_2);
  g_autofree char *text = tn_tuning_to_text (tuning);
  g_autoptr (TnTuning) read = tn_tuning_from_text (text, strlen (text));
  g_assert_nonnull (read);
  g_assert_cmpint (tn_tuning_find (read, "matmul_3x4_4x5_3x5", 1), ==, TN_WAY_DIRECT_1);
  g_assert_cmpint (tn_tuning_find (read, "matmul_3x4_4x5_3x5", 2), ==, TN_WAY_DIRECT_2);
  g_assert_cmpint (tn_tuning_find (read, "other_1", 1), ==, TN_WAY_BLIS_2);
  g_autofree char *again = tn_tuning_to_text (read);
  g_assert_cmpuint (strlen (again), ==, strlen (text));

  /* Another processor's, and another version's. */
  g_assert_nonnull (strstr (text, machine));
  g_autofree char *there = g_strdup (text);
  strstr (there, machine)[0] ^= 1;
  g_assert_null (tn_tuning_from_text (there, strlen (there)));
  g_assert_null (tn_tuning_from_text ("", 0));
  g_assert_null (tn_tuning_from_text ("[threads-1]\na=direct-1\n", 23));
}

/* Nothing that can stand in a file does harm, and what makes sense in it is kept. */
static void
test_hostile (void)
{
  static const char *const lines[] = { "[threads-]\na=direct-1",
                                       "[threads-0]\nb=direct-1",
                                       "[threads-99999999999]\nc=direct-1",
                                       "[threads--1]\nd=direct-1",
                                       "[elsewhere]\ne=direct-1",
                                       "[threads-3]\nf=nonsense\ng=\nh=rule\ni=direct-1",
                                       "[threads-3]\nj[de]=direct-1",
                                       "[threads-3]\nk=blis-4\nk=\xff\xfe" };
  g_autofree char *machine = tn_tuning_machine ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  g_string_append_printf (text, "[machine]\nname=%s\n", machine);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_string_append_printf (text, "%s\n", lines[i]);
  g_autoptr (TnTuning) tuning = tn_tuning_from_text (text->str, text->len);
  g_assert_nonnull (tuning);
  for (char key[] = "a"; key[0] <= 'h'; key[0]++)
    g_assert_cmpint (tn_tuning_find (tuning, key, 3), ==, TN_WAY_RULE);
  g_assert_cmpint (tn_tuning_find (tuning, "i", 3), ==, TN_WAY_DIRECT_1);

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *broken = g_strndup (text->str, text->len);
      gsize length = (gsize)g_rand_int_range (rand, 0, (gint32)text->len + 1);

      for (guint j = 0; j < 4; j++)
        broken[g_rand_int_range (rand, 0, (gint32)text->len)]
            = (char)g_rand_int_range (rand, 0, 256);
      tn_tuning_unref (tn_tuning_from_text (broken, length));
    }
}

/* ---- tuning ---- */

static TnTuneResult *
tune (const TnFacts *facts, guint threads, const TnTuning *before)
{
  g_autoptr (GError) error = NULL;
  TnRunOptions options = tn_run_options_default ();
  options.samples = 3;
  options.batch = 3;
  options.threads = threads;
  TnTuneResult *result = tn_tune (facts, &options, before, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static void
test_tune (void)
{
  g_autoptr (TnFacts) facts = facts_of (MODEL);
  g_autoptr (TnTuneResult) one = tune (facts, 1, NULL);
  g_autoptr (TnTuneResult) two = tune (facts, 2, one->tuning);
  guint n_calls = 0;

  g_assert_cmpint (two->batch, ==, 3);
  g_assert_cmpuint (two->threads, ==, 2);
  /* conv; again and third; point; dense; out. Depthwise has one way. With fusing third + again. */
  g_assert_cmpuint (two->shapes->len, ==, 6);
  for (guint i = 0; i < two->shapes->len; i++)
    {
      const TnTuneShape *shape = &g_array_index (two->shapes, TnTuneShape, i);
      double best = INFINITY;

      n_calls += shape->n_calls;
      g_assert_cmpuint (shape->candidates->len, >=, 2);
      g_assert_cmpuint (shape->chosen, <, shape->candidates->len);
      for (guint j = 0; j < shape->candidates->len; j++)
        {
          const TnTuneCandidate *candidate = &g_array_index (shape->candidates, TnTuneCandidate, j);
          g_assert_cmpfloat (candidate->seconds, >, 0.0);
          best = MIN (best, candidate->seconds);
          for (guint k = 0; k < j; k++)
            g_assert_cmpstr (g_array_index (shape->candidates, TnTuneCandidate, k).kernel, !=,
                             candidate->kernel);
        }
      /* The fastest, unless the rule is nearly as fast. */
      double seconds = g_array_index (shape->candidates, TnTuneCandidate, shape->chosen).seconds;
      g_assert_true (shape->chosen == 0 ? 0.97 * seconds <= best : seconds == best);
    }
  g_assert_cmpuint (n_calls, ==, 6);
  g_assert_cmpuint (tn_tuning_size (two->tuning), ==, 6);
  g_assert_cmpfloat (two->chosen_seconds, <=, two->rule_seconds);
  g_assert_cmpfloat (tn_tune_result_gain (two), >=, 0.0);

  for (guint watch = 0; watch < 2; watch++)
    {
      g_autoptr (TnRunResult) by_rule = run (facts, NULL, 1, watch);
      g_autoptr (TnRunResult) first = run (facts, two->tuning, 1, watch);

      g_assert_false (by_rule->tuned);
      g_assert_true (first->tuned);
      assert_close (first, by_rule);
      for (guint threads = 2; threads <= 4; threads++)
        {
          g_autoptr (TnRunResult) more = run (facts, two->tuning, threads, watch);
          g_assert_true (more->tuned && same_bits (first, more));
        }
    }
}

static void
collect (const TnTuneProgress *progress, gpointer data)
{
  TnTuneProgress *last = data;

  g_assert_cmpfloat (progress->fraction, >=, last->fraction);
  g_assert_cmpfloat (progress->fraction, <, 1.0);
  g_assert_cmpuint (progress->n_done, <, progress->n_shapes);
  *last = *progress;
}

static void
cancel (const TnTuneProgress *progress, gpointer data)
{
  if (progress->n_done == 2)
    g_cancellable_cancel (data);
}

static void
test_stop (void)
{
  g_autoptr (TnFacts) facts = facts_of (MODEL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TnTuneProgress last = { 0 };
  TnRunOptions options = tn_run_options_default ();

  options.threads = 2;
  g_assert_null (tn_tune (facts, &options, NULL, cancel, cancellable, cancellable, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_CANCELLED);
  g_clear_error (&error);

  options.memory_limit = 10000;
  g_assert_null (tn_tune (facts, &options, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_MEMORY);
  g_clear_error (&error);

  g_autoptr (TnFacts) small = facts_of ("x InputLayer(batch_shape=(None, 40))\n"
                                        "a Dense(units=50)\nb Dense(units=3)\n");
  options.memory_limit = 0;
  g_autoptr (TnTuneResult) result = tn_tune (small, &options, NULL, collect, &last, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (last.n_shapes, ==, 2);
  g_assert_cmpuint (last.n_done, ==, 1);

  g_autoptr (TnFacts) wrong = facts_of ("x InputLayer(batch_shape=(None, 4, 4, 1))\n"
                                        "a Conv2D(filters=3; kernel_size=9)\n");
  g_assert_null (tn_tune (wrong, &options, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_MODEL);
}

/* Whatever stands in the table, also what cannot be done here: the same numbers to rounding, and
 * the same bits for the same table. */
static void
test_ways (void)
{
  g_autoptr (TnFacts) facts = facts_of (MODEL);
  g_autoptr (TnTuneResult) known = tune (facts, 1, NULL);
  g_autoptr (TnRunResult) by_rule = run (facts, NULL, 2, TRUE);
  g_autofree char *text = tn_tuning_to_text (known->tuning);
  guint n_other = 0;

  for (TnWay way = TN_WAY_DIRECT_1; way < TN_N_WAYS; way++)
    {
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
      g_autoptr (TnTuning) tuning = tn_tuning_new ();

      for (guint i = 0; lines[i] != NULL; i++)
        {
          g_auto (GStrv) sides = g_strsplit (lines[i], "=", 2);
          if (strchr (lines[i], '_') != NULL && g_strv_length (sides) == 2
              && !g_str_equal (sides[0], "name"))
            tn_tuning_set (tuning, sides[0], 1, way);
        }
      g_assert_cmpuint (tn_tuning_size (tuning), ==, 6);
      g_autoptr (TnRunResult) once = run (facts, tuning, 2, TRUE);
      g_autoptr (TnRunResult) twice = run (facts, tuning, 3, TRUE);
      g_assert_true (once->tuned && same_bits (once, twice));
      /* What is left at the end is computed like what came before it: sample 3 of 3 or of 6. */
      g_autoptr (TnRunResult) uneven = run_batches (facts, tuning, 5, 2, TRUE);
      g_autoptr (TnRunResult) even = run_batches (facts, tuning, 6, 2, TRUE);
      gsize n, m;
      const float *some = floats_of (uneven, &n), *all = floats_of (even, &m);
      g_assert_cmpuint (n * 6, ==, m * 5);
      g_assert_cmpmem (some, n * sizeof *some, all, n * sizeof *all);
      assert_close (once, by_rule);
      n_other += !g_str_equal (g_array_index (once->layers, TnLayerRun, 1).kernel,
                               g_array_index (by_rule->layers, TnLayerRun, 1).kernel);
    }
  g_assert_cmpuint (n_other, >=, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tuning/table", test_table);
  g_test_add_func ("/tuning/full", test_full);
  g_test_add_func ("/tuning/text", test_text);
  g_test_add_func ("/tuning/hostile", test_hostile);
  g_test_add_func ("/tuning/tune", test_tune);
  g_test_add_func ("/tuning/stop", test_stop);
  g_test_add_func ("/tuning/ways", test_ways);
  return g_test_run ();
}
