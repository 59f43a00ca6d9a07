/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preprocessing layers that change images at random in training and hand them on otherwise. */
#include "layers/tn-lowerings.h"
#include "layers/tn-window.h"

static const char *const flip_modes[]
    = { "horizontal_and_vertical", "horizontal", "vertical", NULL };
static const char *const fill_modes[] = { "reflect", "wrap", "constant", "nearest", NULL };
static const char *const interpolations[] = { "bilinear", "nearest", NULL };

/* clang-format off */
#define PARAM_SEED \
  { .name = "seed", .label = N_ ("Seed"), .kind = TN_PARAM_INT, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED, \
    .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("Starting point of the random numbers; the same seed gives the same again.") }

#define PARAM_FACTOR(param, text, more, least, suggested, about) \
  { .name = param, .label = text, .kind = TN_PARAM_NUMBERS, .flags = more, .length = 2, \
    .minimum = least, .maximum = 1, .suggestion = suggested, .fallback = TN_DEFAULT_NONE, \
    .help = about }

#define PARAM_FILL_MODE \
  { .name = "fill_mode", .label = N_ ("Border"), .kind = TN_PARAM_CHOICE, \
    .flags = TN_PARAM_ADVANCED, .choices = fill_modes, .fallback = TN_DEFAULT_STRING ("reflect"), \
    .help = N_ ("What is put where the image has moved away.") }

#define PARAM_FILL_VALUE \
  { .name = "fill_value", .label = N_ ("Border value"), .kind = TN_PARAM_FLOAT, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_UNBOUNDED, .fallback = TN_DEFAULT_FLOAT (0), \
    .help = N_ ("The number that a constant border is filled with.") }

#define PARAM_INTERPOLATION \
  { .name = "interpolation", .label = N_ ("Interpolation"), .kind = TN_PARAM_CHOICE, \
    .flags = TN_PARAM_ADVANCED, .choices = interpolations, \
    .fallback = TN_DEFAULT_STRING ("bilinear"), \
    .help = N_ ("How the new pixels are made: nearest takes one over, bilinear blends.") }

#define PARAM_VALUE_RANGE \
  { .name = "value_range", .label = N_ ("Range of values"), .kind = TN_PARAM_NUMBERS, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_UNBOUNDED, .length = 2, \
    .fallback = { .kind = TN_VALUE_LIST, .string = "(0, 255)" }, \
    .help = N_ ("Least and largest number that a pixel can be, as in (0, 255).") }

#define PARAM_SIZE(param, text, about) \
  { .name = param, .label = text, .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED, .minimum = 1, \
    .suggestion = "224", .help = about }
/* clang-format on */

static const TnParam random_flip_params[] = {
  { .name = "mode",
    .label = N_ ("Direction"),
    .kind = TN_PARAM_CHOICE,
    .choices = flip_modes,
    .fallback = TN_DEFAULT_STRING ("horizontal_and_vertical"),
    .help = N_ ("Whether left and right may change places, or top and bottom, or both.") },
  PARAM_SEED,
  TN_PARAM_DATA_FORMAT,
};

static const TnParam random_rotation_params[] = {
  PARAM_FACTOR ("factor", N_ ("Most"), TN_PARAM_REQUIRED, -1, "0.1",
                N_ ("How far images are turned at most, as a share of a full turn; two numbers "
                    "are the limits of both directions.")),
  PARAM_FILL_MODE,
  PARAM_INTERPOLATION,
  PARAM_SEED,
  PARAM_FILL_VALUE,
  TN_PARAM_DATA_FORMAT,
};

static const TnParam random_zoom_params[] = {
  PARAM_FACTOR ("height_factor", N_ ("Most in height"), TN_PARAM_REQUIRED, -1, "0.2",
                N_ ("By what share images become higher or lower at most; two numbers are the "
                    "limits of both.")),
  PARAM_FACTOR ("width_factor", N_ ("Most in width"), TN_PARAM_OPTIONAL, -1, NULL,
                N_ ("The same for the width; None to keep the proportions.")),
  PARAM_FILL_MODE,
  PARAM_INTERPOLATION,
  PARAM_SEED,
  PARAM_FILL_VALUE,
  TN_PARAM_DATA_FORMAT,
};

static const TnParam random_translation_params[] = {
  PARAM_FACTOR ("height_factor", N_ ("Most in height"), TN_PARAM_REQUIRED, -1, "0.1",
                N_ ("By what share of its height an image moves up or down at most; two numbers "
                    "are the limits of both.")),
  PARAM_FACTOR ("width_factor", N_ ("Most in width"), TN_PARAM_REQUIRED, -1, "0.1",
                N_ ("By what share of its width an image moves left or right at most; two numbers "
                    "are the limits of both.")),
  PARAM_FILL_MODE,
  PARAM_INTERPOLATION,
  PARAM_SEED,
  PARAM_FILL_VALUE,
  TN_PARAM_DATA_FORMAT,
};

static const TnParam random_contrast_params[] = {
  PARAM_FACTOR ("factor", N_ ("Most"), TN_PARAM_REQUIRED, 0, "0.2",
                N_ ("By what share the contrast changes at most; two numbers are the limits of "
                    "less and more.")),
  PARAM_VALUE_RANGE,
  PARAM_SEED,
  TN_PARAM_DATA_FORMAT,
};

static const TnParam random_brightness_params[] = {
  PARAM_FACTOR ("factor", N_ ("Most"), TN_PARAM_REQUIRED, -1, "0.2",
                N_ ("By what share of the range the brightness changes at most; two numbers are "
                    "the limits of darker and brighter.")),
  PARAM_VALUE_RANGE,
  PARAM_SEED,
  TN_PARAM_DATA_FORMAT,
};

enum
{
  CROP_HEIGHT,
  CROP_WIDTH,
  CROP_SEED,
  CROP_DATA_FORMAT,
};

static const TnParam random_crop_params[] = {
  [CROP_HEIGHT] = PARAM_SIZE ("height", N_ ("Height"), N_ ("How many rows of pixels are kept.")),
  [CROP_WIDTH] = PARAM_SIZE ("width", N_ ("Width"), N_ ("How many columns of pixels are kept.")),
  [CROP_SEED] = PARAM_SEED,
  [CROP_DATA_FORMAT] = TN_PARAM_DATA_FORMAT,
};

/* Keras infers a shape for anything, but images are all it can work on: some of these layers look
 * in training alone, others whenever they run. */
static void
judge_image (TnRule *rule, gboolean always)
{
  TnShape shape = tn_rule_input (rule, 0);

  if (shape.rank != 3 && shape.rank != 4)
    {
      g_autofree char *got = tn_shape_to_text (&shape);

      if (always)
        tn_rule_cannot_run (rule, "rank", 0,
                            _ ("%s works on images (height, width, channels), one by one or in "
                               "batches, but %s arrives from %s: Keras infers a shape for it, but "
                               "cannot run it."),
                            tn_node_name (tn_rule_node (rule)), got, tn_rule_source (rule, 0));
      else
        tn_rule_issue (rule, TN_SEVERITY_WARNING, "rank", 0,
                       _ ("%s works on images (height, width, channels), one by one or in batches; "
                          "with %s from %s training would fail."),
                       tn_node_name (tn_rule_node (rule)), got, tn_rule_source (rule, 0));
    }
  tn_rule_output (rule, &shape);
}

static void
image_shapes (TnRule *rule)
{
  judge_image (rule, FALSE);
}

static void
pixel_shapes (TnRule *rule)
{
  judge_image (rule, TRUE);
}

static void
image_lower (TnLower *lower)
{
  tn_lower_output (lower, tn_lower_input (lower, 0));
}

static void
crop_shapes (TnRule *rule)
{
  tn_rule_image_size (rule, CROP_HEIGHT, CROP_WIDTH, CROP_DATA_FORMAT);
}

static char *
crop_brief (const TnNode *node)
{
  return tn_brief_image_size (node, CROP_HEIGHT, CROP_WIDTH);
}

static const TnLayerExample random_flip_examples[] = {
  { "mode=horizontal", "(None, 32, 32, 3)", "(None, 32, 32, 3)", NULL },
  { "mode=upwards", "(None, 32, 32, 3)", NULL, "param" },
  { "", "(None, 10)", NULL, "rank" },
  { NULL },
};
static const TnLayerExample random_rotation_examples[] = {
  { "factor=(-0.1, 0.1)", "(32, 32, 3)", "(32, 32, 3)", NULL },
  { "factor=2", "(32, 32, 3)", NULL, "param" },
  { "factor=(0.1, 0.2, 0.3)", "(32, 32, 3)", NULL, "param" },
  { NULL },
};
static const TnLayerExample random_zoom_examples[] = {
  { "height_factor=0.1", "(None, None, None, 3)", "(None, None, None, 3)", NULL },
  { "height_factor=None", "(None, 8, 8, 3)", NULL, "param" },
  { NULL },
};
static const TnLayerExample random_translation_examples[] = {
  { "height_factor=0.1, width_factor=(-0.2, 0.3)", "(None, 8, 8, 3)", "(None, 8, 8, 3)", NULL },
  { "height_factor=0.1", "(None, 8, 8, 3)", NULL, "param" },
  { NULL },
};
static const TnLayerExample random_contrast_examples[] = {
  { "factor=(0, 0.1)", "(None, 32, 32, 3)", "(None, 32, 32, 3)", NULL },
  { "factor=-0.1", "(None, 32, 32, 3)", NULL, "param" },
  { NULL },
};
static const TnLayerExample random_brightness_examples[] = {
  { "factor=-0.1, value_range=(0, 1)", "(None, 3, 32, 32)", "(None, 3, 32, 32)", NULL },
  { "factor=0.1, value_range=(1,)", "(32, 32, 3)", NULL, "param" },
  { NULL },
};
static const TnLayerExample random_crop_examples[] = {
  { "height=8, width=6", "(None, 32, 32, 3)", "(None, 8, 6, 3)", NULL },
  { "height=8, width=6, data_format=channels_first", "(3, 32, 32)", "(3, 8, 6)", NULL },
  { "height=8, width=8", "(None, 10)", NULL, "rank" },
  { NULL },
};

/* clang-format off */
#define RANDOM_LAYER(id, name, title, about, words, rule, lowering, line) \
  static const TnLayer layer_##id = { \
    .schema = { .type = name, .auto_name = #id, .params = id##_params, \
                .n_params = G_N_ELEMENTS (id##_params), .min_inputs = 1, .max_inputs = 1, \
                .n_outputs = 1, .keras = TRUE }, \
    .family = TN_FAMILY_PREPROCESSING, .label = title, .summary = about, .keywords = words, \
    .icon = "tenon-layer-input-symbolic", .shapes = rule, .lower = lowering, .brief = line, \
    .examples = id##_examples, \
  }

RANDOM_LAYER (random_flip, "RandomFlip", N_ ("Random flip"),
              N_ ("Mirrors images at random in training."),
              N_ ("augmentation mirror image horizontal vertical"), image_shapes, image_lower,
              NULL);
RANDOM_LAYER (random_rotation, "RandomRotation", N_ ("Random rotation"),
              N_ ("Turns images by a random angle in training."),
              N_ ("augmentation rotate turn image angle"), image_shapes, image_lower, NULL);
RANDOM_LAYER (random_zoom, "RandomZoom", N_ ("Random zoom"),
              N_ ("Makes what images show larger or smaller at random in training."),
              N_ ("augmentation scale image"), image_shapes, image_lower, NULL);
RANDOM_LAYER (random_translation, "RandomTranslation", N_ ("Random translation"),
              N_ ("Moves images by a random distance in training."),
              N_ ("augmentation shift move image"), image_shapes, image_lower, NULL);
RANDOM_LAYER (random_crop, "RandomCrop", N_ ("Random crop"),
              N_ ("Cuts a piece of fixed size out of images, at a random place in training."),
              N_ ("augmentation crop image piece"), crop_shapes, tn_random_crop_lower,
              crop_brief);
RANDOM_LAYER (random_contrast, "RandomContrast", N_ ("Random contrast"),
              N_ ("Changes the contrast of images at random in training."),
              N_ ("augmentation color image"), pixel_shapes, image_lower, NULL);
RANDOM_LAYER (random_brightness, "RandomBrightness", N_ ("Random brightness"),
              N_ ("Makes images darker or brighter at random in training."),
              N_ ("augmentation light color image"), pixel_shapes, image_lower, NULL);
/* clang-format on */

const TnLayer *const tn_layers_preprocessing_random[] = {
  &layer_random_flip,     &layer_random_rotation,   &layer_random_zoom,        &layer_random_crop,
  &layer_random_contrast, &layer_random_brightness, &layer_random_translation, NULL
};
