/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic of shape rules: unknown dims stay unknown, overflow is caught, every step can be
 * recorded. */
#include "layers/tn-rule-private.h"

#include "base/tn-i18n.h"
#include "graph/tn-call.h"
#include "tensor/tn-agreement.h"

const TnNode *
tn_rule_node (const TnRule *rule)
{
  return rule->node;
}

guint
tn_rule_n_inputs (const TnRule *rule)
{
  return rule->n_inputs;
}

TnDenseInputs
tn_rule_dense_inputs (const TnRule *rule)
{
  return rule->dense_inputs;
}

const char *
tn_rule_source (const TnRule *rule, guint slot)
{
  return rule->sources[slot];
}

TnDim
tn_rule_record (TnRule *rule, TnStepKind kind, TnDim value, const TnDim *operands, guint n_operands)
{
  TnTraceStep step = { .kind = kind, .value = value.size, .n_operands = n_operands };

  value.trace = 0;
  if (rule->trace == NULL)
    return value;
  for (guint i = 0; i < n_operands; i++)
    step.operands[i] = operands[i];
  g_array_append_val (rule->trace->steps, step);
  value.trace = rule->trace->steps->len;
  return value;
}

gboolean
tn_rule_has_input (const TnRule *rule, guint slot)
{
  return slot < rule->n_inputs && tn_shape_is_some (&rule->inputs[slot]);
}

TnShape
tn_rule_input (const TnRule *rule, guint slot)
{
  TnShape shape;

  g_return_val_if_fail (slot < rule->n_inputs, tn_shape_none ());
  shape = rule->inputs[slot];
  /* Those of a layer within another come from steps of that one. */
  if (rule->trace != NULL && rule->outer == NULL)
    for (int axis = 0; axis < shape.rank; axis++)
      {
        TnTraceStep step
            = { .kind = TN_STEP_INPUT, .value = shape.dims[axis].size, .slot = slot, .axis = axis };

        g_array_append_val (rule->trace->steps, step);
        shape.dims[axis].trace = rule->trace->steps->len;
      }
  return shape;
}

TnDim
tn_rule_param (TnRule *rule, guint param, guint element)
{
  const TnParam *schema = &tn_node_schema (rule->node)->params[param];
  TnDim dim = tn_dim (TN_DIM_UNKNOWN);

  if (schema->kind == TN_PARAM_INTS)
    {
      gint64 values[8] = { 0 };

      g_assert (schema->length <= G_N_ELEMENTS (values) && element < schema->length);
      tn_node_ints (rule->node, param, values);
      dim = tn_dim (values[element]);
    }
  else if (schema->kind == TN_PARAM_PAIRS)
    {
      gint64 values[6] = { 0 };

      g_assert (2 * schema->length <= G_N_ELEMENTS (values) && element < 2 * schema->length);
      tn_node_pairs (rule->node, param, values);
      dim = tn_dim (ABS (values[element]));
    }
  else if (schema->kind == TN_PARAM_DIMS)
    {
      TnShape dims;

      if (tn_node_dims (rule->node, param, &dims) && (gint32)element < dims.rank)
        dim = dims.dims[element];
    }
  else
    dim = tn_dim (tn_node_int (rule->node, param));

  if (rule->trace != NULL)
    {
      TnTraceStep step = { .kind = TN_STEP_PARAM,
                           .value = dim.size,
                           .param = rule->outer == NULL ? param : G_MAXUINT,
                           .name = schema->name,
                           .axis = (int)element };

      g_array_append_val (rule->trace->steps, step);
      dim.trace = rule->trace->steps->len;
    }
  return dim;
}

static TnDim
overflow (TnRule *rule)
{
  if (!rule->failed)
    tn_rule_issue (rule, TN_SEVERITY_ERROR, "overflow", -1,
                   _ ("%s would put out a size that is too large to be counted; make a parameter "
                      "or the input smaller."),
                   tn_node_name (rule->node));
  return tn_dim (TN_DIM_UNKNOWN);
}

/* No number, but not plainly unknown either? */
static gboolean
is_symbolic (TnDim a, TnDim b)
{
  return G_UNLIKELY (tn_dim_is_symbolic (a) || tn_dim_is_symbolic (b));
}

TnDim
tn_rule_add (TnRule *rule, TnDim a, TnDim b)
{
  TnDim sum = tn_dim (TN_DIM_UNKNOWN);

  if (is_symbolic (a, b))
    sum = tn_symbol_add (a, b);
  else if (tn_dim_is_known (a) && tn_dim_is_known (b)
           && __builtin_add_overflow (a.size, b.size, &sum.size))
    return overflow (rule);
  return tn_rule_record (rule, TN_STEP_ADD, sum, (TnDim[]){ a, b }, 2);
}

TnDim
tn_rule_subtract (TnRule *rule, TnDim a, TnDim b)
{
  TnDim difference = tn_dim (TN_DIM_UNKNOWN);

  if (is_symbolic (a, b))
    difference = tn_symbol_subtract (a, b);
  else if (tn_dim_is_known (a) && tn_dim_is_known (b))
    difference.size = MAX (a.size - b.size, 0);
  return tn_rule_record (rule, TN_STEP_SUBTRACT, difference, (TnDim[]){ a, b }, 2);
}

/* FALSE on overflow; unknown with anything, even with 0, is unknown. */
static gboolean
multiply (TnDim a, TnDim b, TnDim *product)
{
  TnDim out = tn_dim (TN_DIM_UNKNOWN);

  if (is_symbolic (a, b))
    out = tn_symbol_multiply (a, b);
  else if (tn_dim_is_known (a) && tn_dim_is_known (b)
           && __builtin_mul_overflow (a.size, b.size, &out.size))
    return FALSE;
  *product = out;
  return TRUE;
}

TnDim
tn_rule_multiply (TnRule *rule, TnDim a, TnDim b)
{
  TnDim product;

  if (!multiply (a, b, &product))
    return overflow (rule);
  return tn_rule_record (rule, TN_STEP_PRODUCT, product, (TnDim[]){ a, b }, 2);
}

TnDim
tn_rule_product (TnRule *rule, const TnShape *shape, int from, int to)
{
  TnDim product = tn_dim (1);
  TnDim operands[TN_MAX_RANK];
  guint n = 0;

  for (int axis = from; axis < to; axis++)
    {
      operands[n++] = shape->dims[axis];
      if (!multiply (product, shape->dims[axis], &product))
        return overflow (rule);
    }
  if (n == 1)
    return operands[0];
  return tn_rule_record (rule, TN_STEP_PRODUCT, product, operands, n);
}

TnDim
tn_rule_sum (TnRule *rule, const TnDim *dims, guint n_dims)
{
  TnDim sum = tn_dim (0);

  for (guint i = 0; i < n_dims; i++)
    if (is_symbolic (sum, dims[i]))
      sum = tn_symbol_add (sum, dims[i]);
    else if (!tn_dim_is_known (sum) || !tn_dim_is_known (dims[i]))
      sum = tn_dim (TN_DIM_UNKNOWN);
    else if (__builtin_add_overflow (sum.size, dims[i].size, &sum.size))
      return overflow (rule);
  if (n_dims == 1)
    return dims[0];
  if (n_dims <= TN_MAX_RANK)
    return tn_rule_record (rule, TN_STEP_SUM, sum, dims, n_dims);
  if (rule->trace == NULL)
    return sum;
  /* More summands than a step has room for: sums of sums. */
  {
    TnDim partial = tn_rule_record (rule, TN_STEP_SUM, dims[0], dims, 1);

    for (guint i = 1; i < n_dims; i++)
      partial = tn_rule_add (rule, partial, dims[i]);
    return partial;
  }
}

TnDim
tn_rule_divide (TnRule *rule, TnDim a, TnDim b)
{
  TnDim quotient = tn_dim (TN_DIM_UNKNOWN);

  if (is_symbolic (a, b))
    {
      quotient = tn_symbol_divide (a, b);
      /* Where the rule asks for it, it does divide: a remainder would have been refused. */
      if (!tn_dim_is_known (quotient) && quotient.symbol == 0 && b.size > 0)
        quotient = tn_symbol_scale (a, 1, 0, b.size);
    }
  else if (tn_dim_is_known (a) && tn_dim_is_known (b) && b.size > 0)
    quotient.size = a.size / b.size;
  return tn_rule_record (rule, TN_STEP_DIVIDE, quotient, (TnDim[]){ a, b }, 2);
}

TnDim
tn_rule_window (TnRule *rule, TnDim dim, TnDim kernel, TnDim stride, TnDim dilation, gboolean same)
{
  TnDim out = tn_dim (TN_DIM_UNKNOWN);
  gint64 reach;

  /* Validation has seen to stride and dilation of at least 1. */
  if (same && stride.size == 1)
    return dim;
  if (same)
    {
      if (tn_dim_is_known (dim))
        out.size = dim.size / stride.size + (dim.size % stride.size != 0);
      else if (dim.symbol != 0)
        out = tn_symbol_ceil (dim, stride.size);
      return tn_rule_record (rule, TN_STEP_WINDOW_SAME, out, (TnDim[]){ dim, stride }, 2);
    }
  if (__builtin_mul_overflow (kernel.size - 1, dilation.size, &reach) || reach == G_MAXINT64)
    return overflow (rule);
  if (kernel.size == 1 && stride.size == 1)
    return dim;
  if (tn_dim_is_known (dim))
    out.size = dim.size >= reach + 1 ? (dim.size - reach - 1) / stride.size + 1 : 0;
  else if (dim.symbol != 0)
    /* ⌊(dim − k')/stride⌋ + 1 with the 1 drawn in; neither term is below −2⁶³. */
    out = tn_symbol_scale (dim, 1, stride.size - reach - 1, stride.size);
  return tn_rule_record (rule, TN_STEP_WINDOW_VALID, out,
                         (TnDim[]){ dim, kernel, stride, dilation }, 4);
}

/* dim·stride + rest; FALSE on overflow. */
static gboolean
spread (gint64 dim, gint64 stride, gint64 rest, gint64 *out)
{
  return !__builtin_mul_overflow (dim, stride, out) && !__builtin_add_overflow (*out, rest, out);
}

gboolean
tn_rule_transposed_window (TnRule *rule, TnDim *dim, TnDim kernel, TnDim stride, TnDim dilation,
                           gboolean same, const TnDim *padding)
{
  const TnDim operands[]
      = { *dim, kernel, stride, dilation, padding != NULL ? *padding : tn_dim (0) };
  TnDim out = tn_dim (TN_DIM_UNKNOWN);
  gint64 reach, rest;

  if (__builtin_mul_overflow (kernel.size - 1, dilation.size, &reach) || reach == G_MAXINT64)
    {
      *dim = overflow (rule);
      return TRUE;
    }
  reach++;
  if (padding == NULL && stride.size == 1 && (same || reach == 1))
    return TRUE;
  if (padding == NULL)
    rest = same ? 0 : MAX (reach - stride.size, 0);
  else
    /* Validation has seen to a padding below the stride: no overflow here. */
    rest = (same ? reach % 2 : reach) - stride.size + padding->size;
  if (tn_dim_is_known (*dim))
    {
      if (!spread (dim->size, stride.size, rest, &out.size))
        {
          *dim = overflow (rule);
          return TRUE;
        }
      if (out.size < 0)
        return FALSE;
    }
  else if (dim->symbol != 0)
    out = tn_symbol_scale (*dim, stride.size, rest, 1);
  if (padding != NULL)
    *dim = tn_rule_record (rule, same ? TN_STEP_PADDED_SAME : TN_STEP_PADDED_VALID, out, operands,
                           5);
  else if (same)
    *dim = tn_rule_record (rule, TN_STEP_PRODUCT, out, (TnDim[]){ *dim, stride }, 2);
  else
    *dim = tn_rule_record (rule, TN_STEP_TRANSPOSED, out, operands, 4);
  return TRUE;
}

void
tn_rule_output (TnRule *rule, const TnShape *shape)
{
  TnLayerResult *result = rule->result;

  g_return_if_fail (result->n_outputs < TN_MAX_OUTPUTS);
  if (rule->trace != NULL && rule->outer == NULL && rule->trace->n_outputs < TN_MAX_OUTPUTS)
    rule->trace->outputs[rule->trace->n_outputs++] = *shape;
  result->outputs[result->n_outputs] = *shape;
  for (int axis = 0; axis < shape->rank && rule->outer == NULL; axis++)
    result->outputs[result->n_outputs].dims[axis].trace = 0;
  result->n_outputs++;
  result->state = rule->failed ? TN_RESULT_ASSUMED : TN_RESULT_KNOWN;
}

void
tn_rule_assume (TnRule *rule, const TnShape *shape)
{
  g_return_if_fail (rule->failed);
  tn_rule_output (rule, shape);
}

void
tn_rule_suppose (TnRule *rule, const TnShape *shape)
{
  tn_rule_output (rule, shape);
  rule->result->state = TN_RESULT_ASSUMED;
}

void
tn_rule_weight (TnRule *rule, const char *name, const TnShape *shape, gboolean trainable,
                int initializer, float fill)
{
  TnWeightSpec spec
      = { .name = name, .trainable = trainable, .initializer = initializer, .fill = fill };

  if (!tn_shape_is_full (shape, 0))
    {
      g_return_if_fail (rule->failed);
      rule->result->open = TRUE;
      return;
    }
  if (tn_shape_elements (shape, 0) < 0)
    {
      overflow (rule);
      return;
    }
  spec.shape = *shape;
  for (int axis = 0; axis < shape->rank; axis++)
    spec.shape.dims[axis].trace = 0;
  if (rule->result->weights == NULL)
    rule->result->weights = g_array_new (FALSE, FALSE, sizeof (TnWeightSpec));
  g_array_append_val (rule->result->weights, spec);
}

void
tn_rule_macs (TnRule *rule, TnDim macs)
{
  gint64 *total = &rule->result->macs;

  if (!tn_dim_is_known (macs) || *total < 0 || __builtin_add_overflow (*total, macs.size, total))
    *total = TN_DIM_UNKNOWN;
}

static void
warn_fits_when (TnRule *rule, guint slot, int axis, TnDim wanted, TnDim got,
                const TnAgreement *agreement)
{
  g_autofree char *when = tn_agreement_to_text (agreement, wanted, got);
  g_autofree char *one = tn_dim_to_text (wanted), *other = tn_dim_to_text (got);
  TnIssue *issue;

  if (axis == TN_AXIS_NONE)
    issue
        = tn_rule_issue (rule, TN_SEVERITY_WARNING, "fits-when", (int)slot,
                         /* Translators: layer, size, size, layer, "H is a multiple of 16" */
                         _ ("%s needs %s and %s, of what arrives from %s, to be the same: it fits "
                            "when %s."),
                         tn_node_name (rule->node), one, other, rule->sources[slot], when);
  else
    issue = tn_rule_issue (rule, TN_SEVERITY_WARNING, "fits-when", (int)slot,
                           /* Translators: layer, size, size, number, layer, "H is a multiple of 16"
                            */
                           _ ("%s needs %s and %s, which is axis %d of what arrives from %s, to be "
                              "the same: it fits when %s."),
                           tn_node_name (rule->node), one, other, axis, rule->sources[slot], when);
  if (issue == NULL)
    return;
  wanted.trace = got.trace = 0;
  if (axis == TN_AXIS_NONE)
    {
      issue->expected = (TnShape){ .rank = 1, .dims = { wanted } };
      issue->received = (TnShape){ .rank = 1, .dims = { got } };
      return;
    }
  issue->axis = axis - rule->inputs[slot].rank;
  issue->expected = rule->inputs[slot];
  issue->expected.dims[axis] = wanted;
}

gboolean
tn_rule_agree_size (TnRule *rule, guint slot, int axis, TnDim wanted, TnDim got, TnDim *agreed)
{
  g_auto (TnAgreement) agreement = { .kind = TN_AGREES_UNKNOWN };

  *agreed = wanted;
  if (!is_symbolic (wanted, got))
    return tn_dim_compatible (wanted, got);
  agreement = tn_agreement_judge (wanted, got);
  if (agreement.kind == TN_AGREES_NEVER)
    return FALSE;
  if (agreement.kind == TN_AGREES_SOMETIMES)
    {
      warn_fits_when (rule, slot, axis, wanted, got, &agreement);
      *agreed = tn_agreement_stricter (wanted, got);
    }
  return TRUE;
}

gboolean
tn_rule_agree (TnRule *rule, guint slot, int axis, TnDim wanted, TnDim *agreed)
{
  return tn_rule_agree_size (rule, slot, axis, wanted, tn_rule_input (rule, slot).dims[axis],
                             agreed);
}

gboolean
tn_rule_check_pin (TnRule *rule, const char *code, guint slot, int axis, TnDim *pinned)
{
  TnShape pin, input = rule->inputs[slot], expected;
  g_autofree char *wanted = NULL, *got = NULL;
  int made_for;
  TnIssue *issue;

  *pinned = input.dims[axis];
  if (!tn_node_pin (rule->node, &pin))
    return TRUE;
  /* Of other axes there may be more or fewer: only the last one is the same axis all the same. */
  made_for = pin.rank == input.rank ? axis : axis == input.rank - 1 ? pin.rank - 1 : -1;
  if (made_for < 0 || !tn_dim_is_known (pin.dims[made_for]))
    return TRUE;
  *pinned = pin.dims[made_for];
  if (tn_rule_agree_size (rule, slot, axis, pin.dims[made_for], input.dims[axis], pinned))
    return TRUE;

  expected = input;
  expected.dims[axis] = pin.dims[made_for];
  wanted = tn_shape_to_text (&expected);
  got = tn_shape_to_text (&input);
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, code, (int)slot,
                         /* Translators: layer, what its kernel was made for, shape, shape, layer */
                         _ ("The weights of %s were made for %" PRIi64
                            " features, so it expects %s, but %s arrives from %s."),
                         tn_node_name (rule->node), pin.dims[made_for].size, wanted, got,
                         rule->sources[slot]);
  if (issue != NULL)
    {
      issue->axis = axis - input.rank;
      issue->expected = expected;
    }
  return FALSE;
}

gboolean
tn_rule_is_unchecked (const TnRule *rule)
{
  return rule->outer != NULL && strcmp (tn_node_type (rule->outer->node), "TimeDistributed") == 0;
}

gboolean
tn_rule_is_called_bare (const TnRule *rule)
{
  return tn_node_is_called_bare (rule->node, rule->call);
}

static TnIssue *
add_issue (TnRule *rule, TnSeverity severity, const char *code, int slot, const char *message)
{
  TnIssue *issue;

  if (severity == TN_SEVERITY_ERROR)
    rule->failed = TRUE;
  while (rule->outer != NULL)
    rule = (TnRule *)rule->outer;
  issue = tn_report_add (rule->report, severity, code, tn_node_id (rule->node), "%s", message);
  if (issue == NULL)
    return NULL;
  /* Where the layer that is at fault takes its input from is for the one around it to say. */
  slot = MIN (slot, (int)rule->n_inputs - 1);
  issue->call = (int)rule->call;
  issue->slot = slot;
  if (slot >= 0 && (guint)slot < rule->n_inputs)
    issue->received = rule->inputs[slot];
  return issue;
}

TnIssue *
tn_rule_issue (TnRule *rule, TnSeverity severity, const char *code, int slot, const char *format,
               ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  return add_issue (rule, severity, code, slot, message);
}

TnIssue *
tn_rule_cannot_run (TnRule *rule, const char *code, int slot, const char *format, ...)
{
  g_autofree char *message = NULL;
  TnIssue *issue;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  issue = add_issue (rule, TN_SEVERITY_CONTRACT, code, slot, message);
  if (issue != NULL)
    issue->stops_run = TRUE;
  return issue;
}

gboolean
tn_rule_apply_inner (TnRule *rule, const TnNode *inner, const TnShape *inputs, guint n_inputs,
                     TnLayerResult *result)
{
  const TnLayer *layer = tn_layer_of (inner);
  g_autofree const char **sources = g_new (const char *, n_inputs);
  TnRule within = { .node = inner,
                    .inputs = inputs,
                    .sources = sources,
                    .result = result,
                    .report = rule->report,
                    .trace = rule->trace,
                    .outer = rule,
                    .dense_inputs = rule->dense_inputs,
                    .call = rule->call,
                    .n_inputs = n_inputs };

  for (guint slot = 0; slot < n_inputs; slot++)
    sources[slot] = rule->n_inputs > 0 ? rule->sources[MIN (slot, rule->n_inputs - 1)] : "";
  tn_layer_result_clear (result);
  if (!tn_layer_check_inner (rule, inner))
    return FALSE;
  layer->shapes (&within);
  if (within.failed)
    {
      rule->failed = TRUE;
      if (result->state == TN_RESULT_KNOWN)
        result->state = TN_RESULT_ASSUMED;
    }
  if (result->n_outputs < tn_node_n_outputs (inner))
    result->state = TN_RESULT_NONE;
  return !within.failed;
}
