/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOutline: the model as a table: layers under their groups, with what each costs. */
#pragma once

#include <gtk/gtk.h>

#include "app/tn-outline-rows.h"
#include "engine/tn-engine.h"

G_BEGIN_DECLS

#define TN_TYPE_OUTLINE (tn_outline_get_type ())
G_DECLARE_FINAL_TYPE (TnOutline, tn_outline, TN, OUTLINE, GtkWidget)

/**
 * TnOutline:
 *
 * Its selection is the document's. Asks the window for win.edit (u) when a row is activated,
 * win.layer-menu (udd: a layer and a point of the table) and win.delete.
 */
void tn_outline_set_document (TnOutline *self, TnDocument *document, TnEngine *engine);
/* How long the layers took in the last run, of #TnHeatTime, and the size of its batches. */
void tn_outline_set_times (TnOutline *self, const GArray *times, gint64 batch);
/* The text of a cell as it is shown; new string, NULL when @node is not listed. */
char *tn_outline_text (TnOutline *self, TnNodeId node, TnOutlineColumn column);
/* What is listed, as text or as comma-separated values; new string. */
char *tn_outline_export (TnOutline *self, gboolean csv);

G_END_DECLS
