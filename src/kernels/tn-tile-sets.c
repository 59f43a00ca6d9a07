/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruction sets that there are micro-kernels for in this build. */
#include "kernels/tn-tile.h"

extern const TnTileSet tn_tile_set_generic;
#ifdef TN_WITH_AVX
extern const TnTileSet tn_tile_set_avx2;
extern const TnTileSet tn_tile_set_avx512;
#endif

const TnTileSet *
tn_tile_set (TnIsa isa)
{
  static const TnTileSet *const sets[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = &tn_tile_set_generic,
#ifdef TN_WITH_AVX
    [TN_ISA_AVX2] = &tn_tile_set_avx2,
    [TN_ISA_AVX512] = &tn_tile_set_avx512,
#endif
  };
  g_return_val_if_fail (isa < TN_N_ISAS, NULL);
  return sets[isa];
}
