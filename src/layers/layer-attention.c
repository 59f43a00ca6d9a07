/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attention layers without weights of their own for query and value: Attention, AdditiveAttention.
 */
#include <string.h>

#include "layers/tn-attention.h"
#include "layers/tn-lowerings.h"

enum
{
  ATTENTION_USE_SCALE,
  ATTENTION_DROPOUT,
  ATTENTION_SEED,
  ATTENTION_RETURN_SCORES,
  ATTENTION_CAUSAL_MASK,
  ADDITIVE_N_PARAMS,
  ATTENTION_SCORE_MODE = ADDITIVE_N_PARAMS,
  ATTENTION_N_PARAMS,
};

static const char *const score_modes[] = { "dot", "concat", NULL };

/* Keras looks at dropout only in training. */
/* clang-format off */
#define PARAMS_OF_BOTH(scaled, about_scale) \
  [ATTENTION_USE_SCALE] = { .name = "use_scale", .label = N_ ("Scale"), .kind = TN_PARAM_BOOL, \
                            .fallback = TN_DEFAULT_BOOL (scaled), .help = about_scale }, \
  [ATTENTION_DROPOUT] = TN_PARAM_ATTENTION_DROPOUT (TN_PARAM_UNBOUNDED), \
  [ATTENTION_SEED] = TN_PARAM_ATTENTION_SEED, \
  [ATTENTION_RETURN_SCORES] = TN_PARAM_RETURN_SCORES, \
  [ATTENTION_CAUSAL_MASK] = TN_PARAM_CAUSAL_MASK
/* clang-format on */

static const TnParam attention_params[ATTENTION_N_PARAMS] = {
  PARAMS_OF_BOTH (FALSE, N_ ("Multiplies all scores by one trained number.")),
  [ATTENTION_SCORE_MODE] = { .name = "score_mode",
                             .label = N_ ("Scores"),
                             .kind = TN_PARAM_CHOICE,
                             .choices = score_modes,
                             .fallback = TN_DEFAULT_STRING ("dot"),
                             .help = N_ ("How query and key are compared: dot multiplies them, "
                                         "concat adds them and takes the tanh.") },
};

static const TnParam additive_attention_params[ADDITIVE_N_PARAMS] = {
  PARAMS_OF_BOTH (TRUE, N_ ("Multiplies each feature by a trained number before they are added "
                            "up.")),
};

static guint
attention_outputs (const TnNode *node)
{
  return tn_node_bool (node, ATTENTION_RETURN_SCORES) ? 2 : 1;
}

/* Features of query and key are compared one by one: multiplied, or added, where 1 stretches. */
static gboolean
compare_features (TnRule *rule, gboolean multiplied)
{
  guint slot = tn_attention_key_slot (rule);
  TnShape query = tn_rule_input (rule, TN_ATTENTION_QUERY), key = tn_rule_input (rule, slot);
  TnDim a = query.dims[query.rank - 1], b = key.dims[key.rank - 1];
  g_autofree char *why = NULL;

  if (multiplied ? tn_dim_compatible (a, b) : tn_attention_broadcasts (a, b))
    return TRUE;
  why = g_strdup_printf (
      /* Translators: layer, "value" or "key" */
      _ ("%s compares each step of the query with each step of the %s, so both need as many "
         "features"),
      tn_node_name (tn_rule_node (rule)), tn_attention_name (rule, slot));
  tn_attention_refuse (rule, slot, key.rank - 1, TN_ATTENTION_QUERY, query.rank - 1, why, TRUE);
  return FALSE;
}

/* All axes before the steps are a batch to be gone through side by side. */
static gboolean
compare_batches (TnRule *rule, guint slot, guint other_slot)
{
  TnShape a = tn_rule_input (rule, other_slot), b = tn_rule_input (rule, slot);
  g_autofree char *why = NULL;
  gboolean good = TRUE;

  why = g_strdup_printf (
      /* Translators: layer, then two of "query", "value", "key" */
      _ ("%s goes through the batch of the %s and of the %s side by side, so both need the same "
         "size"),
      tn_node_name (tn_rule_node (rule)), tn_attention_name (rule, other_slot),
      tn_attention_name (rule, slot));
  for (int back = 3; back <= MIN (a.rank, b.rank); back++)
    if (!tn_attention_broadcasts (a.dims[a.rank - back], b.dims[b.rank - back]))
      {
        tn_attention_refuse (rule, slot, b.rank - back, other_slot, a.rank - back, why, TRUE);
        good = FALSE;
      }
  return good;
}

/* One step of the key for each of the value, whatever lies before. */
static gboolean
compare_steps (TnRule *rule)
{
  TnShape value = tn_rule_input (rule, TN_ATTENTION_VALUE);
  TnShape key = tn_rule_input (rule, tn_attention_key_slot (rule));
  g_autofree char *why = NULL;

  if (tn_dim_compatible (value.dims[value.rank - 2], key.dims[key.rank - 2]))
    return TRUE;
  why = g_strdup_printf (_ ("%s needs a key for each value, so both need as many steps"),
                         tn_node_name (tn_rule_node (rule)));
  tn_attention_refuse (rule, TN_ATTENTION_KEY, key.rank - 2, TN_ATTENTION_VALUE, value.rank - 2,
                       why, TRUE);
  return FALSE;
}

/* Do query, value and key fit? All that does not is said. */
static gboolean
compare_inputs (TnRule *rule, gboolean multiplied)
{
  TnShape query = tn_rule_input (rule, TN_ATTENTION_QUERY);
  gboolean good = TRUE;

  for (guint slot = TN_ATTENTION_VALUE; slot < tn_rule_n_inputs (rule); slot++)
    {
      TnShape input;
      g_autofree char *got = NULL, *asked = NULL;

      if (!tn_rule_has_input (rule, slot))
        continue;
      input = tn_rule_input (rule, slot);
      if (input.rank <= query.rank)
        continue;
      got = tn_shape_to_text (&input);
      asked = tn_shape_to_text (&query);
      tn_rule_cannot_run (rule, "rank", (int)slot,
                          /* Translators: layer, shape, layer, "value" or "key", shape, layer */
                          _ ("%s needs as many axes of query and value, but the query %s from %s "
                             "has fewer than the %s %s from %s."),
                          tn_node_name (tn_rule_node (rule)), asked,
                          tn_rule_source (rule, TN_ATTENTION_QUERY), tn_attention_name (rule, slot),
                          got, tn_rule_source (rule, slot));
      good = FALSE;
    }
  if (!good)
    return FALSE;
  good &= compare_features (rule, multiplied);
  good &= compare_batches (rule, TN_ATTENTION_VALUE, TN_ATTENTION_QUERY);
  if (tn_attention_key_slot (rule) == TN_ATTENTION_KEY)
    {
      good &= compare_batches (rule, TN_ATTENTION_KEY, TN_ATTENTION_QUERY);
      good &= compare_steps (rule);
    }
  return good;
}

/* What Keras runs and hardly anybody means. */
static void
warn_unlikely (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape query = tn_rule_input (rule, TN_ATTENTION_QUERY);
  double dropout = tn_node_float (node, ATTENTION_DROPOUT);
  TnIssue *issue;

  if (query.rank == 2)
    {
      g_autofree char *got = tn_shape_to_text (&query);

      tn_rule_issue (rule, TN_SEVERITY_WARNING, "rank", TN_ATTENTION_QUERY,
                     _ ("%s looks along the axis before the features, which is the batch in %s "
                        "from %s: each sample would look at the others."),
                     tn_node_name (node), got, tn_rule_source (rule, TN_ATTENTION_QUERY));
    }
  if (dropout >= 0 && dropout <= 1)
    return;
  issue = tn_rule_issue (rule, TN_SEVERITY_WARNING, "param", -1,
                         _ ("%s is to drop a share of %g, which is none from 0 to 1: it can be "
                            "used, but not trained."),
                         tn_node_name (node), dropout);
  if (issue != NULL)
    issue->param = "dropout";
}

/* What both put out once the weights are declared. */
static void
put_out (TnRule *rule, gboolean multiplied)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape query = tn_rule_input (rule, TN_ATTENTION_QUERY);
  TnShape value = tn_rule_input (rule, TN_ATTENTION_VALUE);
  TnShape key = tn_rule_input (rule, tn_attention_key_slot (rule));
  TnShape output = query, scores = query, work;
  gboolean good = compare_inputs (rule, multiplied);

  output.dims[query.rank - 1] = value.dims[value.rank - 1];
  scores.dims[query.rank - 1] = key.dims[key.rank - 2];
  work = tn_shape_append (scores, query.dims[query.rank - 1]);
  if (tn_shape_is_some (&work))
    {
      tn_rule_macs (rule, tn_rule_product (rule, &work, 1, work.rank));
      work.dims[work.rank - 1] = value.dims[value.rank - 1];
      tn_rule_macs (rule, tn_rule_product (rule, &work, 1, work.rank));
    }
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  if (good)
    warn_unlikely (rule);
  tn_rule_output (rule, &output);
  if (tn_node_bool (node, ATTENTION_RETURN_SCORES))
    tn_rule_output (rule, &scores);
}

static void
attention_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape number = { .rank = 0 };
  gboolean added = strcmp (tn_node_string (node, ATTENTION_SCORE_MODE), "concat") == 0;

  if (!tn_attention_expect_inputs (rule, 2))
    return;
  if (tn_node_bool (node, ATTENTION_USE_SCALE))
    tn_rule_weight (rule, "scale", &number, TRUE, TN_INITIALIZER_FILL, 1);
  if (added)
    tn_rule_weight (rule, "concat_score_weight", &number, TRUE, TN_INITIALIZER_FILL, 1);
  put_out (rule, !added);
}

static void
additive_attention_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape query, features;

  if (!tn_attention_expect_inputs (rule, 2))
    return;
  query = tn_rule_input (rule, TN_ATTENTION_QUERY);
  features = tn_attention_shape (&query.dims[query.rank - 1], 1);
  if (tn_node_bool (node, ATTENTION_USE_SCALE)
      && tn_attention_known_features (rule, TN_ATTENTION_QUERY))
    tn_rule_weight (rule, "scale", &features, TRUE, TN_INITIALIZER_DEFAULT, 0);
  put_out (rule, FALSE);
}

static const TnLayerExample attention_examples[] = {
  { "", "(None, 7, 64); (None, 5, 64)", "(None, 7, 64)", NULL },
  { "use_scale=True", "(None, 7, 64); (None, 5, 32); (None, 5, 64)", "(None, 7, 32)", NULL },
  { "return_attention_scores=True", "(None, None, 8); (None, None, 8)", "(None, None, 8)", NULL },
  { "score_mode=concat", "(None, 4, 7, 8); (None, 4, 5, 8)", "(None, 4, 7, 8)", NULL },
  { "", "(None, 7, 64); (None, 5, 32)", NULL, "attention-shape" },
  { "", "(None, 7, 64); (None, 5, 64); (None, 6, 64)", NULL, "attention-shape" },
  { "", "(2, 7, 64); (3, 5, 64)", NULL, "attention-shape" },
  { "", "(None, 3); (None, 3)", NULL, "rank" },
  { "", "(None, 3); (None, 5, 3)", NULL, "rank" },
  { "score_mode=sum", "(None, 7, 64); (None, 5, 64)", NULL, "param" },
  { "dropout=2", "(None, 7, 64); (None, 5, 64)", NULL, "param" },
  { NULL },
};

static const TnLayerExample additive_attention_examples[] = {
  { "", "(None, 7, 64); (None, 5, 64)", "(None, 7, 64)", NULL },
  { "use_scale=False", "(None, 7, None); (None, 5, 64)", "(None, 7, 64)", NULL },
  { "", "(None, 7, None); (None, 5, 64)", NULL, "unknown-dim" },
  { "", "(None, 7, 64); (None, 5, 32)", NULL, "attention-shape" },
  { NULL },
};

/* clang-format off */
#define ATTENTION_LAYER(id, name, title, about, words) \
  static const TnLayer layer_##id = { \
    .schema = { .type = name, .auto_name = #id, .params = id##_params, \
                .n_params = G_N_ELEMENTS (id##_params), .min_inputs = 2, .max_inputs = 3, \
                .n_outputs = 1, .outputs = attention_outputs, \
                .output_name = tn_attention_output_name, \
                .input_names = tn_attention_inputs, .call_form = TN_CALL_LIST, .keras = TRUE }, \
    .family = TN_FAMILY_ATTENTION, .label = title, .summary = about, .keywords = words, \
    .icon = "tenon-layer-attention-symbolic", .shapes = id##_shapes, \
    .lower = tn_##id##_lower, .examples = id##_examples, \
  }

ATTENTION_LAYER (attention, "Attention", N_ ("Attention"),
                 N_ ("For each step of the query, mixes the steps of the value by how well their "
                     "keys match it."),
                 N_ ("dot product luong self-attention cross-attention query key value qkv"));
ATTENTION_LAYER (additive_attention, "AdditiveAttention", N_ ("Additive attention"),
                 N_ ("Mixes the steps of the value for each step of the query; compares by adding "
                     "and tanh."),
                 N_ ("bahdanau attention query key value qkv translation"));
/* clang-format on */

const TnLayer *const tn_layers_attention[] = { &layer_attention, &layer_additive_attention, NULL };
