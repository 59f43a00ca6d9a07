/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The card that opens beside the thing under the pointer: when it comes, where it stands, when it
 * goes. */
#include <math.h>
#include <string.h>

#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"
#include "app/tn-card.h"
#include "base/tn-i18n.h"
#include "graph/tn-active.h"

/* Milliseconds for which the pointer rests, as for any tooltip; and when one was just shown. */
#define DELAY        500
#define BROWSE_DELAY 60
#define BROWSE_TIME  (500 * 1000)
/* Between the card and what it is about, and the canvas's edges. */
#define GAP    10
#define MARGIN 6
/* Buttons lie over the canvas's lower edge. */
#define OSD_HEIGHT 52
/* Smaller it is no use. */
#define LEAST_WIDTH  180
#define LEAST_HEIGHT 96
/* Of what is too large to stand beside: about the pointer. */
#define SPOT 12

/* What a card can be about: a hit, and on a shape label which tensor and which number of it. */
typedef struct
{
  TnHit hit;
  gboolean is_label;
  TnRef ref;
  int axis;
  TnRect label; /* document units */
} Thing;

struct _TnCanvasCard
{
  /* borrowed */
  GtkWidget *widget; /* a child of the canvas, or NULL */

  /* state */
  Thing thing;
  double x, y;           /* where the pointer was when it came */
  double seen_x, seen_y; /* and where it was last */
  TnRect about, place;
  guint timeout;
  gint64 closed; /* when it last went */
  gboolean shown;
  gboolean pinned;
  gboolean by_key;
};

/* ---- what it is about ---- */

static Thing
thing_at (TnCanvas *self, double widget_x, double widget_y)
{
  TnPointer at = tn_canvas_pointer (self, widget_x, widget_y, 0, 0);
  Thing thing = { .hit = at.hit, .axis = -1 };

  if (self->scene == NULL || (at.hit.kind != TN_HIT_WIRE && at.hit.kind != TN_HIT_NOTHING)
      || !tn_scene_label_at (self->scene, at.x, at.y, &thing.ref, &thing.label))
    return thing;
  thing.is_label = TRUE;
  if (thing.hit.kind == TN_HIT_NOTHING || !tn_ref_equal (thing.hit.ref, thing.ref))
    thing.hit = (TnHit){ .kind = TN_HIT_OUTPUT, .ref = thing.ref };
  tn_scene_dim_at (self->scene, at.x, at.y, &thing.ref, &thing.axis);
  return thing;
}

static gboolean
same_thing (const Thing *a, const Thing *b)
{
  /* A layer's sign is on the layer. */
  gboolean same_kind = a->hit.kind == b->hit.kind
                       || (a->hit.kind == TN_HIT_NODE && b->hit.kind == TN_HIT_BADGE)
                       || (a->hit.kind == TN_HIT_BADGE && b->hit.kind == TN_HIT_NODE);

  return same_kind && a->hit.node == b->hit.node && a->hit.group == b->hit.group
         && a->hit.call == b->hit.call && a->hit.slot == b->hit.slot
         && tn_ref_equal (a->hit.ref, b->hit.ref) && a->is_label == b->is_label
         && a->axis == b->axis;
}

/* Where it is, in document units. FALSE when it is gone, or has no place of its own. */
static gboolean
find_thing (TnCanvas *self, const Thing *thing, TnRect *box)
{
  const TnGroup *group;
  TnNodeId node = thing->hit.kind == TN_HIT_OUTPUT ? thing->hit.ref.node : thing->hit.node;

  if (thing->is_label)
    {
      /* Where the label is now, should its number still be on it. */
      *box = thing->label;
      return tn_graph_index (tn_scene_graph (self->scene), thing->ref.node) >= 0;
    }
  switch (thing->hit.kind)
    {
    case TN_HIT_NODE:
    case TN_HIT_BADGE:
    case TN_HIT_MARK:
      group = thing->hit.group > 0 ? tn_scene_hit_group (self->scene, &thing->hit) : NULL;
      if (group != NULL)
        return !tn_group_is_open (group) && tn_scene_group_box (self->scene, group, box);
      return tn_scene_node_box (self->scene, node, box);
    case TN_HIT_INPUT:
    case TN_HIT_OUTPUT:
      return tn_scene_node_box (self->scene, node, box);
    case TN_HIT_WIRE:
    case TN_HIT_FRAME:
    case TN_HIT_NOTHING:
      return FALSE;
    }
  return FALSE;
}

/* The tensor whose numbers the card shows. */
static TnRef
tensor_of (TnCanvas *self, const Thing *thing)
{
  const TnNode *node = tn_graph_find (tn_canvas_graph (self), thing->hit.node);
  const TnHit *hit = &thing->hit;

  if (thing->is_label)
    return thing->ref;
  switch (hit->kind)
    {
    case TN_HIT_NODE:
    case TN_HIT_BADGE:
      if (hit->group == 0 && node != NULL && !tn_node_is_mark (node)
          && tn_node_n_outputs (node) > 0)
        return (TnRef){ .node = hit->node };
      break;
    case TN_HIT_INPUT:
      if (node != NULL && hit->call < tn_node_n_calls (node)
          && hit->slot < tn_node_n_inputs (node, hit->call))
        return tn_node_input (node, hit->call, hit->slot);
      break;
    case TN_HIT_OUTPUT:
    case TN_HIT_WIRE:
      return hit->ref;
    case TN_HIT_MARK:
    case TN_HIT_FRAME:
    case TN_HIT_NOTHING:
      break;
    }
  return (TnRef){ .node = TN_NODE_NONE };
}

/* The card shows a shape number by number: it need not be written as well. */
static gboolean
is_shape (TnCanvas *self, TnRef ref, const char *text)
{
  TnShape shape = tn_shape_none ();
  g_autofree char *shape_text = NULL;

  if (self->facts != NULL && ref.node != TN_NODE_NONE)
    shape = tn_facts_seen_shape (self->facts, ref, NULL);
  if (!tn_shape_is_some (&shape))
    return FALSE;
  shape_text = tn_shape_to_text (&shape);
  return g_strcmp0 (text, shape_text) == 0;
}

/* FALSE: there is nothing to say. */
static gboolean
fill (TnCanvas *self, const Thing *thing)
{
  const TnHit *hit = &thing->hit;
  const TnNode *node = tn_graph_find (tn_canvas_graph (self), hit->node);
  gboolean is_layer = (hit->kind == TN_HIT_NODE || hit->kind == TN_HIT_BADGE) && hit->group == 0;
  const TnAdvice *advice = self->engine != NULL ? tn_engine_advice (self->engine) : NULL;
  g_autofree char *text = NULL, *about = NULL;
  TnCardAbout card = { .ref = tensor_of (self, thing), .axis = thing->axis };
  char *rest;

  if (is_layer && (node == NULL || tn_node_is_mark (node)))
    return FALSE;
  if (is_layer)
    {
      about = tn_canvas_node_about (self, node);
      card.title = tn_node_name (node);
      card.body = about;
      card.node = hit->node;
    }
  else
    {
      text = tn_canvas_tip (self, hit);
      if (text == NULL || text[0] == '\0')
        return FALSE;
      rest = strchr (text, '\n');
      if (rest != NULL)
        *rest++ = '\0';
      card.title = text;
      card.body = is_shape (self, card.ref, rest) ? NULL : rest;
    }
  tn_card_show (TN_CARD (self->card->widget), self->facts, advice, &card);
  return TRUE;
}

/* ---- where it stands ---- */

static gboolean
holds (TnRect rect, double x, double y)
{
  return x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
}

/* Beside @about, in the order right, left, below, above, where there is room for all of it; else
 * where there is most. FALSE: nowhere. */
static gboolean
find_place (TnCanvas *self, TnRect about, TnRect *place)
{
  TnCard *card = TN_CARD (self->card->widget);
  const double width = self->viewport.width - 2 * MARGIN;
  const double height = self->viewport.height - MARGIN - OSD_HEIGHT;
  const double right = about.x + about.width + GAP, below = about.y + about.height + GAP;
  const double rooms[4][2] = { { MARGIN + width - right, height },
                               { about.x - GAP - MARGIN, height },
                               { width, MARGIN + height - below },
                               { width, about.y - GAP - MARGIN } };
  double best = 0;
  int least, natural;

  gtk_widget_measure (self->card->widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural, NULL,
                      NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      double own_width = MIN (natural, floor (rooms[i][0]));
      double own_height, share;
      TnRect here;

      if (own_width < MAX (LEAST_WIDTH, least) || rooms[i][1] < LEAST_HEIGHT)
        continue;
      own_height = tn_card_height (card, (int)own_width, (int)rooms[i][1]);
      here = (TnRect){ .width = own_width, .height = own_height };
      here.x = i == 0 ? right : i == 1 ? about.x - GAP - own_width : about.x;
      here.y = i == 2 ? below : i == 3 ? about.y - GAP - own_height : about.y;
      here.x = CLAMP (here.x, MARGIN, MAX (MARGIN, MARGIN + width - own_width));
      here.y = CLAMP (here.y, MARGIN, MAX (MARGIN, MARGIN + height - own_height));
      /* Shorter than its room it is whole. */
      if (own_width >= natural && own_height < rooms[i][1])
        {
          *place = here;
          return TRUE;
        }
      share = own_width * own_height;
      if (share > best)
        {
          best = share;
          *place = here;
        }
    }
  if (best > 0)
    tn_card_height (card, (int)place->width, (int)place->height);
  return best > 0;
}

void
tn_canvas_hover_allocate (TnCanvas *self)
{
  TnCanvasCard *card = self->card;
  TnRect spot = { card->x - SPOT, card->y - SPOT, 2 * SPOT, 2 * SPOT };
  TnRect box;

  if (!card->shown)
    return;
  card->about = spot;
  if (self->scene != NULL && find_thing (self, &card->thing, &box))
    card->about = tn_viewport_rect_to_widget (&self->viewport, box);
  if (!find_place (self, card->about, &card->place))
    {
      /* It fills the view: beside the pointer, then; by the keyboard, at the upper edge. */
      card->about = spot;
      if (!find_place (self, spot, &card->place))
        card->place = (TnRect){ MARGIN, MARGIN, LEAST_WIDTH, LEAST_HEIGHT };
    }
  gtk_widget_size_allocate (card->widget,
                            &(GtkAllocation){ (int)card->place.x, (int)card->place.y,
                                              (int)card->place.width, (int)card->place.height },
                            -1);
}

void
tn_canvas_hover_snapshot (TnCanvas *self, GtkSnapshot *snapshot)
{
  if (self->card->shown)
    gtk_widget_snapshot_child (GTK_WIDGET (self), self->card->widget, snapshot);
}

/* The way from what it is about to the card: who is on it does not leave. */
static gboolean
on_the_way (const TnCanvasCard *card, double x, double y)
{
  const TnRect a = card->about, b = card->place;
  TnRect way;

  if (b.x >= a.x + a.width || b.x + b.width <= a.x)
    {
      const double from = MIN (a.x + a.width, b.x + b.width);

      way = (TnRect){ from - 1, MIN (a.y, b.y), MAX (a.x, b.x) - from + 2, 0 };
      way.height = MAX (a.y + a.height, b.y + b.height) - way.y;
    }
  else
    {
      const double from = MIN (a.y + a.height, b.y + b.height);

      way = (TnRect){ MIN (a.x, b.x), from - 1, 0, MAX (a.y, b.y) - from + 2 };
      way.width = MAX (a.x + a.width, b.x + b.width) - way.x;
    }
  return holds (way, x, y);
}

/* ---- when it comes and goes ---- */

static void
pinned_cb (TnCard *widget, gboolean pinned, TnCanvas *self)
{
  self->card->pinned = pinned;
}

static gboolean
card_key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             TnCanvas *self)
{
  const gboolean back = key == GDK_KEY_ISO_Left_Tab || (state & GDK_SHIFT_MASK);
  GtkWidget *widget = self->card->widget;

  if (key == GDK_KEY_Escape)
    {
      tn_canvas_hover_close (self);
      return GDK_EVENT_STOP;
    }
  if (key == GDK_KEY_Tab || key == GDK_KEY_ISO_Left_Tab)
    {
      /* Round and round, until Escape. */
      if (!gtk_widget_child_focus (widget, back ? GTK_DIR_TAB_BACKWARD : GTK_DIR_TAB_FORWARD))
        tn_card_focus (TN_CARD (widget));
      return GDK_EVENT_STOP;
    }
  /* Commands of the canvas are not about the card. */
  return (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0
         && !(key >= GDK_KEY_F1 && key <= GDK_KEY_F35);
}

static gboolean
card_scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer unused)
{
  return GDK_EVENT_STOP;
}

static void
make_widget (TnCanvas *self)
{
  GtkWidget *widget = tn_card_new ();
  GtkEventController *controller;

  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (controller, "scroll", G_CALLBACK (card_scroll_cb), NULL);
  gtk_widget_add_controller (widget, controller);
  controller = gtk_event_controller_key_new ();
  g_signal_connect (controller, "key-pressed", G_CALLBACK (card_key_cb), self);
  gtk_widget_add_controller (widget, controller);
  g_signal_connect (widget, "pinned", G_CALLBACK (pinned_cb), self);
  gtk_widget_set_visible (widget, FALSE);
  gtk_widget_set_parent (widget, GTK_WIDGET (self));
  self->card->widget = widget;
}

static void
show (TnCanvas *self, const Thing *thing, double x, double y, gboolean by_key)
{
  TnCanvasCard *card = self->card;

  g_clear_handle_id (&card->timeout, g_source_remove);
  if (card->widget == NULL)
    make_widget (self);
  if (!fill (self, thing))
    return;
  card->thing = *thing;
  card->x = x;
  card->y = y;
  card->by_key = by_key;
  card->shown = TRUE;
  tn_card_set_pinned (TN_CARD (card->widget), FALSE);
  gtk_widget_set_visible (card->widget, TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (by_key)
    tn_card_focus (TN_CARD (card->widget));
}

gboolean
tn_canvas_hover_close (TnCanvas *self)
{
  TnCanvasCard *card = self->card;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  g_clear_handle_id (&card->timeout, g_source_remove);
  if (!card->shown)
    return FALSE;
  card->shown = FALSE;
  card->pinned = FALSE;
  card->closed = g_get_monotonic_time ();
  /* The keyboard goes on from the layer. */
  if (focus != NULL && gtk_widget_is_ancestor (focus, card->widget))
    tn_canvas_focus_cursor (self);
  gtk_widget_set_visible (card->widget, FALSE);
  tn_canvas_set_preview (self, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

void
tn_canvas_hover_leave (TnCanvas *self)
{
  g_clear_handle_id (&self->card->timeout, g_source_remove);
  if (!self->card->pinned && !self->card->by_key)
    tn_canvas_hover_close (self);
}

void
tn_canvas_hover_end (TnCanvas *self)
{
  g_clear_handle_id (&self->card->timeout, g_source_remove);
  if (!self->card->pinned)
    tn_canvas_hover_close (self);
}

static gboolean
rested_cb (gpointer user_data)
{
  TnCanvas *self = user_data;
  Thing thing;

  self->card->timeout = 0;
  if (self->tool != NULL || self->document == NULL || self->menu != NULL || self->rename != NULL
      || !self->pointer_inside || self->card->shown)
    return G_SOURCE_REMOVE;
  thing = thing_at (self, self->pointer.widget_x, self->pointer.widget_y);
  show (self, &thing, self->pointer.widget_x, self->pointer.widget_y, FALSE);
  return G_SOURCE_REMOVE;
}

gboolean
tn_canvas_hover_motion (TnCanvas *self, double x, double y)
{
  TnCanvasCard *card = self->card;
  /* GTK tells of a pointer that has not moved when what lies under it has. */
  const gboolean moved = x != card->seen_x || y != card->seen_y;
  Thing thing;

  card->seen_x = x;
  card->seen_y = y;
  if (!moved)
    return card->shown && holds (card->place, x, y);
  g_clear_handle_id (&card->timeout, g_source_remove);
  if (card->shown && holds (card->place, x, y))
    return TRUE;
  if (card->shown && (card->pinned || card->by_key || on_the_way (card, x, y)))
    return FALSE;
  thing = thing_at (self, x, y);
  if (card->shown && same_thing (&thing, &card->thing))
    return FALSE;
  tn_canvas_hover_close (self);
  if (thing.hit.kind != TN_HIT_NOTHING)
    card->timeout = g_timeout_add (
        g_get_monotonic_time () - card->closed < BROWSE_TIME ? BROWSE_DELAY : DELAY, rested_cb,
        self);
  return FALSE;
}

void
tn_canvas_hover_again (TnCanvas *self)
{
  TnCanvasCard *card = self->card;
  TnRect box;

  if (!card->shown)
    return;
  if (self->scene == NULL
      || (card->thing.hit.kind != TN_HIT_WIRE && card->thing.hit.kind != TN_HIT_FRAME
          && !find_thing (self, &card->thing, &box))
      || !fill (self, &card->thing))
    tn_canvas_hover_close (self);
  else
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}

gboolean
tn_canvas_hover_takes (TnCanvas *self, GtkGesture *gesture, double x, double y)
{
  if (!self->card->shown || !holds (self->card->place, x, y))
    return FALSE;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
  return TRUE;
}

GtkWidget *
tn_canvas_hover_card (TnCanvas *self, TnRect *about)
{
  if (!self->card->shown)
    return NULL;
  *about = self->card->about;
  return self->card->widget;
}

/* ---- keys and actions ---- */

static gboolean
key_cb (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        TnCanvas *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));

  g_clear_handle_id (&self->card->timeout, g_source_remove);
  if (!self->card->shown || (event != NULL && gdk_key_event_is_modifier (event))
      || (focus != NULL && gtk_widget_is_ancestor (focus, self->card->widget)))
    return GDK_EVENT_PROPAGATE;
  /* Escape is about the card alone, pinned or not. */
  if (key == GDK_KEY_Escape)
    return tn_canvas_hover_close (self);
  if (!self->card->pinned)
    tn_canvas_hover_close (self);
  return GDK_EVENT_PROPAGATE;
}

static void
card_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  Thing thing = { .hit = { .kind = TN_HIT_NODE, .node = self->cursor }, .axis = -1 };
  double x = self->viewport.width / 2, y = 0;

  tn_canvas_sync (self);
  if (self->document == NULL || self->scene == NULL)
    return;
  if (self->wire.kind == TN_HIT_WIRE)
    {
      double x0 = 0, y0 = 0, x1 = 0, y1 = 0;

      thing.hit = self->wire;
      tn_scene_output_port (self->scene, thing.hit.ref, &x0, &y0);
      tn_scene_input_port (self->scene, thing.hit.node, thing.hit.call, thing.hit.slot, &x1, &y1);
      tn_viewport_to_widget (&self->viewport, (x0 + x1) / 2, (y0 + y1) / 2, &x, &y);
    }
  else if (self->cursor == TN_NODE_NONE)
    return;
  else
    {
      const TnNode *node = tn_graph_find (tn_scene_graph (self->scene), self->cursor);
      const TnGroup *group = tn_scene_covering_group (self->scene, self->cursor, NULL);

      if (node == NULL)
        return;
      if (group != NULL)
        thing.hit.group = (guint)strlen (tn_group_name (group));
      tn_canvas_reveal (self, self->cursor);
    }
  tn_canvas_hover_close (self);
  show (self, &thing, x, y, TRUE);
}

static void
trace_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  guint32 node, call, output;
  gint32 axis;

  g_variant_get (parameter, "(uuui)", &node, &call, &output, &axis);
  tn_canvas_hover_close (self);
  tn_canvas_trace (self, (TnRef){ node, (guint16)call, (guint16)output }, axis);
}

void
tn_canvas_hover_init (TnCanvas *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  self->card = g_new0 (TnCanvasCard, 1);
  /* Before the commands, which use up their keys. */
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

void
tn_canvas_hover_free (TnCanvas *self)
{
  g_clear_handle_id (&self->card->timeout, g_source_remove);
  g_clear_pointer (&self->card, g_free);
}

void
tn_canvas_hover_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.card", NULL, card_cb);
  gtk_widget_class_install_action (class, "canvas.trace", "(uuui)", trace_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F1, GDK_CONTROL_MASK, "canvas.card", NULL);
}
