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
  TN_BINARY_DIVIDE,
  TN_BINARY_POWER,
  TN_BINARY_REMAINDER, /* of the sign of the divisor, as in Python */
  TN_BINARY_FLOOR_DIVIDE,
  TN_BINARY_ARCTAN2,
  TN_BINARY_HYPOT,
  TN_BINARY_LOGADDEXP, /* log (exp a + exp b) */
  TN_BINARY_BIT_AND,   /* of whole numbers, without what stands behind the point */
  TN_BINARY_BIT_OR,
  TN_BINARY_BIT_XOR,
  TN_BINARY_EQUAL, /* from here on 1 where it is so, else 0 */
  TN_BINARY_NOT_EQUAL,
  TN_BINARY_LESS,
  TN_BINARY_LESS_EQUAL,
  TN_BINARY_GREATER,
  TN_BINARY_GREATER_EQUAL,
  TN_BINARY_AND, /* what is not 0 is true */
  TN_BINARY_OR,
  TN_BINARY_XOR,
  TN_N_BINARIES,
} TnBinary;

/* Functions of one number that are no activations. */
typedef enum
{
  TN_UNARY_ABSOLUTE,
  TN_UNARY_SIGN,
  TN_UNARY_SQUARE,
  TN_UNARY_SQRT,
  TN_UNARY_RSQRT,
  TN_UNARY_RECIPROCAL,
  TN_UNARY_LOG,
  TN_UNARY_LOG1P,
  TN_UNARY_EXPM1,
  TN_UNARY_SIN,
  TN_UNARY_COS,
  TN_UNARY_TAN,
  TN_UNARY_ARCSIN,
  TN_UNARY_ARCCOS,
  TN_UNARY_ARCTAN,
  TN_UNARY_SINH,
  TN_UNARY_COSH,
  TN_UNARY_ARCSINH,
  TN_UNARY_ARCCOSH,
  TN_UNARY_ARCTANH,
  TN_UNARY_EXP2,
  TN_UNARY_LOG2,
  TN_UNARY_LOG10,
  TN_UNARY_ERF,
  TN_UNARY_ERFINV,
  TN_UNARY_FLOOR,
  TN_UNARY_CEIL,
  TN_UNARY_ROUND, /* halves to even */
  TN_UNARY_TRUNCATE,
  TN_UNARY_NOT, /* 1 for 0, else 0 */
  TN_UNARY_IS_FINITE,
  TN_UNARY_IS_INFINITE,
  TN_UNARY_IS_NAN,
  TN_UNARY_SIGN_BIT, /* 1 below 0, and for -0 */
  TN_N_UNARIES,
} TnUnary;

/* What becomes of the numbers along an axis. */
typedef enum
{
  TN_REDUCE_SUM,
  TN_REDUCE_MEAN,
  TN_REDUCE_PRODUCT,
  TN_REDUCE_MAXIMUM,
  TN_REDUCE_MINIMUM,
  TN_REDUCE_ANY, /* what is not 0 is true */
  TN_REDUCE_ALL,
  TN_REDUCE_ARGMAX, /* place of the first largest */
  TN_REDUCE_ARGMIN,
  TN_N_REDUCTIONS,
} TnReduce;

typedef enum
{
  TN_NORMALIZE_MOMENTS,   /* (x - mean) / sqrt (variance + epsilon) */
  TN_NORMALIZE_DEVIATION, /* x / sqrt (variance + epsilon) */
  TN_NORMALIZE_RMS,       /* x / sqrt (mean of x² + epsilon) */
  TN_NORMALIZE_UNIT,      /* x / sqrt (sum of x² or epsilon, whichever is more) */
  TN_N_NORMALIZATIONS,
} TnNormalize;

/* How a row of numbers is brought to another length; as Keras's images are resized. */
typedef enum
{
  TN_INTERPOLATION_NEAREST,
  TN_INTERPOLATION_BILINEAR,
  TN_INTERPOLATION_BICUBIC, /* with -0.5 */
  TN_INTERPOLATION_LANCZOS3,
  TN_INTERPOLATION_LANCZOS5,
  TN_N_INTERPOLATIONS,
} TnInterpolation;

/* Whose kernels compute products and convolutions. */
typedef enum
{
  TN_KERNELS_AUTO, /* whatever is fastest for the sizes on this machine */
  TN_KERNELS_BLIS, /* patches gathered into a matrix, and bli_sgemm: to compare with */
} TnKernelChoice;

/* In what way a product or a convolution with constant weights is computed. What the sizes, the
 * other settings or the processor do not allow is done by the rule. The same way gives the same
 * bits; all DIRECT ones do. */
typedef enum
{
  TN_WAY_RULE,     /* what measurements of many sizes have shown to be fastest */
  TN_WAY_DIRECT_1, /* panels of weights of at most one vector … */
  TN_WAY_DIRECT_2,
  TN_WAY_DIRECT_3,
  TN_WAY_DIRECT_4,
  TN_WAY_WINOGRAD_2,
  TN_WAY_WINOGRAD_4, /* where approximate allows it */
  TN_WAY_BLIS_1,     /* on the micro-kernels of BLIS, in the order of tn_blis_tiles () */
  TN_WAY_BLIS_2,
  TN_WAY_BLIS_3,
  TN_WAY_BLIS_4,
  TN_N_WAYS,
} TnWay;

/* "rule", "direct-1", …; for files. Static. */
const char *tn_way_name (TnWay way);
gboolean tn_way_from_name (const char *name, TnWay *way);
/* Do both sum in the same order? */
gboolean tn_way_same_bits (TnWay a, TnWay b);

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
  TnUnary unary;
  TnReduce reduce;
  TnNormalize normalize;
  TnInterpolation interpolation;
  gboolean antialias;
  const float *values; /* n_values of them; a program keeps a copy */
  gsize n_values;
  /* What goes through a sequence. */
  gboolean backwards;   /* from the last step to the first */
  gboolean sequences;   /* a row for each step, not only for the last */
  gboolean states;      /* and a row for each state after the last step */
  gboolean zero_masked; /* the row of a masked step is 0, not the one before it */
  gboolean reset_after; /* GRU: the reset gate comes after the product */
  TnActivation gate;    /* of the gates; its argument is gate_param */
  float gate_param;
  /* Of products and convolutions. */
  TnKernelChoice kernels;
  gboolean approximate; /* faster ways of which the error is up to 1e-4 are allowed */
  TnWay way;
} TnOpSettings;

/* Shapes and settings are documented with each in its own file. */
/* x (n,h,w,c), kernel (kh,kw,c/groups,f), bias (f)?, residual (n,oh,ow,f)?: the residual is added
 * before the activation */
extern const TnOp tn_op_convolution;
/* x (…,k), w (k,n), bias (n)?, residual (…,n)?: the last axis of any rank */
extern const TnOp tn_op_matmul;
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
extern const TnOp tn_op_pad;    /* params[0] put around, or elements cut off, along settings.axis */
extern const TnOp tn_op_unary;  /* elementwise; settings.unary */
extern const TnOp tn_op_reduce; /* settings.axis becomes 1 long; settings.reduce */
extern const TnOp tn_op_cumulate;        /* running sum or product along settings.axis */
extern const TnOp tn_op_sort;            /* along settings.axis; backwards, kernel[0] as many */
extern const TnOp tn_op_argsort;         /* the places in that order */
extern const TnOp tn_op_singular_values; /* of the matrices in the last two axes, descending */
extern const TnOp tn_op_select;          /* condition, a, b broadcast: a where condition is not 0 */
extern const TnOp tn_op_batch_matmul;    /* a (p,m,k), b (q,k,n): p = q, or one of them 1 */
/* query (n,t,h,d), key (n,s,h,d), value (n,s,h,e), added to (n,h,t,s)? -> (n,t,h,e), or all without
 * h: what softmax (query · keyᵀ + added) · value is */
extern const TnOp tn_op_attention;
extern const TnOp tn_op_gather;      /* table (v,…), ids (…) -> (ids…, …): rows of table */
extern const TnOp tn_op_one_hot;     /* ids (…) -> (…, groups) */
extern const TnOp tn_op_bucketize;   /* how many of settings.values are not above x */
extern const TnOp tn_op_stride;      /* every stride[0]-th along axis; backwards: turned round */
extern const TnOp tn_op_literal;     /* no input: settings.values in the given shape */
extern const TnOp tn_op_causal_mask; /* no input: (…,t,s) of 1 where s may be seen from t */
/* x, gamma?, beta? of the axes from settings.axis on, together: settings.normalize, epsilon */
extern const TnOp tn_op_normalize;
extern const TnOp tn_op_resample; /* settings.axis to kernel[0] long; interpolation, antialias */
/* As convolution, with x (n,d,h,w,c) and kernel (kd,kh,kw,c/groups,f). */
extern const TnOp tn_op_convolution_volume;
/* x (n,d,h,w,c), kernel (kd,kh,kw,f,c), bias (f)? -> (n, kernel[0], kernel[1], kernel[2], f) */
extern const TnOp tn_op_convolution_transpose;
/* Three convolutions; see op-inverted-residual.c */
extern const TnOp tn_op_inverted_residual;
/* A layer's way through a sequence of which each step was multiplied by its kernel; see
 * op-recurrent.c and op-recurrent-convolution.c. */
extern const TnOp tn_op_simple_rnn;
extern const TnOp tn_op_lstm;
extern const TnOp tn_op_gru;
extern const TnOp tn_op_conv_lstm;

/* ---- building; used by the layers' lower functions through tn-lower.h ---- */
TnProgram *tn_program_new (void);
void tn_program_free (TnProgram *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnProgram, tn_program_free)

/* A tensor given from outside (an input of the model); float32. @label names it in messages. */
TnTensorId tn_program_input (TnProgram *program, const TnShape *shape, const char *label);
/* A constant filled before the run; @name is "LAYER/WEIGHT" as in .npz files. */
TnTensorId tn_program_constant (TnProgram *program, const TnShape *shape, const char *name);
/* Calls @op; the output's shape is inferred by the op itself from its inputs, except where @shape
 * is given (reshape, literal). @owner is the index of the layer in its graph: times are booked on
 * it. A call that does not fit is a programmer's error: aborts with both shapes. */
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
  TN_TENSOR_GONE,     /* of a call that was left out, because nobody needs it */
} TnTensorKind;

#define TN_DERIVATION_SOURCES 5

/**
 * TnDerivation:
 * @is_shift: what is added to each channel: beta + (bias − mean) · factor; else the weights, each
 *     channel of which is multiplied by its factor = gamma / √(variance + epsilon)
 * @sources: the weights or the bias, mean, variance, gamma, beta: constants, and TN_TENSOR_ABSENT
 *     where there is none (then 0, 0, 1 − epsilon, 1, 0)
 * @factor, @offset: instead, where there is no variance
 * @inner: weights that follow each other for the same channel
 * @is_joined: instead of all that, the sources one after the other, of @lengths elements each; 0
 *     where one is absent
 *
 * What comes of weights or a bias when a normalization or a scaling after them is folded in; or of
 * those of several calls that become one.
 */
typedef struct
{
  gboolean is_shift;
  TnTensorId sources[TN_DERIVATION_SOURCES];
  float epsilon;
  float factor, offset;
  gint64 channels;
  gint64 inner;
  gboolean is_joined;
  gint64 lengths[TN_DERIVATION_SOURCES];
} TnDerivation;

typedef struct
{
  TnTensorKind kind;
  TnShape shape;
  char *label; /* of inputs and constants, which equal ones share; NULL for computed ones */
  guint call;  /* that computes it */
  TnDerivation *derivation; /* of a constant that is made of others; else NULL */
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
/* The tensor whose memory it is: itself, or that which it is another shape of. */
TnTensorId tn_program_root (const TnProgram *program, TnTensorId tensor);

/* Lets calls do what stands before or after them, where nobody else sees what lies between: padding
 * is left to convolutions, and to max_pool where nothing is negative; normalizations and scalings
 * are folded into the weights before them; sums and activations are left to the ops that can do
 * them (residual input, TN_OP_ACTIVATES); axes that are turned there and back stay. What is done
 * elsewhere becomes an alias or is left out, as is whatever nobody needs. @kept: tensors that must
 * stay as they are, because somebody looks at them. Returns how many calls were fused. */
guint tn_program_fuse (TnProgram *program, const TnTensorId *kept, guint n_kept);
/* Makes one call of those that an attention layer is lowered to: products before and after a
 * softmax, and the axes that are turned for them. Before tn_program_fuse (). Returns how many. */
guint tn_program_fuse_attention (TnProgram *program, const TnTensorId *kept, guint n_kept);
/* The owner of the call that does, besides its own, the work of a call of @owner; @owner itself
 * when there is none. */
guint tn_program_absorber (const TnProgram *program, guint owner);
/* For all calls; before anything is asked about them. */
void tn_program_choose (TnProgram *program, TnKernelChoice kernels, gboolean approximate);
/* For one call, likewise. */
void tn_program_set_way (TnProgram *program, guint call, TnWay way);
/* Makes one call of three convolutions, 1×1, depthwise and 1×1 again, where nobody else sees what
 * lies between, and where that would be @least_bytes or more after the first one, and for a sample
 * more than there are weights. What is computed stays the same to the last bit. After fusing and
 * choosing; calls of BLIS's kernels are left as they are. Returns how many became one. */
guint tn_program_chain (TnProgram *program, const TnTensorId *kept, guint n_kept,
                        guint64 least_bytes);

/* @out: the constant that @derivation makes of @sources, in its order; NULL: absent. In double
 * precision, rounded once. */
void tn_derivation_fill (const TnDerivation *derivation, const float *const *sources, gint64 n,
                         float *out);

G_END_DECLS
