/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls with packed weights on the convolver. */
#include "ops/tn-weighted.h"

#include <math.h>

gboolean
tn_weighted_plan (TnConvolver *plan, const TnOpSettings *settings, const TnConvolverSizes *sizes)
{
  return settings->kernels != TN_KERNELS_BLIS && tn_convolver_init (plan, sizes, tn_cpu ()->isa)
         && tn_convolver_packed_bytes (plan) > 0;
}

static void
activate (float *values, gint64 n, gconstpointer settings)
{
  tn_activation_apply (settings, values, values, n);
}

void
tn_weighted_run (const TnConvolver *plan, const TnOpSettings *settings, const TnOpData *data,
                 const TnKernelContext *context)
{
  TnConvolverData memory = {
    .x = data->inputs[0],
    .packed = data->packed,
    .bias = data->inputs[2],
    .residual = data->inputs[3],
    .out = data->output,
    .low = -INFINITY,
    .high = INFINITY,
  };

  switch (settings->activation)
    {
    case TN_ACTIVATION_LINEAR:
      break;
    case TN_ACTIVATION_RELU6:
      memory.high = 6.0f;
      G_GNUC_FALLTHROUGH;
    case TN_ACTIVATION_RELU:
      memory.low = 0.0f;
      break;
    default:
      memory.finish = activate;
      memory.finish_data = settings;
    }
  tn_convolver_run (plan, &memory, context);
}

const char *
tn_weighted_name (const TnConvolver *plan, gboolean product)
{
  static const char *const names[TN_N_ISAS][2] = {
    [TN_ISA_GENERIC] = { "direct, generic", "product, generic" },
    [TN_ISA_AVX2] = { "direct, avx2", "product, avx2" },
    [TN_ISA_AVX512] = { "direct, avx512", "product, avx512" },
  };
  return names[plan->isa][product != FALSE];
}
