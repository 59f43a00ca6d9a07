/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruction sets that there is pooling for in this build. */
#include "kernels/tn-pool-row.h"

#include "kernels/tn-cpu.h"

extern const TnPoolSet tn_pool_set_generic;
#ifdef TN_WITH_AVX
extern const TnPoolSet tn_pool_set_avx2;
extern const TnPoolSet tn_pool_set_avx512;
#endif

const TnPoolSet *
tn_pool_set (void)
{
  static const TnPoolSet *const sets[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = &tn_pool_set_generic,
#ifdef TN_WITH_AVX
    [TN_ISA_AVX2] = &tn_pool_set_avx2,
    [TN_ISA_AVX512] = &tn_pool_set_avx512,
#endif
  };
  return sets[tn_cpu ()->isa];
}
