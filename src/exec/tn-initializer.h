/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnInitializer: how a fresh weight is filled, as Keras's initializers do it. */
#pragma once

#include "kernels/tn-random.h"
#include "base/tn-value.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

typedef enum
{
  TN_FILL_CONSTANT,   /* a */
  TN_FILL_UNIFORM,    /* from a to b */
  TN_FILL_NORMAL,     /* mean a, standard deviation b */
  TN_FILL_TRUNCATED,  /* the same, within two standard deviations */
  TN_FILL_ORTHOGONAL, /* gain a */
  TN_FILL_IDENTITY,   /* gain a */
} TnFill;

/* An initializer made out for one shape: nothing is left to be decided. */
typedef struct
{
  TnFill fill;
  float a;
  float b;
} TnInitializer;

/* All elements @constant. */
TnInitializer tn_initializer_constant (float constant);
/* @value: a name in any of Keras's spellings ("glorot_uniform", "GlorotUniform") or a dict
 * {class_name, config}. FALSE, with a translated sentence in @message, when there is no such
 * initializer or it cannot fill @shape. A seed in its config only tells two alike initializers
 * apart in Keras; here every weight has a stream of its own, and it is not looked at. */
gboolean tn_initializer_parse (const TnValue *value, const TnShape *shape,
                               TnInitializer *initializer, char **message);
/* Fills @out; @random is the weight's stream. The same bits for any number of workers. */
void tn_initializer_fill (TnInitializer initializer, const TnShape *shape, TnRandom random,
                          float *out, const TnKernelContext *context);

G_END_DECLS
