/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas's actions and keys, but for those that have a file of their own. */
#include "app/tn-canvas-private.h"

#define ZOOM_STEP G_SQRT2
/* Copies stand so far off what they are copies of. */
#define DUPLICATE_OFFSET 40

gboolean
tn_canvas_apply_to_selection (TnCanvas *self, const TnEdit *edit, const TnEditArgs *args)
{
  TnEditArgs full = *args;
  g_autofree TnNodeId *nodes = NULL;
  const GArray *selection;

  if (self->document == NULL)
    return FALSE;
  selection = tn_document_selection (self->document);
  if (selection->len == 0)
    return FALSE;
  /* Borrowed arrays of a selection do not outlive the edit that changes it. */
  full.nodes = nodes = g_memdup2 (selection->data, selection->len * sizeof (TnNodeId));
  full.n_nodes = selection->len;
  return tn_canvas_apply (self, edit, &full);
}

/* ---- actions ---- */

static void
disconnect_wire (TnCanvas *self, const TnHit *wire)
{
  TnEditArgs args = { .node = wire->node, .call = wire->call, .slot = wire->slot };

  tn_canvas_apply (self, &tn_edit_disconnect, &args);
}

static void
delete_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document == NULL)
    return;
  tn_canvas_tool_cancel (self);
  if (self->wire.kind == TN_HIT_WIRE)
    disconnect_wire (self, &self->wire);
  else if (tn_canvas_apply_to_selection (self, &tn_edit_remove, &(TnEditArgs){ 0 })
           && tn_canvas_has_keyboard (self))
    gtk_widget_grab_focus (widget);
}

static void
disconnect_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document == NULL)
    return;
  if (self->wire.kind == TN_HIT_WIRE)
    disconnect_wire (self, &self->wire);
  else
    tn_canvas_apply_to_selection (self, &tn_edit_detach, &(TnEditArgs){ 0 });
}

static void
duplicate_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const gboolean wired = g_str_equal (action, "canvas.duplicate-wired");

  tn_canvas_apply_to_selection (TN_CANVAS (widget),
                                wired ? &tn_edit_duplicate_wired : &tn_edit_duplicate,
                                &(TnEditArgs){ .x = DUPLICATE_OFFSET, .y = DUPLICATE_OFFSET });
}

static void
cancel_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (tn_canvas_tool_cancel (self) || tn_canvas_trace_end (self) || self->document == NULL)
    return;
  tn_canvas_select_wire (self, NULL);
  tn_document_select (self->document, NULL, 0);
  gtk_widget_grab_focus (widget);
}

static void
zoom_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double factor = ZOOM_STEP;

  if (g_str_equal (action, "canvas.zoom-out"))
    factor = 1 / ZOOM_STEP;
  else if (g_str_equal (action, "canvas.zoom-original"))
    factor = 1 / tn_canvas_zoom (self);
  tn_canvas_zoom_at (self, factor, self->viewport.width / 2, self->viewport.height / 2);
}

static void
zoom_fit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tn_canvas_zoom_fit (TN_CANVAS (widget));
}

static void
edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->cursor == TN_NODE_NONE)
    return;
  tn_canvas_sync (self);
  if (tn_scene_covering_group (self->scene, self->cursor, NULL) != NULL)
    gtk_widget_activate_action (widget, "canvas.toggle-group", NULL);
  else if (!tn_canvas_edit_remark (self, self->cursor))
    g_signal_emit_by_name (self, "activate-node", self->cursor);
}

static void
nudge_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  g_autoptr (GArray) nodes = NULL;
  double dx, dy;

  if (self->document == NULL)
    return;
  /* One step to undo for as long as nothing else is done in between. */
  if (self->nudge_merge == 0 || self->nudge_generation != tn_document_generation (self->document))
    self->nudge_merge = tn_document_new_merge (self->document);
  g_variant_get (parameter, "(dd)", &dx, &dy);
  nodes = g_array_copy ((GArray *)tn_document_selection (self->document));
  tn_canvas_add_framed (self, nodes);
  if (nodes->len > 0)
    tn_canvas_apply (self, &tn_edit_move,
                     &(TnEditArgs){ .nodes = (const TnNodeId *)(gpointer)nodes->data,
                                    .n_nodes = nodes->len,
                                    .x = dx,
                                    .y = dy,
                                    .merge = self->nudge_merge });
  self->nudge_generation = tn_document_generation (self->document);
}

/* ---- the class ---- */

static void
bind (GtkWidgetClass *class, guint key, GdkModifierType modifiers, const char *action)
{
  gtk_widget_class_add_binding_action (class, key, modifiers, action, NULL);
}

void
tn_canvas_actions_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.delete", NULL, delete_cb);
  gtk_widget_class_install_action (class, "canvas.disconnect", NULL, disconnect_cb);
  gtk_widget_class_install_action (class, "canvas.duplicate", NULL, duplicate_cb);
  gtk_widget_class_install_action (class, "canvas.duplicate-wired", NULL, duplicate_cb);
  gtk_widget_class_install_action (class, "canvas.cancel", NULL, cancel_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-in", NULL, zoom_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-out", NULL, zoom_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-original", NULL, zoom_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-fit", NULL, zoom_fit_cb);
  gtk_widget_class_install_action (class, "canvas.edit", NULL, edit_cb);
  gtk_widget_class_install_action (class, "canvas.nudge", "(dd)", nudge_cb);

  tn_canvas_add_class_init (class);
  tn_canvas_choose_class_init (class);
  tn_canvas_clipboard_class_init (class);
  tn_canvas_connect_class_init (class);
  tn_canvas_groups_class_init (class);
  tn_canvas_menu_class_init (class);
  tn_canvas_modes_class_init (class);
  tn_canvas_remarks_class_init (class);
  tn_canvas_repeat_class_init (class);
  tn_canvas_rename_class_init (class);
  tn_canvas_walk_class_init (class);
  tn_canvas_wiring_class_init (class);

  bind (class, GDK_KEY_Delete, 0, "canvas.delete");
  bind (class, GDK_KEY_KP_Delete, 0, "canvas.delete");
  bind (class, GDK_KEY_BackSpace, 0, "canvas.delete");
  bind (class, GDK_KEY_d, GDK_CONTROL_MASK, "canvas.duplicate");
  bind (class, GDK_KEY_d, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.duplicate-wired");
  bind (class, GDK_KEY_Escape, 0, "canvas.cancel");
  /* In the midst of a gesture that has one of them held. */
  bind (class, GDK_KEY_Escape, GDK_CONTROL_MASK, "canvas.cancel");
  bind (class, GDK_KEY_Escape, GDK_SHIFT_MASK, "canvas.cancel");
  bind (class, GDK_KEY_plus, GDK_CONTROL_MASK, "canvas.zoom-in");
  bind (class, GDK_KEY_equal, GDK_CONTROL_MASK, "canvas.zoom-in");
  bind (class, GDK_KEY_KP_Add, GDK_CONTROL_MASK, "canvas.zoom-in");
  bind (class, GDK_KEY_minus, GDK_CONTROL_MASK, "canvas.zoom-out");
  bind (class, GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "canvas.zoom-out");
  bind (class, GDK_KEY_0, GDK_CONTROL_MASK, "canvas.zoom-original");
  bind (class, GDK_KEY_KP_0, GDK_CONTROL_MASK, "canvas.zoom-original");
  bind (class, GDK_KEY_9, GDK_CONTROL_MASK, "canvas.zoom-fit");
  bind (class, GDK_KEY_KP_9, GDK_CONTROL_MASK, "canvas.zoom-fit");
  bind (class, GDK_KEY_Home, 0, "canvas.zoom-fit");
  bind (class, GDK_KEY_Return, 0, "canvas.edit");
  bind (class, GDK_KEY_KP_Enter, 0, "canvas.edit");
}
