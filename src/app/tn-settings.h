/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of the user, where the program is installed well enough to have any. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* NULL when the schema is not installed (GSettings itself would end the program). */
GSettings *tn_settings_new (void);

G_END_DECLS
