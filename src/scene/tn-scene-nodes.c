/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The boxes of a scene: what they say, how large they are, and where their ports are. */
#include <math.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "scene/tn-scene-private.h"

#define PORT_SPACING 30.0
#define SIDE_ROOM    24.0 /* that a wire needs to come in from the side */
#define OVERHANG     12.0 /* of badge, ports and shadow over a box */

/* ---- what facts, possibly of an earlier graph, say ---- */

TnShape
tn_scene_shape (const TnScene *scene, TnRef ref, gboolean *assumed)
{
  *assumed = FALSE;
  return scene->facts != NULL ? tn_facts_seen_shape (scene->facts, ref, assumed) : tn_shape_none ();
}

const char *
tn_scene_shape_text (TnScene *scene, TnRef ref)
{
  gboolean assumed;
  TnShape shape = tn_scene_shape (scene, ref, &assumed);
  g_autofree char *text = tn_shape_to_text (&shape);

  if (scene->facts == NULL || (scene->parts & TN_PART_SHAPES) == 0)
    return NULL;
  if (assumed && tn_shape_is_some (&shape))
    {
      g_autofree char *about = g_strconcat ("≈ ", text, NULL);
      return g_string_chunk_insert_const (scene->strings, about);
    }
  return g_string_chunk_insert_const (scene->strings, text);
}

/* Why a blocked layer cannot be told: the first input that nothing is known of. */
static char *
waits_text (const TnScene *scene, const TnNode *node)
{
  const TnNode *first = NULL;

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        const TnNode *source = tn_graph_find (scene->graph, ref.node);
        gboolean assumed;
        TnShape shape;

        if (source == NULL)
          return g_strdup (_ ("waits for an input"));
        shape = tn_scene_shape (scene, ref, &assumed);
        if (first == NULL || !tn_shape_is_some (&shape))
          first = source;
        if (!tn_shape_is_some (&shape))
          break;
      }
  /* Translators: in the box of a layer, with the name of another: "waits for dense_2". */
  return first == NULL ? NULL : g_strdup_printf (_ ("waits for %s"), tn_node_name (first));
}

static const char *
keep (TnScene *scene, char *text)
{
  const char *kept = NULL;

  if (text != NULL && text[0] != '\0')
    kept = g_string_chunk_insert_const (scene->strings, text);
  g_free (text);
  return kept;
}

/* "1,792 weights" of a layer, or of all that the box of a group stands for. */
static char *
weights_text (const TnScene *scene, guint index)
{
  const TnGraph *then = scene->facts != NULL ? tn_facts_graph (scene->facts) : NULL;
  g_autofree char *count = NULL;
  gint64 sum = 0;

  for (guint i = 0; then != NULL && i < scene->n_layers; i++)
    if (scene->nodes[i].shown == index)
      {
        int at = tn_graph_index (then, tn_node_id (scene->nodes[i].node));
        gint64 params = at >= 0 ? tn_facts_params (scene->facts, (guint)at) : -1;

        sum += MAX (params, 0);
      }
  if (sum == 0)
    return NULL;
  count = tn_text_count (sum);
  /* Translators: in the box of a layer: how many weights it has. */
  return g_strdup_printf (_ ("%s weights"), count);
}

/* ---- boxes and ports ---- */

static guint
n_ports (const TnNode *node, guint call)
{
  const TnSchema *schema = tn_node_schema (node);
  guint n_inputs = tn_node_n_inputs (node, call);

  if (schema->max_inputs <= n_inputs)
    return n_inputs;
  for (guint slot = 0; slot < n_inputs; slot++)
    if (tn_node_input (node, call, slot).node == TN_NODE_NONE)
      return n_inputs;
  return n_inputs + 1;
}

/* Place of port @number of @count along a side of length @side, from its middle; also of the one
 * beyond them. */
static double
port_offset (guint number, guint count, double side)
{
  double spacing = MIN (PORT_SPACING, (side - 24) / MAX (count - 1, 1U));

  return (number - (count - 1) / 2.0) * spacing;
}

static void
build_ports (TnScene *scene, TnSceneNode *self, TnPoint centre, GArray *inputs, GArray *outputs)
{
  const TnNode *node = self->node;
  gboolean down = scene->direction == TN_DIRECTION_DOWN;
  double side = down ? self->box.width : self->chip ? self->box.height : scene->style->box_height;
  guint n_calls = tn_node_n_calls (node);
  guint n_slots = 0;
  guint number = 0;
  guint n_outputs = tn_node_n_outputs (node);

  for (guint call = 0; call < n_calls; call++)
    n_slots += tn_node_n_inputs (node, call);
  self->first_input = inputs->len;
  self->first_output = outputs->len;
  for (guint call = 0; call < n_calls; call++)
    {
      guint n_inputs = tn_node_n_inputs (node, call);
      guint count = n_ports (node, call);

      for (guint slot = 0; slot < count; slot++)
        {
          TnSceneInput input = { .node = tn_node_id (node), .call = call, .slot = slot };
          double offset;

          input.offered = slot >= n_inputs;
          input.wired = !input.offered && tn_node_input (node, call, slot).node != TN_NODE_NONE;
          /* What is offered stands after the others, which keep their places. */
          offset = port_offset (number, MAX (n_slots, 1), side);
          if (input.offered && n_calls > 1)
            offset = port_offset (number - 1, MAX (n_slots, 1), side) + 10;
          offset = CLAMP (offset, -side / 2 + 6, side / 2 - 6);
          if (!input.offered)
            number++;
          if (self->side == TN_SIDE_TOP)
            input.at = down ? (TnPoint){ centre.x + offset, self->box.y }
                            : (TnPoint){ self->box.x, centre.y + offset };
          else if (down)
            input.at = (TnPoint){ self->side == TN_SIDE_LEFT ? self->box.x
                                                             : self->box.x + self->box.width,
                                  centre.y };
          else
            input.at = (TnPoint){ centre.x, self->side == TN_SIDE_LEFT
                                                ? self->box.y
                                                : self->box.y + self->box.height };
          g_array_append_val (inputs, input);
        }
    }
  for (guint call = 0; call < n_calls; call++)
    for (guint output = 0; output < n_outputs; output++)
      {
        double offset = port_offset (call * n_outputs + output, n_calls * n_outputs, side);
        TnSceneOutput port = { .ref = { tn_node_id (node), (guint16)call, (guint16)output } };

        port.at = down ? (TnPoint){ centre.x + offset, self->box.y + self->box.height }
                       : (TnPoint){ self->box.x + self->box.width, centre.y + offset };
        g_array_append_val (outputs, port);
      }
  self->n_inputs = inputs->len - self->first_input;
  self->n_outputs = outputs->len - self->first_output;
}

/* Those of a group's box, side by side. */
static void
build_group_ports (TnScene *scene, TnSceneNode *self, TnPoint centre, GArray *inputs,
                   GArray *outputs)
{
  gboolean down = scene->direction == TN_DIRECTION_DOWN;
  double side = down ? self->box.width : scene->style->box_height;

  self->first_input = inputs->len;
  self->first_output = outputs->len;
  tn_scene_group_ports (scene, self, inputs, outputs);
  self->n_inputs = inputs->len - self->first_input;
  self->n_outputs = outputs->len - self->first_output;
  for (guint i = 0; i < self->n_inputs; i++)
    {
      double offset = port_offset (i, self->n_inputs, side);

      g_array_index (inputs, TnSceneInput, self->first_input + i).at
          = down ? (TnPoint){ centre.x + offset, self->box.y }
                 : (TnPoint){ self->box.x, centre.y + offset };
    }
  for (guint i = 0; i < self->n_outputs; i++)
    {
      double offset = port_offset (i, self->n_outputs, side);

      g_array_index (outputs, TnSceneOutput, self->first_output + i).at
          = down ? (TnPoint){ centre.x + offset, self->box.y + self->box.height }
                 : (TnPoint){ self->box.x + self->box.width, centre.y + offset };
    }
}

/* Leaves out what is not to be shown. */
static void
choose_texts (TnScene *scene, TnSceneNode *self, guint index)
{
  if ((scene->parts & TN_PART_KERNELS) == 0)
    self->brief = NULL;
  if ((scene->parts & TN_PART_PARAMETERS) != 0 && !self->chip)
    self->weights = keep (scene, weights_text (scene, index));
  if ((scene->parts & TN_PART_NAMES) == 0 && !self->chip)
    {
      self->name = self->label;
      self->label = NULL;
    }
}

void
tn_scene_describe_node (TnScene *scene, guint index)
{
  TnSceneNode *self = &scene->nodes[index];
  const TnNode *node = self->node;
  TnShape pin;

  if (self->hidden)
    return;
  self->layer = tn_layer_of (node);
  self->remark = self->group == NULL ? tn_remark_of (node) : TN_REMARK_NONE;
  self->sheet = tn_layout_is_aside (node);
  self->label = tn_node_type (node);
  self->brief = self->waits = self->note = self->pin = self->shape = self->weights = NULL;
  self->state = TN_STATE_KNOWN;
  if (scene->facts != NULL)
    {
      int then = tn_graph_index (tn_facts_graph (scene->facts), tn_node_id (node));

      if (then >= 0)
        self->state = tn_facts_state (scene->facts, (guint)then);
    }
  if (self->remark != TN_REMARK_NONE)
    return;
  self->role = tn_scene_role (scene, index);
  if (self->group != NULL)
    tn_scene_describe_group (scene, self);
  else if (!self->chip)
    self->brief = keep (scene, tn_layer_brief (node));
  if (scene->facts != NULL && self->group == NULL && tn_node_n_outputs (node) > 0)
    self->shape = tn_scene_shape_text (scene, (TnRef){ tn_node_id (node), 0, 0 });
  if (self->issue != NULL && self->group == NULL)
    self->note = keep (scene, tn_issue_note (self->issue));
  else if (self->role != TN_ROLE_ACTIVE)
    self->waits = tn_scene_role_text (self->role);
  else if (self->state == TN_STATE_BLOCKED && self->group == NULL)
    self->waits = keep (scene, waits_text (scene, node));
  if (self->group == NULL && tn_node_pin (node, &pin) && pin.rank > 0
      && tn_dim_is_known (pin.dims[pin.rank - 1]))
    /* Translators: of a layer whose kernel fits one input width only: "made for 256". */
    self->pin
        = keep (scene, g_strdup_printf (_ ("made for %" PRIi64), pin.dims[pin.rank - 1].size));
  choose_texts (scene, self, index);
}

void
tn_scene_place_node (TnScene *scene, guint index, TnPoint centre)
{
  const TnStyle *style = scene->style;
  TnSceneNode *self = &scene->nodes[index];
  double width = self->chip ? style->chip_width : style->box_width;
  double height = self->chip ? style->chip_height : style->box_height;

  if (self->hidden)
    {
      self->box = self->bounds = (TnRect){ centre.x, centre.y, 0, 0 };
      return;
    }
  if (self->remark != TN_REMARK_NONE)
    {
      tn_scene_build_remark (scene, self, centre);
      return;
    }
  self->box = (TnRect){ centre.x - width / 2, centre.y - height / 2, width,
                        height + (self->note != NULL ? style->note_height : 0) };
  self->bounds = tn_rect_grown (self->box, OVERHANG);
}

/* A Target that stands beside the output it labels takes the wire at the side that faces it. */
static void
face_source (TnScene *scene, TnSceneNode *self, const TnPoint *places, guint index)
{
  gboolean down = scene->direction == TN_DIRECTION_DOWN;
  double half = (down ? scene->style->box_width : scene->style->box_height) / 2;
  TnRef ref
      = tn_node_n_inputs (self->node, 0) > 0 ? tn_node_input (self->node, 0, 0) : (TnRef){ 0 };
  int source = ref.node == TN_NODE_NONE ? -1 : tn_graph_index (scene->graph, ref.node);
  double distance;

  self->side = TN_SIDE_TOP;
  if (source < 0)
    return;
  source = (int)scene->nodes[source].shown;
  distance = down ? places[index].x - places[source].x : places[index].y - places[source].y;
  if (fabs (distance) > half + SIDE_ROOM)
    self->side = distance > 0 ? TN_SIDE_LEFT : TN_SIDE_RIGHT;
}

void
tn_scene_build_ports (TnScene *scene, guint index, const TnPoint *places, GArray *inputs,
                      GArray *outputs)
{
  TnSceneNode *self = &scene->nodes[index];

  if (self->hidden)
    return;
  if (self->group != NULL)
    {
      build_group_ports (scene, self, places[index], inputs, outputs);
      return;
    }
  if (self->sheet)
    face_source (scene, self, places, index);
  build_ports (scene, self, places[index], inputs, outputs);
}
