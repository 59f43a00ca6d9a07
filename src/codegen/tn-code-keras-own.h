/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras code for what is no layer of Keras's own; private to the room. */
#pragma once

#include "codegen/tn-code-private.h"

G_BEGIN_DECLS

/* "keras.ops.mean(" with @arguments filled; or a whole expression "x[:, 0]", without. */
char *tn_code_keras_operation (const TnNode *node, guint call, GHashTable *tensors,
                               GPtrArray *arguments);
/* What an opaque layer is made of, as Keras's own reader takes it: the one argument. */
void tn_code_keras_take_own (const TnNode *node, GPtrArray *arguments);
/* "(a, mode=1)": a call as its file has it. */
char *tn_code_keras_said_call (const TnNode *node, guint call, GHashTable *tensors);

/* Adds what a call of a layer takes beyond what its kind knows: an explicit mask. */
void tn_code_keras_take_said (const TnNode *node, guint call, GHashTable *tensors,
                              GPtrArray *arguments);

G_END_DECLS
