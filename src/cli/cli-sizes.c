/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon sizes: which sizes of its inputs a model works with. */
#include <unistd.h>

#include "cli/cli-private.h"
#include "infer/tn-solve.h"

static TnValue *
numbers_value (const GArray *numbers)
{
  return numbers != NULL ? tn_value_new_ints ((const gint64 *)(gpointer)numbers->data, numbers->len)
                         : tn_value_new_list (NULL, 0);
}

static TnValue *
axes_value (const TnGraph *graph, const TnSizes *sizes)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < sizes->axes->len; i++)
    {
      const TnSizeAxis *axis = &g_array_index (sizes->axes, TnSizeAxis, i);

      g_ptr_array_add (
          items,
          tn_cli_json_dict ("layer",
                            tn_cli_json_string (tn_node_name (tn_graph_find (graph, axis->input))),
                            "axis", tn_value_new_int (axis->axis), NULL));
    }
  return tn_cli_json_list (items);
}

static TnValue *
bound_value (const TnSizesRule *rule, gint64 bound)
{
  return tn_cli_json_count (
      bound > 0 && rule->kind != TN_SIZES_NONE && rule->kind != TN_SIZES_UNSURE ? bound : -1);
}

static TnValue *
sizes_value (const TnGraph *graph, const TnSizes *sizes)
{
  const TnSizesRule *rule = &sizes->rule;
  GPtrArray *nearest = g_ptr_array_new (), *fixes = g_ptr_array_new ();

  if (sizes->below > 0)
    g_ptr_array_add (nearest, tn_value_new_int (sizes->below));
  if (sizes->above > 0)
    g_ptr_array_add (nearest, tn_value_new_int (sizes->above));
  for (guint i = 0; i < sizes->fixes->len; i++)
    g_ptr_array_add (fixes, tn_cli_json_fix (sizes->fixes->pdata[i]));
  return tn_cli_json_dict (
      "axes", axes_value (graph, sizes), "equal", tn_value_new_bool (sizes->equal), "present",
      tn_cli_json_count (sizes->present), "works", tn_value_new_bool (sizes->works), "kind",
      tn_cli_json_string (tn_sizes_kind_name (rule->kind)), "least",
      bound_value (rule, rule->least), "most",
      bound_value (rule, rule->kind == TN_SIZES_FROM ? 0 : rule->most), "step",
      tn_cli_json_count (rule->step > 0 ? rule->step : -1), "residues",
      numbers_value (rule->residues), "sizes", numbers_value (rule->sizes), "tried",
      tn_cli_json_count (rule->tried), "nearest", tn_cli_json_list (nearest), "message",
      tn_cli_json_string (sizes->sentence), "fixes", tn_cli_json_list (fixes), NULL);
}

static TnExit
run_sizes (const TnCommand *command, int argc, char **argv)
{
  gboolean json = FALSE;
  g_auto (GStrv) rest = NULL;
  g_auto (TnSubject) subject = { 0 };
  g_auto (TnPaper) paper = { 0 };
  g_autoptr (GPtrArray) found = NULL;
  TnExit code;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Answer in JSON"), NULL },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 1, 1, &rest, &code)
      || !tn_subject_read (&subject, rest[0], NULL, NULL, &code))
    return code;
  found = tn_solve_sizes (subject.facts, TN_NODE_NONE, NULL);
  code = TN_EXIT_OK;
  for (guint i = 0; i < found->len; i++)
    if (!((const TnSizes *)found->pdata[i])->works)
      code = TN_EXIT_PROBLEMS;
  if (json)
    {
      GPtrArray *items = g_ptr_array_new ();

      for (guint i = 0; i < found->len; i++)
        g_ptr_array_add (items, sizes_value (tn_subject_graph (&subject), found->pdata[i]));
      return tn_cli_print_json (tn_cli_json_dict ("file", tn_cli_json_string (subject.file),
                                                  "sizes", tn_cli_json_list (items), NULL),
                                code);
    }
  paper = tn_paper_new (STDOUT_FILENO);
  for (guint i = 0; i < found->len; i++)
    {
      const TnSizes *sizes = found->pdata[i];

      tn_paper_write_wrapped (&paper, sizes->works ? TN_INK_PLAIN : TN_INK_ERROR, sizes->sentence,
                              0);
      for (guint j = 0; j < sizes->fixes->len; j++)
        {
          const TnFix *fix = sizes->fixes->pdata[j];

          g_string_append_printf (paper.text, "  %s (%s)\n", fix->label, fix->detail);
        }
    }
  if (found->len == 0)
    g_string_append_printf (paper.text, "%s\n",
                            _ ("The model has no input whose size could vary."));
  return tn_cli_print (paper.text->str, code);
}

const TnCommand tn_command_sizes = {
  .word = "sizes",
  .arguments = N_ ("FILE"),
  .summary = N_ ("Tells which sizes of its inputs a model works with."),
  .details = N_ ("Every axis but the batch is told, found by trying: height and width together "
                 "where the same holds for both. Where the present size does not work, the nearest "
                 "that do are named, and the exit code is 1."),
  .run = run_sizes,
};
