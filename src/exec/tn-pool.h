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

/* Once it is cancelled no further band is begun. NULL: never. Not while bands run. */
void tn_pool_set_cancellable (TnPool *pool, GCancellable *cancellable);

/* A TnParallelFor: the caller is worker 0 and takes bands too. From one thread at a time. */
void tn_pool_for (gpointer pool, gint64 n_bands, TnBandFunc func, gpointer data);

/* Numbers too small for the normal format count as zero from here on, in this thread; returns what
 * is to be given back to tn_pool_leave_flush(). The pool's own threads always do so. */
guint tn_pool_enter_flush (void);
void tn_pool_leave_flush (guint before);

G_END_DECLS
