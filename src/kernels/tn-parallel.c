/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands and scratch, as a context lends them. */
#include "kernels/tn-parallel.h"

void
tn_kernel_for_part (const TnKernelContext *context, double part, gint64 n_bands, TnBandFunc func,
                    gpointer data)
{
  if (n_bands <= 0)
    return;
  if (context->parallel_for != NULL)
    context->parallel_for (context->pool, part * context->seconds, n_bands, func, data);
  else
    for (gint64 i = 0; i < n_bands; i++)
      func (context->backwards ? n_bands - 1 - i : i, 0, data);
}

void
tn_kernel_for (const TnKernelContext *context, gint64 n_bands, TnBandFunc func, gpointer data)
{
  tn_kernel_for_part (context, 1.0, n_bands, func, data);
}

static gsize
aligned (gsize bytes)
{
  return (bytes + TN_ALIGNMENT - 1) & ~(gsize)(TN_ALIGNMENT - 1);
}

gpointer
tn_kernel_shared (const TnKernelContext *context)
{
  return context->memory;
}

gpointer
tn_kernel_scratch (const TnKernelContext *context, guint worker)
{
  g_assert (worker < context->n_workers);
  return context->memory + aligned (context->scratch.shared)
         + worker * aligned (context->scratch.worker);
}

guint64
tn_scratch_bytes (TnScratch scratch, guint n_workers)
{
  guint64 bytes;
  if (scratch.shared > G_MAXSIZE / 2 || scratch.worker > G_MAXSIZE / 2
      || !g_uint64_checked_mul (&bytes, aligned (scratch.worker), n_workers)
      || !g_uint64_checked_add (&bytes, bytes, aligned (scratch.shared)))
    return G_MAXUINT64;
  return bytes;
}
