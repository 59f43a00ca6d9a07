/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a run will take, from what this processor was measured to multiply. What share of that
 * each way to compute reaches was measured on whole models with one thread. */
#include "exec/tn-plan-private.h"
#include "kernels/tn-cpu.h"
#include "kernels/tn-tile.h"

/* By what the name of a kernel begins with; the first that fits. Winograd's way multiplies less
 * than is counted. */
static const struct
{
  const char *kernel;
  double part;
} parts[] = {
  { "Winograd", 1.6 },      { "direct, by channels", 0.25 },
  { "direct", 0.7 },        { "three at once", 0.65 },
  { "product", 0.95 },      { "step by step", 0.45 },
  { "head by head", 0.45 }, { "bli_sgemm", 0.6 },
  { "im2col", 0.6 },
};
#define OTHER_PART 0.5
#define BLIS_PART  0.2
/* Operations a second of the plain loops. */
#define REFERENCE_RATE 1e9
/* Bytes a second and thread: of tensors, which mostly come from a cache; of weights that do not
 * all stay in one, and so many more that they never do. */
#define TENSOR_RATE  16e9
#define WEIGHT_RATE  30e9
#define MEMORY_RATE  10e9
#define MANY_WEIGHTS ((guint64)64 << 20)
/* Handing out a call and looking at the clock. */
#define CALL_SECONDS 0.5e-6

static double
part_of (const char *kernel)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_has_prefix (kernel, parts[i].kernel))
      return parts[i].part;
  return OTHER_PART;
}

/* With one thread. Weights are fetched while there is something to multiply, so the slower of both
 * counts. */
static double
call_seconds (const TnPlan *plan, const TnCompiled *compiled, guint index)
{
  const TnProgramCall *call = tn_program_call_at (compiled->program, index);
  if (call->op->flags & TN_OP_ALIAS)
    return 0.0;
  TnOpCall sizes = tn_compiled_sizes (compiled, call);
  double flops = call->op->flops != NULL ? call->op->flops (&sizes) : 0.0;
  double bytes = (double)tn_compiled_call_bytes (compiled, index);
  double weights = 0.0;

  if (plan->options.kernels == TN_RUN_KERNELS_REFERENCE)
    return (flops + bytes / sizeof (float)) / REFERENCE_RATE;
  if (call->op->packed != NULL)
    weights = (double)tn_shape_elements (sizes.inputs[call->op->weights], 0) * sizeof (float);
  if (sizes.packed)
    {
      /* Vectors that the last filters do not fill take as long as full ones. */
      gint64 filters = sizes.output->dims[sizes.output->rank - 1].size;
      gint64 floats = tn_tile_set (tn_cpu ()->isa)->floats;
      gint64 filled = tn_op_bands (filters, floats) * floats;
      flops *= filters > 0 ? (double)filled / (double)filters : 1.0;
    }
  double rate = tn_cpu_peak_gflops () * 1e9 * part_of (call->op->kernel_name (&sizes));
  double weight_rate = plan->footprint.weights > MANY_WEIGHTS ? MEMORY_RATE : WEIGHT_RATE;
  double moving = (bytes - weights) / TENSOR_RATE;
  return CALL_SECONDS + MAX (flops / rate, weights / weight_rate) + (flops > 0.0 ? 0.0 : moving);
}

/* How long all batches will take. */
void
tn_plan_expect (TnPlan *plan)
{
  const TnCompiled *both[] = { plan->whole, plan->rest };
  /* The plain loops have no bands. */
  guint n_workers = plan->options.kernels == TN_RUN_KERNELS_REFERENCE ? 1 : plan->n_threads;

  plan->peak_gflops = tn_cpu_peak_gflops () * plan->n_threads;
  plan->expected_seconds = 0.0;
  for (guint i = 0; i < G_N_ELEMENTS (both) && both[i] != NULL; i++)
    {
      double times = i == 0 ? (double)(plan->samples / plan->batch) : 1.0;

      for (guint j = 0; j < tn_program_n_calls (both[i]->program); j++)
        plan->expected_seconds += times * call_seconds (plan, both[i], j) / n_workers;
    }
}

/* Of a call, or a part of one, of which no more is known. */
double
tn_plan_seconds_alone (const TnPlan *plan, double flops, double bytes)
{
  double part = plan->options.kernels == TN_RUN_KERNELS_BLIS ? BLIS_PART : OTHER_PART;

  return flops / (tn_cpu_peak_gflops () * 1e9 * part) + bytes / TENSOR_RATE;
}

double
tn_plan_expected_seconds (const TnPlan *plan)
{
  return plan->expected_seconds;
}
