/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layered layout: longest path, barycentre ordering, and places by isotonic regression. */
#include <math.h>
#include <string.h>

#include "scene/tn-layout-component.h"

/* The scheme is that of Sugiyama, Tagawa and Toda (1981): layers here, their order in
 * tn-layout-order.c, places within them in tn-layout-place.c. Long edges hold lanes open, in which
 * the scene's router finds its way. Every step is linear in the number of vertices, up to sorting.
 */
#define ASIDE_LIFT 24.0 /* how much higher than its row a Target stands */

typedef struct
{
  const TnLayoutUnit *units;
  const TnLayoutMetrics *metrics;
  guint n_nodes;
  guint *layer;        /* of a unit, within its component */
  guint *group;        /* union-find parent */
  TnLayoutEdge *edges; /* those that go forward */
  guint n_edges;
  guint *by_position;
} Layout;

/* ---- units and forward edges ---- */

static guint
group_of (guint *group, guint node)
{
  while (group[node] != node)
    {
      group[node] = group[group[node]];
      node = group[node];
    }
  return node;
}

/* Joins what hangs together, and keeps what goes forward: a shared layer may use, on a later call,
 * what came of an earlier one. */
static void
take_edges (Layout *layout, const TnLayoutEdge *edges, guint n_edges)
{
  layout->edges = g_new (TnLayoutEdge, MAX (n_edges, 1));
  for (guint i = 0; i < n_edges; i++)
    {
      const TnLayoutEdge *edge = &edges[i];

      layout->group[group_of (layout->group, edge->to)] = group_of (layout->group, edge->from);
      if (layout->units[edge->from].position < layout->units[edge->to].position)
        layout->edges[layout->n_edges++] = *edge;
    }
}

/* Longest path from the inputs; then what feeds the flow from the side is moved down to it. */
static void
assign_layers (Layout *layout)
{
  g_autofree guint *n_uses = g_new0 (guint, layout->n_nodes);
  g_autofree gboolean *beside = g_new (gboolean, layout->n_nodes);
  g_autofree guint *nearest = g_new (guint, layout->n_nodes);

  /* Edges are in the order of computation of their ends. */
  for (guint i = 0; i < layout->n_edges; i++)
    {
      const TnLayoutEdge *edge = &layout->edges[i];

      layout->layer[edge->to] = MAX (layout->layer[edge->to], layout->layer[edge->from] + 1);
      n_uses[edge->from]++;
    }
  for (guint i = 0; i < layout->n_nodes; i++)
    {
      beside[i] = TRUE;
      nearest[i] = G_MAXUINT;
    }
  for (guint i = 0; i < layout->n_edges; i++)
    {
      const TnLayoutEdge *edge = &layout->edges[i];

      if (!beside[edge->from] || n_uses[edge->from] != 1)
        beside[edge->to] = FALSE;
    }
  for (guint i = layout->n_edges; i-- > 0;)
    {
      const TnLayoutEdge *edge = &layout->edges[i];

      /* All edges out of edge->to were seen: they stand later. */
      if (beside[edge->to] && nearest[edge->to] != G_MAXUINT)
        layout->layer[edge->to] = nearest[edge->to] - 1;
      nearest[edge->from] = MIN (nearest[edge->from], layout->layer[edge->to]);
    }
  for (guint i = 0; i < layout->n_nodes; i++)
    if (beside[i] && nearest[i] != G_MAXUINT)
      layout->layer[i] = nearest[i] - 1;
}

/* ---- the whole ---- */

typedef struct
{
  guint group;
  guint position;
  guint node;
} Member;

static int
member_compare (const void *a, const void *b)
{
  const Member *left = a;
  const Member *right = b;

  if (left->group != right->group)
    return left->group < right->group ? -1 : 1;
  return left->position < right->position ? -1 : left->position > right->position;
}

/* Members of one component stand together, components in the order of their first layer. */
static Member *
sort_members (Layout *layout)
{
  Member *members = g_new (Member, layout->n_nodes);
  g_autofree guint *first = g_new (guint, layout->n_nodes);

  for (guint i = 0; i < layout->n_nodes; i++)
    first[i] = G_MAXUINT;
  for (guint i = 0; i < layout->n_nodes; i++)
    {
      guint node = layout->by_position[i];
      guint group = group_of (layout->group, node);

      if (first[group] == G_MAXUINT)
        first[group] = i;
      members[i] = (Member){ first[group], i, node };
    }
  qsort (members, layout->n_nodes, sizeof *members, member_compare);
  return members;
}

/* Is the @number-th a component of its own? */
static gboolean
is_single (const Layout *layout, const Member *members, guint number)
{
  return (number == 0 || members[number].group != members[number - 1].group)
         && (number + 1 == layout->n_nodes || members[number].group != members[number + 1].group);
}

static void
place_components (Layout *layout, TnPoint *places)
{
  const TnLayoutMetrics *metrics = layout->metrics;
  g_autofree Member *members = sort_members (layout);
  g_autofree guint *nodes = g_new (guint, layout->n_nodes);
  g_autofree guint *vertex_of = g_new (guint, layout->n_nodes);
  g_autofree guint *component_of = g_new (guint, layout->n_nodes);
  g_autofree guint *edge_start = NULL;
  g_autofree TnLayoutEdge *edges = g_new (TnLayoutEdge, MAX (layout->n_edges, 1));
  double pitch = metrics->along + metrics->along_gap;
  double column = metrics->across + metrics->across_gap;
  double right = 0;
  guint lanes_left = TN_LAYOUT_MOST_LANES;
  guint n_components = 0;
  guint n_single = 0;
  guint most_layers = 0;
  gboolean any = FALSE;
  guint rows;

  for (guint i = 0; i < layout->n_nodes; i++)
    {
      if (i > 0 && members[i].group != members[i - 1].group)
        n_components++;
      component_of[members[i].node] = n_components;
    }
  n_components++;
  edge_start = g_new0 (guint, n_components + 1);
  for (guint i = 0; i < layout->n_edges; i++)
    edge_start[component_of[layout->edges[i].from] + 1]++;
  for (guint i = 0; i < n_components; i++)
    edge_start[i + 1] += edge_start[i];
  {
    g_autofree guint *next = g_memdup2 (edge_start, n_components * sizeof (guint));

    for (guint i = 0; i < layout->n_edges; i++)
      edges[next[component_of[layout->edges[i].from]]++] = layout->edges[i];
  }

  for (guint start = 0, end; start < layout->n_nodes; start = end)
    {
      TnComponent component = { .units = layout->units,
                                .metrics = metrics,
                                .layer = layout->layer,
                                .n_units = layout->n_nodes };
      g_autofree double *row = NULL;
      guint number = component_of[members[start].node];
      double low = G_MAXDOUBLE;
      double high = -G_MAXDOUBLE;
      double move;

      for (end = start; end < layout->n_nodes && members[end].group == members[start].group; end++)
        nodes[end - start] = members[end].node;
      if (end - start == 1)
        {
          n_single++;
          continue;
        }
      tn_component_build (&component, nodes, end - start, edges + edge_start[number],
                          edge_start[number + 1] - edge_start[number], vertex_of, &lanes_left);
      tn_component_order (&component);
      tn_component_place (&component);
      for (guint i = 0; i < component.n_vertices; i++)
        {
          low = MIN (low, component.vertices[i].u - component.vertices[i].width / 2);
          high = MAX (high, component.vertices[i].u + component.vertices[i].width / 2);
        }
      /* The first one stays around u 0. */
      move = any ? ceil ((right + metrics->across_gap - low) / TN_LAYOUT_STEP) * TN_LAYOUT_STEP : 0;
      row = tn_component_rows (&component);
      for (guint i = 0; i < component.n_vertices; i++)
        {
          const TnVertex *vertex = &component.vertices[i];

          if (vertex->node < 0)
            continue;
          places[vertex->node]
              = (TnPoint){ vertex->u + move,
                           round (row[vertex->layer] + layout->units[vertex->node].along / 2
                                  - (vertex->aside ? ASIDE_LIFT : 0)) };
        }
      right = high + move;
      most_layers = MAX (most_layers, component.n_layers);
      any = TRUE;
      tn_component_clear (&component);
    }

  /* What is wired to nothing stands in columns beside the rest, each as wide as the widest. */
  rows = MAX (MAX (4, (guint)ceil (sqrt (n_single))), MIN (most_layers, 12));
  for (guint i = 0; i < layout->n_nodes; i++)
    if (is_single (layout, members, i))
      {
        column = MAX (column, layout->units[members[i].node].across + metrics->across_gap);
        pitch = MAX (pitch, layout->units[members[i].node].along + metrics->along_gap);
      }
  for (guint i = 0, number = 0; i < layout->n_nodes; i++)
    if (is_single (layout, members, i))
      {
        places[members[i].node]
            = (TnPoint){ (any ? ceil ((right + column) / TN_LAYOUT_STEP) * TN_LAYOUT_STEP : 0)
                             + number / rows * column,
                         number % rows * pitch
                             + (layout->units[members[i].node].along - metrics->along) / 2 };
        number++;
      }
}

void
tn_layout_units (const TnLayoutUnit *units, guint n_units, const TnLayoutEdge *edges, guint n_edges,
                 const TnLayoutMetrics *metrics, TnPoint *places)
{
  g_autofree guint *layer = g_new0 (guint, MAX (n_units, 1));
  g_autofree guint *group = g_new (guint, MAX (n_units, 1));
  g_autofree guint *by_position = g_new (guint, MAX (n_units, 1));
  Layout layout = { .units = units,
                    .metrics = metrics,
                    .n_nodes = n_units,
                    .layer = layer,
                    .group = group,
                    .by_position = by_position };

  if (n_units == 0)
    return;
  for (guint i = 0; i < n_units; i++)
    {
      group[i] = i;
      by_position[units[i].position] = i;
    }
  take_edges (&layout, edges, n_edges);
  assign_layers (&layout);
  place_components (&layout, places);
  g_free (layout.edges);
}
