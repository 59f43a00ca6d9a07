/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an error message means by itself. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-message.h"

/* ---- explaining ---- */

/* The layer, as the subject of a sentence. */
static const char *
subject (const TnMessage *message)
{
  return message->layer != NULL  ? message->layer
         : message->type != NULL ? message->type
                                 : _ ("The layer");
}

/* "(None, 256)", or the number alone, or what can be said without. */
static char *
side_text (const TnShape *shape, gint64 size)
{
  if (shape->rank >= 0)
    return tn_shape_to_text (shape);
  return size >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, size) : g_strdup (_ ("another size"));
}

static gboolean
has_sides (const TnMessage *message)
{
  return (message->expected.rank >= 0 || message->expected_size >= 0)
         && (message->received.rank >= 0 || message->received_size >= 0);
}

/* Both readings of the sentence that Keras 1 and 2 print for arrays. */
static char *
explain_array (const TnMessage *message, const char *expected, const char *received)
{
  GString *out = g_string_new (NULL);

  if (message->role == TN_ARRAY_INPUT)
    g_string_append_printf (
        out,
        _ ("The data that is fed in has shape %s, but the input %s was declared as %s. Either the "
           "declared shape has to change, or the data must be reshaped before it is fed in."),
        received, subject (message), expected);
  else if (message->expected.rank < 0)
    g_string_append_printf (
        out,
        _ ("%s is checked against an array of shape %s, which should have %s dimensions. When %s "
           "is the last layer, the array holds the labels: a Flatten before it, or a recurrent "
           "layer without return_sequences, takes a dimension off the output."),
        subject (message), received, expected, subject (message));
  else
    {
      g_string_append_printf (
          out,
          _ ("Most likely this is about the labels: %s puts out %s, but the array of labels has "
             "shape %s. Then the last layer has to put out what the labels hold, or other labels "
             "are needed (class numbers want a sparse loss)."),
          subject (message), expected, received);
      if (message->role == TN_ARRAY_EITHER)
        g_string_append_printf (
            out,
            _ (" If %s is no output, its kernel is fixed at the width it was made with, and what "
               "arrives is wider or narrower: then a Flatten, a pooling or a Dense before it, or a "
               "new kernel, mends it."),
            subject (message));
    }
  return g_string_free (out, FALSE);
}

static char *
explain_matmul (const TnMessage *message)
{
  if (message->expected_size < 0 || message->received_size < 0)
    return g_strdup (_ ("A fully connected layer has weights for another number of features than "
                        "arrive; most often the flattened size of the last convolution or pooling "
                        "was counted wrongly, or the flattening is missing."));
  return g_strdup_printf (
      _ ("A fully connected layer has weights for %" PRIi64 " features, but %" PRIi64
         " arrive. It is to be made for %" PRIi64
         " features, or what is before it must give %" PRIi64
         "; most often the flattened size of the last convolution or pooling was counted wrongly, "
         "or the flattening is missing."),
      message->expected_size, message->received_size, message->received_size,
      message->expected_size);
}

static char *
explain_rank (const TnMessage *message, const char *received)
{
  if (message->expected_size >= 0 && message->received_size >= 0)
    return g_strdup_printf (
        message->expected_size > message->received_size
            ? _ ("%s needs %" PRIi64 " dimensions, the batch included, but only %" PRIi64
                 " arrive. A recurrent layer before it may lack return_sequences=True, a Flatten "
                 "may come too early, or the data lacks an axis for channels or time.")
            : _ ("%s needs %" PRIi64 " dimensions, the batch included, but %" PRIi64
                 " arrive. A Flatten, a global pooling or a Reshape before it takes dimensions "
                 "off."),
        subject (message), message->expected_size, message->received_size);
  return g_strdup_printf (_ ("%s gets %s, which has another number of dimensions than it can work "
                             "with; an axis for the batch or the channels is missing, or there is "
                             "one too many."),
                          subject (message), received);
}

static char *
explain_reshape (const TnMessage *message, const char *expected, const char *received)
{
  gint64 known = 1;

  for (int axis = 0; axis < message->expected.rank; axis++)
    if (message->expected.dims[axis].size > 0
        && __builtin_mul_overflow (known, message->expected.dims[axis].size, &known))
      known = 1;
  if (message->expected.rank < 0)
    return g_strdup (_ ("A reshape must keep the number of elements, and the target has another "
                        "one than what arrives."));
  return g_strdup_printf (
      _ ("A reshape must keep the number of elements: %s cannot be arranged as %s, whose known "
         "sizes multiply to %" PRIi64 ". (An open size, None or -1, stands for what is left.)"),
      received, expected, known);
}

static char *
explain_window (const TnMessage *message, const char *received)
{
  if (message->expected_size >= 0 && message->received_size >= 0)
    return g_strdup_printf (
        _ ("The window of %s is %" PRIi64 " wide, but only %" PRIi64
           " are left by then: too many poolings or convolutions without padding stand before it. "
           "Larger inputs, padding=same or fewer poolings help."),
        message->layer != NULL ? message->layer : _ ("a layer"), message->expected_size,
        message->received_size);
  if (message->received.rank >= 0)
    return g_strdup_printf (
        _ ("The window of %s is larger than what arrives, %s, so nothing would come out. Larger "
           "inputs, padding=same, a smaller window or fewer poolings before it help."),
        message->layer != NULL ? message->layer : _ ("a layer"), received);
  return g_strdup (_ ("A window is larger than what arrives, so nothing would come out. Larger "
                      "inputs, padding=same, a smaller window or fewer poolings before it help."));
}

/* What needs no numbers: a sentence with them, and one without; both %s are the two sides. */
static const struct
{
  TnMessageKind kind;
  const char *with, *without;
} plain[] = {
  { TN_MESSAGE_LOSS,
    N_ ("The model puts out %s, but the labels have shape %s: the loss compares the two number by "
        "number. The last layer or the labels have to change."),
    N_ ("The labels have another shape than what the model puts out.") },
  { TN_MESSAGE_MERGE,
    N_ ("Two tensors are joined element by element, but their sizes are %s and %s. One of the two "
        "branches has to be brought to the other's shape: by a 1×1 convolution for the channels, "
        "by strides or pooling for height and width."),
    N_ ("Two tensors are joined element by element, but their shapes differ.") },
  { TN_MESSAGE_CONCATENATE,
    N_ ("Tensors are put side by side along one axis, so all others must agree, but there are %s "
        "and %s. An odd size that was pooled and scaled up again comes back one off; or another "
        "axis is meant."),
    N_ ("Tensors are put side by side along one axis, but they differ along another.") },
  { TN_MESSAGE_WEIGHTS,
    N_ ("The model has a weight of shape %s, but the stored one has shape %s: they were made for "
        "another model, or for inputs of another size. Give the model the old input size, or leave "
        "out the weights behind the Flatten."),
    N_ ("The stored weights have other shapes than those of the model.") },
  { TN_MESSAGE_CHANNELS,
    N_ ("The convolution was made for %s channels, but %s arrive. The input may lack its channels "
        "(grey in place of colour), or have them first where they are looked for last."),
    N_ ("The convolution was made for another number of channels.") },
  { TN_MESSAGE_GROUPS,
    N_ ("The layer works in %s groups, which must divide the %s channels or filters evenly."),
    N_ ("The number of groups must divide the channels or filters evenly.") },
  { TN_MESSAGE_BATCH,
    N_ ("The number of samples must be the same, but there are %s and %s. A reshape may have taken "
        "part of a sample into the batch, or the inputs or labels are of different lengths."),
    N_ ("The layer keeps its state from batch to batch, so the number of samples must be fixed in "
        "the shape of the input, as in (32, 10, 4).") },
  { TN_MESSAGE_INPUTS, N_ ("The layer takes %s input(s), but it was given %s."),
    N_ ("The layer was called with another number of inputs than it takes.") },
  { TN_MESSAGE_AXIS, N_ ("Two sizes that must be the same along an axis are %s and %s."),
    N_ ("A layer names an axis that what arrives does not have: axes count from 0, the batch, or "
        "from -1, the last, backwards.") },
  { TN_MESSAGE_PARAM, N_ ("A parameter of the layer has a value that is not allowed."),
    N_ ("A parameter of the layer has a value that is not allowed: the message names it.") },
};

static char *
explain_unknown_dim (const TnMessage *message, const char *received)
{
  return g_strdup_printf (
      _ ("%s makes its weights, or its output, from a size that is open (None) in %s. Give that "
         "size in the shape of the input, or take it away before, for instance by a global "
         "pooling."),
      subject (message), message->received.rank >= 0 ? received : _ ("what arrives"));
}

char *
tn_message_explain (const TnMessage *message)
{
  g_autofree char *expected = NULL, *received = NULL;

  g_return_val_if_fail (message != NULL, NULL);

  expected = side_text (&message->expected, message->expected_size);
  received = side_text (&message->received, message->received_size);
  switch (message->kind)
    {
    case TN_MESSAGE_WIDTH:
      return g_strdup_printf (
          _ ("The kernel of %s was made for %s and cannot change any more (its weights were "
             "loaded, or it is shared), but %s arrives. Either what is before it has to give that "
             "size again, by a Flatten, a pooling or a Dense, or the kernel has to be made anew."),
          message->layer != NULL ? message->layer : _ ("the layer"), expected, received);
    case TN_MESSAGE_ARRAY:
      return explain_array (message, expected, received);
    case TN_MESSAGE_MATMUL:
      return explain_matmul (message);
    case TN_MESSAGE_RANK:
      return explain_rank (message, received);
    case TN_MESSAGE_RESHAPE:
      return explain_reshape (message, expected, received);
    case TN_MESSAGE_WINDOW:
      return explain_window (message, received);
    case TN_MESSAGE_UNKNOWN_DIM:
      return explain_unknown_dim (message, received);
    default:
      break;
    }
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (plain[i].kind == message->kind)
      {
        g_auto (GStrv) parts = NULL;

        if (!has_sides (message) || message->kind == TN_MESSAGE_PARAM)
          return g_strdup (_ (plain[i].without));
        if (message->kind == TN_MESSAGE_CHANNELS)
          {
            g_free (expected);
            g_free (received);
            expected = g_strdup_printf ("%" G_GINT64_FORMAT, message->expected_size);
            received = g_strdup_printf ("%" G_GINT64_FORMAT, message->received_size);
          }
        else if (message->kind == TN_MESSAGE_GROUPS)
          {
            g_free (received);
            received = g_strdup_printf ("%" G_GINT64_FORMAT, message->received_size);
          }
        parts = g_strsplit (_ (plain[i].with), "%s", 3);
        g_return_val_if_fail (g_strv_length (parts) == 3, NULL);
        return g_strconcat (parts[0], expected, parts[1], received, parts[2], NULL);
      }
  g_return_val_if_reached (NULL);
}
