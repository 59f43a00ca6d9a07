/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a scene: where things are, what is under a point, what lies in a rectangle. */
#include <math.h>

#include "scene/tn-scene-private.h"

const TnGraph *
tn_scene_graph (const TnScene *scene)
{
  g_return_val_if_fail (scene != NULL, NULL);
  return scene->graph;
}

TnRect
tn_scene_bounds (const TnScene *scene)
{
  g_return_val_if_fail (scene != NULL, ((TnRect){ 0 }));
  return scene->bounds;
}

const TnStyle *
tn_scene_style (const TnScene *scene)
{
  g_return_val_if_fail (scene != NULL, NULL);
  return scene->style;
}

const TnSceneNode *
tn_scene_find_node (const TnScene *scene, TnNodeId node)
{
  int index = tn_graph_index (scene->graph, node);

  return index < 0 ? NULL : &scene->nodes[index];
}

gboolean
tn_scene_node_box (const TnScene *scene, TnNodeId node, TnRect *box)
{
  const TnSceneNode *found;

  g_return_val_if_fail (scene != NULL && box != NULL, FALSE);
  found = tn_scene_find_node (scene, node);
  if (found == NULL)
    return FALSE;
  *box = found->box;
  return TRUE;
}

gboolean
tn_scene_input_port (const TnScene *scene, TnNodeId node, guint call, guint slot, double *x,
                     double *y)
{
  const TnSceneNode *found;
  const TnSceneInput *best = NULL;

  g_return_val_if_fail (scene != NULL && x != NULL && y != NULL, FALSE);
  found = tn_scene_find_node (scene, node);
  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < found->n_inputs; i++)
    {
      const TnSceneInput *input = &scene->inputs[found->first_input + i];

      if (input->call == call && (input->slot == slot || input->offered))
        {
          best = input;
          if (input->slot == slot)
            break;
        }
    }
  if (best == NULL)
    return FALSE;
  *x = best->at.x;
  *y = best->at.y;
  return TRUE;
}

gboolean
tn_scene_output_port (const TnScene *scene, TnRef ref, double *x, double *y)
{
  const TnSceneNode *found;

  g_return_val_if_fail (scene != NULL && x != NULL && y != NULL, FALSE);
  found = tn_scene_find_node (scene, ref.node);
  for (guint i = 0; found != NULL && i < found->n_outputs; i++)
    {
      const TnSceneOutput *output = &scene->outputs[found->first_output + i];

      if (tn_ref_equal (output->ref, ref))
        {
          *x = output->at.x;
          *y = output->at.y;
          return TRUE;
        }
    }
  return FALSE;
}

guint
tn_scene_n_input_ports (const TnScene *scene, TnNodeId node, guint call)
{
  const TnSceneNode *found;
  guint count = 0;

  g_return_val_if_fail (scene != NULL, 0);
  found = tn_scene_find_node (scene, node);
  for (guint i = 0; found != NULL && i < found->n_inputs; i++)
    count += scene->inputs[found->first_input + i].call == call;
  return count;
}

const TnSceneWire *
tn_scene_find_wire (const TnScene *scene, TnNodeId node, guint call, guint slot)
{
  int index = tn_graph_index (scene->graph, node);

  for (guint i = 0; index >= 0 && i < scene->n_wires; i++)
    {
      const TnSceneWire *wire = &scene->wires[i];

      if (!wire->stub && wire->node == (guint)index && wire->call == call && wire->slot == slot)
        return wire;
    }
  return NULL;
}

/* ---- hits ---- */

static gboolean
contains (TnRect rect, double x, double y)
{
  return x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height;
}

static void
hit_node (const TnScene *scene, const TnSceneNode *node, double x, double y, double slop,
          TnHit *hit, double *nearest)
{
  double reach = scene->style->port_radius + slop;

  if (node->issue != NULL
      && hypot (node->box.x + node->box.width - x, node->box.y - y) <= TN_BADGE_RADIUS)
    {
      *hit = (TnHit){ .kind = TN_HIT_BADGE, .node = tn_node_id (node->node) };
      *nearest = 0;
    }
  for (guint i = 0; i < node->n_inputs; i++)
    {
      const TnSceneInput *input = &scene->inputs[node->first_input + i];
      double distance = hypot (input->at.x - x, input->at.y - y);

      if (distance > reach || distance >= *nearest)
        continue;
      *hit = (TnHit){ .kind = TN_HIT_INPUT,
                      .node = tn_node_id (node->node),
                      .call = input->call,
                      .slot = input->slot };
      *nearest = distance;
    }
  for (guint i = 0; i < node->n_outputs; i++)
    {
      const TnSceneOutput *output = &scene->outputs[node->first_output + i];
      double distance = hypot (output->at.x - x, output->at.y - y);

      if (distance > reach || distance >= *nearest)
        continue;
      *hit = (TnHit){ .kind = TN_HIT_OUTPUT,
                      .node = tn_node_id (node->node),
                      .call = output->ref.call,
                      .ref = output->ref };
      *nearest = distance;
    }
}

TnHit
tn_scene_hit (const TnScene *scene, double x, double y, double slop)
{
  TnHit hit = { .kind = TN_HIT_NOTHING };
  g_autoptr (GArray) found = NULL;
  TnPoint point = { x, y };
  double nearest = G_MAXDOUBLE;
  double nearest_wire = G_MAXDOUBLE;

  g_return_val_if_fail (scene != NULL, hit);
  found = g_array_new (FALSE, FALSE, sizeof (guint));
  tn_spatial_query (scene->items, tn_rect_grown ((TnRect){ x, y, 0, 0 }, MAX (slop, 0)), found);

  /* From the top down. */
  for (guint i = found->len; i-- > 0;)
    {
      guint item = g_array_index (found, guint, i);

      if (item >= scene->n_wires && item < scene->n_wires + scene->n_nodes)
        hit_node (scene, &scene->nodes[item - scene->n_wires], x, y, slop, &hit, &nearest);
    }
  if (hit.kind != TN_HIT_NOTHING)
    return hit;
  for (guint i = found->len; i-- > 0;)
    {
      guint item = g_array_index (found, guint, i);

      if (item >= scene->n_wires && item < scene->n_wires + scene->n_nodes
          && contains (scene->nodes[item - scene->n_wires].box, x, y))
        {
          hit.kind = TN_HIT_NODE;
          hit.node = tn_node_id (scene->nodes[item - scene->n_wires].node);
          return hit;
        }
    }
  for (guint i = found->len; i-- > 0;)
    {
      guint item = g_array_index (found, guint, i);
      gboolean label = item >= scene->n_wires + scene->n_nodes;
      guint number = label ? item - scene->n_wires - scene->n_nodes : item;
      const TnSceneWire *wire;
      double distance;

      if (!label && item >= scene->n_wires)
        continue;
      wire = &scene->wires[number];
      if (wire->stub)
        continue;
      if (label)
        distance = wire->text != NULL && contains (wire->label, x, y) ? 0 : G_MAXDOUBLE;
      else
        distance = tn_curve_distance (&wire->curve, point);
      if (distance > slop + scene->style->wire_width || distance >= nearest_wire)
        continue;
      nearest_wire = distance;
      hit = (TnHit){ .kind = TN_HIT_WIRE,
                     .node = tn_node_id (scene->nodes[wire->node].node),
                     .call = wire->call,
                     .slot = wire->slot,
                     .ref = wire->ref };
    }
  return hit;
}

GArray *
tn_scene_nodes_in (const TnScene *scene, TnRect rect, gboolean wholly)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));

  g_return_val_if_fail (scene != NULL, nodes);
  tn_spatial_query (scene->items, rect, found);
  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);
      const TnSceneNode *node;
      TnNodeId id;

      if (item < scene->n_wires || item >= scene->n_wires + scene->n_nodes)
        continue;
      node = &scene->nodes[item - scene->n_wires];
      if (wholly ? !(node->box.x >= rect.x && node->box.y >= rect.y
                     && node->box.x + node->box.width <= rect.x + rect.width
                     && node->box.y + node->box.height <= rect.y + rect.height)
                 : !tn_rect_intersects (node->box, rect))
        continue;
      id = tn_node_id (node->node);
      g_array_append_val (nodes, id);
    }
  return nodes;
}
