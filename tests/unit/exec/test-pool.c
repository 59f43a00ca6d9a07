/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pool: each band once, whoever takes it; Stop; and feeding that no batch size changes. */
#include "exec/tn-feed.h"
#include "exec/tn-pool.h"

#include <float.h>
#include <string.h>

typedef struct
{
  gint *times; /* atomic, by band */
  guint n_workers;
  GCancellable *cancellable;
} Count;

static void
count_band (gint64 band, guint worker, gpointer data)
{
  Count *count = data;
  g_assert_cmpuint (worker, <, count->n_workers);
  g_atomic_int_inc (&count->times[band]);
}

static void
test_each_once (void)
{
  enum
  {
    MOST = 40
  };
  const guint sizes[] = { 1, 2, 3, 8, 64 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TnPool) pool = tn_pool_new (sizes[i]);
      g_assert_cmpuint (tn_pool_size (pool), ==, sizes[i]);
      /* With more threads than any processor of today has, fewer jobs say as much. */
      for (int job = 0; job < (sizes[i] > 8 ? 400 : 3000); job++)
        {
          gint times[MOST] = { 0 };
          Count count = { .times = times, .n_workers = sizes[i] };
          tn_pool_set_backwards (pool, job % 3 == 0);
          tn_pool_for (pool, 0.0, job % MOST, count_band, &count);
          for (int band = 0; band < MOST; band++)
            g_assert_cmpint (times[band], ==, band < job % MOST ? 1 : 0);
        }
    }
}

/* Every band in one part, the parts in order, none larger than another by more than one band. */
static void
test_parts (void)
{
  const gint64 bands[] = { 0, 1, 2, 63, 64, 65, 1000, (gint64)1 << 40 };
  const guint workers[] = { 1, 2, 3, 64, 255 };

  for (guint i = 0; i < G_N_ELEMENTS (bands); i++)
    for (guint j = 0; j < G_N_ELEMENTS (workers); j++)
      {
        gint64 next = 0;
        for (guint worker = 0; worker < workers[j]; worker++)
          {
            gint64 from, to;
            tn_pool_part (bands[i], workers[j], worker, &from, &to);
            g_assert_cmpint (from, ==, next);
            g_assert_cmpint (to - from, >=, bands[i] / workers[j]);
            g_assert_cmpint (to - from, <=, bands[i] / workers[j] + 1);
            next = to;
          }
        g_assert_cmpint (next, ==, bands[i]);
      }
}

typedef struct
{
  gint64 bands[20];
  guint n;
} Order;

static void
note_band (gint64 band, guint worker, gpointer data)
{
  Order *order = data;
  order->bands[order->n++] = band;
}

static void
test_backwards (void)
{
  g_autoptr (TnPool) pool = tn_pool_new (1);
  TnKernelContext alone = { .n_workers = 1, .backwards = TRUE };

  for (int turn = 0; turn < 3; turn++)
    {
      Order order = { .n = 0 };

      if (turn < 2)
        {
          tn_pool_set_backwards (pool, turn == 0);
          tn_pool_for (pool, 0.0, G_N_ELEMENTS (order.bands), note_band, &order);
        }
      else
        tn_kernel_for (&alone, G_N_ELEMENTS (order.bands), note_band, &order);
      g_assert_cmpuint (order.n, ==, G_N_ELEMENTS (order.bands));
      for (guint i = 0; i < order.n; i++)
        g_assert_cmpint (order.bands[i], ==, turn == 1 ? i : order.n - 1 - i);
    }
}

/* The first band of the caller's part waits until all the others are done. */
static void
held_band (gint64 band, guint worker, gpointer data)
{
  Count *count = data;

  while (band == 0 && g_atomic_int_get (&count->times[0]) < 99)
    g_thread_yield ();
  g_atomic_int_inc (&count->times[0]);
  if (band == 1)
    g_assert_cmpuint (worker, ==, 1);
}

static void
test_steal (void)
{
  g_autoptr (TnPool) pool = tn_pool_new (2);
  gint times = 0;
  Count count = { .times = &times };

  tn_pool_for (pool, 0.0, 100, held_band, &count);
  g_assert_cmpint (times, ==, 100);
}

static void
place_band (gint64 band, guint worker, gpointer data)
{
  gint *places = data;
  places[band] = (gint)worker;
}

/* What is over before anybody could come stays with the caller; what is worth only a few has only
 * those. */
static void
test_short (void)
{
  g_autoptr (TnPool) pool = tn_pool_new (64);
  gint places[1000];

  for (int job = 0; job < 200; job++)
    {
      tn_pool_for (pool, 2e-6, 1000, place_band, places);
      for (int i = 0; i < 1000; i++)
        g_assert_cmpint (places[i], ==, 0);
      memset (places, 0xff, sizeof places);
      tn_pool_for (pool, 13e-6, 1000, place_band, places);
      for (int i = 0; i < 1000; i++)
        {
          g_assert_cmpint (places[i], >=, 0);
          g_assert_cmpint (places[i], <, 3);
        }
    }
}

/* Nobody waits in vain for a processor. */
static void
test_crowd (void)
{
  guint processors = g_get_num_processors ();
  g_autoptr (TnPool) pool = tn_pool_new (4 * processors);
  gint places[1000];

  for (int job = 0; job < 200; job++)
    {
      tn_pool_for (pool, 1e-3, 1000, place_band, places);
      for (int i = 0; i < 1000; i++)
        g_assert_cmpint (places[i], <, (gint)processors);
    }
}

/* Everybody has to be there. */
static void
meeting_band (gint64 band, guint worker, gpointer data)
{
  Count *count = data;
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  g_atomic_int_inc (&count->times[0]);
  while (g_atomic_int_get (&count->times[0]) < (gint)count->n_workers)
    {
      g_thread_yield ();
      g_assert_cmpint (g_get_monotonic_time (), <, until);
    }
}

/* Those who sleep, and those who are about to, come when there is much to do. */
static void
test_wake (void)
{
  const guint sizes[] = { 2, 3, 8, 64 };
  const gulong pauses[] = { 0, 100, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TnPool) pool = tn_pool_new (sizes[i]);
      for (int job = 0; job < 30; job++)
        {
          gint times = 0;
          Count count = { .times = &times, .n_workers = sizes[i] };
          tn_pool_for (pool, job % 2, sizes[i], meeting_band, &count);
          g_assert_cmpint (times, ==, (gint)sizes[i]);
          g_usleep (pauses[job % G_N_ELEMENTS (pauses)]);
        }
    }
}

static void
slow_band (gint64 band, guint worker, gpointer data)
{
  gint64 until = g_get_monotonic_time () + 10;

  while (g_get_monotonic_time () < until)
    ;
  place_band (band, worker, data);
}

/* A single short job wakes nobody; but nobody sleeps through many. */
static void
test_many_short (void)
{
  g_autoptr (TnPool) pool = tn_pool_new (2);
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gint places[2] = { 0, 0 };

  while (places[1] == 0)
    {
      tn_pool_for (pool, 20e-6, 2, slow_band, places);
      g_assert_cmpint (g_get_monotonic_time (), <, until);
    }
}

static void
tick (gpointer data)
{
  guint *ticks = data;
  ++*ticks;
}

static void
test_tick (void)
{
  g_autoptr (TnPool) alone = tn_pool_new (1);
  g_autoptr (TnPool) pool = tn_pool_new (4);
  gint places[1000];
  guint ticks = 0, own = 0;

  tn_pool_set_tick (alone, tick, &ticks);
  tn_pool_for (alone, 0.0, 1000, place_band, places);
  g_assert_cmpuint (ticks, ==, 1000);

  /* Only for the bands that the caller does itself. */
  ticks = 0;
  tn_pool_set_tick (pool, tick, &ticks);
  tn_pool_for (pool, 0.0, 1000, place_band, places);
  for (int i = 0; i < 1000; i++)
    own += places[i] == 0;
  g_assert_cmpuint (ticks, ==, own);
  tn_pool_set_tick (pool, NULL, NULL);
  tn_pool_for (pool, 0.0, 1000, place_band, places);
  g_assert_cmpuint (ticks, ==, own);
}

static void
stop_band (gint64 band, guint worker, gpointer data)
{
  Count *count = data;
  g_atomic_int_inc (&count->times[0]);
  if (band == 5)
    g_cancellable_cancel (count->cancellable);
}

static void
test_stop (void)
{
  g_autoptr (TnPool) pool = tn_pool_new (2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint times = 0;
  Count count = { .times = &times, .n_workers = 2, .cancellable = cancellable };

  tn_pool_set_cancellable (pool, cancellable);
  tn_pool_for (pool, 0.0, 1000000, stop_band, &count);
  g_assert_cmpint (times, >=, 6);
  g_assert_cmpint (times, <, 1000000);
  /* And it works again for the next. */
  tn_pool_set_cancellable (pool, NULL);
  times = 0;
  tn_pool_for (pool, 0.0, 1000, stop_band, &count);
  g_assert_cmpint (times, ==, 1000);

  /* Also when there are more bands than a part can count one by one. */
  g_autoptr (TnPool) alone = tn_pool_new (1);
  g_autoptr (GCancellable) soon = g_cancellable_new ();
  times = 0;
  count.cancellable = soon;
  tn_pool_set_cancellable (alone, soon);
  tn_pool_for (alone, 0.0, (gint64)1 << 40, stop_band, &count);
  g_assert_cmpint (times, ==, 6);
}

static void
test_flush (void)
{
#if defined(__SSE__)
  volatile float small = FLT_MIN;
  guint before = tn_pool_enter_flush ();
  volatile float flushed = small * 0.5f;
  tn_pool_leave_flush (before);
  volatile float kept = small * 0.5f;
  g_assert_cmpfloat (flushed, ==, 0.0f);
  g_assert_cmpfloat (kept, >, 0.0f);
#else
  g_test_skip ("no such mode on this processor");
#endif
}

static void
test_feed (void)
{
  enum
  {
    SAMPLES = 23,
    SAMPLE = 1000
  };
  g_autoptr (TnPool) pool = tn_pool_new (3);
  TnKernelContext alone = { .n_workers = 1 };
  TnKernelContext together = { .n_workers = 3, .parallel_for = tn_pool_for, .pool = pool };
  g_autofree float *whole = g_new (float, SAMPLES *SAMPLE);
  g_autofree float *pieces = g_new (float, SAMPLES *SAMPLE);

  for (guint kind = 0; kind <= TN_DATA_ONES; kind++)
    {
      tn_feed_synthetic (kind, 7, "input_layer", 0, SAMPLES, SAMPLE, whole, &alone);
      for (gint64 first = 0; first < SAMPLES; first += 5)
        tn_feed_synthetic (kind, 7, "input_layer", first, MIN (5, SAMPLES - first), SAMPLE,
                           pieces + first * SAMPLE, &together);
      g_assert_cmpmem (whole, SAMPLES * SAMPLE * sizeof (float), pieces,
                       SAMPLES * SAMPLE * sizeof (float));
      tn_feed_synthetic (kind, 8, "input_layer", 0, SAMPLES, SAMPLE, pieces, &alone);
      gboolean random = kind == TN_DATA_NORMAL || kind == TN_DATA_UNIFORM;
      g_assert_true ((memcmp (whole, pieces, sizeof (float) * SAMPLE) != 0) == random);
    }
}

static void
test_given (void)
{
  const TnDType types[] = { TN_DTYPE_FLOAT32, TN_DTYPE_FLOAT64, TN_DTYPE_INT32,
                            TN_DTYPE_INT64,   TN_DTYPE_UINT8,   TN_DTYPE_BOOL };
  TnShape shape = tn_shape_new ((gint64[]){ 3, 2 }, 2);
  TnKernelContext alone = { .n_workers = 1 };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (TnTensor) tensor = tn_tensor_new (types[i], &shape);
      gpointer data = tn_tensor_data (tensor);
      for (int j = 0; j < 6; j++)
        switch (types[i])
          {
          case TN_DTYPE_FLOAT32:
            ((float *)data)[j] = (float)j;
            break;
          case TN_DTYPE_FLOAT64:
            ((double *)data)[j] = j;
            break;
          case TN_DTYPE_INT32:
            ((gint32 *)data)[j] = j;
            break;
          case TN_DTYPE_INT64:
            ((gint64 *)data)[j] = j;
            break;
          case TN_DTYPE_UINT8:
          case TN_DTYPE_BOOL:
            ((guint8 *)data)[j] = (guint8)j;
            break;
          }
      float out[4];
      tn_feed_given (tensor, 1, 2, 2, out, &alone);
      for (int j = 0; j < 4; j++)
        g_assert_cmpfloat (out[j], ==, types[i] == TN_DTYPE_BOOL ? 1.0f : (float)(j + 2));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/each-once", test_each_once);
  g_test_add_func ("/pool/parts", test_parts);
  g_test_add_func ("/pool/backwards", test_backwards);
  g_test_add_func ("/pool/steal", test_steal);
  g_test_add_func ("/pool/short", test_short);
  g_test_add_func ("/pool/crowd", test_crowd);
  g_test_add_func ("/pool/wake", test_wake);
  g_test_add_func ("/pool/many-short", test_many_short);
  g_test_add_func ("/pool/tick", test_tick);
  g_test_add_func ("/pool/stop", test_stop);
  g_test_add_func ("/pool/flush", test_flush);
  g_test_add_func ("/feed/synthetic", test_feed);
  g_test_add_func ("/feed/given", test_given);
  return g_test_run ();
}
