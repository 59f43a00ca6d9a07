/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a run's results: a row a layer under one for all, filled into a column view. */
#pragma once

#include <gtk/gtk.h>

#include "app/tn-run-rows.h"

G_BEGIN_DECLS

#define TN_TYPE_RUN_TABLE (tn_run_table_get_type ())
G_DECLARE_FINAL_TYPE (TnRunTable, tn_run_table, TN, RUN_TABLE, GObject)

/* Makes the columns of @view, which keeps it alive; borrowed. @owner gets the actions
 * "runtable.copy-text", "copy-csv", "copy-markdown", "natural-order" and one for each column, which
 * are appended to @columns_menu. */
TnRunTable *tn_run_table_attach (GtkColumnView *view, GtkWidget *owner, GMenu *columns_menu);
/* NULL: no rows. @other: a run to compare with, or NULL. */
void tn_run_table_show (TnRunTable *self, TnRunResult *result, TnRunResult *other);
/* Of the row at @position; TN_NODE_NONE when there is none. */
TnNodeId tn_run_table_node (TnRunTable *self, guint position);
/* As it is shown, the columns and rows in their order. New string. */
char *tn_run_table_export (TnRunTable *self, TnRunFormat format);

G_END_DECLS
