/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's dealings with messages of Keras and others: one copied, one explained. */
#include "app/tn-window-private.h"
#include "base/tn-i18n.h"
#include "infer/tn-message.h"

/* The dialog in which a message is pasted; freed with its window. */
typedef struct
{
  TnWindow *owner; /* borrowed: the dialog goes with it */
  GtkWidget *window;
  GtkLabel *result;
  GtkWidget *show;
  TnNodeId found;
} Explainer;

static void
copy_keras_message_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget),
                          g_variant_get_string (parameter, NULL));
  tn_window_tell (TN_WINDOW (widget), _ ("Keras’s message is on the clipboard"));
}

/* Every change is explained at once; a long text by its end, as far as a message is read. */
static void
text_changed_cb (GtkTextBuffer *buffer, Explainer *explainer)
{
  const TnFacts *facts = tn_engine_facts (explainer->owner->engine);
  GtkTextIter from, to;
  g_autofree char *text = NULL, *explained = NULL;
  g_autoptr (TnMessage) message = NULL;
  const TnNode *node = NULL;

  gtk_text_buffer_get_end_iter (buffer, &to);
  from = to;
  gtk_text_iter_backward_chars (&from, TN_MESSAGE_MOST);
  text = gtk_text_buffer_get_text (buffer, &from, &to, FALSE);
  message = tn_message_read (text, -1);
  explainer->found
      = message != NULL && facts != NULL ? tn_message_find (message, facts) : TN_NODE_NONE;
  if (explainer->found != TN_NODE_NONE)
    node = tn_graph_find (tn_facts_graph (facts), explainer->found);
  if (message != NULL)
    explained = tn_message_explain (message);
  else if (gtk_text_buffer_get_char_count (buffer) > 0)
    explained = g_strdup (_ ("This is no message about shapes that Tenon knows."));
  gtk_label_set_label (explainer->result, explained != NULL ? explained : "");
  gtk_widget_set_visible (explainer->show, node != NULL);
  if (node != NULL)
    {
      g_autofree char *label = g_strdup_printf (_ ("Go to %s"), tn_node_name (node));

      gtk_button_set_label (GTK_BUTTON (explainer->show), label);
    }
}

static void
show_clicked_cb (GtkButton *button, Explainer *explainer)
{
  TnWindow *owner = explainer->owner;
  TnNodeId found = explainer->found;

  gtk_window_destroy (GTK_WINDOW (explainer->window));
  tn_window_reveal (owner, found);
}

static GtkWidget *
make_text (Explainer *explainer)
{
  GtkWidget *text = gtk_text_view_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (text), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (text), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (text), TRUE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (text), 9);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (text), 9);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (text), 9);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (text), 9);
  gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Error message"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), text);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_widget_set_vexpand (scrolled, TRUE);
  g_signal_connect (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)), "changed",
                    G_CALLBACK (text_changed_cb), explainer);
  return scrolled;
}

static GtkWidget *
wrapped_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  return label;
}

static void
explain_message_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  Explainer *explainer = g_new0 (Explainer, 1);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  explainer->owner = TN_WINDOW (widget);
  explainer->window = adw_window_new ();
  explainer->result = GTK_LABEL (wrapped_label (""));
  explainer->show = gtk_button_new ();
  g_object_set_data_full (G_OBJECT (explainer->window), "explainer", explainer, g_free);

  gtk_label_set_selectable (explainer->result, TRUE);
  gtk_widget_add_css_class (explainer->show, "suggested-action");
  gtk_widget_set_halign (explainer->show, GTK_ALIGN_END);
  gtk_widget_set_visible (explainer->show, FALSE);
  g_signal_connect (explainer->show, "clicked", G_CALLBACK (show_clicked_cb), explainer);

  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_box_append (GTK_BOX (box), wrapped_label (_ ("Paste what Keras, TensorFlow or PyTorch "
                                                   "printed:")));
  gtk_box_append (GTK_BOX (box), make_text (explainer));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (explainer->result));
  gtk_box_append (GTK_BOX (box), explainer->show);
  gtk_box_append (GTK_BOX (content), adw_header_bar_new ());
  gtk_widget_set_vexpand (box, TRUE);
  gtk_box_append (GTK_BOX (content), box);

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (explainer->window, keys);
  adw_window_set_content (ADW_WINDOW (explainer->window), content);
  gtk_window_set_title (GTK_WINDOW (explainer->window), _ ("Explain an Error Message"));
  gtk_window_set_default_size (GTK_WINDOW (explainer->window), 560, 460);
  gtk_window_set_modal (GTK_WINDOW (explainer->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (explainer->window), GTK_WINDOW (widget));
  gtk_window_set_destroy_with_parent (GTK_WINDOW (explainer->window), TRUE);
  gtk_window_present (GTK_WINDOW (explainer->window));
}

void
tn_window_install_message_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.copy-keras-message", "s", copy_keras_message_action);
  gtk_widget_class_install_action (class, "win.explain-message", NULL, explain_message_action);
}
