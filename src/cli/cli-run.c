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
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Typed, typed_clear)

/* ---- options ---- */

/* A number that the file's "tenon" block has for runs, or @fallback. */
static gint64
stored_number (const TnGraph *graph, const char *key, gint64 fallback)
{
  const TnValue *extras = tn_graph_extras (graph);
  const TnValue *block = extras != NULL ? tn_value_lookup (extras, "tenon") : NULL;
  const TnValue *run = block != NULL ? tn_value_lookup (block, "run") : NULL;
  const TnValue *number = run != NULL ? tn_value_lookup (run, key) : NULL;

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

/* FALSE after a message. The tables in @options are the caller's. */
static gboolean
make_options (const TnSubject *subject, const Typed *typed, TnRunOptions *options, TnExit *code)
{
  const TnGraph *graph = tn_subject_graph (subject);
  gint64 seed, threads = 0, limit = 0;

  *options = tn_run_options_default ();
  *code = TN_EXIT_USAGE;
  options->samples = stored_number (graph, "samples", options->samples);
  options->batch = stored_number (graph, "batch", options->batch);
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
  if (!read_data (subject, typed->data, options, code))
    return FALSE;
  options->inputs = read_inputs (subject, typed->inputs, code);
  if (options->inputs == NULL)
    return FALSE;
  if (typed->inputs != NULL && typed->samples == NULL && all_given (graph, options->inputs))
    options->samples = 0;
  options->weights = subject->weights;
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

/* ---- the answer ---- */

static TnValue *
layers_value (const TnRunResult *result)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *run = &g_array_index (result->layers, TnLayerRun, i);

      g_ptr_array_add (
          items,
          tn_cli_json_dict (
              "name", tn_cli_json_string (run->name), "seconds", tn_cli_json_float (run->seconds),
              "gflops", tn_cli_json_float (run->gflops), "kernel", tn_cli_json_string (run->kernel),
              "min", tn_cli_json_float (run->min), "max", tn_cli_json_float (run->max), "mean",
              tn_cli_json_float (run->mean), "std", tn_cli_json_float (run->std), "nan",
              tn_cli_json_count ((gint64)run->n_nan), "inf", tn_cli_json_count ((gint64)run->n_inf),
              "zeros", tn_cli_json_float (run->zeros), NULL));
    }
  return tn_cli_json_list (items);
}

static TnValue *
outputs_value (const TnRunResult *result, const GPtrArray *files)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < result->outputs->len; i++)
    {
      const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, i);
      g_autofree char *file
          = files->pdata[i] != NULL ? g_filename_display_name (files->pdata[i]) : NULL;

      g_ptr_array_add (items, tn_cli_json_dict ("layer", tn_cli_json_string (output->layer),
                                                "shape", tn_cli_json_shape (&output->shape), "file",
                                                tn_cli_json_string (file), NULL));
    }
  return tn_cli_json_list (items);
}

static TnValue *
result_value (const TnRunResult *result, const GPtrArray *files)
{
  return tn_cli_json_dict (
      "samples", tn_cli_json_count (result->samples), "batch", tn_cli_json_count (result->batch),
      "seed", tn_cli_json_count ((gint64)result->seed), "threads",
      tn_cli_json_count (result->threads), "seconds", tn_cli_json_float (result->seconds),
      "plan_seconds", tn_cli_json_float (result->plan_seconds), "peak_bytes",
      tn_cli_json_count ((gint64)result->peak_bytes), "predicted_peak_bytes",
      tn_cli_json_count ((gint64)result->predicted_peak_bytes), "kernels",
      tn_cli_json_dict ("blis", tn_cli_json_string (result->blis_version), "arch",
                        tn_cli_json_string (result->blis_arch), NULL),
      "layers", layers_value (result), "outputs", outputs_value (result, files), NULL);
}

/* The share of the time as a bar of eight places, in eighths of one. */
static char *
share_bar (double share)
{
  static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  guint parts = (guint)(CLAMP (share, 0, 1) * 64 + 0.5);
  GString *bar = g_string_new (NULL);

  for (guint i = 0; i < parts / 8; i++)
    g_string_append (bar, "█");
  g_string_append (bar, eighths[parts % 8]);
  return g_string_free (bar, FALSE);
}

static void
write_layer_table (const TnRunResult *result, TnPaper *paper)
{
  const char *const heads[]
      = { N_ ("Layer"), N_ ("Time"), N_ ("Share"), "",           N_ ("GFLOP/s"), N_ ("Min"),
          N_ ("Max"),   N_ ("Mean"), N_ ("Std"),   N_ ("Zeros"), N_ ("NaN"),     N_ ("Kernel") };
  g_autoptr (TnTable) table = tn_table_new ("lrrlrrrrrrrl");
  double seconds = 0;

  for (guint i = 0; i < result->layers->len; i++)
    seconds += g_array_index (result->layers, TnLayerRun, i).seconds;
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    tn_table_add (table, TN_INK_BOLD, g_strdup (*heads[i] != '\0' ? _ (heads[i]) : ""));
  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *run = &g_array_index (result->layers, TnLayerRun, i);
      double share = seconds > 0 ? run->seconds / seconds : 0;
      guint64 n_odd = run->n_nan + run->n_inf;

      tn_table_add (table, TN_INK_PLAIN, g_strdup (run->name));
      tn_table_add (table, TN_INK_PLAIN, tn_text_duration (run->seconds));
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.1f %%", share * 100));
      tn_table_add (table, TN_INK_DIM, share_bar (share));
      tn_table_add (table, TN_INK_PLAIN,
                    run->gflops > 0 ? g_strdup_printf ("%.1f", run->gflops) : NULL);
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->min));
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->max));
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->mean));
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.4g", run->std));
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("%.1f %%", run->zeros * 100));
      tn_table_add (table, n_odd > 0 ? TN_INK_ERROR : TN_INK_DIM,
                    g_strdup_printf ("%" G_GUINT64_FORMAT, n_odd));
      tn_table_add (table, TN_INK_DIM, g_strdup (run->kernel));
    }
  tn_table_write (table, paper, 2);
}

static void
write_result (const TnRunResult *result, const GPtrArray *files, TnPaper *paper)
{
  g_autofree char *samples = tn_text_count (result->samples);
  g_autofree char *batch = tn_text_count (result->batch);
  g_autofree char *seconds = tn_text_duration (result->seconds);
  g_autofree char *peak = tn_text_bytes (result->peak_bytes);
  g_autofree char *rate
      = tn_text_short_count (result->seconds > 0 ? (gint64)(result->samples / result->seconds) : 0);

  write_layer_table (result, paper);
  g_string_append_printf (paper->text, "\n  ");
  g_string_append_printf (paper->text,
                          _ ("%s samples in batches of %s: %s, %s a second, %s at the peak"),
                          samples, batch, seconds, rate, peak);
  g_string_append_printf (paper->text, "\n  BLIS %s (%s), ", result->blis_version,
                          result->blis_arch);
  g_string_append_printf (paper->text, ngettext ("%u thread", "%u threads", result->threads),
                          result->threads);
  g_string_append_c (paper->text, '\n');
  for (guint i = 0; i < result->outputs->len; i++)
    {
      const TnRunOutput *output = &g_array_index (result->outputs, TnRunOutput, i);
      g_autofree char *shape = tn_shape_to_text (&output->shape);
      g_autofree char *file
          = files->pdata[i] != NULL ? g_filename_display_name (files->pdata[i]) : NULL;

      g_string_append_printf (paper->text, "  %s %s%s%s\n", output->layer, shape,
                              file != NULL ? " → " : "", file != NULL ? file : "");
    }
  for (guint i = 0; result->report != NULL && i < tn_report_size (result->report); i++)
    {
      tn_paper_write (paper, TN_INK_WARNING, "! ");
      g_string_append_printf (paper->text, "%s\n", tn_report_issue (result->report, i)->message);
    }
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

  runner = tn_runner_new ();
  run_model (runner, subject.facts, &options);
  result = tn_runner_result (runner);
  if (result == NULL)
    return tn_cli_fail_error (tn_runner_error (runner));
  files = write_outputs (result, typed.output_dir, &code);
  if (files == NULL)
    return code;
  if (typed.json)
    return tn_cli_print_json (result_value (result, files), TN_EXIT_OK);
  paper = tn_paper_new (STDOUT_FILENO);
  write_result (result, files, &paper);
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
        "looks something up, only what is there is asked for."),
  .run = run_run,
};
