/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random convolutions and products on every micro-kernel of BLIS that this processor can run,
 * against the plain loop; the same bits at any number of workers and however a batch is split. */
#include "kernels/tn-implicit.h"

#include "tn-convolver-cases.h"

/* @samples of the case's from @first on, into @out, which has GUARD floats around. */
static void
run (const Case *c, const TnBlisTile *tile, const float *packed, gint64 first, gint64 samples,
     guint n_workers, float *out)
{
  TnConvolverSizes sizes = c->sizes;
  TnImplicit plan;
  gint64 all = n_samples (c);

  if (is_product (c))
    sizes.size[2] = sizes.out[2] = samples;
  else
    sizes.n = samples;
  g_assert_true (tn_implicit_init (&plan, &sizes, tile));
  TnScratch scratch = tn_implicit_scratch (&plan);
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
  tn_implicit_run (&plan, &data, &context);
  for (int i = 0; i < GUARD; i++)
    g_assert_true (isnan (out[i]) && isnan (out[GUARD + n + i]));
}

static void
check (const Case *c, const TnBlisTile *tile, GRand *rand, const double *expected,
       const char *label)
{
  TnImplicit plan;
  g_autofree float *got = g_new (float, c->n_out + 2 * GUARD);
  g_autofree float *again = g_new (float, c->n_out + 2 * GUARD);

  g_assert_true (tn_implicit_init (&plan, &c->sizes, tile));
  gsize bytes = tn_implicit_packed_bytes (&plan);
  g_autofree char *block = g_malloc (bytes + TN_ALIGNMENT);
  float *packed = align (block);
  memset (packed, 0xff, bytes);
  tn_implicit_pack (&plan, c->weights, packed);
  for (gsize i = 0; i < bytes / sizeof *packed; i++)
    g_assert_false (isnan (packed[i]));

  run (c, tile, packed, 0, n_samples (c), 1, got);
  for (gint64 i = 0; i < c->n_out; i++)
    if (!(fabs (got[GUARD + i] - expected[i]) <= TOLERANCE * (1.0 + fabs (expected[i]))))
      g_error ("%s, %s: element %" G_GINT64_FORMAT " is %.9g, not %.9g", label, tile->name, i,
               got[GUARD + i], expected[i]);
  for (guint n_workers = 2; n_workers <= 5; n_workers++)
    {
      run (c, tile, packed, 0, n_samples (c), n_workers, again);
      if (memcmp (got, again, (c->n_out + 2 * GUARD) * sizeof *got) != 0)
        g_error ("%s, %s: other bits with %u workers", label, tile->name, n_workers);
    }

  gint64 all = n_samples (c);
  if (all < 2)
    return;
  gint64 half = between (rand, 1, all - 1), each = c->n_out / all;
  run (c, tile, packed, 0, half, 1, again);
  if (memcmp (got + GUARD, again + GUARD, half * each * sizeof *got) != 0)
    g_error ("%s, %s: other bits in the first of two batches", label, tile->name);
  run (c, tile, packed, half, all - half, 2, again);
  if (memcmp (got + GUARD + half * each, again + GUARD, (all - half) * each * sizeof *got) != 0)
    g_error ("%s, %s: other bits in the second of two batches", label, tile->name);
}

static void
check_all (const Case *c, GRand *rand, const char *label)
{
  guint n_tiles;
  const TnBlisTile *tiles = tn_blis_tiles (&n_tiles);
  g_autofree double *expected = g_new (double, c->n_out);

  for (gint64 i = 0; i < c->n_out; i++)
    expected[i] = expected_at (c, i);
  for (guint i = 0; i < n_tiles; i++)
    check (c, &tiles[i], rand, expected, label);
}

static void
test_draws (gconstpointer data)
{
  void (*draw) (GRand * rand, Case * c) = data;

  for (guint32 seed = 0; seed < 400; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *label = g_strdup_printf ("draw %u", seed);
      TnImplicit plan;
      guint n_tiles;
      Case c = { 0 };

      draw (rand, &c);
      fill (rand, &c);
      if (c.n_out > 0)
        check_all (&c, rand, label);
      else
        g_assert_false (tn_implicit_init (&plan, &c.sizes, tn_blis_tiles (&n_tiles)));
      clear (&c);
    }
}

/* Far-reaching windows of which nearly all lies outside: no copy with zeros around is made. */
static void
test_far (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  const gint64 far = 1 << 20;
  Case c = { .sizes = { .n = 2,
                        .size = { 1, 3, 3 },
                        .channels = 5,
                        .kernel = { 1, 3, 3 },
                        .stride = { 1, 1, 1 },
                        .dilation = { 1, far, far },
                        .pad_before = { 0, far, far },
                        .out = { 1, 3, 3 },
                        .filters = 33,
                        .groups = 1 } };

  fill (rand, &c);
  check_all (&c, rand, "far");
  clear (&c);
}

/* What is not a number shows where it is read, and nowhere else. */
static void
test_odd (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint n_tiles;
  const TnBlisTile *tiles = tn_blis_tiles (&n_tiles);
  Case c = { .sizes = tn_convolver_product (31, 37, 700) };

  fill (rand, &c);
  c.added = c.over = c.finished = FALSE;
  c.low = -INFINITY;
  c.high = 6.0f;
  c.x[5 * 700 + 3] = NAN;
  c.x[20 * 700 + 699] = -INFINITY;
  for (guint i = 0; i < n_tiles; i++)
    {
      TnImplicit plan;
      g_assert_true (tn_implicit_init (&plan, &c.sizes, &tiles[i]));
      gsize bytes = tn_implicit_packed_bytes (&plan);
      g_autofree char *block = g_malloc (bytes + TN_ALIGNMENT);
      g_autofree float *out = g_new (float, c.n_out + 2 * GUARD);

      tn_implicit_pack (&plan, c.weights, align (block));
      run (&c, &tiles[i], align (block), 0, 31, 1, out);
      for (gint64 j = 0; j < c.n_out; j++)
        {
          float value = out[GUARD + j];
          if (j / 37 == 5)
            g_assert_true (isnan (value));
          else if (j / 37 == 20)
            g_assert_true (value == -INFINITY || value == 6.0f);
          else
            g_assert_true (isfinite (value) && value <= 6.0f);
        }
    }
  clear (&c);
}

static void
test_refused (void)
{
  guint n_tiles;
  const TnBlisTile *tile = tn_blis_tiles (&n_tiles);
  TnImplicit plan;
  TnConvolverSizes sizes = tn_convolver_product (3, 4, 0);

  g_assert_false (tn_implicit_init (&plan, &sizes, tile));
  sizes = tn_convolver_product (0, 4, 5);
  g_assert_false (tn_implicit_init (&plan, &sizes, tile));
  sizes = tn_convolver_product (3, 4, 5);
  g_assert_true (tn_implicit_init (&plan, &sizes, tile));
  sizes.dilation[1] = (gint64)1 << 60;
  g_assert_false (tn_implicit_init (&plan, &sizes, tile));
  sizes = tn_convolver_product (G_MAXINT64 / 2, 4, 5);
  g_assert_false (tn_implicit_init (&plan, &sizes, tile));
  sizes = tn_convolver_product (3, (gint64)1 << 59, (gint64)1 << 39);
  g_assert_true (!tn_implicit_init (&plan, &sizes, tile) || tn_implicit_packed_bytes (&plan) == 0);
}

static void
test_bands (void)
{
  guint n_tiles;
  const TnBlisTile *tile = tn_blis_tiles (&n_tiles);
  TnImplicit plan;
  TnConvolverSizes sizes = tn_convolver_product (4096, 512, 512);

  g_assert_true (tn_implicit_init (&plan, &sizes, tile));
  g_assert_cmpint (plan.n_bands, >=, 16);
  sizes = tn_convolver_product (1, 4096, 4096);
  g_assert_true (tn_implicit_init (&plan, &sizes, tile));
  g_assert_cmpint (plan.n_bands, >=, 16);
  sizes = tn_convolver_product (1, 10, 64);
  g_assert_true (tn_implicit_init (&plan, &sizes, tile));
  g_assert_cmpint (plan.n_bands, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/implicit/convolutions", draw_convolution, test_draws);
  g_test_add_data_func ("/implicit/products", draw_product, test_draws);
  g_test_add_func ("/implicit/far", test_far);
  g_test_add_func ("/implicit/odd", test_odd);
  g_test_add_func ("/implicit/refused", test_refused);
  g_test_add_func ("/implicit/bands", test_bands);
  return g_test_run ();
}
