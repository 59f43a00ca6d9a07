/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging layers: Add, Concatenate. */
#include <string.h>

#include "layers/tn-params.h"

static void
warn_single (TnRule *rule)
{
  if (tn_rule_n_inputs (rule) == 1)
    tn_rule_issue (rule, TN_SEVERITY_WARNING, "missing-input", -1,
                   _ ("%s has only one input, so there is nothing to join; wire a second one to "
                      "it, or remove it."),
                   tn_node_name (tn_rule_node (rule)));
}

/* ", and axis 2: 26 against 13" */
static void
append_difference (GString *out, int axis, TnDim a, TnDim b)
{
  if (out->len > 0)
    g_string_append (out, _ (", "));
  g_string_append_printf (out, _ ("axis %d: %" PRIi64 " and %" PRIi64), axis, a.size, b.size);
}

/* ---- Add ---- */

/* One axis of two inputs that are joined element by element, as Keras broadcasts: 1 stretches, open
 * stays open. FALSE when they differ. */
static gboolean
broadcast_dim (TnDim a, TnDim b, TnDim *out)
{
  *out = a;
  if (!tn_dim_is_known (a))
    return TRUE;
  if (!tn_dim_is_known (b) || a.size == 1)
    {
      *out = b;
      return TRUE;
    }
  return b.size == 1 || a.size == b.size;
}

/* Joins @other into @shape, aligned on the right, the batch apart. FALSE with the axes that differ.
 */
static gboolean
broadcast_shape (TnShape *shape, const TnShape *other, GString *differences, int *first)
{
  TnShape longer = shape->rank >= other->rank ? *shape : *other;
  const TnShape shorter = shape->rank >= other->rank ? *other : *shape;
  int shift = longer.rank - shorter.rank;

  for (int axis = 1; axis < shorter.rank; axis++)
    {
      TnDim a = longer.dims[axis + shift], b = shorter.dims[axis];

      if (!broadcast_dim (a, b, &longer.dims[axis + shift]))
        {
          if (differences->len == 0)
            *first = axis - shorter.rank;
          append_difference (differences, axis + shift, shape->rank >= other->rank ? a : b,
                             shape->rank >= other->rank ? b : a);
        }
    }
  if (tn_dim_is_known (shape->dims[0]) && tn_dim_is_known (other->dims[0])
      && shape->dims[0].size != other->dims[0].size)
    {
      if (differences->len == 0)
        *first = -shorter.rank;
      append_difference (differences, 0, shape->dims[0], other->dims[0]);
    }
  longer.dims[0] = tn_dim_is_known (shape->dims[0]) ? shape->dims[0] : other->dims[0];
  if (differences->len == 0)
    *shape = longer;
  return differences->len == 0;
}

static void
add_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape output = tn_rule_input (rule, 0);

  warn_single (rule);
  for (guint slot = 1; slot < tn_rule_n_inputs (rule); slot++)
    {
      TnShape input = tn_rule_input (rule, slot);
      g_autoptr (GString) differences = g_string_new (NULL);
      g_autofree char *before = tn_shape_to_text (&output);
      g_autofree char *got = tn_shape_to_text (&input);
      int axis = TN_AXIS_NONE;
      TnIssue *issue;

      if (broadcast_shape (&output, &input, differences, &axis))
        continue;
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "merge-shape", (int)slot,
                             _ ("%s joins its inputs element by element, but %s from %s and %s "
                                "from %s do not match (%s)."),
                             tn_node_name (node), before, tn_rule_source (rule, slot - 1), got,
                             tn_rule_source (rule, slot), differences->str);
      if (issue != NULL)
        {
          issue->axis = axis;
          issue->expected = output;
          for (int i = 0; i < output.rank; i++)
            issue->expected.dims[i].trace = 0;
        }
    }
  tn_rule_output (rule, &output);
}

static void
add_lower (TnLower *lower)
{
  TnTensorId sum = tn_lower_input (lower, 0);
  TnOpSettings settings = { .binary = TN_BINARY_ADD };

  for (guint slot = 1; slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId inputs[2] = { sum, tn_lower_input (lower, slot) };

      /* Keras aligns what follows the batch on the right: (N, 5) meets (N, 4, 5) as (N, 1, 5). */
      for (int i = 0; i < 2; i++)
        {
          TnShape shape = *tn_lower_shape (lower, inputs[i]);
          const TnShape *other = tn_lower_shape (lower, inputs[1 - i]);
          int shift = other->rank - shape.rank;

          if (shift <= 0)
            continue;
          for (int axis = other->rank - 1; axis > 0; axis--)
            shape.dims[axis] = axis > shift ? shape.dims[axis - shift] : tn_dim (1);
          shape.rank = other->rank;
          inputs[i] = tn_lower_reshape (lower, inputs[i], &shape);
        }
      sum = tn_lower_call (lower, &tn_op_binary, &settings, inputs, 2);
    }
  tn_lower_output (lower, sum);
}

static const TnLayerExample add_examples[] = {
  { "", "(None, 7, 7, 32); (None, 7, 7, 32)", "(None, 7, 7, 32)", NULL },
  { "", "(None, 7, 7, 32); (None, 1, 1, 32); (None, 32)", "(None, 7, 7, 32)", NULL },
  { "", "(None, 4); (None, 4, 4)", "(None, 4, 4)", NULL },
  { "", "(2, 4); (None, 4)", "(2, 4)", NULL },
  { "", "(None, None, 5); (None, 1, 5)", "(None, None, 5)", NULL },
  { "", "(None, None); (None, 4)", "(None, None)", NULL },
  { "", "(None, 26, 26, 32); (None, 13, 13, 32)", NULL, "merge-shape" },
  { "", "(2, 4); (3, 4)", NULL, "merge-shape" },
  { NULL },
};

static const TnLayer layer_add = {
  .schema = { .type = "Add",
              .auto_name = "add",
              .min_inputs = 1,
              .max_inputs = G_MAXUINT,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_MERGING,
  .label = N_ ("Add"),
  .summary = N_ ("Adds its inputs element by element; they need the same shape."),
  .keywords = N_ ("sum plus residual skip connection merge"),
  .icon = "tenon-layer-add-symbolic",
  .shapes = add_shapes,
  .lower = add_lower,
  .examples = add_examples,
};

/* ---- Concatenate ---- */

enum
{
  CONCATENATE_AXIS,
  CONCATENATE_N_PARAMS,
};

static const TnParam concatenate_params[CONCATENATE_N_PARAMS] = {
  [CONCATENATE_AXIS] = { .name = "axis",
                         .label = N_ ("Axis"),
                         .kind = TN_PARAM_INT,
                         .flags = TN_PARAM_UNBOUNDED,
                         .fallback = TN_DEFAULT_INT (-1),
                         .help = N_ ("The axis along which the inputs are put one behind the "
                                     "other; -1 is the last, usually the channels.") },
};

/* Every axis but the joined one must agree. FALSE when an issue was raised. */
static gboolean
concatenate_compare (TnRule *rule, const TnShape *first, guint slot, int joined)
{
  const char *name = tn_node_name (tn_rule_node (rule));
  TnShape input = tn_rule_input (rule, slot);
  g_autofree char *a = tn_shape_to_text (first);
  g_autofree char *b = tn_shape_to_text (&input);
  g_autoptr (GString) differences = g_string_new (NULL);
  int offending = TN_AXIS_NONE;
  TnIssue *issue;

  if (input.rank != first->rank)
    issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "concat-shape", (int)slot,
                           _ ("%s needs inputs with the same number of axes, but %s from %s has "
                              "%d and %s from %s has %d."),
                           name, a, tn_rule_source (rule, 0), first->rank, b,
                           tn_rule_source (rule, slot), input.rank);
  else
    {
      for (int axis = 0; axis < input.rank; axis++)
        if (axis != joined && !tn_dim_compatible (first->dims[axis], input.dims[axis]))
          {
            if (differences->len == 0)
              offending = axis - input.rank;
            append_difference (differences, axis, first->dims[axis], input.dims[axis]);
          }
      if (differences->len == 0)
        return TRUE;
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "concat-shape", (int)slot,
                             _ ("%s joins along axis %d, so all other axes must agree, but %s from "
                                "%s and %s from %s differ (%s)."),
                             name, joined, a, tn_rule_source (rule, 0), b,
                             tn_rule_source (rule, slot), differences->str);
    }
  if (issue != NULL)
    {
      issue->axis = offending;
      issue->expected = *first;
      for (int axis = 0; axis < first->rank; axis++)
        issue->expected.dims[axis].trace = 0;
      if (joined < first->rank)
        issue->expected.dims[joined] = tn_dim (TN_DIM_UNKNOWN);
    }
  return FALSE;
}

static void
concatenate_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape output = tn_rule_input (rule, 0);
  int axis = tn_shape_axis (&output, tn_node_int (node, CONCATENATE_AXIS));
  guint n = tn_rule_n_inputs (rule);
  g_autofree TnDim *sizes = g_new (TnDim, n);
  gboolean good = TRUE;

  warn_single (rule);
  if (axis < 0)
    {
      g_autofree char *got = tn_shape_to_text (&output);
      TnIssue *issue
          = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                           _ ("%s joins along axis %" PRIi64 ", but %s from %s has only %d axes."),
                           tn_node_name (node), tn_node_int (node, CONCATENATE_AXIS), got,
                           tn_rule_source (rule, 0), output.rank);

      if (issue != NULL)
        issue->param = "axis";
      return;
    }
  for (guint slot = 0; slot < n; slot++)
    {
      if (slot > 0 && !concatenate_compare (rule, &output, slot, axis))
        good = FALSE;
      if (tn_rule_input (rule, slot).rank == output.rank)
        sizes[slot] = tn_rule_input (rule, slot).dims[axis];
      else
        sizes[slot] = tn_dim (TN_DIM_UNKNOWN);
    }
  output.dims[axis] = tn_rule_sum (rule, sizes, n);
  if (good)
    tn_rule_output (rule, &output);
  else
    tn_rule_assume (rule, &output);
}

static void
concatenate_lower (TnLower *lower)
{
  TnTensorId joined = tn_lower_input (lower, 0);
  TnOpSettings settings = {
    .axis = tn_shape_axis (tn_lower_shape (lower, joined),
                           tn_node_int (tn_lower_node (lower), CONCATENATE_AXIS)),
  };

  for (guint slot = 1; slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId inputs[2] = { joined, tn_lower_input (lower, slot) };

      joined = tn_lower_call (lower, &tn_op_concatenate, &settings, inputs, 2);
    }
  tn_lower_output (lower, joined);
}

static char *
concatenate_brief (const TnNode *node)
{
  return g_strdup_printf (_ ("axis %" PRIi64), tn_node_int (node, CONCATENATE_AXIS));
}

static const TnLayerExample concatenate_examples[] = {
  { "", "(None, 7, 7, 32); (None, 7, 7, 64)", "(None, 7, 7, 96)", NULL },
  { "axis=1", "(None, 4); (None, 5); (None, 6)", "(None, 15)", NULL },
  { "axis=3", "(None, 7, 7, None); (None, 7, 7, 3)", "(None, 7, 7, None)", NULL },
  { "axis=0", "(2, 4); (3, 4)", "(5, 4)", NULL },
  { "axis=2", "(None, 7, 7, 32); (None, 7, 7, 64)", NULL, "concat-shape" },
  { "", "(None, 4); (None, 4, 5)", NULL, "concat-shape" },
  { "axis=3", "(None, 4, 5); (None, 4, 5)", NULL, "axis" },
  { NULL },
};

static const TnLayer layer_concatenate = {
  .schema = { .type = "Concatenate",
              .auto_name = "concatenate",
              .params = concatenate_params,
              .n_params = CONCATENATE_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = G_MAXUINT,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_MERGING,
  .label = N_ ("Concatenate"),
  .summary = N_ ("Puts its inputs one behind the other along an axis; all other axes must agree."),
  .keywords = N_ ("join stack skip unet inception merge concat"),
  .icon = "tenon-layer-concatenate-symbolic",
  .shapes = concatenate_shapes,
  .lower = concatenate_lower,
  .brief = concatenate_brief,
  .examples = concatenate_examples,
};

const TnLayer *const tn_layers_merging[] = { &layer_add, &layer_concatenate, NULL };
