/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameter schema: what a kind of layer may be told, as data that inspector, files and checks
 * share. */
#pragma once

#include "base/tn-value.h"
#include "tensor/tn-shape.h"

G_BEGIN_DECLS

/**
 * TnParamKind:
 * @TN_PARAM_BOOL: True or False
 * @TN_PARAM_INT: a whole number within minimum … maximum
 * @TN_PARAM_FLOAT: a number within minimum … maximum
 * @TN_PARAM_STRING: any text
 * @TN_PARAM_CHOICE: one of choices (compared without regard to case where FOLD_CASE is set)
 * @TN_PARAM_INTS: @length whole numbers; one number stands for all of them, as in Keras
 * @TN_PARAM_DIMS: a list of any length of whole numbers and None (a shape)
 * @TN_PARAM_AXES: a whole number or a list of such; of @length ones where that is not 0
 * @TN_PARAM_PAIRS: before and after along each of @length axes: ((1, 2), (3, 4)), for one axis
 *     (1, 2); as in Keras one number stands for all, one in place of a pair for both of it
 * @TN_PARAM_NUMBERS: a number or a list of such, to any depth; flat and of @length numbers where
 *     that is not 0
 * @TN_PARAM_LAYER: a layer within this one (a Bidirectional's): a dict {class_name, config}, config
 *     being a dict of that layer's parameters
 * @TN_PARAM_KEY: what stands between the brackets of x[…]: a whole number, None, a slice or an
 *     ellipsis as Keras's files have them, or a list of such
 * @TN_PARAM_OBJECT: a Keras object (initializer, regularizer, constraint): a name or a dict
 *     {class_name, config}; choices holds the names offered, the first being what None stands for
 *     where that is no value of its own
 */
typedef enum
{
  TN_PARAM_BOOL,
  TN_PARAM_INT,
  TN_PARAM_FLOAT,
  TN_PARAM_STRING,
  TN_PARAM_CHOICE,
  TN_PARAM_INTS,
  TN_PARAM_DIMS,
  TN_PARAM_AXES,
  TN_PARAM_OBJECT,
  TN_PARAM_PAIRS,
  TN_PARAM_NUMBERS,
  TN_PARAM_LAYER,
  TN_PARAM_KEY,
} TnParamKind;

typedef enum
{
  TN_PARAM_REQUIRED = 1 << 0,    /* has no default */
  TN_PARAM_OPTIONAL = 1 << 1,    /* may be None */
  TN_PARAM_FOLD_CASE = 1 << 2,   /* choices in any case ("SAME") */
  TN_PARAM_ADVANCED = 1 << 3,    /* the inspector shows it under "More" */
  TN_PARAM_MINUS_ONE = 1 << 4,   /* DIMS: one -1 may stand for "what is left" */
  TN_PARAM_EXCLUSIVE = 1 << 5,   /* the minimum itself is not allowed */
  TN_PARAM_UNBOUNDED = 1 << 6,   /* minimum and maximum do not count */
  TN_PARAM_LEGACY_NONE = 1 << 7, /* a file's None means the default and is no value of its own */
  TN_PARAM_FREE_DICT = 1 << 8,   /* OBJECT: any dict, without class_name; NUMBERS: or an array */
  TN_PARAM_EMPTY = 1 << 9,       /* AXES: the list may be empty */
  TN_PARAM_NEGATIVE = 1 << 10,   /* PAIRS: the one number for all may be below the minimum */
  TN_PARAM_CALL = 1 << 11,       /* an argument of the call, not of the constructor */
  TN_PARAM_LIST = 1 << 12,       /* LAYER: a list of such; DIMS: or a list of such */
  TN_PARAM_SYMBOLS = 1 << 13,    /* DIMS: an open size may have a name (tensor/tn-symbol.h) */
  TN_PARAM_OR_LAYER = 1 << 14,   /* CHOICE: or a layer that does it, as for LAYER */
} TnParamFlags;

/* A default as data: for INTS and PAIRS @integer stands for all of them; a LIST stands in @string
 * as it is written. */
typedef struct
{
  TnValueKind kind;
  gint64 integer;
  double number;
  const char *string;
} TnDefault;

typedef struct
{
  const char *name;  /* Keras's: "kernel_size" */
  const char *label; /* N_("Kernel size") */
  const char *help;  /* N_() one good sentence */
  TnParamKind kind;
  TnParamFlags flags;
  TnDefault fallback;
  double minimum;
  double maximum;             /* 0 with minimum 0: no upper bound (see UNBOUNDED) */
  guint length;               /* INTS, AXES, PAIRS, NUMBERS */
  const char *const *choices; /* NULL-terminated */
  const char *old_name;       /* what Keras 2 called it, where that was something else */
  const char *suggestion;     /* value, as text, given to a layer that is newly placed: "64" */
} TnParam;

/* Immutable and atomically counted: may cross threads. Made by TnDraft only; see tn-node.h. */
typedef struct _TnNode TnNode;

/* How the tensors of a call stand among its arguments. */
typedef enum
{
  TN_CALL_LIST,       /* layer(x), or layer([a, b]) where it takes several */
  TN_CALL_POSITIONAL, /* layer(query, value, key) */
  TN_CALL_KEYWORD,    /* layer(x, initial_state=[h, c]): all but the first under input_names[1] */
} TnCallForm;

/**
 * TnSchema:
 * @type: Keras's class name, "Conv2D"
 * @auto_name: Keras's automatic name, "conv2d"; the second is "conv2d_1"
 * @params: @n_params of them; layers number theirs by an enum and use indexed initialisers
 * @min_inputs, @max_inputs: tensors a call takes; G_MAXUINT for any number
 * @n_outputs: tensors a call gives; with @outputs those of a layer as it is newly placed
 * @outputs: how many a call of this node gives, where its parameters decide; else NULL
 * @input_names: Keras's names of the tensors of a call, N_() none, for layers that tell them apart;
 *     ends with NULL, the last one stands for all further ones. Slots from @min_inputs on may then
 *     stay empty between others. NULL: all alike
 * @output_name: what tensor @output of such a node's call is, static, as short as Keras's words for
 *     it: "state h"; asked only where there are several. NULL: all alike
 * @call_form: how files and code write a call
 * @boundary: what enters a group (a model within the model) passes through it: the group's own
 *     InputLayer
 * @keras: FALSE for what Keras has no layer for (Target): kept in the file's "tenon" block
 * @module: Python's, where it is not keras.layers: that of a function which stands in a model as a
 *     layer
 * @arguments: names of a call's arguments, in order, for kinds whose calls take constants among the
 *     tensors: each is the parameter (TN_PARAM_CALL) of its name where that is set, else the next
 *     tensor; "xs[]" is a list of all further tensors, "*xs" all further arguments. Ends with NULL
 * @opaque: its nodes keep what their file says of them as it is, in their extras
 * @remark: says something and computes nothing, so it counts for nothing (tn-active.h)
 * @knot: a point that wires go through: always bypassed (tn-active.h)
 * @class_of: of what class a node is, where the schema stands for many; borrowed from the node
 *
 * The head of every layer descriptor; all the graph needs to know of a kind of layer.
 */
typedef struct
{
  const char *type;
  const char *auto_name;
  const TnParam *params;
  guint n_params;
  guint min_inputs;
  guint max_inputs;
  guint n_outputs;
  guint (*outputs) (const TnNode *node);
  const char *const *input_names;
  const char *(*output_name) (const TnNode *node, guint output);
  TnCallForm call_form;
  gboolean boundary;
  gboolean keras;
  const char *module;
  const char *const *arguments;
  gboolean opaque;
  gboolean remark;
  gboolean knot;
  const char *(*class_of) (const TnNode *node);
} TnSchema;

/* Name of the tensor in slot @slot, borrowed; NULL where all are alike. */
const char *tn_schema_input_name (const TnSchema *schema, guint slot);
/* Does it join any number of tensors, all alike, which a call gets in a list? */
gboolean tn_schema_joins (const TnSchema *schema);
/* -1 when there is none. */
int tn_schema_param (const TnSchema *schema, const char *name);

/* The default as a new value: None, or what fallback says (INTS: a list). NULL when REQUIRED. */
TnValue *tn_param_default (const TnParam *param);
gboolean tn_param_is_default (const TnParam *param, const TnValue *value);
/* Is @value to be taken for a layer, or a list of such: of a LAYER all but None, of a choice with
 * OR_LAYER a dict? */
gboolean tn_param_holds_layer (const TnParam *param, const TnValue *value);
/* Is @value of the right kind and range? If not, one translated sentence in @message that names
 * what is allowed: "Filters must be a whole number of at least 1, not 0." */
gboolean tn_param_check (const TnParam *param, const TnValue *value, char **message);
/* As people write it: as tn_value_to_text(), but names of sizes without quotation marks. */
char *tn_param_to_text (const TnParam *param, const TnValue *value);
/* Keras's canonical form: (3, 3) for 3 where INTS of two, lower case for FOLD_CASE, 32 for "32"
 * never. A new reference, of @value itself where nothing changes. */
TnValue *tn_param_normalize (const TnParam *param, const TnValue *value);

G_END_DECLS
