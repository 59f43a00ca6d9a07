/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurrent layers in parts: RNN, and the cells that stand within it, alone or as a stack. */
#include <string.h>

#include "layers/tn-lowerings.h"
#include "layers/tn-recurrent.h"

/* ---- cells: one step of SimpleRNN, LSTM and GRU ---- */

enum
{
  CELL_UNITS,
  CELL_ACTIVATION,
  CELL_USE_BIAS,
  CELL_DROPOUT,
  CELL_RECURRENT_DROPOUT,
  CELL_KERNEL_INITIALIZER,
  CELL_RECURRENT_INITIALIZER,
  CELL_BIAS_INITIALIZER,
  CELL_KERNEL_REGULARIZER,
  CELL_RECURRENT_REGULARIZER,
  CELL_BIAS_REGULARIZER,
  CELL_KERNEL_CONSTRAINT,
  CELL_RECURRENT_CONSTRAINT,
  CELL_BIAS_CONSTRAINT,
  CELL_SEED,
  SIMPLE_N_PARAMS,
  GATED_RECURRENT_ACTIVATION = SIMPLE_N_PARAMS,
  GATED_N_PARAMS,
  LSTM_UNIT_FORGET_BIAS = GATED_N_PARAMS,
  LSTM_N_PARAMS,
  GRU_RESET_AFTER = GATED_N_PARAMS,
  GRU_N_PARAMS,
};

/* clang-format off */
#define CELL_PARAMS \
  [CELL_UNITS] = TN_PARAM_UNITS, \
  [CELL_ACTIVATION] = TN_PARAM_STATE_ACTIVATION, \
  [CELL_USE_BIAS] = TN_PARAM_USE_BIAS, \
  [CELL_DROPOUT] = TN_PARAM_INPUT_DROPOUT, \
  [CELL_RECURRENT_DROPOUT] = TN_PARAM_STATE_DROPOUT, \
  [CELL_KERNEL_INITIALIZER] = TN_PARAM_KERNEL_INITIALIZER, \
  [CELL_RECURRENT_INITIALIZER] = TN_PARAM_RECURRENT_INITIALIZER, \
  [CELL_BIAS_INITIALIZER] = TN_PARAM_BIAS_INITIALIZER, \
  [CELL_KERNEL_REGULARIZER] = TN_PARAM_KERNEL_REGULARIZER, \
  [CELL_RECURRENT_REGULARIZER] = TN_PARAM_RECURRENT_REGULARIZER, \
  [CELL_BIAS_REGULARIZER] = TN_PARAM_BIAS_REGULARIZER, \
  [CELL_KERNEL_CONSTRAINT] = TN_PARAM_KERNEL_CONSTRAINT, \
  [CELL_RECURRENT_CONSTRAINT] = TN_PARAM_RECURRENT_CONSTRAINT, \
  [CELL_BIAS_CONSTRAINT] = TN_PARAM_BIAS_CONSTRAINT, \
  [CELL_SEED] = TN_PARAM_RECURRENT_SEED

#define CELL(n_gates, n_states, reset) \
  { .weights = { "kernel", "recurrent_kernel", "bias" }, \
    .gates = n_gates, .states = n_states, .units = CELL_UNITS, .use_bias = CELL_USE_BIAS, \
    .kernel_initializer = CELL_KERNEL_INITIALIZER, \
    .recurrent_initializer = CELL_RECURRENT_INITIALIZER, \
    .bias_initializer = CELL_BIAS_INITIALIZER, .reset_after = reset }
/* clang-format on */

/* One step (batch, features) in, one out. The states go by way of the layer around the cell. */
static void
cell_shapes (TnRule *rule, const TnRecurrentCell *cell)
{
  TnShape step = tn_rule_input (rule, 0);
  TnDim features, macs;

  if (!tn_rule_expect_rank (rule, 0, 2))
    return;
  if (tn_rule_features (rule, &step, &features))
    {
      tn_rule_cell_weights (rule, cell, features, &macs);
      tn_rule_macs (rule, macs);
    }
  else
    tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
  step.dims[1] = tn_rule_param (rule, cell->units, 0);
  tn_rule_output (rule, &step);
}

static char *
cell_brief (const TnNode *node)
{
  return tn_brief_units (node, CELL_UNITS);
}

#define CELL_LAYER(class_name, name)                                                               \
  TN_LAYER_UNARY (class_name, #name, name##_params, TN_FAMILY_RECURRENT),                          \
      .icon = "tenon-layer-recurrent-symbolic", .kept = tn_recurrent_kept,                         \
      .shapes = name##_shapes, .brief = cell_brief, .examples = name##_examples, .hidden = TRUE

static const TnParam simple_rnn_cell_params[SIMPLE_N_PARAMS] = { CELL_PARAMS };

static void
simple_rnn_cell_shapes (TnRule *rule)
{
  static const TnRecurrentCell cell = CELL (1, 1, -1);

  cell_shapes (rule, &cell);
}

static const TnLayerExample simple_rnn_cell_examples[] = {
  { "units=4", "(None, 3)", "(None, 4)", NULL },
  { "units=4", "(None, None)", NULL, "unknown-dim" },
  { NULL },
};

static const TnLayer layer_simple_rnn_cell = {
  CELL_LAYER ("SimpleRNNCell", simple_rnn_cell),
  .label = N_ ("Simple recurrent cell"),
  .summary = N_ ("One step of a SimpleRNN, for use within an RNN."),
  .keywords = N_ ("recurrent sequence cell step rnn"),
};

static const TnParam lstm_cell_params[LSTM_N_PARAMS] = {
  CELL_PARAMS,
  [GATED_RECURRENT_ACTIVATION] = TN_PARAM_GATE_ACTIVATION,
  [LSTM_UNIT_FORGET_BIAS] = TN_PARAM_UNIT_FORGET_BIAS,
};

static void
lstm_cell_shapes (TnRule *rule)
{
  static const TnRecurrentCell cell = CELL (4, 2, -1);

  cell_shapes (rule, &cell);
}

static const TnLayerExample lstm_cell_examples[] = {
  { "units=4", "(None, 3)", "(None, 4)", NULL },
  { "units=4", "(None, 7, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_lstm_cell = {
  CELL_LAYER ("LSTMCell", lstm_cell),
  .label = N_ ("LSTM cell"),
  .summary = N_ ("One step of an LSTM, for use within an RNN."),
  .keywords = N_ ("recurrent sequence cell step rnn gate"),
};

static const TnParam gru_cell_params[GRU_N_PARAMS] = {
  CELL_PARAMS,
  [GATED_RECURRENT_ACTIVATION] = TN_PARAM_GATE_ACTIVATION,
  [GRU_RESET_AFTER] = TN_PARAM_RESET_AFTER,
};

static void
gru_cell_shapes (TnRule *rule)
{
  static const TnRecurrentCell cell = CELL (3, 1, GRU_RESET_AFTER);

  cell_shapes (rule, &cell);
}

static const TnLayerExample gru_cell_examples[] = {
  { "units=4, use_bias=False", "(2, 3)", "(2, 4)", NULL },
  { "units=0", "(2, 3)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_gru_cell = {
  CELL_LAYER ("GRUCell", gru_cell),
  .label = N_ ("GRU cell"),
  .summary = N_ ("One step of a GRU, for use within an RNN."),
  .keywords = N_ ("recurrent sequence cell step rnn gate"),
};

/* ---- cells within a layer ---- */

/* What a cell, or a stack of them, makes of one step. */
typedef struct
{
  TnShape step;                /* in, then out */
  TnDim states[TN_MAX_STATES]; /* their widths, the first of them */
  guint n_states;              /* of all of them */
  TnDim macs;                  /* of one step */
} Steps;

static void
add_states (Steps *steps, guint n, TnDim width)
{
  for (guint i = 0; i < n; i++, steps->n_states++)
    if (steps->n_states < TN_MAX_STATES)
      steps->states[steps->n_states] = width;
}

char *
tn_recurrent_cell_name (const TnNode *cell, GHashTable *taken)
{
  const char *name = tn_node_name (cell);
  char *found = g_strdup (name);

  for (guint i = 1; !g_hash_table_add (taken, g_strdup (found)); i++)
    {
      g_free (found);
      found = g_strdup_printf ("%s_%u", name, i);
    }
  return found;
}

/* The cell that @value describes, or each of those in it, applied to steps->step in turn; its
 * weights are declared. FALSE, with an issue, when it cannot. */
static gboolean
apply_cell (TnRule *rule, guint param, const TnNode *cell, guint states, GHashTable *taken,
            Steps *steps)
{
  TnLayerResult result = { .state = TN_RESULT_NONE };
  g_autofree char *name = tn_recurrent_cell_name (cell, taken);
  gboolean done;
  TnIssue *issue;

  if (states == 0)
    {
      issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1,
                             _ ("%s needs a cell (LSTMCell, GRUCell, SimpleRNNCell or "
                                "StackedRNNCells), not a layer of the class %s."),
                             tn_node_name (tn_rule_node (rule)), tn_node_schema (cell)->type);
      if (issue != NULL)
        issue->param = tn_node_schema (tn_rule_node (rule))->params[param].name;
      return FALSE;
    }
  done = tn_rule_apply_inner (rule, cell, &steps->step, 1, &result) && result.n_outputs > 0;
  if (done)
    {
      tn_rule_inner_weights (rule, name, &result);
      steps->step = result.outputs[0];
      steps->macs = tn_rule_add (rule, steps->macs, tn_dim (result.macs));
      add_states (steps, states, steps->step.dims[1]);
    }
  tn_layer_result_clear (&result);
  return done;
}

static gboolean
is_cell (const char *type)
{
  return type != NULL && g_str_has_suffix (type, "Cell");
}

/* In a stack and in an RNN. */
static gboolean
holds_cells (guint param, const TnSchema *inner)
{
  return is_cell (inner->type) || strcmp (inner->type, "StackedRNNCells") == 0;
}

enum
{
  STACK_CELLS,
  STACK_N_PARAMS,
};

/* All cells of @stack in turn. */
static gboolean
apply_stack (TnRule *rule, guint param, const TnNode *stack, GHashTable *taken, Steps *steps)
{
  g_autoptr (TnValue) cells = tn_node_value (stack, STACK_CELLS);

  for (gsize i = 0; cells != NULL && i < tn_value_size (cells); i++)
    {
      const TnValue *dict = tn_value_at (cells, i);
      g_autoptr (TnNode) cell = tn_layer_inner (stack, STACK_CELLS, (guint)i);
      TnIssue *issue;

      if (cell == NULL)
        {
          issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1,
                                 _ ("%s holds a cell of the class %s, which is not known."),
                                 tn_node_name (tn_rule_node (rule)), tn_layer_dict_class (dict));
          if (issue != NULL)
            issue->param = tn_node_schema (tn_rule_node (rule))->params[param].name;
          return FALSE;
        }
      if (strcmp (tn_node_schema (cell)->type, "StackedRNNCells") == 0)
        {
          if (!tn_node_check (cell, NULL) || !apply_stack (rule, param, cell, taken, steps))
            return FALSE;
        }
      else if (!apply_cell (rule, param, cell,
                            is_cell (tn_node_schema (cell)->type) ? tn_layer_dict_states (dict) : 0,
                            taken, steps))
        return FALSE;
    }
  return TRUE;
}

/* ---- StackedRNNCells ---- */

static const TnParam stack_params[STACK_N_PARAMS] = {
  [STACK_CELLS]
  = TN_PARAM_INNER ("cells", N_ ("Cells"), TN_PARAM_REQUIRED | TN_PARAM_LIST,
                    "[{'class_name': 'LSTMCell', 'config': {'units': 64}}]",
                    N_ ("The cells, from the one that sees what arrives to the one whose output "
                        "is put out.")),
};

static void
stack_shapes (TnRule *rule)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Steps steps = { .step = tn_rule_input (rule, 0) };

  if (!tn_rule_expect_rank (rule, 0, 2)
      || !apply_stack (rule, STACK_CELLS, tn_rule_node (rule), taken, &steps))
    return;
  tn_rule_macs (rule, steps.macs);
  tn_rule_output (rule, &steps.step);
}

static char *
stack_brief (const TnNode *node)
{
  g_autoptr (TnValue) cells = tn_node_value (node, STACK_CELLS);
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; cells != NULL && i < tn_value_size (cells); i++)
    {
      const char *type = tn_layer_dict_class (tn_value_at (cells, i));

      g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", type != NULL ? type : "?");
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static const TnLayerExample stack_examples[] = {
  { "cells=[{'class_name': 'LSTMCell', 'config': {'units': 4}}, "
    "{'class_name': 'GRUCell', 'config': {'units': 6}}]",
    "(None, 3)", "(None, 6)", NULL },
  { "cells=[{'class_name': 'Dense', 'config': {'units': 4}}]", "(None, 3)", NULL, "param" },
  { NULL },
};

static const TnLayer layer_stacked_rnn_cells = {
  TN_LAYER_UNARY ("StackedRNNCells", "stacked_rnn_cells", stack_params, TN_FAMILY_RECURRENT),
  .label = N_ ("Stack of recurrent cells"),
  .summary = N_ ("Several cells that work as one, each on what the one before makes of a step; for "
                 "use within an RNN."),
  .keywords = N_ ("recurrent sequence cell step rnn stack deep"),
  .icon = "tenon-layer-recurrent-symbolic",
  .kept = tn_recurrent_kept,
  .holds = holds_cells,
  .shapes = stack_shapes,
  .brief = stack_brief,
  .examples = stack_examples,
  .hidden = TRUE,
};

/* ---- RNN ---- */

enum
{
  RNN_CELL,
  RNN_RETURN_SEQUENCES,
  RNN_RETURN_STATE,
  RNN_GO_BACKWARDS,
  RNN_STATEFUL,
  RNN_UNROLL,
  RNN_ZERO_OUTPUT_FOR_MASK,
  RNN_N_PARAMS,
};

static const TnParam rnn_params[RNN_N_PARAMS] = {
  [RNN_CELL] = TN_PARAM_INNER ("cell", N_ ("Cell"), TN_PARAM_REQUIRED,
                               "{'class_name': 'LSTMCell', 'config': {'units': 64}}",
                               N_ ("What happens in one step: an LSTMCell, GRUCell, SimpleRNNCell, "
                                   "or StackedRNNCells of several.")),
  [RNN_RETURN_SEQUENCES] = TN_PARAM_RETURN_SEQUENCES,
  [RNN_RETURN_STATE] = TN_PARAM_RETURN_STATE,
  [RNN_GO_BACKWARDS] = TN_PARAM_GO_BACKWARDS,
  [RNN_STATEFUL] = TN_PARAM_STATEFUL,
  [RNN_UNROLL] = TN_PARAM_UNROLL,
  [RNN_ZERO_OUTPUT_FOR_MASK] = TN_PARAM_ZERO_OUTPUT_FOR_MASK,
};

static void
rnn_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  gboolean return_state = tn_node_bool (node, RNN_RETURN_STATE);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (TnValue) dict = tn_node_value (node, RNN_CELL);
  g_autoptr (TnNode) cell = NULL;
  TnShape sequence, states[TN_MAX_STATES];
  Steps steps = { 0 };
  gboolean done;
  guint n_states;

  if (!tn_rule_sequence (rule, 1, tn_node_bool (node, RNN_STATEFUL), &sequence))
    return;
  cell = tn_rule_inner (rule, RNN_CELL, 0);
  if (cell == NULL)
    return;
  steps.step = (TnShape){ .rank = 2, .dims = { sequence.dims[0], sequence.dims[2] } };
  if (!tn_rule_features (rule, &sequence, &steps.step.dims[1]))
    return;
  if (strcmp (tn_node_schema (cell)->type, "StackedRNNCells") == 0)
    {
      g_autoptr (TnReport) report = tn_report_new ();
      TnIssue *issue;

      done = tn_node_check (cell, report);
      if (done)
        done = apply_stack (rule, RNN_CELL, cell, taken, &steps);
      else
        {
          issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "param", -1, "%s",
                                 tn_report_first (report));
          if (issue != NULL)
            issue->param = "cell";
        }
    }
  else
    done = apply_cell (rule, RNN_CELL, cell,
                       is_cell (tn_node_schema (cell)->type) ? tn_layer_dict_states (dict) : 0,
                       taken, &steps);
  if (!done)
    return;
  tn_rule_macs (rule, tn_rule_multiply (rule, sequence.dims[1], steps.macs));
  n_states = MIN (steps.n_states, TN_MAX_STATES);
  if (return_state && steps.n_states > TN_MAX_STATES)
    tn_rule_too_many_states (rule, steps.n_states, TN_MAX_STATES, "return_state");
  for (guint i = 0; i < n_states; i++)
    states[i] = (TnShape){ .rank = 2, .dims = { sequence.dims[0], steps.states[i] } };
  tn_rule_initial_states (rule, states, n_states);
  tn_rule_sequence_outputs (rule, &sequence, &steps.step, tn_node_bool (node, RNN_RETURN_SEQUENCES),
                            states, return_state ? n_states : 0);
}

static guint
rnn_outputs (const TnNode *node)
{
  const TnValue *cell = tn_node_get (node, RNN_CELL);

  return tn_sequence_outputs (tn_node_bool (node, RNN_RETURN_STATE), 1,
                              cell != NULL ? tn_layer_dict_states (cell) : 0);
}

static char *
rnn_brief (const TnNode *node)
{
  g_autofree char *cell = tn_brief_inner (node, RNN_CELL);

  return tn_brief_sequence (node, cell, RNN_RETURN_SEQUENCES, RNN_RETURN_STATE, RNN_GO_BACKWARDS);
}

static const TnLayerExample rnn_examples[] = {
  { "cell={'class_name': 'GRUCell', 'config': {'units': 4}}, return_state=True", "(None, 7, 3)",
    "(None, 4)", NULL },
  { "cell={'class_name': 'StackedRNNCells', 'config': {'cells': [{'class_name': 'LSTMCell', "
    "'config': {'units': 4}}, {'class_name': 'LSTMCell', 'config': {'units': 6}}]}}, "
    "return_sequences=True, return_state=True",
    "(None, 7, 3)", "(None, 7, 6)", NULL },
  { "cell={'class_name': 'LSTM', 'config': {'units': 4}}", "(None, 7, 3)", NULL, "param" },
  { "cell={'class_name': 'LSTMCell', 'config': {'units': 0}}", "(None, 7, 3)", NULL, "param" },
  { "cell={'class_name': 'LSTMCell', 'config': {'units': 4}}", "(None, 3)", NULL, "rank" },
  { NULL },
};

static const TnLayer layer_rnn = {
  TN_LAYER_SEQUENCE ("RNN", "rnn", rnn_params, 1 + TN_MAX_STATES, rnn_outputs, tn_one_state_name),
  .label = N_ ("Recurrent layer of cells"),
  .summary = N_ ("Goes through a sequence with a cell of your choice, or several of them one upon "
                 "the other."),
  .keywords = N_ ("recurrent sequence time series memory cell stack"),
  .icon = "tenon-layer-recurrent-symbolic",
  .kept = tn_recurrent_kept,
  .holds = holds_cells,
  .shapes = rnn_shapes,
  .lower = tn_rnn_lower,
  .runs = tn_rnn_runs,
  .brief = rnn_brief,
  .examples = rnn_examples,
};

const TnLayer *const tn_layers_recurrent_cells[]
    = { &layer_rnn,      &layer_simple_rnn_cell,   &layer_lstm_cell,
        &layer_gru_cell, &layer_stacked_rnn_cells, NULL };
