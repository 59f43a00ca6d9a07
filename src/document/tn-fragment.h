/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fragments: a part of a model as a model of its own, for the clipboard. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* @nodes of @graph with the wires among them. What feeds them from elsewhere is replaced by
 * InputLayers of the shapes that @facts (may be NULL, or about an earlier graph) know, so that it
 * is a model that Keras builds; such stand-ins are told apart by tn_fragment_is_stand_in() and not
 * pasted. Groups that are not copied as a whole are left: their members come alone. NULL when
 * nothing is left to copy. New reference. */
TnGraph *tn_fragment_new (const TnGraph *graph, const TnFacts *facts, const TnNodeId *nodes,
                          guint n_nodes);
gboolean tn_fragment_is_stand_in (const TnNode *node);
/* The layers that would be pasted. */
guint tn_fragment_size (const TnGraph *fragment);

G_END_DECLS
