/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooling: the largest or the mean of a sliding window or of each of so many fields, and the mean
 * of whole images.
 *
 * max_pool, average_pool: x (n, h, w, c)  ->  (n, oh, ow, c); settings kernel, stride, pad_before,
 * pad_after, and count_padding for the mean (padding counts as zeros; Keras never does that).
 * adaptive_max_pool, adaptive_average_pool: x (n, h, w, c)  ->  (n, oh, ow, c) with oh, ow =
 * settings.kernel; field i of o along an axis of size s reaches from ⌊i·s/o⌋ to ⌈(i + 1)·s/o⌉.
 * mean_spatial: x (n, h, w, c)  ->  (n, c). Not-a-number wins every maximum, as in NumPy. */
#include "kernels/tn-pool-row.h"
#include "ops/tn-op.h"

#include <math.h>

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

/* Hands on the windows that were gathered. */
static void
flush (const Pool *p, TnPoolRow *row)
{
  if (row->n > 0 && p->c > 0)
    (p->maximum ? tn_pool_set ()->largest : tn_pool_set ()->mean) (row);
  row->out += row->n * p->c;
  row->n = 0;
}

/* One output row. */
static void
pool_band (gint64 band, guint worker, gpointer data)
{
  const Pool *p = data;
  const float *x = p->data->inputs[0] + band / p->oh * p->h * p->w * p->c;
  gint64 y0, y1;
  window (p, 0, p->h, band % p->oh, &y0, &y1);

  TnPoolRow row = {
    .row = p->w * p->c,
    .rows = y1 - y0,
    .channels = p->c,
    .out = p->data->output + band * p->ow * p->c,
  };
  if (y0 < y1)
    row.x = x + y0 * row.row;
  for (gint64 ox = 0; ox < p->ow; ox++)
    {
      gint64 x0, x1;
      window (p, 1, p->w, ox, &x0, &x1);
      if (y0 >= y1 || x0 >= x1) /* a window that lies in the padding */
        {
          flush (p, &row);
          for (gint64 i = 0; i < p->c; i++)
            *row.out++ = p->maximum ? -INFINITY : 0.0f;
          continue;
        }
      gint64 inside = (y1 - y0) * (x1 - x0);
      row.from[row.n] = x0;
      row.to[row.n] = x1;
      row.divisor[row.n] = p->adaptive ? (float)inside : divisor (p->settings, inside);
      if (++row.n == TN_POOL_WINDOWS)
        flush (p, &row);
    }
  flush (p, &row);
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

/* Some channels of an image. */
#define MEAN_CHANNELS 256

static void
mean_band (gint64 band, guint worker, gpointer data)
{
  const Mean *mean = data;
  gint64 pieces = tn_op_bands (mean->c, MEAN_CHANNELS);
  gint64 image = band / pieces, first = band % pieces * MEAN_CHANNELS;

  tn_pool_set ()->mean_of_pixels (mean->data->inputs[0] + image * mean->pixels * mean->c + first,
                                  mean->pixels, mean->c, MIN (mean->c - first, MEAN_CHANNELS),
                                  mean->data->output + image * mean->c + first);
}

static void
mean_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const TnShape *x = call->inputs[0];
  Mean mean = { .pixels = tn_op_product (x, 1, 3), .c = tn_op_dim (x, 3), .data = data };
  tn_kernel_for (context, tn_op_dim (x, 0) * tn_op_bands (mean.c, MEAN_CHANNELS), mean_band, &mean);
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
