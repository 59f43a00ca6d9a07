/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The convolution in which each channel is a group of its own: no product of matrices. */
#include "ops/tn-depthwise-call.h"

#include <math.h>

typedef struct
{
  const TnDepthwise *plan;
  const TnOpSettings *settings;
  const TnOpData *data;
  const TnKernelContext *context;
} Depthwise;

gboolean
tn_depthwise_call_is (const TnOpCall *call)
{
  return call->settings->groups > 1 && tn_op_dim (call->inputs[1], 2) == 1
         && call->settings->kernels != TN_KERNELS_BLIS;
}

/* Is what comes after the sums nothing but limits? A residual comes before them. */
static gboolean
limits (const TnOpSettings *settings, gboolean residual, float *low, float *high)
{
  *low = -INFINITY;
  *high = INFINITY;
  if (residual)
    return FALSE;
  switch (settings->activation)
    {
    case TN_ACTIVATION_RELU6:
      *high = 6.0f;
      G_GNUC_FALLTHROUGH;
    case TN_ACTIVATION_RELU:
      *low = 0.0f;
      G_GNUC_FALLTHROUGH;
    case TN_ACTIVATION_LINEAR:
      return TRUE;
    default:
      return FALSE;
    }
}

TnDepthwise
tn_depthwise_call_plan (const TnOpCall *call)
{
  const TnShape *x = call->inputs[0], *kernel = call->inputs[1];
  const TnOpSettings *settings = call->settings;

  TnDepthwiseSizes sizes = {
    .n = tn_op_dim (x, 0),
    .h = tn_op_dim (x, 1),
    .w = tn_op_dim (x, 2),
    .c = tn_op_dim (x, 3),
    .multiplier = tn_op_dim (kernel, 3) / settings->groups,
    .kernel = { tn_op_dim (kernel, 0), tn_op_dim (kernel, 1) },
    .stride = { settings->stride[0], settings->stride[1] },
    .dilation = { settings->dilation[0], settings->dilation[1] },
    .pad = { settings->pad_before[0], settings->pad_before[1] },
    .oh = tn_op_dim (call->output, 1),
    .ow = tn_op_dim (call->output, 2),
  };
  limits (settings, call->inputs[3] != NULL, &sizes.low, &sizes.high);
  return tn_depthwise_plan (&sizes);
}

/* Residual and activation of a band, while it is still in the cache. */
static void
finish (const Depthwise *depthwise, gint64 band)
{
  const TnDepthwiseSizes *sizes = &depthwise->plan->sizes;
  const float *residual = depthwise->data->inputs[3];
  TnDepthwiseBand area = tn_depthwise_band_at (depthwise->plan, band);
  gint64 f = sizes->c * sizes->multiplier;
  gint64 pixel = (area.sample * sizes->oh + area.from) * sizes->ow;

  for (gint64 i = 0; i < (area.to - area.from) * sizes->ow; i++)
    {
      gint64 at = (pixel + i) * f;
      float *out = depthwise->data->output + at;
      if (residual != NULL)
        for (gint64 q = area.first; q < area.last; q++)
          out[q] += residual[at + q];
      tn_activation_apply (depthwise->settings, out + area.first, out + area.first,
                           area.last - area.first);
    }
}

static void
run_band (gint64 band, guint worker, gpointer data)
{
  const Depthwise *depthwise = data;
  const TnOpData *memory = depthwise->data;
  float low, high;

  tn_depthwise_run (depthwise->plan, band, memory->inputs[0], memory->inputs[1], memory->inputs[2],
                    memory->output, tn_kernel_scratch (depthwise->context, worker));
  if (!limits (depthwise->settings, memory->inputs[3] != NULL, &low, &high))
    finish (depthwise, band);
}

void
tn_depthwise_call_run (const TnDepthwise *plan, const TnOpCall *call, const TnOpData *data,
                       const TnKernelContext *context)
{
  Depthwise depthwise
      = { .plan = plan, .settings = call->settings, .data = data, .context = context };
  tn_kernel_for (context, plan->n_bands, run_band, &depthwise);
}
