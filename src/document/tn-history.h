/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnHistory: the graphs a document has been, and which of them it is now. */
#pragma once

#include "document/tn-document.h"

G_BEGIN_DECLS

/* Steps are forgotten, oldest first, when all graphs together hold more layers than this: nodes
 * are shared between steps, but each graph has an index of its own. */
#define TN_HISTORY_MAX_NODES 4000000

typedef struct _TnHistory TnHistory;

/* Takes over @graph. */
TnHistory *tn_history_new (TnGraph *graph);
void tn_history_free (TnHistory *history);

/* The graph now, and a number that no other graph of this history has or had. */
const TnGraph *tn_history_graph (const TnHistory *history);
guint64 tn_history_serial (const TnHistory *history);

/* A step after the one now, instead of all that could be redone; or more of the last step when
 * @edit and @merge are its (which the graph @saved, by serial, never takes part in). A step that
 * has come back to where it began is no step. */
void tn_history_add (TnHistory *history, const TnEdit *edit, const char *subject,
                     const TnGraph *graph, guint64 merge, guint64 saved);

/* How many steps are kept, and how many of them are done now. */
guint tn_history_n_steps (const TnHistory *history);
guint tn_history_n_done (const TnHistory *history);
/* "Add conv2d": what step @number was, 0 the first that is kept. New string. */
char *tn_history_step_label (const TnHistory *history, guint number);

/* @by: so many steps back (below 0) or forth. */
gboolean tn_history_can_travel (const TnHistory *history, int by);
void tn_history_travel (TnHistory *history, int by);
/* @by: -1 or 1. "Undo Add conv2d", or NULL. New string. */
char *tn_history_label (const TnHistory *history, int by);

/* What is, or was last, selected in the graph now; copied. */
void tn_history_set_selection (TnHistory *history, const GArray *selection);
const GArray *tn_history_selection (const TnHistory *history);

G_END_DECLS
