/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRunner: runs a model in the background, with progress and stop. */
#include "engine/tn-runner.h"

#include <pthread.h>

#include "base/tn-error.h"
#include "engine/tn-give-way.h"
#include "engine/tn-handover.h"

/* Thirty a second. */
#define PROGRESS_INTERVAL (G_USEC_PER_SEC / 30)

/* One run. Shared by the runner, its thread and what is on its way between them; the last one
 * frees it. */
typedef struct
{
  gint ref_count;

  /* Set before the thread starts, then only read. */
  TnFacts *facts;
  TnRunOptions options; /* holds references on its tables */
  GMainContext *context;
  GCancellable *cancellable;
  /* Written by the thread before it hands over, read by the main thread after. */
  TnRunResult *result;
  GError *error;
  /* The main thread only; NULL once the runner is gone. */
  TnRunner *runner;
  /* The running thread only. */
  gint64 told; /* when it last handed over its progress */
  /* Both, under the mutex. */
  pthread_mutex_t mutex;
  TnRunProgress progress;
  gboolean is_telling;
} Run;

struct _TnRunner
{
  GObject parent_instance;

  /* owned */
  GMainContext *context;
  Run *run;  /* NULL when nothing runs */
  Run *next; /* starts when that one has stopped */
  TnRunResult *result;
  GError *error;

  /* state */
  TnRunProgress progress;
};

enum
{
  PROP_0,
  PROP_RUNNING,
  N_PROPS,
};

enum
{
  SIGNAL_PROGRESS,
  SIGNAL_FINISHED,
  N_SIGNALS,
};

/* Ids that GObject gives out once. */
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TnRunner, tn_runner, G_TYPE_OBJECT)

/* ---- the run ---- */

static Run *
run_new (TnRunner *runner, const TnFacts *facts, const TnRunOptions *options)
{
  Run *run = g_new0 (Run, 1);

  run->ref_count = 1;
  run->facts = tn_facts_ref (facts);
  run->options = tn_run_options_copy (options);
  run->context = g_main_context_ref (runner->context);
  run->cancellable = g_cancellable_new ();
  run->runner = runner;
  pthread_mutex_init (&run->mutex, NULL);
  return run;
}

static Run *
run_ref (Run *run)
{
  g_atomic_int_inc (&run->ref_count);
  return run;
}

static void
run_unref (gpointer data)
{
  Run *run = data;

  if (!g_atomic_int_dec_and_test (&run->ref_count))
    return;
  tn_facts_unref (run->facts);
  tn_run_options_clear (&run->options);
  g_main_context_unref (run->context);
  g_object_unref (run->cancellable);
  g_clear_pointer (&run->result, tn_run_result_unref);
  g_clear_error (&run->error);
  pthread_mutex_destroy (&run->mutex);
  g_free (run);
}

static gboolean progress_cb (gpointer data);
static gboolean ended_cb (gpointer data);

/* In the running thread. */
static void
tell_progress (const TnRunProgress *progress, gpointer data)
{
  Run *run = data;
  gint64 now = g_get_monotonic_time ();
  gboolean was_telling;

  if (run->told != 0 && now - run->told < PROGRESS_INTERVAL)
    return;
  run->told = now;
  pthread_mutex_lock (&run->mutex);
  run->progress = *progress;
  was_telling = run->is_telling;
  run->is_telling = TRUE;
  pthread_mutex_unlock (&run->mutex);
  if (!was_telling)
    tn_handover (run->context, progress_cb, run_ref (run), run_unref);
}

static gpointer
run_thread (gpointer data)
{
  Run *run = data;
  if (run->options.background)
    tn_give_way ();
  g_autoptr (TnPlan) plan = tn_plan_new (run->facts, &run->options, run->cancellable, &run->error);

  if (plan != NULL)
    run->result = tn_plan_run (plan, tell_progress, run, run->cancellable, &run->error);
  /* The plan's memory is given back before anybody hears that the run is over. */
  g_clear_pointer (&plan, tn_plan_free);
  tn_handover (run->context, ended_cb, run, run_unref);
  return NULL;
}

/* ---- the main thread's side ---- */

static void
launch (TnRunner *self, Run *run)
{
  self->run = run;
  self->progress = (TnRunProgress){ .seconds_left = -1 };
  g_thread_unref (g_thread_new ("run", run_thread, run_ref (run)));
}

static gboolean
progress_cb (gpointer data)
{
  Run *run = data;
  TnRunner *self;
  TnRunProgress progress;

  TN_HANDOVER_ACQUIRE (run);
  pthread_mutex_lock (&run->mutex);
  progress = run->progress;
  run->is_telling = FALSE;
  pthread_mutex_unlock (&run->mutex);

  self = run->runner;
  if (self == NULL || self->next != NULL)
    return G_SOURCE_REMOVE;
  self->progress = progress;
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
  return G_SOURCE_REMOVE;
}

static gboolean
ended_cb (gpointer data)
{
  Run *run = data;
  TnRunner *self;

  TN_HANDOVER_ACQUIRE (run);
  self = run->runner;
  if (self == NULL)
    return G_SOURCE_REMOVE;

  run->runner = NULL;
  self->run = NULL;
  if (self->next != NULL)
    {
      /* Replaced before it was over: to those who watch it is one run. */
      run_unref (run);
      launch (self, g_steal_pointer (&self->next));
      return G_SOURCE_REMOVE;
    }
  if (run->result != NULL)
    {
      g_clear_pointer (&self->result, tn_run_result_unref);
      self->result = tn_run_result_ref (run->result);
    }
  else
    {
      g_clear_pointer (&self->result, tn_run_result_unref);
      self->error = g_error_copy (run->error);
    }
  run_unref (run);
  g_object_ref (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

/* ---- the object ---- */

static void
tn_runner_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_RUNNING)
    g_value_set_boolean (value, tn_runner_is_running (TN_RUNNER (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tn_runner_dispose (GObject *object)
{
  TnRunner *self = TN_RUNNER (object);

  g_clear_pointer (&self->next, run_unref);
  if (self->run != NULL)
    {
      /* Nobody waits for the thread: it stops after the step it is at, and frees the run. */
      self->run->runner = NULL;
      g_cancellable_cancel (self->run->cancellable);
      g_clear_pointer (&self->run, run_unref);
    }
  G_OBJECT_CLASS (tn_runner_parent_class)->dispose (object);
}

static void
tn_runner_finalize (GObject *object)
{
  TnRunner *self = TN_RUNNER (object);

  g_clear_pointer (&self->result, tn_run_result_unref);
  g_clear_error (&self->error);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (tn_runner_parent_class)->finalize (object);
}

static void
tn_runner_class_init (TnRunnerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = tn_runner_get_property;
  object_class->dispose = tn_runner_dispose;
  object_class->finalize = tn_runner_finalize;

  properties[PROP_RUNNING]
      = g_param_spec_boolean ("running", NULL, NULL, FALSE,
                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", TN_TYPE_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", TN_TYPE_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
tn_runner_init (TnRunner *self)
{
  self->context = g_main_context_ref_thread_default ();
}

TnRunner *
tn_runner_new (void)
{
  return g_object_new (TN_TYPE_RUNNER, NULL);
}

void
tn_runner_start (TnRunner *self, const TnFacts *facts, const TnRunOptions *options)
{
  Run *run;

  g_return_if_fail (TN_IS_RUNNER (self));
  run = run_new (self, facts, options);
  g_clear_error (&self->error);
  if (self->run != NULL)
    {
      g_cancellable_cancel (self->run->cancellable);
      g_clear_pointer (&self->next, run_unref);
      self->next = run;
      self->progress = (TnRunProgress){ .seconds_left = -1 };
      return;
    }
  launch (self, run);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

void
tn_runner_stop (TnRunner *self)
{
  g_clear_pointer (&self->next, run_unref);
  if (self->run != NULL)
    g_cancellable_cancel (self->run->cancellable);
}

gboolean
tn_runner_is_running (TnRunner *self)
{
  return self->run != NULL;
}

TnRunProgress
tn_runner_progress (TnRunner *self)
{
  return self->progress;
}

const TnRunResult *
tn_runner_result (TnRunner *self)
{
  return self->result;
}

const GError *
tn_runner_error (TnRunner *self)
{
  return self->error;
}
