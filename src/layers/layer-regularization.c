/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regularization layers: dropouts, noise, penalties. All of them leave what arrives as it is unless
 * the model is trained. */
#include "layers/tn-window.h"

/* clang-format off */
#define PARAM_RATE \
  { .name = "rate", .label = N_ ("Rate"), .kind = TN_PARAM_FLOAT, .flags = TN_PARAM_REQUIRED, \
    .minimum = 0, .maximum = 1, .suggestion = "0.5", \
    .help = N_ ("Share of the numbers that are set to zero at each step of training; nothing is " \
                "dropped when the model is used.") }

#define PARAM_NOISE_SHAPE \
  { .name = "noise_shape", .label = N_ ("Noise shape"), .kind = TN_PARAM_DIMS, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL, .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("Shape of the pattern of zeros; a 1 in it drops along that whole axis at once.") }

#define PARAM_SEED \
  { .name = "seed", .label = N_ ("Seed"), .kind = TN_PARAM_INT, \
    .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED, \
    .fallback = TN_DEFAULT_NONE, \
    .help = N_ ("Starting point of the random numbers; the same seed drops the same numbers " \
                "again.") }

#define PARAM_PENALTY(param, text, about) \
  { .name = param, .label = text, .kind = TN_PARAM_FLOAT, .flags = TN_PARAM_UNBOUNDED, \
    .fallback = TN_DEFAULT_FLOAT (0), .help = about }
/* clang-format on */

static const TnParam dropout_params[] = { PARAM_RATE, PARAM_NOISE_SHAPE, PARAM_SEED };
static const TnParam rate_params[] = { PARAM_RATE, PARAM_SEED };
static const TnParam spatial_params[] = { PARAM_RATE, PARAM_SEED, TN_PARAM_DATA_FORMAT };
static const TnParam noise_params[] = {
  { .name = "stddev",
    .label = N_ ("Standard deviation"),
    .kind = TN_PARAM_FLOAT,
    .flags = TN_PARAM_REQUIRED,
    .minimum = 0,
    .maximum = 1,
    .suggestion = "0.1",
    .help = N_ ("How strong the noise is that training adds to every number.") },
  PARAM_SEED,
};
static const TnParam penalty_params[] = {
  PARAM_PENALTY ("l1", N_ ("L1 factor"),
                 N_ ("Weight of the sum of absolute values in the penalty.")),
  PARAM_PENALTY ("l2", N_ ("L2 factor"), N_ ("Weight of the sum of squares in the penalty.")),
};

static void
same_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);

  tn_rule_output (rule, &shape);
}

/* Whole channels are dropped, so the layer must know where they are. */
static void
spatial_shapes (TnRule *rule, int n_spatial)
{
  TnShape shape = tn_rule_input (rule, 0);

  if (tn_rule_expect_rank (rule, 0, n_spatial + 2))
    tn_rule_output (rule, &shape);
  else
    tn_rule_assume (rule, &shape);
}

static void
spatial1d_shapes (TnRule *rule)
{
  spatial_shapes (rule, 1);
}

static void
spatial2d_shapes (TnRule *rule)
{
  spatial_shapes (rule, 2);
}

static void
spatial3d_shapes (TnRule *rule)
{
  spatial_shapes (rule, 3);
}

static void
same_lower (TnLower *lower)
{
  tn_lower_output (lower, tn_lower_input (lower, 0));
}

static const TnLayerExample dropout_examples[] = {
  { "rate=0.5", "(None, 256)", "(None, 256)", NULL },
  { "rate=0, seed=3", "(None, 4, 5)", "(None, 4, 5)", NULL },
  { "rate=1.5", "(None, 4)", NULL, "param" },
  { NULL },
};
static const TnLayerExample noise_examples[] = {
  { "stddev=0.3", "(None, 4, 5)", "(None, 4, 5)", NULL },
  { "stddev='0.5'", "(None, 4)", NULL, "param" },
  { NULL },
};
static const TnLayerExample spatial1d_examples[] = {
  { "rate=0.5", "(None, 10, 16)", "(None, 10, 16)", NULL },
  { "rate=0.5", "(None, 16)", NULL, "rank" },
  { NULL },
};
static const TnLayerExample spatial2d_examples[] = {
  { "rate=0.5, data_format=channels_first", "(None, 3, 8, 8)", "(None, 3, 8, 8)", NULL },
  { "rate=0.5", "(None, 8, 3)", NULL, "rank" },
  { NULL },
};
static const TnLayerExample spatial3d_examples[] = {
  { "rate=0.5", "(None, 8, 8, 8, 3)", "(None, 8, 8, 8, 3)", NULL },
  { "rate=0.5", "(None, 8, 8, 3)", NULL, "rank" },
  { NULL },
};
static const TnLayerExample penalty_examples[] = {
  { "l1=0.01, l2=0.1", "(None, 4)", "(None, 4)", NULL },
  { "l1=None", "(None, 4)", NULL, "param" },
  { NULL },
};

/* Of Keras 2, whose spatial dropouts are Dropouts. */
static const TnKept regularization_kept[] = { { "noise_shape", "None" }, { NULL, NULL } };

/* clang-format off */
#define REGULARIZATION_LAYER(id, name, snake, table, title, about, words, rule, cases) \
  static const TnLayer layer_##id = { \
    .schema = { .type = name, .auto_name = snake, .params = table, \
                .n_params = G_N_ELEMENTS (table), .min_inputs = 1, .max_inputs = 1, \
                .n_outputs = 1, .keras = TRUE }, \
    .family = TN_FAMILY_REGULARIZATION, .label = title, .summary = about, .keywords = words, \
    .icon = "tenon-layer-dropout-symbolic", .shapes = rule, .lower = same_lower, \
    .masks = TN_MASKS_PASS, \
    .examples = cases, .kept = regularization_kept, \
  }

REGULARIZATION_LAYER (dropout, "Dropout", "dropout", dropout_params, N_ ("Dropout"),
                      N_ ("Sets a random part of the numbers to zero in training, against "
                          "overfitting."),
                      N_ ("regularize overfitting random noise"), same_shapes, dropout_examples);
REGULARIZATION_LAYER (alpha_dropout, "AlphaDropout", "alpha_dropout", dropout_params,
                      N_ ("Alpha dropout"),
                      N_ ("A dropout that keeps mean and variance, made for the activation selu."),
                      N_ ("regularize overfitting random selu"), same_shapes, dropout_examples);
REGULARIZATION_LAYER (gaussian_dropout, "GaussianDropout", "gaussian_dropout", rate_params,
                      N_ ("Gaussian dropout"),
                      N_ ("Multiplies by random numbers around 1 in training, against "
                          "overfitting."),
                      N_ ("regularize overfitting random noise normal"), same_shapes,
                      dropout_examples);
REGULARIZATION_LAYER (gaussian_noise, "GaussianNoise", "gaussian_noise", noise_params,
                      N_ ("Gaussian noise"),
                      N_ ("Adds random numbers around 0 in training, against overfitting."),
                      N_ ("regularize overfitting random normal augmentation"), same_shapes,
                      noise_examples);
REGULARIZATION_LAYER (spatial_dropout1d, "SpatialDropout1D", "spatial_dropout1d", rate_params,
                      N_ ("1D spatial dropout"),
                      N_ ("Drops whole channels of a sequence in training instead of single "
                          "numbers."),
                      N_ ("regularize overfitting random channels feature maps"),
                      spatial1d_shapes, spatial1d_examples);
REGULARIZATION_LAYER (spatial_dropout2d, "SpatialDropout2D", "spatial_dropout2d", spatial_params,
                      N_ ("2D spatial dropout"),
                      N_ ("Drops whole channels of an image in training instead of single "
                          "numbers."),
                      N_ ("regularize overfitting random channels feature maps"),
                      spatial2d_shapes, spatial2d_examples);
REGULARIZATION_LAYER (spatial_dropout3d, "SpatialDropout3D", "spatial_dropout3d", spatial_params,
                      N_ ("3D spatial dropout"),
                      N_ ("Drops whole channels of a volume in training instead of single "
                          "numbers."),
                      N_ ("regularize overfitting random channels feature maps"),
                      spatial3d_shapes, spatial3d_examples);
REGULARIZATION_LAYER (activity_regularization, "ActivityRegularization",
                      "activity_regularization", penalty_params, N_ ("Activity regularization"),
                      N_ ("Adds a penalty to the loss that keeps what passes through small; "
                          "changes nothing else."),
                      N_ ("regularize penalty l1 l2 sparse"), same_shapes, penalty_examples);
/* clang-format on */

const TnLayer *const tn_layers_regularization[]
    = { &layer_dropout,           &layer_alpha_dropout,           &layer_gaussian_dropout,
        &layer_gaussian_noise,    &layer_spatial_dropout1d,       &layer_spatial_dropout2d,
        &layer_spatial_dropout3d, &layer_activity_regularization, NULL };
