/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCanvas: the drawing area; shows a document, and lets pointer and keyboard edit it. */
#include "app/tn-canvas.h"

#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"
#include "app/tn-canvas-view.h"
#include "app/tn-look.h"
#include "base/tn-i18n.h"

/* Microseconds a frame for tiles that come into view. */
#define TILE_BUDGET 6000
/* A zoom is over when nothing was zoomed for so long (milliseconds). */
#define ZOOM_SETTLE   120
#define FIT_MARGIN    16
#define REVEAL_MARGIN 48

enum
{
  SIGNAL_ACTIVATE_NODE,
  SIGNAL_PROBLEM_ACTIVATED,
  SIGNAL_ADD_REQUESTED,
  SIGNAL_REFUSED,
  SIGNAL_SCENE_CHANGED,
  SIGNAL_VIEW_CHANGED,
  N_SIGNALS,
};

enum
{
  PROP_ZOOM = 1,
  N_PROPS,
};

static guint signals[N_SIGNALS];
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (TnCanvas, tn_canvas, GTK_TYPE_WIDGET)

const TnGraph *
tn_canvas_graph (TnCanvas *self)
{
  return self->document == NULL ? NULL : tn_document_graph (self->document);
}

void
tn_canvas_refuse (TnCanvas *self, const char *reason)
{
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, reason);
}

gboolean
tn_canvas_apply (TnCanvas *self, const TnEdit *edit, const TnEditArgs *args)
{
  g_autoptr (TnReport) report = tn_report_new ();
  const char *reason;

  if (self->document == NULL)
    return FALSE;
  if (tn_document_apply (self->document, edit, args, report))
    return TRUE;
  reason = tn_report_first (report);
  tn_canvas_refuse (self, reason != NULL ? reason : _ ("This cannot be done here."));
  return FALSE;
}

void
tn_canvas_select_wire (TnCanvas *self, const TnHit *wire)
{
  if (wire != NULL)
    {
      if (self->document != NULL)
        tn_document_select (self->document, NULL, 0);
      self->wire = *wire;
    }
  else
    self->wire.kind = TN_HIT_NOTHING;
  tn_canvas_queue_overlay (self);
  g_signal_emit_by_name (self, "wire-selected");
}

gboolean
tn_canvas_selected_wire (TnCanvas *self, TnRef *ref)
{
  g_return_val_if_fail (TN_IS_CANVAS (self) && ref != NULL, FALSE);
  *ref = self->wire.ref;
  return self->wire.kind == TN_HIT_WIRE;
}

void
tn_canvas_go_to (TnCanvas *self, TnNodeId node)
{
  tn_canvas_sync (self);
  self->cursor = tn_canvas_shown_node (self, node);
  tn_document_select_one (self->document, node, FALSE);
  tn_canvas_reveal (self, node);
  /* The proxy may be as new as the layer. */
  tn_canvas_sync (self);
  self->proxies_outdated = FALSE;
  tn_canvas_update_proxies (self);
  tn_canvas_focus_cursor (self);
}

/* ---- the view ---- */

static gboolean
zoom_settled_cb (gpointer user_data)
{
  TnCanvas *self = user_data;

  self->zoom_timeout = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

void
tn_canvas_view_changed (TnCanvas *self)
{
  self->fitted = FALSE;
  tn_canvas_hover_end (self);
  g_signal_emit (self, signals[SIGNAL_VIEW_CHANGED], 0);
  if (self->pointer_inside)
    {
      self->pointer = tn_canvas_pointer (self, self->pointer.widget_x, self->pointer.widget_y,
                                         self->pointer.state, self->pointer.button);
      self->hover = self->pointer.hit;
    }
  /* The proxies follow what they stand for. */
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  if (self->scene != NULL && tn_graph_size (tn_scene_graph (self->scene)) > TN_CANVAS_MOST_PROXIES)
    {
      self->proxies_outdated = TRUE;
      tn_canvas_ensure_tick (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
tn_canvas_zoom (TnCanvas *self)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), 1);
  return self->viewport.zoom / self->text_scale;
}

void
tn_canvas_zoom_at (TnCanvas *self, double factor, double x, double y)
{
  g_return_if_fail (TN_IS_CANVAS (self));

  if (!tn_viewport_zoom_at (&self->viewport, factor, x, y))
    return;
  g_clear_handle_id (&self->zoom_timeout, g_source_remove);
  self->zoom_timeout = g_timeout_add (ZOOM_SETTLE, zoom_settled_cb, self);
  tn_canvas_view_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOM]);
}

static void
fit (TnCanvas *self)
{
  TnRect bounds = { 0 };

  if (self->viewport.width <= 0 || self->viewport.height <= 0)
    {
      self->fit_pending = TRUE;
      return;
    }
  self->fit_pending = FALSE;
  tn_canvas_sync (self);
  if (self->scene != NULL)
    bounds = tn_scene_bounds (self->scene);
  tn_viewport_fit (&self->viewport, bounds, FIT_MARGIN, self->least_zoom * self->text_scale,
                   self->text_scale);
  tn_canvas_view_changed (self);
  self->fitted = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOM]);
}

void
tn_canvas_zoom_fit (TnCanvas *self)
{
  g_return_if_fail (TN_IS_CANVAS (self));

  /* Who asks to see everything gets everything. */
  self->least_zoom = 0;
  fit (self);
}

void
tn_canvas_show_rect (TnCanvas *self, TnRect rect, double margin, double most_zoom)
{
  tn_viewport_fit (&self->viewport, rect, margin, 0, most_zoom * self->text_scale);
  tn_canvas_view_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOM]);
}

void
tn_canvas_reveal (TnCanvas *self, TnNodeId node)
{
  TnRect box;

  g_return_if_fail (TN_IS_CANVAS (self));

  tn_canvas_sync (self);
  if (self->scene == NULL || self->fit_pending || !tn_scene_node_box (self->scene, node, &box))
    return;
  if (tn_viewport_reveal (&self->viewport, box, REVEAL_MARGIN))
    tn_canvas_view_changed (self);
}

void
tn_canvas_to_widget (TnCanvas *self, double x, double y, double *widget_x, double *widget_y)
{
  g_return_if_fail (TN_IS_CANVAS (self));
  tn_viewport_to_widget (&self->viewport, x, y, widget_x, widget_y);
}

TnScene *
tn_canvas_scene (TnCanvas *self)
{
  g_return_val_if_fail (TN_IS_CANVAS (self), NULL);
  tn_canvas_sync (self);
  return self->scene;
}

void
tn_canvas_middle (TnCanvas *self, double *x, double *y)
{
  tn_viewport_to_document (&self->viewport, self->viewport.width / 2, self->viewport.height / 2, x,
                           y);
}

double
tn_canvas_units (TnCanvas *self, double widget_units)
{
  return widget_units / self->viewport.zoom;
}

TnHit
tn_canvas_hit (TnCanvas *self, double x, double y)
{
  tn_canvas_sync (self);
  if (self->scene == NULL)
    return (TnHit){ .kind = TN_HIT_NOTHING };
  /* From afar the ports' targets would cover the boxes: these must stay to be grasped. */
  return tn_scene_hit (self->scene, x, y, MIN (tn_canvas_units (self, 7), 12));
}

/* ---- placing from the palette ---- */

void
tn_canvas_place_motion (TnCanvas *self, TnOffer offer, double x, double y)
{
  TnPointer at;

  g_return_if_fail (TN_IS_CANVAS (self));

  if (!gtk_widget_contains (GTK_WIDGET (self), x, y))
    {
      tn_canvas_place_cancel (self);
      return;
    }
  at = tn_canvas_pointer (self, x, y, 0, GDK_BUTTON_PRIMARY);
  if (self->tool == &tn_tool_place)
    tn_canvas_tool_motion (self, &at);
  else
    {
      gpointer state = g_malloc0 (tn_tool_place.state_size);

      tn_tool_place_set_offer (state, offer,
                               self->document != NULL ? tn_graph_direction (tn_canvas_graph (self))
                                                      : TN_DIRECTION_DOWN);
      tn_canvas_tool_begin (self, &tn_tool_place, state, &at);
    }
}

gboolean
tn_canvas_place_drop (TnCanvas *self, TnOffer offer, double x, double y)
{
  TnPointer at;

  g_return_val_if_fail (TN_IS_CANVAS (self), FALSE);

  tn_canvas_place_motion (self, offer, x, y);
  if (self->tool != &tn_tool_place || self->document == NULL)
    {
      tn_canvas_place_cancel (self);
      return FALSE;
    }
  at = tn_canvas_pointer (self, x, y, 0, GDK_BUTTON_PRIMARY);
  tn_canvas_tool_end (self, &at);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  return TRUE;
}

void
tn_canvas_place_cancel (TnCanvas *self)
{
  g_return_if_fail (TN_IS_CANVAS (self));
  if (self->tool == &tn_tool_place)
    tn_canvas_tool_cancel (self);
}

/* ---- drawing ---- */

void
tn_canvas_queue_overlay (TnCanvas *self)
{
  /* The tiles' nodes stay the same ones, so only the overlay is damaged. */
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tn_canvas_set_callout (TnCanvas *self, const char *text, TnColor color)
{
  if (g_strcmp0 (text, self->callout) != 0)
    {
      g_free (self->callout);
      g_clear_pointer (&self->found, g_array_unref);
      self->callout = g_strdup (text);
    }
  self->callout_color = color;
}

static void
tn_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnColor color = self->style->background;

  gtk_snapshot_append_color (
      snapshot,
      &(GdkRGBA){ (float)color.red, (float)color.green, (float)color.blue, (float)color.alpha },
      &GRAPHENE_RECT_INIT (0, 0, (float)self->viewport.width, (float)self->viewport.height));
  tn_canvas_sync (self);
  if (!tn_tile_cache_snapshot (self->tiles, snapshot, &self->viewport, self->zoom_timeout != 0,
                               TILE_BUDGET))
    {
      self->tiles_incomplete = TRUE;
      tn_canvas_ensure_tick (self);
    }
  tn_canvas_draw_heat_legend (self, snapshot);
  tn_canvas_draw_overlay (self, snapshot);
  tn_canvas_rename_snapshot (self, snapshot);
  tn_canvas_hover_snapshot (self, snapshot);
}

static void
tn_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                   int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 480;
}

static void
tn_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TnCanvas *self = TN_CANVAS (widget);
  const gboolean resized = width != self->viewport.width || height != self->viewport.height;

  tn_viewport_resize (&self->viewport, width, height, gtk_widget_get_scale_factor (widget));
  if (resized)
    g_signal_emit (self, signals[SIGNAL_VIEW_CHANGED], 0);
  /* What was fitted into the window fits again when a panel opens beside it. */
  if (self->fit_pending || (self->fitted && resized))
    fit (self);
  tn_canvas_allocate_proxies (self);
  tn_canvas_rename_allocate (self);
  tn_canvas_hover_allocate (self);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

/* ---- the widget ---- */

static gboolean
tn_canvas_focus (GtkWidget *widget, GtkDirectionType direction)
{
  TnCanvas *self = TN_CANVAS (widget);
  const gboolean inside = tn_canvas_has_keyboard (self);

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return FALSE;
  if (inside)
    return tn_canvas_step (self, direction == GTK_DIR_TAB_FORWARD);
  tn_canvas_focus_cursor (self);
  return TRUE;
}

static void
theme_changed_cb (TnCanvas *self)
{
  self->theme = tn_look_theme ();
  self->style = tn_style_get (self->theme);
  tn_tile_cache_set_scene (self->tiles, self->scene, self->style);
  tn_tile_cache_damage_all (self->tiles);
  tn_canvas_outdate (self);
}

/* The drawing as a whole is larger, gaps and all: so nothing that is written gets less room. */
static void
text_changed_cb (TnCanvas *self)
{
  const double scale = tn_look_text_scale ();
  const double factor = scale / self->text_scale;

  self->text_scale = scale;
  if (factor != 1)
    tn_canvas_zoom_at (self, factor, self->viewport.width / 2, self->viewport.height / 2);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOM]);
}

static void
scale_factor_cb (TnCanvas *self, GParamSpec *pspec, gpointer user_data)
{
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tn_canvas_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ZOOM)
    g_value_set_double (value, tn_canvas_zoom (TN_CANVAS (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tn_canvas_dispose (GObject *object)
{
  TnCanvas *self = TN_CANVAS (object);
  GtkWidget *child;

  /* Nobody is told any more. */
  g_clear_pointer (&self->trace_links, g_array_unref);
  g_clear_pointer (&self->trace_layers, g_array_unref);
  g_clear_pointer (&self->preview, tn_facts_unref);
  tn_canvas_set_document (self, NULL, NULL);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->zoom_timeout, g_source_remove);
  g_hash_table_remove_all (self->proxies);
  self->menu = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (tn_canvas_parent_class)->dispose (object);
}

static void
tn_canvas_finalize (GObject *object)
{
  TnCanvas *self = TN_CANVAS (object);

  g_hash_table_unref (self->proxies);
  tn_tile_cache_free (self->tiles);
  tn_canvas_hover_free (self);
  g_free (self->callout);
  g_clear_pointer (&self->heat_times, g_array_unref);
  G_OBJECT_CLASS (tn_canvas_parent_class)->finalize (object);
}

static void
tn_canvas_class_init (TnCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tn_canvas_get_property;
  object_class->dispose = tn_canvas_dispose;
  object_class->finalize = tn_canvas_finalize;
  widget_class->measure = tn_canvas_measure;
  widget_class->size_allocate = tn_canvas_size_allocate;
  widget_class->snapshot = tn_canvas_snapshot;
  widget_class->focus = tn_canvas_focus;

  props[PROP_ZOOM]
      = g_param_spec_double ("zoom", NULL, NULL, TN_ZOOM_MINIMUM, TN_ZOOM_MAXIMUM, 1,
                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_ACTIVATE_NODE]
      = g_signal_new ("activate-node", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_PROBLEM_ACTIVATED]
      = g_signal_new ("problem-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_ADD_REQUESTED]
      = g_signal_new ("add-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  signals[SIGNAL_SCENE_CHANGED]
      = g_signal_new ("scene-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_VIEW_CHANGED]
      = g_signal_new ("view-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
  g_signal_new ("wire-selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  g_signal_new ("trace-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  tn_canvas_actions_class_init (widget_class);
  tn_canvas_view_class_init (widget_class);
  tn_canvas_hover_class_init (widget_class);
  tn_canvas_arrange_class_init (widget_class);
}

static void
tn_canvas_init (TnCanvas *self)
{
  tn_viewport_init (&self->viewport);
  self->text_scale = tn_look_text_scale ();
  self->viewport.zoom = self->text_scale;
  self->tiles = tn_tile_cache_new ();
  self->proxies = g_hash_table_new (NULL, NULL);
  self->theme = tn_look_theme ();
  self->style = tn_style_get (self->theme);
  tn_tile_cache_set_scene (self->tiles, NULL, self->style);
  tn_look_watch_theme (self, G_CALLBACK (theme_changed_cb));
  tn_look_watch_text (self, G_CALLBACK (text_changed_cb));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_factor_cb), NULL);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Model"),
                                  -1);
  tn_canvas_hover_init (self);
  tn_canvas_input_init (self);
}

GtkWidget *
tn_canvas_new (void)
{
  return g_object_new (TN_TYPE_CANVAS, NULL);
}
