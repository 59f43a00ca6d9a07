/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations: what the tables of Keras's functions share. They come only out of files, where they
 * stand as layers with constants among their arguments. */
#pragma once

#include "layers/tn-params.h"

G_BEGIN_DECLS

/* Python's modules. */
#define TN_OPS_NUMPY  "keras.src.ops.numpy"
#define TN_OPS_NN     "keras.src.ops.nn"
#define TN_OPS_CORE   "keras.src.ops.core"
#define TN_OPS_MATH   "keras.src.ops.math"
#define TN_OPS_LINALG "keras.src.ops.linalg"

/* Names of the arguments of a call; see TnSchema. */
extern const char *const tn_operation_x[];  /* x */
extern const char *const tn_operation_xs[]; /* xs[] */

/* clang-format off */
/* One kind: its class, the function's name, its rule; @table of @n parameters, how many tensors it
 * takes and gives. */
#define TN_OPERATION_N(id, python, class_name, function, table, n, names, least, most, given,     \
                       how_many, rule, about, cases, how_it_runs)                                  \
  static const TnLayer operation_##id = {                                                          \
    .schema = { .type = class_name, .auto_name = function, .params = table, .n_params = n,         \
                .min_inputs = least, .max_inputs = most, .n_outputs = given, .outputs = how_many,  \
                .keras = TRUE, .module = python, .arguments = names },                             \
    .family = TN_FAMILY_OPERATIONS, .label = class_name, .summary = about,                         \
    .keywords = N_ ("operation function"), .icon = "tenon-layer-activation-symbolic",              \
    .shapes = rule, .lower = how_it_runs, .examples = cases, .hidden = TRUE,                       \
  }
#define TN_OPERATION(id, python, class_name, function, table, names, least, most, given, rule,     \
                     about, cases, how_it_runs)                                                    \
  TN_OPERATION_N (id, python, class_name, function, table, G_N_ELEMENTS (table), names, least,     \
                  most, given, NULL, rule, about, cases, how_it_runs)

#define TN_PARAM_OPERATION_AXES(nothing) \
  { .name = "axis", .label = N_ ("Axis"), .kind = TN_PARAM_AXES, \
    .flags = TN_PARAM_OPTIONAL | TN_PARAM_EMPTY, .fallback = nothing, \
    .help = N_ ("The axis or axes it works along; 0 is the batch.") }
#define TN_PARAM_OPERATION_AXIS(nothing) \
  { .name = "axis", .label = N_ ("Axis"), .kind = TN_PARAM_INT, \
    .flags = TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED, .fallback = nothing, \
    .help = N_ ("The axis it works along; 0 is the batch.") }
#define TN_PARAM_OPERATION_INTS(param, text, suggested, about) \
  { .name = param, .label = text, .kind = TN_PARAM_AXES, \
    .flags = TN_PARAM_EMPTY | TN_PARAM_REQUIRED, .suggestion = suggested, .help = about }
#define TN_PARAM_OPERAND(param) \
  { .name = param, .label = N_ ("Constant"), .kind = TN_PARAM_NUMBERS, \
    .flags = TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED | TN_PARAM_CALL | TN_PARAM_FREE_DICT, \
    .fallback = TN_DEFAULT_NONE, .help = N_ ("A number, or several, in place of a tensor.") }
/* clang-format on */

/* @axis of @shape, from the front; FALSE, with an issue, when there is none. */
gboolean tn_operation_axis (TnRule *rule, const TnShape *shape, gint64 axis, int *out);
/* Room for @rank axes? FALSE, with an issue, when not. */
gboolean tn_operation_rank (TnRule *rule, int rank);
/* Shapes as numpy broadcasts them, all axes alike; FALSE when they do not fit one another. */
gboolean tn_operation_broadcast (const TnShape *a, const TnShape *b, TnShape *out);
/* Joins operands that do not fit, as an issue. */
void tn_operation_mismatch (TnRule *rule, const TnShape *a, const TnShape *b);
/* The shape of a constant: of a list, or of an array. */
gboolean tn_operation_constant (const TnValue *value, TnShape *out);
/* Operand number @number of those in the schema's arguments: a tensor or a constant. @slot goes to
 * the next tensor. FALSE, with an issue, when there is neither. */
gboolean tn_operation_operand (TnRule *rule, guint number, guint *slot, TnShape *out);
/* The integers of a parameter, a lone one being a list of one; FALSE when it is None or does not
 * hold such. At most @most of them. */
gboolean tn_operation_ints (const TnNode *node, guint param, gint64 *out, guint most, guint *n);

/* The size of what a slice (start, stop, step; a step but 0) takes of @size entries, as Python
 * counts them, and where it starts. */
gint64 tn_operation_slice (const TnValue *slice, gint64 size, gint64 *start, gint64 *step);
/* What stands for a slice in a key; NULL when @item is something else. */
const TnValue *tn_operation_slice_of (const TnValue *item);
/* What is put around axis @axis, as numpy reads it. FALSE when there is no such thing. */
gboolean tn_operation_padding (const TnValue *value, int axis, int rank, gint64 *before,
                               gint64 *after);
/* Which axes of @a and @b meet in a tensordot that its rule let pass. */
guint tn_operation_meeting (const TnNode *node, const TnShape *a, const TnShape *b,
                            int (*pairs)[2]);
/* The letters that come out of an einsum without an arrow. New string. */
char *tn_operation_implied (const char *inputs);

/* ---- how they run; lower-operations.c and what is called like it ---- */

/* What the file says of the argument @name, be it of the constructor or of the call, a parameter or
 * not; NULL when nothing is said, or None. */
const TnValue *tn_operation_argument (const TnNode *node, const char *name);
/* The number that @value is: one of an array, or whether something is true. */
gboolean tn_operation_value (const TnValue *value, double *number);
/* The same of argument @name; @otherwise where it is no number. */
double tn_operation_number (const TnNode *node, const char *name, double otherwise);
/* A constant as a tensor; ABSENT, refused, when its rows are not alike. */
TnTensorId tn_operation_lower_constant (TnLower *lower, const TnValue *value);
/* As tn_operation_operand() tells its shape. */
TnTensorId tn_operation_lower_operand (TnLower *lower, guint number, guint *slot);
/* The first two operands; FALSE when it was refused. */
gboolean tn_operation_lower_pair (TnLower *lower, TnTensorId *a, TnTensorId *b);
/* Refuses because of an argument that nothing is known to compute for. */
void tn_operation_lower_name (TnLower *lower);
/* What stands at @places, whole numbers of any shape, along @axis of @x. */
TnTensorId tn_operation_lower_places (TnLower *lower, TnTensorId x, TnTensorId places, int axis);
/* The same for @n places that are known. */
TnTensorId tn_operation_lower_order (TnLower *lower, TnTensorId x, int axis, const gint64 *places,
                                     gsize n);

void tn_operation_function_lower (TnLower *lower);
void tn_operation_activation_lower (TnLower *lower);
void tn_operation_gelu_lower (TnLower *lower);
void tn_operation_identity_lower (TnLower *lower);
void tn_operation_cast_lower (TnLower *lower);
void tn_operation_zeros_lower (TnLower *lower);
void tn_operation_ones_lower (TnLower *lower);
void tn_operation_clip_lower (TnLower *lower);
void tn_operation_round_lower (TnLower *lower);
void tn_operation_nan_to_num_lower (TnLower *lower);
void tn_operation_threshold_lower (TnLower *lower);
void tn_operation_pair_lower (TnLower *lower);
void tn_operation_where_lower (TnLower *lower);
void tn_operation_reduce_lower (TnLower *lower);
void tn_operation_count_lower (TnLower *lower);
void tn_operation_variance_lower (TnLower *lower);
void tn_operation_median_lower (TnLower *lower);
void tn_operation_logsumexp_lower (TnLower *lower);
void tn_operation_norm_lower (TnLower *lower);
void tn_operation_normalize_lower (TnLower *lower);
void tn_operation_softmax_lower (TnLower *lower);
void tn_operation_take_lower (TnLower *lower);
void tn_operation_cumulate_lower (TnLower *lower);
void tn_operation_sort_lower (TnLower *lower);
void tn_operation_top_k_lower (TnLower *lower);
void tn_operation_glu_lower (TnLower *lower);
void tn_operation_one_hot_lower (TnLower *lower);
void tn_operation_flip_lower (TnLower *lower);
void tn_operation_roll_lower (TnLower *lower);
void tn_operation_triangle_lower (TnLower *lower);
void tn_operation_reshape_lower (TnLower *lower);
void tn_operation_ravel_lower (TnLower *lower);
void tn_operation_transpose_lower (TnLower *lower);
void tn_operation_swapaxes_lower (TnLower *lower);
void tn_operation_moveaxis_lower (TnLower *lower);
void tn_operation_expand_lower (TnLower *lower);
void tn_operation_squeeze_lower (TnLower *lower);
void tn_operation_broadcast_lower (TnLower *lower);
void tn_operation_pad_lower (TnLower *lower);
void tn_operation_tile_lower (TnLower *lower);
void tn_operation_repeat_lower (TnLower *lower);
void tn_operation_concatenate_lower (TnLower *lower);
void tn_operation_stack_lower (TnLower *lower);
void tn_operation_split_lower (TnLower *lower);
void tn_operation_unstack_lower (TnLower *lower);
void tn_operation_getitem_lower (TnLower *lower);
void tn_operation_matmul_lower (TnLower *lower);
void tn_operation_dot_lower (TnLower *lower);
void tn_operation_outer_lower (TnLower *lower);
void tn_operation_tensordot_lower (TnLower *lower);
void tn_operation_einsum_lower (TnLower *lower);

G_END_DECLS
