/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas's event controllers; each hands on to a tool, the viewport or an action. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"

/* Widget units that one click of a wheel pans. */
#define WHEEL_STEP 60
/* Zoom of one click of a wheel, and of one unit of a touchpad. */
#define WHEEL_ZOOM   1.15
#define SURFACE_ZOOM 1.01
/* A gesture this near to the edge pans, that far in each step of so many milliseconds. */
#define EDGE          20
#define EDGE_STEP     12
#define EDGE_INTERVAL 16

/* ---- gestures of tools ---- */

TnPointer
tn_canvas_pointer (TnCanvas *self, double widget_x, double widget_y, GdkModifierType state,
                   guint button)
{
  TnPointer at = { .widget_x = widget_x, .widget_y = widget_y, .state = state, .button = button };

  tn_viewport_to_document (&self->viewport, widget_x, widget_y, &at.x, &at.y);
  at.hit = tn_canvas_hit (self, at.x, at.y);
  return at;
}

static void
update_cursor (TnCanvas *self)
{
  const char *name = NULL;

  if (self->tool != NULL)
    name = self->tool->cursor;
  else if (self->space_held)
    name = "grab";
  else if (self->hover.kind == TN_HIT_INPUT || self->hover.kind == TN_HIT_OUTPUT)
    name = "crosshair";
  else if (self->hover.kind == TN_HIT_BADGE || self->hover.kind == TN_HIT_MARK)
    name = "pointer";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static void
tool_forget (TnCanvas *self)
{
  const TnTool *tool = self->tool;
  gpointer state = self->tool_state;

  g_clear_handle_id (&self->autoscroll, g_source_remove);
  self->tool = NULL;
  self->tool_state = NULL;
  if (tool->clear != NULL)
    tool->clear (state);
  g_free (state);
  g_clear_pointer (&self->callout, g_free);
  update_cursor (self);
  tn_canvas_queue_overlay (self);
}

void
tn_canvas_tool_begin (TnCanvas *self, const TnTool *tool, gpointer state, const TnPointer *at)
{
  tn_canvas_tool_cancel (self);
  tn_canvas_hover_end (self);
  tn_canvas_arrange_end (self);
  self->tool = tool;
  self->tool_state = state != NULL ? state : g_malloc0 (tool->state_size);
  self->pointer = *at;
  tool->begin (self, self->tool_state, at);
  update_cursor (self);
  tn_canvas_queue_overlay (self);
}

static gboolean
autoscroll_cb (gpointer user_data)
{
  TnCanvas *self = user_data;
  const TnPointer *at = &self->pointer;
  double dx = 0, dy = 0;

  if (at->widget_x < EDGE)
    dx = EDGE_STEP;
  else if (at->widget_x > self->viewport.width - EDGE)
    dx = -EDGE_STEP;
  if (at->widget_y < EDGE)
    dy = EDGE_STEP;
  else if (at->widget_y > self->viewport.height - EDGE)
    dy = -EDGE_STEP;
  if (dx == 0 && dy == 0)
    {
      self->autoscroll = 0;
      return G_SOURCE_REMOVE;
    }
  tn_viewport_pan (&self->viewport, dx, dy);
  self->pointer = tn_canvas_pointer (self, at->widget_x, at->widget_y, at->state, at->button);
  self->tool->motion (self, self->tool_state, &self->pointer);
  tn_canvas_view_changed (self);
  return G_SOURCE_CONTINUE;
}

void
tn_canvas_tool_motion (TnCanvas *self, const TnPointer *at)
{
  g_return_if_fail (self->tool != NULL);

  self->pointer = *at;
  self->tool->motion (self, self->tool_state, at);
  if (self->autoscroll == 0 && self->tool != NULL && self->tool != &tn_tool_pan
      && (at->widget_x < EDGE || at->widget_y < EDGE || at->widget_x > self->viewport.width - EDGE
          || at->widget_y > self->viewport.height - EDGE))
    self->autoscroll = g_timeout_add (EDGE_INTERVAL, autoscroll_cb, self);
}

void
tn_canvas_tool_end (TnCanvas *self, const TnPointer *at)
{
  g_return_if_fail (self->tool != NULL);

  self->pointer = *at;
  if (self->tool->end != NULL)
    self->tool->end (self, self->tool_state, at);
  /* What it did may have made somebody cancel it. */
  if (self->tool != NULL)
    tool_forget (self);
}

gboolean
tn_canvas_tool_cancel (TnCanvas *self)
{
  if (self->tool == NULL)
    return FALSE;
  if (self->tool->cancel != NULL)
    self->tool->cancel (self, self->tool_state);
  tool_forget (self);
  return TRUE;
}

/* ---- buttons ---- */

static GdkModifierType
state_of (gpointer controller)
{
  return gtk_event_controller_get_current_event_state (controller);
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, TnCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  TnPointer at = tn_canvas_pointer (self, x, y, state_of (gesture), button);
  const TnTool *tool = NULL;

  if (tn_canvas_hover_takes (self, GTK_GESTURE (gesture), x, y))
    return;
  tn_canvas_hover_end (self);
  if (self->activated)
    return;
  tn_canvas_rename_end (self, TRUE);
  tool = tn_tool_for_press (self, &at);
  if (tool == NULL
      || (button == GDK_BUTTON_SECONDARY && tool != &tn_tool_cut && tool != &tn_tool_knot))
    return;
  if (!tn_canvas_has_keyboard (self))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  tn_canvas_tool_begin (self, tool, NULL, &at);
}

static gboolean
drag_point (GtkGestureDrag *gesture, TnCanvas *self, double dx, double dy, TnPointer *at)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  double x, y;

  /* The palette's gesture is none of ours. */
  if (self->tool == NULL || self->tool == &tn_tool_place
      || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return FALSE;
  *at = tn_canvas_pointer (self, x + dx, y + dy, state_of (gesture), button);
  return TRUE;
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, TnCanvas *self)
{
  TnPointer at;

  if (drag_point (gesture, self, dx, dy, &at))
    tn_canvas_tool_motion (self, &at);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, TnCanvas *self)
{
  TnPointer at;

  self->activated = FALSE;
  if (!drag_point (gesture, self, dx, dy, &at))
    return;
  tn_canvas_tool_end (self, &at);
  /* The keyboard goes on from what was clicked. */
  if (self->cursor != TN_NODE_NONE && tn_document_is_selected (self->document, self->cursor))
    tn_canvas_focus_cursor (self);
}

static void
drag_cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, TnCanvas *self)
{
  self->activated = FALSE;
  if (self->tool != &tn_tool_place)
    tn_canvas_tool_cancel (self);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, TnCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  TnPointer at = tn_canvas_pointer (self, x, y, state_of (gesture), button);

  if (tn_canvas_hover_takes (self, GTK_GESTURE (gesture), x, y))
    return;
  /* With Ctrl it may be the knife, with Shift it may be knots. */
  if (button == GDK_BUTTON_SECONDARY && n_press == 1
      && !(at.state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)))
    {
      tn_canvas_tool_cancel (self);
      tn_canvas_show_menu (self, &at.hit, x, y);
      return;
    }
  /* Two quick clicks with Shift or Ctrl are two changes of the selection. */
  if (button != GDK_BUTTON_PRIMARY || n_press != 2 || self->space_held || self->document == NULL
      || (at.state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)))
    return;
  if (at.hit.group > 0)
    {
      self->activated = TRUE;
      tn_canvas_tool_cancel (self);
      /* The first click on the sign has done it. */
      if (at.hit.kind != TN_HIT_MARK)
        tn_canvas_toggle_group (self, &at.hit);
    }
  else if (at.hit.kind == TN_HIT_NODE || at.hit.kind == TN_HIT_BADGE)
    {
      self->activated = TRUE;
      tn_canvas_tool_cancel (self);
      if (!tn_canvas_edit_remark (self, at.hit.node) && !tn_canvas_rename_at (self, &at))
        g_signal_emit_by_name (self, "activate-node", at.hit.node);
    }
  else if (tn_scene_dim_at (self->scene, at.x, at.y, &(TnRef){ 0 }, &(int){ 0 }))
    return; /* Each click on a number is one of its own. */
  else if (at.hit.kind == TN_HIT_WIRE)
    {
      self->activated = TRUE;
      tn_canvas_tool_cancel (self);
      tn_canvas_add_knot (self, &at.hit, at.x, at.y);
    }
  else if (at.hit.kind == TN_HIT_NOTHING)
    {
      self->activated = TRUE;
      tn_canvas_tool_cancel (self);
      tn_canvas_request_add (self, &(TnAddRequest){ .x = at.x, .y = at.y });
    }
}

/* A finger that rests has the second button's menu. */
static void
long_pressed_cb (GtkGestureLongPress *gesture, double x, double y, TnCanvas *self)
{
  TnPointer at = tn_canvas_pointer (self, x, y, state_of (gesture), GDK_BUTTON_PRIMARY);

  if (tn_canvas_hover_takes (self, GTK_GESTURE (gesture), x, y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  tn_canvas_tool_cancel (self);
  tn_canvas_show_menu (self, &at.hit, x, y);
}

/* ---- hover ---- */

static gboolean
same_hit (const TnHit *a, const TnHit *b)
{
  return a->kind == b->kind && a->node == b->node && a->group == b->group && a->call == b->call
         && a->slot == b->slot && tn_ref_equal (a->ref, b->ref);
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, TnCanvas *self)
{
  TnHit before = self->hover;

  if (self->tool != NULL)
    return;
  self->pointer_inside = TRUE;
  self->pointer = tn_canvas_pointer (self, x, y, state_of (controller), 0);
  if (tn_canvas_hover_motion (self, x, y))
    self->pointer.hit = (TnHit){ .kind = TN_HIT_NOTHING };
  self->hover = self->pointer.hit;
  if (same_hit (&before, &self->hover))
    return;
  update_cursor (self);
  tn_canvas_queue_overlay (self);
}

static void
leave_cb (GtkEventControllerMotion *controller, TnCanvas *self)
{
  self->pointer_inside = FALSE;
  tn_canvas_hover_leave (self);
  self->hover.kind = TN_HIT_NOTHING;
  tn_canvas_queue_overlay (self);
}

/* ---- wheel, touchpad, pinch ---- */

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, TnCanvas *self)
{
  const gboolean surface
      = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE;
  const GdkModifierType state = state_of (controller);
  const double step = surface ? 1 : WHEEL_STEP;

  if (state & GDK_CONTROL_MASK)
    {
      double x = self->viewport.width / 2, y = self->viewport.height / 2;

      if (self->pointer_inside)
        {
          x = self->pointer.widget_x;
          y = self->pointer.widget_y;
        }
      tn_canvas_zoom_at (self, pow (surface ? SURFACE_ZOOM : WHEEL_ZOOM, -dy), x, y);
      return TRUE;
    }
  /* X11 leaves the turning to us. */
  if ((state & GDK_SHIFT_MASK) && dx == 0)
    {
      dx = dy;
      dy = 0;
    }
  tn_viewport_pan (&self->viewport, -dx * step, -dy * step);
  tn_canvas_view_changed (self);
  if (self->tool != NULL)
    {
      TnPointer at = tn_canvas_pointer (self, self->pointer.widget_x, self->pointer.widget_y, state,
                                        self->pointer.button);

      tn_canvas_tool_motion (self, &at);
    }
  return TRUE;
}

static void
pinch_begin_cb (GtkGesture *gesture, GdkEventSequence *sequence, TnCanvas *self)
{
  tn_canvas_tool_cancel (self);
  self->pinch_scale = 1;
  gtk_gesture_get_bounding_box_center (gesture, &self->pinch_x, &self->pinch_y);
}

static void
pinch_cb (GtkGestureZoom *gesture, double scale, TnCanvas *self)
{
  double x = self->pinch_x, y = self->pinch_y;

  /* Two fingers also carry the paper. */
  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    {
      tn_viewport_pan (&self->viewport, x - self->pinch_x, y - self->pinch_y);
      self->pinch_x = x;
      self->pinch_y = y;
      tn_canvas_view_changed (self);
    }
  if (scale > 0 && self->pinch_scale > 0)
    tn_canvas_zoom_at (self, scale / self->pinch_scale, x, y);
  self->pinch_scale = scale;
}

/* ---- keys that are held ---- */

/* What a gesture does may depend on them: it learns of them without a motion. */
static void
modifier_changed (TnCanvas *self, guint keyval, gboolean down)
{
  GdkModifierType modifier = keyval == GDK_KEY_Shift_L || keyval == GDK_KEY_Shift_R ? GDK_SHIFT_MASK
                             : keyval == GDK_KEY_Alt_L || keyval == GDK_KEY_Alt_R   ? GDK_ALT_MASK
                                                                                    : 0;
  TnPointer at = self->pointer;

  if (self->tool == NULL || modifier == 0)
    return;
  at.state = down ? at.state | modifier : at.state & ~modifier;
  tn_canvas_tool_motion (self, &at);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode,
                GdkModifierType state, TnCanvas *self)
{
  modifier_changed (self, keyval, TRUE);
  if (keyval == GDK_KEY_space && (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0)
    {
      self->space_held = TRUE;
      update_cursor (self);
      return TRUE;
    }
  return FALSE;
}

static void
key_released_cb (GtkEventControllerKey *controller, guint keyval, guint keycode,
                 GdkModifierType state, TnCanvas *self)
{
  modifier_changed (self, keyval, FALSE);
  if (keyval != GDK_KEY_space)
    return;
  self->space_held = FALSE;
  update_cursor (self);
}

static void
focus_left_cb (GtkEventControllerFocus *controller, TnCanvas *self)
{
  self->space_held = FALSE;
  self->nudge_merge = 0;
  tn_canvas_queue_overlay (self);
}

static void
focus_entered_cb (GtkEventControllerFocus *controller, TnCanvas *self)
{
  tn_canvas_queue_overlay (self);
}

/* A press whose release another window got (a menu that opened under it) would stay in its gesture
 * for ever, and the gesture would keep the canvas. */
static void
unmapped_cb (GtkWidget *widget, gpointer data)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      gtk_event_controller_reset (controller);
    }
}

void
tn_canvas_input_init (TnCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *controller;
  GtkGesture *gesture;

  g_signal_connect (widget, "unmap", G_CALLBACK (unmapped_cb), NULL);
  /* The click first: it decides whether a press is the second of a double click. GTK runs the
   * controller that was added last first. */
  gesture = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), 0);
  g_signal_connect (gesture, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (gesture, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (gesture, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (gesture, "cancel", G_CALLBACK (drag_cancel_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));

  gesture = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), 0);
  g_signal_connect (gesture, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));

  gesture = gtk_gesture_long_press_new ();
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (gesture), TRUE);
  g_signal_connect (gesture, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));

  gesture = gtk_gesture_zoom_new ();
  g_signal_connect (gesture, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect (gesture, "scale-changed", G_CALLBACK (pinch_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));

  controller = gtk_event_controller_motion_new ();
  g_signal_connect (controller, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect (controller, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (controller, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (controller, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_key_new ();
  g_signal_connect (controller, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (controller, "key-released", G_CALLBACK (key_released_cb), self);
  gtk_widget_add_controller (widget, controller);

  tn_canvas_add_init (self);

  controller = gtk_event_controller_focus_new ();
  g_signal_connect (controller, "enter", G_CALLBACK (focus_entered_cb), self);
  g_signal_connect (controller, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (widget, controller);
}
