/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams of random numbers, and any part of one from whole groups of it. */
#include "kernels/tn-random.h"

#include <string.h>

#include "kernels/tn-random-block.h"

extern const TnRandomSet tn_random_set_generic;
#ifdef TN_WITH_AVX
extern const TnRandomSet tn_random_set_avx2;
extern const TnRandomSet tn_random_set_avx512;
#endif

const TnRandomSet *
tn_random_set (TnIsa isa)
{
  static const TnRandomSet *const sets[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = &tn_random_set_generic,
#ifdef TN_WITH_AVX
    [TN_ISA_AVX2] = &tn_random_set_avx2,
    [TN_ISA_AVX512] = &tn_random_set_avx512,
#endif
  };
  g_return_val_if_fail (isa < TN_N_ISAS, NULL);
  return sets[isa];
}

TnRandom
tn_random_stream (guint64 seed, const char *name)
{
  /* FNV-1a, 64 bits: spreads names over streams; no secrecy is needed. */
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (const char *c = name; *c != '\0'; c++)
    hash = (hash ^ (guint8)*c) * G_GUINT64_CONSTANT (0x100000001b3);
  return (TnRandom){ .seed = seed, .stream = hash };
}

/* Numbers @first … @first + @n - 1, of which @fill makes groups that begin at each @block numbers.
 */
static void
fill_part (TnRandomFill fill, guint block, TnRandom random, guint64 first, gsize n, float a,
           float b, float *out)
{
  float group[TN_RANDOM_GROUP];
  gsize skip = (gsize)(first % block);
  guint64 at = first / block;

  if (skip > 0 && n > 0)
    {
      gsize part = MIN (n, block - skip);

      fill (random, at++, 1, a, b, group);
      memcpy (out, group + skip, part * sizeof *out);
      out += part;
      n -= part;
    }
  gsize n_groups = n / TN_RANDOM_GROUP;
  fill (random, at, n_groups, a, b, out);
  n -= n_groups * TN_RANDOM_GROUP;
  if (n > 0)
    {
      fill (random, at + n_groups * (TN_RANDOM_GROUP / block), 1, a, b, group);
      memcpy (out + n_groups * TN_RANDOM_GROUP, group, n * sizeof *out);
    }
}

void
tn_random_uniform (TnRandom random, guint64 first, gsize n, float low, float high, float *out)
{
  fill_part (tn_random_set (tn_cpu ()->isa)->uniform, 4, random, first, n, low, high, out);
}

void
tn_random_normal (TnRandom random, guint64 first, gsize n, float mean, float stddev, float *out)
{
  fill_part (tn_random_set (tn_cpu ()->isa)->normal, 4, random, first, n, mean, stddev, out);
}

void
tn_random_truncated_normal (TnRandom random, guint64 first, gsize n, float mean, float stddev,
                            float *out)
{
  fill_part (tn_random_set (tn_cpu ()->isa)->truncated, 1, random, first, n, mean, stddev, out);
}
