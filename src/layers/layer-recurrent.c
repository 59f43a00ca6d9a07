/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurrent layers: SimpleRNN, LSTM and GRU, which go through a sequence and remember. */
#include "layers/tn-lowerings.h"
#include "layers/tn-recurrent.h"

/* What all three have; those of LSTM and GRU follow. */
enum
{
  LAYER_UNITS,
  LAYER_RETURN_SEQUENCES,
  LAYER_RETURN_STATE,
  LAYER_GO_BACKWARDS,
  LAYER_ACTIVATION,
  LAYER_USE_BIAS,
  LAYER_DROPOUT,
  LAYER_RECURRENT_DROPOUT,
  LAYER_STATEFUL,
  LAYER_UNROLL,
  LAYER_ZERO_OUTPUT_FOR_MASK,
  LAYER_KERNEL_INITIALIZER,
  LAYER_RECURRENT_INITIALIZER,
  LAYER_BIAS_INITIALIZER,
  LAYER_KERNEL_REGULARIZER,
  LAYER_RECURRENT_REGULARIZER,
  LAYER_BIAS_REGULARIZER,
  LAYER_ACTIVITY_REGULARIZER,
  LAYER_KERNEL_CONSTRAINT,
  LAYER_RECURRENT_CONSTRAINT,
  LAYER_BIAS_CONSTRAINT,
  LAYER_SEED,
  SIMPLE_N_PARAMS,
  GATED_RECURRENT_ACTIVATION = SIMPLE_N_PARAMS,
  GATED_N_PARAMS,
  LSTM_UNIT_FORGET_BIAS = GATED_N_PARAMS,
  LSTM_N_PARAMS,
  GRU_RESET_AFTER = GATED_N_PARAMS,
  GRU_N_PARAMS,
};

/* clang-format off */
#define LAYER_PARAMS \
  [LAYER_UNITS] = TN_PARAM_UNITS, \
  [LAYER_RETURN_SEQUENCES] = TN_PARAM_RETURN_SEQUENCES, \
  [LAYER_RETURN_STATE] = TN_PARAM_RETURN_STATE, \
  [LAYER_GO_BACKWARDS] = TN_PARAM_GO_BACKWARDS, \
  [LAYER_ACTIVATION] = TN_PARAM_STATE_ACTIVATION, \
  [LAYER_USE_BIAS] = TN_PARAM_USE_BIAS, \
  [LAYER_DROPOUT] = TN_PARAM_INPUT_DROPOUT, \
  [LAYER_RECURRENT_DROPOUT] = TN_PARAM_STATE_DROPOUT, \
  [LAYER_STATEFUL] = TN_PARAM_STATEFUL, \
  [LAYER_UNROLL] = TN_PARAM_UNROLL, \
  [LAYER_ZERO_OUTPUT_FOR_MASK] = TN_PARAM_ZERO_OUTPUT_FOR_MASK, \
  [LAYER_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER, \
  [LAYER_RECURRENT_INITIALIZER] = TN_PARAM_RECURRENT_INITIALIZER, \
  [LAYER_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
  [LAYER_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER, \
  [LAYER_RECURRENT_REGULARIZER] = TN_PARAM_RECURRENT_REGULARIZER, \
  [LAYER_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
  [LAYER_ACTIVITY_REGULARIZER] = TN_PARAM_ACTIVITY_REGULARIZER, \
  [LAYER_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT, \
  [LAYER_RECURRENT_CONSTRAINT] = TN_PARAM_RECURRENT_CONSTRAINT, \
  [LAYER_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
  [LAYER_SEED] = TN_PARAM_RECURRENT_SEED

#define CELL(name, n_gates, n_states, reset) \
  { .weights = { name "/kernel", name "/recurrent_kernel", name "/bias" }, \
    .gates = n_gates, .states = n_states, .units = LAYER_UNITS, .use_bias = LAYER_USE_BIAS, \
    .kernel_initializer = LAYER_KERNEL_INITIALIZER, \
    .recurrent_initializer = LAYER_RECURRENT_INITIALIZER, \
    .bias_initializer = LAYER_BIAS_INITIALIZER, .reset_after = reset }
/* clang-format on */

static void
recurrent_shapes (TnRule *rule, const TnRecurrentCell *cell)
{
  const TnNode *node = tn_rule_node (rule);
  gboolean return_sequences = tn_node_bool (node, LAYER_RETURN_SEQUENCES);
  gboolean return_state = tn_node_bool (node, LAYER_RETURN_STATE);
  TnShape sequence, step, states[2];
  TnDim features, macs;

  if (!tn_rule_sequence (rule, 1, tn_node_bool (node, LAYER_STATEFUL), &sequence))
    {
      /* What comes of the last step does not depend on how many there are. */
      step = (TnShape){ .rank = 2,
                        .dims = { sequence.rank > 0 ? sequence.dims[0] : tn_dim (TN_DIM_UNKNOWN),
                                  tn_rule_param (rule, LAYER_UNITS, 0) } };
      if (!return_sequences)
        for (guint i = 0; i < 1 + (return_state ? cell->states : 0); i++)
          tn_rule_assume (rule, &step);
      return;
    }
  step = (TnShape){ .rank = 2, .dims = { sequence.dims[0], tn_rule_param (rule, LAYER_UNITS, 0) } };
  for (guint i = 0; i < cell->states; i++)
    states[i] = step;
  if (tn_rule_features (rule, &sequence, &features))
    {
      tn_rule_cell_weights (rule, cell, features, &macs);
      tn_rule_macs (rule, tn_rule_multiply (rule, sequence.dims[1], macs));
    }
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  tn_rule_initial_states (rule, states, cell->states);
  tn_rule_sequence_outputs (rule, &sequence, &step, return_sequences, states,
                            return_state ? cell->states : 0);
}

static char *
recurrent_brief (const TnNode *node)
{
  g_autofree char *units = tn_brief_units (node, LAYER_UNITS);

  return tn_brief_sequence (node, units, LAYER_RETURN_SEQUENCES, LAYER_RETURN_STATE,
                            LAYER_GO_BACKWARDS);
}

static guint
one_state_outputs (const TnNode *node)
{
  return tn_sequence_outputs (tn_node_bool (node, LAYER_RETURN_STATE), 1, 1);
}

static guint
two_state_outputs (const TnNode *node)
{
  return tn_sequence_outputs (tn_node_bool (node, LAYER_RETURN_STATE), 1, 2);
}

#define RECURRENT_LAYER(class_name, name, most, how_many, which)                                   \
  TN_LAYER_SEQUENCE (class_name, #name, name##_params, most, how_many, which),                     \
      .icon = "tenon-layer-recurrent-symbolic", .kept = tn_recurrent_kept,                         \
      .shapes = name##_shapes, .lower = tn_##name##_lower, .runs = tn_recurrent_runs,              \
      .brief = recurrent_brief, .examples = name##_examples

/* ---- SimpleRNN ---- */

static const TnParam simple_rnn_params[SIMPLE_N_PARAMS] = { LAYER_PARAMS };

static void
simple_rnn_shapes (TnRule *rule)
{
  static const TnRecurrentCell cell = CELL ("simple_rnn_cell", 1, 1, -1);

  recurrent_shapes (rule, &cell);
}

static const TnLayerExample simple_rnn_examples[] = {
  { "units=4", "(None, 7, 3)", "(None, 4)", NULL },
  { "units=4, return_sequences=True", "(3, None, 2)", "(3, None, 4)", NULL },
  { "units=4, stateful=True", "(None, 7, 3)", NULL, "unknown-dim" },
  { "units=0", "(None, 7, 3)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_simple_rnn = {
  RECURRENT_LAYER ("SimpleRNN", simple_rnn, 2, one_state_outputs, tn_one_state_name),
  .label = N_ ("Simple recurrent layer"),
  .summary = N_ ("Goes through a sequence and mixes each step with what came of the one before; "
                 "forgets soon."),
  .keywords = N_ ("recurrent sequence time series text memory rnn elman"),
  .aliases = "RNN",
};

/* ---- LSTM ---- */

static const TnParam lstm_params[LSTM_N_PARAMS] = {
  LAYER_PARAMS,
  [GATED_RECURRENT_ACTIVATION] = TN_PARAM_GATE_ACTIVATION,
  [LSTM_UNIT_FORGET_BIAS] = TN_PARAM_UNIT_FORGET_BIAS,
};

static void
lstm_shapes (TnRule *rule)
{
  static const TnRecurrentCell cell = CELL ("lstm_cell", 4, 2, -1);

  recurrent_shapes (rule, &cell);
}

static const TnLayerExample lstm_examples[] = {
  { "units=32", "(None, None, 5)", "(None, 32)", NULL },
  { "units=4, return_sequences=True, return_state=True", "(None, 7, 3)", "(None, 7, 4)", NULL },
  { "units=4, stateful=True", "(2, 7, 3)", "(2, 4)", NULL },
  { "units=4", "(None, 7, 3); (None, 4); (None, 4)", "(None, 4)", NULL },
  { "units=4", "(None, 7, 3); (None, 4)", NULL, "states" },
  { "units=4", "(None, 7, 3); (None, 4); (None, 5)", NULL, "states" },
  { "units=4", "(None, 64)", NULL, "rank" },
  { "units=4", "(None, 7, None)", NULL, "unknown-dim" },
  { NULL },
};

static const TnLayer layer_lstm = {
  RECURRENT_LAYER ("LSTM", lstm, 3, two_state_outputs, tn_two_states_name),
  .label = N_ ("Long short-term memory"),
  .summary = N_ ("Goes through a sequence with a memory that gates write, keep and read, so that "
                 "it can reach far back."),
  .keywords = N_ ("recurrent sequence time series text memory rnn gate long short-term"),
};

/* ---- GRU ---- */

static const TnParam gru_params[GRU_N_PARAMS] = {
  LAYER_PARAMS,
  [GATED_RECURRENT_ACTIVATION] = TN_PARAM_GATE_ACTIVATION,
  [GRU_RESET_AFTER] = TN_PARAM_RESET_AFTER,
};

static void
gru_shapes (TnRule *rule)
{
  static const TnRecurrentCell cell = CELL ("gru_cell", 3, 1, GRU_RESET_AFTER);

  recurrent_shapes (rule, &cell);
}

static const TnLayerExample gru_examples[] = {
  { "units=32", "(None, 7, 3)", "(None, 32)", NULL },
  { "units=1, return_sequences=True, go_backwards=True, reset_after=False", "(None, None, 5)",
    "(None, None, 1)", NULL },
  { "units=4, activation=foo", "(None, 7, 3)", NULL, "param" },
  { "units=4", "(None, 7, 3, 2)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_gru = {
  RECURRENT_LAYER ("GRU", gru, 2, one_state_outputs, tn_one_state_name),
  .label = N_ ("Gated recurrent unit"),
  .summary = N_ ("Goes through a sequence with gates that keep or renew what is remembered; "
                 "lighter than an LSTM."),
  .keywords = N_ ("recurrent sequence time series text memory rnn gate"),
};

const TnLayer *const tn_layers_recurrent[] = { &layer_lstm, &layer_gru, &layer_simple_rnn, NULL };
