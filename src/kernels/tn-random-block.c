/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Philox4x32-10 and Box and Muller in vectors: words of 32 bits in places of 64, where a product of
 * two fits, and a double of what becomes of one. Nothing is contracted here: what is computed does
 * not depend on the instruction set. */
#include "kernels/tn-random-block.h"

#include <math.h>

#include "kernels/tn-vector.h"

/* Multipliers and Weyl constants of Philox4x32 (Salmon et al., SC 2011, table 2). */
#define PHILOX_M0     0xD2511F53u
#define PHILOX_M1     0xCD9E8D57u
#define PHILOX_W0     0x9E3779B9u
#define PHILOX_W1     0xBB67AE85u
#define PHILOX_ROUNDS 10

#define LANES (TN_VECTOR / 2)
/* Vectors of blocks at a time: one alone would wait for its own products. */
#define ABREAST 2
#define LOW     G_GUINT64_CONSTANT (0xffffffff)

typedef guint64 Words __attribute__ ((vector_size (TN_VECTOR_BYTES)));
typedef guint64 LooseWords __attribute__ ((vector_size (TN_VECTOR_BYTES), aligned (4), may_alias));
typedef double Doubles __attribute__ ((vector_size (TN_VECTOR_BYTES)));
typedef float Floats __attribute__ ((vector_size (TN_VECTOR_BYTES / 2)));
typedef guint32 FloatBits __attribute__ ((vector_size (TN_VECTOR_BYTES / 2)));

#if LANES == 8
#define PLACES                                                                                     \
  {                                                                                                \
    0, 1, 2, 3, 4, 5, 6, 7                                                                         \
  }
#define FIRST_HALF                                                                                 \
  {                                                                                                \
    0, 8, 1, 9, 2, 10, 3, 11                                                                       \
  }
#define LAST_HALF                                                                                  \
  {                                                                                                \
    4, 12, 5, 13, 6, 14, 7, 15                                                                     \
  }
#elif LANES == 4
#define PLACES                                                                                     \
  {                                                                                                \
    0, 1, 2, 3                                                                                     \
  }
#define FIRST_HALF                                                                                 \
  {                                                                                                \
    0, 4, 1, 5                                                                                     \
  }
#define LAST_HALF                                                                                  \
  {                                                                                                \
    2, 6, 3, 7                                                                                     \
  }
#else
#define PLACES                                                                                     \
  {                                                                                                \
    0, 1                                                                                           \
  }
#define FIRST_HALF                                                                                 \
  {                                                                                                \
    0, 2                                                                                           \
  }
#define LAST_HALF                                                                                  \
  {                                                                                                \
    1, 3                                                                                           \
  }
#endif

/* Of the lower halves; the upper ones may hold anything. */
static inline Words
product (Words a, Words b)
{
#if TN_VECTOR == 16
  return (Words)_mm512_mul_epu32 ((__m512i)a, (__m512i)b);
#elif TN_VECTOR == 8
  return (Words)_mm256_mul_epu32 ((__m256i)a, (__m256i)b);
#elif defined __SSE2__
  return (Words)_mm_mul_epu32 ((__m128i)a, (__m128i)b);
#else
  return (a & LOW) * (b & LOW);
#endif
}

static inline Words
all (guint64 word)
{
  return word - (Words){ 0 };
}

/* Blocks @block, @block + 1, … of the stream: word j of vector k is in @x[j][k]. */
static inline void
philox (TnRandom random, guint64 block, Words x[4][ABREAST])
{
  const Words places = PLACES;
  guint32 key0 = (guint32)random.seed, key1 = (guint32)(random.seed >> 32);

  for (int k = 0; k < ABREAST; k++)
    {
      x[0][k] = places + (block + (guint64)k * LANES);
      x[1][k] = x[0][k] >> 32;
      x[2][k] = all (random.stream);
      x[3][k] = x[2][k] >> 32;
    }
  for (int round = 0; round < PHILOX_ROUNDS; round++)
    {
      for (int k = 0; k < ABREAST; k++)
        {
          Words product0 = product (all (PHILOX_M0), x[0][k]);
          Words product1 = product (all (PHILOX_M1), x[2][k]);

          x[0][k] = (product1 >> 32) ^ x[1][k] ^ (guint64)key0;
          x[2][k] = (product0 >> 32) ^ x[3][k] ^ (guint64)key1;
          x[1][k] = product1;
          x[3][k] = product0;
        }
      key0 += PHILOX_W0;
      key1 += PHILOX_W1;
    }
  for (int j = 0; j < 4; j++)
    for (int k = 0; k < ABREAST; k++)
      x[j][k] &= LOW;
}

/* Two words of 32 bits, as they stand in memory. */
static inline Words
pair_of (Words first, Words second)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return first | second << 32;
#else
  return first << 32 | second;
#endif
}

/* The pairs of each block one after the other: TN_VECTOR numbers in @pairs[0], as many in
 * @pairs[1]. */
static inline void
interleave (Words pairs[2])
{
  const Words first_half = FIRST_HALF, last_half = LAST_HALF;
  Words first = __builtin_shuffle (pairs[0], pairs[1], first_half);

  pairs[1] = __builtin_shuffle (pairs[0], pairs[1], last_half);
  pairs[0] = first;
}

static void
uniform (TnRandom random, guint64 block, gsize n_groups, float low, float high, float *out)
{
  /* Rounding may reach the upper end, which is not part of the interval. */
  TnVector most = tn_vector_of (high > low ? nextafterf (high, low) : INFINITY);

  for (gsize i = 0; i < n_groups * TN_RANDOM_GROUP / (4 * LANES * ABREAST); i++)
    {
      Words x[4][ABREAST];

      philox (random, block, x);
      block += LANES * ABREAST;
      for (int k = 0; k < ABREAST; k++)
        {
          Words pairs[2] = { pair_of (x[0][k], x[1][k]), pair_of (x[2][k], x[3][k]) };

          interleave (pairs);
          for (int half = 0; half < 2; half++, out += TN_VECTOR)
            {
              /* [0, 1) with 24 bits. */
              TnVectorMask bits = (TnVectorMask)(pairs[half] >> 8)
                                  & (TnVectorMask)all (G_GUINT64_CONSTANT (0x00ffffff00ffffff));
              TnVector unit = __builtin_convertvector(bits, TnVector) * 0x1p-24f;

              tn_vector_store (out, tn_vector_min (most, low + (high - low) * unit));
            }
        }
    }
}

/* ---- Box and Muller ---- */

/* Of whole numbers below 2^52. */
static inline Doubles
number_of (Words word)
{
  return (Doubles)(word | G_GUINT64_CONSTANT (0x4330000000000000)) - 0x1p52;
}

static inline Doubles
root_of (Doubles x)
{
#if TN_VECTOR == 16
  return _mm512_sqrt_pd (x);
#elif TN_VECTOR == 8
  return _mm256_sqrt_pd (x);
#elif defined __SSE2__
  return _mm_sqrt_pd (x);
#else
  for (int i = 0; i < LANES; i++)
    x[i] = sqrt (x[i]);
  return x;
#endif
}

/* √(-2 log u), where u is in (0, 1], so that the logarithm is finite. With u = 2^e · f, √½ < f ≤
 * √2, the logarithm of f is 2 artanh ((f - 1) / (f + 1)), to about 3e-14. */
static inline Doubles
radius_of (Words word)
{
  Words bits = (Words)(number_of (word) + 1.0);
  Words fraction
      = (bits & G_GUINT64_CONSTANT (0x000fffffffffffff)) | G_GUINT64_CONSTANT (0x3ff0000000000000);
  Words above = (Words)((Doubles)fraction > G_SQRT2);
  Doubles f = (Doubles)(fraction - (above & (G_GUINT64_CONSTANT (1) << 52)));
  Doubles e = number_of ((bits >> 52) - above) - (1023 + 32);
  Doubles s = (f - 1.0) / (f + 1.0), z = s * s;
  Doubles sum
      = 1.0
        + z
              * (1.0 / 3
                 + z
                       * (1.0 / 5
                          + z
                                * (1.0 / 7
                                   + z
                                         * (1.0 / 9
                                            + z * (1.0 / 11 + z * (1.0 / 13 + z * (1.0 / 15)))))));

  return root_of (0.0 - 2.0 * (e * G_LN2 + 2.0 * s * sum));
}

/* Of 2π · @word / 2^32, to about 2e-14: the angle's distance from the nearest quarter of a turn is
 * exact. */
static inline void
turn (Words word, Doubles *cosine, Doubles *sine)
{
  Words t = (word + (G_GUINT64_CONSTANT (1) << 29)) & LOW;
  Words quarter = t >> 30;
  Doubles x = (number_of (t & 0x3fffffff) - 0x1p29) * (2 * G_PI * 0x1p-32), z = x * x;
  Doubles s = x
              * (1.0
                 + z
                       * (-1.0 / 6
                          + z
                                * (1.0 / 120
                                   + z
                                         * (-1.0 / 5040
                                            + z
                                                  * (1.0 / 362880
                                                     + z
                                                           * (-1.0 / 39916800
                                                              + z * (1.0 / 6227020800)))))));
  Doubles c
      = 1.0
        + z
              * (-1.0 / 2
                 + z
                       * (1.0 / 24
                          + z
                                * (-1.0 / 720
                                   + z
                                         * (1.0 / 40320
                                            + z
                                                  * (-1.0 / 3628800
                                                     + z
                                                           * (1.0 / 479001600
                                                              + z * (-1.0 / 87178291200)))))));
  Words odd = 0 - (quarter & 1);
  Words swapped_c = ((Words)c & ~odd) | ((Words)s & odd);
  Words swapped_s = ((Words)s & ~odd) | ((Words)c & odd);

  /* Below 0 the cosine is in the second and third quarter, the sine in the third and fourth. */
  *cosine = (Doubles)(swapped_c ^ ((((quarter + 1) >> 1) & 1) << 63));
  *sine = (Doubles)(swapped_s ^ ((quarter >> 1) << 63));
}

static inline Words
bits_of (Floats numbers)
{
  return __builtin_convertvector((FloatBits)numbers, Words);
}

/* Two normal numbers from two words. */
static inline void
box_muller (Words first, Words second, Floats *a, Floats *b)
{
  Doubles radius = radius_of (first), cosine, sine;

  turn (second, &cosine, &sine);
  *a = __builtin_convertvector(radius * cosine, Floats);
  *b = __builtin_convertvector(radius * sine, Floats);
}

static void
normal (TnRandom random, guint64 block, gsize n_groups, float mean, float stddev, float *out)
{
  for (gsize i = 0; i < n_groups * TN_RANDOM_GROUP / (4 * LANES * ABREAST); i++)
    {
      Words x[4][ABREAST];

      philox (random, block, x);
      block += LANES * ABREAST;
      for (int k = 0; k < ABREAST; k++)
        {
          Words pairs[2];

          for (int half = 0; half < 2; half++)
            {
              Floats a, b;

              box_muller (x[2 * half][k], x[2 * half + 1][k], &a, &b);
              pairs[half] = pair_of (bits_of (a), bits_of (b));
            }
          interleave (pairs);
          for (int half = 0; half < 2; half++, out += TN_VECTOR)
            tn_vector_store (out, mean + stddev * (TnVector)pairs[half]);
        }
    }
}

/* The first of number @number's candidates that is within two deviations. Attempt a takes the four
 * of block number + a·2^40, which belong to this number alone; 5 % are outside, so eight blocks
 * fail once in 10^41. */
static float
redraw (TnRandom random, guint64 number)
{
  for (guint64 attempt = 0; attempt < 8; attempt++)
    {
      Words x[4][ABREAST];
      Floats four[4];

      philox (random, number + (attempt << 40), x);
      box_muller (x[0][0], x[1][0], &four[0], &four[1]);
      box_muller (x[2][0], x[3][0], &four[2], &four[3]);
      for (int j = 0; j < 4; j++)
        if (fabsf (four[j][0]) <= 2.0f)
          return four[j][0];
    }
  return 0.0f;
}

static void
truncated (TnRandom random, guint64 first, gsize n_groups, float mean, float stddev, float *out)
{
  for (gsize i = 0; i < n_groups * TN_RANDOM_GROUP / (LANES * ABREAST); i++)
    {
      Words x[4][ABREAST];

      philox (random, first, x);
      for (int k = 0; k < ABREAST; k++, first += LANES, out += LANES)
        {
          Floats a, b;

          /* Only one in five hundred needs more than its first two candidates. */
          box_muller (x[0][k], x[1][k], &a, &b);
          for (int lane = 0; lane < LANES; lane++)
            {
              float number = fabsf (a[lane]) <= 2.0f   ? a[lane]
                             : fabsf (b[lane]) <= 2.0f ? b[lane]
                                                       : redraw (random, first + (guint64)lane);
              out[lane] = mean + stddev * number;
            }
        }
    }
}

const TnRandomSet TN_ISA_SYMBOL (tn_random_set) = {
  .uniform = uniform,
  .normal = normal,
  .truncated = truncated,
};
