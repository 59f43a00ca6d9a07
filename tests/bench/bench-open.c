/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a model file takes to be read and inferred; and such files, for others to be timed on.
 *
 *     bench-open --write chain|ladder|unet LAYERS FILE
 *     bench-open FILE ROUNDS
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench-models.h"
#include "formats/tn-format.h"
#include "infer/tn-facts.h"

#define MOST_ROUNDS 1000

static double
microseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static int
compare_doubles (const void *a, const void *b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

static int
write_model (const char *name, guint n_layers, const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (bench_families); i++)
    if (strcmp (bench_families[i].name, name) == 0)
      {
        g_autoptr (TnGraph) graph = make_graph (bench_families[i].build, n_layers);
        g_autoptr (GBytes) bytes = tn_format_write_keras (graph);
        gsize size;
        const char *text = g_bytes_get_data (bytes, &size);

        return g_file_set_contents (path, text, (gssize)size, NULL) ? 0 : 1;
      }
  return 2;
}

static int
measure (const char *path, guint rounds)
{
  double reading[MOST_ROUNDS], inferring[MOST_ROUNDS];
  guint layers = 0;

  for (guint i = 0; i < rounds; i++)
    {
      g_autoptr (GError) error = NULL;
      double start = microseconds ();
      g_autoptr (TnGraph) graph = tn_format_read (path, NULL, &error);
      g_autoptr (TnFacts) facts = NULL;

      g_assert_no_error (error);
      reading[i] = microseconds () - start;
      start = microseconds ();
      facts = tn_infer (graph, NULL, NULL);
      inferring[i] = microseconds () - start;
      g_assert_false (tn_facts_has_errors (facts));
      layers = tn_graph_size (graph);
    }
  qsort (reading, rounds, sizeof *reading, compare_doubles);
  qsort (inferring, rounds, sizeof *inferring, compare_doubles);
  g_print ("{\"layers\": %u, \"read_us\": %.1f, \"infer_us\": %.1f}\n", layers, reading[rounds / 2],
           inferring[rounds / 2]);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--write") == 0)
    return write_model (argv[2], (guint)atoi (argv[3]), argv[4]);
  if (argc == 3)
    return measure (argv[1], (guint)CLAMP (atoi (argv[2]), 1, MOST_ROUNDS));
  g_printerr ("bench-open --write NAME LAYERS FILE, or bench-open FILE ROUNDS\n");
  return 2;
}
