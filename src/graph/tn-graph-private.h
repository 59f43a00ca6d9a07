/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a draft makes a graph. */
#pragma once

#include "graph/tn-graph.h"

G_BEGIN_DECLS

/* What belongs to the model as a whole; strings and arrays are owned by whoever holds it. */
typedef struct
{
  char *name;
  TnDenseInputs dense_inputs;
  TnDirection direction; /* never compared */
  guint64 seed;
  TnValue *extras;
  GArray *outputs;   /* of TnRef; NULL: not declared */
  GPtrArray *groups; /* of TnGroup, those that hold others before them; NULL: none */
  TnNodeId next_id;  /* never compared */
} TnModel;

/* Takes over @group. */
void tn_model_add_group (TnModel *model, TnGroup *group);
void tn_model_copy (TnModel *to, const TnModel *from);
void tn_model_clear (TnModel *model);
gboolean tn_model_equal (const TnModel *a, const TnModel *b);
const TnModel *tn_graph_model (const TnGraph *graph);

/* @nodes, of TnNode, sorted by id, without cycles; new references are taken. */
TnGraph *tn_graph_new (const GPtrArray *nodes, const TnModel *model);
/* The same; what depends on the wiring alone is shared with @base (may be NULL) where nothing of it
 * is another. */
TnGraph *tn_graph_new_after (const TnGraph *base, const GPtrArray *nodes, const TnModel *model);

/* What of a graph counts (tn-active.h). */
typedef struct _TnActive TnActive;

/* NULL: all of it. */
TnActive *tn_active_new (const TnGraph *graph);
void tn_active_free (TnActive *active);
const TnActive *tn_graph_get_active (const TnGraph *graph);

G_END_DECLS
