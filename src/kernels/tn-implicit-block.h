/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands around BLIS's micro-kernels, compiled for several instruction sets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TnImplicitSet:
 * @transpose: to[l · @stride + i] = from[i][l] for @n of l and @rows of i
 * @finish: adds @bias, or NULL, to each row of @out and brings it into the bounds; NaN stays NaN
 */
typedef struct
{
  void (*transpose) (const float *const *from, gint64 rows, gint64 n, float *to, gint64 stride);
  void (*finish) (float *out, gint64 out_stride, gint64 rows, gint64 columns, const float *bias,
                  float low, float high);
} TnImplicitSet;

/* For this processor. */
const TnImplicitSet *tn_implicit_set (void);

G_END_DECLS
