/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The export dialog: its preview is drawn by the painter that writes the file. */
#include "app/tn-export-dialog.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "app/tn-picture.h"
#include "app/tn-settings.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"

struct _TnExportDialog
{
  AdwWindow parent;

  AdwToastOverlay *toasts;
  GtkDrawingArea *preview;
  AdwComboRow *format;
  AdwComboRow *scale;
  AdwComboRow *theme;
  AdwComboRow *direction;
  GtkSwitch *transparent;
  GtkLabel *size_label;

  TnGraph *graph;
  TnFacts *facts;
  char *title;    /* of the document: a name for the file */
  TnScene *scene; /* of the present choices */
  char *folder;   /* temporary, for the file that is dragged; NULL while there is none */
};

G_DEFINE_FINAL_TYPE (TnExportDialog, tn_export_dialog, ADW_TYPE_WINDOW)

static const char *const endings[] = {
  [TN_PICTURE_PNG] = "png",
  [TN_PICTURE_SVG] = "svg",
  [TN_PICTURE_PDF] = "pdf",
};

static const double scales[] = { 1, 2, 3, 4, 8 };

static TnPictureFormat
chosen_format (TnExportDialog *self)
{
  return (TnPictureFormat)MIN (adw_combo_row_get_selected (self->format), TN_PICTURE_PDF);
}

static TnPictureOptions
chosen_options (TnExportDialog *self)
{
  guint scale = MIN (adw_combo_row_get_selected (self->scale), G_N_ELEMENTS (scales) - 1);

  return (TnPictureOptions){ .scale = scales[scale],
                             .margin = TN_PICTURE_MARGIN,
                             .transparent = gtk_switch_get_active (self->transparent) };
}

static TnTheme
chosen_theme (TnExportDialog *self)
{
  return (TnTheme)MIN (adw_combo_row_get_selected (self->theme), TN_THEME_PRINT);
}

static void
update (TnExportDialog *self)
{
  TnSceneOptions options
      = { .theme = chosen_theme (self),
          .direction = adw_combo_row_get_selected (self->direction) == 1 ? TN_DIRECTION_RIGHT
                                                                         : TN_DIRECTION_DOWN };
  TnPictureOptions picture = chosen_options (self);

  if (self->graph == NULL)
    return;
  g_clear_pointer (&self->scene, tn_scene_unref);
  self->scene = tn_scene_new (self->graph, self->facts, &options);

  TnRect bounds = tn_scene_bounds (self->scene);
  g_autofree char *width
      = tn_text_count ((gint64)ceil ((bounds.width + 2 * picture.margin) * picture.scale));
  g_autofree char *height
      = tn_text_count ((gint64)ceil ((bounds.height + 2 * picture.margin) * picture.scale));
  /* Translators: width × height of a picture in pixels */
  g_autofree char *size = g_strdup_printf (_ ("%s × %s pixels"), width, height);
  gtk_label_set_label (self->size_label, size);
  gtk_widget_queue_draw (GTK_WIDGET (self->preview));
}

static void
changed_cb (TnExportDialog *self)
{
  update (self);
}

/* ---- the preview ---- */

/* What shines through a transparent picture. */
static void
draw_checks (cairo_t *cr, TnRect area)
{
  cairo_save (cr);
  cairo_rectangle (cr, area.x, area.y, area.width, area.height);
  cairo_clip (cr);
  cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, 0.18);
  for (int row = 0; row * 12 < area.height; row++)
    for (int column = row % 2; column * 12 < area.width; column += 2)
      cairo_rectangle (cr, area.x + column * 12, area.y + row * 12, 12, 12);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_preview (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  TnExportDialog *self = data;
  TnPictureOptions options = chosen_options (self);

  if (self->scene == NULL)
    return;
  TnRect bounds = tn_scene_bounds (self->scene);
  TnRect page = { bounds.x - options.margin, bounds.y - options.margin,
                  bounds.width + 2 * options.margin, bounds.height + 2 * options.margin };
  double zoom = MIN ((width - 16) / page.width, (height - 16) / page.height);
  zoom = CLAMP (zoom, 0.001, 2);
  TnRect shown = { (width - page.width * zoom) / 2, (height - page.height * zoom) / 2,
                   page.width * zoom, page.height * zoom };

  if (options.transparent)
    draw_checks (cr, shown);
  cairo_translate (cr, shown.x, shown.y);
  cairo_scale (cr, zoom, zoom);
  cairo_translate (cr, -page.x, -page.y);
  cairo_rectangle (cr, page.x, page.y, page.width, page.height);
  cairo_clip (cr);
  if (!options.transparent)
    tn_painter_background (tn_style_get (chosen_theme (self)), cr, page, zoom, FALSE);
  tn_painter_draw (self->scene, cr, page, 0);
}

static char *
file_name (TnExportDialog *self)
{
  g_autofree char *stem = g_strdup (self->title);

  if (g_str_has_suffix (stem, ".tenon"))
    stem[strlen (stem) - strlen (".tenon")] = '\0';
  g_strdelimit (stem, "/", '-');
  return g_strdup_printf ("%s.%s", stem, endings[chosen_format (self)]);
}

/* Some programs take files only. They may read it after the drop, so it lives as long as the
 * dialog. */
static GdkContentProvider *
file_content (TnExportDialog *self)
{
  TnPictureOptions options = chosen_options (self);

  if (self->folder == NULL)
    self->folder = g_dir_make_tmp ("tenon-XXXXXX", NULL);
  if (self->folder == NULL)
    return NULL;
  g_autofree char *name = file_name (self);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GBytes) bytes = tn_picture_render (self->scene, chosen_format (self), &options, NULL);
  if (bytes == NULL || !tn_picture_save (bytes, path, NULL))
    return NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { .data = file };
  GdkFileList *list = gdk_file_list_new_from_list (&files);
  GdkContentProvider *content = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);
  return content;
}

static GdkContentProvider *
drag_prepare_cb (TnExportDialog *self)
{
  TnPictureOptions options = chosen_options (self);
  GdkContentProvider *providers[2];
  gsize n_providers = 0;

  providers[n_providers] = tn_picture_content (self->scene, &options, NULL);
  if (providers[n_providers] != NULL)
    n_providers++;
  providers[n_providers] = file_content (self);
  if (providers[n_providers] != NULL)
    n_providers++;
  return n_providers > 0 ? gdk_content_provider_new_union (providers, n_providers) : NULL;
}

static void
drag_begin_cb (TnExportDialog *self, GdkDrag *drag, GtkDragSource *source)
{
  TnPictureOptions options = chosen_options (self);
  TnRect bounds = tn_scene_bounds (self->scene);
  double longest = MAX (MAX (bounds.width, bounds.height) + 2 * options.margin, 1);

  options.scale = MIN (1, 160 / longest);
  g_autoptr (GBytes) png = tn_picture_render (self->scene, TN_PICTURE_PNG, &options, NULL);
  g_autoptr (GdkTexture) icon = png != NULL ? gdk_texture_new_from_bytes (png, NULL) : NULL;
  if (icon != NULL)
    gtk_drag_source_set_icon (source, GDK_PAINTABLE (icon), 0, 0);
}

/* ---- saving and copying ---- */

static void
tell (TnExportDialog *self, const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

gboolean
tn_export_dialog_save (TnExportDialog *self, const char *path)
{
  g_return_val_if_fail (TN_IS_EXPORT_DIALOG (self) && path != NULL, FALSE);

  g_autoptr (GError) error = NULL;
  TnPictureOptions options = chosen_options (self);
  TnPictureFormat format = chosen_format (self);

  /* An ending that was typed is a wish as well. */
  tn_picture_format_from_name (path, &format);
  g_autoptr (GBytes) bytes = tn_picture_render (self->scene, format, &options, &error);
  if (bytes != NULL && tn_picture_save (bytes, path, &error))
    return TRUE;
  tell (self, error->message);
  return FALSE;
}

static void
save_response_cb (GtkNativeDialog *dialog, int response, TnExportDialog *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);
      g_autoptr (GSettings) settings = tn_settings_new ();
      g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

      if (path == NULL)
        tell (self, _ ("Pictures can only be saved on this computer."));
      else if (tn_export_dialog_save (self, path))
        {
          if (settings != NULL)
            g_settings_set_string (settings, "last-folder", folder);
          gtk_window_close (GTK_WINDOW (self));
        }
    }
  g_object_unref (dialog);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnExportDialog *self = TN_EXPORT_DIALOG (widget);
  g_autoptr (GSettings) settings = tn_settings_new ();
  g_autofree char *folder
      = settings != NULL ? g_settings_get_string (settings, "last-folder") : NULL;
  g_autofree char *suggested = file_name (self);
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Save the Picture"), GTK_WINDOW (self),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  if (folder != NULL && g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_autoptr (GFile) file = g_file_new_for_path (folder);
      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), file, NULL);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), suggested);
  g_signal_connect_object (dialog, "response", G_CALLBACK (save_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnExportDialog *self = TN_EXPORT_DIALOG (widget);
  g_autoptr (GError) error = NULL;
  TnPictureOptions options = chosen_options (self);
  g_autoptr (GdkContentProvider) content = tn_picture_content (self->scene, &options, &error);

  if (content == NULL)
    {
      tell (self, error->message);
      return;
    }
  gdk_clipboard_set_content (gtk_widget_get_clipboard (widget), content);
  tell (self, _ ("The picture is on the clipboard"));
}

/* ---- the widget ---- */

static void
remove_folder (TnExportDialog *self)
{
  if (self->folder == NULL)
    return;
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  for (const char *name; folder != NULL && (name = g_dir_read_name (folder)) != NULL;)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

static void
tn_export_dialog_dispose (GObject *object)
{
  TnExportDialog *self = TN_EXPORT_DIALOG (object);

  remove_folder (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_EXPORT_DIALOG);
  g_clear_pointer (&self->scene, tn_scene_unref);
  g_clear_pointer (&self->graph, tn_graph_unref);
  g_clear_pointer (&self->facts, tn_facts_unref);
  g_clear_pointer (&self->title, g_free);
  G_OBJECT_CLASS (tn_export_dialog_parent_class)->dispose (object);
}

static void
tn_export_dialog_class_init (TnExportDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = tn_export_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, format);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, scale);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, theme);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, direction);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, transparent);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, size_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_prepare_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_begin_cb);
  gtk_widget_class_install_action (widget_class, "export.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "export.copy", NULL, copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "export.save",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "export.copy",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tn_export_dialog_init (TnExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->preview, draw_preview, self, NULL);
}

GtkWidget *
tn_export_dialog_new (GtkWindow *parent, TnDocument *document, TnEngine *engine)
{
  g_return_val_if_fail (TN_IS_DOCUMENT (document) && TN_IS_ENGINE (engine), NULL);

  TnExportDialog *self = g_object_new (TN_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  const TnFacts *facts = tn_engine_facts (engine);
  self->graph = tn_graph_ref (tn_document_graph (document));
  self->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  self->title = g_strdup (tn_document_title (document));
  update (self);
  return GTK_WIDGET (self);
}

void
tn_export_dialog_set_format (TnExportDialog *self, TnPictureFormat format)
{
  g_return_if_fail (TN_IS_EXPORT_DIALOG (self));
  adw_combo_row_set_selected (self->format, (guint)format);
}
