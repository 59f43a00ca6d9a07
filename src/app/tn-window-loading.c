/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening what takes long: it is read and laid out in the background, and can be stopped. */
#include "app/tn-window-private.h"

#include <glib/gstdio.h>

#include "base/tn-i18n.h"

/* What is smaller (bytes) is there before one could read that it is being read. */
#define LARGE (512 * 1024)

/* Counted: the window's and the thread's, who does not know of the window. */
typedef struct
{
  char *path;
  TnDocument *document; /* of the thread until it is done */
} Load;

/* One that is under way. */
struct _TnWindowLoading
{
  TnChore *chore;
  Load *load;
  GFile *file;
  guint64 generation; /* of the document that it is to take the place of */
  GtkWidget *page;
};

static void
load_clear (gpointer data)
{
  Load *load = data;

  g_free (load->path);
  g_clear_object (&load->document);
}

static void
load_release (gpointer load)
{
  g_atomic_rc_box_release_full (load, load_clear);
}

static gboolean
load_work (gpointer data, GCancellable *cancellable, GError **error)
{
  Load *load = data;

  load->document = tn_document_open (load->path, error);
  return load->document != NULL;
}

gboolean
tn_window_takes_long (const char *path)
{
  GStatBuf status;

  /* A pipe may never say anything. */
  return g_stat (path, &status) == 0 && (!S_ISREG (status.st_mode) || status.st_size > LARGE)
         && !S_ISDIR (status.st_mode);
}

void
tn_window_stop_loading (TnWindow *self)
{
  TnWindowLoading *loading = g_steal_pointer (&self->loading);

  if (loading == NULL)
    return;
  tn_chore_free (loading->chore);
  load_release (loading->load);
  g_object_unref (loading->file);
  gtk_overlay_remove_overlay (GTK_OVERLAY (gtk_widget_get_parent (loading->page)), loading->page);
  g_free (loading);
}

typedef struct
{
  TnDocument *document;
  GFile *file;
} Loaded;

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  g_object_unref (loaded->document);
  g_object_unref (loaded->file);
  g_free (loaded);
}

static void
show_then (TnWindow *self, gpointer data)
{
  const Loaded *loaded = data;

  tn_window_set_opened (self, loaded->document, loaded->file);
}

static void
loaded_cb (TnChore *chore, const GError *error, gpointer user_data)
{
  TnWindow *self = user_data;
  TnWindowLoading *loading = self->loading;
  Loaded *loaded;

  if (error != NULL)
    {
      tn_window_tell_failure (self, _ ("The File Cannot Be Opened"), error->message);
      tn_window_stop_loading (self);
      return;
    }
  loaded = g_new (Loaded, 1);
  loaded->document = g_object_ref (loading->load->document);
  loaded->file = g_object_ref (loading->file);
  /* What was done here in the meantime is asked about like any other change. */
  if (loading->generation == tn_document_generation (self->document))
    {
      tn_window_stop_loading (self);
      show_then (self, loaded);
      loaded_free (loaded);
      return;
    }
  tn_window_stop_loading (self);
  tn_window_ask_unsaved (self, show_then, loaded, loaded_free);
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  tn_window_stop_loading (user_data);
  return GDK_EVENT_STOP;
}

/* A card in the middle of the canvas. */
static GtkWidget *
page_new (TnWindow *self, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  /* Translators: while a large file is opened; %s is its name. */
  g_autofree char *text = g_strdup_printf (_ ("Reading “%s”…"), name);
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *spinner = gtk_spinner_new ();
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *stop = gtk_button_new_with_mnemonic (_ ("_Stop"));
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_widget_add_css_class (page, "loading");
  gtk_widget_add_css_class (page, "osd");
  gtk_widget_add_css_class (page, "toolbar");
  gtk_widget_set_halign (page, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (page, GTK_ALIGN_CENTER);
  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_box_append (GTK_BOX (page), spinner);
  gtk_box_append (GTK_BOX (page), label);
  gtk_box_append (GTK_BOX (page), stop);
  g_signal_connect_object (stop, "clicked", G_CALLBACK (tn_window_stop_loading), self,
                           G_CONNECT_SWAPPED);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_callback_action_new (escape_cb, self, NULL)));
  gtk_widget_add_controller (page, keys);
  return page;
}

void
tn_window_load (TnWindow *self, GFile *file, const char *path)
{
  TnWindowLoading *loading = g_new0 (TnWindowLoading, 1);
  GtkWidget *overlay = adw_bin_get_child (ADW_BIN (self->stage));

  tn_window_stop_loading (self);
  self->loading = loading;
  loading->load = g_atomic_rc_box_new0 (Load);
  loading->load->path = g_strdup (path);
  loading->file = g_object_ref (file);
  loading->generation = tn_document_generation (self->document);
  loading->page = page_new (self, path);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), loading->page);
  gtk_widget_grab_focus (gtk_widget_get_last_child (loading->page));
  loading->chore = tn_chore_start (load_work, g_atomic_rc_box_acquire (loading->load), load_release,
                                   loaded_cb, self);
}
