/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding what would be different, and a free place to say so. */
#include <math.h>

#include "base/tn-i18n.h"
#include "scene/tn-cells.h"
#include "scene/tn-preview-private.h"

#define GAP       6.0
#define REACH     400.0 /* beyond what is seen: from so far away something may lie in the way */
#define COST_OVER 10
#define COST_AWAY 3 /* out of sight */
/* Tags at one box, and letters of one: more would hide what they are about. */
#define MOST_TAGS    4
#define MOST_LETTERS 40

typedef struct
{
  /* borrowed */
  const TnScene *scene;
  const TnGraph *before;
  const TnGraph *graph;
  const TnFacts *facts;
  TnRect visible;

  /* owned */
  TnCells *taken;
  GHashTable *boxes;      /* TnNodeId of a new layer → its place, TnRect */
  GHashTable *old_issues; /* TnNodeId → its worst, borrowed */
  GHashTable *new_issues;
  GArray *marks;
} Preview;

/* ---- places ---- */

static TnRect
around (double x, double y, double width, double height)
{
  return (TnRect){ x - width / 2, y - height / 2, width, height };
}

static gboolean
within (TnRect inner, TnRect outer)
{
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width
         && inner.y + inner.height <= outer.y + outer.height;
}

/* Of the places in order of preference the first that is free. FALSE when all would lie over
 * something. */
static gboolean
find_place (Preview *self, const TnRect *places, guint n_places, guint *best)
{
  int least = G_MAXINT;

  for (guint i = 0; i < n_places; i++)
    {
      int cost = tn_cells_taken (self->taken, places[i]) ? COST_OVER : 0;

      if (!within (places[i], self->visible))
        cost += COST_AWAY;
      if (cost >= least)
        continue;
      least = cost;
      *best = i;
      if (cost == 0)
        break;
    }
  return least < COST_OVER;
}

static double
text_width (const Preview *self, const char *text)
{
  return ceil (tn_text_estimate (text, self->scene->style->label_size)) + 16 + TN_MARK_SIGN_WIDTH;
}

static void
add_mark (Preview *self, TnMark mark)
{
  if (mark.kind == TN_MARK_LABEL || mark.kind == TN_MARK_TAG || mark.kind == TN_MARK_BOX)
    tn_cells_add (self->taken, mark.rect);
  g_array_append_val (self->marks, mark);
}

static void
clear_mark (gpointer mark)
{
  g_free (((TnMark *)mark)->text);
}

/* All that is shown is in the way. */
static void
take_places (Preview *self)
{
  const TnScene *scene = self->scene;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));

  tn_spatial_query (scene->items, tn_rect_grown (self->visible, REACH), found);
  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);

      if (item < scene->n_frames)
        tn_cells_add (self->taken, scene->frames[item].title);
      else if (item >= tn_scene_first_label (scene))
        {
          const TnSceneWire *wire = &scene->wires[item - tn_scene_first_label (scene)];

          if (wire->text != NULL)
            tn_cells_add (self->taken, tn_rect_grown (wire->label, 1));
        }
      else if (item >= tn_scene_first_node (scene))
        {
          const TnSceneNode *node = &scene->nodes[item - tn_scene_first_node (scene)];

          if (!node->hidden)
            tn_cells_add (self->taken, tn_rect_grown (node->box, node->issue != NULL ? 8 : 3));
        }
    }
}

/* ---- shapes ---- */

static char *
shape_text (const TnFacts *facts, TnRef ref)
{
  gboolean assumed = FALSE;
  TnShape shape;
  g_autofree char *text = NULL;
  TnRef counts;

  if (facts == NULL || !tn_graph_resolve (tn_facts_whole (facts), ref, &counts)
      || tn_graph_find (tn_facts_graph (facts), counts.node) == NULL)
    return NULL;
  shape = tn_facts_seen_shape (facts, ref, &assumed);
  text = tn_shape_to_text (&shape);
  if (assumed && tn_shape_is_some (&shape))
    return g_strconcat ("≈ ", text, NULL);
  return g_steal_pointer (&text);
}

static TnMood
mood_of_tensor (const Preview *self, TnRef ref)
{
  gboolean assumed;
  TnShape shape = tn_facts_seen_shape (self->facts, ref, &assumed);

  return tn_shape_is_some (&shape) && !assumed ? TN_MOOD_PLAIN : TN_MOOD_UNKNOWN;
}

static TnMood
mood_of_wire (const Preview *self, TnNodeId to, guint call, guint slot, TnRef ref)
{
  switch (tn_facts_seen_edge (self->facts, to, call, slot, ref))
    {
    case TN_EDGE_ERROR:
      return TN_MOOD_WRONG;
    case TN_EDGE_WARNING:
      return TN_MOOD_WARNING;
    default:
      return mood_of_tensor (self, ref);
    }
}

/* Beside the old label; over all of it where everything else is taken. */
static void
add_label_beside (Preview *self, TnRect old, const char *text, TnMood mood)
{
  double width = text_width (self, text);
  double height = old.height;
  double right = old.x + old.width + GAP, left = old.x - GAP - width;
  double middle = old.x + (old.width - width) / 2;
  double below = old.y + height + 3, above = old.y - height - 3;
  const TnRect places[] = {
    { right, old.y, width, height },      { left, old.y, width, height },
    { right, below, width, height },      { right, above, width, height },
    { left, below, width, height },       { left, above, width, height },
    { middle, below, width, height },     { middle, above, width, height },
    { right + 24, old.y, width, height }, { left - 24, old.y, width, height },
  };
  static const double aligns[] = { 0, 1, 0, 0, 1, 1, 0.5, 0.5, 0, 1 };
  TnMark mark = { .kind = TN_MARK_LABEL, .mood = mood };
  guint best = 0;

  if (find_place (self, places, G_N_ELEMENTS (places), &best))
    {
      add_mark (self, (TnMark){ .kind = TN_MARK_OLD_LABEL, .rect = old });
      mark.rect = places[best];
      mark.align = aligns[best];
    }
  else
    {
      mark.rect = tn_rect_union (old, (TnRect){ middle, old.y, width, height });
      mark.align = 0.5;
    }
  mark.text = g_strdup (text);
  add_mark (self, mark);
}

/* Where the wire is in the model that would be; FALSE: nowhere. A merging layer that has lost a
 * wire has others under new numbers. */
static gboolean
find_use (const TnNode *node, guint call, guint slot, TnRef ref, guint *found)
{
  const TnSchema *schema;

  if (node == NULL || call >= tn_node_n_calls (node))
    return FALSE;
  schema = tn_node_schema (node);
  if (slot < tn_node_n_inputs (node, call) && tn_ref_equal (tn_node_input (node, call, slot), ref))
    {
      *found = slot;
      return TRUE;
    }
  if (schema->max_inputs <= schema->min_inputs || schema->input_names != NULL)
    return FALSE;
  for (guint i = 0; i < tn_node_n_inputs (node, call); i++)
    if (tn_ref_equal (tn_node_input (node, call, i), ref))
      {
        *found = i;
        return TRUE;
      }
  return FALSE;
}

static void
look_at_label (Preview *self, const TnSceneWire *wire)
{
  g_autofree char *text = shape_text (self->facts, wire->ref);
  TnMood mood;
  guint slot;

  if (wire->text == NULL || text == NULL)
    return;
  if (wire->stub)
    mood = mood_of_tensor (self, wire->ref);
  else
    {
      const TnNode *end = tn_graph_find (self->graph, wire->to);

      /* That it goes is told by the wire. */
      if (!find_use (end, wire->call, wire->slot, wire->ref, &slot))
        return;
      mood = mood_of_wire (self, wire->to, wire->call, slot, wire->ref);
    }
  if (!g_str_equal (text, wire->text))
    add_label_beside (self, wire->label, text, mood);
}

/* ---- what goes ---- */

static void
look_at_wire (Preview *self, const TnSceneWire *wire)
{
  guint slot;

  if (wire->stub
      || find_use (tn_graph_find (self->graph, wire->to), wire->call, wire->slot, wire->ref, &slot))
    return;
  add_mark (self, (TnMark){ .kind = TN_MARK_NO_WIRE, .rect = wire->label, .curve = wire->curve });
}

/* Has all that is seen in this box gone? */
static gboolean
is_gone (const Preview *self, guint number)
{
  const TnScene *scene = self->scene;

  if (number < scene->n_layers)
    return tn_graph_find (self->graph, tn_node_id (scene->nodes[number].node)) == NULL;
  for (guint i = 0; i < scene->n_layers; i++)
    if (scene->nodes[i].shown == number
        && tn_graph_find (self->graph, tn_node_id (scene->nodes[i].node)) != NULL)
      return FALSE;
  return TRUE;
}

/* ---- what is said at a box ---- */

/* @number: of so many that were put there before. */
static void
add_tag (Preview *self, TnRect box, const char *text, TnMood mood, guint number)
{
  double width = text_width (self, text), height = TN_MARK_HEIGHT;
  double right = box.x + box.width + 12, left = box.x - 12 - width;
  double top = box.y + 4;
  TnRect places[14];
  guint n_places = 0, best = 0;
  TnMark mark = { .kind = TN_MARK_TAG, .mood = mood, .text = g_strdup (text) };

  for (guint row = 0; row < 5; row++)
    {
      places[n_places++] = (TnRect){ right, top + row * (height + 3), width, height };
      places[n_places++] = (TnRect){ left, top + row * (height + 3), width, height };
    }
  places[n_places++] = (TnRect){ right, box.y - height, width, height };
  places[n_places++] = (TnRect){ left, box.y - height, width, height };
  places[n_places++] = (TnRect){ box.x + 14, box.y - height - 5, width, height };
  places[n_places++] = (TnRect){ box.x + 14, box.y + box.height + 5, width, height };
  if (find_place (self, places, n_places, &best))
    mark.rect = places[best];
  else
    mark.rect = (TnRect){ box.x + 4, box.y + box.height - (number + 1) * height,
                          MAX (box.width - 8, width), height };
  mark.align = mark.rect.x < box.x ? 1 : 0;
  add_mark (self, mark);
}

static char *
shortened (char *text)
{
  if (text != NULL && g_utf8_strlen (text, -1) > MOST_LETTERS)
    {
      g_autofree char *start = g_utf8_substring (text, 0, MOST_LETTERS - 1);

      g_free (text);
      return g_strconcat (start, "…", NULL);
    }
  return text;
}

/* "units: 128 → 256", for each. */
static void
look_at_params (Preview *self, const TnSceneNode *box, const TnNode *before, const TnNode *after,
                guint *n_tags)
{
  const TnSchema *schema = tn_node_schema (before);

  if (before == after || tn_node_schema (after) != schema)
    return;
  for (guint i = 0; i < schema->n_params && *n_tags < MOST_TAGS; i++)
    {
      g_autoptr (TnValue) old = NULL;
      g_autoptr (TnValue) new = NULL;
      g_autofree char *old_text = NULL;
      g_autofree char *new_text = NULL;
      g_autofree char *text = NULL;

      if (tn_node_get (before, i) == tn_node_get (after, i))
        continue;
      old = tn_node_value (before, i);
      new = tn_node_value (after, i);
      old_text = old != NULL ? tn_value_to_text (old) : g_strdup ("?");
      new_text = new != NULL ? tn_value_to_text (new) : g_strdup ("?");
      if (g_str_equal (old_text, new_text))
        continue;
      if (box->group != NULL)
        text = g_strdup_printf ("%s %s: %s → %s", tn_name_own (tn_node_name (before)),
                                schema->params[i].name, old_text, new_text);
      else
        text = g_strdup_printf ("%s: %s → %s", schema->params[i].name, old_text, new_text);
      text = shortened (g_steal_pointer (&text));
      add_tag (self, box->box, text, TN_MOOD_PLAIN, (*n_tags)++);
    }
}

static int
badness (const TnIssue *issue)
{
  if (issue == NULL)
    return 0;
  return issue->severity == TN_SEVERITY_WARNING ? 1 : issue->severity == TN_SEVERITY_ERROR ? 3 : 2;
}

static void
look_at_issue (Preview *self, const TnSceneNode *box, TnNodeId id, guint *n_tags)
{
  gpointer key = GUINT_TO_POINTER (id);
  const TnIssue *old = g_hash_table_lookup (self->old_issues, key);
  const TnIssue *new = g_hash_table_lookup (self->new_issues, key);
  TnMood mood = badness (new) == 0   ? TN_MOOD_GOOD
                : badness (new) == 1 ? TN_MOOD_WARNING
                                     : TN_MOOD_WRONG;

  if (badness (old) == badness (new))
    return;
  add_mark (self, (TnMark){ .kind = TN_MARK_RING, .mood = mood, .rect = box->box });
  if (new != NULL && badness (new) > badness (old) && *n_tags < MOST_TAGS)
    {
      g_autofree char *note = shortened (tn_issue_note (new));

      if (note != NULL && *note != '\0')
        add_tag (self, box->box, note, mood, (*n_tags)++);
    }
}

static void
look_at_box (Preview *self, guint number)
{
  const TnScene *scene = self->scene;
  const TnSceneNode *box = &scene->nodes[number];
  guint first = number < scene->n_layers ? number : 0;
  guint end = number < scene->n_layers ? number + 1 : scene->n_layers;
  guint n_tags = 0;

  if (box->hidden)
    return;
  if (is_gone (self, number))
    {
      add_mark (self, (TnMark){ .kind = TN_MARK_NO_BOX, .rect = box->box });
      return;
    }
  for (guint i = first; i < end; i++)
    {
      const TnNode *before = scene->nodes[i].node;
      const TnNode *after = tn_graph_find (self->graph, tn_node_id (before));

      if (scene->nodes[i].shown != number || after == NULL)
        continue;
      look_at_issue (self, box, tn_node_id (before), &n_tags);
      look_at_params (self, box, before, after, &n_tags);
    }
}

/* ---- what comes ---- */

/* The box of the closed group that a new layer would be hidden in, or NULL. */
static const TnSceneNode *
covering_box (const Preview *self, const TnNode *node)
{
  const char *name = tn_node_name (node);

  for (guint i = self->scene->n_layers; i < self->scene->n_nodes; i++)
    if (tn_group_holds (self->scene->nodes[i].group, name))
      return &self->scene->nodes[i];
  return NULL;
}

/* Where it belongs: its own place, or amid what it is wired to. */
static TnPoint
wanted_place (const Preview *self, const TnNode *node)
{
  TnPoint sum = { 0, 0 };
  const TnGraphUse *uses;
  guint n = 0, n_uses;

  if (tn_node_is_placed (node) && self->scene->direction == tn_graph_direction (self->scene->graph))
    return (TnPoint){ tn_node_x (node), tn_node_y (node) };
  uses = tn_graph_uses (self->graph, (guint)tn_graph_index (self->graph, tn_node_id (node)),
                        &n_uses);
  for (guint i = 0; i < n_uses + tn_node_n_inputs (node, 0); i++)
    {
      TnNodeId other = i < n_uses ? tn_node_id (tn_graph_node (self->graph, uses[i].index))
                                  : tn_node_input (node, 0, i - n_uses).node;
      const TnRect *ghost = g_hash_table_lookup (self->boxes, GUINT_TO_POINTER (other));
      TnRect box;

      if (ghost != NULL)
        box = *ghost;
      else if (!tn_scene_node_box (self->scene, other, &box))
        continue;
      sum.x += box.x + box.width / 2;
      sum.y += box.y + box.height / 2;
      n++;
    }
  return n > 0 ? (TnPoint){ sum.x / n, sum.y / n }
               : (TnPoint){ self->visible.x + self->visible.width / 2,
                            self->visible.y + self->visible.height / 2 };
}

static void
add_ghost (Preview *self, const TnNode *node)
{
  static const double aside[] = { 0, 1, -1, 1.5, -1.5, 2, -2 };
  static const double along[] = { 0, -22, 22, -44, 44 };
  const TnStyle *style = self->scene->style;
  const TnSceneNode *cover = covering_box (self, node);
  const char *name = tn_name_own (tn_node_name (node));
  double width = CLAMP (tn_text_estimate (name, style->name_size) + TN_GHOST_TEXT + 12, 96, 240);
  double step = (style->box_width + width) / 2 + 16;
  TnPoint at;
  TnRect places[G_N_ELEMENTS (aside) * G_N_ELEMENTS (along)];
  TnMark mark = { .kind = TN_MARK_BOX, .layer = tn_layer_of (node) };
  guint best = 0;

  if (cover != NULL)
    {
      g_autofree char *text = shortened (g_strdup_printf ("+ %s", name));

      add_tag (self, cover->box, text, TN_MOOD_PLAIN, 0);
      g_hash_table_insert (self->boxes, GUINT_TO_POINTER (tn_node_id (node)),
                           g_memdup2 (&cover->box, sizeof cover->box));
      return;
    }
  at = wanted_place (self, node);
  for (guint i = 0; i < G_N_ELEMENTS (aside); i++)
    for (guint j = 0; j < G_N_ELEMENTS (along); j++)
      places[i * G_N_ELEMENTS (along) + j]
          = around (at.x + aside[i] * step, at.y + along[j], width, TN_GHOST_HEIGHT);
  find_place (self, places, G_N_ELEMENTS (places), &best);
  mark.rect = places[best];
  mark.text = g_strdup (name);
  if (badness (g_hash_table_lookup (self->new_issues, GUINT_TO_POINTER (tn_node_id (node)))) > 1)
    mark.mood = TN_MOOD_WRONG;
  g_hash_table_insert (self->boxes, GUINT_TO_POINTER (tn_node_id (node)),
                       g_memdup2 (&mark.rect, sizeof mark.rect));
  add_mark (self, mark);
}

/* Where a wire of the model that would be begins or ends. */
static gboolean
find_end (const Preview *self, TnRef ref, const TnNode *to, guint call, guint slot, TnPoint *end)
{
  TnNodeId id = to != NULL ? tn_node_id (to) : ref.node;
  const TnRect *ghost = g_hash_table_lookup (self->boxes, GUINT_TO_POINTER (id));
  gboolean down = self->scene->direction == TN_DIRECTION_DOWN;
  TnRect box;

  if (ghost == NULL)
    {
      if (to == NULL ? tn_scene_output_port (self->scene, ref, &end->x, &end->y)
                     : tn_scene_input_port (self->scene, id, call, slot, &end->x, &end->y))
        return TRUE;
      /* A port that there is not yet. */
      if (!tn_scene_node_box (self->scene, id, &box))
        return FALSE;
      ghost = &box;
    }
  if (down)
    *end = (TnPoint){ ghost->x + ghost->width / 2,
                      to != NULL ? ghost->y : ghost->y + ghost->height };
  else
    *end = (TnPoint){ to != NULL ? ghost->x : ghost->x + ghost->width,
                      ghost->y + ghost->height / 2 };
  return TRUE;
}

static void
add_wire_label (Preview *self, const TnCurve *curve, const char *text, TnMood mood)
{
  static const double along[] = { 0.5, 0.4, 0.6, 0.3, 0.7 };
  double width = text_width (self, text);
  TnRect places[3 * G_N_ELEMENTS (along)];
  TnMark mark = { .kind = TN_MARK_LABEL, .mood = mood, .align = 0.5 };
  guint best = 0, n_places = 0;

  for (int side = 0; side <= 2; side++)
    for (guint i = 0; i < G_N_ELEMENTS (along); i++)
      {
        TnPoint at = tn_curve_at (curve, along[i]);

        if (side > 0)
          at.x += (side == 1 ? 1 : -1) * (width / 2 + GAP);
        places[n_places++] = around (at.x, at.y, width, TN_MARK_HEIGHT);
      }
  /* Without room it is left out: the wire is what matters. */
  if (!find_place (self, places, n_places, &best))
    return;
  mark.rect = places[best];
  mark.text = g_strdup (text);
  add_mark (self, mark);
}

static void
add_wire (Preview *self, const TnNode *to, guint call, guint slot, TnRef ref)
{
  TnMark mark = { .kind = TN_MARK_WIRE };
  gboolean down = self->scene->direction == TN_DIRECTION_DOWN;
  g_autofree char *old = shape_text (self->scene->facts, ref);
  g_autofree char *new = shape_text (self->facts, ref);
  TnPoint start, end;

  if (!find_end (self, ref, NULL, 0, 0, &start) || !find_end (self, ref, to, call, slot, &end))
    return;
  mark.mood = mood_of_wire (self, tn_node_id (to), call, slot, ref);
  mark.curve = down ? tn_curve_down (start, end)
                    : tn_curve_down ((TnPoint){ start.y, start.x }, (TnPoint){ end.y, end.x });
  if (!down)
    tn_curve_transpose (&mark.curve);
  mark.rect = tn_curve_bounds (&mark.curve);
  if (!tn_rect_intersects (mark.rect, self->visible))
    return;
  add_mark (self, mark);
  /* What stands at the tensor already need not be told again. */
  if (new != NULL && !g_hash_table_contains (self->boxes, GUINT_TO_POINTER (ref.node))
      && (old == NULL || mark.mood == TN_MOOD_WRONG))
    add_wire_label (self, &mark.curve, new, mark.mood);
}

static void
look_for_wires (Preview *self, const TnNode *node)
{
  const TnNode *before = tn_graph_find (self->before, tn_node_id (node));
  guint found;

  if (before == node)
    return;
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);

        if (ref.node != TN_NODE_NONE && !find_use (before, call, slot, ref, &found))
          add_wire (self, node, call, slot, ref);
      }
}

/* What a new layer puts out, beside it; red when something refuses that. */
static void
add_ghost_label (Preview *self, const TnNode *node)
{
  const TnRef ref = { tn_node_id (node), 0, 0 };
  const TnRect *box = g_hash_table_lookup (self->boxes, GUINT_TO_POINTER (ref.node));
  g_autofree char *text = shape_text (self->facts, ref);
  TnMark mark = { .kind = TN_MARK_LABEL };
  const TnGraphUse *uses;
  double width, x, y;
  guint n_uses, best = 0;

  if (box == NULL || text == NULL || covering_box (self, node) != NULL)
    return;
  mark.mood = mood_of_tensor (self, ref);
  uses = tn_graph_uses (self->graph, (guint)tn_graph_index (self->graph, ref.node), &n_uses);
  for (guint i = 0; i < n_uses; i++)
    if (tn_facts_seen_edge (self->facts, tn_node_id (tn_graph_node (self->graph, uses[i].index)),
                            uses[i].call, uses[i].slot, uses[i].ref)
        == TN_EDGE_ERROR)
      mark.mood = TN_MOOD_WRONG;
  width = text_width (self, text);
  x = box->x + (box->width - width) / 2;
  y = box->y + (box->height - TN_MARK_HEIGHT) / 2;
  {
    const TnRect places[] = {
      { x, box->y + box->height + 6, width, TN_MARK_HEIGHT },
      { box->x + box->width + GAP, y, width, TN_MARK_HEIGHT },
      { box->x - GAP - width, y, width, TN_MARK_HEIGHT },
      { x, box->y - TN_MARK_HEIGHT - 6, width, TN_MARK_HEIGHT },
      { x, box->y + box->height + 24, width, TN_MARK_HEIGHT },
    };
    static const double aligns[] = { 0.5, 0, 1, 0.5, 0.5 };

    if (!find_place (self, places, G_N_ELEMENTS (places), &best))
      return;
    mark.rect = places[best];
    mark.align = aligns[best];
  }
  mark.text = g_steal_pointer (&text);
  add_mark (self, mark);
}

/* ---- the whole ---- */

static GHashTable *
worst_issues (const TnFacts *facts)
{
  GHashTable *issues = g_hash_table_new (NULL, NULL);

  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      gpointer key = GUINT_TO_POINTER (issue->node);

      if (badness (issue) > badness (g_hash_table_lookup (issues, key)))
        g_hash_table_insert (issues, key, (gpointer)issue);
    }
  return issues;
}

static void
look_at_items (Preview *self, const GArray *found)
{
  const TnScene *scene = self->scene;

  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);

      if (item >= tn_scene_first_label (scene) || item < tn_scene_first_wire (scene))
        continue;
      if (item < tn_scene_first_node (scene))
        look_at_wire (self, &scene->wires[item - tn_scene_first_wire (scene)]);
      else
        look_at_box (self, item - tn_scene_first_node (scene));
    }
}

GArray *
tn_preview_find (const TnScene *scene, const TnGraph *graph, const TnFacts *facts, TnRect visible)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  Preview self = { .scene = scene,
                   .before = scene->graph,
                   .graph = graph,
                   .facts = facts,
                   .visible = visible,
                   .taken = tn_cells_new (128),
                   .boxes = g_hash_table_new_full (NULL, NULL, NULL, g_free),
                   .old_issues = worst_issues (scene->facts),
                   .new_issues = worst_issues (facts),
                   .marks = g_array_new (FALSE, FALSE, sizeof (TnMark)) };

  g_array_set_clear_func (self.marks, clear_mark);
  take_places (&self);
  tn_spatial_query (scene->items, visible, found);
  /* Boxes first: they have the least choice of a place. */
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (tn_graph_find (self.before, tn_node_id (tn_graph_node (graph, i))) == NULL)
      add_ghost (&self, tn_graph_node (graph, i));
  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);

      if (item >= tn_scene_first_label (scene))
        look_at_label (&self, &scene->wires[item - tn_scene_first_label (scene)]);
    }
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (tn_graph_find (self.before, tn_node_id (tn_graph_node (graph, i))) == NULL)
      add_ghost_label (&self, tn_graph_node (graph, i));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    look_for_wires (&self, tn_graph_node (graph, i));
  look_at_items (&self, found);

  tn_cells_free (self.taken);
  g_hash_table_unref (self.boxes);
  g_hash_table_unref (self.old_issues);
  g_hash_table_unref (self.new_issues);
  return self.marks;
}
