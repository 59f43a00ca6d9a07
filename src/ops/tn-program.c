/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnProgram: the list of op calls; shapes are inferred as it is built, so it is always sound. */
#include "ops/tn-op.h"

struct _TnProgram
{
  GArray *tensors;   /* of TnProgramTensor */
  GArray *calls;     /* of TnProgramCall */
  GPtrArray *values; /* of the calls' settings */
};

static void
tensor_clear (gpointer data)
{
  g_free (((TnProgramTensor *)data)->label);
}

TnProgram *
tn_program_new (void)
{
  TnProgram *program = g_new0 (TnProgram, 1);
  program->tensors = g_array_new (FALSE, FALSE, sizeof (TnProgramTensor));
  g_array_set_clear_func (program->tensors, tensor_clear);
  program->calls = g_array_new (FALSE, FALSE, sizeof (TnProgramCall));
  program->values = g_ptr_array_new_with_free_func (g_free);
  return program;
}

void
tn_program_free (TnProgram *program)
{
  if (program == NULL)
    return;
  g_array_unref (program->tensors);
  g_array_unref (program->calls);
  g_ptr_array_unref (program->values);
  g_free (program);
}

static TnTensorId
add_tensor (TnProgram *program, TnTensorKind kind, const TnShape *shape, const char *label)
{
  /* Callers refuse models whose tensors cannot be counted before they build a program. */
  if (!tn_shape_is_full (shape, 0) || !tn_dim_is_known (tn_dim (tn_shape_elements (shape, 0))))
    {
      g_autofree char *text = tn_shape_to_text (shape);
      g_error ("a tensor of a program cannot have the shape %s", text);
    }
  TnProgramTensor tensor = { .kind = kind, .shape = *shape, .label = g_strdup (label) };
  g_array_append_val (program->tensors, tensor);
  return program->tensors->len - 1;
}

TnTensorId
tn_program_input (TnProgram *program, const TnShape *shape, const char *label)
{
  return add_tensor (program, TN_TENSOR_INPUT, shape, label);
}

TnTensorId
tn_program_constant (TnProgram *program, const TnShape *shape, const char *name)
{
  return add_tensor (program, TN_TENSOR_CONSTANT, shape, name);
}

TnTensorId
tn_program_call (TnProgram *program, const TnOp *op, const TnOpSettings *settings,
                 const TnTensorId *inputs, guint n_inputs, const TnShape *shape, guint owner)
{
  g_assert (n_inputs <= TN_OP_MAX_INPUTS);

  TnProgramCall call = { .op = op, .n_inputs = n_inputs, .owner = owner };
  if (settings != NULL)
    call.settings = *settings;
  for (int i = 0; i < 3; i++)
    {
      call.settings.stride[i] = MAX (call.settings.stride[i], 1);
      call.settings.dilation[i] = MAX (call.settings.dilation[i], 1);
    }
  call.settings.groups = MAX (call.settings.groups, 1);
  if (call.settings.n_values > 0)
    {
      gpointer copy = g_memdup2 (call.settings.values, call.settings.n_values * sizeof (float));

      g_ptr_array_add (program->values, copy);
      call.settings.values = copy;
    }

  TnOpCall sizes = { .settings = &call.settings, .n_inputs = n_inputs };
  for (guint i = 0; i < n_inputs; i++)
    {
      call.inputs[i] = inputs[i];
      if (inputs[i] != TN_TENSOR_ABSENT)
        sizes.inputs[i] = tn_program_shape (program, inputs[i]);
    }
  if (n_inputs < op->min_inputs || n_inputs > op->max_inputs)
    tn_op_misuse (op->name, &sizes, "wrong number of inputs");
  for (guint i = 0; i < op->min_inputs; i++)
    if (sizes.inputs[i] == NULL)
      tn_op_misuse (op->name, &sizes, "an input that must be there is absent");

  TnShape output = op->shape (&sizes, shape);
  call.output = add_tensor (program, TN_TENSOR_COMPUTED, &output, NULL);
  tn_program_tensor (program, call.output);
  g_array_index (program->tensors, TnProgramTensor, call.output).call = program->calls->len;
  g_array_append_val (program->calls, call);
  return call.output;
}

const TnShape *
tn_program_shape (const TnProgram *program, TnTensorId tensor)
{
  return &tn_program_tensor (program, tensor)->shape;
}

guint
tn_program_n_tensors (const TnProgram *program)
{
  return program->tensors->len;
}

const TnProgramTensor *
tn_program_tensor (const TnProgram *program, TnTensorId tensor)
{
  g_assert (tensor < program->tensors->len);
  return &g_array_index (program->tensors, TnProgramTensor, tensor);
}

guint
tn_program_n_calls (const TnProgram *program)
{
  return program->calls->len;
}

const TnProgramCall *
tn_program_call_at (const TnProgram *program, guint index)
{
  g_assert (index < program->calls->len);
  return &g_array_index (program->calls, TnProgramCall, index);
}

guint
tn_program_fuse (TnProgram *program, const TnTensorId *kept, guint n_kept)
{
  guint n_tensors = program->tensors->len;
  g_autofree guint *uses = g_new0 (guint, n_tensors);
  for (guint i = 0; i < program->calls->len; i++)
    {
      const TnProgramCall *call = tn_program_call_at (program, i);
      for (guint j = 0; j < call->n_inputs; j++)
        if (call->inputs[j] != TN_TENSOR_ABSENT)
          uses[call->inputs[j]]++;
    }
  for (guint i = 0; i < n_kept; i++)
    uses[kept[i]]++;

  guint n_fused = 0;
  for (guint i = 0; i < program->calls->len; i++)
    {
      TnProgramCall *call = &g_array_index (program->calls, TnProgramCall, i);
      if (call->op != &tn_op_activation)
        continue;
      const TnProgramTensor *source = tn_program_tensor (program, call->inputs[0]);
      if (source->kind != TN_TENSOR_COMPUTED || uses[call->inputs[0]] != 1)
        continue;
      TnProgramCall *maker = &g_array_index (program->calls, TnProgramCall, source->call);
      if (!(maker->op->flags & TN_OP_ACTIVATES)
          || maker->settings.activation != TN_ACTIVATION_LINEAR)
        continue;
      maker->settings.activation = call->settings.activation;
      for (guint j = 0; j < G_N_ELEMENTS (maker->settings.params); j++)
        maker->settings.params[j] = call->settings.params[j];
      call->op = &tn_op_reshape;
      n_fused++;
    }
  return n_fused;
}
