/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOriginView: the numbers of a layer's outputs as buttons, and where the chosen one comes from.
 */
#pragma once

#include <gtk/gtk.h>

#include "infer/tn-facts.h"

G_BEGIN_DECLS

#define TN_TYPE_ORIGIN_VIEW (tn_origin_view_get_type ())
G_DECLARE_FINAL_TYPE (TnOriginView, tn_origin_view, TN, ORIGIN_VIEW, GtkBox)

/* Asks the window for win.trace ((uuui): node, call, output, axis) and win.reveal (u). */
GtkWidget *tn_origin_view_new (void);
/* The outputs of @node; @traced and @axis: the number that is traced, axis -1: none. */
void tn_origin_view_show (TnOriginView *self, const TnFacts *facts, TnNodeId node, TnRef traced,
                          int axis);

G_END_DECLS
