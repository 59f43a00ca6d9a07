/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The export dialog: its preview is drawn by the painter that writes the file. */
#include "app/tn-export-dialog.h"

#include <math.h>

#include "app/tn-accessible.h"
#include "app/tn-picture.h"
#include "app/tn-print.h"
#include "app/tn-settings.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "engine/tn-chore.h"

#define MM_PER_UNIT (25.4 / 96)

struct _TnExportDialog
{
  AdwWindow parent;

  AdwToastOverlay *toasts;
  GtkDrawingArea *preview;
  AdwComboRow *style;
  AdwComboRow *theme;
  AdwComboRow *direction;
  AdwComboRow *wires_row;
  AdwComboRow *heat_row;
  AdwComboRow *layers;
  GtkCheckButton *shapes;
  GtkCheckButton *kernels;
  GtkCheckButton *names;
  GtkCheckButton *parameters;
  GtkCheckButton *legend;
  GtkCheckButton *model_title;
  AdwComboRow *format;
  AdwComboRow *scale;
  AdwComboRow *sheet;
  AdwComboRow *orientation;
  GtkWidget *spread_row;
  GtkSwitch *spread;
  GtkSwitch *transparent;
  GtkSwitch *with_model;
  GtkLabel *size_label;
  GtkRevealer *busy;

  TnGraph *graph;
  TnFacts *facts;
  GArray *selection; /* of TnNodeId */
  GArray *times;     /* may be NULL */
  char *title;       /* of the document: a name for the file */
  TnFigure *figure;  /* of the present choices */
  TnPages pages;     /* of a PDF */
  guint parts[2];    /* what each style shows */
  guint page;        /* of several, which is previewed */
  gboolean is_filling;
  TnChore *chore; /* a picture that is being written */
};

G_DEFINE_FINAL_TYPE (TnExportDialog, tn_export_dialog, ADW_TYPE_WINDOW)

static const double scales[] = { 1, 2, 300 / 96.0, 4, 600 / 96.0, 8 };

/* ---- what is chosen ---- */

static TnPictureFormat
chosen_format (TnExportDialog *self)
{
  return (TnPictureFormat)MIN (adw_combo_row_get_selected (self->format), TN_PICTURE_PDF);
}

static TnFigureStyle
chosen_style (TnExportDialog *self)
{
  return adw_combo_row_get_selected (self->style) == 1 ? TN_FIGURE_VOLUMES : TN_FIGURE_BLOCKS;
}

static TnPictureOptions
chosen_options (TnExportDialog *self)
{
  guint scale = MIN (adw_combo_row_get_selected (self->scale), G_N_ELEMENTS (scales) - 1);

  return (TnPictureOptions){
    .scale = scales[scale],
    .margin = TN_PICTURE_MARGIN,
    .transparent = gtk_switch_get_active (self->transparent),
    .sheet = (TnSheet)MIN (adw_combo_row_get_selected (self->sheet), TN_SHEET_SLIDE),
    .orientation
    = (TnOrientation)MIN (adw_combo_row_get_selected (self->orientation), TN_ORIENTATION_LANDSCAPE),
    .spread = gtk_switch_get_active (self->spread),
  };
}

static TnFigureOptions
chosen_figure (TnExportDialog *self)
{
  gboolean only = adw_combo_row_get_selected (self->layers) == 1 && self->selection->len > 0;

  return (TnFigureOptions){
    .style = chosen_style (self),
    .theme = (TnTheme)MIN (adw_combo_row_get_selected (self->theme), TN_THEME_MONO),
    .direction
    = adw_combo_row_get_selected (self->direction) == 1 ? TN_DIRECTION_RIGHT : TN_DIRECTION_DOWN,
    .parts = self->parts[chosen_style (self)],
    .only = only ? self->selection : NULL,
    .wires = (TnWires)MIN (adw_combo_row_get_selected (self->wires_row), TN_WIRES_ORTHOGONAL),
    .heat = MIN (adw_combo_row_get_selected (self->heat_row), TN_HEAT_TIME),
    .times = self->times,
  };
}

static const TnGraph *
carried_model (TnExportDialog *self)
{
  return gtk_switch_get_active (self->with_model) ? self->graph : NULL;
}

/* ---- what was chosen the last time ---- */

/* Rows by the key under which their number is kept. */
typedef struct
{
  const char *key;
  AdwComboRow *row;
} RowKey;

#define ROW_KEYS(self)                                                                             \
  {                                                                                                \
    { "theme", (self)->theme }, { "format", (self)->format }, { "scale", (self)->scale },          \
        { "sheet", (self)->sheet }, { "orientation", (self)->orientation },                        \
        { "style", (self)->style },                                                                \
  }

static void
remember (TnExportDialog *self)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  const RowKey rows[] = ROW_KEYS (self);
  GVariantDict dict;

  if (settings == NULL)
    return;
  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_variant_dict_insert (&dict, rows[i].key, "u", adw_combo_row_get_selected (rows[i].row));
  g_variant_dict_insert (&dict, "blocks", "u", self->parts[TN_FIGURE_BLOCKS]);
  g_variant_dict_insert (&dict, "volumes", "u", self->parts[TN_FIGURE_VOLUMES]);
  g_variant_dict_insert (&dict, "transparent", "b", gtk_switch_get_active (self->transparent));
  g_variant_dict_insert (&dict, "spread", "b", gtk_switch_get_active (self->spread));
  g_variant_dict_insert (&dict, "model", "b", gtk_switch_get_active (self->with_model));
  g_settings_set_value (settings, "export", g_variant_dict_end (&dict));
}

static void
recall_switch (const GVariantDict *dict, const char *key, GtkSwitch *row)
{
  gboolean active;

  if (g_variant_dict_lookup ((GVariantDict *)dict, key, "b", &active))
    gtk_switch_set_active (row, active);
}

static void
recall (TnExportDialog *self)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  g_autoptr (GVariant) saved = settings != NULL ? g_settings_get_value (settings, "export") : NULL;
  const RowKey rows[] = ROW_KEYS (self);
  GVariantDict dict;
  guint number;

  if (saved == NULL)
    return;
  g_variant_dict_init (&dict, saved);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_variant_dict_lookup (&dict, rows[i].key, "u", &number)
        && number < g_list_model_get_n_items (adw_combo_row_get_model (rows[i].row)))
      adw_combo_row_set_selected (rows[i].row, number);
  g_variant_dict_lookup (&dict, "blocks", "u", &self->parts[TN_FIGURE_BLOCKS]);
  g_variant_dict_lookup (&dict, "volumes", "u", &self->parts[TN_FIGURE_VOLUMES]);
  recall_switch (&dict, "transparent", self->transparent);
  recall_switch (&dict, "spread", self->spread);
  recall_switch (&dict, "model", self->with_model);
  g_variant_dict_clear (&dict);
}

/* ---- following the choices ---- */

typedef struct
{
  guint part;
  GtkCheckButton *button;
} PartButton;

#define PART_BUTTONS(self)                                                                         \
  {                                                                                                \
    { TN_PART_SHAPES, (self)->shapes }, { TN_PART_KERNELS, (self)->kernels },                      \
        { TN_PART_NAMES, (self)->names }, { TN_PART_PARAMETERS, (self)->parameters },              \
        { TN_PART_LEGEND, (self)->legend }, { TN_PART_TITLE, (self)->model_title },                \
  }

static void
show_parts (TnExportDialog *self)
{
  const PartButton buttons[] = PART_BUTTONS (self);

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_check_button_set_active (buttons[i].button,
                                 (self->parts[chosen_style (self)] & buttons[i].part) != 0);
}

/* "1,024 × 768 pixels" and "271 × 203 mm", or the paper and how many sheets of it. */
static char *
size_text (TnExportDialog *self, const TnPictureOptions *options)
{
  TnRect area = tn_picture_area (self->figure, options);
  double inch = options->scale * 96;
  g_autofree char *mm
      /* Translators: width × height of a picture on paper */
      = g_strdup_printf (_ ("%.0f × %.0f mm"), area.width * MM_PER_UNIT * options->scale,
                         area.height * MM_PER_UNIT * options->scale);

  if (chosen_format (self) == TN_PICTURE_PNG)
    {
      g_autofree char *width = tn_text_count ((gint64)ceil (area.width * options->scale));
      g_autofree char *height = tn_text_count ((gint64)ceil (area.height * options->scale));
      /* Translators: width × height of a picture in pixels */
      g_autofree char *pixels = g_strdup_printf (_ ("%s × %s pixels"), width, height);
      g_autofree char *paper
          /* Translators: width × height in millimetres, at so many dots per inch */
          = g_strdup_printf (_ ("%.0f × %.0f mm at %.0f dpi"), area.width * MM_PER_UNIT,
                             area.height * MM_PER_UNIT, inch);

      return g_strdup_printf ("%s\n%s", pixels, paper);
    }
  if (chosen_format (self) == TN_PICTURE_PDF && options->sheet != TN_SHEET_DRAWING)
    {
      guint n = self->pages.columns * self->pages.rows;
      g_autofree char *sheet = g_strdup_printf (_ ("%.0f × %.0f mm"), self->pages.width * 25.4 / 72,
                                                self->pages.height * 25.4 / 72);
      g_autofree char *count = g_strdup_printf (ngettext ("%u page", "%u pages", n), n);

      return g_strdup_printf ("%s\n%s", sheet, count);
    }
  return g_steal_pointer (&mm);
}

static void
update (TnExportDialog *self)
{
  TnFigureOptions figure = chosen_figure (self);
  TnPictureOptions picture = chosen_options (self);
  gboolean pdf = chosen_format (self) == TN_PICTURE_PDF;
  gboolean paper = pdf && picture.sheet != TN_SHEET_DRAWING;
  g_autofree char *size = NULL;

  if (self->graph == NULL || self->is_filling)
    return;
  g_clear_pointer (&self->figure, tn_figure_unref);
  self->figure = tn_figure_new (self->graph, self->facts, &figure);
  self->pages = tn_pages_for (self->figure, &picture);
  self->page = MIN (self->page, self->pages.columns * self->pages.rows - 1);
  gtk_widget_set_visible (GTK_WIDGET (self->wires_row), figure.style == TN_FIGURE_BLOCKS);
  gtk_widget_set_visible (GTK_WIDGET (self->heat_row), figure.style == TN_FIGURE_BLOCKS);
  gtk_widget_set_visible (GTK_WIDGET (self->sheet), pdf);
  gtk_widget_set_visible (GTK_WIDGET (self->orientation), paper);
  gtk_widget_set_visible (self->spread_row, paper);
  gtk_widget_set_sensitive (GTK_WIDGET (self->scale), !paper || picture.spread);
  size = size_text (self, &picture);
  gtk_label_set_label (self->size_label, size);
  gtk_widget_queue_draw (GTK_WIDGET (self->preview));
}

static void
changed_cb (TnExportDialog *self)
{
  update (self);
}

static void
parts_changed_cb (TnExportDialog *self)
{
  const PartButton buttons[] = PART_BUTTONS (self);
  guint parts = 0;

  if (self->is_filling)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    if (gtk_check_button_get_active (buttons[i].button))
      parts |= buttons[i].part;
  self->parts[chosen_style (self)] = parts;
  update (self);
}

/* Each style flows its own way and shows its own parts until people choose otherwise. */
static void
style_changed_cb (TnExportDialog *self)
{
  gboolean was_filling = self->is_filling;

  if (self->graph == NULL)
    return;
  self->is_filling = TRUE;
  adw_combo_row_set_selected (self->direction,
                              tn_figure_usual_direction (chosen_style (self), self->graph)
                                  == TN_DIRECTION_RIGHT);
  show_parts (self);
  self->is_filling = was_filling;
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
  gboolean pdf = chosen_format (self) == TN_PICTURE_PDF;
  double zoom;

  if (self->figure == NULL)
    return;
  TnRect page = tn_picture_area (self->figure, &options);
  if (pdf)
    page = (TnRect){ 0, 0, self->pages.width, self->pages.height };
  zoom = MIN ((width - 16) / page.width, (height - 16) / page.height);
  zoom = CLAMP (zoom, 0.001, 2);
  TnRect shown = { (width - page.width * zoom) / 2, (height - page.height * zoom) / 2,
                   page.width * zoom, page.height * zoom };

  if (options.transparent)
    draw_checks (cr, shown);
  /* Where the picture ends, which white on white does not show. */
  cairo_rectangle (cr, shown.x - 0.5, shown.y - 0.5, shown.width + 1, shown.height + 1);
  cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, 0.5);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  cairo_translate (cr, shown.x, shown.y);
  cairo_scale (cr, zoom, zoom);
  cairo_translate (cr, -page.x, -page.y);
  cairo_rectangle (cr, page.x, page.y, page.width, page.height);
  cairo_clip (cr);
  if (pdf)
    {
      tn_pages_draw (&self->pages, self->figure, cr, self->page, !options.transparent);
      return;
    }
  if (!options.transparent)
    tn_painter_background (tn_figure_style (self->figure), cr, page, zoom, FALSE);
  tn_figure_draw (self->figure, cr, page);
}

/* A click turns the page. */
static void
turn_cb (TnExportDialog *self)
{
  guint n = self->pages.columns * self->pages.rows;

  if (chosen_format (self) != TN_PICTURE_PDF || n < 2)
    return;
  self->page = (self->page + 1) % n;
  gtk_widget_queue_draw (GTK_WIDGET (self->preview));
}

static GdkContentProvider *
drag_prepare_cb (TnExportDialog *self)
{
  TnPictureOptions options = chosen_options (self);

  return tn_picture_drag_content (self->figure, chosen_format (self), &options,
                                  carried_model (self), self->title);
}

static void
drag_begin_cb (TnExportDialog *self, GdkDrag *drag, GtkDragSource *source)
{
  TnPictureOptions options = chosen_options (self);
  g_autoptr (GdkPaintable) icon = tn_picture_icon (self->figure, &options);

  if (icon != NULL)
    gtk_drag_source_set_icon (source, icon, 0, 0);
}

/* ---- saving and copying ---- */

static void
tell (TnExportDialog *self, const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

/* All that the thread needs; nothing of it is anybody else's. */
typedef struct
{
  TnGraph *graph;
  TnFacts *facts;
  GArray *only, *times;
  TnFigureOptions figure;
  TnPictureOptions picture;
  TnPictureFormat format;
  gboolean with_model;
  char *path;
} SaveWork;

static void
save_work_free (gpointer data)
{
  SaveWork *work = data;

  tn_graph_unref (work->graph);
  g_clear_pointer (&work->facts, tn_facts_unref);
  g_clear_pointer (&work->only, g_array_unref);
  g_clear_pointer (&work->times, g_array_unref);
  g_free (work->path);
  g_free (work);
}

static gboolean
save_work (gpointer data, GCancellable *cancellable, GError **error)
{
  SaveWork *work = data;
  g_autoptr (TnFigure) figure = tn_figure_new (work->graph, work->facts, &work->figure);
  g_autoptr (GBytes) bytes = tn_picture_make (figure, work->format, &work->picture,
                                              work->with_model ? work->graph : NULL, error);

  if (bytes == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return tn_picture_save (bytes, work->path, error);
}

static void
end_busy (TnExportDialog *self)
{
  g_clear_pointer (&self->chore, tn_chore_free);
  gtk_revealer_set_reveal_child (self->busy, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.save", TRUE);
}

static void
saved_cb (TnChore *chore, const GError *error, gpointer data)
{
  TnExportDialog *self = data;

  end_busy (self);
  if (error != NULL)
    tell (self, error->message);
  else
    gtk_window_close (GTK_WINDOW (self));
}

void
tn_export_dialog_save (TnExportDialog *self, const char *path)
{
  g_return_if_fail (TN_IS_EXPORT_DIALOG (self) && path != NULL);

  if (self->chore != NULL)
    return;
  SaveWork *work = g_new0 (SaveWork, 1);
  work->graph = tn_graph_ref (self->graph);
  work->facts = self->facts != NULL ? tn_facts_ref (self->facts) : NULL;
  work->only = g_array_ref (self->selection);
  work->times = self->times != NULL ? g_array_ref (self->times) : NULL;
  work->figure = chosen_figure (self);
  work->picture = chosen_options (self);
  work->format = chosen_format (self);
  work->with_model = carried_model (self) != NULL;
  work->path = g_strdup (path);
  /* An ending that was typed is a wish as well. */
  tn_picture_format_from_name (path, &work->format);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.save", FALSE);
  gtk_revealer_set_reveal_child (self->busy, TRUE);
  remember (self);
  self->chore = tn_chore_start (save_work, work, save_work_free, saved_cb, self);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  end_busy (TN_EXPORT_DIALOG (widget));
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
      else
        {
          if (settings != NULL)
            g_settings_set_string (settings, "last-folder", folder);
          tn_export_dialog_save (self, path);
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
  g_autofree char *suggested = tn_picture_file_name (self->title, chosen_format (self));
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
  g_autoptr (GdkContentProvider) content
      = tn_picture_content (self->figure, &options, carried_model (self), &error);

  if (content == NULL)
    {
      tell (self, error->message);
      return;
    }
  remember (self);
  gdk_clipboard_set_content (gtk_widget_get_clipboard (widget), content);
  tell (self, _ ("The picture is on the clipboard"));
}

/* ---- the widget ---- */

static void
print_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnExportDialog *self = TN_EXPORT_DIALOG (widget);
  TnFigureOptions options = chosen_figure (self);

  remember (self);
  tn_print_run (GTK_WINDOW (self), self->graph, self->facts, &options,
                gtk_switch_get_active (self->spread));
}

static void
tn_export_dialog_dispose (GObject *object)
{
  TnExportDialog *self = TN_EXPORT_DIALOG (object);

  g_clear_pointer (&self->chore, tn_chore_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_EXPORT_DIALOG);
  g_clear_pointer (&self->figure, tn_figure_unref);
  g_clear_pointer (&self->selection, g_array_unref);
  g_clear_pointer (&self->times, g_array_unref);
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
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, style);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, theme);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, direction);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, wires_row);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, heat_row);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, layers);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, shapes);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, kernels);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, names);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, parameters);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, legend);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, model_title);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, format);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, scale);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, sheet);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, orientation);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, spread_row);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, spread);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, transparent);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, with_model);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, size_label);
  gtk_widget_class_bind_template_child (widget_class, TnExportDialog, busy);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, parts_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, style_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, turn_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_prepare_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_begin_cb);
  gtk_widget_class_install_action (widget_class, "export.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "export.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "export.print", NULL, print_action);
  gtk_widget_class_install_action (widget_class, "export.stop", NULL, stop_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "export.save",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "export.copy",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "export.print",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tn_export_dialog_init (TnExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tn_accessible_name_mnemonics (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->preview, draw_preview, self, NULL);
  self->parts[TN_FIGURE_BLOCKS] = tn_figure_usual_parts (TN_FIGURE_BLOCKS);
  self->parts[TN_FIGURE_VOLUMES] = tn_figure_usual_parts (TN_FIGURE_VOLUMES);
}

/* Time only where something was run. */
static void
offer_heats (TnExportDialog *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  gtk_string_list_append (labels, _ ("Kind of layer"));
  for (TnHeat heat = TN_HEAT_PARAMS; heat < TN_N_HEATS; heat++)
    if (heat != TN_HEAT_TIME || self->times != NULL)
      gtk_string_list_append (labels, tn_heat_label (heat));
  adw_combo_row_set_model (self->heat_row, G_LIST_MODEL (labels));
}

GtkWidget *
tn_export_dialog_new (GtkWindow *parent, TnDocument *document, TnEngine *engine,
                      const TnFigureOptions *shown)
{
  g_return_val_if_fail (TN_IS_DOCUMENT (document) && TN_IS_ENGINE (engine), NULL);

  TnExportDialog *self = g_object_new (TN_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  const TnFacts *facts = tn_engine_facts (engine);
  self->is_filling = TRUE;
  self->graph = tn_graph_ref (tn_document_graph (document));
  self->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  self->selection = g_array_copy ((GArray *)tn_document_selection (document));
  if (shown != NULL)
    self->times = shown->times != NULL ? g_array_copy ((GArray *)shown->times) : NULL;
  offer_heats (self);
  if (shown != NULL)
    {
      adw_combo_row_set_selected (self->wires_row, (guint)shown->wires);
      adw_combo_row_set_selected (self->heat_row, (guint)shown->heat);
    }
  self->title = g_strdup (tn_document_title (document));
  gtk_widget_set_visible (GTK_WIDGET (self->layers), self->selection->len > 0);
  recall (self);
  style_changed_cb (self);
  self->is_filling = FALSE;
  update (self);
  return GTK_WIDGET (self);
}

void
tn_export_dialog_set_format (TnExportDialog *self, TnPictureFormat format)
{
  g_return_if_fail (TN_IS_EXPORT_DIALOG (self));
  adw_combo_row_set_selected (self->format, (guint)format);
}

const TnFigure *
tn_export_dialog_figure (TnExportDialog *self)
{
  g_return_val_if_fail (TN_IS_EXPORT_DIALOG (self), NULL);
  return self->figure;
}
