/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Winograd's convolution: blocks of tiles are transformed, multiplied point by point with the
 * micro-kernels, and transformed back, a panel of output channels at a time. */
#include "kernels/tn-winograd.h"

#include "kernels/tn-parallel.h"
#include "kernels/tn-tile.h"
#include "kernels/tn-winograd-block.h"

#include <math.h>
#include <string.h>

/* Between one point's numbers and the next one's, so that they do not meet in the same sets of the
 * caches. */
#define GAP 32
/* Fewer tiles do not pay for reading a panel of weights. */
#define LEAST_BLOCK 28
#define MOST_BLOCK  252
/* So few do where the panel stays in the second cache. */
#define SMALL_BLOCK 14
/* Multiply-adds that a band should have at least, and how many bands are enough. */
#define BAND_STEPS 500000.0
#define MOST_BANDS 8
/* Before all else in a worker's scratch, in floats: which block it holds transformed. */
#define HEADER (TN_ALIGNMENT / sizeof (float))

static int
points (const TnWinograd *plan)
{
  return (plan->square + 2) * (plan->square + 2);
}

static gint64
panels (const TnWinograd *plan)
{
  return (plan->sizes.f + plan->panel - 1) / plan->panel;
}

static gint64
input_step (const TnWinograd *plan)
{
  return plan->block * plan->sizes.c + GAP;
}

static gint64
output_step (const TnWinograd *plan)
{
  return plan->block * plan->panel + GAP;
}

gboolean
tn_winograd_can (const TnWinogradSizes *sizes)
{
  return sizes->n > 0 && sizes->c > 0 && sizes->c % 16 == 0 && sizes->f > 0 && sizes->oh > 0
         && sizes->ow > 0;
}

int
tn_winograd_suits (const TnWinogradSizes *sizes, gboolean approximate)
{
  if (sizes->c < 16 || sizes->c % 16 != 0 || sizes->f < 16 || sizes->f % 16 != 0 || sizes->oh < 10
      || sizes->ow < 10)
    return 0;
  return approximate ? 4 : 2;
}

/* Bands of equal size: a power of two of them if they are few. Where tiles are few each block of
 * them is done by several bands, some panels each. */
static void
cut (TnWinograd *plan, gint64 most, gboolean small, gint64 rows)
{
  double steps
      = (double)plan->tiles * points (plan) * (double)plan->sizes.c * (double)plan->sizes.f;
  gint64 wanted = 1, blocks = 1;
  gint64 least = small && panels (plan) == 1 ? SMALL_BLOCK : LEAST_BLOCK;

  while (wanted < MOST_BANDS && steps >= 2.0 * (double)wanted * BAND_STEPS)
    wanted *= 2;
  while (
      blocks < MOST_BANDS
      && (plan->tiles > blocks * most
          || (small && panels (plan) == 1 && blocks < wanted && plan->tiles >= 2 * blocks * least)))
    blocks *= 2;
  if (blocks * most < plan->tiles)
    blocks = (plan->tiles + most - 1) / most;
  plan->block = MAX ((plan->tiles + blocks - 1) / blocks, 1);
  if (plan->block > 2 * rows)
    plan->block = (plan->block + rows - 1) / rows * rows;
  blocks = (plan->tiles + plan->block - 1) / plan->block;
  plan->groups = CLAMP (wanted / MAX (blocks, 1), 1, MAX (panels (plan), 1));
  plan->n_bands = blocks * plan->groups;
}

TnWinograd
tn_winograd_plan (const TnWinogradSizes *sizes, int square)
{
  const TnTileSet *set = tn_tile_set (tn_cpu ()->isa);
  TnWinograd plan = { .sizes = *sizes, .square = square };
  guint vectors = TN_TILE_MAX_VECTORS;

  g_return_val_if_fail ((square == 2 || square == 4) && sizes->c % 16 == 0, plan);
  while (set->rows[vectors] == 0 || (vectors > 1 && set->floats * (vectors - 1) >= sizes->f))
    vectors--;
  plan.panel = vectors * set->floats;
  plan.down = (sizes->oh + square - 1) / square;
  plan.across = (sizes->ow + square - 1) / square;
  plan.tiles = sizes->n * plan.down * plan.across;

  /* Transformed numbers stay in the second-level cache while all panels pass; weights do beside
   * them if they are few. */
  double room = 0.75 * (double)tn_cpu ()->l2;
  double weights = (double)points (&plan) * (double)sizes->c * (double)sizes->f * sizeof (float);
  double each = (double)points (&plan) * (double)(sizes->c + plan.panel) * sizeof (float);
  gboolean small = weights < 0.5 * room;
  if (small)
    room -= weights;
  gint64 rows = set->rows[vectors];
  gint64 most = (gint64)CLAMP (room / each, LEAST_BLOCK, MOST_BLOCK);
  cut (&plan, MAX (most / rows * rows, rows), small, rows);
  return plan;
}

gsize
tn_winograd_packed (const TnWinograd *plan)
{
  return (gsize)points (plan) * panels (plan) * plan->panel * plan->sizes.c * sizeof (float);
}

/* In each panel the points one after the other, each with the panel's filters for each channel. */
void
tn_winograd_pack (const TnWinograd *plan, const float *weights, float *packed)
{
  const TnWinogradSet *set = tn_winograd_set (tn_cpu ()->isa);
  gint64 c = plan->sizes.c, f = plan->sizes.f;

  memset (packed, 0, tn_winograd_packed (plan));
  for (gint64 first = 0; first < f; first += plan->panel)
    for (gint64 channel = 0; channel < c; channel++)
      set->weights[plan->square / 2](
          weights + channel * f + first, c * f, MIN (plan->panel, f - first),
          packed + first * c * points (plan) + channel * plan->panel, c * plan->panel);
}

gsize
tn_winograd_scratch (const TnWinograd *plan)
{
  return (HEADER + (gsize)points (plan) * (input_step (plan) + output_step (plan)))
         * sizeof (float);
}

const char *
tn_winograd_name (const TnWinograd *plan)
{
  return plan->square == 2 ? "Winograd F(2×2)" : "Winograd F(4×4)";
}

/* Where tile @index lies: sample, and row and column of its first output pixel. */
static void
place (const TnWinograd *plan, gint64 index, gint64 *sample, gint64 *row, gint64 *column)
{
  *column = index % plan->across * plan->square;
  *row = index / plan->across % plan->down * plan->square;
  *sample = index / plan->across / plan->down;
}

static void
read_tiles (const TnWinograd *plan, const TnWinogradSet *set, gint64 first, gint64 n,
            const float *x, float *into)
{
  const TnWinogradSizes *sizes = &plan->sizes;
  gint64 side = plan->square + 2;
  TnWinogradPatch patch = {
    .row = sizes->w * sizes->c,
    .pixel = sizes->c,
    .step = input_step (plan),
    .channels = sizes->c,
  };

  for (gint64 i = 0; i < n; i++)
    {
      gint64 sample, row, column;
      place (plan, first + i, &sample, &row, &column);
      row -= sizes->pad[0];
      column -= sizes->pad[1];
      patch.pixels
          = (guintptr)x
            + (((sample * sizes->h + row) * sizes->w + column) * sizes->c) * (gint64)sizeof *x;
      patch.from[0] = MAX (-row, 0);
      patch.from[1] = MAX (-column, 0);
      patch.to[0] = MIN (sizes->h - row, side);
      patch.to[1] = MIN (sizes->w - column, side);
      patch.points = into + i * sizes->c;
      set->input[plan->square / 2](&patch);
    }
}

static void
finish_tile (const TnWinograd *plan, const TnWinogradPatch *patch, const TnWinogradData *data)
{
  for (gint64 i = 0; i < MIN (patch->to[0], plan->square); i++)
    for (gint64 j = 0; j < MIN (patch->to[1], plan->square); j++)
      data->finish ((float *)(patch->pixels + (i * patch->row + j * patch->pixel) * 4),
                    patch->channels, data->finish_data);
}

static void
write_tiles (const TnWinograd *plan, const TnWinogradSet *set, gint64 first, gint64 n,
             gint64 channel, float *products, const TnWinogradData *data)
{
  const TnWinogradSizes *sizes = &plan->sizes;
  TnWinogradPatch patch = {
    .row = sizes->ow * sizes->f,
    .pixel = sizes->f,
    .step = output_step (plan),
    .channels = MIN (plan->panel, sizes->f - channel),
  };

  for (gint64 i = 0; i < n; i++)
    {
      gint64 sample, row, column;
      place (plan, first + i, &sample, &row, &column);
      patch.pixels
          = (guintptr)(data->out + ((sample * sizes->oh + row) * sizes->ow + column) * sizes->f
                       + channel);
      patch.to[0] = sizes->oh - row;
      patch.to[1] = sizes->ow - column;
      patch.points = products + i * plan->panel;
      set->output[plan->square / 2](&patch, data->bias != NULL ? data->bias + channel : NULL,
                                    sizes->low, sizes->high);
      if (data->finish != NULL)
        finish_tile (plan, &patch, data);
    }
}

/* One point of @n tiles times one panel of its weights. */
static void
multiply (const TnWinograd *plan, const TnTileSet *set, gint64 n, const float *x,
          const float *weights, float *out)
{
  const gint64 c = plan->sizes.c;
  const guint vectors = (guint)(plan->panel / set->floats);
  const gint64 most = set->rows[vectors];
  const gint64 passes = (n + most - 1) / most;
  const gint64 lines = plan->panel * (gint64)sizeof (float) / 64;

  for (gint64 start = 0; start < c; start += TN_TILE_STEPS)
    {
      TnTileRun run = { .offset = start, .length = MIN (c - start, TN_TILE_STEPS) };
      /* What follows these weights is fetched during the passes over them: the next point's. */
      const char *ahead = (const char *)(weights + (start + run.length) * plan->panel);
      gint64 done = 0;

      for (gint64 pass = 0; pass < passes; pass++)
        {
          gint64 rows = (n - done + passes - pass - 1) / (passes - pass);
          TnTile tile = {
            .runs = &run,
            .n_runs = 1,
            .x = x + done * c,
            .x_stride = c,
            .weights = weights + start * plan->panel,
            .panel = 0,
            .out = out + done * plan->panel,
            .out_stride = plan->panel,
            .columns = plan->panel,
            .add = start > 0,
            .low = -INFINITY,
            .high = INFINITY,
            .ahead = ahead + pass * run.length * 64,
          };
          set->tiles[vectors][rows][pass < lines ? 1 : 0](&tile);
          done += rows;
        }
    }
}

void
tn_winograd_begin (float *scratch)
{
  *(gint64 *)scratch = -1;
}

void
tn_winograd_run (const TnWinograd *plan, gint64 band, const TnWinogradData *data, float *scratch)
{
  const TnTileSet *tiles = tn_tile_set (tn_cpu ()->isa);
  const TnWinogradSet *set = tn_winograd_set (tn_cpu ()->isa);
  const int n_points = points (plan);
  gint64 *held = (gint64 *)scratch;
  gint64 block = band / plan->groups, group = band % plan->groups;
  gint64 first = block * plan->block;
  gint64 n = MIN (plan->block, plan->tiles - first);
  float *transformed = scratch + HEADER;
  float *products = transformed + n_points * input_step (plan);

  if (*held != block)
    read_tiles (plan, set, first, n, data->x, transformed);
  *held = block;
  for (gint64 panel = panels (plan) * group / plan->groups;
       panel < panels (plan) * (group + 1) / plan->groups; panel++)
    {
      gint64 channel = panel * plan->panel;
      const float *weights = data->packed + channel * plan->sizes.c * n_points;
      for (int p = 0; p < n_points; p++)
        multiply (plan, tiles, n, transformed + p * input_step (plan),
                  weights + p * plan->sizes.c * plan->panel, products + p * output_step (plan));
      write_tiles (plan, set, first, n, channel, products, data);
    }
}
