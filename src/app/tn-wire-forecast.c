/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What letting go of a wire would do: the edit, the model after it, and how that is told. */
#include "app/tn-wire-drag.h"
#include "base/tn-i18n.h"

/* ---- the edit ---- */

typedef struct
{
  const TnEdit *edit;
  TnEditArgs args;
  TnWireEnd old;
} Joining;

TnRef
tn_wire_occupant (const TnWireDrag *wire)
{
  const TnHit *target = &wire->target;
  const TnNode *node = wire->from_output && target->kind == TN_HIT_INPUT
                           ? tn_graph_find (tn_canvas_graph (wire->canvas), target->node)
                           : NULL;

  if (node == NULL || target->call >= tn_node_n_calls (node)
      || target->slot >= tn_node_n_inputs (node, target->call)
      || (wire->old.kind == TN_HIT_WIRE && wire->old.node == target->node
          && wire->old.call == target->call && wire->old.slot == target->slot))
    return (TnRef){ 0 };
  return tn_node_input (node, target->call, target->slot);
}

/* The layer that would join the two: a sum where they are alike. */
static const TnSchema *
merging_layer (const TnWireDrag *wire, TnRef occupant)
{
  TnShape a = tn_shape_none (), b = tn_shape_none ();
  const TnFacts *facts = wire->canvas->facts;
  const char *type;

  if (facts != NULL && tn_graph_find (tn_facts_graph (facts), occupant.node) != NULL
      && tn_graph_find (tn_facts_graph (facts), wire->from.node) != NULL)
    {
      a = tn_facts_shape (facts, occupant, NULL);
      b = tn_facts_shape (facts, wire->from, NULL);
    }
  type = tn_shape_is_some (&a) && tn_shape_identical (&a, &b) ? "Add" : "Concatenate";
  return &tn_layer_find (type)->schema;
}

/* Could a layer between join both? A wire that is being moved stays one wire. */
static gboolean
can_merge (const TnWireDrag *wire, TnRef occupant)
{
  return occupant.node != TN_NODE_NONE && wire->old.kind != TN_HIT_WIRE
         && !tn_ref_equal (occupant, wire->from);
}

static void
make_edit (const TnWireDrag *wire, Joining *joining)
{
  TnRef occupant = tn_wire_occupant (wire);

  *joining = (Joining){ .edit = &tn_edit_connect };
  if (!wire->from_output)
    {
      joining->args.ref = wire->target.ref;
      joining->args.node = wire->to;
      joining->args.call = wire->call;
      joining->args.slot = wire->slot;
      return;
    }
  joining->args.ref = wire->from;
  joining->args.node = wire->target.node;
  joining->args.call = wire->target.call;
  joining->args.slot = wire->target.slot;
  if (wire->old.kind == TN_HIT_WIRE)
    {
      joining->edit = &tn_edit_rewire;
      joining->old = (TnWireEnd){ wire->old.node, wire->old.call, wire->old.slot };
      joining->args.wires = &joining->old;
      joining->args.n_wires = 1;
    }
  else if (wire->joining && can_merge (wire, occupant))
    {
      joining->edit = &tn_edit_merge;
      joining->args.schema = merging_layer (wire, occupant);
    }
}

void
tn_wire_join (TnWireDrag *wire)
{
  Joining joining;

  make_edit (wire, &joining);
  tn_canvas_apply (wire->canvas, joining.edit, &joining.args);
}

/* ---- telling ---- */

/* That something has to give way, and how it need not. */
static void
append_occupant (const TnWireDrag *wire, GString *text)
{
  const TnGraph *graph = tn_canvas_graph (wire->canvas);
  TnRef occupant = tn_wire_occupant (wire);
  const TnNode *node = tn_graph_find (graph, occupant.node);
  g_autofree char *line = NULL;

  if (node == NULL || tn_ref_equal (occupant, wire->from))
    return;
  if (wire->old.kind == TN_HIT_WIRE && wire->old.node == wire->target.node
      && wire->old.call == wire->target.call)
    line = g_strdup_printf (_ ("Changes places with %s."), tn_node_name (node));
  else if (!can_merge (wire, occupant))
    line = g_strdup_printf (_ ("Replaces %s."), tn_node_name (node));
  else if (wire->joining)
    /* TRANSLATORS: a layer, and the class of the layer that joins the wire from there with another
     */
    line = g_strdup_printf (_ ("Joined with %s by %s."), tn_node_name (node),
                            merging_layer (wire, occupant)->type);
  else
    line = g_strdup_printf (_ ("Replaces %s. Hold Shift to join both by %s."), tn_node_name (node),
                            merging_layer (wire, occupant)->type);
  tn_outlook_append_line (text, line);
}

static void
tell (TnWireDrag *wire)
{
  TnCanvas *canvas = wire->canvas;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *tip = NULL;
  TnColor color;
  TnHit joined = wire->target;

  if (wire->refusal != NULL || wire->target.kind == TN_HIT_NOTHING)
    {
      tn_canvas_set_callout (canvas, wire->refusal, canvas->style->refuse);
      return;
    }
  if (wire->from_output)
    joined.ref = wire->from;
  else
    {
      joined.node = wire->to;
      joined.call = wire->call;
      joined.slot = wire->slot;
    }
  joined.kind = TN_HIT_WIRE;
  tip = tn_canvas_tip (canvas, &joined);
  tn_outlook_append_line (text, tip);
  append_occupant (wire, text);
  color = tn_outlook_tell (&wire->outlook, &joined.node, 1, text);
  tn_canvas_set_callout (canvas, text->str, color);
}

/* ---- the model that there would be ---- */

void
tn_wire_forget_forecast (TnWireDrag *wire)
{
  tn_outlook_clear (&wire->outlook);
  wire->next_base = NULL;
}

static void
known_cb (gpointer wire)
{
  tell (wire);
}

static gboolean
is_same_port (const TnHit *a, const TnHit *b)
{
  return a->kind == b->kind && a->node == b->node && a->call == b->call && a->slot == b->slot
         && tn_ref_equal (a->ref, b->ref);
}

void
tn_wire_foresee (TnWireDrag *wire)
{
  const TnGraph *graph = tn_canvas_graph (wire->canvas);
  g_autofree char *subject = NULL;
  Joining joining;

  if (wire->target.kind == TN_HIT_NOTHING)
    tn_wire_forget_forecast (wire);
  else if (wire->next_base != graph || wire->next_joining != wire->joining
           || !is_same_port (&wire->next_target, &wire->target))
    {
      make_edit (wire, &joining);
      wire->next_base = graph;
      wire->next_target = wire->target;
      wire->next_joining = wire->joining;
      tn_outlook_set (&wire->outlook, wire->canvas,
                      joining.edit->apply (graph, &joining.args, NULL, &subject), known_cb, wire);
    }
  tell (wire);
}
