/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas's actions on wires, and those that take layers out of the flow. */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"

/* The selected layers, from the first on in the flow; borrowed arrays of a selection do not outlive
 * the edit that changes it. NULL: none. */
static TnNodeId *
copy_selection (TnCanvas *self, guint *n_nodes)
{
  const GArray *selection;

  *n_nodes = 0;
  if (self->document == NULL)
    return NULL;
  selection = tn_document_selection (self->document);
  *n_nodes = selection->len;
  return selection->len > 0 ? g_memdup2 (selection->data, selection->len * sizeof (TnNodeId))
                            : NULL;
}

static void
out_of_the_flow_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const gboolean removing = g_str_equal (action, "canvas.delete-healing");
  TnEditArgs args = { 0 };
  g_autofree TnNodeId *nodes = copy_selection (self, &args.n_nodes);

  if (nodes == NULL)
    return;
  tn_canvas_tool_cancel (self);
  args.nodes = nodes;
  if (tn_canvas_apply (self, removing ? &tn_edit_remove_healing : &tn_edit_take_out, &args)
      && removing && tn_canvas_has_keyboard (self))
    gtk_widget_grab_focus (widget);
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TnGraph *graph = user_data;
  const TnNode *left = tn_graph_find (graph, *(const TnNodeId *)a);
  const TnNode *right = tn_graph_find (graph, *(const TnNodeId *)b);
  double first, second;

  if (tn_graph_direction (graph) == TN_DIRECTION_DOWN)
    {
      first = tn_node_y (left);
      second = tn_node_y (right);
    }
  else
    {
      first = tn_node_x (left);
      second = tn_node_x (right);
    }
  return first < second ? -1 : first > second;
}

static void
connect_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnEditArgs args = { 0 };
  g_autofree TnNodeId *nodes = copy_selection (self, &args.n_nodes);

  if (self->document == NULL)
    return;
  if (nodes != NULL)
    g_qsort_with_data (nodes, (int)args.n_nodes, sizeof *nodes, compare_places,
                       (gpointer)tn_canvas_graph (self));
  args.nodes = nodes;
  tn_canvas_apply (self, &tn_edit_chain, &args);
}

static void
swap_inputs_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnEditArgs args = { .node = self->cursor };

  if (self->document == NULL)
    return;
  if (self->wire.kind == TN_HIT_WIRE)
    {
      args.node = self->wire.node;
      args.call = self->wire.call;
    }
  tn_canvas_apply (self, &tn_edit_swap_inputs, &args);
}

static void
go_to_end_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document != NULL && self->wire.kind == TN_HIT_WIRE)
    tn_canvas_go_to (self,
                     g_variant_get_boolean (parameter) ? self->wire.node : self->wire.ref.node);
}

/* Where the last number of its shape comes from: the one that layers disagree about most. */
static void
trace_wire_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnShape shape = tn_shape_none ();

  if (self->document == NULL || self->wire.kind != TN_HIT_WIRE)
    return;
  tn_canvas_sync (self);
  if (self->facts != NULL
      && tn_graph_find (tn_facts_graph (self->facts), self->wire.ref.node) != NULL)
    shape = tn_facts_shape (self->facts, self->wire.ref, NULL);
  if (shape.rank > 0)
    tn_canvas_trace (self, self->wire.ref, shape.rank - 1);
  else
    tn_canvas_refuse (self, _ ("Nothing is known yet of what this wire carries."));
}

/* Do its first two inputs have something to exchange? */
static gboolean
can_swap (const TnNode *node, guint call)
{
  return node != NULL && call < tn_node_n_calls (node) && tn_node_n_inputs (node, call) == 2
         && tn_node_input (node, call, 0).node != TN_NODE_NONE
         && tn_node_input (node, call, 1).node != TN_NODE_NONE;
}

static void
append_go_to (GMenu *section, const char *label, gboolean end)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "canvas.go-to-end", "b", end);
  g_menu_append_item (section, item);
}

void
tn_canvas_append_wire_items (TnCanvas *self, const TnHit *wire, GMenu *section)
{
  g_menu_append (section, _ ("_Trace Its Size"), "canvas.trace-wire");
  append_go_to (section, _ ("Go to Its _Source"), FALSE);
  append_go_to (section, _ ("_Go to Its End"), TRUE);
  if (can_swap (tn_graph_find (tn_canvas_graph (self), wire->node), wire->call))
    g_menu_append (section, _ ("S_wap Inputs"), "canvas.swap-inputs");
}

void
tn_canvas_append_flow_items (TnCanvas *self, GMenu *menu)
{
  const GArray *selection = tn_document_selection (self->document);

  g_menu_append (menu, _ ("_Disconnect"), "canvas.disconnect");
  if (selection->len == 1
      && can_swap (tn_graph_find (tn_canvas_graph (self), g_array_index (selection, TnNodeId, 0)),
                   0))
    g_menu_append (menu, _ ("S_wap Inputs"), "canvas.swap-inputs");
  if (selection->len > 1)
    g_menu_append (menu, _ ("Co_nnect in Order"), "canvas.connect");
  g_menu_append (menu, _ ("_Take Out and Reconnect"), "canvas.take-out");
  g_menu_append (menu, _ ("Delete and _Reconnect"), "canvas.delete-healing");
}

void
tn_canvas_wiring_class_init (GtkWidgetClass *class)
{
  static const guint deletes[] = { GDK_KEY_Delete, GDK_KEY_KP_Delete };

  gtk_widget_class_install_action (class, "canvas.delete-healing", NULL, out_of_the_flow_cb);
  gtk_widget_class_install_action (class, "canvas.take-out", NULL, out_of_the_flow_cb);
  gtk_widget_class_install_action (class, "canvas.connect", NULL, connect_cb);
  gtk_widget_class_install_action (class, "canvas.swap-inputs", NULL, swap_inputs_cb);
  gtk_widget_class_install_action (class, "canvas.go-to-end", "b", go_to_end_cb);
  gtk_widget_class_install_action (class, "canvas.trace-wire", NULL, trace_wire_cb);
  for (guint i = 0; i < G_N_ELEMENTS (deletes); i++)
    {
      gtk_widget_class_add_binding_action (class, deletes[i], GDK_CONTROL_MASK,
                                           "canvas.delete-healing", NULL);
      gtk_widget_class_add_binding_action (class, deletes[i], GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                           "canvas.take-out", NULL);
    }
  gtk_widget_class_add_binding_action (class, GDK_KEY_j, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "canvas.connect", NULL);
}
