/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random convolutions and products on every instruction set of this processor, against the plain
 * loop; the same bits at any number of workers and however a batch is split. */
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

static gint64
between (GRand *rand, gint64 low, gint64 high)
{
  return g_rand_int_range (rand, (gint32)low, (gint32)high + 1);
}

static float *
numbers (GRand *rand, gint64 n, float scale)
{
  float *values = g_new (float, MAX (n, 1));
  for (gint64 i = 0; i < n; i++)
    values[i] = scale * (float)g_rand_double_range (rand, -1.0, 1.0);
  return values;
}

static void
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

static void
clear (Case *c)
{
  g_free (c->x);
  g_free (c->weights);
  g_free (c->bias);
  g_free (c->residual);
}

static void
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

static void
draw_product (GRand *rand, Case *c)
{
  gint64 m = g_rand_boolean (rand) ? between (rand, 1, 16) : between (rand, 1, 150);
  gint64 n = g_rand_boolean (rand) ? between (rand, 1, 70) : between (rand, 1, 700);
  gint64 k = g_rand_int_range (rand, 0, 4) == 0 ? between (rand, 1, 2100) : between (rand, 1, 90);
  c->sizes = tn_convolver_product (m, n, k);
}

/* In the wide range of a float, and different for all; done in place by what finishes. */
static void
halve (float *values, gint64 n, gconstpointer data)
{
  for (gint64 i = 0; i < n; i++)
    values[i] = 0.5f * values[i] + *(const float *)data;
}

static const float offset = 3.0f;

static double
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
static void
backwards (gpointer pool, double seconds, gint64 n_bands, TnBandFunc func, gpointer data)
{
  guint n_workers = *(guint *)pool;
  for (gint64 band = n_bands - 1; band >= 0; band--)
    func (band, (guint)((n_bands - 1 - band) % n_workers), data);
}

static gpointer
align (char *memory)
{
  return (gpointer)(((guintptr)memory + TN_ALIGNMENT - 1) & ~(guintptr)(TN_ALIGNMENT - 1));
}

/* Whether each place of the only line is a sample of its own. */
static gboolean
is_product (const Case *c)
{
  const TnConvolverSizes *s = &c->sizes;

  for (int i = 0; i < 3; i++)
    if (s->kernel[i] != 1 || s->stride[i] != 1 || s->pad_before[i] != 0 || s->out[i] != s->size[i]
        || (i < 2 && s->out[i] != 1))
      return FALSE;
  return s->n == 1;
}

static gint64
n_samples (const Case *c)
{
  return is_product (c) ? c->sizes.out[2] : c->sizes.n;
}

/* @samples of the case's from @first on, into @out, which has GUARD floats around. */
static void
run (const Case *c, TnIsa isa, const float *packed, gint64 first, gint64 samples, guint n_workers,
     float *out)
{
  TnConvolverSizes sizes = c->sizes;
  TnConvolver plan;
  gint64 all = n_samples (c);

  if (is_product (c))
    sizes.size[2] = sizes.out[2] = samples;
  else
    sizes.n = samples;
  g_assert_true (tn_convolver_init (&plan, &sizes, isa));
  TnScratch scratch = tn_convolver_scratch (&plan);
  guint64 bytes = tn_scratch_bytes (scratch, n_workers);
  g_autofree char *block = g_malloc (bytes + TN_ALIGNMENT);
  memset (block, 0xff, bytes + TN_ALIGNMENT);
  TnKernelContext context = { .n_workers = n_workers,
                              .parallel_for = n_workers == 1 ? NULL : backwards,
                              .pool = &n_workers,
                              .scratch = scratch,
                              .memory = align (block) };
  gint64 at = c->n_out / all * first;
  gint64 n = c->n_out / all * samples;
  TnConvolverData data = { .x = c->x + c->n_x / all * first,
                           .packed = packed,
                           .bias = c->biased ? c->bias : NULL,
                           .residual = c->added ? c->residual + at : NULL,
                           .out = out + GUARD,
                           .low = c->low,
                           .high = c->high,
                           .finish = c->finished ? halve : NULL,
                           .finish_data = &offset };

  memset (out, 0xff, (n + 2 * GUARD) * sizeof *out);
  if (c->over)
    {
      memcpy (out + GUARD, data.residual, n * sizeof *out);
      data.residual = out + GUARD;
    }
  tn_convolver_run (&plan, &data, &context);
  for (int i = 0; i < GUARD; i++)
    g_assert_true (isnan (out[i]) && isnan (out[GUARD + n + i]));
}

static void
check (const Case *c, TnIsa isa, GRand *rand, const double *expected, const char *label)
{
  TnConvolver plan;
  g_autofree float *got = g_new (float, c->n_out + 2 * GUARD);
  g_autofree float *again = g_new (float, c->n_out + 2 * GUARD);

  g_assert_true (tn_convolver_init (&plan, &c->sizes, isa));
  gsize bytes = tn_convolver_packed_bytes (&plan);
  g_autofree char *block = g_malloc (bytes + TN_ALIGNMENT);
  float *packed = align (block);
  memset (packed, 0xff, bytes);
  tn_convolver_pack (&plan, c->weights, packed);

  run (c, isa, packed, 0, n_samples (c), 1, got);
  for (gint64 i = 0; i < c->n_out; i++)
    if (!(fabs (got[GUARD + i] - expected[i]) <= TOLERANCE * (1.0 + fabs (expected[i]))))
      g_error ("%s, %s: element %" G_GINT64_FORMAT " is %.9g, not %.9g", label, tn_isa_name (isa),
               i, got[GUARD + i], expected[i]);
  for (guint n_workers = 2; n_workers <= 5; n_workers++)
    {
      run (c, isa, packed, 0, n_samples (c), n_workers, again);
      if (memcmp (got, again, (c->n_out + 2 * GUARD) * sizeof *got) != 0)
        g_error ("%s, %s: other bits with %u workers", label, tn_isa_name (isa), n_workers);
    }

  /* The batch in two halves; of a product, its rows. */
  gint64 all = n_samples (c);
  if (all < 2)
    return;
  gint64 half = between (rand, 1, all - 1), each = c->n_out / all;
  run (c, isa, packed, 0, half, 1, again);
  if (memcmp (got + GUARD, again + GUARD, half * each * sizeof *got) != 0)
    g_error ("%s, %s: other bits in the first of two batches", label, tn_isa_name (isa));
  run (c, isa, packed, half, all - half, 2, again);
  if (memcmp (got + GUARD + half * each, again + GUARD, (all - half) * each * sizeof *got) != 0)
    g_error ("%s, %s: other bits in the second of two batches", label, tn_isa_name (isa));
}

static void
test_draws (gconstpointer data)
{
  void (*draw) (GRand * rand, Case * c) = data;

  for (guint32 seed = 0; seed < 400; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *label = g_strdup_printf ("draw %u", seed);
      TnConvolver plan;
      Case c = { 0 };

      draw (rand, &c);
      fill (rand, &c);
      if (c.n_out > 0)
        {
          g_autofree double *expected = g_new (double, c.n_out);
          for (gint64 i = 0; i < c.n_out; i++)
            expected[i] = expected_at (&c, i);
          for (TnIsa isa = 0; isa <= tn_cpu ()->isa; isa++)
            check (&c, isa, rand, expected, label);
        }
      else
        g_assert_false (tn_convolver_init (&plan, &c.sizes, TN_ISA_GENERIC));
      clear (&c);
    }
}

/* What is no plan: nothing to add up, and zeros around that would not fit anywhere. */
static void
test_refused (void)
{
  TnConvolver plan;
  TnConvolverSizes sizes = tn_convolver_product (3, 4, 0);

  g_assert_false (tn_convolver_init (&plan, &sizes, TN_ISA_GENERIC));
  sizes = tn_convolver_product (0, 4, 5);
  g_assert_false (tn_convolver_init (&plan, &sizes, TN_ISA_GENERIC));
  sizes = tn_convolver_product (3, 4, 5);
  g_assert_true (tn_convolver_init (&plan, &sizes, TN_ISA_GENERIC));
  sizes.kernel[2] = sizes.kernel[1] = 2;
  sizes.dilation[1] = sizes.dilation[2] = (gint64)1 << 40;
  sizes.pad_before[1] = sizes.pad_before[2] = (gint64)1 << 40;
  g_assert_false (tn_convolver_init (&plan, &sizes, TN_ISA_GENERIC));
}

/* Plans for large layers have work for many cores, whatever the number that then runs it, and none
 * cuts what is small. */
static void
test_bands (void)
{
  TnConvolver plan;
  TnConvolverSizes large = { .n = 1,
                             .size = { 1, 56, 56 },
                             .channels = 64,
                             .kernel = { 1, 3, 3 },
                             .stride = { 1, 1, 1 },
                             .dilation = { 1, 1, 1 },
                             .pad_before = { 0, 1, 1 },
                             .out = { 1, 56, 56 },
                             .filters = 64,
                             .groups = 1 };
  TnConvolverSizes small = tn_convolver_product (1, 10, 64);

  g_assert_true (tn_convolver_init (&plan, &large, TN_ISA_GENERIC));
  g_assert_cmpint (plan.n_bands, >=, 16);
  g_assert_true (tn_convolver_init (&plan, &small, TN_ISA_GENERIC));
  g_assert_cmpint (plan.n_bands, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/convolver/convolutions", draw_convolution, test_draws);
  g_test_add_data_func ("/convolver/products", draw_product, test_draws);
  g_test_add_func ("/convolver/refused", test_refused);
  g_test_add_func ("/convolver/bands", test_bands);
  return g_test_run ();
}
