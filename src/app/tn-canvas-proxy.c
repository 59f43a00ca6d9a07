/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCanvasProxy: an invisible child of the canvas that stands for one layer to assistive
 * technology and to the keyboard focus. */
#include "app/tn-canvas-proxy.h"

#include <math.h>

#include "app/tn-canvas-private.h"

/* With more selected, only those that are to be seen are told of in a large model. */
#define MOST_SELECTED 100

struct _TnCanvasProxy
{
  GtkWidget parent_instance;

  TnNodeId node;
  char *label;
  char *description;
  gboolean selected;
};

G_DEFINE_FINAL_TYPE (TnCanvasProxy, tn_canvas_proxy, GTK_TYPE_WIDGET)

TnNodeId
tn_canvas_proxy_node (TnCanvasProxy *self)
{
  return self->node;
}

static TnCanvas *
canvas_of (TnCanvasProxy *self)
{
  return TN_CANVAS (gtk_widget_get_parent (GTK_WIDGET (self)));
}

static void
select_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvasProxy *self = TN_CANVAS_PROXY (widget);

  tn_canvas_go_to (canvas_of (self), self->node);
}

static void
edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvasProxy *self = TN_CANVAS_PROXY (widget);
  TnCanvas *canvas = canvas_of (self);

  tn_canvas_go_to (canvas, self->node);
  gtk_widget_activate_action (GTK_WIDGET (canvas), "canvas.edit", NULL);
}

static void
delete_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvasProxy *self = TN_CANVAS_PROXY (widget);
  /* Of a closed group, all that is within. */
  tn_canvas_go_to (canvas_of (self), self->node);
  gtk_widget_activate_action (GTK_WIDGET (canvas_of (self)), "canvas.delete", NULL);
}

static void
tn_canvas_proxy_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = 0;
  *natural = 0;
}

static void
tn_canvas_proxy_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  /* The tiles show the layer, the canvas its focus. */
}

static void
tn_canvas_proxy_finalize (GObject *object)
{
  TnCanvasProxy *self = TN_CANVAS_PROXY (object);

  g_free (self->label);
  g_free (self->description);
  G_OBJECT_CLASS (tn_canvas_proxy_parent_class)->finalize (object);
}

static void
tn_canvas_proxy_class_init (TnCanvasProxyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tn_canvas_proxy_finalize;
  widget_class->measure = tn_canvas_proxy_measure;
  widget_class->snapshot = tn_canvas_proxy_snapshot;
  gtk_widget_class_install_action (widget_class, "node.select", NULL, select_cb);
  gtk_widget_class_install_action (widget_class, "node.edit", NULL, edit_cb);
  gtk_widget_class_install_action (widget_class, "node.delete", NULL, delete_cb);
  gtk_widget_class_set_css_name (widget_class, "canvas-layer");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
focus_changed_cb (GtkWidget *widget, GParamSpec *pspec, gpointer user_data)
{
  TnCanvasProxy *self = TN_CANVAS_PROXY (widget);
  TnCanvas *canvas = canvas_of (self);

  /* Focus that came from outside (assistive technology): selection follows. */
  if (gtk_widget_has_focus (widget) && canvas->cursor != self->node && canvas->document != NULL)
    tn_canvas_go_to (canvas, self->node);
  tn_canvas_queue_overlay (canvas);
}

static void
tn_canvas_proxy_init (TnCanvasProxy *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_changed_cb), NULL);
}

static void
update_text (TnCanvasProxy *self, TnCanvas *canvas, const TnNode *node)
{
  const TnGroup *group = tn_scene_covering_group (canvas->scene, self->node, NULL);
  g_autofree char *label
      = group != NULL ? tn_canvas_group_label (canvas, group) : tn_canvas_node_label (canvas, node);
  g_autofree char *description = group != NULL ? tn_canvas_group_description (canvas, group)
                                               : tn_canvas_node_description (canvas, node);
  gboolean selected = tn_document_is_selected (canvas->document, self->node);

  /* Every update is told to assistive technology: only when there is news. */
  if (g_strcmp0 (label, self->label) != 0)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
      g_free (self->label);
      self->label = g_steal_pointer (&label);
    }
  if (g_strcmp0 (description, self->description) != 0)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      description, -1);
      g_free (self->description);
      self->description = g_steal_pointer (&description);
    }
  if (selected != self->selected)
    {
      self->selected = selected;
      gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, selected,
                                   -1);
    }
}

static gboolean
wants_proxy (TnCanvas *canvas, TnNodeId id, guint n_nodes, TnRect visible)
{
  TnRect box;

  if (tn_canvas_shown_node (canvas, id) != id)
    return FALSE;
  if (n_nodes <= TN_CANVAS_MOST_PROXIES || id == canvas->cursor
      || (tn_document_selection (canvas->document)->len <= MOST_SELECTED
          && tn_document_is_selected (canvas->document, id)))
    return TRUE;
  return tn_scene_node_box (canvas->scene, id, &box) && tn_rect_intersects (box, visible);
}

void
tn_canvas_update_proxies (TnCanvas *canvas)
{
  const TnGraph *graph = canvas->scene == NULL ? NULL : tn_scene_graph (canvas->scene);
  const guint n_nodes = graph == NULL ? 0 : tn_graph_size (graph);
  const TnRect visible = tn_viewport_visible (&canvas->viewport);
  g_autofree char *summary = tn_canvas_summary (canvas);
  GtkWidget *previous = NULL;
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, canvas->proxies);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      TnNodeId id = GPOINTER_TO_UINT (key);

      if (graph != NULL && tn_graph_index (graph, id) >= 0
          && wants_proxy (canvas, id, n_nodes, visible))
        continue;
      g_hash_table_iter_remove (&iter);
      if (gtk_widget_has_focus (value))
        gtk_widget_grab_focus (GTK_WIDGET (canvas));
      gtk_widget_unparent (value);
    }

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      gpointer id = GUINT_TO_POINTER (tn_node_id (node));
      TnCanvasProxy *proxy = g_hash_table_lookup (canvas->proxies, id);

      if (proxy == NULL)
        {
          if (!wants_proxy (canvas, tn_node_id (node), n_nodes, visible))
            continue;
          proxy = g_object_new (TN_TYPE_CANVAS_PROXY, NULL);
          proxy->node = tn_node_id (node);
          /* Children are read in this order. */
          gtk_widget_insert_after (GTK_WIDGET (proxy), GTK_WIDGET (canvas), previous);
          g_hash_table_insert (canvas->proxies, id, proxy);
        }
      update_text (proxy, canvas, node);
      previous = GTK_WIDGET (proxy);
    }

  gtk_accessible_update_property (GTK_ACCESSIBLE (canvas), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  summary, -1);
  gtk_widget_queue_allocate (GTK_WIDGET (canvas));
}

void
tn_canvas_allocate_proxies (TnCanvas *canvas)
{
  GHashTableIter iter;
  gpointer key, value;

  if (canvas->scene == NULL || canvas->viewport.width <= 0)
    return;
  g_hash_table_iter_init (&iter, canvas->proxies);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      TnRect box = { 0 };
      GtkAllocation allocation;

      tn_scene_node_box (canvas->scene, GPOINTER_TO_UINT (key), &box);
      box = tn_viewport_rect_to_widget (&canvas->viewport, box);
      /* Far off places at high zoom would not fit an int's worth of layout arithmetic. */
      allocation = (GtkAllocation){ (int)CLAMP (floor (box.x), -1e6, 1e6),
                                    (int)CLAMP (floor (box.y), -1e6, 1e6),
                                    (int)MIN (ceil (box.width), 1e6) + 1,
                                    (int)MIN (ceil (box.height), 1e6) + 1 };
      gtk_widget_size_allocate (value, &allocation, -1);
    }
}

void
tn_canvas_focus_cursor (TnCanvas *canvas)
{
  GtkWidget *proxy = g_hash_table_lookup (canvas->proxies, GUINT_TO_POINTER (canvas->cursor));

  if (proxy != NULL && canvas->cursor != TN_NODE_NONE)
    gtk_widget_grab_focus (proxy);
  else if (!gtk_widget_has_focus (GTK_WIDGET (canvas)))
    gtk_widget_grab_focus (GTK_WIDGET (canvas));
}
