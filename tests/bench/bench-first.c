/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the first run of a model costs beside later ones, all as the window runs it, plan and
 * weights included; and how well a plan foretells how long its run takes. */
#include "models/subject.h"

#include "kernels/tn-cpu.h"

#include <stdio.h>
#include <stdlib.h>

/* Later runs. */
#define RUNS 7

typedef struct
{
  double plan, run, all;
} Times;

static double
now (void)
{
  return (double)g_get_monotonic_time () / G_USEC_PER_SEC;
}

static Times
run_once (const TnFacts *facts, const TnRunOptions *options, double *expected)
{
  g_autoptr (GError) error = NULL;
  double begin = now ();
  g_autoptr (TnPlan) plan = tn_plan_new (facts, options, NULL, &error);
  double planned = now ();
  g_autoptr (TnRunResult) result
      = plan != NULL ? tn_plan_run (plan, NULL, NULL, NULL, &error) : NULL;
  double end = now ();

  if (result == NULL)
    g_error ("%s", error->message);
  *expected = tn_plan_expected_seconds (plan);
  return (Times){ planned - begin, end - planned, end - begin };
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
median (double *values)
{
  qsort (values, RUNS, sizeof *values, compare);
  return values[RUNS / 2];
}

static void
measure (const Subject *subject, gint64 batch, guint threads, gboolean watch, const char *before)
{
  g_autoptr (TnGraph) graph = subject_graph (subject);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);
  TnRunOptions options = tn_run_options_default ();
  double expected, all[RUNS], plans[RUNS], runs[RUNS];

  options.samples = batch;
  options.batch = batch;
  options.threads = threads;
  options.watch = watch;
  options.keep_outputs = TRUE;
  Times first = run_once (facts, &options, &expected);
  for (int i = 0; i < RUNS; i++)
    {
      Times times = run_once (facts, &options, &expected);
      all[i] = times.all;
      plans[i] = times.plan;
      runs[i] = times.run;
    }
  double run = median (runs), later = median (all);
  printf ("%s  {\"model\": \"%s\", \"batch\": %d, \"threads\": %u, \"watch\": %s,\n"
          "   \"first_ms\": %.4g, \"first_plan_ms\": %.4g, \"later_ms\": %.4g, \"plan_ms\": %.4g,"
          " \"run_ms\": %.4g,\n   \"first_to_later\": %.3f, \"expected_to_run\": %.3f}",
          before, subject->name, (int)batch, threads, watch ? "true" : "false", first.all * 1e3,
          first.plan * 1e3, later * 1e3, median (plans) * 1e3, run * 1e3, first.all / later,
          expected / run);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("MODEL[:BATCH]…");
  g_autoptr (GError) error = NULL;
  int threads = 0;
  gboolean watch = FALSE;
  const GOptionEntry entries[] = {
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, "With how many", "N" },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &watch, "With statistics of all layers", NULL },
    { NULL },
  };
  const char *before = "";

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  /* A process measures the processor once. */
  double begin = now ();
  double peak = tn_cpu_peak_gflops ();
  printf ("{\"peak_gflops\": %.1f, \"peak_ms\": %.2f, \"models\": [\n", peak,
          (now () - begin) * 1e3);
  for (guint i = 0; i < subject_count (); i++)
    for (const gint64 *batch = subject_at (i)->batches; *batch != 0; batch++)
      {
        const Subject *subject = subject_at (i);
        g_autofree char *name = g_strdup_printf ("%s:%d", subject->name, (int)*batch);
        gboolean wanted = argc < 2;

        for (int j = 1; j < argc; j++)
          wanted = wanted || g_str_equal (argv[j], name) || g_str_equal (argv[j], subject->name);
        if (!wanted)
          continue;
        measure (subject, *batch, (guint)threads, watch, before);
        before = ",\n";
      }
  printf ("\n]}\n");
  return 0;
}
