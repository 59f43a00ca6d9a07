/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a run's results: what its cells say, how they sort, and how it is written. */
#include "app/tn-run-rows.h"

#include <math.h>
#include <string.h>

static TnRunResult *
result_new (TnRunKernels kernels, double scale)
{
  static const char *const names[] = { "image", "conv", "relu", "odd|,\"one\"" };
  static const char *const made[] = { "data", "direct", "fused into conv", "product" };
  TnRunResult *result = g_new0 (TnRunResult, 1);

  result->samples = 32;
  result->batch = 8;
  result->threads = 1;
  result->watch = TRUE;
  result->kernels = kernels;
  result->seconds = 0.01 * scale;
  result->peak_gflops = 100;
  result->layers = g_array_new (FALSE, FALSE, sizeof (TnLayerRun));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TnLayerRun layer = { .node = i + 1,
                           .name = g_ref_string_new (names[i]),
                           .kernel = g_ref_string_new (made[i]),
                           .seconds = i == 2 ? 0 : 0.001 * scale * (i + 1),
                           .share = 0.25,
                           .gflops = i == 1   ? 50 / scale
                                     : i == 3 ? 20
                                              : 0,
                           .peak = i == 1 ? 0.5 : 0,
                           .bytes = 1024 * i,
                           .watched = i != 2,
                           .min = -1,
                           .max = NAN,
                           .n_nan = i == 3 ? 2 : 0 };

      g_array_append_val (result->layers, layer);
    }
  return result;
}

static void
result_free (TnRunResult *result)
{
  for (guint i = 0; i < result->layers->len; i++)
    {
      g_ref_string_release (g_array_index (result->layers, TnLayerRun, i).name);
      g_ref_string_release (g_array_index (result->layers, TnLayerRun, i).kernel);
    }
  g_array_unref (result->layers);
  g_free (result);
}

static void
assert_cell (const TnRunRows *rows, int row, TnRunColumn column, const char *expected)
{
  g_autofree char *cell = tn_run_rows_cell (rows, row, column);

  g_assert_cmpstr (cell, ==, expected);
}

static void
test_cells (void)
{
  TnRunResult *result = result_new (TN_RUN_KERNELS_AUTO, 1);
  const TnRunRows rows = { result, NULL };

  assert_cell (&rows, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_TIME, "7 ms");
  assert_cell (&rows, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_SHARE, "100 %");
  /* 50 · 2 ms and 20 · 4 ms in 7 ms. */
  assert_cell (&rows, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_GFLOPS, "25.7");
  assert_cell (&rows, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_PEAK, "26 %");
  assert_cell (&rows, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_BYTES, "6 KiB");
  assert_cell (&rows, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_MIN, "");
  assert_cell (&rows, 0, TN_RUN_COLUMN_GFLOPS, "");
  assert_cell (&rows, 1, TN_RUN_COLUMN_GFLOPS, "50.0");
  assert_cell (&rows, 1, TN_RUN_COLUMN_MAX, "");
  assert_cell (&rows, 2, TN_RUN_COLUMN_TIME, "");
  assert_cell (&rows, 2, TN_RUN_COLUMN_MIN, "");
  assert_cell (&rows, 2, TN_RUN_COLUMN_KERNEL, "fused into conv");
  assert_cell (&rows, 3, TN_RUN_COLUMN_NOTE, "2 not a number");
  assert_cell (&rows, 1, TN_RUN_COLUMN_RATIO, "");
  g_assert_true (tn_run_rows_is_fused (&rows, 2));
  g_assert_true (tn_run_rows_have (&rows, TN_RUN_COLUMN_NOTE));
  g_assert_false (tn_run_rows_have (&rows, TN_RUN_COLUMN_RATIO));
  g_assert_false (tn_run_rows_have (&rows, TN_RUN_COLUMN_VALUES));
  result_free (result);
}

static void
test_ratio (void)
{
  TnRunResult *own = result_new (TN_RUN_KERNELS_AUTO, 1);
  TnRunResult *blis = result_new (TN_RUN_KERNELS_BLIS, 3);
  const TnRunRows rows = { own, blis }, turned = { blis, own };

  g_assert_true (tn_run_rows_comparable (own, blis));
  g_assert_false (tn_run_rows_comparable (own, own));
  /* The same whichever is shown. */
  assert_cell (&rows, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_RATIO, "3.0×");
  assert_cell (&turned, TN_RUN_ROW_TOTAL, TN_RUN_COLUMN_RATIO, "3.0×");
  assert_cell (&rows, 1, TN_RUN_COLUMN_RATIO, "3.0×");
  assert_cell (&turned, 1, TN_RUN_COLUMN_RATIO, "3.0×");
  assert_cell (&rows, 0, TN_RUN_COLUMN_RATIO, "");
  blis->samples = 31;
  g_assert_false (tn_run_rows_comparable (own, blis));
  result_free (own);
  result_free (blis);
}

static void
test_compare (void)
{
  TnRunResult *result = result_new (TN_RUN_KERNELS_AUTO, 1);
  const TnRunRows rows = { result, NULL };

  g_assert_cmpint (tn_run_rows_compare (&rows, 0, 1, TN_RUN_COLUMN_TIME), <, 0);
  g_assert_cmpint (tn_run_rows_compare (&rows, 1, 0, TN_RUN_COLUMN_TIME), >, 0);
  g_assert_cmpint (tn_run_rows_compare (&rows, 2, 0, TN_RUN_COLUMN_TIME), <, 0);
  g_assert_cmpint (tn_run_rows_compare (&rows, 0, 2, TN_RUN_COLUMN_TIME), >, 0);
  g_assert_cmpint (tn_run_rows_compare (&rows, 0, 2, TN_RUN_COLUMN_GFLOPS), ==, 0);
  g_assert_cmpint (tn_run_rows_compare (&rows, 1, 0, TN_RUN_COLUMN_NAME), <, 0);
  result_free (result);
}

static void
test_write (void)
{
  static const TnRunColumn columns[]
      = { TN_RUN_COLUMN_NAME, TN_RUN_COLUMN_TIME, TN_RUN_COLUMN_KERNEL };
  static const int order[] = { TN_RUN_ROW_TOTAL, 3, 2 };
  static const char *const expected[] = {
    [TN_RUN_FORMAT_TEXT] = "Layer       Time  Computed by\n"
                           "All layers  7 ms\n"
                           "odd|,\"one\"  4 ms  product\n"
                           "relu              fused into conv\n",
    [TN_RUN_FORMAT_CSV] = "name,time,kernel\r\n"
                          "All layers,0.007,\r\n"
                          "\"odd|,\"\"one\"\"\",0.004,product\r\n"
                          "relu,,fused into conv\r\n",
    [TN_RUN_FORMAT_MARKDOWN] = "| Layer       | Time | Computed by     |\n"
                               "| ----------- | ---: | --------------- |\n"
                               "| All layers  | 7 ms |                 |\n"
                               "| odd\\|,\"one\" | 4 ms | product         |\n"
                               "| relu        |      | fused into conv |\n",
  };
  TnRunResult *result = result_new (TN_RUN_KERNELS_AUTO, 1);
  const TnRunRows rows = { result, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *text = tn_run_rows_write (&rows, order, G_N_ELEMENTS (order), columns,
                                                 G_N_ELEMENTS (columns), i);

      g_assert_cmpstr (text, ==, expected[i]);
    }
  result_free (result);
}

static void
test_histogram (void)
{
  const TnHistogram wide = { .low = -1, .high = 3, .n_bins = 4, .counts = { 1, 5, 2, 2 } };
  const TnHistogram single = { .low = 2, .high = 2, .n_bins = 1, .counts = { 9 } };
  g_autofree char *text = tn_run_histogram_text (&wide);
  g_autofree char *one = tn_run_histogram_text (&single);

  g_assert_cmpstr (text, ==, "from -1 to 3, most near 0.5");
  g_assert_cmpstr (one, ==, "all 2");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-rows/cells", test_cells);
  g_test_add_func ("/run-rows/ratio", test_ratio);
  g_test_add_func ("/run-rows/compare", test_compare);
  g_test_add_func ("/run-rows/write", test_write);
  g_test_add_func ("/run-rows/histogram", test_histogram);
  return g_test_run ();
}
