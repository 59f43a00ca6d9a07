/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's dealings with the solver: where a number comes from, and another shape asked for. */
#include "app/tn-solve-view.h"
#include "app/tn-window-private.h"
#include "base/tn-i18n.h"

/* The dialog that asks for a shape; freed with its window. */
typedef struct
{
  TnWindow *owner; /* borrowed: the dialog goes with it */
  GtkWidget *window;
  GtkWidget *entry;
  GtkWidget *view;
  TnGoal goal;
} Asker;

static void
trace_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  guint32 node, call, output;
  gint32 axis;
  int traced_axis;
  TnRef ref, traced;

  g_variant_get (parameter, "(uuui)", &node, &call, &output, &axis);
  ref = (TnRef){ node, (guint16)call, (guint16)output };
  /* Asked for again, it ends. */
  if (tn_canvas_traced (self->canvas, &traced, &traced_axis) && tn_ref_equal (ref, traced)
      && axis == traced_axis)
    axis = -1;
  tn_canvas_trace (self->canvas, ref, axis);
}

/* ---- another shape ---- */

static void
apply_cb (TnSolveView *view, TnFix *fix, TnGraph *base, Asker *asker)
{
  TnWindow *owner = asker->owner;

  if (tn_window_apply_fix (owner, fix, base))
    gtk_window_destroy (GTK_WINDOW (asker->window));
}

static void
ask_cb (Asker *asker)
{
  const TnFacts *facts = tn_engine_facts (asker->owner->engine);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (asker->entry));

  gtk_widget_remove_css_class (asker->entry, "error");
  if (facts == NULL || !tn_shape_from_text (text, &asker->goal.wanted)
      || asker->goal.wanted.rank < 1)
    {
      gtk_widget_add_css_class (asker->entry, "error");
      tn_solve_view_clear (TN_SOLVE_VIEW (asker->view));
      return;
    }
  tn_solve_view_shape (TN_SOLVE_VIEW (asker->view), facts, &asker->goal);
}

static GtkWidget *
wrapped_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  return label;
}

static GtkWidget *
make_content (Asker *asker, const char *question, const char *shape)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *find = gtk_button_new_with_mnemonic (_ ("_Find Ways"));
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  asker->entry = gtk_entry_new ();
  asker->view = tn_solve_view_new ();
  gtk_editable_set_text (GTK_EDITABLE (asker->entry), shape);
  gtk_widget_set_hexpand (asker->entry, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (asker->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Shape"), -1);
  gtk_widget_add_css_class (find, "suggested-action");
  g_signal_connect_swapped (asker->entry, "activate", G_CALLBACK (ask_cb), asker);
  g_signal_connect_swapped (find, "clicked", G_CALLBACK (ask_cb), asker);
  g_signal_connect (asker->view, "apply", G_CALLBACK (apply_cb), asker);
  gtk_box_append (GTK_BOX (row), asker->entry);
  gtk_box_append (GTK_BOX (row), find);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), asker->view);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_box_append (GTK_BOX (box), wrapped_label (question));
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), scrolled);
  return box;
}

static void
make_shape_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  const TnFacts *facts = tn_engine_facts (self->engine);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  Asker *asker;
  guint32 node, call, output, to, to_call, slot;
  const TnNode *source;
  TnShape shape;

  g_variant_get (parameter, "(uuuuuu)", &node, &call, &output, &to, &to_call, &slot);
  source = facts != NULL ? tn_graph_find (tn_facts_graph (facts), node) : NULL;
  if (source == NULL)
    return;
  asker = g_new0 (Asker, 1);
  asker->owner = self;
  asker->goal = (TnGoal){
    .ref = { node, (guint16)call, (guint16)output }, .to = to, .call = to_call, .slot = slot
  };
  asker->window = adw_window_new ();
  g_object_set_data_full (G_OBJECT (asker->window), "asker", asker, g_free);
  shape = tn_facts_shape (facts, asker->goal.ref, NULL);

  g_autofree char *text = tn_shape_to_text (&shape);
  g_autofree char *question = g_strdup_printf (_ ("Which shape should leave %s? None is any size."),
                                               tn_node_name (source));

  gtk_box_append (GTK_BOX (content), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (content), make_content (asker, question, text));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (asker->window, keys);
  adw_window_set_content (ADW_WINDOW (asker->window), content);
  gtk_window_set_title (GTK_WINDOW (asker->window), _ ("Make This Shape"));
  gtk_window_set_default_size (GTK_WINDOW (asker->window), 480, 460);
  gtk_window_set_modal (GTK_WINDOW (asker->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (asker->window), GTK_WINDOW (widget));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (asker->window), TRUE);
  gtk_window_present (GTK_WINDOW (asker->window));
  gtk_widget_grab_focus (asker->entry);
}

void
tn_window_install_solve_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.trace", "(uuui)", trace_action);
  gtk_widget_class_install_action (class, "win.make-shape", "(uuuuuu)", make_shape_action);
}
