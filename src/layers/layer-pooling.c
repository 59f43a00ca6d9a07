/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooling layers: MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D. */
#include <string.h>

#include "layers/tn-window.h"

/* ---- MaxPooling2D and AveragePooling2D: alike but for pool_size's default and the op ---- */

enum
{
  POOL_POOL_SIZE,
  POOL_STRIDES,
  POOL_PADDING,
  POOL_DATA_FORMAT,
  POOL_N_PARAMS,
};

/* clang-format off */
#define POOL_SIZE \
  .name = "pool_size", .label = N_ ("Pool size"), .kind = TN_PARAM_INTS, .minimum = 1, .length = 2, \
  .help = N_ ("Height and width of the window of which one number is kept; one number for a square.")

#define POOL_OTHER_PARAMS \
  [POOL_STRIDES] = { .name = "strides", .label = N_ ("Strides"), .kind = TN_PARAM_INTS, \
    .flags = TN_PARAM_OPTIONAL, .minimum = 1, .length = 2, .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("How far the window moves at each step; None for as far as it is wide.") }, \
  [POOL_PADDING] = { .name = "padding", .label = N_ ("Padding"), .kind = TN_PARAM_CHOICE, \
    .choices = tn_choices_padding, .fallback = TN_DEFAULT_STRING ("valid"), \
    .help = N_ ("valid leaves out rows and columns at the border that fill no whole window; same " \
                "keeps them.") }, \
  [POOL_DATA_FORMAT] = TN_PARAM_DATA_FORMAT
/* clang-format on */

static const TnParam max_pooling_params[POOL_N_PARAMS] = {
  [POOL_POOL_SIZE] = { POOL_SIZE, .fallback = TN_DEFAULT_INT (2) },
  POOL_OTHER_PARAMS,
};

static const TnParam average_pooling_params[POOL_N_PARAMS] = {
  [POOL_POOL_SIZE] = { POOL_SIZE, .flags = TN_PARAM_REQUIRED, .suggestion = "2" },
  POOL_OTHER_PARAMS,
};

static void
pool_shapes (TnRule *rule)
{
  TnShape output;
  TnImageAxes axes;

  if (!tn_rule_expect_rank (rule, 0, 4))
    return;
  output = tn_rule_input (rule, 0);
  axes = tn_image_axes (tn_rule_node (rule), POOL_DATA_FORMAT, 4);
  if (tn_rule_window_axes (rule, &output, axes, 2, POOL_POOL_SIZE, POOL_STRIDES, POOL_PADDING, -1))
    tn_rule_output (rule, &output);
}

static void
pool_lower (TnLower *lower, const TnOp *op)
{
  const TnNode *node = tn_lower_node (lower);
  TnImageAxes axes = tn_image_axes (node, POOL_DATA_FORMAT, 4);
  TnTensorId input = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnOpSettings settings = { 0 };

  tn_lower_window (lower, tn_lower_shape (lower, input), POOL_POOL_SIZE, POOL_STRIDES, POOL_PADDING,
                   -1, &settings);
  tn_lower_output (
      lower, tn_lower_channels_back (lower, tn_lower_call (lower, op, &settings, &input, 1), axes));
}

static void
max_pooling_lower (TnLower *lower)
{
  pool_lower (lower, &tn_op_max_pool);
}

static void
average_pooling_lower (TnLower *lower)
{
  pool_lower (lower, &tn_op_average_pool);
}

static char *
pool_brief (const TnNode *node)
{
  gint64 size[2] = { 0 }, strides[2];
  g_autoptr (GString) out = g_string_new (NULL);

  tn_node_ints (node, POOL_POOL_SIZE, size);
  g_string_append_printf (out, "%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT, size[0], size[1]);
  if (tn_node_ints (node, POOL_STRIDES, strides) && memcmp (size, strides, sizeof size) != 0)
    {
      g_autofree char *each = strides[0] == strides[1]
                                  ? g_strdup_printf ("%" G_GINT64_FORMAT, strides[0])
                                  : g_strdup_printf ("(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")",
                                                     strides[0], strides[1]);

      g_string_append_printf (out, _ (", strides %s"), each);
    }
  if (strcmp (tn_node_string (node, POOL_PADDING), "same") == 0)
    g_string_append (out, " same");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static const TnLayerExample max_pooling_examples[] = {
  { "", "(None, 26, 26, 32)", "(None, 13, 13, 32)", NULL },
  { "pool_size=2", "(None, 11, 11, 64)", "(None, 5, 5, 64)", NULL },
  { "pool_size=3, strides=2, padding=same", "(None, 11, 10, 4)", "(None, 6, 5, 4)", NULL },
  { "pool_size=2, data_format=channels_first", "(None, 4, 6, 9)", "(None, 4, 3, 4)", NULL },
  { "", "(None, None, 9, 4)", "(None, None, 4, 4)", NULL },
  { "pool_size=30", "(None, 10, 10, 3)", NULL, "window-size" },
  { "pool_size=2", "(None, 10)", NULL, "rank" },
  { "strides=0", "(None, 10, 10, 3)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_max_pooling2d = {
  .schema = { .type = "MaxPooling2D",
              .auto_name = "max_pooling2d",
              .params = max_pooling_params,
              .n_params = POOL_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_POOLING,
  .label = N_ ("2D max pooling"),
  .summary = N_ ("Keeps the largest number of each window: the image shrinks, the channels stay."),
  .keywords = N_ ("pool downsample subsample maximum maxpool shrink"),
  .icon = "tenon-layer-pool-symbolic",
  .shapes = pool_shapes,
  .lower = max_pooling_lower,
  .brief = pool_brief,
  .examples = max_pooling_examples,
};

static const TnLayerExample average_pooling_examples[] = {
  { "pool_size=2", "(None, 26, 26, 32)", "(None, 13, 13, 32)", NULL },
  { "pool_size=(3, 2), strides=1, padding=same", "(2, 5, 6, 3)", "(2, 5, 6, 3)", NULL },
  { "", "(None, 26, 26, 32)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_average_pooling2d = {
  .schema = { .type = "AveragePooling2D",
              .auto_name = "average_pooling2d",
              .params = average_pooling_params,
              .n_params = POOL_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_POOLING,
  .label = N_ ("2D average pooling"),
  .summary = N_ ("Keeps the mean of each window: the image shrinks, the channels stay."),
  .keywords = N_ ("pool downsample subsample mean avgpool shrink"),
  .icon = "tenon-layer-pool-symbolic",
  .shapes = pool_shapes,
  .lower = average_pooling_lower,
  .brief = pool_brief,
  .examples = average_pooling_examples,
};

/* ---- GlobalAveragePooling2D ---- */

enum
{
  GLOBAL_DATA_FORMAT,
  GLOBAL_KEEPDIMS,
  GLOBAL_N_PARAMS,
};

static const TnParam global_params[GLOBAL_N_PARAMS] = {
  [GLOBAL_DATA_FORMAT] = TN_PARAM_DATA_FORMAT,
  [GLOBAL_KEEPDIMS] = { .name = "keepdims",
                        .label = N_ ("Keep dimensions"),
                        .kind = TN_PARAM_BOOL,
                        .fallback = TN_DEFAULT_BOOL (FALSE),
                        .help = N_ ("Leaves height and width in place with a size of 1.") },
};

static void
global_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input, output;
  TnImageAxes axes;

  if (!tn_rule_expect_rank (rule, 0, 4))
    return;
  input = output = tn_rule_input (rule, 0);
  axes = tn_image_axes (node, GLOBAL_DATA_FORMAT, 4);
  if (tn_node_bool (node, GLOBAL_KEEPDIMS))
    output.dims[axes.spatial] = output.dims[axes.spatial + 1] = tn_dim (1);
  else
    output = (TnShape){ .rank = 2, .dims = { input.dims[0], input.dims[axes.channel] } };
  tn_rule_output (rule, &output);
}

static void
global_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnImageAxes axes = tn_image_axes (node, GLOBAL_DATA_FORMAT, 4);
  TnTensorId input = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnTensorId output = tn_lower_call (lower, &tn_op_mean_spatial, NULL, &input, 1);
  TnShape shape = *tn_lower_shape (lower, output);

  if (tn_node_bool (node, GLOBAL_KEEPDIMS))
    {
      TnDim channels = shape.dims[1];

      shape.rank = 4;
      shape.dims[1] = shape.dims[2] = shape.dims[3] = tn_dim (1);
      shape.dims[axes.channel] = channels;
      output = tn_lower_reshape (lower, output, &shape);
    }
  tn_lower_output (lower, output);
}

static const TnLayerExample global_examples[] = {
  { "", "(None, 5, 5, 64)", "(None, 64)", NULL },
  { "keepdims=True", "(None, 5, 6, 64)", "(None, 1, 1, 64)", NULL },
  { "data_format=channels_first", "(2, 3, 8, 9)", "(2, 3)", NULL },
  { "data_format=channels_first, keepdims=True", "(2, 3, 8, 9)", "(2, 3, 1, 1)", NULL },
  { "", "(None, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_global_average_pooling2d = {
  .schema = { .type = "GlobalAveragePooling2D",
              .auto_name = "global_average_pooling2d",
              .params = global_params,
              .n_params = GLOBAL_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_POOLING,
  .label = N_ ("2D global average pooling"),
  .summary = N_ ("Keeps one number per channel, its mean over the whole image."),
  .keywords = N_ ("pool mean gap flatten classifier head"),
  .icon = "tenon-layer-global-pool-symbolic",
  .shapes = global_shapes,
  .lower = global_lower,
  .examples = global_examples,
};

const TnLayer *const tn_layers_pooling[]
    = { &layer_max_pooling2d, &layer_average_pooling2d, &layer_global_average_pooling2d, NULL };
