/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at one tensor: the part of the model that it needs is run once more, by itself. */
#include "exec/tn-values.h"

#include <math.h>
#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "exec/tn-plan-private.h"
#include "exec/tn-stats.h"
#include "graph/tn-draft.h"

/* ---- the part of the model ---- */

/* By index: is it @ref's layer, or does something of that come from it? */
static gboolean *
find_needed (const TnGraph *graph, TnNodeId node)
{
  gboolean *needed = g_new0 (gboolean, tn_graph_size (graph) + 1);
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  g_array_append_val (open, node);
  while (open->len > 0)
    {
      TnNodeId id = g_array_index (open, TnNodeId, open->len - 1);
      int index = tn_graph_index (graph, id);
      const TnNode *at;

      g_array_set_size (open, open->len - 1);
      if (index < 0 || needed[index])
        continue;
      needed[index] = TRUE;
      at = tn_graph_node (graph, (guint)index);
      for (guint call = 0; call < tn_node_n_calls (at); call++)
        for (guint slot = 0; slot < tn_node_n_inputs (at, call); slot++)
          {
            TnNodeId source = tn_node_input (at, call, slot).node;

            if (source != TN_NODE_NONE)
              g_array_append_val (open, source);
          }
    }
  return needed;
}

/* The model that puts out @ref and has nothing that this does not need. */
static TnGraph *
cut (const TnGraph *graph, TnRef ref)
{
  g_autofree gboolean *needed = find_needed (graph, ref.node);
  g_autoptr (TnDraft) draft = tn_draft_new (graph);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (!needed[i])
      tn_draft_remove (draft, tn_node_id (tn_graph_node (graph, i)));
  tn_draft_set_outputs (draft, &ref, 1);
  return tn_draft_finish (draft);
}

/* Of what is given for layers ("LAYER" or "LAYER/WEIGHT"), what is for those that are left. */
static GHashTable *
given_for (GHashTable *given, const TnGraph *graph, gboolean weights)
{
  GHashTable *left;
  GHashTableIter iter;
  gpointer key, value;

  if (given == NULL)
    return NULL;
  left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
  g_hash_table_iter_init (&iter, given);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const char *slash = weights ? strrchr (key, '/') : NULL;
      g_autofree char *layer
          = slash != NULL ? g_strndup (key, (gsize)(slash - (char *)key)) : g_strdup (key);

      if (tn_graph_find_name (graph, layer) != NULL)
        g_hash_table_insert (left, g_strdup (key), tn_tensor_ref (value));
    }
  return left;
}

/* ---- the numbers ---- */

static TnTensor *
copy_weight (const TnPlan *plan, const char *label, const TnShape *shape, GError **error)
{
  const float *floats = tn_constants_plain (plan->constants, label);
  TnTensor *tensor = floats != NULL ? tn_tensor_new (TN_DTYPE_FLOAT32, shape) : NULL;

  if (tensor == NULL)
    g_set_error (error, TN_ERROR, floats == NULL ? TN_ERROR_UNSUPPORTED : TN_ERROR_MEMORY,
                 _ ("The numbers of %s cannot be had."), label);
  else
    memcpy (tn_tensor_floats (tensor), floats, tn_tensor_bytes (tensor));
  return tensor;
}

static TnTensor *
run_output (TnPlan *plan, GCancellable *cancellable, GError **error)
{
  g_autoptr (TnRunResult) result = tn_plan_run (plan, NULL, NULL, cancellable, error);
  TnRunOutput *output;

  if (result == NULL)
    return NULL;
  output = &g_array_index (result->outputs, TnRunOutput, 0);
  return tn_tensor_ref (output->tensor);
}

static void
describe (TnValues *values)
{
  TnStats stats = tn_stats_of (tn_tensor_floats (values->tensor),
                               (gint64)tn_tensor_elements (values->tensor));
  gboolean any = stats.count > 0;
  guint64 all = stats.count + stats.n_nan + stats.n_inf;

  values->min = any ? stats.min : NAN;
  values->max = any ? stats.max : NAN;
  values->mean = any ? stats.mean : NAN;
  values->std = any ? tn_stats_deviation (&stats) : NAN;
  values->zeros = all > 0 ? (double)stats.n_zero / (double)all : 0;
  values->n_nan = stats.n_nan;
  values->n_inf = stats.n_inf;
}

/* How many samples fit; 0 with an error where none does. */
static gint64
fitting_samples (const TnFacts *facts, TnRef ref, gint64 samples, guint64 bytes, GError **error)
{
  TnShape shape = tn_facts_shape (facts, ref, NULL);
  gint64 elements = tn_shape_elements (&shape, 1);
  guint64 one;

  /* What is not known before the data is there is bounded by the memory of the run alone. */
  if (elements < 0)
    return 1;
  one = tn_account_product (MAX ((guint64)elements, 1), sizeof (float));
  if (one > bytes)
    {
      g_autofree char *need = tn_text_bytes (one);
      g_autofree char *have = tn_text_bytes (bytes);

      g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
                   _ ("One sample of it takes %s of memory, more than the %s that are looked at."),
                   need, have);
      return 0;
    }
  return MAX (MIN (samples, (gint64)MIN (bytes / one, (guint64)G_MAXINT64)), 1);
}

static gboolean
fill (TnValues *values, const TnFacts *facts, const TnNode *node, TnRunOptions *options,
      guint64 bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (TnPlan) plan = NULL;
  guint n_weights;
  int index = tn_graph_index (tn_facts_graph (facts), tn_node_id (node));
  const TnWeightSpec *weights = tn_facts_weights (facts, (guint)index, &n_weights);

  if (values->source.weight < 0)
    {
      values->name = g_strdup (tn_node_name (node));
      options->samples = values->samples
          = fitting_samples (facts, values->source.ref, values->all_samples, bytes, error);
      options->keep_outputs = TRUE;
    }
  else
    {
      g_return_val_if_fail ((guint)values->source.weight < n_weights, FALSE);
      values->name
          = g_strdup_printf ("%s/%s", tn_node_name (node), weights[values->source.weight].name);
      options->samples = options->batch = 1;
      /* These leave all weights as they are. */
      options->kernels = TN_RUN_KERNELS_REFERENCE;
    }
  if (options->samples < 1)
    return FALSE;
  plan = tn_plan_new (facts, options, cancellable, error);
  if (plan == NULL)
    return FALSE;
  values->tensor
      = values->source.weight < 0
            ? run_output (plan, cancellable, error)
            : copy_weight (plan, values->name, &weights[values->source.weight].shape, error);
  return values->tensor != NULL;
}

TnValues *
tn_values_new (const TnFacts *facts, const TnValuesSource *source, const TnRunOptions *options,
               guint64 bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (TnGraph) part = NULL;
  g_autoptr (TnFacts) known = NULL;
  g_autoptr (TnValues) values = NULL;
  g_autoptr (GHashTable) inputs = NULL;
  g_autoptr (GHashTable) weights = NULL;
  TnRunOptions own = *options;
  const TnNode *node;

  g_return_val_if_fail (facts != NULL && source != NULL, NULL);
  part = cut (tn_facts_graph (facts), source->ref);
  node = tn_graph_find (part, source->ref.node);
  g_return_val_if_fail (node != NULL, NULL);
  known = tn_infer (part, facts, cancellable);
  if (known == NULL)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_CANCELLED, _ ("The run was stopped."));
      return NULL;
    }
  own.inputs = inputs = given_for (options->inputs, part, FALSE);
  own.weights = weights = given_for (options->weights, part, TRUE);
  values = g_new0 (TnValues, 1);
  g_atomic_ref_count_init (&values->ref_count);
  values->source = *source;
  values->all_samples = MAX (options->samples, 1);
  if (!fill (values, known, node, &own, bytes, cancellable, error))
    return NULL;
  describe (values);
  return g_steal_pointer (&values);
}

TnValues *
tn_values_ref (const TnValues *values)
{
  g_return_val_if_fail (values != NULL, NULL);
  g_atomic_ref_count_inc (&((TnValues *)values)->ref_count);
  return (TnValues *)values;
}

void
tn_values_unref (TnValues *values)
{
  if (values == NULL || !g_atomic_ref_count_dec (&values->ref_count))
    return;
  g_free (values->name);
  tn_tensor_unref (values->tensor);
  g_free (values);
}

void
tn_values_histogram (const float *numbers, gsize n, double min, double max, guint64 *bins,
                     guint n_bins)
{
  double scale = max > min ? n_bins / (max - min) : 0;

  g_return_if_fail (bins != NULL && n_bins > 0);
  memset (bins, 0, n_bins * sizeof *bins);
  for (gsize i = 0; i < n; i++)
    {
      double number = numbers[i];
      guint bin = n_bins / 2;

      if (!(number >= min && number <= max) || isinf (number))
        continue;
      /* The last part has its upper end as well. */
      if (scale > 0)
        bin = (guint)MIN ((number - min) * scale, n_bins - 1);
      bins[bin]++;
    }
}
