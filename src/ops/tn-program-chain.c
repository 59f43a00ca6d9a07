/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pass that makes one call of three convolutions in a row: 1×1, depthwise, 1×1. */
#include "ops/tn-depthwise-call.h"
#include "ops/tn-program-private.h"

enum
{
  INPUT_X,
  INPUT_WEIGHTS,
  INPUT_BIAS,
  INPUT_RESIDUAL,
};

#define LINKS 3

static gboolean
has (const TnProgramCall *call, guint input)
{
  return input < call->n_inputs && call->inputs[input] != TN_TENSOR_ABSENT;
}

static gboolean
is_constant (const TnProgram *program, const TnProgramCall *call, guint input)
{
  return tn_program_tensor (program, tn_program_root (program, call->inputs[input]))->kind
         == TN_TENSOR_CONSTANT;
}

/* Is it a convolution whose weights could be packed with others'? */
static gboolean
is_link (const TnProgram *program, const TnProgramCall *call)
{
  return call->op == &tn_op_convolution && call->settings.kernels == TN_KERNELS_AUTO
         && call->settings.way == TN_WAY_RULE && is_constant (program, call, INPUT_WEIGHTS)
         && (!has (call, INPUT_BIAS) || is_constant (program, call, INPUT_BIAS));
}

/* Each pixel of the output comes of the same pixel of the input. */
static gboolean
is_pointwise (const TnProgram *program, const TnProgramCall *call)
{
  const TnShape *weights = tn_program_shape (program, call->inputs[INPUT_WEIGHTS]);
  const TnOpSettings *s = &call->settings;

  if (!is_link (program, call) || s->groups > 1 || tn_op_product (weights, 0, 2) != 1)
    return FALSE;
  for (int i = 0; i < 2; i++)
    if (s->stride[i] != 1 || s->pad_before[i] != 0 || s->pad_after[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
is_depthwise (const TnProgram *program, const TnProgramCall *call)
{
  const TnShape *weights = tn_program_shape (program, call->inputs[INPUT_WEIGHTS]);

  return is_link (program, call) && call->settings.groups > 1 && tn_op_dim (weights, 2) == 1
         && tn_op_dim (weights, 3) == call->settings.groups && !has (call, INPUT_RESIDUAL);
}

/* The convolution that makes what @call convolves, when nobody else sees it. */
static const TnProgramCall *
link_before (const TnProgram *program, const guint *uses, const TnProgramCall *call)
{
  const TnProgramCall *maker = tn_program_only_maker (program, uses, call->inputs[INPUT_X]);

  return maker != NULL && maker->op == &tn_op_convolution
                 && tn_shape_identical (tn_program_shape (program, maker->output),
                                        tn_program_shape (program, call->inputs[INPUT_X]))
             ? maker
             : NULL;
}

/* One activation stands for both, and has one parameter. */
static gboolean
same_activation (const TnOpSettings *a, const TnOpSettings *b)
{
  if (a->activation != b->activation || a->activation == TN_ACTIVATION_PIECEWISE
      || a->activation == TN_ACTIVATION_AFFINE)
    return FALSE;
  return a->params[0] == b->params[0] && a->params[1] == b->params[1]
         && a->params[2] == b->params[2];
}

static gboolean
find_chain (const TnProgram *program, const guint *uses, const TnProgramCall *last,
            const TnProgramCall *chain[LINKS])
{
  chain[2] = last;
  if (last->op != &tn_op_convolution || !is_pointwise (program, last))
    return FALSE;
  chain[1] = link_before (program, uses, last);
  if (chain[1] == NULL || !is_depthwise (program, chain[1]))
    return FALSE;
  chain[0] = link_before (program, uses, chain[1]);
  return chain[0] != NULL && is_pointwise (program, chain[0]) && !has (chain[0], INPUT_RESIDUAL)
         && same_activation (&chain[0]->settings, &chain[1]->settings);
}

/* Each sample goes through all weights by itself, which costs more than it saves where they are
 * more than what lies between. */
static gboolean
is_worth_it (const TnProgram *program, const TnProgramCall *const chain[LINKS], guint64 least_bytes)
{
  const TnShape *many = tn_program_shape (program, chain[0]->output);
  gint64 sample = tn_op_product (many, 1, many->rank), weights = 0;

  for (guint i = 0; i < LINKS; i++)
    weights += tn_shape_elements (tn_program_shape (program, chain[i]->inputs[INPUT_WEIGHTS]), 0);
  return tn_shape_elements (tn_program_shape (program, chain[2]->output), 0) > 0
         && sample >= weights
         && (double)tn_op_dim (many, 0) * (double)sample * sizeof (float) >= (double)least_bytes;
}

/* The constants at @input of the three, one after the other; absent when all are. */
static TnTensorId
join (TnProgram *program, const TnProgramCall *const chain[LINKS], guint input)
{
  TnDerivation how = { .is_joined = TRUE };
  g_autoptr (GString) label = g_string_new (NULL);
  gint64 n = 0;
  gboolean any = FALSE;

  for (guint i = 0; i < TN_DERIVATION_SOURCES; i++)
    how.sources[i] = TN_TENSOR_ABSENT;
  for (guint i = 0; i < LINKS; i++)
    {
      const TnShape *output = tn_program_shape (program, chain[i]->output);

      how.lengths[i] = tn_op_dim (output, output->rank - 1);
      if (has (chain[i], input))
        {
          any = TRUE;
          how.sources[i] = tn_program_root (program, chain[i]->inputs[input]);
          how.lengths[i] = tn_shape_elements (tn_program_shape (program, how.sources[i]), 0);
        }
      n += how.lengths[i];
      g_string_append_printf (
          label, "%s%s[%" G_GINT64_FORMAT "]", i > 0 ? " & " : "",
          has (chain[i], input) ? tn_program_tensor (program, how.sources[i])->label : "0",
          how.lengths[i]);
    }
  if (!any)
    return TN_TENSOR_ABSENT;
  TnShape shape = tn_shape_new (&n, 1);
  return tn_program_derived (program, &shape, g_strdup (label->str), &how);
}

static void
note_absorbed (TnProgram *program, guint owner, guint by)
{
  TnAbsorbed absorbed = { .owner = owner, .by = by };
  g_array_append_val (program->absorbed, absorbed);
}

/* The last of the chain becomes the whole. */
static void
close_chain (TnProgram *program, const TnProgramCall *const chain[LINKS], guint index)
{
  const TnShape *window = tn_program_shape (program, chain[1]->inputs[INPUT_WEIGHTS]);
  TnProgramCall whole = *chain[2];

  whole.op = &tn_op_inverted_residual;
  for (int i = 0; i < 2; i++)
    {
      whole.settings.kernel[i] = tn_op_dim (window, i);
      whole.settings.stride[i] = chain[1]->settings.stride[i];
      whole.settings.dilation[i] = chain[1]->settings.dilation[i];
      whole.settings.pad_before[i] = chain[1]->settings.pad_before[i];
      whole.settings.pad_after[i] = chain[1]->settings.pad_after[i];
    }
  whole.settings.groups = chain[1]->settings.groups;
  whole.settings.gate = chain[0]->settings.activation;
  whole.settings.gate_param = chain[0]->settings.params[0];
  whole.inputs[INPUT_X] = chain[0]->inputs[INPUT_X];
  whole.inputs[INPUT_WEIGHTS] = join (program, chain, INPUT_WEIGHTS);
  whole.inputs[INPUT_BIAS] = join (program, chain, INPUT_BIAS);
  whole.n_inputs = MAX (whole.n_inputs, INPUT_BIAS + 1);
  for (guint i = 0; i < LINKS - 1; i++)
    note_absorbed (program, chain[i]->owner, whole.owner);
  g_array_index (program->calls, TnProgramCall, index) = whole;
}

guint
tn_program_chain (TnProgram *program, const TnTensorId *kept, guint n_kept, guint64 least_bytes)
{
  g_autofree guint *uses = tn_program_count_uses (program, kept, n_kept);
  guint n_chains = 0;

  for (guint i = 0; i < program->calls->len; i++)
    {
      const TnProgramCall *chain[LINKS];

      if (!find_chain (program, uses, tn_program_call_at (program, i), chain))
        continue;
      if (!is_worth_it (program, chain, least_bytes))
        continue;
      close_chain (program, chain, i);
      n_chains++;
    }
  if (n_chains > 0)
    tn_program_sweep (program, kept, n_kept);
  return n_chains;
}
