/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimise for This Computer: the ways to compute the model's layers are timed in the background,
 * with progress and Stop; what came of it is told in a toast. */
#include "app/tn-window-private.h"
#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "engine/tn-tuner.h"

/* One dialog; it is freed with it. */
typedef struct
{
  TnWindow *window; /* borrowed: the dialog goes before it */
  GtkWidget *dialog;
  GtkLabel *label;
  GtkProgressBar *bar;
  TnTuner *tuner;
  TnEngine *engine;  /* while the facts are awaited */
  gulong facts_wait; /* handler of it, or 0 */
} Tune;

static void
wait_no_more (Tune *tune)
{
  if (tune->facts_wait != 0)
    g_signal_handler_disconnect (tune->engine, tune->facts_wait);
  tune->facts_wait = 0;
  g_clear_object (&tune->engine);
}

static void
tune_free (gpointer data)
{
  Tune *tune = data;

  wait_no_more (tune);
  g_signal_handlers_disconnect_by_data (tune->tuner, tune);
  tn_tuner_stop (tune->tuner);
  g_object_unref (tune->tuner);
  g_free (tune);
}

/* @text takes the dialog's place. */
static void
tell (Tune *tune, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (tune->window->toasts, adw_toast_new (markup));
  gtk_window_destroy (GTK_WINDOW (tune->dialog));
}

static void
tell_result (Tune *tune, const TnTuneResult *result)
{
  guint n = result->shapes->len;
  g_autofree char *changed = NULL;
  g_autofree char *text = NULL;

  if (n == 0)
    {
      tell (tune, _ ("Nothing in the model can be computed in more than one way"));
      return;
    }
  if (result->n_changed == 0)
    {
      tell (tune, _ ("The usual kernels are the fastest on this computer"));
      return;
    }
  changed = g_strdup_printf (ngettext ("%u of %u kernel changed", "%u of %u kernels changed", n),
                             result->n_changed, n);
  text = g_strdup_printf (_ ("%s; about %.0f %% faster"), changed,
                          100.0 * tn_tune_result_gain (result));
  tell (tune, text);
}

static void
finished_cb (TnTuner *tuner, Tune *tune)
{
  const TnTuneResult *result = tn_tuner_result (tuner);
  const GError *error = tn_tuner_error (tuner);

  if (error != NULL)
    tell (tune, error->message);
  else
    tell_result (tune, result);
}

static void
progress_cb (TnTuner *tuner, Tune *tune)
{
  TnTuneProgress progress = tn_tuner_progress (tuner);
  const TnNode *node = tn_graph_find (tn_document_graph (tune->window->document), progress.node);
  g_autofree char *text = NULL;

  if (progress.n_shapes == 0)
    return;
  gtk_progress_bar_set_fraction (tune->bar, progress.fraction);
  text = g_strdup_printf (_ ("%u of %u sizes measured, now at %s"), progress.n_done,
                          progress.n_shapes, node != NULL ? tn_node_name (node) : "…");
  gtk_label_set_label (tune->label, text);
}

static void
start_when_ready (Tune *tune)
{
  TnWindow *window = tune->window;
  const TnFacts *facts = tn_engine_facts (window->engine);
  TnRunOptions options;

  if (facts == NULL || tn_engine_is_stale (window->engine))
    return;
  wait_no_more (tune);
  const TnIssue *obstacle = tn_facts_obstacle (facts);
  if (obstacle != NULL)
    {
      g_autofree char *text
          = g_strdup_printf (_ ("The model cannot run yet. %s"), obstacle->message);
      tell (tune, text);
      return;
    }
  options = tn_run_panel_options (window->run_panel);
  tn_tuner_start (tune->tuner, facts, &options);
}

/* Stopped, by whatever key or button; the dialog goes by itself. */
static void
response_cb (Tune *tune)
{
  g_signal_handlers_disconnect_by_data (tune->tuner, tune);
  adw_toast_overlay_add_toast (tune->window->toasts, adw_toast_new (_ ("Tuning was stopped")));
}

static GtkWidget *
make_content (Tune *tune)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  tune->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  tune->label = GTK_LABEL (gtk_label_new (_ ("Preparing…")));
  gtk_label_set_ellipsize (tune->label, PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (tune->label, 40);
  gtk_widget_add_css_class (GTK_WIDGET (tune->label), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (tune->label), "numeric");
  gtk_accessible_update_property (GTK_ACCESSIBLE (tune->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress"), -1);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (tune->bar));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (tune->label));
  return box;
}

static void
tune_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  Tune *tune = g_new0 (Tune, 1);

  tune->window = self;
  tune->tuner = tn_tuner_new ();
  g_signal_connect (tune->tuner, "progress", G_CALLBACK (progress_cb), tune);
  g_signal_connect (tune->tuner, "finished", G_CALLBACK (finished_cb), tune);
  tune->dialog = adw_message_dialog_new (
      GTK_WINDOW (self), _ ("Optimise for This Computer"),
      _ ("Every way to compute the model's layers is measured, and the fastest are remembered for "
         "all later runs. This takes some seconds; results stay the same to rounding."));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (tune->dialog), make_content (tune));
  /* Closing it, by whatever key, stops it. */
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (tune->dialog), "stop", _ ("_Stop"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (tune->dialog), "stop");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (tune->dialog), "stop");
  g_signal_connect_swapped (tune->dialog, "response", G_CALLBACK (response_cb), tune);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (tune->dialog), TRUE);
  g_object_set_data_full (G_OBJECT (tune->dialog), "tune", tune, tune_free);
  tune->engine = g_object_ref (self->engine);
  tune->facts_wait
      = g_signal_connect_swapped (tune->engine, "facts", G_CALLBACK (start_when_ready), tune);
  gtk_window_present (GTK_WINDOW (tune->dialog));
  start_when_ready (tune);
}

void
tn_window_install_tune_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.tune", NULL, tune_action);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F5, GDK_SHIFT_MASK, "win.tune", NULL);
}
