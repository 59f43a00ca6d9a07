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
/* The tensor that the file gives as argument @name of the call, for which there is no slot; ABSENT:
 * it gives none. */
TnTensorId tn_lower_argument (TnLower *lower, const char *name);
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
/* Keras's activation @name as one function of a number; FALSE when it is none such. */
gboolean tn_lower_function (const char *name, TnActivation *activation, float *argument);
TnTensorId tn_lower_unary (TnLower *lower, TnUnary unary, TnTensorId input);
/* Broadcast as NumPy does. */
TnTensorId tn_lower_binary (TnLower *lower, TnBinary binary, TnTensorId a, TnTensorId b);
/* @axis becomes 1 long. */
TnTensorId tn_lower_reduce (TnLower *lower, TnReduce reduce, TnTensorId input, int axis);
/* Filled with @values over and over. */
TnTensorId tn_lower_literal (TnLower *lower, const TnShape *shape, const float *values, gsize n);
TnTensorId tn_lower_number (TnLower *lower, double value);
/* (…, t, s) of 1 where place s may be seen from place t: none ahead when @causal, and if @window is
 * above 0 only those less than so many places away. */
TnTensorId tn_lower_causal_mask (TnLower *lower, const TnShape *shape, gboolean causal,
                                 gint64 window);
/* @size entries of @axis from @from on. */
TnTensorId tn_lower_cut (TnLower *lower, TnTensorId input, int axis, gint64 from, gint64 size);
/* @input without an axis that is 1 long, or with one more before axis @axis. */
TnTensorId tn_lower_squeeze (TnLower *lower, TnTensorId input, int axis);
TnTensorId tn_lower_expand (TnLower *lower, TnTensorId input, int axis);
/* Axis by axis to the size in @shape, of the same rank, where it is 1. */
TnTensorId tn_lower_stretch (TnLower *lower, TnTensorId input, const TnShape *shape);
/* Axes from @from to @to - 1 as one. */
TnTensorId tn_lower_join (TnLower *lower, TnTensorId input, int from, int to);

/* ---- masks: which steps of a sequence count ---- */

/* What scores of masked steps are lowered by: after the softmax nothing is left of them. */
#define TN_MASKED 1e9

/* 1 where what arrives at @slot counts, 0 where not, of its first axes; TN_TENSOR_ABSENT: all of it
 * counts. */
TnTensorId tn_lower_mask (const TnLower *lower, guint slot);
/* Was it given to the call, and did not come with the input? */
gboolean tn_lower_masks_given (const TnLower *lower);
/* The same of output @output; for layers that do not merely hand on what arrives (TnLayer.masks).
 */
void tn_lower_output_mask (TnLower *lower, guint output, TnTensorId mask);

/* ---- a layer within the layer (TN_PARAM_LAYER) ---- */

/* Lowers @inner on @inputs, with @masks or NULL; its weights are those declared as
 * "PREFIX/NAME". @outputs gets its results; FALSE when it refused. */
gboolean tn_lower_inner (TnLower *lower, const TnNode *inner, const char *prefix,
                         const TnTensorId *inputs, const TnTensorId *masks, guint n_inputs,
                         TnTensorId *outputs);

/* Layers within are from now on the directions of a sequence. Keras lets them put out zeros for
 * what is masked wherever they put out sequences, and only there, whatever they are told. */
void tn_lower_direct (TnLower *lower);
gboolean tn_lower_is_direction (const TnLower *lower);

/* Cannot be done for what arrives, though the rule lets it pass: @why is a translated clause. */
void tn_lower_refuse (TnLower *lower, const char *why);
/* The result, in order of outputs. Its shape must equal the inferred one: asserted by the caller.
 */
void tn_lower_output (TnLower *lower, TnTensorId tensor);

G_END_DECLS
