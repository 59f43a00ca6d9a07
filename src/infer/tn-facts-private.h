/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of facts, for the files of this room only. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* What is known of one call of a layer. */
typedef struct
{
  guint n_inputs;
  TnShape *inputs;      /* as they arrived; rank -1: not known */
  GRefString **sources; /* interned names of the layers they come from; NULL: not wired */
  gboolean assumed;     /* an input was */
  guint n_outputs;
  TnShape *outputs;
  TnResultState state;
} TnCallFacts;

/* What is known of one layer: a pure function of the node, its inputs' shapes and names, and the
 * rule for Dense. Immutable and counted, shared between successive facts. */
typedef struct
{
  gatomicrefcount ref_count;
  TnNode *node; /* owned */
  TnDenseInputs dense_inputs;
  guint n_calls;
  TnCallFacts *calls;
  TnState state;
  gint64 params;
  gint64 trainable;
  gint64 macs;
  GArray *weights;   /* of TnWeightSpec, or NULL */
  GPtrArray *issues; /* of TnIssue, without provenance, errors first */
} TnNodeFacts;

struct _TnFacts
{
  gatomicrefcount ref_count;

  /* owned */
  TnGraph *graph;
  TnNodeFacts **nodes; /* by index */
  GPtrArray *issues;   /* of TnIssue, with provenance */

  TnTotals totals;
};

G_END_DECLS
