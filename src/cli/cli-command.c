/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the command line: their table, and how their options are read. */
#include "cli/cli-private.h"

static const TnCommand *const commands[] = {
  &tn_command_check, &tn_command_explain, &tn_command_fix,    &tn_command_sizes, &tn_command_run,
  &tn_command_tune,  &tn_command_export,  &tn_command_layers, &tn_command_help,  NULL,
};

const TnCommand *const *
tn_command_all (void)
{
  return commands;
}

const TnCommand *
tn_command_find (const char *word)
{
  for (guint i = 0; commands[i] != NULL; i++)
    if (g_str_equal (commands[i]->word, word))
      return commands[i];
  return NULL;
}

static GOptionContext *
make_context (const TnCommand *command, const GOptionEntry *entries)
{
  GOptionContext *context = g_option_context_new (_ (command->arguments));

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ (command->summary));
  if (command->details != NULL)
    g_option_context_set_description (context, _ (command->details));
  /* Printed by ourselves: through the same door as everything else. */
  g_option_context_set_help_enabled (context, FALSE);
  return context;
}

char *
tn_command_help_text (const TnCommand *command, const GOptionEntry *entries)
{
  g_autoptr (GOptionContext) context = make_context (command, entries);
  g_autofree char *program = g_strdup_printf ("tenon %s", command->word);
  char *text;

  /* The usage line begins with it. */
  g_set_prgname (program);
  text = g_option_context_get_help (context, TRUE, NULL);
  g_set_prgname ("tenon");
  return text;
}

static gboolean
wants_help (int argc, char **argv)
{
  for (int i = 1; i < argc && !g_str_equal (argv[i], "--"); i++)
    if (g_str_equal (argv[i], "--help") || g_str_equal (argv[i], "-h"))
      return TRUE;
  return FALSE;
}

gboolean
tn_command_parse (const TnCommand *command, const GOptionEntry *entries, int argc, char **argv,
                  guint min, guint max, GStrv *rest, TnExit *code)
{
  g_autoptr (GOptionContext) context = make_context (command, entries);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = g_new0 (char *, argc + 1);
  g_autofree char **consumed = NULL;
  guint n = 0;

  if (wants_help (argc, argv))
    {
      g_autofree char *text = tn_command_help_text (command, entries);

      *code = tn_cli_print (text, TN_EXIT_OK);
      return FALSE;
    }
  for (int i = 0; i < argc; i++)
    arguments[i] = g_strdup (argv[i]);
  /* The parser moves the pointers about; the strings stay those of @arguments. */
  consumed = g_memdup2 (arguments, sizeof (char *) * ((gsize)argc + 1));
  if (!g_option_context_parse (context, &argc, &consumed, &error))
    {
      *code = tn_cli_fail (TN_EXIT_USAGE, _ ("%s; “tenon help %s” lists what there is."),
                           error->message, command->word);
      return FALSE;
    }

  *rest = g_new0 (char *, argc);
  for (int i = 1; i < argc; i++)
    if (n > 0 || !g_str_equal (consumed[i], "--"))
      (*rest)[n++] = g_strdup (consumed[i]);
  if (n >= min && n <= max)
    return TRUE;
  if (n < min)
    *code = tn_cli_fail (TN_EXIT_USAGE, _ ("“tenon %s” needs more: tenon %s %s."), command->word,
                         command->word, _ (command->arguments));
  else
    *code = tn_cli_fail (TN_EXIT_USAGE, _ ("“tenon %s” does not know what to do with “%s”."),
                         command->word, (*rest)[max]);
  g_clear_pointer (rest, g_strfreev);
  return FALSE;
}

gboolean
tn_command_number (const char *option, const char *text, gint64 min, gint64 max, gint64 *number)
{
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, min);
  g_autofree char *to = g_strdup_printf ("%" G_GINT64_FORMAT, max);

  if (text == NULL || g_ascii_string_to_signed (text, 10, min, max, number, NULL))
    return TRUE;
  if (max == G_MAXINT64)
    tn_cli_fail (TN_EXIT_USAGE, _ ("%s needs a whole number of at least %s, not “%s”."), option,
                 from, text);
  else
    tn_cli_fail (TN_EXIT_USAGE, _ ("%s needs a whole number from %s to %s, not “%s”."), option,
                 from, to, text);
  return FALSE;
}
