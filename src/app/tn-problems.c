/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The problem list: rows made on demand over the issues of the newest facts. */
#include "app/tn-problems.h"

#include "app/tn-accessible.h"
#include "app/tn-issue-view.h"
#include "app/tn-rows.h"
#include "base/tn-i18n.h"

struct _TnProblems
{
  GtkWidget parent;

  GtkStack *stack;
  GtkListView *list;
  GtkWidget *none_icon;
  GtkLabel *none_title;
  GtkLabel *none_detail;
  GtkWidget *filters;
  GtkToggleButton *filter_all;
  GtkToggleButton *filter_errors;
  GtkToggleButton *filter_warnings;
  GtkSingleSelection *selection;

  TnDocument *document;
  TnEngine *engine;
  GSignalGroup *engine_signals;
  TnRows *rows;
  GArray *positions; /* of guint: by row, which issue it is */
  TnFacts *facts;    /* whose issues the rows are */
};

G_DEFINE_FINAL_TYPE (TnProblems, tn_problems, GTK_TYPE_WIDGET)

/* A number that stays with a problem from facts to facts, and that no other of @facts has. */
static guint64
issue_key (const TnIssue *issue, GHashTable *taken)
{
  guint64 key = ((guint64)g_str_hash (issue->code) << 32)
                ^ ((guint64)issue->node * 31 + (guint)issue->call * 7 + (guint)(issue->slot + 1));

  if (issue->param != NULL)
    key ^= (guint64)g_str_hash (issue->param) << 16;
  for (;; key++)
    {
      guint64 *copy = g_memdup2 (&key, sizeof key);
      if (g_hash_table_add (taken, copy))
        return key;
    }
}

static void
update_empty_state (TnProblems *self)
{
  guint n_layers = tn_graph_size (tn_document_graph (self->document));

  gtk_widget_set_visible (self->none_icon, n_layers > 0);
  gtk_label_set_label (self->none_title,
                       n_layers > 0 ? _ ("Everything fits") : _ ("No layers yet"));
  gtk_label_set_label (self->none_detail,
                       n_layers > 0
                           ? _ ("Every layer can work with what arrives at it.")
                           : _ ("What does not fit will be explained here, with repairs to choose "
                                "from."));
  /* It has one line and no more. */
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->none_detail),
                               gtk_label_get_label (self->none_detail));
}

/* Is it to be listed, as the filter is set? */
static gboolean
passes (TnProblems *self, const TnIssue *issue)
{
  gboolean warning = issue->severity == TN_SEVERITY_WARNING;

  /* Where only one kind is left, there is nothing to choose between. */
  if (!gtk_widget_get_visible (self->filters))
    return TRUE;
  if (gtk_toggle_button_get_active (self->filter_errors))
    return !warning;
  if (gtk_toggle_button_get_active (self->filter_warnings))
    return warning;
  return TRUE;
}

static void
set_filter_label (GtkToggleButton *button, const char *format, guint count)
{
  g_autofree char *label = g_strdup_printf (format, count);

  gtk_button_set_label (GTK_BUTTON (button), label);
}

/* How many of each kind there are; the choice between them where there are both. */
static void
update_filters (TnProblems *self)
{
  guint n_issues = self->facts != NULL ? tn_facts_n_issues (self->facts) : 0;
  guint n_warnings = 0;

  for (guint i = 0; i < n_issues; i++)
    n_warnings += tn_facts_issue (self->facts, i)->severity == TN_SEVERITY_WARNING;
  gtk_widget_set_visible (self->filters, n_warnings > 0 && n_warnings < n_issues);
  set_filter_label (self->filter_all, _ ("All (%u)"), n_issues);
  set_filter_label (self->filter_errors, _ ("Errors (%u)"), n_issues - n_warnings);
  set_filter_label (self->filter_warnings, _ ("Warnings (%u)"), n_warnings);
}

static void
update (TnProblems *self)
{
  const TnFacts *facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_clear_pointer (&self->facts, tn_facts_unref);
  self->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  update_filters (self);
  g_array_set_size (self->positions, 0);
  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts); i++)
    {
      guint64 key = issue_key (tn_facts_issue (facts, i), taken);

      if (!passes (self, tn_facts_issue (facts, i)))
        continue;
      g_array_append_val (keys, key);
      g_array_append_val (self->positions, i);
    }
  tn_rows_update (self->rows, (const guint64 *)(gpointer)keys->data, keys->len);
  if (self->document != NULL)
    update_empty_state (self);
  gtk_stack_set_visible_child_name (self->stack, keys->len > 0 ? "list" : "none");
}

/* The issue of a row, NULL: the row is gone. */
static const TnIssue *
issue_at (TnProblems *self, guint row)
{
  guint position
      = row < self->positions->len ? g_array_index (self->positions, guint, row) : G_MAXUINT;

  if (self->facts == NULL || position >= tn_facts_n_issues (self->facts))
    return NULL;
  return tn_facts_issue (self->facts, position);
}

static void
activate_cb (TnProblems *self, guint row)
{
  const TnIssue *issue = issue_at (self, row);

  if (issue != NULL && issue->node != TN_NODE_NONE)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.reveal", "u", issue->node);
}

/* ---- rows ---- */

static void
show_row (GtkListItem *item)
{
  TnProblems *self = g_object_get_data (G_OBJECT (item), "problems");
  TnRow *row = gtk_list_item_get_item (item);
  guint index = row != NULL ? tn_row_index (row) : G_MAXUINT;

  if (issue_at (self, index) == NULL)
    return;
  tn_issue_view_show (TN_ISSUE_VIEW (gtk_list_item_get_child (item)), self->facts,
                      tn_engine_advice (self->engine),
                      g_array_index (self->positions, guint, index), TRUE);
  tn_accessible_name_row (item, issue_at (self, index)->message);
}

static void
setup_cb (TnProblems *self, GtkListItem *item)
{
  g_object_set_data (G_OBJECT (item), "problems", self);
  gtk_list_item_set_child (item, tn_issue_view_new ());
}

static void
bind_cb (TnProblems *self, GtkListItem *item)
{
  g_signal_connect_swapped (gtk_list_item_get_item (item), "changed", G_CALLBACK (show_row), item);
  show_row (item);
}

static void
unbind_cb (TnProblems *self, GtkListItem *item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show_row, item);
}

/* ---- the widget ---- */

static void
tn_problems_dispose (GObject *object)
{
  TnProblems *self = TN_PROBLEMS (object);

  g_clear_object (&self->engine_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_PROBLEMS);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->positions, g_array_unref);
  g_clear_object (&self->document);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->facts, tn_facts_unref);
  G_OBJECT_CLASS (tn_problems_parent_class)->dispose (object);
}

static void
tn_problems_class_init (TnProblemsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = tn_problems_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-problems.ui");
  gtk_widget_class_bind_template_child (widget_class, TnProblems, stack);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, list);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, none_icon);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, none_title);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, none_detail);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, filters);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, filter_all);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, filter_errors);
  gtk_widget_class_bind_template_child (widget_class, TnProblems, filter_warnings);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
tn_problems_init (TnProblems *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->rows = tn_rows_new ();
  self->positions = g_array_new (FALSE, FALSE, sizeof (guint));
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));

  self->engine_signals = g_signal_group_new (TN_TYPE_ENGINE);
  g_signal_group_connect_swapped (self->engine_signals, "facts", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->engine_signals, "advice", G_CALLBACK (update), self);
}

void
tn_problems_set_document (TnProblems *self, TnDocument *document, TnEngine *engine)
{
  g_return_if_fail (TN_IS_PROBLEMS (self));

  g_set_object (&self->document, document);
  g_set_object (&self->engine, engine);
  g_signal_group_set_target (self->engine_signals, engine);
  update (self);
}

static void
go_to (TnProblems *self, guint row)
{
  gtk_single_selection_set_selected (self->selection, row);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", row);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

void
tn_problems_reveal (TnProblems *self, TnNodeId node)
{
  g_return_if_fail (TN_IS_PROBLEMS (self));

  for (guint attempt = 0; attempt < 2; attempt++)
    {
      for (guint row = 0; row < self->positions->len; row++)
        if (node == TN_NODE_NONE || issue_at (self, row)->node == node)
          {
            go_to (self, row);
            return;
          }
      /* The filter hides it. */
      gtk_toggle_button_set_active (self->filter_all, TRUE);
    }
}

gboolean
tn_problems_step (TnProblems *self, gboolean forward, TnNodeId *node)
{
  guint n_rows, row;

  g_return_val_if_fail (TN_IS_PROBLEMS (self) && node != NULL, FALSE);
  n_rows = self->positions->len;
  if (n_rows == 0)
    return FALSE;
  row = gtk_single_selection_get_selected (self->selection);
  if (row == GTK_INVALID_LIST_POSITION)
    row = forward ? 0 : n_rows - 1;
  else
    row = (row + (forward ? 1 : n_rows - 1)) % n_rows;
  go_to (self, row);
  *node = issue_at (self, row)->node;
  return TRUE;
}

gboolean
tn_problems_is_calm (TnProblems *self)
{
  g_return_val_if_fail (TN_IS_PROBLEMS (self), FALSE);
  return self->positions->len == 0;
}
