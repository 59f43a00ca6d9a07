/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window tells of the model as a whole: totals, counts of problems, colours by cost. */
#include "app/tn-window-private.h"

#include "base/tn-i18n.h"
#include "base/tn-text.h"

/* ---- totals ---- */

/* Sums over some of the layers. */
typedef struct
{
  guint n_layers;
  gint64 params, trainable, macs, bytes;
  gboolean open; /* something was not known */
} Sums;

/* @amount negative: not known. Sums too large to be counted stay at the largest. */
static void
add (gint64 *sum, gint64 amount, gboolean *open)
{
  if (amount < 0)
    *open = TRUE;
  else if (__builtin_add_overflow (*sum, amount, sum))
    *sum = G_MAXINT64;
}

static void
add_layer (Sums *sums, const TnFacts *facts, guint index)
{
  add (&sums->params, tn_facts_params (facts, index), &sums->open);
  add (&sums->trainable, tn_facts_trainable (facts, index), &sums->open);
  add (&sums->macs, tn_facts_macs (facts, index), &sums->open);
  add (&sums->bytes, tn_facts_activation_bytes (facts, index, 1), &sums->open);
}

/* Of the selected layers where there are several, else of all. */
static Sums
sum_up (TnWindow *self, const TnFacts *facts, gboolean *selected)
{
  const TnGraph *graph = tn_document_graph (self->document);
  const GArray *selection = tn_document_selection (self->document);
  Sums sums = { 0 };

  *selected = selection->len > 1;
  sums.n_layers = *selected ? selection->len : tn_graph_size (graph);
  for (guint i = 0; facts != NULL && i < sums.n_layers; i++)
    {
      TnNodeId id = *selected ? g_array_index (selection, TnNodeId, i)
                              : tn_node_id (tn_graph_node (graph, i));
      int index = tn_graph_index (tn_facts_graph (facts), id);

      if (index >= 0)
        add_layer (&sums, facts, (guint)index);
    }
  return sums;
}

static void
append_params (GString *text, const Sums *sums)
{
  g_autofree char *count = tn_text_count (sums->params);
  g_autofree char *fixed = tn_text_count (sums->params - sums->trainable);

  g_string_append_printf (
      text, ngettext ("%s parameter", "%s parameters", (gulong)MIN (sums->params, G_MAXINT)),
      count);
  if (sums->trainable < sums->params)
    /* Translators: parameters that training does not change, as in "1,234 parameters (34 not
     * trainable)". */
    g_string_append_printf (text, _ (" (%s not trainable)"), fixed);
}

static void
append_costs (GString *text, const Sums *sums)
{
  g_autofree char *macs = tn_text_short_count (sums->macs);
  g_autofree char *bytes = tn_text_bytes ((guint64)sums->bytes);

  g_string_append (text, " · ");
  g_string_append_printf (text, _ ("%s multiply-adds"), macs);
  g_string_append (text, " · ");
  /* Translators: memory that the outputs of layers take for one sample: "84 KiB a sample". */
  g_string_append_printf (text, _ ("%s a sample"), bytes);
}

/* "2 errors, 1 warning"; NULL: there are none. New string. */
static char *
problems_text (const TnFacts *facts)
{
  guint counts[TN_SEVERITY_WARNING + 1] = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts); i++)
    counts[tn_facts_issue (facts, i)->severity]++;
  for (TnSeverity severity = 0; severity < G_N_ELEMENTS (counts); severity++)
    {
      if (counts[severity] == 0)
        continue;
      if (text->len > 0)
        g_string_append (text, ", ");
      switch (severity)
        {
        case TN_SEVERITY_ERROR:
          g_string_append_printf (text, ngettext ("%u error", "%u errors", counts[severity]),
                                  counts[severity]);
          break;
        case TN_SEVERITY_CONTRACT:
          g_string_append_printf (
              text, ngettext ("%u disagreement", "%u disagreements", counts[severity]),
              counts[severity]);
          break;
        case TN_SEVERITY_WARNING:
          g_string_append_printf (text, ngettext ("%u warning", "%u warnings", counts[severity]),
                                  counts[severity]);
          break;
        }
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
show_tab (TnWindow *self, const TnFacts *facts, const char *problems)
{
  gboolean errors = facts != NULL && tn_facts_totals (facts).n_errors > 0;
  const char *tab = problems != NULL ? problems : _ ("Problems");

  gtk_label_set_label (self->problems_label, tab);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->problems_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, tab, -1);
  gtk_image_set_from_icon_name (self->problems_icon, errors             ? "dialog-error-symbolic"
                                                     : problems != NULL ? "dialog-warning-symbolic"
                                                                        : "object-select-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->problems_icon), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->problems_icon), "warning");
  if (problems != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->problems_icon), errors ? "error" : "warning");
}

void
tn_window_update_status (TnWindow *self)
{
  const TnFacts *facts = tn_engine_facts (self->engine);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *problems = problems_text (facts);
  gboolean selected;
  Sums sums = sum_up (self, facts, &selected);
  g_autofree char *layers = tn_text_count (sums.n_layers);

  if (sums.n_layers == 0)
    g_string_append (text, _ ("No layers yet"));
  else if (selected)
    g_string_append_printf (
        text, ngettext ("%s layer selected", "%s layers selected", sums.n_layers), layers);
  else
    g_string_append_printf (text, ngettext ("%s layer", "%s layers", sums.n_layers), layers);
  if (sums.n_layers > 0 && facts != NULL)
    {
      g_string_append (text, " · ");
      append_params (text, &sums);
      append_costs (text, &sums);
      if (sums.open)
        g_string_append_printf (text, " · %s", _ ("without what is not known"));
      g_string_append_printf (text, " · %s", problems != NULL ? problems : _ ("everything fits"));
      if (tn_facts_totals (facts).n_silenced > 0)
        {
          guint n_silenced = tn_facts_totals (facts).n_silenced;

          g_string_append (text, " · ");
          g_string_append_printf (
              text, ngettext ("%u warning ignored", "%u warnings ignored", n_silenced), n_silenced);
        }
    }
  gtk_label_set_label (self->status, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), text->str);
  tn_window_update_values (self);
  show_tab (self, facts, problems);
  tn_window_fit_panel (self);
}

/* ---- the height of the bottom panel ---- */

void
tn_window_fit_panel (TnWindow *self)
{
  GtkWidget *panel = GTK_WIDGET (self->panel);
  int height = gtk_widget_get_height (GTK_WIDGET (self->paned));
  gboolean calm = gtk_widget_get_visible (panel)
                  && g_strcmp0 (gtk_stack_get_visible_child_name (self->panel), "problems") == 0
                  && tn_problems_is_calm (self->problems);

  /* Before the window has a size, its own first height is still to come. */
  if (calm == self->panel_is_calm || height <= 0 || !self->paned_is_set)
    return;
  self->panel_is_calm = calm;
  if (calm)
    {
      self->panel_height = height - gtk_paned_get_position (self->paned);
      /* As low as it may be. */
      gtk_paned_set_position (self->paned, height);
    }
  else if (self->panel_height > 0)
    gtk_paned_set_position (self->paned, height - self->panel_height);
}

/* ---- numbers ---- */

void
tn_window_update_values (TnWindow *self)
{
  const GArray *selection = tn_document_selection (self->document);
  TnRunOptions options;
  TnRef ref = { 0 };

  if (!gtk_widget_get_mapped (GTK_WIDGET (self->values_view)) || tn_engine_is_stale (self->engine))
    return;
  options = tn_run_panel_options (self->run_panel);
  if (selection->len == 1)
    ref.node = g_array_index (selection, TnNodeId, 0);
  else if (!tn_canvas_selected_wire (self->canvas, &ref))
    ref.node = TN_NODE_NONE;
  tn_values_view_show (self->values_view, tn_engine_facts (self->engine), ref, &options);
}

/* ---- from problem to problem ---- */

static void
step_problem_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  TnNodeId node;

  tn_window_show_page (self, "problems");
  if (!tn_problems_step (self->problems, g_str_equal (name, "win.next-problem"), &node))
    return;
  if (node != TN_NODE_NONE)
    tn_window_reveal (self, node);
}

/* ---- what a repair would do ---- */

static void
preview_repair_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  const TnAdvice *advice = tn_engine_advice (self->engine);
  const char *id = g_variant_get_string (parameter, NULL);
  const TnFix *fix = advice != NULL && id[0] != '\0' ? tn_advice_find (advice, id) : NULL;

  tn_canvas_set_preview (self->canvas, fix != NULL ? fix->graph : NULL);
}

/* ---- colours by cost ---- */

static void
heat_changed_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TnWindow *self = user_data;
  TnHeat heat;

  if (!tn_heat_from_name (g_variant_get_string (value, NULL), &heat))
    return;
  g_simple_action_set_state (action, value);
  tn_canvas_set_heat (self->canvas, heat);
}

/* A run has ended: its times are there to colour by. */
static void
run_changed_cb (TnWindow *self)
{
  const TnRunResult *result = tn_run_panel_result (self->run_panel);
  g_autoptr (GArray) times = NULL;

  if (tn_run_panel_is_running (self->run_panel) || result == NULL)
    return;
  times = g_array_new (FALSE, FALSE, sizeof (TnHeatTime));
  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *layer = &g_array_index (result->layers, TnLayerRun, i);
      TnHeatTime time = { layer->node, layer->seconds };

      g_array_append_val (times, time);
    }
  tn_canvas_set_times (self->canvas, times);
  tn_outline_set_times (self->outline, times, result->batch);
}

/* ---- what the summary asks for ---- */

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  tn_window_reveal (self, g_variant_get_uint32 (parameter));
  adw_flap_set_reveal_flap (self->inspector_flap, TRUE);
  tn_inspector_focus (self->inspector);
}

static void
layer_menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  TnNodeId node;
  double x, y;

  g_variant_get (parameter, "(udd)", &node, &x, &y);
  if (gtk_widget_translate_coordinates (GTK_WIDGET (self->outline), GTK_WIDGET (self->canvas), x, y,
                                        &x, &y))
    tn_canvas_show_layer_menu (self->canvas, node, x, y);
}

/* Before others: the pane around the canvas takes F8 for its handle. A step for each press: were it
 * held, steps would come faster than they can be seen. */
static gboolean
key_pressed_cb (TnWindow *self, guint key, guint code, GdkModifierType state)
{
  gboolean held = self->is_stepping && key == GDK_KEY_F8;

  self->is_stepping = key == GDK_KEY_F8;
  if (key == GDK_KEY_F8 && (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0)
    {
      if (!held)
        gtk_widget_activate_action (
            GTK_WIDGET (self), state & GDK_SHIFT_MASK ? "win.previous-problem" : "win.next-problem",
            NULL);
      return GDK_EVENT_STOP;
    }
  if (key != GDK_KEY_Escape || !tn_canvas_has_preview (self->canvas))
    return GDK_EVENT_PROPAGATE;
  tn_canvas_set_preview (self->canvas, NULL);
  return GDK_EVENT_STOP;
}

static void
key_released_cb (TnWindow *self)
{
  self->is_stepping = FALSE;
}

void
tn_window_init_reading (TnWindow *self)
{
  g_autoptr (GSimpleAction) heat = g_simple_action_new_stateful (
      "heat", G_VARIANT_TYPE_STRING, g_variant_new_string (tn_heat_name (TN_HEAT_NONE)));

  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (keys, "key-released", G_CALLBACK (key_released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (heat, "change-state", G_CALLBACK (heat_changed_cb), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (heat));
  g_signal_connect_object (self->run_panel, "notify::running", G_CALLBACK (run_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->values_view, "map", G_CALLBACK (tn_window_update_values), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->canvas, "wire-selected", G_CALLBACK (tn_window_update_values),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->panel, "notify::visible-child", G_CALLBACK (tn_window_fit_panel),
                           self, G_CONNECT_SWAPPED);
}

void
tn_window_install_reading_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.next-problem", NULL, step_problem_action);
  gtk_widget_class_install_action (class, "win.previous-problem", NULL, step_problem_action);
  gtk_widget_class_install_action (class, "win.preview-repair", "s", preview_repair_action);
  gtk_widget_class_install_action (class, "win.edit", "u", edit_action);
  gtk_widget_class_install_action (class, "win.layer-menu", "(udd)", layer_menu_action);
}

TnValuesView *
tn_window_values_view (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->values_view;
}
