/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products with a packed matrix: against plain sums, and the same bits however they are cut. */
#include "kernels/tn-panels.h"

#include "kernels/tn-parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GUARD 5

static float *
numbers (gint64 n, GRand *rand)
{
  float *values = g_new (float, n + 1);
  for (gint64 i = 0; i < n; i++)
    values[i] = (float)g_rand_double_range (rand, -1.0, 1.0);
  return values;
}

static void
check (TnIsa isa, GRand *rand)
{
  const gint64 k = g_rand_int_range (rand, 1, g_rand_boolean (rand) ? 20 : 1700);
  const gint64 n = g_rand_int_range (rand, 1, g_rand_boolean (rand) ? 20 : 400);
  const gint64 m = g_rand_int_range (rand, 0, 40);
  const gint64 x_stride = k + g_rand_int_range (rand, 0, 4), out_stride = n + GUARD;
  const gboolean turned = g_rand_boolean (rand);
  g_autofree float *x = numbers (m * x_stride, rand), *w = numbers (k * n, rand);
  g_autofree float *bias = numbers (n, rand), *residual = numbers (m * (n + 2), rand);
  g_autofree float *out = g_new (float, m *out_stride + 1);
  g_autofree float *again = g_new (float, m *out_stride + 1);
  TnPanels panels;

  g_assert_true (tn_panels_init (&panels, k, n, isa));
  gsize bytes = tn_panels_floats (&panels) * sizeof (float);
  float *packed = aligned_alloc (TN_ALIGNMENT, bytes);
  memset (packed, 0xff, bytes);
  memset (out, 0x7f, (m * out_stride) * sizeof *out);
  memset (again, 0x7f, (m * out_stride) * sizeof *again);
  tn_panels_pack (&panels, w, turned ? 1 : n, turned ? k : 1, packed);
  TnPanelsRows rows = { .x = x,
                        .x_stride = x_stride,
                        .out = out,
                        .out_stride = out_stride,
                        .bias = g_rand_boolean (rand) ? bias : NULL,
                        .residual = g_rand_boolean (rand) ? residual : NULL,
                        .residual_stride = n + 2 };
  tn_panels_multiply (&panels, packed, m, &rows, 0, panels.n_panels);
  for (gint64 i = 0; i < m; i++)
    {
      for (gint64 j = 0; j < n; j++)
        {
          double sum = rows.bias != NULL ? bias[j] : 0.0;
          for (gint64 l = 0; l < k; l++)
            sum += (double)x[i * x_stride + l] * (turned ? w[j * k + l] : w[l * n + j]);
          if (rows.residual != NULL)
            sum += residual[i * (n + 2) + j];
          g_assert_cmpfloat_with_epsilon (out[i * out_stride + j], sum,
                                          2e-6 * sqrt ((double)k) + 2e-6);
        }
      for (int j = 0; j < GUARD; j++)
        g_assert_cmpmem (out + i * out_stride + n + j, 4, "\x7f\x7f\x7f\x7f", 4);
    }

  /* Some rows and some panels at a time. */
  rows.out = again;
  for (gint64 i = 0, height; i < m; i += height)
    {
      height = g_rand_int_range (rand, 1, (gint32)MIN (m - i, 20) + 1);
      gint64 middle = g_rand_int_range (rand, 0, (gint32)panels.n_panels + 1);
      tn_panels_multiply (&panels, packed, height, &rows, middle, panels.n_panels);
      tn_panels_multiply (&panels, packed, height, &rows, 0, middle);
      rows.x += height * rows.x_stride;
      rows.out += height * rows.out_stride;
      if (rows.residual != NULL)
        rows.residual += height * rows.residual_stride;
    }
  g_assert_cmpmem (out, m * out_stride * sizeof *out, again, m * out_stride * sizeof *again);
  free (packed);
}

static void
test_product (gconstpointer data)
{
  const TnIsa isa = GPOINTER_TO_UINT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  if (isa > tn_cpu ()->isa)
    {
      g_test_skip ("not with this processor");
      return;
    }
  for (int i = 0; i < 150; i++)
    check (isa, rand);
}

static void
test_refused (void)
{
  TnPanels panels;

  g_assert_false (tn_panels_init (&panels, 0, 3, TN_ISA_GENERIC));
  g_assert_false (tn_panels_init (&panels, 3, 0, TN_ISA_GENERIC));
  g_assert_false (tn_panels_init (&panels, G_MAXINT64, 3, TN_ISA_GENERIC));
  g_assert_false (tn_panels_init (&panels, 3, G_MAXINT64, TN_ISA_GENERIC));
  g_assert_false (tn_panels_init (&panels, G_MAXINT32, G_MAXINT64 / 4, TN_ISA_GENERIC));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (TnIsa isa = 0; isa < TN_N_ISAS; isa++)
    if (tn_tile_set (isa) != NULL)
      {
        g_autofree char *path = g_strdup_printf ("/panels/product/%s", tn_isa_name (isa));
        g_test_add_data_func (path, GUINT_TO_POINTER (isa), test_product);
      }
  g_test_add_func ("/panels/refused", test_refused);
  return g_test_run ();
}
