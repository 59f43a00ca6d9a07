/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of rows: how exact they are, at the ends of what floats can hold too, and that a
 * number's result does not depend on its neighbours. */
#include "kernels/tn-function.h"

#include <math.h>
#include <string.h>

/* Of the smallest normal number: below it less is asked for. */
#define SMALLEST 1.17549435e-38
#define ERROR    2e-7

static const float params[] = { 0.75f, 1.5f, 1.25f };

static double
formula (TnFunction function, double x)
{
  switch (function)
    {
    case TN_FUNCTION_EXP:
      return exp (x);
    case TN_FUNCTION_TANH:
      return tanh (x);
    case TN_FUNCTION_SIGMOID:
      return 1.0 / (1.0 + exp (-x));
    case TN_FUNCTION_SILU:
      return x / (1.0 + exp (-x));
    case TN_FUNCTION_GELU:
      return x * erfc (-x / sqrt (2.0)) / 2.0;
    case TN_FUNCTION_SOFTPLUS:
      return x > 40.0 ? x : log1p (exp (x));
    case TN_FUNCTION_LOG_SIGMOID:
      return x < -40.0 ? x : -log1p (exp (-x));
    case TN_FUNCTION_MISH:
      return x * tanh (x > 40.0 ? x : log1p (exp (x)));
    case TN_FUNCTION_TANH_SHRINK:
      return x - tanh (x);
    case TN_FUNCTION_ELU:
      return x < 0.0 ? params[1] * expm1 (x / params[0]) : params[2] * x;
    case TN_FUNCTION_LOG:
      return log (x);
    case TN_FUNCTION_LOG2:
      return log2 (x);
    case TN_FUNCTION_LOG1P:
      return log1p (x);
    case TN_FUNCTION_EXPM1:
      return expm1 (x);
    case TN_FUNCTION_SIN:
      return sin (x);
    case TN_FUNCTION_COS:
      return cos (x);
    case TN_FUNCTION_ERF:
      return erf (x);
    case TN_N_FUNCTIONS:
    default:
      g_assert_not_reached ();
    }
}

/* What a result of @expected at @x may be wrong. */
static double
allowed (TnFunction function, double x, double expected)
{
  if (function == TN_FUNCTION_TANH_SHRINK)
    return ERROR * fabs (x) + SMALLEST;
  if (function == TN_FUNCTION_SIN || function == TN_FUNCTION_COS)
    return ERROR + SMALLEST;
  /* e^x is larger than any float before its inverse is smaller. */
  if (x < -87.0)
    return 1e-35;
  return (function == TN_FUNCTION_GELU || function == TN_FUNCTION_MISH
                  || function == TN_FUNCTION_ERF
              ? 3e-7
              : ERROR)
             * fabs (expected)
         + SMALLEST;
}

static void
check (const TnFunctionSet *set, TnFunction function, const float *x, gint64 n, double *worst)
{
  g_autofree float *out = g_new (float, n + 1);

  out[n] = 77.0f;
  set->maps[function](x, out, n, params);
  g_assert_cmpfloat (out[n], ==, 77.0f);
  for (gint64 i = 0; i < n; i++)
    {
      double expected = formula (function, x[i]), error = fabs (out[i] - expected);

      if (isnan (expected) || isinf (expected) || fabs (expected) > 3.4028234e38)
        {
          if (isnan (expected) ? !isnan (out[i]) : !(out[i] == (float)expected))
            g_error ("function %d of %.9g is %.9g, not %.9g", function, x[i], out[i], expected);
          continue;
        }
      if (x[i] > -80.0f && x[i] < 80.0f && fabs (expected) > 1e-30
          && function != TN_FUNCTION_TANH_SHRINK)
        *worst = MAX (*worst, error / fabs (expected));
      if (!(error <= allowed (function, x[i], expected)))
        g_error ("function %d of %.9g is %.9g, not %.9g", function, x[i], out[i], expected);
    }
}

static void
test_exact (gconstpointer data)
{
  const TnIsa isa = GPOINTER_TO_UINT (data);
  const TnFunctionSet *set = tn_function_set (isa);
  const float ends[]
      = { 0.0f,     -0.0f,  1e-30f, -1e-30f, 1e-40f,  -1e-40f,       88.5f,          88.7228f,
          88.73f,   100.0f, -87.0f, -88.0f,  -103.0f, -104.0f,       -1e30f,         1e30f,
          INFINITY, NAN,    0.625f, -0.625f, 20.0f,   3.4028235e38f, -3.4028235e38f, -INFINITY,
          -1.0f,    1.0f,   1e-7f,  8191.9f, 70000.0f };
  enum
  {
    N = 20011,
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autofree float *x = g_new (float, N);

  if (isa > tn_cpu ()->isa)
    {
      g_test_skip ("not with this processor");
      return;
    }
  for (TnFunction function = 0; function < TN_N_FUNCTIONS; function++)
    {
      double worst = 0.0;

      check (set, function, ends, G_N_ELEMENTS (ends), &worst);
      for (int range = -8; range < 8; range++)
        {
          double wide = ldexp (1.0, range);

          for (int i = 0; i < N; i++)
            x[i] = (float)g_rand_double_range (rand, -wide, wide);
          check (set, function, x, N, &worst);
        }
      g_test_message ("%s, function %d: %.3g", tn_isa_name (isa), function, worst);
    }
}

static void
test_place (gconstpointer data)
{
  const TnIsa isa = GPOINTER_TO_UINT (data);
  const TnFunctionSet *set = tn_function_set (isa);
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  float x[67], all[67], one[67];

  if (isa > tn_cpu ()->isa)
    {
      g_test_skip ("not with this processor");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (x); i++)
    x[i] = (float)g_rand_double_range (rand, -6.0, 6.0);
  for (TnFunction function = 0; function < TN_N_FUNCTIONS; function++)
    {
      set->maps[function](x, all, G_N_ELEMENTS (x), params);
      for (guint i = 0; i < G_N_ELEMENTS (x); i++)
        set->maps[function](x + i, one + i, 1, params);
      g_assert_cmpmem (all, sizeof all, one, sizeof one);
      memcpy (one, x, sizeof x);
      set->maps[function](one, one, G_N_ELEMENTS (x), params);
      g_assert_cmpmem (all, sizeof all, one, sizeof one);
    }
}

static void
test_rows (gconstpointer data)
{
  const TnIsa isa = GPOINTER_TO_UINT (data);
  const TnFunctionSet *set = tn_function_set (isa);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  if (isa > tn_cpu ()->isa)
    {
      g_test_skip ("not with this processor");
      return;
    }
  for (gint64 n = 0; n < 70; n++)
    {
      float x[71], terms[71];
      double best = -INFINITY, sum = 0.0;

      for (gint64 i = 0; i < n; i++)
        {
          x[i] = (float)g_rand_double_range (rand, -9.0, -1.0);
          best = MAX (best, (double)x[i]);
          sum += exp (x[i] + 1.0);
        }
      terms[n] = 77.0f;
      g_assert_cmpfloat (set->largest (x, n), ==, (float)best);
      float got = set->exponentials (x, -1.0f, terms, n);
      g_assert_cmpfloat_with_epsilon (got, sum, 1e-6 * sum + 1e-30);
      g_assert_cmpfloat (set->exponentials (x, -1.0f, NULL, n), ==, got);
      if (n > 0)
        set->scale (terms, 1.0f / got, n);
      for (gint64 i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (terms[i], exp (x[i] + 1.0) / sum, 1e-6);
      g_assert_cmpfloat (terms[n], ==, 77.0f);
    }
}

/* A row in double precision, by the definition. */
static void
normal_row (const TnFunctionNormal *how, const float *x, double *out, gint64 n)
{
  double mean = 0.0, squares = 0.0;

  for (gint64 i = 0; how->about_mean && i < n; i++)
    mean += x[i] / (double)n;
  for (gint64 i = 0; i < n; i++)
    squares += (x[i] - mean) * (x[i] - mean);
  for (gint64 i = 0; i < n; i++)
    {
      out[i] = (x[i] - (how->less_mean ? mean : 0.0))
               / (how->unit ? sqrt (MAX (squares, how->epsilon))
                            : sqrt (squares / (double)n + how->epsilon));
      if (how->gamma != NULL)
        out[i] *= how->gamma[i];
      if (how->beta != NULL)
        out[i] += how->beta[i];
    }
}

/* Rows of any length, far from 0 too, and of numbers whose squares no float can hold. */
static void
test_normal (gconstpointer data)
{
  const TnIsa isa = GPOINTER_TO_UINT (data);
  const TnFunctionSet *set = tn_function_set (isa);
  static const float centres[] = { 0.0f, 3.0f, -20000.0f }, spreads[] = { 1.0f, 0.02f, 1e25f };
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  enum
  {
    MOST = 9001,
  };
  g_autofree float *x = g_new (float, MOST + 1), *row = g_new (float, MOST);
  g_autofree double *expected = g_new (double, MOST);

  if (isa > tn_cpu ()->isa)
    {
      g_test_skip ("not with this processor");
      return;
    }
  for (int i = 0; i < MOST; i++)
    row[i] = (float)g_rand_double_range (rand, -2.0, 2.0);
  for (gint64 n = 1; n <= MOST; n = n < 70 ? n + 1 : n * 5 / 2)
    for (int kind = 0; kind < 36; kind++)
      {
        const TnFunctionNormal how = { .about_mean = kind % 4 < 2,
                                       .less_mean = kind % 4 == 0,
                                       .unit = kind % 4 == 3,
                                       .epsilon = 1e-6,
                                       .gamma = n % 2 == 0 ? row : NULL,
                                       .beta = n % 3 == 0 ? row : NULL };

        for (gint64 i = 0; i < n; i++)
          x[i] = centres[kind / 4 % 3]
                 + (float)g_rand_double_range (rand, -1.0, 1.0) * spreads[kind / 12];
        x[n] = 77.0f;
        normal_row (&how, x, expected, n);
        set->normalize (&how, x, x, n);
        g_assert_cmpfloat (x[n], ==, 77.0f);
        for (gint64 i = 0; i < n; i++)
          if (!(fabs (x[i] - expected[i]) <= 3e-6 * (1.0 + fabs (expected[i]))))
            g_error ("%s, kind %d: %.9g, not %.9g", tn_isa_name (isa), kind, x[i], expected[i]);
      }
  x[0] = NAN;
  set->normalize (&(TnFunctionNormal){ .about_mean = TRUE, .less_mean = TRUE }, x, x, 40);
  for (int i = 0; i < 40; i++)
    g_assert_true (isnan (x[i]));
}

/* One unit by itself, and both ends of what its gates can be. */
static void
test_cells (gconstpointer data)
{
  const TnIsa isa = GPOINTER_TO_UINT (data);
  const TnFunctionSet *set = tn_function_set (isa);
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  enum
  {
    UNITS = 37,
  };

  if (isa > tn_cpu ()->isa)
    {
      g_test_skip ("not with this processor");
      return;
    }
  for (int round = 0; round < 300; round++)
    {
      const double wide = round % 3 == 0 ? 200.0 : 4.0;
      float z[4 * UNITS], h[UNITS + 1], c[UNITS + 1], before[UNITS];

      for (int i = 0; i < 4 * UNITS; i++)
        z[i] = (float)g_rand_double_range (rand, -wide, wide);
      for (int i = 0; i < UNITS; i++)
        before[i] = c[i] = (float)g_rand_double_range (rand, -2.0, 2.0);
      z[0] = INFINITY;
      z[1] = -INFINITY;
      z[2] = NAN;
      h[UNITS] = c[UNITS] = 77.0f;
      set->lstm (z, h, c, UNITS);
      g_assert_cmpfloat (h[UNITS] + c[UNITS], ==, 154.0f);
      g_assert_true (isnan (h[2]) && isnan (c[2]));
      for (int i = 0; i < UNITS; i++)
        {
          double state = before[i] / (1.0 + exp (-z[UNITS + i]))
                         + tanh (z[2 * UNITS + i]) / (1.0 + exp (-z[i]));

          if (i == 2)
            continue;
          g_assert_cmpfloat_with_epsilon (c[i], state, 1.5e-6);
          g_assert_cmpfloat_with_epsilon (h[i], tanh (state) / (1.0 + exp (-z[3 * UNITS + i])),
                                          1.5e-6);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (TnIsa isa = 0; isa < TN_N_ISAS; isa++)
    if (tn_function_set (isa) != NULL)
      {
        g_autofree char *exact = g_strdup_printf ("/function/exact/%s", tn_isa_name (isa));
        g_autofree char *place = g_strdup_printf ("/function/place/%s", tn_isa_name (isa));
        g_autofree char *rows = g_strdup_printf ("/function/rows/%s", tn_isa_name (isa));
        g_autofree char *normal = g_strdup_printf ("/function/normal/%s", tn_isa_name (isa));
        g_autofree char *cells = g_strdup_printf ("/function/cells/%s", tn_isa_name (isa));

        g_test_add_data_func (exact, GUINT_TO_POINTER (isa), test_exact);
        g_test_add_data_func (place, GUINT_TO_POINTER (isa), test_place);
        g_test_add_data_func (rows, GUINT_TO_POINTER (isa), test_rows);
        g_test_add_data_func (normal, GUINT_TO_POINTER (isa), test_normal);
        g_test_add_data_func (cells, GUINT_TO_POINTER (isa), test_cells);
      }
  return g_test_run ();
}
