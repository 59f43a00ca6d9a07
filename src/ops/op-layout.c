/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ops that only move data: reshape, transpose, concatenate, pad.
 *
 * reshape: x  ->  the shape asked for, of as many elements; an alias, nothing is moved.
 * transpose: x  ->  axis i of the output is axis settings.permutation[i] of x.
 * concatenate: a, b, equal but along settings.axis  ->  b after a along that axis.
 * pad: x  ->  settings.pad_before[0] times params[0] before it and pad_after[0] times behind it
 * along settings.axis; negative: so many elements are cut off. */
#include "ops/tn-op.h"

#include <string.h>

static TnShape
reshape_shape (const TnOpCall *call, const TnShape *given)
{
  if (given == NULL || !tn_shape_is_full (given, 0)
      || tn_shape_elements (given, 0) != tn_shape_elements (call->inputs[0], 0))
    tn_op_misuse ("reshape", call, "the shape asked for has another number of elements");
  return *given;
}

static void
copy_all (const TnOpCall *call, const TnOpData *data)
{
  if (data->output != data->inputs[0])
    memcpy (data->output, data->inputs[0], tn_shape_elements (call->output, 0) * sizeof (float));
}

static void
reshape_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  copy_all (call, data);
}

static const char *
reshape_kernel_name (const TnOpCall *call)
{
  return "alias";
}

/* ---- transpose ---- */

static TnShape
transpose_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  TnShape shape = *x;
  guint seen = 0;

  for (int i = 0; i < x->rank; i++)
    {
      int axis = call->settings->permutation[i];
      if (axis < 0 || axis >= x->rank || (seen & 1u << axis))
        tn_op_misuse ("transpose", call, "this is no permutation of the axes");
      seen |= 1u << axis;
      shape.dims[i] = x->dims[axis];
    }
  return shape;
}

typedef struct
{
  int rank;
  gint64 size[TN_MAX_RANK]; /* of the output */
  gint64 step[TN_MAX_RANK]; /* of the input along the output's axes */
  TnGrid grid;
  const TnOpData *data;
} Transpose;

static void
transpose_band (gint64 band, guint worker, gpointer data)
{
  const Transpose *t = data;
  gint64 row, last, from, to;
  tn_grid_band (&t->grid, band, &row, &last, &from, &to);

  for (; row < last; row++)
    {
      const float *x = t->data->inputs[0];
      float *out = t->data->output + row * t->grid.width;
      gint64 step = t->step[t->rank - 1];
      gint64 rest = row;
      for (int i = t->rank - 2; i >= 0; i--)
        {
          x += rest % t->size[i] * t->step[i];
          rest /= t->size[i];
        }
      if (step == 1)
        memcpy (out + from, x + from, (to - from) * sizeof *out);
      else
        for (gint64 i = from; i < to; i++)
          out[i] = x[i * step];
    }
}

static void
transpose_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const TnShape *x = call->inputs[0];
  Transpose t = { .rank = x->rank, .data = data };
  if (x->rank == 0)
    {
      copy_all (call, data);
      return;
    }
  gint64 rows = 1;
  for (int i = 0; i < t.rank; i++)
    {
      int axis = call->settings->permutation[i];
      t.size[i] = tn_op_dim (x, axis);
      t.step[i] = tn_op_product (x, axis + 1, x->rank);
      if (i < t.rank - 1)
        rows *= t.size[i];
    }
  t.grid = tn_grid (rows, t.size[t.rank - 1]);
  tn_kernel_for (context, t.grid.n_bands, transpose_band, &t);
}

/* Goes through the input in order and works out where each element belongs. */
static void
transpose_reference (const TnOpCall *call, const TnOpData *data)
{
  const TnShape *x = call->inputs[0];
  gint64 n = tn_shape_elements (x, 0);

  for (gint64 i = 0; i < n; i++)
    {
      gint64 coordinate[TN_MAX_RANK] = { 0 };
      gint64 rest = i;
      for (int axis = x->rank - 1; axis >= 0; axis--)
        {
          coordinate[axis] = rest % tn_op_dim (x, axis);
          rest /= tn_op_dim (x, axis);
        }
      gint64 at = 0;
      for (int axis = 0; axis < x->rank; axis++)
        at = at * tn_op_dim (call->output, axis) + coordinate[call->settings->permutation[axis]];
      data->output[at] = data->inputs[0][i];
    }
}

static const char *
move_kernel_name (const TnOpCall *call)
{
  return "copy";
}

/* ---- concatenate ---- */

static TnShape
concatenate_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *a = call->inputs[0];
  const TnShape *b = call->inputs[1];
  int axis = call->settings->axis;

  if (a->rank != b->rank || axis < 0 || axis >= a->rank)
    tn_op_misuse ("concatenate", call, "there is no such axis in both");
  for (int i = 0; i < a->rank; i++)
    if (i != axis && tn_op_dim (a, i) != tn_op_dim (b, i))
      tn_op_misuse ("concatenate", call, "the inputs differ along another axis");
  TnShape shape = *a;
  shape.dims[axis] = tn_dim (tn_op_dim (a, axis) + tn_op_dim (b, axis));
  return shape;
}

typedef struct
{
  gint64 width_a, width_b;
  TnGrid grid;
  const TnOpData *data;
} Concatenate;

/* Columns @from … @to - 1 of a row that is @a followed by @b. */
static void
concatenate_band (gint64 band, guint worker, gpointer data)
{
  const Concatenate *c = data;
  gint64 row, last, from, to;
  tn_grid_band (&c->grid, band, &row, &last, &from, &to);

  for (; row < last; row++)
    {
      const float *a = c->data->inputs[0] + row * c->width_a;
      const float *b = c->data->inputs[1] + row * c->width_b;
      float *out = c->data->output + row * c->grid.width;
      gint64 middle = CLAMP (c->width_a, from, to);
      if (from < middle)
        memcpy (out + from, a + from, (middle - from) * sizeof *out);
      if (middle < to)
        memcpy (out + middle, b + middle - c->width_a, (to - middle) * sizeof *out);
    }
}

static void
concatenate_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  TnLanes a = tn_op_lanes (call->inputs[0], call->settings->axis);
  TnLanes b = tn_op_lanes (call->inputs[1], call->settings->axis);
  Concatenate c = { .width_a = a.size * a.inner, .width_b = b.size * b.inner, .data = data };
  c.grid = tn_grid (a.outer, c.width_a + c.width_b);
  tn_kernel_for (context, c.grid.n_bands, concatenate_band, &c);
}

static void
concatenate_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes out = tn_op_lanes (call->output, call->settings->axis);
  gint64 size_a = tn_op_dim (call->inputs[0], call->settings->axis);
  gint64 size_b = tn_op_dim (call->inputs[1], call->settings->axis);
  float *to = data->output;

  for (gint64 o = 0; o < out.outer; o++)
    for (gint64 s = 0; s < out.size; s++)
      for (gint64 i = 0; i < out.inner; i++)
        *to++ = s < size_a ? data->inputs[0][(o * size_a + s) * out.inner + i]
                           : data->inputs[1][(o * size_b + s - size_a) * out.inner + i];
}

/* ---- pad ---- */

static TnShape
pad_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = *call->inputs[0];
  int axis = call->settings->axis;
  gint64 before = call->settings->pad_before[0], after = call->settings->pad_after[0];
  gint64 size;

  if (axis < 0 || axis >= shape.rank)
    tn_op_misuse ("pad", call, "there is no such axis");
  if (__builtin_add_overflow (tn_op_dim (&shape, axis), before, &size) || size < 0
      || __builtin_add_overflow (size, after, &size) || size < 0)
    tn_op_misuse ("pad", call, "more is cut off than there is");
  shape.dims[axis] = tn_dim (size);
  return shape;
}

typedef struct
{
  gint64 before; /* elements of filling in a row; negative: elements that are skipped */
  float filling;
  gint64 width; /* of a row of the input */
  TnGrid grid;
  const TnOpData *data;
} Pad;

static void
fill (float *out, gint64 n, float value)
{
  for (gint64 i = 0; i < n; i++)
    out[i] = value;
}

/* Columns @from … @to - 1 of a row: filling, what is left of the input's, filling. */
static void
pad_band (gint64 band, guint worker, gpointer data)
{
  const Pad *p = data;
  gint64 row, last, from, to;
  tn_grid_band (&p->grid, band, &row, &last, &from, &to);

  for (; row < last; row++)
    {
      const float *x = p->data->inputs[0] + row * p->width;
      float *out = p->data->output + row * p->grid.width;
      gint64 first = CLAMP (MAX (p->before, 0), from, to);
      gint64 end = CLAMP (p->before + p->width, first, to);
      fill (out + from, first - from, p->filling);
      if (first < end)
        memcpy (out + first, x + first - p->before, (end - first) * sizeof *out);
      fill (out + end, to - end, p->filling);
    }
}

static void
pad_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  TnLanes x = tn_op_lanes (call->inputs[0], call->settings->axis);
  TnLanes out = tn_op_lanes (call->output, call->settings->axis);
  Pad p = { .before = call->settings->pad_before[0] * x.inner,
            .filling = call->settings->params[0],
            .width = x.size * x.inner,
            .grid = tn_grid (out.outer, out.size * out.inner),
            .data = data };

  tn_kernel_for (context, p.grid.n_bands, pad_band, &p);
}

static void
pad_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes x = tn_op_lanes (call->inputs[0], call->settings->axis);
  TnLanes out = tn_op_lanes (call->output, call->settings->axis);
  float *to = data->output;

  for (gint64 o = 0; o < out.outer; o++)
    for (gint64 s = 0; s < out.size; s++)
      for (gint64 i = 0; i < out.inner; i++)
        {
          gint64 from = s - call->settings->pad_before[0];
          *to++ = from >= 0 && from < x.size ? data->inputs[0][(o * x.size + from) * x.inner + i]
                                             : call->settings->params[0];
        }
}

const TnOp tn_op_reshape = {
  .name = "reshape",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_ALIAS,
  .shape = reshape_shape,
  .kernel_name = reshape_kernel_name,
  .kernel = reshape_kernel,
  .reference = copy_all,
};

const TnOp tn_op_transpose = {
  .name = "transpose",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = transpose_shape,
  .kernel_name = move_kernel_name,
  .kernel = transpose_kernel,
  .reference = transpose_reference,
};

const TnOp tn_op_concatenate = {
  .name = "concatenate",
  .min_inputs = 2,
  .max_inputs = 2,
  .shape = concatenate_shape,
  .kernel_name = move_kernel_name,
  .kernel = concatenate_kernel,
  .reference = concatenate_reference,
};

const TnOp tn_op_pad = {
  .name = "pad",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = pad_shape,
  .kernel_name = move_kernel_name,
  .kernel = pad_kernel,
  .reference = pad_reference,
};
