/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRunner: runs a model in the background, with progress and stop. */
#pragma once

#include "exec/tn-run.h"

G_BEGIN_DECLS

#define TN_TYPE_RUNNER (tn_runner_get_type ())
G_DECLARE_FINAL_TYPE (TnRunner, tn_runner, TN, RUNNER, GObject)

/**
 * TnRunner:
 *
 * Signals on the main thread: "progress" (at most 30 a second), "finished" (however it ended).
 * Property "running" (notify).
 */
TnRunner *tn_runner_new (void);
/* Stops what runs, then starts; options are copied. A run that is replaced like this ends without
 * "finished" of its own. */
void tn_runner_start (TnRunner *self, const TnFacts *facts, const TnRunOptions *options);
void tn_runner_stop (TnRunner *self);
gboolean tn_runner_is_running (TnRunner *self);
/* Of the run under way. */
TnRunProgress tn_runner_progress (TnRunner *self);
/* The last finished run's, borrowed; NULL when there was none or it failed. */
const TnRunResult *tn_runner_result (TnRunner *self);
/* Why the last run ended without a result; NULL otherwise. */
const GError *tn_runner_error (TnRunner *self);

G_END_DECLS
