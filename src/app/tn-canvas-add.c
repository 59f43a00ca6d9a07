/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adding a layer or a block: asking for one at a place, where it goes and what it is wired to. */
#include <math.h>

#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"
#include "base/tn-i18n.h"

/* Between boxes that follow one another to the right: for the shape on the wire. */
#define LABEL_GAP 176

/* The layer whose output nobody uses, if there is but one. */
static TnNodeId
only_sink (const TnGraph *graph)
{
  TnNodeId sink = TN_NODE_NONE;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      guint n_uses;

      tn_graph_uses (graph, i, &n_uses);
      if (n_uses > 0 || tn_node_n_outputs (node) == 0)
        continue;
      if (sink != TN_NODE_NONE)
        return TN_NODE_NONE;
      sink = tn_node_id (node);
    }
  return sink;
}

/* Of what is selected all that gives something; with @sinks only what nobody uses yet. Of TnNodeId,
 * new array. */
static GArray *
selected_sources (TnCanvas *self, gboolean sinks)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const GArray *selection = tn_document_selection (self->document);
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; i < selection->len; i++)
    {
      TnNodeId id = g_array_index (selection, TnNodeId, i);
      int index = tn_graph_index (graph, id);
      guint n_uses = 0;

      if (index >= 0 && sinks)
        tn_graph_uses (graph, (guint)index, &n_uses);
      if (index >= 0 && n_uses == 0 && tn_node_n_outputs (tn_graph_node (graph, (guint)index)) > 0)
        g_array_append_val (sources, id);
    }
  return sources;
}

static guint
most_inputs (TnOffer offer)
{
  return offer.layer != NULL ? offer.layer->schema.max_inputs : 1;
}

/* What is to feed @offer: of TnNodeId, none where that cannot be told. New array. */
static GArray *
sources_for (TnCanvas *self, TnOffer offer, gboolean anything)
{
  GArray *sources = selected_sources (self, FALSE);

  /* Of a block that was just put in, what it gives. */
  if (sources->len > most_inputs (offer))
    {
      g_array_unref (sources);
      sources = selected_sources (self, TRUE);
    }
  if (sources->len == 0 && anything && tn_document_selection (self->document)->len == 0)
    {
      TnNodeId sink = only_sink (tn_canvas_graph (self));

      if (sink != TN_NODE_NONE)
        g_array_append_val (sources, sink);
    }
  if (sources->len > most_inputs (offer))
    g_array_set_size (sources, 0);
  return sources;
}

static gboolean
is_taken (TnCanvas *self, double x, double y)
{
  const double width = self->style->box_width, height = self->style->box_height;
  TnRect box = { x - width / 2, y - height / 2, width, height };
  g_autoptr (GArray) taken = tn_scene_nodes_in (self->scene, box, FALSE);

  return taken->len > 0;
}

/* Beside what is in the way. */
static void
find_room (TnCanvas *self, double *x, double *y)
{
  const gboolean down = tn_graph_direction (tn_canvas_graph (self)) == TN_DIRECTION_DOWN;

  for (guint i = 0; i < 64 && is_taken (self, *x, *y); i++)
    if (down)
      *x += self->style->box_width + 3 * TN_CANVAS_GRID;
    else
      *y += self->style->box_height + 3 * TN_CANVAS_GRID;
}

/* Behind all of them, in the middle. */
static void
place_behind (TnCanvas *self, const GArray *sources, double *x, double *y)
{
  const TnGraph *graph = tn_canvas_graph (self);

  for (guint i = 0; i < sources->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (sources, TnNodeId, i));
      double next_x = tn_node_x (node), next_y = tn_node_y (node);

      if (tn_graph_direction (graph) == TN_DIRECTION_DOWN)
        {
          next_y += self->style->box_height + self->style->row_gap;
          *x = (i == 0 ? 0 : *x) + next_x / sources->len;
          *y = i == 0 ? next_y : MAX (*y, next_y);
        }
      else
        {
          next_x += self->style->box_width + LABEL_GAP;
          *x = i == 0 ? next_x : MAX (*x, next_x);
          *y = (i == 0 ? 0 : *y) + next_y / sources->len;
        }
    }
}

static double
snap (double position)
{
  return round (position / TN_CANVAS_GRID) * TN_CANVAS_GRID;
}

static gboolean
put_block (TnCanvas *self, TnOffer offer, const TnSpot *spot, TnEditArgs *args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) block = tn_block_read (offer.block, &error);
  g_autoptr (TnGraph) fitted = NULL;

  if (block == NULL)
    {
      tn_canvas_refuse (self, error->message);
      return FALSE;
    }
  fitted = tn_block_fit_spot (block, spot);
  if (fitted == NULL)
    {
      const TnShape shape = tn_spot_shape (spot);
      g_autofree char *text = tn_shape_to_text (&shape);
      g_autofree char *reason
          = g_strdup_printf (_ ("There is no such block for tensors like %s."), text);

      tn_canvas_refuse (self, reason);
      return FALSE;
    }
  args->graph = fitted;
  args->text = tn_offer_label (offer);
  return tn_canvas_apply (self, &tn_edit_block, args);
}

/* Adds it; of several @sources all of them feed it. */
static gboolean
put (TnCanvas *self, TnOffer offer, const TnSpot *spot, const GArray *sources, double x, double y)
{
  TnNodeId created = TN_NODE_NONE;
  TnProspect prospect = { .input = tn_shape_none () };
  TnEditArgs args = { .x = snap (x),
                      .y = snap (y),
                      .ref = spot->from,
                      .node = spot->to,
                      .call = spot->call,
                      .slot = spot->slot,
                      .created = &created };
  gboolean done;

  if (offer.block != NULL)
    done = put_block (self, offer, spot, &args);
  else
    {
      if (tn_prospect_layer (spot, offer.layer, &prospect))
        tn_prospect_clear (&prospect);
      if (sources != NULL && sources->len > 1)
        {
          args.ref = (TnRef){ 0 };
          args.nodes = (const TnNodeId *)(gpointer)sources->data;
          args.n_nodes = sources->len;
        }
      args.schema = &offer.layer->schema;
      args.shape = tn_shape_is_some (&prospect.input) ? &prospect.input : NULL;
      done = tn_canvas_apply (self, &tn_edit_attach, &args);
    }
  if (!done)
    return FALSE;
  self->cursor = created;
  tn_canvas_sync (self);
  tn_canvas_reveal (self, created);
  return TRUE;
}

/* The facts of the document as it is now. New reference. */
static TnFacts *
present_facts (TnCanvas *self)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const TnFacts *known = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;

  if (known != NULL && tn_facts_whole (known) == graph)
    return tn_facts_ref (known);
  return tn_infer (graph, known, NULL);
}

gboolean
tn_canvas_add (TnCanvas *self, TnOffer offer)
{
  g_autoptr (GArray) sources = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnSpot spot = { .to = TN_NODE_NONE };
  double x, y;

  g_return_val_if_fail (TN_IS_CANVAS (self), FALSE);

  if (self->document == NULL)
    return FALSE;
  tn_canvas_sync (self);
  spot.facts = facts = present_facts (self);
  sources = sources_for (self, offer, TRUE);
  if (sources->len > 0)
    spot.from.node = g_array_index (sources, TnNodeId, 0);
  tn_canvas_middle (self, &x, &y);
  place_behind (self, sources, &x, &y);
  find_room (self, &x, &y);
  return put (self, offer, &spot, sources, x, y);
}

/* ---- at a place ---- */

TnSpot
tn_canvas_spot (TnCanvas *self, const TnAddRequest *request, TnFacts **facts)
{
  TnSpot spot
      = { .from = request->from, .to = request->to, .call = request->call, .slot = request->slot };

  g_return_val_if_fail (self->document != NULL, spot);
  spot.facts = *facts = present_facts (self);
  if (spot.from.node == TN_NODE_NONE && spot.to == TN_NODE_NONE)
    {
      g_autoptr (GArray) sources = selected_sources (self, FALSE);

      if (sources->len > 1)
        {
          g_array_unref (sources);
          sources = selected_sources (self, TRUE);
        }
      if (sources->len == 1)
        spot.from.node = g_array_index (sources, TnNodeId, 0);
    }
  return spot;
}

/* Half a box along the flow. */
static void
shift (TnCanvas *self, double by, double *x, double *y)
{
  if (tn_graph_direction (tn_canvas_graph (self)) == TN_DIRECTION_DOWN)
    *y += by * self->style->box_height / 2;
  else
    *x += by * self->style->box_width / 2;
}

gboolean
tn_canvas_add_at (TnCanvas *self, TnOffer offer, const TnAddRequest *request)
{
  const gboolean free_hand = request->from.node == TN_NODE_NONE && request->to == TN_NODE_NONE;
  g_autoptr (GArray) sources = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnProspect prospect;
  TnSpot spot;
  double x = request->x, y = request->y;

  g_return_val_if_fail (TN_IS_CANVAS (self), FALSE);

  if (self->document == NULL)
    return FALSE;
  tn_canvas_sync (self);
  spot = tn_canvas_spot (self, request, &facts);
  /* The end of the wire that was dropped is where its port comes to be. */
  if (!free_hand && request->to == TN_NODE_NONE)
    shift (self, 1, &x, &y);
  else if (!free_hand && request->from.node == TN_NODE_NONE)
    shift (self, -1, &x, &y);
  if (free_hand)
    {
      sources = sources_for (self, offer, FALSE);
      spot.from.node = sources->len > 0 ? g_array_index (sources, TnNodeId, 0) : TN_NODE_NONE;
      /* What is selected is taken only where that makes sense. */
      if (sources->len == 1
          && (!tn_offer_prospect (offer, &spot, &prospect) || prospect.kind == TN_PROSPECT_REFUSES))
        {
          spot.from = (TnRef){ 0 };
          g_array_set_size (sources, 0);
        }
      if (sources->len > 0 && (request->behind || is_taken (self, x, y)))
        place_behind (self, sources, &x, &y);
    }
  if (request->to == TN_NODE_NONE || request->from.node == TN_NODE_NONE)
    find_room (self, &x, &y);
  return put (self, offer, &spot, sources, x, y);
}

gboolean
tn_canvas_put_block (TnCanvas *self, TnOffer offer, const TnAddRequest *request)
{
  g_autoptr (TnFacts) facts = present_facts (self);
  const TnSpot spot = { .facts = facts,
                        .from = request->from,
                        .to = request->to,
                        .call = request->call,
                        .slot = request->slot };
  TnEditArgs args = { .x = request->x,
                      .y = request->y,
                      .ref = request->from,
                      .node = request->to,
                      .call = request->call,
                      .slot = request->slot };

  return put_block (self, offer, &spot, &args);
}

/* ---- asking for it ---- */

void
tn_canvas_request_add (TnCanvas *self, const TnAddRequest *request)
{
  if (self->document != NULL)
    g_signal_emit_by_name (self, "add-requested", request);
}

/* Where the pointer is now: a popover that was closed leaves no motion behind. FALSE when it is not
 * over the canvas. */
static gboolean
find_pointer (TnCanvas *self, double *x, double *y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;
  GdkSeat *seat = gdk_display_get_default_seat (gtk_widget_get_display (widget));
  double surface_x, surface_y, native_x, native_y;

  if (surface == NULL || seat == NULL || gdk_seat_get_pointer (seat) == NULL
      || !gdk_surface_get_device_position (surface, gdk_seat_get_pointer (seat), &surface_x,
                                           &surface_y, NULL))
    return FALSE;
  gtk_native_get_surface_transform (native, &native_x, &native_y);
  if (!gtk_widget_translate_coordinates (GTK_WIDGET (native), widget, surface_x - native_x,
                                         surface_y - native_y, x, y)
      || !gtk_widget_contains (widget, *x, *y))
    return FALSE;
  tn_viewport_to_document (&self->viewport, *x, *y, x, y);
  return TRUE;
}

/* Where the pointer is, or else the middle of what is seen. Who types one layer after the other
 * with the pointer at rest has chosen a place for the first one only. */
static void
add_here (TnCanvas *self, const char *text)
{
  TnAddRequest request = { .text = text };
  double x, y;

  if (!find_pointer (self, &request.x, &request.y))
    tn_canvas_middle (self, &request.x, &request.y);
  tn_viewport_to_widget (&self->viewport, request.x, request.y, &x, &y);
  request.behind = text != NULL && hypot (x - self->asked_x, y - self->asked_y) < 2;
  self->asked_x = x;
  self->asked_y = y;
  tn_canvas_request_add (self, &request);
}

static void
add_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document != NULL)
    add_here (self, NULL);
}

typedef struct
{
  TnCanvas *canvas;
  TnAddRequest request;
} Later;

static void
request_later_cb (gpointer user_data)
{
  Later *later = user_data;

  tn_canvas_request_add (later->canvas, &later->request);
  g_object_unref (later->canvas);
  g_free (later);
}

static void
add_there_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  Later *later = g_new0 (Later, 1);
  TnAddRequest *request = &later->request;
  guint32 call, output;

  later->canvas = g_object_ref (TN_CANVAS (widget));
  g_variant_get (parameter, "(dduuuuuu)", &request->x, &request->y, &request->from.node, &call,
                 &output, &request->to, &request->call, &request->slot);
  request->from.call = (guint16)call;
  request->from.output = (guint16)output;
  /* When the menu, which it was chosen from, has gone: it would take the keyboard along. */
  g_idle_add_once (request_later_cb, later);
}

void
tn_canvas_append_add_item (TnCanvas *self, const TnHit *hit, double x, double y, GMenu *section)
{
  const TnNode *node = tn_graph_find (tn_canvas_graph (self), hit->node);
  const char *label = _ ("_Add Layer…");
  g_autoptr (GMenuItem) item = NULL;
  TnHit ends = { 0 };

  if (hit->kind == TN_HIT_WIRE)
    {
      ends = *hit;
      label = _ ("_Insert Layer…");
    }
  else if (hit->kind == TN_HIT_INPUT)
    {
      ends = *hit;
      ends.ref = (TnRef){ 0 };
      label = _ ("_Add Layer Before…");
    }
  else if (hit->kind != TN_HIT_NOTHING)
    {
      if (node == NULL || tn_node_n_outputs (node) == 0)
        return;
      ends.ref = hit->kind == TN_HIT_OUTPUT ? hit->ref : (TnRef){ hit->node, 0, 0 };
      label = _ ("_Add Layer Behind…");
      /* Where it would go by itself. */
      x = tn_node_x (node);
      y = tn_node_y (node);
      shift (self, tn_graph_direction (tn_canvas_graph (self)) == TN_DIRECTION_DOWN ? 2 : 2.5, &x,
             &y);
    }
  item = g_menu_item_new (label, NULL);
  g_menu_item_set_action_and_target (
      item, "canvas.add-there", "(dduuuuuu)", x, y, ends.ref.node, (guint32)ends.ref.call,
      (guint32)ends.ref.output,
      hit->kind == TN_HIT_WIRE || hit->kind == TN_HIT_INPUT ? ends.node : TN_NODE_NONE, ends.call,
      ends.slot);
  g_menu_append_item (section, item);
}

/* ---- just typing ---- */

/* Does the key do something already, here or in the window? */
static gboolean
is_bound (GtkWidget *widget, GdkEvent *event)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);

          if (gtk_shortcut_trigger_trigger (gtk_shortcut_get_trigger (shortcut), event, FALSE)
              == GDK_KEY_MATCH_EXACT)
            return TRUE;
        }
    }
  return FALSE;
}

/* A letter begins a search, where it is no command. */
static gboolean
typed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state,
          TnCanvas *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));
  const GdkModifierType commands
      = GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_META_MASK | GDK_HYPER_MASK;
  gunichar letter = gdk_keyval_to_unicode (keyval);
  char text[8] = { 0 };

  if ((state & commands) || !g_unichar_isalpha (letter) || self->document == NULL
      || self->tool != NULL
      || (!gtk_widget_has_focus (GTK_WIDGET (self))
          && !TN_IS_CANVAS_PROXY (gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))))))
    return GDK_EVENT_PROPAGATE;
  /* Commands of a letter are about what is selected. */
  if (((state & GDK_SHIFT_MASK) || tn_document_selection (self->document)->len > 0)
      && (is_bound (GTK_WIDGET (self), event)
          || is_bound (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), event)))
    return GDK_EVENT_PROPAGATE;
  text[g_unichar_to_utf8 (letter, text)] = '\0';
  add_here (self, text);
  return GDK_EVENT_STOP;
}

void
tn_canvas_add_init (TnCanvas *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  /* Before the commands, which would take their letters whether they can do anything or not. */
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "key-pressed", G_CALLBACK (typed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

void
tn_canvas_add_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.add", NULL, add_cb);
  gtk_widget_class_install_action (class, "canvas.add-there", "(dduuuuuu)", add_there_cb);
  gtk_widget_class_add_binding_action (class, GDK_KEY_a, GDK_SHIFT_MASK, "canvas.add", NULL);
}
