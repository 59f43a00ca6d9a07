/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synthetic samples: one-hot rows, tokens, images and waves, each drawn from a few random numbers
 * of its sample. */
#include "exec/tn-synthetic.h"

#include <math.h>
#include <string.h>

#include "base/tn-random.h"
#include "exec/tn-feed.h"

/* Random numbers that a picture is made of. */
#define TRAITS 24
/* Of tokens where nothing tells how many there are. */
#define TOKENS 256

/* A sample as pictures one behind the other: rows, columns and channels, wherever those stand. */
typedef struct
{
  gint64 pictures, rows, columns, channels;
  gint64 row_step, column_step, channel_step;
} Canvas;

static Canvas
canvas_of (const TnShape *sample)
{
  Canvas c = { .pictures = 1, .rows = 1, .columns = 1, .channels = 1 };
  int rank = sample->rank;

  if (rank == 1)
    {
      /* Images that were flattened are mostly square. */
      gint64 n = tn_op_dim (sample, 0), side = (gint64)sqrt ((double)n);

      c.rows = side * side == n ? side : 1;
      c.columns = c.rows > 0 ? n / c.rows : 0;
    }
  else if (rank == 2)
    {
      c.rows = tn_op_dim (sample, 0);
      c.columns = tn_op_dim (sample, 1);
    }
  else if (rank >= 3)
    {
      gint64 front = tn_op_dim (sample, rank - 3), back = tn_op_dim (sample, rank - 1);
      gboolean first = front <= 4 && back > 4;

      c.channels = first ? front : back;
      c.rows = tn_op_dim (sample, first ? rank - 2 : rank - 3);
      c.columns = tn_op_dim (sample, first ? rank - 1 : rank - 2);
      c.pictures = tn_op_product (sample, 0, rank - 3);
      c.channel_step = first ? c.rows * c.columns : 1;
      c.column_step = first ? 1 : c.channels;
      c.row_step = c.columns * c.column_step;
      return c;
    }
  c.column_step = 1;
  c.row_step = c.columns;
  return c;
}

typedef struct
{
  const TnSynthetic *what;
  TnRandom random;
  gint64 first, elements;
  Canvas canvas;
  float *out;
} Painter;

/* ---- pictures: brightness at a point of the unit square ---- */

static float
stripes_at (const float *traits, float x, float y)
{
  float angle = (float)G_PI * traits[0], period = 0.12f + 0.3f * traits[1];
  float along = x * cosf (angle) + y * sinf (angle);

  return 0.5f + 0.5f * sinf (2 * (float)G_PI * (along / period + traits[2]));
}

static float
blobs_at (const float *traits, float x, float y)
{
  float sum = 0;

  for (int blob = 0; blob < 4; blob++, traits += 4)
    {
      float dx = x - traits[0], dy = y - traits[1], radius = 0.06f + 0.16f * traits[2];

      sum += (0.4f + 0.6f * traits[3]) * expf (-(dx * dx + dy * dy) / (2 * radius * radius));
    }
  return MIN (sum, 1.0f);
}

/* How far (x, y) is from the line between two points. */
static float
distance_to (float x, float y, const float *a, const float *b)
{
  float dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy;
  float t = length > 0 ? ((x - a[0]) * dx + (y - a[1]) * dy) / length : 0;

  t = CLAMP (t, 0.0f, 1.0f);
  return hypotf (x - a[0] - t * dx, y - a[1] - t * dy);
}

/* A pen that goes from point to point, off the paper's edge, as a hand writes a sign. */
static float
strokes_at (const float *traits, float x, float y)
{
  float width = 0.035f + 0.03f * traits[0], nearest = 2;
  float points[5][2];

  for (int i = 0; i < 5; i++)
    {
      points[i][0] = 0.15f + 0.7f * traits[1 + 2 * i];
      points[i][1] = 0.15f + 0.7f * traits[2 + 2 * i];
    }
  for (int i = 0; i < 4; i++)
    nearest = MIN (nearest, distance_to (x, y, points[i], points[i + 1]));
  return CLAMP (2 - nearest / width, 0.0f, 1.0f);
}

static void
paint (const Painter *p, guint64 sample, float *out)
{
  const Canvas *c = &p->canvas;
  float (*at) (const float *, float, float) = p->what->spec.kind == TN_DATA_STRIPES ? stripes_at
                                              : p->what->spec.kind == TN_DATA_BLOBS ? blobs_at
                                                                                    : strokes_at;

  for (gint64 picture = 0; picture < c->pictures; picture++)
    {
      float traits[TRAITS];

      tn_random_uniform (p->random, (sample * (guint64)c->pictures + (guint64)picture) * TRAITS,
                         TRAITS, 0.0f, 1.0f, traits);
      for (gint64 row = 0; row < c->rows; row++)
        for (gint64 column = 0; column < c->columns; column++)
          {
            float value = at (traits, ((float)column + 0.5f) / (float)c->columns,
                              ((float)row + 0.5f) / (float)c->rows);

            /* The channels of a picture are tints of it. */
            for (gint64 channel = 0; channel < c->channels; channel++)
              out[row * c->row_step + column * c->column_step + channel * c->channel_step]
                  = value * (c->channels == 1 ? 1 : 0.4f + 0.6f * traits[(7 * channel) % TRAITS]);
          }
      out += c->rows * c->columns * c->channels;
    }
}

/* ---- the other kinds ---- */

static void
draw_waves (const Painter *p, guint64 sample, float *out)
{
  gint64 steps = p->what->sample.rank > 0 ? tn_op_dim (&p->what->sample, 0) : 1;
  gint64 features = steps > 0 ? p->elements / steps : 0;

  for (gint64 feature = 0; feature < features; feature++)
    {
      float traits[3];

      tn_random_uniform (p->random, (sample * (guint64)features + (guint64)feature) * 3, 3, 0.0f,
                         1.0f, traits);
      for (gint64 step = 0; step < steps; step++)
        out[step * features + feature]
            = (0.3f + 0.7f * traits[0])
              * sinf (2 * (float)G_PI
                      * ((1 + 4 * traits[1]) * (float)step / (float)steps + traits[2]));
    }
}

/* Whole numbers below @limit. */
static void
draw_whole (const Painter *p, guint64 first, gint64 n, gint64 limit, float *out)
{
  tn_random_uniform (p->random, first, (gsize)n, 0.0f, 1.0f, out);
  /* Rounding must not reach beyond the last. */
  for (gint64 i = 0; i < n; i++)
    out[i] = MIN (floorf (out[i] * (float)limit), (float)(limit - 1));
}

static void
draw_one_hot (const Painter *p, guint64 sample, float *out)
{
  const TnShape *shape = &p->what->sample;
  gint64 classes = shape->rank > 0 ? tn_op_dim (shape, shape->rank - 1) : 1;
  gint64 rows = classes > 0 ? p->elements / classes : 0;

  memset (out, 0, (gsize)p->elements * sizeof *out);
  for (gint64 row = 0; row < rows; row++)
    {
      float place;

      draw_whole (p, sample * (guint64)rows + (guint64)row, 1, classes, &place);
      out[row * classes + (gint64)place] = 1.0f;
    }
}

static void
sample_band (gint64 band, guint worker, gpointer data)
{
  const Painter *p = data;
  guint64 sample = (guint64)(p->first + band);
  float *out = p->out + band * p->elements;
  double value = p->what->spec.value;
  gint64 ids = p->what->ids;

  switch (p->what->spec.kind)
    {
    case TN_DATA_CONSTANT:
      for (gint64 i = 0; i < p->elements; i++)
        out[i] = (float)(isnan (value) ? 0 : value);
      break;
    case TN_DATA_ONE_HOT:
      draw_one_hot (p, sample, out);
      break;
    case TN_DATA_TOKENS:
      {
        gint64 limit = isnan (value) ? ids > 0 ? ids : TOKENS : (gint64)MIN (value, 0x1p24);

        draw_whole (p, sample * (guint64)p->elements, p->elements, limit, out);
        break;
      }
    case TN_DATA_SINE:
      draw_waves (p, sample, out);
      break;
    default:
      paint (p, sample, out);
    }
  /* What is looked up by must be there: pictures get as many shades, waves are lifted. */
  for (gint64 i = 0; ids > 0 && i < p->elements; i++)
    {
      if (p->what->spec.kind == TN_DATA_SINE)
        out[i] = 0.5f + 0.5f * out[i];
      if (p->what->spec.kind >= TN_DATA_STROKES)
        out[i] *= (float)ids;
      out[i] = CLAMP (floorf (out[i]), 0.0f, (float)(ids - 1));
    }
}

void
tn_synthetic_fill (const TnSynthetic *what, gint64 first, gint64 n, float *out,
                   const TnKernelContext *context)
{
  Painter painter = { .what = what,
                      .random = tn_random_stream (what->seed, what->name),
                      .first = first,
                      .elements = tn_shape_elements (&what->sample, 0),
                      .canvas = canvas_of (&what->sample),
                      .out = out };

  if (what->spec.kind > TN_DATA_ONES)
    tn_kernel_for (context, n, sample_band, &painter);
  else if (what->ids > 0)
    tn_feed_ids (what->spec.kind, what->seed, what->name, first, n, painter.elements, what->ids,
                 out, context);
  else
    tn_feed_synthetic (what->spec.kind, what->seed, what->name, first, n, painter.elements, out,
                       context);
}
