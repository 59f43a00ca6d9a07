/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random convolutions and products, and what comes of them by the plain loop. */
#pragma once

#include "kernels/tn-convolver.h"

#include <math.h>
#include <string.h>

#define GUARD     32
#define TOLERANCE 1e-5

typedef struct
{
  TnConvolverSizes sizes;
  gboolean biased, added, over; /* over: the residual lies where the output goes */
  float low, high;
  gboolean finished;
  gint64 n_x, n_weights, n_out;
  float *x, *weights, *bias, *residual;
} Case;

static inline gint64
between (GRand *rand, gint64 low, gint64 high)
{
  return g_rand_int_range (rand, (gint32)low, (gint32)high + 1);
}

static inline float *
numbers (GRand *rand, gint64 n, float scale)
{
  float *values = g_new (float, MAX (n, 1));
  for (gint64 i = 0; i < n; i++)
    values[i] = scale * (float)g_rand_double_range (rand, -1.0, 1.0);
  return values;
}

static inline void
fill (GRand *rand, Case *c)
{
  const TnConvolverSizes *s = &c->sizes;
  gint64 steps = s->kernel[0] * s->kernel[1] * s->kernel[2] * (s->channels / s->groups);

  c->n_x = s->n * s->size[0] * s->size[1] * s->size[2] * s->channels;
  c->n_weights = steps * s->filters;
  c->n_out = s->n * s->out[0] * s->out[1] * s->out[2] * s->filters;
  c->x = numbers (rand, c->n_x, 2.0f);
  c->weights = numbers (rand, c->n_weights, 1.0f / sqrtf ((float)MAX (steps, 1)));
  c->bias = numbers (rand, s->filters, 1.0f);
  c->residual = numbers (rand, c->n_out, 1.0f);
  c->biased = g_rand_boolean (rand);
  c->added = g_rand_int_range (rand, 0, 3) == 0;
  c->over = c->added && g_rand_boolean (rand);
  c->low = g_rand_boolean (rand) ? 0.0f : -INFINITY;
  c->high = g_rand_int_range (rand, 0, 3) == 0 ? 0.5f : INFINITY;
  c->finished = g_rand_int_range (rand, 0, 4) == 0;
}

static inline void
clear (Case *c)
{
  g_free (c->x);
  g_free (c->weights);
  g_free (c->bias);
  g_free (c->residual);
}

static inline void
draw_convolution (GRand *rand, Case *c)
{
  TnConvolverSizes *s = &c->sizes;
  gboolean wide = g_rand_int_range (rand, 0, 6) == 0;

  *s = (TnConvolverSizes){ .n = between (rand, 1, 3), .groups = 1 };
  if (g_rand_int_range (rand, 0, 3) == 0)
    s->groups = between (rand, 2, 4);
  s->channels = s->groups * between (rand, 1, wide ? 90 : 9);
  s->filters = s->groups * between (rand, 1, wide ? 200 : 40);
  for (int i = 0; i < 3; i++)
    {
      gboolean flat = i == 0 ? g_rand_int_range (rand, 0, 4) != 0 : FALSE;

      s->size[i] = flat ? 1 : between (rand, 1, i == 2 ? 33 : wide ? 5 : 9);
      s->kernel[i] = flat ? 1 : between (rand, 1, 3);
      s->stride[i] = g_rand_boolean (rand) ? 1 : between (rand, 1, 3);
      s->dilation[i] = g_rand_boolean (rand) ? 1 : between (rand, 1, 3);
      gint64 reach = (s->kernel[i] - 1) * s->dilation[i] + 1;
      s->pad_before[i] = g_rand_boolean (rand) ? 0 : between (rand, 0, reach - 1);
      gint64 after = g_rand_boolean (rand) ? 0 : between (rand, 0, reach - 1);
      gint64 room = s->size[i] + s->pad_before[i] + after - reach;
      s->out[i] = room < 0 ? 0 : room / s->stride[i] + 1;
    }
  if (g_rand_int_range (rand, 0, 4) == 0)
    for (int i = 0; i < 3; i++)
      {
        s->kernel[i] = s->stride[i] = 1;
        s->pad_before[i] = 0;
        s->out[i] = s->size[i];
      }
}

static inline void
draw_product (GRand *rand, Case *c)
{
  gint64 m = g_rand_boolean (rand) ? between (rand, 1, 16) : between (rand, 1, 150);
  gint64 n = g_rand_boolean (rand) ? between (rand, 1, 70) : between (rand, 1, 700);
  gint64 k = g_rand_int_range (rand, 0, 4) == 0 ? between (rand, 1, 2100) : between (rand, 1, 90);
  c->sizes = tn_convolver_product (m, n, k);
}

/* In the wide range of a float, and different for all; done in place by what finishes. */
static inline void
halve (float *values, gint64 n, gconstpointer data)
{
  for (gint64 i = 0; i < n; i++)
    values[i] = 0.5f * values[i] + *(const float *)data;
}

static const float offset = 3.0f;

static inline double
expected_at (const Case *c, gint64 at)
{
  const TnConvolverSizes *s = &c->sizes;
  gint64 filter = at % s->filters, pixel = at / s->filters;
  gint64 place[3];
  gint64 group_c = s->channels / s->groups, group = filter / (s->filters / s->groups);
  double sum = c->biased ? c->bias[filter] : 0.0;
  const float *w = c->weights + filter;

  for (int i = 2; i >= 0; i--)
    {
      place[i] = pixel % s->out[i] * s->stride[i] - s->pad_before[i];
      pixel /= s->out[i];
    }
  for (gint64 tap = 0; tap < s->kernel[0] * s->kernel[1] * s->kernel[2]; tap++)
    {
      gint64 taps[3] = { tap / s->kernel[2] / s->kernel[1], tap / s->kernel[2] % s->kernel[1],
                         tap % s->kernel[2] };
      gint64 from = pixel;
      gboolean inside = TRUE;

      for (int i = 0; i < 3; i++)
        {
          gint64 y = place[i] + taps[i] * s->dilation[i];
          inside &= y >= 0 && y < s->size[i];
          from = from * s->size[i] + y;
        }
      for (gint64 l = 0; l < group_c; l++, w += s->filters)
        if (inside)
          sum += (double)c->x[from * s->channels + group * group_c + l] * *w;
    }
  if (c->added)
    sum += c->residual[at];
  sum = MIN (MAX (sum, (double)c->low), (double)c->high);
  return c->finished ? 0.5 * sum + offset : sum;
}

/* Bands backwards, handed to the workers in turn. */
static inline void
backwards (gpointer pool, double seconds, gint64 n_bands, TnBandFunc func, gpointer data)
{
  guint n_workers = *(guint *)pool;
  for (gint64 band = n_bands - 1; band >= 0; band--)
    func (band, (guint)((n_bands - 1 - band) % n_workers), data);
}

static inline gpointer
align (char *memory)
{
  return (gpointer)(((guintptr)memory + TN_ALIGNMENT - 1) & ~(guintptr)(TN_ALIGNMENT - 1));
}

/* Whether each place of the only line is a sample of its own. */
static inline gboolean
is_product (const Case *c)
{
  const TnConvolverSizes *s = &c->sizes;

  for (int i = 0; i < 3; i++)
    if (s->kernel[i] != 1 || s->stride[i] != 1 || s->pad_before[i] != 0 || s->out[i] != s->size[i]
        || (i < 2 && s->out[i] != 1))
      return FALSE;
  return s->n == 1;
}

static inline gint64
n_samples (const Case *c)
{
  return is_product (c) ? c->sizes.out[2] : c->sizes.n;
}
