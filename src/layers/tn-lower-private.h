/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a TnLower is set up by whoever turns a graph into a program (exec, and conformance tests). */
#pragma once

#include "layers/tn-layer.h"

G_BEGIN_DECLS

/* The tensor of weight @name, made on first use; TN_TENSOR_ABSENT when the rule declared none. */
typedef TnTensorId (*TnLowerWeightFunc) (const char *name, gpointer data);

/**
 * TnLower:
 * @program: gets the calls
 * @node: the layer
 * @owner: its index in the graph
 * @inputs: what arrives, @n_inputs of them
 * @masks: of each input, TN_TENSOR_ABSENT where it has none; NULL: no input has one
 * @call: what a file says of the call beyond the wires, see tn-call.h; NULL: nothing
 * @masks_given: @masks are such as the call is given, not such as come with the inputs
 * @asked: slots of arguments of @call that the lower function asked for, as bits
 * @weight: with @weight_data
 * @directs: a Bidirectional: what it lowers within are its directions
 * @directed: one of those
 * @outputs: @n_outputs of them, set by the layer's lower function, and the mask of each
 * @refusal: why it cannot be lowered for these inputs; NULL
 *
 * Lives on the caller's stack for one call of one layer; all that is pointed to is borrowed.
 */
struct _TnLower
{
  TnProgram *program;
  const TnNode *node;
  guint owner;
  const TnTensorId *inputs;
  guint n_inputs;
  const TnTensorId *masks;
  const TnValue *call;
  gboolean masks_given;
  guint64 asked;
  TnLowerWeightFunc weight;
  gpointer weight_data;
  gboolean directs;
  gboolean directed;
  TnTensorId outputs[TN_MAX_OUTPUTS];
  TnTensorId output_masks[TN_MAX_OUTPUTS];
  guint n_outputs;
  gboolean masks_set;
  char *refusal;
};

/* Puts the masks that the call is given by keyword ("mask", "query_mask") into @masks, which has
 * @n_inputs of them, in place of those that come with the inputs. FALSE, refused, for one that does
 * not go with its input. */
gboolean tn_lower_take_masks (TnLower *lower, TnTensorId *masks);
/* Runs the lower function of the layer's kind, and hands masks on as its kind does. FALSE when it
 * refused; then @refusal, which is the caller's to free, says why. */
gboolean tn_lower_run (TnLower *lower);

G_END_DECLS
