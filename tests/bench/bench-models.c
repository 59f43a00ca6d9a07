/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole models: Tenon against other ways to run them. Each way is a process of its own, so that
 * neither its threads nor its memory are in the way of the others; they are asked in turns for a
 * round of runs, and only what was measured in the same round is compared. With one thread by CPU
 * time, which stands still while others have the processor; with more by the clock.
 *
 *   bench-models [--rounds=N] [--threads=1,2] [MODEL[:BATCH] …]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gio/gio.h>

#include "models/walk.h"

#define DEFAULT_ROUNDS 9
#define MAX_ROUNDS     101
/* Runs are repeated until a round lasts so long: clocks and wake-ups are then nothing beside it. */
#define ROUND_SECONDS 0.03
#define MAX_REPEATS   2000

/* The first is what the others are compared with. */
static const Way *const ways[] = {
  &way_tenon, &way_tenon_fast, &way_blis, &way_openblas, &way_onednn, &way_onnxruntime,
};

#define N_WAYS G_N_ELEMENTS (ways)

static double
seconds_of (clockid_t clock)
{
  struct timespec time;
  clock_gettime (clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- the process of one way ---- */

/* Answers every line that it is sent with the CPU and wall seconds of one run, until there are no
 * more. The first line that it says is what the model gave, or why nothing can be measured. */
static int
serve (const char *name, const char *model, const char *batch, const char *threads)
{
  const Way *way = NULL;
  const char *absent = NULL;
  char line[16];
  gsize n = 0;

  for (guint i = 0; i < N_WAYS; i++)
    if (g_str_equal (ways[i]->name, name))
      way = ways[i];
  g_assert_nonnull (way);
  gpointer self = way->begin (subject_find (model), g_ascii_strtoll (batch, NULL, 10),
                              (guint)g_ascii_strtoull (threads, NULL, 10), &absent);
  if (self == NULL)
    {
      printf ("absent\t%s\n", absent);
      return 0;
    }
  way->run (self);
  g_autofree char *others = way->others != NULL ? way->others (self) : g_strdup ("");
  printf ("ready\t%s\t", others);
  const float *output = way->output (self, &n);
  for (gsize i = 0; i < n; i++)
    printf ("%.7g ", output[i]);
  printf ("\n");
  fflush (stdout);

  double begin = seconds_of (CLOCK_MONOTONIC);
  way->run (self);
  double once = seconds_of (CLOCK_MONOTONIC) - begin;
  int repeats = (int)CLAMP (ROUND_SECONDS / MAX (once, 1e-9), 1, MAX_REPEATS);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      /* Finds the caches as a run before it has left them, not as another process has. */
      way->run (self);
      double cpu = seconds_of (CLOCK_PROCESS_CPUTIME_ID);
      double wall = seconds_of (CLOCK_MONOTONIC);
      for (int i = 0; i < repeats; i++)
        way->run (self);
      printf ("%.9g %.9g\n", (seconds_of (CLOCK_PROCESS_CPUTIME_ID) - cpu) / repeats,
              (seconds_of (CLOCK_MONOTONIC) - wall) / repeats);
      fflush (stdout);
    }
  return 0;
}

/* ---- the one that asks them ---- */

typedef struct
{
  GSubprocess *process; /* NULL: absent */
  GDataInputStream *answers;
  char *absent;
  char *others;
  double *output;
  gsize n;
  double seconds[MAX_ROUNDS];
} Peer;

static char *
peer_line (Peer *peer)
{
  return g_data_input_stream_read_line (peer->answers, NULL, NULL, NULL);
}

static void
peer_numbers (Peer *peer, const char *text)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));
  char *end = NULL;

  for (double x = g_ascii_strtod (text, &end); end != text; x = g_ascii_strtod (text, &end))
    {
      g_array_append_val (numbers, x);
      text = end;
    }
  peer->output = g_array_steal (numbers, &peer->n);
}

static void
peer_begin (Peer *peer, const char *self, const char *way, const char *model, gint64 batch,
            guint threads)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *batch_text = g_strdup_printf ("%" G_GINT64_FORMAT, batch);
  g_autofree char *threads_text = g_strdup_printf ("%u", threads);
  g_autoptr (GError) error = NULL;

  memset (peer, 0, sizeof *peer);
  /* Read by the libraries of others when they are loaded. */
  g_subprocess_launcher_setenv (launcher, "OMP_NUM_THREADS", threads_text, TRUE);
  g_subprocess_launcher_setenv (launcher, "OPENBLAS_NUM_THREADS", threads_text, TRUE);
  peer->process = g_subprocess_launcher_spawn (launcher, &error, self, "--serve", way, model,
                                               batch_text, threads_text, NULL);
  if (peer->process == NULL)
    g_error ("%s", error->message);
  peer->answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer->process));
}

/* Waits for what it has to say first. */
static void
peer_greet (Peer *peer, const char *way)
{
  g_autofree char *line = peer_line (peer);
  g_auto (GStrv) words = g_strsplit (line != NULL ? line : "", "\t", 3);

  if (g_strv_length (words) == 3)
    {
      peer->others = g_strdup (words[1]);
      peer_numbers (peer, words[2]);
      return;
    }
  if (g_strv_length (words) != 2)
    g_error ("%s ended without an answer", way);
  peer->absent = g_strdup (words[1]);
  g_clear_object (&peer->answers);
  g_clear_object (&peer->process);
}

static double
peer_round (Peer *peer, gboolean wall)
{
  GOutputStream *pipe = g_subprocess_get_stdin_pipe (peer->process);
  double cpu, clock;

  if (!g_output_stream_write_all (pipe, "run\n", 4, NULL, NULL, NULL))
    g_error ("a way ended before its time");
  g_autofree char *line = peer_line (peer);
  if (line == NULL || sscanf (line, "%lg %lg", &cpu, &clock) != 2)
    g_error ("a way ended before its time");
  return wall ? clock : cpu;
}

static void
peer_clear (Peer *peer)
{
  if (peer->process != NULL)
    {
      g_output_stream_close (g_subprocess_get_stdin_pipe (peer->process), NULL, NULL);
      g_subprocess_wait (peer->process, NULL, NULL);
    }
  g_clear_object (&peer->answers);
  g_clear_object (&peer->process);
  g_free (peer->absent);
  g_free (peer->others);
  g_free (peer->output);
}

/* How far the two outputs are apart, as a part of the largest number in them. */
static double
distance (const Peer *a, const Peer *b)
{
  double far = 0.0, most = 0.0;

  if (a->n != b->n)
    return INFINITY;
  for (gsize i = 0; i < a->n; i++)
    {
      double apart = fabs (a->output[i] - b->output[i]);
      if (!(apart <= far))
        far = apart;
      most = MAX (most, fabs (a->output[i]));
    }
  return most > 0.0 ? far / most : far;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
print_spread (const char *name, double *numbers, int n, double unit)
{
  qsort (numbers, n, sizeof *numbers, compare);
  printf ("\"%s\": {\"min\": %.4g, \"median\": %.4g, \"max\": %.4g}", name, numbers[0] * unit,
          numbers[n / 2] * unit, numbers[n - 1] * unit);
}

static void
print_peer (Peer *peer, const Peer *own, const char *way, int rounds)
{
  double ratios[MAX_ROUNDS];

  if (peer->process == NULL)
    {
      printf (",\n   \"%s\": {\"absent\": \"%s\"}", way, peer->absent);
      return;
    }
  for (int i = 0; i < rounds; i++)
    ratios[i] = peer->seconds[i] / own->seconds[i];
  printf (",\n   \"%s\": {", way);
  print_spread ("ratio", ratios, rounds, 1.0);
  printf (", ");
  print_spread ("ms", peer->seconds, rounds, 1e3);
  printf (", \"distance\": %.1e", distance (own, peer));
  if (peer->others[0] != '\0')
    printf (", \"tenon_computes\": \"%s\"", peer->others);
  printf ("}");
}

static void
bench (const char *before, const char *self, const Subject *subject, gint64 batch, guint threads,
       int rounds)
{
  g_autofree Peer *peers = g_new0 (Peer, N_WAYS);

  for (guint i = 0; i < N_WAYS; i++)
    {
      peer_begin (&peers[i], self, ways[i]->name, subject->name, batch, threads);
      peer_greet (&peers[i], ways[i]->name);
    }
  for (guint i = 1; i < N_WAYS; i++)
    if (peers[i].process != NULL && !(distance (&peers[0], &peers[i]) < 1e-2))
      g_error ("%s, batch %d: %s gives another result", subject->name, (int)batch, ways[i]->name);
  /* From back to front in every other round: whoever is asked after a certain one is so in half of
   * them only. */
  for (int round = 0; round < rounds; round++)
    for (guint i = 0; i < N_WAYS; i++)
      {
        Peer *peer = &peers[round % 2 == 0 ? i : N_WAYS - 1 - i];
        if (peer->process != NULL)
          peer->seconds[round] = peer_round (peer, threads > 1);
      }

  printf ("%s  {\"model\": \"%s\", \"batch\": %d, \"threads\": %u", before, subject->name,
          (int)batch, threads);
  for (guint i = 1; i < N_WAYS; i++)
    print_peer (&peers[i], &peers[0], ways[i]->name, rounds);
  printf (",\n   \"%s\": {", ways[0]->name);
  print_spread ("ms", peers[0].seconds, rounds, 1e3);
  printf ("}}");
  fflush (stdout);
  for (guint i = 0; i < N_WAYS; i++)
    peer_clear (&peers[i]);
}

/* "mlp" and "mlp:16" name it; so does nothing at all. */
static gboolean
is_wanted (char **names, const Subject *subject, gint64 batch)
{
  g_autofree char *exact = g_strdup_printf ("%s:%" G_GINT64_FORMAT, subject->name, batch);

  return names == NULL || g_strv_contains ((const char *const *)names, subject->name)
         || g_strv_contains ((const char *const *)names, exact);
}

static gboolean
check_names (char **names)
{
  for (; names != NULL && *names != NULL; names++)
    {
      g_auto (GStrv) parts = g_strsplit (*names, ":", 2);
      if (subject_find (parts[0]) == NULL)
        {
          fprintf (stderr, "bench-models: there is no model “%s”\n", parts[0]);
          return FALSE;
        }
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  int rounds = DEFAULT_ROUNDS;
  int n = 0;
  g_autofree char *threads = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "How often each way is asked", "N" },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &threads, "With how many (1,2)", "N,…" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &names, NULL, "MODEL[:BATCH]" },
    { NULL },
  };

  if (argc == 6 && g_str_equal (argv[1], "--serve"))
    return serve (argv[2], argv[3], argv[4], argv[5]);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "bench-models: %s\n", error->message);
      return 2;
    }
  if (!check_names (names))
    return 2;
  rounds = CLAMP (rounds, 1, MAX_ROUNDS);
  g_auto (GStrv) counts = g_strsplit (threads != NULL ? threads : "1,2", ",", -1);
  printf ("{\"rounds\": %d, \"ratio\": \"time of the other / own time: CPU time with one thread, "
          "wall time with more\", \"models\": [\n",
          rounds);
  for (char **count = counts; *count != NULL; count++)
    for (guint i = 0; i < subject_count (); i++)
      for (const gint64 *batch = subject_at (i)->batches; *batch != 0; batch++)
        if (is_wanted (names, subject_at (i), *batch))
          bench (n++ > 0 ? ",\n" : "", argv[0], subject_at (i), *batch,
                 (guint)MAX (atoi (*count), 1), rounds);
  printf ("\n]}\n");
  return 0;
}
