/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnFindBar: the bar over the canvas that finds layers. */
#pragma once

#include "app/tn-canvas.h"

G_BEGIN_DECLS

#define TN_TYPE_FIND_BAR (tn_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (TnFindBar, tn_find_bar, TN, FIND_BAR, GtkWidget)

GtkWidget *tn_find_bar_new (void);
/* Whose layers are found; borrowed: the bar goes with the same window. */
void tn_find_bar_set_canvas (TnFindBar *self, TnCanvas *canvas);
void tn_find_bar_set_document (TnFindBar *self, TnDocument *document, TnEngine *engine);
/* Shows it, with the keyboard in its field. */
void tn_find_bar_open (TnFindBar *self);
/* @back: to where the canvas was when it was opened. */
void tn_find_bar_close (TnFindBar *self, gboolean back);
/* To the next layer that was found, or the one before. Opens it where it is closed. */
void tn_find_bar_step (TnFindBar *self, gboolean forward);
/* For tests: "3 of 12". */
const char *tn_find_bar_count (TnFindBar *self);

G_END_DECLS
