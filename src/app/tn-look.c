/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the desktop wants drawings to look: light or dark, with high contrast, with large text. */
#include "app/tn-look.h"

#include <adwaita.h>

/* Dots per inch of text that is not scaled, as GTK has it. */
#define USUAL_DPI 96.0

TnTheme
tn_look_theme (void)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  const gboolean dark = adw_style_manager_get_dark (manager);

  if (adw_style_manager_get_high_contrast (manager))
    return dark ? TN_THEME_DARK_CONTRAST : TN_THEME_LIGHT_CONTRAST;
  return dark ? TN_THEME_DARK : TN_THEME_LIGHT;
}

double
tn_look_text_scale (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi = -1;

  if (settings != NULL)
    g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  /* In 1024ths of a dot; -1 where nobody has said. */
  return dpi > 0 ? CLAMP (dpi / 1024.0 / USUAL_DPI, 0.5, 3) : 1;
}

void
tn_look_watch_theme (gpointer object, GCallback changed)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_signal_connect_object (manager, "notify::dark", changed, object, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", changed, object, G_CONNECT_SWAPPED);
}

void
tn_look_watch_text (gpointer object, GCallback changed)
{
  GtkSettings *settings = gtk_settings_get_default ();

  if (settings != NULL)
    g_signal_connect_object (settings, "notify::gtk-xft-dpi", changed, object, G_CONNECT_SWAPPED);
}
