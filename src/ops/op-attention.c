/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attention: what of the value each step of the query sees, by how well the keys fit.
 *
 * query (n, t, h, d), key (n, s, h, d), value (n, s, h, e), added?  ->  (n, t, h, e): for each of n
 * and h softmax (query · keyᵀ + added) · value, the softmax along s. Added is broadcast to
 * (n, h, t, s) as numpy does. Or all of rank 3, without h.
 *
 * The scores of some rows stay in the cache until they were used; what is read is read where it
 * stands, heads beside each other. */
#include "kernels/tn-function.h"
#include "kernels/tn-panels.h"
#include "ops/tn-op.h"

#include <math.h>

enum
{
  IN_QUERY,
  IN_KEY,
  IN_VALUE,
  IN_ADDED,
};

/* Bands that are enough, and multiply-adds below which a band is not halved: each packs the keys
 * and values of its head. */
#define BAND_STEPS 1000000.0
#define BANDS      16
/* Rows whose scores are worked on at a time, where keys and values do not stay in the second cache.
 */
#define FAR_ROWS 56

typedef struct
{
  gint64 n, h, t, s, d, e;
  gint64 chunk, chunks; /* rows of a band, and bands of a head */
  gint64 block;         /* rows whose scores are there at a time */
  gint64 scores_step;
  gint64 added[4]; /* from element to element along n, h, t and s */
  TnPanels keys, values;
} Attention;

typedef struct
{
  Attention a;
  const TnOpData *data;
  const TnKernelContext *context;
} Job;

static gint64
heads (const TnShape *shape)
{
  return shape->rank == 4 ? tn_op_dim (shape, 2) : 1;
}

static TnShape
attention_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *query = call->inputs[IN_QUERY], *key = call->inputs[IN_KEY];
  const TnShape *value = call->inputs[IN_VALUE], *added = call->inputs[IN_ADDED];
  TnShape shape = *query;

  if ((query->rank != 3 && query->rank != 4) || key->rank != query->rank
      || value->rank != query->rank)
    tn_op_misuse ("attention", call, "query, key and value must all have 3 or 4 dims");
  const int last = query->rank - 1;
  if (tn_op_dim (key, 0) != tn_op_dim (query, 0) || tn_op_dim (value, 0) != tn_op_dim (query, 0)
      || heads (key) != heads (query) || heads (value) != heads (query))
    tn_op_misuse ("attention", call, "there are not as many of each");
  if (tn_op_dim (key, last) != tn_op_dim (query, last)
      || tn_op_dim (key, 1) != tn_op_dim (value, 1))
    tn_op_misuse ("attention", call, "query, key and value do not go together");
  if (added != NULL)
    {
      const gint64 whole[]
          = { tn_op_dim (query, 0), heads (query), tn_op_dim (query, 1), tn_op_dim (key, 1) };
      const gint64 *along = whole + (4 - added->rank);

      if (added->rank > query->rank)
        tn_op_misuse ("attention", call, "what is added has too many dims");
      for (int i = 0; i < added->rank; i++)
        {
          const gint64 size = added->rank == 3 && query->rank == 3 && i == 0 ? whole[0] : along[i];
          if (tn_op_dim (added, i) != 1 && tn_op_dim (added, i) != size)
            tn_op_misuse ("attention", call, "what is added does not fit the scores");
        }
    }
  shape.dims[last] = value->dims[last];
  return shape;
}

/* Steps of what is added along (n, h, t, s): 0 where it is 1 long or has no such axis. */
static void
find_added (const TnOpCall *call, Attention *a)
{
  const TnShape *added = call->n_inputs > IN_ADDED ? call->inputs[IN_ADDED] : NULL;
  gint64 step = 1;

  for (int i = 0; added != NULL && i < added->rank; i++)
    {
      const int axis = added->rank - 1 - i;
      /* Without heads the third from behind is n. */
      const int place = i == 2 && call->inputs[IN_QUERY]->rank == 3 ? 0 : 3 - i;

      a->added[place] = tn_op_dim (added, axis) == 1 ? 0 : step;
      step *= tn_op_dim (added, axis);
    }
}

static Attention
attention (const TnOpCall *call)
{
  const TnShape *query = call->inputs[IN_QUERY], *value = call->inputs[IN_VALUE];
  const TnIsa isa = tn_cpu ()->isa;
  Attention a = { .n = tn_op_dim (query, 0),
                  .h = heads (query),
                  .t = tn_op_dim (query, 1),
                  .s = tn_op_dim (value, 1),
                  .d = tn_op_dim (query, query->rank - 1),
                  .e = tn_op_dim (value, value->rank - 1) };

  find_added (call, &a);
  if (a.n < 1 || a.h < 1 || a.t < 1 || a.s < 1 || a.d < 1 || a.e < 1
      || !tn_panels_init (&a.keys, a.d, a.s, isa) || !tn_panels_init (&a.values, a.s, a.e, isa))
    return a;
  a.chunk = a.t;
  while (a.chunk > 1 && a.n * a.h * tn_op_bands (a.t, a.chunk) < BANDS
         && (double)a.chunk * (double)a.s * (double)(a.d + a.e) > BAND_STEPS)
    a.chunk = tn_op_bands (a.chunk, 2);
  a.chunks = tn_op_bands (a.t, a.chunk);
  a.block = a.keys.set->rows[1];
  if ((double)a.s * (double)(a.d + a.e) * sizeof (float) > 0.5 * (double)tn_cpu ()->l2)
    a.block = FAR_ROWS;
  a.block = MIN (a.block, a.chunk);
  a.scores_step = (a.s + 15) / 16 * 16;
  return a;
}

static void
attention_plan (const TnOpCall *call, gpointer plan)
{
  *(Attention *)plan = attention (call);
}

static gsize
inverse_floats (const Attention *a)
{
  return (gsize)(a->block + 15) / 16 * 16;
}

static TnScratch
attention_scratch (const TnOpCall *call)
{
  Attention a = attention (call);
  gsize floats;

  if (a.block == 0)
    return (TnScratch){ 0 };
  if (!g_size_checked_mul (&floats, (gsize)a.block, (gsize)a.scores_step)
      || !g_size_checked_add (&floats, floats, tn_panels_floats (&a.keys))
      || !g_size_checked_add (&floats, floats, tn_panels_floats (&a.values) + inverse_floats (&a))
      || floats > G_MAXSIZE / sizeof (float))
    return (TnScratch){ .worker = G_MAXSIZE };
  return (TnScratch){ .worker = floats * sizeof (float) };
}

/* Rows of the scores with what is added to them. */
static void
add (const Attention *a, const float *added, gint64 rows, float *scores)
{
  for (gint64 i = 0; i < rows; i++)
    {
      const float *restrict from = added + i * a->added[2];
      float *restrict to = scores + i * a->scores_step;

      if (a->added[3] == 0)
        for (gint64 j = 0; j < a->s; j++)
          to[j] += from[0];
      else
        for (gint64 j = 0; j < a->s; j++)
          to[j] += from[j];
    }
}

static void
attention_band (gint64 band, guint worker, gpointer data)
{
  const Job *job = data;
  const Attention *a = &job->a;
  const TnFunctionSet *functions = tn_function_set (tn_cpu ()->isa);
  const gint64 head = band / a->chunks % a->h, n = band / a->chunks / a->h;
  const gint64 first = band % a->chunks * a->chunk, last = MIN (first + a->chunk, a->t);
  const gint64 blocks = tn_op_bands (last - first, a->block);
  const float *key = job->data->inputs[IN_KEY] + (n * a->s * a->h + head) * a->d;
  const float *value = job->data->inputs[IN_VALUE] + (n * a->s * a->h + head) * a->e;
  float *keys = tn_kernel_scratch (job->context, worker);
  float *values = keys + tn_panels_floats (&a->keys);
  float *inverses = values + tn_panels_floats (&a->values);
  float *scores = inverses + inverse_floats (a);

  tn_panels_pack (&a->keys, key, 1, a->h * a->d, keys);
  tn_panels_pack (&a->values, value, a->h * a->e, 1, values);
  for (gint64 block = 0; block < blocks; block++)
    {
      const gint64 from = first + (last - first) * block / blocks;
      const gint64 rows = first + (last - first) * (block + 1) / blocks - from;
      const gint64 at = (n * a->t + from) * a->h + head;
      float *out = job->data->output + at * a->e;
      const TnPanelsRows asked = { .x = job->data->inputs[IN_QUERY] + at * a->d,
                                   .x_stride = a->h * a->d,
                                   .out = scores,
                                   .out_stride = a->scores_step };
      const TnPanelsRows seen
          = { .x = scores, .x_stride = a->scores_step, .out = out, .out_stride = a->h * a->e };

      tn_panels_multiply (&a->keys, keys, rows, &asked, 0, a->keys.n_panels);
      if (job->data->inputs[IN_ADDED] != NULL)
        add (a,
             job->data->inputs[IN_ADDED] + n * a->added[0] + head * a->added[1]
                 + from * a->added[2],
             rows, scores);
      functions->exponential_rows (scores, a->scores_step, rows, a->s, inverses);
      tn_panels_multiply (&a->values, values, rows, &seen, 0, a->values.n_panels);
      functions->scale_rows (out, a->h * a->e, rows, a->e, inverses);
    }
}

static void
attention_reference (const TnOpCall *call, const TnOpData *data)
{
  const Attention a = attention (call);
  g_autofree double *weights = g_new (double, a.s + 1);

  for (gint64 row = 0; row < a.n * a.t * a.h; row++)
    {
      const gint64 head = row % a.h, t = row / a.h % a.t, n = row / a.h / a.t;
      const float *query = data->inputs[IN_QUERY] + row * a.d;
      double best = -INFINITY, sum = 0.0;

      for (gint64 s = 0; s < a.s; s++)
        {
          const float *key = data->inputs[IN_KEY] + ((n * a.s + s) * a.h + head) * a.d;

          weights[s] = data->inputs[IN_ADDED] == NULL
                           ? 0.0
                           : data->inputs[IN_ADDED][n * a.added[0] + head * a.added[1]
                                                    + t * a.added[2] + s * a.added[3]];
          for (gint64 i = 0; i < a.d; i++)
            weights[s] += (double)query[i] * key[i];
          best = fmax (best, weights[s]);
        }
      for (gint64 s = 0; s < a.s; s++)
        sum += weights[s] = exp (weights[s] - best);
      for (gint64 i = 0; i < a.e; i++)
        {
          double seen = 0.0;

          for (gint64 s = 0; s < a.s; s++)
            seen += weights[s] * data->inputs[IN_VALUE][((n * a.s + s) * a.h + head) * a.e + i];
          data->output[row * a.e + i] = a.s > 0 ? (float)(seen / sum) : 0.0f;
        }
    }
}

static void
attention_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Job job = { .a = call->plan != NULL ? *(const Attention *)call->plan : attention (call),
              .data = data,
              .context = context };

  if (job.a.block > 0)
    tn_kernel_for (context, job.a.n * job.a.h * job.a.chunks, attention_band, &job);
  else
    /* Nothing to add up: at most a mean of the value. */
    attention_reference (call, data);
}

static double
attention_flops (const TnOpCall *call)
{
  const Attention a = attention (call);

  return 2.0 * (double)(a.n * a.h) * (double)a.t * (double)a.s * (double)(a.d + a.e);
}

static const char *
attention_kernel_name (const TnOpCall *call)
{
  static const char *const names[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = "head by head, generic",
    [TN_ISA_AVX2] = "head by head, avx2",
    [TN_ISA_AVX512] = "head by head, avx512",
  };

  return names[tn_cpu ()->isa];
}

const TnOp tn_op_attention = {
  .name = "attention",
  .min_inputs = 3,
  .max_inputs = 4,
  .shape = attention_shape,
  .kernel_name = attention_kernel_name,
  .scratch = attention_scratch,
  .plan_bytes = sizeof (Attention),
  .plan = attention_plan,
  .flops = attention_flops,
  .kernel = attention_kernel,
  .reference = attention_reference,
};
