/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene out of the one before it: where only places, settings or what is known are others, only
 * what that concerns is made again. The result is that of tn_scene_new(). */
#include <math.h>
#include <string.h>

#include "scene/tn-scene-private.h"

/* When more than one of so many boxes has moved, and more than so many, all is made anew. */
#define SHARE_MOVED 8
#define FEW_MOVED   64

/* As it was before. */
typedef struct
{
  guint number;
  TnSceneWire wire;
} OldWire;

typedef struct
{
  TnScene *scene;
  const TnFacts *old_facts;
  guint8 *said;      /* by box: its texts may be others */
  guint8 *placed;    /* by box: it may stand elsewhere */
  guint8 *moved;     /* by box: it does, or its ports do */
  guint8 *dirty;     /* by wire: its label is to be placed again */
  GArray *boxes;     /* of guint: those that moved */
  GArray *damage;    /* of TnRect: where boxes and lines were and are */
  GArray *old_wires; /* of OldWire */
  guint *old_number; /* by wire: its number in these and 1, or 0 */
  GArray *changes;
} Follow;

static gboolean
same_rect (TnRect a, TnRect b)
{
  return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

/* ---- whether it can be ---- */

static gboolean
same_wiring (const TnNode *a, const TnNode *b)
{
  if (tn_node_n_calls (a) != tn_node_n_calls (b) || tn_node_n_outputs (a) != tn_node_n_outputs (b))
    return FALSE;
  for (guint call = 0; call < tn_node_n_calls (a); call++)
    {
      if (tn_node_n_inputs (a, call) != tn_node_n_inputs (b, call))
        return FALSE;
      for (guint slot = 0; slot < tn_node_n_inputs (a, call); slot++)
        if (!tn_ref_equal (tn_node_input (a, call, slot), tn_node_input (b, call, slot)))
          return FALSE;
    }
  return TRUE;
}

/* The same layer, elsewhere or set otherwise. */
static gboolean
is_same_layer (const TnNode *a, const TnNode *b)
{
  return tn_node_id (a) == tn_node_id (b) && tn_node_schema (a) == tn_node_schema (b)
         && tn_node_is_placed (b) && g_str_equal (tn_node_name (a), tn_node_name (b))
         && tn_node_mode (a) == tn_node_mode (b) && same_wiring (a, b);
}

static gboolean
same_graph (const TnScene *scene, const TnGraph *graph)
{
  guint n_moved = 0;

  if (tn_graph_size (graph) != scene->n_layers
      || tn_graph_direction (graph) != tn_graph_direction (scene->graph)
      || tn_graph_n_groups (graph) != tn_graph_n_groups (scene->graph))
    return FALSE;
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    if (tn_graph_group (graph, i) != tn_graph_group (scene->graph, i))
      return FALSE;
  for (guint i = 0; i < scene->n_layers; i++)
    {
      const TnNode *before = scene->nodes[i].node, *after = tn_graph_node (graph, i);

      if (before == after)
        continue;
      if (!is_same_layer (before, after))
        return FALSE;
      n_moved++;
    }
  return n_moved <= MAX (scene->n_layers / SHARE_MOVED, FEW_MOVED);
}

static gboolean
can_follow (const TnScene *scene, const TnGraph *graph, const TnFacts *facts,
            const TnSceneOptions *options)
{
  if (scene->references > 1 || scene->style != tn_style_get (options->theme)
      || scene->direction != options->direction || scene->wire_style != options->wires
      || scene->chosen || options->chosen || scene->heat != options->heat
      || (scene->facts == NULL) != (facts == NULL)
      || options->direction != tn_graph_direction (graph) || tn_router_gave_up (scene->router))
    return FALSE;
  /* Shares of the whole: all of them are others when one is. */
  if (scene->heat != TN_HEAT_NONE && (scene->heat == TN_HEAT_TIME || scene->facts != facts))
    return FALSE;
  return same_graph (scene, graph);
}

/* ---- boxes ---- */

/* Takes over the nodes of the new graph; marks what follows from that. */
static void
take_nodes (Follow *self, const TnGraph *graph)
{
  TnScene *scene = self->scene;

  for (guint i = 0; i < scene->n_layers; i++)
    {
      TnSceneNode *node = &scene->nodes[i];
      const TnNode *before = node->node, *after = tn_graph_node (graph, i);

      if (before == after)
        continue;
      if (node->shown != i && scene->nodes[node->shown].node == before)
        scene->nodes[node->shown].node = after;
      node->node = after;
      node->name = tn_name_own (tn_node_name (after));
      self->said[i] = TRUE;
      self->said[node->shown] = TRUE;
      if (tn_node_x (before) != tn_node_x (after) || tn_node_y (before) != tn_node_y (after))
        self->placed[i] = self->placed[node->shown] = TRUE;
      /* Comments are as large as what they say. */
      if (node->remark != TN_REMARK_NONE)
        self->placed[i] = TRUE;
    }
  /* What is hidden is in the middle of the box that hides it. */
  for (guint i = 0; scene->n_nodes > scene->n_layers && i < scene->n_layers; i++)
    self->placed[i] = self->placed[i] || self->placed[scene->nodes[i].shown];
}

/* Marks the boxes of which other facts say something else. */
static void
take_facts (Follow *self)
{
  TnScene *scene = self->scene;
  const TnGraph *then = tn_facts_graph (scene->facts);

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      self->said[i] |= scene->nodes[i].issue != NULL || scene->nodes[i].group != NULL;
      scene->nodes[i].issue = NULL;
      scene->nodes[i].n_issues = 0;
    }
  tn_scene_assign_issues (scene);
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const TnSceneNode *node = &scene->nodes[i];
      int index;

      if (self->said[i] || node->hidden)
        continue;
      index = tn_graph_index (then, tn_node_id (node->node));
      self->said[i]
          = node->issue != NULL || node->state == TN_STATE_BLOCKED
            || node->state
                   != (index < 0 ? TN_STATE_KNOWN : tn_facts_state (scene->facts, (guint)index))
            || (node->remark == TN_REMARK_NONE && tn_node_n_outputs (node->node) > 0
                && node->shape
                       != tn_scene_shape_text (scene, (TnRef){ tn_node_id (node->node), 0, 0 }));
    }
}

static TnPoint *
places_of (const TnScene *scene)
{
  TnPoint *places = g_new (TnPoint, MAX (scene->n_nodes, 1));

  for (guint i = 0; i < scene->n_layers; i++)
    places[i] = (TnPoint){ tn_node_x (scene->nodes[i].node), tn_node_y (scene->nodes[i].node) };
  if (scene->n_nodes > scene->n_layers)
    tn_scene_place_groups (scene, places);
  return places;
}

/* Its ports again. TRUE: they are elsewhere. */
static gboolean
follow_ports (TnScene *scene, guint index, const TnPoint *places)
{
  TnSceneNode *node = &scene->nodes[index];
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (TnSceneInput));
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TnSceneOutput));
  guint first_input = node->first_input, first_output = node->first_output;
  gboolean moved = FALSE;

  tn_scene_build_ports (scene, index, places, inputs, outputs);
  node->first_input = first_input;
  node->first_output = first_output;
  for (guint i = 0; i < inputs->len; i++)
    {
      TnPoint *at = &scene->inputs[first_input + i].at;
      TnPoint next = g_array_index (inputs, TnSceneInput, i).at;

      moved = moved || at->x != next.x || at->y != next.y;
      *at = next;
    }
  for (guint i = 0; i < outputs->len; i++)
    {
      TnPoint *at = &scene->outputs[first_output + i].at;
      TnPoint next = g_array_index (outputs, TnSceneOutput, i).at;

      moved = moved || at->x != next.x || at->y != next.y;
      *at = next;
    }
  return moved;
}

static gboolean
same_words (const TnSceneNode *a, const TnSceneNode *b, gboolean had_issue)
{
  return a->state == b->state && a->role == b->role && a->times == b->times
         && had_issue == (b->issue != NULL) && g_strcmp0 (a->label, b->label) == 0
         && g_strcmp0 (a->brief, b->brief) == 0 && g_strcmp0 (a->waits, b->waits) == 0
         && g_strcmp0 (a->note, b->note) == 0 && g_strcmp0 (a->pin, b->pin) == 0
         && g_strcmp0 (a->shape, b->shape) == 0;
}

static void
add_change (Follow *self, TnRect rect)
{
  TnRect grown = tn_rect_grown (rect, TN_CHANGE_REACH);

  g_array_append_val (self->changes, grown);
}

static void
follow_node (Follow *self, guint index, const TnPoint *places, const guint8 *had_issue,
             gboolean set)
{
  TnScene *scene = self->scene;
  TnSceneNode *node = &scene->nodes[index];
  TnSceneNode before = *node;
  gboolean badge = had_issue != NULL ? had_issue[index] != (node->issue != NULL) : FALSE;
  gboolean ports, box;

  if (node->hidden && !self->placed[index])
    return;
  if (self->said[index])
    tn_scene_describe_node (scene, index);
  tn_scene_place_node (scene, index, places[node->shown]);
  ports = !node->hidden && follow_ports (scene, index, places);
  box = !same_rect (before.box, node->box);
  if (box || badge)
    {
      g_array_append_val (self->damage, before.bounds);
      g_array_append_val (self->damage, node->bounds);
    }
  if (box || ports || before.side != node->side)
    {
      self->moved[index] = TRUE;
      g_array_append_val (self->boxes, index);
      tn_router_move_box (scene->router, index, tn_scene_obstacle (scene, index));
      tn_spatial_move (scene->items, tn_scene_first_node (scene) + index, node->bounds);
    }
  if (node->hidden
      || !(set || self->moved[index]
           || !same_words (&before, node,
                           had_issue != NULL ? had_issue[index] : before.issue != NULL)))
    return;
  add_change (self, before.bounds);
  add_change (self, node->bounds);
}

static void
follow_nodes (Follow *self, const TnGraph *graph, gboolean other_facts)
{
  TnScene *scene = self->scene;
  g_autofree guint8 *had_issue = NULL;
  g_autofree guint8 *set = g_new0 (guint8, MAX (scene->n_nodes, 1));
  g_autofree TnPoint *places = NULL;
  gboolean any_placed = FALSE;

  take_nodes (self, graph);
  memcpy (set, self->said, scene->n_nodes);
  if (other_facts)
    {
      had_issue = g_new0 (guint8, MAX (scene->n_nodes, 1));
      for (guint i = 0; i < scene->n_nodes; i++)
        had_issue[i] = scene->nodes[i].issue != NULL
                           ? 1 + (scene->nodes[i].issue->severity == TN_SEVERITY_WARNING)
                           : 0;
      take_facts (self);
      for (guint i = 0; i < scene->n_nodes; i++)
        {
          const TnIssue *issue = scene->nodes[i].issue;

          /* Another sign on it. */
          if (had_issue[i] > 0 && issue != NULL
              && (had_issue[i] == 2) != (issue->severity == TN_SEVERITY_WARNING))
            set[i] = TRUE;
          had_issue[i] = had_issue[i] > 0;
        }
    }
  places = places_of (scene);
  for (guint i = 0; i < scene->n_nodes; i++)
    any_placed = any_placed || self->placed[i];
  for (guint i = 0; i < scene->n_nodes; i++)
    if (self->said[i] || self->placed[i] || (any_placed && scene->nodes[i].sheet))
      follow_node (self, i, places, had_issue, set[i]);
}

static void
follow_frames (Follow *self)
{
  TnScene *scene = self->scene;
  g_autofree TnSceneFrame *before = NULL;

  if (scene->n_frames == 0 || self->boxes->len == 0)
    return;
  before = g_memdup2 (scene->frames, scene->n_frames * sizeof *before);
  tn_scene_follow_frames (scene, self->boxes);
  for (guint i = 0; i < scene->n_frames; i++)
    {
      if (same_rect (before[i].box, scene->frames[i].box))
        continue;
      g_array_append_val (self->damage, before[i].title);
      g_array_append_val (self->damage, scene->frames[i].title);
      add_change (self, before[i].box);
      add_change (self, scene->frames[i].box);
      tn_spatial_move (scene->items, i, tn_scene_item_bounds (scene, i));
    }
}

/* ---- wires ---- */

/* Keeps what a wire was before it becomes another. */
static void
keep_old (Follow *self, guint number, const TnSceneWire *before)
{
  OldWire old = { number, *before };

  if (self->old_number[number] > 0)
    return;
  g_array_append_val (self->old_wires, old);
  self->old_number[number] = self->old_wires->len;
}

static gboolean
same_curve (const TnCurve *a, const TnCurve *b)
{
  if (a->n_points != b->n_points)
    return FALSE;
  for (guint i = 0; i < a->n_points; i++)
    if (a->points[i].x != b->points[i].x || a->points[i].y != b->points[i].y)
      return FALSE;
  return TRUE;
}

/* Is the way that it took still the one that it would take? */
static gboolean
keeps_way (Follow *self, TnSceneWire *wire, const TnSpatial *boxes, GArray *found)
{
  TnScene *scene = self->scene;

  if (self->moved[wire->node] || self->moved[wire->source])
    return FALSE;
  if (wire->stub || scene->nodes[wire->node].side != TN_SIDE_TOP)
    return TRUE;
  g_array_set_size (found, 0);
  tn_spatial_query (boxes, wire->route.reach, found);
  return found->len == 0 && tn_router_keep (scene->router, &wire->route);
}

static void
follow_wires (Follow *self, const TnSpatial *boxes, gboolean other_facts)
{
  TnScene *scene = self->scene;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));

  tn_router_restart (scene->router);
  for (guint i = 0; i < scene->n_wires; i++)
    {
      TnSceneWire *wire = &scene->wires[i];
      gboolean way = keeps_way (self, wire, boxes, found);
      TnSceneWire before;

      if (way && !other_facts)
        continue;
      before = *wire;
      if (other_facts)
        tn_scene_describe_wire (scene, wire);
      if (!way)
        tn_scene_lay_wire (scene, wire);
      if (!same_curve (&before.curve, &wire->curve))
        {
          TnRect lines[] = { tn_curve_bounds (&before.curve), tn_curve_bounds (&wire->curve) };

          g_array_append_vals (self->damage, lines, G_N_ELEMENTS (lines));
          tn_spatial_move (scene->items, tn_scene_first_wire (scene) + i, wire->bounds);
        }
      else if (before.state == wire->state && before.wanted == wire->wanted)
        continue;
      self->dirty[i] = TRUE;
      keep_old (self, i, &before);
    }
}

static void
label_touched_cb (guint wire, const TnSceneWire *before, gpointer data)
{
  keep_old (data, wire, before);
}

/* ---- the whole ---- */

static TnSpatial *
spatial_of (const GArray *rects)
{
  return tn_spatial_new ((const TnRect *)(gpointer)rects->data, rects->len);
}

/* Of boxes and titles that are elsewhere, in the frame where the flow goes down. */
static TnSpatial *
index_moved (const Follow *self)
{
  g_autoptr (GArray) rects = g_array_copy (self->damage);

  if (self->scene->direction != TN_DIRECTION_DOWN)
    for (guint i = 0; i < rects->len; i++)
      {
        TnRect *rect = &g_array_index (rects, TnRect, i);

        *rect = (TnRect){ rect->y, rect->x, rect->height, rect->width };
      }
  return spatial_of (rects);
}

static gboolean
follow (Follow *self, const TnGraph *graph, const TnFacts *facts)
{
  TnScene *scene = self->scene;
  gboolean other_facts = scene->facts != facts;
  g_autoptr (TnGraph) old_graph = g_steal_pointer (&scene->graph);
  g_autoptr (TnFacts) old_facts = g_steal_pointer (&scene->facts);
  g_autoptr (TnSpatial) boxes = NULL;
  g_autoptr (TnSpatial) damage = NULL;

  scene->graph = tn_graph_ref (graph);
  scene->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  follow_nodes (self, graph, other_facts);
  follow_frames (self);
  boxes = index_moved (self);
  if (self->damage->len > 0 || self->boxes->len > 0 || other_facts)
    follow_wires (self, boxes, other_facts);
  if (tn_router_gave_up (scene->router))
    return FALSE;
  damage = spatial_of (self->damage);
  if (!tn_labels_follow (scene, self->dirty, damage, label_touched_cb, self))
    return FALSE;
  for (guint i = 0; i < self->old_wires->len; i++)
    {
      const OldWire *old = &g_array_index (self->old_wires, OldWire, i);

      tn_scene_compare_wires (&old->wire, &scene->wires[old->number], self->changes);
    }
  if (tn_spatial_is_worn (scene->items))
    tn_scene_index (scene);
  tn_scene_measure (scene);
  return TRUE;
}

static TnScene *
start_anew (TnScene *previous, gboolean as_it_was, const TnGraph *graph, const TnFacts *facts,
            const TnSceneOptions *options, GArray **changes)
{
  TnSceneOptions with = *options;
  TnScene *scene;

  with.previous = previous;
  scene = tn_scene_new (graph, facts, &with);
  *changes = previous != NULL && as_it_was ? tn_scene_changes (previous, scene) : NULL;
  tn_scene_unref (previous);
  return scene;
}

TnScene *
tn_scene_follow (TnScene *previous, const TnGraph *graph, const TnFacts *facts,
                 const TnSceneOptions *options, GArray **changes)
{
  g_autofree guint8 *marks = NULL;
  g_autofree guint8 *dirty = NULL;
  g_autofree guint *old_number = NULL;
  g_autoptr (GArray) boxes = NULL;
  g_autoptr (GArray) damage = NULL;
  g_autoptr (GArray) old_wires = NULL;
  gboolean other_look;
  Follow self;

  g_return_val_if_fail (graph != NULL && options != NULL && changes != NULL, NULL);
  if (previous == NULL || !can_follow (previous, graph, facts, options))
    return start_anew (previous, TRUE, graph, facts, options, changes);

  marks = g_new0 (guint8, 3 * (gsize)previous->n_nodes + 1);
  dirty = g_new0 (guint8, previous->n_wires + 1);
  old_number = g_new0 (guint, previous->n_wires + 1);
  boxes = g_array_new (FALSE, FALSE, sizeof (guint));
  damage = g_array_new (FALSE, FALSE, sizeof (TnRect));
  old_wires = g_array_new (FALSE, FALSE, sizeof (OldWire));
  self = (Follow){ .scene = previous,
                   .said = marks,
                   .placed = marks + previous->n_nodes,
                   .moved = marks + 2 * (gsize)previous->n_nodes,
                   .dirty = dirty,
                   .boxes = boxes,
                   .damage = damage,
                   .old_wires = old_wires,
                   .old_number = old_number,
                   .changes = g_array_new (FALSE, FALSE, sizeof (TnRect)) };
  if (!follow (&self, graph, facts))
    {
      g_array_unref (self.changes);
      return start_anew (previous, FALSE, graph, facts, options, changes);
    }
  other_look = previous->stale != options->stale;
  previous->stale = options->stale;
  *changes = self.changes;
  if (other_look)
    g_clear_pointer (changes, g_array_unref);
  return previous;
}
