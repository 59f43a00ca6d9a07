/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model is trained with and Keras has no layer for: Target, the array of labels. */
#include <string.h>

#include "layers/tn-params.h"
#include "tensor/tn-symbol.h"

enum
{
  TARGET_SHAPE,
  TARGET_LOSS,
  TARGET_N_PARAMS,
};

static const char *const target_losses[] = {
  "mean_squared_error",
  "mean_absolute_error",
  "binary_crossentropy",
  "categorical_crossentropy",
  "sparse_categorical_crossentropy",
  "huber",
  "hinge",
  "poisson",
  "kl_divergence",
  "cosine_similarity",
  NULL,
};

static const TnParam target_params[TARGET_N_PARAMS] = {
  [TARGET_SHAPE] = { .name = "shape",
                     .label = N_ ("Shape"),
                     .kind = TN_PARAM_DIMS,
                     .flags = TN_PARAM_REQUIRED | TN_PARAM_SYMBOLS,
                     .suggestion = "(None, 10)",
                     .help = N_ ("Shape of the array of labels that fit() is given, samples "
                                 "first: (16210, 256), or None for any number of samples.") },
  [TARGET_LOSS] = { .name = "loss",
                    .label = N_ ("Loss"),
                    .kind = TN_PARAM_CHOICE,
                    .choices = target_losses,
                    .fallback = TN_DEFAULT_STRING ("mean_squared_error"),
                    .help = N_ ("How far the model's output is from the labels is measured; a "
                                "sparse loss wants class numbers in place of rows.") },
};

TnShape
tn_target_expected (const TnNode *node, TnShape output)
{
  if (strcmp (tn_node_string (node, TARGET_LOSS), "sparse_categorical_crossentropy") == 0
      && output.rank > 1)
    output.rank--;
  return output;
}

/* The offending axis from the end, 0 when all fit. A last axis of one may be there or not. @rule
 * may be NULL: nothing is said of sizes that agree only sometimes. */
static int
target_difference (TnRule *rule, const TnShape *labels, const TnShape *expected)
{
  TnShape a = *labels, b = *expected;
  TnDim agreed;

  if (a.rank == b.rank + 1 && a.dims[a.rank - 1].size == 1)
    a.rank--;
  else if (b.rank == a.rank + 1 && b.dims[b.rank - 1].size == 1)
    b.rank--;
  if (a.rank != b.rank)
    return -1;
  for (int axis = a.rank - 1; axis >= 0; axis--)
    {
      /* How many samples there are is nobody's mistake. */
      gboolean fits = axis == 0 || rule == NULL
                          ? tn_dim_compatible (a.dims[axis], b.dims[axis])
                          : tn_rule_agree_size (rule, 0, axis, a.dims[axis], b.dims[axis], &agreed);

      if (!fits)
        return axis - a.rank;
    }
  return 0;
}

int
tn_target_difference (const TnShape *labels, const TnShape *expected)
{
  return target_difference (NULL, labels, expected);
}

/* Does Keras's loss stretch labels and output to a common shape, where another one refuses? Then
 * that shape: each label is compared with what belongs to others. */
static gboolean
target_stretches (const TnNode *node, const TnShape *labels, const TnShape *output, TnShape *common)
{
  static const char *const silent[]
      = { "mean_squared_error", "mean_absolute_error", "huber", "hinge", "poisson",
          "kl_divergence",      "cosine_similarity",   NULL };
  const TnShape *shorter = labels->rank < output->rank ? labels : output;
  int shift;

  *common = labels->rank < output->rank ? *output : *labels;
  shift = common->rank - shorter->rank;
  if (!g_strv_contains (silent, tn_node_string (node, TARGET_LOSS)))
    return FALSE;
  /* Aligned on the right, and here the batch is an axis like all others. */
  for (int axis = 0; axis < shorter->rank; axis++)
    {
      TnDim *dim = &common->dims[axis + shift], other = shorter->dims[axis];

      if (other.size == 1 || tn_dim_identical (*dim, other))
        continue;
      if (dim->size == 1)
        *dim = other;
      else if (axis + shift > 0 || !tn_dim_compatible (*dim, other))
        return FALSE;
    }
  return TRUE;
}

static void
target_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape output = tn_rule_input (rule, 0), labels;
  TnShape expected = tn_target_expected (node, output), common;
  g_autofree char *got = NULL, *wanted = NULL, *out = tn_shape_to_text (&output);
  TnIssue *issue;
  int axis;

  tn_node_dims (node, TARGET_SHAPE, &labels);
  axis = target_difference (rule, &labels, &expected);
  if (axis == 0)
    return;
  got = tn_shape_to_text (&labels);
  wanted = tn_shape_to_text (&expected);
  if (target_stretches (node, &labels, &output, &common))
    {
      g_autofree char *stretched = tn_shape_to_text (&common);

      issue = tn_rule_issue (
          rule, TN_SEVERITY_CONTRACT, "target-shape", 0,
          _ ("The labels in %s have shape %s, but %s puts out %s. The loss %s does not refuse "
             "that: it stretches both to %s and compares labels with outputs that are not theirs, "
             "and training goes wrong without a word. Labels of shape %s are expected."),
          tn_node_name (node), got, tn_rule_source (rule, 0), out,
          tn_node_string (node, TARGET_LOSS), stretched, wanted);
    }
  else if (labels.rank == expected.rank && expected.rank == output.rank)
    {
      g_autofree char *one = tn_dim_to_text (labels.dims[labels.rank + axis]);
      g_autofree char *other = tn_dim_to_text (expected.dims[expected.rank + axis]);

      issue = tn_rule_issue (rule, TN_SEVERITY_CONTRACT, "target-shape", 0,
                             _ ("The labels in %s have shape %s, but %s puts out %s: %s against %s "
                                "along axis %d. One of the two has to change."),
                             tn_node_name (node), got, tn_rule_source (rule, 0), out, one, other,
                             axis);
    }
  else
    issue = tn_rule_issue (
        rule, TN_SEVERITY_CONTRACT, "target-shape", 0,
        _ ("The labels in %s have shape %s, but %s puts out %s, so with the loss %s labels of "
           "shape %s are expected."),
        tn_node_name (node), got, tn_rule_source (rule, 0), out, tn_node_string (node, TARGET_LOSS),
        wanted);
  if (issue == NULL)
    return;
  issue->axis = axis;
  issue->param = "shape";
  issue->expected = expected;
  for (int i = 0; i < expected.rank; i++)
    issue->expected.dims[i].trace = 0;
  issue->received = labels;
}

static char *
target_brief (const TnNode *node)
{
  TnShape shape;
  g_autofree char *text = NULL;

  if (!tn_node_dims (node, TARGET_SHAPE, &shape))
    return g_strdup (tn_node_string (node, TARGET_LOSS));
  text = tn_shape_to_text (&shape);
  return g_strdup_printf ("%s, %s", text, tn_node_string (node, TARGET_LOSS));
}

static const TnLayerExample target_examples[] = {
  { "shape=(16210, 256)", "(None, 256)", "", NULL },
  { "shape=(None,), loss=sparse_categorical_crossentropy", "(None, 10)", "", NULL },
  { "shape=(None,)", "(None, 1)", "", NULL },
  { "shape=(16210, 4096)", "(None, 256)", NULL, "target-shape" },
  { "shape=(8, 1, 5)", "(8, 5)", NULL, "target-shape" },
  { "shape=(8, 5)", "(8, 1, 5)", NULL, "target-shape" },
  { "shape=(None, 10), loss=sparse_categorical_crossentropy", "(None, 10)", NULL, "target-shape" },
  { NULL },
};

static const TnLayer layer_target = {
  .schema = { .type = "Target",
              .auto_name = "target",
              .params = target_params,
              .n_params = TARGET_N_PARAMS,
              .min_inputs = 1,
              .max_inputs = 1,
              .keras = FALSE },
  .family = TN_FAMILY_TRAINING,
  .label = N_ ("Target"),
  .summary = N_ ("The labels the model is trained on; says at once whether they fit its output."),
  .keywords = N_ ("labels y truth loss fit train"),
  .icon = "tenon-layer-target-symbolic",
  .shapes = target_shapes,
  .brief = target_brief,
  .examples = target_examples,
};

const TnLayer *const tn_layers_training[] = { &layer_target, NULL };
