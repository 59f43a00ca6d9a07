/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random calls of the other ops: along an axis, by places, over volumes, through sequences. */
#pragma once

#include "draws.h"

static void
any_axis (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
}

static void
draw_unary (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 6);
  draw->settings.unary = g_rand_int_range (rand, 0, TN_N_UNARIES);
  draw->any_odd = draw->settings.unary >= TN_UNARY_NOT || draw->settings.unary == TN_UNARY_SIGN
                  || draw->settings.unary == TN_UNARY_ABSOLUTE;
  if (draw->settings.unary == TN_UNARY_ROUND || draw->settings.unary == TN_UNARY_NOT)
    draw->whole[0] = 3;
  if (draw->settings.unary == TN_UNARY_ROUND)
    draw->scale[0] = 0.5f;
  if (draw->settings.unary == TN_UNARY_ARCTANH || draw->settings.unary == TN_UNARY_ERFINV)
    draw->scale[0] = 0.4f; /* a few of them beyond 1 */
  /* Where a last bit of the argument is much in the result. */
  if (draw->settings.unary == TN_UNARY_RECIPROCAL || draw->settings.unary == TN_UNARY_LOG1P)
    draw->positive = 1;
  if (draw->settings.unary == TN_UNARY_TAN || draw->settings.unary == TN_UNARY_ARCSIN
      || draw->settings.unary == TN_UNARY_ARCCOS)
    draw->scale[0] = 0.3f;
}

static void
draw_reduce (GRand *rand, Draw *draw)
{
  any_axis (rand, draw);
  draw->settings.reduce = g_rand_int_range (rand, 0, TN_N_REDUCTIONS);
  draw->any_odd
      = draw->settings.reduce >= TN_REDUCE_MAXIMUM && draw->settings.reduce <= TN_REDUCE_MINIMUM;
  if (draw->settings.reduce >= TN_REDUCE_ANY)
    draw->whole[0] = g_rand_boolean (rand) ? 1 : 9;
  if (draw->settings.reduce == TN_REDUCE_PRODUCT)
    draw->scale[0] = 0.4f;
}

static void
draw_cumulate (GRand *rand, Draw *draw)
{
  any_axis (rand, draw);
  TnDim *dim = &draw->shapes[0].dims[draw->settings.axis];
  dim->size = MIN (dim->size, 500); /* the reference is quadratic */
  draw->settings.reduce = g_rand_boolean (rand) ? TN_REDUCE_SUM : TN_REDUCE_PRODUCT;
  draw->settings.backwards = g_rand_boolean (rand);
  if (draw->settings.reduce == TN_REDUCE_PRODUCT)
    draw->scale[0] = 0.3f;
}

static void
draw_sort (GRand *rand, Draw *draw)
{
  any_axis (rand, draw);
  TnDim *dim = &draw->shapes[0].dims[draw->settings.axis];
  dim->size = MIN (dim->size, 700); /* the reference is quadratic */
  for (int i = 0; i < draw->shapes[0].rank; i++)
    if (i != draw->settings.axis)
      draw->shapes[0].dims[i].size = MIN (draw->shapes[0].dims[i].size, 40);
  draw->settings.backwards = g_rand_boolean (rand);
  if (dim->size > 0 && g_rand_boolean (rand))
    draw->settings.kernel[0] = between (rand, 1, (int)dim->size);
  draw->any_odd = TRUE;
  if (g_rand_boolean (rand))
    draw->whole[0] = 4;
}

static void
draw_singular (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = shape ((int)between (rand, 2, 4), size (rand, 9), size (rand, 9),
                           size (rand, 9), size (rand, 9));
  draw->any_odd = g_rand_int_range (rand, 0, 10) == 0;
  /* Of whole numbers some have rows that are made of the others. */
  if (g_rand_boolean (rand))
    draw->whole[0] = 1;
}

static void
draw_select (GRand *rand, Draw *draw)
{
  TnShape whole = any_shape (rand, 0, 6);

  draw->n_inputs = 3;
  draw->whole[0] = 1;
  draw->any_odd = TRUE;
  for (int i = 0; i < 3; i++)
    {
      TnShape *part = &draw->shapes[i];
      int skip = g_rand_boolean (rand) ? 0 : (int)between (rand, 0, whole.rank);

      part->rank = whole.rank - skip;
      for (int j = 0; j < part->rank; j++)
        part->dims[j] = g_rand_int_range (rand, 0, 4) == 0 ? tn_dim (1) : whole.dims[j + skip];
    }
}

static void
draw_batch_matmul (GRand *rand, Draw *draw)
{
  gboolean large = g_rand_int_range (rand, 0, 10) == 0;
  gboolean tall = g_rand_int_range (rand, 0, 20) == 0;
  gint64 pairs = size (rand, 4), k = size (rand, large ? 700 : 20);
  gint64 m = tall ? between (rand, 1000, 1400) : size (rand, large ? 60 : 12);

  draw->n_inputs = 2;
  draw->shapes[0] = shape (3, pairs, m, k, 0);
  draw->shapes[1] = shape (3, pairs, k, size (rand, large && !tall ? 300 : 12), 0);
  if (g_rand_int_range (rand, 0, 4) == 0)
    draw->shapes[between (rand, 0, 1)].dims[0] = tn_dim (1);
  draw->scale[1] = 1.0f / sqrtf ((float)MAX (k, 1));
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
}

static void
draw_attention (GRand *rand, Draw *draw)
{
  const gboolean large = g_rand_int_range (rand, 0, 10) == 0;
  const int rank = (int)between (rand, 3, 4);
  const gint64 n = size (rand, 3), h = rank == 4 ? size (rand, 4) : 1;
  const gint64 t = size (rand, large ? 150 : 20);
  const gint64 s = size (rand, large ? 700 : 40), d = size (rand, 20), e = size (rand, 20);
  const TnShape whole = rank == 4 ? shape (4, n, h, t, s) : shape (3, n, t, s, 0);
  const int skip = (int)between (rand, 0, rank);

  for (int i = 0; i < 3; i++)
    {
      const gint64 steps = i == 0 ? t : s, width = i == 2 ? e : d;

      draw->shapes[i] = rank == 4 ? shape (4, n, steps, h, width) : shape (3, n, steps, width, 0);
    }
  draw->n_inputs = g_rand_boolean (rand) ? 3 : 4;
  draw->shapes[3] = (TnShape){ .rank = rank - skip };
  for (int i = 0; i < rank - skip; i++)
    draw->shapes[3].dims[i] = g_rand_boolean (rand) ? tn_dim (1) : whole.dims[i + skip];
  draw->any_odd = g_rand_int_range (rand, 0, 10) == 0;
}

static void
draw_gather (GRand *rand, Draw *draw)
{
  draw->n_inputs = 2;
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->shapes[0].rank = MIN (draw->shapes[0].rank, 3);
  draw->shapes[1] = any_shape (rand, 0, 6);
  draw->shapes[1].rank = MIN (draw->shapes[1].rank, 3);
  for (int i = 0; i < 3; i++)
    {
      draw->shapes[0].dims[i].size = MIN (draw->shapes[0].dims[i].size, 60);
      draw->shapes[1].dims[i].size = MIN (draw->shapes[1].dims[i].size, 60);
    }
  /* Some are not in the table. */
  draw->whole[1] = (int)draw->shapes[0].dims[0].size + 1;
  if (g_rand_int_range (rand, 0, 5) == 0)
    draw->whole[1] = 0;
}

static void
draw_one_hot (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 6);
  for (int i = 0; i < draw->shapes[0].rank; i++)
    draw->shapes[0].dims[i].size = MIN (draw->shapes[0].dims[i].size, 40);
  draw->settings.groups = g_rand_int_range (rand, 0, 9) == 0 ? 20000 : between (rand, 1, 9);
  draw->whole[0] = (int)MIN (draw->settings.groups, 12) + 1;
}

static void
draw_bucketize (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 6);
  draw->settings.n_values = (gsize)between (rand, 0, G_N_ELEMENTS (draw->values));
  draw->values[0] = -2.0f;
  for (gsize i = 1; i < draw->settings.n_values; i++)
    draw->values[i] = draw->values[i - 1] + (float)between (rand, 0, 2);
  if (g_rand_boolean (rand))
    draw->whole[0] = 4;
}

static void
draw_stride (GRand *rand, Draw *draw)
{
  any_axis (rand, draw);
  draw->settings.stride[0] = between (rand, 0, 4);
  draw->settings.backwards = g_rand_boolean (rand);
}

static void
draw_literal (GRand *rand, Draw *draw)
{
  draw->is_given = TRUE;
  draw->given = any_shape (rand, 0, 6);
  draw->settings.n_values = (gsize)between (rand, 0, G_N_ELEMENTS (draw->values));
  for (gsize i = 0; i < draw->settings.n_values; i++)
    draw->values[i] = (float)i + 0.5f;
}

static void
draw_causal_mask (GRand *rand, Draw *draw)
{
  draw->is_given = TRUE;
  draw->given = shape (3, size (rand, 3), size (rand, 12), size (rand, 12), 0);
  draw->settings.kernel[0] = g_rand_boolean (rand) ? 0 : between (rand, 1, 14);
  draw->settings.backwards = g_rand_boolean (rand);
}

static void
draw_normalize (GRand *rand, Draw *draw)
{
  any_axis (rand, draw);
  for (int i = 0; i < draw->shapes[0].rank; i++)
    draw->shapes[0].dims[i].size = MIN (draw->shapes[0].dims[i].size, 30);
  draw->settings.normalize = g_rand_int_range (rand, 0, TN_N_NORMALIZATIONS);
  draw->settings.epsilon = 0.01f;
  draw->n_inputs = (guint)between (rand, 1, 3);
  for (guint i = 1; i < 3; i++)
    {
      draw->shapes[i].rank = draw->shapes[0].rank - draw->settings.axis;
      for (int j = 0; j < draw->shapes[i].rank; j++)
        draw->shapes[i].dims[j] = draw->shapes[0].dims[draw->settings.axis + j];
      draw->absent[i] = g_rand_boolean (rand);
    }
}

static void
draw_resample (GRand *rand, Draw *draw)
{
  any_axis (rand, draw);
  for (int i = 0; i < draw->shapes[0].rank; i++)
    draw->shapes[0].dims[i].size = MIN (draw->shapes[0].dims[i].size, 300);
  draw->settings.interpolation = g_rand_int_range (rand, 0, TN_N_INTERPOLATIONS);
  draw->settings.antialias = g_rand_boolean (rand);
  draw->settings.kernel[0]
      = draw->shapes[0].dims[draw->settings.axis].size == 0 ? 0 : size (rand, 20);
}

static void
draw_convolution_volume (GRand *rand, Draw *draw)
{
  gint64 groups = g_rand_int_range (rand, 0, 3) == 0 ? between (rand, 1, 3) : 1;
  gint64 c = groups * size (rand, 4), f = groups * size (rand, 5), kernel[3], in[3];

  for (int i = 0; i < 3; i++)
    {
      kernel[i] = between (rand, 1, 3);
      in[i] = size (rand, g_rand_int_range (rand, 0, 20) == 0 ? 16 : 6);
      draw->settings.dilation[i] = g_rand_boolean (rand) ? 1 : between (rand, 0, 2);
      any_padding (rand, &draw->settings, i, in[i],
                   (kernel[i] - 1) * MAX (draw->settings.dilation[i], 1) + 1);
    }
  draw->settings.groups = groups;
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
  draw->n_inputs = 3;
  draw->shapes[0] = tn_shape_append (shape (4, size (rand, 3), in[0], in[1], in[2]), tn_dim (c));
  draw->shapes[1]
      = tn_shape_append (shape (4, kernel[0], kernel[1], kernel[2], c / groups), tn_dim (f));
  draw->shapes[2] = shape (1, f, 0, 0, 0);
  draw->absent[2] = g_rand_boolean (rand);
  draw->scale[1] = 0.2f;
}

static void
draw_convolution_transpose (GRand *rand, Draw *draw)
{
  gint64 c = size (rand, 5), f = size (rand, 5), kernel[3], in[3];

  if (g_rand_int_range (rand, 0, 10) == 0)
    {
      c = between (rand, 1, 80);
      f = between (rand, 1, 80);
    }

  for (int i = 0; i < 3; i++)
    {
      gint64 reach, whole;

      kernel[i] = between (rand, 1, 4);
      in[i] = size (rand, 6);
      draw->settings.stride[i] = between (rand, 0, 3);
      draw->settings.dilation[i] = between (rand, 0, 2);
      reach = (kernel[i] - 1) * MAX (draw->settings.dilation[i], 1) + 1;
      draw->settings.pad_before[i] = between (rand, -1, (int)reach - 1);
      whole = MAX (in[i] - 1, 0) * MAX (draw->settings.stride[i], 1) + reach;
      draw->settings.kernel[i] = MAX (whole - between (rand, -2, (int)reach), 0);
    }
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
  draw->n_inputs = 3;
  draw->shapes[0] = tn_shape_append (shape (4, size (rand, 3), in[0], in[1], in[2]), tn_dim (c));
  draw->shapes[1] = tn_shape_append (shape (4, kernel[0], kernel[1], kernel[2], f), tn_dim (c));
  draw->shapes[2] = shape (1, f, 0, 0, 0);
  draw->absent[2] = g_rand_boolean (rand);
  draw->scale[1] = 0.3f;
}

/* Functions that do not carry a rounding off over the steps. */
static void
any_steps (GRand *rand, Draw *draw)
{
  static const TnActivation tame[]
      = { TN_ACTIVATION_TANH, TN_ACTIVATION_SIGMOID, TN_ACTIVATION_HARD_SIGMOID,
          TN_ACTIVATION_SOFTSIGN, TN_ACTIVATION_LEAKY_RELU };

  draw->settings.activation = tame[g_rand_int_range (rand, 0, G_N_ELEMENTS (tame))];
  draw->settings.gate = tame[g_rand_int_range (rand, 0, G_N_ELEMENTS (tame) - 1)];
  draw->settings.params[0] = 0.2f;
  draw->settings.gate_param = 0.2f;
  draw->settings.backwards = g_rand_boolean (rand);
  draw->settings.sequences = g_rand_boolean (rand);
  draw->settings.states = g_rand_boolean (rand);
  draw->settings.zero_masked = g_rand_boolean (rand);
  draw->settings.reset_after = g_rand_boolean (rand);
}

static void
draw_recurrent (GRand *rand, Draw *draw)
{
  gint64 gates = draw->op == &tn_op_lstm ? 4 : draw->op == &tn_op_gru ? 3 : 1;
  gint64 n = size (rand, g_rand_int_range (rand, 0, 6) == 0 ? 40 : 4);
  gint64 t = size (rand, 7), u = size (rand, g_rand_int_range (rand, 0, 10) == 0 ? 40 : 6);

  /* So many weights that columns are handed out and not samples. */
  if (g_rand_int_range (rand, 0, 40) == 0)
    {
      n = between (rand, 1, 8);
      t = between (rand, 1, 3);
      u = between (rand, 420, 450);
    }

  any_steps (rand, draw);
  draw->n_inputs = 6;
  draw->shapes[0] = shape (3, n, t, gates * u, 0);
  draw->shapes[1] = shape (2, u, gates * u, 0, 0);
  draw->shapes[2] = shape (1, gates * u, 0, 0, 0);
  draw->shapes[3] = draw->shapes[4] = shape (2, n, u, 0, 0);
  draw->shapes[5] = shape (2, n, t, 0, 0);
  for (int i = 2; i < 6; i++)
    draw->absent[i] = g_rand_boolean (rand);
  /* That bias stands within the reset gate only. */
  draw->absent[2] |= gates == 3 && !draw->settings.reset_after;
  draw->scale[1] = 0.5f / sqrtf ((float)MAX (u, 1));
  draw->whole[5] = 1;
}

static void
draw_conv_lstm (GRand *rand, Draw *draw)
{
  gint64 n = size (rand, 3), t = size (rand, 4);
  gint64 f = size (rand, g_rand_int_range (rand, 0, 20) == 0 ? 20 : 3);
  gint64 in[3] = { size (rand, 3), size (rand, 6), size (rand, 6) };
  gint64 k[3] = { between (rand, 1, 3), between (rand, 1, 4), between (rand, 1, 4) };

  any_steps (rand, draw);
  draw->n_inputs = 5;
  draw->shapes[0] = tn_shape_append (
      tn_shape_append (shape (4, n, t, in[0], in[1]), tn_dim (in[2])), tn_dim (4 * f));
  draw->shapes[1] = tn_shape_append (shape (4, k[0], k[1], k[2], f), tn_dim (4 * f));
  draw->shapes[2] = draw->shapes[3]
      = tn_shape_append (shape (4, n, in[0], in[1], in[2]), tn_dim (f));
  draw->shapes[4] = shape (2, n, t, 0, 0);
  for (int i = 2; i < 5; i++)
    draw->absent[i] = g_rand_boolean (rand);
  draw->scale[1] = 0.1f;
  draw->whole[4] = 1;
}
