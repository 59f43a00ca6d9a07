/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnGraph: a whole model as an immutable value; an edit makes the next one. */
#pragma once

#include "graph/tn-group.h"

G_BEGIN_DECLS

/* What a Dense does with more than two dims: refuse (FLAT) or, as Keras does, work on the last
 * (ANY). */
typedef enum
{
  TN_DENSE_FLAT,
  TN_DENSE_ANY,
} TnDenseInputs;

/* "flat", "any". */
const char *tn_dense_inputs_name (TnDenseInputs rule);
gboolean tn_dense_inputs_from_name (const char *name, TnDenseInputs *rule);

/* Which way a model flows on the canvas; its positions are made for that. */
typedef enum
{
  TN_DIRECTION_DOWN,
  TN_DIRECTION_RIGHT,
} TnDirection;

/* "down", "right". */
const char *tn_direction_name (TnDirection direction);
gboolean tn_direction_from_name (const char *name, TnDirection *direction);

/* One call of one node, in the order of computation. */
typedef struct
{
  guint index; /* of the node */
  guint call;
} TnGraphStep;

/* One use of a tensor: input @slot of call @call of the node at @index. */
typedef struct
{
  guint index;
  guint call;
  guint slot;
  TnRef ref; /* what is used */
} TnGraphUse;

/* Immutable and atomically counted: may cross threads. Never has a cycle, nor two layers of one
 * name. */
typedef struct _TnGraph TnGraph;

TnGraph *tn_graph_new_empty (void);
TnGraph *tn_graph_ref (const TnGraph *graph);
void tn_graph_unref (TnGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnGraph, tn_graph_unref)

const char *tn_graph_name (const TnGraph *graph); /* Keras's model name; "model" for a new one */
TnDenseInputs tn_graph_dense_inputs (const TnGraph *graph);
/* Like positions no part of the meaning. */
TnDirection tn_graph_direction (const TnGraph *graph);
guint64 tn_graph_seed (const TnGraph *graph); /* of synthetic data and fresh weights */
/* Which issue codes are silenced etc.: what of the file belongs to no layer; a dict or NULL. Keys
 * of the model's outer dict, config and "tenon" block under "outer", "config", "tenon". */
const TnValue *tn_graph_extras (const TnGraph *graph);

/* Nodes by index, in order of creation (ids grow with it). */
guint tn_graph_size (const TnGraph *graph);
const TnNode *tn_graph_node (const TnGraph *graph, guint index);
/* -1 / NULL when there is none. */
int tn_graph_index (const TnGraph *graph, TnNodeId id);
const TnNode *tn_graph_find (const TnGraph *graph, TnNodeId id);
const TnNode *tn_graph_find_name (const TnGraph *graph, const char *name);

/* All calls so that what is used stands before what uses it; stable under unrelated edits. */
guint tn_graph_n_steps (const TnGraph *graph);
TnGraphStep tn_graph_step (const TnGraph *graph, guint position);
/* Who uses any output of the node at @index; borrowed, @n_uses of them. */
const TnGraphUse *tn_graph_uses (const TnGraph *graph, guint index, guint *n_uses);

/* What the model puts out: as declared, else every tensor of a layer that only Targets or nobody
 * use (a Target itself is none). Borrowed. */
const TnRef *tn_graph_outputs (const TnGraph *graph, guint *n_outputs);
gboolean tn_graph_outputs_declared (const TnGraph *graph);

/* Groups, those that hold others before them. */
guint tn_graph_n_groups (const TnGraph *graph);
const TnGroup *tn_graph_group (const TnGraph *graph, guint number);
/* By its whole name; NULL when there is none. */
const TnGroup *tn_graph_find_group (const TnGraph *graph, const char *name);
/* The innermost group that a layer stands in; NULL when in none. */
const TnGroup *tn_graph_group_of (const TnGraph *graph, const TnNode *node);
/* How often @group is called as a model; 0 while it cannot be called at all: an input of a member
 * is open, or one call of it is wired otherwise than the next, or something outside uses what is
 * none of its outputs. */
guint tn_graph_group_calls (const TnGraph *graph, const TnGroup *group);

/* Does @to depend on @from (or is it @from)? */
gboolean tn_graph_depends (const TnGraph *graph, TnNodeId to, TnNodeId from);

/* Equal but for positions (and sharing makes this quick). */
gboolean tn_graph_same_meaning (const TnGraph *a, const TnGraph *b);

G_END_DECLS
