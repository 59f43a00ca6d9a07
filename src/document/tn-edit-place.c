/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edits that put layers in line: aligning and distributing. A group all of which is selected is
 * moved as one. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "document/tn-copies.h"
#include "document/tn-document.h"
#include "scene/tn-scene.h" /* of it, no more than rectangles and the style */

/* What is moved as one. */
typedef struct
{
  const TnGroup *group; /* NULL: it is a layer */
  TnNodeId node;        /* that, or the group's first member */
  TnRect box;
  double dx, dy; /* how far it goes */
} Piece;

typedef struct
{
  const TnGraph *graph;
  GArray *ids; /* of TnNodeId, sorted */
  GArray *pieces;
} Placing;

static TnRect
node_box (const TnNode *node)
{
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);
  const gboolean chip = tn_node_schema (node)->boundary;
  const double width = chip ? style->chip_width : style->box_width;
  const double height = chip ? style->chip_height : style->box_height;

  return (TnRect){ tn_node_x (node) - width / 2, tn_node_y (node) - height / 2, width, height };
}

static void
extend (TnRect *all, TnRect box, gboolean first)
{
  double right = MAX (all->x + all->width, box.x + box.width);
  double bottom = MAX (all->y + all->height, box.y + box.height);

  if (first)
    {
      *all = box;
      return;
    }
  all->x = MIN (all->x, box.x);
  all->y = MIN (all->y, box.y);
  all->width = right - all->x;
  all->height = bottom - all->y;
}

/* The frame of an open group, or the box in the middle of what a closed one hides. */
static TnRect
group_box (const TnGraph *graph, const TnGroup *group)
{
  const TnStyle *style = tn_style_get (TN_THEME_LIGHT);
  const char *name = tn_group_name (group);
  double x = 0, y = 0;
  TnRect all = { 0 };
  guint n = 0;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_group_holds (group, tn_node_name (node)))
        continue;
      x += tn_node_x (node);
      y += tn_node_y (node);
      if (tn_graph_group_of (graph, node) == group)
        extend (&all, node_box (node), n == 0);
      else if (n == 0)
        all = (TnRect){ tn_node_x (node), tn_node_y (node), 0, 0 };
      n++;
    }
  if (!tn_group_is_open (group))
    return (TnRect){ x / n - style->box_width / 2, y / n - style->box_height / 2, style->box_width,
                     style->box_height };
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *inner = tn_graph_group (graph, i);

      if (tn_group_holds (group, tn_group_name (inner))
          && tn_name_group_length (tn_group_name (inner)) == strlen (name))
        extend (&all, group_box (graph, inner), FALSE);
    }
  return (TnRect){ all.x - style->frame_gap, all.y - style->frame_gap - style->frame_title,
                   all.width + 2 * style->frame_gap,
                   all.height + 2 * style->frame_gap + style->frame_title };
}

static const TnGroup *
whole_group (const Placing *placing, const TnNode *node)
{
  /* Those that hold others come first. */
  for (guint i = 0; i < tn_graph_n_groups (placing->graph); i++)
    {
      const TnGroup *group = tn_graph_group (placing->graph, i);

      if (tn_group_holds (group, tn_node_name (node))
          && tn_copies_hold_whole (placing->graph, group, placing->ids))
        return group;
    }
  return NULL;
}

static void
find_pieces (Placing *placing, const TnEditArgs *args)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);

  placing->ids = tn_copies_sorted (placing->graph, args->nodes, args->n_nodes);
  placing->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  for (guint i = 0; i < placing->ids->len; i++)
    {
      TnNodeId id = g_array_index (placing->ids, TnNodeId, i);
      const TnNode *node = tn_graph_find (placing->graph, id);
      Piece piece = { .group = whole_group (placing, node), .node = id };

      if (piece.group != NULL && !g_hash_table_add (known, (gpointer)piece.group))
        continue;
      piece.box = piece.group != NULL ? group_box (placing->graph, piece.group) : node_box (node);
      g_array_append_val (placing->pieces, piece);
    }
}

static TnGraph *
finish (Placing *placing, const TnEditArgs *args, char **subject)
{
  g_autoptr (TnDraft) draft = tn_draft_new (placing->graph);

  for (guint i = 0; i < placing->pieces->len; i++)
    {
      const Piece *piece = &g_array_index (placing->pieces, Piece, i);

      for (guint j = 0; j < placing->ids->len; j++)
        {
          TnNodeId id = g_array_index (placing->ids, TnNodeId, j);
          const TnNode *node = tn_graph_find (placing->graph, id);

          if (piece->group != NULL ? tn_group_holds (piece->group, tn_node_name (node))
                                   : id == piece->node)
            tn_draft_move (draft, id, tn_node_x (node) + piece->dx, tn_node_y (node) + piece->dy);
        }
    }
  *subject = tn_copies_subject (placing->graph, args->nodes, args->n_nodes);
  return tn_draft_finish (draft);
}

static void
placing_clear (Placing *placing)
{
  g_clear_pointer (&placing->ids, g_array_unref);
  g_clear_pointer (&placing->pieces, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Placing, placing_clear)

static gboolean
refuse_few (const Placing *placing, guint least, TnReport *report)
{
  if (placing->pieces->len >= least)
    return FALSE;
  tn_report_add (
      report, TN_SEVERITY_ERROR, "wire", TN_NODE_NONE,
      ngettext ("Select at least %u layer first.", "Select at least %u layers first.", least),
      least);
  return TRUE;
}

/* ---- aligning ---- */

static TnGraph *
apply_align (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_auto (Placing) placing = { .graph = graph };
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;

  find_pieces (&placing, args);
  if (refuse_few (&placing, 2, report))
    return NULL;
  for (guint i = 0; i < placing.pieces->len; i++)
    {
      TnRect box = g_array_index (placing.pieces, Piece, i).box;

      left = MIN (left, box.x);
      top = MIN (top, box.y);
      right = MAX (right, box.x + box.width);
      bottom = MAX (bottom, box.y + box.height);
    }
  for (guint i = 0; i < placing.pieces->len; i++)
    {
      Piece *piece = &g_array_index (placing.pieces, Piece, i);
      TnRect box = piece->box;

      switch (args->alignment)
        {
        case TN_ALIGN_LEFT:
          piece->dx = left - box.x;
          break;
        case TN_ALIGN_CENTER:
          piece->dx = round ((left + right) / 2) - box.x - box.width / 2;
          break;
        case TN_ALIGN_RIGHT:
          piece->dx = right - box.x - box.width;
          break;
        case TN_ALIGN_TOP:
          piece->dy = top - box.y;
          break;
        case TN_ALIGN_MIDDLE:
          piece->dy = round ((top + bottom) / 2) - box.y - box.height / 2;
          break;
        case TN_ALIGN_BOTTOM:
          piece->dy = bottom - box.y - box.height;
          break;
        }
    }
  return finish (&placing, args, subject);
}

/* ---- distributing ---- */

static int
compare_across (gconstpointer a, gconstpointer b)
{
  const Piece *left = a, *right = b;
  double x = left->box.x + left->box.width / 2 - right->box.x - right->box.width / 2;

  return x < 0 ? -1 : x > 0 ? 1 : (left->node > right->node) - (left->node < right->node);
}

static int
compare_along (gconstpointer a, gconstpointer b)
{
  const Piece *upper = a, *lower = b;
  double y = upper->box.y + upper->box.height / 2 - lower->box.y - lower->box.height / 2;

  return y < 0 ? -1 : y > 0 ? 1 : (upper->node > lower->node) - (upper->node < lower->node);
}

/* The first and the last stay; the gaps between all of them become equal. */
static void
distribute (Placing *placing, gboolean across)
{
  const guint n = placing->pieces->len;
  const Piece *first, *last;
  double room, at, gap;

  g_array_sort (placing->pieces, across ? compare_across : compare_along);
  first = &g_array_index (placing->pieces, Piece, 0);
  last = &g_array_index (placing->pieces, Piece, n - 1);
  at = across ? first->box.x : first->box.y;
  room = (across ? last->box.x + last->box.width : last->box.y + last->box.height) - at;
  for (guint i = 0; i < n; i++)
    {
      TnRect box = g_array_index (placing->pieces, Piece, i).box;

      room -= across ? box.width : box.height;
    }
  gap = room / (n - 1);
  for (guint i = 0; i < n; i++)
    {
      Piece *piece = &g_array_index (placing->pieces, Piece, i);

      if (i > 0 && i + 1 < n && across)
        piece->dx = round (at) - piece->box.x;
      else if (i > 0 && i + 1 < n)
        piece->dy = round (at) - piece->box.y;
      at += gap + (across ? piece->box.width : piece->box.height);
    }
}

static TnGraph *
apply_distribute (const TnGraph *graph, const TnEditArgs *args, TnReport *report, char **subject)
{
  g_auto (Placing) placing = { .graph = graph };

  find_pieces (&placing, args);
  if (refuse_few (&placing, 3, report))
    return NULL;
  distribute (&placing, args->alignment == TN_ALIGN_CENTER);
  return finish (&placing, args, subject);
}

const TnEdit tn_edit_align
    = { "align", N_ ("Align %s"), N_ ("Undo Align %s"), N_ ("Redo Align %s"), apply_align };
const TnEdit tn_edit_distribute = { "distribute", N_ ("Distribute %s"), N_ ("Undo Distribute %s"),
                                    N_ ("Redo Distribute %s"), apply_distribute };
