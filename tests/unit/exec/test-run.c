/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole models: kernels against references, any number of threads, batches, statistics, memory. */
#include <math.h>
#include <string.h>

#include "base/tn-error.h"
#include "models.h"

/* Branches, shared layers, both data formats, every op that layers of this step lower to. */
#define MODEL_BRANCHES                                                                             \
  "a InputLayer(batch_shape=(None, 9, 10, 4))\n"                                                   \
  "b InputLayer(batch_shape=(None, 9, 10, 1))\n"                                                   \
  "conv Conv2D(filters=6; kernel_size=(3, 2); padding=same; groups=2; activation=tanh) <- a\n"     \
  "norm BatchNormalization() <- conv\n"                                                            \
  "relu ReLU(max_value=0.4; negative_slope=0.1)\n"                                                 \
  "drop Dropout(rate=0.5)\n"                                                                       \
  "sum Add <- drop, b\n"                                                                           \
  "sum2 Add <- sum, conv, sum\n"                                                                   \
  "shared Conv2D(filters=6; kernel_size=1; activation=softplus) <- sum2\n"                         \
  "+shared <- relu\n"                                                                              \
  "cat Concatenate(axis=-1) <- shared:0, shared:1, b\n"                                            \
  "first Conv2D(filters=5; kernel_size=3; strides=2; padding=same; data_format=channels_first)\n"  \
  "average AveragePooling2D(pool_size=(2, 3); strides=1; padding=same) <- cat\n"                   \
  "soft Softmax(axis=[1, 2])\n"                                                                    \
  "shape Reshape(target_shape=(90, -1))\n"                                                         \
  "dense Dense(units=7; activation=softmax)\n"                                                     \
  "mean GlobalAveragePooling2D <- cat\n"                                                           \
  "log Activation(activation=log_softmax)\n"                                                       \
  "labels Target(shape=(5, 13)) <- log\n"

static TnRunResult *
run (TnPlan *plan)
{
  g_autoptr (GError) error = NULL;
  TnRunResult *result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static TnRunResult *
run_model (const char *model, const TnRunOptions *options, gboolean reference)
{
  g_autoptr (TnGraph) graph = model_new (model);
  g_autoptr (GError) error = NULL;
  TnRunOptions own = *options;
  if (reference)
    own.kernels = TN_RUN_KERNELS_REFERENCE;
  g_autoptr (TnPlan) plan = model_plan (graph, &own, &error);
  g_assert_no_error (error);
  return run (plan);
}

static TnRunOptions
options_of (gint64 samples, gint64 batch, guint threads)
{
  TnRunOptions options = tn_run_options_default ();
  options.samples = samples;
  options.batch = batch;
  options.threads = threads;
  options.seed = 11;
  options.keep_outputs = TRUE;
  return options;
}

/* Outputs equal to @tolerance of their size; 0: the same bits. */
static void
assert_same (const TnRunResult *a, const TnRunResult *b, double tolerance)
{
  g_assert_cmpuint (a->outputs->len, ==, b->outputs->len);
  g_assert_cmpuint (a->outputs->len, >, 0);
  for (guint i = 0; i < a->outputs->len; i++)
    {
      const TnRunOutput *x = &g_array_index (a->outputs, TnRunOutput, i);
      const TnRunOutput *y = &g_array_index (b->outputs, TnRunOutput, i);
      g_assert_cmpstr (x->layer, ==, y->layer);
      g_assert_true (tn_shape_identical (&x->shape, &y->shape));
      const float *p = tn_tensor_floats (x->tensor);
      const float *q = tn_tensor_floats (y->tensor);
      if (tolerance == 0)
        g_assert_cmpmem (p, tn_tensor_bytes (x->tensor), q, tn_tensor_bytes (y->tensor));
      for (gsize j = 0; tolerance > 0 && j < tn_tensor_elements (x->tensor); j++)
        g_assert_cmpfloat_with_epsilon (p[j], q[j], tolerance * (1.0 + fabs (q[j])));
    }
}

static void
test_references (gconstpointer data)
{
  const char *model = data;
  TnRunOptions options = options_of (7, 3, 2);
  g_autoptr (TnRunResult) fast = run_model (model, &options, FALSE);
  g_autoptr (TnRunResult) slow = run_model (model, &options, TRUE);

  assert_same (fast, slow, 1e-4);
  g_assert_cmpuint (fast->layers->len, ==, slow->layers->len);
  for (guint i = 0; i < fast->layers->len; i++)
    {
      const TnLayerRun *x = &g_array_index (fast->layers, TnLayerRun, i);
      const TnLayerRun *y = &g_array_index (slow->layers, TnLayerRun, i);
      g_assert_cmpfloat_with_epsilon (x->min, y->min, 1e-4);
      g_assert_cmpfloat_with_epsilon (x->max, y->max, 1e-4);
      g_assert_cmpfloat_with_epsilon (x->mean, y->mean, 1e-4);
      g_assert_cmpfloat_with_epsilon (x->std, y->std, 1e-4);
    }
}

static void
test_threads (gconstpointer data)
{
  const char *model = data;
  TnRunOptions options = options_of (40, 32, 1);
  g_autoptr (TnRunResult) one = run_model (model, &options, FALSE);

  g_assert_cmpuint (one->threads, ==, 1);
  for (guint threads = 2; threads <= 5; threads++)
    {
      options.threads = threads;
      g_autoptr (TnRunResult) more = run_model (model, &options, FALSE);
      g_assert_cmpuint (more->threads, ==, threads);
      assert_same (one, more, 0);
      for (guint i = 0; i < one->layers->len; i++)
        {
          const TnLayerRun *x = &g_array_index (one->layers, TnLayerRun, i);
          const TnLayerRun *y = &g_array_index (more->layers, TnLayerRun, i);
          g_assert_cmpfloat (x->mean, ==, y->mean);
          g_assert_cmpfloat (x->std, ==, y->std);
          g_assert_cmpfloat (x->zeros, ==, y->zeros);
        }
    }
}

static void
test_batches (gconstpointer data)
{
  const char *model = data;
  TnRunOptions options = options_of (25, 25, 2);
  const gint64 batches[] = { 1, 2, 8, 24, 100 };
  g_autoptr (TnRunResult) whole = run_model (model, &options, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
    {
      options.batch = batches[i];
      g_autoptr (TnRunResult) parts = run_model (model, &options, FALSE);
      g_assert_cmpint (parts->batch, ==, MIN (batches[i], 25));
      assert_same (parts, whole, 1e-5);
    }
}

/* A sample's numbers do not depend on how many others are computed with it, nor by how many
 * threads: the last batch of 33 is a single one, of five or the whole. */
static void
test_split (gconstpointer data)
{
  const char *model = data;
  const gint64 batches[] = { 1, 7, 32 };

  for (int watch = 0; watch < 2; watch++)
    {
      TnRunOptions options = options_of (33, 33, 1);
      options.watch = watch;
      g_autoptr (TnRunResult) whole = run_model (model, &options, FALSE);
      for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
        {
          options.batch = batches[i];
          options.threads = 1 + i;
          g_autoptr (TnRunResult) parts = run_model (model, &options, FALSE);
          assert_same (parts, whole, 0);
        }
    }
}

static void
test_again (void)
{
  TnRunOptions options = options_of (10, 4, 2);
  g_autoptr (TnGraph) graph = model_new (MODEL_BRANCHES);
  g_autoptr (TnPlan) plan = model_plan (graph, &options, NULL);
  g_autoptr (TnRunResult) first = run (plan);
  g_autoptr (TnRunResult) second = run (plan);

  assert_same (first, second, 0);
  options.seed = 12;
  g_autoptr (TnRunResult) other = run_model (MODEL_BRANCHES, &options, FALSE);
  const TnRunOutput *x = &g_array_index (first->outputs, TnRunOutput, 0);
  const TnRunOutput *y = &g_array_index (other->outputs, TnRunOutput, 0);
  g_assert_true (
      memcmp (tn_tensor_data (x->tensor), tn_tensor_data (y->tensor), tn_tensor_bytes (x->tensor))
      != 0);
}

static void
test_outputs (void)
{
  TnRunOptions options = options_of (5, 2, 1);
  g_autoptr (TnRunResult) result = run_model (MODEL_BRANCHES, &options, FALSE);
  const char *names[] = { "first", "dense", "log" };
  const char *shapes[] = { "(5, 5, 5, 7)", "(5, 90, 7)", "(5, 13)" };

  g_assert_cmpuint (result->outputs->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, i);
      g_autofree char *text = tn_shape_to_text (&output->shape);
      g_assert_cmpstr (output->layer, ==, names[i]);
      g_assert_cmpstr (text, ==, shapes[i]);
    }
  /* Probabilities add up to one in every sample, the last part of a batch included. */
  const TnRunOutput *dense = &g_array_index (result->outputs, TnRunOutput, 1);
  for (int row = 0; row < 5 * 90; row++)
    {
      double sum = 0;
      for (int i = 0; i < 7; i++)
        sum += tn_tensor_floats (dense->tensor)[row * 7 + i];
      g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-5);
    }

  options.keep_outputs = FALSE;
  g_autoptr (TnRunResult) lean = run_model (MODEL_BRANCHES, &options, FALSE);
  g_assert_null (g_array_index (lean->outputs, TnRunOutput, 0).tensor);
  g_assert_cmpuint (lean->peak_bytes, <, result->peak_bytes);
}

static const TnLayerRun *
layer (const TnRunResult *result, const char *name)
{
  for (guint i = 0; i < result->layers->len; i++)
    if (g_str_equal (g_array_index (result->layers, TnLayerRun, i).name, name))
      return &g_array_index (result->layers, TnLayerRun, i);
  g_error ("%s was not run", name);
}

static void
test_layers (void)
{
  const char *names[] = { "image", "conv2d", "max_pooling2d", "conv2d_1", "flatten", "dense_2" };
  TnRunOptions options = options_of (50, 32, 2);
  /* Which kernel is the fastest differs from machine to machine. */
  options.kernels = TN_RUN_KERNELS_BLIS;
  g_autoptr (TnRunResult) result = run_model (MODEL_BRIEF, &options, FALSE);

  g_assert_cmpuint (result->layers->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const TnLayerRun *run = &g_array_index (result->layers, TnLayerRun, i);
      g_assert_cmpstr (run->name, ==, names[i]);
      g_assert_true (tn_run_result_layer (result, run->node) == run);
      g_assert_cmpuint (run->n_nan + run->n_inf, ==, 0);
    }
  g_assert_cmpuint (tn_report_size (result->report), ==, 0);
  /* 50·784 normal numbers. */
  g_assert_cmpfloat_with_epsilon (layer (result, "image")->mean, 0.0, 0.02);
  g_assert_cmpfloat_with_epsilon (layer (result, "image")->std, 1.0, 0.02);
  g_assert_cmpfloat (layer (result, "conv2d")->min, ==, 0.0);
  g_assert_cmpfloat (layer (result, "conv2d")->zeros, >, 0.3);
  g_assert_cmpfloat (layer (result, "conv2d")->zeros, <, 0.7);
  g_assert_cmpfloat (layer (result, "conv2d_1")->gflops, >, 0.0);
  g_assert_cmpfloat (layer (result, "max_pooling2d")->gflops, ==, 0.0);
  g_assert_cmpstr (layer (result, "conv2d")->kernel, ==, "im2col + bli_sgemm");
  g_assert_cmpstr (layer (result, "flatten")->kernel, ==, "alias");
  g_assert_cmpfloat (layer (result, "flatten")->mean, ==, layer (result, "conv2d_1")->mean);
  g_assert_cmpfloat (layer (result, "flatten")->zeros, ==, layer (result, "conv2d_1")->zeros);
  g_assert_cmpstr (layer (result, "dense_2")->kernel, ==, "bli_sgemm");
  g_assert_nonnull (result->blis_version);
  g_assert_nonnull (result->blis_arch);
}

static void
test_memory (void)
{
  TnRunOptions options = options_of (16210, 32, 2);
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  options.samples = 70;
  g_autoptr (TnPlan) plan = model_plan (graph, &options, NULL);
  g_autoptr (TnRunResult) result = run (plan);
  g_assert_cmpuint (result->predicted_peak_bytes, ==, tn_plan_predicted_bytes (plan));
  g_assert_cmpfloat (fabs ((double)result->peak_bytes - (double)result->predicted_peak_bytes), <=,
                     0.05 * (double)result->peak_bytes);

  /* Many samples need the memory of one batch. */
  options.keep_outputs = FALSE;
  g_autoptr (TnPlan) few = model_plan (graph, &options, NULL);
  options.samples = 16210;
  g_autoptr (TnPlan) many = model_plan (graph, &options, NULL);
  g_assert_cmpuint (tn_plan_predicted_bytes (few), ==, tn_plan_predicted_bytes (many));
  /* Less than all tensors side by side, more than the largest one with its input. */
  guint64 weights = 2001536 * 4;
  guint64 image = 28 * 28, conv = 26 * 26 * 32, pool = 13 * 13 * 32, second = 7744, dense = 256;
  guint64 arena = many->footprint.arena;
  g_assert_cmpuint (arena, <, 32 * 4 * (image + conv + pool + second + dense));
  g_assert_cmpuint (arena, >=, 32 * 4 * (conv + pool));
  g_assert_cmpuint (many->footprint.weights, >=, weights);
  /* Packed weights have gaps, and are there instead of the plain ones. */
  g_assert_cmpuint (many->footprint.weights, <, weights + weights / 10);
  options.kernels = TN_RUN_KERNELS_BLIS;
  g_autoptr (TnPlan) plain = model_plan (graph, &options, NULL);
  g_assert_cmpuint (plain->footprint.weights, >=, weights);
  g_assert_cmpuint (plain->footprint.weights, <, weights + 6 * TN_ALIGNMENT);
}

static void
test_dump (void)
{
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  TnRunOptions options = options_of (16210, 32, 1);
  options.keep_outputs = FALSE;
  /* Nothing is packed, so that it is the same on all machines. */
  options.kernels = TN_RUN_KERNELS_BLIS;
  g_autoptr (TnPlan) plan = model_plan (graph, &options, NULL);
  g_autofree char *dump = tn_plan_dump (plan);
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "tests", "unit", "exec", "brief.arena", NULL);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dump, ==, expected);
}

static void
test_given (void)
{
  TnRunOptions options = options_of (0, 2, 2);
  TnShape shape = tn_shape_new ((gint64[]){ 3, 5 }, 2);
  g_autoptr (TnTensor) data = tn_tensor_new (TN_DTYPE_INT64, &shape);
  TnShape weights_shape = tn_shape_new ((gint64[]){ 5, 1 }, 2);
  g_autoptr (TnTensor) weights = tn_tensor_new (TN_DTYPE_FLOAT64, &weights_shape);
  g_autoptr (GHashTable) inputs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) given = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = 0; i < 15; i++)
    ((gint64 *)tn_tensor_data (data))[i] = i;
  for (int i = 0; i < 5; i++)
    ((double *)tn_tensor_data (weights))[i] = 1 << i;
  g_hash_table_insert (inputs, (gpointer) "x", data);
  g_hash_table_insert (given, (gpointer) "dense/kernel", weights);
  options.inputs = inputs;
  options.weights = given;
  /* The open size comes from the data. */
  g_autoptr (TnRunResult) result = run_model ("x InputLayer(batch_shape=(None, None))\n"
                                              "dense Dense(units=1)\n"
                                              "relu ReLU\n",
                                              &options, FALSE);
  const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, 0);
  g_assert_cmpint (result->samples, ==, 3);
  for (int sample = 0; sample < 3; sample++)
    {
      double expected = 0;
      for (int i = 0; i < 5; i++)
        expected += (5 * sample + i) * (1 << i);
      g_assert_cmpfloat (tn_tensor_floats (output->tensor)[sample], ==, expected);
    }
}

static void
test_non_finite (void)
{
  TnRunOptions options = options_of (4, 3, 1);
  TnShape shape = tn_shape_new ((gint64[]){ 3, 2 }, 2);
  g_autoptr (TnTensor) weights = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  g_autoptr (GHashTable) given = g_hash_table_new (g_str_hash, g_str_equal);
  tn_tensor_floats (weights)[1] = INFINITY;
  g_hash_table_insert (given, (gpointer) "middle/kernel", weights);
  options.weights = given;
  options.data.kind = TN_DATA_ONES;

  g_autoptr (TnRunResult) result = run_model ("x InputLayer(batch_shape=(None, 4))\n"
                                              "before Dense(units=3; activation=sigmoid)\n"
                                              "middle Dense(units=2)\n"
                                              "after Activation(activation=softmax)\n",
                                              &options, FALSE);
  g_assert_cmpuint (layer (result, "before")->n_inf, ==, 0);
  g_assert_cmpuint (layer (result, "middle")->n_inf, ==, 4);
  g_assert_cmpuint (layer (result, "middle")->n_nan, ==, 0);
  g_assert_cmpfloat (layer (result, "middle")->max, ==, 0.0);
  g_assert_cmpuint (layer (result, "after")->n_nan, ==, 8);
  g_assert_true (isnan (layer (result, "after")->mean));
  g_assert_cmpuint (tn_report_size (result->report), ==, 2);
  const TnIssue *weight = tn_report_issue (result->report, 0);
  g_assert_cmpuint (weight->node, ==, layer (result, "middle")->node);
  g_assert_nonnull (strstr (weight->message, "middle/kernel"));
  const TnIssue *issue = tn_report_issue (result->report, 1);
  g_assert_cmpstr (issue->code, ==, "non-finite");
  g_assert_cmpint (issue->severity, ==, TN_SEVERITY_WARNING);
  g_assert_cmpuint (issue->node, ==, layer (result, "middle")->node);
  g_assert_nonnull (strstr (issue->message, "middle"));
}

typedef struct
{
  guint times;
  double last;
  GCancellable *cancellable;
} Watcher;

static void
progress_cb (const TnRunProgress *progress, gpointer data)
{
  Watcher *watcher = data;
  g_assert_cmpfloat (progress->fraction, >=, watcher->last);
  g_assert_cmpfloat (progress->fraction, <=, 1.0);
  watcher->last = progress->fraction;
  watcher->times++;
  if (watcher->cancellable != NULL && watcher->times == 2)
    g_cancellable_cancel (watcher->cancellable);
}

static void
test_progress (void)
{
  TnRunOptions options = options_of (300, 32, 2);
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  g_autoptr (TnPlan) plan = model_plan (graph, &options, NULL);
  g_autoptr (GError) error = NULL;
  Watcher watcher = { 0 };
  g_autoptr (TnRunResult) result = tn_plan_run (plan, progress_cb, &watcher, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (watcher.last, ==, 1.0);
  g_assert_cmpuint (watcher.times, >=, 2);

  /* Stopped half way; the same plan then runs as if nothing had been. */
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  options.samples = 1000000;
  options.keep_outputs = FALSE;
  g_autoptr (TnPlan) long_plan = model_plan (graph, &options, NULL);
  watcher = (Watcher){ .cancellable = cancellable };
  g_autoptr (TnRunResult) none
      = tn_plan_run (long_plan, progress_cb, &watcher, cancellable, &error);
  g_assert_null (none);
  g_assert_error (error, TN_ERROR, TN_ERROR_CANCELLED);
  g_assert_cmpuint (watcher.times, ==, 2);
  g_clear_error (&error);
  none = tn_plan_run (plan, NULL, NULL, cancellable, &error);
  g_assert_null (none);
  g_assert_error (error, TN_ERROR, TN_ERROR_CANCELLED);
  g_autoptr (TnRunResult) again = run (plan);
  assert_same (result, again, 0);
}

/* Random chains of layers, so that no combination of aliases and in-place results is left out. */
static char *
random_model (GRand *rand)
{
  static const char *const images[] = {
    "Conv2D(filters=4; kernel_size=3; padding=same)",
    "Conv2D(filters=3; kernel_size=2; activation=elu; use_bias=False)",
    "Conv2D(filters=5; kernel_size=1; activation=gelu)",
    "MaxPooling2D(pool_size=2)",
    "AveragePooling2D(pool_size=2; padding=same)",
    "BatchNormalization()",
    "BatchNormalization(axis=1; scale=False)",
    "ReLU()",
    "Activation(activation=mish)",
    "Softmax()",
    "Dropout(rate=0.3)",
  };
  static const char *const rows[] = {
    "Dense(units=9; activation=selu)",
    "Dense(units=6)",
    "BatchNormalization(center=False)",
    "Activation(activation=sparsemax)",
    "Softmax()",
    "Dropout(rate=0.3)",
    "ReLU(threshold=0.1)",
  };
  GString *text = g_string_new ("x0 InputLayer(batch_shape=(None, 12, 12, 2))\n");
  int n = 1;

  for (int i = g_rand_int_range (rand, 0, 6); i > 0; i--, n++)
    {
      const char *layer_text = images[g_rand_int_range (rand, 0, G_N_ELEMENTS (images))];
      /* Twice at most, so that the image does not vanish. */
      if (strstr (layer_text, "pool_size") != NULL && strstr (text->str, layer_text) != NULL)
        layer_text = "ReLU()";
      g_string_append_printf (text, "x%d %s\n", n, layer_text);
      if (g_rand_int_range (rand, 0, 3) == 0)
        {
          g_string_append_printf (text, "y%d Activation(activation=tanh)\n", n);
          g_string_append_printf (text, "z%d %s <- x%d, y%d\n", n,
                                  g_rand_boolean (rand) ? "Add" : "Concatenate", n, n);
        }
    }
  g_string_append (text,
                   g_rand_boolean (rand) ? "flat Flatten\n" : "mean GlobalAveragePooling2D\n");
  for (int i = g_rand_int_range (rand, 1, 5); i > 0; i--, n++)
    g_string_append_printf (text, "x%d %s\n", n,
                            rows[g_rand_int_range (rand, 0, G_N_ELEMENTS (rows))]);
  return g_string_free (text, FALSE);
}

static void
test_random (void)
{
  for (guint32 seed = 0; seed < 60; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *model = random_model (rand);
      TnRunOptions options = options_of (5, 3, 2);
      g_test_message ("%u:\n%s", seed, model);
      g_autoptr (TnRunResult) fast = run_model (model, &options, FALSE);
      g_autoptr (TnRunResult) slow = run_model (model, &options, TRUE);
      assert_same (fast, slow, 1e-4);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/run/references/brief", MODEL_BRIEF, test_references);
  g_test_add_data_func ("/run/references/branches", MODEL_BRANCHES, test_references);
  g_test_add_data_func ("/run/threads/brief", MODEL_BRIEF, test_threads);
  g_test_add_data_func ("/run/threads/branches", MODEL_BRANCHES, test_threads);
  g_test_add_data_func ("/run/batches/brief", MODEL_BRIEF, test_batches);
  g_test_add_data_func ("/run/batches/branches", MODEL_BRANCHES, test_batches);
  g_test_add_data_func ("/run/split/brief", MODEL_BRIEF, test_split);
  g_test_add_data_func ("/run/split/branches", MODEL_BRANCHES, test_split);
  g_test_add_func ("/run/again", test_again);
  g_test_add_func ("/run/outputs", test_outputs);
  g_test_add_func ("/run/layers", test_layers);
  g_test_add_func ("/run/memory", test_memory);
  g_test_add_func ("/run/dump", test_dump);
  g_test_add_func ("/run/given", test_given);
  g_test_add_func ("/run/non-finite", test_non_finite);
  g_test_add_func ("/run/progress", test_progress);
  g_test_add_func ("/run/random", test_random);
  return g_test_run ();
}
