/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packing a matrix and multiplying by it, a tile after another. */
#include "kernels/tn-panels.h"

#include "kernels/tn-parallel.h"

#include <math.h>
#include <string.h>

static gint64
pieces (gint64 n, gint64 most)
{
  return n / most + (n % most != 0);
}

gboolean
tn_panels_init (TnPanels *panels, gint64 k, gint64 n, TnIsa isa)
{
  const TnTileSet *set = tn_tile_set (isa);
  gsize floats;

  g_return_val_if_fail (set != NULL, FALSE);
  if (k < 1 || n < 1 || n > G_MAXINT64 / 2 || !g_size_checked_mul (&floats, (gsize)k, (gsize)n + 64)
      || floats > G_MAXSSIZE / sizeof (float) / 2)
    return FALSE;
  TnPanels p = { .set = set,
                 .pack = tn_pack_set (isa),
                 .k = k,
                 .n = n,
                 .n_vectors = pieces (n, set->floats),
                 .n_blocks = MAX ((k + TN_TILE_STEPS / 2) / TN_TILE_STEPS, 1) };
  p.n_panels = pieces (p.n_vectors, set->rows[4] > 0 ? 4 : set->floats == 8 ? 3 : 2);
  p.panel_vectors = p.n_vectors / p.n_panels;
  p.wide_panels = p.n_vectors % p.n_panels;
  p.block_steps = k / p.n_blocks;
  p.long_blocks = k % p.n_blocks;
  *panels = p;
  return TRUE;
}

gsize
tn_panels_floats (const TnPanels *panels)
{
  const gsize whole = TN_ALIGNMENT / sizeof (float);
  gsize floats = (gsize)(panels->k * panels->n_vectors) * panels->set->floats;
  return (floats + whole - 1) / whole * whole;
}

static gint64
first_vector (const TnPanels *panels, gint64 panel)
{
  return panels->panel_vectors * panel + MIN (panel, panels->wide_panels);
}

gint64
tn_panels_column (const TnPanels *panels, gint64 panel)
{
  return MIN (first_vector (panels, panel) * panels->set->floats, panels->n);
}

void
tn_panels_pack (const TnPanels *panels, const float *weights, gint64 row, gint64 column,
                float *packed)
{
  float *end = packed + tn_panels_floats (panels);

  for (gint64 panel = 0; panel < panels->n_panels; panel++)
    {
      gint64 first = first_vector (panels, panel) * panels->set->floats;
      gint64 width = first_vector (panels, panel + 1) * panels->set->floats - first;
      gint64 real = MIN (width, panels->n - first);

      if (column == 1)
        panels->pack->rows (weights + first, row, panels->k, real, width, packed);
      else if (row == 1)
        panels->pack->turned (weights + first * column, column, panels->k, real, width, packed);
      else
        for (gint64 l = 0; l < panels->k; l++)
          for (gint64 j = 0; j < width; j++)
            packed[l * width + j] = j < real ? weights[l * row + (first + j) * column] : 0.0f;
      packed += width * panels->k;
    }
  memset (packed, 0, (end - packed) * sizeof *packed);
}

/* Block @block of @panel and of so many panels after it; @rows are those of one tile. */
static TnTile
tile_for (const TnPanels *p, const float *packed, const TnPanelsRows *rows, gint64 panel,
          gint64 count, gint64 block, TnTileRun *run)
{
  gint64 first = first_vector (p, panel) * p->set->floats;
  gint64 width = first_vector (p, panel + 1) * p->set->floats - first;
  gboolean limited = rows->limited && block == p->n_blocks - 1;
  gint64 step = p->block_steps * block + MIN (block, p->long_blocks);

  *run = (TnTileRun){ step, p->block_steps + (block < p->long_blocks) };
  TnTile tile = {
    .runs = run,
    .n_runs = 1,
    .x = rows->x,
    .x_stride = rows->x_stride,
    .weights = packed + first * p->k + step * width,
    .panel = width * p->k,
    .out = rows->out + first,
    .out_stride = rows->out_stride,
    .columns = MIN (width * count, p->n - first),
    .bias = rows->bias == NULL ? NULL : rows->bias + first,
    .residual = rows->residual == NULL ? NULL : rows->residual + first,
    .residual_stride = rows->residual_stride,
    .add = block > 0,
    .low = limited ? rows->low : -INFINITY,
    .high = limited ? rows->high : INFINITY,
  };
  tile.ahead = (const char *)(tile.weights + run->length * width);
  return tile;
}

/* So few rows that several panels fit beside each other: the weights are read once. */
static void
stream (const TnPanels *p, const float *packed, gint64 m, const TnPanelsRows *rows, gint64 first,
        gint64 last)
{
  for (gint64 panel = first; panel < last;)
    {
      gint64 vectors = first_vector (p, panel + 1) - first_vector (p, panel);
      gint64 count = p->set->streams[vectors][m];

      if (panel + count > last
          || first_vector (p, panel + count) - first_vector (p, panel) != count * vectors)
        count = 1;
      for (gint64 block = 0; block < p->n_blocks; block++)
        {
          TnTileRun run;
          TnTile tile = tile_for (p, packed, rows, panel, count, block, &run);

          if (count > 1)
            p->set->streaming[vectors][m](&tile);
          else
            p->set->tiles[vectors][m][0](&tile);
        }
      panel += count;
    }
}

void
tn_panels_multiply (const TnPanels *p, const float *packed, gint64 m, const TnPanelsRows *rows,
                    gint64 first, gint64 last)
{
  if (m > 0 && first < last
      && m <= p->set->rows[first_vector (p, first + 1) - first_vector (p, first)])
    {
      stream (p, packed, m, rows, first, last);
      return;
    }
  for (gint64 panel = first; panel < last; panel++)
    {
      gint64 vectors = first_vector (p, panel + 1) - first_vector (p, panel);
      gint64 down = pieces (m, p->set->rows[vectors]);
      gint64 least = m / MAX (down, 1), more = m % MAX (down, 1);

      for (gint64 block = 0; block < p->n_blocks; block++)
        {
          TnTileRun run;
          TnTile tile = tile_for (p, packed, rows, panel, 1, block, &run);

          for (gint64 i = 0; i < down; i++)
            {
              gint64 height = least + (i < more);

              p->set->tiles[vectors][height][0](&tile);
              tile.x += height * rows->x_stride;
              tile.out += height * rows->out_stride;
              if (rows->residual != NULL)
                tile.residual += height * rows->residual_stride;
            }
        }
    }
}
