/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reshaping layers that change the size of images and sequences: Cropping, ZeroPadding, UpSampling.
 */
#include <string.h>

#include "layers/tn-lowerings.h"
#include "layers/tn-window.h"

/* The first parameter of all of them says how much; the second, where there is one, where the
 * channels are. */
enum
{
  SIZE_AMOUNT,
  SIZE_DATA_FORMAT,
  SIZE_INTERPOLATION,
};

static int
size_axes (const TnNode *node)
{
  return (int)MAX (tn_node_schema (node)->params[SIZE_AMOUNT].length, 1);
}

static TnImageAxes
size_image_axes (const TnNode *node, int rank)
{
  if (tn_node_schema (node)->n_params <= SIZE_DATA_FORMAT)
    return (TnImageAxes){ .spatial = 1, .channel = rank - 1 };
  return tn_image_axes (node, SIZE_DATA_FORMAT, rank);
}

/* ---- Cropping ---- */

static void
crop_refuse (TnRule *rule, int axis, gint64 cut)
{
  TnShape input = tn_rule_input (rule, 0);
  g_autofree char *got = tn_shape_to_text (&input);
  const char *param = tn_node_schema (tn_rule_node (rule))->params[SIZE_AMOUNT].name;
  TnIssue *issue
      = tn_rule_issue (rule, TN_SEVERITY_ERROR, "crop-size", 0,
                       _ ("%s takes %" PRIi64 " off axis %d (%s), but of %s, which arrives from "
                          "%s, there are only %" PRIi64 ": nothing would be left."),
                       tn_node_name (tn_rule_node (rule)), cut, axis, param, got,
                       tn_rule_source (rule, 0), input.dims[axis].size);

  if (issue == NULL)
    return;
  issue->axis = axis - input.rank;
  issue->param = param;
}

static TnDim
take_off (TnRule *rule, TnDim dim, TnDim amount)
{
  return amount.size == 0 ? dim : tn_rule_subtract (rule, dim, amount);
}

/* Takes both ends off axis @axis of @shape; FALSE with an issue where fewer than @least are left.
 */
static gboolean
crop_axis (TnRule *rule, TnShape *shape, int axis, int i, gint64 least)
{
  TnDim before = tn_rule_param (rule, SIZE_AMOUNT, 2 * (guint)i);
  TnDim after = tn_rule_param (rule, SIZE_AMOUNT, 2 * (guint)i + 1);
  TnDim *dim = &shape->dims[axis];
  gint64 cut;

  if (__builtin_add_overflow (before.size, after.size, &cut))
    cut = G_MAXINT64;
  if (tn_dim_is_known (*dim) && dim->size - least < cut)
    {
      crop_refuse (rule, axis, cut);
      *dim = tn_dim (TN_DIM_UNKNOWN);
      return FALSE;
    }
  *dim = take_off (rule, take_off (rule, *dim, before), after);
  return TRUE;
}

static void
crop_shapes (TnRule *rule)
{
  int n = size_axes (tn_rule_node (rule));
  TnShape shape = tn_rule_input (rule, 0);
  TnImageAxes axes = size_image_axes (tn_rule_node (rule), shape.rank);

  if (!tn_rule_expect_rank (rule, 0, n + 2))
    return;
  for (int i = 0; i < n; i++)
    crop_axis (rule, &shape, axes.spatial + i, i, 1);
  tn_rule_output (rule, &shape);
}

/* "3×3" or "(1, 0), (0, 2)", whichever is shorter to say. */
static char *
size_brief (const TnNode *node)
{
  g_autoptr (TnValue) value = tn_node_value (node, SIZE_AMOUNT);

  return tn_value_to_text (value);
}

#define PARAM_CROPPING(n, amount)                                                                  \
  {                                                                                                \
    .name = "cropping", .label = N_ ("Cropping"), .kind = TN_PARAM_PAIRS, .length = n,             \
    .fallback = TN_DEFAULT_INT (amount),                                                           \
    .help = N_ ("How much is taken off before and behind along each axis, as in "                  \
                "((top, bottom), (left, right)); one number stands for all."),                     \
  }

static const TnParam cropping1d_params[] = { PARAM_CROPPING (1, 1) };
static const TnParam cropping2d_params[] = { PARAM_CROPPING (2, 0), TN_PARAM_DATA_FORMAT };
static const TnParam cropping3d_params[] = { PARAM_CROPPING (3, 1), TN_PARAM_DATA_FORMAT };

static const TnLayerExample cropping1d_examples[] = {
  { "", "(None, 10, 3)", "(None, 8, 3)", NULL },
  { "cropping=(1, 0)", "(None, None, 3)", "(None, None, 3)", NULL },
  { "cropping=(2, 2)", "(None, 4, 3)", NULL, "crop-size" },
  { "cropping=-1", "(None, 4, 3)", NULL, "param" },
  { "", "(None, 10)", NULL, "rank" },
  { NULL },
};

static const TnLayerExample cropping2d_examples[] = {
  { "cropping=((1, 2), (3, 4))", "(None, 28, 28, 3)", "(None, 25, 21, 3)", NULL },
  { "cropping=(1, 2)", "(None, 28, 28, 3)", "(None, 26, 24, 3)", NULL },
  { "cropping=2, data_format=channels_first", "(None, 3, 8, 8)", "(None, 3, 4, 4)", NULL },
  { "cropping=((14, 14), (0, 0))", "(None, 28, 28, 3)", NULL, "crop-size" },
  { "cropping=(1,)", "(None, 28, 28, 3)", NULL, "param" },
  { NULL },
};

static const TnLayerExample cropping3d_examples[] = {
  { "", "(None, 8, 9, 10, 1)", "(None, 6, 7, 8, 1)", NULL },
  { "cropping=4", "(None, 8, 9, 10, 1)", NULL, "crop-size" },
  { NULL },
};

/* ---- ZeroPadding ---- */

static void
pad_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  int n = size_axes (node);
  TnShape shape = tn_rule_input (rule, 0);
  TnImageAxes axes = size_image_axes (node, shape.rank);
  gint64 amounts[6] = { 0 };

  if (!tn_rule_expect_rank (rule, 0, n + 2))
    return;
  tn_node_pairs (node, SIZE_AMOUNT, amounts);
  for (int i = 0; i < n; i++)
    {
      TnDim *dim = &shape.dims[axes.spatial + i];

      /* Keras takes a negative padding for a cropping. */
      if (amounts[2 * i] < 0)
        {
          crop_axis (rule, &shape, axes.spatial + i, i, 0);
          continue;
        }
      for (guint side = 0; side < 2; side++)
        if (amounts[2 * i + (int)side] > 0)
          *dim = tn_rule_add (rule, *dim, tn_rule_param (rule, SIZE_AMOUNT, 2 * (guint)i + side));
    }
  tn_rule_output (rule, &shape);
}

#define PARAM_PADDING(n, more)                                                                     \
  {                                                                                                \
    .name = "padding", .label = N_ ("Padding"), .kind = TN_PARAM_PAIRS, .length = n,               \
    .flags = more, .fallback = TN_DEFAULT_INT (1),                                                 \
    .help = N_ ("How many zeros are put before and behind along each axis, as in "                 \
                "((top, bottom), (left, right)); one number stands for all."),                     \
  }

static const TnParam zero_padding1d_params[] = { PARAM_PADDING (1, 0), TN_PARAM_DATA_FORMAT };
static const TnParam zero_padding2d_params[]
    = { PARAM_PADDING (2, TN_PARAM_NEGATIVE), TN_PARAM_DATA_FORMAT };
static const TnParam zero_padding3d_params[]
    = { PARAM_PADDING (3, TN_PARAM_NEGATIVE), TN_PARAM_DATA_FORMAT };

static const TnLayerExample zero_padding1d_examples[] = {
  { "", "(None, 10, 3)", "(None, 12, 3)", NULL },
  { "padding=(0, 2), data_format=channels_first", "(None, None, 3)", "(None, None, 5)", NULL },
  { "padding=-1", "(None, 10, 3)", NULL, "param" },
  { "", "(None, 10)", NULL, "rank" },
  { NULL },
};

static const TnLayerExample zero_padding2d_examples[] = {
  { "", "(None, 224, 224, 3)", "(None, 226, 226, 3)", NULL },
  { "padding=((1, 0), (0, 2))", "(None, 10, None, 3)", "(None, 11, None, 3)", NULL },
  { "padding=-1", "(None, 10, 10, 3)", "(None, 8, 8, 3)", NULL },
  { "padding=-1", "(None, 1, 1, 3)", NULL, "crop-size" },
  { "padding=((-1, 0), (0, 0))", "(None, 10, 10, 3)", NULL, "param" },
  { NULL },
};

static const TnLayerExample zero_padding3d_examples[] = {
  { "padding=(1, 2, 3)", "(None, 8, 9, 10, 1)", "(None, 10, 13, 16, 1)", NULL },
  { "padding=((1, 2), 3)", "(None, 8, 9, 10, 1)", NULL, "param" },
  { NULL },
};

/* Puts around (@sign 1) or cuts off (-1) what the parameter says, axis by axis. */
static void
edges_lower (TnLower *lower, gint64 sign)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId tensor = tn_lower_input (lower, 0);
  TnImageAxes axes = size_image_axes (node, tn_lower_shape (lower, tensor)->rank);
  gint64 amounts[6] = { 0 };

  tn_node_pairs (node, SIZE_AMOUNT, amounts);
  for (int i = 0; i < size_axes (node); i++)
    {
      TnOpSettings settings = { .axis = axes.spatial + i,
                                .pad_before = { sign * amounts[2 * i] },
                                .pad_after = { sign * amounts[2 * i + 1] } };

      if (amounts[2 * i] != 0 || amounts[2 * i + 1] != 0)
        tensor = tn_lower_call (lower, &tn_op_pad, &settings, &tensor, 1);
    }
  tn_lower_output (lower, tensor);
}

static void
crop_lower (TnLower *lower)
{
  edges_lower (lower, -1);
}

static void
pad_lower (TnLower *lower)
{
  edges_lower (lower, 1);
}

/* ---- UpSampling ---- */

static void
up_sampling_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  int n = size_axes (node);
  TnShape shape = tn_rule_input (rule, 0);
  TnImageAxes axes = size_image_axes (node, shape.rank);

  if (!tn_rule_expect_rank (rule, 0, n + 2))
    return;
  for (int i = 0; i < n; i++)
    {
      TnDim factor = tn_rule_param (rule, SIZE_AMOUNT, (guint)i);
      TnDim *dim = &shape.dims[axes.spatial + i];

      if (factor.size != 1)
        *dim = tn_rule_multiply (rule, *dim, factor);
    }
  tn_rule_output (rule, &shape);
}

static void
up_sampling_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId tensor = tn_lower_input (lower, 0);
  TnImageAxes axes = size_image_axes (node, tn_lower_shape (lower, tensor)->rank);
  gint64 factors[3] = { 1, 1, 1 };
  const char *interpolation = "nearest";

  if (tn_node_schema (node)->params[SIZE_AMOUNT].kind == TN_PARAM_INT)
    factors[0] = tn_node_int (node, SIZE_AMOUNT);
  else
    tn_node_ints (node, SIZE_AMOUNT, factors);
  if (tn_node_schema (node)->n_params > SIZE_INTERPOLATION)
    interpolation = tn_node_string (node, SIZE_INTERPOLATION);
  for (int i = 0; i < size_axes (node); i++)
    {
      int axis = axes.spatial + i;
      gint64 size = tn_lower_shape (lower, tensor)->dims[axis].size;

      tensor
          = strcmp (interpolation, "nearest") == 0
                ? tn_lower_repeat (lower, tensor, axis, factors[i])
                : tn_lower_resample (lower, tensor, axis, size * factors[i], interpolation, FALSE);
    }
  tn_lower_output (lower, tensor);
}

#define HELP_SIZE                                                                                  \
  N_ ("How many times larger the output is along each axis; every number is repeated as often.")
#define PARAM_SIZE(n)                                                                              \
  {                                                                                                \
    .name = "size", .label = N_ ("Factor"), .kind = TN_PARAM_INTS, .length = n, .minimum = 1,      \
    .fallback = TN_DEFAULT_INT (2), .help = HELP_SIZE                                              \
  }

static const char *const interpolations[]
    = { "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", NULL };

static const TnParam up_sampling1d_params[] = {
  { .name = "size",
    .label = N_ ("Factor"),
    .kind = TN_PARAM_INT,
    .minimum = 1,
    .fallback = TN_DEFAULT_INT (2),
    .help = N_ ("How many times each step is repeated.") },
};
static const TnParam up_sampling2d_params[] = {
  PARAM_SIZE (2),
  TN_PARAM_DATA_FORMAT,
  { .name = "interpolation",
    .label = N_ ("Interpolation"),
    .kind = TN_PARAM_CHOICE,
    .choices = interpolations,
    .fallback = TN_DEFAULT_STRING ("nearest"),
    .help = N_ ("How the pixels in between are made: nearest repeats, the others blend.") },
};
static const TnParam up_sampling3d_params[] = { PARAM_SIZE (3), TN_PARAM_DATA_FORMAT };

static const TnLayerExample up_sampling1d_examples[] = {
  { "", "(None, 10, 3)", "(None, 20, 3)", NULL },
  { "size=4", "(2, None, 3)", "(2, None, 3)", NULL },
  { "size=0", "(None, 10, 3)", NULL, "param" },
  { "", "(None, 10)", NULL, "rank" },
  { NULL },
};

static const TnLayerExample up_sampling2d_examples[] = {
  { "", "(None, 7, None, 64)", "(None, 14, None, 64)", NULL },
  { "size=(2, 3), data_format=channels_first", "(None, 3, 10, 10)", "(None, 3, 20, 30)", NULL },
  { "interpolation=bilinear", "(None, 7, 7, 64)", "(None, 14, 14, 64)", NULL },
  { "size=9223372036854775807", "(None, 7, 7, 64)", NULL, "overflow" },
  { "interpolation=foo", "(None, 7, 7, 64)", NULL, "param" },
  { NULL },
};

static const TnLayerExample up_sampling3d_examples[] = {
  { "", "(None, 5, 6, 7, 2)", "(None, 10, 12, 14, 2)", NULL },
  { "size=(2, 3, 1)", "(None, 6, 6, 2)", NULL, "rank" },
  { NULL },
};

/* ---- the nine ---- */

/* clang-format off */
#define SIZE_LAYER(id, name, snake, title, about, words, icon_name, rule, lowering, can_run)         \
  static const TnLayer layer_##id = {                                                              \
    .schema = { .type = name, .auto_name = snake, .params = id##_params,                           \
                .n_params = G_N_ELEMENTS (id##_params), .min_inputs = 1, .max_inputs = 1,          \
                .n_outputs = 1, .keras = TRUE },                                                   \
    .family = TN_FAMILY_RESHAPING, .label = title, .summary = about, .keywords = words,            \
    .icon = icon_name, .shapes = rule, .lower = lowering, .runs = can_run,                         \
    .brief = size_brief, .examples = id##_examples,                                                \
  }

SIZE_LAYER (cropping1d, "Cropping1D", "cropping1d", N_ ("1D cropping"),
            N_ ("Takes steps off the beginning and the end of a sequence."),
            N_ ("crop trim cut sequence"), "tenon-layer-reshape-symbolic",
            crop_shapes, crop_lower, NULL);
SIZE_LAYER (cropping2d, "Cropping2D", "cropping2d", N_ ("2D cropping"),
            N_ ("Takes rows and columns off the edges of an image."),
            N_ ("crop trim cut image border unet"), "tenon-layer-reshape-symbolic",
            crop_shapes, crop_lower, NULL);
SIZE_LAYER (cropping3d, "Cropping3D", "cropping3d", N_ ("3D cropping"),
            N_ ("Takes layers off all sides of a volume."),
            N_ ("crop trim cut volume video"), "tenon-layer-reshape-symbolic",
            crop_shapes, crop_lower, NULL);
SIZE_LAYER (zero_padding1d, "ZeroPadding1D", "zero_padding1d", N_ ("1D zero padding"),
            N_ ("Puts zeros before the beginning and behind the end of a sequence."),
            N_ ("pad zeros sequence border"), "tenon-layer-reshape-symbolic",
            pad_shapes, pad_lower, NULL);
SIZE_LAYER (zero_padding2d, "ZeroPadding2D", "zero_padding2d", N_ ("2D zero padding"),
            N_ ("Puts a border of zeros around an image."),
            N_ ("pad zeros image border resnet"), "tenon-layer-reshape-symbolic",
            pad_shapes, pad_lower, NULL);
SIZE_LAYER (zero_padding3d, "ZeroPadding3D", "zero_padding3d", N_ ("3D zero padding"),
            N_ ("Puts a border of zeros around a volume."),
            N_ ("pad zeros volume border video"), "tenon-layer-reshape-symbolic",
            pad_shapes, pad_lower, NULL);
SIZE_LAYER (up_sampling1d, "UpSampling1D", "up_sampling1d", N_ ("1D upsampling"),
            N_ ("Makes a sequence longer by repeating each of its steps."),
            N_ ("upsample upscale enlarge repeat sequence decoder"), "tenon-layer-reshape-symbolic",
            up_sampling_shapes, up_sampling_lower, NULL);
SIZE_LAYER (up_sampling2d, "UpSampling2D", "up_sampling2d", N_ ("2D upsampling"),
            N_ ("Makes an image larger by repeating or blending its pixels."),
            N_ ("upsample upscale enlarge resize repeat image decoder unet"), "tenon-layer-reshape-symbolic",
            up_sampling_shapes, up_sampling_lower, NULL);
SIZE_LAYER (up_sampling3d, "UpSampling3D", "up_sampling3d", N_ ("3D upsampling"),
            N_ ("Makes a volume larger by repeating its cells."),
            N_ ("upsample upscale enlarge repeat volume video decoder"), "tenon-layer-reshape-symbolic",
            up_sampling_shapes, up_sampling_lower, NULL);
/* clang-format on */

const TnLayer *const tn_layers_reshaping_sizes[] = { &layer_cropping1d,     &layer_cropping2d,
                                                     &layer_cropping3d,     &layer_zero_padding1d,
                                                     &layer_zero_padding2d, &layer_zero_padding3d,
                                                     &layer_up_sampling1d,  &layer_up_sampling2d,
                                                     &layer_up_sampling3d,  NULL };
