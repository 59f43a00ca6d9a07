/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laying out numbers in the panels that the micro-kernels read, a vector at a time. */
#pragma once

#include "kernels/tn-cpu.h"

G_BEGIN_DECLS

/**
 * TnPackSet:
 * @rows: packed[l · width + j] = from[l · step + j]
 * @turned: packed[l · width + j] = from[j · step + l]
 *
 * Both for @k of l and @real of j; for those from there up to @width, which is so many whole
 * vectors, 0.
 */
typedef struct
{
  void (*rows) (const float *from, gint64 step, gint64 k, gint64 real, gint64 width, float *packed);
  void (*turned) (const float *from, gint64 step, gint64 k, gint64 real, gint64 width,
                  float *packed);
} TnPackSet;

/* The functions compiled for an instruction set, or NULL if there are none for this kind of
 * processor. Whether it can run them is told by tn_cpu (). */
const TnPackSet *tn_pack_set (TnIsa isa);

G_END_DECLS
