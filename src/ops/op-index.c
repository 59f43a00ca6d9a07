/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ops on numbers that are places: rows of a table, classes, buckets; and picking out of an axis.
 *
 * gather: table (v, …), ids (…)  ->  (ids' shape, …): the row of each id. An id that is no whole
 * number from −v (counted from the end) to v − 1 gives not-a-number, so that it is found.
 * one_hot: ids (…)  ->  (…, settings.groups): 1 at the id, else 0; all 0 where there is none such.
 * bucketize: x  ->  x's shape: how many of settings.values, which ascend, are not above each.
 * stride: x  ->  every settings.stride[0]-th element along settings.axis from the first on;
 * settings.backwards: from the last on towards the first. */
#include "ops/tn-op.h"

#include <math.h>
#include <string.h>

/* ---- gather ---- */

static TnShape
gather_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *table = call->inputs[0];
  TnShape shape = *call->inputs[1];

  if (table->rank < 1 || shape.rank + table->rank - 1 > TN_MAX_RANK)
    tn_op_misuse ("gather", call, "the table must have rows, and the result not too many dims");
  for (int i = 1; i < table->rank; i++)
    shape.dims[shape.rank++] = table->dims[i];
  return shape;
}

typedef struct
{
  gint64 rows, width, classes;
  TnGrid grid;
  const TnOpData *data;
} Gather;

/* -1 when @id is no place among @n. */
static gint64
place_of (float id, gint64 n)
{
  gint64 place;

  if (!(id >= -(float)n && id < (float)n) || id != floorf (id))
    return -1;
  place = (gint64)id;
  return place < 0 ? place + n : place;
}

static void
gather_band (gint64 band, guint worker, gpointer data)
{
  const Gather *g = data;
  gint64 row, last, from, to;

  tn_grid_band (&g->grid, band, &row, &last, &from, &to);
  for (; row < last; row++)
    {
      gint64 place = place_of (g->data->inputs[1][row], g->rows);
      float *out = g->data->output + row * g->width;

      if (place >= 0)
        memcpy (out + from, g->data->inputs[0] + place * g->width + from,
                (to - from) * sizeof *out);
      else
        for (gint64 i = from; i < to; i++)
          out[i] = NAN;
    }
}

static void
gather_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Gather g = { .rows = tn_op_dim (call->inputs[0], 0),
               .width = tn_op_product (call->inputs[0], 1, call->inputs[0]->rank),
               .data = data };

  g.grid = tn_grid (tn_shape_elements (call->inputs[1], 0), g.width);
  tn_kernel_for (context, g.grid.n_bands, gather_band, &g);
}

static void
gather_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 rows = tn_op_dim (call->inputs[0], 0);
  gint64 width = tn_op_product (call->inputs[0], 1, call->inputs[0]->rank);
  gint64 n = tn_shape_elements (call->output, 0);

  for (gint64 i = 0; i < n; i++)
    {
      double id = data->inputs[1][i / width];

      data->output[i] = NAN;
      for (gint64 row = 0; row < rows; row++)
        if (id == (double)row || id == (double)(row - rows))
          data->output[i] = data->inputs[0][row * width + i % width];
    }
}

/* ---- one_hot ---- */

static TnShape
one_hot_shape (const TnOpCall *call, const TnShape *given)
{
  if (call->inputs[0]->rank >= TN_MAX_RANK)
    tn_op_misuse ("one_hot", call, "the result has too many dims");
  return tn_shape_append (*call->inputs[0], tn_dim (call->settings->groups));
}

static void
one_hot_band (gint64 band, guint worker, gpointer data)
{
  const Gather *g = data;
  gint64 row, last, from, to;

  tn_grid_band (&g->grid, band, &row, &last, &from, &to);
  for (; row < last; row++)
    {
      float id = g->data->inputs[0][row];
      gint64 place = id >= 0.0f ? place_of (id, g->classes) : -1;
      float *out = g->data->output + row * g->classes;

      memset (out + from, 0, (to - from) * sizeof *out);
      if (place >= from && place < to)
        out[place] = 1.0f;
    }
}

static void
one_hot_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Gather g = { .classes = call->settings->groups, .data = data };

  g.grid = tn_grid (tn_shape_elements (call->inputs[0], 0), g.classes);
  tn_kernel_for (context, g.grid.n_bands, one_hot_band, &g);
}

static void
one_hot_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 n = tn_shape_elements (call->output, 0);

  for (gint64 i = 0; i < n; i++)
    data->output[i]
        = data->inputs[0][i / call->settings->groups] == (float)(i % call->settings->groups) ? 1.0f
                                                                                             : 0.0f;
}

/* ---- bucketize ---- */

static TnShape
bucketize_shape (const TnOpCall *call, const TnShape *given)
{
  return *call->inputs[0];
}

typedef struct
{
  const TnOpSettings *settings;
  gint64 n;
  const TnOpData *data;
} Buckets;

static void
bucketize_band (gint64 band, guint worker, gpointer data)
{
  const Buckets *b = data;
  gint64 first = band * (TN_BAND_ELEMENTS / 8);
  gint64 end = MIN (first + TN_BAND_ELEMENTS / 8, b->n);

  for (gint64 i = first; i < end; i++)
    {
      float x = b->data->inputs[0][i];
      gsize low = 0, high = b->settings->n_values;

      while (low < high)
        {
          gsize middle = low + (high - low) / 2;

          if (x < b->settings->values[middle])
            high = middle;
          else
            low = middle + 1;
        }
      b->data->output[i] = (float)low;
    }
}

static void
bucketize_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Buckets b
      = { .settings = call->settings, .n = tn_shape_elements (call->output, 0), .data = data };

  tn_kernel_for (context, tn_op_bands (b.n, TN_BAND_ELEMENTS / 8), bucketize_band, &b);
}

static void
bucketize_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 n = tn_shape_elements (call->output, 0);

  for (gint64 i = 0; i < n; i++)
    {
      double count = 0;

      for (gsize j = 0; j < call->settings->n_values; j++)
        count += !(data->inputs[0][i] < call->settings->values[j]);
      data->output[i] = (float)count;
    }
}

/* ---- stride ---- */

static TnShape
stride_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = *call->inputs[0];
  int axis = call->settings->axis;

  if (axis < 0 || axis >= shape.rank)
    tn_op_misuse ("stride", call, "there is no such axis");
  shape.dims[axis] = tn_dim (tn_op_bands (tn_op_dim (&shape, axis), call->settings->stride[0]));
  return shape;
}

typedef struct
{
  gint64 size_in, size_out, inner, step;
  gboolean backwards;
  TnGrid grid;
  const TnOpData *data;
} Stride;

static void
stride_band (gint64 band, guint worker, gpointer data)
{
  const Stride *s = data;
  gint64 row, last, from, to;

  tn_grid_band (&s->grid, band, &row, &last, &from, &to);
  for (; row < last; row++)
    {
      gint64 place = row % s->size_out * s->step;
      const float *x;

      if (s->backwards)
        place = s->size_in - 1 - place;
      x = s->data->inputs[0] + (row / s->size_out * s->size_in + place) * s->inner;
      memcpy (s->data->output + row * s->inner + from, x + from, (to - from) * sizeof (float));
    }
}

static void
stride_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  TnLanes x = tn_op_lanes (call->inputs[0], call->settings->axis);
  Stride s = { .size_in = x.size,
               .size_out = tn_op_dim (call->output, call->settings->axis),
               .inner = x.inner,
               .step = call->settings->stride[0],
               .backwards = call->settings->backwards,
               .data = data };

  s.grid = tn_grid (x.outer * s.size_out, x.inner);
  tn_kernel_for (context, s.grid.n_bands, stride_band, &s);
}

static void
stride_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes x = tn_op_lanes (call->inputs[0], call->settings->axis);
  gint64 step = call->settings->stride[0];
  float *out = data->output;

  for (gint64 o = 0; o < x.outer; o++)
    for (gint64 s = 0; s < x.size; s += step)
      for (gint64 i = 0; i < x.inner; i++)
        {
          gint64 place = call->settings->backwards ? x.size - 1 - s : s;

          *out++ = data->inputs[0][(o * x.size + place) * x.inner + i];
        }
}

static const char *
copy_kernel_name (const TnOpCall *call)
{
  return "copy";
}

static const char *
search_kernel_name (const TnOpCall *call)
{
  return "binary search";
}

const TnOp tn_op_gather = {
  .name = "gather",
  .min_inputs = 2,
  .max_inputs = 2,
  .shape = gather_shape,
  .kernel_name = copy_kernel_name,
  .kernel = gather_kernel,
  .reference = gather_reference,
};

const TnOp tn_op_one_hot = {
  .name = "one_hot",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = one_hot_shape,
  .kernel_name = copy_kernel_name,
  .kernel = one_hot_kernel,
  .reference = one_hot_reference,
};

const TnOp tn_op_bucketize = {
  .name = "bucketize",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_IN_PLACE,
  .shape = bucketize_shape,
  .kernel_name = search_kernel_name,
  .kernel = bucketize_kernel,
  .reference = bucketize_reference,
};

const TnOp tn_op_stride = {
  .name = "stride",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = stride_shape,
  .kernel_name = copy_kernel_name,
  .kernel = stride_kernel,
  .reference = stride_reference,
};
