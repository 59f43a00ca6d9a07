/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of facts, for the files of this room only. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* What is known of one call of a layer. What arrives at it is what its sources put out. */
typedef struct
{
  TnResultState state;
  gboolean assumed; /* an input was */
  guint n_outputs;
  TnShape *outputs; /* room for schema->n_outputs, in the node's own block */
} TnCallFacts;

/* What is known of one layer: a pure function of the node, its inputs' shapes and names, and the
 * rule for Dense. Immutable once made, and counted: shared between successive facts. */
typedef struct
{
  gatomicrefcount ref_count;
  TnDenseInputs dense_inputs;
  TnNode *node; /* owned */
  guint n_calls;
  guint n_told;  /* calls told so far, while the facts are made */
  gboolean open; /* a weight has a size that is not known */
  TnState state;
  gint64 params;
  gint64 trainable;
  gint64 macs;
  GArray *weights;     /* of TnWeightSpec, or NULL */
  GPtrArray *issues;   /* of TnIssue, without provenance, errors first; NULL: none */
  TnCallFacts calls[]; /* n_calls, then their outputs */
} TnNodeFacts;

struct _TnFacts
{
  gatomicrefcount ref_count;

  /* owned */
  TnGraph *whole;       /* as it was asked about */
  TnGraph *graph;       /* what counts of it */
  TnNodeFacts **nodes;  /* by index */
  GPtrArray **warnings; /* by index: of TnIssue, what the neighbourhood gives rise to; or NULL */
  GPtrArray *issues;    /* of TnIssue, with provenance */
  GPtrArray *silenced;  /* of TnIssue, without provenance */

  TnTotals totals;
};

G_END_DECLS
