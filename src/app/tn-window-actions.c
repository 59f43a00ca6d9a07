/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's actions on the model, and its keys. Keys are bound on the widget class: application
 * accelerators would take Delete and Ctrl+Z away from text entries. */
#include "app/tn-window-private.h"

#include "base/tn-i18n.h"

/* Actions of the canvas that menus and buttons outside of it ask for, and how many layers must be
 * selected for them to be of use; ANY: there must be some. */
#define ANY G_MAXUINT
static const struct
{
  const char *window;
  const char *canvas;
  guint n_selected;
} forwarded[] = {
  { "win.delete", "canvas.delete", 1 },
  { "win.cut", "canvas.cut", 1 },
  { "win.copy", "canvas.copy", 1 },
  { "win.paste", "canvas.paste", 0 },
  { "win.duplicate", "canvas.duplicate", 1 },
  { "win.duplicate-wired", "canvas.duplicate-wired", 1 },
  { "win.select-all", "canvas.select-all", ANY },
  { "win.select-none", "canvas.select-none", 1 },
  { "win.select-inverse", "canvas.select-inverse", ANY },
  { "win.select-upstream", "canvas.select-upstream", 1 },
  { "win.select-downstream", "canvas.select-downstream", 1 },
  { "win.select-connected", "canvas.select-connected", 1 },
  { "win.select-same-type", "canvas.select-same-type", 1 },
  { "win.align-left", "canvas.align-left", 2 },
  { "win.align-center", "canvas.align-center", 2 },
  { "win.align-right", "canvas.align-right", 2 },
  { "win.align-top", "canvas.align-top", 2 },
  { "win.align-middle", "canvas.align-middle", 2 },
  { "win.align-bottom", "canvas.align-bottom", 2 },
  { "win.distribute-across", "canvas.distribute-across", 3 },
  { "win.distribute-along", "canvas.distribute-along", 3 },
  { "win.rename", "canvas.rename", 1 },
  { "win.group", "canvas.group", 1 },
  { "win.repeat", "canvas.repeat", 1 },
  { "win.frame", "canvas.frame", 1 },
  { "win.add-comment", "canvas.add-comment", 0 },
  { "win.bypass", "canvas.bypass", 1 },
  { "win.disable", "canvas.disable", 1 },
  { "win.ungroup", "canvas.ungroup", 1 },
  { "win.toggle-group", "canvas.toggle-group", 1 },
  { "win.arrange", "canvas.arrange", ANY },
  { "win.arrange-selection", "canvas.arrange-selection", 2 },
  { "win.zoom-selection", "canvas.zoom-selection", 1 },
  { "win.zoom-in", "canvas.zoom-in", 0 },
  { "win.zoom-out", "canvas.zoom-out", 0 },
  { "win.zoom-original", "canvas.zoom-original", 0 },
  { "win.zoom-fit", "canvas.zoom-fit", 0 },
};

static void
forward_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  guint64 before = tn_document_generation (self->document);

  for (guint i = 0; i < G_N_ELEMENTS (forwarded); i++)
    if (g_str_equal (forwarded[i].window, name))
      gtk_widget_activate_action (GTK_WIDGET (self->canvas), forwarded[i].canvas, NULL);
  if (g_str_equal (name, "win.arrange") && tn_document_generation (self->document) != before)
    tn_window_offer_undo (self, _ ("Layers arranged"));
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_document_undo (TN_WINDOW (widget)->document);
}

static void
redo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_document_redo (TN_WINDOW (widget)->document);
}

void
tn_window_reveal (TnWindow *self, TnNodeId node)
{
  if (tn_graph_find (tn_document_graph (self->document), node) == NULL)
    return;
  /* What a closed group hides comes to light. */
  tn_document_uncover (self->document, node);
  tn_document_select_one (self->document, node, FALSE);
  tn_canvas_reveal (self->canvas, node);
}

static void
reveal_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_window_reveal (TN_WINDOW (widget), g_variant_get_uint32 (parameter));
}

gboolean
tn_window_apply_fix (TnWindow *self, const TnFix *fix, const TnGraph *base)
{
  g_autoptr (TnReport) report = tn_report_new ();
  TnEditArgs args = { .graph = fix->graph, .base = base, .text = fix->label };

  if (!tn_document_apply (self->document, &tn_edit_fix, &args, report))
    {
      if (tn_report_first (report) != NULL)
        tn_window_tell (self, tn_report_first (report));
      return FALSE;
    }
  g_autofree char *text = g_strdup_printf (_ ("Done: %s"), fix->label);
  tn_window_offer_undo (self, text);
  /* The button that was pressed is gone. */
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  return TRUE;
}

static void
repair_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  const TnAdvice *current = tn_engine_advice (self->engine);
  const char *id = g_variant_get_string (parameter, NULL);

  if (current == NULL || tn_advice_find (current, id) == NULL)
    return;
  /* Applying it makes the engine drop this advice. */
  g_autoptr (TnAdvice) advice = tn_advice_ref ((TnAdvice *)current);

  tn_window_apply_fix (self, tn_advice_find (advice, id),
                       tn_facts_whole (tn_advice_facts (advice)));
}

static void
show_problem_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  const TnFacts *facts = tn_engine_facts (self->engine);
  TnNodeId node = g_variant_get_uint32 (parameter);

  /* 0: the first that stops a run. */
  for (guint i = 0; node == TN_NODE_NONE && facts != NULL && i < tn_facts_n_issues (facts); i++)
    if (tn_facts_issue (facts, i)->severity == TN_SEVERITY_ERROR)
      node = tn_facts_issue (facts, i)->node;
  tn_window_show_page (self, "problems");
  tn_window_reveal (self, node);
  tn_problems_reveal (self->problems, node);
}

static void
show_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_window_show_page (TN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  adw_flap_set_reveal_flap (self->palette_flap, TRUE);
  tn_palette_search (self->palette);
}

static void
run_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  tn_window_show_page (self, "run");
  tn_run_panel_start (self->run_panel);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_run_panel_stop (TN_WINDOW (widget)->run_panel);
}

/* ---- which of them can be used ---- */

static void
set_undo_tooltip (GtkWidget *button, char *label, const char *otherwise, const char *key)
{
  g_autofree char *owned = label;
  g_autofree char *text = g_strdup_printf ("%s (%s)", owned != NULL ? owned : otherwise, key);

  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  owned != NULL ? owned : otherwise, -1);
}

void
tn_window_update_actions (TnWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean any = tn_graph_size (tn_document_graph (self->document)) > 0;
  guint n_selected = tn_document_selection (self->document)->len;
  gboolean running = tn_run_panel_is_running (self->run_panel);

  for (guint i = 0; i < G_N_ELEMENTS (forwarded); i++)
    gtk_widget_action_set_enabled (
        widget, forwarded[i].window,
        forwarded[i].n_selected == ANY ? any : n_selected >= forwarded[i].n_selected);
  gtk_widget_action_set_enabled (widget, "win.undo", tn_document_can_undo (self->document));
  gtk_widget_action_set_enabled (widget, "win.redo", tn_document_can_redo (self->document));
  gtk_widget_action_set_enabled (widget, "win.history", tn_document_n_steps (self->document) > 0);
  gtk_widget_action_set_enabled (widget, "win.export", any);
  gtk_widget_action_set_enabled (widget, "win.copy-picture", any);
  gtk_widget_action_set_enabled (widget, "win.print", any);
  gtk_widget_action_set_enabled (widget, "win.export-code", any);
  gtk_widget_action_set_enabled (widget, "win.copy-code", any);
  gtk_widget_action_set_enabled (widget, "win.run", !running);
  gtk_widget_action_set_enabled (widget, "win.stop", running);
  gtk_widget_action_set_enabled (widget, "win.tune", any && !running);
  set_undo_tooltip (self->undo_button, tn_document_undo_label (self->document), _ ("Undo"),
                    _ ("Ctrl+Z"));
  set_undo_tooltip (self->redo_button, tn_document_redo_label (self->document), _ ("Redo"),
                    _ ("Ctrl+Shift+Z"));
}

static void
bind_keys (GtkWidgetClass *class)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_z, GDK_CONTROL_MASK, "win.undo" },
    { GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.redo" },
    { GDK_KEY_y, GDK_CONTROL_MASK, "win.redo" },
    { GDK_KEY_o, GDK_CONTROL_MASK, "win.open" },
    { GDK_KEY_s, GDK_CONTROL_MASK, "win.save" },
    { GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.save-as" },
    { GDK_KEY_e, GDK_CONTROL_MASK, "win.export" },
    { GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.copy-picture" },
    { GDK_KEY_w, GDK_CONTROL_MASK, "window.close" },
    { GDK_KEY_r, GDK_CONTROL_MASK, "win.run" },
    { GDK_KEY_F5, 0, "win.run" },
    { GDK_KEY_f, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.search" },
    { GDK_KEY_l, GDK_CONTROL_MASK, "win.arrange" },
    { GDK_KEY_F9, 0, "win.palette-visible" },
    { GDK_KEY_F9, GDK_SHIFT_MASK, "win.inspector-visible" },
    { GDK_KEY_F7, 0, "win.panel-visible" },
    { GDK_KEY_plus, GDK_CONTROL_MASK, "win.zoom-in" },
    { GDK_KEY_equal, GDK_CONTROL_MASK, "win.zoom-in" },
    { GDK_KEY_KP_Add, GDK_CONTROL_MASK, "win.zoom-in" },
    { GDK_KEY_minus, GDK_CONTROL_MASK, "win.zoom-out" },
    { GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "win.zoom-out" },
    { GDK_KEY_0, GDK_CONTROL_MASK, "win.zoom-original" },
    { GDK_KEY_KP_0, GDK_CONTROL_MASK, "win.zoom-original" },
    { GDK_KEY_9, GDK_CONTROL_MASK, "win.zoom-fit" },
  };
  static const char *const pages[] = { "problems", "outline", "run", "values" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (class, keys[i].key, keys[i].modifiers, keys[i].action,
                                         NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_widget_class_add_binding_action (class, GDK_KEY_1 + i, GDK_ALT_MASK, "win.show-page", "s",
                                         pages[i]);
}

/* Before the canvas and the entries, which know Escape as well, but not while a button is held:
 * then something is being dragged that Escape gives up. */
static gboolean
escape_cb (TnWindow *self, guint key, guint code, GdkModifierType state)
{
  const GdkModifierType buttons = GDK_BUTTON1_MASK | GDK_BUTTON2_MASK | GDK_BUTTON3_MASK;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (key != GDK_KEY_Escape || state & buttons || !tn_run_panel_is_running (self->run_panel)
      || (focus != NULL && gtk_widget_get_native (focus) != GTK_NATIVE (self)))
    return GDK_EVENT_PROPAGATE;
  tn_run_panel_stop (self->run_panel);
  return GDK_EVENT_STOP;
}

static void
ignore_warning_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  TnEditArgs args = { 0 };

  g_variant_get (parameter, "(u&s)", &args.node, &args.text);
  tn_document_apply (self->document,
                     g_str_equal (name, "win.ignore-warning") ? &tn_edit_silence
                                                              : &tn_edit_unsilence,
                     &args, NULL);
}

void
tn_window_init_keys (TnWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (escape_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

void
tn_window_install_actions (GtkWidgetClass *class)
{
  for (guint i = 0; i < G_N_ELEMENTS (forwarded); i++)
    gtk_widget_class_install_action (class, forwarded[i].window, NULL, forward_action);
  gtk_widget_class_install_action (class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (class, "win.redo", NULL, redo_action);
  gtk_widget_class_install_action (class, "win.reveal", "u", reveal_action);
  gtk_widget_class_install_action (class, "win.repair", "s", repair_action);
  gtk_widget_class_install_action (class, "win.ignore-warning", "(us)", ignore_warning_action);
  gtk_widget_class_install_action (class, "win.show-warning", "(us)", ignore_warning_action);
  gtk_widget_class_install_action (class, "win.show-problem", "u", show_problem_action);
  gtk_widget_class_install_action (class, "win.show-page", "s", show_page_action);
  gtk_widget_class_install_action (class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (class, "win.run", NULL, run_action);
  gtk_widget_class_install_action (class, "win.stop", NULL, stop_action);
  bind_keys (class);
}
