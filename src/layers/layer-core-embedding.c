/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Core layers: Embedding and ReversibleEmbedding, tables of a row for each whole number. */
#include "layers/tn-params.h"

enum
{
  EMBEDDING_INPUT_DIM,
  EMBEDDING_OUTPUT_DIM,
  EMBEDDING_INITIALIZER,
  EMBEDDING_REGULARIZER,
  EMBEDDING_ACTIVITY_REGULARIZER,
  EMBEDDING_CONSTRAINT,
  EMBEDDING_MASK_ZERO,
  N_SHARED,

  EMBEDDING_INPUT_LENGTH = N_SHARED,
  EMBEDDING_N_PARAMS,

  REVERSIBLE_TIE_WEIGHTS = N_SHARED,
  REVERSIBLE_REVERSE,
  REVERSIBLE_REVERSE_DTYPE,
  REVERSIBLE_SOFT_CAP,
  REVERSIBLE_N_PARAMS,
};

/* clang-format off */
#define PARAMS_OF_BOTH \
  [EMBEDDING_INPUT_DIM] = { .name = "input_dim", .label = N_ ("Vocabulary"), \
                            .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED, .minimum = 1, \
                            .suggestion = "1000", \
                            .help = N_ ("How many different whole numbers can arrive; the " \
                                        "largest is one less.") }, \
  [EMBEDDING_OUTPUT_DIM] = { .name = "output_dim", .label = N_ ("Features"), \
                             .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED, .minimum = 1, \
                             .suggestion = "64", \
                             .help = N_ ("How many numbers each of them becomes.") }, \
  [EMBEDDING_INITIALIZER] \
  = TN_PARAM_INITIALIZER ("embeddings_initializer", N_ ("Table initializer"), "random_uniform", \
                          N_ ("How the table's numbers are chosen before training.")), \
  [EMBEDDING_REGULARIZER] \
  = TN_PARAM_REGULARIZER ("embeddings_regularizer", N_ ("Table regularizer"), \
                          N_ ("A penalty in training that keeps the table's numbers small.")), \
  [EMBEDDING_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
  [EMBEDDING_CONSTRAINT] \
  = TN_PARAM_CONSTRAINT ("embeddings_constraint", N_ ("Table constraint"), \
                         N_ ("A rule that the table is made to obey after each training step.")), \
  [EMBEDDING_MASK_ZERO] = { .name = "mask_zero", .label = N_ ("Zero is filling"), \
                            .kind = TN_PARAM_BOOL, .fallback = TN_DEFAULT_BOOL (FALSE), \
                            .help = N_ ("Tells later layers to leave out steps that are 0.") }
/* clang-format on */

static const TnParam embedding_params[EMBEDDING_N_PARAMS] = {
  PARAMS_OF_BOTH,
  [EMBEDDING_INPUT_LENGTH]
  = { .name = "input_length",
      .label = N_ ("Steps that arrive"),
      .kind = TN_PARAM_INT,
      .flags = TN_PARAM_OPTIONAL | TN_PARAM_ADVANCED,
      .minimum = 1,
      .fallback = TN_DEFAULT_NONE,
      .help = N_ ("How many numbers a sample has; Keras 2 made later layers for it, Keras 3 goes "
                  "by what arrives.") },
};

static const TnParam reversible_embedding_params[REVERSIBLE_N_PARAMS] = {
  PARAMS_OF_BOTH,
  [REVERSIBLE_TIE_WEIGHTS] = { .name = "tie_weights",
                               .label = N_ ("One table both ways"),
                               .kind = TN_PARAM_BOOL,
                               .fallback = TN_DEFAULT_BOOL (TRUE),
                               .help = N_ ("Uses the same table backwards; without it, a second "
                                           "one is trained for the way back.") },
  [REVERSIBLE_REVERSE] = { .name = "reverse",
                           .label = N_ ("Backwards"),
                           .kind = TN_PARAM_BOOL,
                           .flags = TN_PARAM_CALL,
                           .fallback = TN_DEFAULT_BOOL (FALSE),
                           .help = N_ ("Goes from features back to a score for each entry of the "
                                       "table, as at the end of a language model.") },
  [REVERSIBLE_REVERSE_DTYPE] = { .name = "reverse_dtype",
                                 .label = N_ ("Type on the way back"),
                                 .kind = TN_PARAM_STRING,
                                 .flags = TN_PARAM_OPTIONAL | TN_PARAM_ADVANCED,
                                 .fallback = TN_DEFAULT_NONE,
                                 .help = N_ ("Type of number that the way back is computed in; "
                                             "None for the layer's own.") },
  [REVERSIBLE_SOFT_CAP] = { .name = "logit_soft_cap",
                            .label = N_ ("Soft cap"),
                            .kind = TN_PARAM_FLOAT,
                            .flags = TN_PARAM_OPTIONAL | TN_PARAM_ADVANCED | TN_PARAM_UNBOUNDED,
                            .fallback = TN_DEFAULT_NONE,
                            .help = N_ ("Bends the scores of the way back so that none gets "
                                        "larger than this.") },
};

/* What arrives with a row of the table for each number. */
static void
put_out_rows (TnRule *rule, TnDim features)
{
  TnShape shape = tn_rule_input (rule, 0);

  if (shape.rank == TN_MAX_RANK)
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", 0,
                     _ ("%s would put out more axes than the %d that Tenon works with."),
                     tn_node_name (tn_rule_node (rule)), TN_MAX_RANK);
      return;
    }
  shape = tn_shape_append (shape, features);
  tn_rule_output (rule, &shape);
}

/* Keras 2 refuses it, and makes the layers behind for the length that was promised. */
static void
embedding_judge_length (TnRule *rule, const TnShape *shape)
{
  const TnNode *node = tn_rule_node (rule);
  gint64 promised = tn_node_int (node, EMBEDDING_INPUT_LENGTH);
  g_autofree char *got = NULL;
  TnIssue *issue;

  if (tn_node_is_none (node, EMBEDDING_INPUT_LENGTH) || shape->rank < 2
      || tn_dim_compatible (tn_dim (promised), shape->dims[1]))
    return;
  got = tn_shape_to_text (shape);
  issue = tn_rule_issue (rule, TN_SEVERITY_CONTRACT, "input-length", 0,
                         _ ("%s promises samples of %" PRIi64 " numbers (input_length), but %s "
                            "arrives from %s, with %" PRIi64 ". It is the length of one sample, "
                            "not the number of samples; it may be left out."),
                         tn_node_name (node), promised, got, tn_rule_source (rule, 0),
                         shape->dims[1].size);
  if (issue == NULL)
    return;
  issue->param = "input_length";
  issue->axis = 1 - shape->rank;
  issue->expected = *shape;
  for (int axis = 0; axis < shape->rank; axis++)
    issue->expected.dims[axis].trace = 0;
  issue->expected.dims[1] = tn_dim (promised);
}

static void
embedding_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);
  TnShape table = { .rank = 2,
                    .dims = { tn_rule_param (rule, EMBEDDING_INPUT_DIM, 0),
                              tn_rule_param (rule, EMBEDDING_OUTPUT_DIM, 0) } };

  embedding_judge_length (rule, &shape);
  tn_rule_weight (rule, "embeddings", &table, TRUE, EMBEDDING_INITIALIZER, 0);
  put_out_rows (rule, table.dims[1]);
}

/* A score for each entry out of the features in the last axis. */
static void
put_out_scores (TnRule *rule, TnDim entries, TnDim features)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);
  g_autofree char *got = tn_shape_to_text (&shape);
  TnDim *last = &shape.dims[shape.rank - 1];
  TnIssue *issue;

  if (shape.rank == 0)
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", 0,
                     _ ("%s goes back from features, but a single number arrives from %s."),
                     tn_node_name (node), tn_rule_source (rule, 0));
      return;
    }
  if (!tn_dim_compatible (*last, features))
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "kernel-width", 0,
                             _ ("%s goes back from rows of %" PRIi64 " features (output_dim), but "
                                "%s arrives from %s."),
                             tn_node_name (node), features.size, got, tn_rule_source (rule, 0));
      if (issue != NULL)
        {
          issue->axis = -1;
          issue->param = "output_dim";
          issue->expected = issue->received;
          issue->expected.dims[shape.rank - 1] = tn_dim (features.size);
        }
    }
  *last = entries;
  tn_rule_macs (rule,
                tn_rule_multiply (rule, tn_rule_product (rule, &shape, 1, shape.rank), features));
  tn_rule_output (rule, &shape);
}

static void
reversible_embedding_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnDim entries = tn_rule_param (rule, EMBEDDING_INPUT_DIM, 0);
  TnDim features = tn_rule_param (rule, EMBEDDING_OUTPUT_DIM, 0);
  TnShape table = { .rank = 2, .dims = { entries, features } };
  TnShape back = { .rank = 2, .dims = { features, entries } };

  tn_rule_weight (rule, "embeddings", &table, TRUE, EMBEDDING_INITIALIZER, 0);
  if (!tn_node_bool (node, REVERSIBLE_TIE_WEIGHTS))
    tn_rule_weight (rule, "reverse_embeddings", &back, TRUE, EMBEDDING_INITIALIZER, 0);
  if (tn_node_bool (node, REVERSIBLE_REVERSE))
    put_out_scores (rule, entries, features);
  else
    put_out_rows (rule, features);
}

static void
look_up (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId ids = tn_lower_input (lower, 0);
  TnTensorId inputs[] = { tn_lower_weight (lower, "embeddings"), ids };

  tn_lower_output (lower, tn_lower_call (lower, &tn_op_gather, NULL, inputs, 2));
  if (tn_node_bool (node, EMBEDDING_MASK_ZERO))
    tn_lower_output_mask (
        lower, 0, tn_lower_binary (lower, TN_BINARY_NOT_EQUAL, ids, tn_lower_number (lower, 0)));
}

static void
reversible_embedding_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0), table;
  double cap = 0;

  if (!tn_node_bool (node, REVERSIBLE_REVERSE))
    {
      look_up (lower);
      return;
    }
  table = tn_node_bool (node, REVERSIBLE_TIE_WEIGHTS)
              ? tn_lower_transpose (lower, tn_lower_weight (lower, "embeddings"), (int[]){ 1, 0 })
              : tn_lower_weight (lower, "reverse_embeddings");
  x = tn_lower_call (lower, &tn_op_matmul, NULL, (TnTensorId[]){ x, table }, 2);
  if (!tn_node_is_none (node, REVERSIBLE_SOFT_CAP))
    cap = tn_node_float (node, REVERSIBLE_SOFT_CAP);
  if (cap != 0)
    {
      x = tn_lower_activation (lower, tn_lower_affine (lower, x, 1 / cap, 0), "tanh");
      x = tn_lower_affine (lower, x, cap, 0);
    }
  tn_lower_output (lower, x);
}

static char *
embedding_brief (const TnNode *node)
{
  return g_strdup_printf (_ ("%" PRIi64 " entries, %" PRIi64 " features"),
                          tn_node_int (node, EMBEDDING_INPUT_DIM),
                          tn_node_int (node, EMBEDDING_OUTPUT_DIM));
}

static const TnLayerExample embedding_examples[] = {
  { "input_dim=1000, output_dim=64", "(None, 20)", "(None, 20, 64)", NULL },
  { "input_dim=10, output_dim=4, mask_zero=True", "(None, 7, None)", "(None, 7, None, 4)", NULL },
  { "input_dim=10, output_dim=4", "(None,)", "(None, 4)", NULL },
  { "input_dim=10, output_dim=4, input_length=7", "(None, None)", "(None, None, 4)", NULL },
  { "input_dim=10, output_dim=4, input_length=7", "(None, 20)", NULL, "input-length" },
  { "input_dim=0, output_dim=4", "(None, 20)", NULL, "param" },
  { NULL },
};

static const TnKept embedding_kept[] = {
  { "quantization_config", NULL },
  { "lora_rank", NULL },
  { "lora_alpha", NULL },
  { "weights", NULL },
  { NULL, NULL },
};

static const TnLayer layer_embedding = {
  .schema = { .type = "Embedding",
              .auto_name = "embedding",
              .params = embedding_params,
              .n_params = EMBEDDING_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Embedding"),
  .summary = N_ ("Looks whole numbers up in a trained table: each becomes a row of features."),
  .keywords = N_ ("lookup table words tokens vocabulary text vector"),
  .aliases = "EmbeddingBag",
  .icon = "tenon-layer-dense-symbolic",
  .shapes = embedding_shapes,
  .lower = look_up,
  .brief = embedding_brief,
  .examples = embedding_examples,
  .kept = embedding_kept,
};

static const TnLayerExample reversible_embedding_examples[] = {
  { "input_dim=1000, output_dim=64", "(None, 20)", "(None, 20, 64)", NULL },
  { "input_dim=1000, output_dim=64, reverse=True", "(None, 20, 64)", "(None, 20, 1000)", NULL },
  { "input_dim=1000, output_dim=64, reverse=True, tie_weights=False", "(None, None, 64)",
    "(None, None, 1000)", NULL },
  { "input_dim=1000, output_dim=64, reverse=True", "(None, 20, 32)", NULL, "kernel-width" },
  { NULL },
};

static const TnLayer layer_reversible_embedding = {
  .schema = { .type = "ReversibleEmbedding",
              .auto_name = "reversible_embedding",
              .params = reversible_embedding_params,
              .n_params = REVERSIBLE_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Reversible embedding"),
  .summary = N_ ("An embedding that also goes back: from features to a score for each entry."),
  .keywords = N_ ("lookup table words tokens vocabulary text vector tied weights logits language"),
  .icon = "tenon-layer-dense-symbolic",
  .shapes = reversible_embedding_shapes,
  .lower = reversible_embedding_lower,
  .brief = embedding_brief,
  .examples = reversible_embedding_examples,
  .kept = embedding_kept,
};

const TnLayer *const tn_layers_core_embedding[]
    = { &layer_embedding, &layer_reversible_embedding, NULL };
