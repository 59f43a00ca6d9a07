/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second half of compiling: what is looked at, what is fused, where all lies, what it costs. */
#include "exec/tn-account.h"
#include "exec/tn-compile.h"
#include "exec/tn-stats.h"
#include "exec/tn-tuning-private.h"
#include "kernels/tn-cpu.h"

/* More between two convolutions than that part of the second cache, and making it piece by piece is
 * faster. */
#define CHAIN_PART 4

/* ---- measures ---- */

static gboolean
is_packed (const TnCompiled *compiled, const TnProgramCall *call, const TnOpCall *sizes)
{
  const TnProgram *program = compiled->program;

  if (compiled->plain || call->op->packed == NULL)
    return FALSE;
  TnTensorId weights = tn_program_root (program, call->inputs[call->op->weights]);
  return tn_program_tensor (program, weights)->kind == TN_TENSOR_CONSTANT
         && call->op->packed (sizes) > 0;
}

TnOpCall
tn_compiled_sizes (const TnCompiled *compiled, const TnProgramCall *call)
{
  TnOpCall sizes = { .settings = &call->settings,
                     .n_inputs = call->n_inputs,
                     .output = tn_program_shape (compiled->program, call->output) };

  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i] != TN_TENSOR_ABSENT)
      sizes.inputs[i] = tn_program_shape (compiled->program, call->inputs[i]);
  sizes.packed = is_packed (compiled, call, &sizes);
  return sizes;
}

gboolean
tn_compiled_watches (const TnCompiled *compiled, TnTensorId tensor)
{
  for (guint i = 0; i < compiled->outputs->len; i++)
    if (g_array_index (compiled->outputs, TnTensorId, i) == tensor)
      return TRUE;
  return compiled->watch && tensor < compiled->n_tensors && compiled->is_layer[tensor];
}

guint64
tn_compiled_call_bytes (const TnCompiled *compiled, guint index)
{
  const TnProgramCall *call = tn_program_call_at (compiled->program, index);
  gint64 n = 0;

  if (call->op->flags & TN_OP_ALIAS)
    return 0;
  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i] != TN_TENSOR_ABSENT)
      n += tn_shape_elements (tn_program_shape (compiled->program, call->inputs[i]), 0);
  n += tn_shape_elements (tn_program_shape (compiled->program, call->output), 0);
  return (guint64)n * sizeof (float);
}

double
tn_compiled_call_cost (const TnCompiled *compiled, guint index)
{
  const TnProgramCall *call = tn_program_call_at (compiled->program, index);
  if (call->op->flags & TN_OP_ALIAS)
    return 0.0;
  TnOpCall sizes = tn_compiled_sizes (compiled, call);
  double flops = call->op->flops != NULL ? call->op->flops (&sizes) : 0.0;
  return flops / 2.0 + (double)tn_shape_elements (sizes.output, 0);
}

static void
lower_limit (gint64 *limit, gint64 ids)
{
  *limit = *limit > 0 ? MIN (*limit, ids) : ids;
}

/* Inputs that a table is looked up by must hold what stands in it, however it was moved about
 * before. */
static void
find_ids (TnCompiled *compiled)
{
  const TnProgram *program = compiled->program;
  g_autofree gint64 *limits = g_new0 (gint64, tn_program_n_tensors (program) + 1);

  for (guint i = tn_program_n_calls (program); i-- > 0;)
    {
      const TnProgramCall *call = tn_program_call_at (program, i);
      gboolean moves = call->op == &tn_op_reshape || call->op == &tn_op_transpose
                       || call->op == &tn_op_pad || call->op == &tn_op_stride
                       || call->op == &tn_op_concatenate
                       || (call->op == &tn_op_unary && call->settings.unary == TN_UNARY_TRUNCATE);

      if (call->op == &tn_op_gather)
        lower_limit (&limits[call->inputs[1]],
                     tn_op_dim (tn_program_shape (program, call->inputs[0]), 0));
      else if (call->op == &tn_op_one_hot)
        lower_limit (&limits[call->inputs[0]], call->settings.groups);
      for (guint j = 0; moves && limits[call->output] > 0 && j < call->n_inputs; j++)
        lower_limit (&limits[call->inputs[j]], limits[call->output]);
    }
  for (guint i = 0; i < compiled->inputs->len; i++)
    {
      TnFeedPoint *point = &g_array_index (compiled->inputs, TnFeedPoint, i);

      point->ids = limits[point->tensor];
    }
}

/* What is looked at stays as it is. */
static void
find_watched (TnCompiled *compiled, GArray *kept)
{
  compiled->n_tensors = tn_program_n_tensors (compiled->program);
  compiled->is_layer = g_new0 (gboolean, compiled->n_tensors + 1);
  for (guint i = 0; i < compiled->lowered->len; i++)
    {
      const TnLowered *lowered = &g_array_index (compiled->lowered, TnLowered, i);
      for (guint j = 0; j < lowered->n_outputs; j++)
        {
          TnTensorId id = lowered->outputs[j];
          compiled->is_layer[id] = TRUE;
          if (!tn_compiled_watches (compiled, id))
            continue;
          g_array_append_val (kept, id);
          compiled->n_pieces = MAX (
              compiled->n_pieces,
              tn_stats_pieces (tn_shape_elements (tn_program_shape (compiled->program, id), 0)));
        }
    }
  g_array_append_vals (kept, compiled->outputs->data, compiled->outputs->len);
}

/* The fastest ways that are known. */
static void
choose_ways (TnCompiled *compiled, const TnTuning *tuning, gint64 usual, guint n_workers)
{
  for (guint i = 0; i < tn_program_n_calls (compiled->program); i++)
    {
      const TnProgramCall *call = tn_program_call_at (compiled->program, i);
      TnOpCall sizes = tn_compiled_sizes (compiled, call);
      g_autofree char *key
          = sizes.packed ? tn_tuning_key (call->op, &sizes, compiled->batch, usual) : NULL;
      TnWay way = key != NULL ? tn_tuning_find (tuning, key, n_workers) : TN_WAY_RULE;

      if (way == TN_WAY_RULE)
        continue;
      tn_program_set_way (compiled->program, i, way);
      compiled->n_tuned++;
    }
}

void
tn_compile_lay_out (TnCompiled *compiled, const TnRunOptions *options, gint64 usual,
                    guint n_workers)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (TnTensorId));

  compiled->watch = options->watch;
  compiled->plain = options->kernels == TN_RUN_KERNELS_REFERENCE;
  find_ids (compiled);
  find_watched (compiled, kept);
  if (options->kernels == TN_RUN_KERNELS_AUTO)
    tn_program_fuse_attention (compiled->program, (TnTensorId *)kept->data, kept->len);
  tn_program_fuse (compiled->program, (TnTensorId *)kept->data, kept->len);
  tn_program_choose (compiled->program,
                     options->kernels == TN_RUN_KERNELS_BLIS ? TN_KERNELS_BLIS : TN_KERNELS_AUTO,
                     options->approximate);
  if (!compiled->plain)
    tn_program_chain (
        compiled->program, (TnTensorId *)kept->data, kept->len,
        (guint64)((double)(tn_cpu ()->l2 / CHAIN_PART) * (double)compiled->batch / (double)usual));
  if (options->tuning != NULL && options->kernels == TN_RUN_KERNELS_AUTO)
    choose_ways (compiled, options->tuning, usual, n_workers);
  compiled->arena = tn_arena_new (compiled->program, (TnTensorId *)compiled->outputs->data,
                                  compiled->outputs->len);
  for (guint i = 0; i < tn_program_n_calls (compiled->program); i++)
    {
      const TnProgramCall *call = tn_program_call_at (compiled->program, i);
      compiled->cost += tn_compiled_call_cost (compiled, i);
      if (call->op->scratch == NULL)
        continue;
      TnOpCall sizes = tn_compiled_sizes (compiled, call);
      compiled->scratch
          = MAX (compiled->scratch, tn_scratch_bytes (call->op->scratch (&sizes), n_workers));
    }
}
