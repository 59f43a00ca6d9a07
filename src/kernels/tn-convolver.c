/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Planning and running convolutions and products on the micro-kernels of tn-tile.h. */
#include "kernels/tn-convolver.h"

#include <math.h>
#include <string.h>

/* Work that a band should have, so that handing it out costs nothing: multiply-adds, or bytes of
 * weights where reading those is what takes the time. More bands than MOST_BANDS are of no use. */
#define BAND_STEPS 500000.0
#define BAND_BYTES 131072.0
#define MOST_BANDS 128
/* Fewer tiles in a band than this, and fetching the weights is no longer hidden behind them. */
#define LEAST_TILES 6
/* A copy with zeros around it may be so many times larger than its input, or so many bytes. */
#define MOST_PADDING    8.0
#define MOST_COPY_BYTES (16 << 20)
#define LINE            64
#define STREAM_AHEAD    4096
/* So few tiles read the weights so often that they should come from the first cache. */
#define FEW_TILES     4
#define STRETCH_BYTES 32768
/* In a vector of any set. */
#define MOST_FLOATS 16

static gint64
pieces (gint64 n, gint64 most)
{
  return n / most + (n % most != 0);
}

/* The @index-th of @parts nearly equal parts of @n begins here. */
static gint64
part (gint64 n, gint64 parts, gint64 index)
{
  return n / parts * index + MIN (index, n % parts);
}

TnConvolverSizes
tn_convolver_product (gint64 m, gint64 n, gint64 k)
{
  return (TnConvolverSizes){ .n = 1,
                             .size = { 1, 1, m },
                             .channels = k,
                             .kernel = { 1, 1, 1 },
                             .stride = { 1, 1, 1 },
                             .dilation = { 1, 1, 1 },
                             .out = { 1, 1, m },
                             .filters = n,
                             .groups = 1 };
}

/* Pixels that are their own patch stand in one long line. */
static void
flatten (TnConvolverSizes *sizes)
{
  for (int i = 0; i < 3; i++)
    if (sizes->kernel[i] != 1 || sizes->stride[i] != 1 || sizes->pad_before[i] != 0
        || sizes->out[i] != sizes->size[i])
      return;
  gint64 pixels = sizes->n * sizes->out[0] * sizes->out[1] * sizes->out[2];
  sizes->n = 1;
  for (int i = 0; i < 3; i++)
    sizes->size[i] = sizes->out[i] = i == 2 ? pixels : 1;
}

/* Elements of an axis from the first to the last that @n outputs read. */
static double
reach (const TnConvolverSizes *sizes, int axis, double n)
{
  return (n - 1.0) * (double)sizes->stride[axis]
         + ((double)sizes->kernel[axis] - 1.0) * (double)sizes->dilation[axis] + 1.0;
}

static gboolean
reads_inside (const TnConvolverSizes *sizes)
{
  for (int i = 0; i < 3; i++)
    if (sizes->pad_before[i] != 0
        || reach (sizes, i, (double)sizes->out[i]) > (double)sizes->size[i])
      return FALSE;
  return TRUE;
}

/* The widest panel that the set is good at. */
static gint64
widest (const TnTileSet *set)
{
  return set->rows[4] > 0 ? 4 : set->floats == 8 ? 3 : 2;
}

static gint64
panel_start (const TnConvolver *c, gint64 panel)
{
  return part (c->n_vectors, c->n_panels, panel);
}

static gint64
panel_vectors (const TnConvolver *c, gint64 panel)
{
  return panel_start (c, panel + 1) - panel_start (c, panel);
}

/* Floats of x that a band of so many lines reads. */
static double
band_input (const TnConvolver *c, double lines)
{
  const TnConvolverSizes *s = &c->sizes;
  return reach (s, 1, lines) * (double)s->kernel[0] * reach (s, 2, (double)c->pixels)
         * (double)c->group_c;
}

/* Of a single long line the unit is the pixel, and each stretch a number of whole tiles; else it is
 * the line. */
static gboolean
is_one_line (const TnConvolverSizes *sizes)
{
  return sizes->n * sizes->out[0] == 1 && sizes->out[1] == 1;
}

/* Where a stretch of the units ends that has a band to itself; the first is the longest. */
static gint64
stretch_end (const TnConvolver *c, gint64 stretch)
{
  const TnConvolverSizes *s = &c->sizes;
  gint64 rows = c->set->rows[panel_vectors (c, 0)];

  if (!is_one_line (s))
    return part (s->out[1], c->bands_down, stretch + 1);
  if (pieces (s->out[2], rows) < c->bands_down)
    return part (s->out[2], c->bands_down, stretch + 1);
  return MIN (part (pieces (s->out[2], rows), c->bands_down, stretch + 1) * rows, s->out[2]);
}

/* Cuts the work by planes, lines of them and panels, until there is enough to hand out; of pixels
 * or of filters, whichever leaves less to be read twice. */
static void
cut (TnConvolver *c)
{
  const TnConvolverSizes *s = &c->sizes;
  double planes = (double)s->n * (double)s->out[0];
  double all_pixels = planes * (double)s->out[1] * (double)s->out[2];
  double weights = 4.0 * (double)c->steps * (double)s->filters;
  double input = 4.0 * all_pixels * (double)c->group_c * (double)c->sizes.groups;
  double wanted = all_pixels * (double)c->steps * (double)s->filters / BAND_STEPS;
  gint64 rows = c->set->rows[panel_vectors (c, 0)];
  gboolean one_line = is_one_line (s);
  gint64 units = one_line ? s->out[2] : s->out[1];
  double per_unit = one_line ? 1.0 : (double)pieces (s->out[2], rows) * (double)rows;
  gint64 most = units;
  gint64 least = (gint64)CLAMP (LEAST_TILES * (double)rows / per_unit, 1.0, (double)units);
  gint64 least_panels = 1;

  wanted = CLAMP (MAX (wanted, weights / BAND_BYTES), 1.0, (double)MOST_BANDS);
  c->weights_outside = weights > input;
  /* The band's input stays in the second cache while all panels pass over it. */
  while (most > least
         && 4.0 * (one_line ? (double)most * (double)c->group_c : band_input (c, (double)most))
                > 0.55 * (double)tn_cpu ()->l2)
    most = MAX (most / 2, least);
  if (one_line && units <= rows)
    least_panels = c->set->streams[panel_vectors (c, 0)][units];
  /* Several workers fetch more side by side than several streams of one do. */
  if (c->n_panels <= least_panels)
    least_panels = 1;

  gint64 n_panels = c->n_panels;
  for (;;)
    {
      c->bands_down = pieces (units, most);
      c->bands_across = pieces (c->n_panels, n_panels);
      double now = planes * (double)s->groups * (double)c->bands_down * (double)c->bands_across;
      gboolean can_across = n_panels / 2 >= least_panels;
      gboolean can_down = most / 2 >= least;
      if (now >= wanted || !(can_across || can_down))
        break;
      if (can_across && (c->weights_outside || !can_down))
        n_panels /= 2;
      else
        most /= 2;
    }
  if (one_line)
    c->pixels = stretch_end (c, 0);
  else
    c->lines = stretch_end (c, 0);
}

gboolean
tn_convolver_init (TnConvolver *convolver, const TnConvolverSizes *sizes, TnIsa isa)
{
  TnConvolver c = { .sizes = *sizes, .isa = isa, .set = tn_tile_set (isa) };
  TnConvolverSizes *s = &c.sizes;

  g_return_val_if_fail (c.set != NULL && s->groups >= 1, FALSE);
  g_return_val_if_fail (s->vectors == 0 || c.set->rows[s->vectors] > 0, FALSE);
  if (s->n < 1 || s->channels < 1 || s->filters < 1)
    return FALSE;
  for (int i = 0; i < 3; i++)
    if (s->size[i] < 1 || s->out[i] < 1)
      return FALSE;
  flatten (s);
  c.group_c = s->channels / s->groups;
  c.group_f = s->filters / s->groups;
  gint64 taps = s->kernel[0] * s->kernel[1] * s->kernel[2];
  c.steps = taps * c.group_c;
  c.n_blocks = MAX ((c.steps + TN_TILE_STEPS / 2) / TN_TILE_STEPS, 1);
  c.n_vectors = pieces (c.group_f, c.set->floats);
  c.n_panels = pieces (c.n_vectors, s->vectors > 0 ? s->vectors : widest (c.set));
  c.pixels = s->out[2];
  c.lines = 1;
  c.in_place = reads_inside (s) && (s->groups == 1 || taps == 1);
  if (c.in_place)
    {
      c.row_floats = s->size[2] * s->channels;
      c.slice_floats = s->size[1] * c.row_floats;
      cut (&c);
    }
  else
    {
      double width = reach (s, 2, (double)s->out[2]);
      double size = (double)s->size[0] * (double)s->size[1] * (double)s->size[2];
      double padded = reach (s, 0, (double)s->out[0]) * reach (s, 1, (double)s->out[1]) * width;
      double line = (double)s->kernel[0] * reach (s, 1, 1.0) * width * (double)c.group_c * 4.0;

      if (line > MAX (MOST_COPY_BYTES, MOST_PADDING * size * (double)s->channels * 4.0)
          || padded > 1e15)
        return FALSE;
      cut (&c);
      c.row_floats = (gint64)reach (s, 2, (double)c.pixels) * c.group_c;
      c.slice_floats = (gint64)reach (s, 1, (double)c.lines) * c.row_floats;
      c.copy_bytes = (gsize)(s->kernel[0] * c.slice_floats) * sizeof (float);
    }
  c.pixels_outside = c.n_blocks == 1 && c.n_panels > 1
                     && (double)c.steps * (double)c.group_f * 4.0 <= 0.8 * (double)tn_cpu ()->l1;
  c.runs_bytes = (gsize)(taps + c.n_blocks + 1) * sizeof (TnTileRun);
  gint64 planes = s->n * s->out[0];
  if ((double)planes * (double)c.bands_down * (double)c.bands_across * (double)s->groups > 1e15)
    return FALSE;
  c.n_bands = planes * c.bands_down * c.bands_across * s->groups;
  *convolver = c;
  return TRUE;
}

gsize
tn_convolver_packed_bytes (const TnConvolver *c)
{
  gsize bytes;
  if (!g_size_checked_mul (&bytes, (gsize)c->steps * sizeof (float),
                           (gsize)c->n_vectors * c->set->floats)
      || !g_size_checked_mul (&bytes, bytes, (gsize)c->sizes.groups))
    return 0;
  return bytes;
}

guint64
tn_convolver_layout (const TnConvolver *c)
{
  return (guint64)c->sizes.groups << 8 | (guint64)c->sizes.vectors << 4 | (c->isa + 1);
}

void
tn_convolver_pack (const TnConvolver *c, const float *weights, float *packed)
{
  for (gint64 group = 0; group < c->sizes.groups; group++)
    for (gint64 panel = 0; panel < c->n_panels; panel++)
      {
        gint64 first = panel_start (c, panel) * c->set->floats;
        gint64 width = panel_vectors (c, panel) * c->set->floats;
        gint64 real = MIN (width, c->group_f - first);
        const float *from = weights + group * c->group_f + first;

        for (gint64 step = 0; step < c->steps; step++, from += c->sizes.filters, packed += width)
          {
            memcpy (packed, from, real * sizeof *packed);
            memset (packed + real, 0, (width - real) * sizeof *packed);
          }
      }
}

TnScratch
tn_convolver_scratch (const TnConvolver *c)
{
  gsize copy = (c->copy_bytes + TN_ALIGNMENT - 1) & ~(gsize)(TN_ALIGNMENT - 1);
  return (TnScratch){ .worker = copy + c->runs_bytes + (gsize)c->n_blocks * sizeof (gint64) };
}

/* ---- running ---- */

typedef struct
{
  const TnConvolver *plan;
  const TnConvolverData *data;
  const TnKernelContext *context;
} Job;

/* One band on its way. @x: what the first pixel of the first line reads first. @weights: of the
 * group. @out, @residual: the first pixel, first filter of the group. */
typedef struct
{
  const TnConvolver *plan;
  const TnConvolverData *data;
  const float *x;
  gint64 line_step, pixel_step; /* of x */
  const float *weights;
  const float *bias;
  const float *residual;
  float *out;
  gint64 lines, pixels;
  gint64 first_panel, last_panel;
  TnTileRun *runs;
  gint64 *run_ends; /* of each block */
  gboolean backwards;
} Band;

/* What of x the terms are, in the order of the weights, cut into blocks; stretches that follow each
 * other become one. */
static void
find_runs (Band *band)
{
  const TnConvolver *c = band->plan;
  const TnConvolverSizes *s = &c->sizes;
  const gint64 pixel = s->dilation[2] * (c->in_place ? s->channels : c->group_c);
  const gint64 row = s->dilation[1] * c->row_floats;
  const gint64 slice = (c->in_place ? s->dilation[0] : 1) * c->slice_floats;
  gint64 n_runs = 0, first_run = 0, done = 0, block = 0;
  gint64 block_end = part (c->steps, c->n_blocks, 1);

  for (gint64 u = 0; u < s->kernel[0]; u++)
    for (gint64 v = 0; v < s->kernel[1]; v++)
      for (gint64 w = 0; w < s->kernel[2]; w++)
        {
          gint64 offset = u * slice + v * row + w * pixel;

          for (gint64 left = c->group_c; left > 0;)
            {
              gint64 length = MIN (left, block_end - done);
              TnTileRun *last = n_runs > first_run ? &band->runs[n_runs - 1] : NULL;

              if (last != NULL && last->offset + last->length == offset)
                last->length += length;
              else
                band->runs[n_runs++] = (TnTileRun){ offset, length };
              offset += length;
              left -= length;
              done += length;
              if (done < block_end)
                continue;
              band->run_ends[block++] = first_run = n_runs;
              block_end = part (c->steps, c->n_blocks, block + 1);
            }
        }
}

/* Copies what the lines from @line on read, with the zeros around, into @copy. */
static void
copy_band (const Band *band, gint64 sample, gint64 depth, gint64 line, gint64 pixel, gint64 group,
           float *copy)
{
  const TnConvolver *c = band->plan;
  const TnConvolverSizes *s = &c->sizes;
  gint64 width = c->row_floats / c->group_c;
  gint64 height = (gint64)reach (s, 1, (double)band->lines);
  gint64 start = pixel * s->stride[2] - s->pad_before[2];
  gint64 left = CLAMP (-start, 0, width);
  gint64 inside = CLAMP (s->size[2] - MAX (start, 0), 0, width - left);

  for (gint64 d = 0; d < s->kernel[0]; d++)
    {
      gint64 z = depth * s->stride[0] - s->pad_before[0] + d * s->dilation[0];
      gint64 y = line * s->stride[1] - s->pad_before[1];
      float *to = copy + d * c->slice_floats;

      for (gint64 i = 0; i < height; i++, y++, to += c->row_floats)
        {
          if (z < 0 || z >= s->size[0] || y < 0 || y >= s->size[1])
            {
              memset (to, 0, c->row_floats * sizeof *to);
              continue;
            }
          const float *from
              = band->data->x
                + (((sample * s->size[0] + z) * s->size[1] + y) * s->size[2] + start + left)
                      * s->channels
                + group * c->group_c;
          float *at = to + left * c->group_c;

          memset (to, 0, left * c->group_c * sizeof *to);
          if (s->groups == 1)
            memcpy (at, from, inside * c->group_c * sizeof *to);
          else
            for (gint64 j = 0; j < inside; j++)
              memcpy (at + j * c->group_c, from + j * s->channels, c->group_c * sizeof *to);
          memset (at + inside * c->group_c, 0, (width - left - inside) * c->group_c * sizeof *to);
        }
    }
}

/* What all tiles of a panel and block have in common. */
static TnTile
tile_for (const Band *band, gint64 panel, gint64 block)
{
  const TnConvolver *c = band->plan;
  gint64 first = panel_start (c, panel) * c->set->floats;
  gint64 width = panel_vectors (c, panel) * c->set->floats;
  gint64 first_run = block == 0 ? 0 : band->run_ends[block - 1];
  gboolean last = block == c->n_blocks - 1;

  return (TnTile){
    .runs = band->runs + first_run,
    .n_runs = band->run_ends[block] - first_run,
    .x_stride = band->pixel_step,
    .weights = band->weights + first * c->steps + part (c->steps, c->n_blocks, block) * width,
    .panel = width * c->steps,
    .out_stride = c->sizes.filters,
    .columns = MIN (width, c->group_f - first),
    .bias = band->bias == NULL ? NULL : band->bias + first,
    .residual_stride = c->sizes.filters,
    .add = block > 0,
    .low = last ? band->data->low : -INFINITY,
    .high = last ? band->data->high : INFINITY,
  };
}

/* @first: of the filters of its panel. */
static void
place_tile (const Band *band, TnTile *tile, gint64 first, gint64 line, gint64 pixel)
{
  const TnConvolver *c = band->plan;
  gint64 at = (line * c->sizes.out[2] + pixel) * c->sizes.filters + first;

  tile->x = band->x + line * band->line_step + pixel * band->pixel_step;
  tile->out = band->out + at;
  tile->residual = band->residual == NULL ? NULL : band->residual + at;
}

/* All panels for one tile, several at once: the weights are read once and nothing else matters. */
static void
stream_panels (const Band *band)
{
  const TnConvolver *c = band->plan;

  for (gint64 panel = band->first_panel; panel < band->last_panel;)
    {
      gint64 vectors = panel_vectors (c, panel);
      gint64 streams = c->set->streams[vectors][band->pixels];
      gboolean together = panel + streams <= band->last_panel
                          && panel_vectors (c, panel + streams - 1) == vectors;
      gint64 n = together ? streams : 1;

      for (gint64 block = 0; block < c->n_blocks; block++)
        {
          TnTile tile = tile_for (band, panel, block);
          gint64 width = vectors * c->set->floats;

          place_tile (band, &tile, panel_start (c, panel) * c->set->floats, 0, 0);
          tile.columns = MIN (n * width, c->group_f - panel_start (c, panel) * c->set->floats);
          tile.ahead = (const char *)tile.weights + STREAM_AHEAD;
          if (together)
            c->set->streaming[vectors][band->pixels](&tile);
          else
            c->set->tiles[vectors][band->pixels][1](&tile);
        }
      panel += n;
    }
}

/* The tiles of a line: the first of them are a pixel wider. */
typedef struct
{
  gint64 across;
  gint64 rows, wider; /* pixels of a tile, and how many have one more */
} Tiling;

static Tiling
tiling (const Band *band, gint64 vectors)
{
  gint64 across = pieces (band->pixels, band->plan->set->rows[vectors]);
  return (Tiling){ across, band->pixels / across, band->pixels % across };
}

/* A stretch of steps of a block of a panel over all tiles of the band, while what follows it is
 * being fetched. */
typedef struct
{
  gint64 panel, block;
  gint64 steps;
  const char *next; /* what follows */
  Tiling tiles;
  float *carry; /* for each tile, or NULL */
} Sweep;

static void
sweep_tiles (const Band *band, const Sweep *sweep, TnTile *tile)
{
  const TnConvolver *c = band->plan;
  gint64 vectors = panel_vectors (c, sweep->panel);
  gint64 first = panel_start (c, sweep->panel) * c->set->floats;
  gint64 n_tiles = sweep->tiles.across * band->lines;
  gint64 bytes = sweep->steps * vectors * c->set->floats * (gint64)sizeof (float);
  /* The last tiles fetch. */
  gint64 each = sweep->steps * LINE * (n_tiles * sweep->steps * LINE < bytes ? 2 : 1);
  gint64 fetching = pieces (bytes, each);
  gint64 index = 0;

  for (gint64 line = 0; line < band->lines; line++)
    for (gint64 i = 0, pixel = 0, rows; i < sweep->tiles.across; i++, index++, pixel += rows)
      {
        rows = sweep->tiles.rows + (i < sweep->tiles.wider);
        gint64 turn = index - MAX (n_tiles - fetching, 0);

        place_tile (band, tile, first, line, pixel);
        tile->next_out = sweep->block == 0 ? tile->out + rows * tile->out_stride : NULL;
        tile->ahead = turn >= 0 ? sweep->next + turn * each
                                : (const char *)(tile->x + rows * tile->x_stride);
        if (sweep->carry != NULL)
          tile->carry = sweep->carry + index * TN_TILE_MAX_SUMS * c->set->floats;
        c->set->tiles[vectors][rows][turn >= 0 && each > sweep->steps * LINE](tile);
      }
}

/* A panel over all tiles of the band, block by block. Where there are few tiles, a block goes
 * through them in stretches that stay in the first cache. */
static void
sweep_panel (const Band *band, gint64 panel)
{
  const TnConvolver *c = band->plan;
  gint64 width = panel_vectors (c, panel) * c->set->floats;
  Sweep sweep = { .panel = panel, .tiles = tiling (band, panel_vectors (c, panel)) };
  gint64 n_tiles = sweep.tiles.across * band->lines;
  float carry[FEW_TILES * TN_TILE_MAX_SUMS * MOST_FLOATS];

  for (sweep.block = 0; sweep.block < c->n_blocks; sweep.block++)
    {
      TnTile tile = tile_for (band, panel, sweep.block);
      gint64 steps = part (c->steps, c->n_blocks, sweep.block + 1)
                     - part (c->steps, c->n_blocks, sweep.block);
      const char *end = (const char *)(tile.weights + steps * width);

      /* What follows in memory is the next block or panel. */
      if (sweep.block == c->n_blocks - 1 && panel == band->last_panel - 1
          && (!c->weights_outside || band->backwards))
        {
          gint64 then = band->first_panel;
          if (c->weights_outside)
            then -= band->last_panel - band->first_panel;
          end = (const char *)(band->weights
                               + panel_start (c, MAX (then, 0)) * c->set->floats * c->steps);
        }
      if (n_tiles > FEW_TILES || tile.n_runs > 1)
        {
          sweep.steps = steps;
          sweep.next = end;
          sweep_tiles (band, &sweep, &tile);
          continue;
        }

      TnTileRun run = tile.runs[0];
      gint64 n_stretches = pieces (steps, STRETCH_BYTES / (width * (gint64)sizeof (float)));
      sweep.carry = carry;
      tile.runs = &run;
      for (gint64 i = 0; i < n_stretches; i++)
        {
          sweep.steps = run.length
              = part (steps, n_stretches, i + 1) - part (steps, n_stretches, i);
          tile.first = i == 0;
          tile.last = i == n_stretches - 1;
          sweep.next = tile.last ? end : (const char *)(tile.weights + sweep.steps * width);
          sweep_tiles (band, &sweep, &tile);
          run.offset += run.length;
          tile.weights += run.length * width;
        }
    }
}

/* All panels for each tile in turn: rows of x are read once and rows of the output made whole. */
static void
sweep_pixels (const Band *band)
{
  const TnConvolver *c = band->plan;
  const Tiling tiles = tiling (band, panel_vectors (c, 0));

  for (gint64 line = 0; line < band->lines; line++)
    for (gint64 i = 0, pixel = 0, rows; i < tiles.across; i++, pixel += rows)
      {
        rows = tiles.rows + (i < tiles.wider);
        for (gint64 panel = band->first_panel; panel < band->last_panel; panel++)
          {
            TnTile tile = tile_for (band, panel, 0);

            place_tile (band, &tile, panel_start (c, panel) * c->set->floats, line, pixel);
            tile.next_out = tile.out + rows * tile.out_stride;
            tile.ahead = (const char *)(tile.x + rows * tile.x_stride)
                         + (panel - band->first_panel) * c->steps * LINE;
            c->set->tiles[panel_vectors (c, panel)][rows][0](&tile);
          }
      }
}

static void
finish_band (const Band *band)
{
  const TnConvolver *c = band->plan;
  const TnConvolverData *data = band->data;
  gint64 first = panel_start (c, band->first_panel) * c->set->floats;
  gint64 last = MIN (panel_start (c, band->last_panel) * c->set->floats, c->group_f);
  gint64 pixels = band->lines * band->pixels;

  if (last - first == c->sizes.filters)
    data->finish (band->out, pixels * c->sizes.filters, data->finish_data);
  else
    for (gint64 i = 0; i < pixels; i++)
      data->finish (band->out + i * c->sizes.filters + first, last - first, data->finish_data);
}

static void
run_band (gint64 index, guint worker, gpointer user_data)
{
  const Job *job = user_data;
  const TnConvolver *c = job->plan;
  const TnConvolverSizes *s = &c->sizes;
  gint64 planes = s->n * s->out[0];
  gint64 n_across = c->bands_across * s->groups, n_down = planes * c->bands_down;
  gint64 across = c->weights_outside ? index / n_down : index % n_across;
  gint64 down = c->weights_outside ? index % n_down : index / n_across;
  gint64 group = across / c->bands_across, chunk = across % c->bands_across;
  gint64 plane = down / c->bands_down, stretch = down % c->bands_down;
  gint64 sample = plane / s->out[0], depth = plane % s->out[0];
  gboolean by_pixels = is_one_line (s);
  gint64 begin = stretch == 0 ? 0 : stretch_end (c, stretch - 1);
  gint64 units = stretch_end (c, stretch) - begin;
  gint64 line = by_pixels ? 0 : begin;
  gint64 pixel = by_pixels ? begin : 0;
  gint64 at = ((plane * s->out[1] + line) * s->out[2] + pixel) * s->filters + group * c->group_f;
  char *scratch = tn_kernel_scratch (job->context, worker);
  gsize copy = (c->copy_bytes + TN_ALIGNMENT - 1) & ~(gsize)(TN_ALIGNMENT - 1);
  Band band = {
    .plan = c,
    .data = job->data,
    .weights = job->data->packed + group * c->n_vectors * c->set->floats * c->steps,
    .bias = job->data->bias == NULL ? NULL : job->data->bias + group * c->group_f,
    .residual = job->data->residual == NULL ? NULL : job->data->residual + at,
    .out = job->data->out + at,
    .lines = by_pixels ? 1 : units,
    .pixels = by_pixels ? units : s->out[2],
    .first_panel = part (c->n_panels, c->bands_across, chunk),
    .last_panel = part (c->n_panels, c->bands_across, chunk + 1),
    .run_ends = (gint64 *)(scratch + copy),
    .runs = (TnTileRun *)(scratch + copy + (gsize)c->n_blocks * sizeof (gint64)),
    .backwards = job->context->backwards,
    .line_step = s->stride[1] * c->row_floats,
    .pixel_step = s->stride[2] * (c->in_place ? s->channels : c->group_c),
  };

  find_runs (&band);
  if (c->in_place)
    band.x = job->data->x
             + ((sample * s->size[0] + depth * s->stride[0]) * s->size[1] + line * s->stride[1])
                   * c->row_floats
             + pixel * band.pixel_step + group * c->group_c;
  else
    {
      copy_band (&band, sample, depth, line, pixel, group, (float *)scratch);
      band.x = (const float *)scratch;
    }

  if (band.lines == 1 && band.pixels <= c->set->rows[panel_vectors (c, 0)])
    stream_panels (&band);
  else if (c->pixels_outside)
    sweep_pixels (&band);
  else
    for (gint64 panel = band.first_panel; panel < band.last_panel; panel++)
      sweep_panel (&band, panel);
  if (job->data->finish != NULL)
    finish_band (&band);
}

void
tn_convolver_run (const TnConvolver *convolver, const TnConvolverData *data,
                  const TnKernelContext *context)
{
  Job job = { convolver, data, context };
  tn_kernel_for (context, convolver->n_bands, run_band, &job);
}
