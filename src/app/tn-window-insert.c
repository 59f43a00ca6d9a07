/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inserting another model as a group of this one, so that both are judged together. */
#include "app/tn-window-private.h"
#include "base/tn-i18n.h"
#include "formats/tn-format.h"

#define ROOM_ABOVE 260 /* from what is there to the middle of what comes */

gboolean
tn_window_insert_model (TnWindow *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) model = NULL;
  g_autoptr (TnReport) report = tn_report_new ();
  TnRect bounds = tn_scene_bounds (tn_canvas_scene (self->canvas));
  TnNodeId created = TN_NODE_NONE;
  TnEditArgs args = { .text = name, .created = &created };
  char *dot = strrchr (name, '.');

  if (path != NULL)
    model = tn_format_read (path, NULL, &error);
  if (model == NULL)
    {
      tn_window_tell (self,
                      error != NULL ? error->message : _ ("This file is not on this computer."));
      return FALSE;
    }
  if (dot != NULL && dot != name)
    *dot = '\0';
  args.graph = model;
  args.x = bounds.x + bounds.width / 2;
  args.y = bounds.y + bounds.height + ROOM_ABOVE;
  if (!tn_document_apply (self->document, &tn_edit_insert_model, &args, report))
    {
      if (tn_report_first (report) != NULL)
        tn_window_tell (self, tn_report_first (report));
      return FALSE;
    }
  tn_canvas_reveal (self->canvas, created);
  return TRUE;
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    tn_window_insert_model (TN_WINDOW (user_data), file);
  g_object_unref (dialog);
}

static void
insert_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Insert a Model"), GTK_WINDOW (widget),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Insert"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) models = gtk_file_filter_new ();

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_filter_set_name (models, _ ("Models (.tenon, Keras .json)"));
  gtk_file_filter_add_pattern (models, "*.tenon");
  gtk_file_filter_add_pattern (models, "*.json");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), models);
  tn_window_set_folder (GTK_FILE_CHOOSER (dialog));
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
tn_window_install_insert_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.insert-model", NULL, insert_action);
}
