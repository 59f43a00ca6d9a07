/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What "tenon run" answers: JSON for programs, a table with bars for people. */
#include <math.h>

#include "base/tn-text.h"
#include "cli/cli-private.h"

/* Places of a histogram in the table. */
#define HISTOGRAM_WIDTH 16

/* NULL where nothing was counted. */
static TnValue *
histogram_value (const TnHistogram *histogram)
{
  GPtrArray *counts;

  if (histogram == NULL)
    return tn_value_new_none ();
  counts = g_ptr_array_new ();
  for (guint i = 0; i < histogram->n_bins; i++)
    g_ptr_array_add (counts, tn_cli_json_count ((gint64)histogram->counts[i]));
  return tn_cli_json_dict ("low", tn_cli_json_float (histogram->low), "high",
                           tn_cli_json_float (histogram->high), "counts", tn_cli_json_list (counts),
                           NULL);
}

static TnValue *
layers_value (const TnRunResult *result)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *run = &g_array_index (result->layers, TnLayerRun, i);

      g_ptr_array_add (
          items,
          tn_cli_json_dict (
              "name", tn_cli_json_string (run->name), "seconds", tn_cli_json_float (run->seconds),
              "share", tn_cli_json_float (run->share), "gflops", tn_cli_json_float (run->gflops),
              "peak", tn_cli_json_float (run->peak), "bytes",
              tn_cli_json_count ((gint64)run->bytes), "kernel", tn_cli_json_string (run->kernel),
              "min", tn_cli_json_float (run->min), "max", tn_cli_json_float (run->max), "mean",
              tn_cli_json_float (run->mean), "std", tn_cli_json_float (run->std), "nan",
              tn_cli_json_count (run->watched ? (gint64)run->n_nan : -1), "inf",
              tn_cli_json_count (run->watched ? (gint64)run->n_inf : -1), "zeros",
              tn_cli_json_float (run->watched ? run->zeros : NAN),
              result->histogram ? "histogram" : NULL,
              result->histogram ? histogram_value (run->histogram) : NULL, NULL));
    }
  return tn_cli_json_list (items);
}

static TnValue *
outputs_value (const TnRunResult *result, const GPtrArray *files)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < result->outputs->len; i++)
    {
      const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, i);
      g_autofree char *file
          = files->pdata[i] != NULL ? g_filename_display_name (files->pdata[i]) : NULL;

      g_ptr_array_add (items, tn_cli_json_dict ("layer", tn_cli_json_string (output->layer),
                                                "shape", tn_cli_json_shape (&output->shape), "file",
                                                tn_cli_json_string (file), NULL));
    }
  return tn_cli_json_list (items);
}

TnValue *
tn_cli_run_value (const TnRunResult *result, const GPtrArray *files)
{
  return tn_cli_json_dict (
      "samples", tn_cli_json_count (result->samples), "batch", tn_cli_json_count (result->batch),
      "seed", tn_cli_json_count ((gint64)result->seed), "threads",
      tn_cli_json_count (result->threads), "seconds", tn_cli_json_float (result->seconds),
      "plan_seconds", tn_cli_json_float (result->plan_seconds), "peak_bytes",
      tn_cli_json_count ((gint64)result->peak_bytes), "predicted_peak_bytes",
      tn_cli_json_count ((gint64)result->predicted_peak_bytes), "expected_seconds",
      tn_cli_json_float (result->expected_seconds), "peak_gflops",
      tn_cli_json_float (result->peak_gflops), "fast", tn_value_new_bool (!result->watch), "tuned",
      tn_value_new_bool (result->tuned), "kernels",
      tn_cli_json_dict ("blis", tn_cli_json_string (result->blis_version), "arch",
                        tn_cli_json_string (result->blis_arch), "choice",
                        tn_cli_json_string (tn_run_kernels_name (result->kernels)), "accuracy",
                        tn_cli_json_string (result->approximate ? "fast" : "exact"), NULL),
      "layers", layers_value (result), "outputs", outputs_value (result, files), NULL);
}

/* The share of the time as a bar of eight places, in eighths of one. */
static char *
share_bar (double share)
{
  static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  guint parts = (guint)(CLAMP (share, 0, 1) * 64 + 0.5);
  GString *bar = g_string_new (NULL);

  for (guint i = 0; i < parts / 8; i++)
    g_string_append (bar, "█");
  g_string_append (bar, eighths[parts % 8]);
  return g_string_free (bar, FALSE);
}

/* The frequencies in a line of blocks, or where the terminal has none of letters that look like it.
 */
static char *
histogram_line (const TnHistogram *histogram)
{
  static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
  static const char *const letters[] = { " ", ".", ":", "-", "=", "+", "*", "%", "#" };
  const char *const *steps = g_get_charset (NULL) ? blocks : letters;
  guint64 columns[HISTOGRAM_WIDTH] = { 0 }, most = 0;
  guint width = MIN (histogram->n_bins, HISTOGRAM_WIDTH);
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < histogram->n_bins; i++)
    {
      guint64 *column = &columns[i * width / histogram->n_bins];

      *column += histogram->counts[i];
      most = MAX (most, *column);
    }
  for (guint i = 0; i < width; i++)
    {
      /* What is there at all is seen. */
      double part = 8.0 * (double)columns[i] / (double)most;

      g_string_append (line, steps[columns[i] == 0 ? 0 : MAX ((guint)(part + 0.5), 1)]);
    }
  return g_string_free (line, FALSE);
}

static void
add_statistics (TnTable *table, const TnLayerRun *run)
{
  guint64 n_odd = run->n_nan + run->n_inf;

  tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->min));
  tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->max));
  tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->mean));
  tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->std));
  tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.1f %%", run->zeros * 100));
  tn_table_add (table, n_odd > 0 ? TN_INK_ERROR : TN_INK_DIM,
                g_strdup_printf ("%" G_GUINT64_FORMAT, n_odd));
}

/* What the columns are, with how they are aligned. */
static char *
layer_columns (const TnRunResult *result)
{
  return g_strconcat ("lrrlrrr", result->watch ? "rrrrrr" : "", result->histogram ? "l" : "", "l",
                      NULL);
}

/* Statistics have columns where every layer has some. */
static void
write_layer_table (const TnRunResult *result, TnPaper *paper)
{
  static const char *const times[] = { N_ ("Layer"),   N_ ("Time"),    N_ ("Share"), "",
                                       N_ ("GFLOP/s"), N_ ("Of peak"), N_ ("Moved") };
  static const char *const statistics[]
      = { N_ ("Min"), N_ ("Max"), N_ ("Mean"), N_ ("Std"), N_ ("Zeros"), N_ ("NaN") };
  g_autofree char *columns = layer_columns (result);
  g_autoptr (TnTable) table = tn_table_new (columns);

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    tn_table_add (table, TN_INK_BOLD, g_strdup (*times[i] != '\0' ? _ (times[i]) : ""));
  for (guint i = 0; result->watch && i < G_N_ELEMENTS (statistics); i++)
    tn_table_add (table, TN_INK_BOLD, g_strdup (_ (statistics[i])));
  if (result->histogram)
    tn_table_add (table, TN_INK_BOLD, g_strdup (_ ("Distribution")));
  tn_table_add (table, TN_INK_BOLD, g_strdup (_ ("Kernel")));
  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *run = &g_array_index (result->layers, TnLayerRun, i);

      tn_table_add (table, TN_INK_PLAIN, g_strdup (run->name));
      tn_table_add (table, TN_INK_PLAIN, tn_text_duration (run->seconds));
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.1f %%", run->share * 100));
      tn_table_add (table, TN_INK_DIM, share_bar (run->share));
      tn_table_add (table, TN_INK_PLAIN,
                    run->gflops > 0 ? g_strdup_printf ("%.1f", run->gflops) : NULL);
      tn_table_add (table, TN_INK_PLAIN,
                    run->gflops > 0 ? g_strdup_printf ("%.0f %%", run->peak * 100) : NULL);
      tn_table_add (table, TN_INK_PLAIN, run->bytes > 0 ? tn_text_bytes (run->bytes) : NULL);
      if (result->watch)
        add_statistics (table, run);
      if (result->histogram)
        tn_table_add (table, TN_INK_PLAIN,
                      run->histogram != NULL ? histogram_line (run->histogram) : NULL);
      tn_table_add (table, TN_INK_DIM, g_strdup (run->kernel));
    }
  tn_table_write (table, paper, 2);
}

void
tn_cli_run_write (const TnRunResult *result, const GPtrArray *files, TnPaper *paper)
{
  g_autofree char *samples = tn_text_count (result->samples);
  g_autofree char *batch = tn_text_count (result->batch);
  g_autofree char *seconds = tn_text_duration (result->seconds);
  g_autofree char *peak = tn_text_bytes (result->peak_bytes);
  g_autofree char *rate
      = tn_text_short_count (result->seconds > 0 ? (gint64)(result->samples / result->seconds) : 0);

  write_layer_table (result, paper);
  g_string_append_printf (paper->text, "\n  ");
  g_string_append_printf (paper->text,
                          ngettext ("%s sample in batches of %s: %s, %s a second, %s at the peak",
                                    "%s samples in batches of %s: %s, %s a second, %s at the peak",
                                    (gulong)result->samples),
                          samples, batch, seconds, rate, peak);
  g_string_append_printf (paper->text, "\n  BLIS %s (%s), ", result->blis_version,
                          result->blis_arch);
  g_string_append_printf (paper->text, ngettext ("%u thread", "%u threads", result->threads),
                          result->threads);
  g_string_append_c (paper->text, '\n');
  for (guint i = 0; i < result->outputs->len; i++)
    {
      const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, i);
      g_autofree char *shape = tn_shape_to_text (&output->shape);
      g_autofree char *file
          = files->pdata[i] != NULL ? g_filename_display_name (files->pdata[i]) : NULL;

      g_string_append_printf (paper->text, "  %s %s%s%s\n", output->layer, shape,
                              file != NULL ? " → " : "", file != NULL ? file : "");
    }
  for (guint i = 0; result->report != NULL && i < tn_report_size (result->report); i++)
    {
      tn_paper_write (paper, TN_INK_WARNING, "! ");
      g_string_append_printf (paper->text, "%s\n", tn_report_issue (result->report, i)->message);
    }
}
