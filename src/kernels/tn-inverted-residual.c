/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three convolutions at once, some rows after others. */
#include "kernels/tn-inverted-residual.h"

#include <string.h>

#include "kernels/tn-cpu.h"
#include "kernels/tn-depthwise-block.h"

/* What is made between the convolutions may take so much of the second cache. */
#define CACHE_PART 0.4
/* More rows at a time do not make the products any faster. */
#define MOST_ROWS 8
/* Rows that no other worker has to make again should be many against those that it has to. */
#define LEAST_ROWS 4

static gint64
reach (const TnDepthwiseSizes *s, gint64 rows)
{
  return (rows - 1) * s->stride[0] + (s->kernel[0] - 1) * s->dilation[0] + 1;
}

static gsize
whole (gint64 floats)
{
  const gsize line = TN_ALIGNMENT / sizeof (float);
  return ((gsize)floats + line - 1) / line * line;
}

/* Bytes between the convolutions for so many output rows at a time. */
static double
held_bytes (const TnInvertedResidual *plan, gint64 rows)
{
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  double held = (double)MIN (reach (s, rows), s->h) * (double)s->w;

  return 4.0 * (double)s->c * (held + (double)rows * (double)s->ow);
}

gboolean
tn_inverted_residual_init (TnInvertedResidual *plan, const TnInvertedResidualSizes *sizes)
{
  const TnDepthwiseSizes *s = &sizes->middle;

  g_return_val_if_fail (s->multiplier == 1, FALSE);
  *plan = (TnInvertedResidual){ .sizes = *sizes };
  if (s->n < 1 || s->h < 1 || s->w < 1 || s->oh < 1 || s->ow < 1 || s->kernel[0] < 1
      || s->kernel[1] < 1 || !tn_panels_init (&plan->expand, sizes->channels, s->c, tn_cpu ()->isa)
      || !tn_panels_init (&plan->project, s->c, sizes->filters, tn_cpu ()->isa))
    return FALSE;
  plan->rows = MIN (MOST_ROWS, s->oh);
  while (plan->rows > 1 && held_bytes (plan, plan->rows) > CACHE_PART * (double)tn_cpu ()->l2)
    plan->rows--;
  plan->held_rows = MIN (reach (s, plan->rows), s->h);
  return held_bytes (plan, plan->rows) < (double)G_MAXSSIZE / 4
         && (double)s->kernel[0] * (double)s->kernel[1] * (double)s->c < (double)G_MAXSSIZE / 64;
}

/* ---- weights ---- */

static gint64
depthwise_weights (const TnInvertedResidual *plan)
{
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  return s->kernel[0] * s->kernel[1] * s->c;
}

gsize
tn_inverted_residual_weights (const TnInvertedResidual *plan)
{
  return (gsize)(plan->expand.k * plan->expand.n + depthwise_weights (plan)
                 + plan->project.k * plan->project.n);
}

gsize
tn_inverted_residual_packed (const TnInvertedResidual *plan)
{
  return tn_panels_floats (&plan->expand) + whole (depthwise_weights (plan))
         + tn_panels_floats (&plan->project);
}

void
tn_inverted_residual_pack (const TnInvertedResidual *plan, const float *weights, float *packed)
{
  gint64 between = depthwise_weights (plan);

  tn_panels_pack (&plan->expand, weights, plan->expand.n, 1, packed);
  weights += plan->expand.k * plan->expand.n;
  packed += tn_panels_floats (&plan->expand);
  memcpy (packed, weights, between * sizeof *packed);
  memset (packed + between, 0, (whole (between) - between) * sizeof *packed);
  weights += between;
  packed += whole (between);
  tn_panels_pack (&plan->project, weights, plan->project.n, 1, packed);
}

/* ---- running ---- */

typedef struct
{
  const TnInvertedResidual *plan;
  const TnInvertedResidualData *data;
  const TnKernelContext *context;
  gint64 stretches; /* that each sample is cut into */
} Job;

/* A stretch of a sample on its way. @held: rows @first … @last - 1 of the many channels. @filtered:
 * what the depthwise convolution makes of them. */
typedef struct
{
  const Job *job;
  gint64 sample;
  float *held;
  gint64 first, last;
  float *filtered;
} Stretch;

/* Makes rows @from … @to - 1 of the many channels what is held, of which some may be already. */
static void
expand (Stretch *stretch, gint64 from, gint64 to)
{
  const TnInvertedResidual *plan = stretch->job->plan;
  const TnInvertedResidualData *data = stretch->job->data;
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  gint64 row = s->w * s->c;
  gint64 kept = CLAMP (stretch->last - from, 0, to - from);

  if (kept > 0)
    memmove (stretch->held, stretch->held + (from - stretch->first) * row,
             kept * row * sizeof *stretch->held);
  stretch->first = from;
  stretch->last = to;
  from += kept;
  if (from >= to)
    return;

  TnPanelsRows rows = {
    .x = data->x + (stretch->sample * s->h + from) * s->w * plan->sizes.channels,
    .x_stride = plan->sizes.channels,
    .out = stretch->held + kept * row,
    .out_stride = s->c,
    .bias = data->bias,
    .limited = TRUE,
    .low = s->low,
    .high = s->high,
  };
  tn_panels_multiply (&plan->expand, data->packed, (to - from) * s->w, &rows, 0,
                      plan->expand.n_panels);
  if (data->within != NULL)
    data->within (rows.out, (to - from) * row, data->within_data);
}

/* Output rows @from … @to - 1, of what is held. */
static void
filter (Stretch *stretch, gint64 from, gint64 to)
{
  const TnInvertedResidual *plan = stretch->job->plan;
  const TnInvertedResidualData *data = stretch->job->data;
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  TnDepthwiseBlock block = {
    .x = stretch->held,
    .x_first = stretch->first,
    .x_row = s->w * s->c,
    .x_pixel = s->c,
    .h = s->h,
    .w = s->w,
    .weights = data->packed + tn_panels_floats (&plan->expand),
    .tap = s->c,
    .bias = data->bias == NULL ? NULL : data->bias + s->c,
    .out = stretch->filtered,
    .out_row = s->ow * s->c,
    .out_pixel = s->c,
    .from = from,
    .to = to,
    .ow = s->ow,
    .channels = s->c,
    .kernel = { s->kernel[0], s->kernel[1] },
    .stride = { s->stride[0], s->stride[1] },
    .dilation = { s->dilation[0], s->dilation[1] },
    .pad = { s->pad[0], s->pad[1] },
    .low = s->low,
    .high = s->high,
  };

  tn_depthwise_block (&block);
  if (data->within != NULL)
    data->within (stretch->filtered, (to - from) * s->ow * s->c, data->within_data);
}

static void
project (const Stretch *stretch, gint64 from, gint64 to)
{
  const TnInvertedResidual *plan = stretch->job->plan;
  const TnInvertedResidualData *data = stretch->job->data;
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  gint64 f = plan->sizes.filters, pixels = (to - from) * s->ow;
  gint64 at = (stretch->sample * s->oh + from) * s->ow * f;
  TnPanelsRows rows = {
    .x = stretch->filtered,
    .x_stride = s->c,
    .out = data->out + at,
    .out_stride = f,
    .bias = data->bias == NULL ? NULL : data->bias + 2 * s->c,
    .residual = data->residual == NULL ? NULL : data->residual + at,
    .residual_stride = f,
    .limited = TRUE,
    .low = data->low,
    .high = data->high,
  };

  tn_panels_multiply (&plan->project,
                      data->packed + tn_panels_floats (&plan->expand)
                          + whole (depthwise_weights (plan)),
                      pixels, &rows, 0, plan->project.n_panels);
  if (data->finish != NULL)
    data->finish (rows.out, pixels * f, data->finish_data);
}

static void
run_stretch (gint64 band, guint worker, gpointer user_data)
{
  const Job *job = user_data;
  const TnInvertedResidual *plan = job->plan;
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  gint64 index = band % job->stretches;
  gint64 each = s->oh / job->stretches, more = s->oh % job->stretches;
  gint64 from = index * each + MIN (index, more);
  gint64 end = from + each + (index < more);
  float *scratch = tn_kernel_scratch (job->context, worker);
  Stretch stretch = { .job = job,
                      .sample = band / job->stretches,
                      .held = scratch,
                      .filtered = scratch + whole (plan->held_rows * s->w * s->c) };

  for (gint64 to; from < end; from = to)
    {
      gint64 top = from * s->stride[0] - s->pad[0];

      to = MIN (from + plan->rows, end);
      expand (&stretch, CLAMP (top, 0, s->h), CLAMP (top + reach (s, to - from), 0, s->h));
      filter (&stretch, from, to);
      project (&stretch, from, to);
    }
}

gsize
tn_inverted_residual_scratch (const TnInvertedResidual *plan)
{
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  return (whole (plan->held_rows * s->w * s->c) + whole (plan->rows * s->ow * s->c))
         * sizeof (float);
}

void
tn_inverted_residual_run (const TnInvertedResidual *plan, const TnInvertedResidualData *data,
                          const TnKernelContext *context)
{
  const TnDepthwiseSizes *s = &plan->sizes.middle;
  Job job = { plan, data, context, 1 };

  /* Cut only as far as there are workers: at each cut rows are made twice. */
  if (context->n_workers > 1 && s->n % context->n_workers != 0)
    job.stretches = CLAMP (s->oh / LEAST_ROWS, 1, (gint64)context->n_workers);
  tn_kernel_for (context, s->n * job.stretches, run_stretch, &job);
}
