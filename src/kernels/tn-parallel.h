/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kernel is lent to run with: workers for its bands, and scratch memory. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes to which every tensor and piece of scratch is aligned. */
#define TN_ALIGNMENT 64

/* Work number @band of a kernel, done by worker @worker (0 … n_workers - 1; no two at a time). */
typedef void (*TnBandFunc) (gint64 band, guint worker, gpointer data);

/* Hands out the bands 0 … n_bands - 1 in any order to any number of workers and returns when all
 * are done. It may leave bands out only when the run is being given up. @seconds: about as long as
 * one worker alone would take; 0: not known, but long. */
typedef void (*TnParallelFor) (gpointer pool, double seconds, gint64 n_bands, TnBandFunc func,
                               gpointer data);

/**
 * TnScratch:
 * @shared: bytes that all workers of a call see
 * @worker: bytes that each worker has to itself
 */
typedef struct
{
  gsize shared;
  gsize worker;
} TnScratch;

/**
 * TnKernelContext:
 * @parallel_for: NULL: all bands in turn, as worker 0
 * @seconds: that the call takes with one worker, roughly; 0: not known, but long
 * @backwards: each worker begins with its last band, as every other run does: what the one before
 *     left in the caches is then read first
 * @memory: aligned; @scratch.shared bytes, then @scratch.worker bytes for each worker (both
 *     rounded up to TN_ALIGNMENT); may be NULL when both are 0
 *
 * Kernels have no threads and no memory of their own: they are lent both here. What a kernel
 * computes never depends on the number of workers, because the bands are cut by the call's sizes
 * alone.
 */
typedef struct
{
  guint n_workers;
  TnParallelFor parallel_for;
  gpointer pool;
  double seconds;
  gboolean backwards;
  TnScratch scratch;
  char *memory;
} TnKernelContext;

/* Runs @func for all bands as @context has it. */
void tn_kernel_for (const TnKernelContext *context, gint64 n_bands, TnBandFunc func, gpointer data);
/* The same where these bands are only @part of the whole call's work, as 0.5 is half of it. */
void tn_kernel_for_part (const TnKernelContext *context, double part, gint64 n_bands,
                         TnBandFunc func, gpointer data);
/* The shared piece of scratch, and the piece of worker @worker. */
gpointer tn_kernel_shared (const TnKernelContext *context);
gpointer tn_kernel_scratch (const TnKernelContext *context, guint worker);
/* Bytes of @memory that @scratch needs with @n_workers; G_MAXUINT64 when that overflows. */
guint64 tn_scratch_bytes (TnScratch scratch, guint n_workers);

G_END_DECLS
