/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attention layers that project query, value and key for several heads: MultiHeadAttention,
 * GroupQueryAttention. */
#include "layers/tn-attention.h"
#include "layers/tn-lowerings.h"

/* The first three are of each layer's own, then come those of both. */
enum
{
  MULTI_NUM_HEADS,
  MULTI_KEY_DIM,
  MULTI_VALUE_DIM,
  N_OWN,

  GROUP_HEAD_DIM = 0,
  GROUP_QUERY_HEADS,
  GROUP_KEY_VALUE_HEADS,

  HEADS_DROPOUT = N_OWN,
  HEADS_USE_BIAS,
  HEADS_USE_GATE,
  HEADS_RETURN_SCORES,
  HEADS_CAUSAL_MASK,
  HEADS_SLIDING_WINDOW,
  HEADS_FLASH_ATTENTION,
  HEADS_KERNEL_INITIALIZER,
  HEADS_BIAS_INITIALIZER,
  HEADS_KERNEL_REGULARIZER,
  HEADS_BIAS_REGULARIZER,
  HEADS_ACTIVITY_REGULARIZER,
  HEADS_KERNEL_CONSTRAINT,
  HEADS_BIAS_CONSTRAINT,
  HEADS_SEED,
  HEADS_N_PARAMS,

  MULTI_OUTPUT_SHAPE = HEADS_N_PARAMS,
  MULTI_ATTENTION_AXES,
  MULTI_N_PARAMS,
};

/* clang-format off */
#define PARAMS_OF_BOTH \
  [HEADS_DROPOUT] = TN_PARAM_ATTENTION_DROPOUT (0), \
  [HEADS_USE_BIAS] = TN_PARAM_USE_BIAS, \
  [HEADS_USE_GATE] = TN_PARAM_USE_GATE, \
  [HEADS_RETURN_SCORES] = TN_PARAM_RETURN_SCORES, \
  [HEADS_CAUSAL_MASK] = TN_PARAM_CAUSAL_MASK, \
  [HEADS_SLIDING_WINDOW] = TN_PARAM_SLIDING_WINDOW, \
  [HEADS_FLASH_ATTENTION] = TN_PARAM_FLASH_ATTENTION, \
  [HEADS_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER, \
  [HEADS_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
  [HEADS_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER, \
  [HEADS_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
  [HEADS_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
  [HEADS_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT, \
  [HEADS_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
  [HEADS_SEED] = TN_PARAM_ATTENTION_SEED

#define PARAM_COUNT(param, text, count, about) \
  { .name = param, .label = text, .kind = TN_PARAM_INT, .flags = TN_PARAM_REQUIRED, .minimum = 1, \
    .suggestion = count, .help = about }
/* clang-format on */

static const TnParam multi_head_attention_params[MULTI_N_PARAMS] = {
  PARAMS_OF_BOTH,
  [MULTI_NUM_HEADS] = PARAM_COUNT ("num_heads", N_ ("Heads"), "8",
                                   N_ ("How many heads look at the sequence side by side, each for "
                                       "something else.")),
  [MULTI_KEY_DIM] = PARAM_COUNT ("key_dim", N_ ("Key size"), "64",
                                 N_ ("How many features of query and key each head compares; "
                                     "often the features that arrive divided by the heads.")),
  [MULTI_VALUE_DIM] = { .name = "value_dim",
                        .label = N_ ("Value size"),
                        .kind = TN_PARAM_INT,
                        .flags = TN_PARAM_OPTIONAL,
                        .minimum = 1,
                        .fallback = TN_DEFAULT_NONE,
                        .help = N_ ("How many features each head takes out of the value; None for "
                                    "as many as the key has.") },
  [MULTI_OUTPUT_SHAPE] = { .name = "output_shape",
                           .label = N_ ("Output shape"),
                           .kind = TN_PARAM_DIMS,
                           .flags = TN_PARAM_OPTIONAL,
                           .fallback = TN_DEFAULT_NONE,
                           .help = N_ ("Features of each step that is put out; None for as many as "
                                       "the query has, so that both can be added.") },
  [MULTI_ATTENTION_AXES] = { .name = "attention_axes",
                             .label = N_ ("Attention axes"),
                             .kind = TN_PARAM_AXES,
                             .flags = TN_PARAM_OPTIONAL | TN_PARAM_EMPTY | TN_PARAM_ADVANCED,
                             .fallback = TN_DEFAULT_NONE,
                             .help = N_ ("The axes along which steps look at one another; None for "
                                         "all between batch and features.") },
};

static const TnParam group_query_attention_params[HEADS_N_PARAMS] = {
  PARAMS_OF_BOTH,
  [GROUP_HEAD_DIM] = PARAM_COUNT ("head_dim", N_ ("Head size"), "64",
                                  N_ ("How many features each head compares and takes out.")),
  [GROUP_QUERY_HEADS] = PARAM_COUNT ("num_query_heads", N_ ("Query heads"), "8",
                                     N_ ("How many heads look at the sequence side by side, each "
                                         "for something else.")),
  [GROUP_KEY_VALUE_HEADS]
  = PARAM_COUNT ("num_key_value_heads", N_ ("Key and value heads"), "2",
                 N_ ("How many heads key and value have; query heads share them in groups, so "
                     "this must divide their number.")),
};

static guint
heads_outputs (const TnNode *node)
{
  return tn_node_bool (node, HEADS_RETURN_SCORES) ? 2 : 1;
}

/* A projection: a kernel from the features of @slot to @to (rank @n_to), with its bias. */
static void
declare_projection (TnRule *rule, const char *kernel_name, const char *bias_name, const TnDim *from,
                    int n_from, const TnDim *to, int n_to)
{
  TnShape kernel = { .rank = n_from + n_to };
  TnShape bias = tn_attention_shape (to, n_to);

  for (int i = 0; i < kernel.rank; i++)
    kernel.dims[i] = i < n_from ? from[i] : to[i - n_from];
  tn_rule_weight (rule, kernel_name, &kernel, TRUE, HEADS_KERNEL_INITIALIZER, 0);
  if (tn_node_bool (tn_rule_node (rule), HEADS_USE_BIAS))
    tn_rule_weight (rule, bias_name, &bias, TRUE, HEADS_BIAS_INITIALIZER, 0);
}

/* What both project: heads × size of query, key and value, and what comes out. */
typedef struct
{
  TnDim query_heads, key_heads;
  TnDim key_size, value_size;
  TnDim output[TN_MAX_RANK];
  int n_output;
} Heads;

static TnDim
features_of (const TnRule *rule, guint slot)
{
  TnShape input = tn_rule_input (rule, slot);

  return input.dims[input.rank - 1];
}

static void
declare_weights (TnRule *rule, const Heads *heads)
{
  TnDim query = features_of (rule, TN_ATTENTION_QUERY);
  TnDim value = features_of (rule, TN_ATTENTION_VALUE);
  TnDim key = features_of (rule, tn_attention_key_slot (rule));
  const TnDim asked[] = { heads->query_heads, heads->key_size };
  const TnDim keyed[] = { heads->key_heads, heads->key_size };
  const TnDim valued[] = { heads->key_heads, heads->value_size };
  const TnDim found[] = { heads->query_heads, heads->value_size };

  declare_projection (rule, "query/kernel", "query/bias", &query, 1, asked, 2);
  declare_projection (rule, "key/kernel", "key/bias", &key, 1, keyed, 2);
  if (tn_node_bool (tn_rule_node (rule), HEADS_USE_GATE))
    declare_projection (rule, "gate/kernel", "gate/bias", &query, 1, found, 2);
  declare_projection (rule, "value/kernel", "value/bias", &value, 1, valued, 2);
  declare_projection (rule, "attention_output/kernel", "attention_output/bias", found, 2,
                      heads->output, heads->n_output);
}

/* Multiplications of a kernel of @n factors at each step of @slot. */
static void
count_projection (TnRule *rule, guint slot, const TnDim *factors, int n)
{
  TnShape input = tn_rule_input (rule, slot);
  TnDim total = tn_dim (1);

  for (int axis = 1; axis < input.rank - 1; axis++)
    total = tn_rule_multiply (rule, total, input.dims[axis]);
  for (int i = 0; i < n; i++)
    total = tn_rule_multiply (rule, total, factors[i]);
  tn_rule_macs (rule, total);
}

/* @scores: number of scores of a sample. */
static void
count_work (TnRule *rule, const Heads *heads, TnDim scores)
{
  guint key_slot = tn_attention_key_slot (rule);
  TnDim query = features_of (rule, TN_ATTENTION_QUERY);
  TnDim output = tn_dim (1);

  for (int i = 0; i < heads->n_output; i++)
    output = tn_rule_multiply (rule, output, heads->output[i]);
  count_projection (rule, TN_ATTENTION_QUERY,
                    (TnDim[]){ query, heads->query_heads, heads->key_size }, 3);
  count_projection (rule, key_slot,
                    (TnDim[]){ features_of (rule, key_slot), heads->key_heads, heads->key_size },
                    3);
  count_projection (
      rule, TN_ATTENTION_VALUE,
      (TnDim[]){ features_of (rule, TN_ATTENTION_VALUE), heads->key_heads, heads->value_size }, 3);
  if (tn_node_bool (tn_rule_node (rule), HEADS_USE_GATE))
    count_projection (rule, TN_ATTENTION_QUERY,
                      (TnDim[]){ query, heads->query_heads, heads->value_size }, 3);
  tn_rule_macs (rule, tn_rule_multiply (rule, scores, heads->key_size));
  tn_rule_macs (rule, tn_rule_multiply (rule, scores, heads->value_size));
  count_projection (rule, TN_ATTENTION_QUERY,
                    (TnDim[]){ heads->query_heads, heads->value_size, output }, 3);
}

/* The features of all three are known, so that there can be kernels? */
static gboolean
known_features (TnRule *rule)
{
  gboolean good = tn_attention_known_features (rule, TN_ATTENTION_QUERY);

  good &= tn_attention_known_features (rule, TN_ATTENTION_VALUE);
  if (tn_attention_key_slot (rule) == TN_ATTENTION_KEY)
    good &= tn_attention_known_features (rule, TN_ATTENTION_KEY);
  return good;
}

/* Axis @axis of query and value (or key) is gone through side by side. */
static gboolean
side_by_side (TnRule *rule, guint slot, guint other_slot, int axis)
{
  TnShape here = tn_rule_input (rule, slot), there = tn_rule_input (rule, other_slot);
  g_autofree char *why = NULL;

  if (tn_attention_broadcasts (here.dims[axis], there.dims[axis]))
    return TRUE;
  why = g_strdup_printf (
      axis == 0 ? _ ("%s goes through the batch of the %s and of the %s side by side, so both need "
                     "the same size")
                : _ ("%s goes through an axis that is not among attention_axes side by side in the "
                     "%s and the %s, so both need the same size"),
      tn_node_name (tn_rule_node (rule)), tn_attention_name (rule, other_slot),
      tn_attention_name (rule, slot));
  tn_attention_refuse (rule, slot, axis, other_slot, axis, why, TRUE);
  return FALSE;
}

/* The batch of query, value and key, and of those only. */
static gboolean
same_batch (TnRule *rule)
{
  gboolean good = side_by_side (rule, TN_ATTENTION_VALUE, TN_ATTENTION_QUERY, 0);

  if (tn_attention_key_slot (rule) == TN_ATTENTION_KEY)
    {
      good &= side_by_side (rule, TN_ATTENTION_KEY, TN_ATTENTION_QUERY, 0);
      good = good && side_by_side (rule, TN_ATTENTION_KEY, TN_ATTENTION_VALUE, 0);
    }
  return good;
}

/* ---- MultiHeadAttention ---- */

static gboolean
multi_head_attention_check (const TnNode *node, TnReport *report)
{
  TnShape output;
  TnIssue *issue;

  if (!tn_attention_check_flash (node, HEADS_FLASH_ATTENTION, HEADS_DROPOUT, HEADS_RETURN_SCORES,
                                 report))
    return FALSE;
  if (tn_node_is_none (node, MULTI_OUTPUT_SHAPE)
      || !tn_node_dims (node, MULTI_OUTPUT_SHAPE, &output) || tn_shape_is_full (&output, 0))
    return TRUE;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s must know all sizes of its output_shape, because it has a kernel "
                            "of that size; None says nothing here."),
                         tn_node_name (node));
  if (issue != NULL)
    issue->param = "output_shape";
  return FALSE;
}

/* Does Keras take the short way, which knows but one axis of steps? It does so for sequences when
 * nothing asks for the scores, and does not look at attention_axes then. */
static gboolean
takes_short_way (const TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);

  return tn_node_float (node, HEADS_DROPOUT) == 0 && !tn_node_bool (node, HEADS_RETURN_SCORES)
         && tn_rule_input (rule, TN_ATTENTION_QUERY).rank == 3;
}

/* The axes that attention runs along, of what is projected: (batch, …, heads, size). */
typedef struct
{
  int rank; /* of what is projected */
  int axes[TN_MAX_RANK];
  int n;
} AttentionAxes;

static gboolean
is_among (const AttentionAxes *axes, int axis)
{
  for (int i = 0; i < axes->n; i++)
    if (axes->axes[i] == axis)
      return TRUE;
  return FALSE;
}

/* attention_axes as counted in what is projected, where Keras counts them from the features back
 * but lets them reach beyond. FALSE with an issue. */
static gboolean
find_axes (TnRule *rule, gboolean short_way, AttentionAxes *axes)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape value = tn_rule_input (rule, TN_ATTENTION_VALUE);
  g_autofree char *got = tn_shape_to_text (&value);
  gint64 given[TN_MAX_RANK];
  TnIssue *issue = NULL;
  guint n;

  axes->rank = value.rank + 1;
  axes->n = 0;
  if (tn_node_is_none (node, MULTI_ATTENTION_AXES))
    {
      for (int axis = 1; axis < value.rank - 1; axis++)
        axes->axes[axes->n++] = axis;
      return TRUE;
    }
  if (!tn_node_axes (node, MULTI_ATTENTION_AXES, given, &n))
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", TN_ATTENTION_VALUE,
                             _ ("%s cannot look along more axes than there are."),
                             tn_node_name (node));
      if (issue != NULL)
        issue->param = "attention_axes";
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 axis = given[i] >= 0 ? given[i] : given[i] + value.rank;

      axis = axis >= 0 ? axis : axis + axes->rank;
      if (axis < 0 || axis >= axes->rank)
        issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", TN_ATTENTION_VALUE,
                               _ ("%s is to look along axis %" PRIi64 " (attention_axes), but the "
                                  "value %s from %s has only %d axes."),
                               tn_node_name (node), given[i], got,
                               tn_rule_source (rule, TN_ATTENTION_VALUE), value.rank);
      else if (!short_way && (axis == axes->rank - 1 || is_among (axes, (int)axis)))
        issue = tn_rule_cannot_run (rule, "axis", TN_ATTENTION_VALUE,
                                    _ ("%s cannot look along axis %" PRIi64 " (attention_axes) of "
                                       "%s from %s: each axis before the features once."),
                                    tn_node_name (node), given[i], got,
                                    tn_rule_source (rule, TN_ATTENTION_VALUE));
      else
        axes->axes[axes->n++] = (int)axis;
      if (issue != NULL)
        {
          issue->param = "attention_axes";
          return FALSE;
        }
    }
  return TRUE;
}

/* Query and value have as many axes as each other, and as can be worked on? */
static gboolean
same_rank (TnRule *rule, const AttentionAxes *axes, gboolean short_way)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape query = tn_rule_input (rule, TN_ATTENTION_QUERY);
  TnShape value = tn_rule_input (rule, TN_ATTENTION_VALUE);
  g_autofree char *asked = tn_shape_to_text (&query);
  g_autofree char *got = tn_shape_to_text (&value);

  if (query.rank != value.rank)
    {
      tn_rule_cannot_run (rule, "rank", TN_ATTENTION_VALUE,
                          /* Translators: layer, shape, layer, shape, layer */
                          _ ("%s needs as many axes of query and value, but the query %s comes "
                             "from %s and the value %s from %s."),
                          tn_node_name (node), asked, tn_rule_source (rule, TN_ATTENTION_QUERY),
                          got, tn_rule_source (rule, TN_ATTENTION_VALUE));
      return FALSE;
    }
  if (short_way || axes->n > 0)
    return TRUE;
  tn_rule_cannot_run (rule, "rank", TN_ATTENTION_QUERY,
                      _ ("%s looks along the steps between batch and features, but there are none "
                         "in %s from %s; a Reshape or an Embedding before it can give it some."),
                      tn_node_name (node), asked, tn_rule_source (rule, TN_ATTENTION_QUERY));
  return FALSE;
}

/* Do query, value and key fit? All that does not is said. */
static gboolean
compare_inputs (TnRule *rule, gboolean short_way, const AttentionAxes *axes)
{
  gboolean good = tn_attention_same_steps (rule);

  if (!same_rank (rule, axes, short_way))
    return FALSE;
  good &= same_batch (rule);
  for (int axis = 1; !short_way && axis < axes->rank - 2; axis++)
    if (!is_among (axes, axis))
      good &= side_by_side (rule, tn_attention_key_slot (rule), TN_ATTENTION_QUERY, axis);
  return good;
}

/* The scores as they come out when Keras is run (it infers others): the axes gone through side by
 * side, then those of the query, then those of the key. FALSE when they are too many. @per_sample
 * gets how many there are in a sample. */
static gboolean
multi_head_scores (TnRule *rule, const AttentionAxes *axes, TnDim heads, TnShape *scores,
                   TnDim *per_sample)
{
  TnShape query = tn_rule_input (rule, TN_ATTENTION_QUERY);
  TnShape key = tn_rule_input (rule, tn_attention_key_slot (rule));

  if (axes->rank - 1 + axes->n > TN_MAX_RANK)
    return FALSE;
  scores->rank = 0;
  for (int axis = 0; axis < axes->rank - 1; axis++)
    if (!is_among (axes, axis))
      scores->dims[scores->rank++] = axis == axes->rank - 2 ? heads : query.dims[axis];
  for (int i = 0; i < axes->n; i++)
    scores->dims[scores->rank++]
        = axes->axes[i] == axes->rank - 2 ? heads : query.dims[axes->axes[i]];
  for (int i = 0; i < axes->n; i++)
    scores->dims[scores->rank++]
        = axes->axes[i] == axes->rank - 2 ? heads : key.dims[axes->axes[i]];

  /* Where samples look at one another there is no number for one of them. */
  *per_sample = is_among (axes, 0) ? tn_dim (TN_DIM_UNKNOWN)
                                   : tn_rule_product (rule, scores, 1, scores->rank);
  return TRUE;
}

/* The scores that Keras infers, whatever arrives. */
static TnShape
inferred_scores (TnRule *rule, TnDim heads)
{
  TnShape query = tn_rule_input (rule, TN_ATTENTION_QUERY);

  return tn_attention_shape ((TnDim[]){ query.dims[0], heads, query.dims[1], query.dims[1] }, 4);
}

static void
multi_head_attention_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  Heads heads = { .n_output = 1 };
  AttentionAxes axes;
  TnShape output, scores, sizes;
  TnDim per_sample;
  gboolean short_way, good, known;

  if (!tn_attention_expect_inputs (rule, 2))
    return;
  heads.query_heads = heads.key_heads = tn_rule_param (rule, MULTI_NUM_HEADS, 0);
  heads.key_size = tn_rule_param (rule, MULTI_KEY_DIM, 0);
  heads.value_size = tn_node_is_none (node, MULTI_VALUE_DIM)
                         ? heads.key_size
                         : tn_rule_param (rule, MULTI_VALUE_DIM, 0);
  output = tn_rule_input (rule, TN_ATTENTION_QUERY);
  heads.output[0] = output.dims[output.rank - 1];
  if (tn_node_dims (node, MULTI_OUTPUT_SHAPE, &sizes) && sizes.rank > 0)
    {
      heads.n_output = sizes.rank;
      for (int i = 0; i < sizes.rank; i++)
        heads.output[i] = tn_rule_param (rule, MULTI_OUTPUT_SHAPE, (guint)i);
    }
  if (output.rank - 1 + heads.n_output > TN_MAX_RANK || 2 + heads.n_output > TN_MAX_RANK)
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", TN_ATTENTION_QUERY,
                     _ ("%s would put out more axes than the %d that Tenon works with."),
                     tn_node_name (node), TN_MAX_RANK);
      return;
    }
  output.rank--;
  for (int i = 0; i < heads.n_output; i++)
    output.dims[output.rank++] = heads.output[i];

  short_way = takes_short_way (rule);
  known = known_features (rule);
  if (known)
    declare_weights (rule, &heads);
  good = find_axes (rule, short_way, &axes) && compare_inputs (rule, short_way, &axes);
  if (short_way)
    axes = (AttentionAxes){ .rank = 4, .axes = { 1 }, .n = 1 };
  if (good && !multi_head_scores (rule, &axes, heads.query_heads, &scores, &per_sample))
    {
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", -1,
                     _ ("%s would have scores with more axes than the %d that Tenon works with."),
                     tn_node_name (node), TN_MAX_RANK);
      good = FALSE;
    }
  tn_rule_output (rule, &output);
  if (good)
    count_work (rule, &heads, per_sample);
  else
    scores = inferred_scores (rule, heads.query_heads);
  if (tn_node_bool (node, HEADS_RETURN_SCORES))
    tn_rule_output (rule, &scores);
}

static char *
multi_head_attention_brief (const TnNode *node)
{
  gint64 heads = tn_node_int (node, MULTI_NUM_HEADS);

  return g_strdup_printf (
      ngettext ("%" PRIi64 " head, key %" PRIi64, "%" PRIi64 " heads, key %" PRIi64, (gulong)heads),
      heads, tn_node_int (node, MULTI_KEY_DIM));
}

static const TnLayerExample multi_head_attention_examples[] = {
  { "num_heads=8, key_dim=64", "(None, 20, 512); (None, 20, 512)", "(None, 20, 512)", NULL },
  { "num_heads=2, key_dim=4, value_dim=3, output_shape=5, use_gate=True",
    "(None, 7, 3); (None, 5, 4); (None, 5, 6)", "(None, 7, 5)", NULL },
  { "num_heads=2, key_dim=4, output_shape=(2, 3), use_bias=False", "(None, 7, 3); (None, 5, 3)",
    "(None, 7, 2, 3)", NULL },
  { "num_heads=2, key_dim=2, attention_axes=(2, 3)", "(3, 5, 3, 4, 8); (3, 5, 3, 2, 8)",
    "(3, 5, 3, 4, 8)", NULL },
  { "num_heads=2, key_dim=4", "(None, None, 8); (None, None, 8)", "(None, None, 8)", NULL },
  { "num_heads=2, key_dim=4, dropout=0.1, attention_axes=1", "(None, 7, 8); (None, 5, 8)",
    "(None, 7, 8)", NULL },
  { "num_heads=2, key_dim=4", "(None, 7, 3); (None, 5, 3); (None, 6, 3)", NULL, "attention-shape" },
  { "num_heads=2, key_dim=4", "(2, 7, 3); (3, 5, 3)", NULL, "attention-shape" },
  { "num_heads=2, key_dim=1, attention_axes=1", "(None, 4, 7, 3); (None, 4, 5, 3)", NULL,
    "attention-shape" },
  { "num_heads=2, key_dim=4, attention_axes=7", "(None, 7, 3); (None, 5, 3)", NULL, "axis" },
  { "num_heads=2, key_dim=4, attention_axes=(1, 3)", "(None, 4, 5, 3); (None, 4, 5, 3)",
    "(None, 4, 5, 3)", NULL },
  { "num_heads=2, key_dim=4, attention_axes=(1, 4)", "(None, 4, 5, 3); (None, 4, 5, 3)", NULL,
    "axis" },
  { "num_heads=2, key_dim=4", "(None, 7, None); (None, 5, 3)", NULL, "unknown-dim" },
  { "num_heads=2, key_dim=4", "(None, 8); (None, 8)", NULL, "rank" },
  { "num_heads=2, key_dim=4", "(None, 7, 8); (None, 7, 7, 8)", NULL, "rank" },
  { "num_heads=2, key_dim=0", "(None, 7, 3); (None, 5, 3)", NULL, "param" },
  { "num_heads=2, key_dim=4, dropout=2", "(None, 7, 3); (None, 5, 3)", NULL, "param" },
  { "num_heads=2, key_dim=4, output_shape=(None, 3)", "(None, 7, 3); (None, 5, 3)", NULL, "param" },
  { "num_heads=2, key_dim=4, flash_attention=True, dropout=0.1", "(None, 7, 3); (None, 5, 3)", NULL,
    "param" },
  { NULL },
};

/* ---- GroupQueryAttention ---- */

static gboolean
group_query_attention_check (const TnNode *node, TnReport *report)
{
  gint64 query_heads = tn_node_int (node, GROUP_QUERY_HEADS);
  gint64 key_heads = tn_node_int (node, GROUP_KEY_VALUE_HEADS);
  TnIssue *issue;

  if (query_heads % key_heads != 0)
    {
      issue = tn_report_add (
          report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
          _ ("%s shares its %" PRIi64 " key and value heads (num_key_value_heads) among %" PRIi64
             " query heads (num_query_heads), which must be a multiple of them."),
          tn_node_name (node), key_heads, query_heads);
      if (issue != NULL)
        issue->param = "num_key_value_heads";
      return FALSE;
    }
  return tn_attention_check_flash (node, HEADS_FLASH_ATTENTION, HEADS_DROPOUT, HEADS_RETURN_SCORES,
                                   report);
}

/* Keras wants (batch, steps, features) of all three. */
static gboolean
are_sequences (TnRule *rule)
{
  gboolean good = TRUE;

  for (guint slot = 0; slot < tn_rule_n_inputs (rule); slot++)
    {
      TnShape input;
      g_autofree char *got = NULL;

      if (!tn_rule_has_input (rule, slot))
        continue;
      input = tn_rule_input (rule, slot);
      if (input.rank == 3)
        continue;
      got = tn_shape_to_text (&input);
      tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", (int)slot,
                     /* Translators: layer, "query" or "value" or "key", shape, layer */
                     _ ("%s works on sequences, so it needs 3 axes (batch, steps, features) of the "
                        "%s, but %s arrives from %s."),
                     tn_node_name (tn_rule_node (rule)), tn_attention_name (rule, slot), got,
                     tn_rule_source (rule, slot));
      good = FALSE;
    }
  return good;
}

static void
group_query_attention_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  Heads heads = { .n_output = 1 };
  TnShape query, key, scores;
  TnDim a, b;
  gboolean good;

  if (!tn_attention_expect_inputs (rule, 0) || !are_sequences (rule))
    return;
  query = tn_rule_input (rule, TN_ATTENTION_QUERY);
  key = tn_rule_input (rule, tn_attention_key_slot (rule));
  heads.query_heads = tn_rule_param (rule, GROUP_QUERY_HEADS, 0);
  heads.key_heads = tn_rule_param (rule, GROUP_KEY_VALUE_HEADS, 0);
  heads.key_size = heads.value_size = tn_rule_param (rule, GROUP_HEAD_DIM, 0);
  heads.output[0] = query.dims[2];
  good = known_features (rule);
  if (good)
    declare_weights (rule, &heads);
  a = query.dims[2];
  b = features_of (rule, TN_ATTENTION_VALUE);
  if (good && a.size != b.size)
    {
      g_autofree char *why = g_strdup_printf (
          _ ("Keras lets %s work only where query and value have as many features"),
          tn_node_name (node));

      tn_attention_refuse (rule, TN_ATTENTION_VALUE, 2, TN_ATTENTION_QUERY, 2, why, FALSE);
      good = FALSE;
    }
  good &= tn_attention_same_steps (rule);
  good &= same_batch (rule);

  scores = tn_attention_shape (
      (TnDim[]){ query.dims[0], heads.query_heads, query.dims[1], key.dims[1] }, 4);
  count_work (rule, &heads, tn_rule_product (rule, &scores, 1, 4));
  tn_rule_output (rule, &query);
  if (tn_node_bool (node, HEADS_RETURN_SCORES))
    tn_rule_output (rule, &scores);
}

static char *
group_query_attention_brief (const TnNode *node)
{
  /* Translators: heads of the query, heads of key and value, size of each */
  return g_strdup_printf (
      _ ("%" PRIi64 " of %" PRIi64 " heads, size %" PRIi64), tn_node_int (node, GROUP_QUERY_HEADS),
      tn_node_int (node, GROUP_KEY_VALUE_HEADS), tn_node_int (node, GROUP_HEAD_DIM));
}

static const TnLayerExample group_query_attention_examples[] = {
  { "head_dim=64, num_query_heads=8, num_key_value_heads=2", "(None, 20, 512); (None, 20, 512)",
    "(None, 20, 512)", NULL },
  { "head_dim=4, num_query_heads=4, num_key_value_heads=1, use_gate=True",
    "(None, None, 8); (None, 5, 8); (None, 5, 6)", "(None, None, 8)", NULL },
  { "head_dim=4, num_query_heads=4, num_key_value_heads=3", "(None, 7, 3); (None, 5, 3)", NULL,
    "param" },
  { "head_dim=4, num_query_heads=4, num_key_value_heads=2", "(None, 7, 3); (None, 5, 4)", NULL,
    "attention-shape" },
  { "head_dim=4, num_query_heads=4, num_key_value_heads=2",
    "(None, 7, 3); (None, 5, 3); (None, 6, 3)", NULL, "attention-shape" },
  { "head_dim=4, num_query_heads=4, num_key_value_heads=2", "(None, 4, 7, 3); (None, 4, 5, 3)",
    NULL, "rank" },
  { "head_dim=4, num_query_heads=4, num_key_value_heads=2", "(None, 7, None); (None, 5, 3)", NULL,
    "unknown-dim" },
  { NULL },
};

/* What Keras 2 noted of the calls. */
static const TnKept heads_kept[]
    = { { "query_shape", NULL }, { "key_shape", NULL }, { "value_shape", NULL }, { NULL, NULL } };

/* clang-format off */
#define HEADS_LAYER(id, name, auto, title, about, words) \
  static const TnLayer layer_##id = { \
    .schema = { .type = name, .auto_name = auto, .params = id##_params, \
                .n_params = G_N_ELEMENTS (id##_params), .min_inputs = 2, .max_inputs = 3, \
                .n_outputs = 1, .outputs = heads_outputs, .input_names = tn_attention_inputs, \
                .output_name = tn_attention_output_name, \
                .call_form = TN_CALL_POSITIONAL, .keras = TRUE }, \
    .family = TN_FAMILY_ATTENTION, .label = title, .summary = about, .keywords = words, \
    .icon = "tenon-layer-attention-symbolic", .check = id##_check, .shapes = id##_shapes, \
    .lower = tn_##id##_lower, .brief = id##_brief, .examples = id##_examples, .kept = heads_kept, \
  }

HEADS_LAYER (multi_head_attention, "MultiHeadAttention", "multi_head_attention",
             N_ ("Multi-head attention"),
             N_ ("Several heads look at the value from the query, each for something of its own: "
                 "the heart of a transformer."),
             N_ ("transformer self-attention cross-attention query key value qkv mha heads bert "
                 "gpt"));
HEADS_LAYER (group_query_attention, "GroupQueryAttention", "grouped_query_attention",
             N_ ("Grouped-query attention"),
             N_ ("Multi-head attention whose query heads share key and value in groups, which "
                 "saves memory."),
             N_ ("transformer self-attention multi-query gqa mqa query key value qkv heads llama"));
/* clang-format on */

const TnLayer *const tn_layers_attention_multi_head[]
    = { &layer_multi_head_attention, &layer_group_query_attention, NULL };
