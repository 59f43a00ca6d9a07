/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is a word of the command line and what a file for the window; the rest is in tests/golden.
 */
#include "cli/tn-cli.h"

static void
test_knows (void)
{
  const char *const words[] = { "check", "explain", "fix",    "run",       "export", "layers",
                                "help",  "--help",  "--nope", "--version", "-h" };
  const char *const files[]
      = { "model.tenon", "./check", "Check", "check.tenon", "-", "", "--gapplication-service" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_true (tn_cli_knows (words[i]));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_false (tn_cli_knows (files[i]));
}

static int
run (const char *word, const char *argument)
{
  char *argv[] = { (char *)"tenon", (char *)word, (char *)argument, NULL };

  return tn_cli_main (argument != NULL ? 3 : 2, argv);
}

static void
test_exit_codes (void)
{
  if (g_test_subprocess ())
    {
      g_assert_cmpint (run ("--nope", NULL), ==, 2);
      g_assert_cmpint (run ("check", NULL), ==, 2);
      g_assert_cmpint (run ("check", "/nonexistent/model.tenon"), ==, 2);
      g_assert_cmpint (run ("layers", "Dense"), ==, 0);
      g_assert_cmpint (run ("help", "check"), ==, 0);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*units = required*");
  g_test_trap_assert_stdout ("*tenon check*--dense-inputs*");
  g_test_trap_assert_stderr ("*tenon: *--nope*tenon: /nonexistent/model.tenon*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/knows", test_knows);
  g_test_add_func ("/cli/exit-codes", test_exit_codes);
  return g_test_run ();
}
