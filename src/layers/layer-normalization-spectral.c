/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normalization of weights: SpectralNormalization, around another layer. */
#include <string.h>

#include "layers/tn-recurrent.h"

enum
{
  SPECTRAL_LAYER,
  SPECTRAL_POWER_ITERATIONS,
  SPECTRAL_N_PARAMS,
};

static const TnParam spectral_params[SPECTRAL_N_PARAMS] = {
  [SPECTRAL_LAYER] = TN_PARAM_INNER ("layer", N_ ("Layer"), TN_PARAM_REQUIRED,
                                     "{'class_name': 'Dense', 'config': {'units': 64}}",
                                     N_ ("The layer whose kernel (or embeddings) is kept from "
                                         "stretching what goes through it.")),
  [SPECTRAL_POWER_ITERATIONS]
  = { .name = "power_iterations",
      .label = N_ ("Power iterations"),
      .kind = TN_PARAM_INT,
      .minimum = 1,
      .fallback = TN_DEFAULT_INT (1),
      .help = N_ ("How many steps of estimating the kernel's largest stretch each training step "
                  "makes.") },
};

/* Index among the weights of the one that is normalized; -1: there is none. */
static int
find_kernel (const TnLayerResult *result)
{
  static const char *const names[] = { "kernel", "embeddings" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint w = 0; result->weights != NULL && w < result->weights->len; w++)
      if (strcmp (g_array_index (result->weights, TnWeightSpec, w).name, names[i]) == 0)
        return (int)w;
  return -1;
}

/* The kernel, the vector that is estimated for it, then the layer's other weights. */
static void
declare_weights (TnRule *rule, const TnNode *inner, const TnLayerResult *result, int kernel)
{
  const TnWeightSpec *normalized = &g_array_index (result->weights, TnWeightSpec, kernel);
  TnShape vector
      = { .rank = 2, .dims = { tn_dim (1), normalized->shape.dims[normalized->shape.rank - 1] } };

  tn_rule_inner_weights_range (rule, tn_node_name (inner), result, (guint)kernel,
                               (guint)kernel + 1);
  tn_rule_weight (rule, "vector_u", &vector, FALSE, -1, 0);
  tn_rule_inner_weights_range (rule, tn_node_name (inner), result, 0, (guint)kernel);
  tn_rule_inner_weights_range (rule, tn_node_name (inner), result, (guint)kernel + 1,
                               result->weights->len);
}

static void
spectral_shapes (TnRule *rule)
{
  TnShape input = tn_rule_input (rule, 0);
  g_autoptr (TnNode) inner = tn_rule_inner (rule, SPECTRAL_LAYER, 0);
  TnLayerResult result = { .state = TN_RESULT_NONE };
  gboolean fits;
  TnIssue *issue;
  int kernel;

  if (inner == NULL)
    return;
  fits = tn_rule_apply_inner (rule, inner, &input, 1, &result);
  kernel = find_kernel (&result);
  if (kernel >= 0)
    declare_weights (rule, inner, &result, kernel);
  else if (fits)
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1,
                             _ ("%s needs a layer with a kernel or with embeddings, such as Dense, "
                                "a convolution or Embedding; a %s has neither."),
                             tn_node_name (tn_rule_node (rule)), tn_node_schema (inner)->type);
      if (issue != NULL)
        issue->param = "layer";
    }
  tn_rule_macs (rule, tn_dim (result.macs));
  if (result.n_outputs > 0)
    tn_rule_output (rule, &result.outputs[0]);
  tn_layer_result_clear (&result);
}

/* Those with a kernel or with embeddings: a recurrent layer has its kernels in its cell. */
static gboolean
spectral_holds (guint param, const TnSchema *inner)
{
  return tn_holds_one_to_one (param, inner)
         && tn_layer_find (inner->type)->family != TN_FAMILY_RECURRENT
         && (tn_schema_param (inner, "kernel_initializer") >= 0
             || tn_schema_param (inner, "depthwise_initializer") >= 0
             || tn_schema_param (inner, "embeddings_initializer") >= 0);
}

static gboolean
spectral_runs (const TnNode *node)
{
  g_autoptr (TnNode) inner = tn_layer_inner (node, SPECTRAL_LAYER, 0);

  return inner != NULL && tn_layer_can_run (inner);
}

/* Only training changes the kernel. */
static void
spectral_lower (TnLower *lower)
{
  g_autoptr (TnNode) inner = tn_layer_inner (tn_lower_node (lower), SPECTRAL_LAYER, 0);
  TnTensorId input = tn_lower_input (lower, 0), outputs[TN_MAX_OUTPUTS];

  if (tn_lower_inner (lower, inner, tn_node_name (inner), &input, NULL, 1, outputs))
    tn_lower_output (lower, outputs[0]);
}

static char *
spectral_brief (const TnNode *node)
{
  return tn_brief_inner (node, SPECTRAL_LAYER);
}

static const TnLayerExample spectral_examples[] = {
  { "layer={'class_name': 'Conv2D', 'config': {'filters': 4, 'kernel_size': 3}}", "(None, 8, 8, 3)",
    "(None, 6, 6, 4)", NULL },
  { "layer={'class_name': 'Embedding', 'config': {'input_dim': 10, 'output_dim': 4}}", "(10)",
    "(10, 4)", NULL },
  { "layer={'class_name': 'ReLU', 'config': {}}", "(4, 2)", NULL, "param" },
  { "layer={'class_name': 'Conv2D', 'config': {'filters': 4, 'kernel_size': 3}}", "(None, 8)", NULL,
    "rank" },
  { "layer={'class_name': 'Dense', 'config': {'units': 4}}, power_iterations=0", "(None, 8)", NULL,
    "param" },
  { NULL },
};

static const TnLayer layer_spectral_normalization = {
  TN_LAYER_UNARY ("SpectralNormalization", "spectral_normalization", spectral_params,
                  TN_FAMILY_NORMALIZATION),
  .label = N_ ("Spectral normalization"),
  .summary = N_ ("Keeps the kernel of a layer from stretching what goes through it, which steadies "
                 "the training of a GAN."),
  .keywords = N_ ("normalization spectral norm kernel gan wrapper lipschitz"),
  .icon = "tenon-layer-wrapper-symbolic",
  .holds = spectral_holds,
  .shapes = spectral_shapes,
  .lower = spectral_lower,
  .runs = spectral_runs,
  .brief = spectral_brief,
  .examples = spectral_examples,
};

const TnLayer *const tn_layers_normalization_spectral[] = { &layer_spectral_normalization, NULL };
