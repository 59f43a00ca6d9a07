/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histograms: against plain counting, and the same in whatever pieces, order, batches and threads
 * the numbers come. */
#include "exec/tn-histogram.h"

#include <math.h>
#include <string.h>

#include "exec/tn-stats.h"
#include "models.h"

static TnBins
bins_of (const float *numbers, gint64 n)
{
  TnStats stats = tn_stats_of (numbers, n);

  return tn_bins_of (numbers, n, stats.count > 0, stats.min, stats.max);
}

static float
draw (GRand *rand, int kind)
{
  double x = g_rand_double_range (rand, -1, 1);

  switch (kind)
    {
    case 0:
      return (float)x;
    case 1:
      return (float)MAX (x, 0);
    case 2:
      return (float)(1000 + x / 1000);
    case 3: /* from the smallest to the largest that there is */
      return (float)(x * pow (10, g_rand_double_range (rand, -44, 38)));
    case 4:
      return g_rand_int_range (rand, 0, 9) == 0 ? NAN : g_rand_boolean (rand) ? INFINITY : (float)x;
    case 5:
      return 0.0f;
    case 6:
      return -7.25f;
    case 7:
      return x < 0 ? -G_MAXFLOAT : G_MAXFLOAT;
    case 8:
      return x < 0 ? 1e-45f : 0.0f;
    default:
      return NAN;
    }
}

static void
test_counts (void)
{
  enum
  {
    N = 5000,
    KINDS = 10,
  };
  g_autofree float *numbers = g_new (float, N);

  for (int kind = 0; kind < KINDS; kind++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)kind);
      TnStats stats;

      for (guint i = 0; i < N; i++)
        numbers[i] = draw (rand, kind);
      stats = tn_stats_of (numbers, N);
      TnBins whole = bins_of (numbers, N);
      g_autofree TnHistogram *histogram = tn_bins_histogram (&whole);
      guint64 expected[TN_HISTOGRAM_BINS] = { 0 };

      if (stats.count == 0)
        {
          g_assert_null (histogram);
          continue;
        }
      if (stats.min == stats.max)
        {
          g_assert_cmpuint (histogram->n_bins, ==, 1);
          g_assert_cmpfloat (histogram->low, ==, stats.min);
          g_assert_cmpfloat (histogram->high, ==, stats.max);
          g_assert_cmpuint (histogram->counts[0], ==, stats.count);
          continue;
        }
      g_assert_cmpuint (histogram->n_bins, <=, TN_HISTOGRAM_BINS);
      if (kind < 5)
        g_assert_cmpuint (histogram->n_bins, >, TN_HISTOGRAM_BINS / 2);
      double width = (histogram->high - histogram->low) / histogram->n_bins;
      g_assert_cmpfloat (histogram->low, <=, stats.min);
      g_assert_cmpfloat (histogram->low + width, >, stats.min);
      g_assert_cmpfloat (histogram->high, >, stats.max);
      g_assert_cmpfloat (histogram->high - width, <=, stats.max);
      for (guint i = 0; i < N; i++)
        if (isfinite (numbers[i]))
          expected[(guint)(floor (numbers[i] / width) - histogram->low / width)]++;
      g_assert_cmpmem (histogram->counts, sizeof expected, expected, sizeof expected);

      for (int round = 0; round < 20; round++)
        {
          TnBins merged = { 0 }, part, late = { 0 };

          for (gint64 from = 0, n; from < N; from += n)
            {
              n = g_rand_int_range (rand, 1, 900);
              n = MIN (n, N - from);
              part = bins_of (numbers + from, n);
              tn_bins_merge (g_rand_boolean (rand) ? &merged : &late, &part);
            }
          tn_bins_merge (&merged, &late);
          g_assert_cmpint (merged.scale, ==, whole.scale);
          g_assert_cmpint (merged.first, ==, whole.first);
          g_assert_cmpuint (merged.n_bins, ==, whole.n_bins);
          g_assert_cmpmem (merged.counts, sizeof merged.counts, whole.counts, sizeof whole.counts);
        }
    }
}

static TnRunResult *
run (const TnGraph *graph, gint64 batch, guint threads, gboolean watch)
{
  TnRunOptions options = tn_run_options_default ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TnPlan) plan = NULL;
  TnRunResult *result;

  options.samples = 40;
  options.batch = batch;
  options.threads = threads;
  options.histogram = TRUE;
  options.watch = watch;
  plan = model_plan (graph, &options, &error);
  g_assert_no_error (error);
  result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->peak_bytes, ==, result->predicted_peak_bytes);
  return result;
}

/* What these layers give does not depend on the batch by a single bit. */
static void
test_runs (void)
{
  g_autoptr (TnGraph) graph = model_new ("x InputLayer(batch_shape=(None, 60, 50, 3))\n"
                                         "pool MaxPooling2D <- x\n"
                                         "relu ReLU <- pool\n");
  g_autoptr (TnRunResult) whole = run (graph, 40, 1, TRUE);
  g_autoptr (TnRunResult) fast = run (graph, 40, 1, FALSE);

  for (gint64 batch = 1; batch < 40; batch += 6)
    {
      g_autoptr (TnRunResult) result = run (graph, batch, 1 + (guint)batch % 4, TRUE);

      g_assert_cmpuint (result->layers->len, ==, 3);
      for (guint i = 0; i < 3; i++)
        {
          const TnHistogram *a = g_array_index (result->layers, TnLayerRun, i).histogram;
          const TnHistogram *b = g_array_index (whole->layers, TnLayerRun, i).histogram;

          g_assert_cmpuint (b->n_bins, >, 32);
          g_assert_cmpmem (a, sizeof *a, b, sizeof *b);
        }
    }
  /* Only the model's output is looked at. */
  g_assert_null (g_array_index (fast->layers, TnLayerRun, 0).histogram);
  g_assert_cmpuint (g_array_index (fast->layers, TnLayerRun, 2).histogram->n_bins, >, 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/counts", test_counts);
  g_test_add_func ("/histogram/runs", test_runs);
  return g_test_run ();
}
