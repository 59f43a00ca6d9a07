/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packed R-tree: levels of nodes of NODE_SIZE, stored from the leaves up in one array. */
#include "scene/tn-spatial.h"

#define NODE_SIZE  16
#define MAX_LEVELS 10 /* 16^10 is more than there are guints */

struct _TnSpatial
{
  guint n_items;
  guint n_levels;
  guint level_start[MAX_LEVELS]; /* in boxes; level 0 holds the items */
  guint level_size[MAX_LEVELS];
  TnRect *boxes;
  guint *items;  /* of level 0, in order of the curve */
  guint *places; /* in it, of each item; NULL until one is moved */
  guint n_moves;
};

typedef struct
{
  guint32 place;
  guint item;
} Sorted;

static int
sorted_compare (const void *a, const void *b)
{
  const Sorted *left = a;
  const Sorted *right = b;

  if (left->place != right->place)
    return left->place < right->place ? -1 : 1;
  return left->item < right->item ? -1 : left->item > right->item;
}

/* Place of a cell of a 65536 × 65536 square on its Hilbert curve. */
static guint32
hilbert (guint32 x, guint32 y)
{
  guint32 place = 0;

  for (guint32 s = 1 << 15; s > 0; s >>= 1)
    {
      guint32 rx = (x & s) > 0;
      guint32 ry = (y & s) > 0;

      place += s * s * ((3 * rx) ^ ry);
      if (ry == 0)
        {
          guint32 swap;

          if (rx == 1)
            {
              x = 65535 - x;
              y = 65535 - y;
            }
          swap = x;
          x = y;
          y = swap;
        }
    }
  return place;
}

static TnRect
rect_union (TnRect a, TnRect b)
{
  double x = MIN (a.x, b.x);
  double y = MIN (a.y, b.y);

  return (TnRect){ x, y, MAX (a.x + a.width, b.x + b.width) - x,
                   MAX (a.y + a.height, b.y + b.height) - y };
}

/* The box of node @number of @level: around what is below it. */
static void
enclose (TnSpatial *spatial, guint level, guint number)
{
  const TnRect *below = spatial->boxes + spatial->level_start[level - 1];
  guint first = number * NODE_SIZE;
  guint end = MIN (first + NODE_SIZE, spatial->level_size[level - 1]);
  TnRect box = below[first];

  for (guint i = first + 1; i < end; i++)
    box = rect_union (box, below[i]);
  spatial->boxes[spatial->level_start[level] + number] = box;
}

TnSpatial *
tn_spatial_new (const TnRect *boxes, guint n_boxes)
{
  TnSpatial *spatial = g_new0 (TnSpatial, 1);
  g_autofree Sorted *sorted = g_new (Sorted, MAX (n_boxes, 1));
  TnRect all = { 0 };
  guint total = 0;
  guint size = n_boxes;

  spatial->n_items = n_boxes;
  if (n_boxes == 0)
    return spatial;

  do
    {
      g_assert (spatial->n_levels < MAX_LEVELS);
      spatial->level_start[spatial->n_levels] = total;
      spatial->level_size[spatial->n_levels++] = size;
      total += size;
      if (size == 1)
        break;
      size = (size + NODE_SIZE - 1) / NODE_SIZE;
    }
  while (TRUE);

  all = boxes[0];
  for (guint i = 1; i < n_boxes; i++)
    all = rect_union (all, boxes[i]);
  for (guint i = 0; i < n_boxes; i++)
    {
      double x = boxes[i].x + boxes[i].width / 2 - all.x;
      double y = boxes[i].y + boxes[i].height / 2 - all.y;

      sorted[i].place = hilbert (all.width > 0 ? (guint32)(65535 * (x / all.width)) : 0,
                                 all.height > 0 ? (guint32)(65535 * (y / all.height)) : 0);
      sorted[i].item = i;
    }
  qsort (sorted, n_boxes, sizeof *sorted, sorted_compare);

  spatial->boxes = g_new (TnRect, total);
  spatial->items = g_new (guint, n_boxes);
  for (guint i = 0; i < n_boxes; i++)
    {
      spatial->items[i] = sorted[i].item;
      spatial->boxes[i] = boxes[sorted[i].item];
    }
  for (guint level = 1; level < spatial->n_levels; level++)
    for (guint i = 0; i < spatial->level_size[level]; i++)
      enclose (spatial, level, i);
  return spatial;
}

void
tn_spatial_free (TnSpatial *spatial)
{
  if (spatial == NULL)
    return;
  g_free (spatial->boxes);
  g_free (spatial->items);
  g_free (spatial->places);
  g_free (spatial);
}

void
tn_spatial_move (TnSpatial *spatial, guint item, TnRect box)
{
  guint place;

  if (spatial->places == NULL)
    {
      spatial->places = g_new (guint, spatial->n_items);
      for (guint i = 0; i < spatial->n_items; i++)
        spatial->places[spatial->items[i]] = i;
    }
  place = spatial->places[item];
  spatial->boxes[place] = box;
  spatial->n_moves++;
  for (guint level = 1; level < spatial->n_levels; level++)
    enclose (spatial, level, place /= NODE_SIZE);
}

gboolean
tn_spatial_is_worn (const TnSpatial *spatial)
{
  return spatial->n_moves > spatial->n_items + 64;
}

static void
query (const TnSpatial *spatial, guint level, guint first, guint end, const TnRect *rect,
       GArray *found)
{
  const TnRect *boxes = spatial->boxes + spatial->level_start[level];

  for (guint i = first; i < end; i++)
    {
      if (!tn_rect_intersects (boxes[i], *rect))
        continue;
      if (level == 0)
        g_array_append_val (found, spatial->items[i]);
      else
        query (spatial, level - 1, i * NODE_SIZE,
               MIN ((i + 1) * NODE_SIZE, spatial->level_size[level - 1]), rect, found);
    }
}

static int
guint_compare (const void *a, const void *b)
{
  guint left = *(const guint *)a;
  guint right = *(const guint *)b;

  return left < right ? -1 : left > right;
}

void
tn_spatial_query (const TnSpatial *spatial, TnRect rect, GArray *found)
{
  if (spatial->n_levels == 0)
    return;
  query (spatial, spatial->n_levels - 1, 0, 1, &rect, found);
  if (found->len > 1)
    qsort (found->data, found->len, sizeof (guint), guint_compare);
}
