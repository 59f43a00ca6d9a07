/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOutline: the model as a table, a row a layer, in the order of computation. */
#pragma once

#include <gtk/gtk.h>

#include "engine/tn-engine.h"

G_BEGIN_DECLS

#define TN_TYPE_OUTLINE (tn_outline_get_type ())
G_DECLARE_FINAL_TYPE (TnOutline, tn_outline, TN, OUTLINE, GtkWidget)

typedef enum
{
  TN_OUTLINE_NAME,
  TN_OUTLINE_TYPE,
  TN_OUTLINE_INPUT,
  TN_OUTLINE_OUTPUT,
  TN_OUTLINE_PARAMS,
  TN_OUTLINE_STATE,
  TN_OUTLINE_N_COLUMNS,
} TnOutlineColumn;

/* Its selection is the document's; activating a row asks the window for win.reveal (u). */
void tn_outline_set_document (TnOutline *self, TnDocument *document, TnEngine *engine);
/* The text of a cell as it is shown; new string, NULL when @node is not listed. */
char *tn_outline_text (TnOutline *self, TnNodeId node, TnOutlineColumn column);

G_END_DECLS
