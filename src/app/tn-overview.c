/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOverview: the whole model in a corner of the canvas, with what is seen of it marked. */
#include "app/tn-overview.h"

#include <math.h>

#include "app/tn-canvas-view.h"
#include "base/tn-i18n.h"

#define MOST_WIDTH  220
#define MOST_HEIGHT 150
#define LEAST_SIDE  48
#define PADDING     6
/* Milliseconds after which a changed model is drawn anew: not for every step of a drag. */
#define DELAY 80
/* A click of the wheel. */
#define WHEEL_STEP 1.18

struct _TnOverview
{
  GtkWidget parent_instance;

  /* owned */
  cairo_surface_t *picture; /* NULL: to be drawn */

  /* borrowed */
  TnCanvas *canvas;

  /* state */
  gboolean wanted;
  guint timeout;
  guint idle;
  TnRect bounds; /* of the document in the picture */
  double scale;  /* of the picture */
  int scale_factor;
  double grab_x, grab_y; /* from the middle of what is seen, in document units */
};

G_DEFINE_FINAL_TYPE (TnOverview, tn_overview, GTK_TYPE_WIDGET)

static TnRect
seen (TnOverview *self)
{
  TnViewport view = tn_canvas_view (self->canvas);

  return tn_viewport_visible (&view);
}

static gboolean
contains (TnRect outer, TnRect inner)
{
  return outer.x <= inner.x && outer.y <= inner.y && outer.x + outer.width >= inner.x + inner.width
         && outer.y + outer.height >= inner.y + inner.height;
}

static gboolean
is_needed (TnOverview *self)
{
  return self->wanted && self->canvas != NULL && self->bounds.width > 0
         && !contains (seen (self), self->bounds);
}

static void
update_visible (TnOverview *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self), is_needed (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
idle_cb (gpointer user_data)
{
  TnOverview *self = user_data;

  self->idle = 0;
  update_visible (self);
  return G_SOURCE_REMOVE;
}

/* Perhaps while the canvas is given its place, when nothing may come or go. */
static void
view_changed_cb (TnOverview *self)
{
  if (self->idle == 0 && is_needed (self) != gtk_widget_get_visible (GTK_WIDGET (self)))
    self->idle = g_idle_add (idle_cb, self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What is shown is that of @scene from now on. */
static void
take_scene (TnOverview *self, TnScene *scene)
{
  double width, height;

  g_clear_pointer (&self->picture, cairo_surface_destroy);
  /* A scene that is the canvas's alone is quicker to change. */
  self->bounds = scene != NULL ? tn_scene_bounds (scene) : (TnRect){ 0 };
  width = MAX (self->bounds.width, 1);
  height = MAX (self->bounds.height, 1);
  self->scale
      = MIN (MIN ((MOST_WIDTH - 2 * PADDING) / width, (MOST_HEIGHT - 2 * PADDING) / height), 0.25);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  update_visible (self);
}

static gboolean
refresh_cb (gpointer user_data)
{
  TnOverview *self = user_data;

  self->timeout = 0;
  take_scene (self, tn_canvas_scene (self->canvas));
  return G_SOURCE_REMOVE;
}

static void
scene_changed_cb (TnOverview *self)
{
  if (self->timeout == 0 && self->wanted)
    self->timeout = g_timeout_add (DELAY, refresh_cb, self);
}

/* ---- geometry ---- */

static int
side_of (double length, double scale, int most)
{
  return (int)CLAMP (ceil (length * scale) + 2 * PADDING, LEAST_SIDE, most);
}

static void
origin (TnOverview *self, double *x, double *y)
{
  *x = (gtk_widget_get_width (GTK_WIDGET (self)) - self->bounds.width * self->scale) / 2;
  *y = (gtk_widget_get_height (GTK_WIDGET (self)) - self->bounds.height * self->scale) / 2;
}

void
tn_overview_to_widget (TnOverview *self, double x, double y, double *widget_x, double *widget_y)
{
  g_return_if_fail (TN_IS_OVERVIEW (self));

  origin (self, widget_x, widget_y);
  *widget_x += (x - self->bounds.x) * self->scale;
  *widget_y += (y - self->bounds.y) * self->scale;
}

static void
to_document (TnOverview *self, double widget_x, double widget_y, double *x, double *y)
{
  origin (self, x, y);
  *x = (widget_x - *x) / self->scale + self->bounds.x;
  *y = (widget_y - *y) / self->scale + self->bounds.y;
}

/* ---- drawing ---- */

/* Problems are a pixel or two at this size: each gets a mark that can be seen. */
static void
draw_problems (TnOverview *self, cairo_t *cr)
{
  const TnScene *scene = tn_canvas_scene (self->canvas);
  const TnStyle *style = tn_scene_style (scene);
  const TnFacts *facts = tn_scene_facts (scene);

  for (guint i = facts != NULL ? tn_facts_n_issues (facts) : 0; i-- > 0;)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      gboolean warning = issue->severity == TN_SEVERITY_WARNING;
      TnColor color = warning ? style->warning_mark : style->error;
      double x, y;
      TnRect box;

      if (!tn_scene_node_box (scene, issue->node, &box))
        continue;
      x = (box.x + box.width - self->bounds.x) * self->scale;
      y = (box.y - self->bounds.y) * self->scale;
      cairo_new_path (cr);
      if (warning)
        {
          cairo_move_to (cr, x, y - 3.5);
          cairo_line_to (cr, x + 3.5, y + 2.5);
          cairo_line_to (cr, x - 3.5, y + 2.5);
          cairo_close_path (cr);
        }
      else
        cairo_arc (cr, x, y, 3, 0, 2 * G_PI);
      cairo_set_source_rgba (cr, color.red, color.green, color.blue, 1);
      cairo_fill (cr);
    }
}

static void
draw_picture (TnOverview *self)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int width = (int)ceil (self->bounds.width * self->scale) + 2 * PADDING;
  int height = (int)ceil (self->bounds.height * self->scale) + 2 * PADDING;
  cairo_t *cr;

  g_clear_pointer (&self->picture, cairo_surface_destroy);
  self->scale_factor = factor;
  self->picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * factor, height * factor);
  cairo_surface_set_device_scale (self->picture, factor, factor);
  cr = cairo_create (self->picture);
  cairo_translate (cr, PADDING, PADDING);
  cairo_save (cr);
  cairo_scale (cr, self->scale, self->scale);
  cairo_translate (cr, -self->bounds.x, -self->bounds.y);
  tn_painter_draw (tn_canvas_scene (self->canvas), cr, self->bounds, self->scale * factor);
  cairo_restore (cr);
  draw_problems (self, cr);
  cairo_destroy (cr);
}

static void
tn_overview_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TnOverview *self = TN_OVERVIEW (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const TnStyle *style;
  TnRect view;
  double x, y;
  cairo_t *cr;

  if (self->canvas == NULL || tn_canvas_scene (self->canvas) == NULL)
    return;
  if (self->picture == NULL || self->scale_factor != gtk_widget_get_scale_factor (widget))
    draw_picture (self);
  style = tn_scene_style (tn_canvas_scene (self->canvas));
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  cairo_set_source_rgba (cr, style->background.red, style->background.green, style->background.blue,
                         0.94);
  cairo_paint (cr);
  origin (self, &x, &y);
  cairo_set_source_surface (cr, self->picture, x - PADDING, y - PADDING);
  cairo_paint (cr);
  /* What is seen stays clear, the rest is dimmed. */
  view = seen (self);
  tn_overview_to_widget (self, view.x, view.y, &x, &y);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_rectangle (cr, x, y, view.width * self->scale, view.height * self->scale);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_set_source_rgba (cr, style->text.red, style->text.green, style->text.blue, 0.1);
  cairo_fill (cr);
  cairo_rectangle (cr, x, y, view.width * self->scale, view.height * self->scale);
  cairo_set_source_rgba (cr, style->selection.red, style->selection.green, style->selection.blue,
                         1);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
  cairo_rectangle (cr, 0.5, 0.5, width - 1, height - 1);
  cairo_set_source_rgba (cr, style->box_border.red, style->box_border.green, style->box_border.blue,
                         1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
tn_overview_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                     int *natural, int *minimum_baseline, int *natural_baseline)
{
  TnOverview *self = TN_OVERVIEW (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL
                            ? side_of (self->bounds.width, self->scale, MOST_WIDTH)
                            : side_of (self->bounds.height, self->scale, MOST_HEIGHT);
}

/* ---- pointer and keyboard ---- */

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, TnOverview *self)
{
  TnRect view = seen (self);
  double at_x, at_y;

  to_document (self, x, y, &at_x, &at_y);
  self->grab_x = at_x - view.x - view.width / 2;
  self->grab_y = at_y - view.y - view.height / 2;
  /* Beside what is seen, the view comes to the pointer. */
  if (fabs (self->grab_x) > view.width / 2 || fabs (self->grab_y) > view.height / 2)
    {
      self->grab_x = self->grab_y = 0;
      tn_canvas_centre (self->canvas, at_x, at_y);
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, TnOverview *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  to_document (self, x + dx, y + dy, &x, &y);
  tn_canvas_centre (self->canvas, x - self->grab_x, y - self->grab_y);
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, TnOverview *self)
{
  TnViewport view = tn_canvas_view (self->canvas);

  tn_canvas_zoom_at (self->canvas, pow (WHEEL_STEP, -dy), view.width / 2, view.height / 2);
  return GDK_EVENT_STOP;
}

static gboolean
key_cb (TnOverview *self, guint key, guint code, GdkModifierType state)
{
  TnRect view = seen (self);
  double dx = 0, dy = 0;

  switch (key)
    {
    case GDK_KEY_Left:
      dx = -0.25;
      break;
    case GDK_KEY_Right:
      dx = 0.25;
      break;
    case GDK_KEY_Up:
      dy = -0.25;
      break;
    case GDK_KEY_Down:
      dy = 0.25;
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  tn_canvas_centre (self->canvas, view.x + view.width * (0.5 + dx),
                    view.y + view.height * (0.5 + dy));
  return GDK_EVENT_STOP;
}

/* ---- the widget ---- */

void
tn_overview_set_canvas (TnOverview *self, TnCanvas *canvas)
{
  g_return_if_fail (TN_IS_OVERVIEW (self) && TN_IS_CANVAS (canvas) && self->canvas == NULL);

  self->canvas = canvas;
  g_signal_connect_object (canvas, "scene-changed", G_CALLBACK (scene_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (canvas, "view-changed", G_CALLBACK (view_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
tn_overview_set_wanted (TnOverview *self, gboolean wanted)
{
  g_return_if_fail (TN_IS_OVERVIEW (self));

  self->wanted = wanted;
  if (wanted && self->canvas != NULL)
    scene_changed_cb (self);
  update_visible (self);
}

static void
tn_overview_dispose (GObject *object)
{
  TnOverview *self = TN_OVERVIEW (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  G_OBJECT_CLASS (tn_overview_parent_class)->dispose (object);
}

static void
tn_overview_class_init (TnOverviewClass *klass)
{
  GtkWidgetClass *class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tn_overview_dispose;
  class->measure = tn_overview_measure;
  class->snapshot = tn_overview_snapshot;
  gtk_widget_class_set_css_name (class, "overview");
  gtk_widget_class_set_accessible_role (class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tn_overview_init (TnOverview *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller;
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  g_signal_connect (controller, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (widget, controller);
  controller = gtk_event_controller_key_new ();
  g_signal_connect_swapped (controller, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (widget, controller);

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_halign (widget, GTK_ALIGN_END);
  gtk_widget_set_valign (widget, GTK_ALIGN_END);
  gtk_widget_set_visible (widget, FALSE);
  gtk_widget_set_cursor_from_name (widget, "grab");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Overview of the model"), -1);
}

GtkWidget *
tn_overview_new (void)
{
  return g_object_new (TN_TYPE_OVERVIEW, NULL);
}
