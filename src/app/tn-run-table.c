/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns, cells and texts of the table of a run's results. */
#include "app/tn-run-table.h"

#include "app/tn-accessible.h"
#include "app/tn-rows.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"

struct _TnRunTable
{
  GObject parent;
  TnRows *rows; /* keys: node ids */
  TnRunResult *result;
  double longest; /* seconds of the slowest layer */
};

G_DEFINE_FINAL_TYPE (TnRunTable, tn_run_table, G_TYPE_OBJECT)

typedef enum
{
  COLUMN_NAME,
  COLUMN_TIME,
  COLUMN_SHARE,
  COLUMN_MIN,
  COLUMN_MEAN,
  COLUMN_MAX,
  COLUMN_ZEROS,
  COLUMN_NOTE,
  COLUMN_KERNEL,
  N_COLUMNS,
} RunColumn;

static const char *const titles[N_COLUMNS] = {
  [COLUMN_NAME] = N_ ("Layer"),         [COLUMN_TIME] = N_ ("Time"),
  [COLUMN_SHARE] = N_ ("Share"),        [COLUMN_MIN] = N_ ("Min"),
  [COLUMN_MEAN] = N_ ("Mean"),          [COLUMN_MAX] = N_ ("Max"),
  [COLUMN_ZEROS] = N_ ("Zeros"),        [COLUMN_NOTE] = N_ ("Remarks"),
  [COLUMN_KERNEL] = N_ ("Computed by"),
};

static const TnLayerRun *
find_layer (TnRunTable *self, TnRow *row)
{
  return self->result != NULL ? tn_run_result_layer (self->result, (TnNodeId)tn_row_key (row))
                              : NULL;
}

static char *
note_text (const TnLayerRun *layer)
{
  g_autofree char *n_nan = tn_text_count ((gint64)layer->n_nan);
  g_autofree char *n_inf = tn_text_count ((gint64)layer->n_inf);

  if (layer->n_nan > 0 && layer->n_inf > 0)
    return g_strdup_printf (_ ("%s not a number, %s infinite"), n_nan, n_inf);
  if (layer->n_nan > 0)
    return g_strdup_printf (_ ("%s not a number"), n_nan);
  if (layer->n_inf > 0)
    return g_strdup_printf (_ ("%s infinite"), n_inf);
  if (layer->zeros >= 0.9999)
    return g_strdup (_ ("all zeros"));
  return g_strdup ("");
}

static char *
cell_text (TnRunTable *self, const TnLayerRun *layer, RunColumn column)
{
  if (!layer->watched && column >= COLUMN_MIN && column <= COLUMN_NOTE)
    return g_strdup ("");
  switch (column)
    {
    case COLUMN_NAME:
      return g_strdup (layer->name);
    case COLUMN_TIME:
      return tn_text_duration (layer->seconds);
    case COLUMN_SHARE:
      return g_strdup_printf (_ ("%.0f %%"), 100 * layer->share);
    case COLUMN_MIN:
      return g_strdup_printf ("%.4g", layer->min);
    case COLUMN_MEAN:
      return g_strdup_printf ("%.4g", layer->mean);
    case COLUMN_MAX:
      return g_strdup_printf ("%.4g", layer->max);
    case COLUMN_ZEROS:
      return g_strdup_printf (_ ("%.1f %%"), 100 * layer->zeros);
    case COLUMN_NOTE:
      return note_text (layer);
    case COLUMN_KERNEL:
      return g_strdup (layer->kernel);
    case N_COLUMNS:
      break;
    }
  g_return_val_if_reached (NULL);
}

static void
show_cell (GtkListItem *item)
{
  TnRunTable *self = g_object_get_data (G_OBJECT (item), "table");
  RunColumn column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (item), "column"));
  GtkWidget *child = gtk_list_item_get_child (item);
  TnRow *row = gtk_list_item_get_item (item);
  const TnLayerRun *layer = row != NULL ? find_layer (self, row) : NULL;

  if (layer == NULL)
    return;
  g_autofree char *text = cell_text (self, layer, column);
  if (column == COLUMN_NAME)
    tn_accessible_name_row (item, text);
  if (column == COLUMN_SHARE)
    {
      GtkWidget *bar = gtk_widget_get_first_child (child);
      gtk_level_bar_set_value (GTK_LEVEL_BAR (bar),
                               self->longest > 0 ? CLAMP (layer->seconds / self->longest, 0, 1)
                                                 : 0);
      gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (child)), text);
    }
  else if (column == COLUMN_NOTE)
    {
      gtk_widget_set_visible (gtk_widget_get_first_child (child), text[0] != '\0');
      gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (child)), text);
    }
  else
    gtk_label_set_label (GTK_LABEL (child), text);
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
  gtk_widget_set_size_request (bar, 56, -1);
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

static void
setup_cb (TnRunTable *self, GtkListItem *item, GtkListItemFactory *factory)
{
  gpointer data = g_object_get_data (G_OBJECT (factory), "column");
  RunColumn column = GPOINTER_TO_UINT (data);
  GtkWidget *child;

  if (column == COLUMN_SHARE)
    child = share_cell ();
  else if (column == COLUMN_NOTE)
    child = note_cell ();
  else
    {
      gboolean number = column >= COLUMN_TIME && column <= COLUMN_ZEROS;
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

static void
tn_run_table_finalize (GObject *object)
{
  TnRunTable *self = TN_RUN_TABLE (object);

  g_clear_object (&self->rows);
  g_clear_pointer (&self->result, tn_run_result_unref);
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
}

TnRunTable *
tn_run_table_attach (GtkColumnView *view)
{
  g_return_val_if_fail (GTK_IS_COLUMN_VIEW (view), NULL);

  TnRunTable *self = g_object_new (TN_TYPE_RUN_TABLE, NULL);
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (i));
      g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_ (titles[i]), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, i == COLUMN_KERNEL);
      gtk_column_view_append_column (view, column);
    }
  g_autoptr (GtkSingleSelection) selection
      = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (selection));
  g_object_set_data_full (G_OBJECT (view), "table", self, g_object_unref);
  return self;
}

void
tn_run_table_show (TnRunTable *self, TnRunResult *result)
{
  g_return_if_fail (TN_IS_RUN_TABLE (self));

  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_clear_pointer (&self->result, tn_run_result_unref);
  self->result = result != NULL ? tn_run_result_ref (result) : NULL;
  self->longest = 0;
  for (guint i = 0; result != NULL && i < result->layers->len; i++)
    {
      const TnLayerRun *layer = &g_array_index (result->layers, TnLayerRun, i);
      guint64 key = layer->node;
      g_array_append_val (keys, key);
      self->longest = MAX (self->longest, layer->seconds);
    }
  tn_rows_update (self->rows, (const guint64 *)(gpointer)keys->data, keys->len);
}

TnNodeId
tn_run_table_node (TnRunTable *self, guint position)
{
  g_return_val_if_fail (TN_IS_RUN_TABLE (self), TN_NODE_NONE);

  if (self->result == NULL || position >= self->result->layers->len)
    return TN_NODE_NONE;
  return g_array_index (self->result->layers, TnLayerRun, position).node;
}
