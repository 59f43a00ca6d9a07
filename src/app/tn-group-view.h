/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnGroupView: what the inspector says of a group, and what can be done with it. */
#pragma once

#include <adwaita.h>

#include "document/tn-document.h"
#include "infer/tn-facts.h"

G_BEGIN_DECLS

#define TN_TYPE_GROUP_VIEW (tn_group_view_get_type ())
G_DECLARE_FINAL_TYPE (TnGroupView, tn_group_view, TN, GROUP_VIEW, GtkBox)

/* Asks the window for win.toggle-group and win.ungroup. */
GtkWidget *tn_group_view_new (void);
/* Shows the group that is selected in @document; hides itself when none is. @facts may be NULL or
 * of an earlier graph. */
void tn_group_view_show (TnGroupView *self, TnDocument *document, const TnFacts *facts);

G_END_DECLS
