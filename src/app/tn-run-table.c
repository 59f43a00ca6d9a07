/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns, cells, order and menu of the table of a run's results. */
#include "app/tn-run-table.h"

#include <string.h>

#include "app/tn-accessible.h"
#include "app/tn-rows.h"
#include "app/tn-settings.h"
#include "base/tn-i18n.h"

/* Key of the row of all layers; the others' keys are their places, from 1 on. */
#define KEY_TOTAL 0
/* What the names of the actions for columns begin with. */
#define COLUMN_ACTION "column-"

struct _TnRunTable
{
  GObject parent;
  GtkColumnView *view;                            /* borrowed: it owns this */
  GtkColumnViewColumn *columns[TN_RUN_N_COLUMNS]; /* borrowed from the view */
  TnRows *rows;
  TnRunResult *result;
  TnRunResult *other;
  GArray *order;  /* of int: rows as they are shown */
  double longest; /* seconds of the slowest layer */
};

G_DEFINE_FINAL_TYPE (TnRunTable, tn_run_table, G_TYPE_OBJECT)

static TnRunRows
rows_of (TnRunTable *self)
{
  return (TnRunRows){ self->result, self->other };
}

static const TnLayerRun *
layer_at (TnRunTable *self, int row)
{
  return row == TN_RUN_ROW_TOTAL ? NULL : &g_array_index (self->result->layers, TnLayerRun, row);
}

/* ---- cells ---- */

static void
draw_values_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  GtkListItem *item = data;
  TnRunTable *self = g_object_get_data (G_OBJECT (item), "table");
  TnRow *row = gtk_list_item_get_item (item);
  const TnLayerRun *layer = row != NULL && self->result != NULL && tn_row_key (row) != KEY_TOTAL
                                    && tn_row_key (row) <= self->result->layers->len
                                ? layer_at (self, (int)tn_row_key (row) - 1)
                                : NULL;
  const TnHistogram *histogram = layer != NULL ? layer->histogram : NULL;
  GdkRGBA color;
  guint64 most = 1;

  if (histogram == NULL)
    return;
  for (guint i = 0; i < histogram->n_bins; i++)
    most = MAX (most, histogram->counts[i]);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &color);
  gdk_cairo_set_source_rgba (cr, &color);
  for (guint i = 0; i < histogram->n_bins; i++)
    {
      double left = (double)width * i / histogram->n_bins;
      double right = (double)width * (i + 1) / histogram->n_bins;
      double part = (double)histogram->counts[i] / (double)most;

      /* What is rare must not vanish beside what is frequent. */
      if (histogram->counts[i] > 0)
        cairo_rectangle (cr, left, height - MAX (height * part, 1.5), MAX (right - left, 1),
                         MAX (height * part, 1.5));
    }
  cairo_fill (cr);
}

static void
show_values (GtkWidget *area, const TnLayerRun *layer, const char *text)
{
  gtk_widget_set_tooltip_text (area, text[0] != '\0' ? text : NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (area);
}

static void
show_share (TnRunTable *self, GtkWidget *box, const TnLayerRun *layer, const char *text)
{
  GtkWidget *bar = gtk_widget_get_first_child (box);
  double part = layer == NULL ? 1 : self->longest > 0 ? layer->seconds / self->longest : 0;

  /* The bars compare layers: that of all would only make the others short. */
  gtk_widget_set_opacity (bar, layer != NULL ? 1 : 0);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), CLAMP (part, 0, 1));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), text);
}

static void
show_cell (GtkListItem *item)
{
  TnRunTable *self = g_object_get_data (G_OBJECT (item), "table");
  TnRunColumn column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), "column"));
  GtkWidget *child = gtk_list_item_get_child (item);
  TnRow *row = gtk_list_item_get_item (item);
  const TnRunRows rows = rows_of (self);
  int place = row != NULL ? (int)tn_row_key (row) - 1 : TN_RUN_ROW_TOTAL;

  if (row == NULL || self->result == NULL || place >= (int)self->result->layers->len)
    return;
  g_autofree char *text = tn_run_rows_cell (&rows, place, column);
  if (column == TN_RUN_COLUMN_NAME)
    tn_accessible_name_row (item, text);
  if (column == TN_RUN_COLUMN_SHARE)
    show_share (self, child, layer_at (self, place), text);
  else if (column == TN_RUN_COLUMN_VALUES)
    show_values (child, layer_at (self, place), text);
  else if (column == TN_RUN_COLUMN_NOTE)
    {
      gtk_widget_set_visible (gtk_widget_get_first_child (child), text[0] != '\0');
      gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (child)), text);
    }
  else
    {
      gtk_label_set_label (GTK_LABEL (child), text);
      if (place == TN_RUN_ROW_TOTAL)
        gtk_widget_add_css_class (child, "tn-total");
      else
        gtk_widget_remove_css_class (child, "tn-total");
    }
}

static GtkWidget *
share_cell (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *bar = gtk_level_bar_new ();
  GtkWidget *label = gtk_label_new (NULL);

  /* How long a layer took is neither good nor bad: no green and red. */
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (bar), GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_set_size_request (bar, 48, -1);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_width_chars (GTK_LABEL (label), 5);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static GtkWidget *
note_cell (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  gtk_widget_add_css_class (box, "warning");
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Warning"), -1);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), gtk_label_new (NULL));
  return box;
}

static GtkWidget *
values_cell (GtkListItem *item)
{
  GtkWidget *area
      = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (area), 72);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), 16);
  gtk_widget_set_valign (area, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_values_cb, item, NULL);
  return area;
}

static void
setup_cb (TnRunTable *self, GtkListItem *item, GtkListItemFactory *factory)
{
  gpointer data = g_object_get_data (G_OBJECT (factory), "column");
  TnRunColumn column = GPOINTER_TO_UINT (data);
  GtkWidget *child;

  if (column == TN_RUN_COLUMN_SHARE)
    child = share_cell ();
  else if (column == TN_RUN_COLUMN_NOTE)
    child = note_cell ();
  else if (column == TN_RUN_COLUMN_VALUES)
    child = values_cell (item);
  else
    {
      gboolean number = tn_run_column_is_number (column);
      child = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (child), number ? 1 : 0);
      if (number)
        gtk_widget_add_css_class (child, "numeric");
    }
  g_object_set_data (G_OBJECT (item), "table", self);
  g_object_set_data (G_OBJECT (item), "column", data);
  gtk_list_item_set_child (item, child);
}

static void
bind_cb (TnRunTable *self, GtkListItem *item)
{
  g_signal_connect_swapped (gtk_list_item_get_item (item), "changed", G_CALLBACK (show_cell), item);
  show_cell (item);
}

static void
unbind_cb (TnRunTable *self, GtkListItem *item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show_cell, item);
}

/* ---- order ---- */

/* The view's sorter compares what it is given, which here are places without objects around them.
 */
static int
sort_cb (gconstpointer a, gconstpointer b, gpointer column)
{
  TnRunTable *self = g_object_get_data (column, "table");
  const TnRunRows rows = rows_of (self);

  return tn_run_rows_compare (&rows, *(const int *)a, *(const int *)b,
                              GPOINTER_TO_UINT (g_object_get_data (column, "column")));
}

static int
order_cb (gconstpointer a, gconstpointer b, gpointer sorter)
{
  int order = gtk_sorter_compare (sorter, (gpointer)a, (gpointer)b);

  return order != 0 ? order : *(const int *)a - *(const int *)b;
}

static void
update (TnRunTable *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint n = self->result != NULL ? self->result->layers->len : 0;
  int total = TN_RUN_ROW_TOTAL;

  g_array_set_size (self->order, 0);
  for (int i = 0; i < (int)n; i++)
    g_array_append_val (self->order, i);
  if (gtk_sorter_get_order (sorter) != GTK_SORTER_ORDER_NONE)
    g_array_sort_with_data (self->order, order_cb, sorter);
  /* All together stand above the layers in any order. */
  if (n > 0)
    g_array_prepend_val (self->order, total);
  for (guint i = 0; i < self->order->len; i++)
    {
      guint64 key = (guint64)(g_array_index (self->order, int, i) + 1);
      g_array_append_val (keys, key);
    }
  tn_rows_update (self->rows, (const guint64 *)(gpointer)keys->data, keys->len);
}

/* ---- columns ---- */

static gboolean
is_chosen (TnRunTable *self, TnRunColumn column)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (self->columns[column]), "chosen"));
}

/* Columns that say nothing about this run only take room. */
static void
show_columns (TnRunTable *self)
{
  const TnRunRows rows = rows_of (self);

  for (TnRunColumn i = 0; i < TN_RUN_N_COLUMNS; i++)
    gtk_column_view_column_set_visible (
        self->columns[i],
        is_chosen (self, i) && (self->result == NULL || tn_run_rows_have (&rows, i)));
}

static void
column_action (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  TnRunTable *self = user_data;
  const char *id = g_action_get_name (G_ACTION (action)) + strlen (COLUMN_ACTION);
  g_autoptr (GSettings) settings = tn_settings_new ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) chosen = NULL;

  g_simple_action_set_state (action, value);
  for (TnRunColumn i = 0; i < TN_RUN_N_COLUMNS; i++)
    {
      if (g_str_equal (tn_run_column_id (i), id))
        g_object_set_data (G_OBJECT (self->columns[i]), "chosen",
                           GINT_TO_POINTER (g_variant_get_boolean (value)));
      if (is_chosen (self, i))
        g_strv_builder_add (builder, tn_run_column_id (i));
    }
  show_columns (self);
  chosen = g_strv_builder_end (builder);
  if (settings != NULL)
    g_settings_set_strv (settings, "run-columns", (const char *const *)chosen);
}

static void
add_column (TnRunTable *self, TnRunColumn number, gboolean chosen)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter = NULL;

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (number));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  g_autoptr (GtkColumnViewColumn) column
      = gtk_column_view_column_new (tn_run_column_title (number), factory);
  g_object_set_data (G_OBJECT (column), "table", self);
  g_object_set_data (G_OBJECT (column), "column", GUINT_TO_POINTER (number));
  g_object_set_data (G_OBJECT (column), "chosen", GINT_TO_POINTER (chosen));
  if (number != TN_RUN_COLUMN_VALUES)
    {
      sorter = GTK_SORTER (gtk_custom_sorter_new (sort_cb, column, NULL));
      gtk_column_view_column_set_sorter (column, sorter);
    }
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, number == TN_RUN_COLUMN_KERNEL);
  gtk_column_view_append_column (self->view, column);
  self->columns[number] = column;
}

static void
add_columns (TnRunTable *self, GActionMap *actions, GMenu *menu)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  g_auto (GStrv) chosen = settings != NULL ? g_settings_get_strv (settings, "run-columns") : NULL;
  gboolean any = chosen != NULL && chosen[0] != NULL;

  for (TnRunColumn i = 0; i < TN_RUN_N_COLUMNS; i++)
    {
      gboolean is = i == TN_RUN_COLUMN_NAME
                    || (any ? g_strv_contains ((const char *const *)chosen, tn_run_column_id (i))
                            : tn_run_column_is_usual (i));
      g_autofree char *name = g_strconcat (COLUMN_ACTION, tn_run_column_id (i), NULL);
      g_autofree char *detailed = g_strconcat ("runtable.", name, NULL);
      g_autoptr (GSimpleAction) action
          = g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (is));

      add_column (self, i, is);
      /* Without its name a row is nothing. */
      if (i == TN_RUN_COLUMN_NAME)
        continue;
      g_signal_connect_object (action, "change-state", G_CALLBACK (column_action), self, 0);
      g_action_map_add_action (actions, G_ACTION (action));
      g_menu_append (menu, tn_run_column_title (i), detailed);
    }
}

/* ---- its menu ---- */

char *
tn_run_table_export (TnRunTable *self, TnRunFormat format)
{
  const TnRunRows rows = rows_of (self);
  TnRunColumn shown[TN_RUN_N_COLUMNS];
  GListModel *columns;
  guint n_shown = 0;

  g_return_val_if_fail (TN_IS_RUN_TABLE (self), NULL);
  if (self->result == NULL)
    return g_strdup ("");
  /* In the order that people have dragged them into. */
  columns = gtk_column_view_get_columns (self->view);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (gtk_column_view_column_get_visible (column))
        shown[n_shown++] = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (column), "column"));
    }
  return tn_run_rows_write (&rows, (const int *)(gpointer)self->order->data, self->order->len,
                            shown, n_shown, format);
}

static void
copy_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TnRunTable *self = user_data;
  const char *name = g_action_get_name (G_ACTION (action));
  TnRunFormat format = g_str_equal (name, "copy-csv")        ? TN_RUN_FORMAT_CSV
                       : g_str_equal (name, "copy-markdown") ? TN_RUN_FORMAT_MARKDOWN
                                                             : TN_RUN_FORMAT_TEXT;
  g_autofree char *text = tn_run_table_export (self, format);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->view)), text);
}

static void
natural_order_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_column_view_sort_by_column (TN_RUN_TABLE (user_data)->view, NULL, GTK_SORT_ASCENDING);
}

/* ---- the object ---- */

static void
tn_run_table_finalize (GObject *object)
{
  TnRunTable *self = TN_RUN_TABLE (object);

  g_clear_object (&self->rows);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_pointer (&self->result, tn_run_result_unref);
  g_clear_pointer (&self->other, tn_run_result_unref);
  G_OBJECT_CLASS (tn_run_table_parent_class)->finalize (object);
}

static void
tn_run_table_class_init (TnRunTableClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_run_table_finalize;
}

static void
tn_run_table_init (TnRunTable *self)
{
  self->rows = tn_rows_new ();
  self->order = g_array_new (FALSE, FALSE, sizeof (int));
}

TnRunTable *
tn_run_table_attach (GtkColumnView *view, GtkWidget *owner, GMenu *columns_menu)
{
  static const GActionEntry entries[] = {
    { .name = "copy-text", .activate = copy_action },
    { .name = "copy-csv", .activate = copy_action },
    { .name = "copy-markdown", .activate = copy_action },
    { .name = "natural-order", .activate = natural_order_action },
  };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  TnRunTable *self;

  g_return_val_if_fail (GTK_IS_COLUMN_VIEW (view), NULL);
  self = g_object_new (TN_TYPE_RUN_TABLE, NULL);
  self->view = view;
  add_columns (self, G_ACTION_MAP (actions), columns_menu);
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (owner, "runtable", G_ACTION_GROUP (actions));
  g_autoptr (GtkSingleSelection) selection
      = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (gtk_column_view_get_sorter (view), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (view), "table", self, g_object_unref);
  return self;
}

void
tn_run_table_show (TnRunTable *self, TnRunResult *result, TnRunResult *other)
{
  g_return_if_fail (TN_IS_RUN_TABLE (self));

  g_clear_pointer (&self->result, tn_run_result_unref);
  g_clear_pointer (&self->other, tn_run_result_unref);
  self->result = result != NULL ? tn_run_result_ref (result) : NULL;
  self->other = other != NULL ? tn_run_result_ref (other) : NULL;
  self->longest = 0;
  for (guint i = 0; result != NULL && i < result->layers->len; i++)
    self->longest = MAX (self->longest, layer_at (self, (int)i)->seconds);
  update (self);
  if (result != NULL)
    show_columns (self);
}

TnNodeId
tn_run_table_node (TnRunTable *self, guint position)
{
  int row;

  g_return_val_if_fail (TN_IS_RUN_TABLE (self), TN_NODE_NONE);
  if (position >= self->order->len)
    return TN_NODE_NONE;
  row = g_array_index (self->order, int, position);
  return row == TN_RUN_ROW_TOTAL ? TN_NODE_NONE : layer_at (self, row)->node;
}
