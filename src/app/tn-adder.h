/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnAdder: the search at the pointer that offers what to add there, and tells what would come. */
#pragma once

#include "app/tn-canvas.h"
#include "app/tn-shelf.h"

G_BEGIN_DECLS

#define TN_TYPE_ADDER (tn_adder_get_type ())
G_DECLARE_FINAL_TYPE (TnAdder, tn_adder, TN, ADDER, GtkPopover)

/* For @canvas, somewhere above which it is put into the tree of widgets. */
GtkWidget *tn_adder_new (TnCanvas *canvas, TnShelf *shelf);
/* Asks at the place. */
void tn_adder_open (TnAdder *self, const TnAddRequest *request);

/* For tests: a row as "Flatten | (None, 7744)", or with why it does not fit; NULL when there are
 * fewer rows. New string. */
char *tn_adder_row_text (TnAdder *self, guint row);
/* The row that Enter adds; G_MAXUINT: none. */
guint tn_adder_selected (TnAdder *self);

G_END_DECLS
