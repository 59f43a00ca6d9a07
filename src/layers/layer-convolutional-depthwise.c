/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolutions that look at each channel by itself: DepthwiseConv and SeparableConv, 1D and 2D. */
#include "layers/tn-convolution.h"

/* ---- the parts of both: a kernel (k…, channels, depth_multiplier) ---- */

/* What a layer that begins with such a kernel makes of what arrives. */
typedef struct
{
  TnShape input;
  TnShape output; /* channels · depth_multiplier channels */
  TnImageAxes axes;
  int n;
  TnShape kernel;
  gboolean kernel_known;
  gboolean fits;
} Depthwise;

/* Where a layer has its parameters. */
typedef struct
{
  guint depth_multiplier, kernel_size, strides, padding, data_format, dilation_rate;
} DepthwiseParams;

/* FALSE when nothing can be said. */
static gboolean
depthwise (TnRule *rule, const DepthwiseParams *params, Depthwise *result)
{
  const TnNode *node = tn_rule_node (rule);
  TnDim multiplier = tn_rule_param (rule, params->depth_multiplier, 0), channels;

  *result = (Depthwise){ .n = tn_spatial_axes (node, params->kernel_size) };
  if (!tn_rule_expect_rank (rule, 0, result->n + 2))
    return FALSE;
  result->input = result->output = tn_rule_input (rule, 0);
  result->axes = tn_image_axes (node, params->data_format, result->n + 2);
  result->kernel_known = tn_rule_channels (rule, &result->input, result->axes, &channels);
  result->output.dims[result->axes.channel]
      = multiplier.size == 1 ? channels : tn_rule_multiply (rule, channels, multiplier);
  result->fits
      = tn_rule_window_axes (rule, &result->output, result->axes, result->n, params->kernel_size,
                             (int)params->strides, params->padding, (int)params->dilation_rate);
  if (result->kernel_known)
    result->kernel = tn_rule_kernel (rule, params->kernel_size, channels, multiplier);
  return TRUE;
}

/* Every channel is a group of its own. @bias may be absent. */
static TnTensorId
lower_depthwise (TnLower *lower, const DepthwiseParams *params, TnTensorId x, TnTensorId kernel,
                 TnTensorId bias)
{
  TnShape shape = *tn_lower_shape (lower, kernel);
  int n = shape.rank - 2;
  gint64 channels = shape.dims[n].size;
  TnOpSettings settings = { .groups = channels };

  shape.dims[n + 1] = tn_dim (channels * shape.dims[n + 1].size);
  shape.dims[n] = tn_dim (channels > 0 ? 1 : 0);
  tn_lower_window (lower, tn_lower_shape (lower, x), params->kernel_size, (int)params->strides,
                   params->padding, (int)params->dilation_rate, &settings);
  return tn_lower_convolution (lower, x, tn_lower_reshape (lower, kernel, &shape), bias, &settings);
}

/* ---- DepthwiseConv ---- */

enum
{
  DEPTHWISE_DEPTH_MULTIPLIER,
  DEPTHWISE_KERNEL_SIZE,
  DEPTHWISE_STRIDES,
  DEPTHWISE_PADDING,
  DEPTHWISE_DATA_FORMAT,
  DEPTHWISE_DILATION_RATE,
  DEPTHWISE_ACTIVATION,
  DEPTHWISE_USE_BIAS,
  DEPTHWISE_DEPTHWISE_INITIALIZER,
  DEPTHWISE_BIAS_INITIALIZER,
  DEPTHWISE_DEPTHWISE_REGULARIZER,
  DEPTHWISE_BIAS_REGULARIZER,
  DEPTHWISE_ACTIVITY_REGULARIZER,
  DEPTHWISE_DEPTHWISE_CONSTRAINT,
  DEPTHWISE_BIAS_CONSTRAINT,
  DEPTHWISE_N_PARAMS,
};

/* clang-format off */
#define DEPTHWISE_PARAMS(n, size_help, strides_help, data_format) \
  { \
    [DEPTHWISE_DEPTH_MULTIPLIER] = TN_PARAM_DEPTH_MULTIPLIER, \
    [DEPTHWISE_KERNEL_SIZE] = TN_PARAM_KERNEL_SIZE (n, size_help), \
    [DEPTHWISE_STRIDES] = TN_PARAM_CONV_STRIDES (n, strides_help), \
    [DEPTHWISE_PADDING] = TN_PARAM_CONV_PADDING, \
    [DEPTHWISE_DATA_FORMAT] = data_format, \
    [DEPTHWISE_DILATION_RATE] = TN_PARAM_DILATION (n), \
    [DEPTHWISE_ACTIVATION] = TN_PARAM_ACTIVATION_OF ("linear"), \
    [DEPTHWISE_USE_BIAS] = TN_PARAM_USE_BIAS, \
    [DEPTHWISE_DEPTHWISE_INITIALIZER] = TN_PARAM_DEPTHWISE_INITIALIZER, \
    [DEPTHWISE_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
    [DEPTHWISE_DEPTHWISE_REGULARIZER] = TN_PARAM_DEPTHWISE_REGULARIZER, \
    [DEPTHWISE_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
    [DEPTHWISE_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
    [DEPTHWISE_DEPTHWISE_CONSTRAINT] = TN_PARAM_DEPTHWISE_CONSTRAINT, \
    [DEPTHWISE_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
  }

static const TnParam depthwise_conv1d_params[DEPTHWISE_N_PARAMS]
    = DEPTHWISE_PARAMS (1, TN_KERNEL_SIZE_1D, TN_STRIDES_1D, TN_PARAM_DATA_FORMAT_1D);
static const TnParam depthwise_conv2d_params[DEPTHWISE_N_PARAMS]
    = DEPTHWISE_PARAMS (2, TN_KERNEL_SIZE_2D, TN_STRIDES_2D, TN_PARAM_DATA_FORMAT);
/* clang-format on */

static const DepthwiseParams depthwise_places = {
  .depth_multiplier = DEPTHWISE_DEPTH_MULTIPLIER,
  .kernel_size = DEPTHWISE_KERNEL_SIZE,
  .strides = DEPTHWISE_STRIDES,
  .padding = DEPTHWISE_PADDING,
  .data_format = DEPTHWISE_DATA_FORMAT,
  .dilation_rate = DEPTHWISE_DILATION_RATE,
};

static void
depthwise_shapes (TnRule *rule)
{
  Depthwise found;

  if (!depthwise (rule, &depthwise_places, &found))
    return;
  if (found.kernel_known)
    {
      tn_rule_weight (rule, "kernel", &found.kernel, TRUE, DEPTHWISE_DEPTHWISE_INITIALIZER, 0);
      tn_rule_bias (rule, DEPTHWISE_USE_BIAS, DEPTHWISE_BIAS_INITIALIZER,
                    found.output.dims[found.axes.channel]);
    }
  if (found.kernel_known && found.fits)
    tn_rule_kernel_macs (rule, &found.kernel, &found.output, found.axes, found.n);
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  if (found.fits && tn_rule_activation (rule, DEPTHWISE_ACTIVATION, &found.output))
    tn_rule_output (rule, &found.output);
}

static void
depthwise_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  int rank = tn_spatial_axes (node, DEPTHWISE_KERNEL_SIZE) + 2;
  TnImageAxes axes = tn_image_axes (node, DEPTHWISE_DATA_FORMAT, rank);
  TnTensorId x = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnTensorId kernel = tn_lower_weight (lower, "kernel");
  TnTensorId bias = tn_lower_weight (lower, "bias");

  x = lower_depthwise (lower, &depthwise_places, x, kernel, bias);
  x = tn_lower_channels_back (lower, x, axes);
  tn_lower_output (lower, tn_lower_activation_of (lower, x, DEPTHWISE_ACTIVATION));
}

static char *
depthwise_brief (const TnNode *node)
{
  gint64 multiplier = tn_node_int (node, DEPTHWISE_DEPTH_MULTIPLIER);
  g_autofree char *count = multiplier == 1
                               ? g_strdup ("")
                               : g_strdup_printf (_ ("%" PRIi64 " for each channel"), multiplier);

  return tn_brief_convolution (node, count, DEPTHWISE_KERNEL_SIZE, DEPTHWISE_ACTIVATION);
}

/* What Keras 2 writes for all convolutions. */
static const TnKept depthwise_kept[] = {
  { "groups", "1" },
  { "kernel_initializer", NULL },
  { "kernel_regularizer", NULL },
  { "kernel_constraint", NULL },
  { NULL, NULL },
};

#define DEPTHWISE_LAYER(class_name, name)                                                          \
  TN_CONVOLUTION_LAYER (class_name, #name, name##_params),                                         \
      .shapes = depthwise_shapes, .lower = depthwise_lower, .brief = depthwise_brief,              \
      .examples = name##_examples, .kept = depthwise_kept

static const TnLayerExample depthwise_conv1d_examples[] = {
  { "kernel_size=3", "(None, 10, 3)", "(None, 8, 3)", NULL },
  { "kernel_size=3, padding=same, depth_multiplier=2", "(2, 6, 3)", "(2, 6, 6)", NULL },
  { "kernel_size=2, strides=3, dilation_rate=2", "(None, 10, 3)", "(None, 3, 3)", NULL },
  { "kernel_size=3, padding=causal", "(None, 10, 3)", NULL, "param" },
  { "kernel_size=30", "(None, 10, 3)", NULL, "window-size" },
  { "kernel_size=3", "(None, 10, None)", NULL, "unknown-dim" },
  { NULL },
};

static const TnLayer layer_depthwise_conv1d = {
  DEPTHWISE_LAYER ("DepthwiseConv1D", depthwise_conv1d),
  .label = N_ ("1D depthwise convolution"),
  .summary = N_ ("Slides a window over each channel of a sequence by itself; channels never mix."),
  .keywords = N_ ("conv convolution filter kernel depthwise channel sequence time"),
};

static const TnLayerExample depthwise_conv2d_examples[] = {
  { "kernel_size=3", "(None, 28, 28, 4)", "(None, 26, 26, 4)", NULL },
  { "kernel_size=3, strides=2, padding=same, depth_multiplier=2", "(1, 5, 6, 2)", "(1, 3, 3, 4)",
    NULL },
  { "kernel_size=3, strides=2, dilation_rate=2", "(None, 10, 10, 3)", "(None, 3, 3, 3)", NULL },
  { "kernel_size=3, data_format=channels_first", "(2, 3, 9, 8)", "(2, 3, 7, 6)", NULL },
  { "kernel_size=3", "(None, 10, 10, None)", NULL, "unknown-dim" },
  { "kernel_size=3, depth_multiplier=0", "(None, 10, 10, 3)", NULL, "param" },
  { "kernel_size=3", "(None, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_depthwise_conv2d = {
  DEPTHWISE_LAYER ("DepthwiseConv2D", depthwise_conv2d),
  .label = N_ ("2D depthwise convolution"),
  .summary = N_ ("Slides a window over each channel of an image by itself; channels never mix."),
  .keywords = N_ ("conv convolution filter kernel depthwise channel image mobilenet"),
};

/* ---- SeparableConv: a depthwise convolution, then one of size 1 that mixes the channels ---- */

enum
{
  SEPARABLE_FILTERS,
  SEPARABLE_KERNEL_SIZE,
  SEPARABLE_STRIDES,
  SEPARABLE_PADDING,
  SEPARABLE_DATA_FORMAT,
  SEPARABLE_DILATION_RATE,
  SEPARABLE_DEPTH_MULTIPLIER,
  SEPARABLE_ACTIVATION,
  SEPARABLE_USE_BIAS,
  SEPARABLE_DEPTHWISE_INITIALIZER,
  SEPARABLE_POINTWISE_INITIALIZER,
  SEPARABLE_BIAS_INITIALIZER,
  SEPARABLE_DEPTHWISE_REGULARIZER,
  SEPARABLE_POINTWISE_REGULARIZER,
  SEPARABLE_BIAS_REGULARIZER,
  SEPARABLE_ACTIVITY_REGULARIZER,
  SEPARABLE_DEPTHWISE_CONSTRAINT,
  SEPARABLE_POINTWISE_CONSTRAINT,
  SEPARABLE_BIAS_CONSTRAINT,
  SEPARABLE_N_PARAMS,
};

/* clang-format off */
#define SEPARABLE_PARAMS(n, size_help, strides_help, data_format) \
  { \
    [SEPARABLE_FILTERS] = TN_PARAM_FILTERS, \
    [SEPARABLE_KERNEL_SIZE] = TN_PARAM_KERNEL_SIZE (n, size_help), \
    [SEPARABLE_STRIDES] = TN_PARAM_CONV_STRIDES (n, strides_help), \
    [SEPARABLE_PADDING] = TN_PARAM_CONV_PADDING, \
    [SEPARABLE_DATA_FORMAT] = data_format, \
    [SEPARABLE_DILATION_RATE] = TN_PARAM_DILATION (n), \
    [SEPARABLE_DEPTH_MULTIPLIER] = TN_PARAM_DEPTH_MULTIPLIER, \
    [SEPARABLE_ACTIVATION] = TN_PARAM_ACTIVATION_OF ("linear"), \
    [SEPARABLE_USE_BIAS] = TN_PARAM_USE_BIAS, \
    [SEPARABLE_DEPTHWISE_INITIALIZER] = TN_PARAM_DEPTHWISE_INITIALIZER, \
    [SEPARABLE_POINTWISE_INITIALIZER] \
      = TN_PARAM_INITIALIZER ("pointwise_initializer", N_ ("Pointwise initializer"), \
          "glorot_uniform", \
          N_ ("How the numbers of the kernel that mixes channels are chosen before training.")), \
    [SEPARABLE_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
    [SEPARABLE_DEPTHWISE_REGULARIZER] = TN_PARAM_DEPTHWISE_REGULARIZER, \
    [SEPARABLE_POINTWISE_REGULARIZER] \
      = TN_PARAM_REGULARIZER ("pointwise_regularizer", N_ ("Pointwise regularizer"), \
          N_ ("A penalty in training that keeps the numbers of the kernel that mixes channels " \
              "small.")), \
    [SEPARABLE_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
    [SEPARABLE_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
    [SEPARABLE_DEPTHWISE_CONSTRAINT] = TN_PARAM_DEPTHWISE_CONSTRAINT, \
    [SEPARABLE_POINTWISE_CONSTRAINT] \
      = TN_PARAM_CONSTRAINT ("pointwise_constraint", N_ ("Pointwise constraint"), \
          N_ ("A rule that the kernel that mixes channels is made to obey after each training " \
              "step.")), \
    [SEPARABLE_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
  }

static const TnParam separable_conv1d_params[SEPARABLE_N_PARAMS]
    = SEPARABLE_PARAMS (1, TN_KERNEL_SIZE_1D, TN_STRIDES_1D, TN_PARAM_DATA_FORMAT_1D);
static const TnParam separable_conv2d_params[SEPARABLE_N_PARAMS]
    = SEPARABLE_PARAMS (2, TN_KERNEL_SIZE_2D, TN_STRIDES_2D, TN_PARAM_DATA_FORMAT);
/* clang-format on */

static const DepthwiseParams separable_places = {
  .depth_multiplier = SEPARABLE_DEPTH_MULTIPLIER,
  .kernel_size = SEPARABLE_KERNEL_SIZE,
  .strides = SEPARABLE_STRIDES,
  .padding = SEPARABLE_PADDING,
  .data_format = SEPARABLE_DATA_FORMAT,
  .dilation_rate = SEPARABLE_DILATION_RATE,
};

static void
separable_shapes (TnRule *rule)
{
  TnDim filters = tn_rule_param (rule, SEPARABLE_FILTERS, 0);
  TnShape pointwise = { 0 };
  Depthwise found;

  if (!depthwise (rule, &separable_places, &found))
    return;
  if (found.kernel_known)
    {
      pointwise.rank = found.n + 2;
      for (int i = 0; i < found.n; i++)
        pointwise.dims[i] = tn_dim (1);
      pointwise.dims[found.n] = found.output.dims[found.axes.channel];
      pointwise.dims[found.n + 1] = filters;
      tn_rule_weight (rule, "depthwise_kernel", &found.kernel, TRUE,
                      SEPARABLE_DEPTHWISE_INITIALIZER, 0);
      tn_rule_weight (rule, "pointwise_kernel", &pointwise, TRUE, SEPARABLE_POINTWISE_INITIALIZER,
                      0);
      tn_rule_bias (rule, SEPARABLE_USE_BIAS, SEPARABLE_BIAS_INITIALIZER, filters);
    }
  if (found.kernel_known && found.fits)
    {
      tn_rule_kernel_macs (rule, &found.kernel, &found.output, found.axes, found.n);
      tn_rule_kernel_macs (rule, &pointwise, &found.output, found.axes, found.n);
    }
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  found.output.dims[found.axes.channel] = filters;
  if (found.fits && tn_rule_activation (rule, SEPARABLE_ACTIVATION, &found.output))
    tn_rule_output (rule, &found.output);
}

static void
separable_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  int rank = tn_spatial_axes (node, SEPARABLE_KERNEL_SIZE) + 2;
  TnImageAxes axes = tn_image_axes (node, SEPARABLE_DATA_FORMAT, rank);
  TnTensorId x = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnTensorId each = tn_lower_weight (lower, "depthwise_kernel");
  TnTensorId mixing = tn_lower_weight (lower, "pointwise_kernel");
  TnTensorId bias = tn_lower_weight (lower, "bias");
  TnOpSettings point = { .kernel = { 1, 1 }, .stride = { 1, 1 }, .dilation = { 1, 1 } };

  x = lower_depthwise (lower, &separable_places, x, each, TN_TENSOR_ABSENT);
  x = tn_lower_convolution (lower, x, mixing, bias, &point);
  x = tn_lower_channels_back (lower, x, axes);
  tn_lower_output (lower, tn_lower_activation_of (lower, x, SEPARABLE_ACTIVATION));
}

static char *
separable_brief (const TnNode *node)
{
  gint64 filters = tn_node_int (node, SEPARABLE_FILTERS);
  g_autofree char *count = g_strdup_printf (
      ngettext ("%" PRIi64 " filter", "%" PRIi64 " filters", (gulong)filters), filters);

  return tn_brief_convolution (node, count, SEPARABLE_KERNEL_SIZE, SEPARABLE_ACTIVATION);
}

#define SEPARABLE_LAYER(class_name, name)                                                          \
  TN_CONVOLUTION_LAYER (class_name, #name, name##_params),                                         \
      .shapes = separable_shapes, .lower = separable_lower, .brief = separable_brief,              \
      .examples = name##_examples, .kept = depthwise_kept

static const TnLayerExample separable_conv1d_examples[] = {
  { "filters=4, kernel_size=3", "(None, 10, 3)", "(None, 8, 4)", NULL },
  { "filters=8, kernel_size=2, strides=3, dilation_rate=2", "(2, 10, 6)", "(2, 3, 8)", NULL },
  { "filters=4, kernel_size=3, padding=causal", "(None, 10, 3)", NULL, "param" },
  { "filters=8, kernel_size=5, padding=same, data_format=channels_first", "(None, None, 4)", NULL,
    "unknown-dim" },
  { NULL },
};

static const TnLayer layer_separable_conv1d = {
  SEPARABLE_LAYER ("SeparableConv1D", separable_conv1d),
  .label = N_ ("1D separable convolution"),
  .summary = N_ ("Slides a window over each channel of a sequence, then mixes the channels: as a "
                 "convolution, with far fewer weights."),
  .keywords = N_ ("conv convolution filter kernel separable depthwise pointwise sequence time"),
};

static const TnLayerExample separable_conv2d_examples[] = {
  { "filters=4, kernel_size=3", "(None, 10, 10, 3)", "(None, 8, 8, 4)", NULL },
  { "filters=32, kernel_size=(3, 2), strides=2, padding=same, dilation_rate=2", "(None, 5, 4, 6)",
    "(None, 3, 2, 32)", NULL },
  { "filters=4, kernel_size=1, strides=(2, 1), data_format=channels_first, depth_multiplier=2",
    "(None, 32, 32, 3)", "(None, 4, 16, 3)", NULL },
  { "filters=4, kernel_size=30", "(None, 10, 10, 3)", NULL, "window-size" },
  { "filters=4, kernel_size=3", "(None, 10, 10, None)", NULL, "unknown-dim" },
  { "filters=4, kernel_size=3", "(None, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_separable_conv2d = {
  SEPARABLE_LAYER ("SeparableConv2D", separable_conv2d),
  .label = N_ ("2D separable convolution"),
  .summary = N_ ("Slides a window over each channel of an image, then mixes the channels: as a "
                 "convolution, with far fewer weights."),
  .keywords = N_ ("conv convolution filter kernel separable depthwise pointwise image xception"),
};

const TnLayer *const tn_layers_convolutional_depthwise[]
    = { &layer_depthwise_conv2d, &layer_depthwise_conv1d, &layer_separable_conv2d,
        &layer_separable_conv1d, NULL };
