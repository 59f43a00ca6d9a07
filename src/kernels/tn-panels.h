/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPanels: a matrix packed for the micro-kernels, and products with it on the calling thread. */
#pragma once

#include "kernels/tn-pack.h"
#include "kernels/tn-tile.h"

G_BEGIN_DECLS

/**
 * TnPanels:
 * A plan for a matrix of @k rows and @n columns, a plain value; what it packs is kept by others.
 *
 * For kernels that make many small products within their bands. An element's sum is cut by @k alone
 * (TN_TILE_STEPS), so its bits depend neither on how many rows are multiplied at once nor on which
 * columns.
 */
typedef struct
{
  const TnTileSet *set;
  const TnPackSet *pack;
  gint64 k, n;
  gint64 n_vectors, n_panels, n_blocks;
  gint64 panel_vectors, wide_panels; /* of the first so many panels there is one vector more */
  gint64 block_steps, long_blocks;   /* and of blocks one step */
} TnPanels;

/**
 * TnPanelsRows:
 * @x, @x_stride: the first row, and floats from row to row
 * @out, @out_stride: likewise, where column 0 of the result goes
 * @bias: NULL or a float for each column
 * @residual, @residual_stride: NULL, or rows that are added; may be @out
 * @limited: the result is brought between @low and @high; NaN stays NaN
 */
typedef struct
{
  const float *x;
  gint64 x_stride;
  float *out;
  gint64 out_stride;
  const float *bias;
  const float *residual;
  gint64 residual_stride;
  gboolean limited;
  float low, high;
} TnPanelsRows;

/* For the kernels of @isa. FALSE: a size is 0, or they overflow. */
gboolean tn_panels_init (TnPanels *panels, gint64 k, gint64 n, TnIsa isa);

/* Floats that the packed matrix takes: whole vectors, and a multiple of TN_ALIGNMENT bytes. */
gsize tn_panels_floats (const TnPanels *panels);

/* Packs element (l, j) from weights[l · row + j · column]. @packed: aligned to TN_ALIGNMENT; all of
 * it is written. */
void tn_panels_pack (const TnPanels *panels, const float *weights, gint64 row, gint64 column,
                     float *packed);

/* out = x · matrix + bias + residual for @m rows, in panels @first … @last - 1 of the result's
 * columns. */
void tn_panels_multiply (const TnPanels *panels, const float *packed, gint64 m,
                         const TnPanelsRows *rows, gint64 first, gint64 last);

/* The first column of a panel; of panel n_panels: n. */
gint64 tn_panels_column (const TnPanels *panels, gint64 panel);

G_END_DECLS
