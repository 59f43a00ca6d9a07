/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error messages of Keras, TensorFlow and PyTorch about shapes: read, explained, found in a model.
 */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

typedef enum
{
  TN_MESSAGE_WIDTH,       /* a kernel was made for another number of features */
  TN_MESSAGE_CHANNELS,    /* the same of a convolution */
  TN_MESSAGE_MATMUL,      /* the same, told as a product of matrices */
  TN_MESSAGE_ARRAY,       /* an array given to fit() or predict() has another shape */
  TN_MESSAGE_LOSS,        /* a loss compares labels and output of different shapes */
  TN_MESSAGE_RANK,        /* another number of dimensions */
  TN_MESSAGE_WINDOW,      /* a kernel or pool is larger than what is left */
  TN_MESSAGE_RESHAPE,     /* another number of elements */
  TN_MESSAGE_MERGE,       /* element by element, but the shapes differ */
  TN_MESSAGE_CONCATENATE, /* side by side, but the other axes differ */
  TN_MESSAGE_UNKNOWN_DIM, /* a size is open that must be known */
  TN_MESSAGE_WEIGHTS,     /* stored weights are of another shape */
  TN_MESSAGE_GROUPS,      /* groups do not divide the channels or filters */
  TN_MESSAGE_AXIS,        /* there is no such axis, or a size does not fit along one */
  TN_MESSAGE_BATCH,       /* the number of samples: differs, or must be fixed */
  TN_MESSAGE_INPUTS,      /* another number of inputs */
  TN_MESSAGE_PARAM,       /* a parameter is not allowed to be so */
} TnMessageKind;

typedef enum
{
  TN_FRAMEWORK_KERAS,
  TN_FRAMEWORK_TENSORFLOW,
  TN_FRAMEWORK_PYTORCH,
} TnFramework;

/* "Keras", "TensorFlow", "PyTorch": not translated. */
const char *tn_framework_name (TnFramework framework);

/* What an ARRAY is; Keras 1 and 2 report inputs under the name of their placeholder, and labels
 * under that of the layer that puts out what they are compared with. */
typedef enum
{
  TN_ARRAY_EITHER,
  TN_ARRAY_INPUT,
  TN_ARRAY_LABELS,
} TnArrayRole;

/**
 * TnMessage:
 * @layer: name of the layer, NULL when none is told
 * @type: its class, where that is all that is told, or NULL
 * @expected, @received: rank -1 where no shape is told
 * @expected_size, @received_size: TN_DIM_UNKNOWN where no number is told
 * @axis: TN_AXIS_NONE where none is told
 */
typedef struct
{
  TnMessageKind kind;
  TnFramework framework;
  TnArrayRole role;
  char *layer;
  char *type;
  TnShape expected;
  TnShape received;
  gint64 expected_size;
  gint64 received_size;
  int axis;
} TnMessage;

/* The longest text that is looked at, in bytes; of a longer one the end, where a traceback has its
 * message. */
#define TN_MESSAGE_MOST 16384

/* @length -1: up to the NUL. Any bytes will do. NULL when it is no message that is known. */
TnMessage *tn_message_read (const char *text, gssize length);
void tn_message_free (TnMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnMessage, tn_message_free)

/* A few translated sentences: what it means by itself, in all its readings. New string. */
char *tn_message_explain (const TnMessage *message);
/* The layer that it is about: by its name, else the one that the numbers point to. TN_NODE_NONE
 * when no layer or more than one would do. */
TnNodeId tn_message_find (const TnMessage *message, const TnFacts *facts);

G_END_DECLS
