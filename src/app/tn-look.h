/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the desktop wants drawings to look: light or dark, with high contrast, with large text. */
#pragma once

#include <gtk/gtk.h>

#include "scene/tn-style.h"

G_BEGIN_DECLS

TnTheme tn_look_theme (void);
/* How much larger than usual the text is that the desktop asks for: 1.25 for "large text". */
double tn_look_text_scale (void);
/* Calls @changed with @object whenever another theme is asked for, as long as that lives. */
void tn_look_watch_theme (gpointer object, GCallback changed);
/* The same for the size of text. */
void tn_look_watch_text (gpointer object, GCallback changed);

G_END_DECLS
