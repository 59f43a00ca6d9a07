/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a model twice, by the kernels and by their naive references, and comparing what comes
 * out: shapes with what was annotated, numbers with each other. */
#pragma once

#include <math.h>

#include "exec/tn-plan-private.h"

/* Of kernels and references. */
#define TN_BOTH_TOLERANCE 1e-4

/* Does the shape that came out go with what is annotated before sizes are known? */
static inline gboolean
tn_both_is_annotated (const TnFacts *facts, const TnRunOutput *output)
{
  const TnGraph *graph = tn_facts_graph (facts);
  guint n;
  const TnRef *refs = tn_graph_outputs (graph, &n);

  for (guint i = 0; i < n; i++)
    {
      TnShape shape = tn_facts_shape (facts, refs[i], NULL);

      if (shape.rank == output->shape.rank && tn_shape_compatible (&shape, &output->shape))
        return TRUE;
    }
  return FALSE;
}

/* NULL when the numbers agree. */
static inline char *
tn_both_compare (const TnRunOutput *got, const TnRunOutput *wanted)
{
  for (gsize i = 0; i < tn_tensor_elements (wanted->tensor); i++)
    {
      float a = tn_tensor_floats (got->tensor)[i], b = tn_tensor_floats (wanted->tensor)[i];
      gboolean same = isfinite (b) ? fabsf (a - b) <= TN_BOTH_TOLERANCE * (1 + fabsf (b))
                      : isnan (b)  ? isnan (a)
                                   : a == b;

      if (!same)
        return g_strdup_printf ("%.9g comes out where the reference has %.9g", a, b);
    }
  return NULL;
}

/* NULL when all is well; else what is not. */
static inline char *
tn_both_run (const TnFacts *facts, const TnRunOptions *options, gboolean with_reference)
{
  g_autoptr (TnRunResult) fast = NULL;
  g_autoptr (TnRunResult) plain = NULL;

  for (int i = 0; i < (with_reference ? 2 : 1); i++)
    {
      g_autoptr (GError) error = NULL;
      TnRunResult **result = i == 0 ? &fast : &plain;
      TnRunOptions with = *options;

      if (i == 1)
        with.kernels = TN_RUN_KERNELS_REFERENCE;
      g_autoptr (TnPlan) plan = tn_plan_new (facts, &with, NULL, &error);

      if (plan != NULL)
        *result = tn_plan_run (plan, NULL, NULL, NULL, &error);
      if (*result == NULL)
        return g_strdup (error->message);
    }
  for (guint i = 0; i < fast->outputs->len; i++)
    {
      const TnRunOutput *output = &g_array_index (fast->outputs, TnRunOutput, i);
      char *why = NULL;

      if (!tn_both_is_annotated (facts, output))
        {
          g_autofree char *text = tn_shape_to_text (&output->shape);

          return g_strdup_printf ("%s comes out, which is not what was annotated", text);
        }
      if (with_reference)
        why = tn_both_compare (output, &g_array_index (plain->outputs, TnRunOutput, i));
      if (why != NULL)
        return why;
    }
  return NULL;
}
