/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model summary table: what the drawing says, as rows and cells that can be read out. */
#include "app/tn-outline.h"

#include "app/tn-rows.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "graph/tn-active.h"

struct _TnOutline
{
  GtkWidget parent;

  GtkStack *stack;
  GtkColumnView *view;

  TnDocument *document;
  TnEngine *engine;
  GSignalGroup *document_signals;
  GSignalGroup *engine_signals;
  TnRows *rows; /* keys: node ids */
  GtkMultiSelection *selection;
  TnFacts *facts; /* which the rows are about */
  gboolean selecting;
};

G_DEFINE_FINAL_TYPE (TnOutline, tn_outline, GTK_TYPE_WIDGET)

typedef struct
{
  const char *title;
  gboolean number;
  gboolean expand;
} Column;

static const Column columns[TN_OUTLINE_N_COLUMNS] = {
  [TN_OUTLINE_NAME] = { N_ ("Layer"), FALSE, FALSE },
  [TN_OUTLINE_TYPE] = { N_ ("Type"), FALSE, FALSE },
  [TN_OUTLINE_INPUT] = { N_ ("Input shape"), FALSE, FALSE },
  [TN_OUTLINE_OUTPUT] = { N_ ("Output shape"), FALSE, FALSE },
  [TN_OUTLINE_PARAMS] = { N_ ("Parameters"), TRUE, FALSE },
  [TN_OUTLINE_STATE] = { N_ ("State"), FALSE, TRUE },
};

/* ---- texts ---- */

static void
append_shape (GString *text, TnShape shape)
{
  g_autofree char *one = tn_shape_to_text (&shape);

  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append (text, one);
}

static char *
input_text (const TnFacts *facts, const TnNode *node, guint index)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      append_shape (text, tn_facts_input (facts, index, call, slot));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
output_text (const TnFacts *facts, const TnNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint output = 0; output < tn_node_n_outputs (node); output++)
      append_shape (text, tn_facts_shape (facts,
                                          (TnRef){ .node = tn_node_id (node),
                                                   .call = (guint16)call,
                                                   .output = (guint16)output },
                                          NULL));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
state_text (const TnFacts *facts, const TnNode *node, guint index)
{
  const TnIssue *issue = tn_facts_node_issue (facts, tn_node_id (node));

  if (issue != NULL)
    return g_strdup (issue->message);
  switch (tn_facts_state (facts, index))
    {
    case TN_STATE_KNOWN:
      return g_strdup (_ ("Fits"));
    case TN_STATE_PARTIAL:
      return g_strdup (_ ("Some sizes are not known before the model runs"));
    case TN_STATE_BLOCKED:
      return g_strdup (_ ("Waits for what comes before it"));
    case TN_STATE_WRONG:
      return g_strdup (_ ("Does not fit"));
    }
  g_return_val_if_reached (NULL);
}

/* Of a layer that does not count. */
static char *
idle_text (const TnFacts *facts, TnNodeId id, TnOutlineColumn column)
{
  static const char *const states[] = {
    [TN_ROLE_ACTIVE] = "",
    [TN_ROLE_BYPASSED] = N_ ("Bypassed"),
    [TN_ROLE_DISABLED] = N_ ("Disabled"),
    [TN_ROLE_INACTIVE] = N_ ("Inactive, because what it depends on is disabled"),
  };
  const TnGraph *whole = tn_facts_whole (facts);
  int index = tn_graph_index (whole, id);
  const TnNode *node = index >= 0 ? tn_graph_node (whole, (guint)index) : NULL;

  if (node == NULL)
    return NULL;
  switch (column)
    {
    case TN_OUTLINE_NAME:
      return g_strdup (tn_node_name (node));
    case TN_OUTLINE_TYPE:
      return g_strdup (tn_node_type (node));
    case TN_OUTLINE_STATE:
      return g_strdup (_ (states[tn_graph_role (whole, (guint)index)]));
    default:
      return g_strdup ("–");
    }
}

static char *
cell_text (const TnFacts *facts, TnNodeId id, TnOutlineColumn column)
{
  const TnGraph *graph = tn_facts_graph (facts);
  int index = tn_graph_index (graph, id);

  if (index < 0)
    return idle_text (facts, id, column);
  const TnNode *node = tn_graph_node (graph, (guint)index);
  switch (column)
    {
    case TN_OUTLINE_NAME:
      return g_strdup (tn_node_name (node));
    case TN_OUTLINE_TYPE:
      return g_strdup (tn_node_type (node));
    case TN_OUTLINE_INPUT:
      return input_text (facts, node, (guint)index);
    case TN_OUTLINE_OUTPUT:
      return output_text (facts, node);
    case TN_OUTLINE_PARAMS:
      {
        gint64 params = tn_facts_params (facts, (guint)index);
        return params >= 0 ? tn_text_count (params) : g_strdup ("?");
      }
    case TN_OUTLINE_STATE:
      return state_text (facts, node, (guint)index);
    case TN_OUTLINE_N_COLUMNS:
      break;
    }
  g_return_val_if_reached (NULL);
}

/* ---- rows ---- */

static void
show_cell (GtkListItem *item)
{
  TnOutline *self = g_object_get_data (G_OBJECT (item), "outline");
  TnOutlineColumn column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), "column"));
  GtkWidget *label = gtk_list_item_get_child (item);
  TnRow *row = gtk_list_item_get_item (item);

  if (row == NULL || self->facts == NULL)
    return;
  TnNodeId id = (TnNodeId)tn_row_key (row);
  g_autofree char *text = cell_text (self->facts, id, column);
  gtk_label_set_label (GTK_LABEL (label), text != NULL ? text : "");
  if (column != TN_OUTLINE_STATE)
    return;

  const TnIssue *issue = tn_facts_node_issue (self->facts, id);
  gtk_widget_remove_css_class (label, "error");
  gtk_widget_remove_css_class (label, "warning");
  gtk_widget_remove_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, issue == NULL                            ? "dim-label"
                                   : issue->severity == TN_SEVERITY_WARNING ? "warning"
                                                                            : "error");
  gtk_widget_set_tooltip_text (label, text);
}

static void
setup_cb (TnOutline *self, GtkListItem *item, GtkListItemFactory *factory)
{
  gpointer column = g_object_get_data (G_OBJECT (factory), "column");
  const Column *shown = &columns[GPOINTER_TO_UINT (column)];
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), shown->number ? 1 : 0);
  if (shown->expand)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_width_chars (GTK_LABEL (label), 12);
    }
  if (GPOINTER_TO_UINT (column) >= TN_OUTLINE_INPUT
      && GPOINTER_TO_UINT (column) <= TN_OUTLINE_PARAMS)
    gtk_widget_add_css_class (label, "numeric");
  g_object_set_data (G_OBJECT (item), "outline", self);
  g_object_set_data (G_OBJECT (item), "column", column);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (TnOutline *self, GtkListItem *item)
{
  g_signal_connect_swapped (gtk_list_item_get_item (item), "changed", G_CALLBACK (show_cell), item);
  show_cell (item);
}

static void
unbind_cb (TnOutline *self, GtkListItem *item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show_cell, item);
}

/* ---- following the document ---- */

static void
show_selection (TnOutline *self)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  g_autoptr (GtkBitset) selected = gtk_bitset_new_empty ();
  g_autoptr (GtkBitset) all = gtk_bitset_new_range (0, n_rows);

  if (self->document == NULL || self->selecting)
    return;
  const GArray *nodes = tn_document_selection (self->document);
  for (guint i = 0; i < nodes->len; i++)
    {
      guint row = tn_rows_find (self->rows, g_array_index (nodes, TnNodeId, i));
      if (row != G_MAXUINT)
        gtk_bitset_add (selected, row);
    }
  self->selecting = TRUE;
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->selection), selected, all);
  self->selecting = FALSE;
  if (nodes->len == 1 && !gtk_bitset_is_empty (selected))
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u",
                                gtk_bitset_get_minimum (selected));
}

static void
selection_changed_cb (TnOutline *self)
{
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  GtkBitsetIter iter;
  guint position;

  if (self->selecting || self->document == NULL)
    return;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (TnRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);
      TnNodeId id = (TnNodeId)tn_row_key (row);
      /* The table may lag behind the document. */
      if (tn_graph_find (tn_document_graph (self->document), id) != NULL)
        g_array_append_val (nodes, id);
    }
  self->selecting = TRUE;
  tn_document_select (self->document, (const TnNodeId *)(gpointer)nodes->data, nodes->len);
  self->selecting = FALSE;
}

static void
document_changed_cb (TnOutline *self, guint change)
{
  if (change & TN_CHANGE_SELECTION)
    show_selection (self);
}

static void
update (TnOutline *self)
{
  const TnFacts *facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_clear_pointer (&self->facts, tn_facts_unref);
  self->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  if (facts != NULL)
    {
      const TnGraph *graph = tn_facts_whole (facts);
      for (guint i = 0; i < tn_graph_n_steps (graph); i++)
        {
          TnGraphStep step = tn_graph_step (graph, i);
          guint64 key = tn_node_id (tn_graph_node (graph, step.index));
          if (step.call == 0 && !tn_node_schema (tn_graph_node (graph, step.index))->remark)
            g_array_append_val (keys, key);
        }
    }
  /* Rows that go must not unselect their layers in the document. */
  self->selecting = TRUE;
  tn_rows_update (self->rows, (const guint64 *)(gpointer)keys->data, keys->len);
  self->selecting = FALSE;
  gtk_stack_set_visible_child_name (self->stack, keys->len > 0 ? "list" : "none");
  show_selection (self);
}

static void
activate_cb (TnOutline *self, guint position)
{
  g_autoptr (TnRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  if (row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.reveal", "u", (TnNodeId)tn_row_key (row));
}

/* ---- the widget ---- */

static void
tn_outline_dispose (GObject *object)
{
  TnOutline *self = TN_OUTLINE (object);

  g_clear_object (&self->document_signals);
  g_clear_object (&self->engine_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_OUTLINE);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_object (&self->document);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->facts, tn_facts_unref);
  G_OBJECT_CLASS (tn_outline_parent_class)->dispose (object);
}

static void
tn_outline_class_init (TnOutlineClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = tn_outline_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-outline.ui");
  gtk_widget_class_bind_template_child (widget_class, TnOutline, stack);
  gtk_widget_class_bind_template_child (widget_class, TnOutline, view);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
add_column (TnOutline *self, guint number)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (number));
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  g_autoptr (GtkColumnViewColumn) column
      = gtk_column_view_column_new (_ (columns[number].title), factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, columns[number].expand);
  gtk_column_view_append_column (self->view, column);
}

static void
tn_outline_init (TnOutline *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < TN_OUTLINE_N_COLUMNS; i++)
    add_column (self, i);
  self->rows = tn_rows_new ();
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);

  self->document_signals = g_signal_group_new (TN_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "changed",
                                  G_CALLBACK (document_changed_cb), self);
  self->engine_signals = g_signal_group_new (TN_TYPE_ENGINE);
  g_signal_group_connect_swapped (self->engine_signals, "facts", G_CALLBACK (update), self);
}

void
tn_outline_set_document (TnOutline *self, TnDocument *document, TnEngine *engine)
{
  g_return_if_fail (TN_IS_OUTLINE (self));

  g_set_object (&self->document, document);
  g_set_object (&self->engine, engine);
  g_signal_group_set_target (self->document_signals, document);
  g_signal_group_set_target (self->engine_signals, engine);
  update (self);
}

char *
tn_outline_text (TnOutline *self, TnNodeId node, TnOutlineColumn column)
{
  g_return_val_if_fail (TN_IS_OUTLINE (self) && column < TN_OUTLINE_N_COLUMNS, NULL);
  return self->facts != NULL ? cell_text (self->facts, node, column) : NULL;
}
