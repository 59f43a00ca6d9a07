/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What PyTorch code is made of: one call of a layer, and the table of how layers are said. */
#pragma once

#include "codegen/tn-code-private.h"

G_BEGIN_DECLS

/* A tensor of forward(). Its axes stand as in Keras, or, when @moved, with the last one right
 * behind the batch, where PyTorch wants channels. */
typedef struct
{
  char *name;
  gboolean moved;
} TnTorchTensor;

/**
 * TnTorchCall:
 * @inputs: of TnTorchTensor *
 * @member: "self.conv2d"
 * @module: what the member is made by, "nn.Conv2d(…)"; NULL: the layer has no state
 * @result: an expression; @moved is its layout
 *
 * One call of one layer; the entry of the table fills in the last three.
 */
typedef struct
{
  const TnFacts *facts;
  const TnNode *node;
  guint index;
  guint call;
  GPtrArray *inputs;
  char *member;
  char *module;
  char *result;
  gboolean moved;
} TnTorchCall;

typedef struct
{
  const char *type;
  /* FALSE: these settings cannot be said in PyTorch. */
  gboolean (*write) (TnTorchCall *call);
} TnTorchLayer;

/* NULL for a class that has no entry. */
const TnTorchLayer *tn_torch_layer (const char *type);

/* Input @slot with its axes as in Keras, or moved: an expression. New string. */
char *tn_torch_input (const TnTorchCall *call, guint slot, gboolean moved);
/* The expression @text of a tensor of @rank axes with its axes put back as in Keras. New string. */
char *tn_torch_back (const char *text, int rank);
/* Its shape, axes as in Keras. */
TnShape tn_torch_shape (const TnTorchCall *call, guint slot);
/* The first input in the layout that it has, which becomes that of the result. */
const char *tn_torch_as_it_is (TnTorchCall *call);
/* The result so far within the activation that the layer has; FALSE when PyTorch has none such. */
gboolean tn_torch_activate (TnTorchCall *call);

/* ---- parameters by their Keras names ---- */
/* -1 when there is none. */
int tn_torch_param (const TnTorchCall *call, const char *name);
gint64 tn_torch_int (const TnTorchCall *call, const char *name, gint64 otherwise);
double tn_torch_float (const TnTorchCall *call, const char *name);
/* FALSE, "" and TRUE where there is no such parameter. */
gboolean tn_torch_bool (const TnTorchCall *call, const char *name);
const char *tn_torch_string (const TnTorchCall *call, const char *name);
gboolean tn_torch_is_none (const TnTorchCall *call, const char *name);
gboolean tn_torch_is_channels_first (const TnTorchCall *call);

/* ---- entries of the table: tn-code-torch-windows.c ---- */
gboolean tn_torch_write_convolution (TnTorchCall *call);
gboolean tn_torch_write_pooling (TnTorchCall *call);
gboolean tn_torch_write_global_pooling (TnTorchCall *call);
gboolean tn_torch_write_adaptive_pooling (TnTorchCall *call);
gboolean tn_torch_write_zero_padding (TnTorchCall *call);
gboolean tn_torch_write_cropping (TnTorchCall *call);
gboolean tn_torch_write_up_sampling (TnTorchCall *call);
gboolean tn_torch_write_spatial_dropout (TnTorchCall *call);

G_END_DECLS
