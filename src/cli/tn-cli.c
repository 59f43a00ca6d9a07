/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The headless twin of the window: `tenon check`, `run`, `export` and the others. */
#include "cli/tn-cli.h"

#include <signal.h>

#include "cli/cli-private.h"

gboolean
tn_cli_knows (const char *word)
{
  /* What the desktop adds when it starts the window itself. */
  if (g_str_has_prefix (word, "--gapplication-"))
    return FALSE;
  return tn_command_find (word) != NULL || (word[0] == '-' && word[1] != '\0');
}

int
tn_cli_main (int argc, char **argv)
{
  const TnCommand *command;

  g_return_val_if_fail (argc >= 2, TN_EXIT_USAGE);
  g_set_prgname ("tenon");
  /* A reader that has had enough (`tenon check … | head`) is told by the failing write. */
  signal (SIGPIPE, SIG_IGN);

  command = tn_command_find (argv[1]);
  if (command != NULL)
    return command->run (command, argc - 1, argv + 1);
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      char *help[] = { (char *)"help", NULL };

      return tn_command_help.run (&tn_command_help, 1, help);
    }
  if (g_str_equal (argv[1], "--version"))
    return tn_cli_print ("tenon " TN_VERSION "\n", TN_EXIT_OK);
  return tn_cli_fail (TN_EXIT_USAGE,
                      _ ("There is no option “%s”; “tenon --help” lists what there is."), argv[1]);
}
