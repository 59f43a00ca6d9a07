/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnEngine: keeps the facts and the advice of a document up to date, in the background. */
#include "engine/tn-engine.h"

#include <pthread.h>

#include "engine/tn-handover.h"

/* One pass of inference and advice. Shared by the engine, the worker thread and what is on its way
 * between them; the last one frees it. */
typedef struct
{
  gint ref_count;

  /* Set before the thread starts, then only read. */
  TnGraph *graph;
  TnFacts *previous;
  GMainContext *context;
  GCancellable *cancellable;
  /* Written by the worker before it hands over, read by the main thread after. */
  TnFacts *facts;
  TnAdvice *advice;
  /* The main thread only; NULL once the engine is gone. */
  TnEngine *engine;
  /* Both, under the mutex. */
  pthread_mutex_t mutex;
  pthread_cond_t released;
  gboolean held;
} Job;

struct _TnEngine
{
  GObject parent_instance;

  /* owned */
  TnDocument *document;
  TnFacts *facts;
  TnAdvice *advice;
  GMainContext *context;
  Job *job; /* NULL while there is nothing to do */

  /* state */
  gboolean held;
  guint64 n_jobs;
  guint64 compared; /* generation of the document that is_stale was found for */
  gboolean is_stale;
};

enum
{
  PROP_0,
  PROP_BUSY,
  N_PROPS,
};

enum
{
  SIGNAL_FACTS,
  SIGNAL_ADVICE,
  N_SIGNALS,
};

/* Ids that GObject gives out once. */
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TnEngine, tn_engine, G_TYPE_OBJECT)

/* ---- the job ---- */

static Job *
job_ref (Job *job)
{
  g_atomic_int_inc (&job->ref_count);
  return job;
}

static void
job_unref (gpointer data)
{
  Job *job = data;

  if (!g_atomic_int_dec_and_test (&job->ref_count))
    return;
  tn_graph_unref (job->graph);
  g_clear_pointer (&job->previous, tn_facts_unref);
  g_clear_pointer (&job->facts, tn_facts_unref);
  g_clear_pointer (&job->advice, tn_advice_unref);
  g_main_context_unref (job->context);
  g_object_unref (job->cancellable);
  pthread_cond_destroy (&job->released);
  pthread_mutex_destroy (&job->mutex);
  g_free (job);
}

static void
job_hold (Job *job, gboolean hold)
{
  pthread_mutex_lock (&job->mutex);
  job->held = hold;
  pthread_cond_broadcast (&job->released);
  pthread_mutex_unlock (&job->mutex);
}

/* Its result is not wanted any more. A job that is held stays until it is let go. */
static void
job_cancel (Job *job)
{
  g_cancellable_cancel (job->cancellable);
}

static void
job_wait (Job *job)
{
  pthread_mutex_lock (&job->mutex);
  while (job->held)
    pthread_cond_wait (&job->released, &job->mutex);
  pthread_mutex_unlock (&job->mutex);
}

static gboolean facts_found_cb (gpointer data);
static gboolean job_ended_cb (gpointer data);

static gpointer
job_run (gpointer data)
{
  Job *job = data;

  if (job->facts == NULL)
    {
      job->facts = tn_infer (job->graph, job->previous, job->cancellable);
      job_wait (job);
      if (job->facts != NULL)
        tn_handover (job->context, facts_found_cb, job_ref (job), job_unref);
    }
  else
    job_wait (job);
  if (job->facts != NULL)
    job->advice = tn_advise (job->facts, job->cancellable);
  job_wait (job);
  /* The thread's own reference goes along. */
  tn_handover (job->context, job_ended_cb, job, job_unref);
  return NULL;
}

/* ---- the main thread's side ---- */

static gboolean
is_wanted (TnEngine *self, const TnGraph *graph)
{
  return self->document != NULL
         && tn_graph_same_meaning (graph, tn_document_graph (self->document));
}

static void
start_job (TnEngine *self)
{
  Job *job = g_new0 (Job, 1);

  job->ref_count = 2; /* the engine's and the thread's */
  job->engine = self;
  job->context = g_main_context_ref (self->context);
  job->cancellable = g_cancellable_new ();
  job->held = self->held;
  pthread_mutex_init (&job->mutex, NULL);
  pthread_cond_init (&job->released, NULL);
  if (tn_engine_is_stale (self))
    {
      job->graph = tn_graph_ref (tn_document_graph (self->document));
      job->previous = self->facts != NULL ? tn_facts_ref (self->facts) : NULL;
    }
  else
    {
      /* The facts hold, the advice on them was given up on the way: only that is missing. */
      job->graph = tn_graph_ref (tn_facts_whole (self->facts));
      job->facts = tn_facts_ref (self->facts);
    }
  self->job = job;
  self->n_jobs++;
  g_thread_unref (g_thread_new ("engine", job_run, job));
}

/* Sees to it that what is missing is being worked on. Whoever calls it tells of "busy". */
static void
refresh (TnEngine *self)
{
  if (self->document == NULL)
    return;
  if (self->job != NULL)
    {
      if (!is_wanted (self, self->job->graph))
        job_cancel (self->job);
    }
  else if (tn_engine_is_stale (self) || self->advice == NULL)
    start_job (self);
}

static gboolean
facts_found_cb (gpointer data)
{
  Job *job = data;
  TnEngine *self;

  TN_HANDOVER_ACQUIRE (job);
  self = job->engine;
  if (self == NULL || !is_wanted (self, job->graph))
    return G_SOURCE_REMOVE;
  g_clear_pointer (&self->facts, tn_facts_unref);
  g_clear_pointer (&self->advice, tn_advice_unref);
  self->facts = tn_facts_ref (job->facts);
  self->compared = 0;
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_FACTS], 0);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static gboolean
job_ended_cb (gpointer data)
{
  Job *job = data;
  TnEngine *self;
  gboolean has_advice;

  TN_HANDOVER_ACQUIRE (job);
  self = job->engine;
  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_object_ref (self);
  has_advice = job->advice != NULL && job->facts == self->facts;
  if (has_advice)
    {
      g_clear_pointer (&self->advice, tn_advice_unref);
      self->advice = tn_advice_ref (job->advice);
    }
  self->job = NULL;
  job->engine = NULL;
  job_unref (job);
  /* Before anybody is told, so that "busy" does not flicker between two jobs. */
  refresh (self);
  if (has_advice)
    g_signal_emit (self, signals[SIGNAL_ADVICE], 0);
  if (self->job == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static void
document_changed_cb (TnDocument *document, guint change, TnEngine *self)
{
  gboolean was_busy = tn_engine_is_busy (self);

  if (!(change & TN_CHANGE_GRAPH))
    return;
  refresh (self);
  if (tn_engine_is_busy (self) != was_busy)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/* ---- the object ---- */

static void
tn_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_BUSY)
    g_value_set_boolean (value, tn_engine_is_busy (TN_ENGINE (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tn_engine_dispose (GObject *object)
{
  TnEngine *self = TN_ENGINE (object);

  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  if (self->job != NULL)
    {
      /* Nobody waits for the worker: it ends when it next looks, and frees the job. */
      self->job->engine = NULL;
      job_cancel (self->job);
      job_hold (self->job, FALSE);
      g_clear_pointer (&self->job, job_unref);
    }
  G_OBJECT_CLASS (tn_engine_parent_class)->dispose (object);
}

static void
tn_engine_finalize (GObject *object)
{
  TnEngine *self = TN_ENGINE (object);

  g_clear_pointer (&self->facts, tn_facts_unref);
  g_clear_pointer (&self->advice, tn_advice_unref);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (tn_engine_parent_class)->finalize (object);
}

static void
tn_engine_class_init (TnEngineClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = tn_engine_get_property;
  object_class->dispose = tn_engine_dispose;
  object_class->finalize = tn_engine_finalize;

  properties[PROP_BUSY]
      = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_FACTS] = g_signal_new ("facts", TN_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ADVICE] = g_signal_new ("advice", TN_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 0);
}

static void
tn_engine_init (TnEngine *self)
{
  self->context = g_main_context_ref_thread_default ();
}

TnEngine *
tn_engine_new (TnDocument *document)
{
  TnEngine *self = g_object_new (TN_TYPE_ENGINE, NULL);

  self->document = g_object_ref (document);
  g_signal_connect (document, "changed", G_CALLBACK (document_changed_cb), self);
  refresh (self);
  return self;
}

const TnFacts *
tn_engine_facts (TnEngine *self)
{
  return self->facts;
}

const TnAdvice *
tn_engine_advice (TnEngine *self)
{
  return self->advice;
}

gboolean
tn_engine_is_stale (TnEngine *self)
{
  guint64 generation = self->document != NULL ? tn_document_generation (self->document) : 0;

  if (generation != self->compared)
    {
      self->is_stale = self->facts == NULL || !is_wanted (self, tn_facts_whole (self->facts));
      self->compared = generation;
    }
  return self->is_stale;
}

gboolean
tn_engine_is_busy (TnEngine *self)
{
  return self->job != NULL;
}

void
tn_engine_hold (TnEngine *self, gboolean hold)
{
  self->held = hold;
  if (self->job != NULL)
    job_hold (self->job, hold);
}

void
tn_engine_settle (TnEngine *self)
{
  g_return_if_fail (!self->held);
  while (tn_engine_is_busy (self))
    g_main_context_iteration (self->context, TRUE);
}

guint64
tn_engine_n_jobs (TnEngine *self)
{
  return self->n_jobs;
}
