/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon tune: how a model is computed fastest on this machine, measured and kept for later runs. */
#include <glib-unix.h>
#include <math.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "base/tn-text.h"
#include "cli/cli-private.h"
#include "engine/tn-tuner.h"
#include "engine/tn-tuning-store.h"

/* What was typed. */
typedef struct
{
  gboolean json;
  char *dense_inputs;
  char *batch;
  char *threads;
  char *memory_limit;
  gboolean fast;
  char *accuracy;
} Typed;

static void
typed_clear (Typed *typed)
{
  g_free (typed->dense_inputs);
  g_free (typed->batch);
  g_free (typed->threads);
  g_free (typed->memory_limit);
  g_free (typed->accuracy);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Typed, typed_clear)

/* For the runs that "tenon run" with the same options would make. FALSE after a message. */
static gboolean
make_options (const TnSubject *subject, const Typed *typed, TnRunOptions *options)
{
  const TnGraph *graph = tn_subject_graph (subject);
  const TnValue *accuracy = tn_cli_run_stored (graph, "accuracy");
  const TnValue *watch = tn_cli_run_stored (graph, "watch");
  gint64 batch = 0, threads = 0, limit = 0;

  *options = tn_run_options_default ();
  if (!tn_command_number ("--batch", typed->batch, 1, G_MAXINT64, &batch)
      || !tn_command_number ("--threads", typed->threads, 1, 1024, &threads)
      || !tn_command_number ("--memory-limit", typed->memory_limit, 1, G_MAXINT64, &limit))
    return FALSE;
  if (typed->accuracy != NULL && !g_str_equal (typed->accuracy, "exact")
      && !g_str_equal (typed->accuracy, "fast"))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--accuracy is exact or fast, not “%s”."), typed->accuracy);
      return FALSE;
    }
  options->samples = tn_cli_run_stored_number (graph, "samples", options->samples);
  options->batch = tn_cli_run_stored_number (graph, "batch", options->batch);
  if (batch > 0)
    options->samples = options->batch = batch;
  options->threads = (guint)threads;
  options->memory_limit = (guint64)limit;
  if (watch != NULL && tn_value_kind (watch) == TN_VALUE_BOOL)
    options->watch = tn_value_bool (watch);
  options->watch = options->watch && !typed->fast;
  if (typed->accuracy != NULL)
    options->approximate = g_str_equal (typed->accuracy, "fast");
  else if (accuracy != NULL && tn_value_kind (accuracy) == TN_VALUE_STRING)
    options->approximate = g_str_equal (tn_value_string (accuracy), "fast");
  return TRUE;
}

/* ---- tuning ---- */

typedef struct
{
  TnTuner *tuner;
  GMainLoop *loop;
  const TnGraph *graph;
  gboolean shows_progress;
} Tuning;

static gboolean
interrupt_cb (gpointer data)
{
  tn_tuner_stop (((Tuning *)data)->tuner);
  return G_SOURCE_CONTINUE;
}

static void
progress_cb (TnTuner *tuner, Tuning *tuning)
{
  TnTuneProgress progress = tn_tuner_progress (tuner);
  const TnNode *node = tn_graph_find (tuning->graph, progress.node);
  g_autoptr (GString) line = g_string_new ("\r\033[K");
  const int width = 24;

  if (!tuning->shows_progress)
    return;
  for (int i = 0; i < width; i++)
    g_string_append (line, i < (int)(progress.fraction * width) ? "█" : "░");
  g_string_append_printf (line, " %3d %%  %s", (int)(progress.fraction * 100),
                          node != NULL ? tn_node_name (node) : "");
  tn_cli_print_error (line->str);
}

static void
finished_cb (TnTuner *tuner, Tuning *tuning)
{
  g_main_loop_quit (tuning->loop);
}

static void
tune_model (TnTuner *tuner, const TnFacts *facts, const TnRunOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Tuning tuning = { .tuner = tuner,
                    .loop = loop,
                    .graph = tn_facts_graph (facts),
                    .shows_progress = isatty (STDERR_FILENO) };
  guint interrupt = g_unix_signal_add (SIGINT, interrupt_cb, &tuning);

  g_signal_connect (tuner, "progress", G_CALLBACK (progress_cb), &tuning);
  g_signal_connect (tuner, "finished", G_CALLBACK (finished_cb), &tuning);
  tn_tuner_start (tuner, facts, options);
  g_main_loop_run (loop);
  g_signal_handlers_disconnect_by_data (tuner, &tuning);
  g_source_remove (interrupt);
  if (tuning.shows_progress)
    tn_cli_print_error ("\r\033[K");
}

/* ---- the answer ---- */

/* Of the rule's time. */
static double
ratio_of (const TnTuneShape *shape, guint candidate)
{
  double rule = g_array_index (shape->candidates, TnTuneCandidate, 0).seconds;
  double seconds = g_array_index (shape->candidates, TnTuneCandidate, candidate).seconds;

  return candidate == 0 ? 1.0 : rule > 0.0 ? seconds / rule : NAN;
}

static TnValue *
shape_value (const TnTuneShape *shape)
{
  GPtrArray *candidates = g_ptr_array_new ();

  for (guint i = 0; i < shape->candidates->len; i++)
    {
      const TnTuneCandidate *candidate = &g_array_index (shape->candidates, TnTuneCandidate, i);

      g_ptr_array_add (candidates,
                       tn_cli_json_dict ("kernel", tn_cli_json_string (candidate->kernel),
                                         "seconds", tn_cli_json_float (candidate->seconds), "ratio",
                                         tn_cli_json_float (ratio_of (shape, i)), "chosen",
                                         tn_value_new_bool (i == shape->chosen), NULL));
    }
  return tn_cli_json_dict (
      "layer", tn_cli_json_string (shape->layer), "calls", tn_cli_json_count (shape->n_calls),
      "input_shape", tn_cli_json_shape (&shape->input), "weights_shape",
      tn_cli_json_shape (&shape->weights), "output_shape", tn_cli_json_shape (&shape->output),
      "candidates", tn_cli_json_list (candidates), NULL);
}

static TnValue *
answer (const TnTuneResult *result, const char *path)
{
  GPtrArray *shapes = g_ptr_array_new ();
  g_autofree char *machine = tn_tuning_machine ();

  for (guint i = 0; i < result->shapes->len; i++)
    g_ptr_array_add (shapes, shape_value (&g_array_index (result->shapes, TnTuneShape, i)));
  return tn_cli_json_dict (
      "machine", tn_cli_json_string (machine), "batch", tn_cli_json_count (result->batch),
      "threads", tn_cli_json_count (result->threads), "seconds",
      tn_cli_json_float (result->seconds), "changed", tn_cli_json_count (result->n_changed), "gain",
      tn_cli_json_float (tn_tune_result_gain (result)), "file", tn_cli_json_string (path), "shapes",
      tn_cli_json_list (shapes), NULL);
}

static void
write_table (const TnTuneResult *result, TnPaper *paper)
{
  g_autoptr (TnTable) table = tn_table_new ("lrllrl");
  static const char *const heads[]
      = { N_ ("Layer"), N_ ("Calls"), N_ ("Shapes"), N_ ("Kernel"), N_ ("Time"), "" };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    tn_table_add (table, TN_INK_BOLD, g_strdup (*heads[i] != '\0' ? _ (heads[i]) : ""));
  for (guint i = 0; i < result->shapes->len; i++)
    {
      const TnTuneShape *shape = &g_array_index (result->shapes, TnTuneShape, i);
      g_autofree char *input = tn_shape_to_text (&shape->input);
      g_autofree char *output = tn_shape_to_text (&shape->output);

      for (guint j = 0; j < shape->candidates->len; j++)
        {
          TnInk ink = j == shape->chosen ? TN_INK_PLAIN : TN_INK_DIM;

          tn_table_add (table, TN_INK_BOLD, j == 0 ? g_strdup (shape->layer) : NULL);
          tn_table_add (table, TN_INK_PLAIN,
                        j == 0 ? g_strdup_printf ("%u", shape->n_calls) : NULL);
          tn_table_add (table, TN_INK_PLAIN,
                        j == 0 ? g_strdup_printf ("%s → %s", input, output) : NULL);
          tn_table_add (table, ink,
                        g_strdup (g_array_index (shape->candidates, TnTuneCandidate, j).kernel));
          tn_table_add (table, ink, g_strdup_printf ("%.0f %%", 100.0 * ratio_of (shape, j)));
          tn_table_add (table, j == 0 ? TN_INK_PLAIN : TN_INK_GOOD,
                        g_strdup (j != shape->chosen ? ""
                                  : j == 0           ? _ ("kept")
                                                     : _ ("chosen")));
        }
    }
  tn_table_write (table, paper, 0);
}

static void
write_answer (const TnTuneResult *result, const char *path, TnPaper *paper)
{
  g_autofree char *took = tn_text_duration (result->seconds);
  guint n = result->shapes->len;

  if (n == 0)
    {
      tn_paper_write (paper, TN_INK_PLAIN, "%s\n",
                      _ ("Nothing in the model can be computed in more than one way."));
      return;
    }
  write_table (result, paper);
  tn_paper_write (paper, TN_INK_PLAIN, "\n");
  tn_paper_write (paper, TN_INK_BOLD,
                  ngettext ("%u of %u kernel changed.", "%u of %u kernels changed.", n),
                  result->n_changed, n);
  tn_paper_write (paper, TN_INK_PLAIN, " ");
  if (result->n_changed > 0)
    tn_paper_write (paper, TN_INK_PLAIN,
                    _ ("These layers are about %.0f %% faster; measuring took %s."),
                    100.0 * tn_tune_result_gain (result), took);
  else
    tn_paper_write (paper, TN_INK_PLAIN, _ ("Measuring took %s."), took);
  tn_paper_write (paper, TN_INK_DIM, "\n%s\n", path);
}

static TnExit
run_tune (const TnCommand *command, int argc, char **argv)
{
  g_auto (Typed) typed = { 0 };
  g_auto (GStrv) rest = NULL;
  g_auto (TnSubject) subject = { 0 };
  g_auto (TnPaper) paper = { 0 };
  g_autoptr (TnTuner) tuner = NULL;
  g_autofree char *path = tn_tuning_store_path ();
  const TnTuneResult *result;
  TnRunOptions options;
  TnExit code;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &typed.json, N_ ("Answer in JSON"), NULL },
    { "dense-inputs", 0, 0, G_OPTION_ARG_STRING, &typed.dense_inputs,
      N_ ("What a Dense does with more than two dimensions, instead of what the file says"),
      "flat|any" },
    { "batch", 0, 0, G_OPTION_ARG_STRING, &typed.batch,
      N_ ("For batches of so many samples (else those of a run without options)"), N_ ("N") },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &typed.threads,
      N_ ("How many threads (else one a processor)"), N_ ("N") },
    { "memory-limit", 0, 0, G_OPTION_ARG_STRING, &typed.memory_limit,
      N_ ("Refuse what needs more (else three quarters of what is available)"), N_ ("BYTES") },
    { "fast", 0, 0, G_OPTION_ARG_NONE, &typed.fast,
      N_ ("Count calls as in runs that fuse layers; both are tuned"), NULL },
    { "accuracy", 0, 0, G_OPTION_ARG_STRING, &typed.accuracy,
      N_ ("Whether ways that are faster and less exact (to about 1e-4) may be taken"),
      "exact|fast" },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 1, 1, &rest, &code)
      || !tn_subject_read (&subject, rest[0], typed.dense_inputs, NULL, &code))
    return code;
  if (!make_options (&subject, &typed, &options))
    return TN_EXIT_USAGE;

  tuner = tn_tuner_new ();
  tune_model (tuner, subject.facts, &options);
  result = tn_tuner_result (tuner);
  if (result == NULL)
    return tn_cli_fail_error (tn_tuner_error (tuner));
  /* It is told what was found out even if it cannot be kept. */
  code = tn_tuner_error (tuner) != NULL ? tn_cli_fail_error (tn_tuner_error (tuner)) : TN_EXIT_OK;
  if (typed.json)
    return tn_cli_print_json (answer (result, code == TN_EXIT_OK ? path : NULL), code);
  paper = tn_paper_new (STDOUT_FILENO);
  write_answer (result, code == TN_EXIT_OK ? path : "", &paper);
  return tn_cli_print (paper.text->str, code);
}

const TnCommand tn_command_tune = {
  .word = "tune",
  .arguments = N_ ("FILE"),
  .summary = N_ ("Measures how a model is computed fastest on this machine, for later runs."),
  .details
  = N_ ("For each size of a layer with weights all ways to compute it are timed, by the "
        "processor time that they take, and one that is faster by 3 percent than what is usual "
        "is remembered. Runs of any model with layers of such sizes make use of it, "
        "except with --no-tuning; their results agree to rounding. It is kept among the "
        "user's caches, for this processor and this version of BLIS."),
  .run = run_tune,
};
