/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the canvas says in words: tooltips, accessible names, the summary. */
#include "app/tn-canvas-private.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "graph/tn-active.h"
#include "layers/tn-remarks.h"

/* Of a closed group, so many layers are told by name. */
#define MOST_MEMBERS 8

/* Its index in the facts shown, which may be about an earlier graph; -1 when they do not know it.
 */
static int
facts_index (TnCanvas *self, TnNodeId node)
{
  return self->facts == NULL ? -1 : tn_graph_index (tn_facts_graph (self->facts), node);
}

/* The shape of a tensor that the facts may not have heard of yet. */
static TnShape
shape_of (TnCanvas *self, TnRef ref, gboolean *assumed)
{
  return self->facts != NULL ? tn_facts_seen_shape (self->facts, ref, assumed) : tn_shape_none ();
}

/* The shapes of all outputs, or NULL while nothing is known of them. */
static char *
output_text (TnCanvas *self, const TnNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_outputs = tn_node_n_outputs (node);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint output = 0; output < n_outputs; output++)
      {
        TnRef ref = { tn_node_id (node), (guint16)call, (guint16)output };
        TnShape shape = shape_of (self, ref, NULL);
        g_autofree char *one = NULL;

        if (!tn_shape_is_some (&shape))
          continue;
        one = tn_shape_to_text (&shape);
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", one);
      }
  return text->len == 0 ? NULL : g_strdup (text->str);
}

static char *
input_text (TnCanvas *self, const TnNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int index = facts_index (self, tn_node_id (node));
  const TnNode *known;

  if (index < 0)
    return NULL;
  /* Calls and slots as the facts' graph has them: the document may be ahead. */
  known = tn_graph_node (tn_facts_graph (self->facts), (guint)index);
  for (guint call = 0; call < tn_node_n_calls (known); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (known, call); slot++)
      {
        TnShape shape = tn_facts_input (self->facts, (guint)index, call, slot);
        g_autofree char *one = NULL;

        if (!tn_shape_is_some (&shape))
          continue;
        one = tn_shape_to_text (&shape);
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", one);
      }
  return text->len == 0 ? NULL : g_strdup (text->str);
}

/* What has become of a layer that does not count; NULL of one that does. */
static const char *
role_text (TnCanvas *self, const TnNode *node)
{
  static const char *const texts[] = {
    [TN_ROLE_ACTIVE] = NULL,
    [TN_ROLE_BYPASSED] = N_ ("bypassed"),
    [TN_ROLE_DISABLED] = N_ ("disabled"),
    [TN_ROLE_INACTIVE] = N_ ("inactive, because what it depends on is disabled"),
  };
  const TnGraph *graph = tn_scene_graph (self->scene);
  int index = tn_graph_index (graph, tn_node_id (node));
  TnRole role = index >= 0 ? tn_graph_role (graph, (guint)index) : TN_ROLE_ACTIVE;

  return texts[role] != NULL ? _ (texts[role]) : NULL;
}

char *
tn_canvas_node_label (TnCanvas *self, const TnNode *node)
{
  const char *role = role_text (self, node);

  if (tn_node_schema (node)->remark)
    /* TRANSLATORS: "Comment: what it says", "Frame: its title" */
    return g_strdup_printf (_ ("%s: %s"), _ (tn_layer_of (node)->label),
                            tn_node_string (node, TN_REMARK_TEXT));
  if (tn_node_schema (node)->knot)
    return g_strdup (_ (tn_layer_of (node)->label));
  if (role != NULL)
    return g_strdup_printf ("%s, %s, %s", tn_node_name (node), tn_node_type (node), role);
  return g_strdup_printf ("%s, %s", tn_node_name (node), tn_node_type (node));
}

char *
tn_canvas_node_problem (TnCanvas *self, const TnNode *node)
{
  const TnIssue *issue = NULL;

  if (self->facts != NULL)
    issue = tn_facts_node_issue (self->facts, tn_node_id (node));
  if (issue == NULL)
    return g_strdup ("");
  if (issue->severity == TN_SEVERITY_WARNING)
    return g_strdup_printf (_ ("Warning: %s"), issue->message);
  return g_strdup_printf (_ ("Error: %s"), issue->message);
}

char *
tn_canvas_group_label (TnCanvas *self, const TnGroup *group)
{
  const TnGraph *graph = tn_scene_graph (self->scene);
  guint n_layers = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      n_layers += !tn_node_schema (node)->boundary && tn_group_holds (group, tn_node_name (node));
    }
  /* TRANSLATORS: a group of layers: its name, its class, how much it holds */
  return g_strdup_printf (ngettext ("%s, %s with %u layer", "%s, %s with %u layers", n_layers),
                          tn_name_own (tn_group_name (group)), tn_group_type (group), n_layers);
}

char *
tn_canvas_group_problem (TnCanvas *self, const TnGroup *group)
{
  const TnGraph *graph = tn_scene_graph (self->scene);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      g_autofree char *problem = NULL;

      if (!tn_group_holds (group, tn_node_name (node)))
        continue;
      problem = tn_canvas_node_problem (self, node);
      if (problem[0] != '\0')
        return g_steal_pointer (&problem);
    }
  return g_strdup ("");
}

char *
tn_canvas_group_description (TnCanvas *self, const TnGroup *group)
{
  const TnGraph *graph = tn_scene_graph (self->scene);
  g_autofree char *problem = tn_canvas_group_problem (self, group);
  g_autoptr (GString) names = g_string_new (NULL);
  const gsize own = strlen (tn_group_name (group)) + 1;
  guint n = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->boundary || tn_node_is_mark (node)
          || !tn_group_holds (group, tn_node_name (node)))
        continue;
      if (++n <= MOST_MEMBERS)
        g_string_append_printf (names, "%s%s", n > 1 ? ", " : "", tn_node_name (node) + own);
    }
  if (n == 0)
    return g_steal_pointer (&problem);
  if (n > MOST_MEMBERS)
    g_string_append (names, ", …");
  /* TRANSLATORS: for screen readers: what is wrong in a closed group, the names of its layers */
  return g_strdup_printf (_ ("%s%sHolds %s."), problem, problem[0] != '\0' ? " " : "", names->str);
}

char *
tn_canvas_summary (TnCanvas *self)
{
  const TnGraph *graph = tn_canvas_graph (self);
  g_autofree char *layers = NULL, *connections = NULL, *problems = NULL;
  guint n_layers = 0, n_wires = 0, n_problems = 0;

  if (graph != NULL)
    {
      for (guint i = 0; i < tn_graph_size (graph); i++)
        {
          const TnNode *node = tn_graph_node (graph, i);

          if (tn_node_is_mark (node))
            continue;
          n_layers++;
          for (guint call = 0; call < tn_node_n_calls (node); call++)
            for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
              n_wires += tn_node_input (node, call, slot).node != TN_NODE_NONE;
        }
    }
  if (self->facts != NULL)
    n_problems = tn_facts_n_issues (self->facts);
  layers = g_strdup_printf (ngettext ("%u layer", "%u layers", n_layers), n_layers);
  connections = g_strdup_printf (ngettext ("%u connection", "%u connections", n_wires), n_wires);
  problems = g_strdup_printf (ngettext ("%u problem", "%u problems", n_problems), n_problems);
  /* TRANSLATORS: "12 layers, 14 connections, 1 problem" */
  return g_strdup_printf (_ ("%s, %s, %s"), layers, connections, problems);
}

/* "lstm", or "lstm (state h)" where it puts out several. */
static char *
source_text (const TnNode *node, guint output)
{
  const char *name = tn_node_output_name (node, output);

  if (name == NULL)
    return g_strdup (tn_node_name (node));
  return g_strdup_printf (_ ("%s (%s)"), tn_node_name (node), name);
}

/* A sentence for each input that something is wired to. */
static void
describe_inputs (TnCanvas *self, const TnNode *node, GString *text)
{
  const TnGraph *graph = tn_scene_graph (self->scene);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        const TnNode *from = tn_graph_find (graph, ref.node);
        const char *name = tn_schema_input_name (tn_node_schema (node), slot);
        g_autofree char *source = NULL, *arriving = NULL;
        TnShape shape = shape_of (self, ref, NULL);

        if (from == NULL)
          {
            if (!tn_node_is_optional (node, slot) && name != NULL)
              g_string_append_printf (text, _ ("Nothing is wired to %s. "), name);
            continue;
          }
        source = source_text (from, ref.output);
        arriving = tn_shape_is_some (&shape) ? tn_shape_to_text (&shape) : g_strdup ("?");
        /* TRANSLATORS: for screen readers: which input of a layer, its shape, the layer before */
        g_string_append_printf (text, _ ("%s %s from %s. "), name != NULL ? name : _ ("Input"),
                                arriving, source);
      }
}

char *
tn_canvas_node_description (TnCanvas *self, const TnNode *node)
{
  g_autoptr (GString) text = NULL;
  g_autofree char *problem = NULL, *output = NULL;
  gsize in_group = tn_name_group_length (tn_node_name (node));

  if (tn_node_is_mark (node))
    return g_strdup ("");
  text = g_string_new (NULL);
  problem = tn_canvas_node_problem (self, node);
  output = output_text (self, node);
  if (problem[0] != '\0')
    g_string_append_printf (text, "%s ", problem);
  describe_inputs (self, node, text);
  if (output != NULL)
    /* TRANSLATORS: for screen readers: the shape(s) that a layer puts out */
    g_string_append_printf (text, _ ("Output %s. "), output);
  if (in_group > 0)
    {
      g_autofree char *group = g_strndup (tn_node_name (node), in_group);

      /* TRANSLATORS: for screen readers: the open group that a layer is in */
      g_string_append_printf (text, _ ("In group %s."), group);
    }
  return g_strdup (g_strchomp (text->str));
}

char *
tn_canvas_node_about (TnCanvas *self, const TnNode *node)
{
  g_autoptr (GString) text = g_string_new (tn_node_type (node));
  g_autofree char *input = input_text (self, node);
  g_autofree char *output = output_text (self, node);
  int index = facts_index (self, tn_node_id (node));

  if (role_text (self, node) != NULL)
    g_string_append_printf (text, "\n%s", role_text (self, node));
  if (input != NULL && output != NULL)
    g_string_append_printf (text, "\n%s → %s", input, output);
  else if (output != NULL)
    g_string_append_printf (text, "\n→ %s", output);
  else if (input != NULL)
    g_string_append_printf (text, "\n%s →", input);
  if (index >= 0)
    tn_canvas_append_card (self, text, (guint)index);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
node_tip (TnCanvas *self, const TnNode *node)
{
  g_autofree char *about = NULL, *problem = NULL;

  if (tn_node_is_mark (node))
    return NULL;
  about = tn_canvas_node_about (self, node);
  problem = tn_canvas_node_problem (self, node);
  return g_strdup_printf ("%s\n%s%s%s", tn_node_name (node), about, *problem != '\0' ? "\n" : "",
                          problem);
}

/* "attention", or "attention (query)" where the layer tells its inputs apart. */
static char *
slot_text (const TnNode *node, guint slot)
{
  const char *name = tn_schema_input_name (tn_node_schema (node), slot);

  if (name == NULL)
    return g_strdup (tn_node_name (node));
  /* TRANSLATORS: a layer, and which of its inputs: "attention (query)" */
  return g_strdup_printf (_ ("%s (%s)"), tn_node_name (node), name);
}

/* Of one output of several: its shape under its name. */
static char *
output_tip (TnCanvas *self, const TnNode *node, TnRef ref)
{
  g_autofree char *source = NULL, *text = NULL;
  TnShape shape = shape_of (self, ref, NULL);

  if (tn_node_output_name (node, ref.output) == NULL)
    return node_tip (self, node);
  source = source_text (node, ref.output);
  if (!tn_shape_is_some (&shape))
    return g_steal_pointer (&source);
  text = tn_shape_to_text (&shape);
  return g_strdup_printf ("%s\n%s", source, text);
}

static char *
wire_tip (TnCanvas *self, const TnHit *hit)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const TnNode *from = tn_graph_find (graph, hit->ref.node);
  const TnNode *to = tn_graph_find (graph, hit->node);
  g_autofree char *text = NULL, *end = NULL, *start = NULL;
  gboolean assumed = FALSE;
  TnShape shape = shape_of (self, hit->ref, &assumed);

  if (from == NULL || to == NULL)
    return NULL;
  start = source_text (from, hit->ref.output);
  end = slot_text (to, hit->slot);
  if (!tn_shape_is_some (&shape))
    return g_strdup_printf ("%s → %s", start, end);
  text = tn_shape_to_text (&shape);
  if (assumed)
    /* TRANSLATORS: a layer, the next layer, the shape between them */
    return g_strdup_printf (_ ("%s → %s\n%s, once the problem before it is solved"), start, end,
                            text);
  return g_strdup_printf ("%s → %s\n%s", start, end, text);
}

/* Of an input that nothing is wired to. */
static char *
port_tip (TnCanvas *self, const TnNode *node, guint slot)
{
  g_autofree char *port = NULL;

  if (tn_schema_input_name (tn_node_schema (node), slot) == NULL)
    return node_tip (self, node);
  port = slot_text (node, slot);
  if (tn_node_is_optional (node, slot))
    /* TRANSLATORS: "attention (key)" */
    return g_strdup_printf (_ ("%s\nmay stay empty"), port);
  return g_strdup_printf (_ ("%s\nnothing is wired here"), port);
}

/* What the group is, and how it opens. */
static char *
group_tip (TnCanvas *self, const TnHit *hit)
{
  const TnGroup *group = tn_scene_hit_group (self->scene, hit);
  g_autofree char *about = group != NULL ? tn_canvas_group_label (self, group) : NULL;
  g_autofree char *problem = group != NULL ? tn_canvas_group_problem (self, group) : NULL;

  if (group == NULL)
    return NULL;
  return g_strdup_printf ("%s\n%s%s%s", about, problem, problem[0] != '\0' ? "\n" : "",
                          tn_group_is_open (group) ? _ ("Double-click to close the group")
                                                   : _ ("Double-click to open the group"));
}

char *
tn_canvas_tip (TnCanvas *self, const TnHit *hit)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const TnNode *node;

  if (graph == NULL)
    return NULL;
  switch (hit->kind)
    {
    case TN_HIT_NOTHING:
      return NULL;
    case TN_HIT_WIRE:
      return wire_tip (self, hit);
    case TN_HIT_OUTPUT:
      node = tn_graph_find (graph, hit->ref.node);
      return node == NULL ? NULL : output_tip (self, node, hit->ref);
    case TN_HIT_INPUT:
      node = tn_graph_find (graph, hit->node);
      if (node != NULL && hit->slot < tn_node_n_inputs (node, hit->call))
        {
          TnHit wire = *hit;

          wire.ref = tn_node_input (node, hit->call, hit->slot);
          if (wire.ref.node != TN_NODE_NONE)
            return wire_tip (self, &wire);
        }
      return node == NULL ? NULL : port_tip (self, node, hit->slot);
    case TN_HIT_NODE:
      node = tn_graph_find (graph, hit->node);
      return node == NULL ? NULL : hit->group > 0 ? group_tip (self, hit) : node_tip (self, node);
    case TN_HIT_MARK:
    case TN_HIT_FRAME:
      return group_tip (self, hit);
    case TN_HIT_BADGE:
      node = tn_graph_find (graph, hit->node);
      return node == NULL ? NULL : tn_canvas_node_problem (self, node);
    }
  return NULL;
}
