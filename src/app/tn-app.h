/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desktop application. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Opens the window(s); returns the exit code: 2 when there is no display. */
int tn_app_main (int argc, char **argv);
/* The application itself, for tests: with G_APPLICATION_NON_UNIQUE it needs no bus. */
GtkApplication *tn_app_new (GApplicationFlags flags);

G_END_DECLS
