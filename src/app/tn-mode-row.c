/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row that says whether layers count. */
#include "app/tn-mode-row.h"

#include "app/tn-accessible.h"
#include "base/tn-i18n.h"
#include "graph/tn-active.h"

struct _TnModeRow
{
  AdwActionRow parent_instance;

  TnDocument *document; /* borrowed: the inspector's */
  GtkWidget *choice;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (TnModeRow, tn_mode_row, ADW_TYPE_ACTION_ROW)

static gboolean
has_choice (const TnNode *node)
{
  return node != NULL && !tn_node_schema (node)->boundary && !tn_node_is_mark (node);
}

static void
selected_cb (TnModeRow *self)
{
  static const TnEdit *const edits[] = {
    [TN_MODE_ACTIVE] = &tn_edit_activate,
    [TN_MODE_BYPASSED] = &tn_edit_bypass,
    [TN_MODE_DISABLED] = &tn_edit_disable,
  };
  guint mode = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->choice));
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (GArray) nodes = NULL;

  if (self->showing || self->document == NULL || mode >= G_N_ELEMENTS (edits))
    return;
  nodes = g_array_copy ((GArray *)tn_document_selection (self->document));
  if (!tn_document_apply (
          self->document, edits[mode],
          &(TnEditArgs){ .nodes = (const TnNodeId *)(gpointer)nodes->data, .n_nodes = nodes->len },
          report))
    {
      g_autofree char *markup = g_markup_escape_text (tn_report_first (report), -1);

      tn_mode_row_show (self, self->document);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self), markup);
      gtk_widget_error_bell (GTK_WIDGET (self));
    }
}

void
tn_mode_row_show (TnModeRow *self, TnDocument *document)
{
  const TnGraph *graph = tn_document_graph (document);
  const GArray *selection = tn_document_selection (document);
  guint mode = GTK_INVALID_LIST_POSITION;
  gboolean inactive = FALSE, any = FALSE;

  self->document = document;
  for (guint i = 0; i < selection->len; i++)
    {
      int index = tn_graph_index (graph, g_array_index (selection, TnNodeId, i));
      const TnNode *node = index >= 0 ? tn_graph_node (graph, (guint)index) : NULL;

      if (!has_choice (node))
        continue;
      inactive = inactive || tn_graph_role (graph, (guint)index) == TN_ROLE_INACTIVE;
      if (any && mode != (guint)tn_node_mode (node))
        mode = GTK_INVALID_LIST_POSITION;
      else if (!any)
        mode = tn_node_mode (node);
      any = TRUE;
    }
  self->showing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choice), mode);
  self->showing = FALSE;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               inactive ? _ ("Inactive, because what it depends on is disabled")
                                        : "");
  gtk_widget_set_visible (GTK_WIDGET (self), any);
}

static void
tn_mode_row_class_init (TnModeRowClass *class)
{
}

static void
tn_mode_row_init (TnModeRow *self)
{
  const char *const texts[] = { _ ("Used"), _ ("Bypassed"), _ ("Disabled"), NULL };

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("State"));
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self), _ ("Bypassed: hands its first input through. Disabled: as if it were "
                            "not there."));
  self->choice = gtk_drop_down_new_from_strings (texts);
  gtk_widget_set_valign (self->choice, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("State"), -1);
  tn_accessible_name_parts (self->choice, _ ("State"));
  g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->choice);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), self->choice);
  /* The row would have it called by its title as well: the same once more. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->choice),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}
