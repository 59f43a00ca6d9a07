/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnLayer: the descriptor of a kind of layer, and the catalogue of all of them. */
#pragma once

#include "layers/tn-config.h"
#include "layers/tn-lower.h"
#include "layers/tn-rule.h"

G_BEGIN_DECLS

typedef enum
{
  TN_FAMILY_CORE,
  TN_FAMILY_CONVOLUTIONAL,
  TN_FAMILY_POOLING,
  TN_FAMILY_RECURRENT,
  TN_FAMILY_ATTENTION,
  TN_FAMILY_NORMALIZATION,
  TN_FAMILY_REGULARIZATION,
  TN_FAMILY_ACTIVATIONS,
  TN_FAMILY_RESHAPING,
  TN_FAMILY_MERGING,
  TN_FAMILY_PREPROCESSING,
  TN_FAMILY_OPERATIONS, /* Keras's functions that stand in a model as layers: x + y */
  TN_FAMILY_TRAINING,   /* Target */
  TN_N_FAMILIES,
} TnFamily;

/* Translated, and for style classes and golden files ("core"). */
const char *tn_family_label (TnFamily family);
const char *tn_family_name (TnFamily family);

/* One example that the conformance test runs: settings "filters=32, kernel_size=3"; inputs
 * "(None, 28, 28, 1)", several separated by ';'; then either the output or the issue's code. */
typedef struct
{
  const char *settings;
  const char *inputs;
  const char *output;
  const char *issue;
} TnLayerExample;

/* What becomes of the mask that arrives with a layer's input. */
typedef enum
{
  TN_MASKS_END,  /* nothing, or the layer's lower function says */
  TN_MASKS_PASS, /* it goes on with the output */
  TN_MASKS_JOIN, /* all inputs have one: what counts in any of them counts in the output */
} TnMasks;

/* Read by cast from a node's schema, which is its first member. */
typedef struct
{
  TnSchema schema;
  TnFamily family;
  const char *label;    /* N_("2D convolution") */
  const char *summary;  /* N_() one good sentence */
  const char *keywords; /* N_() search terms, separated by spaces: "conv filter kernel" */
  const char *aliases;  /* names elsewhere, by which it is found: "MaxPool2d"; may be NULL */
  const char *icon;     /* icon name, "tenon-layer-conv2d-symbolic" */
  /* What Keras's constructor refuses about several parameters together; NULL: nothing. */
  gboolean (*check) (const TnNode *node, TnReport *report);
  void (*shapes) (TnRule *rule);
  /* May a layer of @inner's kind stand in parameter @param of one of these (TN_PARAM_LAYER)? For
   * offering them; check and shapes say whether this one may. NULL: there is no such parameter. */
  gboolean (*holds) (guint param, const TnSchema *inner);
  /* NULL: the layer does nothing when a model is run (Target). */
  void (*lower) (TnLower *lower);
  /* Can these settings be lowered? NULL: all can. See tn_layer_can_run(). */
  gboolean (*runs) (const TnNode *node);
  TnMasks masks;
  /* The one line under the name in its box, "32 filters, 3×3, relu"; NULL: made from the set
   * parameters. New string. */
  char *(*brief) (const TnNode *node);
  const TnLayerExample *examples; /* ends with settings NULL */
  /* Stands only within another layer (a cell), or comes only out of a file: not in the palette. */
  gboolean hidden;
  /* Entries of its config that Keras has and that are no parameters here; ends with key NULL.
   * NULL: none but those that every layer has. */
  const TnKept *kept;
  /* Its rule may say what comes out while nothing is known of what arrives. */
  gboolean tells_alone;
} TnLayer;

static inline const TnLayer *
tn_layer_of (const TnNode *node)
{
  return (const TnLayer *)tn_node_schema (node);
}

/* By class name; NULL when there is none. */
const TnLayer *tn_layer_find (const char *type);
/* An operation, by Python's module and class; NULL when there is none. */
const TnLayer *tn_layer_find_operation (const char *module, const char *type);
/* What enters a group (a model within the model) passes through such a layer: its own InputLayer.
 */
const TnLayer *tn_layer_boundary (void);
/* The layer that parameter @param of @node holds (TN_PARAM_LAYER), element @element of a list of
 * such; NULL when it holds none or one of a class that the catalogue does not know. New reference.
 */
TnNode *tn_layer_inner (const TnNode *node, guint param, guint element);
/* Can @node be lowered with the settings it has, layers in place of its activations included? */
gboolean tn_layer_can_run (const TnNode *node);
/* @forward, a recurrent layer as {class_name, config}, going the other way: what Keras makes of it
 * for the way back where a Bidirectional holds no layer of its own for that. New reference. */
TnValue *tn_layer_reversed (const TnValue *forward);
/* All of them, by family, in the order in which the palette shows them. */
guint tn_layer_count (void);
const TnLayer *tn_layer_at (guint index);
/* Never NULL; new string, may be "". */
char *tn_layer_brief (const TnNode *node);
/* 0: no match; more: better: tn_match_score() of its type, label, aliases and keywords. */
guint tn_layer_match (const TnLayer *layer, const char *query);

/* What the labels at a Target must look like, where @output arrives: the same, or, for class
 * numbers, without its classes. */
TnShape tn_target_expected (const TnNode *target, TnShape output);
/* The offending axis from the end, -1 for another number of axes, 0 when all fit. A last axis of
 * one may be there or not. */
int tn_target_difference (const TnShape *labels, const TnShape *expected);

/* ---- one application of a layer's rule ---- */

/* In place of a parameter's index where no parameter says how a weight starts. */
#define TN_INITIALIZER_FILL    (-1) /* all elements are the weight's fill */
#define TN_INITIALIZER_DEFAULT (-2) /* what Keras takes where nothing is said: glorot_uniform */

typedef struct
{
  const char *name; /* static or interned, Keras's: "kernel" */
  TnShape shape;    /* full */
  gboolean trainable;
  int initializer; /* parameter index, TN_INITIALIZER_FILL or TN_INITIALIZER_DEFAULT */
  float fill;
} TnWeightSpec;

/* How a dim came about, for explanations; see tn_layer_trace(). */
typedef struct _TnTrace TnTrace;

typedef enum
{
  TN_RESULT_KNOWN,   /* outputs hold what Keras would infer */
  TN_RESULT_ASSUMED, /* an error was raised, but what is meant to come out is known */
  TN_RESULT_NONE,    /* nothing can be said about the outputs */
} TnResultState;

#define TN_MAX_OUTPUTS 8

/* Cleared by tn_layer_result_clear(); may be used again for the next application. */
struct _TnLayerResult
{
  TnResultState state;
  guint n_outputs;
  TnShape outputs[TN_MAX_OUTPUTS];
  gint64 macs;     /* per sample; -1 unknown */
  GArray *weights; /* of TnWeightSpec; NULL while there is none */
  gboolean open;   /* a weight has a size that is not known: it is not among them */
};

void tn_layer_result_clear (TnLayerResult *result);

/* Runs check and rule of @node on one call with these @inputs (all of them known to some degree, at
 * least schema->min_inputs; rank -1 for an optional slot that is empty). @sources name where the
 * inputs come from, for messages. Issues go to
 * @report, with node, call and slot filled in, without provenance. */
void tn_layer_apply (const TnNode *node, TnDenseInputs rule, guint call, const TnShape *inputs,
                     const char *const *sources, guint n_inputs, TnLayerResult *result,
                     TnReport *report);

/* ---- the same rule, recorded ---- */

typedef enum
{
  TN_LEAF_INPUT, /* axis @axis of input @slot */
  TN_LEAF_PARAM, /* parameter @param */
} TnLeafKind;

typedef struct
{
  TnLeafKind kind;
  guint slot;
  int axis;
  guint param;      /* G_MAXUINT: of a layer within this one */
  const char *name; /* of the parameter, static */
  gint64 value;     /* TN_DIM_UNKNOWN when not known */
} TnLeaf;

/* Runs the rule again, recording. Free with tn_trace_free(). */
TnTrace *tn_layer_trace (const TnNode *node, TnDenseInputs rule, guint call, const TnShape *inputs,
                         const char *const *sources, guint n_inputs);
void tn_trace_free (TnTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTrace, tn_trace_free)
/* How axis @axis of output @output came about: its arithmetic without the leading "26 =" in @text
 * ("⌊(28 − 3)/1⌋ + 1"; NULL when the dim is handed on untouched or is a bare parameter) and the
 * leaves it was made of, in order of mention, without repeats. FALSE when there is no such axis. */
gboolean tn_trace_explain (const TnTrace *trace, guint output, int axis, char **text,
                           GArray **leaves);

G_END_DECLS
