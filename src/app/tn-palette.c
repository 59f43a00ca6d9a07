/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The palette: one list row a layer under the heads of its families; a drag is a gesture of its own
 * (not drag and drop of the system), so that Escape cancels it and every backend can do it. */
#include "app/tn-palette.h"

#include "base/tn-i18n.h"

struct _TnPalette
{
  GtkWidget parent;

  GtkSearchEntry *search;
  GtkWidget *scroller;
  GtkListBox *list;
  GtkGestureDrag *drag;
  GtkLabel *hint;

  /* While a row is dragged. */
  const TnLayer *layer; /* NULL: none was under the pointer */
  gboolean dragging;    /* past the threshold */
  GtkListBoxRow
      *pressed;      /* borrowed: where the last press was, for double clicks; never followed */
  gint64 pressed_at; /* in monotonic time */
  GtkWidget *root;   /* borrowed: where keys listens; NULL when it does not */
  GtkEventController *keys; /* borrowed */
};

G_DEFINE_FINAL_TYPE (TnPalette, tn_palette, GTK_TYPE_WIDGET)

static const TnLayer *
layer_of_row (GtkListBoxRow *row)
{
  return row != NULL ? g_object_get_data (G_OBJECT (row), "layer") : NULL;
}

GtkWidget *
tn_layer_tile_new (const TnLayer *layer)
{
  /* What it tells stands beside it. */
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "icon-name", layer->icon, "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  g_autofree char *style = g_strdup_printf ("tn-family-%s", tn_family_name (layer->family));

  gtk_widget_add_css_class (image, "tn-tile");
  gtk_widget_add_css_class (image, style);
  gtk_widget_set_valign (image, GTK_ALIGN_CENTER);
  return image;
}

static GtkWidget *
row_new (const TnLayer *layer)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (_ (layer->label));
  GtkWidget *type = gtk_label_new (layer->schema.type);
  g_autofree char *name = g_strdup_printf ("%s (%s)", _ (layer->label), layer->schema.type);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (type), 0);
  gtk_label_set_ellipsize (GTK_LABEL (type), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (type, "dim-label");
  gtk_widget_add_css_class (type, "caption");
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (text), label);
  gtk_box_append (GTK_BOX (text), type);
  gtk_box_append (GTK_BOX (box), tn_layer_tile_new (layer));
  gtk_box_append (GTK_BOX (box), text);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, _ (layer->summary));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (layer->summary), -1);
  g_object_set_data (G_OBJECT (row), "layer", (gpointer)layer);
  return row;
}

static void
header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  TnFamily family = layer_of_row (row)->family;

  if (before != NULL && layer_of_row (before)->family == family)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  GtkWidget *label = gtk_label_new (tn_family_label (family));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "tn-family-head");
  gtk_list_box_row_set_header (row, label);
}

static gboolean
filter_cb (GtkListBoxRow *row, gpointer data)
{
  TnPalette *self = data;
  const char *query = gtk_editable_get_text (GTK_EDITABLE (self->search));

  return query[0] == '\0' || tn_layer_match (layer_of_row (row), query) > 0;
}

/* ---- searching ---- */

static GtkListBoxRow *
best_row (TnPalette *self)
{
  const char *query = gtk_editable_get_text (GTK_EDITABLE (self->search));
  GtkListBoxRow *best = NULL;
  guint best_match = 0;

  for (int i = 0;; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);
      if (row == NULL)
        return best;
      guint match = tn_layer_match (layer_of_row (row), query);
      if (match > best_match)
        {
          best = row;
          best_match = match;
        }
    }
}

static void
search_changed_cb (TnPalette *self)
{
  GtkListBoxRow *best = NULL;

  gtk_list_box_invalidate_filter (self->list);
  gtk_list_box_invalidate_headers (self->list);
  if (gtk_editable_get_text (GTK_EDITABLE (self->search))[0] != '\0')
    best = best_row (self);
  if (best != NULL)
    gtk_list_box_select_row (self->list, best);
  else
    gtk_list_box_unselect_all (self->list);
}

static void
add_row (TnPalette *self, GtkListBoxRow *row)
{
  if (row != NULL)
    g_signal_emit_by_name (self, "add", layer_of_row (row));
}

static void
search_activate_cb (TnPalette *self)
{
  if (gtk_editable_get_text (GTK_EDITABLE (self->search))[0] != '\0')
    add_row (self, gtk_list_box_get_selected_row (self->list));
}

static void
search_stop_cb (TnPalette *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

static void
search_next_cb (TnPalette *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static void
row_activated_cb (TnPalette *self, GtkListBoxRow *row)
{
  /* The list counts its presses wrong after a drag that began in it: double clicks are seen to by
   * drag_begin_cb(), and only the keyboard comes here. */
  if (!gtk_gesture_is_active (GTK_GESTURE (self->drag)))
    add_row (self, row);
}

/* Is a press on @row the second one of a double click? */
static gboolean
is_double_click (TnPalette *self, GtkListBoxRow *row)
{
  gint64 now = g_get_monotonic_time ();
  int most;
  gboolean second;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &most, NULL);
  second = row != NULL && row == self->pressed && now - self->pressed_at < (gint64)most * 1000;
  self->pressed = second ? NULL : row;
  self->pressed_at = now;
  return second;
}

/* ---- dragging ---- */

static void
stop_listening (TnPalette *self)
{
  if (self->root != NULL)
    gtk_widget_remove_controller (self->root, self->keys);
  self->root = NULL;
  self->keys = NULL;
}

static void
end_drag (TnPalette *self)
{
  stop_listening (self);
  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
  self->dragging = FALSE;
  self->layer = NULL;
}

static gboolean
drag_key_cb (TnPalette *self, guint key)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  end_drag (self);
  g_signal_emit_by_name (self, "place-cancel");
  gtk_event_controller_reset (GTK_EVENT_CONTROLLER (self->drag));
  return GDK_EVENT_STOP;
}

static void
start_drag (TnPalette *self)
{
  self->dragging = TRUE;
  self->pressed = NULL;
  gtk_gesture_set_state (GTK_GESTURE (self->drag), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  /* The row's tooltip would stand in the way. */
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));

  self->root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (self->keys, "key-pressed", G_CALLBACK (drag_key_cb), self);
  gtk_widget_add_controller (self->root, self->keys);
}

static void
drag_begin_cb (TnPalette *self, double x, double y)
{
  end_drag (self);
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int)y);
  /* The head of a family counts as part of its row, but is none. */
  double row_x, row_y;
  if (row != NULL
      && gtk_widget_translate_coordinates (GTK_WIDGET (self->list), GTK_WIDGET (row), x, y, &row_x,
                                           &row_y)
      && gtk_widget_contains (GTK_WIDGET (row), row_x, row_y))
    self->layer = layer_of_row (row);
  if (is_double_click (self, self->layer != NULL ? row : NULL))
    add_row (self, row);
}

/* Where the pointer is, in the palette's own coordinates. */
static gboolean
pointer (TnPalette *self, double offset_x, double offset_y, double *x, double *y)
{
  double start_x, start_y;

  return gtk_gesture_drag_get_start_point (self->drag, &start_x, &start_y)
         && gtk_widget_translate_coordinates (GTK_WIDGET (self->list), GTK_WIDGET (self),
                                              start_x + offset_x, start_y + offset_y, x, y);
}

static void
drag_update_cb (TnPalette *self, double offset_x, double offset_y)
{
  double x, y;

  if (self->layer == NULL || !pointer (self, offset_x, offset_y, &x, &y))
    return;
  if (!self->dragging)
    {
      if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int)offset_x, (int)offset_y))
        return;
      start_drag (self);
    }
  g_signal_emit_by_name (self, "place-motion", self->layer, x, y);
}

static void
drag_end_cb (TnPalette *self, double offset_x, double offset_y)
{
  const TnLayer *layer = self->layer;
  gboolean dragging = self->dragging;
  double x, y;
  gboolean known = pointer (self, offset_x, offset_y, &x, &y);

  end_drag (self);
  if (dragging && known)
    g_signal_emit_by_name (self, "place-drop", layer, x, y);
}

static void
drag_cancel_cb (TnPalette *self)
{
  gboolean dragging = self->dragging;

  end_drag (self);
  if (dragging)
    g_signal_emit_by_name (self, "place-cancel");
}

/* ---- the widget ---- */

static void
tn_palette_dispose (GObject *object)
{
  TnPalette *self = TN_PALETTE (object);

  stop_listening (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_PALETTE);
  G_OBJECT_CLASS (tn_palette_parent_class)->dispose (object);
}

static void
tn_palette_class_init (TnPaletteClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = tn_palette_dispose;

  g_signal_new ("add", TN_TYPE_PALETTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_POINTER);
  g_signal_new ("place-motion", TN_TYPE_PALETTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  g_signal_new ("place-drop", TN_TYPE_PALETTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                3, G_TYPE_POINTER, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  g_signal_new ("place-cancel", TN_TYPE_PALETTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-palette.ui");
  gtk_widget_class_bind_template_child (widget_class, TnPalette, search);
  gtk_widget_class_bind_template_child (widget_class, TnPalette, scroller);
  gtk_widget_class_bind_template_child (widget_class, TnPalette, list);
  gtk_widget_class_bind_template_child (widget_class, TnPalette, drag);
  gtk_widget_class_bind_template_child (widget_class, TnPalette, hint);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_next_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_begin_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_update_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_end_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_cancel_cb);
}

static void
tn_palette_init (TnPalette *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
  gtk_list_box_set_filter_func (self->list, filter_cb, self, NULL);
  gtk_list_box_set_header_func (self->list, header_cb, NULL, NULL);
  for (guint i = 0; i < tn_layer_count (); i++)
    if (!tn_layer_at (i)->hidden)
      gtk_list_box_append (self->list, row_new (tn_layer_at (i)));
}

GtkWidget *
tn_palette_new (void)
{
  return g_object_new (TN_TYPE_PALETTE, NULL);
}

void
tn_palette_search (TnPalette *self)
{
  g_return_if_fail (TN_IS_PALETTE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

void
tn_palette_reset (TnPalette *self)
{
  g_return_if_fail (TN_IS_PALETTE (self));
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

void
tn_palette_set_compact (TnPalette *self)
{
  g_return_if_fail (TN_IS_PALETTE (self));

  gtk_widget_set_visible (GTK_WIDGET (self->hint), FALSE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (self->drag), GTK_PHASE_NONE);
}

GtkWidget *
tn_palette_row (TnPalette *self, const TnLayer *layer)
{
  g_return_val_if_fail (TN_IS_PALETTE (self), NULL);

  for (int i = 0;; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);
      if (row == NULL)
        return NULL;
      if (layer_of_row (row) == layer)
        return gtk_widget_get_child_visible (GTK_WIDGET (row)) ? GTK_WIDGET (row) : NULL;
    }
}
