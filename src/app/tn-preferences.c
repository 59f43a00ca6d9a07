/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPreferences: a row for each setting that is not chosen where it is used. */
#include "app/tn-preferences.h"

#include "base/tn-i18n.h"

/* ---- a choice of several ---- */

/* What a setting may be, and how that is called; ends with value NULL. */
typedef struct
{
  const char *value;
  const char *label; /* N_() */
} Choice;

static gboolean
setting_to_row (GValue *position, GVariant *setting, gpointer data)
{
  const Choice *choices = data;

  for (guint i = 0; choices[i].value != NULL; i++)
    if (g_str_equal (choices[i].value, g_variant_get_string (setting, NULL)))
      g_value_set_uint (position, i);
  return TRUE;
}

static GVariant *
row_to_setting (const GValue *position, const GVariantType *type, gpointer data)
{
  const Choice *choices = data;

  return g_variant_new_string (choices[g_value_get_uint (position)].value);
}

static void
name_row (GtkWidget *row, const char *title, const char *subtitle)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
}

static void
add_choice (AdwPreferencesGroup *group, GSettings *settings, const char *key, const char *title,
            const char *subtitle, const Choice *choices)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  for (guint i = 0; choices[i].value != NULL; i++)
    gtk_string_list_append (labels, _ (choices[i].label));
  name_row (row, title, subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (labels));
  g_settings_bind_with_mapping (settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                                setting_to_row, row_to_setting, (gpointer)choices, NULL);
  adw_preferences_group_add (group, row);
}

/* ---- yes or no, and numbers ---- */

static void
add_switch (AdwPreferencesGroup *group, GSettings *settings, const char *key, const char *title,
            const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_switch_new ();

  name_row (row, title, subtitle);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), button);
  g_settings_bind (settings, key, button, "active", G_SETTINGS_BIND_DEFAULT);
  adw_preferences_group_add (group, row);
}

static void
add_number (AdwPreferencesGroup *group, GSettings *settings, const char *key, const char *title,
            const char *subtitle, double most)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_spin_button_new_with_range (1, most, 1);

  name_row (row, title, subtitle);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_settings_bind (settings, key, button, "value", G_SETTINGS_BIND_DEFAULT);
  adw_preferences_group_add (group, row);
}

/* ---- the window ---- */

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

GtkWidget *
tn_preferences_new (GtkWindow *parent, GSettings *settings)
{
  static const Choice schemes[] = { { "system", N_ ("As the system") },
                                    { "light", N_ ("Light") },
                                    { "dark", N_ ("Dark") },
                                    { NULL, NULL } };
  static const Choice wires[]
      = { { "curved", N_ ("Curved") }, { "orthogonal", N_ ("With corners") }, { NULL, NULL } };
  static const Choice rules[] = { { "flat", N_ ("Flat inputs only") },
                                  { "any", N_ ("Any input, as in Keras") },
                                  { NULL, NULL } };

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  GtkWidget *window = g_object_new (ADW_TYPE_PREFERENCES_WINDOW, "title", _ ("Preferences"),
                                    "transient-for", parent, "modal", TRUE, "search-enabled", FALSE,
                                    "default-width", 600, "default-height", 540, NULL);
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group = add_group (page, _ ("Appearance"), NULL);
  add_choice (group, settings, "color-scheme", _ ("Colours"), NULL, schemes);

  group = add_group (page, _ ("New Windows"), _ ("In a window that is open, the View menu."));
  add_choice (group, settings, "wires", _ ("Wires"), NULL, wires);
  add_switch (group, settings, "overview-visible", _ ("Overview"),
              _ ("A small picture of the model where it is larger than the window."));

  group = add_group (page, _ ("New Models"), NULL);
  add_choice (group, settings, "dense-inputs", _ ("A Dense layer takes"),
              _ ("Whether a feature map in front of it is an error or a warning."), rules);

  group = add_group (page, _ ("Files"), NULL);
  add_switch (group, settings, "keep-copies", _ ("Keep unsaved changes"),
              _ ("A copy is written every few seconds, and offered after a crash."));

  group = add_group (page, _ ("Runs"), _ ("What the Run panel of a new window begins with."));
  add_number (group, settings, "run-samples", _ ("Samples"), NULL, G_MAXINT);
  add_number (group, settings, "run-batch", _ ("Batch size"), NULL, 65536);

  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), page);
  return window;
}
