/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters that many layers share, as initialisers for their tables: said once, the same
 * everywhere. */
#pragma once

#include "base/tn-i18n.h"
#include "layers/tn-layer.h"

G_BEGIN_DECLS

/* Defined in tn-window.c. */
extern const char *const tn_choices_padding[];
extern const char *const tn_choices_data_format[];
extern const char *const tn_choices_activation[];
extern const char *const tn_choices_initializer[];
extern const char *const tn_choices_regularizer[];
extern const char *const tn_choices_constraint[];
extern const char *const tn_choices_dtype[];

#define TN_DEFAULT_NONE                                                                            \
  {                                                                                                \
    .kind = TN_VALUE_NONE                                                                          \
  }
#define TN_DEFAULT_BOOL(b)                                                                         \
  {                                                                                                \
    .kind = TN_VALUE_BOOL, .integer = (b)                                                          \
  }
#define TN_DEFAULT_INT(i)                                                                          \
  {                                                                                                \
    .kind = TN_VALUE_INT, .integer = (i)                                                           \
  }
#define TN_DEFAULT_FLOAT(f)                                                                        \
  {                                                                                                \
    .kind = TN_VALUE_FLOAT, .number = (f)                                                          \
  }
#define TN_DEFAULT_STRING(s)                                                                       \
  {                                                                                                \
    .kind = TN_VALUE_STRING, .string = (s)                                                         \
  }

/* clang-format off */
#define TN_PARAM_ACTIVATION_OF(default_name) \
  { .name = "activation", .label = N_ ("Activation"), .kind = TN_PARAM_CHOICE, \
    .flags = TN_PARAM_LEGACY_NONE | TN_PARAM_OR_LAYER, .choices = tn_choices_activation, \
    .fallback = TN_DEFAULT_STRING (default_name), \
    .help = N_ ("Function applied to every number the layer computes; linear leaves it as it is.") }

#define TN_PARAM_USE_BIAS \
  { .name = "use_bias", .label = N_ ("Bias"), .kind = TN_PARAM_BOOL, .fallback = TN_DEFAULT_BOOL (TRUE), \
    .help = N_ ("Adds a trained number to each output, so that zero in need not give zero out.") }

#define TN_PARAM_DATA_FORMAT_OF(about) \
  { .name = "data_format", .label = N_ ("Data format"), .kind = TN_PARAM_CHOICE, \
    .flags = TN_PARAM_LEGACY_NONE | TN_PARAM_ADVANCED | TN_PARAM_FOLD_CASE, \
    .choices = tn_choices_data_format, \
    .fallback = TN_DEFAULT_STRING ("channels_last"), .help = about }

#define TN_PARAM_DATA_FORMAT_1D \
  TN_PARAM_DATA_FORMAT_OF (N_ ( \
    "Which axis holds the features: channels_last is (batch, steps, features), channels_first is " \
    "(batch, features, steps)."))
#define TN_PARAM_DATA_FORMAT \
  TN_PARAM_DATA_FORMAT_OF (N_ ( \
    "Which axis holds the channels: channels_last is (batch, height, width, channels), " \
    "channels_first is (batch, channels, height, width)."))
#define TN_PARAM_DATA_FORMAT_3D \
  TN_PARAM_DATA_FORMAT_OF (N_ ( \
    "Which axis holds the channels: channels_last is (batch, depth, height, width, channels), " \
    "channels_first is (batch, channels, depth, height, width)."))

#define TN_PARAM_INITIALIZER(param, text, default_name, about) \
  { .name = param, .label = text, .kind = TN_PARAM_OBJECT, .flags = TN_PARAM_ADVANCED, \
    .choices = tn_choices_initializer, .fallback = TN_DEFAULT_STRING (default_name), .help = about }

#define TN_PARAM_REGULARIZER(param, text, about) \
  { .name = param, .label = text, .kind = TN_PARAM_OBJECT, .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL, \
    .choices = tn_choices_regularizer, .fallback = TN_DEFAULT_NONE, .help = about }

#define TN_PARAM_CONSTRAINT(param, text, about) \
  { .name = param, .label = text, .kind = TN_PARAM_OBJECT, .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL, \
    .choices = tn_choices_constraint, .fallback = TN_DEFAULT_NONE, .help = about }

#define TN_PARAM_KERNEL_INITIALIZER \
  TN_PARAM_INITIALIZER ("kernel_initializer", N_ ("Kernel initializer"), "glorot_uniform", \
                        N_ ("How the kernel's numbers are chosen before training."))
#define TN_PARAM_BIAS_INITIALIZER \
  TN_PARAM_INITIALIZER ("bias_initializer", N_ ("Bias initializer"), "zeros", \
                        N_ ("How the bias's numbers are chosen before training."))
#define TN_PARAM_KERNEL_REGULARIZER \
  TN_PARAM_REGULARIZER ("kernel_regularizer", N_ ("Kernel regularizer"), \
                        N_ ("A penalty in training that keeps the kernel's numbers small."))
#define TN_PARAM_BIAS_REGULARIZER \
  TN_PARAM_REGULARIZER ("bias_regularizer", N_ ("Bias regularizer"), \
                        N_ ("A penalty in training that keeps the bias's numbers small."))
#define TN_PARAM_ACTIVITY_REGULARIZER \
  TN_PARAM_REGULARIZER ("activity_regularizer", N_ ("Activity regularizer"), \
                        N_ ("A penalty in training that keeps the layer's output small."))
#define TN_PARAM_KERNEL_CONSTRAINT \
  TN_PARAM_CONSTRAINT ("kernel_constraint", N_ ("Kernel constraint"), \
                       N_ ("A rule that the kernel is made to obey after each training step."))
#define TN_PARAM_BIAS_CONSTRAINT \
  TN_PARAM_CONSTRAINT ("bias_constraint", N_ ("Bias constraint"), \
                       N_ ("A rule that the bias is made to obey after each training step."))
/* clang-format on */

G_END_DECLS
