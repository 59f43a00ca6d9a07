/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of the op convolution that take fewer multiplications in Winograd's way. */
#pragma once

#include "kernels/tn-winograd.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/* Is it such a call, by the rule and what the settings allow? */
gboolean tn_winograd_call_plan (const TnOpCall *call, TnWinograd *plan);
guint64 tn_winograd_call_layout (const TnWinograd *plan);
/* @data: with packed weights. */
void tn_winograd_call_run (const TnWinograd *plan, const TnOpCall *call, const TnOpData *data,
                           const TnKernelContext *context);

G_END_DECLS
