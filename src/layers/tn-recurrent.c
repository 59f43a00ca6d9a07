/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequences, states and cells in shapes; what layers around another layer share. */
#include "layers/tn-recurrent.h"

#include <string.h>

#include "layers/tn-rule-private.h"

const char *const tn_sequence_inputs[] = { "sequence", "initial_state", NULL };

const TnKept tn_recurrent_kept[] = {
  { "implementation", NULL },
  { "time_major", "False" },
  { "use_cudnn", NULL },
  { "input_length", NULL },
  { "num_constants", NULL },
  { "reverse_state_order", NULL },
  { NULL, NULL },
};

/* ---- states and outputs, told by parameters alone ---- */

static const struct
{
  const char *type;
  guint states;
} stateful_types[] = {
  { "SimpleRNN", 1 },     { "GRU", 1 },        { "LSTM", 2 },
  { "SimpleRNNCell", 1 }, { "GRUCell", 1 },    { "LSTMCell", 2 },
  { "ConvLSTM1D", 2 },    { "ConvLSTM2D", 2 }, { "ConvLSTM3D", 2 },
};

const char *
tn_layer_dict_class (const TnValue *dict)
{
  const TnValue *name = dict != NULL ? tn_value_lookup (dict, "class_name") : NULL;

  return name != NULL && tn_value_kind (name) == TN_VALUE_STRING ? tn_value_string (name) : NULL;
}

static guint
dict_states (const TnValue *dict, guint depth)
{
  const char *type = tn_layer_dict_class (dict);
  const TnValue *config = type != NULL ? tn_value_lookup (dict, "config") : NULL;
  const TnValue *cells;
  guint states = 0;

  /* Cells may hold cells. */
  if (config == NULL || depth > 4)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (stateful_types); i++)
    if (strcmp (stateful_types[i].type, type) == 0)
      return stateful_types[i].states;
  if (strcmp (type, "RNN") == 0)
    return dict_states (tn_value_lookup (config, "cell"), depth + 1);
  if (strcmp (type, "StackedRNNCells") != 0)
    return 0;
  cells = tn_value_lookup (config, "cells");
  if (cells == NULL || tn_value_kind (cells) != TN_VALUE_LIST)
    return 0;
  for (gsize i = 0; i < tn_value_size (cells); i++)
    states += dict_states (tn_value_at (cells, i), depth + 1);
  return states;
}

guint
tn_layer_dict_states (const TnValue *dict)
{
  return dict_states (dict, 0);
}

gboolean
tn_layer_dict_flag (const TnValue *dict, const char *name)
{
  const TnValue *config = dict != NULL ? tn_value_lookup (dict, "config") : NULL;
  const TnValue *value = config != NULL ? tn_value_lookup (config, name) : NULL;

  return value != NULL && tn_value_kind (value) == TN_VALUE_BOOL && tn_value_bool (value);
}

TnValue *
tn_layer_reversed (const TnValue *forward)
{
  g_autoptr (TnValue) flag = tn_value_new_bool (!tn_layer_dict_flag (forward, "go_backwards"));
  g_autoptr (TnValue) turned = tn_value_with (tn_value_lookup (forward, "config"), "go_backwards",
                                              tn_value_bool (flag) ? flag : NULL);

  return tn_value_with (forward, "config", turned);
}

guint
tn_sequence_outputs (gboolean return_state, guint base, guint states)
{
  return return_state ? MIN (base + states, TN_MAX_OUTPUTS) : base;
}

gboolean
tn_holds_one_to_one (guint param, const TnSchema *inner)
{
  /* The head of its layer; operations are not found by their type alone. */
  return inner->keras && !inner->boundary && inner->min_inputs == 1 && inner->n_outputs == 1
         && !((const TnLayer *)inner)->hidden;
}

const char *
tn_one_state_name (const TnNode *node, guint output)
{
  return output == 0 ? "output" : "state";
}

const char *
tn_two_states_name (const TnNode *node, guint output)
{
  static const char *const names[] = { "output", "state h", "state c" };

  return names[MIN (output, G_N_ELEMENTS (names) - 1)];
}

/* ---- rules ---- */

static const char *
sequence_axes (int rank)
{
  switch (rank)
    {
    case 3:
      return _ ("batch, steps, features");
    case 4:
      return _ ("batch, steps, length, channels");
    case 5:
      return _ ("batch, steps, height, width, channels");
    default:
      return _ ("batch, steps, depth, height, width, channels");
    }
}

/* @builds: Keras sees it only when it runs. */
static void
refuse_sequence (TnRule *rule, int rank, gboolean builds)
{
  TnShape sequence = tn_rule_input (rule, 0);
  g_autofree char *got = tn_shape_to_text (&sequence);
  g_autofree char *message = g_strdup_printf (
      ngettext ("%s goes through sequences of %d dimensions (%s), but %s with %d dimension "
                "arrives from %s.",
                "%s goes through sequences of %d dimensions (%s), but %s with %d dimensions "
                "arrives from %s.",
                sequence.rank),
      tn_node_name (rule->node), rank, sequence_axes (rank), got, sequence.rank,
      tn_rule_source (rule, 0));
  TnIssue *issue = builds ? tn_rule_cannot_run (rule, "rank", 0, "%s", message)
                          : tn_rule_issue (rule, TN_SEVERITY_ERROR, "rank", 0, "%s", message);

  if (issue == NULL)
    return;
  issue->expected = (TnShape){ .rank = rank };
  for (int axis = 0; axis < rank; axis++)
    issue->expected.dims[axis] = tn_dim (TN_DIM_UNKNOWN);
}

gboolean
tn_rule_sequence (TnRule *rule, int n, gboolean stateful, TnShape *sequence)
{
  const char *name = tn_node_name (rule->node);
  g_autofree char *got = NULL;
  TnIssue *issue;
  int rank = n + 2;

  *sequence = tn_rule_input (rule, 0);
  got = tn_shape_to_text (sequence);
  if (sequence->rank != rank)
    {
      /* Of further axes Keras takes the first and the last. */
      gboolean builds = n == 1 && sequence->rank > rank && tn_rule_is_unchecked (rule);

      refuse_sequence (rule, rank, builds);
      if (!builds)
        return FALSE;
      sequence->dims[rank - 1] = sequence->dims[sequence->rank - 1];
      sequence->rank = rank;
    }
  if (stateful && !tn_dim_is_known (sequence->dims[0]))
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                             _ ("%s is stateful, so it has to know how many sequences a batch "
                                "holds, but the batch of %s from %s is open; give the "
                                "model's Input a batch size or turn stateful off."),
                             name, got, tn_rule_source (rule, 0));
      if (issue != NULL)
        {
          issue->axis = -sequence->rank;
          issue->param = "stateful";
        }
    }
  return TRUE;
}

void
tn_rule_initial_states (TnRule *rule, const TnShape *states, guint n_states)
{
  const char *name = tn_node_name (rule->node);
  guint given = 0, last = 0;

  for (guint slot = 1; slot < tn_rule_n_inputs (rule); slot++)
    if (tn_rule_has_input (rule, slot))
      {
        given++;
        last = slot;
      }
  if (given == 0)
    return;
  if (given != n_states || last != n_states)
    {
      tn_rule_issue (
          rule, TN_SEVERITY_ERROR, "states", (int)last,
          ngettext ("%s remembers %u state from step to step, so it begins with none or with %u "
                    "of them, but %u are wired.",
                    "%s remembers %u states from step to step, so it begins with none or with all "
                    "%u of them, but %u are wired.",
                    n_states),
          name, n_states, n_states, given);
      return;
    }
  for (guint i = 0; i < n_states; i++)
    {
      TnShape input = tn_rule_input (rule, i + 1);
      g_autofree char *got = NULL, *wanted = NULL;
      gboolean fits = input.rank == states[i].rank;
      TnIssue *issue;

      for (int axis = 0; fits && axis < input.rank; axis++)
        fits = tn_dim_compatible (input.dims[axis], states[i].dims[axis]);
      if (fits)
        continue;
      got = tn_shape_to_text (&input);
      wanted = tn_shape_to_text (&states[i]);
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "states", (int)i + 1,
                             _ ("%s begins with states of shape %s, but %s arrives from %s."), name,
                             wanted, got, tn_rule_source (rule, i + 1));
      if (issue != NULL)
        {
          issue->expected = states[i];
          for (int axis = 0; axis < issue->expected.rank; axis++)
            issue->expected.dims[axis].trace = 0;
        }
    }
}

gboolean
tn_rule_features (TnRule *rule, const TnShape *step, TnDim *features)
{
  int axis = step->rank - 1;
  TnShape arrived = rule->inputs[0];
  g_autofree char *got = NULL;
  TnIssue *issue;

  *features = step->dims[axis];
  if (!tn_rule_check_pin (rule, "kernel-width", 0, arrived.rank - 1, features))
    return TRUE;
  if (features->size == step->dims[axis].size)
    *features = step->dims[axis];
  if (tn_dim_is_known (*features))
    return TRUE;
  got = tn_shape_to_text (&arrived);
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                         _ ("%s needs to know how many features each step has, to make its kernel, "
                            "but the last axis of %s from %s is open."),
                         tn_node_name (rule->node), got, tn_rule_source (rule, 0));
  if (issue != NULL)
    issue->axis = -1;
  return FALSE;
}

void
tn_rule_cell_weights (TnRule *rule, const TnRecurrentCell *cell, TnDim features, TnDim *macs)
{
  TnDim units = tn_rule_param (rule, cell->units, 0);
  TnDim wide = tn_rule_multiply (rule, units, tn_dim (cell->gates));
  TnShape kernel = { .rank = 2, .dims = { features, wide } };
  TnShape recurrent = { .rank = 2, .dims = { units, wide } };
  TnShape bias = { .rank = 1, .dims = { wide } };

  tn_rule_weight (rule, cell->weights[0], &kernel, TRUE, (int)cell->kernel_initializer, 0);
  tn_rule_weight (rule, cell->weights[1], &recurrent, TRUE, (int)cell->recurrent_initializer, 0);
  /* One bias for what arrives and one for what is remembered, which is reset afterwards. */
  if (cell->reset_after >= 0 && tn_node_bool (rule->node, (guint)cell->reset_after))
    bias = (TnShape){ .rank = 2, .dims = { tn_dim (2), wide } };
  if (tn_node_bool (rule->node, cell->use_bias))
    tn_rule_weight (rule, cell->weights[2], &bias, TRUE, (int)cell->bias_initializer, 0);
  *macs = tn_rule_add (rule, tn_rule_multiply (rule, features, wide),
                       tn_rule_multiply (rule, units, wide));
}

void
tn_rule_sequence_outputs (TnRule *rule, const TnShape *sequence, const TnShape *step,
                          gboolean return_sequences, const TnShape *states, guint n_states)
{
  TnShape out = *step;

  if (return_sequences)
    {
      for (int axis = out.rank; axis > 1; axis--)
        out.dims[axis] = out.dims[axis - 1];
      out.dims[1] = sequence->dims[1];
      out.rank++;
    }
  tn_rule_output (rule, &out);
  for (guint i = 0; i < n_states; i++)
    tn_rule_output (rule, &states[i]);
}

void
tn_rule_too_many_states (TnRule *rule, guint n_states, guint most, const char *param)
{
  TnIssue *issue = tn_rule_issue (
      rule, TN_SEVERITY_ERROR, "param", -1,
      ngettext ("%s would put out %u state; Tenon can show only %d of a layer, so turn "
                "return_state off.",
                "%s would put out %u states; Tenon can show only %d of a layer, so turn "
                "return_state off.",
                n_states),
      tn_node_name (rule->node), n_states, (int)most);

  if (issue != NULL)
    issue->param = param;
}

/* ---- layers around another layer ---- */

/* The parameters of a layer within are no parameters of this one, so what they say of how weights
 * start is put as Keras has it unless told otherwise. */
static int
inner_start (const TnWeightSpec *weight)
{
  if (weight->initializer < 0)
    return weight->initializer;
  return g_str_has_suffix (weight->name, "bias") || g_str_has_suffix (weight->name, "beta")
                 || g_str_has_suffix (weight->name, "gamma")
             ? TN_INITIALIZER_FILL
             : TN_INITIALIZER_DEFAULT;
}

static float
inner_fill (const TnWeightSpec *weight)
{
  return weight->initializer >= 0 && g_str_has_suffix (weight->name, "gamma") ? 1 : weight->fill;
}

void
tn_rule_inner_weights_range (TnRule *rule, const char *prefix, const TnLayerResult *inner,
                             guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      const TnWeightSpec *weight = &g_array_index (inner->weights, TnWeightSpec, i);
      g_autofree char *name = g_strconcat (prefix, "/", weight->name, NULL);

      tn_rule_weight (rule, g_intern_string (name), &weight->shape, weight->trainable,
                      inner_start (weight), inner_fill (weight));
    }
}

void
tn_rule_inner_weights (TnRule *rule, const char *prefix, const TnLayerResult *inner)
{
  if (inner->weights != NULL)
    tn_rule_inner_weights_range (rule, prefix, inner, 0, inner->weights->len);
}

TnNode *
tn_rule_inner (TnRule *rule, guint param, guint element)
{
  TnNode *inner = tn_layer_inner (rule->node, param, element);
  g_autoptr (TnValue) value = NULL;
  const TnValue *item;
  TnIssue *issue;

  if (inner != NULL)
    return inner;
  value = tn_node_value (rule->node, param);
  item = tn_value_kind (value) == TN_VALUE_LIST ? tn_value_at (value, element) : value;
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1,
                         _ ("%s holds a layer of the class %s, which cannot stand within another "
                            "layer."),
                         tn_node_name (rule->node), tn_layer_dict_class (item));
  if (issue != NULL)
    issue->param = tn_node_schema (rule->node)->params[param].name;
  return NULL;
}

/* ---- the line in a layer's box ---- */

char *
tn_brief_units (const TnNode *node, guint units)
{
  gint64 n = tn_node_int (node, units);

  return g_strdup_printf (ngettext ("%" PRIi64 " unit", "%" PRIi64 " units", (gulong)n), n);
}

char *
tn_brief_sequence (const TnNode *node, const char *count, guint return_sequences,
                   guint return_state, guint go_backwards)
{
  g_autoptr (GString) out = g_string_new (count);
  gboolean sequences = tn_node_bool (node, return_sequences);

  if (sequences && tn_node_bool (node, return_state))
    g_string_append_printf (out, ", %s", _ ("returns sequences and states"));
  else if (sequences)
    g_string_append_printf (out, ", %s", _ ("returns sequences"));
  else if (tn_node_bool (node, return_state))
    g_string_append_printf (out, ", %s", _ ("returns states"));
  if (tn_node_bool (node, go_backwards))
    g_string_append_printf (out, ", %s", _ ("backwards"));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
tn_brief_inner (const TnNode *node, guint param)
{
  g_autoptr (TnNode) inner = tn_layer_inner (node, param, 0);
  g_autoptr (TnValue) value = NULL;
  g_autofree char *brief = NULL;
  const char *type;

  if (inner == NULL)
    {
      value = tn_node_value (node, param);
      type = value != NULL ? tn_layer_dict_class (value) : NULL;
      return g_strdup (type != NULL ? type : "");
    }
  /* A brief may lean on parameters that are well. */
  brief = tn_node_check (inner, NULL) ? tn_layer_brief (inner) : g_strdup ("");
  type = tn_node_schema (inner)->type;
  return brief[0] != '\0' ? g_strdup_printf ("%s: %s", type, brief) : g_strdup (type);
}
