/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all ops share: the list of them, and the answer to misuse. */
#include "ops/tn-op.h"

const TnOp *const *
tn_op_all (void)
{
  static const TnOp *const all[] = {
    &tn_op_convolution,
    &tn_op_matmul,
    &tn_op_max_pool,
    &tn_op_average_pool,
    &tn_op_adaptive_max_pool,
    &tn_op_adaptive_average_pool,
    &tn_op_mean_spatial,
    &tn_op_reshape,
    &tn_op_transpose,
    &tn_op_activation,
    &tn_op_softmax,
    &tn_op_log_softmax,
    &tn_op_sparsemax,
    &tn_op_glu,
    &tn_op_batch_norm,
    &tn_op_binary,
    &tn_op_concatenate,
    &tn_op_pad,
    &tn_op_unary,
    &tn_op_reduce,
    &tn_op_cumulate,
    &tn_op_sort,
    &tn_op_argsort,
    &tn_op_singular_values,
    &tn_op_select,
    &tn_op_batch_matmul,
    &tn_op_attention,
    &tn_op_gather,
    &tn_op_one_hot,
    &tn_op_bucketize,
    &tn_op_stride,
    &tn_op_literal,
    &tn_op_causal_mask,
    &tn_op_normalize,
    &tn_op_resample,
    &tn_op_convolution_volume,
    &tn_op_convolution_transpose,
    &tn_op_inverted_residual,
    &tn_op_simple_rnn,
    &tn_op_lstm,
    &tn_op_gru,
    &tn_op_conv_lstm,
    NULL,
  };
  return all;
}

void
tn_op_misuse (const char *op, const TnOpCall *call, const char *problem)
{
  g_autoptr (GString) shapes = g_string_new (NULL);
  for (guint i = 0; i < call->n_inputs; i++)
    {
      g_autofree char *text
          = call->inputs[i] == NULL ? g_strdup ("absent") : tn_shape_to_text (call->inputs[i]);
      g_string_append_printf (shapes, "%s%s", i == 0 ? "" : " ", text);
    }
  g_error ("op %s: %s; inputs: %s", op, problem, shapes->str);
}

gint64
tn_op_product (const TnShape *shape, int from, int to)
{
  gint64 product = 1;
  for (int i = from; i < to; i++)
    product *= shape->dims[i].size;
  return product;
}

TnLanes
tn_op_lanes (const TnShape *shape, int axis)
{
  return (TnLanes){
    .outer = tn_op_product (shape, 0, axis),
    .size = tn_op_dim (shape, axis),
    .inner = tn_op_product (shape, axis + 1, shape->rank),
  };
}

TnGrid
tn_grid (gint64 rows, gint64 width)
{
  TnGrid grid = { .rows = rows, .width = width };
  grid.rows_per_band = MAX (TN_BAND_ELEMENTS / MAX (width, 1), 1);
  grid.pieces = tn_op_bands (width, TN_BAND_ELEMENTS);
  grid.n_bands = tn_op_bands (rows, grid.rows_per_band) * grid.pieces;
  return grid;
}

void
tn_grid_band (const TnGrid *grid, gint64 band, gint64 *row, gint64 *last, gint64 *from, gint64 *to)
{
  *row = band / grid->pieces * grid->rows_per_band;
  *last = MIN (*row + grid->rows_per_band, grid->rows);
  *from = band % grid->pieces * TN_BAND_ELEMENTS;
  *to = MIN (*from + TN_BAND_ELEMENTS, grid->width);
}
