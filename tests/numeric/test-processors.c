/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same numbers on any processor: the examples computed with the kernels of each
 * instruction set, and with plain BLIS and its kernels for Haswell, in processes of their own, for
 * what a processor can do is asked once in a process. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../cases/tn-cases.h"
#include "exec/tn-run.h"
#include "formats/tn-format.h"
#include "infer/tn-facts.h"
#include "kernels/tn-blis.h"
#include "kernels/tn-cpu.h"

/* Of the largest number of an output: sums of thousands of terms in another order. */
#define TOLERANCE 1e-5
#define EXAMPLES  "resources/examples"
#define SAMPLES   3

/* ---- the process that computes ---- */

/* A line for each output: "file kernels | numbers". */
static void
say_numbers (const char *path, const char *kernels, const TnRunResult *result)
{
  for (guint i = 0; i < result->outputs->len; i++)
    {
      const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, i);

      printf ("%s %s %s |", path, kernels, output->layer);
      for (gsize j = 0; j < tn_tensor_elements (output->tensor); j++)
        printf (" %.9g", tn_tensor_floats (output->tensor)[j]);
      printf ("\n");
    }
}

static void
compute (const char *path)
{
  static const struct
  {
    const char *name;
    TnRunKernels kernels;
  } ways[] = { { "auto", TN_RUN_KERNELS_AUTO }, { "blis", TN_RUN_KERNELS_BLIS } };
  g_autoptr (GBytes) bytes = tn_cases_load (path);
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, path, NULL, NULL);
  g_autoptr (TnFacts) facts = tn_infer (graph, NULL, NULL);

  if (tn_facts_has_errors (facts))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GError) error = NULL;
      TnRunOptions options = tn_run_options_default ();

      options.samples = SAMPLES;
      options.threads = 1;
      options.keep_outputs = TRUE;
      options.watch = FALSE;
      options.kernels = ways[i].kernels;
      g_autoptr (TnPlan) plan = tn_plan_new (facts, &options, NULL, &error);
      g_assert_no_error (error);
      g_autoptr (TnRunResult) result = tn_plan_run (plan, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      say_numbers (path, ways[i].name, result);
    }
}

static int
by_text (gconstpointer a, gconstpointer b, gpointer unused)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* What it computes with, and then the numbers. */
static int
answer (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, EXAMPLES, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup_printf (EXAMPLES "/%s", name));
  g_ptr_array_sort_with_data (names, by_text, NULL);
  printf ("%s %s\n", tn_isa_name (tn_cpu ()->isa), tn_blis_architecture ());
  for (guint i = 0; i < names->len; i++)
    compute (names->pdata[i]);
  return 0;
}

/* ---- the process that compares ---- */

/* Lines of a process; @isa NULL: what this processor is best at. */
static char **
ask (const char *isa)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (isa != NULL)
    g_subprocess_launcher_setenv (launcher, "TENON_ISA", isa, TRUE);
  else
    g_subprocess_launcher_unsetenv (launcher, "TENON_ISA");
  g_autoptr (GSubprocess) process
      = g_subprocess_launcher_spawn (launcher, &error, self, "--answer", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  /* The test framework remarks on things in between. */
  char **lines = g_strsplit (g_strchomp (text), "\n", -1);
  guint n = 0;
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] == '#' || lines[i][0] == '\0')
      g_free (lines[i]);
    else
      lines[n++] = lines[i];
  lines[n] = NULL;
  return lines;
}

/* Numbers after the bar, where the names before it are the same. */
static GArray *
numbers (const char *line)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));
  const char *at = strchr (line, '|');
  char *end;

  g_assert_nonnull (at);
  for (at++; *at != '\0'; at = end)
    {
      double value = g_ascii_strtod (at, &end);

      g_assert_true (end != at);
      g_array_append_val (values, value);
    }
  return values;
}

/* How far apart the farthest two are, as a part of the largest. */
static double
distance (const char *line, const char *wanted_line)
{
  g_autoptr (GArray) got = numbers (line);
  g_autoptr (GArray) wanted = numbers (wanted_line);
  double largest = 0.0, farthest = 0.0;

  g_assert_cmpint (strchr (line, '|') - line, ==, strchr (wanted_line, '|') - wanted_line);
  g_assert_cmpint (strncmp (line, wanted_line, (gsize)(strchr (line, '|') - line)), ==, 0);
  g_assert_cmpuint (got->len, ==, wanted->len);
  g_assert_cmpuint (got->len, >, 0);
  for (guint i = 0; i < got->len; i++)
    {
      double a = g_array_index (got, double, i), b = g_array_index (wanted, double, i);

      g_assert_true (isfinite (a) && isfinite (b));
      largest = MAX (largest, fabs (b));
      farthest = MAX (farthest, fabs (a - b));
    }
  return largest > 0.0 ? farthest / largest : farthest;
}

static void
test_isa (gconstpointer data)
{
  const char *isa = data;
  g_auto (GStrv) wanted = ask (NULL);
  g_auto (GStrv) got = ask (isa);
  double farthest = 0.0;

  g_test_message ("%s against %s", got[0], wanted[0]);
  if (!g_str_has_prefix (got[0], isa))
    {
      g_test_skip ("not an instruction set of this processor");
      return;
    }
  g_assert_cmpuint (g_strv_length (wanted), >, 20);
  g_assert_cmpuint (g_strv_length (got), ==, g_strv_length (wanted));
  for (guint i = 1; wanted[i] != NULL; i++)
    {
      double apart = distance (got[i], wanted[i]);

      if (apart > TOLERANCE)
        g_test_message ("%.*s: %.2g apart", (int)(strchr (got[i], '|') - got[i]), got[i], apart);
      farthest = MAX (farthest, apart);
    }
  g_assert_cmpfloat (farthest, <=, TOLERANCE);
}

/* Plain BLIS computes what the own kernels do. */
static void
test_blis (void)
{
  g_auto (GStrv) lines = ask (NULL);
  guint n = 0;

  for (guint i = 1; lines[i] != NULL; i++)
    for (guint j = i + 1; lines[j] != NULL; j++)
      {
        g_autofree char *plain = NULL;
        g_auto (GStrv) words = g_strsplit (lines[i], " auto ", 2);

        if (words[1] == NULL)
          continue;
        plain = g_strdup_printf ("%s blis %s", words[0], words[1]);
        if (strncmp (plain, lines[j], (gsize)(strchr (plain, '|') - plain)) != 0)
          continue;
        g_assert_cmpfloat (distance (lines[j], plain), <=, TOLERANCE);
        n++;
      }
  g_assert_cmpuint (2 * n, ==, g_strv_length (lines) - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && g_str_equal (argv[1], "--answer"))
    return answer ();
  g_test_add_data_func ("/processors/generic", "generic", test_isa);
  g_test_add_data_func ("/processors/avx2", "avx2", test_isa);
  g_test_add_func ("/processors/blis", test_blis);
  return g_test_run ();
}
