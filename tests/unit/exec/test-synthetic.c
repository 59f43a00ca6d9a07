/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synthetic samples: the same however they are batched, in the ranges that their kinds promise, and
 * never an id that is not there. */
#include "exec/tn-synthetic.h"

#include <math.h>
#include <string.h>

#include "exec/tn-pool.h"
#include "models.h"

static const TnKernelContext alone = { .n_workers = 1 };

static float *
fill (const char *kind, TnShape sample, gint64 ids, guint64 seed, gint64 first, gint64 n)
{
  TnSynthetic what = { .seed = seed, .name = "x", .sample = sample, .ids = ids };
  float *out = g_new (float, n *MAX (tn_shape_elements (&sample, 0), 1) + 1);

  g_assert_true (tn_data_spec_from_text (kind, &what.spec));
  tn_synthetic_fill (&what, first, n, out, &alone);
  return out;
}

static const char *const kinds[]
    = { "normal", "uniform",  "zeros",   "ones",    "constant:-2.5", "one-hot",
        "tokens", "tokens:7", "strokes", "stripes", "blobs",         "sine" };

static const TnShape samples[] = {
  { .rank = 0 },
  { .rank = 1, .dims = { { 7 } } },
  { .rank = 1, .dims = { { 784 } } },
  { .rank = 1, .dims = { { 0 } } },
  { .rank = 2, .dims = { { 12 }, { 5 } } },
  { .rank = 3, .dims = { { 9 }, { 11 }, { 3 } } },
  { .rank = 3, .dims = { { 3 }, { 9 }, { 11 } } },
  { .rank = 4, .dims = { { 2 }, { 6 }, { 7 }, { 1 } } },
};

static void
test_batches (void)
{
  g_autoptr (TnPool) pool = tn_pool_new (3);
  const TnKernelContext together = { .n_workers = 3, .parallel_for = tn_pool_for, .pool = pool };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < G_N_ELEMENTS (samples); j++)
      for (gint64 ids = 0; ids < 6; ids += 5)
        {
          gint64 elements = tn_shape_elements (&samples[j], 0);
          g_autofree float *whole = fill (kinds[i], samples[j], ids, 3, 0, 20);
          g_autofree float *pieces = g_new (float, 20 * elements + 1);
          TnSynthetic what = { .seed = 3, .name = "x", .sample = samples[j], .ids = ids };

          tn_data_spec_from_text (kinds[i], &what.spec);
          for (gint64 first = 0; first < 20; first += 7)
            tn_synthetic_fill (&what, first, MIN (7, 20 - first), pieces + first * elements,
                               &together);
          g_assert_cmpmem (whole, (gsize)(20 * elements) * sizeof (float), pieces,
                           (gsize)(20 * elements) * sizeof (float));
        }
}

static void
test_ranges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint j = 0; j < G_N_ELEMENTS (samples); j++)
      for (gint64 ids = 0; ids < 6; ids += 5)
        {
          gint64 n = 30 * tn_shape_elements (&samples[j], 0);
          g_autofree float *out = fill (kinds[i], samples[j], ids, 3, 0, 30);
          gboolean image = i >= 8 && i <= 10;

          for (gint64 k = 0; k < n; k++)
            {
              g_assert_true (isfinite (out[k]));
              if (ids > 0)
                g_assert_true (out[k] == floorf (out[k]) && out[k] >= 0 && out[k] < ids);
              else if (image || strcmp (kinds[i], "one-hot") == 0)
                g_assert_true (out[k] >= 0 && out[k] <= 1);
              else if (strcmp (kinds[i], "sine") == 0)
                g_assert_true (fabsf (out[k]) <= 1);
              else if (strcmp (kinds[i], "tokens:7") == 0)
                g_assert_true (out[k] == floorf (out[k]) && out[k] >= 0 && out[k] < 7);
              else if (strcmp (kinds[i], "constant:-2.5") == 0)
                g_assert_cmpfloat (out[k], ==, -2.5f);
            }
        }
}

static void
test_one_hot (void)
{
  g_autofree float *out = fill ("one-hot", samples[4], 0, 0, 0, 50);
  guint seen[5] = { 0 };

  for (guint row = 0; row < 50 * 12; row++)
    {
      float sum = 0;

      for (guint i = 0; i < 5; i++)
        {
          sum += out[row * 5 + i];
          seen[i] += out[row * 5 + i] == 1;
        }
      g_assert_cmpfloat (sum, ==, 1);
    }
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (seen[i], >, 80);
}

/* Pictures show something, and each another thing; channels stand where the shape has them. */
static void
test_images (void)
{
  for (guint i = 8; i <= 10; i++)
    {
      g_autofree float *flat = fill (kinds[i], samples[2], 0, 1, 0, 2);
      g_autofree float *other = fill (kinds[i], samples[2], 0, 2, 0, 2);
      g_autofree float *last = fill (kinds[i], samples[5], 0, 1, 0, 1);
      g_autofree float *first = fill (kinds[i], samples[6], 0, 1, 0, 1);
      float least = 1, most = 0;

      for (guint k = 0; k < 784; k++)
        {
          least = MIN (least, flat[k]);
          most = MAX (most, flat[k]);
        }
      g_assert_cmpfloat (most - least, >, 0.3);
      g_assert_true (memcmp (flat, flat + 784, 784 * sizeof *flat) != 0);
      g_assert_true (memcmp (flat, other, 784 * sizeof *flat) != 0);
      for (guint pixel = 0; pixel < 99; pixel++)
        for (guint channel = 0; channel < 3; channel++)
          g_assert_cmpfloat (last[pixel * 3 + channel], ==, first[channel * 99 + pixel]);
    }
}

static void
test_text (void)
{
  static const char *const wrong[]
      = { "",         "noise",      "constant", "constant:", "constant:x", "constant:inf",
          "tokens:0", "tokens:1.5", "normal:3", "sine:",     "tokens:4 " };
  TnDataSpec spec;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (tn_data_spec_from_text (kinds[i], &spec));
      text = tn_data_spec_to_text (&spec);
      g_assert_cmpstr (text, ==, kinds[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (tn_data_spec_from_text (wrong[i], &spec));
}

/* Through a whole run: one input has a kind of its own, the other one the one for all. */
static void
test_inputs (void)
{
  g_autoptr (TnGraph) graph = model_new ("x InputLayer(batch_shape=(None, 3))\n"
                                         "y InputLayer(batch_shape=(None, 3))\n"
                                         "sum Add <- x, y\n");
  g_autoptr (GHashTable) data_of = g_hash_table_new (g_str_hash, g_str_equal);
  TnRunOptions options = tn_run_options_default ();
  TnDataSpec own;
  g_autoptr (GError) error = NULL;
  g_autoptr (TnPlan) plan = NULL;
  g_autoptr (TnRunResult) result = NULL;

  g_assert_true (tn_data_spec_from_text ("constant:4", &own));
  g_assert_true (tn_data_spec_from_text ("ones", &options.data));
  g_hash_table_insert (data_of, (gpointer) "y", &own);
  options.data_of = data_of;
  options.samples = 5;
  options.keep_outputs = TRUE;
  plan = model_plan (graph, &options, &error);
  g_assert_no_error (error);
  result = tn_plan_run (plan, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 15; i++)
    g_assert_cmpfloat (tn_tensor_floats (g_array_index (result->outputs, TnRunOutput, 0).tensor)[i],
                       ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/synthetic/batches", test_batches);
  g_test_add_func ("/synthetic/ranges", test_ranges);
  g_test_add_func ("/synthetic/one-hot", test_one_hot);
  g_test_add_func ("/synthetic/images", test_images);
  g_test_add_func ("/synthetic/text", test_text);
  g_test_add_func ("/synthetic/inputs", test_inputs);
  return g_test_run ();
}
