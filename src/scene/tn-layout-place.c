/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places within the layers of a component, by isotonic regression. */
#include <math.h>

#include "scene/tn-layout-component.h"

#define PLACE_ROUNDS 8
/* How firmly vertices hold their place when they push one another. */
#define HOLD_NODE  1000.0
#define HOLD_ASIDE 20.0
#define HOLD_LANE  1.0

static double
separation (const TnVertex *left, const TnVertex *right)
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
place_layer (TnComponent *self, guint layer, Pool *pools)
{
  const guint *sequence = self->sequence + self->layer_start[layer];
  guint n = self->layer_start[layer + 1] - self->layer_start[layer];
  guint n_pools = 0;
  double shift = 0;

  for (guint i = 0; i < n; i++)
    {
      TnVertex *vertex = &self->vertices[sequence[i]];
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
      TnVertex *vertex = &self->vertices[sequence[i]];

      if (i > 0)
        shift += separation (&self->vertices[sequence[i - 1]], vertex);
      if (pool + 1 < n_pools && pools[pool + 1].first == i)
        pool++;
      vertex->u = pools[pool].sum / pools[pool].weight + shift;
    }
}

/* Where a vertex would like to be: over, or under, what it is linked with. */
static double
wish (const TnComponent *self, const TnVertex *vertex, gboolean down)
{
  const TnVertexLink *links = self->links + (down ? vertex->first_up : vertex->first_down);
  guint n_links = down ? vertex->n_up : vertex->n_down;
  double sum = 0;
  double weight = 0;

  for (guint i = 0; i < n_links; i++)
    {
      const TnVertex *other = &self->vertices[links[i].other];
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
straighten (TnComponent *self, guint layer, gboolean down)
{
  const guint *sequence = self->sequence + self->layer_start[layer];
  guint n = self->layer_start[layer + 1] - self->layer_start[layer];

  for (guint i = 0; i < n; i++)
    {
      TnVertex *vertex = &self->vertices[sequence[i]];
      double target;

      if (vertex->aside || (down ? vertex->n_up : vertex->n_down) == 0)
        continue;
      target = round (wish (self, vertex, down) / TN_LAYOUT_STEP) * TN_LAYOUT_STEP;
      if (fabs (target - vertex->u) > 3 * TN_LAYOUT_STEP)
        continue;
      if (i > 0)
        {
          const TnVertex *left = &self->vertices[sequence[i - 1]];
          target = MAX (target, left->u + separation (left, vertex));
        }
      if (i + 1 < n)
        {
          const TnVertex *right = &self->vertices[sequence[i + 1]];
          target = MIN (target, right->u - separation (vertex, right));
        }
      vertex->u = round (target / TN_LAYOUT_STEP) * TN_LAYOUT_STEP;
    }
}

void
tn_component_place (TnComponent *self)
{
  g_autofree Pool *pools = g_new (Pool, self->n_vertices);

  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      double width = 0;

      for (guint i = self->layer_start[layer]; i < self->layer_start[layer + 1]; i++)
        {
          TnVertex *vertex = &self->vertices[self->sequence[i]];

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
              TnVertex *vertex = &self->vertices[self->sequence[j]];
              vertex->key = wish (self, vertex, down);
            }
          place_layer (self, layer, pools);
        }
    }
  for (guint i = 0; i < self->n_vertices; i++)
    self->vertices[i].u = round (self->vertices[i].u / TN_LAYOUT_STEP) * TN_LAYOUT_STEP;
  for (guint layer = self->n_layers - 1; layer-- > 0;)
    straighten (self, layer, FALSE);
  for (guint layer = 1; layer < self->n_layers; layer++)
    straighten (self, layer, TRUE);
}
