/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What looks different between two scenes, so that a canvas draws only that again. */
#include <string.h>

#include "scene/tn-scene-private.h"

/* Which wire it is: one for each input, one for each output that nobody uses. */
typedef struct
{
  TnNodeId node;
  guint call;
  guint slot; /* of a stub: the output */
  gboolean stub;
} TnWireKey;

static guint
wire_key_hash (gconstpointer data)
{
  const TnWireKey *key = data;

  return key->node * 2654435761u ^ key->call * 40503u ^ key->slot * 9973u ^ (guint)key->stub;
}

static gboolean
wire_key_equal (gconstpointer a, gconstpointer b)
{
  const TnWireKey *key = a, *other = b;

  return key->node == other->node && key->call == other->call && key->slot == other->slot
         && key->stub == other->stub;
}

static TnWireKey
key_of (const TnSceneWire *wire)
{
  return (TnWireKey){ wire->to, wire->stub ? wire->ref.call : wire->call,
                      wire->stub ? wire->ref.output : wire->slot, wire->stub };
}

static GHashTable *
index_wires (const TnScene *scene)
{
  GHashTable *wires = g_hash_table_new_full (wire_key_hash, wire_key_equal, g_free, NULL);

  for (guint i = 0; i < scene->n_wires; i++)
    {
      TnWireKey key = key_of (&scene->wires[i]);

      g_hash_table_insert (wires, g_memdup2 (&key, sizeof key), &scene->wires[i]);
    }
  return wires;
}

static void
add_rect (GArray *changes, TnRect rect)
{
  TnRect grown = tn_rect_grown (rect, TN_CHANGE_REACH);

  g_array_append_val (changes, grown);
}

static gboolean
same_rect (TnRect a, TnRect b)
{
  return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
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

/* A line and its label are far apart at times: each where it differs. */
void
tn_scene_compare_wires (const TnSceneWire *before, const TnSceneWire *after, GArray *changes)
{
  gboolean same_look = before->state == after->state && before->sheet == after->sheet
                       && before->idle == after->idle;

  if (!same_look || !same_curve (&before->curve, &after->curve))
    {
      add_rect (changes, before->bounds);
      add_rect (changes, after->bounds);
    }
  if (!same_look || g_strcmp0 (before->text, after->text) != 0
      || !same_rect (before->label, after->label))
    {
      add_rect (changes, before->label);
      add_rect (changes, after->label);
    }
}

static gboolean
same_issue (const TnIssue *a, const TnIssue *b)
{
  /* Of an issue a box shows how bad it is; its words are the note. */
  return (a == NULL) == (b == NULL) && (a == NULL || a->severity == b->severity);
}

static gboolean
same_ports (const TnScene *before, const TnSceneNode *a, const TnScene *after, const TnSceneNode *b)
{
  if (a->n_inputs != b->n_inputs || a->n_outputs != b->n_outputs)
    return FALSE;
  for (guint i = 0; i < a->n_inputs; i++)
    {
      const TnSceneInput *input = &before->inputs[a->first_input + i];
      const TnSceneInput *other = &after->inputs[b->first_input + i];

      if (input->at.x != other->at.x || input->at.y != other->at.y || input->wired != other->wired
          || input->offered != other->offered)
        return FALSE;
    }
  return TRUE;
}

static gboolean
same_remark (const TnSceneNode *a, const TnSceneNode *b)
{
  return a->remark == b->remark
         && (a->remark == TN_REMARK_NONE || a->node == b->node
             || tn_node_same_meaning (a->node, b->node));
}

static gboolean
same_node (const TnScene *before, const TnSceneNode *a, const TnScene *after, const TnSceneNode *b)
{
  return same_rect (a->box, b->box) && g_str_equal (a->name, b->name) && a->layer == b->layer
         && a->state == b->state && a->role == b->role && a->times == b->times && same_remark (a, b)
         && a->sheet == b->sheet && a->side == b->side && same_issue (a->issue, b->issue)
         && (a->node == b->node || tn_node_is_trainable (a->node) == tn_node_is_trainable (b->node))
         && g_strcmp0 (a->label, b->label) == 0 && g_strcmp0 (a->brief, b->brief) == 0
         && g_strcmp0 (a->waits, b->waits) == 0 && g_strcmp0 (a->note, b->note) == 0
         && g_strcmp0 (a->pin, b->pin) == 0 && g_strcmp0 (a->shape, b->shape) == 0
         && a->heat == b->heat && g_strcmp0 (a->heat_text, b->heat_text) == 0
         && same_ports (before, a, after, b);
}

/* What is seen in the box of @node, in @scene; NULL when that has no such box. */
static const TnSceneNode *
same_box (const TnScene *scene, const TnSceneNode *node)
{
  int index;

  if (node->group != NULL)
    {
      for (guint i = scene->n_layers; i < scene->n_nodes; i++)
        if (g_str_equal (tn_group_name (scene->nodes[i].group), tn_group_name (node->group)))
          return &scene->nodes[i];
      return NULL;
    }
  index = tn_graph_index (scene->graph, tn_node_id (node->node));
  return index < 0 || scene->nodes[index].hidden ? NULL : &scene->nodes[index];
}

static void
compare_nodes (const TnScene *before, const TnScene *after, GArray *changes)
{
  for (guint i = 0; i < after->n_nodes; i++)
    {
      const TnSceneNode *node = &after->nodes[i];
      const TnSceneNode *then = node->hidden ? NULL : same_box (before, node);

      if (node->hidden || (then != NULL && same_node (before, then, after, node)))
        continue;
      if (then != NULL)
        add_rect (changes, then->bounds);
      add_rect (changes, node->bounds);
    }
  for (guint i = 0; i < before->n_nodes; i++)
    if (!before->nodes[i].hidden && same_box (after, &before->nodes[i]) == NULL)
      add_rect (changes, before->nodes[i].bounds);
}

static gboolean
same_frame (const TnSceneFrame *a, const TnSceneFrame *b)
{
  return g_str_equal (tn_group_name (a->group), tn_group_name (b->group)) && a->depth == b->depth
         && same_rect (a->box, b->box) && g_strcmp0 (a->text, b->text) == 0;
}

/* Frames are few: those that have no twin on the other side. */
static void
compare_frames (const TnScene *before, const TnScene *after, GArray *changes)
{
  for (guint side = 0; side < 2; side++)
    {
      const TnScene *one = side == 0 ? before : after, *other = side == 0 ? after : before;

      for (guint i = 0; i < one->n_frames; i++)
        {
          gboolean found = i < other->n_frames && same_frame (&one->frames[i], &other->frames[i]);

          for (guint j = 0; !found && j < other->n_frames; j++)
            found = same_frame (&one->frames[i], &other->frames[j]);
          if (!found)
            add_rect (changes, one->frames[i].box);
        }
    }
}

GArray *
tn_scene_changes (const TnScene *before, const TnScene *after)
{
  g_autoptr (GArray) changes = NULL;
  g_autoptr (GHashTable) gone = NULL;
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);
  if (before->style != after->style || before->direction != after->direction
      || before->wire_style != after->wire_style || before->stale != after->stale
      || before->heat != after->heat)
    return NULL;

  changes = g_array_new (FALSE, FALSE, sizeof (TnRect));
  compare_frames (before, after, changes);
  compare_nodes (before, after, changes);
  gone = index_wires (before);
  for (guint i = 0; i < after->n_wires; i++)
    {
      const TnSceneWire *wire = &after->wires[i];
      TnWireKey key = key_of (wire);
      const TnSceneWire *then = g_hash_table_lookup (gone, &key);

      if (then == NULL)
        {
          add_rect (changes, wire->bounds);
          add_rect (changes, wire->label);
          continue;
        }
      tn_scene_compare_wires (then, wire, changes);
      g_hash_table_remove (gone, &key);
    }
  g_hash_table_iter_init (&iter, gone);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      add_rect (changes, ((const TnSceneWire *)value)->bounds);
      add_rect (changes, ((const TnSceneWire *)value)->label);
    }
  return g_steal_pointer (&changes);
}
