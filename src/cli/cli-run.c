/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon run: a model on the processor, with synthetic or given data. */
#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "base/tn-text.h"
#include "cli/cli-private.h"
#include "engine/tn-runner.h"
#include "engine/tn-tuning-store.h"

/* What was typed. */
typedef struct
{
  gboolean json;
  char *dense_inputs;
  char *samples;
  char *batch;
  char *seed;
  char *threads;
  char **data;
  char **inputs;
  char *weights;
  char *output_dir;
  char *memory_limit;
  gboolean fast;
  gboolean histogram;
  char *kernels;
  char *accuracy;
  gboolean no_tuning;
} Typed;

static void
typed_clear (Typed *typed)
{
  g_free (typed->dense_inputs);
  g_free (typed->samples);
  g_free (typed->batch);
  g_free (typed->seed);
  g_free (typed->threads);
  g_strfreev (typed->data);
  g_strfreev (typed->inputs);
  g_free (typed->weights);
  g_free (typed->output_dir);
  g_free (typed->memory_limit);
  g_free (typed->kernels);
  g_free (typed->accuracy);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Typed, typed_clear)

/* ---- options ---- */

const TnValue *
tn_cli_run_stored (const TnGraph *graph, const char *key)
{
  const TnValue *extras = tn_graph_extras (graph);
  const TnValue *block = extras != NULL ? tn_value_lookup (extras, "tenon") : NULL;
  const TnValue *run = block != NULL ? tn_value_lookup (block, "run") : NULL;

  return run != NULL ? tn_value_lookup (run, key) : NULL;
}

gint64
tn_cli_run_stored_number (const TnGraph *graph, const char *key, gint64 fallback)
{
  const TnValue *number = tn_cli_run_stored (graph, key);

  return number != NULL && tn_value_kind (number) == TN_VALUE_INT && tn_value_int (number) > 0
             ? tn_value_int (number)
             : fallback;
}

static gboolean
is_input (const TnNode *node)
{
  return node != NULL && tn_node_is_source (node);
}

/* Every input of the model has data of its own? */
static gboolean
all_given (const TnGraph *graph, GHashTable *inputs)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (is_input (tn_graph_node (graph, i))
        && !g_hash_table_contains (inputs, tn_node_name (tn_graph_node (graph, i))))
      return FALSE;
  return TRUE;
}

/* "normal, uniform, …, constant:VALUE, …, tokens[:COUNT], …". New string. */
static char *
data_kinds (const char *between)
{
  GString *text = g_string_new (NULL);

  for (TnDataKind kind = 0; kind < TN_N_DATA; kind++)
    {
      const char *name = tn_data_kind_name (kind), *argument = tn_data_kind_argument (kind);
      TnDataSpec spec;

      g_string_append_printf (text, "%s%s", kind > 0 ? between : "", name);
      if (argument != NULL)
        g_string_append_printf (text, tn_data_spec_from_text (name, &spec) ? "[:%s]" : ":%s",
                                argument);
    }
  return g_string_free (text, FALSE);
}

/* LAYER=FILE.npy, each. NULL after a message. */
static GHashTable *
read_inputs (const TnSubject *subject, char **typed, TnExit *code)
{
  g_autoptr (GHashTable) inputs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);

  for (; typed != NULL && *typed != NULL; typed++)
    {
      g_autofree char *layer = NULL;
      g_autoptr (TnTensor) tensor = tn_cli_read_array ("--input", *typed, &layer, code);

      if (tensor == NULL)
        return NULL;
      if (!is_input (tn_graph_find_name (tn_subject_graph (subject), layer)))
        {
          *code = tn_cli_fail (TN_EXIT_USAGE, _ ("%s has no input called “%s”."), subject->file,
                               layer);
          return NULL;
        }
      g_hash_table_replace (inputs, g_steal_pointer (&layer), g_steal_pointer (&tensor));
    }
  return g_steal_pointer (&inputs);
}

/* KIND for all inputs, NAME=KIND for one. FALSE after a message. */
static gboolean
read_data (const TnSubject *subject, char **typed, TnRunOptions *options, TnExit *code)
{
  options->data_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (; typed != NULL && *typed != NULL; typed++)
    {
      const char *equals = strrchr (*typed, '=');
      g_autofree char *name = equals != NULL ? g_strndup (*typed, (gsize)(equals - *typed)) : NULL;
      const char *kind = equals != NULL ? equals + 1 : *typed;
      TnDataSpec spec;

      if (!tn_data_spec_from_text (kind, &spec))
        {
          g_autofree char *known = data_kinds (", ");

          *code = tn_cli_fail (TN_EXIT_USAGE, _ ("--data is one of %s, not “%s”."), known, kind);
          return FALSE;
        }
      if (name == NULL)
        options->data = spec;
      else if (is_input (tn_graph_find_name (tn_subject_graph (subject), name)))
        g_hash_table_replace (options->data_of, g_steal_pointer (&name),
                              g_memdup2 (&spec, sizeof spec));
      else
        {
          *code = tn_cli_fail (TN_EXIT_USAGE, _ ("%s has no input called “%s”."), subject->file,
                               name);
          return FALSE;
        }
    }
  return TRUE;
}

/* What computes and how exactly: typed, else stored. FALSE after a message. */
static gboolean
choose_kernels (const TnGraph *graph, const Typed *typed, TnRunOptions *options)
{
  const TnValue *kernels = tn_cli_run_stored (graph, "kernels");
  const TnValue *accuracy = tn_cli_run_stored (graph, "accuracy");
  const TnValue *watch = tn_cli_run_stored (graph, "watch");

  if (kernels != NULL && tn_value_kind (kernels) == TN_VALUE_STRING)
    tn_run_kernels_from_name (tn_value_string (kernels), &options->kernels);
  if (accuracy != NULL && tn_value_kind (accuracy) == TN_VALUE_STRING)
    options->approximate = g_str_equal (tn_value_string (accuracy), "fast");
  if (watch != NULL && tn_value_kind (watch) == TN_VALUE_BOOL)
    options->watch = tn_value_bool (watch);
  options->watch = options->watch && !typed->fast;
  if (typed->kernels != NULL && !tn_run_kernels_from_name (typed->kernels, &options->kernels))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--kernels is one of auto, blis and reference, not “%s”."),
                   typed->kernels);
      return FALSE;
    }
  if (typed->accuracy != NULL && !g_str_equal (typed->accuracy, "exact")
      && !g_str_equal (typed->accuracy, "fast"))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--accuracy is exact or fast, not “%s”."), typed->accuracy);
      return FALSE;
    }
  if (typed->accuracy != NULL)
    options->approximate = g_str_equal (typed->accuracy, "fast");
  return TRUE;
}

/* FALSE after a message. The tables in @options are the caller's. */
static gboolean
make_options (const TnSubject *subject, const Typed *typed, TnRunOptions *options, TnExit *code)
{
  const TnGraph *graph = tn_subject_graph (subject);
  gint64 seed, threads = 0, limit = 0;

  *options = tn_run_options_default ();
  *code = TN_EXIT_USAGE;
  options->samples = tn_cli_run_stored_number (graph, "samples", options->samples);
  options->batch = tn_cli_run_stored_number (graph, "batch", options->batch);
  seed = (gint64)MIN (tn_graph_seed (graph), (guint64)G_MAXINT64);
  if (!tn_command_number ("--samples", typed->samples, 1, G_MAXINT64, &options->samples)
      || !tn_command_number ("--batch", typed->batch, 1, G_MAXINT64, &options->batch)
      || !tn_command_number ("--seed", typed->seed, 0, G_MAXINT64, &seed)
      || !tn_command_number ("--threads", typed->threads, 1, 1024, &threads)
      || !tn_command_number ("--memory-limit", typed->memory_limit, 1, G_MAXINT64, &limit))
    return FALSE;
  options->seed = typed->seed != NULL ? (guint64)seed : tn_graph_seed (graph);
  options->threads = (guint)threads;
  options->memory_limit = (guint64)limit;
  if (!read_data (subject, typed->data, options, code) || !choose_kernels (graph, typed, options))
    return FALSE;
  options->inputs = read_inputs (subject, typed->inputs, code);
  if (options->inputs == NULL)
    return FALSE;
  if (typed->inputs != NULL && typed->samples == NULL && all_given (graph, options->inputs))
    options->samples = 0;
  options->weights = subject->weights;
  options->histogram = typed->histogram;
  options->keep_outputs = typed->output_dir != NULL;
  return TRUE;
}

/* ---- running ---- */

typedef struct
{
  TnRunner *runner;
  GMainLoop *loop;
  gboolean shows_progress;
  gint64 interrupted; /* when; 0: not */
} Running;

static gboolean
interrupt_cb (gpointer data)
{
  Running *running = data;
  gint64 now = g_get_monotonic_time ();

  if (running->interrupted == 0)
    {
      tn_runner_stop (running->runner);
      running->interrupted = now;
    }
  else if (now - running->interrupted > G_USEC_PER_SEC)
    {
      /* Whoever presses Ctrl+C again does not want to wait for the layer at work. Some who send
       * the signal send it twice at once. */
      signal (SIGINT, SIG_DFL);
      raise (SIGINT);
    }
  return G_SOURCE_CONTINUE;
}

static void
progress_cb (TnRunner *runner, Running *running)
{
  TnRunProgress progress = tn_runner_progress (runner);
  g_autofree char *done = tn_text_count (progress.samples_done);
  g_autofree char *left
      = progress.seconds_left >= 0 ? tn_text_duration (progress.seconds_left) : NULL;
  g_autoptr (GString) line = g_string_new ("\r\033[K");
  const int width = 24;

  if (!running->shows_progress)
    return;
  for (int i = 0; i < width; i++)
    g_string_append (line, i < (int)(progress.fraction * width) ? "█" : "░");
  g_string_append_printf (line, " %3d %%  ", (int)(progress.fraction * 100));
  g_string_append_printf (line, _ ("%s samples"), done);
  if (left != NULL)
    {
      g_string_append (line, "  ");
      g_string_append_printf (line, _ ("%s left"), left);
    }
  tn_cli_print_error (line->str);
}

static void
finished_cb (TnRunner *runner, Running *running)
{
  g_main_loop_quit (running->loop);
}

/* Runs it to its end, which may be early. */
static void
run_model (TnRunner *runner, const TnFacts *facts, const TnRunOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Running running = { .runner = runner, .loop = loop, .shows_progress = isatty (STDERR_FILENO) };
  guint interrupt;

  interrupt = g_unix_signal_add (SIGINT, interrupt_cb, &running);
  g_signal_connect (runner, "progress", G_CALLBACK (progress_cb), &running);
  g_signal_connect (runner, "finished", G_CALLBACK (finished_cb), &running);
  tn_runner_start (runner, facts, options);
  g_main_loop_run (loop);
  g_signal_handlers_disconnect_by_data (runner, &running);
  g_source_remove (interrupt);
  if (running.shows_progress)
    tn_cli_print_error ("\r\033[K");
}

/* ---- outputs ---- */

/* "dense_2" → "dense_2.npy"; a name that is taken gets a number. */
static char *
output_name (const char *layer, GHashTable *taken)
{
  g_autofree char *stem = g_strdup (layer);
  char *name;

  /* Byte by byte, so that no letter of another alphabet gets through. */
  for (char *c = stem; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-", *c) == NULL)
      *c = '_';
  name = g_strconcat (stem, ".npy", NULL);
  for (guint i = 1; g_hash_table_contains (taken, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s_%u.npy", stem, i);
    }
  g_hash_table_add (taken, g_strdup (name));
  return name;
}

/* The files' names, one an output, NULL each when nothing is to be written. NULL after a message.
 */
static GPtrArray *
write_outputs (const TnRunResult *result, const char *folder, TnExit *code)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < result->outputs->len; i++)
    {
      const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, i);
      g_autofree char *name = NULL;
      g_autoptr (GError) error = NULL;

      if (folder == NULL)
        {
          g_ptr_array_add (files, NULL);
          continue;
        }
      name = output_name (output->layer, taken);
      g_ptr_array_add (files, g_build_filename (folder, name, NULL));
      if (!tn_npy_write (output->tensor, files->pdata[i], &error))
        {
          *code = tn_cli_fail_error (error);
          return NULL;
        }
    }
  return g_steal_pointer (&files);
}

/* A model with errors, or weights that do not fit it, are not run. */
static TnExit
refuse (TnSubject *subject)
{
  g_auto (TnPaper) paper = tn_paper_new (STDERR_FILENO);

  tn_subject_advise (subject);
  tn_cli_report_write_issues (subject, TRUE, &paper);
  tn_cli_fail (TN_EXIT_PROBLEMS, _ ("%s was not run, because it has problems:"), subject->file);
  tn_cli_print_error (paper.text->str);
  return TN_EXIT_PROBLEMS;
}

static TnExit
run_run (const TnCommand *command, int argc, char **argv)
{
  g_auto (Typed) typed = { 0 };
  g_auto (GStrv) rest = NULL;
  g_auto (TnSubject) subject = { 0 };
  g_auto (TnPaper) paper = { 0 };
  g_autoptr (GHashTable) inputs = NULL;
  g_autoptr (TnRunner) runner = NULL;
  g_autoptr (TnTuning) tuning = NULL;
  g_autoptr (GPtrArray) files = NULL;
  const TnRunResult *result;
  TnRunOptions options;
  g_autoptr (GHashTable) data_of = NULL;
  gboolean made;
  TnExit code;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &typed.json, N_ ("Answer in JSON"), NULL },
    { "dense-inputs", 0, 0, G_OPTION_ARG_STRING, &typed.dense_inputs,
      N_ ("What a Dense does with more than two dimensions, instead of what the file says"),
      "flat|any" },
    { "samples", 0, 0, G_OPTION_ARG_STRING, &typed.samples,
      N_ ("How many samples (else what the file says, or 1)"), N_ ("N") },
    { "batch", 0, 0, G_OPTION_ARG_STRING, &typed.batch,
      N_ ("How many of them at a time (else what the file says, or 32)"), N_ ("N") },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &typed.seed,
      N_ ("Of fresh weights and synthetic data (else what the file says)"), N_ ("S") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &typed.threads,
      N_ ("How many threads (else one a processor)"), N_ ("N") },
    { "data", 0, 0, G_OPTION_ARG_STRING_ARRAY, &typed.data,
      N_ ("What the samples are made of, or those of one input; once for each"),
      N_ ("[LAYER=]KIND") },
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &typed.inputs,
      N_ ("Data for one input; once for each"), N_ ("LAYER=FILE.npy") },
    { "weights", 0, 0, G_OPTION_ARG_FILENAME, &typed.weights,
      N_ ("Weights (.npz) instead of fresh ones"), N_ ("FILE") },
    { "output-dir", 0, 0, G_OPTION_ARG_FILENAME, &typed.output_dir,
      N_ ("Write every output there as an .npy file"), N_ ("DIR") },
    { "memory-limit", 0, 0, G_OPTION_ARG_STRING, &typed.memory_limit,
      N_ ("Refuse a run that needs more (else three quarters of what is available)"),
      N_ ("BYTES") },
    { "fast", 0, 0, G_OPTION_ARG_NONE, &typed.fast,
      N_ ("Fuse layers with those before them, and look at the model's outputs only"), NULL },
    { "histogram", 0, 0, G_OPTION_ARG_NONE, &typed.histogram,
      N_ ("Tell how the numbers that each layer gives are distributed"), NULL },
    { "kernels", 0, 0, G_OPTION_ARG_STRING, &typed.kernels,
      N_ ("What computes: the fastest for each layer, plain BLIS, or plain loops (slow)"),
      "auto|blis|reference" },
    { "accuracy", 0, 0, G_OPTION_ARG_STRING, &typed.accuracy,
      N_ ("Whether ways that are faster and less exact (to about 1e-4) may be taken"),
      "exact|fast" },
    { "no-tuning", 0, 0, G_OPTION_ARG_NONE, &typed.no_tuning,
      N_ ("Do not heed what “tenon tune” has found out about this machine"), NULL },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 1, 1, &rest, &code)
      || !tn_subject_read (&subject, rest[0], typed.dense_inputs, typed.weights, &code))
    return code;
  made = make_options (&subject, &typed, &options, &code);
  inputs = options.inputs;
  data_of = options.data_of;
  if (!made)
    return code;
  if (tn_facts_obstacle (subject.facts) != NULL
      || (subject.given_report != NULL && tn_report_size (subject.given_report) > 0))
    return refuse (&subject);
  if (typed.output_dir != NULL && g_mkdir_with_parents (typed.output_dir, 0777) != 0)
    return tn_cli_fail (TN_EXIT_USAGE, _ ("The folder %s cannot be made: %s."), typed.output_dir,
                        g_strerror (errno));

  tuning = typed.no_tuning ? NULL : tn_tuning_store_load ();
  options.tuning = tuning;
  runner = tn_runner_new ();
  run_model (runner, subject.facts, &options);
  result = tn_runner_result (runner);
  if (result == NULL)
    return tn_cli_fail_error (tn_runner_error (runner));
  files = write_outputs (result, typed.output_dir, &code);
  if (files == NULL)
    return code;
  if (typed.json)
    return tn_cli_print_json (tn_cli_run_value (result, files), TN_EXIT_OK);
  paper = tn_paper_new (STDOUT_FILENO);
  tn_cli_run_write (result, files, &paper);
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

const TnCommand tn_command_run = {
  .word = "run",
  .arguments = N_ ("FILE"),
  .summary = N_ ("Runs a model on the processor and tells what every layer took and gave."),
  .details
  = N_ ("Without --input the data is synthetic. LAYER=FILE.npy is split at the last “=”. "
        "With data for every input the number of samples follows from it. The same file, "
        "seed and data give the same numbers at any number of threads.\n\n"
        "KIND is one of normal, uniform, zeros, ones, constant:VALUE, one-hot, "
        "tokens[:COUNT], strokes, stripes, blobs (images), sine (sequences). Where a layer "
        "looks something up, only what is there is asked for.\n\n"
        "With --fast, normalizations, sums and activations are computed by the layers before "
        "them: quicker, with the same results to rounding, but what lies between cannot be "
        "looked at."),
  .run = run_run,
};
