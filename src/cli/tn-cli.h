/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The headless twin of the window: `tenon check`, `run`, `export` and the others. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Is this argument one of the command line's own words (or an option such as --help)? Otherwise it
 * is a file for the window. */
gboolean tn_cli_knows (const char *word);
/* Runs it; returns the exit code. */
int tn_cli_main (int argc, char **argv);

G_END_DECLS
