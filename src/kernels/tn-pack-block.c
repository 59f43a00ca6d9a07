/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels laid out with the vectors of one instruction set; compiled once for each. */
#include "kernels/tn-pack.h"
#include "kernels/tn-vector.h"

#define UNROLLED _Pragma ("GCC unroll 16")

static void
rows (const float *from, gint64 step, gint64 k, gint64 real, gint64 width, float *packed)
{
  for (gint64 j = 0; j < width; j += TN_VECTOR)
    {
      const gint64 there = CLAMP (real - j, 0, TN_VECTOR);

      if (there == TN_VECTOR)
        for (gint64 l = 0; l < k; l++)
          tn_vector_store (packed + l * width + j, tn_vector_load (from + l * step + j));
      else
        for (gint64 l = 0; l < k; l++)
          tn_vector_store (packed + l * width + j,
                           there > 0 ? tn_vector_load_part (from + l * step + j, there)
                                     : (TnVector){ 0 });
    }
}

/* Of two vectors: where a place has @bit, from @b, else from @a; the other's place is the one
 * without or with it. */
#define LOWER(place, bit)  (((place) & (bit)) != 0 ? TN_VECTOR + ((place) ^ (bit)) : (place))
#define HIGHER(place, bit) (((place) & (bit)) != 0 ? TN_VECTOR + (place) : (place) ^ (bit))
#define PLACES_4(of, from, bit)                                                                    \
  of (from, bit), of ((from) + 1, bit), of ((from) + 2, bit), of ((from) + 3, bit)
#define PLACES_8(of, from, bit) PLACES_4 (of, from, bit), PLACES_4 (of, (from) + 4, bit)
#if TN_VECTOR == 16
#define PLACES(of, bit) PLACES_8 (of, 0, bit), PLACES_8 (of, 8, bit)
#elif TN_VECTOR == 8
#define PLACES(of, bit) PLACES_8 (of, 0, bit)
#else
#define PLACES(of, bit) PLACES_4 (of, 0, bit)
#endif

/* What differs in @bit only, of the number of a vector and of the place in it, changes places. */
#define EXCHANGE(v, bit)                                                                           \
  do                                                                                               \
    {                                                                                              \
      UNROLLED                                                                                     \
      for (int i = 0; i < TN_VECTOR; i++)                                                          \
        if ((i & (bit)) == 0)                                                                      \
          {                                                                                        \
            const TnVector a = (v)[i], b = (v)[i | (bit)];                                         \
            (v)[i] = __builtin_shufflevector (a, b, PLACES (LOWER, bit));                          \
            (v)[i | (bit)] = __builtin_shufflevector (a, b, PLACES (HIGHER, bit));                 \
          }                                                                                        \
    }                                                                                              \
  while (0)

/* Rows become columns. */
static inline __attribute__ ((always_inline)) void
turn (TnVector *v)
{
  EXCHANGE (v, 1);
  EXCHANGE (v, 2);
#if TN_VECTOR >= 8
  EXCHANGE (v, 4);
#endif
#if TN_VECTOR >= 16
  EXCHANGE (v, 8);
#endif
}

static void
turn_whole (const float *from, gint64 step, gint64 width, float *packed)
{
  TnVector v[TN_VECTOR];

  UNROLLED
  for (int j = 0; j < TN_VECTOR; j++)
    v[j] = tn_vector_load (from + j * step);
  turn (v);
  UNROLLED
  for (int l = 0; l < TN_VECTOR; l++)
    tn_vector_store (packed + l * width, v[l]);
}

static void
turn_part (const float *from, gint64 step, gint64 k, gint64 real, gint64 width, float *packed)
{
  TnVector v[TN_VECTOR] = { { 0 } };

  for (gint64 j = 0; j < real; j++)
    v[j] = tn_vector_load_part (from + j * step, k);
  turn (v);
  for (gint64 l = 0; l < k; l++)
    tn_vector_store (packed + l * width, v[l]);
}

static void
turned (const float *from, gint64 step, gint64 k, gint64 real, gint64 width, float *packed)
{
  for (gint64 j = 0; j < width; j += TN_VECTOR)
    for (gint64 l = 0; l < k; l += TN_VECTOR)
      {
        const gint64 rest = MIN (k - l, TN_VECTOR), there = CLAMP (real - j, 0, TN_VECTOR);

        if (rest == TN_VECTOR && there == TN_VECTOR)
          turn_whole (from + j * step + l, step, width, packed + l * width + j);
        else
          turn_part (from + j * step + l, step, rest, there, width, packed + l * width + j);
      }
}

extern const TnPackSet TN_ISA_SYMBOL (tn_pack_set);

const TnPackSet TN_ISA_SYMBOL (tn_pack_set) = { .rows = rows, .turned = turned };
