/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wires of a scene: which ones there are, how they run, and what they are to say. */
#include "scene/tn-scene-private.h"

/* The number of the port that a tensor leaves the box @source by. */
static guint
output_of (const TnScene *scene, TnRef ref, guint source)
{
  const TnSceneNode *node = &scene->nodes[source];
  guint number;

  if (node->group == NULL)
    {
      number = ref.call * tn_node_n_outputs (node->node) + ref.output;
      return node->first_output + MIN (number, node->n_outputs - 1);
    }
  for (number = 0; number + 1 < node->n_outputs; number++)
    if (tn_ref_equal (scene->outputs[node->first_output + number].ref, ref))
      break;
  return node->first_output + number;
}

static TnPoint
transposed (const TnScene *scene, TnPoint point)
{
  return scene->direction == TN_DIRECTION_DOWN ? point : (TnPoint){ point.y, point.x };
}

void
tn_scene_describe_wire (TnScene *scene, TnSceneWire *wire)
{
  const TnSceneNode *node = &scene->nodes[wire->node];
  gboolean assumed;
  TnShape shape;

  if (wire->stub)
    {
      shape = tn_scene_shape (scene, wire->ref, &assumed);
      wire->state = !tn_shape_is_some (&shape) ? TN_EDGE_UNKNOWN
                    : assumed                  ? TN_EDGE_ASSUMED
                                               : TN_EDGE_OK;
      wire->wanted = tn_scene_shape_text (scene, wire->ref);
      return;
    }
  wire->sheet = node->sheet;
  wire->state = scene->facts == NULL ? TN_EDGE_UNKNOWN
                                     : tn_facts_seen_edge (scene->facts, wire->to, wire->call,
                                                           wire->slot, wire->ref);
  wire->idle = tn_scene_wire_is_idle (scene, wire->to, wire->ref);
  /* A wire with knots says its shape once, at its end. */
  wire->wanted = wire->idle || node->remark == TN_REMARK_KNOT
                     ? NULL
                     : tn_scene_shape_text (scene, wire->ref);
}

/* Of a stub its start only is asked for. */
void
tn_scene_lay_wire (TnScene *scene, TnSceneWire *wire)
{
  const TnSceneNode *node = &scene->nodes[wire->node];
  TnPoint from = transposed (scene, scene->outputs[wire->output].at), to;

  if (wire->stub)
    wire->curve = tn_curve_down (from, (TnPoint){ from.x, from.y + TN_STUB_LENGTH });
  else
    {
      to = transposed (scene, scene->inputs[wire->input].at);
      wire->curve = node->side != TN_SIDE_TOP ? tn_curve_aside (scene->wire_style, from, to)
                                              : tn_router_route (scene->router, from, wire->source,
                                                                 to, wire->node, &wire->route);
    }
  if (scene->direction != TN_DIRECTION_DOWN)
    tn_curve_transpose (&wire->curve);
  wire->bounds = tn_rect_grown (tn_curve_bounds (&wire->curve), 6);
}

TnRect
tn_scene_obstacle (const TnScene *scene, guint index)
{
  TnRect box = scene->nodes[index].box;

  /* Wires run through the area that a frame marks. */
  if (scene->nodes[index].remark == TN_REMARK_FRAME)
    box.width = box.height = 0;
  return scene->direction == TN_DIRECTION_DOWN ? box
                                               : (TnRect){ box.y, box.x, box.height, box.width };
}

void
tn_scene_build_wires (TnScene *scene)
{
  g_autoptr (GArray) wires = g_array_new (FALSE, TRUE, sizeof (TnSceneWire));
  g_autofree TnRect *boxes = g_new (TnRect, MAX (scene->n_nodes, 1));
  g_autofree gboolean *used = NULL;
  guint n_outputs = 0;

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      boxes[i] = tn_scene_obstacle (scene, i);
      n_outputs += scene->nodes[i].n_outputs;
    }
  used = g_new0 (gboolean, MAX (n_outputs, 1));
  scene->router = tn_router_new (boxes, scene->n_nodes, scene->wire_style);

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const TnSceneNode *node = &scene->nodes[i];

      for (guint j = 0; j < node->n_inputs; j++)
        {
          TnSceneInput *input = &scene->inputs[node->first_input + j];
          const TnNode *end
              = node->group != NULL ? tn_graph_find (scene->graph, input->node) : node->node;
          TnSceneWire wire = { .node = i,
                               .to = input->node,
                               .call = input->call,
                               .slot = input->slot,
                               .input = node->first_input + j };
          int source;

          input->wire = -1;
          if (!input->wired)
            continue;
          wire.ref = tn_node_input (end, input->call, input->slot);
          source = tn_graph_index (scene->graph, wire.ref.node);
          if (source >= 0)
            source = (int)scene->nodes[source].shown;
          if (source < 0 || scene->nodes[source].n_outputs == 0)
            continue;
          wire.source = (guint)source;
          wire.output = output_of (scene, wire.ref, wire.source);
          used[wire.output] = TRUE;
          tn_scene_describe_wire (scene, &wire);
          tn_scene_lay_wire (scene, &wire);
          input->wire = (int)wires->len;
          g_array_append_val (wires, wire);
        }
    }
  for (guint i = 0; i < scene->n_nodes; i++)
    for (guint j = 0; j < scene->nodes[i].n_outputs; j++)
      {
        guint output = scene->nodes[i].first_output + j;
        TnRef ref = scene->outputs[output].ref;
        TnSceneWire wire = {
          .node = i, .to = ref.node, .stub = TRUE, .ref = ref, .source = i, .output = output
        };

        if (used[output] || scene->facts == NULL || scene->nodes[i].role != TN_ROLE_ACTIVE
            || scene->nodes[i].remark != TN_REMARK_NONE || (scene->parts & TN_PART_SHAPES) == 0)
          continue;
        tn_scene_describe_wire (scene, &wire);
        tn_scene_lay_wire (scene, &wire);
        g_array_append_val (wires, wire);
      }
  scene->n_wires = wires->len;
  scene->wires = g_memdup2 (wires->data, MAX (wires->len, 1) * sizeof (TnSceneWire));
}
