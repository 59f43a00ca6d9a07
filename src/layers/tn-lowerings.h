/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lower functions that stand in files of their own, beside their layers' entries; they ask for
 * parameters by name. */
#pragma once

#include "layers/tn-layer.h"

G_BEGIN_DECLS

/* Index of the parameter called @name, which the layer must have. */
guint tn_lowering_param (const TnNode *node, const char *name);
/* Its value; FALSE where there is no such parameter. */
gboolean tn_lowering_flag (const TnNode *node, const char *name);
gint64 tn_lowering_int (const TnNode *node, const char *name);
/* The name of a function, "linear" for None. */
const char *tn_lowering_activation (const TnNode *node, const char *name);
/* The numbers of a parameter: one, or a list, nested as it may be, row by row. NULL when there are
 * none. Of floats. */
GArray *tn_lowering_numbers (const TnNode *node, const char *name);

/* lower-recurrent.c */
gboolean tn_recurrent_runs (const TnNode *node);
void tn_simple_rnn_lower (TnLower *lower);
void tn_lstm_lower (TnLower *lower);
void tn_gru_lower (TnLower *lower);
void tn_rnn_lower (TnLower *lower);
gboolean tn_rnn_runs (const TnNode *node);
void tn_conv_lstm_lower (TnLower *lower);

/* lower-attention.c */
void tn_attention_lower (TnLower *lower);
void tn_additive_attention_lower (TnLower *lower);
void tn_multi_head_attention_lower (TnLower *lower);
void tn_group_query_attention_lower (TnLower *lower);

/* lower-merging.c */
void tn_add_lower (TnLower *lower);
void tn_subtract_lower (TnLower *lower);
void tn_multiply_lower (TnLower *lower);
void tn_average_lower (TnLower *lower);
void tn_maximum_lower (TnLower *lower);
void tn_minimum_lower (TnLower *lower);
void tn_concatenate_lower (TnLower *lower);

/* lower-normalization.c */
void tn_layer_normalization_lower (TnLower *lower);
void tn_rms_normalization_lower (TnLower *lower);
void tn_group_normalization_lower (TnLower *lower);
void tn_unit_normalization_lower (TnLower *lower);

/* lower-images.c */
void tn_convolution_transpose_lower (TnLower *lower);
void tn_resizing_lower (TnLower *lower);
void tn_center_crop_lower (TnLower *lower);
void tn_random_crop_lower (TnLower *lower);
/* Brings @axis to @size entries. */
TnTensorId tn_lower_resample (TnLower *lower, TnTensorId input, int axis, gint64 size,
                              const char *interpolation, gboolean antialias);

/* lower-encodings.c */
void tn_rescaling_lower (TnLower *lower);
void tn_normalization_lower (TnLower *lower);
void tn_category_encoding_lower (TnLower *lower);
void tn_discretization_lower (TnLower *lower);
gboolean tn_discretization_runs (const TnNode *node);

G_END_DECLS
