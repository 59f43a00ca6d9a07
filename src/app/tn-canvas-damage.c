/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tiles look different after a change: two successive scenes, compared layer by layer. */
#include <math.h>

#include "app/tn-canvas-private.h"

/* Beyond its box a layer has a shadow, a border and the sign of its problem; a wire swings past its
 * ends and carries a label in its middle. In document units. */
#define NODE_REACH 40
#define WIRE_REACH 120
/* With more changes than that everything is drawn again: finding out what not to draw would take
 * longer. */
#define MOST_CHANGES 256

typedef struct
{
  TnTileCache *tiles;
  guint n_changes;
} TnDamage;

static void
damage_rect (TnDamage *damage, TnRect rect, double reach)
{
  damage->n_changes++;
  if (damage->n_changes <= MOST_CHANGES)
    tn_tile_cache_damage (damage->tiles,
                          (TnRect){ rect.x - reach, rect.y - reach, rect.width + 2 * reach,
                                    rect.height + 2 * reach });
}

static void
damage_wire (TnDamage *damage, TnScene *scene, TnRef ref, TnNodeId node, guint call, guint slot)
{
  double x0, y0, x1, y1;

  if (ref.node == TN_NODE_NONE || !tn_scene_output_port (scene, ref, &x0, &y0)
      || !tn_scene_input_port (scene, node, call, slot, &x1, &y1))
    return;
  damage_rect (damage, (TnRect){ MIN (x0, x1), MIN (y0, y1), fabs (x1 - x0), fabs (y1 - y0) },
               WIRE_REACH + fabs (y1 - y0) / 2);
}

/* A layer with all its wires, as @scene shows it. */
static void
damage_node (TnDamage *damage, TnScene *scene, TnNodeId id)
{
  const TnGraph *graph = tn_scene_graph (scene);
  int index = tn_graph_index (graph, id);
  const TnGraphUse *uses;
  const TnNode *node;
  guint n_uses;
  TnRect box;

  if (index < 0 || damage->n_changes > MOST_CHANGES)
    return;
  node = tn_graph_node (graph, (guint)index);
  if (tn_scene_node_box (scene, id, &box))
    damage_rect (damage, box, NODE_REACH);
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      damage_wire (damage, scene, tn_node_input (node, call, slot), id, call, slot);
  uses = tn_graph_uses (graph, (guint)index, &n_uses);
  for (guint i = 0; i < n_uses; i++)
    damage_wire (damage, scene, uses[i].ref, tn_node_id (tn_graph_node (graph, uses[i].index)),
                 uses[i].call, uses[i].slot);
}

static gboolean
same_issue (const TnIssue *a, const TnIssue *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->severity == b->severity && g_strcmp0 (a->message, b->message) == 0;
}

/* Do both know the same of a layer that is @node in both their graphs? */
static gboolean
same_facts (const TnFacts *a, const TnFacts *b, const TnNode *node)
{
  const TnNodeId id = tn_node_id (node);
  int index = tn_graph_index (tn_facts_graph (a), id);
  int other = tn_graph_index (tn_facts_graph (b), id);
  const TnNode *known, *known_other;

  if (index < 0 || other < 0)
    return index == other;
  known = tn_graph_node (tn_facts_graph (a), (guint)index);
  known_other = tn_graph_node (tn_facts_graph (b), (guint)other);
  if (tn_facts_state (a, (guint)index) != tn_facts_state (b, (guint)other)
      || tn_facts_params (a, (guint)index) != tn_facts_params (b, (guint)other)
      || !same_issue (tn_facts_node_issue (a, id), tn_facts_node_issue (b, id))
      || tn_node_n_calls (known) != tn_node_n_calls (known_other))
    return FALSE;

  for (guint call = 0; call < tn_node_n_calls (known); call++)
    {
      if (tn_node_n_inputs (known, call) != tn_node_n_inputs (known_other, call))
        return FALSE;
      for (guint slot = 0; slot < tn_node_n_inputs (known, call); slot++)
        {
          TnShape shape = tn_facts_input (a, (guint)index, call, slot);
          TnShape shape_other = tn_facts_input (b, (guint)other, call, slot);

          if (tn_facts_edge (a, (guint)index, call, slot)
                  != tn_facts_edge (b, (guint)other, call, slot)
              || !tn_shape_identical (&shape, &shape_other))
            return FALSE;
        }
      for (guint output = 0; output < tn_node_schema (known)->n_outputs; output++)
        {
          TnRef ref = { id, (guint16)call, (guint16)output };
          TnShape shape = tn_facts_shape (a, ref, NULL);
          TnShape shape_other = tn_facts_shape (b, ref, NULL);

          if (!tn_shape_identical (&shape, &shape_other))
            return FALSE;
        }
    }
  return TRUE;
}

void
tn_canvas_damage (TnTileCache *tiles, TnScene *old_scene, const TnFacts *old_facts,
                  TnScene *new_scene, const TnFacts *new_facts)
{
  const TnGraph *old_graph = tn_scene_graph (old_scene);
  const TnGraph *new_graph = tn_scene_graph (new_scene);
  TnDamage damage = { .tiles = tiles };

  if ((old_facts == NULL) != (new_facts == NULL))
    {
      tn_tile_cache_damage_all (tiles);
      return;
    }

  for (guint i = 0; i < tn_graph_size (new_graph); i++)
    {
      const TnNode *node = tn_graph_node (new_graph, i);
      /* Nodes are shared between successive graphs: another pointer, another node. */
      const TnNode *old = tn_graph_find (old_graph, tn_node_id (node));

      if (old == node && (old_facts == new_facts || same_facts (old_facts, new_facts, node)))
        continue;
      damage_node (&damage, old_scene, tn_node_id (node));
      damage_node (&damage, new_scene, tn_node_id (node));
    }
  for (guint i = 0; i < tn_graph_size (old_graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (old_graph, i));

      if (tn_graph_index (new_graph, id) < 0)
        damage_node (&damage, old_scene, id);
    }
  if (damage.n_changes > MOST_CHANGES)
    tn_tile_cache_damage_all (tiles);
}
