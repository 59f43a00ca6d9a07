/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The display list as text. Nothing in it depends on the fonts of a machine. */
#include <math.h>

#include "layers/tn-remarks.h"
#include "scene/tn-scene-private.h"

static void
add_rect (GString *out, TnRect rect)
{
  g_string_append_printf (out, " at %ld %ld size %ld %ld", lround (rect.x), lround (rect.y),
                          lround (rect.width), lround (rect.height));
}

static void
add_text (GString *out, const char *key, const char *text)
{
  g_autofree char *escaped = NULL;

  if (text == NULL)
    return;
  escaped = g_strescape (text, "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f"
                               "\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f"
                               "\xa0\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf"
                               "\xb0\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbe\xbf"
                               "\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf"
                               "\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf"
                               "\xe0\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef"
                               "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff");
  g_string_append_printf (out, " %s \"%s\"", key, escaped);
}

/* Of a group's box, whose port it is; else "". */
static const char *
port_owner (const TnScene *scene, const TnSceneNode *node, TnNodeId id)
{
  return node->group != NULL ? tn_node_name (tn_graph_find (scene->graph, id)) : "";
}

static void
dump_frame (const TnSceneFrame *frame, GString *out)
{
  g_string_append_printf (out, "frame %s (%s)", tn_group_name (frame->group),
                          tn_group_type (frame->group));
  add_rect (out, frame->box);
  add_text (out, "text", frame->text);
  g_string_append_c (out, '\n');
}

static void
dump_node (const TnScene *scene, const TnSceneNode *node, GString *out)
{
  if (node->hidden)
    return;
  if (node->remark != TN_REMARK_NONE)
    {
      g_string_append (out, tn_node_name (node->node));
      add_rect (out, node->box);
      add_text (out, "text",
                node->remark != TN_REMARK_KNOT ? tn_node_string (node->node, TN_REMARK_TEXT)
                                               : NULL);
      g_string_append_c (out, '\n');
      return;
    }
  g_string_append_printf (out, "%s %s (%s, %s)",
                          node->group != NULL ? "group"
                          : node->chip        ? "chip"
                          : node->sheet       ? "sheet"
                                              : "box",
                          node->group != NULL ? tn_group_name (node->group)
                                              : tn_node_name (node->node),
                          node->label, tn_family_name (node->layer->family));
  add_rect (out, node->box);
  g_string_append_printf (out, " %s",
                          node->role != TN_ROLE_ACTIVE ? tn_role_name (node->role)
                                                       : tn_state_name (node->state));
  if (node->times > 0)
    g_string_append_printf (out, " times %u", node->times);
  add_text (out, "brief", node->brief);
  add_text (out, "waits", node->waits);
  add_text (out, "pin", node->pin);
  if (node->heat_text != NULL)
    {
      g_string_append_printf (out, " heat %ld", lround (node->heat * 100));
      add_text (out, "of", node->heat_text);
    }
  if (node->issue != NULL)
    g_string_append_printf (out, " %s %s", tn_severity_name (node->issue->severity),
                            node->issue->code);
  add_text (out, "note", node->note);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < node->n_inputs; i++)
    {
      const TnSceneInput *input = &scene->inputs[node->first_input + i];

      g_string_append_printf (out, "  input %s%s%u.%u at %ld %ld%s\n",
                              port_owner (scene, node, input->node), node->group != NULL ? ":" : "",
                              input->call, input->slot, lround (input->at.x), lround (input->at.y),
                              input->offered ? " offered"
                              : input->wired ? ""
                                             : " open");
    }
  for (guint i = 0; i < node->n_outputs; i++)
    {
      const TnSceneOutput *output = &scene->outputs[node->first_output + i];

      g_string_append_printf (out, "  output %s%s%u.%u at %ld %ld\n",
                              port_owner (scene, node, output->ref.node),
                              node->group != NULL ? ":" : "", output->ref.call, output->ref.output,
                              lround (output->at.x), lround (output->at.y));
    }
}

static void
dump_wire (const TnScene *scene, const TnSceneWire *wire, GString *out)
{
  const TnNode *source = tn_graph_find (scene->graph, wire->ref.node);

  if (wire->stub)
    g_string_append_printf (out, "stub %s:%u.%u", tn_node_name (source), wire->ref.call,
                            wire->ref.output);
  else
    g_string_append_printf (out, "wire %s:%u.%u to %s:%u.%u", tn_node_name (source), wire->ref.call,
                            wire->ref.output, tn_node_name (tn_graph_find (scene->graph, wire->to)),
                            wire->call, wire->slot);
  g_string_append_printf (out, " %s along", wire->idle ? "idle" : tn_edge_state_name (wire->state));
  for (guint i = 0; i < wire->curve.n_points; i += 3)
    g_string_append_printf (out, " %ld,%ld", lround (wire->curve.points[i].x),
                            lround (wire->curve.points[i].y));
  add_text (out, "label", wire->text);
  if (wire->text != NULL)
    add_rect (out, wire->label);
  g_string_append_c (out, '\n');
}

char *
tn_scene_dump (const TnScene *scene)
{
  GString *out;

  g_return_val_if_fail (scene != NULL, NULL);
  out = g_string_new (NULL);
  g_string_append_printf (out, "scene %s %s%s", tn_theme_name (scene->theme),
                          tn_direction_name (scene->direction), scene->stale ? " stale" : "");
  if (scene->heat != TN_HEAT_NONE)
    g_string_append_printf (out, " heat %s", tn_heat_name (scene->heat));
  add_rect (out, scene->bounds);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < scene->n_frames; i++)
    dump_frame (&scene->frames[i], out);
  for (guint i = 0; i < scene->n_nodes; i++)
    dump_node (scene, &scene->nodes[i], out);
  for (guint i = 0; i < scene->n_wires; i++)
    dump_wire (scene, &scene->wires[i], out);
  return g_string_free (out, FALSE);
}
