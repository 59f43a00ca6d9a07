/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers: the published answers of Philox, any part the same as in the whole, and what the
 * distributions promise. */
#include <math.h>
#include <string.h>

#include "kernels/tn-random-block.h"

#define N 40000

/* Known answers of Philox4x32-10 (Random123's kat_vectors): counter, key, result. */
static const struct
{
  guint32 counter[4], key[2], result[4];
} known[] = {
  { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
  { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
    { 0xffffffff, 0xffffffff },
    { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
  { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
    { 0xa4093822, 0x299f31d0 },
    { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

static guint64
join (const guint32 *words)
{
  return (guint64)words[1] << 32 | words[0];
}

/* The first of four numbers by Box and Muller from @words that is within two deviations. */
static float
truncated_from (const guint32 *words)
{
  for (int i = 0; i < 4; i++)
    {
      const guint32 *pair = words + i / 2 * 2;
      double radius = sqrt (-2 * log (((double)pair[0] + 1) / 4294967296.0));
      double angle = 2 * G_PI * (double)pair[1] / 4294967296.0;
      float number = (float)(radius * (i % 2 == 0 ? cos (angle) : sin (angle)));

      if (fabsf (number) <= 2)
        return number;
    }
  g_assert_not_reached ();
}

static void
test_known (void)
{
  /* The blocks of the others are too far out for what takes four numbers from each. */
  TnRandom zero = { 0, 0 };
  float uniform[4];

  tn_random_uniform (zero, 0, 4, 0, 1, uniform);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (uniform[i], ==, (float)(known[0].result[i] >> 8) / 16777216.0f);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      TnRandom random = { join (known[i].key), join (known[i].counter + 2) };
      float number;

      tn_random_truncated_normal (random, join (known[i].counter), 1, 0, 1, &number);
      g_assert_cmpfloat_with_epsilon (number, truncated_from (known[i].result), 1e-6);
    }
}

/* ---- every part is the part of the whole ---- */

static void
draw (int kind, TnRandom random, guint64 first, gsize n, double *out)
{
  g_autofree float *floats = g_new (float, n);

  switch (kind)
    {
    case 0:
      tn_random_uniform (random, first, n, -1, 3, floats);
      break;
    case 1:
      tn_random_normal (random, first, n, 0.5f, 2, floats);
      break;
    default:
      tn_random_truncated_normal (random, first, n, 0.5f, 2, floats);
      break;
    }
  for (gsize i = 0; i < n; i++)
    out[i] = floats[i];
}

static void
test_parts (void)
{
  enum
  {
    WHOLE = 1000,
  };
  TnRandom random = tn_random_stream (42, "conv2d/kernel");
  double whole[WHOLE], part[WHOLE];

  for (int kind = 0; kind < 3; kind++)
    {
      draw (kind, random, 0, WHOLE, whole);
      for (int round = 0; round < 300; round++)
        {
          gsize first = (gsize)g_test_rand_int_range (0, WHOLE);
          gsize n = (gsize)g_test_rand_int_range (0, WHOLE - (gint32)first + 1);

          draw (kind, random, first, n, part);
          g_assert_cmpmem (part, n * sizeof *part, whole + first, n * sizeof *whole);
        }
    }
}

static void
test_streams (void)
{
  TnRandom streams[]
      = { tn_random_stream (1, "dense/kernel"), tn_random_stream (1, "dense/bias"),
          tn_random_stream (1, "dense_1/kernel"), tn_random_stream (2, "dense/kernel"),
          tn_random_stream (G_GUINT64_CONSTANT (1) << 32, "dense/kernel") };
  double numbers[G_N_ELEMENTS (streams)][64], again[64];

  for (int kind = 0; kind < 3; kind++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
        draw (kind, streams[i], 0, 64, numbers[i]);
      draw (kind, tn_random_stream (1, "dense/kernel"), 0, 64, again);
      g_assert_cmpmem (again, sizeof again, numbers[0], sizeof again);
      for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
        for (guint j = 0; j < i; j++)
          {
            guint same = 0;

            for (guint k = 0; k < 64; k++)
              same += numbers[i][k] == numbers[j][k];
            g_assert_cmpuint (same, <, 4);
          }
    }
}

/* ---- instruction sets ---- */

static const TnRandomSet *
set_or_skip (TnIsa isa)
{
  if (isa <= tn_cpu ()->isa)
    return tn_random_set (isa);
  g_test_skip ("not with this processor");
  return NULL;
}

/* A set's numbers are those of plain loops: the words exactly, normal numbers to a bit. */
static void
test_sets (gconstpointer data)
{
  enum
  {
    GROUPS = 300,
    COUNT = GROUPS * TN_RANDOM_GROUP,
  };
  const TnRandomSet *set = set_or_skip (GPOINTER_TO_UINT (data));
  const TnRandomSet *generic = tn_random_set (TN_ISA_GENERIC);
  const guint64 starts[] = { 0, 12345, (G_GUINT64_CONSTANT (1) << 32) - 100, 1ull << 61 };
  g_autofree float *a = g_new (float, COUNT), *b = g_new (float, COUNT);
  g_autofree float *units = g_new (float, COUNT);

  for (guint i = 0; set != NULL && i < G_N_ELEMENTS (starts); i++)
    {
      TnRandom random = tn_random_stream (i, "sets");

      set->uniform (random, starts[i], GROUPS, -0.3f, 1.7f, a);
      generic->uniform (random, starts[i], GROUPS, -0.3f, 1.7f, b);
      g_assert_cmpmem (a, COUNT * sizeof *a, b, COUNT * sizeof *b);
      set->truncated (random, starts[i], GROUPS, 0.1f, 3.0f, a);
      generic->truncated (random, starts[i], GROUPS, 0.1f, 3.0f, b);
      g_assert_cmpmem (a, COUNT * sizeof *a, b, COUNT * sizeof *b);
      set->normal (random, starts[i], GROUPS, 0.0f, 1.0f, a);
      generic->normal (random, starts[i], GROUPS, 0.0f, 1.0f, b);
      g_assert_cmpmem (a, COUNT * sizeof *a, b, COUNT * sizeof *b);
      /* 24 of the 32 bits that a normal number is made of. */
      set->uniform (random, starts[i], GROUPS, 0.0f, 1.0f, units);
      for (guint j = 0; j < COUNT; j += 2)
        {
          double radius = hypot (a[j], a[j + 1]);
          double turn = atan2 (a[j + 1], a[j]) / (2 * G_PI);

          g_assert_cmpfloat_with_epsilon (exp (-radius * radius / 2), units[j], 3e-7);
          turn = fabs (turn - floor (turn) - units[j + 1]);
          g_assert_cmpfloat (MIN (turn, 1 - turn), <, 2e-7);
        }
    }
}

/* ---- distributions ---- */

typedef struct
{
  double mean, variance, least, most;
} Moments;

static Moments
measure (int kind)
{
  g_autofree double *numbers = g_new (double, N);
  Moments moments = { .least = INFINITY, .most = -INFINITY };

  draw (kind, tn_random_stream (7, "input_layer"), 0, N, numbers);
  for (guint i = 0; i < N; i++)
    {
      moments.mean += numbers[i] / N;
      moments.least = fmin (moments.least, numbers[i]);
      moments.most = fmax (moments.most, numbers[i]);
    }
  for (guint i = 0; i < N; i++)
    moments.variance += (numbers[i] - moments.mean) * (numbers[i] - moments.mean) / N;
  return moments;
}

/* The bounds are six standard errors wide; and the seed is always the same. */
static void
test_distributions (void)
{
  Moments uniform = measure (0), normal = measure (1), truncated = measure (2);

  g_assert_cmpfloat_with_epsilon (uniform.mean, 1, 0.035);
  g_assert_cmpfloat_with_epsilon (uniform.variance, 16.0 / 12, 0.036);
  g_assert_true (uniform.least >= -1 && uniform.least < -0.99 && uniform.most < 3
                 && uniform.most > 2.99);

  g_assert_cmpfloat_with_epsilon (normal.mean, 0.5, 0.06);
  g_assert_cmpfloat_with_epsilon (normal.variance, 4, 0.17);
  g_assert_true (normal.least < -5.5 && normal.most > 6.5);

  /* Of a normal distribution cut at two deviations 0.7737 of the variance is left. */
  g_assert_cmpfloat_with_epsilon (truncated.mean, 0.5, 0.053);
  g_assert_cmpfloat_with_epsilon (truncated.variance, 4 * 0.7737, 0.11);
  g_assert_true (truncated.least >= -3.5 && truncated.least < -3.4 && truncated.most <= 4.5
                 && truncated.most > 4.4);
}

static void
test_edges (void)
{
  TnRandom random = tn_random_stream (3, "edges");
  float numbers[256];

  tn_random_uniform (random, 0, 256, 2, 2, numbers);
  for (guint i = 0; i < 256; i++)
    g_assert_cmpfloat (numbers[i], ==, 2);
  /* So narrow that rounding would reach the end, which is not part of it. */
  tn_random_uniform (random, 0, 256, 1, 1 + 0x1p-23f, numbers);
  for (guint i = 0; i < 256; i++)
    g_assert_cmpfloat (numbers[i], ==, 1);
  /* The last of all numbers. */
  tn_random_uniform (random, G_MAXUINT64, 1, 0, 1, numbers);
  g_assert_true (numbers[0] >= 0 && numbers[0] < 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/known", test_known);
  g_test_add_func ("/random/parts", test_parts);
  g_test_add_func ("/random/streams", test_streams);
  g_test_add_func ("/random/distributions", test_distributions);
  g_test_add_func ("/random/edges", test_edges);
  for (TnIsa isa = 0; isa < TN_N_ISAS; isa++)
    {
      g_autofree char *path = g_strdup_printf ("/random/sets/%s", tn_isa_name (isa));

      g_test_add_data_func (path, GUINT_TO_POINTER (isa), test_sets);
    }
  return g_test_run ();
}
