/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon help: the words, one of them, or the codes of all issues. */
#include <unistd.h>

#include "cli/cli-private.h"

static TnExit
help_issues (void)
{
  g_auto (TnPaper) paper = tn_paper_new (STDOUT_FILENO);

  for (const TnIssueCode *entry = tn_issue_codes (); entry->code != NULL; entry++)
    {
      tn_paper_write (&paper, TN_INK_BOLD, "%s", entry->code);
      g_string_append_c (paper.text, '\n');
      tn_paper_write_wrapped (&paper, TN_INK_PLAIN, _ (entry->help), 4);
    }
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

static TnExit
help_all (void)
{
  g_auto (TnPaper) paper = tn_paper_new (STDOUT_FILENO);
  g_autoptr (TnTable) table = tn_table_new ("ll");

  g_string_append_printf (paper.text, "%s\n\n",
                          _ ("Tenon draws neural networks and tells whether their shapes fit."));
  tn_paper_write (&paper, TN_INK_BOLD, "%s", _ ("Usage:"));
  g_string_append_printf (paper.text, "\n  tenon %s\n  tenon %s\n\n",
                          _ ("[FILE…]          opens the window"), _ ("WORD [OPTION…]   does not"));
  tn_paper_write (&paper, TN_INK_BOLD, "%s", _ ("Words:"));
  g_string_append_c (paper.text, '\n');
  for (guint i = 0; tn_command_all ()[i] != NULL; i++)
    {
      const TnCommand *command = tn_command_all ()[i];

      tn_table_add (table, TN_INK_PLAIN,
                    g_strdup_printf ("%s %s", command->word, _ (command->arguments)));
      tn_table_add (table, TN_INK_DIM, g_strdup (_ (command->summary)));
    }
  tn_table_add (table, TN_INK_PLAIN, g_strdup ("--version"));
  tn_table_add (table, TN_INK_DIM, g_strdup (_ ("Tells the version.")));
  tn_table_write (table, &paper, 2);
  g_string_append_c (paper.text, '\n');
  tn_paper_write_wrapped (
      &paper, TN_INK_PLAIN,
      _ ("“tenon help WORD” tells its options, “tenon help issues” what the codes mean."), 0);
  tn_paper_write_wrapped (
      &paper, TN_INK_PLAIN,
      _ ("Exit codes: 0 all well; 1 the model has errors, or a run failed; 2 bad usage or an "
         "unreadable file; 3 the file uses something that Tenon does not support."),
      0);
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

static TnExit
run_help (const TnCommand *command, int argc, char **argv)
{
  g_auto (GStrv) rest = NULL;
  const TnCommand *other;
  TnExit code;
  const GOptionEntry entries[] = { { NULL } };
  char *help[] = { NULL, (char *)"--help", NULL };

  if (!tn_command_parse (command, entries, argc, argv, 0, 1, &rest, &code))
    return code;
  if (rest[0] == NULL)
    return help_all ();
  if (g_str_equal (rest[0], "issues"))
    return help_issues ();
  other = tn_command_find (rest[0]);
  if (other == NULL)
    return tn_cli_fail (TN_EXIT_USAGE, _ ("There is no word “%s”; “tenon help” lists all of them."),
                        rest[0]);
  help[0] = (char *)other->word;
  return other->run (other, 2, help);
}

const TnCommand tn_command_help = {
  .word = "help",
  .arguments = N_ ("[WORD|issues]"),
  .summary = N_ ("Tells the options of a word, or what the codes of issues mean."),
  .run = run_help,
};
