/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two-dimensional convolution. Constant weights are packed for a TnConvolver; what is here is the
 * other way: patches gathered into rows (im2col), tile by tile, times the kernel.
 *
 * x (n, h, w, c), kernel (kh, kw, c/groups, f), bias (f)?, residual (n, oh, ow, f)?
 *     ->  (n, oh, ow, f), with
 * oh = ⌊(h + pad_before + pad_after − (kh − 1)·dilation − 1)/stride⌋ + 1 and
 * y[n, i, j, q] = bias[q] + Σ x[n, i·stride − pad_before + u·dilation, …] · kernel[u, v, …, q]
 * + residual[n, i, j, q] (a correlation, as in Keras), and settings.activation applied to that.
 * Settings: stride, dilation, pad_before, pad_after, groups, activation, params. */
#include "kernels/tn-blis.h"
#include "ops/tn-depthwise-call.h"
#include "ops/tn-weighted.h"
#include "ops/tn-winograd-call.h"

#include <string.h>

/* A tile's patches should stay in a second-level cache together with its results… */
#define TILE_FLOATS (256 * 1024)
/* …but a product of few rows spends its time on packing the kernel… */
#define TILE_MIN_ROWS 240
#define TILE_MAX_ROWS 1024
/* …and whatever the kernel's size, the scratch stays bounded. */
#define TILE_MAX_FLOATS (2 * 1024 * 1024)

typedef struct
{
  const TnOpSettings *settings;
  gint64 n, h, w, c;
  gint64 kh, kw;
  gint64 oh, ow, f;
  gint64 groups, group_c, group_f;
  gint64 patch;      /* elements of one patch of one group */
  gint64 pixels;     /* rows of the product: n·oh·ow */
  gint64 tile_rows;  /* pixels in one band; a function of the sizes alone */
  gboolean in_place; /* a patch is a pixel: the input serves as the matrix */
  const TnOpData *data;
  const TnKernelContext *context;
} Convolution;

static gint64
output_size (gint64 size, gint64 kernel, const TnOpSettings *settings, int axis)
{
  gint64 reach = (kernel - 1) * settings->dilation[axis] + 1;
  gint64 room = size + settings->pad_before[axis] + settings->pad_after[axis] - reach;
  return room < 0 ? 0 : room / settings->stride[axis] + 1;
}

static TnShape
convolution_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  const TnShape *kernel = call->inputs[1];
  const TnShape *bias = call->inputs[2];
  const TnOpSettings *settings = call->settings;

  if (x->rank != 4 || kernel->rank != 4)
    tn_op_misuse ("convolution", call, "input and kernel must have 4 dims");
  if (tn_op_dim (kernel, 0) < 1 || tn_op_dim (kernel, 1) < 1)
    tn_op_misuse ("convolution", call, "the kernel must not be empty");
  if (tn_op_dim (kernel, 2) * settings->groups != tn_op_dim (x, 3)
      || tn_op_dim (kernel, 3) % settings->groups != 0)
    tn_op_misuse ("convolution", call, "channels, groups and filters do not fit");
  if (bias != NULL && (bias->rank != 1 || tn_op_dim (bias, 0) != tn_op_dim (kernel, 3)))
    tn_op_misuse ("convolution", call, "the bias must have a value for each filter");
  for (int i = 0; i < 2; i++)
    if (settings->pad_before[i] < 0 || settings->pad_after[i] < 0)
      tn_op_misuse ("convolution", call, "negative padding");

  const gint64 sizes[] = {
    tn_op_dim (x, 0),
    output_size (tn_op_dim (x, 1), tn_op_dim (kernel, 0), settings, 0),
    output_size (tn_op_dim (x, 2), tn_op_dim (kernel, 1), settings, 1),
    tn_op_dim (kernel, 3),
  };
  TnShape shape = tn_shape_new (sizes, 4);
  if (call->inputs[3] != NULL && !tn_shape_identical (call->inputs[3], &shape))
    tn_op_misuse ("convolution", call, "the residual must have the output's shape");
  return shape;
}

static Convolution
convolution (const TnOpCall *call)
{
  const TnShape *x = call->inputs[0];
  const TnShape *kernel = call->inputs[1];
  const TnOpSettings *settings = call->settings;

  Convolution conv = {
    .settings = settings,
    .n = tn_op_dim (x, 0),
    .h = tn_op_dim (x, 1),
    .w = tn_op_dim (x, 2),
    .c = tn_op_dim (x, 3),
    .kh = tn_op_dim (kernel, 0),
    .kw = tn_op_dim (kernel, 1),
    .oh = tn_op_dim (call->output, 1),
    .ow = tn_op_dim (call->output, 2),
    .f = tn_op_dim (call->output, 3),
    .groups = settings->groups,
  };
  conv.group_c = conv.c / conv.groups;
  conv.group_f = conv.f / conv.groups;
  conv.patch = conv.kh * conv.kw * conv.group_c;
  conv.pixels = conv.n * conv.oh * conv.ow;
  conv.in_place = conv.kh == 1 && conv.kw == 1;
  for (int i = 0; i < 2; i++)
    if (settings->stride[i] != 1 || settings->pad_before[i] != 0 || settings->pad_after[i] != 0)
      conv.in_place = FALSE;

  gint64 patch = MAX (conv.patch, 1);
  conv.tile_rows = CLAMP (TILE_FLOATS / patch, TILE_MIN_ROWS, TILE_MAX_ROWS);
  conv.tile_rows = MIN (conv.tile_rows, MAX (TILE_MAX_FLOATS / patch, 1));
  conv.tile_rows = MIN (conv.tile_rows, MAX (conv.pixels, 1));
  return conv;
}

/* Runs of a pixel or a few are short, and all of one length: a call would cost more than the copy.
 */
static inline void
copy_floats (float *restrict to, const float *restrict from, gint64 n)
{
  switch (n)
    {
    case 1:
      to[0] = from[0];
      break;
    case 2:
      memcpy (to, from, 2 * sizeof *to);
      break;
    case 3:
      memcpy (to, from, 2 * sizeof *to);
      to[2] = from[2];
      break;
    case 4:
      memcpy (to, from, 4 * sizeof *to);
      break;
    case 5:
      memcpy (to, from, 4 * sizeof *to);
      to[4] = from[4];
      break;
    case 9:
      memcpy (to, from, 8 * sizeof *to);
      to[8] = from[8];
      break;
    default:
      memcpy (to, from, n * sizeof *to);
    }
}

/* One kernel row of one patch: @to gets kw·group_c elements of row @row (NULL: in the padding). */
static void
gather_row (const Convolution *conv, const float *row, gint64 x0, float *to)
{
  gint64 group_c = conv->group_c;
  gint64 dilation = conv->settings->dilation[1];

  if (row == NULL)
    {
      memset (to, 0, conv->kw * group_c * sizeof *to);
      return;
    }
  if (dilation == 1 && conv->groups == 1 && x0 >= 0 && x0 + conv->kw <= conv->w)
    {
      copy_floats (to, row + x0 * conv->c, conv->kw * group_c);
      return;
    }
  for (gint64 v = 0; v < conv->kw; v++)
    {
      gint64 x = x0 + v * dilation;
      if (x >= 0 && x < conv->w)
        copy_floats (to, row + x * conv->c, group_c);
      else
        memset (to, 0, group_c * sizeof *to);
      to += group_c;
    }
}

/* The patches of pixels @first … @first + @rows - 1 of a group, one a row. */
static void
gather (const Convolution *conv, const float *x, gint64 first, gint64 rows, float *patches)
{
  const TnOpSettings *settings = conv->settings;
  gint64 row_floats = conv->kw * conv->group_c;
  gint64 ox = first % conv->ow;
  gint64 oy = first / conv->ow % conv->oh;
  gint64 n = first / conv->ow / conv->oh;

  /* Without channels there is nothing to gather, nor a place for it. */
  if (row_floats == 0)
    return;
  for (gint64 i = 0; i < rows; i++)
    {
      gint64 x0 = ox * settings->stride[1] - settings->pad_before[1];
      gint64 y = oy * settings->stride[0] - settings->pad_before[0];
      for (gint64 u = 0; u < conv->kh; u++)
        {
          gboolean inside = y >= 0 && y < conv->h;
          gather_row (conv, inside ? x + (n * conv->h + y) * conv->w * conv->c : NULL, x0, patches);
          patches += row_floats;
          y += settings->dilation[0];
        }
      if (++ox == conv->ow)
        {
          ox = 0;
          if (++oy == conv->oh)
            {
              oy = 0;
              n++;
            }
        }
    }
}

static void
convolve_band (gint64 band, guint worker, gpointer data)
{
  const Convolution *conv = data;
  const TnOpData *memory = conv->data;
  gint64 tile = band / conv->groups;
  gint64 group = band % conv->groups;
  gint64 first = tile * conv->tile_rows;
  gint64 rows = MIN (conv->tile_rows, conv->pixels - first);
  const float *x = memory->inputs[0] + group * conv->group_c;
  const float *kernel = memory->inputs[1] + group * conv->group_f;
  const float *bias = memory->inputs[2];
  const float *residual = memory->inputs[3];
  float *out = memory->output + first * conv->f + group * conv->group_f;

  if (conv->in_place)
    tn_blis_sgemm (rows, conv->group_f, conv->patch, x + first * conv->c, conv->c, kernel, conv->f,
                   out, conv->f);
  else
    {
      float *patches = tn_kernel_scratch (conv->context, worker);
      gather (conv, x, first, rows, patches);
      tn_blis_sgemm (rows, conv->group_f, conv->patch, patches, conv->patch, kernel, conv->f, out,
                     conv->f);
    }

  /* While the tile is still in the cache. */
  if (bias != NULL)
    for (gint64 i = 0; i < rows; i++)
      for (gint64 q = 0; q < conv->group_f; q++)
        out[i * conv->f + q] += bias[group * conv->group_f + q];
  if (residual != NULL)
    for (gint64 i = 0; i < rows; i++)
      for (gint64 q = 0; q < conv->group_f; q++)
        out[i * conv->f + q] += residual[(first + i) * conv->f + group * conv->group_f + q];
  if (conv->settings->activation == TN_ACTIVATION_LINEAR)
    return;
  if (conv->groups == 1)
    tn_activation_apply (conv->settings, out, out, rows * conv->f);
  else
    for (gint64 i = 0; i < rows; i++)
      tn_activation_apply (conv->settings, out + i * conv->f, out + i * conv->f, conv->group_f);
}

/* ---- plans ---- */

typedef struct
{
  enum
  {
    GATHERED,
    WEIGHTED,
    WINOGRAD,
    DEPTHWISE
  } way;
  union
  {
    Convolution gathered;
    TnWeighted weighted;
    TnWinograd winograd;
    TnDepthwise depthwise;
  };
} Plan;

static gboolean
plan_weighted (const TnOpCall *call, TnWeighted *plan)
{
  const TnOpSettings *settings = call->settings;
  Convolution conv = convolution (call);
  TnConvolverSizes sizes = {
    .n = conv.n,
    .size = { 1, conv.h, conv.w },
    .channels = conv.c,
    .kernel = { 1, conv.kh, conv.kw },
    .stride = { 1, settings->stride[0], settings->stride[1] },
    .dilation = { 1, settings->dilation[0], settings->dilation[1] },
    .pad_before = { 0, settings->pad_before[0], settings->pad_before[1] },
    .out = { 1, conv.oh, conv.ow },
    .filters = conv.f,
    .groups = conv.groups,
  };
  return tn_weighted_plan (plan, settings, &sizes);
}

static Plan
plan_of (const TnOpCall *call, gboolean packed)
{
  Plan plan;

  if (tn_depthwise_call_is (call))
    {
      plan.way = DEPTHWISE;
      plan.depthwise = tn_depthwise_call_plan (call);
    }
  else if (packed && tn_winograd_call_plan (call, &plan.winograd))
    plan.way = WINOGRAD;
  else if (packed && plan_weighted (call, &plan.weighted))
    plan.way = WEIGHTED;
  else
    {
      plan.way = GATHERED;
      plan.gathered = convolution (call);
    }
  return plan;
}

static void
convolution_plan (const TnOpCall *call, gpointer plan)
{
  *(Plan *)plan = plan_of (call, call->packed);
}

static gsize
convolution_packed (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.way == WINOGRAD   ? tn_winograd_packed (&plan.winograd)
         : plan.way == WEIGHTED ? tn_weighted_packed (&plan.weighted)
                                : 0;
}

static void
convolution_pack (const TnOpCall *call, const float *weights, gpointer packed)
{
  Plan plan = plan_of (call, TRUE);

  if (plan.way == WINOGRAD)
    tn_winograd_pack (&plan.winograd, weights, packed);
  else if (plan.way == WEIGHTED)
    tn_weighted_pack (&plan.weighted, weights, packed);
}

static guint64
convolution_layout (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.way == WINOGRAD   ? tn_winograd_call_layout (&plan.winograd)
         : plan.way == WEIGHTED ? tn_weighted_layout (&plan.weighted)
                                : 0;
}

static void
convolution_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const Plan *plan = call->plan;
  Plan own;

  if (plan == NULL)
    {
      own = plan_of (call, call->packed);
      plan = &own;
    }
  switch (plan->way)
    {
    case DEPTHWISE:
      tn_depthwise_call_run (&plan->depthwise, call, data, context);
      return;
    case WINOGRAD:
      tn_winograd_call_run (&plan->winograd, call, data, context);
      return;
    case WEIGHTED:
      tn_weighted_run (&plan->weighted, call->settings, data, context);
      return;
    case GATHERED:
      break;
    }

  Convolution conv = plan->gathered;
  conv.settings = call->settings;
  conv.data = data;
  conv.context = context;
  tn_kernel_for (context, tn_op_bands (conv.pixels, conv.tile_rows) * conv.groups, convolve_band,
                 &conv);
}

static void
convolution_reference (const TnOpCall *call, const TnOpData *data)
{
  Convolution conv = convolution (call);
  const TnOpSettings *settings = call->settings;
  float *out = data->output;

  for (gint64 n = 0; n < conv.n; n++)
    for (gint64 oy = 0; oy < conv.oh; oy++)
      for (gint64 ox = 0; ox < conv.ow; ox++)
        for (gint64 q = 0; q < conv.f; q++)
          {
            gint64 first_c = q / conv.group_f * conv.group_c;
            double sum = data->inputs[2] != NULL ? data->inputs[2][q] : 0.0;
            for (gint64 u = 0; u < conv.kh; u++)
              for (gint64 v = 0; v < conv.kw; v++)
                {
                  gint64 y = oy * settings->stride[0] - settings->pad_before[0]
                             + u * settings->dilation[0];
                  gint64 x = ox * settings->stride[1] - settings->pad_before[1]
                             + v * settings->dilation[1];
                  if (y < 0 || y >= conv.h || x < 0 || x >= conv.w)
                    continue;
                  for (gint64 c = 0; c < conv.group_c; c++)
                    sum += (double)data
                               ->inputs[0][((n * conv.h + y) * conv.w + x) * conv.c + first_c + c]
                           * data->inputs[1][((u * conv.kw + v) * conv.group_c + c) * conv.f + q];
                }
            if (data->inputs[3] != NULL)
              sum += data->inputs[3][out - data->output];
            *out++ = (float)tn_activation_formula (settings, sum);
          }
}

static const char *
convolution_kernel_name (const TnOpCall *call)
{
  Plan plan = plan_of (call, call->packed);

  switch (plan.way)
    {
    case DEPTHWISE:
      return tn_depthwise_name (&plan.depthwise);
    case WINOGRAD:
      return tn_winograd_name (&plan.winograd);
    case WEIGHTED:
      return tn_weighted_name (&plan.weighted, FALSE);
    case GATHERED:
      break;
    }
  return plan.gathered.in_place ? "bli_sgemm" : "im2col + bli_sgemm";
}

static TnScratch
convolution_scratch (const TnOpCall *call)
{
  Plan plan = plan_of (call, call->packed);
  const Convolution *conv = &plan.gathered;

  switch (plan.way)
    {
    case DEPTHWISE:
      return (TnScratch){ .worker = tn_depthwise_scratch (&plan.depthwise) };
    case WINOGRAD:
      return (TnScratch){ .worker = tn_winograd_scratch (&plan.winograd) };
    case WEIGHTED:
      return tn_weighted_scratch (&plan.weighted);
    case GATHERED:
      break;
    }
  return (TnScratch){ .worker
                      = conv->in_place ? 0 : conv->tile_rows * conv->patch * sizeof (float) };
}

static TnWay
convolution_way (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.way == WEIGHTED        ? tn_weighted_way (&plan.weighted)
         : plan.way != WINOGRAD      ? TN_WAY_RULE
         : plan.winograd.square == 2 ? TN_WAY_WINOGRAD_2
                                     : TN_WAY_WINOGRAD_4;
}

static double
convolution_flops (const TnOpCall *call)
{
  Convolution conv = convolution (call);
  return 2.0 * conv.pixels * conv.f * conv.patch;
}

const TnOp tn_op_convolution = {
  .name = "convolution",
  .min_inputs = 2,
  .max_inputs = 4,
  .flags = TN_OP_ACTIVATES,
  .shape = convolution_shape,
  .kernel_name = convolution_kernel_name,
  .scratch = convolution_scratch,
  .weights = 1,
  .packed = convolution_packed,
  .pack = convolution_pack,
  .packed_layout = convolution_layout,
  .plan_bytes = sizeof (Plan),
  .plan = convolution_plan,
  .way = convolution_way,
  .flops = convolution_flops,
  .kernel = convolution_kernel,
  .reference = convolution_reference,
};
