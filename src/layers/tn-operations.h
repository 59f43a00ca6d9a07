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
                       how_many, rule, about, cases)                                               \
  static const TnLayer operation_##id = {                                                          \
    .schema = { .type = class_name, .auto_name = function, .params = table, .n_params = n,         \
                .min_inputs = least, .max_inputs = most, .n_outputs = given, .outputs = how_many,  \
                .keras = TRUE, .module = python, .arguments = names },                             \
    .family = TN_FAMILY_OPERATIONS, .label = class_name, .summary = about,                         \
    .keywords = N_ ("operation function"), .icon = "tenon-layer-activation-symbolic",              \
    .shapes = rule, .examples = cases, .hidden = TRUE,                                             \
  }
#define TN_OPERATION(id, python, class_name, function, table, names, least, most, given, rule,     \
                     about, cases)                                                                 \
  TN_OPERATION_N (id, python, class_name, function, table, G_N_ELEMENTS (table), names, least,     \
                  most, given, NULL, rule, about, cases)

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

G_END_DECLS
