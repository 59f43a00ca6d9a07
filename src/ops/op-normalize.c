/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normalization by the numbers themselves: what LayerNormalization and its kind compute.
 *
 * x, gamma?, beta?  ->  x's shape. All axes of x from settings.axis on are one row, that is brought
 * to a common scale by itself (settings.normalize, epsilon), then multiplied by gamma and added to
 * beta, which have the shape of a row. */
#include "kernels/tn-function.h"
#include "ops/tn-op.h"

#include <math.h>

static TnShape
normalize_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  int axis = call->settings->axis;

  if (axis < 0 || axis > x->rank)
    tn_op_misuse ("normalize", call, "there is no such axis");
  for (guint i = 1; i < call->n_inputs; i++)
    {
      const TnShape *row = call->inputs[i];

      if (row == NULL)
        continue;
      if (row->rank != x->rank - axis)
        tn_op_misuse ("normalize", call, "gamma and beta must have the shape of a row");
      for (int j = 0; j < row->rank; j++)
        if (tn_op_dim (row, j) != tn_op_dim (x, axis + j))
          tn_op_misuse ("normalize", call, "gamma and beta must have the shape of a row");
    }
  return *x;
}

typedef struct
{
  TnNormalize normalize;
  double epsilon;
  gint64 rows, width, rows_per_band;
  const float *x, *gamma, *beta;
  float *out;
} Normalize;

static Normalize
prepare (const TnOpCall *call, const TnOpData *data)
{
  const TnShape *x = call->inputs[0];
  Normalize n = { .normalize = call->settings->normalize,
                  .epsilon = call->settings->epsilon,
                  .rows = tn_op_product (x, 0, call->settings->axis),
                  .width = tn_op_product (x, call->settings->axis, x->rank),
                  .x = data->inputs[0],
                  .gamma = data->inputs[1],
                  .beta = data->inputs[2],
                  .out = data->output };

  n.rows_per_band = MAX (TN_BAND_ELEMENTS / MAX (n.width, 1), 1);
  return n;
}

static void
normalize_band (gint64 band, guint worker, gpointer data)
{
  const Normalize *n = data;
  const TnFunctionSet *set = tn_function_set (tn_cpu ()->isa);
  const TnFunctionNormal how = { .about_mean = n->normalize <= TN_NORMALIZE_DEVIATION,
                                 .less_mean = n->normalize == TN_NORMALIZE_MOMENTS,
                                 .unit = n->normalize == TN_NORMALIZE_UNIT,
                                 .epsilon = n->epsilon,
                                 .gamma = n->gamma,
                                 .beta = n->beta };
  gint64 row = band * n->rows_per_band;
  gint64 last = MIN (row + n->rows_per_band, n->rows);

  for (; row < last; row++)
    set->normalize (&how, n->x + row * n->width, n->out + row * n->width, n->width);
}

static void
normalize_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Normalize n = prepare (call, data);

  if (n.width > 0)
    tn_kernel_for (context, tn_op_bands (n.rows, n.rows_per_band), normalize_band, &n);
}

/* Each element by itself, from the definition. */
static void
normalize_reference (const TnOpCall *call, const TnOpData *data)
{
  Normalize n = prepare (call, data);

  for (gint64 i = 0; i < n.rows * n.width; i++)
    {
      const float *row = n.x + i / n.width * n.width;
      double mean = 0.0, squares = 0.0, y;

      for (gint64 j = 0; n.normalize <= TN_NORMALIZE_DEVIATION && j < n.width; j++)
        mean += row[j] / (double)n.width;
      for (gint64 j = 0; j < n.width; j++)
        squares += (row[j] - mean) * (row[j] - mean);
      if (n.normalize == TN_NORMALIZE_UNIT)
        y = row[i % n.width] / sqrt (fmax (squares, n.epsilon));
      else
        y = (row[i % n.width] - (n.normalize == TN_NORMALIZE_MOMENTS ? mean : 0.0))
            / sqrt (squares / (double)n.width + n.epsilon);
      if (n.gamma != NULL)
        y *= n.gamma[i % n.width];
      if (n.beta != NULL)
        y += n.beta[i % n.width];
      data->output[i] = (float)y;
    }
}

static const char *
normalize_kernel_name (const TnOpCall *call)
{
  return "row by row";
}

const TnOp tn_op_normalize = {
  .name = "normalize",
  .min_inputs = 1,
  .max_inputs = 3,
  .flags = TN_OP_IN_PLACE,
  .shape = normalize_shape,
  .kernel_name = normalize_kernel_name,
  .kernel = normalize_kernel,
  .reference = normalize_reference,
};
