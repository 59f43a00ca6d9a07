/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order within the layers of a component: sweeps, then exchanges of neighbours. */
#include <math.h>
#include <string.h>

#include "scene/tn-layout-component.h"

#define ORDER_ROUNDS    6
#define EXCHANGE_ROUNDS 4
#define KEEP_ROUNDS     3
#define MOST_PAIRS      4096 /* of links, that are compared for an exchange */

/* ---- one layer ---- */

static int
vertex_compare (const void *a, const void *b, gpointer data)
{
  const TnVertex *vertices = data;
  const TnVertex *left = &vertices[*(const guint *)a];
  const TnVertex *right = &vertices[*(const guint *)b];

  if (left->key != right->key)
    return left->key < right->key ? -1 : 1;
  /* Equal wishes: boxes before lanes, so that skips run on the right; then as computed. */
  return left->tie < right->tie ? -1 : left->tie > right->tie;
}

static void
order_layer (TnComponent *self, guint layer, gboolean down)
{
  guint *sequence = self->sequence + self->layer_start[layer];
  guint n = self->layer_start[layer + 1] - self->layer_start[layer];

  if (n < 2)
    return;
  for (guint i = 0; i < n; i++)
    {
      TnVertex *vertex = &self->vertices[sequence[i]];
      const TnVertexLink *links = self->links + (down ? vertex->first_up : vertex->first_down);
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

guint64
tn_component_crossings (const TnComponent *self)
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
          const TnVertex *vertex = &self->vertices[self->sequence[i]];

          for (guint j = 0; j < vertex->n_down; j++)
            {
              const TnVertexLink *link = &self->links[vertex->first_down + j];
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

/* ---- sweeps ---- */

/* What decides on the order of boxes, for a run that keeps it: by vertex, NAN where it is free. */
typedef struct
{
  TnComponent *component;
  const double *ranks;
} Keeping;

static int
rank_compare (const void *a, const void *b, gpointer data)
{
  const Keeping *keeping = data;
  guint left = *(const guint *)a, right = *(const guint *)b;

  if (keeping->ranks[left] != keeping->ranks[right])
    return keeping->ranks[left] < keeping->ranks[right] ? -1 : 1;
  return keeping->component->vertices[left].tie < keeping->component->vertices[right].tie ? -1 : 1;
}

static void
number_layer (TnComponent *self, guint layer)
{
  for (guint i = self->layer_start[layer]; i < self->layer_start[layer + 1]; i++)
    self->vertices[self->sequence[i]].order = i - self->layer_start[layer];
}

/* The ranked ones exchange places among themselves until they stand in the order of their ranks. */
static void
keep_ranks (TnComponent *self, guint layer, const double *ranks, guint *room)
{
  guint *sequence = self->sequence + self->layer_start[layer];
  guint n = self->layer_start[layer + 1] - self->layer_start[layer];
  Keeping keeping = { self, ranks };
  guint n_ranked = 0;

  for (guint i = 0; i < n; i++)
    if (!isnan (ranks[sequence[i]]))
      room[n_ranked++] = sequence[i];
  if (n_ranked < 2)
    return;
  g_qsort_with_data (room, (int)n_ranked, sizeof *room, rank_compare, &keeping);
  n_ranked = 0;
  for (guint i = 0; i < n; i++)
    if (!isnan (ranks[sequence[i]]))
      sequence[i] = room[n_ranked++];
  number_layer (self, layer);
}

/* From the order as it is. @ranks: those of boxes that keep their order, or NULL. */
static guint64
sweep (TnComponent *self, const double *ranks, guint *room)
{
  g_autofree guint *best = g_memdup2 (self->sequence, self->n_vertices * sizeof (guint));
  guint64 fewest = G_MAXUINT64;

  for (guint round = 0; round < ORDER_ROUNDS; round++)
    {
      guint64 crossings;
      gboolean down = round % 2 == 0;

      for (guint i = 1; i < self->n_layers; i++)
        {
          guint layer = down ? i : self->n_layers - 1 - i;

          order_layer (self, layer, down);
          if (ranks != NULL)
            keep_ranks (self, layer, ranks, room);
        }
      crossings = tn_component_crossings (self);
      if (crossings < fewest)
        {
          fewest = crossings;
          memcpy (best, self->sequence, self->n_vertices * sizeof (guint));
        }
      if (fewest == 0 && round > 0)
        break;
    }
  memcpy (self->sequence, best, self->n_vertices * sizeof (guint));
  for (guint layer = 0; layer < self->n_layers; layer++)
    number_layer (self, layer);
  return fewest;
}

/* ---- exchanges ---- */

static double
end_of (const TnComponent *self, const TnVertexLink *link)
{
  return self->vertices[link->other].order + 0.8 * link->there;
}

/* How many crossings fewer there are when @right stands left of @left, its neighbour. */
static int
gain (const TnComponent *self, const TnVertex *left, const TnVertex *right)
{
  int gained = 0;

  for (guint side = 0; side < 2; side++)
    {
      const TnVertexLink *a = self->links + (side ? left->first_down : left->first_up);
      const TnVertexLink *b = self->links + (side ? right->first_down : right->first_up);
      guint n_a = side ? left->n_down : left->n_up;
      guint n_b = side ? right->n_down : right->n_up;

      for (guint i = 0; i < n_a; i++)
        for (guint j = 0; j < n_b; j++)
          {
            double x = end_of (self, &a[i]), y = end_of (self, &b[j]);

            gained += (x > y) - (x < y);
          }
    }
  return gained;
}

static gboolean
exchange_layer (TnComponent *self, guint layer)
{
  gboolean any = FALSE;

  for (guint i = self->layer_start[layer]; i + 1 < self->layer_start[layer + 1]; i++)
    {
      TnVertex *left = &self->vertices[self->sequence[i]];
      TnVertex *right = &self->vertices[self->sequence[i + 1]];
      guint n_left = MAX (left->n_up, left->n_down), n_right = MAX (right->n_up, right->n_down);

      if (left->aside || right->aside || n_left * (guint64)n_right > MOST_PAIRS
          || gain (self, left, right) <= 0)
        continue;
      left->order++;
      right->order--;
      {
        guint number = self->sequence[i];

        self->sequence[i] = self->sequence[i + 1];
        self->sequence[i + 1] = number;
      }
      any = TRUE;
    }
  return any;
}

/* Neighbours whose exchange takes crossings away are exchanged, as long as there are some. */
static guint64
exchange (TnComponent *self, guint64 crossings)
{
  for (guint round = 0; crossings > 0 && round < EXCHANGE_ROUNDS; round++)
    {
      gboolean any = FALSE;

      for (guint layer = 0; layer < self->n_layers; layer++)
        any = exchange_layer (self, layer) || any;
      if (!any)
        break;
    }
  return crossings > 0 ? tn_component_crossings (self) : 0;
}

/* ---- the whole ---- */

static void
use_sequence (TnComponent *self, const guint *sequence)
{
  memcpy (self->sequence, sequence, self->n_vertices * sizeof (guint));
  for (guint layer = 0; layer < self->n_layers; layer++)
    number_layer (self, layer);
}

/* Keeps the order that @ranks say but for what takes crossings away; then @ranks are those of the
 * order that came out, so that the same again changes nothing. Begins with @start. */
static guint64
order_by (TnComponent *self, double *ranks, const guint *start, guint *room)
{
  guint64 crossings = G_MAXUINT64;

  for (guint round = 0; round < KEEP_ROUNDS; round++)
    {
      gboolean same = TRUE;

      use_sequence (self, start);
      for (guint layer = 0; layer < self->n_layers; layer++)
        keep_ranks (self, layer, ranks, room);
      crossings = exchange (self, sweep (self, ranks, room));
      for (guint layer = 0; layer < self->n_layers; layer++)
        {
          double last = -G_MAXDOUBLE;

          for (guint i = self->layer_start[layer]; i < self->layer_start[layer + 1]; i++)
            {
              double rank = ranks[self->sequence[i]];

              if (self->vertices[self->sequence[i]].node < 0)
                continue;
              same = same && rank > last;
              last = rank;
            }
        }
      if (same)
        break;
      for (guint i = 0; i < self->n_vertices; i++)
        if (self->vertices[i].node >= 0)
          ranks[i] = self->vertices[i].order;
    }
  return crossings;
}

void
tn_component_order (TnComponent *self)
{
  g_autofree guint *start = g_memdup2 (self->sequence, self->n_vertices * sizeof (guint));
  g_autofree guint *room = g_new (guint, self->n_vertices);
  g_autofree double *ranks = g_new (double, self->n_vertices);
  g_autofree guint *found = NULL;
  gboolean hinted = FALSE;
  guint64 free_crossings, kept_crossings;

  free_crossings = exchange (self, sweep (self, NULL, room));
  for (guint i = 0; i < self->n_vertices; i++)
    {
      ranks[i] = self->vertices[i].node < 0 ? NAN : self->vertices[i].order;
      hinted = hinted || self->vertices[i].settled;
    }
  found = g_memdup2 (self->sequence, self->n_vertices * sizeof (guint));
  /* What was found without hints is brought into the form that comes of being kept. */
  kept_crossings = order_by (self, ranks, start, room);
  if (kept_crossings <= free_crossings)
    {
      free_crossings = kept_crossings;
      memcpy (found, self->sequence, self->n_vertices * sizeof (guint));
    }
  if (hinted)
    {
      for (guint i = 0; i < self->n_vertices; i++)
        ranks[i] = self->vertices[i].settled ? self->vertices[i].hint : NAN;
      kept_crossings = order_by (self, ranks, start, room);
    }
  if (kept_crossings > free_crossings)
    use_sequence (self, found);
}
