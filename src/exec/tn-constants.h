/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnConstants: the weights in the forms that a plan's programs want them in, each form once. */
#pragma once

#include "exec/tn-account.h"
#include "exec/tn-compile.h"

G_BEGIN_DECLS

typedef struct _TnConstants TnConstants;

/* A weight in which something is not a finite number. */
typedef struct
{
  TnNodeId node;
  char *label; /* "layer/weight" */
  guint64 n_odd;
} TnOddWeight;

/* For the programs @whole and @rest (or NULL), which must live as long. A constant that calls read
 * packed is kept so, once for all calls with an equal layout; it is kept in plain only where some
 * call reads it so. Nothing is allocated yet. */
TnConstants *tn_constants_new (const TnRunOptions *options, const TnCompiled *whole,
                               const TnCompiled *rest);
void tn_constants_free (TnConstants *constants);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnConstants, tn_constants_free)

/* What is held when all is made, and at most on the way there. */
void tn_constants_measure (const TnConstants *constants, guint64 *held, guint64 *peak);
/* Can all be filled? TN_ERROR_UNSUPPORTED. */
gboolean tn_constants_check (const TnConstants *constants, GError **error);
/* Fills, folds and packs; once. What is allocated belongs to @account and goes with
 * tn_constants_clear(). */
gboolean tn_constants_make (TnConstants *constants, TnAccount *account,
                            const TnKernelContext *context, GCancellable *cancellable,
                            GError **error);
void tn_constants_clear (TnConstants *constants, TnAccount *account);

/* NULL when it is not kept in plain. */
const float *tn_constants_plain (const TnConstants *constants, const char *label);
/* The form in which @call of @compiled wants its weights; NULL when it takes them in plain. */
gconstpointer tn_constants_packed (const TnConstants *constants, const TnCompiled *compiled,
                                   const TnProgramCall *call);
/* Of #TnOddWeight, in the order of the layers. */
const GArray *tn_constants_odd (const TnConstants *constants);

G_END_DECLS
