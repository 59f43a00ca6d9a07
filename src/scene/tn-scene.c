/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a scene: where boxes, ports, wires and labels are, and what they say. */
#include <math.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "scene/tn-scene-private.h"

#define PORT_SPACING 30.0
#define SIDE_ROOM    24.0 /* that a wire needs to come in from the side */
#define OVERHANG     12.0 /* of badge, ports and shadow over a box */

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

/* ---- what facts, possibly of an earlier graph, say ---- */

static TnShape
shape_of (const TnScene *scene, TnRef ref, gboolean *assumed)
{
  *assumed = FALSE;
  return scene->facts != NULL ? tn_facts_seen_shape (scene->facts, ref, assumed) : tn_shape_none ();
}

static const char *
shape_text (TnScene *scene, TnRef ref)
{
  gboolean assumed;
  TnShape shape = shape_of (scene, ref, &assumed);
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
        shape = shape_of (scene, ref, &assumed);
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
    kept = g_string_chunk_insert (scene->strings, text);
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

static void
build_node (TnScene *scene, guint index, TnPoint centre)
{
  const TnStyle *style = scene->style;
  TnSceneNode *self = &scene->nodes[index];
  const TnNode *node = self->node;
  double width = self->chip ? style->chip_width : style->box_width;
  double height = self->chip ? style->chip_height : style->box_height;
  TnShape pin;

  if (self->hidden)
    {
      self->box = self->bounds = (TnRect){ centre.x, centre.y, 0, 0 };
      return;
    }
  self->layer = tn_layer_of (node);
  self->remark = self->group == NULL ? tn_remark_of (node) : TN_REMARK_NONE;
  self->sheet = tn_layout_is_aside (node);
  self->label = tn_node_type (node);
  self->state = TN_STATE_KNOWN;
  if (scene->facts != NULL)
    {
      int then = tn_graph_index (tn_facts_graph (scene->facts), tn_node_id (node));

      if (then >= 0)
        self->state = tn_facts_state (scene->facts, (guint)then);
    }
  if (self->remark != TN_REMARK_NONE)
    {
      tn_scene_build_remark (scene, self, centre);
      return;
    }
  self->role = tn_scene_role (scene, index);
  if (self->group != NULL)
    tn_scene_describe_group (scene, self);
  else if (!self->chip)
    self->brief = keep (scene, tn_layer_brief (node));
  if (scene->facts != NULL && self->group == NULL && tn_node_n_outputs (node) > 0)
    self->shape = shape_text (scene, (TnRef){ tn_node_id (node), 0, 0 });
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

  if (source < 0)
    return;
  source = (int)scene->nodes[source].shown;
  distance = down ? places[index].x - places[source].x : places[index].y - places[source].y;
  if (fabs (distance) > half + SIDE_ROOM)
    self->side = distance > 0 ? TN_SIDE_LEFT : TN_SIDE_RIGHT;
}

/* ---- wires ---- */

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

static void
build_wires (TnScene *scene)
{
  g_autoptr (GArray) wires = g_array_new (FALSE, TRUE, sizeof (TnSceneWire));
  g_autofree TnRect *boxes = g_new (TnRect, MAX (scene->n_nodes, 1));
  g_autofree gboolean *used = NULL;
  g_autoptr (TnRouter) router = NULL;
  gboolean down = scene->direction == TN_DIRECTION_DOWN;
  guint n_outputs = 0;

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      TnRect box = scene->nodes[i].box;

      /* Wires run through the area that a frame marks. */
      if (scene->nodes[i].remark == TN_REMARK_FRAME)
        box.width = box.height = 0;
      boxes[i] = down ? box : (TnRect){ box.y, box.x, box.height, box.width };
      n_outputs += scene->nodes[i].n_outputs;
    }
  used = g_new0 (gboolean, MAX (n_outputs, 1));
  router = tn_router_new (boxes, scene->n_nodes, scene->wire_style);

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const TnSceneNode *node = &scene->nodes[i];

      for (guint j = 0; j < node->n_inputs; j++)
        {
          const TnSceneInput *input = &scene->inputs[node->first_input + j];
          const TnNode *end
              = node->group != NULL ? tn_graph_find (scene->graph, input->node) : node->node;
          TnSceneWire wire
              = { .node = i, .to = input->node, .call = input->call, .slot = input->slot };
          TnPoint from, to;
          guint output;
          int source;

          if (!input->wired)
            continue;
          wire.ref = tn_node_input (end, input->call, input->slot);
          source = tn_graph_index (scene->graph, wire.ref.node);
          if (source >= 0)
            source = (int)scene->nodes[source].shown;
          if (source < 0 || scene->nodes[source].n_outputs == 0)
            continue;
          output = output_of (scene, wire.ref, (guint)source);
          used[output] = TRUE;
          wire.sheet = node->sheet;
          wire.state = scene->facts == NULL
                           ? TN_EDGE_UNKNOWN
                           : tn_facts_seen_edge (scene->facts, input->node, input->call,
                                                 input->slot, wire.ref);
          wire.idle = tn_scene_wire_is_idle (scene, input->node, wire.ref);
          /* A wire with knots says its shape once, at its end. */
          wire.text
              = wire.idle || node->remark == TN_REMARK_KNOT ? NULL : shape_text (scene, wire.ref);
          from = transposed (scene, scene->outputs[output].at);
          to = transposed (scene, input->at);
          wire.curve = node->side != TN_SIDE_TOP
                           ? tn_curve_aside (scene->wire_style, from, to)
                           : tn_router_route (router, from, (guint)source, to, i);
          if (!down)
            tn_curve_transpose (&wire.curve);
          g_array_append_val (wires, wire);
        }
    }
  for (guint i = 0; i < scene->n_nodes; i++)
    for (guint j = 0; j < scene->nodes[i].n_outputs; j++)
      {
        const TnSceneOutput *output = &scene->outputs[scene->nodes[i].first_output + j];
        TnSceneWire wire = { .node = i, .to = output->ref.node, .stub = TRUE, .ref = output->ref };
        TnPoint from = transposed (scene, output->at);
        gboolean assumed;
        TnShape shape;

        if (used[scene->nodes[i].first_output + j] || scene->facts == NULL
            || scene->nodes[i].role != TN_ROLE_ACTIVE || scene->nodes[i].remark != TN_REMARK_NONE
            || (scene->parts & TN_PART_SHAPES) == 0)
          continue;
        shape = shape_of (scene, output->ref, &assumed);
        wire.state = !tn_shape_is_some (&shape) ? TN_EDGE_UNKNOWN
                     : assumed                  ? TN_EDGE_ASSUMED
                                                : TN_EDGE_OK;
        wire.text = shape_text (scene, output->ref);
        wire.curve = tn_curve_down (from, (TnPoint){ from.x, from.y + TN_STUB_LENGTH });
        if (!down)
          tn_curve_transpose (&wire.curve);
        g_array_append_val (wires, wire);
      }
  scene->n_wires = wires->len;
  scene->wires = g_memdup2 (wires->data, MAX (wires->len, 1) * sizeof (TnSceneWire));
}

/* ---- the whole ---- */

static void
assign_issues (TnScene *scene)
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

static void
index_items (TnScene *scene)
{
  guint n_items = scene->n_frames + scene->n_nodes + 2 * scene->n_wires;
  g_autofree TnRect *bounds = g_new (TnRect, MAX (n_items, 1));

  for (guint i = 0; i < scene->n_frames; i++)
    bounds[i] = tn_rect_grown (scene->frames[i].box, 2);
  for (guint i = 0; i < scene->n_wires; i++)
    {
      TnSceneWire *wire = &scene->wires[i];

      wire->bounds = tn_rect_grown (tn_curve_bounds (&wire->curve), 6);
      bounds[tn_scene_first_wire (scene) + i] = wire->bounds;
      bounds[tn_scene_first_label (scene) + i] = tn_rect_grown (wire->label, 2);
      if (wire->apart)
        bounds[tn_scene_first_label (scene) + i]
            = tn_rect_union (bounds[tn_scene_first_label (scene) + i],
                             (TnRect){ wire->anchor.x, wire->anchor.y, 0, 0 });
    }
  for (guint i = 0; i < scene->n_nodes; i++)
    bounds[tn_scene_first_node (scene) + i] = scene->nodes[i].bounds;
  for (guint i = 0; i < n_items; i++)
    scene->bounds = i == 0 ? bounds[0] : tn_rect_union (scene->bounds, bounds[i]);
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
  /* Where something stands that is no layer is said for the model's own direction only. */
  scene->graph = options->direction == tn_graph_direction (graph)
                     ? tn_graph_ref (graph)
                     : tn_graph_without_remarks (graph, TRUE);
  graph = scene->graph;
  scene->facts = facts != NULL ? tn_facts_ref (facts) : NULL;
  scene->style = tn_style_get (options->theme);
  scene->theme = options->theme;
  scene->direction = options->direction;
  scene->wire_style = options->wires;
  scene->stale = options->stale;
  scene->heat = options->heat;
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
  assign_issues (scene);
  for (guint i = 0; i < n_nodes; i++)
    {
      build_node (scene, i, places[scene->nodes[i].shown]);
      if (scene->nodes[i].hidden)
        continue;
      if (scene->nodes[i].group != NULL)
        {
          build_group_ports (scene, &scene->nodes[i], places[i], inputs, outputs);
          continue;
        }
      if (scene->nodes[i].sheet)
        face_source (scene, &scene->nodes[i], places, i);
      build_ports (scene, &scene->nodes[i], places[i], inputs, outputs);
    }
  tn_scene_heat (scene, options->times);
  scene->inputs = g_memdup2 (inputs->data, MAX (inputs->len, 1) * sizeof (TnSceneInput));
  scene->outputs = g_memdup2 (outputs->data, MAX (outputs->len, 1) * sizeof (TnSceneOutput));
  tn_scene_build_frames (scene);
  build_wires (scene);
  if (facts != NULL && (scene->parts & TN_PART_SHAPES) != 0)
    tn_labels_place (scene);
  else
    for (guint i = 0; i < scene->n_wires; i++)
      {
        TnPoint at = tn_curve_at (&scene->wires[i].curve, 0.5);
        scene->wires[i].label = (TnRect){ at.x, at.y, 0, 0 };
      }
  index_items (scene);
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
  tn_text_cache_unref (scene->texts);
  g_free (scene);
}
