/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synthetic samples: one-hot rows, tokens, images and waves, each drawn from a few random numbers
 * of its sample. */
#include "exec/tn-synthetic.h"

#include <math.h>
#include <string.h>

#include "kernels/tn-random.h"
#include "exec/tn-feed.h"

/* Random numbers that a picture is made of. */
#define TRAITS 24
/* Columns, or other things, that are computed at a time. */
#define PIECE 32
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

/* ---- pictures: brightness at points of the unit square, a piece of a row at a time ---- */

/* What all rows of some columns share. What a piece has too much is computed and left out. */
typedef struct
{
  float x[PIECE];
  float across[4][PIECE];
} Columns;

static float
place (gint64 index, gint64 n)
{
  return ((float)index + 0.5f) / (float)n;
}

/* Waves along one direction; the sine of a sum is made of those of its parts. */
static void
begin_stripes (const float *traits, Columns *columns)
{
  float angle = (float)G_PI * traits[0], period = 0.12f + 0.3f * traits[1];
  float slope = 2 * (float)G_PI * cosf (angle) / period;

  for (int i = 0; i < PIECE; i++)
    {
      columns->across[0][i] = 0.5f * sinf (slope * columns->x[i]);
      columns->across[1][i] = 0.5f * cosf (slope * columns->x[i]);
    }
}

static void
row_of_stripes (const float *traits, const Columns *columns, float y, float *out)
{
  float angle = (float)G_PI * traits[0], period = 0.12f + 0.3f * traits[1];
  float down = 2 * (float)G_PI * (sinf (angle) * y / period + traits[2]);
  float sine = sinf (down), cosine = cosf (down);

  for (int i = 0; i < PIECE; i++)
    out[i] = 0.5f + columns->across[0][i] * cosine + columns->across[1][i] * sine;
}

/* Of a blob, along one axis. */
static float
falling (const float *traits, float distance)
{
  float radius = 0.06f + 0.16f * traits[2];

  return expf (-distance * distance / (2 * radius * radius));
}

static void
begin_blobs (const float *traits, Columns *columns)
{
  for (int blob = 0; blob < 4; blob++, traits += 4)
    for (int i = 0; i < PIECE; i++)
      columns->across[blob][i] = falling (traits, columns->x[i] - traits[0]);
}

static void
row_of_blobs (const float *traits, const Columns *columns, float y, float *out)
{
  float down[4];

  for (int blob = 0; blob < 4; blob++, traits += 4)
    down[blob] = (0.4f + 0.6f * traits[3]) * falling (traits, y - traits[1]);
  for (int i = 0; i < PIECE; i++)
    {
      float sum = columns->across[0][i] * down[0] + columns->across[1][i] * down[1]
                  + columns->across[2][i] * down[2] + columns->across[3][i] * down[3];

      out[i] = sum < 1.0f ? sum : 1.0f;
    }
}

static void
begin_strokes (const float *traits, Columns *columns)
{
}

/* A pen that goes from point to point, off the paper's edge, as a hand writes a sign. */
static void
row_of_strokes (const float *traits, const Columns *columns, float y, float *out)
{
  float width = 0.035f + 0.03f * traits[0];
  float nearest[PIECE];

  for (int i = 0; i < PIECE; i++)
    nearest[i] = 4.0f; /* squared */
  for (int stroke = 0; stroke < 4; stroke++)
    {
      float ax = 0.15f + 0.7f * traits[1 + 2 * stroke], ay = 0.15f + 0.7f * traits[2 + 2 * stroke];
      float dx = 0.7f * (traits[3 + 2 * stroke] - traits[1 + 2 * stroke]);
      float dy = 0.7f * (traits[4 + 2 * stroke] - traits[2 + 2 * stroke]);
      float length = dx * dx + dy * dy, part = length > 0 ? 1 / length : 0;

      for (int i = 0; i < PIECE; i++)
        {
          float x = columns->x[i] - ax, t = (x * dx + (y - ay) * dy) * part;
          t = t > 0.0f ? t : 0.0f;
          t = t < 1.0f ? t : 1.0f;
          x -= t * dx;
          float off = y - ay - t * dy, distance = x * x + off * off;
          nearest[i] = distance < nearest[i] ? distance : nearest[i];
        }
    }
  for (int i = 0; i < PIECE; i++)
    {
      float ink = 2 - sqrtf (nearest[i]) / width;
      ink = ink > 0.0f ? ink : 0.0f;
      out[i] = ink < 1.0f ? ink : 1.0f;
    }
}

typedef struct
{
  void (*begin) (const float *traits, Columns *columns);
  void (*row) (const float *traits, const Columns *columns, float y, float *out);
} Style;

static const Style styles[TN_N_DATA] = {
  [TN_DATA_STROKES] = { begin_strokes, row_of_strokes },
  [TN_DATA_STRIPES] = { begin_stripes, row_of_stripes },
  [TN_DATA_BLOBS] = { begin_blobs, row_of_blobs },
};

/* The channels of a picture are tints of it. */
static void
tint (const Canvas *c, const float *traits, const float *values, gint64 n, float *out)
{
  for (gint64 channel = 0; channel < c->channels; channel++)
    {
      float factor = c->channels == 1 ? 1 : 0.4f + 0.6f * traits[(7 * channel) % TRAITS];

      for (gint64 i = 0; i < n; i++)
        out[i * c->column_step + channel * c->channel_step] = values[i] * factor;
    }
}

static void
paint (const Painter *p, guint64 sample, float *out)
{
  const Canvas *c = &p->canvas;
  const Style *style = &styles[p->what->spec.kind];

  for (gint64 picture = 0; picture < c->pictures; picture++)
    {
      float traits[TRAITS];

      tn_random_uniform (p->random, (sample * (guint64)c->pictures + (guint64)picture) * TRAITS,
                         TRAITS, 0.0f, 1.0f, traits);
      for (gint64 first = 0; first < c->columns; first += PIECE)
        {
          Columns columns;
          float values[PIECE];

          for (int i = 0; i < PIECE; i++)
            columns.x[i] = place (first + i, c->columns);
          style->begin (traits, &columns);
          for (gint64 row = 0; row < c->rows; row++)
            {
              style->row (traits, &columns, place (row, c->rows), values);
              tint (c, traits, values, MIN (PIECE, c->columns - first),
                    out + row * c->row_step + first * c->column_step);
            }
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
  float traits[3 * PIECE];

  for (gint64 feature = 0; feature < features; feature++)
    {
      const float *own = traits + 3 * (feature % PIECE);

      if (feature % PIECE == 0)
        tn_random_uniform (p->random, (sample * (guint64)features + (guint64)feature) * 3,
                           3 * (gsize)MIN (PIECE, features - feature), 0.0f, 1.0f, traits);
      for (gint64 step = 0; step < steps; step++)
        out[step * features + feature]
            = (0.3f + 0.7f * own[0])
              * sinf (2 * (float)G_PI * ((1 + 4 * own[1]) * (float)step / (float)steps + own[2]));
    }
}

/* Whole numbers below @limit. */
static void
draw_whole (const Painter *p, guint64 first, gint64 n, gint64 limit, float *out)
{
  tn_random_uniform (p->random, first, (gsize)n, 0.0f, 1.0f, out);
  tn_feed_whole (out, n, limit);
}

static void
draw_one_hot (const Painter *p, guint64 sample, float *out)
{
  const TnShape *shape = &p->what->sample;
  gint64 classes = shape->rank > 0 ? tn_op_dim (shape, shape->rank - 1) : 1;
  gint64 rows = classes > 0 ? p->elements / classes : 0;
  float places[PIECE];

  memset (out, 0, (gsize)p->elements * sizeof *out);
  for (gint64 row = 0; row < rows; row++)
    {
      if (row % PIECE == 0)
        draw_whole (p, sample * (guint64)rows + (guint64)row, MIN (PIECE, rows - row), classes,
                    places);
      out[row * classes + (gint64)places[row % PIECE]] = 1.0f;
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
