/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnGroupView: what the inspector says of a group, and what can be done with it. */
#include "app/tn-group-view.h"

#include "base/tn-i18n.h"

struct _TnGroupView
{
  GtkBox parent;

  GtkWidget *card;             /* borrowed; an AdwPreferencesGroup */
  GtkWidget *name;             /* borrowed; an AdwEntryRow */
  GtkWidget *inputs, *outputs; /* borrowed; AdwActionRows */
  GtkWidget *toggle;           /* borrowed */

  TnDocument *document;
  char *shown; /* the whole name of the group whose name is in the entry */
};

G_DEFINE_FINAL_TYPE (TnGroupView, tn_group_view, GTK_TYPE_BOX)

static void
rename_cb (TnGroupView *self)
{
  const TnGroup *group = tn_document_selected_group (self->document);
  g_autofree char *name = group != NULL ? g_strdup (tn_group_name (group)) : NULL;
  g_autoptr (TnReport) report = tn_report_new ();
  TnEditArgs args = { .group = name, .text = gtk_editable_get_text (GTK_EDITABLE (self->name)) };

  if (group == NULL)
    return;
  if (tn_document_apply (self->document, &tn_edit_rename_group, &args, report))
    {
      gtk_widget_remove_css_class (self->name, "error");
      gtk_widget_set_tooltip_text (self->name, NULL);
      return;
    }
  gtk_widget_add_css_class (self->name, "error");
  gtk_widget_set_tooltip_text (self->name, tn_report_first (report));
}

/* A tensor that facts of an earlier graph may not know. */
static char *
shape_text (const TnFacts *facts, TnRef ref)
{
  const TnNode *node = facts != NULL ? tn_graph_find (tn_facts_graph (facts), ref.node) : NULL;
  TnShape shape = tn_shape_none ();

  if (node != NULL && ref.call < tn_node_n_calls (node) && ref.output < tn_node_n_outputs (node))
    shape = tn_facts_shape (facts, ref, NULL);
  return tn_shape_to_text (&shape);
}

static char *
inputs_text (const TnGraph *graph, const TnGroup *group, const TnFacts *facts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_node_schema (node)->boundary || tn_graph_group_of (graph, node) != group)
        continue;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "",
                              tn_name_own (tn_node_name (node)));
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        {
          TnRef from = tn_node_input (node, call, 0);
          const TnNode *source = tn_graph_find (graph, from.node);
          g_autofree char *shape = source != NULL ? shape_text (facts, from) : NULL;

          g_string_append_printf (text, "  %s", source != NULL ? shape : "–");
        }
    }
  return g_string_free (text, FALSE);
}

static char *
outputs_text (const TnGraph *graph, const TnGroup *group, const TnFacts *facts)
{
  GString *text = g_string_new (NULL);
  guint n_calls = MAX (tn_graph_group_calls (graph, group), 1), n_outputs;
  const TnRef *outputs = tn_group_outputs (group, &n_outputs);

  for (guint i = 0; i < n_outputs; i++)
    {
      const TnNode *node = tn_graph_find (graph, outputs[i].node);

      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "",
                              tn_name_own (tn_node_name (node)));
      for (guint call = 0; call < n_calls; call++)
        {
          TnRef ref = outputs[i];
          g_autofree char *shape = NULL;

          ref.call = (guint16)(ref.call + call * (tn_node_n_calls (node) / n_calls));
          shape = shape_text (facts, ref);
          g_string_append_printf (text, "  %s", shape);
        }
    }
  return g_string_free (text, FALSE);
}

static void
set_row (GtkWidget *row, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  gtk_widget_set_visible (row, text[0] != '\0');
}

void
tn_group_view_show (TnGroupView *self, TnDocument *document, const TnFacts *facts)
{
  const TnGroup *group = tn_document_selected_group (document);
  const TnGraph *graph = tn_document_graph (document);
  g_autofree char *inputs = NULL, *outputs = NULL, *about = NULL;
  guint n_layers = 0;

  self->document = document;
  gtk_widget_set_visible (GTK_WIDGET (self), group != NULL);
  if (group == NULL)
    {
      g_clear_pointer (&self->shown, g_free);
      return;
    }
  for (guint i = 0; i < tn_graph_size (graph); i++)
    n_layers += !tn_node_schema (tn_graph_node (graph, i))->boundary
                && tn_group_holds (group, tn_node_name (tn_graph_node (graph, i)));
  /* What is being typed stays. */
  if (g_strcmp0 (self->shown, tn_group_name (group)) != 0)
    {
      g_free (self->shown);
      self->shown = g_strdup (tn_group_name (group));
      gtk_editable_set_text (GTK_EDITABLE (self->name), tn_name_own (self->shown));
      gtk_widget_remove_css_class (self->name, "error");
    }
  about = g_strdup_printf (ngettext ("%s · %u layer", "%s · %u layers", n_layers),
                           tn_group_type (group), n_layers);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->card), about);
  inputs = inputs_text (graph, group, facts);
  outputs = outputs_text (graph, group, facts);
  set_row (self->inputs, inputs);
  set_row (self->outputs, outputs);
  gtk_button_set_label (GTK_BUTTON (self->toggle),
                        tn_group_is_open (group) ? _ ("Close Group") : _ ("Open Group"));
}

static void
tn_group_view_finalize (GObject *object)
{
  g_free (TN_GROUP_VIEW (object)->shown);
  G_OBJECT_CLASS (tn_group_view_parent_class)->finalize (object);
}

static void
tn_group_view_class_init (TnGroupViewClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_group_view_finalize;
}

static GtkWidget *
add_row (TnGroupView *self, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->card), row);
  return row;
}

static void
tn_group_view_init (TnGroupView *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *ungroup = gtk_button_new_with_label (_ ("Ungroup"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  self->card = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->card), _ ("Group"));
  self->name = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->name), _ ("Name"));
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self->name), TRUE);
  g_signal_connect_object (self->name, "apply", G_CALLBACK (rename_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->card), self->name);
  self->inputs = add_row (self, _ ("Inputs"));
  self->outputs = add_row (self, _ ("Outputs"));
  gtk_box_append (GTK_BOX (self), self->card);

  self->toggle = gtk_button_new_with_label (_ ("Close Group"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->toggle), "win.toggle-group");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (ungroup), "win.ungroup");
  gtk_box_set_homogeneous (GTK_BOX (buttons), TRUE);
  gtk_box_append (GTK_BOX (buttons), self->toggle);
  gtk_box_append (GTK_BOX (buttons), ungroup);
  gtk_box_append (GTK_BOX (self), buttons);
}

GtkWidget *
tn_group_view_new (void)
{
  return g_object_new (TN_TYPE_GROUP_VIEW, NULL);
}
