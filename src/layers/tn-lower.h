/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnLower: what a layer's lower function is written in; appends the ops that compute one call. */
#pragma once

#include "graph/tn-graph.h"
#include "ops/tn-program.h"

G_BEGIN_DECLS

typedef struct _TnLower TnLower;

const TnNode *tn_lower_node (const TnLower *lower);
guint tn_lower_n_inputs (const TnLower *lower);
TnTensorId tn_lower_input (const TnLower *lower, guint slot);
/* All dims known, batch included. */
const TnShape *tn_lower_shape (const TnLower *lower, TnTensorId tensor);
/* A weight that the layer's rule declared under this name; TN_TENSOR_ABSENT if it did not. */
TnTensorId tn_lower_weight (TnLower *lower, const char *name);
/* Calls an op with up to TN_OP_MAX_INPUTS inputs; @settings NULL for all zero. */
TnTensorId tn_lower_call (TnLower *lower, const TnOp *op, const TnOpSettings *settings,
                          const TnTensorId *inputs, guint n_inputs);
TnTensorId tn_lower_reshape (TnLower *lower, TnTensorId input, const TnShape *shape);
/* permutation[i]: which axis of the input becomes axis i. */
TnTensorId tn_lower_transpose (TnLower *lower, TnTensorId input, const int *permutation);
/* Each entry along @axis @times times in a row: a, b becomes a, a, b, b. */
TnTensorId tn_lower_repeat (TnLower *lower, TnTensorId input, int axis, gint64 times);
/* @factor · x + @offset, for every x. */
TnTensorId tn_lower_affine (TnLower *lower, TnTensorId input, double factor, double offset);
/* Keras's activation @name, which may be more than one op (softmax, glu). */
TnTensorId tn_lower_activation (TnLower *lower, TnTensorId input, const char *name);
/* The activation that the layer's parameter @param names, or holds a layer for. */
TnTensorId tn_lower_activation_of (TnLower *lower, TnTensorId input, guint param);
/* The result, in order of outputs. Its shape must equal the inferred one: asserted by the caller.
 */
void tn_lower_output (TnLower *lower, TnTensorId tensor);

G_END_DECLS
