/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPreferences: what people choose once, for all windows and models. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Each choice is kept at once. @settings: as tn_settings_new() gives them. */
GtkWidget *tn_preferences_new (GtkWindow *parent, GSettings *settings);

G_END_DECLS
