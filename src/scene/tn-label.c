/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places for the shape labels: on the wire where that is free, else along it or beside it. */
#include "scene/tn-cells.h"
#include "scene/tn-scene-private.h"

#include <math.h>

#define SIDE_GAP 7.0
/* A place costs as much as it covers wires; from here on it covers a box or a label. */
#define LEAST_COVERED 10
/* Where thousands of boxes lie on one heap, labels are not worth more. */
#define MOST_WORK 50000000
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

static int
cost_of (Placing *self, guint wire, TnRect label)
{
  const TnScene *scene = self->scene;
  int cost = 0;

  if (tn_cells_taken (self->boxes, tn_rect_grown (label, 2))
      || tn_cells_taken (self->labels, tn_rect_grown (label, 2)))
    return LEAST_COVERED; /* wires are not worth looking at */
  g_array_set_size (self->found, 0);
  tn_spatial_query (self->wires, label, self->found);
  self->work += self->found->len;
  for (guint i = 0; i < self->found->len && cost < LEAST_COVERED - 1; i++)
    {
      guint other = g_array_index (self->found, guint, i);

      if (other != wire && !scene->wires[other].stub
          && tn_curve_crosses (&scene->wires[other].curve, tn_rect_grown (label, 2)))
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

/* Does another label that is placed say the same of the same tensor? */
static gboolean
is_said (const Placing *self, guint number)
{
  const TnSceneWire *wire = &self->scene->wires[number];
  gpointer key = key_of (wire->ref);

  return g_hash_table_contains (self->said, key);
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

/* A label never covers a box or another label: rather is it left out where the same is said beside
 * it, or put a little off. */
static void
place_label (Placing *self, guint number)
{
  TnSceneWire *wire = &self->scene->wires[number];
  const TnStyle *style = self->scene->style;
  double height = style->label_height;
  double extra = wire->state == TN_EDGE_ERROR ? 14 : 0;
  gpointer key = key_of (wire->ref);
  double width;

  if (self->work + tn_cells_work (self->boxes) + tn_cells_work (self->labels) > MOST_WORK)
    wire->text = NULL;
  if (wire->text == NULL)
    {
      wire->label = centred (tn_curve_at (&wire->curve, 0.5), 0, 0);
      return;
    }
  width = ceil (tn_text_estimate (wire->text, style->label_size)) + 16 + extra;
  if (wire->stub ? place_stub (self, number, width, height)
                 : place_along (self, number, width, height))
    ;
  else if ((wire->state != TN_EDGE_ERROR && is_said (self, number))
           || !place_apart (self, number, width, height))
    {
      wire->text = NULL;
      wire->label = centred (tn_curve_at (&wire->curve, 0.5), 0, 0);
      return;
    }
  g_hash_table_add (self->said, key);
  tn_cells_add (self->labels, wire->label);
}

void
tn_labels_place (TnScene *scene)
{
  guint n_boxes = 2 * scene->n_nodes + 2 * scene->n_frames;
  g_autofree TnRect *boxes = g_new (TnRect, MAX (n_boxes, 1));
  g_autofree TnRect *lines = g_new (TnRect, MAX (scene->n_wires, 1));
  g_autoptr (TnCells) labels = tn_cells_new (128);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GHashTable) said = g_hash_table_new (NULL, NULL);
  g_autoptr (TnCells) box_index = tn_cells_new (256);
  g_autoptr (TnSpatial) wire_index = NULL;
  Placing placing;

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const TnSceneNode *node = &scene->nodes[scene->nodes[i].shown];

      boxes[i] = boxes[scene->n_nodes + i]
          = node->remark == TN_REMARK_FRAME ? tn_scene_frame_title (scene, node) : node->box;
      /* Its sign. */
      if (node->issue != NULL)
        boxes[scene->n_nodes + i]
            = (TnRect){ node->box.x + node->box.width - TN_BADGE_RADIUS,
                        node->box.y - TN_BADGE_RADIUS, 2 * TN_BADGE_RADIUS, 2 * TN_BADGE_RADIUS };
    }
  /* The two ends of a title. */
  for (guint i = 0; i < scene->n_frames; i++)
    {
      const TnSceneFrame *frame = &scene->frames[i];
      double name = 28
                    + tn_text_estimate (tn_name_own (tn_group_name (frame->group)),
                                        scene->style->brief_size);
      double text = 12 + tn_text_estimate (frame->text, scene->style->brief_size);
      TnRect left = frame->title, right = frame->title;

      left.width = MIN (name, left.width);
      right.width = MIN (text, right.width - left.width);
      right.x += frame->title.width - right.width;
      boxes[2 * scene->n_nodes + 2 * i] = left;
      boxes[2 * scene->n_nodes + 2 * i + 1] = right;
    }
  for (guint i = 0; i < scene->n_wires; i++)
    lines[i] = tn_curve_bounds (&scene->wires[i].curve);
  for (guint i = 0; i < n_boxes; i++)
    tn_cells_add (box_index, boxes[i]);
  wire_index = tn_spatial_new (lines, scene->n_wires);
  placing = (Placing){ scene, box_index, wire_index, labels, found, 0, said };
  /* Stubs have no choice, so they go first. */
  for (int stub = 1; stub >= 0; stub--)
    for (guint i = 0; i < scene->n_wires; i++)
      if (scene->wires[i].stub == stub)
        place_label (&placing, i);
}
