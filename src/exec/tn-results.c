/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of a run when it is over: a line a layer, the outputs, and what is not finite. */
#include <math.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "exec/tn-execute-private.h"

static TnLayerRun
layer_run (const TnRunning *run, guint at)
{
  const TnRunLine *line = &g_array_index (run->plan->whole_stage.lines, TnRunLine, at);
  const TnNode *node = tn_graph_node (tn_facts_graph (run->plan->facts), line->index);
  const TnLedger *ledger = &run->ledgers[line->index];
  const TnStats *stats = &run->totals[at];
  guint64 all = stats->count + stats->n_nan + stats->n_inf;
  double gflops = ledger->seconds > 0.0 ? ledger->flops / ledger->seconds / 1e9 : 0.0;

  return (TnLayerRun){
    .node = tn_node_id (node),
    .name = g_ref_string_acquire (line->name),
    .seconds = ledger->seconds,
    .gflops = gflops,
    .peak = run->result->peak_gflops > 0.0 ? gflops / run->result->peak_gflops : 0.0,
    .bytes = ledger->bytes,
    .kernel = g_ref_string_acquire (line->kernel),
    .watched = line->watched,
    .min = stats->count > 0 ? stats->min : NAN,
    .max = stats->count > 0 ? stats->max : NAN,
    .mean = stats->count > 0 ? stats->mean : NAN,
    .std = stats->count > 0 ? tn_stats_deviation (stats) : NAN,
    .n_nan = stats->n_nan,
    .n_inf = stats->n_inf,
    .zeros = all > 0 ? (double)stats->n_zero / (double)all : 0.0,
    .histogram = run->total_bins != NULL ? tn_bins_histogram (&run->total_bins[at]) : NULL,
  };
}

/* Weights that no result can be finite with. */
static void
report_weights (TnRunning *run)
{
  const GArray *weights = tn_constants_odd (run->plan->constants);

  for (guint i = 0; i < weights->len; i++)
    {
      const TnOddWeight *odd = &g_array_index (weights, TnOddWeight, i);
      g_autofree char *count = tn_text_count ((gint64)odd->n_odd);
      tn_report_add (run->result->report, TN_SEVERITY_WARNING, "non-finite", odd->node,
                     _ ("The weight %s holds numbers that are not finite: %s of them."), odd->label,
                     count);
    }
}

void
tn_results_layers (TnRunning *run)
{
  const TnCompiled *compiled = run->plan->whole;
  gboolean marked = FALSE;
  double seconds = 0.0;

  report_weights (run);
  for (guint i = 0; i < run->plan->whole_stage.lines->len; i++)
    {
      TnLayerRun layer = layer_run (run, i);
      seconds += layer.seconds;
      g_array_append_val (run->result->layers, layer);
      if (marked || layer.n_nan + layer.n_inf == 0)
        continue;
      marked = TRUE;
      g_autofree char *nan = tn_text_count ((gint64)layer.n_nan);
      g_autofree char *inf = tn_text_count ((gint64)layer.n_inf);
      /* Where only the model's outputs are looked at, it need not have begun there. */
      tn_report_add (run->result->report, TN_SEVERITY_WARNING, "non-finite", layer.node,
                     compiled->watch
                         ? _ ("%s is the first layer whose output is not finite: not a number %s "
                              "times, infinite %s times.")
                         : _ ("What %s gives is not finite: not a number %s times, infinite %s "
                              "times."),
                     layer.name, nan, inf);
    }
  for (guint i = 0; seconds > 0.0 && i < run->result->layers->len; i++)
    {
      TnLayerRun *layer = &g_array_index (run->result->layers, TnLayerRun, i);
      layer->share = layer->seconds / seconds;
    }
}

TnShape
tn_results_shape (const TnRunning *run, guint output)
{
  const TnCompiled *compiled = run->plan->whole;
  TnTensorId id = g_array_index (compiled->outputs, TnTensorId, output);
  TnShape shape = *tn_program_shape (compiled->program, id);

  if (run->plan->samples != compiled->batch)
    shape.dims[0] = tn_dim (run->plan->samples);
  return shape;
}

void
tn_results_outputs (TnRunning *run)
{
  const TnCompiled *compiled = run->plan->whole;
  const TnGraph *graph = tn_facts_graph (compiled->facts);
  guint n_outputs;
  const TnRef *refs = tn_graph_outputs (graph, &n_outputs);

  for (guint i = 0; i < n_outputs; i++)
    {
      TnRunOutput output = { .layer = g_strdup (tn_node_name (tn_graph_find (graph, refs[i].node))),
                             .shape = tn_results_shape (run, i) };
      if (run->kept != NULL)
        output.tensor = g_steal_pointer (&run->kept[i]);
      g_array_append_val (run->result->outputs, output);
    }
}
