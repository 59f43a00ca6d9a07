/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnApp: the application; its windows, files from the command line, appearance and about box. */
#include "app/tn-app.h"

#include <adwaita.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>

#include "app/tn-look.h"
#include "app/tn-preferences.h"
#include "app/tn-settings.h"
#include "app/tn-window.h"
#include "base/tn-i18n.h"
#include "scene/tn-style.h"

#define TN_TYPE_APP (tn_app_get_type ())
G_DECLARE_FINAL_TYPE (TnApp, tn_app, TN, APP, AdwApplication)

struct _TnApp
{
  AdwApplication parent;
  GSettings *settings;      /* NULL when they are not installed */
  GtkCssProvider *families; /* the catalogue's colours, as the painter has them */
  gboolean has_recovered;   /* what a crash left was looked for */
};

G_DEFINE_FINAL_TYPE (TnApp, tn_app, ADW_TYPE_APPLICATION)

/* ---- appearance ---- */

static void
apply_color_scheme (const char *scheme)
{
  AdwColorScheme adw_scheme = g_strcmp0 (scheme, "dark") == 0    ? ADW_COLOR_SCHEME_FORCE_DARK
                              : g_strcmp0 (scheme, "light") == 0 ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                                                 : ADW_COLOR_SCHEME_DEFAULT;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), adw_scheme);
}

static void
color_scheme_cb (TnApp *self)
{
  g_autofree char *scheme = g_settings_get_string (self->settings, "color-scheme");

  apply_color_scheme (scheme);
}

/* Without settings, for this run only. */
static void
color_scheme_state_cb (GSimpleAction *action, GVariant *state)
{
  apply_color_scheme (g_variant_get_string (state, NULL));
  g_simple_action_set_state (action, state);
}

/* The tiles of the palette have the colours of the drawing. */
static void
update_family_colors (TnApp *self)
{
  const TnStyle *style = tn_style_get (tn_look_theme ());
  g_autoptr (GString) css = g_string_new (NULL);

  for (guint i = 0; i < TN_N_FAMILIES; i++)
    g_string_append_printf (css, ".tn-family-%s { color: #%02x%02x%02x; }\n",
                            tn_family_name ((TnFamily)i), (guint)(style->family[i].red * 255 + 0.5),
                            (guint)(style->family[i].green * 255 + 0.5),
                            (guint)(style->family[i].blue * 255 + 0.5));
  gtk_css_provider_load_from_data (self->families, css->str, (gssize)css->len);
}

/* ---- actions ---- */

static void
new_window_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (tn_window_new (GTK_APPLICATION (data))));
}

/* Each window asks about its own changes. */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));

  for (GList *window = windows; window != NULL; window = window->next)
    if (TN_IS_WINDOW (window->data))
      gtk_window_close (window->data);
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TnApp *self = TN_APP (data);
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (TN_IS_WINDOW (active))
    gtk_window_present (GTK_WINDOW (tn_preferences_new (active, self->settings)));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const developers[] = { "The Tenon contributors", NULL };

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)),
                         "application-name", "Tenon", "application-icon", TN_APP_ID, "version",
                         TN_VERSION, "developer-name", _ ("The Tenon contributors"), "developers",
                         developers, "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("Draw a neural network and see at every moment whether its shapes fit. "
                            "A tenon is the tongue that must fit its mortise."),
                         "translator-credits", _ ("translator-credits"), NULL);
}

static void
install_actions (TnApp *self)
{
  static const GActionEntry entries[] = {
    { .name = "new-window", .activate = new_window_action },
    { .name = "quit", .activate = quit_action },
    { .name = "preferences", .activate = preferences_action },
    { .name = "about", .activate = about_action },
  };
  static const char *const quit_keys[] = { "<Control>q", NULL };
  static const char *const new_keys[] = { "<Control>n", NULL };
  static const char *const preferences_keys[] = { "<Control>comma", NULL };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.new-window", new_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.preferences",
                                         preferences_keys);
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "preferences")),
      self->settings != NULL);

  g_autoptr (GAction) scheme = NULL;
  if (self->settings != NULL)
    {
      scheme = g_settings_create_action (self->settings, "color-scheme");
      g_signal_connect_swapped (self->settings, "changed::color-scheme",
                                G_CALLBACK (color_scheme_cb), self);
      color_scheme_cb (self);
    }
  else
    {
      scheme = G_ACTION (g_simple_action_new_stateful ("color-scheme", G_VARIANT_TYPE_STRING,
                                                       g_variant_new_string ("system")));
      g_signal_connect (scheme, "change-state", G_CALLBACK (color_scheme_state_cb), NULL);
    }
  g_action_map_add_action (G_ACTION_MAP (self), scheme);
}

/* ---- unsaved changes ---- */

/* A window for something to be opened in. */
static TnWindow *
free_window (GApplication *application)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (application));

  return TN_IS_WINDOW (active) && tn_window_is_pristine (TN_WINDOW (active))
             ? TN_WINDOW (active)
             : TN_WINDOW (tn_window_new (GTK_APPLICATION (application)));
}

/* Opens what programs that ended unexpectedly left, once. */
static void
recover (TnApp *self)
{
  if (self->has_recovered)
    return;
  self->has_recovered = TRUE;
  g_autofree char *folder = tn_recovery_folder ();
  g_autoptr (GPtrArray) copies = tn_recovery_find (folder);
  for (guint i = 0; i < copies->len; i++)
    {
      TnWindow *window = free_window (G_APPLICATION (self));
      gtk_window_present (GTK_WINDOW (window));
      tn_window_recover (window, copies->pdata[i]);
    }
}

/* The session ends, or somebody kills the program: changes are kept, and it ends as it was told. */
static void
end_by (TnApp *self, int number)
{
  for (GList *window = gtk_application_get_windows (GTK_APPLICATION (self)); window != NULL;
       window = window->next)
    if (TN_IS_WINDOW (window->data))
      tn_window_flush (window->data);
  signal (number, SIG_DFL);
  raise (number);
}

static gboolean
terminate_cb (gpointer data)
{
  end_by (data, SIGTERM);
  return G_SOURCE_CONTINUE;
}

static gboolean
hang_up_cb (gpointer data)
{
  end_by (data, SIGHUP);
  return G_SOURCE_CONTINUE;
}

static gboolean
interrupt_cb (gpointer data)
{
  end_by (data, SIGINT);
  return G_SOURCE_CONTINUE;
}

/* ---- the application ---- */

static void
tn_app_startup (GApplication *application)
{
  TnApp *self = TN_APP (application);

  G_APPLICATION_CLASS (tn_app_parent_class)->startup (application);
  gtk_window_set_default_icon_name (TN_APP_ID);
  self->settings = tn_settings_new ();
  install_actions (self);

  g_unix_signal_add (SIGTERM, terminate_cb, self);
  g_unix_signal_add (SIGHUP, hang_up_cb, self);
  g_unix_signal_add (SIGINT, interrupt_cb, self);

  self->families = gtk_css_provider_new ();
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (self->families),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  tn_look_watch_theme (self, G_CALLBACK (update_family_colors));
  update_family_colors (self);
}

static void
tn_app_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (tn_window_new (GTK_APPLICATION (application))));
  recover (TN_APP (application));
}

static void
tn_app_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      TnWindow *window = free_window (application);
      gtk_window_present (GTK_WINDOW (window));
      tn_window_open_file (window, files[i]);
    }
  recover (TN_APP (application));
}

static void
tn_app_finalize (GObject *object)
{
  TnApp *self = TN_APP (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->families);
  G_OBJECT_CLASS (tn_app_parent_class)->finalize (object);
}

static void
tn_app_class_init (TnAppClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_app_finalize;
  G_APPLICATION_CLASS (class)->startup = tn_app_startup;
  G_APPLICATION_CLASS (class)->activate = tn_app_activate;
  G_APPLICATION_CLASS (class)->open = tn_app_open;
}

static void
tn_app_init (TnApp *self)
{
}

GtkApplication *
tn_app_new (GApplicationFlags flags)
{
  return g_object_new (TN_TYPE_APP, "application-id", TN_APP_ID, "flags",
                       flags | G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                       "/org/tenonapp/Tenon", NULL);
}

int
tn_app_main (int argc, char **argv)
{
  if (!gtk_init_check ())
    {
      g_printerr ("%s\n",
                  _ ("tenon: there is no display; “tenon check FILE” and the other words of "
                     "“tenon --help” work without one"));
      return 2;
    }
  g_autoptr (GtkApplication) application = tn_app_new (G_APPLICATION_DEFAULT_FLAGS);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
