/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one seam to BLIS: products on the calling thread, its micro-kernels, and who computes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* c (m, n) = a (m, k) · b (k, n). Row-major; strides are elements from row to row, at least the
 * width of the row; c must not overlap a or b and is overwritten whatever it held. Sizes may be 0.
 * Runs on the calling thread alone and may be called from several at once. BLIS has several ways
 * that sum in different order, and all three sizes decide between them. */
void tn_blis_sgemm (gint64 m, gint64 n, gint64 k, const float *a, gint64 a_stride, const float *b,
                    gint64 b_stride, float *c, gint64 c_stride);

/**
 * TnBlisTile:
 * @name: BLIS's word for the processors that it is made for: "haswell", "skx"
 * @rows, @columns: of the tile of the output that the micro-kernel keeps in registers
 * @row_panel, @column_panel: floats of a packed panel for each step, at least @rows and @columns
 * @steps: how many steps BLIS sums at a time, so that panels stay in the caches
 * @transposed: the kernel's own rows are columns
 * @context: BLIS's own
 *
 * A micro-kernel of BLIS, turned so that its vectors always lie along the columns: a row of the
 * output is written with unit stride as the kernel likes it.
 */
typedef struct
{
  const char *name;
  gint64 rows, columns;
  gint64 row_panel, column_panel;
  gint64 steps;
  gboolean transposed;
  gconstpointer context;
} TnBlisTile;

/* All that this processor can run and this build of BLIS lets us call: the one in use first. At
 * least one; static. */
const TnBlisTile *tn_blis_tiles (guint *n);

/* How much beyond a panel's end may be read: panels are followed by so many floats of anything. */
#define TN_BLIS_SLACK 1024

/* out[i][j] = Σ x[l][i] · w[l][j] over @steps steps, at least 1, + out[i][j] if @add. @x and @w are
 * packed panels, aligned to 64 bytes, of which all @rows and @columns of the tile are read. @rows
 * and @columns: how many of them are wanted. */
void tn_blis_tile_run (const TnBlisTile *tile, gint64 rows, gint64 columns, gint64 steps,
                       const float *x, const float *w, gboolean add, float *out, gint64 out_stride);

/* "0.9.0"; static. */
const char *tn_blis_version (void);
/* The kernels that run here, "skx", not those that BLIS would choose by itself; static. */
const char *tn_blis_architecture (void);

G_END_DECLS
