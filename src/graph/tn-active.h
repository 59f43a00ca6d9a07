/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that are bypassed or disabled, and the graph as it counts without them. */
#pragma once

#include "graph/tn-draft.h"

G_BEGIN_DECLS

/**
 * TnMode:
 * @TN_MODE_ACTIVE: counts
 * @TN_MODE_BYPASSED: hands its first input through, as its first output
 * @TN_MODE_DISABLED: as if it were not there
 *
 * What somebody wants of a layer.
 */
typedef enum
{
  TN_MODE_ACTIVE,
  TN_MODE_BYPASSED,
  TN_MODE_DISABLED,
} TnMode;

/* "active", "bypassed", "disabled". */
const char *tn_mode_name (TnMode mode);

/* Noted at the layer (tn-silence.h), so files keep it. */
TnMode tn_node_mode (const TnNode *node);
void tn_draft_set_mode (TnDraft *draft, TnNodeId id, TnMode mode);
/* Has it something to hand through? */
gboolean tn_node_can_bypass (const TnNode *node);

/* The graph as it counts: without what is bypassed, disabled or says something only, what follows
 * from there wired past it, and without what depended on it alone. Ids are the same, numbers of
 * calls and of slots of layers that join tensors may be smaller. Borrowed; @graph itself when all
 * of it counts. This is what is judged, run, and written for others. */
const TnGraph *tn_graph_active (const TnGraph *graph);

/* Is it no layer, but a remark or a knot? */
static inline gboolean
tn_node_is_mark (const TnNode *node)
{
  return tn_node_schema (node)->remark || tn_node_schema (node)->knot;
}

/**
 * TnRole:
 * @TN_ROLE_INACTIVE: depends on what is disabled
 *
 * What has become of a layer.
 */
typedef enum
{
  TN_ROLE_ACTIVE,
  TN_ROLE_BYPASSED,
  TN_ROLE_DISABLED,
  TN_ROLE_INACTIVE,
} TnRole;

/* "active", "bypassed", "disabled", "inactive". */
const char *tn_role_name (TnRole role);
TnRole tn_graph_role (const TnGraph *graph, guint index);

/* What of the graph as it counts comes along a wire from @ref; an empty one where nothing is wired
 * to what is bypassed. FALSE when it comes from what does not count. */
gboolean tn_graph_resolve (const TnGraph *graph, TnRef ref, TnRef *counts);
/* The call and slot of the graph as it counts that a slot of @graph is, and the way back. FALSE
 * when it does not count. */
gboolean tn_graph_to_active (const TnGraph *graph, TnNodeId node, guint *call, guint *slot);
void tn_graph_from_active (const TnGraph *graph, TnNodeId node, guint *call, guint *slot);

/* @graph changed as much as @after differs from @graph as it counts. New reference, of @after where
 * all of it counts. */
TnGraph *tn_graph_follow_active (const TnGraph *graph, const TnGraph *after);

/* @graph as it counts, with what only says something. New reference. */
TnGraph *tn_graph_active_with_remarks (const TnGraph *graph);
/* @graph without what only says something and, with @knots, without what wires go through; these
 * straight then. New reference, of @graph itself when there is none. */
TnGraph *tn_graph_without_remarks (const TnGraph *graph, gboolean knots);
/* Takes a layer out and wires what it fed to what it hands through. */
void tn_draft_heal (TnDraft *draft, TnNodeId id);

G_END_DECLS
