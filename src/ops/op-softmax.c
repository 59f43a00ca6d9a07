/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ops along one axis: softmax, its logarithm, sparsemax and the gated linear unit.
 *
 * All take x and settings.axis. The first three keep the shape; glu (a, b) = a · sigmoid (b) halves
 * the axis, whose size must be even. */
#include "kernels/tn-function.h"
#include "ops/tn-op.h"

#include <math.h>
#include <stdlib.h>

typedef void (*LaneFunc) (const float *x, float *out, gint64 n, gint64 step, float *scratch);

typedef struct
{
  TnLanes lanes;
  gint64 lanes_per_band;
  LaneFunc func;
  const TnOpData *data;
  const TnKernelContext *context;
} Lanewise;

static TnShape
lane_shape (const TnOpCall *call, const TnShape *given)
{
  if (call->settings->axis < 0 || call->settings->axis >= call->inputs[0]->rank)
    tn_op_misuse ("softmax", call, "there is no such axis");
  return *call->inputs[0];
}

static void
lane_band (gint64 band, guint worker, gpointer data)
{
  const Lanewise *l = data;
  gint64 n_lanes = l->lanes.outer * l->lanes.inner;
  gint64 lane = band * l->lanes_per_band;
  gint64 last = MIN (lane + l->lanes_per_band, n_lanes);
  float *scratch = l->context->scratch.worker > 0 ? tn_kernel_scratch (l->context, worker) : NULL;

  for (; lane < last; lane++)
    {
      gint64 start = lane / l->lanes.inner * l->lanes.size * l->lanes.inner + lane % l->lanes.inner;
      l->func (l->data->inputs[0] + start, l->data->output + start, l->lanes.size, l->lanes.inner,
               scratch);
    }
}

static void
run_lanes (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context,
           LaneFunc func)
{
  Lanewise l = { .lanes = tn_op_lanes (call->inputs[0], call->settings->axis),
                 .func = func,
                 .data = data,
                 .context = context };
  if (l.lanes.size == 0)
    return;
  l.lanes_per_band = MAX (TN_BAND_ELEMENTS / 4 / l.lanes.size, 1);
  tn_kernel_for (context, tn_op_bands (l.lanes.outer * l.lanes.inner, l.lanes_per_band), lane_band,
                 &l);
}

/* A lane in one piece: itself, or a copy of it in @scratch. */
static const float *
gathered (const float *x, gint64 n, gint64 step, float *scratch)
{
  if (step == 1)
    return x;
  for (gint64 i = 0; i < n; i++)
    scratch[i] = x[i * step];
  return scratch;
}

static void
softmax_lane (const float *x, float *out, gint64 n, gint64 step, float *scratch)
{
  const TnFunctionSet *set = tn_function_set (tn_cpu ()->isa);
  float *row = step == 1 ? out : scratch;

  x = gathered (x, n, step, scratch);
  set->scale (row, 1.0f / set->exponentials (x, set->largest (x, n), row, n), n);
  for (gint64 i = 0; step != 1 && i < n; i++)
    out[i * step] = row[i];
}

static void
log_softmax_lane (const float *x, float *out, gint64 n, gint64 step, float *scratch)
{
  const TnFunctionSet *set = tn_function_set (tn_cpu ()->isa);

  x = gathered (x, n, step, scratch);
  float best = set->largest (x, n);
  float log_sum = logf (set->exponentials (x, best, NULL, n));
  for (gint64 i = 0; i < n; i++)
    out[i * step] = x[i] - best - log_sum;
}

static int
descending (gconstpointer a, gconstpointer b)
{
  float x = *(const float *)a;
  float y = *(const float *)b;
  return x > y ? -1 : x < y ? 1 : 0;
}

/* Martins and Astudillo, "From softmax to sparsemax" (2016), as every Keras backend computes it:
 * the threshold is made of the sum of the partial sums of the support, where the paper has the last
 * of them. The two differ when more than one element is in the support; files made with Keras mean
 * Keras's. */
static void
sparsemax_lane (const float *x, float *out, gint64 n, gint64 step, float *sorted)
{
  for (gint64 i = 0; i < n; i++)
    sorted[i] = x[i * step];
  qsort (sorted, n, sizeof *sorted, descending);

  double partial = 0.0;
  double total = 0.0;
  gint64 support = 0;
  for (gint64 i = 0; i < n; i++)
    {
      partial += sorted[i];
      if (sorted[i] - (partial - 1.0) / (i + 1) > 0.0)
        {
          total += partial;
          support++;
        }
    }
  float threshold = (float)((total - 1.0) / support);
  for (gint64 i = 0; i < n; i++)
    {
      float y = x[i * step] - threshold;
      out[i * step] = y < 0.0f ? 0.0f : y;
    }
}

static void
softmax_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  run_lanes (call, data, context, softmax_lane);
}

static void
log_softmax_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  run_lanes (call, data, context, log_softmax_lane);
}

static void
sparsemax_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  run_lanes (call, data, context, sparsemax_lane);
}

static TnScratch
softmax_scratch (const TnOpCall *call)
{
  TnLanes lanes = tn_op_lanes (call->inputs[0], call->settings->axis);
  return (TnScratch){ .worker = lanes.inner == 1 ? 0 : lanes.size * sizeof (float) };
}

static TnScratch
sparsemax_scratch (const TnOpCall *call)
{
  gint64 size = tn_op_dim (call->inputs[0], call->settings->axis);
  return (TnScratch){ .worker = size * sizeof (float) };
}

/* Each element by itself, straight from the definition; as in Keras, of exponentials of what lies
 * below the largest, so that nothing is left of -inf, and no number where inf or -inf is all. */
static void
softmax_naively (const TnOpCall *call, const TnOpData *data, gboolean logarithm)
{
  TnLanes lanes = tn_op_lanes (call->inputs[0], call->settings->axis);
  const float *x = data->inputs[0];
  gint64 n = lanes.outer * lanes.size * lanes.inner;

  for (gint64 i = 0; i < n; i++)
    {
      gint64 start = i / (lanes.size * lanes.inner) * lanes.size * lanes.inner + i % lanes.inner;
      double largest = -INFINITY;
      double sum = 0.0;
      for (gint64 j = 0; j < lanes.size; j++)
        largest = fmax (largest, x[start + j * lanes.inner]);
      for (gint64 j = 0; j < lanes.size; j++)
        sum += exp (x[start + j * lanes.inner] - largest);
      data->output[i]
          = (float)(logarithm ? x[i] - largest - log (sum) : exp (x[i] - largest) / sum);
    }
}

static void
softmax_reference (const TnOpCall *call, const TnOpData *data)
{
  softmax_naively (call, data, FALSE);
}

static void
log_softmax_reference (const TnOpCall *call, const TnOpData *data)
{
  softmax_naively (call, data, TRUE);
}

/* Without sorting: an element's partial sum is that of all which stand before it in order. */
static void
sparsemax_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes lanes = tn_op_lanes (call->inputs[0], call->settings->axis);

  for (gint64 lane = 0; lane < lanes.outer * lanes.inner; lane++)
    {
      gint64 start = lane / lanes.inner * lanes.size * lanes.inner + lane % lanes.inner;
      const float *x = data->inputs[0] + start;
      double total = 0.0;
      double support = 0.0;
      for (gint64 i = 0; i < lanes.size; i++)
        {
          double xi = x[i * lanes.inner];
          double partial = 0.0;
          double place = 0.0;
          for (gint64 j = 0; j < lanes.size; j++)
            {
              double xj = x[j * lanes.inner];
              if (xj > xi || (xj == xi && j <= i))
                {
                  partial += xj;
                  place += 1.0;
                }
            }
          if (xi - (partial - 1.0) / place > 0.0)
            {
              total += partial;
              support += 1.0;
            }
        }
      for (gint64 i = 0; i < lanes.size; i++)
        data->output[start + i * lanes.inner]
            = (float)fmax (x[i * lanes.inner] - (total - 1.0) / support, 0.0);
    }
}

/* ---- gated linear unit ---- */

static TnShape
glu_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = lane_shape (call, given);
  gint64 size = tn_op_dim (&shape, call->settings->axis);
  if (size % 2 != 0)
    tn_op_misuse ("glu", call, "the axis cannot be halved");
  shape.dims[call->settings->axis] = tn_dim (size / 2);
  return shape;
}

typedef struct
{
  TnGrid grid;
  const TnOpData *data;
} Glu;

static void
glu_band (gint64 band, guint worker, gpointer data)
{
  const Glu *glu = data;
  const TnFunctionMap sigmoid = tn_function_set (tn_cpu ()->isa)->maps[TN_FUNCTION_SIGMOID];
  gint64 row, last, from, to;
  tn_grid_band (&glu->grid, band, &row, &last, &from, &to);

  for (; row < last; row++)
    {
      const float *a = glu->data->inputs[0] + row * 2 * glu->grid.width;
      const float *b = a + glu->grid.width;
      float *out = glu->data->output + row * glu->grid.width;
      sigmoid (b + from, out + from, to - from, NULL);
      for (gint64 i = from; i < to; i++)
        out[i] *= a[i];
    }
}

static void
glu_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  TnLanes lanes = tn_op_lanes (call->output, call->settings->axis);
  Glu glu = { .grid = tn_grid (lanes.outer, lanes.size * lanes.inner), .data = data };
  tn_kernel_for (context, glu.grid.n_bands, glu_band, &glu);
}

static void
glu_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes lanes = tn_op_lanes (call->output, call->settings->axis);
  const float *x = data->inputs[0];
  float *out = data->output;

  for (gint64 o = 0; o < lanes.outer; o++)
    for (gint64 s = 0; s < lanes.size; s++)
      for (gint64 i = 0; i < lanes.inner; i++)
        {
          gint64 first = (o * 2 * lanes.size + s) * lanes.inner + i;
          double gate = 1.0 / (1.0 + exp (-(double)x[first + lanes.size * lanes.inner]));
          *out++ = (float)(x[first] * gate);
        }
}

static const char *
lane_kernel_name (const TnOpCall *call)
{
  return "lane by lane";
}

const TnOp tn_op_softmax = {
  .name = "softmax",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_IN_PLACE,
  .shape = lane_shape,
  .kernel_name = lane_kernel_name,
  .scratch = softmax_scratch,
  .kernel = softmax_kernel,
  .reference = softmax_reference,
};

const TnOp tn_op_log_softmax = {
  .name = "log_softmax",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_IN_PLACE,
  .shape = lane_shape,
  .kernel_name = lane_kernel_name,
  .scratch = softmax_scratch,
  .kernel = log_softmax_kernel,
  .reference = log_softmax_reference,
};

const TnOp tn_op_sparsemax = {
  .name = "sparsemax",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_IN_PLACE,
  .shape = lane_shape,
  .kernel_name = lane_kernel_name,
  .scratch = sparsemax_scratch,
  .kernel = sparsemax_kernel,
  .reference = sparsemax_reference,
};

const TnOp tn_op_glu = {
  .name = "glu",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = glu_shape,
  .kernel_name = lane_kernel_name,
  .kernel = glu_kernel,
  .reference = glu_reference,
};
