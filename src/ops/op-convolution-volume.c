/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three-dimensional convolution. Constant weights are packed for a TnConvolver; what is here is the
 * other way: patches gathered into rows, tile by tile, times the kernel.
 *
 * x (n, d, h, w, c), kernel (kd, kh, kw, c/groups, f), bias (f)?  ->  (n, od, oh, ow, f): as
 * op-convolution.c has it, with one axis more. Settings: stride, dilation, pad_before, pad_after,
 * groups, activation, params. */
#include "kernels/tn-blis.h"
#include "ops/tn-volume.h"
#include "ops/tn-weighted.h"

#include <string.h>

/* A tile's patches should stay in a second-level cache; whatever the kernel's size, the scratch is
 * bounded, but for one row. */
#define TILE_FLOATS   (256 * 1024)
#define TILE_MAX_ROWS 1024

void
tn_volume_gather (const TnVolume *volume, const float *x, gint64 channel, gint64 width,
                  gint64 first, gint64 rows, float *patches)
{
  for (gint64 row = first; row < first + rows; row++)
    {
      gint64 corner[3], rest = row;

      for (int i = 2; i >= 0; i--)
        {
          corner[i] = rest % volume->out[i] * volume->stride[i] - volume->pad_before[i];
          rest /= volume->out[i];
        }
      for (gint64 tap = 0; tap < tn_volume_taps (volume); tap++, patches += width)
        {
          gint64 offset[3]
              = { tap / volume->kernel[2] / volume->kernel[1],
                  tap / volume->kernel[2] % volume->kernel[1], tap % volume->kernel[2] };
          gint64 at = 0;
          gboolean inside = TRUE;

          for (int i = 0; i < 3; i++)
            {
              gint64 place = corner[i] + offset[i] * volume->dilation[i];

              inside &= place >= 0 && place < volume->size[i];
              at = at * volume->size[i] + place;
            }
          if (inside)
            memcpy (patches, x + at * volume->channels + channel, width * sizeof *patches);
          else
            memset (patches, 0, width * sizeof *patches);
        }
    }
}

typedef struct
{
  const TnOpSettings *settings;
  TnVolume volume;
  gint64 n, f, groups, group_c, group_f;
  gint64 patch, tile_rows, tiles; /* tiles of one sample */
  const TnOpData *data;
  const TnKernelContext *context;
} Convolution;

static TnShape
volume_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  const TnShape *kernel = call->inputs[1];
  const TnShape *bias = call->inputs[2];
  const TnOpSettings *settings = call->settings;
  TnShape shape = { .rank = 5 };

  if (x->rank != 5 || kernel->rank != 5)
    tn_op_misuse ("convolution_volume", call, "input and kernel must have 5 dims");
  if (tn_op_dim (kernel, 3) * settings->groups != tn_op_dim (x, 4)
      || tn_op_dim (kernel, 4) % settings->groups != 0)
    tn_op_misuse ("convolution_volume", call, "channels, groups and filters do not fit");
  if (bias != NULL && (bias->rank != 1 || tn_op_dim (bias, 0) != tn_op_dim (kernel, 4)))
    tn_op_misuse ("convolution_volume", call, "the bias must have a value for each filter");
  shape.dims[0] = x->dims[0];
  shape.dims[4] = kernel->dims[4];
  for (int i = 0; i < 3; i++)
    {
      gint64 reach = (tn_op_dim (kernel, i) - 1) * settings->dilation[i] + 1;
      gint64 room = tn_op_dim (x, i + 1) + settings->pad_before[i] + settings->pad_after[i] - reach;

      if (tn_op_dim (kernel, i) < 1 || settings->pad_before[i] < 0 || settings->pad_after[i] < 0)
        tn_op_misuse ("convolution_volume", call, "an empty kernel, or negative padding");
      shape.dims[i + 1] = tn_dim (room < 0 ? 0 : room / settings->stride[i] + 1);
    }
  return shape;
}

static Convolution
convolution (const TnOpCall *call)
{
  const TnShape *x = call->inputs[0];
  const TnShape *kernel = call->inputs[1];
  Convolution conv = { .settings = call->settings,
                       .volume.channels = tn_op_dim (x, 4),
                       .n = tn_op_dim (x, 0),
                       .f = tn_op_dim (kernel, 4),
                       .groups = call->settings->groups };

  for (int i = 0; i < 3; i++)
    {
      conv.volume.size[i] = tn_op_dim (x, i + 1);
      conv.volume.kernel[i] = tn_op_dim (kernel, i);
      conv.volume.stride[i] = call->settings->stride[i];
      conv.volume.dilation[i] = call->settings->dilation[i];
      conv.volume.pad_before[i] = call->settings->pad_before[i];
      conv.volume.out[i] = tn_op_dim (call->output, i + 1);
    }
  conv.group_c = conv.volume.channels / conv.groups;
  conv.group_f = conv.f / conv.groups;
  conv.patch = tn_volume_taps (&conv.volume) * conv.group_c;
  conv.tile_rows = CLAMP (TILE_FLOATS / MAX (conv.patch, 1), 1, TILE_MAX_ROWS);
  conv.tile_rows = MIN (conv.tile_rows, MAX (tn_volume_points (&conv.volume), 1));
  conv.tiles = tn_op_bands (tn_volume_points (&conv.volume), conv.tile_rows);
  return conv;
}

static void
convolve_band (gint64 band, guint worker, gpointer data)
{
  const Convolution *conv = data;
  gint64 group = band % conv->groups;
  gint64 tile = band / conv->groups % conv->tiles;
  gint64 sample = band / conv->groups / conv->tiles;
  gint64 first = tile * conv->tile_rows;
  gint64 points = tn_volume_points (&conv->volume);
  gint64 rows = MIN (conv->tile_rows, points - first);
  gint64 sample_floats
      = conv->volume.size[0] * conv->volume.size[1] * conv->volume.size[2] * conv->volume.channels;
  float *patches = tn_kernel_scratch (conv->context, worker);
  float *out = conv->data->output + (sample * points + first) * conv->f + group * conv->group_f;

  tn_volume_gather (&conv->volume, conv->data->inputs[0] + sample * sample_floats,
                    group * conv->group_c, conv->group_c, first, rows, patches);
  tn_blis_sgemm (rows, conv->group_f, conv->patch, patches, conv->patch,
                 conv->data->inputs[1] + group * conv->group_f, conv->f, out, conv->f);
  for (gint64 i = 0; i < rows; i++, out += conv->f)
    {
      if (conv->data->inputs[2] != NULL)
        for (gint64 q = 0; q < conv->group_f; q++)
          out[q] += conv->data->inputs[2][group * conv->group_f + q];
      if (conv->settings->activation != TN_ACTIVATION_LINEAR)
        tn_activation_apply (conv->settings, out, out, conv->group_f);
    }
}

/* ---- plans ---- */

typedef struct
{
  gboolean is_weighted; /* else gathered */
  union
  {
    TnWeighted weighted;
    Convolution gathered;
  };
} Plan;

static Plan
plan_of (const TnOpCall *call, gboolean packed)
{
  Convolution conv = convolution (call);
  TnConvolverSizes sizes
      = { .n = conv.n, .channels = conv.volume.channels, .filters = conv.f, .groups = conv.groups };

  for (int i = 0; i < 3; i++)
    {
      sizes.size[i] = conv.volume.size[i];
      sizes.kernel[i] = conv.volume.kernel[i];
      sizes.stride[i] = conv.volume.stride[i];
      sizes.dilation[i] = conv.volume.dilation[i];
      sizes.pad_before[i] = conv.volume.pad_before[i];
      sizes.out[i] = conv.volume.out[i];
    }
  Plan plan;

  plan.is_weighted = packed && tn_weighted_plan (&plan.weighted, call->settings, &sizes);
  if (!plan.is_weighted)
    plan.gathered = conv;
  return plan;
}

static void
volume_plan (const TnOpCall *call, gpointer plan)
{
  *(Plan *)plan = plan_of (call, call->packed);
}

static gsize
volume_packed (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.is_weighted ? tn_weighted_packed (&plan.weighted) : 0;
}

static void
volume_pack (const TnOpCall *call, const float *weights, gpointer packed)
{
  Plan plan = plan_of (call, TRUE);

  if (plan.is_weighted)
    tn_weighted_pack (&plan.weighted, weights, packed);
}

static guint64
volume_layout (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.is_weighted ? tn_weighted_layout (&plan.weighted) : 0;
}

static void
volume_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const Plan *plan = call->plan;
  Plan own;

  if (plan == NULL)
    {
      own = plan_of (call, call->packed);
      plan = &own;
    }
  if (plan->is_weighted)
    {
      tn_weighted_run (&plan->weighted, call->settings, data, context);
      return;
    }

  Convolution conv = plan->gathered;
  conv.settings = call->settings;
  conv.data = data;
  conv.context = context;
  tn_kernel_for (context, conv.n * conv.tiles * conv.groups, convolve_band, &conv);
}

static void
volume_reference (const TnOpCall *call, const TnOpData *data)
{
  Convolution conv = convolution (call);
  const TnVolume *v = &conv.volume;
  gint64 n = tn_shape_elements (call->output, 0);

  for (gint64 at = 0; at < n; at++)
    {
      gint64 q = at % conv.f, point = at / conv.f;
      gint64 o[3] = { point / v->out[2] / v->out[1] % v->out[0], point / v->out[2] % v->out[1],
                      point % v->out[2] };
      gint64 sample = point / tn_volume_points (v);
      double sum = data->inputs[2] != NULL ? data->inputs[2][q] : 0.0;

      for (gint64 a = 0; a < v->kernel[0]; a++)
        for (gint64 b = 0; b < v->kernel[1]; b++)
          for (gint64 c = 0; c < v->kernel[2]; c++)
            {
              gint64 z = o[0] * v->stride[0] - v->pad_before[0] + a * v->dilation[0];
              gint64 y = o[1] * v->stride[1] - v->pad_before[1] + b * v->dilation[1];
              gint64 x = o[2] * v->stride[2] - v->pad_before[2] + c * v->dilation[2];

              if (z < 0 || z >= v->size[0] || y < 0 || y >= v->size[1] || x < 0 || x >= v->size[2])
                continue;
              for (gint64 i = 0; i < conv.group_c; i++)
                sum += (double)data
                           ->inputs[0]
                                   [(((sample * v->size[0] + z) * v->size[1] + y) * v->size[2] + x)
                                        * v->channels
                                    + q / conv.group_f * conv.group_c + i]
                       * data->inputs[1][(((a * v->kernel[1] + b) * v->kernel[2] + c) * conv.group_c
                                          + i)
                                             * conv.f
                                         + q];
            }
      data->output[at] = (float)tn_activation_formula (call->settings, sum);
    }
}

static TnScratch
volume_scratch (const TnOpCall *call)
{
  Plan plan = plan_of (call, call->packed);
  const Convolution *conv = &plan.gathered;

  if (plan.is_weighted)
    return tn_weighted_scratch (&plan.weighted);
  return (TnScratch){ .worker = (gsize)(conv->tile_rows * conv->patch) * sizeof (float) };
}

static TnWay
volume_way (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.is_weighted ? tn_weighted_way (&plan.weighted) : TN_WAY_RULE;
}

static double
volume_flops (const TnOpCall *call)
{
  Convolution conv = convolution (call);

  return 2.0 * (double)tn_shape_elements (call->output, 0) * (double)conv.patch;
}

static const char *
volume_kernel_name (const TnOpCall *call)
{
  Plan plan = plan_of (call, call->packed);

  return plan.is_weighted ? tn_weighted_name (&plan.weighted, FALSE) : "im2col + bli_sgemm";
}

const TnOp tn_op_convolution_volume = {
  .name = "convolution_volume",
  .min_inputs = 2,
  .max_inputs = 3,
  .flags = TN_OP_ACTIVATES,
  .shape = volume_shape,
  .kernel_name = volume_kernel_name,
  .scratch = volume_scratch,
  .weights = 1,
  .packed = volume_packed,
  .pack = volume_pack,
  .packed_layout = volume_layout,
  .plan_bytes = sizeof (Plan),
  .plan = volume_plan,
  .way = volume_way,
  .flops = volume_flops,
  .kernel = volume_kernel,
  .reference = volume_reference,
};
