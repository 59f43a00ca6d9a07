/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnFacts: all that is known about a graph without running it; immutable, found by tn_infer(). */
#pragma once

#include <gio/gio.h>

#include "layers/tn-layer.h"

G_BEGIN_DECLS

typedef enum
{
  TN_STATE_KNOWN,   /* all outputs known but for the batch */
  TN_STATE_PARTIAL, /* some further dim is unknown */
  TN_STATE_BLOCKED, /* cannot be told, because of something upstream or an unwired input upstream */
  TN_STATE_WRONG,   /* has an error of its own */
} TnState;

/* "known", "partial", "blocked", "wrong". */
const char *tn_state_name (TnState state);

typedef enum
{
  TN_EDGE_OK,
  TN_EDGE_WARNING,
  TN_EDGE_ERROR,   /* the layer at its end refuses what comes along it */
  TN_EDGE_ASSUMED, /* the shape is what would be there, were an upstream error mended */
  TN_EDGE_UNKNOWN, /* no shape */
} TnEdgeState;

/* "ok", "warning", "error", "assumed", "unknown". */
const char *tn_edge_state_name (TnEdgeState state);

/* Immutable and atomically counted: may cross threads. */
typedef struct _TnFacts TnFacts;

/* Pure. @previous (may be NULL) only makes it quicker. NULL only when cancelled. */
TnFacts *tn_infer (const TnGraph *graph, const TnFacts *previous, GCancellable *cancellable);

TnFacts *tn_facts_ref (const TnFacts *facts);
void tn_facts_unref (TnFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnFacts, tn_facts_unref)

/* The graph they are about, borrowed: what counts of the one that was asked about
 * (tn_graph_active()). Indexes below are that graph's node indexes. */
const TnGraph *tn_facts_graph (const TnFacts *facts);
/* The one that was asked about, borrowed. */
const TnGraph *tn_facts_whole (const TnFacts *facts);

TnState tn_facts_state (const TnFacts *facts, guint index);
/* Shape of a tensor; rank -1 when it cannot be told. @assumed (may be NULL): see TN_EDGE_ASSUMED.
 */
TnShape tn_facts_shape (const TnFacts *facts, TnRef ref, gboolean *assumed);
/* Shape that arrives at an input; rank -1 when nothing is wired or nothing is known. */
TnShape tn_facts_input (const TnFacts *facts, guint index, guint call, guint slot);
TnEdgeState tn_facts_edge (const TnFacts *facts, guint index, guint call, guint slot);
/* The same for a tensor of tn_facts_whole(), or of a graph that is a little ahead of it: out of a
 * bypassed layer comes what it hands through. Rank -1 as well when the facts do not know it. */
TnShape tn_facts_seen_shape (const TnFacts *facts, TnRef ref, gboolean *assumed);
/* And for the wire from @ref into a slot there. */
TnEdgeState tn_facts_seen_edge (const TnFacts *facts, TnNodeId node, guint call, guint slot,
                                TnRef ref);
/* Number of elements of all weights / of the trainable ones; -1 when not known. */
gint64 tn_facts_params (const TnFacts *facts, guint index);
gint64 tn_facts_trainable (const TnFacts *facts, guint index);
/* Multiply-accumulates per sample over all calls; -1 when a dim they need is unknown. */
gint64 tn_facts_macs (const TnFacts *facts, guint index);
/* Numbers that it puts out per sample in all its calls; -1 when a dim they need is unknown. */
gint64 tn_facts_activations (const TnFacts *facts, guint index);
/* Bytes that these take in a batch of @batch samples, as a run stores them; -1 as above. */
gint64 tn_facts_activation_bytes (const TnFacts *facts, guint index, gint64 batch);
/* Of #TnWeightSpec, borrowed; NULL when there is none. */
const TnWeightSpec *tn_facts_weights (const TnFacts *facts, guint index, guint *n_weights);

/* What "LAYER/WEIGHT" names, where both may hold slashes: names of layers of models within do, and
 * of weights of layers within. NULL: nothing, with @index (may be NULL) then -1. */
const TnWeightSpec *tn_facts_find_weight (const TnFacts *facts, const char *key, int *index);

/* Sums over what is known. */
typedef struct
{
  gint64 params;
  gint64 trainable;
  gint64 macs;
  gint64 weights_bytes; /* float32 */
  guint n_errors;       /* and contracts */
  guint n_warnings;     /* but for the silenced ones */
  guint n_silenced;
  gboolean complete; /* nothing was unknown */
} TnTotals;

TnTotals tn_facts_totals (const TnFacts *facts);

/* Issues, in order of computation; errors first within a node. */
guint tn_facts_n_issues (const TnFacts *facts);
const TnIssue *tn_facts_issue (const TnFacts *facts, guint position);
/* Warnings that are silenced where they arise (graph/tn-silence.h); the others do not have them. */
const TnIssue *tn_facts_silenced (const TnFacts *facts, guint position);
/* The first and worst of a node's, or NULL. */
const TnIssue *tn_facts_node_issue (const TnFacts *facts, TnNodeId node);
/* Has an issue of severity error: is not run, not written as code. */
gboolean tn_facts_has_errors (const TnFacts *facts);
/* The first error, or else the first contract that stops a run; NULL when nothing does. */
const TnIssue *tn_facts_obstacle (const TnFacts *facts);

G_END_DECLS
