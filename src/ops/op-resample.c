/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bringing an axis to another length by interpolation; images are resized by one such call an axis.
 *
 * x  ->  x's shape with settings.axis kernel[0] long. The centre of output i lies at
 * (i + 1/2)·in/out − 1/2 of the input. nearest takes the element there; the others weigh those
 * around by a kernel of the distance (wider by in/out when settings.antialias shrinks), and divide
 * by the weights' sum. */
#include "ops/tn-op.h"

#include <math.h>
#include <string.h>

#define LANCZOS_NEAR 1e-3 /* closer than this the quotient is 1 */

static TnShape
resample_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = *call->inputs[0];
  int axis = call->settings->axis;

  if (axis < 0 || axis >= shape.rank || call->settings->kernel[0] < 0)
    tn_op_misuse ("resample", call, "there is no such axis");
  if (tn_op_dim (&shape, axis) == 0 && call->settings->kernel[0] > 0)
    tn_op_misuse ("resample", call, "of nothing nothing can be made");
  shape.dims[axis] = tn_dim (call->settings->kernel[0]);
  return shape;
}

/* How far the kernel reaches. */
static double
support (TnInterpolation interpolation)
{
  switch (interpolation)
    {
    case TN_INTERPOLATION_BILINEAR:
      return 1.0;
    case TN_INTERPOLATION_BICUBIC:
      return 2.0;
    case TN_INTERPOLATION_LANCZOS3:
      return 3.0;
    case TN_INTERPOLATION_LANCZOS5:
      return 5.0;
    default:
      return 0.0;
    }
}

static double
weight_at (TnInterpolation interpolation, double x)
{
  double radius = support (interpolation);

  if (x > radius)
    return 0.0;
  switch (interpolation)
    {
    case TN_INTERPOLATION_BILINEAR:
      return 1.0 - x;
    case TN_INTERPOLATION_BICUBIC: /* Keys, "Cubic convolution interpolation" (1981) */
      return x < 1.0 ? (1.5 * x - 2.5) * x * x + 1.0 : ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
    case TN_INTERPOLATION_LANCZOS3:
    case TN_INTERPOLATION_LANCZOS5:
      return x <= LANCZOS_NEAR
                 ? 1.0
                 : radius * sin (G_PI * x) * sin (G_PI * x / radius) / (G_PI * G_PI * x * x);
    default:
      g_assert_not_reached ();
    }
}

typedef struct
{
  const TnOpSettings *settings;
  TnLanes x;
  gint64 size;   /* of the output's axis */
  gint64 taps;   /* weights of each output at most */
  double scale;  /* in/out */
  double width;  /* what distances are divided by */
  gint64 *first; /* input of each output's first weight */
  float *weights;
  TnGrid grid;
  const TnOpData *data;
} Resample;

static Resample
resample (const TnOpCall *call)
{
  Resample r = { .settings = call->settings,
                 .x = tn_op_lanes (call->inputs[0], call->settings->axis),
                 .size = call->settings->kernel[0] };
  double reach;

  r.scale = r.size > 0 ? (double)r.x.size / (double)r.size : 1.0;
  r.width = call->settings->antialias ? MAX (r.scale, 1.0) : 1.0;
  reach = support (call->settings->interpolation) * r.width;
  r.taps = MIN ((gint64)(2.0 * ceil (reach)) + 2, MAX (r.x.size, 1));
  return r;
}

/* The input that output @at is nearest to, as Keras's backends find it: in single precision. */
static gint64
nearest (const Resample *r, gint64 at)
{
  float place = ((float)at + 0.5f) * (float)r->x.size / (float)r->size;

  return CLAMP ((gint64)floorf (place), 0, r->x.size - 1);
}

static void
weigh (const Resample *r, gint64 at)
{
  float *weights = r->weights + at * r->taps;
  double centre = ((double)at + 0.5) * r->scale - 0.5;
  double reach = support (r->settings->interpolation) * r->width;
  double sum = 0.0;
  gint64 first = CLAMP ((gint64)ceil (centre - reach), 0, r->x.size - r->taps);

  memset (weights, 0, r->taps * sizeof *weights);
  r->first[at] = first;
  if (r->settings->interpolation == TN_INTERPOLATION_NEAREST)
    {
      first = r->first[at] = MIN (nearest (r, at), r->x.size - r->taps);
      weights[nearest (r, at) - first] = 1.0f;
      return;
    }
  for (gint64 i = 0; i < r->taps; i++)
    sum += weight_at (r->settings->interpolation, fabs (centre - (double)(first + i)) / r->width);
  for (gint64 i = 0; i < r->taps && sum != 0.0; i++)
    weights[i] = (float)(weight_at (r->settings->interpolation,
                                    fabs (centre - (double)(first + i)) / r->width)
                         / sum);
}

static void
resample_band (gint64 band, guint worker, gpointer data)
{
  const Resample *r = data;
  gint64 row, last, from, to;

  tn_grid_band (&r->grid, band, &row, &last, &from, &to);
  for (; row < last; row++)
    {
      gint64 at = row % r->size;
      const float *weights = r->weights + at * r->taps;
      const float *x = r->data->inputs[0] + (row / r->size * r->x.size + r->first[at]) * r->x.inner;
      float *out = r->data->output + row * r->x.inner;

      memset (out + from, 0, (to - from) * sizeof *out);
      for (gint64 tap = 0; tap < r->taps; tap++)
        if (weights[tap] != 0.0f)
          for (gint64 i = from; i < to; i++)
            out[i] += weights[tap] * x[tap * r->x.inner + i];
    }
}

static void
resample_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Resample r = resample (call);

  if (r.x.size == 0)
    return;
  r.data = data;
  r.first = tn_kernel_shared (context);
  r.weights = (float *)(r.first + r.size);
  for (gint64 at = 0; at < r.size; at++)
    weigh (&r, at);
  r.grid = tn_grid (r.x.outer * r.size, r.x.inner);
  tn_kernel_for (context, r.grid.n_bands, resample_band, &r);
}

static TnScratch
resample_scratch (const TnOpCall *call)
{
  Resample r = resample (call);

  return (TnScratch){ .shared
                      = (gsize)r.size * (sizeof (gint64) + (gsize)r.taps * sizeof (float)) };
}

/* Every input weighs in on every output. */
static void
resample_reference (const TnOpCall *call, const TnOpData *data)
{
  Resample r = resample (call);

  for (gint64 row = 0; row < r.x.outer * r.size; row++)
    for (gint64 i = 0; i < r.x.inner; i++)
      {
        const float *x = data->inputs[0] + row / r.size * r.x.size * r.x.inner + i;
        double centre = ((double)(row % r.size) + 0.5) * r.scale - 0.5;
        double sum = 0.0, weights = 0.0;

        for (gint64 j = 0; j < r.x.size; j++)
          {
            double weight
                = r.settings->interpolation == TN_INTERPOLATION_NEAREST
                      ? j == nearest (&r, row % r.size)
                      : weight_at (r.settings->interpolation, fabs (centre - j) / r.width);

            sum += weight * x[j * r.x.inner];
            weights += weight;
          }
        data->output[row * r.x.inner + i] = (float)(sum / weights);
      }
}

static double
resample_flops (const TnOpCall *call)
{
  Resample r = resample (call);

  return 2.0 * (double)tn_shape_elements (call->output, 0) * (double)r.taps;
}

static const char *
resample_kernel_name (const TnOpCall *call)
{
  return "row by row";
}

const TnOp tn_op_resample = {
  .name = "resample",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = resample_shape,
  .kernel_name = resample_kernel_name,
  .scratch = resample_scratch,
  .flops = resample_flops,
  .kernel = resample_kernel,
  .reference = resample_reference,
};
