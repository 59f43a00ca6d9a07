/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error messages read by patterns, without backtracking, whatever the text. */
#include "infer/tn-message.h"

#include <string.h>

#define LONGEST_NAME 128
/* How far "%*" looks for what follows it. */
#define LONGEST_GAP 400

const char *
tn_framework_name (TnFramework framework)
{
  static const char *const names[] = { "Keras", "TensorFlow", "PyTorch" };

  g_return_val_if_fail (framework < G_N_ELEMENTS (names), "");
  return names[framework];
}

void
tn_message_free (TnMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->layer);
  g_free (message->type);
  g_free (message);
}

/* ---- what can stand in a pattern ---- */

/* "4096", "-1"; None and ? are open. The end, or NULL. */
static const char *
read_number (const char *at, gint64 *number)
{
  char *end;

  *number = TN_DIM_UNKNOWN;
  if (g_str_has_prefix (at, "None"))
    return at + 4;
  if (*at == '?')
    return at + 1;
  if (!g_ascii_isdigit (*at) && !(*at == '-' && g_ascii_isdigit (at[1])))
    return NULL;
  *number = g_ascii_strtoll (at, &end, 10);
  return end;
}

/* "(None, 256)", "[?,1,1,64]", "torch.Size([2, 8])", "(3x2x2)", "[None 2 2 3]". */
static const char *
read_shape (const char *at, TnShape *shape)
{
  TnShape found = { .rank = 0 };
  char close;

  if (g_str_has_prefix (at, "torch.Size("))
    {
      at = read_shape (at + strlen ("torch.Size("), shape);
      return at != NULL && *at == ')' ? at + 1 : at;
    }
  if (*at != '(' && *at != '[')
    return NULL;
  close = *at == '(' ? ')' : ']';
  at++;
  for (;;)
    {
      gint64 number;

      while (*at == ' ' || *at == ',' || *at == 'x')
        at++;
      /* Messages that were cut off still tell something. */
      if (*at == close || *at == '\0')
        break;
      if (found.rank == TN_MAX_RANK || (at = read_number (at, &number)) == NULL)
        return NULL;
      found.dims[found.rank++] = tn_dim (number);
    }
  *shape = found;
  return *at == '\0' ? at : at + 1;
}

/* A name in quotes, or up to a blank or a colon. */
static const char *
read_name (const char *at, char **name)
{
  char quote = *at == '"' || *at == '\'' || *at == '`' ? *at++ : '\0';
  gsize n = 0;

  while (at[n] != '\0' && !g_ascii_iscntrl (at[n]) && at[n] != '/'
         && (quote != '\0' ? at[n] != quote : !strchr (" :,.()\"'`", at[n])))
    n++;
  if (n == 0 || n > LONGEST_NAME || (quote != '\0' && at[n] != quote && at[n] != '/'))
    return NULL;
  g_free (*name);
  *name = g_strndup (at, n);
  return at + n + (quote != '\0' && at[n] == quote);
}

/* ---- patterns ---- */

/* In a pattern: %L a layer's name, %T its class, %X and %R the expected and the received shape, %e
 * and %n the sizes, %a the axis, %g a number of no concern, %* anything. */
static const char *
read_capture (char what, const char *at, TnMessage *message)
{
  gint64 number;
  const char *end;

  switch (what)
    {
    case 'L':
      return read_name (at, &message->layer);
    case 'T':
      return read_name (at, &message->type);
    case 'X':
      return read_shape (at, &message->expected);
    case 'R':
      return read_shape (at, &message->received);
    default:
      break;
    }
  end = read_number (at, &number);
  if (end == NULL)
    return NULL;
  if (what == 'e')
    message->expected_size = MAX (number, TN_DIM_UNKNOWN);
  else if (what == 'n')
    message->received_size = MAX (number, TN_DIM_UNKNOWN);
  else if (what == 'a')
    message->axis = (int)CLAMP (number, -TN_MAX_RANK, TN_MAX_RANK);
  return end;
}

/* Matches @pattern at @at; what it captures goes into @message, whether or not all of it fits. */
static const char *
match_here (const char *pattern, const char *at, TnMessage *message)
{
  while (*pattern != '\0')
    {
      if (*pattern != '%')
        {
          if (*pattern++ != *at++)
            return NULL;
          continue;
        }
      if (pattern[1] == '*')
        {
          gsize n = strcspn (pattern + 2, "%");
          g_autofree char *next = g_strndup (pattern + 2, n);
          const char *found = g_strstr_len (at, (gssize)strnlen (at, LONGEST_GAP), next);

          if (found == NULL)
            return NULL;
          at = found + n;
          pattern += 2 + n;
          continue;
        }
      at = read_capture (pattern[1], at, message);
      if (at == NULL)
        return NULL;
      pattern += 2;
    }
  return at;
}

static void
message_clear (TnMessage *message)
{
  g_clear_pointer (&message->layer, g_free);
  g_clear_pointer (&message->type, g_free);
  *message = (TnMessage){ .axis = TN_AXIS_NONE,
                          .expected = tn_shape_none (),
                          .received = tn_shape_none (),
                          .expected_size = TN_DIM_UNKNOWN,
                          .received_size = TN_DIM_UNKNOWN };
}

/* Anywhere in @text. A pattern starts with a literal, or with a name that a blank stands before. */
static gboolean
match_anywhere (const char *pattern, const char *text, TnMessage *message)
{
  gsize n = strcspn (pattern, "%");
  g_autofree char *start = g_strndup (pattern, n);
  const char *at = text;

  if (n == 0)
    {
      for (; at != NULL; at = strchr (at, ' '), at = at != NULL ? at + 1 : NULL)
        {
          message_clear (message);
          if (match_here (pattern, at, message) != NULL)
            return TRUE;
        }
      return FALSE;
    }
  while ((at = strstr (at, start)) != NULL)
    {
      message_clear (message);
      if (match_here (pattern, at, message) != NULL)
        return TRUE;
      at += n;
    }
  return FALSE;
}

typedef struct
{
  TnMessageKind kind;
  TnFramework framework;
  const char *text;
} Pattern;

#define K  TN_FRAMEWORK_KERAS
#define TF TN_FRAMEWORK_TENSORFLOW
#define PT TN_FRAMEWORK_PYTORCH

/* The first that fits counts, so what tells more stands first. */
static const Pattern patterns[] = {
  { TN_MESSAGE_WIDTH, K,
    "expected axis %a of input shape to have value %e%*received input with shape %R" },
  { TN_MESSAGE_WIDTH, K, "expected axis %a of input shape to have value %e%*got shape %R" },
  { TN_MESSAGE_WIDTH, K, "expected axis %a of input shape to have value %e" },
  { TN_MESSAGE_WIDTH, K, "expected shape=%X, found shape=%R" },
  { TN_MESSAGE_WIDTH, PT, "input.size(-1) must be equal to input_size. Expected %e, got %n" },
  { TN_MESSAGE_WIDTH, PT, "was expecting embedding dimension of %e, but got %n" },
  { TN_MESSAGE_ARRAY, K, "expected %L to have shape %X but got array with shape %R" },
  { TN_MESSAGE_ARRAY, K, "expected %L to have %e dimensions, but got array with shape %R" },
  { TN_MESSAGE_ARRAY, K, "%L expects shape %X but receives %R" },
  { TN_MESSAGE_ARRAY, K, "%L expected to have shape %X but got array with shape %R" },
  { TN_MESSAGE_LOSS, K,
    "Arguments `target` and `output` must have the same %*target.shape=%R, output.shape=%X" },
  { TN_MESSAGE_LOSS, TF, "must have the same shape (%X vs %R)" },
  { TN_MESSAGE_LOSS, TF, "must have the same shape, received (%X vs %R)" },
  { TN_MESSAGE_LOSS, PT, "Using a target size (%R) that is different to the input size (%X)" },
  { TN_MESSAGE_ARRAY, K, "could not broadcast input array from shape %R into shape %X" },
  { TN_MESSAGE_ARRAY, TF, "Cannot feed value of shape %R for Tensor%*which has shape '%X" },
  { TN_MESSAGE_LOSS, K, "A target array with shape %R was passed for an output of shape %X" },
  { TN_MESSAGE_LOSS, K, "You are passing a target array of shape %R while using as loss" },
  { TN_MESSAGE_LOSS, TF, "Shapes %R and %X are incompatible" },
  { TN_MESSAGE_LOSS, TF, "same first dimension, got logits shape %X and labels shape %R" },
  { TN_MESSAGE_LOSS, TF, "must be broadcastable: logits_size=%X labels_size=%R" },
  { TN_MESSAGE_LOSS, PT, "Target size (%R) must be the same as input size (%X)" },
  { TN_MESSAGE_LOSS, PT, "Expected target size %X, got %R" },
  { TN_MESSAGE_LOSS, PT, "target tensor expected, multi-target not supported" },
  { TN_MESSAGE_LOSS, K, "output is %R instead of %X" },
  { TN_MESSAGE_MATMUL, PT, "shapes cannot be multiplied (%gx%n and %ex%g)" },
  { TN_MESSAGE_MATMUL, PT, "size mismatch, m1: [%g x %n], m2: [%e x %g]" },
  { TN_MESSAGE_MATMUL, TF, "Matrix size-incompatible: In[0]: [%g,%n], In[1]: [%e,%g]" },
  { TN_MESSAGE_MATMUL, TF,
    "Dimensions must be equal, but are %n and %e for '%L%*(op: 'MatMul') with input shapes: %R" },
  { TN_MESSAGE_MATMUL, TF, "Dimensions must be equal, but are %n and %e for 'MatMul" },
  { TN_MESSAGE_MATMUL, PT, "mat1 dim 1 must match mat2 dim 0" },
  { TN_MESSAGE_CHANNELS, PT,
    "weight of size %X, expected input%R to have %e channels, but got %n channels" },
  { TN_MESSAGE_CHANNELS, PT, "expected input%R to have %e channels, but got %n channels" },
  { TN_MESSAGE_RANK, PT,
    "Expected %e-dimensional input for %g-dimensional weight%*but got %n-dimensional input of size "
    "%R" },
  { TN_MESSAGE_RANK, PT, "(batch mode) tensor%*got:%R" },
  { TN_MESSAGE_RANK, K, "expected min_ndim=%e, found ndim=%n. Full shape received: %R" },
  { TN_MESSAGE_RANK, K, "expected ndim=%e, found ndim=%n. Full shape received: %R" },
  { TN_MESSAGE_RANK, K, "ndim=%e, found ndim=%n" },
  { TN_MESSAGE_RANK, K,
    "Kernel shape must have the same length as input, but received kernel of shape %X and input of "
    "shape %R" },
  { TN_MESSAGE_RANK, PT, "(batched) input to conv%*but got input of size: %R" },
  { TN_MESSAGE_RANK, PT, "input must have %e dimensions, got %n" },
  { TN_MESSAGE_RANK, PT, "expected %eD input (got %nD input)" },
  { TN_MESSAGE_RANK, PT,
    "the length of the desired ordering of dimensions i.e. input.dim() = %n is not equal to "
    "len(dims) = %e" },
  { TN_MESSAGE_WINDOW, TF,
    "Negative dimension size caused by subtracting %e from %n for '%L%*input shapes: %R" },
  { TN_MESSAGE_WINDOW, TF, "Negative dimension size caused by subtracting %e from %n" },
  { TN_MESSAGE_WINDOW, K,
    "Computed output size would be zero or negative%*inputs shape=%R`, `kernel shape=%X" },
  { TN_MESSAGE_WINDOW, K, "Computed output size would be zero or negative%*inputs.shape=%R" },
  { TN_MESSAGE_WINDOW, K, "Computed output size would be zero or negative" },
  { TN_MESSAGE_WINDOW, K,
    "One of the dimensions in the output is <= 0 due to downsampling in %L%*input shape %R" },
  { TN_MESSAGE_WINDOW, PT, "Calculated padded input size per channel: %R. Kernel size: %X" },
  { TN_MESSAGE_WINDOW, PT, "Given input size: %R. Calculated output size: %X" },
  { TN_MESSAGE_WINDOW, K, "Input size must be at least %gx%e; got `input_shape=%R" },
  { TN_MESSAGE_WINDOW, K, "`cropping` argument should be smaller%*input_shape=%R" },
  { TN_MESSAGE_WINDOW, K, "`cropping` parameter of%*input_shape=%R" },
  { TN_MESSAGE_WINDOW, K, "Argument `cropping` must be greater than the input shape" },
  { TN_MESSAGE_RESHAPE, K,
    "total size of the tensor must be unchanged%*input_shape=%R, target_shape=%X" },
  { TN_MESSAGE_RESHAPE, K, "total size of the tensor must be unchanged" },
  { TN_MESSAGE_RESHAPE, K,
    "total size of new array must be unchanged%*input_shape = %R, output_shape = %X" },
  { TN_MESSAGE_RESHAPE, K, "total size of new array must be unchanged" },
  { TN_MESSAGE_RESHAPE, PT, "shape '%X' is invalid for input of size %n" },
  { TN_MESSAGE_RESHAPE, K, "cannot reshape array of size %n into shape %X" },
  { TN_MESSAGE_RESHAPE, TF, "Cannot reshape a tensor with %n elements to shape %X" },
  { TN_MESSAGE_WEIGHTS, TF,
    "in both shapes must be equal, but are %n and %e. Shapes are %R and %X. for 'Assign" },
  { TN_MESSAGE_WEIGHTS, K, "weight shape %X not compatible with provided weight shape %R" },
  { TN_MESSAGE_WEIGHTS, K,
    "(named %L) for weight %*Weight expects shape %X. Received saved weight with shape %R" },
  { TN_MESSAGE_WEIGHTS, K, "(named %L), weight %*has shape %X, but the saved weight has shape %R" },
  { TN_MESSAGE_WEIGHTS, K, "trying to load a weight file containing" },
  { TN_MESSAGE_WEIGHTS, PT,
    "size mismatch for %L.%*copying a param with shape %R from checkpoint, the shape in current "
    "model is %X" },
  { TN_MESSAGE_WEIGHTS, PT,
    "copying a param with shape %R from checkpoint, the shape in current model is %X" },
  { TN_MESSAGE_MERGE, K, "Inputs have incompatible shapes. Received shapes %X and %R" },
  { TN_MESSAGE_MERGE, K, "could not be broadcast together with shapes %X %R" },
  { TN_MESSAGE_MERGE, PT,
    "size of tensor a (%e) must match the size of tensor b (%n) at non-singleton dimension %a" },
  { TN_MESSAGE_MERGE, TF, "Incompatible shapes: %X vs. %R" },
  { TN_MESSAGE_MERGE, TF, "in both shapes must be equal, but are %e and %n. Shapes are %X and %R" },
  { TN_MESSAGE_MERGE, TF,
    "Dimensions must be equal, but are %e and %n for '%L%*input shapes: %X, %R" },
  { TN_MESSAGE_MERGE, TF, "Dimensions must be equal, but are %e and %n" },
  { TN_MESSAGE_MERGE, PT,
    "expanded size of the tensor (%e) must match the existing size (%n) at non-singleton dimension "
    "%a" },
  { TN_MESSAGE_CONCATENATE, K,
    "requires inputs with matching shapes except for the concat%*shape%*[%X, %R" },
  { TN_MESSAGE_CONCATENATE, K, "requires inputs with matching shapes except for the concat" },
  { TN_MESSAGE_CONCATENATE, PT,
    "must match except in dimension %a. Expected size %e but got size %n" },
  { TN_MESSAGE_CONCATENATE, PT, "must match except in dimension %a. Got %e and %n" },
  { TN_MESSAGE_CONCATENATE, PT, "must have same number of dimensions: got %e and %n" },
  { TN_MESSAGE_UNKNOWN_DIM, K, "must be fully-defined%*shape=%R for variable path='%L" },
  { TN_MESSAGE_UNKNOWN_DIM, K, "The last dimension of the inputs to %*shape received: %R" },
  { TN_MESSAGE_UNKNOWN_DIM, K, "The last dimension of the inputs to " },
  { TN_MESSAGE_UNKNOWN_DIM, K, "The channel dimension of the inputs should be defined" },
  { TN_MESSAGE_UNKNOWN_DIM, K, "The shape of the input to %T is not fully defined (got %R" },
  { TN_MESSAGE_UNKNOWN_DIM, K, "unsupported operand type(s) for %*'NoneType'" },
  { TN_MESSAGE_GROUPS, K,
    "The number of filters must be evenly divisible by the number of groups%*groups=%e, "
    "filters=%n" },
  { TN_MESSAGE_GROUPS, K,
    "channels must be evenly divisible by the number of groups. Received groups=%e, but the input "
    "has %n channels (full input shape is %R" },
  { TN_MESSAGE_GROUPS, K,
    "Number of groups (%e) must be a multiple of the number of channels (%n)" },
  { TN_MESSAGE_GROUPS, K, "Number of groups (%e) cannot be more than the number of channels (%n)" },
  { TN_MESSAGE_GROUPS, PT, "channels must be divisible by " },
  { TN_MESSAGE_BATCH, K, "Cannot merge tensors with different batch sizes%*[%X, %R" },
  { TN_MESSAGE_BATCH, PT, "Expected input batch_size (%e) to match target batch_size (%n)" },
  { TN_MESSAGE_BATCH, PT, "Expected hidden%*size %X, got %R" },
  { TN_MESSAGE_BATCH, K, "Data cardinality is ambiguous%*x sizes: %e%*y sizes: %n" },
  { TN_MESSAGE_BATCH, K, "When using `stateful=True` in a RNN%*shape=%R" },
  { TN_MESSAGE_BATCH, K, "If a RNN is stateful, it needs to know its batch size" },
  { TN_MESSAGE_INPUTS, K, "A merge layer should be called on a list of inputs" },
  { TN_MESSAGE_INPUTS, K, "A %T layer should be called on " },
  { TN_MESSAGE_INPUTS, K, "Layer %L expects %e input(s), but it received %n input tensors" },
  { TN_MESSAGE_INPUTS, K, "Layer %L expects %e inputs, but it received %n input tensors" },
  { TN_MESSAGE_AXIS, K, "Incompatible input shapes: axis values %e (at axis %a) != %n" },
  { TN_MESSAGE_AXIS, K, "must be equal. Received: value_shape=%X and key_shape=%R" },
  { TN_MESSAGE_AXIS, PT, "key shape %R does not match value shape %X" },
  { TN_MESSAGE_AXIS, PT,
    "Expected size for first two dimensions of batch2 tensor to be: %X but got: %R" },
  { TN_MESSAGE_AXIS, PT, "should contain %n elements not %e" },
  { TN_MESSAGE_AXIS, PT, "Dimension out of range%*but got %a" },
  { TN_MESSAGE_AXIS, K, "list index out of range" },
  { TN_MESSAGE_AXIS, K, "list assignment index out of range" },
  { TN_MESSAGE_AXIS, K, "tuple index out of range" },
  { TN_MESSAGE_AXIS, K, "Invalid value for `axis` argument" },
  { TN_MESSAGE_PARAM, K, "Invalid permutation argument `dims`" },
  { TN_MESSAGE_PARAM, K, "`strides > 1` not supported in conjunction with `dilation_rate > 1`" },
  { TN_MESSAGE_PARAM, K, "argument must be a tuple of %e integers" },
  { TN_MESSAGE_PARAM, K, "`output_padding` must be strictly less than `strides`" },
  { TN_MESSAGE_PARAM, K, "Strides must be greater than output padding" },
  { TN_MESSAGE_PARAM, K, "`padding` argument must be a list/tuple or one of" },
  { TN_MESSAGE_PARAM, K, "Argument `padding` must be either" },
  { TN_MESSAGE_PARAM, K, "Received an invalid value for " },
  { TN_MESSAGE_PARAM, K, "Unrecognized keyword arguments passed to %T:" },
  { TN_MESSAGE_PARAM, K, "Keyword argument not understood:" },
  { TN_MESSAGE_PARAM, K, "Could not interpret activation function identifier" },
  { TN_MESSAGE_PARAM, K, "Unknown activation function" },
  { TN_MESSAGE_PARAM, K, "Invalid value received for argument `" },
  { TN_MESSAGE_PARAM, K, "received for `rate`, expected a value" },
  { TN_MESSAGE_PARAM, PT, "permute(): duplicate dims are not allowed" },
  { TN_MESSAGE_PARAM, PT, "%T.__init__() got an unexpected keyword argument" },
  { TN_MESSAGE_PARAM, PT, "dropout probability has to be between 0 and 1" },
  { TN_MESSAGE_PARAM, PT, "kernel size should be greater than zero" },
  { TN_MESSAGE_PARAM, PT, "output padding must be smaller than either stride or dilation" },
  { TN_MESSAGE_PARAM, PT, "padding='same' is not supported for strided convolutions" },
};

/* Where a layer may be named beside the message proper. */
static const char *const frames[] = {
  "of layer %L is incompatible", "incompatible with layer %L:", "when calling layer %L", "for '%L/",
  "variable path='%L/",
};

static void
read_frame (const char *text, TnMessage *message)
{
  TnMessage frame = { .layer = NULL };

  for (guint i = 0; message->layer == NULL && i < G_N_ELEMENTS (frames); i++)
    if (match_anywhere (frames[i], text, &frame))
      message->layer = g_steal_pointer (&frame.layer);
  if (message->type == NULL && match_anywhere ("when calling %T.call", text, &frame))
    message->type = g_steal_pointer (&frame.type);
  message_clear (&frame);
  if (strstr (text, "checking target") != NULL || strstr (text, "checking model target") != NULL)
    message->role = TN_ARRAY_LABELS;
  else if (strstr (text, "checking input") != NULL || strstr (text, "checking model input") != NULL
           || (message->layer != NULL && g_str_has_suffix (message->layer, "_input")))
    message->role = TN_ARRAY_INPUT;
}

/* The end of @text as one line: no NUL, no two blanks in a row, whatever the bytes. */
static char *
one_line (const char *text, gssize length)
{
  gsize n = length < 0 ? strlen (text) : (gsize)length;
  gsize from = n > TN_MESSAGE_MOST ? n - TN_MESSAGE_MOST : 0;
  g_autofree char *valid = g_utf8_make_valid (text + from, (gssize)(n - from));
  GString *line = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at++)
    {
      char c = g_ascii_isspace (*at) || g_ascii_iscntrl (*at) ? ' ' : *at;

      if (c != ' ' || (line->len > 0 && line->str[line->len - 1] != ' '))
        g_string_append_c (line, c);
    }
  return g_string_free (line, FALSE);
}

TnMessage *
tn_message_read (const char *text, gssize length)
{
  g_autofree char *line = NULL;
  g_autoptr (TnMessage) message = g_new0 (TnMessage, 1);

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  if (length == 0)
    return NULL;

  line = one_line (text, length);
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    if (match_anywhere (patterns[i].text, line, message))
      {
        message->kind = patterns[i].kind;
        message->framework = patterns[i].framework;
        read_frame (line, message);
        /* Keras tells both shapes where the number of axes differs as well. */
        if (message->kind == TN_MESSAGE_WIDTH && message->expected.rank >= 0
            && message->received.rank >= 0 && message->expected.rank != message->received.rank)
          {
            message->kind = TN_MESSAGE_RANK;
            message->expected_size = message->expected.rank;
            message->received_size = message->received.rank;
          }
        /* A width is told as a shape and an axis of it. */
        if (message->received_size < 0 && message->axis != TN_AXIS_NONE
            && message->received.rank > 0)
          {
            int axis = tn_shape_axis (&message->received, message->axis);

            if (axis >= 0)
              message->received_size = message->received.dims[axis].size;
          }
        return g_steal_pointer (&message);
      }
  return NULL;
}
