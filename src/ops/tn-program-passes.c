/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes over a program: what one call can do for another it does, and what nobody needs goes. */
#include <math.h>

#include "ops/tn-program-private.h"

/* Inputs of products and convolutions, and of a normalization. */
enum
{
  INPUT_X,
  INPUT_WEIGHTS,
  INPUT_BIAS,
  INPUT_RESIDUAL,
};

enum
{
  NORM_X,
  NORM_MEAN,
  NORM_VARIANCE,
  NORM_GAMMA,
  NORM_BETA,
};

typedef struct
{
  TnProgram *program;
  guint *uses; /* by tensor: calls that read it, and whoever looks at it */
  guint n_fused;
} Fusion;

static TnProgramCall *
call_at (const TnProgram *program, guint index)
{
  return &g_array_index (program->calls, TnProgramCall, index);
}

guint *
tn_program_count_uses (const TnProgram *program, const TnTensorId *kept, guint n_kept)
{
  guint *uses = g_new0 (guint, program->tensors->len + 1);

  for (guint i = 0; i < program->calls->len; i++)
    {
      const TnProgramCall *call = tn_program_call_at (program, i);
      for (guint j = 0; j < call->n_inputs; j++)
        if (call->inputs[j] != TN_TENSOR_ABSENT)
          uses[call->inputs[j]]++;
    }
  for (guint i = 0; i < n_kept; i++)
    uses[kept[i]]++;
  return uses;
}

TnProgramCall *
tn_program_only_maker (const TnProgram *program, const guint *uses, TnTensorId tensor)
{
  for (;;)
    {
      const TnProgramTensor *at = tn_program_tensor (program, tensor);
      if (at->kind != TN_TENSOR_COMPUTED || uses[tensor] != 1)
        return NULL;
      TnProgramCall *call = call_at (program, at->call);
      if (!(call->op->flags & TN_OP_ALIAS))
        return call;
      tensor = call->inputs[0];
    }
}

static TnProgramCall *
only_maker (const Fusion *fusion, TnTensorId tensor)
{
  return tn_program_only_maker (fusion->program, fusion->uses, tensor);
}

static TnProgramCall *
maker_of (const Fusion *fusion, TnTensorId tensor)
{
  const TnProgramTensor *at = tn_program_tensor (fusion->program, tensor);

  return at->kind == TN_TENSOR_COMPUTED ? call_at (fusion->program, at->call) : NULL;
}

/* The same seen through turned axes as well; @axis of @tensor is followed, and becomes -1 where it
 * is lost. */
static TnProgramCall *
only_maker_turned (const Fusion *fusion, TnTensorId tensor, int *axis)
{
  for (;;)
    {
      TnProgramCall *call = maker_of (fusion, tensor);

      if (call == NULL || fusion->uses[tensor] != 1)
        return NULL;
      if (call->op != &tn_op_transpose && !(call->op->flags & TN_OP_ALIAS))
        return call;
      const TnShape *after = tn_program_shape (fusion->program, tensor);
      const TnShape *before = tn_program_shape (fusion->program, call->inputs[0]);
      if (*axis >= 0 && call->op == &tn_op_transpose)
        *axis = call->settings.permutation[*axis];
      else if (*axis >= 0 && !tn_shape_identical (before, after))
        /* Other shapes leave the order of the numbers alone, so where the channels come last on
         * both sides they are the same. */
        *axis = *axis == after->rank - 1 && before->rank > 0
                        && tn_op_dim (before, before->rank - 1) == tn_op_dim (after, *axis)
                    ? before->rank - 1
                    : -1;
      tensor = call->inputs[0];
    }
}

static gboolean
has (const TnProgramCall *call, guint input)
{
  return input < call->n_inputs && call->inputs[input] != TN_TENSOR_ABSENT;
}

static void
set_input (TnProgramCall *call, guint input, TnTensorId tensor)
{
  while (call->n_inputs <= input)
    call->inputs[call->n_inputs++] = TN_TENSOR_ABSENT;
  call->inputs[input] = tensor;
}

/* @call becomes another shape of its input @tensor, because @maker does its work. */
static void
absorb (Fusion *fusion, TnProgramCall *call, TnTensorId tensor, const TnProgramCall *maker)
{
  TnAbsorbed absorbed = { .owner = call->owner, .by = maker->owner };

  g_array_append_val (fusion->program->absorbed, absorbed);
  call->op = &tn_op_reshape;
  call->n_inputs = 1;
  call->inputs[0] = tensor;
  fusion->n_fused++;
}

/* ---- padding ---- */

static gboolean
is_pad (const TnProgramCall *call)
{
  return call->op == &tn_op_pad && call->settings.params[0] == 0;
}

/* Does nothing below zero stand in @tensor, seen through zeros around it? */
static gboolean
is_never_negative (const TnProgram *program, TnTensorId tensor)
{
  for (;;)
    {
      const TnProgramTensor *at = tn_program_tensor (program, tn_program_root (program, tensor));
      if (at->kind != TN_TENSOR_COMPUTED)
        return FALSE;
      const TnProgramCall *call = tn_program_call_at (program, at->call);
      if (!is_pad (call))
        return (call->op == &tn_op_activation || call->op->flags & TN_OP_ACTIVATES)
               && (call->settings.activation == TN_ACTIVATION_RELU
                   || call->settings.activation == TN_ACTIVATION_RELU6);
      tensor = call->inputs[0];
    }
}

/* Axes that the op puts zeros around by itself. Of what is never negative the largest is the same
 * with zeros and without, as long as something else is in the window as well. */
static int
padded_axes (const Fusion *fusion, const TnProgramCall *call)
{
  if (call->op == &tn_op_convolution)
    return 2;
  if (call->op == &tn_op_convolution_volume)
    return 3;
  return call->op == &tn_op_max_pool && is_never_negative (fusion->program, call->inputs[INPUT_X])
             ? 2
             : 0;
}

static void
absorb_padding (Fusion *fusion, TnProgramCall *call)
{
  int n_axes = padded_axes (fusion, call);

  while (n_axes > 0)
    {
      const TnProgramTensor *x = tn_program_tensor (fusion->program, call->inputs[INPUT_X]);
      if (x->kind != TN_TENSOR_COMPUTED || fusion->uses[call->inputs[INPUT_X]] != 1)
        return;
      const TnProgramCall *pad = call_at (fusion->program, x->call);
      const TnOpSettings *around = &pad->settings;
      if (!is_pad (pad) || around->axis < 1 || around->axis > n_axes || around->pad_before[0] < 0
          || around->pad_after[0] < 0)
        return;
      int axis = around->axis - 1;
      if (call->op == &tn_op_max_pool
          && (around->pad_before[0] + call->settings.pad_before[axis] >= call->settings.kernel[axis]
              || around->pad_after[0] + call->settings.pad_after[axis]
                     >= call->settings.kernel[axis]))
        return;
      TnAbsorbed absorbed = { .owner = pad->owner, .by = call->owner };
      g_array_append_val (fusion->program->absorbed, absorbed);
      call->settings.pad_before[axis] += around->pad_before[0];
      call->settings.pad_after[axis] += around->pad_after[0];
      call->inputs[INPUT_X] = pad->inputs[0];
      fusion->n_fused++;
    }
}

/* ---- normalization and scaling ---- */

/* The axis of the weights that is the output's channels; -1: nothing can be folded into @op. */
static int
channel_axis (const TnProgramCall *call, const TnShape *weights)
{
  if (call->op == &tn_op_convolution || call->op == &tn_op_convolution_volume
      || call->op == &tn_op_matmul)
    return weights->rank - 1;
  if (call->op == &tn_op_convolution_transpose)
    return weights->rank - 2;
  return -1;
}

static gboolean
is_constant (const TnProgram *program, TnTensorId tensor)
{
  return tn_program_tensor (program, tn_program_root (program, tensor))->kind == TN_TENSOR_CONSTANT;
}

/* Could @call's weights and bias be others? Then with how many channels; else -1. */
static gint64
foldable_channels (const TnProgram *program, const TnProgramCall *call)
{
  if (call->settings.activation != TN_ACTIVATION_LINEAR || call->n_inputs <= INPUT_WEIGHTS
      || has (call, INPUT_RESIDUAL))
    return -1;
  const TnShape *weights = tn_program_shape (program, call->inputs[INPUT_WEIGHTS]);
  int axis = channel_axis (call, weights);
  if (axis < 0 || !is_constant (program, call->inputs[INPUT_WEIGHTS])
      || (has (call, INPUT_BIAS) && !is_constant (program, call->inputs[INPUT_BIAS])))
    return -1;
  return tn_op_dim (weights, axis);
}

/* Equal foldings have equal labels, in whatever program they stand. */
static char *
derived_label (const TnProgram *program, const TnDerivation *derivation)
{
  TnTensorId source = derivation->sources[0], variance = derivation->sources[NORM_VARIANCE];
  g_autofree char *what = source != TN_TENSOR_ABSENT
                              ? g_strdup (tn_program_tensor (program, source)->label)
                              : g_strdup_printf ("0[%" G_GINT64_FORMAT "]", derivation->channels);

  return variance != TN_TENSOR_ABSENT
             ? g_strdup_printf ("%s | %s", what, tn_program_tensor (program, variance)->label)
             : g_strdup_printf ("%s | %.9g x + %.9g", what, derivation->factor, derivation->offset);
}

/* Replaces the weights and the bias of @maker by what @how makes of them. */
static void
fold (Fusion *fusion, TnProgramCall *maker, TnDerivation how)
{
  TnProgram *program = fusion->program;
  TnShape shape = *tn_program_shape (program, maker->inputs[INPUT_WEIGHTS]);
  TnShape bias_shape = tn_shape_new (&how.channels, 1);
  int axis = channel_axis (maker, &shape);

  how.is_shift = FALSE;
  how.inner = tn_op_product (&shape, axis + 1, shape.rank);
  how.sources[0] = tn_program_root (program, maker->inputs[INPUT_WEIGHTS]);
  TnTensorId weights = tn_program_derived (program, &shape, derived_label (program, &how), &how);
  how.is_shift = TRUE;
  how.inner = 1;
  how.sources[0] = has (maker, INPUT_BIAS) ? tn_program_root (program, maker->inputs[INPUT_BIAS])
                                           : TN_TENSOR_ABSENT;
  TnTensorId bias = tn_program_derived (program, &bias_shape, derived_label (program, &how), &how);
  set_input (maker, INPUT_WEIGHTS, weights);
  set_input (maker, INPUT_BIAS, bias);
  fusion->uses = g_renew (guint, fusion->uses, program->tensors->len + 1);
  fusion->uses[weights] = fusion->uses[bias] = 1;
}

static void
absorb_normalization (Fusion *fusion, TnProgramCall *call)
{
  TnProgram *program = fusion->program;
  int axis = call->settings.axis;
  TnProgramCall *maker = only_maker_turned (fusion, call->inputs[NORM_X], &axis);
  const TnShape *x = tn_program_shape (program, call->inputs[NORM_X]);
  TnDerivation how = { .epsilon = call->settings.epsilon,
                       .factor = 1,
                       .channels = tn_op_dim (x, call->settings.axis) };

  if (maker == NULL || axis < 0 || axis != tn_program_shape (program, maker->output)->rank - 1
      || how.channels < 1 || foldable_channels (program, maker) != how.channels)
    return;
  for (guint i = 0; i < TN_DERIVATION_SOURCES; i++)
    how.sources[i] = has (call, i) ? tn_program_root (program, call->inputs[i]) : TN_TENSOR_ABSENT;
  for (guint i = NORM_MEAN; i < TN_DERIVATION_SOURCES; i++)
    if (how.sources[i] != TN_TENSOR_ABSENT && !is_constant (program, how.sources[i]))
      return;
  fold (fusion, maker, how);
  absorb (fusion, call, call->inputs[NORM_X], maker);
}

static gboolean
absorb_scaling (Fusion *fusion, TnProgramCall *call)
{
  int axis = -1;
  TnProgramCall *maker = only_maker_turned (fusion, call->inputs[0], &axis);
  TnDerivation how = { .factor = call->settings.params[0], .offset = call->settings.params[1] };

  if (maker == NULL)
    return FALSE;
  how.channels = foldable_channels (fusion->program, maker);
  if (how.channels < 1)
    return FALSE;
  for (guint i = 0; i < TN_DERIVATION_SOURCES; i++)
    how.sources[i] = TN_TENSOR_ABSENT;
  fold (fusion, maker, how);
  absorb (fusion, call, call->inputs[0], maker);
  return TRUE;
}

void
tn_derivation_fill (const TnDerivation *derivation, const float *const *sources, gint64 n,
                    float *out)
{
  gint64 channels = derivation->channels;

  if (derivation->is_joined)
    {
      for (guint i = 0; i < TN_DERIVATION_SOURCES; out += derivation->lengths[i++])
        for (gint64 j = 0; j < derivation->lengths[i]; j++)
          out[j] = sources[i] != NULL ? sources[i][j] : 0.0f;
      return;
    }
  g_autofree double *factors = g_new (double, channels + 1);

  for (gint64 c = 0; c < channels; c++)
    {
      factors[c] = derivation->factor;
      if (sources[NORM_VARIANCE] != NULL)
        factors[c] = (sources[NORM_GAMMA] != NULL ? sources[NORM_GAMMA][c] : 1.0)
                     / sqrt ((double)sources[NORM_VARIANCE][c] + derivation->epsilon);
    }
  if (derivation->is_shift)
    for (gint64 c = 0; c < n; c++)
      {
        double value = sources[0] != NULL ? sources[0][c] : 0.0;
        double beta = sources[NORM_BETA] != NULL ? sources[NORM_BETA][c] : 0.0;
        if (sources[NORM_MEAN] != NULL)
          value -= sources[NORM_MEAN][c];
        out[c] = (float)(value * factors[c] + beta + derivation->offset);
      }
  else if (derivation->inner == 1)
    for (gint64 first = 0; first < n; first += channels)
      for (gint64 c = 0; c < channels; c++)
        out[first + c] = (float)(sources[0][first + c] * factors[c]);
  else
    for (gint64 i = 0; i < n; i++)
      out[i] = (float)(sources[0][i] * factors[i / derivation->inner % channels]);
}

/* ---- sums and activations ---- */

/* A product that can add the other summand before its activation; NULL: none. */
static TnProgramCall *
residual_maker (const Fusion *fusion, const TnProgramCall *sum, guint side)
{
  const TnProgram *program = fusion->program;
  TnProgramCall *maker = only_maker (fusion, sum->inputs[side]);
  TnTensorId other = tn_program_root (program, sum->inputs[1 - side]);

  if (maker == NULL || maker->op->max_inputs <= INPUT_RESIDUAL
      || (maker->op != &tn_op_convolution && maker->op != &tn_op_matmul)
      || maker->settings.activation != TN_ACTIVATION_LINEAR || has (maker, INPUT_RESIDUAL))
    return NULL;
  /* It must be there before. */
  const TnProgramTensor *tensor = tn_program_tensor (program, other);
  if (tensor->kind == TN_TENSOR_COMPUTED
      && tensor->call > tn_program_tensor (program, maker->output)->call)
    return NULL;
  return maker;
}

static void
absorb_sum (Fusion *fusion, TnProgramCall *call)
{
  TnProgram *program = fusion->program;

  if (call->settings.binary != TN_BINARY_ADD
      || !tn_shape_identical (tn_program_shape (program, call->inputs[0]),
                              tn_program_shape (program, call->inputs[1])))
    return;
  for (guint side = 0; side < 2; side++)
    {
      TnProgramCall *maker = residual_maker (fusion, call, side);
      if (maker == NULL)
        continue;
      /* Where it was computed: a name that it was given since comes too late. */
      TnTensorId other = tn_program_root (program, call->inputs[1 - side]);
      fusion->uses[other]++;
      const TnShape *shape = tn_program_shape (program, maker->output);
      if (tn_shape_identical (tn_program_shape (program, other), shape))
        set_input (maker, INPUT_RESIDUAL, other);
      else
        {
          TnShape wanted = *shape;
          const guint index = tn_program_tensor (program, maker->output)->call;
          const TnTensorId result = call->output;

          other = tn_program_reshape_before (program, index, other, &wanted);
          fusion->uses = g_renew (guint, fusion->uses, program->tensors->len + 1);
          fusion->uses[other] = 1;
          maker = call_at (program, index + 1);
          call = maker_of (fusion, result);
          set_input (maker, INPUT_RESIDUAL, other);
        }
      absorb (fusion, call, call->inputs[side], maker);
      return;
    }
}

static void
absorb_activation (Fusion *fusion, TnProgramCall *call)
{
  int axis = -1;
  TnProgramCall *maker = only_maker_turned (fusion, call->inputs[0], &axis);

  if (call->settings.activation == TN_ACTIVATION_AFFINE && absorb_scaling (fusion, call))
    return;
  if (maker == NULL || !(maker->op->flags & TN_OP_ACTIVATES)
      || maker->settings.activation != TN_ACTIVATION_LINEAR)
    return;
  maker->settings.activation = call->settings.activation;
  for (guint i = 0; i < G_N_ELEMENTS (maker->settings.params); i++)
    maker->settings.params[i] = call->settings.params[i];
  absorb (fusion, call, call->inputs[0], maker);
}

/* ---- axes turned there and back ---- */

/* One less reads @tensor; if nobody is left, what made it reads no more either. */
static void
release (Fusion *fusion, TnTensorId tensor)
{
  while (--fusion->uses[tensor] == 0)
    {
      const TnProgramCall *maker = maker_of (fusion, tensor);

      if (maker == NULL || maker->n_inputs != 1)
        return;
      tensor = maker->inputs[0];
    }
}

static void
cancel_turn (Fusion *fusion, TnProgramCall *call)
{
  const int rank = tn_program_shape (fusion->program, call->output)->rank;
  TnTensorId tensor = call->inputs[0];
  const TnProgramCall *first = maker_of (fusion, tensor);

  while (first != NULL && (first->op->flags & TN_OP_ALIAS)
         && tn_shape_identical (tn_program_shape (fusion->program, first->inputs[0]),
                                tn_program_shape (fusion->program, tensor)))
    {
      tensor = first->inputs[0];
      first = maker_of (fusion, tensor);
    }
  if (first == NULL || first->op != &tn_op_transpose)
    return;
  for (int i = 0; i < rank; i++)
    if (first->settings.permutation[call->settings.permutation[i]] != i)
      return;
  tensor = first->inputs[0];
  fusion->uses[tensor]++;
  release (fusion, call->inputs[0]);
  call->op = &tn_op_reshape;
  call->inputs[0] = tensor;
}

/* ---- what nobody needs ---- */

static void
mark_needed (const TnProgram *program, gboolean *needed)
{
  for (guint i = program->calls->len; i-- > 0;)
    {
      const TnProgramCall *call = tn_program_call_at (program, i);
      for (guint j = 0; needed[call->output] && j < call->n_inputs; j++)
        if (call->inputs[j] != TN_TENSOR_ABSENT)
          needed[call->inputs[j]] = TRUE;
    }
}

/* Without anything that is kept the whole program is: somebody will look at something. */
void
tn_program_sweep (TnProgram *program, const TnTensorId *kept, guint n_kept)
{
  g_autofree gboolean *needed = g_new0 (gboolean, program->tensors->len + 1);
  guint n_left = 0;

  for (guint i = 0; i < n_kept; i++)
    needed[kept[i]] = TRUE;
  mark_needed (program, needed);
  for (guint i = 0; i < program->calls->len; i++)
    {
      TnProgramCall call = *tn_program_call_at (program, i);
      TnProgramTensor *output = &g_array_index (program->tensors, TnProgramTensor, call.output);
      if (!needed[call.output])
        {
          output->kind = TN_TENSOR_GONE;
          continue;
        }
      output->call = n_left;
      *call_at (program, n_left++) = call;
    }
  g_array_set_size (program->calls, n_left);
}

guint
tn_program_fuse (TnProgram *program, const TnTensorId *kept, guint n_kept)
{
  Fusion fusion = { .program = program, .uses = tn_program_count_uses (program, kept, n_kept) };

  for (guint i = 0; i < program->calls->len; i++)
    {
      TnProgramCall *call = call_at (program, i);
      absorb_padding (&fusion, call);
      if (call->op == &tn_op_batch_norm)
        absorb_normalization (&fusion, call);
      else if (call->op == &tn_op_binary)
        absorb_sum (&fusion, call);
      else if (call->op == &tn_op_activation)
        absorb_activation (&fusion, call);
      else if (call->op == &tn_op_transpose)
        cancel_turn (&fusion, call);
    }
  g_free (fusion.uses);
  tn_program_sweep (program, kept, n_kept);
  return fusion.n_fused;
}

void
tn_program_choose (TnProgram *program, TnKernelChoice kernels, gboolean approximate)
{
  for (guint i = 0; i < program->calls->len; i++)
    {
      call_at (program, i)->settings.kernels = kernels;
      call_at (program, i)->settings.approximate = approximate;
    }
}

void
tn_program_set_way (TnProgram *program, guint call, TnWay way)
{
  call_at (program, call)->settings.way = way;
}
