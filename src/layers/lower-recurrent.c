/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How layers run that go through a sequence: SimpleRNN, LSTM, GRU, RNN and the ConvLSTMs. */
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-convolution.h"
#include "layers/tn-lowerings.h"
#include "layers/tn-recurrent.h"

/* One cell's way through a sequence. */
typedef struct
{
  const TnOp *op;
  const TnNode *node; /* that has the cell's parameters */
  const char *prefix; /* of its weights */
  gint64 states;
  TnTensorId begin[2]; /* states to begin with */
  TnTensorId mask;
  gboolean backwards, sequences, return_states, zero_masked;
} Way;

static TnTensorId
way_weight (TnLower *lower, const Way *way, const char *name)
{
  g_autofree char *whole = g_strconcat (way->prefix, "/", name, NULL);

  return tn_lower_weight (lower, whole);
}

/* The functions of a step must be such of single numbers. */
static gboolean
are_functions (const TnNode *node)
{
  static const char *const names[] = { "activation", "recurrent_activation" };
  TnActivation activation;
  float argument;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      int param = tn_schema_param (tn_node_schema (node), names[i]);
      const TnValue *value = param >= 0 ? tn_node_get (node, (guint)param) : NULL;

      if (value != NULL && tn_param_holds_layer (&tn_node_schema (node)->params[param], value))
        return FALSE;
    }
  return tn_lower_function (tn_lowering_activation (node, "activation"), &activation, &argument)
         && tn_lower_function (tn_lowering_activation (node, "recurrent_activation"), &activation,
                               &argument);
}

static void
step_functions (const TnNode *node, TnOpSettings *settings)
{
  tn_lower_function (tn_lowering_activation (node, "activation"), &settings->activation,
                     &settings->params[0]);
  tn_lower_function (tn_lowering_activation (node, "recurrent_activation"), &settings->gate,
                     &settings->gate_param);
}

/* The mask of a sequence has an entry for each step of each sample. Keras hands none to a layer by
 * itself that is given states, as it then cannot tell whose it is: only one that the call names. */
static TnTensorId
steps_mask (TnLower *lower)
{
  TnTensorId mask = tn_lower_mask (lower, 0);

  for (guint slot = 1; !tn_lower_masks_given (lower) && slot < tn_lower_n_inputs (lower); slot++)
    if (tn_lower_input (lower, slot) != TN_TENSOR_ABSENT)
      return TN_TENSOR_ABSENT;

  return mask != TN_TENSOR_ABSENT && tn_lower_shape (lower, mask)->rank == 2 ? mask
                                                                             : TN_TENSOR_ABSENT;
}

/* Step @step of @axis 1 alone. */
static TnTensorId
row_of (TnLower *lower, TnTensorId rows, gint64 row)
{
  return tn_lower_squeeze (lower, tn_lower_cut (lower, rows, 1, row, 1), 1);
}

/* Splits what an op put out into the sequence (or last step) and the states. */
static TnTensorId
split_rows (TnLower *lower, TnTensorId rows, const Way *way, TnTensorId *states)
{
  gint64 n = tn_lower_shape (lower, rows)->dims[1].size;
  gint64 steps = n - (way->return_states ? way->states : 0);

  for (gint64 i = 0; way->return_states && i < way->states; i++)
    states[i] = row_of (lower, rows, steps + i);
  return way->sequences ? tn_lower_cut (lower, rows, 1, 0, steps) : row_of (lower, rows, 0);
}

/* @x (n, t, features). @states gets those after the last step, if they are wanted. */
static TnTensorId
go_through (TnLower *lower, const Way *way, TnTensorId x, TnTensorId *states)
{
  TnTensorId kernel = way_weight (lower, way, "kernel");
  TnTensorId recurrent = way_weight (lower, way, "recurrent_kernel");
  TnTensorId bias = way_weight (lower, way, "bias"), second = TN_TENSOR_ABSENT;
  TnOpSettings settings = { .backwards = way->backwards,
                            .sequences = way->sequences,
                            .states = way->return_states,
                            .zero_masked = way->zero_masked,
                            .reset_after = tn_lowering_flag (way->node, "reset_after") };

  step_functions (way->node, &settings);
  /* One for what arrives, one for what is remembered. */
  if (bias != TN_TENSOR_ABSENT && tn_lower_shape (lower, bias)->rank == 2)
    {
      second = tn_lower_squeeze (lower, tn_lower_cut (lower, bias, 0, 1, 1), 0);
      bias = tn_lower_squeeze (lower, tn_lower_cut (lower, bias, 0, 0, 1), 0);
    }
  x = tn_lower_call (lower, &tn_op_matmul, NULL, (TnTensorId[]){ x, kernel, bias }, 3);
  x = tn_lower_call (
      lower, way->op, &settings,
      (TnTensorId[]){ x, recurrent, second, way->begin[0], way->begin[1], way->mask }, 6);
  return split_rows (lower, x, way, states);
}

/* What a layer as a whole says. */
static Way
layer_way (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const char *zeros = tn_lower_is_direction (lower) ? "return_sequences" : "zero_output_for_mask";

  return (Way){ .node = node,
                .begin = { TN_TENSOR_ABSENT, TN_TENSOR_ABSENT },
                .mask = steps_mask (lower),
                .backwards = tn_lowering_flag (node, "go_backwards"),
                .sequences = tn_lowering_flag (node, "return_sequences"),
                .return_states = tn_lowering_flag (node, "return_state"),
                .zero_masked = tn_lowering_flag (node, zeros) };
}

static TnTensorId
given_state (const TnLower *lower, gint64 state)
{
  return state + 1 < tn_lower_n_inputs (lower) ? tn_lower_input (lower, (guint)state + 1)
                                               : TN_TENSOR_ABSENT;
}

static void
put_out (TnLower *lower, const Way *way, TnTensorId out, const TnTensorId *states, gint64 n_states)
{
  tn_lower_output (lower, out);
  for (gint64 i = 0; way->return_states && i < n_states; i++)
    tn_lower_output (lower, states[i]);
  tn_lower_output_mask (lower, 0, way->sequences ? tn_lower_mask (lower, 0) : TN_TENSOR_ABSENT);
}

static void
recurrent_lower (TnLower *lower, const TnOp *op, const char *prefix, gint64 n_states)
{
  Way way = layer_way (lower);
  TnTensorId states[2], out;

  way.op = op;
  way.prefix = prefix;
  way.states = n_states;
  for (gint64 i = 0; i < n_states; i++)
    way.begin[i] = given_state (lower, i);
  out = go_through (lower, &way, tn_lower_input (lower, 0), states);
  put_out (lower, &way, out, states, n_states);
}

gboolean
tn_recurrent_runs (const TnNode *node)
{
  return are_functions (node);
}

void
tn_simple_rnn_lower (TnLower *lower)
{
  recurrent_lower (lower, &tn_op_simple_rnn, "simple_rnn_cell", 1);
}

void
tn_lstm_lower (TnLower *lower)
{
  recurrent_lower (lower, &tn_op_lstm, "lstm_cell", 2);
}

void
tn_gru_lower (TnLower *lower)
{
  recurrent_lower (lower, &tn_op_gru, "gru_cell", 1);
}

/* ---- RNN ---- */

static const struct
{
  const char *type;
  const TnOp *op;
  gint64 states;
} cells[] = {
  { "SimpleRNNCell", &tn_op_simple_rnn, 1 },
  { "LSTMCell", &tn_op_lstm, 2 },
  { "GRUCell", &tn_op_gru, 1 },
};

/* The cells that @node holds in @param, those of stacks one by one, in the order in which a step
 * goes through them. FALSE when one is of another kind. */
static gboolean
collect_cells (const TnNode *node, const char *param, GPtrArray *found, guint depth)
{
  guint index = tn_lowering_param (node, param);
  g_autoptr (TnValue) value = tn_node_value (node, index);
  gsize n = value != NULL && tn_value_kind (value) == TN_VALUE_LIST ? tn_value_size (value) : 1;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (TnNode) cell = depth < 8 ? tn_layer_inner (node, index, (guint)i) : NULL;

      if (cell == NULL)
        return FALSE;
      if (g_str_equal (tn_node_type (cell), "StackedRNNCells"))
        {
          if (!collect_cells (cell, "cells", found, depth + 1))
            return FALSE;
        }
      else
        g_ptr_array_add (found, g_steal_pointer (&cell));
    }
  return TRUE;
}

static int
cell_kind (const TnNode *cell)
{
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    if (g_str_equal (cells[i].type, tn_node_type (cell)))
      return (int)i;
  return -1;
}

gboolean
tn_rnn_runs (const TnNode *node)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_node_unref);

  if (!collect_cells (node, "cell", found, 0))
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    if (cell_kind (found->pdata[i]) < 0 || !are_functions (found->pdata[i]))
      return FALSE;
  return found->len > 0;
}

/* A stack of cells does step by step what layers one upon another do sequence by sequence. */
void
tn_rnn_lower (TnLower *lower)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_node_unref);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Way whole = layer_way (lower);
  TnTensorId x = tn_lower_input (lower, 0), states[2 * TN_MAX_OUTPUTS];
  gint64 n_states = 0;

  collect_cells (tn_lower_node (lower), "cell", found, 0);
  for (guint i = 0; i < found->len; i++)
    {
      int kind = cell_kind (found->pdata[i]);
      g_autofree char *prefix = tn_recurrent_cell_name (found->pdata[i], taken);
      Way way = whole;
      TnTensorId after[2];

      way.op = cells[kind].op;
      way.node = found->pdata[i];
      way.prefix = prefix;
      way.states = cells[kind].states;
      /* The first one turns the sequence round for all. */
      way.backwards = whole.backwards && i == 0;
      way.sequences = whole.sequences || i + 1 < found->len;
      way.zero_masked = whole.zero_masked && i + 1 == found->len;
      if (whole.backwards && i == 1 && way.mask != TN_TENSOR_ABSENT)
        {
          TnOpSettings round = { .axis = 1, .stride = { 1 }, .backwards = TRUE };

          way.mask = whole.mask = tn_lower_call (lower, &tn_op_stride, &round, &whole.mask, 1);
        }
      for (gint64 s = 0; s < way.states; s++)
        way.begin[s] = given_state (lower, n_states + s);
      x = go_through (lower, &way, x, after);
      for (gint64 s = 0; way.return_states && s < way.states; s++)
        if (n_states + s < (gint64)G_N_ELEMENTS (states))
          states[n_states + s] = after[s];
      n_states += way.states;
    }
  whole.mask = steps_mask (lower);
  put_out (lower, &whole, x, states, MIN (n_states, TN_MAX_OUTPUTS - 1));
}

/* ---- ConvLSTM ---- */

/* The spatial axes @from … of @x become three, the front ones of size 1. */
static TnTensorId
as_volume (TnLower *lower, TnTensorId x, int from, int n)
{
  for (; n < 3; n++)
    x = tn_lower_expand (lower, x, from);
  return x;
}

static TnTensorId
as_plane (TnLower *lower, TnTensorId x, int from, int n)
{
  for (; n < 3; n++)
    x = tn_lower_squeeze (lower, x, from);
  return x;
}

/* Channels of each step to the end, or back. */
static TnTensorId
move_channels (TnLower *lower, TnTensorId x, TnImageAxes axes, int steps, gboolean back)
{
  int rank = tn_lower_shape (lower, x)->rank, permutation[TN_MAX_RANK] = { 0 };
  int first = 1 + steps;

  if (!axes.channels_first)
    return x;
  for (int axis = 0; axis < rank; axis++)
    if (axis < first)
      permutation[axis] = axis;
    else if (back)
      permutation[axis] = axis == first ? rank - 1 : axis - 1;
    else
      permutation[axis] = axis == rank - 1 ? first : axis + 1;
  return tn_lower_transpose (lower, x, permutation);
}

/* Every step convolved with the kernel, all steps of all samples at once: (n, t, d, h, w, 4·f). */
static TnTensorId
convolve_steps (TnLower *lower, TnTensorId x, int n)
{
  const TnNode *node = tn_lower_node (lower);
  TnShape sequence = *tn_lower_shape (lower, x), shape;
  TnOpSettings settings = { 0 };

  x = tn_lower_join (lower, x, 0, 2);
  tn_lower_window (lower, tn_lower_shape (lower, x), tn_lowering_param (node, "kernel_size"),
                   (int)tn_lowering_param (node, "strides"), tn_lowering_param (node, "padding"),
                   (int)tn_lowering_param (node, "dilation_rate"), &settings);
  x = tn_lower_convolution (lower, x, tn_lower_weight (lower, "conv_lstm_cell/kernel"),
                            tn_lower_weight (lower, "conv_lstm_cell/bias"), &settings);
  shape = *tn_lower_shape (lower, x);
  for (int axis = shape.rank; axis > 1; axis--)
    shape.dims[axis] = shape.dims[axis - 1];
  shape.rank++;
  shape.dims[0] = sequence.dims[0];
  shape.dims[1] = sequence.dims[1];
  return as_volume (lower, tn_lower_reshape (lower, x, &shape), 2, n);
}

void
tn_conv_lstm_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  int n = tn_spatial_axes (node, tn_lowering_param (node, "kernel_size"));
  TnImageAxes axes = tn_image_axes (node, tn_lowering_param (node, "data_format"), n + 2);
  Way way = layer_way (lower);
  TnOpSettings settings = { .backwards = way.backwards,
                            .sequences = way.sequences,
                            .states = way.return_states,
                            .zero_masked = way.zero_masked };
  TnTensorId x = move_channels (lower, tn_lower_input (lower, 0), axes, 1, FALSE);
  TnTensorId recurrent = tn_lower_weight (lower, "conv_lstm_cell/recurrent_kernel");
  TnTensorId states[2], out;

  x = convolve_steps (lower, x, n);
  recurrent = as_volume (lower, recurrent, 0, n);
  for (int i = 0; i < 2; i++)
    {
      way.begin[i] = given_state (lower, i);
      if (way.begin[i] != TN_TENSOR_ABSENT)
        way.begin[i] = as_volume (lower, move_channels (lower, way.begin[i], axes, 0, FALSE), 1, n);
    }
  step_functions (node, &settings);
  x = tn_lower_call (lower, &tn_op_conv_lstm, &settings,
                     (TnTensorId[]){ x, recurrent, way.begin[0], way.begin[1], way.mask }, 5);
  way.states = 2;
  out = split_rows (lower, x, &way, states);
  out = as_plane (lower, out, way.sequences ? 2 : 1, n);
  out = move_channels (lower, out, axes, way.sequences ? 1 : 0, TRUE);
  for (int i = 0; way.return_states && i < 2; i++)
    states[i] = move_channels (lower, as_plane (lower, states[i], 1, n), axes, 0, TRUE);
  put_out (lower, &way, out, states, 2);
}
