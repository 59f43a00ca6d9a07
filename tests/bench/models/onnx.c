/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ONNX Runtime, by its package for Node.js: the fused program is written as an ONNX file, and the
 * process becomes Node, which answers as all ways do. What a call costs in JavaScript counts too:
 * some tens of microseconds, which are much of the smallest models. */
#include "models/walk.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Where the package lies that is to be measured. */
#define FOLDER "TENON_BENCH_ONNXRUNTIME"

/* ---- protocol buffers ---- */

static void
put_varint (GByteArray *out, guint64 value)
{
  do
    {
      guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
      g_byte_array_append (out, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
}

static void
put_number (GByteArray *out, guint field, gint64 value)
{
  put_varint (out, field << 3);
  put_varint (out, (guint64)value);
}

static void
put_bytes (GByteArray *out, guint field, gconstpointer bytes, gsize size)
{
  put_varint (out, field << 3 | 2);
  put_varint (out, size);
  g_byte_array_append (out, bytes, (guint)size);
}

static void
put_text (GByteArray *out, guint field, const char *text)
{
  put_bytes (out, field, text, strlen (text));
}

static void
put_message (GByteArray *out, guint field, const GByteArray *message)
{
  put_bytes (out, field, message->data, message->len);
}

/* ---- ONNX: fields by their numbers in onnx.proto ---- */

typedef struct
{
  const TnPlan *plan;
  const TnProgram *program;
  GByteArray *graph;
  guint n_names;
  const char *missing; /* an op that is not written */
} Writer;

static char *
new_name (Writer *writer)
{
  return g_strdup_printf ("n%u", writer->n_names++);
}

static void
put_initializer (Writer *writer, const char *name, int type, const gint64 *dims, int rank,
                 gconstpointer data, gsize bytes)
{
  g_autoptr (GByteArray) tensor = g_byte_array_new ();

  for (int i = 0; i < rank; i++)
    put_number (tensor, 1, dims[i]);
  put_number (tensor, 2, type);
  put_text (tensor, 8, name);
  put_bytes (tensor, 9, data, bytes);
  put_message (writer->graph, 5, tensor);
}

static char *
put_floats (Writer *writer, const float *x, const gint64 *dims, int rank)
{
  char *name = new_name (writer);
  gsize n = 1;

  for (int i = 0; i < rank; i++)
    n *= (gsize)dims[i];
  put_initializer (writer, name, 1, dims, rank, x, n * sizeof *x);
  return name;
}

static char *
put_wholes (Writer *writer, const gint64 *x, gint64 n)
{
  char *name = new_name (writer);

  put_initializer (writer, name, 7, &n, 1, x, (gsize)n * sizeof *x);
  return name;
}

static void
put_attribute (GByteArray *node, const char *name, const gint64 *values, int n)
{
  g_autoptr (GByteArray) attribute = g_byte_array_new ();

  put_text (attribute, 1, name);
  if (n == 0)
    put_number (attribute, 3, values[0]);
  for (int i = 0; i < n; i++)
    put_number (attribute, 8, values[i]);
  put_number (attribute, 20, n == 0 ? 2 : 7);
  put_message (node, 5, attribute);
}

/* A node of up to three inputs; gives the name of what it gives, and the node to be ended by
 * end_node(). */
static GByteArray *
begin_node (Writer *writer, const char *op, const char *a, const char *b, const char *c,
            char **output)
{
  GByteArray *node = g_byte_array_new ();
  const char *inputs[] = { a, b, c };

  for (int i = 0; i < 3; i++)
    if (inputs[i] != NULL)
      put_text (node, 1, inputs[i]);
  *output = new_name (writer);
  put_text (node, 2, *output);
  put_text (node, 4, op);
  return node;
}

static void
end_node (Writer *writer, GByteArray *node)
{
  put_message (writer->graph, 1, node);
  g_byte_array_unref (node);
}

static char *
put_node (Writer *writer, const char *op, const char *a, const char *b, const char *c)
{
  char *output;

  end_node (writer, begin_node (writer, op, a, b, c, &output));
  return output;
}

static char *
put_transpose (Writer *writer, const char *x, const gint64 order[4])
{
  char *output;
  GByteArray *node = begin_node (writer, "Transpose", x, NULL, NULL, &output);

  put_attribute (node, "perm", order, 4);
  end_node (writer, node);
  return output;
}

static char *
put_activation (Writer *writer, const TnOpSettings *settings, char *x)
{
  const float bounds[] = { 0.0f, 6.0f };

  switch (settings->activation)
    {
    case TN_ACTIVATION_LINEAR:
      return x;
    case TN_ACTIVATION_RELU:
      return put_node (writer, "Relu", x, NULL, NULL);
    case TN_ACTIVATION_RELU6:
      return put_node (writer, "Clip", x, put_floats (writer, &bounds[0], NULL, 0),
                       put_floats (writer, &bounds[1], NULL, 0));
    case TN_ACTIVATION_TANH:
      return put_node (writer, "Tanh", x, NULL, NULL);
    case TN_ACTIVATION_SIGMOID:
      return put_node (writer, "Sigmoid", x, NULL, NULL);
    default:
      writer->missing = "one of the activations";
      return x;
    }
}

/* Windows of two axes. */
static void
put_window (GByteArray *node, const TnOpSettings *s, gint64 height, gint64 width)
{
  const gint64 kernel[] = { height, width };
  const gint64 strides[] = { MAX (s->stride[0], 1), MAX (s->stride[1], 1) };
  const gint64 pads[] = { s->pad_before[0], s->pad_before[1], s->pad_after[0], s->pad_after[1] };

  put_attribute (node, "kernel_shape", kernel, 2);
  put_attribute (node, "strides", strides, 2);
  put_attribute (node, "pads", pads, 4);
}

static char *
put_convolution (Writer *writer, const TnProgramCall *call, const char *x, const float *w,
                 const char *bias)
{
  const TnOpSettings *s = &call->settings;
  const TnShape *shape = tn_program_shape (writer->program, call->inputs[1]);
  gint64 h = tn_op_dim (shape, 0), v = tn_op_dim (shape, 1), c = tn_op_dim (shape, 2);
  gint64 f = tn_op_dim (shape, 3), groups = MAX (s->groups, 1);
  const gint64 dims[] = { f, c, h, v };
  const gint64 dilations[] = { MAX (s->dilation[0], 1), MAX (s->dilation[1], 1) };
  g_autofree float *turned = g_new (float, f *c *h *v);
  char *output;

  for (gint64 i = 0; i < h * v; i++)
    for (gint64 j = 0; j < c; j++)
      for (gint64 k = 0; k < f; k++)
        turned[(k * c + j) * h * v + i] = w[(i * c + j) * f + k];
  GByteArray *node
      = begin_node (writer, "Conv", x, put_floats (writer, turned, dims, 4), bias, &output);
  put_window (node, s, h, v);
  put_attribute (node, "dilations", dilations, 2);
  put_attribute (node, "group", &groups, 0);
  end_node (writer, node);
  return output;
}

static char *
put_pool (Writer *writer, const TnProgramCall *call, const char *x)
{
  char *output;
  GByteArray *node = begin_node (writer, call->op == &tn_op_max_pool ? "MaxPool" : "AveragePool", x,
                                 NULL, NULL, &output);

  put_window (node, &call->settings, call->settings.kernel[0], call->settings.kernel[1]);
  end_node (writer, node);
  return output;
}

static const gint64 to_channels_first[] = { 0, 3, 1, 2 };
static const gint64 to_channels_last[] = { 0, 2, 3, 1 };

static char *
put_reshape (Writer *writer, const char *x, const TnShape *from, const TnShape *to)
{
  /* Other rows and columns of the same pixels: their order stays, wherever the channels are. */
  gboolean pixels = from->rank == 4 && to->rank == 4 && tn_op_dim (from, 0) == tn_op_dim (to, 0)
                    && tn_op_dim (from, 3) == tn_op_dim (to, 3);
  gint64 dims[TN_MAX_RANK];

  if (to->rank == 4 && !pixels)
    writer->missing = "reshape to an image";
  for (int i = 0; i < to->rank; i++)
    dims[i] = tn_op_dim (to, pixels ? (int)to_channels_first[i] : i);
  return put_node (writer, "Reshape",
                   from->rank == 4 && !pixels ? put_transpose (writer, x, to_channels_last) : x,
                   put_wholes (writer, dims, to->rank), NULL);
}

/* What a call gives, by the names of what it reads. Four-dimensional tensors are images, and have
 * their channels first. */
static char *
put_call (Writer *writer, const TnProgramCall *call, char **names)
{
  const TnShape *in = tn_program_shape (writer->program, call->inputs[0]);
  const TnShape *out = tn_program_shape (writer->program, call->output);
  const char *x = names[call->inputs[0]];
  const char *more[TN_OP_MAX_INPUTS] = { NULL };
  const float *w = NULL;

  for (guint i = 1; i < call->n_inputs; i++)
    if (call->inputs[i] != TN_TENSOR_ABSENT)
      {
        const TnShape *shape = tn_program_shape (writer->program, call->inputs[i]);
        const float *constant = tn_plan_memory (writer->plan, writer->plan->whole, call->inputs[i]);
        gint64 dims[TN_MAX_RANK];

        for (int j = 0; j < shape->rank; j++)
          dims[j] = tn_op_dim (shape, j);
        more[i] = names[call->inputs[i]];
        if (more[i] == NULL && call->op == &tn_op_convolution && i == 1)
          w = constant;
        else if (more[i] == NULL)
          more[i] = put_floats (writer, constant, dims, shape->rank);
      }

  char *y = NULL;
  if (call->op == &tn_op_convolution && w != NULL)
    y = put_convolution (writer, call, x, w, more[2]);
  else if (call->op == &tn_op_matmul && in->rank == 2)
    y = put_node (writer, "Gemm", x, more[1], more[2]);
  else if (call->op == &tn_op_max_pool || call->op == &tn_op_average_pool)
    return put_pool (writer, call, x);
  else if (call->op == &tn_op_mean_spatial)
    return put_node (writer, "Flatten", put_node (writer, "GlobalAveragePool", x, NULL, NULL), NULL,
                     NULL);
  else if (call->op == &tn_op_reshape)
    return put_reshape (writer, x, in, out);
  else if (call->op == &tn_op_softmax && in->rank == 2 && call->settings.axis == 1)
    return put_node (writer, "Softmax", x, NULL, NULL);
  else if (call->op == &tn_op_activation)
    y = g_strdup (x);
  else if (call->op == &tn_op_binary && call->settings.binary == TN_BINARY_ADD
           && tn_shape_elements (out, 0) == tn_shape_elements (in, 0))
    return put_activation (writer, &call->settings, put_node (writer, "Add", x, more[1], NULL));
  else if (call->op == &tn_op_pad && in->rank == 4)
    {
      const int axes[] = { 0, 2, 3, 1 };
      gint64 pads[8] = { 0 };

      pads[axes[call->settings.axis]] = call->settings.pad_before[0];
      pads[4 + axes[call->settings.axis]] = call->settings.pad_after[0];
      return put_node (writer, "Pad", x, put_wholes (writer, pads, 8),
                       put_floats (writer, &call->settings.params[0], NULL, 0));
    }
  else
    {
      writer->missing = call->op->name;
      return NULL;
    }
  if (more[3] != NULL)
    y = put_node (writer, "Add", y, more[3], NULL);
  return put_activation (writer, &call->settings, y);
}

static void
put_value (GByteArray *graph, guint field, const char *name, const TnShape *shape)
{
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autoptr (GByteArray) type = g_byte_array_new ();
  g_autoptr (GByteArray) tensor = g_byte_array_new ();
  g_autoptr (GByteArray) dims = g_byte_array_new ();

  for (int i = 0; i < shape->rank; i++)
    {
      g_autoptr (GByteArray) dim = g_byte_array_new ();
      put_number (dim, 1, tn_op_dim (shape, i));
      put_message (dims, 1, dim);
    }
  put_number (tensor, 1, 1);
  put_message (tensor, 2, dims);
  put_message (type, 1, tensor);
  put_text (value, 1, name);
  put_message (value, 2, type);
  put_message (graph, field, value);
}

/* NULL with what is missing. */
static GByteArray *
write_model (const TnPlan *plan, const char **missing)
{
  const TnCompiled *compiled = plan->whole;
  Writer writer = { .plan = plan, .program = compiled->program, .graph = g_byte_array_new () };
  g_autofree char **names = g_new0 (char *, tn_program_n_tensors (compiled->program));
  TnTensorId input = g_array_index (compiled->inputs, TnFeedPoint, 0).tensor;
  TnTensorId output = g_array_index (compiled->outputs, TnTensorId, 0);
  const TnShape *shape = tn_program_shape (compiled->program, input);

  put_text (writer.graph, 2, "model");
  put_value (writer.graph, 11, "input", shape);
  names[input]
      = shape->rank == 4 ? put_transpose (&writer, "input", to_channels_first) : g_strdup ("input");
  for (guint i = 0; i < tn_program_n_calls (compiled->program) && writer.missing == NULL; i++)
    {
      const TnProgramCall *call = tn_program_call_at (compiled->program, i);
      names[call->output] = put_call (&writer, call, names);
    }
  *missing = writer.missing;
  if (writer.missing == NULL && tn_program_shape (compiled->program, output)->rank == 4)
    *missing = "an image as the output";
  if (*missing != NULL)
    {
      g_byte_array_unref (writer.graph);
      return NULL;
    }
  put_value (writer.graph, 12, names[output], tn_program_shape (compiled->program, output));

  GByteArray *model = g_byte_array_new ();
  g_autoptr (GByteArray) operators = g_byte_array_new ();
  put_text (operators, 1, "");
  put_number (operators, 2, 13);
  put_number (model, 1, 8);
  put_message (model, 7, writer.graph);
  put_message (model, 8, operators);
  g_byte_array_unref (writer.graph);
  return model;
}

/* ---- the way ---- */

static gpointer
begin (const Subject *subject, gint64 batch, guint threads, const char **absent)
{
  const char *folder = g_getenv (FOLDER);
  g_autofree char *node = g_find_program_in_path ("node");
  const char *missing = NULL;
  g_autoptr (GError) error = NULL;

  *absent = "node and " FOLDER ", the folder of the package onnxruntime-node, are needed";
  if (folder == NULL || node == NULL)
    return NULL;
  g_autoptr (TnPlan) plan = subject_plan (subject, batch, threads, TN_RUN_KERNELS_BLIS, FALSE);
  g_autoptr (GByteArray) model = write_model (plan, &missing);
  if (model == NULL)
    {
      *absent = g_strdup_printf ("not written as ONNX: %s", missing);
      return NULL;
    }

  /* The script removes all three. */
  g_autofree char *place = g_dir_make_tmp ("bench-XXXXXX", &error);
  if (place == NULL)
    g_error ("%s", error->message);
  g_autofree char *model_path = g_build_filename (place, "model.onnx", NULL);
  g_autofree char *input_path = g_build_filename (place, "input", NULL);
  GHashTableIter iter;
  gpointer tensor;
  g_hash_table_iter_init (&iter, plan->options.inputs);
  g_hash_table_iter_next (&iter, NULL, &tensor);
  if (!g_file_set_contents_full (model_path, (char *)model->data, model->len,
                                 G_FILE_SET_CONTENTS_NONE, 0600, &error)
      || !g_file_set_contents_full (input_path, tn_tensor_data (tensor),
                                    (gssize)tn_tensor_bytes (tensor), G_FILE_SET_CONTENTS_NONE,
                                    0600, &error))
    g_error ("%s", error->message);
  g_autofree char *script
      = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "tests/bench/models/onnxruntime.js", NULL);
  g_autofree char *threads_text = g_strdup_printf ("%u", threads);
  GString *dims = g_string_new (NULL);
  const TnShape *shape = tn_tensor_shape (tensor);
  for (int i = 0; i < shape->rank; i++)
    g_string_append_printf (dims, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", tn_op_dim (shape, i));
  execl (node, node, script, folder, place, dims->str, threads_text, NULL);
  g_error ("%s cannot be started", node);
}

/* Never called: the process is another one by then. */
const Way way_onnxruntime = { "onnxruntime", begin, NULL, NULL, NULL };
