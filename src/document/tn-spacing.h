/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making room on the canvas for a layer that was put into a wire. */
#pragma once

#include "graph/tn-draft.h"

G_BEGIN_DECLS

/* @graph with @id far enough below what feeds it, and what it feeds (with all that follows from
 * there) moved down where it stood in the way. A new reference, of @graph itself when nothing
 * did. */
TnGraph *tn_spacing_make_room (const TnGraph *graph, TnNodeId id);

/* The same for several layers that were put in as a block, @last of which feeds what follows: they
 * go down below what feeds them, what follows below the lowest of them. New reference. */
TnGraph *tn_spacing_make_room_for_block (const TnGraph *graph, const TnNodeId *nodes, guint n_nodes,
                                         TnNodeId last);

/* @after, in which the group @name takes another room than @before it did (which, when @before does
 * not know it, is what its members took): the group where it was, and what stands beside and below,
 * moved as much as it has grown or shrunk; so for every group around it. New reference. */
TnGraph *tn_spacing_resize_group (const TnGraph *before, const TnGraph *after, const char *name);

G_END_DECLS
