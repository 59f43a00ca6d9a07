/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model summary table: what the drawing says, as rows and cells that can be read out. */
#include "app/tn-outline.h"

#include <string.h>

#include "app/tn-accessible.h"
#include "app/tn-issue-view.h"
#include "app/tn-rows.h"
#include "app/tn-settings.h"
#include "base/tn-i18n.h"

#define INDENT 18 /* pixels that a row in a group stands further in */

struct _TnOutline
{
  GtkWidget parent;

  GtkStack *stack;
  GtkEditable *filter;
  GtkLabel *found;
  GtkColumnView *view;
  GMenu *columns_menu;
  GtkColumnViewColumn *columns[TN_OUTLINE_N_COLUMNS]; /* borrowed from the view */

  TnDocument *document;
  TnEngine *engine;
  GSignalGroup *document_signals;
  GSignalGroup *engine_signals;
  TnRows *rows;
  GArray *listed; /* of TnOutlineRow, by row; borrows from the facts */
  GtkMultiSelection *selection;
  TnFacts *facts;     /* which the rows are about */
  GHashTable *closed; /* names of groups whose members are not listed */
  GArray *times;      /* of TnHeatTime; NULL before the first run */
  gint64 batch;       /* of that run */
  double total;       /* seconds of that run */
  GSimpleActionGroup *actions;
  gboolean selecting;
};

G_DEFINE_FINAL_TYPE (TnOutline, tn_outline, GTK_TYPE_WIDGET)

static void update (TnOutline *self);

static const TnOutlineRow *
listed_row (TnOutline *self, guint position)
{
  return position < self->listed->len ? &g_array_index (self->listed, TnOutlineRow, position)
                                      : NULL;
}

static gboolean
is_on (TnOutline *self, const char *action)
{
  g_autoptr (GVariant) state
      = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), action);

  return g_variant_get_boolean (state);
}

/* ---- cells ---- */

static void
toggle_group (TnOutline *self, const TnOutlineRow *row)
{
  const char *name = tn_group_name (row->group);

  if (!g_hash_table_remove (self->closed, name))
    g_hash_table_add (self->closed, g_strdup (name));
  update (self);
}

static void
expander_clicked_cb (GtkListItem *item)
{
  TnOutline *self = g_object_get_data (G_OBJECT (item), "outline");
  const TnOutlineRow *row = listed_row (self, gtk_list_item_get_position (item));

  if (row != NULL && row->group != NULL)
    toggle_group (self, row);
}

static void
show_name (TnOutline *self, GtkWidget *box, const TnOutlineRow *row)
{
  GtkWidget *expander = gtk_widget_get_first_child (box);
  gboolean open
      = row->group != NULL && !g_hash_table_contains (self->closed, tn_group_name (row->group));

  gtk_widget_set_margin_start (box, INDENT * (int)row->depth);
  /* Where there are groups it keeps its room, so that names of one depth stand below one another.
   */
  gtk_widget_set_visible (expander, tn_graph_n_groups (tn_facts_whole (self->facts)) > 0);
  gtk_widget_set_opacity (expander, row->group != NULL ? 1 : 0);
  gtk_widget_set_sensitive (expander, row->group != NULL);
  gtk_button_set_icon_name (GTK_BUTTON (expander), open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (expander), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  open ? _ ("Close the group") : _ ("Open the group"), -1);
}

static void
show_state (GtkWidget *box, const TnOutlineRow *row)
{
  GtkWidget *icon = gtk_widget_get_first_child (box);
  const TnIssue *issue = row->issue;

  gtk_widget_set_visible (icon, issue != NULL);
  if (issue != NULL)
    {
      gtk_image_set_from_icon_name (GTK_IMAGE (icon), tn_severity_icon (issue->severity));
      gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      tn_severity_label (issue->severity), -1);
    }
  gtk_widget_remove_css_class (box, "error");
  gtk_widget_remove_css_class (box, "warning");
  gtk_widget_remove_css_class (box, "dim-label");
  gtk_widget_add_css_class (box, issue == NULL                            ? "dim-label"
                                 : issue->severity == TN_SEVERITY_WARNING ? "warning"
                                                                          : "error");
}

static void
show_cell (GtkListItem *item)
{
  TnOutline *self = g_object_get_data (G_OBJECT (item), "outline");
  TnOutlineColumn column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), "column"));
  GtkWidget *child = gtk_list_item_get_child (item);
  TnRow *held = gtk_list_item_get_item (item);
  const TnOutlineRow *row = held != NULL ? listed_row (self, tn_row_index (held)) : NULL;
  GtkWidget *label = child;

  if (row == NULL || self->facts == NULL)
    return;
  g_autofree char *text = tn_outline_cell (self->facts, row, column, self->total);
  if (column == TN_OUTLINE_NAME)
    {
      show_name (self, child, row);
      tn_accessible_name_row (item, text);
    }
  else if (column == TN_OUTLINE_STATE)
    show_state (child, row);
  if (!GTK_IS_LABEL (child))
    label = gtk_widget_get_last_child (child);
  gtk_label_set_label (GTK_LABEL (label), text);
  if (column == TN_OUTLINE_STATE)
    gtk_widget_set_tooltip_text (label, text[0] != '\0' ? text : NULL);
}

static void
setup_cb (TnOutline *self, GtkListItem *item, GtkListItemFactory *factory)
{
  gpointer data = g_object_get_data (G_OBJECT (factory), "column");
  TnOutlineColumn column = GPOINTER_TO_UINT (data);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *child = label;

  gtk_label_set_xalign (GTK_LABEL (label), tn_outline_column_is_number (column) ? 1 : 0);
  if (column != TN_OUTLINE_NAME && column != TN_OUTLINE_TYPE && column != TN_OUTLINE_STATE)
    gtk_widget_add_css_class (label, "numeric");
  if (column == TN_OUTLINE_STATE)
    {
      GtkWidget *icon = gtk_image_new ();

      child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_width_chars (GTK_LABEL (label), 12);
      gtk_widget_set_hexpand (label, TRUE);
      gtk_box_append (GTK_BOX (child), icon);
      gtk_box_append (GTK_BOX (child), label);
    }
  else if (column == TN_OUTLINE_NAME)
    {
      GtkWidget *expander = gtk_button_new ();

      child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
      gtk_widget_add_css_class (expander, "flat");
      gtk_widget_add_css_class (expander, "tn-expander");
      gtk_widget_set_focusable (expander, FALSE);
      gtk_widget_set_valign (expander, GTK_ALIGN_CENTER);
      g_signal_connect_swapped (expander, "clicked", G_CALLBACK (expander_clicked_cb), item);
      gtk_box_append (GTK_BOX (child), expander);
      gtk_box_append (GTK_BOX (child), label);
    }
  g_object_set_data (G_OBJECT (item), "outline", self);
  g_object_set_data (G_OBJECT (item), "column", data);
  g_object_set_data (G_OBJECT (child), "item", item);
  gtk_list_item_set_child (item, child);
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

/* Is all that the row stands for selected? */
static gboolean
is_selected (TnOutline *self, const TnOutlineRow *row)
{
  const TnGraph *graph = tn_document_graph (self->document);
  gboolean any = FALSE;

  if (row->group == NULL)
    return tn_document_is_selected (self->document, row->node);
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_group_holds (row->group, tn_node_name (node)))
        continue;
      if (!tn_document_is_selected (self->document, tn_node_id (node)))
        return FALSE;
      any = TRUE;
    }
  return any;
}

static void
show_selection (TnOutline *self)
{
  g_autoptr (GtkBitset) selected = gtk_bitset_new_empty ();
  g_autoptr (GtkBitset) all = gtk_bitset_new_range (0, self->listed->len);

  if (self->document == NULL || self->selecting)
    return;
  if (tn_document_selection (self->document)->len > 0)
    for (guint i = 0; i < self->listed->len; i++)
      if (is_selected (self, listed_row (self, i)))
        gtk_bitset_add (selected, i);
  self->selecting = TRUE;
  gtk_selection_model_set_selection (GTK_SELECTION_MODEL (self->selection), selected, all);
  self->selecting = FALSE;
  if (gtk_bitset_get_size (selected) == 1)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u",
                                gtk_bitset_get_minimum (selected));
}

static void
append_nodes (TnOutline *self, const TnOutlineRow *row, GArray *nodes)
{
  const TnGraph *graph = tn_document_graph (self->document);

  /* The table may lag behind the document. */
  if (row->group == NULL)
    {
      if (tn_graph_find (graph, row->node) != NULL)
        g_array_append_val (nodes, row->node);
      return;
    }
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));

      if (tn_group_holds (row->group, tn_node_name (tn_graph_node (graph, i))))
        g_array_append_val (nodes, id);
    }
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
    if (listed_row (self, position) != NULL)
      append_nodes (self, listed_row (self, position), nodes);
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

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer sorter)
{
  return (int)gtk_sorter_compare (sorter, (gpointer)a, (gpointer)b);
}

static void
show_found (TnOutline *self, guint n_keys)
{
  g_autofree char *text = NULL;
  guint n_found = 0;

  for (guint i = 0; i < n_keys; i++)
    n_found += listed_row (self, i)->group == NULL;
  if (gtk_editable_get_text (self->filter)[0] != '\0')
    text = g_strdup_printf (ngettext ("%u layer found", "%u layers found", n_found), n_found);
  gtk_label_set_label (self->found, text != NULL ? text : "");
}

static void
update (TnOutline *self)
{
  const TnFacts *facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (TnFacts) old = g_steal_pointer (&self->facts);
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  gboolean sorted = gtk_sorter_get_order (sorter) != GTK_SORTER_ORDER_NONE;
  TnOutlineView view = { .times = self->times,
                         .closed = self->closed,
                         .filter = gtk_editable_get_text (self->filter),
                         .batch = is_on (self, "whole-batch") ? self->batch : 1,
                         .compare = sorted ? compare_cb : NULL,
                         .data = sorter };

  self->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  g_array_unref (self->listed);
  self->listed = facts != NULL ? tn_outline_rows (facts, &view)
                               : g_array_new (FALSE, FALSE, sizeof (TnOutlineRow));
  for (guint i = 0; i < self->listed->len; i++)
    g_array_append_val (keys, listed_row (self, i)->key);
  /* Rows that go must not unselect their layers in the document. */
  self->selecting = TRUE;
  tn_rows_update (self->rows, (const guint64 *)(gpointer)keys->data, keys->len);
  self->selecting = FALSE;
  gtk_stack_set_visible_child_name (
      self->stack, facts != NULL && tn_graph_size (tn_facts_whole (facts)) > 0 ? "list" : "none");
  show_found (self, keys->len);
  show_selection (self);
}

/* ---- what people do ---- */

static void
activate_cb (TnOutline *self, guint position)
{
  const TnOutlineRow *row = listed_row (self, position);

  if (row == NULL)
    return;
  if (row->group != NULL)
    toggle_group (self, row);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.edit", "u", row->node);
}

static void
stop_search_cb (TnOutline *self)
{
  gtk_editable_set_text (self->filter, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* The row that the keyboard is at, and where it is in the table; NULL: none. */
static const TnOutlineRow *
focus_row (TnOutline *self, double *x, double *y)
{
  g_autoptr (GtkBitset) selected
      = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  *x = *y = 0;
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_widget_translate_coordinates (focus, GTK_WIDGET (self), 24,
                                      gtk_widget_get_height (focus) / 2.0, x, y);
  return gtk_bitset_is_empty (selected) ? NULL
                                        : listed_row (self, gtk_bitset_get_minimum (selected));
}

static gboolean
key_cb (TnOutline *self, guint key, guint code, GdkModifierType state)
{
  const TnOutlineRow *row;
  double x, y;
  gboolean closed;

  if (key == GDK_KEY_Delete)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.delete", NULL);
      return GDK_EVENT_STOP;
    }
  row = focus_row (self, &x, &y);
  if (row == NULL)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && state & GDK_SHIFT_MASK))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.layer-menu", "(udd)", row->node, x, y);
      return GDK_EVENT_STOP;
    }
  if (row->group == NULL || (key != GDK_KEY_Left && key != GDK_KEY_Right))
    return GDK_EVENT_PROPAGATE;
  closed = g_hash_table_contains (self->closed, tn_group_name (row->group));
  if (closed == (key == GDK_KEY_Right))
    toggle_group (self, row);
  return GDK_EVENT_STOP;
}

/* The row that a widget of the table stands in, by what its cells say of it. */
static void
secondary_cb (TnOutline *self, int n_press, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);
  const TnOutlineRow *row;
  gpointer item = NULL;
  guint position;
  double at_x, at_y;

  for (; widget != NULL && item == NULL && widget != GTK_WIDGET (self->view);
       widget = gtk_widget_get_parent (widget))
    item = g_object_get_data (G_OBJECT (widget), "item");
  if (item == NULL)
    return;
  position = gtk_list_item_get_position (item);
  row = listed_row (self, position);
  if (row == NULL)
    return;
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), x, y, &at_x, &at_y);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.layer-menu", "(udd)", row->node, at_x, at_y);
}

/* ---- its menu ---- */

char *
tn_outline_export (TnOutline *self, gboolean csv)
{
  TnOutlineColumn shown[TN_OUTLINE_N_COLUMNS];
  GListModel *columns;
  guint n_shown = 0;

  g_return_val_if_fail (TN_IS_OUTLINE (self), NULL);
  if (self->facts == NULL)
    return g_strdup ("");
  /* In the order that people have dragged them into. */
  columns = gtk_column_view_get_columns (self->view);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      for (TnOutlineColumn number = 0; number < TN_OUTLINE_N_COLUMNS; number++)
        if (self->columns[number] == column && gtk_column_view_column_get_visible (column))
          shown[n_shown++] = number;
    }
  return tn_outline_write (self->facts, self->listed, shown, n_shown, csv, self->total);
}

static void
copy_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TnOutline *self = user_data;
  g_autofree char *text
      = tn_outline_export (self, g_str_equal (g_action_get_name (G_ACTION (action)), "copy-csv"));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
natural_order_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_column_view_sort_by_column (TN_OUTLINE (user_data)->view, NULL, GTK_SORT_ASCENDING);
}

static void
open_all_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TnOutline *self = user_data;
  const TnGraph *graph = self->facts != NULL ? tn_facts_whole (self->facts) : NULL;

  g_hash_table_remove_all (self->closed);
  if (graph != NULL && g_str_equal (g_action_get_name (G_ACTION (action)), "close-all"))
    for (guint i = 0; i < tn_graph_n_groups (graph); i++)
      g_hash_table_add (self->closed, g_strdup (tn_group_name (tn_graph_group (graph, i))));
  update (self);
}

static void
whole_batch_action (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_simple_action_set_state (action, value);
  update (user_data);
}

static void
save_columns (TnOutline *self)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) shown = NULL;

  for (TnOutlineColumn i = 0; i < TN_OUTLINE_N_COLUMNS; i++)
    if (gtk_column_view_column_get_visible (self->columns[i]))
      g_strv_builder_add (builder, tn_outline_column_id (i));
  shown = g_strv_builder_end (builder);
  if (settings != NULL)
    g_settings_set_strv (settings, "outline-columns", (const char *const *)shown);
}

static void
column_action (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TnOutline *self = user_data;
  const char *id = g_action_get_name (G_ACTION (action)) + strlen ("column-");

  g_simple_action_set_state (action, value);
  for (TnOutlineColumn i = 0; i < TN_OUTLINE_N_COLUMNS; i++)
    if (g_str_equal (tn_outline_column_id (i), id))
      gtk_column_view_column_set_visible (self->columns[i], g_variant_get_boolean (value));
  save_columns (self);
}

static gboolean
shown_at_first (const char *const *shown, TnOutlineColumn column)
{
  if (shown != NULL)
    return g_strv_contains (shown, tn_outline_column_id (column));
  return column != TN_OUTLINE_ORDER && column != TN_OUTLINE_INPUT;
}

static void
add_actions (TnOutline *self)
{
  static const GActionEntry entries[] = {
    { .name = "copy-text", .activate = copy_action },
    { .name = "copy-csv", .activate = copy_action },
    { .name = "natural-order", .activate = natural_order_action },
    { .name = "open-all", .activate = open_all_action },
    { .name = "close-all", .activate = open_all_action },
    { .name = "whole-batch", .state = "false", .change_state = whole_batch_action },
  };
  g_autoptr (GSettings) settings = tn_settings_new ();
  g_auto (GStrv) shown
      = settings != NULL ? g_settings_get_strv (settings, "outline-columns") : NULL;

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  for (TnOutlineColumn i = 0; i < TN_OUTLINE_N_COLUMNS; i++)
    {
      g_autofree char *name = g_strconcat ("column-", tn_outline_column_id (i), NULL);
      g_autofree char *detailed = g_strconcat ("outline.", name, NULL);
      gboolean visible = shown_at_first ((const char *const *)shown, i);
      g_autoptr (GSimpleAction) action
          = g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (visible));

      gtk_column_view_column_set_visible (self->columns[i], visible);
      /* Without its name a row is nothing. */
      if (i == TN_OUTLINE_NAME)
        {
          gtk_column_view_column_set_visible (self->columns[i], TRUE);
          continue;
        }
      g_signal_connect (action, "change-state", G_CALLBACK (column_action), self);
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
      g_menu_append (self->columns_menu, tn_outline_column_title (i), detailed);
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "outline", G_ACTION_GROUP (self->actions));
}

/* ---- the widget ---- */

static void
tn_outline_dispose (GObject *object)
{
  TnOutline *self = TN_OUTLINE (object);

  g_clear_object (&self->document_signals);
  g_clear_object (&self->engine_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_OUTLINE);
  g_clear_object (&self->actions);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_object (&self->document);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->listed, g_array_unref);
  g_clear_pointer (&self->times, g_array_unref);
  g_clear_pointer (&self->closed, g_hash_table_unref);
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
  gtk_widget_class_bind_template_child (widget_class, TnOutline, filter);
  gtk_widget_class_bind_template_child (widget_class, TnOutline, found);
  gtk_widget_class_bind_template_child (widget_class, TnOutline, view);
  gtk_widget_class_bind_template_child (widget_class, TnOutline, columns_menu);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

/* The view's sorter compares what it is given, which here are rows without objects around them. */
static int
sort_cb (gconstpointer a, gconstpointer b, gpointer column)
{
  TnOutline *self = g_object_get_data (column, "outline");
  TnOutlineColumn number = GPOINTER_TO_UINT (g_object_get_data (column, "column"));

  return tn_outline_compare (self->facts, a, b, number);
}

static void
add_column (TnOutline *self, TnOutlineColumn number)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter = NULL;

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (number));
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (unbind_cb), self);
  g_autoptr (GtkColumnViewColumn) column
      = gtk_column_view_column_new (tn_outline_column_title (number), factory);
  g_object_set_data (G_OBJECT (column), "outline", self);
  g_object_set_data (G_OBJECT (column), "column", GUINT_TO_POINTER (number));
  sorter = GTK_SORTER (gtk_custom_sorter_new (sort_cb, column, NULL));
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, number == TN_OUTLINE_STATE);
  gtk_column_view_append_column (self->view, column);
  self->columns[number] = column;
}

static void
add_controllers (TnOutline *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (secondary_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (click));
}

static void
tn_outline_init (TnOutline *self)
{
  self->rows = tn_rows_new ();
  self->listed = g_array_new (FALSE, FALSE, sizeof (TnOutlineRow));
  self->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->batch = 1;
  gtk_widget_init_template (GTK_WIDGET (self));

  for (TnOutlineColumn i = 0; i < TN_OUTLINE_N_COLUMNS; i++)
    add_column (self, i);
  tn_accessible_name_parts (GTK_WIDGET (self->view), _ ("Model summary"));
  add_actions (self);
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  add_controllers (self);

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
  g_hash_table_remove_all (self->closed);
  g_clear_pointer (&self->times, g_array_unref);
  gtk_editable_set_text (self->filter, "");
  g_signal_group_set_target (self->document_signals, document);
  g_signal_group_set_target (self->engine_signals, engine);
  update (self);
}

void
tn_outline_set_times (TnOutline *self, const GArray *times, gint64 batch)
{
  g_return_if_fail (TN_IS_OUTLINE (self));

  g_clear_pointer (&self->times, g_array_unref);
  self->times = times != NULL ? g_array_ref ((GArray *)times) : NULL;
  self->batch = MAX (batch, 1);
  self->total = 0;
  for (guint i = 0; times != NULL && i < times->len; i++)
    self->total += g_array_index (times, TnHeatTime, i).seconds;
  update (self);
}

char *
tn_outline_text (TnOutline *self, TnNodeId node, TnOutlineColumn column)
{
  g_return_val_if_fail (TN_IS_OUTLINE (self) && column < TN_OUTLINE_N_COLUMNS, NULL);
  for (guint i = 0; self->facts != NULL && i < self->listed->len; i++)
    {
      const TnOutlineRow *row = listed_row (self, i);

      if (row->group == NULL && row->node == node)
        return tn_outline_cell (self->facts, row, column, self->total);
    }
  return NULL;
}
