/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normalization layers that look at each sample on its own: LayerNormalization, RMSNormalization,
 * GroupNormalization, UnitNormalization. */
#include "layers/tn-lowerings.h"
#include "layers/tn-params.h"

/* clang-format off */
#define PARAM_AXES(about) \
  { .name = "axis", .label = N_ ("Axis"), .kind = TN_PARAM_AXES, .flags = TN_PARAM_EMPTY, \
    .fallback = TN_DEFAULT_INT (-1), .help = about }

#define PARAM_EPSILON(amount) \
  { .name = "epsilon", .label = N_ ("Epsilon"), .kind = TN_PARAM_FLOAT, .flags = TN_PARAM_UNBOUNDED, \
    .fallback = TN_DEFAULT_FLOAT (amount), \
    .help = N_ ("Small number added to what is divided by, so that nothing is divided by zero.") }

#define PARAM_CENTER \
  { .name = "center", .label = N_ ("Center (beta)"), .kind = TN_PARAM_BOOL, \
    .fallback = TN_DEFAULT_BOOL (TRUE), \
    .help = N_ ("Adds a trained offset, beta, after normalizing.") }

#define PARAM_SCALE \
  { .name = "scale", .label = N_ ("Scale (gamma)"), .kind = TN_PARAM_BOOL, \
    .fallback = TN_DEFAULT_BOOL (TRUE), \
    .help = N_ ("Multiplies by a trained factor, gamma, after normalizing.") }

#define PARAM_BETA_INITIALIZER \
  TN_PARAM_INITIALIZER ("beta_initializer", N_ ("Beta initializer"), "zeros", \
                        N_ ("How the offsets are chosen before training."))
#define PARAM_GAMMA_INITIALIZER \
  TN_PARAM_INITIALIZER ("gamma_initializer", N_ ("Gamma initializer"), "ones", \
                        N_ ("How the factors are chosen before training."))
#define PARAM_BETA_REGULARIZER \
  TN_PARAM_REGULARIZER ("beta_regularizer", N_ ("Beta regularizer"), \
                        N_ ("A penalty in training that keeps the offsets small."))
#define PARAM_GAMMA_REGULARIZER \
  TN_PARAM_REGULARIZER ("gamma_regularizer", N_ ("Gamma regularizer"), \
                        N_ ("A penalty in training that keeps the factors small."))
#define PARAM_BETA_CONSTRAINT \
  TN_PARAM_CONSTRAINT ("beta_constraint", N_ ("Beta constraint"), \
                       N_ ("A rule that the offsets are made to obey after each training step."))
#define PARAM_GAMMA_CONSTRAINT \
  TN_PARAM_CONSTRAINT ("gamma_constraint", N_ ("Gamma constraint"), \
                       N_ ("A rule that the factors are made to obey after each training step."))
/* clang-format on */

/* ---- what they share ---- */

/* @builds: Keras sees it only when it runs. */
static void
refuse_axis (TnRule *rule, gint64 axis, gboolean builds)
{
  TnShape input = tn_rule_input (rule, 0);
  g_autofree char *got = tn_shape_to_text (&input);
  g_autofree char *message = g_strdup_printf (
      _ ("%s normalizes axis %" PRIi64 ", but %s from %s has %d axes, each of which can be named "
         "once."),
      tn_node_name (tn_rule_node (rule)), axis, got, tn_rule_source (rule, 0), input.rank);
  TnIssue *issue = builds ? tn_rule_cannot_run (rule, "axis", 0, "%s", message)
                          : tn_rule_issue (rule, TN_SEVERITY_ERROR, "axis", 0, "%s", message);

  if (issue != NULL)
    issue->param = "axis";
}

/* The axes as counted from the front, in the order in which they were given. FALSE, with an issue,
 * when one is out of range; of one that is named twice Keras makes weights, but no numbers. */
static gboolean
find_axes (TnRule *rule, guint param, int *axes, guint *n)
{
  TnShape input = tn_rule_input (rule, 0);
  gint64 given[TN_MAX_RANK];
  guint seen = 0;
  gboolean twice = FALSE;

  if (!tn_node_axes (tn_rule_node (rule), param, given, n))
    {
      /* More than there can be, so one of them is named twice. */
      refuse_axis (rule, input.rank, FALSE);
      return FALSE;
    }
  for (guint i = 0; i < *n; i++)
    {
      axes[i] = tn_shape_axis (&input, given[i]);
      if (axes[i] < 0)
        {
          refuse_axis (rule, given[i], FALSE);
          return FALSE;
        }
      if ((seen & 1u << axes[i]) != 0 && !twice)
        {
          refuse_axis (rule, given[i], TRUE);
          twice = TRUE;
        }
      seen |= 1u << axes[i];
    }
  return TRUE;
}

/* The shape of a weight that has an entry for each along these axes; raises "unknown-dim" where one
 * is open. */
static TnShape
weight_shape (TnRule *rule, const int *axes, guint n)
{
  TnShape input = tn_rule_input (rule, 0), weight = { .rank = (gint32)n };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *got = NULL;
      TnIssue *issue;

      /* Weights that were made for another size are there all the same. */
      if (!tn_rule_check_pin (rule, "kernel-width", 0, axes[i], &weight.dims[i])
          || tn_dim_is_known (weight.dims[i]))
        continue;
      got = tn_shape_to_text (&input);
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                             _ ("%s keeps weights for every entry of axis %d, so its size must be "
                                "known, but in %s from %s it is open."),
                             tn_node_name (tn_rule_node (rule)), axes[i], got,
                             tn_rule_source (rule, 0));
      if (issue != NULL)
        issue->axis = axes[i] - input.rank;
    }
  return weight;
}

static char *
axis_brief (const TnNode *node)
{
  int param = tn_schema_param (tn_node_schema (node), "axis");
  g_autoptr (TnValue) value = tn_node_value (node, (guint)param);
  g_autofree char *text = NULL;

  if (tn_node_get (node, (guint)param) == NULL)
    return g_strdup ("");
  text = tn_value_to_text (value);
  return g_strdup_printf (_ ("axis %s"), text);
}

/* ---- LayerNormalization ---- */

enum
{
  LN_AXIS,
  LN_EPSILON,
  LN_CENTER,
  LN_SCALE,
  LN_RMS_SCALING,
  LN_BETA_INITIALIZER,
  LN_GAMMA_INITIALIZER,
  LN_BETA_REGULARIZER,
  LN_GAMMA_REGULARIZER,
  LN_BETA_CONSTRAINT,
  LN_GAMMA_CONSTRAINT,
  LN_N_PARAMS,
};

static const TnParam layer_normalization_params[LN_N_PARAMS] = {
  [LN_AXIS]
  = PARAM_AXES (N_ ("The axis or axes that are brought to mean 0 and variance 1 together, "
                    "usually the features; -1 is the last.")),
  [LN_EPSILON] = PARAM_EPSILON (0.001),
  [LN_CENTER] = PARAM_CENTER,
  [LN_SCALE] = PARAM_SCALE,
  [LN_RMS_SCALING]
  = { .name = "rms_scaling",
      .label = N_ ("Scale only"),
      .kind = TN_PARAM_BOOL,
      .flags = TN_PARAM_ADVANCED,
      .fallback = TN_DEFAULT_BOOL (FALSE),
      .help = N_ ("Only divides by the deviation and multiplies by gamma; the mean "
                  "stays, and center and scale do not count.") },
  [LN_BETA_INITIALIZER] = PARAM_BETA_INITIALIZER,
  [LN_GAMMA_INITIALIZER] = PARAM_GAMMA_INITIALIZER,
  [LN_BETA_REGULARIZER] = PARAM_BETA_REGULARIZER,
  [LN_GAMMA_REGULARIZER] = PARAM_GAMMA_REGULARIZER,
  [LN_BETA_CONSTRAINT] = PARAM_BETA_CONSTRAINT,
  [LN_GAMMA_CONSTRAINT] = PARAM_GAMMA_CONSTRAINT,
};

static void
layer_normalization_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0);
  gboolean rms = tn_node_bool (node, LN_RMS_SCALING);
  gboolean gamma = rms || tn_node_bool (node, LN_SCALE);
  gboolean beta = !rms && tn_node_bool (node, LN_CENTER);
  int axes[TN_MAX_RANK];
  guint n;

  if (find_axes (rule, LN_AXIS, axes, &n) && (gamma || beta))
    {
      TnShape weight = weight_shape (rule, axes, n);

      if (gamma)
        tn_rule_weight (rule, "gamma", &weight, TRUE, LN_GAMMA_INITIALIZER, 0);
      if (beta)
        tn_rule_weight (rule, "beta", &weight, TRUE, LN_BETA_INITIALIZER, 0);
    }
  tn_rule_output (rule, &shape);
}

static const TnLayerExample layer_normalization_examples[] = {
  { "", "(None, 10, 64)", "(None, 10, 64)", NULL },
  { "axis=(1, 2)", "(None, 7, 9, 12)", "(None, 7, 9, 12)", NULL },
  { "axis=-2, center=False, scale=False", "(None, None, 6)", "(None, None, 6)", NULL },
  { "axis=5", "(None, 4)", NULL, "axis" },
  { "", "(None, None)", NULL, "unknown-dim" },
  { NULL },
};

/* ---- RMSNormalization ---- */

enum
{
  RMS_AXIS,
  RMS_EPSILON,
  RMS_N_PARAMS,
};

static const TnParam rms_normalization_params[RMS_N_PARAMS] = {
  [RMS_AXIS] = PARAM_AXES (N_ ("The axis or axes that are brought to a mean square of 1 together, "
                               "usually the features; -1 is the last.")),
  [RMS_EPSILON] = PARAM_EPSILON (1e-6),
};

/* The scale is multiplied with the last axes, whichever they are: it must fit those. */
static void
rms_normalization_judge (TnRule *rule, const TnShape *weight)
{
  TnShape input = tn_rule_input (rule, 0);

  for (int i = 0; i < weight->rank; i++)
    {
      int axis = input.rank - weight->rank + i;
      gint64 size = weight->dims[i].size;
      g_autofree char *got = NULL, *scale = NULL;
      TnIssue *issue;

      if (size == 1 || input.dims[axis].size == 1
          || tn_dim_compatible (weight->dims[i], input.dims[axis]))
        continue;
      got = tn_shape_to_text (&input);
      scale = tn_shape_to_text (weight);
      issue = tn_rule_cannot_run (
          rule, "axis", 0,
          _ ("%s multiplies the last axes of %s from %s with a scale of shape %s, one number for "
             "each entry of the axes it normalizes, which does not fit: Keras infers a shape for "
             "it, but cannot run it."),
          tn_node_name (tn_rule_node (rule)), got, tn_rule_source (rule, 0), scale);
      if (issue != NULL)
        {
          issue->param = "axis";
          issue->axis = axis - input.rank;
        }
      return;
    }
}

static int
compare_axes (gconstpointer a, gconstpointer b)
{
  return *(const int *)a - *(const int *)b;
}

static void
rms_normalization_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);
  int axes[TN_MAX_RANK];
  guint n;

  if (find_axes (rule, RMS_AXIS, axes, &n))
    {
      TnShape weight;

      /* Unlike LayerNormalization it puts them in order. */
      qsort (axes, n, sizeof *axes, compare_axes);
      weight = weight_shape (rule, axes, n);
      rms_normalization_judge (rule, &weight);
      tn_rule_weight (rule, "scale", &weight, TRUE, -1, 1);
    }
  tn_rule_output (rule, &shape);
}

static const TnLayerExample rms_normalization_examples[] = {
  { "", "(None, None, 64)", "(None, None, 64)", NULL },
  { "axis=(-2, -1)", "(2, 3, 4)", "(2, 3, 4)", NULL },
  { "axis=1", "(None, None, 6)", NULL, "unknown-dim" },
  { "axis=5", "(None, 4)", NULL, "axis" },
  { NULL },
};

/* ---- GroupNormalization ---- */

enum
{
  GN_GROUPS,
  GN_AXIS,
  GN_EPSILON,
  GN_CENTER,
  GN_SCALE,
  GN_BETA_INITIALIZER,
  GN_GAMMA_INITIALIZER,
  GN_BETA_REGULARIZER,
  GN_GAMMA_REGULARIZER,
  GN_BETA_CONSTRAINT,
  GN_GAMMA_CONSTRAINT,
  GN_N_PARAMS,
};

static const TnParam group_normalization_params[GN_N_PARAMS] = {
  [GN_GROUPS] = { .name = "groups",
                  .label = N_ ("Groups"),
                  .kind = TN_PARAM_INT,
                  .flags = TN_PARAM_UNBOUNDED,
                  .fallback = TN_DEFAULT_INT (32),
                  .help = N_ ("Into how many groups the channels are split, each of which is "
                              "normalized by itself; -1 makes every channel a group.") },
  [GN_AXIS] = { .name = "axis",
                .label = N_ ("Axis"),
                .kind = TN_PARAM_INT,
                .flags = TN_PARAM_UNBOUNDED,
                .fallback = TN_DEFAULT_INT (-1),
                .help = N_ ("The axis that holds the channels; -1 is the last.") },
  [GN_EPSILON] = PARAM_EPSILON (0.001),
  [GN_CENTER] = PARAM_CENTER,
  [GN_SCALE] = PARAM_SCALE,
  [GN_BETA_INITIALIZER] = PARAM_BETA_INITIALIZER,
  [GN_GAMMA_INITIALIZER] = PARAM_GAMMA_INITIALIZER,
  [GN_BETA_REGULARIZER] = PARAM_BETA_REGULARIZER,
  [GN_GAMMA_REGULARIZER] = PARAM_GAMMA_REGULARIZER,
  [GN_BETA_CONSTRAINT] = PARAM_BETA_CONSTRAINT,
  [GN_GAMMA_CONSTRAINT] = PARAM_GAMMA_CONSTRAINT,
};

static gboolean
group_normalization_check (const TnNode *node, TnReport *report)
{
  gint64 groups = tn_node_int (node, GN_GROUPS);
  TnIssue *issue;

  if (groups == -1 || groups > 0)
    return TRUE;
  issue = tn_report_add (
      report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
      _ ("%s: groups must be at least 1, or -1 for one per channel, not %" PRIi64 "."),
      tn_node_name (node), groups);
  if (issue != NULL)
    issue->param = "groups";
  return FALSE;
}

/* Channels must fall into groups evenly. */
static void
group_normalization_judge (TnRule *rule, TnDim channels)
{
  const TnNode *node = tn_rule_node (rule);
  gint64 groups = tn_node_int (node, GN_GROUPS);
  TnShape input = tn_rule_input (rule, 0);
  g_autofree char *got = NULL;
  TnIssue *issue;

  if (!tn_dim_is_known (channels) || (groups == -1 && channels.size > 0)
      || (groups > 0 && channels.size >= groups && channels.size % groups == 0))
    return;
  got = tn_shape_to_text (&input);
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "groups", 0,
                         _ ("%s splits the channels into %" PRIi64 " groups, but the %" PRIi64
                            " of %s, which arrives from %s, do not fall into so many evenly."),
                         tn_node_name (node), groups, channels.size, got, tn_rule_source (rule, 0));
  if (issue != NULL)
    issue->param = "groups";
}

static void
group_normalization_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  TnShape shape = tn_rule_input (rule, 0), weight;
  gint64 given = tn_node_int (node, GN_AXIS);
  int axis = tn_shape_axis (&shape, given);

  if (axis < 0)
    refuse_axis (rule, given, FALSE);
  else
    {
      weight = weight_shape (rule, &axis, 1);
      group_normalization_judge (rule, weight.dims[0]);
      if (tn_node_bool (node, GN_SCALE))
        tn_rule_weight (rule, "gamma", &weight, TRUE, GN_GAMMA_INITIALIZER, 0);
      if (tn_node_bool (node, GN_CENTER))
        tn_rule_weight (rule, "beta", &weight, TRUE, GN_BETA_INITIALIZER, 0);
    }
  tn_rule_output (rule, &shape);
}

static char *
group_normalization_brief (const TnNode *node)
{
  gint64 groups = tn_node_int (node, GN_GROUPS);

  if (groups < 0)
    return g_strdup (_ ("each channel by itself"));
  return g_strdup_printf (ngettext ("%" PRIi64 " group", "%" PRIi64 " groups", (gulong)groups),
                          groups);
}

static const TnLayerExample group_normalization_examples[] = {
  { "", "(None, 8, 8, 64)", "(None, 8, 8, 64)", NULL },
  { "groups=-1, axis=1", "(None, 3, None)", "(None, 3, None)", NULL },
  { "groups=5", "(None, 8, 8, 64)", NULL, "groups" },
  { "", "(None, 16)", NULL, "groups" },
  { "groups=0", "(None, 4, 6)", NULL, "param" },
  { "groups=1", "(None, None)", NULL, "unknown-dim" },
  { "axis=3", "(None, 64)", NULL, "axis" },
  { NULL },
};

/* ---- UnitNormalization ---- */

enum
{
  UNIT_AXIS,
  UNIT_N_PARAMS,
};

static const TnParam unit_normalization_params[UNIT_N_PARAMS] = {
  [UNIT_AXIS]
  = PARAM_AXES (N_ ("The axis or axes whose numbers are taken for one vector; -1 is the "
                    "last.")),
};

static void
unit_normalization_shapes (TnRule *rule)
{
  TnShape shape = tn_rule_input (rule, 0);
  int axes[TN_MAX_RANK];
  guint n;

  find_axes (rule, UNIT_AXIS, axes, &n);
  tn_rule_output (rule, &shape);
}

static const TnLayerExample unit_normalization_examples[] = {
  { "", "(None, 64)", "(None, 64)", NULL },
  { "axis=(1, 2)", "(None, None, 8)", "(None, None, 8)", NULL },
  { "axis=7", "(None, 64)", NULL, "axis" },
  { "axis=None", "(None, 64)", NULL, "param" },
  { NULL },
};

/* ---- the four ---- */

/* clang-format off */
#define NORMALIZATION_LAYER(id, name, title, about, words, checks, line, goes_on) \
  static const TnLayer layer_##id = { \
    .schema = { .type = name, .auto_name = #id, .params = id##_params, \
                .n_params = G_N_ELEMENTS (id##_params), .min_inputs = 1, .max_inputs = 1, \
                .n_outputs = 1, .keras = TRUE }, \
    .family = TN_FAMILY_NORMALIZATION, .label = title, .summary = about, .keywords = words, \
    .icon = "tenon-layer-norm-symbolic", .check = checks, .shapes = id##_shapes, \
    .lower = tn_##id##_lower, .masks = goes_on, .brief = line, \
    .examples = id##_examples, \
  }

NORMALIZATION_LAYER (layer_normalization, "LayerNormalization", N_ ("Layer normalization"),
                     N_ ("Brings the features of each sample to mean 0 and variance 1, whatever "
                         "the batch."),
                     N_ ("layernorm ln norm transformer mean variance"), NULL, axis_brief,
                     TN_MASKS_PASS);
NORMALIZATION_LAYER (rms_normalization, "RMSNormalization", N_ ("RMS normalization"),
                     N_ ("Divides the features of each sample by their root mean square."),
                     N_ ("rmsnorm norm root mean square transformer"), NULL, axis_brief,
                     TN_MASKS_END);
NORMALIZATION_LAYER (group_normalization, "GroupNormalization", N_ ("Group normalization"),
                     N_ ("Brings groups of channels of each sample to mean 0 and variance 1."),
                     N_ ("groupnorm gn instance norm mean variance"), group_normalization_check,
                     group_normalization_brief, TN_MASKS_PASS);
NORMALIZATION_LAYER (unit_normalization, "UnitNormalization", N_ ("Unit normalization"),
                     N_ ("Brings each row of features to length 1."),
                     N_ ("l2 normalize length vector cosine"), NULL, axis_brief, TN_MASKS_PASS);
/* clang-format on */

const TnLayer *const tn_layers_normalization_samples[]
    = { &layer_layer_normalization, &layer_rms_normalization, &layer_group_normalization,
        &layer_unit_normalization, NULL };
