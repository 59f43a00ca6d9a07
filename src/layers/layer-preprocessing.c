/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preprocessing layers: scaling numbers, encoding categories, resizing and cropping images. */
#include <string.h>

#include "layers/tn-lowerings.h"
#include "layers/tn-window.h"

/* ---- Rescaling ---- */

enum
{
  RESCALING_SCALE,
  RESCALING_OFFSET,
  RESCALING_N_PARAMS,
};

static const TnParam rescaling_params[RESCALING_N_PARAMS] = {
  [RESCALING_SCALE] = { .name = "scale",
                        .label = N_ ("Scale"),
                        .kind = TN_PARAM_NUMBERS,
                        .flags = TN_PARAM_REQUIRED | TN_PARAM_UNBOUNDED,
                        .suggestion = "0.00392156862745098",
                        .help = N_ ("What every number is multiplied by: 1/255 brings pixels to 0 "
                                    "… 1. A list has one for each channel.") },
  [RESCALING_OFFSET] = { .name = "offset",
                         .label = N_ ("Offset"),
                         .kind = TN_PARAM_NUMBERS,
                         .flags = TN_PARAM_UNBOUNDED,
                         .fallback = TN_DEFAULT_FLOAT (0),
                         .help = N_ ("What is added afterwards. A list has one for each "
                                     "channel.") },
};

static void
same_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);

  tn_rule_output (rule, &shape);
}

static const TnLayerExample rescaling_examples[] = {
  { "scale=0.5, offset=-1", "(None, None, None, 3)", "(None, None, None, 3)", NULL },
  { "scale=(1, 2, 3)", "(None, 8, 8, 3)", "(None, 8, 8, 3)", NULL },
  { "scale=much", "(None, 8, 8, 3)", NULL, "param" },
  { NULL },
};

/* ---- Normalization ---- */

enum
{
  NORMALIZATION_AXIS,
  NORMALIZATION_MEAN,
  NORMALIZATION_VARIANCE,
  NORMALIZATION_INVERT,
  NORMALIZATION_N_PARAMS,
};

static const TnParam normalization_params[NORMALIZATION_N_PARAMS] = {
  [NORMALIZATION_AXIS] = { .name = "axis",
                           .label = N_ ("Axis"),
                           .kind = TN_PARAM_AXES,
                           .flags = TN_PARAM_OPTIONAL | TN_PARAM_EMPTY,
                           .fallback = TN_DEFAULT_INT (-1),
                           .help = N_ ("The axes whose entries have a mean and a variance each of "
                                       "their own; None for one of all numbers together.") },
  [NORMALIZATION_MEAN] = { .name = "mean",
                           .label = N_ ("Mean"),
                           .kind = TN_PARAM_NUMBERS,
                           .flags = TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED,
                           .fallback = TN_DEFAULT_NONE,
                           .help = N_ ("What is taken off every number; None to measure it on "
                                       "data before training.") },
  [NORMALIZATION_VARIANCE]
  = { .name = "variance",
      .label = N_ ("Variance"),
      .kind = TN_PARAM_NUMBERS,
      .flags = TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED,
      .fallback = TN_DEFAULT_NONE,
      .help = N_ ("By whose square root every number is divided; given together with the mean or "
                  "not at all.") },
  [NORMALIZATION_INVERT] = { .name = "invert",
                             .label = N_ ("Invert"),
                             .kind = TN_PARAM_BOOL,
                             .fallback = TN_DEFAULT_BOOL (FALSE),
                             .help = N_ ("Turns normalized numbers back into what they were.") },
};

static gboolean
normalization_check (const TnNode *node, TnReport *report)
{
  gboolean mean = !tn_node_is_none (node, NORMALIZATION_MEAN);
  TnIssue *issue;

  if (mean == !tn_node_is_none (node, NORMALIZATION_VARIANCE))
    return TRUE;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s needs mean and variance together, or neither to measure both."),
                         tn_node_name (node));
  if (issue != NULL)
    issue->param = mean ? "variance" : "mean";
  return FALSE;
}

/* Raises "axis" for an axis that is not there or named twice, "unknown-dim" for one whose size is
 * open. @kept gets a bit for each. */
static gboolean
normalization_axes (TnRule *rule, guint *kept)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0);
  gint64 given[TN_MAX_RANK];
  guint n = 0;
  gboolean good = tn_node_is_none (node, NORMALIZATION_AXIS)
                  || tn_node_axes (node, NORMALIZATION_AXIS, given, &n);
  g_autofree char *got = tn_shape_to_text (&input);
  TnIssue *issue;

  *kept = 0;
  for (guint i = 0; good && i < n; i++)
    {
      int axis = tn_shape_axis (&input, given[i]);

      good = axis >= 0 && (*kept & 1u << axis) == 0;
      if (good)
        *kept |= 1u << axis;
    }
  if (!good)
    {
      g_autoptr (TnValue) value = tn_node_value (node, NORMALIZATION_AXIS);
      g_autofree char *text = tn_value_to_text (value);

      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                             _ ("%s works along axis %s, but %s from %s has %d axes, "
                                "each of which can be named once."),
                             tn_node_name (node), text, got, tn_rule_source (rule, 0), input.rank);
      if (issue != NULL)
        issue->param = "axis";
      return FALSE;
    }
  for (int axis = 0; axis < input.rank; axis++)
    if ((*kept & 1u << axis) != 0 && !tn_dim_is_known (input.dims[axis]))
      {
        issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                               _ ("%s keeps statistics for every entry of axis %d, so its size "
                                  "must be known, but in %s from %s it is open."),
                               tn_node_name (node), axis, got, tn_rule_source (rule, 0));
        if (issue != NULL)
          issue->axis = axis - input.rank;
        return FALSE;
      }
  return TRUE;
}

static void
normalization_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0), one = { .rank = 0 }, each = { .rank = 0 };
  guint kept;

  if (normalization_axes (rule, &kept) && tn_node_is_none (tn_rule_node (rule), NORMALIZATION_MEAN))
    {
      for (int axis = 0; axis < input.rank; axis++)
        if ((kept & 1u << axis) != 0)
          each.dims[each.rank++] = input.dims[axis];
      tn_rule_weight (rule, "mean", &each, FALSE, -1, 0);
      tn_rule_weight (rule, "variance", &each, FALSE, -1, 1);
      tn_rule_weight (rule, "count", &one, FALSE, -1, 0);
    }
  tn_rule_output (rule, &input);
}

static const TnLayerExample normalization_examples[] = {
  { "", "(None, 4, 3)", "(None, 4, 3)", NULL },
  { "mean=(1, 2, 3), variance=(1, 2, 3)", "(None, 3)", "(None, 3)", NULL },
  { "axis=None", "(None, None)", "(None, None)", NULL },
  { "mean=1", "(None, 3)", NULL, "param" },
  { "axis=(9,)", "(None, 3)", NULL, "axis" },
  { "", "(None, None)", NULL, "unknown-dim" },
  { NULL },
};

/* ---- CategoryEncoding ---- */

enum
{
  CATEGORY_NUM_TOKENS,
  CATEGORY_OUTPUT_MODE,
  CATEGORY_SPARSE,
  CATEGORY_N_PARAMS,
};

static const char *const output_modes[] = { "multi_hot", "one_hot", "count", NULL };

static const TnParam category_encoding_params[CATEGORY_N_PARAMS] = {
  [CATEGORY_NUM_TOKENS] = { .name = "num_tokens",
                            .label = N_ ("Categories"),
                            .kind = TN_PARAM_INT,
                            .flags = TN_PARAM_REQUIRED,
                            .minimum = 1,
                            .suggestion = "10",
                            .help = N_ ("How many different whole numbers can arrive; the largest "
                                        "is one less.") },
  [CATEGORY_OUTPUT_MODE]
  = { .name = "output_mode",
      .label = N_ ("Encoding"),
      .kind = TN_PARAM_CHOICE,
      .choices = output_modes,
      .fallback = TN_DEFAULT_STRING ("multi_hot"),
      .help = N_ ("one_hot gives each number a row of its own, multi_hot marks in one row which "
                  "numbers came, count says how often.") },
  [CATEGORY_SPARSE] = { .name = "sparse",
                        .label = N_ ("Sparse"),
                        .kind = TN_PARAM_BOOL,
                        .flags = TN_PARAM_ADVANCED,
                        .fallback = TN_DEFAULT_BOOL (FALSE),
                        .help = N_ ("Whether the result is kept as a sparse tensor, which stores "
                                    "only what is not zero.") },
};

/* What becomes of whole numbers that are encoded as @output_mode says, out of @categories. */
static void
put_out_encoded (TnRule *rule, const char *output_mode, TnDim categories)
{
  TnShape shape = tn_rule_input (rule, 0);

  /* A last axis of size 1 gives way to the encoding. */
  if (strcmp (output_mode, "one_hot") == 0
      && (shape.rank < 2 || shape.dims[shape.rank - 1].size != 1))
    {
      if (shape.rank == TN_MAX_RANK)
        {
          tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", 0,
                         _ ("%s would put out more axes than the %d that Tenon works with."),
                         tn_node_name (tn_rule_node (rule)), TN_MAX_RANK);
          return;
        }
      shape.rank++;
    }
  shape.dims[MAX (shape.rank, 1) - 1] = categories;
  shape.rank = MAX (shape.rank, 1);
  tn_rule_output (rule, &shape);
}

static void
category_encoding_shapes (TnRule *rule)
{
  put_out_encoded (rule, tn_node_string (tn_rule_node (rule), CATEGORY_OUTPUT_MODE),
                   tn_rule_param (rule, CATEGORY_NUM_TOKENS, 0));
}

static const TnLayerExample category_encoding_examples[] = {
  { "num_tokens=5, output_mode=one_hot", "(None, 1)", "(None, 5)", NULL },
  { "num_tokens=5, output_mode=one_hot", "(None, 4)", "(None, 4, 5)", NULL },
  { "num_tokens=5", "(None, None)", "(None, 5)", NULL },
  { "num_tokens=0", "(None, 4)", NULL, "param" },
  { "num_tokens=4, output_mode=x", "(None, 4)", NULL, "param" },
  { NULL },
};

/* ---- Discretization ---- */

enum
{
  DISCRETIZATION_BIN_BOUNDARIES,
  DISCRETIZATION_NUM_BINS,
  DISCRETIZATION_EPSILON,
  DISCRETIZATION_OUTPUT_MODE,
  DISCRETIZATION_SPARSE,
  DISCRETIZATION_N_PARAMS,
};

static const char *const bin_modes[] = { "int", "one_hot", "multi_hot", "count", NULL };

static const TnParam discretization_params[DISCRETIZATION_N_PARAMS] = {
  [DISCRETIZATION_BIN_BOUNDARIES]
  = { .name = "bin_boundaries",
      .label = N_ ("Boundaries"),
      .kind = TN_PARAM_NUMBERS,
      .flags = TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED,
      .fallback = TN_DEFAULT_NONE,
      .suggestion = "(0, 1, 2)",
      .help = N_ ("Where one bin ends and the next begins, as in (0, 1, 2) for four bins; the "
                  "first and last reach without end.") },
  [DISCRETIZATION_NUM_BINS] = { .name = "num_bins",
                                .label = N_ ("Bins"),
                                .kind = TN_PARAM_INT,
                                .flags = TN_PARAM_OPTIONAL,
                                .minimum = 1,
                                .fallback = TN_DEFAULT_NONE,
                                .help = N_ ("How many bins are to be found from data (adapt), in "
                                            "place of given boundaries.") },
  [DISCRETIZATION_EPSILON] = { .name = "epsilon",
                               .label = N_ ("Tolerance"),
                               .kind = TN_PARAM_FLOAT,
                               .flags = TN_PARAM_ADVANCED | TN_PARAM_UNBOUNDED,
                               .fallback = TN_DEFAULT_FLOAT (0.01),
                               .help = N_ ("How unequal the bins found from data may be; larger "
                                           "is faster.") },
  [DISCRETIZATION_OUTPUT_MODE]
  = { .name = "output_mode",
      .label = N_ ("Encoding"),
      .kind = TN_PARAM_CHOICE,
      .choices = bin_modes,
      .fallback = TN_DEFAULT_STRING ("int"),
      .help = N_ ("int gives the number of the bin, one_hot a row for it, multi_hot marks in one "
                  "row which bins came, count says how often.") },
  [DISCRETIZATION_SPARSE] = { .name = "sparse",
                              .label = N_ ("Sparse"),
                              .kind = TN_PARAM_BOOL,
                              .flags = TN_PARAM_ADVANCED,
                              .fallback = TN_DEFAULT_BOOL (FALSE),
                              .help = N_ ("Whether the result is kept as a sparse tensor, which "
                                          "stores only what is not zero.") },
};

/* A saved layer that was adapted has both boundaries and number of bins. */
static gboolean
discretization_check (const TnNode *node, TnReport *report)
{
  gboolean whole = strcmp (tn_node_string (node, DISCRETIZATION_OUTPUT_MODE), "int") == 0;
  TnIssue *issue = NULL;

  if (tn_node_is_none (node, DISCRETIZATION_BIN_BOUNDARIES)
      && tn_node_is_none (node, DISCRETIZATION_NUM_BINS))
    {
      issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                             _ ("%s needs bin_boundaries, or num_bins to find them from data."),
                             tn_node_name (node));
      if (issue != NULL)
        issue->param = "bin_boundaries";
      return FALSE;
    }
  if (!whole || !tn_node_bool (node, DISCRETIZATION_SPARSE))
    return TRUE;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s cannot be sparse while output_mode is int, where no number is "
                            "left out; choose another output_mode."),
                         tn_node_name (node));
  if (issue != NULL)
    issue->param = "sparse";
  return FALSE;
}

static void
discretization_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  const char *output_mode = tn_node_string (node, DISCRETIZATION_OUTPUT_MODE);
  g_autoptr (TnValue) boundaries = tn_node_value (node, DISCRETIZATION_BIN_BOUNDARIES);
  TnShape shape = tn_rule_input (rule, 0);
  TnDim bins;

  if (strcmp (output_mode, "int") == 0)
    {
      tn_rule_output (rule, &shape);
      return;
    }
  if (boundaries == NULL || tn_value_is_none (boundaries))
    bins = tn_rule_param (rule, DISCRETIZATION_NUM_BINS, 0);
  else
    bins = tn_dim (
        tn_value_kind (boundaries) == TN_VALUE_LIST ? (gint64)tn_value_size (boundaries) + 1 : 2);
  put_out_encoded (rule, output_mode, bins);
}

static const TnLayerExample discretization_examples[] = {
  { "bin_boundaries=(0, 1, 2)", "(None, 4)", "(None, 4)", NULL },
  { "bin_boundaries=(0, 1, 2), output_mode=one_hot", "(None, 1)", "(None, 4)", NULL },
  { "bin_boundaries=None, num_bins=5, output_mode=multi_hot", "(None, 3)", "(None, 5)", NULL },
  { "bin_boundaries=None", "(None, 4)", NULL, "param" },
  { "bin_boundaries=(0, 1), output_mode=all", "(None, 4)", NULL, "param" },
  { NULL },
};

/* ---- Resizing, CenterCrop ---- */

/* The parameters that layers with a size of their own begin with. */
enum
{
  SIZED_HEIGHT,
  SIZED_WIDTH,
  SIZED_DATA_FORMAT,
  RESIZING_INTERPOLATION,
  RESIZING_CROP,
  RESIZING_PAD,
  RESIZING_FILL_MODE,
  RESIZING_FILL_VALUE,
  RESIZING_ANTIALIAS,
  RESIZING_N_PARAMS,
};

#define PARAM_HEIGHT                                                                               \
  {                                                                                                \
    .name = "height", .label = N_ ("Height"), .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED,    \
    .minimum = 1, .suggestion = "224", .help = N_ ("How many rows of pixels come out.")            \
  }
#define PARAM_WIDTH                                                                                \
  {                                                                                                \
    .name = "width", .label = N_ ("Width"), .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED,      \
    .minimum = 1, .suggestion = "224", .help = N_ ("How many columns of pixels come out.")         \
  }

static const char *const interpolations[]
    = { "bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", NULL };
static const char *const constant_fill[] = { "constant", NULL };

static const TnParam resizing_params[RESIZING_N_PARAMS] = {
  [SIZED_HEIGHT] = PARAM_HEIGHT,
  [SIZED_WIDTH] = PARAM_WIDTH,
  [SIZED_DATA_FORMAT] = TN_PARAM_DATA_FORMAT,
  [RESIZING_INTERPOLATION]
  = { .name = "interpolation",
      .label = N_ ("Interpolation"),
      .kind = TN_PARAM_CHOICE,
      .choices = interpolations,
      .fallback = TN_DEFAULT_STRING ("bilinear"),
      .help = N_ ("How the new pixels are made: nearest takes one over, the others blend.") },
  [RESIZING_CROP]
  = { .name = "crop_to_aspect_ratio",
      .label = N_ ("Crop to proportions"),
      .kind = TN_PARAM_BOOL,
      .fallback = TN_DEFAULT_BOOL (FALSE),
      .help = N_ ("Cuts off what does not go with the new proportions instead of distorting.") },
  [RESIZING_PAD]
  = { .name = "pad_to_aspect_ratio",
      .label = N_ ("Pad to proportions"),
      .kind = TN_PARAM_BOOL,
      .fallback = TN_DEFAULT_BOOL (FALSE),
      .help = N_ ("Adds a border where the proportions differ instead of distorting.") },
  [RESIZING_FILL_MODE] = { .name = "fill_mode",
                           .label = N_ ("Border"),
                           .kind = TN_PARAM_CHOICE,
                           .flags = TN_PARAM_ADVANCED,
                           .choices = constant_fill,
                           .fallback = TN_DEFAULT_STRING ("constant"),
                           .help = N_ ("What a border is made of; Keras knows one colour only.") },
  [RESIZING_FILL_VALUE] = { .name = "fill_value",
                            .label = N_ ("Border value"),
                            .kind = TN_PARAM_FLOAT,
                            .flags = TN_PARAM_ADVANCED | TN_PARAM_UNBOUNDED,
                            .fallback = TN_DEFAULT_FLOAT (0),
                            .help = N_ ("The number that a border is filled with.") },
  [RESIZING_ANTIALIAS] = { .name = "antialias",
                           .label = N_ ("Antialias"),
                           .kind = TN_PARAM_BOOL,
                           .flags = TN_PARAM_ADVANCED,
                           .fallback = TN_DEFAULT_BOOL (FALSE),
                           .help = N_ ("Smooths the image before it is made smaller.") },
};

static const TnParam center_crop_params[] = { PARAM_HEIGHT, PARAM_WIDTH, TN_PARAM_DATA_FORMAT };

static void
sized_shapes (TnRule *rule)
{
  tn_rule_image_size (rule, SIZED_HEIGHT, SIZED_WIDTH, SIZED_DATA_FORMAT);
}

static char *
sized_brief (const TnNode *node)
{
  return tn_brief_image_size (node, SIZED_HEIGHT, SIZED_WIDTH);
}

static const TnLayerExample resizing_examples[] = {
  { "height=64, width=48", "(None, None, None, 3)", "(None, 64, 48, 3)", NULL },
  { "height=16, width=24", "(32, 32, 3)", "(16, 24, 3)", NULL },
  { "height=16, width=24, data_format=channels_first", "(None, 3, 8, 8)", "(None, 3, 16, 24)",
    NULL },
  { "height=16, width=24", "(None, 10)", NULL, "rank" },
  { NULL },
};

static const TnLayerExample center_crop_examples[] = {
  { "height=16, width=24", "(None, 32, 32, 3)", "(None, 16, 24, 3)", NULL },
  { "height=8, width=8, data_format=channels_first", "(32, 32, 3)", "(32, 8, 8)", NULL },
  { "height=8, width=8", "(None, 10)", NULL, "rank" },
  { NULL },
};

/* ---- all of them ---- */

/* clang-format off */
#define PREPROCESSING_LAYER(id, name, title, about, words, checks, rule, lowering, can_run, line, goes_on) \
  static const TnLayer layer_##id = { \
    .schema = { .type = name, .auto_name = #id, .params = id##_params, \
                .n_params = G_N_ELEMENTS (id##_params), .min_inputs = 1, .max_inputs = 1, \
                .n_outputs = 1, .keras = TRUE }, \
    .family = TN_FAMILY_PREPROCESSING, .label = title, .summary = about, .keywords = words, \
    .icon = "tenon-layer-input-symbolic", .check = checks, .shapes = rule, .lower = lowering, \
    .runs = can_run, .masks = goes_on, .brief = line, .examples = id##_examples, \
  }

PREPROCESSING_LAYER (rescaling, "Rescaling", N_ ("Rescaling"),
                     N_ ("Multiplies every number and adds to it, as in bringing pixels to 0 … 1."),
                     N_ ("scale offset pixels divide 255 normalize"), NULL, same_shapes,
                     tn_rescaling_lower, NULL, NULL, TN_MASKS_PASS);
PREPROCESSING_LAYER (normalization, "Normalization", N_ ("Normalization"),
                     N_ ("Brings features to mean 0 and variance 1 by what was measured on data."),
                     N_ ("standardize mean variance features adapt"), normalization_check,
                     normalization_shapes, tn_normalization_lower, NULL, NULL, TN_MASKS_PASS);
PREPROCESSING_LAYER (resizing, "Resizing", N_ ("Resizing"),
                     N_ ("Makes images of any size into images of one size."),
                     N_ ("resize scale image height width"), NULL, sized_shapes, tn_resizing_lower,
                     NULL, sized_brief, TN_MASKS_END);
PREPROCESSING_LAYER (center_crop, "CenterCrop", N_ ("Center crop"),
                     N_ ("Cuts the middle out of an image."),
                     N_ ("crop image middle height width"), NULL, sized_shapes, tn_center_crop_lower,
                     NULL, sized_brief, TN_MASKS_END);
PREPROCESSING_LAYER (category_encoding, "CategoryEncoding", N_ ("Category encoding"),
                     N_ ("Turns whole numbers that stand for categories into rows of 0 and 1."),
                     N_ ("one hot multi encode labels categories"), NULL, category_encoding_shapes,
                     tn_category_encoding_lower, NULL, NULL, TN_MASKS_END);
PREPROCESSING_LAYER (discretization, "Discretization", N_ ("Discretization"),
                     N_ ("Puts numbers into bins by given boundaries, and tells which bin."),
                     N_ ("bins buckets quantize histogram ranges"), discretization_check,
                     discretization_shapes, tn_discretization_lower, tn_discretization_runs, NULL,
                     TN_MASKS_END);
/* clang-format on */

const TnLayer *const tn_layers_preprocessing[] = { &layer_rescaling,
                                                   &layer_normalization,
                                                   &layer_resizing,
                                                   &layer_center_crop,
                                                   &layer_category_encoding,
                                                   &layer_discretization,
                                                   NULL };
