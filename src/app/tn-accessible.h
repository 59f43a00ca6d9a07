/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, for assistive technology, of what GTK's own widgets are made of. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What takes the focus within @widget (the button of a drop-down, the list of a group, the headings
 * and the rows' list of a table) is called @name; without, it would be called by its type. Popovers
 * have their own names. */
void tn_accessible_name_parts (GtkWidget *widget, const char *name);

/* Buttons below @root that are called by a label with a mnemonic: GTK would say both "_Run" and
 * "Run". */
void tn_accessible_name_mnemonics (GtkWidget *root);

/* The row that @item fills, or of which it fills a cell, is called @name. */
void tn_accessible_name_row (GtkListItem *item, const char *name);

G_END_DECLS
