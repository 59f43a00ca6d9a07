/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool: every worker has a part of the bands of its own; at the end they take from each other,
 * so that a thread that loses its processor holds up no more than the one band it is at. */
#include "exec/tn-pool.h"

#if defined(__SSE__)
#include <immintrin.h>
#endif

#define MAX_THREADS 256
/* What a part is counted in, so that its both ends fit into one atomic number. */
#define MAX_UNITS G_MAXINT32
/* Microseconds that a worker looks for the next job before it sleeps: from layer to layer there are
 * few, and waking up takes about as long. */
#define SPIN_TIME 60
/* Looks between two looks at the clock. */
#define SPIN_LOOKS 64

/* The gate: how many members are in the job, whether more may join, and which job it is. */
#define GATE_BUSY ((guint64)0xffff)
#define GATE_OPEN ((guint64)1 << 16)
#define GATE_JOB  ((guint64)1 << 17)

typedef struct
{
  TnPool *pool;
  guint worker;
  GThread *thread;
} Member;

/* What is left of a worker's part: the first unit and the one after the last, in the upper and the
 * lower half. Alone in its cache line. */
typedef struct
{
  guint64 left;
} __attribute__ ((aligned (TN_ALIGNMENT))) Part;

struct _TnPool
{
  guint n_workers; /* the caller included */
  gboolean spins;  /* there is a processor for each worker */
  Member *members; /* n_workers - 1 */
  Part *parts;     /* n_workers */
  gpointer parts_memory;
  GCancellable *cancellable;
  TnPoolTick tick;
  gpointer tick_data;

  /* Set while the gate is closed and nobody is in the job. */
  TnBandFunc func;
  gpointer data;
  gint64 n_bands;
  gint64 unit; /* bands */

  guint64 gate; /* atomic */
  /* Of those who sleep; the atomic ones tell whether there is anybody to wake. */
  GMutex mutex;
  GCond begin; /* a job was begun, or quit */
  GCond end;   /* the last busy member left a closed job */
  guint n_sleepers;
  gboolean caller_sleeps;
  gboolean quit;
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

static inline guint64
load (const guint64 *number)
{
  return __atomic_load_n (number, __ATOMIC_SEQ_CST);
}

static inline void
rest_a_little (void)
{
#if defined(__SSE__)
  _mm_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* ---- parts ---- */

void
tn_pool_part (gint64 n_bands, guint n_workers, guint worker, gint64 *from, gint64 *to)
{
  gint64 each = n_bands / n_workers, more = n_bands % n_workers;

  *from = each * worker + MIN (worker, more);
  *to = *from + each + (worker < more);
}

static void
deal (TnPool *pool, gint64 n_bands)
{
  pool->unit = n_bands / MAX_UNITS + 1;
  for (guint i = 0; i < pool->n_workers; i++)
    {
      gint64 from, to;
      tn_pool_part (tn_op_bands (n_bands, pool->unit), pool->n_workers, i, &from, &to);
      __atomic_store_n (&pool->parts[i].left, (guint64)from << 32 | (guint64)to, __ATOMIC_RELAXED);
    }
}

/* The next unit of a part, from its beginning or from its end; -1: none is left. */
static gint64
take_unit (Part *part, gboolean from_end)
{
  guint64 left = __atomic_load_n (&part->left, __ATOMIC_RELAXED);

  for (;;)
    {
      guint64 first = left >> 32, end = left & G_MAXUINT32;
      guint64 rest = from_end ? left - 1 : left + ((guint64)1 << 32);
      if (first >= end)
        return -1;
      if (__atomic_compare_exchange_n (&part->left, &left, rest, TRUE, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED))
        return (gint64)(from_end ? end - 1 : first);
    }
}

/* FALSE when the run is given up. */
static gboolean
do_unit (TnPool *pool, gint64 unit, guint worker)
{
  gint64 last = MIN ((unit + 1) * pool->unit, pool->n_bands);

  for (gint64 band = unit * pool->unit; band < last; band++)
    {
      if (pool->cancellable != NULL && g_cancellable_is_cancelled (pool->cancellable))
        return FALSE;
      pool->func (band, worker, pool->data);
      if (worker == 0 && pool->tick != NULL)
        pool->tick (pool->tick_data);
    }
  return TRUE;
}

static void
do_bands (TnPool *pool, guint worker)
{
  gint64 unit;

  while ((unit = take_unit (&pool->parts[worker], FALSE)) >= 0)
    if (!do_unit (pool, unit, worker))
      return;
  for (guint i = 1; i < pool->n_workers; i++)
    while ((unit = take_unit (&pool->parts[(worker + i) % pool->n_workers], TRUE)) >= 0)
      if (!do_unit (pool, unit, worker))
        return;
}

/* ---- members ---- */

static gboolean
has_begun (guint64 gate, guint64 seen)
{
  return (gate & GATE_OPEN) != 0 && gate / GATE_JOB != seen;
}

/* Returns when there is a job that was not @seen, or when it is time to quit: then FALSE. */
static gboolean
wait_for_job (TnPool *pool, guint64 seen)
{
  gint64 until = pool->spins ? g_get_monotonic_time () + SPIN_TIME : 0;

  while (pool->spins)
    {
      for (guint i = 0; i < SPIN_LOOKS; i++)
        {
          if (has_begun (load (&pool->gate), seen))
            return TRUE;
          rest_a_little ();
        }
      if (g_get_monotonic_time () >= until)
        break;
    }

  g_mutex_lock (&pool->mutex);
  /* Whoever opens the gate looks for sleepers afterwards, and these look at it now: one of both
   * sees the other. */
  __atomic_add_fetch (&pool->n_sleepers, 1, __ATOMIC_SEQ_CST);
  while (!pool->quit && !has_begun (load (&pool->gate), seen))
    g_cond_wait (&pool->begin, &pool->mutex);
  __atomic_sub_fetch (&pool->n_sleepers, 1, __ATOMIC_SEQ_CST);
  gboolean quit = pool->quit;
  g_mutex_unlock (&pool->mutex);
  return !quit;
}

/* Joins a job that is open and was not @seen; FALSE when there is none any more. */
static gboolean
join (TnPool *pool, guint64 *seen)
{
  guint64 gate = load (&pool->gate);

  while (has_begun (gate, *seen))
    if (__atomic_compare_exchange_n (&pool->gate, &gate, gate + 1, FALSE, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST))
      {
        *seen = gate / GATE_JOB;
        return TRUE;
      }
  return FALSE;
}

static void
leave (TnPool *pool)
{
  guint64 gate = __atomic_sub_fetch (&pool->gate, 1, __ATOMIC_SEQ_CST);

  if ((gate & (GATE_BUSY | GATE_OPEN)) != 0
      || !__atomic_load_n (&pool->caller_sleeps, __ATOMIC_SEQ_CST))
    return;
  g_mutex_lock (&pool->mutex);
  g_cond_signal (&pool->end);
  g_mutex_unlock (&pool->mutex);
}

static gpointer
member_main (gpointer data)
{
  Member *member = data;
  TnPool *pool = member->pool;
  guint64 seen = 0;

  tn_pool_enter_flush ();
  while (wait_for_job (pool, seen))
    if (join (pool, &seen))
      {
        do_bands (pool, member->worker);
        leave (pool);
      }
  return NULL;
}

/* ---- the pool ---- */

TnPool *
tn_pool_new (guint threads)
{
  TnPool *pool = g_new0 (TnPool, 1);

  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->begin);
  g_cond_init (&pool->end);
  guint processors = g_get_num_processors ();
  guint wanted = CLAMP (threads == 0 ? processors : threads, 1, MAX_THREADS);
  pool->members = g_new0 (Member, wanted);
  pool->parts_memory = g_malloc0 ((wanted + 1) * sizeof (Part));
  pool->parts
      = (Part *)(((guintptr)pool->parts_memory + TN_ALIGNMENT - 1) & ~(guintptr)(TN_ALIGNMENT - 1));
  pool->spins = wanted <= processors;
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
  g_free (pool->parts_memory);
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
tn_pool_set_tick (TnPool *pool, TnPoolTick tick, gpointer data)
{
  pool->tick = tick;
  pool->tick_data = data;
}

static void
open_gate (TnPool *pool)
{
  __atomic_store_n (&pool->gate, (load (&pool->gate) / GATE_JOB + 1) * GATE_JOB | GATE_OPEN,
                    __ATOMIC_SEQ_CST);
  if (__atomic_load_n (&pool->n_sleepers, __ATOMIC_SEQ_CST) == 0)
    return;
  g_mutex_lock (&pool->mutex);
  g_cond_broadcast (&pool->begin);
  g_mutex_unlock (&pool->mutex);
}

/* Nobody may join any more; who is still at a band is waited for. Who never woke is not. */
static void
close_gate (TnPool *pool)
{
  guint64 gate = __atomic_and_fetch (&pool->gate, ~GATE_OPEN, __ATOMIC_SEQ_CST);
  gint64 until = pool->spins && (gate & GATE_BUSY) != 0 ? g_get_monotonic_time () + SPIN_TIME : 0;

  while (until != 0 && (gate & GATE_BUSY) != 0)
    {
      for (guint i = 0; i < SPIN_LOOKS && (gate & GATE_BUSY) != 0; i++)
        {
          rest_a_little ();
          gate = load (&pool->gate);
        }
      if (g_get_monotonic_time () >= until)
        break;
    }
  if ((gate & GATE_BUSY) == 0)
    return;

  g_mutex_lock (&pool->mutex);
  __atomic_store_n (&pool->caller_sleeps, TRUE, __ATOMIC_SEQ_CST);
  while ((load (&pool->gate) & GATE_BUSY) != 0)
    g_cond_wait (&pool->end, &pool->mutex);
  __atomic_store_n (&pool->caller_sleeps, FALSE, __ATOMIC_SEQ_CST);
  g_mutex_unlock (&pool->mutex);
}

void
tn_pool_for (gpointer data, gint64 n_bands, TnBandFunc func, gpointer func_data)
{
  TnPool *pool = data;

  if (n_bands <= 0)
    return;
  pool->func = func;
  pool->data = func_data;
  pool->n_bands = n_bands;
  deal (pool, n_bands);
  if (n_bands == 1 || pool->n_workers == 1)
    {
      do_bands (pool, 0);
      return;
    }
  open_gate (pool);
  do_bands (pool, 0);
  close_gate (pool);
}
