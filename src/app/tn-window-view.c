/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the window shows the model: which way it flows, how wires run, what is seen of it, and
 * finding layers in it. */
#include "app/tn-window-private.h"

#include "app/tn-canvas-view.h"
#include "app/tn-settings.h"
#include "base/tn-i18n.h"

/* Sets the state that a setting remembers. */
static void
remember (const char *key, GVariant *value)
{
  g_autoptr (GSettings) settings = tn_settings_new ();

  if (settings != NULL)
    g_settings_set_value (settings, key, value);
}

static void
overview_changed_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TnWindow *self = user_data;

  g_simple_action_set_state (action, value);
  tn_overview_set_wanted (self->overview, g_variant_get_boolean (value));
  remember ("overview-visible", value);
}

static void
wires_changed_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TnWindow *self = user_data;
  TnWires wires;

  if (!tn_wires_from_name (g_variant_get_string (value, NULL), &wires))
    return;
  g_simple_action_set_state (action, value);
  tn_canvas_set_wires (self->canvas, wires);
  remember ("wires", value);
}

static void
direction_changed_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TnWindow *self = user_data;

  /* The document's own state comes back by its change. */
  gtk_widget_activate_action_variant (GTK_WIDGET (self->canvas), "canvas.direction", value);
}

void
tn_window_update_view (TnWindow *self)
{
  TnDirection direction = tn_graph_direction (tn_document_graph (self->document));
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "direction");

  if (action != NULL)
    g_simple_action_set_state (G_SIMPLE_ACTION (action),
                               g_variant_new_string (tn_direction_name (direction)));
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  if (g_str_equal (name, "win.find"))
    tn_find_bar_open (self->find_bar);
  else
    tn_find_bar_step (self->find_bar, g_str_equal (name, "win.find-next"));
}

static void
zoom_to_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action_variant (GTK_WIDGET (TN_WINDOW (widget)->canvas), "canvas.zoom-to",
                                      parameter);
}

static void
add_state (TnWindow *self, const char *name, GVariant *state, GCallback changed_cb)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new_stateful (
      name, g_variant_is_of_type (state, G_VARIANT_TYPE_STRING) ? G_VARIANT_TYPE_STRING : NULL,
      state);

  g_signal_connect_object (action, "change-state", changed_cb, self, 0);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

void
tn_window_init_view (TnWindow *self)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  gboolean overview = settings == NULL || g_settings_get_boolean (settings, "overview-visible");
  g_autofree char *name = settings != NULL ? g_settings_get_string (settings, "wires") : NULL;
  TnWires wires = TN_WIRES_CURVED;

  if (name != NULL)
    tn_wires_from_name (name, &wires);
  tn_find_bar_set_canvas (self->find_bar, self->canvas);
  tn_overview_set_canvas (self->overview, self->canvas);
  tn_overview_set_wanted (self->overview, overview);
  tn_canvas_set_wires (self->canvas, wires);
  add_state (self, "overview-visible", g_variant_new_boolean (overview),
             G_CALLBACK (overview_changed_cb));
  add_state (self, "wires", g_variant_new_string (tn_wires_name (wires)),
             G_CALLBACK (wires_changed_cb));
  add_state (self, "direction", g_variant_new_string (tn_direction_name (TN_DIRECTION_DOWN)),
             G_CALLBACK (direction_changed_cb));
}

void
tn_window_install_view_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.find", NULL, find_action);
  gtk_widget_class_install_action (class, "win.find-next", NULL, find_action);
  gtk_widget_class_install_action (class, "win.find-previous", NULL, find_action);
  gtk_widget_class_install_action (class, "win.zoom-to", "d", zoom_to_action);
  gtk_widget_class_add_binding_action (class, GDK_KEY_f, GDK_CONTROL_MASK, "win.find", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F3, 0, "win.find-next", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F3, GDK_SHIFT_MASK, "win.find-previous",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_m, GDK_CONTROL_MASK, "win.overview-visible",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_8, GDK_CONTROL_MASK, "win.zoom-selection",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_l, GDK_CONTROL_MASK | GDK_ALT_MASK,
                                       "win.arrange-selection", NULL);
}
