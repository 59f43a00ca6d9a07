/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Depthwise convolution of a block of rows; compiled once for each instruction set.
 *
 * The usual windows take GROUP pixels of an output row at a time, so that each input vector that is
 * loaded serves several of them. */
#include "kernels/tn-depthwise-block.h"

#include <string.h>

#include "kernels/tn-vector.h"

#define GROUP       4
#define INLINED     static inline __attribute__ ((always_inline))
#define MAX_COLUMNS ((GROUP - 1) * 2 + 5)
/* Up to here all channels of a few pixels are taken before the next pixels, so that memory is read
 * in order; beyond, a vector of channels goes through all rows, with its weights in registers. */
#define MOST_CHANNELS_IN_ORDER 96
/* Pixels of an input so small that its edges would be most of the work. */
#define MOST_FRAMED 400

/* What lies beside the rows. */
static const float outside[TN_VECTOR];

/* The taps u0 … u1 - 1 down the window that lie inside the input, for output row @row. */
typedef struct
{
  gint64 u0, u1;
  const float *x; /* the row under tap u0 */
  gint64 step;    /* floats to the row under the next tap */
} Reach;

static Reach
reach (const TnDepthwiseBlock *b, gint64 row)
{
  gint64 y = row * b->stride[0] - b->pad[0];
  gint64 dilation = b->dilation[0];
  gint64 u0 = y < 0 ? (-y + dilation - 1) / dilation : 0;
  gint64 u1 = b->h > y ? MIN ((b->h - y + dilation - 1) / dilation, b->kernel[0]) : 0;

  u0 = MIN (u0, u1);
  return (Reach){ .u0 = u0,
                  .u1 = u1,
                  .x = u0 < u1 ? b->x + (y + u0 * dilation - b->x_first) * b->x_row : b->x,
                  .step = dilation * b->x_row };
}

INLINED TnVector
bias_at (const TnDepthwiseBlock *b, gint64 channel)
{
  return b->bias != NULL ? tn_vector_load (b->bias + channel) : (TnVector){ 0 };
}

/* GROUP pixels from @ox on of one vector of channels. @held: the weights of all taps, or NULL to
 * load them. @inside: all columns lie inside the input. @wanted: all results are. */
INLINED void
group (const TnDepthwiseBlock *b, const Reach *r, gint64 ox, gint64 channel, const TnVector *held,
       TnVector bias, float *out, const int width, const int stride, gint64 taps,
       const gboolean inside, const gboolean wanted, const gboolean by_channel)
{
  const int columns = (GROUP - 1) * stride + width;
  gint64 x0 = ox * stride - b->pad[1];
  TnVector sums[GROUP];

  /* The next channels will be written a whole pass later: memory is slower than any other pass. */
  if (by_channel)
    {
#pragma GCC unroll 4
      for (int p = 0; p < GROUP; p++)
        __builtin_prefetch (out + (ox + p) * b->out_pixel + channel + TN_VECTOR, 1, 3);
    }
  for (int p = 0; p < GROUP; p++)
    sums[p] = bias;
#pragma GCC unroll 3
  for (gint64 u = 0; u < taps; u++)
    {
      const float *x = r->x + u * r->step + channel;
      const float *weights = b->weights + (r->u0 + u) * width * b->tap + channel;
      TnVector in[MAX_COLUMNS];
#pragma GCC unroll 11
      for (int i = 0; i < columns; i++)
        {
          gboolean there = inside || (guint64)(x0 + i) < (guint64)b->w;
          in[i] = tn_vector_load (there ? x + (x0 + i) * b->x_pixel : outside);
        }
#pragma GCC unroll 5
      for (int v = 0; v < width; v++)
        {
          TnVector weight
              = held != NULL ? held[u * width + v] : tn_vector_load (weights + v * b->tap);
#pragma GCC unroll 4
          for (int p = 0; p < GROUP; p++)
            sums[p] += in[p * stride + v] * weight;
        }
    }
  TnVector low = tn_vector_of (b->low), high = tn_vector_of (b->high);
#pragma GCC unroll 4
  for (int p = 0; p < GROUP; p++)
    if (wanted || ox + p < b->ow)
      tn_vector_store (out + (ox + p) * b->out_pixel + channel,
                       tn_vector_min (high, tn_vector_max (low, sums[p])));
}

/* Groups from @whole_from to @whole_to - 1 need not look at the edges. */
static void
whole_groups (const TnDepthwiseBlock *b, const int width, const int stride, gint64 *from,
              gint64 *to)
{
  const int columns = (GROUP - 1) * stride + width;
  gint64 first = (b->pad[1] + stride - 1) / stride;
  *from = (first + GROUP - 1) / GROUP * GROUP;
  /* The last group that ends within the input and the output. */
  gint64 room = b->w + b->pad[1] - columns;
  gint64 last = room < 0 ? -1 : MIN (room / stride, b->ow - GROUP);
  *to = last < *from ? 0 : last / GROUP * GROUP + GROUP;
}

INLINED void
row_of_channel (const TnDepthwiseBlock *b, const Reach *r, gint64 channel, const TnVector *held,
                float *out, const int width, const int stride, gint64 taps, gint64 from, gint64 to)
{
  TnVector bias = bias_at (b, channel);
  gint64 ox = 0;

  for (; ox < MIN (from, b->ow); ox += GROUP)
    group (b, r, ox, channel, held, bias, out, width, stride, taps, FALSE, FALSE, TRUE);
  for (; ox < to; ox += GROUP)
    group (b, r, ox, channel, held, bias, out, width, stride, taps, TRUE, TRUE, TRUE);
  for (; ox < b->ow; ox += GROUP)
    group (b, r, ox, channel, held, bias, out, width, stride, taps, FALSE, FALSE, TRUE);
}

/* By channels as well, for small inputs: a vector of channels of the whole input is put into a
 * frame of zeros, so that there are no edges. FALSE if it does not fit. */
INLINED gboolean
framed (const TnDepthwiseBlock *b, const int width, const int stride)
{
  gint64 across = ((b->ow + GROUP - 1) / GROUP * GROUP - 1) * stride + width;
  gint64 down = (b->to - b->from - 1) * b->stride[0] + (b->kernel[0] - 1) * b->dilation[0] + 1;
  gint64 y0 = b->from * b->stride[0] - b->pad[0];
  gint64 top = MAX (-y0, 0), bottom = MIN (b->h - y0, down);
  gint64 left = b->pad[1], right = MIN (b->w + left, across);
  TnVector frame[MOST_FRAMED];

  if (across > MOST_FRAMED || down > MOST_FRAMED / across)
    return FALSE;
  memset (frame, 0, across * down * sizeof *frame);

  TnDepthwiseBlock local = *b;
  local.x_pixel = TN_VECTOR;
  local.pad[1] = 0;
  for (gint64 i = 0; i < b->channels; i += TN_VECTOR)
    {
      gint64 channel = MIN (i, b->channels - TN_VECTOR);
      TnVector bias = bias_at (b, channel);
      TnVector held[9] = { { 0 } };
      const gboolean small = width == 3 && b->kernel[0] == 3;

      for (gint64 y = top; y < bottom; y++)
        {
          const float *x = b->x + (y0 + y - b->x_first) * b->x_row + channel;
          for (gint64 column = left; column < right; column++)
            frame[y * across + column] = tn_vector_load (x + (column - left) * b->x_pixel);
        }
      local.weights = b->weights + channel;
      if (small)
#pragma GCC unroll 9
        for (int t = 0; t < 9; t++)
          held[t] = tn_vector_load (local.weights + t * b->tap);
      for (gint64 row = b->from; row < b->to; row++)
        {
          Reach r = { .u1 = b->kernel[0],
                      .x = (const float *)(frame + (row - b->from) * b->stride[0] * across),
                      .step = b->dilation[0] * across * TN_VECTOR };
          float *out = b->out + (row - b->from) * b->out_row + channel;
          gint64 ox = 0;
          if (small)
            for (; ox + GROUP <= b->ow; ox += GROUP)
              group (&local, &r, ox, 0, held, bias, out, width, stride, 3, TRUE, TRUE, TRUE);
          for (; ox < b->ow; ox += GROUP)
            group (&local, &r, ox, 0, NULL, bias, out, width, stride, b->kernel[0], TRUE, FALSE,
                   TRUE);
        }
    }
  return TRUE;
}

/* One vector of channels after the other, each through all rows. */
INLINED void
by_channels (const TnDepthwiseBlock *b, const int width, const int stride)
{
  gint64 from, to;
  whole_groups (b, width, stride, &from, &to);

  for (gint64 i = 0; i < b->channels; i += TN_VECTOR)
    {
      /* The last vector is put where it fits: some channels are done twice, to the same end. */
      gint64 channel = MIN (i, b->channels - TN_VECTOR);
      TnVector held[9] = { { 0 } };
      gboolean small = width == 3 && b->kernel[0] == 3;
      if (small)
#pragma GCC unroll 9
        for (int t = 0; t < 9; t++)
          held[t] = tn_vector_load (b->weights + t * b->tap + channel);
      for (gint64 row = b->from; row < b->to; row++)
        {
          Reach r = reach (b, row);
          float *out = b->out + (row - b->from) * b->out_row;
          if (small && r.u1 - r.u0 == 3)
            row_of_channel (b, &r, channel, held, out, width, stride, 3, from, to);
          else
            row_of_channel (b, &r, channel, NULL, out, width, stride, r.u1 - r.u0, from, to);
        }
    }
}

INLINED void
groups_of_row (const TnDepthwiseBlock *b, const Reach *r, float *out, const int width,
               const int stride, gint64 taps, gint64 from, gint64 to)
{
  for (gint64 ox = 0; ox < b->ow; ox += GROUP)
    {
      gboolean whole = ox >= from && ox < to;
      for (gint64 i = 0; i < b->channels; i += TN_VECTOR)
        {
          gint64 channel = MIN (i, b->channels - TN_VECTOR);
          if (whole)
            group (b, r, ox, channel, NULL, bias_at (b, channel), out, width, stride, taps, TRUE,
                   TRUE, FALSE);
          else
            group (b, r, ox, channel, NULL, bias_at (b, channel), out, width, stride, taps, FALSE,
                   FALSE, FALSE);
        }
    }
}

/* Row by row, group by group, all channels of a group together. */
INLINED void
in_order (const TnDepthwiseBlock *b, const int width, const int stride)
{
  gint64 from, to;
  whole_groups (b, width, stride, &from, &to);

  for (gint64 row = b->from; row < b->to; row++)
    {
      Reach r = reach (b, row);
      float *out = b->out + (row - b->from) * b->out_row;
      if (width == 3 && r.u1 - r.u0 == 3)
        groups_of_row (b, &r, out, width, stride, 3, from, to);
      else
        groups_of_row (b, &r, out, width, stride, r.u1 - r.u0, from, to);
    }
}

#define WINDOW(width, stride)                                                                      \
  static void window_##width##_##stride (const TnDepthwiseBlock *b)                                \
  {                                                                                                \
    if (b->channels <= MOST_CHANNELS_IN_ORDER)                                                     \
      in_order (b, width, stride);                                                                 \
    else if (stride > 1 || !framed (b, width, stride))                                             \
      by_channels (b, width, stride);                                                              \
  }
WINDOW (3, 1)
WINDOW (3, 2)
WINDOW (5, 1)
WINDOW (5, 2)

/* Any window, and any number of channels. */
static void
any_window (const TnDepthwiseBlock *b)
{
  TnVector low = tn_vector_of (b->low), high = tn_vector_of (b->high);

  for (gint64 row = b->from; row < b->to; row++)
    {
      Reach r = reach (b, row);
      for (gint64 ox = 0; ox < b->ow; ox++)
        {
          gint64 x0 = ox * b->stride[1] - b->pad[1];
          gint64 dilation = b->dilation[1];
          gint64 v0 = x0 < 0 ? (-x0 + dilation - 1) / dilation : 0;
          gint64 v1 = b->w > x0 ? MIN ((b->w - x0 + dilation - 1) / dilation, b->kernel[1]) : 0;
          float *out = b->out + (row - b->from) * b->out_row + ox * b->out_pixel;
          const float *weights = b->weights + r.u0 * b->kernel[1] * b->tap;
          gint64 taps = r.u1 - r.u0;

          if (b->channels >= TN_VECTOR)
            for (gint64 i = 0; i < b->channels; i += TN_VECTOR)
              {
                gint64 channel = MIN (i, b->channels - TN_VECTOR);
                TnVector sum = bias_at (b, channel);
                for (gint64 u = 0; u < taps; u++)
                  for (gint64 v = v0; v < v1; v++)
                    sum += tn_vector_load (r.x + u * r.step + (x0 + v * dilation) * b->x_pixel
                                           + channel)
                           * tn_vector_load (weights + (u * b->kernel[1] + v) * b->tap + channel);
                tn_vector_store (out + channel, tn_vector_min (high, tn_vector_max (low, sum)));
              }
          else
            {
              /* What is beyond the channels is 0 and not written. */
              TnVector sum = { 0 };
              if (b->bias != NULL)
                sum = tn_vector_load_part (b->bias, b->channels);
              for (gint64 u = 0; u < taps; u++)
                for (gint64 v = v0; v < v1; v++)
                  sum += tn_vector_load_part (r.x + u * r.step + (x0 + v * dilation) * b->x_pixel,
                                              b->channels)
                         * tn_vector_load_part (weights + (u * b->kernel[1] + v) * b->tap,
                                                b->channels);
              tn_vector_store_part (out, tn_vector_min (high, tn_vector_max (low, sum)),
                                    b->channels);
            }
        }
    }
}

void
TN_ISA_SYMBOL (tn_depthwise_block) (const TnDepthwiseBlock *b)
{
  gint64 width = b->kernel[1], stride = b->stride[1];

  if (b->channels < TN_VECTOR || b->dilation[1] != 1)
    any_window (b);
  else if (width == 3 && stride == 1)
    window_3_1 (b);
  else if (width == 3 && stride == 2)
    window_3_2 (b);
  else if (width == 5 && stride == 1)
    window_5_1 (b);
  else if (width == 5 && stride == 2)
    window_5_2 (b);
  else
    any_window (b);
}
