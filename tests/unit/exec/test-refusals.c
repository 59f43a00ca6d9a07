/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is refused before it begins: models, data, weights and memory; and the sentences that say
 * so.
 */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "models.h"

static void
assert_refused (const char *model, const TnRunOptions *options, int code, const char *pattern)
{
  g_autoptr (TnGraph) graph = model_new (model);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnPlan) plan = model_plan (graph, options, &error);

  g_assert_null (plan);
  g_assert_error (error, TN_ERROR, code);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("“%s” does not match “%s”", error->message, pattern);

  /* What only looks ahead says the same. */
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GError) foreseen = NULL;
  double seconds = 0;
  g_assert_false (tn_plan_foresee (facts, options, &seconds, NULL, &foreseen));
  g_assert_error (foreseen, TN_ERROR, code);
  g_assert_true (g_pattern_match_simple (pattern, foreseen->message));
}

static void
test_models (void)
{
  TnRunOptions options = tn_run_options_default ();

  assert_refused ("x InputLayer(batch_shape=(None, 4, 4))\nconv Conv2D(filters=2; kernel_size=3)\n",
                  &options, TN_ERROR_MODEL, "*conv*");
  assert_refused ("x InputLayer(batch_shape=(None, None, 4))\nmore Activation(activation=relu)\n",
                  &options, TN_ERROR_MODEL, "*axis 1 of x (1, None, 4)*");
  assert_refused ("", &options, TN_ERROR_MODEL, "*no output*");
  assert_refused ("x InputLayer(batch_shape=(None, 4))\n"
                  "dense Dense(units=3; bias_initializer=orthogonal)\n",
                  &options, TN_ERROR_UNSUPPORTED, "*bias of dense*orthogonal*");
  /* What Keras builds though it cannot be run. */
  assert_refused ("x InputLayer(batch_shape=(None, 7, 4))\ny InputLayer(batch_shape=(None, 5, 6))\n"
                  "look Attention <- x, y\n",
                  &options, TN_ERROR_MODEL, "*look compares each step*");
  assert_refused ("x InputLayer(batch_shape=(None, 4))\nshare Softmax(axis=5)\n", &options,
                  TN_ERROR_MODEL, "*share works along axis 5*");
  /* Joined along the batch nobody can tell the samples apart: all of them have to go together. */
  options.samples = 5;
  options.batch = 2;
  assert_refused ("x InputLayer(batch_shape=(None, 4))\ny InputLayer(batch_shape=(None, 4))\n"
                  "both Concatenate(axis=0) <- x, y\n",
                  &options, TN_ERROR_UNSUPPORTED, "*both*all 5 samples in one batch*");
}

static void
test_data (void)
{
  TnRunOptions options = tn_run_options_default ();
  g_autoptr (GHashTable) inputs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) weights = g_hash_table_new (g_str_hash, g_str_equal);
  TnShape shape = tn_shape_new ((gint64[]){ 3, 5 }, 2);
  TnShape other_shape = tn_shape_new ((gint64[]){ 2, 4 }, 2);
  g_autoptr (TnTensor) tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  g_autoptr (TnTensor) other = tn_tensor_new (TN_DTYPE_FLOAT32, &other_shape);
  const char *model = "x InputLayer(batch_shape=(None, 4))\ny InputLayer(batch_shape=(None, 5))\n"
                      "dense Dense(units=5) <- x\nsum Add <- dense, y\n";

  options.inputs = inputs;
  options.samples = 0;
  g_hash_table_insert (inputs, (gpointer) "x", tensor);
  assert_refused (model, &options, TN_ERROR_DATA, "*x*(3, 5)*(None, 4)*");
  g_hash_table_insert (inputs, (gpointer) "x", other);
  g_hash_table_insert (inputs, (gpointer) "y", tensor);
  assert_refused (model, &options, TN_ERROR_DATA, "*x*2 samples*y*3*");
  options.samples = 3;
  assert_refused (model, &options, TN_ERROR_DATA, "3 samples*x*only 2*");
  options.samples = 2; /* fewer than there are is no mistake */
  g_autoptr (TnGraph) graph = model_new (model);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnPlan) plan = model_plan (graph, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpint (tn_plan_samples (plan), ==, 2);
  g_hash_table_insert (inputs, (gpointer) "dense", tensor);
  assert_refused (model, &options, TN_ERROR_DATA, "*dense*");
  g_hash_table_remove (inputs, "dense");

  options.weights = weights;
  g_hash_table_insert (weights, (gpointer) "dense/kernel", tensor);
  assert_refused (model, &options, TN_ERROR_DATA, "*dense/kernel*(3, 5)*(4, 5)*");
  g_hash_table_remove_all (weights);
  g_hash_table_insert (weights, (gpointer) "dense/gamma", tensor);
  assert_refused (model, &options, TN_ERROR_DATA, "*dense/gamma*");
  g_hash_table_remove_all (weights);
  g_hash_table_insert (weights, (gpointer) "nobody", tensor);
  assert_refused (model, &options, TN_ERROR_DATA, "*nobody*");
}

static void
test_memory (void)
{
  TnRunOptions options = tn_run_options_default ();
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  g_autoptr (GError) error = NULL;

  options.samples = 16210;
  options.batch = 16210;
  options.memory_limit = 64 << 20;
  options.threads = 2;
  g_autoptr (TnPlan) none = model_plan (graph, &options, &error);
  g_assert_null (none);
  g_assert_error (error, TN_ERROR, TN_ERROR_MEMORY);
  g_assert_nonnull (strstr (error->message, "MiB"));

  /* The largest batch that it names fits, and no larger one. */
  const char *number = strstr (error->message, "would fit is ");
  g_assert_nonnull (number);
  gint64 largest = 0;
  for (const char *c = number + strlen ("would fit is "); *c != '\0'; c++)
    if (g_ascii_isdigit (*c))
      largest = largest * 10 + (*c - '0');
  g_assert_cmpint (largest, >, 32);
  g_assert_cmpint (largest, <, 16210);
  options.batch = largest;
  g_clear_error (&error);
  g_autoptr (TnPlan) fits = model_plan (graph, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tn_plan_predicted_bytes (fits), <=, options.memory_limit);
  options.batch = largest + 1;
  none = model_plan (graph, &options, &error);
  g_assert_null (none);
  g_assert_error (error, TN_ERROR, TN_ERROR_MEMORY);

  options.memory_limit = 1 << 20; /* less than the weights */
  assert_refused (MODEL_BRIEF, &options, TN_ERROR_MEMORY, "*not even a batch of 1*");
}

/* Beside a small "ulimit -v" nothing is begun that would not end well. */
static void
test_address_space (void)
{
  TnRunOptions options = tn_run_options_default ();

  if (g_test_subprocess ())
    {
      g_autofree char *text = NULL;
      struct rlimit limit;
      g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
      g_assert_cmpint (getrlimit (RLIMIT_AS, &limit), ==, 0);
      limit.rlim_cur
          = g_ascii_strtoull (text, NULL, 10) * (guint64)sysconf (_SC_PAGESIZE) + (400 << 20);
      g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
      g_assert_cmpuint (tn_account_default_limit (), <=, 300 << 20);
      options.threads = 1;
      options.samples = options.batch = 16210;
      assert_refused (MODEL_BRIEF, &options, TN_ERROR_MEMORY, "*largest batch that would fit*");
      return;
    }
  if (!g_file_test ("/proc/self/statm", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("how much is taken cannot be told here");
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

static void
test_overflow (void)
{
  TnRunOptions options = tn_run_options_default ();

  options.samples = options.batch = G_MAXINT64 / 2;
  options.memory_limit = 64 << 20;
  assert_refused (MODEL_BRIEF, &options, TN_ERROR_MEMORY, "*more than can be counted*largest*");
  options.batch = 32;
  options.keep_outputs = TRUE;
  assert_refused (MODEL_BRIEF, &options, TN_ERROR_MEMORY, "*not even a batch of 1*");
  options.keep_outputs = FALSE;
  options.samples = 1;
  /* What cannot be counted for any batch is a mistake of the model. */
  assert_refused ("x InputLayer(batch_shape=(None, 2000000000, 2000000000))\n"
                  "dense Dense(units=2000000000)\n",
                  &options, TN_ERROR_MODEL, "*dense*too large*");
  /* The limit of the system itself holds where none is given. */
  options.memory_limit = 0;
  assert_refused ("x InputLayer(batch_shape=(None, 2000000000, 20000))\n"
                  "more Activation(activation=relu)\n",
                  &options, TN_ERROR_MEMORY, "*not even*");
}

static void
test_cancelled (void)
{
  TnRunOptions options = tn_run_options_default ();
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_autoptr (TnPlan) plan = tn_plan_new (facts, &options, cancellable, &error);
  g_assert_null (plan);
  g_assert_error (error, TN_ERROR, TN_ERROR_CANCELLED);
  g_clear_error (&error);
  double seconds = 0;
  g_assert_false (tn_plan_foresee (facts, &options, &seconds, cancellable, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_CANCELLED);
}

/* What is foreseen is what the plan then expects, for every kind of kernels; with the rest of a run
 * and many more samples it is longer. */
static void
test_foreseen (void)
{
  g_autoptr (TnGraph) graph = model_new (MODEL_BRIEF);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnRunOptions options = tn_run_options_default ();

  options.threads = 2;
  options.samples = 70;
  for (guint i = 0; i < TN_N_RUN_KERNELS; i++)
    {
      g_autoptr (GError) error = NULL;
      double seconds = 0, more = 0;
      options.kernels = i;
      g_assert_true (tn_plan_foresee (facts, &options, &seconds, NULL, &error));
      g_assert_no_error (error);
      g_autoptr (TnPlan) plan = tn_plan_new (facts, &options, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (seconds, >, 0);
      g_assert_cmpfloat_with_epsilon (seconds, tn_plan_expected_seconds (plan), 1e-9 * seconds);
      options.samples = 700;
      g_assert_true (tn_plan_foresee (facts, &options, &more, NULL, &error));
      g_assert_cmpfloat (more, >, 5 * seconds);
      options.samples = 70;
    }
}

/* Weights of many gigabytes are neither made nor allocated. */
static void
test_foreseen_light (void)
{
  g_autoptr (TnGraph) graph = model_new ("x InputLayer(batch_shape=(None, 65536))\n"
                                         "wide Dense(units=65536)\n");
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GError) error = NULL;
  TnRunOptions options = tn_run_options_default ();
  struct rusage before, after;
  double seconds = 0;

  options.memory_limit = (guint64)1 << 40;
  getrusage (RUSAGE_SELF, &before);
  g_assert_true (tn_plan_foresee (facts, &options, &seconds, NULL, &error));
  getrusage (RUSAGE_SELF, &after);
  g_assert_no_error (error);
  g_assert_cmpfloat (seconds, >, 1e-3);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 64 << 10);
}

static void
test_names (void)
{
  for (guint i = 0; i < TN_N_DATA; i++)
    {
      TnDataKind kind;
      g_assert_true (tn_data_kind_from_name (tn_data_kind_name (i), &kind));
      g_assert_cmpuint (kind, ==, i);
    }
  TnDataKind kind;
  g_assert_false (tn_data_kind_from_name ("noise", &kind));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/refusals/models", test_models);
  g_test_add_func ("/refusals/data", test_data);
  g_test_add_func ("/refusals/memory", test_memory);
  g_test_add_func ("/refusals/address-space", test_address_space);
  g_test_add_func ("/refusals/overflow", test_overflow);
  g_test_add_func ("/refusals/cancelled", test_cancelled);
  g_test_add_func ("/refusals/foreseen", test_foreseen);
  g_test_add_func ("/refusals/foreseen-light", test_foreseen_light);
  g_test_add_func ("/refusals/names", test_names);
  return g_test_run ();
}
