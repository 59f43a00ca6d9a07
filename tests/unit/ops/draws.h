/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random calls of ops on tensors: convolutions, products, pools, elementwise, layout. */
#pragma once

#include "ops/tn-op.h"

#include <math.h>
#include <string.h>

typedef struct
{
  TnOpSettings settings;
  const TnOp *op;
  guint n_inputs;
  TnShape shapes[TN_OP_MAX_INPUTS];
  gboolean absent[TN_OP_MAX_INPUTS];
  gboolean is_given;
  TnShape given;                 /* for reshape, literal */
  gboolean any_odd;              /* inputs may hold infinities and not-a-numbers */
  int whole[TN_OP_MAX_INPUTS];   /* inputs that hold whole numbers from -1 to so much; 0: any */
  int positive;                  /* an input from 0.1 up; its number, or 0 */
  float scale[TN_OP_MAX_INPUTS]; /* what numbers are multiplied by; 0: 1 */
  float values[8];               /* for settings.values */
} Draw;

static gint64
between (GRand *rand, int low, int high)
{
  return g_rand_int_range (rand, low, high + 1);
}

/* Mostly small sizes; now and then nothing at all, now and then enough for several bands. */
static gint64
size (GRand *rand, int high)
{
  return g_rand_int_range (rand, 0, 25) == 0 ? 0 : between (rand, 1, high);
}

static TnShape
shape (int rank, gint64 a, gint64 b, gint64 c, gint64 d)
{
  const gint64 sizes[] = { a, b, c, d };
  return tn_shape_new (sizes, rank);
}

static TnShape
any_shape (GRand *rand, int least, int high)
{
  TnShape any = { .rank = (int)between (rand, least, 5) };
  for (int i = 0; i < any.rank; i++)
    any.dims[i] = tn_dim (size (rand, high));
  if (any.rank > 0 && g_rand_int_range (rand, 0, 8) == 0)
    any.dims[between (rand, 0, any.rank - 1)] = tn_dim (between (rand, 500, 20000));
  return any;
}

static void
any_activation (GRand *rand, TnOpSettings *settings)
{
  settings->activation = g_rand_int_range (rand, 0, TN_N_ACTIVATIONS);
  for (guint i = 0; i < G_N_ELEMENTS (settings->params); i++)
    settings->params[i] = (float)g_rand_double_range (rand, 0.05, 0.9);
  if (settings->activation == TN_ACTIVATION_PIECEWISE)
    settings->params[0] = g_rand_boolean (rand) ? INFINITY : 1.5f;
}

static void
any_padding (GRand *rand, TnOpSettings *settings, int axis, gint64 in, gint64 reach)
{
  gint64 stride = settings->stride[axis] = between (rand, 1, 3);
  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0: /* valid */
      break;
    case 1: /* same, as Keras has it: what is odd goes behind */
      {
        gint64 out = (in + stride - 1) / stride;
        gint64 total = MAX ((out - 1) * stride + reach - in, 0);
        settings->pad_before[axis] = total / 2;
        settings->pad_after[axis] = total - total / 2;
        break;
      }
    default: /* any; never more than the window reaches */
      settings->pad_before[axis] = between (rand, 0, (int)reach - 1);
      settings->pad_after[axis] = between (rand, 0, (int)reach - 1);
    }
}

/* Sometimes a fourth input, of the shape that the call so far has. */
static void
any_residual (GRand *rand, Draw *draw)
{
  TnOpSettings settings = draw->settings;
  TnOpCall call = { .settings = &settings, .n_inputs = 3 };

  if (g_rand_int_range (rand, 0, 3) != 0)
    return;
  /* What a program makes of settings left out. */
  settings.groups = MAX (settings.groups, 1);
  for (int i = 0; i < 3; i++)
    {
      settings.stride[i] = MAX (settings.stride[i], 1);
      settings.dilation[i] = MAX (settings.dilation[i], 1);
    }
  for (guint i = 0; i < 3; i++)
    call.inputs[i] = draw->absent[i] ? NULL : &draw->shapes[i];
  draw->shapes[3] = draw->op->shape (&call, NULL);
  draw->n_inputs = 4;
}

static void
draw_convolution (GRand *rand, Draw *draw)
{
  gboolean large = g_rand_int_range (rand, 0, 30) == 0;
  gint64 groups = g_rand_int_range (rand, 0, 3) == 0 ? between (rand, 1, 4) : 1;
  gint64 c = groups * size (rand, large ? 24 : 5);
  gint64 f = groups * size (rand, large ? 40 : 6);
  gint64 kernel[2];
  gint64 in[2];

  for (int i = 0; i < 2; i++)
    {
      kernel[i] = between (rand, 1, 4);
      in[i] = size (rand, large ? 40 : 11);
      draw->settings.dilation[i] = g_rand_boolean (rand) ? 1 : between (rand, 0, 3);
      gint64 reach = (kernel[i] - 1) * MAX (draw->settings.dilation[i], 1) + 1;
      any_padding (rand, &draw->settings, i, in[i], reach);
    }
  if (g_rand_int_range (rand, 0, 4) == 0)
    for (int i = 0; i < 2; i++)
      {
        kernel[i] = draw->settings.stride[i] = 1;
        draw->settings.pad_before[i] = draw->settings.pad_after[i] = 0;
      }
  /* What Winograd's way is meant for. */
  if (g_rand_int_range (rand, 0, 16) == 0)
    {
      groups = 1;
      c = 16 * between (rand, 1, 3);
      f = 16 * between (rand, 1, 5);
      for (int i = 0; i < 2; i++)
        {
          kernel[i] = 3;
          in[i] = between (rand, 9, 15);
          draw->settings.dilation[i] = 1;
          any_padding (rand, &draw->settings, i, in[i], 3);
          draw->settings.stride[i] = 1;
        }
    }
  draw->settings.groups = groups == 1 && g_rand_boolean (rand) ? 0 : groups;
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
  draw->n_inputs = 3;
  draw->shapes[0] = shape (4, size (rand, 3), in[0], in[1], c);
  draw->shapes[1] = shape (4, kernel[0], kernel[1], c / groups, f);
  draw->shapes[2] = shape (1, f, 0, 0, 0);
  draw->absent[2] = g_rand_boolean (rand);
  any_residual (rand, draw);
}

static void
draw_inverted_residual (GRand *rand, Draw *draw)
{
  gboolean large = g_rand_int_range (rand, 0, 10) == 0;
  gint64 c = between (rand, 1, 9), e = between (rand, 1, large ? 150 : 40);
  gint64 f = between (rand, 1, large ? 40 : 10);
  gint64 in[2], weights = (c + f) * e;

  for (int i = 0; i < 2; i++)
    {
      draw->settings.kernel[i] = g_rand_boolean (rand) ? 3 : between (rand, 1, 5);
      in[i] = between (rand, 1, large ? 30 : 11);
      draw->settings.dilation[i] = g_rand_boolean (rand) ? 1 : between (rand, 1, 3);
      gint64 reach = (draw->settings.kernel[i] - 1) * draw->settings.dilation[i] + 1;
      any_padding (rand, &draw->settings, i, in[i], reach);
    }
  draw->settings.groups = e;
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
  if (g_rand_boolean (rand))
    {
      draw->settings.gate = g_rand_int_range (rand, 0, TN_ACTIVATION_PIECEWISE);
      draw->settings.gate_param = (float)g_rand_double_range (rand, 0.05, 0.9);
    }
  weights += draw->settings.kernel[0] * draw->settings.kernel[1] * e;
  draw->n_inputs = 3;
  draw->shapes[0] = shape (4, size (rand, 3), in[0], in[1], c);
  draw->shapes[1] = shape (1, weights, 0, 0, 0);
  draw->shapes[2] = shape (1, 2 * e + f, 0, 0, 0);
  draw->absent[2] = g_rand_boolean (rand);
  draw->scale[0] = 0.3f;
  draw->scale[1] = 0.15f;
  any_residual (rand, draw);
}

static void
draw_matmul (GRand *rand, Draw *draw)
{
  gboolean large = g_rand_int_range (rand, 0, 10) == 0;
  gint64 k = size (rand, large ? 300 : 20);
  gint64 n = size (rand, large ? 300 : 20);
  TnShape x = any_shape (rand, 0, 5);
  x.rank = MIN (x.rank, 3);
  for (int i = 0; i < x.rank; i++)
    x.dims[i].size = MIN (x.dims[i].size, large ? 700 : 30);

  draw->n_inputs = g_rand_boolean (rand) ? 2 : 3;
  draw->shapes[0] = tn_shape_append (x, tn_dim (k));
  draw->shapes[1] = shape (2, k, n, 0, 0);
  draw->shapes[2] = shape (1, n, 0, 0, 0);
  draw->absent[2] = g_rand_boolean (rand);
  if (draw->n_inputs == 3)
    any_residual (rand, draw);
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
}

static void
draw_pool (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  /* Mostly less than a vector of channels; else some vectors and a rest. */
  gint64 c = size (rand, g_rand_int_range (rand, 0, 3) == 0 ? 150 : 9);
  gint64 w = size (rand, g_rand_int_range (rand, 0, 20) == 0 ? 300 : 12);
  draw->shapes[0] = shape (4, size (rand, 3), size (rand, 12), w, c);
  draw->settings.count_padding = g_rand_int_range (rand, 0, 4) == 0;
  for (int i = 0; i < 2; i++)
    {
      draw->settings.kernel[i] = between (rand, 1, 4);
      any_padding (rand, &draw->settings, i, draw->shapes[0].dims[i + 1].size,
                   draw->settings.kernel[i]);
    }
  draw->any_odd = draw->op == &tn_op_max_pool;
}

static void
draw_adaptive (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  /* Mostly less than a vector of channels; else some vectors and a rest. */
  gint64 c = size (rand, g_rand_int_range (rand, 0, 3) == 0 ? 150 : 9);
  gint64 w = size (rand, g_rand_int_range (rand, 0, 20) == 0 ? 300 : 12);
  draw->shapes[0] = shape (4, size (rand, 3), size (rand, 12), w, c);
  for (int i = 0; i < 2; i++)
    draw->settings.kernel[i] = between (rand, 1, 15);
  draw->any_odd = draw->op == &tn_op_adaptive_max_pool;
}

static void
draw_mean (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = shape (4, size (rand, 4), size (rand, 9), size (rand, 9), size (rand, 150));
}

static void
draw_reshape (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 5);
  draw->is_given = TRUE;
  draw->given = shape (2, 1, tn_shape_elements (&draw->shapes[0], 0), 0, 0);
}

static void
draw_transpose (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 6);
  for (int i = 0; i < draw->shapes[0].rank; i++)
    {
      int j = (int)between (rand, 0, i);
      draw->settings.permutation[i] = draw->settings.permutation[j];
      draw->settings.permutation[j] = i;
    }
}

static void
draw_activation (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 6);
  any_activation (rand, &draw->settings);
}

static void
draw_lane (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  TnDim *dim = &draw->shapes[0].dims[draw->settings.axis];
  dim->size = MIN (dim->size, 700); /* the references are quadratic */
  if (draw->op == &tn_op_glu)
    dim->size *= 2;
}

static void
draw_batch_norm (GRand *rand, Draw *draw)
{
  draw->n_inputs = (guint)between (rand, 3, 5);
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  draw->settings.epsilon = 0.001f;
  draw->positive = 3;
  for (guint i = 1; i < draw->n_inputs; i++)
    draw->shapes[i] = shape (1, draw->shapes[0].dims[draw->settings.axis].size, 0, 0, 0);
  draw->absent[3] = g_rand_boolean (rand);
  draw->absent[4] = g_rand_boolean (rand);
  draw->settings.activation = g_rand_boolean (rand) ? TN_ACTIVATION_RELU : TN_ACTIVATION_LINEAR;
}

static void
draw_binary (GRand *rand, Draw *draw)
{
  draw->n_inputs = 2;
  draw->settings.activation = g_rand_boolean (rand) ? TN_ACTIVATION_RELU : TN_ACTIVATION_LINEAR;
  draw->settings.binary = g_rand_int_range (rand, 0, TN_N_BINARIES);
  draw->any_odd
      = draw->settings.binary == TN_BINARY_MAXIMUM || draw->settings.binary == TN_BINARY_MINIMUM;
  /* Comparisons are to meet equal numbers; powers and quotients are of well-behaved ones. */
  if (draw->settings.binary >= TN_BINARY_BIT_AND && draw->settings.binary <= TN_BINARY_BIT_XOR)
    draw->whole[0] = draw->whole[1] = 1000;
  if (draw->settings.binary >= TN_BINARY_EQUAL)
    draw->whole[0] = draw->whole[1] = 2;
  if (draw->settings.binary >= TN_BINARY_REMAINDER
      && draw->settings.binary <= TN_BINARY_FLOOR_DIVIDE)
    draw->whole[0] = 20;
  if (draw->settings.binary == TN_BINARY_DIVIDE || draw->settings.binary == TN_BINARY_REMAINDER
      || draw->settings.binary == TN_BINARY_FLOOR_DIVIDE)
    draw->positive = 2;
  if (draw->settings.binary == TN_BINARY_POWER)
    draw->positive = 1;
  TnShape whole = any_shape (rand, 0, 6);
  for (int i = 0; i < 2; i++)
    {
      TnShape *part = &draw->shapes[i];
      int skip = g_rand_boolean (rand) ? 0 : (int)between (rand, 0, whole.rank);
      part->rank = whole.rank - skip;
      for (int j = 0; j < part->rank; j++)
        part->dims[j] = g_rand_int_range (rand, 0, 4) == 0 ? tn_dim (1) : whole.dims[j + skip];
    }
}

static void
draw_concatenate (GRand *rand, Draw *draw)
{
  draw->n_inputs = 2;
  draw->shapes[0] = draw->shapes[1] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  draw->shapes[1].dims[draw->settings.axis] = tn_dim (size (rand, 40));
}

static void
draw_pad (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  gint64 there = draw->shapes[0].dims[draw->settings.axis].size;
  draw->settings.pad_before[0] = between (rand, -(int)MIN (there, 3), 5);
  there = MAX (there + MIN (draw->settings.pad_before[0], 0), 0);
  draw->settings.pad_after[0] = between (rand, -(int)MIN (there, 3), 5);
  draw->settings.params[0] = g_rand_boolean (rand) ? 0.0f : -1.5f;
}
