/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded rules read back as arithmetic: "⌊(28 − 3)/2⌋ + 1" and what it was made of. */
#include <string.h>

#include "layers/tn-rule-private.h"
#include "tensor/tn-symbol.h"

void
tn_trace_free (TnTrace *trace)
{
  if (trace == NULL)
    return;
  g_array_unref (trace->steps);
  g_free (trace);
}

static const TnTraceStep *
trace_step (const TnTrace *trace, guint32 number)
{
  return number > 0 ? &g_array_index (trace->steps, TnTraceStep, number - 1) : NULL;
}

static gboolean
is_leaf (const TnTraceStep *step)
{
  return step == NULL || step->kind == TN_STEP_INPUT || step->kind == TN_STEP_PARAM;
}

static void append_step (const TnTrace *trace, const TnTraceStep *step, GString *out);

/* A number, "None", an expression, or, where the operand was itself computed within the same rule,
 * its arithmetic. */
static void
append_operand (const TnTrace *trace, TnDim dim, gboolean brackets, GString *out)
{
  const TnTraceStep *step = trace_step (trace, dim.trace);

  if (is_leaf (step))
    {
      g_autofree char *text = tn_dim_to_text (dim);
      gboolean sum = brackets && (strstr (text, " + ") != NULL || strstr (text, " − ") != NULL);

      g_string_append_printf (out, sum ? "(%s)" : "%s", text);
      return;
    }
  if (brackets)
    g_string_append_c (out, '(');
  append_step (trace, step, out);
  if (brackets)
    g_string_append_c (out, ')');
}

static void
append_joined (const TnTrace *trace, const TnTraceStep *step, const char *sign, gboolean brackets,
               GString *out)
{
  for (guint i = 0; i < step->n_operands; i++)
    {
      if (i > 0)
        g_string_append (out, sign);
      append_operand (trace, step->operands[i], brackets, out);
    }
}

/* What a dilated window reaches over: ", 5 = (3 − 1) × 2 + 1". */
static void
append_reach (const TnTraceStep *step, GString *out)
{
  gint64 kernel = step->operands[1].size, dilation = step->operands[3].size;

  if (dilation != 1)
    g_string_append_printf (
        out, ", %" G_GINT64_FORMAT " = (%" G_GINT64_FORMAT " − 1) × %" G_GINT64_FORMAT " + 1",
        (kernel - 1) * dilation + 1, kernel, dilation);
}

static void
append_valid_window (const TnTrace *trace, const TnTraceStep *step, GString *out)
{
  TnDim kernel = step->operands[1], stride = step->operands[2], dilation = step->operands[3];
  gint64 reach = (kernel.size - 1) * dilation.size + 1;

  /* A window as wide as its stride: ⌊(n − k)/k⌋ + 1 is ⌊n/k⌋. */
  if (reach == stride.size)
    {
      g_string_append (out, "⌊");
      append_operand (trace, step->operands[0], TRUE, out);
      g_string_append_printf (out, "/%" G_GINT64_FORMAT "⌋", stride.size);
    }
  else if (stride.size == 1)
    {
      append_operand (trace, step->operands[0], FALSE, out);
      g_string_append_printf (out, " − %" G_GINT64_FORMAT " + 1", reach);
    }
  else
    {
      g_string_append (out, "⌊(");
      append_operand (trace, step->operands[0], FALSE, out);
      g_string_append_printf (out, " − %" G_GINT64_FORMAT ")/%" G_GINT64_FORMAT "⌋ + 1", reach,
                              stride.size);
    }
  append_reach (step, out);
}

/* "28 × 2 + max(3 − 2, 0)", or with output_padding "(28 − 1) × 2 + 3 + 1". */
static void
append_transposed_window (const TnTrace *trace, const TnTraceStep *step, GString *out)
{
  TnDim dim = step->operands[0], stride = step->operands[2];
  gint64 reach = (step->operands[1].size - 1) * step->operands[3].size + 1;

  if (step->kind == TN_STEP_TRANSPOSED && stride.size == 1)
    {
      append_operand (trace, dim, FALSE, out);
      g_string_append_printf (out, " + %" G_GINT64_FORMAT " − 1", reach);
    }
  else if (step->kind == TN_STEP_TRANSPOSED)
    {
      append_operand (trace, dim, TRUE, out);
      g_string_append_printf (
          out, " × %" G_GINT64_FORMAT " + max(%" G_GINT64_FORMAT " − %" G_GINT64_FORMAT ", 0)",
          stride.size, reach, stride.size);
    }
  else
    {
      g_string_append_c (out, '(');
      append_operand (trace, dim, FALSE, out);
      g_string_append_printf (
          out, " − 1) × %" G_GINT64_FORMAT " + %" G_GINT64_FORMAT "%s + %" G_GINT64_FORMAT,
          stride.size, reach, step->kind == TN_STEP_PADDED_SAME ? " mod 2" : "",
          step->operands[4].size);
    }
  append_reach (step, out);
}

static void
append_step (const TnTrace *trace, const TnTraceStep *step, GString *out)
{
  switch (step->kind)
    {
    case TN_STEP_ADD:
    case TN_STEP_SUM:
      append_joined (trace, step, " + ", FALSE, out);
      break;
    case TN_STEP_SUBTRACT:
      append_joined (trace, step, " − ", TRUE, out);
      break;
    case TN_STEP_DIVIDE:
      append_joined (trace, step, " / ", TRUE, out);
      break;
    case TN_STEP_PRODUCT:
      append_joined (trace, step, " × ", TRUE, out);
      break;
    case TN_STEP_WINDOW_SAME:
      g_string_append (out, "⌈");
      append_operand (trace, step->operands[0], TRUE, out);
      g_string_append_printf (out, "/%" G_GINT64_FORMAT "⌉", step->operands[1].size);
      break;
    case TN_STEP_WINDOW_VALID:
      append_valid_window (trace, step, out);
      break;
    case TN_STEP_TRANSPOSED:
    case TN_STEP_PADDED_VALID:
    case TN_STEP_PADDED_SAME:
      append_transposed_window (trace, step, out);
      break;
    case TN_STEP_INPUT:
    case TN_STEP_PARAM:
      g_assert_not_reached ();
    }
}

static void
collect_leaves (const TnTrace *trace, TnDim dim, GArray *leaves)
{
  const TnTraceStep *step = trace_step (trace, dim.trace);
  TnLeaf leaf;

  if (step == NULL)
    return;
  if (!is_leaf (step))
    {
      for (guint i = 0; i < step->n_operands; i++)
        collect_leaves (trace, step->operands[i], leaves);
      return;
    }
  leaf = (TnLeaf){ .kind = step->kind == TN_STEP_INPUT ? TN_LEAF_INPUT : TN_LEAF_PARAM,
                   .slot = step->slot,
                   .axis = step->axis,
                   .param = step->param,
                   .name = step->name,
                   .value = step->value };
  for (guint i = 0; i < leaves->len; i++)
    {
      const TnLeaf *other = &g_array_index (leaves, TnLeaf, i);

      if (other->kind == leaf.kind && other->slot == leaf.slot && other->axis == leaf.axis
          && other->param == leaf.param && other->name == leaf.name)
        return;
    }
  g_array_append_val (leaves, leaf);
}

gboolean
tn_trace_explain (const TnTrace *trace, guint output, int axis, char **text, GArray **leaves)
{
  const TnTraceStep *step;
  TnDim dim;

  *text = NULL;
  *leaves = NULL;
  if (output >= trace->n_outputs || axis < 0 || axis >= trace->outputs[output].rank)
    return FALSE;
  dim = trace->outputs[output].dims[axis];
  step = trace_step (trace, dim.trace);
  *leaves = g_array_new (FALSE, FALSE, sizeof (TnLeaf));
  collect_leaves (trace, dim, *leaves);
  if (!is_leaf (step))
    {
      GString *out = g_string_new (NULL);

      append_step (trace, step, out);
      *text = g_string_free (out, FALSE);
    }
  return TRUE;
}
