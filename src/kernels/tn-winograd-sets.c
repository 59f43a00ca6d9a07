/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruction sets that there are Winograd's transforms for in this build. */
#include "kernels/tn-winograd-block.h"

extern const TnWinogradSet tn_winograd_set_generic;
#ifdef TN_WITH_AVX
extern const TnWinogradSet tn_winograd_set_avx2;
extern const TnWinogradSet tn_winograd_set_avx512;
#endif

const TnWinogradSet *
tn_winograd_set (TnIsa isa)
{
  static const TnWinogradSet *const sets[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = &tn_winograd_set_generic,
#ifdef TN_WITH_AVX
    [TN_ISA_AVX2] = &tn_winograd_set_avx2,
    [TN_ISA_AVX512] = &tn_winograd_set_avx512,
#endif
  };
  g_return_val_if_fail (isa < TN_N_ISAS, NULL);
  return sets[isa];
}
