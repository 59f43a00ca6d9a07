/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other programs do to the model's file while it is open here. */
#include "app/tn-window-private.h"

#include "base/tn-i18n.h"

/* What a version of the file is known by; NULL: there is none. New string. Its time alone would not
 * do: file systems count it in milliseconds, and two programs may save in the same one. */
static char *
read_version (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info
      = g_file_query_info (file,
                           G_FILE_ATTRIBUTE_ETAG_VALUE "," G_FILE_ATTRIBUTE_STANDARD_SIZE
                                                       "," G_FILE_ATTRIBUTE_UNIX_INODE,
                           G_FILE_QUERY_INFO_NONE, NULL, NULL);

  if (info == NULL)
    return NULL;
  return g_strdup_printf ("%s %" G_GOFFSET_FORMAT " %" G_GUINT64_FORMAT,
                          g_file_info_get_etag (info), g_file_info_get_size (info),
                          g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_UNIX_INODE));
}

static void
dismiss (TnWindow *self)
{
  if (self->disk_toast != NULL)
    adw_toast_dismiss (self->disk_toast);
}

static void
dismissed_cb (TnWindow *self, AdwToast *toast)
{
  if (self->disk_toast == toast)
    self->disk_toast = NULL;
}

/* Says it, once for each version. */
static void
tell_version (TnWindow *self, gboolean exists)
{
  AdwToast *toast
      = adw_toast_new (exists ? _ ("Another program has changed the file")
                              : _ ("The file was moved or deleted; Save writes it anew"));

  dismiss (self);
  adw_toast_set_timeout (toast, 0);
  if (exists)
    {
      adw_toast_set_button_label (toast, _ ("_Load It"));
      adw_toast_set_action_name (toast, "win.reload");
    }
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (dismissed_cb), self, G_CONNECT_SWAPPED);
  self->disk_toast = toast;
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
file_changed_cb (TnWindow *self)
{
  const char *path = tn_document_path (self->document);
  g_autofree char *version = path != NULL ? read_version (path) : NULL;

  if (path == NULL || g_strcmp0 (version, self->disk_version) == 0
      || g_strcmp0 (version, self->told_version) == 0)
    return;
  g_free (self->told_version);
  self->told_version = g_strdup (version);
  tell_version (self, version != NULL);
}

void
tn_window_watch_file (TnWindow *self)
{
  const char *path = tn_document_path (self->document);

  dismiss (self);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->disk_version, g_free);
  g_clear_pointer (&self->told_version, g_free);
  if (path == NULL)
    return;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  self->disk_version = read_version (path);
  self->told_version = g_strdup (self->disk_version);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (file_changed_cb), self,
                             G_CONNECT_SWAPPED);
}

gboolean
tn_window_is_file_foreign (TnWindow *self)
{
  const char *path = tn_document_path (self->document);
  g_autofree char *version = path != NULL ? read_version (path) : NULL;

  return version != NULL && g_strcmp0 (version, self->disk_version) != 0;
}

static void
reload (TnWindow *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (tn_document_path (self->document));

  tn_window_open_file (self, file);
}

static void
reload_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  if (tn_document_path (self->document) == NULL)
    return;
  if (!tn_document_is_modified (self->document))
    {
      reload (self);
      return;
    }
  g_autofree char *body = g_strdup_printf (
      _ ("“%s” has changes here that are not saved. Loading the file gives them up for good."),
      tn_document_title (self->document));
  tn_window_confirm (self, _ ("Load the File Again?"), body, _ ("_Load It"), reload);
}

void
tn_window_install_disk_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.reload", NULL, reload_action);
}
