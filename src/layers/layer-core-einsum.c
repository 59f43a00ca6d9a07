/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Core layer: EinsumDense, a Dense whose axes an equation such as "abc,cd->abd" names. */
#include <string.h>

#include "layers/tn-window.h"

enum
{
  EINSUM_EQUATION,
  EINSUM_OUTPUT_SHAPE,
  EINSUM_ACTIVATION,
  EINSUM_BIAS_AXES,
  EINSUM_KERNEL_INITIALIZER,
  EINSUM_BIAS_INITIALIZER,
  EINSUM_KERNEL_REGULARIZER,
  EINSUM_BIAS_REGULARIZER,
  EINSUM_ACTIVITY_REGULARIZER,
  EINSUM_KERNEL_CONSTRAINT,
  EINSUM_BIAS_CONSTRAINT,
  EINSUM_N_PARAMS,
};

static const TnParam einsum_dense_params[EINSUM_N_PARAMS] = {
  [EINSUM_EQUATION] = { .name = "equation",
                        .label = N_ ("Equation"),
                        .kind = TN_PARAM_STRING,
                        .flags = TN_PARAM_REQUIRED,
                        .suggestion = "'ab,bc->ac'",
                        .help = N_ ("A letter for each axis of input, kernel and output; what is "
                                    "missing behind the arrow is added up: ab,bc->ac.") },
  [EINSUM_OUTPUT_SHAPE] = { .name = "output_shape",
                            .label = N_ ("Output shape"),
                            .kind = TN_PARAM_DIMS,
                            .flags = TN_PARAM_REQUIRED,
                            .suggestion = "(64,)",
                            .help = N_ ("Sizes of the output without the batch and what an "
                                        "ellipsis stands for; None where the input says it.") },
  [EINSUM_ACTIVATION] = TN_PARAM_ACTIVATION_OF ("linear"),
  [EINSUM_BIAS_AXES] = { .name = "bias_axes",
                         .label = N_ ("Bias axes"),
                         .kind = TN_PARAM_STRING,
                         .flags = TN_PARAM_OPTIONAL,
                         .fallback = TN_DEFAULT_NONE,
                         .help = N_ ("Letters of the output's axes that get a bias; None for no "
                                     "bias at all.") },
  [EINSUM_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER,
  [EINSUM_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER,
  [EINSUM_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER,
  [EINSUM_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER,
  [EINSUM_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER,
  [EINSUM_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT,
  [EINSUM_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT,
};

/* "ab…,bc->ac…" taken apart. */
typedef struct
{
  char input[TN_MAX_RANK + 1], kernel[TN_MAX_RANK + 1], output[TN_MAX_RANK + 1];
  gboolean left, right; /* which side the ellipses are on */
} Equation;

/* Letters from @at on into @out; how many there are, -1 for too many. */
static int
read_letters (const char *at, char *out)
{
  int n = 0;

  for (; g_ascii_isalpha (at[n]); n++)
    {
      if (n == TN_MAX_RANK)
        return -1;
      out[n] = at[n];
    }
  out[n] = '\0';
  return n;
}

/* One operand with the ellipses that it may have. */
static gboolean
read_operand (const char **at, char *out, gboolean *left, gboolean *right)
{
  int n;

  *left = g_str_has_prefix (*at, "...");
  *at += *left ? 3 : 0;
  n = read_letters (*at, out);
  if (n < 1)
    return FALSE;
  *at += n;
  *right = g_str_has_prefix (*at, "...");
  *at += *right ? 3 : 0;
  return TRUE;
}

static gboolean
skip (const char **at, const char *what)
{
  if (!g_str_has_prefix (*at, what))
    return FALSE;
  *at += strlen (what);
  return TRUE;
}

static gboolean
read_equation (const char *text, Equation *equation)
{
  gboolean kernel_left, kernel_right, output_left, output_right;

  if (!read_operand (&text, equation->input, &equation->left, &equation->right)
      || !skip (&text, ",") || !read_operand (&text, equation->kernel, &kernel_left, &kernel_right)
      || !skip (&text, "->") || !read_operand (&text, equation->output, &output_left, &output_right)
      || *text != '\0')
    return FALSE;
  if (kernel_left || kernel_right || (equation->left && equation->right))
    return FALSE;
  /* Keras wants two letters before an ellipsis: one of them is the batch. */
  if (equation->right && equation->input[1] == '\0')
    return FALSE;
  return equation->left == output_left && equation->right == output_right;
}

static gboolean
complain (const TnNode *node, TnReport *report, const char *param, const char *message)
{
  TnIssue *issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node), "%s: %s",
                                  tn_node_name (node), message);

  if (issue != NULL)
    issue->param = param;
  return FALSE;
}

/* Every letter must be one that is known elsewhere. */
static gboolean
einsum_dense_check (const TnNode *node, TnReport *report)
{
  Equation equation = { 0 };
  const char *text = tn_node_string (node, EINSUM_EQUATION);
  const char *bias
      = tn_node_is_none (node, EINSUM_BIAS_AXES) ? NULL : tn_node_string (node, EINSUM_BIAS_AXES);
  g_autofree char *message = NULL;

  if (!read_equation (text, &equation))
    {
      message = g_strdup_printf (
          _ ("the equation must read like ab,bc->ac, ...ab,bc->...ac or ab...,bc->ac..., not %s."),
          text);
      return complain (node, report, "equation", message);
    }
  for (const char *c = equation.kernel; *c != '\0'; c++)
    if (strchr (equation.input, *c) == NULL && strchr (equation.output, *c) == NULL)
      {
        message = g_strdup_printf (_ ("the axis %c of the kernel in %s stands neither in the input "
                                      "nor in the output, so it has no size."),
                                   *c, text);
        return complain (node, report, "equation", message);
      }
  for (const char *c = equation.output; *c != '\0'; c++)
    if (strchr (equation.input, *c) == NULL && strchr (equation.kernel, *c) == NULL)
      {
        message = g_strdup_printf (_ ("the axis %c of the output in %s stands neither in the input "
                                      "nor in the kernel."),
                                   *c, text);
        return complain (node, report, "equation", message);
      }
  if (bias != NULL && *bias == '\0')
    return complain (node, report, "bias_axes",
                     _ ("bias_axes must name an axis of the output, or be None."));
  for (const char *c = bias; c != NULL && *c != '\0'; c++)
    if (strchr (equation.output, *c) == NULL)
      {
        message = g_strdup_printf (_ ("bias_axes names %c, which is no axis of the output %s."), *c,
                                   equation.output);
        return complain (node, report, "bias_axes", message);
      }
  return TRUE;
}

/* The sizes that were asked for, with the batch and what the ellipses stand for. @elided axes of
 * the input have no letter. FALSE when there are too many. */
static gboolean
output_shape (TnRule *rule, const Equation *equation, int elided, TnShape *output)
{
  TnShape input = tn_rule_input (rule, 0), wanted;
  int batch = equation->left ? MAX (elided, 1) : 1;

  tn_node_dims (tn_rule_node (rule), EINSUM_OUTPUT_SHAPE, &wanted);
  if (batch + wanted.rank + (equation->left ? 0 : elided) > TN_MAX_RANK)
    return FALSE;
  *output = (TnShape){ .rank = 0 };
  for (int axis = 0; axis < batch; axis++)
    output->dims[output->rank++] = input.dims[axis];
  for (int axis = 0; axis < wanted.rank; axis++)
    output->dims[output->rank++] = tn_rule_param (rule, EINSUM_OUTPUT_SHAPE, (guint)axis);
  for (int axis = input.rank - elided; !equation->left && axis < input.rank; axis++)
    output->dims[output->rank++] = input.dims[axis];
  return TRUE;
}

static int
place (const char *letters, char letter)
{
  const char *at = strchr (letters, letter);

  return at != NULL ? (int)(at - letters) : -1;
}

/* An axis that input and output share must be the same, or left open in output_shape. */
static gboolean
compare_shared (TnRule *rule, const Equation *equation, const TnShape *output, int shift)
{
  TnShape input = tn_rule_input (rule, 0);

  for (int i = 0; equation->input[i] != '\0'; i++)
    {
      int to = place (equation->output, equation->input[i]);
      TnDim in = input.dims[i + shift];
      g_autofree char *got = NULL;
      TnIssue *issue;

      if (to < 0 || !tn_dim_is_known (output->dims[to + shift])
          || output->dims[to + shift].size == in.size)
        continue;
      got = tn_shape_to_text (&input);
      issue = tn_rule_issue (
          rule, TN_SEVERITY_ERROR, "einsum-shape", 0,
          _ ("%s hands axis %c on, and its output_shape says that it is %" PRIi64
             " large, but in %s from %s it is not; write None there to take what arrives."),
          tn_node_name (tn_rule_node (rule)), equation->input[i], output->dims[to + shift].size,
          got, tn_rule_source (rule, 0));
      if (issue != NULL)
        {
          issue->axis = i + shift - input.rank;
          issue->param = "output_shape";
        }
      return FALSE;
    }
  return TRUE;
}

/* The kernel's or the bias's shape: every size must be known. */
static void
declare_weight (TnRule *rule, const char *name, const TnShape *shape, const char *letters,
                int initializer)
{
  for (int axis = 0; axis < shape->rank; axis++)
    if (!tn_dim_is_known (shape->dims[axis]))
      {
        tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                       _ ("The %s of %s needs a size for each of its axes (%s), but that of %c is "
                          "open."),
                       name, tn_node_name (tn_rule_node (rule)), letters, letters[axis]);
        return;
      }
  tn_rule_weight (rule, name, shape, TRUE, initializer, 0);
}

static void
declare_weights (TnRule *rule, const Equation *equation, const TnShape *output, int elided)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0), kernel = { .rank = 0 }, bias = { .rank = 0 };
  int shift = equation->left ? elided : 0;
  const char *axes = tn_node_string (node, EINSUM_BIAS_AXES), *letters = equation->output;
  TnDim macs = tn_dim (1);

  for (const char *c = equation->kernel; *c != '\0'; c++)
    {
      int from = place (equation->input, *c);
      TnDim dim;

      if (from >= 0)
        tn_rule_check_pin (rule, "kernel-width", 0, from + shift, &dim);
      else
        dim = output->dims[place (equation->output, *c) + shift];
      kernel.dims[kernel.rank++] = dim;
      macs = tn_rule_multiply (rule, macs, dim);
    }
  declare_weight (rule, "kernel", &kernel, equation->kernel, EINSUM_KERNEL_INITIALIZER);
  /* Once for everything of the input that has no axis in the kernel. */
  for (int axis = 1; axis < input.rank; axis++)
    {
      int i = axis - shift;
      gboolean lettered = i >= 0 && i < (int)strlen (equation->input);

      if (!lettered || strchr (equation->kernel, equation->input[i]) == NULL)
        macs = tn_rule_multiply (rule, macs, input.dims[axis]);
    }
  tn_rule_macs (rule, macs);
  if (tn_node_is_none (node, EINSUM_BIAS_AXES))
    return;
  letters += strcspn (letters, axes);
  if ((int)strlen (letters) + (equation->left ? 0 : elided) > TN_MAX_RANK)
    return;
  for (const char *c = letters; *c != '\0'; c++)
    bias.dims[bias.rank++] = strchr (axes, *c) == NULL
                                 ? tn_dim (1)
                                 : output->dims[place (equation->output, *c) + shift];
  for (int i = 0; !equation->left && i < elided; i++)
    bias.dims[bias.rank++] = tn_dim (1);
  declare_weight (rule, "bias", &bias, letters, EINSUM_BIAS_INITIALIZER);
}

/* What Keras lets pass, but cannot run. */
static void
warn_unlettered (TnRule *rule, const Equation *equation, const TnShape *output, int elided)
{
  TnIssue *issue;

  if ((elided == 0 || equation->left || equation->right)
      && output->rank == (int)strlen (equation->output) + elided)
    return;
  issue = tn_rule_cannot_run (
      rule, "einsum-shape", 0,
      _ ("%s has more or fewer axes to work on than %s names: Keras infers a shape for that, but "
         "cannot run it."),
      tn_node_name (tn_rule_node (rule)), tn_node_string (tn_rule_node (rule), EINSUM_EQUATION));
  if (issue != NULL)
    issue->param = "output_shape";
}

static void
einsum_dense_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0), output;
  Equation equation = { 0 };
  int elided, shift, letters;
  gboolean good;

  read_equation (tn_node_string (node, EINSUM_EQUATION), &equation);
  elided = input.rank - (int)strlen (equation.input);
  letters = (int)strlen (equation.output);
  shift = equation.left ? elided : 0;
  if (elided < 0 || !output_shape (rule, &equation, elided, &output)
      || output.rank < letters + shift)
    {
      g_autofree char *got = tn_shape_to_text (&input);

      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", 0,
                     _ ("The equation %s of %s and its output_shape do not go with the %d axes of "
                        "%s, which arrives from %s."),
                     tn_node_string (node, EINSUM_EQUATION), tn_node_name (node), input.rank, got,
                     tn_rule_source (rule, 0));
      return;
    }
  good = compare_shared (rule, &equation, &output, shift);
  if (good)
    warn_unlettered (rule, &equation, &output, elided);
  declare_weights (rule, &equation, &output, elided);
  if (!tn_rule_activation (rule, EINSUM_ACTIVATION, &output))
    return;
  tn_rule_output (rule, &output);
}

/* Axes of an operand by what becomes of them: in both and in the result, in one only and in the
 * result, added up. */
typedef struct
{
  int n_batch, n_free, n_summed;
  int batch[TN_MAX_RANK], free[TN_MAX_RANK], summed[TN_MAX_RANK];
} Roles;

/* Batch axes and those that are summed stand in the order of the input's letters in both. */
static Roles
find_roles (const char *letters, const char *input, const char *other, const char *output,
            int shift)
{
  Roles roles = { 0 };

  for (int i = 0; letters[i] != '\0'; i++)
    if (place (other, letters[i]) < 0 && place (output, letters[i]) >= 0)
      roles.free[roles.n_free++] = i + shift;
  for (const char *c = input; *c != '\0'; c++)
    {
      int at = place (letters, *c);

      if (at < 0 || place (other, *c) < 0)
        continue;
      if (place (output, *c) >= 0)
        roles.batch[roles.n_batch++] = at + shift;
      else
        roles.summed[roles.n_summed++] = at + shift;
    }
  return roles;
}

/* (batch, first, second), each of many axes joined. */
static TnTensorId
lay_out (TnLower *lower, TnTensorId x, const int *batch, int n_batch, const int *first, int n_first,
         const int *second, int n_second)
{
  int permutation[TN_MAX_RANK] = { 0 }, rank = 0;

  for (int i = 0; i < n_batch; i++)
    permutation[rank++] = batch[i];
  for (int i = 0; i < n_first; i++)
    permutation[rank++] = first[i];
  for (int i = 0; i < n_second; i++)
    permutation[rank++] = second[i];
  x = tn_lower_transpose (lower, x, permutation);
  x = tn_lower_join (lower, x, n_batch + n_first, rank);
  x = tn_lower_join (lower, x, n_batch, n_batch + n_first);
  return tn_lower_join (lower, x, 0, n_batch);
}

static gboolean
letters_differ (const char *letters)
{
  for (; *letters != '\0'; letters++)
    if (strchr (letters + 1, *letters) != NULL)
      return FALSE;
  return TRUE;
}

/* What stands in the input alone is added up; gives the equation without it. */
static TnTensorId
sum_alone (TnLower *lower, TnTensorId x, Equation *equation, int shift)
{
  int to = 0;

  for (int i = 0; equation->input[i] != '\0'; i++)
    if (place (equation->kernel, equation->input[i]) >= 0
        || place (equation->output, equation->input[i]) >= 0)
      equation->input[to++] = equation->input[i];
    else
      x = tn_lower_squeeze (lower, tn_lower_reduce (lower, TN_REDUCE_SUM, x, to + shift),
                            to + shift);
  equation->input[to] = '\0';
  return x;
}

/* The axes of the product in the order of the equation's output, which @elided axes without a
 * letter go along with. */
static TnTensorId
in_order (TnLower *lower, TnTensorId product, const TnShape *input, const TnShape *kernel,
          const Equation *equation, const Roles *of_input, const Roles *of_kernel, int elided)
{
  TnShape apart = { .rank = 0 };
  int from[TN_MAX_RANK] = { 0 }, shift = equation->left ? elided : 0;
  int letters = (int)strlen (equation->output);

  for (int i = 0; i < of_input->n_batch; i++)
    {
      from[place (equation->output, equation->input[of_input->batch[i] - shift]) + shift]
          = apart.rank;
      apart.dims[apart.rank++] = input->dims[of_input->batch[i]];
    }
  for (int i = 0; i < of_input->n_free; i++)
    {
      int axis = of_input->free[i], letter = axis - shift;
      gboolean has_letter = letter >= 0 && letter < (int)strlen (equation->input);
      int to = has_letter       ? place (equation->output, equation->input[letter]) + shift
               : equation->left ? axis
                                : letters + letter - (int)strlen (equation->input);

      from[to] = apart.rank;
      apart.dims[apart.rank++] = input->dims[axis];
    }
  for (int i = 0; i < of_kernel->n_free; i++)
    {
      from[place (equation->output, equation->kernel[of_kernel->free[i]]) + shift] = apart.rank;
      apart.dims[apart.rank++] = kernel->dims[of_kernel->free[i]];
    }
  return tn_lower_transpose (lower, tn_lower_reshape (lower, product, &apart), from);
}

static void
einsum_dense_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0), kernel = tn_lower_weight (lower, "kernel");
  TnTensorId bias = tn_lower_weight (lower, "bias"), operands[2];
  TnShape shape, kernel_shape = *tn_lower_shape (lower, kernel);
  Equation equation = { 0 };
  Roles of_input, of_kernel;
  int elided, shift;

  read_equation (tn_node_string (node, EINSUM_EQUATION), &equation);
  elided = tn_lower_shape (lower, x)->rank - (int)strlen (equation.input);
  shift = equation.left ? elided : 0;
  if ((elided > 0 && !equation.left && !equation.right) || !letters_differ (equation.input)
      || !letters_differ (equation.kernel) || !letters_differ (equation.output))
    {
      tn_lower_refuse (lower, _ ("its equation does not name each axis of what arrives once"));
      return;
    }
  x = sum_alone (lower, x, &equation, shift);
  shape = *tn_lower_shape (lower, x);
  of_input = find_roles (equation.input, equation.input, equation.kernel, equation.output, shift);
  of_kernel = find_roles (equation.kernel, equation.input, equation.input, equation.output, 0);
  /* What has no letter is handed on like what stands in the input alone. */
  for (int i = 0; i < elided; i++)
    of_input.free[of_input.n_free++] = equation.left ? i : (int)strlen (equation.input) + i;
  operands[0] = lay_out (lower, x, of_input.batch, of_input.n_batch, of_input.free, of_input.n_free,
                         of_input.summed, of_input.n_summed);
  operands[1] = lay_out (lower, kernel, of_kernel.batch, of_kernel.n_batch, of_kernel.summed,
                         of_kernel.n_summed, of_kernel.free, of_kernel.n_free);
  x = tn_lower_call (lower, &tn_op_batch_matmul, NULL, operands, 2);
  x = in_order (lower, x, &shape, &kernel_shape, &equation, &of_input, &of_kernel, elided);
  if (bias != TN_TENSOR_ABSENT)
    x = tn_lower_binary (lower, TN_BINARY_ADD, x, bias);
  tn_lower_output (lower, tn_lower_activation_of (lower, x, EINSUM_ACTIVATION));
}

static char *
einsum_dense_brief (const TnNode *node)
{
  return g_strdup (tn_node_string (node, EINSUM_EQUATION));
}

static const TnLayerExample einsum_dense_examples[] = {
  { "equation='ab,bc->ac', output_shape=(64,), bias_axes=c", "(None, 32)", "(None, 64)", NULL },
  { "equation='abc,cd->abd', output_shape=(None, 64)", "(None, 32, 128)", "(None, None, 64)",
    NULL },
  { "equation='...x,xy->...y', output_shape=64", "(None, 4, 5, 6)", "(None, 4, 5, 64)", NULL },
  { "equation='ab->ac', output_shape=64", "(None, 32)", NULL, "param" },
  { "equation='ab,bc->ac', output_shape=64, bias_axes=d", "(None, 32)", NULL, "param" },
  { "equation='abc,cd->abd', output_shape=(8, 64)", "(None, 32, 128)", NULL, "einsum-shape" },
  { "equation='abc,cd->abd', output_shape=(None, 64)", "(None, 32)", NULL, "rank" },
  { "equation='ab,bc->ac', output_shape=64", "(None, None)", NULL, "unknown-dim" },
  { NULL },
};

static const TnKept einsum_dense_kept[] = {
  { "quantization_config", NULL },       { "lora_rank", NULL }, { "lora_alpha", NULL },
  { "gptq_unpacked_column_size", NULL }, { NULL, NULL },
};

static const TnLayer layer_einsum_dense = {
  .schema = { .type = "EinsumDense",
              .auto_name = "einsum_dense",
              .params = einsum_dense_params,
              .n_params = EINSUM_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Einsum dense"),
  .summary = N_ ("A Dense over any axes: an equation says which are added up and which come out."),
  .keywords = N_ ("einsum tensor contraction equation transformer projection"),
  .icon = "tenon-layer-dense-symbolic",
  .check = einsum_dense_check,
  .shapes = einsum_dense_shapes,
  .lower = einsum_dense_lower,
  .brief = einsum_dense_brief,
  .examples = einsum_dense_examples,
  .kept = einsum_dense_kept,
};

const TnLayer *const tn_layers_core_einsum[] = { &layer_einsum_dense, NULL };
