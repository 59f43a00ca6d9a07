/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast a run is: the brief's model against the naive references and against plain im2col with
 * one bli_sgemm a layer, round by round in one process, so that a busy machine is busy for all. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exec/tn-feed.h"
#include "exec/tn-plan-private.h"
#include "graph/tn-draft.h"
#include "kernels/tn-blis.h"

enum
{
  SAMPLES = 64,
  BATCH = 32,
  ROUNDS = 9,
};

/* ---- the model ---- */

static TnNodeId
add (TnDraft *draft, const char *type, const char *const *settings, TnNodeId from)
{
  g_autoptr (TnReport) report = tn_report_new ();
  TnNodeId id = tn_draft_add (draft, &tn_layer_find (type)->schema, NULL, FALSE, report);

  for (; settings[0] != NULL; settings += 2)
    if (!tn_draft_set_text (draft, id, settings[0], settings[1], report))
      g_error ("%s", tn_report_first (report));
  if (from != TN_NODE_NONE && !tn_draft_connect (draft, (TnRef){ .node = from }, id, 0, 0, report))
    g_error ("%s", tn_report_first (report));
  return id;
}

#define SETTINGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static TnGraph *
conv_flatten_dense (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  TnNodeId id
      = add (draft, "InputLayer", SETTINGS ("batch_shape", "(None, 28, 28, 1)"), TN_NODE_NONE);

  id = add (draft, "Conv2D", SETTINGS ("filters", "32", "kernel_size", "3", "activation", "relu"),
            id);
  id = add (draft, "MaxPooling2D", SETTINGS ("pool_size", "2"), id);
  id = add (draft, "Conv2D", SETTINGS ("filters", "64", "kernel_size", "3", "activation", "relu"),
            id);
  id = add (draft, "Flatten", (const char *const[]){ NULL }, id);
  add (draft, "Dense", SETTINGS ("units", "256", "activation", "relu"), id);
  return tn_draft_finish (draft);
}

static TnPlan *
plan_of (const TnGraph *graph, guint threads, TnRunKernels kernels)
{
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  g_autoptr (GError) error = NULL;
  TnRunOptions options = tn_run_options_default ();
  options.samples = SAMPLES;
  options.batch = BATCH;
  options.threads = threads;
  options.keep_outputs = TRUE;
  options.kernels = kernels;
  TnPlan *plan = tn_plan_new (facts, &options, NULL, &error);
  if (plan == NULL)
    g_error ("%s", error->message);
  return plan;
}

/* ---- the plain way: all patches of a batch as one matrix, one product a layer ---- */

typedef struct
{
  float *x, *patches, *conv, *pool, *patches_1, *conv_1, *dense;
  const float *weights[6];
} Plain;

static void
gather (const float *x, gint64 n, gint64 h, gint64 w, gint64 c, float *patches)
{
  for (gint64 i = 0; i < n; i++)
    for (gint64 y = 0; y + 3 <= h; y++)
      for (gint64 column = 0; column + 3 <= w; column++)
        for (gint64 u = 0; u < 3; u++)
          {
            memcpy (patches, x + ((i * h + y + u) * w + column) * c, 3 * c * sizeof *x);
            patches += 3 * c;
          }
}

static void
bias_relu (float *out, gint64 rows, gint64 columns, const float *bias)
{
  for (gint64 i = 0; i < rows; i++)
    for (gint64 j = 0; j < columns; j++)
      {
        float y = out[i * columns + j] + bias[j];
        out[i * columns + j] = y < 0.0f ? 0.0f : y;
      }
}

static void
pool (const float *x, gint64 n, gint64 size, gint64 c, float *out)
{
  for (gint64 i = 0; i < n; i++)
    for (gint64 y = 0; y + 2 <= size; y += 2)
      for (gint64 column = 0; column + 2 <= size; column += 2)
        {
          const float *p = x + ((i * size + y) * size + column) * c;
          for (gint64 q = 0; q < c; q++)
            {
              float a = MAX (p[q], p[c + q]);
              float b = MAX (p[size * c + q], p[(size + 1) * c + q]);
              out[q] = MAX (a, b);
            }
          out += c;
        }
}

static Plain
plain_new (const TnPlan *plan)
{
  static const char *const names[] = { "conv2d/kernel", "conv2d/bias",  "conv2d_1/kernel",
                                       "conv2d_1/bias", "dense/kernel", "dense/bias" };
  Plain plain = {
    .x = g_new0 (float, BATCH * 28 * 28),
    .patches = g_new0 (float, BATCH * 26 * 26 * 9),
    .conv = g_new0 (float, BATCH * 26 * 26 * 32),
    .pool = g_new0 (float, BATCH * 13 * 13 * 32),
    .patches_1 = g_new0 (float, BATCH * 11 * 11 * 288),
    .conv_1 = g_new0 (float, BATCH * 11 * 11 * 64),
    .dense = g_new0 (float, SAMPLES * 256),
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      plain.weights[i] = tn_constants_plain (plan->constants, names[i]);
      g_assert_nonnull (plain.weights[i]);
    }
  return plain;
}

static void
plain_free (Plain *plain)
{
  g_free (plain->x);
  g_free (plain->patches);
  g_free (plain->conv);
  g_free (plain->pool);
  g_free (plain->patches_1);
  g_free (plain->conv_1);
  g_free (plain->dense);
}

/* Of one thread, in seconds: other programs on the machine do not count. */
static double
processor_time (void)
{
  struct timespec time;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double
plain_run (Plain *plain)
{
  double begin = processor_time ();
  TnKernelContext alone = { .n_workers = 1 };

  for (gint64 first = 0; first < SAMPLES; first += BATCH)
    {
      const float *const *w = plain->weights;
      tn_feed_synthetic (TN_DATA_NORMAL, 0, "input_layer", first, BATCH, 28 * 28, plain->x, &alone);
      gather (plain->x, BATCH, 28, 28, 1, plain->patches);
      tn_blis_sgemm (BATCH * 26 * 26, 32, 9, plain->patches, 9, w[0], 32, plain->conv, 32);
      bias_relu (plain->conv, BATCH * 26 * 26, 32, w[1]);
      pool (plain->conv, BATCH, 26, 32, plain->pool);
      gather (plain->pool, BATCH, 13, 13, 32, plain->patches_1);
      tn_blis_sgemm (BATCH * 11 * 11, 64, 288, plain->patches_1, 288, w[2], 64, plain->conv_1, 64);
      bias_relu (plain->conv_1, BATCH * 11 * 11, 64, w[3]);
      float *dense = plain->dense + first * 256;
      tn_blis_sgemm (BATCH, 256, 7744, plain->conv_1, 7744, w[4], 256, dense, 256);
      bias_relu (dense, BATCH, 256, w[5]);
    }
  return processor_time () - begin;
}

/* ---- measuring ---- */

/* Processor time of the calling thread, which is all of it where there is but one. */
static double
tenon_run (TnPlan *plan, TnRunResult **result)
{
  g_autoptr (GError) error = NULL;
  double begin = processor_time ();
  g_clear_pointer (result, tn_run_result_unref);
  *result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  if (*result == NULL)
    g_error ("%s", error->message);
  return processor_time () - begin;
}

static double
farthest (const TnRunResult *result, const float *other)
{
  TnTensor *tensor = g_array_index (result->outputs, TnRunOutput, 0).tensor;
  double most = 0.0;
  for (gsize i = 0; i < tn_tensor_elements (tensor); i++)
    most = MAX (most, ABS ((double)tn_tensor_floats (tensor)[i] - other[i]));
  return most;
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a;
  double y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void
print (const char *name, double *seconds, const char *end)
{
  qsort (seconds, ROUNDS, sizeof *seconds, ascending);
  g_print ("  \"%s\": { \"min\": %.6f, \"median\": %.6f }%s\n", name, seconds[0],
           seconds[ROUNDS / 2], end);
}

static void
print_ratio (const char *name, const double *slow, const double *fast, const char *end)
{
  double ratios[ROUNDS];
  for (int i = 0; i < ROUNDS; i++)
    ratios[i] = slow[i] / fast[i];
  qsort (ratios, ROUNDS, sizeof *ratios, ascending);
  g_print ("  \"%s\": { \"min\": %.3f, \"median\": %.3f }%s\n", name, ratios[0], ratios[ROUNDS / 2],
           end);
}

int
main (void)
{
  g_autoptr (TnGraph) graph = conv_flatten_dense ();
  g_autoptr (TnPlan) one = plan_of (graph, 1, TN_RUN_KERNELS_AUTO);
  g_autoptr (TnPlan) all = plan_of (graph, 0, TN_RUN_KERNELS_AUTO);
  g_autoptr (TnPlan) naive = plan_of (graph, 1, TN_RUN_KERNELS_REFERENCE);
  g_autoptr (TnRunResult) one_result = NULL;
  g_autoptr (TnRunResult) all_result = NULL;
  g_autoptr (TnRunResult) naive_result = NULL;
  Plain plain = plain_new (naive);
  double one_seconds[ROUNDS], naive_seconds[ROUNDS], plain_seconds[ROUNDS];
  double one_wall[ROUNDS], all_wall[ROUNDS];

  /* Once for the caches, and so that all four are known to compute the same. */
  tenon_run (one, &one_result);
  tenon_run (all, &all_result);
  tenon_run (naive, &naive_result);
  plain_run (&plain);
  double far_plain = farthest (one_result, plain.dense);
  double far_naive = farthest (
      one_result, tn_tensor_floats (g_array_index (naive_result->outputs, TnRunOutput, 0).tensor));
  if (far_plain > 1e-4 || far_naive > 1e-4)
    g_error ("the results differ: %g, %g", far_plain, far_naive);

  for (int round = 0; round < ROUNDS; round++)
    {
      one_seconds[round] = tenon_run (one, &one_result);
      plain_seconds[round] = plain_run (&plain);
      naive_seconds[round] = tenon_run (naive, &naive_result);
      tenon_run (all, &all_result);
      one_wall[round] = one_result->seconds;
      all_wall[round] = all_result->seconds;
    }

  g_print (
      "{ \"model\": \"conv-flatten-dense\", \"samples\": %d, \"batch\": %d, \"threads\": %u,\n",
      SAMPLES, BATCH, all_result->threads);
  g_print ("  \"blis\": \"%s\", \"arch\": \"%s\",\n", one_result->blis_version,
           one_result->blis_arch);
  print_ratio ("naive_over_one_thread", naive_seconds, one_seconds, ",");
  print_ratio ("plain_over_one_thread", plain_seconds, one_seconds, ",");
  print_ratio ("one_thread_over_all_wall", one_wall, all_wall, ",");
  print ("one_thread_seconds", one_seconds, ",");
  print ("one_thread_wall", one_wall, ",");
  print ("all_threads_wall", all_wall, ",");
  print ("plain_seconds", plain_seconds, ",");
  print ("naive_seconds", naive_seconds, " }");
  plain_free (&plain);
  return 0;
}
