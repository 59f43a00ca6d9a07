/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binding a graph to a batch size, inferring it again, and lowering its layers to a program. */
#include "exec/tn-compile.h"

#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "tensor/tn-symbol.h"
#include "exec/tn-account.h"
#include "graph/tn-call.h"
#include "graph/tn-draft.h"
#include "layers/tn-lower-private.h"

gboolean
tn_compile_is_input (const TnNode *node)
{
  return tn_node_is_source (node);
}

static TnTensor *
given_input (const TnRunOptions *options, const TnNode *node)
{
  return options->inputs != NULL ? g_hash_table_lookup (options->inputs, tn_node_name (node))
                                 : NULL;
}

/* ---- checks of what is given ---- */

static gboolean
check_input (const TnFacts *facts, guint index, TnTensor *tensor, GError **error)
{
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  TnShape wanted = tn_facts_shape (facts, (TnRef){ .node = tn_node_id (node) }, NULL);
  TnShape got = *tn_tensor_shape (tensor);

  if (wanted.rank > 0)
    wanted.dims[0] = tn_dim (TN_DIM_UNKNOWN); /* samples are cut into batches */
  if (got.rank < 1 || got.dims[0].size < 1
      || (tn_shape_is_some (&wanted)
          && (got.rank != wanted.rank || !tn_shape_compatible (&wanted, &got))))
    {
      g_autofree char *wanted_text = tn_shape_to_text (&wanted);
      g_autofree char *got_text = tn_shape_to_text (&got);
      g_set_error (error, TN_ERROR, TN_ERROR_DATA,
                   _ ("The data given for %s has the shape %s, but %s is needed."),
                   tn_node_name (node), got_text, wanted_text);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_weight (const TnFacts *facts, const char *key, TnTensor *tensor, GError **error)
{
  const TnWeightSpec *weight = tn_facts_find_weight (facts, key, NULL);
  TnShape got = *tn_tensor_shape (tensor);

  if (weight == NULL)
    g_set_error (error, TN_ERROR, TN_ERROR_DATA,
                 _ ("The weight %s that was given belongs to no layer of the model."), key);
  else if (got.rank != weight->shape.rank || !tn_shape_compatible (&got, &weight->shape))
    {
      g_autofree char *wanted_text = tn_shape_to_text (&weight->shape);
      g_autofree char *got_text = tn_shape_to_text (&got);

      g_set_error (error, TN_ERROR, TN_ERROR_DATA,
                   _ ("The weight %s that was given has the shape %s, but %s is needed."), key,
                   got_text, wanted_text);
    }
  else
    return TRUE;
  return FALSE;
}

static gint
by_name (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Keys in a fixed order, so that of several mistakes always the same one is told. */
static char **
sorted_keys (GHashTable *table)
{
  guint n = 0;
  char **keys
      = table != NULL ? (char **)g_hash_table_get_keys_as_array (table, &n) : g_new0 (char *, 1);
  g_qsort_with_data (keys, (int)n, sizeof *keys, by_name, NULL);
  return keys;
}

gint64
tn_compile_samples (const TnFacts *facts, const TnRunOptions *options, GError **error)
{
  const TnGraph *graph = tn_facts_graph (facts);
  g_autofree char **inputs = sorted_keys (options->inputs);
  gint64 samples = options->samples;
  const char *source = NULL;

  for (guint i = 0; inputs[i] != NULL; i++)
    {
      const TnNode *node = tn_graph_find_name (graph, inputs[i]);
      TnTensor *tensor = g_hash_table_lookup (options->inputs, inputs[i]);
      if (node == NULL || !tn_compile_is_input (node))
        {
          g_set_error (error, TN_ERROR, TN_ERROR_DATA,
                       _ ("Data was given for %s, but the model has no input of that name."),
                       inputs[i]);
          return -1;
        }
      if (!check_input (facts, tn_graph_index (graph, tn_node_id (node)), tensor, error))
        return -1;
      gint64 n = tn_tensor_shape (tensor)->dims[0].size;
      if (samples <= 0)
        {
          samples = n;
          source = inputs[i];
        }
      if (options->samples > 0 && n < samples)
        {
          g_set_error (error, TN_ERROR, TN_ERROR_DATA,
                       _ ("%" PRIi64 " samples are asked for, but the data given for %s "
                          "has only %" PRIi64 "."),
                       samples, inputs[i], n);
          return -1;
        }
      if (options->samples <= 0 && n != samples)
        {
          g_set_error (error, TN_ERROR, TN_ERROR_DATA,
                       _ ("The data given for %s has %" PRIi64 " samples, that for %s has "
                          "%" PRIi64 "."),
                       source, samples, inputs[i], n);
          return -1;
        }
    }
  return MAX (samples, 1);
}

gboolean
tn_compile_check_weights (const TnCompiled *compiled, const TnRunOptions *options, GError **error)
{
  g_autofree char **keys = sorted_keys (options->weights);

  for (guint i = 0; keys[i] != NULL; i++)
    if (!check_weight (compiled->facts, keys[i], g_hash_table_lookup (options->weights, keys[i]),
                       error))
      return FALSE;
  return TRUE;
}

/* ---- binding ---- */

/* What has one name must have one size, wherever it is. */
static gboolean
name_size (GHashTable *named, const TnNode *node, int axis, TnDim dim, TnDim given, GError **error)
{
  const char *name = tn_symbol_name (dim);
  const TnDim *before = name != NULL ? g_hash_table_lookup (named, name) : NULL;

  if (before != NULL && before->size != given.size)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_MODEL,
                   _ ("%s is %" PRIi64 " along axis %d of the data for %s, but %" PRIi64
                      " elsewhere; one name stands for one size."),
                   name, given.size, axis, tn_node_name (node), before->size);
      return FALSE;
    }
  if (name != NULL && before == NULL)
    g_hash_table_insert (named, (gpointer)name, g_memdup2 (&given, sizeof given));
  return TRUE;
}

/* The graph with the open sizes of its inputs filled in. */
static TnGraph *
bind_graph (const TnFacts *facts, const TnRunOptions *options, gint64 batch, GError **error)
{
  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);
  /* Name of a size → TnDim that data gave it. */
  g_autoptr (GHashTable) named = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      int param = tn_schema_param (tn_node_schema (node), "batch_shape");
      if (!tn_compile_is_input (node) || param < 0)
        continue;
      TnTensor *tensor = given_input (options, node);
      TnShape shape = tn_facts_shape (facts, (TnRef){ .node = tn_node_id (node) }, NULL);
      for (int axis = 0; axis < shape.rank; axis++)
        {
          if (axis == 0)
            shape.dims[axis] = tn_dim (batch);
          else if (!tn_dim_is_known (shape.dims[axis]) && tensor != NULL)
            {
              TnDim given = tn_dim (tn_tensor_shape (tensor)->dims[axis].size);

              if (!name_size (named, node, axis, shape.dims[axis], given, error))
                return NULL;
              shape.dims[axis] = given;
            }
          else if (!tn_dim_is_known (shape.dims[axis]))
            {
              g_autofree char *text = tn_shape_to_text (&shape);
              g_set_error (
                  error, TN_ERROR, TN_ERROR_MODEL,
                  _ ("The size of axis %d of %s %s is open, so data must be given for it."), axis,
                  tn_node_name (node), text);
              return NULL;
            }
        }
      g_autoptr (TnValue) value = tn_shape_to_value (&shape);
      tn_draft_set (draft, tn_node_id (node), (guint)param, value, FALSE, NULL);
    }
  return tn_draft_finish (draft);
}

static void
set_too_large (GError **error, const char *name)
{
  g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
               _ ("The sizes at %s are too large to be counted, so no memory can hold them."),
               name);
}

static gboolean
is_countable (const TnShape *shape)
{
  gint64 elements = tn_shape_elements (shape, 0);
  return elements >= 0 && elements <= G_MAXINT64 / 16;
}

/* FALSE when there is a layer whose code is somebody's own. */
static gboolean
refuse_unknown (const TnGraph *graph, GError **error)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (!tn_node_schema (node)->opaque)
        continue;
      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s cannot be run: what a %s does is written in Python, of which the file "
                      "holds no more than Keras needs to find it."),
                   tn_node_name (node), tn_node_type (node));
      return FALSE;
    }
  return TRUE;
}

static TnFacts *
bind_facts (const TnFacts *facts, const TnRunOptions *options, gint64 batch,
            GCancellable *cancellable, GError **error)
{
  if (!refuse_unknown (tn_facts_graph (facts), error))
    return NULL;
  g_autoptr (TnGraph) graph = bind_graph (facts, options, batch, error);
  if (graph == NULL)
    return NULL;
  g_autoptr (TnFacts) bound = tn_infer (graph, NULL, cancellable);
  if (bound == NULL)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_CANCELLED, _ ("The run was stopped."));
      return NULL;
    }
  const TnIssue *obstacle = tn_facts_obstacle (bound);
  if (obstacle != NULL)
    {
      g_set_error_literal (error, TN_ERROR,
                           g_str_equal (obstacle->code, "overflow") ? TN_ERROR_MEMORY
                                                                    : TN_ERROR_MODEL,
                           obstacle->message);
      return NULL;
    }
  return g_steal_pointer (&bound);
}

/* ---- lowering ---- */

/* Which steps the outputs need, from the last to the first. */
static gboolean *
needed_steps (const TnGraph *graph)
{
  guint n_steps = tn_graph_n_steps (graph);
  gboolean *needed = g_new0 (gboolean, n_steps + 1);
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint n_outputs;
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);

#define CALL_KEY(node, call) ((gint64)(node) << 16 | (call))
  for (guint i = 0; i < n_outputs; i++)
    {
      gint64 key = CALL_KEY (outputs[i].node, outputs[i].call);
      g_hash_table_add (wanted, g_memdup2 (&key, sizeof key));
    }
  for (guint i = n_steps; i-- > 0;)
    {
      TnGraphStep step = tn_graph_step (graph, i);
      const TnNode *node = tn_graph_node (graph, step.index);
      gint64 key = CALL_KEY (tn_node_id (node), step.call);
      needed[i] = g_hash_table_contains (wanted, &key);
      if (!needed[i])
        continue;
      for (guint slot = 0; slot < tn_node_n_inputs (node, step.call); slot++)
        {
          TnRef ref = tn_node_input (node, step.call, slot);
          gint64 source = CALL_KEY (ref.node, ref.call);
          g_hash_table_add (wanted, g_memdup2 (&source, sizeof source));
        }
    }
#undef CALL_KEY
  return needed;
}

typedef struct
{
  TnCompiled *compiled;
  const TnGraph *graph;
  GHashTable *tensors;   /* TnRef as gint64 → tensor id + 1 */
  GHashTable *masks;     /* TnRef as gint64 → id + 1 of the mask that goes with it */
  GHashTable *constants; /* "layer/weight" → tensor id + 1 */
  guint index;           /* of the node being lowered */
} Lowering;

static gint64
ref_key (TnRef ref)
{
  return (gint64)ref.node << 32 | (gint64)ref.call << 16 | ref.output;
}

static void
remember (GHashTable *tensors, TnRef ref, TnTensorId tensor)
{
  gint64 key = ref_key (ref);
  g_hash_table_insert (tensors, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (tensor + 1));
}

/* TN_TENSOR_ABSENT when nothing was lowered to it. */
static TnTensorId
recall (GHashTable *tensors, TnRef ref)
{
  gint64 key = ref_key (ref);
  return GPOINTER_TO_UINT (g_hash_table_lookup (tensors, &key)) - 1;
}

/* A layer's weights are the same tensors in each of its calls. */
static TnTensorId
lower_weight (const char *name, gpointer data)
{
  Lowering *lowering = data;
  const TnNode *node = tn_graph_node (lowering->graph, lowering->index);
  g_autofree char *label = g_strconcat (tn_node_name (node), "/", name, NULL);
  gpointer known = g_hash_table_lookup (lowering->constants, label);
  if (known != NULL)
    return GPOINTER_TO_UINT (known) - 1;

  guint n_weights;
  const TnWeightSpec *weights
      = tn_facts_weights (lowering->compiled->facts, lowering->index, &n_weights);
  for (guint i = 0; i < n_weights; i++)
    if (g_str_equal (weights[i].name, name))
      {
        TnConstant constant = { .index = lowering->index, .weight = i };
        constant.tensor
            = tn_program_constant (lowering->compiled->program, &weights[i].shape, label);
        g_array_append_val (lowering->compiled->constants, constant);
        g_hash_table_insert (lowering->constants, g_steal_pointer (&label),
                             GUINT_TO_POINTER (constant.tensor + 1));
        return constant.tensor;
      }
  return TN_TENSOR_ABSENT;
}

/* What a rule infers and what its layer lowers to are two accounts of one thing. */
static void
assert_agrees (const TnNode *node, const TnShape *inferred, const TnShape *lowered)
{
  if (inferred->rank == lowered->rank && tn_shape_compatible (inferred, lowered))
    return;
  g_autofree char *inferred_text = tn_shape_to_text (inferred);
  g_autofree char *lowered_text = tn_shape_to_text (lowered);
  g_error ("%s %s was inferred as %s, but lowered to %s", tn_node_type (node), tn_node_name (node),
           inferred_text, lowered_text);
}

/* FALSE, refused, when the call is given a tensor that its layer did not look at: what it would
 * compute without is something else. */
static gboolean
uses_arguments (TnLower *lower)
{
  for (gsize i = 0; lower->call != NULL && i < tn_value_size (lower->call); i++)
    {
      const char *name = tn_value_key_at (lower->call, i);
      const TnValue *value = tn_value_at (lower->call, i);

      for (guint slot = 0; slot < MIN (lower->n_inputs, 64); slot++)
        if (name[0] != '\x1f' && slot >= tn_node_schema (lower->node)->max_inputs
            && (lower->asked & G_GUINT64_CONSTANT (1) << slot) == 0 && tn_call_names (value, slot))
          {
            g_autofree char *why
                = g_strdup_printf (_ ("Tenon cannot run it with a tensor as its %s"), name);

            tn_lower_refuse (lower, why);
            return FALSE;
          }
    }
  return TRUE;
}

static gboolean
lower_step (Lowering *lowering, TnGraphStep step, GError **error)
{
  TnCompiled *compiled = lowering->compiled;
  const TnNode *node = tn_graph_node (lowering->graph, step.index);
  const TnLayer *layer = tn_layer_of (node);
  TnLowered lowered = { .index = step.index };

  for (guint i = 0; i < tn_node_n_outputs (node); i++)
    {
      TnRef ref = { .node = tn_node_id (node), .call = (guint16)step.call, .output = (guint16)i };
      TnShape shape = tn_facts_shape (compiled->facts, ref, NULL);
      /* Keras leaves some sizes open that are known once a layer runs. */
      if (tn_shape_is_full (&shape, 0) && !is_countable (&shape))
        {
          set_too_large (error, tn_node_name (node));
          return FALSE;
        }
    }
  guint n_weights;
  const TnWeightSpec *weights = tn_facts_weights (compiled->facts, step.index, &n_weights);
  for (guint i = 0; i < n_weights; i++)
    if (!is_countable (&weights[i].shape))
      {
        set_too_large (error, tn_node_name (node));
        return FALSE;
      }

  if (tn_compile_is_input (node))
    {
      TnRef ref = { .node = tn_node_id (node) };
      TnShape shape = tn_facts_shape (compiled->facts, ref, NULL);
      TnFeedPoint point = { .index = step.index };
      point.tensor = tn_program_input (compiled->program, &shape, tn_node_name (node));
      g_array_append_val (compiled->inputs, point);
      remember (lowering->tensors, ref, point.tensor);
      lowered.outputs[lowered.n_outputs++] = point.tensor;
      g_array_append_val (compiled->lowered, lowered);
      return TRUE;
    }
  if (layer->lower == NULL)
    {
      if (tn_node_n_outputs (node) == 0)
        return TRUE;
      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s cannot be run yet: it is a layer of type %s."), tn_node_name (node),
                   tn_node_type (node));
      return FALSE;
    }

  if (!tn_layer_can_run (node))
    {
      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s cannot be run yet with the settings it has: it is a layer of type %s."),
                   tn_node_name (node), tn_node_type (node));
      return FALSE;
    }

  guint n_inputs = tn_node_n_inputs (node, step.call);
  g_autofree TnTensorId *inputs = g_new (TnTensorId, n_inputs + 1);
  g_autofree TnTensorId *masks = g_new (TnTensorId, n_inputs + 1);
  for (guint slot = 0; slot < n_inputs; slot++)
    {
      inputs[slot] = recall (lowering->tensors, tn_node_input (node, step.call, slot));
      masks[slot] = recall (lowering->masks, tn_node_input (node, step.call, slot));
      if (inputs[slot] == TN_TENSOR_ABSENT
          && (tn_node_input (node, step.call, slot).node != TN_NODE_NONE
              || !tn_node_is_optional (node, slot)))
        {
          g_set_error (error, TN_ERROR, TN_ERROR_MODEL,
                       _ ("Nothing that can be computed arrives at input %u of %s."), slot + 1,
                       tn_node_name (node));
          return FALSE;
        }
    }
  lowering->index = step.index;
  TnLower lower = { .program = compiled->program,
                    .node = node,
                    .owner = step.index,
                    .inputs = inputs,
                    .n_inputs = n_inputs,
                    .masks = masks,
                    .call = tn_node_call (node, step.call),
                    .weight = lower_weight,
                    .weight_data = lowering };
  if (!tn_lower_take_masks (&lower, masks) || !tn_lower_run (&lower) || !uses_arguments (&lower))
    {
      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED, _ ("%s cannot be run: %s."),
                   tn_node_name (node), lower.refusal);
      g_free (lower.refusal);
      return FALSE;
    }
  g_assert (lower.n_outputs == tn_node_n_outputs (node));
  for (guint i = 0; i < lower.n_outputs; i++)
    {
      TnRef ref = { .node = tn_node_id (node), .call = (guint16)step.call, .output = (guint16)i };
      TnShape shape = tn_facts_shape (compiled->facts, ref, NULL);
      assert_agrees (node, &shape, tn_program_shape (compiled->program, lower.outputs[i]));
      remember (lowering->tensors, ref, lower.outputs[i]);
      remember (lowering->masks, ref, lower.output_masks[i]);
      lowered.outputs[lowered.n_outputs++] = lower.outputs[i];
    }
  g_array_append_val (compiled->lowered, lowered);
  return TRUE;
}

static gboolean
lower_graph (TnCompiled *compiled, GError **error)
{
  const TnGraph *graph = tn_facts_graph (compiled->facts);
  g_autoptr (GHashTable) tensors
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) masks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GHashTable) constants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Lowering lowering = {
    .compiled = compiled, .graph = graph, .tensors = tensors, .masks = masks, .constants = constants
  };
  g_autofree gboolean *needed = needed_steps (graph);

  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    if (needed[i] && !lower_step (&lowering, tn_graph_step (graph, i), error))
      return FALSE;

  guint n_outputs;
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);
  if (n_outputs == 0)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_MODEL,
                   _ ("The model has no output, so there is nothing to run."));
      return FALSE;
    }
  for (guint i = 0; i < n_outputs; i++)
    {
      const TnNode *node = tn_graph_find (graph, outputs[i].node);
      TnTensorId tensor = recall (tensors, outputs[i]);
      g_assert (tensor != TN_TENSOR_ABSENT);
      const TnShape *shape = tn_program_shape (compiled->program, tensor);
      if (compiled->mixed == NULL && (shape->rank < 1 || tn_op_dim (shape, 0) != compiled->batch))
        compiled->mixed = node;
      g_array_append_val (compiled->outputs, tensor);
    }
  return TRUE;
}

TnCompiled *
tn_compile (const TnFacts *facts, const TnRunOptions *options, gint64 batch, gint64 usual,
            guint n_workers, GCancellable *cancellable, GError **error)
{
  g_autoptr (TnFacts) bound = bind_facts (facts, options, batch, cancellable, error);
  if (bound == NULL)
    return NULL;

  g_autoptr (TnCompiled) compiled = g_new0 (TnCompiled, 1);
  compiled->facts = g_steal_pointer (&bound);
  compiled->program = tn_program_new ();
  compiled->batch = batch;
  compiled->inputs = g_array_new (FALSE, FALSE, sizeof (TnFeedPoint));
  compiled->lowered = g_array_new (FALSE, FALSE, sizeof (TnLowered));
  compiled->constants = g_array_new (FALSE, FALSE, sizeof (TnConstant));
  compiled->outputs = g_array_new (FALSE, FALSE, sizeof (TnTensorId));
  if (!lower_graph (compiled, error))
    return NULL;
  tn_compile_lay_out (compiled, options, usual, n_workers);
  return g_steal_pointer (&compiled);
}

void
tn_compiled_free (TnCompiled *compiled)
{
  if (compiled == NULL)
    return;
  g_clear_pointer (&compiled->facts, tn_facts_unref);
  tn_program_free (compiled->program);
  tn_arena_free (compiled->arena);
  g_free (compiled->is_layer);
  g_array_unref (compiled->inputs);
  g_array_unref (compiled->lowered);
  g_array_unref (compiled->constants);
  g_array_unref (compiled->outputs);
  g_free (compiled);
}
