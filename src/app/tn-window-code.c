/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model as code: into a file, or onto the clipboard. */
#include <string.h>

#include "app/tn-window-private.h"

#include "base/tn-i18n.h"
#include "codegen/tn-code.h"
#include "formats/tn-format.h"

/* In the file chooser: what is to be written. */
#define CHOICE "target"

/* The text of the model as it is now, or NULL after people were told why not. */
static GString *
write_code (TnWindow *self, const TnCodeTarget *target, const char *failure)
{
  g_autoptr (GError) error = NULL;
  /* The engine may not be done with the latest edit. */
  g_autoptr (TnFacts) facts
      = tn_infer (tn_document_graph (self->document), tn_engine_facts (self->engine), NULL);
  GString *text = tn_code_write (target, facts, &error);

  if (text == NULL)
    tn_window_tell_failure (self, failure, error->message);
  return text;
}

gboolean
tn_window_export_code (TnWindow *self, const TnCodeTarget *target, const char *path)
{
  g_return_val_if_fail (TN_IS_WINDOW (self) && target != NULL && path != NULL, FALSE);

  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GString *text = write_code (self, target, _ ("The Code Was Not Exported"));
  if (text == NULL)
    return FALSE;
  bytes = g_string_free_to_bytes (text);
  if (!tn_format_save (bytes, path, &error))
    {
      tn_window_tell_failure (self, _ ("The Code Was Not Exported"), error->message);
      return FALSE;
    }
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *done = g_strdup_printf (_ ("Exported as %s"), name);
  tn_window_tell (self, done);
  return TRUE;
}

/* A name with an ending says what is wanted, unless the chosen target has that ending as well; one
 * without gets the ending of the chosen target. */
static const TnCodeTarget *
settle_target (const TnCodeTarget *chosen, char **path)
{
  g_autofree char *name = g_path_get_basename (*path);
  const char *dot = strrchr (name, '.');
  const TnCodeTarget *named = dot != NULL ? tn_code_find_ending (dot + 1) : NULL;

  if (named != NULL)
    return g_ascii_strcasecmp (dot + 1, chosen->ending) == 0 ? chosen : named;
  if (dot == NULL)
    {
      g_autofree char *longer = g_strdup_printf ("%s.%s", *path, chosen->ending);

      /* The chooser has asked about overwriting the other name only. */
      if (!g_file_test (longer, G_FILE_TEST_EXISTS))
        {
          g_free (*path);
          *path = g_steal_pointer (&longer);
        }
    }
  return chosen;
}

static void
export_response_cb (GtkNativeDialog *dialog, int response, TnWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      const char *choice = gtk_file_chooser_get_choice (GTK_FILE_CHOOSER (dialog), CHOICE);
      const TnCodeTarget *target = choice != NULL ? tn_code_find (choice) : NULL;
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);

      if (target == NULL)
        target = tn_code_targets ()[0];
      if (path != NULL)
        {
          target = settle_target (target, &path);
          tn_window_export_code (self, target, path);
        }
      else
        tn_window_tell_failure (self, _ ("The Code Was Not Exported"),
                                _ ("Code can only be saved on this computer."));
    }
  g_object_unref (dialog);
}

static void
add_targets (GtkFileChooser *chooser)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new (),
                        labels = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; tn_code_targets ()[i] != NULL; i++)
    {
      const TnCodeTarget *target = tn_code_targets ()[i];

      g_ptr_array_add (names, (gpointer)target->name);
      g_ptr_array_add (labels, g_strdup_printf ("%s (.%s)", _ (target->label), target->ending));
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (labels, NULL);
  gtk_file_chooser_add_choice (chooser, CHOICE, _ ("Write"), (const char **)names->pdata,
                               (const char **)labels->pdata);
  gtk_file_chooser_set_choice (chooser, CHOICE, tn_code_targets ()[0]->name);
}

static void
export_code_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  g_autofree char *file = g_strdup_printf ("%s.%s", tn_document_title (self->document),
                                           tn_code_targets ()[0]->ending);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Export Code"), GTK_WINDOW (widget),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));

  g_strdelimit (file, "/", '-');
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  add_targets (GTK_FILE_CHOOSER (dialog));
  tn_window_set_folder (GTK_FILE_CHOOSER (dialog));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), file);
  g_signal_connect_object (dialog, "response", G_CALLBACK (export_response_cb), widget, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
copy_code_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  GString *text = write_code (self, tn_code_find ("keras-code"), _ ("The Code Was Not Copied"));

  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
  tn_window_tell (self, _ ("The Keras code is on the clipboard"));
  g_string_free (text, TRUE);
}

void
tn_window_install_code_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.export-code", NULL, export_code_action);
  gtk_widget_class_install_action (class, "win.copy-code", NULL, copy_code_action);
}
