/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas keeps up with its document and with what is inferred of it. */
#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"
#include "app/tn-canvas-view.h"

/* Facts that lag for less than this (milliseconds) are not dimmed: it would only flicker. */
#define STALE_DELAY 150
/* Names can still be read. */
#define READABLE_ZOOM 0.5
/* With more changes than that everything is drawn again: finding the tiles would take longer. */
#define MOST_CHANGES 1000

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TnCanvas *self = TN_CANVAS (widget);

  tn_canvas_sync (self);
  if (self->proxies_outdated)
    {
      self->proxies_outdated = FALSE;
      tn_canvas_update_proxies (self);
      tn_canvas_hover_again (self);
    }
  if (self->tiles_incomplete)
    {
      self->tiles_incomplete = FALSE;
      gtk_widget_queue_draw (widget);
      return G_SOURCE_CONTINUE;
    }
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

/* Something is to be done before the next frame is drawn. */
void
tn_canvas_ensure_tick (TnCanvas *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

void
tn_canvas_outdate (TnCanvas *self)
{
  self->scene_outdated = TRUE;
  self->proxies_outdated = TRUE;
  tn_canvas_ensure_tick (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
wire_exists (const TnGraph *graph, const TnHit *wire)
{
  const TnNode *node = tn_graph_find (graph, wire->node);

  return node != NULL && wire->call < tn_node_n_calls (node)
         && wire->slot < tn_node_n_inputs (node, wire->call)
         && tn_ref_equal (tn_node_input (node, wire->call, wire->slot), wire->ref);
}

/* What was remembered of things that are gone. */
static void
forget_lost (TnCanvas *self)
{
  const TnGraph *graph = tn_scene_graph (self->scene);

  if (self->wire.kind == TN_HIT_WIRE && !wire_exists (graph, &self->wire))
    self->wire.kind = TN_HIT_NOTHING;
  if (tn_graph_index (graph, self->cursor) < 0)
    self->cursor = TN_NODE_NONE;
  else
    self->cursor = tn_canvas_shown_node (self, self->cursor);
  if (self->pointer_inside)
    self->hover = tn_canvas_hit (self, self->pointer.x, self->pointer.y);
  else
    self->hover.kind = TN_HIT_NOTHING;
}

/* What looks different in the new scene is to be drawn again, and nothing else. */
static void
damage_changes (TnCanvas *self, const GArray *changes)
{
  if (changes == NULL || changes->len > MOST_CHANGES)
    tn_tile_cache_damage_all (self->tiles);
  else
    for (guint i = 0; i < changes->len; i++)
      tn_tile_cache_damage (self->tiles, g_array_index (changes, TnRect, i));
}

void
tn_canvas_sync (TnCanvas *self)
{
  TnSceneOptions options = { .theme = self->theme,
                             .wires = self->wires,
                             .stale = self->show_stale,
                             .heat = self->heat,
                             .times = self->heat_times };
  g_autoptr (GArray) changes = NULL;
  g_autoptr (TnGraph) graph = NULL;
  const TnFacts *facts = NULL;

  if (!self->scene_outdated || self->document == NULL)
    return;
  self->scene_outdated = FALSE;

  graph = tn_canvas_arrange_graph (self, tn_document_graph (self->document));
  options.direction = tn_graph_direction (graph);
  g_clear_pointer (&self->facts, tn_facts_unref);
  if (self->engine != NULL)
    facts = tn_engine_facts (self->engine);
  if (facts != NULL)
    self->facts = tn_facts_ref (facts);
  /* The scene is its owner's alone while it becomes another. */
  tn_tile_cache_set_scene (self->tiles, NULL, self->style);
  self->scene = tn_scene_follow (self->scene, graph, facts, &options, &changes);
  tn_tile_cache_set_scene (self->tiles, self->scene, self->style);
  damage_changes (self, changes);
  forget_lost (self);
  g_signal_emit_by_name (self, "scene-changed");
}

static void
show_stale (TnCanvas *self, gboolean stale)
{
  if (self->show_stale == stale)
    return;
  self->show_stale = stale;
  tn_tile_cache_damage_all (self->tiles);
  tn_canvas_outdate (self);
}

static gboolean
stale_cb (gpointer user_data)
{
  TnCanvas *self = user_data;

  self->stale_timeout = 0;
  show_stale (self, self->engine != NULL && tn_engine_is_stale (self->engine));
  return G_SOURCE_REMOVE;
}

static void
update_stale (TnCanvas *self)
{
  gboolean stale = self->engine != NULL && tn_engine_is_stale (self->engine);

  if (!stale)
    {
      g_clear_handle_id (&self->stale_timeout, g_source_remove);
      show_stale (self, FALSE);
    }
  else if (self->stale_timeout == 0 && !self->show_stale)
    self->stale_timeout = g_timeout_add (STALE_DELAY, stale_cb, self);
}

static void
document_changed_cb (TnDocument *document, guint change, TnCanvas *self)
{
  const GArray *selection = tn_document_selection (document);

  if (change & (TN_CHANGE_GRAPH | TN_CHANGE_POSITIONS))
    {
      tn_canvas_arrange_end (self);
      self->fitted = FALSE;
      tn_canvas_hover_end (self);
      tn_canvas_outdate (self);
    }
  if (change & TN_CHANGE_GRAPH)
    {
      /* It was about the model as it was. */
      tn_canvas_set_preview (self, NULL);
      update_stale (self);
    }
  if (change & TN_CHANGE_SELECTION)
    {
      self->proxies_outdated = TRUE;
      tn_canvas_ensure_tick (self);
      if (selection->len > 0)
        self->wire.kind = TN_HIT_NOTHING;
      if (selection->len == 1)
        self->cursor = g_array_index (selection, TnNodeId, 0);
    }
  tn_canvas_queue_overlay (self);
}

static void
engine_facts_cb (TnEngine *engine, TnCanvas *self)
{
  tn_canvas_outdate (self);
  update_stale (self);
  tn_canvas_trace_again (self);
}

void
tn_canvas_set_document (TnCanvas *self, TnDocument *document, TnEngine *engine)
{
  g_return_if_fail (TN_IS_CANVAS (self));
  g_return_if_fail (document == NULL || TN_IS_DOCUMENT (document));

  if (self->document == document && self->engine == engine)
    return;
  tn_canvas_rename_end (self, FALSE);
  tn_canvas_hover_close (self);
  tn_canvas_tool_cancel (self);
  tn_canvas_trace_end (self);
  tn_canvas_arrange_end (self);
  tn_canvas_set_found (self, NULL);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_handle_id (&self->stale_timeout, g_source_remove);
  g_set_object (&self->document, document);
  g_set_object (&self->engine, engine);

  g_clear_pointer (&self->scene, tn_scene_unref);
  g_clear_pointer (&self->facts, tn_facts_unref);
  tn_tile_cache_flush (self->tiles);
  tn_tile_cache_set_scene (self->tiles, NULL, self->style);
  self->wire.kind = TN_HIT_NOTHING;
  self->hover.kind = TN_HIT_NOTHING;
  self->cursor = TN_NODE_NONE;
  self->nudge_merge = 0;
  self->show_stale = FALSE;
  self->fit_pending = TRUE;
  self->least_zoom = READABLE_ZOOM;
  if (document != NULL)
    g_signal_connect (document, "changed", G_CALLBACK (document_changed_cb), self);
  if (engine != NULL)
    {
      g_signal_connect (engine, "facts", G_CALLBACK (engine_facts_cb), self);
      g_signal_connect_swapped (engine, "advice", G_CALLBACK (tn_canvas_hover_again), self);
    }
  tn_canvas_outdate (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
