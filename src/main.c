/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: a word of the command line, or else the window. */
#include <locale.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "cli/tn-cli.h"
#ifdef TN_WITH_GUI
#include "app/tn-app.h"
#endif

static void
set_up_translations (void)
{
  /* Lets a program that is not installed find what was built with it. */
  const char *folder = g_getenv ("TENON_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : TN_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* A slip of the pen ("tenon chekc") must not open a window that then looks for such a file. */
static gboolean
is_mistyped (const char *word)
{
  return word[0] != '-' && strpbrk (word, "./:") == NULL && !g_file_test (word, G_FILE_TEST_EXISTS);
}

int
main (int argc, char **argv)
{
  set_up_translations ();
  if (argc > 1 && tn_cli_knows (argv[1]))
    return tn_cli_main (argc, argv);
  if (argc > 1 && is_mistyped (argv[1]))
    {
      g_printerr ("tenon: ");
      g_printerr (
          _ ("“%s” is neither a file nor a word of the command line; “tenon --help” lists those."),
          argv[1]);
      g_printerr ("\n");
      return 2;
    }
#ifdef TN_WITH_GUI
  return tn_app_main (argc, argv);
#else
  g_printerr ("tenon: %s\n",
              _ ("This build has no window; “tenon --help” tells what can be done without it."));
  return 2;
#endif
}
