/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding what would be different, and a free place to say so. */
#include <math.h>

#include "base/tn-i18n.h"
#include "scene/tn-preview-private.h"

#define REACH     400.0 /* beyond what is seen: from so far away something may lie in the way */
#define COST_OVER 10
#define COST_AWAY 3 /* out of sight */
/* Tags at one box, and letters of one: more would hide what they are about. */
#define MOST_TAGS    4
#define MOST_LETTERS 40

/* ---- places ---- */

TnRect
tn_preview_around (double x, double y, double width, double height)
{
  return (TnRect){ x - width / 2, y - height / 2, width, height };
}

static gboolean
within (TnRect inner, TnRect outer)
{
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width
         && inner.y + inner.height <= outer.y + outer.height;
}

gboolean
tn_preview_find_place (TnPreview *self, const TnRect *places, guint n_places, guint *best)
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

double
tn_preview_text_width (const TnPreview *self, const char *text)
{
  return ceil (tn_text_estimate (text, self->scene->style->label_size)) + 16 + TN_MARK_SIGN_WIDTH;
}

void
tn_preview_add_mark (TnPreview *self, TnMark mark)
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
take_places (TnPreview *self)
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

char *
tn_preview_shape_text (const TnFacts *facts, TnRef ref)
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

TnMood
tn_preview_tensor_mood (const TnPreview *self, TnRef ref)
{
  gboolean assumed;
  TnShape shape = tn_facts_seen_shape (self->facts, ref, &assumed);

  return tn_shape_is_some (&shape) && !assumed ? TN_MOOD_PLAIN : TN_MOOD_UNKNOWN;
}

TnMood
tn_preview_wire_mood (const TnPreview *self, TnNodeId to, guint call, guint slot, TnRef ref)
{
  switch (tn_facts_seen_edge (self->facts, to, call, slot, ref))
    {
    case TN_EDGE_ERROR:
      return TN_MOOD_WRONG;
    case TN_EDGE_WARNING:
      return TN_MOOD_WARNING;
    default:
      return tn_preview_tensor_mood (self, ref);
    }
}

/* Beside the old label; over all of it where everything else is taken. */
static void
add_label_beside (TnPreview *self, TnRect old, const char *text, TnMood mood)
{
  double width = tn_preview_text_width (self, text);
  double height = old.height;
  double right = old.x + old.width + TN_PREVIEW_GAP, left = old.x - TN_PREVIEW_GAP - width;
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

  if (tn_preview_find_place (self, places, G_N_ELEMENTS (places), &best))
    {
      tn_preview_add_mark (self, (TnMark){ .kind = TN_MARK_OLD_LABEL, .rect = old });
      mark.rect = places[best];
      mark.align = aligns[best];
    }
  else
    {
      mark.rect = tn_rect_union (old, (TnRect){ middle, old.y, width, height });
      mark.align = 0.5;
    }
  mark.text = g_strdup (text);
  tn_preview_add_mark (self, mark);
}

gboolean
tn_preview_find_use (const TnNode *node, guint call, guint slot, TnRef ref, guint *found)
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
look_at_label (TnPreview *self, const TnSceneWire *wire)
{
  g_autofree char *text = tn_preview_shape_text (self->facts, wire->ref);
  TnMood mood;
  guint slot;

  if (wire->text == NULL || text == NULL)
    return;
  if (wire->stub)
    mood = tn_preview_tensor_mood (self, wire->ref);
  else
    {
      const TnNode *end = tn_graph_find (self->graph, wire->to);

      /* That it goes is told by the wire. */
      if (!tn_preview_find_use (end, wire->call, wire->slot, wire->ref, &slot))
        return;
      mood = tn_preview_wire_mood (self, wire->to, wire->call, slot, wire->ref);
    }
  if (!g_str_equal (text, wire->text))
    add_label_beside (self, wire->label, text, mood);
}

/* ---- what goes ---- */

static void
look_at_wire (TnPreview *self, const TnSceneWire *wire)
{
  guint slot;

  if (wire->stub
      || tn_preview_find_use (tn_graph_find (self->graph, wire->to), wire->call, wire->slot,
                              wire->ref, &slot))
    return;
  tn_preview_add_mark (
      self, (TnMark){ .kind = TN_MARK_NO_WIRE, .rect = wire->label, .curve = wire->curve });
}

/* Has all that is seen in this box gone? */
static gboolean
is_gone (const TnPreview *self, guint number)
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

void
tn_preview_add_tag (TnPreview *self, TnRect box, const char *text, TnMood mood, guint number)
{
  double width = tn_preview_text_width (self, text), height = TN_MARK_HEIGHT;
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
  if (tn_preview_find_place (self, places, n_places, &best))
    mark.rect = places[best];
  else
    mark.rect = (TnRect){ box.x + 4, box.y + box.height - (number + 1) * height,
                          MAX (box.width - 8, width), height };
  mark.align = mark.rect.x < box.x ? 1 : 0;
  tn_preview_add_mark (self, mark);
}

char *
tn_preview_shorten (char *text)
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
look_at_params (TnPreview *self, const TnSceneNode *box, const TnNode *before, const TnNode *after,
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
      text = tn_preview_shorten (g_steal_pointer (&text));
      tn_preview_add_tag (self, box->box, text, TN_MOOD_PLAIN, (*n_tags)++);
    }
}

int
tn_preview_badness (const TnIssue *issue)
{
  if (issue == NULL)
    return 0;
  return issue->severity == TN_SEVERITY_WARNING ? 1 : issue->severity == TN_SEVERITY_ERROR ? 3 : 2;
}

static void
look_at_issue (TnPreview *self, const TnSceneNode *box, TnNodeId id, guint *n_tags)
{
  gpointer key = GUINT_TO_POINTER (id);
  const TnIssue *old = g_hash_table_lookup (self->old_issues, key);
  const TnIssue *new = g_hash_table_lookup (self->new_issues, key);
  TnMood mood = tn_preview_badness (new) == 0   ? TN_MOOD_GOOD
                : tn_preview_badness (new) == 1 ? TN_MOOD_WARNING
                                                : TN_MOOD_WRONG;

  if (tn_preview_badness (old) == tn_preview_badness (new))
    return;
  tn_preview_add_mark (self, (TnMark){ .kind = TN_MARK_RING, .mood = mood, .rect = box->box });
  if (new != NULL && tn_preview_badness (new) > tn_preview_badness (old) && *n_tags < MOST_TAGS)
    {
      g_autofree char *note = tn_preview_shorten (tn_issue_note (new));

      if (note != NULL && *note != '\0')
        tn_preview_add_tag (self, box->box, note, mood, (*n_tags)++);
    }
}

static void
look_at_box (TnPreview *self, guint number)
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
      tn_preview_add_mark (self, (TnMark){ .kind = TN_MARK_NO_BOX, .rect = box->box });
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

/* ---- the whole ---- */

static GHashTable *
worst_issues (const TnFacts *facts)
{
  GHashTable *issues = g_hash_table_new (NULL, NULL);

  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      gpointer key = GUINT_TO_POINTER (issue->node);

      if (tn_preview_badness (issue) > tn_preview_badness (g_hash_table_lookup (issues, key)))
        g_hash_table_insert (issues, key, (gpointer)issue);
    }
  return issues;
}

static void
look_at_items (TnPreview *self, const GArray *found)
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
tn_preview_find (const TnScene *scene, const TnGraph *graph, const TnFacts *facts, TnRect visible,
                 gboolean held)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
  TnPreview self = { .scene = scene,
                     .before = scene->graph,
                     .graph = graph,
                     .facts = facts,
                     .visible = visible,
                     .held = held,
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
      tn_preview_add_ghost (&self, tn_graph_node (graph, i));
  for (guint i = 0; i < found->len; i++)
    {
      guint item = g_array_index (found, guint, i);

      if (item >= tn_scene_first_label (scene))
        look_at_label (&self, &scene->wires[item - tn_scene_first_label (scene)]);
    }
  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (tn_graph_find (self.before, tn_node_id (tn_graph_node (graph, i))) == NULL)
      tn_preview_add_ghost_label (&self, tn_graph_node (graph, i));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    tn_preview_look_for_wires (&self, tn_graph_node (graph, i));
  look_at_items (&self, found);

  tn_cells_free (self.taken);
  g_hash_table_unref (self.boxes);
  g_hash_table_unref (self.old_issues);
  g_hash_table_unref (self.new_issues);
  return self.marks;
}
