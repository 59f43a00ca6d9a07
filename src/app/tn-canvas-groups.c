/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups on the canvas: opening, closing, grouping and ungrouping by pointer, keyboard and menu. */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"

TnNodeId
tn_canvas_shown_node (TnCanvas *self, TnNodeId node)
{
  TnNodeId first = node;

  if (self->scene != NULL)
    tn_scene_covering_group (self->scene, node, &first);
  return first;
}

static void
open_group (TnCanvas *self, const TnGroup *group)
{
  g_autofree char *name = g_strdup (tn_group_name (group));
  g_autoptr (TnValue) open = tn_value_new_bool (!tn_group_is_open (group));

  tn_canvas_apply (self, &tn_edit_open_group, &(TnEditArgs){ .group = name, .value = open });
}

void
tn_canvas_toggle_group (TnCanvas *self, const TnHit *hit)
{
  const TnGroup *group = tn_scene_hit_group (self->scene, hit);

  if (group == NULL)
    return;
  self->cursor = hit->node;
  tn_document_select_group (self->document, group);
  open_group (self, group);
}

/* The group that an action is about: all of which is selected, or in which the selected layers
 * stand. */
static const TnGroup *
group_at_hand (TnCanvas *self)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const TnGroup *group = NULL;
  const GArray *selection;

  if (graph == NULL)
    return NULL;
  group = tn_document_selected_group (self->document);
  selection = tn_document_selection (self->document);
  if (group == NULL && selection->len > 0)
    group
        = tn_graph_group_of (graph, tn_graph_find (graph, g_array_index (selection, TnNodeId, 0)));
  for (guint i = 0; group != NULL && i < selection->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (selection, TnNodeId, i));

      if (!tn_group_holds (group, tn_node_name (node)))
        return NULL;
    }
  return group;
}

static void
toggle_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const TnGroup *group = group_at_hand (self);

  if (group != NULL)
    open_group (self, group);
  else
    gtk_widget_error_bell (widget);
}

static void
group_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  g_autofree TnNodeId *nodes = NULL;
  g_autoptr (TnGraph) before = NULL;
  const GArray *selection;
  const TnGraph *after;
  guint n_nodes;

  if (self->document == NULL)
    return;
  selection = tn_document_selection (self->document);
  before = tn_graph_ref (tn_canvas_graph (self));
  nodes = g_memdup2 (selection->data, selection->len * sizeof (TnNodeId));
  n_nodes = selection->len;
  if (!tn_canvas_apply (self, &tn_edit_group, &(TnEditArgs){ .nodes = nodes, .n_nodes = n_nodes }))
    return;
  /* The new one, which stands before those that were put into it, is what comes next is about. */
  after = tn_canvas_graph (self);
  for (guint i = 0; i < tn_graph_n_groups (after); i++)
    {
      const TnGroup *group = tn_graph_group (after, i);

      if (tn_graph_find_group (before, tn_group_name (group)) != NULL)
        continue;
      tn_document_select_group (self->document, group);
      self->cursor = g_array_index (tn_document_selection (self->document), TnNodeId, 0);
      return;
    }
}

static void
ungroup_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const TnGroup *group = group_at_hand (self);
  g_autofree char *name = NULL;

  if (group == NULL)
    {
      gtk_widget_error_bell (widget);
      return;
    }
  name = g_strdup (tn_group_name (group));
  tn_canvas_apply (self, &tn_edit_ungroup, &(TnEditArgs){ .group = name });
}

void
tn_canvas_append_group_items (TnCanvas *self, const TnHit *hit, GMenu *section)
{
  const TnGroup *group = tn_document_selected_group (self->document);

  if (group != NULL)
    {
      g_menu_append (section, tn_group_is_open (group) ? _ ("Cl_ose Group") : _ ("_Open Group"),
                     "canvas.toggle-group");
      g_menu_append (section, _ ("U_ngroup"), "canvas.ungroup");
    }
  else
    g_menu_append (section, _ ("_Group"), "canvas.group");
}

void
tn_canvas_groups_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.toggle-group", NULL, toggle_cb);
  gtk_widget_class_install_action (class, "canvas.group", NULL, group_cb);
  gtk_widget_class_install_action (class, "canvas.ungroup", NULL, ungroup_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_g, GDK_CONTROL_MASK, "canvas.group", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "canvas.ungroup", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Return, GDK_CONTROL_MASK,
                                       "canvas.toggle-group", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK,
                                       "canvas.toggle-group", NULL);
}
