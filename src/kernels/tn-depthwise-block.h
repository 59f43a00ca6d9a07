/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inner part of a depthwise convolution, compiled for several instruction sets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TnDepthwiseBlock:
 * @x: row @x_first of the input, first channel of the block
 * @x_row, @x_pixel: floats from row to row and from pixel to pixel; likewise for @out
 * @tap: floats from one tap's weights to the next one's
 * @bias: NULL for none
 * @out: row @from of the output
 * @channels: of input and output
 */
typedef struct
{
  const float *x;
  gint64 x_first, x_row, x_pixel;
  gint64 h, w;
  const float *weights;
  gint64 tap;
  const float *bias;
  float *out;
  gint64 out_row, out_pixel;
  gint64 from, to, ow;
  gint64 channels;
  gint64 kernel[2], stride[2], dilation[2], pad[2];
  float low, high;
} TnDepthwiseBlock;

typedef void (*TnDepthwiseFunc) (const TnDepthwiseBlock *block);

/* With the code of this processor's instruction set. */
void tn_depthwise_block (const TnDepthwiseBlock *block);

void tn_depthwise_block_generic (const TnDepthwiseBlock *block);
void tn_depthwise_block_avx2 (const TnDepthwiseBlock *block);
void tn_depthwise_block_avx512 (const TnDepthwiseBlock *block);

G_END_DECLS
