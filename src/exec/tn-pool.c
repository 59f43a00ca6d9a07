/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool: every worker has a part of the bands of its own; at the end they take from each other,
 * so that a thread that loses its processor holds up no more than the one band it is at. */
#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "exec/tn-pool.h"

#if defined(__SSE__)
#include <immintrin.h>
#endif

#define MAX_THREADS 256
/* What a part is counted in, so that its both ends fit into one atomic number. */
#define MAX_UNITS G_MAXINT32
/* Microseconds that a worker looks for the next job before it sleeps. To wake one costs the caller
 * 5 to 15, and until it is there 30 to 50 have gone by: looking is cheaper when the next job comes
 * sooner than that, and never costs much more. */
#define SPIN_TIME 100
/* Looks between two looks at the clock. */
#define SPIN_LOOKS 64
/* Seconds that a job takes alone: below the first, what others would have to fetch and send back is
 * more than what they take off; each worker that is to help must have as much as the second. */
#define LEAST_JOB   8e-6
#define LEAST_SHARE 4e-6
/* Workers beyond the number of processors help if each has so many seconds to do: it may wait for
 * its turn as long as that. */
#define LEAST_TURN 4e-3
/* Seconds of jobs that were done without those who sleep before they are woken: a single short one
 * is over when they come, many one after another are not. */
#define WORTH_WAKING 60e-6
/* Microseconds that who is through leaves the rest of their parts to those who are at work: they
 * have it in their caches. */
#define PATIENCE 50

/* The gate: how many members are in the job, whether more may join, how many workers it wants, and
 * which job it is. */
#define GATE_BUSY   ((guint64)0x3ff)
#define GATE_OPEN   ((guint64)1 << 10)
#define GATE_WANTED ((guint64)1 << 11)
#define GATE_JOB    ((guint64)1 << 20)

typedef struct
{
  TnPool *pool;
  guint worker;
  GThread *thread;
  GMutex mutex;
  GCond begin; /* it was called, or quit */
  gint asleep; /* atomic: may be called */
  gboolean called;
} Member;

/* What is left of a worker's part: the first unit and the one after the last, in the upper and the
 * lower half; and the last job that the worker was in, and where. Alone in its cache line. */
typedef struct
{
  guint64 left;
  guint64 job;   /* atomic */
  int processor; /* atomic */
} __attribute__ ((aligned (TN_ALIGNMENT))) Part;

struct _TnPool
{
  guint n_workers;  /* the caller included */
  guint processors; /* as many workers may look for jobs; the others only sleep */
  Member *members;  /* n_workers - 1 */
  Part *parts;      /* n_workers */
  gpointer parts_memory;
  GCancellable *cancellable;
  gboolean backwards;
  TnPoolTick tick;
  gpointer tick_data;
  double owed; /* seconds of jobs since those who sleep could have been woken */

  /* Set while the gate is closed and nobody is in the job. */
  TnBandFunc func;
  gpointer data;
  gint64 n_bands;
  gint64 unit; /* bands */
  guint wanted;
  gboolean wakes;

  guint64 gate; /* atomic */
  gint quit;    /* atomic */
  GMutex mutex;
  GCond end; /* the last busy member left a closed job */
  gboolean caller_sleeps;
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

/* Which processor this thread is on; -1: cannot be told. */
static int
current_processor (void)
{
#if defined(__linux__)
  return sched_getcpu ();
#else
  return -1;
#endif
}

/* Goes to another one, if there is any, and may be on any from then on. */
static void
leave_processor (int processor)
{
#if defined(__linux__)
  cpu_set_t all, others;

  if (sched_getaffinity (0, sizeof all, &all) != 0)
    return;
  others = all;
  CPU_CLR (processor, &others);
  if (CPU_COUNT (&others) > 0 && sched_setaffinity (0, sizeof others, &others) == 0)
    sched_setaffinity (0, sizeof all, &all);
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
  for (guint i = 0; i < pool->wanted; i++)
    {
      gint64 from, to;
      tn_pool_part (tn_op_bands (n_bands, pool->unit), pool->wanted, i, &from, &to);
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

/* Bands @band … @last - 1; FALSE when the run is given up. */
static gboolean
do_stretch (TnPool *pool, gint64 first, gint64 last, guint worker)
{
  for (gint64 i = first; i < last; i++)
    {
      gint64 band = pool->backwards ? first + last - 1 - i : i;

      if (pool->cancellable != NULL && g_cancellable_is_cancelled (pool->cancellable))
        return FALSE;
      pool->func (band, worker, pool->data);
      if (worker == 0 && pool->tick != NULL)
        pool->tick (pool->tick_data);
    }
  return TRUE;
}

static gboolean
do_unit (TnPool *pool, gint64 unit, guint worker)
{
  return do_stretch (pool, unit * pool->unit, MIN ((unit + 1) * pool->unit, pool->n_bands), worker);
}

static gboolean
is_empty (const Part *part)
{
  guint64 left = __atomic_load_n (&part->left, __ATOMIC_RELAXED);
  return left >> 32 >= (left & G_MAXUINT32);
}

/* Its owner was put where this thread is: to look on would keep it from work. */
static gboolean
is_here (const Part *part)
{
  int processor = __atomic_load_n (&part->processor, __ATOMIC_RELAXED);
  return processor >= 0 && processor == current_processor ();
}

/* Leaves the part to its owner until then. */
static void
wait_for_owner (const Part *part, gint64 until)
{
  while (!is_empty (part) && !is_here (part))
    {
      for (guint i = 0; i < SPIN_LOOKS && !is_empty (part); i++)
        rest_a_little ();
      if (g_get_monotonic_time () >= until)
        return;
    }
}

/* Those who have not come have nothing in their caches; the others are given time. */
static void
help (TnPool *pool, guint64 job, guint worker, gboolean those_at_work, gint64 until)
{
  gint64 unit;

  for (guint i = 1; i < pool->wanted; i++)
    {
      Part *part = &pool->parts[(worker + i) % pool->wanted];
      if ((load (&part->job) == job) != those_at_work)
        continue;
      if (those_at_work)
        wait_for_owner (part, until);
      while ((unit = take_unit (part, !pool->backwards)) >= 0)
        if (!do_unit (pool, unit, worker))
          return;
    }
}

static void
do_bands (TnPool *pool, guint64 job, guint worker)
{
  Part *own = &pool->parts[worker];
  gint64 unit;

  __atomic_store_n (&own->processor, current_processor (), __ATOMIC_RELAXED);
  __atomic_store_n (&own->job, job, __ATOMIC_SEQ_CST);
  while ((unit = take_unit (own, pool->backwards)) >= 0)
    if (!do_unit (pool, unit, worker))
      return;
  help (pool, job, worker, FALSE, 0);
  help (pool, job, worker, TRUE,
        pool->wanted <= pool->processors ? g_get_monotonic_time () + PATIENCE : 0);
}

/* ---- members ---- */

static gboolean
has_begun (guint64 gate, guint64 seen, guint worker)
{
  return (gate & GATE_OPEN) != 0 && gate / GATE_JOB != seen
         && worker < gate % GATE_JOB / GATE_WANTED;
}

/* Who is woken while all processors are busy is often put where the caller is, and would keep it
 * from opening the gate that it looks at. */
static gboolean
is_in_the_way (const Member *member)
{
  return is_here (&member->pool->parts[0]);
}

/* FALSE: there was none while it was worth looking. */
static gboolean
look_for_job (const Member *member, guint64 seen)
{
  const TnPool *pool = member->pool;

  if (member->worker >= pool->processors || is_in_the_way (member))
    return has_begun (load (&pool->gate), seen, member->worker);
  gint64 until = g_get_monotonic_time () + SPIN_TIME;
  do
    for (guint i = 0; i < SPIN_LOOKS; i++)
      {
        if (has_begun (load (&pool->gate), seen, member->worker))
          return TRUE;
        rest_a_little ();
      }
  while (g_get_monotonic_time () < until && !is_in_the_way (member));
  return FALSE;
}

/* Returns when there is a job that was not @seen, or when it is time to quit: then FALSE. */
static gboolean
wait_for_job (Member *member, guint64 seen)
{
  TnPool *pool = member->pool;

  while (!g_atomic_int_get (&pool->quit))
    {
      if (look_for_job (member, seen))
        return TRUE;
      g_mutex_lock (&member->mutex);
      /* Whoever opens the gate looks for sleepers afterwards, and these look at it now: one of both
       * sees the other. */
      __atomic_store_n (&member->asleep, TRUE, __ATOMIC_SEQ_CST);
      while (!member->called && !has_begun (load (&pool->gate), seen, member->worker))
        g_cond_wait (&member->begin, &member->mutex);
      __atomic_store_n (&member->asleep, FALSE, __ATOMIC_SEQ_CST);
      member->called = FALSE;
      g_mutex_unlock (&member->mutex);
      /* The job that it was called for may be over; then it looks for the next. */
    }
  return FALSE;
}

static void
call_member (Member *member)
{
  g_mutex_lock (&member->mutex);
  member->called = TRUE;
  g_cond_signal (&member->begin);
  g_mutex_unlock (&member->mutex);
}

static gboolean
sleeps (const TnPool *pool, guint worker)
{
  return __atomic_load_n (&pool->members[worker - 1].asleep, __ATOMIC_SEQ_CST);
}

/* Each wakes two at most, so that it is soon over with many. */
static void
call_followers (TnPool *pool, guint worker, guint wanted)
{
  for (guint i = 2 * worker + 1; i <= 2 * worker + 2 && i < wanted; i++)
    if (sleeps (pool, i)
        && __atomic_exchange_n (&pool->members[i - 1].asleep, FALSE, __ATOMIC_SEQ_CST))
      call_member (&pool->members[i - 1]);
}

/* Joins a job that is open and was not @seen; FALSE when there is none any more. */
static gboolean
join (TnPool *pool, guint worker, guint64 *seen)
{
  guint64 gate = load (&pool->gate);

  while (has_begun (gate, *seen, worker))
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
  while (wait_for_job (member, seen))
    if (join (pool, member->worker, &seen))
      {
        if (pool->wakes)
          call_followers (pool, member->worker, pool->wanted);
        if (pool->wanted <= pool->processors && is_in_the_way (member))
          leave_processor (current_processor ());
        do_bands (pool, seen, member->worker);
        leave (pool);
      }
  return NULL;
}

/* ---- the pool ---- */

guint
tn_pool_wanted (guint threads)
{
  return CLAMP (threads == 0 ? g_get_num_processors () : threads, 1, MAX_THREADS);
}

TnPool *
tn_pool_new (guint threads)
{
  TnPool *pool = g_new0 (TnPool, 1);

  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->end);
  pool->processors = g_get_num_processors ();
  guint wanted = tn_pool_wanted (threads);
  pool->members = g_new0 (Member, wanted);
  pool->parts_memory = g_malloc0 ((wanted + 1) * sizeof (Part));
  pool->parts
      = (Part *)(((guintptr)pool->parts_memory + TN_ALIGNMENT - 1) & ~(guintptr)(TN_ALIGNMENT - 1));
  for (guint i = 0; i < wanted; i++)
    pool->parts[i].processor = -1;
  for (pool->n_workers = 1; pool->n_workers < wanted; pool->n_workers++)
    {
      Member *member = &pool->members[pool->n_workers - 1];
      member->pool = pool;
      member->worker = pool->n_workers;
      g_mutex_init (&member->mutex);
      g_cond_init (&member->begin);
      member->thread = g_thread_try_new ("tenon-run", member_main, member, NULL);
      if (member->thread == NULL)
        {
          g_mutex_clear (&member->mutex);
          g_cond_clear (&member->begin);
          break;
        }
    }
  return pool;
}

void
tn_pool_free (TnPool *pool)
{
  if (pool == NULL)
    return;
  g_atomic_int_set (&pool->quit, TRUE);
  for (guint i = 0; i + 1 < pool->n_workers; i++)
    call_member (&pool->members[i]);
  for (guint i = 0; i + 1 < pool->n_workers; i++)
    {
      g_thread_join (pool->members[i].thread);
      g_mutex_clear (&pool->members[i].mutex);
      g_cond_clear (&pool->members[i].begin);
    }
  g_mutex_clear (&pool->mutex);
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
tn_pool_set_backwards (TnPool *pool, gboolean backwards)
{
  pool->backwards = backwards;
}

void
tn_pool_set_tick (TnPool *pool, TnPoolTick tick, gpointer data)
{
  pool->tick = tick;
  pool->tick_data = data;
}

static guint64
open_gate (TnPool *pool)
{
  guint64 job = load (&pool->gate) / GATE_JOB + 1;

  __atomic_store_n (&pool->parts[0].processor, current_processor (), __ATOMIC_RELAXED);
  __atomic_store_n (&pool->gate, job * GATE_JOB | pool->wanted * GATE_WANTED | GATE_OPEN,
                    __ATOMIC_SEQ_CST);
  if (pool->wakes)
    call_followers (pool, 0, pool->wanted);
  return job;
}

/* Does the caller, by looking on, keep anybody from the work? */
static gboolean
holds_up (const TnPool *pool, guint64 job)
{
  for (guint i = 1; i < pool->wanted; i++)
    if (load (&pool->parts[i].job) == job && is_here (&pool->parts[i]))
      return TRUE;
  return FALSE;
}

/* Nobody may join any more; who is still at a band is waited for. Who never woke is not. */
static void
close_gate (TnPool *pool)
{
  guint64 gate = __atomic_and_fetch (&pool->gate, ~GATE_OPEN, __ATOMIC_SEQ_CST);
  gint64 until = (gate & GATE_BUSY) != 0 && pool->wanted <= pool->processors
                     ? g_get_monotonic_time () + SPIN_TIME
                     : 0;

  while (until != 0 && (gate & GATE_BUSY) != 0)
    {
      for (guint i = 0; i < SPIN_LOOKS && (gate & GATE_BUSY) != 0; i++)
        {
          rest_a_little ();
          gate = load (&pool->gate);
        }
      if (g_get_monotonic_time () >= until || holds_up (pool, gate / GATE_JOB))
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

/* Those of the first @wanted workers who sleep: is it time to wake them? */
static gboolean
is_worth_waking (TnPool *pool, guint wanted, double seconds)
{
  gboolean anybody = FALSE;

  for (guint i = 1; i < wanted && !anybody; i++)
    anybody = sleeps (pool, i);
  if (!anybody)
    return FALSE;
  pool->owed += seconds;
  if (seconds > 0.0 && pool->owed < WORTH_WAKING)
    return FALSE;
  pool->owed = 0.0;
  return TRUE;
}

void
tn_pool_for (gpointer data, double seconds, gint64 n_bands, TnBandFunc func, gpointer func_data)
{
  TnPool *pool = data;

  pool->func = func;
  pool->data = func_data;
  pool->n_bands = n_bands;
  pool->wanted = (guint)MIN ((gint64)pool->n_workers, n_bands);
  if (seconds > 0.0)
    pool->wanted = (guint)MIN ((double)pool->wanted, seconds / LEAST_SHARE);
  if (seconds > 0.0 && pool->wanted > pool->processors)
    pool->wanted = (guint)CLAMP (seconds / LEAST_TURN, pool->processors, pool->wanted);
  if (pool->wanted <= 1 || (seconds > 0.0 && seconds < LEAST_JOB))
    {
      do_stretch (pool, 0, n_bands, 0);
      return;
    }
  deal (pool, n_bands);
  pool->wakes = is_worth_waking (pool, pool->wanted, seconds);
  guint64 job = open_gate (pool);
  do_bands (pool, job, 0);
  close_gate (pool);
}
