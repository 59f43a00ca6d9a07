/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of single tensors: those of the run, of the samples that fit, before what is wrong. */
#include <math.h>
#include <string.h>

#include "base/tn-error.h"
#include "exec/tn-values.h"
#include "models.h"

#define BYTES (64 * 1024 * 1024)

static TnRunOptions
options_of (gint64 samples)
{
  TnRunOptions options = tn_run_options_default ();

  options.samples = samples;
  options.batch = 4;
  options.seed = 7;
  options.threads = 1;
  return options;
}

static TnValues *
values_of (const TnGraph *graph, const char *name, guint call, int weight, gint64 samples,
           guint64 bytes, GError **error)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnValuesSource source
      = { { tn_node_id (tn_graph_find_name (graph, name)), (guint16)call, 0 }, weight };
  TnRunOptions options = options_of (samples);

  return tn_values_new (facts, &source, &options, bytes, NULL, error);
}

/* What the last layer puts out is what the run keeps, to the bit: the batches are the same. */
static void
test_as_run (void)
{
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  TnRunOptions options = options_of (6);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnPlan) plan = NULL;
  g_autoptr (TnRunResult) result = NULL;
  g_autoptr (TnValues) values = values_of (graph, "dense_2", 0, -1, 6, BYTES, &error);
  const TnRunOutput *output;
  const TnLayerRun *layer;

  g_assert_no_error (error);
  options.keep_outputs = TRUE;
  plan = model_plan (graph, &options, &error);
  result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  output = &g_array_index (result->outputs, TnRunOutput, 0);
  g_assert_cmpmem (tn_tensor_data (values->tensor), tn_tensor_bytes (values->tensor),
                   tn_tensor_data (output->tensor), tn_tensor_bytes (output->tensor));
  layer = tn_run_result_layer (result, values->source.ref.node);
  g_assert_cmpfloat (values->max, ==, layer->max);
  g_assert_cmpfloat_with_epsilon (values->mean, layer->mean, 1e-7);
  g_assert_cmpfloat (values->zeros, ==, layer->zeros);
  g_assert_cmpstr (values->name, ==, "dense_2");
}

/* In the middle, where the statistics of the run say what must come out. */
static void
test_inner (void)
{
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  TnRunOptions options = options_of (4);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnPlan) plan = model_plan (graph, &options, &error);
  g_autoptr (TnRunResult) result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_autoptr (TnValues) values = values_of (graph, "conv2d_1", 0, -1, 4, BYTES, &error);
  const TnLayerRun *layer;
  g_autofree char *shape = NULL;

  g_assert_no_error (error);
  shape = tn_shape_to_text (tn_tensor_shape (values->tensor));
  g_assert_cmpstr (shape, ==, "(4, 11, 11, 64)");
  layer = tn_run_result_layer (result, values->source.ref.node);
  g_assert_cmpfloat (values->min, ==, layer->min);
  g_assert_cmpfloat (values->max, ==, layer->max);
  g_assert_cmpfloat_with_epsilon (values->std, layer->std, 1e-7);
}

/* No more samples than fit; none at all is an error that says so. */
static void
test_bound (void)
{
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValues) values
      = values_of (graph, "conv2d", 0, -1, 100, 3 * 26 * 26 * 32 * sizeof (float) + 5, &error);

  g_assert_no_error (error);
  g_assert_cmpint (values->samples, ==, 3);
  g_assert_cmpint (values->all_samples, ==, 100);
  g_assert_null (values_of (graph, "conv2d", 0, -1, 100, 1000, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_MEMORY);
}

/* The same stream as in the run: kernel and bias, whatever else there is. */
static void
test_weight (void)
{
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  g_autoptr (GError) error = NULL;
  TnRunOptions options = options_of (1);
  options.kernels = TN_RUN_KERNELS_REFERENCE;
  g_autoptr (TnPlan) plan = model_plan (graph, &options, &error);
  g_autoptr (TnValues) kernel = values_of (graph, "conv2d_1", 0, 0, 1, BYTES, &error);
  g_autoptr (TnValues) bias = values_of (graph, "conv2d_1", 0, 1, 1, BYTES, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (kernel->name, ==, "conv2d_1/kernel");
  g_assert_cmpuint (tn_tensor_elements (kernel->tensor), ==, 3 * 3 * 32 * 64);
  g_assert_cmpint (memcmp (tn_tensor_data (kernel->tensor),
                           tn_constants_plain (plan->constants, "conv2d_1/kernel"),
                           tn_tensor_bytes (kernel->tensor)),
                   ==, 0);
  g_assert_cmpfloat (bias->zeros, ==, 1);
  g_assert_cmpfloat (kernel->std, >, 0);
}

/* What stands behind is not run, so it may be wrong; what stands before may not. */
static void
test_before_a_fault (void)
{
  g_autoptr (TnGraph) graph = model_new ("image InputLayer(batch_shape=(None, 8))\n"
                                         "dense Dense(units=5)\n"
                                         "wrong Conv2D(filters=2; kernel_size=3)\n"
                                         "after ReLU\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValues) values = values_of (graph, "dense", 0, -1, 2, BYTES, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tn_tensor_elements (values->tensor), ==, 10);
  g_assert_null (values_of (graph, "after", 0, -1, 2, BYTES, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_MODEL);
}

/* Of a layer that is called twice, each call; the second needs the first. */
static void
test_calls (void)
{
  g_autoptr (TnGraph) graph = model_new ("image InputLayer(batch_shape=(None, 8))\n"
                                         "twice Dense(units=8)\n"
                                         "+twice <- twice\n"
                                         "end ReLU <- twice:1\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValues) first = values_of (graph, "twice", 0, -1, 2, BYTES, &error);
  g_autoptr (TnValues) second = values_of (graph, "twice", 1, -1, 2, BYTES, &error);

  g_assert_no_error (error);
  g_assert_cmpint (memcmp (tn_tensor_data (first->tensor), tn_tensor_data (second->tensor),
                           tn_tensor_bytes (first->tensor)),
                   !=, 0);
}

static void
test_histogram (void)
{
  const float numbers[] = { 0, 0.1f, 0.9f, 1, NAN, INFINITY, 0.5f, -3 };
  guint64 bins[4];

  tn_values_histogram (numbers, G_N_ELEMENTS (numbers), 0, 1, bins, 4);
  g_assert_cmpuint (bins[0], ==, 2);
  g_assert_cmpuint (bins[1], ==, 0);
  g_assert_cmpuint (bins[2], ==, 1);
  g_assert_cmpuint (bins[3], ==, 2);
  tn_values_histogram ((const float[]){ 5, 5, 5 }, 3, 5, 5, bins, 4);
  g_assert_cmpuint (bins[2], ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/as-run", test_as_run);
  g_test_add_func ("/values/inner", test_inner);
  g_test_add_func ("/values/bound", test_bound);
  g_test_add_func ("/values/weight", test_weight);
  g_test_add_func ("/values/before-a-fault", test_before_a_fault);
  g_test_add_func ("/values/calls", test_calls);
  g_test_add_func ("/values/histogram", test_histogram);
  return g_test_run ();
}
