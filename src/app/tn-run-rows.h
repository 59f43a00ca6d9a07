/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the table of a run's results, without a widget: texts, order, and files of them. */
#pragma once

#include "exec/tn-run.h"

G_BEGIN_DECLS

typedef enum
{
  TN_RUN_COLUMN_NAME,
  TN_RUN_COLUMN_TIME,
  TN_RUN_COLUMN_SHARE,
  TN_RUN_COLUMN_RATIO,  /* of the time with plain BLIS to that with Tenon's own kernels */
  TN_RUN_COLUMN_VALUES, /* a small histogram */
  TN_RUN_COLUMN_GFLOPS,
  TN_RUN_COLUMN_PEAK,
  TN_RUN_COLUMN_BYTES,
  TN_RUN_COLUMN_MIN,
  TN_RUN_COLUMN_MEAN,
  TN_RUN_COLUMN_MAX,
  TN_RUN_COLUMN_STD,
  TN_RUN_COLUMN_ZEROS,
  TN_RUN_COLUMN_NOTE,
  TN_RUN_COLUMN_KERNEL,
  TN_RUN_N_COLUMNS,
} TnRunColumn;

/* The row of all layers together. */
#define TN_RUN_ROW_TOTAL -1

typedef enum
{
  TN_RUN_FORMAT_TEXT,
  TN_RUN_FORMAT_CSV,
  TN_RUN_FORMAT_MARKDOWN,
} TnRunFormat;

/**
 * TnRunRows:
 * @result: the run
 * @other: one of the same model, samples and options with the other kernels, or NULL
 *
 * A row is an index into the layers of @result, or TN_RUN_ROW_TOTAL.
 */
typedef struct
{
  const TnRunResult *result;
  const TnRunResult *other;
} TnRunRows;

/* "gflops", for settings and actions; and translated, as the head of the column. */
const char *tn_run_column_id (TnRunColumn column);
const char *tn_run_column_title (TnRunColumn column);
gboolean tn_run_column_is_number (TnRunColumn column);
/* Where people have chosen nothing. */
gboolean tn_run_column_is_usual (TnRunColumn column);
/* Has the column anything to say about this run? */
gboolean tn_run_rows_have (const TnRunRows *rows, TnRunColumn column);
/* What the cell says. New string. */
char *tn_run_rows_cell (const TnRunRows *rows, int row, TnRunColumn column);
/* Negative, 0 or positive, as the cells of @column compare; what says nothing is least. */
int tn_run_rows_compare (const TnRunRows *rows, int a, int b, TnRunColumn column);
/* Is the layer computed by another one's kernel? */
gboolean tn_run_rows_is_fused (const TnRunRows *rows, int row);
/* How many times as fast Tenon's own kernels are as plain BLIS; 0: cannot be told. */
double tn_run_rows_ratio (const TnRunRows *rows, int row);
/* Can the two be compared? */
gboolean tn_run_rows_comparable (const TnRunResult *a, const TnRunResult *b);
/* A histogram in words. New string. */
char *tn_run_histogram_text (const TnHistogram *histogram);
/* @order: which rows. New string. */
char *tn_run_rows_write (const TnRunRows *rows, const int *order, guint n_rows,
                         const TnRunColumn *columns, guint n_columns, TnRunFormat format);

G_END_DECLS
