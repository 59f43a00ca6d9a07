/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox4x32-10 and the distributions made from it. */
#include "base/tn-random.h"

#include <math.h>

/* Multipliers and Weyl constants of Philox4x32 (Salmon et al., SC 2011, table 2). */
#define PHILOX_M0     0xD2511F53u
#define PHILOX_M1     0xCD9E8D57u
#define PHILOX_W0     0x9E3779B9u
#define PHILOX_W1     0xBB67AE85u
#define PHILOX_ROUNDS 10

/* Four words of block @block of the stream. */
static void
philox (TnRandom random, guint64 block, guint32 out[4])
{
  guint32 key0 = (guint32)random.seed, key1 = (guint32)(random.seed >> 32);
  guint32 x0 = (guint32)block, x1 = (guint32)(block >> 32);
  guint32 x2 = (guint32)random.stream, x3 = (guint32)(random.stream >> 32);

  for (int round = 0; round < PHILOX_ROUNDS; round++)
    {
      guint64 product0 = (guint64)PHILOX_M0 * x0;
      guint64 product1 = (guint64)PHILOX_M1 * x2;
      guint32 y0 = (guint32)(product1 >> 32) ^ x1 ^ key0;
      guint32 y2 = (guint32)(product0 >> 32) ^ x3 ^ key1;

      x1 = (guint32)product1;
      x3 = (guint32)product0;
      x0 = y0;
      x2 = y2;
      key0 += PHILOX_W0;
      key1 += PHILOX_W1;
    }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/* [0, 1) with 24 bits. */
static inline float
unit_float (guint32 word)
{
  return (float)(word >> 8) * 0x1p-24f;
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

void
tn_random_uniform (TnRandom random, guint64 first, gsize n, float low, float high, float *out)
{
  guint32 words[4];
  guint64 block = G_MAXUINT64;

  for (gsize i = 0; i < n; i++)
    {
      guint64 number = first + i;

      if (number / 4 != block)
        {
          block = number / 4;
          philox (random, block, words);
        }
      out[i] = low + (high - low) * unit_float (words[number % 4]);
      /* Rounding may reach the upper end, which is not part of the interval. */
      if (out[i] >= high && high > low)
        out[i] = nextafterf (high, low);
    }
}

/* One block gives two pairs of Box and Muller: four normal numbers. */
static void
normal_block (TnRandom random, guint64 block, float out[4])
{
  guint32 words[4];

  philox (random, block, words);
  for (int pair = 0; pair < 2; pair++)
    {
      /* In (0, 1], so that the logarithm is finite. */
      double u = ((double)words[2 * pair] + 1) * 0x1p-32;
      double angle = 2 * G_PI * ((double)words[2 * pair + 1] * 0x1p-32);
      double radius = sqrt (-2 * log (u));

      out[2 * pair] = (float)(radius * cos (angle));
      out[2 * pair + 1] = (float)(radius * sin (angle));
    }
}

void
tn_random_normal (TnRandom random, guint64 first, gsize n, float mean, float stddev, float *out)
{
  float numbers[4];
  guint64 block = G_MAXUINT64;

  for (gsize i = 0; i < n; i++)
    {
      guint64 number = first + i;

      if (number / 4 != block)
        {
          block = number / 4;
          normal_block (random, block, numbers);
        }
      out[i] = mean + stddev * numbers[number % 4];
    }
}

void
tn_random_truncated_normal (TnRandom random, guint64 first, gsize n, float mean, float stddev,
                            float *out)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 number = first + i;
      float numbers[4];
      float chosen = 0;
      gboolean found = FALSE;

      /* Redraws come from blocks that belong to this number alone: attempt a of number i is block
       * i + a·2^40. Four tries a block; 5 % are outside, so 8 blocks fail once in 10^41. */
      for (guint64 attempt = 0; attempt < 8 && !found; attempt++)
        {
          normal_block (random, number + (attempt << 40), numbers);
          for (int j = 0; j < 4 && !found; j++)
            if (fabsf (numbers[j]) <= 2)
              {
                chosen = numbers[j];
                found = TRUE;
              }
        }
      out[i] = mean + stddev * chosen;
    }
}

void
tn_random_integers (TnRandom random, guint64 first, gsize n, gint64 low, gint64 high, gint64 *out)
{
  guint64 range = (guint64)high - (guint64)low;

  g_return_if_fail (high > low);
  for (gsize i = 0; i < n; i++)
    {
      guint32 words[4];
      guint64 wide;

      /* 64 bits a number; the bias of the multiply-shift is below range / 2^64. */
      philox (random, (first + i) / 2, words);
      wide = (guint64)words[(first + i) % 2 * 2] << 32 | words[(first + i) % 2 * 2 + 1];
      out[i] = (gint64)((guint64)low + (guint64)(((unsigned __int128)wide * range) >> 64));
    }
}
