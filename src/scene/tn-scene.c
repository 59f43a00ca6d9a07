/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a scene out of a graph and what is known of it. */
#include "scene/tn-scene-private.h"

const char *
tn_wires_name (TnWires wires)
{
  return wires == TN_WIRES_ORTHOGONAL ? "orthogonal" : "curved";
}

gboolean
tn_wires_from_name (const char *name, TnWires *wires)
{
  g_return_val_if_fail (name != NULL && wires != NULL, FALSE);
  if (!g_str_equal (name, "curved") && !g_str_equal (name, "orthogonal"))
    return FALSE;
  *wires = name[0] == 'o' ? TN_WIRES_ORTHOGONAL : TN_WIRES_CURVED;
  return TRUE;
}

void
tn_scene_assign_issues (TnScene *scene)
{
  if (scene->facts == NULL)
    return;
  for (guint i = 0; i < tn_facts_n_issues (scene->facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (scene->facts, i);
      int index = issue->node == TN_NODE_NONE ? -1 : tn_graph_index (scene->graph, issue->node);
      TnSceneNode *node;

      if (index < 0)
        continue;
      node = &scene->nodes[scene->nodes[index].shown];
      if (node->issue == NULL || issue->severity < node->issue->severity)
        {
          node->issue = issue;
          node->n_issues = 0;
        }
      node->n_issues += issue->severity == node->issue->severity;
    }
}

TnRect
tn_scene_item_bounds (const TnScene *scene, guint item)
{
  const TnSceneWire *wire;
  TnRect label;

  if (item < tn_scene_first_wire (scene))
    return tn_rect_grown (scene->frames[item].box, 2);
  if (item < tn_scene_first_node (scene))
    return scene->wires[item - tn_scene_first_wire (scene)].bounds;
  if (item < tn_scene_first_label (scene))
    return scene->nodes[item - tn_scene_first_node (scene)].bounds;
  wire = &scene->wires[item - tn_scene_first_label (scene)];
  label = tn_rect_grown (wire->label, 2);
  return wire->apart ? tn_rect_union (label, (TnRect){ wire->anchor.x, wire->anchor.y, 0, 0 })
                     : label;
}

void
tn_scene_measure (TnScene *scene)
{
  guint n_items = tn_scene_n_items (scene);

  for (guint i = 0; i < n_items; i++)
    {
      TnRect bounds = tn_scene_item_bounds (scene, i);

      scene->bounds = i == 0 ? bounds : tn_rect_union (scene->bounds, bounds);
    }
}

void
tn_scene_index (TnScene *scene)
{
  guint n_items = tn_scene_n_items (scene);
  g_autofree TnRect *bounds = g_new (TnRect, MAX (n_items, 1));

  for (guint i = 0; i < n_items; i++)
    bounds[i] = tn_scene_item_bounds (scene, i);
  tn_spatial_free (scene->items);
  scene->items = tn_spatial_new (bounds, n_items);
}

TnScene *
tn_scene_new (const TnGraph *graph, const TnFacts *facts, const TnSceneOptions *options)
{
  TnScene *scene;
  guint n_nodes;
  TnLayoutMetrics metrics;
  g_autofree TnPoint *places = NULL;
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (TnSceneInput));
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (TnSceneOutput));

  g_return_val_if_fail (graph != NULL && options != NULL, NULL);
  scene = g_new0 (TnScene, 1);
  scene->references = 1;
  scene->graph = tn_layout_turn (graph, options->direction, facts);
  graph = scene->graph;
  scene->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  scene->style = tn_style_get (options->theme);
  scene->theme = options->theme;
  scene->direction = options->direction;
  scene->wire_style = options->wires;
  scene->stale = options->stale;
  scene->heat = options->heat;
  scene->chosen = options->chosen;
  scene->parts
      = options->chosen ? options->parts : TN_PART_SHAPES | TN_PART_KERNELS | TN_PART_NAMES;
  scene->strings = g_string_chunk_new (4096);
  scene->texts = options->previous != NULL && options->previous->style == scene->style
                     ? tn_text_cache_ref (options->previous->texts)
                     : tn_text_cache_new (scene->style);
  tn_scene_find_groups (scene);
  n_nodes = scene->n_nodes;

  metrics = tn_layout_metrics (scene->style, scene->direction, graph, facts);
  places = tn_layout_shown (graph, scene->direction, &metrics);
  places = g_renew (TnPoint, places, MAX (n_nodes, 1));
  tn_scene_place_groups (scene, places);
  tn_scene_assign_issues (scene);
  for (guint i = 0; i < n_nodes; i++)
    {
      tn_scene_describe_node (scene, i);
      tn_scene_place_node (scene, i, places[scene->nodes[i].shown]);
      tn_scene_build_ports (scene, i, places, inputs, outputs);
    }
  tn_scene_heat (scene, options->times);
  scene->inputs = g_memdup2 (inputs->data, MAX (inputs->len, 1) * sizeof (TnSceneInput));
  scene->outputs = g_memdup2 (outputs->data, MAX (outputs->len, 1) * sizeof (TnSceneOutput));
  tn_scene_build_frames (scene);
  tn_scene_build_wires (scene);
  tn_labels_place (scene);
  tn_scene_index (scene);
  tn_scene_measure (scene);
  return scene;
}

TnScene *
tn_scene_ref (TnScene *scene)
{
  g_return_val_if_fail (scene != NULL, NULL);
  scene->references++;
  return scene;
}

void
tn_scene_unref (TnScene *scene)
{
  if (scene == NULL || --scene->references > 0)
    return;
  tn_graph_unref (scene->graph);
  if (scene->facts != NULL)
    tn_facts_unref (scene->facts);
  g_string_chunk_free (scene->strings);
  g_free (scene->nodes);
  g_free (scene->frames);
  g_free (scene->inputs);
  g_free (scene->outputs);
  g_free (scene->wires);
  tn_spatial_free (scene->items);
  tn_spatial_free (scene->reaches);
  tn_router_free (scene->router);
  tn_text_cache_unref (scene->texts);
  g_free (scene);
}
