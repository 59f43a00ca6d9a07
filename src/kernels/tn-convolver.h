/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnConvolver: a convolution or a product with constant weights, planned from its sizes. */
#pragma once

#include "kernels/tn-parallel.h"
#include "kernels/tn-tile.h"

G_BEGIN_DECLS

/**
 * TnConvolverSizes:
 * x is (n, size, channels), the weights (kernel, channels/groups, filters), the output
 * (n, out, filters), all row-major; the three axes are depth, height and width, 1 long where there
 * are fewer. Element o of the output reads o·stride − pad_before + tap·dilation of the input, and 0
 * outside of it.
 */
typedef struct
{
  gint64 n;
  gint64 size[3];
  gint64 channels;
  gint64 kernel[3];
  gint64 stride[3];
  gint64 dilation[3];
  gint64 pad_before[3];
  gint64 out[3];
  gint64 filters;
  gint64 groups;
  gint64 vectors; /* of filters that a panel has at most; 0: as many as are fastest by rule */
} TnConvolverSizes;

/* The sizes of x (m, k) · weights (k, n). */
TnConvolverSizes tn_convolver_product (gint64 m, gint64 n, gint64 k);

/**
 * TnConvolver:
 * A plan, a plain value that owns nothing; made anew wherever it is wanted.
 *
 * Weights are packed into panels of a few vectors of filters. Rows of x are read where they are if
 * no tap falls outside of it, else from a copy of the band with zeros around. The columns of a
 * panel are done for all pixels of a band before the next panel, or, where all weights stay in the
 * first cache, all panels for a tile of pixels.
 *
 * An element's sum is cut by the number of its terms alone (TN_TILE_STEPS), so its bits depend
 * neither on bands and tiles nor on how many samples are done together.
 */
typedef struct
{
  TnConvolverSizes sizes;
  TnIsa isa;
  const TnTileSet *set;
  gint64 group_c, group_f;
  gint64 steps, n_blocks;          /* terms of a sum; how many pieces they are cut into */
  gint64 n_vectors, n_panels;      /* of a group's filters */
  gboolean in_place;               /* x is read where it is */
  gboolean weights_outside;        /* the order of bands: equal filters next to each other */
  gboolean pixels_outside;         /* the order within a band: all filters of a tile */
  gint64 row_floats, slice_floats; /* from row to row and depth to depth of what is read */
  gint64 lines, bands_down;        /* most output rows of a band, and bands of a plane */
  gint64 bands_across;             /* of a group's panels */
  gint64 pixels;                   /* most of a band's lines */
  gint64 n_bands;
  gsize copy_bytes, runs_bytes;
} TnConvolver;

/* What an activation does that is no clamp: @n floats in place, right after they were made. */
typedef void (*TnConvolverFinish) (float *values, gint64 n, gconstpointer data);

/**
 * TnConvolverData:
 * @bias: NULL or one for each filter
 * @residual: NULL or of the output's shape, where it is added; may be @out itself
 * @low, @high: bounds of the result: -INFINITY, INFINITY for none
 * @finish: NULL or what comes then, with @finish_data
 */
typedef struct
{
  const float *x;
  const float *packed;
  const float *bias;
  const float *residual;
  float *out;
  float low;
  float high;
  TnConvolverFinish finish;
  gconstpointer finish_data;
} TnConvolverData;

/* Plans for the kernels of @isa, which the processor must be able to run if it is to be more than
 * a plan. FALSE: the sizes are nothing for this design (no terms to add; zeros around that are far
 * more than the input) or overflow. */
gboolean tn_convolver_init (TnConvolver *convolver, const TnConvolverSizes *sizes, TnIsa isa);

/* Bytes of the packed weights, and a key: plans of equal keys pack equal weights equally. */
gsize tn_convolver_packed_bytes (const TnConvolver *convolver);
guint64 tn_convolver_layout (const TnConvolver *convolver);
/* @packed: aligned to TN_ALIGNMENT; all of it is written. */
void tn_convolver_pack (const TnConvolver *convolver, const float *weights, float *packed);

TnScratch tn_convolver_scratch (const TnConvolver *convolver);
void tn_convolver_run (const TnConvolver *convolver, const TnConvolverData *data,
                       const TnKernelContext *context);

G_END_DECLS
