/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnReading: one question for numbers, in a thread of its own; the handle may go at any time. */
#include "engine/tn-reading.h"

#include "engine/tn-handover.h"

struct _TnReading
{
  gint ref_count; /* the asker's, the thread's, and of what is on its way */

  /* Set before the thread starts, then only read. */
  TnFacts *facts;
  TnValuesSource source;
  TnRunOptions options; /* holds references on its tables */
  guint64 bytes;
  GMainContext *context;
  GCancellable *cancellable;
  /* Written by the thread before it hands over, read by the asker after. */
  TnValues *values;
  GError *error;

  /* The asker's thread only; @func NULL: nobody listens any more. */
  TnReadingFunc func;
  gpointer data;
};

static void
reading_unref (gpointer data)
{
  TnReading *reading = data;

  if (!g_atomic_int_dec_and_test (&reading->ref_count))
    return;
  tn_facts_unref (reading->facts);
  tn_run_options_clear (&reading->options);
  g_main_context_unref (reading->context);
  g_object_unref (reading->cancellable);
  g_clear_pointer (&reading->values, tn_values_unref);
  g_clear_error (&reading->error);
  g_free (reading);
}

static gboolean
ended_cb (gpointer data)
{
  TnReading *reading = data;

  TN_HANDOVER_ACQUIRE (reading);
  if (reading->func != NULL)
    reading->func (reading, reading->values, reading->error, reading->data);
  return G_SOURCE_REMOVE;
}

static gpointer
reading_run (gpointer data)
{
  TnReading *reading = data;

  reading->values = tn_values_new (reading->facts, &reading->source, &reading->options,
                                   reading->bytes, reading->cancellable, &reading->error);
  tn_handover (reading->context, ended_cb, reading, reading_unref);
  return NULL;
}

TnReading *
tn_reading_new (const TnFacts *facts, const TnValuesSource *source, const TnRunOptions *options,
                guint64 bytes, TnReadingFunc func, gpointer data)
{
  TnReading *reading;

  g_return_val_if_fail (facts != NULL && source != NULL && options != NULL && func != NULL, NULL);
  reading = g_new0 (TnReading, 1);
  reading->ref_count = 2;
  reading->facts = tn_facts_ref (facts);
  reading->source = *source;
  reading->options = tn_run_options_copy (options);
  reading->bytes = bytes;
  reading->context = g_main_context_ref_thread_default ();
  reading->cancellable = g_cancellable_new ();
  reading->func = func;
  reading->data = data;
  g_thread_unref (g_thread_new ("reading", reading_run, reading));
  return reading;
}

void
tn_reading_free (TnReading *reading)
{
  if (reading == NULL)
    return;
  reading->func = NULL;
  g_cancellable_cancel (reading->cancellable);
  reading_unref (reading);
}
