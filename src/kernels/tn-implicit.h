/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnImplicit: a convolution or a product with constant weights on BLIS's own micro-kernels, without
 * a matrix of patches ("implicit GEMM"). */
#pragma once

#include "kernels/tn-blis.h"
#include "kernels/tn-convolver.h"

G_BEGIN_DECLS

/**
 * TnImplicit:
 * A plan, a plain value that owns nothing; made anew wherever it is wanted.
 *
 * The pixels of the output, of all samples, are the rows of a product. A band packs its pixels tap
 * by tap, turned, straight into the panels that BLIS's micro-kernel reads, a block of the sums at a
 * time; weights are packed once. Bias, bounds and activation come to a tile right after the last
 * block; the residual is what its sums begin with.
 *
 * An element's sum is cut by the number of its terms alone (TnBlisTile.steps), so its bits depend
 * neither on bands and tiles nor on how many samples are done together.
 */
typedef struct
{
  TnConvolverSizes sizes;
  const TnBlisTile *tile;
  gint64 group_c, group_f;
  gint64 steps, n_blocks;  /* terms of a sum, and blocks of them */
  gint64 pixels;           /* of the output */
  gint64 n_panels;         /* of a group's filters */
  gint64 x_panel, w_panel; /* floats of a packed panel of a block, a whole number of lines */
  gint64 down;             /* panels of pixels in a band */
  gint64 across;           /* panels of filters in a band */
  gint64 bands_down, bands_across, n_bands;
  gboolean weights_outside; /* the order of bands: equal filters next to each other */
} TnImplicit;

/* FALSE: there is nothing to add up, or the sizes overflow. */
gboolean tn_implicit_init (TnImplicit *implicit, const TnConvolverSizes *sizes,
                           const TnBlisTile *tile);

/* Bytes of the packed weights, 0 when they overflow, and a key: plans of equal keys pack equal
 * weights equally. */
gsize tn_implicit_packed_bytes (const TnImplicit *implicit);
guint64 tn_implicit_layout (const TnImplicit *implicit);
/* @packed: aligned to TN_ALIGNMENT; all of it is written. */
void tn_implicit_pack (const TnImplicit *implicit, const float *weights, float *packed);

TnScratch tn_implicit_scratch (const TnImplicit *implicit);
void tn_implicit_run (const TnImplicit *implicit, const TnConvolverData *data,
                      const TnKernelContext *context);

G_END_DECLS
