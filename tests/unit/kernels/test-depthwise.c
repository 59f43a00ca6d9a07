/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Depthwise convolution against a plain loop, over random windows and sizes. */
#include "kernels/tn-depthwise.h"

#include <math.h>
#include <string.h>

#define GUARD 64

static gint64
between (GRand *rand, int low, int high)
{
  return g_rand_int_range (rand, low, high + 1);
}

static TnDepthwiseSizes
draw (GRand *rand)
{
  /* Few channels, some vectors of them with and without a rest, and more than go in order. */
  static const int channels[] = { 0, 1, 3, 4, 7, 16, 19, 32, 40, 96, 100, 112, 145, 300 };
  gboolean usual = g_rand_boolean (rand);
  TnDepthwiseSizes sizes = {
    .n = between (rand, 0, 3),
    .c = channels[g_rand_int_range (rand, 0, G_N_ELEMENTS (channels))],
    .multiplier = g_rand_int_range (rand, 0, 4) == 0 ? between (rand, 2, 3) : 1,
    .low = g_rand_boolean (rand) ? 0.0f : -INFINITY,
    .high = g_rand_boolean (rand) ? 0.7f : INFINITY,
  };
  gint64 *in[] = { &sizes.h, &sizes.w };
  gint64 *out[] = { &sizes.oh, &sizes.ow };

  for (int i = 0; i < 2; i++)
    {
      sizes.kernel[i] = usual ? 3 + 2 * between (rand, 0, 1) : between (rand, 1, 6);
      sizes.stride[i] = between (rand, 1, usual ? 2 : 4);
      sizes.dilation[i] = usual ? 1 : between (rand, 1, 3);
      *in[i] = g_rand_int_range (rand, 0, 12) == 0 ? between (rand, 40, 60) : between (rand, 0, 17);
      gint64 reach = (sizes.kernel[i] - 1) * sizes.dilation[i] + 1;
      sizes.pad[i] = between (rand, 0, (int)reach - 1);
      gint64 room = *in[i] + sizes.pad[i] + between (rand, 0, (int)reach - 1) - reach;
      *out[i] = room < 0 ? 0 : room / sizes.stride[i] + 1;
    }
  return sizes;
}

static float *
numbers (GRand *rand, gint64 n)
{
  float *x = g_new (float, MAX (n, 1));
  for (gint64 i = 0; i < n; i++)
    x[i] = (float)g_rand_double_range (rand, -1.0, 1.0);
  return x;
}

static void
plainly (const TnDepthwiseSizes *s, const float *x, const float *weights, const float *bias,
         float *out)
{
  gint64 f = s->c * s->multiplier;

  for (gint64 at = 0; at < s->n * s->oh * s->ow * f; at++)
    {
      gint64 q = at % f, ox = at / f % s->ow, oy = at / f / s->ow % s->oh;
      gint64 n = at / f / s->ow / s->oh;
      double sum = bias != NULL ? bias[q] : 0.0;
      for (gint64 u = 0; u < s->kernel[0]; u++)
        for (gint64 v = 0; v < s->kernel[1]; v++)
          {
            gint64 y = oy * s->stride[0] - s->pad[0] + u * s->dilation[0];
            gint64 column = ox * s->stride[1] - s->pad[1] + v * s->dilation[1];
            if (y >= 0 && y < s->h && column >= 0 && column < s->w)
              sum += (double)x[((n * s->h + y) * s->w + column) * s->c + q / s->multiplier]
                     * weights[(u * s->kernel[1] + v) * f + q];
          }
      out[at] = (float)CLAMP (sum, s->low, s->high);
    }
}

/* All bands, the last ones first. */
static void
run (const TnDepthwiseSizes *sizes, const float *x, const float *weights, const float *bias,
     float *out)
{
  TnDepthwise plan = tn_depthwise_plan (sizes);
  g_autofree float *scratch = g_malloc (tn_depthwise_scratch (&plan) + 1);

  for (gint64 band = plan.n_bands - 1; band >= 0; band--)
    {
      memset (scratch, 0xff, tn_depthwise_scratch (&plan));
      tn_depthwise_run (&plan, band, x, weights, bias, out, scratch);
    }
}

static void
check_draw (GRand *rand)
{
  TnDepthwiseSizes sizes = draw (rand);
  gint64 f = sizes.c * sizes.multiplier;
  gint64 each = sizes.oh * sizes.ow * f;
  g_autofree float *x = numbers (rand, sizes.n * sizes.h * sizes.w * sizes.c);
  g_autofree float *weights = numbers (rand, sizes.kernel[0] * sizes.kernel[1] * f);
  g_autofree float *bias = g_rand_boolean (rand) ? numbers (rand, f) : NULL;
  g_autofree float *expected = g_new (float, sizes.n *each + 1);
  g_autofree float *got = g_new (float, sizes.n *each + 2 * GUARD);
  g_autofree float *alone = g_new (float, each + 1);

  memset (got, 0xff, (sizes.n * each + 2 * GUARD) * sizeof *got);
  plainly (&sizes, x, weights, bias, expected);
  run (&sizes, x, weights, bias, got + GUARD);
  for (gint64 i = 0; i < sizes.n * each; i++)
    if (!(fabsf (got[GUARD + i] - expected[i]) <= 1e-5f * (1.0f + fabsf (expected[i]))))
      g_error ("%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
               ", window %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT ": element %" G_GINT64_FORMAT
               " is %g, not %g",
               sizes.h, sizes.w, sizes.c, sizes.kernel[0], sizes.kernel[1], i,
               (double)got[GUARD + i], (double)expected[i]);
  for (int i = 0; i < GUARD; i++)
    {
      g_assert_true (isnan (got[i]));
      g_assert_true (isnan (got[GUARD + sizes.n * each + i]));
    }

  /* The same bits when the last sample is computed by itself. */
  if (sizes.n > 1)
    {
      gint64 last = sizes.n - 1;
      TnDepthwiseSizes one = sizes;
      one.n = 1;
      run (&one, x + last * sizes.h * sizes.w * sizes.c, weights, bias, alone);
      g_assert_cmpmem (alone, each * sizeof *alone, got + GUARD + last * each,
                       each * sizeof *alone);
    }
}

static void
test_draws (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  for (int i = 0; i < 1500; i++)
    check_draw (rand);
}

/* Every element of the output belongs to one band. */
static void
test_bands (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);

  for (int i = 0; i < 200; i++)
    {
      TnDepthwiseSizes sizes = draw (rand);
      TnDepthwise plan = tn_depthwise_plan (&sizes);
      gint64 f = sizes.c * sizes.multiplier;
      g_autofree guint8 *seen = g_malloc0 (sizes.n * sizes.oh * sizes.ow * f + 1);

      for (gint64 band = 0; band < plan.n_bands; band++)
        {
          TnDepthwiseBand area = tn_depthwise_band_at (&plan, band);
          for (gint64 row = area.from; row < area.to; row++)
            for (gint64 ox = 0; ox < sizes.ow; ox++)
              for (gint64 q = area.first; q < area.last; q++)
                seen[((area.sample * sizes.oh + row) * sizes.ow + ox) * f + q]++;
        }
      for (gint64 at = 0; at < sizes.n * sizes.oh * sizes.ow * f; at++)
        g_assert_cmpuint (seen[at], ==, 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/depthwise/draws", test_draws);
  g_test_add_func ("/depthwise/bands", test_bands);
  return g_test_run ();
}
