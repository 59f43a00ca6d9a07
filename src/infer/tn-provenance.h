/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a dim comes from: the chain of layers and parameters that made a number. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* Adds to @links (of #TnProvenance, each text owned by the caller) the chain that made axis @axis
 * of tensor @ref: that tensor's layer first, the layer and parameter where the number was born
 * last. Steps that hand a dim on untouched are left out; equal branches (height and width) told
 * once. */
void tn_provenance_trace (const TnFacts *facts, TnRef ref, int axis, GArray *links);
/* All layers that the number passes on its way, those that hand it on untouched included, nearest
 * first. Of TnNodeId; new array. */
GArray *tn_provenance_layers (const TnFacts *facts, TnRef ref, int axis);
/* The same with at most *@steps layers looked at, which is counted down; what lies farther up is
 * then missing. */
void tn_provenance_trace_within (const TnFacts *facts, TnRef ref, int axis, GArray *links,
                                 guint *steps);
/* An array for them that frees the texts. */
GArray *tn_provenance_new (void);
/* "4096 = 8 × 8 × 64 (flatten); 8 = ⌊16/2⌋ (max_pooling2d_1); … 64 = filters of conv2d_1": the
 * chain as one line, shortened in the middle to at most @most links (0: all). New string. */
char *tn_provenance_to_text (const GArray *links, const TnGraph *graph, guint most);

G_END_DECLS
