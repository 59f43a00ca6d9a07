/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A print is the figure in the colours of print, fitted on a sheet or spread over several. */
#include "app/tn-print.h"

#include "base/tn-i18n.h"

#define SETTINGS_KEY "tenon-print-settings"
#define SETUP_KEY    "tenon-page-setup"

typedef struct
{
  TnFigure *figure;
  gboolean spread;
  TnPages pages;
} Print;

static void
print_free (gpointer data)
{
  Print *print = data;

  tn_figure_unref (print->figure);
  g_free (print);
}

static void
begin_print_cb (GtkPrintOperation *operation, GtkPrintContext *context, Print *print)
{
  TnPictureOptions options = { .scale = 1, .spread = print->spread };

  print->pages = tn_pages_on (print->figure, &options, gtk_print_context_get_width (context),
                              gtk_print_context_get_height (context), 0);
  gtk_print_operation_set_n_pages (operation,
                                   (int)MIN (print->pages.columns * print->pages.rows, 1000));
}

static void
draw_page_cb (GtkPrintOperation *operation, GtkPrintContext *context, int page, Print *print)
{
  tn_pages_draw (&print->pages, print->figure, gtk_print_context_get_cairo_context (context),
                 (guint)page, FALSE);
}

static GObject *
create_tab_cb (GtkPrintOperation *operation, Print *print)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *spread = gtk_check_button_new_with_mnemonic (
      _ ("In its own size, over as many _sheets as it needs"));

  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (spread), print->spread);
  gtk_box_append (GTK_BOX (box), spread);
  g_object_set_data (G_OBJECT (box), "spread", spread);
  return G_OBJECT (box);
}

static void
apply_tab_cb (GtkPrintOperation *operation, GtkWidget *box, Print *print)
{
  print->spread = gtk_check_button_get_active (
      GTK_CHECK_BUTTON (g_object_get_data (G_OBJECT (box), "spread")));
}

GtkPrintOperation *
tn_print_new (const TnGraph *graph, const TnFacts *facts, const TnFigureOptions *options,
              gboolean spread)
{
  g_return_val_if_fail (graph != NULL && options != NULL, NULL);

  GtkPrintOperation *operation = gtk_print_operation_new ();
  Print *print = g_new0 (Print, 1);
  TnFigureOptions printed = *options;
  /* Ink is for what is drawn: a dark or a tinted sheet is none. */
  if (printed.theme != TN_THEME_MONO)
    printed.theme = TN_THEME_PRINT;
  print->figure = tn_figure_new (graph, facts, &printed);
  print->spread = spread;
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_job_name (operation, tn_graph_name (graph));
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  gtk_print_operation_set_custom_tab_label (operation, _ ("Model"));
  g_object_set_data_full (G_OBJECT (operation), "tenon-print", print, print_free);
  g_signal_connect (operation, "begin-print", G_CALLBACK (begin_print_cb), print);
  g_signal_connect (operation, "draw-page", G_CALLBACK (draw_page_cb), print);
  g_signal_connect (operation, "create-custom-widget", G_CALLBACK (create_tab_cb), print);
  g_signal_connect (operation, "custom-widget-apply", G_CALLBACK (apply_tab_cb), print);
  return operation;
}

static void
done_cb (GtkPrintOperation *operation, GtkPrintOperationResult result, GtkWindow *parent)
{
  GObject *application = G_OBJECT (g_application_get_default ());
  g_autoptr (GError) error = NULL;

  if (result == GTK_PRINT_OPERATION_RESULT_APPLY && application != NULL)
    {
      g_object_set_data_full (application, SETTINGS_KEY,
                              g_object_ref (gtk_print_operation_get_print_settings (operation)),
                              g_object_unref);
      g_object_set_data_full (application, SETUP_KEY,
                              g_object_ref (gtk_print_operation_get_default_page_setup (operation)),
                              g_object_unref);
    }
  if (result != GTK_PRINT_OPERATION_RESULT_ERROR)
    return;
  gtk_print_operation_get_error (operation, &error);
  GtkWidget *dialog
      = adw_message_dialog_new (parent, _ ("The Model Was Not Printed"), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

void
tn_print_run (GtkWindow *parent, const TnGraph *graph, const TnFacts *facts,
              const TnFigureOptions *options, gboolean spread)
{
  GObject *application = G_OBJECT (g_application_get_default ());
  g_autoptr (GtkPrintOperation) operation = tn_print_new (graph, facts, options, spread);
  GtkPrintSettings *settings
      = application != NULL ? g_object_get_data (application, SETTINGS_KEY) : NULL;
  GtkPageSetup *setup = application != NULL ? g_object_get_data (application, SETUP_KEY) : NULL;
  g_autoptr (GtkPageSetup) fresh = NULL;

  if (settings != NULL)
    gtk_print_operation_set_print_settings (operation, settings);
  if (setup == NULL)
    {
      Print *print = g_object_get_data (G_OBJECT (operation), "tenon-print");
      TnRect bounds = tn_figure_bounds (print->figure);

      /* The first time the sheet lies as the model does. */
      setup = fresh = gtk_page_setup_new ();
      gtk_page_setup_set_orientation (setup, bounds.width > bounds.height
                                                 ? GTK_PAGE_ORIENTATION_LANDSCAPE
                                                 : GTK_PAGE_ORIENTATION_PORTRAIT);
    }
  gtk_print_operation_set_default_page_setup (operation, setup);
  g_signal_connect_object (operation, "done", G_CALLBACK (done_cb), parent, 0);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, parent, NULL);
}
