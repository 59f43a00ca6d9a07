/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random numbers in groups, a vector at a time: compiled once for each instruction set, and the
 * same bits with all of them. */
#pragma once

#include "kernels/tn-cpu.h"
#include "kernels/tn-random.h"

G_BEGIN_DECLS

/* Numbers that are made at a time. */
#define TN_RANDOM_GROUP 64

/* @n_groups groups into @out; what @at, @a and @b are depends on the distribution. */
typedef void (*TnRandomFill) (TnRandom random, guint64 at, gsize n_groups, float a, float b,
                              float *out);

/**
 * TnRandomSet:
 * @uniform: from block @at of the stream on, four numbers a block: @a + (@b - @a) · [0, 1)
 * @normal: likewise, with the mean @a and the standard deviation @b
 * @truncated: from number @at on, as tn_random_truncated_normal () has it
 */
typedef struct
{
  TnRandomFill uniform;
  TnRandomFill normal;
  TnRandomFill truncated;
} TnRandomSet;

/* What is compiled for an instruction set, or NULL if that is not for this kind of processor.
 * Whether it can run it is told by tn_cpu (). */
const TnRandomSet *tn_random_set (TnIsa isa);

G_END_DECLS
