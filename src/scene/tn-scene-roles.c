/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that do not count, in a scene. */
#include "base/tn-i18n.h"
#include "scene/tn-scene-private.h"

/* A group is what its layers are; what is disabled in it says more than what follows from that. */
static TnRole
group_role (const TnScene *scene, guint number)
{
  TnRole role = TN_ROLE_ACTIVE;

  for (guint i = 0; i < scene->n_layers; i++)
    {
      TnRole one;

      if (scene->nodes[i].shown != number || tn_node_schema (scene->nodes[i].node)->boundary
          || tn_node_is_mark (scene->nodes[i].node))
        continue;
      one = tn_graph_role (scene->graph, i);
      if (one == TN_ROLE_ACTIVE)
        return one;
      if (role == TN_ROLE_ACTIVE || one == TN_ROLE_DISABLED || role == TN_ROLE_BYPASSED)
        role = one;
    }
  return role;
}

TnRole
tn_scene_role (const TnScene *scene, guint number)
{
  if (tn_graph_active (scene->graph) == scene->graph)
    return TN_ROLE_ACTIVE;
  return number < scene->n_layers ? tn_graph_role (scene->graph, number)
                                  : group_role (scene, number);
}

const char *
tn_scene_role_text (TnRole role)
{
  static const char *const texts[] = {
    [TN_ROLE_ACTIVE] = NULL,
    [TN_ROLE_BYPASSED] = N_ ("bypassed"),
    [TN_ROLE_DISABLED] = N_ ("disabled"),
    [TN_ROLE_INACTIVE] = N_ ("inactive"),
  };

  return texts[role] != NULL ? _ (texts[role]) : NULL;
}

gboolean
tn_scene_wire_is_idle (const TnScene *scene, TnNodeId to, TnRef ref)
{
  int index = tn_graph_index (scene->graph, to);
  TnRole role;
  TnRef counts;

  if (tn_graph_active (scene->graph) == scene->graph || index < 0)
    return FALSE;
  role = tn_graph_role (scene->graph, (guint)index);
  return role == TN_ROLE_DISABLED || role == TN_ROLE_INACTIVE
         || !tn_graph_resolve (scene->graph, ref, &counts);
}
