/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool: bands are taken from a counter, so that a thread that loses its processor holds up no
 * more than the one band it is at. */
#include "exec/tn-pool.h"

#if defined(__SSE__)
#include <immintrin.h>
#endif

#define MAX_THREADS 256

typedef struct
{
  TnPool *pool;
  guint worker;
  GThread *thread;
} Member;

struct _TnPool
{
  guint n_workers; /* the caller included */
  Member *members; /* n_workers - 1 */
  GCancellable *cancellable;

  GMutex mutex;
  GCond begin; /* a job was set, or quit */
  GCond end;   /* the last busy member left the job */
  gboolean quit;
  guint64 job;     /* counts jobs, so that a member joins each at most once */
  guint busy;      /* members in the job */
  TnBandFunc func; /* NULL: there is no job to join */
  gpointer data;
  gint64 n_bands;
  gint64 next; /* atomic: the first band that nobody has taken */
};

guint
tn_pool_enter_flush (void)
{
#if defined(__SSE__)
  guint before = _mm_getcsr ();
  _mm_setcsr (before | 0x8040); /* flush to zero, denormals are zero */
  return before;
#else
  return 0;
#endif
}

void
tn_pool_leave_flush (guint before)
{
#if defined(__SSE__)
  /* The sticky exception flags stay as they have become. */
  _mm_setcsr ((_mm_getcsr () & ~0x8040u) | (before & 0x8040u));
#endif
}

static void
take_bands (TnPool *pool, TnBandFunc func, gpointer data, gint64 n_bands, guint worker)
{
  for (;;)
    {
      if (pool->cancellable != NULL && g_cancellable_is_cancelled (pool->cancellable))
        return;
      gint64 band = __atomic_fetch_add (&pool->next, 1, __ATOMIC_RELAXED);
      if (band >= n_bands)
        return;
      func (band, worker, data);
    }
}

static gpointer
member_main (gpointer data)
{
  Member *member = data;
  TnPool *pool = member->pool;
  guint64 seen = 0;

  tn_pool_enter_flush ();
  g_mutex_lock (&pool->mutex);
  for (;;)
    {
      while (!pool->quit && (pool->func == NULL || pool->job == seen))
        g_cond_wait (&pool->begin, &pool->mutex);
      if (pool->quit)
        break;
      seen = pool->job;
      TnBandFunc func = pool->func;
      gpointer func_data = pool->data;
      gint64 n_bands = pool->n_bands;
      pool->busy++;
      g_mutex_unlock (&pool->mutex);

      take_bands (pool, func, func_data, n_bands, member->worker);

      g_mutex_lock (&pool->mutex);
      if (--pool->busy == 0)
        g_cond_signal (&pool->end);
    }
  g_mutex_unlock (&pool->mutex);
  return NULL;
}

TnPool *
tn_pool_new (guint threads)
{
  TnPool *pool = g_new0 (TnPool, 1);

  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->begin);
  g_cond_init (&pool->end);
  guint wanted = CLAMP (threads == 0 ? g_get_num_processors () : threads, 1, MAX_THREADS);
  pool->members = g_new0 (Member, wanted);
  for (pool->n_workers = 1; pool->n_workers < wanted; pool->n_workers++)
    {
      Member *member = &pool->members[pool->n_workers - 1];
      member->pool = pool;
      member->worker = pool->n_workers;
      member->thread = g_thread_try_new ("tenon-run", member_main, member, NULL);
      if (member->thread == NULL)
        break;
    }
  return pool;
}

void
tn_pool_free (TnPool *pool)
{
  if (pool == NULL)
    return;
  g_mutex_lock (&pool->mutex);
  pool->quit = TRUE;
  g_cond_broadcast (&pool->begin);
  g_mutex_unlock (&pool->mutex);
  for (guint i = 0; i + 1 < pool->n_workers; i++)
    g_thread_join (pool->members[i].thread);
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->begin);
  g_cond_clear (&pool->end);
  g_clear_object (&pool->cancellable);
  g_free (pool->members);
  g_free (pool);
}

guint
tn_pool_size (const TnPool *pool)
{
  return pool->n_workers;
}

void
tn_pool_set_cancellable (TnPool *pool, GCancellable *cancellable)
{
  g_set_object (&pool->cancellable, cancellable);
}

void
tn_pool_for (gpointer data, gint64 n_bands, TnBandFunc func, gpointer func_data)
{
  TnPool *pool = data;

  pool->next = 0;
  if (n_bands <= 1 || pool->n_workers == 1)
    {
      take_bands (pool, func, func_data, n_bands, 0);
      return;
    }

  g_mutex_lock (&pool->mutex);
  pool->job++;
  pool->func = func;
  pool->data = func_data;
  pool->n_bands = n_bands;
  g_cond_broadcast (&pool->begin);
  g_mutex_unlock (&pool->mutex);

  take_bands (pool, func, func_data, n_bands, 0);

  /* Nobody may join any more; who is still at a band is waited for. Who never woke is not. */
  g_mutex_lock (&pool->mutex);
  pool->func = NULL;
  while (pool->busy > 0)
    g_cond_wait (&pool->end, &pool->mutex);
  g_mutex_unlock (&pool->mutex);
}
