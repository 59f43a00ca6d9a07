/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one seam to BLIS: a row-major product on the calling thread, and who computes it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* c (m, n) = a (m, k) · b (k, n). Row-major; strides are elements from row to row, at least the
 * width of the row; c must not overlap a or b and is overwritten whatever it held. Sizes may be 0.
 * Runs on the calling thread alone and may be called from several at once. */
void tn_blis_sgemm (gint64 m, gint64 n, gint64 k, const float *a, gint64 a_stride, const float *b,
                    gint64 b_stride, float *c, gint64 c_stride);

/* "0.9.0" and the kernels that BLIS chose for this processor, "haswell"; static. */
const char *tn_blis_version (void);
const char *tn_blis_architecture (void);

G_END_DECLS
