/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnEngine: keeps the facts and the advice of a document up to date, in the background. */
#pragma once

#include "document/tn-document.h"
#include "infer/tn-advice.h"

G_BEGIN_DECLS

#define TN_TYPE_ENGINE (tn_engine_get_type ())
G_DECLARE_FINAL_TYPE (TnEngine, tn_engine, TN, ENGINE, GObject)

/**
 * TnEngine:
 *
 * Latest wins: at most one job runs; a change while it runs starts one more after it. All signals
 * on the main thread. Signals: "facts" (new facts), "advice" (repairs for them; always after
 * "facts"), property "busy" (notify).
 */

/* Holds a reference on @document until disposed; starts at once. */
TnEngine *tn_engine_new (TnDocument *document);
/* The newest published ones, borrowed, NULL before the first. They may be about an earlier graph.
 */
const TnFacts *tn_engine_facts (TnEngine *self);
/* NULL until they are there; never about other facts than tn_engine_facts(). */
const TnAdvice *tn_engine_advice (TnEngine *self);
/* The facts are about another graph (by meaning) than the document now has. */
gboolean tn_engine_is_stale (TnEngine *self);
gboolean tn_engine_is_busy (TnEngine *self);

/* For tests: the worker waits before it publishes until released. */
void tn_engine_hold (TnEngine *self, gboolean hold);
/* For tests and the command line: iterates the main context until nothing is left to do. */
void tn_engine_settle (TnEngine *self);
/* For tests: how many jobs were started so far. */
guint64 tn_engine_n_jobs (TnEngine *self);

G_END_DECLS
