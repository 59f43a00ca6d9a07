/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCard: what is known of one thing on the canvas: a layer, a port, the shape on a wire. */
#include "app/tn-card.h"

#include "app/tn-issue-view.h"
#include "base/tn-i18n.h"
#include "infer/tn-axes.h"
#include "infer/tn-provenance.h"
#include "tensor/tn-symbol.h"

/* Characters in a line, and links of a chain: a card, not a page. */
#define LINE_CHARS 46
#define MOST_LINKS 6
/* What is scrolled is at least that high. */
#define LEAST_CONTENT 24

struct _TnCard
{
  GtkBox parent;

  GtkLabel *title;
  GtkToggleButton *pin;
  GtkScrolledWindow *scroller;
  GtkLabel *body;
  GtkWidget *numbers;
  GtkWidget *origin;
  GtkLabel *chain;
  GtkWidget *trace;
  GtkWidget *problem;
  GtkImage *sign;
  GtkLabel *message;
  GtkLabel *because;
  GtkWidget *repair; /* where the button stands */

  TnFacts *facts; /* owned; those that are shown */
  TnRef ref;
  int axis;
};

G_DEFINE_FINAL_TYPE (TnCard, tn_card, GTK_TYPE_BOX)

static void
clear (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && text[0] != '\0');
}

/* ---- the numbers ---- */

/* Where the chosen number comes from. */
static void
show_chain (TnCard *self)
{
  g_autoptr (GArray) links = tn_provenance_new ();
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->origin, self->axis >= 0);
  if (self->axis < 0)
    return;
  tn_provenance_trace (self->facts, self->ref, self->axis, links);
  if (links->len > 0)
    text = tn_provenance_to_text (links, tn_facts_graph (self->facts), MOST_LINKS);
  else if (self->axis == 0)
    text = g_strdup (_ ("The batch: open until the model is run."));
  else
    text = g_strdup (_ ("Not known: open until the model is run."));
  gtk_label_set_label (self->chain, text);
  gtk_widget_set_visible (self->trace, links->len > 0);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->trace), "(uuui)", self->ref.node,
                                    (guint32)self->ref.call, (guint32)self->ref.output,
                                    (gint32)self->axis);
  /* Not before there is a target that fits. */
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->trace), "canvas.trace");
}

static void
number_toggled_cb (GtkToggleButton *button, TnCard *self)
{
  int axis = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "axis"));

  if (gtk_toggle_button_get_active (button))
    self->axis = axis;
  else if (self->axis == axis)
    self->axis = -1;
  show_chain (self);
}

/* "26" above "height". */
static GtkWidget *
number_button (TnCard *self, const TnShape *shape, int axis)
{
  g_autofree char *number = tn_dim_to_text (shape->dims[axis]);
  const char *name = tn_axis_name (self->facts, self->ref, axis);
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (number);
  g_autofree char *spoken = name != NULL
                                /* TRANSLATORS: for screen readers: "height 26" */
                                ? g_strdup_printf (_ ("%s %s"), name, number)
                                : g_strdup_printf (_ ("Axis %d: %s"), axis, number);

  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  if (name != NULL)
    {
      GtkWidget *caption = gtk_label_new (name);

      gtk_widget_add_css_class (caption, "caption");
      gtk_widget_add_css_class (caption, "dim-label");
      gtk_box_append (GTK_BOX (box), caption);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "tn-link");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
  g_object_set_data (G_OBJECT (button), "axis", GINT_TO_POINTER (axis));
  return button;
}

static void
show_numbers (TnCard *self)
{
  TnShape shape = tn_shape_none ();
  GtkWidget *first = NULL;

  clear (self->numbers);
  if (self->facts != NULL && self->ref.node != TN_NODE_NONE)
    shape = tn_facts_seen_shape (self->facts, self->ref, NULL);
  if (self->axis >= shape.rank)
    self->axis = -1;
  gtk_widget_set_visible (self->numbers, shape.rank > 0);
  for (int axis = 0; axis < shape.rank; axis++)
    {
      GtkWidget *button = number_button (self, &shape, axis);

      if (first == NULL)
        first = button;
      else
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (first));
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), axis == self->axis);
      g_signal_connect (button, "toggled", G_CALLBACK (number_toggled_cb), self);
      gtk_box_append (GTK_BOX (self->numbers), button);
    }
  show_chain (self);
}

/* ---- the problem ---- */

static int
find_issue (const TnFacts *facts, TnNodeId node)
{
  for (guint i = 0; i < tn_facts_n_issues (facts); i++)
    if (tn_facts_issue (facts, i)->node == node)
      return (int)i;
  return -1;
}

static void
show_problem (TnCard *self, const TnAdvice *advice, TnNodeId node)
{
  int position = self->facts != NULL && node != TN_NODE_NONE ? find_issue (self->facts, node) : -1;
  g_autofree char *because = NULL;
  const TnIssue *issue;

  clear (self->repair);
  gtk_widget_set_visible (self->problem, position >= 0);
  if (position < 0)
    return;
  issue = tn_facts_issue (self->facts, (guint)position);
  gtk_widget_remove_css_class (GTK_WIDGET (self->sign), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->sign), "warning");
  gtk_widget_add_css_class (GTK_WIDGET (self->sign),
                            issue->severity == TN_SEVERITY_WARNING ? "warning" : "error");
  gtk_image_set_from_icon_name (self->sign, tn_severity_icon (issue->severity));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sign), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  tn_severity_label (issue->severity), -1);
  gtk_label_set_label (self->message, issue->message);
  if (issue->provenance != NULL && issue->provenance->len > 0)
    {
      g_autofree char *links
          = tn_provenance_to_text (issue->provenance, tn_facts_graph (self->facts), MOST_LINKS);

      because = g_strdup_printf (_ ("Because %s"), links);
    }
  set_text (self->because, because);
  if (advice != NULL && tn_advice_facts (advice) == self->facts
      && tn_advice_n_fixes (advice, (guint)position) > 0)
    gtk_box_append (GTK_BOX (self->repair),
                    tn_issue_view_fix_button (tn_advice_fix (advice, (guint)position, 0), FALSE));
}

/* ---- the card ---- */

void
tn_card_show (TnCard *self, const TnFacts *facts, const TnAdvice *advice, const TnCardAbout *about)
{
  gboolean same;

  g_return_if_fail (TN_IS_CARD (self) && about != NULL);

  same = tn_ref_equal (about->ref, self->ref);
  if (facts != self->facts)
    {
      g_clear_pointer (&self->facts, tn_facts_unref);
      if (facts != NULL)
        self->facts = tn_facts_ref (facts);
    }
  self->ref = about->ref;
  if (about->axis >= 0 || !same)
    self->axis = about->axis;
  gtk_label_set_label (self->title, about->title);
  set_text (self->body, about->body);
  show_numbers (self);
  show_problem (self, advice, about->node);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  about->title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  about->body != NULL ? about->body : "", -1);
}

void
tn_card_set_pinned (TnCard *self, gboolean pinned)
{
  g_return_if_fail (TN_IS_CARD (self));
  gtk_toggle_button_set_active (self->pin, pinned);
}

void
tn_card_focus (TnCard *self)
{
  g_return_if_fail (TN_IS_CARD (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->pin));
}

int
tn_card_height (TnCard *self, int width, int most)
{
  int whole, scrolled;

  g_return_val_if_fail (TN_IS_CARD (self), most);
  gtk_scrolled_window_set_max_content_height (self->scroller, -1);
  gtk_widget_measure (GTK_WIDGET (self), GTK_ORIENTATION_VERTICAL, width, NULL, &whole, NULL, NULL);
  if (whole <= most)
    return whole;
  gtk_widget_measure (GTK_WIDGET (self->scroller), GTK_ORIENTATION_VERTICAL, width, NULL, &scrolled,
                      NULL, NULL);
  gtk_scrolled_window_set_max_content_height (self->scroller,
                                              MAX (scrolled - (whole - most), LEAST_CONTENT));
  return most;
}

static void
pin_toggled_cb (GtkToggleButton *button, TnCard *self)
{
  g_signal_emit_by_name (self, "pinned", gtk_toggle_button_get_active (button));
}

static GtkWidget *
wrapping_label (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), LINE_CHARS);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
tn_card_finalize (GObject *object)
{
  g_clear_pointer (&TN_CARD (object)->facts, tn_facts_unref);
  G_OBJECT_CLASS (tn_card_parent_class)->finalize (object);
}

static void
tn_card_class_init (TnCardClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_card_finalize;
  g_signal_new ("pinned", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
add_head (TnCard *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = wrapping_label ("heading");
  GtkWidget *pin = gtk_toggle_button_new ();

  gtk_widget_set_hexpand (title, TRUE);
  gtk_button_set_icon_name (GTK_BUTTON (pin), "view-pin-symbolic");
  gtk_widget_add_css_class (pin, "flat");
  gtk_widget_add_css_class (pin, "tn-pin");
  gtk_widget_set_valign (pin, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (pin, _ ("Keep open (Escape closes)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (pin), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Keep open"), -1);
  g_signal_connect (pin, "toggled", G_CALLBACK (pin_toggled_cb), self);
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), pin);
  gtk_box_append (GTK_BOX (self), head);
  self->title = GTK_LABEL (title);
  self->pin = GTK_TOGGLE_BUTTON (pin);
}

static void
add_origin (TnCard *self, GtkWidget *content)
{
  self->numbers = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->numbers), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Shape"), -1);
  gtk_box_append (GTK_BOX (content), self->numbers);
  self->origin = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  self->chain = GTK_LABEL (wrapping_label ("numeric"));
  self->trace = gtk_button_new_with_label (_ ("Show in the Drawing"));
  gtk_widget_set_halign (self->trace, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->trace, "tn-fix");
  gtk_box_append (GTK_BOX (self->origin), GTK_WIDGET (self->chain));
  gtk_box_append (GTK_BOX (self->origin), self->trace);
  gtk_box_append (GTK_BOX (content), self->origin);
}

static void
add_problem (TnCard *self, GtkWidget *content)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->problem = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  self->sign = GTK_IMAGE (gtk_image_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->sign), GTK_ALIGN_START);
  self->message = GTK_LABEL (wrapping_label (NULL));
  self->because = GTK_LABEL (wrapping_label ("dim-label"));
  self->repair = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->sign));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->message));
  gtk_box_append (GTK_BOX (self->problem), line);
  gtk_box_append (GTK_BOX (self->problem), GTK_WIDGET (self->because));
  gtk_box_append (GTK_BOX (self->problem), self->repair);
  gtk_box_append (GTK_BOX (content), self->problem);
}

static void
tn_card_init (TnCard *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->axis = -1;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 4);
  gtk_widget_add_css_class (GTK_WIDGET (self), "tn-card");
  add_head (self);
  /* What is wrong first: it is seen where there is little room, too. */
  add_problem (self, content);
  self->body = GTK_LABEL (wrapping_label ("numeric"));
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->body));
  add_origin (self, content);
  self->scroller = GTK_SCROLLED_WINDOW (scroller);
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (self->scroller, TRUE);
  gtk_scrolled_window_set_propagate_natural_width (self->scroller, TRUE);
  gtk_scrolled_window_set_child (self->scroller, content);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (self), scroller);
}

GtkWidget *
tn_card_new (void)
{
  return g_object_new (TN_TYPE_CARD, NULL);
}
