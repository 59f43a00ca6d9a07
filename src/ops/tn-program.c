/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnProgram: the list of op calls; shapes are inferred as it is built, so it is always sound. */
#include "ops/tn-program-private.h"

static void
tensor_clear (gpointer data)
{
  TnProgramTensor *tensor = data;

  g_free (tensor->label);
  g_free (tensor->derivation);
}

TnProgram *
tn_program_new (void)
{
  TnProgram *program = g_new0 (TnProgram, 1);
  program->tensors = g_array_new (FALSE, FALSE, sizeof (TnProgramTensor));
  g_array_set_clear_func (program->tensors, tensor_clear);
  program->calls = g_array_new (FALSE, FALSE, sizeof (TnProgramCall));
  program->absorbed = g_array_new (FALSE, FALSE, sizeof (TnAbsorbed));
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
  g_array_unref (program->absorbed);
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
tn_program_derived (TnProgram *program, const TnShape *shape, char *label,
                    const TnDerivation *derivation)
{
  TnTensorId id = add_tensor (program, TN_TENSOR_CONSTANT, shape, NULL);
  TnProgramTensor *tensor = &g_array_index (program->tensors, TnProgramTensor, id);

  tensor->label = label;
  tensor->derivation = g_memdup2 (derivation, sizeof *derivation);
  return id;
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

TnTensorId
tn_program_reshape_before (TnProgram *program, guint index, TnTensorId tensor, const TnShape *shape)
{
  const guint owner = tn_program_call_at (program, index)->owner;
  TnTensorId id = tn_program_call (program, &tn_op_reshape, NULL, &tensor, 1, shape, owner);
  const TnProgramCall call = *tn_program_call_at (program, program->calls->len - 1);

  g_array_set_size (program->calls, program->calls->len - 1);
  g_array_insert_val (program->calls, index, call);
  for (guint i = 0; i < program->tensors->len; i++)
    {
      TnProgramTensor *at = &g_array_index (program->tensors, TnProgramTensor, i);

      if (at->kind == TN_TENSOR_COMPUTED && at->call >= index)
        at->call++;
    }
  g_array_index (program->tensors, TnProgramTensor, id).call = index;
  return id;
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

TnTensorId
tn_program_root (const TnProgram *program, TnTensorId tensor)
{
  for (;;)
    {
      const TnProgramTensor *at = tn_program_tensor (program, tensor);
      if (at->kind != TN_TENSOR_COMPUTED)
        return tensor;
      const TnProgramCall *call = tn_program_call_at (program, at->call);
      if (!(call->op->flags & TN_OP_ALIAS))
        return tensor;
      tensor = call->inputs[0];
    }
}

guint
tn_program_absorber (const TnProgram *program, guint owner)
{
  for (guint i = 0; i < program->absorbed->len; i++)
    {
      const TnAbsorbed *absorbed = &g_array_index (program->absorbed, TnAbsorbed, i);
      if (absorbed->owner == owner && absorbed->by != owner)
        return absorbed->by;
    }
  return owner;
}
