/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normalization layers: BatchNormalization. */
#include "layers/tn-params.h"

enum
{
  BN_AXIS,
  BN_MOMENTUM,
  BN_EPSILON,
  BN_CENTER,
  BN_SCALE,
  BN_BETA_INITIALIZER,
  BN_GAMMA_INITIALIZER,
  BN_MEAN_INITIALIZER,
  BN_VARIANCE_INITIALIZER,
  BN_BETA_REGULARIZER,
  BN_GAMMA_REGULARIZER,
  BN_BETA_CONSTRAINT,
  BN_GAMMA_CONSTRAINT,
  BN_RENORM,
  BN_RENORM_CLIPPING,
  BN_RENORM_MOMENTUM,
  BN_SYNCHRONIZED,
  BN_N_PARAMS,
};

static const TnParam batch_normalization_params[BN_N_PARAMS] = {
  [BN_AXIS] = { .name = "axis",
                .label = N_ ("Axis"),
                .kind = TN_PARAM_INT,
                .flags = TN_PARAM_UNBOUNDED,
                .fallback = TN_DEFAULT_INT (-1),
                .help = N_ ("The axis whose entries are normalized each on its own, usually the "
                            "channels; -1 is the last.") },
  [BN_MOMENTUM] = { .name = "momentum",
                    .label = N_ ("Momentum"),
                    .kind = TN_PARAM_FLOAT,
                    .flags = TN_PARAM_UNBOUNDED,
                    .fallback = TN_DEFAULT_FLOAT (0.99),
                    .help = N_ ("How slowly the moving mean and variance follow the batches in "
                                "training.") },
  [BN_EPSILON] = { .name = "epsilon",
                   .label = N_ ("Epsilon"),
                   .kind = TN_PARAM_FLOAT,
                   .flags = TN_PARAM_UNBOUNDED,
                   .fallback = TN_DEFAULT_FLOAT (0.001),
                   .help = N_ ("Small number added to the variance, so that nothing is divided by "
                               "zero.") },
  [BN_CENTER] = { .name = "center",
                  .label = N_ ("Center (beta)"),
                  .kind = TN_PARAM_BOOL,
                  .fallback = TN_DEFAULT_BOOL (TRUE),
                  .help = N_ ("Adds a trained offset, beta, after normalizing.") },
  [BN_SCALE] = { .name = "scale",
                 .label = N_ ("Scale (gamma)"),
                 .kind = TN_PARAM_BOOL,
                 .fallback = TN_DEFAULT_BOOL (TRUE),
                 .help = N_ ("Multiplies by a trained factor, gamma, after normalizing.") },
  [BN_BETA_INITIALIZER]
  = TN_PARAM_INITIALIZER ("beta_initializer", N_ ("Beta initializer"), "zeros",
                          N_ ("How the offsets are chosen before training.")),
  [BN_GAMMA_INITIALIZER]
  = TN_PARAM_INITIALIZER ("gamma_initializer", N_ ("Gamma initializer"), "ones",
                          N_ ("How the factors are chosen before training.")),
  [BN_MEAN_INITIALIZER]
  = TN_PARAM_INITIALIZER ("moving_mean_initializer", N_ ("Moving mean initializer"), "zeros",
                          N_ ("What the moving mean is before training.")),
  [BN_VARIANCE_INITIALIZER]
  = TN_PARAM_INITIALIZER ("moving_variance_initializer", N_ ("Moving variance initializer"), "ones",
                          N_ ("What the moving variance is before training.")),
  [BN_BETA_REGULARIZER]
  = TN_PARAM_REGULARIZER ("beta_regularizer", N_ ("Beta regularizer"),
                          N_ ("A penalty in training that keeps the offsets small.")),
  [BN_GAMMA_REGULARIZER]
  = TN_PARAM_REGULARIZER ("gamma_regularizer", N_ ("Gamma regularizer"),
                          N_ ("A penalty in training that keeps the factors small.")),
  [BN_BETA_CONSTRAINT]
  = TN_PARAM_CONSTRAINT ("beta_constraint", N_ ("Beta constraint"),
                         N_ ("A rule that the offsets are made to obey after each training step.")),
  [BN_GAMMA_CONSTRAINT]
  = TN_PARAM_CONSTRAINT ("gamma_constraint", N_ ("Gamma constraint"),
                         N_ ("A rule that the factors are made to obey after each training step.")),
  [BN_RENORM] = { .name = "renorm",
                  .label = N_ ("Renormalize"),
                  .kind = TN_PARAM_BOOL,
                  .flags = TN_PARAM_ADVANCED,
                  .fallback = TN_DEFAULT_BOOL (FALSE),
                  .help = N_ ("Batch renormalization: trains with the moving statistics too, for "
                              "small batches.") },
  [BN_RENORM_CLIPPING] = { .name = "renorm_clipping",
                           .label = N_ ("Renormalization limits"),
                           .kind = TN_PARAM_OBJECT,
                           .flags = TN_PARAM_ADVANCED | TN_PARAM_OPTIONAL | TN_PARAM_FREE_DICT,
                           .fallback = TN_DEFAULT_NONE,
                           .help = N_ ("Limits rmax, rmin and dmax of batch renormalization, as a "
                                       "dict.") },
  [BN_RENORM_MOMENTUM] = { .name = "renorm_momentum",
                           .label = N_ ("Renormalization momentum"),
                           .kind = TN_PARAM_FLOAT,
                           .flags = TN_PARAM_ADVANCED | TN_PARAM_UNBOUNDED,
                           .fallback = TN_DEFAULT_FLOAT (0.99),
                           .help = N_ ("How slowly the statistics of batch renormalization follow "
                                       "the batches.") },
  [BN_SYNCHRONIZED] = { .name = "synchronized",
                        .label = N_ ("Synchronized"),
                        .kind = TN_PARAM_BOOL,
                        .flags = TN_PARAM_ADVANCED,
                        .fallback = TN_DEFAULT_BOOL (FALSE),
                        .help = N_ ("Whether several devices share their statistics in "
                                    "training.") },
};

static void
batch_normalization_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0), weight = { .rank = 1 };
  int axis = tn_shape_axis (&shape, tn_node_int (node, BN_AXIS));
  g_autofree char *got = tn_shape_to_text (&shape);
  TnIssue *issue;

  if (axis < 0)
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0,
                             _ ("%s normalizes axis %" PRIi64 ", but %s from %s has only %d axes."),
                             tn_node_name (node), tn_node_int (node, BN_AXIS), got,
                             tn_rule_source (rule, 0), shape.rank);
      if (issue != NULL)
        issue->param = "axis";
      tn_rule_assume (rule, &shape);
      return;
    }
  if (!tn_rule_check_pin (rule, "kernel-width", 0, axis, &weight.dims[0]))
    ; /* its weights are there all the same */
  else if (!tn_dim_is_known (weight.dims[0]))
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                             _ ("%s keeps statistics for every entry of axis %d, so its size must "
                                "be known, but in %s from %s it is open."),
                             tn_node_name (node), axis, got, tn_rule_source (rule, 0));
      if (issue != NULL)
        issue->axis = axis - shape.rank;
    }
  if (tn_node_bool (node, BN_SCALE))
    tn_rule_weight (rule, "gamma", &weight, TRUE, BN_GAMMA_INITIALIZER, 0);
  if (tn_node_bool (node, BN_CENTER))
    tn_rule_weight (rule, "beta", &weight, TRUE, BN_BETA_INITIALIZER, 0);
  tn_rule_weight (rule, "moving_mean", &weight, FALSE, BN_MEAN_INITIALIZER, 0);
  tn_rule_weight (rule, "moving_variance", &weight, FALSE, BN_VARIANCE_INITIALIZER, 0);
  if (tn_node_bool (node, BN_RENORM))
    {
      tn_rule_weight (rule, "moving_stddev", &weight, FALSE, -1, 1);
      tn_rule_weight (rule, "renorm_mean", &weight, FALSE, -1, 0);
      tn_rule_weight (rule, "renorm_stddev", &weight, FALSE, -1, 1);
    }
  tn_rule_output (rule, &shape);
}

static void
batch_normalization_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId input = tn_lower_input (lower, 0);
  TnTensorId inputs[]
      = { input, tn_lower_weight (lower, "moving_mean"), tn_lower_weight (lower, "moving_variance"),
          tn_lower_weight (lower, "gamma"), tn_lower_weight (lower, "beta") };
  TnOpSettings settings
      = { .axis = tn_shape_axis (tn_lower_shape (lower, input), tn_node_int (node, BN_AXIS)),
          .epsilon = (float)tn_node_float (node, BN_EPSILON) };

  tn_lower_output (lower, tn_lower_call (lower, &tn_op_batch_norm, &settings, inputs, 5));
}

static char *
batch_normalization_brief (const TnNode *node)
{
  gint64 axis = tn_node_int (node, BN_AXIS);

  return axis == -1 ? g_strdup ("") : g_strdup_printf (_ ("axis %" PRIi64), axis);
}

static const TnLayerExample batch_normalization_examples[] = {
  { "", "(None, 26, 26, 32)", "(None, 26, 26, 32)", NULL },
  { "axis=1, scale=False", "(None, 4, None)", "(None, 4, None)", NULL },
  { "axis=5", "(None, 4)", NULL, "axis" },
  { "", "(None, None)", NULL, "unknown-dim" },
  { NULL },
};

/* Of Keras 2. */
static const TnKept batch_normalization_kept[] = {
  { "fused", NULL }, { "virtual_batch_size", "None" }, { "adjustment", "None" }, { NULL, NULL }
};

static const TnLayer layer_batch_normalization = {
  .schema = { .type = "BatchNormalization",
              .auto_name = "batch_normalization",
              .params = batch_normalization_params,
              .n_params = BN_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_NORMALIZATION,
  .label = N_ ("Batch normalization"),
  .summary = N_ ("Brings each channel to mean 0 and variance 1, which makes training steadier."),
  .keywords = N_ ("batchnorm bn norm mean variance"),
  .aliases = "BatchNorm BatchNorm1d BatchNorm2d BatchNorm3d",
  .icon = "tenon-layer-norm-symbolic",
  .shapes = batch_normalization_shapes,
  .lower = batch_normalization_lower,
  .masks = TN_MASKS_PASS,
  .brief = batch_normalization_brief,
  .examples = batch_normalization_examples,
  .kept = batch_normalization_kept,
};

const TnLayer *const tn_layers_normalization[] = { &layer_batch_normalization, NULL };
