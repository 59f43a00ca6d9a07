/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The select tool: clicks select, drags move what is selected or pull a rubber band. */
#include <math.h>

#include "app/tn-canvas-edits.h"
#include "app/tn-outlook.h"
#include "base/tn-i18n.h"

/* Nobody means to put more layers than these into one wire. */
#define MOST_SPLICED 32

typedef enum
{
  SELECT_PRESSED_NODE, /* not yet beyond a click */
  SELECT_PRESSED_EMPTY,
  SELECT_MOVE,
  SELECT_BAND,
} TnSelectPhase;

typedef struct
{
  TnSelectPhase phase;
  TnHit press;
  double press_x, press_y;
  double press_widget_x, press_widget_y;
  gboolean toggling; /* Shift or Ctrl */
  gboolean deferred; /* Ctrl on what is selected: a click takes it out, a drag copies */

  double node_x, node_y;   /* of the layer pressed, at the beginning */
  double moved_x, moved_y; /* how far it has been moved */
  guint64 merge;
  GArray *nodes;     /* that move, or that were selected before the band */
  TnGraph *original; /* while copies are dragged: the model without them */
  gboolean wired;    /* the copies keep what feeds them */
  TnSnap snap;

  TnScene *below; /* without the layer that moves, to find the wire beneath it; or NULL */
  TnHit splice;   /* that wire */
  char *refusal;  /* why they would not go into it; NULL: they would */
  TnOutlook outlook;
  TnColor color; /* how well they would fit */
  TnRect band;
} TnSelect;

static gboolean
select_wants (TnCanvas *canvas, const TnPointer *at)
{
  return at->button == GDK_BUTTON_PRIMARY && canvas->document != NULL;
}

static GArray *
copy_selection (TnCanvas *canvas)
{
  const GArray *selection = tn_document_selection (canvas->document);
  GArray *copy = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  if (selection->len > 0)
    g_array_append_vals (copy, selection->data, selection->len);
  return copy;
}

/* Selects what is within a group; where all of it is selected already, with what else is. */
static void
select_frame (TnCanvas *canvas, const TnHit *hit, gboolean alone)
{
  const TnGroup *group = tn_scene_hit_group (canvas->scene, hit);
  const TnGraph *graph = tn_canvas_graph (canvas);
  g_autoptr (GArray) nodes = copy_selection (canvas);
  gboolean whole = TRUE;

  if (group == NULL)
    return;
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnNodeId id = tn_node_id (node);

      if (!tn_group_holds (group, tn_node_name (node)))
        continue;
      whole = whole && tn_document_is_selected (canvas->document, id);
      g_array_append_val (nodes, id);
    }
  if (!alone)
    tn_document_select (canvas->document, (const TnNodeId *)(gpointer)nodes->data, nodes->len);
  else if (!whole)
    tn_document_select_group (canvas->document, group);
}

static void
select_begin (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnSelect *select = state;

  select->press = at->hit;
  select->press_x = at->x;
  select->press_y = at->y;
  select->press_widget_x = at->widget_x;
  select->press_widget_y = at->widget_y;
  select->toggling = (at->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0;
  select->splice.kind = TN_HIT_NOTHING;
  tn_canvas_select_wire (canvas, NULL);

  if (at->hit.kind == TN_HIT_FRAME)
    {
      /* The title stands for all that is within. */
      select->phase = SELECT_PRESSED_NODE;
      select_frame (canvas, &at->hit, !select->toggling);
      canvas->cursor = at->hit.node;
    }
  else if (at->hit.kind == TN_HIT_NODE || at->hit.kind == TN_HIT_BADGE
           || at->hit.kind == TN_HIT_MARK)
    {
      select->phase = SELECT_PRESSED_NODE;
      if (at->hit.kind == TN_HIT_MARK)
        select_frame (canvas, &at->hit, TRUE);
      else if ((at->state & GDK_CONTROL_MASK)
               && tn_document_is_selected (canvas->document, at->hit.node))
        select->deferred = TRUE;
      else if (select->toggling)
        tn_document_select_one (canvas->document, at->hit.node, TRUE);
      else if (!tn_document_is_selected (canvas->document, at->hit.node))
        tn_document_select_one (canvas->document, at->hit.node, FALSE);
      canvas->cursor = at->hit.node;
    }
  else
    {
      select->phase = SELECT_PRESSED_EMPTY;
      if (!select->toggling)
        tn_document_select (canvas->document, NULL, 0);
    }
}

/* Layers that are wired to nothing but one another can be dropped onto a wire. */
static void
prepare_splice (TnCanvas *canvas, TnSelect *select)
{
  const TnGraph *graph = tn_canvas_graph (canvas);
  TnSceneOptions options
      = { .theme = canvas->theme, .wires = canvas->wires, .direction = tn_graph_direction (graph) };
  g_autoptr (GHashTable) moving = g_hash_table_new (NULL, NULL);
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnGraph) without = NULL;

  if (select->nodes->len > MOST_SPLICED)
    return;
  for (guint i = 0; i < select->nodes->len; i++)
    g_hash_table_add (moving, GUINT_TO_POINTER (g_array_index (select->nodes, TnNodeId, i)));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      gboolean moves = g_hash_table_contains (moving, GUINT_TO_POINTER (tn_node_id (node)));

      if (moves && (tn_node_is_source (node) || tn_node_n_outputs (node) == 0))
        return;
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            TnNodeId from = tn_node_input (node, call, slot).node;

            if (from != TN_NODE_NONE
                && g_hash_table_contains (moving, GUINT_TO_POINTER (from)) != moves)
              return;
          }
    }

  draft = tn_draft_new (graph);
  for (guint i = 0; i < select->nodes->len; i++)
    tn_draft_remove (draft, g_array_index (select->nodes, TnNodeId, i));
  without = tn_draft_finish (draft);
  select->below = tn_scene_new (without, NULL, &options);
}

/* What letting go on that wire would do. */
static void
fill_splice (const TnSelect *select, const TnWireEnd *wire, TnEditArgs *args)
{
  *args = (TnEditArgs){ .nodes = (const TnNodeId *)(gpointer)select->nodes->data,
                        .n_nodes = select->nodes->len,
                        .wires = wire,
                        .n_wires = 1,
                        .x = select->moved_x,
                        .y = select->moved_y };
}

static void
tell_splice (gpointer data)
{
  TnSelect *select = data;
  TnCanvas *canvas = select->outlook.canvas;
  g_autoptr (GArray) ends = g_array_copy (select->nodes);
  g_autoptr (GString) text = g_string_new (NULL);

  g_array_append_val (ends, select->splice.node);
  select->color
      = tn_outlook_tell (&select->outlook, (const TnNodeId *)(gpointer)ends->data, ends->len, text);
  tn_canvas_set_callout (canvas, text->len > 0 ? text->str : NULL, select->color);
}

/* What would come of them in the wire that they are over. */
static void
foresee_splice (TnCanvas *canvas, TnSelect *select)
{
  const TnWireEnd wire = { select->splice.node, select->splice.call, select->splice.slot };
  g_autoptr (TnReport) report = tn_report_new ();
  g_autofree char *subject = NULL;
  const char *reason;
  TnGraph *spliced;
  TnEditArgs args;

  fill_splice (select, &wire, &args);
  /* They are there already. */
  args.x = args.y = 0;
  spliced = tn_edit_splice.apply (tn_canvas_graph (canvas), &args, report, &subject);
  g_clear_pointer (&select->refusal, g_free);
  tn_outlook_set (&select->outlook, canvas, spliced, tell_splice, select);
  if (spliced != NULL)
    {
      tell_splice (select);
      return;
    }
  reason = tn_report_first (report);
  select->refusal = g_strdup (reason != NULL ? reason : _ ("This cannot be done here."));
  select->color = canvas->style->refuse;
  tn_canvas_set_callout (canvas, select->refusal, select->color);
}

static void
find_splice (TnCanvas *canvas, TnSelect *select, gboolean wanted)
{
  const TnHit before = select->splice;
  TnHit hit = { .kind = TN_HIT_NOTHING };

  if (select->below == NULL)
    return;
  if (wanted)
    hit = tn_scene_hit (select->below, select->node_x + select->moved_x,
                        select->node_y + select->moved_y, tn_canvas_units (canvas, 14));
  select->splice = hit;
  if (hit.kind != TN_HIT_WIRE)
    {
      select->splice.kind = TN_HIT_NOTHING;
      g_clear_pointer (&select->refusal, g_free);
      tn_outlook_clear (&select->outlook);
      tn_canvas_set_callout (canvas, NULL, canvas->style->accept);
    }
  /* Asked once for each wire. */
  else if (before.kind != TN_HIT_WIRE || before.node != hit.node || before.call != hit.call
           || before.slot != hit.slot)
    foresee_splice (canvas, select);
}

static void
begin_move (TnCanvas *canvas, TnSelect *select, const TnPointer *at)
{
  const TnNode *node = tn_graph_find (tn_canvas_graph (canvas), select->press.node);

  /* Pressing with Shift may just have taken it out of the selection. */
  if (node == NULL || !tn_document_is_selected (canvas->document, select->press.node))
    {
      select->phase = SELECT_PRESSED_EMPTY;
      return;
    }
  select->phase = SELECT_MOVE;
  select->node_x = tn_node_x (node);
  select->node_y = tn_node_y (node);
  select->merge = tn_document_new_merge (canvas->document);
  select->nodes = copy_selection (canvas);
  tn_canvas_add_framed (canvas, select->nodes);
  if (at->state & GDK_CONTROL_MASK)
    {
      select->original = tn_graph_ref (tn_canvas_graph (canvas));
      select->wired = (at->state & GDK_SHIFT_MASK) != 0;
    }
  else
    prepare_splice (canvas, select);
}

/* By so much, as part of this gesture's one step. */
static void
move_by (TnCanvas *canvas, TnSelect *select, double dx, double dy)
{
  TnEditArgs args = { .nodes = (const TnNodeId *)(gpointer)select->nodes->data,
                      .n_nodes = select->nodes->len,
                      .x = dx,
                      .y = dy,
                      .merge = select->merge };

  if (dx == 0 && dy == 0)
    return;
  if (select->original != NULL)
    {
      /* Made anew of the same model each time: so they are the same copies, elsewhere. */
      args.base = select->original;
      args.x += select->moved_x;
      args.y += select->moved_y;
      tn_canvas_apply (canvas, select->wired ? &tn_canvas_edit_copy_wired : &tn_canvas_edit_copy,
                       &args);
    }
  else
    tn_canvas_apply (canvas, &tn_edit_move, &args);
  select->moved_x += dx;
  select->moved_y += dy;
}

static void
move (TnCanvas *canvas, TnSelect *select, const TnPointer *at)
{
  const gboolean free_hand = (at->state & GDK_ALT_MASK) != 0;
  double x = select->node_x + at->x - select->press_x;
  double y = select->node_y + at->y - select->press_y;

  select->snap = (TnSnap){ 0 };
  if (!free_hand)
    tn_canvas_snap (canvas, tn_document_selection (canvas->document), &x, &y, &select->snap);
  move_by (canvas, select, x - select->node_x - select->moved_x,
           y - select->node_y - select->moved_y);
  find_splice (canvas, select, !free_hand);
}

static void
pull_band (TnCanvas *canvas, TnSelect *select, const TnPointer *at)
{
  g_autoptr (GArray) inside = NULL;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autoptr (GHashTable) chosen = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key;

  select->band = (TnRect){ MIN (select->press_x, at->x), MIN (select->press_y, at->y),
                           fabs (at->x - select->press_x), fabs (at->y - select->press_y) };
  /* With Alt only what lies in it wholly. */
  inside = tn_scene_nodes_in (canvas->scene, select->band, (at->state & GDK_ALT_MASK) != 0);
  for (guint i = 0; i < select->nodes->len; i++)
    g_hash_table_add (chosen, GUINT_TO_POINTER (g_array_index (select->nodes, TnNodeId, i)));
  for (guint i = 0; i < inside->len; i++)
    {
      gpointer id = GUINT_TO_POINTER (g_array_index (inside, TnNodeId, i));

      /* Shift adds, Ctrl changes over. */
      if (!g_hash_table_add (chosen, id) && (at->state & GDK_CONTROL_MASK))
        g_hash_table_remove (chosen, id);
    }
  g_hash_table_iter_init (&iter, chosen);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      TnNodeId id = GPOINTER_TO_UINT (key);

      g_array_append_val (all, id);
    }
  tn_document_select (canvas->document, (const TnNodeId *)(gpointer)all->data, all->len);
}

static void
select_motion (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnSelect *select = state;
  gboolean beyond = gtk_drag_check_threshold (GTK_WIDGET (canvas), (int)select->press_widget_x,
                                              (int)select->press_widget_y, (int)at->widget_x,
                                              (int)at->widget_y);

  tn_canvas_sync (canvas);
  if (select->phase == SELECT_PRESSED_NODE && beyond)
    begin_move (canvas, select, at);
  else if (select->phase == SELECT_PRESSED_EMPTY && beyond)
    {
      select->phase = SELECT_BAND;
      select->nodes = copy_selection (canvas);
    }

  if (select->phase == SELECT_MOVE)
    move (canvas, select, at);
  else if (select->phase == SELECT_BAND)
    pull_band (canvas, select, at);
  tn_canvas_queue_overlay (canvas);
}

static void
select_end (TnCanvas *canvas, gpointer state, const TnPointer *at)
{
  TnSelect *select = state;

  select_motion (canvas, state, at);
  if (select->phase == SELECT_PRESSED_NODE && select->deferred)
    tn_document_select_one (canvas->document, select->press.node, TRUE);
  else if (select->phase == SELECT_PRESSED_NODE && !select->toggling)
    {
      /* A click on one of several means that one. */
      if (select->press.kind == TN_HIT_MARK)
        tn_canvas_toggle_group (canvas, &select->press);
      else if (select->press.kind == TN_HIT_FRAME)
        {
          const TnGroup *group = tn_scene_hit_group (canvas->scene, &select->press);

          if (group != NULL)
            tn_document_select_group (canvas->document, group);
        }
      else
        tn_document_select_one (canvas->document, select->press.node, FALSE);
      if (select->press.kind == TN_HIT_BADGE)
        g_signal_emit_by_name (canvas, "problem-activated", select->press.node);
    }
  else if (select->phase == SELECT_PRESSED_EMPTY)
    {
      /* The label of what nobody uses yet lies on empty space. */
      if (!tn_canvas_trace_at (canvas, at->x, at->y))
        tn_canvas_trace_end (canvas);
    }
  else if (select->phase == SELECT_MOVE && select->splice.kind == TN_HIT_WIRE
           && select->refusal == NULL)
    {
      const TnWireEnd wire = { select->splice.node, select->splice.call, select->splice.slot };
      TnEditArgs args;

      fill_splice (select, &wire, &args);
      /* Back to where it was, which is no step, so that move and splice are one. */
      move_by (canvas, select, -select->moved_x, -select->moved_y);
      tn_canvas_apply (canvas, &tn_edit_splice, &args);
    }
}

static void
select_cancel (TnCanvas *canvas, gpointer state)
{
  TnSelect *select = state;

  if (select->phase == SELECT_MOVE)
    move_by (canvas, select, -select->moved_x, -select->moved_y);
  else if (select->phase == SELECT_BAND)
    tn_document_select (canvas->document, (const TnNodeId *)(gpointer)select->nodes->data,
                        select->nodes->len);
}

static void
select_clear (gpointer state)
{
  TnSelect *select = state;

  g_clear_pointer (&select->nodes, g_array_unref);
  g_clear_pointer (&select->below, tn_scene_unref);
  g_clear_pointer (&select->refusal, g_free);
  tn_outlook_clear (&select->outlook);
  g_clear_pointer (&select->original, tn_graph_unref);
}

static void
select_draw (TnCanvas *canvas, gconstpointer state, cairo_t *cr)
{
  const TnSelect *select = state;
  TnColor color = canvas->style->selection;

  if (select->phase == SELECT_MOVE && select->splice.kind == TN_HIT_WIRE)
    {
      tn_painter_highlight_wire (canvas->scene, cr, select->splice.node, select->splice.call,
                                 select->splice.slot, select->color);
      tn_outlook_draw (&select->outlook, cr, FALSE);
    }
  if (select->phase == SELECT_MOVE)
    tn_canvas_draw_snap (canvas, &select->snap, cr);
  if (select->phase != SELECT_BAND)
    return;
  cairo_rectangle (cr, select->band.x, select->band.y, select->band.width, select->band.height);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.12);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.8);
  cairo_set_line_width (cr, tn_canvas_units (canvas, 1));
  cairo_stroke (cr);
}

const TnTool tn_tool_select = {
  .name = "select",
  .state_size = sizeof (TnSelect),
  .wants = select_wants,
  .begin = select_begin,
  .motion = select_motion,
  .end = select_end,
  .cancel = select_cancel,
  .clear = select_clear,
  .draw = select_draw,
};
