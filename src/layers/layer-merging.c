/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Merging layers: those that work element by element, Concatenate, Dot. */
#include <string.h>

#include "layers/tn-lowerings.h"
#include "layers/tn-params.h"
#include "tensor/tn-agreement.h"

/* Layers that take as many inputs as they can get still need two to make sense. */
static void
warn_single (TnRule *rule)
{
  if (tn_rule_is_called_bare (rule))
    tn_rule_issue (rule, TN_SEVERITY_ERROR, "missing-input", -1,
                   _ ("%s joins the tensors of a list, but is called with one tensor by itself, "
                      "which Keras refuses; wire a second one to it, or remove it."),
                   tn_node_name (tn_rule_node (rule)));
  else if (tn_rule_n_inputs (rule) == 1)
    tn_rule_issue (rule, TN_SEVERITY_WARNING, "missing-input", -1,
                   _ ("%s has only one input, so there is nothing to join; wire a second one to "
                      "it, or remove it."),
                   tn_node_name (tn_rule_node (rule)));
}

/* FALSE, with an issue, when there are fewer inputs than the layer is made for. */
static gboolean
expect_inputs (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  guint least = tn_node_schema (node)->min_inputs;

  if (tn_rule_n_inputs (rule) >= least)
    return TRUE;
  tn_rule_issue (rule, TN_SEVERITY_ERROR, "missing-input", -1,
                 ngettext ("%s joins exactly %u input, but %u is wired to it.",
                           "%s joins exactly %u inputs, but %u is wired to it.", least),
                 tn_node_name (node), least, tn_rule_n_inputs (rule));
  return FALSE;
}

/* ", and axis 2: 26 against 13" */
static void
append_difference (GString *out, int axis, TnDim a, TnDim b)
{
  g_autofree char *one = tn_dim_to_text (a), *other = tn_dim_to_text (b);

  if (out->len > 0)
    g_string_append (out, _ (", "));
  g_string_append_printf (out, _ ("axis %d: %s and %s"), axis, one, other);
}

/* ---- element by element ---- */

/* One axis of two inputs that are joined element by element, as Keras broadcasts: 1 stretches, open
 * stays open. @b is axis @axis of input @slot. FALSE when they differ. */
static gboolean
broadcast_dim (TnRule *rule, guint slot, int axis, TnDim a, TnDim b, TnDim *out)
{
  *out = a;
  if (!tn_dim_is_known (a) && a.symbol == 0)
    return TRUE;
  if ((!tn_dim_is_known (b) && b.symbol == 0) || a.size == 1)
    {
      *out = b;
      return TRUE;
    }
  if (b.size == 1 || tn_rule_agree (rule, slot, axis, a, out))
    return TRUE;
  /* What is never equal may still be stretched, where one of the two can be 1. */
  if (tn_dim_is_symbolic (b) && tn_rule_agree (rule, slot, axis, tn_dim (1), out))
    {
      *out = a;
      return TRUE;
    }
  *out = b;
  return tn_dim_is_symbolic (a)
         && tn_rule_agree_size (rule, slot, axis, tn_dim (1), a, &(TnDim){ 0 });
}

/* Joins input @slot into @shape, aligned on the right, the batch apart. FALSE with the axes that
 * differ. */
static gboolean
broadcast_shape (TnRule *rule, guint slot, TnShape *shape, GString *differences, int *first)
{
  TnShape other = tn_rule_input (rule, slot);
  TnShape joined = shape->rank >= other.rank ? *shape : other;
  int rank = MIN (shape->rank, other.rank);
  TnDim batch;

  for (int from_end = rank - 1; from_end >= 1; from_end--)
    {
      int mine = shape->rank - from_end, its = other.rank - from_end;
      TnDim *out = &joined.dims[joined.rank - from_end];

      if (broadcast_dim (rule, slot, its, shape->dims[mine], other.dims[its], out))
        continue;
      if (differences->len == 0)
        *first = -from_end;
      append_difference (differences, joined.rank - from_end, shape->dims[mine], other.dims[its]);
    }
  if (!tn_rule_agree (rule, slot, 0, shape->dims[0], &batch))
    {
      if (differences->len == 0)
        *first = -rank;
      append_difference (differences, 0, shape->dims[0], other.dims[0]);
    }
  joined.dims[0] = tn_dim_is_known (batch) || batch.symbol != 0 ? batch : other.dims[0];
  if (differences->len == 0)
    *shape = joined;
  return differences->len == 0;
}

static void
elementwise_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape output = tn_rule_input (rule, 0);

  if (!expect_inputs (rule))
    {
      tn_rule_assume (rule, &output);
      return;
    }
  warn_single (rule);
  for (guint slot = 1; slot < tn_rule_n_inputs (rule); slot++)
    {
      TnShape input = tn_rule_input (rule, slot);
      g_autoptr (GString) differences = g_string_new (NULL);
      g_autofree char *before = tn_shape_to_text (&output);
      g_autofree char *got = tn_shape_to_text (&input);
      int axis = TN_AXIS_NONE;
      TnIssue *issue;

      if (broadcast_shape (rule, slot, &output, differences, &axis))
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

/* What follows the first input needs no more examples than the rule they share has. */
static const TnLayerExample elementwise_examples[] = {
  { "", "(None, 4, 5); (None, 5)", "(None, 4, 5)", NULL },
  { "", "(None, 7, 7, 32); (None, 1, 1, 32)", "(None, 7, 7, 32)", NULL },
  { "", "(None, 7, 7, 32); (None, 7, 7, 64)", NULL, "merge-shape" },
  { NULL },
};

/* clang-format off */
#define ELEMENTWISE_LAYER(id, name, most, title, about, words, icon_name, cases)                   \
  static const TnLayer layer_##id = {                                                              \
    .schema = { .type = name, .auto_name = #id, .min_inputs = most == 2 ? 2 : 1,                   \
                .max_inputs = most, .n_outputs = 1, .keras = TRUE },                               \
    .family = TN_FAMILY_MERGING, .label = title, .summary = about, .keywords = words,              \
    .icon = icon_name, .shapes = elementwise_shapes, .lower = tn_##id##_lower,                       \
    .masks = TN_MASKS_JOIN, .examples = cases,       \
  }

ELEMENTWISE_LAYER (add, "Add", G_MAXUINT, N_ ("Add"),
                   N_ ("Adds its inputs element by element; they need the same shape."),
                   N_ ("sum plus residual skip connection merge"), "tenon-layer-add-symbolic",
                   add_examples);
ELEMENTWISE_LAYER (subtract, "Subtract", 2, N_ ("Subtract"),
                   N_ ("Takes its second input from its first, element by element."),
                   N_ ("minus difference merge"), "tenon-layer-add-symbolic",
                   elementwise_examples);
ELEMENTWISE_LAYER (multiply, "Multiply", G_MAXUINT, N_ ("Multiply"),
                   N_ ("Multiplies its inputs element by element, as a gate or a mask does."),
                   N_ ("times product gate mask squeeze excite attention merge"),
                   "tenon-layer-add-symbolic", elementwise_examples);
ELEMENTWISE_LAYER (average, "Average", G_MAXUINT, N_ ("Average"),
                   N_ ("Takes the mean of its inputs, element by element."),
                   N_ ("mean ensemble merge"), "tenon-layer-add-symbolic", elementwise_examples);
ELEMENTWISE_LAYER (maximum, "Maximum", G_MAXUINT, N_ ("Maximum"),
                   N_ ("Keeps the largest of its inputs, element by element."),
                   N_ ("max largest maxout merge"), "tenon-layer-add-symbolic",
                   elementwise_examples);
ELEMENTWISE_LAYER (minimum, "Minimum", G_MAXUINT, N_ ("Minimum"),
                   N_ ("Keeps the smallest of its inputs, element by element."),
                   N_ ("min smallest merge"), "tenon-layer-add-symbolic", elementwise_examples);
/* clang-format on */

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

/* Every axis but the joined one must agree; into @first goes what is known of them. FALSE when an
 * issue was raised. */
static gboolean
concatenate_compare (TnRule *rule, TnShape *first, guint slot, int joined)
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
        if (axis != joined
            && !tn_rule_agree (rule, slot, axis, first->dims[axis], &first->dims[axis]))
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

/* The axis is not there, which Keras does not see where there is but one input: it hands that on.
 */
static void
refuse_joined_axis (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0);
  gint64 axis = tn_node_int (node, CONCATENATE_AXIS);
  gboolean builds = tn_rule_n_inputs (rule) == 1 && axis >= 0;
  g_autofree char *got = tn_shape_to_text (&input);
  g_autofree char *message
      = g_strdup_printf (_ ("%s joins along axis %" PRIi64 ", but %s from %s has only %d axes."),
                         tn_node_name (node), axis, got, tn_rule_source (rule, 0), input.rank);
  TnIssue *issue = builds ? tn_rule_cannot_run (rule, "axis", 0, "%s", message)
                          : tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0, "%s", message);

  if (issue != NULL)
    issue->param = "axis";
  if (builds)
    tn_rule_output (rule, &input);
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
      refuse_joined_axis (rule);
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
  .aliases = "cat concat hstack",
  .icon = "tenon-layer-concatenate-symbolic",
  .shapes = concatenate_shapes,
  .lower = tn_concatenate_lower,
  .brief = concatenate_brief,
  .examples = concatenate_examples,
};

/* ---- Dot ---- */

enum
{
  DOT_AXES,
  DOT_NORMALIZE,
  DOT_N_PARAMS,
};

static const TnParam dot_params[DOT_N_PARAMS] = {
  [DOT_AXES] = { .name = "axes",
                 .label = N_ ("Axes"),
                 .kind = TN_PARAM_AXES,
                 .flags = TN_PARAM_REQUIRED,
                 .length = 2,
                 .suggestion = "1",
                 .help = N_ ("The axis that is multiplied and added up; two for one of each input, "
                             "as in (2, 1).") },
  [DOT_NORMALIZE] = { .name = "normalize",
                      .label = N_ ("Normalize"),
                      .kind = TN_PARAM_BOOL,
                      .fallback = TN_DEFAULT_BOOL (FALSE),
                      .help = N_ ("Brings both inputs to length 1 first, so that the result is "
                                  "their cosine similarity.") },
};

static void
dot_refuse_axis (TnRule *rule, guint slot, gint64 axis)
{
  TnShape input = tn_rule_input (rule, slot);
  g_autofree char *got = tn_shape_to_text (&input);
  TnIssue *issue
      = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", (int)slot,
                       _ ("%s multiplies along axis %" PRIi64 " of input %u, but %s from %s has "
                          "only %d axes, the batch included."),
                       tn_node_name (tn_rule_node (rule)), axis, slot + 1, got,
                       tn_rule_source (rule, slot), input.rank);

  if (issue != NULL)
    issue->param = "axes";
}

/* The axis of each input as counted from the front; FALSE with an issue when one has none such. */
static gboolean
dot_axes (TnRule *rule, int axes[2])
{
  gint64 given[TN_MAX_RANK];
  guint n;

  tn_node_axes (tn_rule_node (rule), DOT_AXES, given, &n);
  for (guint slot = 0; slot < 2; slot++)
    {
      TnShape input = tn_rule_input (rule, slot);
      gint64 axis = given[n == 1 ? 0 : slot];

      /* Keras wraps a lone negative axis around as often as need be. */
      if (n == 1 && axis < 0 && input.rank > 0)
        axes[slot] = (int)(((axis % input.rank) + input.rank) % input.rank);
      else
        axes[slot] = tn_shape_axis (&input, axis);
      if (axes[slot] < 0 || input.rank < 2)
        {
          dot_refuse_axis (rule, slot, axis);
          return FALSE;
        }
    }
  return TRUE;
}

/* Sizes along the two axes must be the same, or both open. */
static gboolean
dot_compare (TnRule *rule, const TnShape *a, const TnShape *b, const int axes[2])
{
  TnDim one = a->dims[axes[0]], other = b->dims[axes[1]];
  g_autofree char *first = NULL, *second = NULL;
  TnIssue *issue;

  /* An open size and a number are refused by Keras, whatever the open one is called. */
  if (one.size == other.size && tn_rule_agree (rule, 1, axes[1], one, &other))
    return TRUE;
  first = tn_shape_to_text (a);
  second = tn_shape_to_text (b);
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "merge-shape", 1,
                         _ ("%s multiplies axis %d of %s from %s with axis %d of %s from %s, which "
                            "must have one and the same known size, or be open both."),
                         tn_node_name (tn_rule_node (rule)), axes[0], first,
                         tn_rule_source (rule, 0), axes[1], second, tn_rule_source (rule, 1));
  if (issue != NULL)
    {
      issue->axis = axes[1] - b->rank;
      issue->param = "axes";
      issue->expected = *b;
      issue->expected.dims[axes[1]] = one;
      for (int axis = 0; axis < b->rank; axis++)
        issue->expected.dims[axis].trace = 0;
    }
  return FALSE;
}

/* Appends the axes of @shape but @left_out, without the first @skip of those. */
static gboolean
dot_append (TnShape *output, const TnShape *shape, int left_out, int skip)
{
  for (int axis = 0; axis < shape->rank; axis++)
    {
      if (axis == left_out || skip-- > 0)
        continue;
      if (output->rank == TN_MAX_RANK)
        return FALSE;
      output->dims[output->rank++] = shape->dims[axis];
    }
  return TRUE;
}

static void
dot_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape a, b, output = { .rank = 0 };
  int axes[2];
  gboolean good;

  if (!expect_inputs (rule) || !dot_axes (rule, axes))
    return;
  a = tn_rule_input (rule, 0);
  b = tn_rule_input (rule, 1);
  good = dot_compare (rule, &a, &b, axes);
  if (!dot_append (&output, &a, axes[0], 0) || !dot_append (&output, &b, axes[1], 1))
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", -1,
                     _ ("%s would put out more axes than the %d that Tenon works with."),
                     tn_node_name (node), TN_MAX_RANK);
      return;
    }
  if (output.rank == 1)
    output.dims[output.rank++] = tn_dim (1);
  if (good && (axes[0] == 0 || axes[1] == 0))
    {
      TnIssue *issue
          = tn_rule_cannot_run (rule, "axis", -1,
                                _ ("%s multiplies along the batch (axis 0): Keras infers a shape "
                                   "for that, but cannot run it."),
                                tn_node_name (node));

      if (issue != NULL)
        issue->param = "axes";
    }
  if (good)
    tn_rule_output (rule, &output);
  else
    tn_rule_assume (rule, &output);
}

/* (batch, others, @axis) of @x. */
static TnTensorId
dot_operand (TnLower *lower, TnTensorId x, int axis)
{
  int rank = tn_lower_shape (lower, x)->rank, permutation[TN_MAX_RANK] = { 0 }, to = 0;

  for (int from = 0; from < rank; from++)
    if (from != axis)
      permutation[to++] = from;
  permutation[to] = axis;
  x = tn_lower_transpose (lower, x, permutation);
  return tn_lower_join (lower, x, 1, rank - 1);
}

static void
dot_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnShape output = { .rank = 0 }, shapes[2];
  TnTensorId operands[2], product;
  gint64 given[TN_MAX_RANK];
  guint n;
  TnOpSettings unit = { .axis = 2, .normalize = TN_NORMALIZE_UNIT, .epsilon = 1e-24f };

  tn_node_axes (node, DOT_AXES, given, &n);
  for (guint slot = 0; slot < 2; slot++)
    {
      TnTensorId x = tn_lower_input (lower, slot);
      gint64 axis = given[n == 1 ? 0 : slot];

      shapes[slot] = *tn_lower_shape (lower, x);
      axis = (axis % shapes[slot].rank + shapes[slot].rank) % shapes[slot].rank;
      dot_append (&output, &shapes[slot], (int)axis, (int)slot);
      operands[slot] = dot_operand (lower, x, (int)axis);
      if (tn_node_bool (node, DOT_NORMALIZE))
        operands[slot] = tn_lower_call (lower, &tn_op_normalize, &unit, &operands[slot], 1);
    }
  if (shapes[0].dims[0].size != shapes[1].dims[0].size)
    {
      tn_lower_refuse (lower, _ ("its two inputs have batches of different sizes"));
      return;
    }
  operands[1] = tn_lower_transpose (lower, operands[1], (int[]){ 0, 2, 1 });
  product = tn_lower_call (lower, &tn_op_batch_matmul, NULL, operands, 2);
  if (output.rank == 1)
    output.dims[output.rank++] = tn_dim (1);
  tn_lower_output (lower, tn_lower_reshape (lower, product, &output));
}

static char *
dot_brief (const TnNode *node)
{
  g_autoptr (TnValue) value = tn_node_value (node, DOT_AXES);
  g_autofree char *axes = value != NULL ? tn_value_to_text (value) : NULL;

  return axes == NULL ? g_strdup ("") : g_strdup_printf (_ ("axes %s"), axes);
}

static const TnLayerExample dot_examples[] = {
  { "axes=1", "(None, 4); (None, 4)", "(None, 1)", NULL },
  { "axes=(2, 1)", "(None, 3, 4); (None, 4, 5)", "(None, 3, 5)", NULL },
  { "axes=-1", "(None, 3, 4); (None, 5, 4)", "(None, 3, 5)", NULL },
  { "axes=1", "(None, None, 5); (None, None, 6)", "(None, 5, 6)", NULL },
  { "axes=1", "(None, 3, 4); (None, 5, 6)", NULL, "merge-shape" },
  { "axes=3", "(None, 3, 4); (None, 5, 6)", NULL, "axis" },
  { "axes=0", "(2, 4); (2, 5)", NULL, "axis" },
  { "axes=(1, 1, 1)", "(None, 4); (None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_dot = {
  .schema = { .type = "Dot",
              .auto_name = "dot",
              .params = dot_params,
              .n_params = DOT_N_PARAMS,
              .min_inputs = 2,
              .max_inputs = 2,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_MERGING,
  .label = N_ ("Dot"),
  .summary = N_ ("Multiplies two inputs along an axis and adds up: how much alike they are."),
  .keywords = N_ ("dot product cosine similarity matrix multiply siamese merge"),
  .icon = "tenon-layer-add-symbolic",
  .shapes = dot_shapes,
  .lower = dot_lower,
  .brief = dot_brief,
  .examples = dot_examples,
};

const TnLayer *const tn_layers_merging[] = { &layer_add,         &layer_subtract, &layer_multiply,
                                             &layer_average,     &layer_maximum,  &layer_minimum,
                                             &layer_concatenate, &layer_dot,      NULL };
