/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolutional layers: Conv2D. */
#include <string.h>

#include "layers/tn-window.h"

enum
{
  CONV2D_FILTERS,
  CONV2D_KERNEL_SIZE,
  CONV2D_STRIDES,
  CONV2D_PADDING,
  CONV2D_DATA_FORMAT,
  CONV2D_DILATION_RATE,
  CONV2D_GROUPS,
  CONV2D_ACTIVATION,
  CONV2D_USE_BIAS,
  CONV2D_KERNEL_INITIALIZER,
  CONV2D_BIAS_INITIALIZER,
  CONV2D_KERNEL_REGULARIZER,
  CONV2D_BIAS_REGULARIZER,
  CONV2D_ACTIVITY_REGULARIZER,
  CONV2D_KERNEL_CONSTRAINT,
  CONV2D_BIAS_CONSTRAINT,
  CONV2D_N_PARAMS,
};

static const TnParam conv2d_params[CONV2D_N_PARAMS] = {
  [CONV2D_FILTERS] = { .name = "filters",
                       .label = N_ ("Filters"),
                       .kind = TN_PARAM_INT,
                       .flags = TN_PARAM_REQUIRED,
                       .minimum = 1,
                       .suggestion = "32",
                       .help = N_ ("How many patterns are looked for; each gives one channel of "
                                   "the output.") },
  [CONV2D_KERNEL_SIZE] = { .name = "kernel_size",
                           .label = N_ ("Kernel size"),
                           .kind = TN_PARAM_INTS,
                           .flags = TN_PARAM_REQUIRED,
                           .minimum = 1,
                           .length = 2,
                           .suggestion = "3",
                           .help = N_ ("Height and width of the window that slides over the "
                                       "image; one number for a square.") },
  [CONV2D_STRIDES] = { .name = "strides",
                       .label = N_ ("Strides"),
                       .kind = TN_PARAM_INTS,
                       .minimum = 1,
                       .length = 2,
                       .fallback = TN_DEFAULT_INT (1),
                       .help = N_ ("How far the window moves at each step; 2 halves height and "
                                   "width.") },
  [CONV2D_PADDING]
  = { .name = "padding",
      .label = N_ ("Padding"),
      .kind = TN_PARAM_CHOICE,
      .flags = TN_PARAM_FOLD_CASE,
      .choices = tn_choices_padding,
      .fallback = TN_DEFAULT_STRING ("valid"),
      .help = N_ ("valid uses only whole windows, so the image shrinks by kernel_size − 1; same "
                  "adds zeros at the border, so that it keeps its size at stride 1.") },
  [CONV2D_DATA_FORMAT] = TN_PARAM_DATA_FORMAT,
  [CONV2D_DILATION_RATE] = { .name = "dilation_rate",
                             .label = N_ ("Dilation"),
                             .kind = TN_PARAM_INTS,
                             .flags = TN_PARAM_ADVANCED,
                             .minimum = 1,
                             .length = 2,
                             .fallback = TN_DEFAULT_INT (1),
                             .help = N_ ("Distance between the points of the window; 2 leaves "
                                         "one out between any two.") },
  [CONV2D_GROUPS] = { .name = "groups",
                      .label = N_ ("Groups"),
                      .kind = TN_PARAM_INT,
                      .flags = TN_PARAM_ADVANCED,
                      .minimum = 1,
                      .fallback = TN_DEFAULT_INT (1),
                      .help = N_ ("Splits channels and filters into this many groups that do not "
                                  "see one another; it must divide both.") },
  [CONV2D_ACTIVATION] = TN_PARAM_ACTIVATION_OF ("linear"),
  [CONV2D_USE_BIAS] = TN_PARAM_USE_BIAS,
  [CONV2D_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER,
  [CONV2D_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER,
  [CONV2D_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER,
  [CONV2D_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER,
  [CONV2D_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER,
  [CONV2D_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT,
  [CONV2D_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT,
};

static gboolean
conv2d_check (const TnNode *node, TnReport *report)
{
  gint64 strides[2], dilation[2];
  gint64 filters = tn_node_int (node, CONV2D_FILTERS);
  gint64 groups = tn_node_int (node, CONV2D_GROUPS);
  TnIssue *issue;

  if (filters % groups != 0)
    {
      issue = tn_report_add (report, TN_SEVERITY_ERROR, "groups", tn_node_id (node),
                             _ ("%s has %" PRIi64 " filters, which cannot be split "
                                "evenly into %" PRIi64 " groups."),
                             tn_node_name (node), filters, groups);
      if (issue != NULL)
        issue->param = "groups";
      return FALSE;
    }
  tn_node_ints (node, CONV2D_STRIDES, strides);
  tn_node_ints (node, CONV2D_DILATION_RATE, dilation);
  if (MAX (strides[0], strides[1]) > 1 && MAX (dilation[0], dilation[1]) > 1)
    {
      issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                             _ ("%s has both strides and dilation_rate above 1, which Keras does "
                                "not allow; set one of them to 1."),
                             tn_node_name (node));
      if (issue != NULL)
        issue->param = "dilation_rate";
      return FALSE;
    }
  return TRUE;
}

/* The channels that arrive, or those the kernel was made for; FALSE when there can be no kernel. */
static gboolean
conv2d_channels (TnRule *rule, const TnShape *input, TnImageAxes axes, TnDim *channels)
{
  const TnNode *node = tn_rule_node (rule);
  gint64 groups = tn_node_int (node, CONV2D_GROUPS);
  g_autofree char *got = tn_shape_to_text (input);
  TnIssue *issue;

  if (!tn_rule_check_pin (rule, "kernel-width", 0, axes.channel, channels))
    return TRUE;
  if (!tn_dim_is_known (*channels))
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                             _ ("%s needs to know how many channels arrive, to make its kernel, "
                                "but axis %d of %s from %s is open (None)."),
                             tn_node_name (node), axes.channel, got, tn_rule_source (rule, 0));
      if (issue != NULL)
        issue->axis = axes.channel - input->rank;
      return FALSE;
    }
  if (channels->size % groups != 0)
    {
      issue = tn_rule_issue (
          rule, TN_SEVERITY_ERROR, "groups", 0,
          _ ("%s splits its input into %" PRIi64 " groups, which does not divide the %" PRIi64
             " channels of %s from %s."),
          tn_node_name (node), groups, channels->size, got, tn_rule_source (rule, 0));
      if (issue != NULL)
        {
          issue->axis = axes.channel - input->rank;
          issue->param = "groups";
        }
      return FALSE;
    }
  return TRUE;
}

static void
conv2d_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnDim filters = tn_rule_param (rule, CONV2D_FILTERS, 0);
  TnShape input, output, kernel = { .rank = 4 };
  TnImageAxes axes;
  TnDim channels, taps;
  gboolean kernel_known, fits;

  if (!tn_rule_expect_rank (rule, 0, 4))
    return;
  input = output = tn_rule_input (rule, 0);
  axes = tn_image_axes (node, CONV2D_DATA_FORMAT, 4);
  output.dims[axes.channel] = filters;

  kernel_known = conv2d_channels (rule, &input, axes, &channels);
  fits = tn_rule_window_axes (rule, &output, axes, 2, CONV2D_KERNEL_SIZE, CONV2D_STRIDES,
                              CONV2D_PADDING, CONV2D_DILATION_RATE);
  if (kernel_known)
    {
      kernel.dims[0] = tn_rule_param (rule, CONV2D_KERNEL_SIZE, 0);
      kernel.dims[1] = tn_rule_param (rule, CONV2D_KERNEL_SIZE, 1);
      kernel.dims[2] = tn_dim (channels.size / tn_node_int (node, CONV2D_GROUPS));
      kernel.dims[3] = filters;
      tn_rule_weight (rule, "kernel", &kernel, TRUE, CONV2D_KERNEL_INITIALIZER, 0);
      if (tn_node_bool (node, CONV2D_USE_BIAS))
        tn_rule_weight (rule, "bias", &(TnShape){ .rank = 1, .dims = { filters } }, TRUE,
                        CONV2D_BIAS_INITIALIZER, 0);
    }
  if (!fits)
    {
      tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
      return;
    }
  taps = kernel_known ? tn_rule_product (rule, &kernel, 0, 4) : tn_dim (TN_DIM_UNKNOWN);
  tn_rule_macs (rule,
                tn_rule_multiply (rule, taps,
                                  tn_rule_product (rule, &output, axes.spatial, axes.spatial + 2)));
  if (tn_rule_activation (rule, tn_node_string (node, CONV2D_ACTIVATION), &output))
    tn_rule_output (rule, &output);
}

static void
conv2d_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnImageAxes axes = tn_image_axes (node, CONV2D_DATA_FORMAT, 4);
  TnTensorId input = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnTensorId inputs[]
      = { input, tn_lower_weight (lower, "kernel"), tn_lower_weight (lower, "bias") };
  TnOpSettings settings = { .groups = tn_node_int (node, CONV2D_GROUPS) };
  TnTensorId output;

  tn_lower_window (lower, tn_lower_shape (lower, input), CONV2D_KERNEL_SIZE, CONV2D_STRIDES,
                   CONV2D_PADDING, CONV2D_DILATION_RATE, &settings);
  output = tn_lower_call (lower, &tn_op_convolution, &settings, inputs, 3);
  output = tn_lower_channels_back (lower, output, axes);
  tn_lower_output (lower,
                   tn_lower_activation (lower, output, tn_node_string (node, CONV2D_ACTIVATION)));
}

static char *
conv2d_brief (const TnNode *node)
{
  gint64 kernel[2] = { 0 }, strides[2] = { 1, 1 };
  g_autoptr (GString) out = g_string_new (NULL);
  gint64 filters = tn_node_int (node, CONV2D_FILTERS);
  const char *activation = tn_node_string (node, CONV2D_ACTIVATION);

  tn_node_ints (node, CONV2D_KERNEL_SIZE, kernel);
  tn_node_ints (node, CONV2D_STRIDES, strides);
  g_string_append_printf (
      out, ngettext ("%" PRIi64 " filter", "%" PRIi64 " filters", (gulong)filters), filters);
  g_string_append_printf (out, ", %" PRIi64 "×%" PRIi64, kernel[0], kernel[1]);
  if (strides[0] != 1 || strides[1] != 1)
    {
      g_string_append_c (out, '/');
      g_string_append_printf (out, strides[0] == strides[1] ? "%" PRIi64 : "(%" PRIi64, strides[0]);
      if (strides[0] != strides[1])
        g_string_append_printf (out, ", %" PRIi64 ")", strides[1]);
    }
  if (strcmp (tn_node_string (node, CONV2D_PADDING), "same") == 0)
    g_string_append (out, " same");
  if (strcmp (activation, "linear") != 0)
    g_string_append_printf (out, ", %s", activation);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

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
  { "filters=4, kernel_size=3, strides=2, dilation_rate=2", "(None, 9, 9, 3)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_conv2d = {
  .schema = { .type = "Conv2D",
              .auto_name = "conv2d",
              .params = conv2d_params,
              .n_params = CONV2D_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CONVOLUTIONAL,
  .label = N_ ("2D convolution"),
  .summary = N_ ("Slides a small window over an image and looks for the same patterns everywhere."),
  .keywords = N_ ("conv convolution filter kernel image cnn"),
  .icon = "tenon-layer-conv2d-symbolic",
  .check = conv2d_check,
  .shapes = conv2d_shapes,
  .lower = conv2d_lower,
  .brief = conv2d_brief,
  .examples = conv2d_examples,
};

const TnLayer *const tn_layers_convolutional[] = { &layer_conv2d, NULL };
