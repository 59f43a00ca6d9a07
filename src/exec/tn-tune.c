/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timing the ways that there are for each distinct call with weights, in turns, on numbers made up:
 * how long they take does not depend on those. */
#include "exec/tn-tune.h"

#include <math.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "exec/tn-plan-private.h"
#include "exec/tn-tuning-private.h"
#include "kernels/tn-cpu.h"
#include "kernels/tn-random.h"

/* Rounds of all ways in turn: at least LEAST_ROUNDS, then until ENOUGH seconds have gone by. */
#define LEAST_ROUNDS 5
#define MOST_ROUNDS  60
#define ENOUGH       0.15
/* Ways that are so much slower than the best after one round, which may have been disturbed, and
 * after more are not looked at any more. */
#define HOPELESS_ONCE 2.0
#define HOPELESS      1.25
/* Only what is faster by 3 % is preferred to the rule. */
#define PREFERENCE 0.97
#define LINE       (64 / sizeof (float))

/* One way to compute one shape. */
typedef struct
{
  TnWay way;
  TnOpSettings settings;
  TnOpCall call;
  gpointer plan;
  TnScratch scratch;
  double best;
  gboolean is_hopeless;
} Trial;

/* One distinct call. */
typedef struct
{
  const TnCompiled *compiled;
  const TnProgramCall *call;
  char *key;
  guint n_calls;
} Subject;

/* CPU seconds of a worker in the call at work. On lines of their own. */
typedef struct
{
  double sum, longest;
  char gap[48];
} Clock;

typedef struct
{
  TnPool *pool;
  guint n_workers;
  Clock *clocks;
  TnAccount account;
  guint64 limit;
  gboolean is_cold; /* the weights of a model do not stay in the caches from run to run */
  float *chill;     /* of the size of the second cache, for each worker */
  GArray *subjects;
  GCancellable *cancellable;
} Tuner;

/* The memory of all trials of one subject. */
typedef struct
{
  TnOpData data;
  gpointer blocks[TN_OP_MAX_INPUTS + 3];
  guint64 bytes[TN_OP_MAX_INPUTS + 3];
  gpointer scratch;
} Desk;

/* ---- results ---- */

static void
candidate_clear (gpointer data)
{
  g_free (((TnTuneCandidate *)data)->kernel);
}

static void
shape_clear (gpointer data)
{
  TnTuneShape *shape = data;

  g_free (shape->layer);
  g_clear_pointer (&shape->candidates, g_array_unref);
}

TnTuneResult *
tn_tune_result_ref (TnTuneResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  g_atomic_ref_count_inc (&result->ref_count);
  return result;
}

void
tn_tune_result_unref (TnTuneResult *result)
{
  if (result == NULL || !g_atomic_ref_count_dec (&result->ref_count))
    return;
  g_array_unref (result->shapes);
  tn_tuning_unref (result->tuning);
  g_free (result);
}

double
tn_tune_result_gain (const TnTuneResult *result)
{
  return result->rule_seconds > 0.0 ? 1.0 - result->chosen_seconds / result->rule_seconds : 0.0;
}

/* ---- what there is to time ---- */

static void
subject_clear (gpointer data)
{
  g_free (((Subject *)data)->key);
}

/* Each distinct call of @compiled that there is a choice for, once. */
static void
find_subjects (Tuner *tuner, const TnCompiled *compiled, gboolean is_other)
{
  for (guint i = 0; i < tn_program_n_calls (compiled->program); i++)
    {
      const TnProgramCall *call = tn_program_call_at (compiled->program, i);
      TnOpCall sizes = tn_compiled_sizes (compiled, call);
      g_autofree char *key = sizes.packed ? tn_tuning_key (call->op, &sizes, 1, 1) : NULL;
      gboolean is_known = FALSE;

      for (guint j = 0; key != NULL && j < tuner->subjects->len && !is_known; j++)
        {
          Subject *subject = &g_array_index (tuner->subjects, Subject, j);
          is_known = g_str_equal (subject->key, key);
          if (is_known && !is_other)
            subject->n_calls++;
        }
      if (key == NULL || is_known)
        continue;
      Subject subject = { compiled, call, g_steal_pointer (&key), is_other ? 0 : 1 };
      g_array_append_val (tuner->subjects, subject);
    }
}

/* Do the weights of all calls fill half of the second cache? */
static gboolean
is_cold (const TnCompiled *compiled)
{
  gsize bytes = 0;

  for (guint i = 0; i < tn_program_n_calls (compiled->program); i++)
    {
      const TnProgramCall *call = tn_program_call_at (compiled->program, i);
      TnOpCall sizes = tn_compiled_sizes (compiled, call);
      gsize packed = sizes.packed ? call->op->packed (&sizes) : 0;

      if (packed > tn_cpu ()->l2 / 2 - MIN (bytes, tn_cpu ()->l2 / 2))
        return TRUE;
      bytes += packed;
    }
  return FALSE;
}

static void
trial_clear (gpointer data)
{
  g_free (((Trial *)data)->plan);
}

/* The rule's way first. */
static GArray *
find_trials (const Subject *subject)
{
  const TnOp *op = subject->call->op;
  GArray *trials = g_array_sized_new (FALSE, TRUE, sizeof (Trial), TN_N_WAYS + 1);
  TnOpCall by_rule = tn_compiled_sizes (subject->compiled, subject->call);
  TnWay rule = op->way (&by_rule);

  g_array_set_clear_func (trials, trial_clear);
  g_array_set_size (trials, TN_N_WAYS);
  guint n = 0;
  for (TnWay way = TN_WAY_RULE; way < TN_N_WAYS; way++)
    {
      Trial *trial = &g_array_index (trials, Trial, n);

      trial->settings = *by_rule.settings;
      trial->settings.way = way;
      trial->call = by_rule;
      trial->call.settings = &trial->settings;
      trial->way = op->way (&trial->call);
      trial->best = INFINITY;
      if (way != TN_WAY_RULE && (trial->way != way || way == rule))
        continue;
      trial->scratch = op->scratch (&trial->call);
      trial->plan = g_malloc0 (op->plan_bytes);
      op->plan (&trial->call, trial->plan);
      trial->call.plan = trial->plan;
      n++;
    }
  g_array_set_size (trials, n);
  return trials;
}

/* ---- memory ---- */

static gboolean
desk_init (Desk *desk, Tuner *tuner, const GArray *trials, const Subject *subject, GError **error)
{
  const Trial *first = &g_array_index (trials, Trial, 0);
  const TnOp *op = subject->call->op;
  guint n = first->call.n_inputs;
  guint64 *packed = &desk->bytes[TN_OP_MAX_INPUTS], *scratch = packed + 2, sum = 0;

  *desk = (Desk){ 0 };
  for (guint i = 0; i < n; i++)
    if (i != op->weights && first->call.inputs[i] != NULL)
      desk->bytes[i] = (guint64)tn_shape_elements (first->call.inputs[i], 0) * sizeof (float);
  packed[1] = (guint64)tn_shape_elements (first->call.output, 0) * sizeof (float);
  for (guint i = 0; i < trials->len; i++)
    {
      const Trial *trial = &g_array_index (trials, Trial, i);
      *packed = MAX (*packed, op->packed (&trial->call));
      *scratch = MAX (*scratch, tn_scratch_bytes (trial->scratch, tuner->n_workers));
    }
  for (guint i = 0; i < G_N_ELEMENTS (desk->bytes); i++)
    sum = tn_account_sum (sum, tn_account_round (desk->bytes[i]));
  if (sum > tuner->limit)
    {
      g_autofree char *need = tn_text_bytes (sum);
      g_autofree char *limit = tn_text_bytes (tuner->limit);

      g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
                   _ ("Timing the layers needs %s of memory, but only %s may be used."), need,
                   limit);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (desk->bytes); i++)
    {
      if (!tn_account_alloc (&tuner->account, desk->bytes[i], &desk->blocks[i], error))
        return FALSE;
      if (desk->blocks[i] != NULL)
        tn_random_uniform (tn_random_stream (1, "tune"), 0, desk->bytes[i] / sizeof (float), -0.5f,
                           0.5f, desk->blocks[i]);
    }
  for (guint i = 0; i < n; i++)
    desk->data.inputs[i] = desk->blocks[i];
  desk->data.packed = desk->blocks[TN_OP_MAX_INPUTS];
  desk->data.output = desk->blocks[TN_OP_MAX_INPUTS + 1];
  desk->scratch = desk->blocks[TN_OP_MAX_INPUTS + 2];
  return TRUE;
}

static void
desk_clear (Desk *desk, Tuner *tuner)
{
  for (guint i = 0; i < G_N_ELEMENTS (desk->bytes); i++)
    tn_account_free (&tuner->account, desk->blocks[i], desk->bytes[i]);
}

/* ---- timing ---- */

typedef struct
{
  Tuner *tuner;
  TnBandFunc func;
  gpointer data;
} Timed;

static void
timed_band (gint64 band, guint worker, gpointer data)
{
  const Timed *timed = data;
  Clock *clock = &timed->tuner->clocks[worker];
  double begin = tn_cpu_thread_seconds ();

  timed->func (band, worker, timed->data);
  double took = tn_cpu_thread_seconds () - begin;
  clock->sum += took;
  clock->longest = MAX (clock->longest, took);
}

static void
timed_for (gpointer data, double seconds, gint64 n_bands, TnBandFunc func, gpointer user_data)
{
  Timed timed = { data, func, user_data };
  tn_pool_for (timed.tuner->pool, seconds, n_bands, timed_band, &timed);
}

static void
read_all (const float *from, gsize bytes)
{
  float sum = 0.0f;

  for (gsize i = 0; i < bytes / sizeof (float); i += LINE)
    sum += from[i];
  /* So that it is not left out. */
  volatile float kept = sum;
  (void)kept;
}

static void
chill_band (gint64 band, guint worker, gpointer data)
{
  const Tuner *tuner = data;
  read_all (tuner->chill + (gsize)band * (tn_cpu ()->l2 / sizeof (float)), tn_cpu ()->l2);
}

/* As a call finds the caches within a run: its weights are not there, its input is. */
static void
chill (Tuner *tuner, const Desk *desk)
{
  if (!tuner->is_cold)
    return;
  tn_pool_for (tuner->pool, 0.0, tuner->n_workers, chill_band, tuner);
  if (desk->bytes[0] < tn_cpu ()->l2 / 2)
    read_all (desk->data.inputs[0], desk->bytes[0]);
}

/* CPU seconds of a thread: as long as it would take with the processors to itself. */
static double
time_once (Tuner *tuner, const TnOp *op, const Trial *trial, const Desk *desk)
{
  TnKernelContext context = { .n_workers = tuner->n_workers,
                              .parallel_for = tuner->n_workers > 1 ? timed_for : NULL,
                              .pool = tuner,
                              .scratch = trial->scratch,
                              .memory = desk->scratch };

  chill (tuner, desk);
  if (tuner->n_workers == 1)
    {
      double begin = tn_cpu_thread_seconds ();
      op->kernel (&trial->call, &desk->data, &context);
      return tn_cpu_thread_seconds () - begin;
    }
  double sum = 0.0, longest = 0.0;
  for (guint i = 0; i < tuner->n_workers; i++)
    tuner->clocks[i] = (Clock){ 0 };
  op->kernel (&trial->call, &desk->data, &context);
  for (guint i = 0; i < tuner->n_workers; i++)
    {
      sum += tuner->clocks[i].sum;
      longest = MAX (longest, tuner->clocks[i].longest);
    }
  return MAX (sum / tuner->n_workers, longest);
}

static gboolean
stopped (const Tuner *tuner, GError **error)
{
  if (!g_cancellable_is_cancelled (tuner->cancellable))
    return FALSE;
  g_set_error (error, TN_ERROR, TN_ERROR_CANCELLED, _ ("Tuning was stopped."));
  return TRUE;
}

static gboolean
time_trials (Tuner *tuner, const TnOp *op, GArray *trials, const Desk *desk, GError **error)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint round = 0; round < MOST_ROUNDS && trials->len > 1; round++)
    {
      double best = INFINITY;

      for (guint i = 0; i < trials->len; i++)
        {
          Trial *trial = &g_array_index (trials, Trial, (i + round) % trials->len);

          if (!trial->is_hopeless)
            {
              double took = time_once (tuner, op, trial, desk);
              /* Bands that were left out have taken no time. */
              if (stopped (tuner, error))
                return FALSE;
              trial->best = MIN (trial->best, took);
            }
          best = MIN (best, trial->best);
        }
      for (guint i = 1; i < trials->len; i++)
        {
          Trial *trial = &g_array_index (trials, Trial, i);
          trial->is_hopeless = trial->best > (round == 0 ? HOPELESS_ONCE : HOPELESS) * best;
        }
      if (round + 1 >= LEAST_ROUNDS
          && g_get_monotonic_time () - begin > (gint64)(ENOUGH * G_USEC_PER_SEC))
        break;
    }
  return TRUE;
}

static guint
choose (const GArray *trials)
{
  guint best = 0;

  for (guint i = 1; i < trials->len; i++)
    if (g_array_index (trials, Trial, i).best < g_array_index (trials, Trial, best).best)
      best = i;
  return g_array_index (trials, Trial, best).best
                 < PREFERENCE * g_array_index (trials, Trial, 0).best
             ? best
             : 0;
}

static gboolean
tune_subject (Tuner *tuner, const Subject *subject, TnTuneResult *result, GError **error)
{
  const TnProgramCall *call = subject->call;
  const TnGraph *graph = tn_facts_graph (subject->compiled->facts);
  g_autoptr (GArray) trials = find_trials (subject);
  const Trial *first = &g_array_index (trials, Trial, 0);
  Desk desk;

  gboolean ok = desk_init (&desk, tuner, trials, subject, error)
                && time_trials (tuner, call->op, trials, &desk, error);
  desk_clear (&desk, tuner);
  if (!ok)
    return FALSE;
  TnTuneShape shape = { .layer = g_strdup (tn_node_name (tn_graph_node (graph, call->owner))),
                        .n_calls = subject->n_calls,
                        .input = *first->call.inputs[0],
                        .weights = *first->call.inputs[call->op->weights],
                        .output = *first->call.output,
                        .candidates = g_array_new (FALSE, FALSE, sizeof (TnTuneCandidate)),
                        .chosen = choose (trials) };
  g_array_set_clear_func (shape.candidates, candidate_clear);
  for (guint i = 0; i < trials->len; i++)
    {
      const Trial *trial = &g_array_index (trials, Trial, i);
      TnTuneCandidate candidate = { g_strdup (call->op->kernel_name (&trial->call)),
                                    isfinite (trial->best) ? trial->best : 0.0 };
      g_array_append_val (shape.candidates, candidate);
    }
  result->n_changed += shape.chosen != 0;
  result->rule_seconds
      += shape.n_calls * g_array_index (shape.candidates, TnTuneCandidate, 0).seconds;
  result->chosen_seconds
      += shape.n_calls * g_array_index (shape.candidates, TnTuneCandidate, shape.chosen).seconds;
  tn_tuning_set (result->tuning, subject->key, tuner->n_workers,
                 g_array_index (trials, Trial, shape.chosen).way);
  g_array_append_val (result->shapes, shape);
  return TRUE;
}

/* ---- the whole ---- */

static gboolean
tune_all (Tuner *tuner, TnTuneResult *result, TnTuneProgressFunc progress, gpointer data,
          GError **error)
{
  for (guint i = 0; i < tuner->subjects->len; i++)
    {
      const Subject *subject = &g_array_index (tuner->subjects, Subject, i);
      const TnGraph *graph = tn_facts_graph (subject->compiled->facts);
      TnTuneProgress told = { .fraction = (double)i / tuner->subjects->len,
                              .n_done = i,
                              .n_shapes = tuner->subjects->len,
                              .node = tn_node_id (tn_graph_node (graph, subject->call->owner)) };

      if (stopped (tuner, error))
        return FALSE;
      if (progress != NULL)
        progress (&told, data);
      if (!tune_subject (tuner, subject, result, error))
        return FALSE;
    }
  return TRUE;
}

static TnTuneResult *
result_new (const TnTuning *before)
{
  TnTuneResult *result = g_new0 (TnTuneResult, 1);

  g_atomic_ref_count_init (&result->ref_count);
  result->shapes = g_array_new (FALSE, FALSE, sizeof (TnTuneShape));
  g_array_set_clear_func (result->shapes, shape_clear);
  result->tuning = before != NULL ? tn_tuning_copy (before) : tn_tuning_new ();
  return result;
}

TnTuneResult *
tn_tune (const TnFacts *facts, const TnRunOptions *options, const TnTuning *before,
         TnTuneProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (TnPool) pool = NULL;
  g_autoptr (TnCompiled) compiled = NULL;
  g_autoptr (TnCompiled) other = NULL;
  g_autoptr (TnTuneResult) result = result_new (before);
  g_autoptr (GArray) subjects = g_array_new (FALSE, FALSE, sizeof (Subject));
  g_autofree Clock *clocks = NULL;
  TnRunOptions plain = *options;

  g_return_val_if_fail (options->batch >= 1, NULL);
  if (!tn_plan_check_facts (facts, options, error))
    return NULL;
  gint64 samples = tn_compile_samples (facts, options, error);
  if (samples < 0)
    return NULL;
  pool = tn_pool_new (tn_plan_threads (options));
  plain.kernels = TN_RUN_KERNELS_AUTO;
  plain.tuning = NULL;
  result->batch = MIN (options->batch, samples);
  result->threads = tn_pool_size (pool);
  compiled = tn_compile (facts, &plain, result->batch, result->batch, result->threads, cancellable,
                         error);
  if (compiled == NULL)
    return NULL;
  plain.watch = !plain.watch;
  other = tn_compile (facts, &plain, result->batch, result->batch, result->threads, cancellable,
                      error);
  if (other == NULL)
    return NULL;

  g_array_set_clear_func (subjects, subject_clear);
  clocks = g_new0 (Clock, result->threads);
  Tuner tuner
      = { .pool = pool,
          .n_workers = result->threads,
          .clocks = clocks,
          .limit = options->memory_limit != 0 ? options->memory_limit : tn_account_default_limit (),
          .is_cold = is_cold (compiled),
          .subjects = subjects,
          .cancellable = cancellable };
  find_subjects (&tuner, compiled, FALSE);
  find_subjects (&tuner, other, TRUE);
  gsize bytes = tuner.is_cold ? tn_cpu ()->l2 * tuner.n_workers : 0;
  gpointer lines = NULL;
  if (!tn_account_alloc (&tuner.account, bytes, &lines, error))
    return NULL;
  if (lines != NULL)
    tn_random_uniform (tn_random_stream (2, "tune"), 0, bytes / sizeof (float), -0.5f, 0.5f, lines);
  tuner.chill = lines;

  guint flush = tn_pool_enter_flush ();
  tn_pool_set_cancellable (pool, cancellable);
  gboolean ok = tune_all (&tuner, result, progress, data, error);
  tn_pool_set_cancellable (pool, NULL);
  tn_pool_leave_flush (flush);
  tn_account_free (&tuner.account, lines, bytes);
  if (!ok)
    return NULL;
  result->seconds = (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  return g_steal_pointer (&result);
}
