/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transposed convolution: every point is spread over a window of the output.
 *
 * x (n, d, h, w, c), kernel (kd, kh, kw, f, c), bias (f)?  ->  (n, kernel[0], kernel[1], kernel[2],
 * f): along each axis x[i] · kernel[u] is added at i·stride + u·dilation − pad_before, as far as
 * that lies within the output. Settings: stride, dilation, pad_before, kernel (the output's sizes),
 * activation, params.
 *
 * The kernel works an output row at a time: for each tap that reaches it, the points of one row of
 * x times that tap's matrix is one product, whose rows are added stride by stride. */
#include "kernels/tn-blis.h"
#include "kernels/tn-panels.h"
#include "ops/tn-op.h"

#include <string.h>

typedef struct
{
  const TnOpSettings *settings;
  gint64 n, c, f;
  gint64 in[3], out[3], taps[3];
  const float *turned; /* the kernel as (kd, kh, kw, c, f) */
  gboolean packed;
  TnPanels panels; /* where packed: of each tap */
  const TnOpData *data;
  const TnKernelContext *context;
} Spread;

static TnShape
transpose_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  const TnShape *kernel = call->inputs[1];
  const TnShape *bias = call->inputs[2];
  TnShape shape = { .rank = 5 };

  if (x->rank != 5 || kernel->rank != 5 || tn_op_dim (kernel, 4) != tn_op_dim (x, 4))
    tn_op_misuse ("convolution_transpose", call, "5 dims and the same channels are needed");
  if (bias != NULL && (bias->rank != 1 || tn_op_dim (bias, 0) != tn_op_dim (kernel, 3)))
    tn_op_misuse ("convolution_transpose", call, "the bias must have a value for each filter");
  shape.dims[0] = x->dims[0];
  shape.dims[4] = kernel->dims[3];
  for (int i = 0; i < 3; i++)
    {
      if (call->settings->kernel[i] < 0)
        tn_op_misuse ("convolution_transpose", call, "negative sizes");
      shape.dims[i + 1] = tn_dim (call->settings->kernel[i]);
    }
  return shape;
}

static Spread
spread (const TnOpCall *call)
{
  Spread s = { .settings = call->settings,
               .n = tn_op_dim (call->inputs[0], 0),
               .c = tn_op_dim (call->inputs[0], 4),
               .f = tn_op_dim (call->inputs[1], 3) };

  for (int i = 0; i < 3; i++)
    {
      s.in[i] = tn_op_dim (call->inputs[0], i + 1);
      s.out[i] = tn_op_dim (call->output, i + 1);
      s.taps[i] = tn_op_dim (call->inputs[1], i);
    }
  return s;
}

/* The same with packed weights; FALSE: they are not. */
static gboolean
plan_packed (const TnOpCall *call, Spread *s)
{
  *s = spread (call);
  s->packed = call->settings->kernels != TN_KERNELS_BLIS
              && tn_shape_elements (call->inputs[1], 0) > 0
              && tn_panels_init (&s->panels, s->c, s->f, tn_cpu ()->isa);
  return s->packed;
}

static Spread
planned (const TnOpCall *call)
{
  Spread s;
  return call->packed && plan_packed (call, &s) ? s : spread (call);
}

static gsize
transpose_packed (const TnOpCall *call)
{
  Spread s;
  gsize bytes;
  return plan_packed (call, &s)
                 && g_size_checked_mul (&bytes, tn_panels_floats (&s.panels) * sizeof (float),
                                        (gsize)(s.taps[0] * s.taps[1] * s.taps[2]))
             ? bytes
             : 0;
}

static void
transpose_pack (const TnOpCall *call, const float *weights, gpointer packed)
{
  Spread s;
  if (!plan_packed (call, &s))
    return;
  for (gint64 tap = 0; tap < s.taps[0] * s.taps[1] * s.taps[2]; tap++)
    tn_panels_pack (&s.panels, weights + tap * s.f * s.c, 1, s.c,
                    (float *)packed + (gsize)tap * tn_panels_floats (&s.panels));
}

static guint64
transpose_layout (const TnOpCall *call)
{
  Spread s;
  return plan_packed (call, &s) ? tn_cpu ()->isa + 1 : 0;
}

/* The input that tap @tap spreads to output @at of axis @axis; -1: none. */
static gint64
source (const Spread *s, int axis, gint64 at, gint64 tap)
{
  gint64 place = at + s->settings->pad_before[axis] - tap * s->settings->dilation[axis];

  if (place < 0 || place % s->settings->stride[axis] != 0)
    return -1;
  place /= s->settings->stride[axis];
  return place < s->in[axis] ? place : -1;
}

/* One row of x through the tap @tap of its row of them, of all the @index-th, into one row of the
 * output. */
static void
add_tap (const Spread *s, const float *row, gint64 tap, gint64 index, float *products, float *out)
{
  gint64 stride = s->settings->stride[2];
  gint64 shift = tap * s->settings->dilation[2] - s->settings->pad_before[2];
  /* i·stride + shift lies in 0 … out - 1 for i from @first to @last - 1. */
  gint64 first = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
  gint64 last = s->out[2] - 1 - shift < 0 ? 0 : (s->out[2] - 1 - shift) / stride + 1;

  last = MIN (last, s->in[2]);
  if (first >= last)
    return;
  if (s->packed)
    {
      float *to = out + (first * stride + shift) * s->f;
      TnPanelsRows rows = { .x = row + first * s->c,
                            .x_stride = s->c,
                            .out = to,
                            .out_stride = stride * s->f,
                            .residual = to,
                            .residual_stride = stride * s->f };
      tn_panels_multiply (
          &s->panels, (const float *)s->data->packed + (gsize)index * tn_panels_floats (&s->panels),
          last - first, &rows, 0, s->panels.n_panels);
      return;
    }
  tn_blis_sgemm (last - first, s->f, s->c, row + first * s->c, s->c,
                 s->turned + index * s->c * s->f, s->f, products, s->f);
  for (gint64 i = first; i < last; i++, products += s->f)
    {
      float *to = out + (i * stride + shift) * s->f;

      for (gint64 q = 0; q < s->f; q++)
        to[q] += products[q];
    }
}

static void
spread_band (gint64 band, guint worker, gpointer data)
{
  const Spread *s = data;
  gint64 y = band % s->out[1], z = band / s->out[1] % s->out[0];
  gint64 sample = band / s->out[1] / s->out[0];
  float *out = s->data->output + band * s->out[2] * s->f;
  float *products = s->packed ? NULL : tn_kernel_scratch (s->context, worker);

  memset (out, 0, s->out[2] * s->f * sizeof *out);
  for (gint64 a = 0; a < s->taps[0]; a++)
    for (gint64 b = 0; b < s->taps[1]; b++)
      {
        gint64 from_z = source (s, 0, z, a), from_y = source (s, 1, y, b);
        const float *row;

        if (from_z < 0 || from_y < 0)
          continue;
        row = s->data->inputs[0]
              + ((sample * s->in[0] + from_z) * s->in[1] + from_y) * s->in[2] * s->c;
        for (gint64 tap = 0; tap < s->taps[2]; tap++)
          add_tap (s, row, tap, (a * s->taps[1] + b) * s->taps[2] + tap, products, out);
      }
  for (gint64 i = 0; s->data->inputs[2] != NULL && i < s->out[2]; i++)
    for (gint64 q = 0; q < s->f; q++)
      out[i * s->f + q] += s->data->inputs[2][q];
  if (s->settings->activation != TN_ACTIVATION_LINEAR)
    tn_activation_apply (s->settings, out, out, s->out[2] * s->f);
}

static void
turn_band (gint64 band, guint worker, gpointer data)
{
  const Spread *s = data;
  const float *from = s->data->inputs[1] + band * s->f * s->c;
  float *to = (float *)s->turned + band * s->f * s->c;

  for (gint64 i = 0; i < s->c; i++)
    for (gint64 q = 0; q < s->f; q++)
      to[i * s->f + q] = from[q * s->c + i];
}

static void
transpose_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Spread s = planned (call);

  s.data = data;
  s.context = context;
  s.turned = tn_kernel_shared (context);
  if (!s.packed)
    tn_kernel_for (context, s.taps[0] * s.taps[1] * s.taps[2], turn_band, &s);
  tn_kernel_for (context, s.n * s.out[0] * s.out[1], spread_band, &s);
}

static TnScratch
transpose_scratch (const TnOpCall *call)
{
  Spread s = planned (call);

  if (s.packed)
    return (TnScratch){ 0 };
  return (TnScratch){ .shared = (gsize)tn_shape_elements (call->inputs[1], 0) * sizeof (float),
                      .worker = (gsize)(s.in[2] * s.f) * sizeof (float) };
}

/* Goes through the input and spreads each point, as the definition has it. */
static void
transpose_reference (const TnOpCall *call, const TnOpData *data)
{
  Spread s = spread (call);
  gint64 n = tn_shape_elements (call->output, 0);
  g_autofree double *sums = g_new (double, n + 1);

  for (gint64 i = 0; i < n; i++)
    sums[i] = data->inputs[2] != NULL ? data->inputs[2][i % s.f] : 0.0;
  for (gint64 point = 0; point < s.n * s.in[0] * s.in[1] * s.in[2]; point++)
    for (gint64 tap = 0; tap < s.taps[0] * s.taps[1] * s.taps[2]; tap++)
      {
        gint64 i[3]
            = { point / s.in[2] / s.in[1] % s.in[0], point / s.in[2] % s.in[1], point % s.in[2] };
        gint64 u[3] = { tap / s.taps[2] / s.taps[1], tap / s.taps[2] % s.taps[1], tap % s.taps[2] };
        gint64 to = point / (s.in[0] * s.in[1] * s.in[2]);
        gboolean inside = TRUE;

        for (int axis = 0; axis < 3; axis++)
          {
            gint64 at = i[axis] * s.settings->stride[axis] + u[axis] * s.settings->dilation[axis]
                        - s.settings->pad_before[axis];

            inside &= at >= 0 && at < s.out[axis];
            to = to * s.out[axis] + at;
          }
        for (gint64 q = 0; inside && q < s.f; q++)
          for (gint64 c = 0; c < s.c; c++)
            sums[to * s.f + q] += (double)data->inputs[0][point * s.c + c]
                                  * data->inputs[1][(tap * s.f + q) * s.c + c];
      }
  for (gint64 i = 0; i < n; i++)
    data->output[i] = (float)tn_activation_formula (call->settings, sums[i]);
}

static double
transpose_flops (const TnOpCall *call)
{
  Spread s = spread (call);

  return 2.0 * (double)(s.n * s.in[0] * s.in[1] * s.in[2])
         * (double)tn_shape_elements (call->inputs[1], 0);
}

static const char *
transpose_kernel_name (const TnOpCall *call)
{
  static const char *const names[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = "tap by tap, generic",
    [TN_ISA_AVX2] = "tap by tap, avx2",
    [TN_ISA_AVX512] = "tap by tap, avx512",
  };
  Spread s = planned (call);
  return s.packed ? names[tn_cpu ()->isa] : "bli_sgemm, tap by tap";
}

const TnOp tn_op_convolution_transpose = {
  .name = "convolution_transpose",
  .min_inputs = 2,
  .max_inputs = 3,
  .flags = TN_OP_ACTIVATES,
  .shape = transpose_shape,
  .kernel_name = transpose_kernel_name,
  .scratch = transpose_scratch,
  .weights = 1,
  .packed = transpose_packed,
  .pack = transpose_pack,
  .packed_layout = transpose_layout,
  .flops = transpose_flops,
  .kernel = transpose_kernel,
  .reference = transpose_reference,
};
