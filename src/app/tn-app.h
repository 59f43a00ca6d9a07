/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desktop application. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Opens the window(s); returns the exit code. */
int tn_app_main (int argc, char **argv);

G_END_DECLS
