/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Winograd's convolution against a plain loop, over random sizes. */
#include "kernels/tn-winograd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GUARD 64

static gint64
between (GRand *rand, int low, int high)
{
  return g_rand_int_range (rand, low, high + 1);
}

static float *
numbers (GRand *rand, gint64 n, double most)
{
  float *x = g_new (float, MAX (n, 1));
  for (gint64 i = 0; i < n; i++)
    x[i] = (float)g_rand_double_range (rand, -most, most);
  return x;
}

static TnWinogradSizes
draw (GRand *rand)
{
  gboolean deep = g_rand_int_range (rand, 0, 25) == 0;
  TnWinogradSizes sizes = {
    .n = between (rand, 0, 3),
    .h = between (rand, 0, 13),
    .w = between (rand, 0, 13),
    .c = deep ? 16 * between (rand, 33, 40) : 16 * between (rand, 1, 4),
    .f = between (rand, 1, 150),
    .pad = { between (rand, 0, 2), between (rand, 0, 2) },
    .low = g_rand_boolean (rand) ? 0.0f : -INFINITY,
    .high = g_rand_boolean (rand) ? 0.7f : INFINITY,
  };
  sizes.oh = sizes.h + sizes.pad[0] + between (rand, 0, 2) - 2;
  sizes.ow = sizes.w + sizes.pad[1] + between (rand, 0, 2) - 2;
  sizes.oh = MAX (sizes.oh, 0);
  sizes.ow = MAX (sizes.ow, 0);
  return sizes;
}

static void
plainly (const TnWinogradSizes *s, const float *x, const float *weights, const float *bias,
         float *out)
{
  for (gint64 at = 0; at < s->n * s->oh * s->ow * s->f; at++)
    {
      gint64 q = at % s->f, ox = at / s->f % s->ow, oy = at / s->f / s->ow % s->oh;
      gint64 n = at / s->f / s->ow / s->oh;
      double sum = bias != NULL ? bias[q] : 0.0;
      for (gint64 u = 0; u < 3; u++)
        for (gint64 v = 0; v < 3; v++)
          {
            gint64 y = oy - s->pad[0] + u, column = ox - s->pad[1] + v;
            if (y < 0 || y >= s->h || column < 0 || column >= s->w)
              continue;
            for (gint64 c = 0; c < s->c; c++)
              sum += (double)x[((n * s->h + y) * s->w + column) * s->c + c]
                     * weights[((u * 3 + v) * s->c + c) * s->f + q];
          }
      out[at] = (float)CLAMP (sum, s->low, s->high);
    }
}

static void
run (const TnWinograd *plan, const float *x, const float *packed, const float *bias, float *out)
{
  float *scratch = aligned_alloc (64, (tn_winograd_scratch (plan) + 63) / 64 * 64);
  TnWinogradData data = { .x = x, .packed = packed, .bias = bias, .out = out };

  for (gint64 band = plan->n_bands - 1; band >= 0; band--)
    {
      /* Now and then by a worker that did not have the block before. */
      if (band % 3 == 0 || band == plan->n_bands - 1)
        {
          memset (scratch, 0xff, tn_winograd_scratch (plan));
          tn_winograd_begin (scratch);
        }
      tn_winograd_run (plan, band, &data, scratch);
    }
  free (scratch);
}

static void
check_draw (GRand *rand, int square, float tolerance)
{
  TnWinogradSizes sizes = draw (rand);
  gint64 each = sizes.oh * sizes.ow * sizes.f;
  gint64 image = sizes.h * sizes.w * sizes.c;
  TnWinograd plan = tn_winograd_plan (&sizes, square);
  g_autofree float *x = numbers (rand, sizes.n * image, 1.0);
  g_autofree float *weights
      = numbers (rand, 9 * sizes.c * sizes.f, 1.0 / sqrt (3.0 * (double)sizes.c));
  g_autofree float *bias = g_rand_boolean (rand) ? numbers (rand, sizes.f, 1.0) : NULL;
  g_autofree float *expected = g_new (float, sizes.n *each + 1);
  g_autofree float *got = g_new (float, sizes.n *each + 2 * GUARD);
  g_autofree float *alone = g_new (float, each + 1);
  float *packed = aligned_alloc (64, (tn_winograd_packed (&plan) + 63) / 64 * 64);

  memset (got, 0xff, (sizes.n * each + 2 * GUARD) * sizeof *got);
  tn_winograd_pack (&plan, weights, packed);
  plainly (&sizes, x, weights, bias, expected);
  run (&plan, x, packed, bias, got + GUARD);
  for (gint64 i = 0; i < sizes.n * each; i++)
    if (!(fabsf (got[GUARD + i] - expected[i]) <= tolerance))
      g_error ("F(%d): %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
               ": element %" G_GINT64_FORMAT " is %g, not %g",
               square, sizes.h, sizes.w, sizes.c, i, (double)got[GUARD + i], (double)expected[i]);
  for (int i = 0; i < GUARD; i++)
    {
      g_assert_true (isnan (got[i]));
      g_assert_true (isnan (got[GUARD + sizes.n * each + i]));
    }

  /* The same bits when the last sample is computed by itself. */
  if (sizes.n > 1)
    {
      gint64 last = sizes.n - 1;
      sizes.n = 1;
      plan = tn_winograd_plan (&sizes, square);
      run (&plan, x + last * image, packed, bias, alone);
      g_assert_cmpmem (alone, each * sizeof *alone, got + GUARD + last * each,
                       each * sizeof *alone);
    }
  free (packed);
}

static void
test_2 (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  for (int i = 0; i < 150; i++)
    check_draw (rand, 2, 1e-5f);
}

static void
test_4 (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  for (int i = 0; i < 150; i++)
    check_draw (rand, 4, 1e-4f);
}

static void
test_rule (void)
{
  TnWinogradSizes sizes = { .n = 1, .h = 12, .w = 12, .c = 32, .f = 64, .oh = 10, .ow = 10 };

  g_assert_cmpint (tn_winograd_suits (&sizes, FALSE), ==, 2);
  g_assert_cmpint (tn_winograd_suits (&sizes, TRUE), ==, 4);
  sizes.oh = 9;
  g_assert_cmpint (tn_winograd_suits (&sizes, TRUE), ==, 0);
  sizes.oh = 10;
  sizes.c = 3;
  g_assert_cmpint (tn_winograd_suits (&sizes, TRUE), ==, 0);
}

/* There is something for others to do, in equal pieces, also where tiles are few. */
static void
test_bands (void)
{
  const struct
  {
    gint64 n, side, c, f;
    gint64 least;
  } cases[] = {
    { 1, 56, 64, 64, 4 },   { 1, 28, 128, 128, 4 }, { 1, 14, 256, 256, 2 },
    { 1, 14, 512, 512, 4 }, { 16, 11, 32, 64, 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 side = cases[i].side;
      TnWinogradSizes sizes = { .n = cases[i].n,
                                .h = side,
                                .w = side,
                                .c = cases[i].c,
                                .f = cases[i].f,
                                .pad = { 1, 1 },
                                .oh = side,
                                .ow = side };
      TnWinograd plan = tn_winograd_plan (&sizes, 2);
      gint64 blocks = plan.n_bands / plan.groups;

      g_assert_cmpint (plan.n_bands, ==, blocks * plan.groups);
      g_assert_cmpint (plan.n_bands, >=, cases[i].least);
      g_assert_cmpint (blocks * plan.block, >=, plan.tiles);
      g_assert_cmpint ((blocks - 1) * plan.block, <, plan.tiles);
      /* The last is not much smaller than the others. */
      g_assert_cmpint (plan.tiles - (blocks - 1) * plan.block, >=, plan.block / 3);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/winograd/square-2", test_2);
  g_test_add_func ("/winograd/square-4", test_4);
  g_test_add_func ("/winograd/rule", test_rule);
  g_test_add_func ("/winograd/bands", test_bands);
  return g_test_run ();
}
