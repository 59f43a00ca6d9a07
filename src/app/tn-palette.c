/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The palette: one list row a layer or block under the heads of sections; a drag is a gesture of
 * its own (not drag and drop of the system), so that Escape cancels it and every backend can do it.
 */
#include "app/tn-palette.h"

#include "base/tn-i18n.h"

/* What a row of the list stands for. */
typedef struct
{
  TnOffer offer; /* none: the head of a section */
  const char *section;
  gboolean extra; /* stands a second time, among favourites or recent ones */
  guint place;    /* in the order of the list while nothing is searched for */
  GtkToggleButton *star;
  GtkImage *arrow;
} Row;

struct _TnPalette
{
  GtkWidget parent;

  GtkSearchEntry *search;
  GtkWidget *scroller;
  GtkListBox *list;
  GtkGestureDrag *drag;
  GtkWidget *hint;

  TnShelf *shelf;
  GHashTable *closed; /* names of sections that show their heads only */
  gboolean inside;    /* the pointer is over the list: nothing may move under it */
  gboolean outdated;  /* favourites and recent ones are to be shown anew */

  /* While a row is dragged. */
  TnOffer offer;     /* none: none was under the pointer */
  gboolean dragging; /* past the threshold */
  GtkListBoxRow
      *pressed;      /* borrowed: where the last press was, for double clicks; never followed */
  gint64 pressed_at; /* in monotonic time */
  GtkWidget *root;   /* borrowed: where keys listens; NULL when it does not */
  GtkEventController *keys; /* borrowed */
};

G_DEFINE_FINAL_TYPE (TnPalette, tn_palette, GTK_TYPE_WIDGET)

/* The two sections that people fill themselves come before the catalogue's. */
#define PLACE_FAVOURITES 0
#define PLACE_RECENT     1000
#define PLACE_CATALOGUE  2000

static Row *
row_of (GtkListBoxRow *row)
{
  return row != NULL ? g_object_get_data (G_OBJECT (row), "row") : NULL;
}

static gboolean
is_some (TnOffer offer)
{
  return offer.layer != NULL || offer.block != NULL;
}

static TnOffer
offer_of (GtkListBoxRow *row)
{
  return row != NULL ? row_of (row)->offer : (TnOffer){ 0 };
}

char *
tn_offer_style (TnOffer offer)
{
  return offer.layer != NULL
             ? g_strdup_printf ("tn-family-%s", tn_family_name (offer.layer->family))
             : g_strdup ("tn-block");
}

GtkWidget *
tn_offer_tile_new (TnOffer offer)
{
  /* What it tells stands beside it. */
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE, "icon-name", tn_offer_icon (offer),
                                   "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  g_autofree char *style = tn_offer_style (offer);

  gtk_widget_add_css_class (image, "tn-tile");
  gtk_widget_add_css_class (image, style);
  gtk_widget_set_valign (image, GTK_ALIGN_CENTER);
  return image;
}

GtkWidget *
tn_layer_tile_new (const TnLayer *layer)
{
  return tn_offer_tile_new ((TnOffer){ .layer = layer });
}

/* ---- rows ---- */

static void
star_toggled_cb (TnPalette *self, GtkToggleButton *star)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (star), GTK_TYPE_LIST_BOX_ROW);

  tn_shelf_set_favourite (self->shelf, offer_of (GTK_LIST_BOX_ROW (row)),
                          gtk_toggle_button_get_active (star));
}

static void
show_star (TnPalette *self, GtkToggleButton *star, gboolean favourite)
{
  g_signal_handlers_block_by_func (star, star_toggled_cb, self);
  gtk_toggle_button_set_active (star, favourite);
  g_signal_handlers_unblock_by_func (star, star_toggled_cb, self);
  gtk_button_set_icon_name (GTK_BUTTON (star),
                            favourite ? "starred-symbolic" : "non-starred-symbolic");
}

static GtkToggleButton *
star_new (TnPalette *self, TnOffer offer)
{
  GtkWidget *star = gtk_toggle_button_new ();
  g_autofree char *name = g_strdup_printf (_ ("Favourite: %s"), tn_offer_label (offer));

  gtk_widget_add_css_class (star, "flat");
  gtk_widget_add_css_class (star, "circular");
  gtk_widget_add_css_class (star, "tn-star");
  gtk_widget_set_valign (star, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (star, _ ("Keep at the top (Ctrl+B)"));
  /* Ctrl+B does it where the row has the keyboard: there is no need for a stop at each of them. */
  gtk_widget_set_focusable (star, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (star), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (star, "toggled", G_CALLBACK (star_toggled_cb), self, G_CONNECT_SWAPPED);
  show_star (self, GTK_TOGGLE_BUTTON (star), tn_shelf_is_favourite (self->shelf, offer));
  return GTK_TOGGLE_BUTTON (star);
}

static GtkLabel *
row_label (const char *text, const char *const *styles)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_css_classes (label, (const char **)styles);
  return GTK_LABEL (label);
}

static void
add_offer_row (TnPalette *self, TnOffer offer, const char *section, guint place, gboolean extra)
{
  static const char *const dim[] = { "dim-label", "caption", NULL };
  static const char *const plain[] = { NULL };
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  const char *type = tn_offer_type (offer);
  g_autofree char *name = type != NULL ? g_strdup_printf ("%s (%s)", tn_offer_label (offer), type)
                                       : g_strdup (tn_offer_label (offer));
  Row *data = g_new0 (Row, 1);

  *data = (Row){ .offer = offer, .section = section, .place = place, .extra = extra };
  data->star = star_new (self, offer);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (text), GTK_WIDGET (row_label (tn_offer_label (offer), plain)));
  gtk_box_append (GTK_BOX (text), GTK_WIDGET (row_label (type != NULL ? type : _ ("Block"), dim)));
  gtk_box_append (GTK_BOX (box), tn_offer_tile_new (offer));
  gtk_box_append (GTK_BOX (box), text);
  /* Over the end of the text, which is short of room. */
  gtk_widget_set_halign (GTK_WIDGET (data->star), GTK_ALIGN_END);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), box);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), GTK_WIDGET (data->star));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), overlay);
  gtk_widget_set_tooltip_text (row, tn_offer_summary (offer));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, tn_offer_summary (offer),
                                  -1);
  g_object_set_data_full (G_OBJECT (row), "row", data, g_free);
  gtk_list_box_append (self->list, row);
}

static void
show_arrow (TnPalette *self, GtkListBoxRow *row)
{
  Row *data = row_of (row);
  gboolean closed = g_hash_table_contains (self->closed, data->section);

  gtk_image_set_from_icon_name (data->arrow, closed ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED, !closed, -1);
}

/* The head of a section; it opens and closes it. */
static void
add_head_row (TnPalette *self, const char *section, guint place, gboolean extra)
{
  static const char *const style[] = { "caption-heading", NULL };
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  Row *data = g_new0 (Row, 1);
  GtkLabel *label = row_label (section, style);

  *data = (Row){ .section = section, .place = place, .extra = extra };
  data->arrow
      = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (label), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (label));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (data->arrow));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_add_css_class (row, "tn-family-head");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, section, -1);
  g_object_set_data_full (G_OBJECT (row), "row", data, g_free);
  show_arrow (self, GTK_LIST_BOX_ROW (row));
  gtk_list_box_append (self->list, row);
}

static void
toggle_section (TnPalette *self, GtkListBoxRow *head)
{
  const char *section = row_of (head)->section;

  if (!g_hash_table_remove (self->closed, section))
    g_hash_table_add (self->closed, (gpointer)section);
  show_arrow (self, head);
  gtk_list_box_invalidate_filter (self->list);
}

/* ---- favourites and recent ones ---- */

static void
add_extra_rows (TnPalette *self)
{
  const GArray *favourites = tn_shelf_favourites (self->shelf);
  const GArray *recent = tn_shelf_recent (self->shelf);
  gboolean headed = FALSE;

  if (favourites->len > 0)
    add_head_row (self, _ ("Favourites"), PLACE_FAVOURITES, TRUE);
  for (guint i = 0; i < favourites->len; i++)
    add_offer_row (self, g_array_index (favourites, TnOffer, i), _ ("Favourites"),
                   PLACE_FAVOURITES + 1 + i, TRUE);
  for (guint i = 0; i < recent->len; i++)
    {
      TnOffer offer = g_array_index (recent, TnOffer, i);

      if (tn_shelf_is_favourite (self->shelf, offer))
        continue;
      if (!headed)
        add_head_row (self, _ ("Recent"), PLACE_RECENT, TRUE);
      headed = TRUE;
      add_offer_row (self, offer, _ ("Recent"), PLACE_RECENT + 1 + i, TRUE);
    }
}

static void
update_extra_rows (TnPalette *self)
{
  GtkListBoxRow *row;

  self->outdated = FALSE;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL;)
    if (row_of (row)->extra)
      {
        if (row == self->pressed)
          self->pressed = NULL;
        gtk_list_box_remove (self->list, GTK_WIDGET (row));
      }
    else
      i++;
  add_extra_rows (self);
}

static void
shelf_changed_cb (TnPalette *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (row_of (row)->star != NULL)
      show_star (self, row_of (row)->star, tn_shelf_is_favourite (self->shelf, offer_of (row)));
  self->outdated = TRUE;
  if (!self->inside)
    update_extra_rows (self);
}

static void
pointer_enter_cb (TnPalette *self)
{
  self->inside = TRUE;
}

static void
pointer_leave_cb (TnPalette *self)
{
  self->inside = FALSE;
  if (self->outdated && !is_some (self->offer))
    update_extra_rows (self);
}

static void
favourite_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnPalette *self = TN_PALETTE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BOX_ROW) : NULL;
  TnOffer offer = offer_of (row != NULL ? GTK_LIST_BOX_ROW (row)
                                        : gtk_list_box_get_selected_row (self->list));

  if (is_some (offer))
    tn_shelf_set_favourite (self->shelf, offer, !tn_shelf_is_favourite (self->shelf, offer));
  else
    gtk_widget_error_bell (widget);
}

/* ---- searching ---- */

static const char *
query_of (TnPalette *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->search));
}

static gboolean
filter_cb (GtkListBoxRow *row, gpointer user_data)
{
  TnPalette *self = user_data;
  const Row *data = row_of (row);

  if (query_of (self)[0] == '\0')
    return !is_some (data->offer) || !g_hash_table_contains (self->closed, data->section);
  return is_some (data->offer) && !data->extra && tn_offer_match (data->offer, query_of (self)) > 0;
}

/* By section, or the best that was found first. */
static int
sort_cb (GtkListBoxRow *a, GtkListBoxRow *b, gpointer user_data)
{
  TnPalette *self = user_data;
  const Row *left = row_of (a), *right = row_of (b);

  if (query_of (self)[0] != '\0')
    {
      /* Headings are hidden; among what is found by merit they would make the order ambiguous. */
      if (!is_some (left->offer) || !is_some (right->offer))
        return is_some (right->offer) - is_some (left->offer);
      guint better = tn_offer_match (left->offer, query_of (self));
      guint worse = tn_offer_match (right->offer, query_of (self));

      if (better != worse)
        return better > worse ? -1 : 1;
    }
  return left->place < right->place ? -1 : left->place > right->place;
}

static void
search_changed_cb (TnPalette *self)
{
  GtkListBoxRow *best = NULL, *row;

  gtk_list_box_invalidate_filter (self->list);
  gtk_list_box_invalidate_sort (self->list);
  for (int i = 0; best == NULL && query_of (self)[0] != '\0'
                  && (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL;
       i++)
    if (filter_cb (row, self))
      best = row;
  if (best != NULL)
    gtk_list_box_select_row (self->list, best);
  else
    gtk_list_box_unselect_all (self->list);
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

static void
add_row (TnPalette *self, GtkListBoxRow *row)
{
  const TnOffer offer = offer_of (row);

  if (is_some (offer))
    g_signal_emit_by_name (self, "add", &offer);
  else if (row != NULL)
    toggle_section (self, row);
}

static void
search_activate_cb (TnPalette *self)
{
  /* The entry tells of changes with a delay, and who types quickly is ahead of it. */
  search_changed_cb (self);
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
  self->offer = (TnOffer){ 0 };
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
  GtkWidget *under = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_DEFAULT);
  /* The star is a button of its own. */
  if (under != NULL && gtk_widget_get_ancestor (under, GTK_TYPE_TOGGLE_BUTTON) != NULL)
    {
      self->pressed = NULL;
      return;
    }
  self->offer = offer_of (row);
  if (row != NULL && !is_some (self->offer))
    toggle_section (self, row);
  else if (is_double_click (self, row))
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

  if (!is_some (self->offer) || !pointer (self, offset_x, offset_y, &x, &y))
    return;
  if (!self->dragging)
    {
      if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int)offset_x, (int)offset_y))
        return;
      start_drag (self);
    }
  g_signal_emit_by_name (self, "place-motion", &self->offer, x, y);
}

static void
drag_end_cb (TnPalette *self, double offset_x, double offset_y)
{
  const TnOffer offer = self->offer;
  gboolean dragging = self->dragging;
  double x, y;
  gboolean known = pointer (self, offset_x, offset_y, &x, &y);

  end_drag (self);
  if (self->outdated && !self->inside)
    update_extra_rows (self);
  if (dragging && known)
    g_signal_emit_by_name (self, "place-drop", &offer, x, y);
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
  g_clear_object (&self->shelf);
  g_clear_pointer (&self->closed, g_hash_table_unref);
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
  gtk_widget_class_bind_template_callback (widget_class, pointer_enter_cb);
  gtk_widget_class_bind_template_callback (widget_class, pointer_leave_cb);
  gtk_widget_class_install_action (widget_class, "palette.favourite", NULL, favourite_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, GDK_CONTROL_MASK,
                                       "palette.favourite", NULL);
}

static void
tn_palette_init (TnPalette *self)
{
  g_autoptr (GArray) offers = tn_offers ();
  const char *section = NULL;
  guint place = PLACE_CATALOGUE;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->shelf = tn_shelf_new ();
  self->closed = g_hash_table_new (g_str_hash, g_str_equal);

  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
  add_extra_rows (self);
  for (guint i = 0; i < offers->len; i++)
    {
      TnOffer offer = g_array_index (offers, TnOffer, i);

      if (g_strcmp0 (section, tn_offer_section (offer)) != 0)
        add_head_row (self, tn_offer_section (offer), place++, FALSE);
      section = tn_offer_section (offer);
      add_offer_row (self, offer, section, place++, FALSE);
    }
  gtk_list_box_set_filter_func (self->list, filter_cb, self, NULL);
  gtk_list_box_set_sort_func (self->list, sort_cb, self, NULL);
  g_signal_connect_object (self->shelf, "changed", G_CALLBACK (shelf_changed_cb), self,
                           G_CONNECT_SWAPPED);
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

TnShelf *
tn_palette_shelf (TnPalette *self)
{
  g_return_val_if_fail (TN_IS_PALETTE (self), NULL);
  return self->shelf;
}

static GtkWidget *
find_row (TnPalette *self, TnOffer offer)
{
  for (int i = 0;; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);
      if (row == NULL)
        return NULL;
      if (tn_offer_equal (offer_of (row), offer) && !row_of (row)->extra)
        return gtk_widget_get_child_visible (GTK_WIDGET (row)) ? GTK_WIDGET (row) : NULL;
    }
}

GtkWidget *
tn_palette_row (TnPalette *self, const TnLayer *layer)
{
  g_return_val_if_fail (TN_IS_PALETTE (self), NULL);
  return find_row (self, (TnOffer){ .layer = layer });
}

GtkWidget *
tn_palette_block_row (TnPalette *self, const char *block)
{
  g_return_val_if_fail (TN_IS_PALETTE (self), NULL);
  return find_row (self, (TnOffer){ .block = tn_block_find (block) });
}

char *
tn_palette_text (TnPalette *self)
{
  g_return_val_if_fail (TN_IS_PALETTE (self), NULL);

  GString *text = g_string_new (NULL);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_widget_get_child_visible (GTK_WIDGET (row)))
      {
        if (is_some (offer_of (row)))
          g_string_append_printf (text, "%s\n", tn_offer_label (offer_of (row)));
        else
          g_string_append_printf (text, "%s:\n", row_of (row)->section);
      }
  return g_string_free (text, FALSE);
}
