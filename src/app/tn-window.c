/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main window: its template, what it shows of the document, and the joints between widgets. */
#include "app/tn-window-private.h"

#include "app/tn-accessible.h"
#include "app/tn-adder.h"
#include "app/tn-settings.h"
#include "app/tn-welcome.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"

enum
{
  PROP_0,
  PROP_DENSE_INPUTS,
  PROP_PALETTE_VISIBLE,
  PROP_INSPECTOR_VISIBLE,
  PROP_PANEL_VISIBLE,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (TnWindow, tn_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- what the frame shows of the document ---- */

static void
update_title (TnWindow *self)
{
  const char *title = tn_document_title (self->document);
  const char *path = tn_document_path (self->document);
  gboolean modified = tn_document_is_modified (self->document);
  g_autofree char *shown = g_strdup_printf ("%s%s", modified ? "• " : "", title);
  g_autofree char *window_title = g_strdup_printf (_ ("%s – Tenon"), shown);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  g_autofree char *subtitle = NULL;
  const char *home = g_get_home_dir ();

  if (folder != NULL && home != NULL && g_str_has_prefix (folder, home)
      && (folder[strlen (home)] == '/' || folder[strlen (home)] == '\0'))
    subtitle = g_strdup_printf ("~%s", folder + strlen (home));
  adw_window_title_set_title (self->title, shown);
  adw_window_title_set_subtitle (self->title, subtitle != NULL ? subtitle
                                              : folder != NULL ? folder
                                              : modified       ? _ ("Not saved yet")
                                                               : "");
  gtk_window_set_title (GTK_WINDOW (self), window_title);
}

/* The invitation stands where the first layer is about to be put. */
static void
update_empty (TnWindow *self)
{
  gboolean empty = !self->is_placing && tn_graph_size (tn_document_graph (self->document)) == 0;

  gtk_widget_set_visible (self->empty, empty);
  gtk_widget_set_visible (self->zoom_box, !empty);
}

static void
document_changed_cb (TnWindow *self, guint change)
{
  if (change & TN_CHANGE_POSITIONS)
    tn_window_update_view (self);
  if (change & TN_CHANGE_GRAPH)
    {
      update_empty (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DENSE_INPUTS]);
      tn_window_update_status (self);
      /* Its Undo would undo something else by now. */
      if (self->repair_toast != NULL
          && tn_document_generation (self->document) != self->repair_generation)
        adw_toast_dismiss (self->repair_toast);
      tn_window_note_losses (self, FALSE);
    }
  if (change & TN_CHANGE_SELECTION)
    tn_window_update_status (self);
  tn_window_update_actions (self);
}

static void
document_notify_cb (TnWindow *self)
{
  update_title (self);
  tn_window_update_actions (self);
}

/* ---- the bottom panel ---- */

static void
update_tabs (TnWindow *self)
{
  const char *page = gtk_widget_get_visible (GTK_WIDGET (self->panel))
                         ? gtk_stack_get_visible_child_name (self->panel)
                         : "";

  gtk_toggle_button_set_active (self->problems_button, g_str_equal (page, "problems"));
  gtk_toggle_button_set_active (self->outline_button, g_str_equal (page, "outline"));
  gtk_toggle_button_set_active (self->run_tab_button, g_str_equal (page, "run"));
  gtk_toggle_button_set_active (self->values_button, g_str_equal (page, "values"));
}

static void
set_panel_visible (TnWindow *self, gboolean visible)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->panel)) == visible)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->panel), visible);
  update_tabs (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PANEL_VISIBLE]);
}

void
tn_window_show_page (TnWindow *self, const char *page)
{
  g_return_if_fail (TN_IS_WINDOW (self) && page != NULL);

  gtk_stack_set_visible_child_name (self->panel, page);
  set_panel_visible (self, TRUE);
  update_tabs (self);
}

/* Pressing the tab that is shown puts the panel away. */
static void
tab_clicked_cb (TnWindow *self, GtkToggleButton *button)
{
  const char *page = button == self->problems_button  ? "problems"
                     : button == self->outline_button ? "outline"
                     : button == self->values_button  ? "values"
                                                      : "run";

  if (gtk_widget_get_visible (GTK_WIDGET (self->panel))
      && g_str_equal (gtk_stack_get_visible_child_name (self->panel), page))
    set_panel_visible (self, FALSE);
  else
    tn_window_show_page (self, page);
  update_tabs (self);
}

/* ---- joints between widgets ---- */

static void
set_placing (TnWindow *self, gboolean placing)
{
  self->is_placing = placing;
  update_empty (self);
}

static void
palette_add_cb (TnWindow *self, const TnOffer *offer)
{
  if (tn_canvas_add (self->canvas, *offer))
    tn_shelf_use (tn_palette_shelf (self->palette), *offer);
}

static void
place_motion_cb (TnWindow *self, const TnOffer *offer, double x, double y)
{
  set_placing (self, TRUE);
  if (gtk_widget_translate_coordinates (GTK_WIDGET (self->palette), GTK_WIDGET (self->canvas), x, y,
                                        &x, &y))
    tn_canvas_place_motion (self->canvas, *offer, x, y);
}

static void
place_drop_cb (TnWindow *self, const TnOffer *offer, double x, double y)
{
  if (!gtk_widget_translate_coordinates (GTK_WIDGET (self->palette), GTK_WIDGET (self->canvas), x,
                                         y, &x, &y)
      || !tn_canvas_place_drop (self->canvas, *offer, x, y))
    tn_canvas_place_cancel (self->canvas);
  else
    {
      tn_shelf_use (tn_palette_shelf (self->palette), *offer);
      gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
    }
  set_placing (self, FALSE);
}

static void
place_cancel_cb (TnWindow *self)
{
  set_placing (self, FALSE);
  tn_canvas_place_cancel (self->canvas);
}

/* Beside what the welcome offers it is paper like any other. */
static void
paper_clicked_cb (TnWindow *self, int n_press)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  if (n_press == 2)
    gtk_widget_activate_action (GTK_WIDGET (self->canvas), "canvas.add", NULL);
}

static void
activate_node_cb (TnWindow *self, TnNodeId node)
{
  adw_flap_set_reveal_flap (self->inspector_flap, TRUE);
  tn_inspector_focus (self->inspector);
}

static void
problem_activated_cb (TnWindow *self, TnNodeId node)
{
  tn_window_reveal (self, node);
  tn_window_show_page (self, "problems");
  tn_problems_reveal (self->problems, node);
}

static void
trace_changed_cb (TnWindow *self)
{
  TnRef ref;
  int axis;
  gboolean traced = tn_canvas_traced (self->canvas, &ref, &axis);

  tn_inspector_set_traced (self->inspector, ref, traced ? axis : -1);
}

static void
refused_cb (TnWindow *self, const char *reason)
{
  tn_window_tell (self, reason);
}

static void
zoom_changed_cb (TnWindow *self)
{
  g_autofree char *text = g_strdup_printf (_ ("%.0f %%"), 100 * tn_canvas_zoom (self->canvas));

  gtk_label_set_label (self->zoom_label, text);
}

static void
running_changed_cb (TnWindow *self)
{
  gboolean running = tn_run_panel_is_running (self->run_panel);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  gtk_stack_set_visible_child_name (self->run_stack, running ? "stop" : "run");
  tn_window_update_actions (self);
  /* The button under the fingers of who works by keyboard has been exchanged. */
  if (focus == self->run_button || focus == self->stop_button)
    gtk_widget_grab_focus (running ? self->stop_button : self->run_button);
}

static void
add_requested_cb (TnWindow *self, const TnAddRequest *request)
{
  if (self->adder == NULL)
    {
      self->adder = tn_adder_new (self->canvas, tn_palette_shelf (self->palette));
      gtk_widget_set_parent (self->adder, self->stage);
    }
  tn_adder_open (TN_ADDER (self->adder), request);
}

/* ---- closing ---- */

static void
close_now (TnWindow *self, gpointer data)
{
  self->may_close = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
close_request (GtkWindow *window)
{
  TnWindow *self = TN_WINDOW (window);

  if (!self->may_close && tn_document_is_modified (self->document))
    {
      tn_window_ask_unsaved (self, close_now, NULL, NULL);
      return TRUE;
    }
  tn_window_save_state (self);
  return GTK_WINDOW_CLASS (tn_window_parent_class)->close_request (window);
}

/* ---- the widget ---- */

/* Action states are asked for while the template is still being made. */
static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TnWindow *self = TN_WINDOW (object);

  switch (id)
    {
    case PROP_DENSE_INPUTS:
      g_value_set_string (value,
                          tn_dense_inputs_name (self->document != NULL ? tn_graph_dense_inputs (
                                                    tn_document_graph (self->document))
                                                                       : TN_DENSE_FLAT));
      break;
    case PROP_PALETTE_VISIBLE:
      g_value_set_boolean (value, self->palette_flap == NULL
                                      || adw_flap_get_reveal_flap (self->palette_flap));
      break;
    case PROP_INSPECTOR_VISIBLE:
      g_value_set_boolean (value, self->inspector_flap == NULL
                                      || adw_flap_get_reveal_flap (self->inspector_flap));
      break;
    case PROP_PANEL_VISIBLE:
      g_value_set_boolean (value, self->panel == NULL
                                      || gtk_widget_get_visible (GTK_WIDGET (self->panel)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TnWindow *self = TN_WINDOW (object);
  TnEditArgs args = { 0 };

  switch (id)
    {
    case PROP_DENSE_INPUTS:
      if (self->document != NULL && g_value_get_string (value) != NULL
          && tn_dense_inputs_from_name (g_value_get_string (value), &args.dense_inputs))
        tn_document_apply (self->document, &tn_edit_dense_inputs, &args, NULL);
      break;
    case PROP_PALETTE_VISIBLE:
      adw_flap_set_reveal_flap (self->palette_flap, g_value_get_boolean (value));
      break;
    case PROP_INSPECTOR_VISIBLE:
      adw_flap_set_reveal_flap (self->inspector_flap, g_value_get_boolean (value));
      break;
    case PROP_PANEL_VISIBLE:
      set_panel_visible (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
palette_revealed_cb (TnWindow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PALETTE_VISIBLE]);
}

static void
inspector_revealed_cb (TnWindow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INSPECTOR_VISIBLE]);
}

static void
tn_window_dispose (GObject *object)
{
  TnWindow *self = TN_WINDOW (object);

  tn_window_stop_loading (self);
  g_clear_object (&self->document_signals);
  g_clear_object (&self->engine_signals);
  g_clear_pointer (&self->adder, gtk_widget_unparent);
  g_clear_pointer (&self->history, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_WINDOW);
  g_clear_pointer (&self->autosave, tn_autosave_free);
  g_clear_object (&self->copy_settings);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->disk_version, g_free);
  g_clear_pointer (&self->told_version, g_free);
  g_clear_object (&self->engine);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tn_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, TnWindow, toasts);
  gtk_widget_class_bind_template_child (class, TnWindow, title);
  gtk_widget_class_bind_template_child (class, TnWindow, undo_button);
  gtk_widget_class_bind_template_child (class, TnWindow, open_button);
  gtk_widget_class_bind_template_child (class, TnWindow, redo_button);
  gtk_widget_class_bind_template_child (class, TnWindow, run_stack);
  gtk_widget_class_bind_template_child (class, TnWindow, run_button);
  gtk_widget_class_bind_template_child (class, TnWindow, stop_button);
  gtk_widget_class_bind_template_child (class, TnWindow, palette_flap);
  gtk_widget_class_bind_template_child (class, TnWindow, inspector_flap);
  gtk_widget_class_bind_template_child (class, TnWindow, paned);
  gtk_widget_class_bind_template_child (class, TnWindow, stage);
  gtk_widget_class_bind_template_child (class, TnWindow, canvas);
  gtk_widget_class_bind_template_child (class, TnWindow, empty);
  gtk_widget_class_bind_template_child (class, TnWindow, zoom_box);
  gtk_widget_class_bind_template_child (class, TnWindow, zoom_label);
  gtk_widget_class_bind_template_child (class, TnWindow, find_bar);
  gtk_widget_class_bind_template_child (class, TnWindow, overview);
  gtk_widget_class_bind_template_child (class, TnWindow, picture_button);
  gtk_widget_class_bind_template_child (class, TnWindow, palette);
  gtk_widget_class_bind_template_child (class, TnWindow, inspector);
  gtk_widget_class_bind_template_child (class, TnWindow, panel);
  gtk_widget_class_bind_template_child (class, TnWindow, problems);
  gtk_widget_class_bind_template_child (class, TnWindow, outline);
  gtk_widget_class_bind_template_child (class, TnWindow, run_panel);
  gtk_widget_class_bind_template_child (class, TnWindow, values_view);
  gtk_widget_class_bind_template_child (class, TnWindow, values_button);
  gtk_widget_class_bind_template_child (class, TnWindow, problems_button);
  gtk_widget_class_bind_template_child (class, TnWindow, outline_button);
  gtk_widget_class_bind_template_child (class, TnWindow, run_tab_button);
  gtk_widget_class_bind_template_child (class, TnWindow, problems_icon);
  gtk_widget_class_bind_template_child (class, TnWindow, problems_label);
  gtk_widget_class_bind_template_child (class, TnWindow, status);
  gtk_widget_class_bind_template_child (class, TnWindow, examples_menu);
  gtk_widget_class_bind_template_child (class, TnWindow, recent_menu);
  gtk_widget_class_bind_template_child (class, TnWindow, open_examples_menu);
  gtk_widget_class_bind_template_callback (class, palette_add_cb);
  gtk_widget_class_bind_template_callback (class, place_motion_cb);
  gtk_widget_class_bind_template_callback (class, place_drop_cb);
  gtk_widget_class_bind_template_callback (class, place_cancel_cb);
  gtk_widget_class_bind_template_callback (class, paper_clicked_cb);
  gtk_widget_class_bind_template_callback (class, activate_node_cb);
  gtk_widget_class_bind_template_callback (class, problem_activated_cb);
  gtk_widget_class_bind_template_callback (class, trace_changed_cb);
  gtk_widget_class_bind_template_callback (class, add_requested_cb);
  gtk_widget_class_bind_template_callback (class, refused_cb);
  gtk_widget_class_bind_template_callback (class, zoom_changed_cb);
  gtk_widget_class_bind_template_callback (class, running_changed_cb);
  gtk_widget_class_bind_template_callback (class, tab_clicked_cb);
}

static void
tn_window_class_init (TnWindowClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = tn_window_dispose;
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  GTK_WINDOW_CLASS (class)->close_request = close_request;

  properties[PROP_DENSE_INPUTS] = g_param_spec_string ("dense-inputs", NULL, NULL, NULL, flags);
  properties[PROP_PALETTE_VISIBLE]
      = g_param_spec_boolean ("palette-visible", NULL, NULL, TRUE, flags);
  properties[PROP_INSPECTOR_VISIBLE]
      = g_param_spec_boolean ("inspector-visible", NULL, NULL, TRUE, flags);
  properties[PROP_PANEL_VISIBLE] = g_param_spec_boolean ("panel-visible", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  gtk_widget_class_install_property_action (widget_class, "win.dense-inputs", "dense-inputs");
  gtk_widget_class_install_property_action (widget_class, "win.palette-visible", "palette-visible");
  gtk_widget_class_install_property_action (widget_class, "win.inspector-visible",
                                            "inspector-visible");
  gtk_widget_class_install_property_action (widget_class, "win.panel-visible", "panel-visible");
  tn_window_install_disk_actions (widget_class);
  tn_window_install_history_actions (widget_class);
  tn_window_install_file_actions (widget_class);
  tn_window_install_code_actions (widget_class);
  tn_window_install_picture_actions (widget_class);
  tn_window_install_solve_actions (widget_class);
  tn_window_install_tune_actions (widget_class);
  tn_window_install_insert_actions (widget_class);
  tn_window_install_pane_actions (widget_class);
  tn_window_install_message_actions (widget_class);
  tn_window_install_reading_actions (widget_class);
  tn_window_install_view_actions (widget_class);
  tn_window_install_actions (widget_class);

  g_type_ensure (TN_TYPE_CANVAS);
  g_type_ensure (TN_TYPE_FIND_BAR);
  g_type_ensure (TN_TYPE_OVERVIEW);
  g_type_ensure (TN_TYPE_PALETTE);
  g_type_ensure (TN_TYPE_INSPECTOR);
  g_type_ensure (TN_TYPE_PROBLEMS);
  g_type_ensure (TN_TYPE_OUTLINE);
  g_type_ensure (TN_TYPE_RUN_PANEL);
  g_type_ensure (TN_TYPE_VALUES_VIEW);
  g_type_ensure (TN_TYPE_WELCOME);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tenonapp/Tenon/ui/tn-window.ui");
  bind_children (widget_class);
}

static void
tn_window_init (TnWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tn_accessible_name_mnemonics (GTK_WIDGET (self));

  self->document_signals = g_signal_group_new (TN_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "changed",
                                  G_CALLBACK (document_changed_cb), self);
  g_signal_group_connect_swapped (self->document_signals, "notify", G_CALLBACK (document_notify_cb),
                                  self);
  self->engine_signals = g_signal_group_new (TN_TYPE_ENGINE);
  g_signal_group_connect_swapped (self->engine_signals, "facts",
                                  G_CALLBACK (tn_window_update_status), self);
  g_signal_connect_object (self->palette_flap, "notify::reveal-flap",
                           G_CALLBACK (palette_revealed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->inspector_flap, "notify::reveal-flap",
                           G_CALLBACK (inspector_revealed_cb), self, G_CONNECT_SWAPPED);

  tn_window_load_state (self);
  tn_window_init_files (self);
  tn_window_init_picture (self);
  tn_window_init_history (self);
  tn_window_init_recovery (self);
  tn_window_init_reading (self);
  tn_window_init_view (self);
  tn_window_init_keys (self);
  tn_window_init_panes (self);
  update_tabs (self);
  zoom_changed_cb (self);

  g_autoptr (GSettings) settings = tn_settings_new ();
  g_autofree char *name
      = settings != NULL ? g_settings_get_string (settings, "dense-inputs") : NULL;
  TnDenseInputs rule = TN_DENSE_FLAT;
  if (name != NULL)
    tn_dense_inputs_from_name (name, &rule);
  g_autoptr (TnDocument) document = tn_document_new_with_rule (rule);
  tn_window_set_document (self, document);
}

GtkWidget *
tn_window_new (GtkApplication *application)
{
  TnWindow *self = g_object_new (TN_TYPE_WINDOW, "application", application, NULL);
  GtkShortcutsWindow *shortcuts
      = gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (self));

  /* GTK 4.8 would begin with the section that was added last. */
  if (shortcuts != NULL)
    g_object_set (shortcuts, "section-name", "model", NULL);
  return GTK_WIDGET (self);
}

void
tn_window_set_document (TnWindow *self, TnDocument *document)
{
  g_return_if_fail (TN_IS_WINDOW (self) && TN_IS_DOCUMENT (document));

  g_autoptr (TnEngine) engine = tn_engine_new (document);
  tn_window_stop_loading (self);
  if (self->repair_toast != NULL)
    adw_toast_dismiss (self->repair_toast);
  g_set_object (&self->document, document);
  tn_window_note_losses (self, TRUE);
  g_set_object (&self->engine, engine);
  g_signal_group_set_target (self->document_signals, document);
  g_signal_group_set_target (self->engine_signals, engine);
  tn_canvas_set_document (self->canvas, document, engine);
  tn_inspector_set_document (self->inspector, document, engine);
  tn_problems_set_document (self->problems, document, engine);
  tn_outline_set_document (self->outline, document, engine);
  tn_find_bar_set_document (self->find_bar, document, engine);
  tn_run_panel_set_document (self->run_panel, document, engine);
  tn_window_keep_copy (self, NULL);
  tn_window_watch_file (self);
  update_title (self);
  document_changed_cb (self, TN_CHANGE_GRAPH | TN_CHANGE_POSITIONS | TN_CHANGE_SELECTION);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

TnDocument *
tn_window_document (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->document;
}

TnEngine *
tn_window_engine (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->engine;
}

gboolean
tn_window_is_pristine (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), FALSE);
  return self->loading == NULL && tn_document_path (self->document) == NULL
         && !tn_document_is_modified (self->document)
         && tn_graph_size (tn_document_graph (self->document)) == 0
         && !tn_document_can_redo (self->document);
}

void
tn_window_tell (TnWindow *self, const char *message)
{
  g_return_if_fail (TN_IS_WINDOW (self) && message != NULL);

  g_autofree char *markup = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, 4);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

TnCanvas *
tn_window_canvas (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->canvas;
}

TnPalette *
tn_window_palette (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->palette;
}

TnInspector *
tn_window_inspector (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->inspector;
}

TnProblems *
tn_window_problems (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->problems;
}

TnOutline *
tn_window_outline (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->outline;
}

TnRunPanel *
tn_window_run_panel (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return self->run_panel;
}

const char *
tn_window_status (TnWindow *self)
{
  g_return_val_if_fail (TN_IS_WINDOW (self), NULL);
  return gtk_label_get_label (self->status);
}
