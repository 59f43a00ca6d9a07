/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places for the shape labels: on the wire where that is free, else along it or beside it. */
#include "scene/tn-cells.h"
#include "scene/tn-scene-private.h"

#include <math.h>

/* Costs: what a label may least of all cover. */
#define COST_BOX   10
#define COST_LABEL 10
#define COST_WIRE  1
#define SIDE_GAP   7.0

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
  TnSpatial *boxes;
  TnSpatial *wires;
  TnCells *labels;
  GArray *found;
} Placing;

static int
cost_of (Placing *self, guint wire, TnRect label)
{
  const TnScene *scene = self->scene;
  int cost = 0;

  g_array_set_size (self->found, 0);
  tn_spatial_query (self->boxes, tn_rect_grown (label, 2), self->found);
  cost += COST_BOX * (int)self->found->len;
  if (tn_cells_taken (self->labels, tn_rect_grown (label, 2)))
    cost += COST_LABEL;
  if (cost > 0)
    return cost; /* wires are not worth looking at */
  g_array_set_size (self->found, 0);
  tn_spatial_query (self->wires, label, self->found);
  for (guint i = 0; i < self->found->len; i++)
    {
      guint other = g_array_index (self->found, guint, i);

      if (other != wire && !scene->wires[other].stub
          && tn_curve_crosses (&scene->wires[other].curve, tn_rect_grown (label, 2)))
        cost += COST_WIRE;
    }
  return cost;
}

static TnRect
centred (TnPoint at, double width, double height)
{
  return (TnRect){ at.x - width / 2, at.y - height / 2, width, height };
}

static void
place_label (Placing *self, guint number)
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
  TnScene *scene = self->scene;
  TnSceneWire *wire = &scene->wires[number];
  double height = scene->style->label_height;
  double extra = wire->state == TN_EDGE_ERROR ? 14 : 0;
  double width;
  int best = G_MAXINT;

  if (wire->text == NULL)
    {
      wire->label = centred (tn_curve_at (&wire->curve, 0.5), 0, 0);
      return;
    }
  width = ceil (tn_text_estimate (wire->text, scene->style->label_size)) + 16 + extra;
  if (wire->stub)
    {
      TnPoint end = wire->curve.points[wire->curve.n_points - 1];

      if (scene->direction == TN_DIRECTION_DOWN)
        end.y += height / 2;
      else
        end.x += width / 2;
      wire->label = centred (end, width, height);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      TnPoint at = tn_curve_at (&wire->curve, candidates[i].along);
      TnRect label;
      int cost;

      if (scene->direction == TN_DIRECTION_DOWN)
        at.x += candidates[i].side * (width / 2 + SIDE_GAP);
      else
        at.y -= candidates[i].side * (height / 2 + SIDE_GAP);
      label = centred (at, width, height);
      cost = cost_of (self, number, label);
      if (cost < best)
        {
          best = cost;
          wire->label = label;
        }
      if (cost == 0)
        return;
    }
}

void
tn_labels_place (TnScene *scene)
{
  guint n_boxes = scene->n_nodes + 2 * scene->n_frames;
  g_autofree TnRect *boxes = g_new (TnRect, MAX (n_boxes, 1));
  g_autofree TnRect *lines = g_new (TnRect, MAX (scene->n_wires, 1));
  g_autoptr (TnCells) labels = tn_cells_new (128);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (TnSpatial) box_index = NULL;
  g_autoptr (TnSpatial) wire_index = NULL;
  Placing placing;

  for (guint i = 0; i < scene->n_nodes; i++)
    boxes[i] = scene->nodes[i].box;
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
      boxes[scene->n_nodes + 2 * i] = left;
      boxes[scene->n_nodes + 2 * i + 1] = right;
    }
  for (guint i = 0; i < scene->n_wires; i++)
    lines[i] = tn_curve_bounds (&scene->wires[i].curve);
  box_index = tn_spatial_new (boxes, n_boxes);
  wire_index = tn_spatial_new (lines, scene->n_wires);
  placing = (Placing){ scene, box_index, wire_index, labels, found };
  /* Stubs have no choice, so they go first. */
  for (int stub = 1; stub >= 0; stub--)
    for (guint i = 0; i < scene->n_wires; i++)
      if (scene->wires[i].stub == stub)
        {
          place_label (&placing, i);
          if (scene->wires[i].text != NULL)
            tn_cells_add (labels, scene->wires[i].label);
        }
}
