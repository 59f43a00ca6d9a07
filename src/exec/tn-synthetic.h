/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Synthetic samples of every kind, that fit what they are put into. */
#pragma once

#include "exec/tn-run.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/**
 * TnSynthetic:
 * @name: of the input; it has a stream of random numbers of its own
 * @sample: the shape of one sample
 * @ids: what reads it takes whole numbers below this; 0: any numbers
 *
 * What an input is filled with. Sample s depends on this and on s alone: never on how samples are
 * batched.
 */
typedef struct
{
  TnDataSpec spec;
  guint64 seed;
  const char *name;
  TnShape sample;
  gint64 ids;
} TnSynthetic;

/* Samples @first … @first + @n - 1, one after the other. */
void tn_synthetic_fill (const TnSynthetic *what, gint64 first, gint64 n, float *out,
                        const TnKernelContext *context);

G_END_DECLS
