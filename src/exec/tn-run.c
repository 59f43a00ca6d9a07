/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options and results of runs; the run itself is in tn-execute.c. */
#include "exec/tn-run.h"

#include <math.h>

static const char *const kernel_names[TN_N_RUN_KERNELS] = {
  [TN_RUN_KERNELS_AUTO] = "auto",
  [TN_RUN_KERNELS_BLIS] = "blis",
  [TN_RUN_KERNELS_REFERENCE] = "reference",
};

const char *
tn_run_kernels_name (TnRunKernels kernels)
{
  g_return_val_if_fail (kernels < TN_N_RUN_KERNELS, NULL);
  return kernel_names[kernels];
}

gboolean
tn_run_kernels_from_name (const char *name, TnRunKernels *kernels)
{
  for (guint i = 0; i < TN_N_RUN_KERNELS; i++)
    if (g_strcmp0 (kernel_names[i], name) == 0)
      {
        *kernels = i;
        return TRUE;
      }
  return FALSE;
}

TnRunOptions
tn_run_options_default (void)
{
  return (TnRunOptions){ .samples = 1, .batch = 32, .data.value = NAN, .watch = TRUE };
}

TnRunOptions
tn_run_options_copy (const TnRunOptions *options)
{
  if (options->inputs != NULL)
    g_hash_table_ref (options->inputs);
  if (options->data_of != NULL)
    g_hash_table_ref (options->data_of);
  if (options->weights != NULL)
    g_hash_table_ref (options->weights);
  if (options->tuning != NULL)
    tn_tuning_ref (options->tuning);
  return *options;
}

void
tn_run_options_clear (TnRunOptions *options)
{
  g_clear_pointer (&options->inputs, g_hash_table_unref);
  g_clear_pointer (&options->data_of, g_hash_table_unref);
  g_clear_pointer (&options->weights, g_hash_table_unref);
  g_clear_pointer (&options->tuning, tn_tuning_unref);
}

TnRunResult *
tn_run_result_ref (TnRunResult *result)
{
  g_return_val_if_fail (result != NULL, NULL);
  g_atomic_ref_count_inc (&result->ref_count);
  return result;
}

void
tn_run_result_unref (TnRunResult *result)
{
  if (result == NULL || !g_atomic_ref_count_dec (&result->ref_count))
    return;
  g_clear_pointer (&result->layers, g_array_unref);
  g_clear_pointer (&result->outputs, g_array_unref);
  tn_report_free (result->report);
  g_free (result);
}

const TnLayerRun *
tn_run_result_layer (const TnRunResult *result, TnNodeId node)
{
  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *layer = &g_array_index (result->layers, TnLayerRun, i);
      if (layer->node == node)
        return layer;
    }
  return NULL;
}
