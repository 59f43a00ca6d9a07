/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRule: what a layer's shape rule is written in; dims that know unknown, overflow and where they
 * come from. */
#pragma once

#include "graph/tn-graph.h"

G_BEGIN_DECLS

/* One run of one layer's rule on one call. Lives on the stack of the caller of tn_layer_apply(). */
typedef struct _TnRule TnRule;
/* What came out of it; see tn-layer.h. */
typedef struct _TnLayerResult TnLayerResult;

/* ---- what a rule may ask ---- */
const TnNode *tn_rule_node (const TnRule *rule);
guint tn_rule_n_inputs (const TnRule *rule);
/* Is slot @slot wired? Those from schema->min_inputs on may be empty. */
gboolean tn_rule_has_input (const TnRule *rule, guint slot);
/* Always some shape if it is wired: a rule is not run while an input is not known at all. */
TnShape tn_rule_input (const TnRule *rule, guint slot);
TnDenseInputs tn_rule_dense_inputs (const TnRule *rule);
/* Element @element (0 for a scalar) of an integer parameter, as a dim that remembers it. Of pairs
 * the elements are counted through; a negative one gives its amount. */
TnDim tn_rule_param (TnRule *rule, guint param, guint element);

/* ---- arithmetic: unknown in, unknown out; an expression gives an expression; overflow raises the
 * issue "overflow" ---- */
TnDim tn_rule_add (TnRule *rule, TnDim a, TnDim b);
TnDim tn_rule_subtract (TnRule *rule, TnDim a, TnDim b);
TnDim tn_rule_multiply (TnRule *rule, TnDim a, TnDim b);
/* Product of axes @from … @to - 1 of @shape, recorded as one step "7744 = 11 × 11 × 64". */
TnDim tn_rule_product (TnRule *rule, const TnShape *shape, int from, int to);
/* Sum of @dims, recorded as one step "96 = 32 + 64". */
TnDim tn_rule_sum (TnRule *rule, const TnDim *dims, guint n_dims);
/* @a / @b where it is known to divide; of an expression its floor, where @b is a number. */
TnDim tn_rule_divide (TnRule *rule, TnDim a, TnDim b);
/* Output of a window sliding over @dim. Unrecorded where nothing changes (same, stride 1).
 * valid: ⌊(dim − k')/stride⌋ + 1, same: ⌈dim/stride⌉, with k' = (kernel − 1)·dilation + 1.
 * May be 0 or negative: then size is set to 0 and the rule is to complain. */
TnDim tn_rule_window (TnRule *rule, TnDim dim, TnDim kernel, TnDim stride, TnDim dilation,
                      gboolean same);
/* Output of the same window turned round, into @dim. With @padding NULL valid: dim·stride +
 * max(k' − stride, 0), same: dim·stride; else the size that @padding is added to is
 * (dim − 1)·stride + k' (valid) or + k' mod 2 (same). FALSE when that is less than nothing. */
gboolean tn_rule_transposed_window (TnRule *rule, TnDim *dim, TnDim kernel, TnDim stride,
                                    TnDim dilation, gboolean same, const TnDim *padding);
/* ---- a layer within this one (TN_PARAM_LAYER) ---- */
/* Runs check and rule of @inner on @inputs, dims of this rule: what is recorded and raised goes to
 * this layer. @result is the caller's, to be cleared by it; its outputs are dims of this rule, its
 * weights and macs are not added to this layer's. FALSE when @inner raised an error. */
gboolean tn_rule_apply_inner (TnRule *rule, const TnNode *inner, const TnShape *inputs,
                              guint n_inputs, TnLayerResult *result);

/* Does it stand in a TimeDistributed, where Keras asks for shapes without a call, so that nothing
 * looks at the number of axes before it runs? */
gboolean tn_rule_is_unchecked (const TnRule *rule);
/* Is this a call with one tensor by itself where a list is meant? */
gboolean tn_rule_is_called_bare (const TnRule *rule);

/* ---- what a rule says ---- */
/* The output, in order of outputs. */
void tn_rule_output (TnRule *rule, const TnShape *shape);
/* The same after an issue was raised: what would come out if it were mended. Marked as assumed. */
void tn_rule_assume (TnRule *rule, const TnShape *shape);
/* A weight, in Keras's order and layout; @initializer is the parameter that says how it starts,
 * TN_INITIALIZER_FILL with @fill for all elements, or TN_INITIALIZER_DEFAULT. @shape must be full,
 * else the rule should have complained. Weights are per layer, not per call: a second call must
 * declare the same. */
/* What somebody says comes out, which the rule cannot know. Marked as assumed. */
void tn_rule_suppose (TnRule *rule, const TnShape *shape);
/* A weight, in Keras's order and layout; @initializer is the parameter that says how it starts, or
 * -1 with @fill for all elements. @shape must be full, else the rule should have complained.
 * Weights are per layer, not per call: a second call must declare the same. */
void tn_rule_weight (TnRule *rule, const char *name, const TnShape *shape, gboolean trainable,
                     int initializer, float fill);
/* Multiply-accumulates per sample; add as often as needed. Unknown factors make it unknown. */
void tn_rule_macs (TnRule *rule, TnDim macs);
/* Axis @axis (from the front) of input @slot must agree with @wanted. FALSE when it never does:
 * then the rule is to complain. Where it does for some values of symbols only, raises the warning
 * "fits-when". @agreed gets what is to go on: @wanted, but of two of which one is an expression the
 * one that says more. */
gboolean tn_rule_agree (TnRule *rule, guint slot, int axis, TnDim wanted, TnDim *agreed);
/* The same for a size @got that the rule made of input @slot; @axis may be TN_AXIS_NONE. */
gboolean tn_rule_agree_size (TnRule *rule, guint slot, int axis, TnDim wanted, TnDim got,
                             TnDim *agreed);
/* Checks the pin against what arrives: if the layer is pinned and axis @axis (from the front) of
 * input
 * @slot differs from the pin's, raises @code and returns FALSE. @pinned gets the pinned dim. */
gboolean tn_rule_check_pin (TnRule *rule, const char *code, guint slot, int axis, TnDim *pinned);
/* An issue at this layer's input @slot (-1: none). Fill in more through what is returned. @format
 * is a translated sentence; it should name the layer, what it expects and why, and what arrived. */
TnIssue *tn_rule_issue (TnRule *rule, TnSeverity severity, const char *code, int slot,
                        const char *format, ...) G_GNUC_PRINTF (5, 6);
/* The same for what Keras builds, with shapes and weights, though no run of it ends well: a
 * contract that stops runs. The rule goes on and puts out what Keras infers. */
TnIssue *tn_rule_cannot_run (TnRule *rule, const char *code, int slot, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* Name of the layer that input @slot comes from: for messages. */
const char *tn_rule_source (const TnRule *rule, guint slot);

G_END_DECLS
