/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was run with Tenon's own kernels and with plain BLIS, and what comes of comparing them. */
#include "app/tn-run-past.h"

#include "app/tn-run-rows.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"

void
tn_run_past_clear (TnRunPast *past)
{
  g_clear_pointer (&past->graph, tn_graph_unref);
  for (guint i = 0; i < TN_N_RUN_KERNELS; i++)
    g_clear_pointer (&past->results[i], tn_run_result_unref);
}

void
tn_run_past_keep (TnRunPast *past, TnGraph *graph, TnRunResult *result)
{
  g_return_if_fail (result->kernels < TN_N_RUN_KERNELS);

  if (past->graph != NULL && !tn_graph_same_meaning (past->graph, graph))
    tn_run_past_clear (past);
  if (past->graph == NULL)
    past->graph = tn_graph_ref (graph);
  g_clear_pointer (&past->results[result->kernels], tn_run_result_unref);
  past->results[result->kernels] = tn_run_result_ref (result);
}

TnRunResult *
tn_run_past_other (const TnRunPast *past, const TnRunResult *result)
{
  for (guint i = 0; i < TN_N_RUN_KERNELS; i++)
    if (past->results[i] != NULL && tn_run_rows_comparable (past->results[i], result))
      return past->results[i];
  return NULL;
}

double
tn_run_past_seconds (const TnRunPast *past, const TnGraph *graph, const TnRunOptions *options)
{
  const TnRunResult *last = past->results[options->kernels];

  if (last == NULL || last->watch != options->watch || last->histogram != options->histogram
      || last->approximate != options->approximate || last->samples < 1
      || last->batch != MIN (options->batch, options->samples)
      || !tn_graph_same_meaning (past->graph, graph))
    return -1;
  return last->seconds * (double)options->samples / (double)last->samples;
}

char *
tn_run_past_text (const TnRunResult *result, const TnRunResult *other)
{
  const TnRunRows rows = { result, other };
  gboolean blis = result->kernels == TN_RUN_KERNELS_BLIS;
  double ratio = tn_run_rows_ratio (&rows, TN_RUN_ROW_TOTAL);
  g_autofree char *own = tn_text_duration (blis ? other->seconds : result->seconds);
  g_autofree char *plain = tn_text_duration (blis ? result->seconds : other->seconds);

  if (ratio <= 0)
    return g_strdup ("");
  if (ratio >= 1)
    /* Translators: a factor, and two durations. */
    return g_strdup_printf (_ ("Automatic is %.1f× as fast as plain BLIS: %s, not %s."), ratio, own,
                            plain);
  return g_strdup_printf (_ ("Plain BLIS is %.1f× as fast as Automatic: %s, not %s."), 1 / ratio,
                          plain, own);
}
