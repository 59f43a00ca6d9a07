/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One issue as the problem list and the inspector show it. */
#include "app/tn-issue-view.h"

#include "base/tn-i18n.h"
#include "infer/tn-keras-words.h"

struct _TnIssueView
{
  GtkWidget parent;

  GtkImage *icon;
  GtkWidget *content;
  GtkLabel *name;
  GtkLabel *message;
  GtkExpander *because;
  GtkLabel *because_label;
  GtkBox *links;
  GtkBox *fixes;
  GtkLabel *no_fix;
  GtkWidget *copy;
  GtkWidget *ignore;

  char *identity; /* of the issue that is shown */
};

G_DEFINE_FINAL_TYPE (TnIssueView, tn_issue_view, GTK_TYPE_WIDGET)

const char *
tn_severity_icon (TnSeverity severity)
{
  return severity == TN_SEVERITY_WARNING ? "dialog-warning-symbolic" : "dialog-error-symbolic";
}

const char *
tn_severity_label (TnSeverity severity)
{
  switch (severity)
    {
    case TN_SEVERITY_ERROR:
      return _ ("Error");
    case TN_SEVERITY_CONTRACT:
      return _ ("Disagreement");
    case TN_SEVERITY_WARNING:
      return _ ("Warning");
    }
  g_return_val_if_reached ("");
}

static void
tn_issue_view_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TN_TYPE_ISSUE_VIEW);
  G_OBJECT_CLASS (tn_issue_view_parent_class)->dispose (object);
}

static void
tn_issue_view_finalize (GObject *object)
{
  g_free (TN_ISSUE_VIEW (object)->identity);
  G_OBJECT_CLASS (tn_issue_view_parent_class)->finalize (object);
}

static void
tn_issue_view_class_init (TnIssueViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = tn_issue_view_dispose;
  object_class->finalize = tn_issue_view_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-issue-view.ui");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, icon);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, content);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, name);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, message);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, because);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, because_label);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, links);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, fixes);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, no_fix);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, copy);
  gtk_widget_class_bind_template_child (widget_class, TnIssueView, ignore);
}

static void
tn_issue_view_init (TnIssueView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
tn_issue_view_new (void)
{
  return g_object_new (TN_TYPE_ISSUE_VIEW, NULL);
}

static void
clear_children (GtkWidget *parent)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (parent)) != NULL)
    gtk_box_remove (GTK_BOX (parent), child);
}

static GtkWidget *
wrapping_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_WORD);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

/* A link of the chain: pressing it goes to its layer. */
static GtkWidget *
link_button (const TnProvenance *link, const TnGraph *graph)
{
  const TnNode *node = tn_graph_find (graph, link->node);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *text = wrapping_label (link->text, "numeric");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "tn-link");
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (box), text);
  if (node != NULL)
    {
      g_autofree char *tooltip = g_strdup_printf (_ ("Go to %s"), tn_node_name (node));
      GtkWidget *name = gtk_label_new (tn_node_name (node));
      gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
      gtk_widget_add_css_class (name, "dim-label");
      gtk_widget_add_css_class (name, "caption");
      gtk_box_append (GTK_BOX (box), name);
      gtk_widget_set_tooltip_text (button, tooltip);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", link->node);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.reveal");
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  g_autofree char *label = node != NULL
                               ? g_strdup_printf ("%s (%s)", link->text, tn_node_name (node))
                               : g_strdup (link->text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}

/* While pointer or keyboard are at a repair, the canvas shows what it would do. */
static void
preview (GtkEventController *controller)
{
  GtkWidget *button = gtk_event_controller_get_widget (controller);
  GVariant *id = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button));

  if (id != NULL)
    gtk_widget_activate_action (button, "win.preview-repair", "s", g_variant_get_string (id, NULL));
}

static void
unpreview (GtkEventController *controller)
{
  gtk_widget_activate_action (gtk_event_controller_get_widget (controller), "win.preview-repair",
                              "s", "");
}

static void
add_preview (GtkWidget *button)
{
  GtkEventController *controllers[]
      = { gtk_event_controller_motion_new (), gtk_event_controller_focus_new () };

  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++)
    {
      g_signal_connect (controllers[i], "enter", G_CALLBACK (preview), NULL);
      g_signal_connect (controllers[i], "leave", G_CALLBACK (unpreview), NULL);
      gtk_widget_add_controller (button, controllers[i]);
    }
}

GtkWidget *
tn_issue_view_fix_button (const TnFix *fix, gboolean wide)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = wide ? gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18)
                        : gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *label = wrapping_label (fix->label, NULL);

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  if (!wide)
    gtk_label_set_max_width_chars (GTK_LABEL (label), 34);
  gtk_box_append (GTK_BOX (box), label);
  if (fix->detail != NULL && fix->detail[0] != '\0')
    {
      GtkWidget *detail = wrapping_label (fix->detail, "caption");
      if (!wide)
        gtk_label_set_max_width_chars (GTK_LABEL (detail), 40);
      gtk_widget_add_css_class (detail, "dim-label");
      gtk_box_append (GTK_BOX (box), detail);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "tn-fix");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", fix->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.repair");
  add_preview (button);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  fix->label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  fix->detail != NULL ? fix->detail : "", -1);
  return button;
}

/* Below the chain: it can be looked at in the drawing. */
static void
show_trace (TnIssueView *self, const TnIssue *issue, const TnGraph *graph)
{
  const TnNode *node = tn_graph_find (graph, issue->node);
  int axis = issue->axis == TN_AXIS_NONE ? issue->received.rank - 1
                                         : tn_shape_axis (&issue->received, issue->axis);
  GtkWidget *button;
  TnRef ref;

  if (node == NULL || issue->slot < 0 || axis < 0 || (guint)issue->call >= tn_node_n_calls (node)
      || (guint)issue->slot >= tn_node_n_inputs (node, (guint)issue->call))
    return;
  ref = tn_node_input (node, (guint)issue->call, (guint)issue->slot);
  if (ref.node == TN_NODE_NONE)
    return;
  button = gtk_button_new_with_label (_ ("Show in the Drawing"));
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(uuui)", ref.node, (guint32)ref.call,
                                    (guint32)ref.output, (gint32)axis);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.trace");
  gtk_box_append (self->links, button);
}

static void
show_reasons (TnIssueView *self, const TnIssue *issue, const TnGraph *graph)
{
  const GArray *links = issue->provenance;

  clear_children (GTK_WIDGET (self->links));
  gtk_widget_set_visible (GTK_WIDGET (self->because), links != NULL && links->len > 0);
  if (links == NULL || links->len == 0)
    return;

  const TnProvenance *first = &g_array_index (links, TnProvenance, 0);
  g_autofree char *text = g_strdup_printf (_ ("Because %s"), first->text);
  gtk_label_set_label (self->because_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->because), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
  for (guint i = 0; i < links->len; i++)
    gtk_box_append (self->links, link_button (&g_array_index (links, TnProvenance, i), graph));
  show_trace (self, issue, graph);
}

static void
show_fixes (TnIssueView *self, const TnAdvice *advice, guint position, gboolean wide)
{
  guint n_fixes = advice != NULL ? tn_advice_n_fixes (advice, position) : 0;

  clear_children (GTK_WIDGET (self->fixes));
  gtk_widget_set_visible (GTK_WIDGET (self->fixes), n_fixes > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->no_fix), advice != NULL && n_fixes == 0);
  for (guint i = 0; i < n_fixes; i++)
    gtk_box_append (self->fixes,
                    tn_issue_view_fix_button (tn_advice_fix (advice, position, i), wide));
}

/* Keras's own sentence can be copied where it has one. */
static void
show_keras_words (TnIssueView *self, const TnFacts *facts, const TnIssue *issue)
{
  g_autofree char *words = tn_keras_words (facts, issue);

  gtk_widget_set_visible (self->copy, words != NULL);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->copy), "s", words != NULL ? words : "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->copy), "win.copy-keras-message");
}

/* What only may be meant otherwise can be silenced; what is wrong cannot. */
static void
show_ignore (TnIssueView *self, const TnIssue *issue)
{
  gtk_widget_set_visible (self->ignore, issue->severity == TN_SEVERITY_WARNING);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->ignore), "(us)", issue->node,
                                    issue->code);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->ignore), "win.ignore-warning");
}

void
tn_issue_view_show (TnIssueView *self, const TnFacts *facts, const TnAdvice *advice, guint position,
                    gboolean with_name)
{
  g_return_if_fail (TN_IS_ISSUE_VIEW (self) && facts != NULL);

  const TnGraph *graph = tn_facts_graph (facts);
  const TnIssue *issue = tn_facts_issue (facts, position);
  const TnNode *node = tn_graph_find (graph, issue->node);
  const char *severity = tn_severity_label (issue->severity);
  g_autofree char *identity
      = g_strdup_printf ("%s %u %d %d", issue->code, issue->node, issue->call, issue->slot);

  if (g_strcmp0 (identity, self->identity) != 0)
    gtk_expander_set_expanded (self->because, FALSE);
  g_free (self->identity);
  self->identity = g_steal_pointer (&identity);

  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "warning");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon),
                            issue->severity == TN_SEVERITY_WARNING ? "warning" : "error");
  gtk_image_set_from_icon_name (self->icon, tn_severity_icon (issue->severity));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->icon), severity);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  severity, -1);

  gtk_label_set_label (self->name, node != NULL ? tn_node_name (node) : tn_graph_name (graph));
  gtk_widget_set_visible (GTK_WIDGET (self->name), with_name);
  gtk_label_set_label (self->message, issue->message);
  show_reasons (self, issue, graph);
  show_fixes (self, advice, position, with_name);
  show_keras_words (self, facts, issue);
  show_ignore (self, issue);

  g_autofree char *label
      = g_strdup_printf ("%s: %s", severity, node != NULL ? tn_node_name (node) : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, issue->message, -1);
}
