/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's copy of unsaved changes, for a crash. */
#include "app/tn-window-private.h"

#include "app/tn-settings.h"
#include "base/tn-i18n.h"

static void
failed_cb (const char *message, gpointer data)
{
  tn_window_tell (data, message);
}

static gboolean
is_wanted (void)
{
  g_autoptr (GSettings) settings = tn_settings_new ();

  return settings == NULL || g_settings_get_boolean (settings, "keep-copies");
}

void
tn_window_keep_copy (TnWindow *self, TnRecovery *copy)
{
  g_autofree char *folder = tn_recovery_folder ();

  /* First the old one: who replaces a document has saved its changes or given them up. */
  g_clear_pointer (&self->autosave, tn_autosave_free);
  /* What was lost once stays safe until it is saved, whatever is wished for other changes. */
  if (copy != NULL || is_wanted ())
    self->autosave = tn_autosave_new (self->document, folder, copy, failed_cb, self);
}

static void
wish_changed_cb (TnWindow *self)
{
  if (is_wanted () != (self->autosave != NULL))
    tn_window_keep_copy (self, NULL);
}

void
tn_window_init_recovery (TnWindow *self)
{
  self->copy_settings = tn_settings_new ();
  if (self->copy_settings != NULL)
    g_signal_connect_object (self->copy_settings, "changed::keep-copies",
                             G_CALLBACK (wish_changed_cb), self, G_CONNECT_SWAPPED);
}

void
tn_window_flush (TnWindow *self)
{
  g_return_if_fail (TN_IS_WINDOW (self));
  if (self->autosave != NULL)
    tn_autosave_flush (self->autosave);
}

gboolean
tn_window_recover (TnWindow *self, TnRecovery *copy)
{
  g_return_val_if_fail (TN_IS_WINDOW (self) && copy != NULL, FALSE);

  g_autoptr (GError) error = NULL;
  g_autoptr (TnDocument) document = tn_recovery_open (copy, &error);
  if (document == NULL)
    {
      tn_window_tell_failure (self, _ ("Unsaved Changes Cannot Be Recovered"), error->message);
      return FALSE;
    }
  tn_window_set_document (self, document);
  tn_window_keep_copy (self, copy);

  AdwToast *toast = adw_toast_new (_ ("Tenon ended unexpectedly; your changes are back"));
  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
  return TRUE;
}
