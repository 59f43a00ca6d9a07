/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnProgram: a model as a straight list of op calls on numbered tensors; what layers lower to. */
#pragma once

#include "tensor/tn-tensor.h"

G_BEGIN_DECLS

typedef struct _TnOp TnOp;
typedef struct _TnProgram TnProgram;
typedef guint TnTensorId;

#define TN_OP_MAX_INPUTS 6
#define TN_TENSOR_ABSENT G_MAXUINT /* an optional input (bias) that is not there */

/* Keras's definitions. Where one takes arguments they stand in params[0]…: negative_slope
 * (LEAKY_RELU), alpha (ELU, CELU), threshold (HARD_SHRINK, SOFT_SHRINK), b (SQUAREPLUS). */
typedef enum
{
  TN_ACTIVATION_LINEAR,
  TN_ACTIVATION_RELU,
  TN_ACTIVATION_RELU6,
  TN_ACTIVATION_LEAKY_RELU,
  TN_ACTIVATION_ELU,
  TN_ACTIVATION_SELU,
  TN_ACTIVATION_CELU,
  TN_ACTIVATION_GELU,
  TN_ACTIVATION_SILU,
  TN_ACTIVATION_MISH,
  TN_ACTIVATION_SIGMOID,
  TN_ACTIVATION_HARD_SIGMOID,
  TN_ACTIVATION_HARD_SILU,
  TN_ACTIVATION_HARD_TANH,
  TN_ACTIVATION_HARD_SHRINK,
  TN_ACTIVATION_SOFT_SHRINK,
  TN_ACTIVATION_TANH_SHRINK,
  TN_ACTIVATION_TANH,
  TN_ACTIVATION_SOFTPLUS,
  TN_ACTIVATION_SOFTSIGN,
  TN_ACTIVATION_EXPONENTIAL,
  TN_ACTIVATION_LOG_SIGMOID,
  TN_ACTIVATION_SQUAREPLUS,
  TN_ACTIVATION_SPARSE_PLUS,
  TN_ACTIVATION_SPARSE_SIGMOID,
  TN_ACTIVATION_PIECEWISE, /* ReLU layer: max_value (INFINITY for None), negative_slope, threshold
                            */
  TN_ACTIVATION_AFFINE,    /* factor * x + offset */
  TN_N_ACTIVATIONS,
} TnActivation;

typedef enum
{
  TN_BINARY_ADD,
  TN_BINARY_MULTIPLY,
  TN_BINARY_SUBTRACT,
  TN_BINARY_MAXIMUM,
  TN_BINARY_MINIMUM,
} TnBinary;

/* Settings of an op call; each op reads the members that its documentation names. Axes count from
 * the front, batch included. Strides, dilations and groups of 0 stand for 1. */
typedef struct
{
  gint64 kernel[3];
  gint64 stride[3];
  gint64 dilation[3];
  gint64 pad_before[3];
  gint64 pad_after[3];
  gint64 groups;
  int axis;
  int permutation[TN_MAX_RANK];
  TnActivation activation;
  float params[3];
  float epsilon;
  TnBinary binary;
  gboolean count_padding; /* average pooling: Keras never counts it */
} TnOpSettings;

/* The ops of this step; shapes and settings are documented with each in its own file. */
extern const TnOp tn_op_convolution;  /* x (n,h,w,c), kernel (kh,kw,c/groups,f), bias (f)? */
extern const TnOp tn_op_matmul;       /* x (…,k), w (k,n), bias (n)?: the last axis of any rank */
extern const TnOp tn_op_max_pool;     /* x (n,h,w,c) */
extern const TnOp tn_op_average_pool; /* x (n,h,w,c) */
/* x (n,h,w,c) -> (n,kernel[0],kernel[1],c): cut into so many fields, which may overlap by a pixel
 */
extern const TnOp tn_op_adaptive_max_pool;
extern const TnOp tn_op_adaptive_average_pool;
extern const TnOp tn_op_mean_spatial; /* x (n,h,w,c) -> (n,c) */
extern const TnOp tn_op_reshape;      /* an alias: same elements, the output's shape */
extern const TnOp tn_op_transpose;    /* settings.permutation */
extern const TnOp tn_op_activation;   /* elementwise; settings.activation, params */
extern const TnOp tn_op_softmax;      /* along settings.axis; any number of axes by reshape */
extern const TnOp tn_op_log_softmax;
extern const TnOp tn_op_sparsemax; /* along settings.axis */
extern const TnOp tn_op_glu;       /* halves settings.axis: a * sigmoid (b) */
/* x, moving_mean, moving_variance, gamma?, beta?; settings.axis, epsilon */
extern const TnOp tn_op_batch_norm;
extern const TnOp tn_op_binary;      /* a, b broadcast as numpy does; settings.binary */
extern const TnOp tn_op_concatenate; /* two tensors along settings.axis; more by chaining */
extern const TnOp tn_op_pad; /* zeros put around, or elements cut off, along settings.axis */

/* ---- building; used by the layers' lower functions through tn-lower.h ---- */
TnProgram *tn_program_new (void);
void tn_program_free (TnProgram *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnProgram, tn_program_free)

/* A tensor given from outside (an input of the model); float32. @label names it in messages. */
TnTensorId tn_program_input (TnProgram *program, const TnShape *shape, const char *label);
/* A constant filled before the run; @name is "LAYER/WEIGHT" as in .npz files. */
TnTensorId tn_program_constant (TnProgram *program, const TnShape *shape, const char *name);
/* Calls @op; the output's shape is inferred by the op itself from its inputs, except where @shape
 * is given (reshape). @owner is the index of the layer in its graph: times are booked on it. A call
 * that does not fit is a programmer's error: aborts with both shapes. */
TnTensorId tn_program_call (TnProgram *program, const TnOp *op, const TnOpSettings *settings,
                            const TnTensorId *inputs, guint n_inputs, const TnShape *shape,
                            guint owner);
const TnShape *tn_program_shape (const TnProgram *program, TnTensorId tensor);

/* ---- reading; used by exec ---- */

typedef enum
{
  TN_TENSOR_INPUT,    /* given from outside */
  TN_TENSOR_CONSTANT, /* filled before the run */
  TN_TENSOR_COMPUTED, /* the output of a call */
} TnTensorKind;

typedef struct
{
  TnTensorKind kind;
  TnShape shape;
  char *label; /* of inputs and constants; NULL for computed ones */
  guint call;  /* that computes it */
} TnProgramTensor;

typedef struct
{
  const TnOp *op;
  TnOpSettings settings;
  TnTensorId inputs[TN_OP_MAX_INPUTS]; /* TN_TENSOR_ABSENT where there is none */
  guint n_inputs;
  TnTensorId output;
  guint owner;
} TnProgramCall;

guint tn_program_n_tensors (const TnProgram *program);
const TnProgramTensor *tn_program_tensor (const TnProgram *program, TnTensorId tensor);
guint tn_program_n_calls (const TnProgram *program);
const TnProgramCall *tn_program_call_at (const TnProgram *program, guint index);
/* Lets the op that computes a tensor apply the activation that is its only use, where the op can
 * (TN_OP_ACTIVATES): the activation's call becomes an alias of its input. @kept: tensors that must
 * stay as they are, because somebody looks at them. Returns how many were fused. */
guint tn_program_fuse (TnProgram *program, const TnTensorId *kept, guint n_kept);

G_END_DECLS
