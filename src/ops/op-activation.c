/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Activations of single elements, as Keras 3 defines them.
 *
 * x of any shape  ->  the same shape; settings activation and params (see TnActivation). What is
 * not a number stays so. */
#include "kernels/tn-function.h"
#include "ops/tn-op.h"

#include <math.h>

#define SELU_ALPHA 1.6732632423543772848170429916717
#define SELU_SCALE 1.0507009873554804934193349852946

/* Written with comparisons that are false for not-a-number, so that it comes out again. */
static inline float
clampf (float x, float low, float high)
{
  return x < low ? low : x > high ? high : x;
}

static inline float
piecewisef (float x, float highest, float slope, float threshold)
{
  float y = x <= threshold ? 0.0f : x;
  y = clampf (y, y < 0.0f ? y : 0.0f, highest);
  return x <= threshold ? y - slope * (threshold - x) : y;
}

static void
map (TnFunction function, const float *in, float *out, gint64 n, const float *params)
{
  tn_function_set (tn_cpu ()->isa)->maps[function](in, out, n, params);
}

void
tn_activation_apply (const TnOpSettings *settings, const float *in, float *out, gint64 n)
{
  const float p0 = settings->params[0];
  const float p1 = settings->params[1];
  const float p2 = settings->params[2];
  gint64 i;

  switch (settings->activation)
    {
    case TN_ACTIVATION_LINEAR:
      if (in != out)
        for (i = 0; i < n; i++)
          out[i] = in[i];
      break;
    case TN_ACTIVATION_RELU:
      for (i = 0; i < n; i++)
        out[i] = in[i] < 0.0f ? 0.0f : in[i];
      break;
    case TN_ACTIVATION_RELU6:
      for (i = 0; i < n; i++)
        out[i] = clampf (in[i], 0.0f, 6.0f);
      break;
    case TN_ACTIVATION_LEAKY_RELU:
      for (i = 0; i < n; i++)
        out[i] = in[i] < 0.0f ? p0 * in[i] : in[i];
      break;
    case TN_ACTIVATION_ELU:
      map (TN_FUNCTION_ELU, in, out, n, (const float[]){ 1.0f, p0, 1.0f });
      break;
    case TN_ACTIVATION_SELU:
      map (TN_FUNCTION_ELU, in, out, n,
           (const float[]){ 1.0f, (float)(SELU_SCALE * SELU_ALPHA), (float)SELU_SCALE });
      break;
    case TN_ACTIVATION_CELU:
      map (TN_FUNCTION_ELU, in, out, n, (const float[]){ p0, p0, 1.0f });
      break;
    case TN_ACTIVATION_GELU:
      map (TN_FUNCTION_GELU, in, out, n, NULL);
      break;
    case TN_ACTIVATION_SILU:
      map (TN_FUNCTION_SILU, in, out, n, NULL);
      break;
    case TN_ACTIVATION_MISH:
      map (TN_FUNCTION_MISH, in, out, n, NULL);
      break;
    case TN_ACTIVATION_SIGMOID:
      map (TN_FUNCTION_SIGMOID, in, out, n, NULL);
      break;
    case TN_ACTIVATION_HARD_SIGMOID:
      for (i = 0; i < n; i++)
        out[i] = clampf (in[i] / 6.0f + 0.5f, 0.0f, 1.0f);
      break;
    case TN_ACTIVATION_HARD_SILU:
      for (i = 0; i < n; i++)
        out[i] = in[i] * clampf (in[i] / 6.0f + 0.5f, 0.0f, 1.0f);
      break;
    case TN_ACTIVATION_HARD_TANH:
      for (i = 0; i < n; i++)
        out[i] = clampf (in[i], -1.0f, 1.0f);
      break;
    case TN_ACTIVATION_HARD_SHRINK:
      for (i = 0; i < n; i++)
        out[i] = fabsf (in[i]) <= p0 ? 0.0f : in[i];
      break;
    case TN_ACTIVATION_SOFT_SHRINK:
      for (i = 0; i < n; i++)
        out[i] = in[i] > p0 ? in[i] - p0 : in[i] < -p0 ? in[i] + p0 : in[i] * 0.0f;
      break;
    case TN_ACTIVATION_TANH_SHRINK:
      map (TN_FUNCTION_TANH_SHRINK, in, out, n, NULL);
      break;
    case TN_ACTIVATION_TANH:
      map (TN_FUNCTION_TANH, in, out, n, NULL);
      break;
    case TN_ACTIVATION_SOFTPLUS:
      map (TN_FUNCTION_SOFTPLUS, in, out, n, NULL);
      break;
    case TN_ACTIVATION_SOFTSIGN:
      for (i = 0; i < n; i++)
        out[i] = in[i] / (1.0f + fabsf (in[i]));
      break;
    case TN_ACTIVATION_EXPONENTIAL:
      map (TN_FUNCTION_EXP, in, out, n, NULL);
      break;
    case TN_ACTIVATION_LOG_SIGMOID:
      map (TN_FUNCTION_LOG_SIGMOID, in, out, n, NULL);
      break;
    case TN_ACTIVATION_SQUAREPLUS:
      for (i = 0; i < n; i++)
        out[i] = 0.5f * (in[i] + sqrtf (in[i] * in[i] + p0));
      break;
    case TN_ACTIVATION_SPARSE_PLUS:
      for (i = 0; i < n; i++)
        out[i] = in[i] <= -1.0f ? 0.0f
                 : in[i] < 1.0f ? 0.25f * (in[i] + 1.0f) * (in[i] + 1.0f)
                                : in[i];
      break;
    case TN_ACTIVATION_SPARSE_SIGMOID:
      for (i = 0; i < n; i++)
        out[i] = clampf (0.5f * (in[i] + 1.0f), 0.0f, 1.0f);
      break;
    case TN_ACTIVATION_PIECEWISE:
      for (i = 0; i < n; i++)
        out[i] = piecewisef (in[i], p0, p1, p2);
      break;
    case TN_ACTIVATION_AFFINE:
      for (i = 0; i < n; i++)
        out[i] = p0 * in[i] + p1;
      break;
    case TN_N_ACTIVATIONS:
    default:
      g_assert_not_reached ();
    }
}

double
tn_activation_formula (const TnOpSettings *settings, double x)
{
  const double p0 = settings->params[0];
  const double p1 = settings->params[1];
  const double p2 = settings->params[2];

  if (isnan (x))
    return x;
  switch (settings->activation)
    {
    case TN_ACTIVATION_LINEAR:
      return x;
    case TN_ACTIVATION_RELU:
      return fmax (x, 0.0);
    case TN_ACTIVATION_RELU6:
      return fmin (fmax (x, 0.0), 6.0);
    case TN_ACTIVATION_LEAKY_RELU:
      return x < 0.0 ? p0 * x : x;
    case TN_ACTIVATION_ELU:
      return x >= 0.0 ? x : p0 * (exp (x) - 1.0);
    case TN_ACTIVATION_SELU:
      return SELU_SCALE * (x >= 0.0 ? x : SELU_ALPHA * (exp (x) - 1.0));
    case TN_ACTIVATION_CELU:
      return fmax (x, 0.0) + p0 * (exp (fmin (x, 0.0) / p0) - 1.0);
    case TN_ACTIVATION_GELU:
      return x * (1.0 + erf (x / sqrt (2.0))) / 2.0;
    case TN_ACTIVATION_SILU:
      return x / (1.0 + exp (-x));
    case TN_ACTIVATION_MISH:
      return x * tanh (x > 30.0 ? x : log (1.0 + exp (x)));
    case TN_ACTIVATION_SIGMOID:
      return 1.0 / (1.0 + exp (-x));
    case TN_ACTIVATION_HARD_SIGMOID:
      return fmin (fmax (x + 3.0, 0.0), 6.0) / 6.0;
    case TN_ACTIVATION_HARD_SILU:
      return x * fmin (fmax (x + 3.0, 0.0), 6.0) / 6.0;
    case TN_ACTIVATION_HARD_TANH:
      return fmin (fmax (x, -1.0), 1.0);
    case TN_ACTIVATION_HARD_SHRINK:
      return fabs (x) > p0 ? x : 0.0;
    case TN_ACTIVATION_SOFT_SHRINK:
      return copysign (fmax (fabs (x) - p0, 0.0), x);
    case TN_ACTIVATION_TANH_SHRINK:
      return x - tanh (x);
    case TN_ACTIVATION_TANH:
      return tanh (x);
    case TN_ACTIVATION_SOFTPLUS:
      return x > 30.0 ? x : log (1.0 + exp (x));
    case TN_ACTIVATION_SOFTSIGN:
      return x / (1.0 + fabs (x));
    case TN_ACTIVATION_EXPONENTIAL:
      return exp (x);
    case TN_ACTIVATION_LOG_SIGMOID:
      return x < -30.0 ? x : -log (1.0 + exp (-x));
    case TN_ACTIVATION_SQUAREPLUS:
      return (x + sqrt (x * x + p0)) / 2.0;
    case TN_ACTIVATION_SPARSE_PLUS:
      return x <= -1.0 ? 0.0 : x >= 1.0 ? x : pow (x + 1.0, 2.0) / 4.0;
    case TN_ACTIVATION_SPARSE_SIGMOID:
      return x <= -1.0 ? 0.0 : x >= 1.0 ? 1.0 : (x + 1.0) / 2.0;
    case TN_ACTIVATION_PIECEWISE:
      {
        /* Keras: above the threshold x, at most max_value; else the slope times the distance. */
        double y = x > p2 ? fmin (x, p0) : 0.0;
        return y - p1 * fmax (p2 - x, 0.0);
      }
    case TN_ACTIVATION_AFFINE:
      return p0 * x + p1;
    case TN_N_ACTIVATIONS:
    default:
      g_assert_not_reached ();
    }
}

static TnShape
activation_shape (const TnOpCall *call, const TnShape *given)
{
  if (call->settings->activation >= TN_N_ACTIVATIONS)
    tn_op_misuse ("activation", call, "there is no such activation");
  return *call->inputs[0];
}

typedef struct
{
  const TnOpCall *call;
  const TnOpData *data;
  gint64 n;
} Activation;

static void
activate_band (gint64 band, guint worker, gpointer data)
{
  const Activation *a = data;
  gint64 first = band * TN_BAND_ELEMENTS;
  tn_activation_apply (a->call->settings, a->data->inputs[0] + first, a->data->output + first,
                       MIN (TN_BAND_ELEMENTS, a->n - first));
}

static void
activation_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Activation a = { .call = call, .data = data, .n = tn_shape_elements (call->output, 0) };
  tn_kernel_for (context, tn_op_bands (a.n, TN_BAND_ELEMENTS), activate_band, &a);
}

static void
activation_reference (const TnOpCall *call, const TnOpData *data)
{
  gint64 n = tn_shape_elements (call->output, 0);
  for (gint64 i = 0; i < n; i++)
    data->output[i] = (float)tn_activation_formula (call->settings, data->inputs[0][i]);
}

static const char *
activation_kernel_name (const TnOpCall *call)
{
  return "elementwise";
}

const TnOp tn_op_activation = {
  .name = "activation",
  .min_inputs = 1,
  .max_inputs = 1,
  .flags = TN_OP_IN_PLACE,
  .shape = activation_shape,
  .kernel_name = activation_kernel_name,
  .kernel = activation_kernel,
  .reference = activation_reference,
};
