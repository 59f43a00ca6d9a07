/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments, frames and knots on the canvas: made, edited in place, coloured, moved with what lies
 * in them. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "graph/tn-active.h"
#include "layers/tn-remarks.h"

#define FRAME_ROOM 24.0 /* between a frame and what it is made around */

/* ---- in place ---- */

typedef struct
{
  TnCanvas *canvas; /* borrowed: the editor is its child */
  TnNodeId node;
  GtkTextBuffer *buffer; /* borrowed from the view */
  gboolean given_up;
} Editor;

static void
editor_gone_cb (gpointer user_data)
{
  g_autoptr (GtkWidget) popover = user_data;

  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
}

static void
editor_closed_cb (GtkPopover *popover, Editor *editor)
{
  TnCanvas *self = editor->canvas;
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  g_autoptr (TnValue) value = NULL;

  gtk_text_buffer_get_bounds (editor->buffer, &start, &end);
  text = gtk_text_buffer_get_text (editor->buffer, &start, &end, FALSE);
  value = tn_value_new_string (text);
  if (!editor->given_up && self->document != NULL
      && tn_graph_find (tn_canvas_graph (self), editor->node) != NULL)
    tn_canvas_apply (
        self, &tn_edit_set,
        &(TnEditArgs){ .node = editor->node, .param = TN_REMARK_TEXT, .value = value });
  if (self->menu == GTK_WIDGET (popover))
    self->menu = NULL;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  g_idle_add_once (editor_gone_cb, g_object_ref (popover));
}

/* Escape gives up, Ctrl+Enter is done; so is Enter in a title, which has one line. */
static gboolean
editor_key_cb (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
               Editor *editor)
{
  const TnNode *node = tn_graph_find (tn_canvas_graph (editor->canvas), editor->node);
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;
  double x, y, width, height;
  gboolean title = node != NULL && tn_remark_frame (node, &x, &y, &width, &height);

  if (key == GDK_KEY_Escape)
    editor->given_up = TRUE;
  else if (!enter || !(title || (state & GDK_CONTROL_MASK)))
    return FALSE;
  gtk_popover_popdown (GTK_POPOVER (editor->canvas->menu));
  return TRUE;
}

gboolean
tn_canvas_edit_remark (TnCanvas *self, TnNodeId id)
{
  const TnNode *node = self->document != NULL ? tn_graph_find (tn_canvas_graph (self), id) : NULL;
  GtkWidget *view, *scroller;
  GtkEventController *keys;
  Editor *editor;
  GtkTextIter start, end;
  double x, y;
  TnRect box;

  tn_canvas_sync (self);
  if (node == NULL || !tn_node_schema (node)->remark || !tn_scene_node_box (self->scene, id, &box))
    return FALSE;
  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  editor = g_new0 (Editor, 1);
  view = gtk_text_view_new ();
  editor->canvas = self;
  editor->node = id;
  editor->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_buffer_set_text (editor->buffer, tn_node_string (node, TN_REMARK_TEXT), -1);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (tn_layer_of (node)->label), -1);
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (editor_key_cb), editor);
  gtk_widget_add_controller (view, keys);
  scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_size_request (scroller, (int)CLAMP (box.width * self->viewport.zoom, 160, 480),
                               72);

  self->menu = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->menu), scroller);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  tn_viewport_to_widget (&self->viewport, box.x + box.width / 2, box.y, &x, &y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  g_signal_connect_data (self->menu, "closed", G_CALLBACK (editor_closed_cb), editor,
                         (GClosureNotify)(GCallback)g_free, 0);
  gtk_popover_popup (GTK_POPOVER (self->menu));
  gtk_widget_grab_focus (view);
  /* Typing says it anew, as in every name that is edited. */
  gtk_text_buffer_get_bounds (editor->buffer, &start, &end);
  gtk_text_buffer_select_range (editor->buffer, &start, &end);
  return TRUE;
}

/* ---- what lies in a frame ---- */

void
tn_canvas_add_framed (TnCanvas *self, GArray *nodes)
{
  guint n_selected = nodes->len;

  tn_canvas_sync (self);
  for (guint i = 0; i < n_selected; i++)
    {
      g_autoptr (GArray) held = tn_scene_framed (self->scene, g_array_index (nodes, TnNodeId, i));

      for (guint j = 0; j < held->len; j++)
        {
          gboolean known = FALSE;

          for (guint k = 0; k < nodes->len && !known; k++)
            known = g_array_index (nodes, TnNodeId, k) == g_array_index (held, TnNodeId, j);
          if (!known)
            g_array_append_val (nodes, g_array_index (held, TnNodeId, j));
        }
    }
}

/* ---- actions ---- */

static void
add_comment_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnNodeId created = TN_NODE_NONE;
  TnEditArgs args = { .created = &created };

  if (self->document == NULL)
    return;
  tn_canvas_middle (self, &args.x, &args.y);
  if (self->pointer_inside)
    {
      args.x = self->pointer.x;
      args.y = self->pointer.y;
    }
  if (!tn_canvas_apply (self, &tn_edit_add_comment, &args))
    return;
  self->cursor = created;
  tn_canvas_edit_remark (self, created);
}

static void
frame_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnRect around = { 0 }, box;
  TnNodeId created = TN_NODE_NONE;
  const GArray *selection;
  gboolean any = FALSE;

  if (self->document == NULL)
    return;
  tn_canvas_sync (self);
  selection = tn_document_selection (self->document);
  for (guint i = 0; i < selection->len; i++)
    if (tn_scene_node_box (self->scene, g_array_index (selection, TnNodeId, i), &box))
      {
        double right = any ? MAX (around.x + around.width, box.x + box.width) : box.x + box.width;
        double bottom
            = any ? MAX (around.y + around.height, box.y + box.height) : box.y + box.height;

        around.x = any ? MIN (around.x, box.x) : box.x;
        around.y = any ? MIN (around.y, box.y) : box.y;
        around.width = right - around.x;
        around.height = bottom - around.y;
        any = TRUE;
      }
  if (!any)
    {
      tn_canvas_refuse (self, _ ("Select the layers first that the frame is to go around."));
      return;
    }
  around.x -= FRAME_ROOM;
  around.y -= FRAME_ROOM + self->style->frame_title;
  around.width += 2 * FRAME_ROOM;
  around.height += 2 * FRAME_ROOM + self->style->frame_title;
  if (!tn_canvas_apply (self, &tn_edit_add_frame,
                        &(TnEditArgs){ .x = around.x + around.width / 2,
                                       .y = around.y + around.height / 2,
                                       .width = around.width,
                                       .height = around.height,
                                       .text = _ ("Frame"),
                                       .created = &created }))
    return;
  self->cursor = created;
  tn_canvas_edit_remark (self, created);
}

gboolean
tn_canvas_add_knot (TnCanvas *self, const TnHit *wire, double x, double y)
{
  const TnWireEnd end = { wire->node, wire->call, wire->slot };

  if (wire->kind != TN_HIT_WIRE)
    return FALSE;
  tn_canvas_select_wire (self, NULL);
  return tn_canvas_apply (self, &tn_edit_add_knot,
                          &(TnEditArgs){ .wires = &end,
                                         .n_wires = 1,
                                         .x = round (x / TN_CANVAS_GRID) * TN_CANVAS_GRID,
                                         .y = round (y / TN_CANVAS_GRID) * TN_CANVAS_GRID });
}

static void
add_knot_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double x0, y0, x1, y1;

  tn_canvas_sync (self);
  if (self->wire.kind != TN_HIT_WIRE
      || !tn_scene_output_port (self->scene, self->wire.ref, &x0, &y0)
      || !tn_scene_input_port (self->scene, self->wire.node, self->wire.call, self->wire.slot, &x1,
                               &y1))
    {
      gtk_widget_error_bell (widget);
      return;
    }
  TnHit wire = self->wire;
  tn_canvas_add_knot (self, &wire, (x0 + x1) / 2, (y0 + y1) / 2);
}

static void
color_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  g_autoptr (TnValue) value = tn_value_new_string (g_variant_get_string (parameter, NULL));
  const GArray *selection;

  if (self->document == NULL)
    return;
  selection = tn_document_selection (self->document);
  for (guint i = 0; i < selection->len; i++)
    {
      TnNodeId id = g_array_index (selection, TnNodeId, i);

      if (tn_node_schema (tn_graph_find (tn_canvas_graph (self), id))->remark)
        tn_canvas_apply (self, &tn_edit_set,
                         &(TnEditArgs){ .node = id, .param = TN_REMARK_COLOR, .value = value });
    }
}

static void
append_colors (GMenu *section)
{
  /* In the order of tn_remark_color_name(). */
  static const char *const labels[]
      = { N_ ("_Yellow"), N_ ("_Blue"), N_ ("_Green"), N_ ("_Purple"), N_ ("_Red"), N_ ("Gr_ey") };
  g_autoptr (GMenu) colors = g_menu_new ();

  for (guint i = 0; i < MIN (G_N_ELEMENTS (labels), tn_remark_n_colors ()); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (labels[i]), NULL);

      g_menu_item_set_action_and_target (item, "canvas.color", "s", tn_remark_color_name (i));
      g_menu_append_item (colors, item);
    }
  g_menu_append_submenu (section, _ ("C_olor"), G_MENU_MODEL (colors));
}

gboolean
tn_canvas_append_remark_items (TnCanvas *self, const TnHit *hit, GMenu *section)
{
  const TnNode *node = tn_graph_find (tn_canvas_graph (self), hit->node);

  if (hit->kind == TN_HIT_WIRE)
    g_menu_append (section, _ ("Add _Knot"), "canvas.add-knot");
  else if (hit->kind == TN_HIT_NOTHING)
    g_menu_append (section, _ ("Add Co_mment"), "canvas.add-comment");
  else if (node == NULL || !tn_node_is_mark (node))
    g_menu_append (section, _ ("Put a _Frame Around"), "canvas.frame");
  else if (tn_document_selection (self->document)->len == 1)
    {
      if (tn_node_schema (node)->remark)
        {
          g_menu_append (section, _ ("_Edit Text"), "canvas.edit");
          append_colors (section);
        }
      g_menu_append (section, _ ("De_lete"), "canvas.delete");
      return TRUE;
    }
  return FALSE;
}

void
tn_canvas_remarks_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.add-comment", NULL, add_comment_cb);
  gtk_widget_class_install_action (class, "canvas.frame", NULL, frame_cb);
  gtk_widget_class_install_action (class, "canvas.add-knot", NULL, add_knot_cb);
  gtk_widget_class_install_action (class, "canvas.color", "s", color_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_k, GDK_CONTROL_MASK, "canvas.add-comment",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_k, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "canvas.frame", NULL);
}
