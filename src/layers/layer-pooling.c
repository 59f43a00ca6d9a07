/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooling layers: maximum and mean over sliding windows, over everything, and over as many windows
 * as are wanted; on sequences, images and volumes. */
#include <string.h>

#include "layers/tn-window.h"

/* ---- MaxPooling and AveragePooling: alike but for pool_size's default and the op ---- */

enum
{
  POOL_POOL_SIZE,
  POOL_STRIDES,
  POOL_PADDING,
  POOL_DATA_FORMAT,
  POOL_N_PARAMS,
};

/* clang-format off */
#define POOL_PARAMS(n, size_help, data_format, ...) \
  { \
    [POOL_POOL_SIZE] = { .name = "pool_size", .label = N_ ("Pool size"), .kind = TN_PARAM_INTS, \
      .minimum = 1, .length = n, .help = size_help, __VA_ARGS__ }, \
    [POOL_STRIDES] = { .name = "strides", .label = N_ ("Strides"), .kind = TN_PARAM_INTS, \
      .flags = TN_PARAM_OPTIONAL, .minimum = 1, .length = n, .fallback = TN_DEFAULT_NONE, \
      .help = N_ ("How far the window moves at each step; None for as far as it is wide.") }, \
    [POOL_PADDING] = { .name = "padding", .label = N_ ("Padding"), .kind = TN_PARAM_CHOICE, \
      .choices = tn_choices_padding, .fallback = TN_DEFAULT_STRING ("valid"), \
      .help = N_ ("valid leaves out what fills no whole window at the border; same keeps it.") }, \
    [POOL_DATA_FORMAT] = data_format, \
  }

#define POOL_SIZE_1D N_ ("How many steps of the sequence the window covers; one number is kept of them.")
#define POOL_SIZE_2D \
  N_ ("Height and width of the window of which one number is kept; one number for a square.")
#define POOL_SIZE_3D \
  N_ ("Depth, height and width of the window of which one number is kept; one number for a cube.")

#define POOL_TWO .fallback = TN_DEFAULT_INT (2)
#define POOL_REQUIRED .flags = TN_PARAM_REQUIRED, .suggestion = "2"
/* clang-format on */

static const TnParam max_pooling1d_params[POOL_N_PARAMS]
    = POOL_PARAMS (1, POOL_SIZE_1D, TN_PARAM_DATA_FORMAT_1D, POOL_TWO);
static const TnParam max_pooling2d_params[POOL_N_PARAMS]
    = POOL_PARAMS (2, POOL_SIZE_2D, TN_PARAM_DATA_FORMAT, POOL_TWO);
static const TnParam max_pooling3d_params[POOL_N_PARAMS]
    = POOL_PARAMS (3, POOL_SIZE_3D, TN_PARAM_DATA_FORMAT_3D, POOL_TWO);
static const TnParam average_pooling1d_params[POOL_N_PARAMS]
    = POOL_PARAMS (1, POOL_SIZE_1D, TN_PARAM_DATA_FORMAT_1D, POOL_REQUIRED);
static const TnParam average_pooling2d_params[POOL_N_PARAMS]
    = POOL_PARAMS (2, POOL_SIZE_2D, TN_PARAM_DATA_FORMAT, POOL_REQUIRED);
static const TnParam average_pooling3d_params[POOL_N_PARAMS]
    = POOL_PARAMS (3, POOL_SIZE_3D, TN_PARAM_DATA_FORMAT_3D, POOL_REQUIRED);

/* How many spatial axes a layer works on, said by one of its parameters. */
static int
spatial_axes (const TnNode *node, guint param)
{
  return (int)tn_node_schema (node)->params[param].length;
}

static void
pool_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  int n = spatial_axes (node, POOL_POOL_SIZE);
  TnShape output;
  TnImageAxes axes;

  if (!tn_rule_expect_rank (rule, 0, n + 2))
    return;
  output = tn_rule_input (rule, 0);
  axes = tn_image_axes (node, POOL_DATA_FORMAT, n + 2);
  if (tn_rule_window_axes (rule, &output, axes, n, POOL_POOL_SIZE, POOL_STRIDES, POOL_PADDING, -1))
    tn_rule_output (rule, &output);
}

/* The settings of the two spatial axes from @axis on, or of one and an axis of size 1. */
static TnOpSettings
plane_settings (const TnOpSettings *settings, int axis, int n)
{
  TnOpSettings plane = { .kernel = { 1, 1 }, .stride = { 1, 1 } };

  for (int i = 0; i < n; i++)
    {
      plane.kernel[i] = settings->kernel[axis + i];
      plane.stride[i] = settings->stride[axis + i];
      plane.pad_before[i] = settings->pad_before[axis + i];
      plane.pad_after[i] = settings->pad_after[axis + i];
    }
  return plane;
}

/* The ops pool planes. A sequence is a plane of width 1; a volume is pooled in its planes and then
 * across them: a maximum of maxima and, every plane's window holding as many numbers, a mean of
 * means. @x has its channels last. */
static TnTensorId
pool_planes (TnLower *lower, const TnOp *op, TnTensorId x, const TnOpSettings *settings)
{
  TnShape shape = *tn_lower_shape (lower, x), view = { .rank = 4 };
  int n = shape.rank - 2;
  TnDim channels = shape.dims[n + 1];
  TnOpSettings plane;

  if (n != 1)
    {
      gint64 planes = shape.dims[0].size * (n == 3 ? shape.dims[1].size : 1);

      view = (TnShape){
        .rank = 4,
        .dims = { tn_dim (planes), shape.dims[n - 1], shape.dims[n], channels },
      };
      plane = plane_settings (settings, n - 2, 2);
      x = n == 2 ? x : tn_lower_reshape (lower, x, &view);
      x = tn_lower_call (lower, op, &plane, &x, 1);
      shape.dims[n - 1] = tn_lower_shape (lower, x)->dims[1];
      shape.dims[n] = tn_lower_shape (lower, x)->dims[2];
    }
  if (n != 2)
    {
      gint64 columns = n == 3 ? shape.dims[2].size * shape.dims[3].size : 1;

      view = (TnShape){
        .rank = 4,
        .dims = { shape.dims[0], shape.dims[1], tn_dim (columns), channels },
      };
      plane = plane_settings (settings, 0, 1);
      /* There the kernel says how many come out. */
      if (op == &tn_op_adaptive_max_pool || op == &tn_op_adaptive_average_pool)
        plane.kernel[1] = columns;
      x = tn_lower_reshape (lower, x, &view);
      x = tn_lower_call (lower, op, &plane, &x, 1);
      shape.dims[1] = tn_lower_shape (lower, x)->dims[1];
      x = tn_lower_reshape (lower, x, &shape);
    }
  return x;
}

static void
pool_lower (TnLower *lower, const TnOp *op)
{
  const TnNode *node = tn_lower_node (lower);
  int rank = spatial_axes (node, POOL_POOL_SIZE) + 2;
  TnImageAxes axes = tn_image_axes (node, POOL_DATA_FORMAT, rank);
  TnTensorId x = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnOpSettings settings = { 0 };

  tn_lower_window (lower, tn_lower_shape (lower, x), POOL_POOL_SIZE, POOL_STRIDES, POOL_PADDING, -1,
                   &settings);
  x = pool_planes (lower, op, x, &settings);
  tn_lower_output (lower, tn_lower_channels_back (lower, x, axes));
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
  gint64 size[3] = { 0 }, strides[3] = { 0 };
  guint n = (guint)spatial_axes (node, POOL_POOL_SIZE);
  g_autoptr (GString) out = g_string_new (NULL);

  tn_node_ints (node, POOL_POOL_SIZE, size);
  tn_brief_window (out, size, n);
  if (tn_node_ints (node, POOL_STRIDES, strides) && memcmp (size, strides, sizeof size) != 0)
    {
      g_autofree char *each = tn_brief_strides (strides, n);

      g_string_append_printf (out, _ (", strides %s"), each);
    }
  if (strcmp (tn_node_string (node, POOL_PADDING), "same") == 0)
    g_string_append (out, " same");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* clang-format off */
#define POOL_LAYER(class_name, name) \
  TN_LAYER_UNARY (class_name, #name, name##_params, TN_FAMILY_POOLING), \
  .shapes = pool_shapes, .brief = pool_brief, .icon = "tenon-layer-pool-symbolic"
/* clang-format on */

static const TnLayerExample max_pooling1d_examples[] = {
  { "", "(None, 10, 3)", "(None, 5, 3)", NULL },
  { "pool_size=3, strides=2, padding=same", "(2, 7, 4)", "(2, 4, 4)", NULL },
  { "pool_size=3, data_format=channels_first", "(None, 4, 10)", "(None, 4, 3)", NULL },
  { "", "(None, None, 3)", "(None, None, 3)", NULL },
  { "pool_size=5", "(None, 4, 3)", NULL, "window-size" },
  { "", "(None, 10, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_max_pooling1d = {
  POOL_LAYER ("MaxPooling1D", max_pooling1d),
  .label = N_ ("1D max pooling"),
  .summary = N_ ("Keeps the largest number of each window of steps: the sequence gets shorter."),
  .keywords = N_ ("pool downsample subsample maximum maxpool shrink sequence time"),
  .aliases = "MaxPool1d",
  .lower = max_pooling_lower,
  .examples = max_pooling1d_examples,
};

static const TnLayerExample max_pooling2d_examples[] = {
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
  POOL_LAYER ("MaxPooling2D", max_pooling2d),
  .label = N_ ("2D max pooling"),
  .summary = N_ ("Keeps the largest number of each window: the image shrinks, the channels stay."),
  .keywords = N_ ("pool downsample subsample maximum maxpool shrink"),
  .aliases = "MaxPool2d",
  .lower = max_pooling_lower,
  .examples = max_pooling2d_examples,
};

static const TnLayerExample max_pooling3d_examples[] = {
  { "", "(None, 3, 4, 5, 2)", "(None, 1, 2, 2, 2)", NULL },
  { "pool_size=(1, 2, 3), padding=same", "(None, 4, 3, 2, 4)", "(None, 4, 2, 1, 4)", NULL },
  { "strides=(2, 1, 3)", "(None, 4, 3, 2, 4)", "(None, 2, 2, 1, 4)", NULL },
  { "data_format=channels_first", "(2, 3, 8, 8, 9)", "(2, 3, 4, 4, 4)", NULL },
  { "", "(None, 4, 4, 1, 3)", NULL, "window-size" },
  { "", "(None, 8, 8, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_max_pooling3d = {
  POOL_LAYER ("MaxPooling3D", max_pooling3d),
  .label = N_ ("3D max pooling"),
  .summary = N_ ("Keeps the largest number of each window: the volume shrinks, the channels stay."),
  .keywords = N_ ("pool downsample subsample maximum maxpool shrink volume video"),
  .aliases = "MaxPool3d",
  .lower = max_pooling_lower,
  .examples = max_pooling3d_examples,
};

static const TnLayerExample average_pooling1d_examples[] = {
  { "pool_size=2", "(None, 10, 3)", "(None, 5, 3)", NULL },
  { "pool_size=3, strides=1, padding=same", "(2, 5, 3)", "(2, 5, 3)", NULL },
  { "", "(None, 10, 3)", NULL, "param" },
  { "pool_size=3", "(None, 2, 3)", NULL, "window-size" },
  { NULL },
};

static const TnLayer layer_average_pooling1d = {
  POOL_LAYER ("AveragePooling1D", average_pooling1d),
  .label = N_ ("1D average pooling"),
  .summary = N_ ("Keeps the mean of each window of steps: the sequence gets shorter."),
  .keywords = N_ ("pool downsample subsample mean avgpool shrink sequence time"),
  .aliases = "AvgPool1d",
  .lower = average_pooling_lower,
  .examples = average_pooling1d_examples,
};

static const TnLayerExample average_pooling2d_examples[] = {
  { "pool_size=2", "(None, 26, 26, 32)", "(None, 13, 13, 32)", NULL },
  { "pool_size=(3, 2), strides=1, padding=same", "(2, 5, 6, 3)", "(2, 5, 6, 3)", NULL },
  { "", "(None, 26, 26, 32)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_average_pooling2d = {
  POOL_LAYER ("AveragePooling2D", average_pooling2d),
  .label = N_ ("2D average pooling"),
  .summary = N_ ("Keeps the mean of each window: the image shrinks, the channels stay."),
  .keywords = N_ ("pool downsample subsample mean avgpool shrink"),
  .aliases = "AvgPool2d",
  .lower = average_pooling_lower,
  .examples = average_pooling2d_examples,
};

static const TnLayerExample average_pooling3d_examples[] = {
  { "pool_size=(1, 2, 3), strides=2", "(None, 16, 10, 12, 2)", "(None, 8, 5, 5, 2)", NULL },
  { "pool_size=3, padding=same", "(None, 8, 8, 8, 1)", "(None, 3, 3, 3, 1)", NULL },
  { "", "(None, 8, 8, 8, 1)", NULL, "param" },
  { "pool_size=2", "(None, 1, 1, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_average_pooling3d = {
  POOL_LAYER ("AveragePooling3D", average_pooling3d),
  .label = N_ ("3D average pooling"),
  .summary = N_ ("Keeps the mean of each window: the volume shrinks, the channels stay."),
  .keywords = N_ ("pool downsample subsample mean avgpool shrink volume video"),
  .aliases = "AvgPool3d",
  .lower = average_pooling_lower,
  .examples = average_pooling3d_examples,
};

/* ---- GlobalMaxPooling and GlobalAveragePooling: over all spatial axes ---- */

enum
{
  GLOBAL_DATA_FORMAT,
  GLOBAL_KEEPDIMS,
  GLOBAL_N_PARAMS,
};

/* clang-format off */
#define GLOBAL_PARAMS(data_format) \
  { \
    [GLOBAL_DATA_FORMAT] = data_format, \
    [GLOBAL_KEEPDIMS] = { .name = "keepdims", .label = N_ ("Keep dimensions"), \
      .kind = TN_PARAM_BOOL, .fallback = TN_DEFAULT_BOOL (FALSE), \
      .help = N_ ("Leaves the axes that are pooled in place with a size of 1.") }, \
  }

#define GLOBAL_LAYER(class_name, name, table) \
  TN_LAYER_UNARY (class_name, name, table, TN_FAMILY_POOLING), \
  .icon = "tenon-layer-global-pool-symbolic"
/* clang-format on */

static const TnParam global_1d_params[GLOBAL_N_PARAMS] = GLOBAL_PARAMS (TN_PARAM_DATA_FORMAT_1D);
static const TnParam global_2d_params[GLOBAL_N_PARAMS] = GLOBAL_PARAMS (TN_PARAM_DATA_FORMAT);
static const TnParam global_3d_params[GLOBAL_N_PARAMS] = GLOBAL_PARAMS (TN_PARAM_DATA_FORMAT_3D);

static void
global_shapes (TnRule *rule, int n)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input, output;
  TnImageAxes axes;

  input = output = tn_rule_input (rule, 0);
  if (tn_rule_is_unchecked (rule) && input.rank >= 2)
    {
      tn_rule_prefer_rank (rule, 0, n + 2);
      n = input.rank - 2;
    }
  else if (!tn_rule_expect_rank (rule, 0, n + 2))
    return;
  axes = tn_image_axes (node, GLOBAL_DATA_FORMAT, n + 2);
  if (tn_node_bool (node, GLOBAL_KEEPDIMS))
    for (int i = 0; i < n; i++)
      output.dims[axes.spatial + i] = tn_dim (1);
  else
    output = (TnShape){ .rank = 2, .dims = { input.dims[0], input.dims[axes.channel] } };
  tn_rule_output (rule, &output);
}

static void
global_1d_shapes (TnRule *rule)
{
  global_shapes (rule, 1);
}

static void
global_2d_shapes (TnRule *rule)
{
  global_shapes (rule, 2);
}

static void
global_3d_shapes (TnRule *rule)
{
  global_shapes (rule, 3);
}

/* All spatial axes as one. */
static void
global_lower (TnLower *lower, gboolean maximum)
{
  const TnNode *node = tn_lower_node (lower);
  int rank = tn_lower_shape (lower, tn_lower_input (lower, 0))->rank;
  TnImageAxes axes = tn_image_axes (node, GLOBAL_DATA_FORMAT, rank);
  TnTensorId x = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnShape shape = *tn_lower_shape (lower, x), line, output;
  TnDim channels = shape.dims[rank - 1];
  gint64 points = 1;

  for (int axis = 1; axis < rank - 1; axis++)
    points *= shape.dims[axis].size;
  line = (TnShape){ .rank = 4, .dims = { shape.dims[0], tn_dim (points), tn_dim (1), channels } };
  x = tn_lower_reshape (lower, x, &line);
  if (maximum)
    {
      /* Of nothing at all the maximum is that of padding. */
      TnOpSettings settings = { .kernel = { MAX (points, 1), 1 },
                                .stride = { 1, 1 },
                                .pad_after = { points == 0 ? 1 : 0, 0 } };

      x = tn_lower_call (lower, &tn_op_max_pool, &settings, &x, 1);
    }
  else
    x = tn_lower_call (lower, &tn_op_mean_spatial, NULL, &x, 1);

  output = (TnShape){ .rank = 2, .dims = { shape.dims[0], channels } };
  if (tn_node_bool (node, GLOBAL_KEEPDIMS))
    {
      output.rank = rank;
      for (int axis = 1; axis < rank; axis++)
        output.dims[axis] = axis == axes.channel ? channels : tn_dim (1);
    }
  tn_lower_output (lower, tn_lower_reshape (lower, x, &output));
}

static void
global_max_lower (TnLower *lower)
{
  global_lower (lower, TRUE);
}

/* The mean of the steps that count. */
static void
masked_average_lower (TnLower *lower, TnTensorId mask)
{
  const TnNode *node = tn_lower_node (lower);
  TnImageAxes axes = tn_image_axes (node, GLOBAL_DATA_FORMAT, 3);
  TnTensorId x = tn_lower_input (lower, 0), sum, count;

  mask = tn_lower_expand (lower, mask, axes.channel);
  sum = tn_lower_call (lower, &tn_op_select, NULL,
                       (TnTensorId[]){ mask, x, tn_lower_number (lower, 0) }, 3);
  sum = tn_lower_reduce (lower, TN_REDUCE_SUM, sum, axes.spatial);
  count = tn_lower_reduce (lower, TN_REDUCE_SUM, mask, axes.spatial);
  x = tn_lower_binary (lower, TN_BINARY_DIVIDE, sum, count);
  if (!tn_node_bool (node, GLOBAL_KEEPDIMS))
    x = tn_lower_squeeze (lower, x, axes.spatial);
  tn_lower_output (lower, x);
}

static void
global_average_lower (TnLower *lower)
{
  TnTensorId mask = tn_lower_mask (lower, 0);

  if (mask != TN_TENSOR_ABSENT && tn_lower_shape (lower, mask)->rank == 2
      && tn_lower_shape (lower, tn_lower_input (lower, 0))->rank == 3)
    {
      masked_average_lower (lower, mask);
      return;
    }
  global_lower (lower, FALSE);
}

static const TnLayerExample global_1d_examples[] = {
  { "", "(None, 10, 3)", "(None, 3)", NULL },
  { "", "(None, None, 3)", "(None, 3)", NULL },
  { "keepdims=True", "(2, 3, 4)", "(2, 1, 4)", NULL },
  { "data_format=channels_first, keepdims=True", "(2, 3, 4)", "(2, 3, 1)", NULL },
  { "", "(None, 10)", NULL, "rank" },
  { NULL },
};

static const TnLayerExample global_2d_examples[] = {
  { "", "(None, 5, 5, 64)", "(None, 64)", NULL },
  { "keepdims=True", "(None, 5, 6, 64)", "(None, 1, 1, 64)", NULL },
  { "data_format=channels_first", "(2, 3, 8, 9)", "(2, 3)", NULL },
  { "data_format=channels_first, keepdims=True", "(2, 3, 8, 9)", "(2, 3, 1, 1)", NULL },
  { "", "(None, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayerExample global_3d_examples[] = {
  { "", "(None, 5, 6, 7, 3)", "(None, 3)", NULL },
  { "keepdims=True", "(None, 5, 6, 7, 3)", "(None, 1, 1, 1, 3)", NULL },
  { "data_format=channels_first", "(None, None, None, None, 3)", "(None, None)", NULL },
  { "", "(None, 10, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_global_max_pooling1d = {
  GLOBAL_LAYER ("GlobalMaxPooling1D", "global_max_pooling1d", global_1d_params),
  .label = N_ ("1D global max pooling"),
  .summary = N_ ("Keeps one number per channel, its largest number over the whole sequence."),
  .keywords = N_ ("pool maximum gmp flatten classifier head sequence time"),
  .aliases = "GlobalMaxPool1D",
  .shapes = global_1d_shapes,
  .lower = global_max_lower,
  .examples = global_1d_examples,
};

static const TnLayer layer_global_max_pooling2d = {
  GLOBAL_LAYER ("GlobalMaxPooling2D", "global_max_pooling2d", global_2d_params),
  .label = N_ ("2D global max pooling"),
  .summary = N_ ("Keeps one number per channel, its largest number over the whole image."),
  .keywords = N_ ("pool maximum gmp flatten classifier head"),
  .aliases = "GlobalMaxPool2D",
  .shapes = global_2d_shapes,
  .lower = global_max_lower,
  .examples = global_2d_examples,
};

static const TnLayer layer_global_max_pooling3d = {
  GLOBAL_LAYER ("GlobalMaxPooling3D", "global_max_pooling3d", global_3d_params),
  .label = N_ ("3D global max pooling"),
  .summary = N_ ("Keeps one number per channel, its largest number over the whole volume."),
  .keywords = N_ ("pool maximum gmp flatten classifier head volume video"),
  .aliases = "GlobalMaxPool3D",
  .shapes = global_3d_shapes,
  .lower = global_max_lower,
  .examples = global_3d_examples,
};

static const TnLayer layer_global_average_pooling1d = {
  GLOBAL_LAYER ("GlobalAveragePooling1D", "global_average_pooling1d", global_1d_params),
  .label = N_ ("1D global average pooling"),
  .summary = N_ ("Keeps one number per channel, its mean over the whole sequence."),
  .keywords = N_ ("pool mean gap flatten classifier head sequence time"),
  .aliases = "GlobalAvgPool1D",
  .shapes = global_1d_shapes,
  .lower = global_average_lower,
  .examples = global_1d_examples,
};

static const TnLayer layer_global_average_pooling2d = {
  GLOBAL_LAYER ("GlobalAveragePooling2D", "global_average_pooling2d", global_2d_params),
  .label = N_ ("2D global average pooling"),
  .summary = N_ ("Keeps one number per channel, its mean over the whole image."),
  .keywords = N_ ("pool mean gap flatten classifier head"),
  .aliases = "GlobalAvgPool2D",
  .shapes = global_2d_shapes,
  .lower = global_average_lower,
  .examples = global_2d_examples,
};

static const TnLayer layer_global_average_pooling3d = {
  GLOBAL_LAYER ("GlobalAveragePooling3D", "global_average_pooling3d", global_3d_params),
  .label = N_ ("3D global average pooling"),
  .summary = N_ ("Keeps one number per channel, its mean over the whole volume."),
  .keywords = N_ ("pool mean gap flatten classifier head volume video"),
  .aliases = "GlobalAvgPool3D",
  .shapes = global_3d_shapes,
  .lower = global_average_lower,
  .examples = global_3d_examples,
};

/* ---- AdaptiveMaxPooling and AdaptiveAveragePooling: as many windows as are wanted ---- */

enum
{
  ADAPTIVE_OUTPUT_SIZE,
  ADAPTIVE_DATA_FORMAT,
  ADAPTIVE_N_PARAMS,
};

/* clang-format off */
#define ADAPTIVE_PARAMS(n, data_format, about) \
  { \
    [ADAPTIVE_OUTPUT_SIZE] = { .name = "output_size", .label = N_ ("Output size"), \
      .kind = TN_PARAM_INTS, .flags = TN_PARAM_REQUIRED, .minimum = 1, .length = n, \
      .suggestion = "4", .help = about }, \
    [ADAPTIVE_DATA_FORMAT] = data_format, \
  }

#define ADAPTIVE_LAYER(class_name, name, table) \
  TN_LAYER_UNARY (class_name, name, table, TN_FAMILY_POOLING), .shapes = adaptive_shapes, \
  .icon = "tenon-layer-pool-symbolic"
/* clang-format on */

static const TnParam adaptive_1d_params[ADAPTIVE_N_PARAMS] = ADAPTIVE_PARAMS (
    1, TN_PARAM_DATA_FORMAT_1D, N_ ("How many steps come out, however many arrive."));
static const TnParam adaptive_2d_params[ADAPTIVE_N_PARAMS]
    = ADAPTIVE_PARAMS (2, TN_PARAM_DATA_FORMAT,
                       N_ ("Height and width that come out, whatever arrives; one number for a "
                           "square."));
static const TnParam adaptive_3d_params[ADAPTIVE_N_PARAMS]
    = ADAPTIVE_PARAMS (3, TN_PARAM_DATA_FORMAT_3D,
                       N_ ("Depth, height and width that come out, whatever arrives; one number "
                           "for a cube."));

/* Keras lets any rank pass here, of which it takes batch and channels, and fails, or puts out
 * something else, when it runs. */
static void
adaptive_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  int n = spatial_axes (node, ADAPTIVE_OUTPUT_SIZE);
  TnShape input = tn_rule_input (rule, 0), output = { .rank = n + 2 };
  TnImageAxes axes = tn_image_axes (node, ADAPTIVE_DATA_FORMAT, n + 2);

  if (input.rank < 2)
    {
      tn_rule_expect_rank (rule, 0, n + 2);
      return;
    }
  tn_rule_prefer_rank (rule, 0, n + 2);
  output.dims[0] = input.dims[0];
  output.dims[axes.channel] = input.dims[axes.channels_first ? 1 : input.rank - 1];
  for (int i = 0; i < n; i++)
    output.dims[axes.spatial + i] = tn_rule_param (rule, ADAPTIVE_OUTPUT_SIZE, (guint)i);
  tn_rule_output (rule, &output);
}

static void
adaptive_lower (TnLower *lower, const TnOp *op)
{
  const TnNode *node = tn_lower_node (lower);
  int rank = spatial_axes (node, ADAPTIVE_OUTPUT_SIZE) + 2;
  TnImageAxes axes = tn_image_axes (node, ADAPTIVE_DATA_FORMAT, rank);
  TnTensorId x = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnOpSettings settings = { .stride = { 1, 1, 1 } };

  tn_node_ints (node, ADAPTIVE_OUTPUT_SIZE, settings.kernel);
  x = pool_planes (lower, op, x, &settings);
  tn_lower_output (lower, tn_lower_channels_back (lower, x, axes));
}

static void
adaptive_max_lower (TnLower *lower)
{
  adaptive_lower (lower, &tn_op_adaptive_max_pool);
}

static void
adaptive_average_lower (TnLower *lower)
{
  adaptive_lower (lower, &tn_op_adaptive_average_pool);
}

static const TnLayerExample adaptive_1d_examples[] = {
  { "output_size=4", "(2, 10, 3)", "(2, 4, 3)", NULL },
  { "output_size=7", "(None, None, 3)", "(None, 7, 3)", NULL },
  { "output_size=2, data_format=channels_first", "(1, 1, 6)", "(1, 1, 2)", NULL },
  { "output_size=2", "(None, 10)", NULL, "rank" },
  { "", "(None, 10, 3)", NULL, "param" },
  { NULL },
};

static const TnLayerExample adaptive_2d_examples[] = {
  { "output_size=(2, 3)", "(None, None, None, 3)", "(None, 2, 3, 3)", NULL },
  { "output_size=20", "(None, 8, 8, 3)", "(None, 20, 20, 3)", NULL },
  { "output_size=2, data_format=channels_first", "(None, 7, 9, 3)", "(None, 7, 2, 2)", NULL },
  { "output_size=1", "(None, 10, 3)", NULL, "rank" },
  { "output_size=0", "(None, 8, 8, 3)", NULL, "param" },
  { NULL },
};

static const TnLayerExample adaptive_3d_examples[] = {
  { "output_size=(1, 2, 3)", "(None, 5, 6, 7, 3)", "(None, 1, 2, 3, 3)", NULL },
  { "output_size=2, data_format=channels_first", "(2, 6, 6, 6, 5)", "(2, 6, 2, 2, 2)", NULL },
  { "output_size=3", "(None, 10, 10, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_adaptive_max_pooling1d = {
  ADAPTIVE_LAYER ("AdaptiveMaxPooling1D", "adaptive_max_pooling1d", adaptive_1d_params),
  .label = N_ ("1D adaptive max pooling"),
  .summary
  = N_ ("Cuts the sequence into as many pieces as wanted and keeps the largest number of each."),
  .keywords = N_ ("pool maximum resize fixed size output sequence time"),
  .aliases = "AdaptiveMaxPool1d",
  .lower = adaptive_max_lower,
  .examples = adaptive_1d_examples,
};

static const TnLayer layer_adaptive_max_pooling2d = {
  ADAPTIVE_LAYER ("AdaptiveMaxPooling2D", "adaptive_max_pooling2d", adaptive_2d_params),
  .label = N_ ("2D adaptive max pooling"),
  .summary
  = N_ ("Cuts the image into as many fields as wanted and keeps the largest number of each."),
  .keywords = N_ ("pool maximum resize fixed size output"),
  .aliases = "AdaptiveMaxPool2d",
  .lower = adaptive_max_lower,
  .examples = adaptive_2d_examples,
};

static const TnLayer layer_adaptive_max_pooling3d = {
  ADAPTIVE_LAYER ("AdaptiveMaxPooling3D", "adaptive_max_pooling3d", adaptive_3d_params),
  .label = N_ ("3D adaptive max pooling"),
  .summary
  = N_ ("Cuts the volume into as many blocks as wanted and keeps the largest number of each."),
  .keywords = N_ ("pool maximum resize fixed size output volume video"),
  .aliases = "AdaptiveMaxPool3d",
  .lower = adaptive_max_lower,
  .examples = adaptive_3d_examples,
};

static const TnLayer layer_adaptive_average_pooling1d = {
  ADAPTIVE_LAYER ("AdaptiveAveragePooling1D", "adaptive_average_pooling1d", adaptive_1d_params),
  .label = N_ ("1D adaptive average pooling"),
  .summary = N_ ("Cuts the sequence into as many pieces as wanted and keeps the mean of each."),
  .keywords = N_ ("pool mean resize fixed size output sequence time"),
  .aliases = "AdaptiveAvgPool1d",
  .lower = adaptive_average_lower,
  .examples = adaptive_1d_examples,
};

static const TnLayer layer_adaptive_average_pooling2d = {
  ADAPTIVE_LAYER ("AdaptiveAveragePooling2D", "adaptive_average_pooling2d", adaptive_2d_params),
  .label = N_ ("2D adaptive average pooling"),
  .summary = N_ ("Cuts the image into as many fields as wanted and keeps the mean of each."),
  .keywords = N_ ("pool mean resize fixed size output"),
  .aliases = "AdaptiveAvgPool2d",
  .lower = adaptive_average_lower,
  .examples = adaptive_2d_examples,
};

static const TnLayer layer_adaptive_average_pooling3d = {
  ADAPTIVE_LAYER ("AdaptiveAveragePooling3D", "adaptive_average_pooling3d", adaptive_3d_params),
  .label = N_ ("3D adaptive average pooling"),
  .summary = N_ ("Cuts the volume into as many blocks as wanted and keeps the mean of each."),
  .keywords = N_ ("pool mean resize fixed size output volume video"),
  .aliases = "AdaptiveAvgPool3d",
  .lower = adaptive_average_lower,
  .examples = adaptive_3d_examples,
};

/* The most used first, then by dimensions. */
const TnLayer *const tn_layers_pooling[] = {
  &layer_max_pooling2d,
  &layer_max_pooling1d,
  &layer_max_pooling3d,
  &layer_average_pooling2d,
  &layer_average_pooling1d,
  &layer_average_pooling3d,
  &layer_global_average_pooling2d,
  &layer_global_average_pooling1d,
  &layer_global_average_pooling3d,
  &layer_global_max_pooling2d,
  &layer_global_max_pooling1d,
  &layer_global_max_pooling3d,
  &layer_adaptive_average_pooling2d,
  &layer_adaptive_average_pooling1d,
  &layer_adaptive_average_pooling3d,
  &layer_adaptive_max_pooling2d,
  &layer_adaptive_max_pooling1d,
  &layer_adaptive_max_pooling3d,
  NULL,
};
