/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of the op convolution in which each channel is a group of its own. */
#pragma once

#include "ops/tn-op.h"

G_BEGIN_DECLS

/* Is it such a call? If so the others may be used, in place of the convolution's own functions. */
gboolean tn_depthwise_call_is (const TnOpCall *call);
const char *tn_depthwise_call_name (const TnOpCall *call);
TnScratch tn_depthwise_call_scratch (const TnOpCall *call);
void tn_depthwise_call_run (const TnOpCall *call, const TnOpData *data,
                            const TnKernelContext *context);

G_END_DECLS
