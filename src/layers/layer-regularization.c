/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regularization layers: Dropout. */
#include "layers/tn-params.h"

enum
{
  DROPOUT_RATE,
  DROPOUT_NOISE_SHAPE,
  DROPOUT_SEED,
  DROPOUT_N_PARAMS,
};

static const TnParam dropout_params[DROPOUT_N_PARAMS] = {
  [DROPOUT_RATE] = { .name = "rate",
                     .label = N_ ("Rate"),
                     .kind = TN_PARAM_FLOAT,
                     .flags = TN_PARAM_REQUIRED,
                     .minimum = 0,
                     .maximum = 1,
                     .suggestion = "0.5",
                     .help = N_ ("Share of the numbers that are set to zero at each step of "
                                 "training; nothing is dropped when the model is used.") },
  [DROPOUT_NOISE_SHAPE] = { .name = "noise_shape",
                            .label = N_ ("Noise shape"),
                            .kind = TN_PARAM_DIMS,
                            .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL,
                            .fallback = TN_DEFAULT_NONE,
                            .help = N_ ("Shape of the pattern of zeros; a 1 in it drops along "
                                        "that whole axis at once.") },
  [DROPOUT_SEED] = { .name = "seed",
                     .label = N_ ("Seed"),
                     .kind = TN_PARAM_INT,
                     .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL | TN_PARAM_UNBOUNDED,
                     .fallback = TN_DEFAULT_NONE,
                     .help = N_ ("Starting point of the random numbers; the same seed drops the "
                                 "same numbers again.") },
};

static void
dropout_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);

  tn_rule_output (rule, &shape);
}

static void
dropout_lower (TnLower *lower)
{
  /* Without training nothing is dropped. */
  tn_lower_output (lower, tn_lower_input (lower, 0));
}

static const TnLayerExample dropout_examples[] = {
  { "rate=0.5", "(None, 256)", "(None, 256)", NULL },
  { "rate=0, seed=3", "(None, 4, 5)", "(None, 4, 5)", NULL },
  { "rate=1.5", "(None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_dropout = {
  .schema = { .type = "Dropout",
              .auto_name = "dropout",
              .params = dropout_params,
              .n_params = DROPOUT_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_REGULARIZATION,
  .label = N_ ("Dropout"),
  .summary = N_ ("Sets a random part of the numbers to zero in training, against overfitting."),
  .keywords = N_ ("regularize overfitting random noise"),
  .icon = "tenon-layer-dropout-symbolic",
  .shapes = dropout_shapes,
  .lower = dropout_lower,
  .examples = dropout_examples,
};

const TnLayer *const tn_layers_regularization[] = { &layer_dropout, NULL };
