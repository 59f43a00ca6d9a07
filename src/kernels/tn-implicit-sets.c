/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruction sets that there is what stands around BLIS's micro-kernels for in this build. */
#include "kernels/tn-implicit-block.h"

#include "kernels/tn-cpu.h"

extern const TnImplicitSet tn_implicit_set_generic;
#ifdef TN_WITH_AVX
extern const TnImplicitSet tn_implicit_set_avx2;
extern const TnImplicitSet tn_implicit_set_avx512;
#endif

const TnImplicitSet *
tn_implicit_set (void)
{
  static const TnImplicitSet *const sets[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = &tn_implicit_set_generic,
#ifdef TN_WITH_AVX
    [TN_ISA_AVX2] = &tn_implicit_set_avx2,
    [TN_ISA_AVX512] = &tn_implicit_set_avx512,
#endif
  };
  return sets[tn_cpu ()->isa];
}
