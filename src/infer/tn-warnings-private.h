/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the checks for warnings are written in, for their files only. */
#pragma once

#include "infer/tn-warnings.h"

G_BEGIN_DECLS

/* How many layers up a check looks at most, through those that do not matter to it. */
#define TN_WATCH_REACH 8
/* A Dense of more weights than this may be told of; see tn_check_dense_large(). */
#define TN_WATCH_LARGE 50000000

/* What the checks ask of a kind of layer, found once a pass; parameters by index, -1: none. */
typedef struct
{
  const TnLayer *layer;
  guint32 checks;       /* those of the table that apply to it, by bit */
  const char *function; /* of a layer that does nothing but apply it: "relu"; or NULL */
  int activation;       /* of layers whose last step it is */
  int kernel, strides, padding, dilation; /* of windows; -1 for transposed ones */
  int data_format;
  int axis;
  gboolean pooling; /* of windows */
  gboolean dropout;
  gboolean keeps; /* hands each number on as it is, perhaps in another shape (or takes none) */
} TnKind;

typedef struct _TnCheck TnCheck;

/* One look at one call of one layer; all that arrives at it and comes out is known. */
typedef struct
{
  /* borrowed */
  const TnFacts *facts;
  const TnGraph *graph;
  const TnNode *node;
  const TnKind *kind;
  const TnCheck *check; /* that is being made */

  /* owned */
  GHashTable *kinds; /* schema → TnKind */
  TnReport *report;

  /* state */
  guint index;
  guint call;
  int loose; /* is something not wired yet? -1: nobody has asked */
} TnWatch;

struct _TnCheck
{
  const char *code;
  gboolean (*applies) (const TnKind *kind);
  void (*look) (TnWatch *watch);
};

/* ---- asking ---- */

const TnKind *tn_watch_kind (TnWatch *watch, const TnNode *node);
/* Borrowed, of rank -1 where it is not known. */
const TnShape *tn_watch_shape (const TnWatch *watch, TnRef ref);
const TnShape *tn_watch_input (const TnWatch *watch, guint slot);
const TnShape *tn_watch_output (const TnWatch *watch);
/* The layer at the other end of the wire into @slot, and what is known of its kind. */
const TnNode *tn_watch_source (TnWatch *watch, guint slot, const TnKind **kind);
/* What arrives at the first input of the layer that makes @ref; none for several calls. */
TnRef tn_watch_above (const TnWatch *watch, TnRef ref);
/* The function that the layer applies last of all: "linear" for none; NULL where that is not to
 * be told from its parameters. */
const char *tn_kind_function (const TnKind *kind, const TnNode *node);
gboolean tn_kind_is (const TnKind *kind, const char *type);
/* Parameter @name of @node; FALSE/0/"" when there is none. */
gint64 tn_node_int_of (const TnNode *node, const char *name);

/* ---- telling ---- */

/* Raises the code of the check that is being made; as tn_rule_issue(). */
TnIssue *tn_watch_raise (TnWatch *watch, int slot, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* ---- the checks: which layers they apply to, and the look itself ---- */

#define TN_CHECK(name)                                                                             \
  gboolean tn_applies_##name (const TnKind *kind);                                                 \
  void tn_check_##name (TnWatch *watch);

/* tn-warnings-sizes.c */
TN_CHECK (dropped_rows)
TN_CHECK (size_one)
TN_CHECK (size_zero)
TN_CHECK (broadcast)
TN_CHECK (batch_axis)
TN_CHECK (norm_one)
TN_CHECK (dense_large)

/* tn-warnings-order.c */
TN_CHECK (softmax_one)
TN_CHECK (loss_activation)
TN_CHECK (activation_twice)
TN_CHECK (linear_twice)
TN_CHECK (dropout_norm)
TN_CHECK (dropout_last)
TN_CHECK (embedding_floats)
TN_CHECK (same_twice)
TN_CHECK (no_effect)
TN_CHECK (unused)

#undef TN_CHECK

G_END_DECLS
