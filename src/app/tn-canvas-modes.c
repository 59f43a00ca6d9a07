/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bypassing and disabling the selected layers, by key and by menu. */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "graph/tn-active.h"

/* Are all that are selected, and may be so, in this mode? */
static gboolean
all_are (TnCanvas *self, TnMode mode)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const GArray *selection = tn_document_selection (self->document);
  gboolean any = FALSE;

  for (guint i = 0; i < selection->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (selection, TnNodeId, i));

      if (tn_node_schema (node)->boundary || tn_node_is_mark (node)
          || (mode == TN_MODE_BYPASSED && !tn_node_can_bypass (node)))
        continue;
      if (tn_node_mode (node) != mode)
        return FALSE;
      any = TRUE;
    }
  return any;
}

static void
toggle (TnCanvas *self, TnMode mode)
{
  const TnEdit *edit = mode == TN_MODE_BYPASSED ? &tn_edit_bypass : &tn_edit_disable;
  g_autoptr (GArray) nodes = NULL;

  if (self->document == NULL || tn_document_selection (self->document)->len == 0)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  if (all_are (self, mode))
    edit = &tn_edit_activate;
  nodes = g_array_copy ((GArray *)tn_document_selection (self->document));
  tn_canvas_apply (
      self, edit,
      &(TnEditArgs){ .nodes = (const TnNodeId *)(gpointer)nodes->data, .n_nodes = nodes->len });
}

static void
bypass_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  toggle (TN_CANVAS (widget), TN_MODE_BYPASSED);
}

static void
disable_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  toggle (TN_CANVAS (widget), TN_MODE_DISABLED);
}

void
tn_canvas_append_mode_items (TnCanvas *self, GMenu *section)
{
  g_menu_append (section,
                 all_are (self, TN_MODE_BYPASSED) ? _ ("No Longer _Bypass") : _ ("_Bypass"),
                 "canvas.bypass");
  g_menu_append (section,
                 all_are (self, TN_MODE_DISABLED) ? _ ("No Longer D_isable") : _ ("D_isable"),
                 "canvas.disable");
}

void
tn_canvas_modes_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.bypass", NULL, bypass_cb);
  gtk_widget_class_install_action (class, "canvas.disable", NULL, disable_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_m, 0, "canvas.bypass", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_m, GDK_SHIFT_MASK, "canvas.disable", NULL);
}
