/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs that are not watched: layers fused with those before them compute the same, are in the table
 * of results, and need the memory that was said. */
#include <math.h>
#include <string.h>

#include "base/tn-error.h"
#include "models.h"

/* All that can be fused, and beside each of it what looks like it and cannot. */
#define MODEL_BLOCKS                                                                               \
  "image InputLayer(batch_shape=(None, 14, 14, 3))\n"                                              \
  "scale Rescaling(scale=0.5; offset=-0.25)\n"                                                     \
  "pad ZeroPadding2D(padding=((1, 2), (0, 1)))\n"                                                  \
  "conv Conv2D(filters=8; kernel_size=3; strides=2; use_bias=False)\n"                             \
  "norm BatchNormalization\n"                                                                      \
  "relu ReLU(max_value=6)\n"                                                                       \
  "depth DepthwiseConv2D(kernel_size=3; padding=same)\n"                                           \
  "depth_norm BatchNormalization\n"                                                                \
  "depth_relu Activation(activation=swish)\n"                                                      \
  "point Conv2D(filters=8; kernel_size=1; use_bias=False)\n"                                       \
  "point_norm BatchNormalization(scale=False)\n"                                                   \
  "sum Add <- point_norm, relu\n"                                                                  \
  "sum_relu Activation(activation=relu) <- sum\n"                                                  \
  "zeros ZeroPadding2D(padding=1) <- sum_relu\n"                                                   \
  "largest MaxPooling2D(pool_size=3; strides=1) <- zeros\n"                                        \
  "short Conv2D(filters=4; kernel_size=1) <- largest\n"                                            \
  "long Conv2D(filters=4; kernel_size=3; padding=same) <- sum_relu\n"                              \
  "long_norm BatchNormalization <- long\n"                                                         \
  "both Add <- short, long_norm\n"                                                                 \
  "early BatchNormalization <- both\n"                                                             \
  "early_relu ReLU <- early\n"                                                                     \
  "join Concatenate <- early_relu, both\n"                                                         \
  "drop Dropout(rate=0.4)\n"                                                                       \
  "up Conv2DTranspose(filters=5; kernel_size=2; strides=2)\n"                                      \
  "up_norm BatchNormalization(center=False)\n"                                                     \
  "flat Flatten\n"                                                                                 \
  "dense Dense(units=10; use_bias=False)\n"                                                        \
  "dense_norm BatchNormalization\n"                                                                \
  "affine Rescaling(scale=3; offset=0.5)\n"                                                        \
  "tanh Activation(activation=tanh)\n"                                                             \
  "other Dense(units=10; activation=relu) <- flat\n"                                               \
  "last Add <- tanh, other\n"

#define MODEL_ROWS                                                                                 \
  "words InputLayer(batch_shape=(None, 12, 6))\n"                                                  \
  "conv Conv1D(filters=6; kernel_size=3; padding=same)\n"                                          \
  "norm BatchNormalization\n"                                                                      \
  "gelu Activation(activation=gelu)\n"                                                             \
  "sum Add <- gelu, words\n"                                                                       \
  "wide Dense(units=18; activation=relu)\n"                                                        \
  "back Dense(units=6)\n"                                                                          \
  "more Add <- back, sum\n"                                                                        \
  "turned BatchNormalization(axis=1)\n"                                                            \
  "lstm LSTM(units=7)\n"                                                                           \
  "out Dense(units=3; activation=softmax)\n"

/* Attention that is computed as one, and such as cannot be. */
#define MODEL_HEADS                                                                                \
  "steps InputLayer(batch_shape=(None, 19, 12))\n"                                                 \
  "self MultiHeadAttention(num_heads=3; key_dim=5; value_dim=4) <- steps, steps\n"                 \
  "sum Add <- self, steps\n"                                                                       \
  "norm LayerNormalization <- sum\n"                                                               \
  "causal MultiHeadAttention(num_heads=2; key_dim=8; use_causal_mask=True) <- norm, norm\n"        \
  "grouped GroupQueryAttention(head_dim=4; num_query_heads=4; num_key_value_heads=2)"              \
  " <- norm, causal\n"                                                                             \
  "plain Attention <- grouped, causal\n"                                                           \
  "hidden Conv1D(filters=20; kernel_size=1; activation=relu) <- plain\n"                           \
  "back Conv1D(filters=12; kernel_size=1) <- hidden\n"                                             \
  "more Add <- back, plain\n"                                                                      \
  "scaled Attention(use_scale=True) <- more, norm\n"                                               \
  "out Dense(units=3; activation=softmax) <- scaled\n"

/* Channels before the image's axes: turned for convolutions, and not back and forth between. */
#define MODEL_TURNED                                                                               \
  "image InputLayer(batch_shape=(None, 3, 10, 11))\n"                                              \
  "conv Conv2D(filters=8; kernel_size=3; data_format=channels_first; use_bias=False)\n"            \
  "norm BatchNormalization(axis=1)\n"                                                              \
  "relu ReLU\n"                                                                                    \
  "pool MaxPooling2D(data_format=channels_first)\n"                                                \
  "next Conv2D(filters=8; kernel_size=3; padding=same; data_format=channels_first)\n"              \
  "rows BatchNormalization(axis=2)\n"                                                              \
  "point Conv2D(filters=8; kernel_size=1; data_format=channels_first)\n"                           \
  "sum Add <- point, rows\n"                                                                       \
  "tanh Activation(activation=tanh)\n"

static TnRunResult *
run (TnPlan *plan)
{
  g_autoptr (GError) error = NULL;
  TnRunResult *result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

/* For all normalizations statistics and factors that are no ones and zeros. */
static GHashTable *
norm_weights (const TnFacts *facts)
{
  GHashTable *weights
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      guint n;
      const TnNode *node = tn_graph_node (graph, i);
      const TnWeightSpec *specs = tn_facts_weights (facts, i, &n);
      for (guint j = 0; j < n && g_str_equal (tn_node_type (node), "BatchNormalization"); j++)
        {
          TnTensor *tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &specs[j].shape);
          gboolean positive = g_str_equal (specs[j].name, "moving_variance");
          for (gsize k = 0; k < tn_tensor_elements (tensor); k++)
            tn_tensor_floats (tensor)[k]
                = (float)g_rand_double_range (rand, positive ? 0.3 : -1.0, 2.0);
          g_hash_table_insert (weights, g_strconcat (tn_node_name (node), "/", specs[j].name, NULL),
                               tensor);
        }
    }
  return weights;
}

static TnRunOptions
options_of (gint64 samples, gint64 batch, gboolean watch)
{
  TnRunOptions options = tn_run_options_default ();
  options.samples = samples;
  options.batch = batch;
  options.threads = 2;
  options.seed = 3;
  options.keep_outputs = TRUE;
  options.watch = watch;
  return options;
}

static TnPlan *
plan_of (const char *model, TnRunOptions options)
{
  g_autoptr (TnGraph) graph = model_new (model);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GHashTable) weights = norm_weights (facts);
  g_autoptr (GError) error = NULL;
  options.weights = weights;
  TnPlan *plan = tn_plan_new (facts, &options, NULL, &error);
  g_assert_no_error (error);
  return plan;
}

static TnRunResult *
run_model (const char *model, TnRunOptions options)
{
  g_autoptr (TnPlan) plan = plan_of (model, options);
  return run (plan);
}

static void
assert_close (const TnRunResult *a, const TnRunResult *b, double tolerance)
{
  g_assert_cmpuint (a->outputs->len, ==, b->outputs->len);
  for (guint i = 0; i < a->outputs->len; i++)
    {
      const TnRunOutput *x = &g_array_index (a->outputs, TnRunOutput, i);
      const TnRunOutput *y = &g_array_index (b->outputs, TnRunOutput, i);
      const float *p = tn_tensor_floats (x->tensor), *q = tn_tensor_floats (y->tensor);
      g_assert_true (tn_shape_identical (&x->shape, &y->shape));
      for (gsize j = 0; j < tn_tensor_elements (x->tensor); j++)
        g_assert_cmpfloat_with_epsilon (p[j], q[j], tolerance * (1.0 + fabs (q[j])));
    }
}

static void
test_same (gconstpointer data)
{
  const char *model = data;
  TnRunOptions options = options_of (7, 3, TRUE);
  options.kernels = TN_RUN_KERNELS_REFERENCE;
  g_autoptr (TnRunResult) exact = run_model (model, options);

  for (guint kernels = 0; kernels < TN_N_RUN_KERNELS; kernels++)
    for (int watch = 0; watch < 2; watch++)
      {
        options = options_of (7, 3, watch);
        options.kernels = kernels;
        g_autoptr (TnRunResult) result = run_model (model, options);
        assert_close (result, exact, 1e-4);
        g_assert_cmpuint (result->layers->len, ==, exact->layers->len);
        options.approximate = TRUE;
        g_autoptr (TnRunResult) rough = run_model (model, options);
        assert_close (rough, exact, 1e-3);
      }
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
test_table (void)
{
  static const char *const fused[][2] = {
    { "pad", "conv" },         { "norm", "conv" },        { "relu", "conv" },
    { "depth_norm", "depth" }, { "depth_relu", "depth" }, { "point_norm", "point" },
    { "sum", "point" },        { "sum_relu", "point" },   { "long_norm", "long" },
    { "both", "long" },        { "early_relu", "early" }, { "up_norm", "up" },
    { "dense_norm", "dense" }, { "affine", "dense" },     { "tanh", "dense" },
    { "zeros", "largest" },
  };
  g_autoptr (TnRunResult) fast = run_model (MODEL_BLOCKS, options_of (4, 4, FALSE));
  g_autoptr (TnRunResult) watched = run_model (MODEL_BLOCKS, options_of (4, 4, TRUE));
  double share = 0;

  for (guint i = 0; i < G_N_ELEMENTS (fused); i++)
    {
      g_autofree char *kernel = g_strconcat ("fused into ", fused[i][1], NULL);
      const TnLayerRun *run = layer (fast, fused[i][0]);
      g_assert_cmpstr (run->kernel, ==, kernel);
      g_assert_cmpfloat (run->seconds, <, 1e-3);
      g_assert_cmpuint (run->bytes, ==, 0);
      g_assert_false (run->watched);
      g_assert_cmpstr (layer (watched, fused[i][0])->kernel, !=, kernel);
    }
  g_assert_cmpstr (layer (fast, "early")->kernel, ==, "elementwise");
  g_assert_cmpstr (layer (fast, "scale")->kernel, ==, "elementwise");
  g_assert_cmpstr (layer (fast, "flat")->kernel, ==, "alias");
  /* The model's output is looked at in any case. */
  g_assert_true (layer (fast, "last")->watched);
  g_assert_cmpfloat_with_epsilon (layer (fast, "last")->mean, layer (watched, "last")->mean, 1e-4);
  g_assert_true (isnan (layer (fast, "conv")->mean));
  g_assert_true (fast->watch == FALSE && watched->watch);
  for (guint i = 0; i < watched->layers->len; i++)
    {
      const TnLayerRun *run = &g_array_index (watched->layers, TnLayerRun, i);
      g_assert_true (run->watched);
      g_assert_cmpfloat (run->share, >=, 0);
      share += run->share;
    }
  g_assert_cmpfloat_with_epsilon (share, 1.0, 1e-6);
  /* 4 images of 16 × 14 × 5, the weights, and what comes out. */
  g_assert_cmpuint (layer (watched, "dense")->bytes, ==, 4 * (4 * 1120 + 1120 * 10 + 4 * 10));
}

/* Without normalization, which when folded is rounded otherwise. */
#define MODEL_BOTTLENECKS                                                                          \
  "image InputLayer(batch_shape=(None, 50, 44, 12))\n"                                             \
  "expand Conv2D(filters=100; kernel_size=1; use_bias=False)\n"                                    \
  "expand_relu ReLU(max_value=6)\n"                                                                \
  "depth DepthwiseConv2D(kernel_size=3; strides=2; padding=same)\n"                                \
  "depth_relu ReLU(max_value=6)\n"                                                                 \
  "project Conv2D(filters=18; kernel_size=1)\n"                                                    \
  "wide Conv2D(filters=300; kernel_size=1; activation=swish)\n"                                    \
  "window DepthwiseConv2D(kernel_size=5; padding=same; activation=swish)\n"                        \
  "narrow Conv2D(filters=18; kernel_size=1)\n"                                                     \
  "sum Add <- narrow, project\n"                                                                   \
  "seen Conv2D(filters=300; kernel_size=1) <- sum\n"                                               \
  "seen_depth DepthwiseConv2D(kernel_size=3; padding=same) <- seen\n"                              \
  "seen_narrow Conv2D(filters=18; kernel_size=1)\n"                                                \
  "mean GlobalAveragePooling2D <- seen\n"                                                          \
  "means GlobalAveragePooling2D <- seen_narrow\n"                                                  \
  "both Concatenate <- mean, means\n"

/* Of three convolutions at once come the same bits as of one after the other, however the samples
 * are cut into batches; and the table says where they are done. */
static void
test_chain (void)
{
  static const char *const fused[][2] = {
    { "expand", "project" }, { "depth", "project" }, { "expand_relu", "expand" },
    { "wide", "narrow" },    { "window", "narrow" }, { "depth_relu", "depth" },
    { "sum", "narrow" },
  };
  g_autoptr (TnRunResult) fast = run_model (MODEL_BOTTLENECKS, options_of (33, 32, FALSE));
  g_autoptr (TnRunResult) watched = run_model (MODEL_BOTTLENECKS, options_of (33, 11, TRUE));
  g_autoptr (TnRunResult) even = run_model (MODEL_BOTTLENECKS, options_of (32, 32, FALSE));
  TnTensor *a = g_array_index (fast->outputs, TnRunOutput, 0).tensor;
  TnTensor *b = g_array_index (watched->outputs, TnRunOutput, 0).tensor;

  g_assert_cmpmem (tn_tensor_floats (a), tn_tensor_bytes (a), tn_tensor_floats (b),
                   tn_tensor_bytes (b));
  for (guint i = 0; i < G_N_ELEMENTS (fused); i++)
    {
      g_autofree char *kernel = g_strconcat ("fused into ", fused[i][1], NULL);
      g_assert_cmpstr (layer (fast, fused[i][0])->kernel, ==, kernel);
      g_assert_cmpuint (layer (even, fused[i][0])->bytes, ==, 0);
      g_assert_cmpfloat (layer (even, fused[i][0])->gflops, ==, 0.0);
      g_assert_cmpstr (layer (watched, fused[i][0])->kernel, !=, kernel);
    }
  g_assert_true (g_str_has_prefix (layer (fast, "project")->kernel, "three at once"));
  g_assert_true (g_str_has_prefix (layer (fast, "narrow")->kernel, "three at once"));
  g_assert_true (g_str_has_prefix (layer (fast, "seen_depth")->kernel, "direct"));
  /* What is compared with is no better. */
  TnRunOptions options = options_of (32, 32, FALSE);
  options.kernels = TN_RUN_KERNELS_BLIS;
  g_autoptr (TnRunResult) blis = run_model (MODEL_BOTTLENECKS, options);
  g_assert_false (g_str_has_prefix (layer (blis, "project")->kernel, "three at once"));
}

static guint
count_calls (const TnPlan *plan, const TnOp *op)
{
  guint n = 0;

  for (guint i = 0; i < tn_program_n_calls (plan->whole->program); i++)
    n += tn_program_call_at (plan->whole->program, i)->op == op;
  return n;
}

static void
test_attention (void)
{
  for (int watch = 0; watch < 2; watch++)
    {
      TnRunOptions options = options_of (4, 4, watch);
      g_autoptr (TnPlan) fast = plan_of (MODEL_HEADS, options);
      options.kernels = TN_RUN_KERNELS_BLIS;
      g_autoptr (TnPlan) plain = plan_of (MODEL_HEADS, options);

      g_assert_cmpuint (count_calls (fast, &tn_op_attention), ==, 4);
      g_assert_cmpuint (count_calls (fast, &tn_op_batch_matmul), ==, 2);
      g_assert_cmpuint (count_calls (plain, &tn_op_attention), ==, 0);
      g_assert_cmpuint (count_calls (plain, &tn_op_batch_matmul), ==, 10);
    }
}

static void
test_turned (void)
{
  g_autoptr (TnPlan) fast = plan_of (MODEL_TURNED, options_of (4, 4, FALSE));
  g_autoptr (TnPlan) watched = plan_of (MODEL_TURNED, options_of (4, 4, TRUE));

  g_assert_cmpuint (count_calls (watched, &tn_op_transpose), >, 6);
  /* In, out and in again around the rows, out. */
  g_assert_cmpuint (count_calls (fast, &tn_op_transpose), ==, 4);
  g_assert_cmpuint (count_calls (fast, &tn_op_batch_norm), ==, 1);
  g_assert_cmpuint (count_calls (fast, &tn_op_activation), ==, 0);
}

static void
test_residual_rows (void)
{
  g_autoptr (TnPlan) fast = plan_of (MODEL_HEADS, options_of (4, 4, FALSE));

  /* Of a product and of a convolution of rows; what is left is the scale of the scores. */
  g_assert_cmpuint (count_calls (fast, &tn_op_binary), ==, 1);
  const TnProgramCall *last = NULL;
  for (guint i = 0; i < tn_program_n_calls (fast->whole->program); i++)
    if (tn_program_call_at (fast->whole->program, i)->op == &tn_op_binary)
      last = tn_program_call_at (fast->whole->program, i);
  g_assert_cmpint (last->settings.binary, ==, TN_BINARY_MULTIPLY);
}

/* What was said is what was held; and fusing needs no more than not fusing. */
static void
test_memory (gconstpointer data)
{
  const char *model = data;
  guint64 bytes[2];

  for (int watch = 0; watch < 2; watch++)
    {
      /* 33 samples in batches of 8 leave a part over: both programs share the weights. */
      TnRunOptions options = options_of (33, 8, watch);
      options.keep_outputs = FALSE;
      g_autoptr (TnPlan) plan = plan_of (model, options);
      g_autoptr (TnRunResult) result = run (plan);
      g_assert_cmpfloat (fabs ((double)result->peak_bytes - (double)tn_plan_predicted_bytes (plan)),
                         <=, 0.05 * (double)result->peak_bytes);
      bytes[watch] = tn_plan_predicted_bytes (plan);
      g_assert_cmpuint (plan->footprint.making, >=, plan->footprint.weights);
      options.samples = 16210;
      g_autoptr (TnPlan) many = plan_of (model, options);
      g_assert_cmpuint (tn_plan_predicted_bytes (many), ==, bytes[watch]);
    }
  g_assert_cmpuint (bytes[0], <=, bytes[1] + bytes[1] / 10);
}

/* Weights that nobody reads as they are do not stay: neither those that were folded, nor those that
 * were packed. */
static void
test_weights (void)
{
  TnRunOptions options = options_of (4, 4, FALSE);
  g_autoptr (TnPlan) fast = plan_of (MODEL_BLOCKS, options);

  g_assert_null (tn_constants_plain (fast->constants, "conv/kernel"));
  g_assert_null (tn_constants_plain (fast->constants, "norm/gamma"));
  g_assert_null (tn_constants_plain (fast->constants, "up/bias"));
  g_assert_nonnull (tn_constants_plain (fast->constants, "short/bias"));
  options.kernels = TN_RUN_KERNELS_REFERENCE;
  g_autoptr (TnPlan) plain = plan_of (MODEL_BLOCKS, options);
  g_assert_nonnull (tn_constants_plain (plain->constants, "conv/kernel"));
  g_assert_nonnull (tn_constants_plain (plain->constants, "norm/gamma"));
}

/* Stop within a layer that takes long. */
typedef struct
{
  TnNodeId node;
  GCancellable *cancellable;
  double fraction; /* last told */
  guint n_within;  /* times told of the layer */
} Stopper;

static void
stop_cb (const TnRunProgress *progress, gpointer data)
{
  Stopper *stopper = data;

  g_assert_false (g_cancellable_is_cancelled (stopper->cancellable));
  stopper->fraction = progress->fraction;
  if (progress->node == stopper->node && ++stopper->n_within == 2)
    g_cancellable_cancel (stopper->cancellable);
}

static void
test_stop (void)
{
  g_autoptr (TnGraph) graph = model_new ("x InputLayer(batch_shape=(None, 2048))\n"
                                         "huge Dense(units=4096; kernel_initializer=ones)\n");
  TnRunOptions options = options_of (4096, 4096, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Stopper stopper
      = { .node = tn_node_id (tn_graph_find_name (graph, "huge")), .cancellable = cancellable };

  options.keep_outputs = FALSE;
  options.threads = 1;
  options.data.kind = TN_DATA_ONES;
  g_autoptr (TnPlan) plan = model_plan (graph, &options, &error);
  g_assert_no_error (error);
  g_autoptr (TnRunResult) none = tn_plan_run (plan, stop_cb, &stopper, cancellable, &error);
  g_assert_null (none);
  g_assert_error (error, TN_ERROR, TN_ERROR_CANCELLED);
  g_assert_cmpuint (stopper.n_within, ==, 2);
  g_assert_cmpfloat (stopper.fraction, <, 1.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/fusion/same/blocks", MODEL_BLOCKS, test_same);
  g_test_add_data_func ("/fusion/same/rows", MODEL_ROWS, test_same);
  g_test_add_data_func ("/fusion/same/brief", MODEL_BRIEF, test_same);
  g_test_add_data_func ("/fusion/same/heads", MODEL_HEADS, test_same);
  g_test_add_data_func ("/fusion/same/turned", MODEL_TURNED, test_same);
  g_test_add_func ("/fusion/attention", test_attention);
  g_test_add_func ("/fusion/turned", test_turned);
  g_test_add_func ("/fusion/residual-rows", test_residual_rows);
  g_test_add_func ("/fusion/table", test_table);
  g_test_add_func ("/fusion/chain", test_chain);
  g_test_add_data_func ("/fusion/memory/bottlenecks", MODEL_BOTTLENECKS, test_memory);
  g_test_add_data_func ("/fusion/memory/blocks", MODEL_BLOCKS, test_memory);
  g_test_add_data_func ("/fusion/memory/heads", MODEL_HEADS, test_memory);
  g_test_add_data_func ("/fusion/memory/brief", MODEL_BRIEF, test_memory);
  g_test_add_func ("/fusion/weights", test_weights);
  g_test_add_func ("/run/stop-within", test_stop);
  return g_test_run ();
}
