/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a run's results: a row a layer, filled into a column view. */
#pragma once

#include <gtk/gtk.h>

#include "exec/tn-run.h"

G_BEGIN_DECLS

#define TN_TYPE_RUN_TABLE (tn_run_table_get_type ())
G_DECLARE_FINAL_TYPE (TnRunTable, tn_run_table, TN, RUN_TABLE, GObject)

/* Makes the columns of @view, which keeps it alive; borrowed. */
TnRunTable *tn_run_table_attach (GtkColumnView *view);
/* NULL: no rows. */
void tn_run_table_show (TnRunTable *self, TnRunResult *result);
/* Of the row at @position; TN_NODE_NONE when there is none. */
TnNodeId tn_run_table_node (TnRunTable *self, guint position);

G_END_DECLS
