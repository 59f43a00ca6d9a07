/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPool: the threads that a plan computes with; they sleep on a condition while there is nothing.
 */
#pragma once

#include <gio/gio.h>

#include "ops/tn-op.h"

G_BEGIN_DECLS

typedef struct _TnPool TnPool;

/* @threads: 0: as many as there are processors. The calling thread is one of them: n - 1 are
 * started. Fewer when the system refuses more. */
TnPool *tn_pool_new (guint threads);
void tn_pool_free (TnPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnPool, tn_pool_free)
guint tn_pool_size (const TnPool *pool);
/* How many a pool for @threads would have if the system refuses none. */
guint tn_pool_wanted (guint threads);

/* Once it is cancelled no further band is begun. NULL: never. Not while bands run. */
void tn_pool_set_cancellable (TnPool *pool, GCancellable *cancellable);

/* Called in the calling thread between its bands; NULL: nothing is. Not while bands run. */
typedef void (*TnPoolTick) (gpointer data);
void tn_pool_set_tick (TnPool *pool, TnPoolTick tick, gpointer data);

/* Each worker begins with the last band of its part, and others take from the front. Not while
 * bands run. */
void tn_pool_set_backwards (TnPool *pool, gboolean backwards);

/* A TnParallelFor: the caller is worker 0 and takes bands too. From one thread at a time.
 *
 * Each worker begins with a contiguous part of the bands, the same part of whatever there is in
 * every job: rows that one layer left in a processor's cache are those that the next one reads
 * there. Who is through takes single bands from the ends of the others' parts: at once of those
 * whose owner has not come, after a while of those whose owner is at work.
 *
 * The caller stays alone with what would take it only a few microseconds; so many workers help as
 * have a few each, but no more than there are processors unless it takes long. Workers look for the
 * next job for a moment before they sleep, and those who do are woken when there is more to do than
 * waking takes. */
void tn_pool_for (gpointer pool, double seconds, gint64 n_bands, TnBandFunc func, gpointer data);

/* The part of worker @worker of @n_workers: bands @from … @to - 1. */
void tn_pool_part (gint64 n_bands, guint n_workers, guint worker, gint64 *from, gint64 *to);

/* Numbers too small for the normal format count as zero from here on, in this thread; returns what
 * is to be given back to tn_pool_leave_flush(). The pool's own threads always do so. */
guint tn_pool_enter_flush (void);
void tn_pool_leave_flush (guint before);

G_END_DECLS
