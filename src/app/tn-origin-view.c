/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOriginView: a row of numbers for each output, and the chain of the one that is traced. */
#include "app/tn-origin-view.h"

#include "base/tn-i18n.h"
#include "infer/tn-provenance.h"

struct _TnOriginView
{
  GtkBox parent;

  GtkWidget *numbers;
  GtkWidget *chain;
  char *shown; /* what the numbers are of: they keep the focus while that stays */
};

G_DEFINE_FINAL_TYPE (TnOriginView, tn_origin_view, GTK_TYPE_BOX)

static void
clear (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static void
add_output (TnOriginView *self, TnRef ref, const TnShape *shape)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  for (int axis = 0; axis < shape->rank; axis++)
    {
      TnShape one = { .rank = 1, .dims = { shape->dims[axis] } };
      g_autofree char *text = tn_shape_to_text (&one);
      g_autofree char *number = g_strndup (text + 1, strcspn (text + 1, ","));
      g_autofree char *label = g_strdup_printf (_ ("Where %s (axis %d) comes from"), number, axis);
      GtkWidget *button = gtk_toggle_button_new_with_label (number);

      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "numeric");
      gtk_widget_add_css_class (button, "tn-link");
      gtk_widget_set_tooltip_text (button, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(uuui)", ref.node,
                                        (guint32)ref.call, (guint32)ref.output, (gint32)axis);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.trace");
      gtk_box_append (GTK_BOX (row), button);
    }
  gtk_box_append (GTK_BOX (self->numbers), row);
}

/* A link of the chain: pressing it goes to its layer. */
static void
add_link (TnOriginView *self, const TnProvenance *link, const TnGraph *graph)
{
  const TnNode *node = tn_graph_find (graph, link->node);
  g_autofree char *text = node != NULL && strstr (link->text, tn_node_name (node)) == NULL
                              ? g_strdup_printf ("%s (%s)", link->text, tn_node_name (node))
                              : g_strdup (link->text);
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *button = gtk_button_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "numeric");
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "tn-link");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", link->node);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.reveal");
  gtk_box_append (GTK_BOX (self->chain), button);
}

/* Presses the button of the traced number in, and no other. */
static void
mark (TnOriginView *self, TnRef traced, int axis)
{
  for (GtkWidget *row = gtk_widget_get_first_child (self->numbers); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    for (GtkWidget *button = gtk_widget_get_first_child (row); button != NULL;
         button = gtk_widget_get_next_sibling (button))
      {
        GVariant *target = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button));
        guint32 node, call, output;
        gint32 at;

        g_variant_get (target, "(uuui)", &node, &call, &output, &at);
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
                                      node == traced.node && call == traced.call
                                          && output == traced.output && at == axis);
      }
}

void
tn_origin_view_show (TnOriginView *self, const TnFacts *facts, TnNodeId id, TnRef traced, int axis)
{
  const TnNode *node = facts != NULL ? tn_graph_find (tn_facts_graph (facts), id) : NULL;
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autoptr (GArray) links = tn_provenance_new ();
  gboolean same;

  g_return_if_fail (TN_IS_ORIGIN_VIEW (self));
  for (int pass = 0; pass < 2; pass++)
    {
      for (guint call = 0; node != NULL && call < tn_node_n_calls (node); call++)
        for (guint output = 0; output < tn_node_n_outputs (node); output++)
          {
            TnRef ref = { id, (guint16)call, (guint16)output };
            TnShape shape = tn_facts_shape (facts, ref, NULL);
            g_autofree char *text = tn_shape_to_text (&shape);

            if (pass == 0)
              g_string_append_printf (shown, "%u %s\n", id, text);
            else if (tn_shape_is_some (&shape))
              add_output (self, ref, &shape);
          }
      same = g_strcmp0 (shown->str, self->shown) == 0;
      if (same)
        break;
      if (pass == 0)
        clear (self->numbers);
    }
  g_free (self->shown);
  self->shown = g_string_free (g_steal_pointer (&shown), FALSE);
  mark (self, traced, axis);
  clear (self->chain);
  if (node == NULL || traced.node != id || axis < 0)
    return;
  tn_provenance_trace (facts, traced, axis, links);
  for (guint i = 0; i < links->len; i++)
    add_link (self, &g_array_index (links, TnProvenance, i), tn_facts_graph (facts));
}

static void
tn_origin_view_finalize (GObject *object)
{
  g_free (TN_ORIGIN_VIEW (object)->shown);
  G_OBJECT_CLASS (tn_origin_view_parent_class)->finalize (object);
}

static void
tn_origin_view_class_init (TnOriginViewClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_origin_view_finalize;
}

static void
tn_origin_view_init (TnOriginView *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->numbers = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  self->chain = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self), self->numbers);
  gtk_box_append (GTK_BOX (self), self->chain);
}

GtkWidget *
tn_origin_view_new (void)
{
  return g_object_new (TN_TYPE_ORIGIN_VIEW, NULL);
}
