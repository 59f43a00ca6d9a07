/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chore's thread knows its work and nothing of who waits for it. */
#include "engine/tn-chore.h"

#include "engine/tn-handover.h"

struct _TnChore
{
  gint ref_count; /* the starter's, the thread's, and of what is on its way */

  /* Set before the thread starts, then only read. */
  TnChoreWork work;
  gpointer data;
  GDestroyNotify free_data;
  GMainContext *context;
  GCancellable *cancellable;

  /* The starter's thread only; @done NULL: nobody listens any more. */
  TnChoreDone done;
  gpointer user_data;
};

typedef struct
{
  TnChore *chore;
  GError *error;
} Report;

static void
chore_unref (TnChore *chore)
{
  if (!g_atomic_int_dec_and_test (&chore->ref_count))
    return;
  g_main_context_unref (chore->context);
  g_object_unref (chore->cancellable);
  g_free (chore);
}

static void
report_free (gpointer data)
{
  Report *report = data;

  g_clear_error (&report->error);
  chore_unref (report->chore);
  g_free (report);
}

static gboolean
report_cb (gpointer data)
{
  Report *report = data;
  TnChore *chore;

  TN_HANDOVER_ACQUIRE (report);
  chore = report->chore;
  if (chore->done != NULL)
    chore->done (chore, report->error, chore->user_data);
  return G_SOURCE_REMOVE;
}

static gpointer
chore_run (gpointer data)
{
  TnChore *chore = data;
  Report *report = g_new0 (Report, 1);

  report->chore = chore;
  chore->work (chore->data, chore->cancellable, &report->error);
  if (chore->free_data != NULL)
    chore->free_data (chore->data);
  /* The thread's reference goes with the report. */
  tn_handover (chore->context, report_cb, report, report_free);
  return NULL;
}

TnChore *
tn_chore_start (TnChoreWork work, gpointer data, GDestroyNotify free_data, TnChoreDone done,
                gpointer user_data)
{
  TnChore *chore;

  g_return_val_if_fail (work != NULL && done != NULL, NULL);
  chore = g_new0 (TnChore, 1);
  chore->ref_count = 2;
  chore->work = work;
  chore->data = data;
  chore->free_data = free_data;
  chore->context = g_main_context_ref_thread_default ();
  chore->cancellable = g_cancellable_new ();
  chore->done = done;
  chore->user_data = user_data;
  g_thread_unref (g_thread_new ("chore", chore_run, chore));
  return chore;
}

void
tn_chore_free (TnChore *chore)
{
  if (chore == NULL)
    return;
  chore->done = NULL;
  g_cancellable_cancel (chore->cancellable);
  chore_unref (chore);
}
