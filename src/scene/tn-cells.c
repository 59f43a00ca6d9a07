/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains of entries in a table of hashed cells. */
#include "scene/tn-cells.h"

#include <math.h>

#define N_BUCKETS  4096 /* a power of two */
#define MOST_CELLS 64   /* per rectangle: what is larger is looked through one by one */

typedef struct
{
  TnRect rect;
  gint64 column, row;
  int next;
} Entry;

struct _TnCells
{
  double size;
  int buckets[N_BUCKETS]; /* first entry, or -1 */
  GArray *entries;
  GArray *large; /* of TnRect */
  guint64 work;
};

TnCells *
tn_cells_new (double cell_size)
{
  TnCells *cells = g_new (TnCells, 1);

  cells->size = cell_size;
  cells->work = 0;
  for (guint i = 0; i < N_BUCKETS; i++)
    cells->buckets[i] = -1;
  cells->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  cells->large = g_array_new (FALSE, FALSE, sizeof (TnRect));
  return cells;
}

void
tn_cells_free (TnCells *cells)
{
  if (cells == NULL)
    return;
  g_array_unref (cells->entries);
  g_array_unref (cells->large);
  g_free (cells);
}

static guint
bucket_of (gint64 column, gint64 row)
{
  guint64 mixed = (guint64)column * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
                  + (guint64)row * G_GUINT64_CONSTANT (0xc2b2ae3d27d4eb4f);

  return (guint)(mixed >> 40) & (N_BUCKETS - 1);
}

static gboolean
overlap (TnRect a, TnRect b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

typedef struct
{
  gint64 left, right, top, bottom;
} Range;

static Range
range_of (const TnCells *cells, TnRect rect)
{
  return (Range){ (gint64)floor (rect.x / cells->size),
                  (gint64)floor ((rect.x + rect.width) / cells->size),
                  (gint64)floor (rect.y / cells->size),
                  (gint64)floor ((rect.y + rect.height) / cells->size) };
}

static gboolean
range_is_large (Range range)
{
  return (range.right - range.left + 1) * (range.bottom - range.top + 1) > MOST_CELLS;
}

void
tn_cells_add (TnCells *cells, TnRect rect)
{
  Range range = range_of (cells, rect);

  if (range_is_large (range))
    {
      g_array_append_val (cells->large, rect);
      return;
    }
  for (gint64 row = range.top; row <= range.bottom; row++)
    for (gint64 column = range.left; column <= range.right; column++)
      {
        guint bucket = bucket_of (column, row);
        Entry entry = { rect, column, row, cells->buckets[bucket] };

        cells->buckets[bucket] = (int)cells->entries->len;
        g_array_append_val (cells->entries, entry);
      }
}

guint64
tn_cells_work (const TnCells *cells)
{
  return cells->work;
}

gboolean
tn_cells_taken (TnCells *cells, TnRect rect)
{
  Range range = range_of (cells, rect);

  cells->work += cells->large->len;
  for (guint i = 0; i < cells->large->len; i++)
    if (overlap (g_array_index (cells->large, TnRect, i), rect))
      return TRUE;
  if (range_is_large (range))
    {
      for (guint i = 0; i < cells->entries->len; i++)
        if (overlap (g_array_index (cells->entries, Entry, i).rect, rect))
          return TRUE;
      return FALSE;
    }
  for (gint64 row = range.top; row <= range.bottom; row++)
    for (gint64 column = range.left; column <= range.right; column++)
      for (int i = cells->buckets[bucket_of (column, row)]; i >= 0;)
        {
          const Entry *entry = &g_array_index (cells->entries, Entry, i);

          cells->work++;
          if (entry->column == column && entry->row == row && overlap (entry->rect, rect))
            return TRUE;
          i = entry->next;
        }
  return FALSE;
}
