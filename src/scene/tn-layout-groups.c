/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of a graph with groups: each group by itself, then as one unit of what is around it.
 */
#include <math.h>
#include <string.h>

#include "scene/tn-layout-private.h"

/* A group, or (the last entry) what stands in no group. */
typedef struct
{
  guint parent; /* number of the level around it */
  guint depth;
  gboolean open;
  guint key;            /* decides the order among its neighbours */
  guint n_entries;      /* boundary nodes */
  double across, along; /* of it as a unit */
  TnPoint place;        /* in the level around it, then in the whole */
  GArray *units;        /* of Unit */
  GArray *edges;        /* of TnLayoutEdge */
} Level;

/* A node or a group as a unit of its level. */
typedef struct
{
  guint key;
  gboolean group;
  guint number; /* of the node, or of the group */
} Unit;

typedef struct
{
  const TnGraph *graph;
  const TnLayoutMetrics *metrics;
  Level *levels;
  guint n_levels;       /* groups, and the whole */
  guint *level;         /* of a node */
  guint *key;           /* of a node: position of its first call in the order of computation */
  guint *unit;          /* of a node: its number in its level */
  guint *unit_of;       /* of a group: the same */
  double *entry;        /* of a boundary node: where on its group's side it is, -0.5 … 0.5 */
  const TnPoint *hints; /* or NULL */
  TnPoint *places;
} Tree;

gboolean
tn_layout_is_aside (const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);

  return schema->n_outputs == 0 && !schema->keras;
}

/* ---- levels and their units ---- */

static void
find_levels (Tree *tree)
{
  const TnGraph *graph = tree->graph;
  guint whole = tree->n_levels - 1;
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) name = g_string_new (NULL);
  guint n_found = 0;

  for (guint i = 0; i < tree->n_levels; i++)
    {
      Level *level = &tree->levels[i];
      const TnGroup *group = i < whole ? tn_graph_group (graph, i) : NULL;
      gsize length = group != NULL ? tn_name_group_length (tn_group_name (group)) : 0;

      level->units = g_array_new (FALSE, FALSE, sizeof (Unit));
      level->edges = g_array_new (FALSE, FALSE, sizeof (TnLayoutEdge));
      level->key = G_MAXUINT;
      level->parent = whole;
      level->open = group == NULL || tn_group_is_open (group);
      if (group == NULL)
        continue;
      g_hash_table_insert (numbers, (gpointer)tn_group_name (group), GUINT_TO_POINTER (i + 1));
      g_string_truncate (g_string_assign (name, tn_group_name (group)), length);
      if (length > 0)
        level->parent = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, name->str)) - 1;
      level->depth = level->parent == whole ? 1 : tree->levels[level->parent].depth + 1;
    }
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const char *path = tn_node_name (tn_graph_node (graph, i));
      gsize length = tn_name_group_length (path);
      gpointer found = NULL;

      g_string_truncate (g_string_assign (name, path), length);
      if (length > 0)
        found = g_hash_table_lookup (numbers, name->str);
      tree->level[i] = found != NULL ? GPOINTER_TO_UINT (found) - 1 : whole;
      tree->key[i] = G_MAXUINT;
    }
  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      guint node = tn_graph_step (graph, i).index;

      if (tree->key[node] == G_MAXUINT)
        tree->key[node] = n_found++;
    }
}

/* A group is computed when all has come that enters it, or where nothing does, with its first
 * member. */
static void
find_keys (Tree *tree)
{
  guint whole = tree->n_levels - 1;
  guint *n_entries = g_new0 (guint, tree->n_levels);

  for (guint i = 0; i < tn_graph_size (tree->graph); i++)
    {
      Level *level = &tree->levels[tree->level[i]];

      if (!tn_node_schema (tn_graph_node (tree->graph, i))->boundary || tree->level[i] == whole)
        continue;
      level->key = level->n_entries == 0 ? tree->key[i] : MAX (level->key, tree->key[i]);
      level->n_entries++;
    }
  for (guint i = 0; i < tn_graph_size (tree->graph); i++)
    {
      guint number = tree->level[i];

      if (tn_node_schema (tn_graph_node (tree->graph, i))->boundary && number != whole)
        tree->entry[i] = (n_entries[number]++ + 0.5) / tree->levels[number].n_entries - 0.5;
      for (; number != whole && tree->levels[number].n_entries == 0;
           number = tree->levels[number].parent)
        tree->levels[number].key = MIN (tree->levels[number].key, tree->key[i]);
    }
  g_free (n_entries);
}

static int
unit_compare (gconstpointer a, gconstpointer b)
{
  const Unit *left = a, *right = b;

  return left->key < right->key ? -1 : left->key > right->key;
}

static void
fill_levels (Tree *tree)
{
  guint whole = tree->n_levels - 1;

  for (guint i = 0; i < whole; i++)
    {
      Unit unit = { tree->levels[i].key, TRUE, i };

      g_array_append_val (tree->levels[tree->levels[i].parent].units, unit);
    }
  for (guint i = 0; i < tn_graph_size (tree->graph); i++)
    {
      Unit unit = { tree->key[i], FALSE, i };

      g_array_append_val (tree->levels[tree->level[i]].units, unit);
    }
  for (guint i = 0; i < tree->n_levels; i++)
    {
      GArray *units = tree->levels[i].units;

      g_array_sort (units, unit_compare);
      for (guint j = 0; j < units->len; j++)
        {
          const Unit *unit = &g_array_index (units, Unit, j);

          (unit->group ? tree->unit_of : tree->unit)[unit->number] = j;
        }
    }
}

/* The wire belongs to the innermost level that holds both its ends. */
static void
add_edge (Tree *tree, guint source, guint target, double from_offset, double to_offset)
{
  guint a = tree->level[source], b = tree->level[target];
  TnLayoutEdge edge = { tree->unit[source], tree->unit[target], from_offset, to_offset };

  while (a != b)
    if (tree->levels[a].depth >= tree->levels[b].depth)
      {
        edge.from = tree->unit_of[a];
        edge.from_offset = 0;
        a = tree->levels[a].parent;
      }
    else
      {
        edge.to = tree->unit_of[b];
        edge.to_offset = tree->level[target] == b ? tree->entry[target] : 0;
        b = tree->levels[b].parent;
      }
  if (edge.from != edge.to)
    g_array_append_val (tree->levels[a].edges, edge);
}

static int
edge_compare (gconstpointer a, gconstpointer b)
{
  const TnLayoutEdge *left = a, *right = b;

  return left->to < right->to ? -1 : left->to > right->to;
}

static void
find_edges (Tree *tree)
{
  const TnGraph *graph = tree->graph;
  g_autofree guint *order = g_new (guint, MAX (tn_graph_size (graph), 1));

  for (guint i = 0; i < tn_graph_size (graph); i++)
    order[tree->key[i]] = i;
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      guint index = order[i];
      const TnNode *node = tn_graph_node (graph, index);
      guint total = 0, passed = 0;

      for (guint call = 0; call < tn_node_n_calls (node); call++)
        total += tn_node_n_inputs (node, call);
      for (guint call = 0; call < tn_node_n_calls (node); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++, passed++)
          {
            TnRef ref = tn_node_input (node, call, slot);
            int source = ref.node == TN_NODE_NONE ? -1 : tn_graph_index (graph, ref.node);

            if (source < 0)
              continue;
            add_edge (tree, (guint)source, index,
                      (ref.output + 0.5)
                              / MAX (tn_node_n_outputs (tn_graph_node (graph, (guint)source)), 1)
                          - 0.5,
                      (passed + 0.5) / total - 0.5);
          }
    }
  /* Units are numbered by their place in the order of computation; those of the whole, where there
   * are no groups, came in it already. */
  for (guint i = 0; tree->n_levels > 1 && i < tree->n_levels; i++)
    g_array_sort (tree->levels[i].edges, edge_compare);
}

/* ---- places ---- */

/* Of a group, in the mean of those of its members. */
static double
hint_of (const Tree *tree, const Unit *unit)
{
  double sum = 0;
  guint count = 0;

  if (tree->hints == NULL)
    return NAN;
  if (!unit->group)
    return tree->hints[unit->number].x;
  for (guint i = 0; i < tn_graph_size (tree->graph); i++)
    {
      guint level = tree->level[i];

      while (level != unit->number && level + 1 < tree->n_levels)
        level = tree->levels[level].parent;
      if (level != unit->number || isnan (tree->hints[i].x))
        continue;
      sum += tree->hints[i].x;
      count++;
    }
  return count > 0 ? sum / count : NAN;
}

static void
place_level (Tree *tree, guint number)
{
  const TnLayoutMetrics *metrics = tree->metrics;
  Level *level = &tree->levels[number];
  guint n_units = level->units->len;
  g_autofree TnLayoutUnit *units = g_new0 (TnLayoutUnit, MAX (n_units, 1));
  g_autofree TnPoint *places = g_new0 (TnPoint, MAX (n_units, 1));
  TnPoint low = { G_MAXDOUBLE, G_MAXDOUBLE }, high = { -G_MAXDOUBLE, -G_MAXDOUBLE };
  TnPoint shift = { 0, 0 };

  for (guint i = 0; i < n_units; i++)
    {
      const Unit *unit = &g_array_index (level->units, Unit, i);

      units[i] = (TnLayoutUnit){ metrics->across, metrics->along, i, FALSE, hint_of (tree, unit) };
      if (unit->group)
        {
          units[i].across = tree->levels[unit->number].across;
          units[i].along = tree->levels[unit->number].along;
        }
      else
        {
          const TnNode *node = tn_graph_node (tree->graph, unit->number);

          units[i].aside = tn_layout_is_aside (node);
          if (tn_node_schema (node)->boundary)
            {
              units[i].across = metrics->chip_across;
              units[i].along = metrics->chip_along;
            }
        }
    }
  tn_layout_units (units, n_units, (const TnLayoutEdge *)(gpointer)level->edges->data,
                   level->edges->len, metrics, places);
  for (guint i = 0; i < n_units; i++)
    {
      low.x = MIN (low.x, places[i].x - units[i].across / 2);
      low.y = MIN (low.y, places[i].y - units[i].along / 2);
      high.x = MAX (high.x, places[i].x + units[i].across / 2);
      high.y = MAX (high.y, places[i].y + units[i].along / 2);
    }
  level->across = metrics->across;
  level->along = metrics->along;
  if (number + 1 < tree->n_levels && level->open)
    {
      low.x -= metrics->frame_before_across;
      low.y -= metrics->frame_before_along;
      high.x += metrics->frame_after_across;
      high.y += metrics->frame_after_along;
      level->across = ceil ((high.x - low.x) / 4) * 4;
      level->along = ceil ((high.y - low.y) / 4) * 4;
      /* Where it flows straight through, it shall do so in the middle of the frame. */
      shift = (TnPoint){ floor ((low.x + high.x) / 2 + 0.5), floor ((low.y + high.y) / 2 + 0.5) };
    }
  for (guint i = 0; i < n_units; i++)
    {
      const Unit *unit = &g_array_index (level->units, Unit, i);

      *(unit->group ? &tree->levels[unit->number].place : &tree->places[unit->number])
          = (TnPoint){ places[i].x - shift.x, places[i].y - shift.y };
    }
}

/* The box of a closed group is the mean of all that is within, at whatever depth: what is within is
 * moved so that this is where the layout wants it. */
static void
centre_closed (Tree *tree)
{
  guint whole = tree->n_levels - 1;
  g_autofree TnPoint *sums = g_new0 (TnPoint, tree->n_levels);
  g_autofree TnPoint *moves = g_new0 (TnPoint, tree->n_levels);
  g_autofree guint *counts = g_new0 (guint, tree->n_levels);

  for (guint i = 0; i < tn_graph_size (tree->graph); i++)
    for (guint number = tree->level[i]; number != whole; number = tree->levels[number].parent)
      {
        sums[number].x += tree->places[i].x;
        sums[number].y += tree->places[i].y;
        counts[number]++;
      }
  for (guint i = whole; i-- > 0;)
    {
      const Level *level = &tree->levels[i];

      if (level->open || counts[i] == 0)
        continue;
      moves[i] = (TnPoint){ level->place.x - floor (sums[i].x / counts[i] + 0.5),
                            level->place.y - floor (sums[i].y / counts[i] + 0.5) };
      for (guint number = level->parent; number != whole; number = tree->levels[number].parent)
        {
          sums[number].x += moves[i].x * counts[i];
          sums[number].y += moves[i].y * counts[i];
        }
    }
  for (guint i = 0; i < tn_graph_size (tree->graph); i++)
    for (guint number = tree->level[i]; number != whole; number = tree->levels[number].parent)
      {
        tree->places[i].x += moves[number].x;
        tree->places[i].y += moves[number].y;
      }
}

/* From places in their level to places in the whole; levels around others come first. */
static void
place_all (Tree *tree)
{
  guint whole = tree->n_levels - 1;

  for (guint i = 0; i < whole; i++)
    {
      Level *level = &tree->levels[i];

      if (level->parent == whole)
        continue;
      level->place.x += tree->levels[level->parent].place.x;
      level->place.y += tree->levels[level->parent].place.y;
    }
  for (guint i = 0; i < tn_graph_size (tree->graph); i++)
    if (tree->level[i] != whole)
      {
        tree->places[i].x += tree->levels[tree->level[i]].place.x;
        tree->places[i].y += tree->levels[tree->level[i]].place.y;
      }
  centre_closed (tree);
}

void
tn_layout_places (const TnGraph *graph, const TnLayoutMetrics *metrics, const TnPoint *hints,
                  TnPoint *places)
{
  guint n_nodes = tn_graph_size (graph);
  guint n_levels = tn_graph_n_groups (graph) + 1;
  g_autofree Level *levels = g_new0 (Level, n_levels);
  g_autofree guint *level = g_new0 (guint, MAX (n_nodes, 1));
  g_autofree guint *key = g_new0 (guint, MAX (n_nodes, 1));
  g_autofree guint *unit = g_new0 (guint, MAX (n_nodes, 1));
  g_autofree guint *unit_of = g_new0 (guint, n_levels);
  g_autofree double *entry = g_new0 (double, MAX (n_nodes, 1));
  Tree tree = { graph, metrics, levels, n_levels, level, key, unit, unit_of, entry, hints, places };

  if (n_nodes == 0)
    return;
  find_levels (&tree);
  find_keys (&tree);
  fill_levels (&tree);
  find_edges (&tree);
  /* Groups stand before those within them. */
  for (guint i = n_levels - 1; i-- > 0;)
    place_level (&tree, i);
  place_level (&tree, n_levels - 1);
  place_all (&tree);
  for (guint i = 0; i < n_levels; i++)
    {
      g_array_unref (levels[i].units);
      g_array_unref (levels[i].edges);
    }
}
