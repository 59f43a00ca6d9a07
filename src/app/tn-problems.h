/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnProblems: the list of everything that does not fit, with reasons and repairs. */
#pragma once

#include <gtk/gtk.h>

#include "engine/tn-engine.h"

G_BEGIN_DECLS

#define TN_TYPE_PROBLEMS (tn_problems_get_type ())
G_DECLARE_FINAL_TYPE (TnProblems, tn_problems, TN, PROBLEMS, GtkWidget)

/* Asks the window for what its rows and buttons do: win.reveal (u) and win.repair (s). */
void tn_problems_set_document (TnProblems *self, TnDocument *document, TnEngine *engine);
/* Scrolls to the first problem of @node (TN_NODE_NONE: the first of all) and focuses it. */
void tn_problems_reveal (TnProblems *self, TnNodeId node);
/* Selects the next one of those listed, or the one before, from the last to the first and back; the
 * layer it is about into @node (TN_NODE_NONE: none). FALSE when there is none. */
gboolean tn_problems_step (TnProblems *self, gboolean forward, TnNodeId *node);
/* There is nothing to tell: one line. */
gboolean tn_problems_is_calm (TnProblems *self);

G_END_DECLS
