/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's pictures: exporting, copying, printing, and dragging the model out of the window. */
#include "app/tn-window-private.h"

#include "app/tn-canvas-view.h"
#include "app/tn-export-dialog.h"
#include "app/tn-picture.h"
#include "app/tn-print.h"
#include "base/tn-i18n.h"

/* As the canvas shows it, but light: a dark picture is rarely wanted on a slide. */
static TnFigureOptions
shown_figure (TnWindow *self)
{
  return (TnFigureOptions){ .theme = TN_THEME_LIGHT,
                            .direction = tn_graph_direction (tn_document_graph (self->document)),
                            .parts = tn_figure_usual_parts (TN_FIGURE_BLOCKS),
                            .wires = tn_canvas_wires (self->canvas),
                            .heat = tn_canvas_heat (self->canvas),
                            .times = tn_canvas_times (self->canvas) };
}

static TnFigure *
figure_new (TnWindow *self)
{
  TnFigureOptions options = shown_figure (self);

  return tn_figure_new (tn_document_graph (self->document), tn_engine_facts (self->engine),
                        &options);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  TnFigureOptions shown = shown_figure (self);
  GtkWidget *dialog
      = tn_export_dialog_new (GTK_WINDOW (self), self->document, self->engine, &shown);

  gtk_window_present (GTK_WINDOW (dialog));
}

static void
copy_picture_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnFigure) figure = figure_new (self);
  TnPictureOptions picture = { .scale = 2, .margin = TN_PICTURE_MARGIN };
  g_autoptr (GdkContentProvider) content
      = tn_picture_content (figure, &picture, tn_document_graph (self->document), &error);

  if (content != NULL)
    {
      gdk_clipboard_set_content (gtk_widget_get_clipboard (widget), content);
      tn_window_tell (self, _ ("The picture is on the clipboard"));
    }
  else
    tn_window_tell (self, error->message);
}

static void
print_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  TnFigureOptions options = shown_figure (self);

  tn_print_run (GTK_WINDOW (self), tn_document_graph (self->document),
                tn_engine_facts (self->engine), &options, FALSE);
}

/* ---- dragging it out ---- */

static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source, double x, double y, TnWindow *self)
{
  TnPictureOptions options = { .scale = 2, .margin = TN_PICTURE_MARGIN };
  g_autoptr (TnFigure) figure = NULL;

  if (tn_graph_size (tn_document_graph (self->document)) == 0)
    return NULL;
  figure = figure_new (self);
  return tn_picture_drag_content (figure, TN_PICTURE_PNG, &options,
                                  tn_document_graph (self->document),
                                  tn_document_title (self->document));
}

static void
drag_begin_cb (GtkDragSource *source, GdkDrag *drag, TnWindow *self)
{
  TnPictureOptions options = { .scale = 1, .margin = TN_PICTURE_MARGIN };
  g_autoptr (TnFigure) figure = figure_new (self);
  g_autoptr (GdkPaintable) icon = tn_picture_icon (figure, &options);

  if (icon != NULL)
    gtk_drag_source_set_icon (source, icon, 0, 0);
}

void
tn_window_init_picture (TnWindow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  /* Before the button takes the press for a click. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (source), GTK_PHASE_CAPTURE);
  g_signal_connect (source, "prepare", G_CALLBACK (drag_prepare_cb), self);
  g_signal_connect (source, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  gtk_widget_add_controller (self->picture_button, GTK_EVENT_CONTROLLER (source));
}

void
tn_window_install_picture_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.export", NULL, export_action);
  gtk_widget_class_install_action (class, "win.copy-picture", NULL, copy_picture_action);
  gtk_widget_class_install_action (class, "win.print", NULL, print_action);
  gtk_widget_class_add_binding_action (class, GDK_KEY_p, GDK_CONTROL_MASK, "win.print", NULL);
}
