/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast inference is on generated models of 100 to 100,000 layers: from nothing, and after one
 * edit; and how fast a fault gets its repairs. In processor time, so that a busy machine counts
 * little. */
#include <stdlib.h>
#include <time.h>

#include "bench-models.h"
#include "infer/tn-advice.h"

#define MOST_ROUNDS 25

static guint
count_edges (const TnGraph *graph)
{
  guint edges = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    edges += tn_node_n_inputs (tn_graph_node (graph, i), 0);
  return edges;
}

/* A convolution whose number of filters only the next few layers see. */
static gboolean
is_local (const TnDraft *draft, guint index)
{
  return g_str_equal (tn_node_type (tn_draft_node (draft, index)), "Conv2D")
         && (index + 1 == tn_draft_size (draft)
             || g_str_equal (tn_node_type (tn_draft_node (draft, index + 1)), "ReLU"));
}

/* @graph with other filters in the last such convolution at @index or before. */
static TnGraph *
edit_filters (const TnGraph *graph, guint index)
{
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  while (!is_local (draft, index))
    index--;
  g_assert_true (
      tn_draft_set_text (draft, tn_node_id (tn_draft_node (draft, index)), "filters", "24", NULL));
  return tn_draft_finish (draft);
}

/* ---- measuring ---- */

static double
microseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

typedef struct
{
  double times[MOST_ROUNDS];
  guint n;
} Sample;

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

/* Sorts, so that the first is the least. */
static double
sample_median (Sample *sample)
{
  qsort (sample->times, sample->n, sizeof *sample->times, compare_doubles);
  return sample->times[sample->n / 2];
}

static void
sample_add (Sample *sample, double start)
{
  sample->times[sample->n++] = microseconds () - start;
}

static void
measure_infer (const TnGraph *graph, const TnFacts *previous, Sample *sample)
{
  double start = microseconds ();
  g_autoptr (TnFacts) facts = tn_infer (graph, previous, NULL);

  sample_add (sample, start);
  g_assert_nonnull (facts);
}

static void
measure_edit (const TnGraph *graph, guint index, Sample *sample)
{
  double start = microseconds ();
  g_autoptr (TnGraph) edited = edit_filters (graph, index);

  sample_add (sample, start);
  g_assert_nonnull (edited);
}

typedef struct
{
  /* owned */
  TnGraph *graph, *middle, *end;
  TnFacts *facts;

  const char *name;
  Sample full, edit_middle, edit_end, draft;
} Subject;

static void
subject_init (Subject *subject, guint family, guint n_layers)
{
  guint size;

  subject->name = bench_families[family].name;
  subject->graph = make_graph (bench_families[family].build, n_layers);
  size = tn_graph_size (subject->graph);
  subject->middle = edit_filters (subject->graph, size / 2);
  subject->end = edit_filters (subject->graph, size - 1);
  subject->facts = tn_infer (subject->graph, NULL, NULL);
}

static void
subject_clear (Subject *subject)
{
  tn_facts_unref (subject->facts);
  tn_graph_unref (subject->graph);
  tn_graph_unref (subject->middle);
  tn_graph_unref (subject->end);
}

static void
subject_measure (Subject *subject)
{
  measure_infer (subject->graph, NULL, &subject->full);
  measure_infer (subject->middle, subject->facts, &subject->edit_middle);
  measure_infer (subject->end, subject->facts, &subject->edit_end);
  measure_edit (subject->graph, tn_graph_size (subject->graph) / 2, &subject->draft);
}

static void
subject_print (Subject *subject)
{
  double per = 1.0 / MAX (count_edges (subject->graph), 1);
  double full = sample_median (&subject->full);
  double middle = sample_median (&subject->edit_middle);
  double end = sample_median (&subject->edit_end);
  double draft = sample_median (&subject->draft);

  g_print ("    {\"model\": \"%s\", \"layers\": %u, \"edges\": %u,\n"
           "     \"full_us_per_edge\": {\"min\": %.3f, \"median\": %.3f},\n"
           "     \"edit_middle_of_full\": {\"min\": %.4f, \"median\": %.4f},\n"
           "     \"edit_end_of_full\": {\"min\": %.4f, \"median\": %.4f},\n"
           "     \"draft_us_per_edge\": {\"min\": %.3f, \"median\": %.3f}}",
           subject->name, tn_graph_size (subject->graph), count_edges (subject->graph),
           subject->full.times[0] * per, full * per,
           subject->edit_middle.times[0] / subject->full.times[0], middle / full,
           subject->edit_end.times[0] / subject->full.times[0], end / full,
           subject->draft.times[0] * per, draft * per);
}

/* A Dense at the end of 200 layers that gets four dimensions. */
static TnFacts *
faulty_facts (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  Builder builder = { .draft = draft };
  g_autoptr (TnGraph) graph = NULL;
  TnFacts *facts;

  build_add (&builder, "InputLayer", SETTINGS ("batch_shape", "(None, 64, 64, 8)"));
  while (tn_draft_size (draft) < 199)
    build_chain (&builder);
  build_add (&builder, "Dense", SETTINGS ("units", "10"));
  graph = tn_draft_finish (draft);
  facts = tn_infer (graph, NULL, NULL);
  g_assert_cmpuint (tn_facts_totals (facts).n_errors, ==, 1);
  return facts;
}

static void
measure_advice (const TnFacts *facts, Sample *sample)
{
  double start = microseconds ();
  g_autoptr (TnAdvice) advice = tn_advise (facts, NULL);

  sample_add (sample, start);
  /* The error is the last issue: before it is told that the poolings have left a size of 1. */
  g_assert_cmpuint (tn_advice_n_fixes (advice, tn_facts_n_issues (facts) - 1), >, 0);
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 100, 1000, 10000, 100000 };
  enum
  {
    N_SUBJECTS = G_N_ELEMENTS (bench_families) * G_N_ELEMENTS (sizes),
  };
  g_autofree Subject *subjects = g_new0 (Subject, N_SUBJECTS);
  g_autoptr (TnFacts) faulty = faulty_facts ();
  Sample advice = { 0 };
  int rounds = argc > 1 ? CLAMP (atoi (argv[1]), 1, MOST_ROUNDS) : 7;
  double median;

  for (guint i = 0; i < N_SUBJECTS; i++)
    subject_init (&subjects[i], i % G_N_ELEMENTS (bench_families),
                  sizes[i / G_N_ELEMENTS (bench_families)]);
  for (int round = 0; round < rounds; round++)
    {
      for (guint i = 0; i < N_SUBJECTS; i++)
        subject_measure (&subjects[i]);
      measure_advice (faulty, &advice);
    }

  g_print ("{\n  \"benchmark\": \"infer\", \"clock\": \"thread-cpu\", \"rounds\": %d,\n"
           "  \"models\": [\n",
           rounds);
  for (guint i = 0; i < N_SUBJECTS; i++)
    {
      subject_print (&subjects[i]);
      g_print (i + 1 < N_SUBJECTS ? ",\n" : "\n");
      subject_clear (&subjects[i]);
    }
  median = sample_median (&advice);
  g_print ("  ],\n  \"advice_200_layers_ms\": {\"min\": %.2f, \"median\": %.2f}\n}\n",
           advice.times[0] * 1e-3, median * 1e-3);
  return 0;
}
