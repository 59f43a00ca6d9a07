/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan is made in thought, in a thread of its own; the handle may go at any time. */
#include "engine/tn-outlook.h"

#include "engine/tn-give-way.h"
#include "engine/tn-handover.h"
#include "engine/tn-tuning-store.h"

struct _TnOutlook
{
  gint ref_count; /* the asker's and the thread's, which goes on to what it hands over */

  /* Set before the thread starts, then only read. */
  TnFacts *facts;
  TnRunOptions options; /* holds references on its tables */
  GMainContext *context;
  GCancellable *cancellable;

  /* The thread's, then the asker's. */
  double seconds;
  GError *error;

  /* The asker's thread only; @func NULL: nobody listens any more. */
  TnOutlookFunc func;
  gpointer data;
};

static void
outlook_unref (gpointer data)
{
  TnOutlook *outlook = data;

  if (!g_atomic_int_dec_and_test (&outlook->ref_count))
    return;
  tn_facts_unref (outlook->facts);
  tn_run_options_clear (&outlook->options);
  g_main_context_unref (outlook->context);
  g_object_unref (outlook->cancellable);
  g_clear_error (&outlook->error);
  g_free (outlook);
}

static gboolean
found_cb (gpointer data)
{
  TnOutlook *outlook = data;

  TN_HANDOVER_ACQUIRE (outlook);
  if (outlook->func != NULL)
    outlook->func (outlook, outlook->seconds, outlook->error, outlook->data);
  return G_SOURCE_REMOVE;
}

static gpointer
outlook_run (gpointer data)
{
  TnOutlook *outlook = data;
  TnRunOptions options = outlook->options;

  tn_give_way ();
  g_autoptr (TnTuning) tuning = tn_tuning_store_load ();
  options.tuning = tuning;
  if (!tn_plan_foresee (outlook->facts, &options, &outlook->seconds, outlook->cancellable,
                        &outlook->error))
    outlook->seconds = -1;
  tn_handover (outlook->context, found_cb, outlook, outlook_unref);
  return NULL;
}

TnOutlook *
tn_outlook_new (const TnFacts *facts, const TnRunOptions *options, TnOutlookFunc func,
                gpointer data)
{
  TnOutlook *outlook;

  g_return_val_if_fail (facts != NULL && options != NULL && func != NULL, NULL);
  outlook = g_new0 (TnOutlook, 1);
  outlook->ref_count = 2;
  outlook->facts = tn_facts_ref (facts);
  outlook->options = tn_run_options_copy (options);
  outlook->context = g_main_context_ref_thread_default ();
  outlook->cancellable = g_cancellable_new ();
  outlook->func = func;
  outlook->data = data;
  g_thread_unref (g_thread_new ("outlook", outlook_run, outlook));
  return outlook;
}

void
tn_outlook_free (TnOutlook *outlook)
{
  if (outlook == NULL)
    return;
  outlook->func = NULL;
  g_cancellable_cancel (outlook->cancellable);
  outlook_unref (outlook);
}
