/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What convolutions and poolings share: axes, windows, activations, and how they lower. */
#pragma once

#include "layers/tn-params.h"

G_BEGIN_DECLS

/* The head of a descriptor whose layer takes one tensor and gives one. */
#define TN_LAYER_UNARY(class_name, name, table, its_family)                                        \
  .schema = { .type = class_name,                                                                  \
              .auto_name = name,                                                                   \
              .params = table,                                                                     \
              .n_params = G_N_ELEMENTS (table),                                                    \
              .min_inputs = 1,                                                                     \
              .max_inputs = 1,                                                                     \
              .n_outputs = 1,                                                                      \
              .keras = TRUE },                                                                     \
  .family = its_family

/* Where a layer on images finds its axes. */
typedef struct
{
  gboolean channels_first;
  int spatial; /* first spatial axis */
  int channel;
} TnImageAxes;

TnImageAxes tn_image_axes (const TnNode *node, guint data_format_param, int rank);

/* FALSE, with an issue "rank", unless input @slot has @rank axes. */
gboolean tn_rule_expect_rank (TnRule *rule, guint slot, int rank);
/* The same where Keras builds it all the same: a contract that stops runs. */
void tn_rule_prefer_rank (TnRule *rule, guint slot, int rank);
/* One window's output along @n spatial axes from @axes.spatial on, into @shape; raises
 * "window-size" (and returns FALSE) where nothing would be left. The indexes are parameters;
 * @dilation -1: none. */
gboolean tn_rule_window_axes (TnRule *rule, TnShape *shape, TnImageAxes axes, int n, guint kernel,
                              int strides, guint padding, int dilation);
/* An image, alone or in a batch, brought to the height and width that two parameters say; the
 * output, or an issue "rank". And the brief line for it, "64 × 48". */
void tn_rule_image_size (TnRule *rule, guint height, guint width, guint data_format);
char *tn_brief_image_size (const TnNode *node, guint height, guint width);
/* What the activation that parameter @param names, or is a layer for, does to a shape: of those
 * with a name only glu changes it. FALSE with an issue when it cannot. */
gboolean tn_rule_activation (TnRule *rule, guint param, TnShape *shape);

/* For the line in a layer's box: "3×3", and "2" or "(2, 1)" (new string). */
void tn_brief_window (GString *out, const gint64 *sizes, guint n);
char *tn_brief_strides (const gint64 *strides, guint n);

/* Padding as Keras has it: same pads the odd element behind. Fills @settings for @n spatial axes.
 */
void tn_lower_window (TnLower *lower, const TnShape *input_last, guint kernel, int strides,
                      guint padding, int dilation, TnOpSettings *settings);
/* To channels_last and back; the tensor itself when it is so already. */
TnTensorId tn_lower_channels_last (TnLower *lower, TnTensorId input, TnImageAxes axes);
TnTensorId tn_lower_channels_back (TnLower *lower, TnTensorId input, TnImageAxes axes);

G_END_DECLS
