/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each key of the overview is bound to an action, and none that is bound is missing there. */
#include <string.h>

#include "tn-window-fixture.h"

#define OVERVIEW "/org/tenonapp/Tenon/gtk/help-overlay.ui"

#define MODEL "image InputLayer 0 -140 | conv Conv2D 0 0 image | dense Dense 0 140 conv"

typedef struct
{
  char *title, *key;
} Entry;

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_free (entry->title);
  g_free (entry->key);
}

/* The overview's rows, each once for each of its keys. */
static GArray *
read_overview (void)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data (OVERVIEW, 0, NULL);
  g_autoptr (GRegex) regex = g_regex_new ("name=\"title\"[^>]*>([^<]*)</property>\\s*"
                                          "<property name=\"accelerator\">([^<]*)<",
                                          0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  g_assert_nonnull (bytes);
  g_array_set_clear_func (entries, entry_clear);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      g_autofree char *title = g_match_info_fetch (match, 1);
      g_autofree char *escaped = g_match_info_fetch (match, 2);
      g_autoptr (GString) accelerators = g_string_new (escaped);
      g_auto (GStrv) keys = NULL;

      g_string_replace (accelerators, "&lt;", "<", 0);
      g_string_replace (accelerators, "&gt;", ">", 0);
      keys = g_strsplit (accelerators->str, " ", -1);
      for (guint i = 0; keys[i] != NULL; i++)
        {
          Entry entry = { g_strdup (title), g_strdup (keys[i]) };

          g_array_append_val (entries, entry);
        }
    }
  g_assert_cmpuint (entries->len, >, 70);
  return entries;
}

/* ---- each row has a key that is bound ---- */

/* Does the widget, or what it stands in, have the action? */
static gboolean
has_action (GtkWidget *widget, const char *name)
{
  const char *action, *property;
  const GVariantType *type;
  GType owner;
  const char *bare = strchr (name, '.');

  if (bare != NULL && g_str_has_prefix (name, "app."))
    return g_action_group_has_action (G_ACTION_GROUP (g_application_get_default ()), bare + 1);
  for (GtkWidget *at = widget; at != NULL; at = gtk_widget_get_parent (at))
    for (guint i = 0; gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (at), i, &owner, &action,
                                                     &type, &property);
         i++)
      if (g_str_equal (action, name))
        return TRUE;
  return bare != NULL && G_IS_ACTION_GROUP (gtk_widget_get_root (widget))
         && g_action_group_has_action (G_ACTION_GROUP (gtk_widget_get_root (widget)), bare + 1);
}

/* Is the key bound to an action that there is? */
static gboolean
is_bound (GtkWidget *widget, guint key, GdkModifierType modifiers)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);
          GtkShortcutAction *action = gtk_shortcut_get_action (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) && GTK_IS_NAMED_ACTION (action)
              && gdk_keyval_to_lower (gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)))
                     == gdk_keyval_to_lower (key)
              && gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers
              && has_action (widget, gtk_named_action_get_action_name (GTK_NAMED_ACTION (action))))
            return TRUE;
        }
    }
  return FALSE;
}

/* What the application itself listens to. */
static gboolean
is_accelerator (const char *key)
{
  g_auto (GStrv) actions
      = gtk_application_get_actions_for_accel (GTK_APPLICATION (g_application_get_default ()), key);

  return actions[0] != NULL;
}

/* Keys that mean what they mean where they are pressed: no bindings of a class. Each is pressed in
 * a test of its own (display-window, display-adding, display-keyboard, display-reading). */
static gboolean
is_of_a_place (const char *key)
{
  static const char *const keys[]
      = { "Return", "Escape", "F8", "<Shift>F8", "F10", "F6", "<Shift>F6" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i], key))
      return TRUE;
  return FALSE;
}

static void
test_bound (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  g_autoptr (GArray) entries = read_overview ();
  GtkWidget *const widgets[] = { fixture->widget, GTK_WIDGET (tn_window_canvas (fixture->window)),
                                 GTK_WIDGET (tn_window_palette (fixture->window)) };

  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);
      gboolean bound = is_accelerator (entry->key) || is_of_a_place (entry->key);
      guint key;
      GdkModifierType modifiers;

      g_assert_true (gtk_accelerator_parse (entry->key, &key, &modifiers));
      for (guint j = 0; j < G_N_ELEMENTS (widgets); j++)
        bound = bound || is_bound (widgets[j], key, modifiers);
      if (bound)
        continue;
      g_test_message ("“%s” (%s) is bound to nothing", entry->title, entry->key);
      g_test_fail ();
    }
  tn_window_fixture_free (fixture);
}

/* ---- the other way round ---- */

/* Other keys for the same; and arrows, which are no shortcuts but how one gets about. */
static gboolean
needs_no_row (guint key, GdkModifierType modifiers)
{
  const char *name = gdk_keyval_name (key);

  return g_str_has_prefix (name, "KP_") || key == GDK_KEY_equal || key == GDK_KEY_Insert
         || key == GDK_KEY_Escape || (key == GDK_KEY_Delete && modifiers == GDK_SHIFT_MASK)
         || (modifiers == 0
             && (key == GDK_KEY_Left || key == GDK_KEY_Right || key == GDK_KEY_Up
                 || key == GDK_KEY_Down || key == GDK_KEY_BackSpace));
}

static gboolean
is_in_overview (const GArray *entries, guint key, GdkModifierType modifiers)
{
  for (guint i = 0; i < entries->len; i++)
    {
      guint listed;
      GdkModifierType with;

      g_assert_true (gtk_accelerator_parse (g_array_index (entries, Entry, i).key, &listed, &with));
      if (gdk_keyval_to_lower (listed) == gdk_keyval_to_lower (key) && with == modifiers)
        return TRUE;
    }
  return FALSE;
}

static guint
check_shortcuts (const GArray *entries, GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);
          GtkShortcutAction *action = gtk_shortcut_get_action (shortcut);
          const char *name;

          if (!GTK_IS_NAMED_ACTION (action) || !GTK_IS_KEYVAL_TRIGGER (trigger))
            continue;
          name = gtk_named_action_get_action_name (GTK_NAMED_ACTION (action));
          if (!g_str_has_prefix (name, "win.") && !g_str_has_prefix (name, "canvas.")
              && !g_str_has_prefix (name, "palette."))
            continue;
          guint key = gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger));
          GdkModifierType modifiers
              = gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger));
          n++;
          if (needs_no_row (key, modifiers) || is_in_overview (entries, key, modifiers))
            continue;
          g_autofree char *text = gtk_accelerator_name (key, modifiers);
          g_test_message ("%s (%s) is not in the overview", text, name);
          g_test_fail ();
        }
    }
  return n;
}

static void
test_listed (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  g_autoptr (GArray) entries = read_overview ();

  g_assert_cmpuint (check_shortcuts (entries, fixture->widget), >, 20);
  g_assert_cmpuint (check_shortcuts (entries, GTK_WIDGET (tn_window_canvas (fixture->window))), >,
                    30);
  check_shortcuts (entries, GTK_WIDGET (tn_window_palette (fixture->window)));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/keys/listed", test_listed);
  g_test_add_func ("/keys/bound", test_bound);
  return g_test_run ();
}
