/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnAdvice: repairs for the issues of a graph, each tried by inference before it is offered. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* What a fix does to the output of one layer. */
typedef struct
{
  TnNodeId node;  /* in the fix's graph: may be a new layer */
  TnShape before; /* rank -1: there was none */
  TnShape after;
} TnFixEffect;

/**
 * TnFix:
 * @id: "1", "2", …: unique in its advice, the same for the same graph
 * @label: translated, for a button: "Insert Flatten before dense_2"
 * @detail: translated, what follows: "dense_2 then gets (None, 1600); 409,856 parameters
 * (+393,216)"
 * @graph: the model after it
 * @touched: nodes added or changed, of TnNodeId
 * @effects: of #TnFixEffect: layers whose output shape differs, and new ones
 * @params_delta: change in the number of parameters
 */
typedef struct
{
  char *id;
  char *label;
  char *detail;
  TnGraph *graph;
  GArray *touched;
  GArray *effects;
  gint64 params_delta;
} TnFix;

void tn_fix_free (TnFix *fix);

/* Immutable and atomically counted: may cross threads. */
typedef struct _TnAdvice TnAdvice;

/* Tries the candidates for every issue of @facts; NULL only when cancelled. A fix is kept only if
 * its issue is gone (or an error has become a warning) and no new one has come; best first. */
TnAdvice *tn_advise (const TnFacts *facts, GCancellable *cancellable);
TnAdvice *tn_advice_ref (const TnAdvice *advice);
void tn_advice_unref (TnAdvice *advice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnAdvice, tn_advice_unref)

/* The facts whose issues these are. */
const TnFacts *tn_advice_facts (const TnAdvice *advice);
/* Fixes of the issue at @position in the facts. */
guint tn_advice_n_fixes (const TnAdvice *advice, guint position);
const TnFix *tn_advice_fix (const TnAdvice *advice, guint position, guint number);
const TnFix *tn_advice_find (const TnAdvice *advice, const char *id);

G_END_DECLS
