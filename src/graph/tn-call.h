/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file says of the calls of a layer beyond the wires: constants, and where among them the
 * tensors stand. */
#pragma once

#include "graph/tn-node.h"

G_BEGIN_DECLS

/* In node extras: what the layer's outer dict holds beyond what is known. No config has such a key.
 */
#define TN_EXTRAS_OUTER "\x1fouter"
/* In that: for each call a dict of arguments by keyword. */
#define TN_EXTRAS_CALLS                                                                            \
  "\x1f"                                                                                           \
  "calls"
/* In such a dict: the list of arguments without keyword, where they are not just the tensors. */
#define TN_CALL_ARGUMENTS                                                                          \
  "\x1f"                                                                                           \
  "arguments"
/* Among arguments: a dict with this key alone stands for the tensor in that slot. */
#define TN_CALL_SLOT "\x1fslot"

/* What is said of call @call, a dict, borrowed; NULL when nothing is. */
const TnValue *tn_node_call (const TnNode *node, guint call);
/* One more than the highest slot named there; 0 when none is. */
guint tn_node_n_named (const TnNode *node, guint call);

/* Is a layer that joins a list of tensors called with one tensor by itself? Keras refuses that, but
 * takes a list of one. */
gboolean tn_node_is_called_bare (const TnNode *node, guint call);

/* What Keras refuses of the way in which a file calls a layer, whatever the tensors are. */
typedef enum
{
  TN_CALL_GOOD,
  TN_CALL_TOO_MANY, /* a list of more tensors than the layer takes: Dense([a, b]) */
  TN_CALL_SPREAD,   /* one by one where a list is meant: Add(a, b) */
  TN_CALL_LISTED,   /* a list where they are meant one by one: MultiHeadAttention([a, b]) */
} TnCallFault;

TnCallFault tn_node_call_fault (const TnNode *node, guint call);

/* The node's extras when nothing is said any more of how the tensors stand among the arguments of
 * call @call, so that it is called as its kind is. New reference; NULL when there are none. */
TnValue *tn_node_call_reset (const TnNode *node, guint call);

/* A new value that stands for the tensor in slot @slot. */
TnValue *tn_call_slot_new (guint slot);
/* The slot that @value stands for; -1 when it is something else. */
int tn_call_slot (const TnValue *value);
/* One more than the highest slot named in @value, at whatever depth; 0 when none is. */
guint tn_call_n_named (const TnValue *value);
/* Is that slot named in @value, at whatever depth? */
gboolean tn_call_names (const TnValue *value, guint slot);

G_END_DECLS
