/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One inference in a thread of its own; the handle may go at any time. */
#include "engine/tn-forecast.h"

#include "engine/tn-handover.h"

struct _TnForecast
{
  gint ref_count; /* the asker's and the thread's, which goes on to what it hands over */

  /* Set before the thread starts, then only read. */
  TnGraph *graph;
  TnFacts *previous;
  GMainContext *context;
  GCancellable *cancellable;

  /* The thread's, then the asker's. */
  TnFacts *facts;

  /* The asker's thread only; @func NULL: nobody listens any more. */
  TnForecastFunc func;
  gpointer data;
};

static void
forecast_unref (gpointer data)
{
  TnForecast *forecast = data;

  if (!g_atomic_int_dec_and_test (&forecast->ref_count))
    return;
  tn_graph_unref (forecast->graph);
  g_clear_pointer (&forecast->previous, tn_facts_unref);
  g_clear_pointer (&forecast->facts, tn_facts_unref);
  g_main_context_unref (forecast->context);
  g_object_unref (forecast->cancellable);
  g_free (forecast);
}

static gboolean
found_cb (gpointer data)
{
  TnForecast *forecast = data;

  TN_HANDOVER_ACQUIRE (forecast);
  if (forecast->func != NULL && forecast->facts != NULL)
    forecast->func (forecast, forecast->facts, forecast->data);
  return G_SOURCE_REMOVE;
}

static gpointer
forecast_run (gpointer data)
{
  TnForecast *forecast = data;

  forecast->facts = tn_infer (forecast->graph, forecast->previous, forecast->cancellable);
  tn_handover (forecast->context, found_cb, forecast, forecast_unref);
  return NULL;
}

TnForecast *
tn_forecast_new (const TnGraph *graph, const TnFacts *previous, TnForecastFunc func, gpointer data)
{
  TnForecast *forecast;

  g_return_val_if_fail (graph != NULL && func != NULL, NULL);
  forecast = g_new0 (TnForecast, 1);
  forecast->ref_count = 2;
  forecast->graph = tn_graph_ref (graph);
  forecast->previous = previous != NULL ? tn_facts_ref (previous) : NULL;
  forecast->context = g_main_context_ref_thread_default ();
  forecast->cancellable = g_cancellable_new ();
  forecast->func = func;
  forecast->data = data;
  g_thread_unref (g_thread_new ("forecast", forecast_run, forecast));
  return forecast;
}

void
tn_forecast_free (TnForecast *forecast)
{
  if (forecast == NULL)
    return;
  forecast->func = NULL;
  g_cancellable_cancel (forecast->cancellable);
  forecast_unref (forecast);
}
