/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long after Stop a run really ends, inside layers that take seconds; as JSON. */
#include "../unit/exec/models.h"
#include "base/tn-error.h"

#define ROUNDS 5

static const struct
{
  const char *name;
  const char *model;
  gint64 batch;
} huge[] = {
  { "dense",
    "x InputLayer(batch_shape=(None, 8192))\n"
    "huge Dense(units=8192; kernel_initializer=ones)\n",
    8192 },
  { "convolution",
    "x InputLayer(batch_shape=(None, 112, 112, 128))\n"
    "huge Conv2D(filters=512; kernel_size=5; kernel_initializer=ones)\n",
    16 },
  { "one row",
    "x InputLayer(batch_shape=(None, 16384))\n"
    "huge Dense(units=16384; kernel_initializer=ones)\n",
    1 },
  { "depthwise",
    "x InputLayer(batch_shape=(None, 224, 224, 64))\n"
    "huge DepthwiseConv2D(kernel_size=15; depthwise_initializer=ones)\n",
    32 },
  { "recurrent",
    "x InputLayer(batch_shape=(None, 2000, 64))\n"
    "huge LSTM(units=512)\n",
    64 },
  { "softmax",
    "x InputLayer(batch_shape=(None, 4000000))\n"
    "huge Softmax\n",
    32 },
};

typedef struct
{
  GCancellable *cancellable;
  gint64 after; /* microseconds */
  gint64 at;
} Stop;

static gpointer
stop_thread (gpointer data)
{
  Stop *stop = data;

  g_usleep ((gulong)stop->after);
  stop->at = g_get_monotonic_time ();
  g_cancellable_cancel (stop->cancellable);
  return NULL;
}

/* Milliseconds; negative when the run was over before. */
static double
stop_run (TnPlan *plan, gint64 after)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Stop stop = { .cancellable = cancellable, .after = after };
  GThread *thread = g_thread_new ("stop", stop_thread, &stop);
  g_autoptr (TnRunResult) result = tn_plan_run (plan, NULL, NULL, cancellable, &error);
  gint64 end = g_get_monotonic_time ();

  g_thread_join (thread);
  return result == NULL ? (double)(end - stop.at) / 1000.0 : -1.0;
}

int
main (void)
{
  g_print ("{ \"longest_ms_from_stop_to_end\": {\n");
  for (guint i = 0; i < G_N_ELEMENTS (huge); i++)
    {
      g_autoptr (TnGraph) graph = model_new (huge[i].model);
      TnRunOptions options = tn_run_options_default ();
      g_autoptr (GError) error = NULL;
      double longest = -1.0;

      options.samples = 100 * huge[i].batch;
      options.batch = huge[i].batch;
      options.watch = FALSE;
      options.data.kind = TN_DATA_ONES;
      g_autoptr (TnPlan) plan = model_plan (graph, &options, &error);
      if (plan == NULL)
        g_error ("%s: %s", huge[i].name, error->message);
      for (gint64 round = 0; round < ROUNDS; round++)
        longest = MAX (longest, stop_run (plan, 200000 + 37000 * round));
      g_print ("  \"%s\": %.1f%s\n", huge[i].name, longest, i + 1 < G_N_ELEMENTS (huge) ? "," : "");
    }
  g_print ("} }\n");
  return 0;
}
