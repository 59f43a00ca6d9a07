/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Core layers: InputLayer, Dense, Activation, Identity, Masking. */
#include <string.h>

#include "layers/tn-window.h"

/* ---- InputLayer ---- */

enum
{
  INPUT_BATCH_SHAPE,
  INPUT_DTYPE,
  INPUT_SPARSE,
  INPUT_RAGGED,
  INPUT_OPTIONAL,
  INPUT_N_PARAMS,
};

static const TnParam input_params[INPUT_N_PARAMS] = {
  [INPUT_BATCH_SHAPE]
  = { .name = "batch_shape",
      .label = N_ ("Shape"),
      .kind = TN_PARAM_DIMS,
      .flags = TN_PARAM_REQUIRED | TN_PARAM_SYMBOLS,
      .suggestion = "(None, 28, 28, 1)",
      .help = N_ ("Shape of what is fed in, the batch first: None for a size that stays open, as "
                  "in (None, 28, 28, 1) for images of 28 × 28 pixels with one channel. An open "
                  "size may have a name, as in (None, H, W, 3), which sizes behind it then use.") },
  [INPUT_DTYPE] = { .name = "dtype",
                    .label = N_ ("Type"),
                    .kind = TN_PARAM_CHOICE,
                    .flags = TN_PARAM_LEGACY_NONE,
                    .choices = tn_choices_dtype,
                    .fallback = TN_DEFAULT_STRING ("float32"),
                    .help = N_ ("Kind of number that is fed in.") },
  [INPUT_SPARSE] = { .name = "sparse",
                     .label = N_ ("Sparse"),
                     .kind = TN_PARAM_BOOL,
                     .flags = TN_PARAM_ADVANCED | TN_PARAM_LEGACY_NONE,
                     .fallback = TN_DEFAULT_BOOL (FALSE),
                     .help = N_ ("Whether the data comes as a sparse tensor, which stores only "
                                 "what is not zero.") },
  [INPUT_RAGGED] = { .name = "ragged",
                     .label = N_ ("Ragged"),
                     .kind = TN_PARAM_BOOL,
                     .flags = TN_PARAM_ADVANCED | TN_PARAM_LEGACY_NONE,
                     .fallback = TN_DEFAULT_BOOL (FALSE),
                     .help = N_ ("Whether rows of different lengths may come together in one "
                                 "tensor.") },
  [INPUT_OPTIONAL] = { .name = "optional",
                       .label = N_ ("Optional"),
                       .kind = TN_PARAM_BOOL,
                       .flags = TN_PARAM_ADVANCED,
                       .fallback = TN_DEFAULT_BOOL (FALSE),
                       .help = N_ ("Whether the model may be called without this input.") },
};

static void
input_shapes (TnRule *rule)
{
  TnShape shape;

  tn_node_dims (tn_rule_node (rule), INPUT_BATCH_SHAPE, &shape);
  for (int axis = 0; axis < shape.rank; axis++)
    shape.dims[axis] = tn_rule_param (rule, INPUT_BATCH_SHAPE, (guint)axis);
  if (shape.rank == 0)
    {
      TnIssue *issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1,
                                      _ ("The shape of %s needs at least the batch: (None,)."),
                                      tn_node_name (tn_rule_node (rule)));

      if (issue != NULL)
        issue->param = "batch_shape";
      return;
    }
  tn_rule_output (rule, &shape);
}

static char *
input_brief (const TnNode *node)
{
  TnShape shape;

  if (!tn_node_dims (node, INPUT_BATCH_SHAPE, &shape))
    return g_strdup ("");
  return tn_shape_to_text (&shape);
}

static const TnLayerExample input_examples[] = {
  { "batch_shape=(None, 28, 28, 1)", "", "(None, 28, 28, 1)", NULL },
  { "batch_shape=(8, None)", "", "(8, None)", NULL },
  { "batch_shape=(batch, T, 40)", "", "(batch, T, 40)", NULL },
  { "batch_shape=()", "", NULL, "param" },
  { "batch_shape=(None, 'H W')", "", NULL, "param" },
  { NULL },
};

static const TnKept input_kept[] = { { "type_spec", NULL }, { NULL, NULL } };

static const TnLayer layer_input = {
  .schema = { .type = "InputLayer",
              .auto_name = "input_layer",
              .params = input_params,
              .n_params = INPUT_N_PARAMS,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Input"),
  .summary
  = N_ ("Where data enters the model; says the shape that every layer after it builds on."),
  .keywords = N_ ("data source start placeholder shape"),
  .aliases = "Input TensorSpec",
  .icon = "tenon-layer-input-symbolic",
  .shapes = input_shapes,
  .brief = input_brief,
  .examples = input_examples,
  .kept = input_kept,
};

/* ---- the InputLayer of a model within the model ---- */

/* A model that is called on something else than it was made for. Keras infers on and fails when it
 * is run, where its weights were made for other features; other heights and widths may go well. */
static void
boundary_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0), declared;
  gboolean hopeless;
  g_autofree char *wanted = NULL, *got = NULL;
  TnIssue *issue;

  if (tn_node_dims (tn_rule_node (rule), INPUT_BATCH_SHAPE, &declared)
      && !tn_shape_compatible (&declared, &shape))
    {
      wanted = tn_shape_to_text (&declared);
      got = tn_shape_to_text (&shape);
      hopeless = declared.rank != shape.rank
                 || !tn_dim_compatible (declared.dims[shape.rank - 1], shape.dims[shape.rank - 1]);
      issue = tn_rule_issue (
          rule, hopeless ? TN_SEVERITY_ERROR : TN_SEVERITY_CONTRACT, "model-input", 0,
          _ ("The model within was made for %s at its input %s, but %s arrives "
             "from %s."),
          wanted, tn_node_name (tn_rule_node (rule)), got, tn_rule_source (rule, 0));
      if (issue != NULL)
        {
          issue->expected = declared;
          issue->param = "batch_shape";
        }
      if (hopeless)
        {
          tn_rule_assume (rule, &declared);
          return;
        }
    }
  tn_rule_output (rule, &shape);
}

static void
boundary_lower (TnLower *lower)
{
  tn_lower_output (lower, tn_lower_input (lower, 0));
}

static const TnLayer layer_boundary = {
  .schema = { .type = "InputLayer",
              .auto_name = "input_layer",
              .params = input_params,
              .n_params = INPUT_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .boundary = TRUE,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Input of a model within the model"),
  .summary = N_ ("Where a tensor enters a model within the model."),
  .keywords = "",
  .icon = "tenon-layer-input-symbolic",
  .shapes = boundary_shapes,
  .lower = boundary_lower,
  .masks = TN_MASKS_PASS,
  .brief = input_brief,
};

const TnLayer *
tn_layer_boundary (void)
{
  return &layer_boundary;
}

/* ---- Dense ---- */

enum
{
  DENSE_UNITS,
  DENSE_ACTIVATION,
  DENSE_USE_BIAS,
  DENSE_KERNEL_INITIALIZER,
  DENSE_BIAS_INITIALIZER,
  DENSE_KERNEL_REGULARIZER,
  DENSE_BIAS_REGULARIZER,
  DENSE_ACTIVITY_REGULARIZER,
  DENSE_KERNEL_CONSTRAINT,
  DENSE_BIAS_CONSTRAINT,
  DENSE_N_PARAMS,
};

static const TnParam dense_params[DENSE_N_PARAMS] = {
  [DENSE_UNITS] = { .name = "units",
                    .label = N_ ("Units"),
                    .kind = TN_PARAM_INT,
                    .flags = TN_PARAM_REQUIRED,
                    .minimum = 1,
                    .suggestion = "64",
                    .help = N_ ("How many numbers come out for each sample; each is a weighted "
                                "sum of all that come in.") },
  [DENSE_ACTIVATION] = TN_PARAM_ACTIVATION_OF ("linear"),
  [DENSE_USE_BIAS] = TN_PARAM_USE_BIAS,
  [DENSE_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER,
  [DENSE_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER,
  [DENSE_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER,
  [DENSE_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER,
  [DENSE_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER,
  [DENSE_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT,
  [DENSE_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT,
};

/* More than two dims: what Keras does with them, and what the document's rule says of it. */
static void
dense_judge_rank (TnRule *rule, const TnShape *input, const TnShape *keras)
{
  const char *name = tn_node_name (tn_rule_node (rule));
  g_autofree char *got = tn_shape_to_text (input);
  g_autofree char *would = tn_shape_to_text (keras);
  gboolean flat = tn_rule_dense_inputs (rule) == TN_DENSE_FLAT;
  TnIssue *issue;

  if (flat)
    issue = tn_rule_issue (
        rule, TN_SEVERITY_ERROR, "dense-rank", 0,
        _ ("%s takes one row of features per sample, but %s with %d dimensions arrives from %s. "
           "Keras would apply it to the last axis alone and put out %s."),
        name, got, input->rank, tn_rule_source (rule, 0), would);
  else
    issue = tn_rule_issue (
        rule, TN_SEVERITY_WARNING, "dense-rank", 0,
        _ ("%s is applied to the last axis of %s, which arrives from %s, at every position alike, "
           "and puts out %s. If one result per sample is meant, put a Flatten before it."),
        name, got, tn_rule_source (rule, 0), would);
  if (issue != NULL)
    {
      issue->expected = (TnShape){ .rank = 2, .dims = { input->dims[0], tn_dim (TN_DIM_UNKNOWN) } };
      issue->expected.dims[0].trace = 0;
    }
}

static void
dense_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape input = tn_rule_input (rule, 0);
  TnDim units = tn_rule_param (rule, DENSE_UNITS, 0);
  TnDim width, positions;
  TnShape output;

  if (input.rank < 2)
    {
      g_autofree char *got = tn_shape_to_text (&input);
      TnIssue *issue = tn_rule_issue (
          rule, TN_SEVERITY_ERROR, "rank", 0,
          _ ("%s needs a row of features per sample, (None, features), but %s arrives from %s."),
          tn_node_name (node), got, tn_rule_source (rule, 0));

      if (issue != NULL)
        {
          issue->expected.rank = 2;
          issue->expected.dims[0] = issue->expected.dims[1] = tn_dim (TN_DIM_UNKNOWN);
        }
      output = (TnShape){ .rank = 2, .dims = { tn_dim (TN_DIM_UNKNOWN), units } };
      if (tn_rule_activation (rule, DENSE_ACTIVATION, &output))
        tn_rule_assume (rule, &output);
      return;
    }

  output = input;
  output.dims[input.rank - 1] = units;
  if (!tn_rule_activation (rule, DENSE_ACTIVATION, &output))
    return;
  if (input.rank > 2)
    {
      dense_judge_rank (rule, &input, &output);
      if (tn_rule_dense_inputs (rule) == TN_DENSE_FLAT)
        {
          /* What is meant is one row per sample; its width is not known, so there are no weights.
           */
          output = (TnShape){ .rank = 2, .dims = { output.dims[0], output.dims[input.rank - 1] } };
          tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
          tn_rule_assume (rule, &output);
          return;
        }
    }
  if (!tn_rule_check_pin (rule, "dense-width", 0, input.rank - 1, &width))
    ; /* the kernel is there all the same: its weights are counted below */
  else if (!tn_dim_is_known (width))
    {
      g_autofree char *got = tn_shape_to_text (&input);
      TnIssue *issue = tn_rule_issue (
          rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
          _ ("%s needs to know how many features arrive, to make its kernel, but the last axis of "
             "%s from %s is open."),
          tn_node_name (node), got, tn_rule_source (rule, 0));

      if (issue != NULL)
        issue->axis = -1;
    }

  tn_rule_weight (rule, "kernel", &(TnShape){ .rank = 2, .dims = { width, units } }, TRUE,
                  DENSE_KERNEL_INITIALIZER, 0);
  if (tn_node_bool (node, DENSE_USE_BIAS))
    tn_rule_weight (rule, "bias", &(TnShape){ .rank = 1, .dims = { units } }, TRUE,
                    DENSE_BIAS_INITIALIZER, 0);
  positions = tn_rule_product (rule, &input, 1, input.rank - 1);
  tn_rule_macs (rule, tn_rule_multiply (rule, tn_rule_multiply (rule, positions, width), units));
  tn_rule_output (rule, &output);
}

static void
dense_lower (TnLower *lower)
{
  TnTensorId inputs[] = { tn_lower_input (lower, 0), tn_lower_weight (lower, "kernel"),
                          tn_lower_weight (lower, "bias") };
  TnTensorId product = tn_lower_call (lower, &tn_op_matmul, NULL, inputs, 3);

  tn_lower_output (lower, tn_lower_activation_of (lower, product, DENSE_ACTIVATION));
}

/* ", relu" for anything but linear. */
static char *
activation_suffix (const TnNode *node, guint param)
{
  const char *name = tn_node_string (node, param);

  return strcmp (name, "linear") == 0 ? g_strdup ("") : g_strdup_printf (", %s", name);
}

static char *
dense_brief (const TnNode *node)
{
  g_autofree char *suffix = activation_suffix (node, DENSE_ACTIVATION);
  gint64 units = tn_node_int (node, DENSE_UNITS);

  return g_strdup_printf (ngettext ("%" PRIi64 " unit%s", "%" PRIi64 " units%s", (gulong)units),
                          units, suffix);
}

static const TnLayerExample dense_examples[] = {
  { "units=256", "(None, 7744)", "(None, 256)", NULL },
  { "units=10, activation=softmax, use_bias=False", "(8, 4)", "(8, 10)", NULL },
  { "units=4", "(None, 0)", "(None, 4)", NULL },
  { "units=256", "(None, 11, 11, 64)", NULL, "dense-rank" },
  { "units=8", "(None, None)", NULL, "unknown-dim" },
  { "units=8", "(None,)", NULL, "rank" },
  { "units=0", "(None, 8)", NULL, "param" },
  { "", "(None, 8)", NULL, "param" },
  { NULL },
};

static const TnKept dense_kept[] = {
  { "quantization_config", NULL }, { "lora_rank", NULL }, { "lora_alpha", NULL }, { NULL, NULL }
};

static const TnLayer layer_dense = {
  .schema = { .type = "Dense",
              .auto_name = "dense",
              .params = dense_params,
              .n_params = DENSE_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Dense"),
  .summary = N_ ("Fully connected: every output is a weighted sum of all features that come in."),
  .keywords = N_ ("fully connected linear perceptron classifier head mlp"),
  .aliases = "Linear LazyLinear FC InnerProduct Gemm",
  .icon = "tenon-layer-dense-symbolic",
  .shapes = dense_shapes,
  .lower = dense_lower,
  .masks = TN_MASKS_PASS,
  .brief = dense_brief,
  .examples = dense_examples,
  .kept = dense_kept,
};

/* ---- Activation ---- */

enum
{
  ACTIVATION_ACTIVATION,
  ACTIVATION_N_PARAMS,
};

static const TnParam activation_params[ACTIVATION_N_PARAMS] = {
  [ACTIVATION_ACTIVATION] = { .name = "activation",
                              .label = N_ ("Activation"),
                              .kind = TN_PARAM_CHOICE,
                              .flags = TN_PARAM_REQUIRED | TN_PARAM_OR_LAYER,
                              .choices = tn_choices_activation,
                              .suggestion = "relu",
                              .help = N_ ("Function applied to every number that arrives.") },
};

static void
activation_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);

  if (tn_rule_activation (rule, ACTIVATION_ACTIVATION, &shape))
    tn_rule_output (rule, &shape);
}

static void
activation_lower (TnLower *lower)
{
  tn_lower_output (
      lower, tn_lower_activation_of (lower, tn_lower_input (lower, 0), ACTIVATION_ACTIVATION));
}

static char *
activation_brief (const TnNode *node)
{
  return g_strdup (tn_node_string (node, ACTIVATION_ACTIVATION));
}

static const TnLayerExample activation_examples[] = {
  { "activation=relu", "(None, 26, 26, 32)", "(None, 26, 26, 32)", NULL },
  { "activation=glu", "(None, 8)", "(None, 4)", NULL },
  { "activation=glu", "(None, 7)", NULL, "axis" },
  { "activation=relu7", "(None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_activation = {
  .schema = { .type = "Activation",
              .auto_name = "activation",
              .params = activation_params,
              .n_params = ACTIVATION_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Activation"),
  .summary = N_ ("Applies a function such as relu or softmax to what arrives; the shape stays."),
  .keywords = N_ ("nonlinearity function relu sigmoid tanh softmax gelu"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = activation_shapes,
  .lower = activation_lower,
  .masks = TN_MASKS_PASS,
  .brief = activation_brief,
  .examples = activation_examples,
};

/* ---- Identity ---- */

static void
identity_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);

  tn_rule_output (rule, &shape);
}

static void
identity_lower (TnLower *lower)
{
  tn_lower_output (lower, tn_lower_input (lower, 0));
}

static const TnLayerExample identity_examples[] = {
  { "", "(2, 0, 3)", "(2, 0, 3)", NULL },
  { "", "(None, None)", "(None, None)", NULL },
  { NULL },
};

static const TnLayer layer_identity = {
  .schema = { .type = "Identity",
              .auto_name = "identity",
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Identity"),
  .summary = N_ ("Hands on what arrives as it is; holds a place, or names a point in the model."),
  .keywords = N_ ("pass through placeholder nothing noop"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = identity_shapes,
  .lower = identity_lower,
  .masks = TN_MASKS_PASS,
  .examples = identity_examples,
};

/* ---- Masking ---- */

enum
{
  MASKING_MASK_VALUE,
  MASKING_N_PARAMS,
};

static const TnParam masking_params[MASKING_N_PARAMS] = {
  [MASKING_MASK_VALUE] = { .name = "mask_value",
                           .label = N_ ("Mask value"),
                           .kind = TN_PARAM_FLOAT,
                           .flags = TN_PARAM_UNBOUNDED,
                           .fallback = TN_DEFAULT_FLOAT (0),
                           .help = N_ ("A step whose features are all this number is left out by "
                                       "the layers that come after.") },
};

/* What is masked is set to zero as well. */
static void
masking_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0), mask, kept;
  double value = tn_node_float (tn_lower_node (lower), MASKING_MASK_VALUE);
  int rank = tn_lower_shape (lower, x)->rank;

  mask = tn_lower_binary (lower, TN_BINARY_NOT_EQUAL, x, tn_lower_number (lower, value));
  if (rank == 0)
    {
      tn_lower_refuse (lower, _ ("a single number has no features to look at"));
      return;
    }
  kept = tn_lower_reduce (lower, TN_REDUCE_ANY, mask, rank - 1);
  tn_lower_output (lower, tn_lower_binary (lower, TN_BINARY_MULTIPLY, x, kept));
  tn_lower_output_mask (lower, 0, tn_lower_squeeze (lower, kept, rank - 1));
}

static const TnLayerExample masking_examples[] = {
  { "", "(None, None, 2)", "(None, None, 2)", NULL },
  { "mask_value=-1", "(None, 4)", "(None, 4)", NULL },
  { "mask_value=None", "(None, 4)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_masking = {
  .schema = { .type = "Masking",
              .auto_name = "masking",
              .params = masking_params,
              .n_params = MASKING_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Masking"),
  .summary = N_ ("Tells later layers which steps of a sequence are only filling; shape stays."),
  .keywords = N_ ("mask skip padding sequence timesteps"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = identity_shapes,
  .lower = masking_lower,
  .examples = masking_examples,
};

const TnLayer *const tn_layers_core[]
    = { &layer_input, &layer_dense, &layer_activation, &layer_identity, &layer_masking, NULL };
