/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would come of a layer that is put at a place, before it is put there. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* In the order in which they are offered. */
typedef enum
{
  TN_PROSPECT_FITS,    /* no error */
  TN_PROSPECT_OPEN,    /* none so far: it joins several tensors, of which this is one */
  TN_PROSPECT_UNKNOWN, /* nothing is known of what is there */
  TN_PROSPECT_REFUSES, /* it, or what it would feed, raises an error */
} TnProspectKind;

/**
 * TnSpot:
 * @facts: about the model as it is
 * @from: what the new layer would be fed with; node TN_NODE_NONE: nothing
 * @to, @call, @slot: the input that it would feed; @to TN_NODE_NONE: none. With both it stands in
 *     the wire between them
 *
 * A place to put a layer.
 */
typedef struct
{
  const TnFacts *facts;
  TnRef from;
  TnNodeId to;
  guint call;
  guint slot;
} TnSpot;

/**
 * TnProspect:
 * @shape: of its first output; rank -1 where that cannot be told or it has none
 * @input: of a layer that data enters by, the shape that it would be given
 * @usual: its place among what usually stands there, G_MAXUINT when it usually does not
 * @reason: why it does not fit, a translated sentence; owned
 */
typedef struct
{
  TnProspectKind kind;
  TnShape shape;
  TnShape input;
  guint usual;
  char *reason;
} TnProspect;

void tn_prospect_clear (TnProspect *prospect);

/* Runs the rule of @layer, as it is newly placed, on what is there. Pure, and quick enough for the
 * whole catalogue between two frames. FALSE, with nothing to clear: it cannot be put there at all,
 * for it takes nothing in or gives nothing out. */
gboolean tn_prospect_layer (const TnSpot *spot, const TnLayer *layer, TnProspect *prospect);

/* What is at the place, rank -1 when nothing is known of it. */
TnShape tn_spot_shape (const TnSpot *spot);
/* Do the layers around the place have the channels before what is spatial: the nearest that feed
 * it, else the nearest behind it, else, where it is apart, all of the model? */
gboolean tn_spot_channels_first (const TnSpot *spot);
/* Would the place's end take a tensor of @shape from a layer called @name? If not, why in @reason
 * (may be NULL). */
gboolean tn_spot_takes (const TnSpot *spot, const char *name, const TnShape *shape, char **reason);
/* Where @layer stands among what usually follows, or feeds, what is at the place. */
guint tn_spot_usual (const TnSpot *spot, const TnLayer *layer);

G_END_DECLS
