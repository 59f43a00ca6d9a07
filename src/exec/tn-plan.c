/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnPlan: what a run needs is found out, refused if it is too much, and then allocated and filled.
 */
#include "exec/tn-plan-private.h"

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "exec/tn-stats.h"

static guint64
floats_bytes (guint64 n)
{
  return tn_account_round (tn_account_product (n, sizeof (float)));
}

/* ---- how much ---- */

static TnFootprint
footprint (const TnRunOptions *options, gint64 samples, const TnCompiled *whole,
           const TnCompiled *rest)
{
  TnFootprint f = { 0 };

  g_autoptr (TnConstants) constants = tn_constants_new (options, whole, rest);
  tn_constants_measure (constants, &f.weights, &f.making);
  f.arena = whole->arena->bytes;
  f.scratch = tn_account_round (whole->scratch);
  gint64 n_pieces = whole->n_pieces;
  if (rest != NULL)
    {
      f.arena = MAX (f.arena, rest->arena->bytes);
      f.scratch = MAX (f.scratch, tn_account_round (rest->scratch));
      n_pieces = MAX (n_pieces, rest->n_pieces);
    }
  f.pieces = tn_account_round ((guint64)n_pieces * tn_stats_piece_bytes (options->histogram));
  for (guint i = 0; options->keep_outputs && i < whole->outputs->len; i++)
    {
      TnTensorId id = g_array_index (whole->outputs, TnTensorId, i);
      const TnShape *shape = tn_program_shape (whole->program, id);
      guint64 elements = samples == whole->batch
                             ? (guint64)tn_shape_elements (shape, 0)
                             : tn_account_product (samples, tn_shape_elements (shape, 1));
      f.outputs = tn_account_sum (f.outputs, MAX (floats_bytes (elements), TN_ALIGNMENT));
    }
  f.total = tn_account_sum (tn_account_sum (f.weights, f.arena),
                            tn_account_sum (f.scratch, tn_account_sum (f.pieces, f.outputs)));
  f.total = MAX (f.total, f.making);
  return f;
}

/* Both programs for batches of @batch; FALSE also when they cannot be counted. */
static gboolean
compile_both (const TnFacts *facts, const TnRunOptions *options, gint64 samples, gint64 batch,
              guint n_workers, TnCompiled **whole, TnCompiled **rest, GCancellable *cancellable,
              GError **error)
{
  *rest = NULL;
  *whole = tn_compile (facts, options, batch, batch, n_workers, cancellable, error);
  if (*whole == NULL)
    return FALSE;
  if (samples % batch == 0)
    return TRUE;
  *rest = tn_compile (facts, options, samples % batch, batch, n_workers, cancellable, error);
  if (*rest != NULL)
    return TRUE;
  g_clear_pointer (whole, tn_compiled_free);
  return FALSE;
}

/* 0 when not even single samples fit. */
static gint64
largest_batch (const TnFacts *facts, const TnRunOptions *options, gint64 samples, gint64 too_many,
               guint n_workers, guint64 limit, GCancellable *cancellable)
{
  gint64 fits = 0;

  while (too_many - fits > 1)
    {
      gint64 batch = fits + (too_many - fits) / 2;
      g_autoptr (TnCompiled) whole = NULL;
      g_autoptr (TnCompiled) rest = NULL;
      if (g_cancellable_is_cancelled (cancellable))
        return 0;
      if (compile_both (facts, options, samples, batch, n_workers, &whole, &rest, cancellable, NULL)
          && footprint (options, samples, whole, rest).total <= limit)
        fits = batch;
      else
        too_many = batch;
    }
  return fits;
}

static void
refuse (const TnPlan *plan, guint64 need, guint64 limit, GCancellable *cancellable, GError **error)
{
  gint64 fits = largest_batch (plan->facts, &plan->options, plan->samples, plan->batch,
                               plan->n_threads, limit, cancellable);
  g_autofree char *batch = tn_text_count (plan->batch);
  g_autofree char *need_text
      = need == G_MAXUINT64 ? g_strdup (_ ("more than can be counted")) : tn_text_bytes (need);
  g_autofree char *limit_text = tn_text_bytes (limit);
  g_autofree char *fits_text = tn_text_count (fits);

  if (fits > 0)
    g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
                 _ ("Batches of %s need %s of memory, but only %s may be used; the largest batch "
                    "that would fit is %s."),
                 batch, need_text, limit_text, fits_text);
  else
    g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
                 _ ("Batches of %s need %s of memory, but only %s may be used; not even a batch of "
                    "1 would fit."),
                 batch, need_text, limit_text);
}

/* ---- the plan ---- */

TnKernelContext
tn_plan_context (const TnPlan *plan, double seconds, TnScratch scratch)
{
  return (TnKernelContext){ .n_workers = tn_pool_size (plan->pool),
                            .parallel_for = tn_pool_for,
                            .pool = plan->pool,
                            .seconds = seconds,
                            .backwards = plan->backwards,
                            .scratch = scratch,
                            .memory = plan->scratch };
}

static gboolean
set_cancelled (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_set_error (error, TN_ERROR, TN_ERROR_CANCELLED, _ ("The run was stopped."));
  return TRUE;
}

gboolean
tn_plan_check_facts (const TnFacts *facts, const TnRunOptions *options, GError **error)
{
  /* Given data may close what is open in the model: then only the bound graph can be judged. */
  gboolean bare = options->inputs == NULL || g_hash_table_size (options->inputs) == 0;
  const TnIssue *obstacle = bare ? tn_facts_obstacle (facts) : NULL;

  if (obstacle == NULL)
    return TRUE;
  g_set_error (error, TN_ERROR, TN_ERROR_MODEL, _ ("The model has errors and cannot be run. %s"),
               obstacle->message);
  return FALSE;
}

guint
tn_plan_threads (const TnRunOptions *options)
{
  if (options->threads != 0 || !options->background)
    return options->threads;
  return MAX (g_get_num_processors (), 2) - 1;
}

static gboolean
allocate (TnPlan *plan, GError **error)
{
  return tn_account_alloc (&plan->account, plan->footprint.arena, &plan->arena, error)
         && tn_account_alloc (&plan->account, plan->footprint.scratch, &plan->scratch, error)
         && tn_account_alloc (&plan->account, plan->footprint.pieces, &plan->pieces, error);
}

static TnPlan *
plan_of (const TnFacts *facts, const TnRunOptions *options)
{
  TnPlan *plan = g_new0 (TnPlan, 1);

  plan->facts = tn_facts_ref (facts);
  plan->options = tn_run_options_copy (options);
  return plan;
}

/* All that can be known, and refused, before anything is made; with @plan->n_threads. */
static gboolean
look_ahead (TnPlan *plan, GCancellable *cancellable, GError **error)
{
  const TnFacts *facts = plan->facts;
  const TnRunOptions *options = &plan->options;

  plan->samples = tn_compile_samples (facts, options, error);
  if (plan->samples < 0)
    return FALSE;
  plan->batch = MIN (options->batch, plan->samples);

  guint64 limit = options->memory_limit != 0 ? options->memory_limit : tn_account_default_limit ();
  g_autoptr (GError) failure = NULL;
  if (!compile_both (facts, options, plan->samples, plan->batch, plan->n_threads, &plan->whole,
                     &plan->rest, cancellable, &failure))
    {
      if (g_error_matches (failure, TN_ERROR, TN_ERROR_MEMORY) && plan->batch > 1)
        refuse (plan, G_MAXUINT64, limit, cancellable, error);
      else
        g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (!tn_compile_check_weights (plan->whole, options, error))
    return FALSE;
  if (plan->whole->mixed != NULL && plan->batch != plan->samples)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s does not put out a row for each sample, so what belongs to which sample "
                      "cannot be told: it can be run only with all %" PRIi64
                      " samples in one batch."),
                   tn_node_name (plan->whole->mixed), plan->samples);
      return FALSE;
    }
  plan->footprint = footprint (options, plan->samples, plan->whole, plan->rest);
  if (plan->footprint.total > limit)
    {
      refuse (plan, plan->footprint.total, limit, cancellable, error);
      return FALSE;
    }
  plan->constants = tn_constants_new (options, plan->whole, plan->rest);
  if (!tn_constants_check (plan->constants, error))
    return FALSE;
  tn_plan_expect (plan);
  return TRUE;
}

gboolean
tn_plan_foresee (const TnFacts *facts, const TnRunOptions *options, double *seconds,
                 GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (options->batch >= 1, FALSE);

  if (!tn_plan_check_facts (facts, options, error))
    return FALSE;
  g_autoptr (TnPlan) plan = plan_of (facts, options);
  plan->n_threads = tn_pool_wanted (tn_plan_threads (options));
  if (!look_ahead (plan, cancellable, error) || set_cancelled (cancellable, error))
    return FALSE;
  *seconds = plan->expected_seconds;
  return TRUE;
}

TnPlan *
tn_plan_new (const TnFacts *facts, const TnRunOptions *options, GCancellable *cancellable,
             GError **error)
{
  g_return_val_if_fail (options->batch >= 1, NULL);

  gint64 begin = g_get_monotonic_time ();
  if (!tn_plan_check_facts (facts, options, error))
    return NULL;
  g_autoptr (TnPlan) plan = plan_of (facts, options);
  plan->pool = tn_pool_new (tn_plan_threads (options));
  plan->n_threads = tn_pool_size (plan->pool);
  if (!look_ahead (plan, cancellable, error))
    return NULL;

  TnKernelContext context = tn_plan_context (plan, 0.0, (TnScratch){ 0 });
  guint before = tn_pool_enter_flush ();
  tn_pool_set_cancellable (plan->pool, cancellable);
  gboolean made = tn_constants_make (plan->constants, &plan->account, &context, cancellable, error);
  tn_pool_set_cancellable (plan->pool, NULL);
  tn_pool_leave_flush (before);
  if (!made || set_cancelled (cancellable, error) || !allocate (plan, error))
    return NULL;
  plan->making_peak = plan->account.peak;
  tn_stage_init (&plan->whole_stage, plan, plan->whole);
  if (plan->rest != NULL)
    tn_stage_init (&plan->rest_stage, plan, plan->rest);
  plan->plan_seconds = (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  return g_steal_pointer (&plan);
}

void
tn_plan_free (TnPlan *plan)
{
  if (plan == NULL)
    return;
  g_clear_pointer (&plan->pool, tn_pool_free);
  tn_stage_clear (&plan->whole_stage);
  tn_stage_clear (&plan->rest_stage);
  if (plan->constants != NULL)
    tn_constants_clear (plan->constants, &plan->account);
  g_clear_pointer (&plan->constants, tn_constants_free);
  tn_account_free (&plan->account, plan->arena, plan->footprint.arena);
  tn_account_free (&plan->account, plan->scratch, plan->footprint.scratch);
  tn_account_free (&plan->account, plan->pieces, plan->footprint.pieces);
  g_clear_pointer (&plan->whole, tn_compiled_free);
  g_clear_pointer (&plan->rest, tn_compiled_free);
  tn_run_options_clear (&plan->options);
  g_clear_pointer (&plan->facts, tn_facts_unref);
  g_free (plan);
}

guint64
tn_plan_predicted_bytes (const TnPlan *plan)
{
  return plan->footprint.total;
}

gint64
tn_plan_samples (const TnPlan *plan)
{
  return plan->samples;
}

float *
tn_plan_memory (const TnPlan *plan, const TnCompiled *compiled, TnTensorId id)
{
  const TnPlace *place = &compiled->arena->places[id];
  const TnProgramTensor *root = tn_program_tensor (compiled->program, place->root);

  if (root->kind == TN_TENSOR_CONSTANT)
    return (float *)tn_constants_plain (plan->constants, root->label);
  return (float *)((char *)plan->arena + compiled->arena->blocks[place->block].offset);
}

char *
tn_plan_dump (const TnPlan *plan)
{
  const TnCompiled *both[] = { plan->whole, plan->rest };
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "weights %" G_GUINT64_FORMAT " bytes\n", plan->footprint.weights);
  for (guint i = 0; i < G_N_ELEMENTS (both) && both[i] != NULL; i++)
    {
      g_string_append_printf (text,
                              "batch %" G_GINT64_FORMAT ": arena %" G_GUINT64_FORMAT " bytes\n",
                              both[i]->batch, both[i]->arena->bytes);
      tn_arena_dump (both[i]->arena, both[i]->program, text);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
