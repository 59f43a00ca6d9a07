/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnSolveView: sentences and changes that the solver found, and a spinner while it looks. */
#include "app/tn-solve-view.h"

#include "base/tn-i18n.h"

struct _TnSolveView
{
  GtkBox parent;

  GtkWidget *spinner;
  GtkWidget *rows;

  TnSearch *search; /* NULL: nothing is being looked for */
  TnGraph *base;    /* what the changes were made on */
  GPtrArray *found; /* keeps the changes of the buttons alive */
  gboolean is_shape;
};

G_DEFINE_FINAL_TYPE (TnSolveView, tn_solve_view, GTK_TYPE_BOX)

enum
{
  SIGNAL_APPLY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GtkWidget *
add_text (TnSolveView *self, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  gtk_box_append (GTK_BOX (self->rows), label);
  return label;
}

static void
clicked_cb (GtkButton *button, TnSolveView *self)
{
  TnFix *fix = g_object_get_data (G_OBJECT (button), "fix");
  g_autoptr (TnGraph) base = tn_graph_ref (self->base);
  g_autoptr (GPtrArray) found = g_ptr_array_ref (self->found);

  g_signal_emit (self, signals[SIGNAL_APPLY], 0, fix, base);
}

static void
add_fix (TnSolveView *self, TnFix *fix)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);

  for (int line = 0; line < 2; line++)
    {
      GtkWidget *label = gtk_label_new (line == 0 ? fix->label : fix->detail);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      if (line == 1)
        {
          gtk_widget_add_css_class (label, "dim-label");
          gtk_widget_add_css_class (label, "caption");
        }
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "tn-fix");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  fix->label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, fix->detail, -1);
  g_object_set_data (G_OBJECT (button), "fix", fix);
  g_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_box_append (GTK_BOX (self->rows), button);
}

static void
clear_rows (TnSolveView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->rows)) != NULL)
    gtk_box_remove (GTK_BOX (self->rows), child);
}

static void
found_cb (TnSearch *search, GPtrArray *found, gboolean done, gpointer data)
{
  TnSolveView *self = data;

  clear_rows (self);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_ptr_array_ref (found);
  for (guint i = 0; i < found->len; i++)
    {
      const TnSizes *sizes = self->is_shape ? NULL : found->pdata[i];

      if (sizes == NULL)
        {
          add_fix (self, found->pdata[i]);
          continue;
        }
      add_text (self, sizes->sentence);
      for (guint j = 0; j < sizes->fixes->len; j++)
        add_fix (self, sizes->fixes->pdata[j]);
    }
  if (!done)
    return;
  if (found->len == 0)
    add_text (self, self->is_shape
                        ? _ ("No one or two changes were found that make it so and bring "
                             "no new problem.")
                        : _ ("This input has no size that could vary."));
  g_clear_pointer (&self->search, tn_search_free);
  gtk_widget_set_visible (self->spinner, FALSE);
}

void
tn_solve_view_clear (TnSolveView *self)
{
  g_return_if_fail (TN_IS_SOLVE_VIEW (self));
  g_clear_pointer (&self->search, tn_search_free);
  clear_rows (self);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->base, tn_graph_unref);
  gtk_widget_set_visible (self->spinner, FALSE);
}

static void
begin (TnSolveView *self, const TnFacts *facts, gboolean is_shape)
{
  tn_solve_view_clear (self);
  self->base = tn_graph_ref (tn_facts_whole (facts));
  self->is_shape = is_shape;
  gtk_widget_set_visible (self->spinner, TRUE);
}

void
tn_solve_view_sizes (TnSolveView *self, const TnFacts *facts, TnNodeId input)
{
  g_return_if_fail (TN_IS_SOLVE_VIEW (self) && facts != NULL);
  begin (self, facts, FALSE);
  self->search = tn_search_sizes (facts, input, found_cb, self);
}

void
tn_solve_view_shape (TnSolveView *self, const TnFacts *facts, const TnGoal *goal)
{
  g_return_if_fail (TN_IS_SOLVE_VIEW (self) && facts != NULL);
  begin (self, facts, TRUE);
  self->search = tn_search_shape (facts, goal, found_cb, self);
}

gboolean
tn_solve_view_is_busy (TnSolveView *self)
{
  return self->search != NULL;
}

static void
tn_solve_view_dispose (GObject *object)
{
  TnSolveView *self = TN_SOLVE_VIEW (object);

  g_clear_pointer (&self->search, tn_search_free);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->base, tn_graph_unref);
  G_OBJECT_CLASS (tn_solve_view_parent_class)->dispose (object);
}

static void
tn_solve_view_class_init (TnSolveViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = tn_solve_view_dispose;
  signals[SIGNAL_APPLY] = g_signal_new ("apply", TN_TYPE_SOLVE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
tn_solve_view_init (TnSolveView *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->spinner = gtk_spinner_new ();
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), TRUE);
  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_box_append (GTK_BOX (self), self->rows);
  gtk_box_append (GTK_BOX (self), self->spinner);
}

GtkWidget *
tn_solve_view_new (void)
{
  return g_object_new (TN_TYPE_SOLVE_VIEW, NULL);
}
