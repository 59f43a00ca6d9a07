/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elementwise ops of several tensors: binary with broadcasting, and batch normalization.
 *
 * binary: a, b  ->  their shapes broadcast as NumPy does, aligned on the right; settings.binary.
 * batch_norm: x, moving_mean, moving_variance, gamma?, beta?; the latter four of the size of axis
 * settings.axis of x  ->  (x − mean)·gamma/√(variance + epsilon) + beta, in x's shape.
 * Settings of both: activation, params, applied to the result. */
#include "kernels/tn-function.h"
#include "ops/tn-op.h"

#include <math.h>

/* ---- binary ---- */

static TnShape
binary_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *a = call->inputs[0];
  const TnShape *b = call->inputs[1];
  TnShape shape = { .rank = MAX (a->rank, b->rank) };

  for (int i = 0; i < shape.rank; i++)
    {
      int at_a = i - (shape.rank - a->rank);
      int at_b = i - (shape.rank - b->rank);
      gint64 of_a = at_a < 0 ? 1 : tn_op_dim (a, at_a);
      gint64 of_b = at_b < 0 ? 1 : tn_op_dim (b, at_b);
      if (of_a != of_b && of_a != 1 && of_b != 1)
        tn_op_misuse ("binary", call, "the shapes do not broadcast");
      shape.dims[i] = tn_dim (of_a == 1 ? of_b : of_a);
    }
  return shape;
}

/* The output as rows along which both inputs run with a constant step of 0 or 1. */
typedef struct
{
  TnBinary binary;
  int rank; /* of what is left after axes were merged */
  gint64 size[TN_MAX_RANK];
  gint64 step_a[TN_MAX_RANK], step_b[TN_MAX_RANK];
  TnGrid grid;
  const TnOpSettings *settings;
  const TnOpData *data;
} Binary;

static void
steps (const TnShape *shape, const TnShape *output, gint64 *step)
{
  gint64 product = 1;
  for (int i = output->rank - 1; i >= 0; i--)
    {
      int at = i - (output->rank - shape->rank);
      gint64 size = at < 0 ? 1 : tn_op_dim (shape, at);
      step[i] = size == 1 ? 0 : product;
      product *= size;
    }
}

static Binary
binary_prepare (const TnOpCall *call)
{
  Binary b = { .binary = call->settings->binary };
  gint64 step_a[TN_MAX_RANK], step_b[TN_MAX_RANK];
  steps (call->inputs[0], call->output, step_a);
  steps (call->inputs[1], call->output, step_b);

  for (int i = 0; i < call->output->rank; i++)
    {
      gint64 size = tn_op_dim (call->output, i);
      if (size == 1)
        continue;
      int last = b.rank - 1;
      if (last >= 0 && b.step_a[last] == step_a[i] * size && b.step_b[last] == step_b[i] * size)
        {
          b.size[last] *= size;
          b.step_a[last] = step_a[i];
          b.step_b[last] = step_b[i];
        }
      else
        {
          b.size[b.rank] = size;
          b.step_a[b.rank] = step_a[i];
          b.step_b[b.rank] = step_b[i];
          b.rank++;
        }
    }
  if (b.rank == 0)
    b.size[b.rank++] = 1;

  gint64 rows = 1;
  for (int i = 0; i < b.rank - 1; i++)
    rows *= b.size[i];
  b.grid = tn_grid (rows, b.size[b.rank - 1]);
  return b;
}

/* Python's: of the sign of @b, where C's is of that of @a. */
static float
remainder_of (float a, float b)
{
  float rest = fmodf (a, b);

  return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
}

/* The whole number that bits are taken of; 0 for what is none. */
static gint64
whole (float x)
{
  return fabsf (x) < 0x1p62f ? (gint64)x : 0;
}

static inline float
combine (TnBinary binary, float a, float b)
{
  switch (binary)
    {
    case TN_BINARY_ADD:
      return a + b;
    case TN_BINARY_MULTIPLY:
      return a * b;
    case TN_BINARY_SUBTRACT:
      return a - b;
    case TN_BINARY_MAXIMUM: /* not-a-number wins, as in NumPy */
      return a > b || a != a ? a : b;
    case TN_BINARY_MINIMUM:
      return a < b || a != a ? a : b;
    case TN_BINARY_DIVIDE:
      return a / b;
    case TN_BINARY_POWER:
      return powf (a, b);
    case TN_BINARY_REMAINDER:
      return remainder_of (a, b);
    case TN_BINARY_FLOOR_DIVIDE:
      return floorf (a / b);
    case TN_BINARY_ARCTAN2:
      return atan2f (a, b);
    case TN_BINARY_HYPOT:
      return hypotf (a, b);
    case TN_BINARY_BIT_AND:
      return (float)(whole (a) & whole (b));
    case TN_BINARY_BIT_OR:
      return (float)(whole (a) | whole (b));
    case TN_BINARY_BIT_XOR:
      return (float)(whole (a) ^ whole (b));
    case TN_BINARY_EQUAL:
      return a == b;
    case TN_BINARY_NOT_EQUAL:
      return a != b;
    case TN_BINARY_LESS:
      return a < b;
    case TN_BINARY_LESS_EQUAL:
      return a <= b;
    case TN_BINARY_GREATER:
      return a > b;
    case TN_BINARY_GREATER_EQUAL:
      return a >= b;
    case TN_BINARY_AND:
      return a != 0.0f && b != 0.0f;
    case TN_BINARY_OR:
      return a != 0.0f || b != 0.0f;
    case TN_BINARY_XOR:
      return (a != 0.0f) != (b != 0.0f);
    case TN_BINARY_LOGADDEXP: /* a row at a time */
    case TN_N_BINARIES:
    default:
      g_assert_not_reached ();
    }
}

/* The larger, and log (1 + e^(the smaller less the larger)). */
static void
logaddexp_row (const float *a, gint64 step_a, const float *b, gint64 step_b, float *out, gint64 n)
{
  const TnFunctionMap softplus = tn_function_set (tn_cpu ()->isa)->maps[TN_FUNCTION_SOFTPLUS];
  float more[256];

  for (gint64 first = 0; first < n; first += G_N_ELEMENTS (more))
    {
      const gint64 there = MIN (n - first, (gint64)G_N_ELEMENTS (more));

      for (gint64 i = 0; i < there; i++)
        more[i] = -fabsf (a[(first + i) * step_a] - b[(first + i) * step_b]);
      softplus (more, more, there, NULL);
      for (gint64 i = 0; i < there; i++)
        {
          const float x = a[(first + i) * step_a], y = b[(first + i) * step_b];
          /* Equal infinities have no distance. */
          out[first + i] = x == y ? x + (float)G_LN2 : MAX (x, y) + more[i];
        }
    }
}

/* One row; the constant arguments let the compiler make a loop for each case. */
static inline void
combine_row (TnBinary binary, const float *a, gint64 step_a, const float *b, gint64 step_b,
             float *out, gint64 n)
{
  if (step_a == 1 && step_b == 1)
    for (gint64 i = 0; i < n; i++)
      out[i] = combine (binary, a[i], b[i]);
  else if (step_a == 1 && step_b == 0)
    {
      const float same = b[0];
      for (gint64 i = 0; i < n; i++)
        out[i] = combine (binary, a[i], same);
    }
  else if (step_a == 0 && step_b == 1)
    {
      const float same = a[0];
      for (gint64 i = 0; i < n; i++)
        out[i] = combine (binary, same, b[i]);
    }
  else
    for (gint64 i = 0; i < n; i++)
      out[i] = combine (binary, a[i * step_a], b[i * step_b]);
}

static void
binary_band (gint64 band, guint worker, gpointer data)
{
  const Binary *bin = data;
  int last_axis = bin->rank - 1;
  gint64 row, last, from, to;
  tn_grid_band (&bin->grid, band, &row, &last, &from, &to);

  for (; row < last; row++)
    {
      gint64 rest = row;
      const float *a = bin->data->inputs[0] + from * bin->step_a[last_axis];
      const float *b = bin->data->inputs[1] + from * bin->step_b[last_axis];
      for (int i = last_axis - 1; i >= 0; i--)
        {
          a += rest % bin->size[i] * bin->step_a[i];
          b += rest % bin->size[i] * bin->step_b[i];
          rest /= bin->size[i];
        }
      float *out = bin->data->output + row * bin->grid.width + from;
      gint64 step_a = bin->step_a[last_axis];
      gint64 step_b = bin->step_b[last_axis];
      switch (bin->binary)
        {
        case TN_BINARY_ADD:
          combine_row (TN_BINARY_ADD, a, step_a, b, step_b, out, to - from);
          break;
        case TN_BINARY_MULTIPLY:
          combine_row (TN_BINARY_MULTIPLY, a, step_a, b, step_b, out, to - from);
          break;
        case TN_BINARY_SUBTRACT:
          combine_row (TN_BINARY_SUBTRACT, a, step_a, b, step_b, out, to - from);
          break;
        case TN_BINARY_DIVIDE:
          combine_row (TN_BINARY_DIVIDE, a, step_a, b, step_b, out, to - from);
          break;
        case TN_BINARY_MAXIMUM:
          combine_row (TN_BINARY_MAXIMUM, a, step_a, b, step_b, out, to - from);
          break;
        case TN_BINARY_MINIMUM:
          combine_row (TN_BINARY_MINIMUM, a, step_a, b, step_b, out, to - from);
          break;
        case TN_BINARY_LOGADDEXP:
          logaddexp_row (a, step_a, b, step_b, out, to - from);
          break;
        default:
          combine_row (bin->binary, a, step_a, b, step_b, out, to - from);
        }
      if (bin->settings->activation != TN_ACTIVATION_LINEAR)
        tn_activation_apply (bin->settings, out, out, to - from);
    }
}

static void
binary_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Binary b = binary_prepare (call);
  b.data = data;
  b.settings = call->settings;
  tn_kernel_for (context, b.grid.n_bands, binary_band, &b);
}

/* Index of output element @at in an input of shape @shape. */
static gint64
broadcast_index (const TnShape *output, gint64 at, const TnShape *shape)
{
  gint64 index = 0;
  gint64 factor = 1;
  for (int i = 1; i <= shape->rank; i++)
    {
      gint64 coordinate = at % tn_op_dim (output, output->rank - i);
      at /= tn_op_dim (output, output->rank - i);
      gint64 size = tn_op_dim (shape, shape->rank - i);
      index += size == 1 ? 0 : coordinate * factor;
      factor *= size;
    }
  return index;
}

static gboolean
holds (TnBinary binary, double a, double b)
{
  gboolean true_a = a != 0.0, true_b = b != 0.0;

  switch (binary)
    {
    case TN_BINARY_EQUAL:
      return a == b;
    case TN_BINARY_NOT_EQUAL:
      return !(a == b);
    case TN_BINARY_LESS:
      return a < b;
    case TN_BINARY_LESS_EQUAL:
      return a <= b;
    case TN_BINARY_GREATER:
      return a > b;
    case TN_BINARY_GREATER_EQUAL:
      return a >= b;
    case TN_BINARY_AND:
      return true_a && true_b;
    case TN_BINARY_OR:
      return true_a || true_b;
    case TN_BINARY_XOR:
      return true_a ^ true_b;
    default:
      g_assert_not_reached ();
    }
}

/* The same bit by bit, in two's complement. */
static double
bits (TnBinary binary, double a, double b)
{
  gint64 result = 0, weight = 1;

  for (int i = 0; i < 62; i++, weight *= 2)
    {
      gboolean in_a = (gint64)floor (trunc (a) / (double)weight) % 2 != 0;
      gboolean in_b = (gint64)floor (trunc (b) / (double)weight) % 2 != 0;
      gboolean set = binary == TN_BINARY_BIT_AND  ? in_a && in_b
                     : binary == TN_BINARY_BIT_OR ? in_a || in_b
                                                  : in_a != in_b;

      /* The last one stands for all further ones: they are those of a negative number. */
      result += !set ? 0 : i == 61 ? -weight : weight;
    }
  return (double)result;
}

static void
binary_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 n = tn_shape_elements (call->output, 0);
  for (gint64 i = 0; i < n; i++)
    {
      double a = data->inputs[0][broadcast_index (call->output, i, call->inputs[0])];
      double b = data->inputs[1][broadcast_index (call->output, i, call->inputs[1])];
      double either = isnan (a) ? a : b;
      gboolean odd = isnan (a) || isnan (b);
      switch (call->settings->binary)
        {
        case TN_BINARY_ADD:
          data->output[i] = (float)(a + b);
          break;
        case TN_BINARY_MULTIPLY:
          data->output[i] = (float)(a * b);
          break;
        case TN_BINARY_SUBTRACT:
          data->output[i] = (float)(a - b);
          break;
        case TN_BINARY_MAXIMUM:
          data->output[i] = (float)(odd ? either : fmax (a, b));
          break;
        case TN_BINARY_MINIMUM:
          data->output[i] = (float)(odd ? either : fmin (a, b));
          break;
        case TN_BINARY_DIVIDE:
          data->output[i] = (float)(a / b);
          break;
        case TN_BINARY_POWER:
          data->output[i] = (float)pow (a, b);
          break;
        case TN_BINARY_REMAINDER:
          data->output[i] = (float)(a - floor (a / b) * b);
          break;
        case TN_BINARY_FLOOR_DIVIDE:
          data->output[i] = floorf ((float)a / (float)b);
          break;
        case TN_BINARY_ARCTAN2:
          data->output[i] = (float)atan2 (a, b);
          break;
        case TN_BINARY_HYPOT:
          data->output[i] = (float)sqrt (a * a + b * b);
          break;
        case TN_BINARY_LOGADDEXP:
          data->output[i] = (float)log (exp (a) + exp (b));
          break;
        case TN_BINARY_BIT_AND:
        case TN_BINARY_BIT_OR:
        case TN_BINARY_BIT_XOR:
          data->output[i] = (float)bits (call->settings->binary, a, b);
          break;
        default:
          data->output[i] = holds (call->settings->binary, a, b) ? 1.0f : 0.0f;
        }
      if (call->settings->activation != TN_ACTIVATION_LINEAR)
        data->output[i] = (float)tn_activation_formula (call->settings, data->output[i]);
    }
}

/* ---- batch normalization ---- */

enum
{
  NORM_X,
  NORM_MEAN,
  NORM_VARIANCE,
  NORM_GAMMA,
  NORM_BETA,
  NORM_N_INPUTS,
};

static TnShape
batch_norm_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[NORM_X];
  int axis = call->settings->axis;

  if (axis < 0 || axis >= x->rank)
    tn_op_misuse ("batch_norm", call, "there is no such axis");
  for (guint i = NORM_MEAN; i < call->n_inputs; i++)
    if (call->inputs[i] != NULL
        && (call->inputs[i]->rank != 1 || tn_op_dim (call->inputs[i], 0) != tn_op_dim (x, axis)))
      tn_op_misuse ("batch_norm", call, "statistics must have a value for each index of the axis");
  return *x;
}

typedef struct
{
  TnLanes lanes;
  TnGrid grid;
  const float *scale, *shift;
  const TnOpSettings *settings;
  const TnOpData *data;
} Norm;

static void
norm_band (gint64 band, guint worker, gpointer data)
{
  const Norm *norm = data;
  gint64 row, last, from, to;
  tn_grid_band (&norm->grid, band, &row, &last, &from, &to);

  for (; row < last; row++)
    {
      const float *x = norm->data->inputs[NORM_X] + row * norm->grid.width;
      float *out = norm->data->output + row * norm->grid.width;
      if (norm->lanes.inner == 1) /* a row runs through the channels */
        for (gint64 i = from; i < to; i++)
          out[i] = x[i] * norm->scale[i] + norm->shift[i];
      else /* a row is of one channel */
        {
          float scale = norm->scale[row % norm->lanes.size];
          float shift = norm->shift[row % norm->lanes.size];
          for (gint64 i = from; i < to; i++)
            out[i] = x[i] * scale + shift;
        }
      if (norm->settings->activation != TN_ACTIVATION_LINEAR)
        tn_activation_apply (norm->settings, out + from, out + from, to - from);
    }
}

static void
batch_norm_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Norm norm = { .lanes = tn_op_lanes (call->inputs[NORM_X], call->settings->axis),
                .settings = call->settings,
                .data = data };
  float *scale = tn_kernel_shared (context);
  float *shift = scale + norm.lanes.size;

  for (gint64 i = 0; i < norm.lanes.size; i++)
    {
      double factor = 1.0 / sqrt ((double)data->inputs[NORM_VARIANCE][i] + call->settings->epsilon);
      if (data->inputs[NORM_GAMMA] != NULL)
        factor *= data->inputs[NORM_GAMMA][i];
      double beta = data->inputs[NORM_BETA] != NULL ? data->inputs[NORM_BETA][i] : 0.0;
      scale[i] = (float)factor;
      shift[i] = (float)(beta - data->inputs[NORM_MEAN][i] * factor);
    }
  norm.scale = scale;
  norm.shift = shift;
  norm.grid = norm.lanes.inner == 1
                  ? tn_grid (norm.lanes.outer, norm.lanes.size)
                  : tn_grid (norm.lanes.outer * norm.lanes.size, norm.lanes.inner);
  tn_kernel_for (context, norm.grid.n_bands, norm_band, &norm);
}

static void
batch_norm_reference (const TnOpCall *call, const TnOpData *data)
{
  TnLanes lanes = tn_op_lanes (call->inputs[NORM_X], call->settings->axis);
  gint64 n = lanes.outer * lanes.size * lanes.inner;

  for (gint64 i = 0; i < n; i++)
    {
      gint64 c = i / lanes.inner % lanes.size;
      double y = ((double)data->inputs[NORM_X][i] - data->inputs[NORM_MEAN][c])
                 / sqrt ((double)data->inputs[NORM_VARIANCE][c] + call->settings->epsilon);
      if (data->inputs[NORM_GAMMA] != NULL)
        y *= data->inputs[NORM_GAMMA][c];
      if (data->inputs[NORM_BETA] != NULL)
        y += data->inputs[NORM_BETA][c];
      data->output[i] = (float)tn_activation_formula (call->settings, y);
    }
}

static TnScratch
batch_norm_scratch (const TnOpCall *call)
{
  gint64 channels = tn_op_dim (call->inputs[NORM_X], call->settings->axis);
  return (TnScratch){ .shared = 2 * channels * sizeof (float) };
}

static const char *
elementwise_kernel_name (const TnOpCall *call)
{
  return "elementwise";
}

const TnOp tn_op_binary = {
  .name = "binary",
  .min_inputs = 2,
  .max_inputs = 2,
  .flags = TN_OP_IN_PLACE | TN_OP_ACTIVATES,
  .shape = binary_shape,
  .kernel_name = elementwise_kernel_name,
  .kernel = binary_kernel,
  .reference = binary_reference,
};

const TnOp tn_op_batch_norm = {
  .name = "batch_norm",
  .min_inputs = 3,
  .max_inputs = NORM_N_INPUTS,
  .flags = TN_OP_IN_PLACE | TN_OP_ACTIVATES,
  .shape = batch_norm_shape,
  .kernel_name = elementwise_kernel_name,
  .scratch = batch_norm_scratch,
  .kernel = batch_norm_kernel,
  .reference = batch_norm_reference,
};
