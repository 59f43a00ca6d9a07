/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a plan: batch after batch through the same memory, timed and looked at layer by layer. */
#include <math.h>
#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "exec/tn-feed.h"
#include "exec/tn-synthetic.h"
#include "exec/tn-execute-private.h"
#include "kernels/tn-blis.h"

/* Between calls of a progress function, in seconds: oftener than anybody can see. */
#define PROGRESS_INTERVAL 0.02
/* Part of the work after which the rest can be estimated. */
#define ESTIMATE_FROM 0.01

static double
seconds_since (gint64 begin)
{
  return (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
}

/* ---- progress ---- */

static gboolean
stopped (const TnRunning *run, GError **error)
{
  if (!g_cancellable_is_cancelled (run->cancellable))
    return FALSE;
  g_set_error (error, TN_ERROR, TN_ERROR_CANCELLED, _ ("The run was stopped."));
  return TRUE;
}

/* Of the step at work, as much as went by of the time that it took the last time, or that it takes
 * if it is as fast as all before it. */
static double
cost_within (const TnRunning *run, double seconds)
{
  const TnRunStep *step = run->stage != NULL ? &run->stage->steps[run->step] : NULL;
  double expected;

  if (step == NULL || step->cost <= 0.0)
    return 0.0;
  if (step->expected > 0.0)
    expected = step->expected;
  else if (run->cost_done > 0.0 && run->step_begin > 0.0)
    expected = step->cost * run->step_begin / run->cost_done;
  else
    expected = run->plan->expected_seconds * step->cost / run->cost;
  return expected > 0.0 ? step->cost * MIN ((seconds - run->step_begin) / expected, 0.95) : 0.0;
}

/* @index: of the node at work, -1: none is. */
static void
tell_progress (TnRunning *run, int index, gboolean always)
{
  if (run->progress == NULL)
    return;
  double seconds = seconds_since (run->begin);
  if (!always && seconds < run->progress_at + PROGRESS_INTERVAL)
    return;
  run->progress_at = seconds;
  double done = run->cost_done + cost_within (run, seconds);
  run->told = MAX (run->told, run->cost > 0.0 ? MIN (done / run->cost, 1.0) : 0.0);
  TnRunProgress progress = {
    .fraction = run->told,
    .samples_done = run->samples_done,
    .seconds = seconds,
    .seconds_left = run->told >= ESTIMATE_FROM ? seconds * (1.0 - run->told) / run->told
                                               : run->plan->expected_seconds,
    .node = index < 0
                ? TN_NODE_NONE
                : tn_node_id (tn_graph_node (tn_facts_graph (run->plan->facts), (guint)index)),
  };
  run->progress (&progress, run->progress_data);
  run->now = seconds_since (run->begin);
}

/* Between the bands of a step. */
static void
tick (gpointer data)
{
  TnRunning *run = data;

  if (run->stage != NULL)
    tell_progress (run, (int)run->stage->steps[run->step].owner, FALSE);
}

/* ---- one batch ---- */

/* From the watch @first on, all after the same call. */
static void
look (TnRunning *run, const TnStage *stage, int first)
{
  TnKernelContext context = tn_plan_context (run->plan, 0.0, (TnScratch){ 0 });

  for (int i = first; i >= 0; i = g_array_index (stage->watches, TnWatch, i).next)
    {
      const TnCompiled *compiled = stage->compiled;
      TnTensorId tensor = g_array_index (stage->watches, TnWatch, i).tensor;
      gint64 n = tn_shape_elements (tn_program_shape (compiled->program, tensor), 0);
      TnBins *bins = run->fresh_bins != NULL ? &run->fresh_bins[i] : NULL;

      run->fresh[i] = (TnStats){ 0 };
      if (bins != NULL)
        *bins = (TnBins){ 0 };
      /* To count takes longer than to load. */
      context.seconds = tn_plan_seconds_alone (
          run->plan, 0.0, (bins != NULL ? 4.0 : 1.0) * (double)n * sizeof (float));
      tn_stats_gather (&run->fresh[i], bins, tn_plan_memory (run->plan, compiled, tensor), n,
                       run->plan->pieces, &context);
    }
}

/* What an input is filled with that no data is given for. */
static TnSynthetic
synthetic_of (const TnPlan *plan, const TnCompiled *compiled, const TnFeedPoint *point)
{
  const TnRunOptions *options = &plan->options;
  const TnShape *shape = tn_program_shape (compiled->program, point->tensor);
  TnSynthetic what
      = { .spec = options->data,
          .seed = options->seed,
          .name = tn_node_name (tn_graph_node (tn_facts_graph (compiled->facts), point->index)),
          .ids = point->ids };
  const TnDataSpec *own
      = options->data_of != NULL ? g_hash_table_lookup (options->data_of, what.name) : NULL;

  if (own != NULL)
    what.spec = *own;
  for (int axis = 1; axis < shape->rank; axis++)
    what.sample.dims[what.sample.rank++] = shape->dims[axis];
  return what;
}

static void
feed (TnRunning *run, const TnStage *stage)
{
  TnPlan *plan = run->plan;
  const TnCompiled *compiled = stage->compiled;
  TnKernelContext context = tn_plan_context (plan, 0.0, (TnScratch){ 0 });

  for (guint i = 0; i < compiled->inputs->len; i++)
    {
      const TnFeedPoint *point = &g_array_index (compiled->inputs, TnFeedPoint, i);
      const TnNode *node = tn_graph_node (tn_facts_graph (compiled->facts), point->index);
      gint64 sample = tn_shape_elements (tn_program_shape (compiled->program, point->tensor), 1);
      float *memory = tn_plan_memory (plan, compiled, point->tensor);
      TnTensor *given = plan->options.inputs != NULL
                            ? g_hash_table_lookup (plan->options.inputs, tn_node_name (node))
                            : NULL;
      gint64 begin = g_get_monotonic_time ();
      /* Copying is quick; of making numbers that is not known. */
      context.seconds = given != NULL ? tn_plan_seconds_alone (
                            plan, 0.0, 2.0 * (double)(compiled->batch * sample) * sizeof (float))
                                      : 0.0;
      if (given != NULL)
        tn_feed_given (given, run->samples_done, compiled->batch, sample, memory, &context);
      else
        {
          TnSynthetic what = synthetic_of (plan, compiled, point);

          tn_synthetic_fill (&what, run->samples_done, compiled->batch, memory, &context);
        }
      run->ledgers[point->index].seconds += seconds_since (begin);
    }
}

/* References know nothing of overwriting their own inputs. */
static void
run_reference (const TnRunStep *step)
{
  gint64 n = tn_shape_elements (step->sizes.output, 0);
  TnOpData data = step->data;

  if (!(step->op->flags & TN_OP_IN_PLACE))
    {
      step->op->reference (&step->sizes, &data);
      return;
    }
  g_autofree float *output = g_new (float, MAX (n, 1));
  data.output = output;
  step->op->reference (&step->sizes, &data);
  if (n > 0)
    memcpy (step->data.output, output, n * sizeof *output);
}

static void
run_step (TnRunning *run, TnStage *stage, guint index)
{
  TnRunStep *step = &stage->steps[index];
  TnLedger *ledger = &run->ledgers[step->owner];
  double begin = run->now;

  if (!stage->compiled->plain && (step->op->flags & TN_OP_ALIAS))
    return;
  run->stage = stage;
  run->step = index;
  run->step_begin = begin;
  if (stage->compiled->plain)
    run_reference (step);
  else
    {
      TnKernelContext context = tn_plan_context (run->plan, step->alone, step->scratch);
      step->op->kernel (&step->sizes, &step->data, &context);
    }
  run->now = seconds_since (run->begin);
  run->stage = NULL;
  step->expected = run->now - begin;
  ledger->seconds += step->expected;
  ledger->flops += step->flops;
  ledger->bytes += step->bytes;
  run->cost_done += step->cost;
}

static void
keep_outputs (TnRunning *run, const TnStage *stage)
{
  const TnCompiled *compiled = stage->compiled;

  for (guint i = 0; run->kept != NULL && i < compiled->outputs->len; i++)
    {
      TnTensorId id = g_array_index (compiled->outputs, TnTensorId, i);
      gint64 n = tn_shape_elements (tn_program_shape (compiled->program, id), 0);
      /* What comes of all samples at once need not have a row for each. */
      if (n > 0)
        memcpy (tn_tensor_floats (run->kept[i])
                    + run->samples_done * (n / MAX (compiled->batch, 1)),
                tn_plan_memory (run->plan, compiled, id), n * sizeof (float));
    }
}

static void
add_totals (TnRunning *run, const TnStage *stage)
{
  for (guint i = 0; i < stage->watches->len; i++)
    {
      const TnWatch *watch = &g_array_index (stage->watches, TnWatch, i);
      guint from = watch->same_as >= 0 ? (guint)watch->same_as : i;

      tn_stats_merge (&run->totals[watch->line], &run->fresh[from]);
      if (run->total_bins != NULL)
        tn_bins_merge (&run->total_bins[watch->line], &run->fresh_bins[from]);
    }
}

static gboolean
run_batch (TnRunning *run, TnStage *stage, GError **error)
{
  if (stopped (run, error))
    return FALSE;
  if (stage->compiled->inputs->len > 0)
    tell_progress (run, (int)g_array_index (stage->compiled->inputs, TnFeedPoint, 0).index,
                   run->samples_done == 0);
  feed (run, stage);
  look (run, stage, stage->fed_watch);
  run->now = seconds_since (run->begin);
  for (guint i = 0; i < stage->n_steps; i++)
    {
      tell_progress (run, (int)stage->steps[i].owner, FALSE);
      if (stopped (run, error))
        return FALSE;
      run_step (run, stage, i);
      if (stage->steps[i].watch < 0)
        continue;
      /* Before anything that stands in the same memory is computed. */
      look (run, stage, stage->steps[i].watch);
      run->now = seconds_since (run->begin);
    }
  /* Bands are left out once it is cancelled: then nothing of this batch counts. */
  if (stopped (run, error))
    return FALSE;
  keep_outputs (run, stage);
  add_totals (run, stage);
  run->samples_done += stage->compiled->batch;
  return TRUE;
}

/* ---- the run ---- */

static void
layer_run_clear (gpointer data)
{
  TnLayerRun *layer = data;
  g_ref_string_release (layer->name);
  g_ref_string_release (layer->kernel);
  g_free (layer->histogram);
}

static void
run_output_clear (gpointer data)
{
  TnRunOutput *output = data;
  g_free (output->layer);
  tn_tensor_unref (output->tensor);
}

static gboolean
allocate_outputs (TnRunning *run, GError **error)
{
  const TnCompiled *compiled = run->plan->whole;

  if (!run->plan->options.keep_outputs)
    return TRUE;
  run->kept = g_new0 (TnTensor *, compiled->outputs->len + 1);
  for (guint i = 0; i < compiled->outputs->len; i++)
    {
      TnShape shape = tn_results_shape (run, i);

      run->kept[i] = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
      if (run->kept[i] == NULL)
        {
          g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
                       _ ("The system does not give the memory that the outputs need."));
          return FALSE;
        }
      tn_account_add (&run->plan->account,
                      MAX (tn_account_round (tn_tensor_bytes (run->kept[i])), TN_ALIGNMENT));
    }
  return TRUE;
}

static void
run_begin (TnRunning *run)
{
  TnPlan *plan = run->plan;
  guint n_nodes = tn_graph_size (tn_facts_graph (plan->facts));

  run->begin = g_get_monotonic_time ();
  run->progress_at = -PROGRESS_INTERVAL;
  run->cost = plan->whole->cost * (double)(plan->samples / plan->batch);
  if (plan->rest != NULL)
    run->cost += plan->rest->cost;
  run->ledgers = g_new0 (TnLedger, n_nodes + 1);
  run->fresh = g_new0 (TnStats, plan->whole_stage.watches->len + 1);
  run->totals = g_new0 (TnStats, plan->whole_stage.lines->len + 1);
  if (plan->options.histogram)
    {
      run->fresh_bins = g_new0 (TnBins, plan->whole_stage.watches->len + 1);
      run->total_bins = g_new0 (TnBins, plan->whole_stage.lines->len + 1);
    }

  TnRunResult *result = run->result = g_new0 (TnRunResult, 1);
  g_atomic_ref_count_init (&result->ref_count);
  result->samples = plan->samples;
  result->batch = plan->batch;
  result->seed = plan->options.seed;
  result->threads = tn_pool_size (plan->pool);
  result->plan_seconds = plan->plan_seconds;
  result->predicted_peak_bytes = plan->footprint.total;
  result->expected_seconds = plan->expected_seconds;
  result->peak_gflops = plan->peak_gflops;
  result->kernels = plan->options.kernels;
  result->watch = plan->options.watch;
  result->histogram = plan->options.histogram;
  result->approximate = plan->options.approximate;
  result->tuned = plan->whole->n_tuned > 0;
  result->blis_version = tn_blis_version ();
  result->blis_arch = tn_blis_architecture ();
  result->layers
      = g_array_sized_new (FALSE, FALSE, sizeof (TnLayerRun), plan->whole_stage.lines->len);
  g_array_set_clear_func (result->layers, layer_run_clear);
  result->outputs = g_array_new (FALSE, FALSE, sizeof (TnRunOutput));
  g_array_set_clear_func (result->outputs, run_output_clear);
  result->report = tn_report_new ();
}

static void
run_clear (TnRunning *run)
{
  g_free (run->ledgers);
  g_free (run->fresh);
  g_free (run->totals);
  g_free (run->fresh_bins);
  g_free (run->total_bins);
  for (guint i = 0; run->kept != NULL && i < run->plan->whole->outputs->len; i++)
    tn_tensor_unref (run->kept[i]);
  g_free (run->kept);
}

TnRunResult *
tn_plan_run (TnPlan *plan, TnRunProgressFunc progress, gpointer data, GCancellable *cancellable,
             GError **error)
{
  TnRunning run
      = { .plan = plan, .progress = progress, .progress_data = data, .cancellable = cancellable };
  guint64 held = plan->account.held;
  guint flush = tn_pool_enter_flush ();

  plan->account.peak = held;
  run_begin (&run);
  plan->backwards = !plan->backwards;
  tn_pool_set_backwards (plan->pool, plan->backwards);
  tn_pool_set_cancellable (plan->pool, cancellable);
  if (progress != NULL)
    tn_pool_set_tick (plan->pool, tick, &run);
  gboolean ok = allocate_outputs (&run, error);
  while (ok && run.samples_done < plan->samples)
    ok = run_batch (&run,
                    plan->samples - run.samples_done >= plan->batch ? &plan->whole_stage
                                                                    : &plan->rest_stage,
                    error);
  tn_pool_set_cancellable (plan->pool, NULL);
  tn_pool_set_tick (plan->pool, NULL, NULL);
  if (ok)
    {
      tell_progress (&run, -1, TRUE);
      run.result->seconds = seconds_since (run.begin);
      run.result->peak_bytes = MAX (plan->account.peak, plan->making_peak);
      tn_results_layers (&run);
      tn_results_outputs (&run);
    }
  else
    g_clear_pointer (&run.result, tn_run_result_unref);
  /* Outputs that are kept go with the result. */
  plan->account.held = held;
  run_clear (&run);
  tn_pool_leave_flush (flush);
  return run.result;
}
