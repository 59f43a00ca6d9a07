/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units and edges of a component as vertices and links between neighbouring layers. */
#include <math.h>

#include "scene/tn-layout-component.h"

#define LANE_WIDTH 28.0

/* Vertices for @nodes and lanes for their long edges; links between neighbouring layers only. */
void
tn_component_build (TnComponent *self, const guint *nodes, guint n_nodes, const TnLayoutEdge *edges,
                    guint n_edges, guint *vertex_of, guint *lanes_left)
{
  GArray *vertices = g_array_new (FALSE, TRUE, sizeof (TnVertex));
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, 2 * sizeof (TnVertexLink));
  TnVertex *list;
  guint filled = 0;

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnLayoutUnit *unit = &self->units[nodes[i]];
      TnVertex vertex = { .node = (int)nodes[i],
                          .layer = self->layer[nodes[i]],
                          .tie = unit->position,
                          .aside = unit->aside,
                          .settled = !isnan (unit->hint),
                          .hint = unit->hint,
                          .width = unit->across + self->metrics->across_gap };

      vertex_of[nodes[i]] = vertices->len;
      g_array_append_val (vertices, vertex);
      self->n_layers = MAX (self->n_layers, vertex.layer + 1);
    }
  for (guint i = 0; i < n_edges; i++)
    {
      guint from = vertex_of[edges[i].from];
      guint to = vertex_of[edges[i].to];
      guint first = g_array_index (vertices, TnVertex, from).layer + 1;
      guint last = g_array_index (vertices, TnVertex, to).layer;
      double offset = edges[i].from_offset;

      if (last - first > *lanes_left)
        continue;
      *lanes_left -= last - first;
      for (guint layer = first; layer < last; layer++)
        {
          TnVertex lane
              = { .node = -1, .layer = layer, .tie = self->n_units + i, .width = LANE_WIDTH };
          TnVertexLink pair[2] = { { vertices->len, offset, 0 }, { from, 0, offset } };

          g_array_append_val (vertices, lane);
          g_array_append_vals (pairs, pair, 1);
          from = vertices->len - 1;
          offset = 0;
        }
      {
        TnVertexLink pair[2]
            = { { to, offset, edges[i].to_offset }, { from, edges[i].to_offset, offset } };

        g_array_append_vals (pairs, pair, 1);
      }
    }

  /* pair[0] is the link down as seen from above, pair[1] the same one as seen from below. */
  self->n_vertices = vertices->len;
  self->vertices = list = (TnVertex *)g_array_free (vertices, FALSE);
  for (guint i = 0; i < pairs->len; i++)
    {
      const TnVertexLink *pair = (const TnVertexLink *)pairs->data + 2 * i;

      list[pair[1].other].n_down++;
      list[pair[0].other].n_up++;
    }
  self->links = g_new (TnVertexLink, 2 * pairs->len + 1);
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
      const TnVertexLink *pair = (const TnVertexLink *)pairs->data + 2 * i;
      TnVertex *above = &list[pair[1].other];
      TnVertex *below = &list[pair[0].other];

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

void
tn_component_clear (TnComponent *self)
{
  g_free (self->vertices);
  g_free (self->layer_start);
  g_free (self->sequence);
  g_free (self->links);
}

double *
tn_component_rows (const TnComponent *self)
{
  const TnLayoutMetrics *metrics = self->metrics;
  double *rows = g_new0 (double, self->n_layers + 1);

  for (guint i = 0; i < self->n_vertices; i++)
    {
      const TnVertex *vertex = &self->vertices[i];

      if (vertex->node >= 0)
        rows[vertex->layer + 1] = MAX (rows[vertex->layer + 1], self->units[vertex->node].along);
    }
  rows[0] = -metrics->along / 2;
  for (guint layer = 0; layer < self->n_layers; layer++)
    rows[layer + 1] += rows[layer] + metrics->along_gap;
  return rows;
}
