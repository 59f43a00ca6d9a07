/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the makers of Keras's sentences share, for the files of this room only. */
#pragma once

#include "infer/tn-keras-words.h"

G_BEGIN_DECLS

/* An issue with all that a sentence may speak of. */
typedef struct
{
  const TnFacts *facts;
  const TnIssue *issue;
  const TnNode *node;
  const TnSchema *schema;
  const char *type;
  guint call;
  TnShape input; /* what arrives where the issue is; rank -1: nothing */
} TnWords;

/* -1 when the layer has no such parameter. */
int tn_words_param (const TnWords *words, const char *name);
/* 2 for "Conv2D", "Conv2DTranspose" and "MaxPooling2D"; 0 for none. */
int tn_words_spatial_axes (const char *type);
gboolean tn_words_is_convolution (const char *type);
gboolean tn_words_is_pooling (const char *type);
/* Whatever the parameter was left at, one number for each axis. */
gboolean tn_words_ints (const TnWords *words, const char *name, gint64 *out);
/* "(2, 2)", "(3,)". */
char *tn_words_tuple (const gint64 *sizes, int n);
/* For a parameter that is not allowed to be so; in tn-keras-words-params.c. */
char *tn_words_say_param (const TnWords *words);

G_END_DECLS
