/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ops that make numbers out of settings alone; they have no inputs.
 *
 * literal: the given shape, filled with settings.values over and over (zeros when there are none).
 * causal_mask: the given shape (…, t, s): 1 where place s may be seen from place t, which is where
 * s ≤ t and, if kernel[0] > 0, t − s < kernel[0]; with settings.backwards only the latter, to both
 * sides (a window without regard to time). */
#include "ops/tn-op.h"

static TnShape
literal_shape (const TnOpCall *call, const TnShape *given)
{
  if (given == NULL || !tn_shape_is_full (given, 0))
    tn_op_misuse ("literal", call, "a shape has to be given");
  return *given;
}

static TnShape
causal_mask_shape (const TnOpCall *call, const TnShape *given)
{
  if (given == NULL || !tn_shape_is_full (given, 0) || given->rank < 2)
    tn_op_misuse ("causal_mask", call, "a shape of at least 2 dims has to be given");
  return *given;
}

typedef struct
{
  const TnOpSettings *settings;
  gint64 n, t, s;
  float *out;
} Fill;

static void
literal_band (gint64 band, guint worker, gpointer data)
{
  const Fill *f = data;
  gint64 first = band * TN_BAND_ELEMENTS;
  gint64 last = MIN (first + TN_BAND_ELEMENTS, f->n);
  gint64 n_values = (gint64)f->settings->n_values;

  if (n_values <= 1)
    for (gint64 i = first; i < last; i++)
      f->out[i] = n_values == 1 ? f->settings->values[0] : 0.0f;
  else
    for (gint64 i = first, at = first % n_values; i < last; i++)
      {
        f->out[i] = f->settings->values[at];
        at = at + 1 == n_values ? 0 : at + 1;
      }
}

static void
literal_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Fill f = { .settings = call->settings,
             .n = tn_shape_elements (call->output, 0),
             .out = data->output };

  tn_kernel_for (context, tn_op_bands (f.n, TN_BAND_ELEMENTS), literal_band, &f);
}

static void
literal_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 n = tn_shape_elements (call->output, 0);

  for (gint64 i = 0; i < n; i++)
    data->output[i] = call->settings->n_values == 0
                          ? 0.0f
                          : call->settings->values[(gsize)i % call->settings->n_values];
}

static void
causal_mask_band (gint64 band, guint worker, gpointer data)
{
  const Fill *f = data;
  gint64 window = f->settings->kernel[0];
  gint64 t = band % f->t;
  gint64 from = window > 0 ? CLAMP (t - window + 1, 0, f->s) : 0;
  gint64 to = MIN (t + 1, f->s);
  float *row = f->out + band * f->s;

  if (f->settings->backwards)
    to = window > 0 && window < f->s - t ? MAX (t + window, 0) : f->s;
  for (gint64 i = 0; i < f->s; i++)
    row[i] = i >= from && i < to ? 1.0f : 0.0f;
}

static void
causal_mask_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const TnShape *shape = call->output;
  Fill f = { .settings = call->settings,
             .t = tn_op_dim (shape, shape->rank - 2),
             .s = tn_op_dim (shape, shape->rank - 1),
             .out = data->output };

  tn_kernel_for (context, tn_op_product (shape, 0, shape->rank - 1), causal_mask_band, &f);
}

static void
causal_mask_reference (const TnOpCall *call, const TnOpData *data)
{
  const TnShape *shape = call->output;
  gint64 n_t = tn_op_dim (shape, shape->rank - 2), n_s = tn_op_dim (shape, shape->rank - 1);
  gint64 window = call->settings->kernel[0];
  gint64 n = tn_shape_elements (shape, 0);

  for (gint64 i = 0; i < n; i++)
    {
      gint64 t = i / n_s % n_t, s = i % n_s;
      gboolean near = window <= 0 || ABS (t - s) < window;

      data->output[i] = near && (s <= t || call->settings->backwards) ? 1.0f : 0.0f;
    }
}

static const char *
fill_kernel_name (const TnOpCall *call)
{
  return "fill";
}

const TnOp tn_op_literal = {
  .name = "literal",
  .shape = literal_shape,
  .kernel_name = fill_kernel_name,
  .kernel = literal_kernel,
  .reference = literal_reference,
};

const TnOp tn_op_causal_mask = {
  .name = "causal_mask",
  .shape = causal_mask_shape,
  .kernel_name = fill_kernel_name,
  .kernel = causal_mask_kernel,
  .reference = causal_mask_reference,
};
