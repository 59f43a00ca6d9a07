/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places for the shape labels: on the wire where that is free, else along it or beside it. */
#include "scene/tn-cells.h"
#include "scene/tn-scene-private.h"

#include <math.h>
#include <string.h>

#define SIDE_GAP 7.0
/* A place costs as much as it covers wires; from here on it covers a box or a label. */
#define LEAST_COVERED 10
/* Where thousands of boxes lie on one heap, labels are not worth more. */
#define MOST_WORK 50000000
/* Some are placed again only where all together are so far from that. */
#define RESERVE 4
/* Of the second search: places along the wire, and distances on either side of it. */
#define FINE_STEPS 20
#define FINE_SIDES 3
/* Of the third: rings around its middle. */
#define MOST_RINGS 12
#define RING_STEP  24.0

double
tn_text_estimate (const char *text, double size)
{
  double width = 0;

  /* Wider than DejaVu Sans, the widest of the fonts in use. */
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar letter = g_utf8_get_char_validated (at, -1);

      if (letter == (gunichar)-1 || letter == (gunichar)-2)
        {
          width += 0.7;
          continue;
        }
      if (strchr (" ,.():;'|!il", (int)letter) != NULL && letter < 128)
        width += 0.4;
      else
        width += g_unichar_iswide (letter) ? 1.1 : letter < 128 ? 0.66 : 0.85;
    }
  return width * size;
}

/* @boxes, @wires, @labels, @said: while all labels are placed. Else those that are not placed again
 * are found by the index of the scene. */
typedef struct
{
  TnScene *scene;
  TnCells *boxes;
  TnSpatial *wires;
  TnCells *labels;
  GArray *found;
  guint64 work;     /* wires that were looked at, and places far off */
  GHashTable *said; /* tensors that a label tells the shape of */
} Placing;

static gboolean
overlap (TnRect a, TnRect b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/* The box, and its sign. */
static void
node_obstacles (const TnScene *scene, const TnSceneNode *node, TnRect *obstacles)
{
  obstacles[0] = obstacles[1]
      = node->remark == TN_REMARK_FRAME ? tn_scene_frame_title (scene, node) : node->box;
  if (node->issue != NULL)
    obstacles[1]
        = (TnRect){ node->box.x + node->box.width - TN_BADGE_RADIUS, node->box.y - TN_BADGE_RADIUS,
                    2 * TN_BADGE_RADIUS, 2 * TN_BADGE_RADIUS };
}

/* The two ends of a title. */
static void
frame_obstacles (const TnScene *scene, const TnSceneFrame *frame, TnRect *obstacles)
{
  double name
      = 28
        + tn_text_estimate (tn_name_own (tn_group_name (frame->group)), scene->style->brief_size);
  double text = 12 + tn_text_estimate (frame->text, scene->style->brief_size);
  TnRect left = frame->title, right = frame->title;

  left.width = MIN (name, left.width);
  right.width = MIN (text, right.width - left.width);
  right.x += frame->title.width - right.width;
  obstacles[0] = left;
  obstacles[1] = right;
}

/* Stubs have no choice, so they go first. */
static guint
order_of (const TnScene *scene, guint wire)
{
  return scene->wires[wire].stub ? wire : scene->n_wires + wire;
}

/* Does the item cover @room for the label of @wire? */
static gboolean
item_covers (const TnScene *scene, guint item, guint wire, TnRect room)
{
  TnRect obstacles[2];

  if (item < tn_scene_first_wire (scene))
    frame_obstacles (scene, &scene->frames[item], obstacles);
  else if (item < tn_scene_first_node (scene))
    return FALSE;
  else if (item < tn_scene_first_label (scene))
    {
      const TnSceneNode *node = tn_scene_item_node (scene, item);

      if (node->hidden)
        return FALSE;
      node_obstacles (scene, node, obstacles);
    }
  else
    {
      guint other = item - tn_scene_first_label (scene);

      return scene->wires[other].text != NULL && order_of (scene, other) < order_of (scene, wire)
             && overlap (scene->wires[other].label, room);
    }
  return overlap (obstacles[0], room) || overlap (obstacles[1], room);
}

static int
cost_among_items (Placing *self, guint wire, TnRect label, TnRect room)
{
  const TnScene *scene = self->scene;
  guint first = tn_scene_first_wire (scene), end = tn_scene_first_node (scene);
  int cost = 0;

  g_array_set_size (self->found, 0);
  tn_spatial_query (scene->items, room, self->found);
  self->work += self->found->len;
  for (guint i = 0; i < self->found->len; i++)
    if (item_covers (scene, g_array_index (self->found, guint, i), wire, room))
      return LEAST_COVERED;
  for (guint i = 0; i < self->found->len && cost < LEAST_COVERED - 1; i++)
    {
      guint item = g_array_index (self->found, guint, i);
      const TnSceneWire *other;

      if (item < first || item >= end || item - first == wire)
        continue;
      other = &scene->wires[item - first];
      if (!other->stub && tn_rect_intersects (tn_curve_bounds (&other->curve), label)
          && tn_curve_crosses (&other->curve, room))
        cost++;
    }
  return cost;
}

static int
cost_of (Placing *self, guint wire, TnRect label)
{
  TnScene *scene = self->scene;
  TnRect room = tn_rect_grown (label, 2);
  int cost = 0;

  scene->wires[wire].reach = tn_rect_union (scene->wires[wire].reach, room);
  if (self->boxes == NULL)
    return cost_among_items (self, wire, label, room);
  if (tn_cells_taken (self->boxes, room) || tn_cells_taken (self->labels, room))
    return LEAST_COVERED; /* wires are not worth looking at */
  g_array_set_size (self->found, 0);
  tn_spatial_query (self->wires, label, self->found);
  self->work += self->found->len;
  for (guint i = 0; i < self->found->len && cost < LEAST_COVERED - 1; i++)
    {
      guint other = g_array_index (self->found, guint, i);

      if (other != wire && !scene->wires[other].stub
          && tn_curve_crosses (&scene->wires[other].curve, room))
        cost++;
    }
  return cost;
}

static TnRect
centred (TnPoint at, double width, double height)
{
  return (TnRect){ at.x - width / 2, at.y - height / 2, width, height };
}

/* Below the stub; else beside its box. */
static gboolean
place_stub (Placing *self, guint number, double width, double height)
{
  const TnScene *scene = self->scene;
  TnSceneWire *wire = &self->scene->wires[number];
  TnPoint end = wire->curve.points[wire->curve.n_points - 1];
  gboolean down = scene->direction == TN_DIRECTION_DOWN;

  for (int step = 0; step < 9; step++)
    {
      /* 0, then to either side further and further. */
      double aside
          = (step % 2 ? 1.0 : -1.0) * ((step + 1) / 2) * ((down ? width : height) / 2 + SIDE_GAP);
      TnPoint at = down ? (TnPoint){ end.x + aside, end.y + height / 2 }
                        : (TnPoint){ end.x + width / 2, end.y + aside };

      wire->label = centred (at, width, height);
      if (cost_of (self, number, wire->label) < LEAST_COVERED)
        return TRUE;
    }
  return FALSE;
}

/* Where along the wire (…, right or left of it so many gaps): the best there is, if that covers no
 * box and no label. */
static gboolean
place_along (Placing *self, guint number, double width, double height)
{
  /* In order of preference: where along the wire, and on it, right or left of it. */
  static const struct
  {
    double along;
    int side;
  } candidates[] = {
    { 0.5, 0 },   { 0.42, 0 },  { 0.58, 0 }, { 0.34, 0 },  { 0.66, 0 }, { 0.5, 1 },   { 0.5, -1 },
    { 0.38, 1 },  { 0.38, -1 }, { 0.27, 0 }, { 0.73, 0 },  { 0.62, 1 }, { 0.62, -1 }, { 0.27, 1 },
    { 0.27, -1 }, { 0.2, 0 },   { 0.8, 0 },  { 0.2, 1 },   { 0.2, -1 }, { 0.8, 1 },   { 0.8, -1 },
    { 0.12, 0 },  { 0.88, 0 },  { 0.12, 1 }, { 0.12, -1 }, { 0.88, 1 }, { 0.88, -1 },
  };
  TnSceneWire *wire = &self->scene->wires[number];
  gboolean down = self->scene->direction == TN_DIRECTION_DOWN;
  double half = (down ? width : height) / 2 + SIDE_GAP;
  int best = LEAST_COVERED;

  for (guint i = 0; i < G_N_ELEMENTS (candidates) + FINE_STEPS * 2 * FINE_SIDES; i++)
    {
      gboolean fine = i >= G_N_ELEMENTS (candidates);
      guint step = fine ? i - G_N_ELEMENTS (candidates) : 0;
      double aside
          = fine ? ((step / FINE_STEPS) % 2 ? -half : half) * (1 + (step / FINE_STEPS / 2) * 0.5)
                 : candidates[i].side * half;
      TnPoint at = tn_curve_at (&wire->curve, fine ? (step % FINE_STEPS + 0.5) / FINE_STEPS
                                                   : candidates[i].along);
      TnRect label;
      int cost;

      /* What only crosses a wire is good enough when nothing better is near. */
      if (fine && best < LEAST_COVERED)
        break;
      if (down)
        at.x += aside;
      else
        at.y -= aside;
      label = centred (at, width, height);
      cost = cost_of (self, number, label);
      if (cost < best)
        {
          best = cost;
          wire->label = label;
        }
      if (cost == 0)
        break;
    }
  return best < LEAST_COVERED;
}

/* Of a tensor, as the key of a table. */
static gpointer
key_of (TnRef ref)
{
  return GSIZE_TO_POINTER ((gsize)ref.node * 65536 + ref.call * 256u + ref.output);
}

/* Calls @visit for each wire that carries @ref, until it returns TRUE. */
static gboolean
each_wire_of (TnScene *scene, TnRef ref,
              gboolean (*visit) (TnScene *scene, guint wire, gpointer data), gpointer data)
{
  int source = tn_graph_index (scene->graph, ref.node);
  guint n_uses = 0;
  const TnGraphUse *uses
      = source >= 0 ? tn_graph_uses (scene->graph, (guint)source, &n_uses) : NULL;

  for (guint i = 0; i < n_uses; i++)
    {
      const TnSceneWire *wire = tn_ref_equal (uses[i].ref, ref) ? tn_scene_find_wire (
                                    scene, tn_node_id (tn_graph_node (scene->graph, uses[i].index)),
                                    uses[i].call, uses[i].slot)
                                                                : NULL;

      if (wire != NULL && visit (scene, (guint)(wire - scene->wires), data))
        return TRUE;
    }
  return FALSE;
}

static gboolean
says_before (TnScene *scene, guint wire, gpointer data)
{
  return scene->wires[wire].text != NULL
         && order_of (scene, wire) < order_of (scene, *(const guint *)data);
}

/* Does another label that is placed say the same of the same tensor? */
static gboolean
is_said (const Placing *self, guint number)
{
  TnSceneWire *wire = &self->scene->wires[number];

  wire->asked = TRUE;
  if (self->said == NULL)
    return each_wire_of (self->scene, wire->ref, says_before, &number);
  return g_hash_table_contains (self->said, key_of (wire->ref));
}

/* Around the middle of the wire, further and further off. */
static gboolean
place_apart (Placing *self, guint number, double width, double height)
{
  TnSceneWire *wire = &self->scene->wires[number];
  TnPoint middle = tn_curve_at (&wire->curve, 0.5);

  for (guint ring = 1; ring <= MOST_RINGS; ring++)
    for (guint step = 0; step < 8 * ring; step++)
      {
        double angle = 2 * G_PI * step / (8.0 * ring);
        TnPoint at = { middle.x + cos (angle) * ring * RING_STEP,
                       middle.y + sin (angle) * ring * RING_STEP };

        wire->label = centred (at, width, height);
        if (cost_of (self, number, wire->label) < LEAST_COVERED)
          {
            wire->apart = TRUE;
            wire->anchor = middle;
            return TRUE;
          }
      }
  return FALSE;
}

static guint64
work_of (const Placing *self)
{
  return self->boxes == NULL
             ? self->work
             : self->work + tn_cells_work (self->boxes) + tn_cells_work (self->labels);
}

/* A label never covers a box or another label: rather is it left out where the same is said beside
 * it, or put a little off. */
static void
place_label (Placing *self, guint number)
{
  TnSceneWire *wire = &self->scene->wires[number];
  const TnStyle *style = self->scene->style;
  TnRect middle = centred (tn_curve_at (&wire->curve, 0.5), 0, 0);
  double height = style->label_height;
  double extra = wire->state == TN_EDGE_ERROR ? 14 : 0;
  double width;

  wire->text = work_of (self) > MOST_WORK ? NULL : wire->wanted;
  wire->reach = wire->label = middle;
  wire->apart = wire->asked = FALSE;
  wire->anchor = (TnPoint){ 0, 0 };
  if (wire->text == NULL)
    return;
  width = ceil (tn_text_estimate (wire->text, style->label_size)) + 16 + extra;
  if (wire->stub ? place_stub (self, number, width, height)
                 : place_along (self, number, width, height))
    ;
  else if ((wire->state != TN_EDGE_ERROR && is_said (self, number))
           || !place_apart (self, number, width, height))
    {
      wire->text = NULL;
      wire->label = middle;
      return;
    }
  if (self->said == NULL)
    return;
  g_hash_table_add (self->said, key_of (wire->ref));
  tn_cells_add (self->labels, wire->label);
}

static void
index_reaches (TnScene *scene)
{
  g_autofree TnRect *reaches = g_new (TnRect, MAX (scene->n_wires, 1));

  for (guint i = 0; i < scene->n_wires; i++)
    reaches[i] = scene->wires[i].reach;
  tn_spatial_free (scene->reaches);
  scene->reaches = tn_spatial_new (reaches, scene->n_wires);
}

void
tn_labels_place (TnScene *scene)
{
  gboolean any = scene->facts != NULL && (scene->parts & TN_PART_SHAPES) != 0;
  g_autofree TnRect *lines = g_new (TnRect, MAX (scene->n_wires, 1));
  g_autoptr (TnCells) labels = tn_cells_new (128);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GHashTable) said = g_hash_table_new (NULL, NULL);
  g_autoptr (TnCells) boxes = tn_cells_new (256);
  g_autoptr (TnSpatial) wires = NULL;
  Placing placing;

  for (guint i = 0; any && i < scene->n_nodes; i++)
    {
      TnRect obstacles[2];

      node_obstacles (scene, &scene->nodes[scene->nodes[i].shown], obstacles);
      tn_cells_add (boxes, obstacles[0]);
      tn_cells_add (boxes, obstacles[1]);
    }
  for (guint i = 0; any && i < scene->n_frames; i++)
    {
      TnRect obstacles[2];

      frame_obstacles (scene, &scene->frames[i], obstacles);
      tn_cells_add (boxes, obstacles[0]);
      tn_cells_add (boxes, obstacles[1]);
    }
  for (guint i = 0; i < scene->n_wires; i++)
    lines[i] = tn_curve_bounds (&scene->wires[i].curve);
  wires = tn_spatial_new (lines, any ? scene->n_wires : 0);
  placing = (Placing){ scene, boxes, wires, labels, found, 0, said };
  for (int stub = 1; stub >= 0; stub--)
    for (guint i = 0; i < scene->n_wires; i++)
      if (scene->wires[i].stub == stub)
        place_label (&placing, i);
  scene->label_work = work_of (&placing);
}

/* ---- some of them again ---- */

typedef struct
{
  guint8 *dirty;
  guint order;
} Spreading;

static gboolean
mark_later (TnScene *scene, guint wire, gpointer data)
{
  Spreading *spreading = data;

  if (order_of (scene, wire) > spreading->order && scene->wires[wire].asked)
    spreading->dirty[wire] = TRUE;
  return FALSE;
}

/* Later labels that had looked at the place may go elsewhere now. */
static void
disturb (Placing *self, Spreading *spreading, TnRect place)
{
  TnScene *scene = self->scene;

  g_array_set_size (self->found, 0);
  tn_spatial_query (scene->reaches, place, self->found);
  self->work += self->found->len;
  for (guint i = 0; i < self->found->len; i++)
    {
      guint wire = g_array_index (self->found, guint, i);

      if (order_of (scene, wire) > spreading->order)
        spreading->dirty[wire] = TRUE;
    }
}

static void
follow_label (Placing *self, guint number, guint8 *dirty, TnLabelTouched touched, gpointer data)
{
  TnScene *scene = self->scene;
  TnSceneWire *wire = &scene->wires[number];
  TnSceneWire before = *wire;
  Spreading spreading = { dirty, order_of (scene, number) };

  place_label (self, number);
  tn_spatial_move (scene->reaches, number, wire->reach);
  if (before.text == wire->text && before.apart == wire->apart
      && memcmp (&before.label, &wire->label, sizeof before.label) == 0
      && memcmp (&before.anchor, &wire->anchor, sizeof before.anchor) == 0)
    return;
  tn_spatial_move (scene->items, tn_scene_first_label (scene) + number,
                   tn_scene_item_bounds (scene, tn_scene_first_label (scene) + number));
  touched (number, &before, data);
  if (before.text != NULL)
    disturb (self, &spreading, before.label);
  if (wire->text != NULL)
    disturb (self, &spreading, wire->label);
  if ((before.text == NULL) != (wire->text == NULL))
    each_wire_of (scene, wire->ref, mark_later, &spreading);
}

gboolean
tn_labels_follow (TnScene *scene, guint8 *dirty, const TnSpatial *damage, TnLabelTouched touched,
                  gpointer data)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  Placing placing = { .scene = scene, .found = found };

  if (scene->reaches == NULL || tn_spatial_is_worn (scene->reaches))
    index_reaches (scene);
  for (guint i = 0; i < scene->n_wires; i++)
    {
      g_array_set_size (found, 0);
      if (!dirty[i])
        tn_spatial_query (damage, scene->wires[i].reach, found);
      dirty[i] = dirty[i] || found->len > 0;
    }
  for (int stub = 1; stub >= 0; stub--)
    for (guint i = 0; i < scene->n_wires; i++)
      {
        if (scene->wires[i].stub == stub && dirty[i])
          follow_label (&placing, i, dirty, touched, data);
        if (scene->label_work + placing.work > MOST_WORK / RESERVE)
          return FALSE;
      }
  scene->label_work += placing.work / RESERVE;
  return TRUE;
}
