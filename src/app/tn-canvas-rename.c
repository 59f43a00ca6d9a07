/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renaming in place: an entry over the name of a layer or group, checked while people type. */
#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"
#include "base/tn-i18n.h"

#define LEAST_WIDTH 160
/* The upper part of a box, where its name stands, right of its picture. */
#define NAME_LEFT   36
#define NAME_BOTTOM 26

struct _TnCanvasRename
{
  GtkWidget *entry; /* child of the canvas */
  TnNodeId node;
  char *group; /* that is renamed instead, by its whole name; or NULL */
  gboolean ending;
};

static const TnEdit *
edit_of (const TnCanvasRename *rename, TnEditArgs *args)
{
  *args = (TnEditArgs){ .node = rename->node,
                        .group = rename->group,
                        .text = gtk_editable_get_text (GTK_EDITABLE (rename->entry)) };
  return rename->group != NULL ? &tn_edit_rename_group : &tn_edit_rename;
}

/* Where the entry belongs, in document units. FALSE: what is renamed is gone. */
static gboolean
find_box (TnCanvas *self, TnRect *box)
{
  const TnCanvasRename *rename = self->rename;
  const TnGroup *group = rename->group != NULL
                             ? tn_graph_find_group (tn_scene_graph (self->scene), rename->group)
                             : NULL;

  if (rename->group != NULL)
    return group != NULL && tn_scene_group_box (self->scene, group, box);
  return tn_scene_node_box (self->scene, rename->node, box);
}

void
tn_canvas_rename_end (TnCanvas *self, gboolean keep)
{
  TnCanvasRename *rename = self->rename;
  const gboolean focused = rename != NULL && tn_canvas_has_keyboard (self);

  if (rename == NULL || rename->ending)
    return;
  rename->ending = TRUE;
  if (keep && self->document != NULL)
    {
      TnEditArgs args;
      const TnEdit *edit = edit_of (rename, &args);

      tn_canvas_apply (self, edit, &args);
    }
  self->rename = NULL;
  gtk_widget_unparent (rename->entry);
  g_free (rename->group);
  g_free (rename);
  if (focused)
    tn_canvas_focus_cursor (self);
}

/* What the edit would say; NULL: nothing. New string. */
static char *
refusal (TnCanvas *self)
{
  g_autoptr (TnReport) report = tn_report_new ();
  g_autofree char *subject = NULL;
  TnEditArgs args;
  const TnEdit *edit = edit_of (self->rename, &args);
  g_autoptr (TnGraph) renamed = edit->apply (tn_canvas_graph (self), &args, report, &subject);

  return renamed != NULL ? NULL : g_strdup (tn_report_first (report));
}

static void
changed_cb (GtkEditable *editable, TnCanvas *self)
{
  g_autofree char *message = refusal (self);

  if (message != NULL)
    gtk_widget_add_css_class (self->rename->entry, "error");
  else
    gtk_widget_remove_css_class (self->rename->entry, "error");
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self->rename->entry), GTK_ACCESSIBLE_STATE_INVALID,
      message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_widget_set_tooltip_text (self->rename->entry, message);
}

static void
activate_cb (GtkEntry *entry, TnCanvas *self)
{
  g_autofree char *message = refusal (self);

  if (message == NULL)
    {
      tn_canvas_rename_end (self, TRUE);
      return;
    }
  gtk_widget_error_bell (GTK_WIDGET (entry));
  tn_canvas_refuse (self, message);
}

/* What the entry has no use for is not for the canvas behind it either. */
static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TnCanvas *self)
{
  if (key == GDK_KEY_Escape)
    tn_canvas_rename_end (self, FALSE);
  else if (key == GDK_KEY_Tab || key == GDK_KEY_ISO_Left_Tab)
    {
      g_autofree char *message = refusal (self);

      tn_canvas_rename_end (self, message == NULL);
    }
  return GDK_EVENT_STOP;
}

static void
left_cb (GtkEventControllerFocus *controller, TnCanvas *self)
{
  g_autofree char *message = NULL;

  if (self->rename == NULL || self->rename->ending)
    return;
  message = refusal (self);
  tn_canvas_rename_end (self, message == NULL);
}

void
tn_canvas_rename_begin (TnCanvas *self, TnNodeId node, const TnGroup *group)
{
  const TnNode *found;
  GtkEventController *controller;
  TnCanvasRename *rename;

  tn_canvas_rename_end (self, TRUE);
  found = self->document != NULL ? tn_graph_find (tn_canvas_graph (self), node) : NULL;
  if (found == NULL)
    return;
  tn_canvas_tool_cancel (self);
  tn_canvas_reveal (self, node);
  self->rename = rename = g_new0 (TnCanvasRename, 1);
  rename->node = node;
  rename->group = group != NULL ? g_strdup (tn_group_name (group)) : NULL;
  rename->entry = gtk_entry_new ();
  gtk_editable_set_text (
      GTK_EDITABLE (rename->entry),
      tn_name_own (group != NULL ? tn_group_name (group) : tn_node_name (found)));
  gtk_widget_add_css_class (rename->entry, "tn-rename");
  gtk_accessible_update_property (GTK_ACCESSIBLE (rename->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name"), -1);
  g_signal_connect (rename->entry, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (rename->entry, "activate", G_CALLBACK (activate_cb), self);
  controller = gtk_event_controller_key_new ();
  g_signal_connect (controller, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (rename->entry, controller);
  controller = gtk_event_controller_focus_new ();
  g_signal_connect (controller, "leave", G_CALLBACK (left_cb), self);
  gtk_widget_add_controller (rename->entry, controller);
  gtk_widget_set_parent (rename->entry, GTK_WIDGET (self));
  tn_canvas_rename_allocate (self);
  gtk_widget_grab_focus (rename->entry);
  gtk_editable_select_region (GTK_EDITABLE (rename->entry), 0, -1);
}

void
tn_canvas_rename_allocate (TnCanvas *self)
{
  GtkRequisition size;
  TnRect box;

  if (self->rename == NULL || self->scene == NULL || !find_box (self, &box))
    return;
  box = tn_viewport_rect_to_widget (&self->viewport, box);
  gtk_widget_get_preferred_size (self->rename->entry, &size, NULL);
  gtk_widget_size_allocate (
      self->rename->entry,
      &(GtkAllocation){ (int)CLAMP (box.x, -1e6, 1e6), (int)CLAMP (box.y, -1e6, 1e6),
                        (int)CLAMP (box.width, LEAST_WIDTH, 1e6), size.height },
      -1);
}

void
tn_canvas_rename_snapshot (TnCanvas *self, GtkSnapshot *snapshot)
{
  if (self->rename != NULL)
    gtk_widget_snapshot_child (GTK_WIDGET (self), self->rename->entry, snapshot);
}

gboolean
tn_canvas_rename_at (TnCanvas *self, const TnPointer *at)
{
  TnRect box;

  if (at->hit.kind != TN_HIT_NODE || at->hit.group > 0
      || !tn_scene_node_box (self->scene, at->hit.node, &box) || at->x < box.x + NAME_LEFT
      || at->y > box.y + NAME_BOTTOM)
    return FALSE;
  tn_canvas_rename_begin (self, at->hit.node, NULL);
  return TRUE;
}

static void
rename_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const GArray *selection;
  const TnGroup *group;

  if (self->document == NULL)
    return;
  tn_canvas_sync (self);
  selection = tn_document_selection (self->document);
  group = tn_document_selected_group (self->document);
  if (group != NULL || selection->len == 1)
    tn_canvas_rename_begin (self, g_array_index (selection, TnNodeId, 0), group);
  else
    gtk_widget_error_bell (widget);
}

void
tn_canvas_rename_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.rename", NULL, rename_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F2, 0, "canvas.rename", NULL);
}
