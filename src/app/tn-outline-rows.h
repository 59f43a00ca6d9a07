/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the summary table: layers under their groups, sums, order, filter, texts. */
#pragma once

#include "infer/tn-facts.h"
#include "scene/tn-scene.h"

G_BEGIN_DECLS

typedef enum
{
  TN_OUTLINE_ORDER, /* of computation */
  TN_OUTLINE_NAME,
  TN_OUTLINE_TYPE,
  TN_OUTLINE_INPUT,
  TN_OUTLINE_OUTPUT,
  TN_OUTLINE_PARAMS,
  TN_OUTLINE_MACS,
  TN_OUTLINE_MEMORY,
  TN_OUTLINE_TIME,
  TN_OUTLINE_SHARE,
  TN_OUTLINE_STATE,
  TN_OUTLINE_N_COLUMNS,
} TnOutlineColumn;

/* A layer, or a group with the sums over what it holds. Borrows from the facts it is about. */
typedef struct
{
  guint64 key;          /* stays with it from facts to facts; of a layer: its id */
  TnNodeId node;        /* of a group: its first member */
  guint index;          /* in tn_facts_whole() */
  int known;            /* in tn_facts_graph(); negative: a layer that does not count */
  const TnGroup *group; /* NULL: a layer */
  guint depth;
  guint order;
  gint64 params, macs, bytes; /* -1: not known */
  double seconds;             /* negative: did not run */
  const TnIssue *issue;       /* the worst */
} TnOutlineRow;

/**
 * TnOutlineView:
 * @times: of #TnHeatTime, of the last run; may be NULL
 * @closed: names of groups whose members are not listed; may be NULL
 * @filter: what a row's name, type or shape must hold, NULL or "": anything; what stands in a
 * closed group is found as well
 * @batch: samples that memory is told for
 * @compare: orders rows within one group (of const TnOutlineRow *); NULL: order of computation
 */
typedef struct
{
  const GArray *times;
  GHashTable *closed;
  const char *filter;
  gint64 batch;
  GCompareDataFunc compare;
  gpointer data;
} TnOutlineView;

/* New array of #TnOutlineRow, groups before what they hold. */
GArray *tn_outline_rows (const TnFacts *facts, const TnOutlineView *view);
/* Negative, 0 or positive, as the cells of @column compare; equal ones by order of computation. */
int tn_outline_compare (const TnFacts *facts, const TnOutlineRow *a, const TnOutlineRow *b,
                        TnOutlineColumn column);
/* What the cell says; @total: seconds of the whole run. New string. */
char *tn_outline_cell (const TnFacts *facts, const TnOutlineRow *row, TnOutlineColumn column,
                       double total);
/* The same as a plain number for a spreadsheet, where the column is of numbers. New string. */
char *tn_outline_plain (const TnFacts *facts, const TnOutlineRow *row, TnOutlineColumn column,
                        double total);
/* "params", for settings and actions; and translated, as the head of the column. */
const char *tn_outline_column_id (TnOutlineColumn column);
const char *tn_outline_column_title (TnOutlineColumn column);
gboolean tn_outline_column_is_number (TnOutlineColumn column);
/* @rows as lines of @columns: separated by commas and quoted where that is needed, or aligned by
 * spaces. New string. */
char *tn_outline_write (const TnFacts *facts, const GArray *rows, const TnOutlineColumn *columns,
                        guint n_columns, gboolean csv, double total);

G_END_DECLS
