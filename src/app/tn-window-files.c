/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's files: opening, saving, recent ones, examples, and the question about unsaved
 * changes. */
#include "app/tn-window-private.h"

#include "app/tn-examples.h"
#include "app/tn-recent.h"
#include "app/tn-settings.h"
#include "base/tn-i18n.h"

/* How many recent files are offered. */
#define MOST_RECENT 8

#define MIME_TYPE "application/x-tenon+json"

void
tn_window_tell_failure (TnWindow *self, const char *heading, const char *body)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
confirm_response_cb (AdwMessageDialog *dialog, const char *response, TnWindow *self)
{
  void (*then) (TnWindow *) = g_object_get_data (G_OBJECT (dialog), "tenon-then");

  if (g_str_equal (response, "confirm"))
    then (self);
}

void
tn_window_confirm (TnWindow *self, const char *heading, const char *body, const char *word,
                   void (*then) (TnWindow *self))
{
  AdwMessageDialog *dialog
      = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), heading, body));

  adw_message_dialog_add_response (dialog, "cancel", _ ("_Cancel"));
  adw_message_dialog_add_response (dialog, "confirm", word);
  adw_message_dialog_set_response_appearance (dialog, "confirm", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data (G_OBJECT (dialog), "tenon-then", (gpointer)then);
  g_signal_connect_object (dialog, "response", G_CALLBACK (confirm_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
remember (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;
  g_autoptr (GSettings) settings = tn_settings_new ();
  GtkRecentData data = {
    .mime_type = (char *)MIME_TYPE,
    .app_name = (char *)TN_APP_ID,
    .app_exec = (char *)"tenon %f",
  };

  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
  if (settings != NULL && path != NULL)
    g_settings_set_string (settings, "last-folder", path);
}

void
tn_window_set_opened (TnWindow *self, TnDocument *document, GFile *file)
{
  tn_window_set_document (self, document);
  remember (file);
}

gboolean
tn_window_open_file (TnWindow *self, GFile *file)
{
  g_return_val_if_fail (TN_IS_WINDOW (self) && G_IS_FILE (file), FALSE);

  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_path (file);
  if (path == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (file);
      g_autofree char *body
          = g_strdup_printf (_ ("%s is not on this computer: copy it here first."), name);
      tn_window_tell_failure (self, _ ("The File Cannot Be Opened"), body);
      return FALSE;
    }
  if (tn_window_takes_long (path))
    {
      tn_window_load (self, file, path);
      return TRUE;
    }
  g_autoptr (TnDocument) document = tn_document_open (path, &error);
  if (document == NULL)
    {
      tn_window_tell_failure (self, _ ("The File Cannot Be Opened"), error->message);
      return FALSE;
    }
  tn_window_set_opened (self, document, file);
  return TRUE;
}

gboolean
tn_window_save_file (TnWindow *self, const char *path)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), FALSE);

  g_autoptr (GError) error = NULL;
  if (!tn_document_save (self->document, path, &error))
    {
      tn_window_tell_failure (self, _ ("The Model Was Not Saved"), error->message);
      return FALSE;
    }
  tn_window_watch_file (self);
  g_autoptr (GFile) file = g_file_new_for_path (tn_document_path (self->document));
  remember (file);
  return TRUE;
}

gboolean
tn_window_open_example (TnWindow *self, const char *name)
{
  g_return_val_if_fail (TN_IS_WINDOW (self) && name != NULL, FALSE);

  const TnExample *example = tn_example_find (name);
  g_autoptr (GError) error = NULL;
  if (example == NULL)
    return FALSE;
  g_autoptr (TnGraph) graph = tn_example_read (example, &error);
  if (graph == NULL)
    {
      tn_window_tell_failure (self, _ ("The Example Cannot Be Opened"), error->message);
      return FALSE;
    }
  g_autoptr (TnDocument) document = tn_document_new_from_graph (graph, _ (example->title));
  tn_window_set_document (self, document);
  return TRUE;
}

/* ---- file choosers ---- */

void
tn_window_set_folder (GtkFileChooser *chooser)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  g_autofree char *path = settings != NULL ? g_settings_get_string (settings, "last-folder") : NULL;

  if (path == NULL || path[0] == '\0' || !g_file_test (path, G_FILE_TEST_IS_DIR))
    return;
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  gtk_file_chooser_set_current_folder (chooser, folder, NULL);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *suffixes)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (; *suffixes != NULL; suffixes++)
    gtk_file_filter_add_suffix (filter, *suffixes);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
open_then (TnWindow *self, gpointer file)
{
  tn_window_open_file (self, file);
}

static void
open_response_cb (GtkNativeDialog *dialog, int response, TnWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      tn_window_ask_unsaved (self, open_then, g_object_ref (file), g_object_unref);
    }
  g_object_unref (dialog);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const char *const models[] = { "tenon", "json", "png", "svg", "pdf", NULL };
  static const char *const all[] = { "*", NULL };
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Open a Model"), GTK_WINDOW (widget),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("Models and pictures of them"), models);
  g_autoptr (GtkFileFilter) any = gtk_file_filter_new ();
  gtk_file_filter_set_name (any, _ ("All files"));
  gtk_file_filter_add_pattern (any, all[0]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), any);
  tn_window_set_folder (GTK_FILE_CHOOSER (dialog));
  g_signal_connect_object (dialog, "response", G_CALLBACK (open_response_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* What goes on once the changes are saved or given up. */
typedef struct
{
  TnWindow *window;
  TnWindowThen then;
  gpointer data;
  GDestroyNotify destroy;
} Ask;

static Ask *
ask_new (TnWindow *self, TnWindowThen then, gpointer data, GDestroyNotify destroy)
{
  Ask *ask = g_new0 (Ask, 1);

  ask->window = g_object_ref (self);
  ask->then = then;
  ask->data = data;
  ask->destroy = destroy;
  return ask;
}

static void
ask_end (Ask *ask, gboolean go_on)
{
  if (go_on && ask->then != NULL)
    ask->then (ask->window, ask->data);
  if (ask->destroy != NULL && ask->data != NULL)
    ask->destroy (ask->data);
  g_object_unref (ask->window);
  g_free (ask);
}

static void
save_response_cb (GtkNativeDialog *dialog, int response, Ask *ask)
{
  gboolean saved = FALSE;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);
      g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;
      /* A name without an ending becomes a .tenon, unless that one exists already: the chooser has
       * asked about the other name only. */
      if (name != NULL && strchr (name, '.') == NULL)
        {
          g_autofree char *longer = g_strconcat (path, ".tenon", NULL);
          if (!g_file_test (longer, G_FILE_TEST_EXISTS))
            {
              g_free (path);
              path = g_steal_pointer (&longer);
            }
        }
      if (path != NULL)
        saved = tn_window_save_file (ask->window, path);
      else
        tn_window_tell_failure (ask->window, _ ("The Model Was Not Saved"),
                                _ ("Models can only be saved on this computer."));
    }
  ask_end (ask, saved);
  g_object_unref (dialog);
}

static void
save_as (TnWindow *self, Ask *ask)
{
  static const char *const models[] = { "tenon", NULL };
  const char *path = tn_document_path (self->document);
  const char *title = tn_document_title (self->document);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Save the Model"), GTK_WINDOW (self),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  add_filter (GTK_FILE_CHOOSER (dialog), _ ("Tenon models (.tenon)"), models);
  if (path != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (path);
      gtk_file_chooser_set_file (GTK_FILE_CHOOSER (dialog), file, NULL);
    }
  else
    {
      g_autofree char *name = g_strconcat (title, ".tenon", NULL);
      g_strdelimit (name, "/", '-');
      tn_window_set_folder (GTK_FILE_CHOOSER (dialog));
      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
    }
  g_signal_connect (dialog, "response", G_CALLBACK (save_response_cb), ask);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
save_as_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  save_as (self, ask_new (self, NULL, NULL, NULL));
}

static void
replace (TnWindow *self)
{
  tn_window_save_file (self, NULL);
}

/* Another program has written the file since. */
static void
ask_replace (TnWindow *self)
{
  g_autofree char *body = g_strdup_printf (
      _ ("Another program has changed “%s” since it was opened here. Saving replaces that."),
      tn_document_title (self->document));

  tn_window_confirm (self, _ ("Replace the File?"), body, _ ("_Replace"), replace);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  if (tn_document_path (self->document) == NULL)
    save_as_action (widget, name, parameter);
  else if (tn_window_is_file_foreign (self))
    ask_replace (self);
  else
    tn_window_save_file (self, NULL);
}

/* ---- unsaved changes ---- */

static void
unsaved_response_cb (AdwMessageDialog *dialog, const char *response, Ask *ask)
{
  TnWindow *self = ask->window;

  if (g_str_equal (response, "discard"))
    ask_end (ask, TRUE);
  else if (!g_str_equal (response, "save"))
    ask_end (ask, FALSE);
  else if (tn_document_path (self->document) != NULL)
    ask_end (ask, tn_window_save_file (self, NULL));
  else
    save_as (self, ask);
}

void
tn_window_ask_unsaved (TnWindow *self, TnWindowThen then, gpointer data, GDestroyNotify destroy)
{
  g_return_if_fail (TN_IS_WINDOW (self));

  Ask *ask = ask_new (self, then, data, destroy);
  if (!tn_document_is_modified (self->document))
    {
      ask_end (ask, TRUE);
      return;
    }
  g_autofree char *body = g_strdup_printf (_ ("“%s” has changes that are not saved. Changes that "
                                              "are discarded are lost for good."),
                                           tn_document_title (self->document));
  AdwMessageDialog *dialog
      = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), _ ("Save Changes?"), body));
  adw_message_dialog_add_response (dialog, "cancel", _ ("_Cancel"));
  adw_message_dialog_add_response (dialog, "discard", _ ("_Discard"));
  adw_message_dialog_add_response (dialog, "save", _ ("_Save"));
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "save");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (unsaved_response_cb), ask);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- recent files and examples ---- */

static void
open_example_then (TnWindow *self, gpointer name)
{
  tn_window_open_example (self, name);
}

static void
open_example_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_window_ask_unsaved (TN_WINDOW (widget), open_example_then,
                         g_strdup (g_variant_get_string (parameter, NULL)), g_free);
}

static void
open_recent_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_window_ask_unsaved (TN_WINDOW (widget), open_then,
                         g_file_new_for_uri (g_variant_get_string (parameter, NULL)),
                         g_object_unref);
}

static void
update_recent (TnWindow *self)
{
  g_autoptr (GPtrArray) files = tn_recent_files (MOST_RECENT);

  g_menu_remove_all (self->recent_menu);
  for (guint i = 0; i < files->len; i++)
    {
      GtkRecentInfo *info = files->pdata[i];
      /* An underscore in a file name is no mnemonic. */
      g_auto (GStrv) parts = g_strsplit (gtk_recent_info_get_display_name (info), "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);
      g_autoptr (GMenuItem) entry = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target (entry, "win.open-recent", "s",
                                         gtk_recent_info_get_uri (info));
      g_menu_append_item (self->recent_menu, entry);
    }
}

/* Whole models, then those that show a mistake. */
static void
fill_examples (GMenu *menu)
{
  for (int mistakes = 0; mistakes < 2; mistakes++)
    {
      g_autoptr (GMenu) section = g_menu_new ();

      for (const TnExample *example = tn_examples (); example->name != NULL; example++)
        {
          g_autoptr (GMenuItem) item = g_menu_item_new (_ (example->title), NULL);

          g_menu_item_set_action_and_target (item, "win.open-example", "s", example->name);
          if (example->mistake == mistakes)
            g_menu_append_item (section, item);
        }
      g_menu_append_section (menu, mistakes ? _ ("Mistakes") : _ ("Models"),
                             G_MENU_MODEL (section));
    }
}

static gboolean
drop_cb (TnWindow *self, const GValue *value)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

  if (files == NULL)
    return FALSE;
  tn_window_ask_unsaved (self, open_then, g_object_ref (files->data), g_object_unref);
  /* There is room for one here. */
  for (GSList *file = files->next; file != NULL; file = file->next)
    {
      GtkWidget *window = tn_window_new (gtk_window_get_application (GTK_WINDOW (self)));

      gtk_window_present (GTK_WINDOW (window));
      tn_window_open_file (TN_WINDOW (window), file->data);
    }
  return TRUE;
}

/* The arrow of a split button says its tooltip, but has no name that one could give it. */
static void
name_arrow (GtkWidget *widget, const char *name)
{
  if (GTK_IS_MENU_BUTTON (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_arrow (child, name);
}

/* What was dragged out of this very program is no file to open in it. */
static gboolean
drop_accept_cb (GtkDropTarget *target, GdkDrop *drop)
{
  return gdk_drop_get_drag (drop) == NULL
         && gdk_content_formats_contain_gtype (gdk_drop_get_formats (drop), GDK_TYPE_FILE_LIST);
}

void
tn_window_init_files (TnWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "accept", G_CALLBACK (drop_accept_cb), NULL);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  name_arrow (self->open_button,
              adw_split_button_get_dropdown_tooltip (ADW_SPLIT_BUTTON (self->open_button)));
  fill_examples (self->examples_menu);
  fill_examples (self->open_examples_menu);
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (update_recent),
                           self, G_CONNECT_SWAPPED);
  update_recent (self);
}

void
tn_window_install_file_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (class, "win.open-recent", "s", open_recent_action);
  gtk_widget_class_install_action (class, "win.open-example", "s", open_example_action);
  gtk_widget_class_install_action (class, "win.save", NULL, save_action);
  gtk_widget_class_install_action (class, "win.save-as", NULL, save_as_action);
}
