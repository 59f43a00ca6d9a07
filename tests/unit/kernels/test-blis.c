/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BLIS's products and its micro-kernels of every processor that can be had here, against loops. */
#include "kernels/tn-blis.h"

#include "kernels/tn-cpu.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
fill (GRand *rand, float *x, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    x[i] = (float)g_rand_double_range (rand, -1.0, 1.0);
}

static float *
panel (GRand *rand, gint64 n)
{
  gsize bytes = ((n + TN_BLIS_SLACK) * sizeof (float) + 63) / 64 * 64;
  float *x = aligned_alloc (64, bytes);
  memset (x, 0, bytes);
  fill (rand, x, n);
  return x;
}

static void
check_tile (const TnBlisTile *tile, GRand *rand)
{
  gint64 steps = g_rand_int_range (rand, 1, 300);
  gint64 rows = g_rand_boolean (rand) ? tile->rows : g_rand_int_range (rand, 1, tile->rows + 1);
  gint64 columns
      = g_rand_boolean (rand) ? tile->columns : g_rand_int_range (rand, 1, tile->columns + 1);
  gint64 stride = tile->columns + g_rand_int_range (rand, 0, 20);
  gboolean add = g_rand_boolean (rand);
  float *x = panel (rand, steps * tile->row_panel);
  float *w = panel (rand, steps * tile->column_panel);
  g_autofree float *out = g_new (float, tile->rows *stride);
  g_autofree float *before = g_new (float, tile->rows *stride);

  fill (rand, before, tile->rows * stride);
  /* What is there is not to be read if it is not to be added. */
  if (!add)
    before[0] = NAN;
  memcpy (out, before, tile->rows * stride * sizeof *out);
  tn_blis_tile_run (tile, rows, columns, steps, x, w, add, out, stride);
  for (gint64 i = 0; i < tile->rows; i++)
    for (gint64 j = 0; j < stride; j++)
      {
        double sum = add ? before[i * stride + j] : 0.0;
        if (i >= rows || j >= columns)
          {
            g_assert_cmpmem (&out[i * stride + j], sizeof *out, &before[i * stride + j],
                             sizeof *out);
            continue;
          }
        for (gint64 l = 0; l < steps; l++)
          sum += (double)x[l * tile->row_panel + i] * w[l * tile->column_panel + j];
        g_assert_cmpfloat_with_epsilon (out[i * stride + j], sum, 2e-5);
      }
  free (x);
  free (w);
}

static void
test_tiles (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint n;
  const TnBlisTile *tiles = tn_blis_tiles (&n);

  g_assert_cmpuint (n, >=, 1);
  for (guint t = 0; t < n; t++)
    {
      g_test_message ("%s: %d x %d", tiles[t].name, (int)tiles[t].rows, (int)tiles[t].columns);
      g_assert_cmpint (tiles[t].row_panel, >=, tiles[t].rows);
      g_assert_cmpint (tiles[t].column_panel, >=, tiles[t].columns);
      g_assert_cmpint (tiles[t].steps, >, 0);
      for (int i = 0; i < 200; i++)
        check_tile (&tiles[t], rand);
    }
}

/* Sizes around those at which other kernels are taken. */
static void
test_products (void)
{
  static const int sizes[] = { 0, 1, 5, 17, 127, 128, 150, 220 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (guint i = 0; i < 60; i++)
    {
      gint64 m = sizes[g_rand_int_range (rand, 0, G_N_ELEMENTS (sizes))];
      gint64 n = sizes[g_rand_int_range (rand, 0, G_N_ELEMENTS (sizes))];
      gint64 k = sizes[g_rand_int_range (rand, 0, G_N_ELEMENTS (sizes))];
      g_autofree float *a = g_new (float, m *k + 1);
      g_autofree float *b = g_new (float, k *n + 1);
      g_autofree float *c = g_new (float, m *n + 1);

      fill (rand, a, m * k);
      fill (rand, b, k * n);
      memset (c, 0xff, (m * n + 1) * sizeof *c);
      tn_blis_sgemm (m, n, k, a, k, b, n, c, n);
      for (gint64 at = 0; at < m * n; at++)
        {
          double sum = 0.0;
          for (gint64 l = 0; l < k; l++)
            sum += (double)a[at / n * k + l] * b[l * n + at % n];
          g_assert_cmpfloat_with_epsilon (c[at], sum, 2e-5);
        }
      g_assert_true (isnan (c[m * n]));
    }
}

/* A processor that BLIS does not know by name is still taken for what it is. */
static void
test_architecture (void)
{
  if (tn_cpu ()->isa == TN_ISA_AVX512 && g_getenv ("BLIS_ARCH_TYPE") == NULL)
    g_assert_cmpstr (tn_blis_architecture (), !=, "haswell");
  g_assert_cmpstr (tn_blis_architecture (), !=, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blis/tiles", test_tiles);
  g_test_add_func ("/blis/products", test_products);
  g_test_add_func ("/blis/architecture", test_architecture);
  return g_test_run ();
}
