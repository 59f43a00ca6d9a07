/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnAdder: the search at the pointer that offers what to add there, and tells what would come. */
#include "app/tn-adder.h"

#include <string.h>

#include "app/tn-palette.h"
#include "base/tn-i18n.h"
#include "base/tn-match.h"

/* Height of the list, as far as the window has room for it, and of all that is around it. */
#define MOST_LIST   300
#define LEAST_LIST  110
#define AROUND_LIST 190
/* Among what fits, so many of what usually stands there are set apart. */
#define MOST_USUAL 8

/* ---- what a row shows ---- */

#define TN_TYPE_ADDER_ROW (tn_adder_row_get_type ())
G_DECLARE_FINAL_TYPE (TnAdderRow, tn_adder_row, TN, ADDER_ROW, GObject)

struct _TnAdderRow
{
  GObject parent;

  TnOffer offer;
  TnGraph *block;      /* of a block, read when first asked for */
  guint index;         /* in the order of the catalogue */
  gboolean possible;   /* it can be put at the place */
  TnProspect prospect; /* cleared where nothing is asked of the place */
  guint score;         /* of what is typed */
  int shelf;           /* place among favourites, then recent ones; G_MAXINT for the others */
  const char *head;    /* of the section that begins with it, translated, or NULL */
};

G_DEFINE_FINAL_TYPE (TnAdderRow, tn_adder_row, G_TYPE_OBJECT)

static void
tn_adder_row_finalize (GObject *object)
{
  TnAdderRow *self = TN_ADDER_ROW (object);

  tn_prospect_clear (&self->prospect);
  g_clear_pointer (&self->block, tn_graph_unref);
  G_OBJECT_CLASS (tn_adder_row_parent_class)->finalize (object);
}

static void
tn_adder_row_class_init (TnAdderRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_adder_row_finalize;
}

static void
tn_adder_row_init (TnAdderRow *self)
{
}

struct _TnAdder
{
  GtkPopover parent;

  /* of the template */
  GtkLabel *place;
  GtkSearchEntry *search;
  GtkStack *pages;
  GtkScrolledWindow *scroller;
  GtkListView *list;
  GtkLabel *summary;

  TnCanvas *canvas; /* borrowed: it lives as long */
  TnShelf *shelf;
  GPtrArray *rows;   /* of TnAdderRow: all there are */
  GListStore *shown; /* of TnAdderRow */
  GtkSingleSelection *selection;
  TnAddRequest request; /* without the text */
  gboolean is_told;     /* the rows tell what would come there */
};

G_DEFINE_FINAL_TYPE (TnAdder, tn_adder, GTK_TYPE_POPOVER)

/* ---- order ---- */

static gboolean
is_exact (const TnAdderRow *row)
{
  return row->score > TN_MATCH_EXACT - 6;
}

static int
compare (guint a, guint b)
{
  return a < b ? -1 : a > b;
}

static gboolean
is_refused (const TnAdderRow *row)
{
  return row->prospect.kind == TN_PROSPECT_REFUSES;
}

/* While nothing is typed: what fits, the usual first, then what somebody likes. */
static int
compare_offered (gconstpointer a, gconstpointer b)
{
  const TnAdderRow *left = *(TnAdderRow *const *)a, *right = *(TnAdderRow *const *)b;
  int order = compare (left->prospect.kind, right->prospect.kind);

  if (order == 0)
    order = compare (left->prospect.usual, right->prospect.usual);
  if (order == 0)
    order = compare ((guint)left->shelf, (guint)right->shelf);
  return order != 0 ? order : compare (left->index, right->index);
}

/* What has that very name, then what fits, the nearest to what was typed first. */
static int
compare_found (gconstpointer a, gconstpointer b)
{
  const TnAdderRow *left = *(TnAdderRow *const *)a, *right = *(TnAdderRow *const *)b;
  int order = compare (is_exact (right), is_exact (left));

  if (order == 0)
    order = compare (is_refused (left), is_refused (right));
  if (order == 0)
    order = compare (right->score, left->score);
  return order != 0 ? order : compare_offered (a, b);
}

/* The section that a row belongs to while nothing is typed. */
static const char *
section_of (const TnAdder *self, const TnAdderRow *row, guint position)
{
  if (self->is_told)
    switch (row->prospect.kind)
      {
      case TN_PROSPECT_FITS:
        return position < MOST_USUAL && row->prospect.usual != G_MAXUINT ? _ ("Usual Here")
                                                                         : _ ("Fits as Well");
      case TN_PROSPECT_OPEN:
        return _ ("Joins It with Others");
      case TN_PROSPECT_UNKNOWN:
        return _ ("Its Shape Is Not Known Yet");
      default:
        return _ ("Does Not Fit");
      }
  if (row->shelf != G_MAXINT)
    return row->shelf < (int)tn_shelf_favourites (self->shelf)->len ? _ ("Favourites")
                                                                    : _ ("Recent");
  return row->prospect.usual == 0 ? _ ("Begin With") : tn_offer_section (row->offer);
}

static void
set_heads (TnAdder *self, GPtrArray *rows)
{
  const char *section = NULL;

  for (guint i = 0; i < rows->len; i++)
    {
      TnAdderRow *row = rows->pdata[i];
      const char *own = section_of (self, row, i);

      row->head = g_strcmp0 (own, section) != 0 ? own : NULL;
      section = own;
    }
}

/* ---- filling ---- */

static int
shelf_place (TnShelf *shelf, TnOffer offer)
{
  const GArray *favourites = tn_shelf_favourites (shelf), *recent = tn_shelf_recent (shelf);

  for (guint i = 0; i < favourites->len + recent->len; i++)
    if (tn_offer_equal (i < favourites->len ? g_array_index (favourites, TnOffer, i)
                                            : g_array_index (recent, TnOffer, i - favourites->len),
                        offer))
      return (int)i;
  return G_MAXINT;
}

static void
show_summary (TnAdder *self)
{
  TnAdderRow *row = gtk_single_selection_get_selected_item (self->selection);
  const char *text = "";

  if (row != NULL && is_refused (row))
    text = row->prospect.reason;
  else if (row != NULL)
    text = tn_offer_summary (row->offer);
  gtk_label_set_label (self->summary, text);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
      row != NULL ? tn_offer_label (row->offer) : _ ("No such layer"), -1);
}

static void
select_row (TnAdder *self, guint position)
{
  if (position >= g_list_model_get_n_items (G_LIST_MODEL (self->shown)))
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

static void
fill (TnAdder *self)
{
  const char *query = gtk_editable_get_text (GTK_EDITABLE (self->search));
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  const gboolean typed = query[0] != '\0';

  for (guint i = 0; i < self->rows->len; i++)
    {
      TnAdderRow *row = self->rows->pdata[i];

      row->score = tn_offer_match (row->offer, query);
      row->head = NULL;
      if (row->possible && row->score > 0)
        g_ptr_array_add (rows, row);
    }
  g_ptr_array_sort (rows, typed ? compare_found : compare_offered);
  if (!typed)
    set_heads (self, rows);
  g_list_store_splice (self->shown, 0, g_list_model_get_n_items (G_LIST_MODEL (self->shown)),
                       rows->pdata, rows->len);
  gtk_stack_set_visible_child_name (self->pages, rows->len > 0 ? "rows" : "nothing");
  select_row (self, 0);
  show_summary (self);
}

static gboolean
ask_about (TnAdderRow *row, const TnSpot *spot)
{
  if (row->offer.layer != NULL)
    return tn_prospect_layer (spot, row->offer.layer, &row->prospect);
  if (row->block == NULL)
    row->block = tn_block_read (row->offer.block, NULL);
  return row->block != NULL && tn_block_prospect (row->block, spot, &row->prospect);
}

/* Asks the place about everything. */
static void
ask (TnAdder *self)
{
  g_autoptr (TnFacts) facts = NULL;
  const TnSpot spot = tn_canvas_spot (self->canvas, &self->request, &facts);
  const TnSpot nowhere = { .facts = facts };
  const gboolean free_hand
      = self->request.from.node == TN_NODE_NONE && self->request.to == TN_NODE_NONE;
  const TnGraph *graph = tn_facts_whole (facts);
  const TnNode *from = tn_graph_find (graph, spot.from.node);
  const TnNode *to = tn_graph_find (graph, spot.to);
  g_autofree char *text = NULL;

  self->is_told = from != NULL || to != NULL;
  for (guint i = 0; i < self->rows->len; i++)
    {
      TnAdderRow *row = self->rows->pdata[i];

      tn_prospect_clear (&row->prospect);
      row->shelf = shelf_place (self->shelf, row->offer);
      row->possible = ask_about (row, &spot);
      /* What nothing can feed goes beside what is selected. */
      if (!row->possible && free_hand)
        {
          row->possible = ask_about (row, &nowhere);
          row->prospect.usual = G_MAXUINT;
        }
    }

  if (from != NULL)
    {
      TnShape shape = tn_facts_seen_shape (facts, spot.from, NULL);
      g_autofree char *size = tn_shape_to_text (&shape);

      if (to != NULL)
        text = g_strdup_printf (_ ("Between %s and %s: %s"), tn_node_name (from), tn_node_name (to),
                                size);
      else
        text = g_strdup_printf (_ ("Behind %s: %s"), tn_node_name (from), size);
    }
  else if (to != NULL)
    text = g_strdup_printf (_ ("Before %s"), tn_node_name (to));
  gtk_label_set_label (self->place, text);
  gtk_widget_set_visible (GTK_WIDGET (self->place), text != NULL);
}

/* ---- choosing ---- */

static void
choose (TnAdder *self, guint position)
{
  g_autoptr (TnAdderRow) row = g_list_model_get_item (G_LIST_MODEL (self->shown), position);

  if (row == NULL)
    return;
  gtk_popover_popdown (GTK_POPOVER (self));
  if (tn_canvas_add_at (self->canvas, row->offer, &self->request))
    tn_shelf_use (self->shelf, row->offer);
}

static void
row_activate_cb (TnAdder *self, guint position)
{
  choose (self, position);
}

static void
search_changed_cb (TnAdder *self)
{
  fill (self);
}

static void
search_activate_cb (TnAdder *self)
{
  choose (self, gtk_single_selection_get_selected (self->selection));
}

static void
search_stop_cb (TnAdder *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
}

/* The keyboard goes back to where it was. */
static void
closed_cb (TnAdder *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

/* The entry keeps the keyboard; what moves in the list is the choice. */
static gboolean
key_pressed_cb (TnAdder *self, guint key, guint code, GdkModifierType state)
{
  const guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->shown));
  const guint at = gtk_single_selection_get_selected (self->selection);
  TnAdderRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (row == NULL || n_rows == 0)
    return GDK_EVENT_PROPAGATE;
  if ((state & GDK_CONTROL_MASK) && key == GDK_KEY_b)
    {
      tn_shelf_set_favourite (self->shelf, row->offer,
                              !tn_shelf_is_favourite (self->shelf, row->offer));
      row->shelf = shelf_place (self->shelf, row->offer);
      g_list_model_items_changed (G_LIST_MODEL (self->shown), at, 1, 1);
      select_row (self, at);
      return GDK_EVENT_STOP;
    }
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      select_row (self, MIN (at + 1, n_rows - 1));
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      select_row (self, at > 0 ? at - 1 : 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      select_row (self, MIN (at + 6, n_rows - 1));
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      select_row (self, at > 6 ? at - 6 : 0);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* ---- rows ---- */

typedef struct
{
  GtkListItem *item; /* borrowed */
  GtkLabel *head, *label, *detail, *shape;
  GtkImage *tile, *star;
  char *family; /* its style class */
} Cell;

static void
cell_free (gpointer data)
{
  Cell *cell = data;

  g_free (cell->family);
  g_free (cell);
}

static GtkLabel *
new_label (const char *style, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return GTK_LABEL (label);
}

static void
clicked_cb (GtkGestureClick *gesture, int n_press, double x, double y, GtkListItem *item)
{
  GtkWidget *self = gtk_widget_get_ancestor (
      gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), TN_TYPE_ADDER);

  if (self != NULL)
    choose (TN_ADDER (self), gtk_list_item_get_position (item));
}

static void
setup_cb (TnAdder *self, GtkListItem *item)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkGesture *click = gtk_gesture_click_new ();
  Cell *cell = g_new0 (Cell, 1);

  cell->item = item;
  cell->head = new_label ("caption-heading", PANGO_ELLIPSIZE_END);
  cell->label = new_label (NULL, PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (cell->label, TRUE);
  gtk_label_set_wrap_mode (cell->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (cell->label, 12);
  cell->detail = new_label ("caption", PANGO_ELLIPSIZE_END);
  cell->shape = new_label ("numeric", PANGO_ELLIPSIZE_NONE);
  cell->tile = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             "valign", GTK_ALIGN_CENTER, NULL);
  cell->star = g_object_new (GTK_TYPE_IMAGE, "icon-name", "starred-symbolic", "accessible-role",
                             GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (cell->head), "tn-family-head");
  gtk_widget_add_css_class (GTK_WIDGET (cell->detail), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (cell->star), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (cell->tile), "tn-tile");
  gtk_widget_add_css_class (line, "tn-line");
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (text), GTK_WIDGET (cell->label));
  gtk_box_append (GTK_BOX (text), GTK_WIDGET (cell->detail));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (cell->tile));
  gtk_box_append (GTK_BOX (line), text);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (cell->star));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (cell->shape));
  gtk_box_append (GTK_BOX (outer), GTK_WIDGET (cell->head));
  gtk_box_append (GTK_BOX (outer), line);
  g_signal_connect (click, "released", G_CALLBACK (clicked_cb), item);
  gtk_widget_add_controller (line, GTK_EVENT_CONTROLLER (click));
  gtk_list_item_set_child (item, outer);
  g_object_set_data_full (G_OBJECT (item), "cell", cell, cell_free);
}

/* What stands at the end of a row: the shape that would come. */
static char *
shape_text (const TnAdder *self, const TnAdderRow *row)
{
  if (!self->is_told || is_refused (row) || !tn_shape_is_some (&row->prospect.shape))
    return NULL;
  return tn_shape_to_text (&row->prospect.shape);
}

static void
bind_cb (TnAdder *self, GtkListItem *item)
{
  const TnAdderRow *row = gtk_list_item_get_item (item);
  Cell *cell = g_object_get_data (G_OBJECT (item), "cell");
  g_autofree char *shape = shape_text (self, row);
  const char *type = tn_offer_type (row->offer);
  const char *detail = is_refused (row) ? row->prospect.reason : type != NULL ? type : _ ("Block");

  gtk_label_set_label (cell->head, row->head);
  gtk_widget_set_visible (GTK_WIDGET (cell->head), row->head != NULL);
  gtk_label_set_label (cell->label, tn_offer_label (row->offer));
  gtk_label_set_label (cell->detail, detail);
  gtk_label_set_label (cell->shape, shape);
  gtk_widget_set_visible (GTK_WIDGET (cell->shape), shape != NULL);
  gtk_widget_set_visible (GTK_WIDGET (cell->star), tn_shelf_is_favourite (self->shelf, row->offer));
  gtk_image_set_from_icon_name (cell->tile, tn_offer_icon (row->offer));
  if (cell->family != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (cell->tile), cell->family);
  g_free (cell->family);
  cell->family = tn_offer_style (row->offer);
  gtk_widget_add_css_class (GTK_WIDGET (cell->tile), cell->family);
  if (is_refused (row))
    gtk_widget_add_css_class (gtk_list_item_get_child (item), "tn-refused");
  else
    gtk_widget_remove_css_class (gtk_list_item_get_child (item), "tn-refused");
}

/* ---- the widget ---- */

static void
tn_adder_dispose (GObject *object)
{
  TnAdder *self = TN_ADDER (object);

  if (self->search != NULL)
    gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_ADDER);
  g_clear_object (&self->selection);
  g_clear_object (&self->shown);
  g_clear_object (&self->shelf);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (tn_adder_parent_class)->dispose (object);
}

static void
tn_adder_class_init (TnAdderClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = tn_adder_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tenonapp/Tenon/ui/tn-adder.ui");
  gtk_widget_class_bind_template_child (widget_class, TnAdder, place);
  gtk_widget_class_bind_template_child (widget_class, TnAdder, search);
  gtk_widget_class_bind_template_child (widget_class, TnAdder, pages);
  gtk_widget_class_bind_template_child (widget_class, TnAdder, scroller);
  gtk_widget_class_bind_template_child (widget_class, TnAdder, list);
  gtk_widget_class_bind_template_child (widget_class, TnAdder, summary);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
tn_adder_init (TnAdder *self)
{
  g_autoptr (GArray) offers = tn_offers ();
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < offers->len; i++)
    {
      TnAdderRow *row = g_object_new (TN_TYPE_ADDER_ROW, NULL);

      row->offer = g_array_index (offers, TnOffer, i);
      row->index = i;
      g_ptr_array_add (self->rows, row);
    }
  self->shown = g_list_store_new (TN_TYPE_ADDER_ROW);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->shown)));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (show_summary),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
}

GtkWidget *
tn_adder_new (TnCanvas *canvas, TnShelf *shelf)
{
  TnAdder *self = g_object_new (TN_TYPE_ADDER, NULL);

  self->canvas = canvas;
  self->shelf = g_object_ref (shelf);
  return GTK_WIDGET (self);
}

/* On the side of the point where there is more room, and no higher than that. */
static void
find_side (TnAdder *self, double x, double y)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (parent));
  double root_x, root_y, height = gtk_widget_get_height (root), room;

  if (!gtk_widget_translate_coordinates (parent, root, x, y, &root_x, &root_y))
    return;
  room = MAX (root_y, height - root_y) - AROUND_LIST;
  gtk_popover_set_position (GTK_POPOVER (self),
                            root_y > height - root_y ? GTK_POS_TOP : GTK_POS_BOTTOM);
  gtk_scrolled_window_set_min_content_height (self->scroller,
                                              (int)CLAMP (room, LEAST_LIST, MOST_LIST));
}

void
tn_adder_open (TnAdder *self, const TnAddRequest *request)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  double x = 0, y = 0;

  g_return_if_fail (TN_IS_ADDER (self) && parent != NULL);

  self->request = *request;
  self->request.text = NULL;
  tn_canvas_to_widget (self->canvas, request->x, request->y, &x, &y);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->canvas), parent, x, y, &x, &y);
  find_side (self, x, y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  ask (self);
  /* Once, whether that changes the text or not. */
  g_signal_handlers_block_by_func (self->search, search_changed_cb, self);
  gtk_editable_set_text (GTK_EDITABLE (self->search), request->text != NULL ? request->text : "");
  g_signal_handlers_unblock_by_func (self->search, search_changed_cb, self);
  fill (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_set_position (GTK_EDITABLE (self->search), -1);
}

guint
tn_adder_selected (TnAdder *self)
{
  g_return_val_if_fail (TN_IS_ADDER (self), G_MAXUINT);
  return gtk_single_selection_get_selected (self->selection);
}

char *
tn_adder_row_text (TnAdder *self, guint position)
{
  g_return_val_if_fail (TN_IS_ADDER (self), NULL);

  g_autoptr (TnAdderRow) row = g_list_model_get_item (G_LIST_MODEL (self->shown), position);
  g_autofree char *shape = row != NULL ? shape_text (self, row) : NULL;
  if (row == NULL)
    return NULL;
  return g_strdup_printf ("%s | %s", tn_offer_label (row->offer),
                          is_refused (row) ? row->prospect.reason
                          : shape != NULL  ? shape
                                           : "");
}
