/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring without the pointer: a menu of the inputs that the layer at hand may be wired to. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"

/* The nearest are offered. */
#define MOST_ENTRIES 24

typedef struct
{
  TnNodeId node;
  double distance;
} Near;

static int
compare_near (gconstpointer a, gconstpointer b)
{
  const Near *left = a, *right = b;

  return (left->distance > right->distance) - (left->distance < right->distance);
}

/* All layers, the nearest first. New array. */
static GArray *
find_near (const TnGraph *graph, const TnNode *from)
{
  GArray *near = g_array_new (FALSE, FALSE, sizeof (Near));

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      Near one = { tn_node_id (node), hypot (tn_node_x (node) - tn_node_x (from),
                                             tn_node_y (node) - tn_node_y (from)) };

      if (node != from && tn_node_schema (node)->max_inputs > 0)
        g_array_append_val (near, one);
    }
  g_array_sort (near, compare_near);
  return near;
}

/* "add", "attention (key)", "dense, instead of flatten". New string. */
static char *
label_of (const TnGraph *graph, const TnNode *to, guint slot)
{
  const char *port = tn_schema_input_name (tn_node_schema (to), slot);
  TnRef now = slot < tn_node_n_inputs (to, 0) ? tn_node_input (to, 0, slot) : (TnRef){ 0 };
  const TnNode *old = tn_graph_find (graph, now.node);
  g_autofree char *name = port != NULL ? g_strdup_printf (_ ("%s (%s)"), tn_node_name (to), port)
                                       : g_strdup (tn_node_name (to));

  if (old == NULL)
    return g_steal_pointer (&name);
  /* TRANSLATORS: a layer that may be wired to, and what is wired there now */
  return g_strdup_printf (_ ("%s, instead of %s"), name, tn_node_name (old));
}

static guint
append_inputs (TnCanvas *self, TnRef ref, const TnNode *to, GMenu *menu)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const guint n_ports = tn_scene_n_input_ports (self->scene, tn_node_id (to), 0);
  guint n = 0;

  for (guint slot = 0; slot < n_ports; slot++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (graph);
      g_autofree char *label = NULL;
      g_autoptr (GMenuItem) item = NULL;

      if ((slot < tn_node_n_inputs (to, 0) && tn_ref_equal (tn_node_input (to, 0, slot), ref))
          || !tn_draft_connect (draft, ref, tn_node_id (to), 0, slot, NULL))
        continue;
      label = label_of (graph, to, slot);
      item = g_menu_item_new (NULL, NULL);
      g_menu_item_set_label (item, label);
      g_menu_item_set_action_and_target (item, "canvas.connect-to", "(uuuuu)", ref.node,
                                         (guint32)ref.call, (guint32)ref.output, tn_node_id (to),
                                         slot);
      g_menu_append_item (menu, item);
      n++;
    }
  return n;
}

static void
connect_to_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  guint32 node, call, output, to, slot;

  g_variant_get (parameter, "(uuuuu)", &node, &call, &output, &to, &slot);
  tn_canvas_apply (
      TN_CANVAS (widget), &tn_edit_connect,
      &(TnEditArgs){ .ref = { node, (guint16)call, (guint16)output }, .node = to, .slot = slot });
}

static void
connect_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const TnGraph *graph = tn_canvas_graph (self);
  const TnNode *from = graph != NULL ? tn_graph_find (graph, self->cursor) : NULL;
  g_autoptr (GMenu) menu = g_menu_new (), section = g_menu_new ();
  g_autoptr (GArray) near = NULL;
  g_autofree char *title = NULL;
  guint n = 0;

  tn_canvas_sync (self);
  if (from == NULL || tn_node_n_outputs (from) == 0)
    {
      gtk_widget_error_bell (widget);
      return;
    }
  near = find_near (graph, from);
  for (guint i = 0; i < near->len && n < MOST_ENTRIES; i++)
    n += append_inputs (self, (TnRef){ self->cursor, 0, 0 },
                        tn_graph_find (graph, g_array_index (near, Near, i).node), section);
  if (n == 0)
    {
      tn_canvas_refuse (self, _ ("There is no input that this layer could be wired to."));
      return;
    }
  /* TRANSLATORS: heading of a menu of layers */
  title = g_strdup_printf (_ ("Connect %s to"), tn_node_name (from));
  g_menu_append_section (menu, title, G_MENU_MODEL (section));
  tn_canvas_popup_menu_at_cursor (self, G_MENU_MODEL (menu));
}

void
tn_canvas_connect_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.wire-menu", NULL, connect_cb);
  gtk_widget_class_install_action (class, "canvas.connect-to", "(uuuuu)", connect_to_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_w, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "canvas.wire-menu", NULL);
}
