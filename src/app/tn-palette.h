/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPalette: the catalogue of layers, to search in and to drag from. */
#pragma once

#include <gtk/gtk.h>

#include "app/tn-shelf.h"

G_BEGIN_DECLS

#define TN_TYPE_PALETTE (tn_palette_get_type ())
G_DECLARE_FINAL_TYPE (TnPalette, tn_palette, TN, PALETTE, GtkWidget)

/**
 * TnPalette:
 *
 * Signals: "add" (const TnOffer *: Enter or double click); while a row is dragged "place-motion",
 * at the end "place-drop" (both const TnOffer *, double x, double y in its own widget
 * coordinates), or "place-cancel".
 */
GtkWidget *tn_palette_new (void);
/* Puts the cursor into the search entry, with what stands there selected. */
void tn_palette_search (TnPalette *self);
/* Favourites and what was added last. Borrowed. */
TnShelf *tn_palette_shelf (TnPalette *self);

/* For tests: the row of a layer, NULL when the search or its closed section hides it. */
GtkWidget *tn_palette_row (TnPalette *self, const TnLayer *layer);
GtkWidget *tn_palette_block_row (TnPalette *self, const char *block);
/* For tests: the labels of all rows that are shown, from the first on, one a line, heads with a
 * colon behind. New string. */
char *tn_palette_text (TnPalette *self);

/* The small coloured tile with the icon of a layer or block, and its style class (new string). */
GtkWidget *tn_layer_tile_new (const TnLayer *layer);
GtkWidget *tn_offer_tile_new (TnOffer offer);
char *tn_offer_style (TnOffer offer);

G_END_DECLS
