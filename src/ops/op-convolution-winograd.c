/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The convolution by 3×3 windows in Winograd's way. */
#include "ops/tn-winograd-call.h"

#include "ops/tn-weighted.h"

#include <math.h>

typedef struct
{
  const TnWinograd *plan;
  TnWinogradData data;
  const TnKernelContext *context;
} Winograd;

static gboolean
is_plain (const TnOpSettings *settings)
{
  return settings->groups == 1 && settings->stride[0] == 1 && settings->stride[1] == 1
         && settings->dilation[0] == 1 && settings->dilation[1] == 1;
}

/* As it is asked for, if that is possible, or else by rule; 0: not at all. */
static int
square_of (const TnOpSettings *settings, const TnWinogradSizes *sizes)
{
  int by_rule = tn_winograd_suits (sizes, settings->approximate);

  if (settings->way == TN_WAY_RULE)
    return by_rule;
  if (settings->way == TN_WAY_WINOGRAD_2 || settings->way == TN_WAY_WINOGRAD_4)
    {
      int square = settings->way == TN_WAY_WINOGRAD_2 ? 2 : 4;
      return tn_winograd_can (sizes) && (square == 2 || settings->approximate) ? square : by_rule;
    }
  return tn_weighted_has (settings->way) ? 0 : by_rule;
}

gboolean
tn_winograd_call_plan (const TnOpCall *call, TnWinograd *plan)
{
  const TnShape *x = call->inputs[0], *kernel = call->inputs[1];
  const TnOpSettings *settings = call->settings;

  if (settings->kernels == TN_KERNELS_BLIS || !is_plain (settings) || call->inputs[3] != NULL
      || tn_op_dim (kernel, 0) != 3 || tn_op_dim (kernel, 1) != 3)
    return FALSE;

  TnWinogradSizes sizes = {
    .n = tn_op_dim (x, 0),
    .h = tn_op_dim (x, 1),
    .w = tn_op_dim (x, 2),
    .c = tn_op_dim (x, 3),
    .f = tn_op_dim (kernel, 3),
    .pad = { settings->pad_before[0], settings->pad_before[1] },
    .oh = tn_op_dim (call->output, 1),
    .ow = tn_op_dim (call->output, 2),
    .low = -INFINITY,
    .high = INFINITY,
  };
  int square = square_of (settings, &sizes);

  if (square == 0)
    return FALSE;
  if (settings->activation == TN_ACTIVATION_RELU || settings->activation == TN_ACTIVATION_RELU6)
    sizes.low = 0.0f;
  if (settings->activation == TN_ACTIVATION_RELU6)
    sizes.high = 6.0f;
  *plan = tn_winograd_plan (&sizes, square);
  return TRUE;
}

guint64
tn_winograd_call_layout (const TnWinograd *plan)
{
  /* Apart from all keys of other packings. */
  return (guint64)1 << 63 | (guint64)plan->square << 32 | (guint64)plan->panel;
}

static void
activate (float *values, gint64 n, gconstpointer settings)
{
  tn_activation_apply (settings, values, values, n);
}

static void
run_band (gint64 band, guint worker, gpointer data)
{
  const Winograd *winograd = data;
  tn_winograd_run (winograd->plan, band, &winograd->data,
                   tn_kernel_scratch (winograd->context, worker));
}

void
tn_winograd_call_run (const TnWinograd *plan, const TnOpCall *call, const TnOpData *data,
                      const TnKernelContext *context)
{
  TnActivation activation = call->settings->activation;
  Winograd winograd = {
    .plan = plan,
    .data = { .x = data->inputs[0],
              .packed = data->packed,
              .bias = data->inputs[2],
              .out = data->output },
    .context = context,
  };

  if (activation != TN_ACTIVATION_LINEAR && activation != TN_ACTIVATION_RELU
      && activation != TN_ACTIVATION_RELU6)
    {
      winograd.data.finish = activate;
      winograd.data.finish_data = call->settings;
    }
  for (guint worker = 0; worker < context->n_workers; worker++)
    tn_winograd_begin (tn_kernel_scratch (context, worker));
  tn_kernel_for (context, plan->n_bands, run_band, &winograd);
}
