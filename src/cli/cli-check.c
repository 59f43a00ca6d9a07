/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon check: every shape of a model, and what does not fit. */
#include <unistd.h>

#include "cli/cli-private.h"

static TnExit
run_check (const TnCommand *command, int argc, char **argv)
{
  gboolean json = FALSE, keras_words = FALSE;
  g_autofree char *dense_inputs = NULL;
  g_autofree char *weights = NULL, *then = NULL;
  g_auto (GStrv) data = NULL;
  g_auto (GStrv) rest = NULL;
  g_auto (TnSubject) subject = { 0 };
  g_auto (TnPaper) paper = { 0 };
  TnExit code;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Answer in JSON"), NULL },
    { "dense-inputs", 0, 0, G_OPTION_ARG_STRING, &dense_inputs,
      N_ ("What a Dense does with more than two dimensions, instead of what the file says: "
          "“flat” refuses them, “any” works on the last one as Keras does"),
      "flat|any" },
    { "keras-words", 0, 0, G_OPTION_ARG_NONE, &keras_words,
      N_ ("Add to each problem what Keras says of it, word for word"), NULL },
    { "weights", 0, 0, G_OPTION_ARG_FILENAME, &weights,
      N_ ("Check that these weights (.npz) fit the layers"), N_ ("FILE") },
    { "then", 0, 0, G_OPTION_ARG_FILENAME, &then,
      N_ ("Judge this model as well, fed by the outputs of the first in their order"),
      N_ ("FILE") },
    { "data", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &data,
      N_ ("Check that this array fits an input, or the labels of a Target; once for each"),
      N_ ("LAYER=FILE.npy") },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 1, 1, &rest, &code)
      || !tn_subject_read (&subject, rest[0], dense_inputs, weights, &code)
      || (then != NULL && !tn_subject_then (&subject, then, &code))
      || (data != NULL && !tn_subject_compare_data (&subject, data, &code)))
    return code;
  subject.keras_words = keras_words;
  tn_subject_advise (&subject);
  code = tn_subject_has_errors (&subject) ? TN_EXIT_PROBLEMS : TN_EXIT_OK;
  if (json)
    return tn_cli_print_json (tn_cli_json_check (&subject), code);

  paper = tn_paper_new (STDOUT_FILENO);
  tn_cli_report_write_layers (&subject, &paper);
  g_string_append_c (paper.text, '\n');
  tn_cli_report_write_totals (&subject, &paper);
  g_string_append_c (paper.text, '\n');
  tn_cli_report_write_issues (&subject, TRUE, &paper);
  return tn_cli_print (paper.text->str, code);
}

const TnCommand tn_command_check = {
  .word = "check",
  .arguments = N_ ("FILE"),
  .summary = N_ ("Tells the shape behind every layer, and what does not fit, why, and what would "
                 "repair it."),
  .details = N_ ("FILE may be “-” for standard input. The exit code is 1 when the model has "
                 "errors. Repairs are applied by “tenon fix”."),
  .run = run_check,
};
