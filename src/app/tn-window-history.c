/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of what was done: a click goes back, or forth again, by many steps at once. */
#include "app/tn-window-private.h"

#include "base/tn-i18n.h"

/* How many steps are listed before and after the present one. */
#define MOST_BEFORE 200
#define MOST_AFTER  50

#define LIST_HEIGHT 320

/* After how many steps the model is as the row says. */
static guint
row_position (GtkListBoxRow *row)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "tenon-position"));
}

static void
row_activated_cb (TnWindow *self, GtkListBoxRow *row)
{
  guint position = row_position (row);

  gtk_popover_popdown (GTK_POPOVER (self->history));
  if (position <= tn_document_n_steps (self->document))
    tn_document_travel (self->document, position);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static GtkWidget *
row_new (const char *text, guint position, guint now)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");
  g_autofree char *name = position == now ? g_strdup_printf (_ ("%s (as it is now)"), text) : NULL;

  gtk_widget_set_opacity (mark, position == now ? 1 : 0);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
  gtk_widget_set_hexpand (label, TRUE);
  if (position > now)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name != NULL ? name : text, -1);
  g_object_set_data (G_OBJECT (row), "tenon-position", GUINT_TO_POINTER (position));
  return row;
}

/* The last step first, and below all of them the model before the first. Gives the row of now. */
static GtkWidget *
fill (TnWindow *self, GtkListBox *list)
{
  guint n_steps = tn_document_n_steps (self->document), now = tn_document_n_done (self->document);
  guint last = MIN (n_steps, now + MOST_AFTER), first = now > MOST_BEFORE ? now - MOST_BEFORE : 0;
  GtkWidget *row, *present = NULL;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
  for (guint position = last + 1; position-- > first;)
    {
      g_autofree char *text = position > 0 ? tn_document_step_label (self->document, position - 1)
                                           : g_strdup (_ ("The model as it was at first"));

      row = row_new (text, position, now);
      gtk_list_box_append (list, row);
      if (position == now)
        present = row;
    }
  return present;
}

static GtkWidget *
popover_new (TnWindow *self, GtkWidget **list)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_list_box_new ();

  gtk_widget_add_css_class (popover, "menu");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (box), GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Steps, the last one first"), -1);
  g_signal_connect_swapped (box, "row-activated", G_CALLBACK (row_activated_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroll), LIST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), box);
  gtk_popover_set_child (GTK_POPOVER (popover), scroll);
  /* Not in the button: that cannot be used while all is undone, nor could what stands in it. */
  gtk_widget_set_parent (popover, gtk_widget_get_parent (self->undo_button));
  *list = box;
  return popover;
}

static void
point_at (TnWindow *self, GtkWidget *button)
{
  GtkWidget *parent = gtk_widget_get_parent (self->history);
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (button, parent, &bounds))
    return;
  GdkRectangle target = { (int)bounds.origin.x, (int)bounds.origin.y, (int)bounds.size.width,
                          (int)bounds.size.height };
  gtk_popover_set_pointing_to (GTK_POPOVER (self->history), &target);
}

static void
open_history (TnWindow *self, GtkWidget *button)
{
  GtkWidget *list, *present;

  if (tn_document_n_steps (self->document) == 0)
    return;
  /* A new one each time: it is as wide as what it lists. */
  g_clear_pointer (&self->history, gtk_widget_unparent);
  self->history = popover_new (self, &list);
  present = fill (self, GTK_LIST_BOX (list));
  point_at (self, button);
  gtk_popover_popup (GTK_POPOVER (self->history));
  gtk_widget_grab_focus (present);
}

static void
history_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnWindow *self = TN_WINDOW (widget);

  open_history (self, self->undo_button);
}

static void
press_cb (TnWindow *self, double x, double y, GtkGesture *gesture)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  open_history (self, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
}

static void
click_cb (TnWindow *self, int n_press, double x, double y, GtkGesture *gesture)
{
  press_cb (self, x, y, gesture);
}

void
tn_window_init_history (TnWindow *self)
{
  GtkWidget *const buttons[] = { self->undo_button, self->redo_button };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      GtkGesture *click = gtk_gesture_click_new ();
      GtkGesture *press = gtk_gesture_long_press_new ();

      gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
      g_signal_connect_swapped (click, "pressed", G_CALLBACK (click_cb), self);
      gtk_widget_add_controller (buttons[i], GTK_EVENT_CONTROLLER (click));
      /* Before the button, which would undo when it is let go. */
      gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
      g_signal_connect_swapped (press, "pressed", G_CALLBACK (press_cb), self);
      gtk_widget_add_controller (buttons[i], GTK_EVENT_CONTROLLER (press));
    }
}

void
tn_window_install_history_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.history", NULL, history_action);
  gtk_widget_class_add_binding_action (class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_ALT_MASK,
                                       "win.history", NULL);
}
