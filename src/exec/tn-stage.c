/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking everything up once: what each call reads, how it works, what is looked at, who is told of
 * in the results. A run of a small model takes less time than that. */
#include "exec/tn-plan-private.h"

/* ---- lines ---- */

/* What computes the layers, by node: the kernels of their most expensive calls. */
static const char **
find_kernels (const TnStage *stage, guint n_nodes)
{
  const char **kernels = g_new0 (const char *, n_nodes + 1);
  g_autofree double *most = g_new0 (double, n_nodes + 1);

  for (guint i = 0; i < stage->n_steps; i++)
    {
      const TnRunStep *step = &stage->steps[i];

      if (step->op->flags & TN_OP_ALIAS
          || (kernels[step->owner] != NULL && step->cost <= most[step->owner]))
        continue;
      most[step->owner] = step->cost;
      kernels[step->owner]
          = stage->compiled->plain ? "reference" : step->op->kernel_name (&step->sizes);
    }
  return kernels;
}

static char *
kernel_text (const TnCompiled *compiled, guint index, const char *kernel)
{
  const TnGraph *graph = tn_facts_graph (compiled->facts);
  guint by = tn_program_absorber (compiled->program, index);

  if (tn_compile_is_input (tn_graph_node (graph, index)))
    return g_ref_string_new ("data");
  if (kernel != NULL || by == index)
    return g_ref_string_new (kernel != NULL ? kernel : "alias");
  g_autofree char *fused
      = g_strdup_printf ("fused into %s", tn_node_name (tn_graph_node (graph, by)));
  return g_ref_string_new (fused);
}

static void
line_clear (gpointer data)
{
  TnRunLine *line = data;

  g_ref_string_release (line->name);
  g_ref_string_release (line->kernel);
}

/* A line for each layer, however often it is called; @line_of: by node. */
static void
add_lines (TnStage *stage, guint *line_of)
{
  const TnCompiled *compiled = stage->compiled;
  const TnGraph *graph = tn_facts_graph (compiled->facts);
  guint n_nodes = tn_graph_size (graph);
  g_autofree const char **kernels = find_kernels (stage, n_nodes);
  g_autofree gboolean *told = g_new0 (gboolean, n_nodes + 1);

  stage->lines = g_array_new (FALSE, FALSE, sizeof (TnRunLine));
  g_array_set_clear_func (stage->lines, line_clear);
  for (guint i = 0; i < compiled->lowered->len; i++)
    {
      guint index = g_array_index (compiled->lowered, TnLowered, i).index;
      if (told[index])
        continue;
      told[index] = TRUE;
      line_of[index] = stage->lines->len;
      TnRunLine line = { .index = index,
                         .name = g_ref_string_new (tn_node_name (tn_graph_node (graph, index))),
                         .kernel = kernel_text (compiled, index, kernels[index]) };
      g_array_append_val (stage->lines, line);
    }
}

/* ---- watches ---- */

static void
add_watch (TnStage *stage, TnTensorId tensor, guint line)
{
  const TnCompiled *compiled = stage->compiled;
  const TnProgramTensor *known = tn_program_tensor (compiled->program, tensor);
  TnTensorId root = compiled->arena->places[tensor].root;
  TnWatch watch = { .line = line, .same_as = -1, .tensor = tensor };

  for (guint k = 0; k < stage->watches->len && watch.same_as < 0; k++)
    if (compiled->arena->places[g_array_index (stage->watches, TnWatch, k).tensor].root == root)
      watch.same_as = (int)k;
  int *first
      = known->kind == TN_TENSOR_COMPUTED ? &stage->steps[known->call].watch : &stage->fed_watch;
  watch.next = *first;
  /* What was looked at already is not looked at again. */
  if (watch.same_as < 0)
    *first = (int)stage->watches->len;
  g_array_append_val (stage->watches, watch);
}

static void
add_watches (TnStage *stage, const guint *line_of)
{
  const TnCompiled *compiled = stage->compiled;

  stage->watches = g_array_new (FALSE, FALSE, sizeof (TnWatch));
  for (guint i = 0; i < compiled->lowered->len; i++)
    {
      const TnLowered *lowered = &g_array_index (compiled->lowered, TnLowered, i);
      for (guint j = 0; j < lowered->n_outputs; j++)
        if (tn_compiled_watches (compiled, lowered->outputs[j]))
          {
            add_watch (stage, lowered->outputs[j], line_of[lowered->index]);
            g_array_index (stage->lines, TnRunLine, line_of[lowered->index]).watched = TRUE;
          }
    }
}

/* ---- steps ---- */

static void
step_init (TnRunStep *step, const TnPlan *plan, const TnCompiled *compiled, guint index)
{
  const TnProgramCall *call = tn_program_call_at (compiled->program, index);

  step->op = call->op;
  step->owner = call->owner;
  step->watch = -1;
  step->sizes = tn_compiled_sizes (compiled, call);
  for (guint j = 0; j < call->n_inputs; j++)
    if (call->inputs[j] != TN_TENSOR_ABSENT)
      step->data.inputs[j] = tn_plan_memory (plan, compiled, call->inputs[j]);
  step->data.output = tn_plan_memory (plan, compiled, call->output);
  step->data.packed = tn_constants_packed (plan->constants, compiled, call);
  if (call->op->scratch != NULL)
    step->scratch = call->op->scratch (&step->sizes);
  if (call->op->flops != NULL)
    step->flops = call->op->flops (&step->sizes);
  step->cost = tn_compiled_call_cost (compiled, index);
  step->bytes = tn_compiled_call_bytes (compiled, index);
  step->alone = tn_plan_seconds_alone (plan, step->flops, (double)step->bytes);
  if (call->op->plan == NULL || compiled->plain)
    return;
  step->plan = g_malloc0 (call->op->plan_bytes);
  call->op->plan (&step->sizes, step->plan);
  step->sizes.plan = step->plan;
}

void
tn_stage_init (TnStage *stage, const TnPlan *plan, const TnCompiled *compiled)
{
  g_autofree guint *line_of = g_new0 (guint, tn_graph_size (tn_facts_graph (compiled->facts)) + 1);

  stage->compiled = compiled;
  stage->n_steps = tn_program_n_calls (compiled->program);
  stage->steps = g_new0 (TnRunStep, stage->n_steps + 1);
  stage->fed_watch = -1;
  for (guint i = 0; i < stage->n_steps; i++)
    step_init (&stage->steps[i], plan, compiled, i);
  add_lines (stage, line_of);
  add_watches (stage, line_of);
}

void
tn_stage_clear (TnStage *stage)
{
  for (guint i = 0; i < stage->n_steps; i++)
    g_free (stage->steps[i].plan);
  g_clear_pointer (&stage->steps, g_free);
  g_clear_pointer (&stage->watches, g_array_unref);
  g_clear_pointer (&stage->lines, g_array_unref);
}
