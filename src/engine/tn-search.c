/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnSearch: one question to the solver, asked in a thread of its own; the handle may go at any
 * time.
 */
#include "engine/tn-search.h"

#include "engine/tn-handover.h"

struct _TnSearch
{
  gint ref_count; /* the asker's, the thread's, and of what is on its way */

  /* Set before the thread starts, then only read. */
  TnFacts *facts;
  GMainContext *context;
  GCancellable *cancellable;
  gboolean is_shape;
  TnNodeId input;
  TnGoal goal;

  /* The asker's thread only; @func NULL: nobody listens any more. */
  TnSearchFunc func;
  gpointer data;
};

/* What the worker tells. */
typedef struct
{
  TnSearch *search;
  GPtrArray *found;
  gboolean done;
} Report;

static void
search_unref (TnSearch *search)
{
  if (!g_atomic_int_dec_and_test (&search->ref_count))
    return;
  tn_facts_unref (search->facts);
  g_main_context_unref (search->context);
  g_object_unref (search->cancellable);
  g_free (search);
}

static void
report_free (gpointer data)
{
  Report *report = data;

  g_ptr_array_unref (report->found);
  search_unref (report->search);
  g_free (report);
}

static gboolean
report_cb (gpointer data)
{
  Report *report = data;
  TnSearch *search;

  TN_HANDOVER_ACQUIRE (report);
  search = report->search;
  if (search->func != NULL)
    search->func (search, report->found, report->done, search->data);
  return G_SOURCE_REMOVE;
}

static void
tell (TnSearch *search, GPtrArray *found, gboolean done)
{
  Report *report = g_new (Report, 1);

  g_atomic_int_inc (&search->ref_count);
  *report = (Report){ search, found, done };
  tn_handover (search->context, report_cb, report, report_free);
}

static void
found_cb (const GPtrArray *fixes, gpointer data)
{
  /* Made for this call; nobody changes it any more. */
  tell (data, g_ptr_array_ref ((GPtrArray *)fixes), FALSE);
}

static gpointer
search_run (gpointer data)
{
  TnSearch *search = data;
  GPtrArray *found
      = search->is_shape
            ? tn_solve_shape (search->facts, &search->goal, found_cb, search, search->cancellable)
            : tn_solve_sizes (search->facts, search->input, search->cancellable);

  if (found != NULL)
    tell (search, found, TRUE);
  search_unref (search);
  return NULL;
}

static TnSearch *
search_new (const TnFacts *facts, TnSearchFunc func, gpointer data)
{
  TnSearch *search = g_new0 (TnSearch, 1);

  search->ref_count = 2;
  search->facts = tn_facts_ref (facts);
  search->context = g_main_context_ref_thread_default ();
  search->cancellable = g_cancellable_new ();
  search->func = func;
  search->data = data;
  return search;
}

TnSearch *
tn_search_sizes (const TnFacts *facts, TnNodeId input, TnSearchFunc func, gpointer data)
{
  TnSearch *search;

  g_return_val_if_fail (facts != NULL && func != NULL, NULL);
  search = search_new (facts, func, data);
  search->input = input;
  g_thread_unref (g_thread_new ("search", search_run, search));
  return search;
}

TnSearch *
tn_search_shape (const TnFacts *facts, const TnGoal *goal, TnSearchFunc func, gpointer data)
{
  TnSearch *search;

  g_return_val_if_fail (facts != NULL && goal != NULL && func != NULL, NULL);
  search = search_new (facts, func, data);
  search->is_shape = TRUE;
  search->goal = *goal;
  g_thread_unref (g_thread_new ("search", search_run, search));
  return search;
}

void
tn_search_free (TnSearch *search)
{
  if (search == NULL)
    return;
  search->func = NULL;
  g_cancellable_cancel (search->cancellable);
  search_unref (search);
}
