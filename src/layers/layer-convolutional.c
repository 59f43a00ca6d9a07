/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolutional layers: Conv1D, Conv2D and Conv3D. */
#include "layers/tn-convolution.h"

enum
{
  CONV_FILTERS,
  CONV_KERNEL_SIZE,
  CONV_STRIDES,
  CONV_PADDING,
  CONV_DATA_FORMAT,
  CONV_DILATION_RATE,
  CONV_GROUPS,
  CONV_ACTIVATION,
  CONV_USE_BIAS,
  CONV_KERNEL_INITIALIZER,
  CONV_BIAS_INITIALIZER,
  CONV_KERNEL_REGULARIZER,
  CONV_BIAS_REGULARIZER,
  CONV_ACTIVITY_REGULARIZER,
  CONV_KERNEL_CONSTRAINT,
  CONV_BIAS_CONSTRAINT,
  CONV_N_PARAMS,
};

/* clang-format off */
#define CONV_PARAMS(n, size_help, strides_help, padding, data_format) \
  { \
    [CONV_FILTERS] = TN_PARAM_FILTERS, \
    [CONV_KERNEL_SIZE] = TN_PARAM_KERNEL_SIZE (n, size_help), \
    [CONV_STRIDES] = TN_PARAM_CONV_STRIDES (n, strides_help), \
    [CONV_PADDING] = padding, \
    [CONV_DATA_FORMAT] = data_format, \
    [CONV_DILATION_RATE] = TN_PARAM_DILATION (n), \
    [CONV_GROUPS] = { .name = "groups", .label = N_ ("Groups"), .kind = TN_PARAM_INT, \
      .flags = TN_PARAM_ADVANCED, .minimum = 1, .fallback = TN_DEFAULT_INT (1), \
      .help = N_ ("Splits channels and filters into this many groups that do not see one " \
                  "another; it must divide both.") }, \
    [CONV_ACTIVATION] = TN_PARAM_ACTIVATION_OF ("linear"), \
    [CONV_USE_BIAS] = TN_PARAM_USE_BIAS, \
    [CONV_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER, \
    [CONV_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
    [CONV_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER, \
    [CONV_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
    [CONV_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
    [CONV_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT, \
    [CONV_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
  }

#define PADDING_CAUSAL \
  TN_PARAM_CONV_PADDING_OF (tn_choices_padding_causal, N_ ( \
    "valid uses only whole windows, so the sequence gets shorter by kernel_size − 1; same adds " \
    "zeros at both ends, so that it keeps its length at stride 1; causal adds them all in front, " \
    "so that no step sees a later one."))

static const TnParam conv1d_params[CONV_N_PARAMS]
    = CONV_PARAMS (1, TN_KERNEL_SIZE_1D, TN_STRIDES_1D, PADDING_CAUSAL, TN_PARAM_DATA_FORMAT_1D);
static const TnParam conv2d_params[CONV_N_PARAMS]
    = CONV_PARAMS (2, TN_KERNEL_SIZE_2D, TN_STRIDES_2D, TN_PARAM_CONV_PADDING,
                   TN_PARAM_DATA_FORMAT);
static const TnParam conv3d_params[CONV_N_PARAMS]
    = CONV_PARAMS (3, TN_KERNEL_SIZE_3D, TN_STRIDES_3D, TN_PARAM_CONV_PADDING,
                   TN_PARAM_DATA_FORMAT_3D);
/* clang-format on */

static gboolean
conv_check (const TnNode *node, TnReport *report)
{
  gint64 filters = tn_node_int (node, CONV_FILTERS);
  gint64 groups = tn_node_int (node, CONV_GROUPS);
  TnIssue *issue;

  if (filters % groups == 0)
    return tn_check_strides_or_dilation (node, CONV_STRIDES, CONV_DILATION_RATE, report);
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "groups", tn_node_id (node),
                         _ ("%s has %" PRIi64 " filters, which cannot be split "
                            "evenly into %" PRIi64 " groups."),
                         tn_node_name (node), filters, groups);
  if (issue != NULL)
    issue->param = "groups";
  return FALSE;
}

/* FALSE, with an issue, unless the channels can be split as groups says. */
static gboolean
conv_expect_groups (TnRule *rule, const TnShape *input, TnImageAxes axes, TnDim channels)
{
  const TnNode *node = tn_rule_node (rule);
  gint64 groups = tn_node_int (node, CONV_GROUPS);
  g_autofree char *got = NULL;
  TnIssue *issue;

  if (channels.size % groups == 0)
    return TRUE;
  got = tn_shape_to_text (input);
  issue
      = tn_rule_issue (rule, TN_SEVERITY_ERROR, "groups", 0,
                       _ ("%s splits its input into %" PRIi64
                          " groups, which does not divide the %" PRIi64 " channels of %s from %s."),
                       tn_node_name (node), groups, channels.size, got, tn_rule_source (rule, 0));
  if (issue != NULL)
    {
      issue->axis = axes.channel - input->rank;
      issue->param = "groups";
    }
  return FALSE;
}

static void
conv_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  int n = tn_spatial_axes (node, CONV_KERNEL_SIZE);
  TnDim filters = tn_rule_param (rule, CONV_FILTERS, 0);
  TnShape input, output, kernel = { 0 };
  TnImageAxes axes;
  TnDim channels;
  gboolean kernel_known, fits;

  if (!tn_rule_expect_rank (rule, 0, n + 2))
    return;
  input = output = tn_rule_input (rule, 0);
  axes = tn_image_axes (node, CONV_DATA_FORMAT, n + 2);
  output.dims[axes.channel] = filters;

  kernel_known = tn_rule_channels (rule, &input, axes, &channels)
                 && conv_expect_groups (rule, &input, axes, channels);
  fits = tn_rule_window_axes (rule, &output, axes, n, CONV_KERNEL_SIZE, CONV_STRIDES, CONV_PADDING,
                              CONV_DILATION_RATE);
  if (kernel_known)
    {
      kernel = tn_rule_kernel (rule, CONV_KERNEL_SIZE,
                               tn_dim (channels.size / tn_node_int (node, CONV_GROUPS)), filters);
      tn_rule_weight (rule, "kernel", &kernel, TRUE, CONV_KERNEL_INITIALIZER, 0);
      tn_rule_bias (rule, CONV_USE_BIAS, CONV_BIAS_INITIALIZER, filters);
    }
  if (kernel_known && fits)
    tn_rule_kernel_macs (rule, &kernel, &output, axes, n);
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  if (fits && tn_rule_activation (rule, CONV_ACTIVATION, &output))
    tn_rule_output (rule, &output);
}

static void
conv_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  int n = tn_spatial_axes (node, CONV_KERNEL_SIZE);
  TnImageAxes axes = tn_image_axes (node, CONV_DATA_FORMAT, n + 2);
  TnTensorId x = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnTensorId kernel = tn_lower_weight (lower, "kernel");
  TnTensorId bias = tn_lower_weight (lower, "bias");
  TnOpSettings settings = { .groups = tn_node_int (node, CONV_GROUPS) };

  tn_lower_window (lower, tn_lower_shape (lower, x), CONV_KERNEL_SIZE, CONV_STRIDES, CONV_PADDING,
                   CONV_DILATION_RATE, &settings);
  x = tn_lower_convolution (lower, x, kernel, bias, &settings);
  x = tn_lower_channels_back (lower, x, axes);
  tn_lower_output (lower, tn_lower_activation_of (lower, x, CONV_ACTIVATION));
}

static char *
conv_brief (const TnNode *node)
{
  gint64 filters = tn_node_int (node, CONV_FILTERS);
  g_autofree char *count = g_strdup_printf (
      ngettext ("%" PRIi64 " filter", "%" PRIi64 " filters", (gulong)filters), filters);

  return tn_brief_convolution (node, count, CONV_KERNEL_SIZE, CONV_ACTIVATION);
}

#define CONV_LAYER(class_name, name)                                                               \
  TN_CONVOLUTION_LAYER (class_name, #name, name##_params),                                         \
      .check = conv_check, .shapes = conv_shapes, .brief = conv_brief, .examples = name##_examples

static const TnLayerExample conv1d_examples[] = {
  { "filters=4, kernel_size=3", "(None, 10, 3)", "(None, 8, 4)", NULL },
  { "filters=4, kernel_size=3, padding=causal, dilation_rate=2", "(None, 10, 3)", "(None, 10, 4)",
    NULL },
  { "filters=4, kernel_size=3, padding=causal, strides=3", "(None, 10, 3)", "(None, 4, 4)", NULL },
  { "filters=4, kernel_size=3, data_format=channels_first", "(2, 3, 10)", "(2, 4, 8)", NULL },
  { "filters=4, kernel_size=3", "(None, None, 3)", "(None, None, 4)", NULL },
  { "filters=4, kernel_size=3", "(None, 4, 4, 3)", NULL, "rank" },
  { "filters=4, kernel_size=100", "(None, 10, 3)", NULL, "window-size" },
  { "filters=4, kernel_size=3", "(None, 10, None)", NULL, "unknown-dim" },
  { "filters=4, kernel_size=3, groups=2", "(None, 10, 3)", NULL, "groups" },
  { "filters=4, kernel_size=3, padding=causal, strides=2, dilation_rate=2", "(2, 9, 3)", NULL,
    "param" },
  { NULL },
};

static const TnLayer layer_conv1d = {
  CONV_LAYER ("Conv1D", conv1d),
  .label = N_ ("1D convolution"),
  .summary
  = N_ ("Slides a small window over a sequence and looks for the same patterns at every step."),
  .keywords = N_ ("conv convolution filter kernel sequence time series text signal causal"),
  .aliases = "Convolution1D",
  .lower = conv_lower,
};

static const TnLayerExample conv2d_examples[] = {
  { "filters=32, kernel_size=3", "(None, 28, 28, 1)", "(None, 26, 26, 32)", NULL },
  { "filters=8, kernel_size=3, padding=same, strides=2", "(None, 7, 8, 3)", "(None, 4, 4, 8)",
    NULL },
  { "filters=4, kernel_size=(3, 2), dilation_rate=2", "(2, 10, 10, 3)", "(2, 6, 8, 4)", NULL },
  { "filters=4, kernel_size=3, data_format=channels_first", "(None, 3, 10, 10)", "(None, 4, 8, 8)",
    NULL },
  { "filters=4, kernel_size=3, groups=2", "(None, 10, 10, 4)", "(None, 8, 8, 4)", NULL },
  { "filters=4, kernel_size=3", "(None, None, None, 3)", "(None, None, None, 4)", NULL },
  { "filters=4, kernel_size=3, groups=2", "(None, 10, 10, 3)", NULL, "groups" },
  { "filters=4, kernel_size=3", "(None, 2, 2, 3)", NULL, "window-size" },
  { "filters=4, kernel_size=3", "(None, 10, 10, None)", NULL, "unknown-dim" },
  { "filters=4, kernel_size=3", "(None, 4)", NULL, "rank" },
  { "filters=4, kernel_size=3, padding=causal", "(None, 10, 10, 3)", NULL, "param" },
  { "filters=4, kernel_size=3, strides=2, dilation_rate=2", "(None, 9, 9, 3)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_conv2d = {
  CONV_LAYER ("Conv2D", conv2d),
  .label = N_ ("2D convolution"),
  .summary = N_ ("Slides a small window over an image and looks for the same patterns everywhere."),
  .keywords = N_ ("conv convolution filter kernel image cnn"),
  .aliases = "Convolution2D",
  .lower = conv_lower,
};

static const TnLayerExample conv3d_examples[] = {
  { "filters=4, kernel_size=3", "(None, 8, 8, 8, 3)", "(None, 6, 6, 6, 4)", NULL },
  { "filters=2, kernel_size=(1, 2, 3), strides=2, padding=same", "(1, 4, 3, 5, 1)",
    "(1, 2, 2, 3, 2)", NULL },
  { "filters=4, kernel_size=2, data_format=channels_first, groups=2", "(None, 2, 9, 9, 9)",
    "(None, 4, 8, 8, 8)", NULL },
  { "filters=4, kernel_size=3", "(None, 10, 10, 3)", NULL, "rank" },
  { "filters=1, kernel_size=2, dilation_rate=10", "(None, 10, 10, 10, 3)", NULL, "window-size" },
  { "filters=4, kernel_size=3, strides=(2, 1, 1), dilation_rate=(1, 2, 1)", "(2, 9, 9, 9, 3)", NULL,
    "param" },
  { NULL },
};

static const TnLayer layer_conv3d = {
  CONV_LAYER ("Conv3D", conv3d),
  .label = N_ ("3D convolution"),
  .summary = N_ ("Slides a small window over a volume and looks for the same patterns everywhere."),
  .keywords = N_ ("conv convolution filter kernel volume video"),
  .aliases = "Convolution3D",
  .lower = conv_lower,
};

/* The most used first. */
const TnLayer *const tn_layers_convolutional[]
    = { &layer_conv2d, &layer_conv1d, &layer_conv3d, NULL };
