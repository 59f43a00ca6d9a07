/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups in a scene: a closed one is one box in the place of its members, an open one a frame. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "graph/tn-repeat.h"
#include "scene/tn-scene-private.h"

/* ---- what is seen ---- */

/* Numbers of groups by name, plus 1. Borrows the names. */
static GHashTable *
number_groups (const TnGraph *graph)
{
  GHashTable *numbers = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    g_hash_table_insert (numbers, (gpointer)tn_group_name (tn_graph_group (graph, i)),
                         GUINT_TO_POINTER (i + 1));
  return numbers;
}

/* The number of the group that what is called @name stands in; -1: in none. */
static int
group_around (GHashTable *numbers, const char *name)
{
  gsize length = tn_name_group_length (name);
  g_autofree char *group = length > 0 ? g_strndup (name, length) : NULL;

  return group == NULL ? -1 : (int)GPOINTER_TO_UINT (g_hash_table_lookup (numbers, group)) - 1;
}

void
tn_scene_find_groups (TnScene *scene)
{
  const TnGraph *graph = scene->graph;
  guint n_groups = tn_graph_n_groups (graph);
  g_autoptr (GHashTable) numbers = n_groups > 0 ? number_groups (graph) : NULL;
  /* The box that hides what is in a group, or -1; and how deep it stands. */
  g_autofree int *cover = g_new (int, MAX (n_groups, 1));
  g_autofree guint *depth = g_new0 (guint, MAX (n_groups, 1));
  guint n_boxes = 0;

  scene->n_layers = tn_graph_size (graph);
  scene->nodes = g_new0 (TnSceneNode, scene->n_layers + n_groups + 1);
  scene->frames = g_new0 (TnSceneFrame, n_groups + 1);
  for (guint i = 0; i < n_groups; i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      int around = group_around (numbers, tn_group_name (group));

      depth[i] = around >= 0 ? depth[around] + 1 : 0;
      cover[i] = around >= 0 ? cover[around] : -1;
      if (cover[i] >= 0)
        continue;
      if (tn_group_is_open (group))
        {
          scene->frames[scene->n_frames++] = (TnSceneFrame){ .group = group, .depth = depth[i] };
          continue;
        }
      cover[i] = (int)(scene->n_layers + n_boxes++);
      scene->nodes[cover[i]].group = group;
      scene->nodes[cover[i]].name = tn_name_own (tn_group_name (group));
      scene->nodes[cover[i]].shown = (guint)cover[i];
    }
  scene->n_nodes = scene->n_layers + n_boxes;
  for (guint i = 0; i < scene->n_layers; i++)
    {
      TnSceneNode *self = &scene->nodes[i];
      int around = -1;

      self->node = tn_graph_node (graph, i);
      self->name = tn_name_own (tn_node_name (self->node));
      self->shown = i;
      if (numbers != NULL)
        around = group_around (numbers, tn_node_name (self->node));
      self->hidden = around >= 0 && cover[around] >= 0;
      self->chip = tn_node_schema (self->node)->boundary;
      if (!self->hidden)
        continue;
      self->shown = (guint)cover[around];
      if (scene->nodes[self->shown].node == NULL)
        scene->nodes[self->shown].node = self->node;
    }
}

void
tn_scene_place_groups (const TnScene *scene, TnPoint *places)
{
  g_autofree guint *counts = g_new0 (guint, scene->n_nodes + 1);

  for (guint i = scene->n_layers; i < scene->n_nodes; i++)
    places[i] = (TnPoint){ 0, 0 };
  for (guint i = 0; i < scene->n_layers; i++)
    {
      guint shown = scene->nodes[i].shown;

      if (shown == i)
        continue;
      places[shown].x += places[i].x;
      places[shown].y += places[i].y;
      counts[shown]++;
    }
  for (guint i = scene->n_layers; i < scene->n_nodes; i++)
    places[i] = (TnPoint){ floor (places[i].x / MAX (counts[i], 1) + 0.5),
                           floor (places[i].y / MAX (counts[i], 1) + 0.5) };
}

/* ---- what a group says ---- */

char *
tn_scene_group_text (const TnScene *scene, const TnGroup *group)
{
  guint n_layers = 0;

  for (guint i = 0; i < scene->n_layers; i++)
    {
      const TnNode *node = scene->nodes[i].node;

      n_layers += !tn_node_schema (node)->boundary && tn_group_holds (group, tn_node_name (node));
    }
  /* Translators: what a group is and holds: "Functional · 5 layers". */
  return g_strdup_printf (ngettext ("%s · %u layer", "%s · %u layers", n_layers),
                          tn_group_type (group), n_layers);
}

/* Parameters of all that is within; -1: not known. */
static gint64
count_params (const TnScene *scene, const TnGroup *group)
{
  const TnGraph *graph = tn_facts_graph (scene->facts);
  gint64 sum = 0;

  for (guint i = 0; i < scene->n_layers; i++)
    {
      const TnNode *node = scene->nodes[i].node;
      int then = tn_group_holds (group, tn_node_name (node))
                     ? tn_graph_index (graph, tn_node_id (node))
                     : -1;
      gint64 params = then >= 0 ? tn_facts_params (scene->facts, (guint)then) : 0;

      if (params < 0 || __builtin_add_overflow (sum, params, &sum))
        return -1;
    }
  return sum;
}

/* The worst state of what is within. */
static TnState
worst_state (const TnScene *scene, guint number)
{
  const TnGraph *graph = tn_facts_graph (scene->facts);
  TnState worst = TN_STATE_KNOWN;

  for (guint i = 0; i < scene->n_layers; i++)
    {
      int then = scene->nodes[i].shown == number
                     ? tn_graph_index (graph, tn_node_id (scene->nodes[i].node))
                     : -1;

      if (then >= 0)
        worst = MAX (worst, tn_facts_state (scene->facts, (guint)then));
    }
  return worst;
}

static char *
group_note (const TnScene *scene, const TnSceneNode *self)
{
  const TnNode *at = tn_graph_find (scene->graph, self->issue->node);
  g_autofree char *note = NULL;

  if (self->n_issues > 1)
    return g_strdup_printf (
        self->issue->severity == TN_SEVERITY_WARNING
            ? ngettext ("%u warning within", "%u warnings within", self->n_issues)
            : ngettext ("%u problem within", "%u problems within", self->n_issues),
        self->n_issues);
  note = tn_issue_note (self->issue);
  return at == NULL ? g_steal_pointer (&note)
                    : g_strdup_printf ("%s: %s", tn_name_own (tn_node_name (at)), note);
}

void
tn_scene_describe_group (TnScene *scene, TnSceneNode *self)
{
  g_autofree char *text = tn_scene_group_text (scene, self->group);
  gint64 params = scene->facts != NULL ? count_params (scene, self->group) : -1;

  {
    g_autoptr (GPtrArray) copies = tn_graph_repeated (scene->graph, self->group, TRUE);

    self->times = copies != NULL ? copies->len : 0;
  }
  self->label = g_string_chunk_insert_const (scene->strings, text);
  if (scene->facts != NULL)
    self->state = worst_state (scene, self->shown);
  if (params >= 0)
    {
      g_autofree char *count = tn_text_count (params);
      g_autofree char *brief
          = g_strdup_printf (ngettext ("%s parameter", "%s parameters", (gulong)params), count);

      self->brief = g_string_chunk_insert_const (scene->strings, brief);
    }
  if (self->issue != NULL)
    {
      g_autofree char *note = group_note (scene, self);

      self->note = g_string_chunk_insert_const (scene->strings, note);
    }
}

/* ---- ports ---- */

static void
add_input (const TnNode *node, guint call, guint slot, GArray *inputs)
{
  TnSceneInput input = { .node = tn_node_id (node), .call = call, .slot = slot };

  input.wired = tn_node_input (node, call, slot).node != TN_NODE_NONE;
  g_array_append_val (inputs, input);
}

static void
add_output (TnRef ref, guint first, GArray *outputs)
{
  TnSceneOutput output = { .ref = ref };

  for (guint i = first; i < outputs->len; i++)
    if (tn_ref_equal (g_array_index (outputs, TnSceneOutput, i).ref, ref))
      return;
  g_array_append_val (outputs, output);
}

void
tn_scene_group_ports (const TnScene *scene, const TnSceneNode *self, GArray *inputs,
                      GArray *outputs)
{
  const TnGraph *graph = scene->graph;
  guint n_calls = 1, first = outputs->len, n_refs, n_uses;
  const TnRef *refs = tn_group_outputs (self->group, &n_refs);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < scene->n_layers; i++)
    if (scene->nodes[i].shown == self->shown && tn_node_schema (scene->nodes[i].node)->boundary
        && tn_graph_group_of (graph, scene->nodes[i].node) == self->group)
      {
        g_array_append_val (entries, i);
        n_calls = MAX (n_calls, tn_node_n_calls (scene->nodes[i].node));
      }
  for (guint call = 0; call < n_calls; call++)
    for (guint i = 0; i < entries->len; i++)
      {
        const TnNode *node = scene->nodes[g_array_index (entries, guint, i)].node;

        if (call < tn_node_n_calls (node))
          add_input (node, call, 0, inputs);
      }
  for (guint call = 0; call < n_calls; call++)
    for (guint i = 0; i < n_refs; i++)
      {
        const TnNode *node = tn_graph_find (graph, refs[i].node);
        TnRef ref = refs[i];

        if (node == NULL)
          continue;
        ref.call = (guint16)(ref.call + call * (tn_node_n_calls (node) / n_calls));
        if (ref.call < tn_node_n_calls (node) && ref.output < tn_node_n_outputs (node))
          add_output (ref, first, outputs);
      }
  /* What goes round these: it cannot be called as a model, and must be seen all the same. */
  for (guint i = 0; i < scene->n_layers; i++)
    {
      const TnNode *node = scene->nodes[i].node;
      const TnGraphUse *uses;
      gboolean entry
          = tn_node_schema (node)->boundary && tn_graph_group_of (graph, node) == self->group;

      if (scene->nodes[i].shown != self->shown)
        continue;
      for (guint call = 0; !entry && call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
          {
            int source = tn_graph_index (graph, tn_node_input (node, call, slot).node);

            if (source >= 0 && scene->nodes[source].shown != self->shown)
              add_input (node, call, slot, inputs);
          }
      uses = tn_graph_uses (graph, i, &n_uses);
      for (guint j = 0; j < n_uses; j++)
        if (scene->nodes[uses[j].index].shown != self->shown)
          add_output (uses[j].ref, first, outputs);
    }
}

/* ---- frames ---- */

TnPoint
tn_scene_node_mark (const TnScene *scene, const TnSceneNode *node)
{
  return (TnPoint){ node->box.x + node->box.width - 15,
                    node->box.y + scene->style->box_height / 2 };
}

TnPoint
tn_scene_frame_mark (const TnSceneFrame *frame)
{
  return (TnPoint){ frame->title.x + 16, frame->title.y + frame->title.height / 2 };
}

/* When those within it and after it have their places. */
static void
place_frame (TnScene *scene, guint number)
{
  const TnStyle *style = scene->style;
  TnSceneFrame *frame = &scene->frames[number];
  TnRect inside = { 0 };
  gboolean any = FALSE;

  frame->first = TN_NODE_NONE;
  for (guint j = 0; j < scene->n_nodes; j++)
    {
      const TnSceneNode *node = &scene->nodes[j];

      if (node->group != NULL || !tn_group_holds (frame->group, tn_node_name (node->node)))
        continue;
      if (frame->first == TN_NODE_NONE)
        frame->first = tn_node_id (node->node);
      node = &scene->nodes[node->shown];
      inside = any ? tn_rect_union (inside, node->box) : node->box;
      any = TRUE;
    }
  for (guint j = number + 1; j < scene->n_frames; j++)
    if (tn_group_holds (frame->group, tn_group_name (scene->frames[j].group)))
      inside = tn_rect_union (inside, scene->frames[j].box);
  frame->box
      = (TnRect){ inside.x - style->frame_gap, inside.y - style->frame_gap - style->frame_title,
                  inside.width + 2 * style->frame_gap,
                  inside.height + 2 * style->frame_gap + style->frame_title };
  frame->title = (TnRect){ frame->box.x, frame->box.y, frame->box.width, style->frame_title };
}

void
tn_scene_build_frames (TnScene *scene)
{
  /* What is within others comes after them, and is needed before. */
  for (guint i = scene->n_frames; i-- > 0;)
    {
      g_autofree char *text = tn_scene_group_text (scene, scene->frames[i].group);

      scene->frames[i].text = g_string_chunk_insert_const (scene->strings, text);
      place_frame (scene, i);
    }
}

void
tn_scene_follow_frames (TnScene *scene, const GArray *boxes)
{
  for (guint i = scene->n_frames; i-- > 0;)
    for (guint j = 0; j < boxes->len; j++)
      {
        const TnNode *node = scene->nodes[g_array_index (boxes, guint, j)].node;

        if (!tn_group_holds (scene->frames[i].group, tn_node_name (node)))
          continue;
        place_frame (scene, i);
        break;
      }
}
