/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeating what is selected: how often is asked for in place. */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"
#include "graph/tn-repeat.h"

typedef struct
{
  TnCanvas *canvas; /* borrowed: the question is its child */
  GtkSpinButton *times;
  GArray *nodes; /* owned: what was selected */
} Question;

static void
question_free (Question *question)
{
  g_array_unref (question->nodes);
  g_free (question);
}

static void
gone_cb (gpointer user_data)
{
  g_autoptr (GtkWidget) popover = user_data;

  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
}

static void
closed_cb (GtkPopover *popover, TnCanvas *self)
{
  if (self->menu == GTK_WIDGET (popover))
    self->menu = NULL;
  g_idle_add_once (gone_cb, g_object_ref (popover));
}

static void
repeat_now (Question *question)
{
  TnCanvas *self = question->canvas;
  TnEditArgs args = { .nodes = (const TnNodeId *)(gpointer)question->nodes->data,
                      .n_nodes = question->nodes->len };

  gtk_spin_button_update (question->times);
  args.times = (guint)gtk_spin_button_get_value_as_int (question->times);
  if (self->document != NULL)
    tn_canvas_apply (self, &tn_edit_repeat, &args);
  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* How many copies the selected group already is; 0: it is none. */
static guint
times_now (TnCanvas *self)
{
  const TnGroup *group = tn_document_selected_group (self->document);
  g_autoptr (GPtrArray) copies
      = group != NULL ? tn_graph_repeated (tn_canvas_graph (self), group, FALSE) : NULL;

  return copies != NULL ? copies->len : 0;
}

static void
repeat_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  GtkWidget *box, *label, *times, *button;
  Question *question;
  double x, y;
  TnRect where;
  guint now;

  if (self->document == NULL || tn_document_selection (self->document)->len == 0)
    {
      gtk_widget_error_bell (widget);
      return;
    }
  tn_canvas_sync (self);
  now = times_now (self);
  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  question = g_new0 (Question, 1);
  question->canvas = self;
  question->nodes = g_array_copy ((GArray *)tn_document_selection (self->document));
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  label = gtk_label_new_with_mnemonic (_ ("_Copies"));
  times = gtk_spin_button_new_with_range (2, TN_REPEAT_MOST, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (times), now > 0 ? now : 6);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), times);
  button = gtk_button_new_with_mnemonic (now > 0 ? _ ("_Change") : _ ("_Repeat"));
  gtk_widget_add_css_class (button, "suggested-action");
  question->times = GTK_SPIN_BUTTON (times);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), times);
  gtk_box_append (GTK_BOX (box), button);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (repeat_now), question);
  /* The button itself has no such signal yet in GTK 4.8. */
  g_signal_connect_swapped (gtk_editable_get_delegate (GTK_EDITABLE (times)), "activate",
                            G_CALLBACK (repeat_now), question);

  self->menu = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->menu), box);
  gtk_widget_set_parent (self->menu, widget);
  x = self->viewport.width / 2;
  y = self->viewport.height / 2;
  if (tn_scene_node_box (self->scene, g_array_index (question->nodes, TnNodeId, 0), &where))
    tn_viewport_to_widget (&self->viewport, where.x + where.width / 2, where.y + where.height, &x,
                           &y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int)CLAMP (x, 0, self->viewport.width),
                                                (int)CLAMP (y, 0, self->viewport.height), 1, 1 });
  g_object_set_data_full (G_OBJECT (self->menu), "question", question,
                          (GDestroyNotify)question_free);
  g_signal_connect (self->menu, "closed", G_CALLBACK (closed_cb), self);
  gtk_popover_popup (GTK_POPOVER (self->menu));
  gtk_widget_grab_focus (times);
}

static void
apply_to_all_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (!tn_canvas_apply_to_selection (TN_CANVAS (widget), &tn_edit_apply_to_all, &(TnEditArgs){ 0 }))
    gtk_widget_error_bell (widget);
}

void
tn_canvas_append_repeat_items (TnCanvas *self, const TnHit *hit, GMenu *section)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const TnNode *node = tn_graph_find (graph, hit->node);
  const TnGroup *around = node != NULL ? tn_graph_repeat_around (graph, node, NULL) : NULL;
  g_autoptr (GPtrArray) copies = around != NULL ? tn_graph_repeated (graph, around, FALSE) : NULL;

  g_menu_append (section, _ ("_Repeat…"), "canvas.repeat");
  if (copies != NULL && times_now (self) == 0)
    {
      g_autofree char *text = g_strdup_printf (_ ("Apply to _All ×%u"), copies->len);

      g_menu_append (section, text, "canvas.apply-to-all");
    }
}

void
tn_canvas_repeat_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.repeat", NULL, repeat_cb);
  gtk_widget_class_install_action (class, "canvas.apply-to-all", NULL, apply_to_all_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "canvas.repeat", NULL);
}
