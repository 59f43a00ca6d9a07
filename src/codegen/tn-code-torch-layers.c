/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How each class of layer is said in PyTorch. */
#include <string.h>

#include "base/tn-text.h"
#include "codegen/tn-code-torch.h"

/* ---- parameters by their Keras names ---- */

int
tn_torch_param (const TnTorchCall *call, const char *name)
{
  return tn_schema_param (tn_node_schema (call->node), name);
}

gint64
tn_torch_int (const TnTorchCall *call, const char *name, gint64 otherwise)
{
  int index = tn_torch_param (call, name);

  return index >= 0 ? tn_node_int (call->node, (guint)index) : otherwise;
}

double
tn_torch_float (const TnTorchCall *call, const char *name)
{
  return tn_node_float (call->node, (guint)tn_torch_param (call, name));
}

gboolean
tn_torch_bool (const TnTorchCall *call, const char *name)
{
  int index = tn_torch_param (call, name);

  return index >= 0 && tn_node_bool (call->node, (guint)index);
}

const char *
tn_torch_string (const TnTorchCall *call, const char *name)
{
  int index = tn_torch_param (call, name);

  return index >= 0 ? tn_node_string (call->node, (guint)index) : "";
}

gboolean
tn_torch_is_none (const TnTorchCall *call, const char *name)
{
  int index = tn_torch_param (call, name);

  return index < 0 || tn_node_is_none (call->node, (guint)index);
}

gboolean
tn_torch_is_channels_first (const TnTorchCall *call)
{
  return strcmp (tn_torch_string (call, "data_format"), "channels_first") == 0;
}

/* ---- activations ---- */

static const struct
{
  const char *keras;
  const char *before, *after;
  gboolean along_channels;
} activations[] = {
  { "relu", "F.relu(", ")", FALSE },
  { "relu6", "F.relu6(", ")", FALSE },
  { "sigmoid", "torch.sigmoid(", ")", FALSE },
  { "tanh", "torch.tanh(", ")", FALSE },
  { "leaky_relu", "F.leaky_relu(", ", negative_slope=0.2)", FALSE },
  { "elu", "F.elu(", ")", FALSE },
  { "selu", "F.selu(", ")", FALSE },
  { "celu", "F.celu(", ")", FALSE },
  { "gelu", "F.gelu(", ")", FALSE },
  { "silu", "F.silu(", ")", FALSE },
  { "swish", "F.silu(", ")", FALSE },
  { "mish", "F.mish(", ")", FALSE },
  { "softplus", "F.softplus(", ")", FALSE },
  { "softsign", "F.softsign(", ")", FALSE },
  { "exponential", "torch.exp(", ")", FALSE },
  { "hard_sigmoid", "F.hardsigmoid(", ")", FALSE },
  { "hard_silu", "F.hardswish(", ")", FALSE },
  { "hard_swish", "F.hardswish(", ")", FALSE },
  { "hard_tanh", "F.hardtanh(", ")", FALSE },
  { "hard_shrink", "F.hardshrink(", ")", FALSE },
  { "soft_shrink", "F.softshrink(", ")", FALSE },
  { "tanh_shrink", "F.tanhshrink(", ")", FALSE },
  { "log_sigmoid", "F.logsigmoid(", ")", FALSE },
  { "softmax", "F.softmax(", ")", TRUE },
  { "log_softmax", "F.log_softmax(", ")", TRUE },
  { "glu", "F.glu(", ")", TRUE },
};

/* The result so far within the activation that the layer has; FALSE when PyTorch has none such. */
gboolean
tn_torch_activate (TnTorchCall *call)
{
  const char *name = tn_torch_string (call, "activation");
  g_autofree char *inner = NULL;

  if (*name == '\0' || strcmp (name, "linear") == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
    if (strcmp (activations[i].keras, name) == 0)
      {
        inner = g_steal_pointer (&call->result);
        call->result = g_strdup_printf ("%s%s%s%s", activations[i].before, inner,
                                        !activations[i].along_channels ? ""
                                        : call->moved                  ? ", dim=1"
                                                                       : ", dim=-1",
                                        activations[i].after);
        return TRUE;
      }
  return FALSE;
}

/* The input as it comes, in whatever layout. */
const char *
tn_torch_as_it_is (TnTorchCall *call)
{
  const TnTorchTensor *tensor = call->inputs->pdata[0];

  call->moved = tensor->moved;
  return tensor->name;
}

/* Where an axis of Keras stands. */
static int
axis_at (int axis, int rank, gboolean moved)
{
  if (!moved || rank < 3 || axis == 0)
    return axis;
  return axis == rank - 1 ? 1 : axis + 1;
}

static gboolean
write_activation (TnTorchCall *call)
{
  call->result = g_strdup (tn_torch_as_it_is (call));
  return tn_torch_activate (call);
}

static gboolean
write_relu (TnTorchCall *call)
{
  const char *x = tn_torch_as_it_is (call);
  gboolean bounded = !tn_torch_is_none (call, "max_value");
  double most = bounded ? tn_torch_float (call, "max_value") : 0;
  g_autofree char *slope = tn_text_double (tn_torch_float (call, "negative_slope"));
  g_autofree char *limit = tn_text_double (most);

  if (tn_torch_float (call, "threshold") != 0)
    return FALSE;
  if (tn_torch_float (call, "negative_slope") != 0)
    {
      if (bounded)
        return FALSE;
      call->result = g_strdup_printf ("F.leaky_relu(%s, negative_slope=%s)", x, slope);
    }
  else if (bounded && most != 6)
    call->result = g_strdup_printf ("torch.clamp(%s, 0.0, %s)", x, limit);
  else
    call->result = g_strdup_printf (bounded ? "F.relu6(%s)" : "F.relu(%s)", x);
  return TRUE;
}

static gboolean
write_leaky_relu (TnTorchCall *call)
{
  g_autofree char *slope = tn_text_double (tn_torch_float (call, "negative_slope"));

  call->result
      = g_strdup_printf ("F.leaky_relu(%s, negative_slope=%s)", tn_torch_as_it_is (call), slope);
  return TRUE;
}

static gboolean
write_elu (TnTorchCall *call)
{
  g_autofree char *alpha = tn_text_double (tn_torch_float (call, "alpha"));

  call->result = g_strdup_printf ("F.elu(%s, alpha=%s)", tn_torch_as_it_is (call), alpha);
  return TRUE;
}

static gboolean
write_softmax (TnTorchCall *call)
{
  int index = tn_torch_param (call, "axis");
  g_autoptr (TnValue) value = tn_node_value (call->node, (guint)index);
  TnShape shape = tn_torch_shape (call, 0);
  const char *x = tn_torch_as_it_is (call);
  const TnValue *one = value;
  int axis;

  if (tn_value_kind (value) == TN_VALUE_LIST && tn_value_size (value) == 1)
    one = tn_value_at (value, 0);
  if (tn_value_kind (one) != TN_VALUE_INT || tn_node_n_inputs (call->node, call->call) != 1)
    return FALSE;
  axis = tn_shape_axis (&shape, tn_value_int (one));
  call->result
      = g_strdup_printf ("F.softmax(%s, dim=%d)", x, axis_at (axis, shape.rank, call->moved));
  return TRUE;
}

/* ---- Dense, dropout ---- */

static gboolean
write_dense (TnTorchCall *call)
{
  TnShape shape = tn_torch_shape (call, 0);
  g_autofree char *x = tn_torch_input (call, 0, FALSE);

  call->module = g_strdup_printf ("nn.Linear(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "%s)",
                                  shape.dims[shape.rank - 1].size, tn_torch_int (call, "units", 0),
                                  tn_torch_bool (call, "use_bias") ? "" : ", bias=False");
  call->result = g_strdup_printf ("%s(%s)", call->member, x);
  return tn_torch_activate (call);
}

static gboolean
write_dropout (TnTorchCall *call)
{
  const char *type = tn_node_type (call->node);
  g_autofree char *rate = tn_text_double (tn_torch_float (call, "rate"));

  if (!tn_torch_is_none (call, "noise_shape"))
    return FALSE;
  call->module = g_strdup_printf ("nn.%s(%s)", type, rate);
  call->result = g_strdup_printf ("%s(%s)", call->member, tn_torch_as_it_is (call));
  return TRUE;
}

static gboolean
write_gaussian_noise (TnTorchCall *call)
{
  g_autofree char *stddev = tn_text_double (tn_torch_float (call, "stddev"));
  const char *x = tn_torch_as_it_is (call);

  call->result = g_strdup_printf ("%s + %s * torch.randn_like(%s) if self.training else %s", x,
                                  stddev, x, x);
  return TRUE;
}

/* Does nothing when a model is used, and only adds to the loss when it is trained. */
static gboolean
write_nothing (TnTorchCall *call)
{
  call->result = g_strdup (tn_torch_as_it_is (call));
  return TRUE;
}

/* ---- normalization ---- */

static gboolean
write_batch_normalization (TnTorchCall *call)
{
  TnShape shape = tn_torch_shape (call, 0);
  int axis = tn_shape_axis (&shape, tn_torch_int (call, "axis", -1));
  gboolean center = tn_torch_bool (call, "center");
  g_autofree char *x = NULL, *epsilon = tn_text_double (tn_torch_float (call, "epsilon"));
  g_autofree char *momentum = NULL;
  char rounded[G_ASCII_DTOSTR_BUF_SIZE];

  if (shape.rank < 2 || shape.rank > 5 || (axis != 1 && axis != shape.rank - 1)
      || center != tn_torch_bool (call, "scale") || tn_torch_bool (call, "renorm"))
    return FALSE;
  call->moved = shape.rank > 2 && axis == shape.rank - 1;
  x = tn_torch_input (call, 0, call->moved);
  /* PyTorch says how much of the new is taken, Keras how much of the old is kept. */
  g_ascii_formatd (rounded, sizeof rounded, "%.12g", 1 - tn_torch_float (call, "momentum"));
  momentum = tn_text_double (g_ascii_strtod (rounded, NULL));
  call->module = g_strdup_printf ("nn.BatchNorm%dd(%" G_GINT64_FORMAT ", eps=%s, momentum=%s%s)",
                                  MAX (shape.rank - 2, 1), shape.dims[axis].size, epsilon, momentum,
                                  center ? "" : ", affine=False");
  call->result = g_strdup_printf ("%s(%s)", call->member, x);
  return TRUE;
}

/* ---- shapes ---- */

/* Everything behind the batch put as the output has it. */
static gboolean
reshape_to_output (TnTorchCall *call, const char *x)
{
  TnShape shape = tn_facts_shape (call->facts,
                                  (TnRef){ tn_node_id (call->node), (guint16)call->call, 0 }, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_unknown = 0;

  for (int axis = 1; axis < shape.rank; axis++)
    n_unknown += !tn_dim_is_known (shape.dims[axis]);
  if (n_unknown > 1)
    return FALSE;
  g_string_append_printf (text, "%s.reshape(", x);
  if (n_unknown == 0)
    g_string_append (text, "-1");
  else
    g_string_append_printf (text, "len(%s)", ((const TnTorchTensor *)call->inputs->pdata[0])->name);
  for (int axis = 1; axis < shape.rank; axis++)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT, shape.dims[axis].size);
  g_string_append_c (text, ')');
  call->result = g_strdup (text->str);
  return TRUE;
}

static gboolean
write_flatten (TnTorchCall *call)
{
  TnShape shape = tn_torch_shape (call, 0);
  g_autofree char *x = tn_torch_input (call, 0, FALSE);

  if (shape.rank > 2 && tn_torch_is_channels_first (call))
    {
      /* Keras flattens in the order of channels_last, whatever the format. */
      g_autofree char *back = tn_torch_back (x, shape.rank);

      call->result = g_strdup_printf ("torch.flatten(%s, 1)", back);
    }
  else if (shape.rank == 1)
    call->result = g_strdup_printf ("%s.unsqueeze(1)", x);
  else
    call->result = g_strdup_printf ("torch.flatten(%s, 1)", x);
  return TRUE;
}

static gboolean
write_reshape (TnTorchCall *call)
{
  g_autofree char *x = tn_torch_input (call, 0, FALSE);

  return reshape_to_output (call, x);
}

static gboolean
write_permute (TnTorchCall *call)
{
  g_autoptr (TnValue) dims = tn_node_value (call->node, (guint)tn_torch_param (call, "dims"));
  g_autofree char *x = tn_torch_input (call, 0, FALSE);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s.permute(0", x);
  for (gsize i = 0; i < tn_value_size (dims); i++)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT, tn_value_int (tn_value_at (dims, i)));
  g_string_append_c (text, ')');
  call->result = g_string_free (text, FALSE);
  return TRUE;
}

static gboolean
write_repeat_vector (TnTorchCall *call)
{
  g_autofree char *x = tn_torch_input (call, 0, FALSE);

  call->result = g_strdup_printf ("%s.unsqueeze(1).repeat(1, %" G_GINT64_FORMAT ", 1)", x,
                                  tn_torch_int (call, "n", 1));
  return TRUE;
}

/* ---- merging ---- */

/* All inputs in one layout: moved if all of them are. NULL when their ranks differ. Of char *. */
static GPtrArray *
merged_inputs (TnTorchCall *call)
{
  GPtrArray *inputs = g_ptr_array_new_with_free_func (g_free);
  int rank = tn_torch_shape (call, 0).rank;

  call->moved = TRUE;
  for (guint slot = 0; slot < call->inputs->len; slot++)
    {
      if (tn_torch_shape (call, slot).rank != rank)
        {
          g_ptr_array_unref (inputs);
          return NULL;
        }
      call->moved &= ((const TnTorchTensor *)call->inputs->pdata[slot])->moved;
    }
  for (guint slot = 0; slot < call->inputs->len; slot++)
    g_ptr_array_add (inputs, tn_torch_input (call, slot, call->moved));
  return inputs;
}

static gboolean
write_merge (TnTorchCall *call)
{
  static const struct
  {
    const char *type;
    const char *sign;     /* between two */
    const char *function; /* of two */
  } merges[] = {
    { "Add", " + ", NULL },
    { "Subtract", " - ", NULL },
    { "Multiply", " * ", NULL },
    { "Average", " + ", NULL },
    { "Maximum", NULL, "torch.maximum" },
    { "Minimum", NULL, "torch.minimum" },
  };
  g_autoptr (GPtrArray) inputs = merged_inputs (call);
  gboolean is_average = strcmp (tn_node_type (call->node), "Average") == 0;
  GString *text;

  if (inputs == NULL)
    return FALSE;
  text = g_string_new (inputs->pdata[0]);
  for (guint i = 0; i < G_N_ELEMENTS (merges); i++)
    for (guint slot = 1;
         slot < inputs->len && strcmp (merges[i].type, tn_node_type (call->node)) == 0; slot++)
      if (merges[i].sign != NULL)
        g_string_append_printf (text, "%s%s", merges[i].sign, (char *)inputs->pdata[slot]);
      else
        {
          g_autofree char *so_far = g_strdup (text->str);

          g_string_printf (text, "%s(%s, %s)", merges[i].function, so_far,
                           (char *)inputs->pdata[slot]);
        }
  if (is_average)
    {
      g_string_prepend_c (text, '(');
      g_string_append_printf (text, ") / %u", inputs->len);
    }
  call->result = g_string_free (text, FALSE);
  return TRUE;
}

static gboolean
write_concatenate (TnTorchCall *call)
{
  TnShape shape = tn_torch_shape (call, 0);
  g_autoptr (GPtrArray) inputs = merged_inputs (call);
  int axis = tn_shape_axis (&shape, tn_torch_int (call, "axis", -1));
  g_autofree char *list = NULL;

  if (inputs == NULL || axis < 0)
    return FALSE;
  list = tn_python_list (inputs);
  call->result
      = g_strdup_printf ("torch.cat(%s%s%s, dim=%d)", inputs->len == 1 ? "[" : "", list,
                         inputs->len == 1 ? "]" : "", axis_at (axis, shape.rank, call->moved));
  return TRUE;
}

static const TnTorchLayer table[] = {
  { "Activation", write_activation },
  { "ActivityRegularization", write_nothing },
  { "AdaptiveAveragePooling1D", tn_torch_write_adaptive_pooling },
  { "AdaptiveAveragePooling2D", tn_torch_write_adaptive_pooling },
  { "AdaptiveAveragePooling3D", tn_torch_write_adaptive_pooling },
  { "AdaptiveMaxPooling1D", tn_torch_write_adaptive_pooling },
  { "AdaptiveMaxPooling2D", tn_torch_write_adaptive_pooling },
  { "AdaptiveMaxPooling3D", tn_torch_write_adaptive_pooling },
  { "Add", write_merge },
  { "Average", write_merge },
  { "AveragePooling1D", tn_torch_write_pooling },
  { "AveragePooling2D", tn_torch_write_pooling },
  { "AveragePooling3D", tn_torch_write_pooling },
  { "BatchNormalization", write_batch_normalization },
  { "Concatenate", write_concatenate },
  { "Conv1D", tn_torch_write_convolution },
  { "Conv2D", tn_torch_write_convolution },
  { "Conv3D", tn_torch_write_convolution },
  { "Cropping1D", tn_torch_write_cropping },
  { "Cropping2D", tn_torch_write_cropping },
  { "Cropping3D", tn_torch_write_cropping },
  { "Dense", write_dense },
  { "DepthwiseConv1D", tn_torch_write_convolution },
  { "DepthwiseConv2D", tn_torch_write_convolution },
  { "Dropout", write_dropout },
  { "ELU", write_elu },
  { "Flatten", write_flatten },
  { "GaussianNoise", write_gaussian_noise },
  { "GlobalAveragePooling1D", tn_torch_write_global_pooling },
  { "GlobalAveragePooling2D", tn_torch_write_global_pooling },
  { "GlobalAveragePooling3D", tn_torch_write_global_pooling },
  { "GlobalMaxPooling1D", tn_torch_write_global_pooling },
  { "GlobalMaxPooling2D", tn_torch_write_global_pooling },
  { "GlobalMaxPooling3D", tn_torch_write_global_pooling },
  { "Identity", write_nothing },
  { "LeakyReLU", write_leaky_relu },
  { "MaxPooling1D", tn_torch_write_pooling },
  { "MaxPooling2D", tn_torch_write_pooling },
  { "MaxPooling3D", tn_torch_write_pooling },
  { "Maximum", write_merge },
  { "Minimum", write_merge },
  { "Multiply", write_merge },
  { "Permute", write_permute },
  { "ReLU", write_relu },
  { "RepeatVector", write_repeat_vector },
  { "Reshape", write_reshape },
  { "SeparableConv1D", tn_torch_write_convolution },
  { "SeparableConv2D", tn_torch_write_convolution },
  { "Softmax", write_softmax },
  { "SpatialDropout1D", tn_torch_write_spatial_dropout },
  { "SpatialDropout2D", tn_torch_write_spatial_dropout },
  { "SpatialDropout3D", tn_torch_write_spatial_dropout },
  { "Subtract", write_merge },
  { "UpSampling1D", tn_torch_write_up_sampling },
  { "UpSampling2D", tn_torch_write_up_sampling },
  { "UpSampling3D", tn_torch_write_up_sampling },
  { "ZeroPadding1D", tn_torch_write_zero_padding },
  { "ZeroPadding2D", tn_torch_write_zero_padding },
  { "ZeroPadding3D", tn_torch_write_zero_padding },
};

const TnTorchLayer *
tn_torch_layer (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].type, type) == 0)
      return &table[i];
  return NULL;
}
