/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Depthwise convolution: its division into bands, and the way to the instruction set's code. */
#include "kernels/tn-depthwise.h"

#include "kernels/tn-cpu.h"
#include "kernels/tn-depthwise-block.h"

/* What a band reads for one vector of channels should stay in a first-level cache for the rows
 * that share it: a line of 64 bytes for each pixel. */
#define BAND_PIXELS 800
/* Less work than that is not worth handing to another worker. */
#define BAND_MULTIPLY_ADDS (128 * 1024)
/* So many bands of a sample are enough, unless they are as many times larger. */
#define ENOUGH_BANDS 16
/* Rows repeated for several filters of a channel; they should stay in a second-level cache. */
#define REPEATED_FLOATS (64 * 1024)
/* Channels are divided at whole lines. */
#define LINE_FLOATS 16

static gint64
input_rows (const TnDepthwiseSizes *sizes, gint64 rows)
{
  return (rows - 1) * sizes->stride[0] + (sizes->kernel[0] - 1) * sizes->dilation[0] + 1;
}

/* Of one sample. */
static gint64
row_bands (const TnDepthwise *plan)
{
  return (plan->sizes.oh + plan->rows - 1) / plan->rows;
}

/* Where the bands of @piece begin, of all channels. */
static gint64
piece_start (const TnDepthwise *plan, gint64 piece)
{
  gint64 f = plan->sizes.c * plan->sizes.multiplier;
  gint64 lines = (f + LINE_FLOATS - 1) / LINE_FLOATS;
  gint64 line = lines / plan->pieces * piece + MIN (piece, lines % plan->pieces);
  return MIN (line * LINE_FLOATS, f);
}

TnDepthwise
tn_depthwise_plan (const TnDepthwiseSizes *sizes)
{
  TnDepthwise plan = { .sizes = *sizes };
  gint64 f = sizes->c * sizes->multiplier;
  gint64 row_pixels = MAX (sizes->ow, sizes->w / sizes->stride[1]);

  plan.rows = CLAMP (BAND_PIXELS / MAX (row_pixels, 1), 1, MAX (sizes->oh, 1));
  plan.pieces = 1;
  if (sizes->multiplier > 1)
    while (plan.rows > 1 && input_rows (sizes, plan.rows) * sizes->w * f > REPEATED_FLOATS)
      plan.rows = (plan.rows + 1) / 2;
  else
    {
      /* Equal ones, and a power of two, as long as they are worth it; in doubles, as sizes may be
       * anything. */
      double all = (double)plan.rows * (double)sizes->ow * (double)sizes->kernel[0]
                   * (double)sizes->kernel[1] * (double)f;
      while (all >= 2.0 * (double)plan.pieces * BAND_MULTIPLY_ADDS
             && 2 * plan.pieces * LINE_FLOATS <= f
             && (row_bands (&plan) * plan.pieces < ENOUGH_BANDS
                 || all > (double)(ENOUGH_BANDS * plan.pieces) * BAND_MULTIPLY_ADDS))
        plan.pieces *= 2;
    }
  if (f > 0)
    plan.n_bands = sizes->n * row_bands (&plan) * plan.pieces;
  return plan;
}

gsize
tn_depthwise_scratch (const TnDepthwise *plan)
{
  const TnDepthwiseSizes *sizes = &plan->sizes;
  gint64 rows = MIN (input_rows (sizes, plan->rows), sizes->h);
  if (sizes->multiplier == 1)
    return 0;
  return (gsize)rows * sizes->w * sizes->c * sizes->multiplier * sizeof (float);
}

const char *
tn_depthwise_name (const TnDepthwise *plan)
{
  static const char *const names[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = "direct, by channels of 4",
    [TN_ISA_AVX2] = "direct, by channels of 8",
    [TN_ISA_AVX512] = "direct, by channels of 16",
  };
  return names[tn_cpu ()->isa];
}

TnDepthwiseBand
tn_depthwise_band_at (const TnDepthwise *plan, gint64 band)
{
  gint64 piece = band % plan->pieces;
  gint64 row = band / plan->pieces % row_bands (plan) * plan->rows;

  return (TnDepthwiseBand){
    .sample = band / plan->pieces / row_bands (plan),
    .from = row,
    .to = MIN (row + plan->rows, plan->sizes.oh),
    .first = piece_start (plan, piece),
    .last = piece_start (plan, piece + 1),
  };
}

/* Each of @n numbers @times times. */
static void
repeat (const float *restrict from, gint64 n, gint64 times, float *restrict to)
{
  for (gint64 i = 0; i < n; i++)
    for (gint64 t = 0; t < times; t++)
      *to++ = from[i];
}

void
tn_depthwise_block (const TnDepthwiseBlock *block)
{
  static const TnDepthwiseFunc funcs[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = tn_depthwise_block_generic,
#ifdef TN_WITH_AVX
    [TN_ISA_AVX2] = tn_depthwise_block_avx2,
    [TN_ISA_AVX512] = tn_depthwise_block_avx512,
#endif
  };
  funcs[tn_cpu ()->isa](block);
}

void
tn_depthwise_run (const TnDepthwise *plan, gint64 band, const float *x, const float *weights,
                  const float *bias, float *out, float *scratch)
{
  const TnDepthwiseSizes *sizes = &plan->sizes;
  TnDepthwiseBand area = tn_depthwise_band_at (plan, band);
  gint64 f = sizes->c * sizes->multiplier;
  const float *sample = x + area.sample * sizes->h * sizes->w * sizes->c;

  TnDepthwiseBlock block = {
    .x = sample + area.first,
    .x_row = sizes->w * f,
    .x_pixel = f,
    .h = sizes->h,
    .w = sizes->w,
    .weights = weights + area.first,
    .tap = f,
    .bias = bias != NULL ? bias + area.first : NULL,
    .out = out + ((area.sample * sizes->oh + area.from) * sizes->ow) * f + area.first,
    .out_row = sizes->ow * f,
    .out_pixel = f,
    .from = area.from,
    .to = area.to,
    .ow = sizes->ow,
    .channels = area.last - area.first,
    .kernel = { sizes->kernel[0], sizes->kernel[1] },
    .stride = { sizes->stride[0], sizes->stride[1] },
    .dilation = { sizes->dilation[0], sizes->dilation[1] },
    .pad = { sizes->pad[0], sizes->pad[1] },
    .low = sizes->low,
    .high = sizes->high,
  };
  if (sizes->multiplier > 1)
    {
      gint64 first = area.from * sizes->stride[0] - sizes->pad[0];
      gint64 last = first + input_rows (sizes, area.to - area.from);
      first = CLAMP (first, 0, sizes->h);
      last = CLAMP (last, first, sizes->h);
      repeat (sample + first * sizes->w * sizes->c, (last - first) * sizes->w * sizes->c,
              sizes->multiplier, scratch);
      block.x = scratch;
      block.x_first = first;
    }
  tn_depthwise_block (&block);
}
