/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon fix: lists the repairs of a model, or applies one. */
#include <string.h>
#include <unistd.h>

#include "cli/cli-private.h"
#include "document/tn-document.h"
#include "infer/tn-solve.h"

static gboolean
is_standard (const char *file)
{
  return g_str_equal (file, "-");
}

/* Writes the repaired model. */
static TnExit
write_model (const TnGraph *graph, const char *output)
{
  g_autoptr (GBytes) bytes = tn_format_write_tenon (graph);
  g_autoptr (GError) error = NULL;

  if (is_standard (output))
    return tn_cli_print_bytes (bytes, TN_EXIT_OK);
  if (!tn_format_save (bytes, output, &error))
    return tn_cli_fail_error (error);
  return TN_EXIT_OK;
}

/* What is still wrong once it is applied. */
static TnExit
report_applied (const TnSubject *subject, const TnFix *fix, const TnGraph *repaired,
                const char *output, gboolean json)
{
  g_auto (TnSubject) after = { .file = g_filename_display_name (output) };
  g_auto (TnPaper) paper = { 0 };

  after.facts = tn_infer (repaired, NULL, NULL);
  tn_subject_advise (&after);
  if (json)
    return tn_cli_print_json (tn_cli_json_dict ("file", tn_cli_json_string (subject->file),
                                                "applied", tn_cli_json_fix (fix), "output",
                                                tn_cli_json_string (after.file), "issues",
                                                tn_cli_json_issues (&after), NULL),
                              TN_EXIT_OK);
  paper = tn_paper_new (STDOUT_FILENO);
  tn_paper_write (&paper, TN_INK_BOLD, "%s", fix->label);
  g_string_append_printf (paper.text, " → %s\n\n", after.file);
  tn_cli_report_write_issues (&after, TRUE, &paper);
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

static TnExit
apply_fix (const TnSubject *subject, const TnFix *fix, const char *id, const char *output,
           gboolean json)
{
  g_autoptr (TnDocument) document = NULL;
  g_autoptr (TnReport) report = tn_report_new ();
  TnEditArgs args;
  TnExit code;

  if (fix == NULL)
    return tn_cli_fail (TN_EXIT_USAGE,
                        _ ("%s has no repair “%s”; “tenon fix %s” lists those there are."),
                        subject->file, id, subject->file);
  /* Through the same door as in the window, so that boxes make room in the same way. */
  document = tn_document_new_from_graph (tn_facts_whole (subject->facts), subject->file);
  args = (TnEditArgs){ .graph = fix->graph,
                       .base = tn_facts_whole (subject->facts),
                       .text = fix->label };
  if (!tn_document_apply (document, &tn_edit_fix, &args, report))
    return tn_cli_fail (TN_EXIT_PROBLEMS, "%s: %s", subject->file, tn_report_first (report));
  code = write_model (tn_document_graph (document), output);
  /* Where the model itself is the answer, nothing else is. */
  if (code != TN_EXIT_OK || is_standard (output))
    return code;
  return report_applied (subject, fix, tn_document_graph (document), output, json);
}

/* ---- another shape ---- */

/* What "from->to=(None, 256)" asks for; FALSE after a message. The shape follows the last "=". */
static gboolean
read_goal (const TnSubject *subject, const char *text, TnGoal *goal)
{
  const char *equals = g_utf8_validate (text, -1, NULL) ? strrchr (text, '=') : NULL;
  g_autofree char *shown = g_filename_display_name (text);
  g_autofree char *name = equals != NULL ? g_strndup (text, (gsize)(equals - text)) : NULL;
  TnPlace place;

  *goal = (TnGoal){ 0 };
  if (equals == NULL || !tn_shape_from_text (equals + 1, &goal->wanted) || goal->wanted.rank < 1)
    {
      tn_cli_fail (TN_EXIT_USAGE,
                   _ ("--make needs a place and its shape, as in “dense=(None, 256)”, not “%s”."),
                   shown);
      return FALSE;
    }
  if (!tn_place_find (tn_subject_graph (subject), name, &place) || place.has_axis)
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("%s has no place “%s”: name a layer or from->to."),
                   subject->file, name);
      return FALSE;
    }
  goal->ref = (TnRef){ tn_node_id (place.node), 0, 0 };
  if (place.from == NULL)
    return TRUE;
  for (guint call = 0; call < tn_node_n_calls (place.node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (place.node, call); slot++)
      if (tn_node_input (place.node, call, slot).node == tn_node_id (place.from))
        {
          goal->ref = tn_node_input (place.node, call, slot);
          goal->to = tn_node_id (place.node);
          goal->call = call;
          goal->slot = slot;
          return TRUE;
        }
  tn_cli_fail (TN_EXIT_USAGE, _ ("%s: %s is not wired to %s."), subject->file,
               tn_node_name (place.from), tn_node_name (place.node));
  return FALSE;
}

static TnExit
list_ways (const TnSubject *subject, const TnGoal *goal, const char *place, const GPtrArray *fixes,
           gboolean json)
{
  TnShape present = tn_facts_shape (subject->facts, goal->ref, NULL);
  gboolean already = tn_shape_compatible (&present, &goal->wanted)
                     && present.rank == goal->wanted.rank && fixes->len == 0;
  g_autofree char *has = tn_shape_to_text (&present);
  g_autofree char *wants = tn_shape_to_text (&goal->wanted);
  g_auto (TnPaper) paper = { 0 };
  TnExit code = fixes->len > 0 || already ? TN_EXIT_OK : TN_EXIT_PROBLEMS;

  if (json)
    {
      GPtrArray *items = g_ptr_array_new ();

      for (guint i = 0; i < fixes->len; i++)
        g_ptr_array_add (items, tn_cli_json_fix (fixes->pdata[i]));
      return tn_cli_print_json (tn_cli_json_dict ("file", tn_cli_json_string (subject->file),
                                                  "place", tn_cli_json_string (place), "shape",
                                                  tn_cli_json_shape (&present), "wanted",
                                                  tn_cli_json_shape (&goal->wanted), "fixes",
                                                  tn_cli_json_list (items), NULL),
                                code);
    }
  paper = tn_paper_new (STDOUT_FILENO);
  tn_paper_write (&paper, TN_INK_BOLD, "%s → %s\n", has, wants);
  for (guint i = 0; i < fixes->len; i++)
    {
      const TnFix *fix = fixes->pdata[i];

      tn_paper_write (&paper, TN_INK_GOOD, "  [%s] ", fix->id);
      g_string_append_printf (paper.text, "%s (%s)\n", fix->label, fix->detail);
    }
  if (already)
    g_string_append_printf (paper.text, "  %s\n", _ ("It is so already."));
  else if (fixes->len == 0)
    g_string_append_printf (
        paper.text, "  %s\n",
        _ ("No one or two changes were found that make it so and bring no new problem."));
  return tn_cli_print (paper.text->str, code);
}

static TnExit
make_shape (const TnSubject *subject, const char *make, const char *apply, const char *output,
            gboolean json)
{
  g_autoptr (GPtrArray) fixes = NULL;
  g_autofree char *place = NULL;
  TnGoal goal;

  if (!read_goal (subject, make, &goal))
    return TN_EXIT_USAGE;
  fixes = tn_solve_shape (subject->facts, &goal, NULL, NULL, NULL);
  place = g_strndup (make, (gsize)(strrchr (make, '=') - make));
  if (apply == NULL)
    return list_ways (subject, &goal, place, fixes, json);
  for (guint i = 0; i < fixes->len; i++)
    if (g_str_equal (((const TnFix *)fixes->pdata[i])->id, apply))
      return apply_fix (subject, fixes->pdata[i], apply, output, json);
  return apply_fix (subject, NULL, apply, output, json);
}

static TnExit
run_fix (const TnCommand *command, int argc, char **argv)
{
  gboolean json = FALSE;
  g_autofree char *apply = NULL;
  g_autofree char *output = NULL;
  g_autofree char *make = NULL;
  g_auto (GStrv) rest = NULL;
  g_auto (TnSubject) subject = { 0 };
  g_auto (TnPaper) paper = { 0 };
  TnExit code;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Answer in JSON"), NULL },
    { "apply", 0, 0, G_OPTION_ARG_STRING, &apply, N_ ("Apply the repair with this number"),
      N_ ("ID") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
      N_ ("Write the repaired model there instead of over FILE; “-” is standard output"),
      N_ ("OUT") },
    { "make", 0, 0, G_OPTION_ARG_STRING, &make,
      N_ ("List instead the changes that make the output of a layer, or what goes along a wire "
          "(from->to), that shape; None is any size"),
      N_ ("PLACE=SHAPE") },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 1, 1, &rest, &code))
    return code;
  if (output != NULL && apply == NULL)
    return tn_cli_fail (TN_EXIT_USAGE, _ ("-o needs --apply ID: which repair is to be written?"));
  if (output == NULL)
    output = g_strdup (rest[0]);
  if (json && apply != NULL && is_standard (output))
    return tn_cli_fail (TN_EXIT_USAGE,
                        _ ("--json and the repaired model cannot both go to standard output; "
                           "name a file with -o."));
  if (!tn_subject_read (&subject, rest[0], NULL, NULL, &code))
    return code;
  if (make != NULL)
    return make_shape (&subject, make, apply, output, json);
  tn_subject_advise (&subject);
  if (apply != NULL)
    return apply_fix (&subject, tn_advice_find (subject.advice, apply), apply, output, json);
  if (json)
    return tn_cli_print_json (tn_cli_json_dict ("file", tn_cli_json_string (subject.file), "issues",
                                                tn_cli_json_issues (&subject), NULL),
                              TN_EXIT_OK);
  paper = tn_paper_new (STDOUT_FILENO);
  tn_cli_report_write_issues (&subject, TRUE, &paper);
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

const TnCommand tn_command_fix = {
  .word = "fix",
  .arguments = N_ ("FILE"),
  .summary = N_ ("Lists the repairs of a model, each tried before it is offered, or applies one."),
  .details = N_ ("Without -o the repaired model replaces FILE. What is written is a .tenon file, "
                 "which Keras reads as well."),
  .run = run_fix,
};
