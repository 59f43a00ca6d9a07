/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sliding windows, in shapes and in ops; the lists of choices. */
#include "layers/tn-window.h"

#include <string.h>

#include "layers/tn-recurrent.h"

const char *const tn_choices_padding[] = { "valid", "same", NULL };
const char *const tn_choices_data_format[] = { "channels_last", "channels_first", NULL };
const char *const tn_choices_dtype[]
    = { "float32",   "float64",    "float16",       "bfloat16",    "int32",  "int64",  "uint8",
        "bool",      "string",     "int8",          "int16",       "uint16", "uint32", "uint64",
        "complex64", "complex128", "float8_e4m3fn", "float8_e5m2", NULL };
const char *const tn_choices_activation[]
    = { "linear",      "relu",        "sigmoid",    "tanh",        "softmax",        "relu6",
        "leaky_relu",  "elu",         "selu",       "celu",        "gelu",           "silu",
        "swish",       "mish",        "softplus",   "softsign",    "exponential",    "hard_sigmoid",
        "hard_silu",   "hard_swish",  "hard_tanh",  "hard_shrink", "soft_shrink",    "tanh_shrink",
        "log_sigmoid", "log_softmax", "squareplus", "sparse_plus", "sparse_sigmoid", "sparsemax",
        "glu",         NULL };
const char *const tn_choices_initializer[]
    = { "glorot_uniform",   "glorot_normal",  "he_uniform",    "he_normal",
        "lecun_uniform",    "lecun_normal",   "zeros",         "ones",
        "constant",         "random_uniform", "random_normal", "truncated_normal",
        "variance_scaling", "orthogonal",     "identity",      NULL };
const char *const tn_choices_regularizer[]
    = { "l1", "l2", "l1_l2", "orthogonal_regularizer", NULL };
const char *const tn_choices_constraint[]
    = { "max_norm", "min_max_norm", "non_neg", "unit_norm", NULL };

TnImageAxes
tn_image_axes (const TnNode *node, guint data_format_param, int rank)
{
  gboolean first = strcmp (tn_node_string (node, data_format_param), "channels_first") == 0;

  return (TnImageAxes){ .channels_first = first,
                        .spatial = first ? 2 : 1,
                        .channel = first ? 1 : rank - 1 };
}

/* What the axes of sequences, images and volumes stand for. */
static const char *
axis_names (int rank)
{
  switch (rank)
    {
    case 3:
      return _ ("batch, steps, features");
    case 4:
      return _ ("batch, height, width, channels");
    case 5:
      return _ ("batch, depth, height, width, channels");
    default:
      return _ ("the batch included");
    }
}

/* @builds: Keras sees it only when it runs. */
static void
refuse_rank (TnRule *rule, guint slot, int rank, gboolean builds)
{
  TnShape input = tn_rule_input (rule, slot);
  g_autofree char *got = tn_shape_to_text (&input);
  g_autofree char *message = g_strdup_printf (
      ngettext ("%s works on %d dimensions (%s), but %s with %d dimension arrives from %s.",
                "%s works on %d dimensions (%s), but %s with %d dimensions arrives from %s.",
                input.rank),
      tn_node_name (tn_rule_node (rule)), rank, axis_names (rank), got, input.rank,
      tn_rule_source (rule, slot));
  TnIssue *issue = builds
                       ? tn_rule_cannot_run (rule, "rank", (int)slot, "%s", message)
                       : tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", (int)slot, "%s", message);

  if (issue == NULL)
    return;
  issue->expected = (TnShape){ .rank = rank };
  for (int axis = 0; axis < rank; axis++)
    issue->expected.dims[axis] = tn_dim (TN_DIM_UNKNOWN);
}

gboolean
tn_rule_expect_rank (TnRule *rule, guint slot, int rank)
{
  if (tn_rule_input (rule, slot).rank == rank)
    return TRUE;
  refuse_rank (rule, slot, rank, FALSE);
  return FALSE;
}

void
tn_rule_prefer_rank (TnRule *rule, guint slot, int rank)
{
  if (tn_rule_input (rule, slot).rank != rank)
    refuse_rank (rule, slot, rank, TRUE);
}

static gboolean
is_same (const TnNode *node, guint padding)
{
  return strcmp (tn_node_string (node, padding), "same") == 0;
}

/* As many windows as with same, but all that is added stands in front. */
static gboolean
is_causal (const TnNode *node, guint padding)
{
  return strcmp (tn_node_string (node, padding), "causal") == 0;
}

/* Strides that were left at None are the window's own size. */
static guint
strides_param (const TnNode *node, guint kernel, int strides)
{
  return strides < 0 || tn_node_is_none (node, (guint)strides) ? kernel : (guint)strides;
}

gboolean
tn_rule_window_axes (TnRule *rule, TnShape *shape, TnImageAxes axes, int n, guint kernel,
                     int strides, guint padding, int dilation)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = *shape;
  guint stride_param = strides_param (node, kernel, strides);
  gboolean padded = is_same (node, padding) || is_causal (node, padding);

  for (int i = 0; i < n; i++)
    {
      int axis = axes.spatial + i;
      TnDim size = tn_rule_param (rule, kernel, (guint)i);
      TnDim spread = dilation >= 0 ? tn_rule_param (rule, (guint)dilation, (guint)i) : tn_dim (1);
      TnDim out = tn_rule_window (rule, input.dims[axis], size,
                                  tn_rule_param (rule, stride_param, (guint)i), spread, padded);

      shape->dims[axis] = out;
      if (tn_dim_is_known (out) && out.size < 1 && !padded)
        {
          g_autofree char *got = tn_shape_to_text (&input);
          const char *what = tn_node_schema (node)->params[kernel].name;
          gint64 reach = (size.size - 1) * spread.size + 1;
          TnIssue *issue = tn_rule_issue (
              rule, TN_SEVERITY_ERROR, "window-size", 0,
              _ ("The window of %s is %" PRIi64 " wide (%s), but only %" PRIi64
                 " are left along axis %d of %s, which arrives from %s: nothing would come out."),
              tn_node_name (node), reach, what, input.dims[axis].size, axis, got,
              tn_rule_source (rule, 0));

          if (issue != NULL)
            {
              issue->axis = axis - input.rank;
              issue->param = what;
            }
          return FALSE;
        }
    }
  return TRUE;
}

void
tn_rule_image_size (TnRule *rule, guint height, guint width, guint data_format)
{
  TnShape shape = tn_rule_input (rule, 0);
  gboolean first = tn_image_axes (tn_rule_node (rule), data_format, shape.rank).channels_first;
  int axis = shape.rank - (first ? 2 : 3);

  /* Images may come one by one, without a batch. */
  if (shape.rank != 3 && shape.rank != 4)
    {
      tn_rule_expect_rank (rule, 0, 4);
      return;
    }
  shape.dims[axis] = tn_rule_param (rule, height, 0);
  shape.dims[axis + 1] = tn_rule_param (rule, width, 0);
  tn_rule_output (rule, &shape);
}

char *
tn_brief_image_size (const TnNode *node, guint height, guint width)
{
  return g_strdup_printf ("%" PRIi64 " × %" PRIi64, tn_node_int (node, height),
                          tn_node_int (node, width));
}

/* A layer in place of an activation's name: a LeakyReLU with a slope of its own, say. */
static gboolean
rule_activation_layer (TnRule *rule, guint param, TnShape *shape)
{
  g_autoptr (TnNode) inner = tn_layer_inner (tn_rule_node (rule), param, 0);
  TnLayerResult result = { 0 };
  gboolean done;

  /* That there is one was checked before. */
  done = tn_rule_apply_inner (rule, inner, shape, 1, &result) && result.n_outputs > 0;
  if (done)
    {
      *shape = result.outputs[0];
      tn_rule_inner_weights (rule, tn_node_name (inner), &result);
    }
  tn_layer_result_clear (&result);
  return done;
}

gboolean
tn_rule_activation (TnRule *rule, guint param, TnShape *shape)
{
  const TnNode *node = tn_rule_node (rule);
  const TnValue *value = tn_node_get (node, param);
  const char *name = tn_node_string (node, param);
  TnDim *last;

  if (value != NULL && tn_param_holds_layer (&tn_node_schema (node)->params[param], value))
    return rule_activation_layer (rule, param, shape);
  if (strcmp (name, "glu") != 0 || shape->rank < 1)
    return TRUE;
  /* Keras infers an unchanged shape here, but running it halves the axis. */
  last = &shape->dims[shape->rank - 1];
  if (tn_dim_is_known (*last) && last->size % 2 != 0)
    {
      TnIssue *issue = tn_rule_cannot_run (rule, "axis", -1,
                                           _ ("The activation glu of %s halves the last axis, so "
                                              "it needs an even size, not %" PRIi64 "."),
                                           tn_node_name (tn_rule_node (rule)), last->size);

      if (issue != NULL)
        issue->param = "activation";
      return TRUE;
    }
  *last = tn_rule_divide (rule, *last, tn_dim (2));
  return TRUE;
}

void
tn_brief_window (GString *out, const gint64 *sizes, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%" PRIi64, i > 0 ? "×" : "", sizes[i]);
}

char *
tn_brief_strides (const gint64 *strides, guint n)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean all_equal = TRUE;

  for (guint i = 1; i < n; i++)
    all_equal = all_equal && strides[i] == strides[0];
  if (all_equal)
    return g_strdup_printf ("%" PRIi64, strides[0]);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s%" PRIi64, i > 0 ? ", " : "(", strides[i]);
  g_string_append_c (out, ')');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

void
tn_lower_window (TnLower *lower, const TnShape *input_last, guint kernel, int strides,
                 guint padding, int dilation, TnOpSettings *settings)
{
  const TnNode *node = tn_lower_node (lower);
  guint n = tn_node_schema (node)->params[kernel].length;

  tn_node_ints (node, kernel, settings->kernel);
  tn_node_ints (node, strides_param (node, kernel, strides), settings->stride);
  for (guint i = 0; i < n; i++)
    settings->dilation[i] = 1;
  if (dilation >= 0)
    tn_node_ints (node, (guint)dilation, settings->dilation);
  if (is_causal (node, padding))
    for (guint i = 0; i < n; i++)
      settings->pad_before[i] = (settings->kernel[i] - 1) * settings->dilation[i];
  if (!is_same (node, padding))
    return;
  for (guint i = 0; i < n; i++)
    {
      gint64 size = input_last->dims[1 + i].size;
      gint64 stride = settings->stride[i];
      gint64 out = size / stride + (size % stride != 0);
      gint64 reach = (settings->kernel[i] - 1) * settings->dilation[i] + 1;
      gint64 total = MAX ((out - 1) * stride + reach - size, 0);

      settings->pad_before[i] = total / 2;
      settings->pad_after[i] = total - total / 2;
    }
}

TnTensorId
tn_lower_channels_last (TnLower *lower, TnTensorId input, TnImageAxes axes)
{
  const TnShape *shape = tn_lower_shape (lower, input);
  int permutation[TN_MAX_RANK] = { 0 };

  if (!axes.channels_first)
    return input;
  for (int axis = 1; axis < shape->rank; axis++)
    permutation[axis] = axis == shape->rank - 1 ? 1 : axis + 1;
  return tn_lower_transpose (lower, input, permutation);
}

TnTensorId
tn_lower_channels_back (TnLower *lower, TnTensorId input, TnImageAxes axes)
{
  const TnShape *shape = tn_lower_shape (lower, input);
  int permutation[TN_MAX_RANK] = { 0 };

  if (!axes.channels_first)
    return input;
  for (int axis = 1; axis < shape->rank; axis++)
    permutation[axis] = axis == 1 ? shape->rank - 1 : axis - 1;
  return tn_lower_transpose (lower, input, permutation);
}
