/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOffer: what palette and searches offer to add, a layer of the catalogue or a ready-made block.
 */
#pragma once

#include "document/tn-block.h"

G_BEGIN_DECLS

/* By value; one of the two is NULL. */
typedef struct
{
  const TnLayer *layer;
  const TnBlock *block;
} TnOffer;

/* All there are, section by section; of TnOffer, new array. */
GArray *tn_offers (void);

/* "Conv2D", "block:residual": for settings. New string. */
char *tn_offer_id (TnOffer offer);
/* FALSE when there is no such thing (any more). */
gboolean tn_offer_from_id (const char *id, TnOffer *offer);
gboolean tn_offer_equal (TnOffer a, TnOffer b);

/* Translated. */
const char *tn_offer_label (TnOffer offer);
const char *tn_offer_summary (TnOffer offer);
const char *tn_offer_section (TnOffer offer);
/* Its class; NULL for a block. */
const char *tn_offer_type (TnOffer offer);
const char *tn_offer_icon (TnOffer offer);
/* tn_match_score () of what is typed. */
guint tn_offer_match (TnOffer offer, const char *query);

/* As tn_prospect_layer (). */
gboolean tn_offer_prospect (TnOffer offer, const TnSpot *spot, TnProspect *prospect);

G_END_DECLS
