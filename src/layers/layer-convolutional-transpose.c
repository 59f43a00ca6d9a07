/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transposed convolutions, which make what arrives larger: Conv1DTranspose to Conv3DTranspose. */
#include <string.h>

#include "layers/tn-convolution.h"
#include "layers/tn-lowerings.h"

enum
{
  TRANSPOSE_FILTERS,
  TRANSPOSE_KERNEL_SIZE,
  TRANSPOSE_STRIDES,
  TRANSPOSE_PADDING,
  TRANSPOSE_OUTPUT_PADDING,
  TRANSPOSE_DATA_FORMAT,
  TRANSPOSE_DILATION_RATE,
  TRANSPOSE_ACTIVATION,
  TRANSPOSE_USE_BIAS,
  TRANSPOSE_KERNEL_INITIALIZER,
  TRANSPOSE_BIAS_INITIALIZER,
  TRANSPOSE_KERNEL_REGULARIZER,
  TRANSPOSE_BIAS_REGULARIZER,
  TRANSPOSE_ACTIVITY_REGULARIZER,
  TRANSPOSE_KERNEL_CONSTRAINT,
  TRANSPOSE_BIAS_CONSTRAINT,
  TRANSPOSE_N_PARAMS,
};

/* clang-format off */
#define TRANSPOSE_PARAMS(n, size_help, strides_help, data_format) \
  { \
    [TRANSPOSE_FILTERS] = TN_PARAM_FILTERS, \
    [TRANSPOSE_KERNEL_SIZE] = TN_PARAM_KERNEL_SIZE (n, size_help), \
    [TRANSPOSE_STRIDES] = TN_PARAM_CONV_STRIDES (n, strides_help), \
    [TRANSPOSE_PADDING] = TN_PARAM_CONV_PADDING_OF (tn_choices_padding, N_ ( \
      "valid keeps all that the windows write, at least kernel_size; same cuts the border off, so " \
      "that the size is multiplied by strides.")), \
    [TRANSPOSE_OUTPUT_PADDING] = { .name = "output_padding", .label = N_ ("Output padding"), \
      .kind = TN_PARAM_INTS, .flags = TN_PARAM_OPTIONAL | TN_PARAM_ADVANCED, .minimum = 0, \
      .length = n, .fallback = TN_DEFAULT_NONE, \
      .help = N_ ("How much is added behind to the smallest size that fits, less than strides; " \
                  "None for what padding asks for.") }, \
    [TRANSPOSE_DATA_FORMAT] = data_format, \
    [TRANSPOSE_DILATION_RATE] = TN_PARAM_DILATION (n), \
    [TRANSPOSE_ACTIVATION] = TN_PARAM_ACTIVATION_OF ("linear"), \
    [TRANSPOSE_USE_BIAS] = TN_PARAM_USE_BIAS, \
    [TRANSPOSE_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER, \
    [TRANSPOSE_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
    [TRANSPOSE_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER, \
    [TRANSPOSE_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
    [TRANSPOSE_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
    [TRANSPOSE_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT, \
    [TRANSPOSE_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
  }

#define STRIDES_1D N_ ("How far apart the windows are written; 2 doubles the sequence.")
#define STRIDES_2D N_ ("How far apart the windows are written; 2 doubles height and width.")
#define STRIDES_3D N_ ("How far apart the windows are written; 2 doubles depth, height and width.")

#define SIZE_1D N_ ("How many steps each step of the sequence is spread over.")
#define SIZE_2D \
  N_ ("Height and width of the window that each pixel is spread over; one number for a square.")
#define SIZE_3D \
  N_ ("Depth, height and width of the window that each point is spread over; one number for a cube.")

static const TnParam conv1d_transpose_params[TRANSPOSE_N_PARAMS]
    = TRANSPOSE_PARAMS (1, SIZE_1D, STRIDES_1D, TN_PARAM_DATA_FORMAT_1D);
static const TnParam conv2d_transpose_params[TRANSPOSE_N_PARAMS]
    = TRANSPOSE_PARAMS (2, SIZE_2D, STRIDES_2D, TN_PARAM_DATA_FORMAT);
static const TnParam conv3d_transpose_params[TRANSPOSE_N_PARAMS]
    = TRANSPOSE_PARAMS (3, SIZE_3D, STRIDES_3D, TN_PARAM_DATA_FORMAT_3D);
/* clang-format on */

static gboolean
transpose_check (const TnNode *node, TnReport *report)
{
  gint64 strides[3], padding[3];
  int n = tn_spatial_axes (node, TRANSPOSE_KERNEL_SIZE);
  TnIssue *issue;

  tn_node_ints (node, TRANSPOSE_STRIDES, strides);
  if (!tn_node_is_none (node, TRANSPOSE_OUTPUT_PADDING)
      && tn_node_ints (node, TRANSPOSE_OUTPUT_PADDING, padding))
    for (int i = 0; i < n; i++)
      if (padding[i] >= strides[i])
        {
          issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                                 _ ("%s has output_padding %" PRIi64 " with strides of %" PRIi64
                                    "; it must be less than strides."),
                                 tn_node_name (node), padding[i], strides[i]);
          if (issue != NULL)
            issue->param = "output_padding";
          return FALSE;
        }
  return tn_check_strides_or_dilation (node, TRANSPOSE_STRIDES, TRANSPOSE_DILATION_RATE, report);
}

/* FALSE, with an issue, when the windows would end before they begin: nothing arrives, and
 * output_padding does not make up for it. */
static gboolean
transpose_axes (TnRule *rule, TnShape *shape, TnImageAxes axes, int n)
{
  const TnNode *node = tn_rule_node (rule);
  gboolean same = strcmp (tn_node_string (node, TRANSPOSE_PADDING), "same") == 0;
  gboolean padded = !tn_node_is_none (node, TRANSPOSE_OUTPUT_PADDING);

  for (int i = 0; i < n; i++)
    {
      TnDim *dim = &shape->dims[axes.spatial + i];
      TnDim padding
          = padded ? tn_rule_param (rule, TRANSPOSE_OUTPUT_PADDING, (guint)i) : tn_dim (0);
      TnIssue *issue;

      if (tn_rule_transposed_window (rule, dim,
                                     tn_rule_param (rule, TRANSPOSE_KERNEL_SIZE, (guint)i),
                                     tn_rule_param (rule, TRANSPOSE_STRIDES, (guint)i),
                                     tn_rule_param (rule, TRANSPOSE_DILATION_RATE, (guint)i), same,
                                     padded ? &padding : NULL))
        continue;
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "window-size", 0,
                             _ ("Axis %d of what arrives at %s from %s is 0: with its strides and "
                                "output_padding less than nothing would come out."),
                             axes.spatial + i, tn_node_name (node), tn_rule_source (rule, 0));
      if (issue != NULL)
        {
          issue->axis = axes.spatial + i - shape->rank;
          issue->param = "output_padding";
        }
      return FALSE;
    }
  return TRUE;
}

static void
transpose_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  int n = tn_spatial_axes (node, TRANSPOSE_KERNEL_SIZE);
  TnDim filters = tn_rule_param (rule, TRANSPOSE_FILTERS, 0), channels;
  TnShape input, output, kernel;
  TnImageAxes axes;

  if (!tn_rule_expect_rank (rule, 0, n + 2))
    return;
  input = output = tn_rule_input (rule, 0);
  axes = tn_image_axes (node, TRANSPOSE_DATA_FORMAT, n + 2);
  output.dims[axes.channel] = filters;
  if (tn_rule_channels (rule, &input, axes, &channels))
    {
      kernel = tn_rule_kernel (rule, TRANSPOSE_KERNEL_SIZE, filters, channels);
      tn_rule_weight (rule, "kernel", &kernel, TRUE, TRANSPOSE_KERNEL_INITIALIZER, 0);
      tn_rule_bias (rule, TRANSPOSE_USE_BIAS, TRANSPOSE_BIAS_INITIALIZER, filters);
      /* Every point that arrives is multiplied with all of the kernel. */
      tn_rule_kernel_macs (rule, &kernel, &input, axes, n);
    }
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  if (transpose_axes (rule, &output, axes, n)
      && tn_rule_activation (rule, TRANSPOSE_ACTIVATION, &output))
    tn_rule_output (rule, &output);
}

static char *
transpose_brief (const TnNode *node)
{
  gint64 filters = tn_node_int (node, TRANSPOSE_FILTERS);
  g_autofree char *count = g_strdup_printf (
      ngettext ("%" PRIi64 " filter", "%" PRIi64 " filters", (gulong)filters), filters);

  return tn_brief_convolution (node, count, TRANSPOSE_KERNEL_SIZE, TRANSPOSE_ACTIVATION);
}

/* Keras 2 writes it for all convolutions. */
static const TnKept transpose_kept[] = { { "groups", "1" }, { NULL, NULL } };

#define TRANSPOSE_LAYER(class_name, name)                                                          \
  TN_CONVOLUTION_LAYER (class_name, #name, name##_params),                                         \
      .check = transpose_check, .shapes = transpose_shapes,                                        \
      .lower = tn_convolution_transpose_lower, .brief = transpose_brief,                           \
      .examples = name##_examples, .kept = transpose_kept

static const TnLayerExample conv1d_transpose_examples[] = {
  { "filters=4, kernel_size=3, strides=2", "(None, 4, 12)", "(None, 9, 4)", NULL },
  { "filters=1, kernel_size=2, strides=4", "(1, 3, 1)", "(1, 12, 1)", NULL },
  { "filters=1, kernel_size=3, strides=3, padding=same, output_padding=1", "(2, 10, 6)",
    "(2, 29, 1)", NULL },
  { "filters=4, kernel_size=2, padding=same, output_padding=0", "(None, 1, 3)", "(None, 0, 4)",
    NULL },
  { "filters=4, kernel_size=2, padding=same, output_padding=0", "(None, 0, 3)", NULL,
    "window-size" },
  { "filters=4, kernel_size=5, data_format=channels_first, dilation_rate=2", "(2, 10, 6)",
    "(2, 4, 14)", NULL },
  { "filters=4, kernel_size=3, output_padding=1", "(None, 10, 3)", NULL, "param" },
  { "filters=4, kernel_size=3, padding=causal", "(None, 10, 3)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_conv1d_transpose = {
  TRANSPOSE_LAYER ("Conv1DTranspose", conv1d_transpose),
  .label = N_ ("1D transposed convolution"),
  .summary = N_ ("Spreads each step over a window of steps: makes a sequence longer."),
  .keywords = N_ ("conv transpose deconvolution upsample decoder generator sequence time"),
  .aliases = "ConvTranspose1d Deconv1D",
};

static const TnLayerExample conv2d_transpose_examples[] = {
  { "filters=8, kernel_size=3, strides=2", "(None, 28, 28, 4)", "(None, 57, 57, 8)", NULL },
  { "filters=8, kernel_size=3, strides=2, padding=same", "(None, 5, 6, 4)", "(None, 10, 12, 8)",
    NULL },
  { "filters=8, kernel_size=3, strides=2, padding=same, output_padding=0", "(None, 5, 6, 4)",
    "(None, 9, 11, 8)", NULL },
  { "filters=4, kernel_size=4, strides=3, output_padding=(1, 0)", "(None, 14, 14, 64)",
    "(None, 44, 43, 4)", NULL },
  { "filters=4, kernel_size=3", "(None, 0, 0, 3)", "(None, 2, 2, 4)", NULL },
  { "filters=4, kernel_size=3", "(None, None, None, 3)", "(None, None, None, 4)", NULL },
  { "filters=4, kernel_size=3, strides=2, dilation_rate=2", "(None, 9, 9, 3)", NULL, "param" },
  { "filters=4, kernel_size=3", "(None, 10, 10, None)", NULL, "unknown-dim" },
  { "filters=4, kernel_size=3", "(None, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_conv2d_transpose = {
  TRANSPOSE_LAYER ("Conv2DTranspose", conv2d_transpose),
  .label = N_ ("2D transposed convolution"),
  .summary = N_ ("Spreads each pixel over a window of pixels: makes an image larger."),
  .keywords = N_ ("conv transpose deconvolution upsample decoder generator image unet"),
  .aliases = "ConvTranspose2d Deconv2D Deconvolution2D",
};

static const TnLayerExample conv3d_transpose_examples[] = {
  { "filters=1, kernel_size=2, output_padding=0", "(None, 4, 4, 4, 2)", "(None, 5, 5, 5, 1)",
    NULL },
  { "filters=1, kernel_size=1, strides=2, padding=same, output_padding=0", "(None, 4, 4, 4, 2)",
    "(None, 7, 7, 7, 1)", NULL },
  { "filters=2, kernel_size=(1, 2, 3), strides=(2, 1, 2), data_format=channels_first",
    "(2, 3, 4, 4, 4)", "(2, 2, 8, 5, 9)", NULL },
  { "filters=4, kernel_size=3", "(None, 4, 4, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_conv3d_transpose = {
  TRANSPOSE_LAYER ("Conv3DTranspose", conv3d_transpose),
  .label = N_ ("3D transposed convolution"),
  .summary = N_ ("Spreads each point over a window of points: makes a volume larger."),
  .keywords = N_ ("conv transpose deconvolution upsample decoder generator volume video"),
  .aliases = "ConvTranspose3d Deconv3D",
};

const TnLayer *const tn_layers_convolutional_transpose[]
    = { &layer_conv2d_transpose, &layer_conv1d_transpose, &layer_conv3d_transpose, NULL };
