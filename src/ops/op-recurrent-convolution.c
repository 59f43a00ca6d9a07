/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An LSTM whose states are volumes (images are flat ones) and whose recurrent product is a
 * convolution.
 *
 * x (n, t, d, h, w, 4·f), recurrent kernel (kd, kh, kw, f, 4·f), h (n, d, h, w, f)?, c (like h)?,
 * mask (n, t)?  ->  (n, rows, d, h, w, f). x are the steps already convolved with the kernel; the
 * recurrent convolution pads so that sizes stay, the odd element behind. Gates, rows and settings
 * as op-recurrent.c has them for lstm. */
#include "kernels/tn-blis.h"
#include "kernels/tn-function.h"
#include "kernels/tn-panels.h"
#include "ops/tn-volume.h"

#include <string.h>

enum
{
  IN_X,
  IN_KERNEL,
  IN_H,
  IN_C,
  IN_MASK,
  N_INPUTS,
};

#define TILE_FLOATS   (128 * 1024)
#define TILE_MAX_ROWS 512

typedef struct
{
  const TnOpSettings *settings;
  TnOpSettings gate;
  TnVolume volume;
  gint64 n, t, f, rows;
  gint64 points, patch, tile_rows, tiles;
  gint64 order; /* of the step being done */
  float *h, *next, *c;
  gboolean usual; /* tanh and sigmoid */
  gboolean packed;
  TnPanels panels; /* where packed */
  const TnOpData *data;
  const TnKernelContext *context;
} Recurrence;

static gint64
row_at (const Recurrence *r)
{
  return r->settings->sequences ? r->order : 0;
}

static TnShape
conv_lstm_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[IN_X];
  const TnShape *kernel = call->inputs[IN_KERNEL];
  const TnShape *mask = call->inputs[IN_MASK];
  TnShape shape = *x;

  if (x->rank != 6 || kernel->rank != 5 || tn_op_dim (x, 5) != tn_op_dim (kernel, 4)
      || tn_op_dim (kernel, 4) != 4 * tn_op_dim (kernel, 3))
    tn_op_misuse ("conv_lstm", call, "x must have 6 dims, the kernel 5, both four times f last");
  shape.dims[5] = kernel->dims[3];
  for (guint i = IN_H; i <= IN_C; i++)
    {
      TnShape state = shape;

      for (int axis = 1; axis < 5; axis++)
        state.dims[axis] = shape.dims[axis + 1];
      state.rank = 5;
      if (call->inputs[i] != NULL && !tn_shape_identical (call->inputs[i], &state))
        tn_op_misuse ("conv_lstm", call, "states must have the shape of a step's output");
    }
  if (mask != NULL
      && (mask->rank != 2 || tn_op_dim (mask, 0) != tn_op_dim (x, 0)
          || tn_op_dim (mask, 1) != tn_op_dim (x, 1)))
    tn_op_misuse ("conv_lstm", call, "the mask must be (n, steps)");
  shape.dims[1] = tn_dim ((call->settings->sequences ? tn_op_dim (x, 1) : 1)
                          + (call->settings->states ? 2 : 0));
  return shape;
}

static Recurrence
recurrence (const TnOpCall *call)
{
  const TnShape *x = call->inputs[IN_X];
  Recurrence r = { .settings = call->settings,
                   .n = tn_op_dim (x, 0),
                   .t = tn_op_dim (x, 1),
                   .f = tn_op_dim (call->inputs[IN_KERNEL], 3),
                   .rows = tn_op_dim (call->output, 1) };

  r.gate.activation = call->settings->gate;
  r.gate.params[0] = call->settings->gate_param;
  r.volume.channels = r.f;
  for (int i = 0; i < 3; i++)
    {
      r.volume.size[i] = r.volume.out[i] = tn_op_dim (x, 2 + i);
      r.volume.kernel[i] = tn_op_dim (call->inputs[IN_KERNEL], i);
      r.volume.stride[i] = r.volume.dilation[i] = 1;
      r.volume.pad_before[i] = (r.volume.kernel[i] - 1) / 2;
    }
  r.points = tn_volume_points (&r.volume);
  r.patch = tn_volume_taps (&r.volume) * r.f;
  r.tile_rows = CLAMP (TILE_FLOATS / MAX (r.patch + 4 * r.f, 1), 1, TILE_MAX_ROWS);
  r.tile_rows = MIN (r.tile_rows, MAX (r.points, 1));
  r.tiles = tn_op_bands (r.points, r.tile_rows);
  r.usual = call->settings->activation == TN_ACTIVATION_TANH
            && call->settings->gate == TN_ACTIVATION_SIGMOID;
  return r;
}

/* The same with packed weights; FALSE: they are not. */
static gboolean
plan_packed (const TnOpCall *call, Recurrence *r)
{
  *r = recurrence (call);
  r->packed = call->settings->kernels != TN_KERNELS_BLIS
              && tn_panels_init (&r->panels, r->patch, 4 * r->f, tn_cpu ()->isa);
  return r->packed;
}

static Recurrence
planned (const TnOpCall *call)
{
  Recurrence r;
  return call->packed && plan_packed (call, &r) ? r : recurrence (call);
}

static gsize
conv_lstm_packed (const TnOpCall *call)
{
  Recurrence r;
  return plan_packed (call, &r) ? tn_panels_floats (&r.panels) * sizeof (float) : 0;
}

static void
conv_lstm_pack (const TnOpCall *call, const float *weights, gpointer packed)
{
  Recurrence r;
  if (plan_packed (call, &r))
    tn_panels_pack (&r.panels, weights, 4 * r.f, 1, packed);
}

static guint64
conv_lstm_layout (const TnOpCall *call)
{
  Recurrence r;
  return plan_packed (call, &r) ? tn_cpu ()->isa + 1 : 0;
}

static void
point_cell (const Recurrence *r, float *z, float *c, float *h)
{
  gint64 f = r->f;

  if (r->usual)
    {
      tn_function_set (tn_cpu ()->isa)->lstm (z, h, c, f);
      return;
    }
  tn_activation_apply (&r->gate, z, z, 2 * f);
  tn_activation_apply (r->settings, z + 2 * f, z + 2 * f, f);
  tn_activation_apply (&r->gate, z + 3 * f, z + 3 * f, f);
  for (gint64 i = 0; i < f; i++)
    c[i] = z[f + i] * c[i] + z[i] * z[2 * f + i];
  tn_activation_apply (r->settings, c, h, f);
  for (gint64 i = 0; i < f; i++)
    h[i] *= z[3 * f + i];
}

/* Keras puts out what was put out before where a step is masked, and zeros where nothing was yet:
 * not the states to begin with. Has a step counted, up to the one at place @order? */
static gboolean
has_begun (const Recurrence *r, gint64 sample, gint64 order)
{
  const float *mask = r->data->inputs[IN_MASK];
  gboolean begun = mask == NULL || r->data->inputs[IN_H] == NULL;

  for (gint64 i = 0; !begun && i <= order; i++)
    begun = mask[sample * r->t + (r->settings->backwards ? r->t - 1 - i : i)] != 0.0f;
  return begun;
}

/* A tile of points of one sample, one step on. */
static void
step_band (gint64 band, guint worker, gpointer data)
{
  const Recurrence *r = data;
  gint64 sample = band / r->tiles, first = band % r->tiles * r->tile_rows;
  gint64 rows = MIN (r->tile_rows, r->points - first);
  gint64 step = r->settings->backwards ? r->t - 1 - r->order : r->order;
  const float *mask = r->data->inputs[IN_MASK];
  gboolean masked = mask != NULL && mask[sample * r->t + step] == 0.0f;
  gint64 at = (sample * r->points + first) * r->f;
  float *out = r->data->output + ((sample * r->rows + row_at (r)) * r->points + first) * r->f;
  float *patches = tn_kernel_scratch (r->context, worker);
  float *z = patches + r->tile_rows * r->patch;
  const float *x = r->data->inputs[IN_X] + ((sample * r->t + step) * r->points + first) * 4 * r->f;

  if (masked)
    memcpy (r->next + at, r->h + at, rows * r->f * sizeof (float));
  else
    {
      tn_volume_gather (&r->volume, r->h + sample * r->points * r->f, 0, r->f, first, rows,
                        patches);
      if (r->packed)
        {
          TnPanelsRows to = { .x = patches,
                              .x_stride = r->patch,
                              .out = z,
                              .out_stride = 4 * r->f,
                              .residual = x,
                              .residual_stride = 4 * r->f };
          tn_panels_multiply (&r->panels, r->data->packed, rows, &to, 0, r->panels.n_panels);
        }
      else
        {
          tn_blis_sgemm (rows, 4 * r->f, r->patch, patches, r->patch, r->data->inputs[IN_KERNEL],
                         4 * r->f, z, 4 * r->f);
          for (gint64 i = 0; i < rows * 4 * r->f; i++)
            z[i] += x[i];
        }
      for (gint64 i = 0; i < rows; i++)
        point_cell (r, z + i * 4 * r->f, r->c + at + i * r->f, r->next + at + i * r->f);
    }
  if (masked && (r->settings->zero_masked || !has_begun (r, sample, r->order)))
    memset (out, 0, rows * r->f * sizeof *out);
  else if (r->settings->sequences || r->order == r->t - 1)
    memcpy (out, r->next + at, rows * r->f * sizeof *out);
}

static void
conv_lstm_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Recurrence r = planned (call);
  gsize bytes = (gsize)(r.n * r.points * r.f) * sizeof (float);
  gsize sample = (gsize)(r.points * r.f) * sizeof (float);

  if (bytes == 0)
    return;
  r.data = data;
  r.context = context;
  r.h = tn_kernel_shared (context);
  r.next = r.h + r.n * r.points * r.f;
  r.c = r.next + r.n * r.points * r.f;
  memset (r.h, 0, bytes);
  memset (r.c, 0, bytes);
  if (data->inputs[IN_H] != NULL)
    memcpy (r.h, data->inputs[IN_H], bytes);
  if (data->inputs[IN_C] != NULL)
    memcpy (r.c, data->inputs[IN_C], bytes);
  for (r.order = 0; r.order < r.t; r.order++)
    {
      float *before = r.h;

      tn_kernel_for_part (context, 1.0 / (double)r.t, r.n * r.tiles, step_band, &r);
      r.h = r.next;
      r.next = before;
    }
  for (gint64 i = 0; i < r.n; i++)
    {
      float *out = data->output + i * r.rows * r.points * r.f;
      float *states = out + (r.rows - 2) * r.points * r.f;

      if (r.t == 0 && !r.settings->sequences)
        memcpy (out, r.h + i * r.points * r.f, sample);
      if (!r.settings->states)
        continue;
      memcpy (states, r.h + i * r.points * r.f, sample);
      memcpy (states + r.points * r.f, r.c + i * r.points * r.f, sample);
    }
}

static TnScratch
conv_lstm_scratch (const TnOpCall *call)
{
  Recurrence r = recurrence (call);

  return (TnScratch){ .shared = (gsize)(3 * r.n * r.points * r.f) * sizeof (float),
                      .worker = (gsize)(r.tile_rows * (r.patch + 4 * r.f)) * sizeof (float) };
}

static double
conv_lstm_flops (const TnOpCall *call)
{
  Recurrence r = recurrence (call);

  return 2.0 * (double)(r.n * r.t * r.points) * (double)(4 * r.f) * (double)r.patch;
}

/* ---- the plain account of the same ---- */

/* Output @column of the recurrent convolution of @h at @point. */
static double
plain_convolution (const Recurrence *r, const double *h, gint64 point, gint64 column)
{
  const TnVolume *v = &r->volume;
  gint64 o[3] = { point / v->out[2] / v->out[1], point / v->out[2] % v->out[1], point % v->out[2] };
  double sum = 0.0;

  for (gint64 a = 0; a < v->kernel[0]; a++)
    for (gint64 b = 0; b < v->kernel[1]; b++)
      for (gint64 c = 0; c < v->kernel[2]; c++)
        {
          gint64 z = o[0] + a - v->pad_before[0], y = o[1] + b - v->pad_before[1];
          gint64 x = o[2] + c - v->pad_before[2];

          if (z < 0 || z >= v->size[0] || y < 0 || y >= v->size[1] || x < 0 || x >= v->size[2])
            continue;
          for (gint64 i = 0; i < r->f; i++)
            sum += h[((z * v->size[1] + y) * v->size[2] + x) * r->f + i]
                   * r->data->inputs[IN_KERNEL]
                                    [(((a * v->kernel[1] + b) * v->kernel[2] + c) * r->f + i) * 4
                                         * r->f
                                     + column];
        }
  return sum;
}

static void
plain_step (const Recurrence *r, const float *x, const double *h, double *c, double *new_h)
{
  for (gint64 at = 0; at < r->points * r->f; at++)
    {
      double gates[4];

      for (int gate = 0; gate < 4; gate++)
        {
          gint64 column = gate * r->f + at % r->f;

          gates[gate] = tn_activation_formula (gate == 2 ? r->settings : &r->gate,
                                               x[at / r->f * 4 * r->f + column]
                                                   + plain_convolution (r, h, at / r->f, column));
        }
      c[at] = gates[1] * c[at] + gates[0] * gates[2];
      new_h[at] = gates[3] * tn_activation_formula (r->settings, c[at]);
    }
}

static void
conv_lstm_reference (const TnOpCall *call, const TnOpData *data)
{
  Recurrence r = recurrence (call);
  gint64 wide = r.points * r.f;
  g_autofree double *state = g_new0 (double, 3 * wide + 1);

  r.data = data;
  for (gint64 sample = 0; sample < r.n; sample++)
    {
      double *h = state, *c = state + wide, *new_h = state + 2 * wide;
      float *out = data->output + sample * r.rows * wide;
      gboolean zero = FALSE, begun = FALSE;

      for (gint64 i = 0; i < wide; i++)
        {
          h[i] = data->inputs[IN_H] != NULL ? data->inputs[IN_H][sample * wide + i] : 0.0;
          c[i] = data->inputs[IN_C] != NULL ? data->inputs[IN_C][sample * wide + i] : 0.0;
        }
      for (gint64 order = 0; order < r.t; order++)
        {
          gint64 step = r.settings->backwards ? r.t - 1 - order : order;
          gboolean masked
              = data->inputs[IN_MASK] != NULL && data->inputs[IN_MASK][sample * r.t + step] == 0;

          if (!masked)
            {
              plain_step (&r, data->inputs[IN_X] + (sample * r.t + step) * 4 * wide, h, c, new_h);
              memcpy (h, new_h, wide * sizeof *h);
            }
          begun = begun || !masked;
          zero = masked && (r.settings->zero_masked || !begun);
          for (gint64 i = 0; r.settings->sequences && i < wide; i++)
            *out++ = zero ? 0.0f : (float)h[i];
        }
      for (gint64 i = 0; !r.settings->sequences && i < wide; i++)
        *out++ = zero ? 0.0f : (float)h[i];
      for (gint64 i = 0; r.settings->states && i < 2 * wide; i++)
        *out++ = (float)(i < wide ? h[i] : c[i - wide]);
    }
}

static const char *
conv_lstm_kernel_name (const TnOpCall *call)
{
  static const char *const names[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = "step by step, generic",
    [TN_ISA_AVX2] = "step by step, avx2",
    [TN_ISA_AVX512] = "step by step, avx512",
  };
  Recurrence r = planned (call);
  return r.packed ? names[tn_cpu ()->isa] : "im2col + bli_sgemm, step by step";
}

const TnOp tn_op_conv_lstm = {
  .name = "conv_lstm",
  .min_inputs = 2,
  .max_inputs = N_INPUTS,
  .shape = conv_lstm_shape,
  .kernel_name = conv_lstm_kernel_name,
  .scratch = conv_lstm_scratch,
  .weights = IN_KERNEL,
  .packed = conv_lstm_packed,
  .pack = conv_lstm_pack,
  .packed_layout = conv_lstm_layout,
  .flops = conv_lstm_flops,
  .kernel = conv_lstm_kernel,
  .reference = conv_lstm_reference,
};
