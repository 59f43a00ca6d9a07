/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnShelf: what of the catalogue somebody likes to have at hand, and what was added last. */
#pragma once

#include "document/tn-offer.h"

G_BEGIN_DECLS

/* So many of those added last are kept. */
#define TN_SHELF_MOST_RECENT 5

#define TN_TYPE_SHELF (tn_shelf_get_type ())
G_DECLARE_FINAL_TYPE (TnShelf, tn_shelf, TN, SHELF, GObject)

/**
 * TnShelf:
 *
 * Signal "changed". Kept in the settings, where there are any: then all shelves of the program are
 * the same.
 */
TnShelf *tn_shelf_new (void);
/* Of TnOffer, borrowed until the next change: favourites in the order in which they became such,
 * recent ones the last first. */
const GArray *tn_shelf_favourites (TnShelf *self);
const GArray *tn_shelf_recent (TnShelf *self);
gboolean tn_shelf_is_favourite (TnShelf *self, TnOffer offer);
void tn_shelf_set_favourite (TnShelf *self, TnOffer offer, gboolean favourite);
/* It was added. */
void tn_shelf_use (TnShelf *self, TnOffer offer);

G_END_DECLS
