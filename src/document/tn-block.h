/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnBlock: a ready-made piece of a model that is put in as layers, fitted to where it is put. */
#pragma once

#include <gio/gio.h>

#include "infer/tn-prospect.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;     /* of its file: "residual" */
  const char *label;    /* N_("Residual block") */
  const char *summary;  /* N_() one good sentence */
  const char *keywords; /* N_() search terms, separated by spaces */
  const char *aliases;  /* names elsewhere, or NULL */
  const char *icon;
} TnBlock;

/* In the order in which they are offered; ends with name NULL. */
const TnBlock *tn_blocks (void);
/* NULL when there is none of this name. */
const TnBlock *tn_block_find (const char *name);

/* A block is a model of its own, with an InputLayer for each tensor that it takes. What it says of
 * itself stands in the "tenon" block of its file: "adapt" names parameters (layer → list of them)
 * that keep their ratio to the channels that come in, "ranks" layers that are there only where so
 * many axes come in (layer → list of numbers). */
TnGraph *tn_block_read (const TnBlock *block, GError **error);
/* The block as it is for a tensor of @shape in its first input: those parameters set, and its
 * layers for images exchanged for those for sequences or volumes. Where nothing is known of the
 * tensor they are as they were. @channels_first: of such layers, if it has any, all take the
 * channels before what is spatial, as @shape has them. NULL: there is no such block for so many
 * axes. */
TnGraph *tn_block_fit (const TnGraph *block, const TnShape *shape, gboolean channels_first);
/* As it is for a place. */
TnGraph *tn_block_fit_spot (const TnGraph *block, const TnSpot *spot);
/* The block, placed as it flows in @direction. New reference. */
TnGraph *tn_block_lay_out (const TnGraph *block, TnDirection direction);

/* As tn_prospect_layer(): what would come of @block at a place. */
gboolean tn_block_prospect (const TnGraph *block, const TnSpot *spot, TnProspect *prospect);

G_END_DECLS
