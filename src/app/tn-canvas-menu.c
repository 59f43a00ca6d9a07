/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas's context menu: what it offers for what lies under the pointer or the keyboard. */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "graph/tn-active.h"

static void
menu_gone_cb (gpointer user_data)
{
  g_autoptr (GtkWidget) menu = user_data;

  if (gtk_widget_get_parent (menu) != NULL)
    gtk_widget_unparent (menu);
}

static void
menu_closed_cb (GtkPopover *menu, TnCanvas *self)
{
  if (self->menu == GTK_WIDGET (menu))
    self->menu = NULL;
  /* Not at once: the action that was chosen is yet to be run, through the menu. */
  g_idle_add_once (menu_gone_cb, g_object_ref (menu));
}

/* @wire: what may be put in goes there; NULL: behind the layer. */
static void
append_make_shape (GMenu *section, TnRef ref, const TnHit *wire)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (_ ("Make This _Shape…"), NULL);

  g_menu_item_set_action_and_target (item, "win.make-shape", "(uuuuuu)", ref.node,
                                     (guint32)ref.call, (guint32)ref.output,
                                     wire != NULL ? wire->node : TN_NODE_NONE,
                                     wire != NULL ? wire->call : 0, wire != NULL ? wire->slot : 0);
  g_menu_append_item (section, item);
}

void
tn_canvas_append_item (GMenu *menu, const char *label, const char *action, const char *accel)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, action);

  g_menu_item_set_attribute (item, "accel", "s", accel);
  g_menu_append_item (menu, item);
}

/* The menu of layers: what is done to them as such, and by submenu what is about their wires, their
 * company and their choice. */
static void
fill_for_layers (TnCanvas *self, const TnHit *hit, double x, double y, GMenu *model)
{
  const TnNode *node = tn_graph_find (tn_canvas_graph (self), hit->node);
  const TnGroup *group = tn_document_selected_group (self->document);
  guint n_selected = tn_document_selection (self->document)->len;
  gboolean is_mark = node != NULL && tn_node_is_mark (node) && n_selected == 1;
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) clipboard = g_menu_new ();
  g_autoptr (GMenu) modes = g_menu_new ();
  g_autoptr (GMenu) wires = g_menu_new ();
  g_autoptr (GMenu) company = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();
  g_autofree char *title
      = group != NULL ? g_strdup (tn_name_own (tn_group_name (group)))
        : n_selected > 1
            ? g_strdup_printf (ngettext ("%u layer", "%u layers", n_selected), n_selected)
        : node != NULL ? g_strdup (tn_node_name (node))
                       : NULL;

  g_menu_append_section (model, title, G_MENU_MODEL (first));
  tn_canvas_append_remark_items (self, hit, is_mark ? first : company);
  if (is_mark)
    return;

  /* Of a group the first thing is to look into it, or no longer. */
  tn_canvas_append_group_items (self, hit, group != NULL ? first : company);
  if (n_selected == 1)
    tn_canvas_append_item (first, _ ("_Edit"), "canvas.edit", "Return");
  if (n_selected == 1 || group != NULL)
    tn_canvas_append_item (first, _ ("What Is _Known"), "canvas.card", "<Control>F1");
  if (n_selected == 1 || group != NULL)
    g_menu_append (first, _ ("Re_name"), "canvas.rename");
  if (n_selected == 1)
    tn_canvas_append_add_item (self, hit, x, y, first);

  tn_canvas_append_clipboard_items (self, hit, x, y, clipboard);
  g_menu_append (clipboard, _ ("D_uplicate"), "canvas.duplicate");
  tn_canvas_append_item (clipboard, _ ("De_lete"), "canvas.delete", "Delete");
  g_menu_append_section (model, NULL, G_MENU_MODEL (clipboard));

  tn_canvas_append_mode_items (self, modes);
  g_menu_append_section (model, NULL, G_MENU_MODEL (modes));

  if (n_selected == 1 && node != NULL && tn_node_n_outputs (node) > 0)
    {
      g_menu_append (wires, _ ("Co_nnect To…"), "canvas.wire-menu");
      append_make_shape (wires, hit->kind == TN_HIT_OUTPUT ? hit->ref : (TnRef){ hit->node, 0, 0 },
                         NULL);
    }
  tn_canvas_append_flow_items (self, wires);
  g_menu_append_submenu (more, _ ("_Wires"), G_MENU_MODEL (wires));
  tn_canvas_append_repeat_items (self, hit, company);
  g_menu_append_submenu (more, _ ("Group and Re_peat"), G_MENU_MODEL (company));
  tn_canvas_append_choose_items (self, more);
  g_menu_append_section (model, NULL, G_MENU_MODEL (more));
}

static void
fill_for_wire (TnCanvas *self, const TnHit *hit, double x, double y, GMenu *model)
{
  const TnNode *from = tn_graph_find (tn_canvas_graph (self), hit->ref.node);
  const TnNode *to = tn_graph_find (tn_canvas_graph (self), hit->node);
  g_autoptr (GMenu) section = g_menu_new ();
  g_autofree char *title = NULL;

  if (from != NULL && to != NULL)
    title = g_strdup_printf ("%s → %s", tn_node_name (from), tn_node_name (to));
  tn_canvas_append_add_item (self, hit, x, y, section);
  g_menu_append (section, _ ("_Disconnect"), "canvas.disconnect");
  tn_canvas_append_remark_items (self, hit, section);
  tn_canvas_append_item (section, _ ("What Is K_nown"), "canvas.card", "<Control>F1");
  append_make_shape (section, hit->ref, hit);
  tn_canvas_append_wire_items (self, hit, section);
  g_menu_append_section (model, title, G_MENU_MODEL (section));
}

static void
fill_for_nothing (TnCanvas *self, const TnHit *hit, double x, double y, GMenu *model)
{
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) view = g_menu_new ();

  tn_canvas_append_add_item (self, hit, x, y, section);
  tn_canvas_append_remark_items (self, hit, section);
  tn_canvas_append_clipboard_items (self, hit, x, y, section);
  g_menu_append (section, _ ("Select _All"), "canvas.select-all");
  g_menu_append (view, _ ("Zoom to _Fit"), "canvas.zoom-fit");
  g_menu_append (view, _ ("A_rrange"), "canvas.arrange");
  g_menu_append_section (model, NULL, G_MENU_MODEL (section));
  g_menu_append_section (model, NULL, G_MENU_MODEL (view));
}

static void
popup_at (TnCanvas *self, GMenuModel *model, double widget_x, double widget_y)
{
  tn_canvas_hover_end (self);
  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  self->menu = gtk_popover_menu_new_from_model_full (model, GTK_POPOVER_MENU_NESTED);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int)widget_x, (int)widget_y, 1, 1 });
  g_signal_connect (self->menu, "closed", G_CALLBACK (menu_closed_cb), self);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

void
tn_canvas_popup_menu_at_cursor (TnCanvas *self, GMenuModel *model)
{
  double x = self->viewport.width / 2, y = self->viewport.height / 2;
  TnRect box;

  if (tn_scene_node_box (self->scene, self->cursor, &box))
    tn_viewport_to_widget (&self->viewport, box.x + box.width / 2, box.y + box.height, &x, &y);
  popup_at (self, model, CLAMP (x, 0, self->viewport.width), CLAMP (y, 0, self->viewport.height));
}

void
tn_canvas_show_menu (TnCanvas *self, const TnHit *hit, double widget_x, double widget_y)
{
  g_autoptr (GMenu) model = g_menu_new ();
  TnHit about = *hit;
  double x, y;

  if (self->document == NULL)
    return;
  tn_viewport_to_document (&self->viewport, widget_x, widget_y, &x, &y);
  if (about.kind == TN_HIT_OUTPUT)
    about.node = about.ref.node;
  /* The menu is about what it was called on. */
  if (about.kind == TN_HIT_WIRE)
    tn_canvas_select_wire (self, &about);
  else if (about.kind == TN_HIT_FRAME || about.kind == TN_HIT_MARK)
    {
      const TnGroup *group = tn_scene_hit_group (self->scene, &about);

      tn_canvas_select_wire (self, NULL);
      if (group != NULL)
        tn_document_select_group (self->document, group);
    }
  else if (about.kind != TN_HIT_NOTHING && !tn_document_is_selected (self->document, about.node))
    {
      tn_canvas_select_wire (self, NULL);
      tn_document_select_one (self->document, about.node, FALSE);
    }

  if (about.kind == TN_HIT_WIRE)
    fill_for_wire (self, &about, x, y, model);
  else if (about.kind == TN_HIT_NOTHING)
    fill_for_nothing (self, &about, x, y, model);
  else
    fill_for_layers (self, &about, x, y, model);
  popup_at (self, G_MENU_MODEL (model), widget_x, widget_y);
}

static void
menu_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double x = self->viewport.width / 2, y = self->viewport.height / 2;
  TnHit hit = { .kind = TN_HIT_NOTHING };
  TnRect box;

  tn_canvas_sync (self);
  if (self->document == NULL)
    return;
  if (self->wire.kind == TN_HIT_WIRE)
    {
      double x0 = 0, y0 = 0, x1 = 0, y1 = 0;

      hit = self->wire;
      tn_scene_output_port (self->scene, hit.ref, &x0, &y0);
      tn_scene_input_port (self->scene, hit.node, hit.call, hit.slot, &x1, &y1);
      tn_viewport_to_widget (&self->viewport, (x0 + x1) / 2, (y0 + y1) / 2, &x, &y);
    }
  else if (tn_document_is_selected (self->document, self->cursor)
           && tn_scene_node_box (self->scene, self->cursor, &box))
    {
      hit = (TnHit){ .kind = TN_HIT_NODE, .node = self->cursor };
      tn_viewport_to_widget (&self->viewport, box.x + box.width / 2, box.y + box.height, &x, &y);
    }
  tn_canvas_show_menu (self, &hit, CLAMP (x, 0, self->viewport.width),
                       CLAMP (y, 0, self->viewport.height));
}

void
tn_canvas_show_layer_menu (TnCanvas *self, TnNodeId node, double x, double y)
{
  TnHit hit = { .kind = TN_HIT_NODE, .node = node };

  g_return_if_fail (TN_IS_CANVAS (self));
  tn_canvas_sync (self);
  if (self->document != NULL && tn_graph_find (tn_canvas_graph (self), node) != NULL)
    tn_canvas_show_menu (self, &hit, x, y);
}

/* ---- the class ---- */

void
tn_canvas_menu_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.menu", NULL, menu_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Menu, 0, "canvas.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F10, GDK_SHIFT_MASK, "canvas.menu", NULL);
}
