/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only file that includes BLIS's header; see tn-blis.h. */

/* BLIS declares what C17 alone hides, so its header comes before GLib's. */
#ifdef TN_BLIS_IN_FOLDER
#include <blis/blis.h>
#else
#include <blis.h>
#endif

#include "kernels/tn-blis.h"

#include <string.h>

void
tn_blis_sgemm (gint64 m, gint64 n, gint64 k, const float *a, gint64 a_stride, const float *b,
               gint64 b_stride, float *c, gint64 c_stride)
{
  /* BLIS answers errors by abort(): what it would refuse is not handed to it. */
  g_return_if_fail (m >= 0 && n >= 0 && k >= 0);
  g_return_if_fail (a_stride >= k && b_stride >= n && c_stride >= n);

  if (m == 0 || n == 0)
    return;
  if (k == 0)
    {
      for (gint64 i = 0; i < m; i++)
        memset (c + i * c_stride, 0, n * sizeof *c);
      return;
    }

  /* A runtime object of its own for each call: nothing global is read or changed, and BLIS's own
   * threads, which spin while they wait, are never started. */
  rntm_t runtime;
  bli_rntm_init (&runtime);
  bli_rntm_set_num_threads (1, &runtime);

  float one = 1.0f;
  float zero = 0.0f;
  bli_sgemm_ex (BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, m, n, k, &one, (float *)a, a_stride, 1,
                (float *)b, b_stride, 1, &zero, c, c_stride, 1, NULL, &runtime);
}

const char *
tn_blis_version (void)
{
  return bli_info_get_version_str ();
}

const char *
tn_blis_architecture (void)
{
  bli_init ();
  return bli_arch_string (bli_arch_query_id ());
}
