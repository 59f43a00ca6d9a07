/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What edits of several layers mean for the groups that these stand in. */
#pragma once

#include "graph/tn-draft.h"

G_BEGIN_DECLS

/* Those of @nodes that are in the model, each once, in its order: of TnNodeId. New array. */
GArray *tn_copies_sorted (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes);
/* Do @ids (sorted) hold all that is within? */
gboolean tn_copies_hold_whole (const TnGraph *graph, const TnGroup *group, const GArray *ids);
/* What an edit was done to: "conv2d", the name of a group, "3 layers". New string. */
char *tn_copies_subject (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes);
/* The group of which @nodes are all that is within; NULL when there is none. */
const TnGroup *tn_copies_whole_group (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes);
/* Puts the copy of a layer that stands in groups where it belongs: beside it, or, when @ids
 * (sorted) hold all of a group, into a copy of that. @renamed: names of groups of @graph that are
 * copied → of their copies. */
void tn_copies_place (TnDraft *draft, const TnGraph *graph, const GArray *ids, const TnNode *node,
                      TnNodeId copy, GHashTable *renamed);
/* What the copied groups put out, when all is copied. @copies: TnNodeId → TnNodeId. */
void tn_copies_finish_groups (TnDraft *draft, const TnGraph *graph, GHashTable *copies,
                              GHashTable *renamed);
/* Takes away what entered groups of which nothing else is left. */
void tn_copies_drop_hollow_groups (TnDraft *draft, const TnGraph *graph);

G_END_DECLS
