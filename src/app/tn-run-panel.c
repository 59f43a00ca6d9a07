/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run panel: options on the left; progress, results or the reason of a refusal on the right. */
#include "app/tn-run-panel.h"

#include "app/tn-accessible.h"
#include "app/tn-run-choices.h"
#include "app/tn-run-data.h"
#include "app/tn-run-expected.h"
#include "app/tn-run-past.h"
#include "app/tn-run-table.h"
#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "engine/tn-tuning-store.h"
#include "graph/tn-active.h"

struct _TnRunPanel
{
  GtkWidget parent;

  GtkWidget *options;
  GtkWidget *separator;
  TnRunChoices choices;
  GtkStack *stack;
  GtkLabel *progress_label;
  GtkProgressBar *progress;
  GtkLabel *time_label;
  GtkWidget *error_icon;
  GtkLabel *error_label;
  GtkWidget *show_problem;
  GtkLabel *result_label;
  GtkWidget *old_label;
  GtkLabel *compare_label;
  GtkLabel *idle_expected;
  GtkWidget *expected_box;
  GtkLabel *expected_label;
  GMenu *columns_menu;
  GtkColumnView *view;
  TnRunTable *table; /* borrowed from the view */

  TnDocument *document;
  TnEngine *engine;
  GSignalGroup *document_signals;
  GSignalGroup *engine_signals;
  TnRunner *runner;
  TnGraph *graph; /* that was last run */
  TnRunPast past;
  TnRunExpected *expected;
  GHashTable *data_of; /* of inputs with data of their own; never changed, only replaced */
  gboolean pending;    /* starts when the facts are there */
  gboolean stopped;    /* nobody waits for what the runner still gives back */
  gboolean running;    /* as last told */
  gint64 n_samples;    /* of the run under way */
};

enum
{
  PROP_0,
  PROP_RUNNING,
  N_PROPERTIES,
};

G_DEFINE_FINAL_TYPE (TnRunPanel, tn_run_panel, GTK_TYPE_WIDGET)

static void
update_running (TnRunPanel *self)
{
  gboolean running = tn_run_panel_is_running (self);

  if (running == self->running)
    return;
  self->running = running;
  g_object_notify (G_OBJECT (self), "running");
}

static void
show_error (TnRunPanel *self, const char *message, gboolean with_problem)
{
  gtk_label_set_label (self->error_label, message);
  gtk_widget_set_visible (self->show_problem, with_problem);
  gtk_widget_remove_css_class (self->error_icon, "error");
  gtk_widget_add_css_class (self->error_icon, "error");
  gtk_stack_set_visible_child_name (self->stack, "error");
}

/* ---- the run under way ---- */

static void
progress_cb (TnRunPanel *self)
{
  TnRunProgress progress = tn_runner_progress (self->runner);
  const TnNode *node = self->graph != NULL ? tn_graph_find (self->graph, progress.node) : NULL;
  g_autofree char *done = tn_text_count (progress.samples_done);
  g_autofree char *all = tn_text_count (self->n_samples);
  g_autofree char *elapsed = tn_text_duration (progress.seconds);
  g_autofree char *text = NULL;
  g_autofree char *time = NULL;

  if (self->stopped || !tn_runner_is_running (self->runner))
    return;
  if (node != NULL)
    text = g_strdup_printf (_ ("%s of %s samples done, now at %s"), done, all, tn_node_name (node));
  else
    text = g_strdup_printf (_ ("%s of %s samples done"), done, all);
  if (progress.seconds_left >= 0)
    {
      g_autofree char *left = tn_text_duration (progress.seconds_left);
      time = g_strdup_printf (_ ("%s so far, about %s left"), elapsed, left);
    }
  else
    time = g_strdup_printf (_ ("%s so far"), elapsed);
  gtk_label_set_label (self->progress_label, text);
  gtk_label_set_label (self->time_label, time);
  gtk_progress_bar_set_fraction (self->progress, CLAMP (progress.fraction, 0, 1));
}

static void
update_old (TnRunPanel *self)
{
  gtk_widget_set_visible (
      self->old_label, self->graph != NULL && self->document != NULL
                           && !tn_graph_same_meaning (
                               self->graph, tn_graph_active (tn_document_graph (self->document))));
}

/* How long the next run will take: as the last one like it did, else what can be foreseen. */
static void
update_expected (TnRunPanel *self)
{
  const TnFacts *facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  TnRunOptions options = tn_run_panel_options (self);
  double seconds = -1;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->document == NULL)
    return;
  if (facts == NULL || tn_engine_is_stale (self->engine))
    return; /* they are on their way */
  if (tn_facts_obstacle (facts) == NULL)
    {
      if (self->past.graph != NULL)
        seconds = tn_run_past_seconds (&self->past, tn_facts_graph (facts), &options);
      if (seconds < 0)
        {
          tn_run_expected_ask (self->expected, facts, &options);
          return;
        }
    }
  tn_run_expected_tell (self->expected, seconds);
}

/* With the last run of the other kernels, if there was one that was like this. */
static void
show_comparison (TnRunPanel *self, TnRunResult *result)
{
  TnRunResult *other;
  g_autofree char *text = NULL;

  tn_run_past_keep (&self->past, self->graph, result);
  other = tn_run_past_other (&self->past, result);
  if (other != NULL)
    text = tn_run_past_text (result, other);
  gtk_label_set_label (self->compare_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->compare_label), text != NULL);
  tn_run_table_show (self->table, result, other);
  update_expected (self);
}

static void
show_result (TnRunPanel *self, const TnRunResult *result)
{
  g_autofree char *samples = tn_text_count (result->samples);
  g_autofree char *time = tn_text_duration (result->seconds);
  g_autofree char *rate = tn_text_count (
      result->seconds > 0 ? (gint64)((double)result->samples / result->seconds) : 0);
  g_autofree char *memory = tn_text_bytes (result->peak_bytes);
  const char *remark = result->report != NULL ? tn_report_first (result->report) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text,
                          ngettext ("%s sample in %s", "%s samples in %s", (gulong)result->samples),
                          samples, time);
  g_string_append_printf (text, _ (" · %s a second · %s of memory · BLIS %s (%s)"), rate, memory,
                          result->blis_version, result->blis_arch);
  g_string_append_printf (text, ngettext (" · %u thread", " · %u threads", result->threads),
                          result->threads);
  if (remark != NULL)
    g_string_append_printf (text, "\n%s", remark);
  gtk_label_set_label (self->result_label, text->str);
  show_comparison (self, (TnRunResult *)result);
  update_old (self);
  gtk_stack_set_visible_child_name (self->stack, "result");
}

static void
finished_cb (TnRunPanel *self)
{
  const TnRunResult *result = tn_runner_result (self->runner);
  const GError *error = tn_runner_error (self->runner);

  if (self->stopped || tn_runner_is_running (self->runner))
    return; /* a newer run has taken its place */
  if (error == NULL && result != NULL)
    show_result (self, result);
  else if (error != NULL)
    show_error (self, error->message, g_error_matches (error, TN_ERROR, TN_ERROR_MODEL));
  update_running (self);
}

static void
start_now (TnRunPanel *self)
{
  const TnFacts *facts = tn_engine_facts (self->engine);
  TnRunOptions options;

  self->pending = FALSE;
  const TnIssue *obstacle = tn_facts_obstacle (facts);
  if (obstacle != NULL)
    {
      g_autofree char *message
          = g_strdup_printf (_ ("The model cannot run yet. %s"), obstacle->message);
      show_error (self, message, TRUE);
      update_running (self);
      return;
    }

  options = tn_run_panel_options (self);
  self->n_samples = options.samples;
  g_clear_pointer (&self->graph, tn_graph_unref);
  self->graph = tn_graph_ref (tn_facts_graph (facts));
  gtk_label_set_label (self->progress_label, _ ("Preparing…"));
  gtk_label_set_label (self->time_label, "");
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_stack_set_visible_child_name (self->stack, "running");
  self->stopped = FALSE;
  g_autoptr (TnTuning) tuning = tn_tuning_store_load ();
  options.tuning = tuning;
  tn_runner_start (self->runner, facts, &options);
  update_running (self);
}

static void
facts_cb (TnRunPanel *self)
{
  if (self->pending && !tn_engine_is_stale (self->engine))
    start_now (self);
  update_expected (self);
}

static void
document_changed_cb (TnRunPanel *self, guint change)
{
  if (change & TN_CHANGE_GRAPH)
    update_old (self);
}

static void
data_chosen_cb (GHashTable *data_of, gpointer data)
{
  TnRunPanel *self = data;

  g_hash_table_ref (data_of);
  g_clear_pointer (&self->data_of, g_hash_table_unref);
  self->data_of = data_of;
  update_expected (self);
}

static void
each_input_cb (TnRunPanel *self)
{
  const TnFacts *facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  TnRunOptions options = tn_run_panel_options (self);

  if (facts != NULL)
    tn_run_data_present (GTK_WIDGET (self), facts, &options, data_chosen_cb);
}

/* What stands under Run need not be said twice, and a run tells itself how long it takes. */
static void
page_cb (TnRunPanel *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  gtk_widget_set_visible (self->expected_box,
                          g_strcmp0 (page, "result") == 0 || g_strcmp0 (page, "error") == 0);
}

static void
activate_cb (TnRunPanel *self, guint position)
{
  TnNodeId node = tn_run_table_node (self->table, position);

  /* The layer may have been deleted since the run. */
  if (node != TN_NODE_NONE && tn_graph_find (tn_document_graph (self->document), node) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.reveal", "u", node);
}

/* ---- the widget ---- */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TnRunPanel *self = TN_RUN_PANEL (object);

  if (id == PROP_RUNNING)
    g_value_set_boolean (value, tn_run_panel_is_running (self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tn_run_panel_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tn_run_panel_parent_class)->map (widget);
  update_expected (TN_RUN_PANEL (widget));
}

static void
tn_run_panel_dispose (GObject *object)
{
  TnRunPanel *self = TN_RUN_PANEL (object);

  if (self->runner != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->runner, self);
      tn_runner_stop (self->runner);
    }
  g_clear_object (&self->runner);
  g_clear_object (&self->document_signals);
  g_clear_object (&self->engine_signals);
  g_clear_pointer (&self->expected, tn_run_expected_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_RUN_PANEL);
  g_clear_object (&self->document);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->graph, tn_graph_unref);
  tn_run_past_clear (&self->past);
  g_clear_pointer (&self->data_of, g_hash_table_unref);
  G_OBJECT_CLASS (tn_run_panel_parent_class)->dispose (object);
}

static void
tn_run_panel_class_init (TnRunPanelClass *class)
{
  static const struct
  {
    const char *name;
    gsize offset;
  } choices[] = {
    { "samples", G_STRUCT_OFFSET (TnRunChoices, samples) },
    { "batch", G_STRUCT_OFFSET (TnRunChoices, batch) },
    { "seed", G_STRUCT_OFFSET (TnRunChoices, seed) },
    { "data", G_STRUCT_OFFSET (TnRunChoices, data) },
    { "kernels", G_STRUCT_OFFSET (TnRunChoices, kernels) },
    { "accuracy", G_STRUCT_OFFSET (TnRunChoices, accuracy) },
    { "statistics", G_STRUCT_OFFSET (TnRunChoices, statistics) },
  };
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = tn_run_panel_dispose;
  object_class->get_property = get_property;
  widget_class->map = tn_run_panel_map;
  g_object_class_install_property (
      object_class, PROP_RUNNING,
      g_param_spec_boolean ("running", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-run-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, options);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, separator);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    gtk_widget_class_bind_template_child_full (
        widget_class, choices[i].name, FALSE,
        (gssize)(G_STRUCT_OFFSET (TnRunPanel, choices) + choices[i].offset));
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, progress_label);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, progress);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, time_label);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, error_icon);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, error_label);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, show_problem);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, result_label);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, old_label);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, compare_label);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, idle_expected);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, expected_box);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, expected_label);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, columns_menu);
  gtk_widget_class_bind_template_child (widget_class, TnRunPanel, view);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, each_input_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_cb);
}

static void
tn_run_panel_init (TnRunPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->expected = tn_run_expected_new (self->idle_expected, self->expected_label);
  self->table = tn_run_table_attach (self->view, GTK_WIDGET (self), self->columns_menu);
  tn_accessible_name_parts (GTK_WIDGET (self->view), _ ("Results of the run"));
  tn_accessible_name_parts (GTK_WIDGET (self->choices.data), _ ("Data"));
  tn_accessible_name_parts (GTK_WIDGET (self->choices.kernels), _ ("Kernels"));
  tn_accessible_name_parts (GTK_WIDGET (self->choices.accuracy), _ ("Accuracy"));
  tn_accessible_name_parts (GTK_WIDGET (self->choices.statistics), _ ("Statistics"));
  tn_run_choices_watch (&self->choices, G_CALLBACK (update_expected), self);
  self->runner = tn_runner_new ();
  g_signal_connect_swapped (self->runner, "progress", G_CALLBACK (progress_cb), self);
  g_signal_connect_swapped (self->runner, "finished", G_CALLBACK (finished_cb), self);
  self->document_signals = g_signal_group_new (TN_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "changed",
                                  G_CALLBACK (document_changed_cb), self);
  self->engine_signals = g_signal_group_new (TN_TYPE_ENGINE);
  g_signal_group_connect_swapped (self->engine_signals, "facts", G_CALLBACK (facts_cb), self);
}

void
tn_run_panel_set_document (TnRunPanel *self, TnDocument *document, TnEngine *engine)
{
  g_return_if_fail (TN_IS_RUN_PANEL (self));

  tn_run_panel_stop (self);
  g_clear_pointer (&self->graph, tn_graph_unref);
  tn_run_past_clear (&self->past);
  g_clear_pointer (&self->data_of, g_hash_table_unref);
  tn_run_table_show (self->table, NULL, NULL);
  g_set_object (&self->document, document);
  g_set_object (&self->engine, engine);
  g_signal_group_set_target (self->document_signals, document);
  g_signal_group_set_target (self->engine_signals, engine);
  gtk_stack_set_visible_child_name (self->stack, "idle");
  if (document != NULL)
    tn_run_choices_load (&self->choices, tn_document_graph (document));
  tn_run_expected_tell (self->expected, -1);
  update_expected (self);
}

void
tn_run_panel_start (TnRunPanel *self)
{
  g_return_if_fail (TN_IS_RUN_PANEL (self) && self->document != NULL);

  tn_run_choices_save (&self->choices);
  if (tn_graph_size (tn_document_graph (self->document)) == 0)
    {
      show_error (self, _ ("There is nothing to run yet: drag some layers onto the canvas."),
                  FALSE);
      return;
    }
  self->pending = TRUE;
  if (tn_engine_facts (self->engine) != NULL && !tn_engine_is_stale (self->engine))
    start_now (self);
  else
    {
      gtk_label_set_label (self->progress_label, _ ("Preparing…"));
      gtk_label_set_label (self->time_label, "");
      gtk_progress_bar_set_fraction (self->progress, 0);
      gtk_stack_set_visible_child_name (self->stack, "running");
      update_running (self);
    }
}

void
tn_run_panel_stop (TnRunPanel *self)
{
  g_return_if_fail (TN_IS_RUN_PANEL (self));

  if (!tn_run_panel_is_running (self))
    return;
  self->pending = FALSE;
  if (tn_runner_is_running (self->runner))
    {
      /* It is over for whoever watches, though giving back gigabytes may take a moment. */
      tn_runner_stop (self->runner);
      self->stopped = TRUE;
    }
  gtk_stack_set_visible_child_name (self->stack, "idle");
  update_running (self);
}

gboolean
tn_run_panel_is_running (TnRunPanel *self)
{
  g_return_val_if_fail (TN_IS_RUN_PANEL (self), FALSE);
  return self->pending || (!self->stopped && tn_runner_is_running (self->runner));
}

TnRunOptions
tn_run_panel_options (TnRunPanel *self)
{
  TnRunOptions options;

  g_return_val_if_fail (TN_IS_RUN_PANEL (self), tn_run_options_default ());
  options = tn_run_choices_options (&self->choices);
  options.data_of = self->data_of;
  return options;
}

const TnRunResult *
tn_run_panel_result (TnRunPanel *self)
{
  g_return_val_if_fail (TN_IS_RUN_PANEL (self), NULL);
  return self->stopped ? NULL : tn_runner_result (self->runner);
}

const char *
tn_run_panel_page (TnRunPanel *self)
{
  g_return_val_if_fail (TN_IS_RUN_PANEL (self), NULL);
  return gtk_stack_get_visible_child_name (self->stack);
}

void
tn_run_panel_set_options (TnRunPanel *self, gint64 samples, gint64 batch)
{
  g_return_if_fail (TN_IS_RUN_PANEL (self));

  gtk_spin_button_set_value (self->choices.samples, (double)samples);
  gtk_spin_button_set_value (self->choices.batch, (double)batch);
}

char *
tn_run_panel_table (TnRunPanel *self)
{
  g_return_val_if_fail (TN_IS_RUN_PANEL (self), NULL);
  return tn_run_table_export (self->table, TN_RUN_FORMAT_TEXT);
}
