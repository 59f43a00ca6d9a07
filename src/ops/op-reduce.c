/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of the numbers along an axis: sums, extremes, places; and running sums.
 *
 * reduce: x  ->  x's shape with settings.axis 1 long; settings.reduce. Of nothing the sum is 0, the
 * product 1, the mean not a number, the maximum −∞, the place 0.
 * cumulate: x  ->  x's shape: sum (or, for settings.reduce TN_REDUCE_PRODUCT, product) of all
 * elements up to each along settings.axis; settings.backwards: from each on. */
#include "ops/tn-op.h"

#include <math.h>

static void
expect_axis (const TnOpCall *call, const char *name)
{
  if (call->settings->axis < 0 || call->settings->axis >= call->inputs[0]->rank)
    tn_op_misuse (name, call, "there is no such axis");
}

static TnShape
reduce_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = *call->inputs[0];

  expect_axis (call, "reduce");
  shape.dims[call->settings->axis] = tn_dim (1);
  return shape;
}

typedef struct
{
  TnReduce reduce;
  TnLanes lanes;
  gint64 lanes_per_band;
  gboolean backwards;
  const TnOpData *data;
} Reduce;

/* Sums are gathered in double precision: an axis may be long. */
static float
reduce_lane (TnReduce reduce, const float *x, gint64 n, gint64 step)
{
  double sum = 0.0, product = 1.0;
  float best = reduce == TN_REDUCE_MAXIMUM || reduce == TN_REDUCE_ARGMAX ? -INFINITY : INFINITY;
  gint64 place = 0;

  switch (reduce)
    {
    case TN_REDUCE_SUM:
    case TN_REDUCE_MEAN:
      for (gint64 i = 0; i < n; i++)
        sum += x[i * step];
      return (float)(reduce == TN_REDUCE_MEAN ? sum / (double)n : sum);
    case TN_REDUCE_PRODUCT:
      for (gint64 i = 0; i < n; i++)
        product *= x[i * step];
      return (float)product;
    case TN_REDUCE_MAXIMUM: /* not-a-number wins, as in NumPy */
      for (gint64 i = 0; i < n; i++)
        best = x[i * step] > best || x[i * step] != x[i * step] ? x[i * step] : best;
      return best;
    case TN_REDUCE_MINIMUM:
      for (gint64 i = 0; i < n; i++)
        best = x[i * step] < best || x[i * step] != x[i * step] ? x[i * step] : best;
      return best;
    case TN_REDUCE_ANY:
      for (gint64 i = 0; i < n; i++)
        if (x[i * step] != 0.0f)
          return 1.0f;
      return 0.0f;
    case TN_REDUCE_ALL:
      for (gint64 i = 0; i < n; i++)
        if (x[i * step] == 0.0f)
          return 0.0f;
      return 1.0f;
    case TN_REDUCE_ARGMAX:
    case TN_REDUCE_ARGMIN:
      for (gint64 i = 0; i < n; i++)
        {
          float value = x[i * step];

          if (value != value)
            return (float)i;
          if (reduce == TN_REDUCE_ARGMAX ? value > best : value < best)
            {
              best = value;
              place = i;
            }
        }
      return (float)place;
    case TN_N_REDUCTIONS:
    default:
      g_assert_not_reached ();
    }
}

static void
reduce_band (gint64 band, guint worker, gpointer data)
{
  const Reduce *r = data;
  gint64 lane = band * r->lanes_per_band;
  gint64 last = MIN (lane + r->lanes_per_band, r->lanes.outer * r->lanes.inner);

  for (; lane < last; lane++)
    {
      gint64 start = lane / r->lanes.inner * r->lanes.size * r->lanes.inner + lane % r->lanes.inner;

      r->data->output[lane]
          = reduce_lane (r->reduce, r->data->inputs[0] + start, r->lanes.size, r->lanes.inner);
    }
}

static Reduce
prepare (const TnOpCall *call, const TnOpData *data)
{
  Reduce r = { .reduce = call->settings->reduce,
               .lanes = tn_op_lanes (call->inputs[0], call->settings->axis),
               .backwards = call->settings->backwards,
               .data = data };

  r.lanes_per_band = MAX (TN_BAND_ELEMENTS / MAX (r.lanes.size, 1), 1);
  return r;
}

static void
reduce_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Reduce r = prepare (call, data);

  tn_kernel_for (context, tn_op_bands (r.lanes.outer * r.lanes.inner, r.lanes_per_band),
                 reduce_band, &r);
}

/* Each output by itself, its elements from the last to the first, kept as one folds a list. */
static void
reduce_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes lanes = tn_op_lanes (call->inputs[0], call->settings->axis);
  TnReduce reduce = call->settings->reduce;

  for (gint64 lane = 0; lane < lanes.outer * lanes.inner; lane++)
    {
      double value = reduce == TN_REDUCE_PRODUCT || reduce == TN_REDUCE_ALL ? 1.0 : 0.0;
      double best
          = reduce == TN_REDUCE_MAXIMUM || reduce == TN_REDUCE_ARGMAX ? -INFINITY : INFINITY;
      gint64 place = 0;

      for (gint64 i = lanes.size - 1; i >= 0; i--)
        {
          double x = data->inputs[0][(lane / lanes.inner * lanes.size + i) * lanes.inner
                                     + lane % lanes.inner];
          gboolean better
              = reduce == TN_REDUCE_MAXIMUM || reduce == TN_REDUCE_ARGMAX ? x >= best : x <= best;

          if (isnan (x) || (better && !isnan (best)))
            {
              best = x;
              place = i;
            }
          if (reduce == TN_REDUCE_PRODUCT)
            value *= x;
          else if (reduce == TN_REDUCE_ALL)
            value = value != 0.0 && x != 0.0;
          else if (reduce == TN_REDUCE_ANY)
            value = value != 0.0 || x != 0.0;
          else
            value += x;
        }
      if (reduce == TN_REDUCE_MEAN)
        value /= (double)lanes.size;
      if (reduce == TN_REDUCE_MAXIMUM || reduce == TN_REDUCE_MINIMUM)
        value = best;
      if (reduce == TN_REDUCE_ARGMAX || reduce == TN_REDUCE_ARGMIN)
        value = (double)place;
      data->output[lane] = (float)value;
    }
}

/* ---- cumulate ---- */

static TnShape
cumulate_shape (const TnOpCall *call, const TnShape *given)
{
  expect_axis (call, "cumulate");
  return *call->inputs[0];
}

static void
cumulate_band (gint64 band, guint worker, gpointer data)
{
  const Reduce *r = data;
  gint64 lane = band * r->lanes_per_band;
  gint64 last = MIN (lane + r->lanes_per_band, r->lanes.outer * r->lanes.inner);

  for (; lane < last; lane++)
    {
      gint64 start = lane / r->lanes.inner * r->lanes.size * r->lanes.inner + lane % r->lanes.inner;
      double value = r->reduce == TN_REDUCE_PRODUCT ? 1.0 : 0.0;

      for (gint64 i = 0; i < r->lanes.size; i++)
        {
          gint64 at = start + (r->backwards ? r->lanes.size - 1 - i : i) * r->lanes.inner;

          if (r->reduce == TN_REDUCE_PRODUCT)
            value *= r->data->inputs[0][at];
          else
            value += r->data->inputs[0][at];
          r->data->output[at] = (float)value;
        }
    }
}

static void
cumulate_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Reduce r = prepare (call, data);

  tn_kernel_for (context, tn_op_bands (r.lanes.outer * r.lanes.inner, r.lanes_per_band),
                 cumulate_band, &r);
}

/* Each element by itself. */
static void
cumulate_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes lanes = tn_op_lanes (call->inputs[0], call->settings->axis);
  gboolean product = call->settings->reduce == TN_REDUCE_PRODUCT;
  gint64 n = lanes.outer * lanes.size * lanes.inner;

  for (gint64 i = 0; i < n; i++)
    {
      gint64 place = i / lanes.inner % lanes.size;
      gint64 from = call->settings->backwards ? place : 0;
      gint64 to = call->settings->backwards ? lanes.size - 1 : place;
      double value = product ? 1.0 : 0.0;

      for (gint64 j = from; j <= to; j++)
        {
          double x = data->inputs[0][i + (j - place) * lanes.inner];

          value = product ? value * x : value + x;
        }
      data->output[i] = (float)value;
    }
}

static const char *
lane_kernel_name (const TnOpCall *call)
{
  return "lane by lane";
}

const TnOp tn_op_reduce = {
  .name = "reduce",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = reduce_shape,
  .kernel_name = lane_kernel_name,
  .kernel = reduce_kernel,
  .reference = reduce_reference,
};

const TnOp tn_op_cumulate = {
  .name = "cumulate",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_IN_PLACE,
  .shape = cumulate_shape,
  .kernel_name = lane_kernel_name,
  .kernel = cumulate_kernel,
  .reference = cumulate_reference,
};
