/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnNode: one layer in a graph; immutable, shared between successive graphs. */
#pragma once

#include "graph/tn-issue.h"

G_BEGIN_DECLS

TnNode *tn_node_ref (const TnNode *node);
void tn_node_unref (TnNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnNode, tn_node_unref)

TnNodeId tn_node_id (const TnNode *node);
const TnSchema *tn_node_schema (const TnNode *node);
const char *tn_node_type (const TnNode *node); /* Keras's class: the schema's type, nearly always */
const char *tn_node_name (const TnNode *node); /* unique in its graph */
double tn_node_x (const TnNode *node);         /* centre of the box, document units (96 a inch) */
double tn_node_y (const TnNode *node);
/* FALSE: no position was ever given (a plain Keras file): the layout is to find one. */
gboolean tn_node_is_placed (const TnNode *node);
gboolean tn_node_is_trainable (const TnNode *node); /* Keras's `trainable` */

/* Tensors that a call of it puts out. */
guint tn_node_n_outputs (const TnNode *node);
/* Which of them tensor @output is: "output", "state h"; NULL when there is one only, or all are
 * alike. */
const char *tn_node_output_name (const TnNode *node, guint output);
/* Where data enters the model: nothing can be wired into it. */
gboolean tn_node_is_source (const TnNode *node);

/* Calls and wires. A slot that nothing is wired to has ref.node == TN_NODE_NONE. Every node has at
 * least one call; each call at least schema->min_inputs slots. */
guint tn_node_n_calls (const TnNode *node);
guint tn_node_n_inputs (const TnNode *node, guint call);
TnRef tn_node_input (const TnNode *node, guint call, guint slot);

/* Those of them that a shape rule sees; what a file's call has beyond them (an explicit mask) is
 * wired, and no more than that. */
guint tn_node_n_shaping (const TnNode *node, guint call);

/* May slot @slot stay empty? */
gboolean tn_node_is_optional (const TnNode *node, guint slot);

/* The shape a kernel was made for (`build_config.input_shape`), or FALSE: made for whatever
 * arrives. */
gboolean tn_node_pin (const TnNode *node, TnShape *pin);

/* Entries of its config that the schema does not know, and of its outer dict under the key
 * TN_EXTRAS_OUTER (tn-silence.h); a dict or NULL. Kept for writing back. */
const TnValue *tn_node_extras (const TnNode *node);

/* Parameters, by index into schema->params. */
/* The value that was set, borrowed, or NULL when it is left at its default. */
const TnValue *tn_node_get (const TnNode *node, guint param);
/* The value or the default, a new reference; NULL when required and not given. */
TnValue *tn_node_value (const TnNode *node, guint param);
/* Typed: the value, or the default; a neutral value (FALSE, 0, "") where a required one is missing
 * or the kind is wrong: rules look at such parameters only after validation has passed. */
gboolean tn_node_is_none (const TnNode *node, guint param);
gboolean tn_node_bool (const TnNode *node, guint param);
gint64 tn_node_int (const TnNode *node, guint param);
double tn_node_float (const TnNode *node, guint param);
/* For FOLD_CASE choices: the spelling of the choice; of a layer in place of one: its class. */
const char *tn_node_string (const TnNode *node, guint param);
/* INTS of the schema's length into @out; a single number fills all. FALSE when None or wrong. */
gboolean tn_node_ints (const TnNode *node, guint param, gint64 *out);
/* PAIRS of the schema's length, two numbers each, into @out. FALSE when None or wrong. */
gboolean tn_node_pairs (const TnNode *node, guint param, gint64 *out);
/* AXES into @out, as they were given; *@n of them, a lone one being 1 and None 0. FALSE when there
 * are more than TN_MAX_RANK or something else. */
gboolean tn_node_axes (const TnNode *node, guint param, gint64 *out, guint *n);
/* DIMS, with -1 as TN_DIM_UNKNOWN as well (see TN_PARAM_MINUS_ONE; tn_node_value() tells them
 * apart). */
gboolean tn_node_dims (const TnNode *node, guint param, TnShape *out);

/* All parameters of the kind and range the schema asks for? Adds an issue "param" for each that is
 * not. */
gboolean tn_node_check (const TnNode *node, TnReport *report);
/* A layer that stands within another one (TN_PARAM_LAYER) and in no graph: of @schema, with what
 * @config says of its parameters and the rest as its extras. New reference. */
TnNode *tn_node_new_inner (const TnSchema *schema, const char *name, const TnValue *config);
/* Equal but for position. */
gboolean tn_node_same_meaning (const TnNode *a, const TnNode *b);

G_END_DECLS
