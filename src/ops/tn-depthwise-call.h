/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of the op convolution in which each channel is a group of its own. */
#pragma once

#include "kernels/tn-depthwise.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

/* Is it such a call? If so the others may be used, in place of the convolution's own functions. */
gboolean tn_depthwise_call_is (const TnOpCall *call);
TnDepthwise tn_depthwise_call_plan (const TnOpCall *call);
void tn_depthwise_call_run (const TnDepthwise *plan, const TnOpCall *call, const TnOpData *data,
                            const TnKernelContext *context);

G_END_DECLS
