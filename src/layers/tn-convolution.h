/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds of convolution share: parameters, kernels, checks, and how they lower. */
#pragma once

#include "layers/tn-window.h"

G_BEGIN_DECLS

/* Defined in tn-convolution.c. */
extern const char *const tn_choices_padding_causal[];

/* clang-format off */
#define TN_PARAM_FILTERS \
  { .name = "filters", .label = N_ ("Filters"), .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED, \
    .minimum = 1, .suggestion = "32", \
    .help = N_ ("How many patterns are looked for; each gives one channel of the output.") }

#define TN_PARAM_KERNEL_SIZE(n, about) \
  { .name = "kernel_size", .label = N_ ("Kernel size"), .kind = TN_PARAM_INTS, \
    .flags = TN_PARAM_REQUIRED, .minimum = 1, .length = n, .suggestion = "3", .help = about }

#define TN_KERNEL_SIZE_1D \
  N_ ("How many steps of the sequence the window covers that slides over it.")
#define TN_KERNEL_SIZE_2D \
  N_ ("Height and width of the window that slides over the image; one number for a square.")
#define TN_KERNEL_SIZE_3D \
  N_ ("Depth, height and width of the window that slides over the volume; one number for a cube.")

#define TN_PARAM_CONV_STRIDES(n, about) \
  { .name = "strides", .label = N_ ("Strides"), .kind = TN_PARAM_INTS, .minimum = 1, .length = n, \
    .fallback = TN_DEFAULT_INT (1), .help = about }

#define TN_STRIDES_1D N_ ("How far the window moves at each step; 2 halves the sequence.")
#define TN_STRIDES_2D N_ ("How far the window moves at each step; 2 halves height and width.")
#define TN_STRIDES_3D N_ ("How far the window moves at each step; 2 halves depth, height and width.")

#define TN_PARAM_CONV_PADDING_OF(list, about) \
  { .name = "padding", .label = N_ ("Padding"), .kind = TN_PARAM_CHOICE, \
    .flags = TN_PARAM_FOLD_CASE, .choices = list, .fallback = TN_DEFAULT_STRING ("valid"), \
    .help = about }

#define TN_PARAM_CONV_PADDING \
  TN_PARAM_CONV_PADDING_OF (tn_choices_padding, N_ ( \
    "valid uses only whole windows, so the image shrinks by kernel_size − 1; same adds zeros at " \
    "the border, so that it keeps its size at stride 1."))

#define TN_PARAM_DILATION(n) \
  { .name = "dilation_rate", .label = N_ ("Dilation"), .kind = TN_PARAM_INTS, \
    .flags = TN_PARAM_ADVANCED, .minimum = 1, .length = n, .fallback = TN_DEFAULT_INT (1), \
    .help = N_ ("Distance between the points of the window; 2 leaves one out between any two.") }

#define TN_PARAM_DEPTH_MULTIPLIER \
  { .name = "depth_multiplier", .label = N_ ("Depth multiplier"), .kind = TN_PARAM_INT, \
    .minimum = 1, .fallback = TN_DEFAULT_INT (1), \
    .help = N_ ("How many patterns are looked for in each channel by itself.") }

#define TN_PARAM_DEPTHWISE_INITIALIZER \
  TN_PARAM_INITIALIZER ("depthwise_initializer", N_ ("Depthwise initializer"), "glorot_uniform", \
                        N_ ("How the numbers of the kernel for single channels are chosen before " \
                            "training."))
#define TN_PARAM_DEPTHWISE_REGULARIZER \
  TN_PARAM_REGULARIZER ("depthwise_regularizer", N_ ("Depthwise regularizer"), \
                        N_ ("A penalty in training that keeps the numbers of the kernel for " \
                            "single channels small."))
#define TN_PARAM_DEPTHWISE_CONSTRAINT \
  TN_PARAM_CONSTRAINT ("depthwise_constraint", N_ ("Depthwise constraint"), \
                       N_ ("A rule that the kernel for single channels is made to obey after " \
                           "each training step."))
/* clang-format on */

#define TN_CONVOLUTION_LAYER(class_name, name, table)                                              \
  TN_LAYER_UNARY (class_name, name, table, TN_FAMILY_CONVOLUTIONAL),                               \
      .icon = "tenon-layer-conv2d-symbolic"

/* How many spatial axes a layer works on, said by its kernel_size. */
static inline int
tn_spatial_axes (const TnNode *node, guint kernel_size)
{
  return (int)tn_node_schema (node)->params[kernel_size].length;
}

/* FALSE, with an issue, when both are above 1 somewhere. */
gboolean tn_check_strides_or_dilation (const TnNode *node, guint strides, guint dilation,
                                       TnReport *report);

/* The channels that arrive, or those the kernel was made for; FALSE, with an issue, when they are
 * open, so that there can be no kernel. */
gboolean tn_rule_channels (TnRule *rule, const TnShape *input, TnImageAxes axes, TnDim *channels);
/* The shape (kernel_size…, @before, @last). */
TnShape tn_rule_kernel (TnRule *rule, guint kernel_size, TnDim before, TnDim last);
/* Declares the weight "bias" if there is to be one. */
void tn_rule_bias (TnRule *rule, guint use_bias, guint initializer, TnDim filters);
/* Counts the whole of @kernel once at each point of the @n axes of @shape from axes.spatial on. */
void tn_rule_kernel_macs (TnRule *rule, const TnShape *kernel, const TnShape *shape,
                          TnImageAxes axes, int n);

/* A convolution over sequences, images or volumes whose channels are last; @kernel is (k…, channels
 * of a group, filters), @settings as tn_lower_window() fills them, with groups. */
TnTensorId tn_lower_convolution (TnLower *lower, TnTensorId x, TnTensorId kernel, TnTensorId bias,
                                 const TnOpSettings *settings);

/* "32 filters, 3×3/2 same, relu" with @count "32 filters", which may be "". */
char *tn_brief_convolution (const TnNode *node, const char *count, guint kernel_size,
                            guint activation);

G_END_DECLS
