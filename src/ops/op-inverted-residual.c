/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A 1×1 convolution to many channels, a depthwise one, and a 1×1 one to few, in one call: what
 * stands between them is never all there. Only ever made by tn_program_chain ().
 *
 * x (n, h, w, c), weights (c·e + kh·kw·e + e·f), bias (e + e + f)?, residual (n, oh, ow, f)?
 *     ->  (n, oh, ow, f)
 * The weights are those of the three convolutions one after the other, (c, e), (kh, kw, e) and
 * (e, f); so are the biases. Settings: groups = e, kernel[0] = kh, kernel[1] = kw, and stride,
 * dilation, pad_before, pad_after of the depthwise one; gate, gate_param: the activation of the
 * first two; activation, params: of the output, with the residual. */
#include "kernels/tn-inverted-residual.h"
#include "kernels/tn-cpu.h"
#include "ops/tn-op.h"

#include <math.h>

static gint64
output_size (const TnOpCall *call, int axis)
{
  const TnOpSettings *s = call->settings;
  gint64 reach = (s->kernel[axis] - 1) * s->dilation[axis] + 1;
  gint64 room
      = tn_op_dim (call->inputs[0], axis + 1) + s->pad_before[axis] + s->pad_after[axis] - reach;
  return room < 0 ? 0 : room / s->stride[axis] + 1;
}

/* Filters, as the number of weights tells them; -1: no number of filters does. */
static gint64
filters (const TnOpCall *call)
{
  const TnOpSettings *s = call->settings;
  gint64 left = tn_op_dim (call->inputs[1], 0)
                - (tn_op_dim (call->inputs[0], 3) + s->kernel[0] * s->kernel[1]) * s->groups;
  return left > 0 && left % s->groups == 0 ? left / s->groups : -1;
}

static TnShape
inverted_residual_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0], *bias = call->inputs[2];
  const TnOpSettings *s = call->settings;

  if (x->rank != 4 || call->inputs[1]->rank != 1)
    tn_op_misuse ("inverted_residual", call, "the input must have 4 dims, the weights one");
  for (int axis = 1; axis < 4; axis++)
    if (tn_op_dim (x, axis) < 1)
      tn_op_misuse ("inverted_residual", call, "an image must not be empty");
  if (s->kernel[0] < 1 || s->kernel[1] < 1)
    tn_op_misuse ("inverted_residual", call, "the kernel must not be empty");
  if (filters (call) < 1)
    tn_op_misuse ("inverted_residual", call, "channels and weights do not fit");
  const gint64 sizes[]
      = { tn_op_dim (x, 0), output_size (call, 0), output_size (call, 1), filters (call) };
  if (bias != NULL && (bias->rank != 1 || tn_op_dim (bias, 0) != 2 * s->groups + sizes[3]))
    tn_op_misuse ("inverted_residual", call, "the bias must have a value for each filter");
  TnShape shape = tn_shape_new (sizes, 4);
  if (call->inputs[3] != NULL && !tn_shape_identical (call->inputs[3], &shape))
    tn_op_misuse ("inverted_residual", call, "the residual must have the output's shape");
  return shape;
}

static TnOpSettings
within_settings (const TnOpSettings *settings)
{
  return (TnOpSettings){ .activation = settings->gate, .params = { settings->gate_param } };
}

/* TRUE where they are all that the activation does. */
static gboolean
bounds (TnActivation activation, float *low, float *high)
{
  *low = activation == TN_ACTIVATION_RELU || activation == TN_ACTIVATION_RELU6 ? 0.0f : -INFINITY;
  *high = activation == TN_ACTIVATION_RELU6 ? 6.0f : INFINITY;
  return isfinite (*low) || activation == TN_ACTIVATION_LINEAR;
}

static gboolean
plan_of (const TnOpCall *call, TnInvertedResidual *plan)
{
  const TnShape *x = call->inputs[0], *out = call->output;
  const TnOpSettings *s = call->settings;
  TnInvertedResidualSizes sizes = {
    .middle = { .n = tn_op_dim (x, 0),
                .h = tn_op_dim (x, 1),
                .w = tn_op_dim (x, 2),
                .c = s->groups,
                .multiplier = 1,
                .kernel = { s->kernel[0], s->kernel[1] },
                .stride = { s->stride[0], s->stride[1] },
                .dilation = { s->dilation[0], s->dilation[1] },
                .pad = { s->pad_before[0], s->pad_before[1] },
                .oh = tn_op_dim (out, 1),
                .ow = tn_op_dim (out, 2) },
    .channels = tn_op_dim (x, 3),
    .filters = tn_op_dim (out, 3),
  };
  bounds (s->gate, &sizes.middle.low, &sizes.middle.high);
  return tn_inverted_residual_init (plan, &sizes);
}

static gsize
inverted_residual_packed (const TnOpCall *call)
{
  TnInvertedResidual plan;
  return plan_of (call, &plan) ? tn_inverted_residual_packed (&plan) * sizeof (float) : 0;
}

static void
inverted_residual_pack (const TnOpCall *call, const float *weights, gpointer packed)
{
  TnInvertedResidual plan;
  if (plan_of (call, &plan))
    tn_inverted_residual_pack (&plan, weights, packed);
}

/* The number of weights is known besides. */
static guint64
inverted_residual_layout (const TnOpCall *call)
{
  const TnOpSettings *s = call->settings;
  guint64 key = (guint64)tn_op_dim (call->inputs[0], 3);
  key = key * 1000003 + (guint64)s->groups;
  key = key * 1000003 + (guint64)(s->kernel[0] * s->kernel[1]);
  return key * TN_N_ISAS + tn_cpu ()->isa;
}

static void
inverted_residual_plan (const TnOpCall *call, gpointer plan)
{
  if (!plan_of (call, plan))
    *(TnInvertedResidual *)plan = (TnInvertedResidual){ 0 };
}

/* Without packed weights they are packed at the beginning. */
static TnScratch
inverted_residual_scratch (const TnOpCall *call)
{
  TnInvertedResidual plan;
  if (!plan_of (call, &plan))
    return (TnScratch){ 0 };
  return (TnScratch){
    .shared = call->packed ? 0 : tn_inverted_residual_packed (&plan) * sizeof (float),
    .worker = tn_inverted_residual_scratch (&plan),
  };
}

static void
activate (float *values, gint64 n, gconstpointer settings)
{
  tn_activation_apply (settings, values, values, n);
}

static void
inverted_residual_kernel (const TnOpCall *call, const TnOpData *data,
                          const TnKernelContext *context)
{
  const TnInvertedResidual *plan = call->plan;
  TnInvertedResidual own;
  TnOpSettings within = within_settings (call->settings);
  TnInvertedResidualData memory = {
    .x = data->inputs[0],
    .packed = data->packed,
    .bias = data->inputs[2],
    .residual = data->inputs[3],
    .out = data->output,
    .within_data = &within,
    .finish_data = call->settings,
  };
  float low, high;

  if (tn_shape_elements (call->output, 0) == 0)
    return;
  if (plan == NULL)
    {
      if (!plan_of (call, &own))
        tn_op_misuse ("inverted_residual", call, "the sizes are beyond all measure");
      plan = &own;
    }
  if (!call->packed)
    {
      tn_inverted_residual_pack (plan, data->inputs[1], tn_kernel_shared (context));
      memory.packed = tn_kernel_shared (context);
    }
  if (!bounds (call->settings->gate, &low, &high))
    memory.within = activate;
  if (!bounds (call->settings->activation, &memory.low, &memory.high))
    memory.finish = activate;
  tn_inverted_residual_run (plan, &memory, context);
}

/* ---- the reference ---- */

/* What the first two give at a pixel, in double precision. */
typedef struct
{
  const TnOpCall *call;
  const TnOpData *data;
  TnOpSettings within;
  double *many; /* (h, w, e) of a sample */
} Reference;

static void
expand (const Reference *reference, gint64 sample)
{
  const TnShape *x = reference->call->inputs[0];
  gint64 c = tn_op_dim (x, 3), e = reference->call->settings->groups;
  gint64 pixels = tn_op_dim (x, 1) * tn_op_dim (x, 2);
  const float *from = reference->data->inputs[0] + sample * pixels * c;
  const float *bias = reference->data->inputs[2];

  for (gint64 i = 0; i < pixels; i++)
    for (gint64 q = 0; q < e; q++)
      {
        double sum = bias != NULL ? bias[q] : 0.0;
        for (gint64 j = 0; j < c; j++)
          sum += (double)from[i * c + j] * reference->data->inputs[1][j * e + q];
        reference->many[i * e + q] = tn_activation_formula (&reference->within, sum);
      }
}

static double
filter (const Reference *reference, gint64 oy, gint64 ox, gint64 q)
{
  const TnShape *x = reference->call->inputs[0];
  const TnOpSettings *s = reference->call->settings;
  gint64 h = tn_op_dim (x, 1), w = tn_op_dim (x, 2), e = s->groups;
  const float *weights = reference->data->inputs[1] + tn_op_dim (x, 3) * e;
  const float *bias = reference->data->inputs[2];
  double sum = bias != NULL ? bias[e + q] : 0.0;

  for (gint64 u = 0; u < s->kernel[0]; u++)
    for (gint64 v = 0; v < s->kernel[1]; v++)
      {
        gint64 y = oy * s->stride[0] - s->pad_before[0] + u * s->dilation[0];
        gint64 at = ox * s->stride[1] - s->pad_before[1] + v * s->dilation[1];
        if (y >= 0 && y < h && at >= 0 && at < w)
          sum += reference->many[(y * w + at) * e + q] * weights[(u * s->kernel[1] + v) * e + q];
      }
  return tn_activation_formula (&reference->within, sum);
}

static void
inverted_residual_reference (const TnOpCall *call, const TnOpData *data)
{
  const TnShape *x = call->inputs[0];
  const TnOpSettings *s = call->settings;
  gint64 e = s->groups, f = tn_op_dim (call->output, 3);
  const float *weights = data->inputs[1] + (tn_op_dim (x, 3) + s->kernel[0] * s->kernel[1]) * e;
  g_autofree double *many = g_new (double, tn_op_dim (x, 1) * tn_op_dim (x, 2) * e);
  g_autofree double *pixel = g_new (double, e);
  Reference reference = { .call = call, .data = data, .within = within_settings (s), .many = many };
  float *out = data->output;

  for (gint64 n = 0; n < tn_op_dim (x, 0); n++)
    {
      expand (&reference, n);
      for (gint64 oy = 0; oy < tn_op_dim (call->output, 1); oy++)
        for (gint64 ox = 0; ox < tn_op_dim (call->output, 2); ox++)
          {
            for (gint64 q = 0; q < e; q++)
              pixel[q] = filter (&reference, oy, ox, q);
            for (gint64 q = 0; q < f; q++)
              {
                double sum = data->inputs[2] != NULL ? data->inputs[2][2 * e + q] : 0.0;
                for (gint64 j = 0; j < e; j++)
                  sum += pixel[j] * weights[j * f + q];
                if (data->inputs[3] != NULL)
                  sum += data->inputs[3][out - data->output];
                *out++ = (float)tn_activation_formula (s, sum);
              }
          }
    }
}

/* ---- the descriptor ---- */

static const char *
inverted_residual_kernel_name (const TnOpCall *call)
{
  static const char *const names[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = "three at once, generic",
    [TN_ISA_AVX2] = "three at once, avx2",
    [TN_ISA_AVX512] = "three at once, avx512",
  };
  return names[tn_cpu ()->isa];
}

static double
inverted_residual_flops (const TnOpCall *call)
{
  const TnShape *x = call->inputs[0], *out = call->output;
  const TnOpSettings *s = call->settings;
  double in = (double)tn_op_product (x, 0, 3), pixels = (double)tn_op_product (out, 0, 3);

  return 2.0 * (double)s->groups
         * (in * (double)tn_op_dim (x, 3)
            + pixels * (double)(s->kernel[0] * s->kernel[1] + tn_op_dim (out, 3)));
}

const TnOp tn_op_inverted_residual = {
  .name = "inverted_residual",
  .min_inputs = 2,
  .max_inputs = 4,
  .shape = inverted_residual_shape,
  .kernel_name = inverted_residual_kernel_name,
  .scratch = inverted_residual_scratch,
  .weights = 1,
  .packed = inverted_residual_packed,
  .pack = inverted_residual_pack,
  .packed_layout = inverted_residual_layout,
  .plan_bytes = sizeof (TnInvertedResidual),
  .plan = inverted_residual_plan,
  .flops = inverted_residual_flops,
  .kernel = inverted_residual_kernel,
  .reference = inverted_residual_reference,
};
