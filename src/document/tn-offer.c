/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOffer: what palette and searches offer to add, a layer of the catalogue or a ready-made block.
 */
#include "document/tn-offer.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-match.h"

#define BLOCK_PREFIX "block:"

GArray *
tn_offers (void)
{
  GArray *offers = g_array_new (FALSE, FALSE, sizeof (TnOffer));
  gboolean blocks = FALSE;

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnOffer layer = { .layer = tn_layer_at (i) };

      if (layer.layer->hidden)
        continue;
      /* Blocks stand behind what everybody needs. */
      for (const TnBlock *block = tn_blocks ();
           !blocks && layer.layer->family != TN_FAMILY_CORE && block->name != NULL; block++)
        g_array_append_val (offers, ((TnOffer){ .block = block }));
      blocks = blocks || layer.layer->family != TN_FAMILY_CORE;
      g_array_append_val (offers, layer);
    }
  return offers;
}

char *
tn_offer_id (TnOffer offer)
{
  return offer.layer != NULL ? g_strdup (offer.layer->schema.type)
                             : g_strconcat (BLOCK_PREFIX, offer.block->name, NULL);
}

gboolean
tn_offer_from_id (const char *id, TnOffer *offer)
{
  g_return_val_if_fail (id != NULL, FALSE);

  *offer = (TnOffer){ 0 };
  if (g_str_has_prefix (id, BLOCK_PREFIX))
    offer->block = tn_block_find (id + strlen (BLOCK_PREFIX));
  else
    offer->layer = tn_layer_find (id);
  return offer->block != NULL || (offer->layer != NULL && !offer->layer->hidden);
}

gboolean
tn_offer_equal (TnOffer a, TnOffer b)
{
  return a.layer == b.layer && a.block == b.block;
}

const char *
tn_offer_label (TnOffer offer)
{
  return offer.layer != NULL ? _ (offer.layer->label) : _ (offer.block->label);
}

const char *
tn_offer_summary (TnOffer offer)
{
  return offer.layer != NULL ? _ (offer.layer->summary) : _ (offer.block->summary);
}

const char *
tn_offer_section (TnOffer offer)
{
  return offer.layer != NULL ? tn_family_label (offer.layer->family) : _ ("Blocks");
}

const char *
tn_offer_type (TnOffer offer)
{
  return offer.layer != NULL ? offer.layer->schema.type : NULL;
}

const char *
tn_offer_icon (TnOffer offer)
{
  return offer.layer != NULL ? offer.layer->icon : offer.block->icon;
}

guint
tn_offer_match (TnOffer offer, const char *query)
{
  TnMatchText text;

  if (offer.layer != NULL)
    return tn_layer_match (offer.layer, query);
  text = (TnMatchText){ offer.block->label, offer.block->label, offer.block->aliases,
                        offer.block->keywords };
  return tn_match_score (&text, query);
}

gboolean
tn_offer_prospect (TnOffer offer, const TnSpot *spot, TnProspect *prospect)
{
  g_autoptr (TnGraph) block = NULL;

  if (offer.layer != NULL)
    return tn_prospect_layer (spot, offer.layer, prospect);
  block = tn_block_read (offer.block, NULL);
  return block != NULL && tn_block_prospect (block, spot, prospect);
}
