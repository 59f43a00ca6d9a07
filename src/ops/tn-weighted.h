/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ops with constant weights have in common: the plan for packed ones, and its activation. */
#pragma once

#include "kernels/tn-convolver.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/* The plan of a call of these sizes. FALSE where weights are not packed: the settings ask for
 * BLIS's kernels, or there is no plan. */
gboolean tn_weighted_plan (TnConvolver *plan, const TnOpSettings *settings,
                           const TnConvolverSizes *sizes);

/* The kernel: @data has x, packed weights, bias?, residual?. */
void tn_weighted_run (const TnConvolver *plan, const TnOpSettings *settings, const TnOpData *data,
                      const TnKernelContext *context);

/* "direct, avx512"; static. @product: it is one of matrices. */
const char *tn_weighted_name (const TnConvolver *plan, gboolean product);

G_END_DECLS
