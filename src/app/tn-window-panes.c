/* SPDX-License-Identifier: GPL-3.0-or-later */
/* F6 goes from one part of the window to the next: palette, model, inspector, bottom panel. */
#include "app/tn-window-private.h"

static gboolean
is_within (GtkWidget *widget, GtkWidget *pane)
{
  return widget != NULL && (widget == pane || gtk_widget_is_ancestor (widget, pane));
}

static void
pane_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);
  GtkWidget *panes[] = { GTK_WIDGET (self->palette), GTK_WIDGET (self->canvas),
                         GTK_WIDGET (self->inspector), GTK_WIDGET (self->panel) };
  const guint n = G_N_ELEMENTS (panes);
  const guint step = g_str_equal (name, "win.next-pane") ? 1 : n - 1;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  /* From outside of all of them to the model. */
  guint now = step == 1 ? 0 : 2;

  for (guint i = 0; i < n; i++)
    if (is_within (focus, panes[i]))
      now = i;
  for (guint i = 1; i <= n; i++)
    {
      guint next = (now + i * step) % n;

      /* What is put away, or has nothing to go to, is passed over. */
      if (gtk_widget_get_child_visible (panes[next]) && gtk_widget_get_mapped (panes[next])
          && gtk_widget_child_focus (panes[next], GTK_DIR_TAB_FORWARD))
        return;
    }
}

void
tn_window_install_pane_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.next-pane", NULL, pane_action);
  gtk_widget_class_install_action (class, "win.previous-pane", NULL, pane_action);
}

/* Before GtkPaned, which knows F6 as well and only two parts. */
static gboolean
key_cb (TnWindow *self, guint key, guint code, GdkModifierType state)
{
  if (key != GDK_KEY_F6 || state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (GTK_WIDGET (self),
                              state & GDK_SHIFT_MASK ? "win.previous-pane" : "win.next-pane", NULL);
  return GDK_EVENT_STOP;
}

void
tn_window_init_panes (TnWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
