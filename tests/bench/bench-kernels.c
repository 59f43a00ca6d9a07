/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast products and convolutions with packed weights are on the layers of known models, and
 * recurrent layers and attention, against patches in a matrix and bli_sgemm; functions of elements
 * against the C library's: round by round in one process, by CPU time of the one thread, so that a
 * busy machine is busy for both. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/tn-blis.h"
#include "kernels/tn-cpu.h"
#include "ops/tn-op.h"

enum
{
  ROUNDS = 15,
};

/* Seconds that a stretch of one kernel should take at least: the clock has its own cost. */
#define STRETCH 0.002

static const struct
{
  const char *name;
  gint64 n, size, channels, filters, kernel, stride, pad; /* size 0: a product, n rows */
} layers[] = {
  { "mlp 1x512x784", 1, 0, 784, 512, 1, 1, 0 },
  { "mlp 16x512x784", 16, 0, 784, 512, 1, 1, 0 },
  { "mlp 64x512x512", 64, 0, 512, 512, 1, 1, 0 },
  { "mlp 256x512x784", 256, 0, 784, 512, 1, 1, 0 },
  { "mlp 256x1024x1024", 256, 0, 1024, 1024, 1, 1, 0 },
  { "lenet 16x28x28x1-32 3x3", 16, 28, 1, 32, 3, 1, 0 },
  { "lenet 16x13x13x32-64 3x3", 16, 13, 32, 64, 3, 1, 0 },
  { "lenet 16x256x7744", 16, 0, 7744, 256, 1, 1, 0 },
  { "vgg 224x224x3-64 3x3", 1, 224, 3, 64, 3, 1, 1 },
  { "vgg 112x112x128-128 3x3", 1, 112, 128, 128, 3, 1, 1 },
  { "vgg 28x28x512-512 3x3", 1, 28, 512, 512, 3, 1, 1 },
  { "resnet 224x224x3-64 7x7/2", 1, 224, 3, 64, 7, 2, 3 },
  { "resnet 56x56x64-64 3x3", 1, 56, 64, 64, 3, 1, 1 },
  { "resnet 14x14x256-256 3x3", 1, 14, 256, 256, 3, 1, 1 },
  { "resnet 7x7x512-512 3x3", 1, 7, 512, 512, 3, 1, 1 },
  { "resnet 56x56x64-256 1x1", 1, 56, 64, 256, 1, 1, 0 },
  { "resnet 56x56x256-64 1x1", 1, 56, 256, 64, 1, 1, 0 },
  { "resnet 28x28x512-128 1x1", 1, 28, 512, 128, 1, 1, 0 },
  { "resnet 14x14x1024-256 1x1", 1, 14, 1024, 256, 1, 1, 0 },
  { "resnet 7x7x2048-512 1x1", 1, 7, 2048, 512, 1, 1, 0 },
  { "mobilenet 112x112x32-16 1x1", 1, 112, 32, 16, 1, 1, 0 },
  { "mobilenet 112x112x16-96 1x1", 1, 112, 16, 96, 1, 1, 0 },
  { "mobilenet 56x56x144-24 1x1", 1, 56, 144, 24, 1, 1, 0 },
  { "mobilenet 14x14x384-64 1x1", 1, 14, 384, 64, 1, 1, 0 },
};

static float *
numbers (gint64 n, GRand *rand)
{
  float *values = aligned_alloc (TN_ALIGNMENT,
                                 (n * sizeof (float) + TN_ALIGNMENT) / TN_ALIGNMENT * TN_ALIGNMENT);
  g_assert_nonnull (values);
  for (gint64 i = 0; i < n; i++)
    values[i] = (float)g_rand_double_range (rand, -1.0, 1.0);
  return values;
}

typedef struct
{
  const TnOp *op;
  TnOpCall call;
  TnOpData data;
  TnScratch scratch;
  char *memory;
  int repeats;
  double times[ROUNDS];
} Way;

static double
stretch (const Way *way)
{
  TnKernelContext context = { .n_workers = 1, .scratch = way->scratch, .memory = way->memory };
  double start = tn_cpu_thread_seconds ();

  for (int i = 0; i < way->repeats; i++)
    way->op->kernel (&way->call, &way->data, &context);
  return (tn_cpu_thread_seconds () - start) / way->repeats;
}

static void
prepare (Way *way)
{
  way->scratch = way->op->scratch != NULL ? way->op->scratch (&way->call) : (TnScratch){ 0 };
  guint64 bytes = tn_scratch_bytes (way->scratch, 1);
  way->memory = aligned_alloc (TN_ALIGNMENT, bytes + TN_ALIGNMENT);
  memset (way->memory, 0, bytes + TN_ALIGNMENT);
  way->repeats = 1;
  stretch (way);
  double once = stretch (way);
  way->repeats = once * 1000.0 < STRETCH ? 1000 : MAX ((int)(STRETCH / once), 1);
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* @other: what the ratio is of the time of. */
static void
compare (const char *name, gboolean first, Way *own, Way *other, double peak)
{
  prepare (own);
  prepare (other);
  double ratios[ROUNDS];
  for (int i = 0; i < ROUNDS; i++)
    {
      own->times[i] = stretch (own);
      other->times[i] = stretch (other);
      ratios[i] = other->times[i] / own->times[i];
    }
  qsort (own->times, ROUNDS, sizeof (double), by_size);
  qsort (other->times, ROUNDS, sizeof (double), by_size);
  qsort (ratios, ROUNDS, sizeof (double), by_size);
  double gflops = own->op->flops != NULL ? own->op->flops (&own->call) * 1e-9 : 0.0;
  g_print ("%s    {\"layer\": \"%s\", \"kernel\": \"%s\", \"us\": {\"minimum\": %.1f, \"median\": "
           "%.1f}, \"other_us\": {\"minimum\": %.1f, \"median\": %.1f}, \"ratio\": {\"minimum\": "
           "%.2f, \"median\": %.2f, \"of_minima\": %.2f}, \"gflops\": %.1f, "
           "\"percent_of_peak\": %.0f}",
           first ? "" : ",\n", name, own->op->kernel_name (&own->call), 1e6 * own->times[0],
           1e6 * own->times[ROUNDS / 2], 1e6 * other->times[0], 1e6 * other->times[ROUNDS / 2],
           ratios[0], ratios[ROUNDS / 2], other->times[0] / own->times[0], gflops / own->times[0],
           100.0 * gflops / own->times[0] / peak);
}

static void
measure (guint index, GRand *rand, double peak)
{
  const gboolean product = layers[index].size == 0;
  const gint64 n = layers[index].n, size = layers[index].size, c = layers[index].channels;
  const gint64 f = layers[index].filters, k = layers[index].kernel;
  const gint64 dims[][4] = { { n, size, size, c }, { k, k, c, f } };
  const gint64 product_dims[][2] = { { n, c }, { c, f } };
  const TnOp *op = product ? &tn_op_matmul : &tn_op_convolution;
  TnShape x = product ? tn_shape_new (product_dims[0], 2) : tn_shape_new (dims[0], 4);
  TnShape w = product ? tn_shape_new (product_dims[1], 2) : tn_shape_new (dims[1], 4);
  TnShape bias = tn_shape_new (&f, 1);
  TnOpSettings settings = { .stride = { layers[index].stride, layers[index].stride, 1 },
                            .dilation = { 1, 1, 1 },
                            .pad_before = { layers[index].pad, layers[index].pad, 0 },
                            .pad_after = { layers[index].pad, layers[index].pad, 0 },
                            .groups = 1,
                            .activation = TN_ACTIVATION_RELU };
  TnOpSettings plain = settings;
  Way own
      = { .op = op, .call = { .settings = &settings, .n_inputs = 3, .inputs = { &x, &w, &bias } } };
  TnShape out = op->shape (&own.call, NULL);
  float *weights = numbers (tn_shape_elements (&w, 0), rand);
  gsize bytes;

  plain.kernels = TN_KERNELS_BLIS;
  own.call.output = &out;
  own.data.inputs[0] = numbers (tn_shape_elements (&x, 0), rand);
  own.data.inputs[1] = weights;
  own.data.inputs[2] = numbers (f, rand);
  own.data.output = numbers (tn_shape_elements (&out, 0), rand);
  Way blis = own;
  blis.call.settings = &plain;
  bytes = op->packed (&own.call);
  g_assert_cmpuint (bytes, >, 0);
  gpointer packed
      = aligned_alloc (TN_ALIGNMENT, (bytes + TN_ALIGNMENT) / TN_ALIGNMENT * TN_ALIGNMENT);
  op->pack (&own.call, weights, packed);
  own.call.packed = TRUE;
  own.data.packed = packed;

  compare (layers[index].name, index == 0, &own, &blis, peak);

  free (own.memory);
  free (blis.memory);
  free (packed);
  free (weights);
  free ((float *)own.data.inputs[0]);
  free ((float *)own.data.inputs[2]);
  free (own.data.output);
}

/* What functions of elements are compared with: one call of the C library for each. */
static void
library_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const float *x = data->inputs[0];
  float *out = data->output;
  gint64 n = tn_shape_elements (call->output, 0), width = call->output->dims[1].size;

  switch (call->settings->activation)
    {
    case TN_ACTIVATION_TANH:
      for (gint64 i = 0; i < n; i++)
        out[i] = tanhf (x[i]);
      break;
    case TN_ACTIVATION_SIGMOID:
      for (gint64 i = 0; i < n; i++)
        out[i] = 1.0f / (1.0f + expf (-x[i]));
      break;
    case TN_ACTIVATION_GELU:
      for (gint64 i = 0; i < n; i++)
        out[i] = 0.5f * x[i] * (1.0f + erff (x[i] * 0.70710678f));
      break;
    default:
      /* softmax */
      for (gint64 row = 0; row < n; row += width)
        {
          float most = -INFINITY, sum = 0.0f;
          for (gint64 i = 0; i < width; i++)
            most = x[row + i] > most ? x[row + i] : most;
          for (gint64 i = 0; i < width; i++)
            sum += out[row + i] = expf (x[row + i] - most);
          for (gint64 i = 0; i < width; i++)
            out[row + i] /= sum;
        }
    }
}

static const TnOp library = { .name = "library", .kernel = library_kernel };

static const struct
{
  const char *name;
  const TnOp *op;
  gint64 dims[2][5]; /* up to a 0; the second: weights, or another input */
  TnActivation activation;
} others[] = {
  { "lstm 16x64x128 (of 2)", &tn_op_lstm, { { 16, 64, 512 }, { 128, 512 } }, TN_ACTIVATION_TANH },
  { "lstm 1x64x128", &tn_op_lstm, { { 1, 64, 512 }, { 128, 512 } }, TN_ACTIVATION_TANH },
  { "lstm 1x16x512", &tn_op_lstm, { { 1, 16, 2048 }, { 512, 2048 } }, TN_ACTIVATION_TANH },
  { "gru 16x64x128", &tn_op_gru, { { 16, 64, 384 }, { 128, 384 } }, TN_ACTIVATION_TANH },
  { "scores 8x512x64x512", &tn_op_batch_matmul, { { 8, 512, 64 }, { 8, 64, 512 } }, 0 },
  { "attention 8x512x512x64", &tn_op_batch_matmul, { { 8, 512, 512 }, { 8, 512, 64 } }, 0 },
  { "scores 8x64x64x64", &tn_op_batch_matmul, { { 8, 64, 64 }, { 8, 64, 64 } }, 0 },
  { "tanh 65536", &tn_op_activation, { { 64, 1024 } }, TN_ACTIVATION_TANH },
  { "sigmoid 65536", &tn_op_activation, { { 64, 1024 } }, TN_ACTIVATION_SIGMOID },
  { "gelu 65536", &tn_op_activation, { { 64, 1024 } }, TN_ACTIVATION_GELU },
  { "softmax 512x512", &tn_op_softmax, { { 512, 512 } }, 0 },
};

static void
measure_other (guint index, GRand *rand, double peak)
{
  const TnOp *op = others[index].op;
  TnShape shapes[2], out;
  TnOpSettings settings = { .activation = others[index].activation,
                            .gate = TN_ACTIVATION_SIGMOID,
                            .sequences = TRUE,
                            .reset_after = TRUE,
                            .axis = 1 };
  TnOpSettings plain = settings;
  Way own = { .op = op, .call = { .settings = &settings } };
  gpointer packed = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (shapes) && others[index].dims[i][0] > 0; i++)
    {
      int rank = 0;
      while (others[index].dims[i][rank] > 0)
        rank++;
      shapes[i] = tn_shape_new (others[index].dims[i], rank);
      own.call.inputs[i] = &shapes[i];
      own.call.n_inputs++;
      own.data.inputs[i] = numbers (tn_shape_elements (&shapes[i], 0), rand);
    }
  out = op->shape (&own.call, NULL);
  own.call.output = &out;
  own.data.output = numbers (tn_shape_elements (&out, 0), rand);
  Way other = own;
  plain.kernels = TN_KERNELS_BLIS;
  other.call.settings = &plain;
  if (op == &tn_op_activation || op == &tn_op_softmax)
    other.op = &library;
  gsize bytes = op->packed != NULL ? op->packed (&own.call) : 0;
  if (bytes > 0)
    {
      packed = aligned_alloc (TN_ALIGNMENT, (bytes + TN_ALIGNMENT) / TN_ALIGNMENT * TN_ALIGNMENT);
      op->pack (&own.call, own.data.inputs[op->weights], packed);
      own.call.packed = TRUE;
      own.data.packed = packed;
    }

  compare (others[index].name, FALSE, &own, &other, peak);

  free (own.memory);
  free (other.memory);
  free (packed);
  for (guint i = 0; i < own.call.n_inputs; i++)
    free ((float *)own.data.inputs[i]);
  free (own.data.output);
}

int
main (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double peak = tn_cpu_peak_gflops ();

  g_print ("{\n  \"isa\": \"%s\", \"blis\": \"%s %s\", \"peak_gflops\": %.1f,\n  \"layers\": [\n",
           tn_isa_name (tn_cpu ()->isa), tn_blis_version (), tn_blis_architecture (), peak);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    measure (i, rand, peak);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    measure_other (i, rand, peak);
  g_print ("\n  ]\n}\n");
  return EXIT_SUCCESS;
}
