/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking through a program with Tenon's kernels for what nobody else takes over. */
#include "models/walk.h"

#include <string.h>

Walk *
walk_new (const Subject *subject, gint64 batch, guint threads)
{
  Walk *walk = g_new0 (Walk, 1);
  TnPlan *plan = walk->plan = subject_plan (subject, batch, threads, TN_RUN_KERNELS_BLIS, FALSE);
  const TnCompiled *compiled = plan->whole;
  g_autoptr (GError) error = NULL;

  walk->threads = threads;
  walk->n_steps = tn_program_n_calls (compiled->program);
  walk->steps = g_new0 (WalkStep, walk->n_steps);
  for (guint i = 0; i < walk->n_steps; i++)
    {
      const TnProgramCall *call = tn_program_call_at (compiled->program, i);
      WalkStep *step = &walk->steps[i];

      step->walk = walk;
      step->op = call->op;
      step->sizes = tn_compiled_sizes (compiled, call);
      step->n_inputs = call->n_inputs;
      for (guint j = 0; j < call->n_inputs; j++)
        {
          step->inputs[j] = TN_TENSOR_ABSENT;
          if (call->inputs[j] == TN_TENSOR_ABSENT)
            continue;
          step->inputs[j] = tn_program_root (compiled->program, call->inputs[j]);
          step->data.inputs[j] = tn_plan_memory (plan, compiled, call->inputs[j]);
        }
      step->output = tn_program_root (compiled->program, call->output);
      step->data.output = tn_plan_memory (plan, compiled, call->output);
      step->data.packed = tn_constants_packed (plan->constants, compiled, call);
      if (step->op->scratch != NULL)
        step->scratch = step->op->scratch (&step->sizes);
      step->alone = tn_plan_seconds_alone (
          plan, step->op->flops != NULL ? step->op->flops (&step->sizes) : 0.0,
          (double)tn_compiled_call_bytes (compiled, i));
    }
  return walk;
}

guint
walk_readers (const Walk *walk, TnTensorId root, guint from)
{
  const TnCompiled *compiled = walk->plan->whole;
  guint n = 0;

  for (guint i = from; i < walk->n_steps; i++)
    for (guint j = 0; j < walk->steps[i].n_inputs; j++)
      n += walk->steps[i].inputs[j] == root && !(walk->steps[i].op->flags & TN_OP_ALIAS);
  for (guint i = 0; i < compiled->outputs->len; i++)
    n += tn_program_root (compiled->program, g_array_index (compiled->outputs, TnTensorId, i))
         == root;
  return n;
}

/* Fed anew in each run, as Tenon is: its memory is used for other things later on. */
static void
feed (Walk *walk)
{
  const TnCompiled *compiled = walk->plan->whole;

  for (guint i = 0; i < compiled->inputs->len; i++)
    {
      const TnFeedPoint *point = &g_array_index (compiled->inputs, TnFeedPoint, i);
      const TnNode *node = tn_graph_node (tn_facts_graph (compiled->facts), point->index);
      TnTensor *given = g_hash_table_lookup (walk->plan->options.inputs, tn_node_name (node));

      memcpy (tn_plan_memory (walk->plan, compiled, point->tensor), tn_tensor_floats (given),
              tn_tensor_bytes (given));
    }
}

void
walk_run (gpointer data)
{
  Walk *walk = data;
  guint before = tn_pool_enter_flush ();

  feed (walk);
  for (guint i = 0; i < walk->n_steps; i++)
    {
      WalkStep *step = &walk->steps[i];

      if (step->skipped || (step->op->flags & TN_OP_ALIAS))
        continue;
      if (step->run != NULL)
        {
          step->run (step);
          continue;
        }
      TnKernelContext context = tn_plan_context (walk->plan, step->alone, step->scratch);
      step->op->kernel (&step->sizes, &step->data, &context);
    }
  tn_pool_leave_flush (before);
}

const float *
walk_output (gpointer data, gsize *n)
{
  Walk *walk = data;
  const TnCompiled *compiled = walk->plan->whole;
  TnTensorId id = g_array_index (compiled->outputs, TnTensorId, 0);

  *n = (gsize)tn_shape_elements (tn_program_shape (compiled->program, id), 0);
  return tn_plan_memory (walk->plan, compiled, id);
}

char *
walk_others (gpointer data)
{
  const Walk *walk = data;
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < walk->n_steps; i++)
    {
      const WalkStep *step = &walk->steps[i];

      if (step->run == NULL && !step->skipped && !(step->op->flags & TN_OP_ALIAS)
          && strstr (text->str, step->op->name) == NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", step->op->name);
    }
  return g_string_free (text, FALSE);
}
