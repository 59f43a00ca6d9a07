/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Initializers: Keras's names, arguments, fans and distributions. */
#include "exec/tn-initializer.h"
#include "exec/tn-pool.h"

#include <math.h>
#include <string.h>

static TnInitializer
parse (const char *text, const char *shape_text)
{
  TnShape shape;
  TnInitializer initializer;
  g_autofree char *message = NULL;
  g_autoptr (TnValue) value = tn_value_from_text (text, &message);
  g_assert_nonnull (value);
  g_assert_true (tn_shape_from_text (shape_text, &shape));
  if (!tn_initializer_parse (value, &shape, &initializer, &message))
    g_error ("%s: %s", text, message);
  return initializer;
}

static void
test_arguments (void)
{
  /* Limits and deviations worked out from Keras's formulas. */
  static const struct
  {
    const char *text, *shape;
    TnFill fill;
    double a, b;
  } known[] = {
    { "zeros", "(5)", TN_FILL_CONSTANT, 0, 0 },
    { "Ones", "(5)", TN_FILL_CONSTANT, 1, 0 },
    { "{'class_name': 'Constant', 'config': {'value': 0.25}}", "(5)", TN_FILL_CONSTANT, 0.25, 0 },
    /* dense (7744, 256): √(6 / 8000) */
    { "glorot_uniform", "(7744, 256)", TN_FILL_UNIFORM, -0.0273861, 0.0273861 },
    { "{'class_name': 'GlorotUniform', 'config': {'seed': None}}", "(7744, 256)", TN_FILL_UNIFORM,
      -0.0273861, 0.0273861 },
    /* conv (3, 3, 32, 64): fans 288 and 576: √(6 / 864) */
    { "glorot_uniform", "(3, 3, 32, 64)", TN_FILL_UNIFORM, -0.0833333, 0.0833333 },
    { "glorot_normal", "(3, 3, 32, 64)", TN_FILL_TRUNCATED, 0, 0.0546964 },
    { "he_uniform", "(100, 10)", TN_FILL_UNIFORM, -0.2449490, 0.2449490 },
    { "HeNormal", "(100, 10)", TN_FILL_TRUNCATED, 0, 0.1607739 },
    { "lecun_uniform", "(100, 10)", TN_FILL_UNIFORM, -0.1732051, 0.1732051 },
    { "lecun_normal", "(100, 10)", TN_FILL_TRUNCATED, 0, 0.1136843 },
    { "random_uniform", "(3)", TN_FILL_UNIFORM, -0.05, 0.05 },
    { "{'class_name': 'RandomUniform', 'config': {'minval': -2, 'maxval': 3.5, 'seed': 1}}", "(3)",
      TN_FILL_UNIFORM, -2, 3.5 },
    { "random_normal", "(3)", TN_FILL_NORMAL, 0, 0.05 },
    { "{'class_name': 'TruncatedNormal', 'config': {'mean': 1, 'stddev': 2}}", "(3)",
      TN_FILL_TRUNCATED, 1, 2 },
    { "variance_scaling", "(100, 10)", TN_FILL_TRUNCATED, 0, 0.1136843 },
    { "{'class_name': 'VarianceScaling', 'config': {'scale': 3, 'mode': 'fan_out', "
      "'distribution': 'uniform'}}",
      "(100, 9)", TN_FILL_UNIFORM, -1, 1 },
    { "{'class_name': 'VarianceScaling', 'config': {'scale': 4, 'mode': 'fan_in', "
      "'distribution': 'untruncated_normal'}}",
      "(100, 9)", TN_FILL_NORMAL, 0, 0.2 },
    { "orthogonal", "(4, 4)", TN_FILL_ORTHOGONAL, 1, 0 },
    { "{'class_name': 'Identity', 'config': {'gain': 2}}", "(4, 3)", TN_FILL_IDENTITY, 2, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      TnInitializer got = parse (known[i].text, known[i].shape);
      g_assert_cmpint (got.fill, ==, known[i].fill);
      g_assert_cmpfloat_with_epsilon (got.a, known[i].a, 1e-6);
      g_assert_cmpfloat_with_epsilon (got.b, known[i].b, 1e-6);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text, *shape;
  } wrong[] = {
    { "no_such", "(3, 3)" },
    { "5", "(3, 3)" },
    { "{'config': {}}", "(3, 3)" },
    { "orthogonal", "(3)" },
    { "identity", "(3, 3, 3)" },
    { "{'class_name': 'VarianceScaling', 'config': {'mode': 'fan_up'}}", "(3, 3)" },
    { "{'class_name': 'VarianceScaling', 'config': {'distribution': 'cauchy'}}", "(3, 3)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      TnShape shape;
      TnInitializer initializer;
      g_autofree char *message = NULL;
      g_autoptr (TnValue) value = tn_value_from_text (wrong[i].text, &message);
      g_assert_nonnull (value);
      g_assert_true (tn_shape_from_text (wrong[i].shape, &shape));
      g_assert_false (tn_initializer_parse (value, &shape, &initializer, &message));
      g_assert_nonnull (message);
    }
}

static float *
fill (const char *text, const char *shape_text, guint threads, gint64 *n)
{
  TnShape shape;
  g_assert_true (tn_shape_from_text (shape_text, &shape));
  g_autoptr (TnPool) pool = tn_pool_new (threads);
  TnKernelContext context = { .n_workers = threads, .parallel_for = tn_pool_for, .pool = pool };
  *n = tn_shape_elements (&shape, 0);
  float *out = g_new (float, *n);
  tn_initializer_fill (parse (text, shape_text), &shape, tn_random_stream (3, "dense/kernel"), out,
                       &context);
  return out;
}

static void
test_distribution (void)
{
  static const struct
  {
    const char *text;
    double mean, deviation, limit;
  } known[] = {
    { "glorot_uniform", 0, 0.0273861 / 1.7320508, 0.0273862 },
    { "lecun_normal", 0, 0.0113637, 0.0258384 },
    { "random_normal", 0, 0.05, 0.4 },
    { "{'class_name': 'Constant', 'config': {'value': 3}}", 3, 0, 3.1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      gint64 n, n_again;
      g_autofree float *out = fill (known[i].text, "(7744, 256)", 1, &n);
      g_autofree float *again = fill (known[i].text, "(7744, 256)", 3, &n_again);
      g_assert_cmpmem (out, n * sizeof *out, again, n_again * sizeof *again);
      double sum = 0.0, squares = 0.0;
      for (gint64 j = 0; j < n; j++)
        {
          sum += out[j];
          g_assert_cmpfloat (fabs (out[j]), <=, known[i].limit);
        }
      double mean = sum / (double)n;
      for (gint64 j = 0; j < n; j++)
        squares += (out[j] - mean) * (out[j] - mean);
      g_assert_cmpfloat_with_epsilon (mean, known[i].mean, 0.005 * known[i].deviation + 1e-9);
      g_assert_cmpfloat_with_epsilon (sqrt (squares / (double)n), known[i].deviation,
                                      0.005 * known[i].deviation + 1e-9);
    }
}

/* The shorter side's vectors have length gain and stand square on one another. */
static void
check_orthogonal (const char *shape, gint64 rows, gint64 columns)
{
  gint64 n, n_again;
  const char *text = "{'class_name': 'Orthogonal', 'config': {'gain': 2}}";
  g_autofree float *out = fill (text, shape, 1, &n);
  g_autofree float *again = fill (text, shape, 4, &n_again);
  g_assert_cmpmem (out, n * sizeof *out, again, n_again * sizeof *again);
  g_assert_cmpint (n, ==, rows * columns);

  gboolean upright = rows >= columns;
  gint64 vectors = MIN (rows, columns);
  for (gint64 i = 0; i < vectors; i++)
    for (gint64 j = 0; j <= i; j++)
      {
        double sum = 0.0;
        for (gint64 k = 0; k < MAX (rows, columns); k++)
          sum += upright ? (double)out[k * columns + i] * out[k * columns + j]
                         : (double)out[i * columns + k] * out[j * columns + k];
        g_assert_cmpfloat_with_epsilon (sum, i == j ? 4.0 : 0.0, 1e-5);
      }
}

static void
test_orthogonal (void)
{
  check_orthogonal ("(40, 40)", 40, 40);
  check_orthogonal ("(100, 30)", 100, 30);
  check_orthogonal ("(3, 3, 2, 40)", 18, 40);
}

static void
test_identity (void)
{
  gint64 n;
  g_autofree float *out = fill ("identity", "(2, 3)", 1, &n);
  const float expected[] = { 1, 0, 0, 0, 1, 0 };
  g_assert_cmpmem (out, n * sizeof *out, expected, sizeof expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/initializer/arguments", test_arguments);
  g_test_add_func ("/initializer/refused", test_refused);
  g_test_add_func ("/initializer/distribution", test_distribution);
  g_test_add_func ("/initializer/orthogonal", test_orthogonal);
  g_test_add_func ("/initializer/identity", test_identity);
  return g_test_run ();
}
