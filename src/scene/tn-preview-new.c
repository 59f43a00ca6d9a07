/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What would come: new layers and wires, and a place for what is said of them. */
#include <math.h>

#include "scene/tn-preview-private.h"

/* The box of the closed group that a new layer would be hidden in, or NULL. */
static const TnSceneNode *
covering_box (const TnPreview *self, const TnNode *node)
{
  const char *name = tn_node_name (node);

  for (guint i = self->scene->n_layers; i < self->scene->n_nodes; i++)
    if (tn_group_holds (self->scene->nodes[i].group, name))
      return &self->scene->nodes[i];
  return NULL;
}

/* Where it belongs: its own place, or amid what it is wired to. */
static TnPoint
wanted_place (const TnPreview *self, const TnNode *node)
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

void
tn_preview_add_ghost (TnPreview *self, const TnNode *node)
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
      g_autofree char *text = tn_preview_shorten (g_strdup_printf ("+ %s", name));

      tn_preview_add_tag (self, cover->box, text, TN_MOOD_PLAIN, 0);
      g_hash_table_insert (self->boxes, GUINT_TO_POINTER (tn_node_id (node)),
                           g_memdup2 (&cover->box, sizeof cover->box));
      return;
    }
  at = wanted_place (self, node);
  if (self->held)
    {
      const TnRect box = { at.x - style->box_width / 2, at.y - style->box_height / 2,
                           style->box_width, style->box_height };

      tn_cells_add (self->taken, box);
      g_hash_table_insert (self->boxes, GUINT_TO_POINTER (tn_node_id (node)),
                           g_memdup2 (&box, sizeof box));
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (aside); i++)
    for (guint j = 0; j < G_N_ELEMENTS (along); j++)
      places[i * G_N_ELEMENTS (along) + j]
          = tn_preview_around (at.x + aside[i] * step, at.y + along[j], width, TN_GHOST_HEIGHT);
  tn_preview_find_place (self, places, G_N_ELEMENTS (places), &best);
  mark.rect = places[best];
  mark.text = g_strdup (name);
  if (tn_preview_badness (
          g_hash_table_lookup (self->new_issues, GUINT_TO_POINTER (tn_node_id (node))))
      > 1)
    mark.mood = TN_MOOD_WRONG;
  g_hash_table_insert (self->boxes, GUINT_TO_POINTER (tn_node_id (node)),
                       g_memdup2 (&mark.rect, sizeof mark.rect));
  tn_preview_add_mark (self, mark);
}

/* Where a wire of the model that would be begins or ends. */
static gboolean
find_end (const TnPreview *self, TnRef ref, const TnNode *to, guint call, guint slot, TnPoint *end)
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
add_wire_label (TnPreview *self, const TnCurve *curve, const char *text, TnMood mood)
{
  static const double along[] = { 0.5, 0.4, 0.6, 0.3, 0.7 };
  double width = tn_preview_text_width (self, text);
  TnRect places[3 * G_N_ELEMENTS (along)];
  TnMark mark = { .kind = TN_MARK_LABEL, .mood = mood, .align = 0.5 };
  guint best = 0, n_places = 0;

  for (int side = 0; side <= 2; side++)
    for (guint i = 0; i < G_N_ELEMENTS (along); i++)
      {
        TnPoint at = tn_curve_at (curve, along[i]);

        if (side > 0)
          at.x += (side == 1 ? 1 : -1) * (width / 2 + TN_PREVIEW_GAP);
        places[n_places++] = tn_preview_around (at.x, at.y, width, TN_MARK_HEIGHT);
      }
  /* Without room it is left out: the wire is what matters. */
  if (!tn_preview_find_place (self, places, n_places, &best))
    return;
  mark.rect = places[best];
  mark.text = g_strdup (text);
  tn_preview_add_mark (self, mark);
}

static void
add_wire (TnPreview *self, const TnNode *to, guint call, guint slot, TnRef ref)
{
  TnMark mark = { .kind = TN_MARK_WIRE };
  gboolean down = self->scene->direction == TN_DIRECTION_DOWN;
  g_autofree char *old = tn_preview_shape_text (self->scene->facts, ref);
  g_autofree char *new = tn_preview_shape_text (self->facts, ref);
  TnPoint start, end;

  if (!find_end (self, ref, NULL, 0, 0, &start) || !find_end (self, ref, to, call, slot, &end))
    return;
  mark.mood = tn_preview_wire_mood (self, tn_node_id (to), call, slot, ref);
  if (!down)
    {
      start = (TnPoint){ start.y, start.x };
      end = (TnPoint){ end.y, end.x };
    }
  mark.curve = tn_curve_plain (self->scene->wire_style, start, end);
  if (!down)
    tn_curve_transpose (&mark.curve);
  mark.rect = tn_curve_bounds (&mark.curve);
  if (!tn_rect_intersects (mark.rect, self->visible))
    return;
  tn_preview_add_mark (self, mark);
  /* What stands at the tensor already need not be told again. */
  if (new != NULL && !g_hash_table_contains (self->boxes, GUINT_TO_POINTER (ref.node))
      && (old == NULL || mark.mood == TN_MOOD_WRONG))
    add_wire_label (self, &mark.curve, new, mark.mood);
}

void
tn_preview_look_for_wires (TnPreview *self, const TnNode *node)
{
  const TnNode *before = tn_graph_find (self->before, tn_node_id (node));
  guint found;

  if (before == node)
    return;
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);

        if (ref.node != TN_NODE_NONE && !tn_preview_find_use (before, call, slot, ref, &found))
          add_wire (self, node, call, slot, ref);
      }
}

void
tn_preview_add_ghost_label (TnPreview *self, const TnNode *node)
{
  const TnRef ref = { tn_node_id (node), 0, 0 };
  const TnRect *box = g_hash_table_lookup (self->boxes, GUINT_TO_POINTER (ref.node));
  g_autofree char *text = tn_preview_shape_text (self->facts, ref);
  TnMark mark = { .kind = TN_MARK_LABEL };
  const TnGraphUse *uses;
  double width, x, y;
  guint n_uses, best = 0;

  if (box == NULL || text == NULL || covering_box (self, node) != NULL)
    return;
  mark.mood = tn_preview_tensor_mood (self, ref);
  uses = tn_graph_uses (self->graph, (guint)tn_graph_index (self->graph, ref.node), &n_uses);
  for (guint i = 0; i < n_uses; i++)
    if (tn_facts_seen_edge (self->facts, tn_node_id (tn_graph_node (self->graph, uses[i].index)),
                            uses[i].call, uses[i].slot, uses[i].ref)
        == TN_EDGE_ERROR)
      mark.mood = TN_MOOD_WRONG;
  width = tn_preview_text_width (self, text);
  x = box->x + (box->width - width) / 2;
  y = box->y + (box->height - TN_MARK_HEIGHT) / 2;
  {
    const TnRect places[] = {
      { x, box->y + box->height + 6, width, TN_MARK_HEIGHT },
      { box->x + box->width + TN_PREVIEW_GAP, y, width, TN_MARK_HEIGHT },
      { box->x - TN_PREVIEW_GAP - width, y, width, TN_MARK_HEIGHT },
      { x, box->y - TN_MARK_HEIGHT - 6, width, TN_MARK_HEIGHT },
      { x, box->y + box->height + 24, width, TN_MARK_HEIGHT },
    };
    static const double aligns[] = { 0.5, 0, 1, 0.5, 0.5 };

    if (!tn_preview_find_place (self, places, G_N_ELEMENTS (places), &best))
      return;
    mark.rect = places[best];
    mark.align = aligns[best];
  }
  mark.text = g_steal_pointer (&text);
  tn_preview_add_mark (self, mark);
}
