/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making room on the canvas for a group that opens, and taking it back when it closes. */
#include <math.h>
#include <string.h>

#include "document/tn-spacing.h"
#include "scene/tn-scene.h"

static TnScene *
scene_of (const TnGraph *graph)
{
  return tn_scene_new (
      graph, NULL,
      &(TnSceneOptions){ .theme = TN_THEME_LIGHT, .direction = tn_graph_direction (graph) });
}

static TnRect
rect_union (TnRect a, TnRect b)
{
  double x = MIN (a.x, b.x), y = MIN (a.y, b.y);

  return (TnRect){ x, y, MAX (a.x + a.width, b.x + b.width) - x,
                   MAX (a.y + a.height, b.y + b.height) - y };
}

/* What the group took in @before, which may not know it: then what its members took. */
static gboolean
room_before (const TnScene *before, const TnGraph *after, const char *name, TnRect *room)
{
  const TnGroup *group = tn_graph_find_group (tn_scene_graph (before), name);
  gboolean any = FALSE;

  if (group != NULL)
    return tn_scene_group_box (before, group, room);
  group = tn_graph_find_group (after, name);
  for (guint i = 0; i < tn_graph_size (after); i++)
    {
      const TnNode *node = tn_graph_node (after, i);
      TnRect box;

      if (!tn_group_holds (group, tn_node_name (node))
          || !tn_scene_node_box (before, tn_node_id (node), &box))
        continue;
      *room = any ? rect_union (*room, box) : box;
      any = TRUE;
    }
  return any;
}

/* The box in which @node stands as a whole beside the group @name: its own, or that of the
 * outermost group that does not hold that group; within @around. */
static gboolean
unit_box (const TnScene *scene, const TnNode *node, const char *name, gsize around, TnRect *box)
{
  const char *path = tn_node_name (node);
  const char *slash = strlen (path) > around ? strchr (path + around + (around > 0), '/') : NULL;

  if (slash != NULL)
    {
      g_autofree char *own = g_strndup (path, (gsize)(slash - path));
      const TnGroup *group = tn_graph_find_group (tn_scene_graph (scene), own);

      if (group != NULL && tn_scene_group_box (scene, group, box))
        return TRUE;
    }
  return tn_scene_node_box (scene, tn_node_id (node), box);
}

/* Moves what stands beside or below @room, within the group around @name, out of the way of
 * @grown. */
static void
push (TnDraft *draft, const TnScene *before, const TnGraph *graph, const char *name, TnRect room,
      TnRect grown)
{
  gsize around = tn_name_group_length (name);
  double left = room.x - grown.x;
  double right = grown.x + grown.width - room.x - room.width;
  double down = grown.y + grown.height - room.y - room.height;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      const char *path = tn_node_name (node);
      gsize length = strlen (name);
      double dx = 0, dy = 0;
      TnRect box;

      if (strncmp (path, name, length) == 0 && path[length] == '/')
        continue;
      if (around > 0 && (strncmp (path, name, around) != 0 || path[around] != '/'))
        continue;
      if (!unit_box (before, node, name, around, &box))
        continue;
      if (box.y >= room.y + room.height)
        dy = down;
      else if (box.y + box.height <= room.y)
        continue;
      else if (box.x + box.width / 2 < room.x + room.width / 2)
        dx = -left;
      else
        dx = right;
      if (dx != 0 || dy != 0)
        tn_draft_move (draft, tn_node_id (node), round (tn_node_x (node) + dx),
                       round (tn_node_y (node) + dy));
    }
}

TnGraph *
tn_spacing_resize_group (const TnGraph *before, const TnGraph *after, const char *name)
{
  g_autoptr (TnScene) then = scene_of (before);
  g_autoptr (TnScene) now = scene_of (after);
  g_autoptr (TnGraph) graph = tn_graph_ref (after);
  g_autofree char *at = g_strdup (name);
  const TnGroup *group = tn_graph_find_group (after, name);
  TnRect room, grown;

  if (group == NULL || !room_before (then, after, name, &room)
      || !tn_scene_group_box (now, group, &grown))
    return g_steal_pointer (&graph);
  /* Its upper edge, and the middle of that, stay where they were. */
  {
    g_autoptr (TnDraft) draft = tn_draft_new (graph);
    double dx = round (room.x + room.width / 2 - grown.x - grown.width / 2);
    double dy = round (room.y - grown.y);

    for (guint i = 0; i < tn_graph_size (after); i++)
      {
        const TnNode *node = tn_graph_node (after, i);

        if (tn_group_holds (group, tn_node_name (node)))
          tn_draft_move (draft, tn_node_id (node), tn_node_x (node) + dx, tn_node_y (node) + dy);
      }
    tn_graph_unref (graph);
    graph = tn_draft_finish (draft);
  }
  while (TRUE)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (graph);
      gsize length = tn_name_group_length (at);

      tn_scene_unref (now);
      now = scene_of (graph);
      group = tn_graph_find_group (graph, at);
      if (group == NULL || !room_before (then, graph, at, &room)
          || !tn_scene_group_box (now, group, &grown))
        break;
      push (draft, then, graph, at, room, grown);
      tn_graph_unref (graph);
      graph = tn_draft_finish (draft);
      if (length == 0)
        break;
      at[length] = '\0';
    }
  return g_steal_pointer (&graph);
}
