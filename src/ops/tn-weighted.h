/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ops with constant weights have in common: the plan for packed ones, and its activation. */
#pragma once

#include "kernels/tn-implicit.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/**
 * TnWeighted:
 * @is_blis: on BLIS's micro-kernels; else on Tenon's own
 * @unruly: otherwise than the rule has it
 *
 * A plain value that owns nothing.
 */
typedef struct
{
  gboolean is_blis;
  gboolean unruly;
  union
  {
    TnConvolver direct;
    TnImplicit blis;
  };
} TnWeighted;

/* Is it one of Tenon's or BLIS's micro-kernels, and there on this processor? */
gboolean tn_weighted_has (TnWay way);
/* The plan of a call of these sizes, in the way that the settings ask for if that is possible, else
 * by the rule: on Tenon's own micro-kernels, and on BLIS's where those cannot. FALSE where weights
 * are not packed: the settings ask for plain BLIS, or there is no plan. */
gboolean tn_weighted_plan (TnWeighted *plan, const TnOpSettings *settings,
                           const TnConvolverSizes *sizes);

/* As TnOp has them. */
gsize tn_weighted_packed (const TnWeighted *plan);
void tn_weighted_pack (const TnWeighted *plan, const float *weights, float *packed);
guint64 tn_weighted_layout (const TnWeighted *plan);
TnScratch tn_weighted_scratch (const TnWeighted *plan);
/* The kernel: @data has x, packed weights, bias?, residual?. */
void tn_weighted_run (const TnWeighted *plan, const TnOpSettings *settings, const TnOpData *data,
                      const TnKernelContext *context);

/* As TnOp.way. */
TnWay tn_weighted_way (const TnWeighted *plan);
/* "direct, avx512"; static. Plans that differ in how they compute have different names. @product:
 * it is one of matrices. */
const char *tn_weighted_name (const TnWeighted *plan, gboolean product);

G_END_DECLS
