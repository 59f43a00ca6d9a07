/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolutions and products on BLIS's micro-kernels; see tn-implicit.h. */
#include "kernels/tn-implicit.h"

#include "kernels/tn-implicit-block.h"

#include <math.h>
#include <string.h>

/* Work that a band should have, in multiply-adds or bytes of weights; of more than MOST_BANDS
 * nobody makes use; a panel of pixels is packed for every band across, so a few should be done. */
#define BAND_STEPS  500000.0
#define BAND_BYTES  131072.0
#define MOST_BANDS  128
#define LEAST_DOWN  2
#define LEAST_LINES 2 /* panels of filters */
#define LINE_FLOATS 16
/* Rows that a micro-kernel may have, and terms that zeros stand for at a time. */
#define MOST_ROWS 64
#define MOST_RUN  512

static const float zeros[MOST_RUN];

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

static gint64
whole_lines (gint64 floats)
{
  return pieces (floats, LINE_FLOATS) * LINE_FLOATS;
}

static double
product_of (const gint64 *sizes)
{
  return (double)sizes[0] * (double)sizes[1] * (double)sizes[2];
}

/* Cuts the work until there is enough to hand out: of pixels or of filters, whichever leaves less
 * to be read twice. */
static void
cut (TnImplicit *t)
{
  gint64 n_down = pieces (t->pixels, t->tile->rows);
  double groups = (double)t->sizes.groups;
  double weights = 4.0 * (double)t->steps * (double)t->sizes.filters;
  double input = 4.0 * (double)t->sizes.n * product_of (t->sizes.size) * (double)t->sizes.channels;
  double wanted = (double)t->pixels * (double)t->steps * (double)t->sizes.filters / BAND_STEPS;

  wanted = CLAMP (MAX (wanted, weights / BAND_BYTES), 1.0, (double)MOST_BANDS);
  t->weights_outside = weights > input;
  /* The packed pixels stay in the second cache, with room for weights and output. */
  t->down = CLAMP ((gint64)(0.25 * (double)tn_cpu ()->l2) / (4 * t->x_panel), 1, n_down);
  t->across = t->n_panels;
  for (;;)
    {
      t->bands_down = pieces (n_down, t->down);
      t->bands_across = pieces (t->n_panels, t->across);
      gboolean can_across = t->across / 2 >= LEAST_LINES, can_down = t->down / 2 >= LEAST_DOWN;

      if (groups * (double)t->bands_down * (double)t->bands_across >= wanted
          || !(can_across || can_down))
        break;
      if (can_across && (t->weights_outside || !can_down))
        t->across = pieces (t->across, 2);
      else
        t->down = pieces (t->down, 2);
    }
}

gboolean
tn_implicit_init (TnImplicit *implicit, const TnConvolverSizes *sizes, const TnBlisTile *tile)
{
  TnImplicit t = { .sizes = *sizes, .tile = tile };
  const TnConvolverSizes *s = &t.sizes;
  double reach = 0.0;

  g_return_val_if_fail (tile != NULL && s->groups >= 1, FALSE);
  if (s->n < 1 || s->channels < 1 || s->filters < 1 || tile->rows > MOST_ROWS)
    return FALSE;
  for (int i = 0; i < 3; i++)
    {
      if (s->size[i] < 1 || s->out[i] < 1)
        return FALSE;
      reach = MAX (reach, (double)s->out[i] * (double)s->stride[i]
                              + (double)s->kernel[i] * (double)s->dilation[i]
                              + (double)s->pad_before[i]);
    }
  t.group_c = s->channels / s->groups;
  t.group_f = s->filters / s->groups;
  double steps = product_of (s->kernel) * (double)t.group_c;
  double pixels = (double)s->n * product_of (s->out);
  if (reach > 1e15 || steps > 1e12 || pixels > 1e15)
    return FALSE;
  t.steps = (gint64)steps;
  t.pixels = (gint64)pixels;
  t.n_blocks = pieces (t.steps, CLAMP (tile->steps, 1, MOST_RUN));
  t.n_panels = pieces (t.group_f, tile->columns);
  gint64 longest = pieces (t.steps, t.n_blocks);
  t.x_panel = whole_lines (longest * tile->row_panel);
  t.w_panel = whole_lines (longest * tile->column_panel);
  cut (&t);
  if ((double)t.bands_down * (double)t.bands_across * (double)s->groups > 1e15)
    return FALSE;
  t.n_bands = t.bands_down * t.bands_across * s->groups;
  *implicit = t;
  return TRUE;
}

gsize
tn_implicit_packed_bytes (const TnImplicit *t)
{
  gsize bytes;

  if (!g_size_checked_mul (&bytes, (gsize)t->w_panel * sizeof (float), (gsize)t->n_blocks)
      || !g_size_checked_mul (&bytes, bytes, (gsize)t->n_panels)
      || !g_size_checked_mul (&bytes, bytes, (gsize)t->sizes.groups)
      || !g_size_checked_add (&bytes, bytes, TN_BLIS_SLACK * sizeof (float)))
    return 0;
  return bytes;
}

guint64
tn_implicit_layout (const TnImplicit *t)
{
  const TnBlisTile *tile = t->tile;

  /* What the packing depends on besides the shape of the weights; apart from all other keys. */
  return (guint64)1 << 62 | (guint64)tile->column_panel << 48 | (guint64)tile->columns << 40
         | (guint64)tile->steps << 24 | ((guint64)t->sizes.groups & 0xffffff);
}

void
tn_implicit_pack (const TnImplicit *t, const float *weights, float *packed)
{
  gint64 columns = t->tile->columns, stride = t->tile->column_panel;

  for (gint64 group = 0; group < t->sizes.groups; group++)
    for (gint64 block = 0; block < t->n_blocks; block++)
      {
        gint64 from = part (t->steps, t->n_blocks, block);
        gint64 to = part (t->steps, t->n_blocks, block + 1);

        for (gint64 panel = 0; panel < t->n_panels; panel++, packed += t->w_panel)
          {
            gint64 real = MIN (columns, t->group_f - panel * columns);
            const float *w
                = weights + from * t->sizes.filters + group * t->group_f + panel * columns;
            float *at = packed;

            for (gint64 step = from; step < to; step++, w += t->sizes.filters, at += stride)
              {
                memcpy (at, w, real * sizeof *at);
                memset (at + real, 0, (stride - real) * sizeof *at);
              }
            memset (at, 0, (packed + t->w_panel - at) * sizeof *at);
          }
      }
  memset (packed, 0, TN_BLIS_SLACK * sizeof *packed);
}

TnScratch
tn_implicit_scratch (const TnImplicit *t)
{
  return (TnScratch){ .worker = (gsize)(t->down * t->x_panel + TN_BLIS_SLACK) * sizeof (float) };
}

/* ---- packing pixels ---- */

/* A pixel of the output, by what its first tap reads; that may lie outside. */
typedef struct
{
  gint64 sample;
  gint64 at[3];
} Place;

typedef struct
{
  const TnImplicit *plan;
  const TnConvolverData *data;
  const TnKernelContext *context;
} Job;

static Place
place_of (const TnConvolverSizes *s, gint64 pixel)
{
  Place place;

  for (int i = 2; i >= 0; i--)
    {
      place.at[i] = pixel % s->out[i] * s->stride[i] - s->pad_before[i];
      pixel /= s->out[i];
    }
  place.sample = pixel;
  return place;
}

static void
advance (const TnConvolverSizes *s, Place *place)
{
  for (int i = 2; i >= 0; i--)
    {
      place->at[i] += s->stride[i];
      if (place->at[i] < s->out[i] * s->stride[i] - s->pad_before[i])
        return;
      place->at[i] = -s->pad_before[i];
    }
  place->sample++;
}

/* Where the row of x that taps (depth, height) of a pixel lie in begins; -1: outside. */
static gint64
row_of (const TnConvolverSizes *s, const Place *place, gint64 depth, gint64 height)
{
  gint64 z = place->at[0] + depth * s->dilation[0];
  gint64 y = place->at[1] + height * s->dilation[1];

  if (z < 0 || z >= s->size[0] || y < 0 || y >= s->size[1])
    return -1;
  return ((place->sample * s->size[0] + z) * s->size[1] + y) * s->size[2];
}

/* Terms @from … @to - 1 of the sums of @n pixels, of as many rows as the micro-kernel has; @x is
 * the group's first channel. */
static void
pack_panel (const TnImplicit *t, const float *x, const Place *places, gint64 n, gint64 from,
            gint64 to, float *packed)
{
  const TnConvolverSizes *s = &t->sizes;
  const TnImplicitSet *set = tn_implicit_set ();
  const gboolean joined = s->dilation[2] == 1 && s->groups == 1;
  gint64 rows[MOST_ROWS];
  const float *sources[MOST_ROWS];

  for (gint64 l = from; l < to;)
    {
      gint64 tap = l / t->group_c, channel = l % t->group_c;
      gint64 across = tap % s->kernel[2];
      gboolean inside = joined;

      for (gint64 i = 0; i < n; i++)
        {
          gint64 column = places[i].at[2] + across;

          rows[i] = row_of (s, &places[i], tap / s->kernel[2] / s->kernel[1],
                            tap / s->kernel[2] % s->kernel[1]);
          inside
              = inside
                && (rows[i] < 0 || (column >= 0 && column + s->kernel[2] - across <= s->size[2]));
        }
      /* All taps of a row follow each other, unless one is outside. */
      gint64 run = (inside ? s->kernel[2] - across : 1) * t->group_c - channel;

      run = MIN (MIN (run, to - l), MOST_RUN);
      for (gint64 i = 0; i < n; i++)
        {
          gint64 column = places[i].at[2] + across * s->dilation[2];

          sources[i] = rows[i] < 0 || column < 0 || column >= s->size[2]
                           ? zeros
                           : x + (rows[i] + column) * s->channels + channel;
        }
      for (gint64 i = n; i < t->tile->rows; i++)
        sources[i] = zeros;
      set->transpose (sources, t->tile->rows, run, packed, t->tile->row_panel);
      packed += run * t->tile->row_panel;
      l += run;
    }
}

/* ---- running ---- */

/* What is added to before the first block. */
static void
begin_tile (const float *residual, float *out, gint64 stride, gint64 rows, gint64 columns)
{
  for (gint64 i = 0; i < rows && residual != out; i++)
    memcpy (out + i * stride, residual + i * stride, columns * sizeof *out);
}

static void
end_tile (const TnConvolverData *data, const float *bias, float *out, gint64 stride, gint64 rows,
          gint64 columns)
{
  if (bias != NULL || data->low > -INFINITY || data->high < INFINITY)
    tn_implicit_set ()->finish (out, stride, rows, columns, bias, data->low, data->high);
  for (gint64 i = 0; i < rows && data->finish != NULL; i++)
    data->finish (out + i * stride, columns, data->finish_data);
}

/* A band's pixels @first … @last - 1 and panels of filters, for one block of the sums. */
static void
run_block (const Job *job, gint64 group, gint64 first, gint64 last, gint64 first_panel,
           gint64 last_panel, gint64 block, const float *packed)
{
  const TnImplicit *t = job->plan;
  const TnConvolverData *data = job->data;
  gint64 steps = part (t->steps, t->n_blocks, block + 1) - part (t->steps, t->n_blocks, block);
  gint64 filters = t->sizes.filters;

  for (gint64 panel = first_panel; panel < last_panel; panel++)
    {
      gint64 filter = group * t->group_f + panel * t->tile->columns;
      gint64 columns = MIN (t->tile->columns, (group + 1) * t->group_f - filter);
      const float *w
          = data->packed + ((group * t->n_blocks + block) * t->n_panels + panel) * t->w_panel;
      const float *x = packed;

      for (gint64 pixel = first; pixel < last; pixel += t->tile->rows, x += t->x_panel)
        {
          gint64 rows = MIN (t->tile->rows, last - pixel);
          gint64 at = pixel * filters + filter;
          float *out = data->out + at;

          if (block == 0 && data->residual != NULL)
            begin_tile (data->residual + at, out, filters, rows, columns);
          tn_blis_tile_run (t->tile, rows, columns, steps, x, w,
                            block > 0 || data->residual != NULL, out, filters);
          if (block == t->n_blocks - 1)
            end_tile (data, data->bias == NULL ? NULL : data->bias + filter, out, filters, rows,
                      columns);
        }
    }
}

static void
run_band (gint64 index, guint worker, gpointer user_data)
{
  const Job *job = user_data;
  const TnImplicit *t = job->plan;
  gint64 n_across = t->bands_across * t->sizes.groups;
  gint64 across = t->weights_outside ? index / t->bands_down : index % n_across;
  gint64 down = t->weights_outside ? index % t->bands_down : index / n_across;
  gint64 group = across / t->bands_across, chunk = across % t->bands_across;
  gint64 first = down * t->down * t->tile->rows;
  gint64 last = MIN (first + t->down * t->tile->rows, t->pixels);
  float *packed = tn_kernel_scratch (job->context, worker);

  for (gint64 block = 0; block < t->n_blocks; block++)
    {
      Place place = place_of (&t->sizes, first);
      float *to = packed;

      for (gint64 pixel = first; pixel < last; pixel += t->tile->rows, to += t->x_panel)
        {
          gint64 n = MIN (t->tile->rows, last - pixel);
          Place places[MOST_ROWS];

          for (gint64 i = 0; i < n; i++, advance (&t->sizes, &place))
            places[i] = place;
          pack_panel (t, job->data->x + group * t->group_c, places, n,
                      part (t->steps, t->n_blocks, block), part (t->steps, t->n_blocks, block + 1),
                      to);
        }
      run_block (job, group, first, last, chunk * t->across,
                 MIN ((chunk + 1) * t->across, t->n_panels), block, packed);
    }
}

void
tn_implicit_run (const TnImplicit *implicit, const TnConvolverData *data,
                 const TnKernelContext *context)
{
  Job job = { implicit, data, context };
  tn_kernel_for (context, implicit->n_bands, run_band, &job);
}
