/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnIssueView: one issue with its sign, its reasons and the repairs that were tried for it. */
#pragma once

#include <gtk/gtk.h>

#include "infer/tn-advice.h"

G_BEGIN_DECLS

#define TN_TYPE_ISSUE_VIEW (tn_issue_view_get_type ())
G_DECLARE_FINAL_TYPE (TnIssueView, tn_issue_view, TN, ISSUE_VIEW, GtkWidget)

/* Asks the window for what its buttons do: win.reveal (u: a layer), win.repair (s: id of a fix) and
 * win.ignore-warning (us: a layer and a code). */
GtkWidget *tn_issue_view_new (void);
/* The issue at @position of @facts; @advice NULL while it is not known. @with_name: says at which
 * layer. The reasons stay open when it is the same problem as before. */
void tn_issue_view_show (TnIssueView *self, const TnFacts *facts, const TnAdvice *advice,
                         guint position, gboolean with_name);

/* The button that does a repair (win.repair) and shows it as ghosts before; @wide: what follows
 * stands beside what is done. */
GtkWidget *tn_issue_view_fix_button (const TnFix *fix, gboolean wide);

/* "dialog-error-symbolic"…; static. */
const char *tn_severity_icon (TnSeverity severity);
/* "Error", "Contract", "Warning"; translated. */
const char *tn_severity_label (TnSeverity severity);

G_END_DECLS
