/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random convolutions and products on every instruction set of this processor, against the plain
 * loop; the same bits at any number of workers and however a batch is split. */
#include "tn-convolver-cases.h"

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
