/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tuning is a chore of which the progress is looked up now and then. */
#include "engine/tn-tuner.h"

#include <pthread.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "engine/tn-chore.h"
#include "engine/tn-give-way.h"
#include "engine/tn-tuning-store.h"

/* Milliseconds between looks at the progress. */
#define INTERVAL 100

/* One tuning; the tuner's and its thread's. */
typedef struct
{
  gint ref_count;

  /* Set before the thread starts, then only read. */
  TnFacts *facts;
  TnRunOptions options; /* holds references on its tables */
  /* Written by the thread before the chore is done, read after. */
  TnTuneResult *result;
  /* Both, under the mutex. */
  pthread_mutex_t mutex;
  TnTuneProgress progress;
} Job;

struct _TnTuner
{
  GObject parent_instance;

  /* owned */
  Job *job; /* of the chore, or of the last one */
  TnChore *chore;
  GSource *tick;
  GError *error;
};

enum
{
  SIGNAL_PROGRESS,
  SIGNAL_FINISHED,
  N_SIGNALS,
};

/* Ids that GObject gives out once. */
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TnTuner, tn_tuner, G_TYPE_OBJECT)

/* ---- the job ---- */

static void
job_unref (gpointer data)
{
  Job *job = data;

  if (!g_atomic_int_dec_and_test (&job->ref_count))
    return;
  tn_facts_unref (job->facts);
  g_clear_pointer (&job->options.inputs, g_hash_table_unref);
  g_clear_pointer (&job->result, tn_tune_result_unref);
  pthread_mutex_destroy (&job->mutex);
  g_free (job);
}

static Job *
job_new (const TnFacts *facts, const TnRunOptions *options)
{
  Job *job = g_new0 (Job, 1);

  job->ref_count = 1;
  job->facts = tn_facts_ref (facts);
  job->options = *options;
  /* Of all tables only the inputs have a say in the sizes. */
  job->options.data_of = NULL;
  job->options.weights = NULL;
  job->options.tuning = NULL;
  if (options->inputs != NULL)
    g_hash_table_ref (options->inputs);
  pthread_mutex_init (&job->mutex, NULL);
  return job;
}

static void
tell_progress (const TnTuneProgress *progress, gpointer data)
{
  Job *job = data;

  pthread_mutex_lock (&job->mutex);
  job->progress = *progress;
  pthread_mutex_unlock (&job->mutex);
}

/* In the thread. */
static gboolean
work (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  if (job->options.background)
    tn_give_way ();
  g_autoptr (TnTuning) before = tn_tuning_store_load ();
  job->result = tn_tune (job->facts, &job->options, before, tell_progress, job, cancellable, error);
  return job->result != NULL && !g_cancellable_is_cancelled (cancellable)
         && tn_tuning_store_save (job->result->tuning, error);
}

/* ---- the object ---- */

static void
end (TnTuner *self)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  g_clear_pointer (&self->chore, tn_chore_free);
}

static void
finish (TnTuner *self)
{
  g_object_ref (self);
  end (self);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
  g_object_unref (self);
}

static void
done_cb (TnChore *chore, const GError *error, gpointer data)
{
  TnTuner *self = data;

  self->error = error != NULL ? g_error_copy (error) : NULL;
  finish (self);
}

static gboolean
tick_cb (gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_PROGRESS], 0);
  return G_SOURCE_CONTINUE;
}

static void
tn_tuner_dispose (GObject *object)
{
  end (TN_TUNER (object));
  G_OBJECT_CLASS (tn_tuner_parent_class)->dispose (object);
}

static void
tn_tuner_finalize (GObject *object)
{
  TnTuner *self = TN_TUNER (object);

  g_clear_pointer (&self->job, job_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (tn_tuner_parent_class)->finalize (object);
}

static void
tn_tuner_class_init (TnTunerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = tn_tuner_dispose;
  object_class->finalize = tn_tuner_finalize;
  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", TN_TYPE_TUNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", TN_TYPE_TUNER, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
}

static void
tn_tuner_init (TnTuner *self)
{
}

TnTuner *
tn_tuner_new (void)
{
  return g_object_new (TN_TYPE_TUNER, NULL);
}

void
tn_tuner_start (TnTuner *self, const TnFacts *facts, const TnRunOptions *options)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_return_if_fail (TN_IS_TUNER (self) && self->chore == NULL);
  g_clear_error (&self->error);
  g_clear_pointer (&self->job, job_unref);
  self->job = job_new (facts, options);
  self->tick = g_timeout_source_new (INTERVAL);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, context);
  g_atomic_int_inc (&self->job->ref_count);
  self->chore = tn_chore_start (work, self->job, job_unref, done_cb, self);
}

void
tn_tuner_stop (TnTuner *self)
{
  if (self->chore == NULL)
    return;
  /* The thread may still be at it; what it finds is not asked for. */
  end (self);
  g_clear_pointer (&self->job, job_unref);
  g_set_error (&self->error, TN_ERROR, TN_ERROR_CANCELLED, _ ("Tuning was stopped."));
  finish (self);
}

gboolean
tn_tuner_is_running (TnTuner *self)
{
  return self->chore != NULL;
}

TnTuneProgress
tn_tuner_progress (TnTuner *self)
{
  TnTuneProgress progress = { 0 };

  if (self->job == NULL)
    return progress;
  pthread_mutex_lock (&self->job->mutex);
  progress = self->job->progress;
  pthread_mutex_unlock (&self->job->mutex);
  return progress;
}

const TnTuneResult *
tn_tuner_result (TnTuner *self)
{
  return self->chore == NULL && self->job != NULL ? self->job->result : NULL;
}

const GError *
tn_tuner_error (TnTuner *self)
{
  return self->error;
}
