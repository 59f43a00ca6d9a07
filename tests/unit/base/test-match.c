/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a typed query finds, and what it finds first. */
#include "base/tn-match.h"

static const TnMatchText dense
    = { "Dense", "Dense", "Linear FC", "fully connected perceptron head" };
static const TnMatchText einsum = { "EinsumDense", "Einsum dense", NULL, "tensor projection" };
static const TnMatchText pool
    = { "MaxPooling2D", "2D max pooling", "MaxPool2d", "pool downsample maxpool shrink" };
static const TnMatchText line = { "MaxPooling1D", "1D max pooling", "MaxPool1d", "pool maxpool" };
static const TnMatchText norm
    = { "BatchNormalization", "Batch normalization", "BatchNorm BatchNorm2d", "bn norm" };
static const TnMatchText unit = { "UnitNormalization", "Unit normalization", NULL, "" };
static const TnMatchText boundary = { "Boundary", "Boundary", NULL, "" };

static void
assert_better (const TnMatchText *better, const TnMatchText *worse, const char *query)
{
  g_assert_cmpuint (tn_match_score (better, query), >, tn_match_score (worse, query));
}

static void
test_found (void)
{
  const char *const queries[]
      = { "Dense",      "dense", " DENSE ",         "linear", "nn.Linear",       "den", "fully",
          "fully conn", "head",  "connected fully", "d",      "torch.nn.linear", "" };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    g_assert_cmpuint (tn_match_score (&dense, queries[i]), >, 0);
  g_assert_cmpuint (tn_match_score (&dense, "zzz"), ==, 0);
  g_assert_cmpuint (tn_match_score (&dense, "fully zzz"), ==, 0);
  /* One letter within a word says nothing. */
  g_assert_cmpuint (tn_match_score (&dense, "n"), ==, 0);
  g_assert_cmpuint (tn_match_score (&dense, "layers.Dense"), ==, TN_MATCH_EXACT);
  g_assert_cmpuint (tn_match_score (&dense, "…"), ==, 0);
  g_assert_cmpuint (tn_match_score (&dense, "."), ==, 0);
  /* The catalogue's header, which is what "" is translated to, is none of its words. */
  g_assert_cmpuint (tn_match_score (&boundary, "content"), ==, 0);
}

static void
test_order (void)
{
  assert_better (&dense, &einsum, "dense");
  assert_better (&dense, &einsum, "de");
  assert_better (&pool, &line, "maxpool2d");
  assert_better (&pool, &line, "2d pool");
  assert_better (&pool, &line, "MaxPooling2D");
  assert_better (&norm, &unit, "norm");
  assert_better (&norm, &unit, "batchnorm2d");
  assert_better (&unit, &norm, "unit");
  /* Words of its own before such as it has to do with. */
  assert_better (&pool, &dense, "pool");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match/found", test_found);
  g_test_add_func ("/match/order", test_order);
  return g_test_run ();
}
