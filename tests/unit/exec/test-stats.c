/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics against two plain passes in double precision. */
#include "exec/tn-stats.h"

#include <math.h>
#include <string.h>

static void
check (const float *numbers, gint64 n, const TnStats *stats)
{
  double sum = 0.0, squares = 0.0, min = INFINITY, max = -INFINITY;
  guint64 count = 0, n_zero = 0, n_nan = 0, n_inf = 0;

  for (gint64 i = 0; i < n; i++)
    if (isnan (numbers[i]))
      n_nan++;
    else if (isinf (numbers[i]))
      n_inf++;
    else
      {
        sum += numbers[i];
        min = fmin (min, numbers[i]);
        max = fmax (max, numbers[i]);
        n_zero += numbers[i] == 0.0f;
        count++;
      }
  g_assert_cmpuint (stats->count, ==, count);
  g_assert_cmpuint (stats->n_zero, ==, n_zero);
  g_assert_cmpuint (stats->n_nan, ==, n_nan);
  g_assert_cmpuint (stats->n_inf, ==, n_inf);
  if (count == 0)
    return;
  double mean = sum / (double)count;
  for (gint64 i = 0; i < n; i++)
    if (isfinite (numbers[i]))
      squares += (numbers[i] - mean) * (numbers[i] - mean);
  double deviation = sqrt (squares / (double)count);
  g_assert_cmpfloat (stats->min, ==, min);
  g_assert_cmpfloat (stats->max, ==, max);
  g_assert_cmpfloat_with_epsilon (stats->mean, mean, 1e-5 * deviation + 1e-12 * fabs (mean));
  g_assert_cmpfloat_with_epsilon (tn_stats_deviation (stats), deviation,
                                  1e-5 * deviation + 1e-9 * fabs (mean));
}

static void
test_random (void)
{
  static const struct
  {
    gint64 n;
    double mean, spread;
    int odd; /* one in so many is not finite; 0: none */
    gboolean rectified;
  } draws[] = {
    { 0, 0, 1, 0, FALSE },
    { 1, 5, 1, 0, FALSE },
    { 255, 0, 1, 0, FALSE },
    { 256, 0, 1, 0, TRUE },
    { 257, 1000, 0.01, 0, FALSE },
    { 100000, 0, 1, 0, TRUE },
    { 100000, 1e6, 1, 0, FALSE },
    { 100000, 0, 1, 7, FALSE },
    { 100000, 0, 1, 9973, TRUE },
    { 70000, 0, 1e25, 0, FALSE },
    { 70000, 1e-30, 1e-32, 0, FALSE },
    { 300, 0, 1, 1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (draws); i++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (i);
      g_autofree float *numbers = g_new (float, draws[i].n + 1);
      for (gint64 j = 0; j < draws[i].n; j++)
        {
          double x = draws[i].mean + draws[i].spread * g_rand_double_range (rand, -1, 1);
          if (draws[i].rectified)
            x = MAX (x, 0.0);
          if (draws[i].odd > 0 && g_rand_int_range (rand, 0, draws[i].odd) == 0)
            x = g_rand_boolean (rand) ? NAN : INFINITY;
          numbers[j] = (float)x;
        }
      TnStats stats = tn_stats_of (numbers, draws[i].n);
      check (numbers, draws[i].n, &stats);

      /* Gathered in pieces, and added to what was there. */
      TnKernelContext alone = { .n_workers = 1 };
      g_autofree TnStats *pieces = g_new (TnStats, tn_stats_pieces (draws[i].n) + 1);
      g_autofree float *twice = g_new (float, 2 * draws[i].n + 1);
      memcpy (twice, numbers, draws[i].n * sizeof *twice);
      memcpy (twice + draws[i].n, numbers, draws[i].n * sizeof *twice);
      TnStats gathered = { 0 };
      tn_stats_gather (&gathered, NULL, numbers, draws[i].n, pieces, &alone);
      check (numbers, draws[i].n, &gathered);
      tn_stats_gather (&gathered, NULL, numbers, draws[i].n, pieces, &alone);
      check (twice, 2 * draws[i].n, &gathered);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats/random", test_random);
  return g_test_run ();
}
