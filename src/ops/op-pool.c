/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooling: the largest or the mean of a sliding window or of each of so many fields, and the mean
 * of whole images.
 *
 * max_pool, average_pool: x (n, h, w, c)  ->  (n, oh, ow, c); settings kernel, stride, pad_before,
 * pad_after, and count_padding for the mean (padding counts as zeros; Keras never does that).
 * adaptive_max_pool, adaptive_average_pool: x (n, h, w, c)  ->  (n, oh, ow, c) with oh, ow =
 * settings.kernel; field i of o along an axis of size s reaches from ⌊i·s/o⌋ to ⌈(i + 1)·s/o⌉.
 * mean_spatial: x (n, h, w, c)  ->  (n, c). Not-a-number wins every maximum, as in NumPy. */
#include "ops/tn-op.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const TnOpSettings *settings;
  gint64 n, h, w, c;
  gint64 oh, ow;
  const TnOpData *data;
  gboolean maximum;
  gboolean adaptive;
} Pool;

/* The part of the window of output @at that lies inside the input: @from … @to - 1. */
static void
window (const Pool *p, int axis, gint64 size, gint64 at, gint64 *from, gint64 *to)
{
  const TnOpSettings *settings = p->settings;

  if (p->adaptive)
    {
      /* at·size/out without the product, which might not fit. */
      gint64 out = settings->kernel[axis];
      gint64 each = size / out, rest = size % out;
      *from = at * each + at * rest / out;
      *to = (at + 1) * each + ((at + 1) * rest + out - 1) / out;
      return;
    }
  gint64 start = at * settings->stride[axis] - settings->pad_before[axis];
  *from = MAX (start, 0);
  *to = MIN (start + settings->kernel[axis], size);
}

static TnShape
pool_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  const TnOpSettings *settings = call->settings;

  if (x->rank != 4)
    tn_op_misuse ("pool", call, "the input must have 4 dims");
  TnShape shape = *x;
  for (int i = 0; i < 2; i++)
    {
      if (settings->kernel[i] < 1 || settings->pad_before[i] < 0 || settings->pad_after[i] < 0)
        tn_op_misuse ("pool", call, "an empty window or negative padding");
      if (settings->dilation[i] > 1)
        tn_op_misuse ("pool", call, "windows cannot be dilated");
      gint64 room = tn_op_dim (x, i + 1) + settings->pad_before[i] + settings->pad_after[i]
                    - settings->kernel[i];
      shape.dims[i + 1] = tn_dim (room < 0 ? 0 : room / settings->stride[i] + 1);
    }
  return shape;
}

static Pool
pool (const TnOpCall *call)
{
  const TnShape *x = call->inputs[0];
  return (Pool){
    .settings = call->settings,
    .n = tn_op_dim (x, 0),
    .h = tn_op_dim (x, 1),
    .w = tn_op_dim (x, 2),
    .c = tn_op_dim (x, 3),
    .oh = tn_op_dim (call->output, 1),
    .ow = tn_op_dim (call->output, 2),
  };
}

static float
divisor (const TnOpSettings *settings, gint64 inside)
{
  if (settings->count_padding)
    return (float)(settings->kernel[0] * settings->kernel[1]);
  return (float)MAX (inside, 1);
}

/* One output row: channels run innermost, so that they can be taken several at a time. */
static void
pool_band (gint64 band, guint worker, gpointer data)
{
  const Pool *p = data;
  const float *x = p->data->inputs[0] + band / p->oh * p->h * p->w * p->c;
  float *out = p->data->output + band * p->ow * p->c;
  gint64 y0, y1;
  window (p, 0, p->h, band % p->oh, &y0, &y1);

  for (gint64 ox = 0; ox < p->ow; ox++, out += p->c)
    {
      gint64 x0, x1;
      window (p, 1, p->w, ox, &x0, &x1);
      for (gint64 iy = y0; iy < y1; iy++)
        for (gint64 ix = x0; ix < x1; ix++)
          {
            const float *restrict pixel = x + (iy * p->w + ix) * p->c;
            float *restrict to = out;
            if (iy == y0 && ix == x0)
              memcpy (to, pixel, p->c * sizeof *to);
            else if (p->maximum)
              for (gint64 i = 0; i < p->c; i++)
                to[i] = pixel[i] > to[i] || pixel[i] != pixel[i] ? pixel[i] : to[i];
            else
              for (gint64 i = 0; i < p->c; i++)
                to[i] += pixel[i];
          }
      if (y0 >= y1 || x0 >= x1) /* a window that lies in the padding */
        for (gint64 i = 0; i < p->c; i++)
          out[i] = p->maximum ? -INFINITY : 0.0f;
      if (!p->maximum)
        {
          gint64 inside = MAX (y1 - y0, 0) * MAX (x1 - x0, 0);
          float by = p->adaptive ? (float)MAX (inside, 1) : divisor (p->settings, inside);
          for (gint64 i = 0; i < p->c; i++)
            out[i] /= by;
        }
    }
}

static void
run_pool (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context,
          gboolean maximum, gboolean adaptive)
{
  Pool p = pool (call);
  p.data = data;
  p.maximum = maximum;
  p.adaptive = adaptive;
  tn_kernel_for (context, p.n * p.oh, pool_band, &p);
}

static void
max_pool_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  run_pool (call, data, context, TRUE, FALSE);
}

static void
average_pool_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  run_pool (call, data, context, FALSE, FALSE);
}

/* Walks the whole window, padding included, one output element at a time. */
static void
pool_naively (const TnOpCall *call, const TnOpData *data, gboolean maximum)
{
  Pool p = pool (call);
  const TnOpSettings *settings = call->settings;
  float *out = data->output;

  for (gint64 n = 0; n < p.n; n++)
    for (gint64 oy = 0; oy < p.oh; oy++)
      for (gint64 ox = 0; ox < p.ow; ox++)
        for (gint64 c = 0; c < p.c; c++)
          {
            double best = -INFINITY;
            double sum = 0.0;
            gint64 inside = 0;
            for (gint64 u = 0; u < settings->kernel[0]; u++)
              for (gint64 v = 0; v < settings->kernel[1]; v++)
                {
                  gint64 y = oy * settings->stride[0] + u - settings->pad_before[0];
                  gint64 x = ox * settings->stride[1] + v - settings->pad_before[1];
                  if (y < 0 || y >= p.h || x < 0 || x >= p.w)
                    continue;
                  double value = data->inputs[0][((n * p.h + y) * p.w + x) * p.c + c];
                  sum += value;
                  inside++;
                  if (isnan (value) || value > best)
                    best = value;
                }
            *out++ = (float)(maximum ? best : sum / divisor (settings, inside));
          }
}

static void
max_pool_reference (const TnOpCall *call, const TnOpData *data)
{
  pool_naively (call, data, TRUE);
}

static void
average_pool_reference (const TnOpCall *call, const TnOpData *data)
{
  pool_naively (call, data, FALSE);
}

static TnShape
adaptive_shape (const TnOpCall *call, const TnShape *given)
{
  const gint64 *out = call->settings->kernel;

  if (call->inputs[0]->rank != 4)
    tn_op_misuse ("adaptive_pool", call, "the input must have 4 dims");
  if (out[0] < 1 || out[1] < 1)
    tn_op_misuse ("adaptive_pool", call, "no fields");
  TnShape shape = *call->inputs[0];
  shape.dims[1] = tn_dim (out[0]);
  shape.dims[2] = tn_dim (out[1]);
  return shape;
}

static void
adaptive_max_pool_kernel (const TnOpCall *call, const TnOpData *data,
                          const TnKernelContext *context)
{
  run_pool (call, data, context, TRUE, TRUE);
}

static void
adaptive_average_pool_kernel (const TnOpCall *call, const TnOpData *data,
                              const TnKernelContext *context)
{
  run_pool (call, data, context, FALSE, TRUE);
}

/* Does pixel @i of @size lie in field @at of @out? Pixel i covers i/size … (i + 1)/size. */
static gboolean
in_field (gint64 i, gint64 size, gint64 at, gint64 out)
{
  return (i + 1) * out > at * size && i * out < (at + 1) * size;
}

/* Asks every pixel for every field. */
static void
adaptive_naively (const TnOpCall *call, const TnOpData *data, gboolean maximum)
{
  Pool p = pool (call);
  float *out = data->output;

  for (gint64 n = 0; n < p.n; n++)
    for (gint64 oy = 0; oy < p.oh; oy++)
      for (gint64 ox = 0; ox < p.ow; ox++)
        for (gint64 c = 0; c < p.c; c++)
          {
            double best = -INFINITY;
            double sum = 0.0;
            gint64 inside = 0;
            for (gint64 y = 0; y < p.h; y++)
              for (gint64 x = 0; x < p.w; x++)
                if (in_field (y, p.h, oy, p.oh) && in_field (x, p.w, ox, p.ow))
                  {
                    double value = data->inputs[0][((n * p.h + y) * p.w + x) * p.c + c];
                    sum += value;
                    inside++;
                    if (isnan (value) || value > best)
                      best = value;
                  }
            *out++ = (float)(maximum ? best : sum / MAX (inside, 1));
          }
}

static void
adaptive_max_pool_reference (const TnOpCall *call, const TnOpData *data)
{
  adaptive_naively (call, data, TRUE);
}

static void
adaptive_average_pool_reference (const TnOpCall *call, const TnOpData *data)
{
  adaptive_naively (call, data, FALSE);
}

static TnShape
mean_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  if (x->rank != 4)
    tn_op_misuse ("mean_spatial", call, "the input must have 4 dims");
  const gint64 sizes[] = { tn_op_dim (x, 0), tn_op_dim (x, 3) };
  return tn_shape_new (sizes, 2);
}

typedef struct
{
  gint64 pixels, c;
  const TnOpData *data;
} Mean;

/* One image; sums in double precision, a block of channels at a time. */
static void
mean_band (gint64 band, guint worker, gpointer data)
{
  enum
  {
    BLOCK = 64
  };
  const Mean *mean = data;
  const float *x = mean->data->inputs[0] + band * mean->pixels * mean->c;
  float *out = mean->data->output + band * mean->c;

  for (gint64 c0 = 0; c0 < mean->c; c0 += BLOCK)
    {
      double sum[BLOCK] = { 0 };
      gint64 width = MIN (BLOCK, mean->c - c0);
      for (gint64 i = 0; i < mean->pixels; i++)
        for (gint64 c = 0; c < width; c++)
          sum[c] += x[i * mean->c + c0 + c];
      /* The mean of no pixels is not a number, as in NumPy. */
      for (gint64 c = 0; c < width; c++)
        out[c0 + c] = (float)(sum[c] / mean->pixels);
    }
}

static void
mean_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const TnShape *x = call->inputs[0];
  Mean mean = { .pixels = tn_op_product (x, 1, 3), .c = tn_op_dim (x, 3), .data = data };
  tn_kernel_for (context, tn_op_dim (x, 0), mean_band, &mean);
}

static void
mean_reference (const TnOpCall *call, const TnOpData *data)
{
  const TnShape *x = call->inputs[0];
  gint64 pixels = tn_op_product (x, 1, 3);
  gint64 channels = tn_op_dim (x, 3);

  for (gint64 n = 0; n < tn_op_dim (x, 0); n++)
    for (gint64 c = 0; c < channels; c++)
      {
        double sum = 0.0;
        for (gint64 i = 0; i < pixels; i++)
          sum += data->inputs[0][(n * pixels + i) * channels + c];
        data->output[n * channels + c] = (float)(sum / pixels);
      }
}

static const char *
pool_kernel_name (const TnOpCall *call)
{
  return "window";
}

static const char *
mean_kernel_name (const TnOpCall *call)
{
  return "mean";
}

const TnOp tn_op_max_pool = {
  .name = "max_pool",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = pool_shape,
  .kernel_name = pool_kernel_name,
  .kernel = max_pool_kernel,
  .reference = max_pool_reference,
};

const TnOp tn_op_average_pool = {
  .name = "average_pool",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = pool_shape,
  .kernel_name = pool_kernel_name,
  .kernel = average_pool_kernel,
  .reference = average_pool_reference,
};

const TnOp tn_op_adaptive_max_pool = {
  .name = "adaptive_max_pool",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = adaptive_shape,
  .kernel_name = pool_kernel_name,
  .kernel = adaptive_max_pool_kernel,
  .reference = adaptive_max_pool_reference,
};

const TnOp tn_op_adaptive_average_pool = {
  .name = "adaptive_average_pool",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = adaptive_shape,
  .kernel_name = pool_kernel_name,
  .kernel = adaptive_average_pool_kernel,
  .reference = adaptive_average_pool_reference,
};

const TnOp tn_op_mean_spatial = {
  .name = "mean_spatial",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = mean_shape,
  .kernel_name = mean_kernel_name,
  .kernel = mean_kernel,
  .reference = mean_reference,
};
