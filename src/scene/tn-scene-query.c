/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a scene: where things are, what is under a point, what lies in a rectangle. */
#include <math.h>
#include <string.h>

#include "scene/tn-scene-private.h"

const TnGraph *
tn_scene_graph (const TnScene *scene)
{
  g_return_val_if_fail (scene != NULL, NULL);
  return scene->graph;
}

const TnFacts *
tn_scene_facts (const TnScene *scene)
{
  g_return_val_if_fail (scene != NULL, NULL);
  return scene->facts;
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

  return index < 0 ? NULL : &scene->nodes[scene->nodes[index].shown];
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

      if (input->node == node && input->call == call && (input->slot == slot || input->offered))
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
    count += scene->inputs[found->first_input + i].node == node
             && scene->inputs[found->first_input + i].call == call;
  return count;
}

const TnSceneWire *
tn_scene_find_wire (const TnScene *scene, TnNodeId node, guint call, guint slot)
{
  const TnSceneNode *found = tn_scene_find_node (scene, node);

  for (guint i = 0; found != NULL && i < found->n_inputs; i++)
    {
      const TnSceneInput *input = &scene->inputs[found->first_input + i];

      if (input->node == node && input->call == call && input->slot == slot)
        return input->wire >= 0 ? &scene->wires[input->wire] : NULL;
    }
  return NULL;
}

/* ---- hits ---- */

static gboolean
contains (TnRect rect, double x, double y)
{
  return x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height;
}

/* The box that an item is, or NULL. */
static const TnSceneNode *
node_of (const TnScene *scene, guint item)
{
  guint first = tn_scene_first_node (scene);

  return item >= first && item < first + scene->n_nodes ? &scene->nodes[item - first] : NULL;
}

static void
hit_node (const TnScene *scene, const TnSceneNode *node, double x, double y, double slop,
          TnHit *hit, double *nearest)
{
  double reach = scene->style->port_radius + slop;

  /* A knot is taken itself. */
  if (node->hidden || node->remark != TN_REMARK_NONE)
    return;
  if (node->issue != NULL
      && hypot (node->box.x + node->box.width - x, node->box.y - y) <= TN_BADGE_RADIUS)
    {
      *hit = (TnHit){ .kind = TN_HIT_BADGE,
                      .node = node->group != NULL ? node->issue->node : tn_node_id (node->node) };
      *nearest = 0;
    }
  for (guint i = 0; i < node->n_inputs; i++)
    {
      const TnSceneInput *input = &scene->inputs[node->first_input + i];
      double distance = hypot (input->at.x - x, input->at.y - y);

      if (distance > reach || distance >= *nearest)
        continue;
      *hit = (TnHit){
        .kind = TN_HIT_INPUT, .node = input->node, .call = input->call, .slot = input->slot
      };
      *nearest = distance;
    }
  for (guint i = 0; i < node->n_outputs; i++)
    {
      const TnSceneOutput *output = &scene->outputs[node->first_output + i];
      double distance = hypot (output->at.x - x, output->at.y - y);

      if (distance > reach || distance >= *nearest)
        continue;
      *hit = (TnHit){ .kind = TN_HIT_OUTPUT,
                      .node = output->ref.node,
                      .call = output->ref.call,
                      .ref = output->ref };
      *nearest = distance;
    }
}

static gboolean
is_near (TnPoint mark, double x, double y)
{
  return fabs (mark.x - x) <= TN_MARK_SIZE + 3 && fabs (mark.y - y) <= TN_MARK_SIZE + 3;
}

static TnHit
hit_group (TnHitKind kind, const TnGroup *group, TnNodeId first)
{
  return (TnHit){ .kind = kind, .node = first, .group = (guint)strlen (tn_group_name (group)) };
}

/* The box there, or what of it is a target of its own. */
static gboolean
hit_box (const TnScene *scene, const TnSceneNode *node, double x, double y, TnHit *hit)
{
  TnNodeId id = tn_node_id (node->node);

  if (node->hidden
      || !contains (node->remark == TN_REMARK_KNOT ? tn_rect_grown (node->box, TN_KNOT_RADIUS / 2)
                                                   : node->box,
                    x, y))
    return FALSE;
  if (node->group == NULL)
    *hit = (TnHit){ .kind = TN_HIT_NODE, .node = id };
  else
    *hit = hit_group (is_near (tn_scene_node_mark (scene, node), x, y) ? TN_HIT_MARK : TN_HIT_NODE,
                      node->group, id);
  return TRUE;
}

/* The wire nearest to the point among the items @found. */
static TnHit
hit_wire (const TnScene *scene, const GArray *found, double x, double y, double slop)
{
  TnHit hit = { .kind = TN_HIT_NOTHING };
  TnPoint point = { x, y };
  double nearest = G_MAXDOUBLE;

  for (guint i = found->len; i-- > 0;)
    {
      guint item = g_array_index (found, guint, i);
      gboolean label = item >= tn_scene_first_label (scene);
      const TnSceneWire *wire;
      double distance;

      if (!label && (item >= tn_scene_first_node (scene) || item < tn_scene_first_wire (scene)))
        continue;
      wire = &scene->wires[item
                           - (label ? tn_scene_first_label (scene) : tn_scene_first_wire (scene))];
      if (wire->stub)
        continue;
      if (label)
        distance = wire->text != NULL && contains (wire->label, x, y) ? 0 : G_MAXDOUBLE;
      else
        distance = tn_curve_distance (&wire->curve, point);
      if (distance > slop + scene->style->wire_width || distance >= nearest)
        continue;
      nearest = distance;
      hit = (TnHit){ .kind = TN_HIT_WIRE,
                     .node = wire->to,
                     .call = wire->call,
                     .slot = wire->slot,
                     .ref = wire->ref };
    }
  return hit;
}

TnHit
tn_scene_hit (const TnScene *scene, double x, double y, double slop)
{
  TnHit hit = { .kind = TN_HIT_NOTHING };
  g_autoptr (GArray) found = NULL;
  double nearest = G_MAXDOUBLE;

  g_return_val_if_fail (scene != NULL, hit);
  found = g_array_new (FALSE, FALSE, sizeof (guint));
  tn_spatial_query (scene->items, tn_rect_grown ((TnRect){ x, y, 0, 0 }, MAX (slop, 0)), found);

  /* From the top down; knots are so small that nothing may be in their way. */
  for (guint i = found->len; i-- > 0;)
    {
      const TnSceneNode *node = node_of (scene, g_array_index (found, guint, i));

      if (node != NULL && node->remark == TN_REMARK_KNOT && hit_box (scene, node, x, y, &hit))
        return hit;
    }
  for (guint i = found->len; i-- > 0;)
    {
      const TnSceneNode *node = node_of (scene, g_array_index (found, guint, i));

      if (node != NULL)
        hit_node (scene, node, x, y, slop, &hit, &nearest);
    }
  if (hit.kind != TN_HIT_NOTHING)
    return hit;
  for (guint i = found->len; i-- > 0;)
    {
      const TnSceneNode *node = node_of (scene, g_array_index (found, guint, i));

      if (node != NULL && node->remark != TN_REMARK_FRAME && hit_box (scene, node, x, y, &hit))
        return hit;
    }
  hit = hit_wire (scene, found, x, y, slop);
  for (guint i = found->len; hit.kind == TN_HIT_NOTHING && i-- > 0;)
    {
      guint item = g_array_index (found, guint, i);
      const TnSceneFrame *frame = item < scene->n_frames ? &scene->frames[item] : NULL;

      if (frame != NULL && contains (frame->title, x, y))
        hit = hit_group (is_near (tn_scene_frame_mark (frame), x, y) ? TN_HIT_MARK : TN_HIT_FRAME,
                         frame->group, frame->first);
    }
  for (guint i = found->len; hit.kind == TN_HIT_NOTHING && i-- > 0;)
    {
      const TnSceneNode *node = node_of (scene, g_array_index (found, guint, i));

      if (node != NULL && node->remark == TN_REMARK_FRAME
          && tn_scene_hit_frame_remark (scene, node, x, y, slop))
        hit = (TnHit){ .kind = TN_HIT_NODE, .node = tn_node_id (node->node) };
    }
  return hit;
}

/* ---- groups ---- */

const TnGroup *
tn_scene_hit_group (const TnScene *scene, const TnHit *hit)
{
  const TnNode *node;
  g_autofree char *name = NULL;

  g_return_val_if_fail (scene != NULL && hit != NULL, NULL);
  node = hit->group > 0 ? tn_graph_find (scene->graph, hit->node) : NULL;
  if (node == NULL)
    return NULL;
  name = g_strndup (tn_node_name (node), hit->group);
  return tn_graph_find_group (scene->graph, name);
}

const TnGroup *
tn_scene_covering_group (const TnScene *scene, TnNodeId node, TnNodeId *first)
{
  const TnSceneNode *found;

  g_return_val_if_fail (scene != NULL, NULL);
  found = tn_scene_find_node (scene, node);
  if (found == NULL || found->group == NULL)
    return NULL;
  if (first != NULL)
    *first = tn_node_id (found->node);
  return found->group;
}

gboolean
tn_scene_group_box (const TnScene *scene, const TnGroup *group, TnRect *box)
{
  g_return_val_if_fail (scene != NULL && group != NULL && box != NULL, FALSE);
  for (guint i = 0; i < scene->n_frames; i++)
    if (g_str_equal (tn_group_name (scene->frames[i].group), tn_group_name (group)))
      {
        *box = scene->frames[i].box;
        return TRUE;
      }
  for (guint i = scene->n_layers; i < scene->n_nodes; i++)
    if (g_str_equal (tn_group_name (scene->nodes[i].group), tn_group_name (group)))
      {
        *box = scene->nodes[i].box;
        return TRUE;
      }
  return FALSE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  TnNodeId left = *(const TnNodeId *)a, right = *(const TnNodeId *)b;

  return left < right ? -1 : left > right;
}

GArray *
tn_scene_nodes_in (const TnScene *scene, TnRect rect, gboolean wholly)
{
  GArray *nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean any_group = FALSE;

  g_return_val_if_fail (scene != NULL, nodes);
  tn_spatial_query (scene->items, rect, found);
  for (guint i = 0; i < found->len; i++)
    {
      const TnSceneNode *node = node_of (scene, g_array_index (found, guint, i));
      TnNodeId id;

      if (node == NULL || node->hidden)
        continue;
      if (wholly || node->remark == TN_REMARK_FRAME
              ? !(node->box.x >= rect.x && node->box.y >= rect.y
                  && node->box.x + node->box.width <= rect.x + rect.width
                  && node->box.y + node->box.height <= rect.y + rect.height)
              : !tn_rect_intersects (node->box, rect))
        continue;
      id = tn_node_id (node->node);
      if (node->group == NULL)
        g_array_append_val (nodes, id);
      else
        any_group = TRUE;
      for (guint j = 0; node->group != NULL && j < scene->n_layers; j++)
        {
          id = tn_node_id (scene->nodes[j].node);
          if (&scene->nodes[scene->nodes[j].shown] == node)
            g_array_append_val (nodes, id);
        }
    }
  if (any_group)
    g_array_sort (nodes, compare_ids);
  return nodes;
}
