/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPalette: the catalogue of layers, to search in and to drag from. */
#pragma once

#include <gtk/gtk.h>

#include "layers/tn-layer.h"

G_BEGIN_DECLS

#define TN_TYPE_PALETTE (tn_palette_get_type ())
G_DECLARE_FINAL_TYPE (TnPalette, tn_palette, TN, PALETTE, GtkWidget)

/**
 * TnPalette:
 *
 * Signals: "add" (const TnLayer *: Enter or double click); while a row is dragged "place-motion",
 * at the end "place-drop" (both const TnLayer *, double x, double y in its own widget
 * coordinates), or "place-cancel".
 */
GtkWidget *tn_palette_new (void);
/* Puts the cursor into the search entry, with what stands there selected. */
void tn_palette_search (TnPalette *self);
/* Empties the search. */
void tn_palette_reset (TnPalette *self);

/* For a popover: without the hint, and nothing to drag. */
void tn_palette_set_compact (TnPalette *self);

/* For tests: the row of a layer, NULL when the search hides it. */
GtkWidget *tn_palette_row (TnPalette *self, const TnLayer *layer);

/* The small coloured tile with a layer's icon. */
GtkWidget *tn_layer_tile_new (const TnLayer *layer);

G_END_DECLS
