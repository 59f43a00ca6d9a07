/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurrent layers on sequences of images: ConvLSTM1D, ConvLSTM2D, ConvLSTM3D. */
#include "layers/tn-convolution.h"
#include "layers/tn-lowerings.h"
#include "layers/tn-recurrent.h"

enum
{
  CONV_FILTERS,
  CONV_KERNEL_SIZE,
  CONV_STRIDES,
  CONV_PADDING,
  CONV_RETURN_SEQUENCES,
  CONV_RETURN_STATE,
  CONV_GO_BACKWARDS,
  CONV_DATA_FORMAT,
  CONV_DILATION_RATE,
  CONV_ACTIVATION,
  CONV_RECURRENT_ACTIVATION,
  CONV_USE_BIAS,
  CONV_DROPOUT,
  CONV_RECURRENT_DROPOUT,
  CONV_STATEFUL,
  CONV_UNROLL,
  CONV_ZERO_OUTPUT_FOR_MASK,
  CONV_KERNEL_INITIALIZER,
  CONV_RECURRENT_INITIALIZER,
  CONV_BIAS_INITIALIZER,
  CONV_UNIT_FORGET_BIAS,
  CONV_KERNEL_REGULARIZER,
  CONV_RECURRENT_REGULARIZER,
  CONV_BIAS_REGULARIZER,
  CONV_ACTIVITY_REGULARIZER,
  CONV_KERNEL_CONSTRAINT,
  CONV_RECURRENT_CONSTRAINT,
  CONV_BIAS_CONSTRAINT,
  CONV_SEED,
  CONV_N_PARAMS,
};

/* clang-format off */
#define CONV_PARAMS(n, size_help, strides_help, data_format) \
  { \
    [CONV_FILTERS] = TN_PARAM_FILTERS, \
    [CONV_KERNEL_SIZE] = TN_PARAM_KERNEL_SIZE (n, size_help), \
    [CONV_STRIDES] = TN_PARAM_CONV_STRIDES (n, strides_help), \
    [CONV_PADDING] = TN_PARAM_CONV_PADDING, \
    [CONV_RETURN_SEQUENCES] = TN_PARAM_RETURN_SEQUENCES, \
    [CONV_RETURN_STATE] = TN_PARAM_RETURN_STATE, \
    [CONV_GO_BACKWARDS] = TN_PARAM_GO_BACKWARDS, \
    [CONV_DATA_FORMAT] = data_format, \
    [CONV_DILATION_RATE] = TN_PARAM_DILATION (n), \
    [CONV_ACTIVATION] = TN_PARAM_STATE_ACTIVATION, \
    [CONV_RECURRENT_ACTIVATION] = TN_PARAM_GATE_ACTIVATION, \
    [CONV_USE_BIAS] = TN_PARAM_USE_BIAS, \
    [CONV_DROPOUT] = TN_PARAM_INPUT_DROPOUT, \
    [CONV_RECURRENT_DROPOUT] = TN_PARAM_STATE_DROPOUT, \
    [CONV_STATEFUL] = TN_PARAM_STATEFUL, \
    [CONV_UNROLL] = TN_PARAM_UNROLL, \
    [CONV_ZERO_OUTPUT_FOR_MASK] = TN_PARAM_ZERO_OUTPUT_FOR_MASK, \
    [CONV_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER, \
    [CONV_RECURRENT_INITIALIZER] = TN_PARAM_RECURRENT_INITIALIZER, \
    [CONV_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
    [CONV_UNIT_FORGET_BIAS] = TN_PARAM_UNIT_FORGET_BIAS, \
    [CONV_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER, \
    [CONV_RECURRENT_REGULARIZER] = TN_PARAM_RECURRENT_REGULARIZER, \
    [CONV_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
    [CONV_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
    [CONV_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT, \
    [CONV_RECURRENT_CONSTRAINT] = TN_PARAM_RECURRENT_CONSTRAINT, \
    [CONV_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
    [CONV_SEED] = TN_PARAM_RECURRENT_SEED, \
  }

static const TnParam conv_lstm1d_params[CONV_N_PARAMS]
    = CONV_PARAMS (1, TN_KERNEL_SIZE_1D, TN_STRIDES_1D, TN_PARAM_DATA_FORMAT_OF (N_ (
        "Which axis holds the channels: channels_last is (batch, steps, length, channels), "
        "channels_first is (batch, steps, channels, length).")));
static const TnParam conv_lstm2d_params[CONV_N_PARAMS]
    = CONV_PARAMS (2, TN_KERNEL_SIZE_2D, TN_STRIDES_2D, TN_PARAM_DATA_FORMAT_OF (N_ (
        "Which axis holds the channels: channels_last is (batch, steps, height, width, channels), "
        "channels_first is (batch, steps, channels, height, width).")));
static const TnParam conv_lstm3d_params[CONV_N_PARAMS]
    = CONV_PARAMS (3, TN_KERNEL_SIZE_3D, TN_STRIDES_3D, TN_PARAM_DATA_FORMAT_OF (N_ (
        "Which axis holds the channels: channels_last is (batch, steps, depth, height, width, "
        "channels), channels_first is (batch, steps, channels, depth, height, width).")));
/* clang-format on */

static gboolean
conv_check (const TnNode *node, TnReport *report)
{
  return tn_check_strides_or_dilation (node, CONV_STRIDES, CONV_DILATION_RATE, report);
}

/* The state has to be made before the first step comes, so all its sizes have to be known. */
static gboolean
spatial_axes_known (TnRule *rule, const TnShape *sequence, TnImageAxes axes, int n)
{
  for (int axis = axes.spatial; axis < axes.spatial + n; axis++)
    {
      g_autofree char *got = NULL;
      TnIssue *issue;

      if (tn_dim_is_known (sequence->dims[axis]))
        continue;
      got = tn_shape_to_text (sequence);
      issue
          = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                           _ ("%s remembers a whole image from step to step and has to know how "
                              "large it is, but axis %d of %s from %s is open."),
                           tn_node_name (tn_rule_node (rule)), axis, got, tn_rule_source (rule, 0));
      if (issue != NULL)
        issue->axis = axis - sequence->rank;
      return FALSE;
    }
  return TRUE;
}

/* The weights, for @channels in and images of @axes in @out out. */
static void
conv_weights (TnRule *rule, TnDim channels, const TnShape *out, TnImageAxes axes, int n)
{
  TnDim filters = tn_rule_param (rule, CONV_FILTERS, 0);
  TnDim wide = tn_rule_multiply (rule, filters, tn_dim (4));
  TnShape kernel = tn_rule_kernel (rule, CONV_KERNEL_SIZE, channels, wide);
  TnShape recurrent = tn_rule_kernel (rule, CONV_KERNEL_SIZE, filters, wide);
  TnShape bias = { .rank = 1, .dims = { wide } };
  TnDim each = tn_rule_add (rule, tn_rule_product (rule, &kernel, 0, kernel.rank),
                            tn_rule_product (rule, &recurrent, 0, recurrent.rank));
  TnDim places = tn_rule_product (rule, out, axes.spatial, axes.spatial + n);

  tn_rule_weight (rule, "conv_lstm_cell/kernel", &kernel, TRUE, CONV_KERNEL_INITIALIZER, 0);
  tn_rule_weight (rule, "conv_lstm_cell/recurrent_kernel", &recurrent, TRUE,
                  CONV_RECURRENT_INITIALIZER, 0);
  if (tn_node_bool (tn_rule_node (rule), CONV_USE_BIAS))
    tn_rule_weight (rule, "conv_lstm_cell/bias", &bias, TRUE, CONV_BIAS_INITIALIZER, 0);
  tn_rule_macs (rule, tn_rule_multiply (rule, out->dims[1], tn_rule_multiply (rule, each, places)));
}

static void
conv_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  int n = tn_spatial_axes (node, CONV_KERNEL_SIZE);
  TnImageAxes axes = tn_image_axes (node, CONV_DATA_FORMAT, n + 2);
  gboolean return_state = tn_node_bool (node, CONV_RETURN_STATE);
  TnShape sequence, out, step, states[2];
  TnDim channels;
  gboolean sized, fed, fits;

  if (!tn_rule_sequence (rule, n + 1, tn_node_bool (node, CONV_STATEFUL), &sequence))
    return;
  /* The axes of a step, seen in the sequence. */
  axes.spatial++;
  axes.channel++;
  out = sequence;
  sized = spatial_axes_known (rule, &sequence, axes, n);
  fed = tn_rule_channels (rule, &sequence, axes, &channels);
  fits = tn_rule_window_axes (rule, &out, axes, n, CONV_KERNEL_SIZE, CONV_STRIDES, CONV_PADDING,
                              CONV_DILATION_RATE);
  out.dims[axes.channel] = tn_rule_param (rule, CONV_FILTERS, 0);
  if (fed && fits)
    conv_weights (rule, channels, &out, axes, n);
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  if (!fits)
    return;
  step = (TnShape){ .rank = n + 2, .dims = { out.dims[0] } };
  for (int axis = 1; axis < step.rank; axis++)
    step.dims[axis] = out.dims[axis + 1];
  states[0] = states[1] = step;
  if (sized)
    tn_rule_initial_states (rule, states, 2);
  tn_rule_sequence_outputs (rule, &sequence, &step, tn_node_bool (node, CONV_RETURN_SEQUENCES),
                            states, return_state ? 2 : 0);
}

static guint
conv_outputs (const TnNode *node)
{
  return tn_sequence_outputs (tn_node_bool (node, CONV_RETURN_STATE), 1, 2);
}

static char *
conv_brief (const TnNode *node)
{
  gint64 filters = tn_node_int (node, CONV_FILTERS);
  g_autoptr (GString) out = g_string_new (NULL);
  gint64 kernel[3] = { 0 }, strides[3] = { 1, 1, 1 };
  guint n = (guint)tn_spatial_axes (node, CONV_KERNEL_SIZE);
  g_autofree char *each = NULL;

  g_string_append_printf (
      out, ngettext ("%" PRIi64 " filter", "%" PRIi64 " filters", (gulong)filters), filters);
  g_string_append (out, ", ");
  tn_node_ints (node, CONV_KERNEL_SIZE, kernel);
  tn_node_ints (node, CONV_STRIDES, strides);
  tn_brief_window (out, kernel, n);
  each = tn_brief_strides (strides, n);
  if (!g_str_equal (each, "1"))
    g_string_append_printf (out, "/%s", each);
  if (!g_str_equal (tn_node_string (node, CONV_PADDING), "valid"))
    g_string_append_printf (out, " %s", tn_node_string (node, CONV_PADDING));
  return tn_brief_sequence (node, out->str, CONV_RETURN_SEQUENCES, CONV_RETURN_STATE,
                            CONV_GO_BACKWARDS);
}

#define CONV_LAYER(class_name, name)                                                               \
  TN_LAYER_SEQUENCE (class_name, #name, name##_params, 3, conv_outputs, tn_two_states_name),       \
      .icon = "tenon-layer-recurrent-symbolic", .check = conv_check, .kept = tn_recurrent_kept,    \
      .shapes = conv_shapes, .lower = tn_conv_lstm_lower, .runs = tn_recurrent_runs,               \
      .brief = conv_brief, .examples = name##_examples

static const TnLayerExample conv_lstm1d_examples[] = {
  { "filters=1, kernel_size=3", "(None, None, 9, 3)", "(None, 7, 1)", NULL },
  { "filters=4, kernel_size=1, strides=2, padding=same, return_sequences=True",
    "(None, None, 9, 3)", "(None, None, 5, 4)", NULL },
  { "filters=1, kernel_size=3, data_format=channels_first", "(None, 4, 8, 1)", NULL,
    "window-size" },
  { "filters=1, kernel_size=1, padding=same", "(2, 3, None, 2)", NULL, "unknown-dim" },
  { NULL },
};

static const TnLayer layer_conv_lstm1d = {
  CONV_LAYER ("ConvLSTM1D", conv_lstm1d),
  .label = N_ ("1D convolutional LSTM"),
  .summary = N_ ("An LSTM over rows of numbers, whose gates slide a window over each of them."),
  .keywords = N_ ("recurrent sequence time series memory conv convolution rnn"),
};

static const TnLayerExample conv_lstm2d_examples[] = {
  { "filters=2, kernel_size=3", "(None, 4, 8, 8, 3)", "(None, 6, 6, 2)", NULL },
  { "filters=4, kernel_size=1, data_format=channels_first, return_sequences=True",
    "(None, 4, 2, 2, 3)", "(None, 4, 4, 2, 3)", NULL },
  { "filters=2, kernel_size=2, strides=2, dilation_rate=2", "(None, 4, 8, 8, 3)", NULL, "param" },
  { "filters=2, kernel_size=3", "(None, 8, 8, 3)", NULL, "rank" },
  { "filters=2, kernel_size=3", "(None, 4, 8, 8, 3); (None, 6, 6, 2); (None, 8, 8, 2)", NULL,
    "states" },
  { NULL },
};

static const TnLayer layer_conv_lstm2d = {
  CONV_LAYER ("ConvLSTM2D", conv_lstm2d),
  .label = N_ ("2D convolutional LSTM"),
  .summary = N_ ("An LSTM over a sequence of images, such as a film, whose gates slide a window "
                 "over each of them."),
  .keywords = N_ ("recurrent sequence video film memory conv convolution image rnn"),
};

static const TnLayerExample conv_lstm3d_examples[] = {
  { "filters=2, kernel_size=3, padding=same, return_state=True", "(2, 4, 5, 6, 7, 3)",
    "(2, 5, 6, 7, 2)", NULL },
  { "filters=2, kernel_size=3, stateful=True", "(None, 4, 5, 6, 7, 3)", NULL, "unknown-dim" },
  { NULL },
};

static const TnLayer layer_conv_lstm3d = {
  CONV_LAYER ("ConvLSTM3D", conv_lstm3d),
  .label = N_ ("3D convolutional LSTM"),
  .summary = N_ ("An LSTM over a sequence of volumes, whose gates slide a window over each of "
                 "them."),
  .keywords = N_ ("recurrent sequence memory conv convolution volume rnn"),
};

const TnLayer *const tn_layers_recurrent_convolution[]
    = { &layer_conv_lstm2d, &layer_conv_lstm1d, &layer_conv_lstm3d, NULL };
