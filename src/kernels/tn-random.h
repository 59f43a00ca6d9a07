/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counter-based random numbers: the n-th number of a stream needs no other, at any thread count. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TnRandom:
 *
 * A stream of Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC
 * 2011): number i of a stream is a pure function of (seed, stream, i), and the same bits
 * on every machine. By value, immutable.
 */
typedef struct
{
  guint64 seed;
  guint64 stream;
} TnRandom;

/* A stream of its own for every @name ("conv2d/kernel", "input_layer"). */
TnRandom tn_random_stream (guint64 seed, const char *name);

/* Numbers @first … @first + @n - 1 of the stream, into @out. */
/* Uniform in [low, high). */
void tn_random_uniform (TnRandom random, guint64 first, gsize n, float low, float high, float *out);
/* Normal, by Box and Muller from two numbers of the stream. */
void tn_random_normal (TnRandom random, guint64 first, gsize n, float mean, float stddev,
                       float *out);
/* Normal, redrawn (from the stream's further numbers) until within two standard deviations: what
 * Keras calls truncated normal. */
void tn_random_truncated_normal (TnRandom random, guint64 first, gsize n, float mean, float stddev,
                                 float *out);

G_END_DECLS
