/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a rule's run and of its recording, for the files of this room only. */
#pragma once

#include "layers/tn-layer.h"

G_BEGIN_DECLS

typedef enum
{
  TN_STEP_INPUT,
  TN_STEP_PARAM,
  TN_STEP_ADD,
  TN_STEP_SUBTRACT,
  TN_STEP_DIVIDE,
  TN_STEP_PRODUCT,
  TN_STEP_SUM,
  TN_STEP_WINDOW_VALID, /* operands: dim, kernel, stride, dilation */
  TN_STEP_WINDOW_SAME,  /* operands: dim, stride */
  TN_STEP_TRANSPOSED,   /* operands: dim, kernel, stride, dilation */
  TN_STEP_PADDED_VALID, /* operands: dim, kernel, stride, dilation, padding */
  TN_STEP_PADDED_SAME,  /* the same */
} TnStepKind;

/* One recorded step; dims refer to it by its number (from 1) in their trace. */
typedef struct
{
  TnStepKind kind;
  gint64 value;
  guint slot, param; /* of leaves; G_MAXUINT: a parameter of a layer within this one */
  const char *name;  /* of the parameter */
  int axis;
  guint n_operands;
  TnDim operands[TN_MAX_RANK];
} TnTraceStep;

struct _TnTrace
{
  GArray *steps; /* of TnTraceStep */
  guint n_outputs;
  TnShape outputs[TN_MAX_OUTPUTS]; /* with traces */
};

struct _TnRule
{
  /* borrowed */
  const TnNode *node;
  const TnShape *inputs;
  const char *const *sources;
  TnLayerResult *result;
  TnReport *report; /* may be NULL while recording */
  TnTrace *trace;   /* NULL: not recording */

  const struct _TnRule *outer; /* the rule of the layer that this one stands in; NULL: in none */

  /* state */
  TnDenseInputs dense_inputs;
  guint call;
  guint n_inputs;
  gboolean failed; /* an error was raised */
};

/* Records a step if the rule is being recorded; @value with its trace. */
TnDim tn_rule_record (TnRule *rule, TnStepKind kind, TnDim value, const TnDim *operands,
                      guint n_operands);

/* Checks the parameters of a layer within the rule's, as issues of the rule's. */
gboolean tn_layer_check_inner (TnRule *rule, const TnNode *inner);

G_END_DECLS
