/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruction sets that there are functions for panels in this build. */
#include "kernels/tn-pack.h"

extern const TnPackSet tn_pack_set_generic;
#ifdef TN_WITH_AVX
extern const TnPackSet tn_pack_set_avx2;
extern const TnPackSet tn_pack_set_avx512;
#endif

const TnPackSet *
tn_pack_set (TnIsa isa)
{
  static const TnPackSet *const sets[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = &tn_pack_set_generic,
#ifdef TN_WITH_AVX
    [TN_ISA_AVX2] = &tn_pack_set_avx2,
    [TN_ISA_AVX512] = &tn_pack_set_avx512,
#endif
  };
  g_return_val_if_fail (isa < TN_N_ISAS, NULL);
  return sets[isa];
}
