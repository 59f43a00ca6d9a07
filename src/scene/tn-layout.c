/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layered layout: longest path, barycentre ordering, and places by isotonic regression. */
#include "scene/tn-layout-private.h"

#include <math.h>
#include <string.h>

/* The scheme is that of Sugiyama, Tagawa and Toda (1981). An edge that spans several layers is cut
 * up by lanes: narrow vertices without a node that keep a way between the boxes open; the scene's
 * router then finds it. Every step is linear in the number of vertices, up to sorting. */
#define LANE_WIDTH   28.0
#define MAX_LANES    60000 /* over all edges: beyond it, long edges are not provided for */
#define ORDER_ROUNDS 6
#define PLACE_ROUNDS 8
#define PLACE_STEP   4.0
#define ASIDE_LIFT   24.0 /* how much higher than its row a Target stands */
/* How firmly vertices hold their place when they push one another. */
#define HOLD_NODE  1000.0
#define HOLD_ASIDE 20.0
#define HOLD_LANE  1.0

typedef struct
{
  int node; /* of a unit, or -1: a lane */
  guint layer;
  guint order; /* within the layer */
  guint tie;   /* decides between equals: position in the order of computation */
  gboolean aside;
  double key; /* while sorting */
  double u;
  double width; /* with the gap */
  guint first_up, n_up, first_down, n_down;
} Vertex;

typedef struct
{
  guint other;
  double here, there; /* offsets of the two ends */
} Link;

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

/* One connected component while it is laid out. */
typedef struct
{
  const Layout *layout;
  Vertex *vertices;
  guint n_vertices;
  guint n_layers;
  guint *layer_start; /* n_layers + 1 */
  guint *sequence;    /* vertex numbers by layer and order */
  Link *links;
} Component;

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

/* ---- one component: vertices and links ---- */

/* Vertices for @nodes and lanes for their long edges; links between neighbouring layers only. */
static void
component_build (Component *self, const guint *nodes, guint n_nodes, const TnLayoutEdge *edges,
                 guint n_edges, guint *vertex_of, guint *lanes_left)
{
  const Layout *layout = self->layout;
  GArray *vertices = g_array_new (FALSE, TRUE, sizeof (Vertex));
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, 2 * sizeof (Link));
  Vertex *list;
  guint filled = 0;

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnLayoutUnit *unit = &layout->units[nodes[i]];
      Vertex vertex = { .node = (int)nodes[i],
                        .layer = layout->layer[nodes[i]],
                        .tie = unit->position,
                        .aside = unit->aside,
                        .width = unit->across + layout->metrics->across_gap };

      vertex_of[nodes[i]] = vertices->len;
      g_array_append_val (vertices, vertex);
      self->n_layers = MAX (self->n_layers, vertex.layer + 1);
    }
  for (guint i = 0; i < n_edges; i++)
    {
      guint from = vertex_of[edges[i].from];
      guint to = vertex_of[edges[i].to];
      guint first = g_array_index (vertices, Vertex, from).layer + 1;
      guint last = g_array_index (vertices, Vertex, to).layer;
      double offset = edges[i].from_offset;

      if (last - first > *lanes_left)
        continue;
      *lanes_left -= last - first;
      for (guint layer = first; layer < last; layer++)
        {
          Vertex lane
              = { .node = -1, .layer = layer, .tie = layout->n_nodes + i, .width = LANE_WIDTH };
          Link pair[2] = { { vertices->len, offset, 0 }, { from, 0, offset } };

          g_array_append_val (vertices, lane);
          g_array_append_vals (pairs, pair, 1);
          from = vertices->len - 1;
          offset = 0;
        }
      {
        Link pair[2] = { { to, offset, edges[i].to_offset }, { from, edges[i].to_offset, offset } };

        g_array_append_vals (pairs, pair, 1);
      }
    }

  /* pair[0] is the link down as seen from above, pair[1] the same one as seen from below. */
  self->n_vertices = vertices->len;
  self->vertices = list = (Vertex *)g_array_free (vertices, FALSE);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Link *pair = (const Link *)pairs->data + 2 * i;

      list[pair[1].other].n_down++;
      list[pair[0].other].n_up++;
    }
  self->links = g_new (Link, 2 * pairs->len + 1);
  for (guint i = 0; i < self->n_vertices; i++)
    {
      list[i].first_up = filled;
      filled += list[i].n_up;
      list[i].first_down = filled;
      filled += list[i].n_down;
      list[i].n_up = list[i].n_down = 0;
    }
  for (guint i = 0; i < pairs->len; i++)
    {
      const Link *pair = (const Link *)pairs->data + 2 * i;
      Vertex *above = &list[pair[1].other];
      Vertex *below = &list[pair[0].other];

      self->links[above->first_down + above->n_down++] = pair[0];
      self->links[below->first_up + below->n_up++] = pair[1];
    }

  self->layer_start = g_new0 (guint, self->n_layers + 1);
  self->sequence = g_new (guint, self->n_vertices);
  for (guint i = 0; i < self->n_vertices; i++)
    self->layer_start[list[i].layer + 1]++;
  for (guint i = 0; i < self->n_layers; i++)
    self->layer_start[i + 1] += self->layer_start[i];
  {
    g_autofree guint *next = g_memdup2 (self->layer_start, self->n_layers * sizeof (guint));

    for (guint i = 0; i < self->n_vertices; i++)
      {
        list[i].order = next[list[i].layer] - self->layer_start[list[i].layer];
        self->sequence[next[list[i].layer]++] = i;
      }
  }
}

static void
component_clear (Component *self)
{
  g_free (self->vertices);
  g_free (self->layer_start);
  g_free (self->sequence);
  g_free (self->links);
}

/* ---- order within layers ---- */

static int
vertex_compare (const void *a, const void *b, gpointer data)
{
  const Vertex *vertices = data;
  const Vertex *left = &vertices[*(const guint *)a];
  const Vertex *right = &vertices[*(const guint *)b];

  if (left->key != right->key)
    return left->key < right->key ? -1 : 1;
  /* Equal wishes: boxes before lanes, so that skips run on the right; then as computed. */
  return left->tie < right->tie ? -1 : left->tie > right->tie;
}

static void
order_layer (Component *self, guint layer, gboolean down)
{
  guint *sequence = self->sequence + self->layer_start[layer];
  guint n = self->layer_start[layer + 1] - self->layer_start[layer];

  if (n < 2)
    return;
  for (guint i = 0; i < n; i++)
    {
      Vertex *vertex = &self->vertices[sequence[i]];
      const Link *links = self->links + (down ? vertex->first_up : vertex->first_down);
      guint n_links = down ? vertex->n_up : vertex->n_down;
      double sum = 0;

      for (guint j = 0; j < n_links; j++)
        sum += self->vertices[links[j].other].order + 0.8 * links[j].there;
      vertex->key = n_links > 0 ? sum / n_links : vertex->order;
      if (vertex->aside && down)
        vertex->key += 0.5;
    }
  g_qsort_with_data (sequence, (int)n, sizeof *sequence, vertex_compare, self->vertices);
  for (guint i = 0; i < n; i++)
    self->vertices[sequence[i]].order = i;
}

typedef struct
{
  double above, below;
} Span;

static int
span_compare (const void *a, const void *b)
{
  const Span *left = a;
  const Span *right = b;

  if (left->above != right->above)
    return left->above < right->above ? -1 : 1;
  return left->below < right->below ? -1 : left->below > right->below;
}

/* Crossings between two layers: inversions, by merge sort. */
static guint64
count_inversions (Span *spans, Span *room, guint n)
{
  guint half = n / 2;
  guint64 count;
  guint i = 0, j = half, k = 0;

  if (n < 2)
    return 0;
  count = count_inversions (spans, room, half) + count_inversions (spans + half, room, n - half);
  while (i < half && j < n)
    if (spans[i].below <= spans[j].below)
      room[k++] = spans[i++];
    else
      {
        count += half - i;
        room[k++] = spans[j++];
      }
  while (i < half)
    room[k++] = spans[i++];
  while (j < n)
    room[k++] = spans[j++];
  memcpy (spans, room, n * sizeof *spans);
  return count;
}

static guint64
count_crossings (const Component *self)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autoptr (GArray) room = g_array_new (FALSE, FALSE, sizeof (Span));
  guint64 count = 0;

  for (guint layer = 0; layer + 1 < self->n_layers; layer++)
    {
      if (self->layer_start[layer + 2] - self->layer_start[layer + 1] < 2
          && self->layer_start[layer + 1] - self->layer_start[layer] < 2)
        continue;
      g_array_set_size (spans, 0);
      for (guint i = self->layer_start[layer]; i < self->layer_start[layer + 1]; i++)
        {
          const Vertex *vertex = &self->vertices[self->sequence[i]];

          for (guint j = 0; j < vertex->n_down; j++)
            {
              const Link *link = &self->links[vertex->first_down + j];
              Span span = { vertex->order + 0.8 * link->here,
                            self->vertices[link->other].order + 0.8 * link->there };

              g_array_append_val (spans, span);
            }
        }
      if (spans->len < 2)
        continue;
      g_array_set_size (room, spans->len);
      g_array_sort (spans, span_compare);
      count += count_inversions ((Span *)spans->data, (Span *)room->data, spans->len);
    }
  return count;
}

static void
component_order (Component *self)
{
  g_autofree guint *best = g_memdup2 (self->sequence, self->n_vertices * sizeof (guint));
  guint64 fewest = count_crossings (self);

  for (guint round = 0; round < ORDER_ROUNDS; round++)
    {
      guint64 crossings;

      if (round % 2 == 0)
        for (guint layer = 1; layer < self->n_layers; layer++)
          order_layer (self, layer, TRUE);
      else
        for (guint layer = self->n_layers - 1; layer-- > 0;)
          order_layer (self, layer, FALSE);
      crossings = count_crossings (self);
      if (crossings < fewest || round == 0)
        {
          fewest = crossings;
          memcpy (best, self->sequence, self->n_vertices * sizeof (guint));
        }
      if (fewest == 0 && round > 0)
        break;
    }
  memcpy (self->sequence, best, self->n_vertices * sizeof (guint));
  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint i = self->layer_start[layer]; i < self->layer_start[layer + 1]; i++)
      self->vertices[self->sequence[i]].order = i - self->layer_start[layer];
}

/* ---- places within layers ---- */

static double
separation (const Vertex *left, const Vertex *right)
{
  return (left->width + right->width) / 2;
}

typedef struct
{
  double sum, weight;
  guint first;
} Pool;

/* Gives the vertices of a layer the places nearest (in weighted least squares) to their wishes
 * (key) that keep order and separation: isotonic regression by pooling adjacent violators. */
static void
place_layer (Component *self, guint layer, Pool *pools)
{
  const guint *sequence = self->sequence + self->layer_start[layer];
  guint n = self->layer_start[layer + 1] - self->layer_start[layer];
  guint n_pools = 0;
  double shift = 0;

  for (guint i = 0; i < n; i++)
    {
      Vertex *vertex = &self->vertices[sequence[i]];
      double weight = vertex->node < 0 ? HOLD_LANE : vertex->aside ? HOLD_ASIDE : HOLD_NODE;

      if (i > 0)
        shift += separation (&self->vertices[sequence[i - 1]], vertex);
      pools[n_pools++] = (Pool){ weight * (vertex->key - shift), weight, i };
      while (n_pools > 1
             && pools[n_pools - 2].sum / pools[n_pools - 2].weight
                    > pools[n_pools - 1].sum / pools[n_pools - 1].weight)
        {
          pools[n_pools - 2].sum += pools[n_pools - 1].sum;
          pools[n_pools - 2].weight += pools[n_pools - 1].weight;
          n_pools--;
        }
    }
  shift = 0;
  for (guint i = 0, pool = 0; i < n; i++)
    {
      Vertex *vertex = &self->vertices[sequence[i]];

      if (i > 0)
        shift += separation (&self->vertices[sequence[i - 1]], vertex);
      if (pool + 1 < n_pools && pools[pool + 1].first == i)
        pool++;
      vertex->u = pools[pool].sum / pools[pool].weight + shift;
    }
}

/* Where a vertex would like to be: over, or under, what it is linked with. */
static double
wish (const Component *self, const Vertex *vertex, gboolean down)
{
  const Link *links = self->links + (down ? vertex->first_up : vertex->first_down);
  guint n_links = down ? vertex->n_up : vertex->n_down;
  double sum = 0;
  double weight = 0;

  for (guint i = 0; i < n_links; i++)
    {
      const Vertex *other = &self->vertices[links[i].other];
      double pull = other->aside ? 0 : other->node < 0 && vertex->node >= 0 ? 0.01 : 1;

      sum += pull * other->u;
      weight += pull;
    }
  if (weight == 0)
    return vertex->u;
  return sum / weight + (vertex->aside && down ? vertex->width : 0);
}

/* Small bends look like mistakes: a box almost in line with its one neighbour is put in line. */
static void
straighten (Component *self, guint layer, gboolean down)
{
  const guint *sequence = self->sequence + self->layer_start[layer];
  guint n = self->layer_start[layer + 1] - self->layer_start[layer];

  for (guint i = 0; i < n; i++)
    {
      Vertex *vertex = &self->vertices[sequence[i]];
      double target;

      if (vertex->aside || (down ? vertex->n_up : vertex->n_down) == 0)
        continue;
      target = round (wish (self, vertex, down) / PLACE_STEP) * PLACE_STEP;
      if (fabs (target - vertex->u) > 3 * PLACE_STEP)
        continue;
      if (i > 0)
        {
          const Vertex *left = &self->vertices[sequence[i - 1]];
          target = MAX (target, left->u + separation (left, vertex));
        }
      if (i + 1 < n)
        {
          const Vertex *right = &self->vertices[sequence[i + 1]];
          target = MIN (target, right->u - separation (vertex, right));
        }
      vertex->u = round (target / PLACE_STEP) * PLACE_STEP;
    }
}

static void
component_place (Component *self)
{
  g_autofree Pool *pools = g_new (Pool, self->n_vertices);

  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      double width = 0;

      for (guint i = self->layer_start[layer]; i < self->layer_start[layer + 1]; i++)
        {
          Vertex *vertex = &self->vertices[self->sequence[i]];

          vertex->u = width + vertex->width / 2;
          width += vertex->width;
        }
      for (guint i = self->layer_start[layer]; i < self->layer_start[layer + 1]; i++)
        self->vertices[self->sequence[i]].u -= width / 2;
    }
  for (guint pass = 0; pass < PLACE_ROUNDS; pass++)
    {
      gboolean down = pass % 2 == 0;

      for (guint i = 0; i < self->n_layers; i++)
        {
          guint layer = down ? i : self->n_layers - 1 - i;

          for (guint j = self->layer_start[layer]; j < self->layer_start[layer + 1]; j++)
            {
              Vertex *vertex = &self->vertices[self->sequence[j]];
              vertex->key = wish (self, vertex, down);
            }
          place_layer (self, layer, pools);
        }
    }
  for (guint i = 0; i < self->n_vertices; i++)
    self->vertices[i].u = round (self->vertices[i].u / PLACE_STEP) * PLACE_STEP;
  for (guint layer = self->n_layers - 1; layer-- > 0;)
    straighten (self, layer, FALSE);
  for (guint layer = 1; layer < self->n_layers; layer++)
    straighten (self, layer, TRUE);
}

/* ---- the whole ---- */

/* Where each layer begins along the flow, of n_layers + 1: a layer is as thick as what is in it.
 * The middle of a box in the first one is 0. */
static double *
component_rows (const Component *self)
{
  const TnLayoutMetrics *metrics = self->layout->metrics;
  double *rows = g_new0 (double, self->n_layers + 1);

  for (guint i = 0; i < self->n_vertices; i++)
    {
      const Vertex *vertex = &self->vertices[i];

      if (vertex->node >= 0)
        rows[vertex->layer + 1]
            = MAX (rows[vertex->layer + 1], self->layout->units[vertex->node].along);
    }
  rows[0] = -metrics->along / 2;
  for (guint layer = 0; layer < self->n_layers; layer++)
    rows[layer + 1] += rows[layer] + metrics->along_gap;
  return rows;
}

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
  guint lanes_left = MAX_LANES;
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
      Component component = { .layout = layout };
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
      component_build (&component, nodes, end - start, edges + edge_start[number],
                       edge_start[number + 1] - edge_start[number], vertex_of, &lanes_left);
      component_order (&component);
      component_place (&component);
      for (guint i = 0; i < component.n_vertices; i++)
        {
          low = MIN (low, component.vertices[i].u - component.vertices[i].width / 2);
          high = MAX (high, component.vertices[i].u + component.vertices[i].width / 2);
        }
      /* The first one stays around u 0. */
      move = any ? ceil ((right + metrics->across_gap - low) / PLACE_STEP) * PLACE_STEP : 0;
      row = component_rows (&component);
      for (guint i = 0; i < component.n_vertices; i++)
        {
          const Vertex *vertex = &component.vertices[i];

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
      component_clear (&component);
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
        places[members[i].node] = (TnPoint){
          (any ? ceil ((right + column) / PLACE_STEP) * PLACE_STEP : 0) + number / rows * column,
          number % rows * pitch + (layout->units[members[i].node].along - metrics->along) / 2
        };
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
