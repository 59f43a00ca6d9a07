/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a window remembers from time to time: its size, and its panels. */
#include "app/tn-window-private.h"

#include "app/tn-settings.h"

/* How high the bottom panel is at first, in pixels, in a high and in a low window. */
#define PANEL_HEIGHT     210
#define PANEL_HEIGHT_LOW 150
#define LOW_WINDOW       560
/* What the drawing keeps in any case. */
#define LEAST_DRAWING 120

static gboolean
place_panel_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TnWindow *self = TN_WINDOW (widget);
  int height = gtk_widget_get_height (GTK_WIDGET (self->paned));

  if (height <= 0)
    return G_SOURCE_CONTINUE;
  if (self->panel_height <= 0)
    self->panel_height = height < LOW_WINDOW ? PANEL_HEIGHT_LOW : PANEL_HEIGHT;
  gtk_paned_set_position (self->paned,
                          height - MIN (self->panel_height, MAX (height - LEAST_DRAWING, 0)));
  gtk_widget_queue_resize (GTK_WIDGET (self->paned));
  self->paned_is_set = TRUE;
  tn_window_fit_panel (self);
  return G_SOURCE_REMOVE;
}

void
tn_window_load_state (TnWindow *self)
{
  g_autoptr (GSettings) settings = tn_settings_new ();

  /* Once the window knows its own height, and not while it is dividing it. */
  gtk_widget_add_tick_callback (GTK_WIDGET (self), place_panel_cb, NULL, NULL);
  if (settings == NULL)
    {
      gtk_window_set_default_size (GTK_WINDOW (self), 1280, 800);
      return;
    }
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->palette_flap,
                            g_settings_get_boolean (settings, "palette-visible"));
  adw_flap_set_reveal_flap (self->inspector_flap,
                            g_settings_get_boolean (settings, "inspector-visible"));

  g_autofree char *page = g_settings_get_string (settings, "panel-page");
  gtk_stack_set_visible_child_name (self->panel, page);
  gtk_widget_set_visible (GTK_WIDGET (self->panel),
                          g_settings_get_boolean (settings, "panel-visible"));
  self->panel_height = g_settings_get_int (settings, "panel-height");
}

void
tn_window_save_state (TnWindow *self)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  gboolean panel = gtk_widget_get_visible (GTK_WIDGET (self->panel));
  int width, height;

  if (settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (settings, "window-width", MAX (width, 360));
  g_settings_set_int (settings, "window-height", MAX (height, 300));
  g_settings_set_boolean (settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  /* In a narrow window they are put away by themselves: that is no wish. */
  if (!adw_flap_get_folded (self->palette_flap))
    g_settings_set_boolean (settings, "palette-visible",
                            adw_flap_get_reveal_flap (self->palette_flap));
  if (!adw_flap_get_folded (self->inspector_flap))
    g_settings_set_boolean (settings, "inspector-visible",
                            adw_flap_get_reveal_flap (self->inspector_flap));
  g_settings_set_boolean (settings, "panel-visible", panel);
  g_settings_set_string (settings, "panel-page", gtk_stack_get_visible_child_name (self->panel));
  /* While it is one line high, that is no wish either. */
  if (self->paned_is_set && panel && !self->panel_is_calm)
    self->panel_height
        = gtk_widget_get_height (GTK_WIDGET (self->paned)) - gtk_paned_get_position (self->paned);
  if (self->panel_height > 0)
    g_settings_set_int (settings, "panel-height", self->panel_height);
}
