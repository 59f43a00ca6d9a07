/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups that repeat what they hold: copies of one group in a chain. Nothing is stored for it: it
 * is seen from what the group holds, in whatever file it came. */
#pragma once

#include "graph/tn-graph.h"

G_BEGIN_DECLS

/* The groups directly in @group, of TnGroup, borrowed, in the order of a chain from its one input
 * to its one output, each with layers of the same names and kinds wired in the same way. @exactly:
 * and with the same settings. NULL when it holds anything else, or fewer than two. */
GPtrArray *tn_graph_repeated (const TnGraph *graph, const TnGroup *group, gboolean exactly);
/* The group of copies in one of which @node stands, and that one's number in them (which may be
 * NULL). NULL when there is none. */
const TnGroup *tn_graph_repeat_around (const TnGraph *graph, const TnNode *node, guint *number);
/* What @node of one copy is in another one; NULL when there is no such layer. */
const TnNode *tn_graph_twin (const TnGraph *graph, const TnNode *node, const TnGroup *own,
                             const TnGroup *other);

/* What enters a group, if that is one tensor and it is called once; NULL otherwise. */
const TnNode *tn_graph_only_entry (const TnGraph *graph, const TnGroup *group);
/* What it puts out, if that is one tensor. */
gboolean tn_graph_only_output (const TnGroup *group, TnRef *output);

G_END_DECLS
