/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a node, for the files of this room only. */
#pragma once

#include "graph/tn-node.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_inputs;
  TnRef *inputs; /* owned */
} TnCall;

struct _TnNode
{
  gatomicrefcount ref_count;

  /* borrowed */
  const TnSchema *schema;

  /* owned */
  char *name;
  TnValue **values; /* schema->n_params; NULL: default */
  TnCall *calls;
  TnShape *pin;    /* NULL: not pinned */
  TnValue *extras; /* NULL: none */

  /* state */
  TnNodeId id;
  guint n_calls;
  double x, y;
  gboolean placed;
  gboolean trainable;
};

/* A node with one call of schema->min_inputs empty slots, all parameters at their defaults. */
TnNode *tn_node_new (TnNodeId id, const TnSchema *schema, const char *name);
/* A copy that may still be changed by its maker. */
TnNode *tn_node_clone (const TnNode *node);
/* Where in @nodes, sorted by id, the one with this id stands; -1 when there is none. */
int tn_nodes_index (TnNode *const *nodes, guint n_nodes, TnNodeId id);

G_END_DECLS
