/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a run's results without its widget. */
#include "app/tn-run-rows.h"

#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"

/* As the engine says it. */
#define FUSED "fused into "

typedef struct
{
  const char *id;
  const char *title;
  gboolean number;
  gboolean usual;
} Column;

static const Column columns[TN_RUN_N_COLUMNS] = {
  [TN_RUN_COLUMN_NAME] = { "name", N_ ("Layer"), FALSE, TRUE },
  [TN_RUN_COLUMN_TIME] = { "time", N_ ("Time"), TRUE, TRUE },
  [TN_RUN_COLUMN_SHARE] = { "share", N_ ("Share"), TRUE, TRUE },
  /* Translators: how many times as fast as with plain BLIS. */
  [TN_RUN_COLUMN_RATIO] = { "ratio", N_ ("To BLIS"), TRUE, TRUE },
  [TN_RUN_COLUMN_VALUES] = { "values", N_ ("Values"), FALSE, TRUE },
  [TN_RUN_COLUMN_GFLOPS] = { "gflops", N_ ("GFLOP/s"), TRUE, TRUE },
  [TN_RUN_COLUMN_PEAK] = { "peak", N_ ("Of peak"), TRUE, TRUE },
  [TN_RUN_COLUMN_BYTES] = { "bytes", N_ ("Moved"), TRUE, FALSE },
  [TN_RUN_COLUMN_MIN] = { "min", N_ ("Min"), TRUE, TRUE },
  [TN_RUN_COLUMN_MEAN] = { "mean", N_ ("Mean"), TRUE, FALSE },
  [TN_RUN_COLUMN_MAX] = { "max", N_ ("Max"), TRUE, TRUE },
  [TN_RUN_COLUMN_STD] = { "std", N_ ("Deviation"), TRUE, FALSE },
  [TN_RUN_COLUMN_ZEROS] = { "zeros", N_ ("Zeros"), TRUE, FALSE },
  [TN_RUN_COLUMN_NOTE] = { "note", N_ ("Remarks"), FALSE, TRUE },
  [TN_RUN_COLUMN_KERNEL] = { "kernel", N_ ("Computed by"), FALSE, TRUE },
};

const char *
tn_run_column_id (TnRunColumn column)
{
  g_return_val_if_fail (column < TN_RUN_N_COLUMNS, NULL);
  return columns[column].id;
}

const char *
tn_run_column_title (TnRunColumn column)
{
  g_return_val_if_fail (column < TN_RUN_N_COLUMNS, NULL);
  return _ (columns[column].title);
}

gboolean
tn_run_column_is_number (TnRunColumn column)
{
  g_return_val_if_fail (column < TN_RUN_N_COLUMNS, FALSE);
  return columns[column].number;
}

gboolean
tn_run_column_is_usual (TnRunColumn column)
{
  g_return_val_if_fail (column < TN_RUN_N_COLUMNS, FALSE);
  return columns[column].usual;
}

/* ---- numbers ---- */

static const TnLayerRun *
layer_at (const TnRunResult *result, int row)
{
  return &g_array_index (result->layers, TnLayerRun, row);
}

gboolean
tn_run_rows_is_fused (const TnRunRows *rows, int row)
{
  return row != TN_RUN_ROW_TOTAL && g_str_has_prefix (layer_at (rows->result, row)->kernel, FUSED);
}

gboolean
tn_run_rows_comparable (const TnRunResult *a, const TnRunResult *b)
{
  return a->kernels != b->kernels && a->kernels != TN_RUN_KERNELS_REFERENCE
         && b->kernels != TN_RUN_KERNELS_REFERENCE && a->samples == b->samples
         && a->batch == b->batch && a->threads == b->threads && a->watch == b->watch
         && a->histogram == b->histogram;
}

double
tn_run_rows_ratio (const TnRunRows *rows, int row)
{
  gboolean blis = rows->result->kernels == TN_RUN_KERNELS_BLIS;
  double own, other;

  if (rows->other == NULL)
    return 0;
  own = rows->result->seconds;
  other = rows->other->seconds;
  if (row != TN_RUN_ROW_TOTAL)
    {
      const TnLayerRun *layer = layer_at (rows->result, row);
      const TnLayerRun *same = tn_run_result_layer (rows->other, layer->node);

      /* What is filled or looked at only, and what is fused, is not computed by kernels of either.
       */
      if (same == NULL || layer->gflops <= 0 || same->gflops <= 0)
        return 0;
      own = layer->seconds;
      other = same->seconds;
    }
  if (!(own > 0 && other > 0))
    return 0;
  return blis ? own / other : other / own;
}

/* Of the layers alone, of whose time their shares are: looking at what they give comes on top. */
static double
total_of (const TnRunResult *result, TnRunColumn column)
{
  double seconds = 0, operations = 0, bytes = 0;

  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *layer = layer_at (result, (int)i);

      seconds += layer->seconds;
      operations += layer->gflops * layer->seconds;
      bytes += (double)layer->bytes;
    }
  switch (column)
    {
    case TN_RUN_COLUMN_TIME:
      return seconds;
    case TN_RUN_COLUMN_SHARE:
      return 1;
    case TN_RUN_COLUMN_GFLOPS:
      return seconds > 0 ? operations / seconds : NAN;
    case TN_RUN_COLUMN_PEAK:
      return seconds > 0 && result->peak_gflops > 0 ? operations / seconds / result->peak_gflops
                                                    : NAN;
    case TN_RUN_COLUMN_BYTES:
      return bytes;
    default:
      return NAN;
    }
}

/* NAN where the cell says nothing. */
static double
number_of (const TnRunRows *rows, int row, TnRunColumn column)
{
  const TnLayerRun *layer;
  double ratio;

  if (column == TN_RUN_COLUMN_RATIO)
    {
      ratio = tn_run_rows_ratio (rows, row);
      return ratio > 0 ? ratio : NAN;
    }
  if (row == TN_RUN_ROW_TOTAL)
    return total_of (rows->result, column);
  layer = layer_at (rows->result, row);
  switch (column)
    {
    case TN_RUN_COLUMN_TIME:
      return tn_run_rows_is_fused (rows, row) ? NAN : layer->seconds;
    case TN_RUN_COLUMN_SHARE:
      return tn_run_rows_is_fused (rows, row) ? NAN : layer->share;
    case TN_RUN_COLUMN_GFLOPS:
      return layer->gflops > 0 ? layer->gflops : NAN;
    case TN_RUN_COLUMN_PEAK:
      return layer->gflops > 0 ? layer->peak : NAN;
    case TN_RUN_COLUMN_BYTES:
      return layer->bytes > 0 ? (double)layer->bytes : NAN;
    case TN_RUN_COLUMN_MIN:
      return layer->watched ? layer->min : NAN;
    case TN_RUN_COLUMN_MEAN:
      return layer->watched ? layer->mean : NAN;
    case TN_RUN_COLUMN_MAX:
      return layer->watched ? layer->max : NAN;
    case TN_RUN_COLUMN_STD:
      return layer->watched ? layer->std : NAN;
    case TN_RUN_COLUMN_ZEROS:
      return layer->watched ? layer->zeros : NAN;
    default:
      return NAN;
    }
}

/* ---- texts ---- */

char *
tn_run_histogram_text (const TnHistogram *histogram)
{
  guint most = 0;
  double width = (histogram->high - histogram->low) / histogram->n_bins;

  for (guint i = 1; i < histogram->n_bins; i++)
    if (histogram->counts[i] > histogram->counts[most])
      most = i;
  if (histogram->n_bins == 1)
    return g_strdup_printf (_ ("all %.4g"), histogram->low);
  return g_strdup_printf (_ ("from %.4g to %.4g, most near %.3g"), histogram->low, histogram->high,
                          histogram->low + (most + 0.5) * width);
}

static char *
note_text (const TnLayerRun *layer)
{
  g_autofree char *n_nan = tn_text_count ((gint64)layer->n_nan);
  g_autofree char *n_inf = tn_text_count ((gint64)layer->n_inf);

  if (!layer->watched)
    return g_strdup ("");
  if (layer->n_nan > 0 && layer->n_inf > 0)
    return g_strdup_printf (_ ("%s not a number, %s infinite"), n_nan, n_inf);
  if (layer->n_nan > 0)
    return g_strdup_printf (_ ("%s not a number"), n_nan);
  if (layer->n_inf > 0)
    return g_strdup_printf (_ ("%s infinite"), n_inf);
  if (layer->zeros >= 0.9999)
    return g_strdup (_ ("all zeros"));
  return g_strdup ("");
}

static char *
word_of (const TnRunRows *rows, int row, TnRunColumn column)
{
  const TnLayerRun *layer;

  if (row == TN_RUN_ROW_TOTAL)
    return g_strdup (column == TN_RUN_COLUMN_NAME ? _ ("All layers") : "");
  layer = layer_at (rows->result, row);
  switch (column)
    {
    case TN_RUN_COLUMN_NAME:
      return g_strdup (layer->name);
    case TN_RUN_COLUMN_VALUES:
      return layer->histogram != NULL ? tn_run_histogram_text (layer->histogram) : g_strdup ("");
    case TN_RUN_COLUMN_NOTE:
      return note_text (layer);
    case TN_RUN_COLUMN_KERNEL:
      if (tn_run_rows_is_fused (rows, row))
        return g_strdup_printf (_ ("fused into %s"), layer->kernel + strlen (FUSED));
      return g_strdup (layer->kernel);
    default:
      g_return_val_if_reached (NULL);
    }
}

char *
tn_run_rows_cell (const TnRunRows *rows, int row, TnRunColumn column)
{
  double number;

  if (!columns[column].number)
    return word_of (rows, row, column);
  number = number_of (rows, row, column);
  if (isnan (number))
    return g_strdup ("");
  switch (column)
    {
    case TN_RUN_COLUMN_TIME:
      return tn_text_duration (number);
    case TN_RUN_COLUMN_SHARE:
    case TN_RUN_COLUMN_PEAK:
      return g_strdup_printf (_ ("%.0f %%"), 100 * number);
    case TN_RUN_COLUMN_RATIO:
      /* Translators: a factor. */
      return g_strdup_printf (_ ("%.1f×"), number);
    case TN_RUN_COLUMN_GFLOPS:
      return g_strdup_printf ("%.1f", number);
    case TN_RUN_COLUMN_BYTES:
      return tn_text_bytes ((guint64)number);
    case TN_RUN_COLUMN_ZEROS:
      return g_strdup_printf (_ ("%.1f %%"), 100 * number);
    default:
      return g_strdup_printf ("%.4g", number);
    }
}

gboolean
tn_run_rows_have (const TnRunRows *rows, TnRunColumn column)
{
  if (column < TN_RUN_COLUMN_RATIO || column == TN_RUN_COLUMN_KERNEL)
    return TRUE;
  for (guint i = 0; i < rows->result->layers->len; i++)
    {
      g_autofree char *cell = tn_run_rows_cell (rows, (int)i, column);

      if (cell[0] != '\0')
        return TRUE;
    }
  return FALSE;
}

int
tn_run_rows_compare (const TnRunRows *rows, int a, int b, TnRunColumn column)
{
  if (!columns[column].number)
    {
      g_autofree char *first = word_of (rows, a, column);
      g_autofree char *second = word_of (rows, b, column);

      return g_utf8_collate (first, second);
    }
  double first = number_of (rows, a, column), second = number_of (rows, b, column);
  if (isnan (first) || isnan (second))
    return (int)isnan (second) - (int)isnan (first);
  return (first > second) - (first < second);
}

/* ---- files ---- */

static char *
plain_cell (const TnRunRows *rows, int row, TnRunColumn column)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  double number;

  if (!columns[column].number)
    return word_of (rows, row, column);
  number = number_of (rows, row, column);
  return g_strdup (isnan (number) ? "" : g_ascii_formatd (digits, sizeof digits, "%.9g", number));
}

static char *
quoted (const char *cell)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *doubled = NULL;

  if (strpbrk (cell, ",\"\r\n") == NULL)
    return g_strdup (cell);
  parts = g_strsplit (cell, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);
  return g_strdup_printf ("\"%s\"", doubled);
}

static char *
escaped (const char *cell)
{
  g_auto (GStrv) parts = g_strsplit (cell, "|", -1);

  return g_strjoinv ("\\|", parts);
}

/* Heads and cells, row by row, as they stand in the file. */
static GPtrArray *
cells_of (const TnRunRows *rows, const int *order, guint n_rows, const TnRunColumn *shown,
          guint n_columns, TnRunFormat format)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i <= n_rows; i++)
    for (guint column = 0; column < n_columns; column++)
      {
        gboolean csv = format == TN_RUN_FORMAT_CSV;
        g_autofree char *cell = i == 0 ? g_strdup (csv ? tn_run_column_id (shown[column])
                                                       : tn_run_column_title (shown[column]))
                                : csv  ? plain_cell (rows, order[i - 1], shown[column])
                                       : tn_run_rows_cell (rows, order[i - 1], shown[column]);

        g_ptr_array_add (cells, csv                                ? quoted (cell)
                                : format == TN_RUN_FORMAT_MARKDOWN ? escaped (cell)
                                                                   : g_strdup (cell));
      }
  return cells;
}

/* What stands under the heads in Markdown: which way a column is aligned. */
static void
append_rule (GString *text, const TnRunColumn *shown, const guint *widths, guint n_columns)
{
  for (guint column = 0; column < n_columns; column++)
    {
      gboolean right = columns[shown[column]].number;

      g_string_append (text, right ? "| " : "| -");
      for (guint i = 0; i + 1 < MAX (widths[column], 3); i++)
        g_string_append_c (text, '-');
      g_string_append (text, right ? ": " : " ");
    }
  g_string_append (text, "|\n");
}

char *
tn_run_rows_write (const TnRunRows *rows, const int *order, guint n_rows, const TnRunColumn *shown,
                   guint n_columns, TnRunFormat format)
{
  g_autoptr (GPtrArray) cells = cells_of (rows, order, n_rows, shown, n_columns, format);
  GString *text = g_string_new (NULL);
  guint widths[TN_RUN_N_COLUMNS] = { 0 };

  g_return_val_if_fail (n_columns > 0 && n_columns <= TN_RUN_N_COLUMNS, NULL);
  for (guint i = 0; i < cells->len; i++)
    widths[i % n_columns] = MAX (widths[i % n_columns], tn_text_columns (cells->pdata[i]));
  if (format == TN_RUN_FORMAT_MARKDOWN)
    for (guint i = 0; i < n_columns; i++)
      widths[i] = MAX (widths[i], 3);
  for (guint i = 0; i < cells->len; i++)
    {
      guint column = i % n_columns;
      gboolean last = column + 1 == n_columns, right = columns[shown[column]].number;
      const char *cell = cells->pdata[i];
      int padding = (int)(widths[column] - tn_text_columns (cell));

      if (format == TN_RUN_FORMAT_CSV)
        g_string_append_printf (text, "%s%s", cell, last ? "\r\n" : ",");
      else if (format == TN_RUN_FORMAT_MARKDOWN)
        g_string_append_printf (text, "| %*s%s%*s %s", right ? padding : 0, "", cell,
                                right ? 0 : padding, "", last ? "|\n" : "");
      else
        {
          g_string_append_printf (text, "%*s%s%*s", right ? padding : 0, "", cell,
                                  right || last ? 0 : padding, "");
          /* No spaces at the end of a line. */
          while (last && g_str_has_suffix (text->str, " "))
            g_string_truncate (text, text->len - 1);
          g_string_append (text, last ? "\n" : "  ");
        }
      if (format == TN_RUN_FORMAT_MARKDOWN && i + 1 == n_columns)
        append_rule (text, shown, widths, n_columns);
    }
  return g_string_free (text, FALSE);
}
